//! Distributions of durations as they are measured: count, mean and extremes exact, percentiles within 0.1 %.

use serde::Serialize;

use crate::base::Micros;

/// Cells in a block. A cell is at most 1/512 of its value wide, so that its middle is within 0.1 % of it.
const CELLS: usize = 512;
const CELL_BITS: u32 = CELLS.trailing_zeros();

/// A log-linear histogram: block 0 holds 0 to 511 µs one by one, block b the values of which the highest bit
/// is bit b + 8. Blocks are made when first needed, so that a narrow distribution stays small.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    blocks: Vec<Option<Box<Block>>>,
    count: u64,
    sum: u128,
    /// The extremes; while there is nothing, every value is beyond them.
    least: Micros,
    most: Micros,
    lately: Lately,
}

/// The values since somebody asked last, in microseconds; of very many, every second one, or every fourth.
#[derive(Clone, Debug)]
struct Lately {
    values: Vec<u32>,
    /// One of so many values is kept.
    stride: u32,
    /// So many are to be left out before the next one is kept.
    skip: u32,
}

/// So many values are kept at the most between two questions.
const MOST_LATELY: usize = 2_048;

impl Default for Lately {
    fn default() -> Lately {
        Lately { values: Vec::new(), stride: 1, skip: 0 }
    }
}

impl Lately {
    #[inline]
    fn record(&mut self, value: Micros) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.skip = self.stride - 1;
        if self.values.len() == MOST_LATELY {
            self.thin_out();
        }
        self.values.push(value.0.min(u64::from(u32::MAX)) as u32);
    }

    #[cold]
    fn thin_out(&mut self) {
        let mut index = 0;
        self.values.retain(|_| {
            index += 1;
            index % 2 == 1
        });
        // Whoever never asks has a row of ever fewer of ever more.
        self.stride = self.stride.saturating_mul(2);
        self.skip = self.stride - 1;
    }
}

type Block = [u64; CELLS];

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram {
            blocks: Vec::new(),
            count: 0,
            sum: 0,
            least: Micros::LAST,
            most: Micros::ZERO,
            lately: Lately::default(),
        }
    }
}

/// A measured distribution in milliseconds; `null` where there is nothing to say yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct DistributionReport {
    /// How many values were measured.
    pub count: u64,
    /// Their mean, exact.
    pub mean: Option<f64>,
    /// Half are at most this (nearest rank, within 0.1 %).
    pub p50: Option<f64>,
    /// 95 % are at most this.
    pub p95: Option<f64>,
    /// 99 % are at most this.
    pub p99: Option<f64>,
    /// The largest, exact.
    pub max: Option<f64>,
}

impl Histogram {
    /// Takes one value into account.
    #[inline]
    pub(super) fn record(&mut self, value: Micros) {
        let (block, cell) = place(value.0);
        match self.blocks.get_mut(block) {
            Some(Some(cells)) => cells[cell] += 1,
            _ => self.record_in_new_block(block, cell),
        }
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        self.lately.record(value);
        self.count += 1;
        self.sum += u128::from(value.0);
    }

    #[cold]
    fn record_in_new_block(&mut self, block: usize, cell: usize) {
        if self.blocks.len() <= block {
            self.blocks.resize(block + 1, None);
        }
        let mut cells = Box::new([0; CELLS]);
        cells[cell] = 1;
        self.blocks[block] = Some(cells);
    }

    /// Forgets every value. What was there lately is still told to whoever asks next.
    pub(super) fn forget(&mut self) {
        *self = Histogram { lately: std::mem::take(&mut self.lately), ..Histogram::default() };
    }

    /// How much memory its cells take, in bytes.
    pub(super) fn size_bytes(&self) -> usize {
        self.blocks.iter().flatten().count() * size_of::<Block>() + self.lately.values.len() * size_of::<u32>()
    }

    /// The percentiles 50, 95 and 99 of the values since this was asked last, in milliseconds (nearest rank; of more than
    /// some thousand values, of a part of them).
    pub(super) fn take_lately(&mut self) -> Option<[f32; 3]> {
        let values = &mut self.lately.values;
        values.sort_unstable();
        let count = values.len();
        let percentile = |part: f64| values[((part * count as f64).ceil() as usize).clamp(1, count) - 1] as f32 / 1e3;
        let percentiles = (count > 0).then(|| [percentile(0.5), percentile(0.95), percentile(0.99)]);
        values.clear();
        (self.lately.stride, self.lately.skip) = (1, 0);
        percentiles
    }

    /// The mean, exact, in milliseconds.
    pub(super) fn mean_ms(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64 / 1e3)
    }

    /// The least value that `part` of all values (0 to 1) do not exceed: nearest rank, within 0.1 %.
    pub(super) fn percentile(&self, part: f64) -> Option<Micros> {
        if self.count == 0 {
            return None;
        }
        let rank = ((part * self.count as f64).ceil() as u64).clamp(1, self.count);
        let mut seen = 0;
        for (block, cells) in self.blocks.iter().enumerate() {
            for (cell, count) in cells.iter().flat_map(|cells| cells.iter()).enumerate() {
                seen += count;
                if seen >= rank {
                    return Some(middle(block, cell).clamp(self.least, self.most));
                }
            }
        }
        Some(self.most)
    }

    /// The figures that are shown.
    pub(super) fn report(&self) -> DistributionReport {
        let percentile = |part| self.percentile(part).map(Micros::as_ms);
        DistributionReport {
            count: self.count,
            mean: self.mean_ms(),
            p50: percentile(0.50),
            p95: percentile(0.95),
            p99: percentile(0.99),
            max: (self.count > 0).then(|| self.most.as_ms()),
        }
    }
}

#[inline]
fn place(value: u64) -> (usize, usize) {
    let highest = 63 - (value | 1).leading_zeros();
    if highest < CELL_BITS {
        (0, value as usize)
    } else {
        let shift = highest - CELL_BITS;
        (shift as usize + 1, (value >> shift) as usize & (CELLS - 1))
    }
}

fn middle(block: usize, cell: usize) -> Micros {
    if block == 0 {
        return Micros(cell as u64);
    }
    let shift = block - 1;
    Micros((((CELLS + cell) as u64) << shift) + ((1u64 << shift) - 1) / 2)
}

// proptest is a native tool.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn percentiles_are_within_a_thousandth(mut values in proptest::collection::vec(0u64..1 << 50, 1..300), part in 0.0f64..=1.0) {
            let mut histogram = Histogram::default();
            for value in &values {
                histogram.record(Micros(*value));
            }
            values.sort_unstable();
            let rank = ((part * values.len() as f64).ceil() as usize).clamp(1, values.len());
            let exact = values[rank - 1] as f64;
            let measured = histogram.percentile(part).unwrap().0 as f64;
            prop_assert!((measured - exact).abs() <= exact * 0.001, "{measured} instead of {exact}");
            let report = histogram.report();
            prop_assert_eq!(report.max.unwrap(), Micros(*values.last().unwrap()).as_ms());
            let mean = values.iter().map(|value| *value as f64).sum::<f64>() / values.len() as f64 / 1e3;
            prop_assert!((report.mean.unwrap() - mean).abs() <= mean * 1e-12);
        }
    }

    #[test]
    fn an_empty_one_has_no_figures() {
        assert_eq!(Histogram::default().report(), DistributionReport::default());
    }
}
