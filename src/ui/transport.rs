//! The bar at the bottom: time.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::icon::{Icon, icon};
use super::number::{self, Stops};
use super::store::{Slice, Store, use_store};
use crate::base::Micros;
use crate::editor::action::Action;
use crate::session::Command;
use crate::view::marks::{self, Kind, Mark};

/// The transport bar.
#[component]
pub fn Transport() -> Html {
    let store = use_store(&[Slice::Playback, Slice::Preferences]);
    let shell = store.words().shell;
    let editing = store.words().editing;
    let stops = use_memo((), |()| Stops::of_speed());
    let perform = |action: Action| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            store.perform(action);
        })
    };
    let playback = store.session().playback().clone();
    let order = |command: Command| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            store.order(command.clone());
        })
    };
    let (picture, label, command) = if playback.playing() {
        (Icon::Pause, shell.pause, Command::Pause)
    } else {
        (Icon::Play, shell.play, Command::Play { until_us: None })
    };
    let onspeed = {
        let (store, stops) = (store.clone(), stops.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(stop) = event.target_dyn_into::<HtmlInputElement>().and_then(|input| input.value().parse().ok())
            {
                store.order(Command::SetSpeed { speed: stops.value(stop) });
            }
        })
    };
    let speed = number::speed(playback.speed());
    // Where 1× lies along the slider: there is a tick.
    let once = stops.nearest(1.0) as f64 / stops.last() as f64;
    html! {
        <section class="transport" aria-label={shell.transport}>
            <div class="transport-buttons" role="group" aria-label={shell.transport}>
                <button type="button" class="button is-icon" title={shell.reset} aria-label={shell.reset}
                    onclick={order(Command::Reset)}>{ icon(Icon::Reset) }</button>
                <button type="button" class="button is-icon" title={editing.step_back} aria-label={editing.step_back}
                    onclick={perform(Action::StepBack)}>{ icon(Icon::StepBack) }</button>
                <button type="button" class="button is-icon is-primary transport-play" title={label} aria-label={label}
                    onclick={order(command)}>{ icon(picture) }</button>
                <button type="button" class="button is-icon" title={shell.step} aria-label={shell.step}
                    onclick={order(Command::Step { events: 1 })}>{ icon(Icon::Step) }</button>
            </div>
            <div class="transport-speed">
                <label class="is-hidden" for="transport-speed">{ shell.speed }</label>
                <span class="transport-slider" style={format!("--once: {once:.4}")}>
                    <input id="transport-speed" type="range" min="0" max={stops.last().to_string()} step="1"
                        title={shell.speed} value={stops.nearest(playback.speed()).to_string()}
                        aria-valuetext={speed.clone()} oninput={onspeed} />
                </span>
                <button type="button" class="button is-quiet transport-speed-value" title={shell.speed_once}
                    aria-label={format!("{}: {speed}. {}", shell.speed, shell.speed_once)}
                    onclick={order(Command::SetSpeed { speed: 1.0 })}>{ speed.clone() }</button>
                <SlowedTo />
            </div>
            <Timeline />
        </section>
    }
}

/// Says it when the machine cannot keep up with the speed that was asked for.
#[component]
fn SlowedTo() -> Html {
    let store = use_store(&[Slice::Figures, Slice::Playback, Slice::Preferences]);
    let slowed = store.session().playback().slowed_to();
    match slowed {
        Some(slowed) => html! {
            <span class="transport-slowed">{ (store.words().shell.slowed_to)(&number::speed(slowed)) }</span>
        },
        None => Html::default(),
    }
}

/// The clock, the timeline and the fingerprint of the run: what changes as time passes.
#[component]
fn Timeline() -> Html {
    let store = use_store(&[Slice::Figures, Slice::Playback, Slice::Preferences]);
    let shell = store.words().shell;
    let session = store.session();
    let furthest = session.run().reached();
    let (now, seeking) = (session.now(), session.playback().seeking());
    let has_future = session.run().has_future();
    let hash = session.engine().trace_hash();
    drop(session);
    let marks = store.marks();
    let oninput = {
        let store = store.clone();
        Callback::from(move |event: InputEvent| {
            let Some(time) = event.target_dyn_into::<HtmlInputElement>().and_then(|input| input.value().parse().ok())
            else {
                return;
            };
            // Who drags the timeline wants to look at one moment.
            store.order(Command::Pause);
            store.order(Command::Seek { time_us: from_slider(time) });
        })
    };
    let words = store.words().time;
    let fork = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            store.perform(Action::Fork);
        })
    };
    let clock = number::clock(now);
    // While a seek replays the run, the thumb stays where the person has put it.
    let shown = seeking.unwrap_or(now);
    html! {
        <>
            <output class="transport-clock" aria-label={shell.clock} title={shell.clock} aria-live="off">{ clock.clone() }</output>
            { to_mark(&store, &marks, now, false) }
            <div class="transport-timeline">
                <input type="range" min="0" max={furthest.0.max(1).to_string()} step="any" aria-label={shell.timeline}
                    title={shell.timeline} aria-valuetext={number::clock(shown)} value={shown.0.to_string()} {oninput} />
                { for marks.iter().map(|mark| mark_on_timeline(&store, mark, furthest)) }
                if let Some(seeking) = seeking {
                    <span class="transport-seeking">{ (shell.seeking)(&number::clock(seeking)) }</span>
                }
            </div>
            { to_mark(&store, &marks, now, true) }
            // Its place is kept where it is not wanted: the timeline does not change under a hand that drags it.
            <button type="button" class="button transport-fork" disabled={!has_future} title={words.fork_explained}
                onclick={fork}>
                { icon(Icon::Fork) }{ store.words().editing.fork }
            </button>
            <span class="transport-hash" title={format!("{}: {}", shell.trace_hash, shell.trace_hash_explanation)}>
                <span class="is-hidden">{ shell.trace_hash }{ " " }</span>{ "#" }{ hash }
            </span>
        </>
    }
}

/// Where a mark lies on the timeline. A pointer reads it and goes there; for everybody else the buttons beside the
/// timeline lead there.
fn mark_on_timeline(store: &Store, mark: &Mark, furthest: Micros) -> Html {
    let class = match mark.kind {
        Kind::Fault => "is-fault",
        Kind::Mended => "is-mended",
        Kind::Edit => "is-edit",
        Kind::Drop => "is-drop",
        Kind::Turn => "is-turn",
        Kind::Goal => "is-goal",
    };
    let share = mark.at.0 as f64 / furthest.0.max(1) as f64;
    let title = (store.words().time.mark_at)(&number::clock(mark.at), &mark.text);
    let onclick = {
        let (store, mark) = (store.clone(), mark.clone());
        Callback::from(move |_: MouseEvent| go_to(&store, &mark))
    };
    html! {
        <span class={classes!("mark", class)} style={format!("--at: {share:.5}")} aria-hidden="true" {title} {onclick} />
    }
}

/// Goes to the instant of a mark, and says what happened there.
fn go_to(store: &Store, mark: &Mark) {
    store.order(Command::Pause);
    store.order(Command::Seek { time_us: mark.at });
    store.say((store.words().time.mark_at)(&number::clock(mark.at), &mark.text));
}

/// The button that leads to the mark before or behind.
fn to_mark(store: &Store, marks: &[Mark], now: Micros, behind: bool) -> Html {
    let (words, editing) = (store.words().time, store.words().editing);
    let (picture, label, action) = if behind {
        (Icon::NextMark, editing.next_mark, Action::NextMark)
    } else {
        (Icon::PreviousMark, editing.previous_mark, Action::PreviousMark)
    };
    let mark = marks::beside(marks, now, behind);
    let title = mark.map_or(words.no_mark.to_owned(), |mark| (words.mark_at)(&number::clock(mark.at), &mark.text));
    let onclick = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            store.perform(action);
        })
    };
    html! {
        <button type="button" class="button is-icon to-mark" disabled={mark.is_none()} {title}
            aria-label={label} {onclick}>{ icon(picture) }</button>
    }
}

/// Goes to the mark before the present instant, or to the one behind it, and says what happened there.
pub fn go_to_mark(store: &Store, behind: bool) {
    let mark = marks::beside(&store.marks(), store.session().now(), behind).cloned();
    match mark {
        Some(mark) => go_to(store, &mark),
        None => store.say(store.words().time.no_mark.to_owned()),
    }
}

/// A slider gives fractions; what is no time at all counts as the beginning.
fn from_slider(time: f64) -> Micros {
    // `as` saturates and turns NaN into 0.
    Micros(time.round() as u64).min(Micros::LAST)
}
