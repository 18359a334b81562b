//! A run as JSON, as it stands in a link, and back: every part is checked as if somebody had done it by hand.

use serde_json::{Map, Value, json};

use super::{MOST_BYTES, Refused};
use crate::base::Micros;
use crate::editor::{Change, Swap};
use crate::engine::Moment;
use crate::scenario::{Fault, Id, Problem, Reason, Scenario, TimedEdit, format};
use crate::timeline::{Intervention, Logged, Record};

/// So many things may have been done to a run that is told by a link.
pub const MOST_LOGGED: usize = 20_000;

/// The document is looked through after every edit; so many parts may be looked at in all.
pub const MOST_EDITED: usize = 4_000_000;

/// The run as text.
///
/// # Errors
/// There is more in it than would be opened again.
pub fn write(record: &Record) -> Result<String, Refused> {
    let mut sketch = Sketch::new(&record.start);
    let mut log = Vec::with_capacity(record.log.len().min(MOST_LOGGED));
    for logged in &record.log {
        let Moment { time_us, events } = logged.moment;
        let mut entry = Map::new();
        entry.insert("at".to_owned(), json!([time_us, events]));
        if logged.edits > 0 {
            entry.insert("edits".to_owned(), logged.edits.into());
        }
        match &logged.intervention {
            Intervention::Fault(fault) => entry.insert("fault".to_owned(), plain(fault)),
            Intervention::Edit(change) => {
                sketch.note_work()?;
                sketch.follow(logged.edits);
                let swaps = change.0.iter().map(|swap| {
                    let written = sketch.swap_to_value(swap);
                    Change(vec![swap.clone()]).make(&mut sketch.document);
                    written
                });
                let swaps: Vec<Value> = swaps.collect();
                entry.insert("change".to_owned(), swaps.into())
            }
        };
        log.push(Value::Object(entry));
    }
    if log.len() > MOST_LOGGED {
        return Err(Refused::TooMuch);
    }
    let mut told = Map::new();
    told.insert("scenario".to_owned(), plain(&record.start));
    if record.next_seed != record.start.seed {
        told.insert("next_seed".to_owned(), record.next_seed.into());
    }
    if !log.is_empty() {
        told.insert("log".to_owned(), log.into());
    }
    let here = record.here;
    if here.time_us > Micros::ZERO || here.events > 0 || record.position > 0 {
        told.insert("here".to_owned(), json!([here.time_us, here.events, record.position]));
    }
    told.insert("hash".to_owned(), record.trace_hash.clone().into());
    let text = Value::Object(told).to_string();
    if text.len() > MOST_BYTES { Err(Refused::TooMuch) } else { Ok(text) }
}

/// The run that a text tells.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str) -> Result<Record, Refused> {
    let told: Value = serde_json::from_str(text).map_err(|_| Refused::Damaged)?;
    let Value::Object(mut told) = told else { return Err(Refused::Damaged) };
    let start = told.remove("scenario").ok_or(Refused::Damaged)?;
    let start = format::from_value(start).map_err(Refused::Wrong)?;
    let next_seed = match told.remove("next_seed") {
        Some(seed) => seed.as_u64().ok_or(Refused::Damaged)?,
        None => start.seed,
    };
    format::check_seed(next_seed, "/next_seed").map_err(|problem| Refused::Wrong(vec![problem]))?;
    let entries = match told.remove("log") {
        None => Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(_) => return Err(Refused::Damaged),
    };
    if entries.len() > MOST_LOGGED {
        return Err(Refused::TooMuch);
    }
    let mut sketch = Sketch::new(&start);
    let mut log: Vec<Logged> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        let logged = sketch.logged_from_value(entry, &format!("/log/{index}"))?;
        let before = log.last();
        let rises = before.is_none_or(|before| before.moment <= logged.moment && before.edits <= logged.edits);
        if !rises {
            return Err(Refused::Damaged);
        }
        log.push(logged);
    }
    let (here, position) = match told.remove("here") {
        None => (Moment { time_us: Micros::ZERO, events: 0 }, 0),
        Some(here) => {
            let [time_us, events, position] = numbers(&here)?;
            (moment(time_us, events)?, usize::try_from(position).unwrap_or(usize::MAX))
        }
    };
    if position > log.len()
        || log[..position].iter().any(|logged| logged.moment > here)
        || log[position..].iter().any(|logged| logged.moment.time_us < here.time_us)
    {
        return Err(Refused::Damaged);
    }
    let Some(Value::String(trace_hash)) = told.remove("hash") else { return Err(Refused::Damaged) };
    if !told.is_empty() {
        return Err(Refused::Damaged);
    }
    Ok(Record { start, next_seed, log, here, position, trace_hash })
}

/// The document as it is along the log: parts are told as they became, and found here as they were.
struct Sketch {
    /// Without the script, which is told apart.
    document: Scenario,
    /// The edits of the script, in the order in which the engine makes them.
    edits: Vec<TimedEdit>,
    made: usize,
    work: usize,
}

impl Sketch {
    fn new(start: &Scenario) -> Sketch {
        let mut edits = start.edits.clone();
        edits.sort_by_key(|edit| Micros::from_ms(edit.at_ms));
        Sketch { document: Scenario { edits: Vec::new(), ..start.clone() }, edits, made: 0, work: 0 }
    }

    /// Makes the edits of the script up to so many.
    fn follow(&mut self, edits: usize) {
        for edit in self.edits.get(self.made..edits.min(self.edits.len())).unwrap_or_default() {
            edit.make(&mut self.document);
        }
        self.made = self.made.max(edits);
    }

    fn note_work(&mut self) -> Result<(), Refused> {
        self.work += self.document.nodes.len() + self.document.edges.len() + 1;
        if self.work > MOST_EDITED { Err(Refused::TooMuch) } else { Ok(()) }
    }

    fn swap_to_value(&self, swap: &Swap) -> Value {
        let part = |place: usize, before: Option<&Id>, name: &str, after: Value| {
            let mut part = Map::new();
            part.insert(name.to_owned(), after);
            match before {
                Some(before) => part.insert("before".to_owned(), before.0.clone().into()),
                None => part.insert("place".to_owned(), place.into()),
            };
            Value::Object(part)
        };
        match swap {
            Swap::Node { place, before, after } => {
                let after = after.as_ref().map_or(Value::Null, format::node_to_value);
                part(*place, before.as_ref().map(|node| &node.id), "node", after)
            }
            Swap::Edge { place, before, after } => {
                let after = after.as_ref().map_or(Value::Null, plain);
                part(*place, before.as_ref().map(|edge| &edge.id), "edge", after)
            }
            Swap::Broker { after, .. } => json!({ "broker": after }),
            Swap::Script { after, .. } => json!({ "faults": after }),
            Swap::Chaos { after, .. } => json!({ "chaos": after }),
            // A record has none of these: they are no part of a run.
            Swap::Note { .. } | Swap::Title { .. } | Swap::Seed { .. } => Value::Null,
        }
    }

    fn logged_from_value(&mut self, entry: Value, pointer: &str) -> Result<Logged, Refused> {
        let Value::Object(mut entry) = entry else { return Err(Refused::Damaged) };
        let [time_us, events] = numbers(&entry.remove("at").ok_or(Refused::Damaged)?)?;
        let moment = moment(time_us, events)?;
        let edits = entry.remove("edits").map_or(Some(0), |edits| edits.as_u64()).ok_or(Refused::Damaged)? as usize;
        // Of those that are due at this very instant, some may not have been made yet.
        let due = |edit: &&TimedEdit| Micros::from_ms(edit.at_ms) <= moment.time_us;
        if edits > self.edits.iter().filter(due).count() {
            return Err(Refused::Damaged);
        }
        self.follow(edits);
        let intervention = match (entry.remove("fault"), entry.remove("change")) {
            (Some(fault), None) => Intervention::Fault(self.fault(fault, pointer).map_err(Refused::Wrong)?),
            (None, Some(Value::Array(swaps))) => {
                self.note_work()?;
                let mut change = Change::default();
                for (index, swap) in swaps.into_iter().enumerate() {
                    let pointer = format!("{pointer}/change/{index}");
                    let swap = self.swap_from_value(swap, &pointer)?;
                    Change(vec![swap.clone()]).make(&mut self.document);
                    change.0.push(swap);
                }
                self.check(pointer)?;
                Intervention::Edit(change)
            }
            _ => return Err(Refused::Damaged),
        };
        if entry.is_empty() { Ok(Logged { moment, edits, intervention }) } else { Err(Refused::Damaged) }
    }

    /// The document is a good one. Its script may name what is not there: it did when it was run.
    fn check(&mut self, pointer: &str) -> Result<(), Refused> {
        let faults = std::mem::take(&mut self.document.faults);
        let problems = format::check(&self.document);
        self.document.faults = faults;
        if problems.is_empty() { Ok(()) } else { Err(Refused::Wrong(below(pointer, problems))) }
    }

    fn fault(&self, value: Value, pointer: &str) -> Result<Fault, Vec<Problem>> {
        let pointer = format!("{pointer}/fault");
        let here = |reason: Reason| vec![Problem { pointer: pointer.clone(), reason }];
        let fault: Fault =
            serde_json::from_value(value).map_err(|problem| here(Reason::Refused(problem.to_string())))?;
        format::check_fault(&fault, &pointer).map_err(|problem| vec![problem])?;
        fault.check(&self.document).map_err(here)?;
        Ok(fault)
    }

    fn swap_from_value(&self, value: Value, pointer: &str) -> Result<Swap, Refused> {
        let Value::Object(mut told) = value else { return Err(Refused::Damaged) };
        let known = match told.remove("before") {
            None => None,
            Some(Value::String(id)) => Some(Id(id)),
            Some(_) => return Err(Refused::Damaged),
        };
        let place = told.remove("place").map_or(Some(0), |place| place.as_u64()).ok_or(Refused::Damaged)? as usize;
        let mut members = told.into_iter();
        let (Some((name, after)), None) = (members.next(), members.next()) else { return Err(Refused::Damaged) };
        let pointer = format!("{pointer}/{name}");
        let missing = |reason: Reason| Refused::Wrong(vec![Problem { pointer: pointer.clone(), reason }]);
        let document = &self.document;
        let swap = match (name.as_str(), after.is_null()) {
            ("node", gone) => {
                let before = found(&document.nodes, |node| &node.id, known.as_ref())
                    .map_err(|id| missing(Reason::NoSuchNode(id)))?;
                let after =
                    if gone { None } else { Some(format::node_from_value(after, &pointer).map_err(Refused::Wrong)?) };
                let (place, before) = before.map_or((place, None), |(place, node)| (place, Some(node.clone())));
                if let (Some(before), Some(after)) = (&before, &after)
                    && (before.id != after.id || before.kind() != after.kind())
                {
                    return Err(missing(Reason::DuplicateId(after.id.clone())));
                }
                Swap::Node { place, before, after }
            }
            ("edge", gone) => {
                let before = found(&document.edges, |edge| &edge.id, known.as_ref())
                    .map_err(|id| missing(Reason::NoSuchEdge(id)))?;
                let after =
                    if gone { None } else { Some(format::edge_from_value(after, &pointer).map_err(Refused::Wrong)?) };
                let (place, before) = before.map_or((place, None), |(place, edge)| (place, Some(edge.clone())));
                if let (Some(before), Some(after)) = (&before, &after)
                    && before.id != after.id
                {
                    return Err(missing(Reason::DuplicateId(after.id.clone())));
                }
                Swap::Edge { place, before, after }
            }
            ("broker", false) => {
                let after = format::broker_from_value(after, &pointer).map_err(Refused::Wrong)?;
                Swap::Broker { before: document.broker.clone(), after }
            }
            ("chaos", false) => {
                let after = format::chaos_from_value(after, &pointer).map_err(Refused::Wrong)?;
                Swap::Chaos { before: document.chaos.clone(), after }
            }
            ("faults", false) => {
                let Value::Array(faults) = after else { return Err(Refused::Damaged) };
                let read = |(index, fault)| format::timed_fault_from_value(fault, &format!("{pointer}/{index}"));
                let after: Result<Vec<_>, _> = faults.into_iter().enumerate().map(read).collect();
                Swap::Script { before: document.faults.clone(), after: after.map_err(Refused::Wrong)? }
            }
            _ => return Err(Refused::Damaged),
        };
        Ok(swap)
    }
}

/// A part by its id, with its place, where one is asked for.
///
/// # Errors
/// There is none of this id.
fn found<'a, P>(parts: &'a [P], id_of: fn(&P) -> &Id, known: Option<&Id>) -> Result<Option<(usize, &'a P)>, Id> {
    let Some(known) = known else { return Ok(None) };
    let place = parts.iter().position(|part| id_of(part) == known).ok_or_else(|| known.clone())?;
    Ok(Some((place, &parts[place])))
}

fn below(pointer: &str, problems: Vec<Problem>) -> Vec<Problem> {
    problems
        .into_iter()
        .map(|Problem { pointer: inner, reason }| Problem { pointer: format!("{pointer}{inner}"), reason })
        .collect()
}

/// A list of so many whole numbers.
fn numbers<const COUNT: usize>(value: &Value) -> Result<[u64; COUNT], Refused> {
    let list = value.as_array().filter(|list| list.len() == COUNT).ok_or(Refused::Damaged)?;
    let mut numbers = [0; COUNT];
    for (number, value) in numbers.iter_mut().zip(list) {
        *number = value.as_u64().ok_or(Refused::Damaged)?;
    }
    Ok(numbers)
}

fn moment(time_us: u64, events: u64) -> Result<Moment, Refused> {
    let time_us = Micros(time_us);
    if time_us > Micros::LAST { Err(Refused::Damaged) } else { Ok(Moment { time_us, events }) }
}

fn plain(part: &impl serde::Serialize) -> Value {
    serde_json::to_value(part).expect("a run is plain data")
}
