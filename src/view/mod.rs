//! What is to be seen of a session: places, shapes and sentences as data. No browser in here.

pub mod layout;
