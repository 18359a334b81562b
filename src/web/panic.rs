//! What happens when the program itself fails: the person's scenario is kept, and a message says so.
//!
//! After a panic the program's memory cannot be trusted any more, so nothing of it runs again: the message is plain
//! elements, and its buttons work by `static/loading.js`.

use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;

use wasm_bindgen::prelude::*;
use web_sys::{Document, Element};

use super::storage::{self, Key};
use super::surroundings;
use crate::scenario::format;
use crate::ui::store::Store;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn log(text: &str);
}

struct Known {
    store: Option<Store>,
    /// The scenario as it was kept last: the fallback when the session was being changed as the program failed.
    text: String,
}

thread_local! {
    static KNOWN: RefCell<Known> = const { RefCell::new(Known { store: None, text: String::new() }) };
    static FAILED: Cell<bool> = const { Cell::new(false) };
}

/// From now on a panic is shown to the person.
pub fn install() {
    // By way of Yew, which would otherwise put its own in this place when it renders.
    yew::set_custom_panic_hook(Box::new(|info| {
        // One failure may cause others: the first one is the one to show.
        if !FAILED.replace(true) {
            log(&info.to_string());
            show(info);
            stop();
        }
    }));
}

/// Whether the program has failed: nothing of it is to run any more.
pub fn failed() -> bool {
    FAILED.get()
}

/// From now on a panic keeps this session's scenario.
pub fn watch(store: &Store) {
    KNOWN.with_borrow_mut(|known| known.store = Some(store.clone()));
}

/// Remembers the scenario's text, for the case that the session cannot be looked at when the program fails.
pub fn remember(text: &str) {
    KNOWN.with_borrow_mut(|known| text.clone_into(&mut known.text));
}

/// The newest text of the scenario that can be had.
fn scenario_text() -> String {
    let Some(known) = KNOWN
        .try_with(|known| known.try_borrow().ok().map(|known| (known.store.clone(), known.text.clone())))
        .ok()
        .flatten()
    else {
        return String::new();
    };
    let (store, text) = known;
    match store.as_ref().and_then(Store::try_session) {
        Some(session) => format::to_text(&session.latest_scenario()),
        None => text,
    }
}

/// Nothing of the program runs again: `static/loading.js` takes its frames and timers away.
fn stop() {
    if let (Some(window), Ok(event)) = (web_sys::window(), web_sys::Event::new("mq-playground-failed")) {
        // A listener that throws does not throw here.
        let _ = window.dispatch_event(&event);
    }
}

struct Sentences {
    title: &'static str,
    kept: &'static str,
    not_kept: &'static str,
    reload: &'static str,
    afresh: &'static str,
    details: &'static str,
}

const ENGLISH: Sentences = Sentences {
    title: "Sorry, the playground has failed",
    kept: "Your scenario has been kept and will be there again after a reload.",
    not_kept: "This browser does not let the page keep your scenario. Copy it from here if you need it:",
    reload: "Reload",
    afresh: "Start with the first scenario",
    details: "What went wrong",
};

const SIMPLIFIED_CHINESE: Sentences = Sentences {
    title: "抱歉，游乐场出错了",
    kept: "你的场景已经保存，重新加载后还在。",
    not_kept: "这个浏览器不允许本页保存你的场景。如果需要，请从这里复制：",
    reload: "重新加载",
    afresh: "从初始场景开始",
    details: "错误详情",
};

fn show(info: &PanicHookInfo<'_>) {
    let text = scenario_text();
    let kept = text.is_empty() || surroundings::keeps() && storage::write(Key::Scenario, &text).is_ok();
    if kept && !text.is_empty() {
        // Which of the person's own it is; where it is none, it becomes one the next time.
        let own = KNOWN.try_with(|known| known.try_borrow().ok().and_then(|known| known.store.as_ref()?.own()));
        match own.ok().flatten() {
            Some(id) => drop(storage::write(Key::Open, &id)),
            None => storage::remove(Key::Open),
        }
    }
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    // Failing while failing helps no one: what cannot be shown is left out.
    let _ = show_message(&document, &info.to_string(), &text, kept);
}

fn show_message(document: &Document, details: &str, text: &str, kept: bool) -> Option<()> {
    let chinese = document.document_element()?.get_attribute("lang").is_some_and(|tag| tag.starts_with("zh"));
    let sentences = if chinese { &SIMPLIFIED_CHINESE } else { &ENGLISH };
    let panel = add(document, document.body()?.as_ref(), "div", "")?;
    panel.set_class_name("panic");
    panel.set_attribute("role", "alertdialog").ok()?;
    panel.set_attribute("aria-label", sentences.title).ok()?;
    let panel = add(document, &panel, "div", "")?;
    add(document, &panel, "h1", sentences.title)?;
    if kept {
        add(document, &panel, "p", sentences.kept)?;
    } else {
        add(document, &panel, "p", sentences.not_kept)?;
        let area = add(document, &panel, "textarea", text)?;
        area.set_attribute("readonly", "").ok()?;
        area.set_attribute("aria-label", sentences.not_kept).ok()?;
    }
    let fold = add(document, &panel, "details", "")?;
    add(document, &fold, "summary", sentences.details)?;
    add(document, &fold, "p", details)?;
    let reload = add(document, &panel, "button", sentences.reload)?;
    reload.set_attribute("data-reload", "").ok()?;
    let afresh = add(document, &panel, "button", sentences.afresh)?;
    afresh.set_attribute("data-reload", "afresh").ok()?;
    Some(())
}

fn add(document: &Document, parent: &Element, tag: &str, text: &str) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    element.set_text_content(Some(text));
    parent.append_child(&element).ok()?;
    Some(element)
}
