//! A page that measures: `?bench=painter` how long a frame takes with so many messages moving at once, `?bench=engine`
//! how long the engine takes for an event, `?bench=seek` how long it takes to go to any instant of an hour. Anyone can open it on their own machine; scripts read the same figures as
//! JSON from the element `bench-results`, whose `data-state` says how far it is. `&n=10000&ratio=1&seconds=4` measures
//! at once.
//!
//! Up to [`MOST_DOTS`] messages it is the page's own frame that is measured, with a session, its engine and its record,
//! on forty edges. Beyond that the page would thin them out: the same display list and the same painter are given
//! messages that are made up, and draw every one.
//!
//! It is a page for engineers, in English only.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlCanvasElement, HtmlSelectElement, UrlSearchParams};

use crate::base::Micros;
use crate::engine::{EdgeIndex, Engine};
use crate::scenario::{Distribution, NodeSettings, Pattern, Scenario, Step, format};
use crate::session::{Command, Session};
use crate::timeline::{Recorder, Transit, Way};
use crate::ui::store::{Preferences, Store};
use crate::view::dots::MOST_DOTS;

use super::frame::{Frame, now_ms};

/// The edges on which messages move.
const EDGES: u64 = 40;

/// How long each of them moves.
const TRAVEL: Micros = Micros(2_000_000);

/// The size of the canvas, in CSS pixels.
const SIZE: (f64, f64) = (1280.0, 800.0);

/// What passes before anything counts, in milliseconds: the browser is still translating the program.
const WARM_UP_MS: f64 = 1_500.0;

/// How many messages can be chosen.
const COUNTS: [u64; 5] = [0, 100, 1_000, 10_000, 50_000];

/// Opens the page where the address asks for it. False: it does not.
pub fn open_if_asked() -> bool {
    let Some(window) = web_sys::window() else { return false };
    let search = window.location().search().unwrap_or_default();
    let Ok(parameters) = UrlSearchParams::new_with_str(&search) else { return false };
    let asked_by_fragment = window.location().hash().is_ok_and(|hash| hash == "#bench");
    let wanted = parameters.get("bench").or_else(|| asked_by_fragment.then(String::new));
    let Some(wanted) = wanted else { return false };
    let number = |name: &str| parameters.get(name).and_then(|text| text.parse::<f64>().ok());
    // Where the document refuses an element there is no page at all.
    let Some(page) = window.document().and_then(|document| Page::build(&document).ok()) else { return false };
    let page = Rc::new(page);
    page.listen();
    if wanted == "engine" {
        page.measure_engine();
    } else if wanted == "seek" {
        page.measure_seek();
    } else if let Some(count) = number("n") {
        let ratio = number("ratio").unwrap_or(1.0);
        page.measure_painter(count as u64, ratio, number("seconds").unwrap_or(4.0));
    }
    true
}

struct Page {
    canvas: HtmlCanvasElement,
    count: HtmlSelectElement,
    ratio: HtmlSelectElement,
    painter_button: Element,
    engine_button: Element,
    seek_button: Element,
    rows: Element,
    output: Element,
    results: RefCell<Vec<Value>>,
    busy: Cell<bool>,
    listeners: RefCell<Vec<EventListener>>,
}

impl Page {
    fn build(document: &Document) -> Result<Page, JsValue> {
        let body = document.body().ok_or(JsValue::NULL)?;
        body.set_text_content(None);
        body.style().set_property("overflow", "auto")?;
        if let Some(root) = document.document_element() {
            root.set_attribute("lang", "en")?;
        }
        let main = add(document, &body, "main", "")?;
        main.set_attribute("style", "padding: 1rem; font-variant-numeric: tabular-nums")?;
        add(document, &main, "h1", "Measurements")?;
        let form = add(document, &main, "p", "")?;
        let counts: Vec<String> = COUNTS.iter().map(u64::to_string).collect();
        let count = choice(document, &form, "Messages", &counts, "10000")?;
        let ratio = choice(document, &form, "Pixel ratio", &["1".to_owned(), "2".to_owned()], "1")?;
        let painter_button = add(document, &form, "button", "Measure the painter")?;
        let engine_button = add(document, &form, "button", "Measure the engine")?;
        let seek_button = add(document, &form, "button", "Measure going through time")?;
        let table = add(document, &main, "table", "")?;
        let head = add(document, &table, "thead", "")?;
        let titles = ["What", "How much", "Rate", "Mean", "95 of 100 below", "99 of 100 below"];
        add_row(document, &head, "th", titles.map(str::to_owned))?;
        let rows = add(document, &table, "tbody", "")?;
        let output = add(document, &main, "pre", "[]")?;
        output.set_id("bench-results");
        output.set_attribute("data-state", "idle")?;
        let canvas: HtmlCanvasElement = add(document, &main, "canvas", "")?.dyn_into().map_err(|_| JsValue::NULL)?;
        let (width, height) = SIZE;
        // While it is measured it lies in the page's corner, so that all of it is on the screen whatever has been measured before.
        canvas.set_attribute(
            "style",
            &format!(
                "position: fixed; left: 0; top: 0; width: {width}px; height: {height}px; max-width: none; \
                 pointer-events: none"
            ),
        )?;
        canvas.set_hidden(true);
        let (results, busy, listeners) = Default::default();
        Ok(Page {
            canvas,
            count,
            ratio,
            painter_button,
            engine_button,
            seek_button,
            rows,
            output,
            results,
            busy,
            listeners,
        })
    }

    fn listen(self: &Rc<Page>) {
        let on = |button: &Element, what: fn(&Rc<Page>)| {
            let page = Rc::downgrade(self);
            EventListener::new(button, "click", move |_| {
                if let Some(page) = page.upgrade() {
                    what(&page);
                }
            })
        };
        let measure_painter = |page: &Rc<Page>| {
            let count = page.count.value().parse().unwrap_or(0);
            page.measure_painter(count, page.ratio.value().parse().unwrap_or(1.0), 4.0);
        };
        let listeners = vec![
            on(&self.painter_button, measure_painter),
            on(&self.engine_button, |page| page.measure_engine()),
            on(&self.seek_button, |page| page.measure_seek()),
        ];
        self.listeners.replace(listeners);
        // The page stays as long as the document does.
        std::mem::forget(self.clone());
    }

    /// Measures one at a time.
    fn begin(&self) -> bool {
        let free = !self.busy.replace(true);
        if free {
            self.set_state("warming");
        }
        free
    }

    fn set_state(&self, state: &str) {
        // An attribute of this name is always taken.
        let _ = self.output.set_attribute("data-state", state);
    }

    fn end(&self, result: Value, row: [String; 6]) {
        self.canvas.set_hidden(true);
        self.note(result, row);
        self.busy.set(false);
        self.set_state("done");
    }

    fn note(&self, result: Value, row: [String; 6]) {
        self.results.borrow_mut().push(result);
        let text = serde_json::to_string_pretty(&*self.results.borrow()).unwrap_or_default();
        self.output.set_text_content(Some(&text));
        if let Some(document) = self.rows.owner_document() {
            // What was measured stands in the output even where there is no row for it.
            let _ = add_row(&document, &self.rows, "td", row);
        }
    }

    // ---- the painter ----

    fn measure_painter(self: &Rc<Page>, count: u64, ratio: f64, seconds: f64) {
        if !self.begin() {
            return;
        }
        self.canvas.set_hidden(false);
        let crowd = (count > u64::from(MOST_DOTS)).then(|| Crowd::new(count));
        let store = Store::new(moving_session(if crowd.is_some() { 0 } else { count }), Preferences::default());
        let mut frame = Frame::new(self.canvas.clone());
        frame.measure_at(ratio);
        let mut run = PainterRun {
            page: self.clone(),
            store,
            frame,
            crowd,
            count,
            ratio,
            least_ms: seconds * 1_000.0,
            began_ms: None,
            measured: None,
            last_ms: 0.0,
            frames: 0,
            dots: 0,
            samples_ms: Vec::with_capacity(16_384),
        };
        for_each_frame(move |timestamp_ms| run.frame(timestamp_ms));
    }

    // ---- the engine ----

    /// Each scenario several times, with a pause between in which the browser shows what there is.
    fn measure_engine(self: &Rc<Page>) {
        if self.begin() {
            self.set_state("measuring");
            self.measure_engine_from(0);
        }
    }

    fn measure_engine_from(self: &Rc<Page>, number: usize) {
        let page = self.clone();
        Timeout::new(100, move || {
            let (name, scenario, until) = match number {
                0 => ("M/M/1", single_queue(), Micros(1_111_111_111_111)),
                _ => ("Fan-out to 3 queues × 2", fan_out(), Micros(187_500_000_000)),
            };
            let mut times: Vec<(f64, u64)> = (0..7).map(|_| run_engine(&scenario, until)).collect();
            // The first one the browser is still translating.
            times.remove(0);
            let mut per_event: Vec<f64> = times.iter().map(|(took_ms, events)| took_ms * 1e6 / *events as f64).collect();
            per_event.sort_unstable_by(f64::total_cmp);
            let (median, least) = (per_event[per_event.len() / 2], per_event[0]);
            let events = times[0].1;
            let result = json!({
                "bench": "engine", "scenario": name, "events": events, "ns_per_event": median, "least_ns_per_event": least,
            });
            let row = [
                name.to_owned(),
                format!("{events} events"),
                format!("{:.1} million events per second", 1e3 / median),
                format!("{median:.1} ns per event"),
                String::new(),
                String::new(),
            ];
            if number == 0 {
                page.note(result, row);
                page.measure_engine_from(1);
            } else {
                page.end(result, row);
            }
        })
        .forget();
    }
}

impl Page {
    // ---- going through time ----

    /// An hour of the page's first scenario at 100 messages per second, with consumers that keep up; and then instants of it,
    /// one after the other, in no order.
    fn measure_seek(self: &Rc<Page>) {
        if !self.begin() {
            return;
        }
        self.set_state("measuring");
        let page = self.clone();
        Timeout::new(100, move || {
            let mut session = Session::new(busy_first_scenario());
            let whole_ms = seek(&mut session, HOUR);
            let (count, bytes) = session.run().checkpoints();
            // Every instant by the same rule, so that each measurement goes the same ways.
            let mut place = 0x9e37_79b9_7f4a_7c15u64;
            let mut times_ms: Vec<f64> = (0..SEEKS)
                .map(|_| {
                    place = place.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
                    seek(&mut session, Micros((place >> 11) % HOUR.0))
                })
                .collect();
            times_ms.sort_unstable_by(f64::total_cmp);
            let at = |share: f64| times_ms[((times_ms.len() - 1) as f64 * share).round() as usize];
            let (median, p95, most) = (at(0.5), at(0.95), at(1.0));
            let events = session.run().series().overall().last().map_or(0, |last| last.made);
            let mib = bytes as f64 / f64::from(1 << 20);
            let result = json!({
                "bench": "seek", "hours": 1, "messages": events, "run_ms": whole_ms, "seeks": SEEKS, "median_ms": median,
                "p95_ms": p95, "most_ms": most, "checkpoints": count, "checkpoint_mib": mib,
            });
            let row = [
                "To any instant of an hour".to_owned(),
                format!("{SEEKS} instants, {events} messages, {count} states kept in {mib:.1} MiB"),
                format!("the hour itself: {whole_ms:.0} ms"),
                format!("median {median:.1} ms"),
                format!("{p95:.1} ms"),
                format!("most {most:.1} ms"),
            ];
            page.end(result, row);
        })
        .forget();
    }
}

/// What is gone through.
const HOUR: Micros = Micros(3_600_000_000);
/// How many instants are gone to.
const SEEKS: usize = 100;

/// The page's first scenario, with 100 messages per second and consumers that keep up.
fn busy_first_scenario() -> Scenario {
    let mut scenario = crate::ui::app::first_scenario();
    for node in &mut scenario.nodes {
        match &mut node.settings {
            NodeSettings::Producer(producer) => producer.pattern = Pattern::Poisson { per_s: 100.0 },
            NodeSettings::Consumer(consumer) => {
                consumer.handler = vec![Step::Work { ms: Distribution::Exponential(10.0) }];
            }
            _ => {}
        }
    }
    scenario
}

/// Goes to an instant; how long that took, in milliseconds.
fn seek(session: &mut Session, time: Micros) -> f64 {
    let began_ms = now_ms();
    let _ = session.dispatch(Command::Seek { time_us: time });
    while session.playback().seeking().is_some() {
        session.tick(0.0, &mut || false);
    }
    now_ms() - began_ms
}

/// Runs a scenario with all statistics and the record of what moved, as the page does. How long it took, in
/// milliseconds, and how many events there were.
fn run_engine(scenario: &Scenario, until: Micros) -> (f64, u64) {
    let mut engine = Engine::new(scenario);
    let mut recorder = Recorder::default();
    let began_ms = now_ms();
    engine.run_until(until, &mut recorder);
    (now_ms() - began_ms, engine.events())
}

/// One measurement of the painter.
struct PainterRun {
    page: Rc<Page>,
    store: Store,
    frame: Frame,
    /// Made-up messages, where they are more than the page would show.
    crowd: Option<Crowd>,
    count: u64,
    ratio: f64,
    least_ms: f64,
    began_ms: Option<f64>,
    /// When the first frame that counts began.
    measured: Option<f64>,
    last_ms: f64,
    frames: u32,
    dots: usize,
    samples_ms: Vec<f64>,
}

impl PainterRun {
    /// False when it is over.
    fn frame(&mut self, timestamp_ms: f64) -> bool {
        let since_ms = timestamp_ms - *self.began_ms.get_or_insert(timestamp_ms);
        let began_ms = now_ms();
        match &mut self.crowd {
            Some(crowd) => {
                let now = TRAVEL + Micros::from_ms(since_ms);
                crowd.move_on(now);
                self.frame.paint_transits(&self.store, &crowd.transits, now, TRAVEL);
            }
            None => {
                self.frame.work(&self.store, timestamp_ms);
            }
        }
        let took_ms = now_ms() - began_ms;
        self.frames += 1;
        // For whoever measures from outside.
        if let Some(window) = web_sys::window() {
            let _ = js_sys::Reflect::set(&window, &"benchFrames".into(), &self.frames.into());
        }
        if since_ms < WARM_UP_MS {
            return true;
        }
        match self.measured {
            None => {
                self.measured = Some(timestamp_ms);
                self.page.set_state("measuring");
                return true;
            }
            Some(_) => {
                self.samples_ms.push(took_ms);
                self.dots += self.frame.dots();
                self.last_ms = timestamp_ms;
            }
        }
        let goes_on = timestamp_ms - self.measured.unwrap_or(timestamp_ms) < self.least_ms;
        if !goes_on {
            self.report();
        }
        goes_on
    }

    fn report(&mut self) {
        let frames = self.samples_ms.len() as f64;
        let fps = frames * 1_000.0 / (self.last_ms - self.measured.unwrap_or_default());
        let mean = self.samples_ms.iter().sum::<f64>() / frames;
        self.samples_ms.sort_unstable_by(f64::total_cmp);
        let below = |part: f64| self.samples_ms[((frames * part) as usize).min(self.samples_ms.len() - 1)];
        let (p95, p99) = (below(0.95), below(0.99));
        let dots = self.dots as f64 / frames;
        let source = if self.crowd.is_some() { "made up" } else { "session" };
        let result = json!({
            "bench": "painter", "n": self.count, "dots": dots.round(), "source": source, "ratio": self.ratio,
            "width": SIZE.0, "height": SIZE.1, "frames": frames, "fps": fps,
            "script_ms": {"mean": mean, "p95": p95, "p99": p99},
        });
        let row = [
            format!("Painter, ratio {}", self.ratio),
            format!("{dots:.0} messages ({source})"),
            format!("{fps:.1} frames per second"),
            format!("{mean:.2} ms"),
            format!("{p95:.2} ms"),
            format!("{p99:.2} ms"),
        ];
        self.page.end(result, row);
    }
}

/// Messages that are made up: each sets off again when it has arrived.
struct Crowd {
    transits: Vec<Transit>,
}

impl Crowd {
    fn new(count: u64) -> Crowd {
        let transits = (0..count).map(|copy| {
            // Spread over the time of travel as evenly as a multiple of the golden ratio does.
            let departed_at = Micros(copy.wrapping_mul(0x9e37_79b9_7f4a_7c15) % TRAVEL.0);
            Transit {
                way: Way::Edge(EdgeIndex((copy % EDGES) as u32)),
                copy: copy + 1,
                departed_at,
                arrives_at: departed_at + TRAVEL,
                redelivered: copy % 16 == 0,
                failed: false,
            }
        });
        Crowd { transits: transits.collect() }
    }

    fn move_on(&mut self, now: Micros) {
        for transit in &mut self.transits {
            while transit.arrives_at <= now {
                (transit.departed_at, transit.arrives_at) = (transit.arrives_at, transit.arrives_at + TRAVEL);
            }
        }
    }
}

/// A session that plays, with about `count` messages under way: forty producers on the left, eight queues on the right.
fn moving_session(count: u64) -> Session {
    let per_s = count as f64 / EDGES as f64 / TRAVEL.as_seconds();
    let (mut nodes, mut edges) = (Vec::new(), Vec::new());
    for queue in 0..8 {
        // Where their handles come to stand at the canvas's sides. Nobody takes the messages: what is over is dropped.
        let y = 50.0 + f64::from(queue) * 100.0 - 68.0;
        nodes.push(
            json!({"id": format!("q{queue}"), "kind": "queue", "at": [1_260.0, y], "settings": {"max_length": 1}}),
        );
    }
    for producer in 0..EDGES {
        let y = 20.0 + producer as f64 * 19.5 - 56.0;
        nodes.push(json!({
            "id": format!("p{producer}"), "kind": "producer", "at": [20.0 - 176.0, y],
            "settings": {"pattern": {"poisson": {"per_s": per_s}}},
        }));
        edges.push(json!({
            "id": format!("e{producer}"), "kind": "publish", "from": format!("p{producer}"),
            "to": format!("q{}", producer * 3 % 8), "latency_ms": TRAVEL.as_ms(),
        }));
    }
    let mut session = Session::new(built(json!({"mq_scenario": 1, "seed": 1, "nodes": nodes, "edges": edges})));
    for command in [Command::Seek { time_us: Micros(3_000_000) }, Command::Play { until_us: None }] {
        // Both are always carried out.
        let _ = session.dispatch(command);
    }
    while session.playback().seeking().is_some() {
        session.tick(0.0, &mut || false);
    }
    session
}

/// One producer at 0.9 per second, one queue, one consumer of a mean of one second.
fn single_queue() -> Scenario {
    built(json!({
        "mq_scenario": 1, "seed": 1,
        "nodes": [
            {"id": "p", "kind": "producer", "at": [0, 0], "settings": {"pattern": {"poisson": {"per_s": 0.9}}}},
            {"id": "q", "kind": "queue", "at": [300, 0]},
            {"id": "c", "kind": "consumer", "at": [600, 0], "settings": {
                "prefetch_count": 1, "handler": [{"work": {"ms": {"exponential": 1000}}}]}},
        ],
        "edges": [
            {"id": "pq", "kind": "publish", "from": "p", "to": "q"},
            {"id": "qc", "kind": "subscribe", "from": "q", "to": "c"},
        ],
    }))
}

/// One producer at 1.6 per second, three queues, at each one consumer that works on two messages at once.
fn fan_out() -> Scenario {
    let producer =
        json!({"id": "p", "kind": "producer", "at": [0, 0], "settings": {"pattern": {"poisson": {"per_s": 1.6}}}});
    let (mut nodes, mut edges) = (vec![producer], Vec::new());
    for lane in 0..3 {
        let y = f64::from(lane) * 200.0;
        nodes.push(json!({"id": format!("q{lane}"), "kind": "queue", "at": [300.0, y]}));
        nodes.push(json!({
            "id": format!("c{lane}"), "kind": "consumer", "at": [600.0, y],
            "settings": {
                "prefetch_count": 2, "concurrency": 2, "handler": [{"work": {"ms": {"exponential": 1000}}}],
            },
        }));
        edges.push(json!({"id": format!("pq{lane}"), "kind": "publish", "from": "p", "to": format!("q{lane}")}));
        edges.push(json!({
            "id": format!("qc{lane}"), "kind": "subscribe", "from": format!("q{lane}"), "to": format!("c{lane}"),
        }));
    }
    built(json!({"mq_scenario": 1, "seed": 1, "nodes": nodes, "edges": edges}))
}

fn built(scenario: Value) -> Scenario {
    format::from_value(scenario).expect("scenarios for measurements are good ones")
}

/// What the browser calls in a frame.
type FrameCallback = Closure<dyn FnMut(f64)>;

/// Calls `work` in each frame of the screen until it says that it is over.
fn for_each_frame(mut work: impl FnMut(f64) -> bool + 'static) {
    let callback: Rc<RefCell<Option<FrameCallback>>> = Rc::default();
    let request = {
        let callback = callback.clone();
        move || {
            if let (Some(window), Some(callback)) = (web_sys::window(), &*callback.borrow()) {
                // A window that takes no requests shows no frames either.
                let _ = window.request_animation_frame(callback.as_ref().unchecked_ref());
            }
        }
    };
    let next = request.clone();
    let own = callback.clone();
    let closure = Closure::new(move |timestamp_ms| {
        if work(timestamp_ms) {
            next();
        } else {
            drop(own.take());
        }
    });
    callback.replace(Some(closure));
    request();
}

fn add(document: &Document, parent: &Element, name: &str, text: &str) -> Result<Element, JsValue> {
    let element = document.create_element(name)?;
    if !text.is_empty() {
        element.set_text_content(Some(text));
    }
    parent.append_child(&element)?;
    Ok(element)
}

fn add_row(document: &Document, parent: &Element, cell: &str, texts: [String; 6]) -> Result<(), JsValue> {
    let row = add(document, parent, "tr", "")?;
    for text in texts {
        add(document, &row, cell, &text)?.set_attribute("style", "padding: 0.25rem 1rem; text-align: start")?;
    }
    Ok(())
}

/// A list to choose from, with its name.
fn choice(
    document: &Document,
    parent: &Element,
    name: &str,
    options: &[String],
    chosen: &str,
) -> Result<HtmlSelectElement, JsValue> {
    let label = add(document, parent, "label", &format!("{name} "))?;
    let select: HtmlSelectElement = add(document, &label, "select", "")?.dyn_into().map_err(|_| JsValue::NULL)?;
    for option in options {
        add(document, &select, "option", option)?;
    }
    select.set_value(chosen);
    add(document, parent, "span", " ")?;
    Ok(select)
}
