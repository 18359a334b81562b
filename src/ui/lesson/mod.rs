//! Lessons on the page: the list of them, the panel with the step, the teacher's view, the sheet to print, and the dialog in which a
//! lesson is made.

pub mod keeper;
mod list;
mod making;
mod panel;
mod presentation;
mod sheet;
mod text;

pub use keeper::open_folder;
pub use list::LessonList;
pub use making::{Making, Recording};
pub use panel::LessonPanel;
pub use presentation::{Presenting, full_screen, use_clicker};
pub use sheet::Sheet;
