//! The calendar of pending events: earliest first, and first scheduled first among equal times.

use super::broker::QueueIndex;
use super::{ClientIndex, ProducerIndex};
use crate::base::Micros;

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// A producer publishes its next message.
    Publish(ProducerIndex),
    /// Something reaches the end of an edge: an index into the flights.
    Arrival(u32),
    /// A step of a handler ends: an index into the works.
    StepEnd(u32),
    /// A fault of the script begins: an index into the script.
    FaultBegins(u32),
    /// And ends.
    FaultEnds(u32),
    /// The broker has come back from a restart: the number of that restart.
    BrokerRestarted(u32),
    /// A queue asked to be woken.
    Wake(QueueIndex),
    /// A producer publishes what was refused again: an index into the retries.
    Retry(u32),
    /// A producer goes on with what it holds back.
    Release(ProducerIndex),
    /// A client sends its next request.
    Request(ClientIndex),
    /// A part of a step that is `parallel` ends: an index into the parts.
    PartEnd(u32),
    /// Something seldom: an index into the alarms.
    Alarm(u32),
    /// An edit of the script: an index into the edits.
    Edit(u32),
}

const KIND_BITS: u32 = 4;
const INDEX_BITS: u32 = 32 - KIND_BITS;
const ORDER_BITS: u32 = 44;

impl Due {
    fn pack(self) -> u32 {
        let (kind, index) = match self {
            Due::Publish(producer) => (0, producer.0),
            Due::Arrival(flight) => (1, flight),
            Due::StepEnd(work) => (2, work),
            Due::FaultBegins(fault) => (3, fault),
            Due::FaultEnds(fault) => (4, fault),
            Due::BrokerRestarted(number) => (5, number),
            Due::Wake(queue) => (6, queue.0),
            Due::Retry(retry) => (7, retry),
            Due::Release(producer) => (8, producer.0),
            Due::Request(client) => (9, client.0),
            Due::PartEnd(part) => (10, part),
            Due::Alarm(alarm) => (11, alarm),
            Due::Edit(edit) => (12, edit),
        };
        debug_assert!(index < 1 << INDEX_BITS);
        kind << INDEX_BITS | index & ((1 << INDEX_BITS) - 1)
    }

    fn unpack(packed: u32) -> Due {
        let index = packed & ((1 << INDEX_BITS) - 1);
        match packed >> INDEX_BITS {
            0 => Due::Publish(ProducerIndex(index)),
            1 => Due::Arrival(index),
            2 => Due::StepEnd(index),
            3 => Due::FaultBegins(index),
            4 => Due::FaultEnds(index),
            5 => Due::BrokerRestarted(index),
            6 => Due::Wake(QueueIndex(index)),
            7 => Due::Retry(index),
            8 => Due::Release(ProducerIndex(index)),
            9 => Due::Request(ClientIndex(index)),
            10 => Due::PartEnd(index),
            11 => Due::Alarm(index),
            _ => Due::Edit(index),
        }
    }
}

/// Later than everything: what stands behind the last entry.
const NEVER: u128 = u128::MAX;

/// A 4-ary heap. An entry is one number, so that one comparison decides: 52 bits of time, 44 bits of the order
/// in which it was scheduled, 32 bits of what is due.
#[derive(Clone)]
pub(super) struct Calendar {
    /// Behind the last entry it is filled up with [`NEVER`], so that every entry with children has four of them
    /// to be compared, without counting.
    heap: Vec<u128>,
    length: usize,
    scheduled: u64,
    /// The earliest was taken and its place is still free. Most events schedule another one, which then is put
    /// there: one way through the heap instead of two.
    vacant: bool,
}

/// Orders below this one are for what comes first at its instant.
const FIRST_ORDERS: u64 = 1 << INDEX_BITS;

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar { heap: Vec::new(), length: 0, scheduled: FIRST_ORDERS, vacant: false }
    }
}

impl Calendar {
    /// How much memory it takes, in bytes.
    pub(super) fn size_bytes(&self) -> usize {
        self.heap.len() * size_of::<u128>()
    }

    /// Puts `due` at `time`, behind everything that is at `time` already.
    #[inline(always)]
    pub(super) fn schedule(&mut self, time: Micros, due: Due) {
        // 2⁴⁴ events are more than a week of the fastest machine's work.
        debug_assert!(self.scheduled < 1 << ORDER_BITS);
        let order = self.scheduled;
        self.scheduled += 1;
        self.insert(time, order, due);
    }

    /// Puts `due` at `time`, before everything that is scheduled in the ordinary way, and by its own number among
    /// its like: whenever it is scheduled, its place is the same.
    pub(super) fn schedule_first(&mut self, time: Micros, number: u32, due: Due) {
        self.insert(time, u64::from(number).min(FIRST_ORDERS - 1), due);
    }

    #[inline(always)]
    fn insert(&mut self, time: Micros, order: u64, due: Due) {
        let entry =
            (time.min(Micros::LAST).0 as u128) << (ORDER_BITS + 32) | (order as u128) << 32 | due.pack() as u128;
        if self.vacant {
            self.vacant = false;
            self.sink(entry);
        } else {
            self.append(entry);
        }
    }

    /// When the earliest is due.
    #[inline]
    pub(super) fn next_time(&self) -> Option<Micros> {
        debug_assert!(!self.vacant);
        self.heap.first().filter(|entry| **entry != NEVER).map(|entry| time_of(*entry))
    }

    /// Whether something is due before `time`.
    #[inline(always)]
    pub(super) fn is_due_before(&self, time: Micros) -> bool {
        debug_assert!(!self.vacant);
        // What is no entry is never before anything.
        self.heap.first().is_some_and(|entry| time_of(*entry) < time.min(Micros::LAST))
    }

    /// Takes the earliest away. Its place is to be closed with [`Calendar::close`] before the next one is asked for.
    #[inline(always)]
    pub(super) fn take(&mut self) -> Option<(Micros, Due)> {
        debug_assert!(!self.vacant);
        let earliest = *self.heap.first().filter(|entry| **entry != NEVER)?;
        self.vacant = true;
        Some((time_of(earliest), Due::unpack(earliest as u32)))
    }

    /// Closes the place of the one that was taken, unless another one was scheduled there.
    #[inline]
    pub(super) fn close(&mut self) {
        if self.vacant {
            self.vacant = false;
            self.length -= 1;
            let last = std::mem::replace(&mut self.heap[self.length], NEVER);
            if self.length > 0 {
                self.sink(last);
            }
            if self.heap.len() > self.length + 8 {
                self.heap.truncate(self.heap.len() - 4);
            }
        }
    }

    /// Puts an entry behind the last and lets it rise to its place.
    #[inline(never)]
    fn append(&mut self, entry: u128) {
        let mut hole = self.length;
        self.length += 1;
        if self.heap.len() < self.length {
            self.grow();
        }
        while hole > 0 {
            let parent = (hole - 1) / 4;
            if self.heap[parent] <= entry {
                break;
            }
            self.heap[hole] = self.heap[parent];
            hole = parent;
        }
        self.heap[hole] = entry;
    }

    #[cold]
    fn grow(&mut self) {
        self.heap.resize(if self.heap.is_empty() { 1 } else { self.heap.len() + 4 }, NEVER);
    }

    /// Puts an entry at the root and lets it sink to its place.
    #[inline(always)]
    fn sink(&mut self, entry: u128) {
        let mut hole = 0;
        while let Some(&[a, b, c, d]) = self.heap.get(4 * hole + 1..).and_then(|children| children.first_chunk()) {
            // Two pairs and their winners: no branch that depends on the times.
            let (first, first_offset) = if b < a { (b, 2) } else { (a, 1) };
            let (second, second_offset) = if d < c { (d, 4) } else { (c, 3) };
            let (least, offset) = if second < first { (second, second_offset) } else { (first, first_offset) };
            if least >= entry {
                break;
            }
            self.heap[hole] = least;
            hole = 4 * hole + offset;
        }
        self.heap[hole] = entry;
    }
}

#[inline]
fn time_of(entry: u128) -> Micros {
    Micros((entry >> (ORDER_BITS + 32)) as u64)
}

// proptest is a native tool.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_times_keep_the_order_of_scheduling() {
        let mut calendar = Calendar::default();
        let times = [7u64, 3, 7, 3, 0, 7, 3, 9, 0, 7];
        for (index, time) in times.iter().enumerate() {
            calendar.schedule(Micros(*time), Due::Arrival(index as u32));
        }
        let mut expected: Vec<(u64, u32)> = times.iter().zip(0u32..).map(|(time, index)| (*time, index)).collect();
        expected.sort();
        assert_eq!(std::iter::from_fn(|| take_arrival(&mut calendar)).collect::<Vec<_>>(), expected);
    }

    fn take_arrival(calendar: &mut Calendar) -> Option<(u64, u32)> {
        let (time, due) = calendar.take()?;
        calendar.close();
        match due {
            Due::Arrival(index) => Some((time.0, index)),
            other => panic!("{other:?} was never scheduled"),
        }
    }

    proptest! {
        /// Each round takes the earliest and schedules so many others, before or after its place is closed.
        #[test]
        fn it_agrees_with_a_sorted_list(first in 1usize..40, rounds in proptest::collection::vec((0usize..3, any::<bool>(), 0u64..20), 1..200)) {
            let mut calendar = Calendar::default();
            let mut sorted = BTreeSet::new();
            let mut order = 0;
            let mut schedule = |calendar: &mut Calendar, sorted: &mut BTreeSet<(u64, u32)>, time| {
                calendar.schedule(Micros(time), Due::Arrival(order));
                sorted.insert((time, order));
                order += 1;
            };
            for index in 0..first {
                schedule(&mut calendar, &mut sorted, index as u64 * 7 % 20);
            }
            for (count, closes_first, delay) in rounds {
                prop_assert_eq!(calendar.next_time(), sorted.first().map(|(time, _)| Micros(*time)));
                let taken = calendar.take().map(|(time, due)| (time.0, due));
                prop_assert_eq!(taken, sorted.pop_first().map(|(time, index)| (time, Due::Arrival(index))));
                let now = taken.map_or(0, |(time, _)| time);
                if closes_first {
                    calendar.close();
                }
                for number in 0..count as u64 {
                    schedule(&mut calendar, &mut sorted, now + delay * number);
                }
                calendar.close();
            }
        }
    }

    #[test]
    fn what_is_due_survives_packing() {
        for due in [
            Due::Publish(ProducerIndex(5)),
            Due::Arrival((1 << INDEX_BITS) - 1),
            Due::StepEnd(0),
            Due::FaultBegins(77),
            Due::FaultEnds(78),
            Due::BrokerRestarted(3),
            Due::Request(ClientIndex(1)),
            Due::PartEnd(2),
            Due::Alarm(9),
            Due::Edit(4),
        ] {
            assert_eq!(Due::unpack(due.pack()), due);
        }
    }
}
