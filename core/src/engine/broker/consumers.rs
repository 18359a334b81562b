//! Consumers of a queue: who is served next.

use super::stream::StreamOffset;
use super::{Broker, Delivery, Effects, Keeping, QueueIndex, SubscriptionIndex};
use crate::engine::copies::{Copies, CopyIndex, Origin};
use crate::engine::ledger::Place;
use crate::scenario::AckMode;

/// One consumer's claim on one queue (AMQP 0-9-1 `basic.consume`).
#[derive(Clone, Debug)]
pub(in crate::engine) struct Subscription {
    pub(super) queue: QueueIndex,
    ack_mode: AckMode,
    /// How many unacked copies it may hold; 0 while it is not open: before its consumer is up, and after a crash.
    most_unacked: u32,
    pub(super) unacked: u32,
    priority: i32,
    exclusive: bool,
    limit: LimitIndex,
    open: bool,
    /// Whether it waits in its queue's round, and who comes after it there.
    in_round: bool,
    next_in_round: SubscriptionIndex,
    /// With a shared limit: when it left the round last, in the order of all such leavings.
    blocked: u64,
    /// Of a stream: the offset of the next message for it.
    next_offset: u64,
}

/// How a consumer subscribes.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct SubscriptionOptions {
    pub(in crate::engine) ack_mode: AckMode,
    /// How many unacked copies it may hold; 0, and automatic acks, allow any number (RabbitMQ, "Consumer Prefetch").
    pub(in crate::engine) prefetch: u32,
    pub(in crate::engine) priority: i32,
    pub(in crate::engine) exclusive: bool,
    pub(in crate::engine) limit: LimitIndex,
    pub(in crate::engine) offset: StreamOffset,
}

impl Default for SubscriptionOptions {
    fn default() -> SubscriptionOptions {
        SubscriptionOptions {
            ack_mode: AckMode::Manual,
            prefetch: 0,
            priority: 0,
            exclusive: false,
            limit: LimitIndex::NONE,
            offset: StreamOffset::Next,
        }
    }
}

/// A limit of unacked copies that several subscriptions share: AMQP's `basic.qos` with `global`.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Limit {
    /// 0: none.
    most_unacked: u32,
    unacked: u32,
}

/// A shared limit. Indices are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct LimitIndex(pub(in crate::engine) u32);

impl LimitIndex {
    /// No limit.
    pub(in crate::engine) const NONE: LimitIndex = LimitIndex(u32::MAX);
}

/// Another consumer has the queue for itself (AMQP 0-9-1 `access-refused`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct InExclusiveUse;

fn limit_allows(limits: &[Limit], limit: LimitIndex) -> bool {
    limits.get(limit.0 as usize).is_none_or(|limit| limit.most_unacked == 0 || limit.unacked < limit.most_unacked)
}

impl Subscription {
    /// Whether its own prefetch allows one more delivery.
    #[inline]
    fn has_room(&self) -> bool {
        self.unacked < self.most_unacked
    }
}

impl Broker {
    #[inline]
    pub(in crate::engine) fn subscription(&self, subscription: SubscriptionIndex) -> &Subscription {
        &self.subscriptions[subscription.0 as usize]
    }

    #[inline]
    fn subscription_mut(&mut self, subscription: SubscriptionIndex) -> &mut Subscription {
        &mut self.subscriptions[subscription.0 as usize]
    }

    /// Makes a limit that subscriptions can share.
    pub(in crate::engine) fn add_limit(&mut self) -> LimitIndex {
        self.limits.push(Limit::default());
        LimitIndex(self.limits.len() as u32 - 1)
    }

    /// Sets a shared limit; 0 lifts it.
    pub(in crate::engine) fn set_limit(&mut self, effects: &mut dyn Effects, limit: LimitIndex, most_unacked: u32) {
        self.limits[limit.0 as usize].most_unacked = most_unacked;
        for queue in self.queues() {
            if self.offer_limited(queue, limit) {
                self.deliver(effects, queue);
                self.finish(effects, queue);
            }
        }
    }

    /// Makes a subscription that is not open yet.
    pub(in crate::engine) fn add_subscription(&mut self, queue: QueueIndex) -> SubscriptionIndex {
        self.subscriptions.push(Subscription {
            queue,
            ack_mode: AckMode::Manual,
            most_unacked: 0,
            unacked: 0,
            priority: 0,
            exclusive: false,
            limit: LimitIndex::NONE,
            open: false,
            in_round: false,
            next_in_round: SubscriptionIndex::NONE,
            blocked: 0,
            next_offset: 0,
        });
        SubscriptionIndex(self.subscriptions.len() as u32 - 1)
    }

    /// Opens a subscription, or changes an open one: what was delivered before keeps its ack mode.
    ///
    /// # Errors
    /// Another consumer has the queue for itself, or this one wants it and is not alone.
    pub(in crate::engine) fn open(
        &mut self,
        effects: &mut dyn Effects,
        subscription: SubscriptionIndex,
        options: SubscriptionOptions,
    ) -> Result<(), InExclusiveUse> {
        if !self.up {
            return Ok(());
        }
        let queue = self.subscription(subscription).queue;
        if self.queue(queue).deleted {
            self.declare_again(effects, queue);
        }
        let mut others = self.queue(queue).members.iter().filter(|other| **other != subscription);
        if others.any(|other| options.exclusive || self.subscription(*other).exclusive) {
            return Err(InExclusiveUse);
        }
        let begin = self.queue(queue).stream.begin(options.offset);
        let state = self.subscription_mut(subscription);
        let newcomer = !std::mem::replace(&mut state.open, true);
        let moves = !newcomer && state.priority != options.priority;
        state.ack_mode = options.ack_mode;
        state.priority = options.priority;
        state.exclusive = options.exclusive;
        state.limit = options.limit;
        state.most_unacked =
            if options.ack_mode == AckMode::Auto || options.prefetch == 0 { u32::MAX } else { options.prefetch };
        if newcomer {
            state.next_offset = begin;
            let queue_state = self.queue_mut(queue);
            queue_state.members.push(subscription);
            if queue_state.options.single_active_consumer && queue_state.active == SubscriptionIndex::NONE {
                queue_state.active = subscription;
            }
            // In use, it does not expire.
            self.use_queue(effects, queue);
        }
        if moves {
            self.leave_round(subscription);
        }
        self.offer_again(subscription);
        self.deliver(effects, queue);
        self.finish(effects, queue);
        Ok(())
    }

    /// Ends a subscription (`basic.cancel`): nothing more is delivered; what is unacked stays with its consumer. The
    /// next consumer of a queue with a single active one is served at once (RabbitMQ 3.10 waits there until something
    /// else happens to a classic queue: quirk `sac-cancel-idle`).
    pub(in crate::engine) fn cancel(&mut self, effects: &mut dyn Effects, subscription: SubscriptionIndex) {
        let queue = self.subscription(subscription).queue;
        if !self.leave(subscription) {
            return;
        }
        if !self.delete_if_left(effects, queue) {
            self.deliver(effects, queue);
            self.finish(effects, queue);
        }
    }

    /// A connection or a channel is gone: its subscriptions end, and what it holds unacked goes back. `held` is in the
    /// order of delivery; each copy is in a queue of its own choice.
    pub(in crate::engine) fn disconnect(
        &mut self,
        effects: &mut dyn Effects,
        subscriptions: &[SubscriptionIndex],
        held: &[CopyIndex],
    ) {
        // All of them end before the first gives back: none of the others is to be given what it held.
        let mut queues: Vec<(QueueIndex, bool)> = Vec::new();
        for &subscription in subscriptions {
            let queue = self.subscription(subscription).queue;
            let left = self.leave(subscription);
            match queues.iter_mut().find(|(known, _)| *known == queue) {
                Some((_, known)) => *known |= left,
                None => queues.push((queue, left)),
            }
        }
        // Some of them are gone before the last queue has its turn: where each belongs is looked up before.
        let held: Vec<(QueueIndex, CopyIndex)> =
            held.iter().map(|copy| (effects.copies().get(*copy).queue, *copy)).collect();
        for &(queue, _) in &held {
            if queues.iter().all(|(known, _)| *known != queue) {
                queues.push((queue, false));
            }
        }
        queues.sort_unstable();
        for (queue, left) in queues {
            let of_queue: Vec<CopyIndex> =
                held.iter().filter(|(known, _)| *known == queue).map(|(_, copy)| *copy).collect();
            if left && self.delete_if_left(effects, queue) {
                continue;
            }
            for &copy in &of_queue {
                self.take_back(effects.copies(), copy);
            }
            for &copy in &of_queue {
                self.give_back(effects, queue, copy);
            }
            self.serve_returned(effects, queue);
            self.finish(effects, queue);
        }
    }

    /// A queue that its last consumer has left is deleted if it was declared so; otherwise its time runs again.
    fn delete_if_left(&mut self, effects: &mut dyn Effects, queue: QueueIndex) -> bool {
        let state = self.queue(queue);
        if !state.members.is_empty() || state.deleted {
            return false;
        }
        if state.options.auto_delete && self.up {
            self.delete_queue(effects, queue);
            return true;
        }
        self.use_queue(effects, queue);
        false
    }

    /// Takes a subscription out of its queue; says whether it was in.
    pub(super) fn leave(&mut self, subscription: SubscriptionIndex) -> bool {
        self.leave_round(subscription);
        let state = self.subscription_mut(subscription);
        state.most_unacked = 0;
        state.exclusive = false;
        let was_open = std::mem::replace(&mut state.open, false);
        let queue = state.queue;
        if was_open {
            let state = self.queue_mut(queue);
            state.members.retain(|member| *member != subscription);
            if state.active == subscription {
                self.choose_active(queue);
            }
        }
        was_open
    }

    /// The next single active consumer: of a classic queue the first of the highest priority, of a quorum queue the
    /// first that subscribed (recordings `sac-priority`, `qq-sac`).
    pub(super) fn choose_active(&mut self, queue: QueueIndex) {
        let state = self.queue(queue);
        let mut members = state.members.iter().copied();
        let next = if !state.options.single_active_consumer {
            None
        } else if state.is_quorum() {
            members.next()
        } else {
            // The last of equal ones would be taken otherwise.
            members.rev().max_by_key(|member| self.subscription(*member).priority)
        };
        self.queue_mut(queue).active = next.unwrap_or(SubscriptionIndex::NONE);
    }

    /// Lets a subscription that can be served take part in its queue's round, at its end. What was fetched one by one
    /// has no subscription.
    #[inline(always)]
    pub(super) fn offer_again(&mut self, subscription: SubscriptionIndex) {
        let Some(state) = self.subscriptions.get(subscription.0 as usize) else { return };
        if state.limit != LimitIndex::NONE {
            let (queue, limit) = (state.queue, state.limit);
            self.offer_limited(queue, limit);
        } else if !state.in_round && state.has_room() {
            self.join_round(subscription);
        }
    }

    /// Lets all that share a limit, if it allows it, take part again, in the order in which they left.
    fn offer_limited(&mut self, queue: QueueIndex, limit: LimitIndex) -> bool {
        if !limit_allows(&self.limits, limit) {
            return false;
        }
        let mut left: Vec<SubscriptionIndex> = self.queue(queue).members.clone();
        left.retain(|member| {
            let state = self.subscription(*member);
            state.limit == limit && !state.in_round && state.has_room()
        });
        left.sort_unstable_by_key(|member| self.subscription(*member).blocked);
        for &subscription in &left {
            self.join_round(subscription);
        }
        !left.is_empty()
    }

    /// Puts a subscription at the end of its queue's round: behind all of its priority, before all of lower ones
    /// (RabbitMQ, "Consumer Priorities").
    #[inline(always)]
    fn join_round(&mut self, subscription: SubscriptionIndex) {
        let state = self.subscription_mut(subscription);
        state.in_round = true;
        state.next_in_round = SubscriptionIndex::NONE;
        let (queue_index, priority) = (state.queue, state.priority);
        let queue = &mut self.queues[queue_index.0 as usize];
        if queue.first_in_round == SubscriptionIndex::NONE {
            queue.first_in_round = subscription;
            queue.last_in_round = subscription;
            return;
        }
        let last = queue.last_in_round;
        if self.subscriptions[last.0 as usize].priority >= priority {
            queue.last_in_round = subscription;
            self.subscription_mut(last).next_in_round = subscription;
            return;
        }
        self.push_in(subscription, queue_index, priority);
    }

    /// Puts a subscription before those of lower priority.
    #[cold]
    fn push_in(&mut self, subscription: SubscriptionIndex, queue: QueueIndex, priority: i32) {
        let queue = &mut self.queues[queue.0 as usize];
        let first = queue.first_in_round;
        if self.subscriptions[first.0 as usize].priority < priority {
            queue.first_in_round = subscription;
            self.subscription_mut(subscription).next_in_round = first;
            return;
        }
        let mut before = first;
        loop {
            let next = self.subscription(before).next_in_round;
            if self.subscription(next).priority < priority {
                self.subscription_mut(subscription).next_in_round = next;
                self.subscription_mut(before).next_in_round = subscription;
                return;
            }
            before = next;
        }
    }

    fn leave_round(&mut self, subscription: SubscriptionIndex) {
        if self.subscription(subscription).in_round {
            let queue = self.subscription(subscription).queue;
            self.rejoin_round(queue, |_, member| member != subscription);
        }
    }

    /// After the queue's type changed: a quorum queue's round has only those with room.
    pub(super) fn arrange_round(&mut self, queue: QueueIndex) {
        let quorum = self.queue(queue).is_quorum();
        self.rejoin_round(queue, |broker, member| !quorum || broker.subscription(member).has_room());
        for member in self.queue(queue).members.clone() {
            self.offer_again(member);
        }
    }

    /// Once round, without those that do not stay.
    fn rejoin_round(&mut self, queue: QueueIndex, stays: impl Fn(&Broker, SubscriptionIndex) -> bool) {
        let mut next = std::mem::replace(&mut self.queue_mut(queue).first_in_round, SubscriptionIndex::NONE);
        while next != SubscriptionIndex::NONE {
            let member = next;
            let state = self.subscription_mut(member);
            next = state.next_in_round;
            state.in_round = false;
            if stays(self, member) {
                self.join_round(member);
            }
        }
    }

    /// Delivers while there are messages and consumers with room: round robin (RabbitMQ, "Consumers").
    #[inline(always)]
    pub(super) fn deliver<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex) {
        // Half of all inputs find nothing to deliver.
        let state = self.queue(queue);
        if !state.ready.is_empty() && state.first_in_round != SubscriptionIndex::NONE {
            self.deliver_all(effects, queue);
        }
    }

    /// A classic queue takes a consumer without room out of the round when its turn comes (recordings
    /// `rr-blocked-goes-last-classic`, `rr-full-but-not-tried-classic`), a quorum queue as soon as it has none left.
    #[inline(never)]
    fn deliver_all<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex) {
        loop {
            let state = &mut self.queues[queue.0 as usize];
            if state.timed && state.is_quorum() {
                self.expire(effects, queue);
            }
            let state = &mut self.queues[queue.0 as usize];
            let Some(copy) = state.ready.front() else { return };
            let single = state.options.single_active_consumer;
            let index = if single { state.active } else { state.first_in_round };
            if index == SubscriptionIndex::NONE {
                return;
            }
            let subscription = &mut self.subscriptions[index.0 as usize];
            let limit = subscription.limit;
            if !subscription.has_room() || limit != LimitIndex::NONE && !limit_allows(&self.limits, limit) {
                if single {
                    return;
                }
                subscription.in_round = false;
                if limit != LimitIndex::NONE {
                    subscription.blocked = self.blockings;
                    self.blockings += 1;
                }
                state.first_in_round = subscription.next_in_round;
                continue;
            }
            state.ready.pop_front();
            let for_good = subscription.ack_mode == AckMode::Auto;
            let delivery = self.hand_out(effects, index, copy, for_good);
            let state = &mut self.queues[queue.0 as usize];
            let subscription = &mut self.subscriptions[index.0 as usize];
            let room = subscription.has_room();
            let more = !state.ready.is_empty();
            let alone = state.first_in_round == state.last_in_round;
            // One without room leaves when its turn comes; where it is alone and there is more, that is now.
            let stays = room || !(state.is_quorum() || alone && more);
            if !(single || alone && stays) {
                subscription.in_round = false;
                state.first_in_round = subscription.next_in_round;
                if stays {
                    self.join_round(index);
                }
            }
            effects.delivered(delivery);
            if !more {
                return;
            }
            self.expire(effects, queue);
        }
    }

    /// A message that was delivered is no longer with its consumer; says whose it was.
    #[inline(always)]
    pub(super) fn take_back(&mut self, copies: &Copies, copy: CopyIndex) -> (QueueIndex, SubscriptionIndex) {
        let message = copies.get(copy);
        debug_assert_eq!(message.place, Place::Unacked);
        let (queue, subscription) = (message.queue, message.subscription);
        self.queues[queue.0 as usize].unacked -= 1;
        // What was fetched one by one counts for no subscription.
        if let Some(state) = self.subscriptions.get_mut(subscription.0 as usize) {
            state.unacked -= 1;
            if let Some(limit) = self.limits.get_mut(state.limit.0 as usize) {
                limit.unacked -= 1;
            }
        }
        (queue, subscription)
    }

    /// Sends a subscription's consumer as many messages as it asks for, at most; says how many. It asks one by one
    /// (AMQP 0-9-1 `basic.get`), and takes no part in the round.
    pub(in crate::engine) fn pull(
        &mut self,
        effects: &mut dyn Effects,
        index: SubscriptionIndex,
        most: usize,
        ack_mode: AckMode,
    ) -> usize {
        let queue = self.subscription(index).queue;
        let mut taken = 0;
        while taken < most {
            self.expire(effects, queue);
            let Some(copy) = self.queue_mut(queue).ready.pop_front() else { break };
            let delivery = self.hand_out(effects, index, copy, ack_mode == AckMode::Auto);
            effects.delivered(delivery);
            taken += 1;
        }
        self.use_queue(effects, queue);
        self.finish(effects, queue);
        taken
    }

    /// A copy that has been taken from its queue's head goes to a consumer.
    #[inline(always)]
    fn hand_out<E: Effects + ?Sized>(
        &mut self,
        effects: &mut E,
        index: SubscriptionIndex,
        copy: CopyIndex,
        for_good: bool,
    ) -> Delivery {
        let subscription = &mut self.subscriptions[index.0 as usize];
        let queue = subscription.queue;
        let state = &mut self.queues[queue.0 as usize];
        let now = effects.now();
        let message = effects.copies().get_mut(copy);
        message.subscription = index;
        state.wait.record(now - message.enqueued_at);
        if state.counts_bytes() {
            state.ready_bytes -= message.content.size_bytes;
        }
        let delivery = Delivery { queue, subscription: index, message: message.held(copy), for_good };
        if for_good {
            message.place = Place::InTransit;
        } else {
            message.place = Place::Unacked;
            if state.is_quorum() {
                message.position = self.deliveries;
                self.deliveries += 1;
            }
            subscription.unacked += 1;
            state.unacked += 1;
            if let Some(limit) = self.limits.get_mut(subscription.limit.0 as usize) {
                limit.unacked += 1;
            }
        }
        delivery
    }

    /// Takes one message out of a queue for somebody who asks (AMQP 0-9-1 `basic.get`).
    pub(in crate::engine) fn get(
        &mut self,
        effects: &mut dyn Effects,
        queue: QueueIndex,
        ack_mode: AckMode,
    ) -> Option<CopyIndex> {
        self.use_queue(effects, queue);
        let quorum = self.queue(queue).is_quorum();
        if quorum {
            self.expire(effects, queue);
        }
        let copy = self.pop(effects.copies(), queue)?;
        let message = effects.copies().get_mut(copy);
        message.subscription = SubscriptionIndex::NONE;
        if ack_mode == AckMode::Auto {
            message.place = Place::InTransit;
        } else {
            message.place = Place::Unacked;
            if quorum {
                message.position = self.deliveries;
                self.deliveries += 1;
            }
            self.queue_mut(queue).unacked += 1;
        }
        self.expire(effects, queue);
        self.finish(effects, queue);
        Some(copy)
    }

    /// Sends the consumers of a stream what is there for them; other queues have done that already.
    pub(in crate::engine) fn read(&mut self, effects: &mut dyn Effects, queue: QueueIndex) {
        self.read_stream(effects, queue);
    }

    /// Sends the consumers of a stream what they have not read and have room for.
    pub(super) fn read_stream<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex) {
        if self.queue(queue).options.keeping != Keeping::Stream {
            return;
        }
        for place in 0..self.queue(queue).members.len() {
            let index = self.queue(queue).members[place];
            let stream = &self.queues[queue.0 as usize].stream;
            let subscription = &mut self.subscriptions[index.0 as usize];
            while subscription.has_room()
                && let Some(content) = stream.read(subscription.next_offset)
            {
                subscription.next_offset += 1;
                subscription.unacked += 1;
                let now = effects.now();
                let copy = effects.make(content.into(), Origin::now(now));
                let message = effects.copies().get_mut(copy);
                message.queue = queue;
                message.subscription = index;
                message.place = Place::Unacked;
                let message = message.held(copy);
                effects.delivered(Delivery { queue, subscription: index, message, for_good: false });
            }
        }
    }
}
