//! The engine's speed: `cargo bench --bench engine`. Elements are events, so that the reciprocal of the throughput is
//! the time of one event.

mod scenarios;

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mq_playground::base::Micros;
use mq_playground::engine::{Engine, Unobserved};
use mq_playground::timeline::Recorder;

const EVENTS: u64 = 200_000;

fn events(criterion: &mut Criterion) {
    for (name, text) in [("mm1", scenarios::MM1), ("fan", scenarios::FAN)] {
        let scenario = scenarios::read(text);
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(EVENTS)).sample_size(20);
        group.bench_function("unobserved", |bencher| {
            bencher.iter(|| scenarios::run(&scenario, EVENTS, &mut Unobserved).ledger().acked);
        });
        // The observer that the page has.
        group.bench_function("recorded", |bencher| {
            bencher.iter(|| scenarios::run(&scenario, EVENTS, &mut Recorder::default()).ledger().acked);
        });
        group.finish();
    }
}

/// A checkpoint is a clone: what it costs with so many messages waiting.
fn checkpoint(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("checkpoint");
    for backlog in [0, 10_000] {
        let mut scenario = scenarios::read(scenarios::MM1);
        scenario.nodes.retain(|node| backlog > 0 || node.id.as_str() != "producer");
        scenario.edges.retain(|edge| edge.id.as_str() != "out" && (backlog > 0 || edge.id.as_str() != "in"));
        let mut engine = Engine::new(&scenario);
        engine.run_some(Micros::LAST, backlog, &mut Unobserved);
        assert_eq!(engine.ledger().ready, backlog);
        group.bench_with_input(BenchmarkId::from_parameter(backlog), &engine, |bencher, engine| {
            bencher.iter(|| black_box(engine.clone()).events());
        });
    }
    group.finish();
}

/// Publishing to a topic exchange of which one binding in so many takes the message: elements are publishes. What does
/// not match must cost nothing.
fn routing(criterion: &mut Criterion) {
    const PUBLISHES: u64 = 100_000;
    let mut group = criterion.benchmark_group("topic");
    group.throughput(Throughput::Elements(PUBLISHES)).sample_size(20);
    for bindings in [10, 100, 1_000, 10_000] {
        let engine = Engine::new(&scenarios::topic(bindings));
        group.bench_with_input(BenchmarkId::new("bindings", bindings), &engine, |bencher, engine| {
            bencher.iter_batched_ref(
                || engine.clone(),
                |engine| engine.run_some(Micros::LAST, PUBLISHES, &mut Unobserved),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, events, checkpoint, routing);
criterion_main!(benches);
