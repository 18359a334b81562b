//! What lies beside something, for the keyboard's focus: where it goes when what had it is gone.

use super::layout;
use crate::scenario::{Id, Scenario};

/// What gets the focus when these nodes and edges are removed: where an edge began; the node before or behind; the one
/// that stands before in the order in which messages flow, or the next one. `None`: nothing is left.
pub fn after_removal(scenario: &Scenario, removed: &[Id]) -> Option<Id> {
    let stays = |id: &&Id| !removed.contains(id);
    let first = removed.first()?;
    if let Some(edge) = scenario.edge(first) {
        return [&edge.from, &edge.to].into_iter().find(stays).cloned();
    }
    let before = scenario.edges.iter().filter(|edge| edge.to == *first).map(|edge| &edge.from);
    let behind = scenario.edges.iter().filter(|edge| edge.from == *first).map(|edge| &edge.to);
    let order: Vec<&Id> = layout::flow_order(scenario).into_iter().map(|index| &scenario.nodes[index].id).collect();
    let here = order.iter().position(|id| *id == first).unwrap_or_default();
    let (earlier, later) = order.split_at(here);
    before.chain(behind).chain(earlier.iter().rev().copied()).chain(later.iter().copied()).find(stays).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Point;
    use crate::scenario::{Edge, EdgeKind, Node, NodeKind};

    fn scenario() -> Scenario {
        let node = |(index, id): (usize, &&str)| Node {
            color: None,
            id: Id::from(*id),
            label: None,
            at: Point::new(300.0 * index as f64, 0.0),
            settings: NodeKind::Exchange.default_settings(),
        };
        let edge =
            |id: &str, from: &str, to: &str| Edge::new(Id::from(id), EdgeKind::Bind, Id::from(from), Id::from(to));
        Scenario {
            nodes: ["a", "b", "c", "alone"].iter().enumerate().map(node).collect(),
            edges: vec![edge("ab", "a", "b"), edge("bc", "b", "c")],
            ..Scenario::default()
        }
    }

    #[test]
    fn the_focus_goes_to_a_neighbour() {
        let scenario = scenario();
        let after = |ids: &[&str]| {
            let ids: Vec<Id> = ids.iter().map(|id| Id::from(*id)).collect();
            after_removal(&scenario, &ids).map(|id| id.0)
        };
        assert_eq!(after(&["b"]).as_deref(), Some("a"));
        assert_eq!(after(&["a"]).as_deref(), Some("b"));
        assert_eq!(after(&["b", "a"]).as_deref(), Some("c"));
        assert_eq!(after(&["bc"]).as_deref(), Some("b"));
        assert_eq!(after(&["bc", "b"]).as_deref(), Some("c"));
        assert_eq!(after(&["alone"]).as_deref(), Some("c"));
        assert_eq!(after(&["a", "b", "c", "alone"]), None);
        assert_eq!(after(&[]), None);
    }
}
