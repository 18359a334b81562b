//! The MQ Playground: a message-queue engine that is exact, and a page that lets people run it, break it and
//! measure it.
//!
//! `ARCHITECTURE.md` has the map. In one line: a [`scenario`] is run by the [`engine`]; a [`session`] holds one
//! run and takes [`session::Command`]s; [`view`] says what is to be seen of it; `ui` and `web` (wasm only) show it.

pub mod base;
#[cfg(not(target_arch = "wasm32"))]
pub mod conform;
pub mod editor;
pub mod embed;
pub mod engine;
pub mod interop;
pub mod lessons;
pub mod link;
pub mod live;
pub mod scenario;
pub mod session;
pub mod study;
pub mod theory;
pub mod timeline;
pub mod view;
pub mod words;
