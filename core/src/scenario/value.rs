//! Typed values of message headers and binding arguments (AMQP 0-9-1, field tables).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A table of headers or arguments, by name.
pub type Headers = BTreeMap<String, HeaderValue>;

/// A value of a header or an argument. In files it is the JSON value that looks like it: a number without a point
/// is an integer, with a point a double, `null` AMQP's void.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum HeaderValue {
    /// No value: in a binding, that the header is there, whatever its value.
    Void(()),
    /// Yes or no.
    Boolean(bool),
    /// An integer, of whatever width on the wire.
    Integer(i64),
    /// A double.
    Double(f64),
    /// A long string.
    Text(String),
    /// An array.
    List(Vec<HeaderValue>),
    /// A table.
    Table(Headers),
}

impl HeaderValue {
    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            HeaderValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, where it is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            HeaderValue::Integer(integer) => Some(*integer),
            _ => None,
        }
    }

    /// The texts of a list; nothing where it is none.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let items = match self {
            HeaderValue::List(items) => items.as_slice(),
            _ => &[],
        };
        items.iter().filter_map(HeaderValue::as_text)
    }
}

impl From<&str> for HeaderValue {
    fn from(text: &str) -> HeaderValue {
        HeaderValue::Text(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_types() {
        let text = r#"{"a":1,"b":1.0,"c":"1","d":true,"e":null,"f":[1,"x"],"g":{"h":-2}}"#;
        let headers: Headers = serde_json::from_str(text).unwrap();
        assert_eq!(headers["a"], HeaderValue::Integer(1));
        assert_eq!(headers["b"], HeaderValue::Double(1.0));
        assert_eq!(headers["e"], HeaderValue::Void(()));
        assert_eq!(serde_json::to_string(&headers).unwrap(), text);
    }
}
