//! What the engine does, as traces that can be read: ten lines in, what happened out.

use expect_test::{Expect, expect};
use mq_playground::base::Micros;
use mq_playground::engine::{Action, Engine};
use mq_playground::scenario::{Edge, EdgeKind, Fault, Id, NodeSettings, Pattern, format};

use super::support::{Trace, queue};

/// A scenario in short: one line a node or an edge.
fn run(lines: &str, for_ms: u64, act: impl FnOnce(&mut Engine, &mut Trace), expected: Expect) {
    let (mut nodes, mut edges, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (head, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = if rest.is_empty() { "{}" } else { rest };
        if let Some((from, to)) = head.split_once("->") {
            let (kind, rest) = match from.chars().next() {
                Some('p') => ("publish", format!(r#","latency_ms":{}"#, if rest == "{}" { "0" } else { rest })),
                Some('x') if rest == "{}" => ("bind", String::new()),
                Some('x') => ("bind", format!(r#","routing_key":"{rest}""#)),
                _ => ("subscribe", format!(r#","latency_ms":{}"#, if rest == "{}" { "0" } else { rest })),
            };
            edges.push(format!(r#"{{"id":"{from}>{to}","kind":"{kind}","from":"{from}","to":"{to}"{rest}}}"#));
        } else if head == "fault" {
            faults.push(rest.to_owned());
        } else {
            let kind = match head.chars().next() {
                Some('p') => "producer",
                Some('q') => "queue",
                Some('x') => "exchange",
                _ => "consumer",
            };
            nodes.push(format!(r#"{{"id":"{head}","kind":"{kind}","settings":{rest}}}"#));
        }
    }
    let text = format!(
        r#"{{"mq_scenario":1,"seed":1,"nodes":[{}],"edges":[{}],"faults":[{}]}}"#,
        nodes.join(","),
        edges.join(","),
        faults.join(",")
    );
    let scenario = format::parse(&text).unwrap_or_else(|problems| panic!("{problems:?} in {text}"));
    let (mut engine, mut trace) = (Engine::new(&scenario), Trace::default());
    act(&mut engine, &mut trace);
    engine.run_until(Micros(for_ms * 1_000), &mut trace);
    engine.audit().unwrap();
    let ledger = engine.ledger();
    let drops = ledger.dropped.total();
    let summary = format!(
        "made {} acked {} ready {} unacked {} in transit {} dropped {drops}\n",
        ledger.made, ledger.acked, ledger.ready, ledger.unacked, ledger.in_transit
    );
    expected.assert_eq(&(trace.text(&engine) + &summary));
}

fn nothing(_: &mut Engine, _: &mut Trace) {}

fn crash(node: &str) -> Action {
    Action::Fault(Fault::Crash { node: Id::from(node) })
}

#[test]
fn messages_keep_their_order() {
    run(
        r#"
        p {"pattern": {"constant": {"per_s": 100}}}
        q
        c {"handler": [{"work": {"ms": {"constant": 15}}}]}
        p->q
        q->c
        "#,
        35,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1
                  10 p>q publish 2
                  10 q enqueue 2
                  10 q>c deliver 2
                  15 c processed 1
                  15 c ack 1
                  20 p>q publish 3
                  20 q enqueue 3
                  20 q>c deliver 3
                  30 c processed 2
                  30 c ack 2
                  30 p>q publish 4
                  30 q enqueue 4
                  30 q>c deliver 4
            made 4 acked 2 ready 0 unacked 2 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn a_crash_requeues_in_order_and_flags_the_redelivery() {
    run(
        r#"
        p {"pattern": {"once": {"count": 4}}}
        q
        c1 {"prefetch_count": 3, "handler": [{"work": {"ms": {"constant": 10}}}]}
        p->q
        q->c1
        fault {"at_ms": 15, "for_ms": 10, "fault": {"crash": {"node": "c1"}}}
        "#,
        70,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c1 deliver 1
                   0 p>q publish 2
                   0 q enqueue 2
                   0 q>c1 deliver 2
                   0 p>q publish 3
                   0 q enqueue 3
                   0 q>c1 deliver 3
                   0 p>q publish 4
                   0 q enqueue 4
                  10 c1 processed 1
                  10 c1 ack 1
                  10 q>c1 deliver 4
                  15 c1 crash
                  15 q requeue 2
                  15 q requeue 3
                  15 q requeue 4
                  25 c1 restart
                  25 q>c1 redeliver 2
                  25 q>c1 redeliver 3
                  25 q>c1 redeliver 4
                  35 c1 processed 2
                  35 c1 ack 2
                  45 c1 processed 3
                  45 c1 ack 3
                  55 c1 processed 4
                  55 c1 ack 4
            made 4 acked 4 ready 0 unacked 0 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn automatic_acks_lose_what_the_consumer_held() {
    run(
        r#"
        p {"pattern": {"once": {"count": 3}}}
        q
        c {"ack_mode": "auto", "handler": [{"work": {"ms": {"constant": 10}}}]}
        p->q
        q->c
        fault {"at_ms": 15, "fault": {"crash": {"node": "c"}}}
        "#,
        50,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1
                   0 p>q publish 2
                   0 q enqueue 2
                   0 q>c deliver 2
                   0 p>q publish 3
                   0 q enqueue 3
                   0 q>c deliver 3
                  10 c processed 1
                  10 c ack 1
                  15 c crash
                  15 c drop 2, lost_in_crash
                  15 c drop 3, lost_in_crash
            made 3 acked 1 ready 0 unacked 0 in transit 0 dropped 2
        "#]],
    );
}

#[test]
fn consumers_take_turns_and_prefetch_holds_them_back() {
    run(
        r#"
        p {"pattern": {"once": {"count": 5}}}
        q
        c1 {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 30}}}]}
        c2 {"prefetch_count": 2, "handler": [{"work": {"ms": {"constant": 10}}}]}
        p->q
        q->c1
        q->c2
        "#,
        60,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c1 deliver 1
                   0 p>q publish 2
                   0 q enqueue 2
                   0 q>c2 deliver 2
                   0 p>q publish 3
                   0 q enqueue 3
                   0 q>c2 deliver 3
                   0 p>q publish 4
                   0 q enqueue 4
                   0 p>q publish 5
                   0 q enqueue 5
                  10 c2 processed 2
                  10 c2 ack 2
                  10 q>c2 deliver 4
                  20 c2 processed 3
                  20 c2 ack 3
                  20 q>c2 deliver 5
                  30 c1 processed 1
                  30 c1 ack 1
                  30 c2 processed 4
                  30 c2 ack 4
                  40 c2 processed 5
                  40 c2 ack 5
            made 5 acked 5 ready 0 unacked 0 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn latency_delays_deliveries_and_acks() {
    run(
        r#"
        p {"pattern": {"once": {"count": 2}}}
        q
        c {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 1}}}]}
        p->q 5
        q->c 10
        "#,
        60,
        nothing,
        expect![[r#"
                   0 p>q publish 1, arrives 5
                   0 p>q publish 2, arrives 5
                   5 q enqueue 1
                   5 q>c deliver 1, arrives 15
                   5 q enqueue 2
                  16 c processed 1
                  26 c ack 1
                  26 q>c deliver 2, arrives 36
                  37 c processed 2
                  47 c ack 2
            made 2 acked 2 ready 0 unacked 0 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn a_broker_restart_keeps_persistent_messages_in_durable_queues_only() {
    run(
        r#"
        p1 {"pattern": {"once": {"count": 2}}}
        p2 {"pattern": {"once": {"count": 1}}, "message": {"persistent": false}}
        q1
        q2 {"durable": false}
        c {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 10}}}]}
        p1->q1
        p2->q1
        p1->q2
        q1->c
        fault {"at_ms": 5, "for_ms": 10, "fault": {"crash": {"node": "broker"}}}
        "#,
        50,
        nothing,
        expect![[r#"
                   0 p1>q1 publish 1
                   0 q1 enqueue 1
                   0 q1>c deliver 1
                   0 p1>q2 publish 2
                   0 q2 enqueue 2
                   0 p2>q1 publish 3
                   0 q1 enqueue 3
                   0 p1>q1 publish 4
                   0 q1 enqueue 4
                   0 p1>q2 publish 5
                   0 q2 enqueue 5
                   5 broker crash
                   5 q1 requeue 1
                   5 q1 drop 3, lost_in_crash
                   5 q2 drop 2, lost_in_crash
                   5 q2 drop 5, lost_in_crash
                  10 c processed 1
                  15 broker restart
                  15 q1>c redeliver 1
                  25 c processed 1
                  25 c ack 1
                  25 q1>c deliver 4
                  35 c processed 4
                  35 c ack 4
            made 5 acked 2 ready 0 unacked 0 in transit 0 dropped 3
        "#]],
    );
}

#[test]
fn a_restarted_broker_keeps_the_limits_of_its_queues() {
    run(
        r#"
        p {"pattern": {"once": {"count": 4}}}
        q {"max_length": 2}
        c {"prefetch_count": 2, "handler": [{"work": {"ms": {"constant": 10}}}]}
        p->q
        q->c
        fault {"at_ms": 5, "for_ms": 2, "fault": {"crash": {"node": "q"}}}
        "#,
        30,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1
                   0 p>q publish 2
                   0 q enqueue 2
                   0 q>c deliver 2
                   0 p>q publish 3
                   0 q enqueue 3
                   0 p>q publish 4
                   0 q enqueue 4
                   5 broker crash
                   5 q requeue 1
                   5 q requeue 2
                   7 broker restart
                   7 q drop 1, maxlen
                   7 q drop 2, maxlen
                   7 q>c deliver 3
                   7 q>c deliver 4
                  10 c processed 1
                  20 c processed 3
                  20 c ack 3
            made 4 acked 1 ready 0 unacked 1 in transit 0 dropped 2
        "#]],
    );
}

#[test]
fn two_edges_to_one_consumer_are_both_closed_by_its_crash() {
    run(
        r#"
        p {"pattern": {"once": {"count": 3}}}
        q
        q2
        c {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 10}}}]}
        p->q
        p->q2
        q->c
        q2->c
        fault {"at_ms": 5, "for_ms": 2, "fault": {"crash": {"node": "c"}}}
        "#,
        30,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1
                   0 p>q2 publish 2
                   0 q2 enqueue 2
                   0 q2>c deliver 2
                   0 p>q publish 3
                   0 q enqueue 3
                   0 p>q2 publish 4
                   0 q2 enqueue 4
                   0 p>q publish 5
                   0 q enqueue 5
                   0 p>q2 publish 6
                   0 q2 enqueue 6
                   5 c crash
                   5 q requeue 1
                   5 q2 requeue 2
                   7 c restart
                   7 q>c redeliver 1
                   7 q2>c redeliver 2
                  17 c processed 1
                  17 c ack 1
                  17 q>c deliver 3
                  27 c processed 2
                  27 c ack 2
                  27 q2>c deliver 4
            made 6 acked 2 ready 2 unacked 2 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn a_full_queue_drops_its_oldest_message() {
    run(
        r#"
        p {"pattern": {"once": {"count": 4}}}
        q {"max_length": 2}
        p->q
        "#,
        1,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 p>q publish 2
                   0 q enqueue 2
                   0 p>q publish 3
                   0 q enqueue 3
                   0 q drop 1, maxlen
                   0 p>q publish 4
                   0 q enqueue 4
                   0 q drop 2, maxlen
            made 4 acked 0 ready 2 unacked 0 in transit 0 dropped 2
        "#]],
    );
}

#[test]
fn a_full_queue_may_refuse_the_newest_message() {
    run(
        r#"
        p {"pattern": {"once": {"count": 4}}}
        q {"max_length": 2, "overflow": "reject_publish"}
        p->q
        "#,
        1,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 p>q publish 2
                   0 q enqueue 2
                   0 p>q publish 3
                   0 q drop 3, publish_rejected
                   0 p>q publish 4
                   0 q drop 4, publish_rejected
            made 4 acked 0 ready 2 unacked 0 in transit 0 dropped 2
        "#]],
    );
}

#[test]
fn removing_an_edge_says_what_becomes_of_its_messages() {
    run(
        r#"
        p {"pattern": {"constant": {"per_s": 100}}}
        q
        c {"prefetch_count": 2, "handler": [{"work": {"ms": {"constant": 20}}}]}
        p->q 15
        q->c 8
        "#,
        60,
        |engine, trace| {
            engine.run_until(Micros(26_000), trace);
            engine.apply(&Action::RemoveEdge(Id::from("q>c")), trace).unwrap();
            engine.apply(&Action::RemoveEdge(Id::from("p>q")), trace).unwrap();
        },
        expect![[r#"
                   0 p>q publish 1, arrives 15
                  10 p>q publish 2, arrives 25
                  15 q enqueue 1
                  15 q>c deliver 1, arrives 23
                  20 p>q publish 3, arrives 35
                  25 q enqueue 2
                  25 q>c deliver 2, arrives 33
                  26 q requeue 2
                  26 p drop 3, edge_removed
                  43 c processed 1
                  43 c ack 1
            made 3 acked 1 ready 1 unacked 0 in transit 0 dropped 1
        "#]],
    );
}

#[test]
fn removing_a_queue_drops_what_it_had() {
    run(
        r#"
        p {"pattern": {"once": {"count": 3}}}
        q
        c {"prefetch_count": 2, "handler": [{"work": {"ms": {"constant": 10}}}]}
        p->q
        q->c
        "#,
        40,
        |engine, trace| {
            engine.run_until(Micros(5_000), trace);
            engine.apply(&Action::RemoveNode(Id::from("q")), trace).unwrap();
        },
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1
                   0 p>q publish 2
                   0 q enqueue 2
                   0 q>c deliver 2
                   0 p>q publish 3
                   0 q enqueue 3
                   5 q deleted
                   5 q drop 1, queue_deleted
                   5 q drop 2, queue_deleted
                   5 q drop 3, queue_deleted
                  10 c processed 1
            made 3 acked 0 ready 0 unacked 0 in transit 0 dropped 3
        "#]],
    );
}

#[test]
fn removing_a_consumer_gives_its_messages_back() {
    run(
        r#"
        p {"pattern": {"once": {"count": 3}}}
        q
        c1 {"prefetch_count": 2, "handler": [{"work": {"ms": {"constant": 10}}}]}
        c2 {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 10}}}]}
        p->q
        q->c1
        q->c2
        "#,
        50,
        |engine, trace| {
            engine.run_until(Micros(5_000), trace);
            engine.apply(&Action::RemoveNode(Id::from("c1")), trace).unwrap();
        },
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c1 deliver 1
                   0 p>q publish 2
                   0 q enqueue 2
                   0 q>c2 deliver 2
                   0 p>q publish 3
                   0 q enqueue 3
                   0 q>c1 deliver 3
                   5 q requeue 1
                   5 q requeue 3
                  10 c2 processed 2
                  10 c2 ack 2
                  10 q>c2 redeliver 1
                  20 c2 processed 1
                  20 c2 ack 1
                  20 q>c2 redeliver 3
                  30 c2 processed 3
                  30 c2 ack 3
            made 3 acked 3 ready 0 unacked 0 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn a_crashed_producer_stops_and_starts_afresh() {
    run(
        r#"
        p {"pattern": {"constant": {"per_s": 100}}}
        q
        p->q
        fault {"at_ms": 15, "for_ms": 20, "fault": {"crash": {"node": "p"}}}
        "#,
        50,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                  10 p>q publish 2
                  10 q enqueue 2
                  15 p crash
                  35 p restart
                  35 p>q publish 3
                  35 q enqueue 3
                  45 p>q publish 4
                  45 q enqueue 4
            made 4 acked 0 ready 4 unacked 0 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn messages_on_one_edge_never_overtake_each_other() {
    run(
        r#"
        p {"pattern": {"constant": {"per_s": 100}}}
        q
        p->q 30
        "#,
        45,
        |engine, trace| {
            engine.run_until(Micros(5_000), trace);
            let faster = Edge { latency_ms: 1.0, ..Edge::new("p>q".into(), EdgeKind::Publish, "p".into(), "q".into()) };
            engine.apply(&Action::PutEdge(faster), trace).unwrap();
        },
        expect![[r#"
                   0 p>q publish 1, arrives 30
                  10 p>q publish 2, arrives 30
                  20 p>q publish 3, arrives 30
                  30 q enqueue 1
                  30 q enqueue 2
                  30 p>q publish 4, arrives 31
                  30 q enqueue 3
                  31 q enqueue 4
                  40 p>q publish 5, arrives 41
                  41 q enqueue 5
            made 5 acked 0 ready 5 unacked 0 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn settings_change_while_running() {
    run(
        r#"
        p {"pattern": {"constant": {"per_s": 50}}}
        q
        c {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 30}}}]}
        p->q
        q->c
        "#,
        100,
        |engine, trace| {
            engine.run_until(Micros(50_000), trace);
            let mut faster = super::support::consumer("c", 2, 4, mq_playground::scenario::Distribution::Constant(5.0));
            engine.apply(&Action::PutNode(faster.clone()), trace).unwrap();
            if let NodeSettings::Consumer(settings) = &mut faster.settings {
                settings.concurrency = 1;
            }
            engine.apply(&Action::PutNode(super::support::producer("p", Pattern::Once { count: 1 })), trace).unwrap();
            engine.apply(&Action::PutNode(faster), trace).unwrap();
        },
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1
                  20 p>q publish 2
                  20 q enqueue 2
                  30 c processed 1
                  30 c ack 1
                  30 q>c deliver 2
                  40 p>q publish 3
                  40 q enqueue 3
                  50 q>c deliver 3
                  50 p>q publish 4
                  50 q enqueue 4
                  50 q>c deliver 4
                  55 c processed 3
                  55 c ack 3
                  60 c processed 2
                  60 c ack 2
                  65 c processed 4
                  65 c ack 4
            made 4 acked 4 ready 0 unacked 0 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn a_broker_that_takes_time_to_restart() {
    run(
        r#"
        p {"pattern": {"constant": {"per_s": 100}}}
        q
        p->q
        "#,
        60,
        |engine, trace| {
            let slow = mq_playground::scenario::BrokerSettings { restart_ms: 20.0, ..Default::default() };
            engine.apply(&Action::SetBroker(slow), trace).unwrap();
            engine.run_until(Micros(15_000), trace);
            engine.apply(&crash("q"), trace).unwrap();
            engine.apply(&Action::Fault(Fault::Restart { node: Id::from("broker") }), trace).unwrap();
            // A second restart while the first is under way begins anew.
            engine.run_until(Micros(25_000), trace);
            engine.apply(&Action::Fault(Fault::Restart { node: Id::from("q") }), trace).unwrap();
        },
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                  10 p>q publish 2
                  10 q enqueue 2
                  15 broker crash
                  20 p>q publish 3
                  20 q drop 3, lost_in_crash
                  30 p>q publish 4
                  30 q drop 4, lost_in_crash
                  40 p>q publish 5
                  40 q drop 5, lost_in_crash
                  45 broker restart
                  50 p>q publish 6
                  50 q enqueue 6
            made 6 acked 0 ready 3 unacked 0 in transit 0 dropped 3
        "#]],
    );
}

#[test]
fn actions_on_what_is_not_there_change_nothing() {
    let mut engine = Engine::new(&mq_playground::scenario::Scenario { nodes: vec![queue("q")], ..Default::default() });
    let hash = engine.trace_hash();
    let mut trace = Trace::default();
    for action in [
        crash("x"),
        Action::RemoveNode(Id::from("x")),
        Action::RemoveEdge(Id::from("x")),
        Action::PutEdge(super::support::edge("x", "q", mq_playground::scenario::EdgeKind::Publish, 0.0)),
    ] {
        assert!(engine.apply(&action, &mut trace).is_err(), "{action:?}");
    }
    assert_eq!(engine.trace_hash(), hash);
}

#[test]
fn an_exchange_gives_each_queue_a_copy() {
    run(
        r#"
        p {"pattern": {"once": {"count": 1}}, "message": {"routing_keys": [{"key": "order.paid"}]}}
        x {"type": "topic"}
        x2 {"type": "fanout"}
        q
        q2
        q3
        p->x 5
        x->q order.*
        x->x2 #.paid
        x2->q2
        x2->q
        x->q3 order
        "#,
        10,
        nothing,
        expect![[r#"
                   0 p>x publish 1, arrives 5
                   5 x>x2 routed 1
                   5 x>q routed 1
                   5 q enqueue 1
                   5 x2>q2 routed 2
                   5 q2 enqueue 2
            made 2 acked 0 ready 2 unacked 0 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn what_dies_goes_to_the_dead_letter_exchange() {
    run(
        r#"
        p {"pattern": {"once": {"count": 3}}}
        q {"max_length": 2, "ttl_ms": 10, "dead_letter_exchange": "x"}
        x {"type": "fanout"}
        q-dead {"ttl_ms": 15, "dead_letter_exchange": "", "dead_letter_routing_key": "q"}
        p->q
        x->q-dead
        "#,
        40,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 p>q publish 2
                   0 q enqueue 2
                   0 p>q publish 3
                   0 q enqueue 3
                   0 q drop 1, maxlen
                   0 q dead-letter
                   0 x>q-dead routed 4
                   0 q-dead enqueue 4
                  10 q drop 2, expired
                  10 q drop 3, expired
                  10 q dead-letter
                  10 x>q-dead routed 5
                  10 q-dead enqueue 5
                  10 q dead-letter
                  10 x>q-dead routed 6
                  10 q-dead enqueue 6
                  15 q-dead drop 4, expired
                  15 q-dead dead-letter
                  25 q-dead drop 5, expired
                  25 q-dead drop 6, expired
                  25 q-dead dead-letter
                  25 q-dead dead-letter
            made 6 acked 0 ready 0 unacked 0 in transit 0 dropped 6
        "#]],
    );
}

#[test]
fn a_rejected_message_is_requeued_until_it_has_come_back_too_often() {
    run(
        r#"
        p {"pattern": {"once": {"count": 1}}}
        q {"type": "quorum", "delivery_limit": 1, "dead_letter_exchange": "", "dead_letter_routing_key": "q-dead"}
        q-dead
        c {"failure_rate": 1, "handler": [{"work": {"ms": {"constant": 5}}}]}
        p->q
        q->c 1
        "#,
        30,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1, arrives 1
                   6 c failed 1
                   7 q requeue 1
                   7 q>c redeliver 1, arrives 8
                  13 c failed 1
                  14 q drop 1, delivery_limit
                  14 q dead-letter
                  14 q-dead enqueue 2
            made 2 acked 0 ready 1 unacked 0 in transit 0 dropped 1
        "#]],
    );
}

#[test]
fn a_refused_message_is_published_again() {
    run(
        r#"
        p {"pattern": {"once": {"count": 2}}, "confirms": {"retry_ms": 10}}
        q {"max_length": 1, "overflow": "reject_publish"}
        c {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 12}}}]}
        p->q 1
        "#,
        5,
        |engine, trace| {
            engine.run_until(Micros(4_000), trace);
            engine
                .apply(&Action::PutEdge(Edge::new("q>c".into(), EdgeKind::Subscribe, "q".into(), "c".into())), trace)
                .unwrap();
            engine.run_until(Micros(30_000), trace);
        },
        expect![[r#"
                   0 p>q publish 1, arrives 1
                   0 p>q publish 2, arrives 1
                   1 q enqueue 1
                   1 q drop 2, publish_rejected
                   2 p nacked
                   4 q>c deliver 1
                  12 p>q publish 3, arrives 13
                  13 q enqueue 3
                  16 c processed 1
                  16 c ack 1
                  16 q>c deliver 3
                  28 c processed 3
                  28 c ack 3
            made 3 acked 2 ready 0 unacked 0 in transit 0 dropped 1
        "#]],
    );
}

#[test]
fn a_window_of_unconfirmed_messages_holds_the_rest_back() {
    run(
        r#"
        p {"pattern": {"once": {"count": 4}}, "confirms": {"max_unconfirmed": 2}}
        q
        p->q 3
        "#,
        20,
        nothing,
        expect![[r#"
                   0 p>q publish 1, arrives 3
                   0 p>q publish 2, arrives 3
                   3 q enqueue 1
                   3 q enqueue 2
                   6 p>q publish 3, arrives 9
                   6 p>q publish 4, arrives 9
                   9 q enqueue 3
                   9 q enqueue 4
            made 4 acked 0 ready 4 unacked 0 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn what_was_unconfirmed_in_a_crash_is_published_again() {
    run(
        r#"
        p {"pattern": {"once": {"count": 1}}, "confirms": {}, "message": {"persistent": false}}
        q
        p->q 5
        fault {"at_ms": 2, "for_ms": 10, "fault": {"crash": {"node": "broker"}}}
        "#,
        30,
        nothing,
        expect![[r#"
                   0 p>q publish 1, arrives 5
                   2 broker crash
                   2 q drop 1, lost_in_crash
                  12 broker restart
                  12 p>q publish 2, arrives 17
                  17 q enqueue 2
            made 2 acked 0 ready 1 unacked 0 in transit 0 dropped 1
        "#]],
    );
}

#[test]
fn a_memory_alarm_blocks_who_publishes() {
    run(
        r#"
        p {"pattern": {"constant": {"per_s": 100}}}
        q
        p->q
        fault {"at_ms": 15, "for_ms": 30, "fault": {"memory_alarm": {"node": "broker"}}}
        "#,
        55,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                  10 p>q publish 2
                  10 q enqueue 2
                  15 broker memory alarm set
                  45 broker memory alarm cleared
                  45 p>q publish 3
                  45 q enqueue 3
                  45 p>q publish 4
                  45 q enqueue 4
                  45 p>q publish 5
                  45 q enqueue 5
                  50 p>q publish 6
                  50 q enqueue 6
            made 6 acked 0 ready 6 unacked 0 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn an_unroutable_message_comes_back_if_it_is_mandatory() {
    run(
        r#"
        p {"pattern": {"once": {"count": 1}}, "message": {"mandatory": true}}
        x
        p->x 2
        "#,
        10,
        nothing,
        expect![[r#"
                   0 p>x publish 1, arrives 2
                   2 x drop 1, unroutable
                   4 p returned 1
            made 1 acked 0 ready 0 unacked 0 in transit 0 dropped 1
        "#]],
    );
}

#[test]
fn a_queue_that_nobody_uses_expires_and_is_declared_again() {
    run(
        r#"
        p {"pattern": {"constant": {"per_s": 100}}}
        q {"expires_ms": 15}
        c
        p->q
        "#,
        5,
        |engine, trace| {
            engine.run_until(Micros(25_000), trace);
            engine
                .apply(&Action::PutEdge(Edge::new("q>c".into(), EdgeKind::Subscribe, "q".into(), "c".into())), trace)
                .unwrap();
            engine.run_until(Micros(35_000), trace);
        },
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                  10 p>q publish 2
                  10 q enqueue 2
                  15 q deleted
                  15 q drop 1, queue_deleted
                  15 q drop 2, queue_deleted
                  20 p>q publish 3
                  20 q drop 3, unroutable
                  30 p>q publish 4
                  30 q enqueue 4
                  30 q>c deliver 4
            made 4 acked 0 ready 0 unacked 1 in transit 0 dropped 3
        "#]],
    );
}

#[test]
fn an_exclusive_consumer_keeps_others_off_until_it_goes() {
    run(
        r#"
        p {"pattern": {"constant": {"per_s": 100}}}
        q
        c {"exclusive": true, "handler": []}
        c2 {"handler": []}
        p->q
        q->c
        q->c2
        fault {"at_ms": 15, "fault": {"crash": {"node": "c"}}}
        "#,
        30,
        nothing,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1
                   0 c processed 1
                   0 c ack 1
                  10 p>q publish 2
                  10 q enqueue 2
                  10 q>c deliver 2
                  10 c processed 2
                  10 c ack 2
                  15 c crash
                  20 p>q publish 3
                  20 q enqueue 3
                  20 q>c2 deliver 3
                  20 c2 processed 3
                  20 c2 ack 3
            made 3 acked 3 ready 0 unacked 0 in transit 0 dropped 0
        "#]],
    );
}

#[test]
fn priorities_go_first_among_messages_and_among_consumers() {
    run(
        r#"
        p {"pattern": {"once": {"count": 2}}, "message": {"priority": 1}}
        p2 {"pattern": {"once": {"count": 2}}, "message": {"priority": 9}}
        q {"max_priority": 5}
        p->q
        p2->q
        c {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 10}}}]}
        c2 {"prefetch_count": 1, "priority": 3, "handler": [{"work": {"ms": {"constant": 7}}}]}
        "#,
        1,
        |engine, trace| {
            engine.run_until(Micros(1_000), trace);
            for to in ["c", "c2"] {
                let edge = Edge::new(Id(format!("q>{to}")), EdgeKind::Subscribe, "q".into(), to.into());
                engine.apply(&Action::PutEdge(edge), trace).unwrap();
            }
            engine.run_until(Micros(25_000), trace);
        },
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 p2>q publish 2
                   0 q enqueue 2
                   0 p>q publish 3
                   0 q enqueue 3
                   0 p2>q publish 4
                   0 q enqueue 4
                   1 q>c deliver 2
                   1 q>c2 deliver 4
                   8 c2 processed 4
                   8 c2 ack 4
                   8 q>c2 deliver 1
                  11 c processed 2
                  11 c ack 2
                  11 q>c deliver 3
                  15 c2 processed 1
                  15 c2 ack 1
                  21 c processed 3
                  21 c ack 3
            made 4 acked 4 ready 0 unacked 0 in transit 0 dropped 0
        "#]],
    );
}
