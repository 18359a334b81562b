//! Puts messages on a canvas. What they look like is decided by [`crate::view`]; here are the page's colours, its
//! digits, and the way of the pixels to the screen. Another painter may stand beside this one: all that it needs is a
//! display list and a camera.

mod digits;

use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::editor::Camera;
use crate::view::dots::DisplayList;
use crate::view::raster::{Area, Colour, Colours, Painting};

/// Beyond this many pixels to a CSS pixel nobody sees a difference, but every frame would cost more.
const MOST_RATIO: f64 = 2.0;

/// Paints on one canvas.
pub struct CanvasPainter {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    painting: Painting,
    ratio: f64,
}

impl CanvasPainter {
    /// A painter for a canvas; `None` where the browser has no context for it.
    pub fn new(canvas: HtmlCanvasElement) -> Option<CanvasPainter> {
        let context = context_of(&canvas)?;
        let mut painter = CanvasPainter { canvas, context, painting: Painting::default(), ratio: 0.0 };
        painter.read_colours();
        Some(painter)
    }

    /// Whether the canvas is fit for a screen with so many pixels to a CSS pixel.
    pub fn has_ratio(&self, ratio: f64) -> bool {
        self.ratio == painted_ratio(ratio)
    }

    /// Fits the canvas to its size on the page, in CSS pixels. What was painted is gone then.
    pub fn resize(&mut self, width: f64, height: f64, ratio: f64) {
        let ratio = painted_ratio(ratio);
        let pixels = |length: f64| (length * ratio).round().clamp(0.0, 16_384.0) as usize;
        let (columns, rows) = (pixels(width), pixels(height));
        self.canvas.set_width(columns as u32);
        self.canvas.set_height(rows as u32);
        self.painting.resize(columns, rows, ratio);
        if self.ratio != ratio {
            self.ratio = ratio;
            self.painting.set_digits(digits::draw(ratio).unwrap_or_default());
        }
    }

    /// Reads the page's colours again, as after a change of theme.
    pub fn read_colours(&mut self) {
        let defaults = Colours::default();
        let read = |name, fallback| page_colour(name, fallback).unwrap_or(fallback);
        self.painting.set_colours(Colours {
            message: read("--color-message", defaults.message),
            redelivered: read("--color-message-redelivered", defaults.redelivered),
            request: read("--color-request", defaults.request),
            failure: read("--color-danger", defaults.failure),
            followed: read("--color-accent", defaults.followed),
        });
    }

    /// See [`Painting::number_all`].
    pub fn number_all(&mut self, all: bool) {
        self.painting.number_all(all);
    }

    /// Paints a display list as the camera sees it, in place of what was painted before.
    pub fn paint(&mut self, list: &DisplayList, camera: &Camera) {
        if let Some(area) = self.painting.paint(list, camera) {
            // The canvas refuses pixels only where their number does not fit their measures.
            let _ = self.put(area);
        }
    }

    fn put(&self, area: Area) -> Result<(), JsValue> {
        let raster = self.painting.raster();
        // SAFETY: every four bytes that are a `u32` are four `u8` too, and a `u8` may stand anywhere.
        let (before, bytes, after) = unsafe { raster.pixels().align_to::<u8>() };
        debug_assert!(before.is_empty() && after.is_empty());
        // The image data looks right into the memory of the program, without a copy. It is made anew each time, and
        // nothing is allocated before it has been put: so the memory cannot move away from under it.
        let data =
            ImageData::new_with_u8_clamped_array_and_sh(Clamped(bytes), raster.width() as u32, raster.height() as u32)?;
        let (left, top) = (area.left as f64, area.top as f64);
        let (width, height) = (area.width as f64, area.height as f64);
        self.context.put_image_data_with_dirty_x_and_dirty_y_and_dirty_width_and_dirty_height(
            &data, 0.0, 0.0, left, top, width, height,
        )
    }
}

/// How many pixels are painted to a CSS pixel.
fn painted_ratio(ratio: f64) -> f64 {
    if ratio > 0.0 { ratio.min(MOST_RATIO) } else { 1.0 }
}

fn context_of(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// A colour that the page's style sheet names. It may be written in any way that the browser knows: one pixel is
/// painted with it and looked at.
fn page_colour(name: &str, fallback: Colour) -> Option<Colour> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let style = window.get_computed_style(&document.document_element()?).ok()??;
    let value = style.get_property_value(name).ok()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(1);
    canvas.set_height(1);
    let context = context_of(&canvas)?;
    let [red, green, blue] = fallback.channels;
    // What is no colour changes nothing.
    context.set_fill_style_str(&format!("rgb({red} {green} {blue})"));
    context.set_fill_style_str(value.trim());
    context.fill_rect(0.0, 0.0, 1.0, 1.0);
    let pixel = context.get_image_data(0.0, 0.0, 1.0, 1.0).ok()?.data();
    Some(Colour::new(pixel[0], pixel[1], pixel[2]))
}
