//! Goals: what must be so, or must have happened. A closed set; how far each is, is kept in [`Watch`].

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::course::Verdict;
use super::figures::{Figure, Lanes};
use crate::base::Micros;
use crate::scenario::{Id, NodeKind};

/// A goal; in JSON `{"figure": {"of": "nodes.queue.ready", "at_least": 500}}`, `{"done": {"type": "crash"}}`, `"answered"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Goal {
    /// A figure of the run compares like this.
    Figure(Comparison),
    /// A setting of the document compares like this: `{"of": "consumer.prefetch_count", "at_most": 1}`.
    Setting(Comparison),
    /// There are so many nodes of a kind.
    Count {
        /// The kind.
        kind: NodeKind,
        /// At least so many.
        #[serde(default)]
        at_least: u64,
        /// At most so many.
        #[serde(default = "any_number")]
        at_most: u64,
    },
    /// Something has happened since the step began.
    Seen {
        /// What.
        event: SeenEvent,
        /// At which node or edge, or at the `broker`; absent: anywhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Id>,
        /// How often at least.
        #[serde(default = "once", skip_serializing_if = "is_once")]
        times: u64,
    },
    /// A command has been given since the step began, with at least these fields: `{"type": "crash", "node": "inventory"}`.
    #[cfg_attr(not(target_arch = "wasm32"), schemars(with = "serde_json::Map<String, Value>"))]
    Done(Value),
    /// The question is answered, rightly or not.
    Answered,
    /// The question is answered rightly.
    Right,
    /// All of these at once.
    All(Vec<Goal>),
    /// One of these.
    Any(Vec<Goal>),
    /// Not this.
    Not(Box<Goal>),
}

fn any_number() -> u64 {
    u64::MAX
}

fn once() -> u64 {
    1
}

fn is_once(times: &u64) -> bool {
    *times == 1
}

/// What is compared, with what, for how long.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The name: of a figure as in `mqp run --json` (`nodes.queue.ready`), or of a setting (`queue.max_length`).
    pub of: String,
    /// It is this or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// It is this or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// It is more than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// It is less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// It is exactly this: a number, a word, yes or no, or nothing (`null`).
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// For so long without a break, in milliseconds of simulated time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub for_ms: f64,
    /// Not the figure is compared, but by how much it has grown in the last so many milliseconds of simulated time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub over_ms: f64,
    /// Not the figure is compared, but by how much it has grown since the step began.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub since_step: bool,
}

/// `null` is a value too.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

impl Comparison {
    /// Whether it says with what.
    pub fn says_something(&self) -> bool {
        self.bounds().any(|bound| bound.is_some()) || self.equals.is_some()
    }

    fn bounds(&self) -> impl Iterator<Item = Option<f64>> {
        [self.at_least, self.at_most, self.above, self.below].into_iter()
    }

    fn holds(&self, number: f64) -> bool {
        self.at_least.is_none_or(|bound| number >= bound)
            && self.at_most.is_none_or(|bound| number <= bound)
            && self.above.is_none_or(|bound| number > bound)
            && self.below.is_none_or(|bound| number < bound)
            && self.equals.as_ref().is_none_or(|wanted| wanted.as_f64() == Some(number))
    }

    fn holds_for(&self, value: &Value) -> bool {
        let number = value.as_f64().or_else(|| value.as_bool().map(|yes| f64::from(u8::from(yes))));
        let equal = match &self.equals {
            Some(wanted) if wanted.is_number() => wanted.as_f64() == number,
            Some(wanted) => wanted == value,
            None => true,
        };
        let bare = Comparison { equals: None, ..self.clone() };
        equal && (bare.bounds().all(|bound| bound.is_none()) || number.is_some_and(|number| bare.holds(number)))
    }
}

/// What can be seen to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SeenEvent {
    /// A node or the broker went down: by hand, by the script, or by chaos.
    Crashed,
    /// A database or a service went down because it was asked too much.
    Overloaded,
    /// A node stood still.
    Stalled,
    /// An edge was cut.
    Cut,
    /// A service was redeployed.
    Redeploying,
    /// Somebody has not waited long enough for an answer.
    TimedOut,
    /// A poisonous message was met.
    Poison,
    /// The broker's memory alarm was set.
    MemoryAlarm,
    /// A message was delivered again.
    Redelivered,
    /// A message was dropped.
    Dropped,
    /// A message went on as a dead letter.
    DeadLettered,
    /// A message came back to its producer, because no queue took it.
    Returned,
    /// A producer was told that its message was refused.
    Nacked,
    /// A consumer left out what it had done before.
    Deduplicated,
    /// A request failed.
    RequestFailed,
}

/// How far a goal is.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    goal: Goal,
    /// Of comparisons: since when it has been so.
    since: Option<Micros>,
    /// Of comparisons over a span: what the figure was.
    past: VecDeque<(Micros, f64)>,
    /// What the figure was, or how often it had happened, when the step began.
    base: f64,
    /// Of commands: whether it was given.
    given: bool,
    /// Of combinations: their parts.
    parts: Vec<Watch>,
}

/// What a goal is judged by.
pub(super) struct Facts<'a> {
    pub(super) lanes: &'a Lanes<'a>,
    pub(super) began_at: Micros,
    pub(super) verdict: Option<Verdict>,
}

impl Watch {
    /// Watches from now on.
    pub(super) fn begin(goal: &Goal, lanes: &Lanes) -> Watch {
        let parts = match goal {
            Goal::All(goals) | Goal::Any(goals) => goals.iter().map(|goal| Watch::begin(goal, lanes)).collect(),
            Goal::Not(goal) => vec![Watch::begin(goal, lanes)],
            _ => Vec::new(),
        };
        let mut watch =
            Watch { goal: goal.clone(), since: None, past: VecDeque::new(), base: 0.0, given: false, parts };
        watch.set_base(lanes);
        watch
    }

    fn set_base(&mut self, lanes: &Lanes) {
        self.base = match &self.goal {
            Goal::Figure(comparison) if comparison.since_step => {
                Figure::of(&comparison.of).and_then(|figure| figure.number(lanes, Micros::ZERO)).unwrap_or_default()
            }
            Goal::Seen { event, at, .. } => seen(*event, at.as_ref(), lanes) as f64,
            _ => 0.0,
        };
    }

    /// Time was turned back to before the step: it begins where time stands now.
    pub(super) fn begin_again(&mut self, lanes: &Lanes) {
        self.since = None;
        self.past.clear();
        self.set_base(lanes);
        self.parts.iter_mut().for_each(|part| part.begin_again(lanes));
    }

    /// Hears of a command, as JSON.
    pub(super) fn hear(&mut self, command: &Value) {
        if let Goal::Done(wanted) = &self.goal {
            self.given |= includes(command, wanted);
        }
        self.parts.iter_mut().for_each(|part| part.hear(command));
    }

    /// Whether it is so, now.
    pub(super) fn look(&mut self, facts: &Facts) -> bool {
        match &self.goal {
            Goal::Figure(comparison) => {
                let comparison = comparison.clone();
                self.compare(&comparison, facts)
            }
            Goal::Setting(comparison) => {
                let holds = facts.lanes.setting(&comparison.of).is_some_and(|value| comparison.holds_for(&value));
                let for_ms = comparison.for_ms;
                self.hold(holds, for_ms, facts.lanes.now())
            }
            Goal::Count { kind, at_least, at_most } => {
                let nodes = &facts.lanes.first.scenario().nodes;
                let count = nodes.iter().filter(|node| node.kind() == *kind).count() as u64;
                (*at_least..=*at_most).contains(&count)
            }
            Goal::Seen { event, at, times } => {
                seen(*event, at.as_ref(), facts.lanes) as f64 - self.base >= *times as f64
            }
            Goal::Done(_) => self.given,
            Goal::Answered => facts.verdict.is_some(),
            Goal::Right => facts.verdict == Some(Verdict::Right),
            // All are looked at, because each keeps what it has seen.
            Goal::All(_) => self.parts.iter_mut().map(|part| part.look(facts)).filter(|holds| !holds).count() == 0,
            Goal::Any(_) => self.parts.iter_mut().map(|part| part.look(facts)).filter(|holds| *holds).count() > 0,
            Goal::Not(_) => !self.parts.iter_mut().any(|part| part.look(facts)),
        }
    }

    fn compare(&mut self, comparison: &Comparison, facts: &Facts) -> bool {
        let now = facts.lanes.now();
        let number = Figure::of(&comparison.of).and_then(|figure| figure.number(facts.lanes, facts.began_at));
        let Some(mut number) = number else {
            // Nothing is there yet; that can be asked for too.
            let holds = comparison.equals == Some(Value::Null);
            return self.hold(holds, comparison.for_ms, now);
        };
        if comparison.over_ms > 0.0 {
            let span = Micros::from_ms(comparison.over_ms);
            if self.past.back().is_some_and(|(last, _)| *last > now) {
                self.past.clear();
            }
            if self.past.back().is_none_or(|(last, _)| *last < now) {
                self.past.push_back((now, number));
            }
            while self.past.len() > 1 && self.past[1].0 + span <= now {
                self.past.pop_front();
            }
            match self.past.front() {
                Some((then, before)) if *then + span <= now => number -= before,
                _ => return false,
            }
        } else if comparison.since_step {
            number -= self.base;
        }
        let holds = comparison.holds(number);
        self.hold(holds, comparison.for_ms, now)
    }

    fn hold(&mut self, holds: bool, for_ms: f64, now: Micros) -> bool {
        if !holds {
            self.since = None;
            return false;
        }
        let since = self.since.filter(|since| *since <= now).unwrap_or(now);
        self.since = Some(since);
        now.saturating_sub(since) >= Micros::from_ms(for_ms)
    }
}

/// Whether a value has everything that another one has.
fn includes(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::Object(value), Value::Object(wanted)) => {
            wanted.iter().all(|(name, wanted)| value.get(name).is_some_and(|value| includes(value, wanted)))
        }
        (Value::Number(value), Value::Number(wanted)) => value.as_f64() == wanted.as_f64(),
        _ => value == wanted,
    }
}

/// How often something has happened so far, in both lanes.
fn seen(event: SeenEvent, at: Option<&Id>, lanes: &Lanes) -> u64 {
    lanes.sessions().map(|session| super::figures::seen(event, at, session.engine())).sum()
}
