//! What is done to a running engine from outside: edits of the document, and faults.

use serde::{Deserialize, Serialize};

use crate::base::Micros;
use crate::scenario::{BrokerSettings, Chaos, Edge, Fault, Id, Node, TimedFault};

/// One thing done to a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A node appears, or has new settings.
    PutNode(Node),
    /// A node goes; the edges at it have gone before.
    RemoveNode(Id),
    /// An edge appears, or has new settings.
    PutEdge(Edge),
    /// An edge goes.
    RemoveEdge(Id),
    /// The broker has new settings.
    SetBroker(BrokerSettings),
    /// The script of faults is another one.
    SetScript(Vec<TimedFault>),
    /// There is so much chaos from now on.
    SetChaos(Chaos),
    /// Something fails, or is put right.
    Fault(Fault),
}

/// The exact place of an action in a run: it comes after so many events, when the clock stands at a time. Both
/// are needed, for the clock may stand between two events of the same instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// The simulated time.
    pub time_us: Micros,
    /// How many events have been carried out.
    pub events: u64,
}
