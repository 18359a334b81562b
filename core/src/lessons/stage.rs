//! Putting up what a step needs, and doing solutions without anybody watching.

use std::rc::Rc;

use super::course::{Course, Progress};
use super::demonstration::Order;
use super::figures::Lanes;
use super::lesson::{Act, Lesson};
use crate::base::Micros;
use crate::scenario::Scenario;
use crate::session::{Command, Permits, Rejected, Session, next_look};

/// One or two sessions with somebody's way through a lesson: what the page has, without the page.
#[derive(Clone)]
pub struct Rehearsal {
    /// The session with the stage's scenario.
    pub first: Session,
    /// The one beside it.
    pub second: Option<Session>,
    /// The way.
    pub course: Course,
}

impl Rehearsal {
    /// A step as somebody finds it who comes from the one before: its stage is put up; where it has none of its own, the last one
    /// before it, and all steps from there on are done by their solutions.
    pub fn at(lesson: &Rc<Lesson>, step: usize) -> Rehearsal {
        let course = Course::new(lesson.clone(), &Progress::default());
        let mut rehearsal = Rehearsal { first: Session::new(Scenario::default()), second: None, course };
        let from = lesson.stage_of(step).map_or(0, |(place, _)| place);
        for before in from..step {
            rehearsal.enter(before);
            rehearsal.solve(&|_| true);
        }
        rehearsal.enter(step);
        rehearsal
    }

    /// The step after the one in which it is, or any other.
    pub fn enter(&mut self, step: usize) {
        self.course.go(step);
        let lesson = self.course.lesson().clone();
        let Some(step) = lesson.steps.get(step) else { return };
        if let Some(stage) = &step.stage {
            let session = |name: &str| {
                let mut session = Session::new(lesson.scenarios.get(name).cloned().unwrap_or_default());
                advance(&mut session, Micros::from_ms(stage.at_ms));
                session
            };
            (self.first, self.second) = (session(&stage.scenario), stage.beside.as_deref().map(session));
        }
        // What a step does itself is not what it permits.
        self.first.set_permits(Permits::ALL);
        for command in &step.commands {
            // `check` has tried them.
            drop(self.first.dispatch(command.clone()));
        }
        self.first.set_permits(step.permits());
        if let Some(second) = &mut self.second {
            second.set_permits(step.permits());
        }
        let Rehearsal { first, second, course } = self;
        course.begin(&Lanes { first, second: second.as_ref() });
        self.look();
    }

    /// Both lanes.
    pub fn lanes(&self) -> Lanes<'_> {
        Lanes { first: &self.first, second: self.second.as_ref() }
    }

    fn look(&mut self) {
        let Rehearsal { first, second, course } = self;
        course.look(&Lanes { first, second: second.as_ref() });
    }

    /// Does the step's solution, or those of its acts that `wanted` wants; what was refused comes back.
    pub fn solve(&mut self, wanted: &dyn Fn(&Act) -> bool) -> Vec<(Command, Rejected)> {
        let mut refused = Vec::new();
        self.course.demonstrate_only(wanted);
        loop {
            let Rehearsal { first, second, course } = self;
            match course.next_order(&Lanes { first, second: second.as_ref() }) {
                None | Some(Order::Over) => return refused,
                Some(Order::Do { command, beside }) => {
                    let session = if beside { second.as_mut() } else { Some(first) };
                    match session.map(|session| session.dispatch(command.clone())) {
                        Some(Err(rejected)) => refused.push((command, rejected)),
                        _ => course.hear(&command),
                    }
                    self.look();
                }
                Some(Order::Answer(answer)) => {
                    course.answer(answer);
                    self.look();
                }
                Some(Order::Play(_) | Order::Wait) => {
                    let next = next_look(first.now());
                    self.run_until(next);
                }
            }
        }
    }

    /// Lets time pass up to an instant, looking all the way.
    pub fn run_until(&mut self, time: Micros) {
        while self.first.now() < time {
            let next = next_look(self.first.now()).min(time);
            advance(&mut self.first, next);
            if let Some(second) = &mut self.second {
                advance(second, next);
            }
            if self.first.now() < next {
                return;
            }
            self.look();
        }
    }
}

/// Lets a session go to an instant at once.
pub fn advance(session: &mut Session, time: Micros) {
    if session.now() >= time {
        return;
    }
    drop(session.dispatch(Command::Seek { time_us: time }));
    let mut never = || false;
    while session.playback().seeking().is_some() && !session.playback().full() {
        session.tick(0.0, &mut never);
    }
}
