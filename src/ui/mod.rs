//! The page's components. Nothing in here runs once per frame: messages are painted by `web`, and a component wakes
//! only when the slice of the session that it reads has changed.

pub mod app;
pub mod autosave;
mod charts;
mod commands;
mod dialog;
mod document;
mod event_log;
mod faults;
pub mod fields;
pub mod figures;
mod focus;
pub mod gallery;
mod handler;
pub mod header;
pub mod help;
pub mod icon;
pub mod inspector;
pub mod invitation;
mod journey;
mod lanes;
pub mod ledger;
pub mod lesson;
mod live;
mod messages;
pub mod notices;
pub mod number;
mod outline;
pub mod palette;
mod route;
mod script;
mod skip;
pub mod stage;
pub mod store;
pub mod study;
mod theory;
pub mod transport;
