//! A producer: what it publishes, and what it waits for.

use crate::base::Micros;
use std::rc::Rc;

use crate::engine::broker::content::Content;
use crate::engine::metrics::RateWindow;
use crate::engine::random::{Purpose, Stream};
use crate::engine::{EdgeIndex, NodeIndex};
use crate::scenario::{Id, ProducerSettings};

use super::slots::Health;
use super::timetable::Timetable;

/// A producer's state.
#[derive(Clone)]
pub(in crate::engine) struct Producer {
    pub(in crate::engine) node: NodeIndex,
    pub(in crate::engine) settings: ProducerSettings,
    pub(in crate::engine) up: bool,
    pub(in crate::engine) timetable: Timetable,
    pub(in crate::engine) edges: Vec<PublishEdge>,
    pub(in crate::engine) published: u64,
    pub(in crate::engine) confirmed: u64,
    pub(in crate::engine) nacked: u64,
    pub(in crate::engine) returned: u64,
    /// Publishes whose confirm is awaited.
    pub(in crate::engine) unconfirmed: u64,
    /// Messages that were due and could not be published yet.
    pub(in crate::engine) held_back: u64,
    /// Whether the next one of them is on its way out.
    pub(in crate::engine) releasing: bool,
    /// Whether it stands still.
    pub(in crate::engine) health: Health,
    /// So many of its next messages are poisonous.
    pub(in crate::engine) poison: u32,
    pub(in crate::engine) publishes: RateWindow,
    /// The weights of its routing keys, added up.
    weights: Vec<f64>,
    keys: Stream,
}

/// An edge on which a producer publishes, with what it publishes there: one content for each of its routing keys.
#[derive(Clone)]
pub(in crate::engine) struct PublishEdge {
    pub(in crate::engine) edge: EdgeIndex,
    pub(in crate::engine) contents: Vec<Rc<Content>>,
}

impl Producer {
    pub(in crate::engine) fn new(
        node: NodeIndex,
        id: &Id,
        seed: u64,
        settings: &ProducerSettings,
        now: Micros,
    ) -> Producer {
        let mut producer = Producer {
            node,
            settings: settings.clone(),
            up: true,
            timetable: Timetable::new(seed, id, &settings.pattern, now),
            edges: Vec::new(),
            published: 0,
            confirmed: 0,
            nacked: 0,
            returned: 0,
            unconfirmed: 0,
            held_back: 0,
            releasing: false,
            health: Health::default(),
            poison: 0,
            publishes: RateWindow::default(),
            weights: Vec::new(),
            keys: Stream::new(seed, id, Purpose::Keys),
        };
        producer.add_weights();
        producer
    }

    /// New settings.
    pub(in crate::engine) fn set(&mut self, settings: &ProducerSettings, now: Micros) {
        self.settings = settings.clone();
        self.add_weights();
        self.timetable.set(&settings.pattern, self.up, now);
    }

    fn add_weights(&mut self) {
        let mut sum = 0.0;
        self.weights.clear();
        for key in &self.settings.message.routing_keys {
            sum += key.weight;
            self.weights.push(sum);
        }
    }

    /// Which of its routing keys the next message has.
    #[inline]
    pub(in crate::engine) fn draw_key(&mut self) -> usize {
        if self.weights.len() < 2 {
            return 0;
        }
        let drawn = self.keys.unit() * self.weights[self.weights.len() - 1];
        self.weights.partition_point(|sum| *sum <= drawn).min(self.weights.len() - 1)
    }

    /// Counts one more publish; says whether its confirm is awaited.
    #[inline(always)]
    pub(in crate::engine) fn sends(&mut self, now: Micros) -> bool {
        self.published += 1;
        self.publishes.count(now);
        let confirms = self.settings.confirms.is_some();
        self.unconfirmed += u64::from(confirms);
        confirms
    }

    /// Whether as many messages are unconfirmed as may be.
    #[inline]
    pub(in crate::engine) fn window_is_full(&self) -> bool {
        self.settings
            .confirms
            .as_ref()
            .is_some_and(|confirms| confirms.max_unconfirmed > 0 && self.unconfirmed >= confirms.max_unconfirmed)
    }

    /// Stops publishing.
    pub(in crate::engine) fn crash(&mut self) {
        self.up = false;
        self.timetable.stop();
        self.held_back = 0;
    }

    /// Publishes again, its schedule begun anew.
    pub(in crate::engine) fn restart(&mut self, now: Micros) {
        self.up = true;
        self.timetable.restart(now);
    }
}
