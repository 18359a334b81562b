//! What has gone wrong, in sentences: for the nodes and edges where it happened, and for the event log.

use std::collections::BTreeSet;

use super::glyph::{count, label_in, lies_in_broker};
use crate::base::Micros;
use crate::engine::{Cost, IncidentReport, NodeReport, Trouble};
use crate::scenario::{BROKER, Edge, EdgeKind, Id, NodeKind, NodeSettings, Scenario};
use crate::session::Session;
use crate::words::Words;

/// A time in seconds, as sentences have it.
pub fn seconds(time: Micros) -> String {
    format!("{:.1}", time.as_ms() / 1_000.0)
}

/// What is wrong, and why.
pub fn what(session: &Session, incident: &IncidentReport, words: &Words) -> String {
    let capacity = match session.scenario().node(&incident.place).map(|node| &node.settings) {
        Some(NodeSettings::Database(database)) => Some(database.capacity_per_s),
        _ => None,
    };
    let capacity = capacity.map(|capacity| count(capacity, words.language));
    (words.failing.trouble)(incident.trouble, capacity.as_deref())
}

/// What it cost so far; empty where that is nothing.
pub fn cost(incident: &IncidentReport, words: &Words) -> String {
    cost_parts(&incident.cost, words).collect::<Vec<_>>().join(" · ")
}

/// The parts of a cost that are not nothing, each in its own words.
fn cost_parts(cost: &Cost, words: &Words) -> impl Iterator<Item = String> {
    // What a client loses is what counts; the calls by which it came to that are the same loss again.
    let calls_failed = if cost.requests_failed > 0 { 0 } else { cost.calls_failed };
    let counts = [cost.requests_failed, calls_failed, cost.messages_failed, cost.copies_lost];
    let (said, language) = (words.failing.cost, words.language);
    let some = counts.into_iter().zip(said).filter(|(count, _)| *count > 0);
    some.map(move |(number, said)| said(&count(number, language)))
}

/// Where it happened, as people call it.
pub fn place(session: &Session, incident: &IncidentReport, words: &Words) -> String {
    place_name(session, &incident.place, words)
}

/// What a node, an edge or the broker is called.
pub fn place_name(session: &Session, id: &Id, words: &Words) -> String {
    place_name_in(session.scenario(), id, words)
}

/// The same in a document of which nothing runs.
pub fn place_name_in(scenario: &Scenario, id: &Id, words: &Words) -> String {
    if id.0 == BROKER {
        return words.failing.broker.to_owned();
    }
    match scenario.edge(id) {
        Some(edge) => format!("{} → {}", label_in(scenario, &edge.from, words), label_in(scenario, &edge.to, words)),
        None => label_in(scenario, id, words),
    }
}

/// The sentence that stands where something is wrong: the worst that goes on there, since when, and what it cost.
/// What is wrong with the broker is said at one of its members.
pub fn callout(session: &Session, id: &Id, words: &Words) -> Option<String> {
    let mut open = session.engine().open_incidents(id);
    let mut members = session.scenario().nodes.iter().filter(|node| lies_in_broker(node.kind()));
    if members.next().is_none_or(|first| first.id != *id) {
        open.retain(|incident| incident.place.0 != BROKER);
    }
    // The kinds of trouble stand in the order of how bad they are; the oldest of a kind comes first.
    let worst = open.iter().min_by_key(|incident| incident.trouble)?;
    let mut said = (words.failing.since)(&what(session, worst, words), &seconds(worst.began_us));
    let cost = match waiting(session, id, words) {
        // A queue keeps what its consumer does not take: that is the point of it.
        Some(waiting) if worst.cost.copies_lost == 0 => Some(waiting),
        // The first part says most; the event log has them all.
        _ => cost_parts(&worst.cost, words).next(),
    };
    if let Some(cost) = cost {
        said.push_str(" · ");
        said.push_str(&cost);
    }
    let others: BTreeSet<Trouble> = open.iter().map(|incident| incident.trouble).collect();
    if others.len() > 1 {
        said.push_str(&(words.failing.more_troubles)(others.len() - 1));
    }
    Some(said)
}

/// How many messages wait for a consumer; nothing of other nodes, and where none waits.
fn waiting(session: &Session, id: &Id, words: &Words) -> Option<String> {
    let scenario = session.scenario();
    if scenario.node(id)?.kind() != NodeKind::Consumer {
        return None;
    }
    let sources = scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Subscribe && edge.to == *id);
    let ready = |edge: &Edge| match session.node_report(&edge.from) {
        Some(NodeReport::Queue(report)) => report.ready,
        _ => 0,
    };
    let waiting = sources.map(ready).sum::<u64>();
    (waiting > 0).then(|| (words.failing.wait_for_it)(&count(waiting, words.language)))
}

/// From when until when.
pub fn span(incident: &IncidentReport, words: &Words) -> String {
    let from = seconds(incident.began_us);
    match incident.ended_us {
        Some(to) => (words.failing.span)(&from, &seconds(to)),
        None => (words.failing.span_open)(&from),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::Language;
    use crate::scenario::{Fault, format};
    use crate::session::Command;

    #[test]
    fn what_is_down_says_since_when_and_what_it_cost() {
        let text = json!({
            "mq_scenario": 1,
            "nodes": [
                {"id": "c", "kind": "client", "at": [0, 0], "settings": {"pattern": {"constant": {"per_s": 10}}}},
                {"id": "s", "kind": "service", "at": [300, 0]}
            ],
            "edges": [{"id": "1", "kind": "call", "from": "c", "to": "s"}]
        });
        let mut session = Session::new(format::from_value(text).expect("a good scenario"));
        let words = Words::of(Language::English);
        let go = |session: &mut Session, ms: f64| {
            session.dispatch(Command::Seek { time_us: Micros::from_ms(ms) }).expect("goes");
            session.tick(0.0, &mut || false);
        };
        go(&mut session, 1_250.0);
        assert_eq!(callout(&session, &Id::from("s"), words), None);
        session.dispatch(Command::Fault(Fault::Crash { node: Id::from("s") })).expect("is there");
        go(&mut session, 2_250.0);
        let said = callout(&session, &Id::from("s"), words).expect("it is down");
        assert!(said.starts_with("Down since 1.2 s · 10 requests failed"), "{said}");
        session.dispatch(Command::Fault(Fault::Restart { node: Id::from("s") })).expect("is there");
        go(&mut session, 2_500.0);
        let incidents = session.engine().incidents();
        let first = incidents.first().expect("one happened");
        assert_eq!(span(first, words), "1.2 – 2.2 s");
    }
}
