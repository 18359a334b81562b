//! Where Alt and an arrow key lead: along the edges, and between what hangs on the same node.

use super::{Ground, Side, Target};
use crate::scenario::Id;

/// The node to which an arrow leads from what has the focus: right and left along an edge, up and down among the nodes
/// that get their messages from the same one, or else give theirs to the same one.
pub(super) fn follow(focus: &Target, (x, y): (f64, f64), ground: &dyn Ground) -> Option<Id> {
    if let Target::Edge(edge) = focus {
        let (from, to) = ground.ends(edge)?;
        return Some(if x + y > 0.0 { to } else { from });
    }
    let node = focus.node()?;
    if x != 0.0 {
        let side = if x > 0.0 { Side::Out } else { Side::In };
        return ground.neighbours(node, side).into_iter().next();
    }
    let beside = |side: Side, back: Side| {
        let mut all: Vec<Id> = Vec::new();
        for other in ground.neighbours(node, side).iter().flat_map(|other| ground.neighbours(other, back)) {
            if !all.contains(&other) {
                all.push(other);
            }
        }
        let here = all.iter().position(|other| other == node)?;
        all.get(here.checked_add_signed(if y > 0.0 { 1 } else { -1 })?).cloned()
    };
    beside(Side::In, Side::Out).or_else(|| beside(Side::Out, Side::In))
}
