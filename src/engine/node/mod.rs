//! What each kind of node does: one file of behaviour each.

pub(super) mod consumer;
pub(super) mod exchange;
pub(super) mod producer;
pub(super) mod queue;
