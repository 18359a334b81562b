//! Replications and sweeps: what they find, in whatever order they are run, and what they refuse.

use mq_playground::base::Micros;
use mq_playground::engine::{Engine, Unobserved};
use mq_playground::scenario::{BROKER, Distribution, Id, Pattern, Scenario, format};
use mq_playground::study::{
    Course, Findings, MOST_RUNS, News, Outcome, RunNumber, SettingPlace, Study, StudyProblem, Summary, Values, Varied,
    measures_of, run_all,
};
use mq_playground::view::study::{Wish, predictions, table};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{any_scenario, chain, consumer};

const SECOND: u64 = 1_000_000;

/// M/M/1 with ten services per second.
fn m_m_1(seed: u64, per_s: f64) -> Scenario {
    chain(seed, Pattern::Poisson { per_s }, consumer("c", 1, 1, Distribution::Exponential(100.0)))
}

fn vary(id: &str, path: &str, values: Values) -> Option<Varied> {
    Some(Varied { settings: vec![SettingPlace { id: Id::from(id), path: path.to_owned() }], values })
}

fn study(scenario: Scenario, varied: Option<Varied>, measures: &[&str]) -> Study {
    Study {
        scenario,
        until_us: Micros(60 * SECOND),
        warm_up_us: Micros(10 * SECOND),
        replications: 5,
        varied,
        measures: measures.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// All summaries, to be compared.
fn summaries(findings: &Findings) -> Vec<Vec<Option<Summary>>> {
    findings.of_values().into_iter().map(|found| found.measures).collect()
}

#[test]
fn findings_do_not_depend_on_threads_nor_on_order_nor_on_slices() {
    let values = Values::Range { from: 2.0, to: 8.0, step: 2.0 };
    let measures = ["nodes.q.wait_ms.mean", "nodes.c.utilisation", "ledger.acked", "nodes.q.depth_max"];
    let study = study(m_m_1(3, 5.0), vary("p", "pattern.poisson.per_s", values), &measures);
    let one = run_all(&study, 1, |_, _| {}).unwrap();
    let mut told = Vec::new();
    let two = run_all(&study, 2, |done, all| told.push((done, all))).unwrap();
    assert_eq!(told.last(), Some(&(20, 20)));
    assert_eq!(summaries(&one), summaries(&two));

    // Backwards, in slices, by way of JSON, as a worker of a page would.
    let posted: Study = serde_json::from_str(&serde_json::to_string(&study).unwrap()).unwrap();
    assert_eq!(posted, study);
    let mut backwards = Findings::new(&study).unwrap();
    for run in posted.runs().into_iter().rev() {
        let mut slices = 0;
        let result = posted.run_one(run, 20, |_| {
            slices += 1;
            true
        });
        assert!(slices > 2);
        let posted = serde_json::to_string(&result.unwrap()).unwrap();
        backwards.add(serde_json::from_str(&posted).unwrap());
    }
    assert_eq!(backwards.progress(), (20, 20));
    assert_eq!(summaries(&backwards), summaries(&one));
    assert_eq!(posted.run_one(RunNumber { value: 0, replication: 0 }, 10, |done| done < 0.5), None, "called off");
}

#[test]
fn the_seed_of_a_replication_is_the_same_whatever_is_varied() {
    let varied = vary("c", "concurrency", Values::List(vec![json!(1), json!(2)]));
    let study = study(m_m_1(7, 5.0), varied, &["nodes.p.published", "nodes.q.wait_ms.mean"]);
    let seeds: Vec<u64> = (0..5).map(|replication| study.seed(replication)).collect();
    assert_eq!(seeds[0], 7);
    assert!(seeds.iter().all(|seed| *seed < 1 << 53));
    assert_eq!(seeds.iter().collect::<std::collections::BTreeSet<_>>().len(), 5);
    let findings = run_all(&study, 2, |_, _| {}).unwrap();
    assert_eq!(findings.figures(0, 0), findings.figures(1, 0), "the same arrivals");
    // What chance has in common falls out of the difference.
    let (alone, difference) = (findings.summary(0, 0).unwrap(), findings.difference(0, 1, 0).unwrap());
    assert!(alone.half_width.unwrap() > 0.0);
    assert_eq!((difference.mean, difference.half_width), (0.0, Some(0.0)));
}

#[test]
fn the_wait_of_m_m_1_grows_with_the_load() {
    let values = Values::Range { from: 2.0, to: 8.0, step: 2.0 };
    let measures = ["nodes.c.end_to_end_ms.mean"];
    let mut study = study(m_m_1(1, 5.0), vary("p", "pattern.poisson.per_s", values), &measures);
    study.until_us = Micros(2_000 * SECOND);
    study.warm_up_us = Micros(100 * SECOND);
    study.replications = 10;
    let findings = run_all(&study, 2, |_, _| {}).unwrap();
    let mut last = 0.0;
    for found in findings.of_values() {
        let per_s = found.value.and_then(|value| value.as_f64()).unwrap();
        let summary = found.measures[0].unwrap();
        // W = 1/(µ − λ)
        let predicted = 1e3 / (10.0 - per_s);
        assert!(summary.holds(predicted), "{predicted} is not in {summary:?} at {per_s}");
        assert!(summary.min < summary.mean && summary.mean < summary.max && summary.mean > last);
        last = summary.mean;
    }
}

#[test]
fn several_settings_get_the_same_value() {
    let settings = ["concurrency", "prefetch_count"]
        .map(|path| SettingPlace { id: Id::from("c"), path: path.to_owned() })
        .to_vec();
    let varied = Some(Varied { settings, values: Values::Range { from: 1.0, to: 3.0, step: 1.0 } });
    let study = study(m_m_1(1, 15.0), varied, &["nodes.c.utilisation", "nodes.q.wait_ms.mean"]);
    let findings = run_all(&study, 1, |_, _| {}).unwrap();
    let utilisation: Vec<f64> = (0..3).map(|value| findings.summary(value, 0).unwrap().mean).collect();
    assert!(utilisation[0] > 0.999, "one is not enough: {utilisation:?}");
    assert!((utilisation[1] - 0.75).abs() < 0.1 && (utilisation[2] - 0.5).abs() < 0.1, "{utilisation:?}");
}

#[test]
fn values_are_as_they_would_be_written() {
    let all = |from, to, step| Value::from(Values::Range { from, to, step }.all());
    assert_eq!(all(1.0, 4.0, 1.0), json!([1, 2, 3, 4]));
    assert_eq!(all(0.1, 0.3, 0.1), json!([0.1, 0.2, 0.3]));
    assert_eq!(all(0.5, 2.0, 0.5), json!([0.5, 1, 1.5, 2]));
    assert_eq!(all(1.0, 4.5, 2.0), json!([1, 3]));
    assert_eq!(all(5.0, 5.0, 1.0), json!([5]));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let good = study(m_m_1(1, 5.0), None, &["ledger.made"]);
    let problems = |change: &dyn Fn(&mut Study)| {
        let mut study = good.clone();
        change(&mut study);
        let names = study.check().unwrap_err().iter().map(|problem| format!("{problem:?}")).collect::<Vec<_>>();
        assert!(Findings::new(&study).is_err());
        names.join(" ")
    };
    let range = |from, to, step| vary("c", "concurrency", Values::Range { from, to, step });
    assert!(good.check().is_ok());
    assert_eq!(problems(&|study| study.warm_up_us = study.until_us), "NoTime");
    assert_eq!(problems(&|study| study.replications = 0), "NoReplications");
    assert_eq!(problems(&|study| study.measures.clear()), "NoMeasures");
    assert_eq!(
        problems(&|study| study.measures = vec!["nodes.q.nothing".into()]),
        r#"NoSuchMeasure("nodes.q.nothing")"#
    );
    assert_eq!(problems(&|study| study.varied = range(3.0, 1.0, 1.0)), "NoValues");
    for step in [0.0, -1.0, f64::NAN] {
        assert_eq!(problems(&|study| study.varied = range(1.0, 3.0, step)), "NoValues");
    }
    assert_eq!(problems(&|study| study.varied = range(1.0, f64::INFINITY, 1.0)), "TooManyRuns");
    assert_eq!(problems(&|study| study.varied = range(1.0, 1e300, 1e-300)), "TooManyRuns");
    assert_eq!(problems(&|study| study.replications = MOST_RUNS as u32 + 1), "TooManyRuns");
    assert_eq!(problems(&|study| study.varied = vary("c", "concurrency", Values::List(vec![]))), "NoValues");
    let nothing = Some(Varied { settings: vec![], values: Values::List(vec![json!(1)]) });
    assert_eq!(problems(&|study| study.varied = nothing.clone()), "NoSetting");
    for (id, path) in [("c", "concurency"), ("x", "concurrency"), ("p", "pattern.burst.size"), (BROKER, "nothing")] {
        let found = problems(&|study| study.varied = vary(id, path, Values::List(vec![json!(1)])));
        assert!(matches!(found.split('(').next(), Some("EveryValueRefused")), "{id}.{path}: {found}");
    }
    let problem = vary("c", "concurrency", Values::List(vec![json!("many"), json!(0)]));
    let Err(found) = Study { varied: problem, ..good.clone() }.check() else { panic!("was taken") };
    assert!(matches!(&found[..], [StudyProblem::EveryValueRefused(_)]));
}

#[test]
fn a_value_that_is_refused_and_a_run_that_does_not_fit_are_told() {
    let values = Values::List(vec![json!(10), json!(2_000_000), json!(900_000)]);
    let mut study = study(
        chain(1, Pattern::Constant { per_s: 5.0 }, consumer("c", 1, 1, Distribution::Constant(1.0))),
        vary("p", "pattern.constant.per_s", values),
        &["nodes.p.published"],
    );
    (study.replications, study.until_us) = (1, Micros(12 * SECOND));
    let findings = run_all(&study, 2, |_, _| {}).unwrap();
    let found = findings.of_values();
    assert_eq!((found[0].measured, found[0].full, found[0].refused.len()), (1, 0, 0));
    // Of two seconds after the warm-up; of a single run nothing is known of its spread.
    let summary = found[0].measures[0].unwrap();
    assert_eq!((summary.n, summary.mean, summary.half_width), (1, 20.0, None));
    assert_eq!((found[1].measured, found[1].refused.len(), found[1].measures[0]), (0, 1, None));
    assert_eq!((found[2].measured, found[2].full, found[2].measures[0]), (0, 1, None));
    let result = study.run_one(RunNumber { value: 2, replication: 0 }, 1 << 20, |_| true).unwrap();
    assert!(matches!(result.outcome, Outcome::Full { at_us } if at_us < Micros(6 * SECOND)), "{result:?}");
}

#[test]
fn figures_are_of_the_time_after_the_warm_up() {
    let scenario = chain(1, Pattern::Constant { per_s: 10.0 }, consumer("c", 1, 1, Distribution::Constant(50.0)));
    let names = ["nodes.p.published", "ledger.made", "ledger.acked", "nodes.q.wait_ms.count", "nodes.c.utilisation"];
    let study = study(scenario, None, &names);
    let findings = run_all(&study, 1, |_, _| {}).unwrap();
    let means: Vec<f64> = (0..5).map(|measure| findings.summary(0, measure).unwrap().mean).collect();
    assert_eq!(means, [500.0, 500.0, 500.0, 500.0, 0.5]);
}

#[test]
fn summaries_as_in_a_textbook() {
    let summary = Summary::of(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
    assert_eq!((summary.n, summary.mean, summary.min, summary.max), (5, 3.0, 1.0, 5.0));
    assert!((summary.standard_deviation.unwrap() - 2.5f64.sqrt()).abs() < 1e-12);
    // t(0.975; 4) = 2.776445
    assert!((summary.half_width.unwrap() - 2.776_445_105 * (2.5f64 / 5.0).sqrt()).abs() < 1e-6);
    assert!(summary.holds(1.5) && !summary.holds(5.0));
    assert_eq!(Summary::of(&[]), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_measure_stands_in_the_report(scenario in any_scenario()) {
        let mut engine = Engine::new(&scenario);
        engine.run_some(Micros(2_000_000), 2_000, &mut Unobserved);
        let report = serde_json::to_value(engine.report()).unwrap();
        let measures = measures_of(&scenario);
        let names: std::collections::BTreeSet<&str> = measures.iter().map(|measure| &*measure.name).collect();
        prop_assert_eq!(names.len(), measures.len());
        for measure in &measures {
            let root = measure.node.as_ref().map_or(&report["ledger"], |id| &report["nodes"][id.as_str()]);
            let found = measure.figure.split('.').try_fold(root, |place, name| place.get(name));
            prop_assert!(found.is_some() || measure.figure.starts_with("dropped."), "{}", measure.name);
            let expected = found.map_or(Some(0.0), Value::as_f64);
            prop_assert_eq!(measure.read(&engine), expected, "{}", measure.name);
        }
    }
}

#[test]
fn a_course_finds_the_same_however_it_is_sliced() {
    let values = Values::List(vec![json!(1), json!(0), json!(2)]);
    let study = study(m_m_1(3, 15.0), vary("c", "concurrency", values), &["nodes.q.wait_ms.mean", "ledger.acked"]);
    let whole = run_all(&study, 2, |_, _| {}).unwrap();
    for slice in [0, 7, 1_000, u64::MAX] {
        let mut course = Course::new(study.clone()).unwrap();
        let mut findings = Findings::new(&study).unwrap();
        let mut last = 0.0;
        loop {
            // As a worker tells it.
            let told = serde_json::to_string(&course.advance(slice, &mut Unobserved)).unwrap();
            match serde_json::from_str(&told).unwrap() {
                News::Progress(progress) => {
                    assert!((last..=1.0).contains(&progress), "{last}, {progress}");
                    last = progress;
                }
                News::Result(result) => findings.add(result),
                News::Over => break,
            }
        }
        assert_eq!(findings.progress(), (15, 15));
        assert_eq!(summaries(&findings), summaries(&whole));
        assert_eq!(course.advance(slice, &mut Unobserved), News::Over);
    }
    assert!(Course::new(Study { replications: 0, ..study }).is_err());
}

/// `tests/e2e/study.test.mjs` has a browser find the same, to the last digit.
#[test]
fn the_browser_is_to_find_what_stands_in_the_file() {
    let first = include_str!("../../static/scenarios/first.json");
    let settings = ["concurrency", "prefetch_count"]
        .map(|path| SettingPlace { id: Id::from("packer-1"), path: path.to_owned() })
        .to_vec();
    let wish = Wish {
        measure: "nodes.queue.wait_ms.mean".to_owned(),
        varied: Some((settings, [1.0, 3.0, 1.0])),
        seconds: 60.0,
        warm_up_s: 10.0,
        replications: 4.0,
    };
    let study = wish.study(&format::parse(first).unwrap());
    let findings = run_all(&study, 2, |_, _| {}).unwrap();
    expect_test::expect_file!["../e2e/study.csv"].assert_eq(&table(&study, &findings, &predictions(&study)));
}
