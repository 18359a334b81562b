//! Random durations, as they are written in a document.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::field::{Field, NumberRange, Shape, Variant};

/// How long something takes, in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "snake_case", deny_unknown_fields)]
pub enum Distribution {
    /// Always the same.
    Constant(f64),
    /// Exponential with this mean.
    Exponential(f64),
    /// Anything between two bounds, equally likely.
    Uniform {
        /// The lower bound.
        min: f64,
        /// The upper bound.
        max: f64,
    },
    /// Normal, truncated at 0: what would be negative is drawn again.
    Normal {
        /// The mean before truncation.
        mean: f64,
        /// The standard deviation before truncation.
        sd: f64,
    },
    /// Lognormal, by the mean and the standard deviation of the durations themselves (not of their logarithms).
    Lognormal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        sd: f64,
    },
    /// One of these, equally likely.
    Empirical(Vec<f64>),
}

// A bare number is read as a constant: `"ms": 20`.

impl Serialize for Distribution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Distribution::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Distribution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Distribution, D::Error> {
        deserializer.deserialize_any(NumberOrShape)
    }
}

struct NumberOrShape;

impl<'de> Visitor<'de> for NumberOrShape {
    type Value = Distribution;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number of milliseconds, or a distribution such as {\"exponential\": 20}")
    }

    fn visit_f64<E: de::Error>(self, ms: f64) -> Result<Distribution, E> {
        Ok(Distribution::Constant(ms))
    }

    fn visit_u64<E: de::Error>(self, ms: u64) -> Result<Distribution, E> {
        Ok(Distribution::Constant(ms as f64))
    }

    fn visit_i64<E: de::Error>(self, ms: i64) -> Result<Distribution, E> {
        Ok(Distribution::Constant(ms as f64))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Distribution, A::Error> {
        Distribution::deserialize(MapAccessDeserializer::new(map))
    }
}

impl Default for Distribution {
    fn default() -> Distribution {
        Distribution::Constant(20.0)
    }
}

const fn duration(usual: f64) -> Shape {
    Shape::Number(NumberRange::milliseconds(0.0, usual))
}

static UNIFORM: &[Field] = &[
    Field::usual("min", |words| &words.fields.min, duration(10.0)),
    Field::usual("max", |words| &words.fields.max, duration(30.0)),
];

static MEAN_AND_DEVIATION: &[Field] = &[
    Field::usual("mean", |words| &words.fields.mean, duration(20.0)),
    Field::usual("sd", |words| &words.fields.sd, duration(5.0)),
];

static SAMPLE: Shape = duration(20.0);

/// The shape of a duration, for the inspector and for checking ranges.
pub static SHAPE: Shape = Shape::Variants(&[
    Variant { name: "constant", words: |words| &words.fields.constant, shape: duration(20.0) },
    Variant { name: "exponential", words: |words| &words.fields.exponential, shape: duration(20.0) },
    Variant { name: "uniform", words: |words| &words.fields.uniform, shape: Shape::Record(UNIFORM) },
    Variant { name: "normal", words: |words| &words.fields.normal, shape: Shape::Record(MEAN_AND_DEVIATION) },
    Variant { name: "lognormal", words: |words| &words.fields.lognormal, shape: Shape::Record(MEAN_AND_DEVIATION) },
    Variant {
        name: "empirical",
        words: |words| &words.fields.empirical,
        shape: Shape::List { item: &SAMPLE, least: 1, most: 10_000 },
    },
]);
