//! The lessons that come with the page: a dialog with what each is about, how long it takes, and how far somebody is.

use yew::prelude::*;

use super::keeper;
use crate::lessons::Progress;
use crate::ui::dialog::Dialog;
use crate::ui::icon::{Icon, icon};
use crate::ui::store::{Slice, Store, use_store};
use crate::view::lessons::{Entry, Group};
use crate::web::storage;

/// What the list needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Called when it is closed.
    pub on_close: Callback<()>,
    /// Makes a lesson of what is on the stage.
    pub on_make: Callback<()>,
}

/// The list of lessons.
#[component]
pub fn LessonList(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences, Slice::Lesson]);
    let words = store.words().lessons;
    // `None`: it is on its way; `Some(None)`: it did not arrive.
    let index = use_state(|| None);
    let fetch = {
        let index = index.setter();
        move || {
            index.set(None);
            let index = index.clone();
            keeper::fetch_index(move |fetched| index.set(Some(fetched)));
        }
    };
    {
        let fetch = fetch.clone();
        use_effect_with((), move |()| fetch());
    }
    let again = Callback::from(move |_: MouseEvent| fetch());
    let body = match &*index {
        None => html! { <p class="panel-note">{ store.words().gallery.fetching }</p> },
        Some(None) => html! {
            <p class="lessons-missing">
                { words.not_fetched }
                <button type="button" class="button" onclick={again}>{ store.words().gallery.again }</button>
            </p>
        },
        Some(Some(groups)) => groups.iter().map(|group| group_view(&store, group, &props.on_close)).collect(),
    };
    let make = {
        let (on_close, on_make) = (props.on_close.clone(), props.on_make.clone());
        Callback::from(move |_: MouseEvent| {
            on_close.emit(());
            on_make.emit(());
        })
    };
    html! {
        <Dialog class="lessons" title={words.open} on_close={props.on_close.clone()}>
            <p class="panel-note">{ words.note }</p>
            { body }
            <p class="lessons-make">
                <button type="button" class="button" onclick={make}>{ icon(Icon::Add) }{ words.make }</button>
            </p>
        </Dialog>
    }
}

fn group_view(store: &Store, group: &Group, on_close: &Callback<()>) -> Html {
    let language = store.preferences().language;
    html! {
        <section class="lessons-group">
            <h3>{ group.title.get(language).to_owned() }</h3>
            <ul>{ for group.lessons.iter().map(|entry| entry_view(store, entry, on_close)) }</ul>
        </section>
    }
}

fn entry_view(store: &Store, entry: &Entry, on_close: &Callback<()>) -> Html {
    let words = store.words().lessons;
    let language = store.preferences().language;
    let kept = storage::read_lesson(&entry.id).and_then(|kept| serde_json::from_str::<Progress>(&kept).ok());
    let passed = kept.as_ref().map_or(0, |kept| kept.steps.values().filter(|state| state.passed).count());
    let finished = kept.as_ref().is_some_and(|kept| kept.finished);
    let state = match passed {
        _ if finished => Some(words.finished.to_owned()),
        0 => None,
        passed => Some((words.passed_of)(passed, entry.steps)),
    };
    let onclick = {
        let (store, on_close, id) = (store.clone(), on_close.clone(), entry.id.clone());
        Callback::from(move |_: MouseEvent| {
            on_close.emit(());
            keeper::open(&store, &id, None);
        })
    };
    html! {
        <li key={entry.id.clone()}>
            <button type="button" class={classes!("lessons-entry", finished.then_some("is-finished"))} data-lesson={entry.id.clone()} {onclick}>
                <span class="lessons-name">
                    if finished { { icon(Icon::Done) } }
                    { entry.title.get(language).to_owned() }
                    if entry.incident { <span class="lessons-incident">{ words.incident }</span> }
                </span>
                <span class="panel-note">{ entry.about.get(language).to_owned() }</span>
                <span class="lessons-facts">
                    { (words.minutes)(entry.minutes) }
                    if let Some(state) = state { { " · " }{ state } }
                </span>
            </button>
        </li>
    }
}
