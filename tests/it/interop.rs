//! RabbitMQ's definitions in and out, without a broker; with one: `real_broker.rs`.

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use mq_playground::base::Language;
use mq_playground::interop::definitions::{self, Definitions, Unreadable};
use mq_playground::interop::{Rates, Remarked, Topology, Users, draw};
use mq_playground::scenario::{
    Edge, EdgeKind, ExchangeKind, ExchangeSettings, HeaderValue, HeadersMatch, Id, NodeKind, NodeSettings, Overflow,
    QueueKind, QueueSettings, Scenario, format,
};
use mq_playground::words::Words;
use proptest::prelude::*;
use regex::Regex;

use crate::support::node;

pub fn patterns(pattern: &str) -> Option<definitions::Pattern> {
    let pattern = Regex::new(pattern).ok()?;
    Some(Box::new(move |name| pattern.is_match(name)))
}

pub fn read(text: &str, host: Option<&str>) -> Definitions {
    definitions::read(text, host, &patterns).expect("these are definitions")
}

fn words() -> &'static Words {
    Words::of(Language::English)
}

/// A drawing in a line for each part.
fn lines(scenario: &Scenario) -> String {
    let mut lines = String::new();
    for node in &scenario.nodes {
        let label = node.label.as_ref().map(|label| format!(" “{}”", label.get(Language::English))).unwrap_or_default();
        let settings = match &node.settings {
            NodeSettings::Queue(settings) => serde_json::to_string(settings),
            NodeSettings::Exchange(settings) => serde_json::to_string(settings),
            NodeSettings::Producer(settings) => serde_json::to_string(settings),
            NodeSettings::Consumer(settings) => serde_json::to_string(settings),
            _ => unreachable!("a broker has none of these"),
        };
        lines += &format!("{} {}{label} {}\n", node.kind().name(), node.id, settings.unwrap());
    }
    for edge in &scenario.edges {
        let headers = serde_json::to_string(&edge.headers).unwrap();
        lines += &format!("{} → {} {:?} {headers} {:?}\n", edge.from, edge.to, edge.routing_key, edge.x_match);
    }
    lines
}

fn shows(text: &str, users: &Users, expected: &Expect) {
    let read = read(text, None);
    let (scenario, remarks) = draw(&read.topology, users, "", words());
    let problems: Vec<String> = format::check(&scenario).iter().map(|problem| problem.describe(words())).collect();
    assert_eq!(problems, [""; 0]);
    let said = Remarked::describe(&[read.remarks, remarks].concat(), words());
    let said: String = said.iter().map(|sentence| format!("- {sentence}\n")).collect();
    expected.assert_eq(&(lines(&scenario) + &said));
}

const WHOLE_BROKER: &str = include_str!("definitions.json");

#[test]
fn a_whole_broker_is_drawn_and_what_is_left_out_is_said() {
    shows(
        WHOLE_BROKER,
        &Users::Nobody,
        &expect![[r##"
            queue orders.eu {"type":"classic","durable":true,"ttl_ms":5000.0,"max_length":50,"overflow":"drop_head","dead_letter_exchange":"dead"}
            queue orders {"type":"quorum","durable":true,"ttl_ms":60000.0,"expires_ms":86400000.0,"max_length":50,"overflow":"drop_head","dead_letter_exchange":"dead","delivery_limit":3}
            queue dead.letters {"type":"classic","durable":false,"ttl_ms":1.0,"max_length":50,"overflow":"drop_head","auto_delete":true}
            exchange amq.headers {"type":"headers"}
            exchange dead {"type":"fanout","alternate_exchange":"lost"}
            exchange later {"type":"direct","alternate_exchange":"lost"}
            exchange orders-2 “orders” {"type":"topic","alternate_exchange":"lost"}
            orders-2 → orders.eu "order.*.eu" {} All
            orders-2 → orders.eu "#.urgent" {} All
            later → orders-2 "x" {} All
            amq.headers → orders "" {"colour":"red","size":3} Any
            dead → dead.letters "" {} All
            - other virtual hosts are left out: /
            - “broken”: the policy's pattern "(" cannot be read, so it is not applied
            - “short”: the policy's ha-mode is left out: it changes nothing that is simulated
            - “short”: the policy is now part of the settings of 2 parts
            - “all of them”: the policy is now part of the settings of 6 parts
            - “cap”: the policy is now part of the settings of 4 parts
            - users are left out (1)
            - permissions are left out (1)
            - “dead”: does not outlive a restart at the broker; here exchanges always do
            - “dead”: is internal: at the broker no client may publish to it
            - “later”: shown as the type it routes by; its delay is not simulated
            - “spread”: an exchange of the type x-consistent-hash, which is not simulated; it and its bindings are left out
            - “log”: a stream, which is not simulated; it and its bindings are left out
            - “orders.eu”: the argument x-queue-mode is left out: it changes nothing that is simulated
            - “orders”: x-expires is higher than the playground goes; it is 86400000 here
            - “orders → gone”: a binding is left out: one of its ends is not there
        "##]],
    );
}

#[test]
fn producers_and_consumers_are_suggested() {
    shows(
        WHOLE_BROKER,
        &Users::Suggested(Rates::default()),
        &expect![[r##"
            queue orders.eu {"type":"classic","durable":true,"ttl_ms":5000.0,"max_length":50,"overflow":"drop_head","dead_letter_exchange":"dead"}
            queue orders {"type":"quorum","durable":true,"ttl_ms":60000.0,"expires_ms":86400000.0,"max_length":50,"overflow":"drop_head","dead_letter_exchange":"dead","delivery_limit":3}
            queue dead.letters {"type":"classic","durable":false,"ttl_ms":1.0,"max_length":50,"overflow":"drop_head","auto_delete":true}
            exchange amq.headers {"type":"headers"}
            exchange dead {"type":"fanout","alternate_exchange":"lost"}
            exchange later {"type":"direct","alternate_exchange":"lost"}
            exchange orders-2 “orders” {"type":"topic","alternate_exchange":"lost"}
            producer producer “To amq.headers” {"pattern":{"constant":{"per_s":10.0}},"message":{"headers":{"colour":"red","size":3},"persistent":true}}
            producer producer-2 “To later” {"pattern":{"constant":{"per_s":10.0}},"message":{"routing_keys":[{"key":"x","weight":1.0}],"persistent":true}}
            consumer consumer “Of orders” {"ack_mode":"manual","prefetch_count":10,"concurrency":1,"handler":[{"work":{"ms":{"constant":20.0}}}]}
            consumer consumer-2 “Of orders.eu” {"ack_mode":"manual","prefetch_count":10,"concurrency":1,"handler":[{"work":{"ms":{"constant":20.0}}}]}
            orders-2 → orders.eu "order.*.eu" {} All
            orders-2 → orders.eu "#.urgent" {} All
            later → orders-2 "x" {} All
            amq.headers → orders "" {"colour":"red","size":3} Any
            dead → dead.letters "" {} All
            producer → amq.headers "" {} All
            producer-2 → later "" {} All
            orders → consumer "" {} All
            orders.eu → consumer-2 "" {} All
            - other virtual hosts are left out: /
            - “broken”: the policy's pattern "(" cannot be read, so it is not applied
            - “short”: the policy's ha-mode is left out: it changes nothing that is simulated
            - “short”: the policy is now part of the settings of 2 parts
            - “all of them”: the policy is now part of the settings of 6 parts
            - “cap”: the policy is now part of the settings of 4 parts
            - users are left out (1)
            - permissions are left out (1)
            - “dead”: does not outlive a restart at the broker; here exchanges always do
            - “dead”: is internal: at the broker no client may publish to it
            - “later”: shown as the type it routes by; its delay is not simulated
            - “spread”: an exchange of the type x-consistent-hash, which is not simulated; it and its bindings are left out
            - “log”: a stream, which is not simulated; it and its bindings are left out
            - “orders.eu”: the argument x-queue-mode is left out: it changes nothing that is simulated
            - “orders”: x-expires is higher than the playground goes; it is 86400000 here
            - “orders → gone”: a binding is left out: one of its ends is not there
        "##]],
    );
}

#[test]
fn rates_of_a_broker_are_used() {
    let mut rates = Rates::default();
    let queues = r#"[
        {"name": "orders.eu", "vhost": "shop", "consumers": 4, "message_stats": {"deliver_get_details": {"rate": 160.0}}},
        {"name": "orders", "vhost": "/", "consumers": 9},
        {"name": "orders", "vhost": "shop", "consumers": 0}]"#;
    let exchanges = r#"{"exchanges": [
        {"name": "orders", "vhost": "shop", "type": "topic", "internal": false, "message_stats": {"publish_in_details": {"rate": 150.5}}},
        {"name": "", "vhost": "shop", "type": "direct", "internal": false, "message_stats": {"publish_in_details": {"rate": 1}}}]}"#;
    rates.add(queues, Some("shop")).unwrap();
    rates.add(exchanges, Some("shop")).unwrap();
    let read = read(WHOLE_BROKER, Some("shop"));
    let (scenario, _) = draw(&read.topology, &Users::Suggested(rates), "", words());
    let users = |line: &&str| line.starts_with("producer") || line.starts_with("consumer");
    let lines = lines(&scenario);
    expect![[r#"
        producer producer “To orders” {"pattern":{"poisson":{"per_s":150.5}},"message":{"routing_keys":[{"key":"any.urgent","weight":1.0},{"key":"order.any.eu","weight":1.0}],"persistent":true}}
        consumer consumer “Of orders.eu” {"ack_mode":"manual","prefetch_count":10,"concurrency":4,"handler":[{"work":{"ms":{"constant":20.0}}}]}
        producer → orders-2 "" {} All"#]].assert_eq(&lines.lines().filter(users).collect::<Vec<_>>().join("\n"));
}

#[test]
fn of_one_virtual_host_none_is_named() {
    let text = r#"{"rabbit_version": "4.0.2", "policies": [], "queues": [{"name": "broker", "durable": true, "auto_delete": false,
        "arguments": {"x-max-priority": 300, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "broker"}},
        {"name": "", "durable": true}, {"name": "x", "arguments": {"x-overflow": 7, "x-max-length": -1}}],
        "exchanges": [{"name": "x", "type": "direct", "durable": true}],
        "bindings": [{"source": "x", "destination": "x", "destination_type": "exchange"},
            {"source": "x", "destination": "x", "destination_type": "queue"}]}"#;
    shows(
        text,
        &Users::Nobody,
        &expect![[r#"
        queue queue “broker” {"type":"classic","durable":true,"overflow":"drop_head","dead_letter_exchange":"","dead_letter_routing_key":"queue"}
        queue queue-2 {"type":"classic","durable":true,"overflow":"drop_head"}
        queue x {"type":"classic","durable":false,"overflow":"drop_head"}
        exchange x-2 “x” {"type":"direct"}
        x-2 → x "" {} All
        - “broker”: the argument x-max-priority has a value that RabbitMQ would refuse; it is left out
        - “x”: the argument x-max-length has a value that RabbitMQ would refuse; it is left out
        - “x”: the argument x-overflow has a value that RabbitMQ would refuse; it is left out
        - “x”: it is bound to itself, which is left out
    "#]],
    );
}

#[test]
fn what_are_no_definitions_is_said() {
    let refused = |text: &str, host: Option<&str>| {
        let why = definitions::read(text, host, &patterns).expect_err("these are no definitions");
        (words().interop.unreadable)(&why)
    };
    let all = [
        refused("{", None),
        refused("[]", None),
        refused("{\"users\": []}", None),
        refused("{\"queues\": {}}", None),
        refused("{\"queues\": [{\"durable\": true}]}", None),
        refused("{\"exchanges\": [{\"name\": \"x\", \"type\": 1}]}", None),
        refused(WHOLE_BROKER, Some("nowhere")),
    ];
    expect![[r#"
        not JSON: EOF while parsing an object at line 1 column 1
        no definitions of RabbitMQ: there is no list of exchanges, queues or bindings
        no definitions of RabbitMQ: there is no list of exchanges, queues or bindings
        /queues: a list is wanted
        /queues/0: missing field `name`
        /exchanges/0: invalid type: integer `1`, expected a string
        there is no such virtual host; there are: /, shop"#]]
    .assert_eq(&all.join("\n"));
    assert_eq!(Rates::default().add("3", None), Err(Unreadable::NoRates));
}

#[test]
fn virtual_hosts_are_counted_and_the_fullest_is_read() {
    let hosts = |text: &str| -> Vec<(String, [usize; 3])> {
        let hosts = definitions::hosts(&serde_json::from_str(text).unwrap()).into_iter();
        hosts.map(|host| (host.name, [host.exchanges, host.queues, host.bindings])).collect()
    };
    let two = [("/".to_owned(), [0, 1, 0]), ("shop".to_owned(), [4, 4, 8])];
    assert_eq!(hosts(WHOLE_BROKER), two);
    assert_eq!(read(WHOLE_BROKER, None).host.as_deref(), Some("shop"));
    // Of two that have as much the one that all brokers have, or the first one; what is empty counts as well.
    let even =
        r#"{"vhosts": [{"name": "empty"}], "queues": [{"name": "a", "vhost": "b"}, {"name": "a", "vhost": "a"}]}"#;
    assert_eq!(hosts(even).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b", "empty"]);
    assert_eq!(read(even, None).host.as_deref(), Some("a"));
    assert_eq!(read(&even.replace("\"b\"", "\"/\""), None).host.as_deref(), Some("/"));
    // What is no list, and no name, is nothing.
    for odd in ["3", "[]", r#"{"queues": 1, "vhosts": [1, {"name": 2}], "bindings": [{"vhost": null}]}"#] {
        assert_eq!(hosts(odd), []);
    }
}

/// Names as people give them, and as nobody should.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z]{1,6}(\\.[a-z]{1,4})?",
        1 => proptest::sample::select(vec!["订单", "a b", "\"quoted\"", "<b>", "it's", "a/b", "100%", "${x}", "broker"]).prop_map(str::to_owned),
    ]
}

fn any_queue(ttl: bool) -> impl Strategy<Value = QueueSettings> {
    let numbers = (
        proptest::option::of(0_u32..100_000),
        proptest::option::of(1_u32..100_000),
        proptest::option::of(0_u64..100),
        proptest::option::of(0_u64..1_000_000),
        proptest::option::of(1_u8..=255),
        proptest::option::of(0_u32..20),
    );
    let traits = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), 0_usize..3);
    (numbers, traits).prop_map(
        move |((ttl_ms, expires_ms, length, bytes, priority, limit), (quorum, durable, delete, single, overflow))| {
            QueueSettings {
                kind: if quorum { QueueKind::Quorum } else { QueueKind::Classic },
                durable: durable || quorum,
                ttl_ms: ttl_ms.filter(|_| ttl).map(f64::from),
                expires_ms: expires_ms.filter(|_| ttl).map(|ms| f64::from(ms) + 600_000.0),
                max_length: length,
                max_length_bytes: bytes.filter(|_| ttl),
                overflow: [
                    Overflow::DropHead,
                    Overflow::RejectPublish,
                    if quorum { Overflow::DropHead } else { Overflow::RejectPublishDlx },
                ][overflow],
                max_priority: priority.filter(|_| !quorum),
                single_active_consumer: single,
                delivery_limit: limit.filter(|_| quorum),
                auto_delete: delete && !quorum,
                ..QueueSettings::default()
            }
        },
    )
}

fn any_binding() -> impl Strategy<Value = (prop::sample::Index, prop::sample::Index, bool, Edge)> {
    let key = proptest::sample::select(vec!["", "a", "a.b", "a.*", "#", "*.b", "订单"]);
    let value = prop_oneof![
        Just(HeaderValue::from("red")),
        (-3_i64..4).prop_map(HeaderValue::Integer),
        any::<bool>().prop_map(HeaderValue::Boolean),
    ];
    let headers = proptest::collection::btree_map("[a-c]|x-d", value, 0..3);
    let x_match = proptest::sample::select(vec![
        HeadersMatch::All,
        HeadersMatch::Any,
        HeadersMatch::AllWithX,
        HeadersMatch::AnyWithX,
    ]);
    (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>(), key, headers, x_match).prop_map(
        |(from, to, queue, key, headers, x_match)| {
            let edge = Edge::new(Id::default(), EdgeKind::Bind, Id::default(), Id::default());
            (from, to, queue, Edge { routing_key: key.to_owned(), headers, x_match, ..edge })
        },
    )
}

/// What a broker can have: exchanges, queues and bindings with all that can be set; with `ttl` also what makes things go with time.
pub fn any_topology(ttl: bool) -> impl Strategy<Value = Scenario> {
    let exchanges = proptest::collection::btree_map(
        any_name(),
        (proptest::sample::select(ExchangeKind::ALL.to_vec()), proptest::option::of(any::<prop::sample::Index>())),
        1..4,
    );
    let dead = proptest::option::of((any::<prop::sample::Index>(), proptest::option::of("[a-c]{1,2}")));
    let queues = proptest::collection::btree_map(any_name(), (any_queue(ttl), dead), 1..5);
    let bindings = proptest::collection::vec(any_binding(), 0..10);
    (exchanges, queues, bindings).prop_map(|(exchanges, queues, bindings)| {
        let exchange_id = |name: &str| format!("x:{name}");
        let exchange_names: Vec<&String> = exchanges.keys().collect();
        let queue_names: Vec<&String> = queues.keys().collect();
        let mut scenario = Scenario::default();
        let labelled = |id: String, name: &str, settings| {
            let mut node = node(&id, settings);
            node.label = Some(mq_playground::base::Text::Plain(name.to_owned()));
            node
        };
        for (name, (kind, alternate)) in &exchanges {
            let alternate_exchange =
                alternate.map(|index| exchange_id(exchange_names[index.index(exchange_names.len())]));
            // RabbitMQ follows alternates until it meets one that it knows; one that is its own is of no use to anybody.
            let alternate_exchange = alternate_exchange.filter(|id| *id != exchange_id(name));
            let settings = ExchangeSettings { kind: *kind, alternate_exchange };
            scenario.nodes.push(labelled(exchange_id(name), name, NodeSettings::Exchange(settings)));
        }
        for (name, (settings, dead)) in &queues {
            let mut settings = settings.clone();
            if let Some((exchange, key)) = dead {
                settings.dead_letter_exchange = Some(exchange_id(exchange_names[exchange.index(exchange_names.len())]));
                settings.dead_letter_routing_key.clone_from(key);
            } else if settings.overflow == Overflow::RejectPublishDlx {
                settings.overflow = Overflow::RejectPublish;
            }
            scenario.nodes.push(labelled(format!("q:{name}"), name, NodeSettings::Queue(settings)));
        }
        let mut seen = BTreeSet::new();
        for (number, (from, to, to_queue, edge)) in bindings.iter().enumerate() {
            let from = exchange_id(exchange_names[from.index(exchange_names.len())]);
            let to = match to_queue {
                true => format!("q:{}", queue_names[to.index(queue_names.len())]),
                false => exchange_id(exchange_names[to.index(exchange_names.len())]),
            };
            let same = (
                from.clone(),
                to.clone(),
                edge.routing_key.clone(),
                serde_json::to_string(&edge.headers).unwrap(),
                edge.x_match as u8,
            );
            if from != to && seen.insert(same) {
                let id = Id(format!("b{number}"));
                scenario.edges.push(Edge { id, from: Id(from), to: Id(to), ..edge.clone() });
            }
        }
        scenario
    })
}

/// A topology in an order that does not depend on who wrote it, without the ids of a drawing.
pub fn in_order(mut topology: Topology) -> Topology {
    topology.names.clear();
    topology.exchanges.sort_by(|a, b| a.name.cmp(&b.name));
    topology.queues.sort_by(|a, b| a.name.cmp(&b.name));
    topology.bindings.sort_by_key(|binding| serde_json::to_string(binding).unwrap());
    topology
}

/// What comes back when definitions are drawn and told to a broker once more.
pub fn told_again(text: &str, host: Option<&str>) -> Topology {
    let read = read(text, host);
    let (scenario, remarks) = draw(&read.topology, &Users::Nobody, "", words());
    assert_eq!((read.remarks, remarks), (vec![], vec![]));
    assert!(format::check(&scenario).is_empty());
    in_order(Topology::of(&scenario, Language::English).0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_told_to_a_broker_is_drawn_as_it_was(scenario in any_topology(true)) {
        let (topology, _) = Topology::of(&scenario, Language::English);
        let back = told_again(&definitions::text(&topology, "/"), None);
        prop_assert_eq!(back, in_order(topology));
    }

    /// Whatever scenario there is, a broker can be told of it, and it can be drawn again.
    #[test]
    fn any_scenario_can_be_told(scenario in crate::support::any_scenario()) {
        let (topology, remarks) = Topology::of(&scenario, Language::SimplifiedChinese);
        let said = Remarked::describe(&remarks, Words::of(Language::SimplifiedChinese));
        prop_assert!(said.iter().all(|sentence| !sentence.is_empty()));
        let read = read(&definitions::text(&topology, "/"), None);
        let (drawn, _) = draw(&read.topology, &Users::Suggested(Rates::default()), "", words());
        prop_assert!(format::check(&drawn).is_empty());
        let queues = |scenario: &Scenario| scenario.nodes.iter().filter(|node| node.kind() == NodeKind::Queue).count();
        prop_assert_eq!(queues(&drawn), queues(&scenario));
        prop_assert!(format::parse(&format::to_text(&drawn)).is_ok());
    }

    /// Definitions with anything anywhere: a message, or a drawing that can be opened.
    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,80}", place in any::<prop::sample::Index>(), length in 0_usize..20) {
        let at = (0..=place.index(WHOLE_BROKER.len())).rev().find(|at| WHOLE_BROKER.is_char_boundary(*at)).unwrap();
        let end = (at..=(at + length).min(WHOLE_BROKER.len())).rev().find(|end| WHOLE_BROKER.is_char_boundary(*end)).unwrap();
        let changed = format!("{}{text}{}", &WHOLE_BROKER[..at], &WHOLE_BROKER[end..]);
        if let Ok(read) = definitions::read(&changed, None, &patterns) {
            let (drawn, _) = draw(&read.topology, &Users::Suggested(Rates::default()), "", words());
            prop_assert!(format::check(&drawn).is_empty());
        }
    }
}
