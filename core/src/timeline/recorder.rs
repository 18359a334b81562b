//! What moved lately, so that any instant can be drawn.

use std::rc::Rc;

use super::journey::Listener;
use crate::base::Micros;
use crate::engine::{DropReason, EdgeIndex, Event, NodeIndex, Observer};

/// Where a message moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// On an edge.
    Edge(EdgeIndex),
    /// Back on an edge: an answer.
    Back(EdgeIndex),
    /// Out of a node, where it was dropped.
    Away(NodeIndex),
    /// From a queue to where its dead letters go.
    DeadLetter(NodeIndex),
}

/// A message on its way, from when it set off until it arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transit {
    /// Where it moves.
    pub way: Way,
    /// The copy's number.
    pub copy: u64,
    /// When it set off.
    pub departed_at: Micros,
    /// When it arrives.
    pub arrives_at: Micros,
    /// Whether it was delivered before.
    pub redelivered: bool,
    /// Whether it is an answer that says that something has failed, or is lost on its way.
    pub failed: bool,
}

/// How many transits are kept. The oldest go first.
const MOST_TRANSITS: usize = 1 << 15;

/// A bounded ring of transits, filled by the engine's events.
#[derive(Clone, Default)]
pub struct Recorder {
    transits: Vec<Transit>,
    /// The place of the oldest, once the ring is full.
    oldest: usize,
    first_drops: FirstDrops,
    /// Someone who listens besides.
    pub(super) listener: Option<Box<Listener>>,
}

/// When something was dropped first, by reason.
pub type FirstDrops = [Option<Micros>; DropReason::ALL.len()];

impl Recorder {
    /// The transits, oldest first, that may still be seen at `now` when each is drawn for at least `drawn_for`.
    pub fn seen_at(&self, now: Micros, drawn_for: Micros) -> impl Iterator<Item = &Transit> {
        let (newer, older) = self.transits.split_at(self.oldest.min(self.transits.len()));
        older.iter().chain(newer).filter(move |transit| {
            let drawn_until = transit.arrives_at.max(transit.departed_at + drawn_for);
            transit.departed_at <= now && now < drawn_until
        })
    }

    /// What may still be seen at `now` when it is drawn for at most `drawn_for`: enough to go on from.
    pub(super) fn recent(&self, now: Micros, drawn_for: Micros) -> Recorder {
        let transits = self.seen_at(now, drawn_for).copied().collect();
        Recorder { transits, oldest: 0, first_drops: self.first_drops, listener: None }
    }

    /// When something was dropped first, by reason, as far as it has seen.
    pub(super) fn first_drops(&self) -> &FirstDrops {
        &self.first_drops
    }

    /// How much memory it takes, in bytes.
    pub(super) fn size_bytes(&self) -> usize {
        self.transits.len() * size_of::<Transit>()
    }

    /// What a queue dropped last goes on as a dead letter: it does not leave.
    fn turn_dead_letter(&mut self, queue: NodeIndex) {
        /// A queue drops before it publishes dead letters; not much lies between the two.
        const BACK: usize = 64;
        let length = self.transits.len();
        for back in 1..=length.min(BACK) {
            let place = (self.oldest + length - back) % length;
            if self.transits[place].way == Way::Away(queue) {
                self.transits[place].way = Way::DeadLetter(queue);
                return;
            }
        }
    }

    fn push(&mut self, transit: Transit) {
        if self.transits.len() < MOST_TRANSITS {
            self.transits.push(transit);
        } else {
            self.transits[self.oldest] = transit;
            self.oldest = (self.oldest + 1) % MOST_TRANSITS;
        }
    }
}

impl Observer for Recorder {
    #[inline]
    fn made(&mut self, copy: u64, message: u64, routing_key: &Rc<str>) {
        if let Some(listener) = &mut self.listener {
            listener.made(copy, message, routing_key);
        }
    }

    #[inline]
    fn observe(&mut self, now: Micros, event: &Event) {
        if let Some(listener) = &mut self.listener {
            listener.observe(now, event);
        }
        match *event {
            Event::Published { edge, copy, arrives_at } => {
                self.push(Transit {
                    way: Way::Edge(edge),
                    copy,
                    departed_at: now,
                    arrives_at,
                    redelivered: false,
                    failed: false,
                });
            }
            Event::Delivered { edge, copy, arrives_at, redelivered } => {
                self.push(Transit {
                    way: Way::Edge(edge),
                    copy,
                    departed_at: now,
                    arrives_at,
                    redelivered,
                    failed: false,
                });
            }
            Event::Requested { edge, request, arrives_at } => {
                let way = Way::Edge(edge);
                self.push(Transit {
                    way,
                    copy: request,
                    departed_at: now,
                    arrives_at,
                    redelivered: false,
                    failed: false,
                });
            }
            Event::Answered { edge, request, arrives_at, well } => {
                let way = Way::Back(edge);
                self.push(Transit {
                    way,
                    copy: request,
                    departed_at: now,
                    arrives_at,
                    redelivered: false,
                    failed: !well,
                });
            }
            // A binding takes no time; it is drawn for as long as everything is drawn at the least.
            Event::Routed { edge, copy } => {
                let way = Way::Edge(edge);
                self.push(Transit { way, copy, departed_at: now, arrives_at: now, redelivered: false, failed: false });
            }
            Event::Dropped { at, copy, reason } => {
                self.first_drops[reason as usize].get_or_insert(now);
                let way = Way::Away(at);
                self.push(Transit { way, copy, departed_at: now, arrives_at: now, redelivered: false, failed: false });
            }
            Event::DeadLettered { queue } => self.turn_dead_letter(queue),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_keeps_the_newest() {
        let mut recorder = Recorder::default();
        let total = MOST_TRANSITS as u64 + 10;
        for copy in 1..=total {
            let event = Event::Published { edge: EdgeIndex(0), copy, arrives_at: Micros(copy) };
            recorder.observe(Micros(copy), &event);
        }
        let seen: Vec<u64> = recorder.seen_at(Micros(total), Micros::SECOND).map(|transit| transit.copy).collect();
        assert_eq!(seen.len(), MOST_TRANSITS);
        assert!(seen.is_sorted());
        assert_eq!(seen.last(), Some(&total));
    }

    #[test]
    fn what_goes_on_as_a_dead_letter_does_not_leave() {
        let mut recorder = Recorder::default();
        let (queue, other) = (NodeIndex(1), NodeIndex(2));
        let reason = crate::engine::DropReason::Expired;
        for event in [
            Event::Dropped { at: queue, copy: 1, reason },
            Event::Dropped { at: other, copy: 2, reason },
            Event::DeadLettered { queue },
        ] {
            recorder.observe(Micros(5), &event);
        }
        let ways: Vec<Way> = recorder.seen_at(Micros(5), Micros::SECOND).map(|transit| transit.way).collect();
        assert_eq!(ways, [Way::DeadLetter(queue), Way::Away(other)]);
    }
}
