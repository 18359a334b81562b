//! The lessons of a built site, as far as pages and packages tell of them.

use std::collections::BTreeMap;

use lesson_text::{LANGUAGES, LessonText};
use serde_json::Value;

use crate::site::Site;

/// A lesson with its texts.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Its id, which is also in file names.
    pub id: String,
    /// How long it takes, in minutes; 0 where it does not say.
    pub minutes: u64,
    /// The ids of its steps, in order.
    pub steps: Vec<String>,
    /// Its texts, by language tag.
    pub texts: BTreeMap<String, LessonText>,
    /// What is on the stage first.
    pub scenario: Value,
    /// At which simulated time the first stage is put up, in milliseconds.
    pub begins_at_ms: f64,
}

impl Lesson {
    /// Reads all lessons of a site, in the order of their list.
    ///
    /// # Errors
    /// A file that is missing or is not a lesson, with the reason.
    pub fn all(site: &Site) -> Result<Vec<Lesson>, String> {
        let file = "lessons/index.json";
        let list = json(file, &site.text(file)?)?;
        let groups = list["groups"].as_array().ok_or_else(|| format!("{file}: there is no list of groups"))?;
        let entries = groups.iter().filter_map(|group| group["lessons"].as_array()).flatten();
        entries
            .map(|entry| {
                let id = entry["id"].as_str().ok_or_else(|| format!("{file}: a lesson has no id"))?;
                if !is_plain(id) {
                    return Err(format!("{file}: the id {id:?} cannot be a file's name: a-z, 0-9 and - can"));
                }
                let file = format!("lessons/{id}.json");
                Lesson::read(&json(&file, &site.text(&file)?)?, id).map_err(|why| format!("{file}: {why}"))
            })
            .collect()
    }

    fn read(lesson: &Value, id: &str) -> Result<Lesson, String> {
        let steps = lesson["steps"].as_array().ok_or("it has no steps")?;
        let ids = steps.iter().map(|step| step["id"].as_str().map(str::to_owned).ok_or("a step has no id"));
        let texts: BTreeMap<String, LessonText> =
            serde_json::from_value(lesson["text"].clone()).map_err(|error| format!("its texts: {error}"))?;
        if let Some(language) = texts.keys().find(|language| !LANGUAGES.contains(&language.as_str())) {
            return Err(format!("it is written in {language:?}, which is not among {}", LANGUAGES.join(", ")));
        }
        let stage = steps.iter().map(|step| &step["stage"]).find(|stage| stage["scenario"].is_string());
        let stage = stage.ok_or("none of its steps puts anything on the stage")?;
        let name = stage["scenario"].as_str().unwrap_or_default();
        let scenario = lesson["scenarios"].get(name).ok_or_else(|| format!("it has no scenario {name:?}"))?;
        Ok(Lesson {
            id: id.to_owned(),
            minutes: lesson["minutes"].as_u64().unwrap_or_default(),
            steps: ids.collect::<Result<_, _>>()?,
            texts,
            scenario: scenario.clone(),
            begins_at_ms: stage["at_ms"].as_f64().unwrap_or_default(),
        })
    }
}

fn json(file: &str, text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{file}: {error}"))
}

fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-')
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A title with all that could end a text or an attribute, or begin something else.
    pub const HOSTILE: &str = "</title><script>alert(\"1\")</script> & 'x' ]]> \u{1} <!--";

    pub fn hostile() -> Lesson {
        let text = serde_json::json!({
            "title": HOSTILE,
            "about": [{ "p": [{ "t": HOSTILE }, { "link": ["javascript:alert(1)", [{ "t": "here" }]] }] }],
            "learned": [{ "list": [[{ "p": [{ "t": "This" }] }]] }],
            "steps": { "one": { "title": [{ "t": HOSTILE }] } }
        });
        let lesson = serde_json::json!({
            "minutes": 5,
            "steps": [{ "id": "one", "stage": { "scenario": "first", "at_ms": 1000 } }, { "id": "two" }],
            "scenarios": { "first": { "mq_scenario": 1 } },
            "text": { "en": text, "zh-CN": text }
        });
        Lesson::read(&lesson, "hostile").unwrap()
    }

    #[test]
    fn a_lesson_says_what_is_on_the_stage_first() {
        let lesson = hostile();
        assert_eq!(lesson.steps, ["one", "two"]);
        assert_eq!(lesson.begins_at_ms, 1000.0);
        assert_eq!(lesson.texts["en"].title, HOSTILE);
    }

    #[test]
    fn ids_that_lead_elsewhere_are_refused() {
        assert!(is_plain("what-is-mq") && is_plain("2"));
        for id in ["", "..", "a/b", "A", "a b", "a\"", "中"] {
            assert!(!is_plain(id), "{id}");
        }
    }

    #[test]
    fn what_is_no_lesson_is_refused_with_a_reason() {
        for (lesson, why) in [
            (serde_json::json!({}), "no steps"),
            (serde_json::json!({ "steps": [{}], "text": {} }), "stage"),
            (serde_json::json!({ "steps": [{ "id": "a", "stage": { "scenario": "x" } }], "text": {} }), "no scenario"),
            (serde_json::json!({ "steps": [], "text": { "xx": { "title": "" } } }), "\"xx\""),
        ] {
            let refused = Lesson::read(&lesson, "a").unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
    }
}
