//! What is on this machine, and in which environment the tools are started.

use crate::plan::{self, Finding, Surroundings, Tool};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Machine {
    pub root: PathBuf,
    pub surroundings: Surroundings,
}

impl Machine {
    pub fn look() -> Result<Self, String> {
        let root = project_root()?;
        let lock_file =
            fs::read_to_string(root.join("Cargo.lock")).map_err(|error| format!("cannot read Cargo.lock: {error}"))?;
        let wasm_bindgen_version =
            plan::locked_version(&lock_file, "wasm-bindgen").ok_or("Cargo.lock does not name wasm-bindgen")?;
        let debian = is_debian() && which("apt-get").is_some();
        let surroundings = Surroundings {
            rustup: which("rustup").is_some(),
            npm: which("npm"),
            debian_as_root: debian && answer("id", &["-u"]).is_some_and(|id| id.trim() == "0"),
            debian,
            wasm_bindgen_version,
            cargo_install_root: cargo_install_root(),
            tools: root.join("target").join("tools"),
            root: root.clone(),
        };
        Ok(Self { root, surroundings })
    }

    pub fn find(&self, tool: Tool) -> Finding {
        match tool {
            Tool::Rustfmt => ready_if(answer("cargo", &["fmt", "--version"]).is_some()),
            Tool::Clippy => ready_if(answer("cargo", &["clippy", "--version"]).is_some()),
            Tool::WasmTarget => ready_if(has_wasm_target()),
            Tool::Trunk => self.finding("trunk", plan::trunk_fits),
            Tool::WasmBindgen => {
                let version = plan::version_in(&self.surroundings.wasm_bindgen_version);
                let fits = |said: &str| plan::version_in(said) == version;
                // One package brings both, but ready-made ones come apart.
                match self.finding("wasm-bindgen", fits) {
                    Finding::Ready => self.finding("wasm-bindgen-test-runner", fits),
                    other => other,
                }
            }
            Tool::WasmOpt => self.finding("wasm-opt", plan::wasm_opt_fits),
            Tool::Node => match (self.finding("node", plan::node_fits), &self.surroundings.npm) {
                (Finding::Ready, None) => Finding::Absent,
                (finding, _) => finding,
            },
            Tool::NodePackages => ready_if(node_packages_are_current(&self.root)),
            Tool::Browser => ready_if(browser().is_some()),
            Tool::BrowserDriver => ready_if(browser_driver().is_some()),
            // Where fontconfig is not there yet, neither is a browser that would need the font.
            Tool::ChineseFont => ready_if(
                !cfg!(target_os = "linux")
                    || answer("fc-list", &[":lang=zh-cn"]).is_some_and(|fonts| !fonts.trim().is_empty()),
            ),
        }
    }

    /// The first place, of the PATH and of those where programs get installed, that holds a fitting one; otherwise what
    /// an unfitting one said of itself.
    fn fitting(&self, name: &str, fits: impl Fn(&str) -> bool) -> Result<PathBuf, Option<String>> {
        let mut unfit = None;
        for directory in self.directories() {
            if let Some(program) = program_in(&directory, name) {
                match answer(&program, &["--version"]) {
                    Some(said) if fits(&said) => return Ok(directory),
                    Some(said) => {
                        unfit.get_or_insert_with(|| said.trim().to_owned());
                    }
                    None => {}
                }
            }
        }
        Err(unfit)
    }

    fn finding(&self, name: &str, fits: impl Fn(&str) -> bool) -> Finding {
        match self.fitting(name, fits) {
            Ok(_) => Finding::Ready,
            Err(Some(found)) => Finding::Unfit(found),
            Err(None) => Finding::Absent,
        }
    }

    fn directories(&self) -> Vec<PathBuf> {
        let mut directories = path_directories();
        let tools = &self.surroundings.tools;
        directories.extend([
            self.surroundings.cargo_install_root.join("bin"),
            tools.join("bin"),
            tools.join("node_modules").join(".bin"),
        ]);
        directories
    }

    pub fn has_wasm_opt(&self) -> bool {
        self.find(Tool::WasmOpt) == Finding::Ready
    }

    /// A command in the project's folder that finds the fitting tools first, also those that are not on the PATH.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.root)
            .env("PATH", self.search_path())
            // No questions to a registry about newer versions of Trunk.
            .env("TRUNK_SKIP_VERSION_CHECK", "true");
        if env::var_os("NO_COLOR").is_some() {
            // The convention is that any value counts; Trunk takes only this one.
            command.env("NO_COLOR", "true");
        }
        command
    }

    fn search_path(&self) -> OsString {
        let wasm_bindgen = plan::version_in(&self.surroundings.wasm_bindgen_version);
        let same_wasm_bindgen = |said: &str| plan::version_in(said) == wasm_bindgen;
        let found = [
            self.fitting("trunk", plan::trunk_fits),
            self.fitting("wasm-bindgen", same_wasm_bindgen),
            self.fitting("wasm-bindgen-test-runner", same_wasm_bindgen),
            self.fitting("wasm-opt", plan::wasm_opt_fits),
        ];
        let mut directories: Vec<PathBuf> = Vec::new();
        for directory in found.into_iter().flatten() {
            if !directories.contains(&directory) {
                directories.push(directory);
            }
        }
        directories.extend(path_directories());
        env::join_paths(directories).unwrap_or_else(|_| env::var_os("PATH").unwrap_or_default())
    }
}

fn project_root() -> Result<PathBuf, String> {
    // At run time, because the folder may have been moved since this was compiled.
    let package =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    match package.parent() {
        Some(root) => Ok(root.to_path_buf()),
        None => Err("start it as `cargo xtask`".to_owned()),
    }
}

fn ready_if(condition: bool) -> Finding {
    if condition { Finding::Ready } else { Finding::Absent }
}

/// What a program prints, if it is there and content.
fn answer(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn path_directories() -> Vec<PathBuf> {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect()
}

/// Windows starts programs by their endings; npm and what it installs are `.cmd` files there.
fn program_in(directory: &Path, name: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    endings.iter().map(|ending| directory.join(format!("{name}{ending}"))).find(|path| path.is_file())
}

pub fn which(name: &str) -> Option<PathBuf> {
    path_directories().iter().find_map(|directory| program_in(directory, name))
}

fn cargo_install_root() -> PathBuf {
    ["CARGO_INSTALL_ROOT", "CARGO_HOME"]
        .iter()
        .find_map(env::var_os)
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
        .unwrap_or_default()
}

/// Asks the compiler, not rustup: Rust may have come by other ways.
fn has_wasm_target() -> bool {
    let arguments = ["--print", "target-libdir", "--target", "wasm32-unknown-unknown"];
    answer("rustc", &arguments)
        .and_then(|directory| fs::read_dir(directory.trim()).ok())
        .is_some_and(|mut entries| entries.next().is_some())
}

/// Debian and those that share its packages. Ubuntu does not: its `chromium` only sends people to snap.
fn is_debian() -> bool {
    let Ok(release) = fs::read_to_string("/etc/os-release") else {
        return false;
    };
    shares_debian_packages(&release)
}

fn shares_debian_packages(release: &str) -> bool {
    let value = |name: &str| {
        release
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            .map(|value| value.trim_matches('"').to_owned())
            .unwrap_or_default()
    };
    let family = format!("{} {}", value("ID"), value("ID_LIKE"));
    let mut names = family.split_whitespace();
    names.clone().any(|name| name == "debian") && !names.any(|name| name == "ubuntu")
}

/// npm writes this file at the end of an installation.
fn node_packages_are_current(root: &Path) -> bool {
    let folder = root.join("tests").join("e2e");
    let changed = |path: PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
    let installed = changed(folder.join("node_modules").join(".package-lock.json"));
    let wanted = changed(folder.join("package-lock.json"));
    installed.is_some() && installed >= wanted
}

fn named_by(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Chromium or Google Chrome: the one that `CHROME` names, then the usual places.
pub fn browser() -> Option<PathBuf> {
    if let Some(named) = named_by("CHROME") {
        return Some(named);
    }
    let on_path = ["chromium", "google-chrome-stable", "google-chrome", "chromium-browser"];
    if let Some(found) = on_path.iter().find_map(|name| which(name)) {
        return Some(found);
    }
    let mut usual: Vec<PathBuf> = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ]
    .iter()
    .map(PathBuf::from)
    .collect();
    for variable in ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"] {
        if let Some(folder) = named_by(variable) {
            usual.push(folder.join("Google/Chrome/Application/chrome.exe"));
            usual.push(folder.join("Chromium/Application/chrome.exe"));
        }
    }
    usual.into_iter().find(|path| path.is_file())
}

/// The WebDriver that `CHROMEDRIVER` names, then the one on the PATH, then where some build services keep it.
pub fn browser_driver() -> Option<PathBuf> {
    named_by("CHROMEDRIVER")
        .or_else(|| which("chromedriver"))
        .or_else(|| named_by("CHROMEWEBDRIVER").and_then(|folder| program_in(&folder, "chromedriver")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_its_kin_are_told_from_ubuntu() {
        assert!(shares_debian_packages("NAME=\"Debian GNU/Linux\"\nID=debian\n"));
        assert!(shares_debian_packages("ID=raspbian\nID_LIKE=debian\n"));
        assert!(!shares_debian_packages("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(!shares_debian_packages("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!shares_debian_packages("ID=fedora\n"));
        assert!(!shares_debian_packages(""));
    }
}
