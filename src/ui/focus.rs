//! Where the keyboard's focus goes.

use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, Node};
use yew::NodeRef;

/// Whether the focus leaves an element with this event, and does not only go from one of its parts to another. (Where the
/// event is heard says nothing: Yew hears all of them at the root of the page.)
pub fn leaves(element: &NodeRef, event: &FocusEvent) -> bool {
    let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
    let (Some(element), Some(next)) = (element.cast::<Node>(), next) else { return true };
    !element.contains(Some(&next))
}
