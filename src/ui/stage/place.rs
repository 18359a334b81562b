//! New nodes from the palette.

use std::collections::BTreeMap;

use gloo_events::EventListener;
use serde_json::json;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::base::{Language, Point, Rect};
use crate::editor::action::Action;
use crate::editor::tool::snapped;
use crate::scenario::{Id, NodeKind, NoteSize};
use crate::session::Command;
use crate::ui::store::Store;
use crate::view::glyph::Detail;
use crate::view::{layout, making};
use crate::words::Words;

/// What is left free between what is brought into view and the border, in CSS pixels.
pub(super) const MARGIN: f64 = 16.0;

/// The stage's place in the window.
fn stage_rect() -> Option<Rect> {
    let document = web_sys::window()?.document()?;
    let rect = document.query_selector(".stage").ok().flatten()?.get_bounding_client_rect();
    Some(Rect::new(Point::new(rect.left(), rect.top()), rect.width(), rect.height()))
}

/// Adds a node with its corner at a place, and selects it.
fn add(store: &Store, kind: NodeKind, corner: Point) -> Option<Id> {
    let command = making::add(kind, corner);
    let made = store.order(command)?.made?;
    // Silently: what is said is that it was added.
    drop(store.dispatch(Command::Select { ids: vec![made.clone()] }));
    Some(made)
}

/// Drops a node from the palette where the pointer is, in the window's pixels. False, and nothing happens, where that
/// is not over the stage.
pub fn drop_at(store: &Store, kind: NodeKind, client_x: f64, client_y: f64) -> bool {
    let place = Point::new(client_x, client_y);
    let Some(stage) = stage_rect().filter(|stage| stage.contains(place)) else { return false };
    let middle = store.session().camera().to_stage(place.moved(-stage.origin.x, -stage.origin.y));
    add(store, kind, making::corner(kind, middle)).is_some()
}

/// Adds a node at a free place in view, as near to the middle as possible, and selects it.
pub fn add_in_view(store: &Store, kind: NodeKind) -> Option<Id> {
    let stage = stage_rect()?;
    let wanted = {
        let session = store.session();
        let middle = session.camera().to_stage(Point::new(stage.width / 2.0, stage.height / 2.0));
        layout::free_place(session.scenario(), kind, snapped(making::corner(kind, middle)))
    };
    let made = add(store, kind, wanted)?;
    bring_into_view(store, stage, &made);
    Some(made)
}

/// Adds a note in the middle of what is seen, and selects it.
pub fn add_note(store: &Store) -> Option<Id> {
    let stage = stage_rect()?;
    let at = store.session().camera().to_stage(Point::new(stage.width / 2.0, stage.height / 3.0));
    let text: BTreeMap<&str, &str> =
        Language::ALL.into_iter().map(|language| (language.tag(), Words::of(language).document.fresh_note)).collect();
    let at = snapped(at.moved(-layout::note_width(NoteSize::default()) / 2.0, 0.0));
    let made = store.order(Command::AddNote { note: json!({ "text": text, "at": at }) })?.made?;
    // Silently: what is said is that it was added.
    drop(store.dispatch(Command::Select { ids: vec![made.clone()] }));
    Some(made)
}

/// Pans so that a node, or an edge with its ends, is seen.
pub fn show(store: &Store, id: &Id) {
    let Some(stage) = stage_rect() else { return };
    let ends = store.session().scenario().edge(id).map(|edge| [edge.from.clone(), edge.to.clone()]);
    match ends {
        Some(ends) => ends.iter().for_each(|end| bring_into_view(store, stage, end)),
        None => bring_into_view(store, stage, id),
    }
}

/// Shows a node with its button that breaks it, which is conspicuous as long as the node has the focus.
pub fn point_at_fault(store: &Store, id: &Id) {
    store.order(Command::Select { ids: vec![id.clone()] });
    show(store, id);
    if Detail::at_zoom(store.session().camera().zoom) == Detail::Far {
        // From afar there is no room for the button.
        store.perform(Action::FitSelection);
    }
    let Some(node) = find(id) else { return };
    // Of a valid name; Yew, which draws the node, does not know of it.
    let _ = node.set_attribute("data-pointed", "");
    let _ = node.unchecked_ref::<HtmlElement>().focus();
    let pointed = node.clone();
    EventListener::once(&node, "focusout", move |_| drop(pointed.remove_attribute("data-pointed"))).forget();
}

/// Gives a node or an edge on the stage the keyboard's focus.
pub fn focus(id: &Id) {
    if let Some(element) = find(id) {
        // An edge is a picture, which can be focused as well as a box.
        let _ = element.unchecked_ref::<HtmlElement>().focus();
    }
}

/// The element that stands for a node or an edge.
fn find(id: &Id) -> Option<Element> {
    // An id is any text: quotes, backslashes and line ends would end the selector's string.
    let mut quoted = String::with_capacity(id.0.len());
    for character in id.0.chars() {
        if matches!(character, '"' | '\\') || character.is_control() {
            quoted.push_str(&format!("\\{:x} ", u32::from(character)));
        } else {
            quoted.push(character);
        }
    }
    let selector = format!(
        ".stage [data-node=\"{quoted}\"], .stage [data-note=\"{quoted}\"], .stage svg.edge[data-edge=\"{quoted}\"]"
    );
    let document = web_sys::window().and_then(|window| window.document());
    document?.query_selector(&selector).ok().flatten()
}

/// Pans so that a node is seen, where the free place was beyond the border.
fn bring_into_view(store: &Store, stage: Rect, id: &Id) {
    let session = store.session();
    let rect = session.scenario().node(id).map(layout::node_rect);
    let camera = rect.and_then(|rect| session.camera().revealing(rect, stage.width, stage.height, MARGIN));
    drop(session);
    if let Some(camera) = camera {
        store.set_camera(camera);
    }
}
