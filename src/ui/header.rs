//! The bar at the top: the scenario's file, undo and redo, language, theme, help.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::examples;
use super::icon::{Icon, icon};
use super::store::{Preferences, Slice, Store, Theme, use_store};
use crate::base::Language;
use crate::scenario::format;
use crate::session::Command;
use crate::web::file;

/// What a language is called in itself.
fn own_name(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::English => ("English", "EN"),
        Language::SimplifiedChinese => ("简体中文", "中"),
    }
}

/// The one behind `current` in a list, the first one behind the last.
fn next<T: Copy + PartialEq>(all: &[T], current: T) -> T {
    let place = all.iter().position(|one| *one == current).unwrap_or_default();
    all[(place + 1) % all.len()]
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
    match format::parse(text) {
        Ok(scenario) => store.load(scenario),
        Err(problems) => {
            let mut lines = vec![(words.shell.refused_file)(name)];
            lines.extend(problems.iter().take(MOST_PROBLEMS).map(|problem| {
                let (line, column) = format::position(text, problem);
                let space = if problem.pointer.is_empty() { "" } else { " " };
                format!("{line}:{column}{space}{}: {}", problem.pointer, problem.describe(words))
            }));
            if problems.len() > MOST_PROBLEMS {
                lines.push((words.shell.more_problems)(problems.len() - MOST_PROBLEMS));
            }
            store.notify_lasting(lines.join("\n"));
        }
    }
}

/// Hands the scenario to the person as a file.
pub fn save(store: &Store) {
    let text = format::to_text(store.session().scenario());
    let title = store.session().scenario().title.get(store.preferences().language).to_owned();
    // What no file system has trouble with.
    let name: String = title
        .trim()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || !letter.is_ascii() { letter } else { '-' })
        .take(60)
        .collect();
    let name = if name.is_empty() { "scenario" } else { &name };
    if let Err(error) = file::save(&format!("{name}.json"), &text) {
        store.notify(error.as_string().unwrap_or_else(|| format!("{error:?}")));
    }
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

/// What the bar needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Opens the help.
    pub on_help: Callback<()>,
}

/// The bar at the top.
#[component]
pub fn Header(props: &Props) -> Html {
    let store = use_store(&[Slice::Document, Slice::Preferences]);
    let input = use_node_ref();
    let words = store.words();
    let shell = words.shell;
    let preferences = store.preferences();
    let order = |command: Command| {
        let store = store.clone();
        Callback::from(move |_| {
            store.order(command.clone());
        })
    };
    let prefer = |preferences: Preferences| {
        let store = store.clone();
        Callback::from(move |_| store.set_preferences(preferences))
    };
    let choose = {
        let input = input.clone();
        Callback::from(move |_| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
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
    let (theme_picture, theme_label) = match preferences.theme {
        Theme::System => (Icon::ThemeSystem, shell.theme_system),
        Theme::Light => (Icon::ThemeLight, shell.theme_light),
        Theme::Dark => (Icon::ThemeDark, shell.theme_dark),
    };
    let switch_language = (shell.switch_language)(other_name);
    let session = store.session();
    let title = session.scenario().title.get(preferences.language).to_owned();
    let (can_undo, can_redo) = (session.can_undo(), session.can_redo());
    drop(session);
    html! {
        <header class="header">
            <img class="header-mark" src="icon.svg" alt="" width="24" height="24" />
            <h1 class="header-title">{ shell.title }</h1>
            <p class="header-scenario">{ title }</p>
            <div class="header-buttons" role="group" aria-label={shell.document}>
                <input ref={input} type="file" accept=".json,application/json" hidden=true aria-label={shell.open} {onchange} />
                { examples::menu(&store) }
                <BarButton picture={Icon::Open} label={shell.open} onclick={choose} />
                <BarButton picture={Icon::Save} label={shell.save}
                    onclick={let store = store.clone(); Callback::from(move |_| save(&store))} />
                <span class="header-gap" />
                <BarButton picture={Icon::Undo} label={shell.undo} disabled={!can_undo} onclick={order(Command::Undo)} />
                <BarButton picture={Icon::Redo} label={shell.redo} disabled={!can_redo} onclick={order(Command::Redo)} />
                <span class="header-gap" />
                <button type="button" class="button header-language" title={switch_language}
                    aria-label={format!("{other_name} {other_short}")}
                    onclick={prefer(Preferences { language: other, ..preferences })}>
                    { icon(Icon::Language) }
                    <span class="header-language-long" lang={other.tag()}>{ other_name }</span>
                    <span class="header-language-short" lang={other.tag()}>{ other_short }</span>
                </button>
                <BarButton picture={theme_picture} label={theme_label}
                    onclick={prefer(Preferences { theme: next(&Theme::ALL, preferences.theme), ..preferences })} />
                <BarButton picture={Icon::Help} label={shell.help}
                    onclick={let on_help = props.on_help.clone(); Callback::from(move |_| on_help.emit(()))} />
            </div>
        </header>
    }
}
