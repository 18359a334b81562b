//! A producer: when its next message is due.

use crate::base::Micros;
use std::rc::Rc;

use crate::engine::broker::content::Content;
use crate::engine::metrics::RateWindow;
use crate::engine::random::{Purpose, Stream};
use crate::engine::{EdgeIndex, NodeIndex};
use crate::scenario::{Id, Pattern, ProducerSettings};

/// A producer's state.
#[derive(Clone)]
pub(in crate::engine) struct Producer {
    pub(in crate::engine) node: NodeIndex,
    pub(in crate::engine) settings: ProducerSettings,
    pub(in crate::engine) up: bool,
    /// When the next message is due; an event of any other time is left over from an older schedule.
    pub(in crate::engine) due: Option<Micros>,
    pub(in crate::engine) edges: Vec<PublishEdge>,
    pub(in crate::engine) published: u64,
    pub(in crate::engine) confirmed: u64,
    pub(in crate::engine) nacked: u64,
    pub(in crate::engine) returned: u64,
    /// Publishes whose confirm is awaited.
    pub(in crate::engine) unconfirmed: u64,
    /// Messages that were due and could not be published yet.
    pub(in crate::engine) held_back: u64,
    /// Whether the next one of them is on its way out.
    pub(in crate::engine) releasing: bool,
    pub(in crate::engine) publishes: RateWindow,
    last_at: Option<Micros>,
    schedule: Schedule,
    arrivals: Stream,
    /// The weights of its routing keys, added up.
    weights: Vec<f64>,
    keys: Stream,
}

/// An edge on which a producer publishes, with what it publishes there: one content for each of its routing keys.
#[derive(Clone)]
pub(in crate::engine) struct PublishEdge {
    pub(in crate::engine) edge: EdgeIndex,
    pub(in crate::engine) contents: Vec<Rc<Content>>,
}

impl Producer {
    pub(in crate::engine) fn new(
        node: NodeIndex,
        id: &Id,
        seed: u64,
        settings: &ProducerSettings,
        now: Micros,
    ) -> Producer {
        let mut producer = Producer {
            node,
            settings: settings.clone(),
            up: true,
            due: None,
            edges: Vec::new(),
            published: 0,
            confirmed: 0,
            nacked: 0,
            returned: 0,
            unconfirmed: 0,
            held_back: 0,
            releasing: false,
            publishes: RateWindow::default(),
            last_at: None,
            schedule: Schedule::Ended,
            arrivals: Stream::new(seed, id, Purpose::Arrivals),
            weights: Vec::new(),
            keys: Stream::new(seed, id, Purpose::Keys),
        };
        producer.add_weights();
        producer.begin_schedule(now);
        producer
    }

    /// New settings. A changed pattern begins now; a constant rate goes on from its last message, so that
    /// turning a rate up and down makes no bursts.
    pub(in crate::engine) fn set(&mut self, settings: &ProducerSettings, now: Micros) {
        let changed = self.settings.pattern != settings.pattern;
        self.settings = settings.clone();
        self.add_weights();
        if changed && self.up {
            self.begin_schedule(now);
        }
    }

    fn add_weights(&mut self) {
        let mut sum = 0.0;
        self.weights.clear();
        for key in &self.settings.message.routing_keys {
            sum += key.weight;
            self.weights.push(sum);
        }
    }

    /// Which of its routing keys the next message has.
    #[inline]
    pub(in crate::engine) fn draw_key(&mut self) -> usize {
        if self.weights.len() < 2 {
            return 0;
        }
        let drawn = self.keys.unit() * self.weights[self.weights.len() - 1];
        self.weights.partition_point(|sum| *sum <= drawn).min(self.weights.len() - 1)
    }

    /// Whether as many messages are unconfirmed as may be.
    #[inline]
    pub(in crate::engine) fn window_is_full(&self) -> bool {
        self.settings
            .confirms
            .as_ref()
            .is_some_and(|confirms| confirms.max_unconfirmed > 0 && self.unconfirmed >= confirms.max_unconfirmed)
    }

    /// Stops publishing.
    pub(in crate::engine) fn crash(&mut self) {
        self.up = false;
        self.due = None;
        self.held_back = 0;
    }

    /// Publishes again, its schedule begun anew.
    pub(in crate::engine) fn restart(&mut self, now: Micros) {
        self.up = true;
        self.last_at = None;
        self.begin_schedule(now);
    }

    fn begin_schedule(&mut self, now: Micros) {
        self.schedule = match self.settings.pattern {
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

    /// The message that was due is published; the next one is found.
    #[inline]
    pub(in crate::engine) fn published_one(&mut self, now: Micros) {
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
                let Pattern::Profile(steps) = &self.settings.pattern else { return };
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

/// Where a producer is in its pattern.
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
        let settings = ProducerSettings { pattern, ..ProducerSettings::default() };
        let mut producer = Producer::new(NodeIndex(0), &Id::from("p"), 1, &settings, Micros::ZERO);
        let mut times = Vec::new();
        while let Some(due) = producer.due {
            if times.len() == most {
                break;
            }
            times.push(due.0);
            producer.published_one(due);
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
        let mut settings = ProducerSettings { pattern: Pattern::Constant { per_s: 10.0 }, ..Default::default() };
        let mut producer = Producer::new(NodeIndex(0), &Id::from("p"), 1, &settings, Micros::ZERO);
        producer.published_one(Micros(0));
        assert_eq!(producer.due, Some(Micros(100_000)));
        settings.pattern = Pattern::Constant { per_s: 20.0 };
        producer.set(&settings, Micros(20_000));
        assert_eq!(producer.due, Some(Micros(50_000)));
        settings.pattern = Pattern::Constant { per_s: 1_000.0 };
        producer.set(&settings, Micros(30_000));
        assert_eq!(producer.due, Some(Micros(30_000)));
    }
}
