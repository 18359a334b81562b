//! Small pictures, 16 units wide and high, drawn with a line of about 1.6 units and round ends.

use crate::scenario::NodeKind;

/// A kind of node.
pub fn kind(kind: NodeKind) -> &'static str {
    match kind {
        // Something comes out of a box.
        NodeKind::Producer => "M1.5 4h5v8h-5zM9 8h5.5M12 5.5 14.5 8 12 10.5",
        // Two arrows that part.
        NodeKind::Exchange => "M1.5 8h4M5.5 8 13.5 3.5M5.5 8l8 4.5M10 3.2l3.5.3-1.3 3.3M10 12.8l3.5-.3-1.3-3.3",
        // A box with places in a row.
        NodeKind::Queue => "M1.5 4h13v8h-13zM5.8 4v8M10.2 4v8",
        // Something goes into a box.
        NodeKind::Consumer => "M9.5 4h5v8h-5zM1.5 8H7M4.5 5.5 7 8l-2.5 2.5",
        // A person.
        NodeKind::Client => "M8 8.2a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8zM2.5 14c.6-2.7 2.7-4 5.5-4s4.9 1.3 5.5 4",
        // Angle brackets: a program.
        NodeKind::Service => "M5.5 4 1.5 8l4 4M10.5 4l4 4-4 4M9.2 3 6.8 13",
        // A drum.
        NodeKind::Database => {
            "M2.5 4c0-1.2 2.4-2.2 5.5-2.2s5.5 1 5.5 2.2v8c0 1.2-2.4 2.2-5.5 2.2S2.5 13.2 2.5 12zM2.5 4c0 1.2 2.4 2.2 5.5 2.2s5.5-1 5.5-2.2M2.5 8c0 1.2 2.4 2.2 5.5 2.2s5.5-1 5.5-2.2"
        }
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
/// Stands still: an hourglass.
pub const STALLED: &str = "M4 1.8h8M4 14.2h8M5 1.8c0 3.4 3 4.2 3 6.2s-3 2.8-3 6.2M11 1.8c0 3.4-3 4.2-3 6.2s3 2.8 3 6.2";
/// Takes its time: a clock.
pub const SLOW: &str = "M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 4.5V8l2.6 1.8";
