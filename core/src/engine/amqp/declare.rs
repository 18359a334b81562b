//! Declarations: exchanges, queues, bindings and policies, and what the broker refuses to make.

use std::rc::Rc;

use super::{Refused, ReplyCode, Server, refuse, terms};
use crate::base::Micros;
use crate::engine::broker::exchange::Destination;
use crate::engine::broker::{BindingIndex, Keeping, QueueIndex, QueueOptions};
use crate::scenario::{ExchangeKind, HeaderValue, Headers, Overflow, RESERVED, SYSTEM_EXCHANGES};

/// A queue to be declared.
#[derive(Clone, Debug, Default)]
pub struct QueueDeclaration {
    /// Its name.
    pub name: String,
    /// Whether it outlives a restart.
    pub durable: bool,
    /// Whether it belongs to the connection.
    pub exclusive: bool,
    /// Whether it goes with its last consumer.
    pub auto_delete: bool,
    /// Whether it only asks whether the queue is there.
    pub passive: bool,
    /// Its arguments: `x-message-ttl` and so on.
    pub arguments: Headers,
}

/// An exchange to be declared.
#[derive(Clone, Debug, Default)]
pub struct ExchangeDeclaration {
    /// Its name.
    pub name: String,
    /// Its type, in AMQP's words.
    pub kind: String,
    /// Whether it outlives a restart.
    pub durable: bool,
    /// Whether it goes with its last binding.
    pub auto_delete: bool,
    /// Whether clients may not publish to it.
    pub internal: bool,
    /// Whether it only asks whether the exchange is there.
    pub passive: bool,
    /// Its arguments: `alternate-exchange`.
    pub arguments: Headers,
}

/// A binding to be made, or taken away.
#[derive(Clone, Copy, Debug)]
pub struct BindingDeclaration<'a> {
    /// The exchange that it leads from.
    pub source: &'a str,
    /// What it leads to.
    pub destination: &'a str,
    /// Whether that is a queue, and not an exchange.
    pub to_queue: bool,
    /// Its key, or pattern.
    pub routing_key: &'a str,
    /// Its arguments: the headers that are asked for.
    pub arguments: &'a Headers,
}

/// What a policy applies to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolicyTarget {
    /// Queues.
    #[default]
    Queues,
    /// Exchanges.
    Exchanges,
    /// Both.
    All,
}

/// A policy (RabbitMQ, "Parameters and Policies").
pub struct Policy {
    /// Whether its pattern is found in a name.
    pub concerns: Box<dyn Fn(&str) -> bool>,
    /// What it concerns.
    pub target: PolicyTarget,
    /// Of all that concern a name, the one of the highest priority applies, alone.
    pub priority: i64,
    /// Arguments without their `x-`.
    pub definition: Headers,
}

#[derive(Clone, Debug)]
pub(super) struct DeclaredExchange {
    kind: ExchangeKind,
    durable: bool,
    auto_delete: bool,
    pub(super) internal: bool,
    arguments: Headers,
    /// Whether it is there from the beginning.
    system: bool,
}

#[derive(Clone, Debug)]
pub(super) struct DeclaredQueue {
    pub(super) index: QueueIndex,
    pub(super) keeping: Keeping,
    durable: bool,
    pub(super) auto_delete: bool,
    pub(super) single_active_consumer: bool,
    /// The connection that it belongs to.
    pub(super) owner: Option<String>,
    arguments: Headers,
}

#[derive(Clone, Debug)]
pub(super) struct DeclaredBinding {
    index: BindingIndex,
    source: String,
    destination: BindingEnd,
    routing_key: String,
    arguments: Headers,
}

/// Where a binding leads, by name.
#[derive(Clone, Debug, PartialEq)]
enum BindingEnd {
    Queue(String),
    Exchange(String),
}

/// What an argument's value must be.
#[derive(Clone, Copy)]
enum Wanted {
    NotNegative,
    Positive,
    UpTo255,
    Text,
    Yes,
    OneOf(&'static [&'static str]),
}

const CLASSIC: u8 = 1;
const QUORUM: u8 = 2;
const STREAM: u8 = 4;

/// The arguments that RabbitMQ knows, the types of queues that take them, and what their values must be. Others are
/// kept without being looked at.
const ARGUMENTS: &[(&str, u8, Wanted)] = &[
    ("x-expires", CLASSIC | QUORUM, Wanted::Positive),
    ("x-message-ttl", CLASSIC | QUORUM, Wanted::NotNegative),
    ("x-dead-letter-exchange", CLASSIC | QUORUM, Wanted::Text),
    ("x-dead-letter-routing-key", CLASSIC | QUORUM, Wanted::Text),
    ("x-dead-letter-strategy", QUORUM, Wanted::OneOf(&["at-most-once", "at-least-once"])),
    ("x-max-length", CLASSIC | QUORUM, Wanted::NotNegative),
    ("x-max-length-bytes", CLASSIC | QUORUM | STREAM, Wanted::NotNegative),
    ("x-max-priority", CLASSIC, Wanted::UpTo255),
    ("x-overflow", CLASSIC | QUORUM, Wanted::OneOf(&["drop-head", "reject-publish", "reject-publish-dlx"])),
    ("x-queue-mode", CLASSIC, Wanted::OneOf(&["default", "lazy"])),
    ("x-queue-version", CLASSIC, Wanted::Positive),
    ("x-single-active-consumer", CLASSIC | QUORUM, Wanted::Yes),
    ("x-delivery-limit", QUORUM, Wanted::NotNegative),
    ("x-max-age", STREAM, Wanted::Text),
    ("x-stream-max-segment-size-bytes", STREAM, Wanted::NotNegative),
    ("x-queue-type", CLASSIC | QUORUM | STREAM, Wanted::OneOf(&["classic", "quorum", "stream"])),
];

/// What is wrong with the value of an argument, in RabbitMQ's words.
fn fault_of(value: &HeaderValue, wanted: Wanted) -> Option<String> {
    let number = |least: i64| match value {
        HeaderValue::Integer(number) if *number < 0 => Some(format!("{{value_negative,{number}}}")),
        HeaderValue::Integer(number) if *number < least => Some(format!("{{value_zero,{number}}}")),
        HeaderValue::Integer(_) => None,
        _ => Some("expected integer".to_owned()),
    };
    match (wanted, value) {
        (Wanted::NotNegative, _) => number(0),
        (Wanted::Positive, _) => number(1),
        (Wanted::UpTo255, HeaderValue::Integer(number)) if *number > 255 => {
            Some(format!("{{max_value_exceeded,{number}}}"))
        }
        (Wanted::UpTo255, _) => number(0),
        (Wanted::Text, HeaderValue::Text(_)) | (Wanted::Yes, HeaderValue::Boolean(_)) => None,
        (Wanted::OneOf(known), HeaderValue::Text(text)) if known.contains(&text.as_str()) => None,
        (Wanted::Text | Wanted::OneOf(_), _) => Some("expected one of the known words".to_owned()),
        (Wanted::Yes, _) => Some("expected boolean".to_owned()),
    }
}

fn keeping_of(arguments: &Headers) -> Keeping {
    match arguments.get("x-queue-type").and_then(HeaderValue::as_text) {
        Some("quorum") => Keeping::Quorum,
        Some("stream") => Keeping::Stream,
        _ => Keeping::Classic,
    }
}

impl Server {
    pub(super) fn declare_system_exchanges(&mut self) {
        for (name, kind) in [("", ExchangeKind::Direct)].into_iter().chain(SYSTEM_EXCHANGES) {
            if !name.is_empty() {
                self.broker.declare_exchange(name.into(), kind, None);
            }
            let arguments = Headers::new();
            let system =
                DeclaredExchange { kind, durable: true, auto_delete: false, internal: false, arguments, system: true };
            self.exchanges.insert(name.to_owned(), system);
        }
    }

    /// The exchanges that clients have declared.
    pub fn exchange_names(&self) -> Vec<String> {
        self.exchanges.iter().filter(|(_, exchange)| !exchange.system).map(|(name, _)| name.clone()).collect()
    }

    // ---- queues ----

    /// A queue that this channel's connection may use.
    pub(super) fn accessible_queue(&mut self, channel: &str, name: &str) -> Result<&DeclaredQueue, Refused> {
        let connection = self.connection_of(channel).unwrap_or_default().to_owned();
        match self.queues.get(name) {
            None => refuse(ReplyCode::NotFound, format!("no queue '{name}' in vhost '/'")),
            Some(queue) if queue.owner.as_ref().is_some_and(|owner| *owner != connection) => {
                let text = format!("cannot obtain exclusive access to locked queue '{name}' in vhost '/'");
                refuse(ReplyCode::ResourceLocked, text)
            }
            Some(queue) => Ok(queue),
        }
    }

    /// AMQP 0-9-1 `queue.declare`; with the numbers of ready messages and of consumers.
    ///
    /// # Errors
    /// The name is reserved, an argument is wrong, the queue is there with other properties, or another connection's.
    pub fn declare_queue(&mut self, channel: &str, declaration: &QueueDeclaration) -> Result<(u64, u64), Refused> {
        let QueueDeclaration { name, durable, exclusive, auto_delete, passive, arguments } = declaration;
        if *passive || self.queues.contains_key(name) {
            let queue = self.accessible_queue(channel, name)?;
            let index = queue.index;
            if !passive {
                let queue = queue.clone();
                assert_same(&queue, declaration)?;
            }
            self.broker.declare_again(&mut self.outside, index);
            let state = self.broker.queue(index);
            return Ok((state.ready(), state.consumers()));
        }
        if name.starts_with(RESERVED) {
            let text = format!("queue name '{name}' contains reserved prefix 'amq.*'");
            return refuse(ReplyCode::AccessRefused, text);
        }
        let keeping = keeping_of(arguments);
        check_queue(declaration, keeping)?;
        let options = self.options(name, keeping, *durable, *auto_delete, arguments);
        let single_active_consumer = options.single_active_consumer;
        let index = self.broker.declare_queue(&mut self.outside, name.as_str().into(), options);
        let owner = exclusive.then(|| self.connection_of(channel).unwrap_or_default().to_owned());
        let declared = DeclaredQueue {
            index,
            keeping,
            durable: *durable,
            auto_delete: *auto_delete,
            single_active_consumer,
            owner,
            arguments: arguments.clone(),
        };
        self.queues.insert(name.clone(), declared);
        Ok((0, 0))
    }

    /// What a queue's arguments and the policy that applies to it ask for: of two numbers the smaller one counts, of
    /// other values the argument's.
    fn options(
        &self,
        name: &str,
        keeping: Keeping,
        durable: bool,
        auto_delete: bool,
        arguments: &Headers,
    ) -> QueueOptions {
        let policy = self.policy_for(name, PolicyTarget::Queues);
        let both = |key: &str| {
            let argument = arguments.get(&format!("x-{key}"));
            [argument, policy.and_then(|policy| policy.definition.get(key))]
        };
        let number = |key: &str| {
            both(key).into_iter().flatten().filter_map(HeaderValue::as_integer).min().map(|number| number.max(0) as u64)
        };
        let text = |key: &str| both(key).into_iter().flatten().find_map(HeaderValue::as_text).map(Rc::<str>::from);
        let overflow = text("overflow").and_then(|argument| Overflow::from_argument(&argument)).unwrap_or_default();
        let ms = |key: &str| number(key).map(|ms| Micros(ms.saturating_mul(1_000)));
        QueueOptions {
            keeping,
            durable,
            ttl: ms("message-ttl"),
            expires: ms("expires"),
            max_length: number("max-length"),
            max_bytes: number("max-length-bytes"),
            overflow,
            dead_letter_exchange: text("dead-letter-exchange"),
            dead_letter_routing_key: text("dead-letter-routing-key"),
            max_priority: number("max-priority").filter(|most| *most > 0).map(|most| most.min(255) as u8),
            single_active_consumer: arguments.get("x-single-active-consumer") == Some(&HeaderValue::Boolean(true)),
            delivery_limit: number("delivery-limit").map(|limit| limit.min(u32::MAX.into()) as u32),
            auto_delete,
        }
    }

    /// AMQP 0-9-1 `queue.delete`; with the number of messages that were ready.
    ///
    /// # Errors
    /// It is in use or not empty, and that was not to be; it is another connection's.
    pub fn delete_queue(&mut self, channel: &str, name: &str, if_unused: bool, if_empty: bool) -> Result<u64, Refused> {
        if !self.queues.contains_key(name) {
            return Ok(0);
        }
        let queue = self.accessible_queue(channel, name)?;
        let (index, keeping) = (queue.index, queue.keeping);
        if keeping != Keeping::Classic && (if_unused || if_empty) {
            let text = format!(
                "cannot delete queue '{name}' in vhost '/'. queue.delete operations with if-unused or if-empty flag set are not supported by this type of queue"
            );
            return refuse(ReplyCode::NotImplemented, text);
        }
        let state = self.broker.queue(index);
        if if_unused && state.consumers() > 0 {
            return refuse(ReplyCode::PreconditionFailed, format!("queue '{name}' in vhost '/' in use"));
        }
        if if_empty && state.ready() > 0 {
            return refuse(ReplyCode::PreconditionFailed, format!("queue '{name}' in vhost '/' not empty"));
        }
        let ready = state.ready();
        self.remove_queue(name);
        Ok(ready)
    }

    pub(super) fn remove_queue(&mut self, name: &str) {
        if let Some(queue) = self.queues.get(name) {
            self.broker.delete_queue(&mut self.outside, queue.index);
            self.send();
        }
    }

    /// Queues that the broker has deleted are not known any more, nor are their bindings.
    pub(super) fn forget_deleted(&mut self) {
        for index in std::mem::take(&mut self.outside.deleted) {
            let Some(name) = self.queues.iter().find(|(_, queue)| queue.index == index).map(|(name, _)| name.clone())
            else {
                continue;
            };
            self.queues.remove(&name);
            self.broker.unbind_queue(index);
            self.remove_bindings(|binding| binding.destination == BindingEnd::Queue(name.clone()));
        }
    }

    /// AMQP 0-9-1 `queue.purge`; with the number of messages that were ready.
    ///
    /// # Errors
    /// It is not there, or another connection's; a stream cannot be purged.
    pub fn purge(&mut self, channel: &str, name: &str) -> Result<u64, Refused> {
        let queue = self.accessible_queue(channel, name)?;
        let (index, keeping) = (queue.index, queue.keeping);
        if keeping == Keeping::Stream {
            return refuse(
                ReplyCode::NotImplemented,
                format!("queue.purge not supported by stream queues queue '{name}'"),
            );
        }
        let purged = self.broker.purge(&mut self.outside, index);
        self.send();
        Ok(purged)
    }

    // ---- exchanges ----

    /// AMQP 0-9-1 `exchange.declare`.
    ///
    /// # Errors
    /// The type is unknown, the name reserved, or the exchange is there with other properties.
    pub fn declare_exchange(&mut self, declaration: &ExchangeDeclaration) -> Result<(), Refused> {
        let ExchangeDeclaration { name, kind, durable, auto_delete, internal, passive, arguments } = declaration;
        if name.is_empty() {
            return refuse(ReplyCode::AccessRefused, "operation not permitted on the default exchange");
        }
        let known = ExchangeKind::from_name(kind);
        if *passive {
            if !self.exchanges.contains_key(name) {
                return refuse(ReplyCode::NotFound, format!("no exchange '{name}' in vhost '/'"));
            }
            return Ok(());
        }
        let Some(kind) = known else {
            return refuse(ReplyCode::CommandInvalid, format!("unknown exchange type '{kind}'"));
        };
        if let Some(exchange) = self.exchanges.get(name) {
            let alternate = |arguments: &Headers| arguments.get("alternate-exchange").cloned();
            for (property, same) in [
                ("type", exchange.kind == kind),
                ("durable", exchange.durable == *durable),
                ("auto_delete", exchange.auto_delete == *auto_delete),
                ("internal", exchange.internal == *internal),
                ("alternate-exchange", alternate(&exchange.arguments) == alternate(arguments)),
            ] {
                if !same {
                    let text = format!("inequivalent arg '{property}' for exchange '{name}' in vhost '/'");
                    return refuse(ReplyCode::PreconditionFailed, text);
                }
            }
            return Ok(());
        }
        if name.starts_with(RESERVED) {
            let text = format!("exchange name '{name}' contains reserved prefix 'amq.*'");
            return refuse(ReplyCode::AccessRefused, text);
        }
        if arguments.get("alternate-exchange").is_some_and(|alternate| alternate.as_text().is_none()) {
            let text = format!("invalid arg 'alternate-exchange' for exchange '{name}' in vhost '/'");
            return refuse(ReplyCode::PreconditionFailed, text);
        }
        let declared = DeclaredExchange {
            kind,
            durable: *durable,
            auto_delete: *auto_delete,
            internal: *internal,
            arguments: arguments.clone(),
            system: false,
        };
        let alternate = self.alternate(name, &declared);
        self.broker.declare_exchange(name.as_str().into(), kind, alternate);
        self.exchanges.insert(name.clone(), declared);
        Ok(())
    }

    fn alternate(&self, name: &str, exchange: &DeclaredExchange) -> Option<Rc<str>> {
        const KEY: &str = "alternate-exchange";
        let policy = self.policy_for(name, PolicyTarget::Exchanges);
        let value = exchange.arguments.get(KEY).or_else(|| policy.and_then(|policy| policy.definition.get(KEY)));
        value.and_then(HeaderValue::as_text).map(Rc::from)
    }

    /// AMQP 0-9-1 `exchange.delete`.
    ///
    /// # Errors
    /// It is one of the predeclared exchanges, or in use, and that was not to be.
    pub fn delete_exchange(&mut self, name: &str, if_unused: bool) -> Result<(), Refused> {
        let Some(exchange) = self.exchanges.get(name) else { return Ok(()) };
        if name.is_empty() {
            return refuse(ReplyCode::AccessRefused, "operation not permitted on the default exchange");
        }
        if exchange.system || name.starts_with(RESERVED) {
            let text = format!("deletion of system exchange '{name}' in vhost '/' not allowed");
            return refuse(ReplyCode::AccessRefused, text);
        }
        if if_unused && self.bindings.iter().any(|binding| binding.source == name) {
            return refuse(ReplyCode::PreconditionFailed, format!("exchange '{name}' in vhost '/' in use"));
        }
        self.remove_exchange(name);
        Ok(())
    }

    fn remove_exchange(&mut self, name: &str) {
        self.exchanges.remove(name);
        if let Some(index) = self.broker.exchange_named(name) {
            self.broker.delete_exchange(index);
        }
        self.bindings.retain(|binding| binding.source != name);
        self.remove_bindings(|binding| binding.destination == BindingEnd::Exchange(name.to_owned()));
    }

    // ---- bindings ----

    /// AMQP 0-9-1 `queue.bind` and `exchange.bind`.
    ///
    /// # Errors
    /// One end is not there, the source is the default exchange, or the queue is another connection's.
    pub fn bind(&mut self, channel: &str, binding: &BindingDeclaration<'_>) -> Result<(), Refused> {
        let BindingDeclaration { source, routing_key, arguments, .. } = *binding;
        let (end, target) = self.binding_ends(channel, binding)?;
        if self.binding_place(&end, binding).is_some() {
            return Ok(());
        }
        let Some(index) = self.broker.exchange_named(source) else { return Ok(()) };
        let index = self.broker.bind(index, target, terms(routing_key, arguments));
        self.bindings.push(DeclaredBinding {
            index,
            source: source.to_owned(),
            destination: end,
            routing_key: routing_key.to_owned(),
            arguments: arguments.clone(),
        });
        Ok(())
    }

    /// AMQP 0-9-1 `queue.unbind` and `exchange.unbind`; one that is not there is no error.
    ///
    /// # Errors
    /// As in [`Server::bind`].
    pub fn unbind(&mut self, channel: &str, binding: &BindingDeclaration<'_>) -> Result<(), Refused> {
        let (end, _) = self.binding_ends(channel, binding)?;
        if let Some(place) = self.binding_place(&end, binding) {
            let index = self.bindings[place].index;
            self.broker.unbind(index);
            self.remove_bindings(|binding| binding.index == index);
        }
        Ok(())
    }

    fn binding_ends(
        &mut self,
        channel: &str,
        binding: &BindingDeclaration<'_>,
    ) -> Result<(BindingEnd, Destination), Refused> {
        let BindingDeclaration { source, destination, to_queue, .. } = *binding;
        if source.is_empty() || !to_queue && destination.is_empty() {
            return refuse(ReplyCode::AccessRefused, "operation not permitted on the default exchange");
        }
        let missing = |name: &str| refuse(ReplyCode::NotFound, format!("no exchange '{name}' in vhost '/'"));
        let ends = if to_queue {
            let queue = self.accessible_queue(channel, destination)?.index;
            (BindingEnd::Queue(destination.to_owned()), Destination::Queue(queue))
        } else {
            match self.broker.exchange_named(destination) {
                Some(exchange) => (BindingEnd::Exchange(destination.to_owned()), Destination::Exchange(exchange)),
                None => return missing(destination),
            }
        };
        if self.exchanges.contains_key(source) { Ok(ends) } else { missing(source) }
    }

    fn binding_place(&self, destination: &BindingEnd, wanted: &BindingDeclaration<'_>) -> Option<usize> {
        self.bindings.iter().position(|binding| {
            binding.source == wanted.source
                && binding.destination == *destination
                && binding.routing_key == wanted.routing_key
                && binding.arguments == *wanted.arguments
        })
    }

    /// Forgets bindings that the broker has given up; auto-delete exchanges go with their last one.
    fn remove_bindings(&mut self, goes: impl Fn(&DeclaredBinding) -> bool) {
        let mut sources = Vec::new();
        self.bindings.retain(|binding| {
            let goes = goes(binding);
            if goes {
                sources.push(binding.source.clone());
            }
            !goes
        });
        for source in sources {
            let left = self.bindings.iter().all(|binding| binding.source != source);
            if left && self.exchanges.get(&source).is_some_and(|exchange| exchange.auto_delete) {
                self.remove_exchange(&source);
            }
        }
    }

    /// After a crash: what was not declared durable is not there any more.
    pub(super) fn remove_transient(&mut self) {
        let queues = self.queues.iter().filter(|(_, queue)| !queue.durable);
        for name in queues.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            self.remove_queue(&name);
        }
        let exchanges = self.exchanges.iter().filter(|(_, exchange)| !exchange.durable);
        for name in exchanges.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            self.remove_exchange(&name);
        }
    }

    // ---- policies ----

    /// Sets a policy.
    pub fn set_policy(&mut self, name: &str, policy: Policy) {
        self.policies.insert(name.to_owned(), policy);
        self.apply_policies();
    }

    /// Takes a policy away.
    pub fn delete_policy(&mut self, name: &str) {
        self.policies.remove(name);
        self.apply_policies();
    }

    fn policy_for(&self, name: &str, target: PolicyTarget) -> Option<&Policy> {
        let concerns = |policy: &&Policy| {
            (policy.target == target || policy.target == PolicyTarget::All) && (policy.concerns)(name)
        };
        self.policies.values().filter(concerns).max_by_key(|policy| policy.priority)
    }

    fn apply_policies(&mut self) {
        let queues: Vec<(QueueIndex, QueueOptions)> = self
            .queues
            .iter()
            .map(|(name, queue)| {
                let DeclaredQueue { index, keeping, durable, auto_delete, ref arguments, .. } = *queue;
                (index, self.options(name, keeping, durable, auto_delete, arguments))
            })
            .collect();
        for (index, options) in queues {
            self.broker.set_queue(&mut self.outside, index, options);
        }
        let exchanges: Vec<_> = self
            .exchanges
            .iter()
            .filter(|(_, exchange)| !exchange.system)
            .map(|(name, exchange)| (name.clone(), exchange.kind, self.alternate(name, exchange)))
            .collect();
        for (name, kind, alternate) in exchanges {
            if let Some(index) = self.broker.exchange_named(&name) {
                self.broker.set_exchange(index, kind, alternate);
            }
        }
        self.send();
    }
}

/// Refuses a queue that RabbitMQ would not make.
fn check_queue(declaration: &QueueDeclaration, keeping: Keeping) -> Result<(), Refused> {
    let QueueDeclaration { name, durable, exclusive, auto_delete, arguments, .. } = declaration;
    let failed = |text: String| refuse(ReplyCode::PreconditionFailed, text);
    let (bit, module) = match keeping {
        Keeping::Classic => (CLASSIC, "rabbit_classic_queue"),
        Keeping::Quorum => (QUORUM, "rabbit_quorum_queue"),
        Keeping::Stream => (STREAM, "rabbit_stream_queue"),
    };
    for (key, value) in arguments {
        let Some((_, types, wanted)) = ARGUMENTS.iter().find(|(known, _, _)| known == key) else { continue };
        if types & bit == 0 {
            return failed(format!("invalid arg '{key}' for queue '{name}' in vhost '/' of queue type {module}"));
        }
        if let Some(fault) = fault_of(value, *wanted) {
            return failed(format!("invalid arg '{key}' for queue '{name}' in vhost '/': {fault}"));
        }
    }
    if arguments.contains_key("x-dead-letter-routing-key") && !arguments.contains_key("x-dead-letter-exchange") {
        return failed(format!(
            "invalid arg 'x-dead-letter-routing-key' for queue '{name}' in vhost '/': routing_key_but_no_dlx_defined"
        ));
    }
    if keeping != Keeping::Classic {
        for (property, wrong) in
            [("non-durable", !durable), ("exclusive-owner", *exclusive), ("auto-delete", *auto_delete)]
        {
            if wrong {
                return failed(format!("invalid property '{property}' for queue '{name}' in vhost '/'"));
            }
        }
    }
    Ok(())
}

/// Refuses a declaration that differs from the queue that is there (recordings `redeclare-*`).
fn assert_same(queue: &DeclaredQueue, declaration: &QueueDeclaration) -> Result<(), Refused> {
    let QueueDeclaration { name, durable, exclusive, auto_delete, arguments, .. } = declaration;
    let differs = |property: &str| {
        refuse(ReplyCode::PreconditionFailed, format!("inequivalent arg '{property}' for queue '{name}' in vhost '/'"))
    };
    if queue.owner.is_some() != *exclusive {
        let text = format!("cannot obtain exclusive access to locked queue '{name}' in vhost '/'");
        return refuse(ReplyCode::ResourceLocked, text);
    }
    for (property, same) in [("durable", queue.durable == *durable), ("auto_delete", queue.auto_delete == *auto_delete)]
    {
        if !same {
            return differs(property);
        }
    }
    if queue.keeping != keeping_of(arguments) {
        return differs("x-queue-type");
    }
    for (key, _, _) in ARGUMENTS.iter().filter(|(key, _, _)| *key != "x-queue-type") {
        if queue.arguments.get(*key) != arguments.get(*key) {
            return differs(key);
        }
    }
    Ok(())
}
