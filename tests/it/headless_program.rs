//! `mqp` as it is called from a shell.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn mqp(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mqp"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("mqp runs")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

const OVERLOAD: &str = "static/scenarios/examples/overload.json";

#[test]
fn twice_as_much_as_one_consumer_can_take() {
    let output = mqp(&["run", OVERLOAD, "--for", "20s", "--json"]);
    assert!(output.status.success(), "{}", said(&output));
    let report: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(report["time_us"], 20_000_000);
    assert_eq!(report["seed"], 7);
    assert_eq!(report["nodes"]["producer"]["published"], 2_000);
    // 1000 would be done at 20 s sharp; the event at 20 s is not part of the 20 s.
    assert_eq!(report["ledger"]["acked"], 999);
    assert_eq!(
        report["nodes"]["queue"]["ready"].as_u64().unwrap() + report["nodes"]["queue"]["unacked"].as_u64().unwrap(),
        1_001
    );
    assert_eq!(report["nodes"]["consumer"]["utilisation"], 1.0);
    assert_eq!(report["trace_hash"].as_str().unwrap().len(), 16);
    for (node, names) in [
        ("producer", &["published", "confirmed", "nacked", "returned"][..]),
        ("queue", &["ready", "unacked", "depth_max", "enqueued", "acked", "redelivered", "wait_ms"]),
        ("consumer", &["delivered", "acked", "failed", "processed", "deduplicated", "utilisation", "end_to_end_ms"]),
    ] {
        for name in names {
            assert!(report["nodes"][node].get(name).is_some(), "{node}.{name}");
        }
    }
    for name in ["count", "mean", "p50", "p95", "p99", "max"] {
        assert!(report["nodes"]["queue"]["wait_ms"].get(name).is_some(), "{name}");
    }
    let again = mqp(&["run", OVERLOAD, "--for", "20000ms", "--json"]);
    assert_eq!(out(&again), out(&output));
    let other = mqp(&["run", OVERLOAD, "--for", "20s", "--seed", "8", "--json"]);
    let other: Value = serde_json::from_str(&out(&other)).unwrap();
    assert_eq!(other["seed"], 8);
    assert_ne!(other["trace_hash"], report["trace_hash"]);
}

#[test]
fn a_table_for_people() {
    let output = mqp(&["run", OVERLOAD, "--for", "20s"]);
    let text = out(&output);
    for part in ["time 20.000000 s", "2000 made = 999 acked", "producer producer", "published 2000", "depth max 1001"] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

#[test]
fn durations_and_seeds_that_make_no_sense_are_refused() {
    for arguments in [
        &["run", OVERLOAD, "--for", "20"][..],
        &["run", OVERLOAD, "--for", "-1s"],
        &["run", OVERLOAD, "--for", "1s", "--seed", "9007199254740992"],
        &["run", OVERLOAD],
        &["jump"],
    ] {
        let output = mqp(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!said(&output).is_empty());
    }
}

/// A folder of its own for one test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn check_names_every_problem_with_its_place() {
    let folder = folder("check");
    std::fs::create_dir_all(folder.join("below")).unwrap();
    std::fs::write(folder.join("good.json"), r#"{"mq_scenario": 1}"#).unwrap();
    let bad = "{\"mq_scenario\": 1,\n \"nodes\": [{\"id\": \"q\", \"kind\": \"queue\",\n  \"settings\": {\"max_length\": -4}}, {\"id\": \"r\", \"kind\": \"qeueu\"}]}";
    std::fs::write(folder.join("below/bad.json"), bad).unwrap();
    std::fs::write(folder.join("notes.txt"), "no scenario").unwrap();
    let path = folder.to_str().unwrap();

    let output = mqp(&["check", path]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("good.json: good"), "{}", out(&output));
    let text = said(&output);
    assert!(text.contains("bad.json:3:30: /nodes/0/settings/max_length: must be a whole number from 0"), "{text}");
    assert!(text.contains("bad.json:2:2: /nodes/1/kind: there is no kind") || text.contains("/nodes/1/kind"), "{text}");

    assert_eq!(mqp(&["check", folder.join("good.json").to_str().unwrap()]).status.code(), Some(0));
    assert_eq!(mqp(&["check", folder.join("missing.json").to_str().unwrap()]).status.code(), Some(2));
    std::fs::write(folder.join("binary.json"), [0xff, 0xfe, 0x00]).unwrap();
    assert_eq!(mqp(&["check", path]).status.code(), Some(2));
    assert_eq!(mqp(&["run", folder.join("below/bad.json").to_str().unwrap(), "--for", "1s"]).status.code(), Some(1));
}

#[test]
fn every_shipped_scenario_is_good() {
    let output = mqp(&["check", "static/scenarios"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(out(&output).lines().count() >= 2, "{}", out(&output));
}

#[test]
fn a_run_that_does_not_fit_stops_and_says_so() {
    let folder = folder("full");
    let flood = r#"{"mq_scenario": 1, "nodes": [{"id": "p", "kind": "producer", "settings": {"pattern": {"constant": {"per_s": 1000000}}}}, {"id": "q", "kind": "queue"}], "edges": [{"id": "e", "kind": "publish", "from": "p", "to": "q"}]}"#;
    let path = folder.join("flood.json");
    std::fs::write(&path, flood).unwrap();
    let output = mqp(&["run", path.to_str().unwrap(), "--for", "1h", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("stopped at 4.999999 s"), "{}", said(&output));
    let report: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(report["ledger"]["ready"], 5_000_000);
}
