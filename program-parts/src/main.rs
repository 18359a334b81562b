//! What is done with a page when Trunk has built it: its program is split in two, and its content security policy made strict.
//! Trunk calls `program-parts` without anything; `cargo xtask first-part` calls the other two.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use program_parts::{List, Program, WHOLE_GLUE, WHOLE_WASM, hearing, split_program, telling};

const USAGE: &str = "usage: program-parts          (called by Trunk) splits the program and makes the page's policy strict
       program-parts telling  makes of the program last built one that tells which of its functions are called
       program-parts list     reads the numbers of functions that were called and writes the list of what a page begins with";

/// The list of what a page begins with.
const LIST: &str = "program-parts/first-part.txt";
/// Where copies of the program lie, before it is split.
const COPIES: &str = "target/program-parts";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        [] => built(),
        ["telling"] => tell(),
        ["list"] => list(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("program-parts: {why}");
            ExitCode::FAILURE
        }
    }
}

fn built() -> Result<(), String> {
    let folder = std::env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from).ok_or(USAGE)?;
    let index = folder.join("index.html");
    let mut page = text(&index)?;
    // A program for debugging has other functions, and stays whole.
    if std::env::var("TRUNK_PROFILE").as_deref() == Ok("release") {
        page = split_program(&folder, &page, &List::read(&text(Path::new(LIST))?), Path::new(COPIES))?;
    }
    let page = content_policy::strict(&page).map_err(|refused| format!("index.html: {refused}"))?;
    write(&index, &page)
}

fn tell() -> Result<(), String> {
    let copies = Path::new(COPIES);
    let wasm = bytes(&copies.join(WHOLE_WASM))?;
    write(&copies.join("telling.wasm"), telling(&Program::read(&wasm)?)?)?;
    write(&copies.join("telling.js"), hearing(&text(&copies.join(WHOLE_GLUE))?)?)
}

fn list() -> Result<(), String> {
    let mut numbers = String::new();
    std::io::stdin().read_to_string(&mut numbers).map_err(|error| error.to_string())?;
    let called: BTreeSet<u32> = numbers
        .split_whitespace()
        .map(|number| number.parse().map_err(|_| format!("{number:?} is no number")))
        .collect::<Result<_, String>>()?;
    let wasm = bytes(&Path::new(COPIES).join(WHOLE_WASM))?;
    let program = Program::read(&wasm)?;
    let names = program.names().filter(|(number, _)| called.contains(number)).map(|(_, name)| name);
    write(Path::new(LIST), List::of(names).text())
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), String> {
    fs::write(path, content).map_err(|error| format!("{}: {error}", path.display()))
}
