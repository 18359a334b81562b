//! Leaving out a warm-up: statistics that begin in the middle of a run.

use super::Engine;

impl Engine {
    /// Measures from now on: forgets the distributions (wait, end to end, response, handling and answer times), the largest
    /// and the mean depth, the utilisation, and the most calls within a second. What happens is the same as without it,
    /// and so is the trace hash.
    ///
    /// Counters and the ledger go on: they say where every message is, and some behaviour depends on them. Whoever wants
    /// what was counted since takes the difference of two reports.
    pub fn begin_measuring(&mut self) {
        let now = self.world.now;
        for state in &mut self.world.queues {
            let depth = self.broker.queue(state.queue).depth();
            state.begin_measuring(now, depth);
            self.broker.wait_mut(state.queue).forget();
        }
        for consumer in &mut self.world.consumers {
            consumer.slots.begin_measuring(now);
            consumer.end_to_end.forget();
        }
        for client in &mut self.world.clients {
            client.response.forget();
        }
        for service in &mut self.world.services {
            service.slots.begin_measuring(now);
            service.handling_time.forget();
        }
        for database in &mut self.world.databases {
            database.most_per_s = database.arrivals.count(now);
            database.answering.forget();
        }
    }
}
