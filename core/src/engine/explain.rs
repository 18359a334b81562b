//! Why a message goes where it goes, and what a waiting message carries: what a person looks at.

use super::broker::content::DeathRecord;
use super::broker::exchange::{self, BindingTerms, Destination};
use super::broker::topic;
use super::{Engine, Member};
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
    Topic {
        /// The pattern's words.
        pattern: Vec<PatternWord>,
        /// The words of the key behind those that the pattern takes.
        left: Vec<String>,
    },
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
    /// When the message was published; a dead letter keeps the time of what it was.
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
        let Ok(Member::Exchange(first)) = self.member(exchange) else { return None };
        let (mut reached, mut queues) = (vec![first], Vec::new());
        let (mut bindings, mut alternates) = (Vec::new(), Vec::new());
        let mut next = 0;
        while let Some(&at) = reached.get(next) {
            next += 1;
            let exchange = self.broker.exchange(at);
            let mut taken = false;
            for (index, binding) in self.broker.bindings().filter(|(_, binding)| binding.source == at) {
                let why = reason(exchange.kind, &binding.terms, routing_key, headers);
                let edge = self.world.edges[self.world.binding_edges[index.0 as usize].0 as usize].id.clone();
                bindings.push(BindingExplanation { edge, matches: why.0, why: why.1 });
                match binding.destination {
                    _ if !why.0 => continue,
                    Destination::Queue(queue) if self.broker.queue(queue).deleted => continue,
                    Destination::Queue(queue) if !queues.contains(&queue) => queues.push(queue),
                    Destination::Exchange(exchange) if !reached.contains(&exchange) => reached.push(exchange),
                    Destination::Queue(_) | Destination::Exchange(_) => {}
                }
                taken = true;
            }
            if !taken {
                let alternate = exchange.alternate.as_deref();
                alternates.push((Id::from(&*exchange.name), alternate.map(str::to_owned)));
                if let Some(index) = alternate.and_then(|name| self.broker.exchange_named(name))
                    && !reached.contains(&index)
                {
                    reached.push(index);
                }
            }
        }
        let mut queues: Vec<Id> = queues.iter().map(|queue| Id::from(&*self.broker.queue(*queue).name)).collect();
        queues.sort_unstable();
        let exchanges = reached.iter().map(|exchange| Id::from(&*self.broker.exchange(*exchange).name)).collect();
        Some(RouteExplanation { exchanges, bindings, alternates, queues })
    }

    /// The message that stands at this place in a queue, 0 being the next one.
    pub fn message_in_queue(&self, queue: &Id, place: usize) -> Option<MessageDetails> {
        let Ok(Member::Queue(queue)) = self.member(queue) else { return None };
        let copy = self.world.copies.get(self.broker.queue(queue).waiting().nth(place)?);
        let content = &copy.content;
        Some(MessageDetails {
            copy: copy.number,
            exchange: content.exchange.as_ref().to_owned(),
            routing_key: content.routing_key().as_ref().to_owned(),
            persistent: content.persistent,
            redelivered: copy.redelivered,
            delivery_count: copy.returns,
            priority: content.priority,
            ttl_ms: content.ttl.map(Micros::as_ms),
            size_bytes: content.size_bytes,
            published_at: copy.origin.published_at,
            enqueued_at: copy.enqueued_at,
            expires_at: (copy.expires_at < Micros::LAST).then_some(copy.expires_at),
            headers: content.headers.clone(),
            deaths: content.deaths.iter().map(Death::from).collect(),
        })
    }

    /// Whether the broker is short of memory and blocks all who publish.
    pub fn memory_alarm(&self) -> bool {
        self.world.memory_alarm
    }
}

/// Whether a binding takes a message, and why, or why not.
fn reason(kind: ExchangeKind, terms: &BindingTerms, routing_key: &str, headers: &Headers) -> (bool, BindingReason) {
    match kind {
        ExchangeKind::Fanout => (true, BindingReason::Fanout),
        ExchangeKind::Direct => {
            let wanted = terms.routing_key.as_ref().to_owned();
            (wanted == routing_key, BindingReason::Direct { wanted })
        }
        ExchangeKind::Topic => {
            let (matches, pattern, left) = topic::explain(&terms.routing_key, routing_key);
            (matches, BindingReason::Topic { pattern, left })
        }
        ExchangeKind::Headers => {
            let check = |(name, wanted): (&String, &HeaderValue)| HeaderCheck {
                name: name.clone(),
                wanted: wanted.clone(),
                found: headers.get(name).cloned(),
                fits: exchange::counts(terms.x_match, name).then(|| exchange::fits(wanted, headers.get(name))),
            };
            let checks = terms.headers.iter().map(check).collect();
            let matches = exchange::headers_match(terms.x_match, &terms.headers, headers);
            (matches, BindingReason::Headers { x_match: terms.x_match, checks })
        }
    }
}

impl From<&DeathRecord> for Death {
    fn from(record: &DeathRecord) -> Death {
        let text = |text: &str| text.to_owned();
        Death {
            queue: text(&record.queue),
            reason: text(&record.reason),
            count: record.count,
            exchange: text(&record.exchange),
            routing_keys: record.routing_keys.iter().map(|key| text(key)).collect(),
        }
    }
}
