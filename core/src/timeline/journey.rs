//! What became of one message: everything that happened to its copies, and messages that are worth looking at.
//!
//! Nothing is recorded for this while a run goes on. A state that was kept before the message was made is replayed with
//! someone who listens, and from then on the listener goes along with the run.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::base::Micros;
use crate::engine::{DropReason, Event, Observer};

/// Something that happened to a copy of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// When.
    pub at: Micros,
    /// To which copy.
    pub copy: u64,
    /// What.
    pub event: Event,
}

/// Everything that has happened to one message so far: to its first copy, to those for other queues, to its duplicates, to
/// what was published again of it, and to its dead letters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journey {
    message: u64,
    routing_key: Rc<str>,
    copies: Vec<u64>,
    stops: Vec<Stop>,
    left_out: u64,
}

/// So many stops are kept: a message that is taken back for ever has endless ones.
const MOST_STOPS: usize = 400;

impl Journey {
    pub(super) fn of(message: u64) -> Journey {
        Journey { message, ..Journey::default() }
    }

    /// The number of the message: that of its first copy.
    pub fn message(&self) -> u64 {
        self.message
    }

    /// The routing key with which it was published first.
    pub fn routing_key(&self) -> &str {
        &self.routing_key
    }

    /// The numbers of its copies; empty before it is published.
    pub fn copies(&self) -> &[u64] {
        &self.copies
    }

    /// What happened, in order.
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// How many stops more there were in the middle that are not kept.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The copies that are still somewhere.
    pub fn alive(&self) -> impl Iterator<Item = u64> {
        let over = |copy: &u64| self.stops.iter().rev().any(|stop| stop.copy == *copy && ends(&stop.event));
        self.copies.iter().copied().filter(move |copy| !over(copy))
    }
}

/// Whether a copy is no more after this.
fn ends(event: &Event) -> bool {
    matches!(event, Event::Acked { .. } | Event::Dropped { .. } | Event::Lost { .. })
}

impl Observer for Journey {
    fn made(&mut self, copy: u64, message: u64, routing_key: &Rc<str>) {
        if message == self.message {
            if self.copies.is_empty() {
                self.routing_key = routing_key.clone();
            }
            self.copies.push(copy);
        }
    }

    fn observe(&mut self, now: Micros, event: &Event) {
        let Some(copy) = event.copy().filter(|copy| self.copies.contains(copy)) else { return };
        if self.stops.len() == MOST_STOPS {
            // The beginning stays, and the latest.
            self.stops.remove(MOST_STOPS / 2);
            self.left_out += 1;
        }
        self.stops.push(Stop { at: now, copy, event: *event });
    }
}

/// Which messages are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// Those with this routing key.
    Key(String),
    /// Those of which a copy was lost: dropped, and not passed on as a dead letter.
    Lost,
    /// Those that took longest.
    Slowest,
    /// Those that were delivered again, twice at least.
    RedeliveredTwice,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its number.
    pub message: u64,
    /// Its routing key.
    pub routing_key: Rc<str>,
    /// When it was made.
    pub made_at: Micros,
    /// When its last copy was done with, or gone; `None`: it is still there.
    pub over_at: Option<Micros>,
    /// How often its copies were delivered again.
    pub redeliveries: u32,
    /// Why a copy was dropped last, if that was its end.
    pub dropped: Option<DropReason>,
    /// Whether a copy was lost on an edge.
    pub lost: bool,
}

impl Found {
    /// From when it was made until it was over, or until `now`.
    pub fn lasted(&self, now: Micros) -> Micros {
        self.over_at.unwrap_or(now).saturating_sub(self.made_at)
    }
}

/// How many messages are found at most.
pub const MOST_FOUND: usize = 20;

/// A message of which something is known.
#[derive(Clone, Debug)]
struct Known {
    found: Found,
    /// How many of its copies are still somewhere.
    alive: u32,
}

/// Looks for messages in everything that happens.
#[derive(Clone, Debug)]
pub(super) struct Finder {
    sought: Sought,
    now: Micros,
    /// The messages that are still somewhere, and those that ended at this very instant: a dead letter may follow.
    known: BTreeMap<u64, Known>,
    of_copy: BTreeMap<u64, u64>,
    ended: Vec<u64>,
    found: Vec<Found>,
}

impl Finder {
    pub(super) fn new(sought: Sought) -> Finder {
        Finder {
            sought,
            now: Micros::ZERO,
            known: BTreeMap::new(),
            of_copy: BTreeMap::new(),
            ended: Vec::new(),
            found: Vec::new(),
        }
    }

    /// What was found: the slowest first, or else the latest.
    pub(super) fn found(&self) -> Vec<Found> {
        let mut all = self.clone();
        for known in std::mem::take(&mut all.known).into_values() {
            all.consider(known.found);
        }
        all.found
    }

    fn consider(&mut self, found: Found) {
        let wanted = match &self.sought {
            Sought::Key(key) => *found.routing_key == **key,
            Sought::Lost => found.lost || found.dropped.is_some(),
            Sought::Slowest => true,
            Sought::RedeliveredTwice => found.redeliveries >= 2,
        };
        if !wanted {
            return;
        }
        let now = self.now;
        let place = match self.sought {
            Sought::Slowest => self.found.partition_point(|other| other.lasted(now) >= found.lasted(now)),
            _ => self.found.partition_point(|other| other.message >= found.message),
        };
        if place < MOST_FOUND {
            self.found.insert(place, found);
            self.found.truncate(MOST_FOUND);
        }
    }

    /// What ended at an earlier instant has ended for good.
    fn settle(&mut self) {
        for message in std::mem::take(&mut self.ended) {
            if self.known.get(&message).is_some_and(|known| known.alive == 0)
                && let Some(known) = self.known.remove(&message)
            {
                self.consider(known.found);
            }
        }
    }

    fn known_of(&mut self, copy: u64) -> Option<&mut Known> {
        self.known.get_mut(self.of_copy.get(&copy)?)
    }
}

impl Observer for Finder {
    fn made(&mut self, copy: u64, message: u64, routing_key: &Rc<str>) {
        // Of a message that was over long ago, and is published again, nothing else is known.
        let fresh = || Known {
            found: Found {
                message,
                routing_key: routing_key.clone(),
                made_at: Micros::LAST,
                over_at: None,
                redeliveries: 0,
                dropped: None,
                lost: false,
            },
            alive: 0,
        };
        let known = self.known.entry(message).or_insert_with(fresh);
        known.alive += 1;
        known.found.over_at = None;
        // What died goes on.
        known.found.dropped = None;
        self.of_copy.insert(copy, message);
    }

    fn observe(&mut self, now: Micros, event: &Event) {
        if now > self.now {
            self.settle();
            self.now = now;
        }
        let Some(copy) = event.copy() else { return };
        let Some(known) = self.known_of(copy) else { return };
        known.found.made_at = known.found.made_at.min(now);
        match event {
            Event::Delivered { redelivered: true, .. } => known.found.redeliveries += 1,
            Event::Dropped { reason, .. } => known.found.dropped = Some(*reason),
            Event::Lost { .. } => known.found.lost = true,
            _ => {}
        }
        if ends(event) {
            known.alive = known.alive.saturating_sub(1);
            if known.alive == 0 {
                known.found.over_at = Some(now);
                let message = known.found.message;
                self.ended.push(message);
            }
            self.of_copy.remove(&copy);
        }
    }
}

/// Finds out which message a copy is one of.
#[derive(Clone, Debug)]
pub(super) struct Naming {
    copy: u64,
    pub(super) message: Option<u64>,
}

impl Naming {
    pub(super) fn of(copy: u64) -> Naming {
        Naming { copy, message: None }
    }
}

/// Someone who listens to a run, beside whoever records what is drawn.
#[derive(Clone, Debug)]
pub(super) enum Listener {
    Journey(Journey),
    Finder(Finder),
    Naming(Naming),
}

impl Observer for Listener {
    fn made(&mut self, copy: u64, message: u64, routing_key: &Rc<str>) {
        match self {
            Listener::Journey(journey) => journey.made(copy, message, routing_key),
            Listener::Finder(finder) => finder.made(copy, message, routing_key),
            Listener::Naming(naming) if naming.copy == copy => naming.message = Some(message),
            Listener::Naming(_) => {}
        }
    }

    fn observe(&mut self, now: Micros, event: &Event) {
        match self {
            Listener::Journey(journey) => journey.observe(now, event),
            Listener::Finder(finder) => finder.observe(now, event),
            Listener::Naming(_) => {}
        }
    }
}
