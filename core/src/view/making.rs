//! New nodes: what they are called, which kinds fit where, and where they stand.

use serde_json::json;

use super::{layout, spoken};
use crate::base::{Language, Point, Text};
use crate::editor::tool::{End, Side, snapped};
use crate::scenario::{NodeKind, Refusal, edge_kind_between};
use crate::session::{Command, Session};
use crate::words::Words;

/// A fresh node's label: what its kind is called, in every language. Where that is taken, the session adds a number.
fn usual_label(kind: NodeKind) -> Text {
    let name = |language| (language, spoken::kind(kind, Words::of(language)).to_owned());
    Text::ByLanguage(Language::ALL.into_iter().map(name).collect())
}

/// The corner of an instrument with this middle.
pub fn corner(kind: NodeKind, middle: Point) -> Point {
    let (width, height) = layout::node_size(kind);
    middle.moved(-width / 2.0, -height / 2.0)
}

/// The command that adds a node of a kind with its corner at a place.
pub fn add(kind: NodeKind, corner: Point) -> Command {
    Command::AddNode { node: json!({ "kind": kind.name(), "label": usual_label(kind), "at": snapped(corner) }) }
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
            let command = add(kind, Point::default());
            let node = session.dispatch(command).expect("fits").made.expect("is made");
            for side in [Side::Out, Side::In] {
                let end = End { node: node.clone(), side };
                let kinds = fitting(&session, &end);
                assert_eq!(kinds.first().copied(), usual(kind, side), "{kind:?} {side:?}");
                for other in kinds {
                    let place = place_beside(&session, &end, other).expect("is there");
                    let mut fresh = session.clone();
                    let command = add(other, place);
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
            let command = add(NodeKind::Queue, Point::new(place, 0.0));
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
