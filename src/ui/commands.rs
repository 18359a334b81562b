//! The list of commands: everything that can be asked for by name, and all nodes, found by typing.

use gloo_timers::callback::Timeout;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use super::dialog::Dialog;
use super::icon::{Icon, icon};
use super::stage::{self, shortcut};
use super::store::{Slice, Store, use_store};
use crate::base::Language;
use crate::editor::action::{ACTIONS, Action};
use crate::scenario::{Id, NodeKind};
use crate::view::{glyph, layout, spoken};
use crate::words::Words;

/// Something in the list.
#[derive(Clone, Debug, PartialEq)]
enum Entry {
    Do(Action),
    Add(NodeKind),
    GoTo(Id),
}

/// What the list needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Called when it is closed.
    pub on_close: Callback<()>,
}

impl Entry {
    fn label(&self, store: &Store, words: &Words) -> String {
        match self {
            Entry::Do(action) => {
                let line = ACTIONS.iter().find(|line| line.action == *action);
                let name = line.map(|line| (line.words)(words.editing)).unwrap_or_default();
                let preferences = store.preferences();
                match action {
                    Action::Wheel => format!("{name}: {}", words.editing.wheel_does[preferences.wheel as usize]),
                    Action::Letters => {
                        format!("{name}: {}", words.editing.letters_are[usize::from(preferences.letters)])
                    }
                    _ => name.to_owned(),
                }
            }
            Entry::Add(kind) => (words.editing.add)(spoken::kind(*kind, words)),
            Entry::GoTo(id) => (words.editing.go_to)(&glyph::label(&store.session(), id, words)),
        }
    }

    /// All that can be found, in the order of the table.
    fn all(store: &Store) -> Vec<Entry> {
        let named = ACTIONS.iter().filter(|line| line.named && line.action != Action::Commands);
        let actions = named.map(|line| Entry::Do(line.action));
        let kinds = NodeKind::ALL.into_iter().map(Entry::Add);
        let session = store.session();
        let scenario = session.scenario();
        let nodes = layout::flow_order(scenario).into_iter().map(|index| Entry::GoTo(scenario.nodes[index].id.clone()));
        actions.chain(kinds).chain(nodes).collect()
    }

    /// Those in which every word that was typed stands, in the page's language or in another.
    fn found(store: &Store, typed: &str) -> Vec<Entry> {
        let typed = typed.to_lowercase();
        let fits = |entry: &Entry| {
            let labels = Language::ALL.map(|language| entry.label(store, Words::of(language)).to_lowercase());
            labels.iter().any(|label| typed.split_whitespace().all(|word| label.contains(word)))
        };
        Entry::all(store).into_iter().filter(fits).collect()
    }

    fn carry_out(&self, store: &Store) {
        match self {
            Entry::Do(action) => {
                store.perform(*action);
            }
            Entry::Add(kind) => {
                stage::add_in_view(store, *kind);
            }
            Entry::GoTo(id) => {
                if let Some(port) = store.stage() {
                    port.go_to(id);
                }
            }
        }
    }
}

/// The list, open as long as it is there.
#[component]
pub fn Commands(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let editing = store.words().editing;
    let typed = use_state_eq(String::new);
    let chosen = use_state_eq(|| 0usize);
    let list = use_node_ref();
    let found = Entry::found(&store, &typed);
    let place = (*chosen).min(found.len().saturating_sub(1));
    {
        // What is chosen by keys is seen.
        let list = list.clone();
        use_effect_with((place, (*typed).clone()), move |_| {
            let option =
                list.cast::<Element>().and_then(|list| list.query_selector("[aria-selected=true]").ok().flatten());
            if let Some(option) = option {
                option.scroll_into_view_with_scroll_into_view_options(&nearest());
            }
        });
    }
    let carry_out = {
        let (store, on_close) = (store.clone(), props.on_close.clone());
        move |entry: Entry| {
            on_close.emit(());
            // The dialog is gone first, and the focus is back where it was: what is asked for acts on that.
            let store = store.clone();
            Timeout::new(0, move || entry.carry_out(&store)).forget();
        }
    };
    let oninput = {
        let (typed, chosen) = (typed.clone(), chosen.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                typed.set(input.value());
                chosen.set(0);
            }
        })
    };
    let onkeydown = {
        let (store, typed, chosen, carry_out) = (store.clone(), typed.clone(), chosen.clone(), carry_out.clone());
        Callback::from(move |event: KeyboardEvent| {
            // Keys may be faster than what is drawn: what stands in the field counts.
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let value = input.value();
            let found = Entry::found(&store, &value);
            if event.is_composing() || found.is_empty() {
                return;
            }
            let place = if value == *typed { place } else { 0 };
            match event.key().as_str() {
                "ArrowDown" => chosen.set((place + 1) % found.len()),
                "ArrowUp" => chosen.set((place + found.len() - 1) % found.len()),
                "Enter" => carry_out(found[place].clone()),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let options = found.iter().enumerate().map(|(index, entry)| {
        let onclick = {
            let (carry_out, entry) = (carry_out.clone(), entry.clone());
            Callback::from(move |_: MouseEvent| carry_out(entry.clone()))
        };
        let (picture, keys) = match entry {
            Entry::Do(action) => (Html::default(), shortcut(*action)),
            Entry::Add(kind) => (icon(Icon::Kind(*kind)), Html::default()),
            Entry::GoTo(id) => {
                let kind = store.session().scenario().node(id).map(|node| node.kind());
                (kind.map(|kind| icon(Icon::Kind(kind))).unwrap_or_default(), Html::default())
            }
        };
        let selected = index == place;
        html! {
            <li key={format!("{entry:?}")} id={format!("command-{index}")} role="option" aria-selected={selected.to_string()} {onclick}>
                <span class="menu-sign" aria-hidden="true">{ picture }</span>
                <span class="menu-label">{ entry.label(&store, store.words()) }</span>
                { keys }
            </li>
        }
    });
    let active = (!found.is_empty()).then(|| format!("command-{place}"));
    let count = if found.is_empty() { editing.nothing_found.to_owned() } else { (editing.found)(found.len()) };
    html! {
        <Dialog class="commands" title={editing.commands} on_close={props.on_close.clone()}>
            <input type="text" class="commands-search" role="combobox" aria-expanded="true" aria-controls="commands-list"
                aria-autocomplete="list" aria-activedescendant={active} aria-label={editing.search}
                placeholder={editing.search} autocomplete="off" data-first="true" spellcheck="false"
                value={(*typed).clone()} {oninput} {onkeydown} />
            <p class="commands-count" aria-live="polite">{ count }</p>
            <ul ref={list} id="commands-list" class="commands-list" role="listbox" aria-label={editing.commands}>
                { for options }
            </ul>
        </Dialog>
    }
}

/// Scrolls no further than needed.
fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}
