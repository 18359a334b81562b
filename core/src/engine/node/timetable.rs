//! When the next message of a producer, or the next request of a client, is due.

use crate::base::Micros;
use crate::engine::random::{Purpose, Stream};
use crate::scenario::{Id, Pattern};

/// A pattern, and how far it has come.
#[derive(Clone)]
pub(in crate::engine) struct Timetable {
    /// When the next one is due; an event of any other time is left over from an older schedule.
    pub(in crate::engine) due: Option<Micros>,
    pattern: Pattern,
    last_at: Option<Micros>,
    schedule: Schedule,
    arrivals: Stream,
}

impl Timetable {
    /// A pattern that begins now.
    pub(in crate::engine) fn new(seed: u64, id: &Id, pattern: &Pattern, now: Micros) -> Timetable {
        let mut timetable = Timetable {
            due: None,
            pattern: pattern.clone(),
            last_at: None,
            schedule: Schedule::Ended,
            arrivals: Stream::new(seed, id, Purpose::Arrivals),
        };
        timetable.begin_schedule(now);
        timetable
    }

    /// Another pattern, which begins now where it differs and time runs on; a constant rate goes on from its last
    /// message, so that turning a rate up and down makes no bursts.
    pub(in crate::engine) fn set(&mut self, pattern: &Pattern, runs: bool, now: Micros) {
        if self.pattern != *pattern {
            self.pattern = pattern.clone();
            if runs {
                self.begin_schedule(now);
            }
        }
    }

    /// Nothing is due any more.
    pub(in crate::engine) fn stop(&mut self) {
        self.due = None;
    }

    /// The pattern begins anew.
    pub(in crate::engine) fn restart(&mut self, now: Micros) {
        self.last_at = None;
        self.begin_schedule(now);
    }

    fn begin_schedule(&mut self, now: Micros) {
        self.schedule = match self.pattern {
            Pattern::Constant { per_s } => {
                let interval = Metronome::interval(per_s);
                let begin = self.last_at.zip(interval).map_or(now, |(last, interval)| (last + interval).max(now));
                Schedule::Constant(Metronome::new(per_s, begin))
            }
            Pattern::Poisson { per_s } => Schedule::Poisson { mean_us: 1e6 / per_s, at: now.0 as f64 },
            Pattern::Burst { size, every_ms } => {
                let every = Micros::from_ms(every_ms).max(Micros(1));
                Schedule::Burst { size, every, begins_at: now, left: size }
            }
            Pattern::Profile(ref steps) => {
                // The last step that has begun, and in it the first message that is still to come.
                let begun = steps.iter().take_while(|(at_ms, _)| Micros::from_ms(*at_ms) <= now).count();
                let metronome = begun.checked_sub(1).map(|step| {
                    let (at_ms, per_s) = steps[step];
                    Metronome::new_from(per_s, Micros::from_ms(at_ms), now)
                });
                Schedule::Profile { next_step: begun, metronome: metronome.unwrap_or(Metronome::SILENT) }
            }
            Pattern::Once { count } => Schedule::Once { at: now, left: count },
            Pattern::ClosedLoop { .. } => Schedule::Ended,
        };
        self.find_next();
    }

    /// What was due is done; the next one is found.
    #[inline]
    pub(in crate::engine) fn done_one(&mut self, now: Micros) {
        self.last_at = Some(now);
        self.find_next();
    }

    #[inline]
    fn find_next(&mut self) {
        self.due = match &mut self.schedule {
            Schedule::Constant(metronome) => metronome.next(),
            Schedule::Poisson { mean_us, at } => {
                // The exact time is carried on, not the rounded one, so that rounding does not shift the rate.
                *at += self.arrivals.exponential() * *mean_us;
                (*at < Micros::LAST.0 as f64).then_some(Micros(*at as u64))
            }
            Schedule::Burst { size: 0, .. } | Schedule::Ended => None,
            Schedule::Burst { size, every, begins_at, left } => {
                if *left == 0 {
                    *left = *size;
                    *begins_at += *every;
                }
                *left -= 1;
                (*begins_at < Micros::LAST).then_some(*begins_at)
            }
            Schedule::Profile { next_step, metronome } => {
                let Pattern::Profile(steps) = &self.pattern else { return };
                loop {
                    let next = metronome.next();
                    let Some((at_ms, per_s)) = steps.get(*next_step) else { break next };
                    let begins_at = Micros::from_ms(*at_ms);
                    if next.is_some_and(|next| next < begins_at) {
                        break next;
                    }
                    *metronome = Metronome::new(*per_s, begins_at);
                    *next_step += 1;
                }
            }
            Schedule::Once { at, left } => left.checked_sub(1).map(|rest| {
                *left = rest;
                *at
            }),
        };
    }
}

/// Where it is in its pattern.
#[derive(Clone, Debug)]
enum Schedule {
    Constant(Metronome),
    Poisson { mean_us: f64, at: f64 },
    Burst { size: u64, every: Micros, begins_at: Micros, left: u64 },
    Profile { next_step: usize, metronome: Metronome },
    Once { at: Micros, left: u64 },
    Ended,
}

/// The instants ⌊k·10⁶/rate⌋ µs after a beginning, k = 0, 1, 2 …, exact for rates of whole millionths of a message
/// per second: the quotient is added up with its remainder, so that nothing is ever rounded.
#[derive(Clone, Copy, Debug)]
struct Metronome {
    next: Micros,
    /// Millionths of messages per second; 0: never.
    rate: u64,
    whole_us: u64,
    rest: u64,
    carried: u64,
}

/// A second in microseconds, in millionths: what a rate in millionths divides.
const SECOND_IN_MILLIONTHS: u64 = 1_000_000_000_000;

impl Metronome {
    const SILENT: Metronome = Metronome { next: Micros::ZERO, rate: 0, whole_us: 0, rest: 0, carried: 0 };

    fn rate(per_s: f64) -> u64 {
        (per_s * 1e6 + 0.5) as u64
    }

    /// The time from one message to the next, rounded down; `None` for no messages at all.
    fn interval(per_s: f64) -> Option<Micros> {
        SECOND_IN_MILLIONTHS.checked_div(Self::rate(per_s)).map(Micros)
    }

    fn new(per_s: f64, begin: Micros) -> Metronome {
        let rate = Self::rate(per_s);
        let whole_us = SECOND_IN_MILLIONTHS.checked_div(rate).unwrap_or(0);
        let rest = SECOND_IN_MILLIONTHS.checked_rem(rate).unwrap_or(0);
        Metronome { next: begin, rate, whole_us, rest, carried: 0 }
    }

    /// The same instants from a beginning in the past, those before `now` left out.
    fn new_from(per_s: f64, begin: Micros, now: Micros) -> Metronome {
        let mut metronome = Metronome::new(per_s, begin);
        let passed = u128::from(now.saturating_sub(begin).0);
        let (rate, second) = (u128::from(metronome.rate), u128::from(SECOND_IN_MILLIONTHS));
        if rate > 0 {
            // The first k with ⌊k·10¹²/rate⌋ ≥ passed.
            let k = (passed * rate).div_ceil(second);
            metronome.next = begin + Micros(u64::try_from(k * second / rate).unwrap_or(u64::MAX));
            metronome.carried = (k * second % rate) as u64;
        }
        metronome
    }

    #[inline]
    fn next(&mut self) -> Option<Micros> {
        if self.rate == 0 || self.next >= Micros::LAST {
            return None;
        }
        let next = self.next;
        self.next += Micros(self.whole_us);
        self.carried += self.rest;
        if self.carried >= self.rate {
            self.carried -= self.rate;
            self.next += Micros(1);
        }
        Some(next)
    }
}

// proptest is a native tool.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_metronome_is_exact(millionths in 1u64..1_000_000_000_000, begin in 0u64..1_000_000_000, count in 1usize..200) {
            let mut metronome = Metronome::new(millionths as f64 / 1e6, Micros(begin));
            for k in 0..count as u128 {
                let exact = begin + (k * 1_000_000_000_000 / u128::from(millionths)) as u64;
                prop_assert_eq!(metronome.next().unwrap(), Micros(exact));
            }
        }

        #[test]
        fn a_metronome_joins_in_anywhere(millionths in 1u64..100_000_000, begin in 0u64..1_000_000, later in 0u64..10_000_000_000) {
            let rate = millionths as f64 / 1e6;
            let now = Micros(begin + later);
            let mut joined = Metronome::new_from(rate, Micros(begin), now);
            let first = joined.next().unwrap();
            prop_assert!(first >= now);
            let mut from_begin = Metronome::new(rate, Micros(begin));
            let mut steps = 0;
            let straight = loop {
                let next = from_begin.next().unwrap();
                steps += 1;
                if next >= now || steps > 20_000 { break next; }
            };
            if straight >= now {
                prop_assert_eq!(first, straight);
                prop_assert_eq!(joined.next(), from_begin.next());
            }
        }
    }

    fn times(pattern: Pattern, most: usize) -> Vec<u64> {
        let mut timetable = Timetable::new(1, &Id::from("p"), &pattern, Micros::ZERO);
        let mut times = Vec::new();
        while let Some(due) = timetable.due {
            if times.len() == most {
                break;
            }
            times.push(due.0);
            timetable.done_one(due);
        }
        times
    }

    #[test]
    fn patterns_publish_when_they_say() {
        assert_eq!(times(Pattern::Constant { per_s: 3.0 }, 5), [0, 333_333, 666_666, 1_000_000, 1_333_333]);
        assert_eq!(times(Pattern::Constant { per_s: 0.0 }, 5), [0u64; 0]);
        assert_eq!(times(Pattern::Burst { size: 2, every_ms: 5.0 }, 5), [0, 0, 5_000, 5_000, 10_000]);
        assert_eq!(times(Pattern::Burst { size: 0, every_ms: 5.0 }, 5), [0u64; 0]);
        assert_eq!(times(Pattern::Once { count: 3 }, 5), [0, 0, 0]);
        assert_eq!(
            times(Pattern::Profile(vec![(1.0, 1_000.0), (3.0, 0.0), (10.0, 2_000.0)]), 6),
            [1_000, 2_000, 10_000, 10_500, 11_000, 11_500]
        );
    }

    #[test]
    fn a_changed_rate_goes_on_from_the_last_message() {
        let constant = |per_s| Pattern::Constant { per_s };
        let mut timetable = Timetable::new(1, &Id::from("p"), &constant(10.0), Micros::ZERO);
        timetable.done_one(Micros(0));
        assert_eq!(timetable.due, Some(Micros(100_000)));
        timetable.set(&constant(20.0), true, Micros(20_000));
        assert_eq!(timetable.due, Some(Micros(50_000)));
        timetable.set(&constant(1_000.0), true, Micros(30_000));
        assert_eq!(timetable.due, Some(Micros(30_000)));
    }
}
