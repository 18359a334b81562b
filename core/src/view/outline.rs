//! The outline: what is on the stage as a list, in the order in which messages flow; under each node the edges that
//! leave it.

use std::collections::BTreeSet;

use super::layout;
use crate::scenario::{EdgeKind, Id, NodeKind, Scenario};

/// More parts than this are not all shown at once: the edges of a node then open with it.
const MOST_OPEN: usize = 100;

/// What a line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A node; whether its edges are shown, where it has some.
    Node(NodeKind, Option<bool>),
    /// An edge that leaves the node above.
    Edge(EdgeKind),
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The node or edge.
    pub id: Id,
    /// Which of them.
    pub part: Part,
    /// Its place among its kind: from 1 on, and how many there are.
    pub place: (usize, usize),
}

impl Line {
    /// Whether it is an edge, below its node.
    pub fn is_edge(&self) -> bool {
        matches!(self.part, Part::Edge(_))
    }
}

/// The lines that are shown. `turned` are the nodes that a person has opened, or closed where all are open.
pub fn lines(scenario: &Scenario, turned: &BTreeSet<Id>) -> Vec<Line> {
    let all_open = scenario.nodes.len() + scenario.edges.len() <= MOST_OPEN;
    let mut lines = Vec::with_capacity(scenario.nodes.len());
    for (place, index) in layout::flow_order(scenario).into_iter().enumerate() {
        let node = &scenario.nodes[index];
        let edges: Vec<_> = scenario.edges.iter().filter(|edge| edge.from == node.id).collect();
        let open = all_open != turned.contains(&node.id);
        let state = (!edges.is_empty()).then_some(open);
        lines.push(Line {
            id: node.id.clone(),
            part: Part::Node(node.kind(), state),
            place: (place + 1, scenario.nodes.len()),
        });
        if open {
            let count = edges.len();
            lines.extend(edges.into_iter().enumerate().map(|(place, edge)| Line {
                id: edge.id.clone(),
                part: Part::Edge(edge.kind),
                place: (place + 1, count),
            }));
        }
    }
    lines
}

/// The node of a line: itself, or the one above.
pub fn node_above(lines: &[Line], index: usize) -> Option<usize> {
    (0..=index.min(lines.len().checked_sub(1)?)).rev().find(|index| !lines[*index].is_edge())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Point;
    use crate::scenario::{Edge, Node};

    fn chain(count: usize) -> Scenario {
        let id = |number: usize| Id(format!("n{number:03}"));
        let nodes = (0..count).map(|number| Node {
            color: None,
            id: id(number),
            label: None,
            at: Point::default(),
            settings: NodeKind::Exchange.default_settings(),
        });
        let edges =
            (1..count).map(|number| Edge::new(Id(format!("e{number}")), EdgeKind::Bind, id(number - 1), id(number)));
        Scenario { nodes: nodes.collect(), edges: edges.collect(), ..Scenario::default() }
    }

    #[test]
    fn edges_stand_below_the_node_that_they_leave() {
        let lines = lines(&chain(3), &BTreeSet::new());
        let ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
        assert_eq!(ids, ["n000", "e1", "n001", "e2", "n002"]);
        assert_eq!(lines[1].part, Part::Edge(EdgeKind::Bind));
        assert_eq!(lines[4].part, Part::Node(NodeKind::Exchange, None));
        assert_eq!(lines[2].place, (2, 3));
        assert_eq!(node_above(&lines, 3), Some(2));
        assert_eq!(node_above(&lines, 9), Some(4));
        assert_eq!(node_above(&[], 0), None);
    }

    #[test]
    fn a_node_is_closed_by_a_person_and_a_crowd_by_itself() {
        let closed = BTreeSet::from([Id::from("n000")]);
        assert_eq!(lines(&chain(3), &closed).len(), 4);
        assert_eq!(lines(&chain(80), &BTreeSet::new()).len(), 80);
        assert_eq!(lines(&chain(80), &closed).len(), 81);
    }
}
