//! Installs what is missing, side by side where that is possible, and says so.

use crate::machine::Machine;
use crate::plan::{Means, Step};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How often a sign of life is printed while something long is going on.
const SIGN_OF_LIFE: Duration = Duration::from_secs(60);

pub fn list(missing: &[Step]) -> ExitCode {
    if missing.is_empty() {
        println!("nothing is missing");
        return ExitCode::SUCCESS;
    }
    for step in missing {
        match &step.means {
            Means::Commands(commands) => {
                println!("would install {}:", step.title);
                for command in commands {
                    println!("    {}", command.join(" "));
                }
            }
            Means::ByHand => println!("{}", by_hand(step)),
        }
    }
    ExitCode::FAILURE
}

fn by_hand(step: &Step) -> String {
    let weight = if step.optional { "missing, can be done without" } else { "missing, to be installed by hand" };
    format!("{weight}: {}\n    {}", step.title, step.by_hand)
}

pub fn install(machine: &Machine, missing: Vec<Step>) -> Result<(), String> {
    // Told before the long installations, not after.
    let (to_do, left): (Vec<Step>, Vec<Step>) = missing.into_iter().partition(|step| step.means != Means::ByHand);
    for step in &left {
        println!("{}", by_hand(step));
    }
    if left.iter().any(|step| !step.optional) {
        return Err("something is missing that cannot be installed from here, see above".to_owned());
    }
    let (first, rest): (Vec<Step>, Vec<Step>) = to_do.into_iter().partition(|step| step.first);
    for step in first {
        side_by_side(machine, vec![step])?;
    }
    side_by_side(machine, rest)
}

/// All at once: compiling, unpacking and downloading get in each other's way less than they wait for each other.
fn side_by_side(machine: &Machine, steps: Vec<Step>) -> Result<(), String> {
    if steps.is_empty() {
        return Ok(());
    }
    let logs = machine.surroundings.tools.join("logs");
    fs::create_dir_all(&logs).map_err(|error| format!("cannot make {}: {error}", logs.display()))?;
    let started = Instant::now();
    let (report, reports) = mpsc::channel();
    let mut open: Vec<String> = steps.iter().map(|step| step.title.clone()).collect();
    let mut failed = false;
    thread::scope(|scope| {
        for (number, step) in steps.into_iter().enumerate() {
            announce(&step);
            let log = logs.join(format!("{}.log", file_name(&step.title)));
            let report = report.clone();
            scope.spawn(move || {
                let outcome = carry_out(machine, &step, &log);
                // The receiver outlives all senders, so this cannot fail.
                let _ = report.send((number, step, log, outcome));
            });
        }
        drop(report);
        loop {
            match reports.recv_timeout(SIGN_OF_LIFE) {
                Ok((_, step, log, outcome)) => {
                    open.retain(|title| *title != step.title);
                    let elapsed = spoken(started.elapsed());
                    match outcome {
                        Ok(()) => println!("installed {} ({elapsed})", step.title),
                        Err(reason) => {
                            println!("could not install {}: {reason}", step.title);
                            println!("{}", end_of(&log));
                            println!("{}", by_hand(&step));
                            failed |= !step.optional;
                        }
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    println!("still installing {} ({})", open.join(" and "), spoken(started.elapsed()))
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    if failed { Err("an installation failed, see above".to_owned()) } else { Ok(()) }
}

fn announce(step: &Step) {
    let duration = match step.duration {
        "" => String::new(),
        duration => format!(" ({duration})"),
    };
    println!("installing {}{duration} ...", step.title);
    if let Means::Commands(commands) = &step.means {
        for command in commands {
            println!("    {}", command.join(" "));
        }
    }
}

fn carry_out(machine: &Machine, step: &Step, log: &Path) -> Result<(), String> {
    let Means::Commands(commands) = &step.means else {
        return Err("there is no command for it".to_owned());
    };
    let file = File::create(log).map_err(|error| error.to_string())?;
    for command in commands {
        let [program, arguments @ ..] = command.as_slice() else {
            continue;
        };
        let output = |file: &File| file.try_clone().map_err(|error| error.to_string());
        let status = Command::new(program)
            .args(arguments)
            .current_dir(&machine.root)
            .envs(step.environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(output(&file)?)
            .stderr(output(&file)?)
            .status()
            .map_err(|error| format!("cannot start {program}: {error}"))?;
        if !status.success() {
            return Err(format!("`{}` failed ({status})", command.join(" ")));
        }
        if let Some(compiled) = compiled_by(command) {
            // Large, and of no use once the program is installed; it does no harm if it stays.
            let _ = fs::remove_dir_all(compiled);
        }
    }
    Ok(())
}

/// The folder in which `cargo install` compiled, if that is what the command is.
fn compiled_by(command: &[String]) -> Option<PathBuf> {
    let place = command.iter().position(|word| word == "--target-dir")?;
    command.get(place + 1).map(PathBuf::from)
}

fn file_name(title: &str) -> String {
    let title = title.split('(').next().unwrap_or(title).trim();
    title.chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' }).collect()
}

fn end_of(log: &Path) -> String {
    const LINES: usize = 30;
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let end = lines[lines.len().saturating_sub(LINES)..].join("\n    ");
    format!("    {end}\n    (all of it is in {})", log.display())
}

pub fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 10 {
        format!("{:.1} s", duration.as_secs_f64())
    } else if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short_to_read() {
        assert_eq!(spoken(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(spoken(Duration::from_secs(59)), "59 s");
        assert_eq!(spoken(Duration::from_secs(125)), "2 min 5 s");
    }

    #[test]
    fn logs_get_plain_file_names() {
        assert_eq!(file_name("wasm-opt 132 (npm package binaryen 132.0.0)"), "wasm-opt-132");
        assert_eq!(file_name("Trunk 0.21.14"), "Trunk-0.21.14");
    }

    #[test]
    fn only_the_folder_that_cargo_compiled_in_is_thrown_away() {
        let command = |line: &str| -> Vec<String> { line.split(' ').map(str::to_owned).collect() };
        assert_eq!(compiled_by(&command("cargo install trunk --root a --target-dir b/c")), Some(PathBuf::from("b/c")));
        assert_eq!(compiled_by(&command("npm install --prefix a")), None);
    }
}
