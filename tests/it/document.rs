//! What is edited of a document beside its nodes and edges, and what an edit says of the messages that it costs.

use mq_playground::base::{Language, Micros, Text};
use mq_playground::scenario::{Color, Distribution, Id, Pattern, Reason, Scenario, format};
use mq_playground::session::{Applied, Command, Session};
use mq_playground::view::fate;
use mq_playground::words::Words;
use serde_json::{Value, json};

use super::support::{chain, consumer};

fn session() -> Session {
    let work = Distribution::Constant(20.0);
    Session::new(chain(7, Pattern::Constant { per_s: 100.0 }, consumer("c", 1, 10, work)))
}

fn order(session: &mut Session, command: Value) -> Applied {
    let text = command.to_string();
    let command: Command = serde_json::from_value(command).unwrap_or_else(|error| panic!("{error}: {text}"));
    session.dispatch(command).unwrap_or_else(|rejected| panic!("{rejected:?}: {text}"))
}

fn refused(session: &mut Session, command: Value) -> String {
    let before = session.scenario().clone();
    let command: Command = serde_json::from_value(command).unwrap();
    let rejected = session.dispatch(command).expect_err("it is refused");
    assert_eq!(*session.scenario(), before);
    rejected.0.iter().map(|problem| problem.describe(Words::of(Language::English))).collect()
}

fn play_until(session: &mut Session, seconds: u64) {
    session.dispatch(Command::Seek { time_us: Micros(seconds * 1_000_000) }).unwrap();
    session.tick(0.0, &mut || false);
    assert_eq!(session.now(), Micros(seconds * 1_000_000));
}

fn said(applied: &Applied, language: Language) -> String {
    let said = applied.fates.iter().map(|told| fate::sentence(told, Words::of(language)));
    said.collect::<Vec<_>>().join(" ")
}

#[test]
fn notes_colours_title_and_seed_are_no_part_of_a_run() {
    let mut session = session();
    let first = session.scenario().clone();
    play_until(&mut session, 2);
    let before = session.report();
    let made = order(
        &mut session,
        json!({"type": "addNote", "note": {"text": {"en": "One\ntwo", "zh-CN": "一"}, "at": [8, 16]}}),
    );
    assert_eq!(made.made, Some(Id::from("note")));
    order(&mut session, json!({"type": "setEach", "ids": ["note"], "path": "size", "value": "large"}));
    order(&mut session, json!({"type": "setColor", "ids": ["note", "q"], "color": "teal"}));
    order(&mut session, json!({"type": "setTitle", "title": "Orders"}));
    order(&mut session, json!({"type": "setSeed", "seed": 11}));
    order(&mut session, json!({"type": "move", "places": [["note", [80, 40]], ["q", [16, 24]]]}));
    order(&mut session, json!({"type": "select", "ids": ["note", "q"]}));
    assert_eq!(serde_json::to_value(session.report()).unwrap(), serde_json::to_value(&before).unwrap());
    let document = session.scenario().clone();
    assert_eq!(
        (document.note(&Id::from("note")).unwrap().color, document.nodes[1].color),
        (Some(Color::Teal), Some(Color::Teal))
    );
    assert_eq!(format::parse(&format::to_text(&document)).unwrap(), document);
    // Going back in time takes none of it away, and what is replayed does not either.
    order(&mut session, json!({"type": "set", "node": "c", "path": "concurrency", "value": 2}));
    let changed = session.scenario().clone();
    play_until(&mut session, 4);
    play_until(&mut session, 1);
    assert_eq!(
        (&session.scenario().notes, &session.scenario().title, session.scenario().seed),
        (&document.notes, &document.title, 11)
    );
    assert_eq!(session.scenario().nodes[1].color, Some(Color::Teal));
    assert_eq!(session.selection().len(), 2);
    play_until(&mut session, 4);
    assert_eq!(*session.scenario(), changed);
    assert_eq!(session.engine().seed(), 7, "the run goes on with the seed with which it began");
    while session.can_undo() {
        session.dispatch(Command::Undo).unwrap();
    }
    assert_eq!(*session.scenario(), first);
    while session.can_redo() {
        session.dispatch(Command::Redo).unwrap();
    }
    assert_eq!(*session.scenario(), changed);
    session.dispatch(Command::Reset).unwrap();
    assert_eq!((session.engine().seed(), &session.scenario().notes), (11, &document.notes));
}

#[test]
fn a_note_is_removed_and_comes_back_with_what_went_with_it() {
    let mut session = session();
    for text in ["first", "second", "third"] {
        order(&mut session, json!({"type": "addNote", "note": {"text": text}}));
    }
    let before = session.scenario().clone();
    order(&mut session, json!({"type": "remove", "ids": ["note", "q", "note-3"]}));
    assert_eq!((session.scenario().notes.len(), session.scenario().nodes.len()), (1, 2));
    play_until(&mut session, 1);
    order(&mut session, json!({"type": "undo"}));
    assert_eq!(*session.scenario(), before);
}

#[test]
fn what_a_note_cannot_be_is_said() {
    let mut session = session();
    order(&mut session, json!({"type": "addNote", "note": {"text": "hello"}}));
    for (command, why) in [
        (json!({"type": "addNote", "note": {"id": "q"}}), "stands twice"),
        (json!({"type": "addNode", "node": {"id": "note", "kind": "queue"}}), "stands twice"),
        (json!({"type": "addNote", "note": {"text": "long ".repeat(1_000)}}), "at most 4000"),
        (json!({"type": "addNote", "note": {"at": [1e9, 0]}}), "from -1000000"),
        (json!({"type": "addNote", "note": {"color": "mauve"}}), "unknown variant `mauve`"),
        (json!({"type": "connect", "from": "p", "to": "note"}), "a note is only read"),
        (json!({"type": "connect", "from": "note", "to": "q"}), "a note is only read"),
        (json!({"type": "setEach", "ids": ["note"], "path": "id", "value": "x"}), "no setting “id”"),
        (json!({"type": "setEach", "ids": ["note"], "path": "size", "value": "huge"}), "unknown variant"),
        (json!({"type": "setColor", "ids": ["note", "p>q"], "color": "blue"}), "no node “p>q”"),
        (json!({"type": "setSeed", "seed": 1u64 << 53}), "from 0 to 9007199254740991"),
        (json!({"type": "crash", "node": "note"}), "no node “note”"),
    ] {
        let said = refused(&mut session, command.clone());
        assert!(said.contains(why), "{command}: {said}");
    }
    let problems = format::parse(r#"{"mq_scenario": 1, "nodes": [{"id": "a", "kind": "queue", "color": "red"}], "notes": [{"id": "n", "size": 5}, {"txt": ""}]}"#).unwrap_err();
    let places: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(places, ["/nodes/0/color", "/notes/0/size", "/notes/1/txt"]);
}

#[test]
fn names_are_unique_in_every_language_and_references_are_ids() {
    let mut session = session();
    order(&mut session, json!({"type": "rename", "node": "q", "label": {"en": "Orders", "zh-CN": "订单"}}));
    for taken in [
        json!("Orders"),
        json!(" 订单 "),
        json!({"en": "Other", "zh-CN": "订单"}),
        json!("p"),
        json!({"zh-CN": "Orders"}),
    ] {
        let said = refused(&mut session, json!({"type": "rename", "node": "c", "label": taken}));
        assert!(said.contains("is called"), "{said}");
    }
    // The same name again is no other's.
    order(&mut session, json!({"type": "rename", "node": "q", "label": {"en": "Orders", "zh-CN": "订单"}}));
    let labels: Vec<Value> =
        [json!("Orders"), json!({"en": "Orders", "zh-CN": "订单"}), json!("Orders 2"), json!("New")]
            .into_iter()
            .map(|label| {
                let made = order(&mut session, json!({"type": "addNode", "node": {"kind": "queue", "label": label}}))
                    .made
                    .unwrap();
                json!(session.scenario().node(&made).unwrap().label)
            })
            .collect();
    assert_eq!(
        labels,
        [json!("Orders 2"), json!({"en": "Orders 3", "zh-CN": "订单 3"}), json!("Orders 4"), json!("New")]
    );
    for language in Language::ALL {
        let mut names: Vec<&str> = session.scenario().nodes.iter().map(|node| node.name(language)).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), session.scenario().nodes.len());
    }
    // Whatever leads to a node still does, because labels are no references.
    let text = std::fs::read_to_string("static/scenarios/seed/direct.json").unwrap();
    let mut session = Session::new(format::parse(&text).unwrap());
    let before = session.scenario().clone();
    for (index, node) in before.nodes.iter().enumerate() {
        order(&mut session, json!({"type": "rename", "node": node.id, "label": format!("Name {index}")}));
    }
    let settings = |scenario: &Scenario| scenario.nodes.iter().map(|node| node.settings.clone()).collect::<Vec<_>>();
    assert_eq!((&session.scenario().edges, &session.scenario().faults), (&before.edges, &before.faults));
    assert_eq!(settings(session.scenario()), settings(&before));
    assert!(format::check(session.scenario()).is_empty());
}

#[test]
fn several_parts_are_set_together_or_not_at_all() {
    let mut session = session();
    order(&mut session, json!({"type": "addNode", "node": {"id": "c2", "kind": "consumer"}}));
    order(&mut session, json!({"type": "addNode", "node": {"id": "s", "kind": "service"}}));
    let before = session.scenario().clone();
    let concurrency = |session: &Session| -> Vec<Value> {
        let of = |id: &str| session.scenario().node(&Id::from(id)).unwrap().settings.to_value()["concurrency"].clone();
        ["c", "c2", "s"].map(of).to_vec()
    };
    let set = |path: &str, value: Value| json!({"type": "setEach", "ids": ["c", "c2", "s", "c"], "path": path, "value": value});
    order(&mut session, set("concurrency", json!(7)));
    assert_eq!(concurrency(&session), [7, 7, 7]);
    order(&mut session, json!({"type": "undo"}));
    assert_eq!(*session.scenario(), before);
    // A service takes no prefetch, so that nobody gets one.
    assert!(refused(&mut session, set("prefetch_count", json!(3))).contains("unknown field"));
    assert!(refused(&mut session, set("concurrency", json!(0))).contains("from 1 to 1000"));
    // A slide is one step, also for several.
    order(&mut session, json!({"type": "beginGesture"}));
    for number in 2..40 {
        order(&mut session, set("concurrency", json!(number)));
    }
    order(&mut session, json!({"type": "endGesture"}));
    assert_eq!(concurrency(&session), [39, 39, 39]);
    order(&mut session, json!({"type": "undo"}));
    assert_eq!(*session.scenario(), before);
    // Edges too; and handlers that lead somewhere get an edge each.
    order(&mut session, json!({"type": "setEach", "ids": ["p>q", "q>c"], "path": "latency_ms", "value": 5}));
    assert!(session.scenario().edges.iter().all(|edge| edge.latency_ms == 5.0));
    order(&mut session, json!({"type": "undo"}));
    let call = json!([{"call": {"target": "s"}}]);
    order(&mut session, json!({"type": "setEach", "ids": ["c", "c2"], "path": "handler", "value": call}));
    assert!(format::check(session.scenario()).is_empty());
    assert_eq!(session.scenario().edges.len(), before.edges.len() + 2);
    session.engine().audit().unwrap();
    order(&mut session, json!({"type": "undo"}));
    assert_eq!(*session.scenario(), before);
}

#[test]
fn what_a_deletion_costs_is_said_and_said_again_when_it_is_undone() {
    let mut session = session();
    order(&mut session, json!({"type": "rename", "node": "q", "label": "orders"}));
    play_until(&mut session, 2);
    let ledger = *session.engine().ledger();
    let applied = order(&mut session, json!({"type": "remove", "ids": ["q"]}));
    let lost = ledger.alive() - session.engine().ledger().alive();
    assert!(lost > 90, "{lost}");
    assert_eq!(
        said(&applied, Language::English),
        format!("Queue “orders” is gone, and with it {lost} messages. Undo brings it back, empty.")
    );
    assert_eq!(
        said(&applied, Language::SimplifiedChinese),
        format!("队列“orders”已删除，其中的 {lost} 条消息随之丢失。撤销可以恢复，但消息不会回来。")
    );
    // Later, for at once it would never have happened.
    session.dispatch(Command::Step { events: 2 }).unwrap();
    let undone = order(&mut session, json!({"type": "undo"}));
    assert_eq!(
        said(&undone, Language::English),
        format!("Queue “orders” is back, empty: its {lost} messages are gone.")
    );
    // Made again at once, it costs nothing more; and so there is nothing to say when it is back.
    let again = order(&mut session, json!({"type": "redo"}));
    assert_eq!(again.fates, []);
    assert_eq!(order(&mut session, json!({"type": "undo"})).fates, []);
    // Taking back an addition costs what the new node has got meanwhile, and doing it again says so.
    order(&mut session, json!({"type": "addNode", "node": {"id": "q2", "kind": "queue"}}));
    order(&mut session, json!({"type": "connect", "from": "p", "to": "q2"}));
    play_until(&mut session, 3);
    let undone = order(&mut session, json!({"type": "undo"}));
    assert_eq!(undone.fates, [], "the edge was empty, and the queue stays");
    let undone = order(&mut session, json!({"type": "undo"}));
    assert_eq!(undone.fates[0].lost, 99);
    let redone = order(&mut session, json!({"type": "redo"}));
    assert_eq!(said(&redone, Language::English), "Queue “q2” is back, empty: its 99 messages are gone.");
    // One message, several nodes, an edge for itself.
    play_until(&mut session, 4);
    let applied = order(&mut session, json!({"type": "remove", "ids": ["q2", "p", "c"]}));
    assert!(
        applied.fates.is_empty() || said(&applied, Language::English).starts_with("3 nodes are gone, and with them")
    );
}

#[test]
fn one_message_is_one_message_in_english() {
    let mut session = session();
    order(&mut session, json!({"type": "set", "edge": "p>q", "path": "latency_ms", "value": 5}));
    while session.engine().ledger().made == 0 {
        session.dispatch(Command::Step { events: 1 }).unwrap();
    }
    assert_eq!(session.engine().ledger().in_transit, 1);
    let applied = order(&mut session, json!({"type": "remove", "ids": ["p>q"]}));
    assert_eq!(
        said(&applied, Language::English),
        "The connection is gone, and with it 1 message. Undo brings it back, empty."
    );
    // Later, for at once it would never have happened.
    play_until(&mut session, 1);
    let undone = order(&mut session, json!({"type": "undo"}));
    assert_eq!(said(&undone, Language::English), "The connection is back, empty: its 1 message is gone.");
    assert_eq!(session.scenario().title, Text::default());
}

#[test]
fn a_refusal_names_the_name() {
    let mut session = session();
    let command = json!({"type": "rename", "node": "c", "label": "q"});
    let rejected = session.dispatch(serde_json::from_value(command).unwrap()).unwrap_err();
    assert!(matches!(&rejected.0[0].reason, Reason::NameTaken(name) if name == "q"));
    assert_eq!(rejected.0[0].pointer, "/label");
}

#[test]
fn figures_over_time_are_the_same_at_every_speed_and_after_going_back() {
    let series = |session: &Session| {
        let index = session.engine().node_index_of(&Id::from("q")).unwrap();
        session.samples().of(index).collect::<Vec<_>>()
    };
    let mut whole = session();
    play_until(&mut whole, 90);
    let expected = series(&whole);
    // A minute of them, and the depth rises by 50 a second.
    assert_eq!(expected.len(), 120);
    assert!((expected[119][0] - expected[99][0] - 500.0).abs() < 5.0, "{expected:?}");
    let mut slow = session();
    order(&mut slow, json!({"type": "play", "until_us": 90_000_000}));
    while slow.now() < Micros(90_000_000) {
        slow.tick(33_333.3, &mut || true);
    }
    assert_eq!(series(&slow), expected);
    assert_eq!(slow.report().trace_hash, whole.report().trace_hash);
    play_until(&mut whole, 3);
    assert_eq!(series(&whole).len(), 7);
    play_until(&mut whole, 90);
    assert_eq!(series(&whole), expected);
    // Step by step as well, and what is back after it was gone begins anew.
    let mut stepped = session();
    while stepped.engine().next_event_at().is_some_and(|next| next < Micros(2_000_000)) {
        stepped.dispatch(Command::Step { events: 1 }).unwrap();
    }
    assert_eq!(
        series(&stepped),
        series(&{
            let mut played = session();
            play_until(&mut played, 2);
            played
        })[..4]
    );
    order(&mut stepped, json!({"type": "remove", "ids": ["q"]}));
    order(&mut stepped, json!({"type": "step"}));
    order(&mut stepped, json!({"type": "undo"}));
    assert_eq!(series(&stepped).len(), 0);
}
