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
    /// Step for step what is done at once: one thing, or several where the step is `parallel`.
    pub(in crate::engine) steps: Vec<Vec<Part>>,
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
    /// A handler's program; `call_edge` and `publish_edge` know the edges and contents.
    pub(in crate::engine) fn new(
        handler: &[Step],
        call_edge: &dyn Fn(&Call) -> Option<EdgeIndex>,
        publish_edge: &dyn Fn(&Publish) -> (Option<EdgeIndex>, Rc<Content>),
    ) -> Program {
        fn add(
            step: &Step,
            parts: &mut Vec<Part>,
            call_edge: &dyn Fn(&Call) -> Option<EdgeIndex>,
            publish_edge: &dyn Fn(&Publish) -> (Option<EdgeIndex>, Rc<Content>),
        ) {
            match step {
                Step::Work { ms } => parts.push(Part::Work(Sampler::new(ms))),
                Step::Call(call) => {
                    let terms = CallTerms {
                        timeout: call.timeout_ms.map(Micros::from_ms),
                        retries: call.retries,
                        backoff: call.backoff.clone(),
                    };
                    parts.push(Part::Call { edge: call_edge(call), terms });
                }
                Step::Publish(publish) => {
                    let (edge, content) = publish_edge(publish);
                    let ms = Sampler::new(&publish.ms);
                    parts.push(Part::Publish { edge, content, ms, confirm: publish.confirm });
                }
                Step::Parallel(steps) => steps.iter().for_each(|step| add(step, parts, call_edge, publish_edge)),
            }
        }
        let steps = handler.iter().map(|step| {
            let mut parts = Vec::new();
            add(step, &mut parts, call_edge, publish_edge);
            if parts.is_empty() {
                // Nothing at once takes no time.
                parts.push(Part::Work(Sampler::Constant(Micros::ZERO)));
            }
            parts
        });
        Program { steps: steps.collect() }
    }

    #[inline]
    pub(in crate::engine) fn part(&self, step: u32, part: u32) -> Option<&Part> {
        self.steps.get(step as usize)?.get(part as usize)
    }
}
