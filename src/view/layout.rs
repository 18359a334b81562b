//! Where things stand on the stage: the instruments of nodes, their handles, and the curves of edges.

use crate::base::{Curve, Point, Rect};
use crate::scenario::{Edge, Node, NodeKind, Scenario};

/// The size of a kind's instrument, in stage units.
pub fn node_size(kind: NodeKind) -> (f64, f64) {
    match kind {
        NodeKind::Producer => (176.0, 112.0),
        NodeKind::Queue => (208.0, 136.0),
        NodeKind::Consumer => (192.0, 124.0),
    }
}

/// Where a node's instrument stands.
pub fn node_rect(node: &Node) -> Rect {
    let (width, height) = node_size(node.kind());
    Rect::new(node.at, width, height)
}

/// The handle where edges arrive: the middle of the left side. A producer has none.
pub fn handle_in(node: &Node) -> Option<Point> {
    let rect = node_rect(node);
    (node.kind() != NodeKind::Producer).then(|| rect.origin.moved(0.0, rect.height / 2.0))
}

/// The handle where edges begin: the middle of the right side. A consumer has none.
pub fn handle_out(node: &Node) -> Option<Point> {
    let rect = node_rect(node);
    (node.kind() != NodeKind::Consumer).then(|| rect.origin.moved(rect.width, rect.height / 2.0))
}

/// The curve of an edge; `None` where one of its ends is missing.
pub fn edge_curve(scenario: &Scenario, edge: &Edge) -> Option<Curve> {
    let from = handle_out(scenario.node(&edge.from)?)?;
    let to = handle_in(scenario.node(&edge.to)?)?;
    Some(Curve::between(from, to))
}

/// The rectangle that holds all nodes; `None` for an empty stage.
pub fn content(scenario: &Scenario) -> Option<Rect> {
    scenario.nodes.iter().map(node_rect).reduce(|all, rect| all.union(&rect))
}
