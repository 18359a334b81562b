//! Which tools a command needs, and how each that is missing gets onto this machine. Pure: looks at nothing by itself.

use std::path::PathBuf;

/// Later series of Trunk want a newer compiler than the one that this project asks for.
pub const TRUNK_VERSION: &str = "0.21.14";
/// The npm package that carries `wasm-opt`; `Trunk.toml` asks for the same version.
pub const BINARYEN_VERSION: &str = "132.0.0";
/// What playwright-core asks for.
pub const NODE_MAJOR: u64 = 20;

/// The tools run for a second or two at a time, so here it is the compiler's time that counts, not theirs. Trunk's own
/// settings would optimise and link it as a whole for minutes, to save nothing that one could notice.
const TRUNK_PROFILE: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
];
/// A little more for wasm-bindgen, which has a whole program of unoptimised WebAssembly to read for the browser tests.
const WASM_BINDGEN_PROFILE: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
];
const FOR_DEBIAN: &[(&str, &str)] = &[("DEBIAN_FRONTEND", "noninteractive")];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Rustfmt,
    Clippy,
    WasmTarget,
    Trunk,
    WasmBindgen,
    WasmOpt,
    Node,
    NodePackages,
    Browser,
    BrowserDriver,
    ChineseFont,
}

/// What it takes to build the site.
pub const SITE: [Tool; 4] = [Tool::WasmTarget, Tool::Trunk, Tool::WasmBindgen, Tool::WasmOpt];

/// What a look at the machine said about a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    Ready,
    Absent,
    /// A version that does not fit. It is its owner's: it stays, and ours goes into the project's own folder.
    Unfit(String),
}

/// What the means of installation depend on.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub rustup: bool,
    pub npm: Option<PathBuf>,
    /// Debian's packages can be installed: `apt-get` is there, and so are the rights.
    pub debian_as_root: bool,
    pub debian: bool,
    pub wasm_bindgen_version: String,
    /// Where `cargo install` puts programs by default.
    pub cargo_install_root: PathBuf,
    /// The project's own folder for tools.
    pub tools: PathBuf,
    pub root: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// Commands, one after the other.
    Commands(Vec<Vec<String>>),
    /// Nothing that this program could do by itself.
    ByHand,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub title: String,
    pub means: Means,
    /// For the commands.
    pub environment: &'static [(&'static str, &'static str)],
    /// How long it takes, where that is worth a word.
    pub duration: &'static str,
    /// What a person can do if the commands cannot.
    pub by_hand: String,
    /// The site can be built without it, only larger.
    pub optional: bool,
    /// Runs before all others: they compile with what it brings.
    pub first: bool,
}

pub fn plan(needs: &[Tool], find: impl Fn(Tool) -> Finding, surroundings: &Surroundings) -> Vec<Step> {
    let missing: Vec<(Tool, Finding)> =
        needs.iter().map(|&tool| (tool, find(tool))).filter(|(_, finding)| *finding != Finding::Ready).collect();
    let is_missing = |tool| missing.iter().any(|(other, _)| *other == tool);
    let mut steps = Vec::new();

    let components: Vec<&str> = [(Tool::Rustfmt, "rustfmt"), (Tool::Clippy, "clippy")]
        .iter()
        .filter(|(tool, _)| is_missing(*tool))
        .map(|(_, name)| *name)
        .collect();
    if !components.is_empty() {
        let command = [&["rustup", "component", "add"], components.as_slice()].concat();
        steps.push(by_rustup(surroundings, components.join(" and "), &command));
    }
    if is_missing(Tool::WasmTarget) {
        steps.push(by_rustup(
            surroundings,
            "Rust's WebAssembly target".to_owned(),
            &["rustup", "target", "add", "wasm32-unknown-unknown"],
        ));
    }
    for (tool, finding) in &missing {
        match tool {
            Tool::Trunk => steps.push(trunk(surroundings, finding)),
            Tool::WasmBindgen => steps.push(wasm_bindgen(surroundings, finding)),
            Tool::WasmOpt => steps.push(wasm_opt(surroundings, needs.contains(&Tool::Node))),
            Tool::Node => steps.push(node(finding)),
            Tool::NodePackages => steps.push(node_packages(surroundings)),
            _ => {}
        }
    }
    steps.extend(browser(
        surroundings,
        is_missing(Tool::Browser),
        is_missing(Tool::BrowserDriver),
        is_missing(Tool::ChineseFont),
    ));
    steps
}

fn words(line: &[&str]) -> Vec<String> {
    line.iter().map(|&word| word.to_owned()).collect()
}

fn by_rustup(surroundings: &Surroundings, title: String, command: &[&str]) -> Step {
    Step {
        by_hand: format!("run `{}`; a Rust that did not come by rustup has its own packages for it", command.join(" ")),
        means: if surroundings.rustup { Means::Commands(vec![words(command)]) } else { Means::ByHand },
        title,
        environment: &[],
        duration: "",
        optional: false,
        first: true,
    }
}

/// `cargo install` into cargo's usual folder, or into the project's own where another version is in use already.
fn cargo_install(
    surroundings: &Surroundings,
    package: &str,
    version: &str,
    finding: &Finding,
    more: &[&str],
) -> Vec<String> {
    let root = match finding {
        Finding::Unfit(_) => &surroundings.tools,
        Finding::Ready | Finding::Absent => &surroundings.cargo_install_root,
    };
    // A folder of its own for what is compiled, so that an installation that was stopped half-way goes on from there.
    let compiled = surroundings.tools.join("compiled").join(package);
    let mut command = words(&["cargo", "install", package, "--version", version]);
    command.extend(words(more));
    command.extend(words(&["--root", &root.to_string_lossy(), "--target-dir", &compiled.to_string_lossy()]));
    command
}

fn beside(finding: &Finding) -> String {
    match finding {
        Finding::Unfit(found) => {
            format!(" (found {found}, which stays; this one goes into target/tools)")
        }
        Finding::Ready | Finding::Absent => String::new(),
    }
}

fn trunk(surroundings: &Surroundings, finding: &Finding) -> Step {
    Step {
        title: format!("Trunk {TRUNK_VERSION}{}", beside(finding)),
        means: Means::Commands(vec![cargo_install(surroundings, "trunk", TRUNK_VERSION, finding, &["--locked"])]),
        environment: TRUNK_PROFILE,
        duration: "compiles for some minutes",
        by_hand: format!(
            "run `cargo install trunk --version {TRUNK_VERSION} --locked`, or put a ready-made one on the PATH: https://trunkrs.dev"
        ),
        optional: false,
        first: false,
    }
}

fn wasm_bindgen(surroundings: &Surroundings, finding: &Finding) -> Step {
    let version = &surroundings.wasm_bindgen_version;
    Step {
        title: format!("wasm-bindgen-cli {version}{}", beside(finding)),
        // Not its third program, which nothing here uses.
        means: Means::Commands(vec![cargo_install(
            surroundings,
            "wasm-bindgen-cli",
            version,
            finding,
            &["--bin", "wasm-bindgen", "--bin", "wasm-bindgen-test-runner"],
        )]),
        environment: WASM_BINDGEN_PROFILE,
        duration: "compiles for some minutes",
        by_hand: format!(
            "run `cargo install wasm-bindgen-cli --version {version}`: exactly the version of the crate in Cargo.lock"
        ),
        optional: false,
        first: false,
    }
}

fn wasm_opt(surroundings: &Surroundings, node_is_needed_anyway: bool) -> Step {
    let major = BINARYEN_VERSION.split('.').next().unwrap_or_default();
    Step {
        title: format!("wasm-opt {major} (npm package binaryen {BINARYEN_VERSION}, into target/tools)"),
        means: match &surroundings.npm {
            Some(npm) => Means::Commands(vec![words(&[
                &npm.to_string_lossy(),
                "install",
                "--prefix",
                &surroundings.tools.to_string_lossy(),
                "--no-save",
                "--no-package-lock",
                "--no-audit",
                "--no-fund",
                &format!("binaryen@{BINARYEN_VERSION}"),
            ])]),
            None => Means::ByHand,
        },
        environment: &[],
        duration: "",
        by_hand: format!(
            "put wasm-opt of version {major} on the PATH (https://github.com/WebAssembly/binaryen/releases), or install node with npm; without it the WebAssembly file stays larger"
        ),
        // The tests are to see the very site that gets published.
        optional: !node_is_needed_anyway,
        first: false,
    }
}

fn node(finding: &Finding) -> Step {
    let found = match finding {
        Finding::Unfit(version) => format!(" (found {version})"),
        Finding::Ready | Finding::Absent => String::new(),
    };
    Step {
        title: format!("Node.js {NODE_MAJOR} or later, with npm{found}"),
        means: Means::ByHand,
        environment: &[],
        duration: "",
        by_hand: "install it from https://nodejs.org or with the system's packages".to_owned(),
        optional: false,
        first: false,
    }
}

fn node_packages(surroundings: &Surroundings) -> Step {
    Step {
        title: "the node packages of tests/e2e (npm ci)".to_owned(),
        means: match &surroundings.npm {
            Some(npm) => Means::Commands(vec![words(&[
                &npm.to_string_lossy(),
                "ci",
                "--prefix",
                &surroundings.root.join("tests").join("e2e").to_string_lossy(),
            ])]),
            None => Means::ByHand,
        },
        environment: &[],
        duration: "",
        by_hand: "run `npm ci` in tests/e2e".to_owned(),
        optional: false,
        first: false,
    }
}

fn browser(surroundings: &Surroundings, browser: bool, driver: bool, font: bool) -> Vec<Step> {
    if surroundings.debian {
        let packages: Vec<&str> = [(browser, "chromium"), (driver, "chromium-driver"), (font, "fonts-noto-cjk")]
            .iter()
            .filter(|(wanted, _)| *wanted)
            .map(|(_, name)| *name)
            .collect();
        if packages.is_empty() {
            return Vec::new();
        }
        let install = [&["apt-get", "install", "--yes", "--no-install-recommends"], packages.as_slice()].concat();
        return vec![Step {
            title: format!("{} (Debian packages)", packages.join(", ")),
            means: if surroundings.debian_as_root {
                Means::Commands(vec![words(&["apt-get", "update"]), words(&install)])
            } else {
                Means::ByHand
            },
            environment: FOR_DEBIAN,
            duration: "",
            by_hand: format!(
                "as root: `apt-get update` and `{}`; or name others by the variables CHROME and CHROMEDRIVER",
                install.join(" ")
            ),
            // Without the font everything can still be tested; only pictures of the Chinese page show boxes.
            optional: !browser && !driver,
            first: false,
        }];
    }
    let mut steps = Vec::new();
    if browser {
        steps.push(Step {
            title: "Chromium or Google Chrome".to_owned(),
            means: Means::ByHand,
            environment: &[],
            duration: "",
            by_hand: "install it from https://www.google.com/chrome or with the system's packages; the variable CHROME names one that is in an unusual place".to_owned(),
            optional: false,
            first: false,
        });
    }
    if driver {
        steps.push(Step {
            title: "ChromeDriver of the browser's version".to_owned(),
            means: Means::ByHand,
            environment: &[],
            duration: "",
            by_hand: "get it from https://googlechromelabs.github.io/chrome-for-testing and put it on the PATH, or name it by the variable CHROMEDRIVER".to_owned(),
            optional: false,
            first: false,
        });
    }
    steps
}

/// The version of a package in the text of a Cargo.lock.
pub fn locked_version(lock_file: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock_file.lines();
    lines.find(|line| line.trim() == name)?;
    let version = lines.next()?.trim().strip_prefix("version = \"")?;
    version.strip_suffix('"').map(str::to_owned)
}

/// The first word of a program's answer to `--version` that looks like a version: "trunk 0.21.14", "v20.20.2",
/// "wasm-opt version 132 (version_132)".
pub fn version_in(answer: &str) -> Option<Vec<u64>> {
    answer.split_whitespace().find_map(|word| {
        let numbers: Result<Vec<u64>, _> = word.strip_prefix('v').unwrap_or(word).split('.').map(str::parse).collect();
        numbers.ok()
    })
}

/// Whether Trunk of this version builds the site as the pinned one does: the same series, not older.
pub fn trunk_fits(answer: &str) -> bool {
    match (version_in(answer), version_in(TRUNK_VERSION)) {
        (Some(found), Some(pinned)) => found[..found.len().min(2)] == pinned[..2] && found >= pinned,
        _ => false,
    }
}

pub fn wasm_opt_fits(answer: &str) -> bool {
    match (version_in(answer), version_in(BINARYEN_VERSION)) {
        (Some(found), Some(pinned)) => found.first() == pinned.first(),
        _ => false,
    }
}

pub fn node_fits(answer: &str) -> bool {
    version_in(answer).is_some_and(|found| found.first() >= Some(&NODE_MAJOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings() -> Surroundings {
        Surroundings {
            rustup: true,
            npm: Some(PathBuf::from("npm")),
            debian_as_root: true,
            debian: true,
            wasm_bindgen_version: "0.2.130".to_owned(),
            cargo_install_root: PathBuf::from("cargo-home"),
            tools: PathBuf::from("tools"),
            root: PathBuf::from("root"),
        }
    }

    const EVERYTHING: [Tool; 11] = [
        Tool::Rustfmt,
        Tool::Clippy,
        Tool::WasmTarget,
        Tool::Trunk,
        Tool::WasmBindgen,
        Tool::WasmOpt,
        Tool::Node,
        Tool::NodePackages,
        Tool::Browser,
        Tool::BrowserDriver,
        Tool::ChineseFont,
    ];

    fn command_lines(steps: &[Step]) -> Vec<String> {
        steps
            .iter()
            .flat_map(|step| match &step.means {
                Means::Commands(commands) => commands.clone(),
                Means::ByHand => vec![vec!["by hand:".to_owned(), step.title.clone()]],
            })
            .map(|command| command.join(" "))
            .collect()
    }

    #[test]
    fn nothing_is_installed_where_everything_is_there() {
        assert_eq!(plan(&EVERYTHING, |_| Finding::Ready, &surroundings()), []);
    }

    #[test]
    fn a_tool_that_is_not_needed_is_not_installed() {
        let steps = plan(&[Tool::WasmTarget], |_| Finding::Absent, &surroundings());
        assert_eq!(command_lines(&steps), ["rustup target add wasm32-unknown-unknown"]);
    }

    #[test]
    fn a_new_debian_machine_gets_everything_but_node() {
        let steps = plan(&EVERYTHING, |_| Finding::Absent, &surroundings());
        let expected = [
            "rustup component add rustfmt clippy",
            "rustup target add wasm32-unknown-unknown",
            "cargo install trunk --version 0.21.14 --locked --root cargo-home",
            "cargo install wasm-bindgen-cli --version 0.2.130 --bin wasm-bindgen --bin wasm-bindgen-test-runner --root cargo-home",
            "npm install --prefix tools --no-save",
            "by hand: Node.js 20 or later",
            "npm ci --prefix",
            "apt-get update",
            "apt-get install --yes --no-install-recommends chromium chromium-driver fonts-noto-cjk",
        ];
        let actual = command_lines(&steps);
        assert_eq!(actual.len(), expected.len(), "{actual:#?}");
        for (actual, expected) in actual.iter().zip(expected) {
            assert!(actual.starts_with(expected), "{actual:?} does not start with {expected:?}");
        }
    }

    #[test]
    fn a_tool_of_another_version_is_left_alone_and_ours_goes_into_our_folder() {
        let steps = plan(&[Tool::Trunk], |_| Finding::Unfit("trunk 0.20.3".to_owned()), &surroundings());
        assert!(command_lines(&steps)[0].contains("--root tools"));
        assert!(steps[0].title.contains("0.20.3"));
    }

    #[test]
    fn without_npm_the_site_can_be_built_but_not_tested() {
        let bare = Surroundings { npm: None, ..surroundings() };
        let for_site = plan(&SITE, |_| Finding::Absent, &bare);
        let unavailable: Vec<&Step> = for_site.iter().filter(|step| step.means == Means::ByHand).collect();
        assert!(unavailable.len() == 1 && unavailable[0].optional, "{unavailable:#?}");
        let for_tests = plan(&EVERYTHING, |_| Finding::Absent, &bare);
        assert!(for_tests.iter().any(|step| step.means == Means::ByHand && !step.optional));
    }

    #[test]
    fn outside_debian_the_browser_is_left_to_the_person() {
        let elsewhere = Surroundings { debian: false, debian_as_root: false, ..surroundings() };
        let steps = plan(&[Tool::Browser, Tool::BrowserDriver, Tool::ChineseFont], |_| Finding::Absent, &elsewhere);
        assert_eq!(steps.len(), 2);
        assert!(steps[0].by_hand.contains("CHROME"));
        assert!(steps[1].by_hand.contains("CHROMEDRIVER"));
    }

    #[test]
    fn only_what_is_missing_of_the_browser_is_installed_and_a_font_is_no_reason_to_stop() {
        let steps = plan(
            &[Tool::Browser, Tool::BrowserDriver, Tool::ChineseFont],
            |tool| {
                if tool == Tool::ChineseFont { Finding::Absent } else { Finding::Ready }
            },
            &surroundings(),
        );
        assert_eq!(
            command_lines(&steps),
            ["apt-get update", "apt-get install --yes --no-install-recommends fonts-noto-cjk"]
        );
        assert!(steps[0].optional);
    }

    #[test]
    fn the_lock_file_tells_the_version_of_a_package_and_of_no_other() {
        let lock_file = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.99\"\n\n\
                         [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"elsewhere\"\n";
        assert_eq!(locked_version(lock_file, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock_file, "wasm"), None);
    }

    #[test]
    fn versions_are_read_from_what_programs_say() {
        assert_eq!(version_in("trunk 0.21.14\n"), Some(vec![0, 21, 14]));
        assert_eq!(version_in("v20.20.2"), Some(vec![20, 20, 2]));
        assert_eq!(version_in("wasm-opt version 132 (version_132)"), Some(vec![132]));
        assert_eq!(version_in("no version at all"), None);
    }

    #[test]
    fn fitting_versions_are_told_from_others() {
        assert!(trunk_fits("trunk 0.21.14") && trunk_fits("trunk 0.21.15"));
        assert!(!trunk_fits("trunk 0.21.9") && !trunk_fits("trunk 0.22.0") && !trunk_fits(""));
        assert!(wasm_opt_fits("wasm-opt version 132 (version_132)"));
        assert!(!wasm_opt_fits("wasm-opt version 116 (version_116)"));
        assert!(node_fits("v20.0.0") && node_fits("v24.1.0") && !node_fits("v18.20.4"));
    }

    #[test]
    fn trunk_is_told_to_use_the_wasm_opt_that_is_installed() {
        let settings = include_str!("../../Trunk.toml");
        let major = BINARYEN_VERSION.split('.').next().unwrap();
        assert!(settings.contains(&format!("wasm_opt = \"version_{major}\"")));
    }
}
