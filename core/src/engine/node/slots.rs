//! What runs a handler, a consumer or a service: its slots, and how it fares.

use std::rc::Rc;

use super::program::{Part, Parts, Program};
use crate::base::Micros;
use crate::engine::copies::HeldMessage;
use crate::engine::incident::IncidentNumber;
use crate::engine::metrics::{Level, RecentLevel};
use crate::engine::random::{Purpose, Sampler, Stream};
use crate::engine::report::Condition;
use crate::engine::{ConsumerIndex, EdgeIndex, ServiceIndex};
use crate::scenario::{Backoff, Id};

/// Publishing takes no less, so that messages that come back to who has published them take time to go round.
pub(in crate::engine) const SOONEST_PUBLISH: Micros = Micros(1);

/// Who runs a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Worker {
    Consumer(ConsumerIndex),
    Service(ServiceIndex),
}

/// The slots of a worker.
#[derive(Clone)]
pub(in crate::engine) struct Slots {
    /// Indices of the works that occupy its slots.
    pub(in crate::engine) working: Vec<u32>,
    /// How many slots there are.
    pub(in crate::engine) count: u32,
    pub(in crate::engine) busy: RecentLevel,
    /// The integral of its slots over the time it existed: what utilisation is a part of.
    offered: Level,
    /// Both integrals when it began to be measured.
    measured_from: (u128, u128),
    pub(in crate::engine) program: Rc<Program>,
    pub(in crate::engine) health: Health,
    /// The share of handlers that fail, by its settings.
    pub(in crate::engine) failure_rate: f64,
    durations: Stream,
    failures: Stream,
    pauses: Stream,
}

/// What is wrong with a node that is not down.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Health {
    /// Since when it stands still.
    pub(in crate::engine) stalled_at: Option<Micros>,
    /// How many times as long work takes that it begins now.
    pub(in crate::engine) slow: f64,
    /// The share of its work that fails for a fault.
    pub(in crate::engine) error_rate: f64,
}

impl Default for Health {
    fn default() -> Health {
        Health { stalled_at: None, slow: 1.0, error_rate: 0.0 }
    }
}

impl Health {
    #[inline]
    pub(in crate::engine) fn is_stalled(&self) -> bool {
        self.stalled_at.is_some()
    }

    /// How long something takes.
    #[inline]
    pub(in crate::engine) fn stretched(&self, duration: Micros) -> Micros {
        if self.slow == 1.0 { duration } else { duration.times(self.slow) }
    }

    pub(in crate::engine) fn condition(&self) -> Condition {
        Condition { stalled: self.is_stalled(), slow: self.slow, error_rate: self.error_rate }
    }
}

/// Why a handler fails that has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum EndsBadly {
    /// At the rate that its settings say.
    Failing,
    /// At a fault's rate.
    Errors,
}

/// Something in a slot: a message, or a request.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) enum Job {
    Message(HeldMessage),
    Request(Request),
}

/// A request that a service has taken.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Request {
    pub(in crate::engine) edge: EdgeIndex,
    /// The call that it is an attempt of, and which one: the call may be over before it is answered.
    pub(in crate::engine) call: u32,
    pub(in crate::engine) attempt: u64,
    pub(in crate::engine) arrived_at: Micros,
}

/// A job in its slot.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Work {
    pub(in crate::engine) worker: Worker,
    /// Its place among the works of its worker; `None`: the worker crashed, and the work only waits for its events to
    /// pass.
    pub(in crate::engine) slot: Option<u32>,
    /// How many events of the calendar are its own.
    pub(in crate::engine) events: u32,
    /// A message's copy is to be acked.
    pub(in crate::engine) job: Job,
    pub(in crate::engine) program: Rc<Program>,
    pub(in crate::engine) step: u32,
    /// How many parts of its step have not ended.
    pub(in crate::engine) left: u32,
    /// Whether its step is one part with a known end.
    pub(in crate::engine) timed: bool,
    /// Whether that part publishes at its end.
    pub(in crate::engine) publishes: bool,
    /// Whether the message was dealt with before, and is left alone.
    pub(in crate::engine) known: bool,
    pub(in crate::engine) failure: Option<Failure>,
    pub(in crate::engine) began_at: Micros,
    pub(in crate::engine) step_began_at: Micros,
    pub(in crate::engine) step_ends_at: Micros,
}

/// That something has failed, and for which incident.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Failure {
    pub(in crate::engine) incident: IncidentNumber,
}

impl Slots {
    pub(in crate::engine) fn new(seed: u64, id: &Id, now: Micros) -> Slots {
        let mut slots = Slots {
            working: Vec::new(),
            count: 0,
            busy: RecentLevel::default(),
            offered: Level::default(),
            measured_from: (0, 0),
            program: Rc::default(),
            health: Health::default(),
            failure_rate: 0.0,
            durations: Stream::new(seed, id, Purpose::Work),
            failures: Stream::new(seed, id, Purpose::Failures),
            pauses: Stream::new(seed, id, Purpose::Pauses),
        };
        slots.busy.set(now, 0);
        slots
    }

    pub(in crate::engine) fn set(&mut self, count: u32, failure_rate: f64, now: Micros) {
        self.count = count;
        self.offered.set(now, u64::from(count));
        self.failure_rate = failure_rate;
    }

    /// Whether a slot is free, and can be taken.
    #[inline]
    pub(in crate::engine) fn has_slot(&self) -> bool {
        (self.working.len() as u64) < u64::from(self.count) && !self.health.is_stalled()
    }

    /// How long a step takes that begins now, and whether it publishes at its end; `None` where that is not known, as it
    /// waits for others or has several parts. A program without steps ends at once.
    #[inline(always)]
    pub(in crate::engine) fn draw_step(&mut self, program: &Program, step: u32) -> Option<(Micros, bool)> {
        match program.steps.get(step as usize) {
            None => Some((Micros::ZERO, false)),
            Some(Parts::One(Part::Work(ms))) => Some((self.draw(ms), false)),
            Some(Parts::One(Part::Publish { ms, .. })) => Some((self.draw(ms).max(SOONEST_PUBLISH), true)),
            Some(_) => None,
        }
    }

    /// How long a part takes that begins now.
    #[inline]
    pub(in crate::engine) fn draw(&mut self, sampler: &Sampler) -> Micros {
        self.health.stretched(sampler.sample(&mut self.durations))
    }

    /// Whether a handler can fail at its end.
    #[inline(always)]
    pub(in crate::engine) fn may_fail(&self) -> bool {
        self.failure_rate != 0.0 || self.health.error_rate != 0.0
    }

    /// Whether a handler that came to its end fails nevertheless.
    pub(in crate::engine) fn draw_failure(&mut self) -> Option<EndsBadly> {
        if !self.may_fail() {
            return None;
        }
        let (failing, errors) = (self.failure_rate, self.health.error_rate);
        let drawn = self.failures.unit();
        if drawn < failing {
            Some(EndsBadly::Failing)
        } else {
            // Both at once count as the first.
            (drawn < failing + errors * (1.0 - failing)).then_some(EndsBadly::Errors)
        }
    }

    /// How long it waits after so many failures, at least one.
    pub(in crate::engine) fn pause(&mut self, backoff: &Backoff, failures: u32) -> Micros {
        pause(backoff, failures, &mut self.pauses)
    }

    /// The busy part of its slots in about the last second, 0 to 1.
    pub(in crate::engine) fn utilisation_lately(&self, now: Micros) -> f64 {
        (self.busy.lately(now) / f64::from(self.count.max(1))).min(1.0)
    }

    /// Utilisation is measured from now on.
    pub(in crate::engine) fn begin_measuring(&mut self, now: Micros) {
        self.measured_from = self.areas(now);
    }

    /// The busy part of its slots since it exists, or is measured: 0 to 1 (above 1 for a while after its slots were
    /// reduced).
    pub(in crate::engine) fn utilisation(&self, now: Micros) -> f64 {
        let (busy, slots) = self.areas(now);
        let (busy, slots) = (busy - self.measured_from.0, slots - self.measured_from.1);
        if slots == 0 { 0.0 } else { busy as f64 / slots as f64 }
    }

    /// For how long its slots were taken, all together, and for how long there were any, in microseconds.
    pub(in crate::engine) fn areas(&self, now: Micros) -> (u128, u128) {
        (self.busy.area(now), self.offered.area(now))
    }
}

/// A pause of a backoff after so many failures, at least one.
pub(in crate::engine) fn pause(backoff: &Backoff, failures: u32, stream: &mut Stream) -> Micros {
    let Backoff { first_ms, factor, most_ms, jitter } = *backoff;
    if first_ms == 0.0 {
        return Micros::ZERO;
    }
    let mut ms = first_ms;
    for _ in 1..failures {
        if ms >= most_ms {
            break;
        }
        ms *= factor;
    }
    let ms = ms.min(most_ms);
    Micros::from_ms(if jitter > 0.0 { ms * (1.0 - jitter * stream.unit()) } else { ms })
}
