//! What is to be seen of a session: places, shapes and sentences as data. No browser in here.

pub mod arrange;
pub mod beside;
pub mod chart;
pub mod code;
pub mod dots;
pub mod fate;
pub mod faults;
pub mod gallery;
pub mod glyph;
pub mod ground;
pub mod header;
pub mod incident;
pub mod labels;
pub mod layout;
pub mod making;
pub mod marks;
pub mod mixed;
pub mod outline;
pub mod own;
pub mod pace;
pub mod picture;
pub mod raster;
pub mod sparkline;
pub mod spoken;
pub mod summary;
pub mod theory;
