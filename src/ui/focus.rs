//! Where the keyboard's focus goes.

use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, HtmlElement, HtmlInputElement, KeyboardEvent, Node};
use yew::platform::spawn_local;
use yew::{Callback, NodeRef, TargetCast};

/// Whether the focus leaves an element with this event, and does not only go from one of its parts to another. (Where the
/// event is heard says nothing: Yew hears all of them at the root of the page.)
pub fn leaves(element: &NodeRef, event: &FocusEvent) -> bool {
    let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
    let (Some(element), Some(next)) = (element.cast::<Node>(), next) else { return true };
    !element.contains(Some(&next))
}

/// Whether a dialog lies over the page: no key is meant for what is behind it, wherever the focus is.
pub fn behind_dialog() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.query_selector("dialog[open]").is_ok_and(|found| found.is_some()))
}

/// Gives the focus to the first of these selectors that finds something that takes it, once what has just changed is on
/// the page.
pub fn after_change(selectors: &'static [&'static str]) {
    // The page is rendered by what was asked for before this.
    spawn_local(async move {
        let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
        let found = selectors.iter().find_map(|selector| document.query_selector(selector).ok().flatten());
        if let Some(element) = found {
            let _ = element.unchecked_ref::<HtmlElement>().focus();
        }
    });
}

/// Does something when Enter is pressed in a field, as a form would.
pub fn on_enter(act: &Callback<()>) -> Callback<KeyboardEvent> {
    let act = act.clone();
    Callback::from(move |event: KeyboardEvent| {
        let field = event.target_dyn_into::<HtmlInputElement>().is_some();
        if field && event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            act.emit(());
        }
    })
}
