//! A connection to a broker that is played by the test: what goes in, and what has to be done then.

use expect_test::{Expect, expect};
use mq_playground::base::Micros;
use mq_playground::engine::{Engine, Handling, NodeReport, Unobserved};
use mq_playground::live::{
    Broker, Effect, HeldStage, Login, Message, Mode, News, Outcome, Port, Request, State, Status, Target, Tracing,
    Trouble, Unsent, Verdict, Work,
};
use mq_playground::scenario::{AckMode, Distribution, Id, OnFailure, format};
use proptest::prelude::*;
use serde_json::json;

/// A connection, and what it has asked for so far.
struct Line {
    broker: Broker,
    asked: Vec<Request>,
    log: String,
}

impl Line {
    fn begin() -> Line {
        let login = Login { user: "someone".to_owned(), password: "a:b\\c".to_owned() };
        let mut line = Line { broker: Broker::new(login, "/".to_owned(), 1), asked: Vec::new(), log: String::new() };
        line.note();
        line
    }

    /// Writes down what has to be done.
    fn note(&mut self) {
        for effect in self.broker.take_effects() {
            let text = match effect {
                Effect::Open(Port(port)) => format!("open {port}"),
                Effect::Close(Port(port)) => format!("close {port}"),
                Effect::Send(Port(port), text) => {
                    let text = text
                        .trim_end_matches('\0')
                        .trim_end()
                        .replace("\n\n", " | ")
                        .replace('\n', ", ")
                        .replace('\0', "␀");
                    format!("send {port}: {text}")
                }
                Effect::Ask(request) => {
                    let body = request.body.as_deref().map(|body| format!(" {body}")).unwrap_or_default();
                    let path = request.path.split("columns=").next().unwrap_or_default();
                    let line = format!("{} {path}{body}", request.method);
                    self.asked.push(request.clone());
                    line
                }
            };
            self.log += &format!("{text}\n");
        }
    }

    fn shows(&mut self, expected: &Expect) {
        self.note();
        expected.assert_eq(&std::mem::take(&mut self.log));
    }

    /// Answers the first request whose path begins so.
    fn answer(&mut self, path: &str, status: u16, text: &str) {
        self.note();
        let place = self.asked.iter().position(|request| request.path.starts_with(path)).expect("it was asked for");
        let number = self.asked.remove(place).number;
        self.broker.answered(number, Some((status, text)));
        self.note();
    }

    fn up() -> Line {
        let mut line = Line::begin();
        line.answer("overview", 200, r#"{"rabbitmq_version": "4.1.0", "cluster_name": "rabbit@home"}"#);
        line.answer("vhosts", 200, r#"[{"name": "/"}]"#);
        line.broker.opened(Port::HAND);
        line.broker.received(Port::HAND, "CONNECTED\nversion:1.2\n\n\0\n");
        line.broker.tick(Micros(1));
        line.answer(
            "exchanges",
            200,
            r#"[{"name": "", "type": "direct"}, {"name": "x", "type": "topic", "durable": true}]"#,
        );
        line.answer("bindings", 200, "[]");
        line.answer("consumers", 200, r#"[{"consumer_tag": "T_mq-playground-1-9", "queue": {"name": "q/1"}}, {"consumer_tag": "x", "queue": {"name": "q/1"}}]"#);
        line.answer("queues", 200, r#"[{"name": "q/1", "durable": true, "arguments": {}, "messages_ready": 2}]"#);
        line.log.clear();
        line
    }

    fn with_consumer() -> Line {
        let mut line = Line::up();
        assert_eq!(line.broker.consume("q/1", None, 10, 0, Mode::ByHand), Ok(1));
        line.broker.opened(Port(1));
        line.broker.received(Port(1), "CONNECTED\nversion:1.2\n\n\0\n");
        line.broker.received(Port(1), "RECEIPT\nreceipt-id:s\n\n\0\n");
        line
    }

    fn deliver(&mut self, ack: &str, redelivered: bool) {
        let text =
            format!("MESSAGE\nsubscription:c\nack:{ack}\nredelivered:{redelivered}\namqp-message-id:7\n\nhello\0\n");
        self.broker.received(Port(1), &text);
    }
}

#[test]
fn a_connection_is_there_when_both_ways_are() {
    let mut line = Line::begin();
    line.shows(&expect![[r#"
        GET overview?
    "#]]);
    line.answer("overview", 200, r#"{"rabbitmq_version": "3.13.1", "node": "rabbit@home"}"#);
    line.shows(&expect![[r#"
        GET vhosts?
    "#]]);
    line.answer("vhosts", 200, r#"[{"name": "other"}, {"name": "/"}]"#);
    line.broker.opened(Port::HAND);
    line.shows(&expect![[r#"
        open 0
        send 0: CONNECT, accept-version:1.2, host:/, login:someone, passcode:a\cb\\c, heart-beat:0,10000
    "#]]);
    assert_eq!(*line.broker.status(), Status::Connecting);
    line.broker.received(Port::HAND, "CONNECTED\nver");
    line.broker.received(Port::HAND, "sion:1.2\n\n\0");
    assert_eq!(*line.broker.status(), Status::Up);
    line.broker.tick(Micros(1));
    line.shows(&expect![[r#"
        GET exchanges/%2F?
        GET bindings/%2F
        GET consumers/%2F?
        GET queues/%2F?
    "#]]);
}

#[test]
fn a_sign_of_life_is_answered() {
    let mut line = Line::with_consumer();
    line.note();
    line.log.clear();
    line.broker.received(Port(1), "\n");
    line.broker.received(Port::HAND, "\r\n");
    let answers = [Port(1), Port::HAND].map(|port| Effect::Send(port, "\n".to_owned()));
    assert_eq!(line.broker.take_effects(), answers);
    assert_eq!(line.broker.consumers_of("q/1"), 2, "its own, and somebody else's");
}

#[test]
fn a_connection_that_has_gone_comes_back_with_what_was_done() {
    let mut line = Line::with_consumer();
    line.deliver("1", false);
    line.broker.closed(Port::HAND);
    assert_eq!(*line.broker.status(), Status::Down(Trouble::Lost(None)));
    assert_eq!(line.broker.consumer(1).unwrap().state, State::Down(None));
    line.note();
    line.asked.clear();
    line.broker.reconnect();
    line.answer("overview", 200, r#"{"rabbitmq_version": "4.1.0"}"#);
    line.answer("vhosts", 200, r#"[{"name": "/"}]"#);
    line.broker.opened(Port::HAND);
    line.broker.received(Port::HAND, "CONNECTED\nversion:1.2\n\n\0");
    assert_eq!(*line.broker.status(), Status::Up);
    line.broker.restart(1);
    assert_eq!((line.broker.ledger().delivered, line.broker.ledger().given_back), (1, 1));
    assert_eq!(line.broker.consumer(1).unwrap().state, State::Connecting);
}

#[test]
fn work_goes_on_when_a_slot_is_free_and_not_when_somebody_looks() {
    let handling = Handling::new(&[vec![Distribution::Constant(3.0)]], 0.0, 0, &Id::default());
    let (on_failure, ack_mode) = (OnFailure::Requeue, AckMode::Manual);
    let mut line = Line::up();
    let mode = Mode::Works(Box::new(Work { handling, concurrency: 1, on_failure, ack_mode }));
    assert_eq!(line.broker.consume("q/1", None, 100, 0, mode), Ok(1));
    line.broker.opened(Port(1));
    line.broker.received(Port(1), "CONNECTED\nversion:1.2\n\n\0RECEIPT\nreceipt-id:s\n\n\0");
    for number in 0..50 {
        line.deliver(&number.to_string(), false);
    }
    // The clock is looked at every ten milliseconds; three fit into nine of them.
    for tick in 1..=9 {
        line.broker.tick(Micros(1 + tick * 10_000));
    }
    let told = line
        .broker
        .consumer(1)
        .unwrap()
        .held
        .iter()
        .filter(|held| matches!(held.stage, HeldStage::Told { .. }))
        .count();
    assert_eq!(told, 30, "one every three milliseconds in ninety");
}

#[test]
fn why_there_is_no_connection_is_told_apart() {
    let failed = |fail: fn(&mut Line)| {
        let mut line = Line::begin();
        fail(&mut line);
        line.broker.status().clone()
    };
    let down = |trouble| Status::Down(trouble);
    let silent = |line: &mut Line| line.broker.answered(line.asked[0].number, None);
    assert_eq!(failed(silent), down(Trouble::ApiSilent));
    assert_eq!(failed(|line| line.answer("overview", 401, r#"{"error": "not_authorised"}"#)), down(Trouble::Login));
    assert_eq!(failed(|line| line.answer("overview", 200, "<html>")), down(Trouble::NotAnApi));
    assert_eq!(failed(|line| line.answer("overview", 404, "")), down(Trouble::NotAnApi));
    let about = |line: &mut Line| line.answer("overview", 200, r#"{"rabbitmq_version": "3.10.8"}"#);
    let host = |line: &mut Line| line.answer("vhosts", 200, r#"[{"name": "/"}]"#);
    let mut line = Line::begin();
    about(&mut line);
    line.answer("vhosts", 200, r#"[{"name": "other"}]"#);
    assert_eq!(*line.broker.status(), down(Trouble::NoSuchHost));
    let mut line = Line::begin();
    about(&mut line);
    host(&mut line);
    line.broker.closed(Port::HAND);
    assert_eq!(*line.broker.status(), down(Trouble::StompSilent));
    let mut line = Line::begin();
    about(&mut line);
    host(&mut line);
    line.broker.opened(Port::HAND);
    line.broker.received(Port::HAND, "ERROR\nmessage:Bad CONNECT\n\nAccess refused for user 'someone'\n\0");
    let said = "Bad CONNECT Access refused for user 'someone'".to_owned();
    assert_eq!(*line.broker.status(), down(Trouble::StompRefused(said)));
}

#[test]
fn what_a_dropped_connection_leaves_behind_is_counted_by_what_is_known() {
    let mut line = Line::with_consumer();
    line.deliver("1", false);
    line.deliver("2", false);
    line.deliver("3", true);
    line.broker.settle(1, 1, Verdict::Ack);
    line.broker.received(Port(1), "RECEIPT\nreceipt-id:a999\n\n\0");
    line.shows(&expect![[r#"
        open 1
        send 1: CONNECT, accept-version:1.2, host:/, login:someone, passcode:a\cb\\c, heart-beat:0,10000
        send 1: SUBSCRIBE, id:mq-playground-1-1, destination:/amq/queue/q%2F1, ack:client-individual, receipt:s, prefetch-count:10
        GET exchanges/%2F?
        GET bindings/%2F
        GET consumers/%2F?
        GET queues/%2F?
        send 1: ACK, id:1, receipt:a11
    "#]]);
    line.broker.received(Port(1), "RECEIPT\nreceipt-id:a11\n\n\0");
    // The ack of the second one is under way when the connection goes: nobody knows whether it was heard.
    line.broker.settle(1, 2, Verdict::Ack);
    line.broker.crash(1);
    let ledger = line.broker.ledger();
    assert_eq!((ledger.delivered, ledger.acked, ledger.uncertain, ledger.given_back), (3, 1, 1, 1));
    assert_eq!((ledger.held, ledger.redelivered), (0, 1));
    assert!(ledger.adds_up());
    let consumer = line.broker.consumer(1).unwrap();
    assert_eq!(consumer.state, State::Down(None));
    let outcomes: Vec<Outcome> = consumer.recent.iter().map(|over| over.outcome).collect();
    assert_eq!(outcomes, [Outcome::GivenBack, Outcome::Uncertain, Outcome::Settled(Verdict::Ack)]);
    let news: Vec<&News> = line.broker.news().map(|(_, news)| news).collect();
    assert_eq!(news[0], &News::Dropped { consumer: 1, name: None, given_back: 1, uncertain: 1, lost: 0 });
    line.shows(&expect![[r#"
        send 1: ACK, id:2, receipt:a12
        close 1
    "#]]);
}

#[test]
fn nothing_is_published_that_would_end_the_connection() {
    let mut line = Line::up();
    let message = Message {
        routing_key: "a/b:c".to_owned(),
        body: "x\0y".to_owned(),
        persistent: true,
        // The destination is the page's own affair, whatever a message's headers are called.
        headers: vec![("destination".to_owned(), "/queue/other".to_owned()), ("colour".to_owned(), "red".to_owned())],
        ..Message::default()
    };
    assert_eq!(Ok(()), line.broker.publish(&Target::Exchange("x".to_owned()), &message));
    assert_eq!(Ok(()), line.broker.publish(&Target::Queue("q/1".to_owned()), &Message::default()));
    for target in [Target::Exchange("none".to_owned()), Target::Queue("q".to_owned())] {
        assert_eq!(line.broker.publish(&target, &message), Err(Unsent::NotThere), "{target:?}");
    }
    line.shows(&expect![[r#"
        send 0: SEND, destination:/exchange/x/a%2Fb\cc, receipt:p7, amqp-message-id:1, content-type:text/plain, persistent:true, colour:red, content-length:3 | x␀y
        send 0: SEND, destination:/amq/queue/q%2F1, receipt:p8, amqp-message-id:2, content-type:text/plain
    "#]]);
    line.broker.received(Port::HAND, "RECEIPT\nreceipt-id:p7\n\n\0RECEIPT\nreceipt-id:p7\n\n\0");
    line.broker.closed(Port::HAND);
    let ledger = line.broker.ledger();
    assert_eq!((ledger.sent, ledger.confirmed, ledger.unconfirmed, ledger.unknown), (2, 1, 0, 1));
}

#[test]
fn tracing_is_switched_off_by_who_has_switched_it_on() {
    let mut line = Line::up();
    line.broker.set_tracing(true);
    line.answer("vhosts", 200, r#"{"name": "/", "tracing": false, "description": "mine", "tags": []}"#);
    line.answer("vhosts", 204, "");
    line.answer("queues/%2F/mq", 201, "");
    line.answer("bindings", 201, "");
    assert_eq!(*line.broker.tracing(), Tracing::On);
    line.broker.disconnect();
    line.shows(&expect![[r##"
        GET vhosts/%2F
        PUT vhosts/%2F {"description":"mine","tags":[],"tracing":true}
        PUT queues/%2F/mq-playground.trace.1 {"arguments":{"x-expires":10000,"x-max-length":2000},"auto_delete":false,"durable":false}
        POST bindings/%2F/e/amq.rabbitmq.trace/q/mq-playground.trace.1 {"arguments":{},"routing_key":"#"}
        PUT vhosts/%2F {"description":"mine","tags":[],"tracing":false}
        DELETE queues/%2F/mq-playground.trace.1
        close 0
    "##]]);

    // Where somebody else has, it stays on.
    let mut line = Line::up();
    line.broker.set_tracing(true);
    line.answer("vhosts", 200, r#"{"name": "/", "tracing": true}"#);
    line.answer("queues/%2F/mq", 201, "");
    line.answer("bindings", 201, "");
    line.broker.set_tracing(false);
    line.shows(&expect![[r##"
        GET vhosts/%2F
        PUT queues/%2F/mq-playground.trace.1 {"arguments":{"x-expires":10000,"x-max-length":2000},"auto_delete":false,"durable":false}
        POST bindings/%2F/e/amq.rabbitmq.trace/q/mq-playground.trace.1 {"arguments":{},"routing_key":"#"}
        DELETE queues/%2F/mq-playground.trace.1
    "##]]);

    // Who may not is told so, and stays connected.
    let mut line = Line::up();
    line.broker.set_tracing(true);
    line.answer("vhosts", 200, r#"{"name": "/", "tracing": false}"#);
    line.answer("vhosts", 401, r#"{"error": "not_authorised", "reason": "Not administrator user"}"#);
    assert_eq!((line.broker.tracing(), line.broker.status()), (&Tracing::Off, &Status::Up));
    assert!(line.broker.news().any(|(_, news)| *news == News::Refused("Not administrator user".to_owned())));
}

#[test]
fn a_consumer_at_a_broker_works_with_the_numbers_of_the_simulated_one() {
    let work = |text: &str| {
        let scenario = format::parse(
            &json!({"mq_scenario": 1, "seed": 11, "nodes": [
                {"id": "p", "kind": "producer", "at": [0, 0], "settings": {"pattern": {"once": {"count": 40}}}},
                {"id": "q", "kind": "queue", "at": [300, 0]},
                {"id": "c", "kind": "consumer", "at": [600, 0], "settings": serde_json::from_str::<serde_json::Value>(text).unwrap()}],
                "edges": [
                {"id": "1", "kind": "publish", "from": "p", "to": "q"},
                {"id": "2", "kind": "subscribe", "from": "q", "to": "c"}]})
            .to_string(),
        )
        .unwrap();
        let mut engine = Engine::new(&scenario);
        let mut ends = Vec::new();
        let done = |engine: &Engine| match engine.node_report(&Id::from("c")) {
            Some(NodeReport::Consumer(report)) => report.processed + report.failed,
            _ => unreachable!("it is a consumer"),
        };
        while ends.len() < 60 && engine.step(&mut Unobserved) {
            if done(&engine) as usize > ends.len() {
                ends.push(engine.now());
            }
        }
        ends
    };
    let ends = |mut handling: Handling, count: usize| {
        let mut now = Micros::ZERO;
        let mut failed = 0;
        let all: Vec<Micros> = (0..count)
            .map(|_| {
                let (lasts, fails) = handling.draw();
                now += lasts;
                failed += usize::from(fails);
                now
            })
            .collect();
        (all, failed)
    };
    let id = Id::from("c");
    let simulated = work(r#"{"handler": [{"work": {"ms": {"exponential": 30}}}, {"work": {"ms": 5}}]}"#);
    let steps = [vec![Distribution::Exponential(30.0)], vec![Distribution::Constant(5.0)]];
    assert_eq!(ends(Handling::new(&steps, 0.0, 11, &id), 40), (simulated, 0));
    let simulated = work(
        r#"{"handler": [{"parallel": [{"work": {"ms": {"uniform": {"min": 1, "max": 9}}}}, {"work": {"ms": {"normal": {"mean": 5, "sd": 2}}}}]}],
            "failure_rate": 0.3}"#,
    );
    let steps = [vec![Distribution::Uniform { min: 1.0, max: 9.0 }, Distribution::Normal { mean: 5.0, sd: 2.0 }]];
    let (same, failed) = ends(Handling::new(&steps, 0.3, 11, &id), simulated.len());
    assert_eq!(same, simulated);
    assert!(failed > 5, "{failed}");
}

/// Something that may arrive, in whatever order.
#[derive(Clone, Debug)]
enum Arrives {
    Frame(u32, String),
    Opened(u32),
    Closed(u32),
    Answer(prop::sample::Index, Option<(u16, String)>),
    Tick(u64),
    Publish,
    Consume,
    Settle(u32, u64, u8),
    Crash(u32),
    Restart(u32),
    Dismiss(u32),
    Trace(bool),
}

fn arrives() -> impl Strategy<Value = Arrives> {
    let frame = prop_oneof![
        Just("CONNECTED\nversion:1.2\n\n\0".to_owned()),
        Just("RECEIPT\nreceipt-id:s\n\n\0".to_owned()),
        (0u64..60, any::<bool>())
            .prop_map(|(n, ack)| format!("RECEIPT\nreceipt-id:{}{n}\n\n\0", if ack { 'a' } else { 'p' })),
        (0u64..9, any::<bool>()).prop_map(|(n, again)| format!("MESSAGE\nack:{n}\nredelivered:{again}\n\nhi\0")),
        Just("ERROR\nmessage:no\n\n\0".to_owned()),
        "[A-Zé:\n\r\0\\\\]{0,12}",
    ];
    let answer = prop_oneof![
        Just(json!({"rabbitmq_version": "4.0.0", "name": "/", "tracing": false}).to_string()),
        Just(json!([{"name": "/"}]).to_string()),
        Just(json!([{"name": "q", "durable": true, "messages_ready": 3, "consumers": 2}]).to_string()),
        Just(json!([{"name": "x", "type": "fanout", "source": "x", "destination": "q"}]).to_string()),
        Just("[]".to_owned()),
        ".{0,10}",
    ];
    let status = prop::sample::select(vec![200u16, 200, 200, 201, 204, 400, 401, 404, 500]);
    prop_oneof![
        6 => (0u32..4, frame).prop_map(|(port, text)| Arrives::Frame(port, text)),
        2 => (0u32..4).prop_map(Arrives::Opened),
        1 => (0u32..4).prop_map(Arrives::Closed),
        6 => (any::<prop::sample::Index>(), prop::option::weighted(0.95, (status, answer))).prop_map(|(which, answer)| Arrives::Answer(which, answer)),
        3 => (0u64..4_000_000).prop_map(Arrives::Tick),
        3 => Just(Arrives::Publish),
        2 => Just(Arrives::Consume),
        3 => (1u32..4, 1u64..12, 0u8..3).prop_map(|(consumer, number, verdict)| Arrives::Settle(consumer, number, verdict)),
        1 => (1u32..4).prop_map(Arrives::Crash),
        1 => (1u32..4).prop_map(Arrives::Restart),
        1 => (1u32..4).prop_map(Arrives::Dismiss),
        1 => any::<bool>().prop_map(Arrives::Trace),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever arrives: no panic, and every message is in one place of the ledger.
    #[test]
    fn the_ledger_adds_up_whatever_arrives(begins_up in any::<bool>(), all in proptest::collection::vec(arrives(), 0..60)) {
        let mut line = if begins_up { Line::with_consumer() } else { Line::begin() };
        for one in all {
            match one {
                Arrives::Frame(port, text) => line.broker.received(Port(port), &text),
                Arrives::Opened(port) => line.broker.opened(Port(port)),
                Arrives::Closed(port) => line.broker.closed(Port(port)),
                Arrives::Answer(which, answer) => {
                    line.note();
                    if !line.asked.is_empty() {
                        let number = line.asked.remove(which.index(line.asked.len())).number;
                        line.broker.answered(number, answer.as_ref().map(|(status, text)| (*status, text.as_str())));
                    }
                }
                Arrives::Tick(us) => line.broker.tick(Micros(us)),
                Arrives::Publish => drop(line.broker.publish(&Target::Queue("q/1".to_owned()), &Message::default())),
                Arrives::Consume => drop(line.broker.consume("q/1", None, 5, 0, Mode::ByHand)),
                Arrives::Settle(consumer, number, verdict) => {
                    let verdict = [Verdict::Ack, Verdict::Requeue, Verdict::Reject][usize::from(verdict)];
                    line.broker.settle(consumer, number, verdict);
                }
                Arrives::Crash(consumer) => line.broker.crash(consumer),
                Arrives::Restart(consumer) => line.broker.restart(consumer),
                Arrives::Dismiss(consumer) => line.broker.dismiss(consumer),
                Arrives::Trace(on) => line.broker.set_tracing(on),
            }
            line.note();
            prop_assert!(line.broker.ledger().adds_up(), "{:?}", line.broker.ledger());
            let held: usize = line.broker.consumers().iter().map(|consumer| consumer.held.len()).sum();
            prop_assert_eq!(held as u64, line.broker.ledger().held);
        }
    }
}
