//! The stage as a picture that stands by itself: an SVG text with its own colours, for files, pages and print.

use std::fmt::Write as _;

use super::dots::{DisplayList, Look};
use super::glyph::{self, Anchor, Detail, Ink, Mark, Shape};
use super::labels::{self, Label};
use super::layout::{self, LinkKind};
use super::{arrow, picture};
use crate::base::{Language, Point, Rect, escaped};
use crate::scenario::{Color, EdgeKind, NodeKind, Note};
use crate::session::Session;
use crate::words::Words;

/// The colours of a picture, as red, green and blue. A file has no style sheet: they are those of `tokens.css`, and a test
/// compares them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colors {
    background: u32,
    raised: u32,
    border: u32,
    text: u32,
    muted: u32,
    producer: u32,
    exchange: u32,
    queue: u32,
    consumer: u32,
    client: u32,
    service: u32,
    database: u32,
    message: u32,
    redelivered: u32,
    request: u32,
    good: u32,
    warning: u32,
    danger: u32,
}

impl Colors {
    /// On white paper.
    pub const LIGHT: Colors = Colors {
        background: 0xf4f5f8,
        raised: 0xffffff,
        border: 0xd5dae3,
        text: 0x1c2230,
        muted: 0x556072,
        producer: 0x2a66c4,
        exchange: 0x5a7300,
        queue: 0x7650be,
        consumer: 0x0b7a6c,
        client: 0x006f92,
        service: 0xa23368,
        database: 0x7a5930,
        message: 0xd46a00,
        redelivered: 0xb3208f,
        request: 0x2451a8,
        good: 0x08755a,
        warning: 0x8a5600,
        danger: 0xb93412,
    };

    /// In the dark.
    pub const DARK: Colors = Colors {
        background: 0x13161c,
        raised: 0x242a35,
        border: 0x363e4d,
        text: 0xe7eaf0,
        muted: 0xa0aabb,
        producer: 0x74adff,
        exchange: 0xb9d34a,
        queue: 0xbea3fa,
        consumer: 0x43cbb3,
        client: 0x58c7ec,
        service: 0xf19dc3,
        database: 0xd8b384,
        message: 0xf8a845,
        redelivered: 0xf48ddb,
        request: 0x8fb6ff,
        good: 0x52d3a8,
        warning: 0xf2bc52,
        danger: 0xff8f6d,
    };

    fn kind(&self, kind: NodeKind) -> u32 {
        match kind {
            NodeKind::Producer => self.producer,
            NodeKind::Exchange => self.exchange,
            NodeKind::Queue => self.queue,
            NodeKind::Consumer => self.consumer,
            NodeKind::Client => self.client,
            NodeKind::Service => self.service,
            NodeKind::Database => self.database,
        }
    }

    fn group(&self, color: Color) -> u32 {
        match color {
            Color::Blue => self.producer,
            Color::Teal => self.consumer,
            Color::Green => self.exchange,
            Color::Orange => self.message,
            Color::Brown => self.database,
            Color::Pink => self.service,
            Color::Purple => self.queue,
        }
    }

    fn ink(&self, ink: Ink) -> u32 {
        match ink {
            Ink::Kind(kind) => self.kind(kind),
            Ink::Tint(kind) => mix(self.kind(kind), 10, self.raised),
            Ink::Message => self.message,
            Ink::MessageTint => mix(self.message, 26, self.raised),
            Ink::Redelivered => self.redelivered,
            Ink::Good => self.good,
            Ink::Warning => self.warning,
            Ink::Danger => self.danger,
            Ink::DangerTint => mix(self.danger, 9, self.raised),
            Ink::Text => self.text,
            Ink::Muted => self.muted,
            Ink::Border => self.border,
            Ink::Raised => self.raised,
            Ink::Track => mix(self.text, 9, self.raised),
        }
    }
}

/// So many hundredths of one colour in another.
fn mix(color: u32, hundredths: u32, other: u32) -> u32 {
    [16, 8, 0].into_iter().fold(0, |mixed, shift| {
        let part = |color: u32| (color >> shift) & 0xff;
        mixed | ((part(color) * hundredths + part(other) * (100 - hundredths) + 50) / 100) << shift
    })
}

/// The room around what is shown, in stage units.
const MARGIN: f64 = 36.0;
/// Above it stands the title.
const HEAD: f64 = 34.0;
/// The fonts of the page.
const FONTS: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'PingFang SC', \
                     'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif";

/// What a picture shows beside the stage.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The colours.
    pub colors: Colors,
    /// The title above, and the time below.
    pub captions: bool,
    /// The part of the stage that is shown; `None`: all that stands on it.
    pub view: Option<Rect>,
}

/// The area that a picture of a session's stage shows; `None` where there is nothing to be seen.
pub fn view(session: &Session) -> Option<Rect> {
    Some(layout::content(session.scenario())?.grown(MARGIN))
}

/// The same area with room for the captions.
pub fn with_captions(view: Rect) -> Rect {
    Rect::new(view.origin.moved(0.0, -HEAD), view.width, view.height + HEAD)
}

/// The stage as an SVG text; `None` where there is nothing to be seen.
pub fn stage(session: &Session, words: &Words, language: Language, frame: Frame) -> Option<String> {
    let scenario = session.scenario();
    let mut view = match frame.view {
        Some(view) => view,
        None => self::view(session)?,
    };
    let colors = frame.colors;
    if frame.captions {
        view = with_captions(view);
    }
    let Rect { origin, width, height } = view;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"{:.0} {:.0} {width:.0} \
         {height:.0}\" font-family=\"{FONTS}\">\n",
        origin.x, origin.y
    );
    let title = scenario.title.get(language);
    if !title.is_empty() {
        let _ = writeln!(svg, "<title>{}</title>", escaped(title));
    }
    let _ = writeln!(
        svg,
        "<rect x=\"{:.0}\" y=\"{:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" fill=\"{}\"/>",
        origin.x,
        origin.y,
        hex(colors.background)
    );
    if frame.captions {
        let base = origin.y + HEAD;
        text(&mut svg, origin.moved(16.0, base - origin.y - 8.0), Anchor::Start, title, 17.0, true, hex(colors.text));
        let time = format!("{} · {} {}", seconds(session), words.shell.seed, session.engine().seed());
        let place = origin.moved(width - 16.0, base - origin.y - 8.0);
        text(&mut svg, place, Anchor::End, &time, 13.0, false, hex(colors.muted));
    }
    for note in &scenario.notes {
        note_to(&mut svg, note, language, colors);
    }
    let line = hex(mix(colors.muted, 75, colors.background));
    let labels = labels::all(session, words);
    for edge in &scenario.edges {
        let Some(curve) = layout::edge_curve(scenario, edge) else { continue };
        let (width, dashes) = if edge.kind == EdgeKind::Call { (1.75, " stroke-dasharray=\"5 3\"") } else { (2.0, "") };
        let _ = writeln!(
            svg,
            "<path d=\"{}\" fill=\"none\" stroke=\"{line}\" stroke-width=\"{width}\"{dashes}/><path d=\"{}\" fill=\"{line}\"/>",
            curve.svg_path(),
            arrow::head(&curve)
        );
        if edge.kind == EdgeKind::Call {
            let tail = arrow::tail(&curve);
            let _ = writeln!(svg, "<path d=\"{tail}\" fill=\"none\" stroke=\"{line}\" stroke-width=\"1.75\"/>");
        }
    }
    for labels::Link { link, .. } in &labels.links {
        let color = match link.kind {
            LinkKind::DeadLetters => hex(mix(colors.danger, 75, colors.background)),
            LinkKind::Alternate => hex(mix(colors.exchange, 75, colors.background)),
        };
        let _ = writeln!(
            svg,
            "<path d=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.75\" stroke-dasharray=\"6 5\"/><path d=\"{}\" \
             fill=\"{color}\"/>",
            link.curve.svg_path(),
            arrow::of_link(link)
        );
    }
    for label in labels.bindings.values().chain(labels.links.iter().map(|link| &link.label)) {
        label_to(&mut svg, label, colors);
    }
    for node in &scenario.nodes {
        let Some(picture) = glyph::picture(session, &node.id, words, Detail::Near) else { continue };
        let _ = writeln!(svg, "<g transform=\"translate({:.1} {:.1})\">", node.at.x, node.at.y);
        if let Some(color) = node.color {
            // A group is known by the bar on its left, as on the stage.
            let _ = writeln!(
                svg,
                "<rect x=\"-6\" y=\"8\" width=\"4\" height=\"{:.0}\" rx=\"2\" fill=\"{}\"/>",
                picture.height - 16.0,
                hex(colors.group(color))
            );
        }
        for mark in &picture.marks {
            mark_to(&mut svg, mark, colors);
        }
        if let Some(callout) = &picture.callout {
            callout_to(&mut svg, callout, picture.width, picture.height, colors);
        }
        svg.push_str("</g>\n");
    }
    let mut list = DisplayList::default();
    list.show(session);
    for dot in list.dots() {
        let (color, radius) = match dot.look {
            Look::Message => (colors.message, 5.0),
            Look::Redelivered => (colors.redelivered, 5.0),
            Look::Request => (colors.request, 4.0),
            Look::Answer => (colors.good, 4.0),
            Look::Failure => (colors.danger, 4.0),
            Look::Followed => continue,
        };
        let _ = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius}\" fill=\"{}\" stroke=\"{}\"/>",
            dot.x,
            dot.y,
            hex(color),
            hex(colors.background)
        );
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// A scenario's picture after so much simulated time as the gallery's cards show.
pub fn of_scenario(scenario: crate::scenario::Scenario, words: &Words, language: Language) -> Option<String> {
    let mut session = picture::begin(scenario);
    while !picture::advance(&mut session, &mut || false) {}
    stage(&session, words, language, Frame { colors: Colors::LIGHT, captions: true, view: None })
}

/// The simulated time, in seconds.
fn seconds(session: &Session) -> String {
    format!("{:.3} s", session.now().0 as f64 / 1e6)
}

fn note_to(svg: &mut String, note: &Note, language: Language, colors: Colors) {
    let Rect { origin, width, height } = layout::note_rect(note);
    let color = note.color.map_or(colors.warning, |color| colors.group(color));
    let _ = writeln!(
        svg,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"8\" fill=\"{}\" stroke=\"{}\"/>",
        origin.x,
        origin.y,
        hex(mix(color, 9, colors.background)),
        hex(mix(color, 45, colors.background))
    );
    let (letters, step) = layout::note_letters(note.size);
    let lines = glyph::wrapped(note.text.get(language), letters, width - 24.0);
    for (row, line) in lines.iter().enumerate() {
        let place = origin.moved(12.0, 12.0 + step * row as f64 + letters);
        text(svg, place, Anchor::Start, line, letters, false, hex(colors.text));
    }
}

/// What is wrong with a node, beneath it.
fn callout_to(svg: &mut String, callout: &str, width: f64, top: f64, colors: Colors) {
    const LETTERS: f64 = 12.0;
    const STEP: f64 = 16.0;
    let lines = glyph::wrapped(callout, LETTERS, width - 16.0);
    let _ = writeln!(
        svg,
        "<rect y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"6\" fill=\"{}\" stroke=\"{}\"/>",
        top + 6.0,
        STEP * lines.len() as f64 + 10.0,
        hex(mix(colors.danger, 9, colors.raised)),
        hex(mix(colors.danger, 45, colors.raised))
    );
    for (row, line) in lines.iter().enumerate() {
        let place = Point::new(8.0, top + 6.0 + 5.0 + STEP * row as f64 + LETTERS);
        text(svg, place, Anchor::Start, line, LETTERS, false, hex(colors.danger));
    }
}

fn label_to(svg: &mut String, label: &Label, colors: Colors) {
    let Rect { origin, width, height } = label.rect;
    let _ = writeln!(
        svg,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{:.1}\" fill=\"{}\" stroke=\"{}\"/>",
        origin.x,
        origin.y,
        height / 2.0,
        hex(colors.raised),
        hex(colors.border)
    );
    let place = label.rect.centre().moved(0.0, 4.0);
    text(svg, place, Anchor::Middle, &label.text, labels::LETTERS, false, hex(colors.text));
}

fn mark_to(svg: &mut String, mark: &Mark, colors: Colors) {
    let mut paint = match mark.fill {
        Some(ink) => format!(" fill=\"{}\"", hex(colors.ink(ink))),
        None => " fill=\"none\"".to_owned(),
    };
    if let Some((ink, width)) = mark.line {
        let _ = write!(paint, " stroke=\"{}\" stroke-width=\"{width}\"", hex(colors.ink(ink)));
    }
    if mark.faint {
        paint.push_str(" opacity=\"0.45\"");
    }
    let _ = match &mark.shape {
        Shape::Rect { rect, corner } => writeln!(
            svg,
            "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" rx=\"{:.2}\"{paint}/>",
            rect.origin.x,
            rect.origin.y,
            rect.width.max(0.0),
            rect.height.max(0.0),
            corner.max(0.0)
        ),
        Shape::Path(path) => writeln!(svg, "<path d=\"{path}\"{paint}/>"),
        Shape::Gauge { path, part } => writeln!(
            svg,
            "<path d=\"{path}\" pathLength=\"100\" stroke-dasharray=\"{:.2} 200\"{paint}/>",
            part.clamp(0.0, 1.0) * 100.0
        ),
        Shape::Icon { at, path, scale } => writeln!(
            svg,
            "<path d=\"{path}\" transform=\"translate({:.2} {:.2}) scale({scale})\" stroke-linecap=\"round\" \
             stroke-linejoin=\"round\"{paint}/>",
            at.x, at.y
        ),
        Shape::Text { at, anchor, text: line, size, bold } => {
            let fill = mark.fill.map_or_else(|| hex(colors.text), |ink| hex(colors.ink(ink)));
            text(svg, *at, *anchor, line, *size, *bold, fill);
            Ok(())
        }
    };
}

fn text(svg: &mut String, at: Point, anchor: Anchor, line: &str, size: f64, bold: bool, fill: String) {
    let anchor = match anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = if bold { " font-weight=\"600\"" } else { "" };
    let _ = writeln!(
        svg,
        "<text x=\"{:.2}\" y=\"{:.2}\" font-size=\"{size}\"{anchor}{weight} fill=\"{fill}\">{}</text>",
        at.x,
        at.y,
        escaped(line)
    );
}

fn hex(color: u32) -> String {
    format!("#{color:06x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::format;

    /// What `tokens.css` calls them.
    fn names(colors: &Colors) -> [(&'static str, u32); 18] {
        [
            ("bg", colors.background),
            ("surface-raised", colors.raised),
            ("border", colors.border),
            ("text", colors.text),
            ("text-muted", colors.muted),
            ("producer", colors.producer),
            ("exchange", colors.exchange),
            ("queue", colors.queue),
            ("consumer", colors.consumer),
            ("client", colors.client),
            ("service", colors.service),
            ("database", colors.database),
            ("message", colors.message),
            ("message-redelivered", colors.redelivered),
            ("request", colors.request),
            ("good", colors.good),
            ("warning", colors.warning),
            ("danger", colors.danger),
        ]
    }

    #[test]
    fn the_colours_are_those_of_the_page() {
        let tokens = include_str!("../../../static/style/tokens.css");
        let (light, dark) = tokens.split_once(":root[data-theme=\"dark\"]").unwrap();
        for (sheet, colors) in [(light, Colors::LIGHT), (dark, Colors::DARK)] {
            for (name, color) in names(&colors) {
                let line = format!("--color-{name}: {};", hex(color));
                assert!(sheet.contains(&line), "{line}");
            }
        }
        assert_eq!(hex(mix(0xff0000, 10, 0xffffff)), "#ffe6e6");
    }

    #[test]
    fn every_scenario_of_the_gallery_has_a_picture_that_is_xml() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/scenarios/gallery");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let scenario = format::parse(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
            for language in Language::ALL {
                let svg = of_scenario(scenario.clone(), Words::of(language), language).unwrap();
                let opened = svg.matches("<g ").count();
                // Some scripts add one on the way.
                assert!(opened >= scenario.nodes.len() && svg.matches("</g>").count() == opened);
                assert!(["NaN", "\"inf", " inf", "\"-inf"].iter().all(|wrong| !svg.contains(wrong)), "{svg}");
                seen += 1;
            }
        }
        assert!(seen >= 40);
    }

    #[test]
    fn hostile_labels_stay_text() {
        let text = r#"{"mq_scenario": 1, "title": "</title><script>alert(1)</script>", "nodes": [
          {"id": "q", "kind": "queue", "label": "<img src=x onerror=alert(1)>\u0000&"}],
          "notes": [{"id": "n", "at": [0, 200], "text": "]]> <b>\u0007 \" ' &amp;"}]}"#;
        let svg = of_scenario(format::parse(text).unwrap(), Words::of(Language::English), Language::English).unwrap();
        assert!(!svg.contains("<script") && !svg.contains("<img") && !svg.contains("<b>"));
        assert!(!svg.contains('\u{0}') && !svg.contains('\u{7}'));
    }
}
