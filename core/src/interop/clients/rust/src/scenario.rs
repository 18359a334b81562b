//! What scenario.json says.

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldArray, FieldTable};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
pub struct Scenario {
    pub producers: Vec<ProducerSettings>,
    pub consumers: Vec<ConsumerSettings>,
}

#[derive(Clone, Deserialize)]
pub struct ProducerSettings {
    pub name: String,
    pub pattern: Pattern,
    pub routing_keys: Vec<WeightedKey>,
    pub targets: Vec<Target>,
    pub message: Message,
    pub confirms: Option<Confirms>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    Constant {
        per_s: f64,
    },
    Poisson {
        per_s: f64,
    },
    Burst {
        size: u64,
        every_ms: f64,
    },
    /// Pairs of a time in milliseconds and the rate from then on.
    Profile(Vec<(f64, f64)>),
    Once {
        count: u64,
    },
}

#[derive(Clone, Deserialize)]
pub struct WeightedKey {
    pub key: String,
    pub weight: f64,
}

#[derive(Clone, Deserialize)]
pub struct Target {
    pub exchange: String,
    /// Absent: the key that was drawn.
    pub routing_key: Option<String>,
}

#[derive(Clone, Deserialize)]
pub struct Message {
    pub size_bytes: usize,
    pub headers: Map<String, Value>,
    pub delivery_mode: u8,
    pub priority: Option<u8>,
    pub expiration: Option<String>,
    pub mandatory: bool,
}

#[derive(Clone, Deserialize)]
pub struct Confirms {
    /// 0: any number.
    pub max_unconfirmed: u64,
    pub retry: bool,
    pub retry_ms: f64,
}

#[derive(Clone, Deserialize)]
pub struct ConsumerSettings {
    pub name: String,
    pub queues: Vec<String>,
    pub auto_ack: bool,
    /// On each queue; 0: any number.
    pub prefetch_count: u16,
    pub concurrency: usize,
    pub priority: i32,
    pub exclusive: bool,
    /// Absent: it subscribes.
    pub batch: Option<Batch>,
    /// Steps, one after the other; the parts of a step begin together.
    pub handler: Vec<Vec<Part>>,
    pub failure_rate: f64,
    pub on_failure: OnFailure,
    pub retry: Option<Retry>,
    pub idempotent: bool,
}

#[derive(Clone, Deserialize)]
pub struct Batch {
    pub size: usize,
    pub interval_ms: f64,
}

#[derive(Clone, Deserialize)]
pub struct Part {
    pub ms: Distribution,
    /// What is published at the end of it.
    pub publish: Option<Publish>,
}

#[derive(Clone, Deserialize)]
pub struct Publish {
    pub exchange: String,
    pub routing_key: String,
    /// Whether the handler waits for the broker's confirm, and fails without it.
    pub confirm: bool,
    pub message: Message,
}

/// Durations in milliseconds.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    Constant(f64),
    Exponential(f64),
    Uniform { min: f64, max: f64 },
    Normal { mean: f64, sd: f64 },
    Lognormal { mean: f64, sd: f64 },
    Empirical(Vec<f64>),
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    Requeue,
    Reject,
    Retry,
}

#[derive(Clone, Deserialize)]
pub struct Retry {
    /// The delay queue.
    pub queue: String,
    /// How often a message is tried, the first time included.
    pub tries: u32,
    pub backoff: Backoff,
}

#[derive(Clone, Deserialize)]
pub struct Backoff {
    pub first_ms: f64,
    pub factor: f64,
    pub most_ms: f64,
    pub jitter: f64,
}

impl Message {
    pub fn body(&self) -> Vec<u8> {
        vec![b'x'; self.size_bytes]
    }

    pub fn properties(&self) -> BasicProperties {
        let mut properties = BasicProperties::default()
            .with_headers(table(&self.headers))
            .with_delivery_mode(self.delivery_mode)
            .with_message_id(format!("{:032x}", rand::random::<u128>()).into());
        if let Some(priority) = self.priority {
            properties = properties.with_priority(priority);
        }
        if let Some(expiration) = &self.expiration {
            properties = properties.with_expiration(expiration.as_str().into());
        }
        properties
    }
}

fn table(headers: &Map<String, Value>) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in headers {
        table.insert(name.as_str().into(), header_value(value));
    }
    table
}

fn header_value(value: &Value) -> AMQPValue {
    match value {
        Value::Null => AMQPValue::Void,
        Value::Bool(boolean) => AMQPValue::Boolean(*boolean),
        Value::Number(number) => AMQPValue::LongLongInt(number.as_i64().unwrap_or_default()),
        Value::String(text) => AMQPValue::LongString(text.as_str().into()),
        Value::Array(items) => {
            AMQPValue::FieldArray(FieldArray::from(items.iter().map(header_value).collect::<Vec<_>>()))
        }
        Value::Object(object) => match (object.get("double"), object.get("table")) {
            (Some(double), _) => AMQPValue::Double(double.as_f64().unwrap_or_default()),
            (_, Some(Value::Object(headers))) => AMQPValue::FieldTable(table(headers)),
            _ => AMQPValue::Void,
        },
    }
}
