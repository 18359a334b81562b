//! What the browser keeps for the page. In a sandboxed frame and with storage switched off every access throws: here
//! that is a value.

use std::cell::Cell;

use web_sys::Storage;

use super::surroundings;

/// Under which name something is kept. `static/loading.js` knows these names too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The scenario that was shown last, where it is none of a person's own; or what was there when the program failed.
    Scenario,
    /// Which of a person's own scenarios was shown last: its id, or nothing where it was none of them. Versions that had
    /// no list did not keep this.
    Open,
    /// A scenario that was set aside when the page was started afresh, until it is in the list.
    ScenarioBefore,
    /// The chosen language.
    Language,
    /// The chosen theme.
    Theme,
    /// What the wheel does.
    Wheel,
    /// Whether single letters are keys.
    Letters,
    /// Whether the line that invites is done with.
    Invitation,
    /// Whether the map is shown.
    Map,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Key::Scenario => "mq-playground.scenario",
            Key::Open => "mq-playground.open",
            Key::ScenarioBefore => "mq-playground.scenario-before",
            Key::Language => "mq-playground.language",
            Key::Theme => "mq-playground.theme",
            Key::Wheel => "mq-playground.wheel",
            Key::Letters => "mq-playground.letters",
            Key::Invitation => "mq-playground.invitation",
            Key::Map => "mq-playground.map",
        }
    }
}

/// The browser keeps nothing: it is forbidden, or there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotKept;

thread_local! {
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// Nothing is kept in a page that is embedded in another.
fn storage() -> Option<Storage> {
    if !surroundings::keeps() {
        return None;
    }
    web_sys::window()?.local_storage().ok().flatten()
}

/// What is kept under a name.
pub fn read(key: Key) -> Option<String> {
    read_item(key.name())
}

fn read_item(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Keeps a text. An embedded page keeps nothing, on purpose: that is no refusal.
///
/// # Errors
/// The browser keeps nothing.
pub fn write(key: Key, text: &str) -> Result<(), NotKept> {
    if !surroundings::keeps() { Ok(()) } else { write_item(key.name(), text) }
}

fn write_item(name: &str, text: &str) -> Result<(), NotKept> {
    let kept = storage().is_some_and(|storage| storage.set_item(name, text).is_ok());
    if kept { Ok(()) } else { Err(NotKept) }
}

/// Keeps a text; true where that was refused for the first time since the page was opened, so that it is said once.
pub fn write_or_first_refusal(key: Key, text: &str) -> bool {
    write(key, text).is_err() && first_refusal()
}

/// True the first time: a refusal is said once.
pub fn first_refusal() -> bool {
    !REFUSED.replace(true)
}

fn remove_item(name: &str) {
    if let Some(storage) = storage() {
        // What cannot be removed is not there, or nothing is kept at all.
        let _ = storage.remove_item(name);
    }
}

/// Keeps nothing under a name any more.
pub fn remove(key: Key) {
    remove_item(key.name());
}

/// How the names begin under which a person's own scenarios are kept, each for itself.
const OWN: &str = "mq-playground.own.";

/// The ids of a person's own scenarios.
pub fn own_ids() -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let names = (0..storage.length().unwrap_or_default()).filter_map(|place| storage.key(place).ok().flatten());
    names.filter_map(|name| name.strip_prefix(OWN).map(str::to_owned)).collect()
}

/// What is kept of one of them.
pub fn read_own(id: &str) -> Option<String> {
    read_item(&format!("{OWN}{id}"))
}

/// Keeps one of them.
///
/// # Errors
/// The browser keeps nothing.
pub fn write_own(id: &str, kept: &str) -> Result<(), NotKept> {
    write_item(&format!("{OWN}{id}"), kept)
}

/// Keeps one of them no longer.
pub fn remove_own(id: &str) {
    remove_item(&format!("{OWN}{id}"));
}

/// How the names begin under which it is kept how far somebody is in a lesson.
const LESSON: &str = "mq-playground.lesson.";

/// How far somebody is in a lesson.
pub fn read_lesson(id: &str) -> Option<String> {
    read_item(&format!("{LESSON}{id}"))
}

/// Keeps how far somebody is in a lesson. An embedded page keeps nothing, on purpose: that is no refusal.
///
/// # Errors
/// The browser keeps nothing.
pub fn write_lesson(id: &str, kept: &str) -> Result<(), NotKept> {
    if !surroundings::keeps() { Ok(()) } else { write_item(&format!("{LESSON}{id}"), kept) }
}
