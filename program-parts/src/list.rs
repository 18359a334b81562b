//! Which functions the page begins with: a list of names, found by looking on while pages begin.

use std::collections::BTreeSet;

/// A body of so many bytes stays whatever it is called: a stub would hardly be smaller, and it may be one that is called only sometimes.
const SMALL: u64 = 48;
/// Of bodies of so many bytes the types do not matter: of functions that are the same for several types the compiler keeps one, and
/// which one that is changes more often than what a page begins with.
const MIDDLING: u64 = 250;

/// What stays in the first part.
pub struct List {
    names: BTreeSet<String>,
    /// The same without types.
    of_any_type: BTreeSet<String>,
}

impl List {
    /// Reads a list: one name on a line.
    pub fn read(text: &str) -> List {
        List::with(text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(str::to_owned))
    }

    /// The list of functions with these names.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> List {
        List::with(names.into_iter().filter(|name| !name.is_empty()).map(entry))
    }

    fn with(names: impl Iterator<Item = String>) -> List {
        let names: BTreeSet<String> = names.collect();
        let of_any_type = names.iter().map(|name| without_types(name)).collect();
        List { names, of_any_type }
    }

    /// Whether a function of so many bytes is in it. What has no name was made by the tools and belongs to the beginning.
    pub fn has(&self, name: &str, size: u64) -> bool {
        size <= SMALL
            || name.is_empty()
            || self.names.contains(&entry(name))
            || size <= MIDDLING && self.of_any_type.contains(&without_types(name))
    }

    /// As it lies in its file.
    pub fn text(&self) -> String {
        let lines = self.names.iter().fold(String::new(), |lines, name| lines + name + "\n");
        format!("# Written by `cargo xtask first-part`.\n{lines}")
    }
}

/// A function's name in the list. Of the project's own functions it leaves out with what types they are called and the numbers of
/// closures: those change more often than what the page begins with.
fn entry(name: &str) -> String {
    let own = (name.starts_with("mq_") || name.starts_with("<mq_")) && !name.contains(" as core::");
    if own { without(name, "::<") } else { without_number(name).to_owned() }
}

/// A name without any types that something is called with.
fn without_types(name: &str) -> String {
    without(without_number(name), "<")
}

/// The compiler puts a dot and a number behind names that it needs twice.
fn without_number(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((before, number)) if !number.is_empty() && number.bytes().all(|sign| sign.is_ascii_digit()) => before,
        _ => name,
    }
}

/// A name without lists of types that begin like this, and without the numbers of closures. What stands in brackets at the beginning is
/// the type that a function belongs to.
fn without(name: &str, types: &str) -> String {
    let (mut kept, mut rest) = match name.strip_prefix('<') {
        Some(rest) => ("<".to_owned(), rest),
        None => (String::new(), name),
    };
    while let Some(at) = [rest.find(types), rest.find('#')].into_iter().flatten().min() {
        kept.push_str(&rest[..at]);
        rest = if rest[at..].starts_with('#') {
            rest[at + 1..].trim_start_matches(|sign: char| sign.is_ascii_digit())
        } else {
            after_types(&rest[at + types.len() - 1..])
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
    fn of_small_functions_types_do_not_matter() {
        let list = List::of(["<alloc::vec::Vec<u8>>::push", "<alloc::vec::Vec<u8> as core::ops::drop::Drop>::drop.77"]);
        for (name, size) in [
            ("<alloc::vec::Vec<u8>>::push", 5_000),
            ("<alloc::vec::Vec<core::option::Option<u8>>>::push", 250),
            ("<alloc::vec::Vec<u16> as core::ops::drop::Drop>::drop", 250),
            ("<alloc::vec::Vec<u8> as core::ops::drop::Drop>::drop.9", 5_000),
            ("anything", 48),
        ] {
            assert!(list.has(name, size), "{name}");
        }
        assert!(!list.has("<alloc::vec::Vec<u16>>::push", 251) && !list.has("<alloc::vec::Vec<u8>>::pop", 49));
    }

    #[test]
    fn a_list_comes_back_from_its_text() {
        let list = List::of(["mq_core::a::<u8>", "core::b::<u8>"]);
        let back = List::read(&list.text());
        assert!(back.has("", 500) && back.has("mq_core::a::<u16>", 500) && back.has("core::b::<u8>", 500));
        assert!(!back.has("core::b::<u16>", 500));
        assert_eq!(back.text(), list.text());
    }
}
