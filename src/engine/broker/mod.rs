//! The broker as one state machine: inputs in, effects out, no clock and no I/O of its own.
//!
//! An input is a method call; what comes of it is told to [`Effects`], in order, as it happens. Whoever carries
//! effects out cannot reach the broker, so that an effect never makes another input.

mod queue;

use super::copies::{Copies, CopyIndex, HeldMessage};
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

/// The broker's surroundings: the time of an input, the copies it is about, and what takes its effects.
pub(super) trait Effects {
    /// The time of the input.
    fn now(&self) -> Micros;
    /// The copies. One that ends is read and removed by whoever carries its last effect out.
    fn copies(&mut self) -> &mut Copies;
    /// A queue took in the copy of this number.
    fn enqueued(&mut self, queue: QueueIndex, number: u64);
    /// A copy was sent to a consumer.
    fn delivered(&mut self, delivery: Delivery);
    /// An unacked copy is back in its queue.
    fn requeued(&mut self, queue: QueueIndex, copy: CopyIndex);
    /// A copy is done with.
    fn acked(&mut self, queue: QueueIndex, subscription: SubscriptionIndex, copy: CopyIndex);
    /// A copy was in `place` and is gone.
    fn dropped(&mut self, queue: QueueIndex, copy: CopyIndex, place: Place, reason: DropReason);
    /// The input is over, and the queue holds so many copies, unacked ones included.
    fn settled(&mut self, queue: QueueIndex, depth: u64);
}

/// A copy on its way to a consumer, with what is known of it where it sets off, so that nobody has to look it up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delivery {
    pub(super) queue: QueueIndex,
    pub(super) subscription: SubscriptionIndex,
    pub(super) message: HeldMessage,
    /// It has left the broker for good: the consumer's ack is not awaited.
    pub(super) for_good: bool,
}

/// One consumer's claim on one queue (AMQP 0-9-1 `basic.consume`).
#[derive(Clone, Debug)]
pub(super) struct Subscription {
    queue: QueueIndex,
    ack_mode: AckMode,
    /// How many unacked copies it may hold; 0 while it is not open: before its consumer is up, and after a crash.
    most_unacked: u32,
    unacked: u32,
    /// Whether it waits in its queue's round, and who comes after it there.
    in_round: bool,
    next_in_round: SubscriptionIndex,
}

impl Subscription {
    /// Whether one more copy may be delivered.
    #[inline]
    fn has_room(&self) -> bool {
        self.unacked < self.most_unacked
    }
}

/// The broker: its queues, their subscriptions, and whether it is up.
#[derive(Clone)]
pub(super) struct Broker {
    up: bool,
    queues: Vec<Queue>,
    subscriptions: Vec<Subscription>,
    /// How many deliveries there were.
    deliveries: u64,
}

impl Broker {
    pub(super) fn new() -> Broker {
        Broker { up: true, queues: Vec::new(), subscriptions: Vec::new(), deliveries: 0 }
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
    pub(super) fn set_queue(&mut self, effects: &mut impl Effects, queue: QueueIndex, settings: &QueueSettings) {
        self.queue_mut(queue).set(settings);
        self.drop_over_limit(effects, queue);
        self.settle(effects, queue);
    }

    /// Deletes a queue with all its messages. Its subscriptions end; whoever holds its unacked copies has let
    /// go of them before.
    pub(super) fn delete_queue(&mut self, effects: &mut impl Effects, queue: QueueIndex) {
        for index in 0..self.subscriptions.len() as u32 {
            let subscription = SubscriptionIndex(index);
            if self.subscription(subscription).queue != queue {
                continue;
            }
            self.subscription_mut(subscription).most_unacked = 0;
            for copy in self.take_unacked(effects.copies(), Some(subscription)) {
                effects.dropped(queue, copy, Place::Unacked, DropReason::QueueDeleted);
            }
        }
        self.queue_mut(queue).first_in_round = SubscriptionIndex::NONE;
        while let Some(copy) = self.queue_mut(queue).ready.pop_front() {
            effects.dropped(queue, copy, Place::Ready, DropReason::QueueDeleted);
        }
        self.settle(effects, queue);
    }

    /// Makes a subscription that is not open yet.
    pub(super) fn add_subscription(&mut self, queue: QueueIndex) -> SubscriptionIndex {
        self.subscriptions.push(Subscription {
            queue,
            ack_mode: AckMode::Manual,
            most_unacked: 0,
            unacked: 0,
            in_round: false,
            next_in_round: SubscriptionIndex::NONE,
        });
        SubscriptionIndex(self.subscriptions.len() as u32 - 1)
    }

    /// Opens a subscription, or changes an open one: what was delivered before keeps its ack mode. `prefetch` is
    /// how many unacked copies it may hold; 0, and automatic acks, allow any number (RabbitMQ, "Consumer Prefetch").
    pub(super) fn open(
        &mut self,
        effects: &mut impl Effects,
        subscription: SubscriptionIndex,
        ack_mode: AckMode,
        prefetch: u32,
    ) {
        if !self.up {
            return;
        }
        let state = self.subscription_mut(subscription);
        state.ack_mode = ack_mode;
        state.most_unacked = if ack_mode == AckMode::Auto || prefetch == 0 { u32::MAX } else { prefetch };
        let queue = state.queue;
        self.offer_again(subscription);
        self.deliver(effects, queue);
        self.settle(effects, queue);
    }

    /// Ends a subscription (`basic.cancel`): nothing more is delivered; what is unacked stays with its consumer.
    pub(super) fn cancel(&mut self, subscription: SubscriptionIndex) {
        let state = self.subscription_mut(subscription);
        state.most_unacked = 0;
        let queue = state.queue;
        if state.in_round {
            // Once round without it.
            let mut left = std::mem::replace(&mut self.queue_mut(queue).first_in_round, SubscriptionIndex::NONE);
            while left != SubscriptionIndex::NONE {
                let state = self.subscription_mut(left);
                let next = state.next_in_round;
                state.in_round = false;
                if left != subscription {
                    self.join_round(left);
                }
                left = next;
            }
        }
    }

    /// A consumer's channel is gone: its subscription ends, and all it has not acked goes back to its place.
    pub(super) fn close(&mut self, effects: &mut impl Effects, subscription: SubscriptionIndex) {
        self.cancel(subscription);
        let queue = self.subscription(subscription).queue;
        for copy in self.take_unacked(effects.copies(), Some(subscription)) {
            self.put_back(effects, queue, copy);
        }
        self.drop_over_limit(effects, queue);
        self.deliver(effects, queue);
        self.settle(effects, queue);
    }

    /// Hands one unacked copy back to its queue, to its old place, flagged as redelivered.
    pub(super) fn requeue(&mut self, effects: &mut impl Effects, copy: CopyIndex) {
        let (queue, subscription) = self.take_back(effects.copies(), copy);
        self.put_back(effects, queue, copy);
        self.offer_again(subscription);
        self.drop_over_limit(effects, queue);
        self.deliver(effects, queue);
        self.settle(effects, queue);
    }

    fn put_back(&mut self, effects: &mut impl Effects, queue: QueueIndex, copy: CopyIndex) {
        let state = effects.copies().get_mut(copy);
        state.redelivered = true;
        state.place = Place::Ready;
        let position = state.position;
        self.queue_mut(queue).put_back(effects.copies(), copy, position);
        effects.requeued(queue, copy);
    }

    /// A copy arrives at a queue, through the default exchange (AMQP 0-9-1 `basic.publish`).
    #[inline]
    pub(super) fn publish(&mut self, effects: &mut impl Effects, queue: QueueIndex, copy: CopyIndex) {
        if !self.up {
            effects.dropped(queue, copy, Place::InTransit, DropReason::LostInCrash);
            return;
        }
        let state = self.queue_mut(queue);
        if state.overflow == Overflow::RejectPublish && state.is_full() {
            effects.dropped(queue, copy, Place::InTransit, DropReason::PublishRejected);
            return;
        }
        let position = state.next_position;
        state.next_position += 1;
        state.ready.push_back(copy);
        let enqueued_at = effects.now();
        let message = effects.copies().get_mut(copy);
        message.queue = queue;
        message.position = position;
        message.enqueued_at = enqueued_at;
        message.place = Place::Ready;
        let number = message.number;
        effects.enqueued(queue, number);
        // A message that a consumer takes at once does not count against the limit.
        self.deliver(effects, queue);
        self.drop_over_limit(effects, queue);
        self.settle(effects, queue);
    }

    /// A consumer acks one copy that it holds (AMQP 0-9-1 `basic.ack`).
    #[inline]
    pub(super) fn ack(&mut self, effects: &mut impl Effects, copy: CopyIndex) {
        let (queue, subscription) = self.take_back(effects.copies(), copy);
        effects.acked(queue, subscription, copy);
        self.offer_again(subscription);
        self.deliver(effects, queue);
        self.settle(effects, queue);
    }

    /// The broker dies. Persistent messages in durable queues are on disk and wait there, in order; everything
    /// else is lost. All subscriptions end.
    pub(super) fn crash(&mut self, effects: &mut impl Effects) {
        self.up = false;
        for index in 0..self.subscriptions.len() as u32 {
            self.cancel(SubscriptionIndex(index));
        }
        for copy in self.take_unacked(effects.copies(), None) {
            let queue = effects.copies().get(copy).queue;
            self.put_back(effects, queue, copy);
        }
        for index in 0..self.queues.len() as u32 {
            let queue = QueueIndex(index);
            let state = self.queue_mut(queue);
            let durable = state.durable;
            state.ready.retain(|copy| {
                let kept = durable && effects.copies().get(*copy).persistent;
                if !kept {
                    effects.dropped(queue, *copy, Place::Ready, DropReason::LostInCrash);
                }
                kept
            });
            self.settle(effects, queue);
        }
    }

    /// The broker is back. Consumers have to subscribe again. What was unacked when it died came on top of what
    /// waited: a queue with a limit keeps it again from now on.
    pub(super) fn restart(&mut self, effects: &mut impl Effects) {
        self.up = true;
        for index in 0..self.queues.len() as u32 {
            self.drop_over_limit(effects, QueueIndex(index));
            self.settle(effects, QueueIndex(index));
        }
    }

    /// Lets a subscription with room take part in its queue's round, at its end.
    #[inline]
    fn offer_again(&mut self, subscription: SubscriptionIndex) {
        let state = self.subscription_mut(subscription);
        if !state.in_round && state.has_room() {
            self.join_round(subscription);
        }
    }

    /// Puts a subscription at the end of its queue's round.
    #[inline]
    fn join_round(&mut self, subscription: SubscriptionIndex) {
        let state = self.subscription_mut(subscription);
        state.in_round = true;
        state.next_in_round = SubscriptionIndex::NONE;
        let queue = state.queue;
        let queue = self.queue_mut(queue);
        let last = std::mem::replace(&mut queue.last_in_round, subscription);
        if queue.first_in_round == SubscriptionIndex::NONE {
            queue.first_in_round = subscription;
        } else {
            self.subscription_mut(last).next_in_round = subscription;
        }
    }

    /// Delivers while there are messages and consumers with room: round robin (RabbitMQ, "Consumers").
    #[inline(always)]
    fn deliver(&mut self, effects: &mut impl Effects, queue: QueueIndex) {
        // Half of all inputs find nothing to deliver.
        let state = self.queue(queue);
        if !state.ready.is_empty() && state.first_in_round != SubscriptionIndex::NONE {
            self.deliver_all(effects, queue);
        }
    }

    #[inline(never)]
    fn deliver_all(&mut self, effects: &mut impl Effects, queue: QueueIndex) {
        loop {
            let state = &mut self.queues[queue.0 as usize];
            let index = state.first_in_round;
            let Some(&copy) = state.ready.front() else { return };
            if index == SubscriptionIndex::NONE {
                return;
            }
            let subscription = &mut self.subscriptions[index.0 as usize];
            if !subscription.has_room() {
                // Its prefetch was lowered while it stood in the round.
                subscription.in_round = false;
                state.first_in_round = subscription.next_in_round;
                continue;
            }
            state.ready.pop_front();
            let now = effects.now();
            let copies = effects.copies();
            let message = copies.get_mut(copy);
            message.subscription = index;
            state.wait.record(now - message.enqueued_at);
            let for_good = subscription.ack_mode == AckMode::Auto;
            let delivery = Delivery { queue, subscription: index, message: message.held(copy), for_good };
            if for_good {
                message.place = Place::InTransit;
            } else {
                message.place = Place::Unacked;
                message.delivery = self.deliveries;
                self.deliveries += 1;
                subscription.unacked += 1;
                state.unacked += 1;
            }
            subscription.in_round = false;
            state.first_in_round = subscription.next_in_round;
            if subscription.has_room() {
                self.join_round(index);
            }
            effects.delivered(delivery);
        }
    }

    #[inline]
    fn drop_over_limit(&mut self, effects: &mut impl Effects, queue: QueueIndex) {
        while self.queue(queue).is_over_limit() {
            let Some(copy) = self.queue_mut(queue).ready.pop_front() else { return };
            effects.dropped(queue, copy, Place::Ready, DropReason::Maxlen);
        }
    }

    /// Tells a queue's depth at the end of an input, so that what passed within it leaves no mark.
    #[inline]
    fn settle(&self, effects: &mut impl Effects, queue: QueueIndex) {
        effects.settled(queue, self.queue(queue).depth());
    }

    /// Takes a copy back from its consumer; says whose it was.
    #[inline]
    fn take_back(&mut self, copies: &Copies, copy: CopyIndex) -> (QueueIndex, SubscriptionIndex) {
        let message = copies.get(copy);
        debug_assert_eq!(message.place, Place::Unacked);
        let (queue, subscription) = (message.queue, message.subscription);
        self.subscription_mut(subscription).unacked -= 1;
        self.queue_mut(queue).unacked -= 1;
        (queue, subscription)
    }

    /// Takes all unacked copies back from one subscription or from all, subscription by subscription, in order of
    /// delivery. They are looked for among all copies: an ack, which is frequent, is cheaper without lists of them.
    fn take_unacked(&mut self, copies: &Copies, from: Option<SubscriptionIndex>) -> Vec<CopyIndex> {
        if from.is_some_and(|from| self.subscription(from).unacked == 0) {
            return Vec::new();
        }
        let mut unacked: Vec<(SubscriptionIndex, u64, CopyIndex)> = copies
            .iter()
            .filter(|(_, copy)| copy.place == Place::Unacked && from.is_none_or(|from| copy.subscription == from))
            .map(|(index, copy)| (copy.subscription, copy.delivery, index))
            .collect();
        unacked.sort_unstable_by_key(|&(subscription, delivery, _)| (subscription.0, delivery));
        let take = |(_, _, copy)| {
            self.take_back(copies, copy);
            copy
        };
        unacked.into_iter().map(take).collect()
    }
}
