//! The scenario file: round trips, and clear words for everything that is wrong.

use expect_test::{Expect, expect};
use mq_playground::base::Language;
use mq_playground::scenario::{NodeKind, format, schema};
use mq_playground::words::Words;
use proptest::prelude::*;

use super::support::any_scenario;

fn problems(text: &str) -> String {
    let Err(problems) = format::parse(text) else { return "good\n".to_owned() };
    let words = Words::of(Language::English);
    let line = |problem: &mq_playground::scenario::Problem| {
        let (line, column) = format::position(text, problem);
        format!("{line}:{column}: {}: {}\n", problem.pointer, problem.describe(words))
    };
    problems.iter().map(line).collect()
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&problems(text));
}

#[test]
fn the_example_of_the_format_is_good() {
    check(
        r#"{"mq_scenario": 1, "title": {"en": "Work queue", "zh-CN": "工作队列"}, "seed": 7,
 "nodes": [
  {"id": "producer", "kind": "producer", "label": "Orders", "at": [80, 160], "settings": {"pattern": {"constant": {"per_s": 100}}}},
  {"id": "queue", "kind": "queue", "at": [320, 160], "settings": {"durable": true}},
  {"id": "consumer", "kind": "consumer", "at": [560, 160], "settings": {"prefetch_count": 10, "handler": [{"work": {"ms": {"constant": 20}}}]}}],
 "edges": [
  {"id": "e1", "kind": "publish", "from": "producer", "to": "queue"},
  {"id": "e2", "kind": "subscribe", "from": "queue", "to": "consumer", "latency_ms": 0}],
 "faults": [{"at_ms": 5000, "for_ms": 3000, "fault": {"crash": {"node": "consumer"}}}]}"#,
        expect![[r#"
            good
        "#]],
    );
}

#[test]
fn unknown_fields_and_bad_values_are_named_with_their_place() {
    check(
        r#"{
  "mq_scenario": 1,
  "nodes": [
    {"id": "p", "kind": "producer", "settings": {"pattern": {"constant": {"per_s": -5}}}},
    {"id": "q", "kind": "queue", "settings": {"durabel": true}},
    {"id": "c", "kind": "consumer", "settings": {"prefetch_count": 70000, "concurrency": 1.5}},
    {"id": "d", "kind": "consumer", "settings": {"handler": [{"work": {"ms": {"constant": "fast"}}}]}},
    {"id": "e", "kind": "consumer", "settings": {"handler": [{"work": {"ms": {"uniform": {"min": 9, "max": 3}}}}]}},
    {"id": "f", "kind": "producer", "settings": {"pattern": {"sometimes": {}}}},
    {"id": "g", "kind": "producer", "settings": {"pattern": {"profile": [[0, 5], [0, 6]]}}},
    {"id": "h", "kind": "stream"},
    {"id": "broker", "kind": "queue"},
    {"id": "i", "kind": "queue", "at": [1e9, 0]},
    {"kind": "queue"}
  ],
  "edges": [{"id": "x", "kind": "publish", "from": "p", "to": "q", "latency_ms": -1, "loss": 0.5}],
  "faults": [{"at_ms": 1, "fault": {"explode": {"node": "p"}}}]
}"#,
        expect![[r#"
            4:84: /nodes/0/settings/pattern/constant/per_s: must be from 0 to 1000000 msg/s
            5:58: /nodes/1/settings/durabel: unknown field `durabel`, expected one of `type`, `durable`, `ttl_ms`, `expires_ms`, `max_length`, `max_length_bytes`, `overflow`, `dead_letter_exchange`, `dead_letter_routing_key`, `max_priority`, `single_active_consumer`, `delivery_limit`, `auto_delete`, `exclusive`
            6:90: /nodes/2/settings/concurrency: must be a whole number from 1 to 1000
            6:68: /nodes/2/settings/prefetch_count: must be a whole number from 0 to 65535 messages
            7:91: /nodes/3/settings/handler/0/work/ms/constant: invalid type: string "fast", expected a number
            8:90: /nodes/4/settings/handler/0/work/ms/uniform: min must not be above max
            9:61: /nodes/5/settings/pattern: unknown variant `sometimes`, expected one of `constant`, `poisson`, `burst`, `profile`, `once`, `closed_loop`
            10:82: /nodes/6/settings/pattern/profile/1: must begin later than the entry before it
            11:25: /nodes/7/kind: there is no kind of node called “stream”; there are producer, exchange, queue, consumer, client, service, database
            12:12: /nodes/8/id: “broker” cannot be an id: 1 to 128 characters, and not the reserved word broker
            13:40: /nodes/9/at: must be from -1000000 to 1000000
            14:5: /nodes/10: missing field `id`
            16:82: /edges/0/latency_ms: must be from 0 to 86400000 ms
            17:36: /faults/0/fault: unknown variant `explode`, expected one of `crash`, `restart`, `stall`, `resume`, `slow`, `error_rate`, `poison_message`, `memory_alarm`, `memory_alarm_cleared`, `disk_loss`, `cut`, `repair`, `hold`, `release`, `latency`, `loss`, `duplicate`
        "#]],
    );
}

#[test]
fn connections_that_make_no_sense_are_refused() {
    check(
        r#"{
  "mq_scenario": 1,
  "nodes": [
    {"id": "p", "kind": "producer"}, {"id": "q", "kind": "queue"}, {"id": "r", "kind": "queue"},
    {"id": "c", "kind": "consumer"}, {"id": "p", "kind": "producer"}
  ],
  "edges": [
    {"id": "1", "kind": "publish", "from": "p", "to": "c"},
    {"id": "2", "kind": "subscribe", "from": "q", "to": "r"},
    {"id": "3", "kind": "publish", "from": "q", "to": "c"},
    {"id": "4", "kind": "publish", "from": "p", "to": "nobody"},
    {"id": "5", "kind": "publish", "from": "p", "to": "q"},
    {"id": "5", "kind": "publish", "from": "p", "to": "q"}
  ],
  "faults": [{"at_ms": 1, "fault": {"crash": {"node": "nobody"}}}]
}"#,
        expect![[r#"
            5:45: /nodes/4/id: the id “p” stands twice; every node and edge needs its own
            8:5: /edges/0: a producer publishes to an exchange or a queue, and a consumer takes from one: put a queue between them
            9:5: /edges/1: a queue hands its messages to consumers, not to another queue
            10:25: /edges/2/kind: an edge from a queue to a consumer is of kind subscribe
            11:55: /edges/3/to: there is no node “nobody”
            13:5: /edges/5: these two are connected already
            13:12: /edges/5/id: the id “5” stands twice; every node and edge needs its own
            15:55: /faults/0/fault/crash/node: there is no node “nobody”
        "#]],
    );
}

#[test]
fn what_is_no_scenario_at_all_is_said_plainly() {
    check(
        "",
        expect![[r#"
        1:1: : this is not JSON: EOF while parsing a value
    "#]],
    );
    check(
        "[1, 2",
        expect![[r#"
        1:5: : this is not JSON: EOF while parsing a list
    "#]],
    );
    check(
        "[]",
        expect![[r#"
        1:1: : must be an object with named members, not a list
    "#]],
    );
    check(
        "{}",
        expect![[r#"
        1:1: : missing field `mq_scenario`
    "#]],
    );
    check(
        r#"{"mq_scenario": 2, "future": true}"#,
        expect![[r#"
        1:17: /mq_scenario: mq_scenario is the version of the format and must be 1; a file with another number comes from another version of the playground
    "#]],
    );
    check(
        r#"{"mq_scenario": 1, "seed": 9007199254740992}"#,
        expect![[r#"
        1:28: /seed: must be a whole number from 0 to 9007199254740991
    "#]],
    );
    check(
        r#"{"mq_scenario": 1, "seed": -1}"#,
        expect![[r#"
        1:28: /seed: invalid value: integer `-1`, expected a whole number that is not negative
    "#]],
    );
    check(
        r#"{"mq_scenario": 1, "broker": {"restart_ms": 1e99}}"#,
        expect![[r#"
        1:45: /broker/restart_ms: must be from 0 to 86400000 ms
    "#]],
    );
}

#[test]
fn places_are_found_in_the_text() {
    let text = "{ \"a\" : [1, {\"b/c\": \"}\\\"\" , \"d\": [ ]}],\n  \"e\": 2}";
    assert_eq!(format::locate(text, ""), (1, 1));
    assert_eq!(format::locate(text, "/a/0"), (1, 10));
    assert_eq!(format::locate(text, "/a/1/b~1c"), (1, 21));
    assert_eq!(format::locate(text, "/a/1/d/7"), (1, 34));
    assert_eq!(format::locate(text, "/e"), (2, 8));
    assert_eq!(format::locate("not json", "/a/b"), (1, 1));
}

proptest! {
    #[test]
    fn writing_and_reading_is_the_identity(scenario in any_scenario()) {
        let read = format::parse(&format::to_text(&scenario)).map_err(|problems| TestCaseError::fail(format!("{problems:?}")))?;
        prop_assert_eq!(read, scenario);
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}", pointer in "(/[a-z0-9~]{0,3}){0,4}") {
        let _ = problems(&text);
        let _ = format::locate(&text, &pointer);
    }

    #[test]
    fn no_mutilated_scenario_makes_it_panic(scenario in any_scenario(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), with in "[0-9a-z{}\\[\\],:\"-]{0,6}") {
        let text = format::to_text(&scenario);
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        let (a, b) = (*from.get(&places), *to.get(&places));
        let mutilated = format!("{}{with}{}", &text[..a.min(b)], &text[a.max(b)..]);
        let said = problems(&mutilated);
        prop_assert!(!said.is_empty());
    }
}

#[test]
fn every_kind_has_usual_settings_that_are_good() {
    for kind in NodeKind::ALL {
        let usual = kind.default_settings();
        let read = mq_playground::scenario::NodeSettings::from_value(kind, usual.to_value(), "").unwrap();
        assert_eq!(read, usual);
        // What the fields call usual is what the settings call usual, as far as the fields go.
        for field in kind.fields() {
            if field.name != "handler" {
                let mut described = usual.to_value();
                described[field.name] = field.shape.usual();
                let read = mq_playground::scenario::NodeSettings::from_value(kind, described, "").unwrap();
                assert_eq!(read, usual, "{}.{}", kind.name(), field.name);
            }
        }
    }
}

#[test]
fn the_published_schema_is_the_one_of_the_types() {
    let made = serde_json::to_string_pretty(&schema::scenario_schema()).unwrap() + "\n";
    expect_test::expect_file!["../../static/schema/scenario-1.json"].assert_eq(&made);
}

#[test]
fn every_sentence_is_there_in_every_language_and_differs() {
    use mq_playground::scenario::{Reason, Refusal};
    let reasons = [
        Reason::UnknownVersion,
        Reason::NotInOrder,
        Reason::EmptyRange,
        Reason::TooMany,
        Reason::Connection(Refusal::Itself),
        Reason::Connection(Refusal::FromClient),
        Reason::Connection(Refusal::IntoClient),
        Reason::Connection(Refusal::FromDatabase),
        Reason::Connection(Refusal::ProducerCalls),
        Reason::Connection(Refusal::BrokerCalls),
        Reason::Connection(Refusal::IntoConsumer),
        Reason::ClosedLoop,
        Reason::Connection(Refusal::IntoProducer),
        Reason::Connection(Refusal::ProducerToConsumer),
        Reason::Connection(Refusal::QueueToQueue),
    ];
    for reason in &reasons {
        let [english, chinese] = Language::ALL.map(|language| (Words::of(language).problem)(reason));
        assert!(!english.is_empty() && !chinese.is_empty());
        assert_ne!(english, chinese);
    }
}
