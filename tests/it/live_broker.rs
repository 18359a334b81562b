//! The page's connection against a real RabbitMQ on this computer: the same STOMP over TCP instead of a WebSocket, which `live.test.mjs`
//! has. Where none is installed the test says so and passes.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use mq_playground::base::{Language, Micros};
use mq_playground::engine::Handling;
use mq_playground::interop::Topology;
use mq_playground::live::{
    Broker as Line, Effect, Fate, LiveStage, Login, Message, Mode, News, Port, Progress, Sight, State, Status, Target,
    TracedEvent, Tracing, Twin, Verdict, Work,
};
use mq_playground::scenario::{AckMode, Distribution, Id, NodeKind, OnFailure, Scenario, format};
use mq_playground::words::Words;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::interop::any_topology;
use crate::real_broker::{Broker, encoded, in_hosts};

enum Heard {
    Received(Port, u32, String),
    Closed(Port, u32),
}

/// What the page is to a connection in a browser.
struct Page<'a> {
    server: &'a Broker,
    user: &'a str,
    password: &'a str,
    line: Line,
    sockets: BTreeMap<Port, (u32, TcpStream)>,
    opened: u32,
    heard: Receiver<Heard>,
    hears: Sender<Heard>,
    began: Instant,
}

impl<'a> Page<'a> {
    fn connect(server: &'a Broker, host: &str, user: &'a str, password: &'a str) -> Page<'a> {
        let (hears, heard) = channel();
        let login = Login { user: user.to_owned(), password: password.to_owned() };
        let line = Line::new(login, host.to_owned(), 7);
        let began = Instant::now();
        let mut page = Page { server, user, password, line, sockets: BTreeMap::new(), opened: 0, heard, hears, began };
        page.until("connected", |line| line.known().is_whole() || matches!(line.status(), Status::Down(_)));
        page
    }

    fn now(&self) -> Micros {
        Micros(self.began.elapsed().as_micros() as u64)
    }

    /// Lets time pass until something is so.
    fn until(&mut self, what: &str, is_so: impl Fn(&Line) -> bool) {
        self.until_with(what, |_, line| is_so(line));
    }

    fn until_with(&mut self, what: &str, mut is_so: impl FnMut(Micros, &mut Line) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let now = self.now();
            self.line.tick(now);
            if is_so(now, &mut self.line) {
                return self.carry_out();
            }
            self.carry_out();
            assert!(Instant::now() < deadline, "not {what}: {:?} {:?}", self.line.status(), self.line.ledger());
            match self.heard.recv_timeout(Duration::from_millis(5)) {
                Ok(Heard::Received(port, number, text)) if self.is_open(port, number) => {
                    self.line.received(port, &text)
                }
                Ok(Heard::Closed(port, number)) if self.is_open(port, number) => self.line.closed(port),
                _ => {}
            }
        }
    }

    fn is_open(&self, port: Port, number: u32) -> bool {
        self.sockets.get(&port).is_some_and(|(own, _)| *own == number)
    }

    fn carry_out(&mut self) {
        loop {
            let effects = self.line.take_effects();
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                match effect {
                    Effect::Open(port) => self.open(port),
                    Effect::Send(port, text) => {
                        if let Some((_, socket)) = self.sockets.get_mut(&port) {
                            let _ = socket.write_all(text.as_bytes());
                        }
                    }
                    Effect::Close(port) => {
                        if let Some((_, socket)) = self.sockets.remove(&port) {
                            let _ = socket.shutdown(Shutdown::Both);
                        }
                    }
                    Effect::Ask(request) => {
                        let (user, password) = (self.user, self.password);
                        let answer =
                            self.server.ask_as(user, password, request.method, &request.path, request.body.as_deref());
                        self.line.answered(request.number, Some((answer.0, &answer.1)));
                    }
                }
            }
        }
    }

    fn open(&mut self, port: Port) {
        let socket = TcpStream::connect(("127.0.0.1", self.server.stomp)).expect("the broker speaks STOMP");
        self.opened += 1;
        let (number, hears) = (self.opened, self.hears.clone());
        let mut reading = socket.try_clone().expect("a second handle");
        thread::spawn(move || {
            let (mut bytes, mut rest) = ([0; 1 << 14], Vec::new());
            while let Ok(length @ 1..) = reading.read(&mut bytes) {
                rest.extend_from_slice(&bytes[..length]);
                let whole = match std::str::from_utf8(&rest) {
                    Ok(text) => text.len(),
                    Err(error) => error.valid_up_to(),
                };
                let text: Vec<u8> = rest.drain(..whole).collect();
                let text = String::from_utf8(text).expect("it was looked at");
                if hears.send(Heard::Received(port, number, text)).is_err() {
                    return;
                }
            }
            let _ = hears.send(Heard::Closed(port, number));
        });
        self.sockets.insert(port, (number, socket));
        self.line.opened(port);
    }

    fn deploy(&mut self, topology: &Topology) {
        let plan = self.line.plan(topology);
        self.line.deploy(&plan);
        self.until("deployed", |line| line.works().is_some_and(|works| works.is_over()));
        self.look_again();
    }

    fn look_again(&mut self) {
        self.line.look_again();
        let revision = self.line.revision();
        // Three answers: exchanges, bindings, queues.
        self.until("looked at again", |line| line.revision() >= revision + 3);
    }
}

fn host(server: &Broker, name: &str) {
    server.ask("PUT", &format!("vhosts/{}", encoded(name)), None);
}

fn first_scenario() -> Scenario {
    format::parse(&std::fs::read_to_string("static/scenarios/first.json").unwrap()).unwrap()
}

fn worker(ms: f64) -> Mode {
    let handling = Handling::new(&[vec![Distribution::Constant(ms)]], 0.0, 0, &Id::default());
    Mode::Works(Box::new(Work { handling, concurrency: 1, on_failure: OnFailure::Requeue, ack_mode: AckMode::Manual }))
}

#[test]
fn a_real_broker_is_seen_used_and_left_as_it_was() {
    let Some(server) = Broker::start() else {
        println!("skipped: no RabbitMQ is installed here (Debian: apt-get install rabbitmq-server)");
        return;
    };
    names_and_passwords_may_hold_anything(&server);
    messages_are_published_acked_and_delivered_again(&server);
    only_what_is_missing_is_created_and_only_that_taken_away(&server);
    any_sketch_arrives_as_it_is_drawn(&server);
    messages_are_traced_and_no_longer(&server);
    a_sketch_runs_twice(&server);
}

fn names_and_passwords_may_hold_anything(server: &Broker) {
    let (name, user, password) = ("näm/e: \\ 订单", "some:one\\ü", "a\\b:c\"ü%");
    host(server, name);
    // A user that may see and use this virtual host and nothing else.
    server.ask(
        "PUT",
        &format!("users/{}", encoded(user)),
        Some(&json!({"password": password, "tags": "management"}).to_string()),
    );
    let rights = json!({"configure": ".*", "write": ".*", "read": ".*"}).to_string();
    server.ask("PUT", &format!("permissions/{}/{}", encoded(name), encoded(user)), Some(&rights));
    // Basic authentication has no colon in a user's name (RFC 7617): as the management API sees it, that is another user.
    let page = Page::connect(server, name, user, password);
    assert!(matches!(page.line.status(), Status::Down(_)));
    let user = "someone\\ü";
    server.ask(
        "PUT",
        &format!("users/{}", encoded(user)),
        Some(&json!({"password": password, "tags": "management"}).to_string()),
    );
    server.ask("PUT", &format!("permissions/{}/{}", encoded(name), encoded(user)), Some(&rights));
    let mut page = Page::connect(server, name, user, password);
    assert_eq!(*page.line.status(), Status::Up);
    for queue in ["订/单: \\x%", "plain"] {
        let path = format!("queues/{}/{}", encoded(name), encoded(queue));
        server.ask("PUT", &path, Some(r#"{"durable": true}"#));
        page.look_again();
        let message = Message { body: "a\0b: ü".to_owned(), ..Message::default() };
        assert_eq!(Ok(()), page.line.publish(&Target::Queue(queue.to_owned()), &message));
        let number = page.line.consume(queue, None, 1, 0, Mode::ByHand).unwrap();
        page.until("delivered", |line| line.consumer(number).is_some_and(|consumer| !consumer.held.is_empty()));
        assert_eq!(page.line.consumer(number).unwrap().held[0].body, "a\0b: ü");
    }
    // It may not trace.
    page.line.set_tracing(true);
    page.until("refused", |line| line.news().any(|(_, news)| matches!(news, News::Refused(_))));
    assert_eq!(*page.line.status(), Status::Up);
    let page = Page::connect(server, name, user, "wrong");
    assert!(
        matches!(page.line.status(), Status::Down(mq_playground::live::Trouble::Login)),
        "{:?}",
        page.line.status()
    );
    let page = Page::connect(server, "no such", "guest", "guest");
    assert!(
        matches!(page.line.status(), Status::Down(mq_playground::live::Trouble::NoSuchHost)),
        "{:?}",
        page.line.status()
    );
}

fn messages_are_published_acked_and_delivered_again(server: &Broker) {
    host(server, "messages");
    let mut page = Page::connect(server, "messages", "guest", "guest");
    let (topology, _) = Topology::of(&first_scenario(), Language::English);
    page.deploy(&topology);
    let queue = "Order queue";
    for _ in 0..100 {
        assert_eq!(
            Ok(()),
            page.line
                .publish(&Target::Queue(queue.to_owned()), &Message { body: "x".to_owned(), ..Message::default() })
        );
    }
    page.until("confirmed", |line| line.ledger().confirmed == 100);
    page.until("seen", |line| line.known().queue(queue).is_some_and(|queue| queue.ready == 100));
    let holder = page.line.consume(queue, None, 10, 0, Mode::ByHand).unwrap();
    page.until("held", |line| line.ledger().held == 10);
    page.until("unacked", |line| {
        line.known().queue(queue).is_some_and(|queue| (queue.ready, queue.unacked) == (90, 10))
    });
    let oldest = page.line.consumer(holder).unwrap().held[0].number;
    page.line.settle(holder, oldest, Verdict::Ack);
    page.until("acked", |line| line.ledger().acked == 1 && line.ledger().held == 10);
    page.line.crash(holder);
    assert_eq!(page.line.ledger().given_back, 10);
    page.until("back", |line| line.known().queue(queue).is_some_and(|queue| (queue.ready, queue.unacked) == (99, 0)));
    page.line.restart(holder);
    page.until("redelivered", |line| line.ledger().redelivered == 10);
    assert!(page.line.consumer(holder).unwrap().held.iter().all(|held| held.redelivered));
    page.line.dismiss(holder);
    let worker = page.line.consume(queue, None, 5, 0, worker(1.0)).unwrap();
    page.until("worked off", |line| line.ledger().acked == 100);
    page.until("empty", |line| line.known().queue(queue).is_some_and(|queue| (queue.ready, queue.unacked) == (0, 0)));
    assert_eq!(page.line.consumer(worker).unwrap().state, State::Up);
    assert!(page.line.ledger().adds_up());

    // The drawing has the sketch's places, and the broker's figures.
    let words = Words::of(Language::English);
    let mut stage = LiveStage::default();
    assert!(stage.follow(&page.line, &first_scenario(), Language::English, words));
    let sketched = first_scenario();
    let drawn = stage.scenario().nodes.iter().find(|node| node.kind() == NodeKind::Queue).unwrap();
    assert_eq!(drawn.at, sketched.node(&Id::from("queue")).unwrap().at);
    assert_eq!(stage.scenario().nodes.len(), 3, "a queue, who publishes, and the worker");
    let delivered = Sight::Delivered { queue: queue.to_owned(), consumer: Some(worker), redelivered: true };
    assert_eq!(stage.ways(&delivered).len(), 1);
    assert!(!stage.follow(&page.line, &first_scenario(), Language::English, words), "nothing has changed");
    assert_eq!(format::check(stage.scenario()).len(), 0);
}

fn only_what_is_missing_is_created_and_only_that_taken_away(server: &Broker) {
    host(server, "creating");
    let own = "queues/creating/mine";
    server.ask("PUT", own, Some(r#"{"durable": false, "arguments": {"x-max-length": 3}}"#));
    let scenario = format::parse(
        &json!({"mq_scenario": 1, "nodes": [
            {"id": "mine", "kind": "queue", "at": [0, 0]},
            {"id": "new", "kind": "queue", "at": [0, 200]},
            {"id": "used", "kind": "queue", "at": [0, 400]},
            {"id": "x", "kind": "exchange", "at": [-300, 0], "settings": {"type": "topic"}}],
            "edges": [
            {"id": "1", "kind": "bind", "from": "x", "to": "mine", "routing_key": "a"},
            {"id": "2", "kind": "bind", "from": "x", "to": "new", "routing_key": "a.#"}]})
        .to_string(),
    )
    .unwrap();
    let (topology, _) = Topology::of(&scenario, Language::English);
    let mut page = Page::connect(server, "creating", "guest", "guest");
    let plan = page.line.plan(&topology);
    assert_eq!((plan.count(Fate::Create), plan.count(Fate::Different), plan.count(Fate::EndDiffers)), (4, 1, 1));
    page.deploy(&topology);
    assert!(page.line.works().unwrap().steps.iter().all(|(_, progress)| *progress == Progress::Done));
    assert_eq!(page.line.created().len(), 4);
    let kept: Value = serde_json::from_str(&server.ask("GET", own, None)).unwrap();
    assert_eq!((&kept["durable"], &kept["arguments"]["x-max-length"]), (&json!(false), &json!(3)));
    // What somebody uses stays.
    page.line.publish(&Target::Queue("used".to_owned()), &Message::default()).unwrap();
    page.until("confirmed", |line| line.ledger().confirmed == 1);
    page.line.take_away();
    page.until("taken away", |line| line.works().is_some_and(|works| !works.creates && works.is_over()));
    assert_eq!(page.line.created().len(), 1);
    let left: Value = serde_json::from_str(&server.ask("GET", "queues/creating?columns=name", None)).unwrap();
    assert_eq!(left, json!([{"name": "mine"}, {"name": "used"}]));
    page.look_again();
    assert!(page.line.known().exchanges.iter().all(|exchange| exchange.declared.name != "x"));
}

fn any_sketch_arrives_as_it_is_drawn(server: &Broker) {
    in_hosts(server, 12, any_topology(true), |host, scenario| {
        let (topology, _) = Topology::of(&scenario, Language::English);
        let mut page = Page::connect(server, host, "guest", "guest");
        page.deploy(&topology);
        for (thing, progress) in &page.line.works().unwrap().steps {
            prop_assert_eq!(progress, &Progress::Done, "{:?}", thing);
        }
        let plan = page.line.plan(&topology);
        prop_assert!(
            plan.is_done(),
            "{:?}",
            plan.parts.iter().filter(|(_, fate)| *fate != Fate::Same).collect::<Vec<_>>()
        );
        // It can be drawn, and the drawing checks out.
        let mut stage = LiveStage::default();
        stage.follow(&page.line, &scenario, Language::English, Words::of(Language::English));
        prop_assert_eq!(format::check(stage.scenario()).len(), 0);
        page.line.take_away();
        page.until("taken away", |line| line.works().is_some_and(|works| !works.creates && works.is_over()));
        prop_assert_eq!(page.line.created(), &[]);
        Ok(())
    });
}

fn messages_are_traced_and_no_longer(server: &Broker) {
    host(server, "traced");
    let about = json!({"description": "somebody's", "tags": "theirs"}).to_string();
    server.ask("PUT", "vhosts/traced", Some(&about));
    let before: Value = serde_json::from_str(&server.ask("GET", "vhosts/traced", None)).unwrap();
    let scenario = format::parse(
        &json!({"mq_scenario": 1, "nodes": [
            {"id": "dead", "kind": "queue", "at": [300, 200]},
            {"id": "first", "kind": "queue", "at": [0, 0], "settings": {"dead_letter_exchange": "", "dead_letter_routing_key": "dead"}},
            {"id": "x", "kind": "exchange", "at": [-300, 0], "settings": {"type": "direct"}}],
            "edges": [{"id": "1", "kind": "bind", "from": "x", "to": "first", "routing_key": "a"}]})
        .to_string(),
    )
    .unwrap();
    let (topology, _) = Topology::of(&scenario, Language::English);
    let mut page = Page::connect(server, "traced", "guest", "guest");
    page.deploy(&topology);
    page.line.set_tracing(true);
    page.until("traced", |line| *line.tracing() == Tracing::On);
    page.line
        .publish(&Target::Exchange("x".to_owned()), &Message { routing_key: "a".to_owned(), ..Message::default() })
        .unwrap();
    let consumer = page.line.consume("first", None, 1, 0, Mode::ByHand).unwrap();
    page.until("held", |line| line.ledger().held == 1);
    let number = page.line.consumer(consumer).unwrap().held[0].number;
    page.line.settle(consumer, number, Verdict::Reject);
    page.line.consume("dead", None, 1, 0, Mode::ByHand).unwrap();
    let traced = |line: &Line, is_it: fn(&mq_playground::live::TracedLine) -> bool| {
        line.news().any(|(_, news)| matches!(news, News::Traced(traced) if is_it(traced)))
    };
    page.until("seen to be published, with its queues", |line| {
        traced(line, |traced| {
            traced.event == TracedEvent::Published { queues: vec!["first".to_owned()] } && traced.exchange == "x"
        })
    });
    // What STOMP does not tell: where it died.
    page.until("seen to have died", |line| {
        traced(line, |traced| {
            matches!(&traced.event, TracedEvent::Delivered { queue, .. } if queue == "dead")
                && traced.deaths == [("first".to_owned(), "rejected".to_owned(), 1)]
        })
    });
    page.line.set_tracing(false);
    page.until("off", |line| *line.tracing() == Tracing::Off);
    let after: Value = serde_json::from_str(&server.ask("GET", "vhosts/traced", None)).unwrap();
    for key in ["tracing", "description", "tags"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    let left: Value = serde_json::from_str(&server.ask("GET", "queues/traced?columns=name", None)).unwrap();
    assert_eq!(left, json!([{"name": "dead"}, {"name": "first"}]));
}

fn a_sketch_runs_twice(server: &Broker) {
    host(server, "twin");
    let scenario = first_scenario();
    let (topology, _) = Topology::of(&scenario, Language::English);
    let mut page = Page::connect(server, "twin", "guest", "guest");
    let now = page.now();
    assert!(Twin::begin(&scenario, Language::English, &mut page.line, now).is_err(), "it is not there yet");
    page.deploy(&topology);
    let mut twin = Twin::begin(&scenario, Language::English, &mut page.line, now).expect("nothing is in the way");
    page.until("consuming", |line| {
        line.consumers().len() == 2 && line.consumers().iter().all(|consumer| consumer.state == State::Up)
    });
    let begin = page.now();
    page.until_with("three seconds on", |now, line| {
        twin.tick(now, line);
        now.saturating_sub(begin) >= Micros(3_000_000)
    });
    let totals = twin.totals(&page.line);
    assert_eq!(totals.published.0, totals.published.1, "every message, and no other");
    assert!(totals.published.0 > 60, "{totals:?}");
    // Whose connection is dropped crashes in both, and comes back in both.
    let packer = page.line.consumers()[0].number;
    page.line.crash(packer);
    let before = twin.totals(&page.line);
    page.until_with("a second on, with one less", |now, line| {
        twin.tick(now, line);
        now.saturating_sub(begin) >= Micros(4_000_000)
    });
    let after = twin.totals(&page.line);
    assert!(after.acked.0 - before.acked.0 < 60 && after.depth.0 + 10 > before.depth.0, "{before:?} {after:?}");
    page.line.restart(packer);
    page.until("back", |line| line.consumer(packer).is_some_and(|consumer| consumer.state == State::Up));
    let totals = after;
    // Both are on their way through the same work: the broker is behind by what the network and this computer take.
    let apart = totals.acked.0.abs_diff(totals.acked.1);
    assert!(apart <= 20 && totals.acked.1 > 30, "{totals:?}");
    let last = twin.totals(&page.line);
    twin.end(&mut page.line);
    assert_eq!(twin.totals(&page.line), last);
    assert!(page.line.consumers().is_empty());
    assert!(twin.depths(None).count() >= 10);
}
