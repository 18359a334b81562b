//! Lessons: a text, a scenario, and steps with goals, all of them data.
//!
//! A [`Lesson`] is read from one JSON value ([`Lesson::read`]); how that is made of the files of a folder is the business of the crate
//! `lesson-text`. A [`Course`] is somebody's way through a lesson: it is asked to look at the lanes at fixed simulated times,
//! hears of every command, and knows which goals are reached. [`stage`] puts up what a step needs and plays solutions, for the
//! page, for `mqp check` and for tests alike.

mod check;
mod course;
mod demonstration;
mod figures;
mod goal;
mod lesson;
mod making;
pub mod stage;

#[cfg(not(target_arch = "wasm32"))]
pub mod schema;

pub use check::{Place, Problem, What, check, is_name, unknown_lessons};
pub use course::{Answer, Course, Progress, StepProgress, Verdict, Within};
pub use demonstration::{Demonstration, Order};
pub use figures::{Figure, Format, Lanes, shown};
pub use goal::{Comparison, Goal, SeenEvent};
pub use lesson::{Act, Allowed, Ask, Lesson, NumberAsk, Stage, Step, VERSION};
pub use making::{Draft, DraftStep, Recording};
