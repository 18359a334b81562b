//! Messages on a canvas: the frame loop with the real browser around it.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use gloo_timers::callback::Timeout;
use mq_playground::base::Micros;
use mq_playground::scenario::format;
use mq_playground::session::{Command, Session};
use mq_playground::ui::store::{Preferences, Store};
use mq_playground::web::frame::FrameLoop;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{CanvasRenderingContext2d, Document, HtmlCanvasElement, HtmlElement};

const SCENARIO: &str = r#"{"mq_scenario": 1, "seed": 1, "nodes": [
    {"id": "p", "kind": "producer", "at": [-150, 0], "settings": {"pattern": {"constant": {"per_s": 100}}}},
    {"id": "q", "kind": "queue", "at": [280, 0]}],
  "edges": [{"id": "pq", "kind": "publish", "from": "p", "to": "q"}]}"#;

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("tests run in a page")
}

fn root() -> HtmlElement {
    document().document_element().and_then(|root| root.dyn_into().ok()).expect("a page has a root")
}

/// A canvas on the page, of 300 × 150 CSS pixels.
fn canvas() -> HtmlCanvasElement {
    let canvas = document().create_element("canvas").expect("a page can have a canvas");
    let canvas: HtmlCanvasElement = canvas.unchecked_into();
    canvas.set_attribute("style", "width: 300px; height: 150px").expect("a canvas has a style");
    document().body().expect("a page has a body").append_child(&canvas).expect("a body takes a canvas");
    canvas
}

fn store() -> Store {
    Store::new(Session::new(format::parse(SCENARIO).expect("a good scenario")), Preferences::default())
}

/// How many opaque pixels of a colour there are.
fn count(canvas: &HtmlCanvasElement, colour: [u8; 3]) -> usize {
    let context = canvas.get_context("2d").ok().flatten().expect("the canvas has a context");
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    let pixels = context.get_image_data(0.0, 0.0, width, height).expect("the canvas can be read").data();
    let [red, green, blue] = colour;
    pixels.chunks_exact(4).filter(|pixel| **pixel == [red, green, blue, 255]).count()
}

/// Lets the browser do its work until something holds.
async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        pause(10).await;
    }
    panic!("waited for: {what}");
}

async fn pause(milliseconds: u32) {
    let over: Rc<RefCell<(bool, Option<Waker>)>> = Rc::default();
    let timer = {
        let over = over.clone();
        Timeout::new(milliseconds, move || {
            let mut over = over.borrow_mut();
            over.0 = true;
            if let Some(waker) = over.1.take() {
                waker.wake();
            }
        })
    };
    poll_fn(|context| {
        let mut over = over.borrow_mut();
        over.1 = Some(context.waker().clone());
        if over.0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    drop(timer);
}

#[wasm_bindgen_test]
async fn messages_are_painted_in_the_colours_of_the_page() {
    let colour = [1, 130, 3];
    root().style().set_property("--color-message", "rgb(1 130 3)").expect("a root has a style");
    let (store, canvas) = (store(), canvas());
    let frames = FrameLoop::start(store.clone(), canvas.clone());
    store.dispatch(Command::Play { until_us: Some(Micros(200_000)) }).expect("a session plays");
    until("the end of the playing", || !store.session().playback().playing()).await;
    assert_eq!(store.session().now(), Micros(200_000));
    // Twenty messages, the first of them half of the way.
    assert!(count(&canvas, colour) > 20 * 20, "{}", count(&canvas, colour));

    // Time stands, but what is looked at has changed.
    let camera = store.session().camera();
    store.set_camera(camera.panned(10_000.0, 0.0));
    until("an empty canvas", || count(&canvas, colour) == 0).await;
    store.set_camera(camera);
    until("messages again", || count(&canvas, colour) > 20 * 20).await;
    store.dispatch(Command::Reset).expect("a session begins anew");
    until("an empty canvas after the reset", || count(&canvas, colour) == 0).await;

    drop(frames);
    canvas.remove();
    root().style().remove_property("--color-message").expect("a root has a style");
}

#[wasm_bindgen_test]
async fn no_time_passes_once_the_loop_is_dropped() {
    let (store, canvas) = (store(), canvas());
    let frames = FrameLoop::start(store.clone(), canvas.clone());
    store.dispatch(Command::Play { until_us: None }).expect("a session plays");
    until("time to pass", || store.session().now() > Micros(100_000)).await;
    drop(frames);
    let now = store.session().now();
    pause(200).await;
    assert_eq!(store.session().now(), now);
    canvas.remove();
}
