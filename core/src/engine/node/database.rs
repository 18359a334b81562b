//! A database: its load of the last second, and what it does with too much.

use std::collections::VecDeque;

use super::slots::Health;
use crate::base::Micros;
use crate::engine::histogram::Histogram;
use crate::engine::random::{Purpose, Sampler, Stream};
use crate::engine::{EdgeIndex, NodeIndex};
use crate::scenario::{DatabaseSettings, Id};

/// A database's state.
#[derive(Clone)]
pub(in crate::engine) struct Database {
    pub(in crate::engine) node: NodeIndex,
    pub(in crate::engine) settings: DatabaseSettings,
    pub(in crate::engine) up: bool,
    /// How often it was told to restart, or has crashed: the end of an older restart is void, and so is what it had
    /// begun before.
    pub(in crate::engine) changes: u32,
    pub(in crate::engine) back_at: Option<Micros>,
    pub(in crate::engine) health: Health,
    pub(in crate::engine) calls: u64,
    pub(in crate::engine) answered: u64,
    pub(in crate::engine) rejected: u64,
    pub(in crate::engine) failed: u64,
    pub(in crate::engine) crashes: u64,
    pub(in crate::engine) open: u64,
    pub(in crate::engine) most_per_s: u64,
    pub(in crate::engine) answering: Histogram,
    /// What arrived, and what it began, within the last second. They differ where it refuses or slows down.
    pub(in crate::engine) arrivals: Second,
    pub(in crate::engine) begun: Second,
    latency: Sampler,
    durations: Stream,
    failures: Stream,
}

/// A call that a database works on.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Query {
    pub(in crate::engine) edge: EdgeIndex,
    pub(in crate::engine) call: u32,
    pub(in crate::engine) attempt: u64,
    pub(in crate::engine) arrived_at: Micros,
    pub(in crate::engine) ends_at: Micros,
    /// Whether its event is in the calendar.
    pub(in crate::engine) scheduled: bool,
}

/// The instants of the last half-open second (t − 1 s, t].
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Second {
    instants: VecDeque<Micros>,
}

impl Second {
    /// How many there are, at `now`.
    pub(in crate::engine) fn count(&self, now: Micros) -> u64 {
        let gone = self.instants.partition_point(|instant| is_past(*instant, now));
        (self.instants.len() - gone) as u64
    }

    /// One more; says how many there are with it. Instants come in order.
    pub(in crate::engine) fn add(&mut self, instant: Micros) -> u64 {
        while self.instants.front().is_some_and(|first| is_past(*first, instant)) {
            self.instants.pop_front();
        }
        self.instants.push_back(instant);
        self.instants.len() as u64
    }

    /// The first instant from `now` on, and not before the last one, at which there is room for one more.
    pub(in crate::engine) fn room_at(&self, now: Micros, capacity: u64) -> Micros {
        let earliest = self.instants.back().map_or(now, |last| now.max(*last));
        let waits_for = (self.instants.len() as u64).checked_sub(capacity);
        match waits_for.and_then(|place| self.instants.get(place as usize)) {
            // That one leaves the second exactly a second after it has come.
            Some(instant) => earliest.max(*instant + Micros::SECOND),
            None => earliest,
        }
    }

    pub(in crate::engine) fn clear(&mut self) {
        self.instants.clear();
    }
}

fn is_past(instant: Micros, now: Micros) -> bool {
    instant + Micros::SECOND <= now
}

impl Database {
    pub(in crate::engine) fn new(node: NodeIndex, id: &Id, seed: u64, settings: &DatabaseSettings) -> Database {
        Database {
            node,
            settings: settings.clone(),
            up: true,
            changes: 0,
            back_at: None,
            health: Health::default(),
            calls: 0,
            answered: 0,
            rejected: 0,
            failed: 0,
            crashes: 0,
            open: 0,
            most_per_s: 0,
            answering: Histogram::default(),
            arrivals: Second::default(),
            begun: Second::default(),
            latency: Sampler::new(&settings.latency_ms),
            durations: Stream::new(seed, id, Purpose::Work),
            failures: Stream::new(seed, id, Purpose::Failures),
        }
    }

    pub(in crate::engine) fn set(&mut self, settings: &DatabaseSettings) {
        self.latency = Sampler::new(&settings.latency_ms);
        self.settings = settings.clone();
    }

    pub(in crate::engine) fn draw(&mut self) -> Micros {
        self.health.stretched(self.latency.sample(&mut self.durations))
    }

    pub(in crate::engine) fn draw_failure(&mut self) -> bool {
        self.health.error_rate > 0.0 && self.failures.unit() < self.health.error_rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_half_open() {
        let mut second = Second::default();
        assert_eq!(second.add(Micros(0)), 1);
        assert_eq!(second.add(Micros(500_000)), 2);
        assert_eq!(second.add(Micros(999_999)), 3);
        // (0, 1 s] has lost the instant 0.
        assert_eq!(second.add(Micros(1_000_000)), 3);
        assert_eq!(second.count(Micros(1_499_999)), 3);
        assert_eq!(second.count(Micros(1_500_000)), 2);
    }

    #[test]
    fn there_is_room_when_the_second_has_passed() {
        let mut second = Second::default();
        for instant in [0, 100, 200] {
            second.add(Micros(instant));
        }
        assert_eq!(second.room_at(Micros(300), 4), Micros(300));
        assert_eq!(second.room_at(Micros(300), 3), Micros(1_000_000));
        assert_eq!(second.room_at(Micros(300), 1), Micros(1_000_200));
        second.add(Micros(1_000_000));
        assert_eq!(second.room_at(Micros(400), 3), Micros(1_000_100));
    }
}
