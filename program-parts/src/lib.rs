//! Splits the page's program in two: what it begins with, and what comes when it has begun. A page is alive before all of its
//! program is there.
//!
//! Which functions it begins with is a [`List`] of names. It need not be right: what is called before it is there is fetched at
//! once, and the page waits for it.

mod glue;
mod list;
mod page;
mod program;
mod split;
mod telling;

pub use list::List;
pub use page::{Files, WHOLE_GLUE, WHOLE_WASM, split_program};
pub use program::Program;
pub use split::{Parts, split};
pub use telling::telling;

/// The JavaScript of a program that is [`telling`]: the numbers are in the set `called`, which the page has.
///
/// # Errors
/// It is not as wasm-bindgen makes it.
pub fn hearing(script: &str) -> Result<String, String> {
    glue::hearing(script)
}
