//! Publishing: what producers send off, what the broker confirms, and what is sent again.

use std::rc::Rc;

use super::alarm::Alarm;
use super::broker::Outcome;
use super::broker::content::Content;
use super::calendar::Due;
use super::copies::{CopyIndex, MessageCopy, Origin};
use super::event::{Event, Observer, Spot};
use super::incident::Trouble;
use super::node::producer::PublishEdge;
use super::node::slots::Failure;
use super::world::{Cargo, Ends, PublishTarget, Publisher, World};
use super::{EdgeIndex, Engine, ProducerIndex};
use crate::base::Micros;

/// Who waits for a confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Producer(ProducerIndex),
    /// A part of a step of a handler.
    Work {
        work: u32,
        part: u32,
    },
}

/// A publish whose confirm is awaited, or one that is to be made again.
#[derive(Clone, Debug)]
pub(super) struct Publish {
    pub(super) by: By,
    pub(super) edge: EdgeIndex,
    pub(super) content: Rc<Content>,
    pub(super) origin: Origin,
    /// The number of its copy.
    pub(super) number: u64,
}

/// A publish among those that are awaited; none where no confirm was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PublishIndex(pub(super) u32);

impl PublishIndex {
    pub(super) const NONE: PublishIndex = PublishIndex(u32::MAX);
}

/// A publish that was refused is not made again any sooner.
const SOONEST_RETRY: Micros = Micros(1_000);

/// How long a step waits for a confirm that was lost on its way, until it takes its publish for failed.
const CONFIRM_TIMEOUT: Micros = Micros(5_000_000);

impl Engine {
    #[inline(always)]
    pub(super) fn publish_due<O: Observer>(&mut self, index: ProducerIndex, observer: &mut O) {
        let blocked = self.world.memory_alarm;
        let producer = &mut self.world.producers[index.0 as usize];
        if producer.timetable.due != Some(self.world.now) {
            return;
        }
        producer.timetable.done_one(self.world.now);
        if let Some(next) = producer.timetable.due {
            self.world.calendar.schedule(next, Due::Publish(index));
        }
        if blocked || producer.held_back > 0 || producer.window_is_full() || producer.health.is_stalled() {
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
        let poisonous = producer.poison > 0;
        producer.poison -= u32::from(poisonous);
        for place in 0..producer.edges.len() {
            let producer = &mut self.world.producers[index.0 as usize];
            let by = producer.sends(self.world.now).then_some(By::Producer(index));
            let PublishEdge { edge, ref contents } = producer.edges[place];
            // An edge straight to a queue has one content, whatever the key.
            let mut content = contents[key.min(contents.len() - 1)].clone();
            if poisonous {
                content = Rc::new(Content { poisonous, ..(*content).clone() });
            }
            let origin = Origin::now(self.world.now);
            self.publish_content_here(edge, content, origin, by, observer);
        }
    }

    /// A producer publishes something again.
    #[cold]
    fn publish_again<O: Observer>(
        &mut self,
        index: ProducerIndex,
        edge: EdgeIndex,
        content: Rc<Content>,
        origin: Origin,
        observer: &mut O,
    ) {
        let producer = &mut self.world.producers[index.0 as usize];
        let by = producer.sends(self.world.now).then_some(By::Producer(index));
        self.publish_content(edge, content, origin, by, observer);
    }

    /// Sends a message off; `by` waits for its confirm.
    #[inline(never)]
    pub(super) fn publish_content<O: Observer>(
        &mut self,
        edge: EdgeIndex,
        content: Rc<Content>,
        origin: Origin,
        by: Option<By>,
        observer: &mut O,
    ) {
        self.publish_content_here(edge, content, origin, by, observer);
    }

    #[inline(always)]
    fn publish_content_here<O: Observer>(
        &mut self,
        edge: EdgeIndex,
        content: Rc<Content>,
        origin: Origin,
        by: Option<By>,
        observer: &mut O,
    ) {
        let world = &mut self.world;
        world.ledger.made += 1;
        world.ledger.in_transit += 1;
        let number = world.ledger.made;
        let publish = if let Some(by) = by {
            let origin = Origin { message: if origin.message == 0 { number } else { origin.message }, ..origin };
            let publish = Publish { by, edge, content: content.clone(), origin, number };
            PublishIndex(world.publishes.insert(publish) as u32)
        } else {
            PublishIndex::NONE
        };
        let copy = MessageCopy::new(number, content, origin);
        observer.made(number, copy.origin.message, copy.content.routing_key());
        let copy = world.copies.insert(copy);
        let state = &mut world.edges[edge.0 as usize];
        let arrives_at = state.send(world.now);
        let plain = state.plain;
        world.tell_here(Event::Published { edge, copy: number, arrives_at }, observer);
        if arrives_at == world.now && plain {
            self.publish_arrives(edge, copy, publish, observer);
        } else if world.edges[edge.0 as usize].condition.cut {
            world.end_lost(edge, copy, observer);
        } else {
            world.fly(edge, Cargo::Publish(copy, publish), arrives_at);
            if world.draws_duplicate(edge) {
                let twice = world.duplicate(edge, copy, observer);
                world.fly(edge, Cargo::Publish(twice, PublishIndex::NONE), arrives_at);
            }
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
        let Ends::Publish { publisher, target } = self.world.edges[edge.0 as usize].ends else { return };
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
                let mandatory = match publisher {
                    Publisher::Producer(index) => self.world.producers[index.0 as usize].settings.message.mandatory,
                    Publisher::Worker(_) => false,
                };
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
        let Ends::Publish { publisher: Publisher::Producer(producer), .. } = self.world.edges[edge.0 as usize].ends
        else {
            return;
        };
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
        if arrives_at == self.world.now && state.plain {
            self.confirmed(publish, ack, observer);
        } else {
            self.world.fly(edge, Cargo::Confirm(publish, ack), arrives_at);
        }
    }

    /// A confirm reaches whoever waits for it.
    pub(super) fn confirmed<O: Observer>(&mut self, publish: PublishIndex, ack: bool, observer: &mut O) {
        let publish = self.world.publishes.remove(publish.0 as usize);
        let index = match publish.by {
            By::Producer(index) => index,
            By::Work { work, .. } => {
                let failure = (!ack).then(|| self.refused_by_queue(publish.edge));
                return self.part_ended(work, failure, observer);
            }
        };
        let producer = &mut self.world.producers[index.0 as usize];
        producer.unconfirmed -= 1;
        let node = producer.node;
        if ack {
            producer.confirmed += 1;
        } else {
            producer.nacked += 1;
            if let Some(confirms) = producer.settings.confirms.as_ref().filter(|confirms| confirms.retry) {
                // Against a full queue, one that tries again at once would let no time pass.
                let again_at = self.world.now + Micros::from_ms(confirms.retry_ms).max(SOONEST_RETRY);
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
        let Publish { by, edge, content, origin, .. } = self.world.retries.remove(retry as usize);
        let By::Producer(producer) = by else { return };
        if self.world.producers[producer.0 as usize].up && !self.world.edges[edge.0 as usize].removed {
            self.publish_again(producer, edge, content, origin, observer);
        }
    }

    /// A full queue refused what a step published.
    fn refused_by_queue(&mut self, edge: EdgeIndex) -> Failure {
        let to = Spot::Node(self.world.edges[edge.0 as usize].to);
        let (now, incidents) = (self.world.now, &mut self.world.incidents);
        let incident = incidents.note(now, to, Trouble::Dropping, |cost| cost.calls_failed += 1);
        Failure { incident }
    }

    /// A publish or its confirm was lost on the way. Nobody knows, but after a while who waits gives up.
    pub(super) fn publish_lost(&mut self, publish: PublishIndex) {
        let Some(Publish { by, number, .. }) = self.world.publishes.get(publish.0 as usize) else { return };
        let patience = match by {
            By::Producer(index) => {
                let confirms = self.world.producers[index.0 as usize].settings.confirms.as_ref();
                confirms.map_or(CONFIRM_TIMEOUT, |confirms| Micros::from_ms(confirms.retry_ms).max(SOONEST_RETRY))
            }
            By::Work { .. } => CONFIRM_TIMEOUT,
        };
        let number = *number;
        self.world.set_alarm(self.world.now + patience, Alarm::Unconfirmed { publish: publish.0, number });
    }

    /// A confirm has not come for so long that it will not come any more.
    pub(super) fn unconfirmed<O: Observer>(&mut self, index: u32, number: u64, observer: &mut O) {
        if self.world.publishes.get(index as usize).is_none_or(|publish| publish.number != number) {
            return;
        }
        let Publish { by, edge, content, origin, .. } = self.world.publishes.remove(index as usize);
        match by {
            By::Producer(index) => {
                let producer = &mut self.world.producers[index.0 as usize];
                producer.unconfirmed -= 1;
                if producer.settings.confirms.as_ref().is_some_and(|confirms| confirms.retry) {
                    self.publish_again(index, edge, content, origin, observer);
                }
                self.release(index);
            }
            By::Work { work, .. } => {
                let failure = self.publishing_fails(edge);
                self.part_ended(work, Some(failure), observer);
            }
        }
    }

    /// Lets a producer go on with what it holds back, if it may: one message with each event.
    pub(super) fn release(&mut self, index: ProducerIndex) {
        let blocked = self.world.memory_alarm;
        let producer = &mut self.world.producers[index.0 as usize];
        let ready = !blocked && !producer.window_is_full() && !producer.health.is_stalled();
        if producer.held_back > 0 && ready && !producer.releasing {
            producer.releasing = true;
            self.world.calendar.schedule(self.world.now, Due::Release(index));
        }
    }

    #[cold]
    pub(super) fn release_due<O: Observer>(&mut self, index: ProducerIndex, observer: &mut O) {
        let blocked = self.world.memory_alarm;
        let producer = &mut self.world.producers[index.0 as usize];
        producer.releasing = false;
        let ready = producer.up && !blocked && !producer.window_is_full() && !producer.health.is_stalled();
        if producer.held_back > 0 && ready {
            producer.held_back -= 1;
            self.publish_message(index, observer);
            self.release(index);
        }
    }

    /// Publishes that are not confirmed are forgotten: no answer to them finds anybody. They are handed out in the order
    /// in which they were made.
    pub(super) fn forget_publishes(&mut self, forgotten: impl Fn(PublishIndex, &Publish) -> bool) -> Vec<Publish> {
        let World { publishes, .. } = &mut self.world;
        let indices: Vec<PublishIndex> = publishes
            .iter()
            .map(|(index, publish)| (PublishIndex(index as u32), publish))
            .filter(|(index, publish)| forgotten(*index, publish))
            .map(|(index, _)| index)
            .collect();
        if indices.is_empty() {
            return Vec::new();
        }
        for flight in self.world.all_flights() {
            match &mut flight.cargo {
                Cargo::Publish(_, publish) if indices.contains(publish) => *publish = PublishIndex::NONE,
                Cargo::Confirm(publish, _) if indices.contains(publish) => flight.cargo = Cargo::Nothing,
                _ => {}
            }
        }
        let World { publishes, producers, .. } = &mut self.world;
        let mut forgotten: Vec<Publish> = indices.into_iter().map(|index| publishes.remove(index.0 as usize)).collect();
        forgotten.sort_unstable_by_key(|publish| publish.number);
        for publish in &forgotten {
            if let By::Producer(index) = publish.by {
                producers[index.0 as usize].unconfirmed -= 1;
            }
        }
        forgotten
    }

    /// The connections are there again: what was unconfirmed when they broke is published again, where the producer
    /// does that. What was sent meanwhile is still under way.
    pub(super) fn publish_unconfirmed<O: Observer>(&mut self, back: impl Fn(&Publish) -> bool, observer: &mut O) {
        let travelling: Vec<PublishIndex> = self
            .world
            .all_flights()
            .filter_map(|flight| match flight.cargo {
                Cargo::Publish(_, publish) => Some(publish),
                _ => None,
            })
            .collect();
        let lost = |index: PublishIndex, publish: &Publish| back(publish) && !travelling.contains(&index);
        for Publish { by, edge, content, origin, .. } in self.forget_publishes(lost) {
            let By::Producer(producer) = by else { continue };
            let state = &self.world.producers[producer.0 as usize];
            if state.up && state.settings.confirms.as_ref().is_some_and(|confirms| confirms.retry) {
                self.publish_again(producer, edge, content, origin, observer);
            }
        }
        for producer in 0..self.world.producers.len() as u32 {
            self.release(ProducerIndex(producer));
        }
    }
}
