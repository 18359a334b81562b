//! The stage without a browser: a fake pointer and fake keys, and what they do to a session.

use mq_playground::base::{Point, Rect};
use mq_playground::editor::Camera;
use mq_playground::editor::tool::{Button, GRID, Ground, Hand, Key, Modifiers, Pointer, Side, Target, Wish};
use mq_playground::scenario::{Id, NodeKind, Scenario};
use mq_playground::session::{Command, Session};
use mq_playground::view::ground::{self, Seen};
use mq_playground::view::{layout, making};
use serde_json::json;

const NONE: Modifiers = Modifiers { shift: false, control: false, alt: false, space: false };
const SHIFT: Modifiers = Modifiers { shift: true, ..NONE };
const CONTROL: Modifiers = Modifiers { control: true, ..NONE };
const ALT: Modifiers = Modifiers { alt: true, ..NONE };
const SPACE: Modifiers = Modifiers { space: true, ..NONE };

/// A session with a hand on it, as the page has them.
struct Editor {
    session: Session,
    hand: Hand,
    /// What the last input was refused with.
    refused: Vec<String>,
    /// The wishes of the last input that are no commands.
    others: Vec<Wish>,
}

impl Editor {
    fn empty() -> Editor {
        let session = Session::new(Scenario::default());
        Editor { session, hand: Hand::default(), refused: Vec::new(), others: Vec::new() }
    }

    /// A producer, a queue and a consumer in a row, not connected.
    fn row() -> Editor {
        let mut editor = Editor::empty();
        for (kind, x) in [(NodeKind::Producer, 0.0), (NodeKind::Queue, 400.0), (NodeKind::Consumer, 800.0)] {
            editor.add(kind, x, 0.0);
        }
        editor
    }

    fn add(&mut self, kind: NodeKind, x: f64, y: f64) -> Id {
        let node = json!({ "kind": kind.name(), "at": [x, y] });
        self.session.dispatch(Command::AddNode { node }).expect("fits").made.expect("has an id")
    }

    fn fulfil(&mut self, wishes: Vec<Wish>) {
        self.refused.clear();
        self.others.clear();
        for wish in wishes {
            if let Wish::Look(camera) = wish {
                self.session.set_camera(camera);
            } else if let Wish::Add { kind, at } = wish {
                let corner = making::corner(kind, at);
                let command = making::add(kind, corner);
                self.session.dispatch(command).expect("fits");
            } else if let Some(command) = ground::command(&self.session, &wish) {
                if let Err(rejected) = self.session.dispatch(command) {
                    self.refused.extend(rejected.0.iter().map(|problem| format!("{:?}", problem.reason)));
                }
            } else {
                self.others.push(wish);
            }
        }
    }

    fn pointer(&self, number: i32, at: Point, modifiers: Modifiers) -> Pointer {
        Pointer { number, at, touch: false, modifiers }
    }

    fn press(&mut self, number: i32, at: Point, button: Button, target: Target, modifiers: Modifiers) {
        let pointer = self.pointer(number, at, modifiers);
        let wishes = self.hand.press(pointer, button, target, &Seen(&self.session));
        self.fulfil(wishes);
    }

    fn motion(&mut self, number: i32, at: Point, modifiers: Modifiers) {
        let pointer = self.pointer(number, at, modifiers);
        let wishes = self.hand.motion(pointer, &Seen(&self.session));
        self.fulfil(wishes);
    }

    fn release(&mut self, number: i32, at: Point, modifiers: Modifiers) {
        let pointer = self.pointer(number, at, modifiers);
        let wishes = self.hand.release(pointer, &Seen(&self.session));
        self.fulfil(wishes);
    }

    fn drag_with(&mut self, target: Target, from: Point, to: Point, button: Button, modifiers: Modifiers) {
        self.press(1, from, button, target, modifiers);
        for step in 1..=10 {
            let part = f64::from(step) / 10.0;
            let at = Point::new(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part);
            self.motion(1, at, modifiers);
        }
        self.release(1, to, modifiers);
    }

    fn drag(&mut self, target: Target, from: Point, to: Point) {
        self.drag_with(target, from, to, Button::Primary, NONE);
    }

    fn click(&mut self, target: Target, at: Point, modifiers: Modifiers) {
        self.press(1, at, Button::Primary, target, modifiers);
        self.release(1, at, modifiers);
    }

    /// A key; whether it meant something.
    fn key(&mut self, key: &str, modifiers: Modifiers, focus: Option<&Target>) -> bool {
        self.key_at(key, "", modifiers, focus)
    }

    fn key_at(&mut self, key: &str, code: &str, modifiers: Modifiers, focus: Option<&Target>) -> bool {
        let key = Key { key, code, modifiers };
        match self.hand.key(key, focus, true, &Seen(&self.session)) {
            Some(wishes) => {
                self.fulfil(wishes);
                true
            }
            None => false,
        }
    }

    fn place(&self, id: &str) -> Point {
        self.session.scenario().node(&Id::from(id)).expect("is there").at
    }

    fn rect(&self, id: &str) -> Rect {
        Seen(&self.session).rect(&Id::from(id)).expect("is there")
    }

    fn handle(&self, id: &str, side: Side) -> Point {
        let stage = Seen(&self.session).handle(&Id::from(id), side).expect("has one");
        self.session.camera().to_view(stage)
    }

    fn edges(&self) -> Vec<(String, String)> {
        self.session.scenario().edges.iter().map(|edge| (edge.from.0.clone(), edge.to.0.clone())).collect()
    }

    fn selected(&self) -> Vec<&str> {
        self.session.selection().iter().map(Id::as_str).collect()
    }
}

fn node(id: &str) -> Target {
    Target::Node(Id::from(id))
}

fn out_of(id: &str) -> Target {
    Target::Handle(Id::from(id), Side::Out)
}

fn pair(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

#[test]
fn a_drag_moves_a_node_along_the_grid_in_one_step() {
    let mut editor = Editor::row();
    editor.drag(node("queue"), Point::new(450.0, 40.0), Point::new(503.0, 99.0));
    assert_eq!(editor.place("queue"), Point::new(456.0, 56.0));
    assert_eq!(editor.selected(), ["queue"]);
    editor.key("z", CONTROL, None);
    assert_eq!(editor.place("queue"), Point::new(400.0, 0.0));
    editor.key("y", CONTROL, None);
    assert_eq!(editor.place("queue"), Point::new(456.0, 56.0));
    editor.key("z", CONTROL, None);
    editor.key("Z", Modifiers { shift: true, ..CONTROL }, None);
    assert_eq!(editor.place("queue"), Point::new(456.0, 56.0));
}

#[test]
fn control_leaves_the_grid_and_the_zoom_is_minded() {
    let mut editor = Editor::row();
    editor.session.set_camera(Camera { offset: Point::new(30.0, 20.0), zoom: 0.5 });
    editor.drag_with(node("queue"), Point::new(250.0, 40.0), Point::new(253.5, 47.0), Button::Primary, CONTROL);
    assert_eq!(editor.place("queue"), Point::new(407.0, 14.0));
}

#[test]
fn escape_takes_a_drag_back() {
    let mut editor = Editor::row();
    editor.press(1, Point::new(450.0, 40.0), Button::Primary, node("queue"), NONE);
    editor.motion(1, Point::new(600.0, 90.0), NONE);
    assert_ne!(editor.place("queue"), Point::new(400.0, 0.0));
    assert!(editor.key("Escape", NONE, None));
    assert_eq!(editor.place("queue"), Point::new(400.0, 0.0));
    // The pointer is still down: nothing follows it any more.
    editor.motion(1, Point::new(700.0, 90.0), NONE);
    editor.release(1, Point::new(700.0, 90.0), NONE);
    assert_eq!(editor.place("queue"), Point::new(400.0, 0.0));
    assert!(!editor.hand.is_moving());
}

#[test]
fn a_press_that_trembles_is_a_click() {
    let mut editor = Editor::row();
    editor.press(1, Point::new(450.0, 40.0), Button::Primary, node("queue"), NONE);
    editor.motion(1, Point::new(452.0, 41.0), NONE);
    editor.release(1, Point::new(452.0, 41.0), NONE);
    assert_eq!(editor.place("queue"), Point::new(400.0, 0.0));
    assert_eq!(editor.selected(), ["queue"]);
}

#[test]
fn clicks_select_and_shift_adds_and_takes_away() {
    let mut editor = Editor::row();
    let at = Point::new(10.0, 10.0);
    editor.click(node("queue"), at, NONE);
    editor.click(node("producer"), at, SHIFT);
    assert_eq!(editor.selected(), ["producer", "queue"]);
    editor.click(node("queue"), at, CONTROL);
    assert_eq!(editor.selected(), ["producer"]);
    editor.click(node("consumer"), at, NONE);
    assert_eq!(editor.selected(), ["consumer"]);
    editor.click(Target::Empty, at, NONE);
    assert!(editor.selected().is_empty());
}

#[test]
fn selected_nodes_are_carried_together() {
    let mut editor = Editor::row();
    editor.key("a", CONTROL, Some(&Target::Empty));
    assert_eq!(editor.selected().len(), 3);
    editor.drag(node("queue"), Point::new(450.0, 40.0), Point::new(450.0, 120.0));
    for id in ["producer", "queue", "consumer"] {
        assert_eq!(editor.place(id).y, 80.0, "{id}");
    }
    assert_eq!(editor.selected().len(), 3);
    // A click without a drag means this one alone.
    editor.click(node("queue"), Point::new(450.0, 120.0), NONE);
    assert_eq!(editor.selected(), ["queue"]);
}

#[test]
fn a_drag_from_handle_to_node_connects() {
    let mut editor = Editor::row();
    let from = editor.handle("producer", Side::Out);
    let to = editor.rect("queue").centre();
    editor.drag(out_of("producer"), from, to);
    assert_eq!(editor.edges(), [pair("producer", "queue")]);
    assert!(editor.hand.wire().is_none());
    // The other way round, from where edges arrive.
    let from = editor.handle("consumer", Side::In);
    let to = editor.rect("queue").centre();
    editor.drag(Target::Handle(Id::from("consumer"), Side::In), from, to);
    assert_eq!(editor.edges(), [pair("producer", "queue"), pair("queue", "consumer")]);
    editor.key("z", CONTROL, None);
    assert_eq!(editor.edges(), [pair("producer", "queue")]);
}

#[test]
fn a_node_nearby_attracts_the_wire() {
    let mut editor = Editor::row();
    let from = editor.handle("producer", Side::Out);
    let rect = editor.rect("queue");
    let beside = rect.origin.moved(-19.0, 30.0);
    editor.press(1, from, Button::Primary, out_of("producer"), NONE);
    editor.motion(1, beside, NONE);
    let wire = editor.hand.wire().expect("is drawn");
    assert_eq!(wire.over.as_ref().map(|over| over.node.as_str()), Some("queue"));
    let curve = wire.curve(&Seen(&editor.session)).expect("has ends");
    assert_eq!(curve.points[3], editor.handle("queue", Side::In));
    editor.motion(1, rect.origin.moved(-21.0, 30.0), NONE);
    assert!(editor.hand.wire().expect("is drawn").over.is_none());
    editor.release(1, rect.origin.moved(-21.0, 30.0), NONE);
    assert!(editor.edges().is_empty() && editor.refused.is_empty());
}

#[test]
fn a_senseless_connection_is_refused_with_the_reason() {
    let mut editor = Editor::row();
    let (from, to) = (editor.handle("producer", Side::Out), editor.rect("consumer").centre());
    editor.press(1, from, Button::Primary, out_of("producer"), NONE);
    editor.motion(1, to, NONE);
    let over = editor.hand.wire().and_then(|wire| wire.over.as_ref()).expect("leads to the consumer");
    assert!(over.refused.is_some());
    editor.release(1, to, NONE);
    assert_eq!(editor.refused, ["Connection(ProducerToConsumer)"]);
    assert!(editor.edges().is_empty());
}

#[test]
fn a_wire_from_an_exchange_to_a_consumer_puts_a_queue_between_them_in_one_step() {
    let mut editor = Editor::empty();
    editor.add(NodeKind::Exchange, 0.0, 0.0);
    editor.add(NodeKind::Consumer, 800.0, 0.0);
    let (from, to) = (editor.handle("exchange", Side::Out), editor.rect("consumer").centre());
    editor.press(1, from, Button::Primary, out_of("exchange"), NONE);
    editor.motion(1, to, NONE);
    let over = editor.hand.wire().and_then(|wire| wire.over.as_ref()).expect("leads to the consumer");
    assert!(over.refused.is_none());
    editor.release(1, to, NONE);
    assert_eq!(editor.edges(), [pair("exchange", "queue"), pair("queue", "consumer")]);
    let queue = editor.rect("queue");
    assert!(queue.origin.x > editor.handle("exchange", Side::Out).x);
    assert!(queue.origin.x + queue.width < editor.handle("consumer", Side::In).x);
    editor.key("z", CONTROL, None);
    assert!(editor.edges().is_empty() && editor.session.scenario().node(&Id::from("queue")).is_none());
}

#[test]
fn a_second_wire_to_the_same_queue_is_a_second_binding_that_lies_apart() {
    let mut editor = Editor::empty();
    editor.add(NodeKind::Exchange, 0.0, 0.0);
    editor.add(NodeKind::Queue, 400.0, 0.0);
    for _ in 0..3 {
        let (from, to) = (editor.handle("exchange", Side::Out), editor.rect("queue").centre());
        editor.drag(out_of("exchange"), from, to);
    }
    assert!(editor.refused.is_empty());
    let scenario = editor.session.scenario();
    assert_eq!(scenario.edges.len(), 3);
    let middles =
        scenario.edges.iter().filter_map(|edge| layout::edge_curve(scenario, edge)).map(|curve| curve.at(0.5).y);
    let middles: Vec<f64> = middles.collect();
    assert!(middles.windows(2).all(|pair| pair[1] - pair[0] > 20.0), "{middles:?}");
    // A producer has one way only: it is refused as before.
    editor.add(NodeKind::Producer, -400.0, 0.0);
    for _ in 0..2 {
        let (from, to) = (editor.handle("producer", Side::Out), editor.rect("exchange").centre());
        editor.drag(out_of("producer"), from, to);
    }
    assert!(editor.refused[0].starts_with("DuplicateEdge"));
}

#[test]
fn click_and_click_connects_as_well() {
    let mut editor = Editor::row();
    let from = editor.handle("queue", Side::Out);
    editor.click(out_of("queue"), from, NONE);
    assert!(editor.hand.is_waiting_for_click());
    let to = editor.rect("consumer").centre();
    editor.motion(1, to, NONE);
    assert!(editor.hand.wire().is_some_and(|wire| wire.over.is_some()));
    editor.click(node("consumer"), to, NONE);
    assert_eq!(editor.edges(), [pair("queue", "consumer")]);
    // A click on the empty stage gives it up, and so does Escape.
    editor.click(out_of("producer"), editor.handle("producer", Side::Out), NONE);
    editor.click(Target::Empty, Point::new(300.0, 700.0), NONE);
    assert!(editor.hand.wire().is_none());
    editor.click(out_of("producer"), editor.handle("producer", Side::Out), NONE);
    assert!(editor.key("Escape", NONE, None));
    assert!(editor.hand.wire().is_none());
    assert_eq!(editor.edges().len(), 1);
}

#[test]
fn the_stage_is_pushed_with_any_of_three_drags() {
    let drags = [
        (Target::Empty, Button::Primary, SPACE),
        (node("queue"), Button::Primary, SPACE),
        (node("queue"), Button::Middle, NONE),
    ];
    for (target, button, modifiers) in drags {
        let mut editor = Editor::row();
        editor.drag_with(target, Point::new(100.0, 100.0), Point::new(160.0, 70.0), button, modifiers);
        assert_eq!(editor.session.camera().offset, Point::new(60.0, -30.0));
        assert_eq!(editor.place("queue"), Point::new(400.0, 0.0));
        assert!(!editor.session.can_redo());
    }
}

#[test]
fn two_fingers_zoom_around_what_they_hold() {
    let mut editor = Editor::row();
    let (one, other) = (Point::new(100.0, 200.0), Point::new(300.0, 200.0));
    editor.press(1, one, Button::Primary, node("producer"), NONE);
    // The first finger began to carry the node: it was not meant.
    editor.motion(1, Point::new(140.0, 240.0), NONE);
    editor.motion(1, one, NONE);
    editor.press(2, other, Button::Primary, Target::Empty, NONE);
    assert_eq!(editor.place("producer"), Point::new(0.0, 0.0));
    let held = editor.session.camera().to_stage(Point::new(200.0, 200.0));
    editor.motion(1, Point::new(50.0, 200.0), NONE);
    editor.motion(2, Point::new(350.0, 200.0), NONE);
    let camera = editor.session.camera();
    assert!((camera.zoom - 1.5).abs() < 1e-9);
    assert!(camera.to_stage(Point::new(200.0, 200.0)).distance(held) < 1e-9);
    editor.release(2, Point::new(350.0, 200.0), NONE);
    // The finger that stays pushes.
    editor.motion(1, Point::new(60.0, 210.0), NONE);
    assert!(editor.session.camera().offset.distance(camera.offset.moved(10.0, 10.0)) < 1e-9);
    editor.release(1, Point::new(60.0, 210.0), NONE);
    assert!(editor.hand.is_free());
}

#[test]
fn the_wheel_zooms_around_the_pointer_or_pushes() {
    let mut editor = Editor::row();
    let at = Point::new(420.0, 60.0);
    let held = editor.session.camera().to_stage(at);
    let wishes = editor.hand.wheel(at, Point::new(0.0, -100.0), true, &Seen(&editor.session));
    editor.fulfil(wishes);
    assert!(editor.session.camera().zoom > 1.1);
    assert!(editor.session.camera().to_stage(at).distance(held) < 1e-9);
    let before = editor.session.camera();
    let wishes = editor.hand.wheel(at, Point::new(12.0, 30.0), false, &Seen(&editor.session));
    editor.fulfil(wishes);
    assert_eq!(editor.session.camera(), before.panned(-12.0, -30.0));
}

#[test]
fn keys_alone_build_break_and_remove() {
    let mut editor = Editor::row();
    let (producer, queue) = (node("producer"), node("queue"));
    assert!(editor.key("c", NONE, Some(&producer)));
    assert!(editor.key("Enter", NONE, Some(&producer)));
    assert!(editor.key("c", NONE, Some(&queue)));
    assert!(editor.key("Enter", NONE, Some(&queue)));
    assert_eq!(editor.edges(), [pair("producer", "queue"), pair("queue", "consumer")]);
    // Alt and an arrow follow the flow.
    assert!(editor.key("ArrowRight", ALT, Some(&producer)));
    assert_eq!(editor.others, [Wish::Focus(Id::from("queue"))]);
    assert!(editor.key("ArrowLeft", ALT, Some(&queue)));
    assert_eq!(editor.others, [Wish::Focus(Id::from("producer"))]);

    let consumer = node("consumer");
    let is_up =
        |editor: &Editor| editor.session.engine().node_report(&Id::from("consumer")).is_some_and(|report| report.up());
    assert!(editor.key("x", NONE, Some(&consumer)));
    assert!(!is_up(&editor));
    assert!(editor.key("x", NONE, Some(&consumer)));
    assert!(is_up(&editor));

    assert!(editor.key("Enter", NONE, Some(&consumer)));
    assert_eq!(editor.selected(), ["consumer"]);
    assert!(editor.key("Delete", NONE, Some(&consumer)));
    assert_eq!(editor.edges(), [pair("producer", "queue")]);
    assert!(!editor.key("Delete", NONE, None), "nothing is left to be removed");
}

#[test]
fn keys_choose_among_several_targets() {
    let mut editor = Editor::row();
    editor.add(NodeKind::Queue, 400.0, 300.0);
    let chosen = |editor: &Editor| {
        editor.hand.wire().and_then(|wire| wire.over.as_ref()).map(|over| over.node.0.clone()).unwrap_or_default()
    };
    editor.key("Enter", NONE, Some(&out_of("producer")));
    let first = chosen(&editor);
    editor.key("Tab", NONE, Some(&out_of("producer")));
    let second = chosen(&editor);
    assert_ne!(first, second);
    editor.key("ArrowDown", NONE, Some(&out_of("producer")));
    assert_eq!(chosen(&editor), first);
    editor.key("Tab", SHIFT, Some(&out_of("producer")));
    assert_eq!(chosen(&editor), second);
    editor.key("Enter", NONE, Some(&out_of("producer")));
    assert_eq!(editor.edges(), [pair("producer", &second)]);
}

#[test]
fn where_nothing_fits_the_person_is_told() {
    let mut editor = Editor::empty();
    editor.add(NodeKind::Producer, 0.0, 0.0);
    assert!(editor.key("c", NONE, Some(&node("producer"))));
    assert_eq!(editor.others, [Wish::NothingFits(Id::from("producer"))]);
    assert!(editor.hand.wire().is_none());
}

#[test]
fn a_held_arrow_is_one_step_back() {
    let mut editor = Editor::row();
    editor.click(node("queue"), Point::new(450.0, 40.0), NONE);
    for _ in 0..5 {
        assert!(editor.key("ArrowRight", NONE, None));
    }
    assert!(editor.key("ArrowDown", SHIFT, None));
    let wishes = editor.hand.key_up(Key { key: "ArrowDown", code: "ArrowDown", modifiers: NONE });
    editor.fulfil(wishes);
    assert_eq!(editor.place("queue"), Point::new(400.0 + 5.0 * GRID, 5.0 * GRID));
    editor.key("z", CONTROL, None);
    assert_eq!(editor.place("queue"), Point::new(400.0, 0.0));
    editor.key("Escape", NONE, None);
    assert!(!editor.key("ArrowRight", NONE, None), "without a selection arrows are not ours");
}

#[test]
fn keys_work_in_every_layout_and_leave_others_alone() {
    let mut editor = Editor::row();
    editor.drag(node("queue"), Point::new(450.0, 40.0), Point::new(490.0, 40.0));
    assert!(editor.key_at("я", "KeyZ", CONTROL, None));
    assert_eq!(editor.place("queue"), Point::new(400.0, 0.0));
    assert!(editor.key_at("!", "Digit1", SHIFT, None));
    assert_eq!(editor.others, [Wish::Fit]);
    // A layout that has another letter there means that letter.
    assert!(!editor.key_at("w", "KeyZ", CONTROL, None));
    for key in ["b", "F5", " ", "Tab", "?"] {
        assert!(!editor.key(key, NONE, None), "{key}");
    }
    // What belongs to the browser stays with it while the focus is elsewhere.
    assert!(!editor.key("0", CONTROL, None));
    assert!(editor.key("0", CONTROL, Some(&Target::Empty)));
}

#[test]
fn what_is_gone_meanwhile_does_no_harm() {
    let mut editor = Editor::row();
    editor.press(1, Point::new(450.0, 40.0), Button::Primary, node("queue"), NONE);
    editor.motion(1, Point::new(500.0, 40.0), NONE);
    editor.session.dispatch(Command::Remove { ids: vec![Id::from("queue")] }).expect("is there");
    editor.motion(1, Point::new(550.0, 40.0), NONE);
    editor.release(1, Point::new(550.0, 40.0), NONE);
    editor.click(out_of("producer"), editor.handle("producer", Side::Out), NONE);
    editor.session.dispatch(Command::Remove { ids: vec![Id::from("producer")] }).expect("is there");
    editor.motion(1, editor.rect("consumer").centre(), NONE);
    assert!(editor.hand.wire().is_some_and(|wire| wire.curve(&Seen(&editor.session)).is_none()));
    editor.click(node("consumer"), editor.rect("consumer").centre(), NONE);
    assert!(editor.edges().is_empty());
}

/// A producer, a queue and a consumer, connected.
fn connected_row() -> Editor {
    let mut editor = Editor::row();
    for (from, to) in [("producer", "queue"), ("queue", "consumer")] {
        let (from, to) = (editor.handle(from, Side::Out), (from, editor.rect(to).centre()));
        editor.drag(out_of(to.0), from, to.1);
    }
    assert_eq!(editor.edges().len(), 2);
    editor
}

#[test]
fn a_box_selects_what_it_touches_and_escape_takes_it_back() {
    let mut editor = connected_row();
    editor.drag(Target::Empty, Point::new(-40.0, -40.0), Point::new(500.0, 60.0));
    assert_eq!(editor.selected(), ["producer", "queue"]);
    assert!(editor.hand.selection_box().is_none());
    // Shift keeps what was selected.
    editor.drag_with(Target::Empty, Point::new(1100.0, -40.0), Point::new(1000.0, 60.0), Button::Primary, SHIFT);
    assert_eq!(editor.selected(), ["consumer", "producer", "queue"]);
    // Where no node is touched, the edges that run through are meant.
    editor.drag(Target::Empty, Point::new(250.0, 20.0), Point::new(330.0, 200.0));
    assert_eq!(editor.session.selection().len(), 1);
    assert_eq!(editor.session.selection().first(), Some(&editor.session.scenario().edges[0].id));
    editor.press(1, Point::new(-40.0, -40.0), Button::Primary, Target::Empty, NONE);
    editor.motion(1, Point::new(500.0, 60.0), NONE);
    assert_eq!(editor.selected(), ["producer", "queue"]);
    assert!(editor.key("Escape", NONE, None));
    assert!(editor.selected().is_empty());
    editor.release(1, Point::new(500.0, 60.0), NONE);
    assert!(!editor.session.can_redo() && editor.edges().len() == 2);
}

#[test]
fn a_finger_on_the_empty_stage_pushes_it() {
    let mut editor = Editor::row();
    let finger = |x: f64, y: f64| Pointer { number: 1, at: Point::new(x, y), touch: true, modifiers: NONE };
    for step in 0..3 {
        let pointer = finger(100.0 + 20.0 * f64::from(step), 300.0);
        let wishes = match step {
            0 => editor.hand.press(pointer, Button::Primary, Target::Empty, &Seen(&editor.session)),
            1 => editor.hand.motion(pointer, &Seen(&editor.session)),
            _ => editor.hand.motion(pointer, &Seen(&editor.session)),
        };
        editor.fulfil(wishes);
    }
    assert_eq!(editor.session.camera().offset, Point::new(40.0, 0.0));
}

#[test]
fn a_drag_with_alt_carries_a_second_copy_off_in_one_step() {
    let mut editor = connected_row();
    editor.key("a", CONTROL, Some(&Target::Empty));
    editor.drag_with(node("queue"), Point::new(450.0, 40.0), Point::new(450.0, 240.0), Button::Primary, ALT);
    assert_eq!(editor.place("queue"), Point::new(400.0, 0.0));
    assert_eq!(editor.place("queue-2"), Point::new(400.0, 200.0));
    assert_eq!(editor.place("consumer-2"), Point::new(800.0, 200.0));
    assert_eq!(editor.selected(), ["consumer-2", "producer-2", "queue-2"]);
    assert_eq!(editor.edges()[2..], [pair("producer-2", "queue-2"), pair("queue-2", "consumer-2")]);
    editor.key("z", CONTROL, None);
    assert_eq!((editor.edges().len(), editor.session.scenario().nodes.len()), (2, 3));
    editor.key("y", CONTROL, None);
    assert_eq!(editor.place("queue-2"), Point::new(400.0, 200.0));
    // Given up half-way, no copy stays.
    editor.press(1, Point::new(450.0, 40.0), Button::Primary, node("queue"), ALT);
    editor.motion(1, Point::new(460.0, 400.0), ALT);
    assert!(editor.session.scenario().nodes.len() > 6);
    assert!(editor.key("Escape", NONE, None));
    assert_eq!(editor.session.scenario().nodes.len(), 6);
}

#[test]
fn an_end_is_led_elsewhere_or_dragged_away() {
    let mut editor = connected_row();
    editor.add(NodeKind::Consumer, 800.0, 300.0);
    let edge = editor.session.scenario().edges[1].id.clone();
    let set = Command::Set { node: None, edge: Some(edge.clone()), path: "latency_ms".to_owned(), value: json!(7) };
    editor.session.dispatch(set).expect("fits");
    let end = |side| Target::EdgeEnd(edge.clone(), side);
    let from = editor.handle("consumer", Side::In);
    editor.drag(end(Side::In), from, editor.rect("consumer-2").centre());
    assert_eq!(editor.edges()[1], pair("queue", "consumer-2"));
    assert_eq!(editor.session.scenario().edges[1].latency_ms, 7.0);
    assert_eq!(editor.session.scenario().edges[1].id, edge);
    // Back where it was: nothing happens, and there is nothing to undo.
    let to = editor.rect("consumer-2").centre();
    editor.drag(end(Side::In), editor.handle("consumer-2", Side::In), to);
    editor.key("z", CONTROL, None);
    assert_eq!(editor.edges()[1], pair("queue", "consumer"));
    // A node that makes no sense refuses, and the edge stays.
    editor.drag(end(Side::In), from, editor.rect("producer").centre());
    assert_eq!(editor.refused.len(), 1);
    assert_eq!(editor.edges()[1], pair("queue", "consumer"));
    // On the empty stage it goes.
    editor.drag(end(Side::Out), editor.handle("queue", Side::Out), Point::new(500.0, 600.0));
    assert_eq!(editor.edges(), [pair("producer", "queue")]);
    editor.key("z", CONTROL, None);
    // The same with keys: C takes the end, arrows choose, Enter joins.
    assert!(editor.key("c", NONE, Some(&Target::Edge(edge.clone()))));
    assert!(editor.key("Enter", NONE, Some(&Target::Edge(edge.clone()))));
    assert_eq!(editor.edges()[1], pair("queue", "consumer-2"));
    // And with two clicks.
    editor.click(end(Side::In), editor.handle("consumer-2", Side::In), NONE);
    assert!(editor.hand.is_waiting_for_click());
    editor.click(node("consumer"), editor.rect("consumer").centre(), NONE);
    assert_eq!(editor.edges()[1], pair("queue", "consumer"));
}

#[test]
fn a_wire_on_the_empty_stage_asks_for_a_node() {
    let mut editor = Editor::row();
    let at = Point::new(500.0, 600.0);
    editor.drag(out_of("queue"), editor.handle("queue", Side::Out), at);
    let [Wish::Pick { at: Some(asked), end: Some(end) }] = &editor.others[..] else { panic!("{:?}", editor.others) };
    assert_eq!((asked, end.node.as_str(), end.side), (&at, "queue", Side::Out));
    assert_eq!(making::fitting(&editor.session, end), [NodeKind::Consumer]);
    // On its own node it is given up.
    let home = editor.rect("queue").centre();
    editor.drag(out_of("queue"), editor.handle("queue", Side::Out), home);
    assert!(editor.others.is_empty());
}

#[test]
fn the_next_press_puts_a_node_down() {
    let mut editor = Editor::empty();
    editor.hand.place(Some(NodeKind::Queue));
    assert!(!editor.hand.is_free());
    editor.click(Target::Empty, Point::new(300.0, 200.0), NONE);
    assert_eq!(editor.rect("queue").centre(), Point::new(300.0, 200.0));
    assert!(editor.hand.placing().is_none() && editor.hand.is_free());
    editor.hand.place(Some(NodeKind::Queue));
    assert!(editor.key("Escape", NONE, None));
    assert!(editor.hand.placing().is_none());
}

#[test]
fn what_is_carried_is_drawn_to_the_lines_of_what_stands() {
    let mut editor = Editor::empty();
    editor.add(NodeKind::Producer, 0.0, 3.0);
    editor.add(NodeKind::Producer, 500.0, 200.0);
    let (grip, id) = (Point::new(550.0, 240.0), "producer-2");
    editor.press(1, grip, Button::Primary, node(id), NONE);
    // Two pixels short of standing in one row.
    editor.motion(1, Point::new(550.0, 240.0 - 195.0), NONE);
    editor.motion(1, Point::new(550.0, 240.0 - 195.0), NONE);
    assert_eq!(editor.place(id).y, 3.0);
    assert!(editor.hand.guides().iter().any(|guide| guide.from.y == 3.0 && guide.from.x == 0.0));
    // Further away it is the grid that counts.
    editor.motion(1, Point::new(550.0, 240.0 + 205.0), NONE);
    assert_eq!(editor.place(id).y, 408.0);
    assert!(editor.hand.guides().is_empty());
    editor.release(1, Point::new(550.0, 240.0 + 205.0), NONE);
}

#[test]
fn control_and_arrows_add_what_is_connected_and_what_is_alike() {
    let mut editor = connected_row();
    editor.click(node("consumer"), editor.rect("consumer").centre(), NONE);
    assert!(editor.key("ArrowDown", CONTROL, None));
    assert_eq!(editor.edges()[2], pair("queue", "consumer-2"));
    assert!(!editor.rect("consumer-2").meets(&editor.rect("consumer")));
    assert_eq!(editor.selected(), ["consumer-2"]);
    assert!(editor.key("ArrowDown", CONTROL, None));
    assert_eq!(editor.edges()[3], pair("queue", "consumer-3"));
    assert!(!editor.rect("consumer-3").meets(&editor.rect("consumer-2")));
    editor.click(node("producer"), editor.rect("producer").centre(), NONE);
    assert!(editor.key("ArrowRight", CONTROL, None));
    let [Wish::AddConnected(end)] = &editor.others[..] else { panic!("{:?}", editor.others) };
    assert_eq!((end.node.as_str(), end.side), ("producer", Side::Out));
    // What has the focus comes before what is selected.
    assert!(editor.key("ArrowRight", CONTROL, Some(&node("queue"))));
    let [Wish::AddConnected(end)] = &editor.others[..] else { panic!("{:?}", editor.others) };
    assert_eq!((end.node.as_str(), end.side), ("queue", Side::Out));
}

#[test]
fn a_new_node_is_asked_for_where_the_pointer_is() {
    let mut editor = connected_row();
    assert!(editor.key("a", NONE, None));
    assert_eq!(editor.others, [Wish::Pick { at: None, end: None }]);
}

#[test]
fn everything_is_tidied_up_in_one_step() {
    let mut editor = connected_row();
    editor.drag(node("consumer"), editor.rect("consumer").centre(), Point::new(100.0, 700.0));
    let before = editor.place("consumer");
    assert!(editor.key("A", SHIFT, None));
    assert_eq!(editor.place("consumer").y, editor.place("queue").y);
    assert!(editor.place("consumer").x > editor.place("queue").x);
    editor.key("z", CONTROL, None);
    assert_eq!(editor.place("consumer"), before);
}

#[test]
fn nodes_that_touch_can_be_connected() {
    let mut editor = Editor::empty();
    editor.add(NodeKind::Producer, 0.0, 0.0);
    let (width, _) = layout::node_size(NodeKind::Producer);
    editor.add(NodeKind::Queue, width, 0.0);
    let handle = editor.handle("producer", Side::Out);
    assert_eq!(handle, editor.handle("queue", Side::In), "the two handles lie over each other");
    // What is drawn last lies on top: the pointer is on the queue's.
    editor.drag(Target::Handle(Id::from("queue"), Side::In), handle, handle.moved(60.0, 20.0));
    let edges = &editor.session.scenario().edges;
    assert_eq!(edges.len(), 1, "{:?} {:?}", editor.refused, editor.others);
    assert_eq!((edges[0].from.as_str(), edges[0].to.as_str()), ("producer", "queue"));
}
