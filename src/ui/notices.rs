//! Notices: sentences that a person should read, spoken politely, gone after a while or when pressed.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::icon::{Icon, icon};
use super::real_brokers::AgainWithRates;
use super::store::{Notice, Slice, Stay, use_store};

/// How long a notice stands that matters only for the moment, in milliseconds.
const STANDS_FOR_MS: u32 = 10_000;
/// How long one stands that says what a step back or forth has done.
const STEP_STANDS_FOR_MS: u32 = 4_000;

/// The notices that stand.
#[component]
pub fn Notices() -> Html {
    let store = use_store(&[Slice::Notices, Slice::Preferences]);
    let notices = store.notices().into_iter().map(|notice| {
        let key = notice.number;
        html! { <NoticeLine {key} {notice} /> }
    });
    html! {
        <section class="notices" aria-label={store.words().shell.notices}>
            <div role="status" aria-live="polite">{ for notices }</div>
        </section>
    }
}

/// Of a notice with more lines some may be out of sight.
const LINES_IN_SIGHT: usize = 5;

#[derive(PartialEq, Properties)]
struct Props {
    notice: Notice,
}

#[component]
fn NoticeLine(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    // Whoever points at it is reading it.
    let held = use_state_eq(|| false);
    let number = props.notice.number;
    {
        let store = store.clone();
        let stands_for = match props.notice.stay {
            _ if *held => None,
            Stay::Lasting => None,
            Stay::Moment => Some(STANDS_FOR_MS),
            Stay::Step => Some(STEP_STANDS_FOR_MS),
        };
        use_effect_with((stands_for, number), move |(stands_for, number)| {
            let number = *number;
            let timeout = stands_for.map(|stands_for| Timeout::new(stands_for, move || store.dismiss(number)));
            move || drop(timeout)
        });
    }
    let hold = |hold: bool| {
        let held = held.clone();
        move || held.set(hold)
    };
    let (enter, leave, focus, blur) = (hold(true), hold(false), hold(true), hold(false));
    let close = store.words().shell.close;
    let dismiss = {
        let store = store.clone();
        move |_| store.dismiss(number)
    };
    if props.notice.stay == Stay::Step {
        return html! { <div class="notice is-step" aria-hidden="true"><p>{ &props.notice.text }</p></div> };
    }
    let long = props.notice.text.lines().count() > LINES_IN_SIGHT;
    html! {
        <div class="notice" onpointerenter={move |_| enter()} onpointerleave={move |_| leave()}
            onfocusin={move |_| focus()} onfocusout={move |_| blur()}>
            // What is long is scrolled, by keys as well.
            <p tabindex={long.then_some("0")}>{ &props.notice.text }</p>
            <button type="button" class="button is-icon is-small" title={close} aria-label={close}
                onclick={dismiss}>{ icon(Icon::Close) }</button>
            if let Some(definitions) = props.notice.drawn.clone() { <AgainWithRates {definitions} /> }
        </div>
    }
}
