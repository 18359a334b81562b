//! Plays the steps of one recording and compares what comes with what was recorded.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{Recording, wire};
use crate::base::Micros;
use crate::engine::amqp::{
    BindingDeclaration, Confirm, Consume, ExchangeDeclaration, Policy, PolicyTarget, Publication, QueueDeclaration,
    Refused, Server, Settlement, Tags,
};
use crate::scenario::Headers;

/// The topology, in RabbitMQ's definitions format.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Definitions {
    #[serde(default)]
    exchanges: Vec<DefinedExchange>,
    #[serde(default)]
    queues: Vec<DefinedQueue>,
    #[serde(default)]
    bindings: Vec<DefinedBinding>,
    #[serde(default)]
    policies: Vec<DefinedPolicy>,
}

#[derive(Debug, Deserialize)]
struct DefinedExchange {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default = "yes")]
    durable: bool,
    #[serde(default)]
    auto_delete: bool,
    #[serde(default)]
    internal: bool,
    #[serde(default)]
    arguments: Headers,
}

#[derive(Debug, Deserialize)]
struct DefinedQueue {
    name: String,
    #[serde(default = "yes")]
    durable: bool,
    #[serde(default)]
    auto_delete: bool,
    #[serde(default)]
    arguments: Headers,
}

#[derive(Debug, Deserialize)]
struct DefinedBinding {
    source: String,
    destination: String,
    #[serde(default)]
    destination_type: Option<String>,
    #[serde(default)]
    routing_key: String,
    #[serde(default)]
    arguments: Headers,
}

#[derive(Debug, Deserialize)]
struct DefinedPolicy {
    name: String,
    pattern: String,
    #[serde(default, rename = "apply-to", alias = "apply_to")]
    apply_to: Option<String>,
    #[serde(default)]
    priority: i64,
    definition: Headers,
}

/// One message of a recording of kind `routing`.
#[derive(Debug, Deserialize)]
pub(super) struct Case {
    exchange: String,
    routing_key: String,
    #[serde(default)]
    headers: Option<Headers>,
    #[serde(default)]
    queues: Vec<String>,
    #[serde(default)]
    returned: bool,
}

fn yes() -> bool {
    true
}

/// The fields of a step; each kind of step has some of them.
#[derive(Debug, Deserialize)]
struct Step {
    #[serde(rename = "do")]
    kind: String,
    #[serde(default)]
    t_ms: f64,
    channel: Option<String>,
    connection: Option<String>,
    consumer: Option<String>,
    queue: Option<String>,
    exchange: Option<String>,
    source: Option<String>,
    #[serde(default)]
    messages: Vec<wire::WireMessage>,
    #[serde(default = "yes")]
    confirm: bool,
    prefetch: Option<u32>,
    ack: Option<String>,
    priority: Option<i64>,
    #[serde(default)]
    exclusive: bool,
    #[serde(default)]
    arguments: Headers,
    payload: Option<String>,
    nth: Option<usize>,
    tag: Option<u64>,
    #[serde(default)]
    multiple: bool,
    #[serde(default = "yes")]
    requeue: bool,
    #[serde(default)]
    global: bool,
    #[serde(default = "yes")]
    durable: bool,
    #[serde(default)]
    auto_delete: bool,
    #[serde(default)]
    internal: bool,
    #[serde(default)]
    passive: bool,
    #[serde(default)]
    if_unused: bool,
    #[serde(default)]
    if_empty: bool,
    #[serde(default)]
    routing_key: String,
    #[serde(rename = "type")]
    exchange_type: Option<String>,
    name: Option<String>,
    pattern: Option<String>,
    definition: Option<Headers>,
    apply_to: Option<String>,
    #[serde(default)]
    expect: Map<String, Value>,
}

/// Definitions were made that long before the first step.
const BEGIN: Micros = Micros(100_000);

struct Player {
    server: Server,
    /// The consumers' channels, kept after they were cancelled.
    consumer_channels: BTreeMap<String, String>,
    /// When a broker that is down comes back.
    back_at: Option<Micros>,
    /// What the present step brought about.
    seen: Map<String, Value>,
}

/// Where the engine does something else than was recorded.
///
/// # Errors
/// The recording cannot be read.
pub(super) fn differences(recording: Recording) -> Result<Vec<String>, String> {
    let mut player =
        Player { server: Server::new(), consumer_channels: BTreeMap::new(), back_at: None, seen: Map::new() };
    player.define(recording.definitions)?;
    if recording.kind == "routing" {
        for (index, step) in recording.setup.into_iter().enumerate() {
            let step: Step = read(step, &format!("setup {index}"))?;
            player.carry_out(step)?;
        }
        return player.route(recording.cases);
    }
    let mut differences = Vec::new();
    let steps: Vec<Step> = recording
        .steps
        .into_iter()
        .enumerate()
        .map(|(index, step)| read(step, &format!("step {index}")))
        .collect::<Result<_, _>>()?;
    let ends: Vec<f64> = steps.iter().skip(1).map(|step| step.t_ms).chain([recording.t_end_ms]).collect();
    for (index, (mut step, end)) in steps.into_iter().zip(ends).enumerate() {
        player.advance(BEGIN + Micros::from_ms(step.t_ms));
        let before = player.server.counts();
        let expected = comparable(std::mem::take(&mut step.expect));
        let what = format!("step {index}, {}", step.kind);
        if step.kind == "restart_broker" {
            // It took as long as it took: when the next step began, the broker was back.
            player.back_at = Some(BEGIN + Micros::from_ms(end));
        }
        if let Err(impossible) = player.carry_out(step) {
            // What came before has led elsewhere: there is nothing to compare any more.
            differences.push(format!("{what}: {impossible}"));
            return Ok(differences);
        }
        player.advance(BEGIN + Micros::from_ms(end));
        player.note_counts(&before);
        let seen = std::mem::take(&mut player.seen);
        compare(&what, &Value::Object(expected), &Value::Object(seen), &mut differences);
    }
    if let Some(expected) = recording.last {
        compare("in the end", &expected, &player.last(), &mut differences);
    }
    Ok(differences)
}

fn read<T: DeserializeOwned>(value: Value, place: &str) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| format!("{place}: {error}"))
}

/// The texts of errors are for information.
fn comparable(mut expected: Map<String, Value>) -> Map<String, Value> {
    for closed in ["channel_closed", "connection_closed"] {
        for (_, reply) in expected.get_mut(closed).and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(reply) = reply.as_object_mut() {
                reply.remove("text");
            }
        }
    }
    expected
}

/// Says member by member where two objects differ.
fn compare(what: &str, expected: &Value, seen: &Value, differences: &mut Vec<String>) {
    let (Value::Object(expected), Value::Object(seen)) = (expected, seen) else {
        if expected != seen {
            differences.push(format!("{what}: expected {expected}, got {seen}"));
        }
        return;
    };
    let missing = Value::String("nothing".to_owned());
    let names: std::collections::BTreeSet<&String> = expected.keys().chain(seen.keys()).collect();
    for name in names {
        let pair = (expected.get(name).unwrap_or(&missing), seen.get(name).unwrap_or(&missing));
        compare(&format!("{what}, {name}"), pair.0, pair.1, differences);
    }
}

impl Player {
    fn define(&mut self, definitions: Definitions) -> Result<(), String> {
        self.server.open_channel("admin", "main");
        self.server.open_channel("", "main");
        let refused = |what: &str, name: &str, refused: Refused| format!("{what} “{name}”: {}", refused.text);
        for policy in definitions.policies {
            self.set_policy(policy)?;
        }
        for exchange in definitions.exchanges {
            let DefinedExchange { name, kind, durable, auto_delete, internal, arguments } = exchange;
            let declaration =
                ExchangeDeclaration { name, kind, durable, auto_delete, internal, passive: false, arguments };
            self.server
                .declare_exchange(&declaration)
                .map_err(|error| refused("exchange", &declaration.name, error))?;
        }
        for queue in definitions.queues {
            let DefinedQueue { name, durable, auto_delete, arguments } = queue;
            let declaration =
                QueueDeclaration { name, durable, exclusive: false, auto_delete, passive: false, arguments };
            self.server
                .declare_queue("admin", &declaration)
                .map_err(|error| refused("queue", &declaration.name, error))?;
        }
        for binding in definitions.bindings {
            let DefinedBinding { source, destination, destination_type, routing_key, arguments } = binding;
            let to_queue = destination_type.is_none_or(|kind| kind == "queue");
            let binding = BindingDeclaration {
                source: &source,
                destination: &destination,
                to_queue,
                routing_key: &routing_key,
                arguments: &arguments,
            };
            self.server.bind("admin", &binding).map_err(|error| refused("binding to", &destination, error))?;
        }
        Ok(())
    }

    fn set_policy(&mut self, policy: DefinedPolicy) -> Result<(), String> {
        let pattern = regex::Regex::new(&policy.pattern).map_err(|error| error.to_string())?;
        let target = match policy.apply_to.as_deref() {
            Some("exchanges") => PolicyTarget::Exchanges,
            Some("all") => PolicyTarget::All,
            _ => PolicyTarget::Queues,
        };
        let DefinedPolicy { name, priority, definition, .. } = policy;
        let concerns = Box::new(move |name: &str| pattern.is_match(name));
        self.server.set_policy(&name, Policy { concerns, target, priority, definition });
        Ok(())
    }

    /// Every case by itself: which queues get the message.
    fn route(&mut self, cases: Vec<Case>) -> Result<Vec<String>, String> {
        self.server.open_channel("pub", "main");
        let mut differences = Vec::new();
        for (index, case) in cases.into_iter().enumerate() {
            let publication = Publication {
                exchange: case.exchange,
                routing_key: case.routing_key,
                headers: case.headers.unwrap_or_default(),
                mandatory: true,
                ..Publication::default()
            };
            let what = format!("case {index}, {} {:?}", publication.exchange, publication.routing_key);
            self.server.publish("pub", publication).map_err(|error| format!("{what}: {}", error.text))?;
            let got: Vec<String> = self
                .server
                .counts()
                .into_iter()
                .filter(|(_, (ready, ..))| ready.is_some_and(|ready| ready > 0))
                .map(|(name, _)| name)
                .collect();
            for queue in &got {
                let copies = self.server.purge("pub", queue).map_err(|error| error.text)?;
                compare(&format!("{what}, copies in {queue}"), &json!(1), &json!(copies), &mut differences);
            }
            let returned = !self.server.take_sent().returned.is_empty();
            compare(&format!("{what}, queues"), &json!(case.queues), &json!(got), &mut differences);
            compare(&format!("{what}, returned"), &json!(case.returned), &json!(returned), &mut differences);
        }
        Ok(differences)
    }

    fn advance(&mut self, time: Micros) {
        if let Some(back_at) = self.back_at.filter(|back_at| *back_at <= time) {
            self.back_at = None;
            self.server.advance(back_at);
            self.server.restart();
        }
        self.server.advance(time);
        self.note_sent();
    }

    fn note_sent(&mut self) {
        let sent = self.server.take_sent();
        for (consumer, messages) in sent.deliveries {
            let deliveries = self.seen.entry("deliveries").or_insert_with(|| json!({}));
            let list = deliveries.as_object_mut().expect("made above").entry(consumer).or_insert_with(|| json!([]));
            list.as_array_mut().expect("made above").extend(messages.iter().map(wire::delivered));
        }
        for message in &sent.returned {
            let returned = self.seen.entry("returned").or_insert_with(|| json!([]));
            returned.as_array_mut().expect("made above").push(wire::returned(message));
        }
        if !sent.cancelled.is_empty() {
            self.seen.insert("cancelled".to_owned(), json!(sent.cancelled));
        }
    }

    /// The queues whose counts differ from those before the step.
    fn note_counts(&mut self, before: &BTreeMap<String, (Option<u64>, Option<u64>, u64)>) {
        let now = self.server.counts();
        let changed = now.iter().filter(|(name, counts)| before.get(*name) != Some(counts));
        let mut queues: Map<String, Value> = changed
            .map(|(name, (ready, unacked, consumers))| (name.clone(), json!([ready, unacked, consumers])))
            .collect();
        for name in before.keys().filter(|name| !now.contains_key(*name)) {
            queues.insert(name.clone(), Value::Null);
        }
        if !queues.is_empty() {
            self.seen.insert("queues".to_owned(), Value::Object(queues));
        }
    }

    /// The state at the end: counters first, then every queue is read empty in the order of the names.
    fn last(&mut self) -> Value {
        let mut last = Map::new();
        for (name, (ready, unacked, consumers)) in self.server.counts() {
            last.insert(name, json!({ "ready": ready, "unacked": unacked, "consumers": consumers }));
        }
        let names: Vec<String> = last.keys().cloned().collect();
        for name in names {
            if let Some(messages) = self.server.drain(&name) {
                last[&name]["messages"] = messages.iter().map(wire::delivered).collect();
            }
        }
        Value::Object(last)
    }

    fn carry_out(&mut self, step: Step) -> Result<(), String> {
        let usual = match step.kind.as_str() {
            "publish" => "pub",
            "get" => "get",
            "subscribe" => step.consumer.as_deref().unwrap_or("admin"),
            _ => "admin",
        };
        let mut channel = step.channel.clone().unwrap_or_else(|| usual.to_owned());
        // What is said of a consumer's deliveries is said on its channel.
        if matches!(step.kind.as_str(), "ack" | "nack" | "reject")
            && step.channel.is_none()
            && let Some(known) = step.consumer.as_ref().and_then(|consumer| self.consumer_channels.get(consumer))
        {
            channel.clone_from(known);
        }
        if !matches!(step.kind.as_str(), "close_channel" | "close_connection" | "drop_connection") {
            self.server.open_channel(&channel, step.connection.as_deref().unwrap_or("main"));
        }
        let result = self.command(step, &channel)?;
        self.note_sent();
        if let Err(refused) = result {
            let (code, name) = refused.code.number_and_name();
            let reply = json!({ "code": code, "name": name });
            let connection = self.server.connection_of(&channel).unwrap_or("main").to_owned();
            self.seen.remove("confirms");
            if refused.code.closes_connection() {
                self.seen.insert("connection_closed".to_owned(), json!({ connection.clone(): reply }));
                self.server.close_connection(&connection);
            } else {
                self.seen.insert("channel_closed".to_owned(), json!({ channel.clone(): reply }));
                self.server.close_channel(&channel);
            }
            self.note_sent();
        }
        Ok(())
    }

    /// Carries out one command; the inner error is the broker's.
    fn command(&mut self, step: Step, channel: &str) -> Result<Result<(), Refused>, String> {
        let missing = |field: &str| format!("a step {} has no {field}", step.kind);
        let queue = || step.queue.clone().ok_or_else(|| missing("queue"));
        let server = &mut self.server;
        let done = match step.kind.as_str() {
            "wait" | "open_channel" => Ok(()),
            "publish" => return Ok(self.publish(step, channel)),
            "subscribe" => {
                if let Some(prefetch) = step.prefetch {
                    server.qos(channel, prefetch, false);
                }
                let consumer = step.consumer.clone().ok_or_else(|| missing("consumer"))?;
                let mut arguments = step.arguments.clone();
                if let Some(priority) = step.priority {
                    arguments.insert("x-priority".to_owned(), crate::scenario::HeaderValue::Integer(priority));
                }
                self.consumer_channels.insert(consumer.clone(), channel.to_owned());
                let manual_ack = step.ack.as_deref() != Some("auto");
                let consume = Consume { consumer, queue: queue()?, manual_ack, exclusive: step.exclusive, arguments };
                server.consume(channel, &consume)
            }
            "ack" => self.settle(&step, channel, Settlement::Ack)?,
            "nack" | "reject" => {
                let settlement = if step.requeue { Settlement::Requeue } else { Settlement::Reject };
                self.settle(&step, channel, settlement)?
            }
            "cancel" => {
                server.cancel(&step.consumer.clone().ok_or_else(|| missing("consumer"))?);
                Ok(())
            }
            "close_channel" => {
                server.close_channel(channel);
                Ok(())
            }
            "close_connection" | "drop_connection" => {
                server.close_connection(step.connection.as_deref().unwrap_or("main"));
                Ok(())
            }
            "qos" => {
                server.qos(channel, step.prefetch.unwrap_or(0), step.global);
                Ok(())
            }
            "recover" => server.recover(channel, step.requeue),
            "get" => match server.get(channel, &queue()?, step.ack.as_deref() != Some("auto")) {
                Err(refused) => Err(refused),
                Ok(got) => {
                    let message = got.as_ref().map_or(Value::Null, |(message, _)| wire::delivered(message));
                    self.seen.insert("got".to_owned(), message);
                    if let Some((_, remaining)) = got {
                        self.seen.insert("remaining".to_owned(), json!(remaining));
                    }
                    Ok(())
                }
            },
            "purge" => server.purge(channel, &queue()?).map(|count| {
                self.seen.insert("count".to_owned(), json!(count));
            }),
            "declare_queue" => {
                let declaration = QueueDeclaration {
                    name: queue()?,
                    durable: step.durable,
                    exclusive: step.exclusive,
                    auto_delete: step.auto_delete,
                    passive: step.passive,
                    arguments: step.arguments.clone(),
                };
                server.declare_queue(channel, &declaration).map(|(count, consumers)| {
                    self.seen.insert("count".to_owned(), json!(count));
                    self.seen.insert("consumers".to_owned(), json!(consumers));
                })
            }
            "delete_queue" => server.delete_queue(channel, &queue()?, step.if_unused, step.if_empty).map(|count| {
                self.seen.insert("count".to_owned(), json!(count));
            }),
            "declare_exchange" => server.declare_exchange(&ExchangeDeclaration {
                name: step.exchange.clone().ok_or_else(|| missing("exchange"))?,
                kind: step.exchange_type.clone().unwrap_or_default(),
                durable: step.durable,
                auto_delete: step.auto_delete,
                internal: step.internal,
                passive: step.passive,
                arguments: step.arguments.clone(),
            }),
            "delete_exchange" => {
                server.delete_exchange(&step.exchange.clone().ok_or_else(|| missing("exchange"))?, step.if_unused)
            }
            "bind" | "unbind" => {
                let end = step.queue.as_ref().or(step.exchange.as_ref()).ok_or_else(|| missing("destination"))?;
                let binding = BindingDeclaration {
                    source: step.source.as_ref().ok_or_else(|| missing("source"))?,
                    destination: end,
                    to_queue: step.queue.is_some(),
                    routing_key: &step.routing_key,
                    arguments: &step.arguments,
                };
                if step.kind == "bind" { server.bind(channel, &binding) } else { server.unbind(channel, &binding) }
            }
            "set_policy" => {
                self.set_policy(DefinedPolicy {
                    name: step.name.clone().ok_or_else(|| missing("name"))?,
                    pattern: step.pattern.clone().ok_or_else(|| missing("pattern"))?,
                    apply_to: step.apply_to.clone(),
                    priority: step.priority.unwrap_or(0),
                    definition: step.definition.clone().unwrap_or_default(),
                })?;
                Ok(())
            }
            "delete_policy" => {
                server.delete_policy(&step.name.clone().ok_or_else(|| missing("name"))?);
                Ok(())
            }
            "list_exchanges" => {
                self.seen.insert("exchanges".to_owned(), json!(server.exchange_names()));
                Ok(())
            }
            "tx_select" => {
                server.select_transaction(channel);
                Ok(())
            }
            "tx_commit" => server.commit(channel),
            "tx_rollback" => server.roll_back(channel),
            "restart_broker" => {
                server.crash();
                Ok(())
            }
            unknown => return Err(format!("there is no step “{unknown}”")),
        };
        Ok(done)
    }

    fn publish(&mut self, step: Step, channel: &str) -> Result<(), Refused> {
        let mut confirms = Vec::new();
        for message in step.messages {
            let confirm = self.server.publish(channel, message.into())?;
            if let Some(confirm) = confirm.filter(|_| step.confirm) {
                confirms.push(if confirm == Confirm::Ack { "ack" } else { "nack" });
            }
        }
        if !confirms.is_empty() {
            self.seen.insert("confirms".to_owned(), json!(confirms));
        }
        Ok(())
    }

    /// Finds the delivery that a step means, and says of it what the step says.
    fn settle(&mut self, step: &Step, channel: &str, settlement: Settlement) -> Result<Result<(), Refused>, String> {
        let tag = match step.tag {
            Some(tag) => tag,
            None => {
                let of_consumer = step.channel.is_none();
                let mut meant = self.server.unsettled(channel).iter().filter(|unsettled| {
                    (!of_consumer || unsettled.consumer == step.consumer)
                        && step.payload.as_ref().is_none_or(|payload| **payload == *unsettled.body)
                });
                let found = meant.nth(step.nth.unwrap_or(0));
                found.ok_or_else(|| format!("a step {} means a delivery that is not there", step.kind))?.tag
            }
        };
        Ok(self.server.settle(channel, Tags { tag, multiple: step.multiple }, settlement))
    }
}
