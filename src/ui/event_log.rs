//! The event log: one line for each thing that went wrong, the newest on top.

use yew::prelude::*;

use super::focus;
use super::store::{Slice, Store, use_store};
use crate::base::Micros;
use crate::scenario::{BROKER, Id};
use crate::session::Command;
use crate::view::incident;
use crate::web::surroundings;

/// How many lines there are at the most.
const LISTED: usize = 100;

/// What has gone wrong is not said more often than this, in milliseconds.
const SAID_EVERY_MS: f64 = 5_000.0;

/// Selects a node or an edge; the broker has its settings where nothing is selected.
pub(super) fn select(store: &Store, id: &Id) -> Callback<MouseEvent> {
    let (store, id) = (store.clone(), id.clone());
    Callback::from(move |_: MouseEvent| {
        let there = store.session().scenario().node(&id).is_some() || store.session().scenario().edge(&id).is_some();
        let ids = if there && id.0 != BROKER { vec![id.clone()] } else { Vec::new() };
        store.order(Command::Select { ids: ids.clone() });
        if let [id] = &ids[..] {
            super::stage::show(&store, id);
        }
    })
}

/// The event log, folded into one line as long as nobody asks for it.
#[component]
pub fn EventLog() -> Html {
    let store = use_store(&[Slice::Figures, Slice::Preferences]);
    let words = store.words();
    let failing = words.failing;
    let listed = use_state_eq(|| false);
    // What was said last, which incident that was, and when.
    let said = use_mut_ref(|| (String::new(), 0u32, f64::MIN));
    let session = store.session();
    let incidents = session.engine().incidents();
    let open = incidents.iter().filter(|incident| incident.ended_us.is_none()).count();
    if let Some(newest) = incidents.iter().rev().find(|incident| incident.ended_us.is_none()) {
        let mut said = said.borrow_mut();
        let now = js_sys::Date::now();
        if newest.number > said.1 && now - said.2 >= SAID_EVERY_MS {
            let place = incident::place(&session, newest, words);
            *said = (format!("{place}: {}", incident::what(&session, newest, words)), newest.number, now);
        }
    } else if session.now() == Micros::ZERO {
        *said.borrow_mut() = (String::new(), 0, f64::MIN);
    }
    let fold = {
        let listed = listed.clone();
        Callback::from(move |event: MouseEvent| {
            // It folds when it is rendered so.
            event.prevent_default();
            listed.set(!*listed);
        })
    };
    let onkeydown = {
        let listed = listed.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                listed.set(false);
            }
        })
    };
    let details = use_node_ref();
    // On a small screen it lies over everything.
    let onfocusout = {
        let (details, listed) = (details.clone(), listed.clone());
        Callback::from(move |event: FocusEvent| {
            if surroundings::is_phone() && focus::leaves(&details, &event) {
                listed.set(false);
            }
        })
    };
    let lines = || {
        // What goes on stands first.
        let (going_on, over): (Vec<_>, Vec<_>) =
            incidents.iter().rev().partition(|incident| incident.ended_us.is_none());
        let lines = going_on.into_iter().chain(over).take(LISTED).map(|one| {
            let is_open = one.ended_us.is_none();
            html! {
                <li key={one.number}>
                    <button type="button" class={classes!("event-line", is_open.then_some("is-open"))}
                        onclick={select(&store, &one.place)}>
                        <span class="event-span">
                            if is_open { <b>{ failing.goes_on }</b> }
                            { incident::span(one, words) }
                        </span>
                        <span class="event-what">
                            <b>{ incident::place(&session, one, words) }</b>{ " " }
                            { incident::what(&session, one, words) }
                        </span>
                        <span class="event-cost">{ incident::cost(one, words) }</span>
                    </button>
                </li>
            }
        });
        html! { <ol>{ for lines }</ol> }
    };
    html! {
        <>
            <details class={classes!("event-log", (open > 0).then_some("is-some"))} open={*listed} ref={details}
                {onkeydown} {onfocusout}>
                <summary onclick={fold}>
                    <span class="ledger-name">{ failing.event_log }</span>{ " " }<b>{ incidents.len().to_string() }</b>
                    if open > 0 {
                        <span class="event-open">{ format!(" · {open} {}", failing.goes_on) }</span>
                    }
                </summary>
                if *listed {
                    <div class="event-lines">
                        if incidents.is_empty() {
                            <p>{ failing.nothing_happened }</p>
                        } else {
                            { lines() }
                        }
                        if incidents.len() > LISTED {
                            <p>{ (failing.earlier_events)(incidents.len() - LISTED) }</p>
                        }
                    </div>
                }
            </details>
            <p class="is-hidden" aria-live="polite">{ said.borrow().0.clone() }</p>
        </>
    }
}
