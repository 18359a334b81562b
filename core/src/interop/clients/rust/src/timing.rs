//! When messages are due, and how long things take.

use std::iter;
use std::time::Duration;

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_distr::{Distribution as _, Exp1, StandardNormal};

use super::scenario::{Backoff, Distribution, Pattern};

/// When messages are due, in seconds after the beginning.
pub fn due_times(pattern: Pattern) -> Box<dyn Iterator<Item = f64> + Send> {
    match pattern {
        Pattern::Constant { per_s } if per_s > 0.0 => Box::new((0u64..).map(move |number| number as f64 / per_s)),
        Pattern::Poisson { per_s } if per_s > 0.0 => {
            let mut at = 0.0;
            Box::new(iter::repeat_with(move || {
                at += exponential() / per_s;
                at
            }))
        }
        Pattern::Burst { size, every_ms } if size > 0 => {
            Box::new((0u64..).map(move |number| (number / size) as f64 * every_ms / 1000.0))
        }
        Pattern::Profile(steps) => {
            let ends: Vec<f64> = steps.iter().skip(1).map(|(at_ms, _)| *at_ms).chain([f64::INFINITY]).collect();
            let running = steps.into_iter().zip(ends).filter(|((_, per_s), _)| *per_s > 0.0);
            Box::new(running.flat_map(|((begins_ms, per_s), ends_ms)| {
                let times = (0u64..).map(move |number| begins_ms / 1000.0 + number as f64 / per_s);
                times.take_while(move |at| *at < ends_ms / 1000.0)
            }))
        }
        Pattern::Once { count } => Box::new((0..count).map(|_| 0.0)),
        _ => Box::new(iter::empty()),
    }
}

fn exponential() -> f64 {
    Exp1.sample(&mut rand::rng())
}

fn standard_normal() -> f64 {
    StandardNormal.sample(&mut rand::rng())
}

/// A duration of so many milliseconds, as near as there is one.
pub fn milliseconds(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default()
}

impl Distribution {
    /// How long something takes this time.
    pub fn draw(&self) -> Duration {
        milliseconds(match *self {
            Distribution::Constant(ms) => ms,
            Distribution::Exponential(mean) => mean * exponential(),
            Distribution::Uniform { min, max } => min + (max - min) * rand::random::<f64>(),
            // Truncated at 0: what would be negative is drawn again.
            Distribution::Normal { mean, sd } => {
                let mut drawn = iter::repeat_with(|| mean + sd * standard_normal()).take(1000);
                drawn.find(|ms| *ms >= 0.0).unwrap_or(0.0)
            }
            // By the mean and the deviation of the durations, not of their logarithms.
            Distribution::Lognormal { mean, sd } if mean > 0.0 => {
                let variance = (1.0 + (sd / mean).powi(2)).ln();
                (mean.ln() - variance / 2.0 + variance.sqrt() * standard_normal()).exp()
            }
            Distribution::Lognormal { .. } => 0.0,
            Distribution::Empirical(ref samples) => samples.choose(&mut rand::rng()).copied().unwrap_or(0.0),
        })
    }
}

impl Backoff {
    /// How long a message waits after so many failures, in milliseconds.
    pub fn pause_ms(&self, failures: u32) -> f64 {
        let pause = (self.first_ms * self.factor.powf(f64::from(failures) - 1.0)).min(self.most_ms);
        pause * (1.0 - self.jitter * rand::rng().random::<f64>())
    }
}
