//! The release build of the page, and what is made of it.

use crate::machine::Machine;
use crate::plan::BINARYEN_VERSION;
use std::path::PathBuf;
use std::process::Command;

/// What is wanted of the artefacts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Where the site will be.
    pub address: Option<String>,
    /// Pages of lessons without pictures: the headless program, which draws them, need not be compiled.
    pub no_pictures: bool,
}

/// Trunk with the project's settings. Without a fitting `wasm-opt`, Trunk is asked for a build that is not of its
/// release kind, which is the only one it hands to `wasm-opt`, but with the profile of the site all the same.
pub fn trunk(machine: &Machine, command: &str) -> Command {
    let mut trunk = machine.command("trunk", &[command]);
    if !machine.has_wasm_opt() {
        let major = BINARYEN_VERSION.split('.').next().unwrap_or_default();
        println!("without wasm-opt {major}: the WebAssembly file stays larger than the published one");
        trunk.args(["--release=false", "--cargo-profile=site"]);
    }
    trunk
}

pub fn build(machine: &Machine) -> Result<(), String> {
    let status = trunk(machine, "build").status().map_err(|error| format!("cannot start trunk: {error}"))?;
    if !status.success() {
        return Err(format!("trunk build failed ({status})"));
    }
    println!("the site is in {}", machine.root.join("dist").display());
    Ok(())
}

/// The tests have compiled most of it in this profile already; and it is fast, for there is much to compress.
const PROFILE: &str = "--profile=test";

/// Makes the artefacts of the site that was built. Their program is no part of this one: it has dependencies, which take some
/// minutes to compile, and only those wait for them who want artefacts.
pub fn artefacts(machine: &Machine, wishes: &Wishes) -> Result<(), String> {
    let mut arguments = vec!["run", "--quiet", PROFILE, "--package", "artefacts", "--", "dist"];
    if let Some(address) = &wishes.address {
        arguments.extend(["--address", address]);
    }
    let mqp = mqp(machine);
    if !wishes.no_pictures {
        run(machine, &["build", "--quiet", PROFILE, "--package", "mq-playground", "--bin", "mqp"])?;
        arguments.extend(["--mqp", &mqp]);
    }
    run(machine, &arguments)
}

/// Where cargo puts the headless program.
fn mqp(machine: &Machine) -> String {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let program = format!("mqp{}", std::env::consts::EXE_SUFFIX);
    machine.root.join(target).join("debug").join(program).to_string_lossy().into_owned()
}

fn run(machine: &Machine, arguments: &[&str]) -> Result<(), String> {
    let line = format!("cargo {}", arguments.join(" "));
    let status =
        machine.command("cargo", arguments).status().map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed ({status})")) }
}
