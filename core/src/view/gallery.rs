//! The index of the scenarios that come with the page: what `static/scenarios-index.json` says, and what is found in it.

use serde::Deserialize as _;
use serde_json::Value;

use crate::base::{Language, Text};

/// A scenario of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name in addresses: that of its file, without folder and ending.
    pub name: String,
    /// Its file, below `scenarios/`.
    pub file: String,
    /// What it is called.
    pub title: Text,
    /// What it shows, in a sentence.
    pub about: Text,
}

/// Scenarios under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The heading.
    pub title: Text,
    /// Its scenarios, in the order in which they are shown.
    pub entries: Vec<Entry>,
}

/// Reads an index; `None` where the text is none.
pub fn read(text: &str) -> Option<Vec<Group>> {
    let index: Value = serde_json::from_str(text).ok()?;
    let words = |value: &Value, name: &str| Text::deserialize(value.get(name)?).ok();
    let name_in = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let entry = |value: &Value| {
        Some(Entry {
            name: name_in(value, "name")?,
            file: name_in(value, "file")?,
            title: words(value, "title")?,
            about: words(value, "about")?,
        })
    };
    let group = |value: &Value| {
        let entries = value.get("scenarios")?.as_array()?.iter().map(entry).collect::<Option<_>>()?;
        Some(Group { title: words(value, "title")?, entries })
    };
    index.get("groups")?.as_array()?.iter().map(group).collect()
}

/// The scenario with this name.
pub fn named<'a>(groups: &'a [Group], name: &str) -> Option<&'a Entry> {
    groups.iter().flat_map(|group| &group.entries).find(|entry| entry.name == name)
}

/// Whether every word that was typed stands in a scenario's title, sentence or name, in whichever language.
pub fn fits(entry: &Entry, typed: &str) -> bool {
    holds(&entry.name, &[&entry.title, &entry.about], typed)
}

/// Whether every word that was typed stands in a name or in one of these texts, in whichever language.
pub fn holds(name: &str, texts: &[&Text], typed: &str) -> bool {
    let mut all = name.to_owned();
    for text in texts {
        for language in Language::ALL {
            all.push('\n');
            all.push_str(text.get(language));
        }
    }
    let all = all.to_lowercase();
    typed.to_lowercase().split_whitespace().all(|word| all.contains(word))
}
