//! Everything but the broker: what travels, what consumers hold and do, and who is told of it.
//!
//! The world cannot reach the broker. So the [`Effects`] of an input are carried out at once, while the broker is
//! still at it, and none of them can make another input.

use std::rc::Rc;

use super::alarm::Alarm;
use super::broker::content::Content;
use super::broker::{At, BindingIndex, Delivery, Effects, ExchangeIndex, QueueIndex, SubscriptionIndex};
use super::calendar::{Calendar, Due};
use super::calling::{Call, Deferred};
use super::copies::{Copies, CopyIndex, HeldMessage, MessageCopy, Origin};
use super::event::{Event, Observer, Spot, TraceHash};
use super::incident::{Incidents, Trouble};
use super::ledger::{DropReason, Drops, Ledger, Place};
use super::node::client::Client;
use super::node::consumer::{Consumer, SubscribeEnd};
use super::node::database::Database;
use super::node::exchange::ExchangeNode;
use super::node::producer::Producer;
use super::node::program::Program;
use super::node::queue::QueueNode;
use super::node::service::Service;
use super::node::slots::{Failure, Job, Work, Worker};
use super::pool::Pool;
use super::publishing::{Publish, PublishIndex};
use super::random::{Purpose, Stream};
use super::working::PartTimer;
use super::{ConsumerIndex, EdgeIndex, MOST_COPIES, Member, NodeIndex, ProducerIndex};
use crate::base::Micros;
use crate::scenario::Id;

#[derive(Clone, Debug)]
pub(super) struct NodeEntry {
    pub(super) id: Id,
    pub(super) member: Member,
    /// The edges at it, in the order in which they were connected.
    pub(super) edges: Vec<EdgeIndex>,
    /// What was dropped here, or on its way from here because its edge was removed.
    pub(super) dropped: Drops,
}

/// The ends of an edge.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ends {
    Publish { publisher: Publisher, target: PublishTarget },
    Bind(BindingIndex),
    Subscribe(SubscribeEnd),
    Call,
}

/// Who publishes on an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Publisher {
    Producer(ProducerIndex),
    Worker(Worker),
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
    /// How long it takes now.
    pub(super) latency: Micros,
    /// Whether nothing is wrong with it: nothing cut, held, lost or doubled, and its broker does not stand still.
    pub(super) plain: bool,
    pub(super) condition: EdgeCondition,
    /// When the last message that set off, and the last ack that set off, arrive: nothing overtakes on an edge.
    pub(super) last_arrival: Micros,
    pub(super) last_ack_arrival: Micros,
    pub(super) removed: bool,
}

/// What is wrong with an edge, and what came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct EdgeCondition {
    pub(super) cut: bool,
    pub(super) held: bool,
    /// By its settings, and by faults on top of that.
    pub(super) own_latency: Micros,
    pub(super) fault_latency: Micros,
    pub(super) own_loss: f64,
    pub(super) fault_loss: f64,
    pub(super) own_duplicate: f64,
    pub(super) fault_duplicate: f64,
    /// What waits at its end because it is held.
    pub(super) waiting: Vec<Flight>,
    pub(super) lost: u64,
    /// Of what was lost, the copies that are gone with it.
    pub(super) copies_lost: u64,
    pub(super) duplicated: u64,
    pub(super) draws: Option<Stream>,
}

/// The chance that one of two independent things happens.
pub(super) fn either(one: f64, other: f64) -> f64 {
    one + other * (1.0 - one)
}

impl EdgeCondition {
    pub(super) fn loss(&self) -> f64 {
        either(self.own_loss, self.fault_loss)
    }

    pub(super) fn duplicate(&self) -> f64 {
        either(self.own_duplicate, self.fault_duplicate)
    }
}

impl EdgeState {
    /// Takes what is wrong with it into account.
    pub(super) fn look_at_condition(&mut self, broker_stalls: bool) {
        let condition = &self.condition;
        self.latency = condition.own_latency + condition.fault_latency;
        let lies_at_broker = matches!(self.ends, Ends::Publish { .. } | Ends::Subscribe(_));
        self.plain = !condition.cut
            && !condition.held
            && condition.loss() == 0.0
            && condition.duplicate() == 0.0
            && !(broker_stalls && lies_at_broker);
    }

    /// Whether something happens now that happens at a rate.
    pub(super) fn draw(&mut self, rate: f64, seed: u64) -> bool {
        if rate == 0.0 {
            return false;
        }
        let id = &self.id;
        let draws = self.condition.draws.get_or_insert_with(|| Stream::new(seed, id, Purpose::Losses));
        draws.unit() < rate
    }

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

/// Whose a subscription is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subscriber {
    pub(super) edge: EdgeIndex,
    pub(super) consumer: ConsumerIndex,
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
    /// An attempt of a call.
    Request {
        call: u32,
        attempt: u64,
    },
    /// Its answer, or that it has failed.
    Answer {
        call: u32,
        attempt: u64,
        failure: Option<Failure>,
    },
    /// It was lost or called back; only its event is still to pass.
    Nothing,
}

impl Cargo {
    /// Whether it is on its way to the broker.
    pub(super) fn goes_to_broker(&self) -> bool {
        matches!(self, Cargo::Publish(..) | Cargo::Ack(_) | Cargo::Reject(..))
    }
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
    pub(super) clients: Vec<Client>,
    pub(super) services: Vec<Service>,
    pub(super) databases: Vec<Database>,
    /// Whose each subscription is.
    pub(super) subscribers: Vec<Subscriber>,
    /// Whose edge each binding is.
    pub(super) binding_edges: Vec<EdgeIndex>,
    /// Publishes whose confirm is awaited, and those that are to be made again.
    pub(super) publishes: Pool<Publish>,
    pub(super) retries: Pool<Publish>,
    /// Whether the broker is short of memory and blocks all who publish.
    pub(super) memory_alarm: bool,
    /// Since when the broker stands still, and what has arrived at it since.
    pub(super) broker_stalled_at: Option<Micros>,
    pub(super) broker_inbox: Vec<Flight>,
    pub(super) woken: Vec<QueueIndex>,
    pub(super) flights: Pool<Flight>,
    pub(super) works: Pool<Work>,
    /// What goes on at once in steps that are `parallel`.
    pub(super) parts: Pool<PartTimer>,
    /// Calls that are not over, and how many attempts there were in all.
    pub(super) calls: Pool<Call>,
    pub(super) attempts: u64,
    /// What came for callers that stand still.
    pub(super) deferred: Vec<Deferred>,
    /// Steps that publish as soon as the broker has memory again.
    pub(super) blocked: Vec<(u32, u32)>,
    pub(super) alarms: Pool<Alarm>,
    pub(super) incidents: Incidents,
    pub(super) seed: u64,
    /// What is done with a message that was dealt with before.
    pub(super) nothing: Rc<Program>,
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
            clients: Vec::new(),
            services: Vec::new(),
            databases: Vec::new(),
            subscribers: Vec::new(),
            binding_edges: Vec::new(),
            publishes: Pool::default(),
            retries: Pool::default(),
            memory_alarm: false,
            broker_stalled_at: None,
            broker_inbox: Vec::new(),
            woken: Vec::new(),
            flights: Pool::default(),
            works: Pool::default(),
            parts: Pool::default(),
            calls: Pool::default(),
            attempts: 0,
            deferred: Vec::new(),
            blocked: Vec::new(),
            alarms: Pool::default(),
            incidents: Incidents::default(),
            seed,
            nothing: Rc::default(),
        }
    }

    /// The world as the broker sees it.
    #[inline]
    pub(super) fn outside<'a, O: Observer>(&'a mut self, observer: &'a mut O) -> Outside<'a, O> {
        Outside { world: self, observer }
    }

    /// Tells what happened.
    #[inline(never)]
    pub(super) fn tell<O: Observer>(&mut self, event: Event, observer: &mut O) {
        self.tell_here(event, observer);
    }

    /// The same, for what happens to every message: laid out where it is called, where the kind of event is known.
    #[inline(always)]
    pub(super) fn tell_here<O: Observer>(&mut self, event: Event, observer: &mut O) {
        self.hash.observe(self.now, &event);
        observer.observe(self.now, &event);
    }

    /// Whether no more fits into memory.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.copies.len() + self.publishes.len() + self.retries.len() + self.calls.len() >= MOST_COPIES
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
    pub(super) fn receive<O: Observer>(&mut self, consumer: ConsumerIndex, message: HeldMessage, observer: &mut O) {
        let state = &mut self.consumers[consumer.0 as usize];
        if state.waiting.is_empty() && state.slots.has_slot() {
            self.begin_message(consumer, message, observer);
        } else {
            state.waiting.push_back(message.copy);
        }
    }

    /// A consumer is done with a copy.
    #[inline(always)]
    pub(super) fn end_acked<O: Observer>(&mut self, consumer: ConsumerIndex, copy: CopyIndex, observer: &mut O) {
        self.ledger.acked += 1;
        let consumer = &mut self.consumers[consumer.0 as usize];
        consumer.acked += 1;
        let at = consumer.node;
        let copy = self.copies.remove(copy);
        self.tell_here(Event::Acked { at, copy }, observer);
    }

    /// A copy is dropped at a node; it is counted there, whatever becomes of the node.
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
        self.nodes[at.0 as usize].dropped.count(reason);
        let copy = self.copies.remove(copy);
        self.charge_drop(at, reason);
        self.tell(Event::Dropped { at, copy, reason }, observer);
    }

    /// A lost copy is counted where it was lost, or with what took it.
    fn charge_drop(&mut self, at: NodeIndex, reason: DropReason) {
        let now = self.now;
        let spot = match self.nodes[at.0 as usize].member {
            Member::Queue(queue) if self.queues[queue.0 as usize].has_dead_letters && reason.makes_dead_letters() => {
                return;
            }
            Member::Queue(_) | Member::Exchange(_) if reason == DropReason::LostInCrash => Spot::Broker,
            _ => Spot::Node(at),
        };
        match reason {
            DropReason::LostInCrash => {
                let died = |trouble| matches!(trouble, Trouble::Crashed | Trouble::Overloaded | Trouble::DiskLost);
                // A consumer's copies may be lost with the broker.
                let incident = self.incidents.find(now, spot, died);
                if let Some(incident) = incident.or_else(|| self.incidents.find(now, Spot::Broker, died)) {
                    self.incidents.charge(incident, |cost| cost.copies_lost += 1);
                }
            }
            DropReason::NodeRemoved
            | DropReason::EdgeRemoved
            | DropReason::QueueDeleted
            | DropReason::Purged
            | DropReason::LostInNetwork => {}
            _ => {
                self.incidents.note(now, spot, Trouble::Dropping, |cost| cost.copies_lost += 1);
            }
        }
    }

    /// A copy is lost on its way.
    pub(super) fn end_lost<O: Observer>(&mut self, edge: EdgeIndex, copy: CopyIndex, observer: &mut O) {
        self.ledger.in_transit -= 1;
        self.ledger.dropped.count(DropReason::LostInNetwork);
        self.edges[edge.0 as usize].condition.copies_lost += 1;
        let copy = self.copies.remove(copy);
        self.lost(edge, copy, true, observer);
    }

    /// Something was lost on its way: a copy, or (0) something else, which is there still where it came from.
    pub(super) fn lost<O: Observer>(&mut self, edge: EdgeIndex, copy: u64, for_good: bool, observer: &mut O) {
        self.edges[edge.0 as usize].condition.lost += 1;
        let causes = |trouble| matches!(trouble, Trouble::Cut | Trouble::Loss);
        let incident = self.incidents.find(self.now, Spot::Edge(edge), causes);
        if let Some(incident) = incident.filter(|_| for_good) {
            self.incidents.charge(incident, |cost| cost.copies_lost += 1);
        }
        self.tell(Event::Lost { edge, copy }, observer);
    }

    /// Another copy of one that travels on an edge.
    pub(super) fn duplicate<O: Observer>(&mut self, edge: EdgeIndex, copy: CopyIndex, observer: &mut O) -> CopyIndex {
        self.ledger.made += 1;
        self.ledger.in_transit += 1;
        let original = self.copies.get(copy);
        let (content, origin, queue, of) = (original.content.clone(), original.origin, original.queue, original.number);
        let number = self.ledger.made;
        let mut twice = MessageCopy::new(number, content, origin);
        twice.queue = queue;
        self.edges[edge.0 as usize].condition.duplicated += 1;
        observer.made(number, twice.origin.message, twice.content.routing_key());
        self.tell(Event::Duplicated { edge, copy: number, of }, observer);
        self.copies.insert(twice)
    }

    /// Whether what sets off on an edge now arrives twice.
    #[inline]
    pub(super) fn draws_duplicate(&mut self, edge: EdgeIndex) -> bool {
        let state = &mut self.edges[edge.0 as usize];
        !state.plain && state.draw(state.condition.duplicate(), self.seed)
    }

    /// All that is under way, also what is held at the end of its edge or waits for a broker that stands still.
    pub(super) fn all_flights(&mut self) -> impl Iterator<Item = &mut Flight> {
        all_flights(&mut self.flights, &mut self.edges, &mut self.broker_inbox)
    }

    /// Takes everything off an edge, in the order in which it would arrive.
    pub(super) fn call_back(&mut self, edge: EdgeIndex) -> Vec<Cargo> {
        let mut called: Vec<Cargo> = self
            .all_flights()
            .filter(|flight| flight.edge == edge)
            .map(|flight| std::mem::replace(&mut flight.cargo, Cargo::Nothing))
            .collect();
        called.sort_by_key(|cargo| match *cargo {
            Cargo::Publish(copy, _)
            | Cargo::Delivery(copy)
            | Cargo::DeliveryForGood(copy)
            | Cargo::Ack(copy)
            | Cargo::Reject(copy, _) => self.copies.get(copy).number,
            Cargo::Confirm(publish, _) => self.publishes[publish.0 as usize].number,
            Cargo::Return(number) => number,
            Cargo::Request { attempt, .. } | Cargo::Answer { attempt, .. } => attempt,
            Cargo::Nothing => 0,
        });
        called
    }

    /// Consumers forget copies that the broker has taken from them: work on one goes on, but its ack is in vain.
    pub(super) fn let_go(&mut self, taken: impl Fn(&MessageCopy) -> bool) {
        for (_, work) in self.works.iter_mut() {
            if let Job::Message(HeldMessage { copy, .. }) = &mut work.job
                && copy.exists()
                && taken(self.copies.get(*copy))
            {
                *copy = CopyIndex::NONE;
            }
        }
        for consumer in &mut self.consumers {
            consumer.waiting.retain(|copy| !taken(self.copies.get(*copy)));
        }
        let World { flights, edges, broker_inbox, copies, .. } = self;
        for flight in all_flights(flights, edges, broker_inbox) {
            if let Cargo::Ack(copy) | Cargo::Reject(copy, _) | Cargo::Delivery(copy) = flight.cargo
                && taken(copies.get(copy))
            {
                flight.cargo = Cargo::Nothing;
            }
        }
    }
}

fn all_flights<'a>(
    flights: &'a mut Pool<Flight>,
    edges: &'a mut [EdgeState],
    broker_inbox: &'a mut [Flight],
) -> impl Iterator<Item = &'a mut Flight> {
    let flights = flights.iter_mut().map(|(_, flight)| flight);
    let held = edges.iter_mut().flat_map(|edge| &mut edge.condition.waiting);
    flights.chain(held).chain(broker_inbox)
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

    fn make(&mut self, content: Rc<Content>, origin: Origin) -> CopyIndex {
        let world = &mut *self.world;
        world.ledger.made += 1;
        world.ledger.in_transit += 1;
        let copy = MessageCopy::new(world.ledger.made, content, origin);
        self.observer.made(copy.number, copy.origin.message, copy.content.routing_key());
        world.copies.insert(copy)
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
        world.tell_here(event, self.observer);
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
        let from_is_poisoned = from.poison > 0;
        from.poison -= u32::from(from_is_poisoned);
        let Subscriber { edge, consumer } = world.subscribers[subscription.0 as usize];
        let state = &mut world.edges[edge.0 as usize];
        let arrives_at = state.send(now);
        let to = &mut world.consumers[consumer.0 as usize];
        to.delivered += 1;
        to.redelivered += u64::from(message.redelivered);
        let plain = state.plain;
        let HeldMessage { copy, number, redelivered, .. } = message;
        world.tell_here(Event::Delivered { edge, copy: number, arrives_at, redelivered }, self.observer);
        if from_is_poisoned {
            world.poison(copy);
        }
        if arrives_at == now && plain && !from_is_poisoned {
            world.receive(consumer, message, self.observer);
        } else {
            world.fly(edge, if for_good { Cargo::DeliveryForGood(copy) } else { Cargo::Delivery(copy) }, arrives_at);
            if world.draws_duplicate(edge) {
                let twice = world.duplicate(edge, copy, self.observer);
                world.fly(edge, Cargo::DeliveryForGood(twice), arrives_at);
            }
        }
    }

    fn requeued(&mut self, queue: QueueIndex, copy: CopyIndex) {
        let world = &mut *self.world;
        world.ledger.unacked -= 1;
        world.ledger.ready += 1;
        let state = &mut world.queues[queue.0 as usize];
        state.requeues.count(world.now);
        let queue = state.node;
        world.tell(Event::Requeued { queue, copy: world.copies.get(copy).number }, self.observer);
    }

    #[inline(always)]
    fn acked(&mut self, queue: QueueIndex, subscription: SubscriptionIndex, copy: CopyIndex) {
        let world = &mut *self.world;
        world.ledger.unacked -= 1;
        world.queues[queue.0 as usize].acked += 1;
        let Subscriber { consumer, .. } = world.subscribers[subscription.0 as usize];
        world.end_acked(consumer, copy, self.observer);
    }

    fn dropped(&mut self, at: At, copy: CopyIndex, place: Place, reason: DropReason) {
        let node = match at {
            At::Queue(queue) => self.world.queues[queue.0 as usize].node,
            At::Exchange(exchange) => {
                let Some(state) = self.world.exchange_mut(exchange) else { return };
                state.node
            }
        };
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
