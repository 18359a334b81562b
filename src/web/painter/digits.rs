//! The ten digits, drawn once by the browser in the page's own type.

use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

use crate::view::raster::Digits;

/// The size of the type, in CSS pixels.
const SIZE: f64 = 11.0;

/// How high digits stand over the line, as part of the size: a little more than in any usual type.
const RISE: f64 = 0.76;

/// Draws the digits, `ratio` pixels to a CSS pixel; `None` where the browser cannot.
pub(super) fn draw(ratio: f64) -> Option<Digits> {
    let document = web_sys::window()?.document()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    let font = format!("600 {}px system-ui, sans-serif", SIZE * ratio);
    let context = super::context_of(&canvas)?;
    context.set_font(&font);
    let mut widest: f64 = 0.0;
    for digit in 0..10 {
        widest = widest.max(context.measure_text(&digit.to_string()).ok()?.width());
    }
    let (width, height) = (widest.ceil(), (SIZE * ratio * RISE).ceil() + 2.0);
    canvas.set_width(width as u32 * 10);
    canvas.set_height(height as u32);
    // Another size makes the canvas forget its settings.
    context.set_font(&font);
    context.set_text_align("center");
    context.set_fill_style_str("#000");
    for digit in 0..10 {
        context.fill_text(&digit.to_string(), (f64::from(digit) + 0.5) * width, height - 1.0).ok()?;
    }
    let pixels = context.get_image_data(0.0, 0.0, width * 10.0, height).ok()?.data();
    let coverage = pixels.chunks_exact(4).map(|pixel| pixel[3]).collect();
    Some(Digits { width: width as usize, height: height as usize, coverage })
}
