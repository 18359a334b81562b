//! The release build of the page.

use crate::machine::Machine;
use crate::plan::BINARYEN_VERSION;
use std::process::Command;

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
