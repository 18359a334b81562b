//! The inspector: what is selected, its settings, its live figures, and what can be done to it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use yew::prelude::*;

use super::fields::{Form, Problems, Target, Unfolded};
use super::figures::Figures;
use super::icon::{Icon, icon};
use super::journey::{FindMessage, JourneyPanel};
use super::store::{Slice, Store, use_store};
use super::{document, faults, handler, route, script, theory};
use crate::scenario::{
    BROKER, BROKER_FIELDS, Edge, EdgeKind, ExchangeKind, Fault, Id, Node, NodeKind, NodeSettings, OnFailure, edge,
};
use crate::session::Command;
use crate::view::{glyph, incident};

/// The inspector.
#[component]
pub fn Inspector() -> Html {
    let store = use_store(&[Slice::Document, Slice::Selection, Slice::Faults, Slice::Route, Slice::Preferences]);
    let unfolded: Unfolded = use_mut_ref(BTreeSet::new);
    let chosen = use_state(|| None);
    let said = use_mut_ref(BTreeMap::new);
    let render = use_force_update();
    let problems = Problems::new(said, Callback::from(move |()| render.force_update()));
    let form = |target: Target| Form {
        store: store.clone(),
        target,
        unfolded: unfolded.clone(),
        problems: problems.clone(),
        mixed: Rc::default(),
    };
    let session = store.session();
    let selection = session.selection().clone();
    let content = match selection.first() {
        None => nothing_selected(&store, form(Target::Broker)),
        Some(id) if selection.len() == 1 => {
            let scenario = session.scenario();
            match (scenario.node(id), scenario.edge(id)) {
                (Some(node), _) => node_selected(&store, node, form(Target::Node(id.clone())), &chosen),
                (None, Some(edge)) => edge_selected(&store, edge, form(Target::Edge(id.clone()))),
                (None, None) => match scenario.note(id) {
                    Some(note) => document::note_selected(&store, note, &form(Target::Several(vec![id.clone()]))),
                    None => nothing_selected(&store, form(Target::Broker)),
                },
            }
        }
        Some(_) => {
            let all = Target::Several(selection.iter().cloned().collect());
            document::several_selected(&store, &selection, form(all))
        }
    };
    // Fields of one node must not be taken for those of another: what was typed into them stays behind.
    let key = selection.iter().map(Id::as_str).collect::<Vec<_>>().join("\n");
    html! { <><JourneyPanel /><div class="inspector" key={key}>{ content }</div></> }
}

/// What a person calls a node or an edge.
pub(super) fn name_of(store: &Store, id: &Id) -> String {
    incident::place_name(&store.session(), id, store.words())
}

pub(super) fn order(store: &Store, command: Command) -> Callback<MouseEvent> {
    let store = store.clone();
    Callback::from(move |_| {
        store.order(command.clone());
    })
}

pub(super) fn delete_button(store: &Store, ids: Vec<Id>) -> Html {
    html! {
        <button type="button" class="button is-danger-quiet" onclick={order(store, Command::Remove { ids })}>
            { icon(Icon::Delete) }{ store.words().shell.delete }
        </button>
    }
}

/// Crash or restart, whichever is possible. What is done to a queue is done to its broker.
fn fault_button(store: &Store, id: Id, is_broker: bool, up: bool) -> Html {
    let shell = store.words().shell;
    let node = id;
    let (picture, label, command, class) = match (up, is_broker) {
        (true, false) => (Icon::Crash, shell.crash, Command::Fault(Fault::Crash { node }), "is-danger"),
        (true, true) => (Icon::Crash, shell.crash_broker, Command::Fault(Fault::Crash { node }), "is-danger"),
        (false, false) => (Icon::Restart, shell.restart, Command::Fault(Fault::Restart { node }), "is-primary"),
        (false, true) => (Icon::Restart, shell.restart_broker, Command::Fault(Fault::Restart { node }), "is-primary"),
    };
    html! {
        <button type="button" class={classes!("button", class)} onclick={order(store, command)}>
            { icon(picture) }{ label }
        </button>
    }
}

/// Raises the broker's memory alarm, or ends it.
fn alarm_button(store: &Store, node: Id) -> Html {
    let routing = store.words().routing;
    let on = store.session().engine().memory_alarm();
    let (label, command) = if on {
        (routing.clear_alarm, Command::Fault(Fault::MemoryAlarmCleared { node }))
    } else {
        (routing.raise_alarm, Command::Fault(Fault::MemoryAlarm { node }))
    };
    html! {
        <button type="button" class={classes!("button", "is-alarm", on.then_some("is-on"))}
            title={routing.alarm_note} onclick={order(store, command)}>
            { icon(Icon::Memory) }{ label }
        </button>
    }
}

fn node_selected(store: &Store, node: &Node, form: Form, chosen: &handler::Chosen) -> Html {
    let shell = store.words().shell;
    let kind = node.kind();
    let lies_in_broker = glyph::lies_in_broker(kind);
    let up = store.session().engine().node_report(&node.id).is_none_or(|report| report.up());
    html! {
        <>
            <h2 class={classes!("panel-heading", format!("is-{}", kind.name()))}>
                { icon(Icon::Kind(kind)) }
                <span>{ name_of(store, &node.id) }</span>
                if !up {
                    <span class="inspector-down">{ "✕ " }{ shell.crashed }</span>
                }
            </h2>
            <p class="panel-note">{ (shell.kind)(kind) }</p>
            <div class="inspector-actions">
                { fault_button(store, node.id.clone(), lies_in_broker, up) }
                if lies_in_broker { { alarm_button(store, node.id.clone()) } }
                { delete_button(store, vec![node.id.clone()]) }
            </div>
            <Figures node={node.id.clone()} />
            <theory::Theory node={node.id.clone()} />
            if kind == NodeKind::Exchange { { route::explained(store, &form, &node.id) } }
            if kind == NodeKind::Service { <handler::Deployment node={node.id.clone()} /> }
            if node.settings.handler().is_some() { { handler::editor(store, &form, node, chosen) } }
            <section class="panel-part">
                <h3>{ shell.settings }</h3>
                { document::label(store, node) }
                { document::colors(store, vec![node.id.clone()], Some(node.color)) }
                { form.record_but("handler", kind.fields(), "", &node.settings.to_value()) }
                { delay_queue(store, node) }
            </section>
            { faults::section(store, &node.id) }
        </>
    }
}

/// A consumer that is to try again later needs a queue in which messages wait for that.
fn delay_queue(store: &Store, node: &Node) -> Html {
    let words = store.words().failing;
    let NodeSettings::Consumer(settings) = &node.settings else { return Html::default() };
    if settings.on_failure != OnFailure::Retry || !settings.retry.queue.0.is_empty() {
        return Html::default();
    }
    html! {
        <div class="inspector-actions">
            <p class="setting-problem">{ words.needs_delay_queue }</p>
            <button type="button" class="button" onclick={order(store, Command::AddDelayQueue { node: node.id.clone() })}>
                { icon(Icon::Add) }{ words.add_delay_queue }
            </button>
        </div>
    }
}

fn edge_selected(store: &Store, edge: &Edge, form: Form) -> Html {
    let shell = store.words().shell;
    // An edge is plain data; without its members the fields show what is usual.
    let value = serde_json::to_value(edge).unwrap_or_default();
    let settings = match edge.kind {
        EdgeKind::Publish | EdgeKind::Subscribe | EdgeKind::Call => form.record(edge::fields(edge.kind), "", &value),
        EdgeKind::Bind => binding_settings(store, edge, &form, &value),
    };
    html! {
        <>
            <h2 class="panel-heading"><span>{ name_of(store, &edge.id) }</span></h2>
            <p class="panel-note">{ (shell.edge_kind)(edge.kind) }</p>
            <div class="inspector-actions">{ delete_button(store, vec![edge.id.clone()]) }</div>
            { faults::section(store, &edge.id) }
            <section class="panel-part">
                <h3>{ shell.settings }</h3>
                { settings }
            </section>
        </>
    }
}

/// What a binding is asked for: its exchange's type decides.
fn binding_settings(store: &Store, edge: &Edge, form: &Form, value: &serde_json::Value) -> Html {
    let routing = store.words().routing;
    let session = store.session();
    let kind = match session.scenario().node(&edge.from).map(|node| &node.settings) {
        Some(NodeSettings::Exchange(exchange)) => exchange.kind,
        _ => return Html::default(),
    };
    let fields = &store.words().fields;
    let (names, kind): (&[&str], _) = match kind {
        ExchangeKind::Direct => (&["routing_key"], &fields.direct),
        ExchangeKind::Topic => (&["routing_key"], &fields.topic),
        ExchangeKind::Headers => (&["x_match", "headers"], &fields.headers_type),
        ExchangeKind::Fanout => (&[], &fields.fanout),
    };
    let fields = edge::fields(EdgeKind::Bind).iter().filter(|field| names.contains(&field.name)).collect();
    html! {
        <>
            { form.members(fields, "", value) }
            <p class="setting-note"><b>{ kind.name }</b>{ ": " }{ kind.explanation }</p>
            if names.is_empty() {
                <p class="setting-note">{ routing.fanout_binding }</p>
            }
        </>
    }
}

fn nothing_selected(store: &Store, form: Form) -> Html {
    let shell = store.words().shell;
    let session = store.session();
    let scenario = session.scenario();
    let language = store.preferences().language;
    let value = serde_json::to_value(&scenario.broker).unwrap_or_default();
    let title = Some(scenario.title.get(language)).filter(|title| !title.is_empty()).unwrap_or(shell.scenario);
    let has_broker = scenario.nodes.iter().any(|node| glyph::lies_in_broker(node.kind()));
    // A scenario's title may say what a lesson asks.
    let in_lesson = store.in_lesson();
    html! {
        <>
            if in_lesson {
                <h2 class="panel-heading"><span>{ shell.hints }</span></h2>
                <ul class="inspector-hints">{ for shell.hint_lines.iter().take(1).map(|line| html! { <li>{ *line }</li> }) }</ul>
            } else {
                <h2 class="panel-heading"><span>{ title }</span></h2>
                { document::title_and_seed(store) }
            }
            if has_broker && in_lesson {
                <details class="panel-part inspector-broker">
                    <summary>{ shell.broker }</summary>
                    { broker_part(store, &form, &value) }
                </details>
            } else if has_broker {
                <section class="panel-part"><h3>{ shell.broker }</h3>{ broker_part(store, &form, &value) }</section>
                { faults::section(store, &Id::from(BROKER)) }
            }
            <FindMessage />
            if !in_lesson {
                { script::panel(store, &form) }
                <section class="panel-part">
                    <h3>{ shell.hints }</h3>
                    <ul class="inspector-hints">{ for shell.hint_lines.iter().map(|line| html! { <li>{ *line }</li> }) }</ul>
                </section>
            }
        </>
    }
}

fn broker_part(store: &Store, form: &Form, value: &serde_json::Value) -> Html {
    let up = store.session().engine().broker_is_up();
    html! {
        <>
            { form.record(BROKER_FIELDS, "", value) }
            <div class="inspector-actions">
                { fault_button(store, Id::from(BROKER), true, up) }
                { alarm_button(store, Id::from(BROKER)) }
            </div>
            <p class="setting-note">{ store.words().routing.alarm_note }</p>
            if store.in_lesson() { { faults::section(store, &Id::from(BROKER)) } }
        </>
    }
}
