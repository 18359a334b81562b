//! Instruments as geometry: what each kind of node looks like, as plain shapes. The page renders them as SVG; a
//! printed picture comes from the same shapes.
//!
//! One file per kind draws what lies inside of the frame that all kinds share.

mod client;
mod consumer;
mod database;
mod exchange;
mod frame;
pub mod icon;
mod number;
mod producer;
mod queue;
mod service;
pub(super) mod text;

use std::borrow::Cow;

use crate::base::{Point, Rect};
use crate::engine::{Condition, NodeReport};
use crate::scenario::{Id, NodeKind, NodeSettings, Scenario};
use crate::session::Session;
use crate::words::Words;

use super::layout;

pub use frame::FAULT_BUTTON;
pub use number::{count, rate, span};
pub(super) use queue::is_rising;
pub(super) use text::wrapped;

/// A colour by its meaning; the page's themes say what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// The colour of a kind.
    Kind(NodeKind),
    /// A light tint of it.
    Tint(NodeKind),
    /// A message.
    Message,
    /// A light tint of it.
    MessageTint,
    /// A message that was delivered before.
    Redelivered,
    /// All is well.
    Good,
    /// Look at this.
    Warning,
    /// Something is broken.
    Danger,
    /// A light tint of that.
    DangerTint,
    /// Writing.
    Text,
    /// Writing that matters less.
    Muted,
    /// Thin lines.
    Border,
    /// What instruments are made of.
    Raised,
    /// What is empty and may be filled.
    Track,
}

impl Ink {
    /// The colour's name in style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Ink::Kind(NodeKind::Producer) => "producer",
            Ink::Kind(NodeKind::Exchange) => "exchange",
            Ink::Kind(NodeKind::Queue) => "queue",
            Ink::Kind(NodeKind::Consumer) => "consumer",
            Ink::Kind(NodeKind::Client) => "client",
            Ink::Kind(NodeKind::Service) => "service",
            Ink::Kind(NodeKind::Database) => "database",
            Ink::Tint(NodeKind::Producer) => "producer-tint",
            Ink::Tint(NodeKind::Exchange) => "exchange-tint",
            Ink::Tint(NodeKind::Queue) => "queue-tint",
            Ink::Tint(NodeKind::Consumer) => "consumer-tint",
            Ink::Tint(NodeKind::Client) => "client-tint",
            Ink::Tint(NodeKind::Service) => "service-tint",
            Ink::Tint(NodeKind::Database) => "database-tint",
            Ink::Message => "message",
            Ink::MessageTint => "message-tint",
            Ink::Redelivered => "redelivered",
            Ink::Good => "good",
            Ink::Warning => "warning",
            Ink::Danger => "danger",
            Ink::DangerTint => "danger-tint",
            Ink::Text => "text",
            Ink::Muted => "muted",
            Ink::Border => "border",
            Ink::Raised => "raised",
            Ink::Track => "track",
        }
    }
}

/// Where a text stands: its beginning, middle or end is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The beginning.
    Start,
    /// The middle.
    Middle,
    /// The end.
    End,
}

/// The shape of a mark.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle with round corners.
    Rect {
        /// The rectangle.
        rect: Rect,
        /// The radius of its corners.
        corner: f64,
    },
    /// A path, in the notation of SVG.
    Path(String),
    /// A line along a path, from its beginning to a part of its length.
    Gauge {
        /// The path, in the notation of SVG.
        path: String,
        /// The part that is drawn, 0 to 1.
        part: f64,
    },
    /// One of [`icon`]'s pictures, 16 units wide and high.
    Icon {
        /// Its top left corner.
        at: Point,
        /// Its path.
        path: &'static str,
        /// How much larger it is drawn.
        scale: f64,
    },
    /// A line of text.
    Text {
        /// Where its base line begins, has its middle or ends.
        at: Point,
        /// Which of them.
        anchor: Anchor,
        /// The text.
        text: String,
        /// The height of its letters.
        size: f64,
        /// Whether it is bold.
        bold: bool,
    },
}

/// One shape of a picture, with its colours.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// What it stands for: one and the same thing moves from one picture to the next, another one appears.
    pub of: u64,
    /// The shape.
    pub shape: Shape,
    /// What it is filled with.
    pub fill: Option<Ink>,
    /// The line around it, and how wide that is.
    pub line: Option<(Ink, f64)>,
    /// Whether it glides to where the next picture has it.
    pub glides: bool,
    /// Whether it is faint.
    pub faint: bool,
}

impl Mark {
    /// A shape that is filled.
    pub fn filled(shape: Shape, ink: Ink) -> Mark {
        Mark { of: 0, shape, fill: Some(ink), line: None, glides: false, faint: false }
    }

    /// A shape that is drawn with a line.
    pub fn lined(shape: Shape, ink: Ink, width: f64) -> Mark {
        Mark { of: 0, shape, fill: None, line: Some((ink, width)), glides: false, faint: false }
    }

    /// The same with a line around it.
    pub fn with_line(self, ink: Ink, width: f64) -> Mark {
        Mark { line: Some((ink, width)), ..self }
    }

    /// The same, gliding to where the next picture has it.
    pub fn gliding(mut self) -> Mark {
        // Gliding costs the browser work in every frame: not for less than can be seen.
        if let Shape::Rect { rect, .. } = &mut self.shape {
            let halves = |length: f64| (length * 2.0).round() / 2.0;
            let right = halves(rect.origin.x + rect.width);
            rect.origin.x = halves(rect.origin.x);
            rect.width = (right - rect.origin.x).max(0.0);
        }
        Mark { glides: true, ..self }
    }

    /// The same, faint.
    pub fn faint(self, faint: bool) -> Mark {
        Mark { faint, ..self }
    }

    /// The same, standing for something that has a number.
    pub fn of(self, of: u64) -> Mark {
        Mark { of, ..self }
    }

    /// A filled rectangle.
    pub fn bar(x: f64, y: f64, width: f64, height: f64, corner: f64, ink: Ink) -> Mark {
        let corner = corner.min(width.max(0.0) / 2.0).min(height / 2.0);
        Mark::filled(Shape::Rect { rect: Rect::new(Point::new(x, y), width.max(0.0), height), corner }, ink)
    }

    /// A line of text.
    pub fn text(at: Point, anchor: Anchor, text: impl Into<String>, size: f64, ink: Ink) -> Mark {
        Mark::filled(Shape::Text { at, anchor, text: text.into(), size, bold: false }, ink)
    }

    /// The same, bold.
    pub fn bold(mut self) -> Mark {
        if let Shape::Text { bold, .. } = &mut self.shape {
            *bold = true;
        }
        self
    }
}

/// How closely the stage is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// From afar: a name and one figure, large.
    Far,
    /// Near enough to read everything.
    Near,
}

impl Detail {
    /// Below this zoom, small letters cannot be read.
    const FAR: f64 = 0.62;

    /// What can be read at a zoom.
    pub fn at_zoom(zoom: f64) -> Detail {
        if zoom < Detail::FAR { Detail::Far } else { Detail::Near }
    }
}

/// A node's instrument at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Its shapes, from the bottom up.
    pub marks: Vec<Mark>,
    /// Whether the node is up.
    pub up: bool,
    /// What is wrong there, in a sentence that stands beneath.
    pub callout: Option<String>,
}

/// What an instrument is drawn from.
#[derive(Clone, Copy)]
struct Scene<'a> {
    session: &'a Session,
    id: &'a Id,
    words: &'a Words,
    width: f64,
    height: f64,
    /// Whether the node is up.
    up: bool,
    /// Whether it is up and something is wrong with it.
    ailing: bool,
}

/// What a kind's file adds to the frame.
struct Inside {
    /// The body, from near.
    marks: Vec<Mark>,
    /// What is said on the left of the foot while the node is up.
    status: Status,
    /// A figure on the right of the foot.
    note: String,
    /// Whether that figure is bad news.
    alarming: bool,
    /// The one figure that is shown from afar, and its unit.
    figure: (String, &'static str),
    /// How full its gauge is from afar, 0 to 1.
    part: f64,
}

/// How a node fares, in a word with a shape.
struct Status {
    icon: &'static str,
    ink: Ink,
    text: Cow<'static, str>,
}

/// What a node is called: its label in the page's language, or its id.
pub fn label(session: &Session, id: &Id, words: &Words) -> String {
    label_in(session.scenario(), id, words)
}

/// The same in a document of which nothing runs.
pub fn label_in(scenario: &Scenario, id: &Id, words: &Words) -> String {
    let label = scenario.node(id).and_then(|node| node.label.as_ref());
    match label.map(|label| label.get(words.language).trim()) {
        Some(label) if !label.is_empty() => label.to_owned(),
        _ => id.0.clone(),
    }
}

/// Whether a node of this kind is a part of the broker: it fails with the broker, and comes back with it.
pub fn lies_in_broker(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Exchange | NodeKind::Queue)
}

/// A node's instrument, now; `None` where there is no such node.
pub fn picture(session: &Session, id: &Id, words: &Words, detail: Detail) -> Option<Picture> {
    let node = session.scenario().node(id)?;
    let report = session.node_report(id)?;
    let kind = node.kind();
    let (width, height) = layout::node_size(kind);
    let condition = session.engine().condition(id);
    let ailing = report.up() && condition != Condition::default();
    let scene = Scene { session, id, words, width, height, up: report.up(), ailing };
    let mut inside = match (&node.settings, &report) {
        (NodeSettings::Producer(settings), NodeReport::Producer(report)) => producer::inside(&scene, settings, report),
        (NodeSettings::Exchange(settings), NodeReport::Exchange(report)) => exchange::inside(&scene, settings, report),
        (NodeSettings::Queue(settings), NodeReport::Queue(report)) => queue::inside(&scene, settings, report),
        (NodeSettings::Consumer(settings), NodeReport::Consumer(report)) => consumer::inside(&scene, settings, report),
        (NodeSettings::Client(_), NodeReport::Client(report)) => client::inside(&scene, report),
        (NodeSettings::Service(settings), NodeReport::Service(report)) => service::inside(&scene, settings, report),
        (NodeSettings::Database(settings), NodeReport::Database(report)) => database::inside(&scene, settings, report),
        // The document and the engine are one step apart: the next picture has both.
        _ => return None,
    };
    if lies_in_broker(kind) && session.engine().memory_alarm() {
        inside.status = Status { icon: icon::WARNING, ink: Ink::Warning, text: words.routing.memory_alarm.into() };
    }
    if ailing {
        inside.status = ailment(&condition, words);
    }
    let callout = super::incident::callout(session, id, words);
    Some(Picture { callout, ..frame::picture(&scene, kind, inside, detail) })
}

/// The worst of what is wrong with a node that is up.
fn ailment(condition: &Condition, words: &Words) -> Status {
    let failing = words.failing;
    if condition.stalled {
        Status { icon: icon::STALLED, ink: Ink::Danger, text: failing.stalled.into() }
    } else if condition.error_rate > 0.0 {
        let percent = format!("{:.0}", condition.error_rate * 100.0);
        Status { icon: icon::WARNING, ink: Ink::Danger, text: (failing.errors)(&percent).into() }
    } else {
        let factor = (condition.slow * 10.0).round() / 10.0;
        Status { icon: icon::SLOW, ink: Ink::Warning, text: (failing.slow)(&factor.to_string()).into() }
    }
}

/// Slanting lines over a rectangle, so that no one needs to see its colour.
fn hatching(x: f64, y: f64, width: f64, height: f64) -> Option<Mark> {
    const BETWEEN: f64 = 6.0;
    let mut path = String::new();
    let mut start = x - height + BETWEEN / 2.0;
    while start < x + width {
        // From the lower left to the upper right, within the rectangle.
        let (left, right) = (start.max(x), (start + height).min(x + width));
        if right > left {
            let (low, high) = (y + height - (left - start), y + height - (right - start));
            path.push_str(&format!("M{left:.1} {low:.1}L{right:.1} {high:.1}"));
        }
        start += BETWEEN;
    }
    (!path.is_empty()).then(|| Mark::lined(Shape::Path(path), Ink::Raised, 1.5))
}

/// A bar of what has failed.
fn hatched(x: f64, y: f64, width: f64, height: f64) -> impl Iterator<Item = Mark> {
    std::iter::once(Mark::bar(x, y, width, height, 2.0, Ink::Danger)).chain(hatching(x, y, width, height))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::{Language, Micros};
    use crate::scenario::format;
    use crate::session::Command;

    /// A session with crowded instruments, up or down.
    fn crowded(down: bool) -> Session {
        let label =
            json!({"en": "A very long name for such a small instrument", "zh-CN": "一个对这么小的仪表来说太长的名字"});
        let text = json!({
            "mq_scenario": 1,
            "nodes": [
                {"id": "p", "kind": "producer", "at": [0, 0], "label": label,
                 "settings": {"pattern": {"constant": {"per_s": 123_456}}}},
                {"id": "q", "kind": "queue", "at": [300, 0], "label": label, "settings": {"max_length": 150_000}},
                {"id": "c", "kind": "consumer", "at": [600, 0], "label": label,
                 "settings": {"concurrency": 24, "prefetch_count": 0}},
                {"id": "many", "kind": "consumer", "at": [600, 300],
                 "settings": {"concurrency": 1000, "prefetch_count": 60_000}},
                {"id": "few", "kind": "queue", "at": [300, 300], "settings": {"max_length": 3}},
                {"id": "x", "kind": "exchange", "at": [300, 600], "label": label, "settings": {"type": "headers"}},
                {"id": "client", "kind": "client", "at": [0, 900], "label": label,
                 "settings": {"pattern": {"constant": {"per_s": 20_000}}, "timeout_ms": 50}},
                {"id": "service", "kind": "service", "at": [300, 900], "label": label,
                 "settings": {"concurrency": 1000, "handler": [
                    {"call": {"target": "database"}}, {"work": {"ms": 300}}, {"work": {"ms": 300}}, {"parallel": [{"work": {"ms": 3}}]},
                    {"work": {"ms": 300}}]}},
                {"id": "database", "kind": "database", "at": [600, 900], "label": label,
                 "settings": {"overload": "reject", "capacity_per_s": 300}}
            ],
            "edges": [
                {"id": "1", "kind": "publish", "from": "p", "to": "q"},
                {"id": "2", "kind": "subscribe", "from": "q", "to": "many"},
                {"id": "3", "kind": "publish", "from": "p", "to": "few"},
                {"id": "4", "kind": "call", "from": "client", "to": "service"},
                {"id": "5", "kind": "call", "from": "service", "to": "database"}
            ]
        });
        let mut session = Session::new(format::from_value(text).expect("a good scenario"));
        let _ = session.dispatch(Command::Seek { time_us: Micros::from_ms(4_000.0) });
        session.tick(0.0, &mut || false);
        if down {
            for id in ["p", "q", "c", "many", "client", "service", "database"] {
                session
                    .dispatch(Command::Fault(crate::scenario::Fault::Crash { node: Id::from(id) }))
                    .expect("is there");
            }
            let _ = session.dispatch(Command::Seek { time_us: Micros::from_ms(4_001.0) });
            session.tick(0.0, &mut || false);
        }
        session
    }

    #[test]
    fn nothing_that_is_written_sticks_out() {
        for down in [false, true] {
            let session = crowded(down);
            for node in &session.scenario().nodes {
                for language in Language::ALL {
                    for detail in [Detail::Near, Detail::Far] {
                        let picture = picture(&session, &node.id, Words::of(language), detail).expect("is there");
                        assert_eq!(picture.up, !down, "{}", node.id);
                        check_texts(&picture);
                    }
                }
            }
        }
    }

    fn check_texts(picture: &Picture) {
        for mark in &picture.marks {
            let Shape::Text { at, anchor, text, size, .. } = &mark.shape else { continue };
            let width = text::width(text, *size);
            let left = match anchor {
                Anchor::Start => at.x,
                Anchor::Middle => at.x - width / 2.0,
                Anchor::End => at.x - width,
            };
            assert!(left >= 0.0 && left + width <= picture.width + 2.0, "“{text}” from {left} is {width} wide");
            assert!((8.0..picture.height).contains(&at.y), "“{text}” at {}", at.y);
        }
    }

    #[test]
    fn what_is_down_looks_different() {
        let words = Words::of(Language::English);
        let (up, down) = (crowded(false), crowded(true));
        let draw = |session: &Session| picture(session, &Id::from("c"), words, Detail::Near).expect("is there");
        let says = |picture: &Picture, wanted: &str| {
            picture.marks.iter().any(|mark| matches!(&mark.shape, Shape::Text { text, .. } if text == wanted))
        };
        assert!(!says(&draw(&up), words.stage.crashed));
        assert!(says(&draw(&down), words.stage.crashed));
        // The outline is torn, not only coloured.
        assert!(draw(&down).marks.iter().any(|mark| mark.line == Some((Ink::Danger, 2.0))));
    }
}
