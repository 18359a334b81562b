//! The menu of a node, of an edge, of several things, or of the stage; and the one that asks what is to stand at a place.
//! It opens on a right click, a long press, a double click, or a key.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::desk::Desk;
use crate::base::Point;
use crate::editor::action::{self, Action};
use crate::editor::tool::End;
use crate::scenario::{Fault, Id, NodeKind};
use crate::session::Command;
use crate::ui::icon::{Icon, icon};
use crate::ui::store::{Slice, use_store};
use crate::ui::{focus, store::Store};
use crate::view::{faults, incident, making, spoken};

/// What a menu is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum About {
    /// A node or an edge.
    Part(Id),
    /// Everything that is selected.
    Selection,
    /// The stage itself.
    Stage,
    /// What is to stand at a place on the stage, and to be connected with an end.
    New { place: Point, end: Option<End> },
}

/// The menu that is open.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Open {
    pub(super) about: About,
    /// Where it was asked for, in the view.
    pub(super) at: Point,
    /// Whether it opens at what can go wrong.
    pub(super) faults: bool,
}

/// A line of a menu.
#[derive(Clone, Debug, PartialEq)]
enum Entry {
    /// A heading, or a mere line.
    Section(Option<&'static str>),
    Do(Action),
    Fault(Fault),
    New(NodeKind),
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) desk: Rc<Desk>,
}

/// What is left free between the menu and the border of the view, in CSS pixels.
const MARGIN: f64 = 8.0;

/// The entry that is so many places from the one that has the focus.
fn neighbour(menu: &Element, key: &str) -> Option<HtmlElement> {
    let entries = menu.query_selector_all("button").ok()?;
    let count = entries.length();
    let active = menu.owner_document()?.active_element();
    let entry = |index: u32| entries.item(index)?.dyn_into::<HtmlElement>().ok();
    let here = (0..count).find(|index| entry(*index).map(Element::from) == active);
    let last = count.checked_sub(1)?;
    entry(match (key, here) {
        ("Home", _) | ("ArrowDown", None) => 0,
        ("End", _) | ("ArrowUp", None) => last,
        ("ArrowDown", Some(index)) => (index + 1) % count,
        (_, Some(index)) => (index + last) % count,
        _ => return None,
    })
}

/// What stands in a menu.
fn entries(desk: &Desk, about: &About) -> Vec<Entry> {
    let session = desk.store.session();
    let words = desk.store.words().editing;
    let possible = |actions: &[Action]| {
        actions.iter().filter(|action| desk.can(**action)).map(|action| Entry::Do(*action)).collect::<Vec<_>>()
    };
    match about {
        About::Part(id) => {
            let is_node = session.scenario().node(id).is_some();
            let wrong = faults::possible(&session, id);
            drop(session);
            let mut entries = possible(if is_node {
                &[
                    Action::Connect,
                    Action::Rename,
                    Action::AddAlike,
                    Action::Duplicate,
                    Action::Copy,
                    Action::Cut,
                    Action::Delete,
                ]
            } else {
                &[Action::Connect, Action::ConnectBegin, Action::Delete]
            });
            if !wrong.is_empty() {
                entries.push(Entry::Section(Some(words.break_it)));
                entries.extend(wrong.into_iter().map(Entry::Fault));
            }
            entries
        }
        About::Selection => {
            drop(session);
            possible(&[Action::FitSelection, Action::Duplicate, Action::Copy, Action::Cut, Action::Delete])
        }
        About::Stage => {
            drop(session);
            let mut entries = possible(&[Action::AddNode, Action::Paste]);
            entries.push(Entry::Section(None));
            entries.extend(possible(&[Action::SelectAll, Action::Arrange, Action::Fit, Action::Undo, Action::Redo]));
            entries.push(Entry::Section(None));
            entries.extend(possible(&[Action::Commands, Action::Help]));
            entries
        }
        About::New { end: Some(end), .. } => making::fitting(&session, end).into_iter().map(Entry::New).collect(),
        About::New { end: None, .. } => NodeKind::ALL.into_iter().map(Entry::New).collect(),
    }
}

/// What stands above it.
fn title(desk: &Desk, about: &About) -> String {
    let (session, words) = (desk.store.session(), desk.store.words());
    match about {
        About::Part(id) => incident::place_name(&session, id, words),
        About::Selection => (words.editing.selection_menu)(session.selection().len()),
        About::Stage => words.editing.stage_menu.to_owned(),
        About::New { end: None, .. } => words.editing.pick.to_owned(),
        About::New { end: Some(end), .. } => {
            (words.editing.pick_for)(&incident::place_name(&session, &end.node, words))
        }
    }
}

/// The keys of an action as its line in a menu shows them.
pub fn shortcut(action: Action) -> Html {
    let keys = action::line(action).and_then(|line| line.ways.first()).map(|way| way.keys().join("+"));
    keys.map(|keys| html! { <kbd class="menu-keys" aria-hidden="true">{ keys }</kbd> }).unwrap_or_default()
}

fn line(desk: &Rc<Desk>, store: &Store, about: &About, entry: Entry) -> Html {
    let words = store.words();
    let (class, picture, label, keys) = match &entry {
        Entry::Section(heading) => {
            return match heading {
                Some(heading) => html! { <p class="menu-heading" role="presentation">{ *heading }</p> },
                None => html! { <hr role="separator" /> },
            };
        }
        Entry::Do(action) => {
            let is_edge = matches!(about, About::Part(id) if store.session().scenario().edge(id).is_some());
            let name = match action {
                Action::Connect if is_edge => words.editing.connect_end,
                Action::Connect => words.editing.connect_node,
                _ => action::line(*action).map(|line| (line.words)(words.editing)).unwrap_or_default(),
            };
            (None, Html::default(), name.to_owned(), shortcut(*action))
        }
        Entry::Fault(fault) => {
            let mends = faults::mends(fault);
            let sign = if mends { "✓" } else { "✕" };
            let class = if mends { "is-mending" } else { "is-breaking" };
            (Some(class), html! { { sign } }, (words.failing.fault)(fault), Html::default())
        }
        Entry::New(kind) => {
            (Some("is-new"), icon(Icon::Kind(*kind)), spoken::kind(*kind, words).to_owned(), Html::default())
        }
    };
    let onclick = {
        let (desk, about) = (desk.clone(), about.clone());
        Callback::from(move |_: MouseEvent| {
            desk.close_menu(true);
            match (&entry, &about) {
                (Entry::Do(action), _) => {
                    desk.store.perform(*action);
                }
                (Entry::Fault(fault), _) => {
                    desk.store.order(Command::Fault(fault.clone()));
                }
                (Entry::New(kind), About::New { place, end }) => desk.add(*kind, *place, end.as_ref()),
                _ => {}
            }
        })
    };
    html! {
        <button type="button" role="menuitem" tabindex="-1" {class} {onclick}>
            <span class="menu-sign" aria-hidden="true">{ picture }</span>
            <span class="menu-label">{ label }</span>
            { keys }
        </button>
    }
}

/// The menu, as long as it is open.
#[component]
pub(super) fn Menu(props: &Props) -> Html {
    let desk = &props.desk;
    let store = use_store(&[Slice::Faults, Slice::Document, Slice::Preferences]);
    super::wire::use_wire(desk);
    let menu = use_node_ref();
    let frame = use_node_ref();
    let open = desk.menu.borrow().clone();
    {
        // Where it is asked for, as far as it lies within the view there: how large it is, is known now.
        let (desk, frame, at) = (desk.clone(), frame.clone(), open.as_ref().map(|open| open.at));
        use_effect(move || {
            let Some((at, frame)) = at.zip(frame.cast::<HtmlElement>()) else { return };
            let (width, height) = desk.size();
            let within = |place: f64, length: i32, view: f64| {
                format!("{:.0}px", place.min(view - f64::from(length) - MARGIN).max(MARGIN))
            };
            for (side, place) in [
                ("left", within(at.x, frame.offset_width(), width)),
                ("top", within(at.y, frame.offset_height(), height)),
            ] {
                // Both sides are known to every browser.
                let _ = frame.style().set_property(side, &place);
            }
        });
    }
    {
        let menu = menu.clone();
        use_effect_with(open.clone(), move |open| {
            if let (Some(open), Some(menu)) = (open, menu.cast::<Element>()) {
                let first =
                    if open.faults { menu.query_selector(".is-breaking, .is-mending").ok().flatten() } else { None };
                let first = first.and_then(|first| first.dyn_into::<HtmlElement>().ok());
                if let Some(first) = first.or_else(|| neighbour(&menu, "Home")) {
                    let _ = first.focus();
                }
            }
        });
    }
    let Some(Open { about, .. }) = open else { return Html::default() };
    let entries = entries(desk, &about);
    let name = title(desk, &about);
    let onkeydown = {
        let (desk, menu) = (desk.clone(), menu.clone());
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key();
            match key.as_str() {
                "Escape" | "Tab" => desk.close_menu(true),
                "ArrowDown" | "ArrowUp" | "Home" | "End" => {
                    if let Some(entry) = menu.cast::<Element>().and_then(|menu| neighbour(&menu, &key)) {
                        let _ = entry.focus();
                    }
                }
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    // Whatever else is pressed takes the focus away.
    let onfocusout = {
        let (desk, menu) = (desk.clone(), menu.clone());
        Callback::from(move |event: FocusEvent| {
            if focus::leaves(&menu, &event) {
                desk.close_menu(false);
            }
        })
    };
    let lines = entries.into_iter().map(|entry| line(desk, &store, &about, entry));
    html! {
        <div class="stage-menu" ref={frame} {onkeydown} {onfocusout}>
            <p class="menu-title" aria-hidden="true">{ name.clone() }</p>
            <div ref={menu} role="menu" aria-label={name}>{ for lines }</div>
        </div>
    }
}
