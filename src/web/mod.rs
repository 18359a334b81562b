//! What needs the browser but no component: the frame loop and the painter of messages, what the page keeps, and what
//! it hears from around it.

pub mod bench;
pub mod broker;
pub mod embedding;
pub mod fetch;
pub mod file;
pub mod frame;
pub mod next_frame;
pub mod painter;
pub mod panic;
pub mod pattern;
pub mod picture;
pub mod preferences;
pub mod socket;
pub mod storage;
pub mod study;
pub mod surroundings;
pub mod visible;
