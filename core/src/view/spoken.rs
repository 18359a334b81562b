//! Nodes and edges as they are spoken: for people who do not see the stage.

use super::glyph::{count, label, rate, span};
use crate::engine::NodeReport;
use crate::scenario::{Edge, EdgeKind, Id, NodeKind, NodeSettings};
use crate::session::Session;
use crate::words::Words;

/// A node in one sentence: what it is, how it fares, and what hangs on it; empty where there is no such node.
pub fn node(session: &Session, id: &Id, words: &Words) -> String {
    let (Some(node), Some(report)) = (session.scenario().node(id), session.node_report(id)) else {
        return String::new();
    };
    let (stage, routing, failing, language) = (words.stage, words.routing, words.failing, words.language);
    let mut parts = vec![(stage.kind_and_name)(kind(node.kind(), words), &label(session, id, words))];
    if session.selection().contains(id) {
        parts.push(stage.selected.to_owned());
    }
    if let Some(color) = node.color {
        parts.push((words.document.spoken_group)((words.document.color_name)(color)));
    }
    if !report.up() {
        let down = if super::glyph::lies_in_broker(node.kind()) { stage.broker_down } else { stage.crashed };
        parts.push(down.to_owned());
    }
    if super::glyph::lies_in_broker(node.kind()) && session.engine().memory_alarm() {
        parts.push(routing.memory_alarm.to_owned());
    }
    match &report {
        NodeReport::Producer(report) => {
            if report.blocked {
                parts.push(routing.blocked.to_owned());
            }
            parts.push((stage.spoken_rate)(&rate(report.publishes_per_s, language)));
            parts.push((stage.published)(&count(report.published, language)));
            let dropped = report.dropped.total();
            if dropped > 0 {
                parts.push((stage.dropped)(&count(dropped, language)));
            }
        }
        NodeReport::Exchange(report) => {
            if let NodeSettings::Exchange(settings) = &node.settings {
                parts.push((routing.exchange_kind)(settings.kind).to_owned());
            }
            parts.push((stage.spoken_rate)(&rate(report.receives_per_s, language)));
            let bindings =
                session.scenario().edges.iter().filter(|edge| edge.kind == EdgeKind::Bind && edge.from == *id);
            parts.push((routing.bindings)(bindings.count()));
            let dropped = report.dropped.total();
            if dropped > 0 {
                parts.push((routing.unroutable)(&count(dropped, language)));
            }
            if report.returned > 0 {
                parts.push((routing.returned_count)(&count(report.returned, language)));
            }
        }
        NodeReport::Queue(report) => {
            parts.push((stage.spoken_depth)(&count(report.depth(), language)));
            if super::glyph::is_rising(report) {
                parts.push(stage.rising.to_owned());
            }
            let dropped = report.dropped.total();
            if dropped > 0 {
                parts.push((stage.dropped)(&count(dropped, language)));
            }
            let consumers = session.scenario().edges.iter().filter(|edge| edge.from == *id);
            let states: Vec<bool> =
                consumers.filter_map(|edge| session.node_report(&edge.to)).map(|report| report.up()).collect();
            let crashed = states.iter().filter(|up| !**up).count();
            parts.push((stage.spoken_consumers)(states.len(), crashed));
        }
        NodeReport::Consumer(report) => {
            parts.push((stage.busy_share)(&format!("{:.0}", report.utilisation_lately * 100.0)));
            parts.push((stage.processed)(&count(report.processed, language)));
        }
        NodeReport::Client(report) => {
            parts.push((failing.spoken_requests)(&rate(report.requests_per_s, language)));
            if let Some(mean) = report.response_ms.mean {
                parts.push((failing.spoken_response)(&span(mean)));
            }
            if report.failed > 0 {
                parts.push((failing.failed_count)(&count(report.failed, language)));
            }
        }
        NodeReport::Service(report) => {
            if report.redeploying_until_us.is_some() {
                parts.push(failing.redeploying.to_owned());
            }
            if let NodeSettings::Service(settings) = &node.settings {
                let slots = count(settings.concurrency.into(), language);
                parts.push((failing.spoken_busy)(&count(report.busy, language), &slots));
            }
            if report.waiting > 0 {
                parts.push((failing.waiting_count)(&count(report.waiting, language)));
            }
            parts.push((failing.handled_count)(&count(report.handled, language)));
        }
        NodeReport::Database(report) => {
            parts.push((failing.spoken_calls)(&count(report.rate_per_s, language)));
            if let NodeSettings::Database(settings) = &node.settings {
                parts.push((failing.limit)(&count(settings.capacity_per_s, language)));
            }
            if report.crashes > 0 {
                parts.push((failing.crash_count)(&count(report.crashes, language)));
            }
        }
    }
    parts.extend(super::incident::callout(session, id, words));
    parts.extend(super::labels::spoken_links(session, id, words));
    parts.join(stage.comma)
}

/// An edge in one sentence.
pub fn edge(session: &Session, edge: &Edge, words: &Words) -> String {
    let (from, to) = (label(session, &edge.from, words), label(session, &edge.to, words));
    if edge.kind == EdgeKind::Bind {
        let asked = super::labels::binding(session.scenario(), edge, words);
        return (words.routing.spoken_binding)(&from, &to, &asked);
    }
    let spoken = match edge.kind {
        EdgeKind::Call => (words.failing.spoken_call_edge)(&from, &to),
        _ => (words.stage.spoken_edge)(&from, &to),
    };
    let state = edge_state(session, &edge.id, words);
    let callout = super::incident::callout(session, &edge.id, words);
    std::iter::once(spoken).chain(state).chain(callout).collect::<Vec<_>>().join(words.stage.comma)
}

/// How an edge is now, in a few words for each thing that is not as it should be, or that takes time.
pub fn edge_state(session: &Session, id: &Id, words: &Words) -> Vec<String> {
    let Some(report) = session.engine().edge_report(id) else { return Vec::new() };
    let failing = words.failing;
    let percent = |rate: f64| ((rate * 1_000.0).round() / 10.0).to_string();
    let mut parts = Vec::new();
    if report.cut {
        parts.push(failing.cut.to_owned());
    }
    if report.held {
        parts.push((failing.held)(&count(report.waiting, words.language)));
    }
    if report.latency_ms > 0.0 {
        let rounded = |ms: f64| (ms * 1_000.0).round() / 1_000.0;
        let unit = (words.unit)(crate::scenario::field::Unit::Milliseconds);
        let usual = report.latency_ms - report.fault_latency_ms;
        parts.push(match (usual > 0.0, report.fault_latency_ms > 0.0) {
            (true, true) => format!("{} + {} {unit}", rounded(usual), rounded(report.fault_latency_ms)),
            (false, true) => format!("+ {} {unit}", rounded(report.fault_latency_ms)),
            (_, false) => format!("{} {unit}", rounded(usual)),
        });
    }
    if report.loss > 0.0 {
        parts.push((failing.loss)(&percent(report.loss)));
    }
    if report.duplicate > 0.0 {
        parts.push((failing.duplicates)(&percent(report.duplicate)));
    }
    parts
}

/// A text as a sentence of its own: it begins with a capital letter, where the script has them.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => std::iter::once(first.to_ascii_uppercase()).chain(letters).collect(),
        None => String::new(),
    }
}

/// What a kind is called.
pub fn kind(kind: NodeKind, words: &Words) -> &'static str {
    match kind {
        NodeKind::Producer => words.stage.producer,
        NodeKind::Exchange => words.stage.exchange,
        NodeKind::Queue => words.stage.queue,
        NodeKind::Consumer => words.stage.consumer,
        NodeKind::Client => words.stage.client,
        NodeKind::Service => words.stage.service,
        NodeKind::Database => words.stage.database,
    }
}
