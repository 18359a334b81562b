//! One run of a study, in slices.

use serde::{Deserialize, Serialize};

use super::{Counting, Measure, Study, measures_of};
use crate::base::Micros;
use crate::engine::{Engine, Observer, Progress, Unobserved};
use crate::scenario::{Problem, Scenario};

/// One run among those of a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunNumber {
    /// Which value, from 0.
    pub value: usize,
    /// Which replication, from 0.
    pub replication: u32,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// Which run it was.
    pub run: RunNumber,
    /// The seed that it had.
    pub seed: u64,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was run to its end.
    Measured {
        /// What was measured, in the order of the study's measures; `None` where nothing was there to be measured, such as
        /// a mean wait where nobody waited. In JSON they are texts: a number of seventeen digits is read only nearly, and
        /// what is found must not depend on the way that it came.
        #[serde(with = "exact")]
        values: Vec<Option<f64>>,
    },
    /// It stopped: no more messages fit ([`crate::engine::MOST_COPIES`]).
    Full {
        /// When.
        at_us: Micros,
    },
    /// Its value cannot be set; [`Study::scenario_with`] says why.
    Refused,
}

/// Numbers as texts, which are read as exactly as they are written.
mod exact {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(values: &[Option<f64>], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|value| value.map(|value| value.to_string())))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Option<f64>>, D::Error> {
        let texts = Vec::<Option<String>>::deserialize(deserializer)?;
        let read = |text: Option<String>| text.map(|text| text.parse().map_err(de::Error::custom)).transpose();
        texts.into_iter().map(read).collect()
    }
}

/// A run of a study that is under way.
pub struct StudyRun {
    run: RunNumber,
    engine: Engine,
    until: Micros,
    /// The warm-up, while it lasts.
    warm_up: Option<Micros>,
    measures: Vec<Measure>,
    /// The figures at the end of the warm-up.
    before: Vec<Option<f64>>,
}

impl StudyRun {
    fn new(study: &Study, run: RunNumber, mut scenario: Scenario) -> StudyRun {
        scenario.seed = study.seed(run.replication);
        let known = measures_of(&scenario);
        let named = study.measures.iter().filter_map(|name| known.iter().find(|measure| measure.name == *name));
        StudyRun {
            run,
            engine: Engine::new(&scenario),
            until: study.until_us,
            warm_up: (study.warm_up_us > Micros::ZERO).then_some(study.warm_up_us),
            measures: named.cloned().collect(),
            before: Vec::new(),
        }
    }

    /// How far it is, 0 to 1.
    pub fn progress(&self) -> f64 {
        self.engine.now().0 as f64 / self.until.0.max(1) as f64
    }

    /// Carries out at most so many events; the result, once it has come to its end. Whoever watches changes nothing of it:
    /// the page has one that it has anyway, and so needs the engine once only.
    pub fn run_some(&mut self, most_events: u64, observer: &mut impl Observer) -> Option<RunResult> {
        let last = self.engine.events().saturating_add(most_events);
        loop {
            let left = last.saturating_sub(self.engine.events());
            let target = self.warm_up.unwrap_or(self.until);
            let outcome = match (self.engine.run_some(target, left, observer), self.warm_up) {
                (Progress::Underway, _) => return None,
                (Progress::Full, _) => Outcome::Full { at_us: self.engine.now() },
                (Progress::Reached, Some(_)) => {
                    self.engine.begin_measuring();
                    self.before = self.read();
                    self.warm_up = None;
                    continue;
                }
                (Progress::Reached, None) => Outcome::Measured { values: self.values() },
            };
            return Some(RunResult { run: self.run, seed: self.engine.seed(), outcome });
        }
    }

    fn read(&self) -> Vec<Option<f64>> {
        self.measures.iter().map(|measure| measure.read(&self.engine)).collect()
    }

    /// The figures, those that are counted without what was counted in the warm-up.
    fn values(&self) -> Vec<Option<f64>> {
        let mut values = self.read();
        for (place, (value, measure)) in values.iter_mut().zip(&self.measures).enumerate() {
            if measure.counting == Counting::Counter {
                let before = self.before.get(place).copied().flatten().unwrap_or(0.0);
                *value = value.map(|value| value - before);
            }
        }
        values
    }
}

impl Study {
    /// A run, at its beginning.
    ///
    /// # Errors
    /// What is wrong with its value.
    pub fn begin(&self, run: RunNumber) -> Result<StudyRun, Vec<Problem>> {
        let value = self.varied.as_ref().and_then(|varied| varied.values.get(run.value));
        let scenario = self.scenario_with(value.as_ref())?;
        Ok(StudyRun::new(self, run, scenario))
    }

    /// Runs one to its end, in slices of so many events. Between two of them `goes_on` is told how far it is, 0 to 1, and
    /// says whether it goes on; `None`: it does not.
    pub fn run_one(
        &self,
        run: RunNumber,
        slice_events: u64,
        mut goes_on: impl FnMut(f64) -> bool,
    ) -> Option<RunResult> {
        let Ok(mut under_way) = self.begin(run) else {
            return Some(RunResult { run, seed: self.seed(run.replication), outcome: Outcome::Refused });
        };
        loop {
            // Without any events it would never end.
            if let Some(result) = under_way.run_some(slice_events.max(1), &mut Unobserved) {
                return Some(result);
            }
            if !goes_on(under_way.progress()) {
                return None;
            }
        }
    }
}
