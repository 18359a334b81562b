//! What can be wrong with a lesson, and where.

use std::collections::BTreeSet;
use std::rc::Rc;

use lesson_text::{Block, Inline, LessonText, StepText};

use super::figures::{Figure, Format, Lanes};
use super::goal::{Comparison, Goal};
use super::lesson::{Act, Ask, Lesson, Step};
use super::stage::Rehearsal;
use crate::base::Language;
use crate::scenario::{self, BROKER, Id};
use crate::words::Words;

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the lesson, by a JSON pointer.
    Pointer(String),
    /// In the lesson, by line and column, because it is no JSON.
    Line {
        /// The line, from 1 on.
        line: usize,
        /// The column, from 1 on.
        column: usize,
    },
    /// In a text.
    Text {
        /// The language.
        language: Language,
        /// The line, from 1 on.
        line: usize,
        /// The column, from 1 on.
        column: usize,
    },
}

/// Something wrong with a lesson.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub what: What,
}

/// What is wrong.
#[derive(Clone, Debug)]
pub enum What {
    /// The text is no JSON, in the parser's words.
    NotJson(String),
    /// The lesson says another version of the format.
    UnknownVersion,
    /// A language that the page does not have.
    UnknownLanguage(String),
    /// Something in a scenario, or in how the lesson is written.
    Document(scenario::Reason),
    /// Something in a text.
    Text(lesson_text::What),
    /// The id has other signs than small letters, digits and `-`.
    BadId(String),
    /// The lesson has no steps.
    NoSteps,
    /// The first step puts up no stage.
    NoStage,
    /// Two steps have this id.
    StepTwice(String),
    /// The lesson has no scenario with this name.
    NoScenario(String),
    /// It has no text in any language.
    NoText,
    /// The text has no section for this step.
    NoSection(String),
    /// The text has a section that belongs to no step.
    UnknownSection(String),
    /// The step's text lacks this part.
    NoPart(&'static str),
    /// The text has something to say when this has happened, but the lesson does not say when that is.
    UnknownReaction(String),
    /// What is asked for has so many choices in the text, and the right one is not among them.
    NoSuchChoice(usize),
    /// There is no figure, setting or step with this name.
    NoFigure(String),
    /// A comparison that compares with nothing.
    ComparesNothing,
    /// A part of the stage that is not there.
    NoPartOfStage(String),
    /// The goal holds before anything is done for it.
    HoldsBefore,
    /// The goal does not hold after the solution.
    NotReached,
    /// The goal holds although only time has passed, and the solution does something.
    HoldsWithout,
    /// The step has a goal, but no solution.
    NoSolution,
    /// Something that the step or its solution does was refused.
    Refused(String),
}

impl Problem {
    pub(super) fn at(pointer: &str, what: What) -> Problem {
        Problem { place: Place::Pointer(pointer.to_owned()), what }
    }

    pub(super) fn below(pointer: &str, problem: scenario::Problem) -> Problem {
        Problem::at(&format!("{pointer}{}", problem.pointer), What::Document(problem.reason))
    }

    /// The problem as a sentence.
    pub fn describe(&self, words: &Words) -> String {
        match &self.what {
            What::Document(reason) => (words.problem)(reason),
            what => (words.lessons.problem)(what),
        }
    }
}

impl From<scenario::Problem> for Problem {
    fn from(problem: scenario::Problem) -> Problem {
        Problem::below("", problem)
    }
}

/// Everything that is wrong with a lesson that could be read: names that lead nowhere, texts that are missing, goals that hold too
/// early or never. Every solution is done for this, which takes as long as the simulated time takes.
pub fn check(lesson: &Rc<Lesson>) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_names(lesson, &mut problems);
    check_texts(lesson, &mut problems);
    if problems.is_empty() {
        check_solutions(lesson, &mut problems);
    }
    problems
}

/// Whether it can be a lesson's or a step's id: it stands in addresses and in files' names.
pub fn is_name(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 60
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn check_names(lesson: &Lesson, problems: &mut Vec<Problem>) {
    let mut wrong = |pointer: &str, what: What| problems.push(Problem::at(pointer, what));
    if !is_name(&lesson.id) {
        wrong("/id", What::BadId(lesson.id.clone()));
    }
    match lesson.steps.first() {
        None => wrong("/steps", What::NoSteps),
        Some(first) if first.stage.is_none() => wrong("/steps/0", What::NoStage),
        Some(_) => {}
    }
    let mut ids = BTreeSet::new();
    for (index, step) in lesson.steps.iter().enumerate() {
        let at = |rest: &str| format!("/steps/{index}{rest}");
        if !is_name(&step.id) {
            wrong(&at("/id"), What::BadId(step.id.clone()));
        }
        if !ids.insert(&step.id) {
            wrong(&at("/id"), What::StepTwice(step.id.clone()));
        }
        let named = step
            .stage
            .iter()
            .flat_map(|stage| [("/stage/scenario", Some(&stage.scenario)), ("/stage/beside", stage.beside.as_ref())]);
        for (place, name) in named.filter_map(|(place, name)| Some((place, name?))) {
            if !lesson.scenarios.contains_key(name) {
                wrong(&at(place), What::NoScenario(name.clone()));
            }
        }
        if step.goal.is_some() && step.solution.is_empty() {
            wrong(&at(""), What::NoSolution);
        }
    }
}

fn check_texts(lesson: &Lesson, problems: &mut Vec<Problem>) {
    if lesson.texts.is_empty() {
        problems.push(Problem::at("/text", What::NoText));
    }
    for (&language, text) in &lesson.texts {
        for (index, step) in lesson.steps.iter().enumerate() {
            match text.steps.get(&step.id) {
                Some(said) => check_step_text(index, step, said, language, problems),
                None => problems.push(Problem {
                    place: Place::Text { language, line: 1, column: 1 },
                    what: What::NoSection(step.id.clone()),
                }),
            }
        }
        check_sections(lesson, text, language, problems);
    }
}

fn check_sections(lesson: &Lesson, text: &LessonText, language: Language, problems: &mut Vec<Problem>) {
    for (id, said) in &text.steps {
        if lesson.place_of(id).is_none() {
            let (line, column) = said.at;
            let place = Place::Text { language, line, column };
            problems.push(Problem { place, what: What::UnknownSection(id.clone()) });
        }
    }
    for (part, blocks) in [("learned", &text.learned), ("next", &text.next), ("about", &text.about)] {
        if blocks.is_empty() {
            let place = Place::Text { language, line: 1, column: 1 };
            problems.push(Problem { place, what: What::NoPart(part) });
        }
    }
}

fn check_step_text(index: usize, step: &Step, said: &StepText, language: Language, problems: &mut Vec<Problem>) {
    let (line, column) = said.at;
    if let Some(Ask::Choice { right, .. }) = step.ask
        && !(1..=said.choices.len()).contains(&right)
    {
        problems.push(Problem::at(&format!("/steps/{index}/ask/choice/right"), What::NoSuchChoice(right)));
    }
    let mut wrong = |what: What| problems.push(Problem { place: Place::Text { language, line, column }, what });
    let has_goal = step.goal().is_some();
    let is_guess = step.ask.as_ref().is_some_and(Ask::is_guess);
    let does = step.solution.iter().any(|act| matches!(act, Act::Do(_) | Act::DoBeside(_)));
    for (part, wanted, there) in [
        ("title", true, !said.title.is_empty()),
        ("body", true, !said.body.is_empty()),
        ("hint", has_goal && !is_guess, !said.hint.is_empty()),
        ("done", has_goal, !said.done.is_empty()),
        ("solution", does, !said.solution.is_empty()),
        ("choices", matches!(step.ask, Some(Ask::Choice { .. })), said.choices.len() > 1),
    ] {
        if wanted && !there {
            wrong(What::NoPart(part));
        }
    }
    let unsaid = step.when.keys().filter(|name| !said.when.contains_key(*name));
    let unheard = said.when.keys().filter(|name| !step.when.contains_key(*name));
    for name in unheard.chain(unsaid) {
        wrong(What::UnknownReaction(name.clone()));
    }
}

/// Whether the text of a step names only what is there.
fn check_links(lesson: &Lesson, index: usize, rehearsal: &Rehearsal, problems: &mut Vec<Problem>) {
    let step = &lesson.steps[index];
    let lanes = rehearsal.lanes();
    for (language, text) in &lesson.texts {
        let Some(said) = text.steps.get(&step.id) else { continue };
        let (line, column) = said.at;
        let mut wrong =
            |what| problems.push(Problem { place: Place::Text { language: *language, line, column }, what });
        for blocks in said.blocks() {
            Block::walk(blocks, &mut |inline| match inline {
                Inline::Figure(name) if !is_shown(name, lesson, step, &lanes) => wrong(What::NoFigure(name.clone())),
                Inline::Node(id, _) if !is_on_stage(id, rehearsal) => wrong(What::NoPartOfStage(id.clone())),
                _ => {}
            });
        }
    }
    for id in step.show.iter().filter(|id| !is_on_stage(&id.0, rehearsal)) {
        problems.push(Problem::at(&format!("/steps/{index}/show"), What::NoPartOfStage(id.0.clone())));
    }
    let mut goals: Vec<(String, &Goal)> = step.goal.iter().map(|goal| (format!("/steps/{index}/goal"), goal)).collect();
    goals.extend(step.when.iter().map(|(name, goal)| (format!("/steps/{index}/when/{name}"), goal)));
    for (pointer, goal) in goals {
        check_goal(goal, &pointer, rehearsal, problems);
    }
}

fn check_goal(goal: &Goal, pointer: &str, rehearsal: &Rehearsal, problems: &mut Vec<Problem>) {
    let mut compares = |comparison: &Comparison, known: bool| {
        if !comparison.says_something() {
            problems.push(Problem::at(pointer, What::ComparesNothing));
        }
        if !known {
            problems.push(Problem::at(pointer, What::NoFigure(comparison.of.clone())));
        }
    };
    match goal {
        Goal::Figure(comparison) => {
            let figure = Figure::of(&comparison.of);
            compares(comparison, figure.is_some_and(|figure| figure.is_known(&rehearsal.lanes())));
        }
        Goal::Setting(comparison) => compares(comparison, rehearsal.lanes().setting(&comparison.of).is_some()),
        Goal::All(goals) | Goal::Any(goals) => {
            goals.iter().for_each(|goal| check_goal(goal, pointer, rehearsal, problems));
        }
        Goal::Not(goal) => check_goal(goal, pointer, rehearsal, problems),
        Goal::Seen { at: Some(at), .. } if !is_on_stage(&at.0, rehearsal) => {
            problems.push(Problem::at(pointer, What::NoPartOfStage(at.0.clone())));
        }
        Goal::Seen { .. } | Goal::Count { .. } | Goal::Done(_) | Goal::Answered | Goal::Right => {}
    }
}

fn is_on_stage(id: &str, rehearsal: &Rehearsal) -> bool {
    let id = Id::from(id);
    let lanes = rehearsal.lanes();
    let mut scenarios = lanes.sessions().map(|session| session.scenario());
    id.0 == BROKER || scenarios.any(|scenario| scenario.node(&id).is_some() || scenario.edge(&id).is_some())
}

fn is_shown(written: &str, lesson: &Lesson, step: &Step, lanes: &Lanes) -> bool {
    let Some((name, _)) = Format::parted(written) else { return false };
    if let Some(id) = name.strip_prefix("answer.") {
        return lesson.steps.iter().any(|step| step.id == id && step.ask.is_some());
    }
    if let Some(name) = name.strip_prefix("moment.") {
        return step.when.contains_key(name);
    }
    if let Some(name) = name.strip_prefix("setting.") {
        return lanes.setting(name).is_some();
    }
    Figure::of(name).is_some_and(|figure| figure.is_known(lanes))
}

/// No goal holds before its solution, each holds after it, and the solution is needed.
fn check_solutions(lesson: &Rc<Lesson>, problems: &mut Vec<Problem>) {
    // Steps that put up no stage go on where the ones before them end.
    let mut before: Option<Rehearsal> = None;
    for (index, step) in lesson.steps.iter().enumerate() {
        let pointer = format!("/steps/{index}");
        let mut rehearsal = match before.take() {
            Some(mut rehearsal) => {
                rehearsal.enter(index);
                rehearsal
            }
            None => Rehearsal::at(lesson, index),
        };
        check_commands(step, index, &rehearsal, problems);
        check_links(lesson, index, &rehearsal, problems);
        if step.goal().is_some() {
            if rehearsal.course.done_now() {
                problems.push(Problem::at(&pointer, What::HoldsBefore));
            }
            let does = |act: &Act| !matches!(act, Act::RunMs(_) | Act::RunUntil { .. });
            if step.solution.iter().any(does) {
                let mut idle = rehearsal.clone();
                idle.solve(&|act| !does(act));
                if idle.course.done_now() && !rehearsal.course.done_now() {
                    problems.push(Problem::at(&pointer, What::HoldsWithout));
                }
            }
        }
        let words = Words::of(Language::English);
        for (command, rejected) in rehearsal.solve(&|_| true) {
            let told: Vec<String> = rejected.0.iter().map(|problem| problem.describe(words)).collect();
            let command = serde_json::to_string(&command).unwrap_or_default();
            let what = What::Refused(format!("{command}: {}", told.join("; ")));
            problems.push(Problem::at(&format!("{pointer}/solution"), what));
        }
        if step.goal().is_some() && !rehearsal.course.done_now() {
            problems.push(Problem::at(&pointer, What::NotReached));
        }
        before = Some(rehearsal);
    }
}

/// Whether what a step does when it begins can be done: tried on what stands there before.
fn check_commands(step: &Step, index: usize, rehearsal: &Rehearsal, problems: &mut Vec<Problem>) {
    if step.commands.is_empty() {
        return;
    }
    let stage = step.stage.as_ref().and_then(|stage| rehearsal.course.lesson().scenarios.get(&stage.scenario));
    let Some(scenario) = stage else { return };
    let mut session = crate::session::Session::new(scenario.clone());
    let words = Words::of(Language::English);
    for (place, command) in step.commands.iter().enumerate() {
        if let Err(rejected) = session.dispatch(command.clone()) {
            let told: Vec<String> = rejected.0.iter().map(|problem| problem.describe(words)).collect();
            problems.push(Problem::at(&format!("/steps/{index}/do/{place}"), What::Refused(told.join("; "))));
        }
    }
}

/// Where the texts of a lesson name lessons that are not among these; for a whole folder of lessons.
pub fn unknown_lessons(lesson: &Lesson, known: &BTreeSet<String>) -> Vec<String> {
    let mut unknown: Vec<String> = lesson.next.iter().filter(|id| !known.contains(*id)).cloned().collect();
    for text in lesson.texts.values() {
        let mut look = |blocks: &[Block]| {
            Block::walk(blocks, &mut |inline| {
                if let Inline::Lesson(id, _) = inline
                    && !known.contains(id)
                {
                    unknown.push(id.clone());
                }
            });
        };
        text.steps.values().for_each(|step| step.blocks().for_each(&mut look));
        look(&text.about);
        look(&text.learned);
        look(&text.next);
    }
    unknown.sort_unstable();
    unknown.dedup();
    unknown
}
