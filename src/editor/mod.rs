//! Editing: changes that can be undone, where the camera stands, and what pointers and keys mean.

mod camera;
mod change;
mod history;
pub mod tool;

pub use camera::Camera;
pub use change::{Change, Swap};
pub use history::History;
