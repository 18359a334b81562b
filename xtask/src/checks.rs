//! `cargo xtask test`: all checks in order, each timed, up to the first that fails.

use crate::install::spoken;
use crate::machine::{self, Machine};
use crate::plan::{self, Tool};
use crate::site;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

const PACKAGE: &str = "mq-playground";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Fmt,
    Clippy,
    Native,
    Browser,
    Site,
    EndToEnd,
}

impl Part {
    /// The quick ones first; the end-to-end tests last, because they need the site.
    pub const ALL: [Part; 6] = [Part::Fmt, Part::Clippy, Part::Native, Part::Browser, Part::Site, Part::EndToEnd];

    pub fn name(self) -> &'static str {
        match self {
            Part::Fmt => "fmt",
            Part::Clippy => "clippy",
            Part::Native => "native",
            Part::Browser => "browser",
            Part::Site => "site",
            Part::EndToEnd => "e2e",
        }
    }

    pub fn named(name: &str) -> Result<Part, String> {
        Part::ALL
            .into_iter()
            .find(|part| part.name() == name)
            .ok_or_else(|| format!("there is no part {name:?} of the tests"))
    }

    /// All parts if none is named. The end-to-end tests bring the site with them: an old one would prove nothing.
    pub fn in_order(named: &[Part]) -> Vec<Part> {
        Part::ALL
            .into_iter()
            .filter(|part| {
                named.is_empty() || named.contains(part) || (*part == Part::Site && named.contains(&Part::EndToEnd))
            })
            .collect()
    }

    fn needs(self) -> Vec<Tool> {
        match self {
            Part::Fmt => vec![Tool::Rustfmt],
            Part::Clippy => vec![Tool::Clippy, Tool::WasmTarget],
            Part::Native => vec![],
            Part::Browser => vec![Tool::WasmTarget, Tool::WasmBindgen, Tool::Browser, Tool::BrowserDriver],
            Part::Site => plan::SITE.to_vec(),
            Part::EndToEnd => END_TO_END.to_vec(),
        }
    }

    fn run(self, machine: &Machine) -> Result<(), String> {
        match self {
            Part::Fmt => run_one(machine, "cargo", &["fmt", "--all", "--check"]),
            Part::Clippy => {
                run_one(machine, "cargo", &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])?;
                // Not --all-targets: the benches have a `main` of criterion's making, which does not build for wasm32.
                run_one(
                    machine,
                    "cargo",
                    &[
                        "clippy",
                        "--package",
                        PACKAGE,
                        "--target",
                        "wasm32-unknown-unknown",
                        "--lib",
                        "--bins",
                        "--tests",
                        "--",
                        "--deny",
                        "warnings",
                    ],
                )
            }
            Part::Native => run_one(machine, "cargo", &["test", "--workspace"]),
            Part::Browser => browser_tests(machine),
            Part::Site => {
                say("trunk build");
                site::build(machine)?;
                say("artefacts of the site");
                site::artefacts(machine, &site::Wishes::default())
            }
            Part::EndToEnd => end_to_end_tests(machine),
        }
    }
}

/// What drives the built site.
pub const END_TO_END: [Tool; 4] = [Tool::Node, Tool::NodePackages, Tool::Browser, Tool::ChineseFont];

pub fn needs(parts: &[Part]) -> Vec<Tool> {
    let mut needs = Vec::new();
    for tool in parts.iter().flat_map(|part| part.needs()) {
        if !needs.contains(&tool) {
            needs.push(tool);
        }
    }
    needs
}

pub fn run(machine: &Machine, parts: &[Part]) -> Result<ExitCode, String> {
    let mut rows: Vec<(Part, Duration, Result<(), String>)> = Vec::new();
    for &part in parts {
        if part == Part::EndToEnd && !rows.is_empty() {
            // Before them, so that the last words of a good run are those of the end-to-end tests themselves.
            println!("\n{}", table(parts, &rows));
        }
        println!("\n== {}", part.name());
        let started = Instant::now();
        let outcome = part.run(machine);
        let failed = outcome.is_err();
        rows.push((part, started.elapsed(), outcome));
        if failed {
            println!("\n{}", table(parts, &rows));
            return Ok(ExitCode::FAILURE);
        }
    }
    if parts.last() != Some(&Part::EndToEnd) {
        println!("\n{}", table(parts, &rows));
    }
    Ok(ExitCode::SUCCESS)
}

fn table(parts: &[Part], rows: &[(Part, Duration, Result<(), String>)]) -> String {
    let failed = rows.iter().any(|(_, _, outcome)| outcome.is_err());
    let lines: Vec<String> = parts
        .iter()
        .map(|part| {
            let (outcome, duration) = match rows.iter().find(|(other, _, _)| other == part) {
                Some((_, duration, Ok(()))) => ("passed".to_owned(), spoken(*duration)),
                Some((_, duration, Err(why))) => (format!("FAILED: {why}"), spoken(*duration)),
                None if failed => ("not run".to_owned(), String::new()),
                None => ("runs now, see below".to_owned(), String::new()),
            };
            format!("{:<8}{duration:>13}  {outcome}", part.name())
        })
        .collect();
    lines.join("\n")
}

fn say(line: &str) {
    println!("-- {line}");
}

fn run_one(machine: &Machine, program: &str, arguments: &[&str]) -> Result<(), String> {
    let line = format!("{program} {}", arguments.join(" "));
    run_command(&line, &mut machine.command(program, arguments))
}

fn run_command(line: &str, command: &mut Command) -> Result<(), String> {
    say(line);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` ({status})")),
        Err(error) => Err(format!("`{line}` could not be started: {error}")),
    }
}

fn browser_tests(machine: &Machine) -> Result<(), String> {
    let browser = machine::browser().ok_or("there is no Chromium")?;
    let driver = machine::browser_driver().ok_or("there is no ChromeDriver")?;
    let settings = settings_for_driver(machine, &browser)?;
    let arguments = ["test", "--package", PACKAGE, "--target", "wasm32-unknown-unknown", "--test", "browser"];
    let line = format!("cargo {} (in {})", arguments.join(" "), browser.display());
    run_command(
        &line,
        machine
            .command("cargo", &arguments)
            .env("CHROMEDRIVER", driver)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", settings)
            // In seconds, for all tests of a file together; the usual 20 are little on a machine that others use too.
            .env("WASM_BINDGEN_TEST_TIMEOUT", "300")
            .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60"),
    )
}

/// The settings in webdriver.json with the place of the browser, which ChromeDriver does not always find by itself.
fn settings_for_driver(machine: &Machine, browser: &Path) -> Result<PathBuf, String> {
    let common = fs::read_to_string(machine.root.join("webdriver.json"))
        .map_err(|error| format!("cannot read webdriver.json: {error}"))?;
    let settings =
        with_browser(&common, &browser.to_string_lossy()).ok_or("webdriver.json has no goog:chromeOptions")?;
    let path = machine.surroundings.tools.join("webdriver.json");
    fs::create_dir_all(&machine.surroundings.tools)
        .and_then(|()| fs::write(&path, settings))
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path)
}

fn with_browser(settings: &str, browser: &str) -> Option<String> {
    let escaped = browser.replace('\\', "\\\\").replace('"', "\\\"");
    let options = settings.find("\"goog:chromeOptions\"")?;
    let brace = options + settings[options..].find('{')?;
    let (before, after) = settings.split_at(brace + 1);
    Some(format!("{before}\n    \"binary\": \"{escaped}\",{after}"))
}

fn end_to_end_tests(machine: &Machine) -> Result<(), String> {
    // One file after the other: some of them measure time.
    node_with_browser(machine, &["--test", "--test-concurrency=1", "--test-reporter=spec"])
}

/// Looks on while pages of the built site begin, and writes what they begin with.
pub fn first_part(machine: &Machine) -> Result<(), String> {
    node_with_browser(machine, &["first-part.mjs"])
}

fn node_with_browser(machine: &Machine, arguments: &[&str]) -> Result<(), String> {
    let browser = machine::browser().ok_or("there is no Chromium")?;
    let line = format!("node {} in tests/e2e (in {})", arguments.join(" "), browser.display());
    run_command(
        &line,
        machine.command("node", arguments).current_dir(machine.root.join("tests").join("e2e")).env("CHROME", browser),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_is_asked_for_once() {
        let needs = needs(&Part::ALL);
        for (place, tool) in needs.iter().enumerate() {
            assert!(!needs[place + 1..].contains(tool), "{tool:?} twice");
        }
        assert!(needs.contains(&Tool::Trunk) && needs.contains(&Tool::BrowserDriver));
    }

    #[test]
    fn native_tests_alone_need_no_tool() {
        assert_eq!(needs(&[Part::Native]), []);
    }

    #[test]
    fn the_driver_is_told_where_the_browser_is() {
        let settings = with_browser(include_str!("../../webdriver.json"), r"C:\Program Files\chrome.exe");
        let settings = settings.unwrap();
        assert!(settings.contains(r#""binary": "C:\\Program Files\\chrome.exe","#));
        assert!(settings.contains("--headless=new"));
        assert_eq!(with_browser("{}", "chrome"), None);
    }

    #[test]
    fn the_table_names_what_failed_and_what_was_not_run() {
        let rows = [
            (Part::Fmt, Duration::from_secs(2), Ok(())),
            (Part::Clippy, Duration::from_secs(70), Err("why".to_owned())),
        ];
        let table = table(&[Part::Fmt, Part::Clippy, Part::Native], &rows);
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[0].contains("passed") && lines[0].contains("2.0 s"));
        assert!(lines[1].contains("FAILED: why") && lines[1].contains("1 min 10 s"));
        assert!(lines[2].contains("not run"));
    }
}
