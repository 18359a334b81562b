mod interop;
mod lesson;
mod share;
mod sweep;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mq_playground::base::{Language, Micros};
use mq_playground::conform::{self, Played, Verdict};
use mq_playground::engine::{DistributionReport, Engine, MOST_COPIES, NodeReport, Progress, Report, Unobserved};
use mq_playground::scenario::{SEED_LIMIT, Scenario, format, schema};
use mq_playground::words::Words;

/// Runs and checks scenarios of the MQ Playground without a browser.
#[derive(Parser)]
#[command(name = "mqp", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a scenario and prints metrics, ledger and trace hash at the end.
    Run {
        /// The scenario file.
        scenario: PathBuf,
        /// How much simulated time to run: the events before that instant (us, ms, s, m, h; for example 60s).
        #[arg(long = "for", value_name = "DURATION")]
        duration: Micros,
        /// Another seed than the file's, below 2^53.
        #[arg(long, value_parser = clap::value_parser!(u64).range(..SEED_LIMIT))]
        seed: Option<u64>,
        /// Prints one JSON object instead of tables.
        #[arg(long)]
        json: bool,
    },
    /// Runs a scenario many times, with other seeds and other values of a setting: means with their confidence intervals.
    Sweep(sweep::Arguments),
    /// Says what is wrong with scenario and lesson files: exit code 0 good, 1 problems, 2 unreadable. Of a lesson every solution is
    /// tried.
    Check {
        /// Files, or folders: of a folder every .json file is checked, and where it holds a lesson.json, the lesson.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Plays recordings of a real RabbitMQ in the engine: exit code 0 no differences, 1 differences, 2 unreadable.
    Conform {
        /// Recordings, or folders of them, at any depth.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Prints a picture of a scenario at an instant: an SVG that carries its run and can be opened in the page again.
    Picture {
        #[command(flatten)]
        moment: share::Moment,
        /// The colours.
        #[arg(long, default_value = "light")]
        theme: share::Theme,
    },
    /// Prints a link that opens a scenario at an instant.
    Link {
        #[command(flatten)]
        moment: share::Moment,
        /// Where the playground is; without it the link begins with `#`.
        #[arg(long, default_value = "")]
        address: String,
    },
    /// Prints a scenario of what a real broker has, with suggestions of who uses it; what does not come along is said.
    #[command(subcommand)]
    Import(interop::Source),
    /// Prints what a scenario is for a real broker; what does not come along is said.
    #[command(subcommand)]
    Export(interop::Target),
    /// Prints the JSON Schema of the scenario file, or of the lesson.
    Schema {
        /// Of the lesson.
        #[arg(long)]
        lesson: bool,
    },
}

/// Everything was as asked.
const GOOD: u8 = 0;
/// A scenario has problems, or its run could not be finished.
const PROBLEMS: u8 = 1;
/// A file could not be read.
const UNREADABLE: u8 = 2;
/// What was asked for makes no sense.
const BAD_ARGUMENTS: u8 = 2;

pub fn main() -> ExitCode {
    let code = match Arguments::parse().command {
        Command::Run { scenario, duration, seed, json } => run(&scenario, duration, seed, json),
        Command::Sweep(arguments) => sweep::sweep(arguments),
        Command::Check { paths } => check(&paths),
        Command::Conform { paths } => play_recordings(&paths),
        Command::Picture { moment, theme } => share::picture(&moment, theme),
        Command::Link { moment, address } => share::link(&moment, &address),
        Command::Import(source) => interop::import(&source),
        Command::Export(target) => interop::export(&target),
        Command::Schema { lesson } => {
            print_json(&if lesson { lesson::schema() } else { schema::scenario_schema() });
            GOOD
        }
    };
    ExitCode::from(code)
}

/// Prints to standard output; a reader that has gone away (`mqp … | head`) is no error.
fn print(text: &str) {
    print_bytes(text.as_bytes());
}

/// The same of bytes.
fn print_bytes(bytes: &[u8]) {
    let _ = std::io::stdout().write_all(bytes);
}

fn print_json(value: &impl serde::Serialize) {
    let text = serde_json::to_string_pretty(value).expect("reports and schemas are plain data");
    print(&format!("{text}\n"));
}

/// Reads a scenario; what is wrong is printed, one line each.
fn read(path: &Path) -> Result<Scenario, u8> {
    let bytes = fs::read(path).map_err(|error| {
        eprintln!("{}: cannot be read: {error}", path.display());
        UNREADABLE
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        eprintln!("{}: is not UTF-8 text", path.display());
        UNREADABLE
    })?;
    format::parse(&text).map_err(|problems| {
        let words = Words::of(Language::English);
        for problem in problems {
            let (line, column) = format::position(&text, &problem);
            let pointer = if problem.pointer.is_empty() { "/" } else { &problem.pointer };
            eprintln!("{}:{line}:{column}: {pointer}: {}", path.display(), problem.describe(words));
        }
        PROBLEMS
    })
}

fn run(path: &Path, duration: Micros, seed: Option<u64>, json: bool) -> u8 {
    let mut scenario = match read(path) {
        Ok(scenario) => scenario,
        Err(code) => return code,
    };
    scenario.seed = seed.unwrap_or(scenario.seed);
    let mut engine = Engine::new(&scenario);
    let progress = engine.run_until(duration, &mut Unobserved);
    let report = engine.report();
    if json {
        print_json(&report);
    } else {
        print(&tables(&report, engine.events()));
    }
    if progress == Progress::Full {
        eprintln!(
            "{}: stopped at {}: {MOST_COPIES} messages are alive at once, and no more fit",
            path.display(),
            report.time_us
        );
        return PROBLEMS;
    }
    GOOD
}

fn tables(report: &Report, events: u64) -> String {
    let ledger = &report.ledger;
    let mut text = format!(
        "time {}   seed {}   events {events}   trace {}\nledger: {} made = {} acked + {} ready + {} unacked + {} in transit + {} dropped\n",
        report.time_us,
        report.seed,
        report.trace_hash,
        ledger.made,
        ledger.acked,
        ledger.ready,
        ledger.unacked,
        ledger.in_transit,
        ledger.dropped.total(),
    );
    for reason in mq_playground::engine::DropReason::ALL {
        if ledger.dropped.of(reason) > 0 {
            text += &format!("  dropped, {}: {}\n", reason.name(), ledger.dropped.of(reason));
        }
    }
    for (id, node) in &report.nodes {
        let state = if node.up() { "" } else { "  DOWN" };
        text += &match node {
            NodeReport::Producer(producer) => {
                format!("\nproducer {id}{state}\n  published {}\n", producer.published)
            }
            NodeReport::Exchange(exchange) => {
                format!(
                    "\nexchange {id}{state}\n  received {}   routed {}   returned {}\n",
                    exchange.received, exchange.routed, exchange.returned
                )
            }
            NodeReport::Queue(queue) => format!(
                "\nqueue {id}{state}\n  ready {}   unacked {}   depth max {}   mean {:.3}\n  enqueued {}   acked {}   redelivered {}   dropped {}\n  wait ms        {}\n",
                queue.ready,
                queue.unacked,
                queue.depth_max,
                queue.depth_mean,
                queue.enqueued,
                queue.acked,
                queue.redelivered,
                queue.dropped.total(),
                distribution(&queue.wait_ms),
            ),
            NodeReport::Consumer(consumer) => format!(
                "\nconsumer {id}{state}\n  delivered {}   acked {}   processed {}   in hand {}\n  utilisation {:.4}\n  end to end ms  {}\n",
                consumer.delivered,
                consumer.acked,
                consumer.processed,
                consumer.busy + consumer.waiting,
                consumer.utilisation,
                distribution(&consumer.end_to_end_ms),
            ),
            NodeReport::Client(client) => format!(
                "\nclient {id}{state}\n  requests {} = {} succeeded + {} failed + {} open   retried {}\n  response ms    {}\n",
                client.requests,
                client.succeeded,
                client.failed,
                client.open,
                client.retried,
                distribution(&client.response_ms),
            ),
            NodeReport::Service(service) => format!(
                "\nservice {id}{state}\n  handled {}   failed {}   refused {}   in hand {}   waiting {}   published {}\n  utilisation {:.4}\n  handling ms    {}\n",
                service.handled,
                service.failed,
                service.refused,
                service.busy,
                service.waiting,
                service.published,
                service.utilisation,
                distribution(&service.handling_ms),
            ),
            NodeReport::Database(database) => format!(
                "\ndatabase {id}{state}\n  calls {}   answered {}   rejected {}   failed {}   crashes {}   most calls within a second {}\n  answer ms      {}\n",
                database.calls,
                database.answered,
                database.rejected,
                database.failed,
                database.crashes,
                database.rate_max_per_s,
                distribution(&database.answer_ms),
            ),
        };
    }
    for incident in &report.incidents {
        let until = incident.ended_us.map_or_else(|| "now".to_owned(), |ended| ended.to_string());
        let cost = &incident.cost;
        let trouble = serde_json::to_value(incident.trouble).unwrap_or_default();
        text += &format!(
            "\nincident {} at {}: {}, from {} to {until}\n  requests failed {}   calls failed {}   messages failed {}   copies lost {}\n",
            incident.number,
            incident.place,
            trouble.as_str().unwrap_or_default(),
            incident.began_us,
            cost.requests_failed,
            cost.calls_failed,
            cost.messages_failed,
            cost.copies_lost,
        );
    }
    text
}

fn distribution(report: &DistributionReport) -> String {
    match (report.mean, report.p50, report.p95, report.p99, report.max) {
        (Some(mean), Some(p50), Some(p95), Some(p99), Some(max)) => {
            format!("mean {mean:.3}   p50 {p50:.3}   p95 {p95:.3}   p99 {p99:.3}   max {max:.3}   ({})", report.count)
        }
        _ => "nothing measured".to_owned(),
    }
}

/// Prints each difference, and in the end how many recordings passed, failed and were declined.
fn play_recordings(paths: &[PathBuf]) -> u8 {
    let mut recordings = Vec::new();
    for path in paths {
        match files(path) {
            Ok(found) => recordings.extend(found),
            Err(error) => {
                eprintln!("{}: cannot be read: {error}", path.display());
                return UNREADABLE;
            }
        }
    }
    let (mut passed, mut failed, mut unreadable) = (0, 0, 0);
    let mut declined: Vec<String> = Vec::new();
    for file in recordings {
        let played = fs::read_to_string(&file).map_err(|error| error.to_string()).and_then(|text| conform::play(&text));
        match played {
            Ok(Played { verdict: Verdict::Passed, .. }) => passed += 1,
            Ok(Played { name, verdict: Verdict::Declined { quirk } }) => {
                declined.push(format!("{name} declined: {quirk}"))
            }
            Ok(Played { name, verdict: Verdict::Failed(differences) }) => {
                failed += 1;
                for difference in differences {
                    print(&format!("{name}: {difference}\n"));
                }
            }
            Err(error) => {
                eprintln!("{}: cannot be played: {error}", file.display());
                unreadable += 1;
            }
        }
    }
    for line in &declined {
        print(&format!("{line}\n"));
    }
    // What cannot be played has not passed either.
    let mut closing = format!("{passed} passed, {} failed", failed + unreadable);
    if !declined.is_empty() {
        closing.push_str(&format!(", {} declined", declined.len()));
    }
    print(&format!("{closing}\n"));
    match (failed, unreadable) {
        (0, 0) => GOOD,
        (_, 0) => PROBLEMS,
        _ => UNREADABLE,
    }
}

fn check(paths: &[PathBuf]) -> u8 {
    let mut worst = GOOD;
    for path in paths {
        match files(path) {
            Ok(files) if files.is_empty() => {
                eprintln!("{}: no .json file in this folder", path.display());
                worst = worst.max(UNREADABLE);
            }
            Ok(files) => {
                for file in files {
                    worst = worst.max(check_file(&file));
                }
            }
            Err(error) => {
                eprintln!("{}: cannot be read: {error}", path.display());
                worst = worst.max(UNREADABLE);
            }
        }
    }
    worst
}

fn check_file(file: &Path) -> u8 {
    if lesson::is_one(file) {
        return lesson::check(file);
    }
    match read(file) {
        Ok(scenario) => {
            let (nodes, edges) = (scenario.nodes.len(), scenario.edges.len());
            print(&format!("{}: good, {nodes} nodes, {edges} edges\n", file.display()));
            GOOD
        }
        Err(code) => code,
    }
}

/// A file itself; of a folder, all .json files below it that are documents, in order of their names.
fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            found.extend(files(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "json") && !lesson::is_list(&entry) {
            found.push(entry);
        }
    }
    Ok(found)
}
