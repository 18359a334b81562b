//! Settings of a consumer.

use serde::{Deserialize, Serialize};

use crate::scenario::backoff::{self, Backoff};
use crate::scenario::edge::EdgeKind;
use crate::scenario::field::{Choice, Field, NumberRange, Scale, Shape, Unit};
use crate::scenario::handler::{self, Step};
use crate::scenario::{Id, is_default};

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
    #[serde(skip_serializing_if = "is_default")]
    pub priority: i32,
    /// Whether no other consumer may subscribe to its queues.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exclusive: bool,
    /// How many messages it takes at once, every `interval_ms`; absent: it subscribes, and the queue sends them. What it
    /// still holds counts. (AMQP 0-9-1 `basic.get`.)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<u32>,
    /// The time from one batch to the next, in milliseconds: batches are taken at k·interval_ms, k ≥ 1.
    #[serde(skip_serializing_if = "is_usual_interval")]
    pub interval_ms: f64,
    /// What it does with each message.
    pub handler: Vec<Step>,
    /// The share of messages whose handler fails, 0 to 1.
    #[serde(skip_serializing_if = "is_default")]
    pub failure_rate: f64,
    /// What becomes of a message whose handler failed. (One that was acked automatically is done either way.)
    #[serde(skip_serializing_if = "is_default")]
    pub on_failure: OnFailure,
    /// How it tries again, with [`OnFailure::Retry`].
    #[serde(skip_serializing_if = "is_default")]
    pub retry: Retry,
    /// Whether it leaves a message alone that it, or another idempotent consumer of the same queue, has dealt with: as
    /// with a table of message ids in the database that the effect is written to. The last [`REMEMBERED`] are known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub idempotent: bool,
}

/// How many message ids the idempotent consumers of a queue remember.
pub const REMEMBERED: usize = 100_000;

/// How a consumer tries a message again: it publishes it to a delay queue, with a time to live, and acks it; from the
/// delay queue it comes back as a dead letter. How often that was is in its `x-death` header (RabbitMQ, "Dead Letter
/// Exchanges").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    /// The delay queue, to which a `publish` edge leads: a queue without consumers that dead-letters back to where the
    /// message came from.
    pub queue: Id,
    /// How often a message is tried, the first time included; after that it is rejected, and so goes to its queue's
    /// dead-letter exchange.
    pub tries: u32,
    /// How long it waits in the delay queue.
    pub backoff: Backoff,
}

impl Default for Retry {
    fn default() -> Retry {
        let backoff = Backoff { first_ms: 1_000.0, ..Backoff::default() };
        Retry { queue: Id::default(), tries: 3, backoff }
    }
}

const USUAL_INTERVAL_MS: f64 = 1_000.0;

fn is_usual_interval(ms: &f64) -> bool {
    *ms == USUAL_INTERVAL_MS
}

impl Default for ConsumerSettings {
    fn default() -> ConsumerSettings {
        ConsumerSettings {
            ack_mode: AckMode::Manual,
            prefetch_count: 10,
            concurrency: 1,
            priority: 0,
            exclusive: false,
            batch_size: None,
            interval_ms: USUAL_INTERVAL_MS,
            handler: vec![Step::Work { ms: crate::scenario::Distribution::Constant(20.0) }],
            failure_rate: 0.0,
            on_failure: OnFailure::Requeue,
            retry: Retry::default(),
            idempotent: false,
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
    /// It is tried again later, by way of a delay queue; after some tries it is rejected.
    Retry,
}

static BATCH_SIZE: Shape = Shape::Number(NumberRange {
    min: 1.0,
    max: 1_000_000.0,
    whole: true,
    unit: Unit::Messages,
    scale: Scale::Logarithmic,
    usual: 100.0,
});

static RETRY: &[Field] = &[
    Field::usual("queue", |words| &words.fields.delay_queue, Shape::Target(EdgeKind::Publish)),
    Field::usual(
        "tries",
        |words| &words.fields.tries,
        Shape::Number(NumberRange {
            min: 1.0,
            max: 100.0,
            whole: true,
            unit: Unit::None,
            scale: Scale::Linear,
            usual: 3.0,
        }),
    ),
    Field::usual("backoff", |words| &words.fields.backoff, Shape::Record(RETRY_BACKOFF)),
];

static RETRY_BACKOFF: &[Field] = &backoff::fields(1_000.0);

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
    Field::usual("failure_rate", |words| &words.fields.failure_rate, Shape::Number(NumberRange::share(0.0))),
    Field::usual(
        "on_failure",
        |words| &words.fields.on_failure,
        Shape::Choices(&[
            Choice { name: "requeue", words: |words| &words.fields.requeue },
            Choice { name: "reject", words: |words| &words.fields.reject },
            Choice { name: "retry", words: |words| &words.fields.retry_later },
        ]),
    ),
    Field::rare("retry", |words| &words.fields.retry_settings, Shape::Record(RETRY)),
    Field::rare("idempotent", |words| &words.fields.idempotent, Shape::Toggle { usual: false }),
    Field::rare("batch_size", |words| &words.fields.batch_size, Shape::Optional(&BATCH_SIZE)),
    Field::rare(
        "interval_ms",
        |words| &words.fields.interval_ms,
        Shape::Number(NumberRange::milliseconds(1.0, USUAL_INTERVAL_MS)),
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
