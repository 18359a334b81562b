//! Edits that bring whole parts into a document, or give an edge another end.

use std::collections::BTreeSet;

use super::{Applied, Rejected, Session, usual_key, usual_step};
use crate::base::Point;
use crate::editor::clipboard::{self, Graft};
use crate::editor::{Change, Swap};
use crate::scenario::{
    Edge, EdgeKind, Id, Node, NodeSettings, Note, Reason, Refusal, Scenario, edge_kind_between, format,
};

impl Session {
    /// What is copied of these nodes: they and the edges among them, as a scenario.
    pub fn copied(&self, ids: &BTreeSet<Id>) -> Scenario {
        clipboard::copied(self.scenario(), ids)
    }

    /// Puts another document's nodes and edges into this one and selects them; their corner at `at`.
    pub(super) fn paste(&mut self, scenario: serde_json::Value, at: Option<Point>) -> Result<Applied, Rejected> {
        let pasted = format::from_value(scenario).map_err(Rejected)?;
        if let Some(at) = at {
            format::check_place(at, "/at")?;
        }
        let places = pasted.nodes.iter().map(|node| node.at).chain(pasted.notes.iter().map(|note| note.at));
        let corner = places.reduce(|a, b| Point::new(a.x.min(b.x), a.y.min(b.y)));
        let by = match (at, corner) {
            (Some(at), Some(corner)) => Point::new(at.x - corner.x, at.y - corner.y),
            _ => Point::default(),
        };
        self.graft(Graft::new(self.scenario(), &pasted.nodes, &pasted.edges, &pasted.notes, by))
    }

    /// Second copies of nodes, with the edges among them and all that their settings lead to, beside the first; they are
    /// selected. `alike`: with the connections that lead into them too.
    pub(super) fn duplicate(&mut self, ids: &[Id], by: Point, alike: bool) -> Result<Applied, Rejected> {
        if let Some(id) = ids.iter().find(|id| !self.exists(id)) {
            return Err(Reason::NoSuchNode(id.clone()).into());
        }
        let scenario = self.scenario();
        let taken = |id: &Id| ids.contains(id);
        let nodes: Vec<Node> = scenario.nodes.iter().filter(|node| taken(&node.id)).cloned().collect();
        let comes = |edge: &&Edge| {
            // What a handler leads to is a part of its node; what other handlers lead to is a part of theirs.
            let by_handler = scenario.node(&edge.from).is_some_and(|node| leads(node, edge));
            match (taken(&edge.from), taken(&edge.to)) {
                (true, true) => true,
                (true, false) => by_handler || alike,
                (false, true) => alike && !by_handler,
                (false, false) => false,
            }
        };
        let edges: Vec<Edge> = scenario.edges.iter().filter(comes).cloned().collect();
        let notes: Vec<Note> = scenario.notes.iter().filter(|note| taken(&note.id)).cloned().collect();
        let graft = Graft::new(scenario, &nodes, &edges, &notes, by);
        self.graft(graft)
    }

    fn graft(&mut self, graft: Graft) -> Result<Applied, Rejected> {
        let Graft { mut nodes, edges, notes } = graft;
        let scenario = self.scenario();
        let full = |there: usize, more: usize| there + more > format::MOST_NODES;
        if full(scenario.nodes.len(), nodes.len())
            || full(scenario.edges.len(), edges.len())
            || full(scenario.notes.len(), notes.len())
        {
            return Err(Reason::TooMany.into());
        }
        for at in nodes.iter().map(|node| node.at).chain(notes.iter().map(|note| note.at)) {
            format::check_place(at, "/at")?;
        }
        // No two nodes are called the same.
        let mut grown = scenario.clone();
        for node in &mut nodes {
            node.label = grown.free_label(&node.id, node.label.take());
            grown.nodes.push(node.clone());
        }
        let made: BTreeSet<Id> =
            nodes.iter().map(|node| &node.id).chain(notes.iter().map(|note| &note.id)).cloned().collect();
        let nodes = nodes.into_iter().zip(scenario.nodes.len()..);
        let nodes = nodes.map(|(node, place)| Swap::Node { place, before: None, after: Some(node) });
        let edges = edges.into_iter().zip(scenario.edges.len()..);
        let edges = edges.map(|(edge, place)| Swap::Edge { place, before: None, after: Some(edge) });
        let notes = notes.into_iter().zip(scenario.notes.len()..);
        let notes = notes.map(|(note, place)| Swap::Note { place, before: None, after: Some(note) });
        let applied = self.edit(Change(nodes.chain(edges).chain(notes).collect()));
        let first = made.first().cloned();
        if !made.is_empty() {
            self.select(made);
        }
        Ok(Applied { made: first, ..applied })
    }

    /// Whether an edge may have these ends.
    ///
    /// # Errors
    /// Why it makes no sense.
    pub fn reconnection(&self, edge: &Id, from: &Id, to: &Id) -> Result<(), Reason> {
        let scenario = self.scenario();
        let edge = scenario.edge(edge).ok_or_else(|| Reason::NoSuchEdge(edge.clone()))?;
        if from == to {
            return Err(Reason::Connection(Refusal::Itself));
        }
        let (from_node, to_node) = (self.require_node(from)?, self.require_node(to)?);
        let kind = edge_kind_between(from_node.kind(), to_node.kind()).map_err(Reason::Connection)?;
        let twin = |other: &&Edge| other.id != edge.id && other.from == *from && other.to == *to;
        match scenario.edges.iter().find(twin) {
            Some(twin) if kind != EdgeKind::Bind => Err(Reason::DuplicateEdge(twin.id.clone())),
            _ => Ok(()),
        }
    }

    /// Gives an edge other ends. What it is set to stays as far as it still means something; steps of handlers that led
    /// along it lead along it still, and those of the node from which it is taken away go.
    pub(super) fn reconnect(&mut self, id: &Id, from: Option<Id>, to: Option<Id>) -> Result<Applied, Rejected> {
        let scenario = self.scenario();
        let place = scenario.edges.iter().position(|edge| edge.id == *id);
        let place = place.ok_or_else(|| Reason::NoSuchEdge(id.clone()))?;
        let before = scenario.edges[place].clone();
        let (from, to) = (from.unwrap_or_else(|| before.from.clone()), to.unwrap_or_else(|| before.to.clone()));
        self.reconnection(id, &from, &to)?;
        if from == before.from && to == before.to {
            return Ok(Applied::default());
        }
        let (from_node, to_node) = (self.require_node(&from)?, self.require_node(&to)?);
        let kind = edge_kind_between(from_node.kind(), to_node.kind()).map_err(Reason::Connection)?;
        let after = reconnected(scenario, &before, from_node, to_node, kind);
        // A binding cannot be cut or slow: the script forgets what it would have done to the edge.
        let mut swaps: Vec<Swap> =
            self.script_without(|timed| kind == EdgeKind::Bind && timed.fault.acts_on(id)).into_iter().collect();
        let old_from = self.require_node(&before.from)?;
        let mut settings = from_node.settings.clone();
        if leads(old_from, &before) {
            if from != before.from {
                let mut settings = old_from.settings.clone();
                settings.lead_no_longer_to(&before.to);
                swaps.push(self.node_swap(old_from, Node { settings, ..old_from.clone() }));
            } else if kind == before.kind {
                settings.rename_targets(&|id| (*id == before.to).then(|| to.clone()));
            } else {
                settings.lead_no_longer_to(&before.to);
            }
        }
        // A handler needs a step for where the edge leads now.
        if !settings.targets().contains(&(&after.to, after.kind))
            && let (Some(step), Some(handler)) = (usual_step(&after), settings.handler_mut())
        {
            handler.push(step);
        }
        if settings != from_node.settings {
            swaps.push(self.node_swap(from_node, Node { settings, ..from_node.clone() }));
        }
        // For the engine it is another edge under the same name: what is on the old one is dropped.
        swaps.push(Swap::Edge { place, before: Some(before), after: None });
        swaps.push(Swap::Edge { place, before: None, after: Some(after) });
        let applied = self.edit(Change(swaps));
        Ok(Applied { made: Some(id.clone()), ..applied })
    }
}

/// Whether the settings of a node lead along an edge.
fn leads(node: &Node, edge: &Edge) -> bool {
    node.settings.targets().contains(&(&edge.to, edge.kind))
}

/// An edge with other ends. What it is set to stays as far as it still means something.
fn reconnected(scenario: &Scenario, edge: &Edge, from: &Node, to: &Node, kind: EdgeKind) -> Edge {
    let fresh = Edge::new(edge.id.clone(), kind, from.id.clone(), to.id.clone());
    let bind = EdgeKind::Bind;
    match (edge.kind == bind, kind == bind) {
        (true, true) if from.id == edge.from || means_the_same(scenario, &edge.from, from) => {
            Edge { from: from.id.clone(), to: to.id.clone(), ..edge.clone() }
        }
        (_, true) => Edge { routing_key: usual_key(scenario, from), ..fresh },
        (true, false) => fresh,
        (false, false) => Edge { latency_ms: edge.latency_ms, loss: edge.loss, duplicate: edge.duplicate, ..fresh },
    }
}

/// Whether a binding's key and headers mean at another exchange what they mean at this one.
fn means_the_same(scenario: &Scenario, exchange: &Id, other: &Node) -> bool {
    let kind = |node: &Node| match &node.settings {
        NodeSettings::Exchange(exchange) => Some(exchange.kind),
        _ => None,
    };
    kind(other).is_some() && scenario.node(exchange).and_then(kind) == kind(other)
}
