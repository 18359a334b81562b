//! The MQ Playground: a message-queue engine that is exact, and a page that lets people run it, break it and
//! measure it.
//!
//! `ARCHITECTURE.md` has the map. In one line: a [`scenario`] is run by the [`engine`]; a [`session`] holds one
//! run and takes [`session::Command`]s; [`view`] says what is to be seen of it; `ui` and `web` (wasm only) show it.
//!
//! All but the last two are the crate `mq-core`: it is laid out for speed, and the page for size.

pub use mq_core::*;

#[cfg(target_arch = "wasm32")]
pub mod ui;
#[cfg(target_arch = "wasm32")]
pub mod web;
