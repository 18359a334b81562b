//! The engine against formulas: mean time in system over 20 consecutive seeds within 1.5 % of the prediction.

use mq_playground::base::Micros;
use mq_playground::engine::{ConsumerReport, Engine, NodeReport, QueueReport, Unobserved};
use mq_playground::scenario::{Distribution, Id, Node, Pattern};
use mq_playground::theory::Little;
use mq_playground::theory::formulas::{m_g_1, m_m_c};

use super::support::{chain, consumer};

/// Arrivals per second; a consumer takes one second on average.
const ARRIVALS_PER_S: f64 = 0.9;
const MESSAGES: f64 = 1e6;
const SEEDS: std::ops::Range<u64> = 1..21;

fn run(seed: u64, arrivals_per_s: f64, consumer: Node) -> (Micros, QueueReport, ConsumerReport) {
    let mut engine = Engine::new(&chain(seed, Pattern::Poisson { per_s: arrivals_per_s }, consumer));
    let end = Micros((MESSAGES / arrivals_per_s * 1e6) as u64);
    engine.run_until(end, &mut Unobserved);
    match (engine.node_report(&Id::from("q")), engine.node_report(&Id::from("c"))) {
        (Some(NodeReport::Queue(queue)), Some(NodeReport::Consumer(consumer))) => (end, queue, consumer),
        other => panic!("{other:?}"),
    }
}

/// The mean time in system, in milliseconds, over all seeds; Little's law is checked on the way.
fn mean_time_in_system(arrivals_per_s: f64, consumer: &Node) -> f64 {
    let mut sum = 0.0;
    for seed in SEEDS {
        let (end, queue, consumer) = run(seed, arrivals_per_s, consumer.clone());
        // What is still inside at the end makes the difference.
        let little = Little::of_queue(&queue, &[&consumer], 0, end).unwrap();
        assert!(little.difference() < 0.002, "seed {seed}: {little:?}");
        sum += little.sojourn_ms;
    }
    sum / SEEDS.count() as f64
}

fn within(measured: f64, predicted: f64) {
    let off = measured / predicted - 1.0;
    assert!(off.abs() < 0.015, "{measured} instead of {predicted}: off by {:.2} %", off * 100.0);
}

#[test]
fn m_m_1() {
    let mean = mean_time_in_system(ARRIVALS_PER_S, &consumer("c", 1, 1, Distribution::Exponential(1_000.0)));
    within(mean, m_m_c(ARRIVALS_PER_S, 1.0, 1).unwrap().sojourn_ms);
}

#[test]
fn m_d_1() {
    let mean = mean_time_in_system(ARRIVALS_PER_S, &consumer("c", 1, 1, Distribution::Constant(1_000.0)));
    within(mean, m_g_1(ARRIVALS_PER_S, 1.0, 0.0).unwrap().sojourn_ms);
}

#[test]
fn m_m_3() {
    let arrivals_per_s = 2.7;
    let mean = mean_time_in_system(arrivals_per_s, &consumer("c", 3, 3, Distribution::Exponential(1_000.0)));
    within(mean, m_m_c(arrivals_per_s, 1.0, 3).unwrap().sojourn_ms);
}
