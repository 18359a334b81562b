//! The figures that a study can measure: those of `mqp run --json`, by their names there.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::{DropReason, Engine};
use crate::scenario::{Id, NodeKind, Scenario};

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Milliseconds.
    Milliseconds,
    /// A part of the whole, 0 to 1.
    Share,
    /// Messages, or copies of messages.
    Messages,
    /// Requests.
    Requests,
    /// Calls.
    Calls,
    /// Calls per second.
    CallsPerSecond,
    /// How often.
    Times,
}

impl Unit {
    /// The unit as it stands behind a number in a program's output.
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Milliseconds => "ms",
            Unit::Share => "share",
            Unit::Messages => "messages",
            Unit::Requests => "requests",
            Unit::Calls => "calls",
            Unit::CallsPerSecond => "calls/s",
            Unit::Times => "times",
        }
    }
}

/// What a warm-up means to a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// It is counted from the beginning: what was counted in the warm-up is taken away.
    Counter,
    /// It is measured: [`Engine::begin_measuring`] leaves the warm-up out.
    Measured,
    /// It is what is there at the end.
    AtEnd,
}

/// A figure of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// Its name: `nodes.q.wait_ms.mean`, `ledger.acked`.
    pub name: String,
    /// The node; `None`: it is the ledger's.
    pub node: Option<Id>,
    /// Its name among the figures of its node, or of the ledger.
    pub figure: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// What a warm-up means to it.
    pub counting: Counting,
}

type Figure = (&'static str, Unit, Counting);

const fn counter(name: &'static str, unit: Unit) -> Figure {
    (name, unit, Counting::Counter)
}

const fn measured(name: &'static str, unit: Unit) -> Figure {
    (name, unit, Counting::Measured)
}

const fn at_end(name: &'static str, unit: Unit) -> Figure {
    (name, unit, Counting::AtEnd)
}

/// The six figures of a distribution.
macro_rules! distribution {
    ($name:literal, $unit:expr) => {
        [
            measured(concat!($name, ".mean"), Unit::Milliseconds),
            measured(concat!($name, ".p50"), Unit::Milliseconds),
            measured(concat!($name, ".p95"), Unit::Milliseconds),
            measured(concat!($name, ".p99"), Unit::Milliseconds),
            measured(concat!($name, ".max"), Unit::Milliseconds),
            measured(concat!($name, ".count"), $unit),
        ]
    };
}

static WAIT: [Figure; 6] = distribution!("wait_ms", Unit::Messages);
static END_TO_END: [Figure; 6] = distribution!("end_to_end_ms", Unit::Messages);
static RESPONSE: [Figure; 6] = distribution!("response_ms", Unit::Requests);
static HANDLING: [Figure; 6] = distribution!("handling_ms", Unit::Requests);
static ANSWER: [Figure; 6] = distribution!("answer_ms", Unit::Calls);

static LEDGER: [Figure; 5] = [
    counter("made", Unit::Messages),
    counter("acked", Unit::Messages),
    at_end("ready", Unit::Messages),
    at_end("unacked", Unit::Messages),
    at_end("in_transit", Unit::Messages),
];

static PRODUCER: [Figure; 6] = [
    counter("published", Unit::Messages),
    counter("confirmed", Unit::Messages),
    counter("nacked", Unit::Messages),
    counter("returned", Unit::Messages),
    at_end("unconfirmed", Unit::Messages),
    at_end("held_back", Unit::Messages),
];

static EXCHANGE: [Figure; 3] =
    [counter("received", Unit::Messages), counter("routed", Unit::Messages), counter("returned", Unit::Messages)];

static QUEUE: [Figure; 9] = [
    measured("depth_mean", Unit::Messages),
    measured("depth_max", Unit::Messages),
    at_end("ready", Unit::Messages),
    at_end("unacked", Unit::Messages),
    counter("enqueued", Unit::Messages),
    counter("delivered", Unit::Messages),
    counter("acked", Unit::Messages),
    counter("redelivered", Unit::Messages),
    counter("dead_lettered", Unit::Messages),
];

static CONSUMER: [Figure; 10] = [
    measured("utilisation", Unit::Share),
    counter("delivered", Unit::Messages),
    counter("acked", Unit::Messages),
    counter("processed", Unit::Messages),
    counter("deduplicated", Unit::Messages),
    counter("redelivered", Unit::Messages),
    counter("failed", Unit::Messages),
    counter("published", Unit::Messages),
    at_end("busy", Unit::Messages),
    at_end("waiting", Unit::Messages),
];

static CLIENT: [Figure; 5] = [
    counter("requests", Unit::Requests),
    counter("succeeded", Unit::Requests),
    counter("failed", Unit::Requests),
    counter("retried", Unit::Requests),
    at_end("open", Unit::Requests),
];

static SERVICE: [Figure; 7] = [
    measured("utilisation", Unit::Share),
    counter("handled", Unit::Requests),
    counter("failed", Unit::Requests),
    counter("refused", Unit::Requests),
    counter("published", Unit::Messages),
    at_end("busy", Unit::Requests),
    at_end("waiting", Unit::Requests),
];

static DATABASE: [Figure; 7] = [
    measured("rate_max_per_s", Unit::CallsPerSecond),
    counter("calls", Unit::Calls),
    counter("answered", Unit::Calls),
    counter("rejected", Unit::Calls),
    counter("failed", Unit::Calls),
    counter("crashes", Unit::Times),
    at_end("open", Unit::Calls),
];

/// The figures of a node of this kind: its distribution first, then the others.
fn figures(kind: NodeKind) -> impl Iterator<Item = Figure> {
    let (distribution, others): (&[Figure], &[Figure]) = match kind {
        NodeKind::Producer => (&[], &PRODUCER),
        NodeKind::Exchange => (&[], &EXCHANGE),
        NodeKind::Queue => (&WAIT, &QUEUE),
        NodeKind::Consumer => (&END_TO_END, &CONSUMER),
        NodeKind::Client => (&RESPONSE, &CLIENT),
        NodeKind::Service => (&HANDLING, &SERVICE),
        NodeKind::Database => (&ANSWER, &DATABASE),
    };
    distribution.iter().chain(others).copied()
}

/// What may be dropped at a node of this kind.
fn drop_reasons(kind: NodeKind) -> &'static [DropReason] {
    match kind {
        NodeKind::Exchange => &[DropReason::Unroutable],
        NodeKind::Queue => &[
            DropReason::Rejected,
            DropReason::Expired,
            DropReason::DeliveryLimit,
            DropReason::Maxlen,
            DropReason::PublishRejected,
            DropReason::LostInCrash,
        ],
        NodeKind::Consumer => &[DropReason::LostInCrash],
        NodeKind::Producer | NodeKind::Client | NodeKind::Service | NodeKind::Database => &[],
    }
}

/// The name of the counter of what is dropped for this reason.
fn dropped(reason: DropReason) -> &'static str {
    match reason {
        DropReason::Rejected => "dropped.rejected",
        DropReason::Expired => "dropped.expired",
        DropReason::DeliveryLimit => "dropped.delivery_limit",
        DropReason::Unroutable => "dropped.unroutable",
        DropReason::Purged => "dropped.purged",
        DropReason::Maxlen => "dropped.maxlen",
        DropReason::PublishRejected => "dropped.publish_rejected",
        DropReason::LostInCrash => "dropped.lost_in_crash",
        DropReason::LostInNetwork => "dropped.lost_in_network",
        DropReason::QueueDeleted => "dropped.queue_deleted",
        DropReason::NodeRemoved => "dropped.node_removed",
        DropReason::EdgeRemoved => "dropped.edge_removed",
    }
}

/// Everything that can be measured of a scenario: node by node, then the ledger.
pub fn measures_of(scenario: &Scenario) -> Vec<Measure> {
    let drops = |reasons: &'static [DropReason]| reasons.iter().map(|reason| counter(dropped(*reason), Unit::Messages));
    let mut measures = Vec::new();
    for node in &scenario.nodes {
        for (figure, unit, counting) in figures(node.kind()).chain(drops(drop_reasons(node.kind()))) {
            let name = format!("nodes.{}.{figure}", node.id);
            measures.push(Measure { name, node: Some(node.id.clone()), figure, unit, counting });
        }
    }
    for (figure, unit, counting) in LEDGER.into_iter().chain(drops(&DropReason::ALL)) {
        measures.push(Measure { name: format!("ledger.{figure}"), node: None, figure, unit, counting });
    }
    measures
}

impl Measure {
    /// The reason for which it counts what was dropped; `None` where it is another figure.
    pub fn drop_reason(&self) -> Option<DropReason> {
        DropReason::ALL.into_iter().find(|reason| dropped(*reason) == self.figure)
    }

    /// The figure, now; `None` where there is nothing to say yet, or the node is not there.
    pub fn read(&self, engine: &Engine) -> Option<f64> {
        let report = match &self.node {
            Some(id) => serde_json::to_value(engine.node_report(id)?).ok()?,
            None => serde_json::to_value(engine.ledger()).ok()?,
        };
        let place = self.figure.split('.').try_fold(&report, |place, name| place.get(name));
        match self.counting {
            // What was never dropped is not listed.
            Counting::Counter => Some(place.and_then(Value::as_f64).unwrap_or(0.0)),
            Counting::Measured | Counting::AtEnd => place?.as_f64(),
        }
    }
}
