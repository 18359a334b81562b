//! Handlers: what is done with a message, step by step.

use serde::{Deserialize, Serialize};

use super::distribution::{self, Distribution};
use super::field::{Field, Shape, Variant};

/// One step of a handler.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Being busy for a while.
    Work {
        /// How long.
        ms: Distribution,
    },
}

static WORK: &[Field] = &[Field::usual("ms", |words| &words.fields.work_ms, Shape::Same(&distribution::SHAPE))];

static STEP: Shape =
    Shape::Variants(&[Variant { name: "work", words: |words| &words.fields.work, shape: Shape::Record(WORK) }]);

/// The shape of a handler, for the inspector and for checking ranges.
pub static SHAPE: Shape = Shape::List { item: &STEP, least: 0, most: 64 };
