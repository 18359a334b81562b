//! Makes the content security policy of a built page strict: `content-policy [PAGE]`. Trunk calls it when the site is built; then
//! the page is the `index.html` of what it is building.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let staged = std::env::var_os("TRUNK_STAGING_DIR").map(|site| PathBuf::from(site).join("index.html"));
    let Some(page) = std::env::args_os().nth(1).map(PathBuf::from).or(staged) else {
        eprintln!("usage: content-policy PAGE");
        return ExitCode::from(2);
    };
    match make_strict(&page) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{}: {why}", page.display());
            ExitCode::FAILURE
        }
    }
}

fn make_strict(page: &Path) -> Result<(), String> {
    let html = fs::read_to_string(page).map_err(|error| format!("cannot be read: {error}"))?;
    let strict = content_policy::strict(&html).map_err(|refused| refused.to_string())?;
    fs::write(page, strict).map_err(|error| format!("cannot be written: {error}"))
}
