//! `mqp`: runs and checks scenarios without a browser, with the same engine.

#[cfg(not(target_arch = "wasm32"))]
#[path = "mqp/native.rs"]
mod native;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    native::main()
}

/// The page has no command line.
#[cfg(target_arch = "wasm32")]
fn main() {}
