//! The shell around the stage.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use gloo_timers::callback::Timeout;
use mq_playground::base::{Language, Micros};
use mq_playground::editor::action::ACTIONS;
use mq_playground::scenario::field::{NumberRange, Scale, Unit};
use mq_playground::scenario::{Id, NodeKind, format};
use mq_playground::session::{Command, Session};
use mq_playground::ui::app::{begin, first_scenario};
use mq_playground::ui::autosave;
use mq_playground::ui::header::open_text;
use mq_playground::ui::help::Help;
use mq_playground::ui::inspector::Inspector;
use mq_playground::ui::ledger::LedgerLine;
use mq_playground::ui::notices::Notices;
use mq_playground::ui::number::{self, Stops};
use mq_playground::ui::store::{Preferences, Store, Theme};
use mq_playground::ui::transport::Transport;
use mq_playground::web::preferences::Beginning;
use mq_playground::web::storage::{self, Key};
use mq_playground::words::Words;
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// Lets the page render and its timers run.
async fn pause(ms: u32) {
    let over = Rc::new(Cell::new(false));
    let waker = Rc::new(RefCell::new(None::<Waker>));
    let (set, wake) = (over.clone(), waker.clone());
    Timeout::new(ms, move || {
        set.set(true);
        if let Some(waker) = wake.take() {
            waker.wake();
        }
    })
    .forget();
    poll_fn(move |context| {
        if over.get() {
            return Poll::Ready(());
        }
        *waker.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    })
    .await;
}

#[derive(PartialEq, Properties)]
struct StandProps {
    store: Store,
    part: Part,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Inspector,
    Ledger,
    Transport,
    Notices,
    Help,
}

/// One part of the page with the store that it needs.
#[component]
fn Stand(props: &StandProps) -> Html {
    let part = match props.part {
        Part::Inspector => html! { <Inspector /> },
        Part::Ledger => html! { <LedgerLine /> },
        Part::Transport => html! { <Transport /> },
        Part::Notices => html! { <Notices /> },
        Part::Help => html! { <Help on_close={Callback::noop()} /> },
    };
    html! { <ContextProvider<Store> context={props.store.clone()}>{ part }</ContextProvider<Store>> }
}

async fn stand(store: &Store, part: Part) -> Element {
    let document = web_sys::window().unwrap().document().unwrap();
    let root = document.create_element("div").unwrap();
    document.body().unwrap().append_child(&root).unwrap();
    yew::Renderer::<Stand>::with_root_and_props(root.clone(), StandProps { store: store.clone(), part }).render();
    // Until the part listens to its store, too.
    pause(200).await;
    root
}

fn store() -> Store {
    Store::new(Session::new(first_scenario()), Preferences::default())
}

fn text(root: &Element) -> String {
    root.text_content().unwrap_or_default()
}

fn text_of(root: &Element, selector: &str) -> String {
    text(&find(root, selector))
}

fn find<T: JsCast>(root: &Element, selector: &str) -> T {
    let found = root.query_selector(selector).unwrap();
    found.unwrap_or_else(|| panic!("no {selector} in {}", root.inner_html())).dyn_into().ok().unwrap()
}

/// Types into a field and leaves it.
fn enter(input: &HtmlInputElement, text: &str) {
    input.set_value(text);
    for name in ["input", "change"] {
        let options = web_sys::EventInit::new();
        options.set_bubbles(true);
        input.dispatch_event(&Event::new_with_event_init_dict(name, &options).unwrap()).unwrap();
    }
}

const RATE: &str = r#"[id="setting-pattern.poisson.per_s"]"#;

#[wasm_bindgen_test]
fn the_first_scenario_is_sound_and_speaks_both_languages() {
    let scenario = first_scenario();
    assert!(format::check(&scenario).is_empty());
    assert_eq!(scenario.nodes.len(), 4);
    for language in Language::ALL {
        assert!(!scenario.title.get(language).is_empty());
    }
    assert_ne!(scenario.title.get(Language::English), scenario.title.get(Language::SimplifiedChinese));
}

#[wasm_bindgen_test]
fn the_address_is_read_and_what_is_invalid_is_named() {
    let chosen = Preferences { language: Language::SimplifiedChinese, theme: Theme::Dark, ..Preferences::default() };
    let nothing = Beginning::read("", chosen, true);
    assert_eq!((nothing.preferences, nothing.run, nothing.speed, nothing.seed), (chosen, true, 1.0, None));
    let good = Beginning::read("?lang=en-GB&theme=light&run=0&speed=12.5&seed=9007199254740991", chosen, true);
    assert_eq!(good.preferences, Preferences { language: Language::English, theme: Theme::Light, ..chosen });
    assert_eq!((good.run, good.speed, good.seed), (false, 12.5, Some(9_007_199_254_740_991)));
    assert!(good.bad.is_empty());
    let bad = Beginning::read("?lang=tlh&theme=mauve&run=maybe&speed=NaN&seed=9007199254740992", chosen, false);
    assert_eq!((bad.preferences, bad.run, bad.speed, bad.seed), (chosen, false, 1.0, None));
    let names: Vec<&str> = bad.bad.iter().map(|bad| bad.name).collect();
    assert_eq!(names, ["lang", "theme", "run", "speed", "seed"]);
    let store = begin(&bad, None);
    assert_eq!(store.notices().len(), 5);
    assert!(store.notices()[0].text.contains("lang=tlh"));
}

#[wasm_bindgen_test]
async fn a_refused_number_stays_as_it_was_typed_and_a_good_one_counts_at_once() {
    let store = store();
    store.order(Command::Select { ids: vec![Id::from("orders")] });
    let root = stand(&store, Part::Inspector).await;
    let rate =
        |store: &Store| store.session().scenario().nodes[0].settings.to_value()["pattern"]["poisson"]["per_s"].clone();
    for wrong in ["many", "-5", "1e99", ""] {
        enter(&find(&root, RATE), wrong);
        pause(30).await;
        assert_eq!(find::<HtmlInputElement>(&root, RATE).value(), wrong);
        assert!(!text(&find(&root, ".setting-problem")).is_empty());
        assert_eq!(rate(&store), 40.0);
    }
    enter(&find(&root, RATE), "２５0,5");
    pause(30).await;
    assert_eq!(rate(&store), 250.5);
    assert!(root.query_selector(".setting-problem").unwrap().is_none());
    store.order(Command::Undo);
    pause(30).await;
    assert_eq!(find::<HtmlInputElement>(&root, RATE).value(), "40");
}

#[wasm_bindgen_test]
async fn every_kind_has_all_its_settings_in_the_inspector_in_both_languages() {
    let store = store();
    for kind in NodeKind::ALL {
        store.order(Command::AddNode { node: json!({"kind": kind.name()}) });
    }
    let root = stand(&store, Part::Inspector).await;
    for language in Language::ALL {
        store.set_preferences(Preferences { language, ..store.preferences() });
        for kind in NodeKind::ALL {
            let node = store.session().scenario().nodes.iter().find(|node| node.kind() == kind).unwrap().id.clone();
            store.order(Command::Select { ids: vec![node] });
            pause(30).await;
            for field in kind.fields() {
                let name = (field.words)(Words::of(language)).name;
                assert!(text(&root).contains(name), "{name} is missing from {}", text(&root));
            }
        }
    }
}

/// A producer, a queue, and an exchange of a type that is bound to it.
fn routed(kind: &str) -> Store {
    let text = json!({
        "mq_scenario": 1,
        "nodes": [
            {"id": "p", "kind": "producer", "at": [0, 0]},
            {"id": "x", "kind": "exchange", "label": "Events", "at": [300, 0], "settings": {"type": kind}},
            {"id": "q", "kind": "queue", "at": [600, 0]}
        ],
        "edges": [
            {"id": "p>x", "kind": "publish", "from": "p", "to": "x"},
            {"id": "x>q", "kind": "bind", "from": "x", "to": "q", "routing_key": "order.*"}
        ]
    });
    Store::new(Session::new(format::from_value(text).unwrap()), Preferences::default())
}

fn settings(store: &Store, id: &str) -> Value {
    store.session().scenario().node(&Id::from(id)).unwrap().settings.to_value()
}

#[wasm_bindgen_test]
async fn a_refused_text_stays_as_it_was_typed_and_a_good_one_counts() {
    let store = routed("topic");
    store.order(Command::Select { ids: vec![Id::from("x>q")] });
    let root = stand(&store, Part::Inspector).await;
    let key = |store: &Store| store.session().scenario().edge(&Id::from("x>q")).unwrap().routing_key.clone();
    let long = "long.".repeat(60);
    enter(&find(&root, "#setting-routing_key"), &long);
    pause(30).await;
    assert_eq!(find::<HtmlInputElement>(&root, "#setting-routing_key").value(), long);
    assert!(text(&find(&root, ".setting-problem")).contains("255"));
    assert_eq!(key(&store), "order.*");
    enter(&find(&root, "#setting-routing_key"), "<b>order</b>.#");
    pause(30).await;
    assert_eq!(key(&store), "<b>order</b>.#");
    assert!(root.query_selector(".setting-problem").unwrap().is_none());
    // A binding of a topic exchange has no headers to be compared.
    assert!(root.query_selector("#setting-x_match").unwrap().is_none());
    store.order(Command::Undo);
    pause(30).await;
    assert_eq!(find::<HtmlInputElement>(&root, "#setting-routing_key").value(), "order.*");
}

#[wasm_bindgen_test]
async fn headers_are_added_named_typed_and_removed() {
    let store = routed("headers");
    store.order(Command::Select { ids: vec![Id::from("x>q")] });
    let root = stand(&store, Part::Inspector).await;
    let headers = |store: &Store| json!(store.session().scenario().edge(&Id::from("x>q")).unwrap().headers);
    let add = || find::<HtmlElement>(&root, "fieldset > .is-quiet").click();
    add();
    pause(30).await;
    assert_eq!(headers(&store), json!({"header-1": null}));
    enter(&find(&root, "#setting-headers-0-name"), "format");
    pause(30).await;
    for (typed, value) in [
        ("pdf", json!("pdf")),
        ("5", json!(5)),
        ("2.5", json!(2.5)),
        ("true", json!(true)),
        ("\"5\"", json!("5")),
        ("", json!(null)),
    ] {
        enter(&find(&root, "#setting-headers-0-value"), typed);
        pause(30).await;
        assert_eq!(headers(&store), json!({"format": value}));
        assert_eq!(find::<HtmlInputElement>(&root, "#setting-headers-0-value").value(), typed);
    }
    add();
    pause(30).await;
    // Two of one name, and one without a name, are refused.
    for wrong in ["format", ""] {
        enter(&find(&root, "#setting-headers-1-name"), wrong);
        pause(30).await;
        assert!(!text(&find(&root, ".setting-problem")).is_empty());
        assert_eq!(headers(&store), json!({"format": null, "header-1": null}));
    }
    find::<HtmlElement>(&root, ".setting-header .is-small").click();
    pause(30).await;
    assert_eq!(headers(&store), json!({"header-1": null}));
    assert!(root.query_selector("#setting-routing_key").unwrap().is_none());
}

#[wasm_bindgen_test]
async fn an_exchange_is_chosen_by_its_label_and_a_missing_one_is_named() {
    let store = routed("topic");
    store.order(Command::Select { ids: vec![Id::from("q")] });
    let root = stand(&store, Part::Inspector).await;
    let dlx = "dead_letter_exchange";
    let set = |value: Value| Command::Set { node: Some(Id::from("q")), edge: None, path: dlx.to_owned(), value };
    store.order(set(json!("")));
    pause(30).await;
    let select: HtmlSelectElement = find(&root, "#setting-dead_letter_exchange");
    assert_eq!((select.value(), select.length()), (String::new(), 2));
    assert!(text(&select).contains("Events"));
    select.set_value("x");
    let options = web_sys::EventInit::new();
    options.set_bubbles(true);
    select.dispatch_event(&Event::new_with_event_init_dict("change", &options).unwrap()).unwrap();
    pause(30).await;
    assert_eq!(settings(&store, "q")[dlx], "x");
    store.order(Command::Remove { ids: vec![Id::from("x")] });
    pause(30).await;
    let select: HtmlSelectElement = find(&root, "#setting-dead_letter_exchange");
    assert_eq!(select.value(), "x", "the setting stands, whether or not there is such an exchange");
    assert!(text(&select).contains("x (missing)"));
}

#[wasm_bindgen_test]
async fn what_few_need_is_folded_until_it_is_set() {
    let store = routed("direct");
    store.order(Command::Select { ids: vec![Id::from("q")] });
    let root = stand(&store, Part::Inspector).await;
    let is_open = || find::<Element>(&root, ".setting-more").has_attribute("open");
    assert!(!is_open());
    let set =
        |value: Value| Command::Set { node: Some(Id::from("q")), edge: None, path: "max_priority".to_owned(), value };
    store.order(set(json!(5)));
    pause(30).await;
    assert_eq!(settings(&store, "q")["max_priority"], 5);
    assert!(is_open());
    // It does not fold under the hands of whoever takes the setting back.
    store.order(set(Value::Null));
    pause(30).await;
    assert!(is_open());
    find::<HtmlElement>(&root, ".setting-more > summary").click();
    pause(30).await;
    assert!(!is_open());
}

#[wasm_bindgen_test]
async fn weighted_keys_are_a_list_of_texts_and_numbers() {
    let store = routed("topic");
    store.order(Command::Select { ids: vec![Id::from("p")] });
    let root = stand(&store, Part::Inspector).await;
    let add = root.query_selector_all("fieldset > .is-quiet").unwrap().get(0).unwrap();
    add.dyn_into::<HtmlElement>().unwrap().click();
    pause(30).await;
    enter(&find(&root, r#"[id="setting-message.routing_keys.0.key"]"#), "order.paid");
    enter(&find(&root, r#"[id="setting-message.routing_keys.0.weight"]"#), "3");
    pause(30).await;
    assert_eq!(settings(&store, "p")["message"]["routing_keys"], json!([{"key": "order.paid", "weight": 3.0}]));
    // The same key is what is asked first when a route is to be explained.
    store.order(Command::Select { ids: vec![Id::from("x")] });
    pause(30).await;
    find::<HtmlElement>(&root, ".route > summary").click();
    pause(30).await;
    assert_eq!(find::<HtmlInputElement>(&root, "#route-key").value(), "order.paid");
    assert_eq!(store.question().unwrap().routing_key, "order.paid");
    // What is not looked at any more is not asked any more.
    store.order(Command::Select { ids: vec![Id::from("q")] });
    assert_eq!(store.question(), None);
}

#[wasm_bindgen_test]
async fn a_crash_from_the_inspector_turns_its_button_round() {
    let store = store();
    store.order(Command::Select { ids: vec![Id::from("packer-1")] });
    let root = stand(&store, Part::Inspector).await;
    find::<HtmlElement>(&root, ".is-danger").click();
    pause(30).await;
    assert!(!store.session().engine().node_report(&Id::from("packer-1")).unwrap().up());
    assert!(root.query_selector(".inspector-down").unwrap().is_some());
    find::<HtmlElement>(&root, ".is-primary").click();
    pause(30).await;
    assert!(store.session().engine().node_report(&Id::from("packer-1")).unwrap().up());
}

#[wasm_bindgen_test]
async fn the_ledger_line_adds_up() {
    let store = store();
    let root = stand(&store, Part::Ledger).await;
    store.order(Command::Step { events: 5_000 });
    pause(30).await;
    let numbers = root.query_selector_all(".ledger-entry b").unwrap();
    let number =
        |index| -> u64 { numbers.get(index).unwrap().text_content().unwrap().replace(',', "").parse().unwrap() };
    assert!(number(0) > 500);
    assert_eq!(number(0), (1..numbers.length()).map(number).sum::<u64>());
}

#[wasm_bindgen_test]
async fn several_nodes_are_set_together_or_not_at_all_and_reset() {
    let text = json!({
        "mq_scenario": 1,
        "nodes": [
            {"id": "a", "kind": "consumer", "at": [0, 0], "settings": {"prefetch_count": 5}},
            {"id": "b", "kind": "consumer", "at": [0, 300], "settings": {"prefetch_count": 9}}
        ],
        "edges": []
    });
    let store = Store::new(Session::new(format::from_value(text).unwrap()), Preferences::default());
    let usual = NodeKind::Consumer.default_settings().to_value()["prefetch_count"].clone();
    store.order(Command::Select { ids: vec![Id::from("a"), Id::from("b")] });
    let root = stand(&store, Part::Inspector).await;
    let both = |store: &Store| ["a", "b"].map(|id| settings(store, id)["prefetch_count"].clone());
    let field = || find::<HtmlInputElement>(&root, "#setting-prefetch_count");
    // Where they differ, that stands there instead of one of the values.
    assert_eq!(field().value(), "");
    let mixed = || field().get_attribute("placeholder").filter(|placeholder| !placeholder.is_empty());
    assert_eq!(mixed().as_deref(), Some(store.words().document.mixed));
    enter(&field(), "-1");
    pause(30).await;
    assert_eq!(field().value(), "-1");
    assert!(!text_of(&root, ".setting-problem").is_empty());
    assert_eq!(both(&store), [json!(5), json!(9)]);
    enter(&field(), "7");
    pause(30).await;
    assert_eq!(both(&store), [json!(7), json!(7)]);
    assert_eq!(mixed(), None);
    find::<HtmlElement>(&root, r#"[data-reset="prefetch_count"]"#).click();
    pause(30).await;
    assert_eq!(both(&store), [usual.clone(), usual]);
    assert!(root.query_selector(r#"[data-reset="prefetch_count"]"#).unwrap().is_none(), "what is usual needs no reset");
    // Each was one step.
    store.order(Command::Undo);
    store.order(Command::Undo);
    assert_eq!(both(&store), [json!(5), json!(9)]);
}

#[wasm_bindgen_test]
async fn the_timeline_goes_back_and_forgets_its_end_only_with_the_run() {
    let store = store();
    let root = stand(&store, Part::Transport).await;
    store.order(Command::Step { events: 5_000 });
    let end = store.session().run().reached();
    assert!(end > Micros::SECOND);
    pause(30).await;
    let timeline: HtmlInputElement = find(&root, ".transport-timeline input");
    assert_eq!(timeline.max(), end.0.to_string());
    enter(&timeline, "1000000");
    store.update(|session| session.tick(16_000.0, &mut || false));
    assert_eq!((store.session().now(), store.session().run().reached()), (Micros::SECOND, end));
    assert!(!store.session().playback().playing());
    store.order(Command::Reset);
    assert_eq!(store.session().run().reached(), Micros::ZERO);
}

#[wasm_bindgen_test]
async fn a_bad_file_changes_nothing_and_its_problems_are_listed() {
    let store = store();
    let before = store.session().scenario().clone();
    let root = stand(&store, Part::Notices).await;
    open_text(
        &store,
        "<b>bad</b>.json",
        Some("{\"mq_scenario\": 1,\n \"nodes\": [{\"id\": \"a\", \"kind\": \"spaceship\"}]}"),
    );
    pause(30).await;
    assert!(text(&root).contains("2:"), "{}", text(&root));
    assert!(text(&root).contains("/nodes/0/kind"));
    assert!(text(&root).contains("<b>bad</b>.json"), "a name is text, never markup");
    assert_eq!(*store.session().scenario(), before);
    find::<HtmlElement>(&root, ".notice button").click();
    pause(30).await;
    assert!(store.notices().is_empty());
    open_text(&store, "good.json", Some("{\"mq_scenario\": 1}"));
    assert!(store.session().scenario().nodes.is_empty());
}

#[wasm_bindgen_test]
async fn the_help_lists_every_key() {
    let root = stand(&store(), Part::Help).await;
    assert_eq!(
        root.query_selector_all(".help-keys > div").unwrap().length() as usize,
        ACTIONS.iter().filter(|line| !line.ways.is_empty()).count()
    );
    assert!(find::<Element>(&root, "dialog").has_attribute("open"));
}

#[wasm_bindgen_test]
fn what_cannot_be_read_again_is_kept_for_its_owner() {
    storage::write(Key::Scenario, "{\"mq_scenario\": 99}").unwrap();
    let store = begin(&Beginning::read("", Preferences::default(), false), None);
    assert_eq!(store.session().scenario().nodes.len(), 4);
    let own = autosave::list().into_iter().find(|own| own.text == "{\"mq_scenario\": 99}").expect("is in the list");
    assert_eq!(store.own(), None, "what cannot be read is not written over");
    assert_eq!(store.notices().len(), 1);
    autosave::delete(&store, &own.id).unwrap();
    storage::remove(Key::Open);
}

#[wasm_bindgen_test]
fn sliders_stop_at_round_numbers_only_and_every_step_is_another_one() {
    let range =
        |min, max, whole, usual| NumberRange { min, max, whole, unit: Unit::None, scale: Scale::Logarithmic, usual };
    for range in [range(0.0, 1e6, false, 10.0), range(1.0, 1e3, true, 1.0), range(0.0, 65_535.0, true, 10.0)] {
        let stops = Stops::of(&range);
        assert_eq!(stops.value(0), range.min);
        for stop in 0..=stops.last() {
            let value = stops.value(stop);
            assert_eq!(stops.nearest(value), stop);
            assert!((range.min..=range.max).contains(&value));
            assert!(!range.whole || value.fract() == 0.0);
        }
    }
    let speeds = Stops::of_speed();
    assert_eq!((speeds.value(0), speeds.value(speeds.nearest(1.0)), speeds.value(speeds.last())), (0.1, 1.0, 1000.0));
}

#[wasm_bindgen_test]
fn numbers_are_written_for_people() {
    assert_eq!(number::count(1_234_567), "1,234,567");
    assert_eq!(number::clock(Micros(3_723_004_999)), "1:02:03.004");
    assert_eq!(number::clock(Micros(12_345_000)), "0:12.345");
    assert_eq!(number::speed(0.1), "0.1×");
    assert_eq!(number::plain(1e15), "1000000000000000");
    for nonsense in ["", "inf", "NaN", "1e999", "0x10", "1 000"] {
        assert_eq!(number::read(nonsense), None, "{nonsense}");
    }
}
