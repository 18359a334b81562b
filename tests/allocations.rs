//! The engine's steady state allocates nothing: counted by an allocator of the test's own, in a process of its own.
#![cfg(not(target_arch = "wasm32"))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use mq_playground::base::Micros;
use mq_playground::engine::{Engine, Progress, Unobserved};
use mq_playground::scenario::format;
use mq_playground::timeline::Recorder;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

struct Counting;

// SAFETY: everything is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
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

#[test]
fn the_steady_state_allocates_nothing() {
    let scenario = format::parse(BUSY).expect("a good scenario");
    let mut engine = Engine::new(&scenario);
    let mut recorder = Recorder::default();
    // Until every ring is full and every list has the length that it needs.
    engine.run_some(Micros::LAST, 1_000_000, &mut recorder);
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    assert_eq!(engine.run_some(Micros::LAST, 1_000_000, &mut recorder), Progress::Underway);
    assert_eq!(engine.run_some(Micros::LAST, 1_000_000, &mut Unobserved), Progress::Underway);
    let allocated = ALLOCATIONS.load(Ordering::Relaxed) - before;
    assert!(engine.ledger().dropped.total() > 100_000, "the full queue drops all the time");
    // A list may have to grow once more, when a random peak is higher than all before it.
    assert!(allocated <= 4, "{allocated} allocations in two million events");
}
