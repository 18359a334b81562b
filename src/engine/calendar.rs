//! The calendar of pending events: earliest first, and first scheduled first among equal times.

use super::ProducerIndex;
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
}

const KIND_BITS: u32 = 3;
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
            _ => Due::BrokerRestarted(index),
        }
    }
}

/// A 4-ary heap. An entry is one number, so that one comparison decides: 52 bits of time, 44 bits of the order
/// in which it was scheduled, 32 bits of what is due.
#[derive(Clone)]
pub(super) struct Calendar {
    heap: Vec<u128>,
    scheduled: u64,
}

/// Orders below this one are for what comes first at its instant.
const FIRST_ORDERS: u64 = 1 << INDEX_BITS;

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar { heap: Vec::new(), scheduled: FIRST_ORDERS }
    }
}

impl Calendar {
    /// Puts `due` at `time`, behind everything that is at `time` already.
    #[inline]
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

    #[inline]
    fn insert(&mut self, time: Micros, order: u64, due: Due) {
        let entry =
            (time.min(Micros::LAST).0 as u128) << (ORDER_BITS + 32) | (order as u128) << 32 | due.pack() as u128;
        let mut hole = self.heap.len();
        self.heap.push(entry);
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

    /// When the earliest is due.
    #[inline]
    pub(super) fn next_time(&self) -> Option<Micros> {
        self.heap.first().map(|entry| time_of(*entry))
    }

    /// Takes the earliest away.
    #[inline]
    pub(super) fn take(&mut self) -> Option<(Micros, Due)> {
        let last = self.heap.pop()?;
        let Some(&earliest) = self.heap.first() else {
            return Some((time_of(last), Due::unpack(last as u32)));
        };
        let heap = &mut self.heap[..];
        let mut hole = 0;
        loop {
            let first = 4 * hole + 1;
            if first >= heap.len() {
                break;
            }
            let children = &heap[first..heap.len().min(first + 4)];
            let mut least = first;
            let mut least_entry = children[0];
            for (offset, &entry) in children.iter().enumerate().skip(1) {
                if entry < least_entry {
                    least_entry = entry;
                    least = first + offset;
                }
            }
            if least_entry >= last {
                break;
            }
            heap[hole] = least_entry;
            hole = least;
        }
        heap[hole] = last;
        Some((time_of(earliest), Due::unpack(earliest as u32)))
    }
}

#[inline]
fn time_of(entry: u128) -> Micros {
    Micros((entry >> (ORDER_BITS + 32)) as u64)
}

#[cfg(test)]
mod tests {
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
        let taken: Vec<(u64, u32)> = std::iter::from_fn(|| calendar.take())
            .map(|(time, due)| match due {
                Due::Arrival(index) => (time.0, index),
                other => panic!("{other:?} was never scheduled"),
            })
            .collect();
        assert_eq!(taken, expected);
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
        ] {
            assert_eq!(Due::unpack(due.pack()), due);
        }
    }
}
