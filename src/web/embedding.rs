//! The message port of an embedded playground: hears the parent window, and it alone.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::{Interval, Timeout};
use serde_json::Value;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use web_sys::{Element, MessageEvent, Window};
use yew::Callback;

use super::fetch::Missing;
use super::{surroundings, visible};
use crate::embed::{Conversation, WantedLesson, WantedPicture};
use crate::lessons::Progress;
use crate::link::{self, carry};
use crate::session::Command;
use crate::ui::lesson::keeper::{self, Kept};
use crate::ui::share;
use crate::ui::store::{Slice, Store, Subscription};
use crate::view::layout;

/// Keeps the port open; closes it when dropped.
pub struct Embedding {
    _listeners: Vec<EventListener>,
    _subscriptions: [Subscription; 2],
    /// What a page within another one does besides.
    _within: Option<(Subscription, visible::Listening)>,
}

/// How often the parent is told of changes: four times a second at the most.
const CHANGES_EVERY_MS: u32 = 250;

/// So long something may play in a frame that nobody has asked for it, in milliseconds.
const UNASKED_MS: u32 = 5_000;

/// The least and the greatest height that a page asks for, in CSS pixels.
const LOWEST: f64 = 240.0;
const HIGHEST: f64 = 960.0;

/// The port.
#[derive(Clone)]
struct Port {
    store: Store,
    conversation: Rc<RefCell<Conversation>>,
    parent: Window,
    origin: Option<String>,
    /// Whether somebody wants time to pass: a person who has touched the page, its host, or its address.
    asked: Rc<Cell<bool>>,
}

/// Opens the port and tells the parent that the playground can be spoken to. `run_asked`: the address asks for time to pass.
///
/// `origin` in the address restricts whom it hears and answers; without it any parent is heard.
pub fn start(store: Store, run_asked: bool) -> Option<Embedding> {
    let window = web_sys::window()?;
    let port = Port {
        store: store.clone(),
        conversation: Rc::new(RefCell::new(Conversation::at(&surroundings::page_address()))),
        parent: window.parent().ok().flatten()?,
        origin: surroundings::parameter(&surroundings::query(), "origin"),
        asked: Rc::new(Cell::new(run_asked)),
    };
    // What stands at the beginning is not news.
    port.conversation.borrow_mut().changes(&store.session());
    if let Some(course) = store.course().as_ref() {
        port.conversation.borrow_mut().lesson_news(course);
    }
    let mut listeners = vec![{
        let port = port.clone();
        EventListener::new(&window, "message", move |event| {
            if let Some(event) = event.dyn_ref::<MessageEvent>() {
                port.hear(event);
            }
        })
    }];
    let playback = {
        let port = port.clone();
        store.subscribe(
            &[Slice::Playback],
            Callback::from(move |()| {
                let replies = port.conversation.borrow_mut().seek_ended(&port.store.session(), false);
                port.answer(replies);
            }),
        )
    };
    let lesson = {
        let port = port.clone();
        store.subscribe(
            &[Slice::Lesson],
            Callback::from(move |()| {
                let news = port
                    .store
                    .course()
                    .as_ref()
                    .map(|course| port.conversation.borrow_mut().lesson_news(course))
                    .unwrap_or_default();
                port.answer(news);
            }),
        )
    };
    // Alone on its own page, the playground is its own parent and has nobody to tell, and nobody to be quiet for.
    let within = surroundings::embedded().then(|| {
        listeners.extend(port.listen_for_hands(&window));
        (port.be_quiet(), port.tell_changes())
    });
    port.answer(vec![Conversation::ready()]);
    Some(Embedding { _listeners: listeners, _subscriptions: [playback, lesson], _within: within })
}

impl Port {
    fn answer(&self, replies: Vec<Value>) {
        for reply in replies {
            post(&self.parent, &reply, self.origin.as_deref());
        }
    }

    /// Hears what comes from the parent, and from it alone.
    fn hear(&self, event: &MessageEvent) {
        let from_parent = event.source().is_some_and(|source| js_sys::Object::is(&source.into(), self.parent.as_ref()));
        if !from_parent || self.origin.as_ref().is_some_and(|origin| *origin != event.origin()) {
            return;
        }
        let Some(message) = as_json(&event.data()) else { return };
        if let Some(wanted) = WantedLesson::of(&message) {
            return self.open_lesson(wanted);
        }
        if let Some(wanted) = WantedPicture::of(&message) {
            let port = self.clone();
            let run = link::of(&self.store.session()).ok();
            return share::stage_png(&self.store, run, move |bytes| {
                let data = bytes.map(|bytes| carry::data_address("image/png", &bytes));
                port.answer(vec![wanted.painted(data)]);
            });
        }
        let kind = message["type"].as_str().unwrap_or_default();
        // Its host wants time to pass.
        if matches!(kind, "play" | "command") {
            self.asked.set(true);
        }
        let replies = self.store.update(|session| self.conversation.borrow_mut().hear(session, &message));
        let refused = replies.iter().any(|reply| reply["type"] == "error");
        match kind {
            "load" if !refused => self.store.leave_lesson(),
            "command" if !refused => {
                if let Ok(command) = serde_json::from_value(message["command"].clone()) {
                    self.store.tell_lesson(&command);
                }
            }
            _ => {}
        }
        self.answer(replies);
    }

    fn open_lesson(&self, wanted: WantedLesson) {
        let port = self.clone();
        let id = wanted.lesson.clone();
        keeper::fetch_lesson(&id, move |fetched| {
            port.answer(vec![match fetched {
                Ok(lesson) => {
                    // Who opens a lesson by a message wants it to begin.
                    port.asked.set(true);
                    let kept = if wanted.passed.is_empty() {
                        Kept::Here
                    } else {
                        Kept::By(Progress::of_passed(&lesson, &wanted.passed))
                    };
                    keeper::begin(&port.store, lesson, wanted.step.as_deref(), kept);
                    wanted.opened()
                }
                Err(missing) => wanted.missing(missing == Missing::NotFetched),
            }]);
        });
    }

    /// Whoever touches the page wants something of it.
    fn listen_for_hands(&self, window: &Window) -> [EventListener; 2] {
        ["pointerdown", "keydown"].map(|name| {
            let asked = self.asked.clone();
            let options = EventListenerOptions::run_in_capture_phase();
            EventListener::new_with_options(window, name, options, move |_| asked.set(true))
        })
    }

    /// What plays without anybody having asked for it stops after a while.
    fn be_quiet(&self) -> Subscription {
        let waiting = Rc::new(RefCell::new(None::<Timeout>));
        let port = self.clone();
        let look = move |()| {
            let plays = port.store.session().playback().playing();
            let mut waiting = waiting.borrow_mut();
            if !plays || port.asked.get() {
                *waiting = None;
            } else if waiting.is_none() {
                let port = port.clone();
                *waiting = Some(Timeout::new(UNASKED_MS, move || {
                    if !port.asked.get() && port.store.session().playback().playing() {
                        port.store.order(Command::Pause);
                    }
                }));
            }
        };
        look(());
        self.store.subscribe(&[Slice::Playback], Callback::from(look))
    }

    /// Tells of changes, as long as the page can be seen.
    fn tell_changes(&self) -> visible::Listening {
        let ticking = Rc::new(RefCell::new(None::<Interval>));
        let port = self.clone();
        // What the page needs is known when it is there.
        let first = Rc::new(Cell::new(true));
        let look = move || {
            *ticking.borrow_mut() = visible::is().then(|| {
                let (port, first) = (port.clone(), first.clone());
                Interval::new(CHANGES_EVERY_MS, move || {
                    let news = port.conversation.borrow_mut().changes(&port.store.session());
                    let scenario = news.iter().any(|news| news["what"] == "scenario");
                    port.answer(news);
                    if scenario || first.take() {
                        port.tell_height();
                    }
                })
            });
        };
        look();
        visible::listen(look)
    }

    /// Tells how high the page would like to be: so that all of the stage can be seen at the width that it has.
    fn tell_height(&self) {
        let Some(height) = wanted_height(&self.store) else { return };
        let news = self.conversation.borrow_mut().wanted_height(height);
        self.answer(news);
    }
}

/// The height at which all of the stage is seen, with what stands around it, in CSS pixels.
fn wanted_height(store: &Store) -> Option<u32> {
    let content = layout::content(store.session().scenario())?;
    let document = web_sys::window()?.document()?;
    let size = |element: Element| (f64::from(element.client_width()), f64::from(element.client_height()));
    let (_, all) = size(document.document_element()?);
    let (width, height) = size(document.query_selector(".stage-host").ok().flatten()?);
    let zoom = (width / content.width).min(1.0);
    Some((all - height + content.height * zoom).clamp(LOWEST, HIGHEST).ceil() as u32)
}

/// A posted value as JSON; `None` for what JSON cannot say.
fn as_json(data: &JsValue) -> Option<Value> {
    if !data.is_object() {
        return None;
    }
    let text = js_sys::JSON::stringify(data).ok()?.as_string()?;
    serde_json::from_str(&text).ok()
}

fn post(parent: &Window, message: &Value, origin: Option<&str>) {
    let text = message.to_string();
    if let Ok(message) = js_sys::JSON::parse(&text) {
        // A parent that has gone away hears nothing; there is nobody to tell.
        let _ = parent.post_message(&message, origin.unwrap_or("*"));
    }
}
