//! Makes of a built site what can be taken along. `cargo xtask artefacts` builds the site and calls it.

use std::path::PathBuf;
use std::process::ExitCode;

use artefacts::pages::Address;
use artefacts::{Order, make};
use clap::Parser;

/// Makes of a built site what can be taken along: one HTML file that needs no other, a page and SCORM packages for each lesson,
/// and a service worker for use without a network.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The folder of the built site.
    site: PathBuf,
    /// Where the site will be: pictures and oEmbed answers of lesson pages need whole addresses.
    #[arg(long, value_name = "https://…", value_parser = Address::read)]
    address: Option<Address>,
    /// The program `mqp`, which draws the pictures of lessons; none are made without it.
    #[arg(long, value_name = "PROGRAM")]
    mqp: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Arguments { site, address, mqp } = Arguments::parse();
    let order = Order { site, address: address.unwrap_or_default(), mqp };
    match make(&order, &|line| println!("{line}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("artefacts: {why}");
            ExitCode::FAILURE
        }
    }
}
