//! The message port of an embedded playground: hears the parent window, and it alone.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use serde_json::Value;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use web_sys::{MessageEvent, Window};
use yew::Callback;

use super::fetch::Missing;
use super::surroundings;
use crate::embed::{Conversation, WantedLesson};
use crate::ui::lesson::keeper;
use crate::ui::store::{Slice, Store, Subscription};

/// Keeps the port open; closes it when dropped.
pub struct Embedding {
    _listener: EventListener,
    _playback: Subscription,
    _lesson: Subscription,
    _changes: Interval,
}

/// How often the parent is told of changes: four times a second at the most.
const CHANGES_EVERY_MS: u32 = 250;

/// Opens the port and tells the parent that the playground can be spoken to.
///
/// `origin` in the address restricts whom it hears and answers; without it any parent is heard.
pub fn start(store: Store) -> Option<Embedding> {
    let window = web_sys::window()?;
    let parent = window.parent().ok().flatten()?;
    let origin = surroundings::parameter(&surroundings::query(), "origin");
    let conversation = Rc::new(RefCell::new(Conversation::default()));
    // What stands at the beginning is not news.
    conversation.borrow_mut().changes(&store.session());
    if let Some(course) = store.course().as_ref() {
        conversation.borrow_mut().lesson_news(course);
    }

    let answer = {
        let (parent, origin) = (parent.clone(), origin.clone());
        move |replies: Vec<Value>| {
            for reply in replies {
                post(&parent, &reply, origin.as_deref());
            }
        }
    };
    let listener = {
        let (store, conversation, answer, parent) =
            (store.clone(), conversation.clone(), answer.clone(), parent.clone());
        EventListener::new(&window, "message", move |event| {
            let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
            let from_parent = event.source().is_some_and(|source| js_sys::Object::is(&source.into(), parent.as_ref()));
            if !from_parent || origin.as_ref().is_some_and(|origin| *origin != event.origin()) {
                return;
            }
            let Some(message) = as_json(&event.data()) else { return };
            if let Some(wanted) = WantedLesson::of(&message) {
                let (store, answer) = (store.clone(), answer.clone());
                let step = wanted.step.clone();
                keeper::fetch_lesson(&wanted.lesson.clone(), move |fetched| {
                    answer(vec![match fetched {
                        Ok(lesson) => {
                            keeper::begin(&store, lesson, step.as_deref(), true);
                            wanted.opened()
                        }
                        Err(missing) => wanted.missing(missing == Missing::NotFetched),
                    }]);
                });
                return;
            }
            let replies = store.update(|session| conversation.borrow_mut().hear(session, &message));
            let refused = replies.iter().any(|reply| reply["type"] == "error");
            match message["type"].as_str() {
                Some("load") if !refused => store.leave_lesson(),
                Some("command") if !refused => {
                    if let Ok(command) = serde_json::from_value(message["command"].clone()) {
                        store.tell_lesson(&command);
                    }
                }
                _ => {}
            }
            answer(replies);
        })
    };
    let playback = {
        let (held, conversation, answer) = (store.clone(), conversation.clone(), answer.clone());
        store.subscribe(
            &[Slice::Playback],
            Callback::from(move |()| {
                answer(conversation.borrow_mut().seek_ended(&held.session(), false));
            }),
        )
    };
    let lesson = {
        let (held, conversation, answer) = (store.clone(), conversation.clone(), answer.clone());
        store.subscribe(
            &[Slice::Lesson],
            Callback::from(move |()| {
                if let Some(course) = held.course().as_ref() {
                    answer(conversation.borrow_mut().lesson_news(course));
                }
            }),
        )
    };
    let changes = {
        let (store, answer) = (store.clone(), answer.clone());
        // Alone on its own page, the playground is its own parent and has nobody to tell.
        let alone = !surroundings::embedded();
        Interval::new(CHANGES_EVERY_MS, move || {
            if !alone {
                answer(conversation.borrow_mut().changes(&store.session()));
            }
        })
    };
    answer(vec![Conversation::ready()]);
    Some(Embedding { _listener: listener, _playback: playback, _lesson: lesson, _changes: changes })
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
