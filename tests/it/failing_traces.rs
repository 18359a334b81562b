//! What systems around the broker do when they fail, as traces that can be read.

use expect_test::{Expect, expect};
use mq_playground::base::Micros;
use mq_playground::engine::{Engine, NodeReport};
use mq_playground::scenario::{Id, format};
use serde_json::{Value, json};

use super::support::Trace;

/// Runs a scenario of these nodes, edges (from, to, kind, more) and faults, and shows what happened.
fn run(nodes: Value, edges: &[(&str, &str, &str, Value)], faults: Value, for_ms: u64, expected: Expect) -> Engine {
    let edges: Vec<Value> = edges
        .iter()
        .map(|(from, to, kind, more)| {
            let mut edge = json!({"id": format!("{from}>{to}"), "kind": kind, "from": from, "to": to});
            edge.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
            edge
        })
        .collect();
    let text = json!({"mq_scenario": 1, "seed": 1, "nodes": nodes, "edges": edges, "faults": faults});
    let scenario = format::from_value(text).unwrap_or_else(|problems| panic!("{problems:?}"));
    let (mut engine, mut trace) = (Engine::new(&scenario), Trace::default());
    engine.run_until(Micros(for_ms * 1_000), &mut trace);
    engine.audit().unwrap();
    let mut text = trace.text(&engine);
    for incident in engine.incidents() {
        let cost = incident.cost;
        let until = incident.ended_us.map_or_else(|| "…".to_owned(), |ended| ended.as_ms().to_string());
        text += &format!(
            "{} {:?} {}–{until}: requests {} calls {} messages {} copies {}\n",
            incident.place,
            incident.trouble,
            incident.began_us.as_ms(),
            cost.requests_failed,
            cost.calls_failed,
            cost.messages_failed,
            cost.copies_lost
        );
    }
    let ledger = engine.ledger();
    text += &format!("made {} acked {} dropped {}\n", ledger.made, ledger.acked, ledger.dropped.total());
    expected.assert_eq(&text);
    engine
}

fn client(count: u64, more: Value) -> Value {
    let mut settings = json!({"pattern": {"once": {"count": count}}});
    settings.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    json!({"id": "client", "kind": "client", "settings": settings})
}

fn service(id: &str, settings: Value) -> Value {
    json!({"id": id, "kind": "service", "settings": settings})
}

#[test]
fn a_late_answer_finds_nobody_and_the_work_for_it_was_in_vain() {
    run(
        json!([
            client(1, json!({"timeout_ms": 30, "retries": 1, "backoff": {"first_ms": 20}})),
            service("s", json!({"handler": [{"work": {"ms": 45}}]}))
        ]),
        &[("client", "s", "call", json!({"latency_ms": 5}))],
        json!([]),
        200,
        expect![[r#"
                   0 client>s request 1, arrives 5
                  30 client>s time-out 1
                  50 client>s answer 1, arrives 55
                  50 client>s request 3, arrives 55
                  80 client>s time-out 3
                  80 client failed 3
                 100 client>s answer 3, arrives 105
            s TimedOut 30–…: requests 1 calls 2 messages 0 copies 0
            made 0 acked 0 dropped 0
        "#]],
    );
}

#[test]
fn a_callers_slot_stays_taken_while_it_waits_and_a_full_backlog_refuses() {
    run(
        json!([
            client(3, json!({})),
            service("s", json!({"handler": [{"call": {"target": "slow"}}], "concurrency": 1, "backlog_limit": 1})),
            service("slow", json!({"handler": [{"work": {"ms": 50}}]})),
        ]),
        &[("client", "s", "call", json!({})), ("s", "slow", "call", json!({}))],
        json!([]),
        200,
        expect![[r#"
                   0 client>s request 1
                   0 client>s request 2
                   0 s>slow request 3
                   0 client>s request 4
                   0 client>s failure 4
                   0 client failed 4
                  50 s>slow answer 3
                  50 s>slow request 5
                  50 client>s answer 1
                  50 client succeeded 1
                 100 s>slow answer 5
                 100 client>s answer 2
                 100 client succeeded 2
            s BacklogFull 0–…: requests 1 calls 1 messages 0 copies 0
            made 0 acked 0 dropped 0
        "#]],
    );
}

#[test]
fn a_crash_breaks_what_a_service_works_on_and_what_waits() {
    run(
        json!([
            client(2, json!({})),
            service("s", json!({"handler": [{"work": {"ms": 50}}], "concurrency": 1, "restart_ms": 10}))
        ]),
        &[("client", "s", "call", json!({"latency_ms": 1}))],
        json!([{"at_ms": 20, "for_ms": 5, "fault": {"crash": {"node": "s"}}}]),
        200,
        expect![[r#"
                   0 client>s request 1, arrives 1
                   0 client>s request 2, arrives 1
                  20 s crash
                  20 client>s failure 1, arrives 21
                  20 client>s failure 2, arrives 21
                  21 client failed 1
                  21 client failed 2
                  35 s restart
            s Crashed 20–35: requests 2 calls 2 messages 0 copies 0
            made 0 acked 0 dropped 0
        "#]],
    );
}

#[test]
fn parts_of_a_parallel_step_go_on_at_once_and_the_last_one_ends_it() {
    run(
        json!([
            client(1, json!({})),
            service("s", json!({"handler": [{"parallel": [
                {"work": {"ms": 10}}, {"call": {"target": "a"}}, {"publish": {"target": "q", "ms": 7}}]}]})),
            service("a", json!({"handler": [{"work": {"ms": 20}}]})),
            {"id": "q", "kind": "queue"},
        ]),
        &[("client", "s", "call", json!({})), ("s", "a", "call", json!({})), ("s", "q", "publish", json!({}))],
        json!([]),
        200,
        expect![[r#"
                   0 client>s request 1
                   0 s>a request 2
                   7 s>q publish 1
                   7 q enqueue 1
                  20 s>a answer 2
                  20 client>s answer 1
                  20 client succeeded 1
            made 1 acked 0 dropped 0
        "#]],
    );
}

#[test]
fn a_stall_freezes_work_and_it_goes_on_where_it_stood() {
    run(
        json!([client(2, json!({})), service("s", json!({"handler": [{"work": {"ms": 50}}], "concurrency": 1}))]),
        &[("client", "s", "call", json!({}))],
        json!([{"at_ms": 20, "for_ms": 100, "fault": {"stall": {"node": "s"}}}]),
        300,
        expect![[r#"
                   0 client>s request 1
                   0 client>s request 2
                  20 s Stalled begins
                 120 s Stalled ends
                 150 client>s answer 1
                 150 client succeeded 1
                 200 client>s answer 2
                 200 client succeeded 2
            s Stalled 20–120: requests 0 calls 0 messages 0 copies 0
            made 0 acked 0 dropped 0
        "#]],
    );
}

#[test]
fn a_cut_call_edge_is_noticed_and_a_held_one_is_not() {
    for (fault, expected) in [
        (
            "cut",
            expect![[r#"
                       0 client>s request 1, arrives 20
                      25 client>s Cut begins
                      25 client failed 1
                     125 client>s Cut ends
                client>s Cut 25–125: requests 1 calls 1 messages 0 copies 0
                made 0 acked 0 dropped 0
            "#]],
        ),
        (
            "hold",
            expect![[r#"
                       0 client>s request 1, arrives 20
                      25 client>s Held begins
                      30 client>s answer 1, arrives 50
                     125 client>s Held ends
                     125 client succeeded 1
                client>s Held 25–125: requests 0 calls 0 messages 0 copies 0
                made 0 acked 0 dropped 0
            "#]],
        ),
    ] {
        run(
            json!([client(1, json!({})), service("s", json!({"handler": [{"work": {"ms": 10}}]}))]),
            &[("client", "s", "call", json!({"latency_ms": 20}))],
            json!([{"at_ms": 25, "for_ms": 100, "fault": {fault: {"edge": "client>s"}}}]),
            300,
            expected,
        );
    }
}

#[test]
fn a_cut_subscription_gives_back_what_was_unacked() {
    run(
        json!([
            {"id": "p", "kind": "producer", "settings": {"pattern": {"once": {"count": 2}}}},
            {"id": "q", "kind": "queue"},
            {"id": "c", "kind": "consumer", "settings": {"handler": [{"work": {"ms": 30}}]}},
        ]),
        &[("p", "q", "publish", json!({})), ("q", "c", "subscribe", json!({"latency_ms": 1}))],
        json!([{"at_ms": 10, "for_ms": 50, "fault": {"cut": {"edge": "q>c"}}}]),
        300,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1, arrives 1
                   0 p>q publish 2
                   0 q enqueue 2
                   0 q>c deliver 2, arrives 1
                  10 q>c Cut begins
                  10 q requeue 1
                  10 q requeue 2
                  31 c processed 1
                  60 q>c Cut ends
                  60 q>c redeliver 1, arrives 61
                  60 q>c redeliver 2, arrives 61
                  91 c processed 1
                  92 c ack 1
                 121 c processed 2
                 122 c ack 2
            q>c Cut 10–60: requests 0 calls 0 messages 0 copies 0
            made 2 acked 2 dropped 0
        "#]],
    );
}

#[test]
fn a_lost_delivery_stays_unacked_until_the_channel_closes() {
    let engine = run(
        json!([
            {"id": "p", "kind": "producer", "settings": {"pattern": {"once": {"count": 1}}}},
            {"id": "q", "kind": "queue"},
            {"id": "c", "kind": "consumer", "settings": {"handler": [{"work": {"ms": 30}}]}},
        ]),
        &[("p", "q", "publish", json!({})), ("q", "c", "subscribe", json!({"latency_ms": 1}))],
        json!([
            {"at_ms": 0, "for_ms": 10, "fault": {"loss": {"edge": "q>c", "rate": 1.0}}},
            {"at_ms": 50, "for_ms": 10, "fault": {"crash": {"node": "c"}}},
        ]),
        300,
        expect![[r#"
                   0 q>c Loss begins
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1, arrives 1
                   1 q>c lost 1
                  10 q>c Loss ends
                  50 c crash
                  50 q requeue 1
                  60 c restart
                  60 q>c redeliver 1, arrives 61
                  91 c processed 1
                  92 c ack 1
            q>c Loss 0–10: requests 0 calls 0 messages 0 copies 0
            c Crashed 50–60: requests 0 calls 0 messages 0 copies 0
            made 1 acked 1 dropped 0
        "#]],
    );
    assert_eq!(engine.edge_report(&Id::from("q>c")).unwrap().lost, 1);
}

#[test]
fn an_overloaded_database_slows_down_or_rejects_or_crashes() {
    for (overload, expected) in [
        (
            "slow_down",
            expect![[r#"
                       0 client>d request 1
                       0 client>d request 2
                       0 client>d request 3
                      10 client>d answer 1
                      10 client>d answer 2
                      10 client succeeded 1
                      10 client succeeded 2
                    1010 client>d answer 3
                    1010 client succeeded 3
                d OverCapacity 0–0: requests 0 calls 0 messages 0 copies 0
                made 0 acked 0 dropped 0
            "#]],
        ),
        (
            "reject",
            expect![[r#"
                       0 client>d request 1
                       0 client>d request 2
                       0 client>d request 3
                       0 client>d failure 3
                       0 client failed 3
                      10 client>d answer 1
                      10 client>d answer 2
                      10 client succeeded 1
                      10 client succeeded 2
                d OverCapacity 0–0: requests 1 calls 1 messages 0 copies 0
                made 0 acked 0 dropped 0
            "#]],
        ),
        (
            "crash",
            expect![[r#"
                       0 client>d request 1
                       0 client>d request 2
                       0 client>d request 3
                       0 d crash
                       0 client>d failure 1
                       0 client>d failure 2
                       0 client>d failure 3
                       0 client failed 1
                       0 client failed 2
                       0 client failed 3
                     300 d restart
                d Overloaded 0–300: requests 3 calls 3 messages 0 copies 0
                made 0 acked 0 dropped 0
            "#]],
        ),
    ] {
        run(
            json!([client(3, json!({})), {"id": "d", "kind": "database", "settings": {
                "latency_ms": 10, "capacity_per_s": 2, "overload": overload, "restart_ms": 300}}]),
            &[("client", "d", "call", json!({}))],
            json!([]),
            2_000,
            expected,
        );
    }
}

#[test]
fn what_fails_waits_in_the_delay_queue_and_is_rejected_after_so_many_tries() {
    let engine = run(
        json!([
            {"id": "p", "kind": "producer", "settings": {"pattern": {"once": {"count": 1}}}},
            {"id": "q", "kind": "queue", "settings": {"dead_letter_exchange": "", "dead_letter_routing_key": "dead"}},
            {"id": "later", "kind": "queue", "settings": {"dead_letter_exchange": "", "dead_letter_routing_key": "q"}},
            {"id": "dead", "kind": "queue"},
            {"id": "c", "kind": "consumer", "settings": {
                "handler": [{"work": {"ms": 5}}], "on_failure": "retry",
                "retry": {"queue": "later", "tries": 3, "backoff": {"first_ms": 100, "factor": 2}}}},
        ]),
        &[("p", "q", "publish", json!({})), ("q", "c", "subscribe", json!({})), ("c", "later", "publish", json!({}))],
        json!([{"at_ms": 0, "fault": {"poison_message": {"node": "p"}}}]),
        1_000,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1
                   5 c failed 1
                   5 c>later publish 2
                   5 later enqueue 2
                   5 c ack 1
                 105 later drop 2, expired
                 105 later dead-letter
                 105 q enqueue 3
                 105 q>c deliver 3
                 110 c failed 3
                 110 c>later publish 4
                 110 later enqueue 4
                 110 c ack 3
                 310 later drop 4, expired
                 310 later dead-letter
                 310 q enqueue 5
                 310 q>c deliver 5
                 315 c failed 5
                 315 q drop 5, rejected
                 315 q dead-letter
                 315 dead enqueue 6
            c Poison 5–…: requests 0 calls 0 messages 3 copies 0
            made 6 acked 2 dropped 3
        "#]],
    );
    match engine.node_report(&Id::from("dead")) {
        Some(NodeReport::Queue(dead)) => assert_eq!(dead.ready, 1),
        other => panic!("no queue: {other:?}"),
    }
}

#[test]
fn batches_are_taken_at_multiples_of_the_interval_and_only_what_is_not_held_yet() {
    run(
        json!([
            {"id": "p", "kind": "producer", "settings": {"pattern": {"once": {"count": 5}}}},
            {"id": "q", "kind": "queue"},
            {"id": "c", "kind": "consumer", "settings": {
                "batch_size": 2, "interval_ms": 100, "concurrency": 1, "handler": [{"work": {"ms": 80}}]}},
        ]),
        &[("p", "q", "publish", json!({})), ("q", "c", "subscribe", json!({}))],
        json!([]),
        420,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 p>q publish 2
                   0 q enqueue 2
                   0 p>q publish 3
                   0 q enqueue 3
                   0 p>q publish 4
                   0 q enqueue 4
                   0 p>q publish 5
                   0 q enqueue 5
                 100 q>c deliver 1
                 100 q>c deliver 2
                 180 c processed 1
                 180 c ack 1
                 200 q>c deliver 3
                 260 c processed 2
                 260 c ack 2
                 300 q>c deliver 4
                 340 c processed 3
                 340 c ack 3
                 400 q>c deliver 5
            made 5 acked 3 dropped 0
        "#]],
    );
}

#[test]
fn a_broker_that_stands_still_takes_what_has_come_when_it_goes_on() {
    run(
        json!([
            {"id": "p", "kind": "producer", "settings": {"pattern": {"constant": {"per_s": 50}}}},
            {"id": "q", "kind": "queue"},
            {"id": "c", "kind": "consumer", "settings": {"handler": [{"work": {"ms": 5}}]}},
        ]),
        &[("p", "q", "publish", json!({})), ("q", "c", "subscribe", json!({}))],
        json!([{"at_ms": 10, "for_ms": 45, "fault": {"stall": {"node": "broker"}}}]),
        70,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 q>c deliver 1
                   5 c processed 1
                   5 c ack 1
                  10 broker Stalled begins
                  20 p>q publish 2
                  40 p>q publish 3
                  55 broker Stalled ends
                  55 q enqueue 2
                  55 q>c deliver 2
                  55 q enqueue 3
                  55 q>c deliver 3
                  60 p>q publish 4
                  60 q enqueue 4
                  60 q>c deliver 4
                  60 c processed 2
                  60 c ack 2
                  65 c processed 3
                  65 c ack 3
            broker Stalled 10–55: requests 0 calls 0 messages 0 copies 0
            made 4 acked 3 dropped 0
        "#]],
    );
}

#[test]
fn the_loss_of_the_disk_takes_even_what_is_durable() {
    run(
        json!([
            {"id": "p", "kind": "producer", "settings": {"pattern": {"once": {"count": 2}}}},
            {"id": "q", "kind": "queue"},
        ]),
        &[("p", "q", "publish", json!({}))],
        json!([{"at_ms": 10, "for_ms": 5, "fault": {"disk_loss": {"node": "broker"}}}]),
        30,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   0 p>q publish 2
                   0 q enqueue 2
                  10 broker crash
                  10 broker DiskLost begins
                  10 q drop 1, lost_in_crash
                  10 q drop 2, lost_in_crash
                  15 broker restart
            broker Crashed 10–15: requests 0 calls 0 messages 0 copies 0
            broker DiskLost 10–15: requests 0 calls 0 messages 0 copies 2
            made 2 acked 0 dropped 2
        "#]],
    );
}

#[test]
fn a_crash_ends_a_stall() {
    run(
        json!([
            {"id": "p", "kind": "producer", "settings": {"pattern": {"constant": {"per_s": 50}}}},
            {"id": "q", "kind": "queue"},
        ]),
        &[("p", "q", "publish", json!({}))],
        json!([
            {"at_ms": 5, "fault": {"stall": {"node": "p"}}},
            {"at_ms": 50, "for_ms": 20, "fault": {"crash": {"node": "p"}}},
        ]),
        120,
        expect![[r#"
                   0 p>q publish 1
                   0 q enqueue 1
                   5 p Stalled begins
                  50 p crash
                  70 p restart
                  70 p>q publish 2
                  70 q enqueue 2
                  90 p>q publish 3
                  90 q enqueue 3
                 110 p>q publish 4
                 110 q enqueue 4
            p Stalled 5–50: requests 0 calls 0 messages 0 copies 0
            p Crashed 50–70: requests 0 calls 0 messages 0 copies 0
            made 4 acked 0 dropped 0
        "#]],
    );
}

#[test]
fn chaos_is_the_same_for_the_same_seed() {
    let scenario = |seed: u64| {
        let text = json!({
            "mq_scenario": 1, "seed": seed, "chaos": {"faults_per_min": 60, "mean_ms": 500},
            "nodes": [
                {"id": "p", "kind": "producer"}, {"id": "q", "kind": "queue"}, {"id": "c", "kind": "consumer"},
                {"id": "client", "kind": "client"}, {"id": "s", "kind": "service"},
            ],
            "edges": [
                {"id": "1", "kind": "publish", "from": "p", "to": "q"}, {"id": "2", "kind": "subscribe", "from": "q", "to": "c"},
                {"id": "3", "kind": "call", "from": "client", "to": "s"},
            ],
        });
        let mut engine = Engine::new(&format::from_value(text).unwrap());
        engine.run_until(Micros(60_000_000), &mut mq_playground::engine::Unobserved);
        engine.audit().unwrap();
        (engine.trace_hash(), engine.incidents().len())
    };
    let (hash, incidents) = scenario(1);
    assert_eq!(scenario(1).0, hash);
    assert_ne!(scenario(2).0, hash);
    // One a second, on average; several may be of one spell.
    assert!((30..90).contains(&incidents), "{incidents}");
}
