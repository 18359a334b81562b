//! A handler, written as code and edited step by step: each line opens the form of its step. And what a change of it
//! does to a service that runs.

use serde_json::{Value, json};
use yew::prelude::*;

use super::fields::Form;
use super::focus;
use super::icon::{Icon, icon};
use super::store::{Slice, Store, use_store};
use crate::base::Micros;
use crate::scenario::{EdgeKind, Id, Node, NodeSettings, handler};
use crate::session::Command;
use crate::view::code::{self, Line, LineChange};
use crate::view::{glyph, incident};

/// Which step of which node is open in its form.
pub type Chosen = UseStateHandle<Option<(Id, String)>>;

/// The code of a node's handler, with the form of the line that is chosen.
pub fn editor(store: &Store, form: &Form, node: &Node, chosen: &Chosen) -> Html {
    let words = store.words().failing;
    let lines = lines_of(store, &node.settings);
    let at = chosen.as_ref().filter(|(id, _)| *id == node.id).map(|(_, path)| path.clone());
    let handler = node.settings.to_value()["handler"].clone();
    // A step that is gone is not open any more.
    let at = at.filter(|path| step_at(&handler, path).is_some());
    let rows = lines.iter().map(|line| {
        let Some(path) = &line.path else { return code_line(line, words.added, words.removed) };
        let open = at.as_ref() == Some(path);
        let choose = {
            let (chosen, id, path) = (chosen.clone(), node.id.clone(), path.clone());
            Callback::from(move |_: MouseEvent| chosen.set((!open).then(|| (id.clone(), path.clone()))))
        };
        html! {
            <>
                <button type="button" class={classes!("code-line", "is-step", open.then_some("is-open"))}
                    style={indented(line)} aria-expanded={open.to_string()} onclick={choose}>{ line.text.clone() }</button>
                if open { { step_form(store, form, node, &handler, path, chosen) } }
            </>
        }
    });
    let rows: Html = rows.map(|row| html! { <li>{ row }</li> }).collect();
    let add = |label: &'static str, step: Option<Value>| {
        let (store, id, chosen) = (store.clone(), node.id.clone(), chosen.clone());
        let (handler, at) = (handler.clone(), at.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            let Some(step) = step.clone() else {
                store.notify(store.words().failing.no_target.to_owned());
                return;
            };
            let (handler, path) = with_step(handler.clone(), at.as_deref(), step);
            if set(&store, &id, handler) {
                chosen.set(Some((id.clone(), path)));
            }
        });
        html! { <button type="button" class="button is-quiet" {onclick}>{ icon(Icon::Add) }{ label }</button> }
    };
    let leads = |kind| free_target(store, node, kind).map(|target| target.0);
    html! {
        <section class="panel-part handler">
            <h3>{ words.handler }</h3>
            <p class="setting-note">{ words.handler_hint }</p>
            <ol class="code">{ rows }</ol>
            <div class="code-actions" role="group" aria-label={words.add_step}>
                { add(words.add_work, Some(json!({"work": {"ms": {"constant": 20.0}}}))) }
                { add(words.add_call, leads(EdgeKind::Call).map(|target| json!({"call": {"target": target}}))) }
                { add(words.add_publish, leads(EdgeKind::Publish).map(|target| {
                    json!({"publish": {"target": target, "ms": {"constant": 5.0}}})
                })) }
                { add(words.add_parallel, Some(json!({"parallel": []}))) }
            </div>
        </section>
    }
}

fn lines_of(store: &Store, settings: &NodeSettings) -> Vec<Line> {
    let (session, words) = (store.session(), store.words());
    code::lines(settings, &|id| match id.as_str() {
        "" => words.failing.nowhere.to_owned(),
        _ => glyph::label(&session, id, words),
    })
}

fn indented(line: &Line) -> String {
    format!("--indent:{}", line.indent)
}

/// A line that cannot be chosen, as it is, or new, or gone.
fn code_line(line: &Line, added: &'static str, removed: &'static str) -> Html {
    let (class, spoken) = match line.change {
        LineChange::Kept => (None, None),
        LineChange::Added => (Some("is-added"), Some(added)),
        LineChange::Removed => (Some("is-removed"), Some(removed)),
    };
    html! {
        <span class={classes!("code-line", class)} style={indented(line)}>
            if let Some(spoken) = spoken { <span class="is-hidden">{ spoken }</span> }
            { line.text.clone() }
        </span>
    }
}

/// The form of one step, with what moves it and takes it away.
fn step_form(store: &Store, form: &Form, node: &Node, handler: &Value, path: &str, chosen: &Chosen) -> Html {
    let words = store.words().failing;
    let Some(step) = step_at(handler, path) else { return Html::default() };
    let fields = step.as_object().and_then(|step| step.keys().next()).and_then(|name| {
        let fields = handler::step_fields(name)?;
        Some(form.record(fields, &format!("handler.{path}.{name}"), &step[name.as_str()]))
    });
    let action = |picture: Icon, name: &'static str, label: &'static str, change: Option<(Value, Option<String>)>| {
        let (store, id, chosen) = (store.clone(), node.id.clone(), chosen.clone());
        let disabled = change.is_none();
        let onclick = Callback::from(move |_: MouseEvent| {
            if let Some((handler, path)) = change.clone()
                && set(&store, &id, handler)
            {
                chosen.set(path.map(|path| (id.clone(), path)));
                // The form is at another place now, or gone: the focus must not go with it.
                focus::after_change(match name {
                    "up" => &[".code-form .is-up:enabled", ".code-form .is-down:enabled", ".code-line.is-open"],
                    "down" => &[".code-form .is-down:enabled", ".code-form .is-up:enabled", ".code-line.is-open"],
                    _ => &[".code .is-step", ".code-actions button"],
                });
            }
        });
        html! {
            <button type="button" class={classes!("button", "is-icon", "is-small", format!("is-{name}"))} {disabled} title={label} aria-label={label} {onclick}>
                { icon(picture) }
            </button>
        }
    };
    html! {
        <div class="code-form">
            { fields }
            <div class="code-form-actions">
                { action(Icon::Up, "up", words.move_up, moved(handler, path, -1)) }
                { action(Icon::Down, "down", words.move_down, moved(handler, path, 1)) }
                { action(Icon::Delete, "remove", words.remove_step, Some((without_step(handler, path), None))) }
            </div>
        </div>
    }
}

fn set(store: &Store, node: &Id, handler: Value) -> bool {
    let node = Some(node.clone());
    store.order(Command::Set { node, edge: None, path: "handler".to_owned(), value: handler }).is_some()
}

/// A node to which no step leads yet; or else one to which some step leads already.
fn free_target(store: &Store, node: &Node, kind: EdgeKind) -> Option<Id> {
    let session = store.session();
    let led = node.settings.targets();
    let fitting = || session.scenario().targets_for(node, kind);
    let mut free = fitting().filter(|other| !led.contains(&(&other.id, kind)));
    free.next().or_else(|| fitting().next()).map(|other| other.id.clone())
}

// ---- handlers as JSON ----

/// The list that a path lies in, and the place in it.
fn split(path: &str) -> (&str, usize) {
    let (list, place) = path.rsplit_once('.').unwrap_or(("", path));
    (list, place.parse().unwrap_or_default())
}

fn pointer(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("/{}", path.replace('.', "/")) }
}

fn step_at<'a>(handler: &'a Value, path: &str) -> Option<&'a Value> {
    handler.pointer(&pointer(path))
}

fn list_mut<'a>(handler: &'a mut Value, path: &str) -> Option<&'a mut Vec<Value>> {
    handler.pointer_mut(&pointer(path))?.as_array_mut()
}

/// The handler with one step more: in the `parallel` that is chosen, or behind the step that is chosen, or at the end.
/// Says where it is.
fn with_step(mut handler: Value, at: Option<&str>, step: Value) -> (Value, String) {
    let parallel = at.filter(|at| step_at(&handler, at).is_some_and(|step| step.get("parallel").is_some()));
    let (list, place) = match (parallel, at) {
        // In a list of its own, and last.
        (Some(parallel), _) => (format!("{parallel}.parallel"), usize::MAX),
        (None, Some(at)) => {
            let (list, place) = split(at);
            (list.to_owned(), place + 1)
        }
        (None, None) => (String::new(), usize::MAX),
    };
    let mut place = place;
    if let Some(steps) = list_mut(&mut handler, &list) {
        place = place.min(steps.len());
        steps.insert(place, step);
    }
    let path = if list.is_empty() { place.to_string() } else { format!("{list}.{place}") };
    (handler, path)
}

fn without_step(handler: &Value, path: &str) -> Value {
    let mut handler = handler.clone();
    let (list, place) = split(path);
    if let Some(steps) = list_mut(&mut handler, list)
        && place < steps.len()
    {
        steps.remove(place);
    }
    handler
}

/// The handler with a step one place further up or down, where there is one, and where it is then.
fn moved(handler: &Value, path: &str, by: isize) -> Option<(Value, Option<String>)> {
    let mut handler = handler.clone();
    let (list, place) = split(path);
    let steps = list_mut(&mut handler, list)?;
    let to = place.checked_add_signed(by).filter(|to| *to < steps.len())?;
    steps.swap(place, to);
    let path = if list.is_empty() { to.to_string() } else { format!("{list}.{to}") };
    Some((handler, Some(path)))
}

// ---- deployment ----

#[derive(PartialEq, Properties)]
pub struct DeploymentProps {
    /// The service.
    pub node: Id,
}

/// What the last change of a running service's steps was, and how long it refuses requests for it.
#[component]
pub fn Deployment(props: &DeploymentProps) -> Html {
    let store = use_store(&[Slice::Figures, Slice::Document, Slice::Preferences]);
    let hidden = use_state_eq(|| None::<Micros>);
    let words = store.words().failing;
    let session = store.session();
    let found = session.engine().deployment(&props.node).filter(|deployment| Some(deployment.began_us) != *hidden);
    let (Some(deployment), Some(node)) = (found, session.scenario().node(&props.node)) else { return Html::default() };
    let mut before = node.settings.clone();
    if let Some(handler) = before.handler_mut() {
        *handler = deployment.before.clone();
    }
    let lines = code::changed(&lines_of(&store, &before), &lines_of(&store, &node.settings));
    let lines = lines.iter().map(|line| html! { <li>{ code_line(line, words.added, words.removed) }</li> });
    let now = session.now();
    let until = incident::seconds(deployment.until_us);
    let goes_on = now < deployment.until_us;
    let takes = deployment.until_us.saturating_sub(deployment.began_us).as_seconds().max(1e-6);
    let done = now.saturating_sub(deployment.began_us).as_seconds() / takes;
    let dismiss = {
        let (hidden, began) = (hidden.clone(), deployment.began_us);
        Callback::from(move |_: MouseEvent| hidden.set(Some(began)))
    };
    html! {
        <section class={classes!("panel-part", "deployment", goes_on.then_some("is-going-on"))}>
            <h3>{ words.deployed }</h3>
            <p class="setting-note" role="status">
                { if goes_on { (words.deploying_until)(&until) } else { (words.deployed_at)(&until) } }
            </p>
            if goes_on { <progress max="1" value={format!("{done:.3}")} aria-label={words.redeploying}></progress> }
            <ol class="code">{ for lines }</ol>
            if !goes_on {
                <button type="button" class="button is-quiet" onclick={dismiss}>{ words.dismiss }</button>
            }
        </section>
    }
}
