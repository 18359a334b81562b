//! A client: how long it waits for answers, how often it asks, and what share of that fails.

use super::frame::MARGIN;
use super::{Anchor, Ink, Inside, Mark, Scene, Status, count, icon, rate, span, text};
use crate::base::Point;
use crate::engine::ClientReport;
use crate::scenario::NodeKind;

/// From this failed share on, a client is in trouble.
const BAD_SHARE: f64 = 0.5;

pub(super) fn inside(scene: &Scene<'_>, report: &ClientReport) -> Inside {
    let (words, failing, language) = (scene.words.stage, scene.words.failing, scene.words.language);
    let edge = scene.width - MARGIN;
    let mut marks = Vec::new();

    let response = report.response_ms.mean.map_or_else(|| scene.words.shell.none_yet.to_owned(), span);
    let size = text::fitting_size(&response, 23.0, 112.0);
    marks.push(Mark::text(Point::new(MARGIN, 61.0), Anchor::Start, response.clone(), size, Ink::Text).bold());
    marks.push(Mark::text(Point::new(MARGIN, 76.0), Anchor::Start, failing.mean_response, 11.5, Ink::Muted));

    let figure = rate(report.requests_per_s, language);
    let size = text::fitting_size(&figure, 18.0, edge - MARGIN - 118.0);
    marks.push(Mark::text(Point::new(edge, 61.0), Anchor::End, figure.clone(), size, Ink::Text).bold());
    marks.push(Mark::text(Point::new(edge, 76.0), Anchor::End, failing.requests_per_s, 11.5, Ink::Muted));

    // The failed share of late, from the right.
    let share = report.failed_share_lately();
    let percent = (failing.fail_share)(&format!("{:.0}", share * 100.0));
    let length = edge - MARGIN - 78.0;
    let failed = length * share;
    let some = report.succeeded_per_s + report.failed_per_s > 0.0;
    let rest = if some { Ink::Kind(NodeKind::Client) } else { Ink::Track };
    marks.push(Mark::bar(MARGIN, 85.0, length, 10.0, 3.0, rest));
    if failed > 0.5 {
        marks.extend(super::hatched(MARGIN + length - failed, 85.0, failed, 10.0));
    }
    let said = Mark::text(Point::new(edge, 94.5), Anchor::End, percent, 11.5, Ink::Muted);
    marks.push(if share > 0.0 { Mark { fill: Some(Ink::Danger), ..said.bold() } } else { said });

    let silent = is_silent(report);
    let status = if share >= BAD_SHARE {
        Status { icon: icon::WARNING, ink: Ink::Danger, text: failing.failing.into() }
    } else if silent {
        Status { icon: icon::WARNING, ink: Ink::Danger, text: failing.no_answer.into() }
    } else if report.requests_per_s > 0.0 {
        Status { icon: icon::WORKING, ink: Ink::Good, text: failing.asking.into() }
    } else {
        Status { icon: icon::IDLE, ink: Ink::Muted, text: words.idle.into() }
    };
    let note = if report.failed > 0 {
        (failing.failed_count)(&count(report.failed, language))
    } else if silent {
        (failing.waiting_count)(&count(report.open, language))
    } else {
        (failing.succeeded_count)(&count(report.succeeded, language))
    };
    // From afar the customer's wait is what there is room for.
    let figure = match report.response_ms.mean {
        Some(_) => (response, ""),
        None => (figure, failing.requests_per_s),
    };
    Inside { marks, status, note, alarming: report.failed > 0 || silent, figure, part: 1.0 - share }
}

/// Whether requests are open and nothing at all was answered lately, although answers never took that long.
fn is_silent(report: &ClientReport) -> bool {
    /// What lately means for rates, in milliseconds.
    const LATELY_MS: f64 = 1_000.0;
    let answers = report.succeeded_per_s + report.failed_per_s;
    let usual = report.response_ms.max.unwrap_or(0.0);
    // One request more than are due within the usual time has to be open.
    report.open > 0 && answers == 0.0 && report.open as f64 > report.requests_per_s * (usual + LATELY_MS) / 1_000.0
}
