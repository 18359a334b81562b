//! States of a run that are kept, so that an earlier instant can be had again without replaying all that came before.

use std::rc::Rc;

use super::recorder::Recorder;
use super::samples::Samples;
use crate::base::Micros;
use crate::engine::Engine;
use crate::scenario::Scenario;

/// How much memory all of them may take, in bytes.
pub const BUDGET_BYTES: usize = 48 << 20;
/// What a single one may take at most.
const MOST_BYTES: usize = BUDGET_BYTES / 4;
/// How many there are at most.
const MOST: usize = 256;
/// The least work between two of them, in events: some milliseconds of replaying.
const LEAST_WORK: u64 = 16_384;
/// A large state is kept less often: copying so many bytes costs about as much as an event.
const BYTES_PER_EVENT: usize = 64;
/// What one costs beside its engine: the samples of a node, and the frame.
const SAMPLES_BYTES: usize = 2_048;

/// The state of a run at an instant: all events before it have been carried out.
#[derive(Clone)]
pub(super) struct Checkpoint {
    pub(super) engine: Engine,
    pub(super) recorder: Recorder,
    pub(super) samples: Samples,
    /// The document; the one before has the same one where nothing was edited in between.
    pub(super) scenario: Rc<Scenario>,
    /// How many entries of the log lay behind.
    pub(super) position: usize,
    pub(super) edits_followed: usize,
    /// What had to be done to get here: events and samples.
    pub(super) work: u64,
}

impl Checkpoint {
    /// The beginning of a run.
    pub(super) fn start(scenario: &Scenario) -> Checkpoint {
        Checkpoint {
            engine: Engine::new(scenario),
            recorder: Recorder::default(),
            samples: Samples::default(),
            scenario: Rc::new(scenario.clone()),
            position: 0,
            edits_followed: 0,
            work: 0,
        }
    }

    fn size_bytes(&self) -> usize {
        self.engine.size_bytes() + self.recorder.size_bytes() + self.engine.nodes_ever() * SAMPLES_BYTES
    }

    fn time(&self) -> Micros {
        self.engine.now()
    }
}

/// What is kept of one run, in order of time.
#[derive(Clone)]
pub(super) struct Checkpoints {
    kept: Vec<(Checkpoint, usize)>,
    bytes: usize,
    /// The least work between two of them.
    apart: u64,
}

impl Default for Checkpoints {
    fn default() -> Checkpoints {
        Checkpoints { kept: Vec::new(), bytes: 0, apart: LEAST_WORK }
    }
}

impl Checkpoints {
    /// None any more, and none will be.
    pub(super) fn never() -> Checkpoints {
        Checkpoints { apart: u64::MAX, ..Checkpoints::default() }
    }

    /// None any more; from now on the least work between two of them is this.
    pub(super) fn begin_anew(&mut self, apart: u64) {
        *self = Checkpoints { apart, ..Checkpoints::default() };
    }

    /// Whether a state should be kept that took so much work and takes so many bytes.
    pub(super) fn wants(&self, work: u64, engine: &Engine) -> bool {
        let place = self.kept.partition_point(|(kept, _)| kept.work <= work);
        let before = place.checked_sub(1).map_or(0, |place| self.kept[place].0.work);
        if work - before < self.apart {
            return false;
        }
        let bytes = engine.size_bytes();
        // Whoever asked for less has few events and small states.
        let apart = if self.apart < LEAST_WORK { self.apart } else { self.apart.max((bytes / BYTES_PER_EVENT) as u64) };
        // When the run is replayed, those that are there are good enough.
        let behind = self.kept.get(place).map_or(u64::MAX, |(kept, _)| kept.work - work);
        bytes <= MOST_BYTES && work - before >= apart && behind >= apart
    }

    /// Keeps a state; where there is no room, others go.
    pub(super) fn keep(&mut self, checkpoint: Checkpoint) {
        let bytes = checkpoint.size_bytes();
        let place = self.kept.partition_point(|(kept, _)| kept.work <= checkpoint.work);
        self.bytes += bytes;
        self.kept.insert(place, (checkpoint, bytes));
        while self.bytes > BUDGET_BYTES || self.kept.len() > MOST {
            let Some(place) = self.least_missed() else { break };
            self.bytes -= self.kept.remove(place).1;
        }
    }

    /// The one whose neighbours are closest together, measured by how long ago it was: what is recent is looked at again
    /// most often.
    fn least_missed(&self) -> Option<usize> {
        let last = self.kept.last()?.0.work;
        let gap = |place: usize| {
            let before = place.checked_sub(1).map_or(0, |place| self.kept[place].0.work);
            let behind = self.kept[place + 1].0.work;
            (behind - before) as f64 / (last - before) as f64
        };
        (0..self.kept.len() - 1).min_by(|a, b| gap(*a).total_cmp(&gap(*b)))
    }

    /// The last one before an instant, or at it, with which the log was no further than `position`.
    pub(super) fn before(&self, time: Micros, position: usize) -> Option<&Checkpoint> {
        self.before_work(position, |kept| kept.time() <= time)
    }

    /// The last one with at most so many events, with which the log was no further than `position`.
    pub(super) fn before_event(&self, events: u64, position: usize) -> Option<&Checkpoint> {
        self.before_work(position, |kept| kept.engine.events() <= events)
    }

    /// The last one before the copy of this number was made, with which the log was no further than `position`.
    pub(super) fn before_copy(&self, copy: u64, position: usize) -> Option<&Checkpoint> {
        self.before_work(position, |kept| kept.engine.ledger().made < copy)
    }

    fn before_work(&self, position: usize, early: impl Fn(&Checkpoint) -> bool) -> Option<&Checkpoint> {
        let behind = self.kept.partition_point(|(kept, _)| kept.position <= position && early(kept));
        Some(&self.kept.get(behind.checked_sub(1)?)?.0)
    }

    /// Forgets what lies behind an instant, or has more of the log.
    pub(super) fn forget_after(&mut self, time: Micros, events: u64, position: usize) {
        let stays =
            |kept: &Checkpoint| kept.time() <= time && kept.engine.events() <= events && kept.position <= position;
        let count = self.kept.partition_point(|(kept, _)| stays(kept));
        self.bytes -= self.kept.drain(count..).map(|(_, bytes)| bytes).sum::<usize>();
    }

    /// The document of the last one, if it is the same.
    pub(super) fn share(&self, scenario: &Scenario) -> Rc<Scenario> {
        let last = self.kept.last().map(|(kept, _)| &kept.scenario);
        last.filter(|last| ***last == *scenario).cloned().unwrap_or_else(|| Rc::new(scenario.clone()))
    }

    /// How many there are, and how many bytes they take.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.kept.len(), self.bytes)
    }
}
