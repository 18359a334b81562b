//! `cargo xtask serve`: Trunk builds, serves and watches; this finds it a port and prints the address once it answers.

use crate::machine::Machine;
use crate::site;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

const USUAL_PORT: u16 = 8080;
/// How many ports after the usual one are tried.
const PORTS_TRIED: u16 = 20;

pub fn serve(machine: &Machine, port: Option<u16>, open: bool) -> Result<ExitCode, String> {
    let port = match port {
        Some(port) if is_free(port) => port,
        Some(port) => return Err(format!("port {port} is in use: name another with --port")),
        None => {
            let free = (USUAL_PORT..USUAL_PORT + PORTS_TRIED)
                .find(|&port| is_free(port))
                .ok_or("the ports from 8080 on are in use: name one with --port")?;
            if free != USUAL_PORT {
                println!("port {USUAL_PORT} is in use, taking {free}");
            }
            free
        }
    };
    println!("building the playground; the first time takes a few minutes");
    let mut trunk = site::trunk(machine, "serve");
    trunk.args(["--address", &Ipv4Addr::LOCALHOST.to_string(), "--port", &port.to_string()]);
    if open {
        trunk.arg("--open");
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string();
    let program = std::env::current_exe().map_err(|error| format!("cannot tell where this program is: {error}"))?;
    let announcer = Command::new(program)
        .args(["announce", &address])
        .spawn()
        .map_err(|error| format!("cannot start a second process: {error}"))?;
    become_trunk(trunk, announcer)
}

/// The process turns into Trunk, so that whoever stops the command stops the server, by whatever signal.
#[cfg(unix)]
fn become_trunk(mut trunk: Command, mut announcer: std::process::Child) -> Result<ExitCode, String> {
    use std::os::unix::process::CommandExt;
    let error = trunk.exec();
    // Only here if that failed; the announcer would wait for a server that never comes.
    let _ = announcer.kill();
    Err(format!("cannot start trunk: {error}"))
}

#[cfg(not(unix))]
fn become_trunk(mut trunk: Command, mut announcer: std::process::Child) -> Result<ExitCode, String> {
    let outcome = trunk.status();
    // It has long ended if the server ever came up.
    let _ = announcer.kill();
    match outcome {
        Ok(status) if status.success() => Ok(ExitCode::SUCCESS),
        Ok(status) => Err(format!("trunk serve failed ({status})")),
        Err(error) => Err(format!("cannot start trunk: {error}")),
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Waits until the page is there, which takes a first successful build, and prints where.
pub fn announce(address: &str) {
    let server = parent();
    while parent() == server {
        if answers(address) {
            println!("\n    The playground is at http://{address}/   (Ctrl-C stops it)\n");
            return;
        }
        thread::sleep(Duration::from_millis(200));
    }
}

/// Changes when the server has gone.
#[cfg(unix)]
fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent() -> u32 {
    0
}

fn answers(address: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(status == *b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader};

    #[test]
    fn a_port_in_use_is_told_from_a_free_one() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(!is_free(port));
        drop(listener);
        assert!(is_free(port));
    }

    #[test]
    fn only_a_page_that_is_there_counts_as_an_answer() {
        for (reply, expected) in
            [("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 404 Not Found\r\n\r\n", false), ("", false)]
        {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = listener.local_addr().unwrap().to_string();
            let server = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                // All of the question: what is left unread when a connection is closed takes the answer with it.
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                assert!(lines.map_while(Result::ok).any(|line| line.is_empty()));
                stream.write_all(reply.as_bytes()).unwrap();
            });
            assert_eq!(answers(&address), expected, "{reply:?}");
            server.join().unwrap();
        }
    }
}
