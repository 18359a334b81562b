//! A scenario as one small picture, for a card in the gallery: its instruments and lines as they look after some
//! simulated seconds.

use super::glyph::{self, Detail};
use super::layout;
use crate::base::{Micros, Point, Rect};
use crate::scenario::{EdgeKind, Scenario};
use crate::session::{Command, Session};
use crate::words::Words;

/// How much simulated time passes before the picture is taken: queues have filled by then, and faults have begun.
const TAKEN_AT: Micros = Micros(3_500_000);

/// The room around what is shown, in stage units.
const MARGIN: f64 = 24.0;

/// A line of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The path, in the notation of SVG.
    pub path: String,
    /// What travels on it; nothing where a setting draws it.
    pub kind: Option<EdgeKind>,
}

/// A picture of a whole scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// What is to be seen, in stage units.
    pub view: Rect,
    /// The lines, below the instruments.
    pub lines: Vec<Line>,
    /// The instruments, each with its top left corner.
    pub instruments: Vec<(Point, glyph::Picture)>,
}

/// A run that a picture is to be taken of.
pub fn begin(scenario: Scenario) -> Session {
    let mut session = Session::new(scenario);
    // Any time can be looked for.
    let _ = session.dispatch(Command::Seek { time_us: TAKEN_AT });
    session
}

/// Goes on with the run until its time is there or `out_of_budget` says that this slice is used up; true where the
/// picture can be taken. A run that is full before its time has its picture taken as it is.
pub fn advance(session: &mut Session, out_of_budget: &mut dyn FnMut() -> bool) -> bool {
    session.tick(0.0, out_of_budget);
    session.playback().seeking().is_none() || session.playback().full()
}

/// The picture of a session, now; `None` where there is nothing to be seen.
pub fn take(session: &Session, words: &Words) -> Option<Drawing> {
    let scenario = session.scenario();
    let view = layout::content(scenario)?.grown(MARGIN);
    let edges = scenario.edges.iter().filter_map(|edge| {
        let path = layout::edge_curve(scenario, edge)?.svg_path();
        Some(Line { path, kind: Some(edge.kind) })
    });
    let links = layout::links(scenario).into_iter().map(|link| Line { path: link.curve.svg_path(), kind: None });
    let instruments = scenario
        .nodes
        .iter()
        .filter_map(|node| Some((node.at, glyph::picture(session, &node.id, words, Detail::Far)?)));
    Some(Drawing { view, lines: edges.chain(links).collect(), instruments: instruments.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Language;
    use crate::scenario::format;

    const DEAD_LETTERS: &str = include_str!("../../../static/scenarios/gallery/dead-letters.json");

    #[test]
    fn a_picture_shows_every_instrument_and_line_inside_of_its_view() {
        let scenario = format::parse(DEAD_LETTERS).unwrap();
        let mut session = begin(scenario.clone());
        while !advance(&mut session, &mut || false) {}
        assert_eq!(session.now(), TAKEN_AT);
        let drawing = take(&session, Words::of(Language::English)).unwrap();
        assert_eq!(drawing.instruments.len(), scenario.nodes.len());
        // One line more is drawn by a setting: where the dead letters go.
        assert_eq!(drawing.lines.len(), scenario.edges.len() + 1);
        assert_eq!(drawing.lines.iter().filter(|line| line.kind.is_none()).count(), 1);
        for (at, picture) in &drawing.instruments {
            assert!(drawing.view.contains(*at));
            assert!(drawing.view.contains(at.moved(picture.width, picture.height)));
            assert!(!picture.marks.is_empty());
        }
        let fresh = take(&Session::new(scenario), Words::of(Language::English)).unwrap();
        assert_ne!(fresh, drawing, "time has passed");
    }

    #[test]
    fn a_picture_can_be_made_in_slices() {
        let scenario = format::parse(DEAD_LETTERS).unwrap();
        let (mut whole, mut sliced) = (begin(scenario.clone()), begin(scenario));
        while !advance(&mut whole, &mut || false) {}
        while !advance(&mut sliced, &mut || true) {}
        let words = Words::of(Language::SimplifiedChinese);
        assert_eq!(take(&whole, words), take(&sliced, words));
    }

    #[test]
    fn nothing_has_no_picture() {
        let mut session = begin(Scenario::default());
        while !advance(&mut session, &mut || false) {}
        assert_eq!(take(&session, Words::of(Language::English)), None);
    }
}
