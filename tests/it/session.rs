//! Sessions: commands in, and what holds whatever is commanded.

use mq_playground::base::{Micros, Point, Text};
use mq_playground::engine::Engine;
use mq_playground::scenario::{
    Color, Distribution, EdgeKind, HeaderValue, Id, NodeKind, NodeSettings, Pattern, Reason, Scenario, format,
};
use mq_playground::session::{Command, Session};
use prop::sample::Index;
use proptest::prelude::*;
use serde_json::json;

use super::support::{any_color, any_scenario, any_settings, any_text, chain, consumer, faults_of};

fn session() -> Session {
    let work = Distribution::Constant(20.0);
    Session::new(chain(7, Pattern::Constant { per_s: 100.0 }, consumer("c", 1, 10, work)))
}

fn command(text: &str) -> Command {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn order(session: &mut Session, text: &str) {
    session.dispatch(command(text)).unwrap_or_else(|rejected| panic!("{rejected:?}: {text}"));
}

/// Lets frames pass until nothing moves any more.
pub(crate) fn play_out(session: &mut Session, wall_us: f64) {
    for _ in 0..1_000_000 {
        if !session.playback().playing() && session.playback().seeking().is_none() {
            return;
        }
        session.tick(wall_us, &mut || false);
    }
    panic!("it never stopped");
}

#[test]
fn playing_until_an_instant_is_exact_at_every_speed_and_frame_rate() {
    let mut reference = Engine::new(session().scenario());
    reference.run_until(Micros(20_000_000), &mut mq_playground::engine::Unobserved);
    for (speed, wall_us) in
        [(1.0, 16_667.0), (10.0, 33_333.3), (100.0, 6_944.4), (1_000.0, 1_000_000.0), (0.1, 250_000.0)]
    {
        let mut session = session();
        order(&mut session, &json!({"type": "setSpeed", "speed": speed}).to_string());
        order(&mut session, r#"{"type": "play", "until_us": 20000000}"#);
        play_out(&mut session, wall_us);
        assert_eq!(session.now(), Micros(20_000_000));
        assert_eq!(session.report().trace_hash, reference.trace_hash());
        let ledger = session.report().ledger;
        assert_eq!((ledger.made, ledger.acked, ledger.ready + ledger.unacked), (2_000, 999, 1_001));
    }
}

#[test]
fn a_frame_without_time_slows_the_simulation_and_says_so() {
    let mut session = session();
    order(&mut session, r#"{"type": "setSpeed", "speed": 1000}"#);
    order(&mut session, r#"{"type": "play"}"#);
    session.tick(1_000_000.0, &mut || true);
    let slowed = session.playback().slowed_to().expect("1000 s of 150 events each do not fit between two looks");
    assert!(slowed > 0.0 && slowed < 1_000.0);
    assert_eq!(session.now().as_seconds(), slowed);
    session.tick(1.0, &mut || false);
    assert_eq!(session.playback().slowed_to(), None);
}

#[test]
fn seeking_back_replays_everything_that_was_done() {
    let mut session = session();
    let steps = [
        (2_000_000, r#"{"type": "crash", "node": "c"}"#),
        (3_000_000, r#"{"type": "set", "node": "p", "path": "pattern.constant.per_s", "value": 30}"#),
        (4_000_000, r#"{"type": "restart", "node": "c"}"#),
        (5_000_000, r#"{"type": "addNode", "node": {"id": "c2", "kind": "consumer", "at": [10, 20]}}"#),
        (5_000_000, r#"{"type": "connect", "from": "q", "to": "c2"}"#),
        (6_000_000, r#"{"type": "remove", "ids": ["c"]}"#),
    ];
    let mut hashes = Vec::new();
    for (at, text) in steps {
        order(&mut session, &json!({"type": "play", "until_us": at}).to_string());
        play_out(&mut session, 16_667.0);
        hashes.push((session.now(), session.engine().moment(), session.report().trace_hash));
        order(&mut session, text);
        // In the middle of an instant, too.
        order(&mut session, r#"{"type": "step", "events": 3}"#);
        hashes.push((session.now(), session.engine().moment(), session.report().trace_hash));
    }
    order(&mut session, r#"{"type": "play", "until_us": 8000000}"#);
    play_out(&mut session, 16_667.0);
    let end = session.report();
    let document = session.scenario().clone();
    order(&mut session, r#"{"type": "seek", "time_us": 2500000}"#);
    play_out(&mut session, 0.0);
    assert_eq!(session.now(), Micros(2_500_000));
    assert!(session.scenario().node(&Id::from("c2")).is_none(), "it was added later");
    order(&mut session, r#"{"type": "seek", "time_us": 8000000}"#);
    play_out(&mut session, 0.0);
    assert_eq!(serde_json::to_value(session.report()).unwrap(), serde_json::to_value(end).unwrap());
    assert_eq!(*session.scenario(), document);
}

#[test]
fn an_action_in_the_past_forks_the_run() {
    let mut session = session();
    order(&mut session, r#"{"type": "play", "until_us": 2000000}"#);
    play_out(&mut session, 16_667.0);
    order(&mut session, r#"{"type": "crash", "node": "c"}"#);
    order(&mut session, r#"{"type": "set", "node": "c", "path": "concurrency", "value": 3}"#);
    order(&mut session, r#"{"type": "seek", "time_us": 1000000}"#);
    play_out(&mut session, 0.0);
    order(&mut session, r#"{"type": "set", "node": "c", "path": "concurrency", "value": 4}"#);
    order(&mut session, r#"{"type": "seek", "time_us": 4000000}"#);
    play_out(&mut session, 0.0);
    let ledger = session.report().ledger;
    assert_eq!(ledger.unacked + ledger.ready, 2, "four slots have caught up, and nothing crashed");
    order(&mut session, r#"{"type": "undo"}"#);
    assert!(!session.can_undo(), "the step of the other future is gone");
}

#[test]
fn undo_never_moves_simulated_time_or_counters() {
    let mut session = session();
    order(&mut session, r#"{"type": "play", "until_us": 1000000}"#);
    play_out(&mut session, 16_667.0);
    order(&mut session, r#"{"type": "remove", "ids": ["q"]}"#);
    assert!(session.scenario().edges.is_empty());
    // At the same instant it would never have happened.
    order(&mut session, r#"{"type": "play", "until_us": 1500000}"#);
    play_out(&mut session, 16_667.0);
    let before = session.report();
    order(&mut session, r#"{"type": "undo"}"#);
    let after = session.report();
    assert_eq!(after.time_us, before.time_us);
    assert_eq!(after.ledger, before.ledger);
    assert_eq!(session.scenario().edges.len(), 2);
    order(&mut session, r#"{"type": "play", "until_us": 2000000}"#);
    play_out(&mut session, 16_667.0);
    assert!(session.report().ledger.acked > before.ledger.acked, "messages flow again");
}

#[test]
fn a_gesture_is_one_step() {
    let mut session = session();
    let start = session.scenario().clone();
    order(&mut session, r#"{"type": "beginGesture"}"#);
    for x in 0..30 {
        let places = vec![(Id::from("c"), Point::new(f64::from(x) * 8.0, 5.0))];
        session.dispatch(Command::Move { places }).unwrap();
    }
    order(&mut session, r#"{"type": "endGesture"}"#);
    assert_eq!(session.scenario().node(&Id::from("c")).unwrap().at, Point::new(232.0, 5.0));
    order(&mut session, r#"{"type": "undo"}"#);
    assert_eq!(*session.scenario(), start);
    assert!(!session.can_undo());
    order(&mut session, r#"{"type": "redo"}"#);
    order(&mut session, r#"{"type": "beginGesture"}"#);
    order(&mut session, r#"{"type": "set", "node": "c", "path": "concurrency", "value": 4}"#);
    order(&mut session, r#"{"type": "cancelGesture"}"#);
    assert_eq!(session.scenario().node(&Id::from("c")).unwrap().at, Point::new(232.0, 5.0));
    assert_eq!(session.scenario().node(&Id::from("c")).unwrap().settings, start.node(&Id::from("c")).unwrap().settings);
}

#[test]
fn refused_commands_change_nothing_and_say_why() {
    let mut session = session();
    let (document, hash) = (session.scenario().clone(), session.report().trace_hash);
    for (text, why) in [
        (r#"{"type": "crash", "node": "nobody"}"#, "there is no node “nobody”"),
        (r#"{"type": "connect", "from": "p", "to": "c"}"#, "put a queue between them"),
        (r#"{"type": "memoryAlarm", "node": "p"}"#, "cannot happen"),
        (r#"{"type": "slow", "node": "c", "factor": 0.5}"#, "from 1 to 1000"),
        (r#"{"type": "cut", "edge": "nothing"}"#, "there is no connection “nothing”"),
        (
            r#"{"type": "addNode", "node": {"kind": "service", "settings": {"handler": [{"call": {"target": "x"}}]}}}"#,
            "no node “x”",
        ),
        (
            r#"{"type": "set", "node": "c", "path": "handler", "value": [{"call": {"target": "q"}}]}"#,
            "an edge from a consumer to a queue is of kind publish",
        ),
        (r#"{"type": "addDelayQueue", "node": "p"}"#, "takes from no queue"),
        (r#"{"type": "connect", "from": "p", "to": "q"}"#, "connected already"),
        (r#"{"type": "connect", "from": "q", "to": "q"}"#, "to itself"),
        (r#"{"type": "set", "node": "p", "path": "pattern.poisson.per_s", "value": 5}"#, "no setting"),
        (r#"{"type": "set", "node": "p", "path": "pattern.constant.per_s", "value": -5}"#, "from 0 to 1000000"),
        (r#"{"type": "set", "node": "p", "path": "pattern.constant.per_s", "value": "fast"}"#, "invalid type"),
        (r#"{"type": "set", "node": "p", "path": "", "value": 1}"#, "unknown field"),
        (r#"{"type": "set", "edge": "p>q", "path": "latency_ms", "value": 1e99}"#, "from 0 to"),
        (r#"{"type": "set", "edge": "p>q", "path": "from", "value": "c"}"#, "no setting"),
        (r#"{"type": "set", "path": "x", "value": 1}"#, "either a node or an edge"),
        (r#"{"type": "set", "node": "broker", "path": "restart_ms", "value": -1}"#, "from 0 to"),
        (r#"{"type": "addNode", "node": {"id": "q", "kind": "queue"}}"#, "stands twice"),
        (r#"{"type": "addNode", "node": {"kind": "oven"}}"#, "missing field"),
        (r#"{"type": "addNode", "node": 5}"#, "invalid type"),
        (r#"{"type": "remove", "ids": ["nobody"]}"#, "no node"),
        (r#"{"type": "move", "places": [["c", [1e300, 0]]]}"#, "from -1000000"),
        (r#"{"type": "load", "scenario": {"mq_scenario": 1, "nodes": [{"id": "x"}]}}"#, "missing field"),
    ] {
        let rejected = session.dispatch(command(text)).expect_err(text);
        let words = mq_playground::words::Words::of(mq_playground::base::Language::English);
        let said: Vec<String> = rejected.0.iter().map(|problem| problem.describe(words)).collect();
        assert!(said.iter().any(|sentence| sentence.contains(why)), "{text}: {said:?}");
        assert_eq!((session.scenario(), &session.report().trace_hash), (&document, &hash), "{text}");
    }
    assert!(!session.can_undo());
}

/// A command made of a document's own names.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    Add(NodeSettings),
    Remove(Index),
    Connect(Index, Index),
    Set(NodeSettings, Index),
    Latency(Index, u32),
    Move(Index, i32, i32),
    Fault(Index),
    AddDelayQueue(Index),
    AddNote(Text),
    Reconnect(Index, Option<Index>, Option<Index>),
    RemoveEdge(Index),
    Paste(Vec<Index>, i32, i32),
    Duplicate(Vec<Index>, bool),
    SetEach(Index, Index, NodeSettings, Index),
    SetColor(Index, Option<Color>),
    SetTitle(Text),
    SetSeed(u64),
    Rename(Index, Option<Text>),
    Undo,
    Redo,
    Play(u64),
    Step(u64),
}

pub(crate) fn any_order() -> impl Strategy<Value = Order> {
    prop_oneof![
        any_settings().prop_map(Order::Add),
        any::<Index>().prop_map(Order::Remove),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Order::Connect(from, to)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Order::Connect(from, to)),
        (any_settings(), any::<Index>()).prop_map(|(settings, at)| Order::Set(settings, at)),
        (any::<Index>(), 0u32..50).prop_map(|(at, latency)| Order::Latency(at, latency)),
        (any::<Index>(), -500i32..500, -500i32..500).prop_map(|(at, x, y)| Order::Move(at, x, y)),
        any::<Index>().prop_map(Order::Fault),
        any::<Index>().prop_map(Order::Fault),
        any::<Index>().prop_map(Order::AddDelayQueue),
        any_text().prop_map(Order::AddNote),
        (any::<Index>(), any::<Option<Index>>(), any::<Option<Index>>())
            .prop_map(|(edge, from, to)| Order::Reconnect(edge, from, to)),
        any::<Index>().prop_map(Order::RemoveEdge),
        (proptest::collection::vec(any::<Index>(), 1..4), -500i32..500, -500i32..500)
            .prop_map(|(parts, x, y)| Order::Paste(parts, x, y)),
        (proptest::collection::vec(any::<Index>(), 1..4), any::<bool>())
            .prop_map(|(parts, alike)| Order::Duplicate(parts, alike)),
        (any::<Index>(), any::<Index>(), any_settings(), any::<Index>())
            .prop_map(|(first, second, settings, at)| Order::SetEach(first, second, settings, at)),
        (any::<Index>(), any_color()).prop_map(|(at, color)| Order::SetColor(at, color)),
        any_text().prop_map(Order::SetTitle),
        (0u64..1 << 53).prop_map(Order::SetSeed),
        (any::<Index>(), proptest::option::of(any_text())).prop_map(|(at, label)| Order::Rename(at, label)),
        Just(Order::Undo),
        Just(Order::Redo),
        (0u64..400_000).prop_map(Order::Play),
        (0u64..20).prop_map(Order::Step),
    ]
}

pub(crate) fn carry_out(session: &mut Session, order: &Order) {
    let scenario: Scenario = session.scenario().clone();
    let node = |index: &Index| match scenario.nodes.len() {
        0 => Id::from("broker"),
        count => scenario.nodes[index.index(count)].id.clone(),
    };
    // Notes can be moved, removed and coloured like nodes, and refuse what they cannot be.
    let part = |index: &Index| match index.index(3) {
        0 if !scenario.notes.is_empty() => index.get(&scenario.notes).id.clone(),
        _ => node(index),
    };
    let command = match order {
        Order::Add(settings) => {
            Command::AddNode { node: json!({"kind": settings.kind().name(), "settings": settings.to_value()}) }
        }
        Order::Remove(at) => Command::Remove { ids: vec![part(at)] },
        Order::Connect(from, to) => {
            Command::Connect { from: node(from), to: node(to), latency_ms: Some(3.0), routing_key: None }
        }
        Order::Set(settings, at) => {
            let of_kind: Vec<_> = scenario.nodes.iter().filter(|node| node.kind() == settings.kind()).collect();
            if of_kind.is_empty() {
                return;
            }
            let settings = settings.to_value();
            let fields: Vec<_> = settings.as_object().unwrap().iter().collect();
            let (path, value) = at.get(&fields);
            let node = Some(at.get(&of_kind).id.clone());
            Command::Set { node, edge: None, path: (*path).clone(), value: (*value).clone() }
        }
        Order::Latency(at, latency) => {
            if scenario.edges.is_empty() {
                return;
            }
            let edge = Some(at.get(&scenario.edges).id.clone());
            Command::Set { node: None, edge, path: "latency_ms".to_owned(), value: json!(latency) }
        }
        Order::Move(at, x, y) => Command::Move { places: vec![(part(at), Point::new(f64::from(*x), f64::from(*y)))] },
        Order::Fault(at) => Command::Fault(at.get(&faults_of(&scenario)).clone()),
        Order::AddDelayQueue(at) => Command::AddDelayQueue { node: node(at) },
        Order::Reconnect(edge, from, to) => {
            if scenario.edges.is_empty() {
                return;
            }
            let edge = edge.get(&scenario.edges).id.clone();
            Command::Reconnect { edge, from: from.as_ref().map(node), to: to.as_ref().map(node) }
        }
        Order::RemoveEdge(at) => {
            if scenario.edges.is_empty() {
                return;
            }
            Command::Remove { ids: vec![at.get(&scenario.edges).id.clone()] }
        }
        Order::Paste(parts, x, y) => {
            let copied = session.copied(&parts.iter().map(part).collect());
            let at = Some(Point::new(f64::from(*x), f64::from(*y)));
            Command::Paste { scenario: serde_json::from_str(&format::to_text(&copied)).unwrap(), at }
        }
        Order::Duplicate(parts, alike) => {
            Command::Duplicate { ids: parts.iter().map(part).collect(), by: Point::new(32.0, 32.0), alike: *alike }
        }
        Order::AddNote(text) => Command::AddNote { note: json!({"text": text}) },
        Order::SetEach(first, second, settings, at) => {
            let settings = settings.to_value();
            let fields: Vec<_> = settings.as_object().unwrap().iter().collect();
            let (path, value) = at.get(&fields);
            Command::SetEach { ids: vec![node(first), node(second)], path: (*path).clone(), value: (*value).clone() }
        }
        Order::SetColor(at, color) => Command::SetColor { ids: vec![part(at)], color: *color },
        Order::SetTitle(title) => Command::SetTitle { title: title.clone() },
        Order::SetSeed(seed) => Command::SetSeed { seed: *seed },
        Order::Rename(at, label) => Command::Rename { node: part(at), label: label.clone() },
        Order::Undo => Command::Undo,
        Order::Redo => Command::Redo,
        Order::Play(for_us) => {
            let until_us = Some(Micros(session.now().0 + for_us));
            session.dispatch(Command::Play { until_us }).unwrap();
            return play_out(session, 16_667.0);
        }
        Order::Step(events) => Command::Step { events: *events },
    };
    // What makes no sense in this document is refused, and that is fine.
    let _ = session.dispatch(command);
}

/// The engine has just the nodes and edges that the document has.
fn agrees(session: &Session) -> Result<(), TestCaseError> {
    session.engine().audit().map_err(TestCaseError::fail)?;
    let scenario = session.scenario();
    prop_assert!(format::check(scenario).is_empty(), "{:?}", format::check(scenario));
    let mut ids: Vec<&Id> = scenario.nodes.iter().map(|node| &node.id).collect();
    ids.sort();
    let report = session.report();
    prop_assert_eq!(report.nodes.keys().collect::<Vec<_>>(), ids);
    for edge in &scenario.edges {
        prop_assert!(session.engine().edge_index(&edge.id).is_some());
    }
    Ok(())
}

#[test]
fn the_document_follows_the_script_forward_and_back() {
    let text = std::fs::read_to_string("static/scenarios/seed/direct-add-system.json").unwrap();
    let mut session = Session::new(format::parse(&text).unwrap());
    let points = Id::from("points");
    let seek = |session: &mut Session, seconds: u64| {
        session.dispatch(Command::Seek { time_us: Micros(seconds * 1_000_000) }).unwrap();
        session.tick(0.0, &mut || false);
        (session.scenario().node(&points).is_some(), session.scenario().edits.len())
    };
    assert_eq!(seek(&mut session, 9), (false, 1));
    assert_eq!(seek(&mut session, 11), (true, 0));
    agrees(&session).unwrap();
    assert_eq!(seek(&mut session, 9), (false, 1));
    assert_eq!(seek(&mut session, 12), (true, 0));
    // What a person changes is kept where the run begins anew, and the script is what it was.
    session
        .dispatch(command(r#"{"type": "set", "node": "client", "path": "pattern.constant.per_s", "value": 20}"#))
        .unwrap();
    session.dispatch(Command::Reset).unwrap();
    assert_eq!((session.scenario().node(&points), session.scenario().edits.len()), (None, 1));
    let client = session.scenario().node(&Id::from("client")).unwrap().settings.to_value();
    assert_eq!(client["pattern"]["constant"]["per_s"], 20.0);
    agrees(&session).unwrap();
}

#[test]
fn a_step_comes_with_its_edge_and_goes_with_it() {
    let text = std::fs::read_to_string("static/scenarios/seed/direct.json").unwrap();
    let mut session = Session::new(format::parse(&text).unwrap());
    let start = session.scenario().clone();
    let code = |session: &Session| {
        session.scenario().node(&Id::from("orders")).unwrap().settings.to_value()["handler"].clone()
    };
    // Connecting adds the step, in one command that is undone at once.
    session.dispatch(command(r#"{"type": "addNode", "node": {"id": "points", "kind": "service"}}"#)).unwrap();
    session.dispatch(command(r#"{"type": "connect", "from": "orders", "to": "points"}"#)).unwrap();
    assert_eq!(code(&session)[4], json!({"call": {"target": "points"}}));
    agrees(&session).unwrap();
    session.dispatch(Command::Undo).unwrap();
    assert_eq!((code(&session).as_array().unwrap().len(), session.scenario().edges.len()), (4, start.edges.len()));
    session.dispatch(Command::Redo).unwrap();
    // Removing the node takes its edge and its step with it.
    session.dispatch(command(r#"{"type": "remove", "ids": ["points"]}"#)).unwrap();
    assert_eq!(*session.scenario(), start);
    // Setting the steps draws and removes the edges.
    let handler = json!([{"call": {"target": "database"}}, {"parallel": [{"call": {"target": "inventory"}}, {"work": {"ms": 5}}]}]);
    let set = json!({"type": "set", "node": "orders", "path": "handler", "value": handler});
    session.dispatch(serde_json::from_value(set).unwrap()).unwrap();
    let led: Vec<&str> = session
        .scenario()
        .edges
        .iter()
        .filter(|edge| edge.from.as_str() == "orders")
        .map(|edge| edge.to.as_str())
        .collect();
    assert_eq!(led, ["database", "inventory"]);
    agrees(&session).unwrap();
    session.dispatch(Command::Undo).unwrap();
    assert_eq!(*session.scenario(), start);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn undoing_everything_gives_the_first_document_and_redoing_everything_the_last(
        scenario in any_scenario(),
        orders in proptest::collection::vec(any_order(), 0..30),
    ) {
        let orders: Vec<&Order> = orders.iter().filter(|order| !matches!(order, Order::Undo | Order::Redo)).collect();
        // What the script edits is not undone by hand.
        let scenario = Scenario { edits: Vec::new(), ..scenario };
        let mut session = Session::new(scenario.clone());
        for order in orders {
            carry_out(&mut session, order);
            agrees(&session)?;
        }
        let last = session.scenario().clone();
        let now = session.now();
        while session.can_undo() {
            session.dispatch(Command::Undo).unwrap();
            agrees(&session)?;
        }
        prop_assert_eq!(session.scenario(), &scenario);
        while session.can_redo() {
            session.dispatch(Command::Redo).unwrap();
        }
        agrees(&session)?;
        prop_assert_eq!(session.scenario(), &last);
        prop_assert_eq!(session.now(), now);
    }

    #[test]
    fn any_instant_of_any_session_can_be_had_again(
        scenario in any_scenario(),
        orders in proptest::collection::vec(any_order(), 0..30),
        to in any::<Index>(),
    ) {
        // At the very instant of an edit of the script, the clock may stand before it or behind it.
        let mut session = Session::new(Scenario { edits: Vec::new(), ..scenario });
        // The trace at each instant at which the clock stood still before the next play.
        let mut seen = vec![];
        for order in &orders {
            if let Order::Play(for_us) = order {
                let until = session.now().0 + for_us;
                carry_out(&mut session, order);
                prop_assert_eq!(session.now().0, until);
            } else {
                carry_out(&mut session, order);
            }
            agrees(&session)?;
            seen.push((session.now(), session.scenario().clone()));
        }
        let end = Micros(session.now().0 + 100_000);
        session.dispatch(Command::Play { until_us: Some(end) }).unwrap();
        play_out(&mut session, 16_667.0);
        let report = serde_json::to_value(session.report()).unwrap();
        let document = session.scenario().clone();
        if !seen.is_empty() {
            session.dispatch(Command::Seek { time_us: to.get(&seen).0 }).unwrap();
            play_out(&mut session, 0.0);
            agrees(&session)?;
        }
        session.dispatch(Command::Seek { time_us: end }).unwrap();
        play_out(&mut session, 0.0);
        prop_assert_eq!(serde_json::to_value(session.report()).unwrap(), report);
        prop_assert_eq!(session.scenario(), &document);
    }
}

#[test]
fn commands_have_the_published_json_form() {
    for text in [
        r#"{"type":"addNode","node":{"kind":"queue"}}"#,
        r#"{"type":"connect","from":"a","to":"b"}"#,
        r#"{"type":"set","node":"producer","path":"pattern.constant.per_s","value":200}"#,
        r#"{"type":"crash","node":"consumer"}"#,
        r#"{"type":"restart","node":"consumer"}"#,
        r#"{"type":"connect","from":"a","to":"b","latency_ms":2.0,"routing_key":"order.*"}"#,
        r#"{"type":"memoryAlarm","node":"broker"}"#,
        r#"{"type":"memoryAlarmCleared","node":"queue"}"#,
        r#"{"type":"play","until_us":5}"#,
        r#"{"type":"undo"}"#,
    ] {
        let published: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(command(text)).unwrap(), published);
    }
    for wrong in [
        r#"{"type":"crash","node":"c","hard":true}"#,
        r#"{"type":"undo","twice":true}"#,
        r#"{"type":"explode"}"#,
        r#"{"crash":{"node":"c"}}"#,
        r#""undo""#,
        r#"{"type":"step"}x"#,
    ] {
        assert!(serde_json::from_str::<Command>(wrong).is_err(), "{wrong}");
    }
    assert_eq!(command(r#"{"type":"step"}"#), Command::Step { events: 1 });
}

/// A producer, an exchange of a type, a queue and a consumer; nothing is connected but the first two.
fn routed(kind: &str) -> Session {
    let text = json!({
        "mq_scenario": 1,
        "nodes": [
            {"id": "p", "kind": "producer", "at": [0, 0]},
            {"id": "x", "kind": "exchange", "at": [300, 0], "settings": {"type": kind}},
            {"id": "q", "kind": "queue", "at": [600, 200]},
            {"id": "c", "kind": "consumer", "at": [900, 0]}
        ],
        "edges": [{"id": "p>x", "kind": "publish", "from": "p", "to": "x"}]
    });
    Session::new(format::from_value(text).unwrap())
}

#[test]
fn a_queue_may_have_several_bindings_to_one_exchange() {
    let mut session = routed("topic");
    order(&mut session, r#"{"type": "connect", "from": "x", "to": "q"}"#);
    order(&mut session, r#"{"type": "connect", "from": "x", "to": "q", "routing_key": "order.*"}"#);
    let keys: Vec<&str> = session.scenario().edges[1..].iter().map(|edge| edge.routing_key.as_str()).collect();
    assert_eq!(keys, ["#", "order.*"], "a fresh binding to a topic takes everything");
    assert!(format::check(session.scenario()).is_empty());
    // What is published has one way only.
    let again = session.dispatch(command(r#"{"type": "connect", "from": "p", "to": "x"}"#));
    assert!(matches!(again.unwrap_err().0[0].reason, Reason::DuplicateEdge(_)));
    // A key that is longer than AMQP allows is refused, and nothing has changed.
    let long = json!({"type": "connect", "from": "x", "to": "q", "routing_key": "a".repeat(256)}).to_string();
    assert!(session.dispatch(command(&long)).is_err());
    assert_eq!(session.scenario().edges.len(), 3);
    // A direct exchange is asked for what a producer sends there; a fanout exchange asks for nothing.
    for (kind, keys, key) in
        [("direct", json!([]), ""), ("direct", json!([{"key": "a"}]), "a"), ("fanout", json!([]), "")]
    {
        let mut session = routed(kind);
        let set = json!({"type": "set", "node": "p", "path": "message.routing_keys", "value": keys});
        order(&mut session, &set.to_string());
        order(&mut session, r#"{"type": "connect", "from": "x", "to": "q"}"#);
        assert_eq!(session.scenario().edges[1].routing_key, key, "{kind}");
    }
}

#[test]
fn between_an_exchange_and_a_consumer_a_queue_is_put_in_one_step() {
    let mut session = routed("direct");
    let before = session.scenario().clone();
    let made =
        session.dispatch(command(r#"{"type": "connect", "from": "x", "to": "c", "latency_ms": 5}"#)).unwrap().made;
    let id = made.expect("a queue was made");
    let scenario = session.scenario().clone();
    let queue = scenario.node(&id).unwrap();
    assert_eq!(queue.kind(), NodeKind::Queue);
    assert!(queue.at.x > 300.0 && queue.at.x < 900.0);
    let new: Vec<_> = scenario.edges[1..].iter().map(|edge| (edge.kind, &edge.from.0[..], &edge.to.0[..])).collect();
    assert_eq!(new, [(EdgeKind::Bind, "x", id.as_str()), (EdgeKind::Subscribe, id.as_str(), "c")]);
    assert_eq!((scenario.edges[1].routing_key.as_str(), scenario.edges[2].latency_ms), ("", 5.0));
    order(&mut session, r#"{"type": "undo"}"#);
    assert_eq!(*session.scenario(), before);
    assert!(!session.can_undo());
    order(&mut session, r#"{"type": "redo"}"#);
    assert_eq!(*session.scenario(), scenario);
    // Where something stands in the middle already, the next queue stands beside it.
    order(&mut session, r#"{"type": "connect", "from": "x", "to": "c"}"#);
    let places: Vec<Point> = session.scenario().nodes.iter().map(|node| node.at).collect();
    for (index, place) in places.iter().enumerate() {
        for other in &places[..index] {
            assert!((place.x - other.x).abs() >= 232.0 || (place.y - other.y).abs() >= 128.0, "{place:?} {other:?}");
        }
    }
}

#[test]
fn headers_are_set_by_path_and_keep_their_types() {
    let mut session = routed("headers");
    order(&mut session, r#"{"type": "connect", "from": "x", "to": "q"}"#);
    let set = |value: serde_json::Value| {
        json!({"type": "set", "edge": "edge", "path": "headers", "value": value}).to_string()
    };
    order(&mut session, &set(json!({"a.b": 1, "any": null, "yes": true, "half": 0.5, "text": "1"})));
    let headers = session.scenario().edges[1].headers.clone();
    assert_eq!(headers["a.b"], HeaderValue::Integer(1));
    assert_eq!(headers["any"], HeaderValue::Void(()));
    assert_eq!(headers["half"], HeaderValue::Double(0.5));
    assert_eq!(headers["text"], HeaderValue::from("1"));
    order(&mut session, r#"{"type": "set", "edge": "edge", "path": "headers.yes", "value": "no"}"#);
    assert_eq!(session.scenario().edges[1].headers["yes"], HeaderValue::from("no"));
    assert!(session.dispatch(command(&set(json!({"": 1})))).is_err(), "a header has a name");
    order(&mut session, r#"{"type": "set", "edge": "edge", "path": "x_match", "value": "any_with_x"}"#);
    order(&mut session, r#"{"type": "set", "node": "p", "path": "message.headers", "value": {"x": [1, "two"]}}"#);
    let NodeSettings::Producer(producer) = &session.scenario().nodes[0].settings else { panic!("a producer") };
    assert_eq!(producer.message.headers["x"].texts().collect::<Vec<_>>(), ["two"]);
}

#[test]
fn a_memory_alarm_needs_a_node_that_is_there() {
    let mut session = routed("fanout");
    for text in [r#"{"type": "memoryAlarm", "node": "broker"}"#, r#"{"type": "memoryAlarmCleared", "node": "q"}"#] {
        order(&mut session, text);
    }
    assert!(session.dispatch(command(r#"{"type": "memoryAlarm", "node": "nobody"}"#)).is_err());
}
