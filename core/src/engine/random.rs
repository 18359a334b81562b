//! Random streams, one for each (node or edge, purpose), all derived from the scenario's seed; so adding a
//! consumer does not change when producers publish.

use rand_core::{Rng, SeedableRng};
use rand_distr::{Distribution as _, Exp1, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::base::Micros;
use crate::scenario::{Distribution, Id};

/// What a stream is drawn for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// When a producer publishes.
    Arrivals,
    /// How long a handler's steps take.
    Work,
    /// Which routing key a message gets.
    Keys,
    /// Whether a handler fails.
    Failures,
    /// How much of a pause is left out.
    Pauses,
    /// What is lost on an edge, and what arrives twice.
    Losses,
    /// What goes wrong by itself.
    Chaos,
}

/// One stream of random numbers.
#[derive(Clone, Debug)]
pub(super) struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream of a node or an edge for one purpose.
    pub(super) fn new(seed: u64, id: &Id, purpose: Purpose) -> Stream {
        let purpose: &[u8] = match purpose {
            Purpose::Arrivals => b"arrivals",
            Purpose::Work => b"work",
            Purpose::Keys => b"keys",
            Purpose::Failures => b"failures",
            Purpose::Pauses => b"pauses",
            Purpose::Losses => b"losses",
            Purpose::Chaos => b"chaos",
        };
        // FNV-1a over seed, id and purpose; a zero byte (no text has one) keeps the parts apart.
        let mut state = 0xcbf2_9ce4_8422_2325_u64;
        for byte in seed.to_le_bytes().iter().chain(id.0.as_bytes()).chain(&[0]).chain(purpose) {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Stream(Xoshiro256PlusPlus::seed_from_u64(state))
    }

    /// Exponential with mean 1.
    #[inline]
    pub(super) fn exponential(&mut self) -> f64 {
        Exp1.sample(&mut self.0)
    }

    /// Uniform in [0, 1).
    #[inline]
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }
}

/// A distribution of durations, made ready to be drawn from: all in microseconds.
#[derive(Clone, Debug)]
pub(super) enum Sampler {
    Constant(Micros),
    Exponential {
        mean: f64,
    },
    Uniform {
        min: f64,
        span: f64,
    },
    Normal {
        mean: f64,
        deviation: f64,
    },
    /// By mean and deviation of the logarithm.
    Lognormal {
        mean: f64,
        deviation: f64,
    },
    Empirical(Vec<Micros>),
}

impl Sampler {
    pub(super) fn new(distribution: &Distribution) -> Sampler {
        match *distribution {
            Distribution::Constant(ms) => Sampler::Constant(Micros::from_ms(ms)),
            Distribution::Exponential(mean) => Sampler::Exponential { mean: mean * 1e3 },
            Distribution::Uniform { min, max } => Sampler::Uniform { min: min * 1e3, span: (max - min) * 1e3 },
            Distribution::Normal { mean, sd } => Sampler::Normal { mean: mean * 1e3, deviation: sd * 1e3 },
            Distribution::Lognormal { mean, .. } if mean <= 0.0 => Sampler::Constant(Micros::ZERO),
            Distribution::Lognormal { mean, sd } => {
                let variance = libm::log1p((sd / mean) * (sd / mean));
                Sampler::Lognormal { mean: libm::log(mean * 1e3) - variance / 2.0, deviation: variance.sqrt() }
            }
            Distribution::Empirical(ref samples) => {
                Sampler::Empirical(samples.iter().map(|ms| Micros::from_ms(*ms)).collect())
            }
        }
    }

    /// Draws one duration.
    #[inline(always)]
    pub(super) fn sample(&self, stream: &mut Stream) -> Micros {
        let microseconds = match self {
            Sampler::Constant(duration) => return *duration,
            Sampler::Exponential { mean } => stream.exponential() * mean,
            Sampler::Uniform { min, span } => min + stream.unit() * span,
            Sampler::Normal { mean, deviation } => {
                // Truncated, not clamped: negative draws are drawn again. The mean is not negative, so that each
                // draw succeeds with at least one half.
                (0..64).map(|_| mean + deviation * stream.normal()).find(|drawn| *drawn >= 0.0).unwrap_or(0.0)
            }
            Sampler::Lognormal { mean, deviation } => libm::exp(mean + deviation * stream.normal()),
            Sampler::Empirical(samples) => {
                let index = (stream.unit() * samples.len() as f64) as usize;
                return samples[index.min(samples.len() - 1)];
            }
        };
        Micros((microseconds + 0.5) as u64).min(Micros::LAST)
    }
}

/// What a consumer's handler would take each time, and whether it would fail: with the numbers of the simulation, for one that works
/// elsewhere.
#[derive(Clone, Debug)]
pub struct Handling {
    /// Steps, one after the other; the parts of one begin together.
    steps: Vec<Vec<Sampler>>,
    failure_rate: f64,
    work: Stream,
    failures: Stream,
}

impl Handling {
    /// The handler of a consumer, drawn with a scenario's seed.
    pub fn new(steps: &[Vec<Distribution>], failure_rate: f64, seed: u64, id: &Id) -> Handling {
        Handling {
            steps: steps.iter().map(|parts| parts.iter().map(Sampler::new).collect()).collect(),
            failure_rate,
            work: Stream::new(seed, id, Purpose::Work),
            failures: Stream::new(seed, id, Purpose::Failures),
        }
    }

    /// How long the next one takes, and whether it fails at its end.
    pub fn draw(&mut self) -> (Micros, bool) {
        let mut lasts = Micros::ZERO;
        for parts in &self.steps {
            let longest = parts.iter().map(|part| part.sample(&mut self.work)).max();
            lasts += longest.unwrap_or(Micros::ZERO);
        }
        // As in the simulation: none is drawn where nothing ever fails.
        (lasts, self.failure_rate > 0.0 && self.failures.unit() < self.failure_rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_and_deviation(distribution: Distribution) -> (f64, f64) {
        let mut stream = Stream::new(1, &Id::from("sampler"), Purpose::Work);
        let sampler = Sampler::new(&distribution);
        let draws: Vec<f64> = (0..200_000).map(|_| sampler.sample(&mut stream).as_ms()).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|draw| (draw - mean) * (draw - mean)).sum::<f64>() / draws.len() as f64;
        (mean, variance.sqrt())
    }

    fn close(measured: (f64, f64), mean: f64, deviation: f64) {
        assert!((measured.0 - mean).abs() < 0.02 * mean, "mean {} instead of {mean}", measured.0);
        assert!((measured.1 - deviation).abs() < 0.03 * mean, "deviation {} instead of {deviation}", measured.1);
    }

    #[test]
    fn distributions_have_their_means_and_deviations() {
        close(mean_and_deviation(Distribution::Constant(20.0)), 20.0, 0.0);
        close(mean_and_deviation(Distribution::Exponential(20.0)), 20.0, 20.0);
        close(mean_and_deviation(Distribution::Uniform { min: 10.0, max: 30.0 }), 20.0, 20.0 / 12f64.sqrt());
        close(mean_and_deviation(Distribution::Normal { mean: 20.0, sd: 3.0 }), 20.0, 3.0);
        close(mean_and_deviation(Distribution::Lognormal { mean: 20.0, sd: 10.0 }), 20.0, 10.0);
        close(mean_and_deviation(Distribution::Empirical(vec![10.0, 20.0, 30.0])), 20.0, (200.0f64 / 3.0).sqrt());
    }

    #[test]
    fn streams_differ_by_seed_by_id_and_by_purpose() {
        let first = |seed, id: &str, purpose| Stream::new(seed, &Id::from(id), purpose).0.next_u64();
        let reference = first(7, "a", Purpose::Arrivals);
        assert_eq!(reference, first(7, "a", Purpose::Arrivals));
        assert_ne!(reference, first(8, "a", Purpose::Arrivals));
        assert_ne!(reference, first(7, "b", Purpose::Arrivals));
        assert_ne!(reference, first(7, "a", Purpose::Work));
    }
}
