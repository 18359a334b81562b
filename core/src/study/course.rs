//! A study that is carried out in one place, run after run and in slices: by a worker, or where there is none between
//! two frames of a page.

use serde::{Deserialize, Serialize};

use super::{Outcome, RunNumber, RunResult, Study, StudyProblem, StudyRun};
use crate::engine::Observer;

/// What there is to tell after a slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// How far the whole study is, 0 to 1.
    Progress(f64),
    /// What came of a run.
    Result(RunResult),
    /// All runs are done.
    Over,
}

/// A study under way.
pub struct Course {
    study: Study,
    /// Those that have not begun, the last one first.
    left: Vec<RunNumber>,
    all: usize,
    under_way: Option<StudyRun>,
}

impl Course {
    /// A study at its beginning.
    ///
    /// # Errors
    /// Why it cannot be run.
    pub fn new(study: Study) -> Result<Course, Vec<StudyProblem>> {
        study.check()?;
        let mut left = study.runs();
        left.reverse();
        Ok(Course { study, all: left.len(), left, under_way: None })
    }

    /// Carries out at most so many events, and at least one. As with [`StudyRun::run_some`], it is no matter who watches.
    pub fn advance(&mut self, most_events: u64, observer: &mut impl Observer) -> News {
        let mut run = match self.under_way.take() {
            Some(run) => run,
            None => {
                let Some(next) = self.left.pop() else { return News::Over };
                match self.study.begin(next) {
                    Ok(run) => run,
                    Err(_) => {
                        let seed = self.study.seed(next.replication);
                        return News::Result(RunResult { run: next, seed, outcome: Outcome::Refused });
                    }
                }
            }
        };
        match run.run_some(most_events.max(1), observer) {
            Some(result) => News::Result(result),
            None => {
                let begun = (self.all - self.left.len()) as f64 - 1.0 + run.progress();
                self.under_way = Some(run);
                News::Progress(begun / self.all as f64)
            }
        }
    }
}
