//! The journey of a message in the inspector: what became of the one that is followed, and the search for one.

use gloo_timers::callback::Timeout;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use super::event_log::select;
use super::focus::on_enter;
use super::icon::{Icon, icon};
use super::inspector::order;
use super::number;
use super::store::{Slice, Store, use_store};
use crate::base::Micros;
use crate::session::Command;
use crate::timeline::{Found, Journey, Search, Sought};
use crate::view::journey::{self, Lane, Phase};
use crate::words::Words;

/// How wide the waterfall is, in its own units.
const WIDTH: f64 = 280.0;
/// How high a copy's line is.
const ROW: f64 = 16.0;
/// So many copies have a line of their own: more could not be told apart.
const MOST_ROWS: usize = 12;

/// What became of the message that is followed; nothing where none is.
#[component]
pub fn JourneyPanel() -> Html {
    let store = use_store(&[Slice::Followed, Slice::Figures, Slice::Preferences]);
    let words = store.words();
    let said = words.journey;
    let section = use_node_ref();
    let session = store.session();
    let followed = session.run().followed();
    {
        let section = section.clone();
        // It stands above what was looked at when it was asked for.
        use_effect_with(followed, move |followed| {
            if let Some(section) = followed.and_then(|_| section.cast::<Element>()) {
                section.scroll_into_view();
            }
        });
    }
    let Some(message) = followed else { return Html::default() };
    let stop = order(&store, Command::Follow { copy: None });
    let body = match session.run().journey() {
        // The run is on its way to another instant.
        None => Html::default(),
        Some(journey) if journey.stops().is_empty() => html! { <p class="setting-note">{ said.to_come }</p> },
        Some(journey) => told(&store, journey),
    };
    html! {
        <section class="journey" ref={section} aria-label={(said.heading)(message)}>
            <h2 class="panel-heading journey-heading">
                <span>{ (said.heading)(message) }</span>
                <button type="button" class="button is-icon is-small" title={said.stop} aria-label={said.stop} onclick={stop}>
                    { icon(Icon::Close) }
                </button>
            </h2>
            { body }
        </section>
    }
}

fn told(store: &Store, journey: &Journey) -> Html {
    let words = store.words();
    let said = words.journey;
    let session = store.session();
    let now = session.now();
    let began = journey.stops().first().map_or(now, |stop| stop.at);
    let ended = journey.stops().last().map_or(now, |stop| stop.at);
    let alive = journey.alive().count();
    let state = if alive > 0 {
        (said.still_there)(alive, journey.copies().len())
    } else {
        (said.over)(&span_of(ended.saturating_sub(began)))
    };
    let several = journey.copies().len() > 1;
    let lines = journey::lines(&session, journey, words).into_iter().map(|line| {
        let go = {
            let (store, select) = (store.clone(), line.place.as_ref().map(|place| select(store, place)));
            let at = line.at;
            Callback::from(move |event: MouseEvent| {
                store.order(Command::Pause);
                store.order(Command::Seek { time_us: at });
                if let Some(select) = &select {
                    select.emit(event);
                }
            })
        };
        html! {
            <li>
                <button type="button" class={classes!("journey-line", line.bad.then_some("is-bad"))} onclick={go}>
                    <span class="journey-time">{ format!("+{}", span_of(line.at.saturating_sub(began))) }</span>
                    <span>
                        { line.text }
                        if several { <span class="journey-copy">{ " " }{ (said.copy)(line.copy) }</span> }
                    </span>
                </button>
            </li>
        }
    });
    html! {
        <>
            <p class="panel-note">
                if !journey.routing_key().is_empty() { <code>{ journey.routing_key().to_owned() }</code>{ " · " } }
                { number::clock(began) }{ " · " }{ state }
            </p>
            { waterfall(&journey::lanes(journey, now), words) }
            <ol class="journey-lines">{ for lines }</ol>
            if journey.left_out() > 0 {
                <p class="setting-note">{ (said.left_out)(journey.left_out()) }</p>
            }
        </>
    }
}

fn span_of(span: Micros) -> String {
    number::span(span.as_ms())
}

/// Where each copy was, one line for each, along one axis of time.
fn waterfall(lanes: &[Lane], words: &Words) -> Html {
    let spans = || lanes.iter().flat_map(|lane| &lane.spans);
    let (Some(from), Some(until)) = (spans().map(|span| span.from).min(), spans().map(|span| span.until).max()) else {
        return Html::default();
    };
    let long = until.saturating_sub(from).0.max(1) as f64;
    let place = |at: Micros| at.saturating_sub(from).0 as f64 / long * WIDTH;
    let rows = lanes.len().min(MOST_ROWS);
    let bars =
        lanes.iter().take(MOST_ROWS).enumerate().flat_map(|(row, lane)| lane.spans.iter().map(move |span| (row, span)));
    let bars = bars.map(|(row, span)| {
        let (left, right) = (place(span.from), place(span.until));
        let title = format!("{}: {}", span.phase.word(words), span_of(span.until.saturating_sub(span.from)));
        html! {
            <rect class={format!("is-{}", span.phase.name())} x={format!("{left:.1}")}
                y={format!("{:.1}", row as f64 * ROW + 2.0)} width={format!("{:.1}", (right - left).max(1.5))}
                height={format!("{:.1}", ROW - 4.0)} rx="2"><title>{ title }</title></rect>
        }
    });
    let sum =
        |phase: Phase| spans().filter(|span| span.phase == phase).map(|span| span.until.0 - span.from.0).sum::<u64>();
    let sums: Vec<(Phase, String)> = Phase::ALL
        .into_iter()
        .filter(|phase| sum(*phase) > 0)
        .map(|phase| (phase, span_of(Micros(sum(phase)))))
        .collect();
    let spoken = sums.iter().map(|(phase, long)| format!("{} {long}", phase.word(words)));
    let spoken = (words.journey.waterfall)(&spoken.collect::<Vec<_>>().join(words.stage.comma));
    html! {
        <figure class="journey-waterfall">
            <svg viewBox={format!("0 0 {WIDTH} {}", rows as f64 * ROW)} role="img" aria-label={spoken}>{ for bars }</svg>
            <figcaption>
                { for sums.into_iter().map(|(phase, long)| html! {
                    <span class={format!("journey-phase is-{}", phase.name())}>{ phase.word(words) }{ " " }<b>{ long }</b></span>
                }) }
            </figcaption>
        </figure>
    }
}

/// How far a search has come.
#[derive(Clone, PartialEq)]
enum Answer {
    None,
    Underway(String),
    Found(Vec<Found>),
}

/// So many events are replayed at a time: some milliseconds.
const EVENTS_AT_A_TIME: u64 = 20_000;

/// The search for a message.
#[component]
pub fn FindMessage() -> Html {
    let store = use_store(&[Slice::Preferences]);
    let (words, field) = (store.words(), use_node_ref());
    let said = words.journey;
    let answer = use_state_eq(|| Answer::None);
    let underway = use_mut_ref(|| None::<Timeout>);
    let look = {
        let (store, answer, underway) = (store.clone(), answer.clone(), underway.clone());
        Callback::from(move |sought: Sought| {
            let search = store.session().run().search(sought);
            go_on(search, answer.setter(), underway.clone());
        })
    };
    let find = {
        let (store, look, field) = (store.clone(), look.clone(), field.clone());
        Callback::from(move |()| {
            let Some(text) = field.cast::<HtmlInputElement>().map(|field| field.value().trim().to_owned()) else {
                return;
            };
            match text.parse::<u64>() {
                Ok(number) => drop(store.order(Command::Follow { copy: Some(number) })),
                Err(_) if text.is_empty() => {}
                Err(_) => look.emit(Sought::Key(text)),
            }
        })
    };
    let by = |label: &'static str, sought: Sought| {
        let look = look.clone();
        html! {
            <button type="button" class="button is-small" onclick={move |_| look.emit(sought.clone())}>{ label }</button>
        }
    };
    let found = match &*answer {
        Answer::None => Html::default(),
        Answer::Underway(percent) => html! { <p class="setting-note">{ (said.searching)(percent) }</p> },
        Answer::Found(found) if found.is_empty() => html! { <p class="setting-note">{ said.nothing_found }</p> },
        Answer::Found(found) => {
            html! { <ol class="journey-found">{ for found.iter().map(|one| row(&store, one)) }</ol> }
        }
    };
    html! {
        <section class="panel-part find-message">
            <h3>{ said.find }</h3>
            <div class="find-form" onkeydown={on_enter(&find)}>
                <input ref={field} type="text" autocomplete="off" aria-label={said.find_field} placeholder={said.find_field} />
                <button type="button" class="button" onclick={move |_| find.emit(())}>{ said.find_go }</button>
            </div>
            <div class="find-kinds" role="group" aria-label={said.find}>
                { by(said.slowest, Sought::Slowest) }
                { by(said.lost_ones, Sought::Lost) }
                { by(said.redelivered_twice, Sought::RedeliveredTwice) }
            </div>
            <p class="setting-note">{ said.find_hint }</p>
            <div aria-live="polite">{ found }</div>
        </section>
    }
}

/// Goes on with a search, a little at a time, so that the page goes on too.
fn go_on(
    mut search: Search,
    answer: UseStateSetter<Answer>,
    underway: std::rc::Rc<std::cell::RefCell<Option<Timeout>>>,
) {
    let over = search.work(EVENTS_AT_A_TIME);
    if over {
        underway.take();
        answer.set(Answer::Found(search.found()));
        return;
    }
    answer.set(Answer::Underway(number::percent(search.progress())));
    let next = underway.clone();
    *underway.borrow_mut() = Some(Timeout::new(0, move || go_on(search, answer, next)));
}

fn row(store: &Store, found: &Found) -> Html {
    let words = store.words();
    let fate = match (found.over_at, found.dropped, found.lost) {
        (None, ..) => words.journey.goes_on.to_owned(),
        (_, Some(reason), _) => (words.shell.drop_reason)(reason).to_owned(),
        (_, None, true) => words.journey.lost_ones.to_owned(),
        _ => words.shell.acked.to_owned(),
    };
    let lasted = span_of(found.lasted(store.session().now()));
    let again = (found.redeliveries > 0).then(|| format!("↻ {}", found.redeliveries));
    html! {
        <li key={found.message.to_string()}>
            <button type="button" class="message-line" onclick={order(store, Command::Follow { copy: Some(found.message) })}>
                <span class="message-number">{ found.message.to_string() }</span>
                <span class="message-key">{ found.routing_key.to_string() }</span>
                if let Some(again) = again { <span class="message-mark">{ again }</span> }
                <span class="message-mark">{ fate }</span>
                <span class="journey-time">{ lasted }</span>
            </button>
        </li>
    }
}
