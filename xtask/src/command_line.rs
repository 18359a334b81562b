//! What was asked for on the command line.

use crate::checks::Part;

pub const USAGE: &str = "\
cargo xtask serve [--port N] [--open] [--no-install]
    builds the playground (release) and serves it on this computer; builds again when a source file changes
cargo xtask test [PART ...] [--no-install]
    runs all checks, or only the named parts: fmt clippy native browser site e2e
cargo xtask build [--no-install]
    builds the site into dist/, to be put under any path of any static host

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
        "build" => {
            for argument in rest {
                match argument {
                    "--no-install" => only_list = true,
                    other => return Err(format!("build does not know {other:?}")),
                }
            }
            Ok(Request::Build { only_list })
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
    fn bad_ports_and_unknown_words_are_refused() {
        for line in [
            "serve --port",
            "serve --port 0",
            "serve --port=70000",
            "serve loudly",
            "build --port 1",
            "test engine",
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
