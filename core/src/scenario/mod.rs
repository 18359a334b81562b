//! The document: what a person draws, saves and shares. It knows nothing of running it.
//!
//! A scenario is nodes, the edges between them, a script of faults and a seed. Its file format is in
//! [`format`], what is wrong with one in [`Problem`].

pub mod backoff;
pub mod connection;
pub mod distribution;
pub mod edge;
mod edit;
pub mod fault;
pub mod field;
pub mod format;
pub mod handler;
mod names;
pub mod node;
mod note;
mod problem;
#[cfg(not(target_arch = "wasm32"))]
pub mod schema;
pub mod settings;
pub mod value;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::{Point, Text};

pub use backoff::Backoff;
pub use connection::{Refusal, edge_kind_between};
pub use distribution::Distribution;
pub use edge::{Edge, EdgeKind, HeadersMatch};
pub use edit::TimedEdit;
pub use fault::{CHAOS_FIELDS, Chaos, Fault, FaultPlace, TimedFault};
use field::{Field, NumberRange, Shape};
pub use handler::{Call, Publish, Step};
pub use node::client::ClientSettings;
pub use node::consumer::{AckMode, ConsumerSettings, OnFailure, REMEMBERED, Retry};
pub use node::database::{DatabaseSettings, Overload};
pub use node::exchange::{ExchangeKind, ExchangeSettings, RESERVED, SYSTEM_EXCHANGES};
pub use node::producer::{Confirms, MessageTemplate, Pattern, ProducerSettings, WeightedKey};
pub use node::queue::{Overflow, QueueKind, QueueSettings};
pub use node::service::ServiceSettings;
pub use node::{NodeKind, NodeSettings};
pub use note::{Color, LONGEST_NOTE, NOTE_FIELDS, Note, NoteSize};
pub use problem::{Problem, Reason};
pub use value::{HeaderValue, Headers};

/// The id that stands for the broker of all queues; no node may have it.
pub const BROKER: &str = "broker";

/// Seeds are below 2⁵³, so that JavaScript and JSON carry them exactly.
pub const SEED_LIMIT: u64 = 1 << 53;

/// The name of a node or an edge in the document. It never changes; labels do.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Id(pub String);

impl Id {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Id {
        Id(text.to_owned())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A node of the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its name in the document.
    pub id: Id,
    /// What people call it; where there is none, its id is shown.
    pub label: Option<Text>,
    /// The top left corner of its instrument on the stage.
    pub at: Point,
    /// The colour of its group.
    pub color: Option<Color>,
    /// Its kind, with the kind's settings.
    pub settings: NodeSettings,
}

impl Node {
    /// The node's kind.
    pub fn kind(&self) -> NodeKind {
        self.settings.kind()
    }
}

/// Settings of the one broker to which all queues belong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BrokerSettings {
    /// How long a restart takes until the broker serves again, in milliseconds.
    pub restart_ms: f64,
    /// How long a durable queue takes to store a persistent message; its confirm comes only then. In milliseconds.
    #[serde(skip_serializing_if = "is_default")]
    pub confirm_ms: f64,
}

/// Whether something is as it is where nothing is said: then it need not be written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The settings of the broker, for the inspector and for checking ranges.
pub static BROKER_FIELDS: &[Field] = &[
    Field::usual("restart_ms", |words| &words.shell.restart_ms, Shape::Number(NumberRange::milliseconds(0.0, 0.0))),
    Field::usual("confirm_ms", |words| &words.shell.confirm_ms, Shape::Number(NumberRange::milliseconds(0.0, 0.0))),
];

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    /// What it is called.
    pub title: Text,
    /// What it shows, in a sentence.
    pub about: Text,
    /// The seed of all its random streams, below [`SEED_LIMIT`].
    pub seed: u64,
    /// The broker of its queues.
    pub broker: BrokerSettings,
    /// The nodes, in the order in which they were added.
    pub nodes: Vec<Node>,
    /// The edges, in the order in which they were added.
    pub edges: Vec<Edge>,
    /// Notes on the stage.
    pub notes: Vec<Note>,
    /// Faults that happen by themselves.
    pub faults: Vec<TimedFault>,
    /// Edits that happen by themselves.
    pub edits: Vec<TimedEdit>,
    /// Faults at random times and places.
    pub chaos: Chaos,
}

impl Scenario {
    /// The node with this id.
    pub fn node(&self, id: &Id) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == *id)
    }

    /// The edge with this id.
    pub fn edge(&self, id: &Id) -> Option<&Edge> {
        self.edges.iter().find(|edge| edge.id == *id)
    }

    /// The note with this id.
    pub fn note(&self, id: &Id) -> Option<&Note> {
        self.notes.iter().find(|note| note.id == *id)
    }

    /// The nodes to which an edge of this kind may lead from a node.
    pub fn targets_for<'a>(&'a self, from: &'a Node, kind: EdgeKind) -> impl Iterator<Item = &'a Node> {
        let fits = move |to: &&Node| to.id != from.id && edge_kind_between(from.kind(), to.kind()) == Ok(kind);
        self.nodes.iter().filter(fits)
    }

    /// The ids of all nodes, edges and notes.
    pub fn ids(&self) -> impl Iterator<Item = &Id> {
        let notes = self.notes.iter().map(|note| &note.id);
        self.nodes.iter().map(|node| &node.id).chain(self.edges.iter().map(|edge| &edge.id)).chain(notes)
    }

    /// An id that nothing in the document has yet: `stem`, or `stem-2`, `stem-3` …
    pub fn free_id(&self, stem: &str) -> Id {
        let taken = |id: &str| {
            id == BROKER
                || self.nodes.iter().any(|node| node.id.0 == id)
                || self.edges.iter().any(|edge| edge.id.0 == id)
                || self.notes.iter().any(|note| note.id.0 == id)
        };
        if !taken(stem) {
            return Id(stem.to_owned());
        }
        (2u64..)
            .map(|number| format!("{stem}-{number}"))
            .find(|id| !taken(id))
            .map(Id)
            .expect("a document has fewer than 2⁶⁴ ids")
    }
}
