//! The ledger: every message copy is always in exactly one place, and
//! `made = acked + ready + unacked + in_transit + dropped (by reason)`.

use std::collections::BTreeMap;

use serde::Serialize;

/// Why a copy was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// A consumer rejected it without requeue.
    Rejected,
    /// It waited too long.
    Expired,
    /// It came back to a quorum queue too often.
    DeliveryLimit,
    /// No queue took it.
    Unroutable,
    /// Its queue was purged.
    Purged,
    /// The queue was full and let the message at its head go.
    Maxlen,
    /// The queue was full and refused the new one.
    PublishRejected,
    /// A crash took it.
    LostInCrash,
    /// It was lost on its way.
    LostInNetwork,
    /// Its queue was deleted.
    QueueDeleted,
    /// The node that held it was removed.
    NodeRemoved,
    /// The edge on which it travelled was removed.
    EdgeRemoved,
}

impl DropReason {
    /// All reasons, in the order in which the ledger lists them.
    pub const ALL: [DropReason; 12] = [
        DropReason::Rejected,
        DropReason::Expired,
        DropReason::DeliveryLimit,
        DropReason::Unroutable,
        DropReason::Purged,
        DropReason::Maxlen,
        DropReason::PublishRejected,
        DropReason::LostInCrash,
        DropReason::LostInNetwork,
        DropReason::QueueDeleted,
        DropReason::NodeRemoved,
        DropReason::EdgeRemoved,
    ];

    /// Whether a queue with a dead-letter exchange gives the message on that it drops for this reason.
    pub(super) fn makes_dead_letters(self) -> bool {
        matches!(
            self,
            DropReason::Rejected
                | DropReason::Expired
                | DropReason::DeliveryLimit
                | DropReason::Maxlen
                | DropReason::PublishRejected
        )
    }

    /// The reason's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            DropReason::Rejected => "rejected",
            DropReason::Expired => "expired",
            DropReason::DeliveryLimit => "delivery_limit",
            DropReason::Unroutable => "unroutable",
            DropReason::Purged => "purged",
            DropReason::Maxlen => "maxlen",
            DropReason::PublishRejected => "publish_rejected",
            DropReason::LostInCrash => "lost_in_crash",
            DropReason::LostInNetwork => "lost_in_network",
            DropReason::QueueDeleted => "queue_deleted",
            DropReason::NodeRemoved => "node_removed",
            DropReason::EdgeRemoved => "edge_removed",
        }
    }
}

/// Dropped copies, counted by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drops([u64; DropReason::ALL.len()]);

impl Drops {
    /// Counts one.
    #[inline]
    pub(super) fn count(&mut self, reason: DropReason) {
        self.0[reason as usize] += 1;
    }

    /// How many were dropped for this reason.
    pub fn of(&self, reason: DropReason) -> u64 {
        self.0[reason as usize]
    }

    /// How many were dropped in all.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

impl Serialize for Drops {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counted: BTreeMap<&str, u64> = DropReason::ALL
            .into_iter()
            .map(|reason| (reason.name(), self.of(reason)))
            .filter(|(_, count)| *count > 0)
            .collect();
        counted.serialize(serializer)
    }
}

/// Where a living copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On an edge; or, acked automatically, in a consumer's hands.
    InTransit,
    /// In a queue, waiting.
    Ready,
    /// Delivered, and not yet acked.
    Unacked,
}

/// Where all copies are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Copies that were ever made.
    pub made: u64,
    /// Copies that were done with.
    pub acked: u64,
    /// Copies that wait in queues.
    pub ready: u64,
    /// Copies that were delivered and not yet acked.
    pub unacked: u64,
    /// Copies on edges, and automatically acked ones in a consumer's hands.
    pub in_transit: u64,
    /// Copies that were dropped, by reason.
    pub dropped: Drops,
}

impl Ledger {
    /// Whether every copy is somewhere, once.
    pub fn balances(&self) -> bool {
        self.made == self.acked + self.ready + self.unacked + self.in_transit + self.dropped.total()
    }

    /// How many copies are alive.
    pub fn alive(&self) -> u64 {
        self.ready + self.unacked + self.in_transit
    }

    #[inline]
    pub(super) fn place(&mut self, place: Place) -> &mut u64 {
        match place {
            Place::InTransit => &mut self.in_transit,
            Place::Ready => &mut self.ready,
            Place::Unacked => &mut self.unacked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_where_they_stand_in_the_list() {
        for (index, reason) in DropReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index);
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
    }
}
