//! Which parts of the stage are drawn, and when they are looked at again.
//!
//! What lies far outside of the view keeps its place in the page, so that it can be read and reached by keys, but is
//! not drawn. What is drawn is looked at ten times a second. Neither is done at once where there is much of it: a frame
//! takes as many parts as its time allows, and the next one goes on.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use yew::Callback;
use yew::platform::spawn_local;

use crate::base::{Point, Rect};
use crate::editor::Camera;
use crate::ui::store::{Slice, Store, Subscription};
use crate::view::glyph::Detail;
use crate::web::frame::now_ms;
use crate::web::next_frame::NextFrame;

/// How closely a part is drawn; `None`: it is too far away to be seen.
pub(super) type Look = Option<Detail>;

/// How much of a frame may go into parts that are looked at again, in milliseconds, with the rendering that follows.
const BUDGET_MS: f64 = 2.5;

/// How many parts are taken in one frame at the most, and before it is known how long they take.
const MOST_AT_ONCE: f64 = 120.0;
const FIRST_AT_ONCE: f64 = 24.0;

/// So many parts are drawn at once, before the size of the view is known.
const FEW: usize = 100;

/// What is not drawn is looked at in one of so many rounds: its sentence follows every few seconds.
const ROUNDS_OF_AWAY: u64 = 50;

struct Part {
    number: u64,
    place: Rect,
    look: Cell<Look>,
    /// Whether it is to be looked at again.
    due: Cell<bool>,
    tell: Callback<Look>,
}

/// See the module.
pub(super) struct Refresher {
    inner: Rc<Inner>,
    _subscription: Subscription,
}

struct Inner {
    parts: RefCell<Vec<Part>>,
    counter: Cell<u64>,
    rounds: Cell<u64>,
    /// The size of the view, in CSS pixels; unknown before the page is laid out. It is kept here because asking the
    /// browser for it in every frame would make it lay out the page in every frame.
    size: Cell<Option<(f64, f64)>>,
    /// What is seen, in stage units.
    view: Cell<Option<Rect>>,
    detail: Cell<Detail>,
    /// Whatever lies in here is drawn: more than is seen, so that a small move draws nothing.
    drawn: Cell<Rect>,
    /// Where the next frame goes on.
    next: Cell<usize>,
    /// How many parts fit into a frame, as far as that is known.
    at_once: Rc<Cell<f64>>,
    frame: NextFrame,
}

impl Refresher {
    pub(super) fn new(store: &Store) -> Refresher {
        let detail = Detail::at_zoom(store.session().camera().zoom);
        let inner = Rc::new_cyclic(|weak: &Weak<Inner>| {
            let weak = weak.clone();
            let frame = NextFrame::new(move || {
                if let Some(inner) = weak.upgrade() {
                    inner.frame();
                }
            });
            Inner {
                parts: RefCell::default(),
                counter: Cell::new(0),
                rounds: Cell::new(0),
                size: Cell::new(None),
                view: Cell::new(None),
                detail: Cell::new(detail),
                drawn: Cell::default(),
                next: Cell::new(0),
                at_once: Rc::new(Cell::new(FIRST_AT_ONCE)),
                frame,
            }
        });
        let subscription = {
            let inner = Rc::downgrade(&inner);
            let language = Cell::new(store.preferences().language);
            let heard = store.clone();
            let listener = Callback::from(move |()| {
                let Some(inner) = inner.upgrade() else { return };
                let now = heard.preferences().language;
                inner.begin_round(language.replace(now) != now);
            });
            store.subscribe(&[Slice::Figures, Slice::Preferences], listener)
        };
        Refresher { inner, _subscription: subscription }
    }

    /// How a part at a place is drawn at first.
    pub(super) fn first_look(&self, place: Rect) -> Look {
        match self.inner.view.get() {
            Some(_) => self.inner.wanted(place),
            None => (self.inner.parts.borrow().len() < FEW).then(|| self.inner.detail.get()),
        }
    }

    /// Tells a part how it is to be drawn, now and whenever it is to be looked at again, until what this gives is
    /// dropped.
    pub(super) fn join(&self, place: Rect, tell: Callback<Look>) -> Membership {
        let inner = &self.inner;
        let number = inner.counter.get() + 1;
        inner.counter.set(number);
        let look = Cell::new(self.first_look(place));
        inner.parts.borrow_mut().push(Part { number, place, look, due: Cell::new(true), tell });
        inner.frame.ask();
        Membership { inner: Rc::downgrade(inner), number }
    }

    /// The view has this size, in CSS pixels.
    pub(super) fn resize(&self, (width, height): (f64, f64)) {
        self.inner.size.set((width >= 1.0 && height >= 1.0).then_some((width, height)));
    }

    /// That size.
    pub(super) fn size(&self) -> Option<(f64, f64)> {
        self.inner.size.get()
    }

    /// The stage is looked at from here.
    pub(super) fn look_from(&self, camera: Camera) {
        let inner = &self.inner;
        let Some((width, height)) = inner.size.get() else { return };
        let view = Rect::new(camera.to_stage(Point::default()), width / camera.zoom, height / camera.zoom);
        inner.view.set(Some(view));
        let detail = Detail::at_zoom(camera.zoom);
        let drawn = inner.drawn.get();
        // After zooming in, much would be drawn that is not seen.
        let fits = drawn.holds(&view) && drawn.width < 4.0 * view.width;
        if inner.detail.replace(detail) == detail && fits {
            return;
        }
        inner.drawn.set(view.grown(view.width.min(view.height) / 2.0));
        for part in inner.parts.borrow().iter().filter(|part| part.look.get() != inner.wanted_of(part)) {
            part.due.set(true);
        }
        inner.frame.ask();
    }
}

impl Inner {
    fn wanted(&self, place: Rect) -> Look {
        self.drawn.get().meets(&place).then(|| self.detail.get())
    }

    /// What has been drawn already stays for a while when it is left behind: people push to and fro.
    fn wanted_of(&self, part: &Part) -> Look {
        let drawn = self.drawn.get();
        let near = part.look.get().is_some() && drawn.grown(drawn.width.max(drawn.height) / 2.0).meets(&part.place);
        self.wanted(part.place).or_else(|| near.then(|| self.detail.get()))
    }

    /// Everything that is drawn is to be looked at again, and a little of the rest; or all of it.
    fn begin_round(&self, all: bool) {
        let all = all || self.view.get().is_none();
        let round = self.rounds.get() + 1;
        self.rounds.set(round);
        for part in self.parts.borrow().iter() {
            if all || self.wanted(part.place).is_some() || part.number % ROUNDS_OF_AWAY == round % ROUNDS_OF_AWAY {
                part.due.set(true);
            }
        }
        self.frame.ask();
    }

    fn frame(&self) {
        let most = self.at_once.get() as usize;
        let mut taken: Vec<(Callback<Look>, Look)> = Vec::with_capacity(most);
        let more = {
            let parts = self.parts.borrow();
            let count = parts.len();
            let take = |part: &Part, taken: &mut Vec<(Callback<Look>, Look)>| {
                let look = if self.view.get().is_some() { self.wanted_of(part) } else { part.look.get() };
                part.look.set(look);
                part.due.set(false);
                taken.push((part.tell.clone(), look));
            };
            // First what is seen and not drawn yet.
            let view = self.view.get().unwrap_or_default();
            for part in parts.iter().filter(|part| part.due.get() && part.look.get().is_none()) {
                if taken.len() < most && view.meets(&part.place) {
                    take(part, &mut taken);
                }
            }
            let first = self.next.get().min(count);
            for index in (first..count).chain(0..first) {
                if taken.len() >= most {
                    break;
                }
                if parts[index].due.get() {
                    take(&parts[index], &mut taken);
                    self.next.set(index + 1);
                }
            }
            parts.iter().any(|part| part.due.get())
        };
        let count = taken.len() as f64;
        let began_ms = now_ms();
        // A part may join or leave while it is told.
        for (tell, look) in taken {
            tell.emit(look);
        }
        if more {
            self.frame.ask();
        }
        if count >= FIRST_AT_ONCE / 2.0 {
            self.measure(began_ms, count);
        }
    }

    /// Learns how many parts fit into the budget. The rendering is over when what is asked for last is done.
    fn measure(&self, began_ms: f64, count: f64) {
        let at_once = self.at_once.clone();
        spawn_local(async move {
            let each_ms = (now_ms() - began_ms).max(0.1) / count;
            let fits = BUDGET_MS / each_ms;
            // One slow frame says little.
            at_once.set((at_once.get() + (fits - at_once.get()) * 0.3).clamp(4.0, MOST_AT_ONCE));
        });
    }
}

/// A part is told as long as this lives.
pub(super) struct Membership {
    inner: Weak<Inner>,
    number: u64,
}

impl Drop for Membership {
    fn drop(&mut self) {
        if let Some(inner) = self.inner.upgrade() {
            inner.parts.borrow_mut().retain(|part| part.number != self.number);
        }
    }
}
