//! Whatever comes from outside and is not right: links, pictures, scenario and lesson files. Nothing panics, nothing hangs, and
//! each time there is a sentence. Messages of the protocol are in `embedding.rs`.

use mq_playground::base::{Language, Micros};
use mq_playground::lessons::Lesson;
use mq_playground::link;
use mq_playground::link::carry;
use mq_playground::scenario::{Scenario, format};
use mq_playground::session::{Command, Session};
use mq_playground::words::Words;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::link::{linked, three_nodes};
use crate::session::play_out;

/// So many inputs of each kind.
const CASES: u32 = 20_000;

/// A place in a JSON value, another value there.
fn damaged(value: &mut serde_json::Value, places: &[Index], other: &serde_json::Value) {
    let Some((place, deeper)) = places.split_first() else {
        *value = other.clone();
        return;
    };
    match value {
        serde_json::Value::Array(list) if !list.is_empty() => {
            let index = place.index(list.len());
            damaged(&mut list[index], deeper, other);
        }
        serde_json::Value::Object(members) if !members.is_empty() => {
            let index = place.index(members.len());
            damaged(members.values_mut().nth(index).unwrap(), deeper, other);
        }
        _ => *value = other.clone(),
    }
}

/// What may stand in a link instead of what belongs there.
fn anything() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        Just(serde_json::Value::Null),
        any::<i64>().prop_map(serde_json::Value::from),
        (0u64..40_000_000).prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        prop::sample::select(vec!["", "queue", "packer", "publish", "crash", "consumer", "0", "]]>", "\u{0}"])
            .prop_map(serde_json::Value::from),
        Just(serde_json::json!([])),
        Just(serde_json::json!({})),
        Just(serde_json::json!([0, 0])),
        Just(serde_json::json!([[1, 2], {"crash": {"node": "queue"}}])),
    ]
}

/// Opens what a damaged link may still tell, and lets it run: whatever it is, nothing panics, and it is the run of a document.
fn run_out(value: &str) {
    let Ok(record) = link::read(value) else { return };
    let mut session = Session::new(Scenario::default());
    session.open(record);
    // A moment in a hundred years is no mistake, only a long wait.
    for _ in 0..10 {
        session.tick(16_667.0, &mut || true);
    }
    assert_eq!(session.engine().audit(), Ok(()));
    let _ = link::write(&session.run().record());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    /// Characters changed, cut, added.
    #[test]
    fn no_characters_make_it_panic(
        cut in any::<Index>(),
        changes in proptest::collection::vec((any::<Index>(), "[ -~]"), 0..4),
        added in "[ -~]{0,8}",
    ) {
        let mut value = linked(&three_nodes_at_zero());
        for (place, letter) in changes {
            let at = place.index(value.len());
            value.replace_range(at..=at, &letter);
        }
        let end = cut.index(2 * value.len()).min(value.len());
        let value = format!("{}{added}", &value[..end]);
        run_out(&value);
        let _ = link::find(&value).map(link::read);
    }

    /// What is inside of a link changed anywhere.
    #[test]
    fn no_content_makes_it_panic(
        changes in proptest::collection::vec((proptest::collection::vec(any::<Index>(), 1..7), anything()), 1..4),
    ) {
        let mut told: serde_json::Value = serde_json::from_str(&BUSY.with(Clone::clone)).unwrap();
        for (places, other) in &changes {
            damaged(&mut told, places, other);
        }
        run_out(&link::pack(&told.to_string()));
    }

    /// Pictures that carry what no run is, or are none.
    #[test]
    fn no_picture_makes_it_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..64),
        text in "[ -~]{0,40}",
        place in any::<Index>(),
    ) {
        let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &bytes].concat();
        let _ = (carry::from_png(&png), carry::into_png(&png, "1abc"), carry::from_png(&bytes));
        let mut svg = carry::into_svg("<svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>", "1abc");
        svg.insert_str(place.index(svg.len()), &text);
        let _ = carry::from_svg(&svg).map(link::read);
        let _ = carry::from_svg(&text);
    }

    /// Scenario files changed anywhere, also as text.
    #[test]
    fn no_scenario_file_makes_it_panic(
        changes in proptest::collection::vec((proptest::collection::vec(any::<Index>(), 1..6), anything()), 1..4),
        text in any::<bool>(),
        letters in proptest::collection::vec((any::<Index>(), "[ -~]"), 0..3),
    ) {
        let mut file = serde_json::to_value(busy().scenario()).unwrap();
        for (places, other) in &changes {
            damaged(&mut file, places, other);
        }
        let mut file = file.to_string();
        for (place, letter) in letters.iter().filter(|_| text) {
            let at = (0..=place.index(file.len() + 1)).rev().find(|at| file.is_char_boundary(*at)).unwrap_or_default();
            file.insert_str(at, letter);
        }
        match format::parse(&file) {
            Ok(scenario) => {
                let mut session = Session::new(scenario);
                session.dispatch(Command::Play { until_us: None }).unwrap();
                for _ in 0..3 {
                    session.tick(16_667.0, &mut || true);
                }
                prop_assert_eq!(session.engine().audit(), Ok(()));
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in &problems {
                    let (line, column) = format::position(&file, problem);
                    prop_assert!(line > 0 && column > 0);
                    prop_assert!(Language::ALL.into_iter().all(|language| !problem.describe(Words::of(language)).is_empty()));
                }
            }
        }
    }

    /// Lesson files changed anywhere, their Markdown included.
    #[test]
    fn no_lesson_file_makes_it_panic(
        changes in proptest::collection::vec((proptest::collection::vec(any::<Index>(), 1..6), anything()), 0..3),
        markdown in "[a-z#{}.|\\[\\]()*`~<>&\n -]{0,60}",
        place in any::<Index>(),
    ) {
        let mut lesson = LESSON.with(Clone::clone);
        for (places, other) in &changes {
            damaged(&mut lesson, places, other);
        }
        if let Some(serde_json::Value::String(text)) = lesson.pointer_mut("/text/en") {
            let at = (0..=place.index(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
            text.insert_str(at, &markdown);
        }
        if let Err(problems) = Lesson::read(lesson) {
            prop_assert!(!problems.is_empty());
            for problem in &problems {
                prop_assert!(Language::ALL.into_iter().all(|language| !problem.describe(Words::of(language)).is_empty()));
            }
        }
    }
}

/// A lesson as it comes from a file, with its Markdown.
fn lesson_file() -> serde_json::Value {
    let folder = std::path::Path::new("static/lessons/what-is-mq");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let mut lesson: serde_json::Value = serde_json::from_str(&read("lesson.json")).unwrap();
    lesson["text"] = serde_json::json!({ "en": read("en.md"), "zh-CN": read("zh-CN.md") });
    lesson
}

thread_local! {
    static LESSON: serde_json::Value = lesson_file();
    /// A run with everything that can stand in a log.
    static BUSY: String = link::unpack(&linked(&busy())).unwrap();
}

fn three_nodes_at_zero() -> Session {
    Session::new(three_nodes().scenario().clone())
}

fn busy() -> Session {
    let mut scenario = three_nodes().scenario().clone();
    scenario.edits.push(mq_playground::scenario::TimedEdit {
        at_ms: 700.0,
        nodes: vec![crate::support::queue("later")],
        ..Default::default()
    });
    let mut session = Session::new(scenario);
    let commands = [
        serde_json::json!({"type": "addNode", "node": {"id": "second", "kind": "consumer", "at": [640, 200]}}),
        serde_json::json!({"type": "connect", "from": "queue", "to": "second", "latency_ms": 2}),
        serde_json::json!({"type": "set", "node": "packer", "path": "concurrency", "value": 3}),
        serde_json::json!({"type": "stall", "node": "packer"}),
        serde_json::json!({"type": "latency", "edge": "publish", "latency_ms": 400}),
        serde_json::json!({"type": "addFault", "timed": {"at_ms": 900, "for_ms": 50, "fault": {"crash": {"node": "second"}}}}),
        serde_json::json!({"type": "setChaos", "chaos": {"faults_per_min": 60}}),
        serde_json::json!({"type": "set", "node": "broker", "path": "confirm_ms", "value": 1}),
        serde_json::json!({"type": "remove", "ids": ["second"]}),
        serde_json::json!({"type": "setSeed", "seed": 8}),
    ];
    for command in commands {
        session.dispatch(Command::Play { until_us: Some(session.now() + Micros(120_000)) }).unwrap();
        play_out(&mut session, 16_667.0);
        session.dispatch(serde_json::from_value(command).unwrap()).unwrap();
    }
    session
}
