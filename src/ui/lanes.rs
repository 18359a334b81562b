//! Two lanes: the same system twice, by one clock, so that a change can be compared with what was. One of them is worked
//! on, with all of the page; the other one is looked at, and keeps up.

use yew::prelude::*;

use super::icon::{Icon, icon};
use super::number;
use super::stage::Stage;
use super::store::{Slice, Store, use_store};
use crate::editor::action::Action;

/// The stage; or two of them, side by side, where there are two lanes.
#[component]
pub fn Lanes() -> Html {
    let store = use_store(&[Slice::Lanes]);
    let first = store.is_on_first_lane();
    let beside = store.beside();
    html! {
        <div class={classes!("lanes", beside.is_some().then_some("are-two"))}>
            <div class={classes!("lane", (!first).then_some("is-second"))}>
                if beside.is_some() { <Head {first} /> }
                <Stage />
            </div>
            if let Some(beside) = beside {
                <ContextProvider<Store> context={beside}>
                    <Beside first={!first} />
                </ContextProvider<Store>>
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct Props {
    /// Whether it is the first lane.
    first: bool,
}

/// The lane that is only looked at. Pressing it anywhere makes it the one that is worked on.
#[component]
fn Beside(props: &Props) -> Html {
    let store = use_store(&[]);
    let onclick = Callback::from(move |_: MouseEvent| {
        if let Some(leader) = store.leader() {
            leader.trade_lanes();
        }
    });
    html! {
        <div class={classes!("lane", "is-beside", (!props.first).then_some("is-second"))} {onclick}>
            <Head first={props.first} />
            <Stage beside=true />
        </div>
    }
}

/// What a lane is, how it fares, and what can be done about there being two.
#[component]
fn Head(props: &Props) -> Html {
    let store = use_store(&[Slice::Figures, Slice::Preferences]);
    // In a lesson they are two systems, not one and its change; and the lesson needs them both.
    let in_lesson = store.leader().unwrap_or_else(|| store.clone()).in_lesson();
    let title = store.session().scenario().title.get(store.preferences().language).to_owned();
    let (words, shell) = (store.words().time, store.words().shell);
    let ledger = *store.session().engine().ledger();
    let is_beside = store.leader().is_some();
    let figure = |name: &'static str, count: u64| {
        html! { <span class="lane-figure">{ name }{ " " }<b>{ number::count(count) }</b></span> }
    };
    let end = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            store.perform(Action::Compare);
        })
    };
    html! {
        <header class="lane-head">
            <b class="lane-name">
                if in_lesson { { if props.first { "A · " } else { "B · " } }{ title } } else if props.first { { words.first_lane } } else { { words.second_lane } }
            </b>
            { figure(shell.acked, ledger.acked) }
            { figure(words.waiting, ledger.ready + ledger.unacked) }
            { figure(shell.dropped, ledger.dropped.total()) }
            // Pressing the lane anywhere does it, and so it needs nothing of its own to do.
            if is_beside {
                <button type="button" class="button is-small">{ words.lane_enter }</button>
            } else if !in_lesson {
                <button type="button" class="button is-icon is-small" title={words.lanes_end} aria-label={words.lanes_end}
                    onclick={end}>{ icon(Icon::Close) }</button>
            }
        </header>
    }
}

/// Begins to compare, or ends it, and says what that means.
pub fn toggle(store: &Store) {
    let words = store.words().time;
    if store.beside().is_some() {
        store.end_lanes();
    } else {
        store.begin_lanes();
        store.notify(words.lanes_began.to_owned());
    }
}
