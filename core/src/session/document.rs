//! What is edited of a document beside its nodes and edges: notes, colours, title and seed; one setting of several parts
//! at once; and what becomes of messages where parts go and come back.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Applied, Rejected, Session};
use crate::base::{Point, Text};
use crate::editor::{Change, Swap};
use crate::engine::{DropReason, Engine};
use crate::scenario::{Color, Edge, Id, Node, Note, Problem, Reason, Scenario, format, settings};

/// What became of the messages of parts that went, or that are back.
#[derive(Clone, Debug, PartialEq)]
pub struct Fate {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Edges that went or came for themselves, and not with one of the nodes.
    pub edges: Vec<Edge>,
    /// Whether they are back, without their messages; otherwise they are gone.
    pub back: bool,
    /// How many messages are gone.
    pub lost: u64,
}

/// How many messages went so far with nodes and edges that were taken away.
pub(super) fn gone_with_parts(engine: &Engine) -> u64 {
    let dropped = &engine.ledger().dropped;
    [DropReason::NodeRemoved, DropReason::EdgeRemoved, DropReason::QueueDeleted].map(|why| dropped.of(why)).iter().sum()
}

/// What is to be said of a change that has dropped `lost` messages, and brings back what had dropped `lost_before`.
pub(super) fn fates(change: &Change, lost: u64, lost_before: u64) -> Vec<Fate> {
    let fate = |back: bool, lost: u64| {
        let mut fate = Fate { nodes: Vec::new(), edges: Vec::new(), back, lost };
        for swap in &change.0 {
            match swap {
                Swap::Node { before: Some(node), after: None, .. } if !back => fate.nodes.push(node.clone()),
                Swap::Node { before: None, after: Some(node), .. } if back => fate.nodes.push(node.clone()),
                Swap::Edge { before: Some(edge), after: None, .. } if !back => fate.edges.push(edge.clone()),
                Swap::Edge { before: None, after: Some(edge), .. } if back => fate.edges.push(edge.clone()),
                _ => {}
            }
        }
        let with_node = |id: &Id| fate.nodes.iter().any(|node| node.id == *id);
        fate.edges.retain(|edge| !with_node(&edge.from) && !with_node(&edge.to));
        (lost > 0 && !(fate.nodes.is_empty() && fate.edges.is_empty())).then_some(fate)
    };
    fate(false, lost).into_iter().chain(fate(true, lost_before)).collect()
}

/// The swaps that take those of `ids` away that are notes, last first.
pub(super) fn without_notes(scenario: &Scenario, ids: &[Id]) -> Vec<Swap> {
    let notes = scenario.notes.iter().enumerate().rev().filter(|(_, note)| ids.contains(&note.id));
    notes.map(|(place, note)| Swap::Note { place, before: Some(note.clone()), after: None }).collect()
}

/// The swap that puts a note elsewhere; `None` where it is no note.
pub(super) fn note_moved(scenario: &Scenario, id: &Id, at: Point) -> Option<Swap> {
    note_swap(scenario, id, |note| Note { at, ..note.clone() })
}

fn note_swap(scenario: &Scenario, id: &Id, set: impl FnOnce(&Note) -> Note) -> Option<Swap> {
    let place = scenario.notes.iter().position(|note| note.id == *id)?;
    let before = &scenario.notes[place];
    Some(Swap::Note { place, before: Some(before.clone()), after: Some(set(before)) })
}

impl Session {
    pub(super) fn undo(&mut self) -> Applied {
        self.fork();
        let log_length = self.history.last_log_length();
        let Some((change, lost_before)) = self.history.undo(self.run.log().len()) else { return Applied::default() };
        // At the very instant at which it was done it never happened: what went with it is there again.
        let mut document = self.scenario().clone();
        change.make(&mut document);
        if let Some(length) = log_length.filter(|length| self.run.take_back(*length, document)) {
            self.history.took_back(length);
            self.arrived_elsewhere();
            return Applied::default();
        }
        let lost = self.make(&change);
        self.history.lost_by_undo(lost);
        Applied { made: None, fates: fates(&change, lost, lost_before) }
    }

    pub(super) fn redo(&mut self) -> Applied {
        self.fork();
        let Some((change, lost_before)) = self.history.redo(self.run.log().len()) else { return Applied::default() };
        let lost = self.make(&change);
        self.history.lost_by_step(lost);
        Applied { made: None, fates: fates(&change, lost, lost_before) }
    }

    pub(super) fn add_note(&mut self, mut note: Value) -> Result<Applied, Rejected> {
        if let Some(object) = note.as_object_mut()
            && !object.contains_key("id")
        {
            object.insert("id".to_owned(), self.scenario().free_id("note").0.into());
        }
        let note = format::note_from_value(note, "/note")?;
        if self.exists(&note.id) {
            return Err(Problem { pointer: "/note/id".to_owned(), reason: Reason::DuplicateId(note.id) }.into());
        }
        let place = self.scenario().notes.len();
        if place >= format::MOST_NODES {
            return Err(Reason::TooMany.into());
        }
        let made = Some(note.id.clone());
        let applied = self.edit(Change(vec![Swap::Note { place, before: None, after: Some(note) }]));
        Ok(Applied { made, ..applied })
    }

    pub(super) fn set_title(&mut self, title: Text) {
        let before = self.scenario().title.clone();
        if before != title {
            self.edit(Change(vec![Swap::Title { before, after: title }]));
        }
    }

    pub(super) fn set_seed(&mut self, seed: u64) -> Result<(), Rejected> {
        format::check_seed(seed, "/seed")?;
        let before = self.scenario().seed;
        if before != seed {
            self.edit(Change(vec![Swap::Seed { before, after: seed }]));
        }
        Ok(())
    }

    pub(super) fn set_color(&mut self, ids: &[Id], color: Option<Color>) -> Result<(), Rejected> {
        let scenario = self.scenario();
        let mut swaps = Vec::with_capacity(ids.len());
        for id in ids.iter().collect::<BTreeSet<_>>() {
            let swap = match note_swap(scenario, id, |note| Note { color, ..note.clone() }) {
                Some(swap) => swap,
                None => {
                    let node = self.require_node(id)?;
                    self.node_swap(node, Node { color, ..node.clone() })
                }
            };
            swaps.push(swap);
        }
        swaps.retain(changes_something);
        self.edit(Change(swaps));
        Ok(())
    }

    /// Sets one setting of several parts, in all of them or in none.
    pub(super) fn set_each(&mut self, ids: Vec<Id>, path: &str, value: &Value) -> Result<Applied, Rejected> {
        let mut change = Change::default();
        let mut refused = None;
        for id in ids.into_iter().collect::<BTreeSet<_>>() {
            match self.set_part(id, path, value.clone()) {
                Ok(mut swaps) => {
                    swaps.retain(changes_something);
                    let part = Change(swaps);
                    // What the next one is set to may hang on this one.
                    self.run.sketch(&part);
                    change.0.extend(part.0);
                }
                Err(rejected) => {
                    refused = Some(rejected);
                    break;
                }
            }
        }
        self.run.sketch(&change.inverse());
        match refused {
            Some(rejected) => Err(rejected),
            None => Ok(self.edit(change)),
        }
    }

    fn set_part(&self, id: Id, path: &str, value: Value) -> Result<Vec<Swap>, Rejected> {
        let scenario = self.scenario();
        if let Some(note) = scenario.note(&id) {
            let after = settings::set_note(note, path, value)?;
            return Ok(note_swap(scenario, &id, |_| after).into_iter().collect());
        }
        if scenario.edge(&id).is_some() {
            self.set(None, Some(id), path, value)
        } else {
            self.set(Some(id), None, path, value)
        }
    }
}

fn changes_something(swap: &Swap) -> bool {
    match swap {
        Swap::Node { before, after, .. } => before != after,
        Swap::Edge { before, after, .. } => before != after,
        Swap::Note { before, after, .. } => before != after,
        _ => true,
    }
}
