//! Counters and measures that several kinds of nodes share. They follow the engine's events and nothing else.

use crate::base::Micros;

/// A rate over about the last second of simulated time: eight cells of 2¹⁷ µs (131 ms).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RateWindow {
    /// Each cell holds its turn (how often the ring had gone round) in the upper half and its count in the lower:
    /// a cell of an older turn counts as empty, so that none has to be cleared when time jumps.
    cells: [u64; RateWindow::CELLS],
}

impl RateWindow {
    const CELLS: usize = 8;
    const CELL_BITS: u32 = 17;

    /// A cell of this turn with nothing in it. Times have 52 bits, so that turns have 32.
    #[inline]
    fn empty(cell: u64) -> u64 {
        cell / Self::CELLS as u64 * (1 << 32)
    }

    /// Counts one.
    #[inline]
    pub(super) fn count(&mut self, now: Micros) {
        let cell = now.0 >> Self::CELL_BITS;
        let counted = &mut self.cells[cell as usize % Self::CELLS];
        *counted = (*counted).max(Self::empty(cell)) + 1;
    }

    /// How many per second lately.
    pub(super) fn per_second(self, now: Micros) -> f64 {
        let newest = now.0 >> Self::CELL_BITS;
        let oldest = newest.saturating_sub(Self::CELLS as u64 - 1);
        let counts = (oldest..=newest).map(|cell| {
            let counted = self.cells[cell as usize % Self::CELLS];
            counted.saturating_sub(Self::empty(cell)) as f64
        });
        // A run that has just begun has no second behind it yet: a tenth of one is the least to speak from.
        let span = now.saturating_sub(Micros(oldest << Self::CELL_BITS)).0.max(100_000);
        counts.sum::<f64>() * 1e6 / span as f64
    }
}

/// A number that changes in steps, and its integral over time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Level {
    value: u64,
    since: Micros,
    area: u128,
}

impl Level {
    /// The value is `value` from now on.
    #[inline]
    pub(super) fn set(&mut self, now: Micros, value: u64) {
        let passed = (now - self.since).0;
        // Nearly always the product has 64 bits; a longer one is dear in wasm.
        self.area += if (self.value | passed) >> 32 == 0 {
            u128::from(self.value * passed)
        } else {
            u128::from(self.value) * u128::from(passed)
        };
        self.since = now;
        self.value = value;
    }

    /// The integral from the beginning until now, in value·µs.
    pub(super) fn area(&self, now: Micros) -> u128 {
        self.area + u128::from(self.value) * u128::from(now.saturating_sub(self.since).0)
    }
}

/// A level that also knows what it was lately.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RecentLevel {
    level: Level,
    /// Time and area at two earlier changes: at least [`RecentLevel::LATELY`] lies between them.
    marks: [(Micros, u128); 2],
    /// Which of them is the newer one.
    newer: bool,
}

impl RecentLevel {
    /// What counts as lately.
    const LATELY: Micros = Micros::SECOND;

    /// The value is `value` from now on.
    #[inline]
    pub(super) fn set(&mut self, now: Micros, value: u64) {
        self.level.set(now, value);
        if now.0 - self.marks[usize::from(self.newer)].0.0 >= Self::LATELY.0 {
            self.newer = !self.newer;
            self.marks[usize::from(self.newer)] = (now, self.level.area);
        }
    }

    /// The mean value lately: over at least half a second where that much has passed, and over about one or two seconds
    /// where it changes often.
    pub(super) fn lately(&self, now: Micros) -> f64 {
        let newer = self.marks[usize::from(self.newer)];
        let older = self.marks[usize::from(!self.newer)];
        let (begin, area) = if now.saturating_sub(newer.0).0 * 2 >= Self::LATELY.0 { newer } else { older };
        let passed = now.saturating_sub(begin).0;
        if passed == 0 { self.level.value as f64 } else { (self.area(now) - area) as f64 / passed as f64 }
    }

    /// The integral from the beginning until now, in value·µs.
    pub(super) fn area(&self, now: Micros) -> u128 {
        self.level.area(now)
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
    fn a_level_knows_its_mean_lately() {
        let mut level = RecentLevel::default();
        // Three of four tenths of a second at 1, for ten seconds; then nothing.
        for step in 0..100u64 {
            level.set(Micros(step * 100_000), u64::from(step % 4 != 0));
        }
        let busy = level.lately(Micros(10_000_000));
        assert!((busy - 0.75).abs() < 0.1, "{busy}");
        level.set(Micros(10_000_000), 0);
        assert!(level.lately(Micros(10_600_000)) < 0.5);
        assert!(level.lately(Micros(20_000_000)) < 0.1);
    }

    #[test]
    fn a_level_integrates() {
        let mut level = Level::default();
        level.set(Micros(10), 3);
        level.set(Micros(20), 1);
        assert_eq!(level.area(Micros(25)), 35);
    }
}
