//! The broker as one state machine: inputs in, effects out, no clock and no I/O of its own.
//!
//! An input is a method call; what comes of it is told to [`Effects`], in order, as it happens. Whoever carries
//! effects out cannot reach the broker, so that an effect never makes another input. The simulation's nodes and the
//! player of recordings drive this same code; rules come from RabbitMQ's documentation and from the recordings that
//! are named beside them (RabbitMQ 3.10).

mod consumers;
pub(super) mod content;
mod dead_letter;
pub(super) mod exchange;
mod queue;
mod settle;
pub(super) mod stream;
pub(super) mod topic;

use std::collections::VecDeque;
use std::rc::Rc;

use super::copies::{Copies, CopyIndex, HeldMessage, MessageCopy, Origin};
use super::histogram::Histogram;
use super::ledger::{DropReason, Place};
use crate::base::{Micros, Names};
use crate::scenario::{ExchangeKind, Overflow};
use content::Content;
use exchange::{Binding, BindingTerms, Destination, Exchange};

pub(super) use consumers::{Limit, LimitIndex, Subscription, SubscriptionOptions};
pub(super) use queue::{Keeping, Queue, QueueOptions};

/// A queue of the broker. Indices are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct QueueIndex(pub(super) u32);

impl QueueIndex {
    /// No queue.
    pub(super) const NONE: QueueIndex = QueueIndex(u32::MAX);
}

/// An exchange of the broker. Indices are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ExchangeIndex(pub(super) u32);

impl ExchangeIndex {
    /// The default exchange, which has no name and routes to the queue whose name is the key.
    pub(super) const DEFAULT: ExchangeIndex = ExchangeIndex(0);
}

/// A binding of the broker. Indices are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BindingIndex(pub(super) u32);

impl BindingIndex {
    /// No binding: the default exchange has none, and an alternate exchange is reached without.
    pub(super) const NONE: BindingIndex = BindingIndex(u32::MAX);
}

/// A subscription of a consumer to a queue. Indices are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SubscriptionIndex(pub(super) u32);

impl SubscriptionIndex {
    /// No subscription.
    pub(super) const NONE: SubscriptionIndex = SubscriptionIndex(u32::MAX);
}

/// Where a copy was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    Queue(QueueIndex),
    Exchange(ExchangeIndex),
}

/// The broker's surroundings: the time of an input, the copies it is about, and what takes its effects.
pub(super) trait Effects {
    /// The same, for the ways that are seldom gone: they are compiled once.
    fn as_dyn(&mut self) -> &mut dyn Effects;
    /// The time of the input.
    fn now(&self) -> Micros;
    /// The copies. One that ends is read and removed by whoever carries its last effect out.
    fn copies(&mut self) -> &mut Copies;
    /// One copy more is made of a message, in transit.
    fn make(&mut self, content: Rc<Content>, origin: Origin) -> CopyIndex;
    /// An exchange was reached.
    fn received(&mut self, exchange: ExchangeIndex);
    /// A binding took the copy of this number onward.
    fn routed(&mut self, binding: BindingIndex, number: u64);
    /// No queue took a mandatory copy; it is dropped next.
    fn returned(&mut self, exchange: ExchangeIndex, copy: CopyIndex);
    /// A queue took in the copy of this number.
    fn enqueued(&mut self, queue: QueueIndex, number: u64);
    /// A copy was sent to a consumer.
    fn delivered(&mut self, delivery: Delivery);
    /// An unacked copy is back in its queue.
    fn requeued(&mut self, queue: QueueIndex, copy: CopyIndex);
    /// A copy is done with.
    fn acked(&mut self, queue: QueueIndex, subscription: SubscriptionIndex, copy: CopyIndex);
    /// A copy was in `place` and is gone.
    fn dropped(&mut self, at: At, copy: CopyIndex, place: Place, reason: DropReason);
    /// A queue published a dead letter.
    fn dead_lettered(&mut self, queue: QueueIndex);
    /// A stream took a copy in for good.
    fn appended(&mut self, queue: QueueIndex, copy: CopyIndex);
    /// The queue is to be woken at this time, by [`Broker::wake`].
    fn wake_at(&mut self, queue: QueueIndex, time: Micros);
    /// The broker ended a subscription, because its queue is gone.
    fn cancelled(&mut self, subscription: SubscriptionIndex);
    /// A queue goes, with all that is unacked of it: whoever holds such a copy lets go of it.
    fn deleted(&mut self, queue: QueueIndex);
    /// The input is over, and the queue holds so many copies, unacked ones included.
    fn settled(&mut self, queue: QueueIndex, depth: u64);
}

/// A copy on its way to a consumer, with what is known of it where it sets off, so that nobody has to look it up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delivery {
    pub(super) queue: QueueIndex,
    pub(super) subscription: SubscriptionIndex,
    pub(super) message: HeldMessage,
    /// It has left the broker for good: the consumer's ack is not awaited.
    pub(super) for_good: bool,
}

/// What became of a publish: what its confirm is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Whether a full queue refused it: the confirm is a nack.
    pub(super) refused: bool,
    /// Whether a durable queue has to store it: the confirm waits for that.
    pub(super) stored: bool,
    /// Whether no queue took it, and it was mandatory.
    pub(super) returned: bool,
}

/// A message that died, until its dead letter is published. RabbitMQ's queues tell each other by messages: what one
/// of them does with an input is over before another one hears of it.
#[derive(Clone)]
struct DeadLetter {
    content: Rc<Content>,
    queue: QueueIndex,
    reason: DropReason,
    exchange: ExchangeIndex,
    origin: Origin,
}

/// The broker: exchanges, queues, their subscriptions, and whether it is up.
#[derive(Clone)]
pub(super) struct Broker {
    up: bool,
    exchanges: Vec<Exchange>,
    bindings: Vec<Binding>,
    queues: Vec<Queue>,
    subscriptions: Vec<Subscription>,
    limits: Vec<Limit>,
    exchange_names: Names<ExchangeIndex>,
    queue_names: Names<QueueIndex>,
    dead_letters: VecDeque<DeadLetter>,
    /// How many deliveries of quorum queues there were.
    deliveries: u64,
    /// How many publishes were routed: the number of the present one marks what it has reached.
    routes: u64,
    /// How often a subscription left its round for want of room.
    blockings: u64,
    // Lists that every publish uses anew.
    reached: Vec<(ExchangeIndex, BindingIndex)>,
    found: Vec<BindingIndex>,
    targets: Vec<(QueueIndex, BindingIndex)>,
}

impl Broker {
    pub(super) fn new() -> Broker {
        let default: Rc<str> = "".into();
        let mut exchange_names = Names::default();
        exchange_names.insert(default.clone(), ExchangeIndex::DEFAULT);
        Broker {
            up: true,
            exchanges: vec![Exchange::new(default, ExchangeKind::Direct, None)],
            bindings: Vec::new(),
            queues: Vec::new(),
            subscriptions: Vec::new(),
            limits: Vec::new(),
            exchange_names,
            queue_names: Names::default(),
            dead_letters: VecDeque::new(),
            deliveries: 0,
            routes: 0,
            blockings: 0,
            reached: Vec::new(),
            found: Vec::new(),
            targets: Vec::new(),
        }
    }

    pub(super) fn is_up(&self) -> bool {
        self.up
    }

    /// How long messages waited in a queue, to be asked.
    pub(super) fn wait_mut(&mut self, queue: QueueIndex) -> &mut Histogram {
        &mut self.queues[queue.0 as usize].wait
    }

    #[inline]
    pub(super) fn queue(&self, queue: QueueIndex) -> &Queue {
        &self.queues[queue.0 as usize]
    }

    #[inline]
    fn queue_mut(&mut self, queue: QueueIndex) -> &mut Queue {
        &mut self.queues[queue.0 as usize]
    }

    pub(super) fn queues(&self) -> impl Iterator<Item = QueueIndex> + use<> {
        (0..self.queues.len() as u32).map(QueueIndex)
    }

    pub(super) fn exchange(&self, exchange: ExchangeIndex) -> &Exchange {
        &self.exchanges[exchange.0 as usize]
    }

    /// The bindings that stand, in the order in which they were made.
    pub(super) fn bindings(&self) -> impl Iterator<Item = (BindingIndex, &Binding)> {
        let bindings = self.bindings.iter().enumerate().filter(|(_, binding)| binding.stands);
        bindings.map(|(index, binding)| (BindingIndex(index as u32), binding))
    }

    /// The exchange of this name.
    pub(super) fn exchange_named(&self, name: &str) -> Option<ExchangeIndex> {
        self.exchange_names.get(name).copied()
    }

    // ---- declarations ----

    /// Makes an exchange.
    pub(super) fn declare_exchange(
        &mut self,
        name: Rc<str>,
        kind: ExchangeKind,
        alternate: Option<Rc<str>>,
    ) -> ExchangeIndex {
        let index = ExchangeIndex(self.exchanges.len() as u32);
        self.exchange_names.insert(name.clone(), index);
        self.exchanges.push(Exchange::new(name, kind, alternate));
        index
    }

    /// Gives an exchange another type or another alternate exchange; its bindings stay.
    pub(super) fn set_exchange(&mut self, exchange: ExchangeIndex, kind: ExchangeKind, alternate: Option<Rc<str>>) {
        let state = &mut self.exchanges[exchange.0 as usize];
        state.alternate = alternate;
        if state.kind != kind {
            state.kind = kind;
            self.arrange(exchange);
        }
    }

    /// Deletes an exchange with its bindings.
    pub(super) fn delete_exchange(&mut self, exchange: ExchangeIndex) {
        let state = &mut self.exchanges[exchange.0 as usize];
        state.stands = false;
        let name = state.name.clone();
        self.exchange_names.remove(&name);
        self.unbind_all(|binding| binding.source == exchange || binding.destination == Destination::Exchange(exchange));
    }

    /// Makes a binding.
    pub(super) fn bind(
        &mut self,
        source: ExchangeIndex,
        destination: Destination,
        terms: BindingTerms,
    ) -> BindingIndex {
        let index = BindingIndex(self.bindings.len() as u32);
        self.exchanges[source.0 as usize].add(index, &terms);
        self.bindings.push(Binding { source, destination, terms, stands: true });
        index
    }

    /// Gives a binding other terms.
    pub(super) fn set_binding(&mut self, binding: BindingIndex, terms: BindingTerms) {
        let state = &mut self.bindings[binding.0 as usize];
        if state.terms != terms {
            state.terms = terms;
            let source = state.source;
            self.arrange(source);
        }
    }

    /// Takes a binding away.
    pub(super) fn unbind(&mut self, binding: BindingIndex) {
        let state = &mut self.bindings[binding.0 as usize];
        state.stands = false;
        let source = state.source;
        self.arrange(source);
    }

    fn unbind_all(&mut self, goes: impl Fn(&Binding) -> bool) {
        let mut sources = Vec::new();
        for binding in &mut self.bindings {
            if binding.stands && goes(binding) {
                binding.stands = false;
                sources.push(binding.source);
            }
        }
        sources.sort_unstable();
        sources.dedup();
        for source in sources {
            self.arrange(source);
        }
    }

    fn arrange(&mut self, exchange: ExchangeIndex) {
        let bindings = self.bindings.iter().enumerate();
        let own = bindings.filter(|(_, binding)| binding.stands && binding.source == exchange);
        let terms = own.map(|(index, binding)| (BindingIndex(index as u32), &binding.terms));
        self.exchanges[exchange.0 as usize].arrange(terms);
    }

    /// Makes a queue.
    pub(super) fn declare_queue(
        &mut self,
        effects: &mut dyn Effects,
        name: Rc<str>,
        options: QueueOptions,
    ) -> QueueIndex {
        let index = QueueIndex(self.queues.len() as u32);
        self.queue_names.insert(name.clone(), index);
        self.queues.push(Queue::new(name, options));
        self.use_queue(effects, index);
        index
    }

    /// Declares a queue again. One that was deleted is there again, empty; for any other this counts as use.
    pub(super) fn declare_again(&mut self, effects: &mut dyn Effects, queue: QueueIndex) {
        let state = self.queue_mut(queue);
        if state.deleted {
            state.set_deleted(false);
            let name = state.name.clone();
            self.queue_names.insert(name, queue);
        }
        self.use_queue(effects, queue);
    }

    /// A queue that is used, or left by its last consumer, begins anew to count the time until it expires (RabbitMQ,
    /// "Queue TTL"; recordings `expires-*`).
    fn use_queue(&mut self, effects: &mut dyn Effects, queue: QueueIndex) {
        let now = effects.now();
        let state = self.queue_mut(queue);
        state.expires_at = match state.options.expires {
            Some(expires) if state.members.is_empty() && !state.deleted => now + expires,
            _ => Micros::LAST,
        };
        self.arm(effects, queue);
    }

    /// Changes a queue's options, as a policy does: limits are kept from now on; a time to live concerns what is
    /// published from now on (recordings `policy-*`, `ttl-policy`).
    pub(super) fn set_queue(&mut self, effects: &mut dyn Effects, queue: QueueIndex, options: QueueOptions) {
        let state = &mut self.queues[queue.0 as usize];
        if state.options == options {
            return;
        }
        let single = options.single_active_consumer;
        let expires = state.options.expires != options.expires;
        state.set(options, effects.copies(), queue);
        if !single {
            self.queue_mut(queue).active = SubscriptionIndex::NONE;
        } else if self.queue(queue).active == SubscriptionIndex::NONE {
            self.choose_active(queue);
        }
        if expires {
            self.use_queue(effects, queue);
        }
        self.arrange_round(queue);
        self.drop_over_limit(effects, queue);
        self.expire(effects, queue);
        self.deliver(effects, queue);
        self.finish(effects, queue);
    }

    /// Deletes a queue with all its messages, which are not dead-lettered, unacked ones included; its subscriptions
    /// end.
    pub(super) fn delete_queue(&mut self, effects: &mut dyn Effects, queue: QueueIndex) {
        effects.deleted(queue);
        for subscription in self.queue(queue).members.clone() {
            self.leave(subscription);
            effects.cancelled(subscription);
        }
        for copy in self.unacked(effects.copies(), |copy| copy.queue == queue) {
            self.take_back(effects.copies(), copy);
            effects.dropped(At::Queue(queue), copy, Place::Unacked, DropReason::QueueDeleted);
        }
        let state = self.queue_mut(queue);
        let ready = state.take_ready();
        state.set_deleted(true);
        state.active = SubscriptionIndex::NONE;
        state.expires_at = Micros::LAST;
        let name = state.name.clone();
        if self.queue_names.get(&name) == Some(&queue) {
            self.queue_names.remove(&name);
        }
        for copy in ready.iter() {
            effects.dropped(At::Queue(queue), copy, Place::Ready, DropReason::QueueDeleted);
        }
        self.finish(effects, queue);
    }

    /// The unacked copies that are asked for, subscription by subscription, in order of their places. They are looked for
    /// among all copies: an ack, which is frequent, is cheaper without lists of them.
    pub(super) fn unacked(&self, copies: &Copies, wanted: impl Fn(&MessageCopy) -> bool) -> Vec<CopyIndex> {
        let mut unacked: Vec<(SubscriptionIndex, u64, CopyIndex)> = copies
            .iter()
            .filter(|(_, copy)| copy.place == Place::Unacked && wanted(copy))
            .map(|(index, copy)| (copy.subscription, copy.position, index))
            .collect();
        unacked.sort_unstable_by_key(|&(subscription, position, _)| (subscription, position));
        unacked.into_iter().map(|(_, _, copy)| copy).collect()
    }

    /// Takes away the bindings that lead to a queue, as they go with it.
    pub(super) fn unbind_queue(&mut self, queue: QueueIndex) {
        self.unbind_all(|binding| binding.destination == Destination::Queue(queue));
    }

    /// Removes what is ready in a queue; says how many messages that was (AMQP 0-9-1 `queue.purge`).
    pub(super) fn purge(&mut self, effects: &mut dyn Effects, queue: QueueIndex) -> u64 {
        let mut purged = 0;
        while let Some(copy) = self.pop(effects.copies(), queue) {
            purged += 1;
            effects.dropped(At::Queue(queue), copy, Place::Ready, DropReason::Purged);
        }
        self.finish(effects, queue);
        purged
    }

    // ---- publishing ----

    /// A copy arrives at an exchange (AMQP 0-9-1 `basic.publish`).
    #[inline(never)]
    pub(super) fn publish<E: Effects + ?Sized>(
        &mut self,
        effects: &mut E,
        exchange: ExchangeIndex,
        copy: CopyIndex,
        mandatory: bool,
    ) -> Outcome {
        if !self.up {
            effects.dropped(At::Exchange(exchange), copy, Place::InTransit, DropReason::LostInCrash);
            return Outcome::default();
        }
        let message = effects.copies().get(copy);
        let (content, number, origin) = (message.content.clone(), message.number, message.origin);
        self.route(exchange, &content);
        let targets = std::mem::take(&mut self.targets);
        let mut outcome = Outcome::default();
        self.tell_way(effects, exchange, number);
        if targets.is_empty() {
            if mandatory {
                effects.returned(exchange, copy);
                outcome.returned = true;
            }
            effects.dropped(At::Exchange(exchange), copy, Place::InTransit, DropReason::Unroutable);
        }
        for (place, &(queue, binding)) in targets.iter().enumerate() {
            let copy = if place == 0 { copy } else { effects.make(content.clone(), origin) };
            if binding != BindingIndex::NONE {
                let number = effects.copies().get(copy).number;
                effects.routed(binding, number);
            }
            let state = self.queue(queue);
            outcome.stored |= state.stores(&content);
            outcome.refused |= self.enqueue(effects, queue, copy);
        }
        self.targets = targets;
        self.bury_all(effects);
        outcome
    }

    /// A copy arrives at a queue, through the default exchange; says whether the queue refused it.
    #[inline(always)]
    pub(super) fn publish_to_queue<E: Effects + ?Sized>(
        &mut self,
        effects: &mut E,
        queue: QueueIndex,
        copy: CopyIndex,
    ) -> bool {
        let state = self.queue(queue);
        if !self.up || state.deleted {
            let reason = if self.up { DropReason::Unroutable } else { DropReason::LostInCrash };
            effects.dropped(At::Queue(queue), copy, Place::InTransit, reason);
            return false;
        }
        let refused = self.enqueue(effects, queue, copy);
        self.bury_all(effects);
        refused
    }

    /// Tells which exchanges a message reached, and over which bindings.
    fn tell_way<E: Effects + ?Sized>(&mut self, effects: &mut E, exchange: ExchangeIndex, number: u64) {
        if exchange == ExchangeIndex::DEFAULT {
            return;
        }
        for &(exchange, binding) in &self.reached {
            if binding != BindingIndex::NONE {
                effects.routed(binding, number);
            }
            effects.received(exchange);
        }
    }

    /// Finds the queues that get a message: `targets`, in the order of their names. Each exchange is visited once, and
    /// each queue gets one copy (recordings `e2e-*`); where no binding of an exchange takes the message, it goes to
    /// the alternate exchange (`ae-*`).
    fn route(&mut self, exchange: ExchangeIndex, content: &Content) {
        self.routes += 1;
        self.targets.clear();
        self.reached.clear();
        self.reach(exchange, BindingIndex::NONE);
        let mut next = 0;
        while let Some(&(exchange, _)) = self.reached.get(next) {
            next += 1;
            if exchange == ExchangeIndex::DEFAULT {
                for key in &content.routing_keys {
                    if let Some(&queue) = self.queue_names.get(key) {
                        self.target(queue, BindingIndex::NONE);
                    }
                }
                continue;
            }
            let mut found = std::mem::take(&mut self.found);
            found.clear();
            let state = &mut self.exchanges[exchange.0 as usize];
            state.find(content, &mut found);
            let mut taken = false;
            for &binding in &found {
                match self.bindings[binding.0 as usize].destination {
                    // Its bindings are made again when it is declared again.
                    Destination::Queue(queue) if self.queue(queue).deleted => continue,
                    Destination::Queue(queue) => self.target(queue, binding),
                    Destination::Exchange(exchange) => self.reach(exchange, binding),
                }
                taken = true;
            }
            self.found = found;
            if !taken
                && let Some(alternate) = &self.exchanges[exchange.0 as usize].alternate
                && let Some(&alternate) = self.exchange_names.get(alternate)
            {
                self.reach(alternate, BindingIndex::NONE);
            }
        }
        if self.targets.len() > 1 {
            let queues = &self.queues;
            self.targets.sort_unstable_by(|(a, _), (b, _)| queues[a.0 as usize].name.cmp(&queues[b.0 as usize].name));
        }
    }

    fn reach(&mut self, exchange: ExchangeIndex, binding: BindingIndex) {
        let visited = &mut self.exchanges[exchange.0 as usize].visited;
        if std::mem::replace(visited, self.routes) != self.routes {
            self.reached.push((exchange, binding));
        }
    }

    fn target(&mut self, queue: QueueIndex, binding: BindingIndex) {
        let visited = &mut self.queues[queue.0 as usize].visited;
        if std::mem::replace(visited, self.routes) != self.routes {
            self.targets.push((queue, binding));
        }
    }

    /// A queue takes a copy in, or refuses it: says whether it did.
    #[inline(always)]
    fn enqueue<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex, copy: CopyIndex) -> bool {
        let now = effects.now();
        let state = &mut self.queues[queue.0 as usize];
        let message = effects.copies().get_mut(copy);
        if !state.plain || message.content.ttl.is_some() {
            return self.enqueue_specially(effects, queue, copy);
        }
        message.queue = queue;
        message.position = state.next_position;
        message.enqueued_at = now;
        message.place = Place::Ready;
        let number = message.number;
        state.next_position += 1;
        state.ready.push_back(0, copy);
        effects.enqueued(queue, number);
        self.deliver(effects, queue);
        self.settle(effects, queue);
        false
    }

    /// The same for queues with limits, times to live, priorities, and for those that are not classic.
    #[inline(never)]
    fn enqueue_specially<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex, copy: CopyIndex) -> bool {
        let now = effects.now();
        let state = &mut self.queues[queue.0 as usize];
        let message = effects.copies().get_mut(copy);
        let content = message.content.clone();
        if state.options.keeping == Keeping::Stream {
            state.stream.log.push(content);
            effects.appended(queue, copy);
            self.read_stream(effects, queue);
            return false;
        }
        if state.refuses() && state.would_overflow(content.size_bytes) {
            if state.options.overflow == Overflow::RejectPublishDlx {
                let origin = message.origin;
                self.mourn(queue, &content, DropReason::Maxlen, origin);
            }
            effects.dropped(At::Queue(queue), copy, Place::InTransit, DropReason::PublishRejected);
            return true;
        }
        message.queue = queue;
        message.position = state.next_position;
        message.enqueued_at = now;
        message.place = Place::Ready;
        message.expires_at = match (state.options.ttl, content.ttl) {
            (None, None) => Micros::LAST,
            (queue, message) => now + queue.into_iter().chain(message).min().unwrap_or(Micros::LAST),
        };
        // A quorum queue offers a message that may not wait at all to a consumer first (recordings `ttl-zero-*`).
        if state.is_quorum() && message.expires_at == now {
            message.expires_at += Micros(1);
        }
        state.timed |= message.expires_at < Micros::LAST;
        let number = message.number;
        state.next_position += 1;
        if state.counts_bytes() {
            state.ready_bytes += content.size_bytes;
        }
        let level = if state.is_quorum() { 0 } else { state.level(effects.copies(), copy) };
        state.ready.push_back(level, copy);
        effects.enqueued(queue, number);
        // What a consumer takes at once does not count against the limit, and does not expire.
        self.deliver(effects, queue);
        self.drop_over_limit(effects, queue);
        self.expire(effects, queue);
        self.settle(effects, queue);
        false
    }

    /// Takes the next ready message out of a queue.
    #[inline]
    fn pop(&mut self, copies: &Copies, queue: QueueIndex) -> Option<CopyIndex> {
        let state = self.queue_mut(queue);
        let copy = state.ready.pop_front()?;
        if state.counts_bytes() {
            state.ready_bytes -= copies.get(copy).content.size_bytes;
        }
        Some(copy)
    }

    // ---- deaths ----

    /// Drops what stands at the head until the limits are kept. A quorum queue that drops several at once
    /// dead-letters the last one first (recording `maxlen-requeue-over-limit-quorum`).
    #[inline]
    fn drop_over_limit<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex) {
        if !self.queue(queue).is_over_limit() || !self.queue(queue).drops_head() {
            return;
        }
        let before = self.dead_letters.len();
        while self.queue(queue).is_over_limit() {
            let Some(copy) = self.pop(effects.copies(), queue) else { break };
            self.die(effects, queue, copy, Place::Ready, DropReason::Maxlen);
        }
        if self.queue(queue).is_quorum() {
            self.dead_letters.make_contiguous()[before..].reverse();
        }
    }

    /// Drops what stands at the head and has waited too long. What is behind a message that may still wait stays, and
    /// is counted (RabbitMQ, "Time-To-Live"; recordings `ttl-*-head-only*`).
    #[inline(always)]
    fn expire<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex) {
        if self.queue(queue).timed {
            self.expire_heads(effects, queue);
        }
    }

    #[inline(never)]
    fn expire_heads<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex) {
        let now = effects.now();
        while let Some(head) = self.queue(queue).ready.front()
            && effects.copies().get(head).expires_at <= now
        {
            self.pop(effects.copies(), queue);
            self.die(effects, queue, head, Place::Ready, DropReason::Expired);
        }
    }

    /// A copy dies in a queue: it is dropped, and there will be a dead letter if the queue has an exchange for them.
    fn die<E: Effects + ?Sized>(
        &mut self,
        effects: &mut E,
        queue: QueueIndex,
        copy: CopyIndex,
        place: Place,
        why: DropReason,
    ) {
        if self.queue(queue).options.dead_letter_exchange.is_some() {
            let message = effects.copies().get(copy);
            let (content, origin) = (message.content.clone(), message.origin);
            self.mourn(queue, &content, why, origin);
        }
        effects.dropped(At::Queue(queue), copy, place, why);
    }

    fn mourn(&mut self, queue: QueueIndex, content: &Rc<Content>, reason: DropReason, origin: Origin) {
        let name = &self.queues[queue.0 as usize].options.dead_letter_exchange;
        // One that is not there gets nothing, without a word (recordings `dlx-missing-exchange-*`).
        if let Some(exchange) = name.as_ref().and_then(|name| self.exchange_named(name)) {
            self.dead_letters.push_back(DeadLetter { content: content.clone(), queue, reason, exchange, origin });
        }
    }

    /// Publishes the dead letters that there are, and those that come of it.
    #[inline(always)]
    fn bury_all<E: Effects + ?Sized>(&mut self, effects: &mut E) {
        if !self.dead_letters.is_empty() {
            self.bury(effects.as_dyn());
        }
    }

    #[cold]
    fn bury(&mut self, effects: &mut dyn Effects) {
        while let Some(DeadLetter { content, queue, reason, exchange, origin }) = self.dead_letters.pop_front() {
            let state = self.queue(queue);
            let key = state.options.dead_letter_routing_key.as_ref();
            let name = self.exchange(exchange).name.clone();
            let letter = Rc::new(dead_letter::content(&content, &state.name, reason, name, key));
            self.route(exchange, &letter);
            let mut targets = std::mem::take(&mut self.targets);
            if reason != DropReason::Rejected {
                targets.retain(|&(queue, _)| !dead_letter::is_cycle(&letter, &self.queue(queue).name));
            }
            effects.dead_lettered(queue);
            let mut way_told = false;
            for &(queue, binding) in &targets {
                let copy = effects.make(letter.clone(), origin);
                let number = effects.copies().get(copy).number;
                if !std::mem::replace(&mut way_told, true) {
                    self.tell_way(effects, exchange, number);
                }
                if binding != BindingIndex::NONE {
                    effects.routed(binding, number);
                }
                self.enqueue(effects, queue, copy);
            }
            self.targets = targets;
        }
    }

    // ---- time ----

    /// It is the time that a queue asked to be woken at.
    pub(super) fn wake(&mut self, effects: &mut dyn Effects, queue: QueueIndex) {
        let now = effects.now();
        let up = self.up;
        let state = self.queue_mut(queue);
        // It may have been asked for another time since; and a restart looks after all.
        if state.wake_at > now || state.deleted || !up {
            return;
        }
        state.wake_at = Micros::LAST;
        if state.expires_at <= now {
            self.delete_queue(effects, queue);
            return;
        }
        self.expire(effects, queue);
        self.finish(effects, queue);
    }

    /// Asks to be woken when the message at the head or the queue itself expires.
    #[inline(never)]
    fn arm<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex) {
        let state = &mut self.queues[queue.0 as usize];
        let head = state.ready.front().map_or(Micros::LAST, |head| effects.copies().get(head).expires_at);
        // What came back too late is overdue.
        let due = head.min(state.expires_at).max(effects.now());
        if due < state.wake_at {
            state.wake_at = due;
            effects.wake_at(queue, due);
        }
    }

    /// Tells a queue's depth at the end of an input, so that what passed within it leaves no mark.
    #[inline(always)]
    fn settle<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex) {
        let state = self.queue(queue);
        let depth = state.depth();
        if state.timed {
            self.arm(effects, queue);
        }
        effects.settled(queue, depth);
    }

    /// The end of an input to one queue.
    #[inline(always)]
    fn finish<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex) {
        self.settle(effects, queue);
        self.bury_all(effects);
    }

    // ---- the broker itself ----

    /// The broker dies. Persistent messages in durable queues are on disk and wait there, in order, and so does all
    /// that is in a quorum queue; everything else is lost. All subscriptions end. `unacked` are the unacked copies, in
    /// the order of their deliveries.
    pub(super) fn crash(&mut self, effects: &mut dyn Effects, unacked: Vec<CopyIndex>) {
        self.up = false;
        for index in 0..self.subscriptions.len() as u32 {
            self.leave(SubscriptionIndex(index));
        }
        for copy in unacked {
            let (queue, _) = self.take_back(effects.copies(), copy);
            self.give_back(effects, queue, copy);
        }
        for queue in self.queues() {
            let state = self.queue_mut(queue);
            let mut ready = state.take_ready();
            ready.retain(|copy| {
                let kept = state.stores(&effects.copies().get(copy).content);
                if !kept {
                    effects.dropped(At::Queue(queue), copy, Place::Ready, DropReason::LostInCrash);
                }
                kept
            });
            let state = self.queue_mut(queue);
            state.ready = ready;
            state.count_bytes(effects.copies());
            self.settle(effects, queue);
        }
    }

    /// What the broker had on disk is gone; it is down.
    pub(super) fn lose_disk(&mut self, effects: &mut dyn Effects) {
        for queue in self.queues() {
            while let Some(copy) = self.pop(effects.copies(), queue) {
                effects.dropped(At::Queue(queue), copy, Place::Ready, DropReason::LostInCrash);
            }
            self.settle(effects, queue);
        }
    }

    /// The broker is back. Consumers have to subscribe again. What was unacked when it died came on top of what
    /// waited: a queue with a limit keeps it again from now on.
    pub(super) fn restart(&mut self, effects: &mut dyn Effects) {
        self.up = true;
        for queue in self.queues() {
            if self.queue(queue).deleted {
                continue;
            }
            self.queue_mut(queue).wake_at = Micros::LAST;
            self.use_queue(effects, queue);
            self.expire(effects, queue);
            self.drop_over_limit(effects, queue);
            self.finish(effects, queue);
        }
    }
}
