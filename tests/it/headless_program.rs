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

const SWEEP: &[&str] = &["sweep", OVERLOAD, "--for", "20s", "--warm-up", "5s", "--replications", "4"];

/// `mqp sweep` of the overload, with more arguments.
fn sweep(more: &[&str]) -> Output {
    mqp(&[SWEEP, more].concat())
}

const HOW_MANY: &str = "consumer.concurrency,consumer.prefetch_count=1..3";

#[test]
fn how_many_consumers_it_takes() {
    let more = ["--vary", HOW_MANY, "--measure", "nodes.queue.depth_mean", "--measure", "nodes.consumer.utilisation"];
    let output = sweep(&[&more[..], &["--json", "--threads", "1"]].concat());
    assert!(output.status.success(), "{}", said(&output));
    let found: Value = serde_json::from_str(&out(&output)).unwrap();
    let values = found["values"].as_array().unwrap();
    assert_eq!(values.iter().map(|found| found["value"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    let utilisation = |place: usize| &values[place]["measures"]["nodes.consumer.utilisation"];
    assert_eq!(utilisation(0)["mean"], 1.0);
    assert_eq!((&utilisation(2)["n"], &utilisation(2)["half_width"]), (&Value::from(4), &Value::from(0.0)));
    assert!((utilisation(2)["mean"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-3);
    assert_eq!(found["units"]["nodes.queue.depth_mean"], "messages");

    let again = sweep(&[&more[..], &["--json", "--threads", "2"]].concat());
    assert_eq!(out(&again), out(&output), "whatever the number of threads");
    let table = out(&sweep(&more));
    for part in ["4 replications of 20.000000 s", "nodes.queue.depth_mean (messages)", "consumer.concurrency", "0.6667"]
    {
        assert!(table.contains(part), "{part:?} is not in\n{table}");
    }
    let csv = out(&sweep(&[&more[..], &["--csv"]].concat()));
    assert_eq!(csv.lines().count(), 1 + 3 * 2, "{csv}");
    assert!(
        csv.starts_with("value,measure,unit,n,mean,")
            && csv.contains("\n1,nodes.consumer.utilisation,share,4,1,0,0,1,1,0,\n"),
        "{csv}"
    );
}

#[test]
fn a_sweep_that_makes_no_sense_is_refused_in_a_sentence() {
    let measure = ["--measure", "nodes.queue.ready"];
    for (more, expected) in [
        (
            &["--measure", "nodes.queue.wait"][..],
            "there is no figure “nodes.queue.wait” in this scenario; there are nodes.queue.wait_ms.mean",
        ),
        (&["--measure", "nodes.queue.ready", "--vary", "consumer.concurency=1..3"], "unknown field"),
        (
            &["--measure", "nodes.queue.ready", "--vary", "nobody.concurrency=1..3"],
            "“nobody.concurrency” names no setting",
        ),
        (&["--measure", "nodes.queue.ready", "--vary", "consumer.concurrency"], "has no “=”"),
        (&["--measure", "nodes.queue.ready", "--vary", "consumer.concurrency=3..1"], "there is no value"),
        (&["--measure", "nodes.queue.ready", "--vary", "consumer.concurrency=one..1"], "“one” is not a number"),
        (
            &["--measure", "nodes.queue.ready", "--vary", "consumer.concurrency=1..100000"],
            "there are more than 10000 runs",
        ),
        (&["--measure", "nodes.queue.ready", "--warm-up", "20s"], "leave no time to measure"),
        (&[], "--measure"),
    ] {
        // The last of two warm-ups would be refused by the parser: those that set one come without the first.
        let output = if more.contains(&"--warm-up") {
            mqp(&[&["sweep", OVERLOAD, "--for", "20s"][..], more].concat())
        } else {
            sweep(more)
        };
        assert_eq!(output.status.code(), Some(2), "{more:?}: {}", said(&output));
        assert!(said(&output).contains(expected), "{more:?}: {}", said(&output));
        assert!(out(&output).is_empty());
    }
    // One value of several is refused: the others are there.
    let output = sweep(&[&measure[..], &["--vary", "consumer.concurrency=1,0"]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).starts_with("0: refused: must be a whole number"), "{}", said(&output));
    assert!(out(&output).contains("refused"), "{}", out(&output));
    assert_eq!(mqp(&["sweep", "missing.json", "--for", "1s", "--measure", "ledger.made"]).status.code(), Some(2));
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
