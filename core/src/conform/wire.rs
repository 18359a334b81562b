//! Messages as recordings write them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::engine::amqp::{Publication, Received};
use crate::scenario::Headers;

/// A message of a publish step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireMessage {
    exchange: String,
    routing_key: String,
    payload: String,
    #[serde(default)]
    headers: Option<Headers>,
    #[serde(default)]
    persistent: bool,
    #[serde(default)]
    priority: Option<u8>,
    #[serde(default)]
    expiration_ms: Option<u64>,
    #[serde(default)]
    expiration: Option<String>,
    #[serde(default)]
    mandatory: bool,
}

impl From<WireMessage> for Publication {
    fn from(message: WireMessage) -> Publication {
        Publication {
            exchange: message.exchange,
            routing_key: message.routing_key,
            body: message.payload,
            headers: message.headers.unwrap_or_default(),
            persistent: message.persistent,
            priority: message.priority,
            expiration: message.expiration.or_else(|| message.expiration_ms.map(|ms| ms.to_string())),
            mandatory: message.mandatory,
        }
    }
}

fn base(message: &Received) -> Map<String, Value> {
    let mut written = Map::new();
    written.insert("payload".to_owned(), json!(&*message.body));
    written.insert("exchange".to_owned(), json!(&*message.exchange));
    written.insert("routing_key".to_owned(), json!(&*message.routing_key));
    if !message.headers.is_empty() {
        written.insert("headers".to_owned(), json!(message.headers));
    }
    written
}

/// A delivered message: what is as usual is left out.
pub(super) fn delivered(message: &Received) -> Value {
    let mut written = base(message);
    if message.redelivered {
        written.insert("redelivered".to_owned(), json!(true));
    }
    if message.persistent {
        written.insert("persistent".to_owned(), json!(true));
    }
    if let Some(priority) = message.priority {
        written.insert("priority".to_owned(), json!(priority));
    }
    if let Some(ttl) = message.ttl {
        written.insert("expiration".to_owned(), json!((ttl.0 / 1_000).to_string()));
    }
    if !message.deaths.is_empty() {
        written.insert("x_death".to_owned(), json!(message.deaths));
    }
    Value::Object(written)
}

/// A returned message; 312 is AMQP's "no route".
pub(super) fn returned(message: &Received) -> Value {
    let mut written = base(message);
    written.insert("code".to_owned(), json!(312));
    Value::Object(written)
}
