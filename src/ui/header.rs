//! The bar at the top: the scenario's file, undo and redo, language, theme, help.

use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::app::next;
use super::icon::{Icon, icon};
use super::lesson::keeper;
use super::store::{Slice, Store, Theme, use_store};
use super::{real_brokers, share};
use crate::base::Language;
use crate::editor::action::Action;
use crate::interop::definitions;
use crate::link::{self, carry};
use crate::scenario::{Problem, Scenario, format};
use crate::web::{file, surroundings};
use crate::words::ShellWords;

/// What a language is called in itself.
fn own_name(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::English => ("English", "EN"),
        Language::SimplifiedChinese => ("简体中文", "中"),
    }
}

/// How many problems of a file are listed.
const MOST_PROBLEMS: usize = 8;

/// Shows what stands in a file; where it has problems, it says where and keeps what is shown.
pub fn open_text(store: &Store, name: &str, text: Option<&str>) {
    let words = store.words();
    let Some(text) = text else {
        store.notify_lasting((words.shell.unreadable_file)(name));
        return;
    };
    // Of pictures, some carry a run, and others cannot.
    let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    if matches!(ending.as_str(), "gif" | "jpg" | "jpeg" | "webp" | "webm" | "png") && !text.starts_with('#') {
        store.notify_lasting((words.share.no_run)(name));
        return;
    }
    // A picture that carries its run, or a link in a file.
    if let Some(value) = carry::from_svg(text).or_else(|| link::find(text).filter(|_| text.contains('#'))) {
        share::open_link(store, value);
        return;
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.get("mq_lesson").is_some() => return keeper::open_value(store, name, value),
        Ok(value) if definitions::are_in(&value) => return real_brokers::open(store, name, text, &value),
        _ => {}
    }
    match format::parse(text) {
        Ok(scenario) => store.load(scenario),
        Err(problems) => tell_problems(store, (words.shell.refused_file)(name), text, &problems),
    }
}

/// Says what is wrong with a scenario's text, and where, below a sentence.
pub fn tell_problems(store: &Store, sentence: String, text: &str, problems: &[Problem]) {
    let words = store.words();
    tell_list(
        store,
        sentence,
        problems.iter().map(|problem| {
            let (line, column) = format::position(text, problem);
            let space = if problem.pointer.is_empty() { "" } else { " " };
            format!("{line}:{column}{space}{}: {}", problem.pointer, problem.describe(words))
        }),
    );
}

/// Says what is wrong with something, one problem in each line below a sentence, and how many more there are.
pub fn tell_list(store: &Store, sentence: String, mut problems: impl ExactSizeIterator<Item = String>) {
    let mut lines = vec![sentence];
    lines.extend(problems.by_ref().take(MOST_PROBLEMS));
    if problems.len() > 0 {
        lines.push((store.words().shell.more_problems)(problems.len()));
    }
    store.notify_lasting(lines.join("\n"));
}

/// The id of the field that chooses a file.
const FILE: &str = "open-file";

fn element(selector: &str) -> Option<HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Lets the person choose a file.
pub fn choose_file() {
    if let Some(input) = element(&format!("#{FILE}")) {
        input.click();
    }
}

/// Begins an empty scenario; the one that was open is in the list, if the person has changed it.
pub fn begin_empty(store: &Store) {
    store.load(Scenario::default());
}

/// Hands the scenario to the person as a file.
pub fn save(store: &Store) {
    let text = format::to_text(store.session().scenario());
    let title = store.session().scenario().title.get(store.preferences().language).to_owned();
    save_text(store, &title, &text);
}

/// Hands a scenario's text to the person as a file.
pub fn save_text(store: &Store, title: &str, text: &str) {
    save_as(store, title, "json", "application/json", text);
}

/// Hands a text to the person as a file that is called like the scenario.
pub fn save_as(store: &Store, title: &str, ending: &str, kind: &str, text: &str) {
    keep_file(store, title, ending, |name| file::save(name, kind, text));
}

fn keep_file(store: &Store, title: &str, ending: &str, save: impl FnOnce(&str) -> Result<(), JsValue>) {
    // What no file system has trouble with.
    let name: String = title
        .trim()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || !letter.is_ascii() { letter } else { '-' })
        .take(60)
        .collect();
    let name = if name.is_empty() { "scenario" } else { &name };
    if let Err(error) = save(&format!("{name}.{ending}")) {
        store.notify(error.as_string().unwrap_or_else(|| format!("{error:?}")));
    }
}

/// The same of bytes.
pub fn save_bytes(store: &Store, title: &str, ending: &str, kind: &str, bytes: &[u8]) {
    keep_file(store, title, ending, |name| file::save_bytes(name, kind, bytes));
}

/// A button of the bar.
#[derive(PartialEq, Properties)]
struct ButtonProps {
    picture: Icon,
    label: AttrValue,
    #[prop_or_default]
    disabled: bool,
    onclick: Callback<MouseEvent>,
}

#[component]
fn BarButton(props: &ButtonProps) -> Html {
    html! {
        <button type="button" class="button is-icon" aria-label={&props.label} title={&props.label}
            disabled={props.disabled} onclick={&props.onclick}>
            { icon(props.picture) }
        </button>
    }
}

/// The picture and the name of the button for the theme.
pub fn theme_button(theme: Theme, shell: &ShellWords) -> (Icon, &'static str) {
    match theme {
        Theme::System => (Icon::ThemeSystem, shell.theme_system),
        Theme::Light => (Icon::ThemeLight, shell.theme_light),
        Theme::Dark => (Icon::ThemeDark, shell.theme_dark),
    }
}

/// The other language, as it calls itself, whole and in short.
pub fn other_language(language: Language) -> (&'static str, &'static str) {
    own_name(next(&Language::ALL, language))
}

/// The bar at the top.
#[component]
pub fn Header() -> Html {
    let store = use_store(&[Slice::Document, Slice::Preferences, Slice::Lesson]);
    let input = use_node_ref();
    let words = store.words();
    let shell = words.shell;
    let preferences = store.preferences();
    let ask = |action: Action| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            store.perform(action);
        })
    };
    let onchange = {
        let (store, input) = (store.clone(), input.clone());
        Callback::from(move |_: Event| {
            let Some(input) = input.cast::<HtmlInputElement>() else { return };
            let store = store.clone();
            file::read_chosen(&input, move |name, text| open_text(&store, &name, text.as_deref()));
        })
    };
    let other = next(&Language::ALL, preferences.language);
    let (other_name, other_short) = own_name(other);
    let (theme_picture, theme_label) = theme_button(preferences.theme, shell);
    let switch_language = (shell.switch_language)(other_name);
    let session = store.session();
    let title = session.scenario().title.get(preferences.language).to_owned();
    let (can_undo, can_redo) = (session.can_undo(), session.can_redo());
    drop(session);
    html! {
        <header class="header">
            <img class="header-mark" src={surroundings::icon()} alt="" width="24" height="24" />
            <h1 class="header-title">{ shell.title }</h1>
            // A scenario's title may say what a lesson asks.
            if !store.in_lesson() { <p class="header-scenario">{ title }</p> }
            <div class="header-buttons" role="group" aria-label={shell.document}>
                <input ref={input} id={FILE} type="file" accept=".json,.svg,.png,application/json,image/svg+xml,image/png" hidden=true aria-label={shell.open} {onchange} />
                <button type="button" class="button header-lessons" aria-haspopup="dialog" onclick={ask(Action::Lessons)}>
                    { words.lessons.open }
                </button>
                <button type="button" class="button header-scenarios" aria-haspopup="dialog" onclick={ask(Action::Scenarios)}>
                    { words.gallery.open }
                </button>
                <span class="header-files">
                    <BarButton picture={Icon::Open} label={shell.open} onclick={ask(Action::Open)} />
                    <BarButton picture={Icon::Save} label={shell.save} onclick={ask(Action::Save)} />
                    <BarButton picture={Icon::Share} label={words.share.title} onclick={ask(Action::Share)} />
                    <BarButton picture={Icon::Broker} label={words.live.title} onclick={ask(Action::RealBroker)} />
                </span>
                <span class="header-gap" />
                <BarButton picture={Icon::Undo} label={shell.undo} disabled={!can_undo} onclick={ask(Action::Undo)} />
                <BarButton picture={Icon::Redo} label={shell.redo} disabled={!can_redo} onclick={ask(Action::Redo)} />
                <span class="header-gap" />
                <button type="button" class="button header-language" title={switch_language}
                    aria-label={format!("{other_name} {other_short}")}
                    onclick={ask(Action::Language)}>
                    { icon(Icon::Language) }
                    <span class="header-language-long" lang={other.tag()}>{ other_name }</span>
                    <span class="header-language-short" lang={other.tag()}>{ other_short }</span>
                </button>
                <span class="header-theme">
                    <BarButton picture={theme_picture} label={theme_label} onclick={ask(Action::Theme)} />
                </span>
                <BarButton picture={Icon::Commands} label={words.editing.commands} onclick={ask(Action::Commands)} />
                <BarButton picture={Icon::Help} label={shell.help} onclick={ask(Action::Help)} />
            </div>
        </header>
    }
}
