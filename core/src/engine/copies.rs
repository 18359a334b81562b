//! Message copies: one pool for all that are alive.

use std::rc::Rc;

use super::broker::content::Content;
use super::broker::{QueueIndex, SubscriptionIndex};
use super::ledger::Place;
use super::pool::Pool;
use crate::base::Micros;

/// A copy's place in the pool, while it is alive.
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
    pub(super) origin: Origin,
    /// When its queue took it in (a requeue does not count).
    pub(super) enqueued_at: Micros,
    /// Its place in a classic queue: rising from head to tail, kept while unacked, so that a requeue finds it again. A
    /// quorum queue puts returned messages elsewhere; there it is the number of the last delivery, once there was one.
    pub(super) position: u64,
    pub(super) place: Place,
    pub(super) redelivered: bool,
    /// How often it came back to its queue.
    pub(super) returns: u32,
    /// When it expires, if it still waits then.
    pub(super) expires_at: Micros,
    /// What it says.
    pub(super) content: Rc<Content>,
    /// The queue that has it, once it is in one.
    pub(super) queue: QueueIndex,
    /// To whom it was delivered, while it is unacked.
    pub(super) subscription: SubscriptionIndex,
}

/// Which message a copy is one of: its first copy's number, and when that was published. Copies for several queues, dead
/// letters, duplicates and what is published again have one and the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// 0: of the copy that is made of it, which is the first.
    pub(super) message: u64,
    pub(super) published_at: Micros,
}

impl Origin {
    /// Of a message that is published now for the first time.
    #[inline]
    pub(super) fn now(now: Micros) -> Origin {
        Origin { message: 0, published_at: now }
    }
}

/// What whoever holds a copy has to know of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeldMessage {
    /// The copy; [`CopyIndex::NONE`] once the broker has taken it back.
    pub(super) copy: CopyIndex,
    /// The queue that it came from.
    pub(super) queue: QueueIndex,
    pub(super) number: u64,
    pub(super) origin: Origin,
    pub(super) redelivered: bool,
    /// Whether no handler can deal with it.
    pub(super) poisonous: bool,
}

impl MessageCopy {
    /// A copy that has just been published.
    #[inline]
    pub(super) fn new(number: u64, content: Rc<Content>, origin: Origin) -> MessageCopy {
        let Origin { message, published_at } = origin;
        MessageCopy {
            number,
            origin: Origin { message: if message == 0 { number } else { message }, published_at },
            enqueued_at: published_at,
            position: 0,
            place: Place::InTransit,
            redelivered: false,
            returns: 0,
            expires_at: Micros::LAST,
            content,
            queue: QueueIndex::NONE,
            subscription: SubscriptionIndex::NONE,
        }
    }

    /// What the holder of this copy, which is at `copy`, has to know.
    #[inline]
    pub(super) fn held(&self, copy: CopyIndex) -> HeldMessage {
        HeldMessage {
            copy,
            queue: self.queue,
            number: self.number,
            origin: self.origin,
            redelivered: self.redelivered,
            poisonous: self.content.poisonous,
        }
    }
}

/// All living copies.
#[derive(Clone, Default)]
pub(super) struct Copies {
    pool: Pool<MessageCopy>,
}

impl Copies {
    #[inline]
    pub(super) fn insert(&mut self, copy: MessageCopy) -> CopyIndex {
        CopyIndex(self.pool.insert(copy) as u32)
    }

    /// How much memory they take, in bytes; what they say is shared.
    pub(super) fn size_bytes(&self) -> usize {
        self.pool.size_bytes()
    }

    /// A copy is no more; says which number it had.
    #[inline(always)]
    pub(super) fn remove(&mut self, index: CopyIndex) -> u64 {
        let number = self.get(index).number;
        self.pool.free(index.0 as usize);
        number
    }

    /// What the holder of a copy has to know of it.
    #[inline]
    pub(super) fn held(&self, index: CopyIndex) -> HeldMessage {
        self.get(index).held(index)
    }

    #[inline]
    pub(super) fn get(&self, index: CopyIndex) -> &MessageCopy {
        &self.pool[index.0 as usize]
    }

    #[inline]
    pub(super) fn get_mut(&mut self, index: CopyIndex) -> &mut MessageCopy {
        &mut self.pool[index.0 as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.pool.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (CopyIndex, &MessageCopy)> {
        self.pool.iter().map(|(index, copy)| (CopyIndex(index as u32), copy))
    }
}
