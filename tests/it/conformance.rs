//! Recordings of a real RabbitMQ, played in the engine: all that there are beside the project, and always the project's
//! own copy of a few of each category.

use std::fs;
use std::path::{Path, PathBuf};

use mq_playground::conform::{self, DECLINED, Verdict};

fn recordings(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(recordings(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    found
}

/// Plays them all; says how many passed and how many were declined.
fn play_all(folder: &Path) -> (usize, usize) {
    let (mut passed, mut declined, mut failed) = (0, 0, String::new());
    for file in recordings(folder) {
        let played = conform::play(&fs::read_to_string(&file).unwrap()).unwrap();
        match played.verdict {
            Verdict::Passed => passed += 1,
            Verdict::Declined { quirk } => {
                assert!(DECLINED.iter().any(|(known, _)| *known == quirk));
                declined += 1;
            }
            Verdict::Failed(differences) => failed += &format!("{}: {}\n", played.name, differences.join("\n  ")),
        }
    }
    assert!(failed.is_empty(), "{failed}");
    (passed, declined)
}

#[test]
fn the_engine_does_what_rabbitmq_did() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (passed, declined) = play_all(&root.join("tests/recordings"));
    assert_eq!((passed, declined), (70, 0));
    // The whole collection, where it is.
    let shared = root.join("../shared/vectors/rabbitmq");
    if shared.is_dir() {
        let (passed, declined) = play_all(&shared);
        assert_eq!(passed + declined, recordings(&shared).len());
        assert!(declined <= 5, "{declined} were declined");
    }
}

/// A recording of the smallest kind, with the expectation that is put in.
fn recording(expected: &str) -> String {
    format!(
        r#"{{"format": "broker-vector/1", "category": "c", "name": "n", "kind": "script",
            "definitions": {{"queues": [{{"name": "a", "vhost": "/", "durable": true, "auto_delete": false, "arguments": {{}}}}]}},
            "steps": [{{"do": "publish", "t_ms": 0, "expect": {expected},
                "messages": [{{"exchange": "", "routing_key": "a", "payload": "m"}}]}}],
            "t_end_ms": 100, "final": {{"a": {{"ready": 1, "unacked": 0, "consumers": 0,
                "messages": [{{"payload": "m", "exchange": "", "routing_key": "a"}}]}}}}}}"#
    )
}

#[test]
fn a_difference_is_named() {
    let good = conform::play(&recording(r#"{"confirms": ["ack"], "queues": {"a": [1, 0, 0]}}"#)).unwrap();
    assert_eq!(good.verdict, Verdict::Passed);
    let bad = conform::play(&recording(r#"{"confirms": ["nack"]}"#)).unwrap();
    let expected = [
        r#"step 0, publish, confirms: expected ["nack"], got ["ack"]"#,
        r#"step 0, publish, queues: expected "nothing", got {"a":[1,0,0]}"#,
    ];
    assert_eq!(bad.verdict, Verdict::Failed(expected.map(str::to_owned).to_vec()));
    assert!(conform::play("{").is_err());
    assert!(conform::play(r#"{"format": "broker-vector/2", "category": "c", "name": "n"}"#).is_err());
}
