//! What each kind of node does: one file of behaviour each.

pub(super) mod client;
pub(super) mod consumer;
pub(super) mod database;
pub(super) mod exchange;
pub(super) mod producer;
pub(super) mod program;
pub(super) mod queue;
pub(super) mod service;
pub(super) mod slots;
pub(super) mod timetable;
