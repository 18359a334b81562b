//! Packages for learning platforms, SCORM 1.2 and SCORM 2004 (4th edition): one for each lesson and language.
//!
//! One for each language, because a package is what a platform lists, assigns and reports on: its title, which stands in the
//! manifest, is read by those who run the platform and those who learn there, and they share a language. A question which language
//! it shall be would come before each lesson, and results in two languages would lie in one row.

use std::io::{Cursor, Write};

use maud::{DOCTYPE, PreEscaped, html};
use quick_xml::escape::escape;
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::lesson::Lesson;
use crate::single;

const LAUNCH_SCRIPT: &str = include_str!("scorm/launch.js");
const LAUNCH_STYLE: &str = include_str!("scorm/launch.css");

/// The editions of SCORM that packages are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// SCORM 1.2: what every platform can read.
    Scorm12,
    /// SCORM 2004, 4th edition.
    Scorm2004,
}

impl Edition {
    /// All of them.
    pub const ALL: [Edition; 2] = [Edition::Scorm12, Edition::Scorm2004];

    fn short(self) -> &'static str {
        match self {
            Edition::Scorm12 => "scorm12",
            Edition::Scorm2004 => "scorm2004",
        }
    }

    /// How many characters of suspend data every platform must keep.
    pub fn suspend_data_limit(self) -> usize {
        match self {
            Edition::Scorm12 => 4096,
            Edition::Scorm2004 => 64_000,
        }
    }
}

/// The file's name of a package.
pub fn file_name(id: &str, language: &str, edition: Edition) -> String {
    format!("{id}-{language}-{}.zip", edition.short())
}

/// How many characters of suspend data a lesson has at the most: all its steps passed.
pub fn longest_suspend_data(lesson: &Lesson) -> usize {
    let longest = lesson.steps.iter().max_by_key(|step| step.len());
    json!({ "v": 1, "passed": lesson.steps, "step": longest }).to_string().chars().count()
}

/// Makes packages around one playground.
pub struct Packer {
    /// What is the same in all packages, compressed once.
    common: Vec<u8>,
}

impl Packer {
    /// Compresses what is the same in all packages; `playground` is the self-contained file.
    ///
    /// # Errors
    /// It cannot be compressed.
    pub fn new(playground: &str) -> Result<Packer, String> {
        let files = [(single::NAME, playground), ("launch.js", LAUNCH_SCRIPT), ("launch.css", LAUNCH_STYLE)];
        Ok(Packer { common: zipped(ZipWriter::new(Cursor::default()), &files).map_err(told)? })
    }

    /// The package of a lesson in a language in which it is written.
    ///
    /// # Errors
    /// It cannot be compressed.
    pub fn package(&self, lesson: &Lesson, language: &str, edition: Edition) -> Result<Vec<u8>, String> {
        let make = || {
            let mut common = ZipArchive::new(Cursor::new(self.common.as_slice()))?;
            let mut writer = ZipWriter::new(Cursor::default());
            for place in 0..common.len() {
                writer.raw_copy_file(common.by_index_raw(place)?)?;
            }
            let manifest = manifest(lesson, language, edition);
            let page = launch_page(lesson, language, edition);
            zipped(writer, &[("imsmanifest.xml", &manifest), ("index.html", &page)])
        };
        make().map_err(told)
    }
}

fn told(error: zip::result::ZipError) -> String {
    format!("cannot make a zip file: {error}")
}

fn zipped(mut writer: ZipWriter<Cursor<Vec<u8>>>, files: &[(&str, &str)]) -> zip::result::ZipResult<Vec<u8>> {
    // The same files make the same package, whenever that is: the time is the earliest one that a zip file can say.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, text) in files {
        writer.start_file(*name, options)?;
        writer.write_all(text.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

fn title<'a>(lesson: &'a Lesson, language: &str) -> &'a str {
    lesson.texts.get(language).map(|text| text.title.as_str()).unwrap_or_default()
}

/// The manifest of a package.
pub fn manifest(lesson: &Lesson, language: &str, edition: Edition) -> String {
    let title = crate::in_xml(title(lesson, language));
    let title = escape(title.trim());
    let identifier = format!("mq-playground-{}-{language}", lesson.id);
    let files: String = ["index.html", "launch.js", "launch.css", single::NAME]
        .iter()
        .map(|file| format!("\n      <file href=\"{file}\"/>"))
        .collect();
    let (namespaces, version, kind, sequencing, of_all) = match edition {
        Edition::Scorm12 => (
            "xmlns=\"http://www.imsproject.org/xsd/imscp_rootv1p1p2\" \
             xmlns:adlcp=\"http://www.adlnet.org/xsd/adlcp_rootv1p2\"",
            "1.2",
            "scormtype",
            "",
            "",
        ),
        Edition::Scorm2004 => (
            "xmlns=\"http://www.imsglobal.org/xsd/imscp_v1p1\" xmlns:adlcp=\"http://www.adlnet.org/xsd/adlcp_v1p3\" \
             xmlns:imsss=\"http://www.imsglobal.org/xsd/imsss\"",
            "2004 4th Edition",
            "scormType",
            "\n        <imsss:sequencing>\n          <imsss:deliveryControls completionSetByContent=\"true\" \
             objectiveSetByContent=\"true\"/>\n        </imsss:sequencing>",
            "\n      <imsss:sequencing>\n        <imsss:controlMode choice=\"true\" flow=\"true\"/>\n      \
             </imsss:sequencing>",
        ),
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{identifier}" version="1" {namespaces}>
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>{version}</schemaversion>
  </metadata>
  <organizations default="organization">
    <organization identifier="organization">
      <title>{title}</title>
      <item identifier="item" identifierref="resource" isvisible="true">
        <title>{title}</title>{sequencing}
      </item>{of_all}
    </organization>
  </organizations>
  <resources>
    <resource identifier="resource" type="webcontent" adlcp:{kind}="sco" href="index.html">{files}
    </resource>
  </resources>
</manifest>
"#
    )
}

/// The page that a platform opens.
fn launch_page(lesson: &Lesson, language: &str, edition: Edition) -> String {
    let chinese = language.starts_with("zh");
    let words = if chinese {
        json!({
            "alone": "没有找到学习平台：可以照常学习，但不会记录进度。",
            "frame": "消息队列游乐场",
            "script": "本页需要 JavaScript。"
        })
    } else {
        json!({
            "alone": "No learning platform was found: the lesson works, but nothing is recorded.",
            "frame": "MQ Playground",
            "script": "This page needs JavaScript."
        })
    };
    let settings = json!({
        "lesson": lesson.id,
        "lang": language,
        "edition": match edition { Edition::Scorm12 => "1.2", Edition::Scorm2004 => "2004" },
        "steps": lesson.steps,
        "suspendDataLimit": edition.suspend_data_limit(),
        "playground": single::NAME,
        "alone": words["alone"],
    });
    // As data in a page: `<` is written so that no sign in it ends the element.
    let settings = settings.to_string().replace('<', "\\u003c");
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; img-src data:; \
                  base-uri 'none'; form-action 'none'";
    let page = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy);
                title { (crate::in_xml(title(lesson, language))) }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="launch.css";
                script type="application/json" id="settings" { (PreEscaped(settings)) }
                script src="launch.js" defer {}
            }
            body {
                p #alone role="status" hidden {}
                noscript { p { (words["script"].as_str().unwrap_or_default()) } }
                // Without an origin: nothing that runs in it gets at the platform, and it stores nothing there. A question is
                // answered by a form, and a sheet is printed by what counts as a modal; neither leads anywhere.
                iframe #playground title=(words["frame"].as_str().unwrap_or_default())
                    sandbox="allow-scripts allow-forms allow-modals allow-downloads allow-popups" allow="fullscreen" {}
            }
        }
    };
    page.into_string()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use quick_xml::events::Event;

    use super::*;
    use crate::lesson::tests::{HOSTILE, hostile};

    /// The texts in a manifest by the names of their elements; panics where it is not well-formed.
    fn texts(xml: &str) -> Vec<(String, String)> {
        let mut reader = quick_xml::Reader::from_str(xml);
        let (mut open, mut texts) = (Vec::new(), Vec::<(String, String)>::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(element) => {
                    let name = String::from_utf8(element.name().as_ref().to_vec()).unwrap();
                    texts.push((name.clone(), String::new()));
                    open.push(name);
                }
                Event::End(_) => {
                    open.pop();
                }
                Event::Text(text) => {
                    if let Some((_, last)) = texts.last_mut() {
                        last.push_str(&text.decode().unwrap());
                    }
                }
                Event::GeneralRef(name) => {
                    let name = name.decode().unwrap();
                    let sign = quick_xml::escape::resolve_xml_entity(&name).unwrap();
                    texts.last_mut().unwrap().1.push_str(sign);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(open.is_empty());
        texts
    }

    #[test]
    fn manifests_are_well_formed_and_keep_a_hostile_title() {
        for edition in Edition::ALL {
            let manifest = manifest(&hostile(), "zh-CN", edition);
            let titles: Vec<String> =
                texts(&manifest).into_iter().filter(|(name, _)| name == "title").map(|(_, text)| text).collect();
            let expected = HOSTILE.replace('\u{1}', "");
            assert_eq!(titles.iter().map(|title| title.trim()).collect::<Vec<_>>(), [expected.trim(), expected.trim()]);
        }
    }

    #[test]
    fn each_edition_says_which_it_is() {
        let old = manifest(&hostile(), "en", Edition::Scorm12);
        assert!(old.contains("<schemaversion>1.2<") && old.contains("adlcp:scormtype=\"sco\""));
        let new = manifest(&hostile(), "en", Edition::Scorm2004);
        assert!(new.contains("<schemaversion>2004 4th Edition<") && new.contains("adlcp:scormType=\"sco\""));
    }

    #[test]
    fn a_package_has_all_that_its_manifest_names_and_is_the_same_each_time() {
        let packer = Packer::new("<!doctype html>the playground").unwrap();
        let package = packer.package(&hostile(), "en", Edition::Scorm12).unwrap();
        assert_eq!(package, packer.package(&hostile(), "en", Edition::Scorm12).unwrap());
        let mut archive = ZipArchive::new(Cursor::new(package)).unwrap();
        let mut manifest = String::new();
        archive.by_name("imsmanifest.xml").unwrap().read_to_string(&mut manifest).unwrap();
        let named: Vec<&str> =
            manifest.split("<file href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(named.len() + 1, archive.len());
        for name in named {
            let mut content = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut content).unwrap();
            assert!(!content.is_empty(), "{name}");
        }
    }

    #[test]
    fn the_launch_page_runs_nothing_inline_and_a_hostile_title_is_text() {
        let page = launch_page(&hostile(), "en", Edition::Scorm2004);
        assert_eq!(content_policy::inline_scripts(&page).unwrap(), Vec::<String>::new());
        assert!(!content_policy::policy(&page).unwrap().contains("unsafe"));
        assert_eq!(page.matches("<script").count(), 2);
    }

    #[test]
    fn what_is_passed_fits_into_the_suspend_data() {
        let mut lesson = hostile();
        assert_eq!(longest_suspend_data(&lesson), r#"{"passed":["one","two"],"step":"one","v":1}"#.len());
        lesson.steps = (0..120).map(|number| format!("a-step-with-a-long-name-{number}")).collect();
        assert!(longest_suspend_data(&lesson) < Edition::Scorm12.suspend_data_limit());
        lesson.steps = (0..200).map(|number| format!("a-step-with-a-long-name-{number}")).collect();
        assert!(longest_suspend_data(&lesson) > Edition::Scorm12.suspend_data_limit());
    }
}
