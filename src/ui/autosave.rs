//! Keeping the scenario in the browser, a moment after each change.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::store::{Slice, Store};
use crate::scenario::format;
use crate::web::panic;
use crate::web::storage::{self, Key};

/// How long after the last change the scenario is kept, in milliseconds.
const QUIET_MS: u32 = 1_000;

/// Keeps the scenario of a session as long as the component that uses this is there.
#[hook]
pub fn use_autosave(store: &Store) {
    use_effect_with(store.clone(), |store| {
        let waiting = std::rc::Rc::new(std::cell::RefCell::new(None::<Timeout>));
        let subscription = {
            let (store, waiting) = (store.clone(), waiting.clone());
            // An earlier change that still waits is forgotten with its timer: the newest one counts.
            store.clone().subscribe(
                &[Slice::Document],
                Callback::from(move |()| {
                    *waiting.borrow_mut() = Some(keep_soon(store.clone()));
                }),
            )
        };
        panic::remember(&format::to_text(store.session().scenario()));
        move || {
            drop(subscription);
            waiting.borrow_mut().take();
        }
    });
}

fn keep_soon(store: Store) -> Timeout {
    Timeout::new(QUIET_MS, move || {
        // While a seek replays the run, the document is on its way: it changes again when it arrives.
        if store.session().playback().seeking().is_some() {
            return;
        }
        let text = format::to_text(store.session().scenario());
        panic::remember(&text);
        if storage::write_or_first_refusal(Key::Scenario, &text) {
            store.notify_lasting(store.words().shell.no_storage.to_owned());
        }
    })
}
