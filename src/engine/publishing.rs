//! Publishing: what producers send off, what the broker confirms, and what is sent again.

use std::rc::Rc;

use super::broker::Outcome;
use super::broker::content::Content;
use super::calendar::Due;
use super::copies::{CopyIndex, MessageCopy};
use super::event::{Event, Observer};
use super::node::producer::PublishEdge;
use super::world::{Cargo, Ends, PublishTarget, World};
use super::{EdgeIndex, Engine, ProducerIndex};
use crate::base::Micros;

/// A publish whose confirm is awaited, or one that is to be made again.
#[derive(Clone, Debug)]
pub(super) struct Publish {
    pub(super) producer: ProducerIndex,
    pub(super) edge: EdgeIndex,
    pub(super) content: Rc<Content>,
    /// The number of its copy.
    pub(super) number: u64,
}

/// A publish among those that are awaited; none where no confirm was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PublishIndex(pub(super) u32);

impl PublishIndex {
    pub(super) const NONE: PublishIndex = PublishIndex(u32::MAX);
}

impl Engine {
    #[inline(always)]
    pub(super) fn publish_due<O: Observer>(&mut self, index: ProducerIndex, observer: &mut O) {
        let blocked = self.world.memory_alarm;
        let producer = &mut self.world.producers[index.0 as usize];
        if producer.due != Some(self.world.now) {
            return;
        }
        producer.published_one(self.world.now);
        if let Some(next) = producer.due {
            self.world.calendar.schedule(next, Due::Publish(index));
        }
        if blocked || producer.held_back > 0 || producer.window_is_full() {
            producer.held_back += 1;
        } else {
            self.publish_message(index, observer);
        }
    }

    /// Publishes one message on all edges of a producer.
    #[inline(always)]
    fn publish_message<O: Observer>(&mut self, index: ProducerIndex, observer: &mut O) {
        let producer = &mut self.world.producers[index.0 as usize];
        let key = producer.draw_key();
        for place in 0..producer.edges.len() {
            let PublishEdge { edge, ref contents } = self.world.producers[index.0 as usize].edges[place];
            // An edge straight to a queue has one content, whatever the key.
            let content = contents[key.min(contents.len() - 1)].clone();
            self.publish_on(index, edge, content, observer);
        }
    }

    #[inline(always)]
    fn publish_on<O: Observer>(
        &mut self,
        index: ProducerIndex,
        edge: EdgeIndex,
        content: Rc<Content>,
        observer: &mut O,
    ) {
        let world = &mut self.world;
        let producer = &mut world.producers[index.0 as usize];
        producer.published += 1;
        producer.publishes.count(world.now);
        world.ledger.made += 1;
        world.ledger.in_transit += 1;
        let number = world.ledger.made;
        let publish = if producer.settings.confirms.is_some() {
            producer.unconfirmed += 1;
            let publish = Publish { producer: index, edge, content: content.clone(), number };
            PublishIndex(world.publishes.insert(publish) as u32)
        } else {
            PublishIndex::NONE
        };
        let copy = world.copies.insert(MessageCopy::new(number, content, world.now));
        let state = &mut world.edges[edge.0 as usize];
        let arrives_at = state.send(world.now);
        world.tell(Event::Published { edge, copy: number, arrives_at }, observer);
        if arrives_at == world.now {
            self.publish_arrives(edge, copy, publish, observer);
        } else {
            world.fly(edge, Cargo::Publish(copy, publish), arrives_at);
        }
    }

    /// A message reaches the broker.
    #[inline(always)]
    pub(super) fn publish_arrives<O: Observer>(
        &mut self,
        edge: EdgeIndex,
        copy: CopyIndex,
        publish: PublishIndex,
        observer: &mut O,
    ) {
        let Ends::Publish { producer, target } = self.world.edges[edge.0 as usize].ends else { return };
        let outcome = match target {
            PublishTarget::Queue(queue) => {
                let refused = self.broker.publish_to_queue(&mut self.world.outside(observer), queue, copy);
                if publish == PublishIndex::NONE {
                    return;
                }
                let stored = self.broker.queue(queue).stores(&self.world.publishes[publish.0 as usize].content);
                Outcome { refused, stored, returned: false }
            }
            PublishTarget::Exchange(exchange) => {
                let mandatory = self.world.producers[producer.0 as usize].settings.message.mandatory;
                let number = self.world.copies.get(copy).number;
                let outcome = self.broker.publish(&mut self.world.outside(observer), exchange, copy, mandatory);
                if outcome.returned {
                    let arrives_at = self.world.edges[edge.0 as usize].send_back(self.world.now);
                    self.world.fly(edge, Cargo::Return(number), arrives_at);
                }
                outcome
            }
        };
        if publish != PublishIndex::NONE && self.broker.is_up() {
            self.confirm(edge, publish, outcome, observer);
        }
    }

    /// A message that no queue took is back.
    pub(super) fn return_arrives<O: Observer>(&mut self, edge: EdgeIndex, number: u64, observer: &mut O) {
        let Ends::Publish { producer, .. } = self.world.edges[edge.0 as usize].ends else { return };
        let producer = &mut self.world.producers[producer.0 as usize];
        producer.returned += 1;
        let producer = producer.node;
        self.world.tell(Event::Returned { producer, copy: number }, observer);
    }

    /// The broker confirms a publish: when all queues have it, and those that are to store it have done so (RabbitMQ,
    /// "Publisher Confirms"). The confirm travels back as an ack does.
    #[inline(never)]
    fn confirm<O: Observer>(&mut self, edge: EdgeIndex, publish: PublishIndex, outcome: Outcome, observer: &mut O) {
        let storing = if outcome.stored { Micros::from_ms(self.broker_settings.confirm_ms) } else { Micros::ZERO };
        let ack = !outcome.refused;
        let state = &mut self.world.edges[edge.0 as usize];
        let arrives_at = state.send_back(self.world.now + storing);
        if arrives_at == self.world.now {
            self.confirmed(publish, ack, observer);
        } else {
            self.world.fly(edge, Cargo::Confirm(publish, ack), arrives_at);
        }
    }

    /// A confirm reaches its producer.
    pub(super) fn confirmed<O: Observer>(&mut self, publish: PublishIndex, ack: bool, observer: &mut O) {
        let publish = self.world.publishes.remove(publish.0 as usize);
        let index = publish.producer;
        let producer = &mut self.world.producers[index.0 as usize];
        producer.unconfirmed -= 1;
        let node = producer.node;
        if ack {
            producer.confirmed += 1;
        } else {
            producer.nacked += 1;
            if let Some(confirms) = producer.settings.confirms.as_ref().filter(|confirms| confirms.retry) {
                let again_at = self.world.now + Micros::from_ms(confirms.retry_ms);
                let retry = self.world.retries.insert(publish) as u32;
                self.world.calendar.schedule(again_at, Due::Retry(retry));
            }
            self.world.tell(Event::Nacked { producer: node }, observer);
        }
        self.release(index);
    }

    /// It is time to publish something again that was refused.
    #[cold]
    pub(super) fn retry_due<O: Observer>(&mut self, retry: u32, observer: &mut O) {
        let Publish { producer, edge, content, .. } = self.world.retries.remove(retry as usize);
        if self.world.producers[producer.0 as usize].up && !self.world.edges[edge.0 as usize].removed {
            self.publish_on(producer, edge, content, observer);
        }
    }

    /// Lets a producer go on with what it holds back, if it may: one message with each event.
    pub(super) fn release(&mut self, index: ProducerIndex) {
        let blocked = self.world.memory_alarm;
        let producer = &mut self.world.producers[index.0 as usize];
        if producer.held_back > 0 && !blocked && !producer.window_is_full() && !producer.releasing {
            producer.releasing = true;
            self.world.calendar.schedule(self.world.now, Due::Release(index));
        }
    }

    #[cold]
    pub(super) fn release_due<O: Observer>(&mut self, index: ProducerIndex, observer: &mut O) {
        let blocked = self.world.memory_alarm;
        let producer = &mut self.world.producers[index.0 as usize];
        producer.releasing = false;
        if producer.held_back > 0 && producer.up && !blocked && !producer.window_is_full() {
            producer.held_back -= 1;
            self.publish_message(index, observer);
            self.release(index);
        }
    }

    /// Publishes that are not confirmed are forgotten: no answer to them finds anybody. They are handed out in the order
    /// in which they were made.
    pub(super) fn forget_publishes(&mut self, forgotten: impl Fn(PublishIndex, &Publish) -> bool) -> Vec<Publish> {
        let World { publishes, producers, flights, .. } = &mut self.world;
        let indices: Vec<PublishIndex> = publishes
            .iter()
            .map(|(index, publish)| (PublishIndex(index as u32), publish))
            .filter(|(index, publish)| forgotten(*index, publish))
            .map(|(index, _)| index)
            .collect();
        if indices.is_empty() {
            return Vec::new();
        }
        for (_, flight) in flights {
            match &mut flight.cargo {
                Cargo::Publish(_, publish) if indices.contains(publish) => *publish = PublishIndex::NONE,
                Cargo::Confirm(publish, _) if indices.contains(publish) => flight.cargo = Cargo::Nothing,
                _ => {}
            }
        }
        let mut forgotten: Vec<Publish> = indices.into_iter().map(|index| publishes.remove(index.0 as usize)).collect();
        forgotten.sort_unstable_by_key(|publish| publish.number);
        for publish in &forgotten {
            producers[publish.producer.0 as usize].unconfirmed -= 1;
        }
        forgotten
    }

    /// The connections are there again: what was unconfirmed when they broke is published again, where the producer
    /// does that. What was sent meanwhile is still under way.
    pub(super) fn publish_unconfirmed<O: Observer>(&mut self, observer: &mut O) {
        let travelling: Vec<PublishIndex> = self
            .world
            .flights
            .iter()
            .filter_map(|(_, flight)| match flight.cargo {
                Cargo::Publish(_, publish) => Some(publish),
                _ => None,
            })
            .collect();
        for Publish { producer, edge, content, .. } in self.forget_publishes(|index, _| !travelling.contains(&index)) {
            let state = &self.world.producers[producer.0 as usize];
            if state.up && state.settings.confirms.as_ref().is_some_and(|confirms| confirms.retry) {
                self.publish_on(producer, edge, content, observer);
            }
        }
        for producer in 0..self.world.producers.len() as u32 {
            self.release(ProducerIndex(producer));
        }
    }
}
