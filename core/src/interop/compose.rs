//! A RabbitMQ in a container, with a topology in it from the start.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::File;

const COMPOSE: &str = r#"# A RabbitMQ with the exchanges, queues and bindings of definitions.json: docker compose up
# The management page is at http://localhost:15672. Ports are open on this computer only.
services:
  rabbitmq:
    image: rabbitmq:4-management
    # Its data is kept under the name of the host.
    hostname: rabbitmq
    ports:
      - "127.0.0.1:5672:5672" # AMQP
      - "127.0.0.1:15672:15672" # management
      - "127.0.0.1:15674:15674" # STOMP over WebSocket
    volumes:
      - ./rabbitmq.conf:/etc/rabbitmq/rabbitmq.conf:ro
      - ./enabled_plugins:/etc/rabbitmq/enabled_plugins:ro
      - ./definitions.json:/etc/rabbitmq/definitions.json:ro
    healthcheck:
      test: ["CMD", "rabbitmq-diagnostics", "-q", "check_running"]
      interval: 5s
      timeout: 10s
      retries: 24
"#;

const CONFIGURATION: &str = "\
# What is in definitions.json is declared when the broker starts. A broker that does so makes no user and no virtual
# host by itself: they are in definitions.json, too. Where nothing else was said the user is guest, password guest.
load_definitions = /etc/rabbitmq/definitions.json

# Usually guest may come from the broker's own computer only; for a broker in a container this computer is another one.
loopback_users.guest = false
";

const PLUGINS: &str = "[rabbitmq_management,rabbitmq_web_stomp].\n";

/// How RabbitMQ keeps the password `guest`: base64 of four bytes of salt and the SHA-256 of the salt with the password
/// (RabbitMQ, "Credentials and Passwords").
const PASSWORD_HASH: &str = "bXFwAdQlyA0un0SqoEPHfMQ/yk6gocaY9QIIPq844vms14cu";

/// What `docker compose up` needs for a RabbitMQ with these definitions: `docker-compose.yml`, `rabbitmq.conf`,
/// `enabled_plugins` and `definitions.json`.
///
/// A broker that loads definitions when it starts makes no user `guest` and no virtual host by itself (RabbitMQ,
/// "Definitions Export and Import"). Definitions without users therefore get the user `guest` with the password
/// `guest`, who may do everything, and the virtual hosts that are named in them; definitions with users stay as they
/// are. So does a text that is no JSON object: the broker will say what is wrong with it.
pub fn files(definitions: &str) -> Vec<File> {
    vec![
        File::new("docker-compose.yml", COMPOSE),
        File::new("rabbitmq.conf", CONFIGURATION),
        File::new("enabled_plugins", PLUGINS),
        File::new("definitions.json", with_user(definitions).unwrap_or_else(|| definitions.to_owned())),
    ]
}

/// Definitions without users, with one; `None`: they have some, or are none.
fn with_user(definitions: &str) -> Option<String> {
    let mut value: Value = serde_json::from_str(definitions).ok()?;
    let root = value.as_object_mut()?;
    let list = |root: &serde_json::Map<String, Value>, key: &str| -> Vec<Value> {
        root.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    if !list(root, "users").is_empty() {
        return None;
    }
    let mut hosts = list(root, "vhosts");
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut known: BTreeSet<String> = hosts.iter().filter_map(|host| text(host, "name")).collect();
    let named = ["exchanges", "queues", "bindings", "policies"].iter().flat_map(|key| list(root, key));
    let mut needed: BTreeSet<String> = named.filter_map(|item| text(&item, "vhost")).collect();
    if known.is_empty() {
        needed.insert("/".to_owned());
    }
    for name in needed {
        if known.insert(name.clone()) {
            hosts.push(json!({ "name": name }));
        }
    }
    let permissions: Vec<Value> = known
        .iter()
        .map(|host| json!({ "user": "guest", "vhost": host, "configure": ".*", "write": ".*", "read": ".*" }))
        .collect();
    root.insert("vhosts".to_owned(), hosts.into());
    root.insert(
        "users".to_owned(),
        json!([{
            "name": "guest",
            "password_hash": PASSWORD_HASH,
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": ["administrator"],
        }]),
    );
    root.insert("permissions".to_owned(), permissions.into());
    serde_json::to_string_pretty(&value).ok().map(|text| text + "\n")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::*;

    fn definitions(text: &str) -> Value {
        let files = files(text);
        let file = files.iter().find(|file| file.path == "definitions.json").unwrap();
        serde_json::from_str(&file.content).unwrap()
    }

    #[test]
    fn definitions_without_users_get_one_for_each_virtual_host() {
        let made = definitions(r#"{"queues":[{"name":"q","vhost":"it's"}],"vhosts":[{"name":"/","limits":[]}]}"#);
        assert_eq!(made["users"][0]["name"], "guest");
        assert_eq!(made["vhosts"], json!([{"name":"/","limits":[]},{"name":"it's"}]));
        let hosts: Vec<&str> =
            made["permissions"].as_array().unwrap().iter().map(|each| each["vhost"].as_str().unwrap()).collect();
        assert_eq!(hosts, ["/", "it's"]);
        assert_eq!(made["queues"][0]["name"], "q");
        assert_eq!(definitions("{}")["vhosts"], json!([{"name":"/"}]));
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in ["", "[]", "{", "\"</script>\"", r#"{"users":[{"name":"me"}]}"#, "{\"queues\""] {
            assert_eq!(files(text)[3].content, text);
        }
        // What is no list is none.
        assert_eq!(definitions(r#"{"users":7,"vhosts":{},"queues":[1,{"vhost":2}]}"#)["vhosts"], json!([{"name":"/"}]));
    }

    /// What a program that is given a text says; nothing where there is no such program, or it fails.
    fn said(program: &str, arguments: &[&str], text: &str) -> Option<Vec<u8>> {
        let mut command = Command::new(program);
        let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        // One that reads nothing may have ended already; whether it has failed is seen below.
        let _ = child.stdin.take()?.write_all(text.as_bytes());
        let output = child.wait_with_output().ok()?;
        output.status.success().then_some(output.stdout)
    }

    #[test]
    fn the_compose_file_mounts_every_other_file() {
        let files = files("{}");
        let compose = &files[0].content;
        let program = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))";
        match said("python3", &["-c", "import yaml"], "") {
            Some(_) => {
                let read = said("python3", &["-c", program], compose).expect("the compose file is YAML");
                let compose: Value = serde_json::from_slice(&read).unwrap();
                let service = &compose["services"]["rabbitmq"];
                assert_eq!(service["image"], "rabbitmq:4-management");
                assert_eq!(service["ports"].as_array().unwrap().len(), 3);
                for file in &files[1..] {
                    let mount = format!("./{}:/etc/rabbitmq/{}:ro", file.path, file.path);
                    assert!(service["volumes"].as_array().unwrap().iter().any(|volume| *volume == *mount), "{mount}");
                }
            }
            None => println!("skipped: there is no PyYAML here"),
        }
        // No engine is needed for this.
        match said("docker", &["compose", "version"], "") {
            Some(_) => {
                let arguments = ["compose", "--project-name", "playground", "--file", "-", "config", "--quiet"];
                said("docker", &arguments, compose).expect("Docker Compose takes the compose file");
            }
            None => println!("skipped: there is no Docker Compose here"),
        }
    }
}
