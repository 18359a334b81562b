//! Setting one setting by its path: names and indices with points between them.

use serde_json::{Map, Value};

use super::{BrokerSettings, Edge, NodeSettings, Note, Problem, Reason, edge, field, format};

/// Puts `value` at `path` (names and indices with points between them) into a JSON value. All of the path but its
/// last part must be there already, or it `makes` it.
fn put(root: &mut Value, path: &str, value: Value, makes: bool) -> Result<(), Reason> {
    let missing = || Reason::NoSuchSetting { path: path.to_owned() };
    let (parents, last) = path.rsplit_once('.').map_or((None, path), |(parents, last)| (Some(parents), last));
    let mut place = root;
    for key in parents.into_iter().flat_map(|parents| parents.split('.')) {
        place = match place {
            // What is as usual is left out of a file, and has its parts all the same. Whether it is a part at all is told by the
            // type that reads it.
            Value::Object(members) => match makes {
                true => Some(members.entry(key).or_insert_with(|| Value::Object(Map::new()))),
                false => members.get_mut(key),
            },
            Value::Array(items) => key.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
            _ => None,
        }
        .ok_or_else(missing)?;
    }
    match place {
        // `null` takes a setting away: it has its default again.
        Value::Object(members) if value.is_null() => {
            members.remove(last);
        }
        Value::Object(members) => {
            members.insert(last.to_owned(), value);
        }
        Value::Array(items) => {
            let index: usize = last.parse().map_err(|_| missing())?;
            *items.get_mut(index).ok_or_else(missing)? = value;
        }
        _ => return Err(missing()),
    }
    Ok(())
}

/// Node settings with one of them changed.
///
/// # Errors
/// What is wrong with path or value.
pub fn set_node(settings: &NodeSettings, path: &str, value: Value) -> Result<NodeSettings, Vec<Problem>> {
    let mut root = settings.to_value();
    let kind = settings.kind();
    let settings = match put(&mut root, path, value.clone(), false) {
        Ok(()) => NodeSettings::from_value(kind, root, "")?,
        Err(reason) => {
            // A setting of another variant is not made up: with it there the type refuses the whole.
            let made =
                put(&mut root, path, value, true).ok().and_then(|()| NodeSettings::from_value(kind, root, "").ok());
            made.ok_or_else(|| vec![Problem { pointer: "/path".to_owned(), reason }])?
        }
    };
    let mut problems = Vec::new();
    format::check_settings(&settings, "", &mut problems);
    if problems.is_empty() { Ok(settings) } else { Err(problems) }
}

/// An edge with one of its settings changed.
///
/// # Errors
/// What is wrong with path or value.
pub fn set_edge(edge: &Edge, path: &str, value: Value) -> Result<Edge, Vec<Problem>> {
    // `headers.NAME` sets one header.
    let name = path.split('.').next().unwrap_or(path);
    if edge::fields(edge.kind).iter().all(|field| field.name != name) {
        return Err(vec![Reason::NoSuchSetting { path: path.to_owned() }.into()]);
    }
    let mut root = serde_json::to_value(edge).map_err(|error| vec![Reason::Refused(error.to_string()).into()])?;
    put(&mut root, path, value, false).map_err(|reason| vec![reason.into()])?;
    let mut problems = Vec::new();
    field::check_record(edge::fields(edge.kind), &root, "", &mut problems);
    match serde_json::from_value(root) {
        Ok(edge) if problems.is_empty() => Ok(edge),
        Ok(_) => Err(problems),
        Err(error) => Err(vec![Reason::Refused(error.to_string()).into()]),
    }
}

/// The broker's settings with one of them changed.
///
/// # Errors
/// What is wrong with path or value.
pub fn set_broker(broker: &BrokerSettings, path: &str, value: Value) -> Result<BrokerSettings, Vec<Problem>> {
    let mut root = serde_json::to_value(broker).map_err(|error| vec![Reason::Refused(error.to_string()).into()])?;
    put(&mut root, path, value, false).map_err(|reason| vec![reason.into()])?;
    format::broker_from_value(root, "")
}

/// A note with one of its settings changed; its name stays.
///
/// # Errors
/// What is wrong with path or value.
pub fn set_note(note: &Note, path: &str, value: Value) -> Result<Note, Vec<Problem>> {
    if !matches!(path.split('.').next(), Some("text" | "color" | "size")) {
        return Err(vec![Reason::NoSuchSetting { path: path.to_owned() }.into()]);
    }
    let mut root = serde_json::to_value(note).map_err(|error| vec![Reason::Refused(error.to_string()).into()])?;
    put(&mut root, path, value, false).map_err(|reason| vec![reason.into()])?;
    format::note_from_value(root, "")
}
