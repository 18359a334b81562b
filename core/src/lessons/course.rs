//! Somebody's way through a lesson.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use lesson_text::{Block, Inline, StepText};
use serde::{Deserialize, Serialize};

use super::demonstration::{Demonstration, Order};
use super::figures::{Figure, Format, Lanes, shown};
use super::goal::{Facts, Watch};
use super::lesson::{Act, Allowed, Ask, Lesson, NumberAsk, Step};
use crate::base::{Language, Micros};
use crate::session::Command;

/// An answer: a choice, counted from 1, or a number.
pub type Answer = f64;

/// Whether an answer is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Right,
    /// It is not.
    Wrong,
}

/// How far somebody is in a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepProgress {
    /// Its goal has been reached.
    pub passed: bool,
    /// The last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Whether the first answer was right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_right: Option<bool>,
    /// The hint was asked for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hint: bool,
}

/// How far somebody is in a lesson, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The step, by id; none: the lesson is finished, or not begun.
    pub at: Option<String>,
    /// Whether its end was seen.
    pub finished: bool,
    /// The steps, by id.
    pub steps: BTreeMap<String, StepProgress>,
}

impl Progress {
    /// Of somebody who has passed these steps some other time; what no step is called is left out.
    pub fn of_passed(lesson: &Lesson, passed: &[String]) -> Progress {
        let is_passed = |step: &&Step| passed.contains(&step.id);
        let steps = lesson.steps.iter().filter(is_passed);
        let steps = steps.map(|step| (step.id.clone(), StepProgress { passed: true, ..StepProgress::default() }));
        let next = lesson.steps.iter().find(|step| !is_passed(step));
        Progress { at: next.map(|step| step.id.clone()), finished: false, steps: steps.collect() }
    }
}

/// Figures as they were at a moment, by name.
type Figures = BTreeMap<String, Option<f64>>;

/// Something that was waited for, and what there is to say about it.
#[derive(Clone, Debug)]
struct Reaction {
    name: String,
    watch: Watch,
    happened: Option<Happened>,
}

/// When something has happened, and what the figures were.
#[derive(Clone, Debug)]
struct Happened {
    at: Micros,
    figures: Figures,
}

/// The step that somebody is in.
#[derive(Clone, Debug)]
struct Live {
    began_at: Micros,
    /// Whether its question was answered since it began: a step can be repeated.
    answered: bool,
    goal: Option<Watch>,
    reactions: Vec<Reaction>,
    done: Option<Happened>,
}

/// Somebody's way through a lesson.
#[derive(Clone, Debug)]
pub struct Course {
    lesson: Rc<Lesson>,
    at: usize,
    steps: Vec<StepProgress>,
    finished: bool,
    live: Option<Live>,
    demonstration: Option<Demonstration>,
    /// When which step's goal was reached with what is on the stage.
    reached: Vec<(Micros, String)>,
}

impl Course {
    /// The way begins, or goes on where it was left.
    pub fn new(lesson: Rc<Lesson>, progress: &Progress) -> Course {
        let steps = lesson.steps.iter().map(|step| progress.steps.get(&step.id).cloned().unwrap_or_default()).collect();
        let at = progress.at.as_deref().and_then(|id| lesson.place_of(id));
        Course {
            at: at.unwrap_or_default(),
            lesson,
            steps,
            finished: progress.finished,
            live: None,
            demonstration: None,
            reached: Vec::new(),
        }
    }

    /// Something else is put up: what was reached before is of another run.
    pub fn forget_reached(&mut self) {
        self.reached.clear();
    }

    /// When which step's goal was reached with what is on the stage.
    pub fn reached(&self) -> &[(Micros, String)] {
        &self.reached
    }

    /// The lesson.
    pub fn lesson(&self) -> &Rc<Lesson> {
        &self.lesson
    }

    /// The place of the step; as many as there are steps: at the end.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The step; none at the end.
    pub fn step(&self) -> Option<&Step> {
        self.lesson.steps.get(self.at)
    }

    /// Whether the step is about adding and connecting parts: it says that this is allowed. At the end everything is.
    pub fn is_about_parts(&self) -> bool {
        let says = |step: &Step| step.allow.as_ref().is_some_and(|allowed| allowed.contains(&Allowed::Edit));
        self.step().is_none_or(says)
    }

    /// How far each step is, in their order.
    pub fn steps(&self) -> &[StepProgress] {
        &self.steps
    }

    /// How far the step is.
    pub fn state(&self) -> Option<&StepProgress> {
        self.steps.get(self.at)
    }

    /// Whether the step's goal has been reached, now or some other time.
    pub fn passed(&self) -> bool {
        self.state().is_some_and(|state| state.passed)
    }

    /// Whether the goal has been reached since the step began this time: then there is something to say about it.
    pub fn done_now(&self) -> bool {
        self.live.as_ref().is_some_and(|live| live.done.is_some())
    }

    /// Whether the end was seen.
    pub fn finished(&self) -> bool {
        self.finished
    }

    /// What is kept of it.
    pub fn progress(&self) -> Progress {
        let ids = self.lesson.steps.iter().map(|step| step.id.clone());
        Progress {
            at: self.step().map(|step| step.id.clone()),
            finished: self.finished,
            steps: ids.zip(self.steps.iter().cloned()).filter(|(_, state)| *state != StepProgress::default()).collect(),
        }
    }

    /// What part of its questions was answered rightly at once, in per cent; guesses are no questions. Without questions: what part of its
    /// steps is passed.
    pub fn score(&self) -> u32 {
        let asks = |step: &Step| step.ask.as_ref().is_some_and(|ask| !ask.is_guess());
        let asked = || self.lesson.steps.iter().zip(&self.steps).filter(|(step, _)| asks(step));
        let (all, good) = match asked().count() {
            0 => (self.steps.len(), self.steps.iter().filter(|state| state.passed).count()),
            all => (all, asked().filter(|(_, state)| state.first_right == Some(true)).count()),
        };
        (good * 100 / all.max(1)) as u32
    }

    /// Goes to a step, or to the end; [`Course::begin`] is to be called once its stage is put up.
    pub fn go(&mut self, at: usize) {
        self.at = at.min(self.steps.len());
        self.live = None;
        self.demonstration = None;
        if self.at == self.steps.len() {
            self.finished = true;
        }
    }

    /// The step's stage stands: from now on its goal is watched.
    pub fn begin(&mut self, lanes: &Lanes) {
        let Some(step) = self.lesson.steps.get(self.at) else { return };
        let reactions = step.when.iter().map(|(name, goal)| Reaction {
            name: name.clone(),
            watch: Watch::begin(goal, lanes),
            happened: None,
        });
        self.live = Some(Live {
            began_at: lanes.now(),
            answered: false,
            goal: step.goal().map(|goal| Watch::begin(&goal, lanes)),
            reactions: reactions.collect(),
            done: None,
        });
    }

    /// Whether there is something to wait for in a run; where not, nobody needs to look.
    pub fn waits(&self) -> bool {
        self.demonstration.is_some()
            || self.live.as_ref().is_some_and(|live| {
                live.done.is_none() || live.reactions.iter().any(|reaction| reaction.happened.is_none())
            })
    }

    /// Hears of a command that was carried out.
    pub fn hear(&mut self, command: &Command) {
        let Some(live) = &mut self.live else { return };
        let Ok(command) = serde_json::to_value(command) else { return };
        if let Some(goal) = &mut live.goal {
            goal.hear(&command);
        }
        live.reactions.iter_mut().for_each(|reaction| reaction.watch.hear(&command));
    }

    /// Answers the question of the step.
    pub fn answer(&mut self, answer: Answer) {
        let Some(ask) = self.step().and_then(|step| step.ask.as_ref()) else { return };
        let right = is_right(ask, answer);
        let Some(state) = self.steps.get_mut(self.at) else { return };
        state.answer = Some(answer);
        state.first_right.get_or_insert(right);
        if let Some(live) = &mut self.live {
            live.answered = true;
        }
    }

    /// Whether the answer that was given since the step began is right.
    pub fn verdict_now(&self) -> Option<Verdict> {
        self.live.as_ref().filter(|live| live.answered).and_then(|_| self.verdict(self.at))
    }

    /// Whether the answer of a step is right; `None`: there is none yet.
    pub fn verdict(&self, at: usize) -> Option<Verdict> {
        let ask = self.lesson.steps.get(at)?.ask.as_ref()?;
        let answer = self.steps.get(at)?.answer?;
        Some(if is_right(ask, answer) { Verdict::Right } else { Verdict::Wrong })
    }

    /// The hint is asked for.
    pub fn ask_for_hint(&mut self) {
        if let Some(state) = self.steps.get_mut(self.at) {
            state.hint = true;
        }
    }

    /// Looks at the lanes; true where something has happened that there is something to say about.
    pub fn look(&mut self, lanes: &Lanes) -> bool {
        let verdict = self.verdict_now();
        let (lesson, at) = (&self.lesson, self.at);
        let Some(live) = &mut self.live else { return false };
        if lanes.now() < live.began_at {
            live.began_at = lanes.now();
            if let Some(goal) = &mut live.goal {
                goal.begin_again(lanes);
            }
            live.reactions.iter_mut().for_each(|reaction| reaction.watch.begin_again(lanes));
        }
        let facts = Facts { lanes, began_at: live.began_at, verdict };
        let happens = || Happened {
            at: lanes.now(),
            figures: figure_names(lesson, at)
                .into_iter()
                .map(|name| {
                    let number = Figure::of(&name).and_then(|figure| figure.number(lanes, facts.began_at));
                    (name, number)
                })
                .collect(),
        };
        let mut news = false;
        for reaction in &mut live.reactions {
            if reaction.happened.is_none() && reaction.watch.look(&facts) {
                reaction.happened = Some(happens());
                news = true;
            }
        }
        if live.done.is_none() && live.goal.as_mut().is_some_and(|goal| goal.look(&facts)) {
            live.done = Some(happens());
            news = true;
            if let Some(step) = self.lesson.steps.get(self.at) {
                self.reached.push((lanes.now(), step.id.clone()));
            }
            if let Some(state) = self.steps.get_mut(self.at) {
                state.passed = true;
            }
        }
        news
    }

    /// The names of what was waited for and has happened, in the order in which it has.
    pub fn happened(&self) -> Vec<&str> {
        let Some(live) = &self.live else { return Vec::new() };
        let mut happened: Vec<(Micros, &str)> = live
            .reactions
            .iter()
            .filter_map(|reaction| Some((reaction.happened.as_ref()?.at, reaction.name.as_str())))
            .collect();
        happened.sort_by_key(|(at, _)| *at);
        happened.into_iter().map(|(_, name)| name).collect()
    }

    /// A step without a goal is done when the person goes on.
    pub fn pass(&mut self) {
        if self.step().is_some_and(|step| step.goal().is_none())
            && let Some(state) = self.steps.get_mut(self.at)
        {
            state.passed = true;
        }
    }

    /// A figure of a text, as it is shown; `None` where there is nothing to show yet. `within` says where it stands: what is said
    /// about something that has happened shows the figures of that moment.
    pub fn figure(&self, written: &str, within: Within, lanes: &Lanes, language: Language) -> Option<String> {
        let (name, format) = Format::parted(written)?;
        let live = self.live.as_ref();
        if let Some(step) = name.strip_prefix("answer.") {
            let place = self.lesson.place_of(step)?;
            let answer = self.steps[place].answer?;
            return Some(match &self.lesson.steps[place].ask {
                Some(Ask::Choice { .. }) => {
                    let text = self.lesson.text(language)?.steps.get(step)?;
                    Block::plain(text.choices.get((answer as usize).checked_sub(1)?)?)
                }
                _ => shown(answer, format),
            });
        }
        if let Some(name) = name.strip_prefix("moment.") {
            let reaction = live?.reactions.iter().find(|reaction| reaction.name == name)?;
            return Some(shown(reaction.happened.as_ref()?.at.as_ms(), format));
        }
        if let Some(name) = name.strip_prefix("setting.") {
            let value = lanes.setting(name)?;
            return Some(match (value.as_f64(), value.as_str()) {
                (Some(number), _) => shown(number, format),
                (None, Some(text)) => text.to_owned(),
                (None, None) => value.to_string(),
            });
        }
        let happened = match within {
            Within::Now => None,
            Within::Done => live?.done.as_ref(),
            Within::When(reaction) => live?.reactions.iter().find(|known| known.name == reaction)?.happened.as_ref(),
        };
        let began_at = live.map_or(Micros::ZERO, |live| live.began_at);
        let number = match happened.and_then(|happened| happened.figures.get(name)) {
            Some(number) => *number,
            None => Figure::of(name).and_then(|figure| figure.number(lanes, began_at)),
        };
        number.map(|number| shown(number, format))
    }

    // ---- solutions ----

    /// The step's solution is shown from now on, by being done.
    pub fn demonstrate(&mut self) {
        self.demonstrate_only(&|_| true);
    }

    /// Those of the solution's acts that are wanted are done.
    pub(super) fn demonstrate_only(&mut self, wanted: &dyn Fn(&Act) -> bool) {
        let acts = self.step().map(|step| step.solution.iter().filter(|act| wanted(act)).cloned().collect());
        self.demonstration = acts.map(Demonstration::new);
    }

    /// Whether a solution is under way.
    pub fn is_demonstrating(&self) -> bool {
        self.demonstration.is_some()
    }

    /// The solution is not done any further.
    pub fn end_demonstration(&mut self) {
        self.demonstration = None;
    }

    /// What is to be done next for the solution.
    pub fn next_order(&mut self, lanes: &Lanes) -> Option<Order> {
        let facts = Facts {
            lanes,
            began_at: self.live.as_ref().map_or(Micros::ZERO, |live| live.began_at),
            verdict: self.verdict_now(),
        };
        let order = self.demonstration.as_mut()?.next(&facts);
        if order == Order::Over {
            self.demonstration = None;
        }
        Some(order)
    }
}

/// The names of the figures in a step's text, in all languages.
fn figure_names(lesson: &Lesson, step: usize) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let Some(step) = lesson.steps.get(step) else { return names };
    for blocks in lesson.texts.values().filter_map(|text| text.steps.get(&step.id)).flat_map(StepText::blocks) {
        Block::walk(blocks, &mut |inline| {
            if let Inline::Figure(name) = inline
                && let Some((name, _)) = Format::parted(name)
            {
                names.insert(name.to_owned());
            }
        });
    }
    names
}

/// Where in a step's text a figure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within<'a> {
    /// Where it is always up to date.
    Now,
    /// In what is said when the goal is reached.
    Done,
    /// In what is said when something of this name has happened.
    When(&'a str),
}

fn is_right(ask: &Ask, answer: Answer) -> bool {
    match ask {
        Ask::Choice { right, .. } => answer == *right as f64,
        Ask::Number(NumberAsk { right, within, .. }) => {
            (answer - right).abs() <= within * right.abs() + f64::EPSILON * right.abs()
        }
    }
}
