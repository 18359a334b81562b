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
    fn the_whole_content_is_shown() {
        let content = Rect::new(Point::new(-50.0, 40.0), 900.0, 300.0);
        let camera = Camera::showing(content, 640.0, 480.0, 20.0, 1.0);
        let corner = camera.to_view(content.origin);
        assert!(corner.x >= 20.0 - 1e-9 && corner.y >= 20.0 - 1e-9);
    }
}
