//! Incidents: what fails, where, since when, why, and what it cost so far. One for each spell of trouble, however many
//! messages and requests it hits.
//!
//! A fault opens an incident and its end closes it. Trouble that is only found in passing (a time-out, a full backlog)
//! opens one when it is first met, and it is over when it was not met for [`LULL`]. A failure carries its incident's
//! number with it on its way back through the callers, so that what a client loses in the end is counted where it
//! began.

use std::collections::VecDeque;

use serde::Serialize;

use super::event::Spot;
use crate::base::Micros;
use crate::scenario::Id;

/// Trouble that was not met for so long is over.
pub const LULL: Micros = Micros::SECOND;

/// So many incidents are kept; the oldest that are over go first.
pub const MOST_INCIDENTS: usize = 1_000;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// It is down: somebody, or the script, made it crash.
    Crashed,
    /// It is down: it was asked more than it can take.
    Overloaded,
    /// It stands still.
    Stalled,
    /// It takes longer for everything.
    Slow,
    /// A share of its work fails.
    Errors,
    /// It refuses requests while new steps are deployed.
    Redeploying,
    /// The broker's disk is lost.
    DiskLost,
    /// The broker is short of memory and blocks all who publish.
    MemoryAlarm,
    /// The connection is broken.
    Cut,
    /// Traffic waits.
    Held,
    /// The connection takes longer.
    Latency,
    /// A share of the traffic is lost.
    Loss,
    /// A share of the traffic arrives twice.
    Duplicates,
    /// Found in passing: a message that no handler can deal with is about.
    Poison,
    /// Found in passing: who asked has not waited long enough for the answer.
    TimedOut,
    /// Found in passing: all slots are taken and as many wait as may.
    BacklogFull,
    /// Found in passing: more calls than it can take; they wait, or are refused.
    OverCapacity,
    /// Found in passing: handlers fail at the rate that is set.
    Failing,
    /// Found in passing: messages are dropped here.
    Dropping,
    /// Found in passing: a step leads where there is no connection.
    NotConnected,
}

impl Trouble {
    /// Whether it has no end of its own: it is over when it was not met for [`LULL`].
    pub fn is_found_in_passing(self) -> bool {
        self >= Trouble::Poison
    }
}

/// An incident by its number; they are counted from 1 on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct IncidentNumber(pub(super) u32);

/// What an incident cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Requests of clients that failed for it.
    pub requests_failed: u64,
    /// Calls and requests that failed or were refused where it happened.
    pub calls_failed: u64,
    /// Messages whose handler failed for it.
    pub messages_failed: u64,
    /// Copies of messages that were lost.
    pub copies_lost: u64,
}

/// One spell of trouble.
#[derive(Clone, Copy, Debug)]
pub(super) struct Incident {
    pub(super) number: IncidentNumber,
    pub(super) spot: Spot,
    pub(super) trouble: Trouble,
    pub(super) began_at: Micros,
    /// When it was last met.
    pub(super) last_at: Micros,
    pub(super) ended_at: Option<Micros>,
    pub(super) cost: Cost,
}

/// An incident, as it is shown, sent and printed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IncidentReport {
    /// Its number: incidents are counted from 1 on.
    pub number: u32,
    /// The node or edge, or `broker`.
    pub place: Id,
    /// Whether the place is an edge.
    pub on_edge: bool,
    /// What is wrong.
    pub trouble: Trouble,
    /// Since when.
    pub began_us: Micros,
    /// Until when; `null`: it goes on.
    pub ended_us: Option<Micros>,
    /// What it cost so far.
    #[serde(flatten)]
    pub cost: Cost,
}

/// All incidents of a run that are still known.
#[derive(Clone, Debug, Default)]
pub(super) struct Incidents {
    known: VecDeque<Incident>,
    made: u32,
}

impl Incident {
    /// When it was over, looked at from `now`.
    pub(super) fn ended(&self, now: Micros) -> Option<Micros> {
        if self.trouble.is_found_in_passing() && now.saturating_sub(self.last_at) > LULL {
            return Some(self.last_at);
        }
        self.ended_at
    }
}

impl Incidents {
    /// Trouble is found in passing, and costs something.
    pub(super) fn note(
        &mut self,
        now: Micros,
        spot: Spot,
        trouble: Trouble,
        charge: impl FnOnce(&mut Cost),
    ) -> IncidentNumber {
        let number = self.begin(now, spot, trouble);
        self.charge(number, charge);
        number
    }

    /// It costs something; nothing, where it was forgotten.
    pub(super) fn charge(&mut self, number: IncidentNumber, charge: impl FnOnce(&mut Cost)) {
        if let Ok(place) = self.known.binary_search_by_key(&number.0, |incident| incident.number.0) {
            charge(&mut self.known[place].cost);
        }
    }

    /// Trouble begins. Where it is open already, it goes on.
    pub(super) fn begin(&mut self, now: Micros, spot: Spot, trouble: Trouble) -> IncidentNumber {
        let mut newest_first = self.known.iter_mut().rev();
        let is_it =
            |known: &&mut Incident| known.spot == spot && known.trouble == trouble && known.ended(now).is_none();
        if let Some(open) = newest_first.find(is_it) {
            open.last_at = now;
            return open.number;
        }
        self.made += 1;
        let number = IncidentNumber(self.made);
        let cost = Cost::default();
        let incident = Incident { number, spot, trouble, began_at: now, last_at: now, ended_at: None, cost };
        if self.known.len() == MOST_INCIDENTS {
            // What goes on is kept; were all to go on, the oldest goes.
            let over = self.known.iter().position(|known| known.ended(now).is_some()).unwrap_or(0);
            self.known.remove(over);
        }
        self.known.push_back(incident);
        number
    }

    /// Trouble of this kind is over.
    pub(super) fn end(&mut self, now: Micros, spot: Spot, ends: impl Fn(Trouble) -> bool) {
        for incident in &mut self.known {
            if incident.spot == spot && incident.ended(now).is_none() && ends(incident.trouble) {
                incident.ended_at = Some(now);
            }
        }
    }

    /// The newest open incident of a place, of the kinds that are asked for.
    pub(super) fn find(&self, now: Micros, spot: Spot, asked: impl Fn(Trouble) -> bool) -> Option<IncidentNumber> {
        let mut newest_first = self.known.iter().rev();
        newest_first
            .find(|incident| incident.spot == spot && asked(incident.trouble) && incident.ended(now).is_none())
            .map(|incident| incident.number)
    }

    /// All that are known, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Incident> {
        self.known.iter()
    }
}
