//! Opening lessons, going from step to step, and keeping how far somebody is.

use std::cell::OnceCell;
use std::rc::Rc;

use lesson_text::Block;
use serde_json::Value;

use crate::lessons::stage::Rehearsal;
use crate::lessons::{Course, Lesson, Order, Place, Problem, Progress, What};
use crate::scenario::Id;
use crate::session::{Command, Permits, SLOWEST};
use crate::ui::header::tell_list;
use crate::ui::store::{Preferences, Store};
use crate::view::lessons::{self, Group};
use crate::web::fetch::{self, Missing};
use crate::web::file::Files;
use crate::web::{storage, surroundings};

/// The list of what comes with the page.
const INDEX: &str = "lessons/index.json";

type Index = Rc<Vec<Group>>;

thread_local! {
    static FETCHED: OnceCell<Index> = const { OnceCell::new() };
}

/// Fetches the list of lessons.
pub fn fetch_index(done: impl FnOnce(Option<Index>) + 'static) {
    fetch::once(&FETCHED, INDEX, lessons::read, done);
}

/// Fetches a lesson that comes with the page.
pub fn fetch_lesson(id: &str, done: impl FnOnce(Result<Rc<Lesson>, Missing>) + 'static) {
    let id = id.to_owned();
    fetch_index(move |index| {
        let Some(index) = index else { return done(Err(Missing::NotFetched)) };
        if lessons::named(&index, &id).is_none() {
            return done(Err(Missing::Unknown));
        }
        fetch::text(&format!("lessons/{id}.json"), move |text| {
            // It was checked when it was shipped: what cannot be read has not arrived as it was.
            let lesson = text.and_then(|text| Lesson::parse(&text).ok());
            done(lesson.map(Rc::new).ok_or(Missing::NotFetched));
        });
    });
}

/// Why a lesson is not opened, as a sentence.
pub fn sentence(store: &Store, missing: Missing, id: &str) -> String {
    let words = store.words().lessons;
    match missing {
        Missing::Unknown => (words.unknown)(id),
        Missing::NotFetched => words.not_fetched.to_owned(),
    }
}

/// Opens a lesson that comes with the page, where it was left or at a step.
pub fn open(store: &Store, id: &str, step: Option<String>) {
    let (store, name) = (store.clone(), id.to_owned());
    fetch_lesson(id, move |fetched| match fetched {
        Ok(lesson) => begin(&store, lesson, step.as_deref(), Kept::Here),
        Err(missing) => store.notify_lasting(sentence(&store, missing, &name)),
    });
}

/// Opens the lesson that a text is; where it has problems, it says where and keeps what is shown.
pub fn open_value(store: &Store, name: &str, value: Value) {
    match Lesson::read(value) {
        Ok(lesson) => begin(store, Rc::new(lesson), None, Kept::Nowhere),
        Err(problems) => tell_problems(store, name, &problems),
    }
}

/// Opens the lesson that the files of a folder are. Scenarios that come with the page are fetched from there, so that a lesson can
/// be written beside those that are shipped.
pub fn open_folder(store: &Store, name: &str, files: Files) {
    let words = store.words().lessons;
    let Some(Some(lesson)) = files.get(lesson_text::LESSON_FILE) else {
        store.notify_lasting(words.no_lesson.to_owned());
        return;
    };
    let lesson = serde_json::from_str::<Value>(lesson).unwrap_or_default();
    let named = lesson_text::scenario_files(&lesson).map(str::to_owned);
    let wanted = named.filter(|file| file.starts_with(SITE_SCENARIOS)).collect();
    fetch_all(store.clone(), name.to_owned(), files, wanted);
}

/// How the scenarios that come with the page are named in a lesson's folder beside those that are shipped.
const SITE_SCENARIOS: &str = "../../scenarios/";

fn fetch_all(store: Store, name: String, mut files: Files, mut wanted: Vec<String>) {
    if let Some(file) = wanted.pop() {
        let address = file.trim_start_matches("../../").to_owned();
        fetch::text(&address, move |text| {
            files.insert(file, text);
            fetch_all(store, name, files, wanted);
        });
        return;
    }
    let joined = lesson_text::join(&|file| {
        let text = files.get(file)?;
        Some(text.clone().ok_or_else(|| "cannot be read".to_owned()))
    });
    match joined {
        Ok(joined) if joined.mistakes.is_empty() => open_value(&store, &name, joined.lesson),
        Ok(joined) => {
            let words = store.words().lessons;
            let told = |(file, mistake): (String, lesson_text::Mistake)| {
                format!("{file}:{}:{}: {}", mistake.line, mistake.column, (words.problem)(&What::Text(mistake.what)))
            };
            tell_list(&store, (words.refused)(&name), joined.mistakes.into_iter().map(told));
        }
        Err((file, what)) => {
            let sentence = (store.words().lessons.refused)(&name);
            tell_list(&store, sentence, std::iter::once(format!("{file}: {what}")));
        }
    }
}

fn tell_problems(store: &Store, name: &str, problems: &[Problem]) {
    let words = store.words();
    let told = problems.iter().map(|problem| {
        let place = match &problem.place {
            Place::Pointer(pointer) => pointer.clone(),
            Place::Line { line, column } => format!("{line}:{column}"),
            Place::Text { language, line, column } => format!("{}:{line}:{column}", language.tag()),
        };
        format!("{place}: {}", problem.describe(words))
    });
    tell_list(store, (words.lessons.refused)(name), told);
}

/// Where it is kept how far somebody was in a lesson.
pub enum Kept {
    /// In this browser.
    Here,
    /// Nowhere.
    Nowhere,
    /// By whoever tells it.
    By(Progress),
}

/// Begins a lesson, or goes on with it. Lessons from files keep nothing: another file may have the same id.
pub fn begin(store: &Store, lesson: Rc<Lesson>, step: Option<&str>, kept: Kept) {
    let progress = match kept {
        Kept::Here => {
            storage::read_lesson(&lesson.id).and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default()
        }
        Kept::Nowhere => Progress::default(),
        Kept::By(progress) => progress,
    };
    let asked = step.map(|step| find_step(&lesson, step));
    if let (Some(None), Some(step)) = (asked, step) {
        store.notify_lasting((store.words().lessons.unknown_step)(step));
    }
    let course = Course::new(lesson, &progress);
    let at = asked.flatten().unwrap_or(course.at());
    store.set_course(Some(course));
    enter(store, at, true);
}

/// A step as an address names it: its number from 1 on, or its id.
fn find_step(lesson: &Lesson, step: &str) -> Option<usize> {
    let number = step.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    number.filter(|place| *place < lesson.steps.len()).or_else(|| lesson.place_of(step))
}

/// Goes to a step: its stage is put up where it has one, or where it is `anew` what stands there is not what it goes on with.
pub fn enter(store: &Store, at: usize, anew: bool) {
    let Some(lesson) = store.course().as_ref().map(|course| course.lesson().clone()) else { return };
    store.teach(|course, _| course.go(at));
    let Some(step) = lesson.steps.get(at) else {
        store.update(|session| session.set_permits(Permits::ALL));
        keep(store);
        say_heading(store);
        return;
    };
    if anew || step.stage.is_some() {
        let rehearsal = Rehearsal::at(&lesson, at);
        store.teach(|course, _| course.forget_reached());
        store.put_up(rehearsal.first, rehearsal.second);
        let (play, speed) = lesson.stage_of(at).map_or((false, 1.0), |(place, stage)| {
            // Who comes back into the middle of something has it stand still first.
            (stage.play && place == at, stage.speed)
        });
        // Any speed is taken, and any time can be played from.
        drop(store.dispatch(Command::SetSpeed { speed: speed.max(SLOWEST) }));
        drop(store.dispatch(if play { Command::Play { until_us: None } } else { Command::Pause }));
    } else {
        store.update(|session| session.set_permits(Permits::ALL));
        for command in &step.commands {
            if let Err(rejected) = store.dispatch(command.clone()) {
                store.tell_rejected(&rejected);
            }
        }
    }
    let permits = step.permits();
    store.update(|session| session.set_permits(permits));
    if let Some(beside) = store.beside() {
        beside.update(|session| session.set_permits(permits));
    }
    // On a phone there is no room for them beside the stage and the lesson.
    let preferences = store.preferences();
    let charts = step.charts && !surroundings::is_phone();
    if charts != preferences.charts {
        store.set_preferences(Preferences { charts, ..preferences });
    }
    store.teach(|course, lanes| {
        course.begin(lanes);
        course.look(lanes);
    });
    if let Some(first) = step.show.first() {
        crate::ui::stage::show(store, first);
    }
    keep(store);
    say_heading(store);
}

/// Says the heading of the step to those who do not see it.
fn say_heading(store: &Store) {
    let words = store.words().lessons;
    let language = store.preferences().language;
    let said = store.course().as_ref().and_then(|course| {
        let text = course.lesson().text(language)?;
        Some(match course.step() {
            Some(step) => {
                let title = lesson_text::Inline::plain(&text.steps.get(&step.id)?.title);
                format!("{}: {title}", (words.step_of)(course.at() + 1, course.lesson().steps.len()))
            }
            None => words.learned.to_owned(),
        })
    });
    if let Some(said) = said {
        store.say(said);
    }
}

/// Goes on to the next step, or back to the one before.
pub fn go_on(store: &Store, back: bool) {
    let Some(at) = store.teach(|course, _| {
        if !back {
            course.pass();
        }
        course.at()
    }) else {
        return;
    };
    match back {
        true if at > 0 => enter(store, at - 1, true),
        true => {}
        false => enter(store, at + 1, false),
    }
}

/// Answers the question of the step.
pub fn answer(store: &Store, answer: f64) {
    store.teach(|course, lanes| {
        course.answer(answer);
        course.look(lanes);
    });
    keep(store);
}

/// Shows the solution by doing it.
pub fn demonstrate(store: &Store) {
    store.teach(|course, _| course.demonstrate());
    carry_on(store);
}

/// Does it no further.
pub fn stop_demonstrating(store: &Store) {
    store.teach(|course, _| course.end_demonstration());
}

/// Shows the hint.
pub fn hint(store: &Store) {
    store.teach(|course, _| course.ask_for_hint());
    keep(store);
}

/// Goes on with a solution that is being done; to be called whenever something may have changed.
pub fn carry_on(store: &Store) {
    // Each order is carried out before the next one is asked for.
    for _ in 0..MOST_ORDERS {
        if !store.course().as_ref().is_some_and(Course::is_demonstrating) {
            return;
        }
        let Some(Some(order)) = store.teach(|course, lanes| course.next_order(lanes)) else { return };
        match order {
            Order::Do { command, beside } => {
                if let Some(id) = about(&command) {
                    drop(store.dispatch(Command::Select { ids: vec![id] }));
                }
                let in_other = beside == store.is_on_first_lane();
                match store.beside().filter(|_| in_other) {
                    Some(other) => {
                        if let Err(rejected) = other.dispatch(command) {
                            store.tell_rejected(&rejected);
                        }
                    }
                    None => drop(store.order(command)),
                }
            }
            Order::Answer(given) => answer(store, given),
            Order::Play(until) => drop(store.dispatch(Command::Play { until_us: Some(until) })),
            Order::Wait => return,
            Order::Over => {
                drop(store.dispatch(Command::Play { until_us: None }));
                return;
            }
        }
    }
}

/// More than any solution has acts.
const MOST_ORDERS: usize = 1_000;

/// What a command is about: it is selected, so that whoever watches sees where something is done.
fn about(command: &Command) -> Option<Id> {
    let value = serde_json::to_value(command).ok()?;
    ["node", "edge", "from"].iter().find_map(|field| value.get(field)?.as_str().map(Id::from))
}

/// Leaves the lesson; what stands on the stage stays, and is free to be played with.
pub fn leave(store: &Store) {
    store.leave_lesson();
    surroundings::replace_parameters(&[("lesson", None), ("step", None)]);
}

/// Keeps how far somebody is, and says it in the address, so that it can be copied and comes back when the page is loaded again.
fn keep(store: &Store) {
    let course = store.course();
    let Some(course) = course.as_ref() else { return };
    let id = &course.lesson().id;
    if FETCHED.with(|fetched| fetched.get().is_some_and(|index| lessons::named(index, id).is_some())) {
        let progress = serde_json::to_string(&course.progress()).expect("progress is plain data");
        // Where nothing is kept, the lesson begins at its beginning the next time; that is said once for the whole page.
        let refused = storage::write_lesson(id, &progress).is_err() && storage::first_refusal();
        let step = (course.at() + 1).to_string();
        let at_end = course.step().is_none();
        surroundings::replace_parameters(&[("lesson", Some(id)), ("step", (!at_end).then_some(step.as_str()))]);
        if refused {
            store.notify_lasting(store.words().shell.no_storage.to_owned());
        }
    }
}

/// Keeps it when the step was passed.
pub fn note_passed(store: &Store) {
    keep(store);
    let language = store.preferences().language;
    let said = store.course().as_ref().and_then(|course| {
        let text = course.lesson().text(language)?.steps.get(&course.step()?.id)?;
        Some(format!("{}. {}", store.words().lessons.done, Block::plain(&text.done)))
    });
    if let Some(said) = said {
        store.say(said);
    }
}
