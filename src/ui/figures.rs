//! The live figures of one node.

use yew::prelude::*;

use super::messages::{self, Look};
use super::number;
use super::store::{Slice, Store, use_store};
use crate::engine::{DistributionReport, DropReason, Drops, NodeReport};
use crate::scenario::Id;
use crate::scenario::field::Unit;
use crate::view::sparkline;
use crate::words::Words;

/// Which node.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The node.
    pub node: Id,
}

/// The live figures of a node: looked up anew ten times a second while time passes.
#[component]
pub fn Figures(props: &Props) -> Html {
    let store = use_store(&[Slice::Figures, Slice::Preferences]);
    let words = store.words();
    let shell = words.shell;
    let look = use_state_eq(Look::default);
    let list = use_node_ref();
    let (routing, failing) = (words.routing, words.failing);
    let report = store.session().node_report(&props.node);
    let mut waiting = None;
    let per_s = |rate: f64| format!("{} {}", number::measure(rate), (words.unit)(Unit::MessagesPerSecond));
    let requests_per_s = |rate: f64| format!("{} {}", number::measure(rate), (words.unit)(Unit::RequestsPerSecond));
    let body = match report {
        None => return Html::default(),
        Some(NodeReport::Producer(report)) => html! {
            <dl class="figures">
                { row(shell.publishes_per_s, per_s(report.publishes_per_s)) }
                { row(shell.published, number::count(report.published)) }
                { some(routing.confirmed, report.confirmed) }
                { some(routing.nacked, report.nacked) }
                { some(routing.unconfirmed, report.unconfirmed) }
                { some(routing.held_back, report.held_back) }
                { some(routing.returned, report.returned) }
                { drops(&report.dropped, words) }
            </dl>
        },
        Some(NodeReport::Exchange(report)) => html! {
            <dl class="figures">
                { row(shell.enqueues_per_s, per_s(report.receives_per_s)) }
                { row(routing.received, number::count(report.received)) }
                { row(routing.routed, number::count(report.routed)) }
                { row(routing.returned, number::count(report.returned)) }
                { drops(&report.dropped, words) }
            </dl>
        },
        Some(NodeReport::Queue(report)) => {
            waiting = Some(report.ready);
            html! {
            <>
                if report.deleted {
                    <p class="setting-problem">{ routing.queue_deleted }</p>
                }
                <dl class="figures">
                    { row(shell.depth, number::count(report.depth())) }
                    { row(shell.ready, number::count(report.ready)) }
                    { row(shell.unacked, number::count(report.unacked)) }
                    { row(shell.enqueues_per_s, per_s(report.enqueues_per_s)) }
                    { row(shell.deliveries_per_s, per_s(report.deliveries_per_s)) }
                    { row(shell.oldest, report.oldest_ms.map_or_else(|| shell.none_yet.to_owned(), number::span)) }
                    { row(shell.depth_max, number::count(report.depth_max)) }
                    { row(shell.depth_mean, number::measure(report.depth_mean)) }
                    { row(shell.enqueued, number::count(report.enqueued)) }
                    { row(shell.acked, number::count(report.acked)) }
                    { row(shell.redelivered, number::count(report.redelivered)) }
                    { row(routing.consumers, number::count(report.consumers)) }
                    { some(routing.dead_lettered, report.dead_lettered) }
                    { drops(&report.dropped, words) }
                </dl>
                { distribution(shell.wait, &report.wait_ms, words) }
            </>
            }
        }
        Some(NodeReport::Consumer(report)) => html! {
            <>
                <dl class="figures">
                    { row(shell.utilisation_lately, number::percent(report.utilisation_lately)) }
                    { row(shell.utilisation, number::percent(report.utilisation)) }
                    { row(shell.processes_per_s, per_s(report.processes_per_s)) }
                    { row(shell.busy, number::count(report.busy)) }
                    { row(shell.waiting, number::count(report.waiting)) }
                    { row(shell.delivered, number::count(report.delivered)) }
                    { row(shell.processed, number::count(report.processed)) }
                    { some(routing.failed, report.failed) }
                    { some(failing.deduplicated, report.deduplicated) }
                    { some(shell.published, report.published) }
                    { row(shell.acked, number::count(report.acked)) }
                    { row(shell.redelivered, number::count(report.redelivered)) }
                    { drops(&report.dropped, words) }
                </dl>
                { distribution(shell.end_to_end, &report.end_to_end_ms, words) }
            </>
        },
        Some(NodeReport::Client(report)) => html! {
            <>
                <dl class="figures">
                    { row(failing.requests, requests_per_s(report.requests_per_s)) }
                    { row(failing.failed_lately, number::percent(report.failed_share_lately())) }
                    { row(failing.requests, number::count(report.requests)) }
                    { row(failing.succeeded, number::count(report.succeeded)) }
                    { lost(failing.failed, report.failed) }
                    { row(failing.open, number::count(report.open)) }
                    { some(failing.retried, report.retried) }
                </dl>
                { distribution(failing.response, &report.response_ms, words) }
            </>
        },
        Some(NodeReport::Service(report)) => html! {
            <>
                <dl class="figures">
                    { row(shell.utilisation_lately, number::percent(report.utilisation_lately)) }
                    { row(shell.utilisation, number::percent(report.utilisation)) }
                    { row(shell.processes_per_s, requests_per_s(report.handles_per_s)) }
                    { row(failing.slots_busy, number::count(report.busy)) }
                    { row(failing.waiting, number::count(report.waiting)) }
                    { row(failing.handled, number::count(report.handled)) }
                    { lost(failing.failed, report.failed) }
                    { lost(failing.refused, report.refused) }
                    { some(shell.published, report.published) }
                    { drops(&report.dropped, words) }
                </dl>
                { distribution(failing.handling, &report.handling_ms, words) }
            </>
        },
        Some(NodeReport::Database(report)) => html! {
            <>
                <dl class="figures">
                    { row(failing.load, number::count(report.rate_per_s)) }
                    { row(failing.load_max, number::count(report.rate_max_per_s)) }
                    { row(failing.calls, number::count(report.calls)) }
                    { row(failing.answered, number::count(report.answered)) }
                    { row(failing.open, number::count(report.open)) }
                    { lost(failing.refused, report.rejected) }
                    { lost(failing.failed, report.failed) }
                    { lost(failing.crashes, report.crashes) }
                </dl>
                { distribution(failing.answering, &report.answer_ms, words) }
            </>
        },
    };
    html! {
        <>
            <section class="panel-part">
                <h3>{ shell.figures }</h3>
                { body }
                { sparklines(&store, &props.node) }
            </section>
            if let Some(ready) = waiting {
                { messages::list(&store, &props.node, ready, &look, &list) }
            }
        </>
    }
}

/// The figures that are kept over time, as lines.
fn sparklines(store: &Store, node: &Id) -> Html {
    let words = store.words();
    let lines = sparkline::lines(&store.session(), node, words);
    if lines.is_empty() {
        return Html::default();
    }
    let (width, height) = sparkline::SIZE;
    let lines = lines.into_iter().map(|line| {
        let [least, most] = &line.extremes;
        html! {
            <div class="sparkline" role="img" aria-label={(words.document.spoken_line)(line.name, &line.now, least, most)}>
                <span>{ line.name }</span>
                <svg viewBox={format!("0 0 {width} {height}")} preserveAspectRatio="none"><path d={line.path.clone()} /></svg>
                <span class="sparkline-now">{ line.now.clone() }</span>
                <span class="sparkline-reach">{ (words.document.least_and_most)(least, most) }</span>
            </div>
        }
    });
    html! {
        <>
            <h4 class="sparklines-title">{ words.document.last_minute }</h4>
            { for lines }
        </>
    }
}

/// A figure that few nodes have: shown where it is not nothing.
fn some(name: &str, number: u64) -> Html {
    if number > 0 { row(name, number::count(number)) } else { Html::default() }
}

/// A figure that is bad news where it is not nothing.
fn lost(name: &str, number: u64) -> Html {
    if number == 0 {
        return Html::default();
    }
    html! { <div class="is-drop"><dt>{ name }</dt><dd>{ number::count(number) }</dd></div> }
}

fn row(name: &str, value: String) -> Html {
    html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> }
}

/// What was dropped, by reason; only the reasons that occurred.
fn drops(drops: &Drops, words: &Words) -> Html {
    DropReason::ALL
        .into_iter()
        .filter(|reason| drops.of(*reason) > 0)
        .map(|reason| {
            html! {
                <div class="is-drop">
                    <dt>{ (words.shell.drop_reason)(reason) }</dt>
                    <dd>{ number::count(drops.of(reason)) }</dd>
                </div>
            }
        })
        .collect()
}

fn distribution(name: &str, report: &DistributionReport, words: &Words) -> Html {
    let shell = words.shell;
    let cells = [
        (shell.mean, report.mean),
        ("p50", report.p50),
        ("p95", report.p95),
        ("p99", report.p99),
        (shell.max, report.max),
    ];
    let cell = |value: Option<f64>| value.map_or_else(|| shell.none_yet.to_owned(), number::span);
    html! {
        <table class="distribution">
            <caption>{ name }</caption>
            <thead><tr>{ for cells.iter().map(|(head, _)| html! { <th scope="col">{ *head }</th> }) }</tr></thead>
            <tbody><tr>{ for cells.iter().map(|(_, value)| html! { <td>{ cell(*value) }</td> }) }</tr></tbody>
        </table>
    }
}
