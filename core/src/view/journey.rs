//! The journey of a message as it is shown: a line for each stop, and a waterfall of where each copy was for how long.

use super::incident;
use crate::base::Micros;
use crate::engine::{Engine, Event};
use crate::scenario::Id;
use crate::session::Session;
use crate::timeline::Journey;
use crate::words::Words;

/// What a copy does for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is on its way on an edge.
    Travels,
    /// It waits in a queue.
    Waits,
    /// A consumer has it, and works on it or will.
    Works,
    /// It was processed, or has failed, and the broker does not know yet.
    Acking,
}

impl Phase {
    /// All of them.
    pub const ALL: [Phase; 4] = [Phase::Travels, Phase::Waits, Phase::Works, Phase::Acking];

    /// Its name in style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Travels => "travels",
            Phase::Waits => "waits",
            Phase::Works => "works",
            Phase::Acking => "acking",
        }
    }

    /// What it is called.
    pub fn word(self, words: &Words) -> &'static str {
        match self {
            Phase::Travels => words.journey.travels,
            Phase::Waits => words.journey.waits,
            Phase::Works => words.journey.works,
            Phase::Acking => words.journey.acking,
        }
    }
}

/// A copy was in a phase for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The phase.
    pub phase: Phase,
    /// From when.
    pub from: Micros,
    /// Until when: at the latest until the instant that is looked at.
    pub until: Micros,
}

/// Where one copy was.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The copy's number.
    pub copy: u64,
    /// Its phases, in order.
    pub spans: Vec<Span>,
}

/// A stop as a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// When.
    pub at: Micros,
    /// To which copy it happened.
    pub copy: u64,
    /// What happened.
    pub text: String,
    /// Where, if that is still on the stage.
    pub place: Option<Id>,
    /// Whether it is bad news.
    pub bad: bool,
}

/// Where each copy was, up to `now`.
pub fn lanes(journey: &Journey, now: Micros) -> Vec<Lane> {
    journey.copies().iter().map(|copy| lane(journey, *copy, now)).filter(|lane| !lane.spans.is_empty()).collect()
}

fn lane(journey: &Journey, copy: u64, now: Micros) -> Lane {
    let mut spans: Vec<Span> = Vec::new();
    // What it does at the moment, and since when.
    let mut present: Option<(Phase, Micros)> = None;
    let mut turn = |present: &mut Option<(Phase, Micros)>, at: Micros, next: Option<(Phase, Micros)>| {
        let until = at.min(now);
        if let Some((phase, from)) = present.take().filter(|(_, from)| *from < until) {
            spans.push(Span { phase, from, until });
        }
        *present = next;
    };
    for stop in journey.stops().iter().filter(|stop| stop.copy == copy) {
        let at = stop.at;
        match stop.event {
            Event::Published { .. } => turn(&mut present, at, Some((Phase::Travels, at))),
            Event::Enqueued { .. } | Event::Requeued { .. } => turn(&mut present, at, Some((Phase::Waits, at))),
            Event::Delivered { arrives_at, .. } => {
                turn(&mut present, at, Some((Phase::Travels, at)));
                turn(&mut present, arrives_at, Some((Phase::Works, arrives_at)));
            }
            Event::Processed { .. } | Event::Failed { .. } | Event::Deduplicated { .. } => {
                turn(&mut present, at, Some((Phase::Acking, at)));
            }
            // With automatic acks the consumer goes on with it.
            Event::Acked { .. } if present.is_some_and(|(phase, _)| phase == Phase::Works) => {}
            Event::Acked { .. } | Event::Dropped { .. } | Event::Lost { .. } => turn(&mut present, at, None),
            _ => {}
        }
    }
    let over = journey.alive().all(|alive| alive != copy);
    // What is over is not acked any more; what was acked beforehand may still be worked on.
    if !(over && present.is_some_and(|(phase, _)| phase == Phase::Acking)) {
        turn(&mut present, now, None);
    }
    Lane { copy, spans }
}

/// All stops as lines.
pub fn lines(session: &Session, journey: &Journey, words: &Words) -> Vec<Line> {
    let engine = session.engine();
    let line = |stop: &crate::timeline::Stop| {
        let (place, text, bad) = said(session, engine, &stop.event, words)?;
        let there = session.scenario().node(&place).is_some() || session.scenario().edge(&place).is_some();
        Some(Line { at: stop.at, copy: stop.copy, text, place: there.then_some(place), bad })
    };
    journey.stops().iter().filter_map(line).collect()
}

fn said(session: &Session, engine: &Engine, event: &Event, words: &Words) -> Option<(Id, String, bool)> {
    let said = words.journey;
    let node = |index| engine.node_id(index).clone();
    let edge = |index| engine.edge_id(index).clone();
    let (place, sentence, bad): (Id, fn(&str) -> String, bool) = match *event {
        Event::Published { edge: on, .. } => (edge(on), said.published, false),
        Event::Routed { edge: on, .. } => (edge(on), said.routed, false),
        Event::Enqueued { queue, .. } => (node(queue), said.enqueued, false),
        Event::Delivered { edge: on, redelivered: false, .. } => (edge(on), said.delivered, false),
        Event::Delivered { edge: on, .. } => (edge(on), said.redelivered, false),
        Event::Processed { consumer, .. } => (node(consumer), said.processed, false),
        Event::Failed { consumer, .. } => (node(consumer), said.failed, true),
        Event::Acked { at, .. } => (node(at), said.acked, false),
        Event::Requeued { queue, .. } => (node(queue), said.requeued, true),
        Event::Returned { producer, .. } => (node(producer), said.returned, true),
        Event::Lost { edge: on, .. } => (edge(on), said.lost, true),
        Event::Duplicated { edge: on, .. } => (edge(on), said.duplicated, true),
        Event::Deduplicated { consumer, .. } => (node(consumer), said.deduplicated, false),
        Event::Dropped { at, reason, .. } => {
            let place = node(at);
            let name = incident::place_name(session, &place, words);
            return Some((place, (said.dropped)(&name, (words.shell.drop_reason)(reason)), true));
        }
        _ => return None,
    };
    let name = incident::place_name(session, &place, words);
    Some((place, sentence(&name), bad))
}

/// The nodes and edges where it has been, without repeating any.
pub fn places(session: &Session, journey: &Journey) -> Vec<Id> {
    let engine = session.engine();
    let mut places: Vec<Id> = Vec::new();
    for stop in journey.stops() {
        let place = match stop.event {
            Event::Published { edge, .. } | Event::Routed { edge, .. } | Event::Delivered { edge, .. } => {
                engine.edge_id(edge)
            }
            Event::Enqueued { queue, .. } => engine.node_id(queue),
            Event::Processed { consumer, .. } | Event::Failed { consumer, .. } => engine.node_id(consumer),
            _ => continue,
        };
        if !places.contains(place) {
            places.push(place.clone());
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::Language;
    use crate::scenario::format;
    use crate::session::Command;

    fn session() -> Session {
        let text = json!({
            "mq_scenario": 1,
            "nodes": [
                {"id": "p", "kind": "producer", "at": [0, 0], "label": "Shop",
                 "settings": {"pattern": {"constant": {"per_s": 10}}}},
                {"id": "q", "kind": "queue", "at": [200, 0]},
                {"id": "c", "kind": "consumer", "at": [400, 0],
                 "settings": {"prefetch_count": 1, "handler": [{"work": {"ms": {"constant": 150}}}]}}
            ],
            "edges": [
                {"id": "pq", "kind": "publish", "from": "p", "to": "q", "latency_ms": 5},
                {"id": "qc", "kind": "subscribe", "from": "q", "to": "c", "latency_ms": 2}
            ]
        });
        let mut session = Session::new(format::from_value(text).expect("a good scenario"));
        let _ = session.dispatch(Command::Seek { time_us: Micros::from_ms(1_000.0) });
        session.tick(0.0, &mut || false);
        session
    }

    #[test]
    fn a_waterfall_has_no_gaps() {
        let mut session = session();
        session.dispatch(Command::Follow { copy: Some(2) }).expect("is there");
        let journey = session.run().journey().expect("is followed");
        let lanes = lanes(journey, session.now());
        let [lane] = &lanes[..] else { panic!("{lanes:?}") };
        let phases: Vec<Phase> = lane.spans.iter().map(|span| span.phase).collect();
        use Phase::{Acking, Travels, Waits, Works};
        assert_eq!(phases, [Travels, Waits, Travels, Works, Acking]);
        assert!(lane.spans.windows(2).all(|pair| pair[0].until == pair[1].from), "{lane:?}");
        let (first, last) = (journey.stops().first().unwrap(), journey.stops().last().unwrap());
        assert_eq!((lane.spans[0].from, lane.spans[4].until), (first.at, last.at));
        // While it is waiting nothing is behind the present.
        let _ = session.dispatch(Command::Seek { time_us: first.at + Micros(20_000) });
        session.tick(0.0, &mut || false);
        let journey = session.run().journey().expect("is followed");
        let spans = &super::lanes(journey, session.now())[0].spans;
        assert_eq!(spans.last().map(|span| (span.phase, span.until)), Some((Waits, session.now())));
    }

    #[test]
    fn each_stop_is_a_line_in_each_language() {
        let mut session = session();
        session.dispatch(Command::Follow { copy: Some(1) }).expect("is there");
        for language in Language::ALL {
            let words = Words::of(language);
            let journey = session.run().journey().expect("is followed");
            let lines = lines(&session, journey, words);
            assert_eq!(lines.len(), journey.stops().len());
            assert!(lines[0].text.contains("Shop"), "{}", lines[0].text);
            assert!(lines.iter().all(|line| line.place.is_some() && !line.bad));
        }
        let places = places(&session, session.run().journey().expect("is followed"));
        assert_eq!(places.iter().map(Id::as_str).collect::<Vec<_>>(), ["pq", "q", "qc", "c"]);
    }
}
