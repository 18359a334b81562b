//! The journey of a message: what is told of it is what the engine did, from wherever one comes to ask.

use expect_test::expect;
use mq_playground::base::Micros;
use mq_playground::engine::{Engine, Event, Observer};
use mq_playground::scenario::{Scenario, format};
use mq_playground::session::{Command, Session};
use mq_playground::timeline::{Journey, Sought};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Trace, any_scenario};

/// An exchange with two queues; one consumer rejects, and what it rejects is parked as a dead letter.
fn routed() -> Scenario {
    format::from_value(json!({
        "mq_scenario": 1, "seed": 3,
        "nodes": [
            {"id": "p", "kind": "producer", "at": [0, 0],
             "settings": {"pattern": {"constant": {"per_s": 10}}, "message": {"routing_keys": [{"key": "order.paid", "weight": 1}]}}},
            {"id": "x", "kind": "exchange", "at": [200, 0], "settings": {"type": "topic"}},
            {"id": "bad", "kind": "queue", "at": [400, 0],
             "settings": {"dead_letter_exchange": "", "dead_letter_routing_key": "parked"}},
            {"id": "good", "kind": "queue", "at": [400, 200]},
            {"id": "parked", "kind": "queue", "at": [800, 200]},
            {"id": "r", "kind": "consumer", "at": [600, 0],
             "settings": {"handler": [{"work": {"ms": {"constant": 30}}}], "failure_rate": 1, "on_failure": "reject"}},
            {"id": "c", "kind": "consumer", "at": [600, 200],
             "settings": {"handler": [{"work": {"ms": {"constant": 50}}}]}}
        ],
        "edges": [
            {"id": "px", "kind": "publish", "from": "p", "to": "x", "latency_ms": 4},
            {"id": "xb", "kind": "bind", "from": "x", "to": "bad", "routing_key": "order.*"},
            {"id": "xg", "kind": "bind", "from": "x", "to": "good", "routing_key": "#"},
            {"id": "br", "kind": "subscribe", "from": "bad", "to": "r"},
            {"id": "gc", "kind": "subscribe", "from": "good", "to": "c", "latency_ms": 2}
        ]
    }))
    .expect("a good scenario")
}

fn go_to(session: &mut Session, time: Micros) {
    session.dispatch(Command::Seek { time_us: time }).unwrap();
    while session.playback().seeking().is_some() {
        session.tick(0.0, &mut || false);
    }
}

fn text(journey: &Journey, engine: &Engine) -> String {
    let mut trace = Trace::default();
    for stop in journey.stops() {
        trace.observe(stop.at, &stop.event);
    }
    trace.text(engine)
}

#[test]
fn a_message_is_followed_through_all_its_copies() {
    let mut session = Session::new(routed());
    go_to(&mut session, Micros::from_ms(1_000.0));
    session.dispatch(Command::Follow { copy: Some(1) }).unwrap();
    let journey = session.run().journey().expect("it is followed");
    assert_eq!(journey.routing_key(), "order.paid");
    expect![[r#"
               0 px publish 1, arrives 4
               4 xb routed 1
               4 bad enqueue 1
               4 br deliver 1
               4 xg routed 2
               4 good enqueue 2
               4 gc deliver 2, arrives 6
              34 r failed 1
              34 bad drop 1, rejected
              34 parked enqueue 3
              56 c processed 2
              58 c ack 2
    "#]]
    .assert_eq(&text(journey, session.engine()));
    assert_eq!(journey.alive().count(), 1, "what is parked is still there");
    // Whichever copy is named, it is the same message.
    let (copies, whole) = (journey.copies().to_vec(), journey.clone());
    for copy in copies {
        session.dispatch(Command::Follow { copy: Some(copy) }).unwrap();
        assert_eq!(session.run().journey(), Some(&whole));
    }
    // Before it is published nothing is known of it, and then all of it again.
    session.dispatch(Command::Follow { copy: Some(4) }).unwrap();
    let second = session.run().journey().cloned().expect("it is followed");
    go_to(&mut session, second.stops()[0].at);
    session.dispatch(Command::StepBack { events: 1 }).unwrap();
    assert_eq!(session.run().journey().map(|journey| journey.stops().len()), Some(0));
    go_to(&mut session, Micros::from_ms(1_000.0));
    assert_eq!(session.run().journey(), Some(&second));
    session.dispatch(Command::Follow { copy: None }).unwrap();
    assert_eq!(session.run().journey(), None);
    assert!(session.dispatch(Command::Follow { copy: Some(1_000_000) }).is_err());
}

#[test]
fn messages_are_found_by_what_became_of_them() {
    let mut session = Session::new(routed());
    go_to(&mut session, Micros::from_ms(5_000.0));
    let look_for = |session: &Session, sought: Sought| {
        let mut search = session.run().search(sought);
        while !search.work(1_000) {}
        search.found()
    };
    let by_key = look_for(&session, Sought::Key("order.paid".to_owned()));
    assert_eq!(by_key.len(), 20, "as many as are listed");
    assert!(by_key.windows(2).all(|pair| pair[0].message > pair[1].message), "the latest first");
    assert!(look_for(&session, Sought::Key("other".to_owned())).is_empty());
    assert!(look_for(&session, Sought::Lost).is_empty(), "what died was parked");
    assert!(look_for(&session, Sought::RedeliveredTwice).is_empty());
    // What is parked stays: the first is the slowest.
    let slowest = look_for(&session, Sought::Slowest);
    assert_eq!((slowest[0].message, slowest[0].over_at), (1, None));
    // Without the parking place each of them is lost.
    session
        .dispatch(Command::Set {
            node: Some("bad".into()),
            edge: None,
            path: "dead_letter_exchange".to_owned(),
            value: json!(null),
        })
        .unwrap();
    go_to(&mut session, Micros::from_ms(7_000.0));
    let lost = look_for(&session, Sought::Lost);
    assert!(!lost.is_empty() && lost.iter().all(|found| found.dropped.is_some()), "{lost:?}");
}

/// What someone hears of one message who listens from the beginning.
struct Heard {
    message: u64,
    copies: Vec<u64>,
    stops: Vec<(Micros, Event)>,
}

impl Observer for Heard {
    fn made(&mut self, copy: u64, message: u64, _: &std::rc::Rc<str>) {
        if message == self.message {
            self.copies.push(copy);
        }
    }

    fn observe(&mut self, now: Micros, event: &Event) {
        if event.copy().is_some_and(|copy| self.copies.contains(&copy)) {
            self.stops.push((now, *event));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// However late one asks, and through whatever states that were kept, it is what the engine told when it happened.
    #[test]
    fn what_is_told_of_a_message_is_what_happened(
        scenario in any_scenario(),
        copy in 1u64..200,
        apart in 1u64..200,
        back in 0u64..3_000_000,
    ) {
        let scenario = Scenario { edits: Vec::new(), ..scenario };
        let end = Micros(3_000_000);
        let mut session = Session::new(scenario.clone());
        session.keep_checkpoints_apart(apart);
        go_to(&mut session, end);
        let known = session.engine().ledger().made;
        prop_assert_eq!(session.dispatch(Command::Follow { copy: Some(copy) }).is_ok(), copy <= known);
        let Some(journey) = session.run().journey().cloned() else { return Ok(()) };
        let mut heard = Heard { message: journey.message(), copies: Vec::new(), stops: Vec::new() };
        Engine::new(&scenario).run_until(end, &mut heard);
        prop_assert!(heard.copies.contains(&copy));
        if journey.left_out() == 0 {
            let told: Vec<(Micros, Event)> = journey.stops().iter().map(|stop| (stop.at, stop.event)).collect();
            prop_assert_eq!(told, heard.stops);
        }
        prop_assert_eq!(journey.copies(), &heard.copies[..]);
        // There and back again.
        go_to(&mut session, Micros(back));
        go_to(&mut session, end);
        prop_assert_eq!(session.run().journey(), Some(&journey));
    }
}
