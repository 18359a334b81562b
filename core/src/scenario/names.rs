//! What nodes are called: no two of them the same, in any language.

use std::collections::BTreeMap;

use super::{Id, Node, Scenario};
use crate::base::{Language, Text};

impl Node {
    /// What the node is called in a language: its label, or its id where it has none.
    pub fn name(&self, language: Language) -> &str {
        shown(self.label.as_ref(), &self.id, language)
    }
}

fn shown<'a>(label: Option<&'a Text>, id: &'a Id, language: Language) -> &'a str {
    label.map(|label| label.get(language).trim()).filter(|label| !label.is_empty()).unwrap_or(id.as_str())
}

impl Scenario {
    /// The name by which another node is known already, where `id` would be called by this label.
    pub fn taken_name(&self, id: &Id, label: Option<&Text>) -> Option<String> {
        let taken = |language: &Language| {
            let name = shown(label, id, *language);
            self.nodes.iter().any(|node| node.id != *id && node.name(*language) == name)
        };
        Language::ALL.into_iter().find(taken).map(|language| shown(label, id, language).to_owned())
    }

    /// A label for `id` that no other node has: this one, or the same with a number behind it.
    pub fn free_label(&self, id: &Id, label: Option<Text>) -> Option<Text> {
        if self.taken_name(id, label.as_ref()).is_none() {
            return label;
        }
        let numbered = |number: usize| {
            let text = |language| format!("{} {number}", without_number(shown(label.as_ref(), id, language)));
            match &label {
                Some(Text::ByLanguage(texts)) => {
                    let texts: BTreeMap<Language, String> =
                        texts.keys().map(|language| (*language, text(*language))).collect();
                    Text::ByLanguage(texts)
                }
                _ => Text::Plain(text(Language::English)),
            }
        };
        // Each node takes one number in each language at the most.
        let numbers = 2..=Language::ALL.len() * self.nodes.len() + 2;
        numbers.map(numbered).find(|label| self.taken_name(id, Some(label)).is_none())
    }
}

/// “Orders 2” without its number.
fn without_number(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((stem, number)) if !stem.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()) => stem,
        _ => name,
    }
}
