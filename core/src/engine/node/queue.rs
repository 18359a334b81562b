//! A queue's node: how it looks from outside of the broker.

use std::collections::{BTreeSet, VecDeque};

use crate::base::Micros;
use crate::engine::NodeIndex;
use crate::engine::broker::QueueIndex;
use crate::engine::metrics::{Level, RateWindow};
use crate::scenario::REMEMBERED;

/// The figures of a queue's node. Its messages are in the broker.
#[derive(Clone)]
pub(in crate::engine) struct QueueNode {
    pub(in crate::engine) node: NodeIndex,
    pub(in crate::engine) queue: QueueIndex,
    pub(in crate::engine) enqueued: u64,
    pub(in crate::engine) delivered: u64,
    pub(in crate::engine) acked: u64,
    pub(in crate::engine) redelivered: u64,
    pub(in crate::engine) dead_lettered: u64,
    /// Whether it is its first consumer's alone.
    pub(in crate::engine) exclusive: bool,
    /// Whether what dies here goes on as a dead letter.
    pub(in crate::engine) has_dead_letters: bool,
    depth: Level,
    pub(in crate::engine) depth_most: u64,
    since: Micros,
    /// What its idempotent consumers have dealt with.
    pub(in crate::engine) dealt_with: Recent,
    /// So many of the next messages that it delivers are poisonous.
    pub(in crate::engine) poison: u32,
    pub(in crate::engine) arrivals: RateWindow,
    /// What came back to it.
    pub(in crate::engine) requeues: RateWindow,
    pub(in crate::engine) deliveries: RateWindow,
}

/// The last [`REMEMBERED`] message ids.
#[derive(Clone, Default)]
pub(in crate::engine) struct Recent {
    known: BTreeSet<u64>,
    order: VecDeque<u64>,
}

impl Recent {
    /// How much memory it takes, in bytes; the tree is about half full.
    pub(in crate::engine) fn size_bytes(&self) -> usize {
        self.order.len() * 3 * size_of::<u64>()
    }

    pub(in crate::engine) fn contains(&self, message: u64) -> bool {
        self.known.contains(&message)
    }

    /// Remembers one more; says whether it was new.
    pub(in crate::engine) fn insert(&mut self, message: u64) -> bool {
        let new = self.known.insert(message);
        if new {
            self.order.push_back(message);
            if self.order.len() > REMEMBERED
                && let Some(oldest) = self.order.pop_front()
            {
                self.known.remove(&oldest);
            }
        }
        new
    }
}

impl QueueNode {
    pub(in crate::engine) fn new(node: NodeIndex, queue: QueueIndex, now: Micros) -> QueueNode {
        let mut depth = Level::default();
        depth.set(now, 0);
        QueueNode {
            node,
            queue,
            enqueued: 0,
            delivered: 0,
            acked: 0,
            redelivered: 0,
            dead_lettered: 0,
            exclusive: false,
            has_dead_letters: false,
            depth,
            depth_most: 0,
            since: now,
            dealt_with: Recent::default(),
            poison: 0,
            arrivals: RateWindow::default(),
            requeues: RateWindow::default(),
            deliveries: RateWindow::default(),
        }
    }

    /// Takes the queue's present depth into account.
    #[inline]
    pub(in crate::engine) fn note_depth(&mut self, now: Micros, depth: u64) {
        self.depth.set(now, depth);
        self.depth_most = self.depth_most.max(depth);
    }

    /// The depth is measured from now on.
    pub(in crate::engine) fn begin_measuring(&mut self, now: Micros, depth: u64) {
        self.depth = Level::default();
        self.depth.set(now, depth);
        self.depth_most = depth;
        self.since = now;
    }

    /// The depth on average since the queue is there, or is measured.
    pub(in crate::engine) fn depth_mean(&self, now: Micros) -> f64 {
        let span = now.saturating_sub(self.since).0;
        if span == 0 { 0.0 } else { self.depth.area(now) as f64 / span as f64 }
    }
}
