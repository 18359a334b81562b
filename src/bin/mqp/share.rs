//! `mqp picture` and `mqp link`: a scenario at an instant, to be taken along.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use mq_playground::base::{Language, Micros};
use mq_playground::link;
use mq_playground::link::carry;
use mq_playground::session::{Command, Session};
use mq_playground::view::svg::{self, Colors, Frame};
use mq_playground::words::Words;

use super::{GOOD, PROBLEMS, print, read};

/// What is taken along.
#[derive(Args)]
pub struct Moment {
    /// The scenario file.
    scenario: PathBuf,
    /// The simulated time (us, ms, s, m, h; for example 10s).
    #[arg(long, value_name = "TIME", default_value = "3500ms")]
    at: Micros,
    /// The language, as an IETF tag: en or zh-CN.
    #[arg(long, value_parser = |tag: &str| Language::from_tag(tag).ok_or("en and zh-CN are there"), default_value = "en")]
    lang: Language,
}

/// The colours of a picture.
#[derive(Clone, Copy, ValueEnum)]
pub enum Theme {
    /// On white.
    Light,
    /// In the dark.
    Dark,
}

impl Moment {
    fn session(&self) -> Result<Session, u8> {
        let mut session = Session::new(read(&self.scenario)?);
        // Any time can be looked for.
        let _ = session.dispatch(Command::Seek { time_us: self.at });
        session.tick(0.0, &mut || false);
        if session.now() < self.at {
            eprintln!("{}: more copies at once than there is room for", self.scenario.display());
            return Err(PROBLEMS);
        }
        Ok(session)
    }
}

/// Prints the stage as an SVG that carries its run.
pub fn picture(moment: &Moment, theme: Theme) -> u8 {
    let session = match moment.session() {
        Ok(session) => session,
        Err(code) => return code,
    };
    let colors = match theme {
        Theme::Light => Colors::LIGHT,
        Theme::Dark => Colors::DARK,
    };
    let words = Words::of(moment.lang);
    let frame = Frame { colors, captions: true, view: None };
    let Some(svg) = svg::stage(&session, words, moment.lang, frame) else {
        eprintln!("{}: there is nothing to be seen", moment.scenario.display());
        return PROBLEMS;
    };
    match link::of(&session) {
        Ok(value) => print(&carry::into_svg(&svg, &value)),
        // The picture is good without it.
        Err(refused) => {
            eprintln!("{}", refused.describe(words));
            print(&svg);
        }
    }
    GOOD
}

/// Prints the link to a moment.
pub fn link(moment: &Moment, address: &str) -> u8 {
    let session = match moment.session() {
        Ok(session) => session,
        Err(code) => return code,
    };
    match link::of(&session) {
        Ok(value) => {
            print(&format!("{}\n", link::address(address, &value)));
            GOOD
        }
        Err(refused) => {
            eprintln!("{}: {}", moment.scenario.display(), refused.describe(Words::of(moment.lang)));
            PROBLEMS
        }
    }
}
