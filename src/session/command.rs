//! Everything that can be done, as plain data: what a pointer, a key, a form, a lesson, a link or an embedding page
//! asks for.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::base::{Micros, Point, Text};
use crate::scenario::Id;

/// One thing to be done; in JSON `{"type": "crash", "node": "consumer"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", deny_unknown_fields)]
pub enum Command {
    /// Adds a node, written as in a file; without `id` it gets a free one, without `settings` the usual ones.
    AddNode {
        /// The node as it stands in a file.
        node: Value,
    },
    /// Removes nodes, with their edges, and edges.
    Remove {
        /// Nodes and edges.
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
    /// Moves nodes on the stage.
    Move {
        /// Nodes and where they are put.
        places: Vec<(Id, Point)>,
    },
    /// Gives a node another label; `null`: its id is shown.
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
    /// Makes a node, or the `broker`, fail.
    Crash {
        /// The node.
        node: Id,
    },
    /// Brings it back.
    Restart {
        /// The node.
        node: Id,
    },
    /// Takes the broker's memory: it blocks all who publish.
    MemoryAlarm {
        /// `broker`, or a queue or an exchange of it.
        node: Id,
    },
    /// Gives it memory again.
    MemoryAlarmCleared {
        /// `broker`, or a queue or an exchange of it.
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
    /// Selects nodes and edges, and nothing else.
    Select {
        /// Nodes and edges.
        ids: Vec<Id>,
    },
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
        let derived = if fields.is_empty() && BARE.contains(&name.as_str()) {
            Value::String(name)
        } else {
            Value::Object(Map::from_iter([(name, Value::Object(fields))]))
        };
        Command::deserialize(derived).map_err(D::Error::custom)
    }
}

impl Serialize for Command {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;
        let mut fields = match Command::serialize(self, serde_json::value::Serializer).map_err(S::Error::custom)? {
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
        published.insert("type".to_owned(), Value::String(name));
        published.serialize(serializer)
    }
}

/// The commands without fields.
const BARE: [&str; 7] = ["beginGesture", "endGesture", "cancelGesture", "undo", "redo", "pause", "reset"];

fn one() -> u64 {
    1
}
