//! Where the stage is looked at from.

use crate::base::{Point, Rect};

/// The part of the stage that is seen. Never undone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Where the stage's origin stands in the view, in CSS pixels.
    pub offset: Point,
    /// CSS pixels per stage unit.
    pub zoom: f64,
}

impl Default for Camera {
    fn default() -> Camera {
        Camera { offset: Point::default(), zoom: 1.0 }
    }
}

impl Camera {
    /// The least zoom.
    pub const LEAST_ZOOM: f64 = 0.1;
    /// The most zoom.
    pub const MOST_ZOOM: f64 = 4.0;

    /// The place in the view of a place on the stage.
    pub fn to_view(&self, stage: Point) -> Point {
        Point::new(stage.x * self.zoom + self.offset.x, stage.y * self.zoom + self.offset.y)
    }

    /// The place on the stage of a place in the view.
    pub fn to_stage(&self, view: Point) -> Point {
        Point::new((view.x - self.offset.x) / self.zoom, (view.y - self.offset.y) / self.zoom)
    }

    /// The same camera, `x` and `y` pixels further.
    pub fn panned(&self, x: f64, y: f64) -> Camera {
        Camera { offset: self.offset.moved(x, y), ..*self }
    }

    /// The camera zoomed by a factor, so that what is at `view` stays there.
    pub fn zoomed(&self, factor: f64, view: Point) -> Camera {
        let fixed = self.to_stage(view);
        let zoom = (self.zoom * factor).clamp(Camera::LEAST_ZOOM, Camera::MOST_ZOOM);
        Camera { offset: Point::new(view.x - fixed.x * zoom, view.y - fixed.y * zoom), zoom }
    }

    /// The camera pushed as little as is needed to see a rectangle of the stage in a view of this size, `margin` pixels
    /// left free; of one that is larger than the view, its beginning. `None`: it is seen already.
    pub fn revealing(&self, rect: Rect, width: f64, height: f64, margin: f64) -> Option<Camera> {
        let corner = self.to_view(rect.origin);
        let shift = |from: f64, length: f64, view: f64| {
            let (before, behind) = (margin - from, view - margin - (from + length));
            if before > 0.0 { before } else { behind.min(0.0).max(before) }
        };
        let x = shift(corner.x, rect.width * self.zoom, width);
        let y = shift(corner.y, rect.height * self.zoom, height);
        (x != 0.0 || y != 0.0).then(|| self.panned(x, y))
    }

    /// The camera that shows `content` in the middle of a view of this size, `margin` pixels left free, at a zoom of
    /// at most `most_zoom`.
    pub fn showing(content: Rect, width: f64, height: f64, margin: f64, most_zoom: f64) -> Camera {
        let free = |length: f64| (length - 2.0 * margin).max(1.0);
        let zoom = (free(width) / content.width.max(1.0))
            .min(free(height) / content.height.max(1.0))
            .min(most_zoom)
            .clamp(Camera::LEAST_ZOOM, Camera::MOST_ZOOM);
        let centre = content.centre();
        Camera { offset: Point::new(width / 2.0 - centre.x * zoom, height / 2.0 - centre.y * zoom), zoom }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_pointed_place() {
        let camera = Camera { offset: Point::new(30.0, -10.0), zoom: 0.8 };
        let pointer = Point::new(200.0, 150.0);
        let zoomed = camera.zoomed(1.7, pointer);
        assert!(zoomed.to_stage(pointer).distance(camera.to_stage(pointer)) < 1e-9);
        assert!(zoomed.to_view(zoomed.to_stage(pointer)).distance(pointer) < 1e-9);
    }

    #[test]
    fn a_rectangle_is_revealed_by_the_smallest_push() {
        let camera = Camera { offset: Point::new(10.0, 10.0), zoom: 2.0 };
        let revealed = |x: f64, y: f64, side: f64| {
            let camera = camera.revealing(Rect::new(Point::new(x, y), side, side), 400.0, 300.0, 16.0)?;
            Some((camera.offset.x - 10.0, camera.offset.y - 10.0))
        };
        assert_eq!(revealed(50.0, 50.0, 20.0), None);
        assert_eq!(revealed(-20.0, 50.0, 20.0), Some((46.0, 0.0)));
        assert_eq!(revealed(200.0, 50.0, 20.0), Some((400.0 - 16.0 - 450.0, 0.0)));
        // What is larger than the view shows its beginning.
        assert_eq!(revealed(50.0, 60.0, 500.0), Some((16.0 - 110.0, 16.0 - 130.0)));
    }

    #[test]
    fn the_whole_content_is_shown() {
        let content = Rect::new(Point::new(-50.0, 40.0), 900.0, 300.0);
        let camera = Camera::showing(content, 640.0, 480.0, 20.0, 1.0);
        let corner = camera.to_view(content.origin);
        assert!(corner.x >= 20.0 - 1e-9 && corner.y >= 20.0 - 1e-9);
    }
}
