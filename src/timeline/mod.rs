//! A run over time: what was done to it and when, going back, and what moved lately.

mod recorder;
mod run;
mod samples;

pub use recorder::{Recorder, Transit, Way};
pub use run::{Intervention, Logged, Run};
pub use samples::{EVERY, KEPT, Samples};
