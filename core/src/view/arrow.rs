//! The heads of lines, as paths in the notation of SVG.

use super::layout::Link;
use crate::base::{Curve, Point};

/// Where an edge arrives. Every curve arrives from the left; the tip touches the handle's rim.
pub fn head(curve: &Curve) -> String {
    let [.., Point { x, y }] = curve.points;
    let (tip, back) = (x - 7.0, x - 18.0);
    format!("M{back:.1} {:.1}L{tip:.1} {y:.1}L{back:.1} {:.1}L{:.1} {y:.1}Z", y - 6.0, y + 6.0, back + 3.0)
}

/// Where the answers of a call come back: a smaller one, open, at the beginning.
pub fn tail(curve: &Curve) -> String {
    let [Point { x, y }, ..] = curve.points;
    format!("M{0:.1} {1:.1}L{2:.1} {y:.1}L{0:.1} {3:.1}", x + 15.0, y - 4.5, x + 8.0, y + 4.5)
}

/// Where a line arrives that a setting draws: from above or from below.
pub fn of_link(link: &Link) -> String {
    let [.., Point { x, y }] = link.curve.points;
    let back = if link.downwards { -10.0 } else { 10.0 };
    let (tip, wings) = (y + back * 0.1, y + back);
    format!("M{:.1} {wings:.1}L{x:.1} {tip:.1}L{:.1} {wings:.1}Z", x - 5.5, x + 5.5)
}
