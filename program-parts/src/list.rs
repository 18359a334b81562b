//! Which functions the page begins with: a list of names, found by looking on while pages begin.

use std::collections::BTreeSet;

/// What stays in the first part.
pub struct List(BTreeSet<String>);

impl List {
    /// Reads a list: one name on a line.
    pub fn read(text: &str) -> List {
        List(text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(str::to_owned).collect())
    }

    /// The list of functions with these names.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> List {
        List(names.into_iter().filter(|name| !name.is_empty()).map(entry).collect())
    }

    /// Whether a function is in it. What has no name was made by the tools and belongs to the beginning.
    pub fn has(&self, name: &str) -> bool {
        name.is_empty() || self.0.contains(&entry(name))
    }

    /// As it lies in its file.
    pub fn text(&self) -> String {
        let lines = self.0.iter().fold(String::new(), |lines, name| lines + name + "\n");
        format!("# Written by `cargo xtask first-part`.\n{lines}")
    }
}

/// A function's name in the list. Of the project's own functions it leaves out with what types they are called and the numbers of
/// closures: those change more often than what the page begins with.
fn entry(name: &str) -> String {
    let own = (name.starts_with("mq_") || name.starts_with("<mq_")) && !name.contains(" as core::");
    if !own {
        return name.to_owned();
    }
    let mut kept = String::new();
    let mut rest = name;
    while let Some(at) = rest.find("::<").or_else(|| rest.find('#')) {
        kept.push_str(&rest[..at]);
        rest = if rest[at..].starts_with('#') {
            rest[at + 1..].trim_start_matches(|sign: char| sign.is_ascii_digit())
        } else {
            after_types(&rest[at + 2..])
        };
    }
    kept + rest
}

/// What comes after a list of types in angle brackets.
fn after_types(text: &str) -> &str {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, sign) in text.char_indices() {
        match sign {
            '<' => depth += 1,
            // The arrow before a result is no bracket.
            '>' if before != '-' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return &text[at + sign.len_utf8()..];
        }
        before = sign;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_functions_are_listed_without_types_and_numbers() {
        assert_eq!(
            entry("<mq_core::engine::Engine>::apply_fault::<mq_core::timeline::recorder::Recorder>"),
            "<mq_core::engine::Engine>::apply_fault"
        );
        assert_eq!(entry("mq_core::a::<fn(u8) -> Option<u8>>::{closure#12}::b#3"), "mq_core::a::{closure}::b");
        let foreign = "core::ptr::drop_in_place::<mq_core::engine::Engine>";
        assert_eq!(entry(foreign), foreign);
        assert_eq!(entry("mq_core::broken::<u8"), "mq_core::broken");
    }

    #[test]
    fn a_list_comes_back_from_its_text() {
        let list = List::of(["mq_core::a::<u8>", "core::b::<u8>"]);
        let back = List::read(&list.text());
        assert!(
            back.has("") && back.has("mq_core::a::<u16>") && back.has("core::b::<u8>") && !back.has("core::b::<u16>")
        );
        assert_eq!(back.text(), list.text());
    }
}
