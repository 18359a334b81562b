//! Which kinds may be connected, and why others may not.

use super::{EdgeKind, NodeKind};

/// Why a connection is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A node cannot be connected to itself.
    Itself,
    /// A producer publishes to an exchange or a queue, not to a consumer.
    ProducerToConsumer,
    /// Nothing flows into a producer.
    IntoProducer,
    /// A consumer is where a message's way ends.
    FromConsumer,
    /// A queue hands messages to consumers only.
    QueueToQueue,
    /// What a queue's messages become is its own setting: a dead-letter exchange.
    QueueToExchange,
    /// Consumers take from queues.
    ExchangeToConsumer,
}

/// The kind of edge that leads from one kind of node to another.
///
/// # Errors
/// Why there can be none.
pub fn edge_kind_between(from: NodeKind, to: NodeKind) -> Result<EdgeKind, Refusal> {
    match (from, to) {
        (NodeKind::Producer, NodeKind::Exchange | NodeKind::Queue) => Ok(EdgeKind::Publish),
        (NodeKind::Exchange, NodeKind::Exchange | NodeKind::Queue) => Ok(EdgeKind::Bind),
        (NodeKind::Queue, NodeKind::Consumer) => Ok(EdgeKind::Subscribe),
        (NodeKind::Consumer, _) => Err(Refusal::FromConsumer),
        (_, NodeKind::Producer) => Err(Refusal::IntoProducer),
        (NodeKind::Producer, NodeKind::Consumer) => Err(Refusal::ProducerToConsumer),
        (NodeKind::Queue, NodeKind::Queue) => Err(Refusal::QueueToQueue),
        (NodeKind::Queue, NodeKind::Exchange) => Err(Refusal::QueueToExchange),
        (NodeKind::Exchange, NodeKind::Consumer) => Err(Refusal::ExchangeToConsumer),
    }
}
