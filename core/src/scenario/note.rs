//! What a person adds to the drawing that is no part of a run: notes on the stage, and colours that group nodes.

use serde::{Deserialize, Serialize};

use super::field::{Choice, Field, Shape};
use super::{Id, is_default};
use crate::base::{Point, Text};

/// A colour that groups nodes or marks a note. The page's themes say what it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Color {
    /// Blue.
    Blue,
    /// Teal.
    Teal,
    /// Green.
    Green,
    /// Orange.
    Orange,
    /// Brown.
    Brown,
    /// Pink.
    Pink,
    /// Purple.
    Purple,
}

impl Color {
    /// All colours, in the order in which they are offered.
    pub const ALL: [Color; 7] =
        [Color::Blue, Color::Teal, Color::Green, Color::Orange, Color::Brown, Color::Pink, Color::Purple];

    /// The colour's name in files and style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Color::Blue => "blue",
            Color::Teal => "teal",
            Color::Green => "green",
            Color::Orange => "orange",
            Color::Brown => "brown",
            Color::Pink => "pink",
            Color::Purple => "purple",
        }
    }
}

/// How large a note is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoteSize {
    /// As the figures of instruments.
    Small,
    /// As the names of instruments.
    #[default]
    Medium,
    /// As a heading.
    Large,
}

/// A note on the stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Its name in the document.
    pub id: Id,
    /// Its top left corner on the stage.
    #[serde(default)]
    pub at: Point,
    /// What it says; may have several lines.
    #[serde(default)]
    pub text: Text,
    /// Its colour; absent: that of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// How large it is written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub size: NoteSize,
}

/// The longest text of a note, in bytes, in each language.
pub const LONGEST_NOTE: usize = 4_000;

/// The settings of a note beside its text and its colour, for the inspector.
pub static NOTE_FIELDS: &[Field] = &[Field::usual(
    "size",
    |words| &words.document.note_size,
    Shape::Choices(&[
        Choice { name: "medium", words: |words| &words.document.medium },
        Choice { name: "small", words: |words| &words.document.small },
        Choice { name: "large", words: |words| &words.document.large },
    ]),
)];
