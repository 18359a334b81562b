//! What keys do on the stage, and what is asked for by name there.

use super::{End, GRID, Ground, Hand, Modifiers, Side, Target, Wire, Wish, ways};
use crate::base::Point;
use crate::editor::action::{self, Action, Scope};
use crate::scenario::Id;

/// A key that goes down.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// What it writes or is called: `KeyboardEvent.key`.
    pub key: &'a str,
    /// Where it lies: `KeyboardEvent.code`.
    pub code: &'a str,
    /// Keys that are held meanwhile.
    pub modifiers: Modifiers,
}

impl Key<'_> {
    /// Whether this is the letter, in any layout.
    pub(in crate::editor) fn is_letter(&self, letter: char) -> bool {
        // A layout without Latin letters writes others there: the place of the key decides then.
        let mut written = self.key.chars();
        let first = written.next().filter(|_| written.next().is_none());
        match first.filter(char::is_ascii_alphabetic) {
            Some(first) => first.eq_ignore_ascii_case(&letter),
            None => self.code.strip_prefix("Key").is_some_and(|code| code.chars().eq([letter.to_ascii_uppercase()])),
        }
    }

    /// Whether this is the digit of the upper row, or of the block beside it.
    pub(in crate::editor) fn is_digit(&self, digit: char) -> bool {
        let code = self.code.strip_prefix("Digit").or(self.code.strip_prefix("Numpad"));
        match code {
            Some(code) => code.chars().eq([digit]),
            None => self.key.chars().eq([digit]),
        }
    }

    /// The direction of an arrow key.
    fn arrow(&self) -> Option<(f64, f64)> {
        match self.key {
            "ArrowLeft" => Some((-1.0, 0.0)),
            "ArrowRight" => Some((1.0, 0.0)),
            "ArrowUp" => Some((0.0, -1.0)),
            "ArrowDown" => Some((0.0, 1.0)),
            _ => None,
        }
    }
}

/// How far a second copy stands from the first.
const BESIDE: f64 = 4.0 * GRID;

impl Hand {
    /// A key goes down; `focus` is what has the keyboard's focus, if that is on the stage; `letters`: whether single
    /// letters are keys. `None`: the key means nothing here, and may mean something elsewhere.
    pub fn key(
        &mut self,
        key: Key<'_>,
        focus: Option<&Target>,
        letters: bool,
        ground: &dyn Ground,
    ) -> Option<Vec<Wish>> {
        if let Some(wishes) = self.key_with_wire(key, focus, ground) {
            return Some(wishes);
        }
        // The space bar selects too, where something is not selected yet; on what is, it plays and pauses.
        if key.key == " " && key.modifiers == Modifiers::default() {
            let target = focus?;
            let alone = target.node().is_some_and(|id| ground.selected() == [id.clone()]);
            let handle = matches!(target, Target::Handle(..));
            return if alone && !handle { None } else { self.select(target, false, ground) };
        }
        let shift_enter = key.key == "Enter" && key.modifiers.shift && !key.modifiers.control && !key.modifiers.alt;
        if shift_enter {
            return self.select(focus?, true, ground);
        }
        let line = action::of_key(&key, letters)?;
        // What browsers use a key for is only taken away while the stage has the focus.
        if line.scope == Scope::StageFocus {
            focus?;
        }
        if let Some(arrow) = key.arrow() {
            return self.arrow(line.action, arrow, focus, ground);
        }
        if line.scope == Scope::Browser {
            return None;
        }
        self.act(line.action, focus, ground)
    }

    /// Something is asked for, by its key or by its name; `None`: it means nothing here and now.
    pub fn act(&mut self, action: Action, focus: Option<&Target>, ground: &dyn Ground) -> Option<Vec<Wish>> {
        let selected = || {
            let ids = meant(focus, ground);
            (!ids.is_empty()).then_some(ids)
        };
        let nodes = || meant_nodes(focus, ground);
        let one = || one(focus, ground);
        let node = || one_node(focus, ground);
        Some(match action {
            Action::Undo => vec![Wish::Undo],
            Action::Redo => vec![Wish::Redo],
            Action::Select => return self.select(focus?, false, ground),
            Action::SelectAll => vec![Wish::Select([ground.nodes(), ground.notes()].concat())],
            Action::Deselect => {
                return self.give_up().or_else(|| {
                    let selected = !ground.selected().is_empty();
                    selected.then(|| vec![Wish::Select(Vec::new())])
                });
            }
            Action::AddNode => vec![Wish::Pick { at: None, end: None }],
            Action::Delete => vec![Wish::Remove(selected()?)],
            Action::Duplicate => {
                vec![Wish::Duplicate { ids: nodes()?, by: Point::new(BESIDE, BESIDE), alike: false }]
            }
            Action::AddAlike => vec![alike(nodes()?, 1.0, ground)?],
            Action::Rename => vec![Wish::Rename(node()?)],
            Action::Crash => vec![Wish::CrashOrRestart(node()?)],
            Action::Connect | Action::ConnectBegin => {
                let id = one()?;
                let wire = if ground.rect(&id).is_some() {
                    let out = ground.handle(&id, Side::Out).is_some() && action == Action::Connect;
                    let side = if out || ground.handle(&id, Side::In).is_none() { Side::Out } else { Side::In };
                    Wire::new(End { node: id, side })
                } else {
                    let side = if action == Action::Connect { Side::In } else { Side::Out };
                    Wire::moving(&id, side, ground)?
                };
                self.begin_wire(wire, ground)
            }
            Action::Menu | Action::Faults => {
                let id = one();
                let faults = action == Action::Faults;
                if faults && id.is_none() {
                    return None;
                }
                vec![Wish::Menu { id, faults }]
            }
            Action::Arrange if !ground.nodes().is_empty() => vec![Wish::Arrange],
            Action::ZoomIn => vec![Wish::ZoomBy(1.25)],
            Action::ZoomOut => vec![Wish::ZoomBy(0.8)],
            Action::ZoomToOne => vec![Wish::ZoomToOne],
            Action::Fit => vec![Wish::Fit],
            Action::FitSelection if !ground.selected().is_empty() => vec![Wish::FitSelection],
            _ => return None,
        })
    }

    /// Selects what has the focus, adding it to the selection or taking it away where `adds`; a handle begins a wire.
    fn select(&mut self, target: &Target, adds: bool, ground: &dyn Ground) -> Option<Vec<Wish>> {
        let id = match target {
            Target::Handle(id, side) => {
                return Some(self.begin_wire(Wire::new(End { node: id.clone(), side: *side }), ground));
            }
            Target::EdgeEnd(id, side) => return Some(self.begin_wire(Wire::moving(id, *side, ground)?, ground)),
            Target::Node(id) | Target::Edge(id) => id,
            Target::Empty => return None,
        };
        let mut selected = ground.selected();
        if !adds {
            selected = vec![id.clone()];
        } else if selected.contains(id) {
            selected.retain(|known| known != id);
        } else {
            selected.push(id.clone());
        }
        Some(vec![Wish::Select(selected)])
    }

    /// A key goes up.
    pub fn key_up(&mut self, key: Key<'_>) -> Vec<Wish> {
        if self.nudging && key.arrow().is_some() {
            self.nudging = false;
            return vec![Wish::EndGesture];
        }
        Vec::new()
    }

    /// While a wire is being drawn, keys choose its target.
    fn key_with_wire(&mut self, key: Key<'_>, focus: Option<&Target>, ground: &dyn Ground) -> Option<Vec<Wish>> {
        let wire = self.wire()?;
        let backwards = match key.key {
            "Enter" => {
                // A wire that was begun by a click leads to the node that has the focus.
                if wire.over.is_none() || !wire.by_keys {
                    let node = focus.and_then(Target::node).filter(|node| **node != wire.end.node).cloned();
                    if let (Some(node), Some(wire)) = (node, self.wire_mut()) {
                        wire.lead_to(node, ground);
                    }
                }
                return Some(self.join_wire());
            }
            "Tab" if wire.by_keys => key.modifiers.shift,
            "ArrowDown" | "ArrowRight" if wire.by_keys => false,
            "ArrowUp" | "ArrowLeft" if wire.by_keys => true,
            _ => return None,
        };
        let fitting = wire.fitting(ground);
        let chosen = wire.over.as_ref().and_then(|over| fitting.iter().position(|id| *id == over.node));
        let next = match chosen {
            None => 0,
            Some(index) if backwards => (index + fitting.len() - 1) % fitting.len(),
            Some(index) => (index + 1) % fitting.len(),
        };
        let node = fitting.get(next)?.clone();
        self.wire_mut()?.lead_to(node, ground);
        Some(Vec::new())
    }

    fn begin_wire(&mut self, mut wire: Wire, ground: &dyn Ground) -> Vec<Wish> {
        let fitting = wire.fitting(ground);
        // An end that is taken away goes on to the next node behind the one where it was.
        let was = wire.moves.as_ref().and_then(|edge| ground.ends(edge)).map(|(from, to)| match wire.end.side {
            Side::Out => to,
            Side::In => from,
        });
        let place = was.and_then(|was| fitting.iter().position(|id| *id == was)).map_or(0, |place| place + 1);
        let Some(first) = fitting.get(place).or(fitting.first()).cloned() else {
            return vec![Wish::NothingFits(wire.end.node)];
        };
        wire.by_keys = true;
        wire.lead_to(first, ground);
        self.begin_wire_by_keys(wire);
        Vec::new()
    }

    fn arrow(
        &mut self,
        action: Action,
        (x, y): (f64, f64),
        focus: Option<&Target>,
        ground: &dyn Ground,
    ) -> Option<Vec<Wish>> {
        match action {
            Action::Follow => {
                let next = ways::follow(focus?, (x, y), ground);
                // Alt+arrow leaves the page in some browsers: not from the stage, also where the way ends.
                return Some(next.map(Wish::Focus).into_iter().collect());
            }
            Action::AddConnected => {
                let side = if x > 0.0 { Side::Out } else { Side::In };
                let node = one_node(focus, ground)?;
                return Some(vec![Wish::AddConnected(End { node, side })]);
            }
            Action::AddAlike => return Some(vec![alike(meant_nodes(focus, ground)?, y, ground)?]),
            _ => {}
        }
        let step = if action == Action::NudgeFar { 5.0 * GRID } else { GRID };
        let places: Vec<_> = ground
            .selected()
            .into_iter()
            .filter_map(|id| ground.rect(&id).map(|rect| (id, rect.origin.moved(x * step, y * step))))
            .collect();
        if places.is_empty() {
            return None;
        }
        let mut wishes = Vec::new();
        // A key that is held moves many times, and is one step back.
        if !std::mem::replace(&mut self.nudging, true) {
            wishes.push(Wish::BeginGesture);
        }
        wishes.push(Wish::Move(places));
        Some(wishes)
    }
}

/// What a key acts on: what is selected, or else what has the focus.
fn meant(focus: Option<&Target>, ground: &dyn Ground) -> Vec<Id> {
    let selected = ground.selected();
    match focus {
        Some(Target::Node(id) | Target::Edge(id)) if selected.is_empty() => vec![id.clone()],
        _ => selected,
    }
}

/// The nodes and notes among it, if there are any.
fn meant_nodes(focus: Option<&Target>, ground: &dyn Ground) -> Option<Vec<Id>> {
    let ids: Vec<Id> = meant(focus, ground).into_iter().filter(|id| ground.rect(id).is_some()).collect();
    (!ids.is_empty()).then_some(ids)
}

/// What concerns one thing concerns what has the focus, and otherwise the one that is selected.
fn one(focus: Option<&Target>, ground: &dyn Ground) -> Option<Id> {
    focus.and_then(Target::id).cloned().or_else(|| only(ground.selected()))
}

/// The same, if it is a node or a note.
fn one_node(focus: Option<&Target>, ground: &dyn Ground) -> Option<Id> {
    one(focus, ground).filter(|id| ground.rect(id).is_some())
}

/// The one id.
fn only(ids: Vec<Id>) -> Option<Id> {
    <[Id; 1]>::try_from(ids).ok().map(|[id]| id)
}

/// Nodes like these below them, or above where `down` is negative, at the first place where they lie on nothing.
fn alike(ids: Vec<Id>, down: f64, ground: &dyn Ground) -> Option<Wish> {
    let rects: Vec<_> = ids.iter().filter_map(|id| ground.rect(id)).collect();
    let whole = rects.iter().copied().reduce(|all, rect| all.union(&rect))?;
    let others: Vec<_> = ground.nodes().iter().filter_map(|id| ground.rect(id)).collect();
    let step = whole.height + 3.0 * GRID;
    let places = (1..=others.len() + 1).map(|place| down.signum() * step * place as f64);
    let is_free = |y: &f64| {
        let moved = |rect: &crate::base::Rect| crate::base::Rect { origin: rect.origin.moved(0.0, *y), ..*rect };
        !rects.iter().map(moved).any(|rect| others.iter().any(|other| rect.meets(other)))
    };
    // Each other node lies in one of the places at the most, or in two.
    let by = places.clone().find(is_free).or(places.clone().next_back())?;
    Some(Wish::Duplicate { ids, by: Point::new(0.0, by), alike: true })
}
