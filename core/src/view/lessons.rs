//! The list of lessons that come with the page: what `lessons/index.json` says, which is made when the site is built.

use serde::Deserialize;

use crate::base::Text;

/// A lesson of the list.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Text,
    /// What it is about, in a sentence or two.
    pub about: Text,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// Whether something is wrong in it that is to be found and mended.
    pub incident: bool,
    /// How many steps it has.
    pub steps: usize,
}

/// Lessons under one heading.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Group {
    /// The heading.
    pub title: Text,
    /// Its lessons, in the order in which they are to be done.
    pub lessons: Vec<Entry>,
}

/// Reads a list; `None` where the text is none.
pub fn read(text: &str) -> Option<Vec<Group>> {
    #[derive(Deserialize)]
    struct Index {
        groups: Vec<Group>,
    }
    serde_json::from_str::<Index>(text).ok().map(|index| index.groups)
}

/// The lesson with this id.
pub fn named<'a>(groups: &'a [Group], id: &str) -> Option<&'a Entry> {
    groups.iter().flat_map(|group| &group.lessons).find(|entry| entry.id == id)
}
