//! What happens in a run, and who is told.

use std::rc::Rc;

use super::incident::Trouble;
use super::ledger::DropReason;
use super::{EdgeIndex, NodeIndex};
use crate::base::Micros;

/// Something that happened. A copy is named by its number, which counts all copies ever made from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A producer sent a copy off on a publish edge.
    Published {
        /// The edge.
        edge: EdgeIndex,
        /// The copy.
        copy: u64,
        /// When it reaches the queue.
        arrives_at: Micros,
    },
    /// A queue took a copy in.
    Enqueued {
        /// The queue's node.
        queue: NodeIndex,
        /// The copy.
        copy: u64,
    },
    /// A queue sent a copy off to a consumer.
    Delivered {
        /// The subscribe edge.
        edge: EdgeIndex,
        /// The copy.
        copy: u64,
        /// When it reaches the consumer.
        arrives_at: Micros,
        /// Whether it was delivered before.
        redelivered: bool,
    },
    /// A consumer's handler carried out its effect.
    Processed {
        /// The consumer's node.
        consumer: NodeIndex,
        /// The copy.
        copy: u64,
    },
    /// A consumer's handler failed.
    Failed {
        /// The consumer's node.
        consumer: NodeIndex,
        /// The copy.
        copy: u64,
    },
    /// A copy is done with.
    Acked {
        /// The consumer's node, or the queue's where the consumer is gone.
        at: NodeIndex,
        /// The copy.
        copy: u64,
    },
    /// A queue took an unacked copy back.
    Requeued {
        /// The queue's node.
        queue: NodeIndex,
        /// The copy.
        copy: u64,
    },
    /// A copy is gone.
    Dropped {
        /// The node at which it went.
        at: NodeIndex,
        /// The copy.
        copy: u64,
        /// Why.
        reason: DropReason,
    },
    /// A copy went over a binding.
    Routed {
        /// The bind edge.
        edge: EdgeIndex,
        /// The copy.
        copy: u64,
    },
    /// A message that no queue took is back at its producer; the copy itself was dropped where that was found.
    Returned {
        /// The producer's node.
        producer: NodeIndex,
        /// The copy.
        copy: u64,
    },
    /// The broker told a producer that it has refused a publish.
    Nacked {
        /// The producer's node.
        producer: NodeIndex,
    },
    /// A queue published a dead letter; its copies are enqueued next.
    DeadLettered {
        /// The queue's node.
        queue: NodeIndex,
    },
    /// A queue is gone: it expired, or its last consumer went.
    QueueDeleted {
        /// The queue's node.
        queue: NodeIndex,
    },
    /// The broker's memory alarm was set, or cleared.
    MemoryAlarm {
        /// Whether it is set.
        set: bool,
    },
    /// A request set off on a call edge.
    Requested {
        /// The edge.
        edge: EdgeIndex,
        /// The attempt: all attempts of a run are counted from 1 on.
        request: u64,
        /// When it arrives.
        arrives_at: Micros,
    },
    /// An answer set off, back on a call edge.
    Answered {
        /// The edge.
        edge: EdgeIndex,
        /// The attempt.
        request: u64,
        /// When it arrives.
        arrives_at: Micros,
        /// Whether it is a good one.
        well: bool,
    },
    /// An attempt has waited long enough for its answer.
    TimedOut {
        /// The edge.
        edge: EdgeIndex,
        /// The attempt.
        request: u64,
    },
    /// A client's request is over.
    RequestEnded {
        /// The client's node.
        client: NodeIndex,
        /// Its last attempt.
        request: u64,
        /// Whether it succeeded.
        well: bool,
    },
    /// A copy, or another thing on its way (0), was lost on an edge.
    Lost {
        /// The edge.
        edge: EdgeIndex,
        /// The copy.
        copy: u64,
    },
    /// A copy arrives twice on an edge.
    Duplicated {
        /// The edge.
        edge: EdgeIndex,
        /// The copy.
        copy: u64,
        /// The copy that it is twice.
        of: u64,
    },
    /// A consumer knew a message already and left it alone.
    Deduplicated {
        /// The consumer's node.
        consumer: NodeIndex,
        /// The copy.
        copy: u64,
    },
    /// Something is wrong from now on, or no longer.
    Faulted {
        /// Where.
        spot: Spot,
        /// What.
        trouble: Trouble,
        /// Whether it begins.
        begins: bool,
    },
    /// A node died.
    Crashed {
        /// The node; `None`: the broker.
        node: Option<NodeIndex>,
    },
    /// A node came back.
    Restarted {
        /// The node; `None`: the broker.
        node: Option<NodeIndex>,
    },
}

/// Where something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// At a node.
    Node(NodeIndex),
    /// On an edge.
    Edge(EdgeIndex),
    /// In the broker.
    Broker,
}

impl Event {
    /// The copy to which it happened, if it happened to one. A duplicate is the copy that is twice.
    pub fn copy(&self) -> Option<u64> {
        match self {
            Event::Published { copy, .. }
            | Event::Enqueued { copy, .. }
            | Event::Delivered { copy, .. }
            | Event::Processed { copy, .. }
            | Event::Failed { copy, .. }
            | Event::Acked { copy, .. }
            | Event::Requeued { copy, .. }
            | Event::Dropped { copy, .. }
            | Event::Routed { copy, .. }
            | Event::Returned { copy, .. }
            | Event::Lost { copy, .. }
            | Event::Duplicated { copy, .. }
            | Event::Deduplicated { copy, .. } => (*copy > 0).then_some(*copy),
            _ => None,
        }
    }

    /// The event as two words for the trace hash.
    #[inline(always)]
    fn words(&self) -> (u64, u64) {
        let node = |node: &Option<NodeIndex>| node.map_or(u64::MAX, |node| u64::from(node.0));
        let (kind, place, copy) = match self {
            Event::Published { edge, copy, .. } => (1, u64::from(edge.0), *copy),
            Event::Enqueued { queue, copy } => (2, u64::from(queue.0), *copy),
            Event::Delivered { edge, copy, redelivered, .. } => {
                (if *redelivered { 4 } else { 3 }, u64::from(edge.0), *copy)
            }
            Event::Processed { consumer, copy } => (5, u64::from(consumer.0), *copy),
            Event::Failed { consumer, copy } => (32, u64::from(consumer.0), *copy),
            Event::Acked { at, copy } => (6, u64::from(at.0), *copy),
            Event::Requeued { queue, copy } => (7, u64::from(queue.0), *copy),
            Event::Dropped { at, copy, reason } => (16 + *reason as u64, u64::from(at.0), *copy),
            Event::Routed { edge, copy } => (10, u64::from(edge.0), *copy),
            Event::Returned { producer, copy } => (11, u64::from(producer.0), *copy),
            Event::Nacked { producer } => (12, u64::from(producer.0), 0),
            Event::DeadLettered { queue } => (13, u64::from(queue.0), 0),
            Event::QueueDeleted { queue } => (14, u64::from(queue.0), 0),
            Event::MemoryAlarm { set } => (15, u64::from(*set), 0),
            Event::Requested { edge, request, .. } => (33, u64::from(edge.0), *request),
            Event::Answered { edge, request, well, .. } => (34 + u64::from(*well), u64::from(edge.0), *request),
            Event::TimedOut { edge, request } => (36, u64::from(edge.0), *request),
            Event::RequestEnded { client, request, well } => (37 + u64::from(*well), u64::from(client.0), *request),
            Event::Lost { edge, copy } => (39, u64::from(edge.0), *copy),
            Event::Duplicated { edge, copy, .. } => (40, u64::from(edge.0), *copy),
            Event::Deduplicated { consumer, copy } => (41, u64::from(consumer.0), *copy),
            Event::Faulted { spot, trouble, begins } => {
                let place = match spot {
                    Spot::Broker => u64::MAX >> 8,
                    Spot::Node(node) => u64::from(node.0),
                    Spot::Edge(edge) => 1 << 40 | u64::from(edge.0),
                };
                (42 + u64::from(*begins), place, *trouble as u64)
            }
            Event::Crashed { node: at } => (8, node(at), 0),
            Event::Restarted { node: at } => (9, node(at), 0),
        };
        (kind << 56 ^ place, copy)
    }
}

/// Someone who is told everything that happens, as it happens.
pub trait Observer {
    /// `event` happened at `now`.
    fn observe(&mut self, now: Micros, event: &Event);

    /// A copy was made of a message, which has the number of its first copy. It is told before the event in which the copy
    /// appears first, and is no event of its own: no trace hash knows of it.
    #[inline(always)]
    fn made(&mut self, copy: u64, message: u64, routing_key: &Rc<str>) {
        let _ = (copy, message, routing_key);
    }
}

/// Nobody.
pub struct Unobserved;

impl Observer for Unobserved {
    #[inline(always)]
    fn observe(&mut self, _: Micros, _: &Event) {}
}

/// A fingerprint of everything that happened, and when: equal runs have equal ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TraceHash(u64);

impl TraceHash {
    pub(super) fn new(seed: u64) -> TraceHash {
        let mut hash = TraceHash(0x6d71_7472_6163_6531);
        hash.add(seed);
        hash
    }

    #[inline]
    fn add(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }

    #[inline(always)]
    pub(super) fn observe(&mut self, now: Micros, event: &Event) {
        let (what, copy) = event.words();
        // Time, copy and kind are mixed beside the chain, which then is one multiplication long for each event.
        let when = now.0.wrapping_mul(0xff51_afd7_ed55_8ccd);
        self.add(when ^ copy.wrapping_mul(0xc4ce_b9fe_1a85_ec53).rotate_left(29) ^ what.rotate_left(17));
    }

    /// Sixteen hexadecimal digits.
    pub(super) fn text(self) -> String {
        format!("{:016x}", self.0)
    }
}
