//! A shell script that declares a topology.

use std::fmt::Write;

use super::{DestinationKind, Topology};
use crate::scenario::Headers;

const BEGINNING: &str = "\
#!/bin/sh
# Declares exchanges, queues and bindings with rabbitmqadmin, the one in Python that comes with the management plugin of
# RabbitMQ (http://localhost:15672/cli/rabbitmqadmin). Options for it come behind the script's name:
# sh declare.sh --host=localhost --port=15672 --username=guest --password=guest
set -eu

";

/// A POSIX shell script with a `rabbitmqadmin` command for each exchange, queue and binding of a topology, in the order
/// in which they need each other; the virtual host too, unless it is `/`. The script hands its own options on.
///
/// It is for the `rabbitmqadmin` in Python of RabbitMQ 3.x and 4.x; that of version 2, in Rust, has other options.
/// Every word from the topology is quoted; NUL characters, which no word of a shell can have, are left out.
pub fn commands(topology: &Topology, vhost: &str) -> String {
    let mut script = BEGINNING.to_owned();
    let host = quoted(&format!("--vhost={vhost}"));
    let mut declare = |what: &str, words: &[(&str, &str)]| {
        let words: String =
            words.iter().map(|(name, value)| format!(" {}", quoted(&format!("{name}={value}")))).collect();
        // A String takes everything.
        let _ = writeln!(script, "rabbitmqadmin \"$@\" {host} declare {what}{words}");
    };
    if vhost != "/" {
        declare("vhost", &[("name", vhost)]);
    }
    for exchange in &topology.exchanges {
        declare(
            "exchange",
            &[
                ("name", &exchange.name),
                ("type", &exchange.kind),
                ("durable", truth(exchange.durable)),
                ("auto_delete", truth(exchange.auto_delete)),
                ("internal", truth(exchange.internal)),
                ("arguments", &json(&exchange.arguments)),
            ],
        );
    }
    for queue in &topology.queues {
        declare(
            "queue",
            &[
                ("name", &queue.name),
                ("durable", truth(queue.durable)),
                ("auto_delete", truth(queue.auto_delete)),
                ("arguments", &json(&queue.arguments)),
            ],
        );
    }
    for binding in &topology.bindings {
        let destination_type = match binding.destination_type {
            DestinationKind::Queue => "queue",
            DestinationKind::Exchange => "exchange",
        };
        declare(
            "binding",
            &[
                ("source", &binding.source),
                ("destination", &binding.destination),
                ("destination_type", destination_type),
                ("routing_key", &binding.routing_key),
                ("arguments", &json(&binding.arguments)),
            ],
        );
    }
    script
}

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

fn json(arguments: &Headers) -> String {
    // A table with texts for keys always becomes JSON.
    serde_json::to_string(arguments).unwrap_or_default()
}

/// A word of a shell command that is this text, whatever is in it. In single quotes nothing but they themselves means
/// anything (POSIX, Shell Command Language, 2.2.2).
pub(super) fn quoted(text: &str) -> String {
    let text = text.replace('\0', "");
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,+@%".contains(letter);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;
    use crate::interop::hostile::{HOSTILE, topology_of};

    /// What a `rabbitmqadmin` was called with, call by call.
    fn calls(script: &str) -> Vec<Vec<String>> {
        use std::io::Write as _;
        // Words end with NUL, calls with an empty word.
        let text = format!("rabbitmqadmin() {{ printf '%s\\0' \"$@\"; printf '\\0'; }}\n{script}");
        let run = |arguments: &[&str]| {
            let mut shell = Command::new("sh")
                .args(arguments)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("a shell is there");
            shell.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
            let output = shell.wait_with_output().unwrap();
            assert!(output.status.success());
            String::from_utf8(output.stdout).unwrap()
        };
        assert_eq!(run(&["-n"]), "");
        let printed = run(&["-s", "--", "--port=1"]);
        let words = |call: &str| call.split('\0').map(str::to_owned).collect();
        printed.split("\0\0").filter(|call| !call.is_empty()).map(words).collect()
    }

    #[test]
    fn every_word_arrives_whole() {
        for name in HOSTILE {
            let topology = topology_of(name);
            let calls = calls(&commands(&topology, name));
            let name = name.replace('\0', "");
            let begin = ["--port=1".to_owned(), format!("--vhost={name}"), "declare".to_owned()];
            assert!(calls.iter().all(|call| call.starts_with(&begin)), "{calls:?}");
            let expected = topology.exchanges.len() + topology.queues.len() + topology.bindings.len() + 1;
            assert_eq!(calls.len(), expected);
            assert!(calls[1].contains(&format!("name={name}")), "{calls:?}");
            let arguments = calls[expected - 1].iter().find_map(|word| word.strip_prefix("arguments=")).unwrap();
            let arguments: Headers = serde_json::from_str(arguments).unwrap();
            assert_eq!(arguments, topology.bindings.last().unwrap().arguments);
        }
    }

    #[test]
    fn the_usual_virtual_host_is_there_already() {
        assert!(!commands(&topology_of("a"), "/").contains("declare vhost"));
        assert_eq!(commands(&Topology::default(), "/"), BEGINNING);
    }
}
