//! Lessons as one value: what stands in the files of a folder, joined. The page fetches them so, and so they are saved as one
//! file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{LANGUAGES, LessonText, Mistake};

/// The file in a lesson's folder that says what the lesson is.
pub const LESSON_FILE: &str = "lesson.json";

/// The field of a scenario that names a file.
const FILE: &str = "file";

/// The file of a lesson's text in a language.
pub fn text_file(language: &str) -> String {
    format!("{language}.md")
}

/// A lesson with all that belongs to it.
#[derive(Clone, Debug, Default)]
pub struct Bundled {
    /// The lesson: `lesson.json` with its scenarios and texts within it.
    pub lesson: Value,
    /// What is wrong with its texts, by file.
    pub mistakes: Vec<(PathBuf, Mistake)>,
}

/// Joins what a lesson's folder holds. Scenarios that are named by files are read, relative to the folder; texts are read in all
/// languages in which there is one.
///
/// # Errors
/// A file that cannot be read or is no JSON, with the reason.
pub fn bundle(folder: &Path) -> Result<Bundled, (PathBuf, String)> {
    let joined = join(&|file| {
        let path = folder.join(file);
        path.exists().then(|| read(&path).map_err(|(_, what)| what))
    });
    let at = |file: String| folder.join(file);
    let Joined { lesson, mistakes } = joined.map_err(|(file, what)| (at(file), what))?;
    Ok(Bundled { lesson, mistakes: mistakes.into_iter().map(|(file, mistake)| (at(file), mistake)).collect() })
}

/// The files in which a lesson's scenarios are, as it names them.
pub fn scenario_files(lesson: &Value) -> impl Iterator<Item = &str> {
    let scenarios = lesson.get("scenarios").and_then(Value::as_object).into_iter().flat_map(Map::values);
    scenarios.filter_map(|scenario| scenario.as_str().or_else(|| scenario.get(FILE)?.as_str()))
}

/// A lesson whose files were joined.
#[derive(Clone, Debug, Default)]
pub struct Joined {
    /// The lesson, with its scenarios and texts within it.
    pub lesson: Value,
    /// What is wrong with its texts, by file.
    pub mistakes: Vec<(String, Mistake)>,
}

/// Joins the files of a lesson, wherever they come from: `read` gives the text of a file, relative to the lesson's folder; `None`
/// where there is none.
///
/// # Errors
/// A file that is missing, cannot be read or is no JSON, with the reason.
pub fn join(read: &dyn Fn(&str) -> Option<Result<String, String>>) -> Result<Joined, (String, String)> {
    let json = |file: &str| -> Result<Value, (String, String)> {
        let text = read(file).unwrap_or_else(|| Err("is not there".to_owned()));
        let value = text.and_then(|text| serde_json::from_str(&text).map_err(|error| format!("is no JSON: {error}")));
        value.map_err(|what| (file.to_owned(), what))
    };
    let mut lesson = json(LESSON_FILE)?;
    if let Some(Value::Object(scenarios)) = lesson.get_mut("scenarios") {
        for scenario in scenarios.values_mut() {
            match scenario {
                Value::String(file) => *scenario = json(file)?,
                // A file with some of its fields otherwise: another title, another seed.
                Value::Object(fields) => {
                    let Some(Value::String(file)) = fields.remove(FILE) else { continue };
                    let others = std::mem::take(fields);
                    *scenario = json(&file)?;
                    if let Value::Object(fields) = scenario {
                        fields.extend(others);
                    }
                }
                _ => {}
            }
        }
    }
    let mut texts = Map::new();
    let mut mistakes = Vec::new();
    for language in LANGUAGES {
        let file = text_file(language);
        let Some(text) = read(&file) else { continue };
        let (text, wrong) = LessonText::read(&text.map_err(|what| (file.clone(), what))?);
        mistakes.extend(wrong.into_iter().map(|mistake| (file.clone(), mistake)));
        texts.insert(language.to_owned(), serde_json::to_value(text).expect("a text is plain data"));
    }
    if let Value::Object(fields) = &mut lesson {
        fields.remove("$schema");
        if !texts.is_empty() {
            fields.insert("text".to_owned(), Value::Object(texts));
        }
    }
    Ok(Joined { lesson, mistakes })
}

fn read(path: &Path) -> Result<String, (PathBuf, String)> {
    std::fs::read_to_string(path).map_err(|error| (path.to_owned(), format!("cannot be read: {error}")))
}

fn read_json(path: &Path) -> Result<Value, (PathBuf, String)> {
    serde_json::from_str(&read(path)?).map_err(|error| (path.to_owned(), format!("is no JSON: {error}")))
}

/// A group of lessons, as the list of them says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    title: BTreeMap<String, String>,
    lessons: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Groups {
    groups: Vec<Group>,
}

/// The list of lessons for the page: what `index.json` in their folder says, with their titles and what they are about; and
/// every lesson by its id.
///
/// # Errors
/// A file that cannot be read, with the reason.
pub fn catalogue(folder: &Path) -> Result<(Value, BTreeMap<String, Bundled>), (PathBuf, String)> {
    let path = folder.join("index.json");
    let list: Groups = serde_json::from_value(read_json(&path)?).map_err(|error| (path, error.to_string()))?;
    let mut lessons = BTreeMap::new();
    let mut groups = Vec::new();
    for group in list.groups {
        let mut entries = Vec::new();
        for id in group.lessons {
            let bundled = bundle(&folder.join(&id))?;
            let of = |read: fn(&LessonText) -> String| {
                let texts = bundled.lesson["text"].as_object().into_iter().flatten();
                let read = texts.map(|(language, text)| {
                    let text = serde_json::from_value(text.clone()).unwrap_or_default();
                    (language.clone(), Value::String(read(&text)))
                });
                Value::Object(read.collect())
            };
            entries.push(serde_json::json!({
                "id": id,
                "title": of(|text| text.title.clone()),
                "about": of(|text| crate::Block::plain(&text.about)),
                "minutes": bundled.lesson["minutes"],
                "incident": bundled.lesson["incident"].as_bool().unwrap_or_default(),
                "steps": bundled.lesson["steps"].as_array().map_or(0, Vec::len),
            }));
            lessons.insert(id, bundled);
        }
        groups.push(serde_json::json!({ "title": group.title, "lessons": entries }));
    }
    Ok((serde_json::json!({ "groups": groups }), lessons))
}
