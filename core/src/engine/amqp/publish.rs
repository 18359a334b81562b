//! Publishing, confirms and transactions as clients know them.

use super::{Refused, ReplyCode, Server, Settlement, Unsettled, refuse};
use crate::base::Micros;
use crate::engine::broker::Effects;
use crate::engine::broker::content::{self, Content};
use crate::engine::copies::Origin;
use crate::scenario::Headers;

/// A message that a client publishes.
#[derive(Clone, Debug, Default)]
pub struct Publication {
    /// The exchange.
    pub exchange: String,
    /// The routing key.
    pub routing_key: String,
    /// The body.
    pub body: String,
    /// Its headers.
    pub headers: Headers,
    /// Its delivery mode.
    pub persistent: bool,
    /// Its priority.
    pub priority: Option<u8>,
    /// How long it may wait in a queue, in milliseconds, as it is on the wire.
    pub expiration: Option<String>,
    /// Whether it comes back where no queue takes it.
    pub mandatory: bool,
}

/// The broker's answer to a publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// All queues took it, or there was none.
    Ack,
    /// A queue refused it.
    Nack,
}

/// What a transaction holds until it is committed.
#[derive(Debug)]
pub(super) enum Transacted {
    Publish(Publication),
    Settle(Vec<Unsettled>, Settlement),
}

impl Server {
    /// AMQP 0-9-1 `basic.publish`; with its confirm, unless it waits in a transaction.
    ///
    /// # Errors
    /// The exchange is not there or only the broker may publish to it; the expiration is no number.
    pub fn publish(&mut self, channel: &str, publication: Publication) -> Result<Option<Confirm>, Refused> {
        let name = &publication.exchange;
        match self.exchanges.get(name) {
            None => return refuse(ReplyCode::NotFound, format!("no exchange '{name}' in vhost '/'")),
            Some(exchange) if exchange.internal => {
                let text = format!("cannot publish to internal exchange '{name}' in vhost '/'");
                return refuse(ReplyCode::AccessRefused, text);
            }
            Some(_) => {}
        }
        if let Some(expiration) = &publication.expiration
            && expiration.parse::<u32>().is_err()
        {
            return refuse(ReplyCode::PreconditionFailed, format!("invalid expiration '{expiration}'"));
        }
        if let Some(transaction) = &mut self.channel(channel).transaction {
            transaction.push(Transacted::Publish(publication));
            return Ok(None);
        }
        Ok(Some(self.publish_now(publication)))
    }

    fn publish_now(&mut self, publication: Publication) -> Confirm {
        let Some(exchange) = self.broker.exchange_named(&publication.exchange) else { return Confirm::Ack };
        let ttl = publication.expiration.and_then(|text| text.parse::<u64>().ok());
        let content = Content::new(content::Publication {
            exchange: publication.exchange.into(),
            routing_key: &publication.routing_key,
            headers: &publication.headers,
            size_bytes: publication.body.len() as u64,
            body: publication.body.into(),
            persistent: publication.persistent,
            priority: publication.priority,
            ttl: ttl.map(|ms| Micros(ms * 1_000)),
        });
        let now = self.outside.now;
        let copy = self.outside.make(content.into(), Origin::now(now));
        let outcome = self.broker.publish(&mut self.outside, exchange, copy, publication.mandatory);
        self.send();
        if outcome.refused { Confirm::Nack } else { Confirm::Ack }
    }

    /// AMQP 0-9-1 `tx.select`.
    pub fn select_transaction(&mut self, channel: &str) {
        self.channel(channel).transaction.get_or_insert_default();
    }

    /// AMQP 0-9-1 `tx.commit`: publishes first, then what was settled.
    ///
    /// # Errors
    /// The channel has no transaction.
    pub fn commit(&mut self, channel: &str) -> Result<(), Refused> {
        let held = self.take_transaction(channel)?;
        let mut settled = Vec::new();
        for transacted in held {
            match transacted {
                Transacted::Publish(publication) => {
                    self.publish_now(publication);
                }
                Transacted::Settle(taken, settlement) => settled.push((taken, settlement)),
            }
        }
        for (taken, settlement) in settled {
            self.settle_taken(taken, settlement);
        }
        Ok(())
    }

    /// AMQP 0-9-1 `tx.rollback`: what was settled is unsettled again.
    ///
    /// # Errors
    /// The channel has no transaction.
    pub fn roll_back(&mut self, channel: &str) -> Result<(), Refused> {
        let held = self.take_transaction(channel)?;
        let unsettled = &mut self.channel(channel).unsettled;
        for transacted in held {
            if let Transacted::Settle(taken, _) = transacted {
                unsettled.extend(taken);
            }
        }
        unsettled.sort_by_key(|unsettled| unsettled.tag);
        Ok(())
    }

    fn take_transaction(&mut self, channel: &str) -> Result<Vec<Transacted>, Refused> {
        match &mut self.channel(channel).transaction {
            Some(held) => Ok(std::mem::take(held)),
            None => refuse(ReplyCode::PreconditionFailed, "channel is not transactional"),
        }
    }
}
