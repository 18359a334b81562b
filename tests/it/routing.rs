//! Routing against references that are as simple as they can be: patterns word by word, exchanges one after the other.

use std::collections::BTreeSet;

use mq_playground::base::Micros;
use mq_playground::engine::{BindingReason, Engine, NodeReport, Unobserved};
use mq_playground::scenario::{
    Edge, EdgeKind, ExchangeKind, ExchangeSettings, HeaderValue, Headers, HeadersMatch, Id, MessageTemplate, Node,
    NodeKind, NodeSettings, Pattern, ProducerSettings, Scenario, WeightedKey,
};
use proptest::prelude::*;

use super::support::node;

/// Whether a pattern takes a key, by trying everything.
fn takes(pattern: &[&str], key: &[&str]) -> bool {
    match (pattern, key) {
        ([], []) => true,
        (["#", rest @ ..], _) => takes(rest, key) || !key.is_empty() && takes(pattern, &key[1..]),
        ([word, rest @ ..], [first, others @ ..]) => (*word == "*" || word == first) && takes(rest, others),
        _ => false,
    }
}

fn words(text: &str) -> Vec<&str> {
    if text.is_empty() { Vec::new() } else { text.split('.').collect() }
}

fn any_pattern() -> impl Strategy<Value = String> {
    // Empty words, wildcards, and words that only look like them.
    let word = prop_oneof![Just(""), Just("a"), Just("b"), Just("*"), Just("#"), Just("#"), Just("a#")];
    proptest::collection::vec(word, 0..6).prop_map(|words| words.join("."))
}

fn any_key() -> impl Strategy<Value = String> {
    let word = prop_oneof![Just(""), Just("a"), Just("b"), Just("*"), Just("a#")];
    proptest::collection::vec(word, 0..6).prop_map(|words| words.join("."))
}

fn any_headers() -> impl Strategy<Value = Headers> {
    let value = prop_oneof![
        Just(HeaderValue::Integer(1)),
        Just(HeaderValue::Text("1".to_owned())),
        Just(HeaderValue::Boolean(true)),
        Just(HeaderValue::Void(()))
    ];
    let name = prop_oneof![Just("a"), Just("b"), Just("x-c")].prop_map(str::to_owned);
    proptest::collection::btree_map(name, value, 0..3)
}

fn any_match() -> impl Strategy<Value = HeadersMatch> {
    prop_oneof![
        Just(HeadersMatch::All),
        Just(HeadersMatch::Any),
        Just(HeadersMatch::AllWithX),
        Just(HeadersMatch::AnyWithX)
    ]
}

/// A producer that publishes one message to the first exchange.
fn producer(key: &str, headers: Headers) -> Node {
    let message = MessageTemplate {
        routing_keys: vec![WeightedKey { key: key.to_owned(), weight: 1.0 }],
        headers,
        mandatory: true,
        ..MessageTemplate::default()
    };
    let settings = ProducerSettings { pattern: Pattern::Once { count: 1 }, message, confirms: None };
    node("p", NodeSettings::Producer(settings))
}

fn edge(id: String, kind: EdgeKind, from: &str, to: &str) -> Edge {
    Edge::new(Id(id), kind, Id::from(from), Id::from(to))
}

/// The queues that got the message, once each, as the engine says after running; and what it explains.
fn run(scenario: &Scenario) -> (BTreeSet<Id>, BTreeSet<Id>, bool) {
    let mut engine = Engine::new(scenario);
    engine.run_until(Micros(1_000), &mut Unobserved);
    engine.audit().unwrap();
    let NodeSettings::Producer(producer) = &scenario.node(&"p".into()).unwrap().settings else { unreachable!() };
    let message = &producer.message;
    let explained = engine.explain_route(&"x0".into(), &message.routing_keys[0].key, &message.headers).unwrap();
    let mut got = BTreeSet::new();
    for node in scenario.nodes.iter().filter(|node| node.kind() == NodeKind::Queue) {
        if let Some(NodeReport::Queue(queue)) = engine.node_report(&node.id)
            && queue.ready > 0
        {
            assert_eq!(queue.ready, 1, "one copy for each queue");
            got.insert(node.id.clone());
        }
    }
    let Some(NodeReport::Producer(report)) = engine.node_report(&"p".into()) else { unreachable!() };
    (got, explained.queues.into_iter().collect(), report.returned > 0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn topic_patterns_take_what_they_say(patterns in proptest::collection::vec(any_pattern(), 1..6), key in any_key()) {
        let exchange = ExchangeSettings { kind: ExchangeKind::Topic, alternate_exchange: None };
        let mut scenario = Scenario::default();
        scenario.nodes.push(producer(&key, Headers::new()));
        scenario.nodes.push(node("x0", NodeSettings::Exchange(exchange)));
        scenario.edges.push(edge("in".to_owned(), EdgeKind::Publish, "p", "x0"));
        let mut expected = BTreeSet::new();
        for (index, pattern) in patterns.iter().enumerate() {
            let queue = format!("q{index}");
            scenario.nodes.push(node(&queue, NodeKind::Queue.default_settings()));
            let binding = edge(format!("b{index}"), EdgeKind::Bind, "x0", &queue);
            scenario.edges.push(Edge { routing_key: pattern.clone(), ..binding });
            if takes(&words(pattern), &words(&key)) {
                expected.insert(Id(queue));
            }
        }
        let (got, explained, returned) = run(&scenario);
        prop_assert_eq!(&got, &expected);
        prop_assert_eq!(&explained, &expected);
        prop_assert_eq!(returned, expected.is_empty());
        // The words that a pattern says it takes are the words of the key, in their order.
        let engine = Engine::new(&scenario);
        for binding in engine.explain_route(&"x0".into(), &key, &Headers::new()).unwrap().bindings {
            let BindingReason::Topic { pattern, left } = binding.why else { unreachable!() };
            let taken: Option<Vec<Vec<String>>> = pattern.iter().map(|word| word.takes.clone()).collect();
            if binding.matches {
                prop_assert_eq!(taken.unwrap().concat(), words(&key));
                prop_assert!(left.is_empty());
            } else {
                // Something is left over, of the pattern or of the key.
                prop_assert!(taken.is_none() || !left.is_empty());
            }
        }
    }

    #[test]
    fn messages_go_the_way_that_the_drawing_shows(
        kinds in proptest::collection::vec((0usize..4, proptest::option::of(0usize..4)), 1..5),
        bindings in proptest::collection::vec(
            (0usize..4, any::<bool>(), 0usize..4, any_pattern(), any_match(), any_headers()), 0..12),
        key in any_key(),
        headers in any_headers(),
    ) {
        const KINDS: [ExchangeKind; 4] =
            [ExchangeKind::Direct, ExchangeKind::Fanout, ExchangeKind::Topic, ExchangeKind::Headers];
        let mut scenario = Scenario::default();
        scenario.nodes.push(producer(&key, headers.clone()));
        for (index, (kind, alternate)) in kinds.iter().enumerate() {
            let alternate_exchange = alternate.map(|other| format!("x{other}"));
            let settings = ExchangeSettings { kind: KINDS[*kind], alternate_exchange };
            scenario.nodes.push(node(&format!("x{index}"), NodeSettings::Exchange(settings)));
        }
        for index in 0..4 {
            scenario.nodes.push(node(&format!("q{index}"), NodeKind::Queue.default_settings()));
        }
        scenario.edges.push(edge("in".to_owned(), EdgeKind::Publish, "p", "x0"));
        for (index, (from, to_queue, to, routing_key, x_match, headers)) in bindings.iter().enumerate() {
            let (from, to) = (from % kinds.len(), if *to_queue { *to } else { to % kinds.len() });
            let to = format!("{}{to}", if *to_queue { "q" } else { "x" });
            let binding = edge(format!("b{index}"), EdgeKind::Bind, &format!("x{from}"), &to);
            scenario.edges.push(Edge {
                routing_key: routing_key.clone(),
                x_match: *x_match,
                headers: headers.clone(),
                ..binding
            });
        }
        // The reference: again and again through all exchanges that are reached, until no new one is.
        let fits = |edge: &Edge, kind: ExchangeKind| match kind {
            ExchangeKind::Fanout => true,
            ExchangeKind::Direct => edge.routing_key == key,
            ExchangeKind::Topic => takes(&words(&edge.routing_key), &words(&key)),
            ExchangeKind::Headers => {
                let with_x = matches!(edge.x_match, HeadersMatch::AllWithX | HeadersMatch::AnyWithX);
                let counted = edge.headers.iter().filter(|(name, _)| with_x || !name.starts_with("x-"));
                let mut fitting = counted.map(|(name, wanted)| {
                    headers.get(name).is_some_and(|found| *wanted == HeaderValue::Void(()) || found == wanted)
                });
                match edge.x_match {
                    HeadersMatch::All | HeadersMatch::AllWithX => fitting.all(|fits| fits),
                    HeadersMatch::Any | HeadersMatch::AnyWithX => fitting.any(|fits| fits),
                }
            }
        };
        let mut reached = BTreeSet::from([Id::from("x0")]);
        let mut expected = BTreeSet::new();
        loop {
            let before = (reached.len(), expected.len());
            for exchange in reached.clone() {
                let NodeSettings::Exchange(settings) = &scenario.node(&exchange).unwrap().settings else { unreachable!() };
                let taken: Vec<&Edge> = scenario
                    .edges
                    .iter()
                    .filter(|edge| edge.kind == EdgeKind::Bind && edge.from == exchange && fits(edge, settings.kind))
                    .collect();
                for edge in &taken {
                    if edge.to.as_str().starts_with('q') { expected.insert(edge.to.clone()) } else { reached.insert(edge.to.clone()) };
                }
                if let Some(alternate) = settings.alternate_exchange.as_deref().filter(|_| taken.is_empty())
                    && scenario.node(&alternate.into()).is_some()
                {
                    reached.insert(alternate.into());
                }
            }
            if before == (reached.len(), expected.len()) {
                break;
            }
        }
        let (got, explained, returned) = run(&scenario);
        prop_assert_eq!(&got, &expected);
        prop_assert_eq!(&explained, &expected);
        prop_assert_eq!(returned, expected.is_empty());
    }
}
