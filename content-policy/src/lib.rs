//! The content security policy of built pages.
//!
//! A page says in a `<meta>` which scripts may run in it. A build writes scripts into pages whose text nobody knows before, and so
//! the page that is built from says `'unsafe-inline'`; [`strict`] puts the hashes of the scripts that are there in its place.

use std::cell::RefCell;
use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lol_html::{RewriteStrSettings, element, rewrite_str, text};
use sha2::{Digest, Sha256};

const UNSAFE_INLINE: &str = "'unsafe-inline'";
const META: &str = "meta[http-equiv='Content-Security-Policy' i]";
/// What Trunk writes into the script that reloads a page that it serves; it fills it in when the page is asked for, and so nobody
/// can know the script's hash before.
const FILLED_IN_LATER: &str = "{{__TRUNK_ADDRESS__}}";

/// Why a page has no strict policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It cannot be read as HTML; the reason.
    Unreadable(String),
    /// It has no policy at all.
    NoPolicy,
    /// It has a policy that says nothing of scripts.
    NoScripts,
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Unreadable(why) => write!(formatter, "it cannot be read as HTML: {why}"),
            Refused::NoPolicy => write!(formatter, "it has no <meta http-equiv=\"Content-Security-Policy\">"),
            Refused::NoScripts => write!(formatter, "its policy has no \"script-src\""),
        }
    }
}

impl std::error::Error for Refused {}

/// The SHA-256 of bytes, in Base64: as it stands in a policy and in `integrity`.
pub fn sha256(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha256::digest(bytes))
}

/// The SHA-256 of bytes, in hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An inline script as a source in a policy: `'sha256-…'`.
pub fn source(script: &str) -> String {
    // Browsers read a page's line ends as line feeds before they look at anything.
    let script = script.replace("\r\n", "\n").replace('\r', "\n");
    format!("'sha256-{}'", sha256(script.as_bytes()))
}

/// The texts of the scripts that stand in a page and that a browser runs or obeys, in order; data is none of them.
///
/// # Errors
/// The page cannot be read as HTML.
pub fn inline_scripts(html: &str) -> Result<Vec<String>, Refused> {
    let scripts: RefCell<Vec<(bool, String)>> = RefCell::default();
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("script", |script| {
            let kind = script.get_attribute("type").unwrap_or_default().trim().to_ascii_lowercase();
            let runs = matches!(kind.as_str(), "" | "module" | "importmap" | "speculationrules")
                || kind.ends_with("javascript")
                || kind.ends_with("ecmascript");
            scripts.borrow_mut().push((runs && !script.has_attribute("src"), String::new()));
            Ok(())
        }))
        .append_element_content_handler(text!("script", |chunk| {
            if let Some((_, text)) = scripts.borrow_mut().last_mut() {
                text.push_str(chunk.as_str());
            }
            Ok(())
        }));
    rewrite_str(html, settings).map_err(|error| Refused::Unreadable(error.to_string()))?;
    Ok(scripts.into_inner().into_iter().filter(|(counts, _)| *counts).map(|(_, text)| text).collect())
}

/// The policy that a page has now.
///
/// # Errors
/// It has none, or cannot be read as HTML.
pub fn policy(html: &str) -> Result<String, Refused> {
    let found: RefCell<Option<String>> = RefCell::default();
    let settings = RewriteStrSettings::new().append_element_content_handler(element!(META, |meta| {
        *found.borrow_mut() = meta.get_attribute("content");
        Ok(())
    }));
    rewrite_str(html, settings).map_err(|error| Refused::Unreadable(error.to_string()))?;
    found.into_inner().ok_or(Refused::NoPolicy)
}

/// The page with another policy.
///
/// # Errors
/// It has none to be replaced, or cannot be read as HTML.
pub fn with_policy(html: &str, policy: &str) -> Result<String, Refused> {
    let found = RefCell::new(false);
    let settings = RewriteStrSettings::new().append_element_content_handler(element!(META, |meta| {
        meta.set_attribute("content", policy)?;
        *found.borrow_mut() = true;
        Ok(())
    }));
    let html = rewrite_str(html, settings).map_err(|error| Refused::Unreadable(error.to_string()))?;
    if found.into_inner() { Ok(html) } else { Err(Refused::NoPolicy) }
}

/// The page with the hashes of its inline scripts in its policy, in place of whatever stood there for inline scripts before.
///
/// A page that Trunk serves while it watches stays as it is: its reload script gets its text only when it is asked for.
///
/// # Errors
/// There is no policy with `script-src` in the page, or it cannot be read as HTML.
pub fn strict(html: &str) -> Result<String, Refused> {
    let policy = policy(html)?;
    if html.contains(FILLED_IN_LATER) {
        return Ok(html.to_owned());
    }
    let hashes: Vec<String> = inline_scripts(html)?.iter().map(|script| source(script)).collect();
    let mut found = false;
    let directives: Vec<String> = policy
        .split(';')
        .map(str::trim)
        .filter(|directive| !directive.is_empty())
        .map(|directive| {
            let mut words = directive.split_ascii_whitespace();
            let name = words.next().unwrap_or_default();
            if !name.eq_ignore_ascii_case("script-src") {
                return directive.to_owned();
            }
            found = true;
            let kept = words.filter(|word| *word != UNSAFE_INLINE && !word.starts_with("'sha256-"));
            let sources: Vec<&str> = kept.chain(hashes.iter().map(String::as_str)).collect();
            format!("{name} {}", sources.join(" "))
        })
        .collect();
    if !found {
        return Err(Refused::NoScripts);
    }
    with_policy(html, &directives.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html><html><head>
        <meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'" />
        <script src="a.js"></script>
        <script>alert(1)</script>
        <script type="application/json">{"not": "run"}</script>
        <script type="module">import './b.js'; // < &amp;
</script></head><body></body></html>"#;

    #[test]
    fn hashes_stand_where_anything_was_allowed() {
        let page = strict(PAGE).unwrap();
        let policy = policy(&page).unwrap();
        // Both are what other programs say: printf '…' | openssl dgst -sha256 -binary | base64
        assert_eq!(
            policy,
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' \
             'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=' \
             'sha256-x5ugmD5ZnC1oJ+8PYp5sEx4XzCBzjmMVbczV/uNDxbQ='; style-src 'unsafe-inline'"
        );
    }

    #[test]
    fn every_script_that_runs_has_its_hash_and_data_has_none() {
        let scripts = inline_scripts(PAGE).unwrap();
        assert_eq!(scripts, ["alert(1)", "import './b.js'; // < &amp;\n"]);
        let policy = policy(&strict(PAGE).unwrap()).unwrap();
        assert!(scripts.iter().all(|script| policy.contains(&source(script))));
        assert_eq!(policy.matches("sha256-").count(), 2);
    }

    #[test]
    fn doing_it_again_changes_nothing_and_other_scripts_get_other_hashes() {
        let once = strict(PAGE).unwrap();
        assert_eq!(strict(&once).unwrap(), once);
        let other = strict(&once.replace("alert(1)", "alert(2)")).unwrap();
        assert_eq!(policy(&other).unwrap().matches("sha256-").count(), 2);
        assert!(policy(&other).unwrap().contains(&source("alert(2)")));
    }

    #[test]
    fn line_ends_count_as_browsers_read_them() {
        assert_eq!(source("a\r\nb\rc"), source("a\nb\nc"));
    }

    #[test]
    fn a_page_that_is_served_while_it_is_watched_stays_as_it_is() {
        let served = PAGE.replace("alert(1)", "const address = '{{__TRUNK_ADDRESS__}}';");
        assert_eq!(strict(&served).unwrap(), served);
    }

    #[test]
    fn a_page_without_a_policy_is_refused_with_the_reason() {
        assert_eq!(strict("<p>Hello"), Err(Refused::NoPolicy));
        let page = PAGE.replace("script-src", "img-src");
        assert_eq!(strict(&page), Err(Refused::NoScripts));
    }
}
