//! Settings of an exchange.

use serde::{Deserialize, Serialize};

use crate::scenario::field::{Choice, Field, Shape};

/// An exchange's settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ExchangeSettings {
    /// How it compares a message with its bindings.
    #[serde(rename = "type")]
    pub kind: ExchangeKind,
    /// The exchange that gets what no binding of this one takes; it may be missing (RabbitMQ, "Alternate Exchanges").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternate_exchange: Option<String>,
}

/// How an exchange compares a message with its bindings (AMQP 0-9-1, 3.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExchangeKind {
    /// The routing key must be the binding's key.
    #[default]
    Direct,
    /// Every binding takes every message.
    Fanout,
    /// The binding's key is a pattern of words: `*` is one word, `#` any number of words.
    Topic,
    /// The message's headers are compared with the binding's.
    Headers,
}

impl ExchangeKind {
    /// All of them.
    pub const ALL: [ExchangeKind; 4] =
        [ExchangeKind::Direct, ExchangeKind::Fanout, ExchangeKind::Topic, ExchangeKind::Headers];

    /// Its name in files, which is AMQP's.
    pub fn name(self) -> &'static str {
        match self {
            ExchangeKind::Direct => "direct",
            ExchangeKind::Fanout => "fanout",
            ExchangeKind::Topic => "topic",
            ExchangeKind::Headers => "headers",
        }
    }

    /// The type with this name.
    pub fn from_name(name: &str) -> Option<ExchangeKind> {
        ExchangeKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What the names begin with that brokers keep for themselves (AMQP 0-9-1, `exchange.declare`, `queue.declare`).
pub const RESERVED: &str = "amq.";

/// The exchanges that every virtual host has, besides the default one.
pub const SYSTEM_EXCHANGES: [(&str, ExchangeKind); 5] = [
    ("amq.direct", ExchangeKind::Direct),
    ("amq.fanout", ExchangeKind::Fanout),
    ("amq.topic", ExchangeKind::Topic),
    ("amq.headers", ExchangeKind::Headers),
    ("amq.match", ExchangeKind::Headers),
];

/// An exchange's settings, for the inspector and for checking ranges.
pub static FIELDS: &[Field] = &[
    Field::usual(
        "type",
        |words| &words.fields.exchange_type,
        Shape::Choices(&[
            Choice { name: "direct", words: |words| &words.fields.direct },
            Choice { name: "fanout", words: |words| &words.fields.fanout },
            Choice { name: "topic", words: |words| &words.fields.topic },
            Choice { name: "headers", words: |words| &words.fields.headers_type },
        ]),
    ),
    Field::rare("alternate_exchange", |words| &words.fields.alternate_exchange, Shape::Optional(&Shape::Exchange)),
];
