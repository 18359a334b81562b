//! The playground as one HTML file that needs no other, works from `file://` and in a frame without an origin.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::num::NonZeroU64;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lol_html::html_content::ContentType;
use lol_html::{RewriteStrSettings, element, rewrite_str};

use crate::site::Site;

/// The file's name, in the folder of artefacts and in packages.
pub const NAME: &str = "mq-playground.html";

const START: &str = include_str!("single/start.js");

/// What is allowed in it: its own scripts and nothing from anywhere. Nothing is fetched, so there is nothing to connect to.
fn policy(scripts: &[String]) -> String {
    let hashes: Vec<String> = scripts.iter().map(|script| content_policy::source(script)).collect();
    format!(
        "default-src 'none'; script-src 'wasm-unsafe-eval' {}; style-src 'unsafe-inline'; img-src data: blob:; \
         worker-src blob:; connect-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'",
        hashes.join(" ")
    )
}

/// Makes the file of a built site.
///
/// # Errors
/// Something of the site is missing, or is not as Trunk and wasm-bindgen make it.
pub fn make(site: &Site) -> Result<String, String> {
    let program = program_parts::Files::of(&site.index)?;
    let module = module(&site.text(&program.glue())?)?;
    let mut start = String::new();
    let mut carry = |id: &str, content: &[u8]| -> Result<(), String> {
        start.push_str(&format!("<script type=\"text/plain\" id=\"{id}\">{}</script>\n", packed(content)?));
        Ok(())
    };
    carry("mq-program", &site.bytes(&program.wasm())?)?;
    // A program that was built without what makes it small is in one part.
    if site.path(&program.later()).exists() {
        carry("mq-program-later", &site.bytes(&program.later())?)?;
    }
    carry("mq-files", as_json(&site.data()?).as_bytes())?;
    start.push_str(&format!("<script type=\"module\">{module}</script>"));
    let page = joined(site, &start)?;
    let scripts = content_policy::inline_scripts(&page).map_err(|refused| refused.to_string())?;
    content_policy::with_policy(&page, &policy(&scripts)).map_err(|refused| format!("index.html: {refused}"))
}

/// The page with everything that it names in it, and `start` in the place of the script that starts the program.
fn joined(site: &Site, start: &str) -> Result<String, String> {
    let style = |href: &str| {
        let css = site.text(href)?;
        // Nothing in a style sheet needs these signs, and nothing could be put in their place.
        if css.to_ascii_lowercase().contains("</style") {
            return Err(format!("{href} cannot stand in a page: it has \"</style\" in it"));
        }
        Ok(format!("<style>{css}</style>"))
    };
    let started = RefCell::new(0);
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("base", |base| {
            base.remove();
            Ok(())
        }))
        .append_element_content_handler(element!("link[rel][href]", |link| {
            let (rel, href) = (attribute(link, "rel"), attribute(link, "href"));
            match rel.as_str() {
                "stylesheet" => link.replace(&style(&href)?, ContentType::Html),
                "icon" => {
                    let kind = attribute(link, "type");
                    let icon = BASE64_STANDARD.encode(site.bytes(&href)?);
                    link.set_attribute("href", &format!("data:{kind};base64,{icon}"))?;
                }
                _ => link.remove(),
            }
            Ok(())
        }))
        .append_element_content_handler(element!("script", |script| {
            if attribute(script, "type") == "module" {
                *started.borrow_mut() += 1;
                script.replace(start, ContentType::Html);
            } else if script.has_attribute("data-offline") {
                script.remove();
            } else if script.has_attribute("src") {
                let text = in_script(&site.text(&attribute(script, "src"))?);
                script.replace(&format!("<script>{text}</script>"), ContentType::Html);
            }
            Ok(())
        }))
        .append_element_content_handler(element!("[data-offline]", |added| {
            added.remove();
            Ok(())
        }));
    let page = rewrite_str(&site.index, settings).map_err(|error| format!("index.html: {error}"))?;
    match started.into_inner() {
        1 => Ok(page),
        number => {
            Err(format!("index.html has {number} inline modules, and should have the one that starts the program"))
        }
    }
}

fn attribute(element: &lol_html::html_content::Element<'_, '_>, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}

/// The glue and what starts it, as one module: what the glue would export can be named within it.
///
/// # Errors
/// The glue is not as wasm-bindgen makes it.
fn module(glue: &str) -> Result<String, String> {
    if glue.lines().any(|line| line.starts_with("import ")) {
        return Err("the program's JavaScript imports other files, which a file by itself has not".to_owned());
    }
    let exports = glue.rfind("\nexport {").ok_or("the program's JavaScript exports nothing")?;
    let list = &glue[exports + "\nexport {".len()..];
    let end = list.find("};").ok_or("the program's JavaScript has no end")?;
    let start = list[..end]
        .split(',')
        .find_map(|name| name.trim().strip_suffix(" as default"))
        .ok_or("the program's JavaScript has no default export")?;
    // In a block of its own, so that no name of the one is in the way of the other.
    Ok(in_script(&format!("{}\n{{\nconst startProgram = {start};\n{START}}}\n", &glue[..exports])))
}

/// A script's text so that no sign in it ends the element, or begins what HTML takes for a comment in a script. Both can stand only
/// in strings, templates, comments and regular expressions, where the backslash changes nothing.
fn in_script(script: &str) -> String {
    let mut text = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let begins = |word: &str| rest.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
        if begins("/script") || begins("!--") {
            text.push('\\');
        }
    }
    text + rest
}

/// The files as one JSON object, by their addresses; their texts stay exactly as they are.
fn as_json(files: &BTreeMap<String, String>) -> String {
    serde_json::to_string(files).expect("texts by their names are JSON")
}

/// Compressed as gzip, in Base64.
fn packed(bytes: &[u8]) -> Result<String, String> {
    // More than a few rounds take minutes on some megabytes and save less than a thousandth.
    let options = zopfli::Options { iteration_count: NonZeroU64::new(5).expect("5 is not 0"), ..Default::default() };
    let mut compressed = Vec::new();
    zopfli::compress(options, zopfli::Format::Gzip, bytes, &mut compressed)
        .map_err(|error| format!("cannot compress: {error}"))?;
    Ok(BASE64_STANDARD.encode(compressed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str =
        "const wasm = import.meta.url;\nasync function begin_it() {}\n\nexport { initSync, begin_it as default };\n";

    #[test]
    fn the_glue_becomes_a_module_that_starts_itself() {
        let module = module(GLUE).unwrap();
        assert!(module.contains("const startProgram = begin_it;") && !module.contains("export {"), "{module}");
        assert!(self::module("export { a };").is_err() && self::module("let a;").is_err());
        assert!(self::module(&format!("import {{ a }} from './snippets/a.js';\n{GLUE}")).is_err());
    }

    #[test]
    fn no_script_ends_before_its_end() {
        assert_eq!(in_script("a('</script>')"), "a('<\\/script>')");
        assert_eq!(in_script("a('</ScRiPt x')"), "a('<\\/ScRiPt x')");
        assert_eq!(in_script("a('<!-- <script>')"), "a('<\\!-- <script>')");
        assert_eq!(in_script("a < b && '<p>' <"), "a < b && '<p>' <");
        assert_eq!(in_script("'<中'"), "'<中'");
    }

    #[test]
    fn texts_come_back_as_they_were() {
        let files = BTreeMap::from([("a/b.json".to_owned(), "{\"x\": 1.10, \"y\": \"</script>\"}\n".to_owned())]);
        let back: BTreeMap<String, String> = serde_json::from_str(&as_json(&files)).unwrap();
        assert_eq!(back, files);
    }
}
