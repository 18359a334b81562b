//! What the browser keeps for the page. In a sandboxed frame and with storage switched off every access throws: here
//! that is a value.

use std::cell::Cell;

use web_sys::Storage;

use super::surroundings;

/// Under which name something is kept. `static/loading.js` knows these names too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The scenario that was shown last.
    Scenario,
    /// A scenario that could not be read again, kept for its owner.
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
    if surroundings::embedded() {
        return None;
    }
    web_sys::window()?.local_storage().ok().flatten()
}

/// What is kept under a name.
pub fn read(key: Key) -> Option<String> {
    storage()?.get_item(key.name()).ok().flatten()
}

/// Keeps a text. An embedded page keeps nothing, on purpose: that is no refusal.
///
/// # Errors
/// The browser keeps nothing.
pub fn write(key: Key, text: &str) -> Result<(), NotKept> {
    if surroundings::embedded() {
        return Ok(());
    }
    let kept = storage().is_some_and(|storage| storage.set_item(key.name(), text).is_ok());
    if kept { Ok(()) } else { Err(NotKept) }
}

/// Keeps a text; true where that was refused for the first time since the page was opened, so that it is said once.
pub fn write_or_first_refusal(key: Key, text: &str) -> bool {
    write(key, text).is_err() && !REFUSED.replace(true)
}
