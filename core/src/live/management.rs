//! What RabbitMQ's management API is asked, and what it answers (RabbitMQ, "Management HTTP API").

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::interop::{Binding, DestinationKind, Exchange, Queue, definitions};

/// A request: what an HTTP client has to do, below the API's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number; the answer has it, too.
    pub number: u64,
    /// `GET`, `PUT`, `POST` or `DELETE`.
    pub method: &'static str,
    /// The path below the API's address, without a slash in front.
    pub path: String,
    /// JSON.
    pub body: Option<String>,
}

/// A name as one part of a path.
pub fn part(name: &str) -> String {
    let mut part = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            part.push(char::from(byte));
        } else {
            part.push_str(&format!("%{byte:02X}"));
        }
    }
    part
}

/// Method, path and body of what is asked.
pub type Asking = (&'static str, String, Option<Value>);

/// The columns of queues that are wanted: all would be ten times as much.
const QUEUE_COLUMNS: &str = "name,durable,auto_delete,exclusive,arguments,effective_policy_definition,messages_ready,\
                             messages_unacknowledged,message_stats";
const EXCHANGE_COLUMNS: &str = "name,type,durable,auto_delete,internal,arguments,message_stats";

/// What the broker is.
pub fn overview() -> Asking {
    ("GET", "overview?columns=rabbitmq_version,product_version,cluster_name,node".to_owned(), None)
}

/// The names of the virtual hosts that the user may see.
pub fn hosts() -> Asking {
    ("GET", "vhosts?columns=name".to_owned(), None)
}

/// A virtual host with all that is set for it; only administrators may ask for that.
pub fn host(host: &str) -> Asking {
    ("GET", format!("vhosts/{}", part(host)), None)
}

/// All queues, with what was last measured of them.
pub fn queues(host: &str) -> Asking {
    ("GET", format!("queues/{}?columns={QUEUE_COLUMNS}", part(host)), None)
}

/// How many messages are in all queues at this moment: without measurements, which are up to seconds old.
pub fn totals(host: &str) -> Asking {
    ("GET", format!("queues/{}?disable_stats=true&enable_queue_totals=true", part(host)), None)
}

/// All exchanges.
pub fn exchanges(host: &str) -> Asking {
    ("GET", format!("exchanges/{}?columns={EXCHANGE_COLUMNS}", part(host)), None)
}

/// All bindings.
pub fn bindings(host: &str) -> Asking {
    ("GET", format!("bindings/{}", part(host)), None)
}

/// All consumers.
pub fn consumers(host: &str) -> Asking {
    ("GET", format!("consumers/{}?columns=consumer_tag,queue.name", part(host)), None)
}

/// Declares an exchange. Where there is one with other settings, it is refused (AMQP 0-9-1, `exchange.declare`).
pub fn declare_exchange(host: &str, exchange: &Exchange) -> Asking {
    let Exchange { name, kind, durable, auto_delete, internal, arguments } = exchange;
    let body = json!({
        "type": kind, "durable": durable, "auto_delete": auto_delete, "internal": internal, "arguments": arguments,
    });
    ("PUT", format!("exchanges/{}/{}", part(host), part(name)), Some(body))
}

/// Declares a queue. Where there is one with other settings, it is refused (AMQP 0-9-1, `queue.declare`).
pub fn declare_queue(host: &str, queue: &Queue) -> Asking {
    let Queue { name, durable, auto_delete, arguments } = queue;
    let body = json!({ "durable": durable, "auto_delete": auto_delete, "arguments": arguments });
    ("PUT", format!("queues/{}/{}", part(host), part(name)), Some(body))
}

/// The path of the bindings between two.
fn between(host: &str, binding: &Binding) -> String {
    let kind = match binding.destination_type {
        DestinationKind::Queue => 'q',
        DestinationKind::Exchange => 'e',
    };
    format!("bindings/{}/e/{}/{kind}/{}", part(host), part(&binding.source), part(&binding.destination))
}

/// Binds.
pub fn bind(host: &str, binding: &Binding) -> Asking {
    let body = json!({ "routing_key": binding.routing_key, "arguments": binding.arguments });
    ("POST", between(host, binding), Some(body))
}

/// Takes a binding away; `key` is what the API calls it.
pub fn unbind(host: &str, binding: &Binding, key: &str) -> Asking {
    ("DELETE", format!("{}/{}", between(host, binding), part(key)), None)
}

/// Takes a queue away; if `careful`, only where nobody uses it and nothing is in it.
pub fn delete_queue(host: &str, name: &str, careful: bool) -> Asking {
    let conditions = if careful { "?if-empty=true&if-unused=true" } else { "" };
    ("DELETE", format!("queues/{}/{}{conditions}", part(host), part(name)), None)
}

/// Takes an exchange away, if nothing is bound to it.
pub fn delete_exchange(host: &str, name: &str) -> Asking {
    ("DELETE", format!("exchanges/{}/{}?if-unused=true", part(host), part(name)), None)
}

/// Switches tracing on or off. Whatever else is set for the virtual host is said again: it would go otherwise.
pub fn trace(host: &str, settings: &Value, on: bool) -> Asking {
    let mut body = serde_json::Map::new();
    for key in ["description", "tags", "default_queue_type"] {
        if let Some(value) = settings.get(key).filter(|value| !value.is_null()) {
            body.insert(key.to_owned(), value.clone());
        }
    }
    body.insert("tracing".to_owned(), on.into());
    ("PUT", format!("vhosts/{}", part(host)), Some(Value::Object(body)))
}

/// The most traced messages that are taken at once; four times a second.
pub const MOST_TRACED: u32 = 250;

/// Takes what the tracing exchange has put into a queue, for good.
pub fn take(host: &str, queue: &str) -> Asking {
    let body = json!({
        "count": MOST_TRACED, "ackmode": "ack_requeue_false", "encoding": "auto", "truncate": 200,
    });
    ("POST", format!("queues/{}/{}/get", part(host), part(queue)), Some(body))
}

/// What the broker is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// RabbitMQ's version.
    pub version: String,
    /// The cluster's name.
    pub cluster: String,
}

impl About {
    /// Reads it; `None` where this is something else.
    pub fn read(answer: &Value) -> Option<About> {
        let version = answer.get("rabbitmq_version").or_else(|| answer.get("product_version"))?.as_str()?;
        let name = answer.get("cluster_name").or_else(|| answer.get("node")).and_then(Value::as_str);
        Some(About { version: version.to_owned(), cluster: name.unwrap_or_default().to_owned() })
    }
}

/// A queue as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueState {
    /// As it was declared.
    pub declared: Queue,
    /// With what policies say, as it works.
    pub effective: Queue,
    /// Whether it is its connection's own.
    pub exclusive: bool,
    /// Messages that wait.
    pub ready: u64,
    /// Messages that were delivered and are not yet acked.
    pub unacked: u64,
    /// What it took in since it is there, as far as was counted.
    pub published: u64,
    /// What it delivered.
    pub delivered: u64,
    /// What was delivered again.
    pub redelivered: u64,
    /// What was acked.
    pub acked: u64,
    /// What it took in, per second lately.
    pub publishes_per_s: f64,
    /// What it delivered, per second lately.
    pub deliveries_per_s: f64,
}

fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or(0)
}

fn counted(value: &Value, name: &str) -> u64 {
    value.get("message_stats").map_or(0, |counts| number(counts, name))
}

fn rate(value: &Value, name: &str) -> f64 {
    let details = value.get("message_stats").and_then(|counts| counts.get(format!("{name}_details")));
    details.and_then(|details| details.get("rate")?.as_f64()).unwrap_or(0.0).max(0.0)
}

/// Reads a list with `one`; what cannot be read makes it none.
fn list<T>(answer: &Value, one: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    answer.as_array()?.iter().map(one).collect()
}

/// Reads queues.
pub fn read_queues(answer: &Value) -> Option<Vec<QueueState>> {
    list(answer, |value| {
        let declared = Queue::deserialize(value).ok()?;
        let mut effective = declared.clone();
        if let Some(policy) = value.get("effective_policy_definition") {
            definitions::apply_to_queue(&mut effective, policy);
        }
        Some(QueueState {
            exclusive: value.get("exclusive").and_then(Value::as_bool).unwrap_or(false),
            ready: number(value, "messages_ready"),
            unacked: number(value, "messages_unacknowledged"),
            published: counted(value, "publish"),
            delivered: counted(value, "deliver_get"),
            redelivered: counted(value, "redeliver"),
            acked: counted(value, "ack"),
            publishes_per_s: rate(value, "publish"),
            deliveries_per_s: rate(value, "deliver_get"),
            declared,
            effective,
        })
    })
}

/// Reads how many messages wait and are unacked, by the queues' names; what an old broker does not say is left out.
pub fn read_totals(answer: &Value) -> Option<Vec<(String, u64, u64)>> {
    let all = list(answer, |value| {
        let name = value.get("name")?.as_str()?.to_owned();
        let has = value.get("messages_ready").is_some();
        Some(has.then(|| (name, number(value, "messages_ready"), number(value, "messages_unacknowledged"))))
    })?;
    Some(all.into_iter().flatten().collect())
}

/// An exchange as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangeState {
    /// As it was declared.
    pub declared: Exchange,
    /// What clients published to it since it is there, as far as was counted.
    pub received: u64,
    /// What it gave away.
    pub routed: u64,
    /// What clients published to it, per second lately.
    pub receives_per_s: f64,
}

/// Reads exchanges.
pub fn read_exchanges(answer: &Value) -> Option<Vec<ExchangeState>> {
    list(answer, |value| {
        Some(ExchangeState {
            declared: Exchange::deserialize(value).ok()?,
            received: counted(value, "publish_in"),
            routed: counted(value, "publish_out"),
            receives_per_s: rate(value, "publish_in"),
        })
    })
}

/// Reads bindings, with what the API calls each; those of the default exchange, which every queue has, are left out.
pub fn read_bindings(answer: &Value) -> Option<Vec<(Binding, String)>> {
    let all = list(answer, |value| {
        let key = value.get("properties_key").and_then(Value::as_str).unwrap_or_default();
        Some((Binding::deserialize(value).ok()?, key.to_owned()))
    })?;
    Some(all.into_iter().filter(|(binding, _)| !binding.source.is_empty()).collect())
}

/// Reads how many consume from each queue, those left out whose tags begin so.
pub fn read_consumers(answer: &Value, own: &str) -> Option<BTreeMap<String, u64>> {
    let all = list(answer, |value| {
        let queue = value.get("queue")?.get("name")?.as_str()?.to_owned();
        let tag = value.get("consumer_tag").and_then(Value::as_str).unwrap_or_default();
        Some((!tag.starts_with(own)).then_some(queue))
    })?;
    let mut counts = BTreeMap::new();
    for queue in all.into_iter().flatten() {
        *counts.entry(queue).or_default() += 1;
    }
    Some(counts)
}

/// What the tracing exchange tells of one message (RabbitMQ, "Firehose Tracer").
#[derive(Clone, Debug, PartialEq)]
pub struct Traced {
    /// What was done with it.
    pub event: TracedEvent,
    /// The exchange that it was published to; empty: the default exchange.
    pub exchange: String,
    /// The keys that it was published with.
    pub routing_keys: Vec<String>,
    /// Where it died, why and how often, the latest first.
    pub deaths: Vec<(String, String, u64)>,
    /// Its body, or how it begins.
    pub payload: String,
}

/// What was done with a traced message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TracedEvent {
    /// It was published, and these queues got it.
    Published {
        /// The queues.
        queues: Vec<String>,
    },
    /// A queue delivered it.
    Delivered {
        /// The queue.
        queue: String,
        /// Whether it had been delivered before.
        redelivered: bool,
    },
}

/// Reads what the tracing exchange has put into a queue; what cannot be read is left out.
pub fn read_traced(answer: &Value) -> Option<Vec<Traced>> {
    let all = list(answer, |value| Some(read_one_traced(value)))?;
    Some(all.into_iter().flatten().collect())
}

fn read_one_traced(value: &Value) -> Option<Traced> {
    let headers = value.get("properties")?.get("headers")?;
    let texts = |value: &Value| -> Vec<String> {
        let all = value.as_array().into_iter().flatten();
        all.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let event = match value.get("routing_key")?.as_str()?.split_once('.')? {
        ("publish", _) => {
            TracedEvent::Published { queues: headers.get("routed_queues").map(texts).unwrap_or_default() }
        }
        ("deliver", queue) => TracedEvent::Delivered {
            queue: queue.to_owned(),
            redelivered: number(headers, "redelivered") > 0 || headers.get("redelivered") == Some(&Value::Bool(true)),
        },
        _ => return None,
    };
    let deaths = headers.get("properties").and_then(|own| own.get("headers")?.get("x-death")?.as_array());
    let death = |death: &Value| {
        let text = |key: &str| death.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        (text("queue"), text("reason"), number(death, "count"))
    };
    Some(Traced {
        event,
        exchange: headers.get("exchange_name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        routing_keys: headers.get("routing_keys").map(texts).unwrap_or_default(),
        deaths: deaths.into_iter().flatten().map(death).collect(),
        payload: value.get("payload").and_then(Value::as_str).unwrap_or_default().to_owned(),
    })
}

/// Why something was refused, in the broker's own words.
pub fn reason(answer: &str) -> String {
    let said = serde_json::from_str::<Value>(answer).ok();
    let reason = said.as_ref().and_then(|said| said.get("reason").or_else(|| said.get("error"))?.as_str());
    let text = reason.unwrap_or(answer);
    text.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_for_a_virtual_host_stays_when_tracing_is_switched() {
        let settings =
            json!({"name": "/", "description": "ours", "tags": ["a"], "tracing": false, "cluster_state": {}});
        let (method, path, body) = trace("/", &settings, true);
        assert_eq!((method, path.as_str()), ("PUT", "vhosts/%2F"));
        assert_eq!(body, Some(json!({"description": "ours", "tags": ["a"], "tracing": true})));
    }

    #[test]
    fn traced_messages_are_read() {
        // As RabbitMQ 3.10.8 answers.
        let answer = json!([
            {"payload_bytes": 5, "routing_key": "publish.x", "payload": "hello", "payload_encoding": "string", "properties": {"headers": {
                "exchange_name": "x", "routing_keys": ["a.b"], "routed_queues": ["q/1"], "properties": {"headers": {}}}}},
            {"routing_key": "deliver.q.1", "payload": "hello", "properties": {"headers": {
                "exchange_name": "x", "routing_keys": ["a.b"], "redelivered": 1,
                "properties": {"headers": {"x-death": [{"queue": "first", "reason": "expired", "count": 2}]}}}}},
            {"routing_key": "something else"},
        ]);
        let traced = read_traced(&answer).unwrap();
        assert_eq!(traced.len(), 2);
        assert_eq!(traced[0].event, TracedEvent::Published { queues: vec!["q/1".to_owned()] });
        assert_eq!(traced[1].event, TracedEvent::Delivered { queue: "q.1".to_owned(), redelivered: true });
        assert_eq!(traced[1].deaths, [("first".to_owned(), "expired".to_owned(), 2)]);
    }

    #[test]
    fn policies_count_for_how_a_queue_works_and_not_for_how_it_was_declared() {
        let answer = json!([{"name": "q", "durable": true, "arguments": {}, "effective_policy_definition": {"max-length": 5},
            "messages_ready": 3, "message_stats": {"publish": 9, "publish_details": {"rate": 1.5}}}]);
        let [queue] = &read_queues(&answer).unwrap()[..] else { panic!("one queue") };
        assert!(queue.declared.arguments.is_empty());
        assert_eq!(queue.effective.arguments["x-max-length"].as_integer(), Some(5));
        assert_eq!((queue.ready, queue.published, queue.publishes_per_s), (3, 9, 1.5));
    }

    #[test]
    fn what_is_something_else_is_none() {
        for other in [json!({}), json!("text"), json!([{"no": "name"}]), json!([1])] {
            assert_eq!(read_queues(&other).map(|queues| queues.len()), None, "{other}");
            assert_eq!(read_exchanges(&other).map(|exchanges| exchanges.len()), None);
            assert_eq!(About::read(&other), None);
        }
    }
}
