//! The page that Trunk makes: which files its program consists of, and the same page for a program in two parts.

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use lol_html::{RewriteStrSettings, element, rewrite_str};

use crate::{List, Program, glue, split};

/// The files of a page's program, by their addresses relative to the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// What all their names begin with.
    stem: String,
}

impl Files {
    /// The files that a page names.
    ///
    /// # Errors
    /// The page names no WebAssembly module as Trunk does, or cannot be read.
    pub fn of(page: &str) -> Result<Files, String> {
        let wasm: RefCell<Option<String>> = RefCell::default();
        let settings =
            RewriteStrSettings::new().append_element_content_handler(element!("link[rel=preload][href]", |link| {
                if let Some(href) = link.get_attribute("href").filter(|href| href.ends_with(".wasm")) {
                    *wasm.borrow_mut() = Some(href);
                }
                Ok(())
            }));
        rewrite_str(page, settings).map_err(|error| format!("index.html: {error}"))?;
        let wasm = wasm.into_inner().ok_or("index.html preloads no WebAssembly module: was it built by Trunk?")?;
        let stem =
            wasm.strip_suffix("_bg.wasm").ok_or_else(|| format!("{wasm} has another name than wasm-bindgen gives"))?;
        Ok(Files { stem: stem.trim_start_matches("./").to_owned() })
    }

    /// The JavaScript module that loads the program.
    pub fn glue(&self) -> String {
        format!("{}.js", self.stem)
    }

    /// The WebAssembly module that the page begins with.
    pub fn wasm(&self) -> String {
        format!("{}_bg.wasm", self.stem)
    }

    /// The WebAssembly module that comes after it.
    pub fn later(&self) -> String {
        format!("{}_later.wasm", self.stem)
    }
}

/// Splits the program of a page in `folder`, and gives the page, which names the files anew; a copy of the whole program is put into `copies`, for whoever looks what the page
/// begins with.
///
/// # Errors
/// A file that is missing or is not as Trunk and wasm-bindgen make it.
pub fn split_program(folder: &Path, page: &str, list: &List, copies: &Path) -> Result<String, String> {
    let whole = Files::of(page)?;
    let told = |name: &str, error: std::io::Error| format!("{name}: {error}");
    let read = |name: &str| fs::read(folder.join(name)).map_err(|error| told(name, error));
    let (wasm, script) = (read(&whole.wasm())?, read(&whole.glue())?);
    fs::create_dir_all(copies)
        .and_then(|()| fs::write(copies.join(WHOLE_WASM), &wasm))
        .and_then(|()| fs::write(copies.join(WHOLE_GLUE), &script))
        .map_err(|error| told("the copy of the program", error))?;
    let script = String::from_utf8(script).map_err(|error| format!("{}: {error}", whole.glue()))?;
    let parts = split(&Program::read(&wasm)?, |name, size| list.has(name, size))?;

    // Other parts have other names: an old one is never taken for a new one, however long it is kept.
    let plain = glue::with_later(&script, "")?;
    let mark = content_policy::sha256_hex(&[parts.first.as_slice(), &parts.second, plain.as_bytes()].concat());
    let name = whole.stem.rsplit_once('-').map_or(whole.stem.as_str(), |(name, _)| name);
    let files = Files { stem: format!("{name}-{}", &mark[..16]) };
    let script = glue::with_later(&script, &files.later())?;
    for old in [whole.wasm(), whole.glue()] {
        fs::remove_file(folder.join(&old)).map_err(|error| told(&old, error))?;
    }
    let contents: [(String, &[u8]); 3] =
        [(files.wasm(), &parts.first), (files.later(), &parts.second), (files.glue(), script.as_bytes())];
    for (name, content) in &contents {
        fs::write(folder.join(name), content).map_err(|error| told(name, error))?;
    }
    let page = with_length(&page.replace(&whole.stem, &files.stem), &files.wasm(), parts.first.len());
    with_integrity(&page, &contents)
}

/// The name of the copy of a program before it is split.
pub const WHOLE_WASM: &str = "whole.wasm";
/// The name of the copy of its JavaScript.
pub const WHOLE_GLUE: &str = "whole.js";

/// Trunk tells its loader how long the module is before it is made smaller; the loader shows how far it is.
fn with_length(page: &str, wasm: &str, length: usize) -> String {
    let place = format!("{wasm}', ");
    let Some(at) = page.find(&place).map(|at| at + place.len()) else { return page.to_owned() };
    let rest = page[at..].trim_start_matches(|sign: char| sign.is_ascii_digit());
    format!("{}{length}{rest}", &page[..at])
}

fn with_integrity(page: &str, contents: &[(String, &[u8])]) -> Result<String, String> {
    let settings =
        RewriteStrSettings::new().append_element_content_handler(element!("link[href][integrity]", |link| {
            let href = link.get_attribute("href").unwrap_or_default();
            let content = contents.iter().find(|(name, _)| href.trim_start_matches("./") == name);
            if let Some((_, content)) = content {
                link.set_attribute("integrity", &format!("sha256-{}", content_policy::sha256(content)))?;
            }
            Ok(())
        }));
    rewrite_str(page, settings).map_err(|error| format!("index.html: {error}"))
}
