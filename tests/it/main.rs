//! Native tests in one binary, so that they link once.
#![cfg(not(target_arch = "wasm32"))]

mod architecture;
mod conformance;
mod document;
mod edit_traces;
mod editor;
mod embedding;
mod engine_invariants;
mod engine_traces;
mod failing_traces;
mod gallery;
mod headless_program;
mod hostile;
mod interop;
mod journey;
mod lessons;
mod link;
mod live;
mod live_broker;
mod queueing_theory;
mod real_broker;
mod routing;
mod scenario_format;
mod seed;
mod session;
mod study;
mod support;
mod theory;
mod time_travel;
