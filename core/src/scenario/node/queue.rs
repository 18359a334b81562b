//! Settings of a queue.

use serde::{Deserialize, Serialize};

use crate::scenario::field::{Choice, Field, NumberRange, Scale, Shape, Unit};

/// A queue's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct QueueSettings {
    /// How it keeps its messages.
    #[serde(rename = "type")]
    pub kind: QueueKind,
    /// Whether the queue and its persistent messages outlive a restart of the broker. A quorum queue always does.
    pub durable: bool,
    /// How long a message may wait, in milliseconds; absent: for ever (RabbitMQ, "Time-To-Live").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_ms: Option<f64>,
    /// How long the queue may be without consumers until it is deleted, in milliseconds; absent: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<f64>,
    /// How many ready messages it holds at the most; absent: any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// How many bytes of ready messages it holds at the most; absent: any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length_bytes: Option<u64>,
    /// What happens when one more comes.
    pub overflow: Overflow,
    /// The exchange that gets what dies here; `""` is the default exchange, which routes to the queue whose id is
    /// the routing key; absent: what dies is gone (RabbitMQ, "Dead Letter Exchanges").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_letter_exchange: Option<String>,
    /// The routing key of what dies here; absent: the message's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_letter_routing_key: Option<String>,
    /// The highest priority that counts; absent: priorities do not count. Classic queues only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_priority: Option<u8>,
    /// Whether only one consumer at a time is given messages.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub single_active_consumer: bool,
    /// How often a message may come back; once more, and it dies. Quorum queues only; absent: any number of times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_limit: Option<u32>,
    /// Whether the queue is deleted when its last consumer goes. Classic queues only.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub auto_delete: bool,
    /// Whether it belongs to the first consumer that subscribes, and goes with it. Classic queues only.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exclusive: bool,
}

impl Default for QueueSettings {
    fn default() -> QueueSettings {
        QueueSettings {
            kind: QueueKind::Classic,
            durable: true,
            ttl_ms: None,
            expires_ms: None,
            max_length: None,
            max_length_bytes: None,
            overflow: Overflow::DropHead,
            dead_letter_exchange: None,
            dead_letter_routing_key: None,
            max_priority: None,
            single_active_consumer: false,
            delivery_limit: None,
            auto_delete: false,
            exclusive: false,
        }
    }
}

/// How a queue keeps its messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QueueKind {
    /// On one node of the broker.
    #[default]
    Classic,
    /// Replicated: all messages outlive a restart, deliveries are counted (RabbitMQ, "Quorum Queues").
    Quorum,
}

/// What a full queue does with one message more (RabbitMQ, "Queue Length Limit").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// The message at the head goes.
    #[default]
    DropHead,
    /// The new message is refused.
    RejectPublish,
    /// The new message is refused, and a copy is dead-lettered. (A quorum queue takes it for [`Overflow::DropHead`].)
    RejectPublishDlx,
}

impl Overflow {
    /// All of them.
    pub const ALL: [Overflow; 3] = [Overflow::DropHead, Overflow::RejectPublish, Overflow::RejectPublishDlx];

    /// The value of the argument `x-overflow` (RabbitMQ, "Queue Length Limit").
    pub fn argument(self) -> &'static str {
        match self {
            Overflow::DropHead => "drop-head",
            Overflow::RejectPublish => "reject-publish",
            Overflow::RejectPublishDlx => "reject-publish-dlx",
        }
    }

    /// What a value of the argument `x-overflow` means.
    pub fn from_argument(argument: &str) -> Option<Overflow> {
        Overflow::ALL.into_iter().find(|overflow| overflow.argument() == argument)
    }
}

const fn messages(max: f64, usual: f64) -> Shape {
    Shape::Number(NumberRange { min: 0.0, max, whole: true, unit: Unit::Messages, scale: Scale::Logarithmic, usual })
}

static MAX_LENGTH: Shape = messages(1e9, 100.0);
static TTL: Shape = Shape::Number(NumberRange::milliseconds(0.0, 5_000.0));
// RabbitMQ refuses 0 here.
static EXPIRES: Shape = Shape::Number(NumberRange::milliseconds(1.0, 10_000.0));

/// A queue's settings, for the inspector and for checking ranges.
pub static FIELDS: &[Field] = &[
    Field::usual("max_length", |words| &words.fields.max_length, Shape::Optional(&MAX_LENGTH)),
    Field::usual(
        "overflow",
        |words| &words.fields.overflow,
        Shape::Choices(&[
            Choice { name: "drop_head", words: |words| &words.fields.drop_head },
            Choice { name: "reject_publish", words: |words| &words.fields.reject_publish },
            Choice { name: "reject_publish_dlx", words: |words| &words.fields.reject_publish_dlx },
        ]),
    ),
    Field::usual("ttl_ms", |words| &words.fields.ttl_ms, Shape::Optional(&TTL)),
    Field::usual("dead_letter_exchange", |words| &words.fields.dead_letter_exchange, Shape::Optional(&Shape::Exchange)),
    Field::usual(
        "dead_letter_routing_key",
        |words| &words.fields.dead_letter_routing_key,
        Shape::Optional(&Shape::Text { longest: 255 }),
    ),
    Field::usual("durable", |words| &words.fields.durable, Shape::Toggle { usual: true }),
    Field::rare(
        "type",
        |words| &words.fields.queue_type,
        Shape::Choices(&[
            Choice { name: "classic", words: |words| &words.fields.classic },
            Choice { name: "quorum", words: |words| &words.fields.quorum },
        ]),
    ),
    Field::rare(
        "delivery_limit",
        |words| &words.fields.delivery_limit,
        Shape::Optional(&Shape::Number(NumberRange {
            min: 0.0,
            max: 1_000_000.0,
            whole: true,
            unit: Unit::None,
            scale: Scale::Logarithmic,
            usual: 5.0,
        })),
    ),
    Field::rare(
        "max_priority",
        |words| &words.fields.max_priority,
        Shape::Optional(&Shape::Number(NumberRange {
            min: 1.0,
            max: 255.0,
            whole: true,
            unit: Unit::None,
            scale: Scale::Linear,
            usual: 10.0,
        })),
    ),
    Field::rare("single_active_consumer", |words| &words.fields.single_active_consumer, Shape::Toggle { usual: false }),
    Field::rare(
        "max_length_bytes",
        |words| &words.fields.max_length_bytes,
        Shape::Optional(&Shape::Number(NumberRange {
            min: 0.0,
            max: 1e12,
            whole: true,
            unit: Unit::Bytes,
            scale: Scale::Logarithmic,
            usual: 1_000_000.0,
        })),
    ),
    Field::rare("expires_ms", |words| &words.fields.expires_ms, Shape::Optional(&EXPIRES)),
    Field::rare("auto_delete", |words| &words.fields.auto_delete, Shape::Toggle { usual: false }),
    Field::rare("exclusive", |words| &words.fields.exclusive_queue, Shape::Toggle { usual: false }),
];
