//! Undo and redo.

use std::rc::Rc;

use super::change::Change;

/// A step, with the length of the run's log before it was made.
#[derive(Clone, Debug)]
struct Step {
    change: Change,
    log_length: usize,
    /// How many messages were dropped when it was made last, or taken back last.
    lost: u64,
}

/// Steps, the last one on top. Cheap to copy: copies share what they have in common.
#[derive(Clone, Debug, Default)]
struct Stack {
    top: Option<Rc<Link>>,
    length: usize,
}

#[derive(Clone, Debug)]
struct Link {
    step: Step,
    below: Stack,
}

impl Stack {
    fn push(&mut self, step: Step) {
        let below = std::mem::take(self);
        *self = Stack { length: below.length + 1, top: Some(Rc::new(Link { step, below })) };
    }

    fn pop(&mut self) -> Option<Step> {
        let Link { step, below } = Rc::unwrap_or_clone(self.top.take()?);
        *self = below;
        Some(step)
    }

    fn last(&self) -> Option<&Step> {
        self.top.as_ref().map(|link| &link.step)
    }

    /// The steps, the last one first.
    fn iter(&self) -> impl Iterator<Item = &Step> {
        std::iter::successors(self.top.as_deref(), |link| link.below.top.as_deref()).map(|link| &link.step)
    }

    /// Only the last `most` steps.
    fn keep(&mut self, most: usize) {
        let mut kept: Vec<Step> = self.iter().take(most).cloned().collect();
        *self = Stack::default();
        while let Some(step) = kept.pop() {
            self.push(step);
        }
    }
}

/// What could be undone and done again at one time.
#[derive(Clone, Debug, Default)]
struct State {
    done: Stack,
    undone: Stack,
}

/// The steps that can be undone and done again. A gesture (a drag, a slider) is one step.
#[derive(Clone, Debug, Default)]
pub struct History {
    now: State,
    /// What it was before the first of the earlier ones; nothing where that is not known any more.
    beginning: State,
    /// What it was after each step forth or back, with the length of the run's log before that: a run that forks is there
    /// again.
    earlier: Vec<(usize, State)>,
    /// While a gesture is under way: how many steps there were at its beginning.
    gesture: Option<usize>,
}

/// How many steps are kept.
const MOST_STEPS: usize = 1_000;

impl History {
    /// A change has been made. What was undone before cannot be done again.
    pub fn record(&mut self, change: Change, log_length: usize) {
        self.now.undone = Stack::default();
        let goes_on = self.gesture.is_some_and(|mark| self.now.done.length > mark);
        if goes_on && self.earlier.last().is_some_and(|(length, _)| *length == log_length) {
            // Nothing but the last state would be shared with it: the step is changed where it is.
            self.earlier.pop();
        }
        match goes_on.then(|| self.now.done.pop()).flatten() {
            Some(mut step) => {
                step.change.squash(change);
                self.now.done.push(step);
            }
            None => self.now.done.push(Step { change, log_length, lost: 0 }),
        }
        if self.now.done.length > 2 * MOST_STEPS && self.gesture.is_none() {
            self.now.done.keep(MOST_STEPS);
            self.beginning = State::default();
            self.earlier.clear();
        }
        self.remember(log_length);
    }

    fn remember(&mut self, log_length: usize) {
        self.earlier.push((log_length, self.now.clone()));
        if self.earlier.len() > 4 * MOST_STEPS {
            self.beginning = State::default();
            self.earlier.drain(..MOST_STEPS);
        }
    }

    /// A gesture begins: what is recorded until its end is one step.
    pub fn begin_gesture(&mut self) {
        self.gesture = Some(self.now.done.length);
    }

    /// The gesture ends.
    pub fn end_gesture(&mut self) {
        self.gesture = None;
    }

    /// The gesture is given up: the change that takes it back, if it changed anything.
    pub fn cancel_gesture(&mut self, log_length: usize) -> Option<Change> {
        let mark = self.gesture.take()?;
        let step = (self.now.done.length > mark).then(|| self.now.done.pop()).flatten()?;
        self.remember(log_length);
        Some(step.change.inverse())
    }

    /// The change that was recorded last has dropped so many messages.
    pub fn lost_by_step(&mut self, lost: u64) {
        Self::add_lost(&mut self.now.done, lost);
    }

    /// Taking the last step back has dropped so many messages.
    pub fn lost_by_undo(&mut self, lost: u64) {
        Self::add_lost(&mut self.now.undone, lost);
    }

    fn add_lost(stack: &mut Stack, lost: u64) {
        if lost > 0
            && let Some(step) = stack.pop()
        {
            stack.push(Step { lost: step.lost + lost, ..step });
        }
    }

    /// How long the log was before the last step that can be taken back.
    pub fn last_log_length(&self) -> Option<usize> {
        self.now.done.last().map(|step| step.log_length)
    }

    /// The change that takes the last step back, and how many messages the step had dropped.
    pub fn undo(&mut self, log_length: usize) -> Option<(Change, u64)> {
        self.gesture = None;
        let step = self.now.done.pop()?;
        let undone = (step.change.inverse(), step.lost);
        self.now.undone.push(Step { lost: 0, ..step });
        self.remember(log_length);
        Some(undone)
    }

    /// The change that was undone last, and how many messages that had dropped; it counts as made again.
    pub fn redo(&mut self, log_length: usize) -> Option<(Change, u64)> {
        self.gesture = None;
        let step = self.now.undone.pop()?;
        self.now.done.push(Step { change: step.change.clone(), log_length, lost: 0 });
        self.remember(log_length);
        Some((step.change, step.lost))
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        self.now.done.last().is_some()
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        self.now.undone.last().is_some()
    }

    /// The run was forked where its log had this length: what was done and undone after that never happened.
    pub fn fork(&mut self, log_length: usize) {
        let kept = self.earlier.partition_point(|(length, _)| *length < log_length);
        if kept < self.earlier.len() {
            self.gesture = None;
            self.earlier.truncate(kept);
            self.now = self.earlier.last().map_or(&self.beginning, |(_, state)| state).clone();
        }
    }

    /// The document has been edited so far: steps made with a log of another run count as made at its beginning.
    pub fn rebase(&mut self) {
        let mut steps: Vec<Step> = self.now.done.iter().cloned().collect();
        self.now.done = Stack::default();
        while let Some(step) = steps.pop() {
            self.now.done.push(Step { log_length: 0, ..step });
        }
        self.beginning = self.now.clone();
        self.earlier.clear();
    }

    /// The step that was just undone was taken out of the log: it has this length again.
    pub fn took_back(&mut self, log_length: usize) {
        let kept = self.earlier.partition_point(|(length, _)| *length < log_length);
        self.earlier.truncate(kept);
        self.remember(log_length);
    }
}
