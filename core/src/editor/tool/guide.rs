//! Guides: where what is carried stands in one line with what lies still.

use crate::base::{Point, Rect};

/// How near to a line something is drawn to it, in CSS pixels.
const REACH: f64 = 6.0;

/// A line that shows what stands in one row or one column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guide {
    /// Where it begins, on the stage.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
}

/// The beginning, the middle and the end of a length.
fn anchors(from: f64, length: f64) -> [f64; 3] {
    [from, from + length / 2.0, from + length]
}

/// What makes a line with an anchor: middles with middles, borders with borders.
fn partners(anchor: usize) -> &'static [usize] {
    if anchor == 1 { &[1] } else { &[0, 2] }
}

/// The least shift that brings one of the carried anchors onto one of the others.
fn nearest(carried: [f64; 3], others: impl Iterator<Item = [f64; 3]>, reach: f64) -> Option<f64> {
    let shifts = others.flat_map(|other| {
        let all = carried.into_iter().enumerate();
        all.flat_map(move |(anchor, mine)| partners(anchor).iter().map(move |theirs| other[*theirs] - mine))
    });
    shifts.filter(|shift| shift.abs() <= reach).min_by(|a, b| a.abs().total_cmp(&b.abs()))
}

/// How far a carried rectangle is drawn to the lines of the others, each way; `None`: none is near.
pub(super) fn drawn(carried: Rect, others: &[Rect], zoom: f64) -> (Option<f64>, Option<f64>) {
    let reach = REACH / zoom;
    let x = |rect: &Rect| anchors(rect.origin.x, rect.width);
    let y = |rect: &Rect| anchors(rect.origin.y, rect.height);
    (nearest(x(&carried), others.iter().map(x), reach), nearest(y(&carried), others.iter().map(y), reach))
}

/// The lines that a rectangle shares with others where it stands now: for each side, middle and other side one line, as
/// long as all that stands on it.
pub(super) fn shown(carried: Rect, others: &[Rect]) -> Vec<Guide> {
    let mut guides = Vec::new();
    let mut line = |anchor: usize, across: fn(&Rect) -> [f64; 3], along: fn(&Rect) -> (f64, f64), upright: bool| {
        let place = across(&carried)[anchor];
        let on_line = |rect: &&Rect| partners(anchor).iter().any(|theirs| (across(rect)[*theirs] - place).abs() < 0.01);
        let on_it = others.iter().filter(on_line);
        let reach = on_it.map(along).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        if let Some((from, to)) = reach {
            let mine = along(&carried);
            let (from, to) = (from.min(mine.0), to.max(mine.1));
            let at = |along: f64| if upright { Point::new(place, along) } else { Point::new(along, place) };
            guides.push(Guide { from: at(from), to: at(to) });
        }
    };
    let x: fn(&Rect) -> [f64; 3] = |rect| anchors(rect.origin.x, rect.width);
    let y: fn(&Rect) -> [f64; 3] = |rect| anchors(rect.origin.y, rect.height);
    let wide: fn(&Rect) -> (f64, f64) = |rect| (rect.origin.x, rect.origin.x + rect.width);
    let high: fn(&Rect) -> (f64, f64) = |rect| (rect.origin.y, rect.origin.y + rect.height);
    for anchor in 0..3 {
        line(anchor, x, high, true);
        line(anchor, y, wide, false);
    }
    guides
}
