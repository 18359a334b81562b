//! Handlers: what is done with a message or a request, step by step.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::backoff::{self, Backoff};
use super::distribution::{self, Distribution};
use super::edge::EdgeKind;
use super::field::{Field, NumberRange, SHORT_STRING, Scale, Shape, Unit, Variant};
use super::{Id, is_default};

/// One step of a handler. Steps are carried out one after the other; the first that fails ends the handler.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Being busy for a while.
    Work {
        /// How long.
        ms: Distribution,
    },
    /// Asking a service or a database, and waiting for the answer.
    Call(Call),
    /// Publishing a message.
    Publish(Publish),
    /// Several steps at once; it ends when all have ended, and fails when one of them has failed.
    Parallel(Vec<Step>),
}

/// A step that waits for an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The service or database; a `call` edge leads there.
    pub target: Id,
    /// How long each attempt waits, in milliseconds; absent: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<f64>,
    /// How often it tries again after an attempt has failed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub retries: u32,
    /// How long it waits before it tries again.
    #[serde(default, skip_serializing_if = "is_default")]
    pub backoff: Backoff,
}

/// A step that publishes a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The exchange or queue; a `publish` edge leads there.
    pub target: Id,
    /// The message's routing key. (On its way straight to a queue it is the queue's id, as always with the default
    /// exchange.)
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub routing_key: String,
    /// How long it occupies the handler; the message leaves at the end of it.
    #[serde(default = "no_time")]
    pub ms: Distribution,
    /// Whether the step waits for the broker's confirm, and fails without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confirm: bool,
}

fn no_time() -> Distribution {
    Distribution::Constant(0.0)
}

/// The most steps of a handler, those of parallel parts included.
const MOST_STEPS: usize = 64;

impl Step {
    /// This step, or the steps that it holds, each with what stands behind the handler in its JSON pointer.
    fn visit<'a>(&'a self, pointer: &str, visitor: &mut dyn FnMut(&'a Step, &str)) {
        match self {
            Step::Parallel(steps) => visit_all(steps, &format!("{pointer}/parallel"), visitor),
            _ => visitor(self, pointer),
        }
    }

    /// Where it leads, and on what kind of edge.
    pub fn target(&self) -> Option<(&Id, EdgeKind)> {
        match self {
            Step::Call(Call { target, .. }) => Some((target, EdgeKind::Call)),
            Step::Publish(Publish { target, .. }) => Some((target, EdgeKind::Publish)),
            Step::Work { .. } | Step::Parallel(_) => None,
        }
    }
}

fn visit_all<'a>(steps: &'a [Step], pointer: &str, visitor: &mut dyn FnMut(&'a Step, &str)) {
    for (index, step) in steps.iter().enumerate() {
        step.visit(&format!("{pointer}/{index}"), visitor);
    }
}

/// Every step of a handler that is no `parallel`, in order, with its JSON pointer behind the handler's.
pub fn visit<'a>(handler: &'a [Step], visitor: &mut dyn FnMut(&'a Step, &str)) {
    visit_all(handler, "", visitor);
}

/// Where a handler leads, and on what kinds of edges.
pub fn targets(handler: &[Step]) -> BTreeSet<(&Id, EdgeKind)> {
    let mut targets = BTreeSet::new();
    visit(handler, &mut |step, _| targets.extend(step.target()));
    targets
}

/// The handler without the steps that lead to `target`; a `parallel` that has nothing left goes too.
pub fn without(handler: &[Step], target: &Id) -> Vec<Step> {
    let mut left = Vec::new();
    for step in handler {
        match step {
            Step::Parallel(steps) => {
                let steps = without(steps, target);
                if !steps.is_empty() {
                    left.push(Step::Parallel(steps));
                }
            }
            _ if step.target().is_some_and(|(id, _)| id == target) => {}
            _ => left.push(step.clone()),
        }
    }
    left
}

/// Lets steps lead to the same nodes under other ids; `None`: the id stays.
pub fn rename_targets(handler: &mut [Step], renamed: &dyn Fn(&Id) -> Option<Id>) {
    for step in handler {
        match step {
            Step::Parallel(steps) => rename_targets(steps, renamed),
            Step::Call(Call { target, .. }) | Step::Publish(Publish { target, .. }) => {
                if let Some(id) = renamed(target) {
                    *target = id;
                }
            }
            Step::Work { .. } => {}
        }
    }
}

/// Whether two handlers are the same program: the same steps in the same order, whatever their durations, time-outs
/// and retries. What differs in more than those has to be deployed anew.
pub fn is_same_program(one: &[Step], other: &[Step]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|pair| match pair {
            (Step::Work { .. }, Step::Work { .. }) => true,
            (Step::Call(one), Step::Call(other)) => one.target == other.target,
            (Step::Publish(one), Step::Publish(other)) => {
                one.target == other.target && one.routing_key == other.routing_key && one.confirm == other.confirm
            }
            (Step::Parallel(one), Step::Parallel(other)) => is_same_program(one, other),
            _ => false,
        })
}

static WORK: &[Field] = &[Field::usual("ms", |words| &words.fields.work_ms, Shape::Same(&distribution::SHAPE))];

/// How often something is tried again.
pub(super) const RETRIES: Shape = Shape::Number(NumberRange {
    min: 0.0,
    max: 100.0,
    whole: true,
    unit: Unit::None,
    scale: Scale::Linear,
    usual: 0.0,
});

/// How long an answer is waited for.
pub(super) static TIMEOUT: Shape = Shape::Number(NumberRange::milliseconds(0.001, 1_000.0));

static CALL: &[Field] = &[
    Field::usual("target", |words| &words.fields.target, Shape::Target(EdgeKind::Call)),
    Field::usual("timeout_ms", |words| &words.fields.timeout_ms, Shape::Optional(&TIMEOUT)),
    Field::usual("retries", |words| &words.fields.retries, RETRIES),
    Field::rare("backoff", |words| &words.fields.backoff, Shape::Record(backoff::FIELDS)),
];

static PUBLISH: &[Field] = &[
    Field::usual("target", |words| &words.fields.target, Shape::Target(EdgeKind::Publish)),
    Field::usual("ms", |words| &words.fields.publish_ms, Shape::Same(&distribution::SHAPE)),
    Field::usual("routing_key", |words| &words.fields.routing_key, Shape::Text { longest: SHORT_STRING }),
    Field::usual("confirm", |words| &words.fields.confirm, Shape::Toggle { usual: false }),
];

/// The settings of a step of this name; none for `parallel`, which is a list of steps.
pub fn step_fields(name: &str) -> Option<&'static [Field]> {
    match name {
        "work" => Some(WORK),
        "call" => Some(CALL),
        "publish" => Some(PUBLISH),
        _ => None,
    }
}

static STEP: Shape = Shape::Variants(&[
    Variant { name: "work", words: |words| &words.fields.work, shape: Shape::Record(WORK) },
    Variant { name: "call", words: |words| &words.fields.call, shape: Shape::Record(CALL) },
    Variant { name: "publish", words: |words| &words.fields.publish, shape: Shape::Record(PUBLISH) },
    Variant { name: "parallel", words: |words| &words.fields.parallel, shape: Shape::Same(&SHAPE) },
]);

/// The shape of a handler, for the inspector and for checking ranges.
pub static SHAPE: Shape = Shape::List { item: &STEP, least: 0, most: MOST_STEPS };
