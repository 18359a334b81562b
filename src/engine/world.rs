//! Everything but the broker: what travels, what consumers hold and do, and who is told of it.
//!
//! The world cannot reach the broker. So the [`Effects`] of an input are carried out at once, while the broker is
//! still at it, and none of them can make another input.

use std::rc::Rc;

use slab::Slab;

use super::broker::content::Content;
use super::broker::{At, BindingIndex, Delivery, Effects, ExchangeIndex, QueueIndex, SubscriptionIndex};
use super::calendar::{Calendar, Due};
use super::copies::{Copies, CopyIndex, HeldMessage, MessageCopy};
use super::event::{Event, Observer, TraceHash};
use super::ledger::{DropReason, Ledger, Place};
use super::node::consumer::{Consumer, SubscribeEnd, Work};
use super::node::exchange::ExchangeNode;
use super::node::producer::Producer;
use super::node::queue::QueueNode;
use super::publishing::{Publish, PublishIndex};
use super::{ConsumerIndex, EdgeIndex, MOST_COPIES, Member, NodeIndex, ProducerIndex};
use crate::base::Micros;
use crate::scenario::Id;

#[derive(Clone, Debug)]
pub(super) struct NodeEntry {
    pub(super) id: Id,
    pub(super) member: Member,
    /// The edges at it, in the order in which they were connected.
    pub(super) edges: Vec<EdgeIndex>,
}

/// The ends of an edge.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ends {
    Publish { producer: ProducerIndex, target: PublishTarget },
    Bind(BindingIndex),
    Subscribe(SubscribeEnd),
}

/// Where a producer publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PublishTarget {
    Queue(QueueIndex),
    Exchange(ExchangeIndex),
}

impl PublishTarget {
    /// The place of what is dropped on arrival.
    pub(super) fn at(self) -> At {
        match self {
            PublishTarget::Queue(queue) => At::Queue(queue),
            PublishTarget::Exchange(exchange) => At::Exchange(exchange),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct EdgeState {
    pub(super) id: Id,
    pub(super) from: NodeIndex,
    pub(super) to: NodeIndex,
    pub(super) ends: Ends,
    pub(super) latency: Micros,
    /// When the last message that set off, and the last ack that set off, arrive: nothing overtakes on an edge.
    pub(super) last_arrival: Micros,
    pub(super) last_ack_arrival: Micros,
    pub(super) removed: bool,
}

impl EdgeState {
    /// When a message that sets off now arrives.
    #[inline]
    pub(super) fn send(&mut self, now: Micros) -> Micros {
        self.last_arrival = (now + self.latency).max(self.last_arrival);
        self.last_arrival
    }

    /// When an ack or a confirm that sets off at `time` is back.
    #[inline]
    pub(super) fn send_back(&mut self, time: Micros) -> Micros {
        self.last_ack_arrival = (time + self.latency).max(self.last_ack_arrival);
        self.last_ack_arrival
    }
}

/// What travels on an edge.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cargo {
    Publish(CopyIndex, PublishIndex),
    /// The broker's answer to a publish: an ack, or a nack.
    Confirm(PublishIndex, bool),
    Delivery(CopyIndex),
    DeliveryForGood(CopyIndex),
    Ack(CopyIndex),
    /// A message of this number that no queue took comes back.
    Return(u64),
    /// A rejection, with or without requeue.
    Reject(CopyIndex, bool),
    /// It was lost or called back; only its event is still to pass.
    Nothing,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) edge: EdgeIndex,
    pub(super) cargo: Cargo,
}

/// The world around the broker.
#[derive(Clone)]
pub(super) struct World {
    pub(super) now: Micros,
    pub(super) hash: TraceHash,
    pub(super) calendar: Calendar,
    pub(super) ledger: Ledger,
    pub(super) copies: Copies,
    pub(super) nodes: Vec<NodeEntry>,
    pub(super) edges: Vec<EdgeState>,
    pub(super) producers: Vec<Producer>,
    /// By their index in the broker, where the default exchange comes first.
    pub(super) exchanges: Vec<ExchangeNode>,
    pub(super) queues: Vec<QueueNode>,
    pub(super) consumers: Vec<Consumer>,
    /// Whose edge each subscription is.
    pub(super) subscription_edges: Vec<EdgeIndex>,
    /// Whose edge each binding is.
    pub(super) binding_edges: Vec<EdgeIndex>,
    /// Publishes whose confirm is awaited, and those that are to be made again.
    pub(super) publishes: Slab<Publish>,
    pub(super) retries: Slab<Publish>,
    /// Whether the broker is short of memory and blocks all who publish.
    pub(super) memory_alarm: bool,
    pub(super) flights: Slab<Flight>,
    pub(super) works: Slab<Work>,
}

impl World {
    pub(super) fn new(seed: u64) -> World {
        World {
            now: Micros::ZERO,
            hash: TraceHash::new(seed),
            calendar: Calendar::default(),
            ledger: Ledger::default(),
            copies: Copies::default(),
            nodes: Vec::new(),
            edges: Vec::new(),
            producers: Vec::new(),
            exchanges: Vec::new(),
            queues: Vec::new(),
            consumers: Vec::new(),
            subscription_edges: Vec::new(),
            binding_edges: Vec::new(),
            publishes: Slab::new(),
            retries: Slab::new(),
            memory_alarm: false,
            flights: Slab::new(),
            works: Slab::new(),
        }
    }

    /// The world as the broker sees it.
    #[inline]
    pub(super) fn outside<'a, O: Observer>(&'a mut self, observer: &'a mut O) -> Outside<'a, O> {
        Outside { world: self, observer }
    }

    #[inline]
    pub(super) fn tell<O: Observer>(&mut self, event: Event, observer: &mut O) {
        self.hash.observe(self.now, &event);
        observer.observe(self.now, &event);
    }

    /// Whether no more fits into memory.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.copies.len() + self.publishes.len() + self.retries.len() >= MOST_COPIES
    }

    pub(super) fn exchange_mut(&mut self, exchange: ExchangeIndex) -> Option<&mut ExchangeNode> {
        self.exchanges.get_mut((exchange.0 as usize).checked_sub(1)?)
    }

    /// Something sets off on an edge.
    #[inline(never)]
    pub(super) fn fly(&mut self, edge: EdgeIndex, cargo: Cargo, arrives_at: Micros) {
        let flight = self.flights.insert(Flight { edge, cargo });
        self.calendar.schedule(arrives_at, Due::Arrival(flight as u32));
    }

    /// A copy reaches a consumer: it takes a slot, or waits for one in the consumer's hands.
    #[inline(always)]
    pub(super) fn receive(&mut self, consumer: ConsumerIndex, message: HeldMessage) {
        let state = &mut self.consumers[consumer.0 as usize];
        if state.waiting.is_empty() && state.has_slot() {
            self.begin_work(consumer, message);
        } else {
            state.waiting.push_back(message.copy);
        }
    }

    #[inline(always)]
    fn begin_work(&mut self, index: ConsumerIndex, message: HeldMessage) {
        let consumer = &mut self.consumers[index.0 as usize];
        // A handler without steps ends at once.
        let duration = consumer.draw_step(0).unwrap_or(Micros::ZERO);
        let step_ends_at = self.now + duration;
        let work = self.works.insert(Work {
            consumer: index,
            slot: Some(consumer.working.len() as u32),
            message,
            step: 0,
            step_began_at: self.now,
            step_ends_at,
        }) as u32;
        consumer.working.push(work);
        consumer.busy.set(self.now, consumer.working.len() as u64);
        self.calendar.schedule(step_ends_at, Due::StepEnd(work));
    }

    /// Gives free slots to what waits in a consumer's hands.
    #[inline(never)]
    pub(super) fn begin_waiting_work(&mut self, index: ConsumerIndex) {
        while self.consumers[index.0 as usize].has_slot() {
            let Some(copy) = self.consumers[index.0 as usize].waiting.pop_front() else { return };
            self.begin_work(index, self.copies.held(copy));
        }
    }

    /// A consumer is done with a copy.
    #[inline(always)]
    pub(super) fn end_acked<O: Observer>(
        &mut self,
        consumer: ConsumerIndex,
        queue: QueueIndex,
        copy: CopyIndex,
        observer: &mut O,
    ) {
        self.ledger.acked += 1;
        self.queues[queue.0 as usize].acked += 1;
        let consumer = &mut self.consumers[consumer.0 as usize];
        consumer.acked += 1;
        let at = consumer.node;
        let copy = self.copies.remove(copy).number;
        self.tell(Event::Acked { at, copy }, observer);
    }

    pub(super) fn end_dropped<O: Observer>(
        &mut self,
        at: NodeIndex,
        copy: CopyIndex,
        place: Place,
        reason: DropReason,
        observer: &mut O,
    ) {
        *self.ledger.place(place) -= 1;
        self.ledger.dropped.count(reason);
        let copy = self.copies.remove(copy).number;
        self.tell(Event::Dropped { at, copy, reason }, observer);
    }

    /// Takes everything off an edge, in the order in which it would arrive.
    pub(super) fn call_back(&mut self, edge: EdgeIndex) -> Vec<Cargo> {
        let mut called: Vec<(u64, usize)> = self
            .flights
            .iter()
            .filter(|(_, flight)| flight.edge == edge)
            .map(|(index, flight)| {
                let order = match flight.cargo {
                    Cargo::Publish(copy, _)
                    | Cargo::Delivery(copy)
                    | Cargo::DeliveryForGood(copy)
                    | Cargo::Ack(copy)
                    | Cargo::Reject(copy, _) => self.copies.get(copy).number,
                    Cargo::Confirm(publish, _) => self.publishes[publish.0 as usize].number,
                    Cargo::Return(number) => number,
                    Cargo::Nothing => 0,
                };
                (order, index)
            })
            .collect();
        called.sort_unstable();
        let take = |(_, index): (u64, usize)| std::mem::replace(&mut self.flights[index].cargo, Cargo::Nothing);
        called.into_iter().map(take).collect()
    }

    /// Consumers forget copies that the broker has taken from them: work on one goes on, but its ack is in vain.
    pub(super) fn let_go(&mut self, taken: impl Fn(&MessageCopy) -> bool) {
        for (_, work) in &mut self.works {
            let copy = &mut work.message.copy;
            if copy.exists() && taken(self.copies.get(*copy)) {
                *copy = CopyIndex::NONE;
            }
        }
        for consumer in &mut self.consumers {
            consumer.waiting.retain(|copy| !taken(self.copies.get(*copy)));
        }
        for (_, flight) in &mut self.flights {
            if let Cargo::Ack(copy) | Cargo::Reject(copy, _) | Cargo::Delivery(copy) = flight.cargo
                && taken(self.copies.get(copy))
            {
                flight.cargo = Cargo::Nothing;
            }
        }
    }
}

/// The world as the broker sees it during one input: what carries its effects out.
pub(super) struct Outside<'a, O> {
    pub(super) world: &'a mut World,
    observer: &'a mut O,
}

impl<O: Observer> Effects for Outside<'_, O> {
    #[inline]
    fn as_dyn(&mut self) -> &mut dyn Effects {
        self
    }

    #[inline(always)]
    fn now(&self) -> Micros {
        self.world.now
    }

    #[inline(always)]
    fn copies(&mut self) -> &mut Copies {
        &mut self.world.copies
    }

    fn make(&mut self, content: Rc<Content>, published_at: Micros) -> CopyIndex {
        let world = &mut *self.world;
        world.ledger.made += 1;
        world.ledger.in_transit += 1;
        world.copies.insert(MessageCopy::new(world.ledger.made, content, published_at))
    }

    fn received(&mut self, exchange: ExchangeIndex) {
        let now = self.world.now;
        if let Some(state) = self.world.exchange_mut(exchange) {
            state.received += 1;
            state.receipts.count(now);
        }
    }

    fn routed(&mut self, binding: BindingIndex, number: u64) {
        let edge = self.world.binding_edges[binding.0 as usize];
        let from = self.world.edges[edge.0 as usize].from;
        if let Member::Exchange(exchange) = self.world.nodes[from.0 as usize].member
            && let Some(state) = self.world.exchange_mut(exchange)
        {
            state.routed += 1;
        }
        self.world.tell(Event::Routed { edge, copy: number }, self.observer);
    }

    fn returned(&mut self, exchange: ExchangeIndex, _: CopyIndex) {
        if let Some(state) = self.world.exchange_mut(exchange) {
            state.returned += 1;
        }
    }

    #[inline(always)]
    fn enqueued(&mut self, queue: QueueIndex, number: u64) {
        let world = &mut *self.world;
        world.ledger.in_transit -= 1;
        world.ledger.ready += 1;
        let state = &mut world.queues[queue.0 as usize];
        state.enqueued += 1;
        state.arrivals.count(world.now);
        let event = Event::Enqueued { queue: state.node, copy: number };
        world.tell(event, self.observer);
    }

    /// It sets off on the subscription's edge.
    #[inline(always)]
    fn delivered(&mut self, delivery: Delivery) {
        let Delivery { queue, subscription, message, for_good } = delivery;
        let world = &mut *self.world;
        let now = world.now;
        world.ledger.ready -= 1;
        *if for_good { &mut world.ledger.in_transit } else { &mut world.ledger.unacked } += 1;
        let from = &mut world.queues[queue.0 as usize];
        from.delivered += 1;
        from.deliveries.count(now);
        from.redelivered += u64::from(message.redelivered);
        let edge = world.subscription_edges[subscription.0 as usize];
        let state = &mut world.edges[edge.0 as usize];
        let Ends::Subscribe(SubscribeEnd { consumer, .. }) = state.ends else { return };
        let arrives_at = state.send(now);
        let to = &mut world.consumers[consumer.0 as usize];
        to.delivered += 1;
        to.redelivered += u64::from(message.redelivered);
        let HeldMessage { copy, number, redelivered, .. } = message;
        world.tell(Event::Delivered { edge, copy: number, arrives_at, redelivered }, self.observer);
        if arrives_at == now {
            world.receive(consumer, message);
        } else {
            world.fly(edge, if for_good { Cargo::DeliveryForGood(copy) } else { Cargo::Delivery(copy) }, arrives_at);
        }
    }

    fn requeued(&mut self, queue: QueueIndex, copy: CopyIndex) {
        let world = &mut *self.world;
        world.ledger.unacked -= 1;
        world.ledger.ready += 1;
        let queue = world.queues[queue.0 as usize].node;
        world.tell(Event::Requeued { queue, copy: world.copies.get(copy).number }, self.observer);
    }

    #[inline(always)]
    fn acked(&mut self, queue: QueueIndex, subscription: SubscriptionIndex, copy: CopyIndex) {
        let world = &mut *self.world;
        world.ledger.unacked -= 1;
        let edge = world.subscription_edges[subscription.0 as usize];
        let Ends::Subscribe(SubscribeEnd { consumer, .. }) = world.edges[edge.0 as usize].ends else { return };
        world.end_acked(consumer, queue, copy, self.observer);
    }

    fn dropped(&mut self, at: At, copy: CopyIndex, place: Place, reason: DropReason) {
        let (node, dropped) = match at {
            At::Queue(queue) => {
                let state = &mut self.world.queues[queue.0 as usize];
                (state.node, &mut state.dropped)
            }
            At::Exchange(exchange) => {
                let Some(state) = self.world.exchange_mut(exchange) else { return };
                (state.node, &mut state.dropped)
            }
        };
        dropped.count(reason);
        self.world.end_dropped(node, copy, place, reason, self.observer);
    }

    fn dead_lettered(&mut self, queue: QueueIndex) {
        let state = &mut self.world.queues[queue.0 as usize];
        state.dead_lettered += 1;
        let queue = state.node;
        self.world.tell(Event::DeadLettered { queue }, self.observer);
    }

    /// The drawing has no streams.
    fn appended(&mut self, queue: QueueIndex, copy: CopyIndex) {
        debug_assert!(false, "queue {queue:?} took {copy:?} in for good");
    }

    fn wake_at(&mut self, queue: QueueIndex, time: Micros) {
        self.world.calendar.schedule(time, Due::Wake(queue));
    }

    /// Its consumer has nothing to do with it: what it holds was taken from it with the queue.
    fn cancelled(&mut self, _: SubscriptionIndex) {}

    fn deleted(&mut self, queue: QueueIndex) {
        self.world.let_go(|copy| copy.queue == queue && copy.place == Place::Unacked);
        let queue = self.world.queues[queue.0 as usize].node;
        self.world.tell(Event::QueueDeleted { queue }, self.observer);
    }

    #[inline(always)]
    fn settled(&mut self, queue: QueueIndex, depth: u64) {
        self.world.queues[queue.0 as usize].note_depth(self.world.now, depth);
    }
}
