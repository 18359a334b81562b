//! Settings of a consumer.

use serde::{Deserialize, Serialize};

use crate::scenario::field::{Choice, Field, NumberRange, Scale, Shape, Unit};
use crate::scenario::handler::{self, Step};

/// A consumer's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ConsumerSettings {
    /// Who says when a message is done.
    #[serde(alias = "ack")]
    pub ack_mode: AckMode,
    /// How many unacked messages the queue lets it hold on each subscription; 0: any number. Auto acks ignore it.
    pub prefetch_count: u32,
    /// How many messages it works on at once.
    pub concurrency: u32,
    /// Who gets messages first: the consumers of the highest priority that have room (RabbitMQ, "Consumer Priorities").
    #[serde(skip_serializing_if = "is_zero")]
    pub priority: i32,
    /// Whether no other consumer may subscribe to its queues.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exclusive: bool,
    /// What it does with each message.
    pub handler: Vec<Step>,
    /// The share of messages whose handler fails, 0 to 1.
    #[serde(skip_serializing_if = "never")]
    pub failure_rate: f64,
    /// What becomes of a message whose handler failed. (One that was acked automatically is done either way.)
    #[serde(skip_serializing_if = "OnFailure::is_usual")]
    pub on_failure: OnFailure,
}

fn is_zero(priority: &i32) -> bool {
    *priority == 0
}

fn never(rate: &f64) -> bool {
    *rate == 0.0
}

impl Default for ConsumerSettings {
    fn default() -> ConsumerSettings {
        ConsumerSettings {
            ack_mode: AckMode::Manual,
            prefetch_count: 10,
            concurrency: 1,
            priority: 0,
            exclusive: false,
            handler: vec![Step::Work { ms: crate::scenario::Distribution::Constant(20.0) }],
            failure_rate: 0.0,
            on_failure: OnFailure::Requeue,
        }
    }
}

/// Who says when a message is done (RabbitMQ, "Consumer Acknowledgements and Publisher Confirms").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AckMode {
    /// The consumer, after its handler has ended.
    #[default]
    Manual,
    /// The broker, as soon as it has sent the message.
    Auto,
}

/// What becomes of a message whose handler failed (AMQP 0-9-1 `basic.reject`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// It goes back to its queue and is delivered again.
    #[default]
    Requeue,
    /// It is rejected: dead-lettered, or dropped where there is no dead-letter exchange.
    Reject,
}

impl OnFailure {
    fn is_usual(&self) -> bool {
        *self == OnFailure::default()
    }
}

/// A consumer's settings, for the inspector and for checking ranges.
pub static FIELDS: &[Field] = &[
    Field::usual("handler", |words| &words.fields.handler, Shape::Same(&handler::SHAPE)),
    Field::usual(
        "concurrency",
        |words| &words.fields.concurrency,
        Shape::Number(NumberRange {
            min: 1.0,
            max: 1_000.0,
            whole: true,
            unit: Unit::None,
            scale: Scale::Logarithmic,
            usual: 1.0,
        }),
    ),
    Field::usual(
        "prefetch_count",
        |words| &words.fields.prefetch_count,
        Shape::Number(NumberRange {
            min: 0.0,
            // basic.qos carries it as a 16-bit number.
            max: 65_535.0,
            whole: true,
            unit: Unit::Messages,
            scale: Scale::Logarithmic,
            usual: 10.0,
        }),
    ),
    Field::usual(
        "ack_mode",
        |words| &words.fields.ack_mode,
        Shape::Choices(&[
            Choice { name: "manual", words: |words| &words.fields.manual },
            Choice { name: "auto", words: |words| &words.fields.auto },
        ]),
    ),
    Field::usual(
        "failure_rate",
        |words| &words.fields.failure_rate,
        Shape::Number(NumberRange {
            min: 0.0,
            max: 1.0,
            whole: false,
            unit: Unit::None,
            scale: Scale::Linear,
            usual: 0.0,
        }),
    ),
    Field::usual(
        "on_failure",
        |words| &words.fields.on_failure,
        Shape::Choices(&[
            Choice { name: "requeue", words: |words| &words.fields.requeue },
            Choice { name: "reject", words: |words| &words.fields.reject },
        ]),
    ),
    Field::rare(
        "priority",
        |words| &words.fields.consumer_priority,
        Shape::Number(NumberRange {
            min: -1_000.0,
            max: 1_000.0,
            whole: true,
            unit: Unit::None,
            scale: Scale::Linear,
            usual: 0.0,
        }),
    ),
    Field::rare("exclusive", |words| &words.fields.exclusive_consumer, Shape::Toggle { usual: false }),
];
