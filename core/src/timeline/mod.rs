//! A run over time: what was done to it and when, going back, and what moved lately.

mod checkpoints;
mod journey;
mod recorder;
mod run;
mod samples;
mod series;

pub use checkpoints::BUDGET_BYTES;
pub use journey::{Found, Journey, MOST_FOUND, Sought, Stop};
pub use recorder::{FirstDrops, Recorder, Transit, Way};
pub use run::{Branch, Intervention, Logged, Record, Run, Search};
pub use samples::{EVERY, KEPT, Samples};
pub use series::{Interval, Overall, Series};
