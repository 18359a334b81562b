//! Figures of a run by their names, for goals and for texts.

use serde_json::Value;

use super::goal::SeenEvent;
use crate::base::Micros;
use crate::engine::{Engine, NodeReport, Trouble};
use crate::scenario::{BROKER, Id, NodeKind};
use crate::session::Session;

/// What a lesson looks at: one session, or two beside each other.
#[derive(Clone, Copy)]
pub struct Lanes<'a> {
    /// The session with the stage's scenario.
    pub first: &'a Session,
    /// The one beside it.
    pub second: Option<&'a Session>,
}

impl<'a> Lanes<'a> {
    /// The simulated time.
    pub fn now(&self) -> Micros {
        self.first.now()
    }

    pub(super) fn sessions(&self) -> impl Iterator<Item = &'a Session> {
        std::iter::once(self.first).chain(self.second)
    }

    /// A setting, by the id of its node or edge and its path: `consumer.prefetch_count`.
    pub(super) fn setting(&self, name: &str) -> Option<Value> {
        let (session, name) = match name.strip_prefix(BESIDE) {
            Some(rest) => (self.second?, rest),
            None => (self.first, name),
        };
        let (id, path) = split(name, |id| {
            let id = Id::from(id);
            let scenario = session.scenario();
            if id.0 == BROKER {
                return serde_json::to_value(&scenario.broker).ok();
            }
            match (scenario.node(&id), scenario.edge(&id)) {
                (Some(node), _) => Some(node.settings.to_value()),
                (None, Some(edge)) => serde_json::to_value(edge).ok(),
                (None, None) => None,
            }
        })?;
        // What is not there has no value; the node is.
        Some(walk(&id, path).cloned().unwrap_or(Value::Null))
    }
}

const BESIDE: &str = "beside.";

/// Ids may have points in them: the longest beginning that `find` knows, and the rest.
fn split<T>(name: &str, find: impl Fn(&str) -> Option<T>) -> Option<(T, &str)> {
    let ends = name.match_indices('.').map(|(end, _)| end).collect::<Vec<_>>();
    ends.into_iter().rev().find_map(|end| Some((find(&name[..end])?, &name[end + 1..])))
}

fn walk<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |place, name| match place {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => place.get(name),
    })
}

/// A figure by its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure<'a> {
    beside: bool,
    what: Source<'a>,
}

#[derive(Clone, Debug, PartialEq)]
enum Source<'a> {
    /// The simulated time, in milliseconds.
    Time,
    /// How long the step takes, in milliseconds of simulated time.
    Step,
    /// How many incidents are open.
    OpenIncidents,
    /// Of the ledger.
    Ledger(&'a str),
    /// Of a node: id and path, not yet parted.
    Node(&'a str),
    /// Of all nodes of a kind together.
    Sum(NodeKind, &'a str),
    /// The least of those of all nodes of a kind.
    Least(NodeKind, &'a str),
    /// The largest.
    Most(NodeKind, &'a str),
}

impl<'a> Figure<'a> {
    /// The figure with this name; `None` where there is no such name. Whether the node is there turns out later.
    pub fn of(name: &'a str) -> Option<Figure<'a>> {
        let (beside, name) = match name.strip_prefix(BESIDE) {
            Some(rest) => (true, rest),
            None => (false, name),
        };
        let of_kind = |rest: &'a str| {
            let (kind, path) = rest.split_once('.')?;
            Some((NodeKind::ALL.into_iter().find(|known| known.name() == kind)?, path))
        };
        let what = match name {
            "time_ms" => Source::Time,
            "step_ms" => Source::Step,
            "incidents.open" => Source::OpenIncidents,
            _ => match name.split_once('.')? {
                ("ledger", path) => Source::Ledger(path),
                ("nodes", path) => Source::Node(path),
                ("sum", rest) => of_kind(rest).map(|(kind, path)| Source::Sum(kind, path))?,
                ("least", rest) => of_kind(rest).map(|(kind, path)| Source::Least(kind, path))?,
                ("most", rest) => of_kind(rest).map(|(kind, path)| Source::Most(kind, path))?,
                _ => return None,
            },
        };
        Some(Figure { beside, what })
    }

    /// The number, now; `None` where there is nothing to say yet, or the node is not there. Yes is 1, no is 0.
    pub fn number(&self, lanes: &Lanes, began_at: Micros) -> Option<f64> {
        let session = if self.beside { lanes.second? } else { lanes.first };
        let engine = session.engine();
        match self.what {
            Source::Time => Some(lanes.now().as_ms()),
            Source::Step => Some(lanes.now().saturating_sub(began_at).as_ms()),
            Source::OpenIncidents => {
                Some(engine.incidents().iter().filter(|incident| incident.ended_us.is_none()).count() as f64)
            }
            Source::Ledger("dropped") => Some(engine.ledger().dropped.total() as f64),
            Source::Ledger(path) => in_report(&serde_json::to_value(engine.ledger()).ok()?, path),
            Source::Node(name) => {
                let (report, path) = split(name, |id| engine.node_report(&Id::from(id)))?;
                of_node(&report, path)
            }
            Source::Sum(kind, path) => Some(each(session, kind, path).sum()),
            Source::Least(kind, path) => each(session, kind, path).reduce(f64::min),
            Source::Most(kind, path) => each(session, kind, path).reduce(f64::max),
        }
    }

    /// Whether a run of this document has such a figure: its node is there, and has it.
    pub fn is_known(&self, lanes: &Lanes) -> bool {
        let Some(session) = (if self.beside { lanes.second } else { Some(lanes.first) }) else { return false };
        let engine = session.engine();
        match self.what {
            Source::Time | Source::Step | Source::OpenIncidents | Source::Ledger("dropped") => true,
            Source::Ledger(path) => {
                serde_json::to_value(engine.ledger()).is_ok_and(|ledger| is_in_report(&ledger, path))
            }
            Source::Node(name) => {
                split(name, |id| engine.node_report(&Id::from(id))).is_some_and(|(report, path)| has(&report, path))
            }
            Source::Sum(kind, path) | Source::Least(kind, path) | Source::Most(kind, path) => {
                let reports = nodes(session, kind);
                reports.peekable().peek().is_some_and(|report| has(report, path))
            }
        }
    }
}

fn nodes(session: &Session, kind: NodeKind) -> impl Iterator<Item = NodeReport> {
    let nodes = session.scenario().nodes.iter().filter(move |node| node.kind() == kind);
    nodes.filter_map(|node| session.engine().node_report(&node.id))
}

fn each<'a>(session: &'a Session, kind: NodeKind, path: &'a str) -> impl Iterator<Item = f64> + 'a {
    nodes(session, kind).filter_map(move |report| of_node(&report, path))
}

fn of_node(report: &NodeReport, path: &str) -> Option<f64> {
    match (report, path) {
        (NodeReport::Queue(queue), "depth") => Some(queue.depth() as f64),
        (_, "dropped") => Some(report.dropped().total() as f64),
        _ => in_report(&serde_json::to_value(report).ok()?, path),
    }
}

fn has(report: &NodeReport, path: &str) -> bool {
    matches!((report, path), (NodeReport::Queue(_), "depth") | (_, "dropped"))
        || serde_json::to_value(report).is_ok_and(|report| is_in_report(&report, path))
}

/// Reasons for which nothing was dropped are not listed.
const DROPPED: &str = "dropped.";

fn in_report(report: &Value, path: &str) -> Option<f64> {
    match walk(report, path) {
        Some(Value::Bool(yes)) => Some(f64::from(u8::from(*yes))),
        Some(value) => value.as_f64(),
        None if path.starts_with(DROPPED) => Some(0.0),
        None => None,
    }
}

fn is_in_report(report: &Value, path: &str) -> bool {
    if let Some(reason) = path.strip_prefix(DROPPED) {
        return crate::engine::DropReason::ALL.into_iter().any(|known| known.name() == reason);
    }
    // A distribution in which nothing is yet has nothing but its count: its other figures are still figures.
    walk(report, path).is_some_and(|value| value.is_number() || value.is_boolean() || value.is_null())
}

/// How often something has happened so far.
pub(super) fn seen(event: SeenEvent, at: Option<&Id>, engine: &Engine) -> u64 {
    let is_here = |place: &Id| at.is_none_or(|at| at == place);
    let incidents = |trouble: Trouble| {
        let all = engine.incidents();
        all.iter().filter(|incident| incident.trouble == trouble && is_here(&incident.place)).count() as u64
    };
    match event {
        SeenEvent::Crashed => incidents(Trouble::Crashed),
        SeenEvent::Overloaded => incidents(Trouble::Overloaded),
        SeenEvent::Stalled => incidents(Trouble::Stalled),
        SeenEvent::Cut => incidents(Trouble::Cut),
        SeenEvent::Redeploying => incidents(Trouble::Redeploying),
        SeenEvent::TimedOut => incidents(Trouble::TimedOut),
        SeenEvent::Poison => incidents(Trouble::Poison),
        SeenEvent::MemoryAlarm => incidents(Trouble::MemoryAlarm),
        // What is dropped on an edge is dropped, too.
        SeenEvent::Dropped if at.is_none() => engine.ledger().dropped.total(),
        counted => {
            let reports = engine.node_ids().filter(|id| is_here(id)).filter_map(|id| engine.node_report(id));
            reports.map(|report| count(counted, &report, at.is_some())).sum()
        }
    }
}

/// How often something was counted at a node. A message that is delivered again is counted where it was delivered from, unless
/// somebody asks for the consumer.
fn count(event: SeenEvent, report: &NodeReport, asked_for: bool) -> u64 {
    match (event, report) {
        (SeenEvent::Dropped, _) => report.dropped().total(),
        (SeenEvent::Redelivered, NodeReport::Queue(queue)) => queue.redelivered,
        (SeenEvent::Redelivered, NodeReport::Consumer(consumer)) if asked_for => consumer.redelivered,
        (SeenEvent::DeadLettered, NodeReport::Queue(queue)) => queue.dead_lettered,
        (SeenEvent::Returned, NodeReport::Producer(producer)) => producer.returned,
        (SeenEvent::Nacked, NodeReport::Producer(producer)) => producer.nacked,
        (SeenEvent::Deduplicated, NodeReport::Consumer(consumer)) => consumer.deduplicated,
        (SeenEvent::RequestFailed, NodeReport::Client(client)) => client.failed,
        _ => 0,
    }
}

/// How a number is shown in a text: what stands behind the bar in `{{nodes.client.response_ms.mean|s}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As it is, with at most three digits behind the point.
    Plain,
    /// A number of milliseconds in seconds, with one digit behind the point at most.
    Seconds,
    /// A part of the whole in per cent.
    Percent,
    /// A whole number.
    Whole,
}

impl Format {
    /// A name as it stands in a text, without how it is shown; `None` where that is not known.
    pub fn parted(name: &str) -> Option<(&str, Format)> {
        match name.split_once('|') {
            None => Some((name, Format::Plain)),
            Some((name, "s")) => Some((name, Format::Seconds)),
            Some((name, "%")) => Some((name, Format::Percent)),
            Some((name, "0")) => Some((name, Format::Whole)),
            Some(_) => None,
        }
    }
}

/// A number as it is shown.
pub fn shown(number: f64, format: Format) -> String {
    let (number, digits, behind) = match format {
        Format::Plain => (number, 3, ""),
        Format::Seconds => (number / 1e3, 1, ""),
        Format::Percent => (number * 100.0, 0, "%"),
        Format::Whole => (number, 0, ""),
    };
    let text = format!("{number:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let (sign, digits) = text.split_at(usize::from(text.starts_with('-')));
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    // Groups of three from five digits on: 5,000 is a count, 5000 a rate; both are read as easily.
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) && whole.len() > 4 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let part = part.map_or_else(String::new, |part| format!(".{part}"));
    format!("{sign}{grouped}{part}{behind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_they_are_read() {
        assert_eq!(shown(920.0, Format::Plain), "920");
        assert_eq!(shown(0.12345, Format::Plain), "0.123");
        assert_eq!(shown(5000.0, Format::Plain), "5000");
        assert_eq!(shown(40986.0, Format::Plain), "40,986");
        assert_eq!(shown(-1234567.5, Format::Plain), "-1,234,567.5");
        assert_eq!(shown(60010.0, Format::Seconds), "60");
        assert_eq!(shown(0.957, Format::Percent), "96%");
        assert_eq!(shown(12.6, Format::Whole), "13");
        assert_eq!(Format::parted("a.b|%"), Some(("a.b", Format::Percent)));
        assert_eq!(Format::parted("a|x"), None);
    }
}
