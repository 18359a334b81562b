//! The JSON Schema of `lesson.json`, made from the types that read it.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::lesson::{Step, VERSION};
use crate::base::Language;

/// The schema of version 1 of the lesson (JSON Schema 2020-12).
pub fn lesson_schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let step = generator.subschema_for::<Step>().to_value();
    let scenario = json!({ "$ref": "scenario-1.json" });
    let texts: serde_json::Map<String, Value> = Language::ALL
        .into_iter()
        .map(|language| (language.tag().to_owned(), json!({ "type": ["string", "object"] })))
        .collect();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "MQ Playground lesson",
        "description": "A lesson's steps, goals and solutions; its words stand in Markdown files beside it. Version 1 of the format.",
        "type": "object",
        "additionalProperties": false,
        "required": ["mq_lesson", "id", "minutes", "scenarios", "steps"],
        "properties": {
            "$schema": { "type": "string" },
            "mq_lesson": { "const": VERSION, "description": "The version of the format." },
            "id": { "type": "string", "pattern": "^[a-z0-9-]{1,60}$", "description": "The lesson's name in addresses, and that of its folder." },
            "minutes": { "type": "integer", "minimum": 1, "description": "How long it takes." },
            "incident": { "type": "boolean", "description": "Whether something is wrong that is to be found and mended." },
            "scenarios": {
                "type": "object",
                "description": "What its steps put up, by name: a scenario, the name of a file relative to this one, or a file with some of its fields otherwise.",
                "additionalProperties": {
                    "anyOf": [
                        { "type": "string" },
                        { "type": "object", "required": ["file"], "properties": { "file": { "type": "string" } } },
                        scenario,
                    ],
                },
            },
            "steps": { "type": "array", "minItems": 1, "items": step },
            "next": { "type": "array", "items": { "type": "string" }, "description": "Lessons to go on with, by id." },
            "text": {
                "type": "object",
                "description": "In a lesson of one file: its texts as Markdown, by language. In a folder they are files of their own, en.md and zh-CN.md.",
                "additionalProperties": false,
                "properties": texts,
            },
        },
    });
    schema["$defs"] = Value::Object(generator.take_definitions(true));
    schema
}
