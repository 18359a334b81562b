//! One queue: its ready messages in order, its consumers, and whose turn it is.

use std::collections::VecDeque;
use std::rc::Rc;

use super::content::Content;
use super::stream::Stream;
use super::{QueueIndex, SubscriptionIndex};
use crate::base::Micros;
use crate::engine::copies::{Copies, CopyIndex};
use crate::engine::histogram::Histogram;
use crate::engine::ledger::Place;
use crate::scenario::{Overflow, QueueKind, QueueSettings};

/// How a queue keeps messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Keeping {
    Classic,
    Quorum,
    /// A log that keeps what was read (RabbitMQ, "Streams").
    Stream,
}

/// What a queue is told when it is declared, or when its policy changes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) struct QueueOptions {
    pub(in crate::engine) keeping: Keeping,
    pub(in crate::engine) durable: bool,
    pub(in crate::engine) ttl: Option<Micros>,
    pub(in crate::engine) expires: Option<Micros>,
    pub(in crate::engine) max_length: Option<u64>,
    pub(in crate::engine) max_bytes: Option<u64>,
    pub(in crate::engine) overflow: Overflow,
    pub(in crate::engine) dead_letter_exchange: Option<Rc<str>>,
    pub(in crate::engine) dead_letter_routing_key: Option<Rc<str>>,
    pub(in crate::engine) max_priority: Option<u8>,
    pub(in crate::engine) single_active_consumer: bool,
    pub(in crate::engine) delivery_limit: Option<u32>,
    pub(in crate::engine) auto_delete: bool,
}

impl From<&QueueSettings> for QueueOptions {
    /// What does not go with the queue's type is left out, where the broker would refuse to declare it.
    fn from(settings: &QueueSettings) -> QueueOptions {
        let classic = settings.kind == QueueKind::Classic;
        QueueOptions {
            keeping: if classic { Keeping::Classic } else { Keeping::Quorum },
            durable: settings.durable || !classic,
            ttl: settings.ttl_ms.map(Micros::from_ms),
            expires: settings.expires_ms.map(Micros::from_ms),
            max_length: settings.max_length,
            max_bytes: settings.max_length_bytes,
            overflow: settings.overflow,
            dead_letter_exchange: settings.dead_letter_exchange.as_deref().map(Rc::from),
            dead_letter_routing_key: settings.dead_letter_routing_key.as_deref().map(Rc::from),
            max_priority: settings.max_priority.filter(|_| classic),
            single_active_consumer: settings.single_active_consumer,
            delivery_limit: settings.delivery_limit.filter(|_| !classic),
            // An exclusive queue goes with the connection that owns it: here, with its consumer.
            auto_delete: classic && (settings.auto_delete || settings.exclusive),
        }
    }
}

/// Ready messages, the next one first. Most queues have one row of them; a queue with priorities has one for each,
/// and a quorum queue a second one for what came back.
#[derive(Clone, Debug, Default)]
pub(super) struct Ready {
    lowest: VecDeque<CopyIndex>,
    higher: Vec<VecDeque<CopyIndex>>,
    in_higher: usize,
}

impl Ready {
    fn size_bytes(&self) -> usize {
        std::iter::once(&self.lowest).chain(&self.higher).map(VecDeque::len).sum::<usize>() * size_of::<CopyIndex>()
    }

    /// Room for levels 0 to `highest`.
    pub(super) fn new(highest: usize) -> Ready {
        Ready { lowest: VecDeque::new(), higher: vec![VecDeque::new(); highest], in_higher: 0 }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.lowest.len() + self.in_higher
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row that the next message stands in.
    #[inline]
    fn front_row(&self) -> &VecDeque<CopyIndex> {
        if self.in_higher == 0 {
            return &self.lowest;
        }
        self.higher.iter().rev().find(|row| !row.is_empty()).unwrap_or(&self.lowest)
    }

    #[inline]
    pub(super) fn front(&self) -> Option<CopyIndex> {
        self.front_row().front().copied()
    }

    #[inline]
    pub(super) fn pop_front(&mut self) -> Option<CopyIndex> {
        if self.in_higher == 0 {
            return self.lowest.pop_front();
        }
        let row = self.higher.iter_mut().rev().find(|row| !row.is_empty())?;
        self.in_higher -= 1;
        row.pop_front()
    }

    #[inline]
    fn row_mut(&mut self, level: usize) -> &mut VecDeque<CopyIndex> {
        if level == 0 {
            return &mut self.lowest;
        }
        self.in_higher += 1;
        &mut self.higher[level - 1]
    }

    #[inline]
    pub(super) fn push_back(&mut self, level: usize, copy: CopyIndex) {
        self.row_mut(level).push_back(copy);
    }

    /// Puts a copy to its old place in its row, whose positions rise.
    pub(super) fn put_back(&mut self, level: usize, copies: &Copies, copy: CopyIndex) {
        let position = copies.get(copy).position;
        let row = self.row_mut(level);
        // Nearly always near the head: what was delivered stood before what waits.
        let place = row.partition_point(|other| copies.get(*other).position < position);
        row.insert(place, copy);
    }

    /// All of them, the next one first.
    pub(super) fn iter(&self) -> impl Iterator<Item = CopyIndex> + '_ {
        self.higher.iter().rev().chain(std::iter::once(&self.lowest)).flatten().copied()
    }

    /// The rows, each in its order.
    pub(super) fn rows(&self) -> impl Iterator<Item = &VecDeque<CopyIndex>> {
        self.higher.iter().chain(std::iter::once(&self.lowest))
    }

    pub(super) fn retain(&mut self, mut kept: impl FnMut(CopyIndex) -> bool) {
        for row in self.higher.iter_mut().rev() {
            let before = row.len();
            row.retain(|copy| kept(*copy));
            self.in_higher -= before - row.len();
        }
        self.lowest.retain(|copy| kept(*copy));
    }
}

/// A queue's messages and consumers.
#[derive(Clone)]
pub(in crate::engine) struct Queue {
    pub(in crate::engine) name: Rc<str>,
    pub(super) options: QueueOptions,
    /// Whether nothing but the bare queue is asked for: the way that most messages take is short then.
    pub(super) plain: bool,
    /// Whether there may be something to do at a certain time.
    pub(super) timed: bool,
    pub(in crate::engine) deleted: bool,
    pub(super) ready: Ready,
    /// The bytes of the ready messages; counted only where there is a limit to them.
    pub(super) ready_bytes: u64,
    pub(super) unacked: u64,
    /// Those that have subscribed, in the order in which they did.
    pub(super) members: Vec<SubscriptionIndex>,
    /// The round of subscriptions: whose turn it is, and the last (of no meaning while there is none). The higher
    /// priorities come before the lower ones.
    pub(super) first_in_round: SubscriptionIndex,
    pub(super) last_in_round: SubscriptionIndex,
    /// The single active consumer.
    pub(super) active: SubscriptionIndex,
    pub(super) next_position: u64,
    /// When the broker's surroundings have been asked to wake the queue.
    pub(super) wake_at: Micros,
    /// When it expires, if it is still unused then.
    pub(super) expires_at: Micros,
    /// The number of the last publish that reached it: each brings one copy at the most.
    pub(super) visited: u64,
    /// From the time a message was taken in until each of its deliveries.
    pub(super) wait: Histogram,
    pub(super) stream: Stream,
}

impl Queue {
    pub(super) fn new(name: Rc<str>, options: QueueOptions) -> Queue {
        let mut queue = Queue {
            name,
            options,
            plain: false,
            timed: false,
            deleted: false,
            ready: Ready::default(),
            ready_bytes: 0,
            unacked: 0,
            members: Vec::new(),
            first_in_round: SubscriptionIndex::NONE,
            last_in_round: SubscriptionIndex::NONE,
            active: SubscriptionIndex::NONE,
            next_position: 0,
            wake_at: Micros::LAST,
            expires_at: Micros::LAST,
            visited: 0,
            wait: Histogram::default(),
            stream: Stream::default(),
        };
        queue.ready = Ready::new(queue.highest_level());
        queue.look_at_options();
        queue
    }

    /// Other options. A policy of RabbitMQ cannot change type and priorities; here a person can, and what waits is
    /// put in the new order.
    pub(super) fn set(&mut self, options: QueueOptions, copies: &mut Copies, own: QueueIndex) {
        let before = (self.options.keeping, self.options.max_priority);
        self.options = options;
        if before != (self.options.keeping, self.options.max_priority) {
            if before.0 == Keeping::Quorum {
                self.number_anew(copies, own);
            }
            let mut waiting: Vec<CopyIndex> = self.ready.iter().collect();
            waiting.sort_unstable_by_key(|copy| copies.get(*copy).position);
            self.ready = Ready::new(self.highest_level());
            for copy in waiting {
                self.ready.push_back(self.level(copies, copy), copy);
            }
        }
        self.count_bytes(copies);
        self.look_at_options();
    }

    /// Gives all that the queue has, unacked messages too, the places that a classic queue would have given them.
    fn number_anew(&mut self, copies: &mut Copies, own: QueueIndex) {
        let held = copies.iter().filter(|(_, copy)| copy.queue == own && copy.place != Place::InTransit);
        let mut held: Vec<(Micros, u64, CopyIndex)> =
            held.map(|(index, copy)| (copy.enqueued_at, copy.number, index)).collect();
        held.sort_unstable_by_key(|&(enqueued_at, number, _)| (enqueued_at, number));
        self.next_position = 0;
        for (_, _, copy) in held {
            copies.get_mut(copy).position = self.next_position;
            self.next_position += 1;
        }
    }

    /// Counts the bytes of the ready messages anew.
    pub(super) fn count_bytes(&mut self, copies: &Copies) {
        let bytes = self.ready.iter().map(|copy| copies.get(copy).content.size_bytes);
        self.ready_bytes = if self.options.max_bytes.is_some() { bytes.sum() } else { 0 };
    }

    /// Takes all ready messages out.
    pub(super) fn take_ready(&mut self) -> Ready {
        self.ready_bytes = 0;
        let empty = Ready::new(self.highest_level());
        std::mem::replace(&mut self.ready, empty)
    }

    fn look_at_options(&mut self) {
        let options = &self.options;
        self.plain = options.keeping == Keeping::Classic
            && options.ttl.is_none()
            && options.max_length.is_none()
            && options.max_bytes.is_none()
            && options.max_priority.is_none()
            && !options.single_active_consumer
            && !self.deleted;
        self.timed |= options.ttl.is_some() || options.expires.is_some();
    }

    pub(super) fn set_deleted(&mut self, deleted: bool) {
        self.deleted = deleted;
        self.look_at_options();
    }

    fn highest_level(&self) -> usize {
        match self.options.keeping {
            Keeping::Quorum => 1,
            _ => usize::from(self.options.max_priority.unwrap_or(0)),
        }
    }

    /// The row of a message that is taken in: a priority above the highest counts as the highest, none as 0
    /// (RabbitMQ, "Classic Queues Support Priorities").
    #[inline]
    pub(super) fn level(&self, copies: &Copies, copy: CopyIndex) -> usize {
        match self.options.max_priority {
            None => 0,
            Some(highest) => usize::from(copies.get(copy).content.priority.unwrap_or(0).min(highest)),
        }
    }

    #[inline]
    pub(in crate::engine) fn is_quorum(&self) -> bool {
        self.options.keeping == Keeping::Quorum
    }

    #[inline]
    pub(super) fn counts_bytes(&self) -> bool {
        self.options.max_bytes.is_some()
    }

    /// Whether it stores a message where a crash does not reach it.
    pub(in crate::engine) fn stores(&self, content: &Content) -> bool {
        self.is_quorum() || self.options.durable && content.persistent
    }

    /// Whether a full queue refuses what is published: a quorum queue takes `reject_publish_dlx` for `drop_head`
    /// (recording `maxlen-reject-publish-dlx-quorum`).
    pub(super) fn refuses(&self) -> bool {
        match self.options.overflow {
            Overflow::DropHead => false,
            Overflow::RejectPublish => true,
            Overflow::RejectPublishDlx => !self.is_quorum(),
        }
    }

    /// Whether one more message of this size would exceed a limit.
    pub(super) fn would_overflow(&self, bytes: u64) -> bool {
        self.options.max_length.is_some_and(|most| self.ready.len() as u64 + 1 > most)
            || self.options.max_bytes.is_some_and(|most| self.ready_bytes + bytes > most)
    }

    /// Whether a limit, which counts ready messages only, is exceeded.
    #[inline]
    pub(in crate::engine) fn is_over_limit(&self) -> bool {
        self.options.max_length.is_some_and(|most| self.ready.len() as u64 > most)
            || self.options.max_bytes.is_some_and(|most| self.ready_bytes > most)
    }

    /// Whether it drops what stands at its head when a limit is exceeded.
    pub(in crate::engine) fn drops_head(&self) -> bool {
        !self.refuses()
    }

    /// Ready messages.
    #[inline]
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

    /// How many have subscribed.
    pub(in crate::engine) fn consumers(&self) -> u64 {
        self.members.len() as u64
    }

    /// The next message to be delivered.
    pub(in crate::engine) fn head(&self) -> Option<CopyIndex> {
        self.ready.front()
    }

    /// The ready messages, the next one first.
    pub(in crate::engine) fn waiting(&self) -> impl Iterator<Item = CopyIndex> + '_ {
        self.ready.iter()
    }

    /// Whether each row of a classic queue is in order, and bytes are counted right: what tests ask.
    pub(in crate::engine) fn is_consistent(&self, copies: &Copies) -> bool {
        let in_order = self.is_quorum()
            || self.ready.rows().all(|row| row.iter().map(|copy| copies.get(*copy).position).is_sorted());
        let bytes: u64 = self.ready.iter().map(|copy| copies.get(copy).content.size_bytes).sum();
        in_order && (!self.counts_bytes() || bytes == self.ready_bytes)
    }

    /// What a stream has kept, with the offsets that a delivery carries.
    pub(in crate::engine) fn stream_contents(&self) -> impl Iterator<Item = Content> {
        (0..).map_while(|offset| self.stream.read(offset))
    }

    /// How much memory its lists and its distribution take, in bytes.
    pub(in crate::engine) fn size_bytes(&self) -> usize {
        let log = self.stream.log.len() * size_of::<std::rc::Rc<Content>>();
        self.ready.size_bytes() + log + self.wait.size_bytes()
    }

    /// How long messages waited until delivery.
    pub(in crate::engine) fn wait(&self) -> &Histogram {
        &self.wait
    }
}
