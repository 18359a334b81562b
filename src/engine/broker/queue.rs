//! One queue: its ready messages in order, and the round of consumers that have room.

use std::collections::VecDeque;

use super::SubscriptionIndex;
use crate::engine::copies::{Copies, CopyIndex};
use crate::engine::histogram::Histogram;
use crate::scenario::{Overflow, QueueSettings};

/// A queue's messages and consumers.
#[derive(Clone)]
pub(in crate::engine) struct Queue {
    pub(super) durable: bool,
    pub(super) max_length: Option<u64>,
    pub(super) overflow: Overflow,
    /// Waiting messages, the next one in front; their positions rise.
    pub(super) ready: VecDeque<CopyIndex>,
    pub(super) unacked: u64,
    /// The round of subscriptions with room: whose turn it is, and the last (of no meaning while there is none).
    pub(super) first_in_round: SubscriptionIndex,
    pub(super) last_in_round: SubscriptionIndex,
    pub(super) next_position: u64,
    /// From the time a message was taken in until each of its deliveries.
    pub(super) wait: Histogram,
}

impl Queue {
    pub(super) fn new(settings: &QueueSettings) -> Queue {
        Queue {
            durable: settings.durable,
            max_length: settings.max_length,
            overflow: settings.overflow,
            ready: VecDeque::new(),
            unacked: 0,
            first_in_round: SubscriptionIndex::NONE,
            last_in_round: SubscriptionIndex::NONE,
            next_position: 0,
            wait: Histogram::default(),
        }
    }

    pub(super) fn set(&mut self, settings: &QueueSettings) {
        self.durable = settings.durable;
        self.max_length = settings.max_length;
        self.overflow = settings.overflow;
    }

    /// Whether a queue that refuses publishes refuses the next one.
    pub(super) fn is_full(&self) -> bool {
        self.max_length.is_some_and(|limit| self.ready.len() as u64 >= limit)
    }

    /// Whether the limit, which counts ready messages only, is exceeded.
    #[inline]
    pub(in crate::engine) fn is_over_limit(&self) -> bool {
        self.max_length.is_some_and(|limit| self.ready.len() as u64 > limit)
    }

    /// Puts a copy back to its old place among the ready ones.
    pub(super) fn put_back(&mut self, copies: &Copies, copy: CopyIndex, position: u64) {
        // Nearly always near the head: what was delivered stood before what waits.
        let place = self.ready.partition_point(|other| copies.get(*other).position < position);
        self.ready.insert(place, copy);
    }

    /// Ready messages.
    pub(in crate::engine) fn ready(&self) -> u64 {
        self.ready.len() as u64
    }

    /// Delivered messages that are not acked yet.
    pub(in crate::engine) fn unacked(&self) -> u64 {
        self.unacked
    }

    /// Ready and unacked messages: the backlog.
    #[inline]
    pub(in crate::engine) fn depth(&self) -> u64 {
        self.ready() + self.unacked
    }

    /// The next message to be delivered.
    pub(in crate::engine) fn head(&self) -> Option<CopyIndex> {
        self.ready.front().copied()
    }

    /// The first `count` ready messages, the next one first.
    pub(in crate::engine) fn first(&self, count: usize) -> impl Iterator<Item = CopyIndex> + '_ {
        self.ready.iter().take(count).copied()
    }

    /// How long messages waited until delivery.
    pub(in crate::engine) fn wait(&self) -> &Histogram {
        &self.wait
    }
}
