//! A service: its handler's steps, and at which of them its requests are.

use super::frame::MARGIN;
use super::{Anchor, Ink, Inside, Mark, Scene, Shape, Status, count, icon, rate, text};
use crate::base::Point;
use crate::engine::ServiceReport;
use crate::scenario::{Call, NodeKind, Publish, ServiceSettings, Step};

/// So many steps have a line of their own.
const MOST_LINES: usize = 4;
/// Where the lines are.
const TOP: f64 = 38.0;
const HEIGHT: f64 = 15.0;
/// The lines' bars.
const BAR: f64 = 82.0;
const BAR_WIDTH: f64 = 46.0;
/// Up to so many slots are told apart in a bar.
const MOST_SLOTS: u64 = 16;

/// A step in a word or two.
fn name(scene: &Scene<'_>, step: &Step) -> String {
    match step {
        Step::Work { .. } => "work".to_owned(),
        Step::Call(Call { target, .. }) | Step::Publish(Publish { target, .. }) if target.0.is_empty() => {
            "…".to_owned()
        }
        Step::Call(Call { target, .. }) => super::label(scene.session, target, scene.words),
        Step::Publish(Publish { target, .. }) => format!("→ {}", super::label(scene.session, target, scene.words)),
        Step::Parallel(steps) => format!("∥ {}", steps.len()),
    }
}

pub(super) fn inside(scene: &Scene<'_>, settings: &ServiceSettings, report: &ServiceReport) -> Inside {
    let (words, failing, language) = (scene.words.stage, scene.words.failing, scene.words.language);
    let kind = Ink::Kind(NodeKind::Service);
    let edge = scene.width - MARGIN;
    let slots = u64::from(settings.concurrency.max(1)).max(report.busy);
    let mut marks = Vec::new();

    // What does not fit into the lines is in the last one.
    let steps = &settings.handler;
    let mut at = vec![(0u64, 0u64); steps.len().min(MOST_LINES)];
    let last = at.len().saturating_sub(1);
    for work in scene.session.engine().works(scene.id, usize::MAX) {
        if let Some((working, waiting)) = at.get_mut((work.step as usize).min(last)) {
            *(if work.waits { waiting } else { working }) += 1;
        }
    }
    for (line, (working, waiting)) in at.into_iter().enumerate() {
        let y = TOP + HEIGHT * line as f64;
        let rest = steps.len() - line;
        let name = if line == last && rest > 1 { format!("+ {rest}") } else { name(scene, &steps[line]) };
        let name = text::shortened(&name, 11.0, BAR - MARGIN - 5.0);
        marks.push(Mark::text(Point::new(MARGIN, y + 11.0), Anchor::Start, name, 11.0, Ink::Text));
        marks.push(Mark::bar(BAR, y + 3.0, BAR_WIDTH, 9.0, 2.0, Ink::Track));
        let width = |number: u64| if number == 0 { 0.0 } else { (BAR_WIDTH * number as f64 / slots as f64).max(2.0) };
        let (solid, hollow) = (width(working), width(waiting));
        if working > 0 {
            marks.push(Mark::bar(BAR, y + 3.0, solid, 9.0, 1.0, kind).gliding());
        }
        if waiting > 0 {
            // Who waits for another system keeps the slot and does nothing: hollow.
            let left = (BAR + solid).min(BAR + BAR_WIDTH - hollow);
            let bar = Mark::bar(left + 0.75, y + 3.75, (hollow - 1.5).max(0.5), 7.5, 1.0, Ink::Tint(NodeKind::Service));
            marks.push(bar.with_line(kind, 1.5).gliding());
        }
        if slots <= MOST_SLOTS && slots > 1 {
            let apart = (1..slots).map(|slot| BAR + BAR_WIDTH * slot as f64 / slots as f64);
            let path: String = apart.map(|x| format!("M{x:.1} {:.1}v9", y + 3.0)).collect();
            marks.push(Mark::lined(Shape::Path(path), Ink::Raised, 0.75));
        }
        let number = working + waiting;
        if number > 0 {
            let number = count(number, language);
            let at = Point::new(BAR + BAR_WIDTH + 5.0, y + 11.5);
            marks.push(Mark::text(at, Anchor::Start, number, 11.0, Ink::Muted));
        }
    }

    let left = BAR + BAR_WIDTH + 32.0;
    let figure = rate(report.handles_per_s, language);
    let size = text::fitting_size(&figure, 20.0, edge - left);
    marks.push(Mark::text(Point::new(edge, 55.0), Anchor::End, figure.clone(), size, Ink::Text).bold());
    marks.push(Mark::text(Point::new(edge, 70.0), Anchor::End, failing.handled_per_s, 11.5, Ink::Muted));
    let busy = format!("{} / {}", count(report.busy, language), count(slots, language));
    let size = text::fitting_size(&busy, 11.5, edge - left + 4.0);
    let ink = if report.busy >= slots { Ink::Danger } else { Ink::Muted };
    marks.push(Mark::text(Point::new(edge, 90.0), Anchor::End, busy, size, ink));

    let status = if report.redeploying_until_us.is_some() {
        Status { icon: icon::RESTART, ink: Ink::Warning, text: failing.redeploying.into() }
    } else if report.busy >= slots {
        Status { icon: icon::WARNING, ink: Ink::Warning, text: failing.all_busy.into() }
    } else if report.busy == 0 && report.handles_per_s == 0.0 {
        Status { icon: icon::IDLE, ink: Ink::Muted, text: words.idle.into() }
    } else {
        Status { icon: icon::WORKING, ink: Ink::Good, text: words.working.into() }
    };
    let lost = report.failed + report.refused;
    let full = report.waiting > 0 && report.waiting >= settings.backlog_limit;
    let note = if report.waiting > 0 {
        (failing.waiting_count)(&count(report.waiting, language))
    } else if lost > 0 {
        (failing.failed_count)(&count(lost, language))
    } else {
        (failing.handled_count)(&count(report.handled, language))
    };
    let alarming = full || (report.waiting == 0 && lost > 0);
    let part = report.busy as f64 / slots as f64;
    Inside { marks, status, note, alarming, figure: (figure, failing.handled_per_s), part }
}
