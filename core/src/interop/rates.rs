//! How fast messages came and went at a broker, as its management API told (`GET /api/queues`, `GET /api/exchanges`).

use std::collections::BTreeMap;

use serde_json::Value;

use super::definitions::Unreadable;
use crate::scenario::NodeKind;

/// What a broker told of its queues and exchanges, by their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rates {
    queues: BTreeMap<String, Told>,
    exchanges: BTreeMap<String, Told>,
}

/// Messages per second, and how many consumers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Told {
    published: Option<f64>,
    delivered: Option<f64>,
    consumers: Option<u32>,
}

impl Rates {
    /// Adds what an answer of the management API says of a virtual host: a list of queues or exchanges, or an object with such lists
    /// under `queues` and `exchanges`.
    ///
    /// # Errors
    /// It is no JSON, or nothing of the kind.
    pub fn add(&mut self, text: &str, host: Option<&str>) -> Result<(), Unreadable> {
        let root: Value = serde_json::from_str(text).map_err(|error| Unreadable::NotJson(error.to_string()))?;
        let mut found = false;
        let mut add = |items: &Value| {
            for item in items.as_array().into_iter().flatten() {
                let Some(name) = item.get("name").and_then(Value::as_str) else { continue };
                found = true;
                let other_host =
                    item.get("vhost").and_then(Value::as_str).zip(host).is_some_and(|(own, host)| own != host);
                if other_host || name.is_empty() {
                    continue;
                }
                let rate = |key: &str| {
                    let rate = item.get("message_stats")?.get(key)?.get("rate")?.as_f64()?;
                    (rate.is_finite() && rate >= 0.0).then_some(rate)
                };
                let is_exchange = item.get("type").is_some() && item.get("internal").is_some();
                let told = Told {
                    published: rate(if is_exchange { "publish_in_details" } else { "publish_details" }),
                    delivered: rate("deliver_get_details"),
                    consumers: item.get("consumers").and_then(Value::as_u64).map(|number| number.min(1_000) as u32),
                };
                let list = if is_exchange { &mut self.exchanges } else { &mut self.queues };
                list.insert(name.to_owned(), told);
            }
        };
        match &root {
            Value::Array(_) => add(&root),
            Value::Object(lists) => ["queues", "exchanges"].iter().filter_map(|key| lists.get(*key)).for_each(add),
            _ => {}
        }
        if found { Ok(()) } else { Err(Unreadable::NoRates) }
    }

    /// Whether a broker told anything at all.
    pub fn is_told(&self) -> bool {
        !self.queues.is_empty() || !self.exchanges.is_empty()
    }

    fn told(&self, kind: NodeKind, name: &str) -> Option<&Told> {
        match kind {
            NodeKind::Exchange => self.exchanges.get(name),
            _ => self.queues.get(name),
        }
    }

    /// Messages per second that were published to an exchange, or came into a queue.
    pub fn published(&self, kind: NodeKind, name: &str) -> Option<f64> {
        self.told(kind, name)?.published
    }

    /// Messages per second that were delivered from a queue.
    pub fn delivered(&self, queue: &str) -> Option<f64> {
        self.told(NodeKind::Queue, queue)?.delivered
    }

    /// How many consumers a queue had.
    pub fn consumers(&self, queue: &str) -> Option<u32> {
        self.told(NodeKind::Queue, queue)?.consumers
    }
}
