//! The few figures of each node that are kept over time: read from what is counted anyway, without allocating.

use super::{Engine, Member, NodeIndex};

/// How many figures of a node are kept.
pub const GAUGES: usize = 3;

impl Engine {
    /// How many nodes this run has had, removed ones included.
    pub fn nodes_ever(&self) -> usize {
        self.world.nodes.len()
    }

    /// A node's figures, now: of a producer its rate, what waits for a confirm and what is held back; of an exchange its
    /// rate; of a queue its depth, arrivals and deliveries; of a consumer and a service the busy share, what it is done
    /// with and what waits; of a client requests, failures and what is open; of a database its calls and what is open.
    pub fn gauges(&self, node: NodeIndex) -> [f32; GAUGES] {
        let now = self.world.now;
        match self.world.nodes[node.0 as usize].member {
            Member::Producer(index) => {
                let producer = &self.world.producers[index.0 as usize];
                [producer.publishes.per_second(now) as f32, producer.unconfirmed as f32, producer.held_back as f32]
            }
            Member::Exchange(index) => {
                [self.world.exchanges[index.0 as usize - 1].receipts.per_second(now) as f32, 0.0, 0.0]
            }
            Member::Queue(index) => {
                let (state, queue) = (&self.world.queues[index.0 as usize], self.broker.queue(index));
                let depth = queue.ready() + queue.unacked();
                [depth as f32, state.arrivals.per_second(now) as f32, state.deliveries.per_second(now) as f32]
            }
            Member::Consumer(index) => {
                let consumer = &self.world.consumers[index.0 as usize];
                let busy = consumer.slots.utilisation_lately(now);
                [busy as f32, consumer.processing.per_second(now) as f32, consumer.waiting.len() as f32]
            }
            Member::Client(index) => {
                let client = &self.world.clients[index.0 as usize];
                let rates = [client.requesting.per_second(now), client.failing.per_second(now)];
                [rates[0] as f32, rates[1] as f32, client.open() as f32]
            }
            Member::Service(index) => {
                let service = &self.world.services[index.0 as usize];
                let busy = service.slots.utilisation_lately(now);
                [busy as f32, service.handling.per_second(now) as f32, service.backlog.len() as f32]
            }
            Member::Database(index) => {
                let database = &self.world.databases[index.0 as usize];
                [database.arrivals.count(now) as f32, database.open as f32, 0.0]
            }
        }
    }
}
