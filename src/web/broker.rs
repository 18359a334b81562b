//! The page's connection to a real broker: sockets, requests and the clock around `live::Broker`, and a store whose session shows
//! what is there.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use yew::Callback;

use super::fetch;
use super::frame::now_ms;
use super::socket::{Heard, Socket};
use crate::base::{Language, Micros};
use crate::live::{Broker, Effect, LiveStage, Login, Port, Request, Twin, Unlike};
use crate::scenario::Scenario;
use crate::session::{Command, Permits, Session};
use crate::ui::store::Store;

/// How often the clock is looked at, in milliseconds: handlers at the broker end as exactly as this.
const TICK_MS: u32 = 10;
/// How often the page is drawn anew at the most.
const DRAWN_EVERY_MS: f64 = 120.0;
/// After how long a request counts as not answered, in milliseconds.
const PATIENCE_MS: u32 = 10_000;

/// Where a broker is, and who asks. Only ever in memory; it is not printed.
#[derive(Clone)]
pub struct Access {
    /// The address of STOMP over WebSocket.
    pub stomp: String,
    /// The address of the management API, without `/api`.
    pub api: String,
    /// The virtual host.
    pub host: String,
    /// Who asks.
    pub login: Login,
}

struct Inner {
    access: Access,
    authorization: String,
    broker: RefCell<Broker>,
    twin: RefCell<Option<Twin>>,
    stage: RefCell<LiveStage>,
    /// With numbers, so that a socket that has another one in its place is not heard any more.
    sockets: RefCell<BTreeMap<Port, (u64, Socket)>>,
    /// Sockets that are done with. They are dropped outside their own listeners.
    old: RefCell<Vec<Socket>>,
    /// What the page's own scenario is: the sketch.
    sketch: Store,
    /// What shows the broker.
    shown: Store,
    /// The language whose names the sketch has at the broker: they stay when the page's language changes.
    language: Language,
    sights: Cell<u64>,
    drawn_at_ms: Cell<f64>,
    drawn: Cell<u64>,
    listeners: RefCell<Vec<(u64, Callback<()>)>>,
    counter: Cell<u64>,
}

/// A connection. Dropping the last handle on it disconnects.
#[derive(Clone)]
pub struct Connection {
    inner: Rc<Inner>,
    _running: Rc<Running>,
}

/// What goes as long as a connection is there.
struct Running {
    inner: Rc<Inner>,
    _clock: Interval,
    _leaving: Option<EventListener>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.inner.disconnect();
    }
}

impl PartialEq for Connection {
    fn eq(&self, other: &Connection) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

/// Somebody who is told of changes, until it is dropped.
pub struct Following {
    inner: Weak<Inner>,
    number: u64,
}

impl Drop for Following {
    fn drop(&mut self) {
        if let Some(inner) = self.inner.upgrade() {
            inner.listeners.borrow_mut().retain(|(number, _)| *number != self.number);
        }
    }
}

impl Connection {
    /// Begins to connect.
    pub fn begin(access: Access, sketch: Store) -> Connection {
        let mut session = Session::new(Scenario::default());
        session.observe(Scenario::default());
        session.set_limit(Permits::NOTHING);
        let shown = Store::new(session, sketch.preferences());
        let nonce = (js_sys::Math::random() * 9e15) as u64;
        let broker = Broker::new(access.login.clone(), access.host.clone(), nonce);
        let inner = Rc::new(Inner {
            authorization: authorization(&access.login),
            broker: RefCell::new(broker),
            access,
            twin: RefCell::default(),
            stage: RefCell::default(),
            sockets: RefCell::default(),
            old: RefCell::default(),
            language: sketch.preferences().language,
            sketch,
            shown: shown.clone(),
            sights: Cell::new(0),
            drawn_at_ms: Cell::new(0.0),
            drawn: Cell::new(u64::MAX),
            listeners: RefCell::default(),
            counter: Cell::new(0),
        });
        // Its clock is the only thing that goes there.
        shown.order(Command::Play { until_us: None });
        let clock = {
            let weak = Rc::downgrade(&inner);
            Interval::new(TICK_MS, move || {
                if let Some(inner) = weak.upgrade() {
                    inner.tick();
                }
            })
        };
        let leaving = web_sys::window().map(|window| {
            let weak = Rc::downgrade(&inner);
            EventListener::new(&window, "pagehide", move |_| {
                if let Some(inner) = weak.upgrade() {
                    inner.disconnect();
                }
            })
        });
        inner.carry_out();
        let running = Running { inner: inner.clone(), _clock: clock, _leaving: leaving };
        Connection { inner, _running: Rc::new(running) }
    }

    /// What shows the broker.
    pub fn shown(&self) -> Store {
        self.inner.shown.clone()
    }

    /// The page's own scenario.
    pub fn sketch(&self) -> Store {
        self.inner.sketch.clone()
    }

    /// The language whose names the sketch has at the broker.
    pub fn language(&self) -> Language {
        self.inner.language
    }

    /// Looks at the broker.
    pub fn look<T>(&self, look: impl FnOnce(&Broker) -> T) -> T {
        look(&self.inner.broker.borrow())
    }

    /// Looks at what is drawn of it.
    pub fn stage<T>(&self, look: impl FnOnce(&LiveStage) -> T) -> T {
        look(&self.inner.stage.borrow())
    }

    /// Looks at both, where they run.
    pub fn twin<T>(&self, look: impl FnOnce(Option<&Twin>, &Broker) -> T) -> T {
        look(self.inner.twin.borrow().as_ref(), &self.inner.broker.borrow())
    }

    /// Does something for the person at the page.
    pub fn act<T>(&self, act: impl FnOnce(&mut Broker) -> T) -> T {
        let outcome = act(&mut self.inner.broker.borrow_mut());
        self.inner.carry_out();
        self.inner.draw();
        outcome
    }

    /// Lets the sketch run in the simulation and at the broker.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn begin_twin(&self) -> Result<(), Vec<Unlike>> {
        let sketch = self.inner.sketch.session().latest_scenario();
        let language = self.inner.language;
        let twin = self.act(|broker| Twin::begin(&sketch, language, broker, now()))?;
        *self.inner.twin.borrow_mut() = Some(twin);
        self.inner.draw();
        Ok(())
    }

    /// Ends both.
    pub fn end_twin(&self) {
        self.act(|broker| {
            if let Some(twin) = self.inner.twin.borrow_mut().as_mut() {
                twin.end(broker);
            }
        });
    }

    /// Calls whenever something has changed that can be seen, a few times a second at the most.
    pub fn follow(&self, callback: Callback<()>) -> Following {
        let number = self.inner.counter.get() + 1;
        self.inner.counter.set(number);
        self.inner.listeners.borrow_mut().push((number, callback));
        Following { inner: Rc::downgrade(&self.inner), number }
    }
}

fn now() -> Micros {
    Micros::from_ms(now_ms())
}

/// Basic authentication (RFC 7617), of UTF-8.
fn authorization(login: &Login) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", login.user, login.password)))
}

impl Inner {
    fn tick(self: &Rc<Self>) {
        self.old.borrow_mut().clear();
        {
            let mut broker = self.broker.borrow_mut();
            broker.tick(now());
            if let Some(twin) = self.twin.borrow_mut().as_mut() {
                twin.tick(now(), &mut broker);
            }
        }
        self.carry_out();
        if now_ms() - self.drawn_at_ms.get() >= DRAWN_EVERY_MS {
            self.draw();
        }
    }

    /// Does what has to be done, and what that brings about.
    fn carry_out(self: &Rc<Self>) {
        loop {
            let effects = self.broker.borrow_mut().take_effects();
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                match effect {
                    Effect::Open(port) => self.open(port),
                    Effect::Send(port, text) => {
                        if let Some((_, socket)) = self.sockets.borrow().get(&port) {
                            socket.send(&text);
                        }
                    }
                    Effect::Close(port) => self.close(port),
                    Effect::Ask(request) => self.ask(request),
                }
            }
        }
    }

    fn close(&self, port: Port) {
        if let Some((_, socket)) = self.sockets.borrow_mut().remove(&port) {
            socket.close();
            self.old.borrow_mut().push(socket);
        }
    }

    fn open(self: &Rc<Self>, port: Port) {
        self.close(port);
        let number = self.counter.get() + 1;
        self.counter.set(number);
        let weak = Rc::downgrade(self);
        let heard = move |heard: Heard| {
            let Some(inner) = weak.upgrade() else { return };
            if inner.sockets.borrow().get(&port).is_none_or(|(own, _)| *own != number) {
                return;
            }
            {
                let mut broker = inner.broker.borrow_mut();
                // What arrives begins now, and not when the clock was last looked at.
                broker.tick(now());
                match heard {
                    Heard::Opened => broker.opened(port),
                    Heard::Received(text) => broker.received(port, &text),
                    Heard::Closed => broker.closed(port),
                }
            }
            inner.carry_out();
        };
        match Socket::open(&self.access.stomp, heard) {
            Some(socket) => drop(self.sockets.borrow_mut().insert(port, (number, socket))),
            None => self.broker.borrow_mut().closed(port),
        }
    }

    fn ask(self: &Rc<Self>, request: Request) {
        let Request { number, method, path, body } = request;
        let address = format!("{}/api/{path}", self.access.api);
        let how = Object::new();
        let headers = Array::new();
        let pair = |name: &str, value: &str| {
            headers.push(&Array::of2(&name.into(), &value.into()));
        };
        pair("authorization", &self.authorization);
        if body.is_some() {
            pair("content-type", "application/json");
        }
        let set = |name: &str, value: &JsValue| {
            // An object of this page's own takes everything.
            let _ = Reflect::set(&how, &name.into(), value);
        };
        set("method", &method.into());
        set("headers", &headers);
        set("credentials", &"omit".into());
        set("cache", &"no-store".into());
        // What is asked while the page goes is still asked.
        set("keepalive", &(method != "GET").into());
        if let Some(body) = body {
            set("body", &body.into());
        }
        let weak = Rc::downgrade(self);
        fetch::ask(&address, &how, PATIENCE_MS, move |answer| {
            let Some(inner) = weak.upgrade() else { return };
            inner.broker.borrow_mut().answered(number, answer.as_ref().map(|(status, text)| (*status, text.as_str())));
            inner.carry_out();
        });
    }

    /// Shows what has changed.
    fn draw(&self) {
        let now_ms = now_ms();
        let since = now_ms - self.drawn_at_ms.replace(now_ms);
        let broker = self.broker.borrow();
        let mut stage = self.stage.borrow_mut();
        let is_whole = broker.known().is_whole();
        let is_new = is_whole && {
            let sketch = self.sketch.session();
            stage.follow(&broker, sketch.scenario(), self.language, self.shown.words())
        };
        let figures = stage.figures(&broker, now());
        drop(broker);
        let sights = self.broker.borrow_mut().take_sights();
        // What arrived since it was drawn last sets off in the same order, spread over as long a time.
        let apart = (since * 1e3).min(250_000.0) / (sights.len().max(1) as f64);
        self.shown.update(|session| {
            if is_new {
                session.observe(stage.scenario().clone());
            }
            session.set_observed(figures);
            for (place, sight) in sights.iter().enumerate() {
                for (edge, redelivered) in stage.ways(sight) {
                    let number = self.sights.get() + 1;
                    self.sights.set(number);
                    session.see_moving(&edge, number, redelivered, Micros((place as f64 * apart) as u64));
                }
            }
        });
        drop(stage);
        self.shown.refresh_figures();
        let revision = self.broker.borrow().revision();
        let twin_goes = self.twin.borrow().as_ref().is_some_and(|twin| !twin.has_ended());
        if self.drawn.replace(revision) != revision || twin_goes {
            let listeners: Vec<Callback<()>> =
                self.listeners.borrow().iter().map(|(_, listener)| listener.clone()).collect();
            for listener in listeners {
                listener.emit(());
            }
        }
    }

    fn disconnect(self: &Rc<Self>) {
        {
            let mut broker = self.broker.borrow_mut();
            if let Some(twin) = self.twin.borrow_mut().as_mut() {
                twin.end(&mut broker);
            }
            broker.disconnect();
        }
        self.carry_out();
    }
}
