//! Messages as pixels: paints a display list into a buffer of colours, ready for a canvas.
//!
//! The buffer is never cleared as a whole: what was painted is remembered and taken out again, so that a frame costs
//! as much as there is to be seen in it. Dots are stamped from sprites that are drawn beforehand, with smooth rims and
//! at quarters of a pixel. Where two things meet, the more opaque one is seen: opaque cores, soft rims, and no sums.

use crate::editor::Camera;

use super::dots::{DisplayList, Dot, Flow, Look, Path};

/// The pixels of a stamp are handled in groups of as many; rows of sprites are filled up with clear pixels.
const GROUP: usize = 4;

/// In how many places between two pixels a sprite can stand, along each axis.
const PHASES: usize = 4;

/// Up to how many dots carry their numbers.
pub const MOST_NUMBERED: usize = 300;

/// From which zoom on dots carry their numbers.
pub const LEAST_NUMBERED_ZOOM: f64 = 1.5;

/// Up to how many dots are drawn large.
const MOST_LARGE: usize = 1_000;

/// How many strengths of a band are told apart.
const STRENGTHS: usize = 12;

/// A colour without transparency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Red, green and blue.
    pub channels: [u8; 3],
}

impl Colour {
    /// A colour from its channels.
    pub const fn new(red: u8, green: u8, blue: u8) -> Colour {
        Colour { channels: [red, green, blue] }
    }

    /// The pixel of this colour, from 0 clear to 255 opaque. A canvas wants the four bytes in this order.
    #[inline]
    fn pixel(self, opacity: u8) -> u32 {
        let [red, green, blue] = self.channels;
        u32::from_le_bytes([red, green, blue, opacity])
    }

    /// The relative luminance, as WCAG 2 defines it.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.channels.map(|channel| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { libm::pow((part + 0.055) / 1.055, 2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast ratio of two colours, from 1 to 21.
    pub fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Black or white, whichever is read better on this colour: at least 4.5 : 1 on any.
    pub fn ink(self) -> Colour {
        let (black, white) = (Colour::new(0, 0, 0), Colour::new(255, 255, 255));
        if self.contrast(black) >= self.contrast(white) { black } else { white }
    }

    /// This colour, mixed with another one: 0 all this, 255 all the other.
    fn mixed(self, other: Colour, share: u8) -> Colour {
        let mut channels = self.channels;
        for (channel, toward) in channels.iter_mut().zip(other.channels) {
            let (from, to, share) = (i32::from(*channel), i32::from(toward), i32::from(share));
            *channel = (from + (to - from) * share / 255) as u8;
        }
        Colour { channels }
    }
}

/// The colours of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colours {
    /// A message.
    pub message: Colour,
    /// A message that was delivered before.
    pub redelivered: Colour,
    /// A request, or its good answer.
    pub request: Colour,
    /// An answer that says that something has failed.
    pub failure: Colour,
    /// Around a message that is followed.
    pub followed: Colour,
}

impl Default for Colours {
    fn default() -> Colours {
        Colours {
            message: Colour::new(0x1f, 0x6f, 0xeb),
            redelivered: Colour::new(0xd9, 0x6a, 0x00),
            request: Colour::new(0x1c, 0x5f, 0x9e),
            failure: Colour::new(0xb9, 0x34, 0x12),
            followed: Colour::new(0x33, 0x4d, 0xc8),
        }
    }
}

/// The ten digits, drawn beforehand, side by side, all of one width.
#[derive(Clone, Debug, Default)]
pub struct Digits {
    /// The width of one, in pixels.
    pub width: usize,
    /// The height.
    pub height: usize,
    /// How much of each pixel is covered, row by row over all ten.
    pub coverage: Vec<u8>,
}

impl Digits {
    fn covers(&self, digit: usize, column: usize, row: usize) -> u8 {
        self.coverage.get(row * self.width * 10 + digit * self.width + column).copied().unwrap_or(0)
    }
}

/// A part of the buffer, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// The first column.
    pub left: usize,
    /// The first row.
    pub top: usize,
    /// How many columns.
    pub width: usize,
    /// How many rows.
    pub height: usize,
}

/// The outline of what was painted.
#[derive(Clone, Copy)]
struct Extent {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Extent {
    const EMPTY: Extent = Extent { left: i32::MAX, top: i32::MAX, right: i32::MIN, bottom: i32::MIN };

    #[inline]
    fn include(&mut self, left: i32, top: i32, right: i32, bottom: i32) {
        self.left = self.left.min(left);
        self.top = self.top.min(top);
        self.right = self.right.max(right);
        self.bottom = self.bottom.max(bottom);
    }

    /// The part of it that lies on a buffer of this size.
    fn area(self, width: usize, height: usize) -> Option<Area> {
        let (left, top) = (self.left.max(0), self.top.max(0));
        let (right, bottom) = (self.right.min(width as i32), self.bottom.min(height as i32));
        (left < right && top < bottom).then(|| Area {
            left: left as usize,
            top: top as usize,
            width: (right - left) as usize,
            height: (bottom - top) as usize,
        })
    }
}

/// What was painted, to be taken out again: a rectangle by the place of its first pixel.
#[derive(Clone, Copy)]
struct Patch {
    place: u32,
    width: u16,
    height: u16,
}

/// A shape drawn beforehand, once for each place between pixels.
#[derive(Clone, Default)]
struct Sprite {
    /// Rows and columns.
    side: usize,
    /// Columns with those that fill a row up.
    stride: usize,
    /// From the left and upper border to the shape's middle, at the least.
    half: f32,
    pixels: Vec<u32>,
}

impl Sprite {
    /// Draws a shape from the distance of a place from its border: negative inside.
    fn draw(radius: f32, colour: Colour, opacity: u8, distance: impl Fn(f32, f32) -> f32) -> Sprite {
        let half = radius + 0.5;
        let side = (2.0 * half + 1.0).ceil() as usize;
        let stride = side.next_multiple_of(GROUP);
        let mut pixels = Vec::with_capacity(PHASES * PHASES * side * stride);
        for phase in 0..PHASES * PHASES {
            // The middle of the quarter, so that no place is drawn more than an eighth of a pixel off.
            let shift = |phase: usize| half + (phase as f32 + 0.5) / PHASES as f32;
            let (middle_x, middle_y) = (shift(phase % PHASES), shift(phase / PHASES));
            for row in 0..side {
                for column in 0..stride {
                    let (x, y) = (column as f32 + 0.5 - middle_x, row as f32 + 0.5 - middle_y);
                    let covered = (0.5 - distance(x, y)).clamp(0.0, 1.0);
                    let alpha = (covered * f32::from(opacity) + 0.5) as u8;
                    let visible = column < side && alpha > 0;
                    pixels.push(if visible { colour.pixel(alpha) } else { 0 });
                }
            }
        }
        Sprite { side, stride, half, pixels }
    }

    fn disc(radius: f32, colour: Colour, opacity: u8) -> Sprite {
        Sprite::draw(radius, colour, opacity, |x, y| (x * x + y * y).sqrt() - radius)
    }

    /// A square on its corner: told from a disc without colour too.
    fn diamond(radius: f32, colour: Colour) -> Sprite {
        Sprite::draw(radius, colour, 255, |x, y| (x.abs() + y.abs() - radius) * std::f32::consts::FRAC_1_SQRT_2)
    }

    /// A circle with nothing in it.
    fn ring(radius: f32, width: f32, colour: Colour) -> Sprite {
        let middle = radius - width / 2.0;
        Sprite::draw(radius, colour, 255, |x, y| ((x * x + y * y).sqrt() - middle).abs() - width / 2.0)
    }

    /// Two bars across each other.
    fn cross(radius: f32, width: f32, colour: Colour) -> Sprite {
        Sprite::draw(radius, colour, 255, |x, y| {
            let (along, across) = ((x + y).abs(), (x - y).abs());
            let turned = std::f32::consts::FRAC_1_SQRT_2;
            let bar = |long: f32, short: f32| (long * turned - radius).max(short * turned - width / 2.0);
            bar(along, across).min(bar(across, along))
        })
    }

    #[inline]
    fn phase(&self, phase: usize) -> &[u32] {
        let size = self.side * self.stride;
        &self.pixels[phase * size..(phase + 1) * size]
    }
}

/// The pixels of a canvas.
#[derive(Clone, Default)]
pub struct Raster {
    width: usize,
    height: usize,
    /// A little more than there is on the canvas, because patches are taken out in whole groups.
    pixels: Vec<u32>,
    patches: Vec<Patch>,
    /// How many pixels the patches have.
    patched: usize,
    extent: Option<Extent>,
}

impl Raster {
    /// A buffer of this size, all clear.
    pub fn resize(&mut self, width: usize, height: usize) {
        // A patch's place and size are kept in 32 and 16 bits.
        let (width, height) = (width.min(16_384), height.min(16_384));
        *self = Raster { width, height, ..Raster::default() };
        self.pixels = vec![0; width * height + GROUP];
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The pixels, row by row.
    pub fn pixels(&self) -> &[u32] {
        &self.pixels[..self.width * self.height]
    }

    /// Takes out everything that was painted, and says where that was.
    fn erase(&mut self) -> Option<Area> {
        let area = self.extent.take().and_then(|extent| extent.area(self.width, self.height));
        if let Some(area) = area {
            if self.patched * 2 > area.width * area.height {
                let first = area.top * self.width + area.left;
                let last = (area.top + area.height - 1) * self.width + area.left + area.width;
                self.pixels[first..last].fill(0);
            } else {
                for patch in &self.patches {
                    // Whole groups, also over the end of a row: whatever is there is to go as well.
                    let width = usize::from(patch.width).next_multiple_of(GROUP);
                    let rows = self.pixels[patch.place as usize..].chunks_mut(self.width);
                    for row in rows.take(usize::from(patch.height)) {
                        let length = width.min(row.len());
                        let (groups, rest) = row[..length].as_chunks_mut::<GROUP>();
                        groups.iter_mut().for_each(|group| *group = [0; GROUP]);
                        if !rest.is_empty() {
                            rest.fill(0);
                        }
                    }
                }
            }
        }
        self.patches.clear();
        self.patched = 0;
        area
    }

    #[inline]
    fn note(&mut self, place: usize, width: usize, height: usize) {
        self.patches.push(Patch { place: place as u32, width: width as u16, height: height as u16 });
        self.patched += width * height;
    }

    /// Stamps a sprite with its middle at a place of the buffer.
    #[inline]
    fn stamp(&mut self, sprite: &Sprite, x: f32, y: f32, extent: &mut Extent) {
        let (left, top) = (x - sprite.half, y - sprite.half);
        let side = sprite.side as f32;
        let visible = left > -side && top > -side && left < self.width as f32 && top < self.height as f32;
        // What is not a number is not visible either.
        if !visible {
            return;
        }
        // Shifted so that rounding towards zero always rounds down.
        const SHIFT: i32 = 256;
        let quarters = |place: f32| ((place + SHIFT as f32) * PHASES as f32) as i32;
        let (across, down) = (quarters(left), quarters(top));
        let phases = PHASES as i32;
        let (left, top) = (across / phases - SHIFT, down / phases - SHIFT);
        let source = sprite.phase((across % phases + down % phases * phases) as usize);
        let size = sprite.side as i32;
        extent.include(left, top, left + size, top + size);
        let (columns, rows) = (self.width as i32, self.height as i32);
        let inside = left >= 0 && top >= 0 && left + sprite.stride as i32 <= columns && top + size <= rows;
        if !inside {
            self.stamp_clipped(source, sprite.stride, Extent { left, top, right: left + size, bottom: top + size });
            return;
        }
        let place = top as usize * self.width + left as usize;
        self.note(place, sprite.stride, sprite.side);
        let end = place + (sprite.side - 1) * self.width + sprite.stride;
        let rows = self.pixels[place..end].chunks_mut(self.width);
        match sprite.stride {
            8 => blend_rows::<8>(rows, source),
            12 => blend_rows::<12>(rows, source),
            16 => blend_rows::<16>(rows, source),
            stride => {
                for (row, source) in rows.zip(source.chunks_exact(stride)) {
                    for (group, source) in row.as_chunks_mut().0.iter_mut().zip(source.as_chunks::<GROUP>().0) {
                        blend(group, source);
                    }
                }
            }
        }
    }

    /// The same for a sprite of which a part lies off the buffer.
    #[cold]
    fn stamp_clipped(&mut self, source: &[u32], stride: usize, outline: Extent) {
        let Some(area) = outline.area(self.width, self.height) else { return };
        let skipped = (area.left as i32 - outline.left) as usize;
        let first = (area.top as i32 - outline.top) as usize;
        self.note(area.top * self.width + area.left, area.width, area.height);
        for (row, source) in source.chunks_exact(stride).skip(first).take(area.height).enumerate() {
            let place = (area.top + row) * self.width + area.left;
            let pixels = &mut self.pixels[place..place + area.width];
            for (pixel, colour) in pixels.iter_mut().zip(&source[skipped..]) {
                *pixel = (*pixel).max(*colour);
            }
        }
    }

    /// Writes a number on a small plate, its middle at a place of the buffer.
    fn plate(&mut self, plate: &Plate, number: u64, x: f32, y: f32, extent: &mut Extent) {
        let (digits, ratio) = (plate.digits, plate.ratio);
        let mut places = [0u8; 20];
        let mut count = 0;
        let mut rest = number;
        loop {
            places[count] = (rest % 10) as u8;
            count += 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let (padding_x, padding_y) = ((4.0 * ratio) as i32, (2.0 * ratio) as i32);
        let width = (count * digits.width) as i32 + 2 * padding_x;
        let height = digits.height as i32 + 2 * padding_y;
        // Beyond this a place has no column or row of its own any more.
        if !(x.abs() < 1e6 && y.abs() < 1e6) {
            return;
        }
        let (left, top) = ((x + 0.5).floor() as i32 - width / 2, (y + 0.5).floor() as i32 - height / 2);
        let outline = Extent { left, top, right: left + width, bottom: top + height };
        let Some(area) = outline.area(self.width, self.height) else { return };
        extent.include(outline.left, outline.top, outline.right, outline.bottom);
        self.note(area.top * self.width + area.left, area.width, area.height);
        let radius = (height as f32 / 2.0).min(if plate.round { f32::MAX } else { 2.0 * ratio });
        for row in area.top..area.top + area.height {
            let inner_y = row as i32 - top;
            let pixels = &mut self.pixels[row * self.width + area.left..][..area.width];
            for (column, pixel) in pixels.iter_mut().enumerate() {
                let inner_x = (area.left + column) as i32 - left;
                let opacity = corner_opacity(inner_x, inner_y, width, height, radius);
                let (text_x, text_y) = (inner_x - padding_x, inner_y - padding_y);
                let on_text = text_x >= 0 && text_y >= 0 && text_x < width - 2 * padding_x;
                let covered = if on_text && (text_y as usize) < digits.height {
                    let (place, column) = (text_x as usize / digits.width, text_x as usize % digits.width);
                    digits.covers(usize::from(places[count - 1 - place]), column, text_y as usize)
                } else {
                    0
                };
                let colour = plate.colour.mixed(plate.ink, covered).pixel(opacity);
                // A later plate covers an earlier one.
                *pixel = if opacity == 255 { colour } else { (*pixel).max(colour) };
            }
        }
    }
}

/// The more opaque of two pixels: opacity is the highest byte of a pixel.
#[inline(always)]
fn blend<const COUNT: usize>(pixels: &mut [u32; COUNT], source: &[u32; COUNT]) {
    for (pixel, source) in pixels.iter_mut().zip(source) {
        *pixel = (*pixel).max(*source);
    }
}

#[inline(always)]
fn blend_rows<'a, const STRIDE: usize>(rows: impl Iterator<Item = &'a mut [u32]>, source: &[u32]) {
    for (row, source) in rows.zip(source.as_chunks::<STRIDE>().0) {
        if let Some(row) = row.first_chunk_mut::<STRIDE>() {
            blend(row, source);
        }
    }
}

/// How opaque a pixel of a rectangle with round corners is.
fn corner_opacity(x: i32, y: i32, width: i32, height: i32, radius: f32) -> u8 {
    // How far the pixel's middle lies beyond the middle of the nearest corner's circle, along each axis.
    let beyond = |place: i32, length: i32| {
        let place = place as f32 + 0.5;
        (radius - place).max(place - (length as f32 - radius)).max(0.0)
    };
    let (across, down) = (beyond(x, width), beyond(y, height));
    if across == 0.0 || down == 0.0 {
        return 255;
    }
    let distance = (across * across + down * down).sqrt() - radius;
    ((0.5 - distance).clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

/// How numbers are written.
struct Plate<'a> {
    digits: &'a Digits,
    ratio: f32,
    colour: Colour,
    ink: Colour,
    /// Otherwise it has corners, as what was delivered before.
    round: bool,
}

/// What the sprites of dots depend on.
#[derive(Clone, Copy, PartialEq)]
struct DotStyle {
    radius: f32,
    colours: Colours,
}

/// What the sprites of bands depend on.
#[derive(Clone, Copy, PartialEq)]
struct BandStyle {
    ratio: f32,
    colours: Colours,
}

/// Paints display lists. It keeps what it painted last, and its sprites.
#[derive(Clone, Default)]
pub struct Painting {
    raster: Raster,
    ratio: f32,
    colours: Colours,
    digits: Digits,
    /// Whether dots carry their numbers at any zoom.
    all_numbered: bool,
    dot_style: Option<DotStyle>,
    dots: [Sprite; 6],
    band_style: Option<BandStyle>,
    bands: [Vec<Sprite>; 4],
}

impl Painting {
    /// Begins with a clear buffer, `ratio` pixels to a CSS pixel.
    pub fn resize(&mut self, width: usize, height: usize, ratio: f64) {
        self.raster.resize(width, height);
        self.ratio = ratio as f32;
    }

    /// Paints in these colours from now on.
    pub fn set_colours(&mut self, colours: Colours) {
        self.colours = colours;
    }

    /// From now on dots carry their numbers at any zoom, or only where they are large.
    pub fn number_all(&mut self, all: bool) {
        self.all_numbered = all;
    }

    /// Writes numbers with these digits from now on.
    pub fn set_digits(&mut self, digits: Digits) {
        self.digits = digits;
    }

    /// The pixels.
    pub fn raster(&self) -> &Raster {
        &self.raster
    }

    /// Paints a display list as the camera sees it, in place of what was painted before. Says which part of the
    /// buffer may look different now; `None`: nothing was there and nothing is.
    pub fn paint(&mut self, list: &DisplayList, camera: &Camera) -> Option<Area> {
        let mut extent = Extent::EMPTY;
        if let Some(before) = self.raster.erase() {
            let (right, bottom) = (before.left + before.width, before.top + before.height);
            extent.include(before.left as i32, before.top as i32, right as i32, bottom as i32);
        }
        let mut painted = Extent::EMPTY;
        let scale = camera.zoom as f32 * self.ratio;
        let offset = [camera.offset.x as f32 * self.ratio, camera.offset.y as f32 * self.ratio];
        let place = move |[x, y]: [f32; 2]| [x * scale + offset[0], y * scale + offset[1]];
        for (flow, path) in list.flows() {
            self.paint_band(flow, path, scale, place, &mut painted);
        }
        let numbered = list.dots().len() <= MOST_NUMBERED
            && (self.all_numbered || camera.zoom >= LEAST_NUMBERED_ZOOM)
            && self.digits.width > 0
            && list.flows().next().is_none();
        if numbered {
            self.paint_numbers(list.dots(), place, &mut painted);
        } else {
            self.paint_dots(list.dots(), camera.zoom as f32, place, &mut painted);
        }
        if painted.area(self.raster.width, self.raster.height).is_some() {
            extent.include(painted.left, painted.top, painted.right, painted.bottom);
            self.raster.extent = Some(painted);
        }
        extent.area(self.raster.width, self.raster.height)
    }

    fn paint_dots(&mut self, dots: &[Dot], zoom: f32, place: impl Fn([f32; 2]) -> [f32; 2], extent: &mut Extent) {
        if dots.is_empty() {
            return;
        }
        let size = if dots.len() <= MOST_LARGE { 4.5 } else { 3.0 };
        // Seen from afar dots shrink less than the stage does, and quarters of a pixel are all that is told apart.
        let radius = (size * zoom.sqrt().clamp(0.6, 2.0) * self.ratio * 4.0).round() / 4.0;
        let style = DotStyle { radius, colours: self.colours };
        if self.dot_style != Some(style) {
            self.dot_style = Some(style);
            let Colours { message, redelivered, request, failure, followed } = self.colours;
            let line = (radius * 0.42).max(1.25 * self.ratio.min(1.5));
            self.dots = [
                Sprite::disc(radius, message, 255),
                Sprite::diamond(radius * 1.2, redelivered),
                Sprite::ring(radius, line, request),
                Sprite::disc(radius * 0.72, request, 255),
                Sprite::cross(radius * 1.1, line * 1.1, failure),
                Sprite::ring(radius * 2.4, line * 1.3, followed),
            ];
        }
        for dot in dots {
            let [x, y] = place([dot.x, dot.y]);
            self.raster.stamp(&self.dots[dot.look as usize], x, y, extent);
        }
    }

    fn paint_numbers(&mut self, dots: &[Dot], place: impl Fn([f32; 2]) -> [f32; 2], extent: &mut Extent) {
        let (digits, ratio) = (&self.digits, self.ratio);
        let Colours { message, redelivered, request, failure, followed } = self.colours;
        for dot in dots {
            let [x, y] = place([dot.x, dot.y]);
            let (colour, round) = match dot.look {
                Look::Message => (message, true),
                Look::Redelivered => (redelivered, false),
                Look::Request | Look::Answer => (request, true),
                Look::Failure => (failure, false),
                Look::Followed => (followed, true),
            };
            let plate = &Plate { digits, ratio, colour, ink: colour.ink(), round };
            self.raster.plate(plate, dot.copy, x, y, extent);
        }
    }

    /// A band: the more messages are about, the wider and the more opaque.
    fn paint_band(
        &mut self,
        flow: &Flow,
        path: &Path,
        scale: f32,
        place: impl Fn([f32; 2]) -> [f32; 2],
        extent: &mut Extent,
    ) {
        let style = BandStyle { ratio: self.ratio, colours: self.colours };
        if self.band_style != Some(style) {
            self.band_style = Some(style);
            let band = |colour: Colour| {
                let strengths = (1..=STRENGTHS).map(|strength| strength as f32 / STRENGTHS as f32);
                strengths
                    .map(|part| Sprite::disc((1.5 + 2.5 * part) * style.ratio, colour, (50.0 + 130.0 * part) as u8))
                    .collect()
            };
            let Colours { message, redelivered, request, failure, .. } = self.colours;
            self.bands = [message, redelivered, request, failure].map(band);
        }
        // Near enough to each other that the rim looks straight; a long edge far away from it ends somewhere.
        let stamps = (path.length() * scale / (1.5 * self.ratio)).ceil().clamp(1.0, 20_000.0) as u32;
        for stamp in 0..=stamps {
            let part = stamp as f32 / stamps as f32;
            let density = flow.at(part);
            let strength = (density.all / (density.all + HALF_STRENGTH) * STRENGTHS as f32).ceil() as usize;
            if density.all <= 0.02 || strength == 0 {
                continue;
            }
            let marked = usize::from(density.redelivered * 2.0 > density.all);
            let band = &self.bands[2 * usize::from(path.calls()) + marked];
            let [x, y] = place(path.at(part));
            self.raster.stamp(&band[strength.min(STRENGTHS) - 1], x, y, extent);
        }
    }
}

/// As many messages on a cell make a band half as strong as it can be.
const HALF_STRENGTH: f32 = 4.0;

// proptest is a native tool.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::{Micros, Point};
    use crate::engine::EdgeIndex;
    use crate::scenario::format;
    use crate::session::Session;
    use crate::timeline::{Transit, Way};
    use crate::view::dots::Limits;

    fn digits() -> Digits {
        Digits { width: 5, height: 9, coverage: vec![128; 5 * 9 * 10] }
    }

    fn painting(width: usize, height: usize, ratio: f64) -> Painting {
        let mut painting = Painting::default();
        painting.resize(width, height, ratio);
        painting.set_digits(digits());
        painting
    }

    /// So many messages on one edge.
    fn list(count: u64, limits: Limits) -> DisplayList {
        let text = r#"{"mq_scenario": 1, "seed": 3, "nodes": [
                {"id": "p", "kind": "producer", "at": [-176, -56]},
                {"id": "q", "kind": "queue", "at": [100, -68]}],
              "edges": [{"id": "pq", "kind": "publish", "from": "p", "to": "q"}]}"#;
        let session = Session::new(format::parse(text).expect("a good scenario"));
        let mut list = DisplayList::default();
        list.follow(&session);
        let transits: Vec<Transit> = (0..count)
            .map(|copy| Transit {
                way: Way::Edge(EdgeIndex(0)),
                copy: copy * 7_919,
                departed_at: Micros(copy * 1_000_000 / count.max(1)),
                arrives_at: Micros(5_000_000),
                redelivered: copy % 3 == 0,
                failed: false,
            })
            .collect();
        list.fill(transits.iter(), Micros(1_000_000), Micros(1_000_000), Micros::ZERO, limits);
        list
    }

    fn clear(raster: &Raster) -> bool {
        raster.pixels.iter().all(|pixel| *pixel == 0)
    }

    #[test]
    fn an_empty_list_changes_nothing() {
        let mut painting = painting(64, 48, 1.0);
        let empty = DisplayList::default();
        assert_eq!(painting.paint(&empty, &Camera::default()), None);
        assert!(painting.paint(&list(5, Limits::NONE), &Camera::default()).is_some());
        // Once to take out what was there, and then no more.
        assert!(painting.paint(&empty, &Camera::default()).is_some());
        assert!(clear(painting.raster()));
        assert_eq!(painting.paint(&empty, &Camera::default()), None);
    }

    #[test]
    fn a_dot_stands_where_it_is_and_is_as_large_as_it_should_be() {
        let mut raster = Raster::default();
        raster.resize(40, 40);
        for quarter in 0..16 {
            let (x, y) = (20.0 + quarter as f32 / 4.0, 17.0 + (quarter % 4) as f32 / 4.0);
            let mut extent = Extent::EMPTY;
            raster.stamp(&Sprite::disc(4.5, Colour::new(1, 2, 3), 255), x, y, &mut extent);
            let (mut sum, mut sum_x, mut sum_y) = (0.0, 0.0, 0.0);
            for (place, pixel) in raster.pixels().iter().enumerate() {
                let weight = f64::from(pixel >> 24) / 255.0;
                sum += weight;
                sum_x += weight * ((place % 40) as f64 + 0.5);
                sum_y += weight * ((place / 40) as f64 + 0.5);
            }
            assert!((sum - std::f64::consts::PI * 4.5 * 4.5).abs() < 1.0, "{sum}");
            assert!((sum_x / sum - f64::from(x)).abs() < 0.14, "{} against {x}", sum_x / sum);
            assert!((sum_y / sum - f64::from(y)).abs() < 0.14, "{} against {y}", sum_y / sum);
            raster.extent = Some(extent);
            raster.erase();
            assert!(clear(&raster));
        }
    }

    #[test]
    fn what_may_look_different_is_all_that_does() {
        let mut painting = painting(120, 60, 1.0);
        let camera = Camera { offset: Point::new(10.0, 30.0), zoom: 1.0 };
        let before = painting.raster().pixels().to_vec();
        let area = painting.paint(&list(1, Limits::NONE), &camera).expect("something was painted");
        for (place, (old, new)) in before.iter().zip(painting.raster().pixels()).enumerate() {
            let (x, y) = (place % 120, place / 120);
            let within =
                (area.left..area.left + area.width).contains(&x) && (area.top..area.top + area.height).contains(&y);
            assert!(within || old == new, "{x} {y}");
        }
        assert!(area.width <= 16 && area.height <= 16, "{area:?}");
    }

    #[test]
    fn few_large_messages_carry_numbers() {
        let mut painting = painting(800, 300, 1.0);
        let camera = Camera { offset: Point::new(100.0, 150.0), zoom: 2.0 };
        painting.paint(&list(3, Limits::NONE), &camera);
        let message = Colours::default().message;
        let written = message.mixed(message.ink(), 128).pixel(255);
        assert!(painting.raster().pixels().contains(&written));
        painting.paint(&list(3, Limits::NONE), &Camera { zoom: 1.0, ..camera });
        assert!(!painting.raster().pixels().contains(&written));
        painting.number_all(true);
        painting.paint(&list(3, Limits::NONE), &Camera { zoom: 1.0, ..camera });
        assert!(painting.raster().pixels().contains(&written));
    }

    #[test]
    fn a_fuller_band_is_more_opaque() {
        let camera = Camera { offset: Point::new(10.0, 30.0), zoom: 1.0 };
        let weight = |count| {
            let mut painting = painting(120, 60, 1.0);
            painting.paint(&list(count, Limits::FLOW), &camera);
            painting.raster().pixels().iter().map(|pixel| u64::from(pixel >> 24)).sum::<u64>()
        };
        assert!(weight(10) > 0);
        assert!(weight(100) > weight(10) && weight(2_000) > weight(100));
    }

    #[test]
    fn numbers_can_be_read_on_any_colour() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let colour = Colour::new(red as u8, green as u8, blue as u8);
                    assert!(colour.contrast(colour.ink()) >= 4.5, "{colour:?}");
                }
            }
        }
        assert!((Colour::new(0, 0, 0).contrast(Colour::new(255, 255, 255)) - 21.0).abs() < 1e-9);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Whatever the size, the camera and the number: nothing is written outside, and all of it goes again.
        #[test]
        fn nothing_is_painted_outside_and_nothing_stays(
            width in 0usize..90,
            height in 0usize..70,
            ratio in prop::sample::select(vec![1.0, 1.25, 1.5, 2.0]),
            zoom in 0.1f64..4.0,
            x in -500.0f64..500.0,
            y in -200.0f64..200.0,
            count in prop::sample::select(vec![0u64, 1, 7, 250, 400, 1_500]),
            limits in prop::sample::select(vec![Limits::NONE, Limits::SHOWN, Limits::FLOW]),
        ) {
            let mut painting = painting(width, height, ratio);
            let camera = Camera { offset: Point::new(x, y), zoom };
            let first = painting.paint(&list(count, limits), &camera);
            let once = painting.raster.pixels.clone();
            // Only the reserve after the last row is no part of the canvas: it must stay clear.
            prop_assert!(once[width * height..].iter().all(|pixel| *pixel == 0));
            if let Some(area) = first {
                prop_assert!(area.left + area.width <= width && area.top + area.height <= height);
            }
            // Over what was painted elsewhere, the same comes out as on a clear buffer.
            painting.paint(&list(60, Limits::NONE), &camera.panned(7.3, -2.9));
            painting.paint(&list(count, limits), &camera);
            prop_assert_eq!(&once, &painting.raster.pixels);
            painting.paint(&DisplayList::default(), &camera);
            prop_assert!(clear(&painting.raster));
        }

        /// Far out, and where no place is, nothing is painted and nothing goes wrong.
        #[test]
        fn impossible_places_are_left_out(x in any::<f32>(), y in any::<f32>(), number in any::<u64>()) {
            let mut raster = Raster::default();
            raster.resize(33, 21);
            let mut extent = Extent::EMPTY;
            raster.stamp(&Sprite::diamond(3.7, Colour::new(9, 9, 9)), x, y, &mut extent);
            let digits = digits();
            let colour = Colour::new(20, 40, 60);
            let plate = Plate { digits: &digits, ratio: 1.0, colour, ink: colour.ink(), round: true };
            raster.plate(&plate, number, x, y, &mut extent);
            raster.extent = Some(extent);
            raster.erase();
            prop_assert!(clear(&raster));
        }
    }
}
