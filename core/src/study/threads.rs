//! A study on several processors at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use super::{Findings, Study, StudyProblem};

/// Runs a study to its end on so many threads, at least one; `progress` is told how many runs are done of how many. What
/// is found does not depend on the number of threads: each run is an engine of its own, and its result has its place.
///
/// # Errors
/// Why the study cannot be run.
pub fn run_all(
    study: &Study,
    threads: usize,
    mut progress: impl FnMut(usize, usize),
) -> Result<Findings, Vec<StudyProblem>> {
    let mut findings = Findings::new(study)?;
    let runs = study.runs();
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, runs.len().max(1)) {
            let (sender, runs, next) = (sender.clone(), &runs, &next);
            scope.spawn(move || {
                while let Some(run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = study.run_one(*run, u64::MAX, |_| true);
                    if result.is_none_or(|result| sender.send(result).is_err()) {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for result in results {
            findings.add(result);
            let (done, all) = findings.progress();
            progress(done, all);
        }
    });
    Ok(findings)
}
