//! A change of the document as data, so that it can be done, undone and done again, and told to the engine.

use crate::base::Text;
use crate::engine::Action;
use crate::scenario::{BrokerSettings, Chaos, Edge, Id, Node, Note, Scenario, TimedFault};

/// One part of the document before and after; absent: not there.
#[derive(Clone, Debug, PartialEq)]
pub enum Swap {
    /// A node, with its place among the nodes.
    Node {
        /// Its index.
        place: usize,
        /// As it was.
        before: Option<Node>,
        /// As it is.
        after: Option<Node>,
    },
    /// An edge, with its place among the edges.
    Edge {
        /// Its index.
        place: usize,
        /// As it was.
        before: Option<Edge>,
        /// As it is.
        after: Option<Edge>,
    },
    /// A note, with its place among the notes.
    Note {
        /// Its index.
        place: usize,
        /// As it was.
        before: Option<Note>,
        /// As it is.
        after: Option<Note>,
    },
    /// What the document is called.
    Title {
        /// As it was.
        before: Text,
        /// As it is.
        after: Text,
    },
    /// The seed; a run that has begun keeps its own.
    Seed {
        /// As it was.
        before: u64,
        /// As it is.
        after: u64,
    },
    /// The broker's settings.
    Broker {
        /// As they were.
        before: BrokerSettings,
        /// As they are.
        after: BrokerSettings,
    },
    /// The script of faults.
    Script {
        /// As it was.
        before: Vec<TimedFault>,
        /// As it is.
        after: Vec<TimedFault>,
    },
    /// How much chaos there is.
    Chaos {
        /// As it was.
        before: Chaos,
        /// As it is.
        after: Chaos,
    },
}

/// Swaps that belong together, in the order in which they are made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change(pub Vec<Swap>);

impl Change {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The change that takes this one back.
    pub fn inverse(&self) -> Change {
        let swaps = self.0.iter().rev().map(|swap| match swap.clone() {
            Swap::Node { place, before, after } => Swap::Node { place, before: after, after: before },
            Swap::Edge { place, before, after } => Swap::Edge { place, before: after, after: before },
            Swap::Note { place, before, after } => Swap::Note { place, before: after, after: before },
            Swap::Title { before, after } => Swap::Title { before: after, after: before },
            Swap::Seed { before, after } => Swap::Seed { before: after, after: before },
            Swap::Broker { before, after } => Swap::Broker { before: after, after: before },
            Swap::Script { before, after } => Swap::Script { before: after, after: before },
            Swap::Chaos { before, after } => Swap::Chaos { before: after, after: before },
        });
        Change(swaps.collect())
    }

    /// Makes the change in a document.
    pub fn make(&self, scenario: &mut Scenario) {
        for swap in &self.0 {
            match swap {
                Swap::Node { place, before, after } => {
                    put(&mut scenario.nodes, *place, before.as_ref(), after, |node| &node.id);
                }
                Swap::Edge { place, before, after } => {
                    put(&mut scenario.edges, *place, before.as_ref(), after, |edge| &edge.id);
                }
                Swap::Note { place, before, after } => {
                    put(&mut scenario.notes, *place, before.as_ref(), after, |note| &note.id);
                }
                Swap::Title { after, .. } => scenario.title = after.clone(),
                Swap::Seed { after, .. } => scenario.seed = *after,
                Swap::Broker { after, .. } => scenario.broker = after.clone(),
                Swap::Script { after, .. } => scenario.faults = after.clone(),
                Swap::Chaos { after, .. } => scenario.chaos = after.clone(),
            }
        }
    }

    /// What the change means for a run; nothing, where only looks change: places, labels, colours, notes, the title, and
    /// the seed, which counts for the next run.
    pub fn actions(&self) -> Vec<Action> {
        self.0
            .iter()
            .filter_map(|swap| match swap {
                Swap::Node { before: Some(before), after: Some(after), .. } => {
                    (before.settings != after.settings).then(|| Action::PutNode(after.clone()))
                }
                Swap::Node { after: Some(after), .. } => Some(Action::PutNode(after.clone())),
                Swap::Node { before: Some(before), .. } => Some(Action::RemoveNode(before.id.clone())),
                Swap::Edge { after: Some(after), .. } => Some(Action::PutEdge(after.clone())),
                Swap::Edge { before: Some(before), .. } => Some(Action::RemoveEdge(before.id.clone())),
                Swap::Broker { after, .. } => Some(Action::SetBroker(after.clone())),
                Swap::Script { after, .. } => Some(Action::SetScript(after.clone())),
                Swap::Chaos { after, .. } => Some(Action::SetChaos(after.clone())),
                Swap::Node { .. } | Swap::Edge { .. } => None,
                Swap::Note { .. } | Swap::Title { .. } | Swap::Seed { .. } => None,
            })
            .collect()
    }

    /// Adds a later change, so that both become one step; what one part went through in between is forgotten.
    pub fn squash(&mut self, later: Change) {
        // A gesture sets the same parts again and again, in the same order.
        let likely = self.0.len().saturating_sub(later.0.len());
        for (likely, swap) in (likely..).zip(later.0) {
            let merged = likely < self.0.len() && self.absorbs(likely) && self.0[likely].absorb(&swap);
            if !merged && !self.0.last_mut().is_some_and(|last| last.absorb(&swap)) {
                self.0.push(swap);
            }
        }
    }

    /// Whether a later swap of the same part may be merged into the one at this place: what comes after it only sets other
    /// parts, and it does not matter which is set first.
    fn absorbs(&self, place: usize) -> bool {
        self.0[place..].iter().all(Swap::only_sets)
    }
}

impl Swap {
    /// Whether a part stays where it is and is only set.
    fn only_sets(&self) -> bool {
        match self {
            Swap::Node { before, after, .. } => before.is_some() && after.is_some(),
            Swap::Edge { before, after, .. } => before.is_some() && after.is_some(),
            Swap::Note { before, after, .. } => before.is_some() && after.is_some(),
            _ => true,
        }
    }

    /// Takes over what a later swap of the same part leads to. False, and nothing happens, where it is of another part.
    fn absorb(&mut self, later: &Swap) -> bool {
        if !later.only_sets() {
            return false;
        }
        match (self, later) {
            (Swap::Node { after: Some(mine), .. }, Swap::Node { after: Some(theirs), .. }) if mine.id == theirs.id => {
                mine.clone_from(theirs);
            }
            (Swap::Edge { after: Some(mine), .. }, Swap::Edge { after: Some(theirs), .. }) if mine.id == theirs.id => {
                mine.clone_from(theirs);
            }
            (Swap::Note { after: Some(mine), .. }, Swap::Note { after: Some(theirs), .. }) if mine.id == theirs.id => {
                mine.clone_from(theirs);
            }
            (Swap::Title { after: mine, .. }, Swap::Title { after: theirs, .. }) => mine.clone_from(theirs),
            (Swap::Seed { after: mine, .. }, Swap::Seed { after: theirs, .. }) => *mine = *theirs,
            (Swap::Broker { after: mine, .. }, Swap::Broker { after: theirs, .. }) => mine.clone_from(theirs),
            (Swap::Chaos { after: mine, .. }, Swap::Chaos { after: theirs, .. }) => mine.clone_from(theirs),
            _ => return false,
        }
        true
    }
}

fn put<T: Clone>(parts: &mut Vec<T>, place: usize, before: Option<&T>, after: &Option<T>, id: impl Fn(&T) -> &Id) {
    let found = before.and_then(|before| parts.iter().position(|part| id(part) == id(before)));
    match (found, after) {
        (Some(found), Some(after)) => parts[found] = after.clone(),
        (Some(found), None) => {
            parts.remove(found);
        }
        (None, Some(after)) => parts.insert(place.min(parts.len()), after.clone()),
        (None, None) => {}
    }
}
