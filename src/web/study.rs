//! Studies beside the page: a worker carries them out, which is the same program without a window; where none is to be
//! had, timers do, a few milliseconds at a time.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;
use yew::Callback;

use crate::study::{Course, News, Study};
use crate::timeline::Recorder;

/// How many events a slice has: a few milliseconds.
const SLICE_EVENTS: u64 = 20_000;
/// The same where the page has to go on meanwhile.
const SHORT_SLICE_EVENTS: u64 = 2_000;
/// How long the page stands still for a slice, in milliseconds.
const SLICE_MS: f64 = 6.0;
/// How often a worker says how far it is, in milliseconds.
const TOLD_EVERY_MS: f64 = 100.0;
/// A worker that has not begun after this never will, in milliseconds.
const PATIENCE_MS: u32 = 10_000;

/// What a worker begins with: it starts this very program, which sees that it has no window.
const BEGINNING: &str = "onmessage = async ({ data: [address, program] }) => {
  try {
    const { default: start } = await import(address);
    await start({ module_or_path: program });
  } catch {
    postMessage(null);
  }
};";

#[wasm_bindgen]
extern "C" {
    type Worker;

    #[wasm_bindgen(constructor, catch)]
    fn new(address: &str) -> Result<Worker, JsValue>;

    #[wasm_bindgen(method, js_name = postMessage, catch)]
    fn post(this: &Worker, message: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method)]
    fn terminate(this: &Worker);

    #[wasm_bindgen(method, setter, js_name = onmessage)]
    fn on_message(this: &Worker, listener: Option<&Function>);

    #[wasm_bindgen(method, setter, js_name = onerror)]
    fn on_error(this: &Worker, listener: Option<&Function>);

    #[wasm_bindgen(js_name = Blob)]
    type Script;

    #[wasm_bindgen(constructor, js_class = "Blob", catch)]
    fn new(parts: &Array, options: &Object) -> Result<Script, JsValue>;

    #[wasm_bindgen(js_namespace = URL, js_name = createObjectURL, catch)]
    fn create_address(script: &Script) -> Result<String, JsValue>;

    #[wasm_bindgen(js_namespace = URL, js_name = revokeObjectURL)]
    fn forget_address(address: &str);

    /// Where the program's own module lies, whatever page has loaded it.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static OWN_ADDRESS: JsString;

    /// In a worker: tells the page something.
    #[wasm_bindgen(js_name = postMessage)]
    fn tell_page(message: &str);
}

/// In a worker: answers studies, and says so to the page; false where there is a window.
pub fn answer_if_worker() -> bool {
    if web_sys::window().is_some() {
        return false;
    }
    let answer = Closure::<dyn Fn(JsValue)>::new(|event: JsValue| {
        let text = Reflect::get(&event, &"data".into()).ok().and_then(|data| data.as_string());
        let study = text.and_then(|text| serde_json::from_str::<Study>(&text).ok());
        // The page has tried the study before.
        if let Some(course) = study.and_then(|study| Course::new(study).ok()) {
            carry_out(course);
        }
    });
    let set = Reflect::set(&js_sys::global(), &"onmessage".into(), answer.as_ref());
    answer.forget();
    if set.is_ok() {
        tell_page("");
    }
    true
}

/// To its end, without a pause: a worker that is not wanted any more is ended from outside.
fn carry_out(mut course: Course) {
    let mut told_at = 0.0;
    let mut recorder = Recorder::default();
    loop {
        let news = course.advance(SLICE_EVENTS, &mut recorder);
        let now = js_sys::Date::now();
        if matches!(news, News::Progress(_)) && now - told_at < TOLD_EVERY_MS {
            continue;
        }
        told_at = now;
        // What is told is plain data.
        tell_page(&serde_json::to_string(&news).unwrap_or_default());
        if news == News::Over {
            return;
        }
    }
}

/// Who carries a study out.
enum Hand {
    Worker(Worker, [Closure<dyn Fn(JsValue)>; 2]),
    /// The next slice comes, as long as this is there.
    Timer {
        _next: Timeout,
    },
}

/// A study that is being carried out, until it is dropped.
pub struct Job(Rc<Inner>);

struct Inner {
    study: RefCell<Option<Study>>,
    tell: Callback<News>,
    hand: RefCell<Option<Hand>>,
    /// Whether the worker has begun to answer.
    begun: Cell<bool>,
    patience: RefCell<Option<Timeout>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(Hand::Worker(worker, _)) = self.hand.get_mut() {
            end(worker);
        }
    }
}

fn end(worker: &Worker) {
    worker.on_message(None);
    worker.on_error(None);
    worker.terminate();
}

impl Job {
    /// Begins a study that can be run; `tell` hears what comes of it, the end included.
    pub fn begin(study: Study, tell: Callback<News>) -> Job {
        let inner = Rc::new(Inner {
            study: RefCell::new(Some(study)),
            tell,
            hand: RefCell::default(),
            begun: Cell::new(false),
            patience: RefCell::default(),
        });
        if Inner::hire(&inner).is_err() {
            Inner::by_hand(&inner);
        }
        Job(inner)
    }

    /// Whether it is a worker that carries it out.
    pub fn by_worker(&self) -> bool {
        matches!(&*self.0.hand.borrow(), Some(Hand::Worker(..)))
    }
}

impl Inner {
    /// Has a worker begin.
    fn hire(inner: &Rc<Inner>) -> Result<(), JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"type".into(), &"text/javascript".into())?;
        let script = Script::new(&Array::of1(&BEGINNING.into()), &options)?;
        let address = create_address(&script)?;
        let worker = Worker::new(&address);
        // The worker fetches it after this; a browser that is slow about it is not to find it gone.
        Timeout::new(PATIENCE_MS, move || forget_address(&address)).forget();
        let worker = worker?;
        let hears = |act: fn(&Rc<Inner>, &JsValue)| {
            let inner = Rc::downgrade(inner);
            Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
                if let Some(inner) = Weak::upgrade(&inner) {
                    act(&inner, &event);
                }
            })
        };
        let on_message = hears(|inner, event| {
            let text = Reflect::get(event, &"data".into()).ok().and_then(|data| data.as_string());
            match text {
                Some(text) if text.is_empty() => inner.instruct(),
                Some(text) => {
                    if let Ok(news) = serde_json::from_str(&text) {
                        inner.hear(news);
                    }
                }
                None => Inner::by_hand(inner),
            }
        });
        let on_error = hears(|inner, event| {
            // Otherwise it would count as a failure of the page's own.
            if let Ok(prevent) = Reflect::get(event, &"preventDefault".into())
                && let Some(prevent) = prevent.dyn_ref::<Function>()
            {
                // It does not throw.
                let _ = prevent.call0(event);
            }
            Inner::by_hand(inner);
        });
        worker.on_message(on_message.as_ref().dyn_ref());
        worker.on_error(on_error.as_ref().dyn_ref());
        let address = OWN_ADDRESS.with(JsString::clone);
        worker.post(&Array::of2(&address, &wasm_bindgen::module()))?;
        *inner.hand.borrow_mut() = Some(Hand::Worker(worker, [on_message, on_error]));
        let late = Rc::downgrade(inner);
        let patience = Timeout::new(PATIENCE_MS, move || {
            if let Some(inner) = late.upgrade().filter(|inner| !inner.begun.get()) {
                Inner::by_hand(&inner);
            }
        });
        *inner.patience.borrow_mut() = Some(patience);
        Ok(())
    }

    /// The worker is there: now it gets the study.
    fn instruct(&self) {
        self.begun.set(true);
        let text = self.study.borrow().as_ref().and_then(|study| serde_json::to_string(study).ok());
        if let (Some(Hand::Worker(worker, _)), Some(text)) = (&*self.hand.borrow(), text) {
            // A text can always be posted.
            let _ = worker.post(&text.into());
        }
    }

    /// The study is carried out here, from its beginning: what was found already is found again.
    fn by_hand(inner: &Rc<Inner>) {
        // By way of a timer: this may be called by the closure that goes away here.
        let weak = Rc::downgrade(inner);
        let next = Timeout::new(0, move || {
            let Some(inner) = weak.upgrade() else { return };
            let course = inner.study.borrow_mut().take().map(Course::new);
            if let Some(Ok(course)) = course {
                Inner::go_on(&inner, course);
            }
        });
        let before = inner.hand.borrow_mut().replace(Hand::Timer { _next: next });
        if let Some(Hand::Worker(worker, closures)) = before {
            end(&worker);
            // They may be what is running just now.
            Timeout::new(0, move || drop(closures)).forget();
        }
    }

    fn go_on(inner: &Rc<Inner>, mut course: Course) {
        let begun = js_sys::Date::now();
        let mut recorder = Recorder::default();
        let mut news = course.advance(SHORT_SLICE_EVENTS, &mut recorder);
        loop {
            let over = news == News::Over;
            let told = matches!(news, News::Result(_) | News::Over);
            if told || js_sys::Date::now() - begun > SLICE_MS {
                inner.hear(news);
            }
            if over {
                return;
            }
            if js_sys::Date::now() - begun > SLICE_MS {
                break;
            }
            news = course.advance(SHORT_SLICE_EVENTS, &mut recorder);
        }
        let weak = Rc::downgrade(inner);
        let next = Timeout::new(0, move || {
            if let Some(inner) = weak.upgrade() {
                Inner::go_on(&inner, course);
            }
        });
        *inner.hand.borrow_mut() = Some(Hand::Timer { _next: next });
    }

    fn hear(&self, news: News) {
        self.tell.emit(news);
    }
}
