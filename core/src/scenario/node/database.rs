//! Settings of a database: how fast it answers, and what it does when that is asked too often.

use serde::{Deserialize, Serialize};

use crate::scenario::Distribution;
use crate::scenario::distribution;
use crate::scenario::field::{Choice, Field, NumberRange, Scale, Shape, Unit};

/// A database's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseSettings {
    /// How long it takes to answer a call.
    pub latency_ms: Distribution,
    /// How many calls it can take within any second (t − 1 s, t].
    pub capacity_per_s: u64,
    /// What it does with more than that.
    pub overload: Overload,
    /// How long a restart takes until it serves again, in milliseconds. After a crash of overload it begins by itself.
    pub restart_ms: f64,
}

/// What a database does with more calls than it can take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Overload {
    /// They wait until there is room, so that it works on no more than its capacity within any second: it answers
    /// later and later.
    #[default]
    SlowDown,
    /// They are refused at once, and do not count for its load.
    Reject,
    /// It crashes, and restarts.
    Crash,
}

impl Default for DatabaseSettings {
    fn default() -> DatabaseSettings {
        DatabaseSettings {
            latency_ms: Distribution::Constant(20.0),
            capacity_per_s: 1_000,
            overload: Overload::SlowDown,
            restart_ms: 5_000.0,
        }
    }
}

/// A database's settings, for the inspector and for checking ranges.
pub static FIELDS: &[Field] = &[
    Field::usual("latency_ms", |words| &words.fields.answer_ms, Shape::Same(&distribution::SHAPE)),
    Field::usual(
        "capacity_per_s",
        |words| &words.fields.capacity_per_s,
        Shape::Number(NumberRange {
            min: 1.0,
            max: 1_000_000.0,
            whole: true,
            unit: Unit::CallsPerSecond,
            scale: Scale::Logarithmic,
            usual: 1_000.0,
        }),
    ),
    Field::usual(
        "overload",
        |words| &words.fields.overload,
        Shape::Choices(&[
            Choice { name: "slow_down", words: |words| &words.fields.slow_down },
            Choice { name: "reject", words: |words| &words.fields.overload_reject },
            Choice { name: "crash", words: |words| &words.fields.overload_crash },
        ]),
    ),
    Field::usual(
        "restart_ms",
        |words| &words.fields.node_restart_ms,
        Shape::Number(NumberRange::milliseconds(0.0, 5_000.0)),
    ),
];
