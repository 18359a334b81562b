//! The frame that every instrument has: a card with a title, a body and a foot.

use std::fmt::Write as _;

use super::{Anchor, Detail, Ink, Inside, Mark, Picture, Scene, Shape, icon, text};
use crate::base::{Point, Rect};
use crate::scenario::NodeKind;

/// The radius of a card's corners.
const CORNER: f64 = 10.0;
/// The height of the title.
const TITLE: f64 = 32.0;
/// The height of the foot.
const FOOT: f64 = 26.0;
/// What is left free at the sides.
pub(super) const MARGIN: f64 = 14.0;
/// The length of a tooth in the outline of what is broken.
const TOOTH: f64 = 8.0;

/// The button that crashes or restarts the node: its width and height, in the corner at the top right.
pub const FAULT_BUTTON: (f64, f64) = (28.0, 28.0);

/// The whole picture: the frame, with what the kind puts into it.
pub(super) fn picture(scene: &Scene<'_>, kind: NodeKind, inside: Inside, detail: Detail) -> Picture {
    let &Scene { width, height, up, .. } = scene;
    let mut marks = Vec::with_capacity(inside.marks.len() + 12);
    card(scene, kind, detail, &mut marks);
    match detail {
        Detail::Near => {
            title(scene, kind, &mut marks);
            marks.extend(inside.marks.into_iter().map(|mark| if up { mark } else { paled(mark) }));
            foot(scene, kind, &inside.status, &inside.note, inside.alarming, &mut marks);
        }
        Detail::Far => from_afar(scene, kind, &inside, &mut marks),
    }
    Picture { width, height, marks, up, callout: None }
}

/// A mark of something that is down: faint, but what is written can still be read.
fn paled(mark: Mark) -> Mark {
    match &mark.shape {
        Shape::Text { .. } => Mark { fill: mark.fill.map(|_| Ink::Muted), ..mark },
        _ => mark.faint(true),
    }
}

/// The card itself. What is broken has torn edges and is hatched.
fn card(scene: &Scene<'_>, kind: NodeKind, detail: Detail, marks: &mut Vec<Mark>) {
    let &Scene { width, height, up, .. } = scene;
    if !up {
        let outline = torn(width, height);
        marks.push(Mark::filled(Shape::Path(outline.clone()), Ink::Raised));
        marks.push(Mark::lined(Shape::Path(hatching(width, height)), Ink::DangerTint, 5.0));
        marks.push(Mark::lined(Shape::Path(outline), Ink::Danger, 2.0));
        return;
    }
    let rect = Rect::new(Point::default(), width, height);
    marks.push(Mark::filled(Shape::Rect { rect, corner: CORNER }, Ink::Raised));
    let band = if detail == Detail::Near { TITLE } else { 48.0 };
    let (right, corner) = (width - CORNER, CORNER);
    let title = format!(
        "M0 {band}V{corner}A{corner} {corner} 0 0 1 {corner} 0H{right}A{corner} {corner} 0 0 1 {width} {corner}V{band}Z"
    );
    marks.push(Mark::filled(Shape::Path(title), Ink::Tint(kind)));
    // Where the arcs of the corners are four units below the top.
    let inset = CORNER - (CORNER * CORNER - (CORNER - 4.0) * (CORNER - 4.0)).sqrt();
    let strip = format!(
        "M{inset:.2} 4A{corner} {corner} 0 0 1 {corner} 0H{right}A{corner} {corner} 0 0 1 {:.2} 4Z",
        width - inset
    );
    marks.push(Mark::filled(Shape::Path(strip), Ink::Kind(kind)));
    if scene.ailing {
        marks.push(Mark::lined(Shape::Path(broken(width, height)), Ink::Warning, 3.0));
    } else {
        marks.push(Mark::lined(Shape::Rect { rect, corner: CORNER }, Ink::Border, 1.0));
    }
}

/// An outline of dashes: something is wrong with what is still up.
fn broken(width: f64, height: f64) -> String {
    const DASH: f64 = 9.0;
    let mut path = String::new();
    let mut across = CORNER;
    while across + DASH <= width - CORNER {
        let _ = write!(path, "M{across:.1} 0h{DASH}M{across:.1} {height}h{DASH}");
        across += DASH * 1.7;
    }
    let mut down = CORNER;
    while down + DASH <= height - CORNER {
        let _ = write!(path, "M0 {down:.1}v{DASH}M{width} {down:.1}v{DASH}");
        down += DASH * 1.7;
    }
    path
}

fn title(scene: &Scene<'_>, kind: NodeKind, marks: &mut Vec<Mark>) {
    let ink = if scene.up { Ink::Kind(kind) } else { Ink::Danger };
    let at = Point::new(11.0, 10.0);
    marks.push(Mark::lined(Shape::Icon { at, path: icon::kind(kind), scale: 1.0 }, ink, 1.6));
    let label = super::label(scene.session, scene.id, scene.words);
    let room = scene.width - 34.0 - FAULT_BUTTON.0 - 6.0;
    let label = text::shortened(&label, 13.5 * text::BOLD, room);
    marks.push(Mark::text(Point::new(34.0, 23.0), Anchor::Start, label, 13.5, Ink::Text).bold());
}

fn foot(scene: &Scene<'_>, kind: NodeKind, status: &super::Status, note: &str, alarming: bool, marks: &mut Vec<Mark>) {
    const SIZE: f64 = 11.5;
    let &Scene { width, height, words, up, .. } = scene;
    let top = height - FOOT;
    let base = height - 9.0;
    let (path, ink, said) = if up {
        (status.icon, status.ink, &*status.text)
    } else if super::lies_in_broker(kind) {
        (icon::CRASHED, Ink::Danger, words.stage.broker_down)
    } else {
        (icon::CRASHED, Ink::Danger, words.stage.crashed)
    };
    let across = Shape::Path(format!("M{MARGIN} {top}H{}", width - MARGIN));
    marks.push(Mark::lined(across, Ink::Border, 1.0));
    let at = Point::new(MARGIN - 1.0, base - 9.5);
    marks.push(Mark::lined(Shape::Icon { at, path, scale: 0.72 }, ink, 1.8));
    let left = MARGIN + 15.0;
    let room = width - MARGIN - left - 10.0;
    let note_width = text::width(note, SIZE);
    // The icon alone has to do where there is no room for the word; what is broken is always said.
    let bad = !up || scene.ailing;
    if bad || text::width(said, SIZE) + note_width <= room {
        let ink = if !up {
            Ink::Danger
        } else if scene.ailing {
            status.ink
        } else {
            Ink::Muted
        };
        let word = Mark::text(Point::new(left, base), Anchor::Start, said, SIZE, ink);
        marks.push(if bad { word.bold() } else { word });
    }
    if !bad || text::width(said, SIZE) * text::BOLD + note_width <= room {
        let ink = if alarming { Ink::Danger } else { Ink::Muted };
        let place = Point::new(width - MARGIN, base);
        let note = Mark::text(place, Anchor::End, note, SIZE, ink);
        marks.push(if alarming { note.bold() } else { note });
    }
}

fn from_afar(
    scene: &Scene<'_>,
    kind: NodeKind,
    &Inside { ref status, ref figure, part, alarming, .. }: &Inside,
    marks: &mut Vec<Mark>,
) {
    let (figure, unit) = figure;
    let &Scene { width, height, words, up, .. } = scene;
    let ink = if up { Ink::Kind(kind) } else { Ink::Danger };
    let at = Point::new(12.0, 12.0);
    marks.push(Mark::lined(Shape::Icon { at, path: icon::kind(kind), scale: 1.75 }, ink, 1.5));
    let label = super::label(scene.session, scene.id, words);
    let label = text::shortened(&label, 24.0 * text::BOLD, width - 48.0 - 8.0);
    marks.push(Mark::text(Point::new(48.0, 35.0), Anchor::Start, label, 24.0, Ink::Text).bold());
    if !up {
        let said = if super::lies_in_broker(kind) { words.stage.broker_down } else { words.stage.crashed };
        let at = Point::new(12.0, 66.0);
        marks.push(Mark::lined(Shape::Icon { at, path: icon::CRASHED, scale: 2.0 }, Ink::Danger, 1.6));
        let size = text::fitting_size(said, 25.0, (width - 54.0 - MARGIN) / text::BOLD);
        marks.push(Mark::text(Point::new(54.0, 91.0), Anchor::Start, said, size, Ink::Danger).bold());
        return;
    }
    if scene.ailing {
        let at = Point::new(12.0, 66.0);
        marks.push(Mark::lined(Shape::Icon { at, path: status.icon, scale: 2.0 }, status.ink, 1.6));
        let size = text::fitting_size(&status.text, 25.0, (width - 54.0 - MARGIN) / text::BOLD);
        marks.push(Mark::text(Point::new(54.0, 91.0), Anchor::Start, &*status.text, size, status.ink).bold());
        return;
    }
    let ink = if alarming { Ink::Danger } else { Ink::Text };
    let size = text::fitting_size(figure, 36.0, width - 2.0 * MARGIN);
    marks.push(Mark::text(Point::new(MARGIN, 91.0), Anchor::Start, figure.as_str(), size, ink).bold());
    let beside = MARGIN + text::width(figure, size * text::BOLD) + 8.0;
    if beside + text::width(unit, 18.0) <= width - MARGIN {
        marks.push(Mark::text(Point::new(beside, 91.0), Anchor::Start, *unit, 18.0, Ink::Muted));
    }
    let (y, length) = (height - 24.0, width - 2.0 * MARGIN);
    marks.push(Mark::bar(MARGIN, y, length, 12.0, 6.0, Ink::Track));
    let filled = part.clamp(0.0, 1.0) * length;
    marks.push(Mark::bar(MARGIN, y, filled, 12.0, 6.0, Ink::Kind(kind)).gliding());
}

/// An outline with teeth all around, as of torn paper.
fn torn(width: f64, height: f64) -> String {
    let mut path = String::from("M0 0");
    let mut side = |length: f64, place: &dyn Fn(f64, f64) -> (f64, f64)| {
        let teeth = (length / TOOTH).round().max(1.0) as u32;
        let step = length / f64::from(teeth);
        for tooth in 0..teeth {
            let along = step * (f64::from(tooth) + 0.5);
            // Uneven, but always the same.
            let depth = [4.5, 2.5, 5.5, 3.5][tooth as usize % 4];
            for (x, y) in [place(along, depth), place(step * f64::from(tooth + 1), 0.0)] {
                let _ = write!(path, "L{x:.1} {y:.1}");
            }
        }
    };
    side(width, &|along, depth| (along, depth));
    side(height, &|along, depth| (width - depth, along));
    side(width, &|along, depth| (width - along, height - depth));
    side(height, &|along, depth| (depth, height - along));
    path.push('Z');
    path
}

/// Slanting lines across the card, inside of the torn outline.
fn hatching(width: f64, height: f64) -> String {
    const BETWEEN: f64 = 16.0;
    /// The teeth, and half of the line's width.
    const INSET: f64 = 9.0;
    let (left, right, top, bottom) = (INSET, width - INSET, INSET, height - INSET);
    let mut path = String::new();
    // Each line is x + y = sum.
    let mut sum = left + top + BETWEEN;
    while sum < right + bottom {
        let (x1, x2) = ((sum - bottom).max(left), (sum - top).min(right));
        if x1 < x2 {
            let _ = write!(path, "M{x1:.1} {:.1}L{x2:.1} {:.1}", sum - x1, sum - x2);
        }
        sum += BETWEEN;
    }
    path
}
