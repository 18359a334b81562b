//! A run over time: what was done to it and when, going back, and what moved lately.

mod checkpoints;
mod recorder;
mod run;
mod samples;
mod series;

pub use checkpoints::BUDGET_BYTES;
pub use recorder::{FirstDrops, Recorder, Transit, Way};
pub use run::{Branch, Intervention, Logged, Run};
pub use samples::{EVERY, KEPT, Samples};
pub use series::{Interval, Overall, Series};
