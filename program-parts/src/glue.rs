//! The JavaScript that wasm-bindgen makes, and what it needs besides for a program in two parts.

use crate::{split, telling};

const LATER: &str = include_str!("later.js");

/// What wasm-bindgen's JavaScript gives the program; this is the beginning of the object.
const IMPORTS: &str = "\n    return {\n        __proto__: null,\n";
/// The end of its loading.
const BEGUN: &str = "\n    return __wbg_finalize_init(instance, module);\n}";

/// The JavaScript with what brings the second part, which lies beside it under the name `later`.
///
/// # Errors
/// It is not as wasm-bindgen makes it.
pub(crate) fn with_later(glue: &str, later: &str) -> Result<String, String> {
    let (module, name) = split::IMPORT;
    let glue = put_after_last(glue, IMPORTS, &format!("        {module}: {{ {name}: needLater }},\n"))?;
    let begun = glue.rfind(BEGUN).ok_or("the program's JavaScript does not load it as expected")?;
    let told = "\n    await beforeBeginning();\n    const begun = __wbg_finalize_init(instance, module);\n    void bringLater();\n    return begun;\n}";
    Ok([&glue[..begun], told, &LATER.replace("@LATER@", later), &glue[begun + BEGUN.len()..]].concat())
}

/// The JavaScript of a program that tells its calls: their numbers are in the set `called`, which the page has.
///
/// # Errors
/// It is not as wasm-bindgen makes it.
pub(crate) fn hearing(glue: &str) -> Result<String, String> {
    let (module, name) = telling::IMPORT;
    let told = "(number) => (globalThis.called ??= new Set()).add(number)";
    put_after_last(glue, IMPORTS, &format!("        {module}: {{ {name}: {told} }},\n"))
}

fn put_after_last(text: &str, place: &str, addition: &str) -> Result<String, String> {
    let at = text.rfind(place).ok_or("the program's JavaScript has no list of imports as expected")? + place.len();
    Ok([&text[..at], addition, &text[at..]].concat())
}
