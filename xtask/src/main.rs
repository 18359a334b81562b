//! `cargo xtask`: serves, builds and tests the playground, and first installs the tools that are missing.

mod checks;
mod command_line;
mod install;
mod machine;
mod plan;
mod serve;
mod site;

use command_line::{Request, USAGE};
use machine::Machine;
use plan::Tool;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match command_line::parse(&arguments) {
        Ok(request) => run(request),
        Err(message) => {
            eprintln!("{message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(code) => code,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(request: Request) -> Result<ExitCode, String> {
    match request {
        Request::Help => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        Request::Serve { only_list, port, open } => {
            with_tools(&plan::SITE, only_list, |machine| serve::serve(machine, port, open))
        }
        Request::Build { only_list } => {
            with_tools(&plan::SITE, only_list, |machine| site::build(machine).map(|()| ExitCode::SUCCESS))
        }
        Request::FirstPart { only_list } => {
            let needs: Vec<Tool> = plan::SITE.into_iter().chain(checks::END_TO_END).collect();
            with_tools(&needs, only_list, |machine| {
                site::build(machine)?;
                checks::first_part(machine).map(|()| ExitCode::SUCCESS)
            })
        }
        Request::Artefacts { only_list, wishes } => with_tools(&plan::SITE, only_list, |machine| {
            site::build(machine)?;
            site::artefacts(machine, &wishes).map(|()| ExitCode::SUCCESS)
        }),
        Request::Test { only_list, parts } => {
            let needs = checks::needs(&parts);
            with_tools(&needs, only_list, |machine| checks::run(machine, &parts))
        }
        Request::Announce { address } => {
            serve::announce(&address);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Lists what is missing, installs it unless only the list was asked for, then goes on.
fn with_tools(
    needs: &[Tool],
    only_list: bool,
    go_on: impl FnOnce(&Machine) -> Result<ExitCode, String>,
) -> Result<ExitCode, String> {
    let machine = Machine::look()?;
    let missing = plan::plan(needs, |tool| machine.find(tool), &machine.surroundings);
    if only_list {
        return Ok(install::list(&missing));
    }
    install::install(&machine, missing)?;
    go_on(&machine)
}
