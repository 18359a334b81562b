//! A solution that is being done, act by act.

use std::collections::VecDeque;

use super::course::Answer;
use super::goal::{Facts, Watch};
use super::lesson::Act;
use crate::base::Micros;
use crate::session::Command;

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// This, in the first lane or in the one beside it.
    Do {
        /// What.
        command: Command,
        /// Whether it is the lane beside.
        beside: bool,
    },
    /// The question is to be answered like this.
    Answer(Answer),
    /// Time is to pass until this instant at the most.
    Play(Micros),
    /// Nothing: time passes.
    Wait,
    /// It is over.
    Over,
}

/// A solution under way.
#[derive(Clone, Debug)]
pub struct Demonstration {
    acts: VecDeque<Act>,
    waiting: Option<Waiting>,
}

#[derive(Clone, Debug)]
struct Waiting {
    latest: Micros,
    watch: Option<Watch>,
}

impl Demonstration {
    pub(super) fn new(acts: Vec<Act>) -> Demonstration {
        Demonstration { acts: acts.into(), waiting: None }
    }

    pub(super) fn next(&mut self, facts: &Facts) -> Order {
        let now = facts.lanes.now();
        if let Some(Waiting { latest, watch }) = &mut self.waiting {
            let is_so = watch.as_mut().is_some_and(|watch| watch.look(facts));
            if now < *latest && !is_so {
                return Order::Wait;
            }
            self.waiting = None;
        }
        let mut wait = |ms: f64, watch: Option<Watch>| {
            let latest = now + Micros::from_ms(ms);
            self.waiting = Some(Waiting { latest, watch });
            Order::Play(latest)
        };
        match self.acts.pop_front() {
            None => Order::Over,
            Some(Act::Do(command)) => Order::Do { command, beside: false },
            Some(Act::DoBeside(command)) => Order::Do { command, beside: true },
            Some(Act::Answer(answer)) => Order::Answer(answer),
            Some(Act::RunMs(ms)) => wait(ms, None),
            Some(Act::RunUntil { goal, at_most_ms }) => {
                let watch = Watch::begin(&goal, facts.lanes);
                wait(at_most_ms, Some(watch))
            }
        }
    }
}
