//! The page's languages, and texts that a document may give in several of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A language of the page. Both are complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    SimplifiedChinese,
}

impl Language {
    /// All languages, in the order in which the page offers them.
    pub const ALL: [Language; 2] = [Language::English, Language::SimplifiedChinese];

    /// The BCP 47 tag, as in `lang` attributes, links and files.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::SimplifiedChinese => "zh-CN",
        }
    }

    /// The language that a BCP 47 tag asks for, region and script aside: any `zh…` is Chinese, any `en…` English.
    pub fn from_tag(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Some(Language::SimplifiedChinese)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Language::English)
        } else {
            None
        }
    }
}

/// A text in a document: one for all languages, or one for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "a text, or texts by language such as {\"en\": \"…\", \"zh-CN\": \"…\"}")]
pub enum Text {
    /// The same in every language.
    Plain(String),
    /// By language.
    ByLanguage(BTreeMap<Language, String>),
}

impl Default for Text {
    fn default() -> Text {
        Text::Plain(String::new())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::Plain(text.to_owned())
    }
}

impl Text {
    /// The text in `language`; where that is missing, in English; where that is missing too, in any.
    pub fn get(&self, language: Language) -> &str {
        match self {
            Text::Plain(text) => text,
            Text::ByLanguage(texts) => texts
                .get(&language)
                .or_else(|| texts.get(&Language::English))
                .or_else(|| texts.values().next())
                .map_or("", String::as_str),
        }
    }
}
