//! The broker as one state machine: inputs with their time in, effects out, no clock and no I/O of its own.
//!
//! An input is a method call; what comes of it stands in [`Broker::effects`] afterwards, in order. Copies live in
//! the slab that is passed along; an effect that ends a copy leaves it there for the caller to read and remove.

mod queue;

use super::copies::{Copies, CopyIndex};
use super::ledger::{DropReason, Place};
use crate::base::Micros;
use crate::scenario::{AckMode, Overflow, QueueSettings};

pub(super) use queue::Queue;

/// A queue of the broker. Indices are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QueueIndex(pub(super) u32);

impl QueueIndex {
    /// No queue.
    pub(super) const NONE: QueueIndex = QueueIndex(u32::MAX);
}

/// A subscription of a consumer to a queue. Indices are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SubscriptionIndex(pub(super) u32);

impl SubscriptionIndex {
    /// No subscription.
    pub(super) const NONE: SubscriptionIndex = SubscriptionIndex(u32::MAX);
}

/// What comes of an input.
#[derive(Clone, Copy, Debug)]
pub(super) enum Effect {
    /// A queue took a copy in.
    Enqueued { queue: QueueIndex, copy: CopyIndex },
    /// A copy was sent to a consumer, who has to ack it.
    Delivered { subscription: SubscriptionIndex, copy: CopyIndex },
    /// A copy was sent to a consumer and has left the broker for good.
    DeliveredForGood { subscription: SubscriptionIndex, copy: CopyIndex },
    /// An unacked copy is back in its queue.
    Requeued { queue: QueueIndex, copy: CopyIndex },
    /// A copy is done with; the caller removes it.
    Acked { queue: QueueIndex, subscription: SubscriptionIndex, copy: CopyIndex },
    /// A copy was in `place` and is gone; the caller removes it.
    Dropped { queue: QueueIndex, copy: CopyIndex, place: Place, reason: DropReason },
}

/// One consumer's claim on one queue (AMQP 0-9-1 `basic.consume`), with what it has not acked.
#[derive(Clone, Debug)]
pub(super) struct Subscription {
    queue: QueueIndex,
    /// Whether it is there: not before its consumer is up, nor after a crash.
    open: bool,
    ack_mode: AckMode,
    /// How many unacked copies it may hold; 0: any number.
    prefetch: u32,
    /// Whether it waits in its queue's round.
    in_round: bool,
    /// The list of unacked copies, in order of delivery.
    first_unacked: CopyIndex,
    last_unacked: CopyIndex,
    unacked: u32,
}

impl Subscription {
    /// Whether one more copy may be delivered (RabbitMQ, "Consumer Prefetch"; automatic acks ignore the limit).
    fn has_room(&self) -> bool {
        self.open && (self.ack_mode == AckMode::Auto || self.prefetch == 0 || self.unacked < self.prefetch)
    }
}

/// The broker: its queues, their subscriptions, and whether it is up.
#[derive(Clone)]
pub(super) struct Broker {
    up: bool,
    queues: Vec<Queue>,
    subscriptions: Vec<Subscription>,
    /// What came of the last inputs, oldest first; whoever has carried them out clears the list.
    pub(super) effects: Vec<Effect>,
}

impl Broker {
    pub(super) fn new() -> Broker {
        Broker { up: true, queues: Vec::new(), subscriptions: Vec::new(), effects: Vec::new() }
    }

    pub(super) fn is_up(&self) -> bool {
        self.up
    }

    pub(super) fn queue(&self, queue: QueueIndex) -> &Queue {
        &self.queues[queue.0 as usize]
    }

    #[inline]
    fn queue_mut(&mut self, queue: QueueIndex) -> &mut Queue {
        &mut self.queues[queue.0 as usize]
    }

    pub(super) fn subscription(&self, subscription: SubscriptionIndex) -> &Subscription {
        &self.subscriptions[subscription.0 as usize]
    }

    #[inline]
    fn subscription_mut(&mut self, subscription: SubscriptionIndex) -> &mut Subscription {
        &mut self.subscriptions[subscription.0 as usize]
    }

    /// Makes a queue.
    pub(super) fn declare_queue(&mut self, settings: &QueueSettings) -> QueueIndex {
        self.queues.push(Queue::new(settings));
        QueueIndex(self.queues.len() as u32 - 1)
    }

    /// Changes a queue's settings. A lower limit drops the oldest messages until it is kept, whatever the
    /// overflow: so does a policy change in RabbitMQ 3.10.
    pub(super) fn set_queue(&mut self, copies: &mut Copies, queue: QueueIndex, settings: &QueueSettings) {
        self.queue_mut(queue).set(settings);
        self.drop_over_limit(copies, queue);
    }

    /// Deletes a queue with all its messages. Its subscriptions end; whoever holds its unacked copies has let
    /// go of them before.
    pub(super) fn delete_queue(&mut self, copies: &mut Copies, queue: QueueIndex) {
        for index in 0..self.subscriptions.len() as u32 {
            let subscription = SubscriptionIndex(index);
            if self.subscription(subscription).queue != queue {
                continue;
            }
            self.subscription_mut(subscription).open = false;
            while let Some(copy) = self.take_first_unacked(copies, subscription) {
                self.effects.push(Effect::Dropped {
                    queue,
                    copy,
                    place: Place::Unacked,
                    reason: DropReason::QueueDeleted,
                });
            }
        }
        self.queue_mut(queue).round.clear();
        while let Some(copy) = self.queue_mut(queue).ready.pop_front() {
            self.effects.push(Effect::Dropped {
                queue,
                copy,
                place: Place::Ready,
                reason: DropReason::QueueDeleted,
            });
        }
    }

    /// Makes a subscription that is not open yet.
    pub(super) fn add_subscription(&mut self, queue: QueueIndex) -> SubscriptionIndex {
        self.subscriptions.push(Subscription {
            queue,
            open: false,
            ack_mode: AckMode::Manual,
            prefetch: 0,
            in_round: false,
            first_unacked: CopyIndex::NONE,
            last_unacked: CopyIndex::NONE,
            unacked: 0,
        });
        SubscriptionIndex(self.subscriptions.len() as u32 - 1)
    }

    /// Opens a subscription, or changes an open one: what was delivered before keeps its ack mode.
    pub(super) fn open(
        &mut self,
        now: Micros,
        copies: &mut Copies,
        subscription: SubscriptionIndex,
        ack_mode: AckMode,
        prefetch: u32,
    ) {
        if !self.up {
            return;
        }
        let state = self.subscription_mut(subscription);
        state.open = true;
        state.ack_mode = ack_mode;
        state.prefetch = prefetch;
        let queue = state.queue;
        self.offer_again(subscription);
        self.deliver(now, copies, queue);
    }

    /// Ends a subscription (`basic.cancel`): nothing more is delivered; what is unacked stays with its consumer.
    pub(super) fn cancel(&mut self, subscription: SubscriptionIndex) {
        let state = self.subscription_mut(subscription);
        state.open = false;
        state.in_round = false;
        let queue = state.queue;
        self.queue_mut(queue).round.retain(|other| *other != subscription);
    }

    /// A consumer's channel is gone: its subscription ends, and all it has not acked goes back to its place.
    pub(super) fn close(&mut self, now: Micros, copies: &mut Copies, subscription: SubscriptionIndex) {
        self.cancel(subscription);
        let queue = self.subscription(subscription).queue;
        while let Some(copy) = self.take_first_unacked(copies, subscription) {
            self.put_back(copies, queue, copy);
        }
        self.drop_over_limit(copies, queue);
        self.deliver(now, copies, queue);
    }

    /// Hands one unacked copy back to its queue, to its old place, flagged as redelivered.
    pub(super) fn requeue(&mut self, now: Micros, copies: &mut Copies, copy: CopyIndex) {
        let (queue, subscription) = (copies.get(copy).queue, copies.get(copy).subscription);
        self.unlink(copies, copy);
        self.put_back(copies, queue, copy);
        self.offer_again(subscription);
        self.drop_over_limit(copies, queue);
        self.deliver(now, copies, queue);
    }

    fn put_back(&mut self, copies: &mut Copies, queue: QueueIndex, copy: CopyIndex) {
        let state = copies.get_mut(copy);
        state.redelivered = true;
        state.place = Place::Ready;
        let position = state.position;
        self.queue_mut(queue).put_back(copies, copy, position);
        self.effects.push(Effect::Requeued { queue, copy });
    }

    /// A copy arrives at a queue, through the default exchange (AMQP 0-9-1 `basic.publish`).
    #[inline]
    pub(super) fn publish(&mut self, now: Micros, copies: &mut Copies, queue: QueueIndex, copy: CopyIndex) {
        let dropped = |reason| Effect::Dropped { queue, copy, place: Place::InTransit, reason };
        if !self.up {
            self.effects.push(dropped(DropReason::LostInCrash));
            return;
        }
        let state = self.queue_mut(queue);
        if state.overflow == Overflow::RejectPublish && state.is_full() {
            self.effects.push(dropped(DropReason::PublishRejected));
            return;
        }
        let position = state.next_position;
        state.next_position += 1;
        state.ready.push_back(copy);
        let message = copies.get_mut(copy);
        message.queue = queue;
        message.position = position;
        message.enqueued_at = now;
        message.place = Place::Ready;
        self.effects.push(Effect::Enqueued { queue, copy });
        // A message that a consumer takes at once does not count against the limit.
        self.deliver(now, copies, queue);
        self.drop_over_limit(copies, queue);
    }

    /// A consumer acks one copy that it holds (AMQP 0-9-1 `basic.ack`).
    #[inline]
    pub(super) fn ack(&mut self, now: Micros, copies: &mut Copies, copy: CopyIndex) {
        let (queue, subscription) = (copies.get(copy).queue, copies.get(copy).subscription);
        self.unlink(copies, copy);
        self.effects.push(Effect::Acked { queue, subscription, copy });
        self.offer_again(subscription);
        self.deliver(now, copies, queue);
    }

    /// The broker dies. Persistent messages in durable queues are on disk and wait there, in order; everything
    /// else is lost. All subscriptions end.
    pub(super) fn crash(&mut self, copies: &mut Copies) {
        self.up = false;
        for index in 0..self.subscriptions.len() as u32 {
            let subscription = SubscriptionIndex(index);
            self.cancel(subscription);
            let queue = self.subscription(subscription).queue;
            while let Some(copy) = self.take_first_unacked(copies, subscription) {
                self.put_back(copies, queue, copy);
            }
        }
        for index in 0..self.queues.len() as u32 {
            let queue = QueueIndex(index);
            let state = self.queue_mut(queue);
            let durable = state.durable;
            let mut ready = std::mem::take(&mut state.ready);
            ready.retain(|copy| {
                let kept = durable && copies.get(*copy).persistent;
                if !kept {
                    self.effects.push(Effect::Dropped {
                        queue,
                        copy: *copy,
                        place: Place::Ready,
                        reason: DropReason::LostInCrash,
                    });
                }
                kept
            });
            self.queue_mut(queue).ready = ready;
        }
    }

    /// The broker is back. Consumers have to subscribe again.
    pub(super) fn restart(&mut self) {
        self.up = true;
    }

    /// Lets a subscription with room take part in its queue's round, at its end.
    #[inline]
    fn offer_again(&mut self, subscription: SubscriptionIndex) {
        let state = self.subscription_mut(subscription);
        if state.in_round || !state.has_room() {
            return;
        }
        state.in_round = true;
        let queue = state.queue;
        self.queue_mut(queue).round.push_back(subscription);
    }

    /// Delivers while there are messages and consumers with room: round robin (RabbitMQ, "Consumers").
    #[inline]
    fn deliver(&mut self, now: Micros, copies: &mut Copies, queue: QueueIndex) {
        loop {
            let state = &mut self.queues[queue.0 as usize];
            let (Some(&copy), Some(&index)) = (state.ready.front(), state.round.front()) else { return };
            let subscription = &mut self.subscriptions[index.0 as usize];
            if !subscription.has_room() {
                // Its prefetch was lowered while it stood in the round.
                subscription.in_round = false;
                state.round.pop_front();
                continue;
            }
            state.ready.pop_front();
            let message = copies.get_mut(copy);
            message.subscription = index;
            let effect = if subscription.ack_mode == AckMode::Auto {
                message.place = Place::InTransit;
                Effect::DeliveredForGood { subscription: index, copy }
            } else {
                message.place = Place::Unacked;
                message.previous = subscription.last_unacked;
                message.next = CopyIndex::NONE;
                let last = std::mem::replace(&mut subscription.last_unacked, copy);
                if last.exists() {
                    copies.get_mut(last).next = copy;
                } else {
                    subscription.first_unacked = copy;
                }
                subscription.unacked += 1;
                state.unacked += 1;
                Effect::Delivered { subscription: index, copy }
            };
            state.wait.record(now - copies.get(copy).enqueued_at);
            self.effects.push(effect);
            if subscription.has_room() {
                if state.round.len() > 1 {
                    state.round.rotate_left(1);
                }
            } else {
                subscription.in_round = false;
                state.round.pop_front();
            }
        }
    }

    #[inline]
    fn drop_over_limit(&mut self, copies: &mut Copies, queue: QueueIndex) {
        while self.queue(queue).is_over_limit() {
            let Some(copy) = self.queue_mut(queue).ready.pop_front() else { return };
            copies.get_mut(copy).place = Place::Ready;
            self.effects.push(Effect::Dropped { queue, copy, place: Place::Ready, reason: DropReason::Maxlen });
        }
    }

    /// Takes a copy out of its subscription's list of unacked ones.
    #[inline]
    fn unlink(&mut self, copies: &mut Copies, copy: CopyIndex) {
        let message = copies.get(copy);
        debug_assert_eq!(message.place, Place::Unacked);
        let (previous, next) = (message.previous, message.next);
        let (queue, subscription) = (message.queue, message.subscription);
        if previous.exists() {
            copies.get_mut(previous).next = next;
        } else {
            self.subscription_mut(subscription).first_unacked = next;
        }
        if next.exists() {
            copies.get_mut(next).previous = previous;
        } else {
            self.subscription_mut(subscription).last_unacked = previous;
        }
        self.subscription_mut(subscription).unacked -= 1;
        self.queue_mut(queue).unacked -= 1;
    }

    fn take_first_unacked(&mut self, copies: &mut Copies, subscription: SubscriptionIndex) -> Option<CopyIndex> {
        let first = self.subscription(subscription).first_unacked;
        first.exists().then(|| {
            self.unlink(copies, first);
            first
        })
    }
}
