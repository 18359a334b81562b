//! A consumer: its slots, what it works on, and what waits in its hands.

use std::collections::VecDeque;

use crate::base::Micros;
use crate::engine::broker::SubscriptionIndex;
use crate::engine::copies::{CopyIndex, HeldMessage};
use crate::engine::histogram::Histogram;
use crate::engine::ledger::Drops;
use crate::engine::metrics::{Level, RateWindow};
use crate::engine::random::{Purpose, Sampler, Stream};
use crate::engine::{ConsumerIndex, EdgeIndex, NodeIndex};
use crate::scenario::{ConsumerSettings, Id, Step};

/// A consumer's state.
#[derive(Clone)]
pub(in crate::engine) struct Consumer {
    pub(in crate::engine) node: NodeIndex,
    pub(in crate::engine) settings: ConsumerSettings,
    pub(in crate::engine) up: bool,
    pub(in crate::engine) edges: Vec<EdgeIndex>,
    /// Indices of the works that occupy its slots.
    pub(in crate::engine) working: Vec<u32>,
    /// Delivered copies that wait for a slot.
    pub(in crate::engine) waiting: VecDeque<CopyIndex>,
    pub(in crate::engine) delivered: u64,
    pub(in crate::engine) acked: u64,
    pub(in crate::engine) processed: u64,
    /// Handlers that failed.
    pub(in crate::engine) failed: u64,
    /// Whether a queue refused it, because another consumer has it for itself.
    pub(in crate::engine) refused: bool,
    pub(in crate::engine) redelivered: u64,
    pub(in crate::engine) dropped: Drops,
    pub(in crate::engine) busy: Level,
    /// The integral of its slots over the time it existed: what utilisation is a part of.
    pub(in crate::engine) slots: Level,
    pub(in crate::engine) end_to_end: Histogram,
    pub(in crate::engine) processing: RateWindow,
    steps: Vec<Sampler>,
    durations: Stream,
    failures: Stream,
}

/// A message in one of a consumer's slots.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Work {
    pub(in crate::engine) consumer: ConsumerIndex,
    /// Its place among the consumer's works; `None`: the consumer crashed, and the work only waits for its
    /// event to pass.
    pub(in crate::engine) slot: Option<u32>,
    /// The message; its copy is to be acked.
    pub(in crate::engine) message: HeldMessage,
    pub(in crate::engine) step: u32,
    pub(in crate::engine) step_began_at: Micros,
    pub(in crate::engine) step_ends_at: Micros,
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
            working: Vec::new(),
            waiting: VecDeque::new(),
            delivered: 0,
            acked: 0,
            processed: 0,
            failed: 0,
            refused: false,
            redelivered: 0,
            dropped: Drops::default(),
            busy: Level::default(),
            slots: Level::default(),
            end_to_end: Histogram::default(),
            processing: RateWindow::default(),
            steps: Vec::new(),
            durations: Stream::new(seed, id, Purpose::Work),
            failures: Stream::new(seed, id, Purpose::Failures),
        };
        consumer.busy.set(now, 0);
        consumer.set(settings, now);
        consumer
    }

    /// New settings. Work that has begun keeps its present step; the steps after it are the new ones.
    pub(in crate::engine) fn set(&mut self, settings: &ConsumerSettings, now: Micros) {
        self.settings = settings.clone();
        self.slots.set(now, u64::from(settings.concurrency));
        self.steps = settings
            .handler
            .iter()
            .filter_map(|step| match step {
                Step::Work { ms } => Some(Sampler::new(ms)),
                _ => None,
            })
            .collect();
    }

    /// Whether a slot is free.
    #[inline]
    pub(in crate::engine) fn has_slot(&self) -> bool {
        (self.working.len() as u64) < u64::from(self.settings.concurrency)
    }

    /// How long step number `step` of the handler takes this time; `None` behind its end.
    #[inline]
    pub(in crate::engine) fn draw_step(&mut self, step: u32) -> Option<Micros> {
        let sampler = self.steps.get(step as usize)?;
        Some(sampler.sample(&mut self.durations))
    }

    /// Whether the handler fails this time.
    #[inline]
    pub(in crate::engine) fn draw_failure(&mut self) -> bool {
        self.settings.failure_rate > 0.0 && self.failures.unit() < self.settings.failure_rate
    }

    /// The busy part of its slots in about the last second, 0 to 1.
    pub(in crate::engine) fn utilisation_lately(&self, now: Micros) -> f64 {
        (self.busy.lately(now) / f64::from(self.settings.concurrency.max(1))).min(1.0)
    }

    /// The busy part of its slots since it exists, 0 to 1 (above 1 for a while after its slots were reduced).
    pub(in crate::engine) fn utilisation(&self, now: Micros) -> f64 {
        let slots = self.slots.area(now);
        if slots == 0 { 0.0 } else { self.busy.area(now) as f64 / slots as f64 }
    }
}

/// A subscribe edge's end at the broker.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct SubscribeEnd {
    pub(in crate::engine) consumer: ConsumerIndex,
    pub(in crate::engine) subscription: SubscriptionIndex,
}
