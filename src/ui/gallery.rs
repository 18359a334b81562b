//! The scenarios that come with the page: a dialog with a picture and a sentence for each, and the address:
//! `?scenario=mq`. They are fetched when they are wanted.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::dialog::Dialog;
use super::header::tell_problems;
use super::stage::mark_view;
use super::store::{Slice, Store, use_store};
use crate::base::Language;
use crate::scenario::{Scenario, format};
use crate::session::Session;
use crate::view::gallery::{self, Entry, Group};
use crate::view::picture::{self, Drawing};
use crate::web::fetch;
use crate::words::Words;

/// The list of what comes with the page.
const INDEX: &str = "scenarios-index.json";

/// How long pictures are worked on before the page has its turn, in milliseconds.
const SLICE_MS: f64 = 6.0;

type Index = Rc<Vec<Group>>;

/// Pictures by name and language; `None`: there is none to be had.
type Pictures = BTreeMap<(String, Language), Option<Rc<Drawing>>>;

thread_local! {
    static FETCHED: OnceCell<Index> = const { OnceCell::new() };
    /// The pictures that have been made, by file and language.
    static PICTURES: RefCell<Pictures> = const { RefCell::new(BTreeMap::new()) };
}

/// Why a scenario is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// None has its name.
    Unknown,
    /// It did not arrive.
    NotFetched,
}

fn fetch_index(done: impl FnOnce(Option<Index>) + 'static) {
    if let Some(index) = FETCHED.with(|fetched| fetched.get().cloned()) {
        done(Some(index));
        return;
    }
    fetch::text(INDEX, move |text| {
        let index = text.as_deref().and_then(gallery::read).map(Rc::new);
        done(index.map(|index| FETCHED.with(|fetched| fetched.get_or_init(|| index).clone())));
    });
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
    /// The files of which there is no picture yet.
    wanted: RefCell<VecDeque<String>>,
    /// What it waits for.
    pause: RefCell<Option<Timeout>>,
    /// Whether one is on its way.
    busy: RefCell<bool>,
    /// Called when a picture is there.
    made: Callback<()>,
}

impl Studio {
    /// From now on these are made, in this order; one that is on its way is finished.
    fn want(self: &Rc<Self>, files: impl Iterator<Item = String>) {
        let missing = |file: &String| PICTURES.with_borrow(|all| !all.contains_key(&(file.clone(), self.language)));
        *self.wanted.borrow_mut() = files.filter(missing).collect();
        if !self.busy.replace(true) {
            self.next();
        }
    }

    fn next(self: &Rc<Self>) {
        let next = self.wanted.borrow_mut().pop_front();
        *self.busy.borrow_mut() = next.is_some();
        let Some(file) = next else { return };
        // A dialog that is closed makes no more pictures.
        let weak = Rc::downgrade(self);
        fetch_text(&file.clone(), move |text| {
            let Some(studio) = weak.upgrade() else { return };
            match text.and_then(|text| format::parse(&text).ok()) {
                Some(scenario) => studio.go_on(file, picture::begin(scenario)),
                // Without a picture there are still title and sentence; next time it is tried again.
                None => studio.next(),
            }
        });
    }

    fn go_on(self: &Rc<Self>, file: String, mut session: Session) {
        let weak = Rc::downgrade(self);
        let pause = Timeout::new(0, move || {
            let Some(studio) = weak.upgrade() else { return };
            let begun = js_sys::Date::now();
            if !picture::advance(&mut session, &mut || js_sys::Date::now() - begun > SLICE_MS) {
                studio.go_on(file, session);
                return;
            }
            let drawing = picture::take(&session, Words::of(studio.language)).map(Rc::new);
            PICTURES.with_borrow_mut(|all| all.insert((file, studio.language), drawing));
            studio.made.emit(());
            studio.next();
        });
        *self.pause.borrow_mut() = Some(pause);
    }
}

/// What a picture shows.
#[derive(Properties)]
struct PictureProps {
    drawing: Option<Rc<Drawing>>,
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
fn Picture(props: &PictureProps) -> Html {
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
            Ok(scenario) => store.load(scenario),
            Err(problems) => tell_problems(&store, (words.shell.refused_file)(&name), &text, &problems),
        }
    });
}

/// The scenarios, open as long as it is there.
#[component]
pub fn Gallery(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let words = store.words().gallery;
    let language = store.preferences().language;
    let typed = use_state_eq(String::new);
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
    {
        let files: Vec<String> = groups.iter().flat_map(|(_, found)| found).map(|entry| entry.file.clone()).collect();
        use_effect_with((files, language), move |(files, _)| studio.want(files.iter().cloned()));
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
        let drawing = PICTURES.with_borrow(|all| all.get(&(entry.file.clone(), language)).cloned()).flatten();
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
    let shown: usize = groups.iter().map(|(_, found)| found.len()).sum();
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
    html! {
        <Dialog class="gallery" title={words.title} on_close={props.on_close.clone()}>
            <div class="gallery-bar">
                <input type="text" role="searchbox" class="gallery-search" aria-label={words.search} placeholder={words.search}
                    autocomplete="off" autofocus=true spellcheck="false" value={(*typed).clone()} {oninput} />
            </div>
            <p class="gallery-state" aria-live="polite">{ state }</p>
            { for sections }
        </Dialog>
    }
}
