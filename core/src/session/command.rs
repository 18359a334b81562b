//! Everything that can be done, as plain data: what a pointer, a key, a form, a lesson, a link or an embedding page
//! asks for.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::base::{Micros, Point, Text};
use crate::scenario::{Color, Fault, Id, TimedFault};

/// One thing to be done; in JSON `{"type": "crash", "node": "consumer"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", deny_unknown_fields)]
pub enum Command {
    /// Adds a node, written as in a file; without `id` it gets a free one, without `settings` the usual ones.
    AddNode {
        /// The node as it stands in a file.
        node: Value,
    },
    /// Adds a note, written as in a file; without `id` it gets a free one.
    AddNote {
        /// The note as it stands in a file.
        note: Value,
    },
    /// Removes nodes, with their edges, and edges and notes.
    Remove {
        /// Nodes, edges and notes.
        ids: Vec<Id>,
    },
    /// Connects two nodes. Between an exchange and a consumer a queue is put, bound to the exchange.
    Connect {
        /// Where the edge begins.
        from: Id,
        /// Where it ends.
        to: Id,
        /// How long a message travels, in milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        latency_ms: Option<f64>,
        /// Of a binding: its key; absent: one that fits the exchange.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        routing_key: Option<String>,
    },
    /// Gives an edge another beginning or another end; what it is set to stays as far as it still means something.
    Reconnect {
        /// The edge.
        edge: Id,
        /// Where it begins from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Id>,
        /// Where it ends from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Id>,
    },
    /// Puts the nodes and edges of a scenario into the document, under ids that are free, and selects them.
    Paste {
        /// A scenario as in a file; all but its nodes and edges is left out.
        scenario: Value,
        /// Where its corner stands then; absent: where it stands in the scenario.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Point>,
    },
    /// Puts second copies of nodes beside the first, with the edges among them, and selects them.
    Duplicate {
        /// The nodes.
        ids: Vec<Id>,
        /// How far from the first.
        by: Point,
        /// With the connections that others have to them too: a second consumer takes from the same queues.
        #[serde(default)]
        alike: bool,
    },
    /// Sets one setting of a node, of an edge, or of the broker (`"node": "broker"`).
    Set {
        /// The node.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<Id>,
        /// Or the edge.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edge: Option<Id>,
        /// The setting: names and indices with points between them, such as `pattern.constant.per_s`.
        path: String,
        /// What it is from now on.
        value: Value,
    },
    /// Sets one setting of several nodes, edges or notes (`text`, `size`), in all of them or, where one refuses, in none.
    SetEach {
        /// Nodes, edges and notes.
        ids: Vec<Id>,
        /// The setting.
        path: String,
        /// What it is from now on.
        value: Value,
    },
    /// Gives nodes and notes a colour; `null`: none.
    SetColor {
        /// Nodes and notes.
        ids: Vec<Id>,
        /// The colour.
        color: Option<Color>,
    },
    /// Says what the document is called.
    SetTitle {
        /// The title.
        title: Text,
    },
    /// Gives the document another seed; a run has it from its beginning on.
    SetSeed {
        /// The seed, below 2⁵³.
        seed: u64,
    },
    /// Moves nodes and notes on the stage.
    Move {
        /// Nodes and notes, and where they are put.
        places: Vec<(Id, Point)>,
    },
    /// Gives a node another label, which no other node has; `null`: its id is shown.
    Rename {
        /// The node.
        node: Id,
        /// The label.
        label: Option<Text>,
    },
    /// A drag or a slide begins: all edits until its end are one step back.
    BeginGesture,
    /// It ends.
    EndGesture,
    /// It is given up: its edits are taken back.
    CancelGesture,
    /// Takes the last step back; simulated time stays.
    Undo,
    /// Makes the step that was taken back last.
    Redo,
    /// Makes something fail, or puts it right: `{"type": "crash", "node": "consumer"}`, `{"type": "errorRate", "node":
    /// "orders", "rate": 0.5}`, `{"type": "cut", "edge": "e1"}`, and so on for every fault.
    #[serde(skip)]
    Fault(Fault),
    /// Adds a fault to the script.
    AddFault {
        /// When, for how long, and what.
        timed: TimedFault,
    },
    /// Takes a fault from the script.
    RemoveFault {
        /// Its place in the script, from 0 on.
        index: usize,
    },
    /// Sets how much chaos there is: faults at random times and places, drawn from the seed.
    SetChaos {
        /// The chaos; `{"faults_per_min": 0}` ends it.
        chaos: Value,
    },
    /// Gives a consumer a delay queue, so that it tries again later what has failed.
    AddDelayQueue {
        /// The consumer.
        node: Id,
    },
    /// Lets time pass.
    Play {
        /// Stops exactly there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until_us: Option<Micros>,
    },
    /// Stops time.
    Pause,
    /// Back to time zero, with the document as it is now.
    Reset,
    /// Pauses and carries out the next events.
    Step {
        /// How many.
        #[serde(default = "one")]
        events: u64,
    },
    /// Pauses and goes back by so many events; what was done in between counts as one each.
    StepBack {
        /// How many.
        #[serde(default = "one")]
        events: u64,
    },
    /// Leaves out what was done later than now: the run goes on from here as another branch. Nothing happens where there is
    /// nothing later.
    Fork,
    /// Goes over to a branch that was left when something was done in the past.
    EnterBranch {
        /// Its number.
        branch: u32,
    },
    /// Goes to an instant, forward or back.
    Seek {
        /// The instant.
        time_us: Micros,
    },
    /// Sets how fast simulated time passes.
    SetSpeed {
        /// Simulated seconds per real second.
        speed: f64,
    },
    /// Replaces the document.
    Load {
        /// The scenario, as in a file.
        scenario: Value,
    },
    /// Follows the message of which a copy is one, so that its journey is shown.
    Follow {
        /// The number of the copy; none: follows none any more.
        #[serde(default)]
        copy: Option<u64>,
    },
    /// Selects nodes, edges and notes, and nothing else.
    Select {
        /// Nodes, edges and notes.
        ids: Vec<Id>,
    },
}

/// What may be done to a session. Letting time pass, looking and moving nodes about are always permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permits {
    /// Adding, connecting, removing, naming.
    pub edit: bool,
    /// Changing settings.
    pub settings: bool,
    /// Letting things fail, and putting them right.
    pub faults: bool,
}

impl Permits {
    /// Everything.
    pub const ALL: Permits = Permits { edit: true, settings: true, faults: true };

    /// Nothing: letting time pass and looking is what is left.
    pub const NOTHING: Permits = Permits { edit: false, settings: false, faults: false };

    /// Whether a command is among what is permitted.
    pub fn permit(&self, command: &Command) -> bool {
        match command {
            Command::AddNode { .. }
            | Command::AddNote { .. }
            | Command::Remove { .. }
            | Command::Connect { .. }
            | Command::Reconnect { .. }
            | Command::Paste { .. }
            | Command::Duplicate { .. }
            | Command::AddDelayQueue { .. }
            | Command::SetColor { .. }
            | Command::SetTitle { .. }
            | Command::SetSeed { .. }
            | Command::Rename { .. } => self.edit,
            Command::Set { .. } | Command::SetEach { .. } => self.settings,
            Command::Undo | Command::Redo => self.edit || self.settings,
            Command::Fault(_) | Command::AddFault { .. } | Command::RemoveFault { .. } | Command::SetChaos { .. } => {
                self.faults
            }
            Command::Move { .. }
            | Command::BeginGesture
            | Command::EndGesture
            | Command::CancelGesture
            | Command::Play { .. }
            | Command::Pause
            | Command::Reset
            | Command::Step { .. }
            | Command::StepBack { .. }
            | Command::Fork
            | Command::EnterBranch { .. }
            | Command::Seek { .. }
            | Command::SetSpeed { .. }
            | Command::Load { .. }
            | Command::Follow { .. }
            | Command::Select { .. } => true,
        }
    }
}

// The derived form is `{"crash": {"node": "consumer"}}`; the published one has the name beside the fields. Turning
// one into the other as JSON takes a fraction of the code that serde's own `tag` makes of so many variants.

impl<'de> Deserialize<'de> for Command {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Command, D::Error> {
        use serde::de::Error;
        let mut fields = Map::deserialize(deserializer)?;
        let Some(Value::String(name)) = fields.remove("type") else {
            return Err(D::Error::custom("a command has a \"type\", which is its name"));
        };
        // What has no fields is written as the bare name.
        let fault = snake_case(&name);
        // A second copy of nodes and messages that arrive twice have the same name; what it is done to tells them apart.
        let copies = name == "duplicate" && fields.contains_key("ids");
        if Fault::NAMES.contains(&fault.as_str()) && !copies {
            let derived = Value::Object(Map::from_iter([(fault, Value::Object(fields))]));
            return Fault::deserialize(derived).map(Command::Fault).map_err(D::Error::custom);
        }
        let derived = if fields.is_empty() && BARE.contains(&name.as_str()) {
            Value::String(name)
        } else {
            Value::Object(Map::from_iter([(name, Value::Object(fields))]))
        };
        Command::deserialize(derived).map_err(|error| {
            let message = error.to_string();
            if !message.starts_with("unknown variant") {
                return D::Error::custom(message);
            }
            let faults: Vec<String> = Fault::NAMES.iter().map(|fault| format!("`{}`", camel_case(fault))).collect();
            D::Error::custom(format!("{message}, or a fault: {}", faults.join(", ")))
        })
    }
}

impl Serialize for Command {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;
        let value = match self {
            Command::Fault(fault) => serde_json::to_value(fault),
            _ => Command::serialize(self, serde_json::value::Serializer),
        };
        let mut fields = match value.map_err(S::Error::custom)? {
            Value::String(name) => {
                return Map::from_iter([("type".to_owned(), Value::String(name))]).serialize(serializer);
            }
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let name = fields.keys().next().cloned().unwrap_or_default();
        let mut published = match fields.remove(&name) {
            Some(Value::Object(inner)) => inner,
            _ => Map::new(),
        };
        published.insert("type".to_owned(), Value::String(camel_case(&name)));
        published.serialize(serializer)
    }
}

/// `errorRate` as `error_rate`.
fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// `error_rate` as `errorRate`.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (first, rest) = part.split_at(part.len().min(1));
        camel.push_str(&first.to_ascii_uppercase());
        camel.push_str(rest);
    }
    camel
}

/// The commands without fields.
const BARE: [&str; 8] = ["beginGesture", "endGesture", "cancelGesture", "undo", "redo", "pause", "reset", "fork"];

fn one() -> u64 {
    1
}
