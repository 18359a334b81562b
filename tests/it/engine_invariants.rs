//! What holds for every scenario and whatever is done to it.

use mq_playground::base::Micros;
use mq_playground::engine::{Action, Engine, NodeReport, Unobserved};
use mq_playground::scenario::{Edge, Id, NodeSettings, Scenario, format};
use prop::sample::Index;
use proptest::prelude::*;

use super::support::{any_scenario, any_settings, faults_of};

/// Something done to a run, still without the names of a scenario.
#[derive(Clone, Debug)]
enum Deed {
    Fault(Index),
    Set(NodeSettings),
    RemoveNode(Index),
    RemoveEdge(Index),
    PutBack(Index),
    Latency(Index, u32),
    Lead(Index, Index),
}

fn any_deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => any::<Index>().prop_map(Deed::Fault),
        4 => any_settings().prop_map(Deed::Set),
        1 => any::<Index>().prop_map(Deed::RemoveNode),
        2 => any::<Index>().prop_map(Deed::RemoveEdge),
        2 => any::<Index>().prop_map(Deed::PutBack),
        2 => (any::<Index>(), 0u32..50).prop_map(|(edge, latency)| Deed::Latency(edge, latency)),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(edge, other)| Deed::Lead(edge, other)),
    ]
}

/// Does a deed; what names something that is gone is refused by the engine and changes nothing.
fn carry_out(deed: &Deed, scenario: &Scenario, engine: &mut Engine) {
    let node = |index: &Index| {
        if scenario.nodes.is_empty() { Id::from("broker") } else { index.get(&scenario.nodes).id.clone() }
    };
    let actions = match deed {
        Deed::Fault(at) => vec![Action::Fault(at.get(&faults_of(scenario)).clone())],
        Deed::Set(settings) => {
            let of_kind = scenario.nodes.iter().find(|node| node.kind() == settings.kind());
            let present = of_kind.filter(|node| engine.node_report(&node.id).is_some());
            let set = present.map(|node| {
                let mut node = node.clone();
                node.settings = settings.clone();
                Action::PutNode(node)
            });
            set.into_iter().collect()
        }
        Deed::RemoveNode(at) => vec![Action::RemoveNode(node(at))],
        Deed::RemoveEdge(_) | Deed::PutBack(_) | Deed::Latency(..) | Deed::Lead(..) if scenario.edges.is_empty() => {
            vec![]
        }
        Deed::RemoveEdge(at) => vec![Action::RemoveEdge(at.get(&scenario.edges).id.clone())],
        Deed::PutBack(at) => {
            let edge = at.get(&scenario.edges);
            let ends = [&edge.from, &edge.to].map(|id| scenario.node(id).expect("an end").clone());
            let [from, to] = ends.map(Action::PutNode);
            vec![from, to, Action::PutEdge(edge.clone())]
        }
        Deed::Latency(at, latency) => {
            let mut edge = at.get(&scenario.edges).clone();
            edge.latency_ms = f64::from(*latency);
            if engine.edge_index(&edge.id).is_some() { vec![Action::PutEdge(edge)] } else { vec![] }
        }
        Deed::Lead(at, other) => {
            let to = other.get(&scenario.edges).to.clone();
            let edge = at.get(&scenario.edges).clone();
            // One connection of a kind between two nodes: that there are no two is the document's affair.
            let is_new = !scenario.edges.iter().any(|other| other.from == edge.from && other.to == to);
            if is_new { vec![Action::PutEdge(Edge { to, ..edge })] } else { vec![] }
        }
    };
    for action in actions {
        let _ = engine.apply(&action, &mut Unobserved);
    }
}

/// How much simulated time a random run takes.
const LONG: Micros = Micros(2_000_000);

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_balances_after_every_event(
        scenario in any_scenario(),
        deeds in proptest::collection::vec((0u64..2_000_000, any_deed()), 0..8),
    ) {
        let mut deeds = deeds;
        deeds.sort_by_key(|(at, _)| *at);
        let mut engine = Engine::new(&scenario);
        engine.audit().map_err(TestCaseError::fail)?;
        for (at, deed) in &deeds {
            while engine.next_event_at().is_some_and(|next| next < Micros(*at)) && engine.events() < 3_000 {
                engine.step(&mut Unobserved);
                engine.audit().map_err(TestCaseError::fail)?;
            }
            carry_out(deed, &scenario, &mut engine);
            engine.audit().map_err(TestCaseError::fail)?;
        }
        while engine.next_event_at().is_some_and(|next| next < LONG) && engine.events() < 4_000 {
            engine.step(&mut Unobserved);
            engine.audit().map_err(TestCaseError::fail)?;
        }
    }

    #[test]
    fn the_same_run_has_the_same_trace_however_it_is_cut(
        scenario in any_scenario(),
        deed in any_deed(),
        cuts in proptest::collection::vec(0u64..2_000_000, 0..6),
        at in 0u64..2_000_000,
    ) {
        let at = Micros(at);
        let mut straight = Engine::new(&scenario);
        straight.run_until(at, &mut Unobserved);
        let checkpoint = straight.clone();
        carry_out(&deed, &scenario, &mut straight);
        straight.run_until(LONG, &mut Unobserved);

        let mut cut = Engine::new(&scenario);
        let mut cuts: Vec<Micros> = cuts.into_iter().map(Micros).collect();
        cuts.sort();
        for time in cuts.iter().filter(|time| **time < at) {
            cut.run_until(*time, &mut Unobserved);
        }
        while cut.run_some(at, 7, &mut Unobserved) != mq_playground::engine::Progress::Reached {}
        prop_assert_eq!(cut.moment(), checkpoint.moment());
        carry_out(&deed, &scenario, &mut cut);
        for time in cuts.iter().filter(|time| **time > at) {
            cut.run_until(*time, &mut Unobserved);
        }
        cut.run_until(LONG, &mut Unobserved);
        prop_assert_eq!(cut.trace_hash(), straight.trace_hash());

        let mut resumed = checkpoint;
        carry_out(&deed, &scenario, &mut resumed);
        resumed.run_until(LONG, &mut Unobserved);
        prop_assert_eq!(resumed.trace_hash(), straight.trace_hash());
        prop_assert_eq!(serde_json::to_value(resumed.report()).unwrap(), serde_json::to_value(straight.report()).unwrap());
    }

    #[test]
    fn leaving_out_a_warm_up_changes_nothing_that_happens(
        scenario in any_scenario(),
        deed in any_deed(),
        from in 0u64..2_000_000,
        at in 0u64..2_000_000,
    ) {
        let run = |measures: bool| {
            let mut engine = Engine::new(&scenario);
            // Before, with or after the deed.
            let mut moments = [(Micros(at), true), (Micros(from), false)];
            moments.sort();
            for (time, is_deed) in moments {
                engine.run_until(time, &mut Unobserved);
                if is_deed {
                    carry_out(&deed, &scenario, &mut engine);
                } else if measures {
                    engine.begin_measuring();
                    engine.audit().map_err(TestCaseError::fail)?;
                }
            }
            while engine.next_event_at().is_some_and(|next| next < LONG) && engine.events() < 3_000 {
                engine.step(&mut Unobserved);
                engine.audit().map_err(TestCaseError::fail)?;
            }
            Ok::<Engine, TestCaseError>(engine)
        };
        let (plain, measured) = (run(false)?, run(true)?);
        prop_assert_eq!(measured.moment(), plain.moment());
        prop_assert_eq!(measured.trace_hash(), plain.trace_hash());
        prop_assert_eq!(measured.ledger(), plain.ledger());
        for node in 0..plain.nodes_ever() as u32 {
            let node = mq_playground::engine::NodeIndex(node);
            prop_assert_eq!(measured.tally(node), plain.tally(node));
        }
    }
}

#[test]
fn what_is_measured_is_of_the_time_after_the_warm_up() {
    use super::support::{chain, consumer};
    use mq_playground::engine::NodeReport;
    use mq_playground::scenario::{Distribution, Pattern};

    // Ten messages at once, each worked on for 100 ms: after half a second five are left.
    let scenario = chain(1, Pattern::Once { count: 10 }, consumer("c", 1, 1, Distribution::Constant(100.0)));
    let mut engine = Engine::new(&scenario);
    engine.run_until(Micros(500_001), &mut Unobserved);
    engine.begin_measuring();
    engine.run_until(Micros(2_500_001), &mut Unobserved);
    let (Some(NodeReport::Queue(queue)), Some(NodeReport::Consumer(consumer))) =
        (engine.node_report(&Id::from("q")), engine.node_report(&Id::from("c")))
    else {
        panic!("not there")
    };
    assert_eq!(queue.depth_max, 5);
    assert_eq!(queue.wait_ms.count, 4);
    assert_eq!(queue.wait_ms.mean, Some(750.0));
    assert_eq!(consumer.end_to_end_ms.count, 5);
    assert_eq!(consumer.end_to_end_ms.max, Some(1_000.0));
    assert!((consumer.utilisation - 0.25).abs() < 1e-5, "{}", consumer.utilisation);
    // 5 for 100 ms, then 4, 3, 2, 1.
    assert!((queue.depth_mean - 0.75).abs() < 1e-5, "{}", queue.depth_mean);
    assert_eq!((queue.enqueued, consumer.processed), (10, 10), "counters go on");
}

#[test]
fn adding_a_consumer_does_not_change_when_producers_publish() {
    use super::support::{chain, consumer, edge};
    use mq_playground::engine::Event;
    use mq_playground::scenario::{Distribution, EdgeKind, Pattern};

    /// When each copy was published.
    #[derive(Default)]
    struct Publishes(Vec<Micros>);
    impl mq_playground::engine::Observer for Publishes {
        fn observe(&mut self, now: Micros, event: &Event) {
            if matches!(event, Event::Published { .. }) {
                self.0.push(now);
            }
        }
    }
    let work = Distribution::Exponential(30.0);
    let mut scenario = chain(5, Pattern::Poisson { per_s: 50.0 }, consumer("c", 1, 5, work.clone()));
    let publishes = |scenario: &Scenario| {
        let mut observer = Publishes::default();
        Engine::new(scenario).run_until(Micros(20_000_000), &mut observer);
        observer.0
    };
    let alone = publishes(&scenario);
    scenario.nodes.insert(0, consumer("another", 3, 5, work));
    scenario.edges.insert(0, edge("q", "another", EdgeKind::Subscribe, 0.0));
    assert_eq!(publishes(&scenario), alone);
    assert!(alone.len() > 900, "{}", alone.len());
}

/// A step that the memory alarm holds back goes on when the broker comes back from a crash, and hears of its confirm.
#[test]
fn what_an_alarm_has_held_back_is_confirmed_after_a_restart() {
    let scenario = serde_json::json!({
        "mq_scenario": 1,
        "broker": {"restart_ms": 40, "confirm_ms": 7},
        "nodes": [
            {"id": "client", "kind": "client", "at": [0, 0], "settings": {"pattern": {"constant": {"per_s": 1.5}}}},
            {"id": "service", "kind": "service", "at": [300, 0], "settings": {"handler": [
                {"publish": {"target": "queue", "ms": 1, "confirm": true}}]}},
            {"id": "producer", "kind": "producer", "at": [300, 200], "settings": {"pattern": {"once": {"count": 1}}, "confirms": {}}},
            {"id": "queue", "kind": "queue", "at": [600, 0]}],
        "edges": [
            {"id": "call", "kind": "call", "from": "client", "to": "service"},
            {"id": "publish", "kind": "publish", "from": "service", "to": "queue"},
            {"id": "other", "kind": "publish", "from": "producer", "to": "queue"}],
        "faults": [
            {"at_ms": 0, "fault": {"memory_alarm": {"node": "broker"}}},
            {"at_ms": 187, "for_ms": 441, "fault": {"crash": {"node": "queue"}}}]
    });
    let scenario = format::parse(&scenario.to_string()).unwrap();
    let mut engine = Engine::new(&scenario);
    while engine.now() < Micros(1_300_000) && engine.step(&mut Unobserved) {
        engine.audit().unwrap();
    }
    let Some(NodeReport::Producer(producer)) = engine.node_report(&Id::from("producer")) else { panic!("it is one") };
    assert_eq!((producer.published, producer.confirmed), (1, 1), "once, and heard of");
    let Some(NodeReport::Service(service)) = engine.node_report(&Id::from("service")) else { panic!("it is one") };
    assert_eq!(service.handled, 2, "both requests so far");
}
