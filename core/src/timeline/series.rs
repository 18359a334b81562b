//! What a run has measured from its beginning on, in bounded memory: at first two samples a second, then, as it grows
//! longer, ever wider intervals. Counters stay exact; of what goes up and down, the extremes stay.
//!
//! Samples are taken at fixed simulated times. Whoever goes back and comes again takes the same ones: what is known
//! already is left as it is.

use super::samples::EVERY;
use crate::base::Micros;
use crate::engine::{DropReason, Engine, NodeIndex, Tally};

/// So many intervals are kept where there are few nodes, and where there are many.
const MOST: usize = 1_024;
const MOST_IN_A_CROWD: usize = 256;
/// From this many nodes on it is a crowd.
const CROWD: usize = 40;

/// A node in one interval.
#[derive(Clone, Copy, Debug, Default)]
pub struct Interval {
    /// What was counted by its end.
    pub tally: Tally,
    /// The least and the most that it had in its hands.
    pub level: [u64; 2],
    /// The percentiles 50, 95 and 99 of what it measured, in milliseconds: the worst of those that were taken. Not a
    /// number where nothing was measured.
    pub percentiles: [f32; 3],
}

/// Everything in one interval.
#[derive(Clone, Copy, Debug, Default)]
pub struct Overall {
    /// Copies made, and copies acked, by its end.
    pub made: u64,
    /// See `made`.
    pub acked: u64,
    /// Copies dropped by its end, by reason.
    pub dropped: [u64; DropReason::ALL.len()],
    /// Copies that wait or are unacked: the least, the most, and how many at its end.
    pub backlog: [u64; 3],
}

/// The intervals of one node; what it did before them is not known.
#[derive(Clone, Debug, Default)]
struct Row {
    since: usize,
    intervals: Vec<Interval>,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Series {
    /// How many samples have been taken: the last interval may lack some.
    taken: u64,
    /// How many samples go into an interval.
    width: u64,
    overall: Vec<Overall>,
    rows: Vec<Row>,
}

impl Default for Series {
    fn default() -> Series {
        Series { taken: 0, width: 1, overall: Vec::new(), rows: Vec::new() }
    }
}

impl Series {
    /// How long an interval is.
    pub fn interval(&self) -> Micros {
        Micros(EVERY.0 * self.width)
    }

    /// Where the last sample was taken.
    pub fn end(&self) -> Micros {
        Micros(self.taken.saturating_sub(1) * EVERY.0)
    }

    /// When an interval ends: where its last sample is taken, or was, if it is the last one.
    pub fn interval_end(&self, index: usize) -> Micros {
        Micros(((index as u64 + 1) * self.width - 1) * EVERY.0).min(self.end())
    }

    /// All intervals together, from the beginning on. The first one holds the beginning itself.
    pub fn overall(&self) -> &[Overall] {
        &self.overall
    }

    /// The intervals of a node, and the place of the first of them among all.
    pub fn of(&self, node: NodeIndex) -> (usize, &[Interval]) {
        self.rows.get(node.0 as usize).map_or((0, &[]), |row| (row.since, &row.intervals))
    }

    /// Takes sample `number`, unless it is known.
    pub(super) fn take(&mut self, number: u64, engine: &mut Engine) {
        let known = number < self.taken;
        let place = (number / self.width) as usize;
        let begins = number.is_multiple_of(self.width);
        for index in 0..engine.nodes_ever() {
            let node = NodeIndex(index as u32);
            // Also where it is known already: the next sample begins here.
            let percentiles = engine.take_lately(node).unwrap_or([f32::NAN; 3]);
            if known {
                continue;
            }
            if self.rows.len() <= index {
                self.rows.push(Row { since: place, intervals: Vec::new() });
            }
            let tally = engine.tally(node);
            let now = Interval { tally, level: [tally.level; 2], percentiles };
            let row = &mut self.rows[index];
            match row.intervals.last_mut().filter(|_| !begins) {
                Some(last) => *last = joined(last, &now),
                None => row.intervals.push(now),
            }
        }
        if known {
            return;
        }
        let ledger = engine.ledger();
        let backlog = ledger.ready + ledger.unacked;
        let dropped = DropReason::ALL.map(|reason| ledger.dropped.of(reason));
        let now = Overall { made: ledger.made, acked: ledger.acked, dropped, backlog: [backlog; 3] };
        match self.overall.last_mut().filter(|_| !begins) {
            Some(last) => *last = all_joined(last, &now),
            None => self.overall.push(now),
        }
        self.taken = number + 1;
        let most = if self.rows.len() >= CROWD { MOST_IN_A_CROWD } else { MOST };
        if self.overall.len() > most && self.taken.is_multiple_of(self.width) {
            self.widen();
        }
    }

    /// Intervals are twice as wide from now on.
    fn widen(&mut self) {
        self.width *= 2;
        let pairs = |pair: &[Overall]| pair[1..].iter().fold(pair[0], |one, other| all_joined(&one, other));
        self.overall = self.overall.chunks(2).map(pairs).collect();
        for row in &mut self.rows {
            // A row that begins in the middle of a pair has only its second half.
            let half = row.since % 2;
            let (first, others) = row.intervals.split_at(half.min(row.intervals.len()));
            let pairs = |pair: &[Interval]| pair[1..].iter().fold(pair[0], |one, other| joined(&one, other));
            row.intervals = first.iter().copied().chain(others.chunks(2).map(pairs)).collect();
            row.since /= 2;
        }
    }

    /// Forgets all samples from `taken` on. Where an interval would have lost a part of its own, all of it goes: the
    /// sample from which they have to be taken again.
    pub(super) fn forget_from(&mut self, taken: u64) -> Option<u64> {
        if taken >= self.taken {
            return None;
        }
        let whole = (taken / self.width) as usize;
        self.taken = whole as u64 * self.width;
        self.overall.truncate(whole);
        self.rows.retain(|row| row.since < whole);
        for row in &mut self.rows {
            row.intervals.truncate(whole - row.since);
        }
        (self.taken < taken).then_some(self.taken)
    }
}

/// Two intervals as one.
fn joined(first: &Interval, second: &Interval) -> Interval {
    let worst = |index: usize| first.percentiles[index].max(second.percentiles[index]);
    Interval {
        tally: second.tally,
        level: [first.level[0].min(second.level[0]), first.level[1].max(second.level[1])],
        percentiles: [worst(0), worst(1), worst(2)],
    }
}

fn all_joined(first: &Overall, second: &Overall) -> Overall {
    let backlog = [first.backlog[0].min(second.backlog[0]), first.backlog[1].max(second.backlog[1]), second.backlog[2]];
    Overall { backlog, ..*second }
}
