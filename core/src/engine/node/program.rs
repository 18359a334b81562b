//! A handler made ready to be run: its steps with their random durations, edges and contents.

use std::rc::Rc;

use crate::base::Micros;
use crate::engine::EdgeIndex;
use crate::engine::broker::content::Content;
use crate::engine::random::Sampler;
use crate::scenario::{Backoff, Call, Publish, Step};

/// A handler, ready. Work that has begun keeps the one it began with.
#[derive(Debug, Default)]
pub(in crate::engine) struct Program {
    pub(in crate::engine) steps: Vec<Parts>,
}

/// What is done at once in a step.
#[derive(Debug)]
pub(in crate::engine) enum Parts {
    One(Part),
    /// The step is `parallel`.
    Several(Vec<Part>),
}

/// One thing that is done.
#[derive(Debug)]
pub(in crate::engine) enum Part {
    Work(Sampler),
    Publish { edge: Option<EdgeIndex>, content: Rc<Content>, ms: Sampler, confirm: bool },
    Call { edge: Option<EdgeIndex>, terms: CallTerms },
}

/// How an answer is waited for.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct CallTerms {
    pub(in crate::engine) timeout: Option<Micros>,
    pub(in crate::engine) retries: u32,
    pub(in crate::engine) backoff: Backoff,
}

impl Part {
    /// How long it takes, where that is known when it begins.
    #[inline]
    pub(in crate::engine) fn duration(&self) -> Option<&Sampler> {
        match self {
            Part::Work(ms) | Part::Publish { ms, .. } => Some(ms),
            Part::Call { .. } => None,
        }
    }
}

impl Program {
    /// A handler's program.
    pub(in crate::engine) fn new(handler: &[Step], surroundings: &Surroundings<'_>) -> Program {
        let steps = handler.iter().map(|step| {
            let mut parts = Vec::new();
            surroundings.add(step, &mut parts);
            match parts.len() {
                // Nothing at once takes no time.
                0 => Parts::One(Part::Work(Sampler::Constant(Micros::ZERO))),
                1 => Parts::One(parts.remove(0)),
                _ => Parts::Several(parts),
            }
        });
        Program { steps: steps.collect() }
    }

    #[inline]
    pub(in crate::engine) fn part(&self, step: u32, part: u32) -> Option<&Part> {
        self.steps.get(step as usize)?.all().get(part as usize)
    }
}

impl Parts {
    pub(in crate::engine) fn all(&self) -> &[Part] {
        match self {
            Parts::One(part) => std::slice::from_ref(part),
            Parts::Several(parts) => parts,
        }
    }
}

/// What a program has to know of the drawing around it.
pub(in crate::engine) struct Surroundings<'a> {
    /// The edge on which a step calls.
    pub(in crate::engine) call_edge: &'a dyn Fn(&Call) -> Option<EdgeIndex>,
    /// The edge on which a step publishes, and what.
    pub(in crate::engine) publish_edge: PublishEdge<'a>,
}

type PublishEdge<'a> = &'a dyn Fn(&Publish) -> (Option<EdgeIndex>, Rc<Content>);

impl Surroundings<'_> {
    fn add(&self, step: &Step, parts: &mut Vec<Part>) {
        match step {
            Step::Work { ms } => parts.push(Part::Work(Sampler::new(ms))),
            Step::Call(call) => {
                let terms = CallTerms {
                    timeout: call.timeout_ms.map(Micros::from_ms),
                    retries: call.retries,
                    backoff: call.backoff.clone(),
                };
                parts.push(Part::Call { edge: (self.call_edge)(call), terms });
            }
            Step::Publish(publish) => {
                let (edge, content) = (self.publish_edge)(publish);
                let ms = Sampler::new(&publish.ms);
                parts.push(Part::Publish { edge, content, ms, confirm: publish.confirm });
            }
            Step::Parallel(steps) => steps.iter().for_each(|step| self.add(step, parts)),
        }
    }
}
