//! Faults on a script: what goes wrong by itself, and when.

use serde::{Deserialize, Serialize};

use super::Id;

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
}

impl Fault {
    /// The node on which the fault acts.
    pub fn node(&self) -> &Id {
        match self {
            Fault::Crash { node }
            | Fault::Restart { node }
            | Fault::MemoryAlarm { node }
            | Fault::MemoryAlarmCleared { node } => node,
        }
    }

    /// Its name in files.
    pub fn name(&self) -> &'static str {
        match self {
            Fault::Crash { .. } => "crash",
            Fault::Restart { .. } => "restart",
            Fault::MemoryAlarm { .. } => "memory_alarm",
            Fault::MemoryAlarmCleared { .. } => "memory_alarm_cleared",
        }
    }

    /// What undoes it at the end of `for_ms`.
    pub fn opposite(&self) -> Fault {
        match self {
            Fault::Crash { node } => Fault::Restart { node: node.clone() },
            Fault::Restart { node } => Fault::Crash { node: node.clone() },
            Fault::MemoryAlarm { node } => Fault::MemoryAlarmCleared { node: node.clone() },
            Fault::MemoryAlarmCleared { node } => Fault::MemoryAlarm { node: node.clone() },
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
