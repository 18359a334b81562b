//! The ledger line: where every message is, always in sight, always adding up.

use web_sys::Element;
use yew::prelude::*;

use super::event_log::{EventLog, select};
use super::focus;
use super::icon::{Icon, icon};
use super::number;
use super::store::{Slice, Store, use_store};
use crate::editor::action::Action;
use crate::engine::{DropReason, NodeReport};
use crate::scenario::Id;
use crate::view::incident;

/// Where copies were dropped for a reason, and how many.
fn places(store: &Store, reason: DropReason) -> Vec<(Id, u64)> {
    let session = store.session();
    let (scenario, engine) = (session.scenario(), session.engine());
    let at_nodes = scenario
        .nodes
        .iter()
        .filter_map(|node| Some((node.id.clone(), engine.node_report(&node.id)?.dropped().of(reason))));
    let mut places: Vec<(Id, u64)> = at_nodes.filter(|(_, count)| *count > 0).collect();
    if reason == DropReason::LostInNetwork {
        let on_edges = scenario.edges.iter().filter_map(|edge| {
            let lost = engine.edge_report(&edge.id)?.copies_lost;
            (lost > 0).then(|| (edge.id.clone(), lost))
        });
        places.extend(on_edges);
    }
    places
}

/// Where every copy is that is still somewhere, place by place: it adds up to the line.
fn whereabouts(store: &Store) -> Html {
    let shell = store.words().shell;
    let session = store.session();
    let engine = session.engine();
    let ledger = *engine.ledger();
    let queues = session.scenario().nodes.iter().filter_map(|node| match engine.node_report(&node.id)? {
        NodeReport::Queue(queue) => Some((node.id.clone(), queue)),
        _ => None,
    });
    let queues: Vec<_> = queues.collect();
    let (to_queues, acked_already) = engine.in_transit();
    let place = |id: &Id, count: u64, text: String| {
        (count > 0).then(|| html! {
            <button type="button" class="button is-quiet" onclick={select(store, id)}>{ text }{ " " }<b>{ number::count(count) }</b></button>
        })
    };
    let name = |id: &Id| incident::place_name(&session, id, store.words());
    let group = |title: &'static str, sum: u64, places: Html| {
        html! {
            <>
                <div><dt>{ title }</dt><dd>{ number::count(sum) }</dd></div>
                <div class="ledger-places">{ places }</div>
            </>
        }
    };
    let ready = queues.iter().filter_map(|(id, queue)| place(id, queue.ready, name(id))).collect();
    let unacked = queues
        .iter()
        .filter_map(|(id, queue)| place(id, queue.unacked, (shell.with_consumers_of)(&name(id))))
        .collect();
    let on_the_way = (to_queues > 0).then(|| {
        html! {
            <span class="ledger-place">{ shell.to_queues }{ " " }<b>{ number::count(to_queues) }</b></span>
        }
    });
    let acked = acked_already.iter().filter_map(|(id, count)| place(id, *count, (shell.with_consumers_of)(&name(id))));
    let transit = on_the_way.into_iter().chain(acked).collect();
    html! {
        <dl class="figures">
            { group(shell.ready, ledger.ready, ready) }
            { group(shell.unacked, ledger.unacked, unacked) }
            { group(shell.in_transit, ledger.in_transit, transit) }
        </dl>
    }
}

/// The ledger line.
#[component]
pub fn LedgerLine() -> Html {
    let store = use_store(&[Slice::Figures, Slice::Preferences]);
    let (shell, time) = (store.words().shell, store.words().time);
    let shown = store.preferences().charts;
    let charts = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            store.perform(Action::Charts);
        })
    };
    let ledger = *store.session().engine().ledger();
    let entry = |class: &'static str, name: &'static str, number: u64| {
        html! {
            <span class={classes!("ledger-entry", class)}>
                <span class="ledger-name">{ name }</span>{ " " }<b>{ number::count(number) }</b>
            </span>
        }
    };
    let deaths = [DropReason::Rejected, DropReason::Expired, DropReason::DeliveryLimit, DropReason::Maxlen];
    let has_deaths = deaths.iter().any(|reason| ledger.dropped.of(*reason) > 0);
    let sign = |sign: &'static str| html! { <span class="ledger-sign">{ sign }</span> };
    let dropped = ledger.dropped.total();
    let reasons = DropReason::ALL.into_iter().filter(|reason| ledger.dropped.of(*reason) > 0).map(|reason| {
        html! {
            <>
            <div>
                <dt>{ (shell.drop_reason)(reason) }</dt>
                <dd>{ number::count(ledger.dropped.of(reason)) }</dd>
            </div>
            <div class="ledger-places">
                { for places(&store, reason).into_iter().map(|(id, count)| {
                    let name = incident::place_name(&store.session(), &id, store.words());
                    html! {
                        <button type="button" class="button is-quiet" onclick={select(&store, &id)}>
                            { (store.words().failing.lost_at)(&name, &number::count(count)) }
                        </button>
                    }
                }) }
            </div>
            </>
        }
    });
    let listed = use_state_eq(|| false);
    let list = {
        let listed = listed.clone();
        Callback::from(move |event: MouseEvent| {
            // It unfolds when it is rendered so.
            event.prevent_default();
            listed.set(!*listed);
        })
    };
    let unlist = {
        let listed = listed.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                listed.set(false);
            }
        })
    };
    let details = use_node_ref();
    let fold = {
        let details = details.clone();
        move || {
            if let Some(details) = details.cast::<Element>() {
                // Taking an attribute of a valid name away does not fail.
                let _ = details.remove_attribute("open");
            }
        }
    };
    let onkeydown = {
        let fold = fold.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                fold();
            }
        })
    };
    // Whatever else is pressed takes the focus away.
    let onfocusout = {
        let details = details.clone();
        Callback::from(move |event: FocusEvent| {
            if focus::leaves(&details, &event) {
                fold();
            }
        })
    };
    html! {
        <section class="ledger" aria-label={shell.ledger} title={shell.ledger_explanation}>
            { entry("is-made", shell.made, ledger.made) }
            { sign("=") }
            { entry("is-acked", shell.acked, ledger.acked) }
            { sign("+") }
            { entry("is-ready", shell.ready, ledger.ready) }
            { sign("+") }
            { entry("is-unacked", shell.unacked, ledger.unacked) }
            { sign("+") }
            <span title={shell.in_transit_explanation}>
                { entry("is-transit", shell.in_transit, ledger.in_transit) }
            </span>
            { sign("+") }
            <details ref={details} class={classes!("ledger-dropped", (dropped > 0).then_some("is-some"))} {onkeydown} {onfocusout}>
                <summary>{ entry("is-dropped", shell.dropped, dropped) }</summary>
                <div class="ledger-reasons">
                    if dropped == 0 {
                        <p>{ shell.nothing_dropped }</p>
                    } else {
                        <dl class="figures">{ for reasons }</dl>
                        if has_deaths {
                            <p>{ store.words().routing.dead_letters_counted }</p>
                        }
                    }
                </div>
            </details>
            <details class="ledger-where" open={*listed} onkeydown={unlist}>
                <summary onclick={list}>{ shell.whereabouts }</summary>
                if *listed { <div class="ledger-reasons">{ whereabouts(&store) }</div> }
            </details>
            <button type="button" class="button is-quiet ledger-charts" aria-expanded={shown.to_string()}
                title={if shown { time.hide_charts } else { time.show_charts }} onclick={charts}>
                { icon(Icon::Charts) }{ time.charts }
            </button>
            <EventLog />
        </section>
    }
}
