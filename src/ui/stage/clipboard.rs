//! Copying, cutting and pasting: what the clipboard has is the text of a scenario, as it stands in a file.

use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Event, HtmlDocument};

use super::desk::Desk;
use super::listen::takes_text;
use crate::base::Point;
use crate::editor::tool::{GRID, snapped};
use crate::scenario::format;
use crate::session::Command;
use crate::ui::focus;
use crate::ui::header::tell_problems;
use crate::view::layout;

/// The form in which programs hand texts to each other.
const TEXT: &str = "text/plain";

/// Asks the browser to copy, cut or paste, as its key does.
pub(super) fn ask(desk: &Desk, what: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let document = document.and_then(|document| document.dyn_into::<HtmlDocument>().ok());
    let done = document.is_some_and(|document| document.exec_command(what).unwrap_or(false));
    if done || what != "paste" {
        return;
    }
    // Pages may not read the clipboard when they like: what was copied here is known all the same.
    let copied = desk.copied.borrow().clone();
    if copied.is_empty() {
        desk.store.notify(desk.store.words().editing.paste_by_key.to_owned());
    } else {
        paste(desk, &copied);
    }
}

/// The browser copies, cuts or pastes; where a text is selected or typed, that is no concern of the stage.
pub(super) fn hear(desk: &Desk, event: &Event) {
    let Some(event) = event.dyn_ref::<ClipboardEvent>().filter(|event| !event.default_prevented()) else { return };
    let Some(window) = web_sys::window() else { return };
    let active = window.document().and_then(|document| document.active_element());
    if active.as_ref().is_some_and(takes_text) || focus::behind_dialog() {
        return;
    }
    let Some(data) = event.clipboard_data() else { return };
    let name = event.type_();
    if name == "paste" {
        event.prevent_default();
        paste(desk, &data.get_data(TEXT).unwrap_or_default());
        return;
    }
    let marked = window.get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
    if marked {
        return;
    }
    let copied = {
        let session = desk.store.session();
        session.copied(session.selection())
    };
    if copied.nodes.is_empty() {
        return;
    }
    let text = format::to_text(&copied);
    // What the browser refuses is still known here.
    let _ = data.set_data(TEXT, &text);
    event.prevent_default();
    *desk.copied.borrow_mut() = text;
    desk.say((desk.store.words().editing.copied)(copied.nodes.len()));
    if name == "cut" {
        let ids = copied.nodes.into_iter().map(|node| node.id).collect();
        desk.store.order(Command::Remove { ids });
    }
}

/// Puts a scenario's text onto the stage: where the pointer is, or else in the middle of the view.
fn paste(desk: &Desk, text: &str) {
    let words = desk.store.words();
    if !text.trim_start().starts_with('{') {
        desk.store.notify(words.editing.no_scenario_in_clipboard.to_owned());
        return;
    }
    let scenario = match format::parse(text) {
        Ok(scenario) => scenario,
        Err(problems) => {
            tell_problems(&desk.store, words.editing.no_scenario_in_clipboard.to_owned(), text, &problems);
            return;
        }
    };
    let Some(content) = layout::content(&scenario) else { return };
    let (width, height) = desk.size();
    let middle = desk.hover.get().unwrap_or(Point::new(width / 2.0, height / 2.0));
    let middle = desk.store.session().camera().to_stage(middle);
    let mut at = snapped(middle.moved(-content.width / 2.0, -content.height / 2.0));
    // Pasted twice at one place, the second copy is seen beside the first.
    let stands = |at: Point| desk.store.session().scenario().nodes.iter().any(|node| node.at == at);
    while stands(at) {
        at = at.moved(4.0 * GRID, 4.0 * GRID);
    }
    let count = scenario.nodes.len();
    let Ok(scenario) = serde_json::to_value(&scenario) else { return };
    if desk.store.order(Command::Paste { scenario, at: Some(at) }).is_some() {
        desk.say((words.editing.pasted)(count));
    }
}
