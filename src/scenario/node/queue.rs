//! Settings of a queue.

use serde::{Deserialize, Serialize};

use crate::scenario::field::{Choice, Field, NumberRange, Scale, Shape, Unit};

/// A queue's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct QueueSettings {
    /// Whether the queue and its persistent messages outlive a restart of the broker.
    pub durable: bool,
    /// How many ready messages it holds at the most; absent: any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// What happens when one more comes.
    pub overflow: Overflow,
}

impl Default for QueueSettings {
    fn default() -> QueueSettings {
        QueueSettings { durable: true, max_length: None, overflow: Overflow::DropHead }
    }
}

/// What a full queue does with one message more (RabbitMQ, "Queue Length Limit").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// The oldest ready message goes.
    #[default]
    DropHead,
    /// The new message is refused.
    RejectPublish,
}

/// A queue's settings, for the inspector and for checking ranges.
pub static FIELDS: &[Field] = &[
    Field {
        name: "max_length",
        words: |words| &words.fields.max_length,
        shape: Shape::Optional(&Shape::Number(NumberRange {
            min: 0.0,
            max: 1_000_000_000.0,
            whole: true,
            unit: Unit::Messages,
            scale: Scale::Logarithmic,
            usual: 100.0,
        })),
    },
    Field {
        name: "overflow",
        words: |words| &words.fields.overflow,
        shape: Shape::Choices(&[
            Choice { name: "drop_head", words: |words| &words.fields.drop_head },
            Choice { name: "reject_publish", words: |words| &words.fields.reject_publish },
        ]),
    },
    Field { name: "durable", words: |words| &words.fields.durable, shape: Shape::Toggle { usual: true } },
];
