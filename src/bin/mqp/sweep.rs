//! `mqp sweep`: a scenario run many times, on all processors, with other seeds and other values of a setting.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::Args;
use mq_playground::base::{Language, Micros};
use mq_playground::engine::MOST_COPIES;
use mq_playground::scenario::{BROKER, Id, Problem, SEED_LIMIT, Scenario};
use mq_playground::study::{
    Findings, MOST_RUNS, Measure, SettingPlace, Study, StudyProblem, Summary, Values, Varied, measures_of, run_all,
};
use mq_playground::words::Words;
use serde_json::{Value, json};

use super::{BAD_ARGUMENTS, GOOD, PROBLEMS, print, print_json, read};

/// How many names are suggested for one that there is not.
const MOST_SUGGESTIONS: usize = 12;

#[derive(Args)]
pub(super) struct Arguments {
    /// The scenario file.
    scenario: PathBuf,
    /// How much simulated time each run takes: the events before that instant (us, ms, s, m, h; for example 60s).
    #[arg(long = "for", value_name = "DURATION")]
    duration: Micros,
    /// How much of it is left out of everything that is measured.
    #[arg(long, value_name = "DURATION", default_value = "0s")]
    warm_up: Micros,
    /// How often each value is run, each time with another seed.
    #[arg(long, value_name = "N", default_value_t = 10)]
    replications: u32,
    /// Another seed for the first replication than the file's, below 2^53.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..SEED_LIMIT))]
    seed: Option<u64>,
    /// What is varied: NODE.setting=1..8, =10..90 step 20, or =a,b,c; several settings that get the same value each time are
    /// separated by commas. Instead of a node an edge, or `broker`.
    #[arg(long, value_name = "SETTING=VALUES")]
    vary: Option<String>,
    /// A figure to be measured, by its name in the JSON of `mqp run`: nodes.q.wait_ms.mean, ledger.acked. Can be repeated.
    #[arg(long = "measure", value_name = "NAME", required = true)]
    measures: Vec<String>,
    /// Prints one JSON object instead of tables.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Prints comma-separated values instead of tables.
    #[arg(long)]
    csv: bool,
    /// How many threads run it; all processors where nothing is said. What is found is the same.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

pub(super) fn sweep(arguments: Arguments) -> u8 {
    let mut scenario = match read(&arguments.scenario) {
        Ok(scenario) => scenario,
        Err(code) => return code,
    };
    scenario.seed = arguments.seed.unwrap_or(scenario.seed);
    let varied = match arguments.vary.as_deref().map(|text| varied(&scenario, text)).transpose() {
        Ok(varied) => varied,
        Err(sentence) => {
            eprintln!("--vary: {sentence}");
            return BAD_ARGUMENTS;
        }
    };
    let study = Study {
        scenario,
        until_us: arguments.duration,
        warm_up_us: arguments.warm_up,
        replications: arguments.replications,
        varied,
        measures: arguments.measures,
    };
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    let shows_progress = std::io::stderr().is_terminal();
    let findings = run_all(&study, arguments.threads.unwrap_or_else(processors), |done, all| {
        if shows_progress {
            let _ = write!(std::io::stderr(), "\r{done} of {all} runs{}", if done == all { "\n" } else { "" });
        }
    });
    match findings {
        Ok(findings) => {
            if arguments.json {
                print_json(&as_json(&study, &findings));
            } else if arguments.csv {
                print(&as_csv(&study, &findings));
            } else {
                print(&tables(&study, &findings));
            }
            shortcomings(&study, &findings)
        }
        Err(problems) => {
            for problem in &problems {
                eprintln!("{}", sentence(&study, problem));
            }
            BAD_ARGUMENTS
        }
    }
}

/// Reads what is varied.
fn varied(scenario: &Scenario, text: &str) -> Result<Varied, String> {
    let (places, values) = text.split_once('=').ok_or_else(|| {
        format!("“{text}” has no “=”: write a setting and its values, for example c.concurrency=1..8")
    })?;
    let settings = places.split(',').map(|place| setting(scenario, place.trim())).collect::<Result<_, _>>()?;
    Ok(Varied { settings, values: values_of(values.trim())? })
}

/// Reads a setting: an id of the scenario, a point, and the path behind it. Ids may have points in them.
fn setting(scenario: &Scenario, text: &str) -> Result<SettingPlace, String> {
    let broker = Id::from(BROKER);
    let ids = scenario.nodes.iter().map(|node| &node.id).chain(scenario.edges.iter().map(|edge| &edge.id));
    let split = |id: &Id| {
        let path = text.strip_prefix(id.as_str())?.strip_prefix('.')?;
        Some(SettingPlace { id: id.clone(), path: path.to_owned() })
    };
    let named = ids.chain([&broker]).filter_map(split);
    named.max_by_key(|place| place.id.as_str().len()).ok_or_else(|| {
        format!(
            "“{text}” names no setting: write the id of a node or an edge, or broker, a point, and the setting's path"
        )
    })
}

/// Reads values: a range, a list in JSON, or a list with commas.
fn values_of(text: &str) -> Result<Values, String> {
    let number = |text: &str| {
        text.trim()
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .ok_or_else(|| format!("“{}” is not a number; a range is written 1..8, or 10..90 step 20", text.trim()))
    };
    if text.starts_with('[') {
        return serde_json::from_str(text)
            .map(Values::List)
            .map_err(|error| format!("“{text}” is no list in JSON: {error}"));
    }
    if let Some((from, rest)) = text.split_once("..") {
        let (to, step) = rest.split_once("step").unwrap_or((rest, "1"));
        return Ok(Values::Range { from: number(from)?, to: number(to)?, step: number(step)? });
    }
    // What is not JSON is a text, as names of choices are: reject_publish.
    let item = |item: &str| serde_json::from_str(item).unwrap_or_else(|_| Value::from(item));
    Ok(Values::List(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(item).collect()))
}

/// What is wrong with a study, as a sentence.
fn sentence(study: &Study, problem: &StudyProblem) -> String {
    match problem {
        StudyProblem::NoTime => {
            format!("--warm-up: {} leave no time to measure in {}", study.warm_up_us, study.until_us)
        }
        StudyProblem::NoReplications => "--replications: there must be at least one".to_owned(),
        StudyProblem::NoMeasures => "--measure: nothing is measured".to_owned(),
        StudyProblem::NoSuchMeasure(name) => {
            // What belongs to the same node, or else everything.
            let known = measures_of(&study.scenario);
            let stem = name.split('.').take(2).collect::<Vec<_>>().join(".");
            let near: Vec<&Measure> = known.iter().filter(|measure| measure.name.starts_with(&stem)).collect();
            let suggested = if near.is_empty() { known.iter().collect() } else { near };
            let names: Vec<&str> = suggested.iter().take(MOST_SUGGESTIONS).map(|measure| &*measure.name).collect();
            let more = if suggested.len() > MOST_SUGGESTIONS { " …" } else { "" };
            format!("--measure: there is no figure “{name}” in this scenario; there are {}{more}", names.join(", "))
        }
        StudyProblem::NoSetting => "--vary: no setting is named".to_owned(),
        StudyProblem::NoValues => {
            "--vary: there is no value: the list is empty, or the range ends before it begins".to_owned()
        }
        StudyProblem::TooManyRuns => {
            format!("there are more than {MOST_RUNS} runs: take fewer values or fewer replications")
        }
        StudyProblem::EveryValueRefused(problems) => format!("--vary: {}", described(problems)),
    }
}

fn described(problems: &[Problem]) -> String {
    let words = Words::of(Language::English);
    problems.iter().map(|problem| problem.describe(words)).collect::<Vec<_>>().join("; ")
}

/// Says what could not be run or not be run to its end.
fn shortcomings(study: &Study, findings: &Findings) -> u8 {
    let mut code = GOOD;
    for found in findings.of_values() {
        let value = found.value.as_ref().map_or_else(|| "the scenario as it is".to_owned(), label);
        if !found.refused.is_empty() {
            eprintln!("{value}: refused: {}", described(&found.refused));
            code = PROBLEMS;
        }
        if found.full > 0 {
            eprintln!(
                "{value}: {} of {} runs stopped: {MOST_COPIES} messages are alive at once, and no more fit",
                found.full, study.replications
            );
            code = PROBLEMS;
        }
    }
    code
}

/// A value as it is printed: texts without quotation marks.
fn label(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What is varied, as it was written.
fn varied_name(study: &Study) -> String {
    let settings = study.varied.iter().flat_map(|varied| &varied.settings);
    settings.map(|place| format!("{}.{}", place.id, place.path)).collect::<Vec<_>>().join(",")
}

fn measures(study: &Study) -> Vec<Measure> {
    let known = measures_of(&study.scenario);
    study.measures.iter().filter_map(|name| known.iter().find(|measure| measure.name == *name).cloned()).collect()
}

fn tables(study: &Study, findings: &Findings) -> String {
    let mut text = format!("{} replications of {}", study.replications, study.until_us);
    if study.warm_up_us > Micros::ZERO {
        text += &format!(", the first {} left out", study.warm_up_us);
    }
    text += &format!(", seed {}; means with their 95 % confidence intervals\n", study.scenario.seed);
    let name = if study.varied.is_some() { varied_name(study) } else { String::new() };
    let of_values = findings.of_values();
    for (place, measure) in measures(study).iter().enumerate() {
        let mut rows = vec![[name.as_str(), "mean", "±", "min", "max", "runs"].map(str::to_owned)];
        for found in &of_values {
            let value = found.value.as_ref().map_or_else(|| "as it is".to_owned(), label);
            let row = match found.measures[place] {
                _ if !found.refused.is_empty() => {
                    [value, "refused".into(), "".into(), "".into(), "".into(), "0".into()]
                }
                None => [value, "nothing".into(), "".into(), "".into(), "".into(), found.measured.to_string()],
                Some(Summary { n, mean, half_width, min, max, .. }) => {
                    let half_width = half_width.map_or_else(|| "?".to_owned(), figure);
                    [value, figure(mean), half_width, figure(min), figure(max), n.to_string()]
                }
            };
            rows.push(row);
        }
        text += &format!("\n{} ({})\n{}", measure.name, measure.unit.symbol(), aligned(&rows));
    }
    text
}

/// A figure with as many digits as are worth reading.
fn figure(value: f64) -> String {
    if value.abs() >= 10_000.0 { format!("{value:.1}") } else { format!("{value:.4}") }
}

/// Rows with their cells below each other, figures to the right.
fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let mut line = String::from(" ");
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            line += &if column == 0 { format!(" {cell:<width$}") } else { format!("   {cell:>width$}") };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn as_csv(study: &Study, findings: &Findings) -> String {
    let quoted = |text: &str| {
        if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
    };
    let cell = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let mut text = "value,measure,unit,n,mean,half_width_95,standard_deviation,min,max,full,refused\n".to_owned();
    let measures = measures(study);
    for found in findings.of_values() {
        let value = found.value.as_ref().map_or_else(String::new, label);
        for (measure, summary) in measures.iter().zip(&found.measures) {
            text += &format!(
                "{},{},{},{},{},{},{},{},{},{},{}\n",
                quoted(&value),
                quoted(&measure.name),
                measure.unit.symbol(),
                summary.map_or(0, |summary| summary.n),
                cell(summary.map(|summary| summary.mean)),
                cell(summary.and_then(|summary| summary.half_width)),
                cell(summary.and_then(|summary| summary.standard_deviation)),
                cell(summary.map(|summary| summary.min)),
                cell(summary.map(|summary| summary.max)),
                found.full,
                quoted(&described(&found.refused)),
            );
        }
    }
    text
}

fn as_json(study: &Study, findings: &Findings) -> Value {
    let measures = measures(study);
    let values = findings.of_values().into_iter().map(|found| {
        let figures =
            measures.iter().zip(&found.measures).map(|(measure, summary)| (measure.name.clone(), json!(summary)));
        let refused = (!found.refused.is_empty()).then(|| described(&found.refused));
        json!({
            "value": found.value,
            "measured": found.measured,
            "full": found.full,
            "refused": refused,
            "measures": figures.collect::<serde_json::Map<String, Value>>(),
        })
    });
    json!({
        "until_us": study.until_us,
        "warm_up_us": study.warm_up_us,
        "seed": study.scenario.seed,
        "replications": study.replications,
        "confidence": 0.95,
        "varied": study.varied.as_ref().map(|varied| &varied.settings),
        "units": measures.iter().map(|measure| (measure.name.clone(), json!(measure.unit))).collect::<serde_json::Map<String, Value>>(),
        "values": values.collect::<Vec<Value>>(),
    })
}
