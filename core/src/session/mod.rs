//! One person's session with one scenario: the only place where anything is changed.
//!
//! [`Session::dispatch`] takes [`Command`]s, whoever they come from: pointer, key, form, lesson, test or embedding
//! page. [`Session::tick`] lets simulated time pass. There is no browser in here.

mod command;
mod document;
mod parts;
mod playback;

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Micros, Point};
use crate::editor::{Camera, Change, History, Swap};
use crate::engine::{Engine, Event, Moment, NodeReport, Observer, Progress, Report};
use crate::scenario::{
    BROKER, Call, ConsumerSettings, Distribution, Edge, EdgeKind, ExchangeKind, Fault, Id, Node, NodeKind,
    NodeSettings, OnFailure, Problem, Publish, QueueSettings, Reason, Refusal, Retry, Scenario, Step, TimedFault,
    edge_kind_between, format, settings,
};
use crate::timeline::{Branch, Intervention, Record, Recorder, Run, Samples};

pub use command::{Command, Permits};
pub use document::Fate;
pub use playback::{FASTEST, Playback, SLOWEST};

/// What a command did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    /// The node, edge or note that it made.
    pub made: Option<Id>,
    /// What became of messages by it.
    pub fates: Vec<Fate>,
}

/// Why a command did nothing. Nothing has changed then.
#[derive(Clone, Debug)]
pub struct Rejected(pub Vec<Problem>);

impl From<Reason> for Rejected {
    fn from(reason: Reason) -> Rejected {
        Rejected(vec![reason.into()])
    }
}

impl From<Vec<Problem>> for Rejected {
    fn from(problems: Vec<Problem>) -> Rejected {
        Rejected(problems)
    }
}

impl From<Problem> for Rejected {
    fn from(problem: Problem) -> Rejected {
        Rejected(vec![problem])
    }
}

/// Counters that rise when a slice of the session changes, so that whoever shows a slice knows when to look again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revisions {
    /// Nodes, edges and their settings.
    pub document: u64,
    /// What is up and what is down.
    pub faults: u64,
    /// Playing, speed, and jumps in time.
    pub playback: u64,
    /// What is selected.
    pub selection: u64,
    /// The message that is followed.
    pub followed: u64,
    /// Where the camera stands.
    pub camera: u64,
    /// How often the whole document was replaced by another.
    pub loaded: u64,
}

/// A session. See the module.
#[derive(Clone)]
pub struct Session {
    run: Run,
    history: History,
    playback: Playback,
    selection: BTreeSet<Id>,
    /// What was selected, also what is not there at the moment: who comes back to it through time finds it selected.
    chosen: BTreeSet<Id>,
    camera: Camera,
    revisions: Revisions,
    /// The number of the branch that is run.
    branch: u32,
    /// How many there were so far, beside the first.
    branches_made: u32,
    branches: Vec<Parted>,
    permits: Permits,
    /// What the page leaves to whoever uses it, besides.
    limit: Permits,
    /// Where a run that was told is going, until it is there or something else is done with it.
    destination: Option<Destination>,
    /// Whether it arrived with another trace hash than was told.
    differs: bool,
    /// Figures from elsewhere, which stand in place of the engine's.
    observed: Option<BTreeMap<Id, NodeReport>>,
}

/// Where a run that was told stands.
#[derive(Clone)]
struct Destination {
    here: Moment,
    position: usize,
    trace_hash: String,
}

/// A branch that was left, with the steps that could be undone there.
#[derive(Clone)]
struct Parted {
    number: u32,
    branch: Branch,
    history: History,
}

/// So many branches are kept beside the one that is run.
pub const MOST_BRANCHES: usize = 8;

impl Session {
    /// A session with a scenario, at time zero, paused.
    pub fn new(scenario: Scenario) -> Session {
        Session {
            run: Run::new(scenario),
            history: History::default(),
            playback: Playback::default(),
            selection: BTreeSet::new(),
            chosen: BTreeSet::new(),
            camera: Camera::default(),
            revisions: Revisions::default(),
            branch: 0,
            branches_made: 0,
            branches: Vec::new(),
            permits: Permits::ALL,
            limit: Permits::ALL,
            destination: None,
            differs: false,
            observed: None,
        }
    }

    /// A session with a run that was told, on its way to where it stood: [`Session::tick`] brings it there.
    pub fn of_record(record: Record) -> Session {
        let mut session = Session::new(Scenario::default());
        session.run = Run::of_record(&record);
        let Record { here, position, trace_hash, .. } = record;
        session.playback.seek(here.time_us);
        session.destination = Some(Destination { here, position, trace_hash });
        session
    }

    /// A run that was told is where it stood.
    fn arrive(&mut self) {
        if self.playback.seeking().is_some() {
            return;
        }
        let Some(Destination { here, position, trace_hash }) = self.destination.take() else { return };
        self.run.stand_at(here, position);
        self.differs = self.engine().trace_hash() != trace_hash;
        self.arrived_elsewhere();
    }

    /// Whether a run that was told has arrived with another trace hash: it was made with another version of the engine. To be
    /// asked once.
    pub fn take_differs(&mut self) -> bool {
        std::mem::take(&mut self.differs)
    }

    /// The document.
    pub fn scenario(&self) -> &Scenario {
        self.run.scenario()
    }

    /// The engine, to be looked at.
    pub fn engine(&self) -> &Engine {
        self.run.engine()
    }

    /// What moved lately.
    pub fn recorder(&self) -> &Recorder {
        self.run.recorder()
    }

    /// Figures over the last minute.
    pub fn samples(&self) -> &Samples {
        self.run.samples()
    }

    /// The run, to be looked at.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// See [`Run::keep_checkpoints_apart`].
    pub fn keep_checkpoints_apart(&mut self, work: u64) {
        self.run.keep_checkpoints_apart(work);
    }

    /// See [`Run::latest_scenario`].
    pub fn latest_scenario(&self) -> Scenario {
        self.run.latest_scenario()
    }

    /// The number of the branch that is run: 0 for the first; each action in the past begins another one.
    pub fn branch(&self) -> u32 {
        self.branch
    }

    /// The branches that were left, by their numbers, and can be gone back to. At most [`MOST_BRANCHES`]: the first go
    /// first.
    pub fn branches(&self) -> impl Iterator<Item = (u32, &Branch)> {
        self.branches.iter().map(|parted| (parted.number, &parted.branch))
    }

    /// Whether and how fast time passes.
    pub fn playback(&self) -> &Playback {
        &self.playback
    }

    /// The ids of the selected nodes and edges.
    pub fn selection(&self) -> &BTreeSet<Id> {
        &self.selection
    }

    /// Where the stage is looked at from.
    pub fn camera(&self) -> Camera {
        self.camera
    }

    /// What has changed since when.
    pub fn revisions(&self) -> Revisions {
        self.revisions
    }

    /// The simulated time.
    pub fn now(&self) -> Micros {
        self.engine().now()
    }

    /// All figures, now.
    pub fn report(&self) -> Report {
        self.engine().report()
    }

    /// The figures of one node, now: those of the engine, unless the drawing is of something real.
    pub fn node_report(&self, id: &Id) -> Option<NodeReport> {
        match &self.observed {
            Some(observed) => observed.get(id).cloned(),
            None => self.engine().node_report(id),
        }
    }

    // ---- something real ----

    /// Whether the drawing is of something real: nothing can be done to it here.
    pub fn is_observed(&self) -> bool {
        self.observed.is_some()
    }

    /// Shows a drawing of something real, in which nobody publishes by himself: only its clock is the engine's. Whoever shows it
    /// shows it whole.
    pub fn observe(&mut self, scenario: Scenario) {
        let (now, camera, selection) = (self.now(), self.camera, std::mem::take(&mut self.selection));
        self.run = Run::new(scenario);
        self.run.run_some(now, u64::MAX);
        self.selection = selection.into_iter().filter(|id| self.scenario().node(id).is_some()).collect();
        self.camera = camera;
        self.observed.get_or_insert_default();
        self.revisions.loaded += 1;
        self.revisions.document += 1;
        self.revisions.selection += 1;
    }

    /// What was measured of it.
    pub fn set_observed(&mut self, figures: BTreeMap<Id, NodeReport>) {
        self.observed = Some(figures);
    }

    /// Something sets off on an edge, so long after now.
    pub fn see_moving(&mut self, edge: &Id, number: u64, redelivered: bool, after: Micros) {
        let Some(edge) = self.engine().edge_index(edge) else { return };
        let at = self.now() + after;
        self.run.recorder_mut().observe(at, &Event::Delivered { edge, copy: number, arrives_at: at, redelivered });
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    // ---- time ----

    /// Lets `wall_us` microseconds of real time pass. `out_of_budget` is asked now and then whether this frame's
    /// time is used up; simulated time is slowed then, and [`Playback::slowed_to`] says so. Nothing is ever left out.
    pub fn tick(&mut self, wall_us: f64, out_of_budget: &mut dyn FnMut() -> bool) {
        self.tick_and_look(wall_us, out_of_budget, None);
    }

    /// Lets time pass like [`Session::tick`]; `look` is called at every multiple of [`LOOKED_AT_EVERY`] of simulated time, whatever
    /// the frames are.
    pub fn tick_and_look(
        &mut self,
        wall_us: f64,
        out_of_budget: &mut dyn FnMut() -> bool,
        mut look: Option<&mut dyn FnMut(&Session)>,
    ) {
        let Some(target) = self.playback.target(self.now(), wall_us) else { return };
        let from = self.now();
        let progress = loop {
            let next = next_look(self.now());
            let stop = if look.is_some() { target.min(next) } else { target };
            match self.run.run_some(stop, EVENTS_BETWEEN_LOOKS) {
                Progress::Underway if out_of_budget() => break Progress::Underway,
                Progress::Underway => continue,
                ended => {
                    if let Some(look) = look.as_mut().filter(|_| self.now() == next) {
                        look(self);
                    }
                    if stop == target || ended != Progress::Reached {
                        break ended;
                    }
                }
            }
            if out_of_budget() {
                break Progress::Underway;
            }
        };
        let passed = self.now().saturating_sub(from);
        if self.playback.passed(self.now(), passed, wall_us, progress) {
            self.revisions.playback += 1;
        }
        self.note_replayed();
        self.arrive();
        self.listen_again();
    }

    /// Whoever follows a message hears of it again once the run is where it is to be.
    fn listen_again(&mut self) {
        if self.playback.seeking().is_none() {
            self.run.listen_again();
        }
    }

    /// Replaying a log may bring faults and edits back.
    fn note_replayed(&mut self) {
        if self.run.take_replayed() {
            self.revisions.document += 1;
            self.revisions.faults += 1;
            self.renew_selection();
        }
    }

    // ---- commands ----

    /// Does what a command says, or nothing at all.
    ///
    /// # Errors
    /// Why nothing was done.
    pub fn dispatch(&mut self, command: Command) -> Result<Applied, Rejected> {
        if !self.permits().permit(&command) {
            return Err(Reason::NotPermitted.into());
        }
        self.dispatch_permitted(command)
    }

    /// Does what the page's host says: what it keeps from whoever uses the page, it may do itself, but no lesson is undone by it.
    ///
    /// # Errors
    /// Why nothing was done.
    pub fn dispatch_for_host(&mut self, command: Command) -> Result<Applied, Rejected> {
        if !self.permits.permit(&command) {
            return Err(Reason::NotPermitted.into());
        }
        self.dispatch_permitted(command)
    }

    fn dispatch_permitted(&mut self, command: Command) -> Result<Applied, Rejected> {
        let outcome = self.carry_out(command);
        self.listen_again();
        outcome
    }

    /// What may be done from now on.
    pub fn set_permits(&mut self, permits: Permits) {
        if self.permits != permits {
            self.permits = permits;
            self.revisions.document += 1;
        }
    }

    /// What the page leaves to whoever uses it, whatever a lesson permits. It stays when another document comes.
    pub fn set_limit(&mut self, limit: Permits) {
        if self.limit != limit {
            self.limit = limit;
            self.revisions.document += 1;
        }
    }

    /// What the page leaves to whoever uses it.
    pub fn limit(&self) -> Permits {
        self.limit
    }

    /// What may be done.
    pub fn permits(&self) -> Permits {
        let (lesson, page) = (self.permits, self.limit);
        Permits {
            edit: lesson.edit && page.edit,
            settings: lesson.settings && page.settings,
            faults: lesson.faults && page.faults,
        }
    }

    fn carry_out(&mut self, command: Command) -> Result<Applied, Rejected> {
        if !matches!(command, Command::Select { .. } | Command::SetSpeed { .. } | Command::Follow { .. }) {
            self.destination = None;
        }
        match command {
            Command::AddNode { node } => return self.add_node(node),
            Command::AddNote { note } => return self.add_note(note),
            Command::SetEach { ids, path, value } => return self.set_each(ids, &path, &value),
            Command::SetColor { ids, color } => self.set_color(&ids, color)?,
            Command::SetTitle { title } => self.set_title(title),
            Command::SetSeed { seed } => self.set_seed(seed)?,
            Command::Remove { ids } => return self.remove(&ids),
            Command::Connect { from, to, latency_ms, routing_key } => {
                return self.connect(&from, &to, latency_ms, routing_key);
            }
            Command::Reconnect { edge, from, to } => return self.reconnect(&edge, from, to),
            Command::Paste { scenario, at } => return self.paste(scenario, at),
            Command::Duplicate { ids, by, alike } => return self.duplicate(&ids, by, alike),
            Command::Set { node, edge, path, value } => {
                let swaps = self.set(node, edge, &path, value)?;
                return Ok(self.edit(Change(swaps)));
            }
            Command::Move { places } => self.move_nodes(&places)?,
            Command::Rename { node, label } => self.rename(&node, label)?,
            Command::BeginGesture => self.history.begin_gesture(),
            Command::EndGesture => self.history.end_gesture(),
            Command::CancelGesture => {
                if let Some(change) = self.history.cancel_gesture(self.run.log().len()) {
                    self.make(&change);
                }
            }
            Command::Undo => {
                return Ok(self.undo());
            }
            Command::Redo => {
                return Ok(self.redo());
            }
            Command::Fault(fault) => self.fault(fault)?,
            Command::AddFault { timed } => self.add_fault(timed)?,
            Command::RemoveFault { index } => self.remove_fault(index)?,
            Command::SetChaos { chaos } => {
                let after = format::chaos_from_value(chaos, "/chaos")?;
                let before = self.scenario().chaos.clone();
                return Ok(self.edit(Change(vec![Swap::Chaos { before, after }])));
            }
            Command::AddDelayQueue { node } => return self.add_delay_queue(&node),
            Command::Play { until_us } => {
                self.playback.play(until_us);
                self.revisions.playback += 1;
            }
            Command::Pause => {
                self.playback.pause();
                self.revisions.playback += 1;
            }
            Command::Reset => self.reset(),
            Command::Step { events } => {
                self.playback.pause();
                for _ in 0..events.min(MOST_STEPS) {
                    if !self.run.step() {
                        break;
                    }
                }
                self.revisions.playback += 1;
                self.note_replayed();
            }
            Command::Seek { time_us } => {
                let time = time_us.min(Micros::LAST);
                self.run.go_before(time);
                self.travel_to(time);
            }
            Command::StepBack { events } => {
                self.playback.pause();
                self.run.step_back(events.min(MOST_STEPS));
                self.arrived_elsewhere();
            }
            Command::Fork => self.fork(),
            Command::EnterBranch { branch } => self.enter_branch(branch)?,
            Command::SetSpeed { speed } => {
                self.playback.set_speed(speed);
                self.revisions.playback += 1;
            }
            Command::Load { scenario } => {
                let scenario = format::from_value(scenario).map_err(Rejected)?;
                self.load(scenario);
            }
            Command::Follow { copy } => {
                if !self.run.follow(copy) {
                    return Err(Reason::NoSuchMessage(copy.unwrap_or_default()).into());
                }
                self.revisions.followed += 1;
            }
            Command::Select { ids } => {
                self.select(ids.into_iter().filter(|id| self.exists(id)).collect());
            }
        }
        Ok(Applied::default())
    }

    /// Looks at the stage from elsewhere.
    pub fn set_camera(&mut self, camera: Camera) {
        if self.camera != camera {
            self.camera = camera;
            self.revisions.camera += 1;
        }
    }

    /// Goes where another session stands, as far as `out_of_budget` allows: two of them are looked at by one clock.
    pub fn keep_up_with(&mut self, leader: &Session, out_of_budget: &mut dyn FnMut() -> bool) {
        let time = leader.now();
        if self.playback.speed() != leader.playback.speed() {
            self.playback.set_speed(leader.playback.speed());
            self.revisions.playback += 1;
        }
        if self.now() > time {
            self.run.go_before(time);
            self.arrived_elsewhere();
        }
        while self.run.run_some(time, EVENTS_BETWEEN_LOOKS) == Progress::Underway && !out_of_budget() {}
        self.note_replayed();
        self.listen_again();
    }

    /// Trades everything with another session but whether and how fast time passes.
    pub fn trade(&mut self, other: &mut Session) {
        std::mem::swap(self, other);
        std::mem::swap(&mut self.playback, &mut other.playback);
        std::mem::swap(&mut self.limit, &mut other.limit);
        // Whoever has seen one of them must see that the other one stands there now.
        let Revisions { document, faults, playback, selection, followed, camera, loaded } = other.revisions;
        let mine = self.revisions;
        let after = Revisions {
            document: mine.document.max(document) + 1,
            faults: mine.faults.max(faults) + 1,
            playback: mine.playback.max(playback) + 1,
            selection: mine.selection.max(selection) + 1,
            followed: mine.followed.max(followed) + 1,
            camera: mine.camera.max(camera) + 1,
            loaded: mine.loaded.max(loaded) + 1,
        };
        (self.revisions, other.revisions) = (after, after);
    }

    /// Takes everything of another session but whether and how fast time passes, as when another document is loaded.
    pub fn put_up(&mut self, other: &mut Session) {
        self.trade(other);
        self.playback.begin_anew();
        self.revisions.loaded += 1;
    }

    /// Puts up a run that was told, as when another document is loaded, and goes to where it stood. There it stands still: that
    /// moment was meant.
    pub fn open(&mut self, record: Record) {
        let here = record.here.time_us;
        self.put_up(&mut Session::of_record(record));
        self.playback.pause();
        self.playback.seek(here);
    }

    /// Replaces the document; a new run begins, playing on as before.
    pub fn load(&mut self, scenario: Scenario) {
        self.begin(scenario);
        self.history = History::default();
        self.select(BTreeSet::new());
        self.playback.begin_anew();
        self.revisions.loaded += 1;
        self.everything_changed();
    }

    fn begin(&mut self, scenario: Scenario) {
        self.revisions.followed += 1;
        self.run = Run::new(scenario);
        self.branches.clear();
        (self.branch, self.branches_made) = (0, 0);
    }

    /// A new run of the document as it is now.
    fn reset(&mut self) {
        self.begin(self.run.begun_anew());
        self.history.rebase();
        self.playback.begin_anew();
        self.everything_changed();
    }

    fn everything_changed(&mut self) {
        let Revisions { document, faults, playback, selection, .. } = &mut self.revisions;
        for revision in [document, faults, playback, selection] {
            *revision += 1;
        }
    }

    fn exists(&self, id: &Id) -> bool {
        is_there(self.scenario(), id)
    }

    fn select(&mut self, ids: BTreeSet<Id>) {
        self.chosen = ids.clone();
        self.selection = ids;
        self.revisions.selection += 1;
    }

    /// The document has changed: of what was chosen, what is there is selected.
    fn renew_selection(&mut self) {
        let there: BTreeSet<Id> = self.chosen.iter().filter(|id| self.exists(id)).cloned().collect();
        if self.selection != there {
            self.selection = there;
            self.revisions.selection += 1;
        }
    }

    /// An action in the past: what the log has later never happened, nor do the steps made then.
    fn fork(&mut self) {
        let position = self.run.log().len();
        let Some(branch) = self.run.fork() else { return };
        let history = self.history.clone();
        self.history.fork(position);
        let number = std::mem::replace(&mut self.branch, self.branches_made + 1);
        self.branches_made += 1;
        self.branches.push(Parted { number, branch, history });
        if self.branches.len() > MOST_BRANCHES {
            self.branches.remove(0);
        }
        self.revisions.playback += 1;
    }

    /// Goes over to a branch that was left, at the same instant if it has gone that far.
    fn enter_branch(&mut self, number: u32) -> Result<(), Rejected> {
        let place = self.branches.iter().position(|parted| parted.number == number);
        let Some(place) = place else { return Err(Reason::NoSuchBranch(number).into()) };
        let target = self.now().min(self.branches[place].branch.reached());
        let parted = &mut self.branches[place];
        // The one that is left takes its place in the list.
        std::mem::swap(&mut self.branch, &mut parted.number);
        std::mem::swap(&mut self.history, &mut parted.history);
        let entered = std::mem::take(&mut parted.branch);
        parted.branch = self.run.enter(entered);
        self.branches.sort_by_key(|parted| parted.number);
        self.run.go_before(target);
        self.travel_to(target);
        Ok(())
    }

    /// What is left to do is the replay's, a little in each frame.
    fn travel_to(&mut self, time: Micros) {
        self.playback.seek(time);
        self.arrived_elsewhere();
    }

    /// The run stands elsewhere than before.
    fn arrived_elsewhere(&mut self) {
        self.revisions.document += 1;
        self.revisions.faults += 1;
        self.revisions.playback += 1;
        self.renew_selection();
        self.run.take_replayed();
    }

    /// Makes a change that may be undone later.
    fn edit(&mut self, change: Change) -> Applied {
        if change.is_empty() {
            return Applied::default();
        }
        // What only looks different is no part of a run.
        if !change.actions().is_empty() || self.run.has_future() {
            self.fork();
        }
        self.history.record(change.clone(), self.run.log().len());
        let lost = self.make(&change);
        self.history.lost_by_step(lost);
        Applied { made: None, fates: document::fates(&change, lost, 0) }
    }

    /// Makes a change; how many messages went with what it took away.
    fn make(&mut self, change: &Change) -> u64 {
        let before = document::gone_with_parts(self.engine());
        if change.actions().is_empty() {
            self.run.redraw(change);
        } else {
            self.run.intervene(Intervention::Edit(change.clone()));
        }
        self.revisions.document += 1;
        self.renew_selection();
        document::gone_with_parts(self.engine()) - before
    }

    fn fault(&mut self, fault: Fault) -> Result<(), Rejected> {
        self.require_fault(&fault)?;
        self.fork();
        self.run.intervene(Intervention::Fault(fault));
        self.revisions.faults += 1;
        Ok(())
    }

    /// A fault can happen only to what is there, and to what it fits.
    fn require_fault(&self, fault: &Fault) -> Result<(), Rejected> {
        format::check_fault(fault, "")?;
        Ok(fault.check(self.scenario())?)
    }

    fn add_fault(&mut self, timed: TimedFault) -> Result<(), Rejected> {
        self.require_fault(&timed.fault)?;
        for (ms, pointer) in [(timed.at_ms, "/timed/at_ms"), (timed.for_ms.unwrap_or_default(), "/timed/for_ms")] {
            format::check_span(ms, pointer)?;
        }
        // What lies in the past does not happen any more.
        if Micros::from_ms(timed.at_ms) < self.now() {
            return Err(Problem { pointer: "/timed/at_ms".to_owned(), reason: Reason::InThePast }.into());
        }
        let before = self.scenario().faults.clone();
        let mut after = before.clone();
        after.push(timed);
        self.edit(Change(vec![Swap::Script { before, after }]));
        Ok(())
    }

    fn remove_fault(&mut self, index: usize) -> Result<(), Rejected> {
        let before = self.scenario().faults.clone();
        let mut after = before.clone();
        if index >= after.len() {
            return Err(Reason::NoSuchSetting { path: format!("faults.{index}") }.into());
        }
        after.remove(index);
        self.edit(Change(vec![Swap::Script { before, after }]));
        Ok(())
    }

    fn node_swap(&self, before: &Node, after: Node) -> Swap {
        let place = self.scenario().nodes.iter().position(|node| node.id == before.id).unwrap_or_default();
        Swap::Node { place, before: Some(before.clone()), after: Some(after) }
    }

    fn require_node(&self, id: &Id) -> Result<&Node, Reason> {
        self.scenario().node(id).ok_or_else(|| Reason::NoSuchNode(id.clone()))
    }

    fn add_node(&mut self, mut node: serde_json::Value) -> Result<Applied, Rejected> {
        // Whoever adds a node need not think of an id.
        if let Some(object) = node.as_object_mut()
            && !object.contains_key("id")
            && let Some(kind) = object.get("kind").and_then(|kind| kind.as_str()).and_then(NodeKind::from_name)
        {
            object.insert("id".to_owned(), self.scenario().free_id(kind.name()).0.into());
        }
        let mut node = format::node_from_value(node, "/node").map_err(Rejected)?;
        if self.exists(&node.id) {
            return Err(Problem { pointer: "/node/id".to_owned(), reason: Reason::DuplicateId(node.id) }.into());
        }
        if self.scenario().nodes.len() >= format::MOST_NODES {
            return Err(Reason::TooMany.into());
        }
        node.label = self.scenario().free_label(&node.id, node.label.take());
        let made = Some(node.id.clone());
        // What its handler leads to is connected with it.
        let edges = self.edges_for(&node, None)?;
        let node = Swap::Node { place: self.scenario().nodes.len(), before: None, after: Some(node) };
        self.edit(Change(std::iter::once(node).chain(edges).collect()));
        Ok(Applied { made, ..Applied::default() })
    }

    fn remove(&mut self, ids: &[Id]) -> Result<Applied, Rejected> {
        if let Some(id) = ids.iter().find(|id| !self.exists(id)) {
            return Err(Reason::NoSuchNode(id.clone()).into());
        }
        let scenario = self.scenario();
        let goes = |id: &Id| ids.contains(id);
        let mut swaps = Vec::new();
        // Steps go with what they lead to, and with the edge that leads there.
        for node in scenario.nodes.iter().filter(|node| !goes(&node.id)) {
            let mut settings = node.settings.clone();
            for edge in scenario.edges.iter().filter(|edge| edge.from == node.id) {
                if goes(&edge.id) || goes(&edge.to) {
                    settings.lead_no_longer_to(&edge.to);
                }
            }
            if settings != node.settings {
                swaps.push(self.node_swap(node, Node { settings, ..node.clone() }));
            }
        }
        // A script cannot act on what is not there.
        let edge_goes = |edge: &Edge| goes(&edge.id) || goes(&edge.from) || goes(&edge.to);
        let gone: Vec<&Id> = scenario.edges.iter().filter(|edge| edge_goes(edge)).map(|edge| &edge.id).collect();
        let acts = |timed: &TimedFault| ids.iter().chain(gone.iter().copied()).any(|id| timed.fault.acts_on(id));
        if scenario.faults.iter().any(acts) {
            let before = scenario.faults.clone();
            let after = before.iter().filter(|timed| !acts(timed)).cloned().collect();
            swaps.push(Swap::Script { before, after });
        }
        // From the end, so that the places are right when the inverse puts everything back from the beginning.
        let edges = scenario.edges.iter().enumerate().rev();
        let edges = edges.filter(|(_, edge)| edge_goes(edge));
        swaps.extend(edges.map(|(place, edge)| Swap::Edge { place, before: Some(edge.clone()), after: None }));
        let nodes = scenario.nodes.iter().enumerate().rev().filter(|(_, node)| goes(&node.id));
        swaps.extend(nodes.map(|(place, node)| Swap::Node { place, before: Some(node.clone()), after: None }));
        swaps.extend(document::without_notes(scenario, ids));
        Ok(self.edit(Change(swaps)))
    }

    /// A script cannot act on what is not there.
    fn script_without(&self, acts: impl Fn(&TimedFault) -> bool) -> Option<Swap> {
        let before = &self.scenario().faults;
        let after: Vec<TimedFault> = before.iter().filter(|timed| !acts(timed)).cloned().collect();
        (after.len() < before.len()).then(|| Swap::Script { before: before.clone(), after })
    }

    /// Whether two nodes may be connected.
    ///
    /// # Errors
    /// Why it makes no sense.
    pub fn connection(&self, from: &Id, to: &Id) -> Result<(), Reason> {
        self.joined(from, to).map(drop)
    }

    /// What connects two nodes: an edge, or a queue with its two edges. The first edge is the one that leaves `from`.
    fn joined(&self, from: &Id, to: &Id) -> Result<(Option<Node>, Vec<Edge>), Reason> {
        if [from, to].iter().any(|id| self.scenario().note(id).is_some()) {
            return Err(Reason::Connection(Refusal::Note));
        }
        let (from_node, to_node) = (self.require_node(from)?, self.require_node(to)?);
        if from == to {
            return Err(Reason::Connection(Refusal::Itself));
        }
        let scenario = self.scenario();
        let edge =
            |stem: &str, kind, from: &Id, to: &Id| Edge::new(scenario.free_id(stem), kind, from.clone(), to.clone());
        let joined = match edge_kind_between(from_node.kind(), to_node.kind()) {
            Ok(kind) => {
                // A queue may have several bindings to one exchange, with other keys.
                let known = scenario.edges.iter().find(|edge| edge.from == *from && edge.to == *to);
                if let Some(known) = known.filter(|_| kind != EdgeKind::Bind) {
                    return Err(Reason::DuplicateEdge(known.id.clone()));
                }
                (None, vec![Edge { routing_key: usual_key(scenario, from_node), ..edge("edge", kind, from, to) }])
            }
            Err(Refusal::ExchangeToConsumer) => {
                let queue = Node {
                    id: scenario.free_id(NodeKind::Queue.name()),
                    label: None,
                    color: None,
                    at: self.place_between(from_node, to_node),
                    settings: NodeKind::Queue.default_settings(),
                };
                let bind = Edge {
                    routing_key: usual_key(scenario, from_node),
                    ..edge("binding", EdgeKind::Bind, from, &queue.id)
                };
                let subscribe = edge("subscription", EdgeKind::Subscribe, &queue.id, to);
                (Some(queue), vec![bind, subscribe])
            }
            Err(refusal) => return Err(Reason::Connection(refusal)),
        };
        let full = scenario.edges.len() + joined.1.len() > format::MOST_NODES
            || joined.0.is_some() && scenario.nodes.len() >= format::MOST_NODES;
        if full { Err(Reason::TooMany) } else { Ok(joined) }
    }

    /// A place for a node between two others: in their middle, or below where something stands there already.
    fn place_between(&self, from: &Node, to: &Node) -> Point {
        self.free_place(Point::new((from.at.x + to.at.x) / 2.0, (from.at.y + to.at.y) / 2.0))
    }

    /// A place for a node, or one below where something stands there already.
    fn free_place(&self, mut place: Point) -> Point {
        /// Corners that are so far apart leave room for any two instruments.
        const ROOM: (f64, f64) = (272.0, 160.0);
        let is_free = |place: Point| {
            let nodes = &self.scenario().nodes;
            nodes.iter().all(|node| (node.at.x - place.x).abs() >= ROOM.0 || (node.at.y - place.y).abs() >= ROOM.1)
        };
        // Each node is in the way of fewer than eight of these places.
        for _ in 0..8 * self.scenario().nodes.len() {
            if is_free(place) {
                break;
            }
            place = place.moved(0.0, 40.0);
        }
        place
    }

    /// Gives a consumer a delay queue: what fails is published there, waits, and comes back as a dead letter to the queue
    /// that the consumer takes from.
    fn add_delay_queue(&mut self, id: &Id) -> Result<Applied, Rejected> {
        let consumer = self.require_node(id)?;
        let scenario = self.scenario();
        let source = scenario.edges.iter().find(|edge| edge.kind == EdgeKind::Subscribe && edge.to == *id);
        let (NodeSettings::Consumer(settings), Some(source)) = (&consumer.settings, source) else {
            return Err(Reason::NoQueueFor(id.clone()).into());
        };
        if scenario.nodes.len() >= format::MOST_NODES || scenario.edges.len() >= format::MOST_NODES {
            return Err(Reason::TooMany.into());
        }
        let queue = Node {
            id: scenario.free_id(&format!("{}-retry", source.from)),
            label: None,
            color: consumer.color,
            at: self.free_place(consumer.at.moved(0.0, 200.0)),
            settings: NodeSettings::Queue(QueueSettings {
                dead_letter_exchange: Some(String::new()),
                dead_letter_routing_key: Some(source.from.0.clone()),
                ..QueueSettings::default()
            }),
        };
        let retry = Retry { queue: queue.id.clone(), ..settings.retry.clone() };
        let settings = ConsumerSettings { on_failure: OnFailure::Retry, retry, ..settings.clone() };
        let after = Node { settings: NodeSettings::Consumer(settings), ..consumer.clone() };
        let made = Some(queue.id.clone());
        let edge = Edge::new(scenario.free_id("edge"), EdgeKind::Publish, id.clone(), queue.id.clone());
        let swaps = vec![
            Swap::Node { place: scenario.nodes.len(), before: None, after: Some(queue) },
            self.node_swap(consumer, after),
            Swap::Edge { place: scenario.edges.len(), before: None, after: Some(edge) },
        ];
        self.edit(Change(swaps));
        Ok(Applied { made, ..Applied::default() })
    }

    fn connect(
        &mut self,
        from: &Id,
        to: &Id,
        latency_ms: Option<f64>,
        routing_key: Option<String>,
    ) -> Result<Applied, Rejected> {
        let (between, mut edges) = self.joined(from, to)?;
        let (first, last) = (0, edges.len() - 1);
        if let Some(routing_key) = routing_key {
            edges[first] = settings::set_edge(&edges[first], "routing_key", routing_key.into())?;
        }
        if let Some(latency_ms) = latency_ms {
            edges[last] = settings::set_edge(&edges[last], "latency_ms", latency_ms.into())?;
        }
        let made = Some(between.as_ref().map_or(&edges[first].id, |node| &node.id).clone());
        let node =
            between.map(|node| Swap::Node { place: self.scenario().nodes.len(), before: None, after: Some(node) });
        // A connection that a handler needs a step for comes with one.
        let step = self.step_for(&edges[first]);
        let edges = edges.into_iter().zip(self.scenario().edges.len()..);
        let edges = edges.map(|(edge, place)| Swap::Edge { place, before: None, after: Some(edge) });
        self.edit(Change(node.into_iter().chain(step).chain(edges).collect()));
        Ok(Applied { made, ..Applied::default() })
    }

    /// The change of a handler that comes with an edge on which it is to lead somewhere: one step more, at its end.
    fn step_for(&self, edge: &Edge) -> Option<Swap> {
        let from = self.scenario().node(&edge.from)?;
        if from.settings.targets().contains(&(&edge.to, edge.kind)) {
            return None;
        }
        let mut settings = from.settings.clone();
        settings.handler_mut()?.push(usual_step(edge)?);
        Some(self.node_swap(from, Node { settings, ..from.clone() }))
    }

    /// The changes that make the edges of a node fit where its settings lead: those that are missing come, those to
    /// which no step leads any more go.
    fn edges_for(&self, node: &Node, before: Option<&NodeSettings>) -> Result<Vec<Swap>, Rejected> {
        let (scenario, id) = (self.scenario(), &node.id);
        let (old, new) = (before.map(NodeSettings::targets).unwrap_or_default(), node.settings.targets());
        if old == new {
            return Ok(Vec::new());
        }
        let mut swaps = Vec::new();
        for (place, edge) in scenario.edges.iter().enumerate().rev() {
            let led = (&edge.to, edge.kind);
            if edge.from == *id && old.contains(&led) && !new.contains(&led) {
                swaps.push(Swap::Edge { place, before: Some(edge.clone()), after: None });
            }
        }
        let mut place = scenario.edges.len() - swaps.len();
        let goes = |swap: &Swap, timed: &TimedFault| match swap {
            Swap::Edge { before: Some(edge), .. } => timed.fault.acts_on(&edge.id),
            _ => false,
        };
        let script = self.script_without(|timed| swaps.iter().any(|swap| goes(swap, timed)));
        swaps.splice(0..0, script);
        let mut drawn = scenario.clone();
        for &(target, kind) in new.difference(&old) {
            if *id == *target {
                return Err(Reason::Connection(Refusal::Itself).into());
            }
            let to = self.require_node(target)?;
            match edge_kind_between(node.kind(), to.kind()) {
                Ok(fitting) if fitting == kind => {}
                Ok(_) => return Err(Reason::WrongEdgeKind { from: node.kind(), to: to.kind() }.into()),
                Err(refusal) => return Err(Reason::Connection(refusal).into()),
            }
            if drawn.edges.iter().any(|edge| edge.from == *id && edge.to == *target) {
                continue;
            }
            if place >= format::MOST_NODES {
                return Err(Reason::TooMany.into());
            }
            let edge = Edge::new(drawn.free_id("edge"), kind, id.clone(), target.clone());
            drawn.edges.push(edge.clone());
            swaps.push(Swap::Edge { place, before: None, after: Some(edge) });
            place += 1;
        }
        Ok(swaps)
    }

    /// The swaps that set one setting.
    fn set(
        &self,
        node: Option<Id>,
        edge: Option<Id>,
        path: &str,
        value: serde_json::Value,
    ) -> Result<Vec<Swap>, Rejected> {
        let mut more = Vec::new();
        let swap = match (node, edge) {
            (Some(id), None) if id.0 == BROKER => {
                let before = self.scenario().broker.clone();
                let after = settings::set_broker(&before, path, value)?;
                Swap::Broker { before, after }
            }
            (Some(id), None) => {
                let before = self.require_node(&id)?;
                let settings = settings::set_node(&before.settings, path, value)?;
                let after = Node { settings, ..before.clone() };
                more = self.edges_for(&after, Some(&before.settings))?;
                self.node_swap(before, after)
            }
            (None, Some(id)) => {
                let place = self.scenario().edges.iter().position(|edge| edge.id == id);
                let place = place.ok_or(Reason::NoSuchEdge(id))?;
                let before = self.scenario().edges[place].clone();
                let after = Some(settings::set_edge(&before, path, value)?);
                Swap::Edge { place, before: Some(before), after }
            }
            _ => return Err(Reason::Refused("name either a node or an edge".to_owned()).into()),
        };
        more.insert(0, swap);
        Ok(more)
    }

    fn move_nodes(&mut self, places: &[(Id, Point)]) -> Result<(), Rejected> {
        let mut swaps = Vec::with_capacity(places.len());
        for (id, at) in places {
            format::check_place(*at, "/places")?;
            if let Some(swap) = document::note_moved(self.scenario(), id, *at) {
                swaps.push(swap);
                continue;
            }
            let node = self.require_node(id)?;
            if node.at != *at {
                swaps.push(self.node_swap(node, Node { at: *at, ..node.clone() }));
            }
        }
        self.edit(Change(swaps));
        Ok(())
    }

    fn rename(&mut self, id: &Id, label: Option<crate::base::Text>) -> Result<(), Rejected> {
        let node = self.require_node(id)?;
        if let Some(name) = self.scenario().taken_name(id, label.as_ref()) {
            return Err(Problem { pointer: "/label".to_owned(), reason: Reason::NameTaken(name) }.into());
        }
        let swap = self.node_swap(node, Node { label, ..node.clone() });
        self.edit(Change(vec![swap]));
        Ok(())
    }
}

/// The step of a handler that leads along an edge.
fn usual_step(edge: &Edge) -> Option<Step> {
    let target = edge.to.clone();
    match edge.kind {
        EdgeKind::Call => Some(Step::Call(Call { target, ..Call::default() })),
        EdgeKind::Publish => {
            Some(Step::Publish(Publish { target, ms: Distribution::Constant(USUAL_PUBLISH_MS), ..Publish::default() }))
        }
        EdgeKind::Bind | EdgeKind::Subscribe => None,
    }
}

/// Whether the document has something of this id.
fn is_there(scenario: &Scenario, id: &Id) -> bool {
    scenario.node(id).is_some() || scenario.edge(id).is_some() || scenario.note(id).is_some()
}

/// The key of a fresh binding, so that it takes something: all messages of a topic, and from a direct exchange those
/// that a producer sends there already; a producer without routing keys sends the empty one.
fn usual_key(scenario: &Scenario, from: &Node) -> String {
    let NodeSettings::Exchange(exchange) = &from.settings else { return String::new() };
    match exchange.kind {
        ExchangeKind::Topic => "#".to_owned(),
        ExchangeKind::Fanout | ExchangeKind::Headers => String::new(),
        ExchangeKind::Direct => {
            let producers = scenario.edges.iter().filter(|edge| edge.to == from.id);
            let mut keys = producers.filter_map(|edge| match &scenario.node(&edge.from)?.settings {
                NodeSettings::Producer(producer) => producer.message.routing_keys.first(),
                _ => None,
            });
            keys.next().map_or_else(String::new, |weighted| weighted.key.clone())
        }
    }
}

/// How long publishing occupies a handler where nothing else is said, in milliseconds.
const USUAL_PUBLISH_MS: f64 = 5.0;

/// The next of the simulated times at which a session is looked at.
pub fn next_look(now: Micros) -> Micros {
    Micros((now.0 / LOOKED_AT_EVERY.0 + 1) * LOOKED_AT_EVERY.0)
}

/// How far the simulated times at which a session is looked at lie apart.
pub const LOOKED_AT_EVERY: Micros = Micros(10_000);

/// How many events pass between two looks at the frame's budget: some tens of microseconds.
const EVENTS_BETWEEN_LOOKS: u64 = 512;

/// How many events one `step` carries out at the most.
const MOST_STEPS: u64 = 1_000_000;
