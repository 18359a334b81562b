//! The texts of lessons.
//!
//! A text is Markdown with sections that a lesson knows: [`LessonText::read`] makes paragraphs, lists and tables of it, as
//! plain data. There is no HTML on the way, in or out: what a text may be is what [`Block`] and [`Inline`] can say, and so a
//! text from anywhere can be shown. The same crate reads shipped lessons when the site is built, and lessons that are dropped
//! on the page while it runs.

mod bundle;
mod markdown;
mod text;

pub use bundle::{Bundled, Joined, LESSON_FILE, bundle, catalogue, join, scenario_files, text_file};
pub use text::{Block, Inline, LessonText, Part, StepText};

/// The languages in which a lesson is written, as BCP 47 tags: each has a file of its own.
pub const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// Something in a text that cannot be shown, or is not where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1 on.
    pub line: usize,
    /// The column in characters, from 1 on.
    pub column: usize,
    /// What is wrong.
    pub what: What,
}

/// What is wrong in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It has no heading of the first level, which is its title.
    NoTitle,
    /// It has a second one.
    SecondTitle,
    /// A heading of the second level has no `{#id}`.
    NoId,
    /// Two sections have the same id.
    IdTwice(String),
    /// A heading of the third level says by no class what it is; these are known.
    NoPart,
    /// A step has two parts of one kind.
    PartTwice(&'static str),
    /// What was to be said when something happens has no `#name`.
    NoReaction,
    /// A heading of the third level stands before any of the second.
    PartOutside,
    /// The choices are no list.
    NoChoices,
    /// HTML, which is not shown.
    Html,
    /// A picture, which is not shown.
    Picture,
    /// A link that leads nowhere: known are `https://…`, `#node` and `lesson:id`.
    Link(String),
    /// `{{` without its end, or with nothing in it.
    Figure,
    /// A heading below the third level.
    DeepHeading,
}

/// The classes of headings of the third level.
pub const PARTS: [&str; 5] = ["choices", "hint", "solution", "done", "when"];

impl std::fmt::Display for What {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            What::NoTitle => write!(formatter, "the title is missing: begin with \"# …\""),
            What::SecondTitle => {
                write!(formatter, "there is a second title: \"#\" stands once; steps begin with \"##\"")
            }
            What::NoId => write!(formatter, "the heading of a step needs the step's id: \"## … {{#id}}\""),
            What::IdTwice(id) => write!(formatter, "there is a section \"{id}\" already"),
            What::NoPart => write!(formatter, "say what this is by a class: \"### … {{.{}}}\"", PARTS.join("}, {.")),
            What::PartTwice(part) => write!(formatter, "this step has a part \"{part}\" already"),
            What::NoReaction => write!(formatter, "name what this answers: \"### {{.when #name}}\""),
            What::PartOutside => write!(formatter, "a part belongs below the \"## …\" of its step"),
            What::NoChoices => write!(formatter, "choices are a list, and nothing else"),
            What::Html => write!(formatter, "HTML is not shown: write Markdown"),
            What::Picture => write!(formatter, "pictures are not shown: the stage is the picture"),
            What::Link(to) => {
                write!(formatter, "\"{to}\" leads nowhere: there are https:// addresses, \"#node\" and \"lesson:id\"")
            }
            What::Figure => write!(formatter, "a figure is written {{{{name}}}}"),
            What::DeepHeading => write!(formatter, "headings have at most three levels"),
        }
    }
}
