//! Whether and how fast simulated time passes.

use crate::base::Micros;
use crate::engine::Progress;

/// The slowest speed, in simulated seconds per real second.
pub const SLOWEST: f64 = 0.1;
/// The fastest.
pub const FASTEST: f64 = 1000.0;

/// The state of the transport bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Playback {
    /// Whether time passes.
    playing: bool,
    speed: f64,
    /// Where playing stops.
    until: Option<Micros>,
    /// Where a seek under way goes to: as fast as it can, then on as before.
    seeking: Option<Micros>,
    /// The part of a microsecond that has passed but not been simulated yet.
    rest_us: f64,
    /// The speed that is really reached, where that is less than asked for.
    slowed_to: Option<f64>,
    /// No more copies fit.
    full: bool,
}

impl Default for Playback {
    fn default() -> Playback {
        Playback { playing: false, speed: 1.0, until: None, seeking: None, rest_us: 0.0, slowed_to: None, full: false }
    }
}

impl Playback {
    /// Whether time passes.
    pub fn playing(&self) -> bool {
        self.playing
    }

    /// Simulated seconds per real second.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Where a seek under way goes to.
    pub fn seeking(&self) -> Option<Micros> {
        self.seeking
    }

    /// The speed that is really reached, where the machine cannot keep up.
    pub fn slowed_to(&self) -> Option<f64> {
        self.slowed_to
    }

    /// Whether the run stopped because no more messages fit.
    pub fn full(&self) -> bool {
        self.full
    }

    pub(super) fn play(&mut self, until: Option<Micros>) {
        self.playing = true;
        self.until = until;
        self.rest_us = 0.0;
        self.full = false;
    }

    pub(super) fn pause(&mut self) {
        self.playing = false;
        self.until = None;
        self.seeking = None;
        self.slowed_to = None;
    }

    pub(super) fn seek(&mut self, time: Micros) {
        self.seeking = Some(time);
        self.until = None;
        self.full = false;
    }

    pub(super) fn begin_anew(&mut self) {
        *self = Playback { playing: self.playing, speed: self.speed, ..Playback::default() };
    }

    /// Speeds are kept within their bounds; what is not a number changes nothing.
    pub(super) fn set_speed(&mut self, speed: f64) {
        if !speed.is_nan() {
            self.speed = speed.clamp(SLOWEST, FASTEST);
            self.slowed_to = None;
        }
    }

    /// Where the engine should be after `wall_us` microseconds more; `None`: time stands.
    pub(super) fn target(&mut self, now: Micros, wall_us: f64) -> Option<Micros> {
        if self.seeking.is_some() {
            return self.seeking;
        }
        if !self.playing {
            return None;
        }
        let passed = wall_us.max(0.0) * self.speed + self.rest_us;
        self.rest_us = passed.fract();
        let target = now + Micros(passed as u64);
        Some(self.until.map_or(target, |until| target.min(until)))
    }

    /// The engine has gone on. True where the transport bar looks different now.
    pub(super) fn passed(&mut self, now: Micros, passed: Micros, wall_us: f64, progress: Progress) -> bool {
        let before = self.clone();
        match progress {
            Progress::Full => {
                self.pause();
                self.full = true;
            }
            Progress::Underway if self.seeking.is_none() => {
                // Nothing is made up for later: simulated time simply passes more slowly.
                self.rest_us = 0.0;
                self.slowed_to = Some(passed.0 as f64 / wall_us.max(1.0));
            }
            Progress::Underway => {}
            Progress::Reached if self.seeking.take().is_some() => {}
            Progress::Reached => {
                self.slowed_to = None;
                if self.until.is_some_and(|until| now >= until) {
                    self.pause();
                }
            }
        }
        (before.playing, before.seeking, before.slowed_to.is_some(), before.full)
            != (self.playing, self.seeking, self.slowed_to.is_some(), self.full)
    }
}
