//! Figures over the last minute: taken at fixed simulated times, so that they are the same at every speed, and the same
//! again when the run is replayed.

use crate::base::Micros;
use crate::engine::{Engine, GAUGES, NodeIndex};

/// The time from one sample to the next.
pub const EVERY: Micros = Micros(500_000);
/// How many samples are kept: a minute.
pub const KEPT: usize = 120;

/// The samples of one node.
#[derive(Clone)]
struct Row {
    /// The number of the first sample that it has.
    since: u64,
    ring: Box<[[f32; GAUGES]; KEPT]>,
}

/// The samples of all nodes.
#[derive(Clone, Default)]
pub struct Samples {
    taken: u64,
    rows: Vec<Row>,
}

impl Samples {
    /// How many have been taken.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// When the next sample is to be taken.
    pub fn due(&self) -> Micros {
        Micros(self.taken * EVERY.0)
    }

    /// Takes a sample of every node.
    pub(super) fn take(&mut self, engine: &Engine) {
        let since = self.taken;
        self.rows.resize_with(engine.nodes_ever(), || Row { since, ring: Box::new([[0.0; GAUGES]; KEPT]) });
        for (index, row) in self.rows.iter_mut().enumerate() {
            row.ring[(since % KEPT as u64) as usize] = engine.gauges(NodeIndex(index as u32));
        }
        self.taken += 1;
    }

    /// The samples of a node, oldest first.
    pub fn of(&self, node: NodeIndex) -> impl Iterator<Item = [f32; GAUGES]> {
        let row = self.rows.get(node.0 as usize);
        let taken = self.taken;
        row.into_iter().flat_map(move |row| {
            let oldest = row.since.max(taken.saturating_sub(KEPT as u64));
            (oldest..taken).map(|number| row.ring[(number % KEPT as u64) as usize])
        })
    }
}
