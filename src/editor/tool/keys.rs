//! What keys do on the stage.

use super::{End, GRID, Ground, Hand, Modifiers, Side, Target, Wire, Wish, ways};
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
    fn is_letter(&self, letter: &str) -> bool {
        // A layout without Latin letters writes others there: the place of the key decides then.
        let written = self.key.chars().next().is_some_and(|first| first.is_ascii_alphabetic());
        self.key.eq_ignore_ascii_case(letter)
            || (!written && self.code.strip_prefix("Key").is_some_and(|code| code.eq_ignore_ascii_case(letter)))
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

impl Hand {
    /// A key goes down; `focus` is what has the keyboard's focus, if that is on the stage. `None`: the key means
    /// nothing here, and may mean something elsewhere.
    pub fn key(&mut self, key: Key<'_>, focus: Option<&Target>, ground: &dyn Ground) -> Option<Vec<Wish>> {
        if let Some(wishes) = self.key_with_wire(key, focus, ground) {
            return Some(wishes);
        }
        if key.modifiers.control {
            return self.key_with_control(key, focus, ground);
        }
        if let Some(arrow) = key.arrow() {
            return self.arrow(arrow, key.modifiers, focus, ground);
        }
        let plain = !key.modifiers.alt;
        match key.key {
            "Escape" => self.give_up().or_else(|| {
                let selected = !ground.selected().is_empty();
                selected.then(|| vec![Wish::Select(Vec::new())])
            }),
            "Delete" | "Backspace" if plain => {
                let ids = meant(focus, ground);
                (!ids.is_empty()).then(|| vec![Wish::Remove(ids)])
            }
            // On the one selected node there is nothing left to select: the space bar plays and pauses.
            " " if focus.and_then(Target::node).is_some_and(|id| ground.selected() == [id.clone()]) => None,
            "Enter" | " " => match focus? {
                Target::Node(id) | Target::Edge(id) => {
                    let mut selected = ground.selected();
                    if !key.modifiers.shift {
                        selected = vec![id.clone()];
                    } else if selected.contains(id) {
                        selected.retain(|known| known != id);
                    } else {
                        selected.push(id.clone());
                    }
                    Some(vec![Wish::Select(selected)])
                }
                Target::Handle(id, side) => Some(self.begin_wire(End { node: id.clone(), side: *side }, ground)),
                Target::Empty => None,
            },
            // Shift+1 writes other things in other layouts.
            _ if key.modifiers.shift && plain && key.code == "Digit1" => Some(vec![Wish::Fit]),
            _ if plain && key.is_letter("c") => {
                let id = focus.and_then(Target::node).cloned().or_else(|| only_node(ground))?;
                let side = if ground.handle(&id, Side::Out).is_some() { Side::Out } else { Side::In };
                Some(self.begin_wire(End { node: id, side }, ground))
            }
            _ if plain && key.is_letter("x") => {
                let id = focus.and_then(Target::node).cloned().or_else(|| only_node(ground))?;
                Some(vec![Wish::CrashOrRestart(id)])
            }
            "ContextMenu" => fault_menu(focus, ground),
            "F10" if key.modifiers.shift => fault_menu(focus, ground),
            _ if plain && key.is_letter("f") => fault_menu(focus, ground),
            _ => None,
        }
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
        let fitting = wire.end.fitting(ground);
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

    fn begin_wire(&mut self, end: End, ground: &dyn Ground) -> Vec<Wish> {
        let Some(first) = end.fitting(ground).into_iter().next() else {
            return vec![Wish::NothingFits(end.node)];
        };
        let mut wire = Wire::new(end);
        wire.by_keys = true;
        wire.lead_to(first, ground);
        self.begin_wire_by_keys(wire);
        Vec::new()
    }

    fn key_with_control(&mut self, key: Key<'_>, focus: Option<&Target>, ground: &dyn Ground) -> Option<Vec<Wish>> {
        if key.modifiers.alt {
            return None;
        }
        if key.is_letter("z") {
            return Some(vec![if key.modifiers.shift { Wish::Redo } else { Wish::Undo }]);
        }
        if key.is_letter("y") {
            return Some(vec![Wish::Redo]);
        }
        // What browsers use these for is only taken away while the stage has the focus.
        focus?;
        match key.key {
            "0" => Some(vec![Wish::ZoomToOne]),
            "+" | "=" => Some(vec![Wish::ZoomBy(1.25)]),
            "-" | "_" => Some(vec![Wish::ZoomBy(0.8)]),
            _ if key.is_letter("a") => Some(vec![Wish::Select(ground.nodes())]),
            _ => None,
        }
    }

    fn arrow(
        &mut self,
        (x, y): (f64, f64),
        modifiers: Modifiers,
        focus: Option<&Target>,
        ground: &dyn Ground,
    ) -> Option<Vec<Wish>> {
        if modifiers.alt {
            let next = ways::follow(focus?, (x, y), ground);
            // Alt+arrow leaves the page in some browsers: not from the stage, also where the way ends.
            return Some(next.map(Wish::Focus).into_iter().collect());
        }
        let step = if modifiers.shift { 5.0 * GRID } else { GRID };
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

/// The menu of what can happen to what has the focus, or else to the one thing that is selected.
fn fault_menu(focus: Option<&Target>, ground: &dyn Ground) -> Option<Vec<Wish>> {
    let id = match focus {
        Some(Target::Node(id) | Target::Handle(id, _) | Target::Edge(id)) => id.clone(),
        _ => <[Id; 1]>::try_from(ground.selected()).ok()?[0].clone(),
    };
    Some(vec![Wish::FaultMenu(id)])
}

/// The one selected node.
fn only_node(ground: &dyn Ground) -> Option<Id> {
    let selected = ground.selected();
    let [id] = &selected[..] else { return None };
    ground.rect(id).map(|_| id.clone())
}
