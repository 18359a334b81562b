//! Scenarios for tests: written in a line each, or random.

use mq_playground::base::{Micros, Point};
use mq_playground::engine::{Engine, Event, Observer, Spot};
use mq_playground::scenario::{
    AckMode, Confirms, ConsumerSettings, Distribution, Edge, EdgeKind, ExchangeKind, ExchangeSettings, Fault,
    HeaderValue, Headers, Id, MessageTemplate, Node, NodeSettings, OnFailure, Overflow, Pattern, ProducerSettings,
    QueueKind, QueueSettings, Scenario, Step, TimedFault, WeightedKey,
};
use proptest::prelude::*;

/// A node without a label, at the origin.
pub fn node(id: &str, settings: NodeSettings) -> Node {
    Node { id: Id::from(id), label: None, at: Point::default(), settings }
}

/// A producer with this pattern.
pub fn producer(id: &str, pattern: Pattern) -> Node {
    node(id, NodeSettings::Producer(ProducerSettings { pattern, ..ProducerSettings::default() }))
}

/// A queue as it comes.
pub fn queue(id: &str) -> Node {
    node(id, NodeSettings::Queue(QueueSettings::default()))
}

/// A consumer whose handler is one step of work.
pub fn consumer(id: &str, concurrency: u32, prefetch_count: u32, work: Distribution) -> Node {
    let handler = vec![Step::Work { ms: work }];
    node(
        id,
        NodeSettings::Consumer(ConsumerSettings {
            concurrency,
            prefetch_count,
            handler,
            ..ConsumerSettings::default()
        }),
    )
}

/// An edge named after its ends.
pub fn edge(from: &str, to: &str, kind: EdgeKind, latency_ms: f64) -> Edge {
    Edge { latency_ms, ..Edge::new(Id(format!("{from}>{to}")), kind, Id::from(from), Id::from(to)) }
}

/// producer → queue → consumer, with ids `p`, `q` and `c`.
pub fn chain(seed: u64, pattern: Pattern, consumer: Node) -> Scenario {
    let to = consumer.id.0.clone();
    Scenario {
        seed,
        nodes: vec![producer("p", pattern), queue("q"), consumer],
        edges: vec![edge("p", "q", EdgeKind::Publish, 0.0), edge("q", &to, EdgeKind::Subscribe, 0.0)],
        ..Scenario::default()
    }
}

/// Everything that happened, one line each: time in milliseconds, where, what.
#[derive(Default)]
pub struct Trace {
    lines: Vec<(Micros, Event)>,
}

impl Observer for Trace {
    fn observe(&mut self, now: Micros, event: &Event) {
        self.lines.push((now, *event));
    }
}

impl Trace {
    /// The trace as text, with the ids of the engine that it was taken from.
    pub fn text(&self, engine: &Engine) -> String {
        let mut text = String::new();
        for (now, event) in &self.lines {
            let node = |index| engine.node_id(index).as_str();
            let edge = |index| engine.edge_id(index).as_str();
            let travels = |arrives_at: Micros| {
                if arrives_at > *now { format!(", arrives {}", arrives_at.as_ms()) } else { String::new() }
            };
            let line = match *event {
                Event::Published { edge: e, copy, arrives_at } => {
                    format!("{} publish {copy}{}", edge(e), travels(arrives_at))
                }
                Event::Enqueued { queue, copy } => format!("{} enqueue {copy}", node(queue)),
                Event::Delivered { edge: e, copy, arrives_at, redelivered } => {
                    let word = if redelivered { "redeliver" } else { "deliver" };
                    format!("{} {word} {copy}{}", edge(e), travels(arrives_at))
                }
                Event::Processed { consumer, copy } => format!("{} processed {copy}", node(consumer)),
                Event::Failed { consumer, copy } => format!("{} failed {copy}", node(consumer)),
                Event::Routed { edge: e, copy } => format!("{} routed {copy}", edge(e)),
                Event::Returned { producer, copy } => format!("{} returned {copy}", node(producer)),
                Event::Nacked { producer } => format!("{} nacked", node(producer)),
                Event::DeadLettered { queue } => format!("{} dead-letter", node(queue)),
                Event::QueueDeleted { queue } => format!("{} deleted", node(queue)),
                Event::MemoryAlarm { set } => format!("broker memory alarm {}", if set { "set" } else { "cleared" }),
                Event::Acked { at, copy } => format!("{} ack {copy}", node(at)),
                Event::Requeued { queue, copy } => format!("{} requeue {copy}", node(queue)),
                Event::Dropped { at, copy, reason } => format!("{} drop {copy}, {}", node(at), reason.name()),
                Event::Requested { edge: e, request, arrives_at } => {
                    format!("{} request {request}{}", edge(e), travels(arrives_at))
                }
                Event::Answered { edge: e, request, arrives_at, well } => {
                    let word = if well { "answer" } else { "failure" };
                    format!("{} {word} {request}{}", edge(e), travels(arrives_at))
                }
                Event::TimedOut { edge: e, request } => format!("{} time-out {request}", edge(e)),
                Event::RequestEnded { client, request, well } => {
                    format!("{} {} {request}", node(client), if well { "succeeded" } else { "failed" })
                }
                Event::Lost { edge: e, copy } => format!("{} lost {copy}", edge(e)),
                Event::Duplicated { edge: e, copy, of } => format!("{} duplicate {copy} of {of}", edge(e)),
                Event::Deduplicated { consumer, copy } => format!("{} deduplicated {copy}", node(consumer)),
                Event::Faulted { spot, trouble, begins } => {
                    let place = match spot {
                        Spot::Node(at) => node(at),
                        Spot::Edge(e) => edge(e),
                        Spot::Broker => "broker",
                    };
                    format!("{place} {trouble:?} {}", if begins { "begins" } else { "ends" })
                }
                Event::Crashed { node: at } => format!("{} crash", at.map_or("broker", node)),
                Event::Restarted { node: at } => format!("{} restart", at.map_or("broker", node)),
            };
            text += &format!("{:>8} {line}\n", now.as_ms());
        }
        text
    }
}

/// Any pattern that stays small.
pub fn any_pattern() -> impl Strategy<Value = Pattern> {
    prop_oneof![
        (0u32..400).prop_map(|rate| Pattern::Constant { per_s: f64::from(rate) / 2.0 }),
        (0u32..400).prop_map(|rate| Pattern::Poisson { per_s: f64::from(rate) / 2.0 }),
        (0u64..20, 1u32..300).prop_map(|(size, every)| Pattern::Burst { size, every_ms: f64::from(every) }),
        (0u64..40).prop_map(|count| Pattern::Once { count }),
        proptest::collection::vec((1u32..200, 0u32..200), 1..4).prop_map(|steps| {
            let mut at_ms = 0.0;
            let mut profile = Vec::new();
            for (later, rate) in steps {
                profile.push((at_ms, f64::from(rate)));
                at_ms += f64::from(later);
            }
            Pattern::Profile(profile)
        }),
    ]
}

fn any_work() -> impl Strategy<Value = Distribution> {
    prop_oneof![
        (0u32..60).prop_map(|ms| Distribution::Constant(f64::from(ms))),
        (0u32..60).prop_map(|ms| Distribution::Exponential(f64::from(ms))),
        (0u32..30, 0u32..30)
            .prop_map(|(min, span)| Distribution::Uniform { min: f64::from(min), max: f64::from(min + span) }),
        (0u32..60, 0u32..20).prop_map(|(mean, sd)| Distribution::Normal { mean: f64::from(mean), sd: f64::from(sd) }),
        (0u32..60, 0u32..20)
            .prop_map(|(mean, sd)| Distribution::Lognormal { mean: f64::from(mean), sd: f64::from(sd) }),
        proptest::collection::vec(0u32..60, 1..4)
            .prop_map(|samples| Distribution::Empirical(samples.into_iter().map(f64::from).collect())),
    ]
}

/// Settings of any kind of node.
pub fn any_settings() -> impl Strategy<Value = NodeSettings> {
    let message = (
        any::<bool>(),
        any_keys(),
        proptest::option::of(0u8..12),
        proptest::option::of(0u32..200),
        any::<bool>(),
        any_headers(),
    )
        .prop_map(|(persistent, keys, priority, ttl, mandatory, headers)| MessageTemplate {
            routing_keys: keys,
            headers,
            priority,
            ttl_ms: ttl.map(f64::from),
            persistent,
            mandatory,
            ..MessageTemplate::default()
        });
    let confirms = (0u64..10, any::<bool>(), 0u32..200).prop_map(|(max_unconfirmed, retry, retry_ms)| Confirms {
        max_unconfirmed,
        retry,
        retry_ms: f64::from(retry_ms),
    });
    let producer =
        (any_pattern(), message, proptest::option::weighted(0.4, confirms)).prop_map(|(pattern, message, confirms)| {
            NodeSettings::Producer(ProducerSettings { pattern, message, confirms })
        });
    let exchange =
        (0usize..4, proptest::option::weighted(0.3, any_exchange())).prop_map(|(kind, alternate_exchange)| {
            let kinds = [ExchangeKind::Direct, ExchangeKind::Fanout, ExchangeKind::Topic, ExchangeKind::Headers];
            NodeSettings::Exchange(ExchangeSettings { kind: kinds[kind], alternate_exchange })
        });
    let limits = (
        proptest::option::of(0u64..12),
        proptest::option::weighted(0.2, 0u64..12_000),
        0usize..3,
        proptest::option::weighted(0.3, 0u32..300),
        proptest::option::weighted(0.1, 1u32..300),
    );
    let letters = (proptest::option::of(any_exchange()), proptest::option::of(any_key()));
    let kinds = (
        any::<bool>(),
        proptest::bool::weighted(0.3),
        proptest::option::weighted(0.2, 1u8..6),
        proptest::bool::weighted(0.2),
        proptest::option::weighted(0.3, 0u32..4),
        proptest::bool::weighted(0.1),
        proptest::bool::weighted(0.1),
    );
    let queue = (limits, letters, kinds).prop_map(|(limits, letters, kinds)| {
        let (max_length, max_length_bytes, overflow, ttl, expires) = limits;
        let (dead_letter_exchange, dead_letter_routing_key) = letters;
        let (durable, quorum, max_priority, single_active_consumer, delivery_limit, auto_delete, exclusive) = kinds;
        NodeSettings::Queue(QueueSettings {
            kind: if quorum { QueueKind::Quorum } else { QueueKind::Classic },
            durable,
            ttl_ms: ttl.map(f64::from),
            expires_ms: expires.map(f64::from),
            max_length,
            max_length_bytes,
            overflow: [Overflow::DropHead, Overflow::RejectPublish, Overflow::RejectPublishDlx][overflow],
            dead_letter_exchange,
            dead_letter_routing_key,
            max_priority,
            single_active_consumer,
            delivery_limit,
            auto_delete,
            exclusive,
        })
    });
    let ways = (-1i32..2, proptest::bool::weighted(0.1), 0u32..4, any::<bool>());
    let consumer = (any::<bool>(), 0u32..6, 1u32..4, proptest::collection::vec(any_work(), 0..3), ways).prop_map(
        |(auto, prefetch_count, concurrency, work, (priority, exclusive, failures, reject))| {
            NodeSettings::Consumer(ConsumerSettings {
                ack_mode: if auto { AckMode::Auto } else { AckMode::Manual },
                prefetch_count,
                concurrency,
                priority,
                exclusive,
                // Never all of them: without work, time would not pass.
                failure_rate: f64::from(failures) * 0.25,
                on_failure: if reject { OnFailure::Reject } else { OnFailure::Requeue },
                handler: work.into_iter().map(|ms| Step::Work { ms }).collect(),
                ..ConsumerSettings::default()
            })
        },
    );
    prop_oneof![3 => producer, 2 => exchange, 4 => queue, 3 => consumer]
}

fn any_key() -> impl Strategy<Value = String> {
    let keys = ["", "a", "a.b", "#", "*.b", "queue", "queue-2", "queue-3"];
    (0..keys.len()).prop_map(move |key| keys[key].to_owned())
}

/// The name of an exchange that may be there, or the default exchange.
fn any_exchange() -> impl Strategy<Value = String> {
    let names = ["", "", "exchange", "exchange-2", "missing"];
    (0..names.len()).prop_map(move |name| names[name].to_owned())
}

fn any_keys() -> impl Strategy<Value = Vec<WeightedKey>> {
    let key = (any_key(), 0u32..3).prop_map(|(key, weight)| WeightedKey { key, weight: f64::from(weight) });
    proptest::collection::vec(key, 0..3)
}

fn any_headers() -> impl Strategy<Value = Headers> {
    let value = prop_oneof![Just(HeaderValue::Integer(1)), Just(HeaderValue::Text("1".to_owned()))];
    let name = prop_oneof![Just("a".to_owned()), Just("x-b".to_owned())];
    proptest::collection::btree_map(name, value, 0..2)
}

/// A random scenario: a few nodes of each kind, and those connections among them that make sense.
pub fn any_scenario() -> impl Strategy<Value = Scenario> {
    let nodes = proptest::collection::vec(any_settings(), 0..9);
    let wires = proptest::collection::vec(
        (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u32..40, any_key(), any_headers()),
        0..14,
    );
    let faults = proptest::collection::vec(
        (any::<prop::sample::Index>(), 0u32..1_500, proptest::option::of(0u32..500), proptest::bool::weighted(0.2)),
        0..3,
    );
    (0u64..1 << 53, nodes, wires, faults, 0u32..3).prop_map(|(seed, settings, wires, faults, restart)| {
        let mut scenario = Scenario { seed, ..Scenario::default() };
        scenario.broker.restart_ms = f64::from(restart) * 40.0;
        scenario.broker.confirm_ms = f64::from(restart) * 7.0;
        for settings in settings {
            let id = scenario.free_id(settings.kind().name());
            scenario.nodes.push(node(&id.0, settings));
        }
        if scenario.nodes.is_empty() {
            return scenario;
        }
        for (from, to, latency, routing_key, headers) in wires {
            let (from, to) = (from.get(&scenario.nodes), to.get(&scenario.nodes));
            let Ok(kind) = mq_playground::scenario::edge_kind_between(from.kind(), to.kind()) else { continue };
            let several = kind == EdgeKind::Bind;
            if from.id == to.id
                || !several && scenario.edges.iter().any(|edge| edge.from == from.id && edge.to == to.id)
            {
                continue;
            }
            // Half of the edges have no latency at all.
            let latency_ms = if latency % 2 == 0 { 0.0 } else { f64::from(latency) };
            let id = scenario.free_id("edge");
            let mut edge = Edge::new(id, kind, from.id.clone(), to.id.clone());
            if several {
                edge.routing_key = routing_key;
                edge.headers = headers;
            } else {
                edge.latency_ms = latency_ms;
            }
            scenario.edges.push(edge);
        }
        for (at, at_ms, for_ms, alarm) in faults {
            let node = at.get(&scenario.nodes).id.clone();
            scenario.faults.push(TimedFault {
                at_ms: f64::from(at_ms),
                for_ms: for_ms.map(f64::from),
                fault: if alarm { Fault::MemoryAlarm { node } } else { Fault::Crash { node } },
            });
        }
        scenario
    })
}
