//! Places on the stage, in stage units: one is a CSS pixel at zoom 1; y grows downwards.

use serde::{Deserialize, Serialize};

/// A place on the stage; `[x, y]` in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
#[serde(from = "[f64; 2]", into = "[f64; 2]")]
#[cfg_attr(not(target_arch = "wasm32"), schemars(with = "[f64; 2]"))]
pub struct Point {
    /// Rightwards.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

impl From<[f64; 2]> for Point {
    fn from([x, y]: [f64; 2]) -> Point {
        Point { x, y }
    }
}

impl From<Point> for [f64; 2] {
    fn from(point: Point) -> [f64; 2] {
        [point.x, point.y]
    }
}

impl Point {
    /// The place at `x`, `y`.
    pub const fn new(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    /// This place, `x` further right and `y` further down.
    pub fn moved(self, x: f64, y: f64) -> Point {
        Point::new(self.x + x, self.y + y)
    }

    /// The distance between two places.
    pub fn distance(self, other: Point) -> f64 {
        let (x, y) = (self.x - other.x, self.y - other.y);
        (x * x + y * y).sqrt()
    }
}

/// An upright rectangle on the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// The corner at the top left.
    pub origin: Point,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Rect {
    /// A rectangle by its top left corner and its size.
    pub const fn new(origin: Point, width: f64, height: f64) -> Rect {
        Rect { origin, width, height }
    }

    /// The rectangle with these two opposite corners.
    pub fn between(a: Point, b: Point) -> Rect {
        Rect::new(Point::new(a.x.min(b.x), a.y.min(b.y)), (a.x - b.x).abs(), (a.y - b.y).abs())
    }

    /// Whether two rectangles have more than their borders in common.
    pub fn meets(&self, other: &Rect) -> bool {
        self.origin.x < other.origin.x + other.width
            && other.origin.x < self.origin.x + self.width
            && self.origin.y < other.origin.y + other.height
            && other.origin.y < self.origin.y + self.height
    }

    /// Whether a place lies inside or on the border.
    pub fn contains(&self, point: Point) -> bool {
        (self.origin.x..=self.origin.x + self.width).contains(&point.x)
            && (self.origin.y..=self.origin.y + self.height).contains(&point.y)
    }

    /// Whether another rectangle lies inside.
    pub fn holds(&self, other: &Rect) -> bool {
        self.contains(other.origin) && self.contains(other.origin.moved(other.width, other.height))
    }

    /// The middle.
    pub fn centre(&self) -> Point {
        self.origin.moved(self.width / 2.0, self.height / 2.0)
    }

    /// This rectangle, `by` larger on each side.
    pub fn grown(&self, by: f64) -> Rect {
        Rect::new(self.origin.moved(-by, -by), self.width + 2.0 * by, self.height + 2.0 * by)
    }

    /// The smallest rectangle that holds both.
    pub fn union(&self, other: &Rect) -> Rect {
        let left = self.origin.x.min(other.origin.x);
        let top = self.origin.y.min(other.origin.y);
        let right = (self.origin.x + self.width).max(other.origin.x + other.width);
        let bottom = (self.origin.y + self.height).max(other.origin.y + other.height);
        Rect::new(Point::new(left, top), right - left, bottom - top)
    }
}

/// The cubic Bézier curve of an edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// Where it begins, its two control points, and where it ends.
    pub points: [Point; 4],
}

impl Curve {
    /// The curve of an edge between two handles: it leaves to the right and arrives from the left, and
    /// bends further out where it has to run back.
    pub fn between(from: Point, to: Point) -> Curve {
        let ahead = to.x - from.x;
        let reach = if ahead >= 0.0 { (ahead / 2.0).max(24.0) } else { (24.0 - ahead * 0.5).min(240.0) };
        Curve { points: [from, from.moved(reach, 0.0), to.moved(-reach, 0.0), to] }
    }

    /// The place at `part` of the curve's parameter, 0 the beginning and 1 the end.
    pub fn at(&self, part: f64) -> Point {
        let rest = 1.0 - part;
        let weights = [rest * rest * rest, 3.0 * rest * rest * part, 3.0 * rest * part * part, part * part * part];
        let mut place = Point::default();
        for (weight, point) in weights.iter().zip(&self.points) {
            place = place.moved(weight * point.x, weight * point.y);
        }
        place
    }

    /// A rectangle that holds the whole curve: the one around its points.
    pub fn bounds(&self) -> Rect {
        let [first, rest @ ..] = self.points.map(|point| Rect::new(point, 0.0, 0.0));
        rest.iter().fold(first, |all, point| all.union(point))
    }

    /// The curve as the `d` attribute of an SVG path.
    pub fn svg_path(&self) -> String {
        let [a, b, c, d] = self.points;
        format!("M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}", a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_begins_and_ends_at_its_handles() {
        let (from, to) = (Point::new(10.0, 20.0), Point::new(-90.0, 70.0));
        let curve = Curve::between(from, to);
        assert_eq!(curve.at(0.0), from);
        assert_eq!(curve.at(1.0), to);
    }

    #[test]
    fn bounds_hold_the_whole_curve() {
        let curve = Curve::between(Point::new(10.0, 20.0), Point::new(-90.0, 70.0));
        let bounds = curve.bounds();
        assert!((0..=20).all(|step| bounds.contains(curve.at(f64::from(step) / 20.0))), "{bounds:?}");
    }

    #[test]
    fn rectangles_meet_and_hold_each_other() {
        let rect = |x: f64, y: f64, length: f64| Rect::new(Point::new(x, y), length, length);
        assert!(rect(0.0, 0.0, 10.0).holds(&rect(2.0, 2.0, 8.0)) && !rect(0.0, 0.0, 10.0).holds(&rect(2.0, 2.0, 9.0)));
        assert!(rect(0.0, 0.0, 10.0).meets(&rect(9.0, 9.0, 5.0)) && !rect(0.0, 0.0, 10.0).meets(&rect(9.0, 11.0, 5.0)));
    }

    #[test]
    fn a_union_holds_both() {
        let a = Rect::new(Point::new(0.0, 0.0), 10.0, 10.0);
        let b = Rect::new(Point::new(-5.0, 20.0), 5.0, 5.0);
        let both = a.union(&b);
        assert!(both.contains(a.centre()) && both.contains(b.centre()));
        assert_eq!(both, Rect::new(Point::new(-5.0, 0.0), 15.0, 25.0));
    }
}
