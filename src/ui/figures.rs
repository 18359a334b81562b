//! The live figures of one node.

use yew::prelude::*;

use super::number;
use super::store::{Slice, use_store};
use crate::engine::{DistributionReport, DropReason, Drops, NodeReport};
use crate::scenario::Id;
use crate::scenario::field::Unit;
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
    let report = store.session().engine().node_report(&props.node);
    let per_s = |rate: f64| format!("{} {}", number::measure(rate), (words.unit)(Unit::MessagesPerSecond));
    let body = match report {
        None => return Html::default(),
        Some(NodeReport::Producer(report)) => html! {
            <dl class="figures">
                { row(shell.publishes_per_s, per_s(report.publishes_per_s)) }
                { row(shell.published, number::count(report.published)) }
            </dl>
        },
        Some(NodeReport::Exchange(_)) => html! {},
        Some(NodeReport::Queue(report)) => html! {
            <>
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
                    { drops(&report.dropped, words) }
                </dl>
                { distribution(shell.wait, &report.wait_ms, words) }
            </>
        },
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
                    { row(shell.acked, number::count(report.acked)) }
                    { row(shell.redelivered, number::count(report.redelivered)) }
                    { drops(&report.dropped, words) }
                </dl>
                { distribution(shell.end_to_end, &report.end_to_end_ms, words) }
            </>
        },
    };
    html! {
        <section class="panel-part">
            <h3>{ shell.figures }</h3>
            { body }
        </section>
    }
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
