//! RabbitMQ's definitions: the JSON that `rabbitmqctl export_definitions` and the management API write and take (RabbitMQ,
//! "Schema Definition Export and Import").
//!
//! Of a whole broker each part names its virtual host, of one virtual host none does. Policies are applied: what they say becomes
//! settings of what they concern.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::remark::{Remark, Remarked};
use super::topology::{Binding, Exchange, Queue, Topology};
use crate::scenario::{HeaderValue, Headers};

/// The virtual host that every broker begins with.
pub const FIRST_HOST: &str = "/";

/// Whether a policy's pattern is found in a name.
pub type Pattern = Box<dyn Fn(&str) -> bool>;

/// Reads a policy's pattern, a regular expression; none if it is no pattern. (Readers are large, and the page's browser has one.)
pub type Patterns<'a> = &'a dyn Fn(&str) -> Option<Pattern>;

/// What was read of definitions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definitions {
    /// The virtual host that it is about; none if the file names none.
    pub host: Option<String>,
    /// Exchanges, queues and bindings, policies applied.
    pub topology: Topology,
    /// What does not come along.
    pub remarks: Vec<Remarked>,
}

impl Definitions {
    /// What a drawing of it is called: like the virtual host, unless it is the one that all brokers have.
    pub fn title(&self) -> &str {
        self.host.as_deref().filter(|host| *host != FIRST_HOST).unwrap_or("RabbitMQ")
    }
}

/// A virtual host that definitions name, and how much it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// How many exchanges.
    pub exchanges: usize,
    /// How many queues.
    pub queues: usize,
    /// How many bindings.
    pub bindings: usize,
}

impl Host {
    fn parts(&self) -> usize {
        self.exchanges + self.queues + self.bindings
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.parts() == 0
    }
}

/// Why what a broker told cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no JSON: in the reader's words, with its line and column.
    NotJson(String),
    /// It is JSON, but no definitions: nothing in it is a list of exchanges, queues or bindings.
    NoDefinitions,
    /// It is JSON, but no answer of the management API: nothing in it is a queue or an exchange.
    NoRates,
    /// A part is not as it should be: where it stands, and what is wrong in the reader's words.
    Part(String, String),
    /// The virtual host that is wanted is not in it; those that are.
    NoSuchHost(Vec<String>),
}

/// A list of the definitions, the virtual host of each part beside it.
fn list<T: for<'a> Deserialize<'a>>(
    root: &Map<String, Value>,
    key: &str,
) -> Result<Vec<(Option<String>, T)>, Unreadable> {
    let part = |index: usize, error: String| Unreadable::Part(format!("/{key}/{index}"), error);
    let Some(value) = root.get(key) else { return Ok(Vec::new()) };
    let Value::Array(items) = value else {
        return Err(Unreadable::Part(format!("/{key}"), "a list is wanted".to_owned()));
    };
    let read = |(index, item): (usize, &Value)| {
        let host = item.get("vhost").and_then(Value::as_str).map(str::to_owned);
        let item = T::deserialize(item).map_err(|error| part(index, error.to_string()))?;
        Ok((host, item))
    };
    items.iter().enumerate().map(read).collect()
}

/// A policy, or an operator's policy.
#[derive(Clone, Debug, Deserialize)]
struct Policy {
    name: String,
    pattern: String,
    #[serde(rename = "apply-to", default = "all")]
    apply_to: String,
    #[serde(default)]
    definition: Headers,
    #[serde(default)]
    priority: i64,
}

fn all() -> String {
    "all".to_owned()
}

/// A runtime parameter; operators' policies are some of them.
#[derive(Clone, Debug, Deserialize)]
struct Parameter {
    #[serde(default)]
    component: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    value: Value,
}

/// What of the definitions the playground has nothing for.
const OTHER_SECTIONS: [&str; 6] =
    ["users", "permissions", "topic_permissions", "global_parameters", "parameters", "limits"];

/// Reads definitions, of `host` where they are of several virtual hosts and one is wanted.
///
/// # Errors
/// Why they cannot be read; nothing is guessed.
pub fn read(text: &str, host: Option<&str>, patterns: Patterns<'_>) -> Result<Definitions, Unreadable> {
    let root: Value = serde_json::from_str(text).map_err(|error| Unreadable::NotJson(error.to_string()))?;
    let hosts = hosts(&root);
    let Value::Object(root) = root else { return Err(Unreadable::NoDefinitions) };
    if !["exchanges", "queues", "bindings"].iter().any(|key| root.contains_key(*key)) {
        return Err(Unreadable::NoDefinitions);
    }
    let exchanges: Vec<(Option<String>, Exchange)> = list(&root, "exchanges")?;
    let queues: Vec<(Option<String>, Queue)> = list(&root, "queues")?;
    let bindings: Vec<(Option<String>, Binding)> = list(&root, "bindings")?;
    let policies: Vec<(Option<String>, Policy)> = list(&root, "policies")?;
    let parameters: Vec<(Option<String>, Parameter)> = list(&root, "parameters")?;

    let mut remarks = Vec::new();
    let chosen = choose_host(hosts, host, &mut remarks)?;
    let here = |host: &Option<String>| host.is_none() || *host == chosen;
    fn kept<T>(parts: Vec<(Option<String>, T)>, here: &dyn Fn(&Option<String>) -> bool) -> Vec<T> {
        parts.into_iter().filter(|(host, _)| here(host)).map(|(_, part)| part).collect()
    }
    let mut topology = Topology {
        exchanges: kept(exchanges, &here),
        queues: kept(queues, &here),
        bindings: kept(bindings, &here),
        ..Topology::default()
    };
    let (operators, parameters): (Vec<_>, Vec<_>) =
        kept(parameters, &here).into_iter().partition(|parameter| parameter.component == "operator_policy");
    let operator_policies = operators.iter().filter_map(|parameter| {
        let mut policy = parameter.value.clone();
        policy.as_object_mut()?.insert("name".to_owned(), parameter.name.clone().into());
        Policy::deserialize(policy).ok()
    });
    let operator_policies: Vec<Policy> = operator_policies.collect();
    apply(&mut topology, kept(policies, &here), operator_policies, patterns, &mut remarks);
    for section in OTHER_SECTIONS {
        let number = match section {
            "parameters" => parameters.len(),
            _ => root.get(section).and_then(Value::as_array).map_or(0, Vec::len),
        };
        if number > 0 {
            remarks.push(Remarked::about("", Remark::Section(section, number)));
        }
    }
    Ok(Definitions { host: chosen, topology, remarks })
}

/// Whether a file looks like definitions rather than something of the playground's own.
pub fn are_in(value: &Value) -> bool {
    let is_list = |key: &str| value.get(key).is_some_and(Value::is_array);
    ["exchanges", "queues", "bindings"].into_iter().any(is_list) && value.get("mq_scenario").is_none()
}

/// The virtual hosts that definitions name, by their names; none: they are of one, which is not named.
pub fn hosts(definitions: &Value) -> Vec<Host> {
    let mut hosts: BTreeMap<String, Host> = BTreeMap::new();
    let mut count = |list: &str, key: &str, counted: fn(&mut Host)| {
        for item in definitions.get(list).and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = item.get(key).and_then(Value::as_str) else { continue };
            let empty = || Host { name: name.to_owned(), ..Host::default() };
            counted(hosts.entry(name.to_owned()).or_insert_with(empty));
        }
    };
    count("vhosts", "name", |_| {});
    count("exchanges", "vhost", |host| host.exchanges += 1);
    count("queues", "vhost", |host| host.queues += 1);
    count("bindings", "vhost", |host| host.bindings += 1);
    hosts.into_values().collect()
}

/// The virtual host that is read: the wanted one; the one that has the most; of several of those the one that all brokers have, or
/// the first one.
fn choose_host(
    hosts: Vec<Host>,
    wanted: Option<&str>,
    remarks: &mut Vec<Remarked>,
) -> Result<Option<String>, Unreadable> {
    let fullest = hosts.iter().rev().max_by_key(|host| (host.parts(), host.name == FIRST_HOST));
    let Some(fullest) = fullest else {
        // Of one virtual host, which is not named.
        return Ok(wanted.map(str::to_owned));
    };
    let chosen = match wanted {
        Some(wanted) if hosts.iter().any(|host| host.name == wanted) => wanted.to_owned(),
        Some(_) => return Err(Unreadable::NoSuchHost(hosts.into_iter().map(|host| host.name).collect())),
        None => fullest.name.clone(),
    };
    let others = hosts.into_iter().filter(|host| !host.is_empty() && host.name != chosen);
    let others: Vec<String> = others.map(|host| host.name).collect();
    if !others.is_empty() {
        remarks.push(Remarked::about("", Remark::OtherHosts(others)));
    }
    Ok(Some(chosen))
}

/// What policies may say of queues here; in the words of policies.
const QUEUE_KEYS: [&str; 8] = [
    "message-ttl",
    "expires",
    "max-length",
    "max-length-bytes",
    "overflow",
    "dead-letter-exchange",
    "dead-letter-routing-key",
    "delivery-limit",
];

const ALTERNATE: &str = "alternate-exchange";

/// Puts what policies say into the arguments of what they concern. Of all policies that concern a name, the one of the highest
/// priority applies, alone, and one of an operator's beside it; of two numbers the smaller one counts, of other values the argument's
/// (RabbitMQ, "Parameters and Policies"; recordings `policy`).
fn apply(
    topology: &mut Topology,
    policies: Vec<Policy>,
    operators: Vec<Policy>,
    patterns: Patterns<'_>,
    remarks: &mut Vec<Remarked>,
) {
    struct Ready {
        policy: Policy,
        concerns: Pattern,
        applied: usize,
    }
    let mut ready = |policies: Vec<Policy>| -> Vec<Ready> {
        let mut ready = Vec::new();
        for policy in policies {
            match patterns(&policy.pattern) {
                Some(concerns) => ready.push(Ready { policy, concerns, applied: 0 }),
                None => remarks.push(Remarked::about(policy.name, Remark::Pattern(policy.pattern))),
            }
        }
        ready
    };
    let mut sets = [ready(policies), ready(operators)];
    let applying = |set: &mut Vec<Ready>, name: &str, kinds: &[&str]| -> Option<Headers> {
        let concerned =
            set.iter_mut().filter(|ready| kinds.contains(&ready.policy.apply_to.as_str()) && (ready.concerns)(name));
        let ready = concerned.max_by_key(|ready| ready.policy.priority)?;
        ready.applied += 1;
        Some(ready.policy.definition.clone())
    };
    for queue in &mut topology.queues {
        let kind = match queue.arguments.get("x-queue-type").and_then(HeaderValue::as_text) {
            Some("quorum") => "quorum_queues",
            Some("stream") => "streams",
            _ => "classic_queues",
        };
        for set in &mut sets {
            let Some(definition) = applying(set, &queue.name, &["all", "queues", kind]) else { continue };
            add_policy(queue, &definition);
        }
    }
    for exchange in &mut topology.exchanges {
        for set in &mut sets {
            let Some(definition) = applying(set, &exchange.name, &["all", "exchanges"]) else { continue };
            if let Some(value) = definition.get(ALTERNATE) {
                add(&mut exchange.arguments, ALTERNATE.to_owned(), value);
            }
        }
    }
    for Ready { policy, applied, .. } in sets.into_iter().flatten() {
        let unknown = policy.definition.keys().filter(|key| !QUEUE_KEYS.contains(&key.as_str()) && *key != ALTERNATE);
        remarks.extend(unknown.map(|key| Remarked::about(&policy.name, Remark::PolicyKey(key.clone()))));
        remarks.push(Remarked::about(policy.name, Remark::PolicyApplied(applied)));
    }
}

fn add_policy(queue: &mut Queue, definition: &Headers) {
    for key in QUEUE_KEYS {
        if let Some(value) = definition.get(key) {
            add(&mut queue.arguments, format!("x-{key}"), value);
        }
    }
}

/// Puts what the policy that applies to a queue says, as the management API tells it, into the queue's arguments.
pub fn apply_to_queue(queue: &mut Queue, policy: &Value) {
    if let Ok(definition) = Headers::deserialize(policy) {
        add_policy(queue, &definition);
    }
}

fn add(arguments: &mut Headers, key: String, value: &HeaderValue) {
    let smaller = |own: &HeaderValue| match (own.as_integer(), value.as_integer()) {
        (Some(own), Some(other)) => other < own,
        _ => false,
    };
    if arguments.get(&key).is_none_or(smaller) {
        arguments.insert(key, value.clone());
    }
}

/// Definitions for a virtual host, as `rabbitmqctl import_definitions` and `POST /api/definitions` take them.
pub fn text(topology: &Topology, host: &str) -> String {
    let with_host = |part: Value| match part {
        Value::Object(mut part) => {
            part.insert("vhost".to_owned(), host.into());
            Value::Object(part)
        }
        other => other,
    };
    fn values<T: serde::Serialize>(parts: &[T], with_host: &dyn Fn(Value) -> Value) -> Vec<Value> {
        // Texts, numbers and tables by their names are JSON.
        parts.iter().filter_map(|part| serde_json::to_value(part).ok()).map(with_host).collect()
    }
    let definitions = json!({
        "vhosts": [{ "name": host }],
        "exchanges": values(&topology.exchanges, &with_host),
        "queues": values(&topology.queues, &with_host),
        "bindings": values(&topology.bindings, &with_host),
    });
    format!("{definitions:#}\n")
}
