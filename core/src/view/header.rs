//! Values of headers as people write and read them.

use serde_json::Value;

use crate::scenario::{HeaderValue, Headers};

/// A value as it is written: JSON, but for a text that could be nothing else, and for no value, which is no text.
pub fn written(value: &HeaderValue) -> String {
    match value {
        HeaderValue::Void(()) => String::new(),
        HeaderValue::Text(text) if read(text) == *value => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

/// What a person means by a text: the value that it is as JSON, or else the text itself; nothing means any value.
pub fn read(text: &str) -> HeaderValue {
    if text.trim().is_empty() {
        return HeaderValue::Void(());
    }
    let value = serde_json::from_str::<Value>(text).ok().and_then(|value| serde_json::from_value(value).ok());
    value.unwrap_or_else(|| HeaderValue::Text(text.to_owned()))
}

/// A table in one line: `a=1, b`.
pub fn table(headers: &Headers) -> String {
    let pairs: Vec<String> = headers
        .iter()
        .map(|(name, value)| match value {
            HeaderValue::Void(()) => name.clone(),
            value => format!("{name}={}", written(value)),
        })
        .collect();
    pairs.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_as_the_same_value() {
        let list = HeaderValue::List(vec![HeaderValue::Integer(1), HeaderValue::from("x")]);
        for value in [
            HeaderValue::Void(()),
            HeaderValue::Boolean(true),
            HeaderValue::Integer(-3),
            HeaderValue::Double(2.0),
            HeaderValue::from("paid"),
            HeaderValue::from("1"),
            HeaderValue::from(""),
            HeaderValue::from(" "),
            HeaderValue::from("null"),
            HeaderValue::from("\"quoted\""),
            list,
        ] {
            assert_eq!(read(&written(&value)), value);
        }
        assert_eq!(read("2.5"), HeaderValue::Double(2.5));
        assert_eq!(read("true"), HeaderValue::Boolean(true));
        assert_eq!(read("\"1\""), HeaderValue::from("1"));
    }
}
