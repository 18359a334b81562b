//! What is made of a built site to be taken along: one HTML file that needs no other, a page and packages for each lesson, and the
//! site for use without a network.

pub mod lesson;
pub mod offline;
pub mod pages;
pub mod picture;
pub mod scorm;
pub mod single;
pub mod site;

use std::path::PathBuf;

use lesson::Lesson;
use pages::Address;
use scorm::{Edition, Packer};
use site::Site;

/// The folder of artefacts in the site.
pub const FOLDER: &str = "artefacts";

/// What is to be made, and of what.
#[derive(Clone, Debug)]
pub struct Order {
    /// The folder of the built site.
    pub site: PathBuf,
    /// Where the site will be.
    pub address: Address,
    /// The headless program, which draws pictures of lessons; none are made without it.
    pub mqp: Option<PathBuf>,
}

/// Makes everything; what is done is said by `say`, a line each.
///
/// # Errors
/// Something of the site is missing, or cannot be written.
pub fn make(order: &Order, say: &dyn Fn(&str)) -> Result<(), String> {
    let mut site = Site::open(&order.site)?;
    for folder in [FOLDER, "lesson"] {
        site.clear(folder)?;
    }
    let playground = single::make(&site)?;
    site.write(&format!("{FOLDER}/{}", single::NAME), &playground)?;
    say(&format!("{FOLDER}/{}: {}", single::NAME, kilobytes(playground.len())));

    let lessons = Lesson::all(&site)?;
    let pages = make_pages(&site, &lessons, order)?;
    say(&format!("lesson/: {pages} pages"));
    if !order.address.known() {
        say(
            "  their Open Graph pictures and oEmbed answers have relative addresses: --address https://… makes them whole",
        );
    }
    if order.mqp.is_none() {
        say("  they have no pictures: --mqp names the program that draws them");
    }

    let (packages, bytes) = make_packages(&site, &lessons, &playground, say)?;
    say(&format!("{FOLDER}/scorm/: {packages} packages, {} together", kilobytes(bytes)));

    let (version, files) = offline::make(&mut site)?;
    say(&format!("service-worker.js: version {version} of {files} files"));
    Ok(())
}

fn make_pages(site: &Site, lessons: &[Lesson], order: &Order) -> Result<usize, String> {
    let painter = order.mqp.as_ref().map(|_| picture::Painter::new()).transpose()?;
    let mut made = 0;
    for lesson in lessons {
        for (language, text) in &lesson.texts {
            let has_picture = painter.is_some();
            if let (Some(painter), Some(mqp)) = (&painter, &order.mqp) {
                let draw = |scenario: &serde_json::Value, language: &str, at_ms| {
                    picture::by_mqp(mqp, scenario, language, at_ms)
                };
                let png = painter
                    .lesson(lesson, language, &draw)
                    .map_err(|why| format!("the picture of the lesson {:?} in {language}: {why}", lesson.id))?;
                site.write(&pages::picture_path(&lesson.id, language), png)?;
            }
            let page = pages::page(lesson, language, text, &order.address, has_picture);
            site.write(&pages::page_path(&lesson.id, language), page)?;
            let oembed = pages::oembed(lesson, language, text, &order.address, has_picture);
            site.write(&pages::oembed_path(&lesson.id, language), oembed)?;
            made += 1;
        }
    }
    Ok(made)
}

fn make_packages(
    site: &Site,
    lessons: &[Lesson],
    playground: &str,
    say: &dyn Fn(&str),
) -> Result<(usize, usize), String> {
    let packer = Packer::new(playground)?;
    let (mut made, mut bytes) = (0, 0);
    for lesson in lessons {
        let longest = scorm::longest_suspend_data(lesson);
        if longest > Edition::Scorm12.suspend_data_limit() {
            say(&format!(
                "  {}: up to {longest} characters of suspend data, of which SCORM 1.2 keeps {}: the oldest steps are left out",
                lesson.id,
                Edition::Scorm12.suspend_data_limit()
            ));
        }
        for language in lesson.texts.keys() {
            for edition in Edition::ALL {
                let package = packer.package(lesson, language, edition)?;
                let name = scorm::file_name(&lesson.id, language, edition);
                site.write(&format!("{FOLDER}/scorm/{name}"), &package)?;
                made += 1;
                bytes += package.len();
            }
        }
    }
    Ok((made, bytes))
}

fn kilobytes(bytes: usize) -> String {
    format!("{} kB", bytes.div_ceil(1000))
}

/// A text without the signs that XML cannot hold, however they are written; HTML shows nothing for them either.
pub(crate) fn in_xml(text: &str) -> String {
    let fits =
        |sign: &char| matches!(sign, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(fits).collect()
}
