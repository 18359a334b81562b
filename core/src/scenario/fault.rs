//! Faults: what goes wrong, by hand or on the script, and what puts it right.

use serde::{Deserialize, Serialize};

use super::edge::EdgeKind;
use super::field::{Field, NumberRange, Scale, Shape, Unit};
use super::problem::Reason;
use super::{BROKER, Edge, Id, Node, NodeKind, Scenario};

/// Something that goes wrong, or is put right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// A node dies. A queue's crash is its broker's, and so that of all queues.
    Crash {
        /// The node, or `broker`.
        node: Id,
    },
    /// A crashed node comes back.
    Restart {
        /// The node, or `broker`.
        node: Id,
    },
    /// A node does nothing and takes nothing; its connections stay, and so does what it holds.
    Stall {
        /// The node, or `broker`.
        node: Id,
    },
    /// It goes on where it stood.
    Resume {
        /// The node, or `broker`.
        node: Id,
    },
    /// A node that works takes `factor` times as long for all work that it begins from now on; 1: as long as ever.
    Slow {
        /// A consumer, a service or a database.
        node: Id,
        /// How many times as long.
        factor: f64,
    },
    /// Work fails at this rate, besides what fails anyway; 0: no more.
    ErrorRate {
        /// A consumer, a service or a database.
        node: Id,
        /// The share, 0 to 1.
        rate: f64,
    },
    /// A message that no handler can deal with: the next one that a producer or a service publishes, or the one at the
    /// head of a queue (the next to arrive, where it is empty).
    PoisonMessage {
        /// The producer, service or queue.
        node: Id,
    },
    /// The broker is short of memory and blocks all who publish (RabbitMQ, "Memory and Disk Alarms").
    MemoryAlarm {
        /// `broker`, or a node that belongs to it.
        node: Id,
    },
    /// It has memory again.
    MemoryAlarmCleared {
        /// `broker`, or a node that belongs to it.
        node: Id,
    },
    /// The broker crashes, and what it had on disk is gone.
    DiskLoss {
        /// `broker`, or a node that belongs to it.
        node: Id,
    },
    /// A connection breaks: both ends notice, and what travels on it is lost.
    Cut {
        /// The edge.
        edge: Id,
    },
    /// It is there again.
    Repair {
        /// The edge.
        edge: Id,
    },
    /// Traffic on a connection waits.
    Hold {
        /// The edge.
        edge: Id,
    },
    /// It goes on.
    Release {
        /// The edge.
        edge: Id,
    },
    /// A connection takes longer by so much; 0: no longer.
    Latency {
        /// The edge.
        edge: Id,
        /// How much longer, in milliseconds.
        latency_ms: f64,
    },
    /// A share of what travels is lost, besides what is lost anyway; 0: no more.
    Loss {
        /// The edge.
        edge: Id,
        /// The share, 0 to 1.
        rate: f64,
    },
    /// A share of what travels arrives twice, besides what does anyway; 0: no more.
    Duplicate {
        /// The edge.
        edge: Id,
        /// The share, 0 to 1.
        rate: f64,
    },
}

/// What a fault acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultPlace<'a> {
    /// A node, or the broker.
    Node(&'a Id),
    /// An edge.
    Edge(&'a Id),
}

impl Fault {
    /// The names of all faults in files.
    pub const NAMES: [&'static str; 17] = [
        "crash",
        "restart",
        "stall",
        "resume",
        "slow",
        "error_rate",
        "poison_message",
        "memory_alarm",
        "memory_alarm_cleared",
        "disk_loss",
        "cut",
        "repair",
        "hold",
        "release",
        "latency",
        "loss",
        "duplicate",
    ];

    /// What the fault acts on.
    pub fn place(&self) -> FaultPlace<'_> {
        match self {
            Fault::Crash { node }
            | Fault::Restart { node }
            | Fault::Stall { node }
            | Fault::Resume { node }
            | Fault::Slow { node, .. }
            | Fault::ErrorRate { node, .. }
            | Fault::PoisonMessage { node }
            | Fault::MemoryAlarm { node }
            | Fault::MemoryAlarmCleared { node }
            | Fault::DiskLoss { node } => FaultPlace::Node(node),
            Fault::Cut { edge }
            | Fault::Repair { edge }
            | Fault::Hold { edge }
            | Fault::Release { edge }
            | Fault::Latency { edge, .. }
            | Fault::Loss { edge, .. }
            | Fault::Duplicate { edge, .. } => FaultPlace::Edge(edge),
        }
    }

    /// Whether it acts on this node or edge.
    pub fn acts_on(&self, id: &Id) -> bool {
        let (FaultPlace::Node(place) | FaultPlace::Edge(place)) = self.place();
        place == id
    }

    /// Its name in files.
    pub fn name(&self) -> &'static str {
        match self {
            Fault::Crash { .. } => "crash",
            Fault::Restart { .. } => "restart",
            Fault::Stall { .. } => "stall",
            Fault::Resume { .. } => "resume",
            Fault::Slow { .. } => "slow",
            Fault::ErrorRate { .. } => "error_rate",
            Fault::PoisonMessage { .. } => "poison_message",
            Fault::MemoryAlarm { .. } => "memory_alarm",
            Fault::MemoryAlarmCleared { .. } => "memory_alarm_cleared",
            Fault::DiskLoss { .. } => "disk_loss",
            Fault::Cut { .. } => "cut",
            Fault::Repair { .. } => "repair",
            Fault::Hold { .. } => "hold",
            Fault::Release { .. } => "release",
            Fault::Latency { .. } => "latency",
            Fault::Loss { .. } => "loss",
            Fault::Duplicate { .. } => "duplicate",
        }
    }

    /// What undoes it at the end of `for_ms`; a poisonous message stays one.
    pub fn opposite(&self) -> Option<Fault> {
        Some(match self.clone() {
            Fault::Crash { node } | Fault::DiskLoss { node } => Fault::Restart { node },
            Fault::Restart { node } => Fault::Crash { node },
            Fault::Stall { node } => Fault::Resume { node },
            Fault::Resume { node } => Fault::Stall { node },
            Fault::Slow { node, .. } => Fault::Slow { node, factor: 1.0 },
            Fault::ErrorRate { node, .. } => Fault::ErrorRate { node, rate: 0.0 },
            Fault::PoisonMessage { .. } => return None,
            Fault::MemoryAlarm { node } => Fault::MemoryAlarmCleared { node },
            Fault::MemoryAlarmCleared { node } => Fault::MemoryAlarm { node },
            Fault::Cut { edge } => Fault::Repair { edge },
            Fault::Repair { edge } => Fault::Cut { edge },
            Fault::Hold { edge } => Fault::Release { edge },
            Fault::Release { edge } => Fault::Hold { edge },
            Fault::Latency { edge, .. } => Fault::Latency { edge, latency_ms: 0.0 },
            Fault::Loss { edge, .. } => Fault::Loss { edge, rate: 0.0 },
            Fault::Duplicate { edge, .. } => Fault::Duplicate { edge, rate: 0.0 },
        })
    }

    /// Whether what it names is there, and whether it can happen to it.
    ///
    /// # Errors
    /// What is missing, or that it does not fit.
    pub fn check(&self, scenario: &Scenario) -> Result<(), Reason> {
        match self.place() {
            FaultPlace::Node(id) if id.0 != BROKER && scenario.node(id).is_none() => {
                Err(Reason::NoSuchNode(id.clone()))
            }
            FaultPlace::Edge(id) if scenario.edge(id).is_none() => Err(Reason::NoSuchEdge(id.clone())),
            FaultPlace::Node(id) | FaultPlace::Edge(id) if !self.fits(scenario) => {
                Err(Reason::FaultDoesNotFit { fault: self.name(), place: id.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Whether it can happen to what it names, where that is there: a queue has no work to be slow at.
    pub fn fits(&self, scenario: &Scenario) -> bool {
        match self.place() {
            FaultPlace::Node(id) if id.0 == BROKER => self.fits_broker(),
            FaultPlace::Node(id) => scenario.node(id).is_none_or(|node| self.fits_node(node)),
            FaultPlace::Edge(id) => scenario.edge(id).is_none_or(|edge| self.fits_edge(edge)),
        }
    }

    fn fits_broker(&self) -> bool {
        !matches!(self, Fault::Slow { .. } | Fault::ErrorRate { .. } | Fault::PoisonMessage { .. })
    }

    fn fits_node(&self, node: &Node) -> bool {
        use NodeKind::{Consumer, Database, Exchange, Producer, Queue, Service};
        match self {
            Fault::Slow { .. } | Fault::ErrorRate { .. } => matches!(node.kind(), Consumer | Service | Database),
            Fault::PoisonMessage { .. } => matches!(node.kind(), Producer | Service | Queue),
            Fault::MemoryAlarm { .. } | Fault::MemoryAlarmCleared { .. } | Fault::DiskLoss { .. } => {
                matches!(node.kind(), Exchange | Queue)
            }
            _ => true,
        }
    }

    /// A binding lies within the broker: nothing can happen to it.
    fn fits_edge(&self, edge: &Edge) -> bool {
        edge.kind != EdgeKind::Bind
    }

    /// The number that it carries: its name, itself, and what it may be.
    pub fn number(&self) -> Option<(&'static str, f64, NumberRange)> {
        match *self {
            Fault::Slow { factor, .. } => {
                let range = NumberRange {
                    min: 1.0,
                    max: 1_000.0,
                    whole: false,
                    unit: Unit::None,
                    scale: Scale::Logarithmic,
                    usual: 5.0,
                };
                Some(("factor", factor, range))
            }
            Fault::ErrorRate { rate, .. } | Fault::Loss { rate, .. } | Fault::Duplicate { rate, .. } => {
                Some(("rate", rate, NumberRange::share(0.2)))
            }
            Fault::Latency { latency_ms, .. } => {
                Some(("latency_ms", latency_ms, NumberRange::milliseconds(0.0, 200.0)))
            }
            _ => None,
        }
    }
}

/// A fault with its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TimedFault {
    /// When it happens, in milliseconds of simulated time; before everything else at that instant.
    pub at_ms: f64,
    /// How long it lasts, in milliseconds; absent: until someone puts it right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<f64>,
    /// What happens.
    pub fault: Fault,
}

/// Faults at random times and places, drawn from the seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Chaos {
    /// How many faults begin in a minute, on average; 0: none.
    pub faults_per_min: f64,
    /// How long each lasts, in milliseconds, on average.
    pub mean_ms: f64,
}

impl Default for Chaos {
    fn default() -> Chaos {
        Chaos { faults_per_min: 0.0, mean_ms: 3_000.0 }
    }
}

/// The settings of the chaos switch, for the page and for checking ranges.
pub static CHAOS_FIELDS: &[Field] = &[
    Field::usual(
        "faults_per_min",
        |words| &words.fields.faults_per_min,
        Shape::Number(NumberRange {
            min: 0.0,
            max: 600.0,
            whole: false,
            unit: Unit::None,
            scale: Scale::Logarithmic,
            usual: 0.0,
        }),
    ),
    Field::usual(
        "mean_ms",
        |words| &words.fields.chaos_mean_ms,
        Shape::Number(NumberRange::milliseconds(1.0, 3_000.0)),
    ),
];
