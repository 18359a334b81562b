//! The teacher's view: the lesson in large type over the whole screen, its parts revealed one by one with a clicker, and answers only
//! when they are asked for.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::keeper;
use crate::ui::store::Store;

/// How much of a step is shown to a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presenting {
    /// The text below the heading.
    pub body: bool,
    /// The question.
    pub question: bool,
    /// The answer.
    pub answer: bool,
}

impl Presenting {
    /// Everything: nobody is shown anything bit by bit.
    pub const ALL: Presenting = Presenting { body: true, question: true, answer: true };
    /// The heading alone.
    pub const HEADING: Presenting = Presenting { body: false, question: false, answer: false };

    /// One part more; `None`: there is nothing more in this step. `asks`: whether there is a question.
    fn further(self, asks: bool) -> Option<Presenting> {
        match self {
            Presenting { body: false, .. } => Some(Presenting { body: true, ..self }),
            Presenting { question: false, .. } if asks => Some(Presenting { question: true, ..self }),
            _ => None,
        }
    }
}

#[wasm_bindgen]
extern "C" {
    type FullScreen;

    #[wasm_bindgen(method, js_name = requestFullscreen, catch)]
    fn request(this: &FullScreen) -> Result<js_sys::Promise, JsValue>;

    #[wasm_bindgen(method, js_name = exitFullscreen, catch)]
    fn exit(this: &FullScreen) -> Result<js_sys::Promise, JsValue>;
}

/// Takes the whole screen, or gives it back. Where the browser does not, the window is what there is.
pub fn full_screen(on: bool) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let answer = if on {
        let Some(root) = document.document_element() else { return };
        root.unchecked_ref::<FullScreen>().request()
    } else {
        document.unchecked_ref::<FullScreen>().exit()
    };
    if let Ok(promise) = answer {
        // A refusal is no trouble, and must not be reported as one that nobody has caught.
        let ignore = Closure::once_into_js(|_: JsValue| {});
        crate::web::file::settle(&promise, &JsValue::UNDEFINED, &ignore);
    }
}

/// What a clicker's key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Click {
    On,
    Back,
    Answer,
    End,
}

fn click_of(key: &str) -> Option<Click> {
    match key {
        "PageDown" | " " | "ArrowRight" | "ArrowDown" | "Enter" => Some(Click::On),
        "PageUp" | "ArrowLeft" | "ArrowUp" | "Backspace" => Some(Click::Back),
        "a" | "A" | "." => Some(Click::Answer),
        "Escape" => Some(Click::End),
        _ => None,
    }
}

/// Hears the clicker while the lesson is presented.
#[hook]
pub fn use_clicker(store: &Store, presenting: &UseStateHandle<Option<Presenting>>) {
    let is_on = presenting.is_some();
    let latest = use_mut_ref(|| None);
    *latest.borrow_mut() = **presenting;
    let setter = presenting.setter();
    use_effect_with((store.clone(), is_on), move |(store, is_on)| {
        let options = EventListenerOptions { phase: gloo_events::EventListenerPhase::Capture, passive: false };
        // The space bar plays when it is let go: it is the clicker's now.
        let released = is_on.then(|| {
            web_sys::window().map(|window| {
                EventListener::new_with_options(&window, "keyup", options, move |event| {
                    if event.dyn_ref::<KeyboardEvent>().is_some_and(|key| click_of(&key.key()).is_some())
                        && !is_typing(event)
                    {
                        event.prevent_default();
                        event.stop_propagation();
                    }
                })
            })
        });
        let listener = is_on.then(|| {
            let (store, latest) = (store.clone(), latest.clone());
            web_sys::window().map(|window| {
                EventListener::new_with_options(&window, "keydown", options, move |event| {
                    let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
                    if is_typing(event) || key.is_composing() || key.ctrl_key() || key.meta_key() || key.alt_key() {
                        return;
                    }
                    let (Some(click), Some(shown)) = (click_of(&key.key()), *latest.borrow()) else { return };
                    event.prevent_default();
                    event.stop_propagation();
                    let next = act(&store, shown, click);
                    if next.is_none() {
                        full_screen(false);
                    }
                    *latest.borrow_mut() = next;
                    setter.set(next);
                })
            })
        });
        move || drop((listener, released))
    });
}

fn is_typing(event: &web_sys::Event) -> bool {
    let typed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    typed.is_some_and(|typed| typed.matches("input[type=text], textarea, select").unwrap_or(false))
}

/// What is shown after a click; `None`: the presentation is over.
fn act(store: &Store, shown: Presenting, click: Click) -> Option<Presenting> {
    let (at, last, asks) = store
        .course()
        .as_ref()
        .map(|course| (course.at(), course.steps().len(), course.step().is_some_and(|step| step.ask.is_some())))?;
    match click {
        Click::End => None,
        Click::Answer => Some(Presenting::ALL),
        Click::On => match shown.further(asks) {
            Some(further) => Some(further),
            None => {
                if at < last {
                    keeper::enter(store, at + 1, false);
                }
                Some(if at + 1 < last { Presenting::HEADING } else { Presenting::ALL })
            }
        },
        Click::Back => {
            if shown != Presenting::HEADING && shown.body {
                return Some(Presenting::HEADING);
            }
            if at > 0 {
                keeper::enter(store, at - 1, true);
            }
            Some(Presenting { answer: false, ..Presenting::ALL })
        }
    }
}
