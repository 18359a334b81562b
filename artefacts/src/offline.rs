//! The site without a network: what browsers need to keep it, all files of one version together.

use std::collections::BTreeMap;

use lol_html::html_content::ContentType;
use lol_html::{RewriteStrSettings, element, rewrite_str};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;
use serde_json::json;

use crate::site::Site;

const WORKER: &str = "service-worker.js";
const REGISTRATION: &str = "offline.js";
const MANIFEST: &str = "manifest.webmanifest";

const WORKER_CODE: &str = include_str!("offline/service-worker.js");
const REGISTRATION_CODE: &str = include_str!("offline/offline.js");

/// Sizes of the icon in pixels, as installed pages want them.
const ICONS: [u32; 2] = [192, 512];

/// Makes the site one that browsers can keep, and says which version this is and how many files it has.
///
/// # Errors
/// Something cannot be read or written.
pub fn make(site: &mut Site) -> Result<(String, usize), String> {
    let icon = site.text("icon.svg")?;
    for size in ICONS {
        site.write(&icon_name(size), png(&icon, size)?)?;
    }
    site.write(MANIFEST, manifest())?;
    site.write(REGISTRATION, REGISTRATION_CODE)?;
    site.index = with_registration(&site.index)?;
    site.write("index.html", &site.index)?;
    let files = kept(site)?;
    let version = version(&files);
    site.write(WORKER, worker(&version, &files))?;
    Ok((version, files.len()))
}

fn icon_name(size: u32) -> String {
    format!("icon-{size}.png")
}

fn png(icon: &str, size: u32) -> Result<Vec<u8>, String> {
    let tree = usvg::Tree::from_str(icon, &usvg::Options::default()).map_err(|error| format!("icon.svg: {error}"))?;
    let mut pixels = Pixmap::new(size, size).ok_or("an icon has no size")?;
    let natural = tree.size();
    let transform = Transform::from_scale(size as f32 / natural.width(), size as f32 / natural.height());
    resvg::render(&tree, transform, &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| format!("cannot write an icon: {error}"))
}

fn manifest() -> String {
    let mut icons = vec![json!({ "src": "icon.svg", "type": "image/svg+xml", "sizes": "any" })];
    icons.extend(
        ICONS.map(|size| json!({ "src": icon_name(size), "type": "image/png", "sizes": format!("{size}x{size}") })),
    );
    json!({
        "name": "MQ Playground 消息队列游乐场",
        "short_name": "MQ Playground",
        "description": "Run, break and measure message queues. 运行、破坏和测量消息队列。",
        "id": "./",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#1b1f27",
        "icons": icons,
    })
    .to_string()
}

/// The page with what asks browsers to keep it, once.
fn with_registration(index: &str) -> Result<String, String> {
    let integrity = content_policy::sha256(REGISTRATION_CODE.as_bytes());
    let added = format!(
        "<link rel=\"manifest\" href=\"{MANIFEST}\" data-offline>\
         <script src=\"{REGISTRATION}\" integrity=\"sha256-{integrity}\" defer data-offline></script>"
    );
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("[data-offline]", |before| {
            before.remove();
            Ok(())
        }))
        .append_element_content_handler(element!("head", |head| {
            head.append(&added, ContentType::Html);
            Ok(())
        }));
    rewrite_str(index, settings).map_err(|error| format!("index.html: {error}"))
}

/// The files that make the program, with their hashes. What is there to be taken along, pages of lessons and schemas are not among
/// them: they are fetched when somebody wants them.
fn kept(site: &Site) -> Result<BTreeMap<String, String>, String> {
    let other = |first: &str| matches!(first, "artefacts" | "lesson" | "schema") || first == WORKER;
    let mut files = BTreeMap::new();
    for file in site.files(other)? {
        let hash = format!("sha256-{}", content_policy::sha256(&site.bytes(&file)?));
        // Hosts lead from `index.html` to the folder, and browsers refuse kept answers that led elsewhere.
        files.insert(if file == "index.html" { "./".to_owned() } else { file }, hash);
    }
    Ok(files)
}

fn version(files: &BTreeMap<String, String>) -> String {
    let list = serde_json::to_string(files).expect("texts by their names are JSON");
    let hash = content_policy::sha256(format!("{list}\n{WORKER_CODE}").as_bytes());
    // In names of caches any sign may be; these sixteen tell versions apart.
    hash.chars().filter(char::is_ascii_alphanumeric).take(16).collect()
}

fn worker(version: &str, files: &BTreeMap<String, String>) -> String {
    let files = serde_json::to_string_pretty(files).expect("texts by their names are JSON");
    format!(
        "// Made with the site. The files of this version, relative to the page.\nconst VERSION = '{version}';\nconst FILES = {files};\n\n{WORKER_CODE}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_asks_once_however_often_it_is_made() {
        let once = with_registration("<!doctype html><head><title>x</title></head><body></body>").unwrap();
        assert_eq!(once.matches("data-offline").count(), 2);
        assert_eq!(with_registration(&once).unwrap(), once);
    }

    #[test]
    fn another_file_is_another_version() {
        let files = |hash: &str| BTreeMap::from([("./".to_owned(), hash.to_owned())]);
        assert_eq!(version(&files("a")), version(&files("a")));
        assert_ne!(version(&files("a")), version(&files("b")));
        assert!(worker("v", &files("a")).contains("const VERSION = 'v';\nconst FILES = {\n  \"./\": \"a\"\n};"));
    }

    #[test]
    fn the_manifest_names_icons_that_are_made() {
        let manifest: serde_json::Value = serde_json::from_str(&manifest()).unwrap();
        assert_eq!(manifest["icons"][1]["src"], "icon-192.png");
        let icon = include_str!("../../static/icon.svg");
        assert_eq!(Pixmap::decode_png(&png(icon, 192).unwrap()).unwrap().width(), 192);
    }
}
