//! Alarms: what is due at a time and happens too seldom for a kind of its own in the calendar.

use super::Engine;
use super::event::Observer;
use super::node::database::Query;
use super::{ClientIndex, ConsumerIndex, DatabaseIndex, NodeIndex, ServiceIndex};
use crate::base::Micros;
use crate::scenario::Fault;

/// What is due. One that has become void passes without effect.
#[derive(Clone, Debug)]
pub(super) enum Alarm {
    /// An attempt of a call has waited long enough.
    TimedOut { call: u32, attempt: u64 },
    /// The pause before another attempt is over.
    Again { call: u32, attempt: u64 },
    /// A user of a client has thought.
    Thought { client: ClientIndex, begun: u32 },
    /// A database has an answer.
    Query { database: DatabaseIndex, changes: u32, query: Query },
    /// A service or a database is back from a restart.
    Back { node: NodeIndex, changes: u32 },
    /// The new steps of a service are deployed.
    Deployed { service: ServiceIndex, until: Micros },
    /// A consumer takes its next batch.
    Pull { consumer: ConsumerIndex, begun: u32 },
    /// A confirm was lost, and is not waited for any longer.
    Unconfirmed { publish: u32, number: u64 },
    /// The next fault of the chaos begins.
    Chaos { begun: u32 },
    /// A fault of the chaos ends.
    ChaosEnds(Box<Fault>),
}

impl Engine {
    #[inline(never)]
    pub(super) fn alarm<O: Observer>(&mut self, index: u32, observer: &mut O) {
        match self.world.alarms.remove(index as usize) {
            Alarm::TimedOut { call, attempt } => self.timed_out(call, attempt, observer),
            Alarm::Again { call, attempt } => self.call_again(call, attempt, observer),
            Alarm::Thought { client, begun } => self.world.user_has_thought(client, begun, observer),
            Alarm::Query { database, changes, query } => self.world.query_ends(database, changes, query, observer),
            Alarm::Back { node, changes } => self.back(node, changes, observer),
            Alarm::Deployed { service, until } => self.deployed(service, until, observer),
            Alarm::Pull { consumer, begun } => self.pull(consumer, begun, observer),
            Alarm::Unconfirmed { publish, number } => self.unconfirmed(publish, number, observer),
            Alarm::Chaos { begun } => self.chaos_strikes(begun, observer),
            Alarm::ChaosEnds(fault) => {
                // What it acted on may be gone by now.
                let _ = self.apply_fault(&fault, observer);
            }
        }
    }
}
