//! Parts of a document as a document of their own, and putting such a document into another one.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Point;
use crate::scenario::{Edge, Id, Node, Note, Scenario};

/// What is copied: these nodes and notes with the edges among them, as a scenario that can stand by itself. What leads elsewhere
/// stays behind.
pub fn copied(scenario: &Scenario, ids: &BTreeSet<Id>) -> Scenario {
    let taken = |id: &Id| ids.contains(id);
    let mut nodes: Vec<Node> = scenario.nodes.iter().filter(|node| taken(&node.id)).cloned().collect();
    for node in &mut nodes {
        let elsewhere: Vec<Id> =
            node.settings.targets().into_iter().map(|(id, _)| id.clone()).filter(|id| !taken(id)).collect();
        for id in &elsewhere {
            node.settings.lead_no_longer_to(id);
        }
    }
    let edges = scenario.edges.iter().filter(|edge| taken(&edge.from) && taken(&edge.to)).cloned().collect();
    let notes = scenario.notes.iter().filter(|note| taken(&note.id)).cloned().collect();
    Scenario { title: scenario.title.clone(), nodes, edges, notes, ..Scenario::default() }
}

/// Parts that come into a document: with ids that nothing there has, and all that names one of them naming it still.
#[derive(Clone, Debug, PartialEq)]
pub struct Graft {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// The notes.
    pub notes: Vec<Note>,
}

impl Graft {
    /// Nodes, edges and notes, moved by `by`, as they can stand in `scenario`.
    pub fn new(scenario: &Scenario, nodes: &[Node], edges: &[Edge], notes: &[Note], by: Point) -> Graft {
        let mut taken: BTreeSet<Id> = scenario.ids().cloned().collect();
        let mut fresh = |id: &Id| {
            let free = free_id(id, &taken);
            taken.insert(free.clone());
            free
        };
        let ids: BTreeMap<&Id, Id> = nodes.iter().map(|node| (&node.id, fresh(&node.id))).collect();
        let renamed = |id: &Id| ids.get(id).cloned();
        let nodes = nodes.iter().map(|node| {
            let mut settings = node.settings.clone();
            settings.rename_targets(&renamed);
            let id = renamed(&node.id).unwrap_or_default();
            Node { id, at: node.at.moved(by.x, by.y), settings, ..node.clone() }
        });
        let nodes = nodes.collect();
        let notes =
            notes.iter().map(|note| Note { id: fresh(&note.id), at: note.at.moved(by.x, by.y), ..note.clone() });
        let notes = notes.collect();
        let edges = edges.iter().map(|edge| {
            let end = |id: &Id| renamed(id).unwrap_or_else(|| id.clone());
            Edge { id: fresh(&edge.id), from: end(&edge.from), to: end(&edge.to), ..edge.clone() }
        });
        Graft { nodes, edges: edges.collect(), notes }
    }
}

/// The id itself where it is free, or its stem with the first free number behind.
fn free_id(id: &Id, taken: &BTreeSet<Id>) -> Id {
    if !id.0.is_empty() && !taken.contains(id) {
        return id.clone();
    }
    let stem = match id.0.rsplit_once('-') {
        Some((stem, number)) if number.parse::<u32>().is_ok() => stem,
        _ => id.as_str(),
    };
    // Of one number more than there are ids, one is free.
    let mut numbered = (2..=taken.len() + 2).map(|number| Id(format!("{stem}-{number}")));
    numbered.find(|id| !taken.contains(id)).unwrap_or_default()
}
