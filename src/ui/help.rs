//! The help: what this is, and how it is used. What it says of keys comes from the one table of actions.

use yew::prelude::*;

use super::dialog::Dialog;
use super::store::{Preferences, Slice, use_store};
use crate::editor::action::{ACTIONS, Group};

/// What the help needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Called when it is closed.
    pub on_close: Callback<()>,
}

/// The help, open as long as it is there.
#[component]
pub fn Help(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let (shell, editing) = (store.words().shell, store.words().editing);
    let preferences = store.preferences();
    let ways = editing.pointer_ways.iter().map(|(what, how)| {
        html! { <div><dt>{ *what }</dt><dd>{ *how }</dd></div> }
    });
    let groups = Group::ALL.iter().zip(editing.groups).map(|(group, name)| {
        let lines = ACTIONS.iter().filter(|line| line.group == *group && !line.ways.is_empty()).map(|line| {
            // What another keyboard writes for the same key need not be shown.
            let ways = line.ways.iter().map(|way| way.keys()).filter(|keys| keys.concat().is_ascii() || is_drawn(keys));
            let ways = ways.map(|keys| {
                let keys = keys.into_iter().map(|key| html! { <kbd>{ key }</kbd> });
                html! { <span class="help-way">{ for keys }</span> }
            });
            html! { <div><dt>{ (line.words)(editing) }</dt><dd>{ for ways }</dd></div> }
        });
        html! {
            <section>
                <h4>{ name }</h4>
                <dl class="help-keys">{ for lines }</dl>
            </section>
        }
    });
    let toggle = {
        let store = store.clone();
        Callback::from(move |_: Event| {
            store.set_preferences(Preferences { letters: !preferences.letters, ..preferences });
        })
    };
    html! {
        <Dialog class="help" title={shell.help} on_close={props.on_close.clone()}>
            { for shell.about.iter().map(|line| html! { <p>{ *line }</p> }) }
            <h3>{ editing.pointer }</h3>
            <dl class="help-pointer">{ for ways }</dl>
            <h3>{ editing.keys }</h3>
            <label class="setting-toggle">
                <input type="checkbox" checked={preferences.letters} onchange={toggle} />
                <span>{ editing.letters }</span>
            </label>
            <div class="help-groups">{ for groups }</div>
        </Dialog>
    }
}

/// Keys that are drawn as signs: arrows, a minus as long as a plus, a range of digits.
fn is_drawn(keys: &[String]) -> bool {
    keys.iter().any(|key| key.chars().any(|sign| "←→↑↓−–".contains(sign)))
}
