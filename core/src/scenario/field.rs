//! What a setting looks like: its name, its words, its unit and its range.
//!
//! One description serves the inspector (which control to draw), the checks (what is in range) and new
//! parts of a document (what is usual). The types beside it say what it means.

use serde_json::{Map, Value, json};

use super::edge::EdgeKind;
use super::format::escape;
use super::problem::{Problem, Reason};
use crate::words::{FieldWords, Words};

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A plain number.
    None,
    /// A number of messages.
    Messages,
    /// A number of bytes.
    Bytes,
    /// A number of requests.
    Requests,
    /// A number of people.
    Users,
    /// Messages per second.
    MessagesPerSecond,
    /// Requests per second.
    RequestsPerSecond,
    /// Calls per second.
    CallsPerSecond,
    /// Milliseconds.
    Milliseconds,
}

/// How a slider spreads a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By orders of magnitude.
    Logarithmic,
}

/// A number with its range.
#[derive(Clone, Copy, Debug)]
pub struct NumberRange {
    /// The least that is accepted.
    pub min: f64,
    /// The most that is accepted.
    pub max: f64,
    /// Whether only whole numbers make sense.
    pub whole: bool,
    /// Its unit.
    pub unit: Unit,
    /// How a slider spreads it.
    pub scale: Scale,
    /// What a fresh one is.
    pub usual: f64,
}

impl NumberRange {
    /// A duration of at most a day.
    pub const fn milliseconds(min: f64, usual: f64) -> NumberRange {
        NumberRange { min, max: 86_400_000.0, whole: false, unit: Unit::Milliseconds, scale: Scale::Logarithmic, usual }
    }

    /// A part of a whole.
    pub const fn share(usual: f64) -> NumberRange {
        NumberRange { min: 0.0, max: 1.0, whole: false, unit: Unit::None, scale: Scale::Linear, usual }
    }
}

/// One of several words.
#[derive(Clone, Copy)]
pub struct Choice {
    /// The word in files.
    pub name: &'static str,
    /// Its words on the page.
    pub words: fn(&Words) -> &FieldWords,
}

/// One of several shapes, written `{"name": …}`.
#[derive(Clone, Copy)]
pub struct Variant {
    /// The name in files.
    pub name: &'static str,
    /// Its words on the page.
    pub words: fn(&Words) -> &FieldWords,
    /// What stands behind the name.
    pub shape: Shape,
}

/// A named setting.
#[derive(Clone, Copy)]
pub struct Field {
    /// The name in files.
    pub name: &'static str,
    /// Its words on the page.
    pub words: fn(&Words) -> &FieldWords,
    /// What it holds.
    pub shape: Shape,
    /// Whether few need it: the inspector folds these away.
    pub rare: bool,
}

impl Field {
    /// A setting that many change.
    pub const fn usual(name: &'static str, words: fn(&Words) -> &FieldWords, shape: Shape) -> Field {
        Field { name, words, shape, rare: false }
    }

    /// A setting that few change.
    pub const fn rare(name: &'static str, words: fn(&Words) -> &FieldWords, shape: Shape) -> Field {
        Field { name, words, shape, rare: true }
    }
}

/// What a setting holds.
#[derive(Clone, Copy)]
pub enum Shape {
    /// A number.
    Number(NumberRange),
    /// Yes or no.
    Toggle {
        /// What a fresh one is.
        usual: bool,
    },
    /// One of several words; the first is usual.
    Choices(&'static [Choice]),
    /// One of several shapes; the first is usual.
    Variants(&'static [Variant]),
    /// Named settings.
    Record(&'static [Field]),
    /// Settings in a fixed order, written as a list.
    Tuple(&'static [Field]),
    /// Any number of one shape.
    List {
        /// The shape of each.
        item: &'static Shape,
        /// How many there must be.
        least: usize,
        /// How many there may be.
        most: usize,
    },
    /// A text.
    Text {
        /// How many bytes it may have: AMQP's short strings have at most 255.
        longest: usize,
    },
    /// The id of an exchange, or `""` for the default exchange; nothing says that it must exist.
    Exchange,
    /// The id of a node to which an edge of this kind may lead.
    Target(EdgeKind),
    /// Headers or arguments: typed values by name.
    Headers,
    /// Something that may be absent, and usually is.
    Optional(&'static Shape),
    /// A shape that is described elsewhere.
    Same(&'static Shape),
}

impl Shape {
    /// What a fresh one holds.
    pub fn usual(&self) -> Value {
        match self {
            Shape::Number(range) if range.whole => json!(range.usual as u64),
            Shape::Number(range) => json!(range.usual),
            Shape::Toggle { usual } => json!(usual),
            Shape::Choices(choices) => json!(choices[0].name),
            Shape::Variants(variants) => variants[0].usual(),
            Shape::Record(fields) => {
                let members = fields
                    .iter()
                    .filter(|field| !matches!(field.shape, Shape::Optional(_)))
                    .map(|field| (field.name.to_owned(), field.shape.usual()));
                Value::Object(members.collect::<Map<_, _>>())
            }
            Shape::Tuple(fields) => fields.iter().map(|field| field.shape.usual()).collect(),
            Shape::List { item, least, .. } => (0..*least).map(|_| item.usual()).collect(),
            Shape::Text { .. } | Shape::Exchange | Shape::Target(_) => json!(""),
            Shape::Headers => json!({}),
            Shape::Optional(_) => Value::Null,
            Shape::Same(shape) => shape.usual(),
        }
    }
}

impl Variant {
    /// What a fresh one is, name included.
    pub fn usual(&self) -> Value {
        json!({ self.name: self.shape.usual() })
    }
}

/// Checks the ranges of all settings in an object. What has the wrong type or name is left to the types.
pub fn check_record(fields: &[Field], value: &Value, pointer: &str, problems: &mut Vec<Problem>) {
    // The types would read a list as the values of an object in their order, and no range would be checked.
    if value.is_array() {
        problems.push(Problem { pointer: pointer.to_owned(), reason: Reason::NoObject });
    }
    for field in fields {
        if let Some(member) = value.get(field.name) {
            check(&field.shape, member, &format!("{pointer}/{}", escape(field.name)), problems);
        }
    }
}

/// The longest of AMQP's short strings, in bytes: names, routing keys.
pub const SHORT_STRING: usize = 255;

/// The longest text in a header, in bytes.
const LONGEST_HEADER: usize = 4_096;

fn check_text(value: &Value, most: usize, pointer: &str, problems: &mut Vec<Problem>) {
    if value.as_str().is_some_and(|text| text.len() > most) {
        problems.push(Problem { pointer: pointer.to_owned(), reason: Reason::TooLong { most } });
    }
}

fn check(shape: &Shape, value: &Value, pointer: &str, problems: &mut Vec<Problem>) {
    match shape {
        Shape::Number(range) => {
            let Some(number) = value.as_f64() else { return };
            if !(range.min..=range.max).contains(&number) || range.whole && number.fract() != 0.0 {
                problems.push(Problem { pointer: pointer.to_owned(), reason: Reason::OutOfRange(*range) });
            }
        }
        Shape::Toggle { .. } | Shape::Choices(_) => {}
        Shape::Text { longest } => check_text(value, *longest, pointer, problems),
        Shape::Exchange | Shape::Target(_) => check_text(value, SHORT_STRING, pointer, problems),
        Shape::Headers => {
            for (name, member) in value.as_object().into_iter().flatten() {
                let pointer = format!("{pointer}/{}", escape(name));
                if name.is_empty() || name.len() > SHORT_STRING {
                    problems.push(Problem { pointer, reason: Reason::TooLong { most: SHORT_STRING } });
                }
                // Longer texts than this are no headers any more, and a link has to carry them.
                else if member.as_str().is_some_and(|text| text.len() > LONGEST_HEADER) {
                    problems.push(Problem { pointer, reason: Reason::TooLong { most: LONGEST_HEADER } });
                }
            }
        }
        // A duration may be written as a number: it is the first variant then.
        Shape::Variants(variants) if value.is_number() => check(&variants[0].shape, value, pointer, problems),
        Shape::Variants(variants) => {
            for variant in *variants {
                if let Some(inner) = value.get(variant.name) {
                    check(&variant.shape, inner, &format!("{pointer}/{}", escape(variant.name)), problems);
                }
            }
        }
        Shape::Record(fields) => check_record(fields, value, pointer, problems),
        Shape::Tuple(fields) => {
            for (index, field) in fields.iter().enumerate() {
                if let Some(member) = value.get(index) {
                    check(&field.shape, member, &format!("{pointer}/{index}"), problems);
                }
            }
        }
        Shape::List { item, least, most } => {
            let Some(items) = value.as_array() else { return };
            if !(*least..=*most).contains(&items.len()) {
                let reason = Reason::WrongLength { least: *least, most: *most };
                problems.push(Problem { pointer: pointer.to_owned(), reason });
            }
            for (index, member) in items.iter().enumerate().take(*most) {
                check(item, member, &format!("{pointer}/{index}"), problems);
            }
        }
        Shape::Optional(inner) if !value.is_null() => check(inner, value, pointer, problems),
        Shape::Optional(_) => {}
        Shape::Same(inner) => check(inner, value, pointer, problems),
    }
}
