//! What surrounds the broker when clients talk to it: copies, deliveries that wait to be handed out, alarms.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Received;
use crate::base::Micros;
use crate::engine::broker::content::{Content, DeathRecord};
use crate::engine::broker::{At, BindingIndex, Delivery, Effects, ExchangeIndex, QueueIndex, SubscriptionIndex};
use crate::engine::copies::{Copies, CopyIndex, MessageCopy, Origin};
use crate::engine::ledger::{DropReason, Place};
use crate::scenario::{HeaderValue, Headers};

/// A message with the number of its returns.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) received: Received,
    pub(super) returns: u32,
}

/// A delivery that is to be handed out.
#[derive(Debug)]
pub(super) struct Delivered {
    pub(super) copy: CopyIndex,
    pub(super) subscription: SubscriptionIndex,
    pub(super) queue: QueueIndex,
    pub(super) for_good: bool,
    pub(super) message: Counted,
}

#[derive(Default)]
pub(super) struct Outside {
    pub(super) now: Micros,
    pub(super) copies: Copies,
    made: u64,
    wakes: BTreeSet<(Micros, QueueIndex)>,
    pub(super) delivered: Vec<Delivered>,
    pub(super) returned: Vec<Received>,
    pub(super) cancelled: Vec<SubscriptionIndex>,
    pub(super) deleted: Vec<QueueIndex>,
    /// Unacked copies whose queue is gone.
    pub(super) gone: Vec<CopyIndex>,
}

impl Outside {
    /// The next alarm that is due by a time.
    pub(super) fn next_wake(&mut self, by: Micros) -> Option<(Micros, QueueIndex)> {
        let first = *self.wakes.first().filter(|(time, _)| *time <= by)?;
        self.wakes.remove(&first);
        Some(first)
    }

    /// A message as its consumer gets it.
    pub(super) fn message(&self, copy: CopyIndex) -> Counted {
        let copy = self.copies.get(copy);
        let received = Received { redelivered: copy.redelivered, ..Outside::received(&copy.content) };
        Counted { received, returns: copy.returns }
    }

    pub(super) fn received(content: &Content) -> Received {
        Received {
            body: content.body.clone(),
            exchange: content.exchange.clone(),
            routing_key: content.routing_key().clone(),
            redelivered: false,
            persistent: content.persistent,
            priority: content.priority,
            ttl: content.ttl,
            headers: content.headers.clone(),
            deaths: content.deaths.iter().map(death).collect(),
        }
    }
}

/// An entry of `x-death` as it is on the wire; the recordings leave its time out.
fn death(record: &DeathRecord) -> Headers {
    let text = |text: &str| HeaderValue::from(text);
    let keys = record.routing_keys.iter().map(|key| text(key)).collect();
    let mut entry = Headers::from([
        ("count".to_owned(), HeaderValue::Integer(record.count as i64)),
        ("exchange".to_owned(), text(&record.exchange)),
        ("queue".to_owned(), text(&record.queue)),
        ("reason".to_owned(), text(&record.reason)),
        ("routing-keys".to_owned(), HeaderValue::List(keys)),
    ]);
    if let Some(ttl) = record.original_ttl {
        entry.insert("original-expiration".to_owned(), HeaderValue::Text((ttl.0 / 1_000).to_string()));
    }
    entry
}

impl Effects for Outside {
    fn as_dyn(&mut self) -> &mut dyn Effects {
        self
    }

    fn now(&self) -> Micros {
        self.now
    }

    fn copies(&mut self) -> &mut Copies {
        &mut self.copies
    }

    fn make(&mut self, content: Rc<Content>, origin: Origin) -> CopyIndex {
        self.made += 1;
        self.copies.insert(MessageCopy::new(self.made, content, origin))
    }

    fn received(&mut self, _: ExchangeIndex) {}

    fn routed(&mut self, _: BindingIndex, _: u64) {}

    fn returned(&mut self, _: ExchangeIndex, copy: CopyIndex) {
        let message = Outside::received(&self.copies.get(copy).content);
        self.returned.push(message);
    }

    fn enqueued(&mut self, _: QueueIndex, _: u64) {}

    fn delivered(&mut self, Delivery { queue, subscription, message, for_good }: Delivery) {
        let copy = message.copy;
        let message = self.message(copy);
        if for_good {
            self.copies.remove(copy);
        }
        self.delivered.push(Delivered { copy, subscription, queue, for_good, message });
    }

    fn requeued(&mut self, _: QueueIndex, _: CopyIndex) {}

    fn acked(&mut self, _: QueueIndex, _: SubscriptionIndex, copy: CopyIndex) {
        self.copies.remove(copy);
    }

    fn dropped(&mut self, _: At, copy: CopyIndex, _: Place, _: DropReason) {
        self.copies.remove(copy);
    }

    fn dead_lettered(&mut self, _: QueueIndex) {}

    fn appended(&mut self, _: QueueIndex, copy: CopyIndex) {
        self.copies.remove(copy);
    }

    fn wake_at(&mut self, queue: QueueIndex, time: Micros) {
        self.wakes.insert((time, queue));
    }

    fn cancelled(&mut self, subscription: SubscriptionIndex) {
        self.cancelled.push(subscription);
    }

    fn deleted(&mut self, queue: QueueIndex) {
        self.deleted.push(queue);
        let unacked = self.copies.iter().filter(|(_, copy)| copy.queue == queue && copy.place == Place::Unacked);
        self.gone.extend(unacked.map(|(index, _)| index));
    }

    fn settled(&mut self, _: QueueIndex, _: u64) {}
}
