//! What a lesson is, and how it is read.

use std::collections::BTreeMap;

use lesson_text::LessonText;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::check::{Place, Problem, What};
use super::goal::Goal;
use crate::base::{Language, Text};
use crate::scenario::{Id, Scenario, format, node::read};
use crate::session::{Command, Permits};

/// The version of the format.
pub const VERSION: u64 = 1;

/// A lesson.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Its name in addresses, and that of its folder: small letters, digits and `-`.
    pub id: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// Whether something is wrong in it that is to be found and mended.
    pub incident: bool,
    /// The scenarios that its steps put up, by name.
    pub scenarios: BTreeMap<String, Scenario>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// Lessons to go on with, by id.
    pub next: Vec<String>,
    /// Its texts.
    pub texts: BTreeMap<Language, LessonText>,
}

/// A lesson as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[allow(dead_code, reason = "it is looked at before")]
    mq_lesson: u64,
    id: String,
    minutes: u32,
    #[serde(default)]
    incident: bool,
    scenarios: BTreeMap<String, Value>,
    steps: Vec<Value>,
    #[serde(default)]
    next: Vec<String>,
    text: BTreeMap<String, Value>,
    #[serde(rename = "$schema", default)]
    #[allow(dead_code, reason = "editors look at it")]
    schema: Option<String>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name; the section of the text with the same id belongs to it.
    pub id: String,
    /// What is put up when it begins; absent: it goes on with what is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// What is done when it begins, as commands: `{"type": "crash", "node": "inventory"}`.
    #[serde(default, rename = "do", skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "Vec<serde_json::Map<String, Value>>"))]
    pub commands: Vec<Command>,
    /// Nodes and edges to look at: they are highlighted, and the camera goes there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<Id>,
    /// Whether messages carry their numbers, also where they are small.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub numbers: bool,
    /// Whether the charts are shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub charts: bool,
    /// What may be done besides letting time pass; absent: everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow: Option<Vec<Allowed>>,
    /// A question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<Ask>,
    /// When it is done; absent: when its question is answered, or, without one, when the person goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Goal>,
    /// When something is said: the name of a part of the text, and what must have happened.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, Goal>,
    /// How it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub solution: Vec<Act>,
}

/// What is put up when a step begins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The scenario, by its name in the lesson.
    pub scenario: String,
    /// Another scenario beside it, by the same clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
    /// Where it is, in milliseconds of simulated time: it has run until there.
    #[serde(default)]
    pub at_ms: f64,
    /// Whether time passes at once.
    #[serde(default)]
    pub play: bool,
    /// How fast, in simulated seconds per real second.
    #[serde(default = "one")]
    pub speed: f64,
}

fn one() -> f64 {
    1.0
}

/// What a person may do in a step, besides letting time pass and looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Allowed {
    /// Let things fail, and put them right.
    Faults,
    /// Change settings.
    Settings,
    /// Add, connect, remove.
    Edit,
}

/// A question. Its words, and those of its choices, stand in the text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// One of the choices of the text.
    Choice {
        /// The right one, counted from 1.
        right: usize,
        /// Whether it is a guess: the answer is not told at once, because what follows shows it.
        #[serde(default)]
        guess: bool,
    },
    /// A number.
    Number(NumberAsk),
}

/// A question for a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NumberAsk {
    /// The right one.
    pub right: f64,
    /// How far from it, in parts of it, counts as right too.
    #[serde(default)]
    pub within: f64,
    /// What stands behind the field: `ms`.
    #[serde(default)]
    pub unit: Text,
    /// Whether it is a guess: the answer is not told at once, because what follows shows it.
    #[serde(default)]
    pub guess: bool,
}

impl Ask {
    /// Whether it is a guess.
    pub fn is_guess(&self) -> bool {
        match self {
            Ask::Choice { guess, .. } | Ask::Number(NumberAsk { guess, .. }) => *guess,
        }
    }
}

/// A part of a solution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Does something, in the lane of the stage's scenario.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "serde_json::Map<String, Value>"))]
    Do(Command),
    /// Does something in the lane beside it.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "serde_json::Map<String, Value>"))]
    DoBeside(Command),
    /// Lets so much simulated time pass, in milliseconds.
    RunMs(f64),
    /// Lets time pass until something is so.
    RunUntil {
        /// What.
        goal: Goal,
        /// But no longer than this, in milliseconds of simulated time.
        at_most_ms: f64,
    },
    /// Answers the question: a choice, counted from 1, or a number.
    Answer(f64),
}

impl Step {
    /// What may be done in it.
    pub fn permits(&self) -> Permits {
        match &self.allow {
            None => Permits::ALL,
            Some(allowed) => {
                let may = |what| allowed.contains(&what);
                Permits {
                    edit: may(Allowed::Edit),
                    settings: may(Allowed::Settings) || may(Allowed::Edit),
                    faults: may(Allowed::Faults),
                }
            }
        }
    }

    /// When it is done, also where the lesson does not say it; `None`: when the person goes on.
    pub fn goal(&self) -> Option<Goal> {
        match (&self.goal, &self.ask) {
            (Some(goal), _) => Some(goal.clone()),
            (None, Some(ask)) if ask.is_guess() => Some(Goal::Answered),
            (None, Some(_)) => Some(Goal::Right),
            (None, None) => None,
        }
    }
}

impl Lesson {
    /// Reads a lesson from JSON text.
    ///
    /// # Errors
    /// Every problem found, at least one.
    pub fn parse(text: &str) -> Result<Lesson, Vec<Problem>> {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            vec![Problem {
                place: Place::Line { line: error.line().max(1), column: error.column().max(1) },
                what: What::NotJson(error.to_string()),
            }]
        })?;
        Lesson::read(value)
    }

    /// Reads a lesson from a JSON value with everything in it: scenarios as in their files, texts as Markdown or already read.
    ///
    /// # Errors
    /// Every problem found, at least one. What only shows in the whole lesson is the business of [`super::check()`].
    pub fn read(value: Value) -> Result<Lesson, Vec<Problem>> {
        if value.get("mq_lesson").is_some_and(|version| version.as_u64() != Some(VERSION)) {
            return Err(vec![Problem::at("/mq_lesson", What::UnknownVersion)]);
        }
        let raw: Raw = read(value, "").map_err(|problem| vec![Problem::from(problem)])?;
        let mut problems = Vec::new();
        let mut scenarios = BTreeMap::new();
        for (name, value) in raw.scenarios {
            match format::from_value(value) {
                Ok(scenario) => {
                    scenarios.insert(name, scenario);
                }
                Err(found) => {
                    let below = format!("/scenarios/{}", format::escape(&name));
                    problems.extend(found.into_iter().map(|problem| Problem::below(&below, problem)));
                }
            }
        }
        let mut steps = Vec::new();
        for (index, value) in raw.steps.into_iter().enumerate() {
            match read::<Step>(value, &format!("/steps/{index}")) {
                Ok(step) => steps.push(step),
                Err(problem) => problems.push(problem.into()),
            }
        }
        let mut texts = BTreeMap::new();
        for (tag, value) in raw.text {
            let pointer = format!("/text/{}", format::escape(&tag));
            let Some(language) = Language::ALL.into_iter().find(|language| language.tag() == tag) else {
                problems.push(Problem::at(&pointer, What::UnknownLanguage(tag)));
                continue;
            };
            if let Value::String(markdown) = &value {
                let (text, mistakes) = LessonText::read(markdown);
                problems.extend(mistakes.into_iter().map(|mistake| Problem {
                    place: Place::Text { language, line: mistake.line, column: mistake.column },
                    what: What::Text(mistake.what),
                }));
                texts.insert(language, text);
                continue;
            }
            match read::<LessonText>(value, &pointer) {
                Ok(text) => {
                    texts.insert(language, text);
                }
                Err(problem) => problems.push(problem.into()),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let Raw { id, minutes, incident, next, .. } =
            Raw { scenarios: BTreeMap::new(), steps: Vec::new(), text: BTreeMap::new(), ..raw };
        Ok(Lesson { id, minutes, incident, scenarios, steps, next, texts })
    }

    /// Its text in a language; where that is missing, in another.
    pub fn text(&self, language: Language) -> Option<&LessonText> {
        self.texts.get(&language).or_else(|| self.texts.values().next())
    }

    /// The place of a step.
    pub fn place_of(&self, step: &str) -> Option<usize> {
        self.steps.iter().position(|known| known.id == step)
    }

    /// What stands on the stage in a step: that of the step, or of the last one before it that puts something up.
    pub fn stage_of(&self, step: usize) -> Option<(usize, &Stage)> {
        let before = self.steps.iter().enumerate().take(step + 1).rev();
        before.filter_map(|(place, step)| Some((place, step.stage.as_ref()?))).next()
    }
}
