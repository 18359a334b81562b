//! What a message says: shared by all of its copies, and never changed. A death makes another content.

use std::rc::Rc;

use crate::base::Micros;
use crate::scenario::{HeaderValue, Headers, MessageTemplate};

/// What a message says.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Content {
    /// The exchange that it was published to; of a dead letter, the dead-letter exchange.
    pub(in crate::engine) exchange: Rc<str>,
    /// Its routing key, and behind it the keys of its `CC` and `BCC` headers (RabbitMQ, "Sender-selected Distribution").
    pub(in crate::engine) routing_keys: Vec<Rc<str>>,
    /// Its headers; absent is not the same as empty to nobody, so that an absent table is an empty one. Without
    /// `x-death`, which is in `deaths`, and without `BCC`.
    pub(in crate::engine) headers: Headers,
    pub(in crate::engine) body: Rc<str>,
    pub(in crate::engine) size_bytes: u64,
    pub(in crate::engine) persistent: bool,
    pub(in crate::engine) priority: Option<u8>,
    /// How long it may wait in a queue: the property `expiration`.
    pub(in crate::engine) ttl: Option<Micros>,
    /// Whether no handler can deal with it.
    pub(in crate::engine) poisonous: bool,
    /// Where and why it died: the header `x-death`, in its order.
    pub(in crate::engine) deaths: Vec<DeathRecord>,
}

/// An entry of the header `x-death` (RabbitMQ, "Dead Letter Exchanges": effects on messages).
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) struct DeathRecord {
    pub(in crate::engine) queue: Rc<str>,
    pub(in crate::engine) reason: Rc<str>,
    pub(in crate::engine) count: u64,
    pub(in crate::engine) exchange: Rc<str>,
    pub(in crate::engine) routing_keys: Vec<Rc<str>>,
    /// The `expiration` that the message had: it lives on without one.
    pub(in crate::engine) original_ttl: Option<Micros>,
}

/// What is published, besides its content's derived parts.
pub(in crate::engine) struct Publication<'a> {
    pub(in crate::engine) exchange: Rc<str>,
    pub(in crate::engine) routing_key: &'a str,
    pub(in crate::engine) headers: &'a Headers,
    pub(in crate::engine) body: Rc<str>,
    pub(in crate::engine) size_bytes: u64,
    pub(in crate::engine) persistent: bool,
    pub(in crate::engine) priority: Option<u8>,
    pub(in crate::engine) ttl: Option<Micros>,
}

impl Content {
    /// The content of a publication: its keys are gathered, `BCC` goes, `x-death` is read.
    pub(in crate::engine) fn new(publication: Publication<'_>) -> Content {
        let Publication { exchange, routing_key, headers, body, size_bytes, persistent, priority, ttl } = publication;
        let mut routing_keys: Vec<Rc<str>> = vec![routing_key.into()];
        for name in ["CC", "BCC"] {
            routing_keys.extend(headers.get(name).into_iter().flat_map(HeaderValue::texts).map(Rc::from));
        }
        let mut headers = headers.clone();
        headers.remove("BCC");
        let deaths = match headers.get("x-death") {
            Some(HeaderValue::List(entries)) => entries.iter().filter_map(DeathRecord::read).collect(),
            _ => Vec::new(),
        };
        if !deaths.is_empty() {
            headers.remove("x-death");
        }
        Content {
            exchange,
            routing_keys,
            headers,
            body,
            size_bytes,
            persistent,
            priority,
            ttl,
            poisonous: false,
            deaths,
        }
    }

    /// What a producer of the simulation publishes with one of its keys.
    pub(in crate::engine) fn of_template(template: &MessageTemplate, exchange: Rc<str>, routing_key: &str) -> Content {
        Content::new(Publication {
            exchange,
            routing_key,
            headers: &template.headers,
            body: "".into(),
            size_bytes: template.size_bytes,
            persistent: template.persistent,
            priority: template.priority,
            ttl: template.ttl_ms.map(Micros::from_ms),
        })
    }

    /// The routing key that it is delivered with.
    pub(in crate::engine) fn routing_key(&self) -> &Rc<str> {
        &self.routing_keys[0]
    }
}

impl DeathRecord {
    /// An entry that a client published; without queue and reason it is none.
    fn read(entry: &HeaderValue) -> Option<DeathRecord> {
        let HeaderValue::Table(fields) = entry else { return None };
        let text = |name: &str| fields.get(name).and_then(HeaderValue::as_text);
        Some(DeathRecord {
            queue: text("queue")?.into(),
            reason: text("reason")?.into(),
            count: fields.get("count").and_then(HeaderValue::as_integer).map_or(1, |count| count.max(0) as u64),
            exchange: text("exchange").unwrap_or_default().into(),
            routing_keys: fields.get("routing-keys").into_iter().flat_map(HeaderValue::texts).map(Rc::from).collect(),
            original_ttl: text("original-expiration")
                .and_then(|text| text.parse().ok())
                .map(|ms: u64| Micros(ms.saturating_mul(1_000))),
        })
    }
}
