//! Replications and sweeps: one scenario run many times, with other seeds and with other values of a setting.
//!
//! A [`Study`] is plain data. It enumerates its [`RunNumber`]s; each is run by [`Study::begin`], in slices, wherever there
//! is time for it; the [`RunResult`]s are put together in any order into the same [`Findings`].
//!
//! The n-th replication has the same seed whatever is varied (common random numbers), so that two values are compared
//! under the same arrivals.

mod course;
mod findings;
mod measure;
mod run;
pub mod student;
#[cfg(not(target_arch = "wasm32"))]
mod threads;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

use crate::base::{Language, Micros};
use crate::scenario::{BROKER, Id, Problem, Reason, SEED_LIMIT, Scenario, format, settings};
use crate::words::Words;

pub use course::{Course, News};
pub use findings::{Findings, Summary, ValueFindings};
pub use measure::{Counting, Measure, Unit, measures_of};
pub use run::{Outcome, RunNumber, RunResult, StudyRun};
#[cfg(not(target_arch = "wasm32"))]
pub use threads::run_all;

/// The most runs of a study.
pub const MOST_RUNS: usize = 10_000;

/// What is run, how often, with which values, and what is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// What is run; its seed is that of the first replication.
    #[serde(deserialize_with = "read_scenario")]
    pub scenario: Scenario,
    /// Until when each run goes: the events before that instant.
    pub until_us: Micros,
    /// How much of that is left out of everything that is measured.
    #[serde(default)]
    pub warm_up_us: Micros,
    /// How often each value is run, each time with another seed.
    pub replications: u32,
    /// What is varied; absent: nothing, and all runs differ by their seeds only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub varied: Option<Varied>,
    /// The names of the figures that are measured, such as `nodes.q.wait_ms.mean`; [`measures_of`] has all that there are.
    pub measures: Vec<String>,
}

/// A setting that is varied, or several that are set to the same value each time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Varied {
    /// The settings: a consumer's `concurrency`, say, and with it its `prefetch_count`.
    pub settings: Vec<SettingPlace>,
    /// What they are set to, one after the other.
    pub values: Values,
}

/// Where a setting is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingPlace {
    /// A node or an edge, or `broker`.
    pub id: Id,
    /// The setting: names and indices with points between them, such as `pattern.poisson.per_s`.
    pub path: String,
}

/// The values that a setting is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// These.
    List(Vec<Value>),
    /// Numbers from one to another in steps, the last one included where a step ends there.
    Range {
        /// The first.
        from: f64,
        /// None is beyond this.
        to: f64,
        /// From one to the next.
        step: f64,
    },
}

/// Why a study cannot be run at all.
#[derive(Clone, Debug)]
pub enum StudyProblem {
    /// It has no time after the warm-up.
    NoTime,
    /// It has no replications.
    NoReplications,
    /// It measures nothing.
    NoMeasures,
    /// The scenario has no such figure.
    NoSuchMeasure(String),
    /// Something is varied, but no setting is named.
    NoSetting,
    /// There are no values: an empty list, a range that ends before it begins, or one without a step.
    NoValues,
    /// There are more than [`MOST_RUNS`] runs.
    TooManyRuns,
    /// No value can be set there; what is wrong with the first.
    EveryValueRefused(Vec<Problem>),
}

fn read_scenario<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Scenario, D::Error> {
    let value = Value::deserialize(deserializer)?;
    format::from_value(value).map_err(|problems| {
        let words = Words::of(Language::English);
        let sentences = problems.iter().map(|problem| format!("{}: {}", problem.pointer, problem.describe(words)));
        de::Error::custom(sentences.collect::<Vec<_>>().join("\n"))
    })
}

impl Values {
    /// How many there are; none where a range makes no sense.
    fn count(&self) -> f64 {
        match *self {
            Values::List(ref values) => values.len() as f64,
            Values::Range { from, to, step } => {
                let steps = (to - from) / step;
                // Half a millionth of a step: 0.1 + 0.1 + 0.1 is more than 0.3.
                if step > 0.0 && steps >= 0.0 { libm::floor(steps + 5e-7) + 1.0 } else { 0.0 }
            }
        }
    }

    /// One of them, from 0.
    pub fn get(&self, index: usize) -> Option<Value> {
        match *self {
            Values::List(ref values) => values.get(index).cloned(),
            Values::Range { from, step, .. } => {
                ((index as f64) < self.count()).then(|| number(from + index as f64 * step))
            }
        }
    }

    /// The values, [`MOST_RUNS`] at the most.
    pub fn all(&self) -> Vec<Value> {
        (0..MOST_RUNS).map_while(|index| self.get(index)).collect()
    }
}

/// A number as it would be written by hand: whole where it is whole, and without what adding up leaves behind.
fn number(value: f64) -> Value {
    let rounded: f64 = format!("{value:.11e}").parse().unwrap_or(value);
    let whole = libm::trunc(rounded) == rounded && libm::fabs(rounded) < 1e15;
    if whole { Value::from(rounded as i64) } else { Value::from(rounded) }
}

impl Study {
    /// Whether it can be run.
    ///
    /// # Errors
    /// What is wrong with it, all of it.
    pub fn check(&self) -> Result<(), Vec<StudyProblem>> {
        let mut problems = Vec::new();
        if self.warm_up_us >= self.until_us {
            problems.push(StudyProblem::NoTime);
        }
        if self.replications == 0 {
            problems.push(StudyProblem::NoReplications);
        }
        if self.measures.is_empty() {
            problems.push(StudyProblem::NoMeasures);
        }
        let known = measures_of(&self.scenario);
        for name in &self.measures {
            if !known.iter().any(|measure| measure.name == *name) {
                problems.push(StudyProblem::NoSuchMeasure(name.clone()));
            }
        }
        let count = self.varied.as_ref().map_or(1.0, |varied| varied.values.count());
        if count == 0.0 {
            problems.push(StudyProblem::NoValues);
        }
        if count * f64::from(self.replications) > MOST_RUNS as f64 {
            problems.push(StudyProblem::TooManyRuns);
        } else if let Some(varied) = &self.varied {
            if varied.settings.is_empty() {
                problems.push(StudyProblem::NoSetting);
            } else if count > 0.0
                && let Some(refused) = self.refuses_every_value()
            {
                problems.push(StudyProblem::EveryValueRefused(refused));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// What is wrong with the first value, where something is wrong with all of them.
    fn refuses_every_value(&self) -> Option<Vec<Problem>> {
        let mut first = None;
        for value in self.values() {
            match self.scenario_with(value.as_ref()) {
                Ok(_) => return None,
                Err(problems) => first = first.or(Some(problems)),
            }
        }
        first
    }

    /// The values, in their order; a single `None` where nothing is varied.
    pub fn values(&self) -> Vec<Option<Value>> {
        match &self.varied {
            Some(varied) => varied.values.all().into_iter().map(Some).collect(),
            None => vec![None],
        }
    }

    /// The scenario with the varied settings at this value.
    ///
    /// # Errors
    /// What is wrong with the place or the value.
    pub fn scenario_with(&self, value: Option<&Value>) -> Result<Scenario, Vec<Problem>> {
        let mut scenario = self.scenario.clone();
        if let (Some(varied), Some(value)) = (&self.varied, value) {
            for place in &varied.settings {
                place.set(&mut scenario, value.clone())?;
            }
            let problems = format::check(&scenario);
            if !problems.is_empty() {
                return Err(problems);
            }
        }
        Ok(scenario)
    }

    /// The seed of a replication, below 2⁵³: the scenario's for the first, and for the others derived from it and their
    /// number alone.
    pub fn seed(&self, replication: u32) -> u64 {
        if replication == 0 {
            return self.scenario.seed;
        }
        // SplitMix64 (Steele, Lea and Flood, 2014): neighbouring numbers become seeds that have nothing in common.
        let mut mixed = self.scenario.seed.wrapping_add(u64::from(replication).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % SEED_LIMIT
    }

    /// All runs, value by value.
    pub fn runs(&self) -> Vec<RunNumber> {
        let replications = self.replications;
        let of_value = |value| (0..replications).map(move |replication| RunNumber { value, replication });
        (0..self.values().len()).flat_map(of_value).take(MOST_RUNS).collect()
    }
}

impl SettingPlace {
    /// Sets it in a document.
    fn set(&self, scenario: &mut Scenario, value: Value) -> Result<(), Vec<Problem>> {
        let SettingPlace { id, path } = self;
        if id.as_str() == BROKER {
            scenario.broker = settings::set_broker(&scenario.broker, path, value)?;
        } else if let Some(node) = scenario.nodes.iter_mut().find(|node| node.id == *id) {
            node.settings = settings::set_node(&node.settings, path, value)?;
        } else if let Some(edge) = scenario.edges.iter_mut().find(|edge| edge.id == *id) {
            *edge = settings::set_edge(edge, path, value)?;
        } else {
            return Err(vec![Reason::NoSuchNode(id.clone()).into()]);
        }
        Ok(())
    }
}
