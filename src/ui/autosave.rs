//! Keeping the scenario in the browser, a moment after each change: what a person has changed under an id of its own, so
//! that it stays in the list when another one is opened; what was merely opened once, for the next visit.

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::store::{Slice, Store};
use crate::base::Text;
use crate::scenario::{Scenario, format};
use crate::view::own::{self, Own};
use crate::web::storage::{self, Key, NotKept};
use crate::web::{panic, surroundings};

/// How long after the last change the scenario is kept, in milliseconds.
const QUIET_MS: u32 = 1_000;

/// What there is to know for keeping the document.
#[derive(Default)]
pub struct Keeping {
    /// Which of the person's own scenarios is open.
    pub(super) own: Option<String>,
    /// A change that is not kept yet.
    waiting: Option<Timeout>,
    /// Whether it has been said that there is no room in the list for what is open.
    told_full: bool,
}

/// Why a scenario is not added to the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAdded {
    /// There are as many as are kept.
    Full,
    /// The browser keeps nothing.
    NotKept,
}

/// Keeps the scenario of a session as long as the component that uses this is there.
#[hook]
pub fn use_autosave(store: &Store) {
    use_effect_with(store.clone(), |store| {
        let subscription = {
            let store = store.clone();
            // An earlier change that still waits is forgotten with its timer: the newest one counts.
            store.clone().subscribe(
                &[Slice::Document],
                Callback::from(move |()| {
                    // What a lesson puts up is the lesson's.
                    if store.in_lesson() {
                        return;
                    }
                    let later = store.clone();
                    let waiting = Timeout::new(QUIET_MS, move || keep(&later));
                    store.keeping().borrow_mut().waiting = Some(waiting);
                }),
            )
        };
        // Whoever leaves within that moment has it kept as well.
        let leaving = web_sys::window().map(|window| {
            let store = store.clone();
            EventListener::new(&window, "pagehide", move |_| {
                if !panic::failed() {
                    flush(&store);
                }
            })
        });
        panic::remember(&format::to_text(&store.session().latest_scenario()));
        let store = store.clone();
        move || {
            drop((subscription, leaving));
            store.keeping().borrow_mut().waiting = None;
        }
    });
}

/// Keeps a change that is not kept yet, before another scenario takes its place.
pub fn flush(store: &Store) {
    let waits = store.keeping().borrow().waiting.is_some();
    if waits {
        keep(store);
    }
}

fn keep(store: &Store) {
    store.keeping().borrow_mut().waiting = None;
    let session = store.session();
    let text = format::to_text(&session.latest_scenario());
    let title = session.scenario().title.clone();
    let changed = session.can_undo() || session.can_redo();
    drop(session);
    panic::remember(&text);
    if changed {
        // What is shown is no longer what the address tells; loaded again, what was made of it comes back.
        surroundings::drop_fragment();
    }
    if !surroundings::keeps() {
        return;
    }
    let kept = match store.own() {
        Some(id) => write(&id, &title, &text).map(|()| Some(id)).map_err(|NotKept| NotAdded::NotKept),
        None if changed => add(&title, &text).map(Some),
        None => Ok(None),
    };
    let outcome = match kept {
        Ok(Some(id)) => {
            let outcome = note_open(&id);
            store.set_own(Some(id));
            outcome
        }
        Ok(None) => keep_aside(&text),
        Err(NotAdded::Full) => {
            if !std::mem::replace(&mut store.keeping().borrow_mut().told_full, true) {
                store.notify_lasting((store.words().gallery.full)(own::MOST));
            }
            keep_aside(&text)
        }
        Err(NotAdded::NotKept) => Err(NotKept),
    };
    if outcome.is_err() && storage::first_refusal() {
        store.notify_lasting(store.words().shell.no_storage.to_owned());
    }
}

/// What is open is one of the person's own.
fn note_open(id: &str) -> Result<(), NotKept> {
    storage::write(Key::Open, id)?;
    // Kept twice it would be two truths.
    storage::remove(Key::Scenario);
    Ok(())
}

/// What is open is none of the person's own.
fn keep_aside(text: &str) -> Result<(), NotKept> {
    storage::write(Key::Scenario, text)?;
    storage::write(Key::Open, "")
}

/// Keeps one of the person's own; what has not changed keeps its time.
fn write(id: &str, title: &Text, text: &str) -> Result<(), NotKept> {
    let same = storage::read_own(id).is_some_and(|kept| own::read(id, &kept).text == text);
    if same { Ok(()) } else { storage::write_own(id, &own::write(title, js_sys::Date::now(), text)) }
}

/// Adds a scenario to the person's own; its id.
///
/// # Errors
/// There is no room for it.
pub fn add(title: &Text, text: &str) -> Result<String, NotAdded> {
    let ids = storage::own_ids();
    if ids.len() >= own::MOST {
        return Err(NotAdded::Full);
    }
    let now = js_sys::Date::now();
    // Two pages that add one in the same millisecond do not take each other's.
    let id = format!("{:x}-{:08x}", now as u64, (js_sys::Math::random() * 4_294_967_296.0) as u64);
    storage::write_own(&id, &own::write(title, now, text)).map_err(|NotKept| NotAdded::NotKept)?;
    Ok(id)
}

/// The person's own scenarios, the newest first.
pub fn list() -> Vec<Own> {
    let read = |id: String| storage::read_own(&id).map(|kept| own::read(&id, &kept));
    let mut all: Vec<Own> = storage::own_ids().into_iter().filter_map(read).collect();
    own::sort(&mut all);
    all
}

/// Opens one of the person's own.
pub fn open(store: &Store, id: &str, scenario: Scenario) {
    store.load(scenario);
    store.set_own(Some(id.to_owned()));
}

/// Deletes one of the person's own: what was kept of it, and whether it is the one that is open. That stays open, and
/// is kept again when it is changed.
pub fn delete(store: &Store, id: &str) -> Option<(String, bool)> {
    let kept = storage::read_own(id)?;
    storage::remove_own(id);
    let was_open = store.own().as_deref() == Some(id);
    if was_open {
        let mut keeping = store.keeping().borrow_mut();
        (keeping.own, keeping.waiting) = (None, None);
        drop(keeping);
        // Where the browser refuses, the next visit begins with the first scenario: no more is lost than was deleted.
        let _ = keep_aside(&format::to_text(&store.session().latest_scenario()));
    }
    Some((kept, was_open))
}

/// Takes a deletion back.
///
/// # Errors
/// The browser keeps nothing.
pub fn bring_back(store: &Store, id: &str, kept: &str, was_open: bool) -> Result<(), NotKept> {
    storage::write_own(id, kept)?;
    if was_open {
        store.set_own(Some(id.to_owned()));
        note_open(id)?;
    }
    Ok(())
}

/// What was open last.
pub struct Last {
    /// The scenario's text.
    pub text: Option<String>,
    /// Which of the person's own it is.
    pub own: Option<String>,
}

/// What was open last, and what has to be put in order before it opens again. `first` is the scenario of a first visit.
pub fn find_last(first: &Scenario) -> Last {
    if let Some(before) = storage::read(Key::ScenarioBefore)
        && rescue(&before)
    {
        storage::remove(Key::ScenarioBefore);
    }
    let aside = storage::read(Key::Scenario);
    let open = storage::read(Key::Open);
    let kept = open.as_deref().and_then(|id| storage::read_own(id).map(|kept| own::read(id, &kept).text));
    match (open, aside, kept) {
        // The program has failed: what was there then is newer than what was kept.
        (Some(id), Some(text), Some(_)) => match format::parse(&text) {
            Ok(scenario) => {
                if write(&id, &scenario.title, &text).is_ok() {
                    storage::remove(Key::Scenario);
                }
                Last { text: Some(text), own: Some(id) }
            }
            Err(_) => set_aside(text),
        },
        (Some(id), None, Some(text)) => Last { text: Some(text), own: Some(id) },
        // None of one's own, or one that is there no longer.
        (Some(_), Some(text), None) => match format::parse(&text) {
            Ok(_) => Last { text: Some(text), own: None },
            Err(_) => set_aside(text),
        },
        // It comes from a version without a list, or from a program that has failed.
        (None, Some(text), _) if text != format::to_text(first) => set_aside(text),
        (_, text, _) => Last { text, own: None },
    }
}

/// Puts a text into the list, where it has none of its own yet.
fn set_aside(text: String) -> Last {
    if rescue(&text) {
        storage::remove(Key::Scenario);
    } else {
        // It waits for room in the list.
        let _ = storage::write(Key::ScenarioBefore, &text);
    }
    let own = list().into_iter().find(|own| own.text == text).map(|own| own.id);
    if let Some(id) = &own {
        // Where that is refused, it is found to be there the next time.
        let _ = storage::write(Key::Open, id);
    }
    Last { text: Some(text), own }
}

/// Adds a text to the list, readable or not, unless it is there; false where there is no room.
fn rescue(text: &str) -> bool {
    let title = format::parse(text).map(|scenario| scenario.title).unwrap_or_default();
    list().iter().any(|own| own.text == text) || add(&title, text).is_ok()
}
