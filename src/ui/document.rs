//! What the inspector shows of the document itself: its title and seed, the names and colours of nodes, notes, and several
//! parts at once.

use std::collections::BTreeSet;
use std::rc::Rc;

use yew::prelude::*;

use super::fields::{Form, TextEntry, first_problem};
use super::store::Store;
use super::{inspector, number};
use crate::base::{Language, Text};
use crate::scenario::field::Field;
use crate::scenario::{Color, Fault, Id, NOTE_FIELDS, Node, Note, edge};
use crate::session::Command;
use crate::view::mixed;

/// A text with its words in one language changed; the other languages keep theirs. `None`: nothing is left of it.
fn retold(text: Option<&Text>, language: Language, words: &str) -> Option<Text> {
    match text {
        Some(Text::ByLanguage(texts)) => {
            let mut texts = texts.clone();
            if words.is_empty() {
                texts.remove(&language);
            } else {
                texts.insert(language, words.to_owned());
            }
            (!texts.is_empty()).then_some(Text::ByLanguage(texts))
        }
        _ => (!words.is_empty()).then(|| Text::from(words)),
    }
}

/// Dispatches what a field was set to; a refusal is said beside the field.
fn applied(
    store: &Store,
    command: impl Fn(String) -> Result<Command, String> + 'static,
) -> Callback<String, Result<(), String>> {
    let store = store.clone();
    Callback::from(move |text: String| {
        let command = command(text)?;
        store.dispatch(command).map(drop).map_err(|rejected| first_problem(&rejected, store.words()))
    })
}

/// The field for a node's label.
pub fn label(store: &Store, node: &Node) -> Html {
    let shell = store.words().shell;
    let language = store.preferences().language;
    let apply = {
        let (id, label) = (node.id.clone(), node.label.clone());
        applied(store, move |text| {
            Ok(Command::Rename { node: id.clone(), label: retold(label.as_ref(), language, text.trim()) })
        })
    };
    let holds = node.label.as_ref().map(|label| label.get(language).to_owned()).unwrap_or_default();
    html! {
        <TextEntry id="setting-label" label={shell.label} note={shell.label_explanation} {holds}
            placeholder={AttrValue::from(node.id.0.clone())} lines=1 {apply} />
    }
}

/// The fields for the document's title and seed.
pub fn title_and_seed(store: &Store) -> Html {
    let (words, shell) = (store.words().document, store.words().shell);
    let language = store.preferences().language;
    let session = store.session();
    let scenario = session.scenario();
    let title = {
        let before = scenario.title.clone();
        applied(store, move |text| {
            Ok(Command::SetTitle { title: retold(Some(&before), language, text.trim()).unwrap_or_default() })
        })
    };
    let seed = {
        let not_a_number = shell.not_a_number;
        applied(store, move |text| {
            let seed = number::read(&text).filter(|seed| *seed >= 0.0 && seed.fract() == 0.0);
            // Digits are read as they are: a number with a point has too few of them.
            let seed = text.trim().parse().ok().or(seed.map(|seed| seed as u64));
            seed.map(|seed| Command::SetSeed { seed }).ok_or_else(|| not_a_number.to_owned())
        })
    };
    let of_run = session.engine().seed();
    html! {
        <>
            <TextEntry id="setting-title" label={words.title} note={words.title_hint}
                holds={scenario.title.get(language).to_owned()} lines=1 apply={title} />
            <TextEntry id="setting-seed" label={shell.seed} note={words.seed_hint} holds={scenario.seed.to_string()}
                lines=1 apply={seed} />
            if of_run != scenario.seed {
                <div class="inspector-actions">
                    <p class="setting-note seed-of-run">{ (words.seed_of_run)(of_run) }</p>
                    <button type="button" class="button" onclick={inspector::order(store, Command::Reset)}>
                        { words.begin_anew }
                    </button>
                </div>
            }
        </>
    }
}

/// The choice of a colour; `None` in `chosen`: they differ.
pub fn colors(store: &Store, ids: Vec<Id>, chosen: Option<Option<Color>>) -> Html {
    let words = store.words().document;
    let swatches = std::iter::once(None).chain(Color::ALL.map(Some)).map(|color| {
        let name = color.map_or(words.no_color, words.color_name);
        let onclick = inspector::order(store, Command::SetColor { ids: ids.clone(), color });
        let pressed = chosen == Some(color);
        html! {
            <button type="button" class={classes!("swatch", color.map(|color| format!("group-{}", color.name())))}
                aria-pressed={pressed.to_string()} aria-label={name} title={name} {onclick} />
        }
    });
    html! {
        <div class="setting">
            <div class="setting-block">
                <span>
                    { words.color }
                    if chosen.is_none() { <span class="setting-mixed">{ words.mixed }</span> }
                </span>
                <div class="swatches" role="group" aria-label={words.color}>{ for swatches }</div>
            </div>
            <p class="setting-note">{ words.color_hint }</p>
        </div>
    }
}

/// A note that is selected.
pub fn note_selected(store: &Store, note: &Note, form: &Form) -> Html {
    let (words, shell) = (store.words().document, store.words().shell);
    let language = store.preferences().language;
    let fields: Vec<&'static Field> = NOTE_FIELDS.iter().collect();
    let value = serde_json::to_value(note).unwrap_or_default();
    html! {
        <>
            <h2 class="panel-heading"><span>{ words.note }</span></h2>
            <div class="inspector-actions">{ inspector::delete_button(store, vec![note.id.clone()]) }</div>
            <section class="panel-part">
                <h3>{ shell.settings }</h3>
                <TextEntry id="setting-note" label={words.note_text} note={words.note_text_hint}
                    holds={note.text.get(language).to_owned()} lines=5 apply={note_text(store, note)} />
                { colors(store, vec![note.id.clone()], Some(note.color)) }
                { form.members(fields, "", &value) }
            </section>
        </>
    }
}

/// Takes over what was typed as a note's text.
pub fn note_text(store: &Store, note: &Note) -> Callback<String, Result<(), String>> {
    let (id, before, language) = (note.id.clone(), note.text.clone(), store.preferences().language);
    applied(store, move |text| {
        let text = retold(Some(&before), language, text.trim_end()).unwrap_or_default();
        let value = serde_json::to_value(text).unwrap_or_default();
        Ok(Command::SetEach { ids: vec![id.clone()], path: "text".to_owned(), value })
    })
}

/// Crash or restart for all of the selected nodes.
fn fault_all(store: &Store, ids: Vec<Id>, crash: bool) -> Html {
    let words = store.words().document;
    let onclick = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            for node in ids.clone() {
                store.order(Command::Fault(if crash { Fault::Crash { node } } else { Fault::Restart { node } }));
            }
        })
    };
    let label = if crash { words.crash_all } else { words.restart_all };
    html! { <button type="button" class={classes!("button", crash.then_some("is-danger"))} {onclick}>{ label }</button> }
}

/// What is done to several parts at once: `form` sets all of them.
pub fn several_selected(store: &Store, selection: &BTreeSet<Id>, form: Form) -> Html {
    let (words, shell) = (store.words().document, store.words().shell);
    let session = store.session();
    let scenario = session.scenario();
    let ids: Vec<Id> = selection.iter().cloned().collect();
    let nodes: Vec<&Node> = ids.iter().filter_map(|id| scenario.node(id)).collect();
    let notes: Vec<&Note> = ids.iter().filter_map(|id| scenario.note(id)).collect();
    let (mut lists, mut values) = (Vec::new(), Vec::new());
    for id in &ids {
        let (fields, value) = match (scenario.node(id), scenario.edge(id), scenario.note(id)) {
            (Some(node), _, _) => (node.kind().fields(), node.settings.to_value()),
            (_, Some(edge), _) => (edge::fields(edge.kind), serde_json::to_value(edge).unwrap_or_default()),
            (_, _, Some(note)) => (NOTE_FIELDS, serde_json::to_value(note).unwrap_or_default()),
            _ => continue,
        };
        lists.push(fields);
        values.push(value);
    }
    let fields = mixed::common(&lists);
    let form = Form { mixed: Rc::new(mixed::paths(&fields, &values)), ..form };
    let up = |node: &&Node| session.engine().node_report(&node.id).is_none_or(|report| report.up());
    let (alive, down): (Vec<&Node>, Vec<&Node>) = nodes.iter().copied().partition(up);
    let ids_of = |nodes: Vec<&Node>| nodes.into_iter().map(|node| node.id.clone()).collect::<Vec<_>>();
    let colors_chosen: Vec<Option<Color>> =
        nodes.iter().map(|node| node.color).chain(notes.iter().map(|note| note.color)).collect();
    let can_have_color = colors_chosen.len() == ids.len();
    let one_color = colors_chosen.windows(2).all(|pair| pair[0] == pair[1]);
    let names = ids.iter().map(|id| html! { <li>{ inspector::name_of(store, id) }</li> });
    html! {
        <>
            <h2 class="panel-heading">{ (shell.selected)(ids.len()) }</h2>
            <ul class="inspector-names">{ for names }</ul>
            <div class="inspector-actions">
                if !alive.is_empty() { { fault_all(store, ids_of(alive), true) } }
                if !down.is_empty() { { fault_all(store, ids_of(down), false) } }
                { inspector::delete_button(store, ids.clone()) }
            </div>
            <section class="panel-part">
                <h3>{ words.common_settings }</h3>
                if can_have_color {
                    { colors(store, ids.clone(), colors_chosen.first().copied().filter(|_| one_color)) }
                }
                if fields.is_empty() {
                    <p class="setting-note">{ words.nothing_in_common }</p>
                } else {
                    { form.members(fields, "", values.first().unwrap_or(&serde_json::Value::Null)) }
                }
            </section>
        </>
    }
}
