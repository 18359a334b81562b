//! Edges: the connections on which messages travel.

use serde::{Deserialize, Serialize};

use super::field::{Choice, Field, NumberRange, SHORT_STRING, Shape};
use super::value::{HeaderValue, Headers};
use super::{Id, is_default};

/// What travels on an edge, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// Messages from a producer to an exchange or a queue.
    Publish,
    /// A binding: what an exchange gives to a queue, or to another exchange.
    Bind,
    /// Deliveries from a queue to a consumer; acks travel back.
    Subscribe,
    /// Requests to a service or a database; answers travel back.
    Call,
}

impl EdgeKind {
    /// All kinds.
    pub const ALL: [EdgeKind; 4] = [EdgeKind::Publish, EdgeKind::Bind, EdgeKind::Subscribe, EdgeKind::Call];

    /// The kind's name in files.
    pub fn name(self) -> &'static str {
        match self {
            EdgeKind::Publish => "publish",
            EdgeKind::Bind => "bind",
            EdgeKind::Subscribe => "subscribe",
            EdgeKind::Call => "call",
        }
    }
}

/// A connection between two nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// Its name in the document.
    pub id: Id,
    /// What travels on it.
    pub kind: EdgeKind,
    /// The node where it begins.
    pub from: Id,
    /// The node where it ends.
    pub to: Id,
    /// How long a message travels, in milliseconds; an ack or an answer takes as long back. Messages on one edge never
    /// overtake each other, as on a TCP connection. A binding lies within the broker and takes no time.
    #[serde(default)]
    pub latency_ms: f64,
    /// The share of what travels that is lost, 0 to 1; each way by itself. A lost delivery that is to be acked stays
    /// unacked until the subscription ends.
    #[serde(default, skip_serializing_if = "is_default")]
    pub loss: f64,
    /// The share of what travels that arrives twice, 0 to 1.
    #[serde(default, skip_serializing_if = "is_default")]
    pub duplicate: f64,
    /// Of a binding: the key that a direct exchange compares, or the pattern of a topic exchange.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub routing_key: String,
    /// Of a binding from a headers exchange: how many of the headers have to fit.
    #[serde(default, skip_serializing_if = "is_default")]
    pub x_match: HeadersMatch,
    /// Of a binding from a headers exchange: the headers that a message is compared with.
    #[serde(default, skip_serializing_if = "Headers::is_empty")]
    pub headers: Headers,
}

impl Edge {
    /// An edge without latency, and without a routing key or headers.
    pub fn new(id: Id, kind: EdgeKind, from: Id, to: Id) -> Edge {
        Edge {
            id,
            kind,
            from,
            to,
            latency_ms: 0.0,
            loss: 0.0,
            duplicate: 0.0,
            routing_key: String::new(),
            x_match: HeadersMatch::All,
            headers: Headers::new(),
        }
    }
}

/// How many of a binding's headers have to fit (RabbitMQ, "Headers Exchange": `x-match`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HeadersMatch {
    /// All whose names do not begin with `x-`; where there are none, every message fits.
    #[default]
    All,
    /// At least one whose name does not begin with `x-`.
    Any,
    /// All.
    AllWithX,
    /// At least one.
    AnyWithX,
}

impl HeadersMatch {
    /// The value of the argument `x-match` (RabbitMQ, "Headers Exchange").
    pub fn argument(self) -> &'static str {
        match self {
            HeadersMatch::All => "all",
            HeadersMatch::Any => "any",
            HeadersMatch::AllWithX => "all-with-x",
            HeadersMatch::AnyWithX => "any-with-x",
        }
    }

    /// Takes `x-match` out of a binding's arguments, so that what is left are the headers; without it all of them have to fit.
    pub fn take_from(arguments: &mut Headers) -> HeadersMatch {
        let argument = arguments.remove("x-match");
        let known = [HeadersMatch::Any, HeadersMatch::AllWithX, HeadersMatch::AnyWithX];
        let named = argument.as_ref().and_then(HeaderValue::as_text);
        known.into_iter().find(|known| Some(known.argument()) == named).unwrap_or_default()
    }
}

/// The settings of an edge of this kind, for the inspector and for checking ranges.
pub fn fields(kind: EdgeKind) -> &'static [Field] {
    match kind {
        EdgeKind::Publish | EdgeKind::Subscribe | EdgeKind::Call => TRAVELLED,
        EdgeKind::Bind => BINDING,
    }
}

static TRAVELLED: &[Field] = &[
    Field::usual("latency_ms", |words| &words.fields.latency_ms, Shape::Number(NumberRange::milliseconds(0.0, 0.0))),
    Field::rare("loss", |words| &words.fields.loss, Shape::Number(NumberRange::share(0.0))),
    Field::rare("duplicate", |words| &words.fields.duplicate, Shape::Number(NumberRange::share(0.0))),
];

static BINDING: &[Field] = &[
    Field::usual("routing_key", |words| &words.fields.binding_key, Shape::Text { longest: SHORT_STRING }),
    Field::usual(
        "x_match",
        |words| &words.fields.x_match,
        Shape::Choices(&[
            Choice { name: "all", words: |words| &words.fields.match_all },
            Choice { name: "any", words: |words| &words.fields.match_any },
            Choice { name: "all_with_x", words: |words| &words.fields.match_all_with_x },
            Choice { name: "any_with_x", words: |words| &words.fields.match_any_with_x },
        ]),
    ),
    Field::usual("headers", |words| &words.fields.binding_headers, Shape::Headers),
];
