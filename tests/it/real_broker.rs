//! The same against a real RabbitMQ on this computer, which the tests start; where none is installed they say so and pass.

use std::cell::Cell;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use mq_playground::base::{Language, Micros};
use mq_playground::engine::{Engine, NodeReport, Unobserved};
use mq_playground::interop::{Content, Form, Topology, definitions};
use mq_playground::scenario::{
    Confirms, Distribution, Edge, EdgeKind, HeaderValue, Headers, Id, MessageTemplate, NodeKind, NodeSettings, Pattern,
    ProducerSettings, Scenario, WeightedKey,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};

use crate::interop::{any_topology, in_order, told_again};
use crate::support::{chain, consumer, node};

/// Where Debian's package and others put RabbitMQ's own scripts, which do not change the user that they run as.
const PLACES: [&str; 2] = ["/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin"];

/// A broker that the tests have started.
pub struct Broker {
    scripts: PathBuf,
    folder: PathBuf,
    node: String,
    port: u16,
    pub management: u16,
    /// Where it speaks STOMP.
    pub stomp: u16,
    server: Child,
}

impl Broker {
    /// Starts one that only this computer reaches, with nothing in it; none where there is none.
    pub fn start() -> Option<Broker> {
        let scripts = PLACES.iter().map(PathBuf::from).find(|place| place.join("rabbitmq-server").exists())?;
        // Several tests may have one each.
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let own = format!("{}-{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed));
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("rabbitmq-{own}"));
        fs::create_dir_all(&folder).expect("a folder for the broker");
        let [port, management, stomp, distribution] = free_ports();
        let configuration = format!(
            "listeners.tcp.1 = 127.0.0.1:{port}\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {management}\n\
             stomp.listeners.tcp.1 = 127.0.0.1:{stomp}\ncollect_statistics_interval = 1000\n"
        );
        fs::write(folder.join("rabbitmq.conf"), configuration).expect("its configuration");
        fs::write(folder.join("enabled_plugins"), "[rabbitmq_management,rabbitmq_stomp].\n").expect("its plugins");
        let node = format!("playground-{own}@localhost");
        let mut command = Command::new(scripts.join("rabbitmq-server"));
        surroundings(&mut command, &folder, &node).env("RABBITMQ_DIST_PORT", distribution.to_string());
        let log = fs::File::create(folder.join("output")).expect("its output");
        let server = command.stdout(log).stderr(Stdio::null()).spawn().expect("the broker starts");
        let broker = Broker { scripts, folder, node, port, management, stomp, server };
        let pid_file = broker.folder.join("pid").to_string_lossy().into_owned();
        broker.control(&["wait", "--timeout", "120", &pid_file]);
        Some(broker)
    }

    /// `rabbitmqctl`.
    pub fn control(&self, arguments: &[&str]) {
        let mut command = Command::new(self.scripts.join("rabbitmqctl"));
        let output =
            surroundings(&mut command, &self.folder, &self.node).args(arguments).output().expect("rabbitmqctl");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "rabbitmqctl {arguments:?}: {said}");
    }

    /// The management API, asked by a user; the answer's status and text.
    pub fn ask_as(&self, user: &str, password: &str, method: &str, path: &str, body: Option<&str>) -> (u16, String) {
        let address = format!("http://127.0.0.1:{}/api/{path}", self.management);
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(&address)
            .header("authorization", format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))))
            .header("content-type", "application/json")
            .body(body.unwrap_or_default().to_owned())
            .expect("a request");
        let mut response = agent.run(request).expect("the management API answers");
        let text = response.body_mut().read_to_string().expect("its answer is text");
        (response.status().as_u16(), text)
    }

    /// The same by a user who may do everything; the text of an answer that is no error.
    pub fn ask(&self, method: &str, path: &str, body: Option<&str>) -> String {
        // Whom a broker admits from its own computer.
        let (status, text) = self.ask_as("guest", "guest", method, path, body);
        assert!((200..300).contains(&status), "{method} {path}: {status} {text}\n{}", body.unwrap_or_default());
        text
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let mut stop = Command::new(self.scripts.join("rabbitmqctl"));
        let pid_file = self.folder.join("pid");
        let stopped = surroundings(&mut stop, &self.folder, &self.node).arg("stop").arg(pid_file).output();
        if !stopped.is_ok_and(|output| output.status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// All that a broker writes goes into its folder, and nobody else's settings come in.
fn surroundings<'a>(command: &'a mut Command, folder: &Path, node: &str) -> &'a mut Command {
    command
        .env("HOME", folder)
        .env("RABBITMQ_NODENAME", node)
        .env("RABBITMQ_CONFIG_FILE", folder.join("rabbitmq"))
        .env("RABBITMQ_ENABLED_PLUGINS_FILE", folder.join("enabled_plugins"))
        .env("RABBITMQ_MNESIA_BASE", folder.join("data"))
        .env("RABBITMQ_LOG_BASE", folder.join("log"))
        .env("RABBITMQ_PID_FILE", folder.join("pid"))
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .stdin(Stdio::null())
}

fn free_ports() -> [u16; 4] {
    // All at once, so that they are different ones.
    let listeners = [(); 4].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("its number").port())
}

/// A name as a part of an address.
pub fn encoded(name: &str) -> String {
    name.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Runs cases, each in a virtual host of its own.
pub fn in_hosts<T: std::fmt::Debug>(
    broker: &Broker,
    cases: u32,
    strategy: impl Strategy<Value = T>,
    test: impl Fn(&str, T) -> Result<(), TestCaseError>,
) {
    let number = Cell::new(0);
    let config = Config { cases, max_shrink_iters: 60, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&strategy, |value| {
        number.set(number.get() + 1);
        let host = format!("case {}", number.get());
        broker.ask("PUT", &format!("vhosts/{}", encoded(&host)), None);
        let outcome = test(&host, value);
        broker.ask("DELETE", &format!("vhosts/{}", encoded(&host)), None);
        outcome
    });
    if let Err(why) = outcome {
        panic!("{why}");
    }
}

fn told(scenario: &Scenario, host: &str) -> (Topology, String) {
    let (topology, _) = Topology::of(scenario, Language::English);
    let text = definitions::text(&topology, host);
    (topology, text)
}

/// A message, and the exchange that it is published to.
fn any_message() -> impl Strategy<Value = (prop::sample::Index, String, Headers)> {
    let key = proptest::sample::select(vec!["", "a", "a.b", "a.b.c", "订单", "x"]).prop_map(str::to_owned);
    let value = prop_oneof![
        Just(HeaderValue::from("red")),
        (-3_i64..4).prop_map(HeaderValue::Integer),
        any::<bool>().prop_map(HeaderValue::Boolean),
    ];
    let headers = proptest::collection::btree_map("[a-c]|x-d", value, 0..3);
    (any::<prop::sample::Index>(), key, headers)
}

#[test]
fn what_the_playground_tells_a_broker_is_what_the_broker_has() {
    let Some(broker) = Broker::start() else {
        println!("skipped: no RabbitMQ is installed here (Debian: apt-get install rabbitmq-server)");
        return;
    };

    // The management API, one virtual host at a time.
    in_hosts(&broker, 40, any_topology(true), |host, scenario| {
        let (topology, text) = told(&scenario, host);
        broker.ask("POST", "definitions", Some(&text));
        let one = broker.ask("GET", &format!("definitions/{}", encoded(host)), None);
        prop_assert_eq!(told_again(&one, None), in_order(topology));
        Ok(())
    });

    // rabbitmqctl, the whole broker.
    let mut runner = TestRunner::deterministic();
    let scenario = any_topology(true).new_tree(&mut runner).expect("a topology").current();
    let (topology, text) = told(&scenario, "/");
    let [import, export] = ["import.json", "export.json"].map(|name| broker.folder.join(name));
    fs::write(&import, text).expect("a file to import");
    broker.control(&["import_definitions", &import.to_string_lossy()]);
    broker.control(&["export_definitions", &export.to_string_lossy()]);
    let exported = fs::read_to_string(&export).expect("what was exported");
    let read = definitions::read(&exported, Some("/"), &crate::interop::patterns).expect("definitions");
    let (drawn, _) = mq_playground::interop::draw(
        &read.topology,
        &mq_playground::interop::Users::Nobody,
        "",
        mq_playground::words::Words::of(Language::English),
    );
    assert_eq!(in_order(Topology::of(&drawn, Language::English).0), in_order(topology.clone()));

    // What a broker in a container begins with. That it can be asked afterwards shows the user's password, too.
    let container = broker.folder.join("container");
    write(&container, Form::Compose, &scenario, "container");
    broker.control(&["import_definitions", &container.join("definitions.json").to_string_lossy()]);
    assert_eq!(told_again(&broker.ask("GET", "definitions/container", None), None), in_order(topology));

    // Messages, by the same names, to the broker and to the engine.
    let messages = proptest::collection::vec(any_message(), 1..8);
    in_hosts(&broker, 40, (any_topology(false), messages), |host, (mut scenario, messages)| {
        for node in &mut scenario.nodes {
            if let NodeSettings::Queue(settings) = &mut node.settings {
                // What is taken out again while the broker still buries would make room.
                settings.max_length = None;
                // A broker gives nobody a single message of such a queue.
                settings.single_active_consumer = false;
            }
        }
        let (topology, text) = told(&scenario, host);
        broker.ask("POST", "definitions", Some(&text));
        let exchanges: Vec<Id> = of_kind(&scenario, NodeKind::Exchange);
        for (number, (exchange, key, headers)) in messages.into_iter().enumerate() {
            let exchange = &exchanges[exchange.index(exchanges.len())];
            let body = json!({ "properties": { "headers": headers }, "routing_key": key, "payload": "x", "payload_encoding": "string" });
            let path = format!("exchanges/{}/{}/publish", encoded(host), encoded(&topology.name(exchange)));
            broker.ask("POST", &path, Some(&body.to_string()));
            let producer = format!("p{number}");
            let message = MessageTemplate {
                routing_keys: vec![WeightedKey { key, weight: 1.0 }],
                headers,
                ..MessageTemplate::default()
            };
            let settings = ProducerSettings { pattern: Pattern::Once { count: 1 }, message, confirms: None };
            scenario.nodes.push(node(&producer, NodeSettings::Producer(settings)));
            let id = Id(format!("e{number}"));
            scenario.edges.push(Edge::new(id, EdgeKind::Publish, Id(producer), exchange.clone()));
        }
        let mut engine = Engine::new(&scenario);
        engine.run_until(Micros::from_ms(1_000.0), &mut Unobserved);
        for queue in of_kind(&scenario, NodeKind::Queue) {
            let Some(NodeReport::Queue(report)) = engine.node_report(&queue) else { panic!("{queue} is no queue") };
            let path = format!("queues/{}/{}/get", encoded(host), encoded(&topology.name(&queue)));
            let taken = broker.ask(
                "POST",
                &path,
                Some(r#"{"count": 1000, "ackmode": "ack_requeue_false", "encoding": "auto"}"#),
            );
            let taken: Value = serde_json::from_str(&taken).expect("a list of messages");
            prop_assert_eq!((&queue, taken.as_array().map_or(0, Vec::len) as u64), (&queue, report.ready));
        }
        Ok(())
    });

    programs_publish_and_consume_as_drawn(&broker);
}

/// Programs against the broker: what they count is what is drawn.
fn programs_publish_and_consume_as_drawn(broker: &Broker) {
    let confirms = Some(Confirms { max_unconfirmed: 10, ..Confirms::default() });
    let once = ProducerSettings { pattern: Pattern::Once { count: 100 }, confirms, ..ProducerSettings::default() };
    let work = Distribution::Constant(1.0);
    let mut scenario = chain(1, Pattern::default(), consumer("c", 2, 5, work));
    scenario.nodes[0].settings = NodeSettings::Producer(once);
    let (_, text) = told(&scenario, "/");
    broker.ask("POST", "definitions", Some(&text));
    // Not in the broker's folder, which goes with it: what was built once is not built again.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
    write(&folder, Form::Clients, &scenario, definitions::FIRST_HOST);
    for program in [in_python(&folder.join("clients/python")), in_rust(&folder.join("clients/rust"))] {
        let mut program = match program {
            Ok(program) => program,
            Err(why) => {
                println!("skipped: {why}");
                continue;
            }
        };
        let output = program
            .args(["--seconds", "6"])
            .env("AMQP_URL", format!("amqp://guest:guest@127.0.0.1:{}/%2f", broker.port))
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{program:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        let lines: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let count =
            |name: &str, key: &str| lines.iter().find(|line| line["name"] == name).map(|line| line[key].clone());
        let counts = [count("p", "published"), count("p", "confirmed"), count("c", "acked")];
        assert_eq!(counts, [100, 100, 100].map(|number| Some(json!(number))), "{program:?}: {said}");
    }
}

/// Writes the files of a form into a folder.
fn write(folder: &Path, form: Form, scenario: &Scenario, host: &str) {
    let (Content::Files(files), _) = form.of(scenario, host, Language::English) else { panic!("{form:?} is one text") };
    for file in files {
        let path = folder.join(file.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for the files");
        fs::write(path, file.content).expect("a file");
    }
}

/// What starts the program in Python, or why it is not run.
fn in_python(folder: &Path) -> Result<Command, &'static str> {
    let has_library = Command::new("python3").args(["-c", "import pika"]).stderr(Stdio::null()).status();
    if !has_library.is_ok_and(|status| status.success()) {
        return Err("the program in Python needs python3 and pika (pip install pika)");
    }
    let mut program = Command::new("python3");
    program.arg("main.py").current_dir(folder);
    Ok(program)
}

/// What starts the program in Rust, which is built first, or why it is not run.
fn in_rust(folder: &Path) -> Result<Command, &'static str> {
    let manifest = folder.join("Cargo.toml");
    let content = fs::read_to_string(&manifest).expect("the manifest");
    // It lies inside this workspace, and is none of its packages.
    fs::write(&manifest, content + "\n[workspace]\n").expect("the manifest");
    let cargo = |arguments: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        // Without what only a debugger reads it is built sooner.
        cargo.args(arguments).current_dir(folder).env("CARGO_PROFILE_DEV_DEBUG", "0").stdin(Stdio::null());
        cargo.output().expect("cargo runs")
    };
    // What was fetched is built without a network, so that a failure of the second is the program's own.
    if !cargo(&["fetch", "--quiet"]).status.success() {
        return Err("the program in Rust needs crates, which cannot be fetched");
    }
    let built = cargo(&["build", "--quiet", "--offline", "--target-dir", "target"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let mut program = Command::new(folder.join("target/debug/mq-scenario-clients"));
    program.current_dir(folder);
    Ok(program)
}

fn of_kind(scenario: &Scenario, kind: NodeKind) -> Vec<Id> {
    scenario.nodes.iter().filter(|node| node.kind() == kind).map(|node| node.id.clone()).collect()
}
