//! Nodes and edges as they are spoken: for people who do not see the stage.

use super::glyph::{count, label, rate};
use crate::engine::NodeReport;
use crate::scenario::{Edge, EdgeKind, Id, NodeKind, NodeSettings};
use crate::session::Session;
use crate::words::Words;

/// A node in one sentence: what it is, how it fares, and what hangs on it; empty where there is no such node.
pub fn node(session: &Session, id: &Id, words: &Words) -> String {
    let (Some(node), Some(report)) = (session.scenario().node(id), session.engine().node_report(id)) else {
        return String::new();
    };
    let (stage, routing, language) = (words.stage, words.routing, words.language);
    let mut parts = vec![(stage.kind_and_name)(kind(node.kind(), words), &label(session, id, words))];
    if session.selection().contains(id) {
        parts.push(stage.selected.to_owned());
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
                consumers.filter_map(|edge| session.engine().node_report(&edge.to)).map(|report| report.up()).collect();
            let crashed = states.iter().filter(|up| !**up).count();
            parts.push((stage.spoken_consumers)(states.len(), crashed));
        }
        NodeReport::Consumer(report) => {
            parts.push((stage.busy_share)(&format!("{:.0}", report.utilisation_lately * 100.0)));
            parts.push((stage.processed)(&count(report.processed, language)));
        }
        NodeReport::Client(_) | NodeReport::Service(_) | NodeReport::Database(_) => {}
    }
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
    let mut spoken = (words.stage.spoken_edge)(&from, &to);
    if edge.latency_ms > 0.0 {
        spoken.push_str(words.stage.comma);
        spoken.push_str(&latency(edge, words));
    }
    spoken
}

/// An edge's latency as it is written beside it.
pub fn latency(edge: &Edge, words: &Words) -> String {
    let rounded = (edge.latency_ms * 1000.0).round() / 1000.0;
    format!("{rounded} {}", (words.unit)(crate::scenario::field::Unit::Milliseconds))
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
