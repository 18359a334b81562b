//! Words that every room shares: time, places on the stage, languages.

mod geometry;
mod language;
mod markup;
mod names;
mod time;

pub use geometry::{Curve, Point, Rect};
pub use language::{Language, Text};
pub use markup::escaped;
pub use names::Names;
pub use time::{Micros, ParseDurationError};
