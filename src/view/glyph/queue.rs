//! A queue: a tank that fills with its messages. They enter on the left and leave on the right, where the oldest is.

use super::frame::MARGIN;
use super::{Anchor, Ink, Inside, Mark, Scene, Shape, Status, count, icon, text};
use crate::base::{Point, Rect};
use crate::engine::QueueReport;
use crate::scenario::QueueSettings;

/// Up to this many messages each one has its own place in the tank.
const SLOTS: u64 = 16;
/// Messages that leave faster than this are a blur.
const FOLLOWED_PER_S: f64 = 6.0;
/// The tank's top and its height.
const TOP: f64 = 73.0;
const HEIGHT: f64 = 23.0;

/// A round number that is not smaller: 1, 2 or 5 and zeros.
fn round_above(number: u64) -> u64 {
    let mut power = 1u64;
    loop {
        for step in [1, 2, 5] {
            let round = power.saturating_mul(step);
            if round >= number {
                return round;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// How many messages the whole tank stands for.
fn capacity(settings: &QueueSettings, report: &QueueReport) -> u64 {
    let most = report.depth_max.max(report.depth());
    match settings.max_length {
        // Unacked messages do not count against the longest length: the tank is as large as both need.
        Some(longest) if longest >= most => longest.max(1),
        _ if most <= SLOTS => SLOTS,
        _ => round_above(most),
    }
}

pub(super) fn inside(scene: &Scene<'_>, settings: &QueueSettings, report: &QueueReport) -> Inside {
    let (words, language) = (scene.words.stage, scene.words.language);
    let depth = report.depth();
    let capacity = capacity(settings, report);
    let full = settings.max_length.is_some_and(|longest| report.ready >= longest);
    let dropped = report.dropped.total();
    let edge = scene.width - MARGIN;
    let length = edge - MARGIN;
    let mut marks = Vec::new();

    let figure = count(depth, language);
    let mut room = length;
    // The key of the two tints is the figures themselves.
    for (base, name, number, is_ready) in
        [(48.0, words.ready, report.ready, true), (64.0, words.unacked, report.unacked, false)]
    {
        let written = (name)(&count(number, language));
        let swatch = edge - text::width(&written, 11.5) - 13.0;
        room = room.min(swatch - MARGIN - 8.0);
        marks.push(message(Rect::new(Point::new(swatch, base - 8.5), 8.0, 8.5), is_ready, false));
        marks.push(Mark::text(Point::new(edge, base), Anchor::End, written, 11.5, Ink::Muted));
    }

    let size = text::fitting_size(&figure, 25.0, room);
    marks.push(Mark::text(Point::new(MARGIN, 62.0), Anchor::Start, figure.clone(), size, Ink::Text).bold());

    let tank = Rect::new(Point::new(MARGIN, TOP), length, HEIGHT);
    let rim = if full { Ink::Danger } else { Ink::Border };
    let outline = Mark::filled(Shape::Rect { rect: tank, corner: 4.0 }, Ink::Track);
    marks.push(outline.with_line(rim, if full { 2.0 } else { 1.0 }));
    let inner = tank.grown(-2.0);
    if capacity <= SLOTS {
        slots(scene, report, capacity, inner, &mut marks);
    } else {
        fill(report, capacity, inner, &mut marks);
    }

    let trend = report.enqueues_per_s - report.deliveries_per_s;
    let status = if full {
        Status { icon: icon::WARNING, ink: Ink::Danger, text: words.full }
    } else if depth == 0 && report.enqueues_per_s == 0.0 {
        Status { icon: icon::IDLE, ink: Ink::Muted, text: words.empty }
    } else if is_rising(report) {
        Status { icon: icon::RISING, ink: Ink::Warning, text: words.rising }
    } else if trend < -0.05 * report.deliveries_per_s && report.ready >= 5 {
        Status { icon: icon::FALLING, ink: Ink::Good, text: words.falling }
    } else {
        Status { icon: icon::STEADY, ink: Ink::Good, text: words.steady }
    };
    let note = if dropped > 0 {
        (words.dropped)(&count(dropped, language))
    } else if settings.max_length == Some(capacity) {
        (words.room_for)(&count(capacity, language))
    } else {
        (words.highest)(&count(report.depth_max, language))
    };
    Inside {
        marks,
        status,
        note,
        alarming: dropped > 0,
        figure: (figure, words.messages),
        part: depth as f64 / capacity as f64,
    }
}

/// Whether clearly more messages come in than go out.
pub(in crate::view) fn is_rising(report: &QueueReport) -> bool {
    // A handful comes and goes all the time.
    report.ready >= 5 && report.enqueues_per_s > 1.05 * report.deliveries_per_s
}

/// A message in the tank: solid while it waits; once it is delivered, a pale one with an outline stays until the ack.
fn message(rect: Rect, is_ready: bool, redelivered: bool) -> Mark {
    let ink = if redelivered { Ink::Redelivered } else { Ink::Message };
    let corner = 2.0;
    if is_ready {
        Mark::filled(Shape::Rect { rect, corner }, ink)
    } else {
        Mark::filled(Shape::Rect { rect: rect.grown(-0.75), corner }, Ink::MessageTint).with_line(ink, 1.5)
    }
}

fn slots(scene: &Scene<'_>, report: &QueueReport, capacity: u64, inner: Rect, marks: &mut Vec<Mark>) {
    let width = inner.width / capacity as f64;
    let gap = (width * 0.15).min(2.0);
    let waiting = scene.session.engine().waiting(scene.id, SLOTS as usize);
    let right = inner.origin.x + inner.width;
    for slot in 0..report.depth().min(capacity) {
        let x = right - (slot + 1) as f64 * width + gap / 2.0;
        let rect = Rect::new(Point::new(x, inner.origin.y + 1.0), width - gap, inner.height - 2.0);
        // The oldest are with the consumers.
        let waits = slot.checked_sub(report.unacked).and_then(|index| waiting.get(index as usize));
        let mark = message(rect, slot >= report.unacked, waits.is_some_and(|message| message.redelivered));
        // Each message moves up by itself, as long as an eye could follow; what is with the consumers has no number.
        let mark = mark.of(waits.map_or(0, |message| message.copy + 1));
        marks.push(if report.deliveries_per_s < FOLLOWED_PER_S { mark.gliding() } else { mark });
    }
}

fn fill(report: &QueueReport, capacity: u64, inner: Rect, marks: &mut Vec<Mark>) {
    // Whatever is there is seen.
    let long = |number: u64| {
        let length = number as f64 / capacity as f64 * inner.width;
        if number == 0 { 0.0 } else { length.max(2.5) }
    };
    let (unacked, ready) = (long(report.unacked), long(report.ready));
    let right = inner.origin.x + inner.width;
    let y = inner.origin.y;
    let ready = ready.min(inner.width - unacked.min(inner.width));
    marks.push(Mark::bar(right - unacked - ready, y, ready, inner.height, 2.0, Ink::Message).gliding());
    let unacked = Rect::new(Point::new(right - unacked, y), unacked, inner.height);
    let thin = unacked.width < 4.0;
    let mark = if thin {
        Mark::bar(unacked.origin.x, y, unacked.width, unacked.height, 0.0, Ink::Message).faint(true)
    } else {
        message(unacked, false, false)
    };
    marks.push(mark.gliding());
    // A scale, so that a quarter can be told from a half.
    let ticks: String = (1..4)
        .map(|quarter| {
            let x = inner.origin.x + inner.width * f64::from(quarter) / 4.0;
            format!("M{x:.1} {:.1}v4", y + inner.height - 4.0)
        })
        .collect();
    marks.push(Mark::lined(Shape::Path(ticks), Ink::Muted, 1.0));
}

#[cfg(test)]
mod tests {
    use super::round_above;

    #[test]
    fn scales_are_round() {
        for (number, round) in [(0, 1), (1, 1), (17, 20), (21, 50), (100, 100), (101, 200), (4_321, 5_000)] {
            assert_eq!(round_above(number), round);
        }
        assert_eq!(round_above(u64::MAX), u64::MAX);
    }
}
