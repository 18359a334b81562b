//! The way to a real RabbitMQ and back.
//!
//! A [`Topology`] is what a broker has to be told: exchanges, queues and bindings by their names, as RabbitMQ's definitions have
//! them. It is made of a scenario ([`Topology::of`]), and everything that is written for a real broker is written from it; what
//! comes from one ([`definitions::read`]) becomes a scenario ([`draw`]).

pub mod admin;
pub mod asyncapi;
pub mod clients;
pub mod compose;
pub mod definitions;
mod drawing;
mod export;
mod files;
#[cfg(test)]
mod hostile;
mod rates;
mod remark;
pub mod terraform;
mod topology;

pub use drawing::{Users, draw};
pub use export::{Content, Form};
pub use files::{File, zipped};
pub use rates::Rates;
pub use remark::{Remark, Remarked};
pub use topology::{Binding, DestinationKind, Exchange, Queue, Topology};
