//! Making a lesson of what is on the stage: what a person puts together in the page, and the file that comes of it.

use lesson_text::{LANGUAGES, PARTS};
use serde_json::{Value, json};

use super::goal::Goal;
use super::lesson::{Act, Ask, Stage, Step, VERSION};
use crate::base::{Language, Micros};
use crate::scenario::{Id, Scenario};
use crate::session::{Command, Permits};

/// A lesson that is being made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// What it is called.
    pub title: String,
    /// What it is about, as Markdown.
    pub about: String,
    /// What stands on the stage when it begins.
    pub scenario: Scenario,
    /// Its steps.
    pub steps: Vec<DraftStep>,
    /// What was learned, as Markdown.
    pub learned: String,
}

/// A step that is being made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DraftStep {
    /// Its heading.
    pub title: String,
    /// What is to be done or thought about, as Markdown.
    pub body: String,
    /// What is to be looked at.
    pub show: Vec<Id>,
    /// Choices as they are typed, one in each line, with a star before the right one; fewer than two: nothing is asked.
    pub choices: String,
    /// When it is done.
    pub goal: Option<Goal>,
    /// A hint, as Markdown.
    pub hint: String,
    /// What is said when it is done, as Markdown.
    pub done: String,
    /// How it is done: what was recorded.
    pub solution: Vec<Act>,
}

impl DraftStep {
    /// The choices, and the right one of them counted from 1; `None`: nothing is asked.
    fn question(&self) -> Option<(Vec<&str>, usize)> {
        let lines: Vec<&str> = self.choices.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let right = lines.iter().position(|line| line.starts_with(RIGHT)).unwrap_or_default() + 1;
        (lines.len() > 1).then(|| (lines.iter().map(|line| line.trim_start_matches(RIGHT)).collect(), right))
    }
}

/// What stands before the right choice.
const RIGHT: char = '*';

/// What is recorded as a solution: what was done, and how much time passed in between.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    acts: Vec<Act>,
    last: Micros,
}

impl Recording {
    /// It begins.
    pub fn begin(now: Micros) -> Recording {
        Recording { acts: Vec::new(), last: now }
    }

    /// A command was carried out. What only looks or lets time pass is no part of a solution.
    pub fn hear(&mut self, command: &Command, now: Micros) {
        if !Permits::NOTHING.permit(command) {
            self.wait(now);
            self.acts.push(Act::Do(command.clone()));
        }
    }

    fn wait(&mut self, now: Micros) {
        let passed = now.saturating_sub(self.last);
        if passed > Micros::ZERO {
            self.acts.push(Act::RunMs(passed.as_ms()));
        }
        self.last = now;
    }

    /// It is over.
    pub fn end(mut self, now: Micros) -> Vec<Act> {
        self.wait(now);
        self.acts
    }
}

impl Draft {
    /// The lesson as one file, with its text in the language in which it was made.
    pub fn to_value(&self, language: Language) -> Value {
        let ids: Vec<String> = (1..=self.steps.len()).map(|number| format!("step-{number}")).collect();
        let steps = self.steps.iter().zip(&ids).enumerate().map(|(place, (step, id))| Step {
            id: id.clone(),
            stage: (place == 0).then(|| Stage {
                scenario: "stage".to_owned(),
                beside: None,
                at_ms: 0.0,
                play: true,
                speed: 1.0,
            }),
            commands: Vec::new(),
            show: step.show.clone(),
            numbers: false,
            charts: false,
            allow: None,
            ask: step.question().map(|(_, right)| Ask::Choice { right, guess: false }),
            goal: step.goal.clone(),
            when: Default::default(),
            solution: {
                let answer = step.question().map(|(_, right)| Act::Answer(right as f64));
                step.solution.iter().cloned().chain(answer).collect()
            },
        });
        let steps: Vec<Value> = steps.map(|step| serde_json::to_value(step).expect("a step is plain data")).collect();
        debug_assert!(LANGUAGES.contains(&language.tag()));
        json!({
            "mq_lesson": VERSION,
            "id": "my-lesson",
            "minutes": (self.steps.len() * 2).max(1),
            "scenarios": { "stage": self.scenario },
            "steps": steps,
            "text": { language.tag(): self.markdown(&ids) },
        })
    }

    fn markdown(&self, ids: &[String]) -> String {
        let mut text = format!("# {}\n\n{}\n", one_line(&self.title), self.about.trim());
        for (step, id) in self.steps.iter().zip(ids) {
            text += &format!("\n## {} {{#{id}}}\n\n{}\n", one_line(&step.title), step.body.trim());
            if let Some((choices, _)) = step.question() {
                text += &format!("\n### {{.{}}}\n\n", PARTS[0]);
                for (place, choice) in choices.iter().enumerate() {
                    text += &format!("{}. {}\n", place + 1, one_line(choice));
                }
            }
            for (part, words) in [(PARTS[1], &step.hint), (PARTS[3], &step.done)] {
                if !words.trim().is_empty() {
                    text += &format!("\n### {{.{part}}}\n\n{}\n", words.trim());
                }
            }
        }
        if !self.learned.trim().is_empty() {
            text += &format!("\n## {{#learned}}\n\n{}\n", self.learned.trim());
        }
        text
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
