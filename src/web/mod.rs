//! What needs the browser but no component: the frame loop and the painter of messages.

pub mod bench;
pub mod embedding;
pub mod frame;
pub mod painter;
pub mod file;
pub mod panic;
pub mod preferences;
pub mod storage;
pub mod surroundings;
