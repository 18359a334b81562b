//! The engine's speed without a harness, for comparison with other engines in the same minute: see `benches/compare.mjs`.
//!
//! Natively a program that prints nanoseconds per event, the least of many short runs. In wasm a module whose `run`
//! is timed from outside.

#[path = "../benches/scenarios/mod.rs"]
mod scenarios;

use mq_playground::engine::Unobserved;
use mq_playground::scenario::Scenario;

fn scenario(name: &str) -> Scenario {
    scenarios::read(if name == "fan" { scenarios::FAN } else { scenarios::MM1 })
}

/// Runs M/M/1 (0) or the fan (1) for so many events; says how many messages were done with.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
pub extern "C" fn run(which: u32, events: u32) -> u32 {
    let scenario = scenario(if which == 1 { "fan" } else { "mm1" });
    scenarios::run(&scenario, u64::from(events), &mut Unobserved).ledger().acked as u32
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "mm1".to_owned());
    let runs: u32 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(40);
    let events = 200_000;
    let scenario = scenario(&name);
    let least = (0..runs.max(1))
        .map(|_| {
            let begin = std::time::Instant::now();
            let engine = scenarios::run(&scenario, events, &mut Unobserved);
            assert!(engine.ledger().acked > 0);
            begin.elapsed()
        })
        .min()
        .unwrap_or_default();
    println!("{:.2}", least.as_secs_f64() * 1e9 / events as f64);
}
