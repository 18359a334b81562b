//! What a study has found: means with their confidence intervals, value by value.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Outcome, RunNumber, RunResult, Study, StudyProblem, student};
use crate::scenario::Problem;

/// The share of intervals that are to hold the true mean.
pub const CONFIDENCE: f64 = 0.95;

/// A figure over the replications of one value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How many replications measured it.
    pub n: u32,
    /// Their mean.
    pub mean: f64,
    /// The standard deviation of a replication, from n − 1 degrees of freedom; `None` of a single one.
    pub standard_deviation: Option<f64>,
    /// How far the 95 % confidence interval of the mean reaches to either side: t·s/√n, t of Student's distribution with
    /// n − 1 degrees of freedom; `None` of a single one.
    pub half_width: Option<f64>,
    /// The least of them.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Summary {
    /// Of these values, which are independent of each other; `None` where there are none.
    pub fn of(values: &[f64]) -> Option<Summary> {
        let n = u32::try_from(values.len()).ok().filter(|n| *n > 0)?;
        let count = f64::from(n);
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let standard_deviation = (n > 1).then(|| libm::sqrt(squares / (count - 1.0)));
        let half_width =
            standard_deviation.map(|deviation| student::two_sided(CONFIDENCE, n - 1) * deviation / libm::sqrt(count));
        let (min, max) =
            values.iter().fold((values[0], values[0]), |(min, max), value| (min.min(*value), max.max(*value)));
        Some(Summary { n, mean, standard_deviation, half_width, min, max })
    }

    /// The confidence interval; of a single value it is not known.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.half_width.map(|half| (self.mean - half, self.mean + half))
    }

    /// Whether the confidence interval holds this value.
    pub fn holds(&self, value: f64) -> bool {
        self.interval().is_some_and(|(low, high)| (low..=high).contains(&value))
    }
}

/// What was found for one value.
#[derive(Clone, Debug)]
pub struct ValueFindings {
    /// The value; `None` where nothing is varied.
    pub value: Option<Value>,
    /// Runs that came to their end.
    pub measured: u32,
    /// Runs that stopped because no more messages fit: what is summarised is without them.
    pub full: u32,
    /// What is wrong with the value, where it was refused; empty otherwise.
    pub refused: Vec<Problem>,
    /// Of each measure, in the study's order; `None` where nothing was measured.
    pub measures: Vec<Option<Summary>>,
}

/// The results of a study, put together in any order.
#[derive(Clone, Debug)]
pub struct Findings {
    values: Vec<Option<Value>>,
    refused: Vec<Vec<Problem>>,
    replications: usize,
    measures: usize,
    /// Value by value, replication by replication.
    outcomes: Vec<Option<Outcome>>,
}

impl Findings {
    /// None yet.
    ///
    /// # Errors
    /// Why the study cannot be run.
    pub fn new(study: &Study) -> Result<Findings, Vec<StudyProblem>> {
        study.check()?;
        let values = study.values();
        let refused: Vec<Vec<Problem>> =
            values.iter().map(|value| study.scenario_with(value.as_ref()).err().unwrap_or_default()).collect();
        let replications = study.replications as usize;
        Ok(Findings {
            outcomes: vec![None; values.len() * replications],
            values,
            refused,
            replications,
            measures: study.measures.len(),
        })
    }

    fn place(&self, run: RunNumber) -> Option<usize> {
        let replication = run.replication as usize;
        (run.value < self.values.len() && replication < self.replications)
            .then(|| run.value * self.replications + replication)
    }

    /// Adds a result. One that is no run of this study, or has not as many figures as are measured, is left out; of one
    /// that is added again nothing changes, as a run always gives the same.
    pub fn add(&mut self, result: RunResult) {
        let fits = match &result.outcome {
            Outcome::Measured { values } => values.len() == self.measures,
            Outcome::Full { .. } | Outcome::Refused => true,
        };
        if let Some(place) = self.place(result.run).filter(|_| fits) {
            self.outcomes[place] = Some(result.outcome);
        }
    }

    /// How many results there are, and how many there will be.
    pub fn progress(&self) -> (usize, usize) {
        (self.outcomes.iter().flatten().count(), self.outcomes.len())
    }

    fn outcomes_of(&self, value: usize) -> &[Option<Outcome>] {
        self.outcomes.get(value * self.replications..(value + 1) * self.replications).unwrap_or_default()
    }

    /// A measure of one value, replication by replication; `None` where it was not measured (yet).
    pub fn figures(&self, value: usize, measure: usize) -> Vec<Option<f64>> {
        let figure = |outcome: &Option<Outcome>| match outcome {
            Some(Outcome::Measured { values }) => values.get(measure).copied().flatten(),
            _ => None,
        };
        self.outcomes_of(value).iter().map(figure).collect()
    }

    /// A measure of one value.
    pub fn summary(&self, value: usize, measure: usize) -> Option<Summary> {
        Summary::of(&self.figures(value, measure).into_iter().flatten().collect::<Vec<f64>>())
    }

    /// By how much a measure of one value is larger than that of another, replication by replication: with the same seeds
    /// on both sides chance that both have in common falls out (Law, *Simulation Modeling and Analysis*: common random
    /// numbers, paired t).
    pub fn difference(&self, value: usize, other: usize, measure: usize) -> Option<Summary> {
        let pairs = self.figures(value, measure).into_iter().zip(self.figures(other, measure));
        let differences: Vec<f64> = pairs.filter_map(|(one, other)| Some(one? - other?)).collect();
        Summary::of(&differences)
    }

    /// What was found so far, value by value.
    pub fn of_values(&self) -> Vec<ValueFindings> {
        let of_value = |(place, value): (usize, &Option<Value>)| {
            let outcomes = self.outcomes_of(place).iter().flatten();
            let (mut measured, mut full) = (0, 0);
            for outcome in outcomes {
                match outcome {
                    Outcome::Measured { .. } => measured += 1,
                    Outcome::Full { .. } => full += 1,
                    Outcome::Refused => {}
                }
            }
            ValueFindings {
                value: value.clone(),
                measured,
                full,
                refused: self.refused[place].clone(),
                measures: (0..self.measures).map(|measure| self.summary(place, measure)).collect(),
            }
        };
        self.values.iter().enumerate().map(of_value).collect()
    }
}
