//! Small programs that do at a real broker what a scenario's producers and consumers do.
//!
//! Each is written by hand, in its language's folder here, and the same for every scenario; what it has to do it reads
//! from `scenario.json`, which alone is made of the scenario.

mod data;

use super::{File, Topology};
use crate::base::Language;
use crate::scenario::Scenario;

/// The folder that has all programs.
const FOLDER: &str = "clients";

/// A program's language: its folder, and what its README says.
struct Program {
    folder: &'static str,
    language: &'static str,
    /// What has to be installed.
    needs: &'static str,
    /// What is typed once in a shell; nothing: nothing has to be.
    prepare: &'static str,
    /// What starts the program; options come behind it.
    run: &'static str,
    /// How an option is written behind that.
    example: &'static str,
    files: &'static [(&'static str, &'static str)],
}

static PROGRAMS: [Program; 4] = [
    Program {
        folder: "python",
        language: "Python",
        needs: "Python ≥ 3.9, [pika](https://pika.readthedocs.io/)",
        prepare: "python3 -m pip install -r requirements.txt\n",
        run: "python3 main.py",
        example: "python3 main.py --seconds 10",
        files: &[
            ("main.py", include_str!("python/main.py")),
            ("requirements.txt", include_str!("python/requirements.txt")),
        ],
    },
    Program {
        folder: "node",
        language: "Node.js",
        needs: "Node.js ≥ 18, [amqplib](https://amqp-node.github.io/amqplib/)",
        prepare: "npm install\n",
        run: "node main.js",
        example: "node main.js --seconds 10",
        files: &[("main.js", include_str!("node/main.js")), ("package.json", include_str!("node/package.json"))],
    },
    Program {
        folder: "rust",
        language: "Rust",
        needs: "Rust ≥ 1.88, [lapin](https://docs.rs/lapin)",
        prepare: "",
        run: "cargo run --release",
        example: "cargo run --release -- --seconds 10",
        files: &[
            ("Cargo.toml", include_str!("rust/Cargo.toml.txt")),
            ("src/main.rs", include_str!("rust/src/main.rs")),
            ("src/scenario.rs", include_str!("rust/src/scenario.rs")),
            ("src/timing.rs", include_str!("rust/src/timing.rs")),
            ("src/producer.rs", include_str!("rust/src/producer.rs")),
            ("src/consumer.rs", include_str!("rust/src/consumer.rs")),
        ],
    },
    Program {
        folder: "java",
        language: "Java",
        needs: "JDK ≥ 17, Maven, [amqp-client](https://www.rabbitmq.com/client-libraries/java-client)",
        prepare: "mvn -q compile\n",
        run: "mvn -q exec:java",
        example: "mvn -q exec:java -Dexec.args=\"--seconds 10\"",
        files: &[
            ("pom.xml", include_str!("java/pom.xml")),
            ("src/main/java/Main.java", include_str!("java/src/main/java/Main.java")),
            ("src/main/java/Producer.java", include_str!("java/src/main/java/Producer.java")),
            ("src/main/java/Consumer.java", include_str!("java/src/main/java/Consumer.java")),
            ("src/main/java/Publisher.java", include_str!("java/src/main/java/Publisher.java")),
            ("src/main/java/Timing.java", include_str!("java/src/main/java/Timing.java")),
        ],
    },
];

/// Programs in Python, JavaScript, Rust and Java for the producers and consumers of a scenario, as they are called in a
/// language: a folder for each, and `scenario.json` beside them, all in the folder `clients`. They publish at the drawn
/// pattern, to the exchanges and queues of the topology, and consume with the drawn settings. They declare nothing.
///
/// Left out is what no broker has: calls of services and databases (the READMEs say how many), faults, and latency on
/// edges.
pub fn files(scenario: &Scenario, topology: &Topology, language: Language) -> Vec<File> {
    // Nothing in it can fail to become JSON: all keys are texts.
    let data = serde_json::to_string_pretty(&data::Data::of(scenario, topology, language)).unwrap_or_default();
    let mut files = vec![File::new(format!("{FOLDER}/scenario.json"), data + "\n")];
    let calls = data::calls(scenario);
    for program in &PROGRAMS {
        let path = |name: &str| format!("{FOLDER}/{}/{name}", program.folder);
        files.push(File::new(path("README.md"), program.readme(language, calls)));
        files.extend(program.files.iter().map(|(name, content)| File::new(path(name), *content)));
    }
    files
}

impl Program {
    fn readme(&self, language: Language, calls: usize) -> String {
        let (template, left_out) = match language {
            Language::English => (
                include_str!("readme.en.md"),
                format!("\nLeft out here: {calls} step(s) of handlers that call a service or a database.\n"),
            ),
            Language::SimplifiedChinese => (
                include_str!("readme.zh-CN.md"),
                format!("\n这里省略了：处理程序中 {calls} 个调用服务或数据库的步骤。\n"),
            ),
        };
        let mut text = template
            .replace("{language}", self.language)
            .replace("{needs}", self.needs)
            .replace("{prepare}", self.prepare)
            .replace("{run}", self.run)
            .replace("{example}", self.example);
        if calls > 0 {
            text += &left_out;
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::process::Command;

    use serde_json::Value;

    use super::*;
    use crate::interop::hostile::{HOSTILE, scenario_of};

    fn made(name: &str) -> Vec<File> {
        let scenario = scenario_of(name);
        files(&scenario, &Topology::of(&scenario, Language::English).0, Language::English)
    }

    #[test]
    fn names_are_in_the_data_only_and_stay_text() {
        let usual = made("plain");
        for name in HOSTILE {
            let files = made(name);
            let data: Value = serde_json::from_str(&files[0].content).unwrap();
            let shown = if name.trim().is_empty() { "p" } else { name.trim() };
            assert_eq!(data["producers"][0]["name"], *shown);
            assert_eq!(data["producers"][0]["routing_keys"][0]["key"], *name);
            assert_eq!(data["producers"][0]["message"]["headers"][name], *name);
            assert_eq!(files[1..], usual[1..]);
        }
    }

    #[test]
    fn everything_is_called_by_its_name_at_the_broker() {
        let mut scenario = scenario_of("x");
        scenario.nodes[1].label = Some("orders".into());
        scenario.nodes[2].label = Some("work".into());
        let topology = Topology::of(&scenario, Language::English).0;
        let files = files(&scenario, &topology, Language::English);
        let data: Value = serde_json::from_str(&files[0].content).unwrap();
        let producer = &data["producers"][0];
        let targets = serde_json::json!([
            { "exchange": "orders", "routing_key": null },
            { "exchange": "", "routing_key": "work" },
        ]);
        assert_eq!(producer["targets"], targets);
        assert_eq!(producer["message"]["headers"]["double"], serde_json::json!({ "double": 1.0 }));
        assert_eq!(producer["message"]["headers"]["integer"], 1);
        assert_eq!(producer["message"]["expiration"], "1");
        assert_eq!(producer["pattern"], serde_json::json!({ "once": { "count": 4 } }));
        let consumer = &data["consumers"][0];
        assert_eq!(consumer["queues"], serde_json::json!(["work"]));
        assert_eq!(consumer["retry"]["queue"], "work");
        // Work; then both parts that begin together, of which one leads nowhere. The call is left out.
        assert_eq!(consumer["handler"].as_array().unwrap().len(), 2);
        assert_eq!(consumer["handler"][1][0]["publish"]["exchange"], "orders");
        assert_eq!(consumer["handler"][1][1]["publish"], Value::Null);
        assert!(files[1].content.contains("1 step(s)"));
    }

    #[test]
    fn without_a_way_to_the_delay_queue_messages_go_back() {
        let mut scenario = scenario_of("x");
        scenario.edges.retain(|edge| edge.id.as_str() != "5");
        let files = files(&scenario, &Topology::of(&scenario, Language::English).0, Language::English);
        let data: Value = serde_json::from_str(&files[0].content).unwrap();
        assert_eq!(data["consumers"][0]["on_failure"], "requeue");
        assert_eq!(data["consumers"][0]["retry"], Value::Null);
    }

    #[test]
    fn every_readme_is_filled_in_and_no_path_is_there_twice() {
        for language in Language::ALL {
            let files = files(&Scenario::default(), &Topology::default(), language);
            let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
            assert_eq!(paths.len(), files.len());
            for readme in files.iter().filter(|file| file.path.ends_with("README.md")) {
                assert!(!readme.content.contains(['{', '}']), "{}", readme.content);
            }
        }
    }

    /// Whether a program's check of files passes; nothing where that program is not there.
    fn passes(program: &str, arguments: &[&str], paths: &[&str]) -> Option<bool> {
        let succeeds = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
        // Some systems have in its place what only says where to get it.
        if !succeeds(Command::new(program).arg("--version")) {
            return None;
        }
        let folder = format!("{}/src/interop/clients", env!("CARGO_MANIFEST_DIR"));
        Some(succeeds(Command::new(program).args(arguments).args(paths).current_dir(folder)))
    }

    #[test]
    fn programs_are_of_their_language() {
        let parse = "import ast, sys; ast.parse(open(sys.argv[1], encoding='utf-8').read())";
        assert_ne!(passes("python3", &["-c", parse], &["python/main.py"]), Some(false));
        assert_ne!(passes("node", &["--check"], &["node/main.js"]), Some(false));
        // The compiler stops behind the grammar: the libraries are not there.
        let parse = ["-XDshould-stop.ifNoError=PARSE", "-XDshould-stop.ifError=PARSE"];
        let paths = PROGRAMS
            .iter()
            .flat_map(|program| program.files.iter().map(|(name, _)| format!("{}/{name}", program.folder)));
        let sources: Vec<String> = paths.filter(|path| path.ends_with(".java")).collect();
        let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
        assert_ne!(passes("javac", &parse, &sources), Some(false));
        // What is formatted as it should be is Rust. A file stands for those that it names, too.
        let formatted = ["--check", "--edition", "2024", "--config", "max_width=120,use_small_heuristics=Max"];
        assert_ne!(passes("rustfmt", &formatted, &["rust/src/main.rs"]), Some(false));
    }
}
