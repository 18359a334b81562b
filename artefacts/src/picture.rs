//! Pictures of lessons: the first stage as `mqp picture` draws it, below the title, as sites show it beside a link.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::{env, fs, process};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use quick_xml::escape::escape;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};

use crate::lesson::Lesson;

/// How large the pictures are, in pixels: what sites that show Open Graph pictures ask for.
pub const SIZE: (u32, u32) = (1200, 630);

/// What draws a scenario: the scenario, the language and the simulated time in milliseconds; the text of an SVG.
pub type Draw<'a> = dyn Fn(&serde_json::Value, &str, f64) -> Result<String, String> + 'a;

/// Has `mqp picture` draw a scenario.
///
/// # Errors
/// The program cannot be started, or refuses; with what it says.
pub fn by_mqp(mqp: &Path, scenario: &serde_json::Value, language: &str, at_ms: f64) -> Result<String, String> {
    let file = env::temp_dir().join(format!("mq-playground-picture-{}.json", process::id()));
    fs::write(&file, scenario.to_string()).map_err(|error| format!("{}: {error}", file.display()))?;
    let output = Command::new(mqp)
        .arg("picture")
        .arg(&file)
        .args(["--lang", language, "--at", &format!("{at_ms}ms")])
        .output()
        .map_err(|error| format!("cannot start {}: {error}", mqp.display()));
    // A file in the folder for such files: nobody is troubled by one that stays.
    let _ = fs::remove_file(&file);
    let output = output?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} picture ({}): {}", mqp.display(), output.status, said.trim()));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{} picture did not print a text", mqp.display()))
}

/// How long after its beginning a stage is shown, in milliseconds: by then messages are on their way.
const LATER_MS: f64 = 3500.0;

/// Makes pictures, with the fonts of this computer.
#[derive(Clone, Debug)]
pub struct Painter {
    fonts: Arc<fontdb::Database>,
    /// For all texts but Chinese ones.
    family: String,
    /// For Chinese ones.
    chinese: String,
}

/// Fonts with Latin letters that are there on most computers, the usual ones of Linux, Windows and macOS first.
const FAMILIES: [&str; 7] =
    ["Noto Sans", "DejaVu Sans", "Liberation Sans", "Segoe UI", "Helvetica Neue", "Arial", "Noto Sans CJK SC"];
/// Fonts with Chinese signs as they are written in China; otherwise any font with them is taken.
const CHINESE: [&str; 4] = ["Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC"];

impl Painter {
    /// Looks for the fonts of this computer.
    ///
    /// # Errors
    /// There are none.
    pub fn new() -> Result<Painter, String> {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        let has = |family: &str| {
            fonts.faces().any(|face| face.families.iter().any(|(name, _)| name.eq_ignore_ascii_case(family)))
        };
        let any = fonts.faces().next().and_then(|face| face.families.first()).map(|(name, _)| name.clone());
        let family = FAMILIES.into_iter().find(|family| has(family)).map(str::to_owned).or(any);
        let family = family.ok_or("there are no fonts on this computer, and pictures have words in them")?;
        let chinese = CHINESE.into_iter().find(|family| has(family)).map_or_else(|| family.clone(), str::to_owned);
        fonts.set_sans_serif_family(family.clone());
        fonts.set_monospace_family(family.clone());
        fonts.set_serif_family(family.clone());
        Ok(Painter { fonts: Arc::new(fonts), family, chinese })
    }

    /// The picture of a lesson in a language, as a PNG of [`SIZE`].
    ///
    /// # Errors
    /// `draw` cannot draw its first scenario, or what it gives is no SVG.
    pub fn lesson(&self, lesson: &Lesson, language: &str, draw: &Draw<'_>) -> Result<Vec<u8>, String> {
        let title = lesson.texts.get(language).map(|text| text.title.as_str()).unwrap_or_default();
        let svg = draw(&lesson.scenario, language, lesson.begins_at_ms + LATER_MS)?;
        self.png(&self.card(title, language, &svg))
    }

    /// The title above, what is on the stage below it.
    fn card(&self, title: &str, language: &str, stage: &str) -> String {
        let (width, height) = SIZE;
        let title = crate::in_xml(title);
        let title = escape(shortened(&title, 46));
        let (family, name) = match language.starts_with("zh") {
            true => (&self.chinese, "消息队列游乐场"),
            false => (&self.family, "MQ Playground"),
        };
        let family = escape(family.as_str());
        // A picture in a picture: whatever is in it, it keeps to its own rectangle and its own names.
        let stage = BASE64_STANDARD.encode(stage);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="'{family}'" xml:lang="{language}">
<rect width="{width}" height="{height}" fill="#ffffff"/>
<rect width="{width}" height="10" fill="#2f6fd0"/>
<text x="60" y="92" font-size="46" font-weight="bold" fill="#1b1f27">{title}</text>
<text x="60" y="596" font-size="26" fill="#55606f">{name}</text>
<image x="60" y="124" width="1080" height="420" preserveAspectRatio="xMidYMid meet" href="data:image/svg+xml;base64,{stage}"/>
</svg>"##
        )
    }

    /// An SVG as a PNG of [`SIZE`].
    fn png(&self, svg: &str) -> Result<Vec<u8>, String> {
        let options =
            usvg::Options { fontdb: self.fonts.clone(), font_family: self.family.clone(), ..Default::default() };
        let tree = usvg::Tree::from_str(svg, &options).map_err(|error| format!("the picture is no SVG: {error}"))?;
        let mut pixels = Pixmap::new(SIZE.0, SIZE.1).ok_or("the picture has no size")?;
        resvg::render(&tree, Transform::default(), &mut pixels.as_mut());
        pixels.encode_png().map_err(|error| format!("cannot write the picture: {error}"))
    }
}

/// As many signs of a text as fit, counted in halves of the wide ones that Chinese is written with.
fn shortened(text: &str, most: usize) -> String {
    let mut used = 0;
    for (at, sign) in text.char_indices() {
        used += if u32::from(sign) >= 0x2e80 { 2 } else { 1 };
        if used > most {
            return format!("{}…", text[..at].trim_end());
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::tests::{HOSTILE, hostile};

    const STAGE: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><rect width="100" height="50" fill="#00ff00"/><text x="5" y="20">队列</text></svg>"##;

    fn pixel(png: &[u8], x: u32, y: u32) -> (u8, u8, u8) {
        let pixels = Pixmap::decode_png(png).unwrap();
        assert_eq!((pixels.width(), pixels.height()), SIZE);
        let color = pixels.pixel(x, y).unwrap().demultiply();
        (color.red(), color.green(), color.blue())
    }

    #[test]
    fn a_hostile_title_is_text_and_the_stage_is_seen() {
        let painter = Painter::new().unwrap();
        let asked = std::cell::RefCell::default();
        let png = painter.lesson(&hostile(), "zh-CN", &|_, language, at_ms| {
            *asked.borrow_mut() = (language.to_owned(), at_ms);
            Ok(STAGE.to_owned())
        });
        let png = png.unwrap();
        assert_eq!(asked.into_inner(), ("zh-CN".to_owned(), 4500.0));
        assert_eq!(pixel(&png, 600, 500), (0, 255, 0));
        assert_eq!(pixel(&png, 5, 300), (255, 255, 255));
        assert!(painter.card(HOSTILE, "en", STAGE).contains("&lt;/title&gt;&lt;script&gt;"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let painter = Painter::new().unwrap();
        assert!(painter.png("<svg").is_err());
        let refused = painter.lesson(&hostile(), "en", &|_, _, _| Err("no".to_owned()));
        assert_eq!(refused, Err("no".to_owned()));
        assert!(by_mqp(Path::new("there-is-no-such-program"), &serde_json::json!({}), "en", 0.0).is_err());
    }

    #[test]
    fn long_titles_end_with_dots_where_there_is_no_more_room() {
        assert_eq!(shortened("short", 5), "short");
        assert_eq!(shortened("much longer", 5), "much…");
        assert_eq!(shortened("消息队列", 6), "消息队…");
    }
}
