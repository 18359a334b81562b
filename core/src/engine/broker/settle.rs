//! What becomes of delivered messages: acks, rejections, returns.

use super::queue::Keeping;
use super::{Broker, Effects, QueueIndex};
use crate::engine::copies::CopyIndex;
use crate::engine::ledger::{DropReason, Place};

impl Broker {
    /// A consumer acks one copy that it holds (AMQP 0-9-1 `basic.ack`).
    #[inline(always)]
    pub(in crate::engine) fn ack<E: Effects + ?Sized>(&mut self, effects: &mut E, copy: CopyIndex) {
        let (queue, subscription) = self.take_back(effects.copies(), copy);
        effects.acked(queue, subscription, copy);
        self.offer_again(subscription);
        self.deliver(effects, queue);
        self.finish(effects, queue);
    }

    /// A consumer acks several copies of one queue with one command (`multiple`).
    pub(in crate::engine) fn ack_all(&mut self, effects: &mut dyn Effects, queue: QueueIndex, copies: &[CopyIndex]) {
        if self.queue(queue).options.keeping == Keeping::Stream {
            for &copy in copies {
                let subscription = effects.copies().get(copy).subscription;
                self.subscriptions[subscription.0 as usize].unacked -= 1;
                effects.acked(queue, subscription, copy);
            }
            self.read_stream(effects, queue);
            return;
        }
        self.take_all(effects, copies);
        for &copy in copies {
            let subscription = effects.copies().get(copy).subscription;
            effects.acked(queue, subscription, copy);
        }
        self.deliver(effects, queue);
        self.finish(effects, queue);
    }

    /// A consumer rejects copies of one queue for good (`basic.reject`, `basic.nack`): they die, in this order.
    pub(in crate::engine) fn reject(&mut self, effects: &mut dyn Effects, queue: QueueIndex, copies: &[CopyIndex]) {
        self.take_all(effects, copies);
        for &copy in copies {
            self.die(effects, queue, copy, Place::Unacked, DropReason::Rejected);
        }
        self.deliver(effects, queue);
        self.finish(effects, queue);
    }

    /// A consumer hands copies of one queue back, flagged as redelivered. In a classic queue they return to their
    /// places; in a quorum queue with a delivery limit they are delivered before everything else, in one without a
    /// limit they go to its end, one by one (recordings `requeue-*`, `qq-max-length-priority-of-return`).
    pub(in crate::engine) fn requeue(&mut self, effects: &mut dyn Effects, queue: QueueIndex, copies: &[CopyIndex]) {
        let state = self.queue(queue);
        if state.is_quorum() && state.options.delivery_limit.is_none() {
            for &copy in copies {
                let (_, subscription) = self.take_back(effects.copies(), copy);
                self.put_back(effects, queue, copy, 0);
                self.offer_again(subscription);
                self.serve_returned(effects, queue);
            }
        } else {
            self.take_all(effects, copies);
            for &copy in copies {
                self.give_back(effects, queue, copy);
            }
            self.serve_returned(effects, queue);
        }
        self.finish(effects, queue);
    }

    /// Takes copies back from their consumers, who then have room again.
    fn take_all(&mut self, effects: &mut dyn Effects, copies: &[CopyIndex]) {
        for &copy in copies {
            self.take_back(effects.copies(), copy);
        }
        for &copy in copies {
            let subscription = effects.copies().get(copy).subscription;
            self.offer_again(subscription);
        }
    }

    /// A copy returns to its queue: in a quorum queue to those that are delivered first, unless it has come back too
    /// often (RabbitMQ, "Quorum Queues": poison message handling).
    pub(super) fn give_back<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex, copy: CopyIndex) {
        let state = self.queue(queue);
        if !state.is_quorum() {
            let level = state.level(effects.copies(), copy);
            self.put_back(effects, queue, copy, level);
            return;
        }
        let returns = effects.copies().get(copy).returns;
        if state.options.delivery_limit.is_some_and(|limit| returns >= limit) {
            self.die(effects, queue, copy, Place::Unacked, DropReason::DeliveryLimit);
        } else {
            self.put_back(effects, queue, copy, 1);
        }
    }

    fn put_back<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex, copy: CopyIndex, level: usize) {
        let copies = effects.copies();
        let message = copies.get_mut(copy);
        message.redelivered = true;
        message.returns += 1;
        message.place = Place::Ready;
        let bytes = message.content.size_bytes;
        let state = &mut self.queues[queue.0 as usize];
        if state.is_quorum() {
            state.ready.push_back(level, copy);
        } else {
            state.ready.put_back(level, copies, copy);
        }
        if state.counts_bytes() {
            state.ready_bytes += bytes;
        }
        effects.requeued(queue, copy);
    }

    /// After copies came back: a classic queue looks at its limits first, a quorum queue delivers first (recordings
    /// `maxlen-requeue-*`).
    pub(super) fn serve_returned<E: Effects + ?Sized>(&mut self, effects: &mut E, queue: QueueIndex) {
        if self.queue(queue).is_quorum() {
            self.deliver(effects, queue);
            self.drop_over_limit(effects, queue);
            self.expire(effects, queue);
        } else {
            self.drop_over_limit(effects, queue);
            self.expire(effects, queue);
            self.deliver(effects, queue);
        }
    }
}
