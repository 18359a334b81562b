//! A scenario as an AsyncAPI document: who sends what, where to, and who receives from where.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Exchange, Queue, Topology};
use crate::base::Language;
use crate::scenario::{
    AckMode, EdgeKind, ExchangeKind, ExchangeSettings, HeaderValue, Headers, Id, MessageTemplate, Node, NodeKind,
    NodeSettings, OnFailure, Scenario, Step, handler,
};

/// The version of the bindings for AMQP 0-9-1 that the document's objects keep to.
const BINDING_VERSION: &str = "0.3.0";

/// An AsyncAPI 3.0.0 document of a scenario, with its texts in a language.
///
/// Exchanges and queues are channels with the bindings for AMQP 0-9-1. Producers, and steps of handlers that publish,
/// are operations that send; consumers are operations that receive. AsyncAPI has no place for bindings between
/// exchanges and queues, nor for arguments: they are in `x-bindings` and `x-arguments`, as RabbitMQ's definitions have
/// them.
pub fn document(scenario: &Scenario, topology: &Topology, language: Language) -> Value {
    let mut document = Document::new(scenario, topology, language);
    for node in &scenario.nodes {
        match &node.settings {
            NodeSettings::Exchange(settings) => document.add_exchange(node, settings),
            NodeSettings::Queue(_) => document.add_queue(node),
            _ => {}
        }
    }
    for node in &scenario.nodes {
        match &node.settings {
            NodeSettings::Producer(settings) => {
                for target in document.targets(EdgeKind::Publish, &node.id, |edge| (&edge.from, &edge.to)) {
                    let keys: Vec<&str> = settings.message.routing_keys.iter().map(|key| key.key.as_str()).collect();
                    document.add_send(node, &target, &settings.message, &keys);
                }
            }
            NodeSettings::Consumer(settings) => {
                for queue in document.targets(EdgeKind::Subscribe, &node.id, |edge| (&edge.to, &edge.from)) {
                    document.add_receive(node, &queue, settings.ack_mode);
                }
                document.add_steps(node, &settings.handler);
                if settings.on_failure == OnFailure::Retry {
                    document.add_send(node, &settings.retry.queue, &MessageTemplate::default(), &[]);
                }
            }
            NodeSettings::Service(settings) => document.add_steps(node, &settings.handler),
            _ => {}
        }
    }
    document.finish()
}

struct Document<'a> {
    scenario: &'a Scenario,
    topology: &'a Topology,
    language: Language,
    channels: Map<String, Value>,
    operations: Map<String, Value>,
    /// The channel of a node.
    channel_of: BTreeMap<&'a Id, String>,
    /// Keys of channels and operations that are taken.
    taken: BTreeSet<String>,
}

impl<'a> Document<'a> {
    fn new(scenario: &'a Scenario, topology: &'a Topology, language: Language) -> Document<'a> {
        let (channels, operations, channel_of, taken) = Default::default();
        Document { scenario, topology, language, channels, operations, channel_of, taken }
    }

    /// A key that nothing has yet, of letters, digits and `_`.
    fn key(&mut self, text: &str) -> String {
        let fits = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
        let stem: String = text.chars().map(fits).take(100).collect();
        let mut key = stem.clone();
        let mut number = 2;
        while !self.taken.insert(key.clone()) {
            key = format!("{stem}_{number}");
            number += 1;
        }
        key
    }

    /// The other ends of a node's edges of a kind.
    fn targets(
        &self,
        kind: EdgeKind,
        own: &Id,
        ends: impl Fn(&'a crate::scenario::Edge) -> (&'a Id, &'a Id),
    ) -> Vec<Id> {
        let edges = self.scenario.edges.iter().filter(|edge| edge.kind == kind);
        edges.map(ends).filter(|(here, _)| *here == own).map(|(_, there)| there.clone()).collect()
    }

    fn add_exchange(&mut self, node: &'a Node, settings: &ExchangeSettings) {
        let name = self.topology.name(&node.id);
        let declared = self.topology.exchanges.iter().find(|exchange| exchange.name == name);
        // One that every broker has is not declared; it is durable (RabbitMQ).
        let system = || Exchange {
            name: name.clone(),
            kind: settings.kind.name().to_owned(),
            durable: true,
            auto_delete: false,
            internal: false,
            arguments: Headers::new(),
        };
        let exchange = declared.cloned().unwrap_or_else(system);
        let mut binding =
            json!({ "name": exchange.name, "durable": exchange.durable, "autoDelete": exchange.auto_delete });
        if ExchangeKind::from_name(&exchange.kind).is_some() {
            binding["type"] = exchange.kind.as_str().into();
        }
        let bindings: Vec<_> = self.topology.bindings.iter().filter(|binding| binding.source == name).collect();
        let channel = json!({
            // The address of what is sent to an exchange is its routing key, which differs from message to message.
            "address": null,
            "title": name,
            "messages": {},
            "bindings": { "amqp": { "is": "routingKey", "exchange": binding, "bindingVersion": BINDING_VERSION } },
            "x-bindings": bindings,
            "x-arguments": exchange.arguments,
        });
        self.add_channel(&node.id, &name, channel);
    }

    fn add_queue(&mut self, node: &'a Node) {
        let name = self.topology.name(&node.id);
        let declared = self.topology.queues.iter().find(|queue| queue.name == name).cloned();
        let usual = || Queue { name: name.clone(), durable: true, auto_delete: false, arguments: Headers::new() };
        let queue = declared.unwrap_or_else(usual);
        // Braces in an address are parameters, and it must have neither a query nor a fragment.
        let address = if name.contains(['{', '}', '?', '#']) { Value::Null } else { name.as_str().into() };
        let channel = json!({
            "address": address,
            "title": name,
            "messages": {},
            "bindings": {
                "amqp": {
                    "is": "queue",
                    "queue": {
                        "name": name,
                        "durable": queue.durable,
                        "exclusive": false,
                        "autoDelete": queue.auto_delete,
                    },
                    "bindingVersion": BINDING_VERSION,
                }
            },
            "x-arguments": queue.arguments,
        });
        self.add_channel(&node.id, &name, channel);
    }

    fn add_channel(&mut self, id: &'a Id, name: &str, channel: Value) {
        let key = self.key(name);
        self.channels.insert(key.clone(), channel);
        self.channel_of.insert(id, key);
    }

    /// The steps of a handler that publish.
    fn add_steps(&mut self, node: &Node, steps: &[Step]) {
        let mut published = Vec::new();
        handler::visit(steps, &mut |step, _| {
            if let Step::Publish(publish) = step {
                published.push(publish.clone());
            }
        });
        for publish in published {
            self.add_send(node, &publish.target, &MessageTemplate::default(), &[&publish.routing_key]);
        }
    }

    fn add_send(&mut self, node: &Node, target: &Id, template: &MessageTemplate, routing_keys: &[&str]) {
        let Some(channel) = self.channel_of.get(target).cloned() else { return };
        let sender = node.name(self.language).to_owned();
        let operation = self.key(&format!("send_{sender}_to_{}", self.topology.name(target)));
        let message = json!({
            "title": sender,
            "contentType": "application/octet-stream",
            "headers": header_schema(&template.headers),
            "payload": { "type": "string", "format": "binary", "maxLength": template.size_bytes },
        });
        let mut binding = json!({
            "deliveryMode": if template.persistent { 2 } else { 1 },
            "mandatory": template.mandatory,
            "bindingVersion": BINDING_VERSION,
        });
        if let Some(priority) = template.priority {
            binding["priority"] = priority.into();
        }
        if let Some(ms) = template.ttl_ms {
            binding["expiration"] = (ms.round().max(0.0) as u64).into();
        }
        let mut sending = json!({
            "action": "send",
            "channel": reference(&["channels", &channel]),
            "title": sender,
            "messages": [reference(&["channels", &channel, "messages", &operation])],
            "bindings": { "amqp": binding },
        });
        let to_exchange = self.scenario.node(target).is_some_and(|node| node.kind() == NodeKind::Exchange);
        if to_exchange {
            sending["x-routing-keys"] = routing_keys.into();
        }
        if let Some(messages) = self.channels.get_mut(&channel).and_then(|channel| channel["messages"].as_object_mut())
        {
            messages.insert(operation.clone(), message);
        }
        self.operations.insert(operation, sending);
    }

    fn add_receive(&mut self, node: &Node, queue: &Id, ack_mode: AckMode) {
        let Some(channel) = self.channel_of.get(queue).cloned() else { return };
        let receiver = node.name(self.language).to_owned();
        let operation = self.key(&format!("receive_{receiver}_from_{}", self.topology.name(queue)));
        // Whatever comes into the queue, by whatever way.
        let any = json!({ "title": self.topology.name(queue), "payload": { "type": "string", "format": "binary" } });
        if let Some(messages) = self.channels.get_mut(&channel).and_then(|channel| channel["messages"].as_object_mut())
        {
            messages.entry("any").or_insert(any);
        }
        let receiving = json!({
            "action": "receive",
            "channel": reference(&["channels", &channel]),
            "title": receiver,
            "messages": [reference(&["channels", &channel, "messages", "any"])],
            "bindings": { "amqp": { "ack": ack_mode == AckMode::Manual, "bindingVersion": BINDING_VERSION } },
        });
        self.operations.insert(operation, receiving);
    }

    fn finish(self) -> Value {
        let title = self.scenario.title.get(self.language);
        let mut info = json!({ "title": if title.is_empty() { "MQ Playground" } else { title }, "version": "1.0.0" });
        let about = self.scenario.about.get(self.language);
        if !about.is_empty() {
            info["description"] = about.into();
        }
        json!({
            "asyncapi": "3.0.0",
            "info": info,
            "defaultContentType": "application/octet-stream",
            "servers": { "rabbitmq": { "host": "localhost:5672", "protocol": "amqp", "protocolVersion": "0.9.1" } },
            "channels": self.channels,
            "operations": self.operations,
        })
    }
}

/// A reference into the document. Keys are of letters, digits and `_`, which need no escapes in a JSON pointer.
fn reference(path: &[&str]) -> Value {
    json!({ "$ref": format!("#/{}", path.join("/")) })
}

/// A JSON schema of headers that are always the same.
fn header_schema(headers: &Headers) -> Value {
    let constant = |value: &HeaderValue| json!({ "const": value });
    let properties: Map<String, Value> = headers.iter().map(|(name, value)| (name.clone(), constant(value))).collect();
    json!({ "type": "object", "properties": properties })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interop::hostile::{HOSTILE, scenario_of};

    /// What AsyncAPI 3.0.0 says of such documents: every reference leads somewhere, an operation's messages are its
    /// channel's, and a channel has either a queue or an exchange.
    fn check(document: &Value) {
        let channels = document["channels"].as_object().unwrap();
        let mut addresses = BTreeSet::new();
        for channel in channels.values() {
            let amqp = &channel["bindings"]["amqp"];
            assert_eq!(amqp["bindingVersion"], "0.3.0");
            let is_queue = amqp["is"] == "queue";
            assert_eq!((amqp.get("queue").is_some(), amqp.get("exchange").is_some()), (is_queue, !is_queue));
            if let Some(address) = channel["address"].as_str() {
                assert!(!address.contains(['{', '}', '?', '#']));
                assert!(addresses.insert(address.to_owned()), "{address} twice");
            }
        }
        for (key, operation) in document["operations"].as_object().unwrap() {
            assert!(key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_'), "{key}");
            assert!(["send", "receive"].contains(&operation["action"].as_str().unwrap()));
            let channel = operation["channel"]["$ref"].as_str().unwrap();
            assert!(document.pointer(&channel[1..]).is_some(), "{channel}");
            for message in operation["messages"].as_array().unwrap() {
                let message = message["$ref"].as_str().unwrap();
                assert!(message.starts_with(&format!("{channel}/messages/")), "{message}");
                assert!(document.pointer(&message[1..]).is_some(), "{message}");
            }
        }
    }

    #[test]
    fn documents_keep_to_the_rules_whatever_things_are_called() {
        for name in HOSTILE {
            let scenario = scenario_of(name);
            let topology = Topology::of(&scenario, Language::English).0;
            let document = document(&scenario, &topology, Language::English);
            check(&document);
            assert_eq!(document["channels"].as_object().unwrap().len(), 2);
            let actions: Vec<&str> = document["operations"]
                .as_object()
                .unwrap()
                .values()
                .map(|operation| operation["action"].as_str().unwrap())
                .collect();
            assert_eq!(actions.iter().filter(|action| **action == "send").count(), 4);
            assert_eq!(actions.iter().filter(|action| **action == "receive").count(), 1);
        }
        check(&document(&Scenario::default(), &Topology::default(), Language::SimplifiedChinese));
    }
}
