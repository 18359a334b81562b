//! Little's law, as a check of what was measured: L = λ·W, whatever arrives and however long it takes.

use serde::{Deserialize, Serialize};

use crate::base::Micros;
use crate::engine::{ConsumerReport, QueueReport};

/// The two sides of Little's law, as they were measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Little {
    /// L: how many there were, on average.
    pub inside: f64,
    /// λ: how many came per second.
    pub arrival_per_s: f64,
    /// W: how long each was there, on average, in milliseconds.
    pub sojourn_ms: f64,
}

impl Little {
    /// λ·W.
    pub fn product(&self) -> f64 {
        self.arrival_per_s * self.sojourn_ms / 1e3
    }

    /// How far L is from λ·W, as a part of it. What is there at the beginning and at the end makes a difference, which
    /// becomes the smaller the longer one measures.
    pub fn difference(&self) -> f64 {
        let product = self.product();
        if product == self.inside { 0.0 } else { (self.inside - product).abs() / product.max(self.inside) }
    }

    /// Of a queue with its consumers, measured over `span` since its `arrivals_before`th message: the mean depth (ready and
    /// unacked) against what came in and the consumers' mean time end to end. The two are about the same thing where
    /// messages are published straight to the queue, without latency, and these consumers take from no other and ack
    /// what they have done. `None` where nothing was measured.
    pub fn of_queue(
        queue: &QueueReport,
        consumers: &[&ConsumerReport],
        arrivals_before: u64,
        span: Micros,
    ) -> Option<Little> {
        let measured = consumers.iter().map(|consumer| consumer.end_to_end_ms);
        let (count, sum) = measured.fold((0, 0.0), |(count, sum), times| {
            (count + times.count, sum + times.mean.unwrap_or(0.0) * times.count as f64)
        });
        let arrivals = queue.enqueued.checked_sub(arrivals_before)?;
        (count > 0 && span > Micros::ZERO).then(|| Little {
            inside: queue.depth_mean,
            arrival_per_s: arrivals as f64 / span.as_seconds(),
            sojourn_ms: sum / count as f64,
        })
    }
}
