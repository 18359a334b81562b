//! A database: a drum that fills with the calls of the last second, with a mark at what it can take.

use super::frame::MARGIN;
use super::{Anchor, Ink, Inside, Mark, Scene, Shape, Status, count, icon, span, text};
use crate::base::Point;
use crate::engine::DatabaseReport;
use crate::scenario::{DatabaseSettings, NodeKind};

/// The drum.
const LEFT: f64 = MARGIN;
const WIDTH: f64 = 56.0;
const TOP: f64 = 45.0;
const BOTTOM: f64 = 92.0;
/// The height of half its lid.
const LID: f64 = 5.0;
/// Where the limit is, in parts of the height.
const LIMIT: f64 = 0.72;

/// The height at a part of the drum.
fn height(part: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * part.clamp(0.0, 1.0)
}

/// The body of the drum between two heights.
fn body(top: f64, bottom: f64) -> String {
    let (right, half) = (LEFT + WIDTH, WIDTH / 2.0);
    format!("M{LEFT} {top:.1}A{half} {LID} 0 0 0 {right} {top:.1}V{bottom:.1}A{half} {LID} 0 0 1 {LEFT} {bottom:.1}Z")
}

/// Its surface at a height.
fn lid(at: f64) -> String {
    let (right, half) = (LEFT + WIDTH, WIDTH / 2.0);
    format!("M{LEFT} {at:.1}A{half} {LID} 0 0 1 {right} {at:.1}A{half} {LID} 0 0 1 {LEFT} {at:.1}Z")
}

pub(super) fn inside(scene: &Scene<'_>, settings: &DatabaseSettings, report: &DatabaseReport) -> Inside {
    let (words, failing, language) = (scene.words.stage, scene.words.failing, scene.words.language);
    let kind = Ink::Kind(NodeKind::Database);
    let edge = scene.width - MARGIN;
    let load = report.rate_per_s as f64;
    let capacity = settings.capacity_per_s.max(1);
    let part = load / capacity as f64 * LIMIT;
    let over = report.rate_per_s > capacity;
    // Calls that wait for room show that it has none.
    let full = report.rate_per_s >= capacity;
    let mut marks = vec![Mark::filled(Shape::Path(body(TOP, BOTTOM)), Ink::Track).with_line(Ink::Border, 1.0)];
    if load > 0.0 {
        let level = height(part.max(0.03));
        marks.push(Mark::filled(Shape::Path(body(level, BOTTOM)), kind));
        if over {
            let limit = height(LIMIT);
            marks.push(Mark::filled(Shape::Path(body(level, limit)), Ink::Danger));
            marks.extend(super::hatching(LEFT, level + LID, WIDTH, limit - level));
        }
        let ink = if over { Ink::Danger } else { kind };
        marks.push(Mark::filled(Shape::Path(lid(level)), Ink::Tint(NodeKind::Database)).with_line(ink, 1.5));
    }
    marks.push(Mark::lined(Shape::Path(lid(TOP)), Ink::Border, 1.0));
    let limit = height(LIMIT);
    let (right, half) = (LEFT + WIDTH, WIDTH / 2.0);
    let mark = format!("M{} {limit:.1}H{LEFT}A{half} {LID} 0 0 0 {right} {limit:.1}h4", LEFT - 4.0);
    marks.push(Mark::lined(Shape::Path(mark), Ink::Text, 1.75));

    let figure = count(report.rate_per_s, language);
    let size = text::fitting_size(&figure, 25.0, edge - LEFT - WIDTH - 14.0);
    let ink = if over { Ink::Danger } else { Ink::Text };
    marks.push(Mark::text(Point::new(edge, 61.0), Anchor::End, figure.clone(), size, ink).bold());
    marks.push(Mark::text(Point::new(edge, 77.0), Anchor::End, failing.calls_per_s, 11.5, Ink::Muted));
    let limit = (failing.limit)(&count(capacity, language));
    marks.push(Mark::text(Point::new(edge, 94.0), Anchor::End, limit, 11.5, Ink::Muted));

    let status = if over || full && report.rejected > 0 {
        Status { icon: icon::WARNING, ink: Ink::Danger, text: failing.over_limit.into() }
    } else if report.rate_per_s > 0 || report.open > 0 {
        Status { icon: icon::WORKING, ink: Ink::Good, text: words.working.into() }
    } else {
        Status { icon: icon::IDLE, ink: Ink::Muted, text: words.idle.into() }
    };
    let now = scene.session.now();
    let back = report.back_at_us.filter(|_| !report.up).map(|back| back.saturating_sub(now).as_ms() / 1_000.0);
    let lost = report.rejected + report.failed;
    let note = if let Some(seconds) = back {
        (failing.back_in)(&format!("{seconds:.1}"))
    } else if report.crashes > 0 {
        (failing.crash_count)(&count(report.crashes, language))
    } else if lost > 0 {
        (failing.refused_count)(&count(lost, language))
    } else if let Some(mean) = report.answer_ms.mean {
        format!("⌀ {}", span(mean))
    } else {
        (failing.answered_count)(&count(report.answered, language))
    };
    let alarming = back.is_none() && (report.crashes > 0 || lost > 0);
    Inside { marks, status, note, alarming, figure: (figure, failing.calls_per_s), part }
}
