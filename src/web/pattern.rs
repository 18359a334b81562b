//! Patterns of policies, read by the browser: it has regular expressions, and the program need not bring any.

use js_sys::JsString;
use wasm_bindgen::prelude::*;

use crate::interop::definitions;

#[wasm_bindgen]
extern "C" {
    type RegExp;

    #[wasm_bindgen(constructor, catch)]
    fn new(pattern: &str, flags: &str) -> Result<RegExp, JsValue>;

    #[wasm_bindgen(method)]
    fn test(this: &RegExp, text: &JsString) -> bool;
}

/// Whether a pattern is found in a name; none if it is no pattern.
pub fn read(pattern: &str) -> Option<definitions::Pattern> {
    let pattern = RegExp::new(pattern, "u").ok()?;
    Some(Box::new(move |name| pattern.test(&name.into())))
}
