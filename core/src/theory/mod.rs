//! Theory beside practice: what queueing theory predicts of a scenario, and where its formulas do not apply.
//!
//! [`of`] looks at the document alone. A [`Prediction`] says for one queue or service which model it is, what that model
//! predicts, with which measured figures to compare it, and, where no formula applies, all the reasons why.

mod arrivals;
pub mod formulas;
mod little;
mod predict;
mod service;

use serde::{Deserialize, Serialize};

use crate::scenario::Id;

pub use formulas::{Steady, time_to_drain_s};
pub use little::Little;
pub use predict::of;

/// What a queue with its consumers, or a service, is in Kendall's notation: arrivals / service / servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Model {
    /// Poisson arrivals, exponential service, one server.
    #[serde(rename = "M/M/1")]
    MM1,
    /// Poisson arrivals, exponential service, several servers and one queue (Erlang C).
    #[serde(rename = "M/M/c")]
    MMC,
    /// Poisson arrivals, constant service, one server (Pollaczek–Khinchine).
    #[serde(rename = "M/D/1")]
    MD1,
    /// Poisson arrivals, any service, one server (Pollaczek–Khinchine).
    #[serde(rename = "M/G/1")]
    MG1,
    /// No formula applies, but the rates are known: whether it is stable can be said, and nothing else.
    #[serde(rename = "rates")]
    Rates,
    /// Not even the rates are known.
    #[serde(rename = "unknown")]
    Unknown,
}

/// What is predicted of one queue or service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The queue, or the service.
    pub node: Id,
    /// Which model it is.
    pub model: Model,
    /// λ: arrivals per second, where they are known.
    pub arrival_per_s: Option<f64>,
    /// µ: what one server gets done per second, where all get done the same. The latency of a delivery and of its ack
    /// counts where a consumer may hold nothing meanwhile.
    pub service_per_s: Option<f64>,
    /// c: how many are worked on at once, at the most.
    pub servers: u32,
    /// cµ: what all servers get done per second, where that is known.
    pub capacity_per_s: Option<f64>,
    /// ρ = λ/(cµ): 1 and more is too much.
    pub utilisation: Option<f64>,
    /// Whether ρ < 1: whether a backlog is ever worked off.
    pub stable: Option<bool>,
    /// By how much the backlog grows per second, λ − cµ, where it is not stable and has no limit.
    pub growth_per_s: Option<f64>,
    /// The steady state, where a formula applies and there is one.
    pub steady: Option<Steady>,
    /// What is predicted of figures that are measured.
    pub comparisons: Vec<Comparison>,
    /// Why no formula applies; empty where one does.
    pub why_not: Vec<WhyNot>,
}

impl Prediction {
    /// How long the wait of a part of all messages is at the most (0.95: of 95 %), in milliseconds: of M/M/1 and M/M/c,
    /// where the tail is known.
    pub fn wait_percentile_ms(&self, part: f64) -> Option<f64> {
        match (self.model, self.arrival_per_s, self.service_per_s) {
            (Model::MM1 | Model::MMC, Some(arrival_per_s), Some(service_per_s)) => {
                formulas::wait_percentile_ms(arrival_per_s, service_per_s, self.servers, part)
            }
            _ => None,
        }
    }

    /// How long a backlog takes to be gone, in seconds; `None` where it never is, or the rates are not known.
    pub fn time_to_drain_s(&self, backlog: u64) -> Option<f64> {
        time_to_drain_s(backlog as f64, self.arrival_per_s?, self.capacity_per_s?)
    }
}

/// Which quantity of the model it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Wq, the mean wait.
    Wait,
    /// What half of all waits are at the most.
    WaitP50,
    /// What 95 % of all waits are at the most.
    WaitP95,
    /// What 99 % of all waits are at the most.
    WaitP99,
    /// W, the mean time in the system, with the latencies that are measured with it.
    Sojourn,
    /// L, the mean number in the system.
    Inside,
    /// ρ, or the part of it that one worker has.
    Utilisation,
}

/// A prediction of a figure that is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What it is.
    pub quantity: Quantity,
    /// The name of the figure, as it stands in the JSON of `mqp run` and in a study's measures: `nodes.q.wait_ms.mean`.
    pub measure: String,
    /// What theory says that it is in the long run, in the figure's own unit.
    pub predicted: f64,
}

/// Why a formula does not apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum WhyNot {
    /// Faults of the script or of chaos disturb it: there is no steady state.
    Faults,
    /// Edits of the script change it.
    Edits,
    /// Nothing arrives.
    NothingArrives,
    /// Arrivals are not independent of each other: a constant rate, or bursts.
    NotPoisson {
        /// The producer or client.
        node: Id,
    },
    /// The rate changes, or ends.
    RateChanges {
        /// The producer or client.
        node: Id,
    },
    /// Requests wait for the answers to earlier ones: the load depends on the response.
    ClosedLoop {
        /// The client.
        node: Id,
    },
    /// A producer may have to wait for confirms, so that the broker's pace comes back to it.
    WaitsForConfirms {
        /// The producer.
        node: Id,
    },
    /// A client asks several services in turn: each gets every n-th request.
    TakesTurns {
        /// The client.
        node: Id,
    },
    /// Messages come on two ways at once.
    ComesTwice {
        /// The producer.
        node: Id,
    },
    /// A handler publishes or calls: what leaves another system arrives here.
    FedByHandler {
        /// The consumer or service.
        node: Id,
    },
    /// Dead letters of another queue, or its own, may arrive.
    DeadLetters {
        /// Where they come from.
        node: Id,
    },
    /// Messages carry further routing keys in `CC` or `BCC`.
    FurtherKeys {
        /// The producer.
        node: Id,
    },
    /// Something is lost on an edge, or arrives twice.
    Lossy {
        /// The edge.
        edge: Id,
    },
    /// Deliveries take time while a server waits for them, in a way for which there is no formula.
    DeliveryLatency {
        /// The edge.
        edge: Id,
    },
    /// Messages may expire.
    TimeToLive,
    /// There is a limit that may be reached.
    Limited,
    /// Some messages overtake others.
    Priorities,
    /// Only one of several consumers is served.
    OneConsumerOnly,
    /// Nobody takes anything out.
    NoConsumers,
    /// A consumer takes from other queues too.
    SharedConsumer {
        /// The consumer.
        node: Id,
    },
    /// A consumer takes batches at intervals.
    TakesBatches {
        /// The consumer.
        node: Id,
    },
    /// A consumer holds messages that another one could work on: its prefetch is larger than its concurrency.
    Hoarding {
        /// The consumer.
        node: Id,
    },
    /// How long a handler takes depends on others, whom it calls or waits for, or it does several things at once.
    ServiceTimeUnknown {
        /// The consumer or service.
        node: Id,
    },
    /// A handler takes no time.
    NoServiceTime {
        /// The consumer or service.
        node: Id,
    },
    /// Handlers fail, and messages come back.
    Failures {
        /// The consumer or service.
        node: Id,
    },
    /// Requests are tried again after a time-out.
    Retries {
        /// The client.
        node: Id,
    },
    /// Servers are not all alike.
    DifferentServers,
    /// Several servers whose service time is not exponential: there is no closed formula.
    SeveralServers,
}
