//! Pictures that only a browser can make of an SVG: points in a PNG, frames of a GIF.

use std::cell::RefCell;
use std::rc::Rc;

use base64::Engine as _;
use gif::{Encoder, Frame, Repeat};
use gloo_events::EventListener;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

/// A text as an address that holds it.
pub fn svg_address(svg: &str) -> String {
    format!("data:image/svg+xml;charset=utf-8,{}", String::from(js_sys::encode_uri_component(svg)))
}

/// Paints an SVG at a size in points; `done` gets the canvas, or nothing where the browser cannot.
fn paint(svg: &str, size: (u32, u32), done: impl FnOnce(Option<Painted>) + 'static) {
    let image = match HtmlImageElement::new() {
        Ok(image) => image,
        Err(_) => return done(None),
    };
    type Done = Rc<RefCell<Option<Box<dyn FnOnce(Option<Painted>)>>>>;
    let done: Done = Rc::new(RefCell::new(Some(Box::new(done))));
    let finish = |done: &Done, painted: Option<Painted>| {
        let first = done.borrow_mut().take();
        if let Some(first) = first {
            first(painted);
        }
    };
    let (loaded, late) = (image.clone(), done.clone());
    EventListener::once(&image, "load", move |_| finish(&done, Painted::of(&loaded, size))).forget();
    EventListener::once(&image, "error", move |_| finish(&late, None)).forget();
    image.set_src(&svg_address(svg));
}

struct Painted {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    size: (u32, u32),
}

impl Painted {
    fn of(image: &HtmlImageElement, size: (u32, u32)) -> Option<Painted> {
        let canvas: HtmlCanvasElement =
            web_sys::window()?.document()?.create_element("canvas").ok()?.dyn_into().ok()?;
        canvas.set_width(size.0);
        canvas.set_height(size.1);
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        context.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, size.0.into(), size.1.into()).ok()?;
        Some(Painted { canvas, context, size })
    }
}

/// An SVG as a PNG; `done` gets its bytes, or nothing where the browser cannot paint it.
pub fn png(svg: &str, size: (u32, u32), done: impl FnOnce(Option<Vec<u8>>) + 'static) {
    paint(svg, size, move |painted| {
        let address = painted.and_then(|painted| painted.canvas.to_data_url_with_type("image/png").ok());
        let bytes = address.as_deref().and_then(|address| address.strip_prefix("data:image/png;base64,"));
        done(bytes.and_then(|bytes| base64::engine::general_purpose::STANDARD.decode(bytes).ok()));
    });
}

/// How long a frame of an animation stands, in hundredths of a second.
pub const FRAME_HUNDREDTHS: u16 = 10;
/// How coarsely colours are chosen, 1 to 30: few are in these pictures.
const COARSE: i32 = 20;

/// An animation on its way: frames are asked for one by one.
struct Film {
    encoder: Encoder<Vec<u8>>,
    size: (u32, u32),
    left: Box<dyn Iterator<Item = String>>,
    told: Box<dyn Fn(usize)>,
    made: usize,
    done: Box<dyn FnOnce(Option<Vec<u8>>)>,
}

/// SVGs as an animated GIF that begins anew at its end. `told` hears how many frames there are; `done` gets the bytes.
pub fn gif(
    size: (u32, u32),
    frames: impl Iterator<Item = String> + 'static,
    told: impl Fn(usize) + 'static,
    done: impl FnOnce(Option<Vec<u8>>) + 'static,
) {
    let encoder = u16::try_from(size.0).ok().zip(u16::try_from(size.1).ok()).and_then(|(width, height)| {
        let mut encoder = Encoder::new(Vec::new(), width, height, &[]).ok()?;
        encoder.set_repeat(Repeat::Infinite).ok()?;
        Some(encoder)
    });
    let Some(encoder) = encoder else { return done(None) };
    go_on(Film { encoder, size, left: Box::new(frames), told: Box::new(told), made: 0, done: Box::new(done) });
}

fn go_on(mut film: Film) {
    let Some(svg) = film.left.next() else {
        let bytes = film.encoder.into_inner().ok();
        return (film.done)(bytes);
    };
    paint(&svg, film.size, move |painted| {
        let pixels = painted.and_then(|Painted { context, size, .. }| {
            context.get_image_data(0.0, 0.0, size.0.into(), size.1.into()).ok()
        });
        let Some(pixels) = pixels else { return (film.done)(None) };
        let (width, height) = (film.size.0 as u16, film.size.1 as u16);
        let mut frame = Frame::from_rgba_speed(width, height, &mut pixels.data().0, COARSE);
        frame.delay = FRAME_HUNDREDTHS;
        if film.encoder.write_frame(&frame).is_err() {
            return (film.done)(None);
        }
        film.made += 1;
        (film.told)(film.made);
        // The page is to breathe in between.
        gloo_timers::callback::Timeout::new(0, move || go_on(film)).forget();
    });
}
