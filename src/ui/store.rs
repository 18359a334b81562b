//! Where the page keeps its session, and who is woken when which slice of it changes.

use std::cell::{Cell, Ref, RefCell};
use std::rc::{Rc, Weak};

use yew::prelude::*;

use super::autosave::{self, Keeping};
use super::real_brokers::Opened;
use crate::base::{Language, Micros};
use crate::editor::Camera;
use crate::editor::action::Action;
use crate::lessons::{Act, Course, Lanes, Recording};
use crate::scenario::{Headers, Id, NodeKind, Scenario};
use crate::session::{Applied, Command, Permits, Rejected, Revisions, Session};
use crate::timeline::{FirstDrops, Record};
use crate::view::marks::{self, Mark};
use crate::view::summary::Before;
use crate::view::{fate, spoken};
use crate::words::Words;

/// A part of what the page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    /// Nodes, edges and their settings; undo and redo.
    Document,
    /// What is up and what is down.
    Faults,
    /// Playing, speed, jumps in time.
    Playback,
    /// What is selected.
    Selection,
    /// The message that is followed.
    Followed,
    /// Where the camera stands.
    Camera,
    /// Live figures and the clock: at most ten times a second.
    Figures,
    /// The message whose route is asked for.
    Route,
    /// Notices to the person.
    Notices,
    /// Definitions of a broker of which it is asked what is to be drawn.
    Definitions,
    /// What is spoken.
    Said,
    /// Language and theme.
    Preferences,
    /// Whether there are two lanes, and which one is worked on.
    Lanes,
    /// The lesson: its step, and what has happened in it.
    Lesson,
}

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What a turn of the wheel does on the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wheel {
    /// As what turns it suggests: a wheel with notches zooms, two fingers on a trackpad push.
    #[default]
    Suggested,
    /// Zooms.
    Zooms,
    /// Pushes the stage about.
    Pushes,
}

/// How much of the page there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ui {
    /// All of it.
    #[default]
    Full,
    /// The stage, and what lets time pass.
    Player,
    /// The stage alone.
    Bare,
}

/// What a person chose for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// The language.
    pub language: Language,
    /// The theme.
    pub theme: Theme,
    /// What the wheel does.
    pub wheel: Wheel,
    /// Whether single letters and signs are keys (WCAG 2.1.4).
    pub letters: bool,
    /// Whether the charts are shown.
    pub charts: bool,
    /// How much of the page there is.
    pub ui: Ui,
}

impl Default for Preferences {
    fn default() -> Preferences {
        Preferences {
            language: Language::default(),
            theme: Theme::default(),
            wheel: Wheel::default(),
            letters: true,
            charts: false,
            ui: Ui::Full,
        }
    }
}

/// What can be asked of the stage from elsewhere on the page.
pub trait StagePort {
    /// Does what is asked for by name; false where it means nothing there and now.
    fn act(&self, action: Action) -> bool;
    /// The next press on the stage puts down a node of this kind; `None`: it does what it always does.
    fn place(&self, kind: Option<NodeKind>);
    /// The kind that the next press puts down.
    fn placing(&self) -> Option<NodeKind>;
    /// Selects a node or an edge, shows it, and gives it the focus.
    fn go_to(&self, id: &Id);
}

/// Something that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Counts up.
    pub number: u64,
    /// The sentence.
    pub text: String,
    /// How long it stays.
    pub stay: Stay,
    /// Definitions that it says were drawn, and that can be drawn again with other rates.
    pub drawn: Option<Rc<Opened>>,
}

/// How long a notice stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// Shortly, and until the next of its kind comes: what a step back or forth has done. It is spoken elsewhere.
    Step,
    /// A while.
    Moment,
    /// Until the person takes it away.
    Lasting,
}

/// A message whose route a person asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The exchange to which it would be published.
    pub exchange: Id,
    /// Its routing key.
    pub routing_key: String,
    /// Its headers.
    pub headers: Headers,
}

type Listener = (u64, &'static [Slice], Callback<()>);

struct Inner {
    session: RefCell<Session>,
    preferences: Cell<Preferences>,
    question: RefCell<Option<Question>>,
    definitions: RefCell<Option<Rc<Opened>>>,
    notices: RefCell<Vec<Notice>>,
    said: RefCell<(u64, String)>,
    listeners: RefCell<Vec<Listener>>,
    told: Cell<Revisions>,
    stage: RefCell<Option<Weak<dyn StagePort>>>,
    page: RefCell<Option<Callback<Action, bool>>>,
    counter: Cell<u64>,
    keeping: RefCell<Keeping>,
    marks: RefCell<Option<(Known, Rc<Vec<Mark>>)>>,
    /// The other lane, which is only looked at.
    beside: RefCell<Option<Store>>,
    /// The store that this one is beside of.
    leader: RefCell<Option<Weak<Inner>>>,
    /// Whether the lane that is worked on is the first.
    on_first: Cell<bool>,
    /// The lesson that somebody is in.
    course: RefCell<Option<Course>>,
    /// What is recorded for a lesson that is being made.
    recording: RefCell<Option<Recording>>,
}

/// What the marks hang on.
#[derive(PartialEq)]
struct Known {
    language: Language,
    revisions: Revisions,
    entries: usize,
    scripted: usize,
    measured: Micros,
    first_drops: FirstDrops,
    goals: usize,
}

/// A handle on the page's one session. Cheap to clone; equal to itself.
#[derive(Clone)]
pub struct Store(Rc<Inner>);

impl PartialEq for Store {
    fn eq(&self, other: &Store) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Store {
    /// A store with a session.
    pub fn new(session: Session, preferences: Preferences) -> Store {
        let told = Cell::new(session.revisions());
        Store(Rc::new(Inner {
            session: RefCell::new(session),
            preferences: Cell::new(preferences),
            question: RefCell::default(),
            definitions: RefCell::default(),
            notices: RefCell::default(),
            said: RefCell::default(),
            listeners: RefCell::default(),
            told,
            stage: RefCell::default(),
            page: RefCell::default(),
            counter: Cell::new(0),
            keeping: RefCell::default(),
            marks: RefCell::default(),
            beside: RefCell::default(),
            leader: RefCell::default(),
            on_first: Cell::new(true),
            course: RefCell::default(),
            recording: RefCell::default(),
        }))
    }

    // ---- lanes ----

    /// The other lane, where there are two: it keeps up with this one, and is only looked at.
    pub fn beside(&self) -> Option<Store> {
        self.0.beside.borrow().clone()
    }

    /// The lane that is worked on, where this is the other one.
    pub fn leader(&self) -> Option<Store> {
        self.0.leader.borrow().as_ref().and_then(Weak::upgrade).map(Store)
    }

    /// Whether the lane that is worked on is the first: the one that is as it was when there began to be two.
    pub fn is_on_first_lane(&self) -> bool {
        self.0.on_first.get()
    }

    /// From now on there are two lanes, alike until something is changed in one. The second one is worked on.
    pub fn begin_lanes(&self) {
        let session = self.session().clone();
        self.add_lane(session);
        self.0.on_first.set(false);
        self.wake(&[Slice::Lanes]);
    }

    /// What a lesson wants takes the place of what was there: one session, or two by one clock, of which the first is worked on.
    pub fn put_up(&self, mut first: Session, second: Option<Session>) {
        autosave::flush(self);
        self.end_lanes();
        self.set_own(None);
        self.update(|session| session.put_up(&mut first));
        if let Some(second) = second {
            self.add_lane(second);
            self.wake(&[Slice::Lanes]);
        }
    }

    fn add_lane(&self, mut session: Session) {
        session.set_limit(self.session().limit());
        let beside = Store::new(session, self.preferences());
        *beside.0.leader.borrow_mut() = Some(Rc::downgrade(&self.0));
        *self.0.beside.borrow_mut() = Some(beside);
    }

    /// Only the lane that is worked on stays.
    pub fn end_lanes(&self) {
        if self.0.beside.take().is_some() {
            self.0.on_first.set(true);
            self.wake(&[Slice::Lanes]);
        }
    }

    /// The other lane is worked on.
    pub fn trade_lanes(&self) {
        let Some(beside) = self.beside() else { return };
        self.0.session.borrow_mut().trade(&mut beside.0.session.borrow_mut());
        self.0.on_first.set(!self.0.on_first.get());
        beside.wake_changed();
        self.wake_changed();
        self.wake(&[Slice::Lanes]);
    }

    // ---- the lesson ----

    /// The lesson that somebody is in, to be looked at; the other lane is in the same one.
    pub fn course(&self) -> Ref<'_, Option<Course>> {
        self.0.course.borrow()
    }

    /// Whether somebody is in a lesson.
    pub fn in_lesson(&self) -> bool {
        self.course().is_some()
    }

    /// A lesson begins, or ends.
    pub fn set_course(&self, course: Option<Course>) {
        *self.0.course.borrow_mut() = course;
        self.wake(&[Slice::Lesson]);
    }

    /// Whether the step of a lesson wants messages to carry their numbers.
    pub fn shows_numbers(&self) -> bool {
        let teacher = self.leader().unwrap_or_else(|| self.clone());
        teacher.course().as_ref().and_then(Course::step).is_some_and(|step| step.numbers)
    }

    /// Looks at both lanes in their order: that of the stage's scenario first.
    pub fn with_lanes<T>(&self, look: impl FnOnce(&Lanes) -> T) -> T {
        let (session, beside) = (self.session(), self.beside());
        let other = beside.as_ref().map(Store::session);
        look(&self.in_order(&session, other.as_deref()))
    }

    fn in_order<'a>(&self, worked_on: &'a Session, other: Option<&'a Session>) -> Lanes<'a> {
        match other {
            Some(other) if !self.is_on_first_lane() => Lanes { first: other, second: Some(worked_on) },
            _ => Lanes { first: worked_on, second: other },
        }
    }

    /// Changes the lesson, with both lanes to look at; nothing where there is none.
    pub fn teach<T>(&self, change: impl FnOnce(&mut Course, &Lanes) -> T) -> Option<T> {
        let outcome = {
            let mut course = self.0.course.borrow_mut();
            let course = course.as_mut()?;
            self.with_lanes(|lanes| change(course, lanes))
        };
        self.wake(&[Slice::Lesson]);
        Some(outcome)
    }

    /// Lets time pass. The lesson, where there is one that waits for something, looks at the lanes all the way.
    pub fn pass_time(&self, wall_us: f64, out_of_budget: &mut dyn FnMut() -> bool) {
        let mut news = false;
        {
            let mut course = self.0.course.borrow_mut();
            let beside = self.beside();
            match course.as_mut().filter(|course| course.waits()) {
                None => self.0.session.borrow_mut().tick(wall_us, out_of_budget),
                Some(course) => {
                    let mut look = |session: &Session| {
                        let other = beside.as_ref().map(Store::session);
                        news |= course.look(&self.in_order(session, other.as_deref()));
                    };
                    self.0.session.borrow_mut().tick_and_look(wall_us, out_of_budget, Some(&mut look));
                }
            }
        }
        self.wake_changed();
        if news {
            self.wake(&[Slice::Lesson]);
        }
    }

    /// From now on what is done is recorded.
    pub fn begin_recording(&self) {
        *self.0.recording.borrow_mut() = Some(Recording::begin(self.session().now()));
    }

    /// What was recorded.
    pub fn end_recording(&self) -> Vec<Act> {
        let recording = self.0.recording.take();
        recording.map(|recording| recording.end(self.session().now())).unwrap_or_default()
    }

    /// The lesson hears of a command that was carried out, and looks what has become of it.
    pub fn tell_lesson(&self, command: &Command) {
        if let Some(recording) = self.0.recording.borrow_mut().as_mut() {
            recording.hear(command, self.session().now());
        }
        let news = {
            let mut course = self.0.course.borrow_mut();
            let Some(course) = course.as_mut() else { return };
            course.hear(command);
            self.with_lanes(|lanes| course.look(lanes))
        };
        if news {
            self.wake(&[Slice::Lesson]);
        }
    }

    /// The session, to be looked at. Not to be held while anything is dispatched.
    pub fn session(&self) -> Ref<'_, Session> {
        self.0.session.borrow()
    }

    /// The session, unless it is just being changed: for the moment in which the program fails.
    pub fn try_session(&self) -> Option<Ref<'_, Session>> {
        self.0.session.try_borrow().ok()
    }

    /// The moments of the run that are worth going to. They are looked for once while nothing was measured or done anew,
    /// whoever asks.
    pub fn marks(&self) -> Rc<Vec<Mark>> {
        let (session, words) = (self.session(), self.words());
        let run = session.run();
        let known = Known {
            language: words.language,
            revisions: Revisions { camera: 0, selection: 0, ..session.revisions() },
            entries: run.whole_log().len(),
            scripted: marks::scripted(&session).count(),
            measured: run.series().end(),
            first_drops: *run.first_drops(),
            goals: self.course().as_ref().map_or(0, |course| course.reached().len()),
        };
        let mut marks = self.0.marks.borrow_mut();
        match &*marks {
            Some((before, marks)) if *before == known => marks.clone(),
            _ => {
                let mut found = marks::marks(&session, words);
                found.extend(self.goals(words));
                found.sort_by_key(|mark| (mark.at, mark.kind));
                let found = Rc::new(found);
                *marks = Some((known, found.clone()));
                found
            }
        }
    }

    /// The goals of the lesson that were reached with what is on the stage.
    fn goals(&self, words: &Words) -> Vec<Mark> {
        let course = self.course();
        let Some(course) = course.as_ref() else { return Vec::new() };
        let Some(text) = course.lesson().text(words.language) else { return Vec::new() };
        let goals = course.reached().iter().filter_map(|(at, step)| {
            let title = lesson_text::Inline::plain(&text.steps.get(step)?.title);
            Some(Mark { at: *at, kind: marks::Kind::Goal, text: (words.lessons.goal_reached)(&title) })
        });
        goals.collect()
    }

    /// The sentences in the page's language.
    pub fn words(&self) -> &'static Words {
        Words::of(self.preferences().language)
    }

    /// Language and theme.
    pub fn preferences(&self) -> Preferences {
        self.0.preferences.get()
    }

    /// Sets language and theme.
    pub fn set_preferences(&self, preferences: Preferences) {
        if self.preferences() != preferences {
            self.0.preferences.set(preferences);
            if let Some(beside) = self.beside() {
                beside.set_preferences(preferences);
            }
            self.wake(&[Slice::Preferences]);
        }
    }

    /// Does what a command says and wakes whoever shows what it changed.
    ///
    /// # Errors
    /// Why nothing was done. [`Store::order`] says it to the person.
    pub fn dispatch(&self, command: Command) -> Result<Applied, Rejected> {
        let loads = matches!(command, Command::Load { .. });
        if loads {
            autosave::flush(self);
            self.end_lanes();
        }
        if let Some(beside) = self.beside().filter(|_| command == Command::Reset) {
            // It never fails.
            drop(beside.dispatch(Command::Reset));
        }
        let listens = self.in_lesson() || self.0.recording.borrow().is_some();
        let heard = listens.then(|| command.clone());
        let outcome = self.0.session.borrow_mut().dispatch(command);
        if loads && outcome.is_ok() {
            self.set_own(None);
            self.leave_lesson();
        }
        self.wake_changed();
        if let Some(heard) = heard.filter(|_| outcome.is_ok()) {
            self.tell_lesson(&heard);
        }
        outcome
    }

    /// Something else is opened: the lesson is left, and everything may be done again.
    pub fn leave_lesson(&self) {
        let Some(course) = self.0.course.take() else { return };
        self.update(|session| session.set_permits(Permits::ALL));
        let language = self.preferences().language;
        if let Some(text) = course.lesson().text(language) {
            self.notify((self.words().lessons.left)(&text.title));
        }
        self.wake(&[Slice::Lesson]);
    }

    /// Replaces the document; a new run begins.
    pub fn load(&self, scenario: Scenario) {
        autosave::flush(self);
        self.end_lanes();
        self.set_own(None);
        self.leave_lesson();
        self.update(|session| session.load(scenario));
    }

    /// Goes on with a run that was told.
    pub fn open(&self, record: Record) {
        autosave::flush(self);
        self.end_lanes();
        self.set_own(None);
        self.leave_lesson();
        self.update(|session| session.open(record));
    }

    /// What there is to know for keeping the document in the browser.
    pub(super) fn keeping(&self) -> &RefCell<Keeping> {
        &self.0.keeping
    }

    /// Which of the person's own scenarios is open: its id.
    pub fn own(&self) -> Option<String> {
        // For the moment in which the program fails: then it may not be known.
        self.0.keeping.try_borrow().ok()?.own.clone()
    }

    /// From now on what is open is this one of the person's own, or none of them.
    pub fn set_own(&self, id: Option<String>) {
        self.0.keeping.borrow_mut().own = id;
    }

    /// Does what a person's command says, and says what it has done; where it is refused, a notice says why.
    pub fn order(&self, command: Command) -> Option<Applied> {
        let before = Before::of(&self.session(), &command, self.words());
        let branch = (
            self.session().branch(),
            !matches!(command, Command::EnterBranch { .. } | Command::Reset | Command::Load { .. }),
        );
        let steps = matches!(command, Command::Undo | Command::Redo);
        match self.dispatch(command) {
            Ok(applied) => {
                self.tell_branched(branch);
                self.tell_fates(&applied);
                let said = before.and_then(|before| before.done(&self.session(), &applied, self.words()));
                match said {
                    // What went or came back may be out of sight.
                    Some(said) if steps && applied.fates.is_empty() => {
                        self.tell(said.clone(), Stay::Step, None);
                        self.say(said);
                    }
                    Some(said) => self.say(said),
                    None => {}
                }
                Some(applied)
            }
            Err(rejected) => {
                self.tell_rejected(&rejected);
                None
            }
        }
    }

    /// Says it when something in the past has begun another branch.
    fn tell_branched(&self, (before, forks): (u32, bool)) {
        let now = self.session().branch();
        if forks && now != before {
            self.notify((self.words().time.branched)(now, before));
        }
    }

    /// Says what became of the messages of parts that went, or that are back.
    pub fn tell_fates(&self, applied: &Applied) {
        for told in &applied.fates {
            self.notify(fate::sentence(told, self.words()));
        }
    }

    /// Says why a command was refused.
    pub fn tell_rejected(&self, rejected: &Rejected) {
        if self.session().is_observed() {
            return self.notify(self.words().live.only_shown.to_owned());
        }
        for problem in &rejected.0 {
            self.notify(spoken::sentence(&problem.describe(self.words())));
        }
    }

    /// From now on this is the stage.
    pub fn set_stage(&self, stage: Option<Weak<dyn StagePort>>) {
        *self.0.stage.borrow_mut() = stage;
    }

    /// The stage, while there is one.
    pub fn stage(&self) -> Option<Rc<dyn StagePort>> {
        self.0.stage.borrow().as_ref()?.upgrade()
    }

    /// From now on this does what is asked of the page itself.
    pub fn set_page(&self, page: Option<Callback<Action, bool>>) {
        *self.0.page.borrow_mut() = page;
    }

    /// Does what is asked for by name; false where it means nothing here and now.
    pub fn perform(&self, action: Action) -> bool {
        if self.stage().is_some_and(|stage| stage.act(action)) {
            return true;
        }
        let page = self.0.page.borrow().clone();
        page.is_some_and(|page| page.emit(action))
    }

    /// The message whose route is asked for, as long as its exchange is what is looked at.
    pub fn question(&self) -> Option<Question> {
        let question = self.0.question.borrow().clone()?;
        let session = self.session();
        let selection = session.selection();
        (selection.len() == 1 && selection.contains(&question.exchange)).then_some(question)
    }

    /// Asks for a route, or for none any more.
    pub fn ask(&self, question: Option<Question>) {
        *self.0.question.borrow_mut() = question;
        self.wake(&[Slice::Route]);
    }

    /// The definitions of which it is asked what is to be drawn.
    pub fn definitions(&self) -> Option<Rc<Opened>> {
        self.0.definitions.borrow().clone()
    }

    /// Asks what of definitions is to be drawn, or nothing any more.
    pub fn ask_about_definitions(&self, definitions: Option<Opened>) {
        *self.0.definitions.borrow_mut() = definitions.map(Rc::new);
        self.wake(&[Slice::Definitions]);
    }

    /// Changes the session in a way that is no command: a tick, the camera, a loaded document.
    pub fn update<T>(&self, change: impl FnOnce(&mut Session) -> T) -> T {
        let outcome = change(&mut self.0.session.borrow_mut());
        self.wake_changed();
        outcome
    }

    /// Looks at the stage from elsewhere.
    pub fn set_camera(&self, camera: Camera) {
        self.update(|session| session.set_camera(camera));
    }

    /// The notices that stand, oldest first.
    pub fn notices(&self) -> Vec<Notice> {
        self.0.notices.borrow().clone()
    }

    /// Tells the person something that matters for the moment.
    pub fn notify(&self, text: String) {
        self.tell(text, Stay::Moment, None);
    }

    /// Tells the person something that stays until it is taken away.
    pub fn notify_lasting(&self, text: String) {
        self.tell(text, Stay::Lasting, None);
    }

    /// Tells the person that definitions were drawn, in place of those before.
    pub fn notify_drawn(&self, text: String, definitions: Opened) {
        self.0.notices.borrow_mut().retain(|notice| notice.drawn.is_none());
        self.tell(text, Stay::Lasting, Some(Rc::new(definitions)));
    }

    fn tell(&self, text: String, stay: Stay, drawn: Option<Rc<Opened>>) {
        let mut notices = self.0.notices.borrow_mut();
        notices.retain(|notice| notice.text != text && (notice.stay, stay) != (Stay::Step, Stay::Step));
        notices.push(Notice { number: self.count(), text, stay, drawn });
        drop(notices);
        self.wake(&[Slice::Notices]);
    }

    /// Has something spoken to people who do not see it.
    pub fn say(&self, text: String) {
        *self.0.said.borrow_mut() = (self.count(), text);
        self.wake(&[Slice::Said]);
    }

    /// What was said last, and its number: the same sentence may be said again.
    pub fn said(&self) -> (u64, String) {
        self.0.said.borrow().clone()
    }

    /// Takes a notice away.
    pub fn dismiss(&self, number: u64) {
        self.0.notices.borrow_mut().retain(|notice| notice.number != number);
        self.wake(&[Slice::Notices]);
    }

    /// Wakes whoever shows live figures: called by a timer, ten times a second while time passes.
    pub fn refresh_figures(&self) {
        self.wake(&[Slice::Figures]);
        if let Some(beside) = self.beside() {
            beside.wake(&[Slice::Figures]);
        }
    }

    /// Calls `callback` when one of `slices` changes, until the subscription is dropped.
    pub fn subscribe(&self, slices: &'static [Slice], callback: Callback<()>) -> Subscription {
        let number = self.count();
        self.0.listeners.borrow_mut().push((number, slices, callback));
        Subscription { store: self.clone(), number }
    }

    fn count(&self) -> u64 {
        self.0.counter.set(self.0.counter.get() + 1);
        self.0.counter.get()
    }

    fn wake_changed(&self) {
        let now = self.session().revisions();
        let told = self.0.told.replace(now);
        let changed: Vec<Slice> = [
            (told.document != now.document, Slice::Document),
            (told.faults != now.faults, Slice::Faults),
            (told.playback != now.playback, Slice::Playback),
            (told.selection != now.selection, Slice::Selection),
            (told.followed != now.followed, Slice::Followed),
            (told.camera != now.camera, Slice::Camera),
        ]
        .into_iter()
        .filter_map(|(changed, slice)| changed.then_some(slice))
        .collect();
        if changed.iter().any(|slice| !matches!(slice, Slice::Camera | Slice::Selection)) {
            self.wake(&[Slice::Figures]);
        }
        self.wake(&changed);
        if let Some(beside) = self.beside().filter(|_| changed.contains(&Slice::Playback)) {
            // It goes where this one goes.
            beside.wake(&[Slice::Playback]);
        }
    }

    fn wake(&self, slices: &[Slice]) {
        // Callbacks may subscribe or unsubscribe: the list is not held while they run.
        let listeners: Vec<Callback<()>> = self
            .0
            .listeners
            .borrow()
            .iter()
            .filter(|(_, wanted, _)| wanted.iter().any(|slice| slices.contains(slice)))
            .map(|(_, _, callback)| callback.clone())
            .collect();
        for listener in listeners {
            listener.emit(());
        }
    }
}

/// Ends when it is dropped.
pub struct Subscription {
    store: Store,
    number: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.store.0.listeners.borrow_mut().retain(|(number, _, _)| *number != self.number);
    }
}

/// The page's store; the component renders again when one of `slices` changes.
#[hook]
pub fn use_store(slices: &'static [Slice]) -> Store {
    let store = use_context::<Store>().expect("the app provides the store");
    let render = use_force_update();
    {
        let store = store.clone();
        use_effect_with(store, move |store| {
            let subscription = store.subscribe(slices, Callback::from(move |()| render.force_update()));
            move || drop(subscription)
        });
    }
    store
}
