//! What a hand sees of a session, and what its wishes mean for it.

use crate::base::{Curve, Point, Rect};
use crate::editor::Camera;
use crate::editor::tool::{Ground, Side, Wish};
use crate::scenario::{Fault, Id, Reason};
use crate::session::{Command, Session};

use super::{arrange, layout};

/// A session as a hand sees it.
pub struct Seen<'a>(pub &'a Session);

impl Ground for Seen<'_> {
    fn camera(&self) -> Camera {
        self.0.camera()
    }

    fn nodes(&self) -> Vec<Id> {
        let nodes = &self.0.scenario().nodes;
        layout::flow_order(self.0.scenario()).into_iter().map(|index| nodes[index].id.clone()).collect()
    }

    fn notes(&self) -> Vec<Id> {
        self.0.scenario().notes.iter().map(|note| note.id.clone()).collect()
    }

    fn selected(&self) -> Vec<Id> {
        self.0.selection().iter().cloned().collect()
    }

    fn rect(&self, node: &Id) -> Option<Rect> {
        let scenario = self.0.scenario();
        scenario.node(node).map(layout::node_rect).or_else(|| scenario.note(node).map(layout::note_rect))
    }

    fn handle(&self, node: &Id, side: Side) -> Option<Point> {
        let node = self.0.scenario().node(node)?;
        match side {
            Side::Out => layout::handle_out(node),
            Side::In => layout::handle_in(node),
        }
    }

    fn neighbours(&self, node: &Id, side: Side) -> Vec<Id> {
        let edges = self.0.scenario().edges.iter();
        edges
            .filter_map(|edge| match side {
                Side::Out => (edge.from == *node).then(|| edge.to.clone()),
                Side::In => (edge.to == *node).then(|| edge.from.clone()),
            })
            .collect()
    }

    fn edges(&self) -> Vec<Id> {
        self.0.scenario().edges.iter().map(|edge| edge.id.clone()).collect()
    }

    fn ends(&self, edge: &Id) -> Option<(Id, Id)> {
        self.0.scenario().edge(edge).map(|edge| (edge.from.clone(), edge.to.clone()))
    }

    fn curve(&self, edge: &Id) -> Option<Curve> {
        layout::edge_curve(self.0.scenario(), self.0.scenario().edge(edge)?)
    }

    fn reconnection(&self, edge: &Id, from: &Id, to: &Id) -> Result<(), Reason> {
        self.0.reconnection(edge, from, to)
    }

    fn connection(&self, from: &Id, to: &Id) -> Result<(), Reason> {
        self.0.connection(from, to)
    }
}

/// The command that fulfils a wish; `None` for those that only concern what is seen: the camera and the focus.
pub fn command(session: &Session, wish: &Wish) -> Option<Command> {
    Some(match wish.clone() {
        Wish::Select(ids) => Command::Select { ids },
        Wish::Move(places) => Command::Move { places },
        Wish::Connect { from, to } => Command::Connect { from, to, latency_ms: None, routing_key: None },
        Wish::Reconnect { edge, from, to } => Command::Reconnect { edge, from, to },
        Wish::Duplicate { ids, by, alike } => Command::Duplicate { ids, by, alike },
        Wish::Arrange => Command::Move { places: arrange::arranged(session.scenario()) },
        Wish::Remove(ids) => Command::Remove { ids },
        Wish::BeginGesture => Command::BeginGesture,
        Wish::EndGesture => Command::EndGesture,
        Wish::CancelGesture => Command::CancelGesture,
        Wish::Undo => Command::Undo,
        Wish::Redo => Command::Redo,
        // A note does not fail.
        Wish::CrashOrRestart(id) if session.scenario().note(&id).is_some() => return None,
        Wish::CrashOrRestart(node) => {
            let up = session.node_report(&node).is_some_and(|report| report.up());
            if up { Command::Fault(Fault::Crash { node }) } else { Command::Fault(Fault::Restart { node }) }
        }
        Wish::Menu { .. }
        | Wish::Pick { .. }
        | Wish::Add { .. }
        | Wish::AddConnected(_)
        | Wish::Rename(_)
        | Wish::Look(_)
        | Wish::ZoomBy(_)
        | Wish::ZoomToOne
        | Wish::Fit
        | Wish::FitSelection
        | Wish::Focus(_)
        | Wish::NothingFits(_) => {
            return None;
        }
    })
}
