//! What pointers do: select, move, pan, pinch, connect.

use super::guide::{self, Guide};
use super::{Button, End, Ground, Modifiers, Pointer, Side, Target, Wire, Wish, snapped};
use crate::base::{Point, Rect};
use crate::editor::Camera;
use crate::scenario::{Id, NodeKind};

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
    /// Nodes are carried about.
    Moving(Carried),
    /// A box is drawn around what is to be selected: its corners on the stage, and what stays selected with it.
    Boxing { from: Point, to: Point, kept: Vec<Id> },
    /// Two fingers: where they were.
    Pinching { first: Point, second: Point },
}

/// Nodes that are carried about.
#[derive(Clone, Debug)]
struct Carried {
    /// Where the pointer took hold, on the stage.
    grabbed: Point,
    /// Where the nodes were; empty until fresh copies, which are selected as they are made, are there.
    places: Vec<(Id, Point)>,
    /// What stands still around them.
    others: Vec<Rect>,
    /// What is in one line with them.
    guides: Vec<Guide>,
}

/// A person's hand on the stage. See the module.
#[derive(Clone, Debug, Default)]
pub struct Hand {
    doing: Doing,
    /// The kind of node that the next press puts down.
    placing: Option<NodeKind>,
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
        matches!(self.doing, Doing::Moving(_))
    }

    /// The box that is being drawn, on the stage.
    pub fn selection_box(&self) -> Option<Rect> {
        match &self.doing {
            Doing::Boxing { from, to, .. } => Some(Rect::between(*from, *to)),
            _ => None,
        }
    }

    /// The lines along which what is carried stands.
    pub fn guides(&self) -> &[Guide] {
        match &self.doing {
            Doing::Moving(carried) => &carried.guides,
            _ => &[],
        }
    }

    /// The kind of node that the next press puts down.
    pub fn placing(&self) -> Option<NodeKind> {
        self.placing
    }

    /// The next press puts down a node of this kind; `None`: it does what it always does.
    pub fn place(&mut self, kind: Option<NodeKind>) {
        self.placing = kind;
        if kind.is_some() {
            self.wire = None;
        }
    }

    /// Whether a wire was begun by a click, and the next click says where it leads.
    pub fn is_waiting_for_click(&self) -> bool {
        !self.wire_held && self.wire.as_ref().is_some_and(|wire| !wire.by_keys)
    }

    /// Where a pointer went down that has not moved since, if that was on no node: whatever is painted there may be meant.
    pub fn pressed_beside(&self) -> Option<Point> {
        match &self.doing {
            Doing::Pressed { pointer, target: Target::Empty | Target::Edge(_), .. } if !adds(pointer.modifiers) => {
                Some(pointer.at)
            }
            _ => None,
        }
    }

    /// Whether pointers are up and no wire waits for them: their moves mean nothing.
    pub fn is_free(&self) -> bool {
        self.down.is_empty() && self.wire.is_none() && self.placing.is_none()
    }

    /// A pointer goes down.
    pub fn press(&mut self, pointer: Pointer, button: Button, target: Target, ground: &dyn Ground) -> Vec<Wish> {
        self.down.retain(|(number, _)| *number != pointer.number);
        self.down.push((pointer.number, pointer.at));
        let target = nearest_handle(pointer, target, ground);
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
        if let Some(kind) = self.placing.take() {
            self.doing = Doing::Idle;
            return vec![Wish::Add { kind, at: ground.camera().to_stage(pointer.at) }];
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
                // Copies are there only when the wish for them has been fulfilled: they follow from the next move on.
                if !wishes.iter().any(|wish| matches!(wish, Wish::Duplicate { .. })) {
                    wishes.extend(self.drag(pointer, ground));
                }
                wishes
            }
            _ => self.drag(pointer, ground),
        }
    }

    fn begin_drag(&mut self, pressed: Pointer, target: Target, ground: &dyn Ground) -> Vec<Wish> {
        let here = ground.camera().to_stage(pressed.at);
        match target {
            Target::Node(id) => {
                // The node itself is carried, also where the selection does not have it.
                let mut carried: Vec<Id> = ground.selected();
                if !carried.contains(&id) {
                    carried = vec![id];
                }
                if pressed.modifiers.alt {
                    // What is carried off is a second copy of it.
                    self.doing = Doing::Moving(Carried::copies(here));
                    let ids = carried.into_iter().filter(|id| ground.rect(id).is_some()).collect();
                    return vec![Wish::BeginGesture, Wish::Duplicate { ids, by: Point::default(), alike: false }];
                }
                self.doing = Doing::Moving(Carried::of(&carried, here, ground));
                vec![Wish::BeginGesture]
            }
            Target::Handle(node, side) => {
                self.wire = Some(Wire::new(End { node, side }));
                self.wire_held = true;
                self.doing = Doing::Idle;
                Vec::new()
            }
            Target::EdgeEnd(edge, side) => {
                self.wire = Wire::moving(&edge, side, ground);
                self.wire_held = self.wire.is_some();
                self.doing = Doing::Idle;
                Vec::new()
            }
            // A finger pushes the stage about; a mouse has its wheel and the space bar for that.
            Target::Empty | Target::Edge(_) if pressed.touch => {
                self.doing = Doing::Panning { last: pressed.at };
                Vec::new()
            }
            Target::Empty | Target::Edge(_) => {
                let kept = if adds(pressed.modifiers) { ground.selected() } else { Vec::new() };
                self.doing = Doing::Boxing { from: here, to: here, kept };
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
            Doing::Moving(carried) => {
                let (Modifiers { control: free, .. }, here) = (pointer.modifiers, camera.to_stage(pointer.at));
                if carried.places.is_empty() {
                    *carried = Carried::of(&ground.selected(), carried.grabbed, ground);
                }
                vec![Wish::Move(carried.to(here, free, ground))]
            }
            Doing::Boxing { from, to, kept } => {
                *to = camera.to_stage(pointer.at);
                let mut selected = kept.clone();
                selected.extend(inside(Rect::between(*from, *to), ground).into_iter().filter(|id| !kept.contains(id)));
                let mut before = ground.selected();
                before.sort_unstable();
                selected.sort_unstable();
                if before == selected { Vec::new() } else { vec![Wish::Select(selected)] }
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
            Doing::Moving(_) => vec![Wish::EndGesture],
            // The finger that stays pushes the stage about.
            Doing::Pinching { .. } => {
                if let [(_, last)] = self.down[..] {
                    self.doing = Doing::Panning { last };
                }
                Vec::new()
            }
            Doing::Nothing | Doing::Idle | Doing::Panning { .. } | Doing::Boxing { .. } => {
                if !self.wire_held {
                    return Vec::new();
                }
                self.wire_held = false;
                self.wire.take().map(|wire| let_go(&wire, ground)).unwrap_or_default()
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
            // The other end of the edge is fixed, and the next click says where this one leads.
            Target::EdgeEnd(edge, side) if !adds(pressed.modifiers) => {
                self.wire = Wire::moving(&edge, side, ground);
                self.wire_held = false;
                return Vec::new();
            }
            Target::Node(id) | Target::Edge(id) | Target::EdgeEnd(id, _) => id,
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
        if self.placing.take().is_some() {
            return Some(Vec::new());
        }
        if matches!(self.doing, Doing::Moving(_) | Doing::Boxing { .. }) {
            return Some(self.give_up_gesture());
        }
        None
    }

    fn give_up_gesture(&mut self) -> Vec<Wish> {
        match std::mem::replace(&mut self.doing, Doing::Idle) {
            Doing::Moving(_) => vec![Wish::CancelGesture],
            Doing::Boxing { kept, .. } => vec![Wish::Select(kept)],
            _ => Vec::new(),
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

/// Where nodes stand close together their handles lie over each other, and whichever is drawn last would win each press: the
/// nearest is meant, and of two that are equally near the one at which connections begin.
fn nearest_handle(pointer: Pointer, target: Target, ground: &dyn Ground) -> Target {
    let Target::Handle(pressed, side) = &target else { return target };
    let at = ground.camera().to_stage(pointer.at);
    let distance = |id: &Id, side: Side| ground.handle(id, side).map(|handle| handle.distance(at));
    let Some(known) = distance(pressed, *side) else { return target };
    let others = ground.nodes().into_iter().flat_map(|id| [(id.clone(), Side::Out), (id, Side::In)]);
    let nearer = others.filter_map(|(id, side)| {
        let distance = distance(&id, side)?;
        (distance < known || distance == known && side == Side::Out).then_some((distance, id, side))
    });
    match nearer.min_by(|(one, ..), (other, ..)| one.total_cmp(other)) {
        Some((_, id, side)) => Target::Handle(id, side),
        None => target,
    }
}

/// Whether a click adds to what is selected.
fn adds(modifiers: Modifiers) -> bool {
    modifiers.shift || modifiers.control
}

/// What joining a wire wishes: to connect, even where that will be refused, so that the reason is said.
fn joined(wire: &Wire) -> Vec<Wish> {
    let Some(over) = &wire.over else { return Vec::new() };
    let (from, to) = wire.end.joined(&over.node);
    let Some(edge) = &wire.moves else { return vec![Wish::Connect { from, to }] };
    let (from, to) = match wire.end.side {
        Side::Out => (None, Some(to)),
        Side::In => (Some(from), None),
    };
    vec![Wish::Reconnect { edge: edge.clone(), from, to }]
}

/// What letting go of a wire that was dragged wishes. On the empty stage a new one asks for a node there, and an edge whose
/// end was dragged away goes.
fn let_go(wire: &Wire, ground: &dyn Ground) -> Vec<Wish> {
    match (&wire.over, &wire.moves, wire.loose) {
        (Some(_), ..) => joined(wire),
        // Back on its own node it is given up.
        (None, _, Some(at)) if ground.rect(&wire.end.node).is_some_and(|rect| rect.contains(at)) => Vec::new(),
        (None, Some(edge), Some(_)) => vec![Wish::Remove(vec![edge.clone()])],
        (None, None, at @ Some(_)) => vec![Wish::Pick { at, end: Some(wire.end.clone()) }],
        (None, _, None) => Vec::new(),
    }
}

/// What a box selects: the nodes and notes that it touches; where it touches none, the edges that run through it.
fn inside(area: Rect, ground: &dyn Ground) -> Vec<Id> {
    let touched = |id: &Id| ground.rect(id).is_some_and(|rect| rect.meets(&area));
    let nodes: Vec<Id> = [ground.nodes(), ground.notes()].concat().into_iter().filter(touched).collect();
    if !nodes.is_empty() {
        return nodes;
    }
    /// Between two of these places no edge leaves a box that a person would draw around it.
    const PLACES: u32 = 32;
    let runs_through = |id: &Id| {
        ground.curve(id).is_some_and(|curve| {
            (0..=PLACES).any(|place| area.contains(curve.at(f64::from(place) / f64::from(PLACES))))
        })
    };
    ground.edges().into_iter().filter(runs_through).collect()
}

impl Carried {
    /// Nodes that are there.
    fn of(ids: &[Id], grabbed: Point, ground: &dyn Ground) -> Carried {
        let places = ids.iter().filter_map(|id| Some((id.clone(), ground.rect(id)?.origin))).collect();
        let others = ground.nodes().into_iter().filter(|id| !ids.contains(id));
        Carried { grabbed, places, others: others.filter_map(|id| ground.rect(&id)).collect(), guides: Vec::new() }
    }

    /// Copies that are about to be made.
    fn copies(grabbed: Point) -> Carried {
        Carried { grabbed, places: Vec::new(), others: Vec::new(), guides: Vec::new() }
    }

    /// The places of all of them when the pointer is here: drawn to the lines of what stands around them, or else to the
    /// grid; `free`: to neither.
    fn to(&mut self, here: Point, free: bool, ground: &dyn Ground) -> Vec<(Id, Point)> {
        let (mut x, mut y) = (here.x - self.grabbed.x, here.y - self.grabbed.y);
        let rects = self.places.iter().filter_map(|(id, place)| {
            let rect = ground.rect(id)?;
            Some(Rect::new(*place, rect.width, rect.height))
        });
        let whole = rects.reduce(|all, rect| all.union(&rect));
        self.guides.clear();
        if let (Some(whole), Some((_, first)), false) = (whole, self.places.first(), free) {
            // One node goes to the grid and the others keep their places beside it.
            let on_grid = snapped(first.moved(x, y));
            let moved = Rect::new(whole.origin.moved(x, y), whole.width, whole.height);
            let (by_x, by_y) = guide::drawn(moved, &self.others, ground.camera().zoom);
            x = by_x.map_or(on_grid.x - first.x, |by| x + by);
            y = by_y.map_or(on_grid.y - first.y, |by| y + by);
            let stands = Rect::new(whole.origin.moved(x, y), whole.width, whole.height);
            self.guides = guide::shown(stands, &self.others);
        }
        self.places.iter().map(|(id, place)| (id.clone(), place.moved(x, y))).collect()
    }
}

/// The camera after two fingers went from one pair of places to another: what lay between them still does.
fn pinched(camera: Camera, before: (Point, Point), now: (Point, Point)) -> Camera {
    let middle = |(a, b): (Point, Point)| Point::new((a.x + b.x) / 2.0, (a.y + b.y) / 2.0);
    let (was, is) = (middle(before), middle(now));
    let spread = before.0.distance(before.1);
    let factor = if spread > 1.0 { now.0.distance(now.1) / spread } else { 1.0 };
    camera.panned(is.x - was.x, is.y - was.y).zoomed(factor, is)
}
