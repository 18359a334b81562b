//! What pointers and keys mean on the stage, as one small state machine without a browser.
//!
//! A [`Hand`] is told what pointers and keys do, looks at the stage through [`Ground`], and answers with [`Wish`]es:
//! what is to be done now. Whoever holds it turns wishes into commands.

mod guide;
mod hand;
mod keys;
mod ways;
mod wire;

use crate::base::{Curve, Point, Rect};
use crate::editor::Camera;
use crate::scenario::{Id, NodeKind, Reason};

pub use guide::Guide;
pub use hand::Hand;
pub use keys::Key;
pub use wire::{End, Over, Wire};

/// Nodes are put on multiples of this, in stage units.
pub const GRID: f64 = 8.0;

/// How near to a node a wire is drawn to it, in CSS pixels.
pub const MAGNET: f64 = 20.0;

/// A side of a node: where edges begin, or where they arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Where edges begin.
    Out,
    /// Where edges arrive.
    In,
}

/// What a pointer is pressed on, or what has the keyboard's focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The stage itself.
    Empty,
    /// A node.
    Node(Id),
    /// A handle of a node.
    Handle(Id, Side),
    /// An edge.
    Edge(Id),
    /// An end of an edge: where it begins (`Out`), or where it arrives (`In`).
    EdgeEnd(Id, Side),
}

impl Target {
    /// The node that this is or belongs to.
    pub fn node(&self) -> Option<&Id> {
        match self {
            Target::Node(id) | Target::Handle(id, _) => Some(id),
            Target::Empty | Target::Edge(_) | Target::EdgeEnd(..) => None,
        }
    }

    /// The node or edge that this is or belongs to.
    pub fn id(&self) -> Option<&Id> {
        match self {
            Target::Edge(id) | Target::EdgeEnd(id, _) => Some(id),
            _ => self.node(),
        }
    }
}

/// Which button is pressed; touching and the tip of a pen are the primary one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// The left one, as most people have it.
    Primary,
    /// The wheel.
    Middle,
    /// The right one, and any other.
    Secondary,
}

/// Keys that are held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Shift.
    pub shift: bool,
    /// Control, or Command on a Mac.
    pub control: bool,
    /// Alt, or Option on a Mac.
    pub alt: bool,
    /// The space bar.
    pub space: bool,
}

/// Where a pointer is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointer {
    /// The pointer's number: each finger has its own.
    pub number: i32,
    /// The place in the view, in CSS pixels.
    pub at: Point,
    /// Whether it is a finger.
    pub touch: bool,
    /// Keys that are held meanwhile.
    pub modifiers: Modifiers,
}

/// Something to be done now.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Selects these, and nothing else.
    Select(Vec<Id>),
    /// Puts nodes somewhere.
    Move(Vec<(Id, Point)>),
    /// Connects two nodes; may be refused.
    Connect {
        /// Where the edge begins.
        from: Id,
        /// Where it ends.
        to: Id,
    },
    /// Gives an edge another beginning or another end; may be refused.
    Reconnect {
        /// The edge.
        edge: Id,
        /// Where it begins from now on, if that is what changes.
        from: Option<Id>,
        /// Where it ends from now on, if that is what changes.
        to: Option<Id>,
    },
    /// Asks which kind of node is to stand at a place on the stage; with an end, one that fits there, to be connected.
    Pick {
        /// The place; `None`: where the pointer is.
        at: Option<Point>,
        /// The end of the wire that was let go there.
        end: Option<End>,
    },
    /// Puts a node with its middle at a place on the stage.
    Add {
        /// Its kind.
        kind: NodeKind,
        /// The place.
        at: Point,
    },
    /// Adds a node that fits at one side of another, and connects them.
    AddConnected(End),
    /// Adds second copies of nodes.
    Duplicate {
        /// The nodes.
        ids: Vec<Id>,
        /// How far from the first.
        by: Point,
        /// With the connections that others have to them.
        alike: bool,
    },
    /// Edits the label of a node in place.
    Rename(Id),
    /// Lays all nodes out anew.
    Arrange,
    /// Removes nodes and edges.
    Remove(Vec<Id>),
    /// What follows is one step back.
    BeginGesture,
    /// Until here.
    EndGesture,
    /// It is taken back.
    CancelGesture,
    /// Takes the last step back.
    Undo,
    /// Makes it again.
    Redo,
    /// Crashes a node that is up, restarts one that is down.
    CrashOrRestart(Id),
    /// Opens the menu of a node, of an edge, or of the stage; at what can go wrong, if that is asked for.
    Menu {
        /// The node or edge; `None`: the stage.
        id: Option<Id>,
        /// Whether faults are asked for.
        faults: bool,
    },
    /// Looks at the stage from here.
    Look(Camera),
    /// Zooms by a factor around the middle of the view.
    ZoomBy(f64),
    /// Zooms to 100 % around the middle of the view.
    ZoomToOne,
    /// Shows everything.
    Fit,
    /// Shows what is selected.
    FitSelection,
    /// Gives a node the keyboard's focus.
    Focus(Id),
    /// Tells the person that nothing can be connected with this node.
    NothingFits(Id),
}

/// What a hand sees of the stage.
pub trait Ground {
    /// Where the stage is looked at from.
    fn camera(&self) -> Camera;
    /// All nodes, in the order in which they are drawn: the last one lies on top.
    fn nodes(&self) -> Vec<Id>;
    /// All notes.
    fn notes(&self) -> Vec<Id>;
    /// What is selected.
    fn selected(&self) -> Vec<Id>;
    /// Where a node's instrument stands.
    fn rect(&self, node: &Id) -> Option<Rect>;
    /// Where a handle is, if the node has one on this side.
    fn handle(&self, node: &Id, side: Side) -> Option<Point>;
    /// The nodes at the other ends of a node's edges on one side.
    fn neighbours(&self, node: &Id, side: Side) -> Vec<Id>;
    /// All edges.
    fn edges(&self) -> Vec<Id>;
    /// The nodes at which an edge begins and ends.
    fn ends(&self, edge: &Id) -> Option<(Id, Id)>;
    /// The curve of an edge.
    fn curve(&self, edge: &Id) -> Option<Curve>;
    /// Whether an edge may have these ends.
    ///
    /// # Errors
    /// Why not.
    fn reconnection(&self, edge: &Id, from: &Id, to: &Id) -> Result<(), Reason>;
    /// Whether two nodes may be connected.
    ///
    /// # Errors
    /// Why not.
    fn connection(&self, from: &Id, to: &Id) -> Result<(), Reason>;
}

/// A place on the grid.
pub fn snapped(place: Point) -> Point {
    Point::new((place.x / GRID).round() * GRID, (place.y / GRID).round() * GRID)
}
