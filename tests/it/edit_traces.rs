//! What an edit of a running system does to the messages, acks, requests and answers that are under way: each row of the
//! table in `docs/model.md`, as a trace that can be read. The ledger stands before and after the edit and at the end.

use expect_test::{Expect, expect};
use mq_playground::base::Micros;
use mq_playground::engine::{Action, DropReason, Engine, NodeReport};
use mq_playground::scenario::{Id, Scenario, format};
use serde_json::{Value, json};

use super::support::Trace;

/// One edit.
enum Edit {
    /// The node or the edge is removed.
    Remove(&'static str),
    /// The node or the edge has these settings instead of those that it had.
    Set(&'static str, Value),
    /// Everything that is not there, or is not so any more, is as it was in the beginning.
    Undo,
}

use Edit::{Remove, Set, Undo};

fn document(nodes: &[Value], edges: &[Value]) -> Scenario {
    let text = json!({"mq_scenario": 1, "seed": 1, "nodes": nodes, "edges": edges});
    format::from_value(text).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Writes new settings over those of a part of the document.
fn set(parts: &mut [Value], id: &str, under: Option<&str>, new: &Value) -> bool {
    let Some(part) = parts.iter_mut().find(|part| part["id"] == id) else { return false };
    let settings = match under {
        Some(key) => part.as_object_mut().unwrap().entry(key).or_insert_with(|| json!({})),
        None => part,
    };
    settings.as_object_mut().unwrap().extend(new.as_object().unwrap().clone());
    true
}

fn ledger(engine: &Engine) -> String {
    let ledger = engine.ledger();
    let mut text = format!(
        "made {} acked {} ready {} unacked {} in transit {}",
        ledger.made, ledger.acked, ledger.ready, ledger.unacked, ledger.in_transit
    );
    for reason in DropReason::ALL.into_iter().filter(|reason| ledger.dropped.of(*reason) > 0) {
        text += &format!(" {} {}", reason.name(), ledger.dropped.of(reason));
        for (id, report) in engine.report().nodes {
            if report.dropped().of(reason) > 0 {
                text += &format!(" ({id} {})", report.dropped().of(reason));
            }
        }
    }
    text + "\n"
}

/// Runs a scenario of these nodes and edges (from, to, kind, latency in milliseconds), makes edits at a time, and shows
/// what happened from then on.
fn run(
    nodes: &[Value],
    edges: &[(&str, &str, &str, u32)],
    at_ms: u64,
    edits: &[Edit],
    for_ms: u64,
    expected: Expect,
) -> Engine {
    let mut nodes = nodes.to_vec();
    let mut edges: Vec<Value> = edges
        .iter()
        .map(|(from, to, kind, latency)| {
            let mut edge = json!({"id": format!("{from}>{to}"), "kind": kind, "from": from, "to": to});
            if *kind != "bind" {
                edge["latency_ms"] = json!(latency);
            }
            edge
        })
        .collect();
    let beginning = document(&nodes, &edges);
    let (mut engine, mut trace) = (Engine::new(&beginning), Trace::default());
    engine.run_until(Micros(at_ms * 1_000), &mut trace);
    let mut text = format!("before: {}", ledger(&engine));
    let mut trace = Trace::default();
    for edit in edits {
        let actions = match edit {
            Remove(id) if beginning.edge(&Id::from(*id)).is_some() => vec![Action::RemoveEdge(Id::from(*id))],
            Remove(id) => vec![Action::RemoveNode(Id::from(*id))],
            Set(id, new) => {
                let is_edge = !set(&mut nodes, id, Some("settings"), new) && set(&mut edges, id, None, new);
                let document = document(&nodes, &edges);
                let id = Id::from(*id);
                vec![if is_edge {
                    Action::PutEdge(document.edge(&id).unwrap().clone())
                } else {
                    Action::PutNode(document.node(&id).unwrap().clone())
                }]
            }
            Undo => {
                let nodes = beginning.nodes.iter().cloned().map(Action::PutNode);
                nodes.chain(beginning.edges.iter().cloned().map(Action::PutEdge)).collect()
            }
        };
        for action in actions {
            engine.apply(&action, &mut trace).unwrap();
            engine.audit().unwrap();
        }
    }
    text += &format!("after:  {}", ledger(&engine));
    while engine.next_event_at().is_some_and(|next| next < Micros(for_ms * 1_000)) {
        engine.step(&mut trace);
        engine.audit().unwrap();
    }
    text += &trace.text(&engine);
    text += &format!("end:    {}", ledger(&engine));
    expected.assert_eq(&text);
    engine
}

fn node(id: &str, kind: &str, settings: Value) -> Value {
    json!({"id": id, "kind": kind, "settings": settings})
}

fn once(id: &str, count: u64) -> Value {
    node(id, "producer", json!({"pattern": {"once": {"count": count}}}))
}

fn steady(id: &str) -> Value {
    node(id, "producer", json!({"pattern": {"constant": {"per_s": 100}}}))
}

fn queue(settings: Value) -> Value {
    node("q", "queue", settings)
}

/// A consumer that works for so long on each message, on one at a time.
fn consumer(id: &str, ms: u32, more: Value) -> Value {
    let mut settings = json!({"handler": [{"work": {"ms": ms}}]});
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    node(id, "consumer", settings)
}

fn client(count: u64) -> Value {
    node("client", "client", json!({"pattern": {"once": {"count": count}}}))
}

fn service(id: &str, settings: Value) -> Value {
    node(id, "service", settings)
}

// ---- edges ----

#[test]
fn a_publish_edge_goes_with_what_is_on_it_and_its_confirms_are_awaited_no_more() {
    let confirming = node(
        "p",
        "producer",
        json!({"pattern": {"constant": {"per_s": 100}}, "confirms": {"max_unconfirmed": 9, "retry": true}}),
    );
    let engine = run(
        &[confirming, queue(json!({}))],
        &[("p", "q", "publish", 8)],
        // 1 and 2 are in the queue, the confirm of 2 is on its way back, and 3 is on its way there.
        22,
        &[Remove("p>q")],
        60,
        expect![[r#"
            before: made 3 acked 0 ready 2 unacked 0 in transit 1
            after:  made 3 acked 0 ready 2 unacked 0 in transit 0 edge_removed 1 (p 1)
                  22 p drop 3, edge_removed
            end:    made 3 acked 0 ready 2 unacked 0 in transit 0 edge_removed 1 (p 1)
        "#]],
    );
    let Some(NodeReport::Producer(report)) = engine.node_report(&"p".into()) else { panic!("a producer") };
    assert_eq!((report.published, report.confirmed, report.unconfirmed, report.held_back), (3, 1, 0, 0));
}

#[test]
fn a_subscribe_edge_goes_and_deliveries_on_it_return_while_acks_on_it_count() {
    run(
        &[once("p", 5), queue(json!({})), consumer("c", 10, json!({"prefetch_count": 3}))],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 6)],
        // The ack of 1 is on its way back, 2 is worked on, 3 waits in the consumer's hands.
        18,
        &[Remove("q>c")],
        60,
        expect![[r#"
            before: made 5 acked 0 ready 2 unacked 3 in transit 0
            after:  made 5 acked 1 ready 2 unacked 2 in transit 0
                  18 c ack 1
                  26 c processed 2
                  26 c ack 2
                  36 c processed 3
                  36 c ack 3
            end:    made 5 acked 3 ready 2 unacked 0 in transit 0
        "#]],
    );
    run(
        &[steady("p"), queue(json!({})), consumer("c", 10, json!({"prefetch_count": 9}))],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 15)],
        // Two deliveries are on their way.
        12,
        &[Remove("p>q"), Remove("q>c")],
        60,
        expect![[r#"
            before: made 2 acked 0 ready 0 unacked 2 in transit 0
            after:  made 2 acked 0 ready 2 unacked 0 in transit 0
                  12 q requeue 1
                  12 q requeue 2
            end:    made 2 acked 0 ready 2 unacked 0 in transit 0
        "#]],
    );
}

#[test]
fn automatically_acked_deliveries_on_a_removed_edge_are_lost() {
    run(
        &[steady("p"), queue(json!({})), consumer("c", 12, json!({"ack_mode": "auto"}))],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 6)],
        // 1 is worked on, 2 waits in the consumer's hands, 3 is on its way.
        23,
        &[Remove("q>c"), Remove("p>q")],
        60,
        expect![[r#"
            before: made 3 acked 1 ready 0 unacked 0 in transit 2
            after:  made 3 acked 1 ready 0 unacked 0 in transit 1 edge_removed 1 (c 1)
                  23 c drop 3, edge_removed
                  30 c processed 2
                  30 c ack 2
            end:    made 3 acked 2 ready 0 unacked 0 in transit 0 edge_removed 1 (c 1)
        "#]],
    );
}

#[test]
fn a_binding_carries_nothing_and_its_absence_is_felt_by_the_next_message() {
    run(
        &[steady("p"), node("x", "exchange", json!({"type": "fanout"})), queue(json!({}))],
        &[("p", "x", "publish", 5), ("x", "q", "bind", 0)],
        12,
        &[Remove("x>q")],
        30,
        expect![[r#"
            before: made 2 acked 0 ready 1 unacked 0 in transit 1
            after:  made 2 acked 0 ready 1 unacked 0 in transit 1
                  15 x drop 2, unroutable
                  20 p>x publish 3, arrives 25
                  25 x drop 3, unroutable
            end:    made 3 acked 0 ready 1 unacked 0 in transit 0 unroutable 2 (x 2)
        "#]],
    );
}

#[test]
fn a_call_edge_goes_and_calls_on_it_fail_at_once() {
    run(
        &[client(2), service("s", json!({"handler": [{"work": {"ms": 10}}], "concurrency": 1}))],
        &[("client", "s", "call", 8)],
        // The answer to 1 is on its way back, 2 is worked on: for nobody.
        20,
        &[Remove("client>s")],
        60,
        expect![[r#"
            before: made 0 acked 0 ready 0 unacked 0 in transit 0
            after:  made 0 acked 0 ready 0 unacked 0 in transit 0
                  20 client failed 1
                  20 client failed 2
            end:    made 0 acked 0 ready 0 unacked 0 in transit 0
        "#]],
    );
}

#[test]
fn an_edge_that_leads_elsewhere_is_another_one() {
    run(
        &[once("p", 3), queue(json!({})), node("r", "queue", json!({}))],
        &[("p", "q", "publish", 9)],
        5,
        &[Set("p", json!({"pattern": {"constant": {"per_s": 100}}})), Set("p>q", json!({"to": "r"}))],
        40,
        expect![[r#"
            before: made 3 acked 0 ready 0 unacked 0 in transit 3
            after:  made 3 acked 0 ready 0 unacked 0 in transit 0 edge_removed 3 (p 3)
                   5 p drop 1, edge_removed
                   5 p drop 2, edge_removed
                   5 p drop 3, edge_removed
                  10 p>q publish 4, arrives 19
                  19 r enqueue 4
                  20 p>q publish 5, arrives 29
                  29 r enqueue 5
                  30 p>q publish 6, arrives 39
                  39 r enqueue 6
            end:    made 6 acked 0 ready 3 unacked 0 in transit 0 edge_removed 3 (p 3)
        "#]],
    );
}

#[test]
fn another_latency_is_for_what_sets_off_and_nothing_overtakes() {
    for (latency, expected) in [
        (
            2,
            expect![[r#"
        before: made 2 acked 0 ready 0 unacked 0 in transit 2
        after:  made 2 acked 0 ready 0 unacked 0 in transit 2
              20 p>q publish 3, arrives 35
              25 q enqueue 1
              30 p>q publish 4, arrives 35
              35 q enqueue 2
              35 q enqueue 3
              35 q enqueue 4
              40 p>q publish 5, arrives 42
              42 q enqueue 5
              50 p>q publish 6, arrives 52
              52 q enqueue 6
        end:    made 6 acked 0 ready 6 unacked 0 in transit 0
    "#]],
        ),
        (
            40,
            expect![[r#"
        before: made 2 acked 0 ready 0 unacked 0 in transit 2
        after:  made 2 acked 0 ready 0 unacked 0 in transit 2
              20 p>q publish 3, arrives 60
              25 q enqueue 1
              30 p>q publish 4, arrives 70
              35 q enqueue 2
              40 p>q publish 5, arrives 80
              50 p>q publish 6, arrives 90
        end:    made 6 acked 0 ready 2 unacked 0 in transit 4
    "#]],
        ),
    ] {
        run(
            &[steady("p"), queue(json!({}))],
            &[("p", "q", "publish", 25)],
            15,
            &[Set("p>q", json!({"latency_ms": latency}))],
            60,
            expected,
        );
    }
}

#[test]
fn a_step_that_waits_for_a_confirm_fails_with_the_edge() {
    run(
        &[
            once("p", 1),
            queue(json!({})),
            node("c", "consumer", json!({"handler": [{"publish": {"target": "r", "ms": 5, "confirm": true}}]})),
            node("r", "queue", json!({})),
        ],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0), ("c", "r", "publish", 4)],
        // The copy is on its way to the other queue.
        7,
        &[Set("c", json!({"on_failure": "reject"})), Remove("c>r")],
        60,
        expect![[r#"
            before: made 2 acked 0 ready 0 unacked 1 in transit 1
            after:  made 2 acked 0 ready 0 unacked 0 in transit 0 rejected 1 (q 1) edge_removed 1 (c 1)
                   7 c drop 2, edge_removed
                   7 c failed 1
                   7 q drop 1, rejected
            end:    made 2 acked 0 ready 0 unacked 0 in transit 0 rejected 1 (q 1) edge_removed 1 (c 1)
        "#]],
    );
}

#[test]
fn a_call_is_tried_again_on_the_connection_that_there_is_then() {
    for (edits, expected) in [
        (
            &[Remove("client>s")][..],
            expect![[r#"
            before: made 0 acked 0 ready 0 unacked 0 in transit 0
            after:  made 0 acked 0 ready 0 unacked 0 in transit 0
                  15 client failed 3
            end:    made 0 acked 0 ready 0 unacked 0 in transit 0
        "#]],
        ),
        (
            &[Remove("client>s"), Undo][..],
            expect![[r#"
            before: made 0 acked 0 ready 0 unacked 0 in transit 0
            after:  made 0 acked 0 ready 0 unacked 0 in transit 0
                  15 client>s request 3, arrives 16
                  46 client>s answer 3, arrives 47
                  47 client succeeded 3
            end:    made 0 acked 0 ready 0 unacked 0 in transit 0
        "#]],
        ),
        (
            &[Remove("s"), Undo][..],
            expect![[r#"
            before: made 0 acked 0 ready 0 unacked 0 in transit 0
            after:  made 0 acked 0 ready 0 unacked 0 in transit 0
                  15 client>s request 3, arrives 16
                  46 client>s answer 3, arrives 47
                  47 client succeeded 3
            end:    made 0 acked 0 ready 0 unacked 0 in transit 0
        "#]],
        ),
    ] {
        let pattern = json!({"once": {"count": 1}});
        let backoff = json!({"first_ms": 10, "jitter": 0});
        run(
            &[
                node("client", "client", json!({"pattern": pattern, "retries": 1, "backoff": backoff})),
                service("s", json!({"handler": [{"work": {"ms": 30}}]})),
            ],
            &[("client", "s", "call", 1)],
            5,
            edits,
            60,
            expected,
        );
    }
}

// ---- nodes ----

#[test]
fn a_queue_goes_with_its_backlog_and_acks_for_it_are_in_vain() {
    run(
        &[steady("p"), queue(json!({})), consumer("c", 22, json!({"prefetch_count": 2}))],
        &[("p", "q", "publish", 5), ("q", "c", "subscribe", 1)],
        // 1 is worked on, 2 is in the consumer's hands, 3 and 4 wait, 5 is on its way.
        42,
        &[Remove("q")],
        80,
        expect![[r#"
            before: made 5 acked 1 ready 1 unacked 2 in transit 1
            after:  made 5 acked 1 ready 0 unacked 0 in transit 0 queue_deleted 3 edge_removed 1 (p 1)
                  42 p drop 5, edge_removed
                  42 q deleted
                  42 q drop 2, queue_deleted
                  42 q drop 3, queue_deleted
                  42 q drop 4, queue_deleted
                  50 c processed 2
            end:    made 5 acked 1 ready 0 unacked 0 in transit 0 queue_deleted 3 edge_removed 1 (p 1)
        "#]],
    );
}

#[test]
fn a_queue_that_is_its_last_consumers_goes_with_the_edge() {
    run(
        &[once("p", 3), queue(json!({"exclusive": true})), consumer("c", 10, json!({"prefetch_count": 1}))],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0)],
        5,
        // Nothing is left then for the removal of the queue.
        &[Remove("q>c"), Remove("q")],
        40,
        expect![[r#"
            before: made 3 acked 0 ready 2 unacked 1 in transit 0
            after:  made 3 acked 0 ready 0 unacked 0 in transit 0 queue_deleted 3
                   5 q deleted
                   5 q drop 1, queue_deleted
                   5 q drop 2, queue_deleted
                   5 q drop 3, queue_deleted
                  10 c processed 1
            end:    made 3 acked 0 ready 0 unacked 0 in transit 0 queue_deleted 3
        "#]],
    );
}

#[test]
fn a_consumer_goes_and_gives_back_what_it_had_not_acked() {
    for (ack_mode, expected) in [
        (
            "manual",
            expect![[r#"
        before: made 4 acked 0 ready 2 unacked 2 in transit 0
        after:  made 4 acked 1 ready 3 unacked 0 in transit 0
              14 c ack 1
              14 q requeue 2
        end:    made 4 acked 1 ready 3 unacked 0 in transit 0
    "#]],
        ),
        (
            "auto",
            expect![[r#"
        before: made 4 acked 1 ready 0 unacked 0 in transit 3
        after:  made 4 acked 1 ready 0 unacked 0 in transit 0 node_removed 3
              14 c drop 2, node_removed
              14 c drop 3, node_removed
              14 c drop 4, node_removed
        end:    made 4 acked 1 ready 0 unacked 0 in transit 0 node_removed 3
    "#]],
        ),
    ] {
        run(
            &[once("p", 4), queue(json!({})), consumer("c", 10, json!({"prefetch_count": 2, "ack_mode": ack_mode}))],
            &[("p", "q", "publish", 0), ("q", "c", "subscribe", 3)],
            // The ack of 1 is on its way; 2 is worked on.
            14,
            &[Remove("c")],
            60,
            expected,
        );
    }
}

#[test]
fn a_producer_goes_with_what_it_had_under_way() {
    run(
        &[steady("p"), queue(json!({}))],
        &[("p", "q", "publish", 15)],
        22,
        &[Remove("p")],
        60,
        expect![[r#"
        before: made 3 acked 0 ready 1 unacked 0 in transit 2
        after:  made 3 acked 0 ready 1 unacked 0 in transit 0 edge_removed 2
              22 p drop 2, edge_removed
              22 p drop 3, edge_removed
        end:    made 3 acked 0 ready 1 unacked 0 in transit 0 edge_removed 2
    "#]],
    );
}

#[test]
fn an_exchange_goes_with_its_bindings_and_queues_keep_what_they_have() {
    run(
        &[steady("p"), node("x", "exchange", json!({"type": "fanout"})), queue(json!({}))],
        &[("p", "x", "publish", 15), ("x", "q", "bind", 0)],
        22,
        &[Remove("x")],
        60,
        expect![[r#"
            before: made 3 acked 0 ready 1 unacked 0 in transit 2
            after:  made 3 acked 0 ready 1 unacked 0 in transit 0 edge_removed 2 (p 2)
                  22 p drop 2, edge_removed
                  22 p drop 3, edge_removed
            end:    made 3 acked 0 ready 1 unacked 0 in transit 0 edge_removed 2 (p 2)
        "#]],
    );
}

#[test]
fn a_client_goes_and_its_requests_have_failed() {
    run(
        &[client(2), service("s", json!({"handler": [{"work": {"ms": 10}}], "concurrency": 1}))],
        &[("client", "s", "call", 3)],
        5,
        &[Remove("client")],
        60,
        expect![[r#"
            before: made 0 acked 0 ready 0 unacked 0 in transit 0
            after:  made 0 acked 0 ready 0 unacked 0 in transit 0
                   5 client failed 1
                   5 client failed 2
            end:    made 0 acked 0 ready 0 unacked 0 in transit 0
        "#]],
    );
}

#[test]
fn a_service_goes_and_its_callers_are_told() {
    run(
        &[
            client(2),
            service("s", json!({"handler": [{"call": {"target": "t"}}], "concurrency": 1})),
            service("t", json!({"handler": [{"work": {"ms": 20}}]})),
        ],
        &[("client", "s", "call", 1), ("s", "t", "call", 1)],
        8,
        &[Remove("s")],
        60,
        expect![[r#"
            before: made 0 acked 0 ready 0 unacked 0 in transit 0
            after:  made 0 acked 0 ready 0 unacked 0 in transit 0
                   8 client failed 1
                   8 client failed 2
            end:    made 0 acked 0 ready 0 unacked 0 in transit 0
        "#]],
    );
}

#[test]
fn a_database_goes_and_calls_to_it_fail() {
    run(
        &[
            client(1),
            service("s", json!({"handler": [{"call": {"target": "d"}}], "redeploy_ms": 0})),
            node("d", "database", json!({"latency_ms": 20})),
        ],
        &[("client", "s", "call", 1), ("s", "d", "call", 1)],
        8,
        &[Remove("d")],
        60,
        expect![[r#"
            before: made 0 acked 0 ready 0 unacked 0 in transit 0
            after:  made 0 acked 0 ready 0 unacked 0 in transit 0
                   8 client>s failure 1, arrives 9
                   9 client failed 1
            end:    made 0 acked 0 ready 0 unacked 0 in transit 0
        "#]],
    );
}

// ---- settings of queues and exchanges ----

#[test]
fn a_lower_limit_drops_at_once_where_the_queue_drops_its_head() {
    for (overflow, expected) in [
        (
            "drop_head",
            expect![[r#"
        before: made 4 acked 0 ready 4 unacked 0 in transit 0
        after:  made 4 acked 0 ready 2 unacked 0 in transit 0 maxlen 2 (q 2)
              35 q drop 1, maxlen
              35 q drop 2, maxlen
              40 p>q publish 5
              40 q enqueue 5
              40 q drop 3, maxlen
        end:    made 5 acked 0 ready 2 unacked 0 in transit 0 maxlen 3 (q 3)
    "#]],
        ),
        (
            "reject_publish",
            expect![[r#"
        before: made 4 acked 0 ready 4 unacked 0 in transit 0
        after:  made 4 acked 0 ready 4 unacked 0 in transit 0
              40 p>q publish 5
              40 q drop 5, publish_rejected
        end:    made 5 acked 0 ready 4 unacked 0 in transit 0 publish_rejected 1 (q 1)
    "#]],
        ),
    ] {
        run(
            &[steady("p"), queue(json!({"overflow": overflow}))],
            &[("p", "q", "publish", 0)],
            35,
            &[Set("q", json!({"max_length": 2}))],
            42,
            expected,
        );
    }
}

#[test]
fn a_lower_limit_makes_dead_letters_as_any_limit_does() {
    run(
        &[
            once("p", 4),
            queue(json!({"dead_letter_exchange": "", "dead_letter_routing_key": "dead"})),
            node("dead", "queue", json!({})),
        ],
        &[("p", "q", "publish", 0)],
        5,
        &[Set("q", json!({"max_length": 2}))],
        10,
        expect![[r#"
            before: made 4 acked 0 ready 4 unacked 0 in transit 0
            after:  made 6 acked 0 ready 4 unacked 0 in transit 0 maxlen 2 (q 2)
                   5 q drop 1, maxlen
                   5 q drop 2, maxlen
                   5 q dead-letter
                   5 dead enqueue 5
                   5 q dead-letter
                   5 dead enqueue 6
            end:    made 6 acked 0 ready 4 unacked 0 in transit 0 maxlen 2 (q 2)
        "#]],
    );
}

#[test]
fn another_time_to_live_is_for_messages_that_come() {
    run(
        &[steady("p"), queue(json!({}))],
        &[("p", "q", "publish", 0)],
        15,
        &[Set("q", json!({"ttl_ms": 5})), Remove("p")],
        60,
        expect![[r#"
            before: made 2 acked 0 ready 2 unacked 0 in transit 0
            after:  made 2 acked 0 ready 2 unacked 0 in transit 0
            end:    made 2 acked 0 ready 2 unacked 0 in transit 0
        "#]],
    );
    // What has a time to live keeps it.
    run(
        &[once("p", 2), queue(json!({"ttl_ms": 20}))],
        &[("p", "q", "publish", 0)],
        15,
        &[Set("q", json!({"ttl_ms": null}))],
        60,
        expect![[r#"
            before: made 2 acked 0 ready 2 unacked 0 in transit 0
            after:  made 2 acked 0 ready 2 unacked 0 in transit 0
                  20 q drop 1, expired
                  20 q drop 2, expired
            end:    made 2 acked 0 ready 0 unacked 0 in transit 0 expired 2 (q 2)
        "#]],
    );
}

#[test]
fn a_queue_of_another_type_keeps_its_messages_in_order() {
    for (before, after, expected) in [
        (
            "classic",
            "quorum",
            expect![[r#"
        before: made 4 acked 2 ready 0 unacked 2 in transit 0
        after:  made 4 acked 2 ready 2 unacked 0 in transit 0
              35 q requeue 3
              35 q requeue 4
        end:    made 4 acked 2 ready 2 unacked 0 in transit 0
    "#]],
        ),
        (
            "quorum",
            "classic",
            expect![[r#"
        before: made 4 acked 2 ready 0 unacked 2 in transit 0
        after:  made 4 acked 2 ready 2 unacked 0 in transit 0
              35 q requeue 3
              35 q requeue 4
        end:    made 4 acked 2 ready 2 unacked 0 in transit 0
    "#]],
        ),
    ] {
        run(
            &[steady("p"), queue(json!({"type": before})), consumer("c", 12, json!({"prefetch_count": 2}))],
            &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0)],
            35,
            // The consumer comes back in between: what it had not acked is in its place again.
            &[Remove("p"), Set("q", json!({"type": after})), Remove("c")],
            36,
            expected,
        );
    }
}

#[test]
fn messages_that_came_back_to_a_quorum_queue_are_in_order_in_a_classic_one() {
    let classic = || Set("q", json!({"type": "classic"}));
    // What came back waits already, or comes back after the change.
    for last in [[Remove("c"), classic()], [classic(), Remove("c")]] {
        let mut edits = vec![Remove("c"), Undo, Remove("c"), Undo];
        edits.extend(last);
        let engine = run(
            &[
                once("p", 6),
                queue(json!({"type": "quorum", "delivery_limit": 9})),
                consumer("c", 10, json!({"prefetch_count": 2})),
            ],
            &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0)],
            25,
            &edits,
            26,
            expect![[r#"
                before: made 6 acked 2 ready 2 unacked 2 in transit 0
                after:  made 6 acked 2 ready 4 unacked 0 in transit 0
                      25 q requeue 3
                      25 q requeue 4
                      25 q>c redeliver 3
                      25 q>c redeliver 4
                      25 q requeue 3
                      25 q requeue 4
                      25 q>c redeliver 3
                      25 q>c redeliver 4
                      25 q requeue 3
                      25 q requeue 4
                end:    made 6 acked 2 ready 4 unacked 0 in transit 0
            "#]],
        );
        let waiting = engine.waiting(&"q".into(), 9);
        assert_eq!(waiting.iter().map(|message| message.copy).collect::<Vec<_>>(), [3, 4, 5, 6]);
    }
}

#[test]
fn a_queue_is_durable_from_the_moment_it_is_told() {
    use mq_playground::scenario::Fault;
    for (durable, kept) in [(true, 2), (false, 0)] {
        let mut engine = run(
            &[
                node("p", "producer", json!({"pattern": {"once": {"count": 2}}, "message": {"persistent": true}})),
                queue(json!({"durable": !durable})),
            ],
            &[("p", "q", "publish", 0)],
            5,
            &[Set("q", json!({"durable": durable}))],
            10,
            expect![[r#"
                before: made 2 acked 0 ready 2 unacked 0 in transit 0
                after:  made 2 acked 0 ready 2 unacked 0 in transit 0
                end:    made 2 acked 0 ready 2 unacked 0 in transit 0
            "#]],
        );
        engine.apply(&Action::Fault(Fault::Crash { node: "broker".into() }), &mut Trace::default()).unwrap();
        assert_eq!(engine.ledger().ready, kept);
    }
}

#[test]
fn an_exchange_of_another_type_routes_what_arrives_from_then_on() {
    run(
        &[
            node(
                "p",
                "producer",
                json!({"pattern": {"constant": {"per_s": 100}}, "message": {"routing_keys": [{"key": "a"}]}}),
            ),
            node("x", "exchange", json!({"type": "fanout"})),
            queue(json!({})),
        ],
        &[("p", "x", "publish", 5), ("x", "q", "bind", 0)],
        12,
        &[Set("x", json!({"type": "direct"}))],
        30,
        expect![[r#"
            before: made 2 acked 0 ready 1 unacked 0 in transit 1
            after:  made 2 acked 0 ready 1 unacked 0 in transit 1
                  15 x drop 2, unroutable
                  20 p>x publish 3, arrives 25
                  25 x drop 3, unroutable
            end:    made 3 acked 0 ready 1 unacked 0 in transit 0 unroutable 2 (x 2)
        "#]],
    );
}

// ---- settings of those who publish and take ----

#[test]
fn a_lower_prefetch_takes_nothing_back() {
    run(
        &[once("p", 6), queue(json!({})), consumer("c", 10, json!({"prefetch_count": 4}))],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0)],
        5,
        &[Set("c", json!({"prefetch_count": 1}))],
        45,
        expect![[r#"
            before: made 6 acked 0 ready 2 unacked 4 in transit 0
            after:  made 6 acked 0 ready 2 unacked 4 in transit 0
                  10 c processed 1
                  10 c ack 1
                  20 c processed 2
                  20 c ack 2
                  30 c processed 3
                  30 c ack 3
                  40 c processed 4
                  40 c ack 4
                  40 q>c deliver 5
            end:    made 6 acked 4 ready 1 unacked 1 in transit 0
        "#]],
    );
}

#[test]
fn work_that_has_begun_ends_whatever_the_concurrency() {
    run(
        &[once("p", 4), queue(json!({})), consumer("c", 10, json!({"prefetch_count": 4, "concurrency": 3}))],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0)],
        5,
        &[Set("c", json!({"concurrency": 1}))],
        45,
        expect![[r#"
            before: made 4 acked 0 ready 0 unacked 4 in transit 0
            after:  made 4 acked 0 ready 0 unacked 4 in transit 0
                  10 c processed 1
                  10 c ack 1
                  10 c processed 2
                  10 c ack 2
                  10 c processed 3
                  10 c ack 3
                  20 c processed 4
                  20 c ack 4
            end:    made 4 acked 4 ready 0 unacked 0 in transit 0
        "#]],
    );
}

#[test]
fn another_ack_mode_is_for_what_is_delivered_from_then_on() {
    for (before, after, expected) in [
        (
            "manual",
            "auto",
            expect![[r#"
        before: made 2 acked 0 ready 1 unacked 1 in transit 0
        after:  made 2 acked 0 ready 0 unacked 1 in transit 1
              15 q>c deliver 2
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
        end:    made 4 acked 2 ready 0 unacked 0 in transit 2
    "#]],
        ),
        (
            "auto",
            "manual",
            expect![[r#"
        before: made 2 acked 0 ready 0 unacked 0 in transit 2
        after:  made 2 acked 0 ready 0 unacked 0 in transit 2
              15 c processed 1
              15 c ack 1
              20 p>q publish 3
              20 q enqueue 3
              20 q>c deliver 3
              30 c processed 2
              30 c ack 2
              30 p>q publish 4
              30 q enqueue 4
        end:    made 4 acked 2 ready 1 unacked 1 in transit 0
    "#]],
        ),
    ] {
        run(
            &[steady("p"), queue(json!({})), consumer("c", 15, json!({"prefetch_count": 1, "ack_mode": before}))],
            &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0)],
            15,
            &[Set("c", json!({"ack_mode": after}))],
            34,
            expected,
        );
    }
}

#[test]
fn who_takes_batches_from_now_on_keeps_what_it_holds() {
    run(
        &[once("p", 3), queue(json!({})), consumer("c", 10, json!({"prefetch_count": 2}))],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0)],
        5,
        &[Set("c", json!({"batch_size": 2, "interval_ms": 30}))],
        45,
        expect![[r#"
            before: made 3 acked 0 ready 1 unacked 2 in transit 0
            after:  made 3 acked 0 ready 1 unacked 2 in transit 0
                  10 c processed 1
                  10 c ack 1
                  20 c processed 2
                  20 c ack 2
                  30 q>c deliver 3
                  40 c processed 3
                  40 c ack 3
            end:    made 3 acked 3 ready 0 unacked 0 in transit 0
        "#]],
    );
}

#[test]
fn work_goes_on_with_the_steps_with_which_it_began() {
    let long = json!({"handler": [{"work": {"ms": 10}}, {"work": {"ms": 10}}]});
    let short = json!({"handler": [{"work": {"ms": 3}}], "redeploy_ms": 30});
    run(
        &[once("p", 2), queue(json!({})), node("c", "consumer", long.clone())],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0)],
        5,
        &[Set("c", json!({"handler": short["handler"]}))],
        45,
        expect![[r#"
            before: made 2 acked 0 ready 0 unacked 2 in transit 0
            after:  made 2 acked 0 ready 0 unacked 2 in transit 0
                  20 c processed 1
                  20 c ack 1
                  23 c processed 2
                  23 c ack 2
            end:    made 2 acked 2 ready 0 unacked 0 in transit 0
        "#]],
    );
    run(
        &[
            node("client", "client", json!({"pattern": {"constant": {"per_s": 50}}})),
            service("s", json!({"handler": long["handler"], "redeploy_ms": 30, "concurrency": 1})),
        ],
        &[("client", "s", "call", 0)],
        5,
        &[Set("s", short)],
        65,
        expect![[r#"
            before: made 0 acked 0 ready 0 unacked 0 in transit 0
            after:  made 0 acked 0 ready 0 unacked 0 in transit 0
                   5 s Redeploying begins
                  20 client>s request 2
                  20 client>s answer 1
                  20 client>s failure 2
                  20 client succeeded 1
                  20 client failed 2
                  35 s Redeploying ends
                  40 client>s request 3
                  43 client>s answer 3
                  43 client succeeded 3
                  60 client>s request 4
                  63 client>s answer 4
                  63 client succeeded 4
            end:    made 0 acked 0 ready 0 unacked 0 in transit 0
        "#]],
    );
}

#[test]
fn a_producer_that_asks_for_no_confirms_any_more_awaits_none() {
    let engine = run(
        &[
            node("p", "producer", json!({"pattern": {"once": {"count": 5}}, "confirms": {"max_unconfirmed": 2}})),
            queue(json!({})),
        ],
        &[("p", "q", "publish", 10)],
        12,
        &[Set("p", json!({"confirms": null}))],
        60,
        expect![[r#"
            before: made 2 acked 0 ready 2 unacked 0 in transit 0
            after:  made 2 acked 0 ready 2 unacked 0 in transit 0
                  12 p>q publish 3, arrives 22
                  12 p>q publish 4, arrives 22
                  12 p>q publish 5, arrives 22
                  22 q enqueue 3
                  22 q enqueue 4
                  22 q enqueue 5
            end:    made 5 acked 0 ready 5 unacked 0 in transit 0
        "#]],
    );
    let Some(NodeReport::Producer(report)) = engine.node_report(&"p".into()) else { panic!("a producer") };
    assert_eq!((report.published, report.unconfirmed, report.held_back), (5, 0, 0));
}

// ---- undo ----

#[test]
fn undo_brings_connections_back_and_no_messages() {
    run(
        &[once("p", 3), queue(json!({})), consumer("c", 10, json!({"prefetch_count": 2}))],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0)],
        5,
        &[Remove("q"), Undo],
        60,
        expect![[r#"
            before: made 3 acked 0 ready 1 unacked 2 in transit 0
            after:  made 3 acked 0 ready 0 unacked 0 in transit 0 queue_deleted 3
                   5 q deleted
                   5 q drop 1, queue_deleted
                   5 q drop 2, queue_deleted
                   5 q drop 3, queue_deleted
                  10 c processed 1
            end:    made 3 acked 0 ready 0 unacked 0 in transit 0 queue_deleted 3
        "#]],
    );
    run(
        &[once("p", 3), queue(json!({})), consumer("c", 10, json!({"prefetch_count": 2}))],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0)],
        5,
        &[Remove("q>c"), Undo],
        60,
        expect![[r#"
            before: made 3 acked 0 ready 1 unacked 2 in transit 0
            after:  made 3 acked 0 ready 0 unacked 3 in transit 0
                   5 q>c deliver 3
                  10 c processed 1
                  10 c ack 1
                  20 c processed 2
                  20 c ack 2
                  30 c processed 3
                  30 c ack 3
            end:    made 3 acked 3 ready 0 unacked 0 in transit 0
        "#]],
    );
    run(
        &[once("p", 3), queue(json!({})), consumer("c", 10, json!({"prefetch_count": 2}))],
        &[("p", "q", "publish", 0), ("q", "c", "subscribe", 0)],
        5,
        &[Remove("c"), Undo],
        60,
        expect![[r#"
            before: made 3 acked 0 ready 1 unacked 2 in transit 0
            after:  made 3 acked 0 ready 1 unacked 2 in transit 0
                   5 q requeue 1
                   5 q requeue 2
                   5 q>c redeliver 1
                   5 q>c redeliver 2
                  15 c processed 1
                  15 c ack 1
                  15 q>c deliver 3
                  25 c processed 2
                  25 c ack 2
                  35 c processed 3
                  35 c ack 3
            end:    made 3 acked 3 ready 0 unacked 0 in transit 0
        "#]],
    );
}
