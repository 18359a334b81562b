//! Editing: changes that can be undone, what can be asked for by name, where the camera stands, and what pointers and keys
//! mean.

pub mod action;
mod camera;
mod change;
pub mod clipboard;
mod history;
pub mod tool;

pub use camera::Camera;
pub use change::{Change, Swap};
pub use history::History;
