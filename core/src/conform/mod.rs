//! Plays recordings of a real RabbitMQ in the broker of the engine, and says where it does something else
//! (`mqp conform`). Their format, `broker-vector/1`, is described beside them.

mod player;
mod wire;

use serde::Deserialize;
use serde_json::Value;

/// The format of the recordings that can be played.
const FORMAT: &str = "broker-vector/1";

/// Oddities of RabbitMQ 3.10 that the engine does not have, with the reason. A recording that names one of them is
/// declined if the engine differs.
pub const DECLINED: &[(&str, &str)] = &[
    ("original-expiration-lost", "whether a message was read from disk is not modelled"),
    ("quorum-credit-leak", "a consumer that gets more than its prefetch would teach something wrong"),
    ("quorum-soft-limit", "a quorum queue keeps its limits exactly"),
    ("sac-cancel-idle", "the next single active consumer is served at once, as in later versions"),
];

/// A recording.
#[derive(Debug, Deserialize)]
struct Recording {
    format: String,
    name: String,
    category: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    quirks: Vec<String>,
    #[serde(default)]
    definitions: player::Definitions,
    #[serde(default)]
    setup: Vec<Value>,
    #[serde(default)]
    cases: Vec<player::Case>,
    #[serde(default)]
    steps: Vec<Value>,
    #[serde(default)]
    t_end_ms: f64,
    #[serde(default, rename = "final")]
    last: Option<Value>,
}

/// What came of playing a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The engine did what RabbitMQ had done.
    Passed,
    /// It differs where it is known and meant to differ.
    Declined {
        /// The oddity.
        quirk: String,
    },
    /// It did something else: where, what was expected, what came.
    Failed(Vec<String>),
}

/// A recording that was played.
#[derive(Clone, Debug)]
pub struct Played {
    /// Its category and name.
    pub name: String,
    /// What came of it.
    pub verdict: Verdict,
}

/// Plays one recording from its JSON text.
///
/// # Errors
/// It cannot be read.
pub fn play(text: &str) -> Result<Played, String> {
    let recording: Recording = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if recording.format != FORMAT {
        return Err(format!("its format is “{}”, and only “{FORMAT}” can be played", recording.format));
    }
    let name = format!("{}/{}", recording.category, recording.name);
    let quirks = recording.quirks.clone();
    let differences = player::differences(recording)?;
    let declined = quirks.into_iter().find(|quirk| DECLINED.iter().any(|(declined, _)| declined == quirk));
    let verdict = match declined {
        _ if differences.is_empty() => Verdict::Passed,
        Some(quirk) => Verdict::Declined { quirk },
        None => Verdict::Failed(differences),
    };
    Ok(Played { name, verdict })
}
