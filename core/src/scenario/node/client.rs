//! Settings of a client: when it asks, and how long it waits.

use serde::{Deserialize, Serialize};

use crate::scenario::backoff::{self, Backoff};
use crate::scenario::field::{Field, Shape};
use crate::scenario::handler::{RETRIES, TIMEOUT};
use crate::scenario::is_default;
use crate::scenario::node::producer::{self, Pattern};

/// A client's settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ClientSettings {
    /// When it sends requests: whatever becomes of the earlier ones (an open loop), or each user after the answer to
    /// the one before (`closed_loop`). Where it is connected with several services, they take turns.
    pub pattern: Pattern,
    /// How long each attempt waits for its answer, in milliseconds; absent: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<f64>,
    /// How often it tries again after an attempt has failed.
    #[serde(skip_serializing_if = "is_default")]
    pub retries: u32,
    /// How long it waits before it tries again.
    #[serde(skip_serializing_if = "is_default")]
    pub backoff: Backoff,
}

/// A client's settings, for the inspector and for checking ranges.
pub static FIELDS: &[Field] = &[
    Field::usual("pattern", |words| &words.fields.request_pattern, Shape::Same(&producer::REQUEST_PATTERN)),
    Field::usual("timeout_ms", |words| &words.fields.timeout_ms, Shape::Optional(&TIMEOUT)),
    Field::usual("retries", |words| &words.fields.retries, RETRIES),
    Field::rare("backoff", |words| &words.fields.backoff, Shape::Record(backoff::FIELDS)),
];
