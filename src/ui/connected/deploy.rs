//! Bringing the sketch to the broker: what would be created, then created.

use yew::prelude::*;

use super::{PartProps, part, use_connection};
use crate::interop::{Remarked, Topology};
use crate::live::{Fate, Progress, Status, Thing};
use crate::ui::store::{Slice, use_store};
use crate::words::LiveWords;

/// How many parts are listed.
const LISTED: usize = 60;

fn name(thing: &Thing, live: &LiveWords) -> String {
    match thing {
        Thing::Exchange(exchange) => (live.exchange_named)(&exchange.name),
        Thing::Queue(queue) => (live.queue_named)(&queue.name),
        Thing::Binding(binding) => (live.binding)(&binding.source, &binding.destination, &binding.routing_key),
    }
}

/// The plan, what became of it, and the way back.
#[component]
pub(super) fn Deploy(props: &PartProps) -> Html {
    let store = use_store(&[Slice::Preferences]);
    use_connection(&props.connection);
    let (words, live) = (store.words(), store.words().live);
    // The sketch rests while a broker is shown.
    let made = use_memo(props.connection.clone(), |connection| {
        Topology::of(&connection.sketch().session().latest_scenario(), connection.language())
    });
    let (topology, remarks) = &*made;
    let (plan, works, created, up) = props.connection.look(|broker| {
        (broker.plan(topology), broker.works().cloned(), broker.created().len(), *broker.status() == Status::Up)
    });
    // Where something is missing, that is what comes first.
    let opens = use_state_eq(|| !plan.is_done());
    let busy = works.as_ref().is_some_and(|works| !works.is_over());
    let missing = plan.count(Fate::Create);
    let deploy = {
        let (connection, plan) = (props.connection.clone(), plan.clone());
        Callback::from(move |_: MouseEvent| connection.act(|broker| broker.deploy(&plan)))
    };
    let take_away = {
        let connection = props.connection.clone();
        Callback::from(move |_: MouseEvent| connection.act(|broker| broker.take_away()))
    };
    let line = |thing: &Thing, text: String, class: &'static str| {
        html! { <li {class}><span>{ name(thing, live) }</span><span class="connected-told">{ text }</span></li> }
    };
    let planned = plan.parts.iter().take(LISTED).map(|(thing, fate)| {
        let class = match fate {
            Fate::Create => "is-new",
            Fate::Same => "",
            Fate::Different | Fate::EndDiffers => "is-different",
        };
        line(thing, (live.fate)(*fate).to_owned(), class)
    });
    let done = works.iter().flat_map(|works| {
        works.steps.iter().take(LISTED).map(|(thing, progress)| {
            let class = if matches!(progress, Progress::Refused(_) | Progress::InUse) { "is-different" } else { "" };
            line(thing, (live.progress)(progress, works.creates), class)
        })
    });
    let more = |all: usize| if all > LISTED { (live.more)(all - LISTED) } else { String::new() };
    part(
        live.deploy,
        *opens,
        html! {
            <>
            <p class="setting-note">{ live.deploy_about }</p>
            if plan.parts.is_empty() {
                <p>{ live.deploy_nothing }</p>
            } else if plan.is_done() {
                <p class="connected-done">{ live.deploy_done }</p>
            } else {
                <ul class="connected-plan">{ for planned }</ul>
                <p class="setting-note">{ more(plan.parts.len()) }</p>
            }
            if missing > 0 {
                <button type="button" class="button is-primary" disabled={busy || !up} onclick={deploy}>{ (live.create)(missing) }</button>
            }
            if !remarks.is_empty() {
                <p class="setting-note">{ live.left_behind }</p>
                <ul class="connected-plan">{ for Remarked::describe(remarks, words).into_iter().map(|line| html! { <li>{ line }</li> }) }</ul>
            }
            if let Some(works) = &works {
                <ul class="connected-plan is-done" aria-live="polite">{ for done }</ul>
                <p class="setting-note">{ more(works.steps.len()) }</p>
            }
            if created > 0 {
                <button type="button" class="button" disabled={busy || !up} onclick={take_away}>{ (live.take_away)(created) }</button>
                <p class="setting-note">{ live.take_away_about }</p>
            }
            </>
        },
    )
}
