//! Figures of a node over the last minute, as small lines.

use std::fmt::Write as _;

use super::glyph;
use crate::engine::GAUGES;
use crate::scenario::field::Unit;
use crate::scenario::{Id, NodeKind};
use crate::session::Session;
use crate::timeline::KEPT;
use crate::words::Words;

/// The width of a line's box, and its height.
pub const SIZE: (f64, f64) = (120.0, 24.0);

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparkline {
    /// What the figure is called.
    pub name: &'static str,
    /// The line, in the notation of SVG, the newest sample at the right border.
    pub path: String,
    /// The newest sample.
    pub now: String,
    /// The least and the most.
    pub extremes: [String; 2],
}

/// How a figure is written.
#[derive(Clone, Copy)]
enum Figure {
    Count,
    Rate(Unit),
    Share,
}

/// The lines of a node; none while less than two samples are there.
pub fn lines(session: &Session, id: &Id, words: &Words) -> Vec<Sparkline> {
    let (Some(node), Some(index)) = (session.scenario().node(id), session.engine().node_index_of(id)) else {
        return Vec::new();
    };
    let samples: Vec<[f32; GAUGES]> = session.samples().of(index).collect();
    if samples.len() < 2 {
        return Vec::new();
    }
    let (shell, failing) = (words.shell, words.failing);
    let (messages, requests) = (Figure::Rate(Unit::MessagesPerSecond), Figure::Rate(Unit::RequestsPerSecond));
    let figures: Vec<(&'static str, Figure)> = match node.kind() {
        NodeKind::Producer => vec![(shell.publishes_per_s, messages)],
        NodeKind::Exchange => vec![(shell.enqueues_per_s, messages)],
        NodeKind::Queue => {
            vec![(shell.depth, Figure::Count), (shell.enqueues_per_s, messages), (shell.deliveries_per_s, messages)]
        }
        NodeKind::Consumer => vec![
            (shell.utilisation_lately, Figure::Share),
            (shell.processes_per_s, messages),
            (shell.waiting, Figure::Count),
        ],
        NodeKind::Client => {
            vec![(failing.requests, requests), (failing.failed, requests), (failing.open, Figure::Count)]
        }
        NodeKind::Service => vec![
            (shell.utilisation_lately, Figure::Share),
            (shell.processes_per_s, requests),
            (failing.waiting, Figure::Count),
        ],
        NodeKind::Database => {
            vec![(failing.load, Figure::Rate(Unit::CallsPerSecond)), (failing.open, Figure::Count)]
        }
    };
    let line = |(place, (name, figure)): (usize, (&'static str, Figure))| {
        let values: Vec<f64> = samples.iter().map(|sample| f64::from(sample[place])).collect();
        let written = |value: f64| match figure {
            Figure::Count => glyph::count(value as u64, words.language),
            Figure::Rate(unit) => format!("{} {}", glyph::rate(value, words.language), (words.unit)(unit)),
            Figure::Share => format!("{:.0} %", value * 100.0),
        };
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(0.0, f64::max);
        let top = if matches!(figure, Figure::Share) { 1.0 } else { most };
        Sparkline {
            name,
            path: path(&values, top),
            now: written(values.last().copied().unwrap_or_default()),
            extremes: [least, most].map(written),
        }
    };
    figures.into_iter().enumerate().map(line).collect()
}

/// A line through values from 0 to `top`, the last one at the right border.
fn path(values: &[f64], top: f64) -> String {
    let (width, height) = SIZE;
    // Half of the line's width is free above and below.
    let inner = height - 2.0;
    let step = width / (KEPT - 1) as f64;
    let mut path = String::with_capacity(values.len() * 12);
    for (index, value) in values.iter().enumerate() {
        let x = width - (values.len() - 1 - index) as f64 * step;
        let y = 1.0 + inner * (1.0 - if top > 0.0 { (value / top).clamp(0.0, 1.0) } else { 0.0 });
        let _ = write!(path, "{}{x:.1} {y:.1}", if index == 0 { 'M' } else { 'L' });
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_value_stands_at_the_right_and_nothing_sticks_out() {
        assert_eq!(path(&[0.0, 5.0, 10.0], 10.0), "M118.0 23.0L119.0 12.0L120.0 1.0");
        assert_eq!(path(&[0.0, 0.0], 0.0), "M119.0 23.0L120.0 23.0");
        assert!(path(&[1.0; KEPT], 1.0).starts_with("M0.0 1.0"));
    }
}
