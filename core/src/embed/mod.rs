//! Protocol 1 for pages that embed the playground: messages in and out as data. Where they come from and go to is
//! `web::embedding`'s business.
//!
//! Every message is a JSON object `{"mq": 1, "type": "…", "id": …}`; the id is optional and comes back in the reply.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::base::{Language, Micros};
use crate::interop::{Topology, definitions};
use crate::lessons::Course;
use crate::link::{self, carry};
use crate::session::{Command, FASTEST, Rejected, Revisions, SLOWEST, Session};
use crate::view::chart;
use crate::view::svg::{self, Colors, Frame};
use crate::words::Words;

/// The version of the protocol.
pub const PROTOCOL: u64 = 1;

/// The types that the playground sends. A page that is its own parent hears them again and must not answer.
const SENT: [&str; 9] = ["ready", "ok", "state", "exported", "changed", "goal", "completed", "resize", "error"];

/// The types that the playground hears, in the order in which they are listed to whoever sends another.
const REQUESTS: [&str; 10] =
    ["load", "play", "pause", "reset", "step", "seek", "setSpeed", "command", "getState", "export"];

/// What can be taken out, in the order in which it is listed to whoever asks for something else.
const FORMATS: [&str; 6] = ["scenario", "link", "svg", "png", "csv", "rabbitmq"];

/// The playground's side of a conversation with an embedding page.
#[derive(Debug, Default)]
pub struct Conversation {
    /// A seek under way, to be answered when it is there.
    seek: Option<Seek>,
    /// What the page has been told of.
    told: Revisions,
    told_time: Micros,
    told_lesson: ToldLesson,
    told_height: Option<u32>,
    /// The playground's own address, without what it was asked for; links begin with it.
    address: String,
}

/// What the page has been told of a lesson.
#[derive(Debug, Default)]
struct ToldLesson {
    id: String,
    passed: Vec<bool>,
    finished: bool,
}

/// A lesson that a page wants to be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedLesson {
    /// Its id.
    pub lesson: String,
    /// The step at which it is to be opened: its number from 1 on, or its id.
    pub step: Option<String>,
    /// The steps that were passed some other time, by id: an embedded playground keeps nothing, and its host may.
    pub passed: Vec<String>,
    /// The id of the message, for the reply.
    id: Option<Value>,
}

/// A picture in points that a page wants: only a browser can paint it.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedPicture {
    /// The id of the message, for the reply.
    id: Option<Value>,
}

impl WantedPicture {
    /// The picture that a message wants, where it is one that does: `export` with the format `png`.
    pub fn of(message: &Value) -> Option<WantedPicture> {
        let fields = message.as_object()?;
        let wants = fields.get("mq")?.as_u64() == Some(PROTOCOL)
            && fields.get("type")? == "export"
            && fields.get("format")? == "png";
        wants.then(|| WantedPicture { id: fields.get("id").cloned() })
    }

    /// The answer: the picture as an address that holds it, or that there is none.
    pub fn painted(self, data: Option<String>) -> Value {
        match data {
            Some(data) => exported(self.id, "png", data.into()),
            None => error(self.id, "nothing_to_export", "there is nothing to be seen"),
        }
    }
}

impl WantedLesson {
    /// The lesson that a message wants, where it is one that does: `load` with `lesson`. Lessons are fetched, and so it is for whoever
    /// can fetch to open it and to answer.
    pub fn of(message: &Value) -> Option<WantedLesson> {
        let fields = message.as_object()?;
        let is_load = fields.get("mq")?.as_u64() == Some(PROTOCOL) && fields.get("type")? == "load";
        let lesson = fields.get("lesson").filter(|_| is_load)?.as_str()?.to_owned();
        let step = fields.get("step").and_then(|step| match step {
            Value::String(step) => Some(step.clone()),
            Value::Number(step) => Some(step.to_string()),
            _ => None,
        });
        let passed = fields.get("passed").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let passed = passed.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        Some(WantedLesson { lesson, step, passed, id: fields.get("id").cloned() })
    }

    /// The answer when it is open.
    pub fn opened(self) -> Value {
        reply(self.id, "ok")
    }

    /// The answer when it is not; `known`: there is such a lesson, but it did not arrive.
    pub fn missing(self, known: bool) -> Value {
        let (code, message) = if known {
            ("not_fetched", format!("the lesson \"{}\" could not be fetched", self.lesson))
        } else {
            ("unknown_lesson", format!("there is no lesson \"{}\"", self.lesson))
        };
        error(self.id, code, &message)
    }
}

#[derive(Debug)]
struct Seek {
    id: Option<Value>,
    target: Micros,
}

impl Conversation {
    /// A conversation with a playground that is at this address.
    pub fn at(address: &str) -> Conversation {
        Conversation { address: address.to_owned(), ..Conversation::default() }
    }

    /// The first message: the playground can be spoken to.
    pub fn ready() -> Value {
        json!({ "mq": PROTOCOL, "type": "ready", "version": env!("CARGO_PKG_VERSION"), "protocol": PROTOCOL })
    }

    /// Hears one message and carries it out; the replies in order. What is not a message of this protocol is left
    /// unanswered: pages post all kinds of things to each other.
    pub fn hear(&mut self, session: &mut Session, message: &Value) -> Vec<Value> {
        let Some(fields) = message.as_object() else { return Vec::new() };
        let Some(version) = fields.get("mq") else { return Vec::new() };
        let id = fields.get("id").cloned();
        let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
        if SENT.contains(&kind) {
            return Vec::new();
        }
        if version.as_u64() != Some(PROTOCOL) {
            return vec![error(id, "unknown_protocol", "\"mq\" is the version of the protocol and must be 1")];
        }
        if !REQUESTS.contains(&kind) {
            let message = format!("there is no message type \"{kind}\"; there are {}", REQUESTS.join(", "));
            return vec![error(id, "unknown_type", &message)];
        }
        if kind == "getState" {
            return vec![state(session, id)];
        }
        if kind == "export" {
            return vec![self.export(session, id, fields.get("format"))];
        }
        if let Some(value) = fields.get("link").filter(|_| kind == "load") {
            return self.load_link(session, id, value);
        }
        let command = match command(session, kind, fields) {
            Ok(command) => command,
            Err((code, message)) => return vec![error(id, code, &message)],
        };
        let target = if let Command::Seek { time_us } = command { Some(time_us) } else { None };
        match session.dispatch_for_host(command) {
            Err(rejected) => vec![error(id, "rejected", &sentences(&rejected))],
            Ok(applied) => {
                // Whatever else happened, an earlier seek may have ended with it.
                let mut replies = self.seek_ended(session, target.is_some());
                match target {
                    Some(target) => {
                        self.seek = Some(Seek { id, target });
                        replies.extend(self.seek_ended(session, false));
                    }
                    None => {
                        let mut reply = reply(id, "ok");
                        if let Some(made) = applied.made {
                            reply["made"] = made.0.into();
                        }
                        replies.push(reply);
                    }
                }
                replies
            }
        }
    }

    /// Goes on with the run that a link tells; the answer comes when it is there.
    fn load_link(&mut self, session: &mut Session, id: Option<Value>, value: &Value) -> Vec<Value> {
        let words = Words::of(Language::English);
        let Some(value) = value.as_str().and_then(link::find) else {
            return vec![error(id, "bad_value", "link is an address with \"#s=\", or what stands behind it")];
        };
        let record = match link::read(value) {
            Ok(record) => record,
            Err(refused) => return vec![error(id, "bad_link", &refused.describe(words))],
        };
        let target = record.here.time_us;
        session.open(record);
        let replies = self.seek_ended(session, true);
        self.seek = Some(Seek { id, target });
        replies
    }

    fn export(&self, session: &Session, id: Option<Value>, format: Option<&Value>) -> Value {
        let words = Words::of(Language::English);
        let format = format.and_then(Value::as_str).unwrap_or_default();
        let value = || link::of(session);
        let nothing = |message: &str| ("nothing_to_export", message.to_owned());
        let data = match format {
            "scenario" => Ok(serde_json::to_value(session.scenario()).expect("a scenario is plain data")),
            "link" => match value() {
                Ok(value) => Ok(link::address(&self.address, &value).into()),
                Err(refused) => Err(("too_large", refused.describe(words))),
            },
            "svg" => {
                let frame = Frame { colors: Colors::LIGHT, captions: true, view: None };
                let svg = svg::stage(session, words, words.language, frame);
                svg.map(|svg| value().map(|value| carry::into_svg(&svg, &value)).unwrap_or(svg).into())
                    .ok_or_else(|| nothing("there is nothing to be seen"))
            }
            "csv" => chart::of_whole_run(session)
                .map(|charts| chart::table(&charts, words).into())
                .ok_or_else(|| nothing("nothing was measured yet: half a second has to pass")),
            "rabbitmq" => {
                let (topology, _) = Topology::of(session.scenario(), words.language);
                Ok(definitions::text(&topology, definitions::FIRST_HOST).into())
            }
            _ => Err(("bad_value", format!("format is one of {}", FORMATS.join(", ")))),
        };
        match data {
            Ok(data) => exported(id, format, data),
            Err((code, message)) => error(id, code, &message),
        }
    }

    /// The height that the page would like to have, told where it is another than before; as an LTI consumer hears it, too.
    pub fn wanted_height(&mut self, height: u32) -> Vec<Value> {
        if self.told_height.replace(height) == Some(height) {
            return Vec::new();
        }
        vec![
            json!({ "mq": PROTOCOL, "type": "resize", "height": height }),
            json!({ "subject": "lti.frameResize", "height": height }),
        ]
    }

    /// The answer to a seek that is over; to be asked for after every tick.
    pub fn seek_ended(&mut self, session: &Session, replaced: bool) -> Vec<Value> {
        let over = replaced || session.playback().seeking().is_none();
        match self.seek.take_if(|_| over) {
            Some(Seek { id, target }) if session.now() == target && !replaced => vec![reply(id, "ok")],
            Some(Seek { id, .. }) => {
                vec![error(id, "interrupted", "something else happened before the seek was there")]
            }
            None => Vec::new(),
        }
    }

    /// What has been reached in a lesson since this was last asked: goals, and its end.
    pub fn lesson_news(&mut self, course: &Course) -> Vec<Value> {
        let lesson = course.lesson();
        let passed: Vec<bool> = course.steps().iter().map(|step| step.passed).collect();
        let now = ToldLesson { id: lesson.id.clone(), passed, finished: course.finished() };
        let told = std::mem::replace(&mut self.told_lesson, now);
        if told.id != lesson.id {
            // What was reached some other time is no news.
            return Vec::new();
        }
        let mut news = Vec::new();
        for (place, step) in lesson.steps.iter().enumerate() {
            if course.steps()[place].passed && !told.passed.get(place).copied().unwrap_or_default() {
                let goal =
                    json!({ "mq": PROTOCOL, "type": "goal", "lesson": lesson.id, "step": step.id, "passed": true });
                news.push(goal);
            }
        }
        if course.finished() && !told.finished {
            let score = course.score();
            news.push(json!({ "mq": PROTOCOL, "type": "completed", "lesson": lesson.id, "score": score }));
        }
        news
    }

    /// What has changed since this was last asked; to be asked at most four times a second.
    pub fn changes(&mut self, session: &Session) -> Vec<Value> {
        let revisions = session.revisions();
        let told = std::mem::replace(&mut self.told, revisions);
        let told_time = std::mem::replace(&mut self.told_time, session.now());
        [
            (told.document != revisions.document, "scenario"),
            (told.faults != revisions.faults || told.playback != revisions.playback, "run"),
            (told_time != session.now(), "time"),
        ]
        .into_iter()
        .filter(|(changed, _)| *changed)
        .map(|(_, what)| json!({ "mq": PROTOCOL, "type": "changed", "what": what }))
        .collect()
    }
}

/// What a message wants done.
///
/// # Errors
/// The code and the sentence of the error to be answered.
fn command(session: &Session, kind: &str, fields: &Map<String, Value>) -> Result<Command, (&'static str, String)> {
    fn field<T: DeserializeOwned>(
        fields: &Map<String, Value>,
        name: &str,
    ) -> Result<Option<T>, (&'static str, String)> {
        let value = fields.get(name).filter(|value| !value.is_null()).cloned();
        value.map(serde_json::from_value).transpose().map_err(|problem| ("bad_value", format!("{name}: {problem}")))
    }
    let missing = |name: &str| ("bad_value", format!("{kind} takes \"{name}\""));
    Ok(match kind {
        "load" => match fields.get("scenario") {
            Some(scenario) => Command::Load { scenario: scenario.clone() },
            None => {
                return Err(("bad_value", "load takes \"scenario\", \"lesson\" or \"link\"".to_owned()));
            }
        },
        "play" => {
            let until_us: Option<Micros> = field(fields, "until_us")?;
            if let Some(until) = until_us.filter(|until| *until < session.now()) {
                let message = format!("until_us is {}, but it is {} already", until.0, session.now().0);
                return Err(("bad_value", message));
            }
            Command::Play { until_us }
        }
        "pause" => Command::Pause,
        "reset" => Command::Reset,
        "step" => Command::Step { events: field(fields, "events")?.unwrap_or(1) },
        "seek" => {
            let time_us: Micros = field(fields, "time_us")?.ok_or_else(|| missing("time_us"))?;
            if time_us > Micros::LAST {
                return Err(("bad_value", format!("time_us must be at most {}", Micros::LAST.0)));
            }
            Command::Seek { time_us }
        }
        "setSpeed" => {
            let speed: f64 = field(fields, "speed")?.ok_or_else(|| missing("speed"))?;
            if !(SLOWEST..=FASTEST).contains(&speed) {
                return Err(("bad_value", format!("speed must be from {SLOWEST} to {FASTEST}")));
            }
            Command::SetSpeed { speed }
        }
        _ => field(fields, "command")?.ok_or_else(|| missing("command"))?,
    })
}

fn reply(id: Option<Value>, kind: &str) -> Value {
    let mut reply = json!({ "mq": PROTOCOL, "type": kind });
    if let Some(id) = id {
        reply["id"] = id;
    }
    reply
}

fn exported(id: Option<Value>, format: &str, data: Value) -> Value {
    let mut reply = reply(id, "exported");
    reply["format"] = format.into();
    reply["data"] = data;
    reply
}

fn error(id: Option<Value>, code: &str, message: &str) -> Value {
    let mut reply = reply(id, "error");
    reply["code"] = code.into();
    reply["message"] = message.into();
    reply
}

/// Errors of the protocol are for programmers, and in English.
fn sentences(rejected: &Rejected) -> String {
    let words = Words::of(Language::English);
    let sentence = |problem: &crate::scenario::Problem| match problem.pointer.as_str() {
        "" => problem.describe(words),
        pointer => format!("{pointer}: {}", problem.describe(words)),
    };
    rejected.0.iter().map(sentence).collect::<Vec<_>>().join("; ")
}

fn state(session: &Session, id: Option<Value>) -> Value {
    let mut state = serde_json::to_value(session.report()).expect("a report is plain data");
    if let (Some(fields), Value::Object(frame)) = (state.as_object_mut(), reply(id, "state")) {
        fields.extend(frame);
        fields.insert("playing".to_owned(), session.playback().playing().into());
        fields.insert("speed".to_owned(), session.playback().speed().into());
    }
    state
}
