//! Names that other formats would take for more than text, for tests.

use super::{Binding, DestinationKind, Exchange, Queue, Topology};
use crate::base::Point;
use crate::scenario::{
    Call, Confirms, ConsumerSettings, Distribution, Edge, EdgeKind, ExchangeSettings, HeaderValue, Headers,
    MessageTemplate, Node, NodeSettings, OnFailure, Pattern, ProducerSettings, Publish, QueueSettings, Retry, Scenario,
    Step, WeightedKey,
};

pub(super) const HOSTILE: [&str; 20] = [
    "plain",
    "",
    " ",
    "it's",
    "'; rm -rf / #",
    "\"quoted\"",
    "two\nlines\r\n\tand a tab",
    "${file(\"/etc/passwd\")} $${x} %{if true}%%{",
    "$(id) `id` $HOME \\",
    "</script><script>alert(1)</script>",
    "队列 ü 🐇 \u{202e}right",
    "--help",
    "-x",
    "a=b=c",
    "{\"json\": [1]}",
    "{routing_key}",
    "# topic.*.words ?a=b#c",
    "EOF\n# a: - & * ! | >",
    "a/b~1c@d%2f",
    "nul\0\u{1}\u{7f}end",
];

/// Two exchanges, a queue and bindings between them, in which everything that can be is called by a name.
pub(super) fn topology_of(name: &str) -> Topology {
    let arguments: Headers = [
        (name.to_owned(), HeaderValue::Text(name.to_owned())),
        ("void".to_owned(), HeaderValue::Void(())),
        ("double".to_owned(), HeaderValue::Double(1.0)),
        ("integer".to_owned(), HeaderValue::Integer(i64::MIN)),
        ("list".to_owned(), HeaderValue::List(vec![HeaderValue::Boolean(true), HeaderValue::Text(name.to_owned())])),
        ("table".to_owned(), HeaderValue::Table([(name.to_owned(), name.into())].into())),
    ]
    .into();
    let exchange = |name: &str, arguments: Headers| Exchange {
        name: name.to_owned(),
        kind: "headers".to_owned(),
        durable: true,
        auto_delete: false,
        internal: false,
        arguments,
    };
    let binding = |source: &str, destination: &str, destination_type| Binding {
        source: source.to_owned(),
        destination: destination.to_owned(),
        destination_type,
        routing_key: name.to_owned(),
        arguments: arguments.clone(),
    };
    let other = format!("{name} 2");
    Topology {
        exchanges: vec![
            exchange(name, [("alternate-exchange".to_owned(), other.as_str().into())].into()),
            exchange(&other, Headers::new()),
        ],
        queues: vec![Queue {
            name: name.to_owned(),
            durable: true,
            auto_delete: false,
            arguments: [("x-max-length".to_owned(), HeaderValue::Integer(7)), (name.to_owned(), name.into())].into(),
        }],
        bindings: vec![
            binding(name, &other, DestinationKind::Exchange),
            binding("amq.topic", name, DestinationKind::Queue),
            binding(&other, name, DestinationKind::Queue),
        ],
        names: Default::default(),
    }
}

/// A scenario in which every exchange, queue, producer and consumer, key and header is called by a name.
pub(super) fn scenario_of(name: &str) -> Scenario {
    let node = |id: &str, settings: NodeSettings| Node {
        id: id.into(),
        label: Some(name.into()),
        at: Point::default(),
        color: None,
        settings,
    };
    let edge = |id: &str, kind, from: &str, to: &str| Edge::new(id.into(), kind, from.into(), to.into());
    let headers: Headers = [
        (name.to_owned(), name.into()),
        ("double".to_owned(), HeaderValue::Double(1.0)),
        ("integer".to_owned(), HeaderValue::Integer(1)),
        ("table".to_owned(), HeaderValue::Table([(name.to_owned(), HeaderValue::Void(()))].into())),
    ]
    .into();
    let message = MessageTemplate {
        routing_keys: vec![WeightedKey { key: name.to_owned(), weight: 2.0 }],
        headers,
        priority: Some(3),
        ttl_ms: Some(0.2),
        ..MessageTemplate::default()
    };
    let producer =
        ProducerSettings { pattern: Pattern::Once { count: 4 }, message, confirms: Some(Confirms::default()) };
    let publish = |target: &str| {
        Step::Publish(Publish { target: target.into(), routing_key: name.to_owned(), ..Publish::default() })
    };
    let consumer = ConsumerSettings {
        handler: vec![
            Step::Work { ms: Distribution::Exponential(1.0) },
            Step::Call(Call::default()),
            Step::Parallel(vec![publish("e"), Step::Parallel(vec![publish("elsewhere")])]),
        ],
        on_failure: OnFailure::Retry,
        retry: Retry { queue: "q".into(), ..Retry::default() },
        ..ConsumerSettings::default()
    };
    let mut bind = edge("b", EdgeKind::Bind, "e", "q");
    bind.routing_key = name.to_owned();
    Scenario {
        title: name.into(),
        about: name.into(),
        nodes: vec![
            node("p", NodeSettings::Producer(producer)),
            node("e", NodeSettings::Exchange(ExchangeSettings::default())),
            node("q", NodeSettings::Queue(QueueSettings::default())),
            node("c", NodeSettings::Consumer(consumer)),
        ],
        edges: vec![
            edge("1", EdgeKind::Publish, "p", "e"),
            edge("2", EdgeKind::Publish, "p", "q"),
            bind,
            edge("3", EdgeKind::Subscribe, "q", "c"),
            edge("4", EdgeKind::Publish, "c", "e"),
            edge("5", EdgeKind::Publish, "c", "q"),
        ],
        ..Scenario::default()
    }
}
