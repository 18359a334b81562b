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
    /// A queue hands messages to consumers only.
    QueueToQueue,
    /// What a queue's messages become is its own setting: a dead-letter exchange.
    QueueToExchange,
    /// Consumers take from queues.
    ExchangeToConsumer,
    /// A client waits for answers, and only services and databases give them.
    FromClient,
    /// Nothing asks a client.
    IntoClient,
    /// A database asks nobody.
    FromDatabase,
    /// A producer does not wait for answers.
    ProducerCalls,
    /// The broker asks nobody.
    BrokerCalls,
    /// Nothing is pushed to a consumer but by its queue.
    IntoConsumer,
    /// A note is only read.
    Note,
}

/// The kind of edge that leads from one kind of node to another.
///
/// # Errors
/// Why there can be none.
pub fn edge_kind_between(from: NodeKind, to: NodeKind) -> Result<EdgeKind, Refusal> {
    use NodeKind::{Client, Consumer, Database, Exchange, Producer, Queue, Service};
    match (from, to) {
        (Producer | Service | Consumer, Exchange | Queue) => Ok(EdgeKind::Publish),
        (Client | Service | Consumer, Service | Database) => Ok(EdgeKind::Call),
        (Exchange, Exchange | Queue) => Ok(EdgeKind::Bind),
        (Queue, Consumer) => Ok(EdgeKind::Subscribe),
        (_, Producer) => Err(Refusal::IntoProducer),
        (_, Client) => Err(Refusal::IntoClient),
        (Client, _) => Err(Refusal::FromClient),
        (Database, _) => Err(Refusal::FromDatabase),
        (Producer, Consumer) => Err(Refusal::ProducerToConsumer),
        (Producer, Service | Database) => Err(Refusal::ProducerCalls),
        (Queue, Queue) => Err(Refusal::QueueToQueue),
        (Queue, Exchange) => Err(Refusal::QueueToExchange),
        (Exchange, Consumer) => Err(Refusal::ExchangeToConsumer),
        (Exchange | Queue, Service | Database) => Err(Refusal::BrokerCalls),
        (Consumer | Service, Consumer) => Err(Refusal::IntoConsumer),
    }
}
