//! Runs as links: what is opened is the run that was linked, and nothing that is not one is opened.

use mq_playground::base::{Language, Micros};
use mq_playground::link::{self, Refused, carry};
use mq_playground::scenario::{Fault, Id, Scenario, format};
use mq_playground::session::{Command, Session};
use mq_playground::view::svg::{self, Colors, Frame};
use mq_playground::words::Words;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::session::{any_order, carry_out, play_out};
use crate::support::any_scenario;

const FIRST: &str = include_str!("../../static/scenarios/first.json");

/// A PNG with nothing in it.
const EMPTY_PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB`\x82";

fn opened(value: &str) -> Session {
    let mut session = Session::new(format::parse(FIRST).unwrap());
    session.open(link::read(value).unwrap());
    play_out(&mut session, 0.0);
    session
}

pub(crate) fn linked(session: &Session) -> String {
    link::write(&session.run().record()).unwrap()
}

fn hash(session: &Session) -> String {
    session.engine().trace_hash()
}

/// A producer, a queue, a consumer; it crashes after ten seconds, and ten later somebody looks at what has become of it.
pub(crate) fn three_nodes() -> Session {
    let mut session = Session::new(
        format::parse(
            r#"{"mq_scenario": 1, "title": {"en": "Orders are packed", "zh-CN": "打包订单"}, "seed": 7, "nodes": [
      {"id": "orders", "kind": "producer", "label": {"en": "Orders", "zh-CN": "订单"}, "at": [40, 144],
       "settings": {"pattern": {"poisson": {"per_s": 40}}}},
      {"id": "queue", "kind": "queue", "label": {"en": "Order queue", "zh-CN": "订单队列"}, "at": [320, 144]},
      {"id": "packer", "kind": "consumer", "label": {"en": "Packer", "zh-CN": "打包员"}, "at": [640, 40],
       "settings": {"prefetch_count": 1, "handler": [{"work": {"ms": {"exponential": 30}}}]}}],
     "edges": [
      {"id": "publish", "kind": "publish", "from": "orders", "to": "queue", "latency_ms": 60},
      {"id": "subscribe", "kind": "subscribe", "from": "queue", "to": "packer", "latency_ms": 3}]}"#,
        )
        .unwrap(),
    );
    session.dispatch(Command::Seek { time_us: Micros(10_000_000) }).unwrap();
    play_out(&mut session, 0.0);
    session.dispatch(Command::Fault(Fault::Crash { node: Id::from("packer") })).unwrap();
    session.dispatch(Command::Seek { time_us: Micros(20_000_000) }).unwrap();
    play_out(&mut session, 0.0);
    session
}

#[test]
fn a_link_to_three_nodes_is_short_and_gives_the_same_run() {
    let session = three_nodes();
    let value = linked(&session);
    println!("{} characters: {value}", value.len());
    assert!(value.len() <= 500, "{} characters", value.len());
    let mut again = opened(&value);
    assert_eq!(hash(&again), hash(&session));
    assert_eq!(again.scenario(), session.scenario());
    assert_eq!(again.engine().moment(), session.engine().moment());
    assert!(!again.take_differs());
    assert_eq!(linked(&again), value);
}

/// Names and numbers that the dictionary has never heard of.
#[test]
fn a_link_to_three_nodes_of_ones_own_is_short_too() {
    let mut session = Session::new(
        format::parse(
            r#"{"mq_scenario": 1, "title": "Telemetry of the greenhouses", "seed": 90210, "nodes": [
      {"id": "sensors", "kind": "producer", "label": "Humidity sensors", "at": [-113, 57.5],
       "settings": {"pattern": {"burst": {"size": 37, "every_ms": 1234}}, "message": {"size_bytes": 512, "ttl_ms": 9000}}},
      {"id": "readings", "kind": "queue", "label": "Readings", "at": [211, 93], "settings": {"max_length": 250, "type": "quorum"}},
      {"id": "dashboard", "kind": "consumer", "label": "Dashboard", "at": [577, 61],
       "settings": {"prefetch_count": 17, "concurrency": 3, "handler": [{"work": {"ms": {"uniform": {"min": 11, "max": 73}}}}]}}],
     "edges": [
      {"id": "radio", "kind": "publish", "from": "sensors", "to": "readings", "latency_ms": 87.5, "loss": 0.03},
      {"id": "cable", "kind": "subscribe", "from": "readings", "to": "dashboard", "latency_ms": 1.25}]}"#,
        )
        .unwrap(),
    );
    session.dispatch(Command::Play { until_us: Some(Micros(12_345_678)) }).unwrap();
    play_out(&mut session, 60_000_000.0);
    let set = |value: serde_json::Value| Command::Set {
        node: Some(Id::from("dashboard")),
        edge: None,
        path: "concurrency".to_owned(),
        value,
    };
    session.dispatch(set(9.into())).unwrap();
    session.dispatch(Command::Fault(Fault::Cut { edge: Id::from("radio") })).unwrap();
    let value = linked(&session);
    println!("{} characters: {value}", value.len());
    assert!(value.len() <= 500, "{} characters", value.len());
    assert_eq!(hash(&opened(&value)), hash(&session));
}

/// Version 1 of the format, for good: who changes this breaks links that people have kept.
#[test]
fn a_link_that_was_made_once_is_opened_for_ever() {
    let value = include_str!("link-1.txt").trim();
    let session = opened(value);
    assert_eq!(session.now(), Micros(20_000_000));
    assert_eq!(session.scenario(), three_nodes().scenario());
    assert_eq!(session.run().log(), three_nodes().run().log());
}

#[test]
fn another_engine_is_noticed() {
    let mut record = three_nodes().run().record();
    record.trace_hash = "0123456789abcdef".to_owned();
    assert!(opened(&link::write(&record).unwrap()).take_differs());
}

#[test]
fn what_is_done_on_the_way_counts() {
    let mut session = Session::new(format::parse(FIRST).unwrap());
    session.open(three_nodes().run().record());
    session.dispatch(Command::Seek { time_us: Micros(5_000_000) }).unwrap();
    play_out(&mut session, 0.0);
    assert_eq!(session.now(), Micros(5_000_000));
    assert!(session.run().has_future(), "the crash is still to come");
}

#[test]
fn links_are_found_in_addresses() {
    for address in ["https://example.org/?lang=en#s=1abc", "#s=1abc", "#x=2&s=1abc&t=3", " 1abc ", "?a#s=1abc\n"] {
        assert_eq!(link::find(address), Some("1abc"), "{address}");
    }
    for address in ["", "https://example.org/", "#", "#t=3", "?s=1abc"] {
        assert_eq!(link::find(address), None, "{address}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let whole = linked(&three_nodes());
    let refused = |value: &str| link::read(value).unwrap_err();
    assert!(matches!(refused(&"1".repeat(link::MOST_CHARACTERS + 1)), Refused::TooLong(_)));
    assert!(matches!(refused(&whole[..whole.len() - 2]), Refused::Damaged));
    assert!(matches!(refused(&whole.replacen('1', "7", 1)), Refused::UnknownVersion));
    for language in Language::ALL {
        let words = Words::of(language);
        let sentences = ["", "1", "1AAAA", "7AAAA"].map(|value| refused(value).describe(words));
        assert!(sentences.iter().all(|sentence| !sentence.is_empty()));
    }
    // A run that does not fit says so before it is handed out.
    let mut session = three_nodes();
    for number in 0u32..20_100 {
        let value = (f64::from(number) * 7.77).into();
        let path = "latency_ms".to_owned();
        session.dispatch(Command::Set { node: None, edge: Some(Id::from("publish")), path, value }).unwrap();
    }
    assert!(matches!(link::write(&session.run().record()), Err(Refused::TooLong(_) | Refused::TooMuch)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Link to run to link: the same hash, the same document, the same place in the log.
    #[test]
    fn a_run_comes_back_from_its_link(
        scenario in any_scenario(),
        orders in proptest::collection::vec(any_order(), 0..24),
        back in proptest::option::of(any::<Index>()),
        steps_back in 0u64..4,
    ) {
        let mut session = Session::new(scenario);
        for order in &orders {
            carry_out(&mut session, order);
        }
        if let Some(back) = back {
            let time_us = Micros(back.index(session.now().0 as usize + 1) as u64);
            session.dispatch(Command::Seek { time_us }).unwrap();
            play_out(&mut session, 0.0);
        }
        session.dispatch(Command::StepBack { events: steps_back }).unwrap();
        let record = session.run().record();
        let value = link::write(&record).map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
        let read = link::read(&value).map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
        prop_assert_eq!(&read.start, &record.start);
        prop_assert_eq!(read.log.len(), record.log.len());
        let mut again = opened(&value);
        prop_assert_eq!(hash(&again), hash(&session));
        prop_assert!(!again.take_differs());
        prop_assert_eq!(again.engine().moment(), session.engine().moment());
        prop_assert_eq!(again.run().log().len(), session.run().log().len());
        // What the script will add is told as it looks later.
        let without_edits = |document: &Scenario| Scenario { edits: Vec::new(), ..document.clone() };
        prop_assert_eq!(without_edits(again.scenario()), without_edits(session.scenario()));
        prop_assert_eq!(without_edits(&again.latest_scenario()), without_edits(&session.latest_scenario()));
        prop_assert_eq!(&linked(&again), &value);
        // Pictures carry it as it is.
        let language = Language::English;
        let frame = Frame { colors: Colors::DARK, captions: true, view: None };
        if let Some(svg) = svg::stage(&session, Words::of(language), language, frame) {
            let carrying = carry::into_svg(&svg, &value);
            prop_assert_eq!(carry::from_svg(&carrying), Some(value.as_str()));
        }
        prop_assert_eq!(carry::from_png(&carry::into_png(EMPTY_PNG, &value).unwrap()), Some(value));
    }
}
