//! What the engine is measured with: two classics of queueing, every statistic on.

use mq_playground::base::Micros;
use mq_playground::engine::{Engine, Observer};
use mq_playground::scenario::{
    Edge, EdgeKind, ExchangeKind, ExchangeSettings, Id, MessageTemplate, Node, NodeSettings, Pattern, ProducerSettings,
    QueueSettings, Scenario, WeightedKey, format,
};

/// One Poisson producer, one queue, one consumer that is busy nine tenths of the time (M/M/1).
pub const MM1: &str = r#"{"mq_scenario": 1, "seed": 1,
  "nodes": [
    {"id": "producer", "kind": "producer", "settings": {"pattern": {"poisson": {"per_s": 0.9}}}},
    {"id": "queue", "kind": "queue"},
    {"id": "consumer", "kind": "consumer",
     "settings": {"prefetch_count": 1, "handler": [{"work": {"ms": {"exponential": 1000}}}]}}],
  "edges": [
    {"id": "in", "kind": "publish", "from": "producer", "to": "queue"},
    {"id": "out", "kind": "subscribe", "from": "queue", "to": "consumer"}]}"#;

/// One Poisson producer to three queues, each with a consumer of two slots.
pub const FAN: &str = r#"{"mq_scenario": 1, "seed": 1,
  "nodes": [
    {"id": "producer", "kind": "producer", "settings": {"pattern": {"poisson": {"per_s": 1.6}}}},
    {"id": "queue-1", "kind": "queue"}, {"id": "queue-2", "kind": "queue"}, {"id": "queue-3", "kind": "queue"},
    {"id": "consumer-1", "kind": "consumer",
     "settings": {"prefetch_count": 2, "concurrency": 2, "handler": [{"work": {"ms": {"exponential": 1000}}}]}},
    {"id": "consumer-2", "kind": "consumer",
     "settings": {"prefetch_count": 2, "concurrency": 2, "handler": [{"work": {"ms": {"exponential": 1000}}}]}},
    {"id": "consumer-3", "kind": "consumer",
     "settings": {"prefetch_count": 2, "concurrency": 2, "handler": [{"work": {"ms": {"exponential": 1000}}}]}}],
  "edges": [
    {"id": "in-1", "kind": "publish", "from": "producer", "to": "queue-1"},
    {"id": "in-2", "kind": "publish", "from": "producer", "to": "queue-2"},
    {"id": "in-3", "kind": "publish", "from": "producer", "to": "queue-3"},
    {"id": "out-1", "kind": "subscribe", "from": "queue-1", "to": "consumer-1"},
    {"id": "out-2", "kind": "subscribe", "from": "queue-2", "to": "consumer-2"},
    {"id": "out-3", "kind": "subscribe", "from": "queue-3", "to": "consumer-3"}]}"#;

/// One producer and a topic exchange with so many bindings, patterns of three words with wildcards, to fifty queues that
/// keep one message each. A message fits one pattern.
#[allow(dead_code, reason = "the program that is compared with other engines does not route")]
pub fn topic(bindings: usize) -> Scenario {
    let node = |id: String, settings| Node { id: Id(id), label: None, at: Default::default(), color: None, settings };
    let keys = (0..8).map(|index| WeightedKey { key: format!("site.{}.level", index * bindings / 8), weight: 1.0 });
    let message = MessageTemplate { routing_keys: keys.collect(), ..MessageTemplate::default() };
    let producer = ProducerSettings { pattern: Pattern::Constant { per_s: 1_000.0 }, message, confirms: None };
    let exchange = ExchangeSettings { kind: ExchangeKind::Topic, alternate_exchange: None };
    let mut scenario = Scenario::default();
    scenario.nodes.push(node("p".to_owned(), NodeSettings::Producer(producer)));
    scenario.nodes.push(node("x".to_owned(), NodeSettings::Exchange(exchange)));
    for queue in 0..50 {
        let settings = QueueSettings { max_length: Some(1), ..QueueSettings::default() };
        scenario.nodes.push(node(format!("q{queue}"), NodeSettings::Queue(settings)));
    }
    let edge = |id: String, kind, from: &str, to: String| Edge::new(Id(id), kind, Id::from(from), Id(to));
    scenario.edges.push(edge("in".to_owned(), EdgeKind::Publish, "p", "x".to_owned()));
    for index in 0..bindings {
        let mut binding = edge(format!("b{index}"), EdgeKind::Bind, "x", format!("q{}", index % 50));
        // Wildcards before and behind the word that decides.
        binding.routing_key =
            [format!("*.{index}.#"), format!("#.{index}.*"), format!("site.{index}.*")][index % 3].clone();
        scenario.edges.push(binding);
    }
    scenario
}

/// Reads one of them.
pub fn read(text: &str) -> Scenario {
    format::parse(text).expect("the scenarios of the benchmarks are good")
}

/// Runs one from the beginning for so many events.
pub fn run<O: Observer>(scenario: &Scenario, events: u64, observer: &mut O) -> Engine {
    let mut engine = Engine::new(scenario);
    engine.run_some(Micros::LAST, events, observer);
    engine
}
