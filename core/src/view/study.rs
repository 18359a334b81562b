//! Studies as a person asks for them and sees what was found: menus of figures and settings, a table, a picture, a file.

use std::fmt::Write as _;

use serde_json::Value;

use super::chart::{polyline, round_up};
use super::incident::place_name_in;
use super::spoken;
use super::theory::{measure as plain, written};
use crate::base::Micros;
use crate::scenario::field::{Field, NumberRange, Shape};
use crate::scenario::{BROKER, BROKER_FIELDS, Id, NodeKind, NodeSettings, Scenario, edge};
use crate::study::{
    Findings, MOST_RUNS, Measure, SettingPlace, Study, StudyProblem, Unit, Values, Varied, measures_of,
};
use crate::theory;
use crate::words::Words;

/// The box in which a picture is drawn: it is stretched to the place that there is.
pub const WIDTH: f64 = 1_000.0;
/// See [`WIDTH`].
pub const HEIGHT: f64 = 200.0;

/// The most values for which theory is asked.
const MOST_PREDICTED: usize = 200;

/// What belongs to one node, edge, or the whole: its name, and the entries of a menu.
pub type Group<T> = (String, Vec<T>);

/// A figure in a menu.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Its name among a study's measures.
    pub name: String,
    /// What it is called.
    pub label: String,
}

/// A setting in a menu, or several that are set to the same value.
#[derive(Clone, Debug)]
pub struct Tunable {
    /// Tells it from all others.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// Where it is.
    pub settings: Vec<SettingPlace>,
    /// What it can be.
    pub range: NumberRange,
    /// What it is now.
    pub value: f64,
}

/// What a person asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// The name of the figure.
    pub measure: String,
    /// What is varied: the settings, and from, to and step.
    pub varied: Option<(Vec<SettingPlace>, [f64; 3])>,
    /// How long each run is, in simulated seconds.
    pub seconds: f64,
    /// How much of that is left out.
    pub warm_up_s: f64,
    /// How often each value is run.
    pub replications: f64,
}

/// What was found for one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The value; empty where nothing is varied.
    pub value: String,
    /// How many runs were measured.
    pub runs: u32,
    /// Their mean.
    pub mean: String,
    /// How far its 95 % interval reaches to either side.
    pub half_width: String,
    /// The least of them.
    pub min: String,
    /// The largest.
    pub max: String,
    /// What theory predicts.
    pub theory: String,
    /// Why some runs, or all, were not measured.
    pub remark: Option<String>,
}

/// A picture of what was found: over the values, or of the runs where nothing is varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// The value at the upper border, or at the right one where nothing is varied.
    pub top: f64,
    /// Means, joined.
    pub line: String,
    /// Each mean, or each run, as a dot.
    pub dots: String,
    /// The confidence intervals.
    pub bars: String,
    /// What theory predicts.
    pub theory: String,
    /// Values with their places, 0 to 1 from the left.
    pub labels: Vec<(f64, String)>,
}

/// The figures that can be measured, node by node, and then the ledger's.
pub fn figures(scenario: &Scenario, words: &Words) -> Vec<Group<Figure>> {
    let mut groups: Vec<(Option<Id>, Group<Figure>)> = Vec::new();
    for measure in measures_of(scenario) {
        let figure = Figure { label: figure_name(&measure, scenario, words), name: measure.name };
        match groups.last_mut() {
            Some((node, (_, figures))) if *node == measure.node => figures.push(figure),
            _ => {
                let name = measure.node.as_ref().map(|id| place_name_in(scenario, id, words));
                let name = name.unwrap_or_else(|| words.shell.ledger.to_owned());
                groups.push((measure.node, (name, vec![figure])));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// What a figure is called, without its node.
fn figure_name(measure: &Measure, scenario: &Scenario, words: &Words) -> String {
    let (shell, routing, failing) = (words.shell, words.routing, words.failing);
    let kind = measure.node.as_ref().and_then(|id| scenario.node(id)).map(|node| node.kind());
    let (base, part) = measure.figure.split_once('.').unwrap_or((measure.figure, ""));
    if let Some(reason) = measure.drop_reason() {
        return (words.study.of)(shell.dropped, (shell.drop_reason)(reason));
    }
    let requests = matches!(kind, Some(NodeKind::Client | NodeKind::Service));
    let name = match base {
        "wait_ms" => shell.wait,
        "end_to_end_ms" => shell.end_to_end,
        "response_ms" => failing.response,
        "handling_ms" => failing.handling,
        "answer_ms" => failing.answering,
        "made" => shell.made,
        "acked" => shell.acked,
        "ready" => shell.ready,
        "unacked" => shell.unacked,
        "in_transit" => shell.in_transit,
        "published" => shell.published,
        "confirmed" => routing.confirmed,
        "nacked" => routing.nacked,
        "returned" => routing.returned,
        "unconfirmed" => routing.unconfirmed,
        "held_back" => routing.held_back,
        "received" => routing.received,
        "routed" => routing.routed,
        "depth_mean" => shell.depth_mean,
        "depth_max" => shell.depth_max,
        "enqueued" => shell.enqueued,
        "delivered" => shell.delivered,
        "redelivered" => shell.redelivered,
        "dead_lettered" => routing.dead_lettered,
        "utilisation" => words.time.utilisation,
        "processed" => shell.processed,
        "deduplicated" => failing.deduplicated,
        "failed" if kind == Some(NodeKind::Consumer) => routing.failed,
        "failed" => failing.failed,
        "busy" if requests => failing.slots_busy,
        "busy" => shell.busy,
        "waiting" if requests => failing.waiting,
        "waiting" => shell.waiting,
        "requests" => failing.requests,
        "succeeded" => failing.succeeded,
        "retried" => failing.retried,
        "open" => failing.open,
        "handled" => failing.handled,
        "refused" | "rejected" => failing.refused,
        "rate_max_per_s" => failing.load_max,
        "calls" => failing.calls,
        "answered" => failing.answered,
        "crashes" => failing.crashes,
        other => other,
    };
    match part {
        "" => name.to_owned(),
        "mean" => (words.study.of)(name, shell.mean),
        "max" => (words.study.of)(name, shell.max),
        "count" => (words.study.of)(name, words.study.count),
        percentile => (words.study.of)(name, percentile),
    }
}

/// What a study measures, with its node, and in which unit; `None` where the document has no such figure.
pub fn measured(study: &Study, words: &Words) -> Option<(String, Unit)> {
    let name = study.measures.first()?;
    let measure = measures_of(&study.scenario).into_iter().find(|measure| measure.name == *name)?;
    let figure = figure_name(&measure, &study.scenario, words);
    let label = match &measure.node {
        Some(id) => (words.study.of)(&place_name_in(&study.scenario, id, words), &figure),
        None => figure,
    };
    Some((label, measure.unit))
}

/// What a study varies, with its node.
pub fn varied(study: &Study, words: &Words) -> Option<String> {
    let varied = study.varied.as_ref()?;
    let all = tunables(&study.scenario, words);
    let known = all.into_iter().find_map(|(group, tunables)| {
        let tunable = tunables.into_iter().find(|tunable| tunable.settings == varied.settings)?;
        Some((words.study.of)(&group, &tunable.label))
    });
    known.or_else(|| varied.settings.first().map(|place| format!("{}.{}", place.id, place.path)))
}

/// The settings that are numbers, of nodes, edges and the broker.
pub fn tunables(scenario: &Scenario, words: &Words) -> Vec<Group<Tunable>> {
    let mut groups = Vec::new();
    for node in &scenario.nodes {
        let mut found = numbers(&node.id, node.kind().fields(), &node.settings.to_value(), words);
        if matches!(node.settings, NodeSettings::Consumer(_)) {
            let both = ["concurrency", "prefetch_count"];
            let one = found.iter().find(|tunable| tunable.settings[0].path == both[0]).cloned();
            if let Some(one) = one {
                let settings = both.map(|path| SettingPlace { id: node.id.clone(), path: path.to_owned() });
                found.insert(0, tunable(settings.to_vec(), words.study.both.to_owned(), one.range, one.value));
            }
        }
        groups.push((place_name_in(scenario, &node.id, words), found));
    }
    for edge in &scenario.edges {
        let value = serde_json::to_value(edge).unwrap_or_default();
        groups.push((
            place_name_in(scenario, &edge.id, words),
            numbers(&edge.id, edge::fields(edge.kind), &value, words),
        ));
    }
    let value = serde_json::to_value(&scenario.broker).unwrap_or_default();
    let broker = Id::from(BROKER);
    groups.push((place_name_in(scenario, &broker, words), numbers(&broker, BROKER_FIELDS, &value, words)));
    groups.retain(|(_, tunables)| !tunables.is_empty());
    groups
}

fn tunable(settings: Vec<SettingPlace>, label: String, range: NumberRange, value: f64) -> Tunable {
    let places = settings.iter().map(|place| format!("{}\n{}", place.id, place.path));
    Tunable { key: places.collect::<Vec<_>>().join("\n"), label, settings, range, value }
}

/// The settings of one part that are numbers.
fn numbers(id: &Id, fields: &[Field], value: &Value, words: &Words) -> Vec<Tunable> {
    let mut found = Vec::new();
    record(fields, value, ("", ""), words, &mut |path, label, range, value| {
        let settings = vec![SettingPlace { id: id.clone(), path: path.to_owned() }];
        found.push(tunable(settings, label.to_owned(), range, value));
    });
    found
}

type Found<'a> = &'a mut dyn FnMut(&str, &str, NumberRange, f64);

fn record(fields: &[Field], value: &Value, (path, label): (&str, &str), words: &Words, found: Found<'_>) {
    for field in fields {
        let name = (field.words)(words).name;
        let member = value.get(field.name).unwrap_or(&Value::Null);
        number(&field.shape, member, (&joined(path, ".", field.name), &joined(label, " › ", name)), words, found);
    }
}

fn joined(above: &str, between: &str, part: &str) -> String {
    if above.is_empty() { part.to_owned() } else { format!("{above}{between}{part}") }
}

/// Finds the numbers in a setting, by their paths and names.
fn number(shape: &Shape, value: &Value, (path, label): (&str, &str), words: &Words, found: Found<'_>) {
    match shape {
        // What a document does not mention is as usual.
        Shape::Number(range) => found(path, label, *range, value.as_f64().unwrap_or(range.usual)),
        // In what is not there nothing can be set.
        Shape::Record(fields) if value.is_object() => record(fields, value, (path, label), words, found),
        Shape::Variants([first, ..]) if value.is_number() => number(&first.shape, value, (path, label), words, found),
        Shape::Variants(variants) => {
            for variant in *variants {
                if let Some(inner) = value.get(variant.name) {
                    let label = joined(label, " › ", (variant.words)(words).name);
                    number(&variant.shape, inner, (&joined(path, ".", variant.name), &label), words, found);
                }
            }
        }
        Shape::Tuple(fields) => {
            for (index, field) in fields.iter().enumerate() {
                if let Some(member) = value.get(index) {
                    let label = joined(label, " › ", (field.words)(words).name);
                    number(&field.shape, member, (&joined(path, ".", &index.to_string()), &label), words, found);
                }
            }
        }
        Shape::List { item, .. } => {
            for (index, member) in value.as_array().into_iter().flatten().enumerate() {
                let label = format!("{label} {}", index + 1);
                number(item, member, (&joined(path, ".", &index.to_string()), &label), words, found);
            }
        }
        Shape::Optional(inner) if !value.is_null() => number(inner, value, (path, label), words, found),
        Shape::Same(inner) => number(inner, value, (path, label), words, found),
        Shape::Record(_)
        | Shape::Optional(_)
        | Shape::Toggle { .. }
        | Shape::Choices(_)
        | Shape::Text { .. }
        | Shape::Exchange
        | Shape::Target(_)
        | Shape::Headers => {}
    }
}

impl Tunable {
    /// From, to and step that show something: about what it is now.
    pub fn usual(&self) -> [f64; 3] {
        let NumberRange { min, max, whole, usual, .. } = self.range;
        let [from, to, step] = if whole && self.value <= 4.0 {
            [1.0, 4.0, 1.0]
        } else if self.value <= 0.0 {
            let to = if max <= 1.0 { 0.5 } else { usual.max(10.0) };
            [0.0, to, to / 5.0]
        } else {
            let (from, to) = (self.value / 2.0, (self.value * 1.5).min(max));
            [from, to, (to - from) / 4.0]
        };
        // A number that a person would have written.
        let rounded = |number: f64| if whole { number.round().max(1.0) } else { written_number(number) };
        [if from <= 0.0 { from } else { rounded(from) }.clamp(min, max), rounded(to).clamp(min, max), rounded(step)]
    }
}

/// Three digits of a number.
fn written_number(number: f64) -> f64 {
    format!("{number:.2e}").parse().unwrap_or(number)
}

impl Wish {
    /// The study that was asked for.
    pub fn study(&self, scenario: &Scenario) -> Study {
        let micros = |seconds: f64| Micros((seconds.max(0.0) * 1e6) as u64);
        let varied = self.varied.as_ref().map(|(settings, [from, to, step])| Varied {
            settings: settings.clone(),
            values: Values::Range { from: *from, to: *to, step: *step },
        });
        Study {
            scenario: scenario.clone(),
            until_us: micros(self.seconds),
            warm_up_us: micros(self.warm_up_s),
            replications: self.replications.max(0.0) as u32,
            varied,
            measures: vec![self.measure.clone()],
        }
    }
}

/// Why a study cannot be run, as a sentence.
pub fn problem(problem: &StudyProblem, words: &Words) -> String {
    let study = words.study;
    match problem {
        StudyProblem::NoTime => study.no_time.to_owned(),
        StudyProblem::NoReplications => study.no_replications.to_owned(),
        StudyProblem::NoMeasures | StudyProblem::NoSuchMeasure(_) => study.no_measure.to_owned(),
        StudyProblem::NoSetting => study.no_setting.to_owned(),
        StudyProblem::NoValues => study.no_values.to_owned(),
        StudyProblem::TooManyRuns => (study.too_many)(MOST_RUNS),
        StudyProblem::EveryValueRefused(problems) => {
            let why = problems.first().map(|problem| spoken::sentence(&problem.describe(words)));
            (study.refused)(&why.unwrap_or_default())
        }
    }
}

/// What theory predicts of the figure, value by value.
pub fn predictions(study: &Study) -> Vec<Option<f64>> {
    let predicted = |value: &Option<Value>| {
        let scenario = study.scenario_with(value.as_ref()).ok()?;
        let mut comparisons = theory::of(&scenario).into_iter().flat_map(|prediction| prediction.comparisons);
        comparisons.find(|comparison| study.measures.contains(&comparison.measure)).map(|found| found.predicted)
    };
    let values = study.values();
    if values.len() > MOST_PREDICTED {
        return vec![None; values.len()];
    }
    values.iter().map(predicted).collect()
}

/// A value as it is read.
fn value_text(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// What was found, value by value.
pub fn lines(findings: &Findings, predicted: &[Option<f64>], unit: Unit, words: &Words) -> Vec<Line> {
    let dash = || "–".to_owned();
    let number = |number: Option<f64>| number.map_or_else(dash, |number| written(number, unit));
    let line = |(place, found): (usize, crate::study::ValueFindings)| {
        let summary = found.measures.first().copied().flatten();
        let refused = found.refused.first().map(|problem| spoken::sentence(&problem.describe(words)));
        Line {
            value: value_text(found.value.as_ref()),
            runs: found.measured,
            mean: number(summary.map(|summary| summary.mean)),
            half_width: summary
                .and_then(|summary| summary.half_width)
                .map_or_else(dash, |half| format!("± {}", written(half, unit))),
            min: number(summary.map(|summary| summary.min)),
            max: number(summary.map(|summary| summary.max)),
            theory: number(predicted.get(place).copied().flatten()),
            remark: refused.or_else(|| (found.full > 0).then(|| (words.study.full)(found.full))),
        }
    };
    findings.of_values().into_iter().enumerate().map(line).collect()
}

/// Space that is left free at both sides, so that no dot is cut.
const MARGIN: f64 = 0.03;

/// A picture of what was found so far; `None` where there is nothing to draw.
pub fn plot(findings: &Findings, predicted: &[Option<f64>]) -> Option<Plot> {
    let found = findings.of_values();
    if let [only] = &found[..]
        && only.value.is_none()
    {
        return strip(findings, predicted.first().copied().flatten());
    }
    let summaries: Vec<_> = found.iter().map(|found| found.measures.first().copied().flatten()).collect();
    summaries.iter().flatten().next()?;
    let reach = |summary: &crate::study::Summary| summary.mean + summary.half_width.unwrap_or(0.0);
    let highest = summaries.iter().flatten().map(reach).chain(predicted.iter().copied().flatten());
    let top = round_up(highest.fold(0.0, f64::max));
    let numbers: Vec<f64> = found
        .iter()
        .enumerate()
        .map(|(place, found)| found.value.as_ref().and_then(Value::as_f64).unwrap_or(place as f64))
        .collect();
    let (least, most) = extremes(&numbers);
    let share = |number: f64| {
        let part = if most > least { (number - least) / (most - least) } else { 0.5 };
        MARGIN + part * (1.0 - 2.0 * MARGIN)
    };
    let y = |value: f64| HEIGHT * (1.0 - (value / top).clamp(0.0, 1.0));
    let places = || numbers.iter().map(|number| share(*number) * WIDTH);
    let (mut dots, mut bars) = (String::new(), String::new());
    for (x, summary) in places().zip(&summaries) {
        let Some(summary) = summary else { continue };
        dots.push_str(&dot(x, y(summary.mean)));
        if let Some((low, high)) = summary.interval() {
            let _ = write!(bars, "M{x:.1} {:.1}V{:.1}", y(low), y(high));
        }
    }
    let means = summaries.iter().map(|summary| summary.map_or(f64::NAN, |summary| y(summary.mean)));
    let theory = predicted.iter().map(|value| value.map_or(f64::NAN, y));
    // More labels than this lie on each other.
    let every = found.len().div_ceil(8).max(1);
    let labels = found.iter().zip(&numbers).step_by(every);
    Some(Plot {
        top,
        line: polyline(places().zip(means)),
        dots,
        bars,
        theory: polyline(places().zip(theory)),
        labels: labels.map(|(found, number)| (share(*number), value_text(found.value.as_ref()))).collect(),
    })
}

/// The runs on one line, from 0 to the right.
fn strip(findings: &Findings, predicted: Option<f64>) -> Option<Plot> {
    let summary = findings.summary(0, 0)?;
    let highest = [summary.max, summary.interval().map_or(0.0, |(_, high)| high), predicted.unwrap_or(0.0)];
    let top = round_up(highest.into_iter().fold(0.0, f64::max));
    let x = |value: f64| WIDTH * (MARGIN + (value / top).clamp(0.0, 1.0) * (1.0 - 2.0 * MARGIN));
    let middle = HEIGHT / 2.0;
    let dots = findings.figures(0, 0).into_iter().flatten().map(|figure| dot(x(figure), middle));
    let upright = |value: f64, reach: f64| format!("M{:.1} {:.1}V{:.1}", x(value), middle - reach, middle + reach);
    Some(Plot {
        top,
        line: upright(summary.mean, HEIGHT * 0.3),
        dots: dots.collect(),
        bars: summary.interval().map_or_else(String::new, |(low, high)| {
            format!("M{:.1} {y:.1}H{:.1}", x(low), x(high), y = middle + HEIGHT * 0.3)
        }),
        theory: predicted.map_or_else(String::new, |value| upright(value, HEIGHT * 0.45)),
        labels: Vec::new(),
    })
}

/// A line without length: with round ends and a width that does not stretch it is a dot.
fn dot(x: f64, y: f64) -> String {
    format!("M{x:.1} {y:.1}h0.01")
}

fn extremes(numbers: &[f64]) -> (f64, f64) {
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    (least, numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

/// What was found, with every run's figure, as a table with commas: names as in files, numbers to the last digit.
pub fn table(study: &Study, findings: &Findings, predicted: &[Option<f64>]) -> String {
    let cell = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    let quoted = |text: String| {
        if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    let places = study.varied.iter().flat_map(|varied| &varied.settings);
    let varied = places.map(|place| format!("{}.{}", place.id, place.path)).collect::<Vec<_>>().join(" ");
    let measure = study.measures.first().cloned().unwrap_or_default();
    let mut head = vec![quoted(if varied.is_empty() { "value".to_owned() } else { varied })];
    head.push(quoted(format!("{measure} mean")));
    head.extend(["half_width_95", "min", "max", "theory"].map(str::to_owned));
    head.extend((0..study.replications).map(|number| format!("seed_{}", study.seed(number))));
    let mut lines = vec![head.join(",")];
    for (place, found) in findings.of_values().into_iter().enumerate() {
        let summary = found.measures.first().copied().flatten();
        let mut cells = vec![quoted(value_text(found.value.as_ref()))];
        cells.push(cell(summary.map(|summary| summary.mean)));
        cells.push(cell(summary.and_then(|summary| summary.half_width)));
        cells.push(cell(summary.map(|summary| summary.min)));
        cells.push(cell(summary.map(|summary| summary.max)));
        cells.push(cell(predicted.get(place).copied().flatten()));
        cells.extend(findings.figures(place, 0).into_iter().map(cell));
        lines.push(cells.join(","));
    }
    lines.join("\n") + "\n"
}

/// A number at the border of a picture.
pub fn border(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Milliseconds | Unit::Share => written(value, unit),
        _ => plain(value).trim_end_matches(".00").trim_end_matches(".0").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Language;
    use crate::scenario::format;
    use crate::study::{Outcome, RunNumber, RunResult};

    const EVERYTHING: &str = r#"{"mq_scenario": 1, "nodes": [
      {"id": "p", "kind": "producer", "label": "Orders", "settings": {"pattern": {"poisson": {"per_s": 8}}}},
      {"id": "x", "kind": "exchange"}, {"id": "q", "kind": "queue"},
      {"id": "c", "kind": "consumer", "settings": {"prefetch_count": 1, "handler": [{"work": {"ms": {"exponential": 100}}}]}},
      {"id": "u", "kind": "client"}, {"id": "s", "kind": "service"}, {"id": "d", "kind": "database"}],
     "edges": [{"id": "1", "kind": "publish", "from": "p", "to": "q"}, {"id": "2", "kind": "subscribe", "from": "q", "to": "c"}]}"#;

    fn scenario() -> Scenario {
        format::parse(EVERYTHING).expect("a good scenario")
    }

    fn words() -> &'static Words {
        Words::of(Language::English)
    }

    fn find(key: &str) -> Tunable {
        let all = tunables(&scenario(), words()).into_iter().flat_map(|(_, all)| all);
        all.into_iter().find(|tunable| tunable.key == key).expect("there is such a setting")
    }

    #[test]
    fn every_figure_has_a_name_of_its_own_in_every_language() {
        for language in Language::ALL {
            let groups = figures(&scenario(), Words::of(language));
            assert_eq!(groups.len(), 8);
            for (group, figures) in groups {
                let mut labels: Vec<&str> = figures.iter().map(|figure| figure.label.as_str()).collect();
                assert!(labels.iter().all(|label| !label.contains('_')), "{labels:?}");
                let count = labels.len();
                labels.sort_unstable();
                labels.dedup();
                assert_eq!(labels.len(), count, "{group}: {labels:?}");
            }
        }
        assert_eq!(figures(&scenario(), words())[0].0, "Orders");
    }

    #[test]
    fn settings_that_are_numbers_are_found_wherever_they_lie() {
        let both = find("c\nconcurrency\nc\nprefetch_count");
        assert_eq!((both.settings.len(), both.value, both.usual()), (2, 1.0, [1.0, 4.0, 1.0]));
        let rate = find("p\npattern.poisson.per_s");
        assert_eq!((rate.value, rate.usual()), (8.0, [4.0, 12.0, 2.0]));
        let work = find("c\nhandler.0.work.ms.exponential");
        assert_eq!(work.usual(), [50.0, 150.0, 25.0]);
        assert_eq!(find("1\nlatency_ms").value, 0.0);
        // Whatever is offered can be set, at the values that are offered.
        for tunable in tunables(&scenario(), words()).into_iter().flat_map(|(_, all)| all) {
            let wish = Wish {
                measure: "ledger.made".to_owned(),
                varied: Some((tunable.settings.clone(), tunable.usual())),
                seconds: 1.0,
                warm_up_s: 0.0,
                replications: 1.0,
            };
            let study = wish.study(&scenario());
            if let Err(problems) = study.check() {
                panic!("{}: {:?}: {:?}", tunable.key, tunable.usual(), problems);
            }
        }
    }

    fn asked(varied: bool) -> Study {
        let varied = varied.then(|| (find("p\npattern.poisson.per_s").settings, [2.0, 6.0, 2.0]));
        let wish = Wish {
            measure: "nodes.q.wait_ms.mean".to_owned(),
            varied,
            seconds: 100.0,
            warm_up_s: 10.0,
            replications: 2.0,
        };
        wish.study(&scenario())
    }

    fn with(study: &Study, figures: &[(usize, u32, f64)]) -> Findings {
        let mut findings = Findings::new(study).expect("it can be run");
        for (value, replication, figure) in figures {
            let run = RunNumber { value: *value, replication: *replication };
            let outcome = Outcome::Measured { values: vec![Some(*figure)] };
            findings.add(RunResult { run, seed: 0, outcome });
        }
        findings
    }

    #[test]
    fn what_was_found_is_a_table_a_picture_and_a_file() {
        let study = asked(true);
        let findings = with(&study, &[(0, 0, 20.0), (0, 1, 30.0), (1, 0, 50.0)]);
        let predicted = predictions(&study);
        // Wq = ρ/(µ − λ), at λ = 2, 4, 6 and µ = 10.
        let rounded: Vec<i64> = predicted.iter().map(|value| value.map_or(0, |value| value.round() as i64)).collect();
        assert_eq!(rounded, [25, 67, 150]);
        let (label, unit) = measured(&study, words()).expect("there is such a figure");
        assert_eq!((label.as_str(), unit), ("q: Wait: mean", Unit::Milliseconds));
        let lines = lines(&findings, &predicted, unit, words());
        assert_eq!(lines.len(), 3);
        assert_eq!((lines[0].value.as_str(), lines[0].runs, lines[0].mean.as_str()), ("2", 2, "25 ms"));
        assert_eq!((lines[1].half_width.as_str(), lines[2].mean.as_str()), ("–", "–"));
        let plot = plot(&findings, &predicted).expect("there is something to draw");
        assert_eq!(plot.top, 200.0);
        assert_eq!(plot.line, "M30.0 175.0L500.0 150.0");
        assert_eq!(plot.labels.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["2", "4", "6"]);
        let table = table(&study, &findings, &predicted);
        let rows: Vec<&str> = table.lines().collect();
        assert!(
            rows[0].starts_with("p.pattern.poisson.per_s,nodes.q.wait_ms.mean mean,half_width_95,min,max,theory,seed_")
        );
        assert!(rows[1].starts_with("2,25,63.5") && rows[1].ends_with(",20,30"), "{}", rows[1]);
        assert!(rows[3].starts_with("6,,,,,"), "{}", rows[3]);
    }

    #[test]
    fn runs_without_variation_stand_on_one_line() {
        let study = asked(false);
        assert_eq!(plot(&Findings::new(&study).expect("it can be run"), &[None]), None);
        let plot = plot(&with(&study, &[(0, 0, 20.0), (0, 1, 30.0)]), &predictions(&study)).expect("two runs");
        assert_eq!(plot.top, 500.0, "theory says 400 ms");
        assert_eq!(plot.dots.matches('h').count(), 2);
        assert!(plot.labels.is_empty() && !plot.theory.is_empty());
    }

    #[test]
    fn what_cannot_be_run_says_why() {
        let mut study = asked(true);
        study.warm_up_us = study.until_us;
        study.replications = 0;
        for language in Language::ALL {
            let words = Words::of(language);
            let sentences: Vec<String> =
                study.check().expect_err("no time").iter().map(|found| problem(found, words)).collect();
            assert_eq!(sentences, [words.study.no_time, words.study.no_replications]);
        }
    }
}
