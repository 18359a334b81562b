//! The scenarios: a dialog with a person's own ones and those that come with the page, each with a picture and a
//! sentence; and the address: `?scenario=mq`. What comes with the page is fetched when it is wanted.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::autosave::{self, NotAdded};
use super::dialog::Dialog;
use super::header::{save_text, tell_problems};
use super::icon::{Icon, icon};
use super::stage::mark_view;
use super::store::{Slice, Store, use_store};
use crate::base::Language;
use crate::editor::action::Action;
use crate::scenario::{Scenario, format};
use crate::session::{Command, Session};
use crate::view::gallery::{self, Entry, Group};
use crate::view::own::{self, Own};
use crate::view::picture::{self, Drawing};
use crate::web::fetch::{self, Missing};
use crate::web::surroundings;
use crate::words::Words;

/// The list of what comes with the page.
const INDEX: &str = "scenarios-index.json";

/// How long pictures are worked on before the page has its turn, in milliseconds.
const SLICE_MS: f64 = 6.0;

type Index = Rc<Vec<Group>>;

/// Pictures by language; `None`: there is nothing to be seen.
type Pictures = BTreeMap<(Subject, Language), Option<Rc<Drawing>>>;

/// What a picture is taken of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    /// A file that comes with the page.
    File(String),
    /// The text of one of a person's own.
    Text(Rc<str>),
}

thread_local! {
    static FETCHED: OnceCell<Index> = const { OnceCell::new() };
    /// The pictures that have been made.
    static PICTURES: RefCell<Pictures> = const { RefCell::new(BTreeMap::new()) };
}

fn fetch_index(done: impl FnOnce(Option<Index>) + 'static) {
    fetch::once(&FETCHED, INDEX, gallery::read, done);
}

fn fetch_text(file: &str, done: impl FnOnce(Option<String>) + 'static) {
    fetch::text(&format!("scenarios/{file}"), done);
}

/// Fetches the scenario with this name.
pub fn fetch_named(name: &str, done: impl FnOnce(Result<Scenario, Missing>) + 'static) {
    let name = name.to_owned();
    fetch_index(move |index| {
        let Some(index) = index else { return done(Err(Missing::NotFetched)) };
        let Some(entry) = gallery::named(&index, &name) else { return done(Err(Missing::Unknown)) };
        fetch_text(&entry.file, move |text| {
            done(text.and_then(|text| format::parse(&text).ok()).ok_or(Missing::NotFetched));
        });
    });
}

/// Why a scenario that the address names is not shown.
pub fn sentence(missing: Missing, name: &str, words: &Words) -> String {
    match missing {
        Missing::Unknown => (words.gallery.unknown)(name),
        Missing::NotFetched => (words.gallery.not_fetched)(name),
    }
}

/// Makes pictures, one after the other and each in slices, as long as it is there.
struct Studio {
    language: Language,
    /// Those of which there is no picture yet.
    wanted: RefCell<VecDeque<Subject>>,
    /// What it waits for.
    pause: RefCell<Option<Timeout>>,
    /// Whether one is on its way.
    busy: RefCell<bool>,
    /// Called when a picture is there.
    made: Callback<()>,
}

impl Studio {
    /// From now on these are made, in this order; one that is on its way is finished.
    fn want(self: &Rc<Self>, subjects: &[Subject]) {
        let missing =
            |subject: &&Subject| PICTURES.with_borrow(|all| !all.contains_key(&((*subject).clone(), self.language)));
        *self.wanted.borrow_mut() = subjects.iter().filter(missing).cloned().collect();
        if !self.busy.replace(true) {
            self.next();
        }
    }

    fn next(self: &Rc<Self>) {
        let next = self.wanted.borrow_mut().pop_front();
        *self.busy.borrow_mut() = next.is_some();
        let Some(subject) = next else { return };
        // A dialog that is closed makes no more pictures.
        let weak = Rc::downgrade(self);
        let with_text = |subject: Subject| {
            move |text: Option<String>| {
                let Some(studio) = weak.upgrade() else { return };
                match text.and_then(|text| format::parse(&text).ok()) {
                    Some(scenario) => studio.go_on(subject, picture::begin(scenario)),
                    // Without a picture there are still title and sentence; next time it is tried again.
                    None => studio.next(),
                }
            }
        };
        match subject.clone() {
            Subject::File(file) => fetch_text(&file, with_text(subject)),
            Subject::Text(text) => with_text(subject)(Some(text.to_string())),
        }
    }

    fn go_on(self: &Rc<Self>, subject: Subject, mut session: Session) {
        let weak = Rc::downgrade(self);
        let pause = Timeout::new(0, move || {
            let Some(studio) = weak.upgrade() else { return };
            let begun = js_sys::Date::now();
            if !picture::advance(&mut session, &mut || js_sys::Date::now() - begun > SLICE_MS) {
                studio.go_on(subject, session);
                return;
            }
            let drawing = picture::take(&session, Words::of(studio.language)).map(Rc::new);
            PICTURES.with_borrow_mut(|all| all.insert((subject, studio.language), drawing));
            studio.made.emit(());
            studio.next();
        });
        *self.pause.borrow_mut() = Some(pause);
    }
}

/// What a picture shows.
#[derive(Properties)]
pub struct PictureProps {
    /// The drawing; none yet: the room for it.
    pub drawing: Option<Rc<Drawing>>,
}

impl PartialEq for PictureProps {
    fn eq(&self, other: &PictureProps) -> bool {
        match (&self.drawing, &other.drawing) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

/// A picture, or the room for it.
#[component]
pub fn Picture(props: &PictureProps) -> Html {
    let Some(drawing) = &props.drawing else {
        return html! { <span class="gallery-picture" aria-hidden="true" /> };
    };
    let view = drawing.view;
    let lines = drawing.lines.iter().map(|line| {
        let class = line.kind.map_or("gallery-link", |_| "gallery-line");
        html! { <path {class} d={line.path.clone()} /> }
    });
    let instruments = drawing.instruments.iter().map(|(at, picture)| {
        let marks = picture.marks.iter().enumerate().map(|(index, mark)| mark_view(index, mark));
        html! { <g class="instrument" transform={format!("translate({:.1} {:.1})", at.x, at.y)}>{ for marks }</g> }
    });
    html! {
        <span class="gallery-picture" aria-hidden="true">
            <svg viewBox={format!("{:.0} {:.0} {:.0} {:.0}", view.origin.x, view.origin.y, view.width, view.height)}>
                { for lines }
                { for instruments }
            </svg>
        </span>
    }
}

/// What the list needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Called when it is closed.
    pub on_close: Callback<()>,
}

/// Opens a scenario that comes with the page; where it does not arrive, it says so and keeps what is open.
fn open(store: &Store, entry: &Entry) {
    let (store, name) = (store.clone(), entry.title.get(store.preferences().language).to_owned());
    fetch_text(&entry.file, move |text| {
        let words = store.words();
        let Some(text) = text else {
            store.notify_lasting(sentence(Missing::NotFetched, &name, words));
            return;
        };
        match format::parse(&text) {
            Ok(scenario) => {
                store.load(scenario);
                // Whoever chooses one wants to see it run.
                store.order(Command::Play { until_us: None });
            }
            Err(problems) => tell_problems(&store, (words.shell.refused_file)(&name), &text, &problems),
        }
    });
}

/// One of the person's own, as it is listed.
#[derive(Clone)]
struct Mine {
    own: Own,
    /// `None`: this version cannot read it.
    scenario: Option<Scenario>,
    text: Rc<str>,
}

fn list_mine() -> Rc<Vec<Mine>> {
    let all = autosave::list().into_iter().map(|own| {
        let (scenario, text) = (own::scenario(&own), Rc::from(own.text.as_str()));
        Mine { own, scenario, text }
    });
    Rc::new(all.collect())
}

/// What stands above the scenarios: a sentence, and what was deleted, to be brought back.
#[derive(Clone, PartialEq)]
struct Said {
    sentence: String,
    deleted: Option<(String, String, bool)>,
}

fn refused(store: &Store, why: NotAdded) -> Said {
    let words = store.words();
    let sentence = match why {
        NotAdded::Full => (words.gallery.full)(own::MOST),
        NotAdded::NotKept => words.shell.no_storage.to_owned(),
    };
    Said { sentence, deleted: None }
}

/// Day and time, as they are written in the page's language; nothing where they are not known.
fn date(at_ms: f64, language: Language) -> Option<String> {
    let date = js_sys::Date::new(&at_ms.into());
    (at_ms > 0.0 && !date.get_time().is_nan())
        .then(|| String::from(date.to_locale_string(language.tag(), &js_sys::Object::new())))
}

fn drawing_of(subject: Subject, language: Language) -> Option<Rc<Drawing>> {
    PICTURES.with_borrow(|all| all.get(&(subject, language)).cloned()).flatten()
}

/// One of the person's own, with what can be done with it.
fn own_card(store: &Store, mine: &Mine, on_close: &Callback<()>, changed: &Callback<Option<Said>>) -> Html {
    let words = store.words();
    let language = store.preferences().language;
    let Mine { own, scenario, text } = mine;
    let name = own::name(&own.title, words).to_owned();
    let is_open = store.own().as_ref() == Some(&own.id);
    let when = date(own.changed_at_ms, language).map(|when| (words.gallery.changed)(&when)).unwrap_or_default();
    let about = match scenario {
        None => words.gallery.unreadable.to_owned(),
        Some(_) if is_open => format!("{} · {when}", words.gallery.is_open),
        Some(_) => when,
    };
    let open = scenario.clone().map(|scenario| {
        let (store, on_close, id) = (store.clone(), on_close.clone(), own.id.clone());
        Callback::from(move |_: MouseEvent| {
            on_close.emit(());
            if store.own().as_ref() != Some(&id) {
                autosave::open(&store, &id, scenario.clone());
            }
        })
    });
    let duplicate = scenario.clone().map(|scenario| {
        let (store, changed) = (store.clone(), changed.clone());
        Callback::from(move |_: MouseEvent| {
            let copy = own::copy(&scenario, store.preferences().language);
            let added = autosave::add(&copy.title, &format::to_text(&copy));
            changed.emit(added.err().map(|why| refused(&store, why)));
        })
    });
    let export = {
        let (store, name, text) = (store.clone(), name.clone(), text.clone());
        Callback::from(move |_: MouseEvent| save_text(&store, &name, &text))
    };
    let delete = {
        let (store, changed, id, name) = (store.clone(), changed.clone(), own.id.clone(), name.clone());
        Callback::from(move |_: MouseEvent| {
            let sentence = (store.words().gallery.deleted)(&name);
            let deleted = autosave::delete(&store, &id).map(|(kept, was_open)| (id.clone(), kept, was_open));
            changed.emit(Some(Said { sentence, deleted }));
        })
    };
    let button = |picture: Icon, label: String, onclick: Callback<MouseEvent>| {
        html! {
            <button type="button" class="button is-icon is-small" title={label.clone()} aria-label={label} {onclick}>
                { icon(picture) }
            </button>
        }
    };
    html! {
        <li key={own.id.clone()} class="gallery-own" data-own={own.id.clone()}>
            <button type="button" class="gallery-card" disabled={scenario.is_none()} onclick={open}
                aria-current={is_open.then_some("true")}>
                <Picture drawing={drawing_of(Subject::Text(text.clone()), language)} />
                <span class="gallery-name">{ &name }</span>
                <span class="gallery-about">{ about }</span>
            </button>
            <div class="gallery-actions">
                { for duplicate.map(|act| button(Icon::Duplicate, (words.gallery.duplicate)(&name), act)) }
                { button(Icon::Save, (words.gallery.export)(&name), export) }
                { button(Icon::Delete, (words.gallery.delete)(&name), delete) }
            </div>
        </li>
    }
}

/// The scenarios, open as long as it is there.
#[component]
pub fn Gallery(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let words = store.words().gallery;
    let language = store.preferences().language;
    let typed = use_state_eq(String::new);
    let mine = {
        let store = store.clone();
        use_state(move || {
            autosave::flush(&store);
            list_mine()
        })
    };
    let said = use_state(|| None::<Said>);
    let undo = use_node_ref();
    {
        // The button that was pressed is gone with its card.
        let undo = undo.clone();
        let deleted = said.as_ref().and_then(|said| said.deleted.clone());
        use_effect_with(deleted, move |_| {
            if let Some(undo) = undo.cast::<web_sys::HtmlElement>() {
                let _ = undo.focus();
            }
        });
    }
    let changed = {
        let (mine, said) = (mine.setter(), said.setter());
        Callback::from(move |now: Option<Said>| {
            mine.set(list_mine());
            said.set(now);
        })
    };
    // Not there yet, or not to be had, or there.
    let index = use_state(|| None::<Option<Index>>);
    let render = use_force_update();
    let studio = use_memo(language, |language| {
        Rc::new(Studio {
            language: *language,
            wanted: RefCell::default(),
            pause: RefCell::default(),
            busy: RefCell::new(false),
            made: Callback::from(move |()| render.force_update()),
        })
    });
    let ask = {
        let index = index.setter();
        move || {
            index.set(None);
            let index = index.clone();
            fetch_index(move |fetched| index.set(Some(fetched)));
        }
    };
    {
        let ask = ask.clone();
        use_effect_with((), move |()| ask());
    }
    let groups: Vec<(String, Vec<Entry>)> = match &*index {
        Some(Some(index)) => index
            .iter()
            .map(|group| {
                let found = group.entries.iter().filter(|entry| gallery::fits(entry, &typed)).cloned();
                (group.title.get(language).to_owned(), found.collect::<Vec<_>>())
            })
            .filter(|(_, found)| !found.is_empty())
            .collect(),
        _ => Vec::new(),
    };
    let own_found: Vec<Mine> =
        mine.iter().filter(|one| gallery::holds("", &[&one.own.title], &typed)).cloned().collect();
    {
        let own = own_found.iter().filter(|one| one.scenario.is_some()).map(|one| Subject::Text(one.text.clone()));
        let files = groups.iter().flat_map(|(_, found)| found).map(|entry| Subject::File(entry.file.clone()));
        let subjects: Vec<Subject> = own.chain(files).collect();
        use_effect_with((subjects, language), move |(subjects, _)| studio.want(subjects));
    }
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                typed.set(input.value());
            }
        })
    };
    let card = |entry: &Entry| {
        let onclick = {
            let (store, on_close, entry) = (store.clone(), props.on_close.clone(), entry.clone());
            Callback::from(move |_: MouseEvent| {
                on_close.emit(());
                open(&store, &entry);
            })
        };
        let drawing = drawing_of(Subject::File(entry.file.clone()), language);
        html! {
            <li key={entry.name.clone()}>
                <button type="button" class="gallery-card" data-scenario={entry.name.clone()} {onclick}>
                    <Picture {drawing} />
                    <span class="gallery-name">{ entry.title.get(language) }</span>
                    <span class="gallery-about">{ entry.about.get(language) }</span>
                </button>
            </li>
        }
    };
    let shown = own_found.len() + groups.iter().map(|(_, found)| found.len()).sum::<usize>();
    let state = match &*index {
        None => html! { words.fetching },
        Some(None) => html! {
            <>
                { words.no_index }{ " " }
                <button type="button" class="button" onclick={move |_| ask()}>{ words.again }</button>
            </>
        },
        Some(Some(_)) if shown == 0 => html! { words.none_found },
        Some(Some(_)) => html! { (words.shown)(shown) },
    };
    let sections = groups.iter().map(|(title, found)| {
        html! {
            <section key={title.clone()}>
                <h3>{ title }</h3>
                <ul class="gallery-cards">{ for found.iter().map(card) }</ul>
            </section>
        }
    });
    let leave_for = |action: Action| {
        let (store, on_close) = (store.clone(), props.on_close.clone());
        Callback::from(move |_: MouseEvent| {
            on_close.emit(());
            store.perform(action);
        })
    };
    let bring_back = said.as_ref().and_then(|said| said.deleted.clone()).map(|(id, kept, was_open)| {
        let (store, changed) = (store.clone(), changed.clone());
        Callback::from(move |_: MouseEvent| {
            let back = autosave::bring_back(&store, &id, &kept, was_open);
            // Where it cannot be brought back now, it can be tried again.
            changed.emit(back.err().map(|_| Said {
                deleted: Some((id.clone(), kept.clone(), was_open)),
                ..refused(&store, NotAdded::NotKept)
            }));
        })
    });
    let said = said.as_ref().map(|said| said.sentence.clone());
    let own_section = if surroundings::embedded() || (own_found.is_empty() && !mine.is_empty()) {
        Html::default()
    } else {
        html! {
            <section>
                <h3>{ words.own }</h3>
                if mine.is_empty() {
                    <p class="gallery-state">{ words.none_own }</p>
                }
                <ul class="gallery-cards">
                    { for own_found.iter().map(|one| own_card(&store, one, &props.on_close, &changed)) }
                </ul>
            </section>
        }
    };
    html! {
        <Dialog class="gallery" title={words.title} on_close={props.on_close.clone()}>
            <div class="gallery-bar">
                <input type="text" role="searchbox" class="gallery-search" aria-label={words.search} placeholder={words.search}
                    autocomplete="off" data-first="true" spellcheck="false" value={(*typed).clone()} {oninput} />
                <button type="button" class="button" onclick={leave_for(Action::New)}>{ icon(Icon::Add) }{ words.new }</button>
                <button type="button" class="button" onclick={leave_for(Action::Open)}>
                    { icon(Icon::Open) }{ store.words().shell.open }
                </button>
            </div>
            <p class="gallery-state" aria-live="polite">{ state }</p>
            <p class="gallery-said" role="status">
                { said }
                if let Some(onclick) = bring_back {
                    <button ref={undo} type="button" class="button gallery-undo" {onclick}>{ words.undo }</button>
                }
            </p>
            { own_section }
            // A list of its own: what stands above it, with the focus, stays when it arrives.
            <div class="gallery-groups">{ for sections }</div>
        </Dialog>
    }
}
