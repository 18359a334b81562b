//! The kinds of nodes: one file of settings each, and this list.

pub mod client;
pub mod consumer;
pub mod database;
pub mod exchange;
pub mod producer;
pub mod queue;
pub mod service;

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Id;
use super::edge::EdgeKind;
use super::field::{self, Field};
use super::handler::{self, Step};
use super::problem::{Problem, Reason};
use client::ClientSettings;
use consumer::ConsumerSettings;
use database::DatabaseSettings;
use exchange::ExchangeSettings;
use producer::ProducerSettings;
use queue::QueueSettings;
use service::ServiceSettings;

/// The list of kinds. The palette, the inspector, the file format and the every-kind tests walk it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// Publishes messages on a schedule.
    Producer,
    /// Routes messages to queues and other exchanges.
    Exchange,
    /// Keeps messages until they are acked.
    Queue,
    /// Takes messages and runs its handler.
    Consumer,
    /// Sends requests to a service and measures the response time.
    Client,
    /// Handles requests by running its handler.
    Service,
    /// Answers calls, and has a limit.
    Database,
}

impl NodeKind {
    /// All kinds, in the order of the palette: as messages flow, then as requests do.
    pub const ALL: [NodeKind; 7] = [
        NodeKind::Producer,
        NodeKind::Exchange,
        NodeKind::Queue,
        NodeKind::Consumer,
        NodeKind::Client,
        NodeKind::Service,
        NodeKind::Database,
    ];

    /// The kind's name in files.
    pub fn name(self) -> &'static str {
        match self {
            NodeKind::Producer => "producer",
            NodeKind::Exchange => "exchange",
            NodeKind::Queue => "queue",
            NodeKind::Consumer => "consumer",
            NodeKind::Client => "client",
            NodeKind::Service => "service",
            NodeKind::Database => "database",
        }
    }

    /// The kind with this name in files.
    pub fn from_name(name: &str) -> Option<NodeKind> {
        NodeKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind's settings, for the inspector and for checking ranges.
    pub fn fields(self) -> &'static [Field] {
        match self {
            NodeKind::Producer => producer::FIELDS,
            NodeKind::Exchange => exchange::FIELDS,
            NodeKind::Queue => queue::FIELDS,
            NodeKind::Consumer => consumer::FIELDS,
            NodeKind::Client => client::FIELDS,
            NodeKind::Service => service::FIELDS,
            NodeKind::Database => database::FIELDS,
        }
    }

    /// What a fresh node of this kind does.
    pub fn default_settings(self) -> NodeSettings {
        match self {
            NodeKind::Producer => NodeSettings::Producer(ProducerSettings::default()),
            NodeKind::Exchange => NodeSettings::Exchange(ExchangeSettings::default()),
            NodeKind::Queue => NodeSettings::Queue(QueueSettings::default()),
            NodeKind::Consumer => NodeSettings::Consumer(ConsumerSettings::default()),
            NodeKind::Client => NodeSettings::Client(ClientSettings::default()),
            NodeKind::Service => NodeSettings::Service(ServiceSettings::default()),
            NodeKind::Database => NodeSettings::Database(DatabaseSettings::default()),
        }
    }
}

/// A node's kind, with the settings of that kind.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeSettings {
    /// See [`NodeKind::Producer`].
    Producer(ProducerSettings),
    /// See [`NodeKind::Exchange`].
    Exchange(ExchangeSettings),
    /// See [`NodeKind::Queue`].
    Queue(QueueSettings),
    /// See [`NodeKind::Consumer`].
    Consumer(ConsumerSettings),
    /// See [`NodeKind::Client`].
    Client(ClientSettings),
    /// See [`NodeKind::Service`].
    Service(ServiceSettings),
    /// See [`NodeKind::Database`].
    Database(DatabaseSettings),
}

impl NodeSettings {
    /// The kind.
    pub fn kind(&self) -> NodeKind {
        match self {
            NodeSettings::Producer(_) => NodeKind::Producer,
            NodeSettings::Exchange(_) => NodeKind::Exchange,
            NodeSettings::Queue(_) => NodeKind::Queue,
            NodeSettings::Consumer(_) => NodeKind::Consumer,
            NodeSettings::Client(_) => NodeKind::Client,
            NodeSettings::Service(_) => NodeKind::Service,
            NodeSettings::Database(_) => NodeKind::Database,
        }
    }

    /// The steps of what runs a handler.
    pub fn handler(&self) -> Option<&[Step]> {
        match self {
            NodeSettings::Consumer(settings) => Some(&settings.handler),
            NodeSettings::Service(settings) => Some(&settings.handler),
            _ => None,
        }
    }

    /// The same.
    pub fn handler_mut(&mut self) -> Option<&mut Vec<Step>> {
        match self {
            NodeSettings::Consumer(settings) => Some(&mut settings.handler),
            NodeSettings::Service(settings) => Some(&mut settings.handler),
            _ => None,
        }
    }

    /// Takes away what leads to a node: steps of its handler, its delay queue.
    pub fn lead_no_longer_to(&mut self, target: &Id) {
        if let Some(handler) = self.handler_mut() {
            *handler = handler::without(handler, target);
        }
        if let NodeSettings::Consumer(settings) = self
            && settings.retry.queue == *target
        {
            settings.retry.queue = Id::default();
        }
    }

    /// Lets all that names another node name it under another id; `None`: the id stays. Names of exchanges and queues are
    /// their ids.
    pub fn rename_targets(&mut self, renamed: &dyn Fn(&Id) -> Option<Id>) {
        if let Some(handler) = self.handler_mut() {
            handler::rename_targets(handler, renamed);
        }
        let rename = |name: &mut Option<String>| {
            if let Some(known) = name
                && let Some(id) = renamed(&Id(known.clone()))
            {
                *known = id.0;
            }
        };
        match self {
            NodeSettings::Consumer(settings) => {
                if let Some(id) = renamed(&settings.retry.queue) {
                    settings.retry.queue = id;
                }
            }
            NodeSettings::Queue(settings) => {
                // The default exchange takes the key for the name of a queue.
                if settings.dead_letter_exchange.as_deref() == Some("") {
                    rename(&mut settings.dead_letter_routing_key);
                }
                rename(&mut settings.dead_letter_exchange);
            }
            NodeSettings::Exchange(settings) => rename(&mut settings.alternate_exchange),
            _ => {}
        }
    }

    /// Where its settings lead, and on what kinds of edges: the targets of its handler's steps, and its delay queue.
    pub fn targets(&self) -> BTreeSet<(&Id, EdgeKind)> {
        let mut targets = self.handler().map(handler::targets).unwrap_or_default();
        if let NodeSettings::Consumer(settings) = self
            && !settings.retry.queue.0.is_empty()
        {
            targets.insert((&settings.retry.queue, EdgeKind::Publish));
        }
        targets
    }

    /// The settings as they stand in a file.
    pub fn to_value(&self) -> Value {
        match self {
            NodeSettings::Producer(settings) => serde_json::to_value(settings),
            NodeSettings::Exchange(settings) => serde_json::to_value(settings),
            NodeSettings::Queue(settings) => serde_json::to_value(settings),
            NodeSettings::Consumer(settings) => serde_json::to_value(settings),
            NodeSettings::Client(settings) => serde_json::to_value(settings),
            NodeSettings::Service(settings) => serde_json::to_value(settings),
            NodeSettings::Database(settings) => serde_json::to_value(settings),
        }
        .expect("settings are plain data")
    }

    /// Reads settings as they stand in a file; what is missing has its default.
    ///
    /// # Errors
    /// Every problem found, with pointers below `pointer`.
    pub fn from_value(kind: NodeKind, value: Value, pointer: &str) -> Result<NodeSettings, Vec<Problem>> {
        let mut problems = Vec::new();
        field::check_record(kind.fields(), &value, pointer, &mut problems);
        let settings = match kind {
            NodeKind::Producer => read(value, pointer).map(NodeSettings::Producer),
            NodeKind::Exchange => read(value, pointer).map(NodeSettings::Exchange),
            NodeKind::Queue => read(value, pointer).map(NodeSettings::Queue),
            NodeKind::Consumer => read(value, pointer).map(NodeSettings::Consumer),
            NodeKind::Client => read(value, pointer).map(NodeSettings::Client),
            NodeKind::Service => read(value, pointer).map(NodeSettings::Service),
            NodeKind::Database => read(value, pointer).map(NodeSettings::Database),
        };
        match settings {
            Ok(settings) if problems.is_empty() => Ok(settings),
            Ok(_) => Err(problems),
            Err(problem) => {
                // The types and the field list may complain of one and the same place: once is enough.
                if problems.iter().all(|known| known.pointer != problem.pointer) {
                    problems.push(problem);
                }
                Err(problems)
            }
        }
    }
}

/// Reads any part of a document from its JSON value.
///
/// # Errors
/// What the type refuses, with the pointer of the place where it did.
pub(crate) fn read<T: DeserializeOwned>(value: Value, pointer: &str) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut place = pointer.to_owned();
        for segment in error.path().iter() {
            use serde_path_to_error::Segment;
            match segment {
                Segment::Seq { index } => place.push_str(&format!("/{index}")),
                Segment::Map { key } => place.push_str(&format!("/{}", super::format::escape(key))),
                Segment::Enum { variant } => place.push_str(&format!("/{}", super::format::escape(variant))),
                Segment::Unknown => {}
            }
        }
        Problem { pointer: place, reason: Reason::Refused(in_words(&error.into_inner().to_string())) }
    })
}

/// A type's refusal with the names of Rust's number types replaced by what they mean.
fn in_words(refusal: &str) -> String {
    refusal
        .replace("expected f64", "expected a number")
        .replace("expected u64", "expected a whole number that is not negative")
        .replace("expected u8", "expected a whole number from 0 to 255")
        .replace("expected i32", "expected a whole number")
        .replace("expected u32", "expected a whole number that is not negative")
}
