//! The menu of what can happen to a node or an edge: on a right click, a long press, or a key.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::desk::Desk;
use crate::base::Point;
use crate::scenario::{Fault, Id};
use crate::session::Command;
use crate::ui::store::{Slice, use_store};
use crate::view::{faults, incident};

/// The menu that is open.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Open {
    /// The node or edge.
    pub(super) id: Id,
    /// Where it was asked for, in the view.
    pub(super) at: Point,
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) desk: Rc<Desk>,
}

/// About how large the menu is: enough to keep it within the view.
const WIDTH: f64 = 232.0;
const HEAD: f64 = 44.0;
const LINE: f64 = 36.0;

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

/// The menu, as long as it is open.
#[component]
pub(super) fn Menu(props: &Props) -> Html {
    let desk = &props.desk;
    let store = use_store(&[Slice::Faults, Slice::Document, Slice::Preferences]);
    super::wire::use_wire(desk);
    let menu = use_node_ref();
    let open = desk.menu.borrow().clone();
    {
        let menu = menu.clone();
        use_effect_with(open.clone(), move |open| {
            if let (Some(_), Some(menu)) = (open, menu.cast::<Element>())
                && let Some(first) = neighbour(&menu, "Home")
            {
                let _ = first.focus();
            }
        });
    }
    let Some(Open { id, at }) = open else { return Html::default() };
    let words = store.words();
    let entries = faults::possible(&store.session(), &id);
    let (width, height) = desk.size();
    let left = at.x.min(width - WIDTH - 8.0).max(8.0);
    let top = at.y.min(height - HEAD - LINE * entries.len() as f64 - 8.0).max(8.0);
    let name = incident::place_name(&store.session(), &id, words);
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
            let next = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            if !menu.cast::<web_sys::Node>().is_some_and(|menu| next.is_some() && menu.contains(next.as_ref())) {
                desk.close_menu(false);
            }
        })
    };
    let lines = entries.into_iter().map(|fault: Fault| {
        let mends = faults::mends(&fault);
        let label = (words.failing.fault)(&fault);
        let onclick = {
            let desk = desk.clone();
            Callback::from(move |_: MouseEvent| {
                desk.close_menu(true);
                desk.store.order(Command::Fault(fault.clone()));
            })
        };
        html! {
            <button type="button" role="menuitem" tabindex="-1" class={mends.then_some("is-mending")} {onclick}>
                <span aria-hidden="true">{ if mends { "✓" } else { "✕" } }</span>{ label }
            </button>
        }
    });
    html! {
        <div class="fault-menu" style={format!("left:{left:.0}px;top:{top:.0}px")} {onkeydown} {onfocusout}>
            <p aria-hidden="true">{ name.clone() }</p>
            <div ref={menu} role="menu" aria-label={(words.failing.fault_menu)(&name)}>{ for lines }</div>
        </div>
    }
}
