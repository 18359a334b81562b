//! How much real time passes for the page between two frames.

/// A longer gap, in milliseconds, counts as no time: the page was hidden, or the machine asleep.
const LONGEST_GAP_MS: f64 = 250.0;

/// Measures the time from frame to frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    last_ms: Option<f64>,
    was_long: bool,
}

impl Pace {
    /// A frame begins at `now_ms`: how many microseconds have passed since the one before it.
    ///
    /// The first frame after a long gap counts nothing. Where long gaps follow each other, it is the machine that is
    /// slow: each counts as the longest that is taken for a frame, so that time goes on.
    pub fn frame(&mut self, now_ms: f64) -> f64 {
        let Some(last_ms) = self.last_ms.replace(now_ms) else { return 0.0 };
        let gap_ms = (now_ms - last_ms).max(0.0);
        let is_long = gap_ms > LONGEST_GAP_MS;
        let was_long = std::mem::replace(&mut self.was_long, is_long);
        match (is_long, was_long) {
            (false, _) => gap_ms * 1000.0,
            (true, true) => LONGEST_GAP_MS * 1000.0,
            (true, false) => 0.0,
        }
    }

    /// What passes until the next frame counts as no time.
    pub fn rest(&mut self) {
        *self = Pace::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_count_the_time_between_them() {
        let mut pace = Pace::default();
        assert_eq!(pace.frame(1_000.0), 0.0);
        assert_eq!(pace.frame(1_016.0), 16_000.0);
        assert_eq!(pace.frame(1_266.0), 250_000.0);
    }

    #[test]
    fn a_hidden_page_goes_on_where_it_stood() {
        let mut pace = Pace::default();
        pace.frame(0.0);
        assert_eq!(pace.frame(3_600_000.0), 0.0);
        assert_eq!(pace.frame(3_600_016.0), 16_000.0);
        pace.rest();
        assert_eq!(pace.frame(3_600_100.0), 0.0);
    }

    #[test]
    fn a_slow_machine_still_gets_on() {
        let mut pace = Pace::default();
        let passed: f64 = (0..10).map(|frame| pace.frame(f64::from(frame) * 400.0)).sum();
        assert_eq!(passed, 8.0 * 250_000.0);
    }
}
