//! Scenarios for tests: written in a line each, or random.

use mq_playground::base::{Language, Micros, Point, Text};
use mq_playground::engine::{Engine, Event, Observer, Spot};
use mq_playground::scenario::{
    AckMode, Backoff, Call, ClientSettings, Color, Confirms, ConsumerSettings, DatabaseSettings, Distribution, Edge,
    EdgeKind, ExchangeKind, ExchangeSettings, Fault, HeaderValue, Headers, Id, MessageTemplate, Node, NodeKind,
    NodeSettings, Note, NoteSize, OnFailure, Overflow, Overload, Pattern, ProducerSettings, Publish, QueueKind,
    QueueSettings, Retry, Scenario, ServiceSettings, Step, TimedEdit, TimedFault, WeightedKey, edge_kind_between,
};
use proptest::prelude::*;

/// A node without a label, at the origin.
pub fn node(id: &str, settings: NodeSettings) -> Node {
    Node { id: Id::from(id), label: None, at: Point::default(), color: None, settings }
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
    let taking =
        (proptest::option::weighted(0.2, 1u32..12), 1u32..300, any::<bool>(), proptest::bool::weighted(0.2), 1u32..4);
    let consumer = (consumer, taking).prop_map(|(settings, (batch_size, interval, idempotent, retries, tries))| {
        let NodeSettings::Consumer(settings) = settings else { unreachable!() };
        NodeSettings::Consumer(ConsumerSettings {
            batch_size,
            interval_ms: f64::from(interval),
            idempotent,
            on_failure: if retries { OnFailure::Retry } else { settings.on_failure },
            retry: Retry { tries, ..Retry::default() },
            ..settings
        })
    });
    let client = (any_request_pattern(), proptest::option::of(1u32..300), 0u32..3, any_backoff()).prop_map(
        |(pattern, timeout, retries, backoff)| {
            NodeSettings::Client(ClientSettings { pattern, timeout_ms: timeout.map(f64::from), retries, backoff })
        },
    );
    let service = (proptest::collection::vec(any_work(), 0..3), 1u32..5, 0u64..5, 0u32..4, 0u32..3).prop_map(
        |(work, concurrency, backlog_limit, failures, restart)| {
            NodeSettings::Service(ServiceSettings {
                handler: work.into_iter().map(|ms| Step::Work { ms }).collect(),
                concurrency,
                backlog_limit,
                failure_rate: f64::from(failures) * 0.25,
                restart_ms: f64::from(restart) * 30.0,
                redeploy_ms: f64::from(restart) * 50.0,
            })
        },
    );
    let database =
        (any_work(), 1u64..80, 0usize..3, 0u32..200).prop_map(|(latency_ms, capacity_per_s, overload, restart)| {
            NodeSettings::Database(DatabaseSettings {
                latency_ms,
                capacity_per_s,
                overload: [Overload::SlowDown, Overload::Reject, Overload::Crash][overload],
                restart_ms: f64::from(restart),
            })
        });
    prop_oneof![
        3 => producer, 2 => exchange, 4 => queue, 3 => consumer, 2 => client, 3 => service, 2 => database
    ]
}

fn any_request_pattern() -> impl Strategy<Value = Pattern> {
    let closed_loop =
        (0u32..6, 0u32..100).prop_map(|(users, think)| Pattern::ClosedLoop { users, think_ms: f64::from(think) });
    prop_oneof![3 => any_pattern(), 1 => closed_loop]
}

fn any_backoff() -> impl Strategy<Value = Backoff> {
    (0u32..50, 1u32..4, 0u32..5).prop_map(|(first, factor, jitter)| Backoff {
        first_ms: f64::from(first),
        factor: f64::from(factor),
        most_ms: 100.0,
        jitter: f64::from(jitter) * 0.25,
    })
}

/// What becomes of an edge on which a handler calls or publishes: a step, alone or beside another one.
#[derive(Clone, Debug)]
pub struct AnyStep {
    timeout: Option<u32>,
    retries: u32,
    backoff: Backoff,
    confirm: bool,
    ms: u32,
    beside: bool,
    delays: bool,
}

fn any_step() -> impl Strategy<Value = AnyStep> {
    (proptest::option::of(1u32..200), 0u32..3, any_backoff(), any::<bool>(), 0u32..20, any::<bool>(), any::<bool>())
        .prop_map(|(timeout, retries, backoff, confirm, ms, beside, delays)| AnyStep {
            timeout,
            retries,
            backoff,
            confirm,
            ms,
            beside,
            delays,
        })
}

/// Lets a node's settings lead where an edge leads.
fn lead(settings: &mut NodeSettings, edge: &Edge, to: NodeKind, any: AnyStep) {
    if let NodeSettings::Consumer(consumer) = settings
        && to == NodeKind::Queue
        && any.delays
        && consumer.retry.queue.0.is_empty()
    {
        consumer.retry.queue = edge.to.clone();
        return;
    }
    let step = match edge.kind {
        EdgeKind::Call => Step::Call(Call {
            target: edge.to.clone(),
            timeout_ms: any.timeout.map(f64::from),
            retries: any.retries,
            backoff: any.backoff,
        }),
        EdgeKind::Publish => Step::Publish(Publish {
            target: edge.to.clone(),
            routing_key: "a.b".to_owned(),
            ms: Distribution::Constant(f64::from(any.ms + 1)),
            confirm: any.confirm,
        }),
        EdgeKind::Bind | EdgeKind::Subscribe => return,
    };
    let Some(handler) = settings.handler_mut() else { return };
    match handler.pop() {
        Some(Step::Parallel(mut steps)) if any.beside => {
            steps.push(step);
            handler.push(Step::Parallel(steps));
        }
        Some(last) if any.beside => handler.push(Step::Parallel(vec![last, step])),
        last => {
            handler.extend(last);
            handler.push(step);
        }
    }
}

/// Everything that can happen to a node or an edge of a scenario, or to its broker.
pub fn faults_of(scenario: &Scenario) -> Vec<Fault> {
    let mut faults = Vec::new();
    let ids = scenario.nodes.iter().map(|node| node.id.clone()).chain([Id::from("broker")]);
    for node in ids {
        let node = || node.clone();
        faults.extend([
            Fault::Crash { node: node() },
            Fault::Restart { node: node() },
            Fault::Stall { node: node() },
            Fault::Resume { node: node() },
            Fault::Slow { node: node(), factor: 3.0 },
            Fault::ErrorRate { node: node(), rate: 0.5 },
            Fault::PoisonMessage { node: node() },
            Fault::MemoryAlarm { node: node() },
            Fault::DiskLoss { node: node() },
        ]);
    }
    for edge in &scenario.edges {
        let edge = || edge.id.clone();
        faults.extend([
            Fault::Cut { edge: edge() },
            Fault::Repair { edge: edge() },
            Fault::Hold { edge: edge() },
            Fault::Release { edge: edge() },
            Fault::Latency { edge: edge(), latency_ms: 30.0 },
            Fault::Loss { edge: edge(), rate: 0.3 },
            Fault::Duplicate { edge: edge(), rate: 0.3 },
        ]);
    }
    faults.retain(|fault| fault.fits(scenario));
    faults
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

/// Any text of a document: plain or by language, with line ends and with what must not become markup.
pub fn any_text() -> impl Strategy<Value = Text> {
    let words =
        || prop_oneof![Just("orders".to_owned()), Just("<b>two\nlines</b>".to_owned()), Just("订单 2".to_owned())];
    prop_oneof![
        words().prop_map(Text::Plain),
        proptest::collection::btree_map(proptest::sample::select(Language::ALL.to_vec()), words(), 0..3)
            .prop_map(Text::ByLanguage),
    ]
}

/// Any colour, or none.
pub fn any_color() -> impl Strategy<Value = Option<Color>> {
    proptest::option::of(proptest::sample::select(Color::ALL.to_vec()))
}

fn any_note() -> impl Strategy<Value = Note> {
    let size = proptest::sample::select(vec![NoteSize::Small, NoteSize::Medium, NoteSize::Large]);
    (any_text(), any_color(), size, -500i32..500, -500i32..500).prop_map(|(text, color, size, x, y)| Note {
        id: Id::default(),
        at: Point::new(f64::from(x), f64::from(y)),
        text,
        color,
        size,
    })
}

/// A random scenario: nodes with edges, and what is written beside them.
pub fn any_scenario() -> impl Strategy<Value = Scenario> {
    let notes = proptest::collection::vec(any_note(), 0..3);
    let colors = proptest::collection::vec(any_color(), 0..9);
    (any_drawing(), any_text(), notes, colors).prop_map(|(mut scenario, title, notes, colors)| {
        scenario.title = title;
        for note in notes {
            let id = scenario.free_id("note");
            scenario.notes.push(Note { id, ..note });
        }
        for (node, color) in scenario.nodes.iter_mut().zip(colors) {
            node.color = color;
        }
        scenario
    })
}

/// A random drawing: a few nodes of each kind, and those connections among them that make sense.
fn any_drawing() -> impl Strategy<Value = Scenario> {
    let nodes = proptest::collection::vec(any_settings(), 0..9);
    let wires = proptest::collection::vec(
        (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u32..40, any_key(), any_headers(), any_step()),
        0..16,
    );
    let faults =
        proptest::collection::vec((any::<prop::sample::Index>(), 0u32..1_500, proptest::option::of(0u32..500)), 0..5);
    let more = (0u32..3, 0u32..5, proptest::option::of((0u32..1_500, any_settings())));
    (0u64..1 << 53, nodes, wires, faults, more).prop_map(|(seed, settings, wires, faults, (restart, losses, edit))| {
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
        for (from, to, latency, routing_key, headers, step) in wires {
            // One of the nodes that this one may be connected with.
            let from = from.get(&scenario.nodes);
            let kind_to = |to: &Node| edge_kind_between(from.kind(), to.kind());
            let is_new = |to: &Node| !scenario.edges.iter().any(|edge| edge.from == from.id && edge.to == to.id);
            let fits =
                |to: &&Node| to.id != from.id && kind_to(to).is_ok_and(|kind| kind == EdgeKind::Bind || is_new(to));
            let fitting: Vec<&Node> = scenario.nodes.iter().filter(fits).collect();
            if fitting.is_empty() {
                continue;
            }
            let to = *to.get(&fitting);
            let Ok(kind) = kind_to(to) else { continue };
            let several = kind == EdgeKind::Bind;
            // Half of the edges have no latency at all.
            let latency_ms = if latency % 2 == 0 { 0.0 } else { f64::from(latency) };
            let id = scenario.free_id("edge");
            let mut edge = Edge::new(id, kind, from.id.clone(), to.id.clone());
            if several {
                edge.routing_key = routing_key;
                edge.headers = headers;
            } else {
                edge.latency_ms = latency_ms;
                // Now and then something is lost, or arrives twice.
                edge.loss = if losses == 1 { 0.2 } else { 0.0 };
                edge.duplicate = if losses == 2 { 0.2 } else { 0.0 };
            }
            let (place, to_kind) = (scenario.nodes.iter().position(|node| node.id == edge.from), to.kind());
            if let Some(from) = place.map(|place| &mut scenario.nodes[place]) {
                lead(&mut from.settings, &edge, to_kind, step);
            }
            scenario.edges.push(edge);
        }
        let possible = faults_of(&scenario);
        for (which, at_ms, for_ms) in faults {
            scenario.faults.push(TimedFault {
                at_ms: f64::from(at_ms),
                for_ms: for_ms.map(f64::from),
                fault: which.get(&possible).clone(),
            });
        }
        if let Some((at_ms, settings)) = edit {
            let id = scenario.free_id("added");
            let added = node(&id.0, settings);
            scenario.edits.push(TimedEdit { at_ms: f64::from(at_ms), nodes: vec![added], ..TimedEdit::default() });
        }
        scenario.chaos.faults_per_min = f64::from(losses.saturating_sub(3)) * 200.0;
        scenario.chaos.mean_ms = 100.0;
        scenario
    })
}
