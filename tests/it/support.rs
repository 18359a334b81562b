//! Scenarios for tests: written in a line each, or random.

use mq_playground::base::{Micros, Point};
use mq_playground::engine::{Engine, Event, Observer};
use mq_playground::scenario::{
    AckMode, ConsumerSettings, Distribution, Edge, EdgeKind, Fault, Id, MessageTemplate, Node, NodeSettings, Overflow,
    Pattern, ProducerSettings, QueueSettings, Scenario, Step, TimedFault,
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
                Event::Acked { at, copy } => format!("{} ack {copy}", node(at)),
                Event::Requeued { queue, copy } => format!("{} requeue {copy}", node(queue)),
                Event::Dropped { at, copy, reason } => format!("{} drop {copy}, {}", node(at), reason.name()),
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
    let producer = (any_pattern(), any::<bool>()).prop_map(|(pattern, persistent)| {
        NodeSettings::Producer(ProducerSettings {
            pattern,
            message: MessageTemplate { persistent, ..MessageTemplate::default() },
            ..ProducerSettings::default()
        })
    });
    let queue =
        (any::<bool>(), proptest::option::of(0u64..12), any::<bool>()).prop_map(|(durable, max_length, reject)| {
            let overflow = if reject { Overflow::RejectPublish } else { Overflow::DropHead };
            NodeSettings::Queue(QueueSettings { durable, max_length, overflow, ..QueueSettings::default() })
        });
    let consumer = (any::<bool>(), 0u32..6, 1u32..4, proptest::collection::vec(any_work(), 0..3)).prop_map(
        |(auto, prefetch_count, concurrency, work)| {
            NodeSettings::Consumer(ConsumerSettings {
                ack_mode: if auto { AckMode::Auto } else { AckMode::Manual },
                prefetch_count,
                concurrency,
                handler: work.into_iter().map(|ms| Step::Work { ms }).collect(),
                ..ConsumerSettings::default()
            })
        },
    );
    prop_oneof![producer, queue, consumer]
}

/// A random scenario: a few nodes of each kind, and those connections among them that make sense.
pub fn any_scenario() -> impl Strategy<Value = Scenario> {
    let nodes = proptest::collection::vec(any_settings(), 0..9);
    let wires =
        proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u32..40), 0..14);
    let faults =
        proptest::collection::vec((any::<prop::sample::Index>(), 0u32..1_500, proptest::option::of(0u32..500)), 0..3);
    (0u64..1 << 53, nodes, wires, faults, 0u32..3).prop_map(|(seed, settings, wires, faults, restart)| {
        let mut scenario = Scenario { seed, ..Scenario::default() };
        scenario.broker.restart_ms = f64::from(restart) * 40.0;
        for settings in settings {
            let id = scenario.free_id(settings.kind().name());
            scenario.nodes.push(node(&id.0, settings));
        }
        if scenario.nodes.is_empty() {
            return scenario;
        }
        for (from, to, latency) in wires {
            let (from, to) = (from.get(&scenario.nodes), to.get(&scenario.nodes));
            let Ok(kind) = mq_playground::scenario::edge_kind_between(from.kind(), to.kind()) else { continue };
            if from.id == to.id || scenario.edges.iter().any(|edge| edge.from == from.id && edge.to == to.id) {
                continue;
            }
            // Half of the edges have no latency at all.
            let latency_ms = if latency % 2 == 0 { 0.0 } else { f64::from(latency) };
            let id = scenario.free_id("edge");
            let edge = Edge { latency_ms, ..Edge::new(id, kind, from.id.clone(), to.id.clone()) };
            scenario.edges.push(edge);
        }
        for (at, at_ms, for_ms) in faults {
            let node = at.get(&scenario.nodes).id.clone();
            scenario.faults.push(TimedFault {
                at_ms: f64::from(at_ms),
                for_ms: for_ms.map(f64::from),
                fault: Fault::Crash { node },
            });
        }
        scenario
    })
}
