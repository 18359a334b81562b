//! Simulated time: integer microseconds, so that every target counts the same.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A point in simulated time, or a span of it, in microseconds since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub u64);

impl Micros {
    /// Time zero, and the empty span.
    pub const ZERO: Micros = Micros(0);
    /// One second.
    pub const SECOND: Micros = Micros(1_000_000);
    /// The last instant that the calendar can hold (about 142 years): 52 bits.
    pub const LAST: Micros = Micros((1 << 52) - 1);

    /// The nearest whole microsecond to `ms` milliseconds; what is negative or not a number counts as zero.
    pub fn from_ms(ms: f64) -> Micros {
        // `as` saturates and turns NaN into 0, the same on every target.
        Micros((ms * 1000.0 + 0.5) as u64).min(Micros::LAST)
    }

    /// This span in milliseconds.
    pub fn as_ms(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// This span in seconds.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// So many times this span; a factor is not negative.
    pub fn times(self, factor: f64) -> Micros {
        Micros((self.0 as f64 * factor + 0.5) as u64).min(Micros::LAST)
    }

    /// `self − other`, or zero where that would be negative.
    pub fn saturating_sub(self, other: Micros) -> Micros {
        Micros(self.0.saturating_sub(other.0))
    }
}

impl Add for Micros {
    type Output = Micros;
    fn add(self, other: Micros) -> Micros {
        Micros(self.0.saturating_add(other.0)).min(Micros::LAST)
    }
}

impl AddAssign for Micros {
    fn add_assign(&mut self, other: Micros) {
        *self = *self + other;
    }
}

impl Sub for Micros {
    type Output = Micros;
    fn sub(self, other: Micros) -> Micros {
        debug_assert!(self >= other, "time runs forward");
        self.saturating_sub(other)
    }
}

impl fmt::Display for Micros {
    /// Seconds with all six digits: `12.345678 s`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:06} s", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

/// Why a duration such as `60s` could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseDurationError(String);

impl fmt::Display for ParseDurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "“{}” is not a duration: write a number and a unit, us, ms, s, m or h, for example 20s or 1.5m (at most 142 years)",
            self.0
        )
    }
}

impl std::error::Error for ParseDurationError {}

impl FromStr for Micros {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Micros, ParseDurationError> {
        let error = || ParseDurationError(text.to_owned());
        let trimmed = text.trim();
        let digits = trimmed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit_us = match &trimmed[digits.len()..] {
            "us" => 1.0,
            "ms" => 1e3,
            "s" => 1e6,
            "m" => 60e6,
            "h" => 3600e6,
            _ => return Err(error()),
        };
        let number: f64 = digits.trim_end().parse().map_err(|_| error())?;
        let microseconds = number * unit_us;
        if !(0.0..=Micros::LAST.0 as f64).contains(&microseconds) {
            return Err(error());
        }
        Ok(Micros((microseconds + 0.5) as u64).min(Micros::LAST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_units() {
        let read = |text: &str| text.parse::<Micros>().map(|time| time.0);
        assert_eq!(read("250us"), Ok(250));
        assert_eq!(read("1.5ms"), Ok(1_500));
        assert_eq!(read("20s"), Ok(20_000_000));
        assert_eq!(read("2m"), Ok(120_000_000));
        assert_eq!(read("1h"), Ok(3_600_000_000));
        for bad in ["", "20", "s", "-1s", "NaNs", "infs", "1d", "1e300h", "1 s s"] {
            assert!(read(bad).is_err(), "{bad:?} was read");
        }
    }

    #[test]
    fn milliseconds_round_to_the_nearest_microsecond() {
        assert_eq!(Micros::from_ms(0.0015), Micros(2));
        assert_eq!(Micros::from_ms(f64::NAN), Micros::ZERO);
        assert_eq!(Micros::from_ms(-3.0), Micros::ZERO);
        assert_eq!(Micros::from_ms(f64::INFINITY), Micros::LAST);
    }
}
