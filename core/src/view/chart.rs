//! What a run has measured, as curves over time: geometry that a page draws, a file holds and a print shows.

use std::fmt::Write as _;

use crate::base::{Micros, escaped};
use crate::engine::{DropReason, NodeIndex};
use crate::scenario::{Id, NodeKind};
use crate::session::Session;
use crate::timeline::{Interval, Series};
use crate::words::Words;

/// The box in which every chart is drawn: it is stretched to the place that there is.
pub const WIDTH: f64 = 1_000.0;
/// See [`WIDTH`].
pub const HEIGHT: f64 = 100.0;

/// How many points a curve has at the most.
const MOST_POINTS: usize = 240;
/// Rates over less time than this say more about chance than about the system.
const LEAST_STEP: Micros = Micros::SECOND;

/// What a chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// What comes and what is done with, per second; where more comes there is a peak, where more is done with a valley
    /// is filled.
    Flow,
    /// What waits or is unacked, with its extremes.
    Backlog,
    /// Percentiles of how long it took.
    Response,
    /// The busy share of slots.
    Utilisation,
    /// What was dropped, per second, by reason.
    Drops,
}

impl Measure {
    /// All, in the order in which they stand.
    pub const ALL: [Measure; 5] =
        [Measure::Flow, Measure::Backlog, Measure::Response, Measure::Utilisation, Measure::Drops];

    /// What the chart is called.
    pub fn name(self, words: &Words) -> &'static str {
        let time = words.time;
        match self {
            Measure::Flow => time.flow,
            Measure::Backlog => time.backlog,
            Measure::Response => time.response,
            Measure::Utilisation => time.utilisation,
            Measure::Drops => time.drops,
        }
    }

    /// How its values are written.
    pub fn scale(self) -> Scale {
        match self {
            Measure::Flow | Measure::Drops => Scale::PerSecond,
            Measure::Backlog => Scale::Count,
            Measure::Response => Scale::Milliseconds,
            Measure::Utilisation => Scale::Share,
        }
    }
}

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Per second.
    PerSecond,
    /// A number of things.
    Count,
    /// A time in milliseconds.
    Milliseconds,
    /// A share, 0 to 1.
    Share,
}

/// What a curve is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// What comes.
    Arrivals,
    /// What is done with.
    Consumption,
    /// What is lost or has failed, of a single node.
    Lost,
    /// What is there.
    Backlog,
    /// Half took at most this.
    P50,
    /// 95 % took at most this.
    P95,
    /// 99 % took at most this.
    P99,
    /// The busy share.
    Utilisation,
    /// What was dropped for this reason.
    Dropped(DropReason),
    /// The same as the first curve, in the branch that it is compared with.
    Other,
}

impl Quantity {
    /// What the curve is called.
    pub fn name(self, words: &Words) -> &'static str {
        let time = words.time;
        match self {
            Quantity::Arrivals => time.arrivals,
            Quantity::Consumption => time.consumption,
            Quantity::Lost => time.failed,
            Quantity::Backlog => time.waiting,
            Quantity::P50 => "p50",
            Quantity::P95 => "p95",
            Quantity::P99 => "p99",
            Quantity::Utilisation => time.busy,
            Quantity::Dropped(reason) => (words.shell.drop_reason)(reason),
            Quantity::Other => time.other_branch,
        }
    }
}

/// A curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it is of.
    pub quantity: Quantity,
    /// The line, in the notation of SVG.
    pub path: String,
    /// Its value at each instant of [`Charts::instants`]; not a number where there is none.
    pub values: Vec<f64>,
}

/// An area that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// More comes than is done with.
    Peak,
    /// More is done with than comes.
    Valley,
    /// Between the least and the most.
    Band,
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub measure: Measure,
    /// The value at its upper border; the lower one is zero.
    pub top: f64,
    /// Areas, behind the curves.
    pub areas: Vec<(Area, String)>,
    /// Curves.
    pub curves: Vec<Curve>,
}

/// Charts over one stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Charts {
    /// Where they begin and where they end.
    pub range: (Micros, Micros),
    /// The instants for which there are values.
    pub instants: Vec<Micros>,
    /// Those that have something to say.
    pub charts: Vec<Chart>,
}

impl Charts {
    /// Where an instant lies, from left to right.
    pub fn x(&self, time: Micros) -> f64 {
        place(self.range, time)
    }

    /// The place among the instants that is nearest to a place in the chart.
    pub fn nearest(&self, x: f64) -> Option<usize> {
        let distance = |index: &usize| (self.x(self.instants[*index]) - x).abs();
        (0..self.instants.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The instant at a place in the chart.
    pub fn time(&self, x: f64) -> Micros {
        let (from, to) = self.range;
        let share = (x / WIDTH).clamp(0.0, 1.0);
        from + Micros(((to - from).0 as f64 * share).round() as u64)
    }
}

fn place((from, to): (Micros, Micros), time: Micros) -> f64 {
    let span = (to.saturating_sub(from)).0.max(1) as f64;
    (time.0 as f64 - from.0 as f64) / span * WIDTH
}

/// What was measured between two instants that follow each other.
#[derive(Clone, Copy, Debug, Default)]
struct Point {
    at: Micros,
    came_per_s: f64,
    went_per_s: f64,
    lost_per_s: f64,
    level: [f64; 2],
    percentiles: [f64; 3],
    busy: f64,
    dropped_per_s: [f64; DropReason::ALL.len()],
}

/// What is looked at.
enum About {
    Node(NodeIndex),
    /// Everything: the copies, or where there are none the requests of these clients; and these workers.
    Everything {
        messages: bool,
        clients: Vec<NodeIndex>,
        workers: Vec<NodeIndex>,
        measured: Vec<NodeIndex>,
    },
}

impl About {
    fn of(session: &Session, node: Option<&Id>) -> Option<About> {
        let (scenario, engine) = (session.scenario(), session.engine());
        if let Some(id) = node {
            return engine.node_index_of(id).map(About::Node);
        }
        let of_kinds = |kinds: &[NodeKind]| -> Vec<NodeIndex> {
            let nodes = scenario.nodes.iter().filter(|node| kinds.contains(&node.kind()));
            nodes.filter_map(|node| engine.node_index_of(&node.id)).collect()
        };
        let clients = of_kinds(&[NodeKind::Client]);
        let measured = if clients.is_empty() { of_kinds(&[NodeKind::Consumer]) } else { clients.clone() };
        Some(About::Everything {
            messages: !of_kinds(&[NodeKind::Producer, NodeKind::Queue]).is_empty(),
            workers: of_kinds(&[NodeKind::Consumer, NodeKind::Service]),
            clients,
            measured,
        })
    }

    /// What was measured from interval `first` on in groups of `group`, up to interval `end`.
    fn points(&self, series: &Series, first: usize, end: usize, group: usize) -> Vec<Point> {
        let groups = (first..end).step_by(group.max(1)).map(|begin| (begin, (begin + group).min(end)));
        groups.map(|(begin, end)| self.point(series, begin, end)).collect()
    }

    fn point(&self, series: &Series, begin: usize, end: usize) -> Point {
        let at = series.interval_end(end - 1);
        let since = begin.checked_sub(1).map_or(Micros::ZERO, |before| series.interval_end(before));
        let seconds = (at.saturating_sub(since)).0 as f64 / 1e6;
        let per_s = |count: u64| if seconds > 0.0 { count as f64 / seconds } else { 0.0 };
        let mut point = Point { at, percentiles: [f64::NAN; 3], level: [0.0; 2], ..Point::default() };
        let sums = |nodes: &[NodeIndex]| {
            nodes.iter().map(|node| Stretch::of(series, *node, begin, end)).fold(Stretch::default(), Stretch::with)
        };
        match self {
            About::Node(node) => {
                let stretch = Stretch::of(series, *node, begin, end);
                (point.came_per_s, point.went_per_s, point.lost_per_s) =
                    (per_s(stretch.came), per_s(stretch.went), per_s(stretch.lost));
                point.level = stretch.level;
                point.busy = stretch.busy();
                point.percentiles = stretch.percentiles;
            }
            About::Everything { messages, clients, workers, measured } => {
                let (all, before) =
                    (series.overall(), begin.checked_sub(1).map(|before| series.overall()[before]).unwrap_or_default());
                let last = all[end - 1];
                if *messages {
                    (point.came_per_s, point.went_per_s) =
                        (per_s(last.made - before.made), per_s(last.acked - before.acked));
                    let least = all[begin..end].iter().map(|interval| interval.backlog[0]).min().unwrap_or_default();
                    let most = all[begin..end].iter().map(|interval| interval.backlog[1]).max().unwrap_or_default();
                    point.level = [least as f64, most as f64];
                } else {
                    let stretch = sums(clients);
                    (point.came_per_s, point.went_per_s, point.lost_per_s) =
                        (per_s(stretch.came), per_s(stretch.went), per_s(stretch.lost));
                    point.level = stretch.level;
                }
                point.dropped_per_s =
                    std::array::from_fn(|reason| per_s(last.dropped[reason] - before.dropped[reason]));
                point.busy = sums(workers).busy();
                point.percentiles = sums(measured).percentiles;
            }
        }
        point
    }
}

/// What nodes did in a stretch of time.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    came: u64,
    went: u64,
    lost: u64,
    level: [f64; 2],
    busy_us: u64,
    offered_us: u64,
    percentiles: [f64; 3],
}

impl Default for Stretch {
    fn default() -> Stretch {
        Stretch { came: 0, went: 0, lost: 0, level: [0.0; 2], busy_us: 0, offered_us: 0, percentiles: [f64::NAN; 3] }
    }
}

impl Stretch {
    fn of(series: &Series, node: NodeIndex, begin: usize, end: usize) -> Stretch {
        let (since, intervals) = series.of(node);
        let within = |place: usize| place.saturating_sub(since).min(intervals.len());
        let (first, behind) = (within(begin), within(end));
        if first >= behind {
            return Stretch::default();
        }
        let before = first.checked_sub(1).map(|before| intervals[before].tally).unwrap_or_default();
        let last = intervals[behind - 1].tally;
        let stretch = &intervals[first..behind];
        let worst = |index: usize| {
            stretch.iter().map(|interval: &Interval| f64::from(interval.percentiles[index])).fold(f64::NAN, f64::max)
        };
        Stretch {
            // A tally may be set back where a node begins anew.
            came: last.came.saturating_sub(before.came),
            went: last.went.saturating_sub(before.went),
            lost: last.lost.saturating_sub(before.lost),
            level: [
                stretch.iter().map(|interval| interval.level[0]).min().unwrap_or_default() as f64,
                stretch.iter().map(|interval| interval.level[1]).max().unwrap_or_default() as f64,
            ],
            busy_us: last.busy_us.saturating_sub(before.busy_us),
            offered_us: last.offered_us.saturating_sub(before.offered_us),
            percentiles: [worst(0), worst(1), worst(2)],
        }
    }

    fn with(self, other: Stretch) -> Stretch {
        Stretch {
            came: self.came + other.came,
            went: self.went + other.went,
            lost: self.lost + other.lost,
            level: [self.level[0] + other.level[0], self.level[1] + other.level[1]],
            busy_us: self.busy_us + other.busy_us,
            offered_us: self.offered_us + other.offered_us,
            percentiles: std::array::from_fn(|index| self.percentiles[index].max(other.percentiles[index])),
        }
    }

    fn busy(&self) -> f64 {
        if self.offered_us == 0 { f64::NAN } else { self.busy_us as f64 / self.offered_us as f64 }
    }
}

/// The charts of everything, from the beginning to the latest instant that was reached; `None` where nothing was measured yet.
pub fn of_whole_run(session: &Session) -> Option<Charts> {
    charts(session, None, (Micros::ZERO, session.run().reached()), None)
}

/// The charts of a node, or of everything, over a stretch of time; beside them another branch, if there is one to compare
/// with. `None`: there is not enough to be drawn yet, or no such node.
pub fn charts(session: &Session, node: Option<&Id>, range: (Micros, Micros), other: Option<&Series>) -> Option<Charts> {
    let about = About::of(session, node)?;
    let series = session.run().series();
    // Both have the same points, where they can.
    let step = step(series, range).max(other.map_or(Micros::ZERO, |other| step(other, range)));
    let points = stretch(&about, series, range, step);
    if points.len() < 2 {
        return None;
    }
    let others = other.map(|other| stretch(&about, other, range, step)).unwrap_or_default();
    let charts = Measure::ALL.into_iter().filter_map(|measure| chart(measure, &points, &others, range)).collect();
    Some(Charts { range, instants: points.iter().map(|point| point.at).collect(), charts })
}

/// How far points lie apart.
fn step(series: &Series, (from, to): (Micros, Micros)) -> Micros {
    let interval = series.interval().0.max(1);
    let span = to.saturating_sub(from).0;
    let apart = (span / MOST_POINTS as u64).max(LEAST_STEP.0).max(interval);
    Micros(apart.div_ceil(interval) * interval)
}

fn stretch(about: &About, series: &Series, (from, to): (Micros, Micros), step: Micros) -> Vec<Point> {
    let group = (step.0 / series.interval().0.max(1)).max(1) as usize;
    let (first, end) = (behind(series, from), behind(series, to));
    // Groups stand where they stand, wherever the charts begin; and one before, so that curves begin at the border.
    let first = first.saturating_sub(1) / group * group + 1;
    let whole = first + (end.saturating_sub(first)) / group * group;
    about.points(series, first, whole.max(first), group)
}

/// The first interval that ends later than an instant; the number of all where none does.
fn behind(series: &Series, time: Micros) -> usize {
    let count = series.overall().len();
    (0..count).find(|index| series.interval_end(*index) > time).unwrap_or(count)
}

fn chart(measure: Measure, points: &[Point], others: &[Point], range: (Micros, Micros)) -> Option<Chart> {
    type Values = fn(&Point) -> f64;
    let curves: Vec<(Quantity, Values)> = match measure {
        Measure::Flow => {
            vec![(Quantity::Arrivals, |point| point.came_per_s), (Quantity::Consumption, |point| point.went_per_s)]
        }
        Measure::Backlog => vec![(Quantity::Backlog, |point| point.level[1])],
        Measure::Response => vec![
            (Quantity::P50, |point| point.percentiles[0]),
            (Quantity::P95, |point| point.percentiles[1]),
            (Quantity::P99, |point| point.percentiles[2]),
        ],
        Measure::Utilisation => vec![(Quantity::Utilisation, |point| point.busy)],
        Measure::Drops => vec![],
    };
    let mut curves: Vec<(Quantity, Vec<f64>)> =
        curves.into_iter().map(|(quantity, value)| (quantity, points.iter().map(value).collect())).collect();
    if matches!(measure, Measure::Drops) {
        let lost: Vec<f64> = points.iter().map(|point| point.lost_per_s).collect();
        curves.push((Quantity::Lost, lost));
        for (index, reason) in DropReason::ALL.into_iter().enumerate() {
            curves.push((Quantity::Dropped(reason), points.iter().map(|point| point.dropped_per_s[index]).collect()));
        }
        curves.retain(|(_, values)| values.iter().any(|value| *value > 0.0));
    }
    let says = |values: &[f64]| values.iter().any(|value| value.is_finite());
    if !curves.iter().any(|(_, values)| says(values)) {
        return None;
    }
    // One curve of the other branch is enough to tell them apart: the one that matters most.
    let other: Option<Values> = match measure {
        Measure::Flow => Some(|point| point.went_per_s),
        Measure::Backlog => Some(|point| point.level[1]),
        Measure::Response => Some(|point| point.percentiles[1]),
        Measure::Utilisation => Some(|point| point.busy),
        Measure::Drops => None,
    };
    let other: Vec<(f64, f64)> = other
        .map(|value| others.iter().map(|point| (place(range, point.at), value(point))).collect())
        .unwrap_or_default();
    let all = curves.iter().flat_map(|(_, values)| values.iter().copied()).chain(other.iter().map(|(_, value)| *value));
    let most = all.filter(|value| value.is_finite()).fold(0.0, f64::max);
    let top = if measure == Measure::Utilisation { 1.0 } else { round_up(most) };
    let x: Vec<f64> = points.iter().map(|point| place(range, point.at)).collect();
    let y = |value: f64| HEIGHT * (1.0 - value / top);
    let line = |values: &[f64]| polyline(x.iter().copied().zip(values.iter().map(|value| y(*value))));
    let mut areas = Vec::new();
    match measure {
        Measure::Flow => {
            let pairs: Vec<(f64, f64, f64)> =
                points.iter().zip(&x).map(|(point, x)| (*x, y(point.came_per_s), y(point.went_per_s))).collect();
            areas.push((Area::Peak, between(&pairs, true)));
            areas.push((Area::Valley, between(&pairs, false)));
        }
        Measure::Backlog => {
            let band: Vec<(f64, f64, f64)> =
                points.iter().zip(&x).map(|(point, x)| (*x, y(point.level[1]), y(point.level[0]))).collect();
            areas.push((Area::Band, between(&band, true)));
        }
        _ => {}
    }
    areas.retain(|(_, path)| !path.is_empty());
    let mut drawn: Vec<Curve> = curves
        .into_iter()
        .filter(|(_, values)| says(values))
        .map(|(quantity, values)| Curve { quantity, path: line(&values), values })
        .collect();
    if other.iter().any(|(_, value)| value.is_finite()) {
        let nearest = |x: &f64| {
            let found = other.iter().min_by(|a, b| (a.0 - x).abs().total_cmp(&(b.0 - x).abs()));
            found.map_or(f64::NAN, |(_, value)| *value)
        };
        drawn.push(Curve {
            quantity: Quantity::Other,
            path: polyline(other.iter().map(|(x, value)| (*x, y(*value)))),
            values: x.iter().map(nearest).collect(),
        });
    }
    Some(Chart { measure, top, areas, curves: drawn })
}

/// The next number that is 1, 2 or 5 times a power of ten.
pub(super) fn round_up(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(value)));
    [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|part| part * power).find(|top| *top >= value).unwrap_or(10.0 * power)
}

/// A line through points; where there is none, it is interrupted.
pub(super) fn polyline(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    let mut goes_on = false;
    for (x, y) in points {
        if y.is_finite() {
            // Writing into a string does not fail.
            let _ = write!(path, "{}{x:.1} {y:.1}", if goes_on { 'L' } else { 'M' });
        }
        goes_on = y.is_finite();
    }
    path
}

/// The area between two lines, where the first one is above the other (smaller, as heights are written), or below it.
fn between(points: &[(f64, f64, f64)], above: bool) -> String {
    let mut path = String::new();
    let part = |first: f64, second: f64| if above { (second - first).max(0.0) } else { (first - second).max(0.0) };
    for pair in points.windows(2) {
        let [(x0, a0, b0), (x1, a1, b1)] = [pair[0], pair[1]];
        if ![a0, b0, a1, b1].iter().all(|value| value.is_finite()) {
            continue;
        }
        let (gap0, gap1) = (part(a0, b0), part(a1, b1));
        if gap0 == 0.0 && gap1 == 0.0 {
            continue;
        }
        // Where the lines cross, the area ends.
        let (d0, d1) = (b0 - a0, b1 - a1);
        let cross = if d0 * d1 < 0.0 { Some(d0 / (d0 - d1)) } else { None };
        let at = |share: f64| (x0 + (x1 - x0) * share, a0 + (a1 - a0) * share);
        // Writing into a string does not fail.
        let _ = match cross.map(at) {
            Some((x, y)) if gap0 > 0.0 => write!(path, "M{x0:.1} {a0:.1}L{x:.1} {y:.1}L{x0:.1} {b0:.1}Z"),
            Some((x, y)) => write!(path, "M{x:.1} {y:.1}L{x1:.1} {a1:.1}L{x1:.1} {b1:.1}Z"),
            None => write!(path, "M{x0:.1} {a0:.1}L{x1:.1} {a1:.1}L{x1:.1} {b1:.1}L{x0:.1} {b0:.1}Z"),
        };
    }
    path
}

/// Everything that the charts show as a table: a line for each instant, commas between the figures. Times in seconds.
pub fn table(charts: &Charts, words: &Words) -> String {
    let columns: Vec<(Measure, &Curve)> =
        charts.charts.iter().flat_map(|chart| chart.curves.iter().map(|curve| (chart.measure, curve))).collect();
    let quoted =
        |text: String| if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text };
    let mut lines = vec![
        std::iter::once("time_s".to_owned())
            .chain(
                columns
                    .iter()
                    .map(|(measure, curve)| quoted(format!("{}: {}", measure.name(words), curve.quantity.name(words)))),
            )
            .collect::<Vec<_>>()
            .join(","),
    ];
    for (index, instant) in charts.instants.iter().enumerate() {
        let figures = columns.iter().map(|(_, curve)| match curve.values.get(index) {
            Some(value) if value.is_finite() => format!("{value}"),
            _ => String::new(),
        });
        lines.push(std::iter::once(format!("{}", instant.0 as f64 / 1e6)).chain(figures).collect::<Vec<_>>().join(","));
    }
    lines.join("\n") + "\n"
}

/// An instant, and what two branches have come to by then: a name, here, and there.
pub type Difference = (Micros, Vec<(&'static str, u64, u64)>);

/// What two branches have come to at the latest instant that both have reached: a name, here, and there. `None`: there is
/// no such instant.
pub fn difference(here: &Series, there: &Series, words: &Words) -> Option<Difference> {
    let time = words.time;
    let at = here.end().min(there.end());
    let sums = |series: &Series| {
        let past = &series.overall()[..behind(series, at)];
        let largest = past.iter().map(|interval| interval.backlog[1]).max().unwrap_or_default();
        past.last().map(|last| [last.made, last.acked, last.dropped.iter().sum(), last.backlog[2], largest])
    };
    let (here, there) = (sums(here)?, sums(there)?);
    let names = [time.made, time.acked, time.dropped, time.backlog, time.largest_backlog];
    Some((at, (0..names.len()).map(|row| (names[row], here[row], there[row])).collect()))
}

/// The margin of that picture, how wide a chart is in it, and how far apart two are.
const LEFT: f64 = 24.0;
const ACROSS: f64 = 720.0;
const STEP: f64 = 184.0;

/// How wide and how high that picture is.
pub fn picture_size(charts: &Charts) -> (f64, f64) {
    (ACROSS + 2.0 * LEFT, STEP * charts.charts.len() as f64 + 24.0)
}

/// The charts as a picture of their own, one below the other. A file has no style sheet: its colours are those of the light
/// theme.
pub fn picture(charts: &Charts, words: &Words) -> String {
    const DOWN: f64 = 120.0;
    let (width, height) = picture_size(charts);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
    );
    for (index, chart) in charts.charts.iter().enumerate() {
        let top = 36.0 + STEP * index as f64;
        // Writing into a string does not fail.
        let _ = writeln!(
            svg,
            "<text x=\"{LEFT}\" y=\"{}\" font-weight=\"600\">{}</text>",
            top - 10.0,
            escaped(chart.measure.name(words))
        );
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#556072\">{}</text>",
            LEFT + ACROSS,
            top - 10.0,
            chart.top
        );
        let _ = writeln!(
            svg,
            "<g transform=\"translate({LEFT} {top}) scale({} {})\"><path d=\"M0 0H{WIDTH}V{HEIGHT}H0Z\" fill=\"none\" stroke=\"#d5dae3\" vector-effect=\"non-scaling-stroke\"/>",
            ACROSS / WIDTH,
            DOWN / HEIGHT
        );
        for (area, path) in &chart.areas {
            let color = match area {
                Area::Peak => "#d46a00",
                Area::Valley => "#08755a",
                Area::Band => "#7650be",
            };
            let _ = writeln!(svg, "<path d=\"{path}\" fill=\"{color}\" fill-opacity=\"0.2\"/>");
        }
        let mut x = LEFT;
        let mut legend = String::new();
        for curve in &chart.curves {
            let (color, dashes) = match curve.quantity {
                Quantity::Arrivals => ("#2a66c4", ""),
                Quantity::Consumption | Quantity::Utilisation | Quantity::P50 => ("#0b7a6c", ""),
                Quantity::Backlog | Quantity::P95 => ("#7650be", ""),
                Quantity::P99 | Quantity::Lost | Quantity::Dropped(_) => ("#b93412", ""),
                Quantity::Other => ("#1c2230", " stroke-dasharray=\"4 3\""),
            };
            let _ = writeln!(
                svg,
                "<path d=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"{dashes} vector-effect=\"non-scaling-stroke\"/>",
                curve.path
            );
            let name = curve.quantity.name(words);
            let _ =
                write!(legend, "<text x=\"{x}\" y=\"{}\" fill=\"{color}\">{}</text>", top + DOWN + 16.0, escaped(name));
            x += 16.0 + 8.0 * name.chars().map(|letter| if letter.is_ascii() { 1.0 } else { 1.6 }).sum::<f64>();
        }
        let (from, to) = charts.range;
        let _ = writeln!(svg, "</g>{legend}");
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#556072\">{} – {} s</text>",
            LEFT + ACROSS,
            top + DOWN + 16.0,
            from.0 as f64 / 1e6,
            to.0 as f64 / 1e6
        );
    }
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::format;
    use crate::session::Command;

    fn run(text: &str, seconds: u64) -> Session {
        let mut session = Session::new(format::parse(text).expect("a good scenario"));
        session.dispatch(Command::Seek { time_us: Micros(seconds * 1_000_000) }).expect("fits");
        while session.playback().seeking().is_some() {
            session.tick(0.0, &mut || false);
        }
        session
    }

    /// A hundred a second for ten seconds, fifty are done with each second.
    const OVERLOAD: &str = r#"{"mq_scenario": 1, "nodes": [
      {"id": "p", "kind": "producer", "settings": {"pattern": {"profile": [[0, 100], [10000, 0]]}}},
      {"id": "q", "kind": "queue"},
      {"id": "c", "kind": "consumer", "settings": {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 20}}}]}}],
     "edges": [{"id": "1", "kind": "publish", "from": "p", "to": "q"}, {"id": "2", "kind": "subscribe", "from": "q", "to": "c"}]}"#;

    fn curve(charts: &Charts, measure: Measure, quantity: Quantity) -> &[f64] {
        let chart = charts.charts.iter().find(|chart| chart.measure == measure).expect("the chart is there");
        &chart.curves.iter().find(|curve| curve.quantity == quantity).expect("the curve is there").values
    }

    #[test]
    fn a_peak_is_an_area_and_so_is_the_valley_that_it_fills() {
        let session = run(OVERLOAD, 30);
        let charts = charts(&session, None, (Micros::ZERO, Micros(30_000_000)), None).expect("there are points");
        let (arrivals, consumption) =
            (curve(&charts, Measure::Flow, Quantity::Arrivals), curve(&charts, Measure::Flow, Quantity::Consumption));
        let at = |seconds: u64| charts.instants.iter().position(|at| at.0 == seconds * 1_000_000).expect("each second");
        assert!((arrivals[at(5)] - 100.0).abs() < 1.5 && (consumption[at(5)] - 50.0).abs() < 1.5);
        assert!(arrivals[at(15)] == 0.0 && (consumption[at(15)] - 50.0).abs() < 1.5);
        assert!(consumption[at(25)] == 0.0);
        let flow = &charts.charts[0];
        assert_eq!(flow.areas.iter().map(|(area, _)| *area).collect::<Vec<_>>(), [Area::Peak, Area::Valley]);
        assert_eq!(flow.top, 100.0);
        let backlog = curve(&charts, Measure::Backlog, Quantity::Backlog);
        assert!((backlog[at(10)] - 500.0).abs() < 3.0, "{}", backlog[at(10)]);
        assert_eq!(backlog[at(25)], 0.0);
        let busy = curve(&charts, Measure::Utilisation, Quantity::Utilisation);
        assert!(busy[at(5)] > 0.99 && busy[at(25)] < 0.01);
        // Waiting grows as long as the peak lasts.
        let p95 = curve(&charts, Measure::Response, Quantity::P95);
        assert!(p95[at(9)] > p95[at(3)] && p95[at(25)].is_nan());
        assert!(charts.charts.iter().all(|chart| chart.measure != Measure::Drops), "nothing was dropped");
    }

    #[test]
    fn a_table_has_every_figure_and_is_the_same_for_a_part_of_the_time() {
        let session = run(OVERLOAD, 30);
        let words = Words::of(crate::base::Language::English);
        let whole = table(&charts(&session, None, (Micros::ZERO, Micros(30_000_000)), None).expect("points"), words);
        let part = table(&charts(&session, None, (Micros(4_000_000), Micros(9_000_000)), None).expect("points"), words);
        assert_eq!(
            whole.lines().next(),
            Some(
                "time_s,Arrivals and consumption: arrivals,Arrivals and consumption: consumption,Backlog: backlog,How long it takes: p50,How long it takes: p95,How long it takes: p99,Utilisation: busy"
            )
        );
        assert_eq!(whole.lines().count(), 31);
        for line in part.lines() {
            assert!(whole.lines().any(|other| other == line), "{line}");
        }
        // A node has its own figures.
        let queue = charts(&session, Some(&Id::from("q")), (Micros::ZERO, Micros(30_000_000)), None).expect("points");
        assert!((curve(&queue, Measure::Backlog, Quantity::Backlog)[9] - 500.0).abs() < 3.0);
        assert!(charts(&session, Some(&Id::from("nobody")), (Micros::ZERO, Micros(30_000_000)), None).is_none());
    }

    #[test]
    fn the_upper_border_is_a_round_number() {
        for (value, top) in
            [(0.0, 1.0), (0.3, 0.5), (1.0, 1.0), (3.2, 5.0), (21.0, 25.0), (99.0, 100.0), (5_001.0, 10_000.0)]
        {
            assert!((round_up(value) - top).abs() < 1e-9 * top, "{value}");
        }
    }
}
