//! The way to a real broker and back: opening its definitions, and handing the scenario out in forms that it takes.

use yew::prelude::*;

use super::header::{save_as, save_bytes, tell_list};
use super::store::{Slice, Store, use_store};
use crate::editor::action::Action;
use crate::interop::{Content, Form, Rates, Remarked, Users, definitions, draw, zipped};
use crate::scenario::{NodeKind, format};
use crate::web::pattern;

/// Draws what a real broker has, and says what does not come along.
pub fn open_definitions(store: &Store, name: &str, text: &str) {
    let words = store.words();
    let refuse = |problems: Vec<String>| tell_list(store, (words.shell.refused_file)(name), problems.into_iter());
    let read = match definitions::read(text, None, &pattern::read) {
        Ok(read) => read,
        Err(why) => return refuse(vec![(words.interop.unreadable)(&why)]),
    };
    let (scenario, remarks) = draw(&read.topology, &Users::Suggested(Rates::default()), read.title(), words);
    let problems = format::check(&scenario);
    if !problems.is_empty() {
        return refuse(problems.iter().map(|problem| problem.describe(words)).collect());
    }
    store.load(scenario);
    tell(store, [read.remarks, remarks].concat(), (words.interop.drawn)(name), (words.interop.drawn_but)(name));
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
    tell(store, remarks, words.share.saved.to_owned(), words.interop.saved_but.to_owned());
}

/// Says what was done; where something does not come along, all of it follows.
fn tell(store: &Store, remarks: Vec<Remarked>, done: String, done_but: String) {
    if remarks.is_empty() {
        return store.notify(done);
    }
    let lines: Vec<String> = std::iter::once(done_but).chain(Remarked::describe(&remarks, store.words())).collect();
    store.notify_lasting(lines.join("\n"));
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
