//! The scenario file, version 1: reading, writing, and saying precisely what is wrong with one.
//!
//! Reading goes part by part, so that every node, edge and fault that is wrong is named, not only the first.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::field::{self, NumberRange, Scale, Unit};
use super::node::read;
use super::{
    BROKER, BROKER_FIELDS, BrokerSettings, CHAOS_FIELDS, Chaos, Color, Edge, EdgeKind, Fault, FaultPlace, Id,
    LONGEST_NOTE, Node, NodeKind, NodeSettings, Note, Pattern, Problem, Publish, Reason, SEED_LIMIT, Scenario, Step,
    TimedEdit, TimedFault, edge, edge_kind_between, handler, is_default,
};
use crate::base::{Language, Point, Text};
use crate::scenario::Distribution;

/// The version of the format that is written, and the newest that is read.
pub const VERSION: u64 = 1;

/// The most nodes, and the most edges, of a document.
pub const MOST_NODES: usize = 5_000;

/// The longest id, in characters.
const LONGEST_ID: usize = 128;

/// How far from the origin a node may stand, in stage units.
const FARTHEST: f64 = 1e6;

/// A document as it stands in a file, parts still unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScenario {
    mq_scenario: u64,
    #[serde(default)]
    title: Text,
    #[serde(default)]
    about: Text,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    broker: Value,
    #[serde(default)]
    nodes: Vec<Value>,
    #[serde(default)]
    edges: Vec<Value>,
    #[serde(default)]
    notes: Vec<Value>,
    #[serde(default)]
    faults: Vec<Value>,
    #[serde(default)]
    edits: Vec<Value>,
    #[serde(default)]
    chaos: Value,
}

/// An edit as it stands in a file, parts still unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEdit {
    at_ms: f64,
    #[serde(default)]
    remove: Vec<Id>,
    #[serde(default)]
    nodes: Vec<Value>,
    #[serde(default)]
    edges: Vec<Value>,
}

/// A node as it stands in a file, settings still unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNode {
    id: Id,
    kind: String,
    #[serde(default)]
    label: Option<Text>,
    #[serde(default)]
    at: Point,
    #[serde(default)]
    color: Option<Color>,
    #[serde(default = "no_settings")]
    settings: Value,
}

fn no_settings() -> Value {
    Value::Object(Map::new())
}

/// Reads a document from JSON text.
///
/// # Errors
/// Every problem found, at least one.
pub fn parse(text: &str) -> Result<Scenario, Vec<Problem>> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let reason = Reason::NotJson { message: strip_position(&error), line: error.line(), column: error.column() };
        vec![Problem { pointer: String::new(), reason }]
    })?;
    from_value(value)
}

/// serde_json's message without the position that it appends: the position has a place of its own.
fn strip_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at line ") {
        Some(end) => message[..end].to_owned(),
        None => message,
    }
}

/// Reads a document from a JSON value.
///
/// # Errors
/// Every problem found, at least one.
pub fn from_value(value: Value) -> Result<Scenario, Vec<Problem>> {
    require_object(&value, "").map_err(|problem| vec![problem])?;
    if let Some(version) = value.get("mq_scenario")
        && version.as_u64() != Some(VERSION)
    {
        return Err(vec![Problem { pointer: "/mq_scenario".to_owned(), reason: Reason::UnknownVersion }]);
    }
    let raw: RawScenario = read(value, "").map_err(|problem| vec![problem])?;
    debug_assert_eq!(raw.mq_scenario, VERSION);
    let mut problems = Vec::new();
    problems.extend(check_seed(raw.seed, "/seed").err());
    let broker =
        if raw.broker.is_null() { Ok(BrokerSettings::default()) } else { broker_from_value(raw.broker, "/broker") };
    let broker = broker.unwrap_or_else(|found| {
        problems.extend(found);
        BrokerSettings::default()
    });
    let mut scenario = Scenario { title: raw.title, about: raw.about, seed: raw.seed, broker, ..Scenario::default() };
    for (index, value) in raw.nodes.into_iter().enumerate() {
        match node_from_value(value, &format!("/nodes/{index}")) {
            Ok(node) => scenario.nodes.push(node),
            Err(found) => problems.extend(found),
        }
    }
    scenario.edges = read_edges(raw.edges, "/edges", &mut problems);
    for (index, value) in raw.notes.into_iter().enumerate() {
        match note_from_value(value, &format!("/notes/{index}")) {
            Ok(note) => scenario.notes.push(note),
            Err(found) => problems.extend(found),
        }
    }
    for (index, value) in raw.edits.into_iter().enumerate() {
        match edit_from_value(value, &format!("/edits/{index}")) {
            Ok(edit) => scenario.edits.push(edit),
            Err(found) => problems.extend(found),
        }
    }
    if !raw.chaos.is_null() {
        match chaos_from_value(raw.chaos, "/chaos") {
            Ok(chaos) => scenario.chaos = chaos,
            Err(found) => problems.extend(found),
        }
    }
    for (index, value) in raw.faults.into_iter().enumerate() {
        match timed_fault_from_value(value, &format!("/faults/{index}")) {
            Ok(fault) => scenario.faults.push(fault),
            Err(found) => problems.extend(found),
        }
    }
    // Ends of edges can only be judged when every node could be read.
    if problems.is_empty() {
        problems = check(&scenario);
    }
    if problems.is_empty() { Ok(scenario) } else { Err(problems) }
}

fn read_edges(values: Vec<Value>, list: &str, problems: &mut Vec<Problem>) -> Vec<Edge> {
    let mut edges = Vec::with_capacity(values.len());
    for (index, value) in values.into_iter().enumerate() {
        match edge_from_value(value, &format!("{list}/{index}")) {
            Ok(edge) => edges.push(edge),
            Err(found) => problems.extend(found),
        }
    }
    edges
}

/// Reads one edge. Whether its ends are there is [`check`]'s business.
///
/// # Errors
/// Every problem found, with pointers below `pointer`.
pub fn edge_from_value(value: Value, pointer: &str) -> Result<Edge, Vec<Problem>> {
    let mut problems = Vec::new();
    for kind in EdgeKind::ALL {
        if value.get("kind").is_some_and(|name| name == kind.name()) {
            field::check_record(edge::fields(kind), &value, pointer, &mut problems);
        }
    }
    match read::<Edge>(value, pointer) {
        Ok(edge) if problems.is_empty() => return Ok(edge),
        Ok(_) => {}
        Err(problem) => problems.insert(0, problem),
    }
    Err(problems)
}

/// Reads one fault of the script. Whether what it names is there is [`check`]'s business.
///
/// # Errors
/// Every problem found, with pointers below `pointer`.
pub fn timed_fault_from_value(value: Value, pointer: &str) -> Result<TimedFault, Vec<Problem>> {
    let read = require_object(&value, pointer).and_then(|()| read::<TimedFault>(value, pointer));
    let fault = read.map_err(|problem| vec![problem])?;
    let checks = [
        check_span(fault.at_ms, &format!("{pointer}/at_ms")),
        check_span(fault.for_ms.unwrap_or(0.0), &format!("{pointer}/for_ms")),
        check_fault(&fault.fault, &format!("{pointer}/fault/{}", fault.fault.name())),
    ];
    let problems: Vec<Problem> = checks.into_iter().filter_map(Result::err).collect();
    if problems.is_empty() { Ok(fault) } else { Err(problems) }
}

fn edit_from_value(value: Value, pointer: &str) -> Result<TimedEdit, Vec<Problem>> {
    require_object(&value, pointer).map_err(|problem| vec![problem])?;
    let RawEdit { at_ms, remove, nodes, edges } = read(value, pointer).map_err(|problem| vec![problem])?;
    let mut problems: Vec<Problem> = check_span(at_ms, &format!("{pointer}/at_ms")).err().into_iter().collect();
    let edges = read_edges(edges, &format!("{pointer}/edges"), &mut problems);
    let mut edit = TimedEdit { at_ms, remove, nodes: Vec::with_capacity(nodes.len()), edges };
    for (index, value) in nodes.into_iter().enumerate() {
        match node_from_value(value, &format!("{pointer}/nodes/{index}")) {
            Ok(node) => edit.nodes.push(node),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(edit) } else { Err(problems) }
}

/// Reads the chaos switch.
///
/// # Errors
/// Every problem found, with pointers below `pointer`.
pub fn chaos_from_value(value: Value, pointer: &str) -> Result<Chaos, Vec<Problem>> {
    require_object(&value, pointer).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    field::check_record(CHAOS_FIELDS, &value, pointer, &mut problems);
    let chaos = read(value, pointer).map_err(|problem| vec![problem])?;
    if problems.is_empty() { Ok(chaos) } else { Err(problems) }
}

/// Checks the number that a fault carries.
///
/// # Errors
/// It is out of its range.
pub fn check_fault(fault: &Fault, pointer: &str) -> Result<(), Problem> {
    match fault.number() {
        Some((name, number, range)) if !(range.min..=range.max).contains(&number) => {
            Err(Problem { pointer: format!("{pointer}/{name}"), reason: Reason::OutOfRange(range) })
        }
        _ => Ok(()),
    }
}

/// Checks a time or a span of the script.
///
/// # Errors
/// It is negative, or longer than a day.
pub fn check_span(ms: f64, pointer: &str) -> Result<(), Problem> {
    const SPAN: NumberRange = NumberRange::milliseconds(0.0, 0.0);
    if (SPAN.min..=SPAN.max).contains(&ms) {
        Ok(())
    } else {
        Err(Problem { pointer: pointer.to_owned(), reason: Reason::OutOfRange(SPAN) })
    }
}

/// The types would read a list as the members of an object in their order.
fn require_object(value: &Value, pointer: &str) -> Result<(), Problem> {
    if value.is_array() {
        return Err(Problem { pointer: pointer.to_owned(), reason: Reason::NoObject });
    }
    Ok(())
}

/// Reads the broker's settings.
///
/// # Errors
/// Every problem found, with pointers below `pointer`.
pub fn broker_from_value(value: Value, pointer: &str) -> Result<BrokerSettings, Vec<Problem>> {
    require_object(&value, pointer).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    field::check_record(BROKER_FIELDS, &value, pointer, &mut problems);
    let settings = read(value, pointer).map_err(|problem| vec![problem])?;
    if problems.is_empty() { Ok(settings) } else { Err(problems) }
}

/// Reads one node.
///
/// # Errors
/// Every problem found, with pointers below `pointer`.
pub fn node_from_value(value: Value, pointer: &str) -> Result<Node, Vec<Problem>> {
    require_object(&value, pointer).map_err(|problem| vec![problem])?;
    let raw: RawNode = read(value, pointer).map_err(|problem| vec![problem])?;
    let Some(kind) = NodeKind::from_name(&raw.kind) else {
        return Err(vec![Problem { pointer: format!("{pointer}/kind"), reason: Reason::UnknownKind(raw.kind) }]);
    };
    let mut problems = Vec::new();
    check_id(&raw.id, &format!("{pointer}/id"), &mut problems);
    if let Err(problem) = check_place(raw.at, &format!("{pointer}/at")) {
        problems.push(problem);
    }
    match NodeSettings::from_value(kind, raw.settings, &format!("{pointer}/settings")) {
        Ok(settings) => {
            check_settings(&settings, &format!("{pointer}/settings"), &mut problems);
            if problems.is_empty() {
                let RawNode { id, label, at, color, .. } = raw;
                return Ok(Node { id, label, at, color, settings });
            }
        }
        Err(found) => problems.extend(found),
    }
    Err(problems)
}

/// Reads one note.
///
/// # Errors
/// Every problem found, with pointers below `pointer`.
pub fn note_from_value(value: Value, pointer: &str) -> Result<Note, Vec<Problem>> {
    require_object(&value, pointer).map_err(|problem| vec![problem])?;
    let note: Note = read(value, pointer).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    check_id(&note.id, &format!("{pointer}/id"), &mut problems);
    problems.extend(check_place(note.at, &format!("{pointer}/at")).err());
    if Language::ALL.into_iter().any(|language| note.text.get(language).len() > LONGEST_NOTE) {
        problems.push(Problem { pointer: format!("{pointer}/text"), reason: Reason::TooLong { most: LONGEST_NOTE } });
    }
    if problems.is_empty() { Ok(note) } else { Err(problems) }
}

/// Checks that a seed can be carried by JSON.
///
/// # Errors
/// It is too large.
pub fn check_seed(seed: u64, pointer: &str) -> Result<(), Problem> {
    if seed < SEED_LIMIT {
        return Ok(());
    }
    let range = NumberRange {
        min: 0.0,
        max: (SEED_LIMIT - 1) as f64,
        whole: true,
        unit: Unit::None,
        scale: Scale::Linear,
        usual: 0.0,
    };
    Err(Problem { pointer: pointer.to_owned(), reason: Reason::OutOfRange(range) })
}

/// Whether a text can be an id: it is not empty, not too long, and not the broker's.
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= LONGEST_ID && text != BROKER
}

fn check_id(id: &Id, pointer: &str, problems: &mut Vec<Problem>) {
    if !is_id(&id.0) {
        problems.push(Problem { pointer: pointer.to_owned(), reason: Reason::BadId(id.clone()) });
    }
}

/// Checks that a place lies on the stage.
///
/// # Errors
/// The place is too far out.
pub fn check_place(place: Point, pointer: &str) -> Result<(), Problem> {
    if place.x.abs() <= FARTHEST && place.y.abs() <= FARTHEST {
        return Ok(());
    }
    let range =
        NumberRange { min: -FARTHEST, max: FARTHEST, whole: false, unit: Unit::None, scale: Scale::Linear, usual: 0.0 };
    Err(Problem { pointer: pointer.to_owned(), reason: Reason::OutOfRange(range) })
}

/// Checks what no type and no range can say: how the parts of one node's settings go together.
pub fn check_settings(settings: &NodeSettings, pointer: &str, problems: &mut Vec<Problem>) {
    match settings {
        NodeSettings::Producer(producer) => {
            if let Pattern::ClosedLoop { .. } = producer.pattern {
                let pointer = format!("{pointer}/pattern/closed_loop");
                problems.push(Problem { pointer, reason: Reason::ClosedLoop });
            }
            check_pattern(&producer.pattern, pointer, problems);
        }
        NodeSettings::Client(client) => check_pattern(&client.pattern, pointer, problems),
        NodeSettings::Database(database) => {
            check_distribution(&database.latency_ms, &format!("{pointer}/latency_ms"), problems);
        }
        NodeSettings::Exchange(_) | NodeSettings::Queue(_) => {}
        NodeSettings::Consumer(_) | NodeSettings::Service(_) => {
            handler::visit(settings.handler().unwrap_or_default(), &mut |step, place| {
                let (name, ms) = match step {
                    Step::Work { ms } => ("work", ms),
                    Step::Publish(Publish { ms, .. }) => ("publish", ms),
                    Step::Call(_) | Step::Parallel(_) => return,
                };
                check_distribution(ms, &format!("{pointer}/handler{place}/{name}/ms"), problems);
            });
        }
    }
}

fn check_pattern(pattern: &Pattern, pointer: &str, problems: &mut Vec<Problem>) {
    if let Pattern::Profile(steps) = pattern
        && let Some(late) = steps.windows(2).position(|pair| pair[0].0 >= pair[1].0)
    {
        let pointer = format!("{pointer}/pattern/profile/{}", late + 1);
        problems.push(Problem { pointer, reason: Reason::NotInOrder });
    }
}

fn check_distribution(distribution: &Distribution, pointer: &str, problems: &mut Vec<Problem>) {
    if let Distribution::Uniform { min, max } = distribution
        && min > max
    {
        problems.push(Problem { pointer: format!("{pointer}/uniform"), reason: Reason::EmptyRange });
    }
}

/// Checks how the parts of a document go together: unique ids, ends that exist, connections that make sense.
pub fn check(scenario: &Scenario) -> Vec<Problem> {
    let mut problems = Vec::new();
    let counts = [("/nodes", scenario.nodes.len()), ("/edges", scenario.edges.len()), ("/notes", scenario.notes.len())];
    for (pointer, count) in counts {
        if count > MOST_NODES {
            problems.push(Problem { pointer: pointer.to_owned(), reason: Reason::TooMany });
            return problems;
        }
    }
    let mut ids = std::collections::BTreeMap::new();
    for (index, node) in scenario.nodes.iter().enumerate() {
        if ids.insert(&node.id, Some(node.kind())).is_some() {
            let reason = Reason::DuplicateId(node.id.clone());
            problems.push(Problem { pointer: format!("/nodes/{index}/id"), reason });
        }
    }
    let mut ends = std::collections::BTreeSet::new();
    for (index, edge) in scenario.edges.iter().enumerate() {
        let pointer = format!("/edges/{index}");
        check_id(&edge.id, &format!("{pointer}/id"), &mut problems);
        let kind_of = |id: &Id| ids.get(id).copied().flatten();
        let (from, to) = (kind_of(&edge.from), kind_of(&edge.to));
        for (id, kind, name) in [(&edge.from, from, "from"), (&edge.to, to, "to")] {
            if kind.is_none() {
                let reason = Reason::NoSuchNode(id.clone());
                problems.push(Problem { pointer: format!("{pointer}/{name}"), reason });
            }
        }
        if let (Some(from), Some(to)) = (from, to) {
            match edge_kind_between(from, to) {
                Err(refusal) => {
                    problems.push(Problem { pointer: pointer.clone(), reason: Reason::Connection(refusal) });
                }
                Ok(kind) if kind != edge.kind => {
                    let reason = Reason::WrongEdgeKind { from, to };
                    problems.push(Problem { pointer: format!("{pointer}/kind"), reason });
                }
                Ok(_) => {}
            }
        }
        // A queue may have several bindings to one exchange, with other keys.
        if edge.kind != EdgeKind::Bind && !ends.insert((&edge.from, &edge.to)) {
            let reason = Reason::DuplicateEdge(edge.id.clone());
            problems.push(Problem { pointer: pointer.clone(), reason });
        }
        if ids.insert(&edge.id, None).is_some() {
            let reason = Reason::DuplicateId(edge.id.clone());
            problems.push(Problem { pointer: format!("{pointer}/id"), reason });
        }
    }
    for (index, note) in scenario.notes.iter().enumerate() {
        if ids.insert(&note.id, None).is_some() {
            let reason = Reason::DuplicateId(note.id.clone());
            problems.push(Problem { pointer: format!("/notes/{index}/id"), reason });
        }
    }
    check_steps(scenario, &mut problems);
    for (index, timed) in scenario.faults.iter().enumerate() {
        if let Err(reason) = check_scripted_fault(scenario, &timed.fault) {
            let place = if matches!(timed.fault.place(), FaultPlace::Node(_)) { "node" } else { "edge" };
            let pointer = format!("/faults/{index}/fault/{}/{place}", timed.fault.name());
            problems.push(Problem { pointer, reason });
        }
    }
    if problems.is_empty() {
        check_edits(scenario, &mut problems);
    }
    problems
}

/// Handler steps have the edges on which they lead somewhere.
fn check_steps(scenario: &Scenario, problems: &mut Vec<Problem>) {
    for (index, node) in scenario.nodes.iter().enumerate() {
        for (target, kind) in node.settings.targets() {
            let leads = |edge: &Edge| edge.kind == kind && edge.from == node.id && edge.to == *target;
            if scenario.edges.iter().any(leads) {
                continue;
            }
            let reason = match scenario.node(target) {
                None => Reason::NoSuchNode(target.clone()),
                Some(_) => Reason::NoEdgeFor(target.clone()),
            };
            problems.push(Problem { pointer: format!("/nodes/{index}/settings"), reason });
        }
    }
}

/// Whether what a fault names is there, now or after an edit of the script, and whether it can happen to it.
fn check_scripted_fault(scenario: &Scenario, fault: &Fault) -> Result<(), Reason> {
    let comes_later = |id: &Id| {
        scenario
            .edits
            .iter()
            .any(|edit| edit.nodes.iter().any(|node| node.id == *id) || edit.edges.iter().any(|edge| edge.id == *id))
    };
    match fault.check(scenario) {
        Err(Reason::NoSuchNode(id) | Reason::NoSuchEdge(id)) if comes_later(&id) => Ok(()),
        checked => checked,
    }
}

/// Every edit of the script leaves a good document behind.
fn check_edits(scenario: &Scenario, problems: &mut Vec<Problem>) {
    if scenario.edits.is_empty() {
        return;
    }
    let mut order: Vec<(usize, &TimedEdit)> = scenario.edits.iter().enumerate().collect();
    order.sort_by(|(_, one), (_, other)| one.at_ms.total_cmp(&other.at_ms));
    let mut edited = Scenario { faults: Vec::new(), edits: Vec::new(), ..scenario.clone() };
    for (index, edit) in order {
        if let Some(gone) = edit.remove.iter().find(|id| edited.node(id).is_none() && edited.edge(id).is_none()) {
            let pointer = format!("/edits/{index}/remove");
            problems.push(Problem { pointer, reason: Reason::NoSuchNode(gone.clone()) });
            return;
        }
        let keeps_kind = |node: &Node| scenario.node(&node.id).is_none_or(|known| known.kind() == node.kind());
        edit.make(&mut edited);
        let mut found = check(&edited);
        if let Some(node) = edit.nodes.iter().find(|node| !keeps_kind(node)) {
            found.push(Reason::DuplicateId(node.id.clone()).into());
        }
        if !found.is_empty() {
            // The places of these problems are those of the document as it would be: the edit is what can be named.
            let pointer = format!("/edits/{index}");
            problems
                .extend(found.into_iter().map(|Problem { reason, .. }| Problem { pointer: pointer.clone(), reason }));
            return;
        }
    }
}

/// A node as it is written.
#[derive(Serialize)]
struct NodeDocument<'a> {
    id: &'a Id,
    kind: NodeKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: &'a Option<Text>,
    at: Point,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<Color>,
    settings: Value,
}

/// One node as it stands in a file.
pub fn node_to_value(node: &Node) -> Value {
    let document = NodeDocument {
        id: &node.id,
        kind: node.kind(),
        label: &node.label,
        at: node.at,
        color: node.color,
        settings: node.settings.to_value(),
    };
    serde_json::to_value(document).expect("a node is plain data")
}

/// A document as it is written.
#[derive(Serialize)]
struct ScenarioDocument<'a> {
    mq_scenario: u64,
    title: &'a Text,
    #[serde(skip_serializing_if = "is_default_part")]
    about: &'a Text,
    seed: u64,
    #[serde(skip_serializing_if = "is_default_part")]
    broker: &'a BrokerSettings,
    nodes: Vec<Value>,
    edges: &'a [Edge],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [Note],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    faults: &'a [TimedFault],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    edits: Vec<EditDocument<'a>>,
    #[serde(skip_serializing_if = "is_default_part")]
    chaos: &'a Chaos,
}

/// An edit as it is written.
#[derive(Serialize)]
struct EditDocument<'a> {
    at_ms: f64,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    remove: &'a [Id],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nodes: Vec<Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    edges: &'a [Edge],
}

/// The same behind a reference, as a document that is written has its parts.
fn is_default_part<T: Default + PartialEq>(part: &&T) -> bool {
    is_default(*part)
}

impl Serialize for Scenario {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ScenarioDocument {
            mq_scenario: VERSION,
            title: &self.title,
            about: &self.about,
            seed: self.seed,
            broker: &self.broker,
            nodes: self.nodes.iter().map(node_to_value).collect(),
            edges: &self.edges,
            notes: &self.notes,
            faults: &self.faults,
            edits: self
                .edits
                .iter()
                .map(|edit| EditDocument {
                    at_ms: edit.at_ms,
                    remove: &edit.remove,
                    nodes: edit.nodes.iter().map(node_to_value).collect(),
                    edges: &edit.edges,
                })
                .collect(),
            chaos: &self.chaos,
        }
        .serialize(serializer)
    }
}

/// A document as JSON text, indented, with a line feed at its end.
pub fn to_text(scenario: &Scenario) -> String {
    let mut text = serde_json::to_string_pretty(scenario).expect("a scenario is plain data");
    text.push('\n');
    text
}

/// A key as a part of a JSON pointer (RFC 6901: `~` is written `~0`, `/` is written `~1`).
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Line and column (both from 1, in characters) of the value that a JSON pointer names in a JSON text. Where
/// the text has no such place, of the innermost place on the way to it that there is.
pub fn locate(text: &str, pointer: &str) -> (usize, usize) {
    let mut offset = skip_space(text, 0);
    for key in pointer.split('/').skip(1) {
        let key = key.replace("~1", "/").replace("~0", "~");
        match member(text, offset, &key) {
            Some(inner) => offset = inner,
            None => break,
        }
    }
    let before = &text[..offset.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Where the member `key` (a name or an index) of the object or list at `offset` begins.
fn member(text: &str, offset: usize, key: &str) -> Option<usize> {
    let opening = *text.as_bytes().get(offset)?;
    if opening != b'{' && opening != b'[' {
        return None;
    }
    let mut place = skip_space(text, offset + 1);
    for index in 0usize.. {
        if matches!(text.as_bytes().get(place)?, b'}' | b']') {
            return None;
        }
        let name = if opening == b'{' {
            let after = skip_value(text, place)?;
            let name: String = serde_json::from_str(&text[place..after]).ok()?;
            // Past the colon, which the text has: it was read before.
            place = skip_space(text, skip_space(text, after) + 1);
            name
        } else {
            index.to_string()
        };
        if name == key {
            return Some(place);
        }
        place = skip_space(text, skip_value(text, place)?);
        if text.as_bytes().get(place) == Some(&b',') {
            place = skip_space(text, place + 1);
        }
    }
    None
}

fn skip_space(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    offset + (rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len())
}

fn skip_value(text: &str, offset: usize) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(text.get(offset..)?).into_iter::<serde::de::IgnoredAny>();
    values.next()?.ok()?;
    Some(offset + values.byte_offset())
}

/// Line and column of a problem in the text in which it was found.
pub fn position(text: &str, problem: &Problem) -> (usize, usize) {
    match problem.reason {
        Reason::NotJson { line, column, .. } => (line.max(1), column.max(1)),
        _ => locate(text, &problem.pointer),
    }
}
