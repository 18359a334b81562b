//! The JSON Schema of the scenario file, made from the types that read it.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Value, json};

use super::format::VERSION;
use super::{
    BrokerSettings, Chaos, ClientSettings, Color, ConsumerSettings, DatabaseSettings, Edge, ExchangeSettings, Id,
    NodeKind, Note, ProducerSettings, QueueSettings, SEED_LIMIT, ServiceSettings, TimedFault,
};
use crate::base::{Point, Text};

/// The schema of version 1 of the scenario file (JSON Schema 2020-12).
pub fn scenario_schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    fn part<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
        generator.subschema_for::<T>().to_value()
    }
    let nodes: Vec<Value> = NodeKind::ALL
        .into_iter()
        .map(|kind| {
            let settings = match kind {
                NodeKind::Producer => part::<ProducerSettings>(&mut generator),
                NodeKind::Exchange => part::<ExchangeSettings>(&mut generator),
                NodeKind::Queue => part::<QueueSettings>(&mut generator),
                NodeKind::Consumer => part::<ConsumerSettings>(&mut generator),
                NodeKind::Client => part::<ClientSettings>(&mut generator),
                NodeKind::Service => part::<ServiceSettings>(&mut generator),
                NodeKind::Database => part::<DatabaseSettings>(&mut generator),
            };
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["id", "kind"],
                "properties": {
                    "id": part::<Id>(&mut generator),
                    "kind": { "const": kind.name() },
                    "label": part::<Text>(&mut generator),
                    "at": part::<Point>(&mut generator),
                    "color": part::<Color>(&mut generator),
                    "settings": settings,
                },
            })
        })
        .collect();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "MQ Playground scenario",
        "description": "Nodes, edges, a script of faults and a seed; version 1 of the format.",
        "type": "object",
        "additionalProperties": false,
        "required": ["mq_scenario"],
        "properties": {
            "mq_scenario": { "const": VERSION, "description": "The version of the format." },
            "title": part::<Text>(&mut generator),
            "about": part::<Text>(&mut generator),
            "seed": { "type": "integer", "minimum": 0, "exclusiveMaximum": SEED_LIMIT, "description": "The seed of all random streams." },
            "broker": part::<BrokerSettings>(&mut generator),
            "nodes": { "type": "array", "items": { "$ref": "#/$defs/Node" } },
            "edges": { "type": "array", "items": part::<Edge>(&mut generator) },
            "notes": { "type": "array", "items": part::<Note>(&mut generator) },
            "faults": { "type": "array", "items": part::<TimedFault>(&mut generator) },
            "edits": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["at_ms"],
                    "description": "An edit that happens by itself.",
                    "properties": {
                        "at_ms": { "type": "number", "minimum": 0, "description": "When it happens, in milliseconds of simulated time." },
                        "remove": { "type": "array", "items": part::<Id>(&mut generator), "description": "Nodes and edges that go." },
                        "nodes": { "type": "array", "items": { "$ref": "#/$defs/Node" }, "description": "Nodes that are added, or replaced by id." },
                        "edges": { "type": "array", "items": part::<Edge>(&mut generator), "description": "Edges that are added, or replaced by id." },
                    },
                },
            },
            "chaos": part::<Chaos>(&mut generator),
        },
    });
    schema["$defs"] = Value::Object(generator.take_definitions(true));
    schema["$defs"]["Node"] = json!({ "oneOf": nodes });
    schema
}
