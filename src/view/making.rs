//! New nodes: what they are called, which kinds fit where, and where they stand.

use std::collections::BTreeMap;

use serde_json::json;

use super::{layout, spoken};
use crate::base::{Language, Point, Text};
use crate::editor::tool::{End, Side, snapped};
use crate::scenario::{NodeKind, Refusal, edge_kind_between};
use crate::session::{Command, Session};
use crate::words::Words;

/// A label in every language that no node has yet: the kind's name, with a number from the second one on.
fn free_label(session: &Session, kind: NodeKind) -> Text {
    let text = |number: usize| {
        let texts: BTreeMap<Language, String> = Language::ALL
            .into_iter()
            .map(|language| {
                let name = spoken::kind(kind, Words::of(language));
                (language, if number == 1 { name.to_owned() } else { format!("{name} {number}") })
            })
            .collect();
        Text::ByLanguage(texts)
    };
    let taken = |label: &Text| {
        session
            .scenario()
            .nodes
            .iter()
            .filter_map(|node| node.label.as_ref())
            .any(|known| Language::ALL.into_iter().any(|language| known.get(language) == label.get(language)))
    };
    // Of one label more than there are nodes, one is free.
    let numbers = 1..=session.scenario().nodes.len() + 1;
    numbers.map(text).find(|label| !taken(label)).unwrap_or_else(|| text(1))
}

/// The corner of an instrument with this middle.
pub fn corner(kind: NodeKind, middle: Point) -> Point {
    let (width, height) = layout::node_size(kind);
    middle.moved(-width / 2.0, -height / 2.0)
}

/// The command that adds a node of a kind with its corner at a place.
pub fn add(session: &Session, kind: NodeKind, corner: Point) -> Command {
    Command::AddNode { node: json!({ "kind": kind.name(), "label": free_label(session, kind), "at": snapped(corner) }) }
}

/// Whether an edge may lead from one kind to another, with a queue between if need be.
fn fits(from: NodeKind, to: NodeKind) -> bool {
    matches!(edge_kind_between(from, to), Ok(_) | Err(Refusal::ExchangeToConsumer))
}

/// The kinds that fit at an end, the usual one first.
pub fn fitting(session: &Session, end: &End) -> Vec<NodeKind> {
    let Some(node) = session.scenario().node(&end.node) else { return Vec::new() };
    let own = node.kind();
    let mut kinds: Vec<NodeKind> = NodeKind::ALL
        .into_iter()
        .filter(|kind| match end.side {
            Side::Out => fits(own, *kind),
            Side::In => fits(*kind, own),
        })
        .collect();
    if let Some(usual) = usual(own, end.side) {
        kinds.sort_by_key(|kind| *kind != usual);
    }
    kinds
}

/// What usually comes behind a kind, or before it.
fn usual(kind: NodeKind, side: Side) -> Option<NodeKind> {
    use NodeKind::{Client, Consumer, Database, Exchange, Producer, Queue, Service};
    match (kind, side) {
        (Producer | Exchange, Side::Out) | (Consumer, Side::In) => Some(Queue),
        (Queue, Side::Out) => Some(Consumer),
        (Client, Side::Out) | (Database, Side::In) => Some(Service),
        (Consumer | Service, Side::Out) => Some(Database),
        (Exchange | Queue, Side::In) => Some(Producer),
        (Service, Side::In) => Some(Client),
        (Producer | Client, Side::In) | (Database, Side::Out) => None,
    }
}

/// Between an instrument and the one that is put beside it.
const BESIDE: f64 = 120.0;

/// The corner of a new node beside another one, on nothing else.
pub fn place_beside(session: &Session, end: &End, kind: NodeKind) -> Option<Point> {
    let rect = layout::node_rect(session.scenario().node(&end.node)?);
    let x = match end.side {
        Side::Out => rect.origin.x + rect.width + BESIDE,
        Side::In => rect.origin.x - BESIDE - layout::node_size(kind).0,
    };
    Some(layout::free_place(session.scenario(), kind, snapped(Point::new(x, rect.origin.y))))
}

/// The corner of a node whose handle for an end is at a place.
pub fn corner_at_end(kind: NodeKind, side: Side, place: Point) -> Point {
    let (width, height) = layout::node_size(kind);
    match side {
        Side::Out => place.moved(0.0, -height / 2.0),
        Side::In => place.moved(-width, -height / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Id, Scenario};

    #[test]
    fn every_kind_gets_something_that_fits() {
        let mut session = Session::new(Scenario::default());
        for kind in NodeKind::ALL {
            let command = add(&session, kind, Point::default());
            let node = session.dispatch(command).expect("fits").made.expect("is made");
            for side in [Side::Out, Side::In] {
                let end = End { node: node.clone(), side };
                let kinds = fitting(&session, &end);
                assert_eq!(kinds.first().copied(), usual(kind, side), "{kind:?} {side:?}");
                for other in kinds {
                    let place = place_beside(&session, &end, other).expect("is there");
                    let mut fresh = session.clone();
                    let command = add(&fresh, other, place);
                    let made = fresh.dispatch(command).expect("fits").made.expect("is made");
                    let (from, to) = end.joined(&made);
                    let command = Command::Connect { from, to, latency_ms: None, routing_key: None };
                    fresh.dispatch(command).expect("fits");
                }
            }
        }
    }

    #[test]
    fn a_second_node_has_a_label_of_its_own() {
        let mut session = Session::new(Scenario::default());
        for place in [0.0, 400.0] {
            let command = add(&session, NodeKind::Queue, Point::new(place, 0.0));
            session.dispatch(command).expect("fits");
        }
        let label = |id: &str, language| {
            session
                .scenario()
                .node(&Id::from(id))
                .and_then(|node| node.label.clone())
                .map(|it| it.get(language).to_owned())
        };
        assert_eq!(label("queue-2", Language::English).as_deref(), Some("Queue 2"));
        assert_eq!(label("queue-2", Language::SimplifiedChinese).as_deref(), Some("队列 2"));
    }
}
