//! The palette: what can be put onto the stage, by dragging or by pressing.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::icon::{Icon, icon};
use super::stage;
use super::store::{Slice, use_store};
use crate::scenario::NodeKind;

/// How far a pointer moves before it drags, in CSS pixels.
const DRAG_DISTANCE: f64 = 6.0;
/// How long a finger rests on an entry until it picks it up, in milliseconds: before that, up and down scrolls the list.
const PICKS_UP_AFTER_MS: u32 = 350;

/// A pointer that is down on an entry.
#[derive(Clone, Copy)]
struct Press {
    pointer: i32,
    kind: NodeKind,
    from: (f64, f64),
    touch: bool,
    dragging: bool,
}

/// What the palette needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Called when something was put onto the stage: on a phone the sheet closes then.
    pub on_added: Callback<()>,
}

/// The palette.
#[component]
pub fn Palette(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let press = use_mut_ref(|| None::<Press>);
    // A drag ends with a click on the entry where it began, which is not meant.
    let dragged = use_mut_ref(|| false);
    // What pressed last: a mouse, or something else.
    let by_mouse = use_mut_ref(|| false);
    let ghost = use_node_ref();
    // The picture under the pointer is the only thing that is rendered for a drag, once at its beginning; the pointer
    // then moves it directly.
    let dragging = use_state_eq(|| None::<NodeKind>);
    let resting = use_mut_ref(|| None::<Timeout>);
    let list = use_node_ref();
    use_kept_from_scrolling(&list, &press);
    let shell = store.words().shell;

    let place_ghost = {
        let ghost = ghost.clone();
        move |x: f64, y: f64| {
            if let Some(ghost) = ghost.cast::<HtmlElement>() {
                // A transform that is written like this is always valid.
                let _ = ghost.style().set_property("transform", &format!("translate({x}px, {y}px)"));
            }
        }
    };
    let onpointermove = {
        let (press, dragging, resting, place_ghost) =
            (press.clone(), dragging.clone(), resting.clone(), place_ghost.clone());
        Callback::from(move |event: PointerEvent| {
            let mut press = press.borrow_mut();
            let Some(press) = press.as_mut().filter(|press| press.pointer == event.pointer_id()) else { return };
            let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
            let (across, along) = (x - press.from.0, y - press.from.1);
            if !press.dragging && across.hypot(along) >= DRAG_DISTANCE {
                resting.take();
                // A finger that goes up or down scrolls: the browser takes it away in a moment.
                if press.touch && along.abs() > across.abs() {
                    return;
                }
                press.dragging = true;
                dragging.set(Some(press.kind));
            }
            place_ghost(x, y);
        })
    };
    let onpointerup = {
        let (store, press, dragged, dragging, resting, on_added) =
            (store.clone(), press.clone(), dragged.clone(), dragging.clone(), resting.clone(), props.on_added.clone());
        Callback::from(move |event: PointerEvent| {
            resting.take();
            let Some(press) = press.borrow_mut().take() else { return };
            dragging.set(None);
            if press.dragging {
                *dragged.borrow_mut() = true;
                if stage::drop_at(&store, press.kind, f64::from(event.client_x()), f64::from(event.client_y())) {
                    on_added.emit(());
                }
            }
        })
    };
    let onpointercancel = {
        let (press, dragging, resting) = (press.clone(), dragging.clone(), resting.clone());
        Callback::from(move |_: PointerEvent| {
            resting.take();
            *press.borrow_mut() = None;
            dragging.set(None);
        })
    };
    let entries = NodeKind::ALL.into_iter().map(|kind| {
        let onpointerdown = {
            let (press, dragged, by_mouse, dragging, resting) =
                (press.clone(), dragged.clone(), by_mouse.clone(), dragging.clone(), resting.clone());
            Callback::from(move |event: PointerEvent| {
                *dragged.borrow_mut() = false;
                *by_mouse.borrow_mut() = event.pointer_type() == "mouse";
                if event.button() != 0 {
                    return;
                }
                if let Some(entry) = event.target_dyn_into::<web_sys::Element>() {
                    // Where the pointer is gone already there is nothing to be captured.
                    let _ = entry.set_pointer_capture(event.pointer_id());
                }
                let from = (f64::from(event.client_x()), f64::from(event.client_y()));
                let touch = event.pointer_type() == "touch";
                *press.borrow_mut() = Some(Press { pointer: event.pointer_id(), kind, from, touch, dragging: false });
                *resting.borrow_mut() = touch.then(|| {
                    let (press, dragging) = (press.clone(), dragging.clone());
                    Timeout::new(PICKS_UP_AFTER_MS, move || {
                        if let Some(press) = press.borrow_mut().as_mut() {
                            press.dragging = true;
                            dragging.set(Some(press.kind));
                        }
                    })
                });
            })
        };
        let onclick = {
            let (store, dragged, by_mouse, on_added) =
                (store.clone(), dragged.clone(), by_mouse.clone(), props.on_added.clone());
            Callback::from(move |event: MouseEvent| {
                if dragged.replace(false) {
                    return;
                }
                // A mouse goes on to the stage and clicks there; a second click here, a key and a finger put it somewhere.
                match store.stage().filter(|_| *by_mouse.borrow() && event.detail() > 0) {
                    Some(port) if port.placing() != Some(kind) => port.place(Some(kind)),
                    port => {
                        if let Some(port) = port {
                            port.place(None);
                        }
                        stage::add_in_view(&store, kind);
                        on_added.emit(());
                    }
                }
            })
        };
        html! {
            <li key={kind.name()}>
                <button type="button" class={classes!("palette-entry", format!("is-{}", kind.name()))}
                    {onpointerdown} onpointermove={&onpointermove} onpointerup={&onpointerup}
                    onpointercancel={&onpointercancel} {onclick}>
                    <span class="palette-picture">{ icon(Icon::Kind(kind)) }</span>
                    <span class="palette-name">{ (shell.kind)(kind) }</span>
                    <span class="palette-tip">{ (shell.kind_tip)(kind) }</span>
                </button>
            </li>
        }
    });
    let add_note = {
        let (store, on_added) = (store.clone(), props.on_added.clone());
        Callback::from(move |_: MouseEvent| {
            stage::add_note(&store);
            on_added.emit(());
        })
    };
    let words = store.words().document;
    let place = press.borrow().map(|press| format!("transform: translate({}px, {}px)", press.from.0, press.from.1));
    html! {
        <>
            <div class={classes!("palette", dragging.is_some().then_some("is-dragging"))}>
                <h2 class="panel-heading">{ shell.palette }</h2>
                <p class="panel-note">{ shell.palette_hint }</p>
                <ul class="palette-list" ref={list}>
                    { for entries }
                    <li>
                        <button type="button" class="palette-entry is-note" onclick={add_note}>
                            <span class="palette-picture">{ icon(Icon::Add) }</span>
                            <span class="palette-name">{ words.note }</span>
                            <span class="palette-tip">{ words.note_tip }</span>
                        </button>
                    </li>
                </ul>
            </div>
            if let Some(kind) = *dragging {
                <div class={classes!("palette-ghost", format!("is-{}", kind.name()))} ref={ghost} style={place}
                    aria-hidden="true">
                    <span>{ icon(Icon::Kind(kind)) }{ (shell.kind)(kind) }</span>
                </div>
            }
        </>
    }
}

/// While a finger carries something off, moving it does not scroll the list.
#[hook]
fn use_kept_from_scrolling(list: &NodeRef, press: &Rc<RefCell<Option<Press>>>) {
    let press = press.clone();
    use_effect_with(list.clone(), move |list| {
        let listener = list.cast::<HtmlElement>().map(|list| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&list, "touchmove", options, move |event| {
                if press.borrow().is_some_and(|press| press.dragging) {
                    event.prevent_default();
                }
            })
        });
        move || drop(listener)
    });
}
