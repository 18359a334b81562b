//! What happens to a run by itself: faults and edits of the script, and chaos.

use super::alarm::Alarm;
use super::calendar::Due;
use super::event::Observer;
use super::random::{Purpose, Stream};
use super::world::Ends;
use super::{Engine, Member};
use crate::base::Micros;
use crate::scenario::{BROKER, Chaos, Fault, Id, TimedEdit, TimedFault};

/// The script of a run.
#[derive(Clone, Default)]
pub(super) struct Script {
    faults: Vec<Scripted>,
    edits: Vec<TimedEdit>,
    /// The edits that were made, in their order.
    made: Vec<usize>,
}

/// A fault of the script.
#[derive(Clone, Debug)]
struct Scripted {
    fault: TimedFault,
    /// Whether it is in the script still.
    stands: bool,
}

/// Chaos: faults at random.
#[derive(Clone)]
pub(super) struct Disorder {
    settings: Chaos,
    draws: Stream,
    /// How often it was set: what was due before is void.
    begun: u32,
}

impl Disorder {
    pub(super) fn new(seed: u64) -> Disorder {
        Disorder { settings: Chaos::default(), draws: Stream::new(seed, &Id::from(BROKER), Purpose::Chaos), begun: 0 }
    }
}

/// Edits come before faults at the same instant: a fault may hit what was just added.
const FAULTS_BEHIND_EDITS: u32 = 1 << 20;

impl Engine {
    /// The script is this one from now on. What stands in both goes on as it was; what is new and lies in the past
    /// does not happen.
    pub(super) fn set_script(&mut self, faults: &[TimedFault]) {
        let mut new: Vec<&TimedFault> = faults.iter().collect();
        for scripted in &mut self.script.faults {
            if scripted.stands {
                match new.iter().position(|fault| **fault == scripted.fault) {
                    Some(known) => drop(new.remove(known)),
                    None => scripted.stands = false,
                }
            }
        }
        for fault in new {
            let index = self.script.faults.len() as u32;
            let number = index + FAULTS_BEHIND_EDITS;
            let begins = Micros::from_ms(fault.at_ms);
            if begins >= self.world.now {
                let calendar = &mut self.world.calendar;
                calendar.schedule_first(begins, number, Due::FaultBegins(index));
                if let Some(for_ms) = fault.for_ms {
                    calendar.schedule_first(begins + Micros::from_ms(for_ms), number, Due::FaultEnds(index));
                }
            }
            self.script.faults.push(Scripted { fault: fault.clone(), stands: true });
        }
    }

    /// The edits that happen by themselves, from the beginning of a run.
    pub(super) fn set_edits(&mut self, edits: &[TimedEdit]) {
        for (number, edit) in (0u32..).zip(edits) {
            self.world.calendar.schedule_first(Micros::from_ms(edit.at_ms), number, Due::Edit(number));
        }
        self.script.edits = edits.to_vec();
    }

    /// The edits of the script that were made so far, in their order: the document has to follow them.
    pub fn edits_made(&self) -> impl Iterator<Item = &TimedEdit> {
        self.script.made.iter().map(|edit| &self.script.edits[*edit])
    }

    pub(super) fn scripted_fault<O: Observer>(&mut self, index: u32, begins: bool, observer: &mut O) {
        let Scripted { fault: TimedFault { fault, .. }, stands } = &self.script.faults[index as usize];
        let fault = if begins { Some(fault.clone()) } else { fault.opposite() };
        if let Some(fault) = fault.filter(|_| *stands) {
            // A fault on a node that was removed meanwhile has nothing to act on.
            let _ = self.apply_fault(&fault, observer);
        }
    }

    /// An edit of the script is made.
    pub(super) fn make_edit<O: Observer>(&mut self, index: u32, observer: &mut O) {
        let TimedEdit { remove, nodes, edges, .. } = self.script.edits[index as usize].clone();
        // A person may have taken away what it is about: then that part of it has nothing to act on.
        for id in &remove {
            if self.edge_index(id).is_some() {
                let _ = self.remove_edge(id, observer);
            } else {
                let _ = self.remove_node(id, observer);
            }
        }
        for node in &nodes {
            self.put_node(node, observer);
        }
        for edge in &edges {
            let _ = self.put_edge(edge, observer);
        }
        self.script.made.push(index as usize);
    }

    // ---- chaos ----

    /// There is so much chaos from now on.
    pub(super) fn set_chaos(&mut self, chaos: &Chaos) {
        self.chaos.settings = chaos.clone();
        self.chaos.begun += 1;
        self.await_chaos();
    }

    fn await_chaos(&mut self) {
        let Chaos { faults_per_min, .. } = self.chaos.settings;
        if faults_per_min > 0.0 {
            let wait = Micros((self.chaos.draws.exponential() * 60e6 / faults_per_min) as u64);
            let begun = self.chaos.begun;
            self.world.set_alarm(self.world.now + wait.max(Micros(1)), Alarm::Chaos { begun });
        }
    }

    /// A fault of the chaos begins: of a kind that is drawn, at a place that is drawn, for a time that is drawn.
    pub(super) fn chaos_strikes<O: Observer>(&mut self, begun: u32, observer: &mut O) {
        if self.chaos.begun != begun {
            return;
        }
        let faults = self.draw_place();
        if !faults.is_empty() {
            let fault = faults[self.draw_below(faults.len())].clone();
            let lasts = self.chaos.draws.exponential() * self.chaos.settings.mean_ms;
            if let Some(opposite) = fault.opposite() {
                let ends_at = self.world.now + Micros::from_ms(lasts).max(Micros(1));
                self.world.set_alarm(ends_at, Alarm::ChaosEnds(Box::new(opposite)));
            }
            let _ = self.apply_fault(&fault, observer);
        }
        self.await_chaos();
    }

    fn draw_below(&mut self, count: usize) -> usize {
        ((self.chaos.draws.unit() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// A node, the broker or an edge, each as likely as any other, and what may happen to it.
    fn draw_place(&mut self) -> Vec<Fault> {
        let world = &self.world;
        let stands = |id: &Id| self.node_index_of(id).is_some();
        let in_broker = |member: Member| matches!(member, Member::Queue(_) | Member::Exchange(_));
        let mut places: Vec<Vec<Fault>> = Vec::new();
        let mut has_broker = false;
        for entry in world.nodes.iter().filter(|entry| stands(&entry.id)) {
            if in_broker(entry.member) {
                has_broker = true;
                continue;
            }
            let node = || entry.id.clone();
            let mut faults = vec![Fault::Crash { node: node() }, Fault::Stall { node: node() }];
            match entry.member {
                Member::Consumer(_) | Member::Service(_) | Member::Database(_) => {
                    faults.push(Fault::Slow { node: node(), factor: 5.0 });
                    faults.push(Fault::ErrorRate { node: node(), rate: 0.5 });
                }
                Member::Producer(_) => faults.push(Fault::PoisonMessage { node: node() }),
                _ => {}
            }
            places.push(faults);
        }
        if has_broker {
            let node = || Id::from(BROKER);
            places.push(vec![
                Fault::Crash { node: node() },
                Fault::Stall { node: node() },
                Fault::MemoryAlarm { node: node() },
            ]);
        }
        for state in world.edges.iter().filter(|state| !state.removed && !matches!(state.ends, Ends::Bind(_))) {
            let edge = || state.id.clone();
            places.push(vec![
                Fault::Cut { edge: edge() },
                Fault::Hold { edge: edge() },
                Fault::Latency { edge: edge(), latency_ms: 200.0 },
                Fault::Loss { edge: edge(), rate: 0.2 },
                Fault::Duplicate { edge: edge(), rate: 0.2 },
            ]);
        }
        if places.is_empty() {
            return Vec::new();
        }
        let place = self.draw_below(places.len());
        places.swap_remove(place)
    }
}
