//! Message copies: one slab for all that are alive, so that the steady state allocates nothing.

use slab::Slab;

use super::broker::{QueueIndex, SubscriptionIndex};
use super::ledger::Place;
use crate::base::Micros;

/// A copy's place in the slab, while it is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CopyIndex(pub(super) u32);

impl CopyIndex {
    /// No copy: the end of a list.
    pub(super) const NONE: CopyIndex = CopyIndex(u32::MAX);

    #[inline]
    pub(super) fn exists(self) -> bool {
        self != CopyIndex::NONE
    }
}

/// A living copy of a message.
#[derive(Clone, Debug)]
pub(super) struct MessageCopy {
    /// Its number: copies are counted from 1 on.
    pub(super) number: u64,
    pub(super) published_at: Micros,
    /// When its queue took it in (a requeue does not count).
    pub(super) enqueued_at: Micros,
    /// Its place in the queue: rising from head to tail, kept while unacked, so that a requeue finds it again.
    pub(super) position: u64,
    pub(super) place: Place,
    pub(super) persistent: bool,
    pub(super) redelivered: bool,
    /// The queue that has it, once it is in one.
    pub(super) queue: QueueIndex,
    /// To whom it was delivered, while it is unacked.
    pub(super) subscription: SubscriptionIndex,
    /// Its neighbours in the subscription's list of unacked copies.
    pub(super) previous: CopyIndex,
    pub(super) next: CopyIndex,
}

/// All living copies.
#[derive(Clone, Default)]
pub(super) struct Copies {
    slab: Slab<MessageCopy>,
}

impl Copies {
    #[inline]
    pub(super) fn insert(&mut self, copy: MessageCopy) -> CopyIndex {
        CopyIndex(self.slab.insert(copy) as u32)
    }

    #[inline]
    pub(super) fn remove(&mut self, index: CopyIndex) -> MessageCopy {
        self.slab.remove(index.0 as usize)
    }

    #[inline]
    pub(super) fn get(&self, index: CopyIndex) -> &MessageCopy {
        &self.slab[index.0 as usize]
    }

    #[inline]
    pub(super) fn get_mut(&mut self, index: CopyIndex) -> &mut MessageCopy {
        &mut self.slab[index.0 as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.slab.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &MessageCopy> {
        self.slab.iter().map(|(_, copy)| copy)
    }
}
