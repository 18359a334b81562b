//! How long a handler takes: mean and variance, from the distributions of its steps.

use crate::scenario::{Distribution, Publish, Step};

/// What is known of a service time beside its mean and variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Constant,
    Exponential,
    General,
}

/// A service time, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ServiceTime {
    pub(super) shape: Shape,
    pub(super) mean_ms: f64,
    pub(super) variance_ms2: f64,
}

/// Publishing takes a handler no less than this.
const SOONEST_PUBLISH_MS: f64 = 1e-3;

impl ServiceTime {
    const NONE: ServiceTime = ServiceTime { shape: Shape::Constant, mean_ms: 0.0, variance_ms2: 0.0 };

    /// One after the other, independent of each other.
    pub(super) fn then(self, next: ServiceTime) -> ServiceTime {
        let shape = match (self, next) {
            (ServiceTime { shape: Shape::Constant, mean_ms: 0.0, .. }, _) => next.shape,
            (_, ServiceTime { shape: Shape::Constant, mean_ms: 0.0, .. }) => self.shape,
            _ if self.shape == Shape::Constant && next.shape == Shape::Constant => Shape::Constant,
            _ => Shape::General,
        };
        ServiceTime { shape, mean_ms: self.mean_ms + next.mean_ms, variance_ms2: self.variance_ms2 + next.variance_ms2 }
    }

    /// Always so long.
    pub(super) fn constant(mean_ms: f64) -> ServiceTime {
        ServiceTime { mean_ms, ..ServiceTime::NONE }
    }

    /// The squared coefficient of variation.
    pub(super) fn variation_squared(self) -> f64 {
        if self.mean_ms == 0.0 { 0.0 } else { self.variance_ms2 / (self.mean_ms * self.mean_ms) }
    }

    /// How long a handler takes; `None` where it waits for others, or does several things at once.
    pub(super) fn of(handler: &[Step]) -> Option<ServiceTime> {
        handler.iter().try_fold(ServiceTime::NONE, |so_far, step| {
            let step = match step {
                Step::Work { ms } => ServiceTime::from(ms),
                Step::Publish(Publish { ms, confirm: false, .. }) => {
                    let time = ServiceTime::from(ms);
                    ServiceTime { mean_ms: time.mean_ms.max(SOONEST_PUBLISH_MS), ..time }
                }
                Step::Publish(_) | Step::Call(_) | Step::Parallel(_) => return None,
            };
            Some(so_far.then(step))
        })
    }
}

impl From<&Distribution> for ServiceTime {
    fn from(distribution: &Distribution) -> ServiceTime {
        let general = |mean_ms: f64, variance_ms2: f64| {
            let shape = if variance_ms2 > 0.0 { Shape::General } else { Shape::Constant };
            ServiceTime { shape, mean_ms, variance_ms2 }
        };
        match *distribution {
            Distribution::Constant(ms) => ServiceTime::constant(ms),
            Distribution::Exponential(mean) if mean > 0.0 => {
                ServiceTime { shape: Shape::Exponential, mean_ms: mean, variance_ms2: mean * mean }
            }
            Distribution::Exponential(_) => ServiceTime::NONE,
            Distribution::Uniform { min, max } => general((min + max) / 2.0, (max - min) * (max - min) / 12.0),
            Distribution::Normal { mean, sd } => truncated_normal(mean, sd, general),
            Distribution::Lognormal { mean, .. } if mean <= 0.0 => ServiceTime::NONE,
            Distribution::Lognormal { mean, sd } => general(mean, sd * sd),
            Distribution::Empirical(ref samples) => {
                let count = samples.len().max(1) as f64;
                let mean = samples.iter().sum::<f64>() / count;
                general(mean, samples.iter().map(|ms| (ms - mean) * (ms - mean)).sum::<f64>() / count)
            }
        }
    }
}

/// A normal distribution truncated at 0: with α = −µ/σ and the hazard h = φ(α)/(1 − Φ(α)), the mean is µ + σh and the
/// variance σ²(1 + αh − h²).
fn truncated_normal(mean: f64, sd: f64, general: impl Fn(f64, f64) -> ServiceTime) -> ServiceTime {
    if sd <= 0.0 {
        return ServiceTime::constant(mean);
    }
    let alpha = -mean / sd;
    let density = libm::exp(-alpha * alpha / 2.0) / libm::sqrt(2.0 * std::f64::consts::PI);
    let beyond = libm::erfc(alpha / std::f64::consts::SQRT_2) / 2.0;
    let hazard = density / beyond;
    general(mean + sd * hazard, sd * sd * (1.0 + alpha * hazard - hazard * hazard))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(time: ServiceTime, mean: f64, variance: f64) {
        assert!((time.mean_ms - mean).abs() < 1e-9 * mean.max(1.0), "{time:?}");
        assert!((time.variance_ms2 - variance).abs() < 1e-9 * variance.max(1.0), "{time:?}");
    }

    #[test]
    fn distributions_have_their_moments() {
        close(ServiceTime::from(&Distribution::Constant(20.0)), 20.0, 0.0);
        close(ServiceTime::from(&Distribution::Exponential(20.0)), 20.0, 400.0);
        close(ServiceTime::from(&Distribution::Uniform { min: 10.0, max: 30.0 }), 20.0, 400.0 / 12.0);
        close(ServiceTime::from(&Distribution::Lognormal { mean: 20.0, sd: 10.0 }), 20.0, 100.0);
        close(ServiceTime::from(&Distribution::Empirical(vec![10.0, 20.0, 30.0])), 20.0, 200.0 / 3.0);
        // Half a normal distribution: mean σ√(2/π), variance σ²(1 − 2/π).
        let two_of_pi = 2.0 / std::f64::consts::PI;
        close(
            ServiceTime::from(&Distribution::Normal { mean: 0.0, sd: 3.0 }),
            3.0 * two_of_pi.sqrt(),
            9.0 * (1.0 - two_of_pi),
        );
        close(ServiceTime::from(&Distribution::Normal { mean: 100.0, sd: 3.0 }), 100.0, 9.0);
        close(ServiceTime::from(&Distribution::Normal { mean: 5.0, sd: 0.0 }), 5.0, 0.0);
    }

    #[test]
    fn steps_add_up() {
        let work = |ms| Step::Work { ms };
        let time =
            ServiceTime::of(&[work(Distribution::Constant(5.0)), work(Distribution::Exponential(20.0))]).unwrap();
        close(time, 25.0, 400.0);
        assert_eq!(time.shape, Shape::General);
        let time =
            ServiceTime::of(&[work(Distribution::Constant(0.0)), work(Distribution::Exponential(20.0))]).unwrap();
        assert_eq!(time.shape, Shape::Exponential);
        let time = ServiceTime::of(&[work(Distribution::Constant(5.0)), work(Distribution::Constant(20.0))]).unwrap();
        assert_eq!((time.shape, time.mean_ms), (Shape::Constant, 25.0));
        assert_eq!(ServiceTime::of(&[Step::Parallel(vec![])]), None);
        assert_eq!(ServiceTime::of(&[]), Some(ServiceTime::constant(0.0)));
    }
}
