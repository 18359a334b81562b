//! The page's components. Nothing in here runs once per frame: messages are painted by `web`, and a component wakes
//! only when the slice of the session that it reads has changed.

pub mod store;
