//! A consumer: what it works on, and what waits in its hands.

use std::collections::VecDeque;

use crate::base::Micros;
use crate::engine::broker::SubscriptionIndex;
use crate::engine::copies::CopyIndex;
use crate::engine::histogram::Histogram;
use crate::engine::metrics::RateWindow;
use crate::engine::{ConsumerIndex, EdgeIndex, NodeIndex};
use crate::scenario::{ConsumerSettings, Id};

use super::slots::Slots;

/// A consumer's state.
#[derive(Clone)]
pub(in crate::engine) struct Consumer {
    pub(in crate::engine) node: NodeIndex,
    pub(in crate::engine) settings: ConsumerSettings,
    pub(in crate::engine) up: bool,
    /// The edges on which it is sent messages.
    pub(in crate::engine) edges: Vec<EdgeIndex>,
    /// The edges on which it calls and publishes.
    pub(in crate::engine) outward: Vec<EdgeIndex>,
    /// How often the taking of batches was begun anew: an earlier one is void.
    pub(in crate::engine) pulls_begun: u32,
    pub(in crate::engine) slots: Slots,
    /// Delivered copies that wait for a slot.
    pub(in crate::engine) waiting: VecDeque<CopyIndex>,
    pub(in crate::engine) delivered: u64,
    pub(in crate::engine) acked: u64,
    pub(in crate::engine) processed: u64,
    /// Messages it knew already and left alone.
    pub(in crate::engine) deduplicated: u64,
    pub(in crate::engine) published: u64,
    /// Handlers that failed.
    pub(in crate::engine) failed: u64,
    /// Whether a queue refused it, because another consumer has it for itself.
    pub(in crate::engine) refused: bool,
    pub(in crate::engine) redelivered: u64,
    pub(in crate::engine) end_to_end: Histogram,
    pub(in crate::engine) processing: RateWindow,
}

impl Consumer {
    pub(in crate::engine) fn new(
        node: NodeIndex,
        id: &Id,
        seed: u64,
        settings: &ConsumerSettings,
        now: Micros,
    ) -> Consumer {
        let mut consumer = Consumer {
            node,
            settings: settings.clone(),
            up: true,
            edges: Vec::new(),
            outward: Vec::new(),
            pulls_begun: 0,
            slots: Slots::new(seed, id, now),
            waiting: VecDeque::new(),
            delivered: 0,
            acked: 0,
            processed: 0,
            deduplicated: 0,
            published: 0,
            failed: 0,
            refused: false,
            redelivered: 0,
            end_to_end: Histogram::default(),
            processing: RateWindow::default(),
        };
        consumer.set(settings, now);
        consumer
    }

    /// New settings. Work that has begun goes on as it was.
    pub(in crate::engine) fn set(&mut self, settings: &ConsumerSettings, now: Micros) {
        self.settings = settings.clone();
        self.slots.set(settings.concurrency, settings.failure_rate, now);
    }

    /// How many messages are in its hands.
    pub(in crate::engine) fn holds(&self) -> usize {
        self.slots.working.len() + self.waiting.len()
    }
}

/// A subscribe edge's end at the broker.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct SubscribeEnd {
    pub(in crate::engine) consumer: ConsumerIndex,
    pub(in crate::engine) subscription: SubscriptionIndex,
}
