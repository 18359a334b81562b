//! A consumer: what it has in its slots, how far that is, and how busy it is.

use super::frame::MARGIN;
use super::{Anchor, Ink, Inside, Mark, Scene, Status, count, icon, rate, text};
use crate::base::Point;
use crate::engine::{ConsumerReport, WorkReport};
use crate::scenario::{ConsumerSettings, NodeKind};

/// Where the slots are.
const LEFT: f64 = MARGIN;
const TOP: f64 = 42.0;
const WIDTH: f64 = 108.0;
const HEIGHT: f64 = 40.0;
/// Up to this many slots are drawn one by one.
const MOST_SLOTS: u64 = 24;
/// Work that is over sooner, in microseconds of real time, is not drawn as progress: it would only flicker.
const FLICKER_US: f64 = 400_000.0;

pub(super) fn inside(scene: &Scene<'_>, settings: &ConsumerSettings, report: &ConsumerReport) -> Inside {
    let (words, language) = (scene.words.stage, scene.words.language);
    let slots = u64::from(settings.concurrency.max(1)).max(report.busy);
    let mut marks = Vec::new();
    if slots <= MOST_SLOTS {
        let works = scene.session.engine().works(scene.id, slots as usize);
        one_by_one(scene, slots, report.busy, &works, &mut marks);
    } else {
        all_together(scene, slots, report.busy, &mut marks);
    }
    let edge = scene.width - MARGIN;
    let figure = rate(report.processes_per_s, language);
    let size = text::fitting_size(&figure, 22.0, edge - LEFT - WIDTH - 6.0);
    marks.push(Mark::text(Point::new(edge, 62.0), Anchor::End, figure.clone(), size, Ink::Text).bold());
    marks.push(Mark::text(Point::new(edge, 78.0), Anchor::End, words.per_second, 11.5, Ink::Muted));

    // How busy it is since it is there.
    let share = report.utilisation_lately.clamp(0.0, 1.0);
    let length = edge - MARGIN - 76.0;
    marks.push(Mark::bar(MARGIN, 89.0, length, 6.0, 3.0, Ink::Track));
    marks.push(Mark::bar(MARGIN, 89.0, length * share, 6.0, 3.0, Ink::Kind(NodeKind::Consumer)).gliding());
    let percent = (words.busy_share)(&format!("{:.0}", share * 100.0));
    marks.push(Mark::text(Point::new(edge, 96.0), Anchor::End, percent, 11.5, Ink::Muted));

    let status = if report.busy == 0 && settings.batch_size.is_some() {
        Status { icon: icon::IDLE, ink: Ink::Muted, text: scene.words.failing.next_batch.into() }
    } else if report.busy == 0 {
        Status { icon: icon::IDLE, ink: Ink::Muted, text: words.idle.into() }
    } else {
        Status { icon: icon::WORKING, ink: Ink::Good, text: words.working.into() }
    };
    let lost = report.dropped.total();
    let note = if lost > 0 {
        (words.lost)(&count(lost, language))
    } else {
        (words.processed)(&count(report.processed, language))
    };
    let figure = (figure, words.per_second);
    Inside { marks, status, note, alarming: lost > 0, figure, part: share }
}

/// How far a work is, 0 to 1; `None` where it is over too soon to be watched.
fn progress(scene: &Scene<'_>, work: &WorkReport) -> Option<f64> {
    let lasts = work.ends_at.saturating_sub(work.began_at);
    let playback = scene.session.playback();
    if playback.playing() && (lasts.0 as f64) < FLICKER_US * playback.speed() {
        return None;
    }
    let done = scene.session.now().saturating_sub(work.began_at);
    Some(if lasts.0 == 0 { 1.0 } else { (done.0 as f64 / lasts.0 as f64).min(1.0) })
}

fn one_by_one(scene: &Scene<'_>, slots: u64, busy: u64, works: &[WorkReport], marks: &mut Vec<Mark>) {
    let columns = match slots {
        1..=3 => 1,
        4..=8 => 2,
        9..=12 => 3,
        _ => 6,
    };
    let rows = slots.div_ceil(columns);
    let gap = 4.0;
    let width = (WIDTH - gap * (columns - 1) as f64) / columns as f64;
    let height = ((HEIGHT - gap * (rows - 1) as f64) / rows as f64).min(18.0);
    let above = TOP + (HEIGHT - rows as f64 * height - gap * (rows - 1) as f64) / 2.0;
    for slot in 0..slots {
        let x = LEFT + (slot % columns) as f64 * (width + gap);
        let y = above + (slot / columns) as f64 * (height + gap);
        let empty = Mark::bar(x, y, width, height, 3.0, Ink::Track);
        marks.push(empty.with_line(Ink::Border, 1.0));
        let Some(work) = works.get(slot as usize) else {
            // Of what works elsewhere only the number is told.
            if slot < busy {
                marks.push(Mark::bar(x, y, width, height, 3.0, Ink::Message));
            }
            continue;
        };
        let ink = if work.redelivered { Ink::Redelivered } else { Ink::Message };
        match progress(scene, work) {
            Some(part) => {
                let done = Mark::bar(x, y, width * part, height, 3.0, ink);
                marks.push(done.of(work.copy + 1).gliding());
            }
            None => marks.push(Mark::bar(x, y, width, height, 3.0, ink)),
        }
    }
}

fn all_together(scene: &Scene<'_>, slots: u64, busy: u64, marks: &mut Vec<Mark>) {
    let language = scene.words.language;
    let part = busy as f64 / slots as f64;
    let bar = |width: f64, ink: Ink| Mark::bar(LEFT, TOP, width, 18.0, 3.0, ink);
    marks.push(bar(WIDTH, Ink::Track).with_line(Ink::Border, 1.0));
    marks.push(bar(WIDTH * part, Ink::Message).gliding());
    let written = format!("{} / {}", count(busy, language), count(slots, language));
    marks.push(Mark::text(Point::new(LEFT, TOP + 35.0), Anchor::Start, written, 11.5, Ink::Muted));
}
