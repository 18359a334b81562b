//! The frame loop: once per frame of the screen it lets simulated time pass and has the messages painted. It runs
//! beside the components and wakes them only through the store. While time stands it rests, until something that is
//! painted changes.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlCanvasElement, ResizeObserver};
use yew::Callback;

use crate::base::Micros;
use crate::editor::Camera;
use crate::engine::Moment;
use crate::timeline::Transit;
use crate::ui::store::{Slice, Store, Subscription};
use crate::view::dots::{DisplayList, Limits};
use crate::view::pace::Pace;

use super::painter::CanvasPainter;
use super::surroundings::media_query;
use super::visible;

/// How much of a frame the engine may take, in milliseconds. The rest of the sixteen is for painting, for the
/// browser, and for the panels.
const BUDGET_MS: f64 = 8.0;

/// The running frame loop of one canvas. Dropping it ends it.
pub struct FrameLoop {
    inner: Rc<Inner>,
    observer: Option<(ResizeObserver, Closure<dyn FnMut()>)>,
    _subscription: Subscription,
    _listeners: Vec<EventListener>,
    _sight: visible::Listening,
}

impl FrameLoop {
    /// Starts the loop: simulated time passes, and messages are painted on `canvas`.
    ///
    /// # Panics
    /// Where there is no window, as in a worker.
    pub fn start(store: Store, canvas: HtmlCanvasElement) -> FrameLoop {
        let window = web_sys::window().expect("the page has a window");
        let inner = Rc::new_cyclic(|weak: &Weak<Inner>| {
            let weak = weak.clone();
            let callback = Closure::new(move |timestamp_ms: f64| {
                if let Some(inner) = weak.upgrade() {
                    inner.frame(timestamp_ms);
                }
            });
            Inner {
                store: store.clone(),
                frame: RefCell::new(Frame::new(canvas.clone())),
                callback,
                request: Cell::new(None),
                size_changed: Cell::new(true),
                colours_changed: Cell::new(false),
                resumed: Cell::new(false),
            }
        });

        let on = |inner: &Rc<Inner>, what: fn(&Inner)| {
            let weak = Rc::downgrade(inner);
            move || {
                if let Some(inner) = weak.upgrade() {
                    what(&inner);
                    inner.request();
                }
            }
        };
        let resized = Closure::new(on(&inner, |inner| inner.size_changed.set(true)));
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(&canvas);
        }

        let store_changed = on(&inner, |_| {});
        let preferences_changed = on(&inner, |inner| inner.colours_changed.set(true));
        let wanted =
            &[Slice::Document, Slice::Faults, Slice::Playback, Slice::Followed, Slice::Camera, Slice::Preferences];
        let theme = Cell::new(store.preferences().theme);
        let subscription = {
            let store = store.clone();
            store.clone().subscribe(
                wanted,
                Callback::from(move |()| {
                    if theme.replace(store.preferences().theme) == store.preferences().theme {
                        store_changed();
                    } else {
                        preferences_changed();
                    }
                }),
            )
        };

        let mut listeners = Vec::new();
        let mut listen = |target: &web_sys::EventTarget, event: &'static str, what: fn(&Inner)| {
            let react = on(&inner, what);
            listeners.push(EventListener::new(target, event, move |_| react()));
        };
        // Moving to another screen or zooming the page changes how many pixels there are to a CSS pixel.
        listen(&window, "resize", |inner| inner.size_changed.set(true));
        for query in ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"] {
            if let Some(query) = media_query(query) {
                listen(&query, "change", |inner| inner.colours_changed.set(true));
            }
        }
        if let Some(query) = media_query(REDUCED_MOTION) {
            listen(&query, "change", |inner| inner.frame.borrow_mut().read_motion());
        }

        let sight = visible::listen(on(&inner, |inner| inner.resumed.set(true)));
        inner.request();
        FrameLoop {
            inner,
            observer: observer.map(|observer| (observer, resized)),
            _subscription: subscription,
            _listeners: listeners,
            _sight: sight,
        }
    }
}

impl Drop for FrameLoop {
    fn drop(&mut self) {
        if let Some((observer, _)) = &self.observer {
            observer.disconnect();
        }
        if let (Some(request), Some(window)) = (self.inner.request.take(), web_sys::window()) {
            // Cancelling fails for no request.
            let _ = window.cancel_animation_frame(request);
        }
    }
}

struct Inner {
    store: Store,
    frame: RefCell<Frame>,
    callback: Closure<dyn FnMut(f64)>,
    /// The request for the next frame, where there is one.
    request: Cell<Option<i32>>,
    size_changed: Cell<bool>,
    colours_changed: Cell<bool>,
    /// The page was hidden or shown again.
    resumed: Cell<bool>,
}

impl Inner {
    /// Asks for a frame, where none is asked for yet.
    fn request(&self) {
        if self.request.get().is_none()
            && let Some(window) = web_sys::window()
        {
            self.request.set(window.request_animation_frame(self.callback.as_ref().unchecked_ref()).ok());
        }
    }

    fn frame(&self, timestamp_ms: f64) {
        self.request.set(None);
        // What cannot be seen passes no time, and asks for no more frames until it is.
        if !visible::is() {
            return;
        }
        let goes_on = {
            let mut frame = self.frame.borrow_mut();
            if self.resumed.take() {
                frame.pace.rest();
            }
            if self.size_changed.take() {
                frame.fit();
            }
            if self.colours_changed.take() {
                frame.read_colours();
            }
            frame.work(&self.store, timestamp_ms)
        };
        if goes_on {
            self.request();
        }
    }
}

/// Everything that a picture depends on. Two equal ones give the same picture.
#[derive(Clone, Copy, PartialEq)]
struct Picture {
    moment: Moment,
    speed: f64,
    camera: Camera,
    /// Of the document, of faults and of playback: something may happen while time stands.
    revisions: [u64; 4],
    /// Counts changes of size, colours and motion.
    looks: u64,
    /// Whether all messages carry their numbers.
    numbered: bool,
}

/// What is done in each frame.
pub(super) struct Frame {
    painter: Option<CanvasPainter>,
    canvas: HtmlCanvasElement,
    list: DisplayList,
    pace: Pace,
    motion: bool,
    /// Pixels to a CSS pixel; `None`: as many as the screen has.
    ratio: Option<f64>,
    looks: u64,
    painted: Option<Picture>,
}

impl Frame {
    pub(super) fn new(canvas: HtmlCanvasElement) -> Frame {
        let mut frame = Frame {
            painter: CanvasPainter::new(canvas.clone()),
            canvas,
            list: DisplayList::default(),
            pace: Pace::default(),
            motion: true,
            ratio: None,
            looks: 0,
            painted: None,
        };
        frame.read_motion();
        frame
    }

    /// How many dots were shown last.
    pub(super) fn dots(&self) -> usize {
        self.list.dots().len()
    }

    /// Paints as on a screen of this ratio, and in any case what moves: for measurements.
    pub(super) fn measure_at(&mut self, ratio: f64) {
        self.ratio = Some(ratio);
        self.motion = true;
        self.fit();
    }

    /// Paints these transits, every one of them, on a session's edges.
    pub(super) fn paint_transits(&mut self, store: &Store, transits: &[Transit], now: Micros, drawn_for: Micros) {
        let session = store.session();
        self.list.follow(&session);
        self.list.fill(transits.iter(), now, drawn_for, Micros::ZERO, Limits::NONE);
        if let Some(painter) = &mut self.painter {
            painter.paint(&self.list, &session.camera());
        }
    }

    /// Lets time pass and paints. False where nothing will change by itself.
    pub(super) fn work(&mut self, store: &Store, timestamp_ms: f64) -> bool {
        let passed_us = self.pace.frame(timestamp_ms);
        if let Some(leader) = store.leader() {
            return self.keep_up(store, &leader);
        }
        let moves = |store: &Store| {
            let session = store.session();
            session.playback().playing() || session.playback().seeking().is_some()
        };
        if moves(store) {
            let began_ms = now_ms();
            let mut out_of_budget = || now_ms() - began_ms > BUDGET_MS;
            store.pass_time(passed_us, &mut out_of_budget);
        }
        self.paint(store);
        let goes_on = moves(store);
        if !goes_on {
            self.pace.rest();
        }
        goes_on
    }

    /// A lane that is only looked at goes where the other one is.
    fn keep_up(&mut self, store: &Store, leader: &Store) -> bool {
        let began_ms = now_ms();
        let mut out_of_budget = || now_ms() - began_ms > BUDGET_MS;
        let (there, plays) = {
            let leader = leader.session();
            store.update(|session| session.keep_up_with(&leader, &mut out_of_budget));
            (leader.now(), leader.playback().playing() || leader.playback().seeking().is_some())
        };
        self.paint(store);
        plays || store.session().now() != there
    }

    fn paint(&mut self, store: &Store) {
        let ratio = self.ratio();
        if self.painter.as_ref().is_some_and(|painter| !painter.has_ratio(ratio)) {
            self.fit();
        }
        let session = store.session();
        let revisions = session.revisions();
        let picture = Picture {
            moment: session.engine().moment(),
            speed: session.playback().speed(),
            camera: session.camera(),
            revisions: [revisions.document, revisions.faults, revisions.playback, revisions.followed],
            looks: self.looks,
            numbered: store.shows_numbers(),
        };
        if self.painted.replace(picture) == Some(picture) {
            return;
        }
        if self.motion {
            self.list.show(&session);
        } else {
            self.list.show_still(&session);
        }
        if let Some(painter) = &mut self.painter {
            painter.number_all(picture.numbered);
            painter.paint(&self.list, &picture.camera);
        }
    }

    /// Fits the canvas to its size on the page.
    fn fit(&mut self) {
        let ratio = self.ratio();
        if let Some(painter) = &mut self.painter {
            let (width, height) = (self.canvas.client_width(), self.canvas.client_height());
            painter.resize(width.into(), height.into(), ratio);
            self.looks += 1;
        }
    }

    fn ratio(&self) -> f64 {
        self.ratio.unwrap_or_else(device_ratio)
    }

    fn read_colours(&mut self) {
        if let Some(painter) = &mut self.painter {
            painter.read_colours();
            self.looks += 1;
        }
    }

    /// Whether messages fly about: not where the system or the page's address asks for less motion.
    fn read_motion(&mut self) {
        let reduced = media_query(REDUCED_MOTION).is_some_and(|query| query.matches());
        self.motion = !reduced && !motion_is_off();
        self.looks += 1;
        if let Some(root) = web_sys::window().and_then(|window| window.document()?.document_element()) {
            // The style sheets look at it; an attribute of this name is always taken.
            let _ = root.set_attribute("data-motion", if self.motion { "full" } else { "less" });
        }
    }
}

const REDUCED_MOTION: &str = "(prefers-reduced-motion: reduce)";

/// `motion=0` in the address.
fn motion_is_off() -> bool {
    let search = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    web_sys::UrlSearchParams::new_with_str(&search).ok().and_then(|search| search.get("motion")).as_deref() == Some("0")
}

fn device_ratio() -> f64 {
    web_sys::window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// The time of the page's clock, in milliseconds.
pub fn now_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}
