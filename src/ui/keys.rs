//! The keys, in one table: the help shows it, and what the page itself does on a key is looked up in it.

use yew::prelude::KeyboardEvent;

use crate::words::ShellWords;

/// What the page does on a key, wherever the focus is. The stage has keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Plays or pauses.
    Play,
    /// Carries out one event.
    Step,
    /// Takes the last step back.
    Undo,
    /// Makes it again.
    Redo,
    /// Saves to a file.
    Save,
    /// Opens the help.
    Help,
    /// Something that the stage does while the focus is on it.
    OfTheStage,
}

/// A line of the table.
pub struct Line {
    /// The ways to press it, each with all its keys.
    pub ways: &'static [&'static [&'static str]],
    /// What it does.
    pub action: Action,
    /// The same in words.
    pub words: fn(&ShellWords) -> &'static str,
}

/// All keys.
pub static KEYS: &[Line] = &[
    Line { ways: &[&["Space"]], action: Action::Play, words: |words| words.key_play },
    Line { ways: &[&["."]], action: Action::Step, words: |words| words.key_step },
    Line { ways: &[&["Ctrl", "Z"]], action: Action::Undo, words: |words| words.key_undo },
    Line { ways: &[&["Ctrl", "Shift", "Z"], &["Ctrl", "Y"]], action: Action::Redo, words: |words| words.key_redo },
    Line { ways: &[&["Ctrl", "S"]], action: Action::Save, words: |words| words.key_save },
    Line { ways: &[&["?"]], action: Action::Help, words: |words| words.key_help },
    Line { ways: &[&["Enter"]], action: Action::OfTheStage, words: |words| words.key_select },
    Line { ways: &[&["Ctrl", "A"]], action: Action::OfTheStage, words: |words| words.key_select_all },
    Line { ways: &[&["Escape"]], action: Action::OfTheStage, words: |words| words.key_deselect },
    Line { ways: &[&["C"]], action: Action::OfTheStage, words: |words| words.key_connect },
    Line { ways: &[&["X"]], action: Action::OfTheStage, words: |words| words.key_crash },
    Line { ways: &[&["F"], &["Shift", "F10"]], action: Action::OfTheStage, words: |words| words.key_faults },
    Line { ways: &[&["Delete"], &["Backspace"]], action: Action::OfTheStage, words: |words| words.key_delete },
    Line {
        ways: &[&["←"], &["→"], &["↑"], &["↓"]], action: Action::OfTheStage, words: |words| words.key_nudge
    },
    Line {
        ways: &[&["Ctrl", "+"], &["Ctrl", "−"], &["Ctrl", "0"]],
        action: Action::OfTheStage,
        words: |words| words.key_zoom,
    },
    Line { ways: &[&["Shift", "1"]], action: Action::OfTheStage, words: |words| words.key_fit },
];

/// What a pressed key asks the page to do.
pub fn action(event: &KeyboardEvent) -> Option<Action> {
    let pressed = pressed(&event.key(), event.ctrl_key() || event.meta_key(), event.shift_key(), event.alt_key())?;
    let line = KEYS.iter().find(|line| line.ways.iter().any(|way| way.join("+") == pressed))?;
    (line.action != Action::OfTheStage).then_some(line.action)
}

/// A pressed key as it stands in the table.
fn pressed(key: &str, control: bool, shift: bool, alt: bool) -> Option<String> {
    if alt {
        return None;
    }
    let mut text = String::new();
    if control {
        text.push_str("Ctrl+");
    }
    match key {
        " " => text.push_str("Space"),
        key if key.len() == 1 && key.chars().all(|letter| letter.is_ascii_alphabetic()) => {
            if shift {
                text.push_str("Shift+");
            }
            text.push_str(&key.to_ascii_uppercase());
        }
        // Signs such as `?` need Shift on one keyboard and not on another. A full-width keyboard has them wider.
        "？" => text.push('?'),
        "。" | "．" => text.push('.'),
        key => text.push_str(key),
    }
    Some(text)
}
