//! What the programs are told: producers and consumers, with everything called by its name at the broker.

use serde::Serialize;

use crate::base::Language;
use crate::interop::Topology;
use crate::scenario::{
    AckMode, Backoff, Confirms, ConsumerSettings, Distribution, Edge, EdgeKind, HeaderValue, Headers, Id,
    MessageTemplate, Node, NodeKind, NodeSettings, OnFailure, Pattern, ProducerSettings, Publish, Scenario, Step,
    WeightedKey,
};

/// The content of `scenario.json`. Patterns, distributions, confirms and backoffs are written as in scenarios.
#[derive(Debug, Serialize)]
pub(super) struct Data {
    title: String,
    producers: Vec<Producer>,
    consumers: Vec<Consumer>,
}

#[derive(Debug, Serialize)]
struct Producer {
    name: String,
    pattern: Pattern,
    /// Drawn by weight, once for each message; none: the key is empty.
    routing_keys: Vec<WeightedKey>,
    /// Each message goes to all of them.
    targets: Vec<Target>,
    message: Message,
    confirms: Option<Confirms>,
}

#[derive(Debug, Serialize)]
struct Target {
    /// The default exchange is `""`.
    exchange: String,
    /// Absent: the key that was drawn.
    routing_key: Option<String>,
}

#[derive(Debug, Serialize)]
struct Message {
    size_bytes: u64,
    /// Values as in JSON, but a double is `{"double": 1.0}` and a table `{"table": {…}}`: some languages' JSON does not
    /// tell 1.0 from 1, and a headers exchange does.
    headers: serde_json::Map<String, serde_json::Value>,
    /// 2: persistent, 1: not.
    delivery_mode: u8,
    priority: Option<u8>,
    /// In milliseconds, in AMQP's way: as text.
    expiration: Option<String>,
    mandatory: bool,
}

#[derive(Debug, Serialize)]
struct Consumer {
    name: String,
    queues: Vec<String>,
    auto_ack: bool,
    /// On each queue; 0: any number.
    prefetch_count: u32,
    concurrency: u32,
    priority: i32,
    exclusive: bool,
    /// Absent: it subscribes.
    batch: Option<Batch>,
    /// Steps, one after the other; the parts of a step begin together.
    handler: Vec<Vec<Part>>,
    failure_rate: f64,
    on_failure: OnFailure,
    /// Where [`OnFailure::Retry`] is asked for, and there is a way to the delay queue.
    retry: Option<Retry>,
    idempotent: bool,
}

#[derive(Debug, Serialize)]
struct Batch {
    size: u32,
    interval_ms: f64,
}

#[derive(Debug, Serialize)]
struct Part {
    ms: Distribution,
    /// What is published at the end of it.
    publish: Option<Published>,
}

#[derive(Debug, Serialize)]
struct Published {
    exchange: String,
    routing_key: String,
    /// Whether the handler waits for the broker's confirm, and fails without it.
    confirm: bool,
    message: Message,
}

#[derive(Debug, Serialize)]
struct Retry {
    /// The delay queue.
    queue: String,
    /// How often a message is tried, the first time included.
    tries: u32,
    backoff: Backoff,
}

impl Data {
    pub(super) fn of(scenario: &Scenario, topology: &Topology, language: Language) -> Data {
        let mut data =
            Data { title: scenario.title.get(language).to_owned(), producers: Vec::new(), consumers: Vec::new() };
        let drawn = Drawn { scenario, topology };
        for node in &scenario.nodes {
            let name = node.name(language).to_owned();
            match &node.settings {
                NodeSettings::Producer(settings) => data.producers.push(drawn.producer(name, node, settings)),
                NodeSettings::Consumer(settings) => data.consumers.push(drawn.consumer(name, node, settings)),
                _ => {}
            }
        }
        data
    }
}

/// How many steps of consumers' handlers call something that is not there.
pub(super) fn calls(scenario: &Scenario) -> usize {
    let mut calls = 0;
    for node in &scenario.nodes {
        if let NodeSettings::Consumer(settings) = &node.settings {
            crate::scenario::handler::visit(&settings.handler, &mut |step, _| {
                calls += usize::from(matches!(step, Step::Call(_)));
            });
        }
    }
    calls
}

struct Drawn<'a> {
    scenario: &'a Scenario,
    topology: &'a Topology,
}

impl Drawn<'_> {
    fn edges(&self, kind: EdgeKind) -> impl Iterator<Item = &Edge> {
        self.scenario.edges.iter().filter(move |edge| edge.kind == kind)
    }

    /// The exchange for what is published to a node, and the key where that is settled. Straight to a queue is by way
    /// of the default exchange, where the key is the queue's name (AMQP 0-9-1, 3.1.3.1).
    fn target(&self, to: &Id) -> Option<Target> {
        let name = self.topology.name(to);
        match self.scenario.node(to)?.kind() {
            NodeKind::Exchange => Some(Target { exchange: name, routing_key: None }),
            NodeKind::Queue => Some(Target { exchange: String::new(), routing_key: Some(name) }),
            _ => None,
        }
    }

    fn producer(&self, name: String, node: &Node, settings: &ProducerSettings) -> Producer {
        Producer {
            name,
            pattern: match &settings.pattern {
                // Clients only, which no broker has.
                Pattern::ClosedLoop { .. } => Pattern::Once { count: 0 },
                other => other.clone(),
            },
            routing_keys: settings.message.routing_keys.clone(),
            targets: self
                .edges(EdgeKind::Publish)
                .filter(|edge| edge.from == node.id)
                .filter_map(|edge| self.target(&edge.to))
                .collect(),
            message: message(&settings.message),
            confirms: settings.confirms.clone(),
        }
    }

    fn consumer(&self, name: String, node: &Node, settings: &ConsumerSettings) -> Consumer {
        let leads_to =
            |target: &Id| self.edges(EdgeKind::Publish).any(|edge| edge.from == node.id && edge.to == *target);
        let retry = (settings.on_failure == OnFailure::Retry && leads_to(&settings.retry.queue)).then(|| Retry {
            queue: self.topology.name(&settings.retry.queue),
            tries: settings.retry.tries,
            backoff: settings.retry.backoff.clone(),
        });
        Consumer {
            name,
            queues: self
                .edges(EdgeKind::Subscribe)
                .filter(|edge| edge.to == node.id)
                .map(|edge| self.topology.name(&edge.from))
                .collect(),
            auto_ack: settings.ack_mode == AckMode::Auto,
            prefetch_count: settings.prefetch_count,
            concurrency: settings.concurrency,
            priority: settings.priority,
            exclusive: settings.exclusive,
            batch: settings.batch_size.map(|size| Batch { size, interval_ms: settings.interval_ms }),
            handler: settings
                .handler
                .iter()
                .map(|step| {
                    let mut parts = Vec::new();
                    self.add_parts(step, &leads_to, &mut parts);
                    parts
                })
                .filter(|parts| !parts.is_empty())
                .collect(),
            failure_rate: settings.failure_rate,
            // Without a way to the delay queue a message goes back to where it came from, as in the simulation.
            on_failure: match settings.on_failure {
                OnFailure::Retry if retry.is_none() => OnFailure::Requeue,
                other => other,
            },
            retry,
            idempotent: settings.idempotent,
        }
    }

    /// A step's parts that begin together.
    fn add_parts(&self, step: &Step, leads_to: &dyn Fn(&Id) -> bool, parts: &mut Vec<Part>) {
        match step {
            Step::Work { ms } => parts.push(Part { ms: ms.clone(), publish: None }),
            Step::Publish(Publish { target, routing_key, ms, confirm }) => {
                let publish = self.target(target).filter(|_| leads_to(target)).map(|target| Published {
                    routing_key: target.routing_key.unwrap_or_else(|| routing_key.clone()),
                    exchange: target.exchange,
                    confirm: *confirm,
                    message: message(&MessageTemplate::default()),
                });
                parts.push(Part { ms: ms.clone(), publish });
            }
            Step::Parallel(steps) => steps.iter().for_each(|step| self.add_parts(step, leads_to, parts)),
            // There is nobody who would answer.
            Step::Call(_) => {}
        }
    }
}

fn message(template: &MessageTemplate) -> Message {
    Message {
        size_bytes: template.size_bytes,
        headers: table(&template.headers),
        delivery_mode: if template.persistent { 2 } else { 1 },
        priority: template.priority,
        // Above 0 it is at least 1: rounding must not turn a short life into none.
        expiration: template.ttl_ms.map(|ms| if ms > 0.0 { ms.round().max(1.0) } else { 0.0 }.to_string()),
        mandatory: template.mandatory,
    }
}

fn table(headers: &Headers) -> serde_json::Map<String, serde_json::Value> {
    headers.iter().map(|(name, header)| (name.clone(), value(header))).collect()
}

fn value(header: &HeaderValue) -> serde_json::Value {
    match header {
        HeaderValue::Void(()) => serde_json::Value::Null,
        HeaderValue::Boolean(boolean) => (*boolean).into(),
        HeaderValue::Integer(integer) => (*integer).into(),
        HeaderValue::Double(double) => serde_json::json!({ "double": double }),
        HeaderValue::Text(text) => text.as_str().into(),
        HeaderValue::List(items) => items.iter().map(value).collect(),
        HeaderValue::Table(headers) => serde_json::json!({ "table": table(headers) }),
    }
}
