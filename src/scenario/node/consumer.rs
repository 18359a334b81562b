//! Settings of a consumer.

use serde::{Deserialize, Serialize};

use crate::scenario::field::{Choice, Field, NumberRange, Scale, Shape, Unit};
use crate::scenario::handler::{self, Step};

/// A consumer's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ConsumerSettings {
    /// Who says when a message is done.
    #[serde(alias = "ack")]
    pub ack_mode: AckMode,
    /// How many unacked messages the queue lets it hold on each subscription; 0: any number. Auto acks ignore it.
    pub prefetch_count: u32,
    /// How many messages it works on at once.
    pub concurrency: u32,
    /// What it does with each message.
    pub handler: Vec<Step>,
}

impl Default for ConsumerSettings {
    fn default() -> ConsumerSettings {
        ConsumerSettings {
            ack_mode: AckMode::Manual,
            prefetch_count: 10,
            concurrency: 1,
            handler: vec![Step::Work { ms: crate::scenario::Distribution::Constant(20.0) }],
        }
    }
}

/// Who says when a message is done (RabbitMQ, "Consumer Acknowledgements and Publisher Confirms").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AckMode {
    /// The consumer, after its handler has ended.
    #[default]
    Manual,
    /// The broker, as soon as it has sent the message.
    Auto,
}

/// A consumer's settings, for the inspector and for checking ranges.
pub static FIELDS: &[Field] = &[
    Field { name: "handler", words: |words| &words.fields.handler, shape: Shape::Same(&handler::SHAPE) },
    Field {
        name: "concurrency",
        words: |words| &words.fields.concurrency,
        shape: Shape::Number(NumberRange {
            min: 1.0,
            max: 1_000.0,
            whole: true,
            unit: Unit::None,
            scale: Scale::Logarithmic,
            usual: 1.0,
        }),
    },
    Field {
        name: "prefetch_count",
        words: |words| &words.fields.prefetch_count,
        shape: Shape::Number(NumberRange {
            min: 0.0,
            // basic.qos carries it as a 16-bit number.
            max: 65_535.0,
            whole: true,
            unit: Unit::Messages,
            scale: Scale::Logarithmic,
            usual: 10.0,
        }),
    },
    Field {
        name: "ack_mode",
        words: |words| &words.fields.ack_mode,
        shape: Shape::Choices(&[
            Choice { name: "manual", words: |words| &words.fields.manual },
            Choice { name: "auto", words: |words| &words.fields.auto },
        ]),
    },
];
