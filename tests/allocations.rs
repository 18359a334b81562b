//! The engine's steady state allocates nothing: counted by an allocator of the test's own, in a process of its own.
#![cfg(not(target_arch = "wasm32"))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use mq_playground::base::Micros;
use mq_playground::engine::{DropReason, Engine, Progress, Unobserved};
use mq_playground::scenario::format;
use mq_playground::timeline::Recorder;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

struct Counting;

// SAFETY: everything is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(layout.size() as u64, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Everything that happens often: latencies, prefetch, automatic acks, a full queue, two consumers of one queue.
const BUSY: &str = r#"{"mq_scenario": 1, "seed": 3, "nodes": [
  {"id": "p", "kind": "producer", "settings": {"pattern": {"poisson": {"per_s": 100}}}},
  {"id": "q", "kind": "queue"}, {"id": "full", "kind": "queue", "settings": {"max_length": 20}},
  {"id": "a", "kind": "consumer", "settings": {"prefetch_count": 3, "concurrency": 2, "handler": [{"work": {"ms": {"exponential": 10}}}]}},
  {"id": "b", "kind": "consumer", "settings": {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 15}}}]}},
  {"id": "c", "kind": "consumer", "settings": {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 30}}}]}}],
 "edges": [
  {"id": "1", "kind": "publish", "from": "p", "to": "q", "latency_ms": 5}, {"id": "2", "kind": "publish", "from": "p", "to": "full"},
  {"id": "3", "kind": "subscribe", "from": "q", "to": "a", "latency_ms": 2}, {"id": "4", "kind": "subscribe", "from": "q", "to": "b"},
  {"id": "5", "kind": "subscribe", "from": "full", "to": "c"}]}"#;

/// What exchanges and queues can be told, dead letters aside: those write headers anew.
const ROUTED: &str = r##"{"mq_scenario": 1, "seed": 4, "broker": {"confirm_ms": 3}, "nodes": [
  {"id": "p", "kind": "producer", "settings": {"pattern": {"poisson": {"per_s": 100}}, "confirms": {"max_unconfirmed": 20, "retry_ms": 50},
    "message": {"routing_keys": [{"key": "a.b"}, {"key": "a.c", "weight": 2}, {"key": "z"}], "priority": 3, "mandatory": true, "headers": {"h": 1}}}},
  {"id": "t", "kind": "exchange", "settings": {"type": "topic"}}, {"id": "h", "kind": "exchange", "settings": {"type": "headers"}},
  {"id": "d", "kind": "exchange", "settings": {"type": "direct"}},
  {"id": "prior", "kind": "queue", "settings": {"max_priority": 5, "max_length": 30, "overflow": "reject_publish"}},
  {"id": "short", "kind": "queue", "settings": {"ttl_ms": 40, "max_length_bytes": 20000}},
  {"id": "quorum", "kind": "queue", "settings": {"type": "quorum", "delivery_limit": 1}},
  {"id": "single", "kind": "queue", "settings": {"single_active_consumer": true, "max_length": 10}},
  {"id": "a", "kind": "consumer", "settings": {"prefetch_count": 3, "handler": [{"work": {"ms": {"exponential": 15}}}]}},
  {"id": "b", "kind": "consumer", "settings": {"prefetch_count": 1, "priority": 2, "failure_rate": 0.3, "handler": [{"work": {"ms": {"constant": 15}}}]}},
  {"id": "c", "kind": "consumer", "settings": {"prefetch_count": 2, "handler": [{"work": {"ms": {"exponential": 30}}}]}}],
 "edges": [
  {"id": "1", "kind": "publish", "from": "p", "to": "t", "latency_ms": 2},
  {"id": "2", "kind": "bind", "from": "t", "to": "prior", "routing_key": "a.*"}, {"id": "3", "kind": "bind", "from": "t", "to": "h", "routing_key": "#.c"},
  {"id": "4", "kind": "bind", "from": "h", "to": "short", "headers": {"h": 1}}, {"id": "5", "kind": "bind", "from": "h", "to": "quorum", "x_match": "any", "headers": {"h": null}},
  {"id": "6", "kind": "bind", "from": "t", "to": "d", "routing_key": "#"}, {"id": "7", "kind": "bind", "from": "d", "to": "single", "routing_key": "a.b"},
  {"id": "8", "kind": "subscribe", "from": "prior", "to": "a"}, {"id": "9", "kind": "subscribe", "from": "short", "to": "c"},
  {"id": "10", "kind": "subscribe", "from": "quorum", "to": "b"}, {"id": "11", "kind": "subscribe", "from": "quorum", "to": "c"},
  {"id": "12", "kind": "subscribe", "from": "single", "to": "b"}, {"id": "13", "kind": "subscribe", "from": "single", "to": "a"}]}"##;

/// The allocations of two million events, after as many to get there: until every ring is full and every list has the
/// length that it needs.
fn allocations(scenario: &str) -> (Engine, u64) {
    let scenario = format::parse(scenario).expect("a good scenario");
    let mut engine = Engine::new(&scenario);
    let mut recorder = Recorder::default();
    engine.run_some(Micros::LAST, 2_000_000, &mut recorder);
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    assert_eq!(engine.run_some(Micros::LAST, 1_000_000, &mut recorder), Progress::Underway);
    assert_eq!(engine.run_some(Micros::LAST, 1_000_000, &mut Unobserved), Progress::Underway);
    (engine, ALLOCATIONS.load(Ordering::Relaxed) - before)
}

/// What a clone takes is what the engine says, within a quarter: that is how the memory of checkpoints is bounded.
fn the_size_is_known(engine: &Engine) {
    let before = BYTES.load(Ordering::Relaxed);
    let clone = engine.clone();
    let taken = (BYTES.load(Ordering::Relaxed) - before) as f64;
    let said = clone.size_bytes() as f64;
    assert!((0.75..=1.25).contains(&(said / taken)), "{said} bytes were said and {taken} taken");
}

// One test, because the allocator counts for the whole process.
#[test]
fn the_steady_state_allocates_nothing() {
    let (engine, allocated) = allocations(BUSY);
    assert!(engine.ledger().dropped.total() > 100_000, "the full queue drops all the time");
    // A list may have to grow once more, when a random peak is higher than all before it.
    assert!(allocated <= 4, "{allocated} allocations in two million events");
    the_size_is_known(&engine);
    let (engine, allocated) = allocations(ROUTED);
    let dropped = engine.ledger().dropped;
    for reason in [DropReason::Expired, DropReason::PublishRejected, DropReason::Maxlen, DropReason::DeliveryLimit] {
        assert!(dropped.of(reason) > 500, "{}: {}", reason.name(), dropped.of(reason));
    }
    // Each priority has a row of its own, and each may have its highest peak late.
    assert!(allocated <= 12, "{allocated} allocations in two million events");
    the_size_is_known(&engine);
    // A hundred thousand messages wait.
    let mut full =
        Engine::new(&format::parse(&BUSY.replace("\"per_s\": 100", "\"per_s\": 400")).expect("a good scenario"));
    full.run_until(Micros(1_000 * Micros::SECOND.0), &mut Unobserved);
    assert!(full.ledger().ready > 100_000);
    the_size_is_known(&full);
}
