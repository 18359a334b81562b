//! A run with its log: everything done to it from outside, each at its exact moment, so that any earlier instant can
//! be had again by replaying from the nearest state that was kept.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::checkpoints::{Checkpoint, Checkpoints};
use super::journey::{Finder, Found, Journey, Listener, Naming, Sought};
use super::recorder::{FirstDrops, Recorder};
use super::samples::{EVERY, Samples};
use super::series::Series;
use crate::base::{Micros, Point, Text};
use crate::editor::{Change, Swap};
use crate::engine::{Action, Engine, Moment, Progress};
use crate::scenario::{Color, Fault, Id, Node, Note, Scenario, format};

/// Something done to a run from outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Intervention {
    /// The document was edited.
    Edit(Change),
    /// Something was made to fail, or put right.
    Fault(Fault),
}

/// An intervention with its moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// When.
    pub moment: Moment,
    /// How many edits of the script had been made by then.
    pub edits: usize,
    /// What.
    pub intervention: Intervention,
}

/// How a node looks.
type Look = (Point, Option<Text>, Option<Color>);

/// What a document has that no run knows of.
#[derive(Clone)]
struct Aside {
    title: Text,
    seed: u64,
    notes: Vec<Note>,
}

impl Aside {
    fn of(scenario: &Scenario) -> Aside {
        Aside { title: scenario.title.clone(), seed: scenario.seed, notes: scenario.notes.clone() }
    }

    fn restore(&self, scenario: &mut Scenario) {
        scenario.title.clone_from(&self.title);
        scenario.seed = self.seed;
        scenario.notes.clone_from(&self.notes);
    }
}

/// What is kept of a run that was left for another one: what was done to it, and how far it went. The same document, run
/// with the same log, gives it again.
#[derive(Clone, Debug, Default)]
pub struct Branch {
    log: Vec<Logged>,
    reached: Micros,
    series: Series,
    first_drops: FirstDrops,
}

impl Branch {
    /// Everything that was done to it, in order.
    pub fn log(&self) -> &[Logged] {
        &self.log
    }

    /// The latest instant that it has reached.
    pub fn reached(&self) -> Micros {
        self.reached
    }

    /// What was measured in it.
    pub fn series(&self) -> &Series {
        &self.series
    }
}

/// For how long a transit is drawn at least that a checkpoint keeps: enough for 10×.
const DRAWN_FOR: Micros = Micros(4_000_000);
/// Samples are work too, if less than events: a day without events has many of them.
const WORK_OF_SAMPLE: u64 = 8;

/// A run: the document at its start, its log, and the engine somewhere along it.
#[derive(Clone)]
pub struct Run {
    start: Scenario,
    /// The document as it is where the engine stands.
    scenario: Scenario,
    log: Vec<Logged>,
    /// How many entries of the log the engine has behind it; the others lie in its future.
    position: usize,
    engine: Engine,
    recorder: Recorder,
    samples: Samples,
    series: Series,
    first_drops: FirstDrops,
    checkpoints: Checkpoints,
    /// The latest instant that was reached with this log.
    reached: Micros,
    /// How many edits of the script the document has followed.
    edits_followed: usize,
    /// Places, labels and colours of nodes when the run was last rewound: going back in time moves nothing on the stage.
    looks: BTreeMap<Id, Look>,
    /// What the document had then that is no part of a run, as long as the log is replayed.
    aside: Option<Aside>,
    replayed: bool,
    /// The message that is followed.
    followed: Option<u64>,
    /// Whether the log comes from elsewhere: it may say what this engine never had.
    foreign: bool,
}

/// A run as it can be told to somebody else: the same document, run with the same log, gives it again.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The document at the start, with the seed of the run; names, places and notes are today's.
    pub start: Scenario,
    /// The seed that counts from the next beginning on.
    pub next_seed: u64,
    /// Everything that was done to it.
    pub log: Vec<Logged>,
    /// Where it stands.
    pub here: Moment,
    /// How many entries of the log it has behind it there.
    pub position: usize,
    /// The trace hash there.
    pub trace_hash: String,
}

impl Run {
    /// A run of a scenario, at time zero.
    pub fn new(scenario: Scenario) -> Run {
        let engine = Engine::new(&scenario);
        Run {
            scenario: scenario.clone(),
            start: scenario,
            log: Vec::new(),
            position: 0,
            engine,
            recorder: Recorder::default(),
            samples: Samples::default(),
            series: Series::default(),
            first_drops: FirstDrops::default(),
            checkpoints: Checkpoints::default(),
            reached: Micros::ZERO,
            edits_followed: 0,
            looks: BTreeMap::new(),
            aside: None,
            replayed: false,
            followed: None,
            foreign: false,
        }
    }

    /// The run as it can be told to somebody else. How nodes look and what they are called is told as it is now, wherever
    /// they stand in it: no run knows of it.
    pub fn record(&self) -> Record {
        let look = |node: &mut Node| {
            let now = self.scenario.node(&node.id).map(|now| (now.at, now.label.clone(), now.color));
            if let Some((at, label, color)) = now.or_else(|| self.looks.get(&node.id).cloned()) {
                (node.at, node.label, node.color) = (at, label, color);
            }
        };
        let mut start = self.start.clone();
        start.title.clone_from(&self.scenario.title);
        start.notes.clone_from(&self.scenario.notes);
        start.nodes.iter_mut().chain(start.edits.iter_mut().flat_map(|edit| &mut edit.nodes)).for_each(look);
        let mut log = self.log.clone();
        for logged in &mut log {
            let Intervention::Edit(change) = &mut logged.intervention else { continue };
            change.0.retain(|swap| !matches!(swap, Swap::Note { .. } | Swap::Title { .. } | Swap::Seed { .. }));
            for swap in &mut change.0 {
                if let Swap::Node { before, after, .. } = swap {
                    before.iter_mut().chain(after).for_each(look);
                }
            }
        }
        Record {
            start,
            next_seed: self.scenario.seed,
            log,
            here: self.engine.moment(),
            position: self.position,
            trace_hash: self.engine.trace_hash(),
        }
    }

    /// The run that was told, at time zero, with its whole log ahead.
    pub fn of_record(record: &Record) -> Run {
        let mut run = Run::new(record.start.clone());
        run.log.clone_from(&record.log);
        run.foreign = true;
        run.scenario.seed = record.next_seed;
        // What is no part of a run stays while the log is replayed.
        run.aside = Some(Aside::of(&run.scenario));
        run
    }

    /// Goes to a moment between two events of the instant at which it stands, and to a place in the log. Whoever counts more events
    /// than there are by then means another run, and is led no further than to the instant's end.
    pub fn stand_at(&mut self, here: Moment, position: usize) {
        if self.engine.events() > here.events || self.position > position {
            self.return_to(here.events.min(self.engine.events()), position.min(self.position));
        }
        let due_by = |engine: &Engine| engine.next_event_at().is_some_and(|due| due <= here.time_us);
        while self.engine.events() < here.events && due_by(&self.engine) && self.step() {}
        // The clock may have gone on after the last event; where another one was still to come at that instant, it had not.
        if !due_by(&self.engine) {
            self.advance(here.time_us, u64::MAX);
        }
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The document where the engine stands.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// What moved lately.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// The same, for what moves without the engine.
    pub fn recorder_mut(&mut self) -> &mut Recorder {
        &mut self.recorder
    }

    /// Figures over the last minute.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// When something was dropped first, by reason, up to the latest instant that was reached.
    pub fn first_drops(&self) -> &FirstDrops {
        &self.first_drops
    }

    /// What was measured from the beginning to the latest instant that was reached.
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// The log up to where the engine stands.
    pub fn log(&self) -> &[Logged] {
        &self.log[..self.position]
    }

    /// The whole log, with what lies in the engine's future.
    pub fn whole_log(&self) -> &[Logged] {
        &self.log
    }

    /// The latest instant that was reached with this log.
    pub fn reached(&self) -> Micros {
        self.reached.max(self.engine.now())
    }

    /// Keeps states anew, and more often or less often: so much work lies between two of them at least, in events. For
    /// tests with few events.
    pub fn keep_checkpoints_apart(&mut self, work: u64) {
        self.checkpoints.begin_anew(work);
    }

    /// How many states are kept, and how many bytes they take.
    pub fn checkpoints(&self) -> (usize, usize) {
        self.checkpoints.size()
    }

    /// Does something to the run, here and now. What came later is forgotten: whoever wants to keep it calls
    /// [`Run::fork`] before.
    pub fn intervene(&mut self, intervention: Intervention) {
        self.fork();
        let logged = Logged { moment: self.engine.moment(), edits: self.edits_followed, intervention };
        self.carry_out(&logged.intervention);
        self.log.push(logged);
        self.position += 1;
    }

    /// Whether the log goes on beyond where the engine stands.
    pub fn has_future(&self) -> bool {
        self.position < self.log.len()
    }

    /// From here on it is another run. What there was, if it went further than this one has now.
    pub fn fork(&mut self) -> Option<Branch> {
        let went_on = self.has_future() || self.reached() > self.engine.now();
        let branch = went_on.then(|| Branch {
            log: self.log.clone(),
            reached: self.reached(),
            series: self.series.clone(),
            first_drops: self.first_drops,
        });
        self.log.truncate(self.position);
        self.reached = self.engine.now();
        self.first_drops = *self.recorder.first_drops();
        self.checkpoints.forget_after(self.engine.now(), self.engine.events(), self.position);
        // What was measured later goes, and where an interval goes that had begun before, it is measured again.
        if let Some(first) = self.series.forget_from(self.samples.taken()) {
            let (here, position) = (self.engine.moment(), self.position);
            self.save_looks();
            let kept = self.checkpoints.before(Micros(first * EVERY.0).saturating_sub(Micros(1)), position).cloned();
            self.restore(kept);
            self.go_on_to(here.events, position);
            self.advance(here.time_us, u64::MAX);
        }
        branch
    }

    /// Goes over to another branch of this run; gives the one that is left. The engine stands where both are still the
    /// same, and no later than it stood: running on from there leads into the branch.
    pub fn enter(&mut self, branch: Branch) -> Branch {
        self.save_looks();
        let left = Branch {
            log: std::mem::replace(&mut self.log, branch.log),
            reached: self.reached,
            series: std::mem::replace(&mut self.series, branch.series),
            first_drops: std::mem::replace(&mut self.first_drops, branch.first_drops),
        };
        let common = left.log.iter().zip(&self.log).take_while(|(left, entered)| left == entered).count();
        let parted = left.log.get(common).into_iter().chain(self.log.get(common)).map(|logged| logged.moment).min();
        if let Some(parted) = parted {
            self.checkpoints.forget_after(parted.time_us, parted.events, common);
            if self.engine.moment() > parted || self.position > common {
                let kept = self.checkpoints.before(self.engine.now(), common).cloned();
                self.restore(kept);
            }
        }
        self.reached = branch.reached;
        left
    }

    /// This run at an earlier state, to be replayed with someone who listens. It keeps no states of its own.
    fn shadow(&self, kept: Option<&Checkpoint>, listener: Listener) -> Run {
        let mut shadow = Run { checkpoints: Checkpoints::never(), ..Run::new(Scenario::default()) };
        shadow.start = self.start.clone();
        shadow.log = self.log[..self.position].to_vec();
        shadow.restore(kept.cloned());
        shadow.recorder.listener = Some(Box::new(listener));
        shadow
    }

    /// Follows the message of which this copy is one; `None`: none any more. False, and nothing changes, where there is no
    /// such copy yet.
    pub fn follow(&mut self, copy: Option<u64>) -> bool {
        let Some(copy) = copy else {
            (self.followed, self.recorder.listener) = (None, None);
            return true;
        };
        let Some(message) = self.message_of(copy) else { return false };
        self.followed = Some(message);
        self.recorder.listener = None;
        self.listen_again();
        true
    }

    /// The message of which this copy is one.
    fn message_of(&self, copy: u64) -> Option<u64> {
        if copy == 0 || copy > self.engine.ledger().made {
            return None;
        }
        let before = self.checkpoints.before_copy(copy, self.position);
        let mut search = Search::of(self, self.shadow(before, Listener::Naming(Naming::of(copy))));
        loop {
            let over = search.work(256);
            match search.run.recorder.listener.as_deref() {
                Some(Listener::Naming(Naming { message: Some(message), .. })) => return Some(*message),
                _ if over => return None,
                _ => {}
            }
        }
    }

    /// The message that is followed.
    pub fn followed(&self) -> Option<u64> {
        self.followed
    }

    /// What has become of the message that is followed; `None` while the run is on its way to another instant.
    pub fn journey(&self) -> Option<&Journey> {
        match self.recorder.listener.as_deref() {
            Some(Listener::Journey(journey)) => Some(journey),
            _ => None,
        }
    }

    /// After the run has gone elsewhere: whoever follows a message has to hear again what became of it until here.
    pub fn listen_again(&mut self) {
        let Some(message) = self.followed.filter(|_| self.recorder.listener.is_none()) else { return };
        let journey = Listener::Journey(Journey::of(message));
        if message > self.engine.ledger().made {
            // It is yet to come.
            self.recorder.listener = Some(Box::new(journey));
            return;
        }
        let mut shadow = self.shadow(self.checkpoints.before_copy(message, self.position), journey);
        shadow.go_on_to(self.engine.events(), self.position);
        self.recorder.listener = shadow.recorder.listener.take();
    }

    /// Looks for messages in all that has happened until here.
    pub fn search(&self, sought: Sought) -> Search {
        Search::of(self, self.shadow(None, Listener::Finder(Finder::new(sought))))
    }

    /// Whether something from the log was done again since this was last asked.
    pub fn take_replayed(&mut self) -> bool {
        std::mem::take(&mut self.replayed)
    }

    /// Changes only how the document looks: no part of the run.
    pub fn redraw(&mut self, change: &Change) {
        debug_assert!(change.actions().is_empty());
        change.make(&mut self.scenario);
    }

    /// Changes the document alone, for as long as a change is being worked out.
    pub fn sketch(&mut self, change: &Change) {
        change.make(&mut self.scenario);
    }

    /// Carries out at most `most_events` of the events before `time`, with what the log has in between.
    pub fn run_some(&mut self, time: Micros, most_events: u64) -> Progress {
        let progress = self.run_some_of_log(time, most_events);
        self.follow_edits();
        self.note_reached();
        progress
    }

    fn run_some_of_log(&mut self, time: Micros, most_events: u64) -> Progress {
        let last = self.engine.events().saturating_add(most_events);
        loop {
            let left = last - self.engine.events();
            let Some(next) = self.log.get(self.position).filter(|next| next.moment.time_us <= time) else {
                return self.advance(time, left);
            };
            let next = next.clone();
            // All events before the moment's time, and as many at that time as had happened then.
            let progress = self.advance(next.moment.time_us, left);
            if progress != Progress::Reached {
                return progress;
            }
            while self.engine.events() < next.moment.events {
                if self.engine.events() >= last {
                    return Progress::Underway;
                }
                // A log from elsewhere may count events that never were.
                if self.engine.next_event_at().is_none_or(|due| due > next.moment.time_us) {
                    break;
                }
                if !self.engine.step(&mut self.recorder) {
                    return Progress::Full;
                }
            }
            self.follow_edits();
            self.replay(&next.intervention);
        }
    }

    /// Carries out at most `most_events` of the events before `time`, without the log, and takes the samples that are due
    /// on the way. Samples are events to whoever minds a budget: a day without events has many of them.
    fn advance(&mut self, time: Micros, most_events: u64) -> Progress {
        let last = self.engine.events().saturating_add(most_events);
        let mut sampled = 0;
        while self.samples.due() <= time {
            let left = last - self.engine.events();
            let progress = self.engine.run_some(self.samples.due(), left, &mut self.recorder);
            if progress != Progress::Reached {
                return progress;
            }
            self.series.take(self.samples.taken(), &mut self.engine);
            self.samples.take(&self.engine);
            self.keep_checkpoint();
            sampled += self.engine.nodes_ever() as u64 + 1;
            if sampled > most_events {
                return Progress::Underway;
            }
        }
        self.engine.run_some(time, last - self.engine.events(), &mut self.recorder)
    }

    /// Takes the samples that are due before the next thing happens.
    fn sample_until_next(&mut self) {
        let logged = self.log.get(self.position).map(|next| next.moment.time_us);
        let Some(next) = self.engine.next_event_at().into_iter().chain(logged).min() else { return };
        while self.samples.due() <= next && self.advance(next, u64::MAX) != Progress::Full {}
    }

    /// The document follows the edits of the script that the engine has made. What has happened is no longer on the
    /// script: a document that is saved then has it, and not twice.
    fn follow_edits(&mut self) {
        for edit in self.engine.edits_made().skip(self.edits_followed) {
            edit.make(&mut self.scenario);
            if let Some(place) = self.scenario.edits.iter().position(|known| known == edit) {
                self.scenario.edits.remove(place);
            }
            self.edits_followed += 1;
            self.replayed = true;
        }
    }

    /// The document as it is at the end of the log: with what was edited later than where the engine stands. What is kept
    /// for another day is this, for going back in time takes nothing away.
    pub fn latest_scenario(&self) -> Scenario {
        let mut scenario = self.scenario.clone();
        for logged in &self.log[self.position..] {
            if let Intervention::Edit(change) = &logged.intervention {
                change.make(&mut scenario);
            }
        }
        // Nodes look as they look now; those that are not there yet, as they did when they were.
        for node in &mut scenario.nodes {
            match (self.scenario.node(&node.id), self.looks.get(&node.id)) {
                (Some(now), _) => (node.at, node.label, node.color) = (now.at, now.label.clone(), now.color),
                (None, Some((at, label, color))) => (node.at, node.label, node.color) = (*at, label.clone(), *color),
                (None, None) => {}
            }
        }
        Aside::of(&self.scenario).restore(&mut scenario);
        // An edit of the script that lies in between may have made something that was edited then.
        if format::check(&scenario).is_empty() { scenario } else { self.scenario.clone() }
    }

    /// The document from which the run would begin anew: as it was at the start, with all that a person has changed
    /// since. What the script has changed is on the script again.
    pub fn begun_anew(&self) -> Scenario {
        if self.edits_followed == 0 {
            return self.scenario.clone();
        }
        let mut scenario = self.start.clone();
        for logged in self.log() {
            if let Intervention::Edit(change) = &logged.intervention {
                change.make(&mut scenario);
            }
        }
        for node in &mut scenario.nodes {
            if let Some(now) = self.scenario.node(&node.id) {
                (node.at, node.label, node.color) = (now.at, now.label.clone(), now.color);
            }
        }
        Aside::of(&self.scenario).restore(&mut scenario);
        // What was changed in a part that the script adds cannot stand before it: then everything is as it is now.
        if format::check(&scenario).is_empty() { scenario } else { self.scenario.clone() }
    }

    /// Carries out the next event, or the log's next entry where that comes first. False where nothing is left.
    pub fn step(&mut self) -> bool {
        let stepped = self.step_on();
        self.note_reached();
        stepped
    }

    fn step_on(&mut self) -> bool {
        self.sample_until_next();
        if let Some(next) = self.log.get(self.position).cloned() {
            let reached = self.engine.events() >= next.moment.events;
            let due = self.engine.next_event_at().is_none_or(|due| due >= next.moment.time_us);
            if reached && due {
                self.engine.run_until(next.moment.time_us, &mut self.recorder);
                self.replay(&next.intervention);
                return true;
            }
        }
        let stepped = self.engine.step(&mut self.recorder);
        self.follow_edits();
        stepped
    }

    /// What had to be done to get here.
    fn work(&self) -> u64 {
        self.engine.events() + self.samples.taken() * WORK_OF_SAMPLE
    }

    fn keep_checkpoint(&mut self) {
        let work = self.work();
        if !self.checkpoints.wants(work, &self.engine) {
            return;
        }
        self.checkpoints.keep(Checkpoint {
            engine: self.engine.clone(),
            recorder: self.recorder.recent(self.engine.now(), DRAWN_FOR),
            samples: self.samples.clone(),
            scenario: self.checkpoints.share(&self.scenario),
            position: self.position,
            edits_followed: self.edits_followed,
            work,
        });
    }

    /// Goes as near to an instant as there is a state to go to, the log kept: running on from there leads to it.
    pub fn go_before(&mut self, time: Micros) {
        let kept = self.checkpoints.before(time, self.log.len());
        let back = time < self.engine.now();
        if back || kept.is_some_and(|kept| kept.work > self.work()) {
            let kept = kept.cloned();
            self.save_looks();
            self.restore(kept);
        }
    }

    /// Goes back by so many events and entries of the log, at most to the beginning.
    pub fn step_back(&mut self, steps: u64) {
        let (mut events, mut position) = (self.engine.events(), self.position);
        for _ in 0..steps {
            // What was done after the last event goes before it does.
            if position.checked_sub(1).is_some_and(|last| self.log[last].moment.events >= events) {
                position -= 1;
            } else if events > 0 {
                events -= 1;
            } else {
                break;
            }
        }
        self.return_to(events, position);
    }

    /// Goes back to where so many events and so many entries of the log were behind, and no further.
    fn return_to(&mut self, events: u64, position: usize) {
        let kept = self.checkpoints.before_event(events.saturating_sub(1), position).cloned();
        self.save_looks();
        self.restore(kept);
        self.go_on_to(events, position);
    }

    fn go_on_to(&mut self, events: u64, position: usize) {
        // The last event is stepped to, because a log that is replayed goes on as far as it can.
        let nearly = events.saturating_sub(1);
        while self.engine.events() < nearly {
            let left = nearly - self.engine.events();
            if self.run_some_of_log(Micros::LAST, left) != Progress::Underway {
                break;
            }
        }
        self.follow_edits();
        while (self.engine.events() < events || self.position < position) && self.step() {}
    }

    /// Takes the end of the log back, if it was done here and now and nothing else was since: what went with it is
    /// there again. False, and nothing happens, where time has passed or something has failed meanwhile.
    pub fn take_back(&mut self, log_length: usize, document: Scenario) -> bool {
        let here = self.engine.moment();
        let end = self.log.get(log_length..self.position).unwrap_or_default();
        let is_last = !self.has_future() && !end.is_empty();
        if !is_last
            || end.iter().any(|logged| logged.moment != here || matches!(logged.intervention, Intervention::Fault(_)))
        {
            return false;
        }
        self.log.truncate(log_length);
        self.return_to(here.events, log_length);
        // The clock had gone on after the last event.
        self.advance(here.time_us, u64::MAX);
        self.scenario = document;
        true
    }

    /// Remembers how the document looks: going through time moves nothing on the stage.
    fn save_looks(&mut self) {
        for node in &self.scenario.nodes {
            self.looks.insert(node.id.clone(), (node.at, node.label.clone(), node.color));
        }
        self.aside = Some(Aside::of(&self.scenario));
        self.note_reached();
    }

    fn note_reached(&mut self) {
        self.reached = self.reached();
        for (known, seen) in self.first_drops.iter_mut().zip(self.recorder.first_drops()) {
            *known = known.or(*seen);
        }
    }

    /// Goes to a state that was kept, or to the start.
    fn restore(&mut self, kept: Option<Checkpoint>) {
        let kept = kept.unwrap_or_else(|| Checkpoint::start(&self.start));
        self.engine = kept.engine;
        self.recorder = kept.recorder;
        self.samples = kept.samples;
        self.position = kept.position;
        self.edits_followed = kept.edits_followed;
        self.scenario = Rc::unwrap_or_clone(kept.scenario);
        self.restore_looks();
    }

    fn replay(&mut self, intervention: &Intervention) {
        self.position += 1;
        self.replayed = true;
        self.carry_out(intervention);
        self.restore_looks();
    }

    fn restore_looks(&mut self) {
        for node in &mut self.scenario.nodes {
            if let Some((at, label, color)) = self.looks.get(&node.id) {
                (node.at, node.label, node.color) = (*at, label.clone(), *color);
            }
        }
        if let Some(aside) = &self.aside {
            aside.restore(&mut self.scenario);
        }
    }

    fn carry_out(&mut self, intervention: &Intervention) {
        let (Run { engine, recorder, scenario, foreign, .. }, mut actions) = (self, Vec::new());
        match intervention {
            Intervention::Edit(change) => {
                change.make(scenario);
                actions = change.actions();
            }
            Intervention::Fault(fault) => actions.push(Action::Fault(fault.clone())),
        }
        for action in &actions {
            let applied = engine.apply(action, recorder);
            debug_assert!(applied.is_ok() || *foreign, "the document and the engine disagree: {applied:?}");
        }
    }
}

/// A search for messages, which replays a run from its beginning. See [`Run::search`].
pub struct Search {
    run: Box<Run>,
    events: u64,
    position: usize,
}

impl Search {
    /// Of an earlier state, up to where the run is.
    fn of(run: &Run, shadow: Run) -> Search {
        Search { run: Box::new(shadow), events: run.engine.events(), position: run.position }
    }

    /// Goes on by so many events; true once it is over.
    pub fn work(&mut self, events: u64) -> bool {
        let target = (self.run.engine.events() + events).min(self.events);
        // What was done behind the last event comes last.
        let position = if target == self.events { self.position } else { self.run.position };
        self.run.go_on_to(target, position);
        self.is_over()
    }

    /// Whether it has seen everything.
    pub fn is_over(&self) -> bool {
        self.run.engine.events() >= self.events
    }

    /// The part of the run that it has seen, 0 to 1.
    pub fn progress(&self) -> f64 {
        if self.is_over() { 1.0 } else { self.run.engine.events() as f64 / self.events as f64 }
    }

    /// What was found so far: the slowest first, or else the latest.
    pub fn found(&self) -> Vec<Found> {
        match self.run.recorder.listener.as_deref() {
            Some(Listener::Finder(finder)) => finder.found(),
            _ => Vec::new(),
        }
    }
}
