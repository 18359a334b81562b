//! How long somebody waits before trying again.

use serde::{Deserialize, Serialize};

use super::field::{Field, NumberRange, Scale, Shape, Unit};

/// A pause that grows with each failure: before retry n (n ≥ 1) it is `first_ms · factor^(n − 1)`, at most `most_ms`,
/// and of that a random part, up to the share `jitter`, is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Backoff {
    /// The first pause, in milliseconds; 0: none at all.
    pub first_ms: f64,
    /// How many times as long each further one is.
    pub factor: f64,
    /// The longest, in milliseconds.
    pub most_ms: f64,
    /// The share of a pause that is left to chance, 0 to 1, so that those who failed together do not come back together.
    pub jitter: f64,
}

impl Default for Backoff {
    fn default() -> Backoff {
        Backoff { first_ms: 0.0, factor: 2.0, most_ms: 30_000.0, jitter: 0.0 }
    }
}

/// The settings of a backoff whose first pause usually is so long, in milliseconds.
pub(super) const fn fields(first_ms: f64) -> [Field; 4] {
    const FACTOR: NumberRange =
        NumberRange { min: 1.0, max: 10.0, whole: false, unit: Unit::None, scale: Scale::Linear, usual: 2.0 };
    [
        Field::usual(
            "first_ms",
            |words| &words.fields.first_ms,
            Shape::Number(NumberRange::milliseconds(0.0, first_ms)),
        ),
        Field::usual("factor", |words| &words.fields.factor, Shape::Number(FACTOR)),
        Field::usual("most_ms", |words| &words.fields.most_ms, Shape::Number(NumberRange::milliseconds(0.0, 30_000.0))),
        Field::usual("jitter", |words| &words.fields.jitter, Shape::Number(NumberRange::share(0.0))),
    ]
}

/// The settings of a backoff that usually is no pause at all.
pub(super) static FIELDS: &[Field] = &fields(0.0);
