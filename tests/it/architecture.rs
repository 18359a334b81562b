//! What must never be in the code: imports between rooms that point the wrong way, clocks in the engine, and the like.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, from the ground up. A room may use those before it, and itself.
const ROOMS: [&str; 19] = [
    "base",
    "words",
    "scenario",
    "engine",
    "theory",
    "study",
    "conform",
    "editor",
    "timeline",
    "session",
    "link",
    "lessons",
    "view",
    "interop",
    "live",
    "embed",
    "ui_and_web",
    "main",
    "bin",
];

/// The page with its programs, and what needs no browser.
const FOLDERS: [&str; 2] = ["src", "core/src"];

/// The words are spoken about documents, and a document's problems are spoken in words: these two see each other.
const NEIGHBOURS: [(&str, &str); 6] = [
    ("words", "link"),
    ("words", "scenario"),
    ("words", "engine"),
    ("words", "lessons"),
    ("words", "interop"),
    ("words", "live"),
];

/// Yew's components and the browser's ports lean on each other.
fn room(name: &str) -> &str {
    match name {
        "ui" | "web" => "ui_and_web",
        "lib.rs" => "bin",
        "main.rs" => "main",
        other => other,
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    for folder in FOLDERS {
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    assert!(found.len() > 40, "the sources were not found");
    found
}

fn room_of(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let inside = FOLDERS.iter().find_map(|folder| path.strip_prefix(root.join(folder)).ok()).unwrap();
    room(&inside.iter().next().unwrap().to_string_lossy()).to_owned()
}

/// The rooms that a source names: `crate::room`, or `mq_playground::room` in programs.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for prefix in ["crate::", "mq_playground::"] {
        for (place, _) in text.match_indices(prefix) {
            let rest = &text[place + prefix.len()..];
            let list = rest.strip_prefix('{').and_then(|list| list.split('}').next());
            let names = list.map_or(vec![rest], |list| list.split(',').map(str::trim).collect());
            for name in names {
                let name: String = name.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                if !name.is_empty() {
                    found.push(room(&name).to_owned());
                }
            }
        }
    }
    found
}

fn allowed(from: &str, to: &str) -> bool {
    let level = |name: &str| ROOMS.iter().position(|room| *room == name);
    match (level(from), level(to)) {
        (Some(from_level), Some(to_level)) => to_level <= from_level || NEIGHBOURS.contains(&(from, to)),
        _ => false,
    }
}

#[test]
fn rooms_import_only_what_lies_below_them() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let from = room_of(&path);
        for to in imports(&text) {
            if !allowed(&from, &to) {
                wrong.push(format!("{}: {from} must not import {to}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_check_of_imports_can_fail() {
    assert_eq!(
        imports("use crate::ui::store::Store;\nuse crate::{base::Micros, web};"),
        ["ui_and_web", "base", "ui_and_web"]
    );
    assert!(!allowed("engine", "session"));
    assert!(!allowed("session", "ui_and_web"));
    assert!(allowed("session", "engine"));
    assert!(allowed("words", "scenario"));
    assert!(!allowed("view", "no_such_room"));
}

/// What determinism forbids, and what would hide mistakes.
#[test]
fn some_things_are_nowhere() {
    let forbidden: [(&[&str], &[&str]); 4] = [
        // No clock, no order of hashing, no threads, no rounding that differs between targets.
        (
            &["base", "scenario", "engine", "timeline", "session"],
            &["HashMap", "HashSet", "Instant::now", "SystemTime", "std::thread", ".ln()", ".exp()", ".powf(", ".sin()"],
        ),
        // The same of what is found of many runs, which may be on several threads.
        (
            &["theory", "study"],
            &["HashMap", "HashSet", "Instant::now", "SystemTime", ".ln()", ".exp()", ".powf(", ".sin()"],
        ),
        // No browser below the page.
        (
            &[
                "base", "words", "scenario", "engine", "theory", "study", "editor", "timeline", "session", "view",
                "embed",
            ],
            &["web_sys", "yew::", "wasm_bindgen", "gloo_"],
        ),
        // Texts from outside are text: nothing is ever set as markup.
        (&["ui_and_web"], &["inner_html", "set_inner_html", "from_html_unchecked", "insert_adjacent_html"]),
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let (from, code) = (room_of(&path), text.split("#[cfg(test)]").next().unwrap_or_default());
        // The one hash table, which nobody can walk through.
        if path.ends_with("base/names.rs") {
            assert!(!code.contains("iter(") && !code.contains("keys(") && !code.contains("values("));
            continue;
        }
        for (rooms, words) in forbidden {
            for word in words.iter().filter(|_| rooms.contains(&from.as_str())) {
                if code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(word)) {
                    wrong.push(format!("{}: {word}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_dependency_of_the_page_is_compiled_natively() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let section = |name: &str| {
        let start = manifest.find(&format!("[{name}]\n")).unwrap_or_else(|| panic!("no section {name}"));
        let rest = &manifest[start + name.len() + 2..];
        rest[..rest.find("\n[").unwrap_or(rest.len())].to_owned()
    };
    let (shared, page) = (section("dependencies"), section("target.'cfg(target_arch = \"wasm32\")'.dependencies"));
    for name in ["yew", "wasm-bindgen", "gloo-timers"] {
        assert!(page.contains(&format!("\n{name} = ")), "{name}");
        assert!(!shared.contains(&format!("\n{name} = ")), "{name}");
    }
    let core = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("core/Cargo.toml")).unwrap();
    assert!(!["yew", "web-sys", "js-sys", "wasm-bindgen", "gloo"].iter().any(|name| core.contains(name)));
}
