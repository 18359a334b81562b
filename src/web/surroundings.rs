//! What the page finds around itself: its address, its host page, the browser's languages.

use wasm_bindgen::JsValue;
use web_sys::{MediaQueryList, UrlSearchParams};

use crate::base::Language;

/// Whether another page shows this one in a frame.
pub fn embedded() -> bool {
    let Some(window) = web_sys::window() else { return false };
    match window.parent() {
        Ok(Some(parent)) => !js_sys::Object::is(&JsValue::from(parent), &JsValue::from(window)),
        _ => false,
    }
}

/// Whether anything is kept in the browser: not in a frame, nor where only a part of the page is shown. What is played with there
/// takes the place of nobody's own.
pub fn keeps() -> bool {
    !embedded() && !matches!(parameter(&query(), "ui").as_deref(), Some("player" | "bare"))
}

/// What the browser knows about the screen and the person, to be asked and listened to.
pub fn media_query(query: &str) -> Option<MediaQueryList> {
    web_sys::window()?.match_media(query).ok()?
}

/// Whether panels lie over the stage: the style sheets have the same width.
pub fn is_phone() -> bool {
    media_query("(max-width: 720px)").is_some_and(|query| query.matches())
}

/// The part of the address behind `?`, with the question mark.
pub fn query() -> String {
    web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// The address of the page's icon: the playground in one file holds it itself.
pub fn icon() -> String {
    let document = web_sys::window().and_then(|window| window.document());
    let link = document.and_then(|document| document.query_selector("link[rel=icon]").ok().flatten());
    link.and_then(|link| link.get_attribute("href")).unwrap_or_else(|| "icon.svg".to_owned())
}

/// The part behind `#`, with the sign.
pub fn fragment() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// The page's own address, without what it was asked for.
pub fn page_address() -> String {
    let address = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    address.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// The page's origin, as a server that is asked by it is told.
pub fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

fn protocol() -> String {
    web_sys::window().and_then(|window| window.location().protocol().ok()).unwrap_or_default()
}

/// Whether the page came over https.
pub fn is_secure() -> bool {
    protocol() == "https:"
}

/// Whether the page came from a server, and so has an origin that other servers can name.
pub fn is_served() -> bool {
    matches!(protocol().as_str(), "http:" | "https:")
}

/// Takes what stands behind `#` out of the address, without leaving the page: what is shown is no longer what it tells.
pub fn drop_fragment() {
    let Some(window) = web_sys::window() else { return };
    let (Ok(address), Ok(history)) = (window.location().href(), window.history()) else { return };
    if let Some((address, _)) = address.split_once('#') {
        // As above.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(address));
    }
}

/// A parameter of such a part of an address.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    UrlSearchParams::new_with_str(query).ok()?.get(name)
}

/// The first of the browser's languages that the page has.
pub fn browser_language() -> Option<Language> {
    let languages = web_sys::window()?.navigator().languages();
    languages.iter().filter_map(|tag| tag.as_string()).find_map(|tag| Language::from_tag(&tag))
}

/// Changes parameters of the address, or takes them out, without leaving the page.
pub fn replace_parameters(parameters: &[(&str, Option<&str>)]) {
    let Some(window) = web_sys::window() else { return };
    let (Ok(address), Ok(history)) = (window.location().href(), window.history()) else { return };
    let Ok(address) = web_sys::Url::new(&address) else { return };
    let query = address.search_params();
    for (name, value) in parameters {
        match value {
            Some(value) => query.set(name, value),
            None => query.delete(name),
        }
    }
    // A page from a file, or in a sandbox, may not change its address: then it stays as it is.
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address.href()));
}
