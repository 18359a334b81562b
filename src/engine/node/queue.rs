//! A queue's node: how it looks from outside of the broker.

use crate::base::Micros;
use crate::engine::NodeIndex;
use crate::engine::broker::QueueIndex;
use crate::engine::ledger::Drops;
use crate::engine::metrics::{Level, RateWindow};

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
    pub(in crate::engine) dropped: Drops,
    pub(in crate::engine) depth: Level,
    since: Micros,
    pub(in crate::engine) arrivals: RateWindow,
    pub(in crate::engine) deliveries: RateWindow,
}

impl QueueNode {
    pub(in crate::engine) fn new(node: NodeIndex, queue: QueueIndex, exclusive: bool, now: Micros) -> QueueNode {
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
            exclusive,
            dropped: Drops::default(),
            depth,
            since: now,
            arrivals: RateWindow::default(),
            deliveries: RateWindow::default(),
        }
    }

    /// Takes the queue's present depth into account.
    #[inline]
    pub(in crate::engine) fn note_depth(&mut self, now: Micros, depth: u64) {
        self.depth.set(now, depth);
    }

    /// The depth on average since the queue is there.
    pub(in crate::engine) fn depth_mean(&self, now: Micros) -> f64 {
        let span = now.saturating_sub(self.since).0;
        if span == 0 { 0.0 } else { self.depth.area(now) as f64 / span as f64 }
    }
}
