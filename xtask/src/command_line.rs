//! What was asked for on the command line.

use crate::checks::Part;
use crate::site::Wishes;

pub const USAGE: &str = "\
cargo xtask serve [--port N] [--open] [--no-install]
    builds the playground (release) and serves it on this computer; builds again when a source file changes
cargo xtask test [PART ...] [--no-install]
    runs all checks, or only the named parts: fmt clippy native browser site e2e
cargo xtask build [--no-install]
    builds the site into dist/, to be put under any path of any static host
cargo xtask artefacts [--address https://…] [--no-pictures] [--no-install]
    builds the site and makes of it what can be taken along: one HTML file, a page and SCORM packages for each lesson,
    and a site that works without a network; --address says where the site will be, for the links in lesson pages
cargo xtask first-part [--no-install]
    builds the site, looks on in a browser which functions of the program a page begins with, and writes their list;
    they are what arrives first (program-parts/)

Each of them first installs the tools that are missing and says so.
--no-install only lists what would be installed, and does nothing else: exit code 0 if nothing is missing, 1 otherwise.";

#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    Help,
    Serve {
        only_list: bool,
        port: Option<u16>,
        open: bool,
    },
    Build {
        only_list: bool,
    },
    FirstPart {
        only_list: bool,
    },
    Artefacts {
        only_list: bool,
        wishes: Wishes,
    },
    Test {
        only_list: bool,
        parts: Vec<Part>,
    },
    /// Not for people: `serve` starts it beside Trunk, see `serve.rs`.
    Announce {
        address: String,
    },
}

pub fn parse(arguments: &[String]) -> Result<Request, String> {
    let Some((command, rest)) = arguments.split_first() else {
        return Ok(Request::Help);
    };
    let mut rest = rest.iter().map(String::as_str);
    let mut only_list = false;
    match command.as_str() {
        "help" | "--help" | "-h" => Ok(Request::Help),
        "serve" => {
            let (mut port, mut open) = (None, false);
            while let Some(argument) = rest.next() {
                match argument {
                    "--no-install" => only_list = true,
                    "--open" => open = true,
                    "--port" => port = Some(parse_port(rest.next().unwrap_or_default())?),
                    other => match other.strip_prefix("--port=") {
                        Some(number) => port = Some(parse_port(number)?),
                        None => return Err(format!("serve does not know {other:?}")),
                    },
                }
            }
            Ok(Request::Serve { only_list, port, open })
        }
        command @ ("build" | "first-part") => {
            for argument in rest {
                match argument {
                    "--no-install" => only_list = true,
                    other => return Err(format!("{command} does not know {other:?}")),
                }
            }
            Ok(if command == "build" { Request::Build { only_list } } else { Request::FirstPart { only_list } })
        }
        "artefacts" => {
            let mut wishes = Wishes::default();
            while let Some(argument) = rest.next() {
                match argument {
                    "--no-install" => only_list = true,
                    "--no-pictures" => wishes.no_pictures = true,
                    "--address" => wishes.address = Some(parse_address(rest.next().unwrap_or_default())?),
                    other => match other.strip_prefix("--address=") {
                        Some(address) => wishes.address = Some(parse_address(address)?),
                        None => return Err(format!("artefacts does not know {other:?}")),
                    },
                }
            }
            Ok(Request::Artefacts { only_list, wishes })
        }
        "test" => {
            let mut named = Vec::new();
            for argument in rest {
                match argument {
                    "--no-install" => only_list = true,
                    name => named.push(Part::named(name)?),
                }
            }
            Ok(Request::Test { only_list, parts: Part::in_order(&named) })
        }
        "announce" => Ok(Request::Announce { address: rest.next().unwrap_or_default().to_owned() }),
        other => Err(format!("there is no command {other:?}")),
    }
}

/// The program that gets it looks at it closely; this is for finding a slip before a build of minutes.
fn parse_address(text: &str) -> Result<String, String> {
    match text.starts_with("https://") || text.starts_with("http://") {
        true => Ok(text.to_owned()),
        false => Err(format!("--address wants the address of the site, like https://example.org/mq, not {text:?}")),
    }
}

fn parse_port(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(format!("--port wants a number from 1 to 65535, not {text:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Request, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn serve_takes_its_options_in_any_order() {
        let expected = Request::Serve { only_list: true, port: Some(9000), open: true };
        assert_eq!(parsed("serve --open --port 9000 --no-install").as_ref(), Ok(&expected));
        assert_eq!(parsed("serve --no-install --port=9000 --open").as_ref(), Ok(&expected));
    }

    #[test]
    fn artefacts_take_the_address_of_the_site() {
        let wishes = Wishes { address: Some("https://example.org/mq".to_owned()), no_pictures: true };
        let expected = Request::Artefacts { only_list: false, wishes };
        assert_eq!(parsed("artefacts --address https://example.org/mq --no-pictures").as_ref(), Ok(&expected));
        assert_eq!(parsed("artefacts --no-pictures --address=https://example.org/mq").as_ref(), Ok(&expected));
    }

    #[test]
    fn bad_ports_and_unknown_words_are_refused() {
        for line in [
            "serve --port",
            "serve --port 0",
            "serve --port=70000",
            "serve loudly",
            "build --port 1",
            "first-part e2e",
            "test engine",
            "artefacts --address",
            "artefacts --address example.org",
            "artefacts --port 1",
            "deploy",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn test_without_parts_means_all_of_them() {
        let Ok(Request::Test { parts, .. }) = parsed("test") else {
            panic!("test is a command");
        };
        assert_eq!(parts, Part::ALL);
    }

    #[test]
    fn parts_run_in_the_usual_order_whatever_the_order_asked_for() {
        let Ok(Request::Test { parts, .. }) = parsed("test native fmt native") else {
            panic!("test is a command");
        };
        assert_eq!(parts, [Part::Fmt, Part::Native]);
    }

    #[test]
    fn the_end_to_end_tests_never_see_an_old_site() {
        let Ok(Request::Test { parts, .. }) = parsed("test e2e") else {
            panic!("test is a command");
        };
        assert_eq!(parts, [Part::Site, Part::EndToEnd]);
    }
}
