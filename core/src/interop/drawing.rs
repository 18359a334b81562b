//! A scenario of what a broker has, and of who might use it.

use std::collections::{BTreeMap, BTreeSet};

use super::rates::Rates;
use super::remark::{Remark, Remarked};
use super::topology::{Binding, DestinationKind, Exchange, Queue, Topology};
use crate::base::{Point, Text};
use crate::scenario::{
    ConsumerSettings, Distribution, Edge, EdgeKind, ExchangeKind, ExchangeSettings, HeaderValue, Headers, HeadersMatch,
    Id, MessageTemplate, Node, NodeKind, NodeSettings, Overflow, Pattern, ProducerSettings, QueueKind, QueueSettings,
    SYSTEM_EXCHANGES, Scenario, Step, WeightedKey, format,
};
use crate::view::arrange::arranged;
use crate::words::Words;

/// How much is drawn.
#[derive(Clone, Debug)]
pub enum Users {
    /// Exchanges, queues and bindings alone.
    Nobody,
    /// Producers and consumers as well: as many, and as fast, as the broker had when it was asked, or usual ones where it was not.
    Suggested(Rates),
}

/// The most that settings of a queue may be; a broker takes more.
const DAY_MS: u64 = 86_400_000;
const MOST_MESSAGES: u64 = 1_000_000_000;
const MOST_BYTES: u64 = 1_000_000_000_000;
const MOST_DELIVERIES: u64 = 1_000_000;

/// The most routing keys that a suggested producer has.
const MOST_KEYS: usize = 20;
/// How busy a suggested consumer is with what it was delivered; there must be room for bursts.
const BUSY: f64 = 0.8;

/// Draws a scenario, laid out as messages flow, and says what does not come along.
pub fn draw(topology: &Topology, users: &Users, title: &str, words: &Words) -> (Scenario, Vec<Remarked>) {
    let mut drawing = Drawing::default();
    drawing.scenario.title = Text::Plain(title.to_owned());
    let kinds = drawing.kinds(topology);
    let streams: BTreeSet<&str> =
        topology.queues.iter().filter(|queue| is_stream(queue)).map(|queue| queue.name.as_str()).collect();
    // Queues first: the default exchange routes by their ids, and so they have their names as ids wherever that can be.
    for queue in &topology.queues {
        if streams.contains(queue.name.as_str()) {
            drawing.remark(&queue.name, Remark::Stream);
        } else {
            drawing.add(NodeKind::Queue, &queue.name, NodeSettings::Queue(QueueSettings::default()));
        }
    }
    for (name, kind) in &kinds {
        let settings = ExchangeSettings { kind: *kind, alternate_exchange: None };
        drawing.add(NodeKind::Exchange, name, NodeSettings::Exchange(settings));
    }
    // All are there now, whatever refers to whatever.
    for queue in topology.queues.iter().filter(|queue| !streams.contains(queue.name.as_str())) {
        let settings = drawing.queue_settings(queue);
        drawing.set(NodeKind::Queue, &queue.name, NodeSettings::Queue(settings));
    }
    for exchange in &topology.exchanges {
        if let Some(kind) = kinds.get(&exchange.name) {
            let settings = ExchangeSettings { kind: *kind, alternate_exchange: drawing.alternate(exchange) };
            drawing.set(NodeKind::Exchange, &exchange.name, NodeSettings::Exchange(settings));
        }
    }
    for binding in &topology.bindings {
        drawing.bind(binding, &streams);
    }
    if let Users::Suggested(rates) = users {
        drawing.suggest_producers(rates, words);
        drawing.suggest_consumers(rates, words);
    }
    let places = arranged(&drawing.scenario);
    for (node, (_, place)) in drawing.scenario.nodes.iter_mut().zip(places) {
        node.at = place;
    }
    (drawing.scenario, drawing.remarks)
}

/// A routing key that a binding takes; of a pattern, with a word for each wildcard: `*` is exactly one, `#` may be one.
fn fitting_key(kind: ExchangeKind, key: &str) -> String {
    if kind != ExchangeKind::Topic {
        return key.to_owned();
    }
    let words: Vec<&str> = key.split('.').map(|word| if matches!(word, "*" | "#") { "any" } else { word }).collect();
    words.join(".")
}

fn is_stream(queue: &Queue) -> bool {
    queue.arguments.get("x-queue-type").and_then(HeaderValue::as_text) == Some("stream")
}

#[derive(Default)]
struct Drawing {
    scenario: Scenario,
    remarks: Vec<Remarked>,
    /// The ids of exchanges and queues by what they are and their names at the broker.
    ids: BTreeMap<(NodeKind, String), Id>,
    taken: BTreeSet<String>,
}

impl Drawing {
    fn remark(&mut self, name: &str, remark: Remark) {
        self.remarks.push(Remarked::about(name, remark));
    }

    /// The exchanges that are drawn, with their types: those that are declared, and those of the broker's own that something refers to.
    fn kinds(&mut self, topology: &Topology) -> BTreeMap<String, ExchangeKind> {
        let mut kinds = BTreeMap::new();
        for exchange in &topology.exchanges {
            let delayed = exchange.kind == "x-delayed-message";
            let kind = match delayed {
                true => exchange.arguments.get("x-delayed-type").and_then(HeaderValue::as_text).unwrap_or_default(),
                false => &exchange.kind,
            };
            let Some(kind) = ExchangeKind::from_name(kind) else {
                self.remark(&exchange.name, Remark::ExchangeType(exchange.kind.clone()));
                continue;
            };
            if delayed {
                self.remark(&exchange.name, Remark::Delayed);
            }
            let traits = [
                ("transient", !exchange.durable),
                ("auto_delete", exchange.auto_delete),
                ("internal", exchange.internal),
            ];
            for (name, _) in traits.into_iter().filter(|(_, has)| *has) {
                self.remark(&exchange.name, Remark::ExchangeTrait(name));
            }
            for key in exchange.arguments.keys() {
                if !matches!(key.as_str(), "alternate-exchange" | "x-delayed-type") {
                    self.remark(&exchange.name, Remark::Argument(key.clone()));
                }
            }
            kinds.insert(exchange.name.clone(), kind);
        }
        let alternates = topology.exchanges.iter().filter_map(|exchange| exchange.arguments.get("alternate-exchange"));
        let dead_letters = topology.queues.iter().filter_map(|queue| queue.arguments.get("x-dead-letter-exchange"));
        let referred = alternates.chain(dead_letters).filter_map(HeaderValue::as_text);
        let ends = topology.bindings.iter().map(|binding| binding.source.as_str());
        for name in referred.chain(ends) {
            if let Some((name, kind)) = SYSTEM_EXCHANGES.iter().find(|(system, _)| *system == name) {
                kinds.insert((*name).to_owned(), *kind);
            }
        }
        kinds
    }

    /// A node called as at the broker; its id is that name too, unless it has to be another one.
    fn add(&mut self, kind: NodeKind, name: &str, settings: NodeSettings) {
        let stem = if format::is_id(name) { name } else { kind.name() };
        let id = self.free_id(stem);
        let label = (id.as_str() != name && !name.is_empty()).then(|| Text::Plain(name.to_owned()));
        self.ids.insert((kind, name.to_owned()), id.clone());
        self.scenario.nodes.push(Node { id, label, at: Point::default(), color: None, settings });
    }

    fn free_id(&mut self, stem: &str) -> Id {
        let numbered = (2_u64..).map(|number| format!("{stem}-{number}"));
        let free = std::iter::once(stem.to_owned()).chain(numbered).find(|id| !self.taken.contains(id));
        let id = free.unwrap_or_default();
        self.taken.insert(id.clone());
        Id(id)
    }

    fn set(&mut self, kind: NodeKind, name: &str, settings: NodeSettings) {
        let Some(id) = self.ids.get(&(kind, name.to_owned())) else { return };
        if let Some(node) = self.scenario.nodes.iter_mut().find(|node| node.id == *id) {
            node.settings = settings;
        }
    }

    fn id(&self, kind: NodeKind, name: &str) -> Option<Id> {
        self.ids.get(&(kind, name.to_owned())).cloned()
    }

    /// An exchange that a setting refers to: its id, or its name where it is not there; the default exchange stays without one.
    fn referred(&self, name: &str) -> String {
        self.id(NodeKind::Exchange, name).map_or_else(|| name.to_owned(), |id| id.0)
    }

    fn alternate(&self, exchange: &Exchange) -> Option<String> {
        exchange.arguments.get("alternate-exchange").and_then(HeaderValue::as_text).map(|name| self.referred(name))
    }

    /// A queue's settings by its arguments (RabbitMQ, "Queues", optional arguments).
    fn queue_settings(&mut self, queue: &Queue) -> QueueSettings {
        let mut settings =
            QueueSettings { durable: queue.durable, auto_delete: queue.auto_delete, ..QueueSettings::default() };
        let mut not_known = Vec::new();
        let mut not_so = Vec::new();
        let mut lowered = Vec::new();
        let mut at_most = |key: &'static str, most: u64, number: u64| {
            if number > most {
                lowered.push((key, most));
            }
            number.min(most)
        };
        for (key, value) in &queue.arguments {
            let number = value.as_integer().and_then(|number| u64::try_from(number).ok());
            let text = value.as_text();
            let fits = match key.as_str() {
                "x-queue-type" => {
                    settings.kind = if text == Some("quorum") { QueueKind::Quorum } else { QueueKind::Classic };
                    text.is_some()
                }
                "x-message-ttl" => {
                    number.map(|ms| settings.ttl_ms = Some(at_most("x-message-ttl", DAY_MS, ms) as f64)).is_some()
                }
                "x-expires" => number
                    .map(|ms| settings.expires_ms = Some(at_most("x-expires", DAY_MS, ms.max(1)) as f64))
                    .is_some(),
                "x-max-length" => number
                    .map(|most| settings.max_length = Some(at_most("x-max-length", MOST_MESSAGES, most)))
                    .is_some(),
                "x-max-length-bytes" => number
                    .map(|most| settings.max_length_bytes = Some(at_most("x-max-length-bytes", MOST_BYTES, most)))
                    .is_some(),
                "x-overflow" => {
                    text.and_then(Overflow::from_argument).map(|overflow| settings.overflow = overflow).is_some()
                }
                "x-dead-letter-exchange" => {
                    settings.dead_letter_exchange = text.map(|name| self.referred(name));
                    text.is_some()
                }
                "x-dead-letter-routing-key" => {
                    settings.dead_letter_routing_key = text.map(str::to_owned);
                    text.is_some()
                }
                "x-max-priority" => {
                    settings.max_priority = number.filter(|most| *most > 0).and_then(|most| u8::try_from(most).ok());
                    number.is_some_and(|most| most <= 255)
                }
                "x-single-active-consumer" => {
                    settings.single_active_consumer = *value == HeaderValue::Boolean(true);
                    matches!(value, HeaderValue::Boolean(_))
                }
                "x-delivery-limit" => {
                    settings.delivery_limit =
                        number.map(|limit| at_most("x-delivery-limit", MOST_DELIVERIES, limit) as u32);
                    settings.delivery_limit.is_some()
                }
                _ => {
                    not_known.push(key.clone());
                    true
                }
            };
            if !fits {
                not_so.push(key.clone());
            }
        }
        // Through the default exchange a routing key is the name of a queue, which may have another id here.
        if settings.dead_letter_exchange.as_deref() == Some("") {
            let named = settings.dead_letter_routing_key.as_deref().and_then(|key| self.id(NodeKind::Queue, key));
            if let Some(id) = named {
                settings.dead_letter_routing_key = Some(id.0);
            }
        }
        for (key, most) in lowered {
            self.remark(&queue.name, Remark::Lowered(key, most));
        }
        for key in not_known {
            self.remark(&queue.name, Remark::Argument(key));
        }
        for key in not_so {
            self.remark(&queue.name, Remark::Value(key));
        }
        settings
    }

    fn edge(&mut self, kind: EdgeKind, from: Id, to: Id) -> Edge {
        let id = self.free_id(&format!("{}-{}", kind.name(), self.scenario.edges.len() + 1));
        Edge::new(id, kind, from, to)
    }

    fn bind(&mut self, binding: &Binding, streams: &BTreeSet<&str>) {
        // Every queue is bound to the default exchange; only old exports say so.
        if binding.source.is_empty() {
            return;
        }
        let kind = match binding.destination_type {
            DestinationKind::Queue => NodeKind::Queue,
            DestinationKind::Exchange => NodeKind::Exchange,
        };
        let ends = self.id(NodeKind::Exchange, &binding.source).zip(self.id(kind, &binding.destination));
        let Some((from, to)) = ends else {
            let gone = kind == NodeKind::Queue && streams.contains(binding.destination.as_str());
            let known = self.remarks.iter().any(|remarked| {
                matches!(remarked.remark, Remark::ExchangeType(_))
                    && (remarked.name == binding.source
                        || kind == NodeKind::Exchange && remarked.name == binding.destination)
            });
            if !gone && !known {
                self.remark(&format!("{} → {}", binding.source, binding.destination), Remark::BindingEnd);
            }
            return;
        };
        if from == to {
            self.remark(&binding.source, Remark::BoundToItself);
            return;
        }
        let mut edge = self.edge(EdgeKind::Bind, from, to);
        edge.routing_key.clone_from(&binding.routing_key);
        edge.headers.clone_from(&binding.arguments);
        edge.x_match = HeadersMatch::take_from(&mut edge.headers);
        self.scenario.edges.push(edge);
    }

    /// Producers for what nothing of the broker's own leads to.
    fn suggest_producers(&mut self, rates: &Rates, words: &Words) {
        let fed: BTreeSet<Id> = self.fed();
        let nodes: Vec<(NodeKind, String, Id)> =
            self.ids.iter().map(|((kind, name), id)| (*kind, name.clone(), id.clone())).collect();
        for (kind, name, id) in nodes {
            let rate = rates.published(kind, &name);
            let wanted = match rate {
                Some(rate) => rate > 0.0 && (kind == NodeKind::Exchange || !fed.contains(&id)),
                None => !fed.contains(&id) && !rates.is_told(),
            };
            if !wanted {
                continue;
            }
            let message = self.message_for(&id, kind);
            let pattern = rate.map_or_else(Pattern::default, |per_s| Pattern::Poisson { per_s });
            let settings = ProducerSettings { pattern, message, confirms: None };
            self.user(NodeKind::Producer, &(words.interop.producer)(&name), NodeSettings::Producer(settings), |user| {
                (EdgeKind::Publish, user, id)
            });
        }
    }

    /// What gets messages from within the broker: by a binding, as a dead-letter exchange, or as an alternate one.
    fn fed(&self) -> BTreeSet<Id> {
        let mut fed: BTreeSet<Id> = self.scenario.edges.iter().map(|edge| edge.to.clone()).collect();
        for node in &self.scenario.nodes {
            match &node.settings {
                NodeSettings::Queue(settings) => {
                    let through_default = settings.dead_letter_exchange.as_deref() == Some("");
                    fed.extend(settings.dead_letter_exchange.clone().map(Id));
                    fed.extend(settings.dead_letter_routing_key.clone().filter(|_| through_default).map(Id));
                }
                NodeSettings::Exchange(settings) => fed.extend(settings.alternate_exchange.clone().map(Id)),
                _ => {}
            }
        }
        fed
    }

    /// A message that the bindings of an exchange let through.
    fn message_for(&self, id: &Id, kind: NodeKind) -> MessageTemplate {
        let mut message = MessageTemplate::default();
        let bindings = self.scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Bind && edge.from == *id);
        let exchange = self.scenario.node(id).and_then(|node| match &node.settings {
            NodeSettings::Exchange(settings) => Some(settings.kind),
            _ => None,
        });
        match exchange {
            Some(routes @ (ExchangeKind::Direct | ExchangeKind::Topic)) if kind == NodeKind::Exchange => {
                let keys: BTreeSet<String> = bindings.map(|edge| fitting_key(routes, &edge.routing_key)).collect();
                message.routing_keys =
                    keys.into_iter().take(MOST_KEYS).map(|key| WeightedKey { key, weight: 1.0 }).collect();
            }
            Some(ExchangeKind::Headers) => {
                message.headers = bindings.map(|edge| edge.headers.clone()).next().unwrap_or_else(Headers::new)
            }
            _ => {}
        }
        message
    }

    /// Consumers for queues: as many as there were, or one where nobody counted them and the queue is not only for what has died.
    fn suggest_consumers(&mut self, rates: &Rates, words: &Words) {
        let only_dead = self.only_for_the_dead();
        let queues: Vec<(String, Id)> = self
            .ids
            .iter()
            .filter(|((kind, _), _)| *kind == NodeKind::Queue)
            .map(|((_, name), id)| (name.clone(), id.clone()))
            .collect();
        for (name, id) in queues {
            let consumers = rates.consumers(&name).unwrap_or(u32::from(!rates.is_told() && !only_dead.contains(&id)));
            if consumers == 0 {
                continue;
            }
            let mut settings = ConsumerSettings { concurrency: consumers.min(1_000), ..ConsumerSettings::default() };
            if let Some(per_s) = rates.delivered(&name).filter(|per_s| *per_s > 0.0) {
                let ms = (1_000.0 * BUSY * f64::from(settings.concurrency) / per_s).clamp(0.1, 60_000.0);
                settings.handler = vec![Step::Work { ms: Distribution::Constant((ms * 10.0).round() / 10.0) }];
            }
            self.user(NodeKind::Consumer, &(words.interop.consumer)(&name), NodeSettings::Consumer(settings), |user| {
                (EdgeKind::Subscribe, id, user)
            });
        }
    }

    /// Queues that get messages only from dead-letter exchanges: people look into them, and no consumer empties them.
    fn only_for_the_dead(&self) -> BTreeSet<Id> {
        let mut dead = BTreeSet::new();
        for node in &self.scenario.nodes {
            if let NodeSettings::Queue(settings) = &node.settings {
                match settings.dead_letter_exchange.as_deref() {
                    Some("") => dead.extend(settings.dead_letter_routing_key.clone().map(Id)),
                    Some(exchange) => dead.extend([Id(exchange.to_owned())]),
                    None => {}
                }
            }
        }
        let fed_by_others: BTreeSet<&Id> = self
            .scenario
            .edges
            .iter()
            .filter(|edge| edge.kind != EdgeKind::Bind || !dead.contains(&edge.from))
            .map(|edge| &edge.to)
            .collect();
        let from_dead = self.scenario.edges.iter().filter(|edge| dead.contains(&edge.from)).map(|edge| &edge.to);
        let queues: Vec<Id> = from_dead.chain(&dead).filter(|id| !fed_by_others.contains(id)).cloned().collect();
        queues.into_iter().collect()
    }

    fn user(
        &mut self,
        kind: NodeKind,
        label: &str,
        settings: NodeSettings,
        edge: impl FnOnce(Id) -> (EdgeKind, Id, Id),
    ) {
        let id = self.free_id(kind.name());
        let label = Some(Text::Plain(label.to_owned()));
        self.scenario.nodes.push(Node { id: id.clone(), label, at: Point::default(), color: None, settings });
        let (kind, from, to) = edge(id);
        let edge = self.edge(kind, from, to);
        self.scenario.edges.push(edge);
    }
}
