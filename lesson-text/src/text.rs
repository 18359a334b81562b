//! What a text can be.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Something within a paragraph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inline {
    /// Words.
    #[serde(rename = "t")]
    Text(String),
    /// Code, or a key.
    Code(String),
    /// Strong words.
    Strong(Vec<Inline>),
    /// Emphasised words.
    Emphasis(Vec<Inline>),
    /// A figure of the run, by its name: it is filled in while the lesson runs.
    Figure(String),
    /// A part of the stage, by its id.
    Node(String, Vec<Inline>),
    /// Another lesson, by its id.
    Lesson(String, Vec<Inline>),
    /// A page elsewhere, by its `https` address.
    Link(String, Vec<Inline>),
    /// A new line.
    Break,
}

/// A paragraph, a list, a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A paragraph.
    #[serde(rename = "p")]
    Paragraph(Vec<Inline>),
    /// A list with dots.
    List(Vec<Vec<Block>>),
    /// A list with numbers.
    Numbered(Vec<Vec<Block>>),
    /// Something quoted, or remarked.
    Quote(Vec<Block>),
    /// Lines of code.
    Code(String),
    /// A table: its rows of cells, the first one its head.
    Table(Vec<Vec<Vec<Inline>>>),
}

/// What is said in a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepText {
    /// Its heading.
    pub title: Vec<Inline>,
    /// What is to be done or thought about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<Block>,
    /// What can be chosen, in the order in which the lesson counts it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Vec<Block>>,
    /// A hint.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hint: Vec<Block>,
    /// How it is done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub solution: Vec<Block>,
    /// What is said when it is done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<Block>,
    /// What is said when something has happened, by the name that the lesson gives it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, Vec<Block>>,
    /// Where it stands in its file: line and column, from 1 on.
    #[serde(skip)]
    pub at: (usize, usize),
}

/// A part of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What stands before any heading of the third level.
    Body,
    /// See [`StepText::choices`].
    Choices,
    /// See [`StepText::hint`].
    Hint,
    /// See [`StepText::solution`].
    Solution,
    /// See [`StepText::done`].
    Done,
    /// See [`StepText::when`].
    When(String),
}

/// The text of a lesson in one language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LessonText {
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub about: Vec<Block>,
    /// Its steps, by id.
    pub steps: BTreeMap<String, StepText>,
    /// What was learned: the section `{#learned}`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub learned: Vec<Block>,
    /// What to try next: the section `{#next}`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<Block>,
}

impl Inline {
    /// The words, without anything else.
    pub fn plain(inlines: &[Inline]) -> String {
        let mut text = String::new();
        add_plain(inlines, &mut text);
        text
    }
}

fn add_plain(inlines: &[Inline], text: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(words) | Inline::Code(words) => text.push_str(words),
            Inline::Strong(inner)
            | Inline::Emphasis(inner)
            | Inline::Node(_, inner)
            | Inline::Lesson(_, inner)
            | Inline::Link(_, inner) => add_plain(inner, text),
            Inline::Figure(_) => text.push('…'),
            Inline::Break => text.push(' '),
        }
    }
}

impl Block {
    /// The words of the first paragraph, without anything else.
    pub fn plain(blocks: &[Block]) -> String {
        match blocks.first() {
            Some(Block::Paragraph(inlines)) => Inline::plain(inlines),
            Some(Block::Quote(inner)) => Block::plain(inner),
            _ => String::new(),
        }
    }

    /// Calls `visit` with everything within these paragraphs.
    pub fn walk<'a>(blocks: &'a [Block], visit: &mut dyn FnMut(&'a Inline)) {
        for block in blocks {
            match block {
                Block::Paragraph(inlines) => Inline::walk(inlines, visit),
                Block::List(items) | Block::Numbered(items) => items.iter().for_each(|item| Block::walk(item, visit)),
                Block::Quote(inner) => Block::walk(inner, visit),
                Block::Code(_) => {}
                Block::Table(rows) => rows.iter().flatten().for_each(|cell| Inline::walk(cell, visit)),
            }
        }
    }
}

impl Inline {
    fn walk<'a>(inlines: &'a [Inline], visit: &mut dyn FnMut(&'a Inline)) {
        for inline in inlines {
            visit(inline);
            match inline {
                Inline::Strong(inner)
                | Inline::Emphasis(inner)
                | Inline::Node(_, inner)
                | Inline::Lesson(_, inner)
                | Inline::Link(_, inner) => Inline::walk(inner, visit),
                Inline::Text(_) | Inline::Code(_) | Inline::Figure(_) | Inline::Break => {}
            }
        }
    }
}

impl StepText {
    /// All of its paragraphs.
    pub fn blocks(&self) -> impl Iterator<Item = &[Block]> {
        [&self.body, &self.hint, &self.solution, &self.done]
            .into_iter()
            .chain(&self.choices)
            .chain(self.when.values())
            .map(Vec::as_slice)
    }
}
