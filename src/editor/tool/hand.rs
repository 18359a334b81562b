//! What pointers do: select, move, pan, pinch, connect.

use super::{Button, End, Ground, Modifiers, Pointer, Target, Wire, Wish, snapped};
use crate::base::Point;
use crate::editor::Camera;
use crate::scenario::Id;

/// How far a pointer may tremble before a press becomes a drag, in CSS pixels.
const TREMBLE: f64 = 4.0;
/// The same for a finger.
const TREMBLE_TOUCH: f64 = 8.0;

/// What is under way.
#[derive(Clone, Debug, Default)]
enum Doing {
    #[default]
    Nothing,
    /// A pointer is down and has not moved yet.
    Pressed {
        pointer: Pointer,
        target: Target,
        /// Whether the press has selected the target: the release must not take that back.
        fresh: bool,
    },
    /// A pointer is down, and what it began was given up.
    Idle,
    /// The stage is pushed about.
    Panning { last: Point },
    /// Nodes are carried about: where the pointer took hold, on the stage, and where the nodes were.
    Moving { grabbed: Point, places: Vec<(Id, Point)> },
    /// Two fingers: where they were.
    Pinching { first: Point, second: Point },
}

/// A person's hand on the stage. See the module.
#[derive(Clone, Debug, Default)]
pub struct Hand {
    doing: Doing,
    /// The pointers that are down, with their places in the view.
    down: Vec<(i32, Point)>,
    wire: Option<Wire>,
    /// Whether the wire hangs on a pressed pointer; otherwise it was begun by a click or a key.
    wire_held: bool,
    pub(super) nudging: bool,
}

impl Hand {
    /// The wire that is being drawn.
    pub fn wire(&self) -> Option<&Wire> {
        self.wire.as_ref()
    }

    /// Whether the stage is being pushed about.
    pub fn is_panning(&self) -> bool {
        matches!(self.doing, Doing::Panning { .. } | Doing::Pinching { .. })
    }

    /// Whether nodes are being carried about.
    pub fn is_moving(&self) -> bool {
        matches!(self.doing, Doing::Moving { .. })
    }

    /// Whether a wire was begun by a click, and the next click says where it leads.
    pub fn is_waiting_for_click(&self) -> bool {
        !self.wire_held && self.wire.as_ref().is_some_and(|wire| !wire.by_keys)
    }

    /// Whether pointers are up and no wire waits for them: their moves mean nothing.
    pub fn is_free(&self) -> bool {
        self.down.is_empty() && self.wire.is_none()
    }

    /// A pointer goes down.
    pub fn press(&mut self, pointer: Pointer, button: Button, target: Target, ground: &dyn Ground) -> Vec<Wish> {
        self.down.retain(|(number, _)| *number != pointer.number);
        self.down.push((pointer.number, pointer.at));
        if let [(_, first), (_, second)] = self.down[..] {
            // The second finger: whatever the first one began was meant to be this.
            let wishes = self.give_up_gesture();
            self.drop_held_wire();
            self.doing = Doing::Pinching { first, second };
            return wishes;
        }
        if self.down.len() > 2 {
            return Vec::new();
        }
        if button == Button::Middle || (button == Button::Primary && pointer.modifiers.space) {
            self.doing = Doing::Panning { last: pointer.at };
            return Vec::new();
        }
        if button == Button::Secondary {
            self.doing = Doing::Idle;
            return Vec::new();
        }
        if self.wire.is_some() {
            return self.press_with_wire(pointer, target, ground);
        }
        let mut wishes = Vec::new();
        let mut fresh = false;
        // A node that is pressed is selected at once, so that a drag carries it; one that is selected already keeps
        // the others selected with it, until the pointer goes up without a drag.
        if let Target::Node(id) = &target {
            let mut selected = ground.selected();
            if !selected.contains(id) {
                if !adds(pointer.modifiers) {
                    selected.clear();
                }
                selected.push(id.clone());
                wishes.push(Wish::Select(selected));
                fresh = true;
            }
        }
        self.doing = Doing::Pressed { pointer, target, fresh };
        wishes
    }

    /// With a wire begun by a click or a key, a press on a node joins them, one elsewhere gives the wire up.
    fn press_with_wire(&mut self, pointer: Pointer, target: Target, ground: &dyn Ground) -> Vec<Wish> {
        let Some(mut wire) = self.wire.take() else { return Vec::new() };
        self.doing = Doing::Idle;
        match target.node() {
            Some(node) if *node != wire.end.node => wire.lead_to(node.clone(), ground),
            Some(_) => return Vec::new(),
            None => wire.draw_to(ground.camera().to_stage(pointer.at), ground),
        }
        joined(&wire)
    }

    /// A pointer moves, pressed or not.
    pub fn motion(&mut self, pointer: Pointer, ground: &dyn Ground) -> Vec<Wish> {
        if let Some((_, at)) = self.down.iter_mut().find(|(number, _)| *number == pointer.number) {
            *at = pointer.at;
        } else if self.down.is_empty() {
            if let Some(wire) = &mut self.wire
                && !wire.by_keys
            {
                wire.draw_to(ground.camera().to_stage(pointer.at), ground);
            }
            return Vec::new();
        } else {
            return Vec::new();
        }
        match &mut self.doing {
            Doing::Pressed { pointer: pressed, target, .. } => {
                let tremble = if pointer.touch { TREMBLE_TOUCH } else { TREMBLE };
                if pressed.at.distance(pointer.at) < tremble {
                    return Vec::new();
                }
                let (pressed, target) = (*pressed, target.clone());
                let mut wishes = self.begin_drag(pressed, target, ground);
                wishes.extend(self.drag(pointer, ground));
                wishes
            }
            _ => self.drag(pointer, ground),
        }
    }

    fn begin_drag(&mut self, pressed: Pointer, target: Target, ground: &dyn Ground) -> Vec<Wish> {
        match target {
            Target::Node(id) => {
                // The node itself is carried, also where the selection does not have it.
                let mut carried: Vec<Id> = ground.selected();
                if !carried.contains(&id) {
                    carried = vec![id];
                }
                let places = carried.into_iter().filter_map(|id| Some((id.clone(), ground.rect(&id)?.origin)));
                self.doing = Doing::Moving { grabbed: ground.camera().to_stage(pressed.at), places: places.collect() };
                vec![Wish::BeginGesture]
            }
            Target::Handle(node, side) => {
                self.wire = Some(Wire::new(End { node, side }));
                self.wire_held = true;
                self.doing = Doing::Idle;
                Vec::new()
            }
            Target::Empty | Target::Edge(_) => {
                self.doing = Doing::Panning { last: pressed.at };
                Vec::new()
            }
        }
    }

    fn drag(&mut self, pointer: Pointer, ground: &dyn Ground) -> Vec<Wish> {
        let camera = ground.camera();
        if self.wire_held
            && let Some(wire) = &mut self.wire
        {
            wire.draw_to(camera.to_stage(pointer.at), ground);
            return Vec::new();
        }
        match &mut self.doing {
            Doing::Panning { last } => {
                let moved = camera.panned(pointer.at.x - last.x, pointer.at.y - last.y);
                *last = pointer.at;
                vec![Wish::Look(moved)]
            }
            Doing::Moving { grabbed, places } => {
                let Some((_, first)) = places.first() else { return Vec::new() };
                let here = camera.to_stage(pointer.at);
                let (mut x, mut y) = (here.x - grabbed.x, here.y - grabbed.y);
                if !pointer.modifiers.alt {
                    // One node goes to the grid and the others keep their places beside it.
                    let target = snapped(first.moved(x, y));
                    (x, y) = (target.x - first.x, target.y - first.y);
                }
                vec![Wish::Move(places.iter().map(|(id, place)| (id.clone(), place.moved(x, y))).collect())]
            }
            Doing::Pinching { first, second } => {
                let [(_, one), (_, other), ..] = self.down[..] else { return Vec::new() };
                let looked = pinched(camera, (*first, *second), (one, other));
                (*first, *second) = (one, other);
                vec![Wish::Look(looked)]
            }
            Doing::Nothing | Doing::Pressed { .. } | Doing::Idle => Vec::new(),
        }
    }

    /// A pointer goes up.
    pub fn release(&mut self, pointer: Pointer, ground: &dyn Ground) -> Vec<Wish> {
        self.down.retain(|(number, _)| *number != pointer.number);
        match std::mem::take(&mut self.doing) {
            Doing::Pressed { fresh: true, .. } => Vec::new(),
            Doing::Pressed { pointer: pressed, target, .. } => self.click(pressed, target, ground),
            Doing::Moving { .. } => vec![Wish::EndGesture],
            // The finger that stays pushes the stage about.
            Doing::Pinching { .. } => {
                if let [(_, last)] = self.down[..] {
                    self.doing = Doing::Panning { last };
                }
                Vec::new()
            }
            Doing::Nothing | Doing::Idle | Doing::Panning { .. } => {
                if !self.wire_held {
                    return Vec::new();
                }
                self.wire_held = false;
                self.wire.take().map(|wire| joined(&wire)).unwrap_or_default()
            }
        }
    }

    /// The pointer went up where it had gone down.
    fn click(&mut self, pressed: Pointer, target: Target, ground: &dyn Ground) -> Vec<Wish> {
        let id = match target {
            Target::Empty if ground.selected().is_empty() || adds(pressed.modifiers) => return Vec::new(),
            Target::Empty => return vec![Wish::Select(Vec::new())],
            Target::Handle(node, side) => {
                self.wire = Some(Wire::new(End { node, side }));
                self.wire_held = false;
                return Vec::new();
            }
            Target::Node(id) | Target::Edge(id) => id,
        };
        let mut selected = ground.selected();
        if !adds(pressed.modifiers) {
            return if selected == [id.clone()] { Vec::new() } else { vec![Wish::Select(vec![id])] };
        }
        if selected.contains(&id) {
            selected.retain(|known| *known != id);
        } else {
            selected.push(id);
        }
        vec![Wish::Select(selected)]
    }

    /// The browser took the pointers away: what they began is taken back.
    pub fn lose(&mut self) -> Vec<Wish> {
        self.down.clear();
        self.drop_held_wire();
        let wishes = self.give_up_gesture();
        self.doing = Doing::Nothing;
        wishes
    }

    /// Gives up what is under way; `None` where nothing is.
    pub(super) fn give_up(&mut self) -> Option<Vec<Wish>> {
        if self.wire.take().is_some() {
            self.wire_held = false;
            if !self.down.is_empty() {
                self.doing = Doing::Idle;
            }
            return Some(Vec::new());
        }
        if matches!(self.doing, Doing::Moving { .. }) {
            return Some(self.give_up_gesture());
        }
        None
    }

    fn give_up_gesture(&mut self) -> Vec<Wish> {
        if matches!(std::mem::replace(&mut self.doing, Doing::Idle), Doing::Moving { .. }) {
            vec![Wish::CancelGesture]
        } else {
            Vec::new()
        }
    }

    fn drop_held_wire(&mut self) {
        if std::mem::take(&mut self.wire_held) {
            self.wire = None;
        }
    }

    /// Begins a wire whose target is chosen by keys.
    pub(super) fn begin_wire_by_keys(&mut self, wire: Wire) {
        self.wire = Some(wire);
        self.wire_held = false;
    }

    /// The wire, taken away, and what joining it wishes.
    pub(super) fn join_wire(&mut self) -> Vec<Wish> {
        self.wire_held = false;
        self.wire.take().map(|wire| joined(&wire)).unwrap_or_default()
    }

    pub(super) fn wire_mut(&mut self) -> Option<&mut Wire> {
        self.wire.as_mut()
    }

    /// The wheel turns by some pixels at a place in the view: it zooms, or pushes the stage about.
    pub fn wheel(&self, at: Point, turned: Point, zooms: bool, ground: &dyn Ground) -> Vec<Wish> {
        let camera = ground.camera();
        if !zooms {
            return vec![Wish::Look(camera.panned(-turned.x, -turned.y))];
        }
        // One notch of a wheel is some 100 pixels, and a sixth more or less; pinching sends many small turns.
        let factor = 2f64.powf((-turned.y / 400.0).clamp(-1.0, 1.0));
        vec![Wish::Look(camera.zoomed(factor, at))]
    }
}

/// Whether a click adds to what is selected.
fn adds(modifiers: Modifiers) -> bool {
    modifiers.shift || modifiers.control
}

/// What letting go of a wire wishes: to connect, even where that will be refused, so that the reason is said.
fn joined(wire: &Wire) -> Vec<Wish> {
    let Some(over) = &wire.over else { return Vec::new() };
    let (from, to) = wire.end.joined(&over.node);
    vec![Wish::Connect { from, to }]
}

/// The camera after two fingers went from one pair of places to another: what lay between them still does.
fn pinched(camera: Camera, before: (Point, Point), now: (Point, Point)) -> Camera {
    let middle = |(a, b): (Point, Point)| Point::new((a.x + b.x) / 2.0, (a.y + b.y) / 2.0);
    let (was, is) = (middle(before), middle(now));
    let spread = before.0.distance(before.1);
    let factor = if spread > 1.0 { now.0.distance(now.1) / spread } else { 1.0 };
    camera.panned(is.x - was.x, is.y - was.y).zoomed(factor, is)
}
