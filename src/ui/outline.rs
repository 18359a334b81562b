//! The outline: the stage as a list, for everyone who would rather read it. A tree whose lines are moved through with
//! arrow keys; what has the focus in it is what is selected, on the stage too.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlSelectElement};
use yew::prelude::*;

use super::icon::{Icon, icon};
use super::stage;
use super::store::{Slice, Store, use_store};
use crate::editor::tool::{Ground, Side, Wish};
use crate::scenario::Id;
use crate::session::Command;
use crate::view::ground::{self, Seen};
use crate::view::outline::{self, Line, Part};
use crate::view::{glyph, incident, spoken};

/// How often the figures of a line are written anew while time passes, in milliseconds.
const WRITTEN_EVERY_MS: f64 = 1_000.0;
/// The same for the line that has the focus: some screen readers say it again each time.
const SPOKEN_EVERY_MS: f64 = 5_000.0;

/// The outline, with the button that shows it.
#[component]
pub fn Outline() -> Html {
    let store = use_store(&[Slice::Preferences]);
    let words = store.words().access;
    let open = use_state_eq(|| false);
    let label = if *open { words.hide_outline } else { words.show_outline };
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    html! {
        <section class={classes!("outline", open.then_some("is-open"))} id="outline" aria-label={words.outline}>
            <button type="button" class="button is-icon outline-toggle" title={label} aria-label={label}
                aria-expanded={open.to_string()} onclick={toggle}>
                { icon(Icon::Outline) }
            </button>
            if *open {
                <Tree />
            }
        </section>
    }
}

/// The tree, and what can be done with the line that is chosen.
#[component]
fn Tree() -> Html {
    let store = use_store(&[Slice::Document, Slice::Selection, Slice::Faults, Slice::Preferences]);
    let words = store.words().access;
    let turned = use_state_eq(BTreeSet::<Id>::new);
    let current = use_state_eq(|| None::<Id>);
    let tree = use_node_ref();
    let lines = Rc::new(outline::lines(store.session().scenario(), &turned));
    let selected: BTreeSet<Id> = store.session().selection().clone();
    // What is selected elsewhere is where one is here, too.
    let only = (selected.len() == 1).then(|| selected.first().cloned()).flatten();
    let here = [&only, &*current].into_iter().flatten().find_map(|id| lines.iter().position(|line| line.id == *id));
    let here = here.unwrap_or(0);
    {
        let tree = tree.clone();
        // Only what is chosen elsewhere is scrolled to: the browser does it for what gets the focus.
        use_effect_with((only, here), move |(only, here)| {
            let line = tree.cast::<Element>().and_then(|tree| tree.children().item(*here as u32));
            if let (Some(line), true) = (line, only.is_some()) {
                scroll_to(&line);
            }
        });
    }
    // When a line is removed the focus goes to the one that takes its place.
    let removes = use_mut_ref(|| None::<usize>);
    {
        let (tree, removes) = (tree.clone(), removes.clone());
        use_effect_with(lines.len(), move |count| {
            let place = removes.borrow_mut().take().map(|place| place.min(count.saturating_sub(1)));
            let line = place.and_then(|place| tree.cast::<Element>()?.children().item(place as u32));
            if let Some(line) = line {
                let _ = line.unchecked_ref::<HtmlElement>().focus();
            }
        });
    }
    let remove = {
        let (store, lines, removes) = (store.clone(), lines.clone(), removes.clone());
        move || {
            if let Some(line) = lines.get(here) {
                *removes.borrow_mut() = Some(here);
                store.order(Command::Remove { ids: vec![line.id.clone()] });
            }
        }
    };
    let go = {
        let (store, lines, tree, current) = (store.clone(), lines.clone(), tree.clone(), current.clone());
        move |index: usize| {
            let Some(line) = lines.get(index) else { return };
            current.set(Some(line.id.clone()));
            // Not ordered: the line that gets the focus is read already.
            let _ = store.dispatch(Command::Select { ids: vec![line.id.clone()] });
            stage::show(&store, &line.id);
            if let Some(line) = tree.cast::<Element>().and_then(|tree| tree.children().item(index as u32)) {
                // Every line can have the focus.
                let _ = line.unchecked_ref::<HtmlElement>().focus();
            }
        }
    };
    let turn = {
        let turned = turned.clone();
        move |id: &Id| {
            let mut next = (*turned).clone();
            if !next.remove(id) {
                next.insert(id.clone());
            }
            turned.set(next);
        }
    };
    let onkeydown = {
        let (store, lines, go, turn, remove) = (store.clone(), lines.clone(), go.clone(), turn.clone(), remove.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let Some(line) = lines.get(here) else { return };
            match event.key().as_str() {
                "ArrowDown" => go((here + 1).min(lines.len() - 1)),
                "ArrowUp" => go(here.saturating_sub(1)),
                "Home" => go(0),
                "End" => go(lines.len() - 1),
                "ArrowRight" => match line.part {
                    Part::Node(_, Some(false)) => turn(&line.id),
                    Part::Node(_, Some(true)) => go(here + 1),
                    _ => {}
                },
                "ArrowLeft" => match line.part {
                    Part::Node(_, Some(true)) => turn(&line.id),
                    Part::Edge(_) => go(outline::node_above(&lines, here).unwrap_or(here)),
                    Part::Node(..) => {}
                },
                " " => go(here),
                "Enter" => to_stage(&store, &line.id),
                "Delete" | "Backspace" => remove(),
                "x" | "X" => crash_or_restart(&store, &line.id),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let rows = lines.iter().enumerate().map(|(index, line)| {
        let onclick = {
            let (go, turn, id) = (go.clone(), turn.clone(), line.id.clone());
            Callback::from(move |event: MouseEvent| {
                let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                if element.is_some_and(|element| element.closest(".outline-twist").ok().flatten().is_some()) {
                    turn(&id);
                } else {
                    go(index);
                }
            })
        };
        let chosen = selected.contains(&line.id);
        html! {
            <Row key={line.id.0.clone()} {index} line={line.clone()} {chosen} here={index == here} {onclick} />
        }
    });
    html! {
        <div class="outline-panel">
            <h2>{ words.outline }</h2>
            <p class="is-hidden" id="outline-keys">{ words.outline_keys }</p>
            <div class="outline-tree" ref={tree} role="tree" aria-label={words.outline} aria-describedby="outline-keys"
                aria-multiselectable="true" {onkeydown}>
                { for rows }
            </div>
            if let Some(line) = lines.get(here) {
                <Actions key={line.id.0.clone()} id={line.id.clone()} on_remove={Callback::from(move |()| remove())} />
            }
        </div>
    }
}

fn scroll_to(line: &Element) {
    let Some(tree) = line.parent_element() else { return };
    let (line, frame) = (line.get_bounding_client_rect(), tree.get_bounding_client_rect());
    let (above, below) = (frame.top() - line.top(), line.bottom() - frame.bottom());
    if above > 0.0 || below > 0.0 {
        let by = if above > 0.0 { -above } else { below };
        tree.set_scroll_top(tree.scroll_top() + by as i32);
    }
}

fn to_stage(store: &Store, id: &Id) {
    stage::show(store, id);
    stage::focus(id);
}

fn crash_or_restart(store: &Store, id: &Id) {
    let command = store.session().scenario().node(id).map(|_| Wish::CrashOrRestart(id.clone()));
    let command = command.and_then(|wish| ground::command(&store.session(), &wish));
    if let Some(command) = command {
        store.order(command);
    }
}

#[derive(PartialEq, Properties)]
struct RowProps {
    index: usize,
    line: Line,
    /// Whether it is selected.
    chosen: bool,
    /// Whether Tab leads to it.
    here: bool,
    onclick: Callback<MouseEvent>,
}

/// What a line says, and whether it is of something that is broken.
#[derive(Clone, Debug, PartialEq)]
struct Said {
    text: String,
    down: bool,
}

impl Said {
    fn of(store: &Store, id: &Id) -> Said {
        let (session, words) = (store.session(), store.words());
        let text = match session.scenario().edge(id) {
            Some(edge) => spoken::edge(&session, edge, words),
            None => spoken::node(&session, id, words),
        };
        let down = session.node_report(id).is_some_and(|report| !report.up())
            || session.engine().edge_report(id).is_some_and(|report| report.cut || report.held);
        Said { text, down }
    }
}

#[component]
fn Row(props: &RowProps) -> Html {
    let RowProps { index, line, chosen, here, onclick } = props;
    let store = use_context::<Store>().expect("the app provides the store");
    let row = use_node_ref();
    let said = use_state_eq(|| Said::of(&store, &line.id));
    {
        let (said, store, index, row) = (said.setter(), store.clone(), *index, row.clone());
        use_effect_with((line.id.clone(), *chosen), move |(id, _)| {
            said.set(Said::of(&store, id));
            // The lines do not all change in the same moment.
            let written_at = Rc::new(Cell::new(js_sys::Date::now() - (index * 370 % 1_000) as f64));
            let write = {
                let (store, id, written_at) = (store.clone(), id.clone(), written_at.clone());
                Callback::from(move |()| {
                    written_at.set(js_sys::Date::now());
                    said.set(Said::of(&store, &id));
                })
            };
            let write_in_time = {
                let write = write.clone();
                Callback::from(move |()| {
                    let has_focus = row.cast::<Element>().is_some_and(|row| row.matches(":focus").unwrap_or(false));
                    let every_ms = if has_focus { SPOKEN_EVERY_MS } else { WRITTEN_EVERY_MS };
                    if js_sys::Date::now() - written_at.get() >= every_ms {
                        write.emit(());
                    }
                })
            };
            let subscriptions = (
                // What a person does is answered at once.
                store.subscribe(&[Slice::Document, Slice::Faults, Slice::Preferences], write),
                store.subscribe(&[Slice::Figures], write_in_time),
            );
            move || drop(subscriptions)
        });
    }
    let (kind, open) = match line.part {
        Part::Node(kind, open) => (format!("is-{}", kind.name()), open),
        Part::Edge(kind) => (format!("is-edge is-{}", kind.name()), None),
    };
    let (place, count) = line.place;
    html! {
        <div class={classes!("outline-line", kind, chosen.then_some("is-selected"), said.down.then_some("is-down"))}
            role="treeitem" tabindex={if *here { "0" } else { "-1" }}
            aria-level={if line.is_edge() { "2" } else { "1" }} aria-posinset={place.to_string()}
            aria-setsize={count.to_string()} aria-selected={chosen.to_string()}
            aria-expanded={open.map(|open| open.to_string())} ref={row} {onclick}>
            <span class="outline-twist" aria-hidden="true">
                if let Some(open) = open { { if open { "▾" } else { "▸" } } }
            </span>
            <span class="outline-text">{ said.text.clone() }</span>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct ActionsProps {
    id: Id,
    on_remove: Callback<()>,
}

/// What can be done with a line: the same commands as on the stage.
#[component]
fn Actions(props: &ActionsProps) -> Html {
    let store = use_store(&[Slice::Faults, Slice::Document, Slice::Preferences]);
    let words = store.words().access;
    let id = &props.id;
    let list = use_node_ref();
    let session = store.session();
    let name = incident::place_name(&session, id, store.words());
    let up = session.node_report(id).map(|report| report.up());
    let seen = Seen(&session);
    let from = session.scenario().node(id).filter(|_| seen.handle(id, Side::Out).is_some());
    let targets: Vec<Id> = match from {
        Some(from) => seen.nodes().into_iter().filter(|other| seen.connection(&from.id, other).is_ok()).collect(),
        None => Vec::new(),
    };
    let targets: Vec<(Id, String)> = targets
        .into_iter()
        .map(|target| {
            let label = glyph::label(&session, &target, store.words());
            (target, label)
        })
        .collect();
    drop(session);
    let act = |act: fn(&Store, &Id)| {
        let (store, id) = (store.clone(), id.clone());
        Callback::from(move |_: MouseEvent| act(&store, &id))
    };
    let connect = {
        let (store, id, list) = (store.clone(), id.clone(), list.clone());
        let ids: Vec<Id> = targets.iter().map(|(id, _)| id.clone()).collect();
        Callback::from(move |_: MouseEvent| {
            let chosen = list.cast::<HtmlSelectElement>().and_then(|list| usize::try_from(list.selected_index()).ok());
            if let Some(to) = chosen.and_then(|index| ids.get(index)) {
                let to = to.clone();
                store.order(Command::Connect { from: id.clone(), to, latency_ms: None, routing_key: None });
            }
        })
    };
    html! {
        <div class="outline-actions" role="group" aria-label={(words.outline_actions)(&name)}>
            <p class="outline-name" aria-hidden="true">{ name.clone() }</p>
            <button type="button" class="button is-quiet" onclick={act(to_stage)}>{ words.go_to_stage }</button>
            if let Some(up) = up {
                <button type="button" class="button is-quiet" onclick={act(crash_or_restart)}>
                    { if up { words.crash } else { words.restart } }
                </button>
            }
            <button type="button" class="button is-quiet" onclick={props.on_remove.reform(|_| ())}>{ words.remove }</button>
            if !targets.is_empty() {
                <label for="outline-target">{ words.connect_with }</label>
                <select id="outline-target" ref={list}>
                    { for targets.iter().map(|(id, label)| html! { <option value={id.0.clone()}>{ label.clone() }</option> }) }
                </select>
                <button type="button" class="button is-quiet" onclick={connect}>{ words.connect }</button>
            }
        </div>
    }
}
