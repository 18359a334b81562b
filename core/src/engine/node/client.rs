//! A client: what it asks, and how long it had to wait.

use super::program::CallTerms;
use super::slots::Health;
use super::timetable::Timetable;
use crate::base::Micros;
use crate::engine::histogram::Histogram;
use crate::engine::metrics::RateWindow;
use crate::engine::random::{Purpose, Stream};
use crate::engine::{EdgeIndex, NodeIndex};
use crate::scenario::{ClientSettings, Id, Pattern};

/// A client's state.
#[derive(Clone)]
pub(in crate::engine) struct Client {
    pub(in crate::engine) node: NodeIndex,
    pub(in crate::engine) settings: ClientSettings,
    pub(in crate::engine) terms: CallTerms,
    pub(in crate::engine) up: bool,
    pub(in crate::engine) health: Health,
    pub(in crate::engine) timetable: Timetable,
    pub(in crate::engine) edges: Vec<EdgeIndex>,
    /// Which of its edges has the next turn.
    pub(in crate::engine) turn: usize,
    pub(in crate::engine) requests: u64,
    pub(in crate::engine) succeeded: u64,
    pub(in crate::engine) failed: u64,
    pub(in crate::engine) retried: u64,
    /// Users of a closed loop who wait or think.
    pub(in crate::engine) users: u32,
    /// How often it was begun anew: a thought of an earlier time is void.
    pub(in crate::engine) begun: u32,
    /// Requests that were due while it stood still, and those of them that are users'.
    pub(in crate::engine) held_back: u64,
    pub(in crate::engine) users_held_back: u32,
    pub(in crate::engine) response: Histogram,
    pub(in crate::engine) requesting: RateWindow,
    pub(in crate::engine) succeeding: RateWindow,
    pub(in crate::engine) failing: RateWindow,
    pub(in crate::engine) pauses: Stream,
}

impl Client {
    pub(in crate::engine) fn new(
        node: NodeIndex,
        id: &Id,
        seed: u64,
        settings: &ClientSettings,
        now: Micros,
    ) -> Client {
        let mut client = Client {
            node,
            settings: settings.clone(),
            terms: CallTerms::default(),
            up: true,
            health: Health::default(),
            timetable: Timetable::new(seed, id, &settings.pattern, now),
            edges: Vec::new(),
            turn: 0,
            requests: 0,
            succeeded: 0,
            failed: 0,
            retried: 0,
            users: 0,
            begun: 0,
            held_back: 0,
            users_held_back: 0,
            response: Histogram::default(),
            requesting: RateWindow::default(),
            succeeding: RateWindow::default(),
            failing: RateWindow::default(),
            pauses: Stream::new(seed, id, Purpose::Pauses),
        };
        client.set(settings, now);
        client
    }

    pub(in crate::engine) fn set(&mut self, settings: &ClientSettings, now: Micros) {
        self.settings = settings.clone();
        self.terms = CallTerms {
            timeout: settings.timeout_ms.map(Micros::from_ms),
            retries: settings.retries,
            backoff: settings.backoff.clone(),
        };
        self.timetable.set(&settings.pattern, self.up, now);
    }

    /// How many users there are to be, and how long each thinks.
    pub(in crate::engine) fn closed_loop(&self) -> Option<(u32, Micros)> {
        match self.settings.pattern {
            Pattern::ClosedLoop { users, think_ms } => Some((users, Micros::from_ms(think_ms))),
            _ => None,
        }
    }

    pub(in crate::engine) fn open(&self) -> u64 {
        self.requests - self.succeeded - self.failed
    }
}
