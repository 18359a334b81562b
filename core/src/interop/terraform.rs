//! A topology for Terraform.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::{DestinationKind, Topology};
use crate::scenario::{HeaderValue, Headers};

const BEGINNING: &str = r#"terraform {
  required_providers {
    rabbitmq = {
      source  = "cyrilgdn/rabbitmq"
      version = "~> 1.8"
    }
  }
}

# The management API; RABBITMQ_ENDPOINT, RABBITMQ_USERNAME and RABBITMQ_PASSWORD say where, and who comes.
provider "rabbitmq" {}
"#;

/// A topology in Terraform's language, for the provider `cyrilgdn/rabbitmq`: the virtual host unless it is `/`,
/// exchanges, queues and bindings. Exchanges that every broker has (`amq.*`) are referred to by their names.
///
/// What that provider cannot do is said in comments: internal exchanges, and bindings between things with a `/` in
/// their names, which it puts together to paths.
pub fn text(topology: &Topology, vhost: &str) -> String {
    let mut identifiers = Identifiers::default();
    let mut text = BEGINNING.to_owned();
    let host = if vhost == "/" {
        literal("/")
    } else {
        let identifier = identifiers.free(vhost);
        resource(&mut text, "rabbitmq_vhost", &identifier, &[("name", literal(vhost))]);
        format!("rabbitmq_vhost.{identifier}.name")
    };
    // Where a binding leads, by kind and name: a reference, so that Terraform makes one after the other.
    let mut known: BTreeMap<(DestinationKind, &str), String> = BTreeMap::new();
    for exchange in &topology.exchanges {
        let identifier = identifiers.free(&exchange.name);
        if exchange.internal {
            text += "\n# Clients may not publish to the next one: the provider has no setting for that.";
        }
        let settings = [
            ("type", literal(&exchange.kind)),
            ("durable", exchange.durable.to_string()),
            ("auto_delete", exchange.auto_delete.to_string()),
        ];
        // Here the provider takes texts only; the one argument that exchanges have is a text.
        let arguments = (!exchange.arguments.is_empty()).then(|| ("arguments", table(&exchange.arguments, 2)));
        let own = [("name", literal(&exchange.name)), ("vhost", host.clone())];
        with_settings(&mut text, "rabbitmq_exchange", &identifier, &own, settings.into_iter().chain(arguments));
        known.insert((DestinationKind::Exchange, &exchange.name), format!("rabbitmq_exchange.{identifier}.name"));
    }
    for queue in &topology.queues {
        let identifier = identifiers.free(&queue.name);
        let settings = [("durable", queue.durable.to_string()), ("auto_delete", queue.auto_delete.to_string())];
        let arguments = (!queue.arguments.is_empty()).then(|| ("arguments_json", encoded(&queue.arguments, 2)));
        let own = [("name", literal(&queue.name)), ("vhost", host.clone())];
        with_settings(&mut text, "rabbitmq_queue", &identifier, &own, settings.into_iter().chain(arguments));
        known.insert((DestinationKind::Queue, &queue.name), format!("rabbitmq_queue.{identifier}.name"));
    }
    for binding in &topology.bindings {
        let refer = |kind, name: &str| known.get(&(kind, name)).cloned().unwrap_or_else(|| literal(name));
        let kind = match binding.destination_type {
            DestinationKind::Queue => "queue",
            DestinationKind::Exchange => "exchange",
        };
        let identifier = identifiers.free(&format!("{}_to_{}", binding.source, binding.destination));
        if binding.source.contains('/') || binding.destination.contains('/') {
            text += "\n# The provider does not find this binding again: there is a \"/\" in a name.";
        }
        let mut own = vec![
            ("source", refer(DestinationKind::Exchange, &binding.source)),
            ("vhost", host.clone()),
            ("destination", refer(binding.destination_type, &binding.destination)),
            ("destination_type", literal(kind)),
        ];
        // Without a key it is the empty one. `properties_key` is not set but found out: the broker makes it.
        if !binding.routing_key.is_empty() {
            own.push(("routing_key", literal(&binding.routing_key)));
        }
        if !binding.arguments.is_empty() {
            own.push(("arguments_json", encoded(&binding.arguments, 1)));
        }
        resource(&mut text, "rabbitmq_binding", &identifier, &own);
    }
    text
}

/// Names of resources, which no two have.
#[derive(Default)]
struct Identifiers(BTreeSet<String>);

impl Identifiers {
    /// A name for a resource that is as near to this text as may be: letters, digits, `_` and `-`, not a digit at the
    /// beginning (Terraform, "Identifiers").
    fn free(&mut self, text: &str) -> String {
        let fits = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
        let mut stem: String = text.chars().map(fits).take(60).collect();
        if !stem.starts_with(|first: char| first.is_ascii_alphabetic()) {
            stem.insert_str(0, "mq_");
        }
        let mut name = stem.clone();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{stem}_{number}");
            number += 1;
        }
        name
    }
}

fn resource(text: &mut String, kind: &str, identifier: &str, attributes: &[(&str, String)]) {
    // A String takes everything.
    let _ = writeln!(text, "\nresource \"{kind}\" \"{identifier}\" {{");
    write_attributes(text, attributes, 1);
    text.push_str("}\n");
}

fn with_settings<'a>(
    text: &mut String,
    kind: &str,
    identifier: &str,
    own: &[(&str, String)],
    settings: impl Iterator<Item = (&'a str, String)>,
) {
    let _ = writeln!(text, "\nresource \"{kind}\" \"{identifier}\" {{");
    write_attributes(text, own, 1);
    text.push_str("\n  settings {\n");
    write_attributes(text, &settings.collect::<Vec<_>>(), 2);
    text.push_str("  }\n}\n");
}

/// Attributes with their `=` below each other, as `terraform fmt` has them; what has more lines stands by itself.
fn write_attributes(text: &mut String, attributes: &[(&str, String)], depth: usize) {
    let indent = "  ".repeat(depth);
    let single = |value: &str| !value.contains('\n');
    let width =
        attributes.iter().filter(|(_, value)| single(value)).map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in attributes {
        let width = if single(value) { width } else { 0 };
        let _ = writeln!(text, "{indent}{name:width$} = {value}");
    }
}

/// A table as an expression. Keys are texts, too.
fn table(headers: &Headers, depth: usize) -> String {
    if headers.is_empty() {
        return "{}".to_owned();
    }
    let keys: Vec<(String, String)> =
        headers.iter().map(|(name, header)| (literal(name), value(header, depth + 1))).collect();
    let attributes: Vec<(&str, String)> = keys.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let mut text = "{\n".to_owned();
    write_attributes(&mut text, &attributes, depth + 1);
    text + &"  ".repeat(depth) + "}"
}

/// A table as JSON, made by Terraform, so that numbers stay numbers.
fn encoded(headers: &Headers, depth: usize) -> String {
    format!("jsonencode({})", table(headers, depth))
}

fn value(header: &HeaderValue, depth: usize) -> String {
    match header {
        HeaderValue::Void(()) => "null".to_owned(),
        HeaderValue::Boolean(boolean) => boolean.to_string(),
        HeaderValue::Integer(integer) => integer.to_string(),
        // As JSON has it; HCL's numbers are written the same.
        HeaderValue::Double(double) => serde_json::Value::from(*double).to_string(),
        HeaderValue::Text(text) => literal(text),
        HeaderValue::List(items) => {
            let items: Vec<String> = items.iter().map(|item| value(item, depth)).collect();
            format!("[{}]", items.join(", "))
        }
        HeaderValue::Table(headers) => table(headers, depth),
    }
}

/// A quoted text in which nothing is a template (HCL, "Template Expressions").
fn literal(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if letters.peek() == Some(&'{') => quoted.extend([letter, letter]),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interop::hostile::{HOSTILE, topology_of};

    /// The blocks of a text, read by somebody else's reader.
    fn blocks(text: &str) -> Vec<hcl::Block> {
        let body: hcl::Body = hcl::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        body.into_blocks().filter(|block| block.identifier() == "resource").collect()
    }

    /// An attribute without templates and functions; `jsonencode(…)` is what it encodes.
    fn plain(body: &hcl::Body, name: &str) -> serde_json::Value {
        let attribute = body.attributes().find(|attribute| attribute.key() == name);
        let mut expression = attribute.unwrap_or_else(|| panic!("no {name} in {body:?}")).expr().clone();
        if let hcl::Expression::FuncCall(call) = &expression {
            assert_eq!(call.name.name.as_str(), "jsonencode");
            expression = call.args[0].clone();
        }
        let context = hcl::eval::Context::new();
        let value: hcl::Value = hcl::eval::Evaluate::evaluate(&expression, &context).unwrap();
        serde_json::to_value(value).unwrap()
    }

    #[test]
    fn names_stay_text_and_resources_have_names_of_their_own() {
        for name in HOSTILE {
            let topology = topology_of(name);
            let blocks = blocks(&text(&topology, name));
            assert_eq!(blocks.len(), 1 + 2 + 1 + 3);
            let labels: BTreeSet<String> = blocks.iter().map(|block| block.labels()[1].as_str().to_owned()).collect();
            assert_eq!(labels.len(), blocks.len());
            for label in &labels {
                assert!(label.starts_with(|first: char| first.is_ascii_alphabetic()), "{label}");
                assert!(label.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter)), "{label}");
            }
            assert_eq!(plain(blocks[0].body(), "name"), *name);
            assert_eq!(plain(blocks[1].body(), "name"), *name);
            assert_eq!(plain(blocks[3].body(), "name"), *name);
            let settings = blocks[3].body().blocks().next().unwrap().body();
            let expected = serde_json::to_value(&topology.queues[0].arguments).unwrap();
            assert_eq!(plain(settings, "arguments_json"), expected);
            let binding = blocks[5].body();
            assert_eq!(plain(binding, "source"), "amq.topic");
            if !name.is_empty() {
                assert_eq!(plain(binding, "routing_key"), *name);
            }
            let arguments = plain(binding, "arguments_json");
            assert_eq!(arguments[name], *name);
            assert_eq!(arguments["integer"], i64::MIN);
            assert_eq!(arguments["table"][name], *name);
        }
    }

    #[test]
    fn the_usual_virtual_host_is_there_already() {
        assert!(!text(&topology_of("a"), "/").contains("rabbitmq_vhost"));
        assert_eq!(text(&Topology::default(), "/"), BEGINNING);
    }
}
