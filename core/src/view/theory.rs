//! Theory beside practice: what queueing theory predicts of a queue or a service, and what was measured there.

use super::glyph;
use super::incident::place_name;
use crate::base::Micros;
use crate::engine::{ConsumerReport, Engine, NodeReport};
use crate::scenario::{AckMode, Edge, EdgeKind, Id, NodeKind, NodeSettings, Scenario};
use crate::session::Session;
use crate::study::{Measure, Unit, measures_of};
use crate::theory::{self, Comparison, Little, Model, Prediction, Quantity, WhyNot};
use crate::words::{TheoryWords, Words};

/// What is predicted of a queue or a service: all that does not change while time passes.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    prediction: Prediction,
    /// What is predicted of which figure.
    compared: Vec<(Comparison, Measure)>,
    /// The consumers of which Little's law can be told, where what is measured of them is what is measured of the queue.
    consumers: Option<Vec<Id>>,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which quantity.
    pub name: String,
    /// What theory says.
    pub predicted: String,
    /// What was measured; a dash where there is nothing yet.
    pub measured: String,
    /// By how much that is more than predicted, or less, in per cent.
    pub difference: String,
}

/// Theory beside practice, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// The model's name.
    pub model: String,
    /// λ, μ, c and ρ: a name and a value.
    pub parameters: Vec<(&'static str, String)>,
    /// The formulas, and what they need.
    pub formulas: Vec<&'static str>,
    /// What holds of them, and what their letters mean.
    pub notes: Vec<&'static str>,
    /// The table; empty where there is nothing to compare.
    pub rows: Vec<Row>,
    /// That it is unstable, where it is.
    pub unstable: Option<String>,
    /// How long the present backlog takes, where there is one that goes.
    pub drains: Option<String>,
    /// Little's law, where it can be told.
    pub little: Option<String>,
    /// Why no formula applies.
    pub why_not: Vec<String>,
    /// What would take all of these reasons away, where that is a matter of a few settings.
    pub remedies: Vec<String>,
}

/// What is predicted of a node; `None`: nothing, because it is neither a queue nor a service.
pub fn expected(scenario: &Scenario, node: &Id) -> Option<Expected> {
    let kind = scenario.node(node)?.kind();
    if !matches!(kind, NodeKind::Queue | NodeKind::Service) {
        return None;
    }
    let prediction = theory::of(scenario).into_iter().find(|prediction| prediction.node == *node)?;
    let measures = measures_of(scenario);
    let compared = prediction.comparisons.iter().filter_map(|comparison| {
        let measure = measures.iter().find(|measure| measure.name == comparison.measure)?;
        Some((comparison.clone(), measure.clone()))
    });
    Some(Expected { compared: compared.collect(), consumers: told_by_little(scenario, node), prediction })
}

/// The consumers of a queue whose messages come straight from producers and are gone with their acks, at once: then both
/// sides of Little's law are about the same thing.
fn told_by_little(scenario: &Scenario, queue: &Id) -> Option<Vec<Id>> {
    let touching = |edge: &&Edge| edge.to == *queue || edge.from == *queue;
    let straight = |edge: &Edge| {
        let from_producer =
            scenario.node(&edge.from).is_some_and(|node| matches!(node.settings, NodeSettings::Producer(_)));
        edge.latency_ms == 0.0 && (edge.kind == EdgeKind::Subscribe || edge.kind == EdgeKind::Publish && from_producer)
    };
    let acks = |consumer: &Id| match scenario.node(consumer).map(|node| &node.settings) {
        Some(NodeSettings::Consumer(settings)) => {
            let mut taken = scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Subscribe);
            settings.ack_mode == AckMode::Manual && taken.all(|edge| edge.to != *consumer || edge.from == *queue)
        }
        _ => false,
    };
    if !scenario.edges.iter().filter(touching).all(straight) {
        return None;
    }
    let subscriptions = scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Subscribe && edge.from == *queue);
    let consumers: Vec<Id> = subscriptions.map(|edge| edge.to.clone()).collect();
    (!consumers.is_empty() && consumers.iter().all(acks)).then_some(consumers)
}

/// A figure with its unit.
pub fn written(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Milliseconds => glyph::span(value),
        Unit::Share => format!("{:.1} %", value * 100.0),
        Unit::Messages | Unit::Requests | Unit::Calls | Unit::CallsPerSecond | Unit::Times => measure(value),
    }
}

/// A number with about three digits.
pub fn measure(value: f64) -> String {
    match value.abs() {
        size if size >= 99.95 => format!("{value:.0}"),
        size if size >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

impl Expected {
    /// Whether more arrives than is done with.
    pub fn unstable(&self) -> bool {
        self.prediction.stable == Some(false)
    }

    /// What there is to say of it now.
    pub fn beside(&self, session: &Session, words: &Words) -> Beside {
        let theory = words.theory;
        let prediction = &self.prediction;
        let engine = session.engine();
        let (formulas, notes) = formulas(prediction.model, theory);
        let (why_not, remedies) = reasons(&prediction.why_not, session, words);
        Beside {
            model: model(prediction, theory),
            parameters: parameters(prediction, theory),
            formulas,
            notes,
            rows: self.compared.iter().map(|compared| self.row(compared, session, words)).collect(),
            unstable: self.unstable().then(|| match prediction.growth_per_s {
                Some(per_s) => (theory.unstable_by)(&measure(per_s)),
                None => theory.unstable.to_owned(),
            }),
            drains: self.drains(engine, words),
            little: self.little(engine, theory),
            why_not,
            remedies,
        }
    }

    fn row(&self, (comparison, figure): &(Comparison, Measure), session: &Session, words: &Words) -> Row {
        let theory = words.theory;
        let name = theory.quantities[comparison.quantity as usize];
        let elsewhere = figure.node.as_ref().filter(|node| **node != self.prediction.node);
        let measured = figure.read(session.engine());
        let off = measured.filter(|_| comparison.predicted > 0.0).map(|measured| measured / comparison.predicted - 1.0);
        Row {
            name: match elsewhere.filter(|_| comparison.quantity != Quantity::Inside) {
                Some(node) => (theory.of_node)(name, &place_name(session, node, words)),
                None => name.to_owned(),
            },
            predicted: written(comparison.predicted, figure.unit),
            measured: measured.map_or_else(|| "–".to_owned(), |measured| written(measured, figure.unit)),
            difference: off.map_or_else(|| "–".to_owned(), |off| format!("{:+.0} %", off * 100.0).replace('-', "−")),
        }
    }

    fn drains(&self, engine: &Engine, words: &Words) -> Option<String> {
        let NodeReport::Queue(report) = engine.node_report(&self.prediction.node)? else { return None };
        let backlog = report.depth();
        let seconds = self.prediction.time_to_drain_s(backlog).filter(|_| backlog > 0)?;
        Some((words.theory.drains)(&glyph::count(backlog, words.language), &glyph::span(seconds * 1e3)))
    }

    fn little(&self, engine: &Engine, theory: &TheoryWords) -> Option<String> {
        let NodeReport::Queue(queue) = engine.node_report(&self.prediction.node)? else { return None };
        let report = |id: &Id| match engine.node_report(id) {
            Some(NodeReport::Consumer(report)) => Some(report),
            _ => None,
        };
        let consumers: Vec<ConsumerReport> = self.consumers.as_ref()?.iter().filter_map(report).collect();
        let consumers: Vec<&ConsumerReport> = consumers.iter().collect();
        let span = engine.now().saturating_sub(Micros::ZERO);
        let little = Little::of_queue(&queue, &consumers, 0, span)?;
        Some((theory.little)(
            &measure(little.inside),
            &measure(little.arrival_per_s),
            &glyph::span(little.sojourn_ms),
            &measure(little.product()),
        ))
    }
}

fn model(prediction: &Prediction, theory: &TheoryWords) -> String {
    match prediction.model {
        Model::MM1 => "M/M/1".to_owned(),
        Model::MMC => format!("M/M/c, c = {}", prediction.servers),
        Model::MD1 => "M/D/1".to_owned(),
        Model::MG1 => "M/G/1".to_owned(),
        Model::Rates => theory.rates_only.to_owned(),
        Model::Unknown => theory.unknown.to_owned(),
    }
}

fn parameters(prediction: &Prediction, theory: &TheoryWords) -> Vec<(&'static str, String)> {
    let per_s = |rate: f64| format!("{}/s", measure(rate));
    let mut parameters = Vec::new();
    parameters.extend(prediction.arrival_per_s.map(|rate| (theory.arrival, per_s(rate))));
    parameters.extend(prediction.service_per_s.map(|rate| (theory.service, per_s(rate))));
    if prediction.servers > 0 {
        parameters.push((theory.servers, prediction.servers.to_string()));
    }
    parameters.extend(prediction.utilisation.map(|part| (theory.utilisation, format!("{:.1} %", part * 100.0))));
    parameters
}

/// The formulas of a model, and what is to be known of them.
fn formulas(model: Model, theory: &TheoryWords) -> (Vec<&'static str>, Vec<&'static str>) {
    match model {
        Model::MM1 => (vec!["W = 1 / (μ − λ)", "Wq = ρ / (μ − λ)", "L = λ · W"], vec![theory.holds[0]]),
        Model::MMC => {
            (vec!["Wq = C(c, λ/μ) / (cμ − λ)", "W = Wq + 1/μ", "L = λ · W"], vec![theory.erlang, theory.holds[1]])
        }
        Model::MD1 => (vec!["Wq = ρ / (2μ (1 − ρ))", "W = Wq + 1/μ", "L = λ · W"], vec![theory.holds[2]]),
        Model::MG1 => (
            vec!["Wq = λ (σ² + 1/μ²) / (2 (1 − ρ))", "W = Wq + 1/μ", "L = λ · W"],
            vec![theory.deviation, theory.holds[3]],
        ),
        Model::Rates | Model::Unknown => (Vec::new(), Vec::new()),
    }
}

/// The reasons as sentences, and what takes them away, where all of them can be.
fn reasons(why_not: &[WhyNot], session: &Session, words: &Words) -> (Vec<String>, Vec<String>) {
    let name = |id: &Id| place_name(session, id, words);
    let said = why_not.iter().map(|why| reason(why, &name, words.theory));
    let (sentences, remedies): (Vec<String>, Vec<Option<String>>) = said.unzip();
    let mut all: Vec<String> = Vec::new();
    for remedy in remedies.into_iter().collect::<Option<Vec<String>>>().unwrap_or_default() {
        if !all.contains(&remedy) {
            all.push(remedy);
        }
    }
    (sentences, all)
}

/// A reason, and what takes it away where that is a setting.
fn reason(why: &WhyNot, name: &impl Fn(&Id) -> String, theory: &TheoryWords) -> (String, Option<String>) {
    let plain = |sentence: &str| (sentence.to_owned(), None);
    let about = |sentence: fn(&str) -> String, id: &Id| (sentence(&name(id)), None);
    let mended = |sentence: &str, remedy: &str| (sentence.to_owned(), Some(remedy.to_owned()));
    let mended_at = |sentence: fn(&str) -> String, remedy: fn(&str) -> String, id: &Id| {
        let name = name(id);
        (sentence(&name), Some(remedy(&name)))
    };
    match why {
        WhyNot::Faults => plain(theory.faults),
        WhyNot::Edits => plain(theory.edits),
        WhyNot::NothingArrives => plain(theory.nothing_arrives),
        WhyNot::NotPoisson { node } => mended_at(theory.not_poisson, theory.make_poisson, node),
        WhyNot::RateChanges { node } => mended_at(theory.rate_changes, theory.make_poisson, node),
        WhyNot::ClosedLoop { node } => mended_at(theory.closed_loop, theory.make_poisson, node),
        WhyNot::WaitsForConfirms { node } => mended_at(theory.waits_for_confirms, theory.make_unconfirmed, node),
        WhyNot::TakesTurns { node } => about(theory.takes_turns, node),
        WhyNot::ComesTwice { node } => about(theory.comes_twice, node),
        WhyNot::FedByHandler { node } => about(theory.fed_by_handler, node),
        WhyNot::DeadLetters { node } => about(theory.dead_letters, node),
        WhyNot::FurtherKeys { node } => about(theory.further_keys, node),
        WhyNot::Lossy { edge } => mended_at(theory.lossy, theory.make_reliable, edge),
        WhyNot::DeliveryLatency { edge } => mended_at(theory.delivery_latency, theory.make_immediate, edge),
        WhyNot::TimeToLive => mended(theory.time_to_live, theory.make_lasting),
        WhyNot::Limited => mended(theory.limited, theory.make_roomy),
        WhyNot::Priorities => mended(theory.priorities, theory.make_equal),
        WhyNot::OneConsumerOnly => plain(theory.one_consumer_only),
        WhyNot::NoConsumers => plain(theory.no_consumers),
        WhyNot::SharedConsumer { node } => about(theory.shared_consumer, node),
        WhyNot::TakesBatches { node } => mended_at(theory.takes_batches, theory.make_single, node),
        WhyNot::Hoarding { node } => mended_at(theory.hoarding, theory.make_fair, node),
        WhyNot::ServiceTimeUnknown { node } => about(theory.service_time_unknown, node),
        WhyNot::NoServiceTime { node } => about(theory.no_service_time, node),
        WhyNot::Failures { node } => mended_at(theory.failures, theory.make_infallible, node),
        WhyNot::Retries { node } => about(theory.retries, node),
        WhyNot::DifferentServers => mended(theory.different_servers, theory.make_alike),
        WhyNot::SeveralServers => mended(theory.several_servers, theory.make_exponential),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Language;
    use crate::scenario::format;
    use crate::session::Command;

    /// λ = 8, μ = 10, one server.
    const FITTING: &str = r#"{"mq_scenario": 1, "seed": 3, "nodes": [
      {"id": "p", "kind": "producer", "settings": {"pattern": {"poisson": {"per_s": 8}}}},
      {"id": "q", "kind": "queue"},
      {"id": "c", "kind": "consumer", "settings": {"prefetch_count": 1, "handler": [{"work": {"ms": {"exponential": 100}}}]}}],
     "edges": [{"id": "1", "kind": "publish", "from": "p", "to": "q"}, {"id": "2", "kind": "subscribe", "from": "q", "to": "c"}]}"#;

    fn run(text: &str, seconds: u64) -> Session {
        let mut session = Session::new(format::parse(text).expect("a good scenario"));
        session.dispatch(Command::Seek { time_us: Micros(seconds * 1_000_000) }).expect("fits");
        while session.playback().seeking().is_some() {
            session.tick(0.0, &mut || false);
        }
        session
    }

    fn beside(text: &str, seconds: u64) -> Beside {
        let session = run(text, seconds);
        let expected = expected(session.scenario(), &Id::from("q")).expect("a queue");
        expected.beside(&session, Words::of(Language::English))
    }

    #[test]
    fn what_is_predicted_stands_beside_what_was_measured() {
        let beside = beside(FITTING, 40_000);
        assert_eq!(beside.model, "M/M/1");
        let values: Vec<&str> = beside.parameters.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["8.00/s", "10.0/s", "1", "80.0 %"]);
        assert_eq!(beside.formulas[0], "W = 1 / (μ − λ)");
        let row = |name: &str| beside.rows.iter().find(|row| row.name.starts_with(name)).expect("the row is there");
        assert_eq!(row("Mean wait").predicted, "400 ms");
        assert_eq!(row("Mean time in the system").predicted, "500 ms");
        assert_eq!(row("Mean number in the system").predicted, "4.00");
        assert_eq!(row("Utilisation").predicted, "80.0 %");
        for row in &beside.rows {
            let off: f64 = row.difference.replace('−', "-").trim_end_matches(" %").parse().expect("a number");
            assert!(off.abs() <= 15.0, "{row:?}");
        }
        assert!(beside.little.is_some_and(|line| line.contains("λ·W = ")));
        assert_eq!((beside.unstable, beside.why_not, beside.remedies), (None, vec![], vec![]));
    }

    #[test]
    fn nothing_is_measured_before_anything_has_happened() {
        let beside = beside(FITTING, 0);
        assert!(beside.rows.iter().filter(|row| row.name.contains("ait")).all(|row| row.measured == "–"));
        assert_eq!((beside.drains, beside.little), (None, None));
    }

    #[test]
    fn too_much_is_said_before_it_is_seen() {
        let beside = beside(&FITTING.replace("\"per_s\": 8", "\"per_s\": 13"), 0);
        assert_eq!(beside.unstable.as_deref(), Some("Unstable: the backlog grows by 3.00 messages/s."));
        assert!(beside.rows.is_empty());
    }

    #[test]
    fn a_reason_that_is_a_setting_is_told_with_what_takes_it_away() {
        let two = FITTING
            .replace(
                r#"{"id": "c","#,
                r#"{"id": "d", "kind": "consumer", "settings": {"prefetch_count": 10, "handler": [{"work": {"ms": {"exponential": 100}}}]}},
                {"id": "c","#,
            )
            .replace(r#"{"id": "2","#, r#"{"id": "3", "kind": "subscribe", "from": "q", "to": "d"}, {"id": "2","#);
        let hoarding = beside(&two, 10);
        assert_eq!(hoarding.model, "Rates only");
        assert_eq!(hoarding.why_not.len(), 1);
        assert_eq!(hoarding.remedies, ["d: a prefetch of 1, or as many as it works on at once"]);
        assert_eq!(beside(&two.replace("\"prefetch_count\": 10", "\"prefetch_count\": 1"), 10).model, "M/M/c, c = 2");
        let steady = FITTING.replace("poisson", "constant");
        assert_eq!(beside(&steady, 1).remedies, ["p: Poisson arrivals"]);
    }

    #[test]
    fn every_reason_has_a_sentence_in_every_language() {
        let (node, edge) = (Id::from("n"), Id::from("e"));
        let with_node = |why: fn(Id) -> WhyNot| why(node.clone());
        let all = [
            WhyNot::Faults,
            WhyNot::Edits,
            WhyNot::NothingArrives,
            with_node(|node| WhyNot::NotPoisson { node }),
            with_node(|node| WhyNot::RateChanges { node }),
            with_node(|node| WhyNot::ClosedLoop { node }),
            with_node(|node| WhyNot::WaitsForConfirms { node }),
            with_node(|node| WhyNot::TakesTurns { node }),
            with_node(|node| WhyNot::ComesTwice { node }),
            with_node(|node| WhyNot::FedByHandler { node }),
            with_node(|node| WhyNot::DeadLetters { node }),
            with_node(|node| WhyNot::FurtherKeys { node }),
            WhyNot::Lossy { edge: edge.clone() },
            WhyNot::DeliveryLatency { edge },
            WhyNot::TimeToLive,
            WhyNot::Limited,
            WhyNot::Priorities,
            WhyNot::OneConsumerOnly,
            WhyNot::NoConsumers,
            with_node(|node| WhyNot::SharedConsumer { node }),
            with_node(|node| WhyNot::TakesBatches { node }),
            with_node(|node| WhyNot::Hoarding { node }),
            with_node(|node| WhyNot::ServiceTimeUnknown { node }),
            with_node(|node| WhyNot::NoServiceTime { node }),
            with_node(|node| WhyNot::Failures { node }),
            with_node(|node| WhyNot::Retries { node }),
            WhyNot::DifferentServers,
            WhyNot::SeveralServers,
        ];
        for language in Language::ALL {
            let theory = Words::of(language).theory;
            let mut sentences: Vec<String> =
                all.iter().map(|why| reason(why, &|id: &Id| id.0.clone(), theory).0).collect();
            assert!(sentences.iter().all(|sentence| sentence.ends_with(['.', '。'])), "{sentences:?}");
            sentences.sort();
            sentences.dedup();
            assert_eq!(sentences.len(), all.len());
        }
    }
}
