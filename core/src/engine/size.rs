//! How much memory a run takes, so that whoever keeps many states of one knows when to stop.

use super::Engine;
use super::broker::QueueIndex;

/// What a node takes beside its lists and distributions: its state, its settings, its names. A measured value, rather too
/// large.
const NODE_BYTES: usize = 4_096;
/// The same of an edge.
const EDGE_BYTES: usize = 768;

impl Engine {
    /// About how many bytes a clone of this run takes: within a quarter of it, where it holds anything (what messages say
    /// is shared among clones and not counted). Looks at nodes, not at messages.
    pub fn size_bytes(&self) -> usize {
        let world = &self.world;
        let pools = world.copies.size_bytes()
            + world.calendar.size_bytes()
            + world.flights.size_bytes()
            + world.works.size_bytes()
            + world.parts.size_bytes()
            + world.calls.size_bytes()
            + world.publishes.size_bytes()
            + world.retries.size_bytes()
            + world.alarms.size_bytes();
        let queues: usize = (0..world.queues.len())
            .map(|index| {
                self.broker.queue(QueueIndex(index as u32)).size_bytes() + world.queues[index].dealt_with.size_bytes()
            })
            .sum();
        let consumers: usize =
            world.consumers.iter().map(|consumer| consumer.end_to_end.size_bytes() + consumer.waiting.len() * 4).sum();
        let others = world.clients.iter().map(|client| client.response.size_bytes()).sum::<usize>()
            + world
                .services
                .iter()
                .map(|service| service.handling_time.size_bytes() + service.backlog.len() * 32)
                .sum::<usize>()
            + world.databases.iter().map(|database| database.answering.size_bytes()).sum::<usize>();
        pools + queues + consumers + others + world.nodes.len() * NODE_BYTES + world.edges.len() * EDGE_BYTES
    }
}
