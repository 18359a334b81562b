//! Edits on the script: what is added to the drawing, changed in it and taken away, and when.

use std::collections::BTreeSet;

use super::{Edge, Id, Node, Scenario};

/// An edit with its time. The document that it leaves behind has to be a good one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimedEdit {
    /// When it happens, in milliseconds of simulated time; before everything else at that instant.
    pub at_ms: f64,
    /// Nodes and edges that go; a node takes its edges with it.
    pub remove: Vec<Id>,
    /// Nodes that are added or, where the id is known, take the place of what was there.
    pub nodes: Vec<Node>,
    /// Edges that are added or, where the id is known, take the place of what was there.
    pub edges: Vec<Edge>,
}

impl TimedEdit {
    /// Makes the edit in a document.
    pub fn make(&self, scenario: &mut Scenario) {
        let gone: BTreeSet<&Id> = self.remove.iter().collect();
        scenario.nodes.retain(|node| !gone.contains(&node.id));
        scenario.edges.retain(|edge| ![&edge.id, &edge.from, &edge.to].iter().any(|id| gone.contains(id)));
        for node in &self.nodes {
            match scenario.nodes.iter_mut().find(|known| known.id == node.id) {
                Some(known) => *known = node.clone(),
                None => scenario.nodes.push(node.clone()),
            }
        }
        for edge in &self.edges {
            match scenario.edges.iter_mut().find(|known| known.id == edge.id) {
                Some(known) => *known = edge.clone(),
                None => scenario.edges.push(edge.clone()),
            }
        }
    }
}
