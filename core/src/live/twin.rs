//! The same producers and consumers twice: in the simulation, and at a real broker. Both begin at the same moment, and the broker is
//! sent each message when the simulation publishes it; consumers at the broker work with the same numbers as the simulated ones.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::broker::{Broker, Message, Status, Target};
use super::consumer::{Consumer, Mode, State};
use crate::base::{Language, Micros};
use crate::engine::{Action, EdgeIndex, Engine, Event, Handling, NodeReport, Observer, Unobserved};
use crate::interop::Topology;
use crate::scenario::{
    ConsumerSettings, Distribution, EdgeKind, Fault, HeaderValue, Id, MessageTemplate, NodeKind, NodeSettings,
    OnFailure, Scenario, Step,
};

/// Why a sketch cannot run twice, or what of it runs in one place only. With the name of what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unlike {
    /// It is not at the broker as it is drawn.
    NotDeployed,
    /// There is nobody who publishes.
    NoProducers,
    /// A queue is not empty.
    NotEmpty(String),
    /// Somebody else consumes from a queue.
    OthersConsume(String),
    /// A client, service or database: no broker has any.
    NotBroker(String),
    /// A handler that does more than to work.
    Handler(String),
    /// A consumer that takes batches.
    Batches(String),
    /// A consumer that tries again by way of a delay queue.
    Retries(String),
    /// A consumer that has its queue for itself.
    Exclusive(String),
    /// A header that is no text: STOMP has no others.
    Header(String),
    /// Faults and edits of the script, and chaos: they are left out.
    Script,
    /// Latency and loss on edges: left out, for the network to the broker is a real one.
    Network,
}

/// How often both are looked at in the beginning.
const FIRST_INTERVAL: Micros = Micros(250_000);
/// The most looks that are kept; when there are as many, every second one goes.
const MOST_SAMPLES: usize = 1_200;

/// How many messages were in the queues at one moment, ready and unacked.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Since when both run.
    pub at: Micros,
    /// In the simulation and at the broker, queue by queue.
    pub depths: Vec<(u64, u64)>,
}

/// Figures of both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Messages that were published.
    pub published: (u64, u64),
    /// Deliveries.
    pub delivered: (u64, u64),
    /// Messages that were acked.
    pub acked: (u64, u64),
    /// Ready and unacked messages.
    pub depth: (u64, u64),
}

/// See the module.
pub struct Twin {
    engine: Engine,
    began: Micros,
    targets: BTreeMap<EdgeIndex, (Target, MessageTemplate)>,
    /// Consumers at the broker, with the simulated one that each belongs to.
    consumers: Vec<(u32, Id)>,
    simulated_consumers: Vec<Id>,
    /// What both had come to when they ended.
    last: Totals,
    queues: Vec<(Id, String)>,
    samples: Vec<Sample>,
    interval: Micros,
    published: (u64, u64),
    left_out: Vec<Unlike>,
    ended: bool,
}

/// Hears what the simulation publishes.
#[derive(Default)]
struct Publishes {
    made: Option<(u64, Rc<str>)>,
    all: Vec<(EdgeIndex, Rc<str>)>,
}

impl Observer for Publishes {
    fn made(&mut self, copy: u64, _: u64, routing_key: &Rc<str>) {
        self.made = Some((copy, routing_key.clone()));
    }

    fn observe(&mut self, _: Micros, event: &Event) {
        if let Event::Published { edge, copy, .. } = *event
            && let Some((made, key)) = &self.made
            && *made == copy
        {
            self.all.push((edge, key.clone()));
        }
    }
}

/// The parts of a handler that only works; `None` where it does more.
fn work(settings: &ConsumerSettings) -> Option<Vec<Vec<Distribution>>> {
    fn parts(step: &Step) -> Option<Vec<Distribution>> {
        match step {
            Step::Work { ms } => Some(vec![ms.clone()]),
            Step::Parallel(steps) => Some(steps.iter().map(parts).collect::<Option<Vec<_>>>()?.concat()),
            _ => None,
        }
    }
    settings.handler.iter().map(parts).collect()
}

/// What stands in the way of running a sketch twice.
fn obstacles(scenario: &Scenario, topology: &Topology, broker: &Broker, language: Language) -> Vec<Unlike> {
    let mut all = Vec::new();
    if !scenario.nodes.iter().any(|node| node.kind() == NodeKind::Producer) {
        all.push(Unlike::NoProducers);
    }
    for node in &scenario.nodes {
        let name = || node.name(language).to_owned();
        match &node.settings {
            NodeSettings::Client(_) | NodeSettings::Service(_) | NodeSettings::Database(_) => {
                all.push(Unlike::NotBroker(name()))
            }
            NodeSettings::Producer(settings) => {
                if settings.message.headers.values().any(|value| value.as_text().is_none()) {
                    all.push(Unlike::Header(name()));
                }
            }
            NodeSettings::Consumer(settings) => {
                if work(settings).is_none() {
                    all.push(Unlike::Handler(name()));
                }
                if settings.batch_size.is_some() {
                    all.push(Unlike::Batches(name()));
                }
                if settings.on_failure == OnFailure::Retry {
                    all.push(Unlike::Retries(name()));
                }
                if settings.exclusive {
                    all.push(Unlike::Exclusive(name()));
                }
            }
            NodeSettings::Exchange(_) | NodeSettings::Queue(_) => {}
        }
    }
    if !broker.plan(topology).is_done() {
        all.push(Unlike::NotDeployed);
        return all;
    }
    for queue in &topology.queues {
        let Some(there) = broker.known().queue(&queue.name) else { continue };
        if there.ready + there.unacked > 0 {
            all.push(Unlike::NotEmpty(queue.name.clone()));
        }
        let own = broker.consumers().iter().any(|consumer| consumer.queue == queue.name);
        if own || broker.consumers_of(&queue.name) > 0 {
            all.push(Unlike::OthersConsume(queue.name.clone()));
        }
    }
    all
}

impl Twin {
    /// Begins both.
    ///
    /// # Errors
    /// What stands in the way; nothing was begun then.
    pub fn begin(
        scenario: &Scenario,
        language: Language,
        broker: &mut Broker,
        now: Micros,
    ) -> Result<Twin, Vec<Unlike>> {
        let (topology, _) = Topology::of(scenario, language);
        let obstacles = obstacles(scenario, &topology, broker, language);
        if !obstacles.is_empty() {
            return Err(obstacles);
        }
        let mut simulated = scenario.clone();
        let mut left_out = Vec::new();
        if !simulated.faults.is_empty() || !simulated.edits.is_empty() || simulated.chaos != Default::default() {
            left_out.push(Unlike::Script);
            simulated.faults.clear();
            simulated.edits.clear();
            simulated.chaos = Default::default();
        }
        for edge in &mut simulated.edges {
            if edge.latency_ms > 0.0 || edge.loss > 0.0 || edge.duplicate > 0.0 {
                if !left_out.contains(&Unlike::Network) {
                    left_out.push(Unlike::Network);
                }
                (edge.latency_ms, edge.loss, edge.duplicate) = (0.0, 0.0, 0.0);
            }
        }
        let engine = Engine::new(&simulated);
        let mut targets = BTreeMap::new();
        for edge in simulated.edges.iter().filter(|edge| edge.kind == EdgeKind::Publish) {
            let (Some(from), Some(to)) = (simulated.node(&edge.from), simulated.node(&edge.to)) else { continue };
            let (NodeSettings::Producer(settings), Some(index)) = (&from.settings, engine.edge_index(&edge.id)) else {
                continue;
            };
            let name = topology.name(&to.id);
            let target = if to.kind() == NodeKind::Queue { Target::Queue(name) } else { Target::Exchange(name) };
            targets.insert(index, (target, settings.message.clone()));
        }
        let mut consumers = Vec::new();
        let mut simulated_consumers = Vec::new();
        for node in &simulated.nodes {
            let NodeSettings::Consumer(settings) = &node.settings else { continue };
            simulated_consumers.push(node.id.clone());
            let Some(steps) = work(settings) else { continue };
            for edge in simulated.edges.iter().filter(|edge| edge.kind == EdgeKind::Subscribe && edge.to == node.id) {
                let handling = Handling::new(&steps, settings.failure_rate, simulated.seed, &node.id);
                let mode = Mode::Works(Box::new(Consumer::work(settings, handling)));
                let name = Some(node.name(language).to_owned());
                let begun =
                    broker.consume(&topology.name(&edge.from), name, settings.prefetch_count, settings.priority, mode);
                consumers.extend(begun.ok().map(|number| (number, node.id.clone())));
            }
        }
        let queues = simulated.nodes.iter().filter(|node| node.kind() == NodeKind::Queue);
        let queues = queues.map(|node| (node.id.clone(), topology.name(&node.id))).collect();
        Ok(Twin {
            engine,
            began: now,
            targets,
            consumers,
            simulated_consumers,
            last: Totals::default(),
            queues,
            samples: Vec::new(),
            interval: FIRST_INTERVAL,
            published: (0, 0),
            left_out,
            ended: false,
        })
    }

    /// Time has come to `now`, on the clock on which it began.
    pub fn tick(&mut self, now: Micros, broker: &mut Broker) {
        if self.ended {
            return;
        }
        if *broker.status() != Status::Up {
            // One of the two is no more.
            return self.end(broker);
        }
        let since = now.saturating_sub(self.began);
        self.crash_alike(broker);
        let mut publishes = Publishes::default();
        self.engine.run_until(since, &mut publishes);
        for (edge, routing_key) in publishes.all {
            let Some((target, template)) = self.targets.get(&edge) else { continue };
            self.published.0 += 1;
            let text = |(name, value): (&String, &HeaderValue)| Some((name.clone(), value.as_text()?.to_owned()));
            let message = Message {
                routing_key: routing_key.to_string(),
                headers: template.headers.iter().filter_map(text).collect(),
                body: "x".repeat(usize::try_from(template.size_bytes).unwrap_or(usize::MAX).min(super::LONGEST_BODY)),
                persistent: template.persistent,
                priority: template.priority,
                expiration_ms: template.ttl_ms.map(|ms| if ms > 0.0 { (ms.round() as u64).max(1) } else { 0 }),
            };
            self.published.1 += u64::from(broker.publish(target, &message).is_ok());
        }
        let last = self.samples.last().map(|sample| sample.at);
        if last.is_none_or(|last| since.saturating_sub(last) >= self.interval) {
            let depths =
                self.queues.iter().map(|(id, name)| (self.simulated_depth(id), live_depth(broker, name))).collect();
            self.samples.push(Sample { at: since, depths });
            if self.samples.len() >= MOST_SAMPLES {
                let mut place = 0;
                self.samples.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
                self.interval = self.interval + self.interval;
            }
        }
    }

    /// Whose connection at the broker was dropped crashes in the simulation, and comes back with it.
    fn crash_alike(&mut self, broker: &Broker) {
        for id in &self.simulated_consumers {
            let mut own = self.consumers.iter().filter(|(_, own)| own == id).peekable();
            let is_there = own.peek().is_some();
            let down = is_there
                && own.all(|(number, _)| {
                    broker.consumer(*number).is_none_or(|consumer| matches!(consumer.state, State::Down(_)))
                });
            let was_down = self.engine.node_report(id).is_some_and(|report| !report.up());
            if down != was_down {
                let node = id.clone();
                let fault = if down { Fault::Crash { node } } else { Fault::Restart { node } };
                // It is there, and a consumer: nothing stands against it.
                let _ = self.engine.apply(&Action::Fault(fault), &mut Unobserved);
            }
        }
    }

    fn simulated_depth(&self, id: &Id) -> u64 {
        match self.engine.node_report(id) {
            Some(NodeReport::Queue(report)) => report.depth(),
            _ => 0,
        }
    }

    /// Ends it: the consumers at the broker go. What was measured stays.
    pub fn end(&mut self, broker: &mut Broker) {
        if self.ended {
            return;
        }
        self.last = self.totals(broker);
        self.ended = true;
        for (consumer, _) in std::mem::take(&mut self.consumers) {
            broker.dismiss(consumer);
        }
    }

    /// Whether it is over.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// What of the sketch is in neither.
    pub fn left_out(&self) -> &[Unlike] {
        &self.left_out
    }

    /// The queues by their names at the broker.
    pub fn queues(&self) -> impl Iterator<Item = &str> {
        self.queues.iter().map(|(_, name)| name.as_str())
    }

    /// What was measured, from the beginning on: the depths of one queue, or of all together.
    pub fn depths(&self, queue: Option<usize>) -> impl Iterator<Item = (Micros, (u64, u64))> + Clone {
        self.samples.iter().map(move |sample| {
            let depths = match queue {
                Some(queue) => sample.depths.get(queue).copied().unwrap_or_default(),
                None => sample.depths.iter().fold((0, 0), |(one, other), (a, b)| (one + a, other + b)),
            };
            (sample.at, depths)
        })
    }

    /// Figures of both, now, or when they ended.
    pub fn totals(&self, broker: &Broker) -> Totals {
        if self.ended {
            return self.last;
        }
        let mut totals = Totals { published: self.published, ..Totals::default() };
        for id in &self.simulated_consumers {
            if let Some(NodeReport::Consumer(report)) = self.engine.node_report(id) {
                totals.delivered.0 += report.delivered;
                totals.acked.0 += report.acked;
            }
        }
        for consumer in self.consumers.iter().filter_map(|(number, _)| broker.consumer(*number)) {
            totals.delivered.1 += consumer.delivered;
            totals.acked.1 += consumer.acked;
        }
        for (id, name) in &self.queues {
            totals.depth.0 += self.simulated_depth(id);
            totals.depth.1 += live_depth(broker, name);
        }
        totals
    }
}

fn live_depth(broker: &Broker, queue: &str) -> u64 {
    broker.known().queue(queue).map_or(0, |queue| queue.ready + queue.unacked)
}
