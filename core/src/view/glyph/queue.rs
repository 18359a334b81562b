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

/// What part of the tank so many messages fill. A queue with a limit is full at its limit. One without has no such
/// measure: the first messages take half of the tank, one place each, and every tenfold more takes as much again of
/// the rest, up to a million. So more messages always look like more.
fn level(limit: Option<u64>, messages: u64) -> f64 {
    const MOST: f64 = 1e6;
    let (messages, slots) = (messages as f64, SLOTS as f64);
    let part = match limit {
        Some(limit) => messages / limit.max(1) as f64,
        None if messages <= slots => messages / slots / 2.0,
        None => 0.5 + 0.5 * (messages / slots).ln() / (MOST / slots).ln(),
    };
    part.min(1.0)
}

/// The limit that the tank shows. Unacked messages do not count against the longest length: the tank is as large as
/// both need.
fn limit(settings: &QueueSettings, report: &QueueReport) -> Option<u64> {
    settings.max_length.map(|longest| longest.max(report.depth()).max(1))
}

pub(super) fn inside(scene: &Scene<'_>, settings: &QueueSettings, report: &QueueReport) -> Inside {
    let (words, language) = (scene.words.stage, scene.words.language);
    let depth = report.depth();
    let limit = limit(settings, report);
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
    if depth.max(limit.unwrap_or(0)) <= SLOTS {
        slots(scene, report, limit.unwrap_or(2 * SLOTS), inner, &mut marks);
    } else {
        fill(report, limit, inner, &mut marks);
    }

    let trend = grows_by(report);
    let status = if full {
        Status { icon: icon::WARNING, ink: Ink::Danger, text: words.full.into() }
    } else if depth == 0 && report.enqueues_per_s == 0.0 {
        Status { icon: icon::IDLE, ink: Ink::Muted, text: words.empty.into() }
    } else if is_rising(report) {
        Status { icon: icon::RISING, ink: Ink::Warning, text: words.rising.into() }
    } else if trend < -0.05 * report.deliveries_per_s && report.ready >= 5 {
        Status { icon: icon::FALLING, ink: Ink::Good, text: words.falling.into() }
    } else {
        Status { icon: icon::STEADY, ink: Ink::Good, text: words.steady.into() }
    };
    // What went on as a dead letter is no loss.
    let lost = dropped > report.dead_lettered;
    let note = if report.dead_lettered > 0 && !lost {
        (scene.words.routing.dead_lettered_count)(&count(report.dead_lettered, language))
    } else if dropped > 0 {
        (words.dropped)(&count(dropped, language))
    } else if let Some(longest) = settings.max_length {
        (words.room_for)(&count(longest, language))
    } else {
        (words.highest)(&count(report.depth_max, language))
    };
    Inside { marks, status, note, alarming: lost, figure: (figure, words.messages), part: level(limit, depth) }
}

/// Whether clearly more messages come in than go out.
pub(in crate::view) fn is_rising(report: &QueueReport) -> bool {
    // A handful comes and goes all the time.
    report.ready >= 5 && grows_by(report) > 0.05 * report.deliveries_per_s
}

/// How many more come in, or come back, than go out, per second.
fn grows_by(report: &QueueReport) -> f64 {
    report.enqueues_per_s + report.requeues_per_s - report.deliveries_per_s
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

fn fill(report: &QueueReport, limit: Option<u64>, inner: Rect, marks: &mut Vec<Mark>) {
    let filled = level(limit, report.depth()) * inner.width;
    // The scale is of all together; what is unacked takes its share of that. Whatever is there is seen.
    let share = |messages: u64| {
        let length = filled * messages as f64 / report.depth().max(1) as f64;
        if messages == 0 { 0.0 } else { length.max(2.5) }
    };
    let (unacked, ready) = (share(report.unacked), share(report.ready));
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
    // A scale: quarters of the limit, or the powers of ten.
    let places: [u64; 4] = match limit {
        Some(limit) => [limit / 4, limit / 2, limit / 4 * 3, limit],
        None => [100, 1_000, 10_000, 100_000],
    };
    let ticks: String = places
        .iter()
        .map(|messages| {
            let x = right - level(limit, *messages) * inner.width;
            format!("M{x:.1} {:.1}v4", y + inner.height - 4.0)
        })
        .collect();
    marks.push(Mark::lined(Shape::Path(ticks), Ink::Muted, 1.0));
}

#[cfg(test)]
mod tests {
    use super::{SLOTS, level};

    #[test]
    fn more_messages_always_look_like_more() {
        for limit in [None, Some(1), Some(10), Some(500)] {
            let levels: Vec<f64> = (0..=7).map(|power| level(limit, 10u64.pow(power))).collect();
            assert!(levels.is_sorted(), "{limit:?}: {levels:?}");
        }
        assert_eq!(level(None, 0), 0.0);
        assert_eq!(level(None, SLOTS), 0.5);
        assert_eq!(level(None, 1_000_000), 1.0);
        assert_eq!(level(Some(200), 50), 0.25);
        assert_eq!(level(Some(0), 0), 0.0);
    }
}
