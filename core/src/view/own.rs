//! A person's own scenarios as they are kept: each a small text that holds when it was changed and the document itself.

use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::base::{Language, Text};
use crate::scenario::{Scenario, format};
use crate::words::Words;

/// How many are kept.
pub const MOST: usize = 100;

/// One of a person's own scenarios.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    /// Under which id it is kept.
    pub id: String,
    /// What it is called.
    pub title: Text,
    /// When it was changed last, in milliseconds since 1970; 0 where that is not known.
    pub changed_at_ms: f64,
    /// The document; where even what is around it cannot be read, all that is kept.
    pub text: String,
}

/// What is kept of a document.
pub fn write(title: &Text, changed_at_ms: f64, text: &str) -> String {
    json!({ "title": title, "changed_at_ms": changed_at_ms, "text": text }).to_string()
}

/// Reads what is kept. Nothing is too broken to be listed.
pub fn read(id: &str, kept: &str) -> Own {
    let value: Value = serde_json::from_str(kept).unwrap_or_default();
    let text = value.get("text").and_then(Value::as_str);
    Own {
        id: id.to_owned(),
        title: value.get("title").and_then(|title| Text::deserialize(title).ok()).unwrap_or_default(),
        changed_at_ms: value.get("changed_at_ms").and_then(Value::as_f64).unwrap_or_default(),
        text: text.unwrap_or(kept).to_owned(),
    }
}

/// The newest first.
pub fn sort(all: &mut [Own]) {
    all.sort_by(|one, other| other.changed_at_ms.total_cmp(&one.changed_at_ms).then_with(|| one.id.cmp(&other.id)));
}

/// What a scenario is called in a list: something, even where it has no title.
pub fn name<'a>(title: &'a Text, words: &Words) -> &'a str {
    match title.get(words.language).trim() {
        "" => words.gallery.untitled,
        title => title,
    }
}

/// A second scenario like this one, which says of itself that it is a copy.
pub fn copy(scenario: &Scenario, language: Language) -> Scenario {
    let copied = |title: &str, language| (Words::of(language).gallery.copy_of)(title.trim());
    let title = match &scenario.title {
        Text::ByLanguage(texts) if !texts.is_empty() => {
            Text::ByLanguage(texts.iter().map(|(language, title)| (*language, copied(title, *language))).collect())
        }
        title => Text::Plain(copied(name(title, Words::of(language)), language)),
    };
    Scenario { title, ..scenario.clone() }
}

/// Whether this version can show it.
pub fn scenario(own: &Own) -> Option<Scenario> {
    format::parse(&own.text).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_nothing_is_too_broken_to_be_listed() {
        let text = format::to_text(&Scenario::default());
        let title = Text::from("\"Quoted\" <b>名</b>");
        let own = read("a", &write(&title, 1_700_000_000_123.0, &text));
        assert_eq!(
            (own.title.clone(), own.changed_at_ms, own.text.as_str()),
            (title, 1_700_000_000_123.0, text.as_str())
        );
        assert_eq!(scenario(&own), Some(Scenario::default()));
        for broken in ["", "{", "[]", "7", r#"{"title": 7, "changed_at_ms": "x"}"#, r#"{"text": {}}"#] {
            let own = read("b", broken);
            assert_eq!((own.text.as_str(), own.changed_at_ms), (broken, 0.0));
            assert_eq!(scenario(&own), None, "{broken}");
        }
        let later = read("c", &write(&Text::from("Later"), 5.0, r#"{"mq_scenario": 99}"#));
        assert_eq!((later.title.clone(), scenario(&later)), (Text::from("Later"), None));
    }

    #[test]
    fn the_newest_comes_first() {
        let own = |id: &str, at_ms| Own { changed_at_ms: at_ms, ..read(id, "") };
        let mut all = [own("b", 1.0), own("c", f64::NAN), own("a", 1.0), own("d", 2.0)];
        sort(&mut all);
        assert_eq!(all.each_ref().map(|own| own.id.as_str()), ["c", "d", "a", "b"]);
    }

    #[test]
    fn a_copy_says_that_it_is_one_in_each_language() {
        let copied = |title: Text| copy(&Scenario { title, ..Scenario::default() }, Language::English).title;
        assert_eq!(copied(Text::from("Mine")), Text::from("Mine (copy)"));
        assert_eq!(copied(Text::default()), Text::from("Untitled (copy)"));
        let both = |english: &str, chinese: &str| {
            Text::ByLanguage(BTreeMap::from([
                (Language::English, english.to_owned()),
                (Language::SimplifiedChinese, chinese.to_owned()),
            ]))
        };
        assert_eq!(copied(both("Mine", "我的")), both("Mine (copy)", "我的（副本）"));
    }
}
