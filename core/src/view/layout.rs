//! Where things stand on the stage: the instruments of nodes, their handles, and the curves of edges.

use std::collections::{BTreeMap, BTreeSet};

use super::glyph::text::width as text_width;
use crate::base::{Curve, Language, Point, Rect};
use crate::scenario::{Edge, EdgeKind, Id, Node, NodeKind, NodeSettings, Note, NoteSize, Scenario};

/// The height of every instrument, in stage units: what stands in one row has its handles in one row too.
pub const NODE_HEIGHT: f64 = 128.0;

/// The size of a kind's instrument, in stage units.
pub fn node_size(kind: NodeKind) -> (f64, f64) {
    let width = match kind {
        NodeKind::Producer => 192.0,
        NodeKind::Exchange => 192.0,
        NodeKind::Queue => 232.0,
        NodeKind::Consumer => 208.0,
        NodeKind::Client => 208.0,
        NodeKind::Service => 232.0,
        NodeKind::Database => 208.0,
    };
    (width, NODE_HEIGHT)
}

/// Where a node's instrument stands.
pub fn node_rect(node: &Node) -> Rect {
    let (width, height) = node_size(node.kind());
    Rect::new(node.at, width, height)
}

/// How wide a note is.
pub fn note_width(size: NoteSize) -> f64 {
    match size {
        NoteSize::Small => 168.0,
        NoteSize::Medium => 216.0,
        NoteSize::Large => 336.0,
    }
}

/// How high the letters of a note are, and how far apart its lines.
pub fn note_letters(size: NoteSize) -> (f64, f64) {
    match size {
        NoteSize::Small => (11.5, 16.0),
        NoteSize::Medium => (14.0, 20.0),
        NoteSize::Large => (22.0, 30.0),
    }
}

/// Where a note stands, with room for its text in the language in which it is longest.
pub fn note_rect(note: &Note) -> Rect {
    const PADDING: f64 = 12.0;
    let (letters, line) = note_letters(note.size);
    let width = note_width(note.size);
    let room = width - 2.0 * PADDING;
    let lines_of = |text: &str| text.split('\n').map(|line| (text_width(line, letters) / room).ceil().max(1.0)).sum();
    let lines: f64 = Language::ALL.into_iter().map(|language| lines_of(note.text.get(language))).fold(1.0, f64::max);
    Rect::new(note.at, width, lines * line + 2.0 * PADDING)
}

/// The handle where edges arrive: the middle of the left side. What nothing flows into has none.
pub fn handle_in(node: &Node) -> Option<Point> {
    let rect = node_rect(node);
    (!matches!(node.kind(), NodeKind::Producer | NodeKind::Client)).then(|| rect.origin.moved(0.0, rect.height / 2.0))
}

/// The handle where edges begin: the middle of the right side. A database has none.
pub fn handle_out(node: &Node) -> Option<Point> {
    let rect = node_rect(node);
    (node.kind() != NodeKind::Database).then(|| rect.origin.moved(rect.width, rect.height / 2.0))
}

/// The curve of an edge; `None` where one of its ends is missing.
pub fn edge_curve(scenario: &Scenario, edge: &Edge) -> Option<Curve> {
    let from = handle_out(scenario.node(&edge.from)?)?;
    let to = handle_in(scenario.node(&edge.to)?)?;
    let mut curve = Curve::between(from, to);
    if edge.kind == EdgeKind::Bind {
        // Several bindings between the same two nodes lie apart, like the strings of a bow.
        let same = |other: &&Edge| other.kind == EdgeKind::Bind && other.from == edge.from && other.to == edge.to;
        let (mut count, mut place) = (0u32, 0u32);
        for other in scenario.edges.iter().filter(same) {
            if other.id == edge.id {
                place = count;
            }
            count += 1;
        }
        let aside = (f64::from(place) - (f64::from(count) - 1.0) / 2.0) * BETWEEN_BINDINGS;
        curve.points[1].y += aside;
        curve.points[2].y += aside;
    }
    Some(curve)
}

/// How far apart the control points of two bindings between the same nodes are: their middles are three quarters of it
/// apart, and a label is less high.
const BETWEEN_BINDINGS: f64 = 36.0;

/// Why a line is drawn that is no edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// A queue's dead letters go there.
    DeadLetters,
    /// What no binding of an exchange takes goes there.
    Alternate,
}

/// A line that a node's settings draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Whose setting it is.
    pub from: Id,
    /// The node that it names.
    pub to: Id,
    /// What it means.
    pub kind: LinkKind,
    /// The line.
    pub curve: Curve,
    /// Whether it arrives at the top of its node, and otherwise at the bottom.
    pub downwards: bool,
}

/// The way of a message that is dropped: out of the bottom of its node.
pub fn fall(node: &Node, depth: f64) -> Curve {
    let rect = node_rect(node);
    let begin = rect.origin.moved(rect.width / 2.0, rect.height);
    Curve { points: [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0].map(|part| begin.moved(0.0, depth * part)) }
}

/// The lines that settings draw: from queues to where their dead letters go, and from exchanges to their alternates.
/// What a setting names may not exist; then there is no line.
pub fn links(scenario: &Scenario) -> Vec<Link> {
    let mut links = Vec::new();
    for node in &scenario.nodes {
        let (kind, target) = match &node.settings {
            NodeSettings::Queue(queue) => match (&queue.dead_letter_exchange, &queue.dead_letter_routing_key) {
                // The default exchange gives to the queue whose name is the key.
                (Some(exchange), Some(key)) if exchange.is_empty() => (LinkKind::DeadLetters, (NodeKind::Queue, key)),
                (Some(exchange), _) => (LinkKind::DeadLetters, (NodeKind::Exchange, exchange)),
                (None, _) => continue,
            },
            NodeSettings::Exchange(exchange) => match &exchange.alternate_exchange {
                Some(alternate) => (LinkKind::Alternate, (NodeKind::Exchange, alternate)),
                None => continue,
            },
            _ => continue,
        };
        let found = scenario.nodes.iter().find(|other| other.kind() == target.0 && other.id.0 == *target.1);
        if let Some(to) = found.filter(|to| to.id != node.id) {
            let (curve, downwards) = link_curve(&node_rect(node), &node_rect(to));
            links.push(Link { from: node.id.clone(), to: to.id.clone(), kind, curve, downwards });
        }
    }
    links
}

/// A curve from the bottom of one instrument to the top of another, where that lies below; otherwise round below both.
fn link_curve(from: &Rect, to: &Rect) -> (Curve, bool) {
    let begin = from.origin.moved(from.width / 2.0, from.height);
    let downwards = to.origin.y >= begin.y + 24.0;
    let end = to.origin.moved(to.width / 2.0, if downwards { 0.0 } else { to.height });
    let (first, second) = if downwards {
        let reach = ((end.y - begin.y) / 2.0).max(24.0);
        (begin.moved(0.0, reach), end.moved(0.0, -reach))
    } else {
        let lowest = begin.y.max(end.y) + 72.0;
        (Point::new(begin.x, lowest), Point::new(end.x, lowest))
    };
    (Curve { points: [begin, first, second, end] }, downwards)
}

/// The rectangle that holds all nodes and notes; `None` for an empty stage.
pub fn content(scenario: &Scenario) -> Option<Rect> {
    let notes = scenario.notes.iter().map(note_rect);
    scenario.nodes.iter().map(node_rect).chain(notes).reduce(|all, rect| all.union(&rect))
}

/// The indices of all nodes in the order in which messages flow: no node before those from which it gets messages,
/// as far as there are no circles; otherwise as in the document.
pub fn flow_order(scenario: &Scenario) -> Vec<usize> {
    let indices: BTreeMap<&Id, usize> =
        scenario.nodes.iter().enumerate().map(|(index, node)| (&node.id, index)).collect();
    let mut waiting_for = vec![0usize; scenario.nodes.len()];
    let mut feeds = vec![Vec::new(); scenario.nodes.len()];
    for edge in &scenario.edges {
        if let (Some(&from), Some(&to)) = (indices.get(&edge.from), indices.get(&edge.to)) {
            feeds[from].push(to);
            waiting_for[to] += 1;
        }
    }
    let mut left: BTreeSet<usize> = (0..scenario.nodes.len()).collect();
    let mut free: BTreeSet<usize> = left.iter().copied().filter(|&index| waiting_for[index] == 0).collect();
    let mut order = Vec::with_capacity(left.len());
    // In a circle nobody is first: the document decides where it is entered.
    while let Some(next) = free.pop_first().or_else(|| left.first().copied()) {
        left.remove(&next);
        order.push(next);
        for &to in &feeds[next] {
            waiting_for[to] = waiting_for[to].saturating_sub(1);
            if waiting_for[to] == 0 && left.contains(&to) {
                free.insert(to);
            }
        }
        free.remove(&next);
    }
    order
}

/// A place for a new node's instrument: at `wanted` or as near as possible, where no other instrument is in the way.
pub fn free_place(scenario: &Scenario, kind: NodeKind, wanted: Point) -> Point {
    /// How much is left free between instruments.
    const GAP: f64 = 24.0;
    /// The distance between two places that are tried.
    const STEP: f64 = 40.0;
    let (width, height) = node_size(kind);
    let is_free = |place: Point| {
        let rect = Rect::new(place, width, height).grown(GAP);
        !scenario.nodes.iter().map(node_rect).any(|other| rect.meets(&other))
    };
    // Squares around the wanted place, each larger than the one before.
    for ring in 0..64i32 {
        let nearest = (-ring..=ring)
            .flat_map(|x| (-ring..=ring).map(move |y| (x, y)))
            .filter(|(x, y)| x.abs().max(y.abs()) == ring)
            .map(|(x, y)| wanted.moved(f64::from(x) * STEP, f64::from(y) * STEP))
            .filter(|place| is_free(*place))
            .min_by(|a, b| a.distance(wanted).total_cmp(&b.distance(wanted)));
        if let Some(place) = nearest {
            return place;
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::EdgeKind;

    fn scenario(nodes: &[(&str, NodeKind)], edges: &[(&str, &str)]) -> Scenario {
        let node = |(index, (id, kind)): (usize, &(&str, NodeKind))| Node {
            id: Id::from(*id),
            label: None,
            color: None,
            at: Point::new(300.0 * index as f64, 0.0),
            settings: kind.default_settings(),
        };
        let edge = |(index, (from, to)): (usize, &(&str, &str))| {
            Edge::new(Id(format!("e{index}")), EdgeKind::Publish, Id::from(*from), Id::from(*to))
        };
        Scenario {
            nodes: nodes.iter().enumerate().map(node).collect(),
            edges: edges.iter().enumerate().map(edge).collect(),
            ..Scenario::default()
        }
    }

    #[test]
    fn nodes_are_ordered_as_messages_flow() {
        let kinds = [("c", NodeKind::Consumer), ("q", NodeKind::Queue), ("p", NodeKind::Producer)];
        let drawn_backwards = scenario(&kinds, &[("p", "q"), ("q", "c")]);
        assert_eq!(flow_order(&drawn_backwards), [2, 1, 0]);
        let circle = scenario(&kinds, &[("q", "c"), ("c", "q"), ("p", "q")]);
        let mut order = flow_order(&circle);
        assert_eq!(order[0], 2);
        order.sort_unstable();
        assert_eq!(order, [0, 1, 2]);
    }

    #[test]
    fn a_new_node_lies_on_no_other() {
        let scenario = scenario(&[("p", NodeKind::Producer), ("q", NodeKind::Queue)], &[]);
        let wanted = scenario.nodes[1].at;
        let place = free_place(&scenario, NodeKind::Queue, wanted);
        let (width, height) = node_size(NodeKind::Queue);
        let rect = Rect::new(place, width, height);
        for node in &scenario.nodes {
            assert!(!rect.meets(&node_rect(node)));
        }
    }
}
