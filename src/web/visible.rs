//! Whether anybody can see the page: it is not in a background tab, nor in a frame that has been scrolled away. What cannot
//! be seen rests.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry};

type Listener = (u64, Rc<dyn Fn()>);

#[derive(Default)]
struct State {
    in_front: Cell<bool>,
    in_sight: Cell<bool>,
    counter: Cell<u64>,
    listeners: RefCell<Vec<Listener>>,
}

thread_local! {
    static STATE: State = State { in_front: Cell::new(true), in_sight: Cell::new(true), ..State::default() };
}

/// Whether it can be seen now.
pub fn is() -> bool {
    STATE.with(|state| state.in_front.get() && state.in_sight.get())
}

/// Somebody who is called when that changes, until it is dropped.
pub struct Listening(u64);

impl Drop for Listening {
    fn drop(&mut self) {
        STATE.with(|state| state.listeners.borrow_mut().retain(|(number, _)| *number != self.0));
    }
}

/// Calls whenever the page comes into sight or goes out of it.
pub fn listen(changed: impl Fn() + 'static) -> Listening {
    STATE.with(|state| {
        let number = state.counter.get() + 1;
        state.counter.set(number);
        state.listeners.borrow_mut().push((number, Rc::new(changed)));
        Listening(number)
    })
}

/// Notes one of the two, and tells whoever listens where that makes a difference.
fn note(place: fn(&State) -> &Cell<bool>, now: bool) {
    let before = is();
    STATE.with(|state| place(state).set(now));
    if is() != before {
        let listeners: Vec<Listener> = STATE.with(|state| state.listeners.borrow().clone());
        for (_, changed) in listeners {
            changed();
        }
    }
}

/// Begins to watch; for good.
pub fn watch() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    note(|state| &state.in_front, !document.hidden());
    let watched = document.clone();
    EventListener::new(&document, "visibilitychange", move |_| note(|state| &state.in_front, !watched.hidden()))
        .forget();
    let Some(root) = document.document_element() else { return };
    // Without a root of its own it looks from the outermost page, through all frames, of whatever origin.
    let seen = Closure::<dyn FnMut(Array)>::new(|entries: Array| {
        if let Some(last) = entries.iter().last().and_then(|entry| entry.dyn_into::<IntersectionObserverEntry>().ok()) {
            note(|state| &state.in_sight, last.is_intersecting());
        }
    });
    if let Ok(observer) = IntersectionObserver::new(seen.as_ref().unchecked_ref()) {
        observer.observe(root.unchecked_ref::<Element>());
        // It watches as long as the page is there.
        std::mem::forget(observer);
        seen.forget();
    }
}
