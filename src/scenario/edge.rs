//! Edges: the connections on which messages travel.

use serde::{Deserialize, Serialize};

use super::Id;
use super::field::{Field, NumberRange, Shape};

/// What travels on an edge, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// Messages from a producer to a queue.
    Publish,
    /// Deliveries from a queue to a consumer; acks travel back.
    Subscribe,
}

impl EdgeKind {
    /// All kinds.
    pub const ALL: [EdgeKind; 2] = [EdgeKind::Publish, EdgeKind::Subscribe];

    /// The kind's name in files.
    pub fn name(self) -> &'static str {
        match self {
            EdgeKind::Publish => "publish",
            EdgeKind::Subscribe => "subscribe",
        }
    }
}

/// A connection between two nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// Its name in the document.
    pub id: Id,
    /// What travels on it.
    pub kind: EdgeKind,
    /// The node where it begins.
    pub from: Id,
    /// The node where it ends.
    pub to: Id,
    /// How long a message travels, in milliseconds; an ack takes as long back. Messages on one edge never
    /// overtake each other, as on a TCP connection.
    #[serde(default)]
    pub latency_ms: f64,
}

/// The settings of an edge, for the inspector and for checking ranges.
pub static FIELDS: &[Field] = &[Field {
    name: "latency_ms",
    words: |words| &words.fields.latency_ms,
    shape: Shape::Number(NumberRange::milliseconds(0.0, 0.0)),
}];
