//! The engine: a scenario as it runs. A plain value without clock, I/O or browser; the same scenario, seed and
//! actions give the same trace on every machine, bit for bit.
//!
//! One [`calendar`] holds what is due. Carrying an event out changes nodes and the [`broker`], schedules more
//! events, and tells everything that happened as [`Event`]s to the trace hash and to an [`Observer`].

mod action;
mod alarm;
pub mod amqp;
mod broker;
mod calendar;
mod calling;
mod copies;
mod event;
mod explain;
mod faults;
mod gauge;
mod histogram;
mod incident;
mod ledger;
mod measuring;
mod metrics;
mod node;
mod pool;
mod publishing;
mod random;
mod report;
mod script;
mod size;
mod tally;
mod working;
mod world;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::base::Micros;
use crate::scenario::handler::is_same_program;
use crate::scenario::{
    BrokerSettings, ConsumerSettings, Edge, EdgeKind, Id, Node, NodeKind, NodeSettings, QueueSettings, Reason,
    Scenario, ServiceSettings, edge_kind_between,
};
use alarm::Alarm;
use broker::content::Content;
use broker::exchange::{BindingTerms, Destination};
use broker::{Broker, ExchangeIndex, QueueIndex, QueueOptions, SubscriptionOptions};
use calendar::Due;
use calling::Caller;
use incident::IncidentNumber;
use node::client::Client;
use node::consumer::{Consumer, SubscribeEnd};
use node::database::Database;
use node::exchange::ExchangeNode;
use node::producer::{Producer, PublishEdge};
use node::queue::QueueNode;
use node::service::Service;
use node::slots::Worker;
use publishing::By;
use script::{Disorder, Script};
use world::{Cargo, EdgeCondition, EdgeState, Ends, Flight, NodeEntry, PublishTarget, Publisher, Subscriber, World};

pub use action::{Action, Moment};
pub use event::{Event, Observer, Spot, Unobserved};
pub use explain::{
    BindingExplanation, BindingReason, Death, HeaderCheck, MessageDetails, PatternWord, RouteExplanation,
};
pub use gauge::GAUGES;
pub use histogram::DistributionReport;
pub use incident::{Cost, IncidentReport, LULL, MOST_INCIDENTS, Trouble};
pub use ledger::{DropReason, Drops, Ledger, Place};
pub use random::Handling;
pub use report::{
    ClientReport, Condition, ConsumerReport, DatabaseReport, Deployment, EdgeReport, ExchangeReport, NodeReport,
    ProducerReport, QueueReport, Report, ServiceReport, WaitingMessage, WorkReport,
};
pub use tally::Tally;

/// A node of a run. Indices are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIndex(pub u32);

/// An edge of a run. Indices are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeIndex(pub u32);

impl EdgeIndex {
    /// No edge.
    const NONE: EdgeIndex = EdgeIndex(u32::MAX);
}

/// A producer among the producers of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ProducerIndex(u32);

/// A consumer among the consumers of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ConsumerIndex(u32);

/// A client among the clients of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ClientIndex(u32);

/// A service among the services of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ServiceIndex(u32);

/// A database among the databases of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DatabaseIndex(u32);

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
    Client(ClientIndex),
    Service(ServiceIndex),
    Database(DatabaseIndex),
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
    script: Script,
    chaos: Disorder,
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
            script: Script::default(),
            chaos: Disorder::new(scenario.seed),
        };
        engine.set_edits(&scenario.edits);
        engine.set_script(&scenario.faults);
        engine.set_chaos(&scenario.chaos);
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

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.seed
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
        while self.world.calendar.is_due_before(time) {
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
            Due::FaultBegins(index) => self.scripted_fault(index, true, observer),
            Due::FaultEnds(index) => self.scripted_fault(index, false, observer),
            Due::BrokerRestarted(change) => {
                if change == self.broker_changes {
                    self.broker_is_back(observer);
                }
            }
            // A broker that stands still looks at its clock when it goes on.
            Due::Wake(queue) if self.world.broker_stalled_at.is_some() => self.world.woken.push(queue),
            Due::Wake(queue) => self.broker.wake(&mut self.world.outside(observer), queue),
            Due::Retry(retry) => self.retry_due(retry, observer),
            Due::Release(producer) => self.release_due(producer, observer),
            Due::Request(client) => self.world.request_due(client, observer),
            Due::PartEnd(part) => self.end_part(part, observer),
            Due::Alarm(alarm) => self.alarm(alarm, observer),
            Due::Edit(edit) => self.make_edit(edit, observer),
        }
        self.world.calendar.close();
    }

    // ---- messages ----

    #[inline(never)]
    fn arrive<O: Observer>(&mut self, flight: u32, observer: &mut O) {
        let flight = self.world.flights.remove(flight as usize);
        let Flight { edge, cargo } = flight;
        let Some(state) = self.world.edges.get(edge.0 as usize) else {
            // What fails before it has set off.
            if let Cargo::Answer { call, attempt, failure } = cargo {
                self.answered(call, attempt, failure, observer);
            }
            return;
        };
        let ends = state.ends;
        if !state.plain && !self.gets_through(flight, observer) {
            return;
        }
        match (cargo, ends) {
            (Cargo::Request { call, attempt }, _) => self.world.request_arrives(edge, call, attempt, observer),
            (Cargo::Answer { call, attempt, failure }, _) => self.answered(call, attempt, failure, observer),
            (Cargo::Publish(copy, publish), _) => self.publish_arrives(edge, copy, publish, observer),
            (Cargo::Confirm(publish, ack), _) => self.confirmed(publish, ack, observer),
            (Cargo::Return(number), _) => self.return_arrives(edge, number, observer),
            (Cargo::Delivery(copy) | Cargo::DeliveryForGood(copy), Ends::Subscribe(end)) => {
                self.world.receive(end.consumer, self.world.copies.held(copy), observer);
            }
            (Cargo::Ack(copy), _) => {
                self.broker.ack(&mut self.world.outside(observer), copy);
            }
            (Cargo::Reject(copy, requeue), _) => self.rejected(copy, requeue, observer),
            _ => {}
        }
    }

    /// Whether something arrives on an edge with which something is wrong: it may have to wait, or be lost.
    #[cold]
    fn gets_through<O: Observer>(&mut self, flight: Flight, observer: &mut O) -> bool {
        let Flight { edge, cargo } = flight;
        let world = &mut self.world;
        if matches!(cargo, Cargo::Nothing) {
            return false;
        }
        let state = &mut world.edges[edge.0 as usize];
        if state.condition.held {
            state.condition.waiting.push(flight);
            return false;
        }
        if state.draw(state.condition.loss(), world.seed) {
            match cargo {
                Cargo::Publish(copy, publish) => {
                    world.end_lost(edge, copy, observer);
                    self.publish_lost(publish);
                }
                Cargo::DeliveryForGood(copy) => world.end_lost(edge, copy, observer),
                Cargo::Delivery(copy) => world.lost(edge, world.copies.get(copy).number, false, observer),
                Cargo::Confirm(publish, _) => {
                    world.lost(edge, 0, false, observer);
                    self.publish_lost(publish);
                }
                _ => world.lost(edge, 0, false, observer),
            }
            return false;
        }
        if world.broker_stalled_at.is_some() && cargo.goes_to_broker() {
            world.broker_inbox.push(flight);
            return false;
        }
        true
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
            Action::SetChaos(chaos) => self.set_chaos(chaos),
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
                self.world.queues.push(QueueNode::new(index, queue, self.world.now));
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
            NodeSettings::Client(settings) => {
                let client = ClientIndex(self.world.clients.len() as u32);
                self.world.clients.push(Client::new(index, &node.id, self.seed, settings, self.world.now));
                self.schedule_request(client);
                Member::Client(client)
            }
            NodeSettings::Service(settings) => {
                let service = ServiceIndex(self.world.services.len() as u32);
                self.world.services.push(Service::new(index, &node.id, self.seed, settings, self.world.now));
                Member::Service(service)
            }
            NodeSettings::Database(settings) => {
                let database = DatabaseIndex(self.world.databases.len() as u32);
                self.world.databases.push(Database::new(index, &node.id, self.seed, settings));
                Member::Database(database)
            }
        };
        self.world.nodes.push(NodeEntry { id: node.id.clone(), member, edges: Vec::new(), dropped: Drops::default() });
        self.node_indices.insert(node.id.clone(), index);
        match (member, &node.settings) {
            (Member::Consumer(consumer), _) => {
                self.write_program(Worker::Consumer(consumer));
                self.await_pull(consumer);
            }
            (Member::Service(service), _) => self.write_program(Worker::Service(service)),
            (Member::Queue(queue), NodeSettings::Queue(settings)) => self.describe_queue(queue, settings),
            _ => {}
        }
    }

    fn set_node<O: Observer>(&mut self, member: Member, settings: &NodeSettings, observer: &mut O) {
        match (member, settings) {
            (Member::Producer(index), NodeSettings::Producer(settings)) => {
                let producer = &mut self.world.producers[index.0 as usize];
                let due = producer.timetable.due;
                producer.set(settings, self.world.now);
                if settings.confirms.is_none() {
                    // Nobody waits for them any more; an answer that is under way finds nobody.
                    self.forget_publishes(|_, publish| publish.by == By::Producer(index));
                }
                self.write_contents(index);
                self.release(index);
                if self.world.producers[index.0 as usize].timetable.due != due {
                    self.schedule_publish(index);
                }
            }
            (Member::Queue(queue), NodeSettings::Queue(settings)) => {
                self.describe_queue(queue, settings);
                self.broker.set_queue(&mut self.world.outside(observer), queue, QueueOptions::from(settings));
            }
            (Member::Exchange(exchange), NodeSettings::Exchange(settings)) => {
                let alternate = settings.alternate_exchange.as_deref().map(Rc::from);
                self.broker.set_exchange(exchange, settings.kind, alternate);
            }
            (Member::Consumer(index), NodeSettings::Consumer(settings)) => {
                let consumer = &mut self.world.consumers[index.0 as usize];
                let taking = |settings: &ConsumerSettings| (settings.batch_size.is_some(), settings.interval_ms);
                let (before, now) = (taking(&consumer.settings), taking(settings));
                consumer.set(settings, self.world.now);
                self.write_program(Worker::Consumer(index));
                self.world.begin_waiting_work(index, observer);
                if before.0 != now.0 {
                    self.unsubscribe(index, observer);
                }
                self.subscribe(index, observer);
                if before != now {
                    self.world.consumers[index.0 as usize].pulls_begun += 1;
                    self.await_pull(index);
                }
            }
            (Member::Client(index), NodeSettings::Client(settings)) => {
                let client = &mut self.world.clients[index.0 as usize];
                let due = client.timetable.due;
                client.set(settings, self.world.now);
                if self.world.clients[index.0 as usize].timetable.due != due {
                    self.schedule_request(index);
                }
                self.world.begin_users(index, observer);
            }
            (Member::Service(index), NodeSettings::Service(settings)) => self.set_service(index, settings, observer),
            (Member::Database(index), NodeSettings::Database(settings)) => {
                self.world.databases[index.0 as usize].set(settings);
            }
            // An id keeps its kind for ever; a document that says otherwise was refused.
            _ => debug_assert!(false, "a node changed its kind"),
        }
    }

    fn schedule_publish(&mut self, producer: ProducerIndex) {
        if let Some(due) = self.world.producers[producer.0 as usize].timetable.due {
            self.world.calendar.schedule(due, Due::Publish(producer));
        }
    }

    fn schedule_request(&mut self, client: ClientIndex) {
        if let Some(due) = self.world.clients[client.0 as usize].timetable.due {
            self.world.calendar.schedule(due, Due::Request(client));
        }
    }

    /// What has to be known of a queue outside of the broker.
    fn describe_queue(&mut self, queue: QueueIndex, settings: &QueueSettings) {
        let state = &mut self.world.queues[queue.0 as usize];
        state.exclusive = settings.exclusive;
        state.has_dead_letters = settings.dead_letter_exchange.is_some();
    }

    /// New settings of a service. Where its steps are others than before, they have to be deployed: until that is done,
    /// new requests are refused, and what is there already is dealt with as before.
    fn set_service<O: Observer>(&mut self, index: ServiceIndex, settings: &ServiceSettings, observer: &mut O) {
        let now = self.world.now;
        let service = &mut self.world.services[index.0 as usize];
        let before = std::mem::replace(&mut service.settings, settings.clone());
        service.slots.set(settings.concurrency, settings.failure_rate, now);
        // Before the first instant has passed nothing runs that could be deployed anew.
        let deploys = service.up && now > Micros::ZERO && !is_same_program(&before.handler, &settings.handler);
        if deploys {
            let until = now + Micros::from_ms(settings.redeploy_ms);
            let node = service.node;
            service.deployment = Some(Deployment { before: before.handler, began_us: now, until_us: until });
            service.redeploying = true;
            self.world.incidents.begin(now, Spot::Node(node), Trouble::Redeploying);
            let event = Event::Faulted { spot: Spot::Node(node), trouble: Trouble::Redeploying, begins: true };
            self.world.tell(event, observer);
            self.world.set_alarm(until, Alarm::Deployed { service: index, until });
        } else if !service.redeploying {
            self.write_program(Worker::Service(index));
        }
        self.world.begin_backlog(index, observer);
    }

    /// The new steps of a service are in place.
    fn deployed<O: Observer>(&mut self, index: ServiceIndex, until: Micros, observer: &mut O) {
        let service = &mut self.world.services[index.0 as usize];
        // Another change in between has begun another deployment.
        let is_this = service.deployment.as_ref().is_some_and(|deployment| deployment.until_us == until);
        if !is_this || !std::mem::take(&mut service.redeploying) {
            return;
        }
        let spot = Spot::Node(service.node);
        self.write_program(Worker::Service(index));
        self.world.incidents.end(self.world.now, spot, |trouble| trouble == Trouble::Redeploying);
        let event = Event::Faulted { spot, trouble: Trouble::Redeploying, begins: false };
        self.world.tell(event, observer);
        self.world.begin_backlog(index, observer);
    }

    /// Ends all subscriptions of a consumer; what it holds stays with it (`basic.cancel`).
    fn unsubscribe<O: Observer>(&mut self, index: ConsumerIndex, observer: &mut O) {
        for edge in self.world.consumers[index.0 as usize].edges.clone() {
            if let Ends::Subscribe(end) = self.world.edges[edge.0 as usize].ends {
                self.broker.cancel(&mut self.world.outside(observer), end.subscription);
            }
        }
    }

    /// Opens all subscriptions of a consumer that is up, or brings them up to date. Where another consumer has the queue
    /// for itself, it is refused, and tries again when somebody leaves.
    fn subscribe<O: Observer>(&mut self, index: ConsumerIndex, observer: &mut O) {
        let consumer = &mut self.world.consumers[index.0 as usize];
        // Who takes batches does not subscribe; and a broker that stands still hears nobody.
        if !consumer.up || consumer.settings.batch_size.is_some() || self.world.broker_stalled_at.is_some() {
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
            let EdgeState { from, ends: Ends::Subscribe(end), ref condition, .. } = self.world.edges[edge.0 as usize]
            else {
                continue;
            };
            if condition.cut {
                continue;
            }
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
        let (from, to) = (self.node_index(&edge.from)?, self.node_index(&edge.to)?);
        let [from_kind, to_kind] = [from, to].map(|end| self.world.nodes[end.0 as usize].member.kind());
        if edge_kind_between(from_kind, to_kind).ok() != Some(edge.kind) {
            return Err(Reason::WrongEdgeKind { from: from_kind, to: to_kind });
        }
        let mut known = self.edge_indices.get(&edge.id).copied();
        if let Some(index) = known {
            let state = &self.world.edges[index.0 as usize];
            if (state.from, state.to) != (from, to) {
                // It leads elsewhere now: the old connection goes, and what is on it goes with it.
                self.remove_edge(&edge.id, observer)?;
                known = None;
            }
        }
        if let Some(index) = known {
            let stalls = self.world.broker_stalled_at.is_some();
            let state = &mut self.world.edges[index.0 as usize];
            (state.condition.own_latency, state.condition.own_loss) = (latency, edge.loss);
            state.condition.own_duplicate = edge.duplicate;
            state.look_at_condition(stalls);
            if let Ends::Bind(binding) = state.ends {
                self.broker.set_binding(binding, terms());
            }
            return Ok(());
        }
        let index = EdgeIndex(self.world.edges.len() as u32);
        let ends = match (edge.kind, self.world.nodes[from.0 as usize].member, self.world.nodes[to.0 as usize].member) {
            (EdgeKind::Publish, from, to)
                if let (Some(publisher), Some(target)) = (from.publisher(), to.publish_target()) =>
            {
                Ends::Publish { publisher, target }
            }
            (
                EdgeKind::Call,
                Member::Client(_) | Member::Service(_) | Member::Consumer(_),
                Member::Service(_) | Member::Database(_),
            ) => Ends::Call,
            (EdgeKind::Bind, Member::Exchange(source), Member::Queue(queue)) => {
                Ends::Bind(self.broker.bind(source, Destination::Queue(queue), terms()))
            }
            (EdgeKind::Bind, Member::Exchange(source), Member::Exchange(destination)) => {
                Ends::Bind(self.broker.bind(source, Destination::Exchange(destination), terms()))
            }
            (EdgeKind::Subscribe, Member::Queue(queue), Member::Consumer(consumer)) => {
                self.world.consumers[consumer.0 as usize].edges.push(index);
                let subscription = self.broker.add_subscription(queue);
                self.world.subscribers.push(Subscriber { edge: index, consumer });
                Ends::Subscribe(SubscribeEnd { consumer, subscription })
            }
            (_, from, to) => return Err(Reason::WrongEdgeKind { from: from.kind(), to: to.kind() }),
        };
        let condition = EdgeCondition {
            own_latency: latency,
            own_loss: edge.loss,
            own_duplicate: edge.duplicate,
            ..EdgeCondition::default()
        };
        let mut state = EdgeState {
            id: edge.id.clone(),
            from,
            to,
            ends,
            latency,
            plain: true,
            condition,
            last_arrival: Micros::ZERO,
            last_ack_arrival: Micros::ZERO,
            removed: false,
        };
        state.look_at_condition(self.world.broker_stalled_at.is_some());
        self.world.edges.push(state);
        self.edge_indices.insert(edge.id.clone(), index);
        for end in [from, to] {
            self.world.nodes[end.0 as usize].edges.push(index);
        }
        match ends {
            Ends::Publish { publisher: Publisher::Producer(producer), .. } => {
                let edges = &mut self.world.producers[producer.0 as usize].edges;
                edges.push(PublishEdge { edge: index, contents: Vec::new() });
                self.write_contents(producer);
            }
            Ends::Publish { .. } | Ends::Call => self.lead_outward(from, index, true, observer),
            Ends::Bind(_) => self.world.binding_edges.push(index),
            Ends::Subscribe(end) => self.subscribe(end.consumer, observer),
        }
        Ok(())
    }

    /// An edge on which a node calls or publishes is there, or is there no more.
    fn lead_outward<O: Observer>(&mut self, from: NodeIndex, edge: EdgeIndex, leads: bool, observer: &mut O) {
        let member = self.world.nodes[from.0 as usize].member;
        let edges = match member {
            Member::Client(index) => &mut self.world.clients[index.0 as usize].edges,
            Member::Service(index) => &mut self.world.services[index.0 as usize].edges,
            Member::Consumer(index) => &mut self.world.consumers[index.0 as usize].outward,
            _ => return,
        };
        edges.retain(|known| *known != edge);
        if leads {
            edges.push(edge);
        }
        match member {
            Member::Client(index) => self.world.begin_users(index, observer),
            Member::Consumer(index) => self.write_program(Worker::Consumer(index)),
            // What is being deployed will have it.
            Member::Service(index) if !self.world.services[index.0 as usize].redeploying => {
                self.write_program(Worker::Service(index));
            }
            _ => {}
        }
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
            Ends::Publish { publisher: Publisher::Producer(producer), .. } => {
                self.world.producers[producer.0 as usize].edges.retain(|publish| publish.edge != index);
            }
            Ends::Publish { .. } | Ends::Call => self.lead_outward(from, index, false, observer),
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
                Cargo::Request { .. } | Cargo::Answer { .. } => {}
            }
        }
        match ends {
            Ends::Publish { publisher, .. } => {
                self.fail_confirms(|publish| publish.edge == index, IncidentNumber::default(), observer);
                self.forget_publishes(|_, publish| publish.edge == index);
                if let Publisher::Producer(producer) = publisher {
                    self.release(producer);
                }
            }
            Ends::Call => self.break_calls(index, IncidentNumber::default(), observer),
            Ends::Bind(_) | Ends::Subscribe(_) => {}
        }
        let spot = Spot::Edge(index);
        self.world.incidents.end(self.world.now, spot, |_| true);
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
            // It may have gone with its last consumer.
            Member::Queue(queue) if self.broker.queue(queue).deleted => {}
            Member::Queue(queue) => self.broker.delete_queue(&mut self.world.outside(observer), queue),
            Member::Consumer(consumer) => self.stop_consumer(consumer, DropReason::NodeRemoved, observer),
            Member::Client(client) => self.world.stop_client(client, observer),
            Member::Service(service) => self.stop_service(service, observer),
            // Nobody waits for what it worked on: its edges have gone before.
            Member::Database(database) => drop(self.world.stop_database(database)),
        }
        self.world.incidents.end(self.world.now, Spot::Node(index), |_| true);
        self.node_indices.remove(id);
        Ok(())
    }

    // ---- what is where ----

    /// The ids of all nodes that are there.
    pub fn node_ids(&self) -> impl Iterator<Item = &Id> {
        self.node_indices.keys()
    }

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
        for reason in DropReason::ALL {
            let at_nodes: u64 = self.world.nodes.iter().map(|entry| entry.dropped.of(reason)).sum();
            let on_edges: u64 = self.world.edges.iter().map(|edge| edge.condition.copies_lost).sum();
            let counted = at_nodes + if reason == DropReason::LostInNetwork { on_edges } else { 0 };
            if counted != ledger.dropped.of(reason) {
                return Err(format!("{counted} drops, {}, have a place, the ledger says {ledger:?}", reason.name()));
            }
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
            let own = |publish: &publishing::Publish| matches!(publish.by, By::Producer(index) if self.world.producers[index.0 as usize].node == producer.node);
            let awaited = self.world.publishes.iter().filter(|(_, publish)| own(publish)).count() as u64;
            if awaited != producer.unconfirmed {
                return Err(format!("{awaited} confirms are awaited, the producer says {}", producer.unconfirmed));
            }
        }
        for consumer in &self.world.consumers {
            if !consumer.up && consumer.holds() > 0 {
                return Err("a crashed consumer works".to_owned());
            }
            if consumer.slots.has_slot() && !consumer.waiting.is_empty() {
                return Err("a message waits beside a free slot".to_owned());
            }
        }
        for service in &self.world.services {
            if !service.up && (!service.slots.working.is_empty() || !service.backlog.is_empty()) {
                return Err("a crashed service works".to_owned());
            }
            if service.slots.has_slot() && !service.backlog.is_empty() {
                return Err("a request waits beside a free slot".to_owned());
            }
        }
        self.audit_calls()
    }

    /// Every slot is taken by one work and every work that goes on has one; every request that is open is a call; and
    /// whoever waits has something to wait for.
    fn audit_calls(&self) -> Result<(), String> {
        let world = &self.world;
        let slots = world.consumers.iter().map(|consumer| &consumer.slots);
        let slots = slots.chain(world.services.iter().map(|service| &service.slots));
        let taken: usize = slots.map(|slots| slots.working.len()).sum();
        let working = world.works.iter().filter(|(_, work)| work.slot.is_some()).count();
        if taken != working {
            return Err(format!("{taken} slots are taken by {working} works"));
        }
        for (index, client) in world.clients.iter().enumerate() {
            let own = |caller| matches!(caller, Caller::Client { client, .. } if client.0 as usize == index);
            let open = world.calls.iter().filter(|(_, call)| own(call.caller)).count() as u64;
            if open != client.open() {
                return Err(format!("{open} requests are open, the client says {}", client.open()));
            }
        }
        for (index, work) in world.works.iter().filter(|(_, work)| work.slot.is_some()) {
            let own = |caller| matches!(caller, Caller::Work { work, .. } if work as usize == index);
            let calls = world.calls.iter().filter(|(_, call)| own(call.caller)).count();
            let timers = world.parts.iter().filter(|(_, timer)| timer.work as usize == index).count();
            let confirms = world
                .publishes
                .iter()
                .filter(|(_, publish)| matches!(publish.by, By::Work { work, .. } if work as usize == index));
            let blocked = world.blocked.iter().filter(|(work, _)| *work as usize == index).count();
            let awaited = calls + timers + confirms.count() + blocked + usize::from(work.timed);
            if awaited != work.left as usize {
                return Err(format!("a work waits for {awaited} parts, and has {} left", work.left));
            }
        }
        Ok(())
    }
}

impl Member {
    /// Where somebody publishes whose edge ends here.
    fn publish_target(self) -> Option<PublishTarget> {
        match self {
            Member::Queue(queue) => Some(PublishTarget::Queue(queue)),
            Member::Exchange(exchange) => Some(PublishTarget::Exchange(exchange)),
            _ => None,
        }
    }

    /// Who publishes on an edge that begins here.
    fn publisher(self) -> Option<Publisher> {
        Some(match self {
            Member::Producer(index) => Publisher::Producer(index),
            Member::Service(index) => Publisher::Worker(Worker::Service(index)),
            Member::Consumer(index) => Publisher::Worker(Worker::Consumer(index)),
            _ => return None,
        })
    }

    fn kind(self) -> NodeKind {
        match self {
            Member::Producer(_) => NodeKind::Producer,
            Member::Exchange(_) => NodeKind::Exchange,
            Member::Queue(_) => NodeKind::Queue,
            Member::Consumer(_) => NodeKind::Consumer,
            Member::Client(_) => NodeKind::Client,
            Member::Service(_) => NodeKind::Service,
            Member::Database(_) => NodeKind::Database,
        }
    }
}
