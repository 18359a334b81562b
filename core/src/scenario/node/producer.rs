//! Settings of a producer: when it publishes, and what.

use serde::{Deserialize, Serialize};

use crate::scenario::Headers;
use crate::scenario::field::{Field, NumberRange, SHORT_STRING, Scale, Shape, Unit, Variant};

/// A producer's settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ProducerSettings {
    /// When it publishes.
    pub pattern: Pattern,
    /// What every message is like.
    pub message: MessageTemplate,
    /// Whether the broker confirms what it has taken; absent: it does not (RabbitMQ, "Publisher Confirms").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirms: Option<Confirms>,
}

/// How a producer deals with confirms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Confirms {
    /// How many messages may be without a confirm; what is due beyond waits in the producer. 0: any number.
    pub max_unconfirmed: u64,
    /// Whether it publishes again what was refused, and what was unconfirmed when the connection broke.
    pub retry: bool,
    /// How long it waits before it publishes a refused message again, in milliseconds.
    pub retry_ms: f64,
}

impl Default for Confirms {
    fn default() -> Confirms {
        Confirms { max_unconfirmed: 100, retry: true, retry_ms: 1_000.0 }
    }
}

/// A schedule of messages. A new schedule begins where the old one is changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Pattern {
    /// Message k (k ≥ 0) at ⌊k·10⁶/rate⌋ µs; rates are exact to a millionth of a message per second.
    Constant {
        /// Messages per second.
        per_s: f64,
    },
    /// Independent arrivals: exponential intervals.
    Poisson {
        /// Messages per second, on average.
        per_s: f64,
    },
    /// Many at once, again and again; the first burst at once.
    Burst {
        /// Messages in a burst.
        size: u64,
        /// From one burst to the next, in milliseconds.
        every_ms: f64,
    },
    /// A constant rate that changes in steps: pairs of `at_ms` and `per_s`, in order of time. Before the
    /// first nothing is published; after the last its rate stays.
    Profile(Vec<(f64, f64)>),
    /// A number of messages at once, and no more.
    Once {
        /// How many.
        count: u64,
    },
    /// Of clients only: so many users, each of whom sends the next request when the answer to the last one is there and
    /// the time to think is over.
    ClosedLoop {
        /// How many users.
        users: u32,
        /// How long each thinks after an answer, in milliseconds.
        think_ms: f64,
    },
}

impl Default for Pattern {
    fn default() -> Pattern {
        Pattern::Constant { per_s: 10.0 }
    }
}

/// What every message of a producer is like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct MessageTemplate {
    /// Its routing key, drawn by weight; without any it is empty. (On its way straight to a queue it is the queue's
    /// id, as always with the default exchange.)
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routing_keys: Vec<WeightedKey>,
    /// Its headers.
    #[serde(skip_serializing_if = "Headers::is_empty")]
    pub headers: Headers,
    /// How long its body is.
    #[serde(skip_serializing_if = "is_usual_size")]
    pub size_bytes: u64,
    /// Its priority, where the queue looks at it; absent: as 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// How long it may wait in a queue, in milliseconds; absent: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_ms: Option<f64>,
    /// Whether a durable queue keeps it through a restart of the broker (delivery mode 2).
    pub persistent: bool,
    /// Whether it comes back to the producer where no queue takes it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mandatory: bool,
}

/// The size of a message's body where nothing else is said.
const USUAL_SIZE: u64 = 1_000;

fn is_usual_size(size: &u64) -> bool {
    *size == USUAL_SIZE
}

impl Default for MessageTemplate {
    fn default() -> MessageTemplate {
        MessageTemplate {
            routing_keys: Vec::new(),
            headers: Headers::new(),
            size_bytes: USUAL_SIZE,
            priority: None,
            ttl_ms: None,
            persistent: true,
            mandatory: false,
        }
    }
}

/// A routing key, and how often it is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WeightedKey {
    /// The key.
    pub key: String,
    /// Its share among the weights of all.
    #[serde(default = "one")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

const RATE: NumberRange = NumberRange {
    min: 0.0,
    max: 1_000_000.0,
    whole: false,
    unit: Unit::MessagesPerSecond,
    scale: Scale::Logarithmic,
    usual: 10.0,
};

const REQUESTS: NumberRange = NumberRange { unit: Unit::RequestsPerSecond, ..RATE };

const fn messages(max: f64, usual: f64) -> Shape {
    Shape::Number(NumberRange { min: 0.0, max, whole: true, unit: Unit::Messages, scale: Scale::Logarithmic, usual })
}

const fn requests(usual: f64) -> Shape {
    let (min, max) = (0.0, 1e6);
    Shape::Number(NumberRange { min, max, whole: true, unit: Unit::Requests, scale: Scale::Logarithmic, usual })
}

static RATE_FIELDS: &[Field] = &[Field::usual("per_s", |words| &words.fields.per_s, Shape::Number(RATE))];

static BURST: &[Field] = &[
    Field::usual("size", |words| &words.fields.burst_size, messages(1e6, 50.0)),
    Field::usual("every_ms", |words| &words.fields.every_ms, Shape::Number(NumberRange::milliseconds(1.0, 2_000.0))),
];

static ONCE: &[Field] = &[Field::usual("count", |words| &words.fields.count, messages(1e6, 100.0))];

const AT_MS: NumberRange = NumberRange { scale: Scale::Linear, ..NumberRange::milliseconds(0.0, 0.0) };

static PROFILE_STEP: Shape = Shape::Tuple(&[
    Field::usual("at_ms", |words| &words.fields.at_ms, Shape::Number(AT_MS)),
    Field::usual("per_s", |words| &words.fields.per_s, Shape::Number(RATE)),
]);

static PATTERN: Shape = Shape::Variants(&[
    Variant { name: "constant", words: |words| &words.fields.constant, shape: Shape::Record(RATE_FIELDS) },
    Variant { name: "poisson", words: |words| &words.fields.poisson, shape: Shape::Record(RATE_FIELDS) },
    Variant { name: "burst", words: |words| &words.fields.burst, shape: Shape::Record(BURST) },
    Variant {
        name: "profile",
        words: |words| &words.fields.profile,
        shape: Shape::List { item: &PROFILE_STEP, least: 1, most: 1_000 },
    },
    Variant { name: "once", words: |words| &words.fields.once, shape: Shape::Record(ONCE) },
]);

static REQUEST_RATE: &[Field] = &[Field::usual("per_s", |words| &words.fields.requests_per_s, Shape::Number(REQUESTS))];

static REQUEST_BURST: &[Field] = &[
    Field::usual("size", |words| &words.fields.burst_size, requests(50.0)),
    Field::usual("every_ms", |words| &words.fields.every_ms, Shape::Number(NumberRange::milliseconds(1.0, 2_000.0))),
];

static REQUESTS_ONCE: &[Field] = &[Field::usual("count", |words| &words.fields.request_count, requests(100.0))];

static REQUEST_PROFILE_STEP: Shape = Shape::Tuple(&[
    Field::usual("at_ms", |words| &words.fields.at_ms, Shape::Number(AT_MS)),
    Field::usual("per_s", |words| &words.fields.requests_per_s, Shape::Number(REQUESTS)),
]);

static CLOSED_LOOP: &[Field] = &[
    Field::usual(
        "users",
        |words| &words.fields.users,
        Shape::Number(NumberRange {
            min: 0.0,
            max: 100_000.0,
            whole: true,
            unit: Unit::Users,
            scale: Scale::Logarithmic,
            usual: 10.0,
        }),
    ),
    Field::usual("think_ms", |words| &words.fields.think_ms, Shape::Number(NumberRange::milliseconds(0.0, 1_000.0))),
];

/// When a client sends requests.
pub(super) static REQUEST_PATTERN: Shape = Shape::Variants(&[
    Variant { name: "constant", words: |words| &words.fields.constant, shape: Shape::Record(REQUEST_RATE) },
    Variant { name: "poisson", words: |words| &words.fields.poisson, shape: Shape::Record(REQUEST_RATE) },
    Variant { name: "burst", words: |words| &words.fields.burst, shape: Shape::Record(REQUEST_BURST) },
    Variant {
        name: "profile",
        words: |words| &words.fields.profile,
        shape: Shape::List { item: &REQUEST_PROFILE_STEP, least: 1, most: 1_000 },
    },
    Variant { name: "once", words: |words| &words.fields.request_once, shape: Shape::Record(REQUESTS_ONCE) },
    Variant { name: "closed_loop", words: |words| &words.fields.closed_loop, shape: Shape::Record(CLOSED_LOOP) },
]);

static WEIGHTED_KEY: Shape = Shape::Record(&[
    Field::usual("key", |words| &words.fields.routing_key, Shape::Text { longest: SHORT_STRING }),
    Field::usual(
        "weight",
        |words| &words.fields.weight,
        Shape::Number(NumberRange {
            min: 0.0,
            max: 1_000_000.0,
            whole: false,
            unit: Unit::None,
            scale: Scale::Logarithmic,
            usual: 1.0,
        }),
    ),
]);

static PRIORITY: Shape = Shape::Number(NumberRange {
    min: 0.0,
    max: 255.0,
    whole: true,
    unit: Unit::None,
    scale: Scale::Linear,
    usual: 5.0,
});

static TTL: Shape = Shape::Number(NumberRange::milliseconds(0.0, 5_000.0));

static MESSAGE: &[Field] = &[
    Field::usual(
        "routing_keys",
        |words| &words.fields.routing_keys,
        Shape::List { item: &WEIGHTED_KEY, least: 0, most: 1_000 },
    ),
    Field::usual("persistent", |words| &words.fields.persistent, Shape::Toggle { usual: true }),
    Field::rare("headers", |words| &words.fields.message_headers, Shape::Headers),
    Field::rare("priority", |words| &words.fields.message_priority, Shape::Optional(&PRIORITY)),
    Field::rare("ttl_ms", |words| &words.fields.message_ttl_ms, Shape::Optional(&TTL)),
    Field::rare(
        "size_bytes",
        |words| &words.fields.size_bytes,
        Shape::Number(NumberRange {
            min: 0.0,
            max: 1e9,
            whole: true,
            unit: Unit::Bytes,
            scale: Scale::Logarithmic,
            usual: 1_000.0,
        }),
    ),
    Field::rare("mandatory", |words| &words.fields.mandatory, Shape::Toggle { usual: false }),
];

static CONFIRMS: Shape = Shape::Record(&[
    Field::usual("max_unconfirmed", |words| &words.fields.max_unconfirmed, messages(1e6, 100.0)),
    Field::usual("retry", |words| &words.fields.retry, Shape::Toggle { usual: true }),
    Field::usual("retry_ms", |words| &words.fields.retry_ms, Shape::Number(NumberRange::milliseconds(0.0, 1_000.0))),
]);

/// A producer's settings, for the inspector and for checking ranges.
pub static FIELDS: &[Field] = &[
    Field::usual("pattern", |words| &words.fields.pattern, Shape::Same(&PATTERN)),
    Field::usual("message", |words| &words.fields.message, Shape::Record(MESSAGE)),
    Field::rare("confirms", |words| &words.fields.confirms, Shape::Optional(&CONFIRMS)),
];
