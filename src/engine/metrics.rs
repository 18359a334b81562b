//! Counters and measures that several kinds of nodes share. They follow the engine's events and nothing else.

use crate::base::Micros;

/// A rate over about the last second of simulated time: eight cells of 2¹⁷ µs (131 ms).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RateWindow {
    cells: [u32; RateWindow::CELLS],
    /// The cell number, since the run began, that is being filled.
    newest: u64,
}

impl RateWindow {
    const CELLS: usize = 8;
    const CELL_BITS: u32 = 17;

    /// Counts one.
    #[inline]
    pub(super) fn count(&mut self, now: Micros) {
        let cell = now.0 >> Self::CELL_BITS;
        if cell != self.newest {
            self.advance(cell);
        }
        self.cells[cell as usize % Self::CELLS] += 1;
    }

    fn advance(&mut self, cell: u64) {
        let passed = (cell - self.newest).min(Self::CELLS as u64);
        for behind in 0..passed {
            self.cells[(cell - behind) as usize % Self::CELLS] = 0;
        }
        self.newest = cell;
    }

    /// How many per second lately.
    pub(super) fn per_second(mut self, now: Micros) -> f64 {
        self.advance((now.0 >> Self::CELL_BITS).max(self.newest));
        let oldest = self.newest.saturating_sub(Self::CELLS as u64 - 1) << Self::CELL_BITS;
        // A run that has just begun has no second behind it yet: a tenth of one is the least to speak from.
        let span = now.saturating_sub(Micros(oldest)).0.max(100_000);
        self.cells.iter().map(|count| f64::from(*count)).sum::<f64>() * 1e6 / span as f64
    }
}

/// A number that changes in steps, and its integral over time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Level {
    value: u64,
    most: u64,
    since: Micros,
    area: u128,
}

impl Level {
    /// The value is `value` from now on.
    #[inline]
    pub(super) fn set(&mut self, now: Micros, value: u64) {
        self.area += u128::from(self.value) * u128::from((now - self.since).0);
        self.since = now;
        self.value = value;
        self.most = self.most.max(value);
    }

    /// The largest value so far.
    pub(super) fn most(&self) -> u64 {
        self.most
    }

    /// The integral from the beginning until now, in value·µs.
    pub(super) fn area(&self, now: Micros) -> u128 {
        self.area + u128::from(self.value) * u128::from(now.saturating_sub(self.since).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_speaks_of_the_last_second() {
        let mut rate = RateWindow::default();
        for message in 0..1_000u64 {
            rate.count(Micros(message * 10_000));
        }
        let steady = rate.per_second(Micros(10_000_000));
        assert!((steady - 100.0).abs() < 2.0, "{steady}");
        assert_eq!(rate.per_second(Micros(12_000_000)), 0.0);
    }

    #[test]
    fn a_level_integrates() {
        let mut level = Level::default();
        level.set(Micros(10), 3);
        level.set(Micros(20), 1);
        assert_eq!(level.area(Micros(25)), 35);
        assert_eq!(level.most(), 3);
    }
}
