//! Settings of a service: what it does with a request, and how many at once.

use serde::{Deserialize, Serialize};

use crate::scenario::field::{Field, NumberRange, Scale, Shape, Unit};
use crate::scenario::handler::{self, Step};
use crate::scenario::is_default;

/// A service's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ServiceSettings {
    /// What it does with each request. Other steps in a running service are a redeploy.
    pub handler: Vec<Step>,
    /// How many requests it works on at once; one that waits for another system keeps its slot.
    pub concurrency: u32,
    /// How many requests may wait for a slot; more are refused.
    pub backlog_limit: u64,
    /// The share of requests whose handler fails, 0 to 1.
    #[serde(skip_serializing_if = "is_default")]
    pub failure_rate: f64,
    /// How long a restart takes until it serves again, in milliseconds.
    #[serde(skip_serializing_if = "is_default")]
    pub restart_ms: f64,
    /// How long new requests are refused after its steps have changed, in milliseconds.
    pub redeploy_ms: f64,
}

impl Default for ServiceSettings {
    fn default() -> ServiceSettings {
        ServiceSettings {
            handler: vec![Step::Work { ms: crate::scenario::Distribution::Constant(20.0) }],
            concurrency: 16,
            backlog_limit: 1_000,
            failure_rate: 0.0,
            restart_ms: 0.0,
            redeploy_ms: 2_000.0,
        }
    }
}

/// A service's settings, for the inspector and for checking ranges.
pub static FIELDS: &[Field] = &[
    Field::usual("handler", |words| &words.fields.service_handler, Shape::Same(&handler::SHAPE)),
    Field::usual(
        "concurrency",
        |words| &words.fields.service_concurrency,
        Shape::Number(NumberRange {
            min: 1.0,
            max: 100_000.0,
            whole: true,
            unit: Unit::None,
            scale: Scale::Logarithmic,
            usual: 16.0,
        }),
    ),
    Field::usual(
        "backlog_limit",
        |words| &words.fields.backlog_limit,
        Shape::Number(NumberRange {
            min: 0.0,
            max: 1_000_000.0,
            whole: true,
            unit: Unit::Requests,
            scale: Scale::Logarithmic,
            usual: 1_000.0,
        }),
    ),
    Field::usual("failure_rate", |words| &words.fields.service_failure_rate, Shape::Number(NumberRange::share(0.0))),
    Field::rare(
        "restart_ms",
        |words| &words.fields.node_restart_ms,
        Shape::Number(NumberRange::milliseconds(0.0, 0.0)),
    ),
    Field::rare(
        "redeploy_ms",
        |words| &words.fields.redeploy_ms,
        Shape::Number(NumberRange::milliseconds(0.0, 2_000.0)),
    ),
];
