//! Files that come with the page and are fetched when they are wanted.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::thread::LocalKey;

use gloo_timers::callback::Timeout;
use js_sys::{Object, Promise};
use wasm_bindgen::prelude::*;

use web_sys::Element;

use super::file::settle;

/// After how long a file counts as not to be had, in milliseconds.
const PATIENCE_MS: u32 = 15_000;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn fetch(address: &str, how: &Object) -> Promise;

    type Answer;

    #[wasm_bindgen(method, getter)]
    fn status(this: &Answer) -> u16;

    #[wasm_bindgen(method)]
    fn text(this: &Answer) -> Promise;
}

type Done = Rc<RefCell<Option<Box<dyn FnOnce(Option<(u16, String)>)>>>>;

fn finish(done: &Done, answer: Option<(u16, String)>) {
    // Whatever comes first counts; it may ask for the next file.
    let first = done.borrow_mut().take();
    if let Some(first) = first {
        first(answer);
    }
}

/// Asks for something as `how` says, which is what `fetch` takes; `done` is called once, with the status and the text of the answer, or
/// with `None` where none came within so many milliseconds.
pub fn ask(address: &str, how: &Object, patience_ms: u32, done: impl FnOnce(Option<(u16, String)>) + 'static) {
    let done: Done = Rc::new(RefCell::new(Some(Box::new(done))));
    let fails = |done: &Done| {
        let done = done.clone();
        Closure::once_into_js(move |_: JsValue| finish(&done, None))
    };
    let late = done.clone();
    Timeout::new(patience_ms, move || finish(&late, None)).forget();
    let on_failure = fails(&done);
    let on_answer = Closure::once_into_js(move |answer: JsValue| {
        let answer: Answer = answer.unchecked_into();
        let status = answer.status();
        let on_failure = fails(&done);
        let on_text = Closure::once_into_js(move |text: JsValue| {
            finish(&done, text.as_string().map(|text| (status, text)));
        });
        settle(&answer.text(), &on_text, &on_failure);
    });
    settle(&fetch(address, how), &on_answer, &on_failure);
}

/// The text of a file that the page itself holds, as the playground in one file does.
fn inside(address: &str) -> Option<String> {
    let document = web_sys::window()?.document()?;
    let holders = document.query_selector_all("script[data-file]").ok()?;
    (0..holders.length()).filter_map(|place| holders.get(place)).find_map(|holder| {
        let held = holder.dyn_ref::<Element>()?.get_attribute("data-file")? == address;
        if held { holder.text_content() } else { None }
    })
}

/// Gets the text of a file beside the page; `done` is called once, with `None` where there is no text to be had.
pub fn text(address: &str, done: impl FnOnce(Option<String>) + 'static) {
    if let Some(text) = inside(address) {
        return done(Some(text));
    }
    ask(address, &Object::new(), PATIENCE_MS, |answer| {
        done(answer.filter(|(status, _)| (200..300).contains(status)).map(|(_, text)| text));
    });
}

/// Why something that comes with the page is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// None has its name.
    Unknown,
    /// It did not arrive.
    NotFetched,
}

/// Gets what a file beside the page says, and keeps it: it is fetched once. `None` where it is not to be had.
pub fn once<T: 'static>(
    kept: &'static LocalKey<OnceCell<Rc<T>>>,
    address: &str,
    read: fn(&str) -> Option<T>,
    done: impl FnOnce(Option<Rc<T>>) + 'static,
) {
    if let Some(known) = kept.with(|kept| kept.get().cloned()) {
        done(Some(known));
        return;
    }
    text(address, move |text| {
        let fetched = text.as_deref().and_then(read).map(Rc::new);
        done(fetched.map(|fetched| kept.with(|kept| kept.get_or_init(|| fetched).clone())));
    });
}
