//! What a person has chosen for the page, and what the address asks for.

use super::storage::{self, Key};
use super::surroundings;
use crate::base::{Language, Micros};
use crate::lessons;
use crate::link;
use crate::scenario::SEED_LIMIT;
use crate::session::Permits;
use crate::session::{FASTEST, SLOWEST};
use crate::ui::store::{Preferences, Theme, Ui, Wheel};

impl Theme {
    /// All themes, in the order in which the page switches through them.
    pub const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    /// The theme's name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme with this name.
    pub fn from_name(name: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

impl Ui {
    /// All, as they are offered.
    pub const ALL: [Ui; 3] = [Ui::Full, Ui::Player, Ui::Bare];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Ui::Full => "full",
            Ui::Player => "player",
            Ui::Bare => "bare",
        }
    }
}

/// How much may be changed, by its name in addresses.
const EDIT: [(&str, Permits); 3] =
    [("all", Permits::ALL), ("settings", Permits { edit: false, ..Permits::ALL }), ("none", Permits::NOTHING)];

impl Wheel {
    /// All, in the order in which the page switches through them.
    pub const ALL: [Wheel; 3] = [Wheel::Suggested, Wheel::Zooms, Wheel::Pushes];

    /// The name under which it is kept.
    fn name(self) -> &'static str {
        match self {
            Wheel::Suggested => "suggested",
            Wheel::Zooms => "zooms",
            Wheel::Pushes => "pushes",
        }
    }
}

/// A parameter of the address that is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadParameter {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// What is used instead.
    pub used: String,
}

/// What the page begins with.
#[derive(Clone, Debug, PartialEq)]
pub struct Beginning {
    /// Language and theme.
    pub preferences: Preferences,
    /// Whether time passes from the first moment on.
    pub run: bool,
    /// Whether the address asks for that.
    pub run_asked: bool,
    /// Where time stands at the beginning.
    pub time: Option<Micros>,
    /// What is left to whoever uses the page.
    pub limit: Permits,
    /// The run that the address tells, as it stands there.
    pub link: Option<String>,
    /// How fast.
    pub speed: f64,
    /// The seed, where the address names one.
    pub seed: Option<u64>,
    /// The name of the scenario that comes with the page and opens instead of what was kept, where the address gives one.
    pub scenario: Option<String>,
    /// The id of the lesson that opens instead, where the address gives one.
    pub lesson: Option<String>,
    /// The step at which it opens: its number from 1 on, or its id.
    pub step: Option<String>,
    /// What was not valid.
    pub bad: Vec<BadParameter>,
}

impl Beginning {
    /// What the address, the browser's storage and the browser say, in this order.
    pub fn find() -> Beginning {
        let language = storage::read(Key::Language).and_then(|tag| Language::from_tag(&tag));
        let preferences = Preferences {
            language: language.or_else(surroundings::browser_language).unwrap_or_default(),
            theme: storage::read(Key::Theme).and_then(|name| Theme::from_name(&name)).unwrap_or_default(),
            wheel: storage::read(Key::Wheel)
                .and_then(|name| Wheel::ALL.into_iter().find(|wheel| wheel.name() == name))
                .unwrap_or_default(),
            letters: storage::read(Key::Letters).as_deref() != Some("off"),
            ..Preferences::default()
        };
        let fragment = surroundings::fragment();
        let link = link::find(&fragment).map(str::to_owned);
        // Who gets a moment wants to see it, not what comes after it.
        let runs = !surroundings::embedded() && link.is_none();
        Beginning { link, ..Beginning::read(&surroundings::query(), preferences, runs) }
    }

    /// What an address says; where it says nothing or something invalid, the rest counts.
    pub fn read(query: &str, otherwise: Preferences, otherwise_run: bool) -> Beginning {
        let mut bad = Vec::new();
        let language =
            parameter(query, "lang", Language::from_tag, otherwise.language, |it| it.tag().to_owned(), &mut bad);
        let theme = parameter(query, "theme", Theme::from_name, otherwise.theme, |it| it.name().to_owned(), &mut bad);
        let yes_or_no = |text: &str| match text {
            "0" => Some(false),
            "1" => Some(true),
            _ => None,
        };
        let run = parameter(query, "run", yes_or_no, otherwise_run, |it| u8::from(*it).to_string(), &mut bad);
        let run_asked = run && surroundings::parameter(query, "run").as_deref() == Some("1");
        let ui = |name: &str| Ui::ALL.into_iter().find(|ui| ui.name() == name);
        let ui = parameter(query, "ui", ui, otherwise.ui, |it| it.name().to_owned(), &mut bad);
        // Without the tools for it, nothing is to be taken apart by mistake.
        let usual = usize::from(ui != Ui::Full);
        let level = |name: &str| EDIT.into_iter().find(|(known, _)| *known == name);
        let (_, limit) = parameter(query, "edit", level, EDIT[usual], |(name, _)| (*name).to_owned(), &mut bad);
        let seconds = |text: &str| text.parse().ok().filter(|at: &f64| (0.0..=LATEST_S).contains(at));
        let time = |text: &str| seconds(text).map(|at| Some(Micros::from_ms(at * 1e3)));
        let time = parameter(query, "t", time, None, |_| "0".to_owned(), &mut bad);
        // Who looks at the painter's motion asks for it there; here it is only said that it is nonsense.
        parameter(query, "motion", yes_or_no, true, |it| u8::from(*it).to_string(), &mut bad);
        let in_range = |text: &str| text.parse().ok().filter(|speed| (SLOWEST..=FASTEST).contains(speed));
        let speed = parameter(query, "speed", in_range, 1.0, f64::to_string, &mut bad);
        let seed = |text: &str| text.parse().ok().filter(|seed| *seed < SEED_LIMIT).map(Some);
        let seed = parameter(query, "seed", seed, None, |_| "–".to_owned(), &mut bad);
        // Whether there is one of this name turns out when it is fetched.
        let a_name =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        let known = |name: &str| a_name(name).then(|| Some(name.to_owned()));
        let scenario = parameter(query, "scenario", known, None, |_| "–".to_owned(), &mut bad);
        let a_lesson = |name: &str| lessons::is_name(name).then(|| Some(name.to_owned()));
        let lesson = parameter(query, "lesson", a_lesson, None, |_| "–".to_owned(), &mut bad);
        // So it is with the step, when the lesson is there.
        let step = surroundings::parameter(query, "step").filter(|_| lesson.is_some());
        let preferences = Preferences { language, theme, ui, ..otherwise };
        Beginning { preferences, run, run_asked, time, limit, link: None, speed, seed, scenario, lesson, step, bad }
    }
}

/// An address begins no later than this: a day, in seconds.
const LATEST_S: f64 = 86_400.0;

fn parameter<T>(
    query: &str,
    name: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
    otherwise: T,
    written: impl FnOnce(&T) -> String,
    bad: &mut Vec<BadParameter>,
) -> T {
    let Some(value) = surroundings::parameter(query, name) else { return otherwise };
    read(&value).unwrap_or_else(|| {
        bad.push(BadParameter { name, value, used: written(&otherwise) });
        otherwise
    })
}

/// Keeps what a person has chosen. True where the browser refused for the first time.
pub fn keep(preferences: Preferences) -> bool {
    let language = storage::write_or_first_refusal(Key::Language, preferences.language.tag());
    let theme = storage::write_or_first_refusal(Key::Theme, preferences.theme.name());
    let wheel = storage::write_or_first_refusal(Key::Wheel, preferences.wheel.name());
    let letters = storage::write_or_first_refusal(Key::Letters, if preferences.letters { "on" } else { "off" });
    language || theme || wheel || letters
}

/// Tells the document its language, its title and its theme: style sheets and screen readers go by them.
pub fn apply(preferences: Preferences, title: &str) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    document.set_title(title);
    let Some(root) = document.document_element() else { return };
    // Setting an attribute of a name that is valid does not fail.
    let _ = root.set_attribute("lang", preferences.language.tag());
    if surroundings::embedded() {
        // What a finger does there is up to the page around, too: the style sheets look at it.
        let _ = root.set_attribute("data-embedded", "");
    }
    let _ = match preferences.theme {
        Theme::System => root.remove_attribute("data-theme"),
        Theme::Light | Theme::Dark => root.set_attribute("data-theme", preferences.theme.name()),
    };
}
