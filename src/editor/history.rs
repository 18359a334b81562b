//! Undo and redo.

use super::change::Change;

/// A step back, with the length of the run's log before it was made.
#[derive(Clone, Debug)]
struct Entry {
    change: Change,
    log_length: usize,
    /// How many messages were dropped when it was made last.
    lost: u64,
}

/// The steps that can be undone and done again. A gesture (a drag, a slider) is one step.
#[derive(Clone, Debug, Default)]
pub struct History {
    done: Vec<Entry>,
    /// The steps that were taken back, each with how many messages were dropped by that.
    undone: Vec<(Change, u64)>,
    /// While a gesture is under way: how many steps there were at its beginning.
    gesture: Option<usize>,
}

/// How many steps are kept.
const MOST_STEPS: usize = 1_000;

impl History {
    /// A change has been made. What was undone before cannot be done again.
    pub fn record(&mut self, change: Change, log_length: usize) {
        self.undone.clear();
        if let Some(mark) = self.gesture
            && self.done.len() > mark
            && let Some(last) = self.done.last_mut()
        {
            last.change.squash(change);
            return;
        }
        self.done.push(Entry { change, log_length, lost: 0 });
        if self.done.len() > MOST_STEPS && self.gesture.is_none() {
            self.done.remove(0);
        }
    }

    /// A gesture begins: what is recorded until its end is one step.
    pub fn begin_gesture(&mut self) {
        self.gesture = Some(self.done.len());
    }

    /// The gesture ends.
    pub fn end_gesture(&mut self) {
        self.gesture = None;
    }

    /// The gesture is given up: the change that takes it back, if it changed anything.
    pub fn cancel_gesture(&mut self) -> Option<Change> {
        let mark = self.gesture.take()?;
        (self.done.len() > mark).then(|| self.done.pop()).flatten().map(|entry| entry.change.inverse())
    }

    /// The change that was recorded last has dropped so many messages.
    pub fn lost_by_step(&mut self, lost: u64) {
        if let Some(last) = self.done.last_mut() {
            last.lost += lost;
        }
    }

    /// Taking the last step back has dropped so many messages.
    pub fn lost_by_undo(&mut self, lost: u64) {
        if let Some((_, last)) = self.undone.last_mut() {
            *last += lost;
        }
    }

    /// How long the log was before the last step that can be taken back.
    pub fn last_log_length(&self) -> Option<usize> {
        self.done.last().map(|entry| entry.log_length)
    }

    /// The change that takes the last step back, and how many messages the step had dropped.
    pub fn undo(&mut self) -> Option<(Change, u64)> {
        self.gesture = None;
        let entry = self.done.pop()?;
        let inverse = entry.change.inverse();
        self.undone.push((entry.change, 0));
        Some((inverse, entry.lost))
    }

    /// The change that was undone last, and how many messages that had dropped; it counts as made again.
    pub fn redo(&mut self, log_length: usize) -> Option<(Change, u64)> {
        self.gesture = None;
        let (change, lost) = self.undone.pop()?;
        self.done.push(Entry { change: change.clone(), log_length, lost: 0 });
        Some((change, lost))
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// The run was forked where its log had this length: what was done after that never happened.
    pub fn fork(&mut self, log_length: usize) {
        self.gesture = None;
        let before = self.done.len();
        self.done.retain(|entry| entry.log_length < log_length);
        if self.done.len() < before {
            self.undone.clear();
        }
    }

    /// The document has been edited so far: steps made with a log of another run count as made at its beginning.
    pub fn rebase(&mut self) {
        for entry in &mut self.done {
            entry.log_length = 0;
        }
    }
}
