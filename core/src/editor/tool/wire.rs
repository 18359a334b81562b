//! A wire that is being drawn from one node to another.

use super::{Ground, MAGNET, Side};
use crate::base::{Curve, Point};
use crate::scenario::{Id, Reason};

/// The end of a wire that is fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The node.
    pub node: Id,
    /// The side from which the wire leaves it.
    pub side: Side,
}

impl End {
    /// The edge that would join this end and another node: where it begins and where it ends.
    pub fn joined(&self, other: &Id) -> (Id, Id) {
        match self.side {
            Side::Out => (self.node.clone(), other.clone()),
            Side::In => (other.clone(), self.node.clone()),
        }
    }

    /// Whether this end and another node may be joined.
    ///
    /// # Errors
    /// Why not.
    pub fn fits(&self, other: &Id, ground: &dyn Ground) -> Result<(), Reason> {
        let (from, to) = self.joined(other);
        ground.connection(&from, &to)
    }
}

/// The node to which a wire leads at this moment.
#[derive(Clone, Debug)]
pub struct Over {
    /// The node.
    pub node: Id,
    /// Why it cannot be joined; `None`: it can.
    pub refused: Option<Reason>,
}

/// A wire that is being drawn.
#[derive(Clone, Debug)]
pub struct Wire {
    /// The fixed end.
    pub end: End,
    /// Where the loose end is, in stage units; `None`: still at its handle.
    pub loose: Option<Point>,
    /// The node to which it leads.
    pub over: Option<Over>,
    /// Whether keys choose the target.
    pub by_keys: bool,
    /// The edge whose other end this is: it is taken away from where it was. `None`: a new edge.
    pub moves: Option<Id>,
}

impl Wire {
    /// A wire that begins at a node, and leads nowhere yet.
    pub fn new(end: End) -> Wire {
        Wire { end, loose: None, over: None, by_keys: false, moves: None }
    }

    /// A wire that is one end of an edge, taken away; `None` where there is no such edge.
    pub fn moving(edge: &Id, side: Side, ground: &dyn Ground) -> Option<Wire> {
        let (from, to) = ground.ends(edge)?;
        let end = match side {
            Side::Out => End { node: to, side: Side::In },
            Side::In => End { node: from, side: Side::Out },
        };
        Some(Wire { moves: Some(edge.clone()), ..Wire::new(end) })
    }

    /// Whether it may lead to a node.
    ///
    /// # Errors
    /// Why not.
    fn fits(&self, other: &Id, ground: &dyn Ground) -> Result<(), Reason> {
        match &self.moves {
            None => self.end.fits(other, ground),
            Some(edge) => {
                let (from, to) = self.end.joined(other);
                ground.reconnection(edge, &from, &to)
            }
        }
    }

    /// All nodes to which it may lead.
    pub fn fitting(&self, ground: &dyn Ground) -> Vec<Id> {
        ground.nodes().into_iter().filter(|id| self.fits(id, ground).is_ok()).collect()
    }

    /// The loose end is drawn to a place on the stage; a node nearby attracts it, one that fits before one that
    /// does not.
    pub fn draw_to(&mut self, place: Point, ground: &dyn Ground) {
        let reach = MAGNET / ground.camera().zoom;
        let mut best: Option<(bool, f64, Over)> = None;
        for node in ground.nodes() {
            let Some(rect) = ground.rect(&node) else { continue };
            let beside = |at: f64, from: f64, length: f64| (from - at).max(at - from - length).max(0.0);
            let distance = Point::default().distance(Point::new(
                beside(place.x, rect.origin.x, rect.width),
                beside(place.y, rect.origin.y, rect.height),
            ));
            // On its own node a wire leads nowhere: letting go there gives it up.
            if distance > reach || node == self.end.node {
                continue;
            }
            let refused = self.fits(&node, ground).err();
            let fits = refused.is_none();
            // Among nodes that lie over each other the one on top is meant: it comes last.
            let better = best.as_ref().is_none_or(|(best_fits, best_distance, _)| {
                (fits && !best_fits) || (fits == *best_fits && distance <= *best_distance)
            });
            // A node that fits only attracts from afar where the pointer is not inside of another one.
            if better {
                best = Some((fits, distance, Over { node, refused }));
            }
        }
        self.over = best.map(|(_, _, over)| over);
        self.loose = Some(place);
    }

    /// The wire is led to a node, wherever the pointer is.
    pub fn lead_to(&mut self, node: Id, ground: &dyn Ground) {
        let refused = self.fits(&node, ground).err();
        self.over = Some(Over { node, refused });
    }

    /// The curve of the wire; `None` where its node is gone.
    pub fn curve(&self, ground: &dyn Ground) -> Option<Curve> {
        let fixed = ground.handle(&self.end.node, self.end.side)?;
        let other_side = match self.end.side {
            Side::Out => Side::In,
            Side::In => Side::Out,
        };
        // It snaps to the handle of a node that fits.
        let attracted = self.over.as_ref().filter(|over| over.refused.is_none());
        let loose = attracted.and_then(|over| ground.handle(&over.node, other_side)).or(self.loose).unwrap_or(fixed);
        Some(match self.end.side {
            Side::Out => Curve::between(fixed, loose),
            Side::In => Curve::between(loose, fixed),
        })
    }
}
