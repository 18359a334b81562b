//! Everything that a person can ask for by name, in one table: its keys, where they count, and what it is called. Keys,
//! menus, the list of commands and the help are all made from it.

use super::tool::Key;
use crate::words::EditingWords;

/// Something that can be asked for by a key, from a menu or from the list of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Plays or pauses.
    Play,
    /// Carries out one event.
    Step,
    /// Steps back by one event.
    StepBack,
    /// Goes to the moment before that is worth it.
    PreviousMark,
    /// Goes to the next one.
    NextMark,
    /// Leaves out what was done later than now.
    Fork,
    /// Shows or hides the charts.
    Charts,
    /// Begins to compare with a change, in two lanes, or ends it.
    Compare,
    /// Opens what runs the scenario many times.
    Study,
    /// Back to time zero.
    Restart,
    /// Sets how fast time passes: by its place in [`SPEEDS`].
    Speed,
    /// Takes the last step back.
    Undo,
    /// Makes it again.
    Redo,
    /// Begins an empty scenario.
    New,
    /// Opens the scenarios: one's own and those that come with the page.
    Scenarios,
    /// Shows the lessons.
    Lessons,
    /// Makes a lesson of what is on the stage.
    MakeLesson,
    /// Opens a file.
    Open,
    /// Saves to a file.
    Save,
    /// Opens what can be taken along: links, texts for other pages, pictures.
    Share,
    /// Connects to a real broker.
    RealBroker,
    /// Opens the list of commands.
    Commands,
    /// Opens the help.
    Help,
    /// Selects what has the focus.
    Select,
    /// Selects all nodes.
    SelectAll,
    /// Selects nothing; gives up what is under way.
    Deselect,
    /// Edits what is selected in place: its label or its text.
    Rename,
    /// Begins a wire at the selected node, or takes an end of the selected edge away.
    Connect,
    /// Takes the other end of an edge, where it begins, away.
    ConnectBegin,
    /// Adds a node and connects it: a next one to the right, one before it to the left.
    AddConnected,
    /// Adds a node like the selected one, with the same connections.
    AddAlike,
    /// Puts a node or a note onto the stage.
    AddNode,
    /// Crashes or restarts the selected node.
    Crash,
    /// Opens the menu of the selection, or of the stage.
    Menu,
    /// Opens the same menu at what can go wrong.
    Faults,
    /// Removes what is selected.
    Delete,
    /// A second copy of what is selected, beside it.
    Duplicate,
    /// Puts what is selected into the clipboard.
    Copy,
    /// The same, and removes it.
    Cut,
    /// Puts the clipboard's scenario onto the stage.
    Paste,
    /// Moves what is selected by one step of the grid.
    Nudge,
    /// By five.
    NudgeFar,
    /// Puts the focus on a neighbour along an edge.
    Follow,
    /// Lays all nodes out anew, from left to right.
    Arrange,
    /// Zooms in.
    ZoomIn,
    /// Zooms out.
    ZoomOut,
    /// Zooms to 100 %.
    ZoomToOne,
    /// Shows everything.
    Fit,
    /// Shows what is selected.
    FitSelection,
    /// Light, dark, or as the system has it.
    Theme,
    /// The other language.
    Language,
    /// What a turn of the wheel does: by itself, zoom, or push the stage about.
    Wheel,
    /// Whether single letters are keys.
    Letters,
}

/// The speeds that the digits from 1 on set, in simulated seconds per real second.
pub const SPEEDS: [f64; 7] = [0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0];

/// Where a key counts. Nowhere where something is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Wherever the focus is.
    Page,
    /// On the stage, and where nothing has the focus.
    Stage,
    /// On the stage only: browsers have their own use for it.
    StageFocus,
    /// It comes to the page as an event of its own, or belongs to what has the focus.
    Browser,
}

/// A key as the table names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    /// A Latin letter, as a capital.
    Letter(char),
    /// A digit of the upper row, whatever it writes.
    Digit(char),
    /// Any of the digits that set a speed.
    Speed,
    /// What the key writes. Whether Shift is needed for it differs between keyboards.
    Sign(&'static str),
    /// A key that writes nothing, by `KeyboardEvent.key`.
    Named(&'static str),
}

/// A key with the keys that are held meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    name: Name,
    control: bool,
    shift: bool,
    alt: bool,
}

impl Chord {
    const fn of(name: Name) -> Chord {
        Chord { name, control: false, shift: false, alt: false }
    }

    const fn control(name: Name) -> Chord {
        Chord { control: true, ..Chord::of(name) }
    }

    const fn shift(name: Name) -> Chord {
        Chord { shift: true, ..Chord::of(name) }
    }

    const fn alt(name: Name) -> Chord {
        Chord { alt: true, ..Chord::of(name) }
    }

    /// Whether this is pressed.
    pub fn is(&self, key: &Key<'_>) -> bool {
        let held = key.modifiers;
        if (held.control, held.alt) != (self.control, self.alt) {
            return false;
        }
        match self.name {
            Name::Sign(sign) => key.key == sign,
            _ if held.shift != self.shift => false,
            Name::Letter(letter) => key.is_letter(letter),
            Name::Digit(digit) => key.is_digit(digit),
            Name::Speed => speed(key).is_some(),
            Name::Named(name) => key.key == name,
        }
    }

    /// Whether it is one letter or sign by itself: what people who speak to their computer press by accident (WCAG 2.1.4).
    pub fn is_single(&self) -> bool {
        !(self.control || self.alt || matches!(self.name, Name::Named(_)) || self.shift && self.is_digit())
    }

    fn is_digit(&self) -> bool {
        matches!(self.name, Name::Digit(_))
    }

    /// Its keys one by one, as they are written on keyboards.
    pub fn keys(&self) -> Vec<String> {
        let held = [(self.control, "Ctrl"), (self.alt, "Alt"), (self.shift, "Shift")];
        let held = held.into_iter().filter(|(held, _)| *held).map(|(_, name)| name.to_owned());
        let last = match self.name {
            Name::Letter(letter) | Name::Digit(letter) => letter.to_string(),
            Name::Speed => format!("1–{}", SPEEDS.len()),
            Name::Sign("-") => "−".to_owned(),
            Name::Sign(sign) => sign.to_owned(),
            Name::Named("ArrowLeft") => "←".to_owned(),
            Name::Named("ArrowRight") => "→".to_owned(),
            Name::Named("ArrowUp") => "↑".to_owned(),
            Name::Named("ArrowDown") => "↓".to_owned(),
            Name::Named(" ") => "Space".to_owned(),
            Name::Named("Escape") => "Esc".to_owned(),
            Name::Named(name) => name.to_owned(),
        };
        held.chain([last]).collect()
    }
}

/// The place in [`SPEEDS`] of a digit that sets a speed.
pub fn speed(key: &Key<'_>) -> Option<usize> {
    ('1'..='9').take(SPEEDS.len()).position(|digit| key.is_digit(digit))
}

/// What belongs together in the help and in the list of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Time.
    Time,
    /// The document and its file.
    Document,
    /// What is on the stage.
    Editing,
    /// Where it is looked at from.
    View,
    /// The page itself.
    Page,
}

impl Group {
    /// All, in the order in which they are shown.
    pub const ALL: [Group; 5] = [Group::Time, Group::Editing, Group::View, Group::Document, Group::Page];
}

/// A line of the table.
pub struct Line {
    /// What is asked for.
    pub action: Action,
    /// What it belongs to.
    pub group: Group,
    /// The ways to press it; none: it is only asked for by name.
    pub ways: &'static [Chord],
    /// Where the keys count.
    pub scope: Scope,
    /// Whether it can be asked for by name: what follows an arrow or the focus cannot.
    pub named: bool,
    /// What it is called.
    pub words: fn(&EditingWords) -> &'static str,
}

impl Line {
    const fn new(
        action: Action,
        group: Group,
        scope: Scope,
        ways: &'static [Chord],
        words: fn(&EditingWords) -> &'static str,
    ) -> Line {
        Line { action, group, ways, scope, named: true, words }
    }

    const fn only_keys(self) -> Line {
        Line { named: false, ..self }
    }
}

const LEFT: Name = Name::Named("ArrowLeft");
const RIGHT: Name = Name::Named("ArrowRight");
const UP: Name = Name::Named("ArrowUp");
const DOWN: Name = Name::Named("ArrowDown");

use Group::{Document, Editing, Page, Time, View};
use Name::{Digit, Letter, Named, Sign};

/// All that can be asked for.
#[rustfmt::skip]
pub static ACTIONS: &[Line] = &[
    Line::new(Action::Play, Time, Scope::Browser, &[Chord::of(Named(" "))], |words| words.play),
    Line::new(Action::Step, Time, Scope::Page, &[Chord::of(Sign(".")), Chord::of(Sign("。")), Chord::of(Sign("．"))], |words| words.step),
    Line::new(Action::StepBack, Time, Scope::Page, &[Chord::of(Sign(",")), Chord::of(Sign("，"))], |words| words.step_back),
    Line::new(Action::PreviousMark, Time, Scope::Page, &[Chord::of(Sign("[")), Chord::of(Sign("【"))], |words| words.previous_mark),
    Line::new(Action::NextMark, Time, Scope::Page, &[Chord::of(Sign("]")), Chord::of(Sign("】"))], |words| words.next_mark),
    Line::new(Action::Fork, Time, Scope::Page, &[], |words| words.fork),
    Line::new(Action::Charts, Time, Scope::Page, &[Chord::of(Letter('G'))], |words| words.charts),
    Line::new(Action::Compare, Time, Scope::Page, &[Chord::shift(Letter('G'))], |words| words.compare),
    Line::new(Action::Study, Time, Scope::Browser, &[], |words| words.study),
    Line::new(Action::Speed, Time, Scope::Stage, &[Chord::of(Name::Speed)], |words| words.speed).only_keys(),
    Line::new(Action::Restart, Time, Scope::Browser, &[], |words| words.restart),

    Line::new(Action::Select, Editing, Scope::Stage, &[Chord::of(Named("Enter"))], |words| words.select).only_keys(),
    Line::new(Action::SelectAll, Editing, Scope::Page, &[Chord::control(Letter('A'))], |words| words.select_all),
    Line::new(Action::Deselect, Editing, Scope::Stage, &[Chord::of(Named("Escape"))], |words| words.deselect),
    Line::new(Action::AddNode, Editing, Scope::Stage, &[Chord::of(Letter('A'))], |words| words.add_node),
    Line::new(Action::AddConnected, Editing, Scope::Stage, &[Chord::control(RIGHT), Chord::control(LEFT)], |words| words.add_connected).only_keys(),
    Line::new(Action::AddAlike, Editing, Scope::Stage, &[Chord::control(DOWN), Chord::control(UP)], |words| words.add_alike),
    Line::new(Action::Connect, Editing, Scope::Stage, &[Chord::of(Letter('C'))], |words| words.connect),
    Line::new(Action::ConnectBegin, Editing, Scope::Stage, &[Chord::shift(Letter('C'))], |words| words.connect_begin).only_keys(),
    Line::new(Action::Rename, Editing, Scope::Stage, &[Chord::of(Named("F2"))], |words| words.rename),
    Line::new(Action::Crash, Editing, Scope::Stage, &[Chord::of(Letter('X'))], |words| words.crash),
    Line::new(Action::Menu, Editing, Scope::Stage, &[Chord::shift(Named("F10")), Chord::of(Named("ContextMenu"))], |words| words.menu),
    Line::new(Action::Faults, Editing, Scope::Stage, &[Chord::of(Letter('F'))], |words| words.faults),
    Line::new(Action::Delete, Editing, Scope::Page, &[Chord::of(Named("Delete")), Chord::of(Named("Backspace"))], |words| words.delete),
    Line::new(Action::Duplicate, Editing, Scope::StageFocus, &[Chord::control(Letter('D'))], |words| words.duplicate),
    Line::new(Action::Copy, Editing, Scope::Browser, &[Chord::control(Letter('C'))], |words| words.copy),
    Line::new(Action::Cut, Editing, Scope::Browser, &[Chord::control(Letter('X'))], |words| words.cut),
    Line::new(Action::Paste, Editing, Scope::Browser, &[Chord::control(Letter('V'))], |words| words.paste),
    Line::new(Action::Nudge, Editing, Scope::Stage, &[Chord::of(LEFT), Chord::of(RIGHT), Chord::of(UP), Chord::of(DOWN)], |words| words.nudge).only_keys(),
    Line::new(Action::NudgeFar, Editing, Scope::Stage, &[Chord::shift(LEFT), Chord::shift(RIGHT), Chord::shift(UP), Chord::shift(DOWN)], |words| words.nudge_far).only_keys(),
    Line::new(Action::Follow, Editing, Scope::StageFocus, &[Chord::alt(LEFT), Chord::alt(RIGHT), Chord::alt(UP), Chord::alt(DOWN)], |words| words.follow).only_keys(),
    Line::new(Action::Arrange, Editing, Scope::Stage, &[Chord::shift(Letter('A'))], |words| words.arrange),

    Line::new(Action::ZoomIn, View, Scope::StageFocus, &[Chord::control(Sign("+")), Chord::control(Sign("="))], |words| words.zoom_in),
    Line::new(Action::ZoomOut, View, Scope::StageFocus, &[Chord::control(Sign("-")), Chord::control(Sign("_"))], |words| words.zoom_out),
    Line::new(Action::ZoomToOne, View, Scope::StageFocus, &[Chord::control(Digit('0'))], |words| words.zoom_to_one),
    Line::new(Action::Fit, View, Scope::Stage, &[Chord::shift(Digit('1'))], |words| words.fit),
    Line::new(Action::FitSelection, View, Scope::Stage, &[Chord::shift(Digit('2'))], |words| words.fit_selection),
    Line::new(Action::Wheel, View, Scope::Browser, &[], |words| words.wheel),

    Line::new(Action::Undo, Document, Scope::Page, &[Chord::control(Letter('Z'))], |words| words.undo),
    Line::new(Action::Redo, Document, Scope::Page, &[Chord { shift: true, ..Chord::control(Letter('Z')) }, Chord::control(Letter('Y'))], |words| words.redo),
    Line::new(Action::New, Document, Scope::Browser, &[], |words| words.new),
    Line::new(Action::Scenarios, Document, Scope::Browser, &[], |words| words.scenarios),
    Line::new(Action::Lessons, Document, Scope::Browser, &[], |words| words.lessons),
    Line::new(Action::MakeLesson, Document, Scope::Browser, &[], |words| words.make_lesson),
    Line::new(Action::Open, Document, Scope::Page, &[Chord::control(Letter('O'))], |words| words.open),
    Line::new(Action::Save, Document, Scope::Page, &[Chord::control(Letter('S'))], |words| words.save),
    Line::new(Action::Share, Document, Scope::Browser, &[], |words| words.share),
    Line::new(Action::RealBroker, Document, Scope::Browser, &[], |words| words.real_broker),

    Line::new(Action::Commands, Page, Scope::Page, &[Chord::control(Letter('K'))], |words| words.commands),
    Line::new(Action::Help, Page, Scope::Page, &[Chord::of(Sign("?")), Chord::of(Sign("？"))], |words| words.help),
    Line::new(Action::Theme, Page, Scope::Browser, &[], |words| words.theme),
    Line::new(Action::Language, Page, Scope::Browser, &[], |words| words.language),
    Line::new(Action::Letters, Page, Scope::Browser, &[], |words| words.letters),
];

/// The line of an action.
pub fn line(action: Action) -> Option<&'static Line> {
    ACTIONS.iter().find(|line| line.action == action)
}

/// What a key asks for, and where it counts. `letters`: whether single letters are keys.
pub fn of_key(key: &Key<'_>, letters: bool) -> Option<&'static Line> {
    ACTIONS.iter().find(|line| line.ways.iter().any(|way| way.is(key) && (letters || !way.is_single())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::tool::Modifiers;

    fn pressed(key: &str, code: &str, control: bool, shift: bool) -> Option<Action> {
        let modifiers = Modifiers { control, shift, ..Modifiers::default() };
        of_key(&Key { key, code, modifiers }, true).map(|line| line.action)
    }

    #[test]
    fn every_action_stands_once_and_no_key_twice() {
        let mut chords: Vec<&Chord> = Vec::new();
        for (index, line) in ACTIONS.iter().enumerate() {
            assert!(ACTIONS[..index].iter().all(|other| other.action != line.action), "{:?}", line.action);
            for way in line.ways {
                assert!(!chords.contains(&way), "{way:?}");
                chords.push(way);
            }
        }
    }

    #[test]
    fn keys_are_known_in_every_layout() {
        assert_eq!(pressed("z", "KeyZ", true, false), Some(Action::Undo));
        assert_eq!(pressed("Z", "KeyZ", true, true), Some(Action::Redo));
        // A Cyrillic layout writes something else there; a French one has its Z elsewhere.
        assert_eq!(pressed("я", "KeyZ", true, false), Some(Action::Undo));
        assert_eq!(pressed("z", "KeyW", true, false), Some(Action::Undo));
        assert_eq!(pressed("!", "Digit1", false, true), Some(Action::Fit));
        assert_eq!(pressed("&", "Digit1", false, false), Some(Action::Speed));
        // `?` needs Shift on one keyboard and not on another, and is wider on a Chinese one.
        assert_eq!(pressed("?", "Slash", false, true), Some(Action::Help));
        assert_eq!(pressed("？", "Slash", false, true), Some(Action::Help));
        assert_eq!(pressed("+", "Equal", true, true), Some(Action::ZoomIn));
        assert_eq!(pressed("q", "KeyQ", false, false), None);
    }

    #[test]
    fn single_letters_can_be_switched_off() {
        let key = |key, control| Key { key, code: "", modifiers: Modifiers { control, ..Modifiers::default() } };
        assert!(of_key(&key("x", false), true).is_some());
        assert!(of_key(&key("x", false), false).is_none());
        assert!(of_key(&key(".", false), false).is_none());
        assert!(of_key(&key("x", true), false).is_some());
        assert!(of_key(&key("Delete", false), false).is_some());
    }
}
