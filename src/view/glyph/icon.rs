//! Small pictures, 16 units wide and high, drawn with a line of about 1.6 units and round ends.

use crate::scenario::NodeKind;

/// A kind of node.
pub fn kind(kind: NodeKind) -> &'static str {
    match kind {
        // A tower that sends.
        NodeKind::Producer => "M8 8v6M5.5 14h5M8 8h.01M5.2 10.8a4 4 0 0 1 0-5.6M10.8 5.2a4 4 0 0 1 0 5.6M3 13a7 7 0 0 1 0-10M13 3a7 7 0 0 1 0 10",
        // A tank with messages in a row.
        NodeKind::Queue => "M1.5 4.5h13v7h-13zM5 7v2M8 7v2M11 7v2",
        // A tray into which things come down.
        NodeKind::Consumer => "M8 2v7M5 6.5l3 3 3-3M2 10v3.5h12V10",
    }
}

/// Breaks a node.
pub const CRASH: &str = "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z";
/// Brings it back.
pub const RESTART: &str = "M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.5V5H10";
/// Broken.
pub const CRASHED: &str = "M5.5 1.5h5l4 4v5l-4 4h-5l-4-4v-5zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4";
/// A warning.
pub const WARNING: &str = "M8 2 14.5 13.5h-13zM8 6.5v3.2M8 11.7v.01";
/// Messages pile up.
pub const RISING: &str = "M2.5 12 7 7.5l2.5 2.5 4-5M9.8 4.5h4v4";
/// The pile gets smaller.
pub const FALLING: &str = "M2.5 4 7 8.5 9.5 6l4 5M9.8 11.5h4v-4";
/// As it was.
pub const STEADY: &str = "M2 8h11M10 5l3 3-3 3";
/// At work.
pub const WORKING: &str = "M5 3v10l8-5z";
/// Nothing to do.
pub const IDLE: &str = "M5.5 3.5v9M10.5 3.5v9";
