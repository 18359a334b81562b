//! The way to a real broker and back: opening its definitions, and handing the scenario out in forms that it takes.

use std::rc::Rc;

use serde_json::Value;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::dialog::Dialog;
use super::focus;
use super::header::{save_as, save_bytes, tell_list};
use super::icon::{Icon, icon};
use super::store::{Slice, Store, use_store};
use crate::editor::action::Action;
use crate::interop::definitions::{self, Definitions, Host, Unreadable};
use crate::interop::{Content, Form, Rates, Remarked, Users, draw, zipped};
use crate::scenario::{NodeKind, format};
use crate::web::{file, pattern};
use crate::words::Words;

/// Definitions that somebody has opened, and what of them is to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    name: String,
    text: Rc<str>,
    /// The virtual hosts that they name.
    hosts: Rc<[Host]>,
    /// The one that is to be drawn; none: the fullest.
    host: Option<String>,
    /// What the management API answered, in files by their names.
    rates: Vec<(String, Rc<str>)>,
    /// Why the file that was added last is none of those.
    problem: Option<String>,
    /// Whether they were drawn before.
    drawn: bool,
}

impl Opened {
    fn read(&self) -> Result<Definitions, Unreadable> {
        definitions::read(&self.text, self.host.as_deref(), &pattern::read)
    }

    /// Adds an answer of the management API, if it is one.
    fn add_rates(&mut self, name: String, text: Option<String>, words: &Words) {
        let added = match text.as_deref() {
            None => Err((words.shell.unreadable_file)(&name)),
            Some(text) => Rates::default()
                .add(text, None)
                .map_err(|why| (words.interop.about)(&[&name], &(words.interop.unreadable)(&why))),
        };
        self.problem = added.err();
        if let Some(text) = text.filter(|_| self.problem.is_none()) {
            // Of the same name it is the same file anew.
            self.rates.retain(|(other, _)| *other != name);
            self.rates.push((name, text.into()));
        }
    }
}

/// Draws what a real broker has; where it has several virtual hosts, it is asked which one.
pub fn open(store: &Store, name: &str, text: &str, value: &Value) {
    let mut opened = Opened {
        name: name.to_owned(),
        text: text.into(),
        hosts: definitions::hosts(value).into(),
        host: None,
        rates: Vec::new(),
        problem: None,
        drawn: false,
    };
    // Nobody is asked about what cannot be read.
    match opened.read() {
        Ok(read) if opened.hosts.iter().filter(|host| !host.is_empty()).count() > 1 => {
            opened.host = read.host;
            store.ask_about_definitions(Some(opened));
        }
        read => draw_read(store, opened, read),
    }
}

/// Draws what was read, and says what does not come along.
fn draw_read(store: &Store, opened: Opened, read: Result<Definitions, Unreadable>) {
    let (words, name) = (store.words(), &opened.name);
    let refuse = |problems: Vec<String>| tell_list(store, (words.shell.refused_file)(name), problems.into_iter());
    let read = match read {
        Ok(read) => read,
        Err(why) => return refuse(vec![(words.interop.unreadable)(&why)]),
    };
    let mut rates = Rates::default();
    for (_, text) in &opened.rates {
        // It was looked at when it was added.
        let _ = rates.add(text, read.host.as_deref());
    }
    let (scenario, remarks) = draw(&read.topology, &Users::Suggested(rates), read.title(), words);
    let problems = format::check(&scenario);
    if !problems.is_empty() {
        return refuse(problems.iter().map(|problem| problem.describe(words)).collect());
    }
    store.load(scenario);
    let said =
        said(store, &[read.remarks, remarks].concat(), (words.interop.drawn)(name), (words.interop.drawn_but)(name));
    store.notify_drawn(said, Opened { host: read.host, drawn: true, ..opened });
}

/// Hands the scenario out in a form that a real broker takes.
fn save(store: &Store, form: Form) {
    let (language, words) = (store.preferences().language, store.words());
    let (title, content, remarks) = {
        let session = store.session();
        let scenario = session.scenario();
        let (content, remarks) = form.of(scenario, definitions::FIRST_HOST, language);
        (scenario.title.get(language).to_owned(), content, remarks)
    };
    match content {
        Content::Text(text) => save_as(store, &title, form.ending(), form.media_type(), &text),
        Content::Files(files) => save_bytes(store, &title, form.ending(), form.media_type(), &zipped(&files)),
    }
    let (all_came, done) = (remarks.is_empty(), words.share.saved.to_owned());
    let said = said(store, &remarks, done, words.interop.saved_but.to_owned());
    if all_came { store.notify(said) } else { store.notify_lasting(said) }
}

/// What was done; where something does not come along, all of it follows.
fn said(store: &Store, remarks: &[Remarked], done: String, done_but: String) -> String {
    if remarks.is_empty() {
        return done;
    }
    let lines: Vec<String> = std::iter::once(done_but).chain(Remarked::describe(remarks, store.words())).collect();
    lines.join("\n")
}

/// What gets the focus when definitions were drawn again.
const AGAIN: &str = ".notice-again";

/// What this needs.
#[derive(PartialEq, Properties)]
pub struct AgainProps {
    /// Definitions that were drawn.
    pub definitions: Rc<Opened>,
}

/// A button that asks once more what of definitions is to be drawn.
#[component]
pub fn AgainWithRates(props: &AgainProps) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let label = store.words().interop.add_rates;
    let definitions = Opened::clone(&props.definitions);
    let onclick = Callback::from(move |_: MouseEvent| store.ask_about_definitions(Some(definitions.clone())));
    html! { <button type="button" class="button notice-again" aria-haspopup="dialog" {onclick}>{ label }</button> }
}

/// Asks which virtual host is to be drawn, and with which rates, as long as somebody has to be asked.
#[component]
pub fn OpenDefinitions() -> Html {
    let store = use_store(&[Slice::Definitions, Slice::Preferences]);
    let input = use_node_ref();
    let Some(opened) = store.definitions() else { return Html::default() };
    let words = store.words().interop;
    let close = {
        let store = store.clone();
        Callback::from(move |()| store.ask_about_definitions(None))
    };
    let choose = {
        let (store, opened) = (store.clone(), opened.clone());
        Callback::from(move |event: Event| {
            let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
            let host = usize::try_from(select.selected_index()).ok().and_then(|index| opened.hosts.get(index));
            let host = host.map(|host| host.name.clone());
            store.ask_about_definitions(Some(Opened { host, ..Opened::clone(&opened) }));
        })
    };
    let press = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let add = {
        let (store, input) = (store.clone(), input.clone());
        Callback::from(move |_: Event| {
            let Some(input) = input.cast::<HtmlInputElement>() else { return };
            let store = store.clone();
            file::read_chosen(&input, move |name, text| {
                // As they are by then: of several files one is read after the other.
                if let Some(opened) = store.definitions() {
                    let mut opened = Opened::clone(&opened);
                    opened.add_rates(name, text, store.words());
                    store.ask_about_definitions(Some(opened));
                }
            });
        })
    };
    let draw = {
        let (store, opened) = (store.clone(), opened.clone());
        Callback::from(move |_: MouseEvent| {
            store.ask_about_definitions(None);
            draw_read(&store, Opened::clone(&opened), opened.read());
            if opened.drawn {
                // The notice that it was asked from has gone, and another one is there.
                focus::after_change(&[AGAIN]);
            }
        })
    };
    let added = opened.rates.iter().enumerate().map(|(place, (name, _))| {
        let (store, opened, label) = (store.clone(), opened.clone(), (words.remove)(name));
        let remove = Callback::from(move |_: MouseEvent| {
            let mut opened = Opened::clone(&opened);
            opened.rates.remove(place);
            store.ask_about_definitions(Some(opened));
        });
        html! {
            <li key={name.clone()}>
                <span>{ name }</span>
                <button type="button" class="button is-icon is-small" title={label.clone()} aria-label={label} onclick={remove}>
                    { icon(Icon::Close) }
                </button>
            </li>
        }
    });
    let several = opened.hosts.len() > 1;
    html! {
        <Dialog class="opening" title={words.opening} on_close={close}>
            if several {
                <p>{ (words.several_hosts)(&opened.name) }</p>
                <label class="share-choice"><span>{ words.host }</span>
                    <select data-first="" onchange={choose}>
                        { for opened.hosts.iter().map(|host| html! {
                            <option selected={opened.host.as_ref() == Some(&host.name)} disabled={host.is_empty()}>
                                { (words.host_with)(host) }
                            </option>
                        }) }
                    </select></label>
            }
            <h3>{ words.rates }</h3>
            <p class="setting-note" id="opening-rates">{ words.about_rates }</p>
            <ul class="opening-rates" aria-live="polite">{ for added }</ul>
            if let Some(problem) = &opened.problem { <p class="setting-problem" role="alert">{ problem }</p> }
            <input ref={input} id="open-rates" type="file" accept=".json,application/json" multiple=true hidden=true
                aria-label={words.add_rates} onchange={add} />
            <p><button type="button" class="button" aria-describedby="opening-rates" data-first={(!several).then_some("")} onclick={press}>
                { words.add_rates }
            </button></p>
            <p class="opening-actions"><button type="button" class="button is-primary" onclick={draw}>{ words.draw }</button></p>
        </Dialog>
    }
}

/// A button for each form.
#[component]
pub fn Forms() -> Html {
    let store = use_store(&[Slice::Preferences]);
    let words = store.words().interop;
    let nothing = {
        let session = store.session();
        !session.scenario().nodes.iter().any(|node| matches!(node.kind(), NodeKind::Exchange | NodeKind::Queue))
    };
    let buttons = Form::ALL.map(|form| {
        let store = store.clone();
        let onclick = Callback::from(move |_: MouseEvent| save(&store, form));
        html! { <button type="button" class="button" disabled={nothing} {onclick}>{ words.forms[form as usize] }</button> }
    });
    let onclick = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            store.perform(Action::RealBroker);
        })
    };
    html! {
        <>
        <h3>{ words.title }</h3>
        <p class="setting-note">{ words.about_forms }</p>
        <div class="share-pictures">{ for buttons }</div>
        <button type="button" class="button" {onclick}>{ store.words().live.title }</button>
        </>
    }
}
