//! The engine: a scenario as it runs. A plain value without clock, I/O or browser; the same scenario, seed and
//! actions give the same trace on every machine, bit for bit.
//!
//! One [`calendar`] holds what is due. Carrying an event out changes nodes and the [`broker`], schedules more
//! events, and tells everything that happened as [`Event`]s to the trace hash and to an [`Observer`].

mod action;
pub mod amqp;
mod broker;
mod calendar;
mod copies;
mod event;
mod explain;
mod histogram;
mod incident;
mod ledger;
mod metrics;
mod node;
mod publishing;
mod random;
mod report;
mod world;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::base::Micros;
use crate::scenario::{
    BROKER, BrokerSettings, Edge, EdgeKind, Fault, FaultPlace, Id, Node, NodeKind, NodeSettings, OnFailure, Reason,
    Scenario, TimedFault,
};
use broker::content::Content;
use broker::exchange::{BindingTerms, Destination};
use broker::{Broker, Effects, ExchangeIndex, QueueIndex, QueueOptions, SubscriptionIndex, SubscriptionOptions};
use calendar::Due;
use copies::{CopyIndex, HeldMessage};
use node::consumer::{Consumer, SubscribeEnd, Work};
use node::exchange::ExchangeNode;
use node::producer::{Producer, PublishEdge};
use node::queue::QueueNode;
use world::{Cargo, EdgeState, Ends, Flight, NodeEntry, PublishTarget, World};

pub use action::{Action, Moment};
pub use event::{Event, Observer, Unobserved};
pub use explain::{
    BindingExplanation, BindingReason, Death, HeaderCheck, MessageDetails, PatternWord, RouteExplanation,
};
pub use histogram::DistributionReport;
pub use incident::{Cost, IncidentReport, LULL, MOST_INCIDENTS, Trouble};
pub use ledger::{DropReason, Drops, Ledger, Place};
pub use report::{
    ClientReport, Condition, ConsumerReport, DatabaseReport, Deployment, EdgeReport, ExchangeReport, NodeReport,
    ProducerReport, QueueReport, Report, ServiceReport, WaitingMessage, WorkReport,
};

/// A node of a run. Indices are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIndex(pub u32);

/// An edge of a run. Indices are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeIndex(pub u32);

/// A producer among the producers of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ProducerIndex(u32);

/// A consumer among the consumers of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ConsumerIndex(u32);

/// How many copies may be alive at once. What holds more would exhaust the memory of a browser's page; the run
/// stops there and says so.
pub const MOST_COPIES: usize = 5_000_000;

/// How far a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Up to the time that was asked for.
    Reached,
    /// Not that far: as many events as were allowed have been carried out.
    Underway,
    /// Not that far, and no further: [`MOST_COPIES`] copies are alive.
    Full,
}

/// A node's kind, with its place among the nodes of that kind.
#[derive(Clone, Copy, Debug)]
enum Member {
    Producer(ProducerIndex),
    Exchange(ExchangeIndex),
    Queue(QueueIndex),
    Consumer(ConsumerIndex),
    Later(NodeKind),
}

/// A run of a scenario.
#[derive(Clone)]
pub struct Engine {
    seed: u64,
    events: u64,
    broker: Broker,
    world: World,
    node_indices: BTreeMap<Id, NodeIndex>,
    edge_indices: BTreeMap<Id, EdgeIndex>,
    broker_settings: BrokerSettings,
    /// How often the broker was told to restart or has crashed: an older restart's end is void.
    broker_changes: u32,
    script: Vec<Scripted>,
}

/// A fault of the script.
#[derive(Clone, Debug)]
struct Scripted {
    fault: TimedFault,
    /// Whether it is in the script still.
    stands: bool,
}

impl Engine {
    /// A run of a scenario, at time zero. Its own seed is used.
    pub fn new(scenario: &Scenario) -> Engine {
        let mut engine = Engine {
            seed: scenario.seed,
            events: 0,
            broker: Broker::new(),
            world: World::new(scenario.seed),
            node_indices: BTreeMap::new(),
            edge_indices: BTreeMap::new(),
            broker_settings: scenario.broker.clone(),
            broker_changes: 0,
            script: Vec::new(),
        };
        engine.set_script(&scenario.faults);
        let unobserved = &mut Unobserved;
        for node in &scenario.nodes {
            engine.put_node(node, unobserved);
        }
        for edge in &scenario.edges {
            // A document that was read has the ends of all its edges; where one was built wrongly, its edge is left out.
            let _ = engine.put_edge(edge, unobserved);
        }
        engine
    }

    /// The script is this one from now on. What stands in both goes on as it was; what is new and lies in the past
    /// does not happen.
    fn set_script(&mut self, faults: &[TimedFault]) {
        let mut new: Vec<&TimedFault> = faults.iter().collect();
        for scripted in &mut self.script {
            if scripted.stands {
                match new.iter().position(|fault| **fault == scripted.fault) {
                    Some(known) => drop(new.remove(known)),
                    None => scripted.stands = false,
                }
            }
        }
        for fault in new {
            let number = self.script.len() as u32;
            let begins = Micros::from_ms(fault.at_ms);
            if begins >= self.world.now {
                let calendar = &mut self.world.calendar;
                calendar.schedule_first(begins, number, Due::FaultBegins(number));
                if let Some(for_ms) = fault.for_ms {
                    calendar.schedule_first(begins + Micros::from_ms(for_ms), number, Due::FaultEnds(number));
                }
            }
            self.script.push(Scripted { fault: fault.clone(), stands: true });
        }
    }

    /// The simulated time.
    pub fn now(&self) -> Micros {
        self.world.now
    }

    /// Where the run stands, exactly.
    pub fn moment(&self) -> Moment {
        Moment { time_us: self.world.now, events: self.events }
    }

    /// How many events have been carried out.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// When the next event is due.
    pub fn next_event_at(&self) -> Option<Micros> {
        self.world.calendar.next_time()
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.world.ledger
    }

    /// The fingerprint of everything that happened so far: 16 hexadecimal digits.
    pub fn trace_hash(&self) -> String {
        self.world.hash.text()
    }

    // ---- time ----

    /// Carries out every event before `time` and sets the clock to it.
    pub fn run_until<O: Observer>(&mut self, time: Micros, observer: &mut O) -> Progress {
        self.run_some(time, u64::MAX, observer)
    }

    /// Carries out at most `most_events` of the events before `time`; when none is left, sets the clock to it.
    pub fn run_some<O: Observer>(&mut self, time: Micros, most_events: u64, observer: &mut O) -> Progress {
        let last = self.events.saturating_add(most_events);
        while self.world.calendar.next_time().is_some_and(|next| next < time) {
            if self.world.is_full() {
                return Progress::Full;
            }
            if self.events >= last {
                return Progress::Underway;
            }
            self.carry_out_next(observer);
        }
        self.world.now = self.world.now.max(time);
        Progress::Reached
    }

    /// Carries out the next event; the clock stands at its time then. False where there is none, or no room.
    pub fn step<O: Observer>(&mut self, observer: &mut O) -> bool {
        if self.world.calendar.next_time().is_none() || self.world.is_full() {
            return false;
        }
        self.carry_out_next(observer);
        true
    }

    #[inline(always)]
    fn carry_out_next<O: Observer>(&mut self, observer: &mut O) {
        let Some((time, due)) = self.world.calendar.take() else { return };
        debug_assert!(time >= self.world.now, "the calendar never goes back");
        self.world.now = time;
        self.events += 1;
        match due {
            Due::Publish(producer) => self.publish_due(producer, observer),
            Due::Arrival(flight) => self.arrive(flight, observer),
            Due::StepEnd(work) => self.end_step(work, observer),
            Due::FaultBegins(index) | Due::FaultEnds(index) => {
                let Scripted { fault: TimedFault { fault, .. }, stands } = &self.script[index as usize];
                if *stands {
                    let begins = matches!(due, Due::FaultBegins(_));
                    let fault = if begins { fault.clone() } else { fault.opposite().unwrap_or_else(|| fault.clone()) };
                    // A fault on a node that was removed meanwhile has nothing to act on.
                    let _ = self.apply_fault(&fault, observer);
                }
            }
            Due::BrokerRestarted(change) => {
                if change == self.broker_changes {
                    self.broker_is_back(observer);
                }
            }
            Due::Wake(queue) => self.broker.wake(&mut self.world.outside(observer), queue),
            Due::Retry(retry) => self.retry_due(retry, observer),
            Due::Release(producer) => self.release_due(producer, observer),
        }
        self.world.calendar.close();
    }

    // ---- messages ----

    #[inline(never)]
    fn arrive<O: Observer>(&mut self, flight: u32, observer: &mut O) {
        let Flight { edge, cargo } = self.world.flights.remove(flight as usize);
        match (cargo, self.world.edges[edge.0 as usize].ends) {
            (Cargo::Publish(copy, publish), _) => self.publish_arrives(edge, copy, publish, observer),
            (Cargo::Confirm(publish, ack), _) => self.confirmed(publish, ack, observer),
            (Cargo::Return(number), _) => self.return_arrives(edge, number, observer),
            (Cargo::Delivery(copy) | Cargo::DeliveryForGood(copy), Ends::Subscribe(end)) => {
                self.world.receive(end.consumer, self.world.copies.held(copy));
            }
            (Cargo::Ack(copy), _) => {
                self.broker.ack(&mut self.world.outside(observer), copy);
            }
            (Cargo::Reject(copy, requeue), _) => self.rejected(copy, requeue, observer),
            _ => {}
        }
    }

    fn end_step<O: Observer>(&mut self, index: u32, observer: &mut O) {
        let work = &mut self.world.works[index as usize];
        let Some(slot) = work.slot else {
            // Its consumer crashed.
            self.world.works.remove(index as usize);
            return;
        };
        let consumer = &mut self.world.consumers[work.consumer.0 as usize];
        work.step += 1;
        if let Some(duration) = consumer.draw_step(work.step) {
            work.step_began_at = self.world.now;
            work.step_ends_at = self.world.now + duration;
            self.world.calendar.schedule(work.step_ends_at, Due::StepEnd(index));
            return;
        }
        // The last of the consumer's works moves to the free place. (Where it is this one that ends, no matter.)
        let last = consumer.working[consumer.working.len() - 1];
        consumer.working.swap_remove(slot as usize);
        self.world.works[last as usize].slot = Some(slot);
        let Work { consumer: consumer_index, message, .. } = self.world.works.remove(index as usize);
        let HeldMessage { copy, number, published_at, .. } = message;
        let fails = consumer.draw_failure();
        if fails {
            consumer.failed += 1;
        } else {
            consumer.processed += 1;
            consumer.processing.count(self.world.now);
            consumer.end_to_end.record(self.world.now - published_at);
        }
        let node = consumer.node;
        consumer.busy.set(self.world.now, consumer.working.len() as u64);
        // The slot goes to the next message in hand before the ack brings another one.
        if !consumer.waiting.is_empty() {
            self.world.begin_waiting_work(consumer_index);
        }
        let event = match fails {
            false => Event::Processed { consumer: node, copy: number },
            true => Event::Failed { consumer: node, copy: number },
        };
        self.world.tell(event, observer);
        if copy.exists() {
            self.ack(consumer_index, copy, fails, observer);
        }
    }

    /// A consumer is done with a copy, or gives up on it.
    #[inline]
    fn ack<O: Observer>(&mut self, consumer: ConsumerIndex, copy: CopyIndex, failed: bool, observer: &mut O) {
        let message = self.world.copies.get(copy);
        if message.place == Place::InTransit {
            // The broker was done with it when it sent it; now the consumer is done with it too.
            self.world.ledger.in_transit -= 1;
            let queue = message.queue;
            self.world.end_acked(consumer, queue, copy, observer);
            return;
        }
        let edge = self.world.subscription_edges[message.subscription.0 as usize];
        let requeue = self.world.consumers[consumer.0 as usize].settings.on_failure == OnFailure::Requeue;
        let state = &mut self.world.edges[edge.0 as usize];
        let arrives_at = state.send_back(self.world.now);
        let here = arrives_at == self.world.now || state.removed;
        match (failed, here) {
            (false, true) => self.broker.ack(&mut self.world.outside(observer), copy),
            (true, true) => self.rejected(copy, requeue, observer),
            (false, false) => self.world.fly(edge, Cargo::Ack(copy), arrives_at),
            (true, false) => self.world.fly(edge, Cargo::Reject(copy, requeue), arrives_at),
        }
    }

    /// A rejection reaches the broker.
    fn rejected<O: Observer>(&mut self, copy: CopyIndex, requeue: bool, observer: &mut O) {
        let queue = self.world.copies.get(copy).queue;
        let outside = &mut self.world.outside(observer);
        if requeue {
            self.broker.requeue(outside, queue, &[copy]);
        } else {
            self.broker.reject(outside, queue, &[copy]);
        }
    }

    // ---- actions ----

    /// Does something to the run, now.
    ///
    /// # Errors
    /// The action names a node or an edge that is not there; nothing has changed then.
    pub fn apply<O: Observer>(&mut self, action: &Action, observer: &mut O) -> Result<(), Reason> {
        match action {
            Action::PutNode(node) => self.put_node(node, observer),
            Action::RemoveNode(id) => self.remove_node(id, observer)?,
            Action::PutEdge(edge) => self.put_edge(edge, observer)?,
            Action::RemoveEdge(id) => self.remove_edge(id, observer)?,
            Action::SetBroker(settings) => self.broker_settings = settings.clone(),
            Action::SetScript(faults) => self.set_script(faults),
            Action::SetChaos(_) => {}
            Action::Fault(fault) => self.apply_fault(fault, observer)?,
        }
        Ok(())
    }

    fn node_index(&self, id: &Id) -> Result<NodeIndex, Reason> {
        self.node_index_of(id).ok_or_else(|| Reason::NoSuchNode(id.clone()))
    }

    fn member(&self, id: &Id) -> Result<Member, Reason> {
        Ok(self.world.nodes[self.node_index(id)?.0 as usize].member)
    }

    fn put_node<O: Observer>(&mut self, node: &Node, observer: &mut O) {
        if let Ok(member) = self.member(&node.id) {
            self.set_node(member, &node.settings, observer);
            return;
        }
        let index = NodeIndex(self.world.nodes.len() as u32);
        let member = match &node.settings {
            NodeSettings::Producer(settings) => {
                let producer = ProducerIndex(self.world.producers.len() as u32);
                self.world.producers.push(Producer::new(index, &node.id, self.seed, settings, self.world.now));
                self.schedule_publish(producer);
                Member::Producer(producer)
            }
            NodeSettings::Exchange(settings) => {
                let alternate = settings.alternate_exchange.as_deref().map(Rc::from);
                self.world.exchanges.push(ExchangeNode::new(index));
                Member::Exchange(self.broker.declare_exchange(node.id.0.as_str().into(), settings.kind, alternate))
            }
            NodeSettings::Queue(settings) => {
                // Known by its index before it is declared: its surroundings hear of it at once.
                let queue = QueueIndex(self.world.queues.len() as u32);
                self.world.queues.push(QueueNode::new(index, queue, settings.exclusive, self.world.now));
                let name = node.id.0.as_str().into();
                let declared =
                    self.broker.declare_queue(&mut self.world.outside(observer), name, QueueOptions::from(settings));
                debug_assert_eq!(declared, queue);
                Member::Queue(queue)
            }
            NodeSettings::Consumer(settings) => {
                let consumer = ConsumerIndex(self.world.consumers.len() as u32);
                self.world.consumers.push(Consumer::new(index, &node.id, self.seed, settings, self.world.now));
                Member::Consumer(consumer)
            }
            _ => Member::Later(node.kind()),
        };
        self.world.nodes.push(NodeEntry { id: node.id.clone(), member, edges: Vec::new() });
        self.node_indices.insert(node.id.clone(), index);
    }

    fn set_node<O: Observer>(&mut self, member: Member, settings: &NodeSettings, observer: &mut O) {
        match (member, settings) {
            (Member::Producer(index), NodeSettings::Producer(settings)) => {
                let producer = &mut self.world.producers[index.0 as usize];
                let due = producer.due;
                producer.set(settings, self.world.now);
                if settings.confirms.is_none() {
                    // Nobody waits for them any more; an answer that is under way finds nobody.
                    self.forget_publishes(|_, publish| publish.producer == index);
                }
                self.write_contents(index);
                self.release(index);
                if self.world.producers[index.0 as usize].due != due {
                    self.schedule_publish(index);
                }
            }
            (Member::Queue(queue), NodeSettings::Queue(settings)) => {
                self.world.queues[queue.0 as usize].exclusive = settings.exclusive;
                self.broker.set_queue(&mut self.world.outside(observer), queue, QueueOptions::from(settings));
            }
            (Member::Exchange(exchange), NodeSettings::Exchange(settings)) => {
                let alternate = settings.alternate_exchange.as_deref().map(Rc::from);
                self.broker.set_exchange(exchange, settings.kind, alternate);
            }
            (Member::Consumer(index), NodeSettings::Consumer(settings)) => {
                let consumer = &mut self.world.consumers[index.0 as usize];
                consumer.set(settings, self.world.now);
                self.world.begin_waiting_work(index);
                self.subscribe(index, observer);
            }
            // An id keeps its kind for ever; a document that says otherwise was refused.
            _ => debug_assert!(false, "a node changed its kind"),
        }
    }

    fn schedule_publish(&mut self, producer: ProducerIndex) {
        if let Some(due) = self.world.producers[producer.0 as usize].due {
            self.world.calendar.schedule(due, Due::Publish(producer));
        }
    }

    /// Opens all subscriptions of a consumer that is up, or brings them up to date. Where another consumer has the queue
    /// for itself, it is refused, and tries again when somebody leaves.
    fn subscribe<O: Observer>(&mut self, index: ConsumerIndex, observer: &mut O) {
        let consumer = &mut self.world.consumers[index.0 as usize];
        if !consumer.up {
            return;
        }
        consumer.refused = false;
        let options = SubscriptionOptions {
            ack_mode: consumer.settings.ack_mode,
            prefetch: consumer.settings.prefetch_count,
            priority: consumer.settings.priority,
            exclusive: consumer.settings.exclusive,
            ..SubscriptionOptions::default()
        };
        for place in 0..consumer.edges.len() {
            let edge = self.world.consumers[index.0 as usize].edges[place];
            let EdgeState { from, ends: Ends::Subscribe(end), .. } = self.world.edges[edge.0 as usize] else {
                continue;
            };
            let Member::Queue(queue) = self.world.nodes[from.0 as usize].member else { continue };
            let exclusive = options.exclusive || self.world.queues[queue.0 as usize].exclusive;
            let options = SubscriptionOptions { exclusive, ..options };
            let opened = self.broker.open(&mut self.world.outside(observer), end.subscription, options);
            self.world.consumers[index.0 as usize].refused |= opened.is_err();
        }
    }

    /// Somebody left: who was refused may try again.
    fn subscribe_refused<O: Observer>(&mut self, observer: &mut O) {
        for index in 0..self.world.consumers.len() as u32 {
            if self.world.consumers[index as usize].refused {
                self.subscribe(ConsumerIndex(index), observer);
            }
        }
    }

    fn put_edge<O: Observer>(&mut self, edge: &Edge, observer: &mut O) -> Result<(), Reason> {
        let latency = Micros::from_ms(edge.latency_ms);
        let terms = || BindingTerms {
            routing_key: edge.routing_key.as_str().into(),
            x_match: edge.x_match,
            headers: edge.headers.clone(),
        };
        if let Some(index) = self.edge_indices.get(&edge.id) {
            let state = &mut self.world.edges[index.0 as usize];
            state.latency = latency;
            if let Ends::Bind(binding) = state.ends {
                self.broker.set_binding(binding, terms());
            }
            return Ok(());
        }
        let (from, to) = (self.node_index(&edge.from)?, self.node_index(&edge.to)?);
        let index = EdgeIndex(self.world.edges.len() as u32);
        let ends = match (edge.kind, self.world.nodes[from.0 as usize].member, self.world.nodes[to.0 as usize].member) {
            (EdgeKind::Publish, Member::Producer(producer), Member::Queue(queue)) => {
                Ends::Publish { producer, target: PublishTarget::Queue(queue) }
            }
            (EdgeKind::Publish, Member::Producer(producer), Member::Exchange(exchange)) => {
                Ends::Publish { producer, target: PublishTarget::Exchange(exchange) }
            }
            (EdgeKind::Bind, Member::Exchange(source), Member::Queue(queue)) => {
                Ends::Bind(self.broker.bind(source, Destination::Queue(queue), terms()))
            }
            (EdgeKind::Bind, Member::Exchange(source), Member::Exchange(destination)) => {
                Ends::Bind(self.broker.bind(source, Destination::Exchange(destination), terms()))
            }
            (EdgeKind::Subscribe, Member::Queue(queue), Member::Consumer(consumer)) => {
                self.world.consumers[consumer.0 as usize].edges.push(index);
                let subscription = self.broker.add_subscription(queue);
                self.world.subscription_edges.push(index);
                Ends::Subscribe(SubscribeEnd { consumer, subscription })
            }
            (_, from, to) => return Err(Reason::WrongEdgeKind { from: from.kind(), to: to.kind() }),
        };
        self.world.edges.push(EdgeState {
            id: edge.id.clone(),
            from,
            to,
            ends,
            latency,
            last_arrival: Micros::ZERO,
            last_ack_arrival: Micros::ZERO,
            removed: false,
        });
        self.edge_indices.insert(edge.id.clone(), index);
        for end in [from, to] {
            self.world.nodes[end.0 as usize].edges.push(index);
        }
        match ends {
            Ends::Publish { producer, .. } => {
                let edges = &mut self.world.producers[producer.0 as usize].edges;
                edges.push(PublishEdge { edge: index, contents: Vec::new() });
                self.write_contents(producer);
            }
            Ends::Bind(_) => self.world.binding_edges.push(index),
            Ends::Subscribe(end) => self.subscribe(end.consumer, observer),
        }
        Ok(())
    }

    /// Writes what a producer publishes on each of its edges.
    fn write_contents(&mut self, index: ProducerIndex) {
        let producer = &self.world.producers[index.0 as usize];
        let template = &producer.settings.message;
        let contents = |edge: EdgeIndex| -> Vec<Rc<Content>> {
            let state = &self.world.edges[edge.0 as usize];
            let to = &self.world.nodes[state.to.0 as usize].id;
            match state.ends {
                Ends::Publish { target: PublishTarget::Exchange(_), .. } => {
                    let keys = template.routing_keys.iter().map(|weighted| weighted.key.as_str());
                    let none = template.routing_keys.is_empty().then_some("");
                    let name: Rc<str> = to.0.as_str().into();
                    keys.chain(none).map(|key| Rc::new(Content::of_template(template, name.clone(), key))).collect()
                }
                // The default exchange routes to the queue whose name is the key.
                _ => vec![Rc::new(Content::of_template(template, "".into(), to.as_str()))],
            }
        };
        let written: Vec<_> = producer.edges.iter().map(|publish| contents(publish.edge)).collect();
        for (publish, contents) in self.world.producers[index.0 as usize].edges.iter_mut().zip(written) {
            publish.contents = contents;
        }
    }

    /// An edge goes. Publishes on it are dropped, deliveries on it go back to their queue, acks on it still count;
    /// what a consumer holds stays with it and is acked when done (`basic.cancel`).
    fn remove_edge<O: Observer>(&mut self, id: &Id, observer: &mut O) -> Result<(), Reason> {
        let index = self.edge_indices.remove(id).ok_or_else(|| Reason::NoSuchEdge(id.clone()))?;
        let EdgeState { from, to, ends, .. } = self.world.edges[index.0 as usize];
        self.world.edges[index.0 as usize].removed = true;
        for end in [from, to] {
            self.world.nodes[end.0 as usize].edges.retain(|edge| *edge != index);
        }
        match ends {
            Ends::Publish { producer, .. } => {
                self.world.producers[producer.0 as usize].edges.retain(|publish| publish.edge != index);
            }
            Ends::Bind(binding) => self.broker.unbind(binding),
            Ends::Subscribe(SubscribeEnd { consumer, subscription }) => {
                self.world.consumers[consumer.0 as usize].edges.retain(|edge| *edge != index);
                self.broker.cancel(&mut self.world.outside(observer), subscription);
            }
        }
        for cargo in self.world.call_back(index) {
            match cargo {
                Cargo::Publish(copy, _) => {
                    self.world.end_dropped(from, copy, Place::InTransit, DropReason::EdgeRemoved, observer);
                }
                Cargo::Delivery(copy) => self.rejected(copy, true, observer),
                Cargo::Reject(copy, requeue) => self.rejected(copy, requeue, observer),
                Cargo::DeliveryForGood(copy) => {
                    self.world.end_dropped(to, copy, Place::InTransit, DropReason::EdgeRemoved, observer);
                }
                Cargo::Ack(copy) => self.broker.ack(&mut self.world.outside(observer), copy),
                Cargo::Confirm(..) | Cargo::Return(_) | Cargo::Nothing => {}
            }
        }
        self.forget_publishes(|_, publish| publish.edge == index);
        if let Ends::Publish { producer, .. } = ends {
            self.release(producer);
        }
        self.subscribe_refused(observer);
        Ok(())
    }

    fn remove_node<O: Observer>(&mut self, id: &Id, observer: &mut O) -> Result<(), Reason> {
        let index = self.node_index(id)?;
        for edge in std::mem::take(&mut self.world.nodes[index.0 as usize].edges) {
            let id = self.world.edges[edge.0 as usize].id.clone();
            self.remove_edge(&id, observer)?;
        }
        match self.world.nodes[index.0 as usize].member {
            // Nothing awaits its confirms: its edges have gone before.
            Member::Producer(producer) => self.world.producers[producer.0 as usize].crash(),
            Member::Exchange(exchange) => self.broker.delete_exchange(exchange),
            Member::Queue(queue) => self.broker.delete_queue(&mut self.world.outside(observer), queue),
            Member::Consumer(consumer) => self.stop_consumer(consumer, DropReason::NodeRemoved, observer),
            Member::Later(_) => {}
        }
        self.node_indices.remove(id);
        Ok(())
    }

    // ---- faults ----

    fn apply_fault<O: Observer>(&mut self, fault: &Fault, observer: &mut O) -> Result<(), Reason> {
        let (FaultPlace::Node(id) | FaultPlace::Edge(id)) = fault.place();
        // Queues live and die with their broker.
        let node = if id.0 == BROKER { None } else { Some(self.node_index(id)?) };
        let member = node.map(|node| self.world.nodes[node.0 as usize].member);
        match (fault, member) {
            (Fault::MemoryAlarm { .. }, _) => self.set_memory_alarm(true, observer),
            (Fault::MemoryAlarmCleared { .. }, _) => self.set_memory_alarm(false, observer),
            (Fault::Crash { .. }, None | Some(Member::Queue(_) | Member::Exchange(_))) => self.crash_broker(observer),
            (Fault::Restart { .. }, None | Some(Member::Queue(_) | Member::Exchange(_))) => {
                self.restart_broker(observer)
            }
            (Fault::Crash { .. }, Some(Member::Producer(index))) => {
                if self.world.producers[index.0 as usize].up {
                    self.world.producers[index.0 as usize].crash();
                    self.forget_publishes(|_, publish| publish.producer == index);
                    self.world.tell(Event::Crashed { node }, observer);
                }
            }
            (Fault::Restart { .. }, Some(Member::Producer(index))) => {
                if !self.world.producers[index.0 as usize].up {
                    self.world.tell(Event::Restarted { node }, observer);
                    self.world.producers[index.0 as usize].restart(self.world.now);
                    self.schedule_publish(index);
                }
            }
            (Fault::Crash { .. }, Some(Member::Consumer(index))) => {
                if self.world.consumers[index.0 as usize].up {
                    self.world.tell(Event::Crashed { node }, observer);
                    self.stop_consumer(index, DropReason::LostInCrash, observer);
                }
            }
            (Fault::Restart { .. }, Some(Member::Consumer(index))) => {
                if !self.world.consumers[index.0 as usize].up {
                    self.world.tell(Event::Restarted { node }, observer);
                    self.world.consumers[index.0 as usize].up = true;
                    self.subscribe(index, observer);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A consumer is gone: work ends unfinished, what it had not acked goes back to its queues, what was acked
    /// automatically is lost, and so is what is on its edges.
    fn stop_consumer<O: Observer>(&mut self, index: ConsumerIndex, reason: DropReason, observer: &mut O) {
        let consumer = &mut self.world.consumers[index.0 as usize];
        consumer.up = false;
        let node = consumer.node;
        let mut held = Vec::new();
        for work in std::mem::take(&mut consumer.working) {
            let work = &mut self.world.works[work as usize];
            work.slot = None;
            held.push(std::mem::replace(&mut work.message.copy, CopyIndex::NONE));
        }
        consumer.busy.set(self.world.now, 0);
        held.extend(std::mem::take(&mut consumer.waiting));
        for edge in consumer.edges.clone() {
            for cargo in self.world.call_back(edge) {
                if let Cargo::DeliveryForGood(copy) = cargo {
                    held.push(copy);
                }
            }
        }
        // What came in over edges that are gone was never called back with them: it is held without a subscription
        // edge of this consumer, so that its own subscription has to be closed as well.
        let mut subscriptions: Vec<SubscriptionIndex> = Vec::new();
        for edge in &self.world.consumers[index.0 as usize].edges {
            if let Ends::Subscribe(end) = self.world.edges[edge.0 as usize].ends {
                subscriptions.push(end.subscription);
            }
        }
        for copy in held.into_iter().filter(|copy| copy.exists()) {
            let message = self.world.copies.get(copy);
            match message.place {
                Place::InTransit => {
                    self.world.consumers[index.0 as usize].dropped.count(reason);
                    self.world.end_dropped(node, copy, Place::InTransit, reason, observer);
                }
                Place::Unacked if !subscriptions.contains(&message.subscription) => {
                    subscriptions.push(message.subscription);
                }
                Place::Unacked | Place::Ready => {}
            }
        }
        let held = self.broker.unacked(&self.world.copies, |copy| subscriptions.contains(&copy.subscription));
        self.broker.disconnect(&mut self.world.outside(observer), &subscriptions, &held);
        self.subscribe_refused(observer);
    }

    /// The broker is short of memory, or is so no more (RabbitMQ, "Memory and Disk Alarms").
    fn set_memory_alarm<O: Observer>(&mut self, set: bool, observer: &mut O) {
        if std::mem::replace(&mut self.world.memory_alarm, set) == set {
            return;
        }
        self.world.tell(Event::MemoryAlarm { set }, observer);
        for producer in 0..self.world.producers.len() as u32 {
            self.release(ProducerIndex(producer));
        }
    }

    fn crash_broker<O: Observer>(&mut self, observer: &mut O) {
        self.broker_changes += 1;
        if !self.broker.is_up() {
            return;
        }
        self.world.tell(Event::Crashed { node: None }, observer);
        self.world.let_go(|copy| copy.place == Place::Unacked);
        // All connections break: what is on them is lost.
        for edge in 0..self.world.edges.len() as u32 {
            let edge = EdgeIndex(edge);
            let EdgeState { to, ends, .. } = self.world.edges[edge.0 as usize];
            for cargo in self.world.call_back(edge) {
                let (Cargo::Publish(copy, _) | Cargo::DeliveryForGood(copy)) = cargo else { continue };
                // Each loss is shown at the node where it would have arrived.
                match ends {
                    Ends::Publish { target, .. } => {
                        let outside = &mut self.world.outside(observer);
                        outside.dropped(target.at(), copy, Place::InTransit, DropReason::LostInCrash);
                    }
                    Ends::Subscribe(end) => {
                        self.world.consumers[end.consumer.0 as usize].dropped.count(DropReason::LostInCrash);
                        self.world.end_dropped(to, copy, Place::InTransit, DropReason::LostInCrash, observer);
                    }
                    Ends::Bind(_) => {}
                }
            }
        }
        let unacked = self.broker.unacked(&self.world.copies, |_| true);
        self.broker.crash(&mut self.world.outside(observer), unacked);
    }

    fn restart_broker<O: Observer>(&mut self, observer: &mut O) {
        if self.broker.is_up() {
            return;
        }
        self.broker_changes += 1;
        let takes = Micros::from_ms(self.broker_settings.restart_ms);
        if takes == Micros::ZERO {
            self.broker_is_back(observer);
        } else {
            self.world.calendar.schedule(self.world.now + takes, Due::BrokerRestarted(self.broker_changes));
        }
    }

    fn broker_is_back<O: Observer>(&mut self, observer: &mut O) {
        self.world.tell(Event::Restarted { node: None }, observer);
        self.broker.restart(&mut self.world.outside(observer));
        self.set_memory_alarm(false, observer);
        self.publish_unconfirmed(observer);
        for consumer in 0..self.world.consumers.len() as u32 {
            self.subscribe(ConsumerIndex(consumer), observer);
        }
    }

    // ---- what is where ----

    /// The id of a node of this run, removed ones included.
    pub fn node_id(&self, node: NodeIndex) -> &Id {
        &self.world.nodes[node.0 as usize].id
    }

    /// The id of an edge of this run, removed ones included.
    pub fn edge_id(&self, edge: EdgeIndex) -> &Id {
        &self.world.edges[edge.0 as usize].id
    }

    /// The index of the node that has this id now.
    pub fn node_index_of(&self, id: &Id) -> Option<NodeIndex> {
        self.node_indices.get(id).copied()
    }

    /// The index of the edge that has this id now.
    pub fn edge_index(&self, id: &Id) -> Option<EdgeIndex> {
        self.edge_indices.get(id).copied()
    }

    /// Whether the broker serves.
    pub fn broker_is_up(&self) -> bool {
        self.broker.is_up()
    }

    /// Counts all copies anew, one by one, and compares with the ledger and with the queues' own counters: what
    /// tests assert after every event.
    pub fn audit(&self) -> Result<(), String> {
        let ledger = &self.world.ledger;
        if !ledger.balances() {
            return Err(format!("the ledger does not add up: {ledger:?}"));
        }
        let count = |place| self.world.copies.iter().filter(|(_, copy)| copy.place == place).count() as u64;
        for (place, counted) in
            [(Place::Ready, ledger.ready), (Place::Unacked, ledger.unacked), (Place::InTransit, ledger.in_transit)]
        {
            if count(place) != counted {
                return Err(format!("{} copies are {place:?}, the ledger says {counted}", count(place)));
            }
        }
        let (mut ready, mut unacked) = (0, 0);
        for state in &self.world.queues {
            let queue = self.broker.queue(state.queue);
            ready += queue.ready();
            unacked += queue.unacked();
            if !queue.is_consistent(&self.world.copies) {
                return Err("a queue is out of order, or has counted its bytes wrongly".to_owned());
            }
            if self.broker.is_up() && queue.is_over_limit() && queue.drops_head() {
                return Err("a queue is longer than its limit".to_owned());
            }
        }
        if (ready, unacked) != (ledger.ready, ledger.unacked) {
            return Err(format!("queues hold {ready} ready and {unacked} unacked, the ledger says {ledger:?}"));
        }
        for producer in &self.world.producers {
            let own =
                |publish: &publishing::Publish| self.world.producers[publish.producer.0 as usize].node == producer.node;
            let awaited = self.world.publishes.iter().filter(|(_, publish)| own(publish)).count() as u64;
            if awaited != producer.unconfirmed {
                return Err(format!("{awaited} confirms are awaited, the producer says {}", producer.unconfirmed));
            }
        }
        for consumer in &self.world.consumers {
            let slots = u64::from(consumer.settings.concurrency);
            if !consumer.up && (!consumer.working.is_empty() || !consumer.waiting.is_empty()) {
                return Err("a crashed consumer works".to_owned());
            }
            if (consumer.working.len() as u64) < slots && !consumer.waiting.is_empty() {
                return Err("a message waits beside a free slot".to_owned());
            }
        }
        Ok(())
    }
}

impl Member {
    fn kind(self) -> NodeKind {
        match self {
            Member::Producer(_) => NodeKind::Producer,
            Member::Exchange(_) => NodeKind::Exchange,
            Member::Queue(_) => NodeKind::Queue,
            Member::Consumer(_) => NodeKind::Consumer,
            Member::Later(kind) => kind,
        }
    }
}
