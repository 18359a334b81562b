//! The broker as its clients know it: names, connections and channels, delivery tags, and the errors that close them
//! (AMQP 0-9-1). Everything that happens to messages is the [`Broker`]'s, the same that the drawings run.
//!
//! It exists for the player of recordings; nothing of it is left in the page.

mod declare;
mod outside;
mod publish;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::broker::exchange::BindingTerms;
use super::broker::stream::{OFFSET_HEADER, StreamOffset};
use super::broker::{Broker, Keeping, LimitIndex, QueueIndex, SubscriptionIndex, SubscriptionOptions};
use super::copies::CopyIndex;
use crate::base::Micros;
use crate::scenario::{AckMode, HeaderValue, Headers, HeadersMatch};
pub use declare::{BindingDeclaration, ExchangeDeclaration, Policy, PolicyTarget, QueueDeclaration};
use outside::{Delivered, Outside};
pub use publish::{Confirm, Publication};

/// Why the broker closes a channel, or a connection: the reply codes of AMQP 0-9-1, 1.1 ("constants").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyCode {
    /// 403
    AccessRefused,
    /// 404
    NotFound,
    /// 405
    ResourceLocked,
    /// 406
    PreconditionFailed,
    /// 503
    CommandInvalid,
    /// 530
    NotAllowed,
    /// 540
    NotImplemented,
}

impl ReplyCode {
    /// The number and the constant's name.
    pub fn number_and_name(self) -> (u16, &'static str) {
        match self {
            ReplyCode::AccessRefused => (403, "ACCESS_REFUSED"),
            ReplyCode::NotFound => (404, "NOT_FOUND"),
            ReplyCode::ResourceLocked => (405, "RESOURCE_LOCKED"),
            ReplyCode::PreconditionFailed => (406, "PRECONDITION_FAILED"),
            ReplyCode::CommandInvalid => (503, "COMMAND_INVALID"),
            ReplyCode::NotAllowed => (530, "NOT_ALLOWED"),
            ReplyCode::NotImplemented => (540, "NOT_IMPLEMENTED"),
        }
    }

    /// Whether it closes the connection; the others close the channel.
    pub fn closes_connection(self) -> bool {
        matches!(self, ReplyCode::CommandInvalid | ReplyCode::NotAllowed | ReplyCode::NotImplemented)
    }
}

/// A command was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The reply code.
    pub code: ReplyCode,
    /// What was wrong.
    pub text: String,
}

fn refuse<T>(code: ReplyCode, text: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { code, text: text.into() })
}

/// A message as a client gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The body.
    pub body: Rc<str>,
    /// The exchange that it was published to last.
    pub exchange: Rc<str>,
    /// Its routing key.
    pub routing_key: Rc<str>,
    /// Whether it was delivered before.
    pub redelivered: bool,
    /// Its delivery mode.
    pub persistent: bool,
    /// Its priority.
    pub priority: Option<u8>,
    /// How long it may wait in a queue.
    pub ttl: Option<Micros>,
    /// Its headers, without `x-death`.
    pub headers: Headers,
    /// The entries of `x-death`.
    pub deaths: Vec<Headers>,
}

/// What the broker sent since it was asked last.
#[derive(Debug, Default)]
pub struct Sent {
    /// Deliveries, by consumer.
    pub deliveries: BTreeMap<String, Vec<Received>>,
    /// Mandatory messages that no queue took.
    pub returned: Vec<Received>,
    /// Consumers whose queue went.
    pub cancelled: BTreeSet<String>,
}

/// How a consumer subscribes.
#[derive(Clone, Debug, Default)]
pub struct Consume {
    /// Its tag.
    pub consumer: String,
    /// The queue.
    pub queue: String,
    /// Whether the broker awaits acks.
    pub manual_ack: bool,
    /// Whether no other consumer may be there.
    pub exclusive: bool,
    /// Arguments: `x-priority`, `x-stream-offset`.
    pub arguments: Headers,
}

/// Which deliveries of a channel are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tags {
    /// The delivery tag.
    pub tag: u64,
    /// Everything up to it, and with 0 everything.
    pub multiple: bool,
}

/// What is said of deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Done.
    Ack,
    /// Given back.
    Requeue,
    /// Given up.
    Reject,
}

/// A delivery that is not settled.
#[derive(Clone, Debug)]
pub struct Unsettled {
    /// Its tag on the channel.
    pub tag: u64,
    /// The consumer; `None`: it was fetched.
    pub consumer: Option<String>,
    /// Its body.
    pub body: Rc<str>,
    queue: QueueIndex,
    /// [`CopyIndex::NONE`] once its queue is gone.
    copy: CopyIndex,
}

#[derive(Debug)]
struct Channel {
    connection: String,
    last_tag: u64,
    unsettled: Vec<Unsettled>,
    consumers: Vec<(String, SubscriptionIndex)>,
    prefetch: u32,
    limit: LimitIndex,
    limited: bool,
    transaction: Option<Vec<publish::Transacted>>,
}

/// A broker with its clients.
pub struct Server {
    broker: Broker,
    outside: Outside,
    channels: BTreeMap<String, Channel>,
    exchanges: BTreeMap<String, declare::DeclaredExchange>,
    queues: BTreeMap<String, declare::DeclaredQueue>,
    bindings: Vec<declare::DeclaredBinding>,
    policies: BTreeMap<String, Policy>,
    consumers: BTreeMap<SubscriptionIndex, (String, String)>,
    sent: Sent,
}

impl Default for Server {
    fn default() -> Server {
        Server::new()
    }
}

impl Server {
    /// A broker with the predeclared exchanges.
    pub fn new() -> Server {
        let mut server = Server {
            broker: Broker::new(),
            outside: Outside::default(),
            channels: BTreeMap::new(),
            exchanges: BTreeMap::new(),
            queues: BTreeMap::new(),
            bindings: Vec::new(),
            policies: BTreeMap::new(),
            consumers: BTreeMap::new(),
            sent: Sent::default(),
        };
        server.declare_system_exchanges();
        server
    }

    /// Lets time pass until `time`: messages and queues expire meanwhile.
    pub fn advance(&mut self, time: Micros) {
        while let Some((due, queue)) = self.outside.next_wake(time) {
            self.outside.now = self.outside.now.max(due);
            self.broker.wake(&mut self.outside, queue);
            self.send();
        }
        self.outside.now = self.outside.now.max(time);
    }

    /// What was sent since this was asked last.
    pub fn take_sent(&mut self) -> Sent {
        std::mem::take(&mut self.sent)
    }

    /// Ready, unacked and consumers of each queue; of a stream there are only consumers.
    pub fn counts(&self) -> BTreeMap<String, (Option<u64>, Option<u64>, u64)> {
        let count = |queue: &declare::DeclaredQueue| {
            let state = self.broker.queue(queue.index);
            let counted = queue.keeping != Keeping::Stream;
            (counted.then(|| state.ready()), counted.then(|| state.unacked()), state.consumers())
        };
        self.queues.iter().map(|(name, queue)| (name.clone(), count(queue))).collect()
    }

    // ---- connections and channels ----

    /// Opens a channel where it is not open, on this connection.
    pub fn open_channel(&mut self, name: &str, connection: &str) {
        if !self.channels.contains_key(name) {
            let limit = self.broker.add_limit();
            let channel = Channel {
                connection: connection.to_owned(),
                last_tag: 0,
                unsettled: Vec::new(),
                consumers: Vec::new(),
                prefetch: 0,
                limit,
                limited: false,
                transaction: None,
            };
            self.channels.insert(name.to_owned(), channel);
        }
    }

    /// The connection of an open channel.
    pub fn connection_of(&self, channel: &str) -> Option<&str> {
        self.channels.get(channel).map(|channel| channel.connection.as_str())
    }

    fn channel(&mut self, name: &str) -> &mut Channel {
        self.channels.get_mut(name).expect("a channel is opened before it is used")
    }

    /// Closes a channel, by whichever side: its consumers go, and what they hold is given back.
    pub fn close_channel(&mut self, name: &str) {
        let Some(channel) = self.channels.remove(name) else { return };
        let subscriptions: Vec<SubscriptionIndex> =
            channel.consumers.iter().map(|(_, subscription)| *subscription).collect();
        for subscription in &subscriptions {
            self.consumers.remove(subscription);
        }
        let mut held = Vec::new();
        for unsettled in channel.unsettled.iter().filter(|unsettled| unsettled.copy.exists()) {
            if self.is_stream(unsettled.queue) {
                self.outside.copies.remove(unsettled.copy);
            } else {
                held.push(unsettled.copy);
            }
        }
        self.broker.disconnect(&mut self.outside, &subscriptions, &held);
        self.send();
    }

    /// Closes a connection: its channels, and the queues that are its own.
    pub fn close_connection(&mut self, name: &str) {
        let own = |channel: &Channel| channel.connection == name;
        let channels: Vec<String> =
            self.channels.iter().filter(|(_, channel)| own(channel)).map(|(name, _)| name.clone()).collect();
        for channel in channels {
            self.close_channel(&channel);
        }
        let exclusive = self.queues.iter().filter(|(_, queue)| queue.owner.as_deref() == Some(name));
        for queue in exclusive.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            self.remove_queue(&queue);
        }
    }

    /// The broker goes down: all connections with it. What is not durable goes.
    pub fn crash(&mut self) {
        // An auto-delete queue loses its last consumer, even a durable one (recording `restart-auto-delete-durable`).
        let left = self.queues.iter().filter(|(_, queue)| {
            let state = self.broker.queue(queue.index);
            queue.owner.is_some() || queue.auto_delete && state.consumers() > 0
        });
        for name in left.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            self.remove_queue(&name);
        }
        self.channels.clear();
        self.consumers.clear();
        let unacked = self.broker.unacked(&self.outside.copies, |copy| copy.queue != QueueIndex::NONE);
        let (streamed, unacked): (Vec<CopyIndex>, Vec<CopyIndex>) =
            unacked.into_iter().partition(|copy| self.is_stream(self.outside.copies.get(*copy).queue));
        for copy in streamed {
            self.outside.copies.remove(copy);
        }
        self.broker.crash(&mut self.outside, unacked);
        self.remove_transient();
        self.send();
        self.sent = Sent::default();
    }

    /// The broker is up again.
    pub fn restart(&mut self) {
        self.broker.restart(&mut self.outside);
        self.send();
    }

    fn is_stream(&self, queue: QueueIndex) -> bool {
        self.queues.values().any(|known| known.index == queue && known.keeping == Keeping::Stream)
    }

    /// Hands out what the last input brought about: deliveries get their tags.
    fn send(&mut self) {
        for copy in std::mem::take(&mut self.outside.gone) {
            for unsettled in self.channels.values_mut().flat_map(|channel| &mut channel.unsettled) {
                if unsettled.copy == copy {
                    unsettled.copy = CopyIndex::NONE;
                }
            }
        }
        for Delivered { copy, subscription, queue, for_good, message } in std::mem::take(&mut self.outside.delivered) {
            let Some((channel, consumer)) = self.consumers.get(&subscription).cloned() else { continue };
            let message = self.counted(queue, message);
            let channel = self.channel(&channel);
            channel.last_tag += 1;
            if !for_good {
                let body = message.received.body.clone();
                let consumer = Some(consumer.clone());
                channel.unsettled.push(Unsettled { tag: channel.last_tag, consumer, body, queue, copy });
            }
            self.sent.deliveries.entry(consumer).or_default().push(message.received);
        }
        for subscription in std::mem::take(&mut self.outside.cancelled) {
            if let Some((channel, consumer)) = self.consumers.remove(&subscription) {
                self.channel(&channel).consumers.retain(|(_, known)| *known != subscription);
                self.sent.cancelled.insert(consumer);
            }
        }
        self.sent.returned.append(&mut self.outside.returned);
        self.forget_deleted();
    }

    /// A quorum queue writes the number of returns into a header (recording `qq-delivery-count-header`).
    fn counted(&self, queue: QueueIndex, mut message: outside::Counted) -> outside::Counted {
        if message.returns > 0 && self.broker.queue(queue).is_quorum() {
            let returns = HeaderValue::Integer(i64::from(message.returns));
            message.received.headers.insert("x-delivery-count".to_owned(), returns);
        }
        message
    }

    // ---- consumers ----

    /// AMQP 0-9-1 `basic.qos`.
    pub fn qos(&mut self, channel: &str, prefetch: u32, global: bool) {
        let state = self.channel(channel);
        state.limited = global && prefetch > 0;
        if !global {
            state.prefetch = prefetch;
        }
        // Without `global` the channel's own limit is lifted (recording `prefetch-global-and-consumer`).
        let (limit, most) = (state.limit, if global { prefetch } else { 0 });
        self.broker.set_limit(&mut self.outside, limit, most);
        self.send();
    }

    /// AMQP 0-9-1 `basic.consume`.
    ///
    /// # Errors
    /// The queue is not there, another connection's, or in exclusive use; an argument is wrong; a quorum queue or a
    /// stream does not do what is asked.
    pub fn consume(&mut self, channel: &str, consume: &Consume) -> Result<(), Refused> {
        let queue = self.accessible_queue(channel, &consume.queue)?;
        let (index, keeping) = (queue.index, queue.keeping);
        let name = &consume.queue;
        if self.channel(channel).consumers.iter().any(|(known, _)| *known == consume.consumer) {
            let text = format!("attempt to reuse consumer tag '{}'", consume.consumer);
            return refuse(ReplyCode::NotAllowed, text);
        }
        let priority = match consume.arguments.get("x-priority") {
            None => 0,
            Some(HeaderValue::Integer(priority)) => (*priority).clamp(i32::MIN.into(), i32::MAX.into()) as i32,
            Some(_) => {
                let text = format!("invalid arg 'x-priority' for queue '{name}' in vhost '/': expected integer");
                return refuse(ReplyCode::PreconditionFailed, text);
            }
        };
        let (prefetch, limit, limited) = {
            let state = self.channel(channel);
            (state.prefetch, state.limit, state.limited)
        };
        if keeping != Keeping::Classic && limited {
            let text = format!("queue '{name}' in vhost '/' does not support global qos");
            return refuse(ReplyCode::NotImplemented, text);
        }
        let mut offset = StreamOffset::Next;
        if keeping == Keeping::Stream {
            if !consume.manual_ack {
                let text =
                    format!("automatic acknowledgement not supported by stream queues queue '{name}' in vhost '/'");
                return refuse(ReplyCode::NotImplemented, text);
            }
            if prefetch == 0 {
                let text = format!("consumer prefetch count is not set for 'queue '{name}' in vhost '/''");
                return refuse(ReplyCode::PreconditionFailed, text);
            }
            offset = match consume.arguments.get(OFFSET_HEADER) {
                None => StreamOffset::Next,
                Some(HeaderValue::Integer(offset)) => StreamOffset::At((*offset).max(0) as u64),
                Some(HeaderValue::Text(text)) if text == "first" => StreamOffset::First,
                Some(HeaderValue::Text(text)) if text == "last" => StreamOffset::Last,
                Some(HeaderValue::Text(text)) if text == "next" => StreamOffset::Next,
                Some(_) => {
                    let text = format!("invalid arg '{OFFSET_HEADER}' for queue '{name}' in vhost '/'");
                    return refuse(ReplyCode::PreconditionFailed, text);
                }
            };
        }
        let subscription = self.broker.add_subscription(index);
        let options = SubscriptionOptions {
            ack_mode: if consume.manual_ack { AckMode::Manual } else { AckMode::Auto },
            prefetch,
            priority,
            exclusive: consume.exclusive,
            // An auto-acked delivery counts for no limit.
            limit: if limited && consume.manual_ack { limit } else { LimitIndex::NONE },
            offset,
        };
        self.consumers.insert(subscription, (channel.to_owned(), consume.consumer.clone()));
        self.channel(channel).consumers.push((consume.consumer.clone(), subscription));
        if self.broker.open(&mut self.outside, subscription, options).is_err() {
            self.consumers.remove(&subscription);
            self.channel(channel).consumers.pop();
            let text = format!("queue '{name}' in vhost '/' in exclusive use");
            return refuse(ReplyCode::AccessRefused, text);
        }
        self.broker.read(&mut self.outside, index);
        self.send();
        Ok(())
    }

    /// The channel of a consumer.
    pub fn channel_of(&self, consumer: &str) -> Option<String> {
        self.consumers.values().find(|(_, known)| known == consumer).map(|(channel, _)| channel.clone())
    }

    /// AMQP 0-9-1 `basic.cancel`.
    pub fn cancel(&mut self, consumer: &str) {
        let Some(channel) = self.channel_of(consumer) else { return };
        let consumers = &mut self.channel(&channel).consumers;
        let Some(place) = consumers.iter().position(|(known, _)| known == consumer) else { return };
        let (_, subscription) = consumers.remove(place);
        self.broker.cancel(&mut self.outside, subscription);
        self.consumers.remove(&subscription);
        self.send();
    }

    // ---- deliveries ----

    /// What is unsettled on a channel, in the order of delivery.
    pub fn unsettled(&self, channel: &str) -> &[Unsettled] {
        self.channels.get(channel).map_or(&[], |channel| &channel.unsettled)
    }

    /// AMQP 0-9-1 `basic.get`; with what is left in the queue.
    ///
    /// # Errors
    /// The queue is not there, or another connection's; a stream cannot be read so.
    pub fn get(&mut self, channel: &str, queue: &str, manual_ack: bool) -> Result<Option<(Received, u64)>, Refused> {
        let declared = self.accessible_queue(channel, queue)?;
        let (index, keeping, single) = (declared.index, declared.keeping, declared.single_active_consumer);
        if keeping == Keeping::Stream {
            let text = format!("basic.get not supported by stream queues queue '{queue}' in vhost '/'");
            return refuse(ReplyCode::NotImplemented, text);
        }
        if keeping == Keeping::Quorum && single {
            let text = format!(
                "cannot obtain access to locked queue '{queue}' in vhost '/'. basic.get operations are not supported by quorum queues with single active consumer"
            );
            return refuse(ReplyCode::ResourceLocked, text);
        }
        Ok(self.fetch(channel, index, manual_ack))
    }

    fn fetch(&mut self, channel: &str, index: QueueIndex, manual_ack: bool) -> Option<(Received, u64)> {
        let ack_mode = if manual_ack { AckMode::Manual } else { AckMode::Auto };
        let fetched = self.broker.get(&mut self.outside, index, ack_mode).map(|copy| {
            let message = self.counted(index, self.outside.message(copy));
            (copy, message.received)
        });
        self.send();
        let (copy, received) = fetched?;
        if manual_ack {
            let channel = self.channel(channel);
            channel.last_tag += 1;
            let body = received.body.clone();
            channel.unsettled.push(Unsettled { tag: channel.last_tag, consumer: None, body, queue: index, copy });
        } else {
            self.outside.copies.remove(copy);
        }
        Some((received, self.broker.queue(index).ready()))
    }

    /// Reads a queue empty, whatever its kind: what a recording does in the end. `None`: only its owner could.
    pub fn drain(&mut self, queue: &str) -> Option<Vec<Received>> {
        let declared = self.queues.get(queue)?;
        if declared.owner.is_some() {
            return None;
        }
        let index = declared.index;
        if declared.keeping == Keeping::Stream {
            return Some(
                self.broker.queue(index).stream_contents().map(|content| Outside::received(&content)).collect(),
            );
        }
        let mut received = Vec::new();
        while let Some((message, _)) = self.fetch("", index, false) {
            received.push(message);
        }
        Some(received)
    }

    /// AMQP 0-9-1 `basic.ack`, `basic.nack`, `basic.reject`.
    ///
    /// # Errors
    /// The tag was never given, or is settled; a stream knows acks only.
    pub fn settle(&mut self, channel: &str, tags: Tags, settlement: Settlement) -> Result<(), Refused> {
        let unsettled = &mut self.channel(channel).unsettled;
        let taken: Vec<Unsettled> = match tags {
            Tags { tag: 0, multiple: true } => std::mem::take(unsettled),
            Tags { tag, multiple } => {
                let Some(place) = unsettled.iter().position(|known| known.tag == tag) else {
                    return refuse(ReplyCode::PreconditionFailed, format!("unknown delivery tag {tag}"));
                };
                if multiple { unsettled.drain(..=place).collect() } else { vec![unsettled.remove(place)] }
            }
        };
        if settlement != Settlement::Ack && taken.iter().any(|unsettled| self.is_stream(unsettled.queue)) {
            // The channel dies of it without taking leave: its consumers stay with the stream, and get nothing more
            // (recording `stream-nack-is-ack`).
            for (_, subscription) in std::mem::take(&mut self.channel(channel).consumers) {
                self.consumers.remove(&subscription);
            }
            return refuse(ReplyCode::NotImplemented, "basic.nack and basic.reject not supported by stream queues");
        }
        if let Some(transaction) = &mut self.channel(channel).transaction {
            transaction.push(publish::Transacted::Settle(taken, settlement));
            return Ok(());
        }
        self.settle_taken(taken, settlement);
        Ok(())
    }

    fn settle_taken(&mut self, taken: Vec<Unsettled>, settlement: Settlement) {
        // The queues are told one by one, and for each of their consumers.
        type Holder = (Rc<str>, Option<String>);
        let mut groups: BTreeMap<Holder, (QueueIndex, Vec<CopyIndex>)> = BTreeMap::new();
        for Unsettled { consumer, queue, copy, .. } in taken {
            if copy.exists() {
                let name = self.broker.queue(queue).name.clone();
                groups.entry((name, consumer)).or_insert((queue, Vec::new())).1.push(copy);
            }
        }
        for (queue, copies) in groups.into_values() {
            match settlement {
                Settlement::Ack => self.broker.ack_all(&mut self.outside, queue, &copies),
                Settlement::Requeue => self.broker.requeue(&mut self.outside, queue, &copies),
                Settlement::Reject => self.broker.reject(&mut self.outside, queue, &copies),
            }
        }
        self.send();
    }

    /// AMQP 0-9-1 `basic.recover`: all that is unsettled is given back.
    ///
    /// # Errors
    /// Without requeue it is not implemented by RabbitMQ.
    pub fn recover(&mut self, channel: &str, requeue: bool) -> Result<(), Refused> {
        if !requeue {
            return refuse(ReplyCode::NotImplemented, "requeue=false");
        }
        let taken = std::mem::take(&mut self.channel(channel).unsettled);
        self.settle_taken(taken, Settlement::Requeue);
        Ok(())
    }
}

/// Arguments of a binding as its terms: `x-match` says how many headers have to fit.
fn terms(routing_key: &str, arguments: &Headers) -> BindingTerms {
    let mut headers = arguments.clone();
    let x_match = HeadersMatch::take_from(&mut headers);
    BindingTerms { routing_key: routing_key.into(), x_match, headers }
}
