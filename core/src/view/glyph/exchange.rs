//! An exchange: how it compares, how many bindings it compares with, and how much it is given.

use super::frame::MARGIN;
use super::{Anchor, Ink, Inside, Mark, Scene, Shape, Status, count, icon, producer, rate, text};
use crate::base::{Point, Rect};
use crate::engine::ExchangeReport;
use crate::scenario::{EdgeKind, ExchangeSettings, NodeKind};

/// The size of the type's letters.
const TYPE: f64 = 15.0;

pub(super) fn inside(scene: &Scene<'_>, settings: &ExchangeSettings, report: &ExchangeReport) -> Inside {
    let (words, routing, language) = (scene.words.stage, scene.words.routing, scene.words.language);
    let kind = Ink::Kind(NodeKind::Exchange);
    let edge = scene.width - MARGIN;

    // The type, as on a plate.
    let name = (routing.exchange_kind)(settings.kind);
    let plate = Rect::new(Point::new(MARGIN, 42.0), text::width(name, TYPE) * text::BOLD + 16.0, 25.0);
    let shape = Shape::Rect { rect: plate, corner: 5.0 };
    let mut marks = vec![Mark::filled(shape, Ink::Tint(NodeKind::Exchange)).with_line(kind, 1.5)];
    marks.push(Mark::text(Point::new(MARGIN + 8.0, 60.0), Anchor::Start, name, TYPE, kind).bold());

    let edges = scene.session.scenario().edges.iter();
    let bindings = edges.filter(|edge| edge.kind == EdgeKind::Bind && edge.from == *scene.id).count();
    let bindings = (routing.bindings)(bindings);
    marks.push(Mark::text(Point::new(MARGIN, 88.0), Anchor::Start, bindings.clone(), 11.5, Ink::Muted));

    let figure = rate(report.receives_per_s, language);
    let room = edge - plate.origin.x - plate.width - 8.0;
    let size = text::fitting_size(&figure, 25.0, room);
    marks.push(Mark::text(Point::new(edge, 64.0), Anchor::End, figure.clone(), size, Ink::Text).bold());
    marks.push(Mark::text(Point::new(edge, 80.0), Anchor::End, words.per_second, 11.5, Ink::Muted));
    if report.returned > 0 {
        let returned = (routing.returned_count)(&count(report.returned, language));
        if text::width(&returned, 11.5) + text::width(&bindings, 11.5) + 10.0 <= edge - MARGIN {
            marks.push(Mark::text(Point::new(edge, 96.0), Anchor::End, returned, 11.5, Ink::Warning));
        }
    }

    let status = if report.receives_per_s > 0.0 {
        Status { icon: icon::WORKING, ink: Ink::Good, text: routing.routing.into() }
    } else {
        Status { icon: icon::IDLE, ink: Ink::Muted, text: words.idle.into() }
    };
    let dropped = report.dropped.total();
    let note = if dropped > 0 {
        (routing.unroutable)(&count(dropped, language))
    } else {
        (routing.received_count)(&count(report.received, language))
    };
    let part = producer::part(report.receives_per_s);
    Inside { marks, status, note, alarming: dropped > 0, figure: (figure, words.per_second), part }
}
