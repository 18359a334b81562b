//! Editing: changes that can be undone, what is selected, and where the camera stands.

mod camera;
mod change;
mod history;

pub use camera::Camera;
pub use change::{Change, Swap};
pub use history::History;
