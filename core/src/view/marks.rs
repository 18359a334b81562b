//! The moments of a run that are worth going to: what was done and what failed, what was lost first, where a backlog
//! turned.

use crate::base::Micros;
use crate::editor::{Change, Swap};
use crate::engine::DropReason;
use crate::scenario::Fault;
use crate::session::Session;
use crate::timeline::{Intervention, Overall};
use crate::view::incident;
use crate::words::Words;

/// What kind of moment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Something was made to fail.
    Fault,
    /// Something was put right.
    Mended,
    /// The document was edited.
    Edit,
    /// Something was dropped for the first time.
    Drop,
    /// A backlog stopped growing.
    Turn,
    /// A goal of the lesson was reached.
    Goal,
}

/// A moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When.
    pub at: Micros,
    /// What kind it is.
    pub kind: Kind,
    /// What happened, in a few words.
    pub text: String,
}

/// A backlog turns where it falls by at least this part of what it was, and by at least so many messages.
const TURN: f64 = 0.1;
const LEAST_TURN: u64 = 10;
/// What is a small part of the largest backlog is no turn worth going to.
const SMALL: f64 = 0.2;
/// So many marks are told of the turns at the most.
const MOST_TURNS: usize = 12;

/// The moments of the run from its beginning to the latest instant that was reached, in order of time.
pub fn marks(session: &Session, words: &Words) -> Vec<Mark> {
    let run = session.run();
    let mut marks: Vec<Mark> = Vec::new();
    for logged in run.whole_log() {
        let at = logged.moment.time_us;
        match &logged.intervention {
            Intervention::Fault(fault) => marks.push(fault_mark(session, at, fault, words)),
            Intervention::Edit(change) => {
                let text = edit_text(change, words);
                // A slider that is dragged is one mark.
                match marks.last_mut() {
                    Some(last)
                        if last.kind == Kind::Edit
                            && last.text == text
                            && at.saturating_sub(last.at) < Micros::SECOND =>
                    {
                        last.at = at;
                    }
                    _ => marks.push(Mark { at, kind: Kind::Edit, text }),
                }
            }
        }
    }
    for (at, fault, ends) in scripted(session) {
        marks.push(if ends {
            let text = (words.time.fault_ends)(&(words.failing.fault)(fault));
            Mark { at, kind: Kind::Mended, text }
        } else {
            fault_mark(session, at, fault, words)
        });
    }
    for (reason, at) in DropReason::ALL.into_iter().zip(run.first_drops()) {
        if let Some(at) = *at {
            marks.push(Mark { at, kind: Kind::Drop, text: (words.time.first_drop)((words.shell.drop_reason)(reason)) });
        }
    }
    let series = run.series();
    for (index, most) in turns(series.overall()) {
        marks.push(Mark { at: series.interval_end(index), kind: Kind::Turn, text: (words.time.turn)(most) });
    }
    marks.sort_by_key(|mark| (mark.at, mark.kind));
    marks
}

/// The faults of the script that have begun so far, and those that are over (true): when, and which.
pub fn scripted(session: &Session) -> impl Iterator<Item = (Micros, &Fault, bool)> {
    let reached = session.run().reached();
    let all = session.scenario().faults.iter().flat_map(|timed| {
        let begins = (Micros::from_ms(timed.at_ms), &timed.fault, false);
        let ends = timed.for_ms.map(|for_ms| (Micros::from_ms(timed.at_ms + for_ms), &timed.fault, true));
        std::iter::once(begins).chain(ends)
    });
    all.filter(move |(at, ..)| *at <= reached)
}

/// The mark before an instant, or behind it.
pub fn beside(marks: &[Mark], now: Micros, behind: bool) -> Option<&Mark> {
    if behind { marks.iter().find(|mark| mark.at > now) } else { marks.iter().rev().find(|mark| mark.at < now) }
}

fn fault_mark(session: &Session, at: Micros, fault: &Fault, words: &Words) -> Mark {
    let what = (words.failing.fault)(fault);
    let place = match fault.place() {
        crate::scenario::FaultPlace::Node(id) | crate::scenario::FaultPlace::Edge(id) => {
            incident::place_name(session, id, words)
        }
    };
    let kind = if super::faults::mends(fault) { Kind::Mended } else { Kind::Fault };
    Mark { at, kind, text: (words.time.fault_at)(&place, &what) }
}

fn edit_text(change: &Change, words: &Words) -> String {
    let time = words.time;
    let (mut added, mut removed) = (0, 0);
    for swap in &change.0 {
        let (before, after) = match swap {
            Swap::Node { before, after, .. } => (before.is_some(), after.is_some()),
            Swap::Edge { before, after, .. } => (before.is_some(), after.is_some()),
            _ => (true, true),
        };
        added += usize::from(!before && after);
        removed += usize::from(before && !after);
    }
    match (added, removed) {
        (0, 0) => time.changed.to_owned(),
        (_, 0) => time.added.to_owned(),
        (0, _) => time.removed.to_owned(),
        _ => time.rebuilt.to_owned(),
    }
}

/// Where the backlog turned from growing to shrinking: the interval with the peak, and the peak.
fn turns(overall: &[Overall]) -> Vec<(usize, u64)> {
    let mut turns = Vec::new();
    let far = |from: u64| LEAST_TURN.max((from as f64 * TURN) as u64);
    // While it grows, the last of its highest; while it shrinks, its lowest.
    let (mut grows, mut peak, mut lowest) = (true, (0, 0), 0);
    for (index, interval) in overall.iter().enumerate() {
        let [low, high, _] = interval.backlog;
        if grows {
            if high >= peak.1 {
                peak = (index, high);
            }
            if peak.1 - low.min(peak.1) >= far(peak.1) {
                turns.push(peak);
                (grows, lowest) = (false, low);
            }
        } else {
            lowest = lowest.min(low);
            if high - lowest.min(high) >= far(lowest) {
                (grows, peak) = (true, (index, high));
            }
        }
    }
    let largest = overall.iter().map(|interval| interval.backlog[1]).max().unwrap_or_default();
    turns.retain(|(_, most)| *most as f64 >= SMALL * largest as f64);
    if turns.len() > MOST_TURNS {
        // The highest say most.
        let mut by_height: Vec<u64> = turns.iter().map(|(_, most)| *most).collect();
        by_height.sort_unstable_by(|a, b| b.cmp(a));
        let bound = by_height[MOST_TURNS - 1];
        turns.retain(|(_, most)| *most >= bound);
        turns.truncate(MOST_TURNS);
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Language;
    use crate::scenario::{Id, format};
    use crate::session::Command;
    use serde_json::json;

    #[test]
    fn what_is_worth_going_to_is_found() {
        let scenario = format::from_value(json!({"mq_scenario": 1, "seed": 3, "nodes": [
            {"id": "p", "kind": "producer", "settings": {"pattern": {"constant": {"per_s": 100}}}},
            {"id": "q", "kind": "queue", "settings": {"max_length": 400}},
            {"id": "c", "kind": "consumer", "label": "Worker", "settings": {"handler": [{"work": {"ms": {"constant": 2}}}]}}],
          "edges": [{"id": "1", "kind": "publish", "from": "p", "to": "q"}, {"id": "2", "kind": "subscribe", "from": "q", "to": "c"}],
          "faults": [{"at_ms": 2000, "for_ms": 3000, "fault": {"stall": {"node": "c"}}}]}));
        let mut session = Session::new(scenario.expect("a good scenario"));
        let go = |session: &mut Session, ms: u64| {
            session.dispatch(Command::Seek { time_us: Micros(ms * 1_000) }).expect("fits");
            while session.playback().seeking().is_some() {
                session.tick(0.0, &mut || false);
            }
        };
        go(&mut session, 10_000);
        session.dispatch(Command::Fault(Fault::Crash { node: Id::from("c") })).expect("fits");
        go(&mut session, 20_000);
        session.dispatch(Command::Fault(Fault::Restart { node: Id::from("c") })).expect("fits");
        go(&mut session, 30_000);
        let words = Words::of(Language::English);
        let told: Vec<(u64, Kind)> =
            marks(&session, words).iter().map(|mark| (mark.at.0 / 100_000, mark.kind)).collect();
        let expected = [
            (20, Kind::Fault),
            (50, Kind::Mended),
            (50, Kind::Turn),
            (100, Kind::Fault),
            (140, Kind::Drop),
            (200, Kind::Mended),
            (200, Kind::Turn),
        ];
        assert_eq!(told, expected, "{:#?}", marks(&session, words));
        let all = marks(&session, words);
        assert_eq!(beside(&all, Micros(10_000_000), false).map(|mark| mark.at), Some(Micros(5_000_000)));
        assert_eq!(beside(&all, Micros(10_000_000), true).map(|mark| mark.kind), Some(Kind::Drop));
        assert!(all[3].text.contains("Worker"));
        // Going back forgets none of it, another branch does.
        go(&mut session, 3_000);
        assert_eq!(marks(&session, words), all);
        session.dispatch(Command::Remove { ids: vec![Id::from("2")] }).expect("fits");
        let told: Vec<Kind> = marks(&session, words).iter().map(|mark| mark.kind).collect();
        assert_eq!(told, [Kind::Fault, Kind::Edit]);
    }
}
