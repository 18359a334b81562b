//! Joins the lessons of a folder for the site: `lesson-text FROM [TO]` writes `index.json` and `ID.json` of each lesson. Trunk calls
//! it when the site is built; then they go into the folder `lessons` of what it is building.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let site = std::env::var_os("TRUNK_STAGING_DIR").map(|site| PathBuf::from(site).join("lessons"));
    let (from, to) = match (&arguments[..], site) {
        ([from, to], _) => (from, PathBuf::from(to)),
        ([from], Some(to)) => (from, to),
        _ => {
            eprintln!("usage: lesson-text FROM [TO]");
            return ExitCode::from(2);
        }
    };
    match join(Path::new(from), &to) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn join(from: &Path, to: &Path) -> Result<(), String> {
    let told = |(path, what): (PathBuf, String)| format!("{}: {what}", path.display());
    let (index, lessons) = lesson_text::catalogue(from).map_err(told)?;
    fs::create_dir_all(to).map_err(|error| told((to.to_owned(), error.to_string())))?;
    let write = |name: &str, value: &serde_json::Value| {
        let path = to.join(format!("{name}.json"));
        fs::write(&path, value.to_string()).map_err(|error| told((path, error.to_string())))
    };
    write("index", &index)?;
    for (id, bundled) in &lessons {
        for (path, mistake) in &bundled.mistakes {
            // The site is still to be had: `mqp check` is what refuses.
            eprintln!("{}:{}:{}: {}", path.display(), mistake.line, mistake.column, mistake.what);
        }
        write(id, &bundled.lesson)?;
    }
    Ok(())
}
