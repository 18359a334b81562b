//! Settings of a producer: when it publishes, and what.

use serde::{Deserialize, Serialize};

use crate::scenario::field::{Field, NumberRange, Scale, Shape, Unit, Variant};

/// A producer's settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ProducerSettings {
    /// When it publishes.
    pub pattern: Pattern,
    /// What every message is like.
    pub message: MessageTemplate,
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
    /// Whether a durable queue keeps it through a restart of the broker (delivery mode 2).
    pub persistent: bool,
}

impl Default for MessageTemplate {
    fn default() -> MessageTemplate {
        MessageTemplate { persistent: true }
    }
}

const RATE: NumberRange = NumberRange {
    min: 0.0,
    max: 1_000_000.0,
    whole: false,
    unit: Unit::MessagesPerSecond,
    scale: Scale::Logarithmic,
    usual: 10.0,
};

static RATE_FIELDS: &[Field] =
    &[Field { name: "per_s", words: |words| &words.fields.per_s, shape: Shape::Number(RATE) }];

static BURST: &[Field] = &[
    Field {
        name: "size",
        words: |words| &words.fields.burst_size,
        shape: Shape::Number(NumberRange {
            min: 0.0,
            max: 1_000_000.0,
            whole: true,
            unit: Unit::Messages,
            scale: Scale::Logarithmic,
            usual: 50.0,
        }),
    },
    Field {
        name: "every_ms",
        words: |words| &words.fields.every_ms,
        shape: Shape::Number(NumberRange::milliseconds(1.0, 2_000.0)),
    },
];

static ONCE: &[Field] = &[Field {
    name: "count",
    words: |words| &words.fields.count,
    shape: Shape::Number(NumberRange {
        min: 0.0,
        max: 1_000_000.0,
        whole: true,
        unit: Unit::Messages,
        scale: Scale::Logarithmic,
        usual: 100.0,
    }),
}];

static PROFILE_STEP: Shape = Shape::Tuple(&[
    Field {
        name: "at_ms",
        words: |words| &words.fields.at_ms,
        shape: Shape::Number(NumberRange {
            min: 0.0,
            max: 86_400_000.0,
            whole: false,
            unit: Unit::Milliseconds,
            scale: Scale::Linear,
            usual: 0.0,
        }),
    },
    Field { name: "per_s", words: |words| &words.fields.per_s, shape: Shape::Number(RATE) },
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

static MESSAGE: &[Field] =
    &[Field { name: "persistent", words: |words| &words.fields.persistent, shape: Shape::Toggle { usual: true } }];

/// A producer's settings, for the inspector and for checking ranges.
pub static FIELDS: &[Field] = &[
    Field { name: "pattern", words: |words| &words.fields.pattern, shape: Shape::Same(&PATTERN) },
    Field { name: "message", words: |words| &words.fields.message, shape: Shape::Record(MESSAGE) },
];
