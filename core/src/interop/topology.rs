//! Exchanges, queues and bindings by their names, as RabbitMQ's definitions have them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::remark::{Remark, Remarked};
use crate::base::Language;
use crate::scenario::{
    Edge, EdgeKind, HeaderValue, Headers, HeadersMatch, Id, NodeKind, NodeSettings, Overflow, QueueKind, QueueSettings,
    RESERVED, SYSTEM_EXCHANGES, Scenario,
};

/// What a broker has to be told of a scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    /// The exchanges, without those that every broker has.
    pub exchanges: Vec<Exchange>,
    /// The queues.
    pub queues: Vec<Queue>,
    /// The bindings.
    pub bindings: Vec<Binding>,
    /// How the nodes of the scenario are called at the broker, exchanges and queues.
    pub names: BTreeMap<Id, String>,
}

/// An exchange; the fields are those of RabbitMQ's definitions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Its name.
    pub name: String,
    /// Its type: `direct`, `fanout`, `topic`, `headers`, or one of a plugin.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it outlives a restart.
    #[serde(default)]
    pub durable: bool,
    /// Whether it goes with its last binding.
    #[serde(default)]
    pub auto_delete: bool,
    /// Whether clients may not publish to it.
    #[serde(default)]
    pub internal: bool,
    /// Its arguments: `alternate-exchange`.
    #[serde(default)]
    pub arguments: Headers,
}

/// A queue; the fields are those of RabbitMQ's definitions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Whether it outlives a restart.
    #[serde(default)]
    pub durable: bool,
    /// Whether it goes with its last consumer.
    #[serde(default)]
    pub auto_delete: bool,
    /// Its arguments: `x-message-ttl` and so on.
    #[serde(default)]
    pub arguments: Headers,
}

/// What a binding leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DestinationKind {
    /// A queue.
    #[default]
    Queue,
    /// Another exchange (RabbitMQ, "Exchange to Exchange Bindings").
    Exchange,
}

/// A binding; the fields are those of RabbitMQ's definitions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// The exchange that it leads from.
    pub source: String,
    /// What it leads to.
    pub destination: String,
    /// What kind of thing that is.
    #[serde(default)]
    pub destination_type: DestinationKind,
    /// Its key, or pattern.
    #[serde(default)]
    pub routing_key: String,
    /// Its arguments: the headers that are asked for, and `x-match`.
    #[serde(default)]
    pub arguments: Headers,
}

impl Topology {
    /// What a broker has to be told of a scenario, its nodes called as they are in a language; and what does not come along.
    pub fn of(scenario: &Scenario, language: Language) -> (Topology, Vec<Remarked>) {
        let mut remarks = Vec::new();
        let names = names(scenario, language, &mut remarks);
        let mut topology = Topology { names, ..Topology::default() };
        let mut elsewhere: BTreeMap<NodeKind, usize> = BTreeMap::new();
        for node in &scenario.nodes {
            match &node.settings {
                NodeSettings::Exchange(settings) => {
                    let name = topology.name(&node.id);
                    if SYSTEM_EXCHANGES.iter().any(|(system, _)| *system == name) {
                        continue;
                    }
                    let alternate = settings.alternate_exchange.as_deref().map(|id| topology.referred(id));
                    topology.exchanges.push(Exchange {
                        name,
                        kind: settings.kind.name().to_owned(),
                        durable: true,
                        auto_delete: false,
                        internal: false,
                        arguments: alternate
                            .map(|name| ("alternate-exchange".to_owned(), name.as_str().into()))
                            .into_iter()
                            .collect(),
                    });
                }
                NodeSettings::Queue(settings) => {
                    let name = topology.name(&node.id);
                    let arguments = topology.arguments(&name, settings, &mut remarks);
                    topology.queues.push(Queue {
                        name,
                        durable: settings.durable || settings.kind == QueueKind::Quorum,
                        auto_delete: settings.auto_delete && settings.kind == QueueKind::Classic,
                        arguments,
                    });
                }
                other => *elsewhere.entry(other.kind()).or_default() += 1,
            }
        }
        for edge in scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Bind) {
            let (Some(source), Some(to)) = (topology.names.get(&edge.from), scenario.node(&edge.to)) else { continue };
            let destination_type =
                if to.kind() == NodeKind::Queue { DestinationKind::Queue } else { DestinationKind::Exchange };
            topology.bindings.push(Binding {
                source: source.clone(),
                destination: topology.name(&to.id),
                destination_type,
                routing_key: edge.routing_key.clone(),
                arguments: binding_arguments(edge),
            });
        }
        let not_brokers =
            elsewhere.into_iter().filter(|(kind, _)| !matches!(kind, NodeKind::Producer | NodeKind::Consumer));
        remarks.extend(not_brokers.map(|(kind, number)| Remarked::about("", Remark::NotBroker(kind.name(), number))));
        if scenario.edges.iter().any(|edge| edge.latency_ms > 0.0 || edge.loss > 0.0 || edge.duplicate > 0.0) {
            remarks.push(Remarked::about("", Remark::Network));
        }
        if !scenario.faults.is_empty() || !scenario.edits.is_empty() || scenario.chaos != Default::default() {
            remarks.push(Remarked::about("", Remark::Script));
        }
        (topology, remarks)
    }

    /// How a node is called at the broker; only exchanges and queues are.
    pub fn name(&self, id: &Id) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| id.0.clone())
    }

    /// The name for an exchange that a setting refers to by its id; it may be missing, and the default exchange has none.
    fn referred(&self, id: &str) -> String {
        self.name(&Id(id.to_owned()))
    }

    /// The routing key for a message that goes through the default exchange: there it is the name of a queue.
    pub fn key_to(&self, exchange: &str, key: &str) -> String {
        if exchange.is_empty() { self.referred(key) } else { key.to_owned() }
    }

    /// A queue's arguments (RabbitMQ, "Queues", optional arguments).
    fn arguments(&self, name: &str, settings: &QueueSettings, remarks: &mut Vec<Remarked>) -> Headers {
        let mut arguments = Headers::new();
        let mut set = |key: &str, value: HeaderValue| {
            arguments.insert(key.to_owned(), value);
        };
        let classic = settings.kind == QueueKind::Classic;
        if !classic {
            set("x-queue-type", "quorum".into());
        }
        let mut whole = |field: &'static str, ms: f64| {
            let rounded = ms.round().max(0.0) as u64;
            if rounded as f64 != ms {
                remarks.push(Remarked::about(name, Remark::Rounded(field, rounded)));
            }
            HeaderValue::Integer(rounded as i64)
        };
        if let Some(ms) = settings.ttl_ms {
            set("x-message-ttl", whole("ttl_ms", ms));
        }
        if let Some(ms) = settings.expires_ms {
            set("x-expires", whole("expires_ms", ms.max(1.0)));
        }
        let number = |number: u64| HeaderValue::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        if let Some(most) = settings.max_length {
            set("x-max-length", number(most));
        }
        if let Some(most) = settings.max_length_bytes {
            set("x-max-length-bytes", number(most));
        }
        match settings.overflow {
            Overflow::DropHead => {}
            Overflow::RejectPublishDlx if !classic => {
                remarks.push(Remarked::about(name, Remark::NotWithType("overflow")));
            }
            other => set("x-overflow", other.argument().into()),
        }
        if let Some(exchange) = &settings.dead_letter_exchange {
            set("x-dead-letter-exchange", self.referred(exchange).as_str().into());
            if let Some(key) = &settings.dead_letter_routing_key {
                set("x-dead-letter-routing-key", self.key_to(exchange, key).as_str().into());
            }
        } else if settings.dead_letter_routing_key.is_some() {
            // A broker refuses a key for an exchange that is not named.
            remarks.push(Remarked::about(name, Remark::NotWithType("dead_letter_routing_key")));
        }
        if let Some(most) = settings.max_priority {
            match classic {
                true => set("x-max-priority", HeaderValue::Integer(most.into())),
                false => remarks.push(Remarked::about(name, Remark::NotWithType("max_priority"))),
            }
        }
        if settings.single_active_consumer {
            set("x-single-active-consumer", HeaderValue::Boolean(true));
        }
        if let Some(limit) = settings.delivery_limit {
            match classic {
                false => set("x-delivery-limit", HeaderValue::Integer(limit.into())),
                true => remarks.push(Remarked::about(name, Remark::NotWithType("delivery_limit"))),
            }
        }
        if settings.exclusive {
            // Definitions have no exclusive queues: they go with the connection that declared them.
            remarks.push(Remarked::about(name, Remark::NotWithType("exclusive")));
        }
        if settings.auto_delete && !classic {
            remarks.push(Remarked::about(name, Remark::NotWithType("auto_delete")));
        }
        arguments
    }
}

/// A binding's arguments: the headers, and how many of them have to fit where that matters.
fn binding_arguments(edge: &Edge) -> Headers {
    let mut arguments = edge.headers.clone();
    if edge.x_match != HeadersMatch::All || !arguments.is_empty() {
        arguments.insert("x-match".to_owned(), edge.x_match.argument().into());
    }
    arguments
}

/// What exchanges and queues are called at the broker: as on the page, or as near to that as the broker allows.
fn names(scenario: &Scenario, language: Language, remarks: &mut Vec<Remarked>) -> BTreeMap<Id, String> {
    let mut names = BTreeMap::new();
    let mut taken: BTreeSet<(NodeKind, String)> = BTreeSet::new();
    for node in &scenario.nodes {
        let kind = node.kind();
        if !matches!(kind, NodeKind::Exchange | NodeKind::Queue) {
            continue;
        }
        let shown = short(node.name(language));
        let system = |name: &str| match &node.settings {
            NodeSettings::Exchange(settings) => SYSTEM_EXCHANGES.contains(&(name, settings.kind)),
            _ => false,
        };
        let mut name = shown.clone();
        if name.starts_with(RESERVED) && !system(&name) {
            name = name[RESERVED.len()..].to_owned();
            if name.is_empty() || name.starts_with(RESERVED) {
                name = format!("{}-{}", kind.name(), names.len() + 1);
            }
            remarks.push(Remarked::about(shown.clone(), Remark::Reserved(name.clone())));
        }
        if taken.contains(&(kind, name.clone())) {
            let numbered = |number: usize| format!("{name} {number}");
            let free = (2..).map(numbered).find(|name| !taken.contains(&(kind, name.clone()))).unwrap_or_default();
            remarks.push(Remarked::about(shown, Remark::SameName(free.clone())));
            name = free;
        }
        taken.insert((kind, name.clone()));
        names.insert(node.id.clone(), name);
    }
    names
}

/// A name that fits into AMQP's short string, which has 255 bytes at the most, with room for a number; on one line, because RabbitMQ
/// takes line ends out of names that are declared (3.10), and then does not find them again.
fn short(name: &str) -> String {
    let name = &name.replace(['\r', '\n'], " ");
    let most = 240;
    let end = (0..=most.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    name[..end].to_owned()
}
