//! Two counts over time, on one chart.

use crate::base::Micros;

/// The width of the drawing.
pub const WIDTH: f64 = 320.0;
/// Its height.
pub const HEIGHT: f64 = 120.0;

/// A chart of two counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TwinChart {
    /// The simulation's line, as an SVG path.
    pub simulated: String,
    /// The broker's.
    pub real: String,
    /// What the upper border stands for.
    pub top: u64,
    /// The last of all: after how many seconds, and both counts.
    pub last: (u64, (u64, u64)),
}

/// The next of 1, 2 and 5 times a power of ten.
fn border(most: u64) -> u64 {
    let mut step = 1u64;
    loop {
        for times in [1, 2, 5] {
            let border = step.saturating_mul(times);
            if border >= most || border == u64::MAX {
                return border.max(5);
            }
        }
        step = step.saturating_mul(10);
    }
}

/// Draws two counts, each of which stays as it is until the next.
pub fn chart(counts: impl Iterator<Item = (Micros, (u64, u64))> + Clone) -> TwinChart {
    let Some((end, last)) = counts.clone().last() else { return TwinChart::default() };
    let most = counts.clone().map(|(_, (one, other))| one.max(other)).max().unwrap_or(0);
    let top = border(most);
    let line = |value: fn((u64, u64)) -> u64| {
        let mut path = String::new();
        let mut before = None;
        for (at, both) in counts.clone() {
            let count = value(both);
            let x = at.0 as f64 / end.0.max(1) as f64 * WIDTH;
            let y = HEIGHT - count as f64 / top as f64 * HEIGHT;
            match before.replace(count) {
                None => path.push_str(&format!("M{x:.1} {y:.1}")),
                Some(before) if before == count => {}
                Some(_) => path.push_str(&format!("H{x:.1}V{y:.1}")),
            }
        }
        path.push_str(&format!("H{WIDTH:.1}"));
        path
    };
    TwinChart { simulated: line(|both| both.0), real: line(|both| both.1), top, last: (end.0 / 1_000_000, last) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lines_have_one_scale() {
        let counts = [(0, (0, 0)), (1, (10, 0)), (2, (10, 20))].map(|(s, both)| (Micros(s * 1_000_000), both));
        let chart = chart(counts.into_iter());
        assert_eq!(chart.simulated, "M0.0 120.0H160.0V60.0H320.0");
        assert_eq!(chart.real, "M0.0 120.0H320.0V0.0H320.0");
        assert_eq!((chart.top, chart.last), (20, (2, (10, 20))));
        assert_eq!([0, 5, 6, 21, 100, u64::MAX].map(border), [5, 5, 10, 50, 100, u64::MAX]);
    }
}
