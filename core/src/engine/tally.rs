//! What is counted of a node, so that whoever looks twice knows what has happened in between, exactly.

use super::{Engine, Member, NodeIndex};

/// What a node has counted so far, and what it has in its hands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// What came: messages published by a producer, received by an exchange or a queue, delivered to a consumer; requests
    /// of a client or to a service; calls of a database.
    pub came: u64,
    /// What is done with: confirmed, routed, acked, processed, succeeded, handled, answered.
    pub went: u64,
    /// What was lost or failed.
    pub lost: u64,
    /// What is there: held back and unconfirmed, ready and unacked, waiting and worked on, open.
    pub level: u64,
    /// The time for which slots were taken, all together, in microseconds.
    pub busy_us: u64,
    /// The time for which there were slots, all together, in microseconds; 0 where a node has none.
    pub offered_us: u64,
}

impl Engine {
    /// What a node has counted so far.
    pub fn tally(&self, node: NodeIndex) -> Tally {
        let now = self.world.now;
        let entry = &self.world.nodes[node.0 as usize];
        let dropped = entry.dropped.total();
        let slots = |slots: &super::node::slots::Slots| {
            let (busy, offered) = slots.areas(now);
            (busy as u64, offered as u64)
        };
        match entry.member {
            Member::Producer(index) => {
                let producer = &self.world.producers[index.0 as usize];
                let level = producer.held_back + producer.unconfirmed;
                Tally { came: producer.published, went: producer.confirmed, lost: dropped, level, ..Tally::default() }
            }
            Member::Exchange(index) => {
                let exchange = &self.world.exchanges[index.0 as usize - 1];
                Tally { came: exchange.received, went: exchange.routed, lost: dropped, ..Tally::default() }
            }
            Member::Queue(index) => {
                let (state, queue) = (&self.world.queues[index.0 as usize], self.broker.queue(index));
                let level = queue.ready() + queue.unacked();
                Tally { came: state.enqueued, went: state.acked, lost: dropped, level, ..Tally::default() }
            }
            Member::Consumer(index) => {
                let consumer = &self.world.consumers[index.0 as usize];
                let (busy_us, offered_us) = slots(&consumer.slots);
                let level = (consumer.waiting.len() + consumer.slots.working.len()) as u64;
                let lost = consumer.failed;
                Tally { came: consumer.delivered, went: consumer.processed, lost, level, busy_us, offered_us }
            }
            Member::Client(index) => {
                let client = &self.world.clients[index.0 as usize];
                let (came, went, lost) = (client.requests, client.succeeded, client.failed);
                Tally { came, went, lost, level: client.open(), ..Tally::default() }
            }
            Member::Service(index) => {
                let service = &self.world.services[index.0 as usize];
                let (busy_us, offered_us) = slots(&service.slots);
                let level = (service.backlog.len() + service.slots.working.len()) as u64;
                let came = service.handled + service.failed + service.refused + level;
                let lost = service.failed + service.refused;
                Tally { came, went: service.handled, lost, level, busy_us, offered_us }
            }
            Member::Database(index) => {
                let database = &self.world.databases[index.0 as usize];
                let (came, went, level) = (database.calls, database.answered, database.open);
                Tally { came, went, lost: database.rejected + database.failed, level, ..Tally::default() }
            }
        }
    }

    /// The percentiles 50, 95 and 99 of what a node measured since this was asked last, in milliseconds: how long messages
    /// waited in a queue, from publish to the end of a consumer's handler, until a client's answer, in a service, in a
    /// database. `None`: nothing was measured.
    pub fn take_lately(&mut self, node: NodeIndex) -> Option<[f32; 3]> {
        let histogram = match self.world.nodes[node.0 as usize].member {
            Member::Producer(_) | Member::Exchange(_) => return None,
            Member::Queue(index) => self.broker.wait_mut(index),
            Member::Consumer(index) => &mut self.world.consumers[index.0 as usize].end_to_end,
            Member::Client(index) => &mut self.world.clients[index.0 as usize].response,
            Member::Service(index) => &mut self.world.services[index.0 as usize].handling_time,
            Member::Database(index) => &mut self.world.databases[index.0 as usize].answering,
        };
        histogram.take_lately()
    }
}
