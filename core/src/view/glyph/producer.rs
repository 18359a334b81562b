//! A producer: a dial of its rate, with a mark where its settings put it.

use super::frame::MARGIN;
use super::{Anchor, Ink, Inside, Mark, Scene, Shape, Status, count, icon, rate, text};
use crate::base::Point;
use crate::engine::ProducerReport;
use crate::scenario::{NodeKind, Pattern, ProducerSettings};

const CENTRE: Point = Point::new(54.0, 88.0);
const RADIUS: f64 = 34.0;
/// The dial goes from one message per second in steps of ten up to this many tens.
const DECADES: f64 = 5.0;

/// How far round the dial a rate is, 0 to 1: logarithmic, so that ten and ten thousand both can be read.
pub(super) fn part(per_s: f64) -> f64 {
    // Zero has a place of its own, half a step before one per second.
    if per_s <= 0.0 { 0.0 } else { ((libm::log10(per_s) + 0.5) / (DECADES + 0.5)).clamp(0.0, 1.0) }
}

/// The place at a part of the dial, at a distance from its centre.
fn on_dial(part: f64, radius: f64) -> Point {
    let angle = std::f64::consts::PI * (1.0 - part);
    CENTRE.moved(radius * libm::cos(angle), -radius * libm::sin(angle))
}

/// The rate that the settings ask for, where that is one number.
fn wanted(pattern: &Pattern) -> Option<f64> {
    match pattern {
        Pattern::Constant { per_s } | Pattern::Poisson { per_s } => Some(*per_s),
        Pattern::Burst { size, every_ms } if *every_ms > 0.0 => Some(*size as f64 * 1000.0 / every_ms),
        Pattern::Burst { .. } | Pattern::Profile(_) | Pattern::Once { .. } | Pattern::ClosedLoop { .. } => None,
    }
}

pub(super) fn inside(scene: &Scene<'_>, settings: &ProducerSettings, report: &ProducerReport) -> Inside {
    let (words, language) = (scene.words.stage, scene.words.language);
    let kind = Ink::Kind(NodeKind::Producer);
    let (left, right) = (on_dial(0.0, RADIUS), on_dial(1.0, RADIUS));
    let arc = format!("M{:.1} {:.1}A{RADIUS} {RADIUS} 0 0 1 {:.1} {:.1}", left.x, left.y, right.x, right.y);
    let mut marks = vec![Mark::lined(Shape::Path(arc.clone()), Ink::Track, 9.0)];
    let now = part(report.publishes_per_s);
    marks.push(Mark::lined(Shape::Gauge { path: arc, part: now }, kind, 9.0));
    let mut ticks = String::new();
    for decade in 0..=DECADES as u32 {
        let place = (f64::from(decade) + 0.5) / (DECADES + 0.5);
        let (inner, outer) = (on_dial(place, RADIUS - 10.0), on_dial(place, RADIUS - 7.0));
        ticks.push_str(&format!("M{:.1} {:.1}L{:.1} {:.1}", inner.x, inner.y, outer.x, outer.y));
    }
    marks.push(Mark::lined(Shape::Path(ticks), Ink::Muted, 1.0));
    if let Some(wanted) = wanted(&settings.pattern) {
        let (inner, outer) = (on_dial(part(wanted), RADIUS - 6.0), on_dial(part(wanted), RADIUS + 6.0));
        let notch = format!("M{:.1} {:.1}L{:.1} {:.1}", inner.x, inner.y, outer.x, outer.y);
        marks.push(Mark::lined(Shape::Path(notch), Ink::Text, 2.0));
    }
    let edge = scene.width - MARGIN;
    let figure = rate(report.publishes_per_s, language);
    let size = text::fitting_size(&figure, 25.0, edge - CENTRE.x - RADIUS - 10.0);
    marks.push(Mark::text(Point::new(edge, 70.0), Anchor::End, figure.clone(), size, Ink::Text).bold());
    marks.push(Mark::text(Point::new(edge, 87.0), Anchor::End, words.per_second, 11.5, Ink::Muted));
    let routing = scene.words.routing;
    let status = if report.blocked {
        Status { icon: icon::WARNING, ink: Ink::Warning, text: routing.blocked.into() }
    } else if report.publishes_per_s > 0.0 {
        Status { icon: icon::WORKING, ink: Ink::Good, text: words.publishing.into() }
    } else {
        Status { icon: icon::IDLE, ink: Ink::Muted, text: words.idle.into() }
    };
    let note = if report.held_back > 0 {
        (routing.held_back_count)(&count(report.held_back, language))
    } else if report.dropped.total() > 0 {
        (words.dropped)(&count(report.dropped.total(), language))
    } else {
        (words.published)(&count(report.published, language))
    };
    Inside { marks, status, note, alarming: false, figure: (figure, words.per_second), part: now }
}
