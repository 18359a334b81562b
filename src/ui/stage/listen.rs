//! The browser's events, as a hand understands them.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent, ResizeObserver, WheelEvent};

use super::clipboard;
use super::desk::Desk;
use crate::base::Point;
use crate::editor::action::{self, Scope};
use crate::editor::tool::{Button, Hand, Key, Modifiers, Pointer, Side, Target, Wish};
use crate::scenario::Id;
use crate::session::Command;
use crate::ui::focus;
use crate::ui::store::Wheel;
use crate::view::ground::Seen;
use crate::web::surroundings;

/// The attribute that tells the style sheet what is under way.
const DOING: &str = "data-doing";

/// What has to live as long as the stage listens.
pub(super) struct Listeners {
    _events: Vec<EventListener>,
    _size: Option<SizeWatch>,
}

/// What is done with an event.
type Handler = Box<dyn Fn(&Rc<Desk>, &SpaceBar, &Event)>;

/// Watches the size of an element until it is dropped.
pub(super) struct SizeWatch {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut()>,
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// The space bar: while it is held, a drag pushes the stage about.
#[derive(Default)]
struct SpaceBar {
    held: Cell<bool>,
    used: Cell<bool>,
}

/// Listens to pointers on the stage, to keys of the whole page, and to the stage's size.
pub(super) fn to_everything(desk: &Rc<Desk>) -> Option<Listeners> {
    let host = desk.host()?;
    let space = Rc::new(SpaceBar::default());
    let mut events = Vec::new();
    let mut listen = |name: &'static str, handle: Handler| {
        let (desk, space) = (desk.clone(), space.clone());
        let options = EventListenerOptions::enable_prevent_default();
        events.push(EventListener::new_with_options(&host, name, options, move |event| handle(&desk, &space, event)));
    };
    listen("pointerdown", Box::new(pointer_down));
    listen("pointermove", Box::new(pointer_move));
    listen("pointerup", Box::new(pointer_up));
    listen("pointercancel", Box::new(|desk, _, _| desk.lose()));
    listen("wheel", Box::new(wheel));
    listen(
        "mousedown",
        Box::new(|_, _, event| {
            // The middle button would begin the browser's own scrolling.
            if event.dyn_ref::<MouseEvent>().is_some_and(|event| event.button() == 1) {
                event.prevent_default();
            }
        }),
    );
    listen("contextmenu", Box::new(context_menu));
    listen("dblclick", Box::new(double_click));
    listen("pointerleave", Box::new(|desk, _, _| desk.hover.set(None)));
    listen(
        "focusin",
        Box::new(|desk, _, event| {
            // The browser cannot scroll to what has the focus: the camera does.
            let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let Some(element) = element.filter(|element| element.matches(":focus-visible").unwrap_or(false)) else {
                return;
            };
            if let Some(id) = target_of(&element).node() {
                let rect = desk.store.session().scenario().node(id).map(crate::view::layout::node_rect);
                if let Some(rect) = rect {
                    desk.bring_into_view(rect);
                }
            }
        }),
    );
    if let Some(window) = web_sys::window() {
        let mut on_window = |name: &'static str, phase, handle: Handler| {
            let (desk, space) = (desk.clone(), space.clone());
            let options = EventListenerOptions { phase, passive: false };
            let listener =
                EventListener::new_with_options(&window, name, options, move |event| handle(&desk, &space, event));
            events.push(listener);
        };
        on_window("keydown", EventListenerPhase::Bubble, Box::new(key_down));
        for name in ["copy", "cut", "paste"] {
            on_window(name, EventListenerPhase::Bubble, Box::new(|desk, _, event| clipboard::hear(desk, event)));
        }
        // Before anybody else, so that a space bar that has pushed the stage about does not play or pause.
        on_window("keyup", EventListenerPhase::Capture, Box::new(key_up));
        on_window(
            "blur",
            EventListenerPhase::Bubble,
            Box::new(|desk, space, _| {
                space.held.set(false);
                desk.lose();
            }),
        );
    }
    Some(Listeners { _events: events, _size: watch_size(desk, &host) })
}

/// Only to the size of the stage, where it is only looked at.
pub(super) fn to_size(desk: &Rc<Desk>) -> Option<SizeWatch> {
    watch_size(desk, &desk.host()?)
}

fn watch_size(desk: &Rc<Desk>, host: &HtmlElement) -> Option<SizeWatch> {
    let desk = desk.clone();
    let closure = Closure::<dyn FnMut()>::new(move || desk.resized());
    let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
    observer.observe(host);
    Some(SizeWatch { observer, _closure: closure })
}

impl Desk {
    /// Lets the hand do something, looking at the stage, and does what it wishes.
    fn with_hand(&self, act: impl FnOnce(&mut Hand, &Seen<'_>) -> Vec<Wish>) {
        let wishes = {
            let session = self.store.session();
            act(&mut self.hand.borrow_mut(), &Seen(&session))
        };
        self.fulfil(wishes);
        self.show_doing();
    }

    fn lose(&self) {
        self.long_press.take();
        self.with_hand(|hand, _| hand.lose());
    }

    /// Tells the style sheet what is under way, for the pointer's shape.
    pub(super) fn show_doing(&self) {
        let hand = self.hand.borrow();
        let doing = if hand.placing().is_some() {
            "placing"
        } else if hand.selection_box().is_some() {
            "selecting"
        } else if hand.is_panning() {
            "panning"
        } else if hand.is_moving() {
            "moving"
        } else if hand.wire().is_some() {
            "connecting"
        } else {
            ""
        };
        if let Some(host) = self.host()
            && host.get_attribute(DOING).as_deref() != Some(doing)
        {
            // Only the pointer's shape hangs on it.
            let _ = host.set_attribute(DOING, doing);
        }
    }
}

fn modifiers(event: &MouseEvent, space: &SpaceBar) -> Modifiers {
    Modifiers {
        shift: event.shift_key(),
        control: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        space: space.held.get(),
    }
}

fn pointer(desk: &Desk, space: &SpaceBar, event: &PointerEvent) -> Pointer {
    Pointer {
        number: event.pointer_id(),
        at: desk.in_view(f64::from(event.client_x()), f64::from(event.client_y())),
        touch: event.pointer_type() == "touch",
        modifiers: modifiers(event, space),
    }
}

/// What an element of the stage stands for.
pub(super) fn target_of(element: &Element) -> Target {
    let closest = |selector: &str| element.closest(selector).ok().flatten();
    let attribute = |element: &Element, name: &str| element.get_attribute(name).map(Id);
    if let Some(node) = closest("[data-node]").and_then(|node| attribute(&node, "data-node")) {
        let side = closest("[data-handle]").and_then(|handle| handle.get_attribute("data-handle"));
        return match side.as_deref() {
            Some("out") => Target::Handle(node, Side::Out),
            Some("in") => Target::Handle(node, Side::In),
            _ => Target::Node(node),
        };
    }
    let end = closest("[data-edge-end]").and_then(|end| end.get_attribute("data-edge-end"));
    if let (Some(end), Some(edge)) = (end, closest("[data-edge]").and_then(|edge| attribute(&edge, "data-edge"))) {
        return Target::EdgeEnd(edge, if end == "from" { Side::Out } else { Side::In });
    }
    if let Some(note) = closest("[data-note]").and_then(|note| attribute(&note, "data-note")) {
        return Target::Node(note);
    }
    closest("[data-edge]").and_then(|edge| attribute(&edge, "data-edge")).map_or(Target::Empty, Target::Edge)
}

/// Whether an element has its own use for presses and keys.
fn minds_itself(element: &Element) -> bool {
    element.closest(".node-fault, .stage-controls, .stage-menu, .note textarea, .minimap").ok().flatten().is_some()
}

/// The stage's menu in place of the browser's, which has nothing to say about a stage.
fn context_menu(desk: &Rc<Desk>, _: &SpaceBar, event: &Event) {
    event.prevent_default();
    let hand = desk.hand.borrow();
    // A long press of a finger that carries something is no question for a menu.
    let busy = hand.is_moving() || hand.is_panning() || hand.wire().is_some();
    drop(hand);
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some((element, event)) = element.zip(event.dyn_ref::<MouseEvent>()).filter(|_| !busy) else { return };
    // A key that the stage has used already asks again by this event.
    if desk.menu.borrow().is_some() && minds_itself(&element) {
        return;
    }
    let at = desk.in_view(f64::from(event.client_x()), f64::from(event.client_y()));
    ask_for_menu(desk, &element, at);
}

fn ask_for_menu(desk: &Desk, element: &Element, at: Point) {
    if minds_itself(element) && element.closest(".node-fault").ok().flatten().is_none() {
        return;
    }
    let about = desk.about(target_of(element).id().cloned());
    desk.open_menu(about, at, false);
}

/// A double click on the empty stage asks what is to stand there; a note is written in, a node renamed.
fn double_click(desk: &Rc<Desk>, _: &SpaceBar, event: &Event) {
    let Some(event) = event.dyn_ref::<MouseEvent>() else { return };
    // The stage has captured the pointer: what lies beneath is what is meant.
    let document = web_sys::window().and_then(|window| window.document());
    let (x, y) = (event.client_x(), event.client_y());
    let element = document.and_then(|document| document.element_from_point(x as f32, y as f32));
    let Some(element) = element.filter(|element| !minds_itself(element)) else { return };
    match target_of(&element) {
        Target::Empty => {
            let at = desk.store.session().camera().to_stage(desk.in_view(f64::from(x), f64::from(y)));
            desk.fulfil(vec![Wish::Pick { at: Some(at), end: None }]);
        }
        Target::Node(id) => desk.fulfil(vec![Wish::Rename(id)]),
        _ => {}
    }
}

/// How long a finger stays where it is until it asks for the menu, in milliseconds.
const LONG_PRESS_MS: u32 = 550;

fn pointer_down(desk: &Rc<Desk>, space: &SpaceBar, event: &Event) {
    let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
    let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    if minds_itself(&element) {
        return;
    }
    let button = match event.button() {
        0 => Button::Primary,
        1 => Button::Middle,
        _ => Button::Secondary,
    };
    // The browser's question for a menu goes to what the pointer is on.
    if let Some(host) = desk.host().filter(|_| button != Button::Secondary) {
        // A pointer that is gone already cannot be captured: the browser takes it back in a moment.
        let _ = host.set_pointer_capture(event.pointer_id());
    }
    if space.held.get() {
        space.used.set(true);
    }
    let pointer = pointer(desk, space, event);
    // A second finger is no long press.
    let alone = desk.hand.borrow().is_free();
    desk.with_hand(|hand, ground| hand.press(pointer, button, target_of(&element), ground));
    let press = (pointer.touch && alone).then(|| {
        let desk = Rc::downgrade(desk);
        Timeout::new(LONG_PRESS_MS, move || {
            if let Some(desk) = desk.upgrade() {
                desk.lose();
                ask_for_menu(&desk, &element, pointer.at);
            }
        })
    });
    *desk.long_press.borrow_mut() = press;
}

fn pointer_move(desk: &Rc<Desk>, space: &SpaceBar, event: &Event) {
    let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
    let pointer = pointer(desk, space, event);
    desk.hover.set(Some(pointer.at));
    // Most moves mean nothing: nobody needs to be told.
    if desk.hand.borrow().is_free() {
        return;
    }
    desk.with_hand(|hand, ground| hand.motion(pointer, ground));
    let hand = desk.hand.borrow();
    if hand.is_moving() || hand.is_panning() || hand.wire().is_some() {
        desk.long_press.take();
    }
}

fn pointer_up(desk: &Rc<Desk>, space: &SpaceBar, event: &Event) {
    desk.long_press.take();
    let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
    // A wire that is let go over a panel leads nowhere: what lies beneath the panel is not meant.
    let wired = desk.hand.borrow().wire().is_some() && !desk.hand.borrow().is_waiting_for_click();
    if wired && !is_over(desk, event) {
        desk.lose();
        return;
    }
    let pointer = pointer(desk, space, event);
    let beside = desk.hand.borrow().pressed_beside();
    if let Some(copy) = beside.and_then(|at| desk.message_at(at, pointer.touch)) {
        desk.lose();
        desk.store.order(Command::Follow { copy: Some(copy) });
        return;
    }
    desk.with_hand(|hand, ground| hand.release(pointer, ground));
}

/// Whether a pointer is over the stage, and not over something that lies on it. The stage has captured it: events do not
/// say so.
fn is_over(desk: &Desk, event: &PointerEvent) -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    let (x, y) = (event.client_x(), event.client_y());
    let element = document.and_then(|document| document.element_from_point(x as f32, y as f32));
    desk.host().zip(element).is_some_and(|(host, element)| host.contains(Some(&element)))
}

fn wheel(desk: &Rc<Desk>, space: &SpaceBar, event: &Event) {
    let Some(event) = event.dyn_ref::<WheelEvent>() else { return };
    // In another page, the wheel is that page's until somebody has come to the stage.
    if surroundings::embedded() && !event.ctrl_key() && !desk.is_meant() {
        return;
    }
    event.prevent_default();
    let (_, height) = desk.size();
    let unit = match event.delta_mode() {
        WheelEvent::DOM_DELTA_LINE => 16.0,
        WheelEvent::DOM_DELTA_PAGE => height,
        _ => 1.0,
    };
    let turned = Point::new(event.delta_x() * unit, event.delta_y() * unit);
    let held = modifiers(event, space);
    // Turning sideways can only mean pushing.
    let upright = turned.x == 0.0 && !held.shift;
    let zooms = held.control
        || upright
            && match desk.store.preferences().wheel {
                Wheel::Zooms => true,
                Wheel::Pushes => false,
                // A wheel with notches turns by many whole pixels at once; two fingers on a trackpad by a few.
                Wheel::Suggested => desk.has_focus() && turned.y.abs() >= 50.0,
            };
    // Pinching on a trackpad comes as a wheel with Control, in much smaller turns.
    let turned = if event.ctrl_key() && turned.y.abs() < 30.0 { Point::new(0.0, turned.y * 6.0) } else { turned };
    let at = desk.in_view(f64::from(event.client_x()), f64::from(event.client_y()));
    desk.with_hand(|hand, ground| hand.wheel(at, turned, zooms, ground));
}

/// Whether an element takes what is typed.
pub(super) fn takes_text(element: &Element) -> bool {
    let name = element.tag_name();
    matches!(name.as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        || element.closest("[contenteditable]").ok().flatten().is_some()
}

fn key_down(desk: &Rc<Desk>, space: &SpaceBar, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    if event.default_prevented() || event.is_composing() {
        return;
    }
    let active = web_sys::window().and_then(|window| window.document()).and_then(|document| document.active_element());
    if active.as_ref().is_some_and(takes_text) || focus::behind_dialog() {
        return;
    }
    let name = event.key();
    let modifiers = Modifiers {
        shift: event.shift_key(),
        control: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        space: space.held.get(),
    };
    let on_stage = desk.has_focus();
    let on_page = active.as_ref().is_none_or(|active| active.tag_name() == "BODY");
    let focus = active.as_ref().filter(|_| on_stage).map(target_of);
    if on_stage && active.as_ref().is_some_and(minds_itself) && matches!(name.as_str(), "Enter" | " ") {
        return;
    }
    // The menu has keys of its own.
    if desk.menu.borrow().is_some() {
        return;
    }
    if name == " " && (on_page || on_stage) {
        space.held.set(true);
    }
    let code = event.code();
    let key = Key { key: &name, code: &code, modifiers };
    let letters = desk.store.preferences().letters;
    // Elsewhere on the page most keys have other meanings.
    let everywhere = action::of_key(&key, letters).is_some_and(|line| line.scope == Scope::Page);
    if !on_stage && !on_page && !everywhere {
        return;
    }
    let wishes = {
        let session = desk.store.session();
        desk.hand.borrow_mut().key(key, focus.as_ref(), letters, &Seen(&session))
    };
    if let Some(wishes) = wishes {
        event.prevent_default();
        if name == " " {
            space.used.set(true);
        }
        desk.fulfil(wishes);
        desk.show_doing();
    }
}

fn key_up(desk: &Rc<Desk>, space: &SpaceBar, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let name = event.key();
    if name == " " {
        space.held.set(false);
        if space.used.take() {
            event.prevent_default();
        }
    }
    let code = event.code();
    let key = Key { key: &name, code: &code, modifiers: Modifiers::default() };
    let wishes = desk.hand.borrow_mut().key_up(key);
    if !wishes.is_empty() {
        desk.fulfil(wishes);
    }
}
