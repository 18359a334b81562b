//! What is written on bindings and beside other lines, and where, so that it can be read.

use std::collections::BTreeMap;

use super::glyph::{label, text};
use super::{header, layout};
use crate::base::{Curve, Point, Rect};
use crate::scenario::{Edge, EdgeKind, ExchangeKind, Id, NodeSettings, Scenario};
use crate::session::Session;
use crate::words::Words;

/// The height of a label.
pub const HEIGHT: f64 = 20.0;
/// The size of its letters.
pub const LETTERS: f64 = 12.0;
/// The widest text that is written; longer ones are shortened.
const WIDEST: f64 = 168.0;
/// However short a line is, this much is written on it.
const NARROWEST: f64 = 48.0;
/// What is left free at both ends of the text.
const MARGIN: f64 = 7.0;
/// The places on a curve that are tried, the best one first.
const PLACES: [f64; 9] = [0.5, 0.43, 0.57, 0.36, 0.64, 0.29, 0.71, 0.22, 0.78];
/// With more labels than this nobody reads them all: they stand in the middle of their curves, wherever that is.
const MOST_FITTED: usize = 300;

/// A text on a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The text, as long as there is room for.
    pub text: String,
    /// The area that it takes.
    pub rect: Rect,
}

/// A line that is drawn because a setting says so, with its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The line.
    pub link: layout::Link,
    /// What it is.
    pub label: Label,
}

/// All that is written on lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels {
    /// On bindings, by edge.
    pub bindings: BTreeMap<Id, Label>,
    /// The lines that settings draw.
    pub links: Vec<Link>,
}

/// What a binding asks for, in short; empty where it asks for nothing.
pub fn binding(scenario: &Scenario, edge: &Edge, words: &Words) -> String {
    let Some(NodeSettings::Exchange(exchange)) = scenario.node(&edge.from).map(|node| &node.settings) else {
        return String::new();
    };
    let words = words.routing;
    match exchange.kind {
        ExchangeKind::Fanout => String::new(),
        ExchangeKind::Direct | ExchangeKind::Topic if edge.routing_key.is_empty() => words.empty_word.to_owned(),
        ExchangeKind::Direct | ExchangeKind::Topic => edge.routing_key.clone(),
        ExchangeKind::Headers => {
            let asked = header::table(&edge.headers);
            let asked = if asked.is_empty() { "–" } else { &asked };
            format!("{} {asked}", (words.headers_match)(edge.x_match))
        }
    }
}

/// Where everything is written that belongs on lines.
pub fn all(session: &Session, words: &Words) -> Labels {
    let scenario = session.scenario();
    let binds = scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Bind);
    let texts = binds.filter_map(|edge| {
        let text = binding(scenario, edge, words);
        if text.is_empty() { None } else { Some((edge, layout::edge_curve(scenario, edge)?, text)) }
    });
    let texts: Vec<(&Edge, Curve, String)> = texts.collect();
    let links = layout::links(scenario);
    let fitted = texts.len() + links.len() <= MOST_FITTED;
    let mut taken: Vec<Rect> = if fitted { scenario.nodes.iter().map(layout::node_rect).collect() } else { Vec::new() };
    let mut place = |curve: &Curve, text: &str| {
        // The ends of the line stay in sight.
        let room = 0.9 * curve.points[0].distance(curve.points[3]) - 2.0 * MARGIN;
        let text = text::shortened(text, LETTERS, room.clamp(NARROWEST, WIDEST));
        let width = text::width(&text, LETTERS) + 2.0 * MARGIN;
        let rect = |part: f64| {
            let Point { x, y } = curve.at(part);
            Rect::new(Point::new(x - width / 2.0, y - HEIGHT / 2.0), width, HEIGHT)
        };
        let free = PLACES.into_iter().map(rect).find(|rect| taken.iter().all(|other| !overlap(rect, other)));
        let rect = free.unwrap_or_else(|| rect(PLACES[0]));
        if fitted {
            taken.push(rect);
        }
        Label { text, rect }
    };
    let bindings = texts.iter().map(|(edge, curve, text)| (edge.id.clone(), place(curve, text))).collect();
    let links = links.into_iter().map(|link| {
        let text = match link.kind {
            layout::LinkKind::DeadLetters => words.routing.dead_letters,
            layout::LinkKind::Alternate => words.routing.alternate,
        };
        let label = place(&link.curve, text);
        Link { link, label }
    });
    Labels { bindings, links: links.collect() }
}

/// The lines that a node's settings draw, as they are spoken.
pub fn spoken_links(session: &Session, id: &Id, words: &Words) -> Vec<String> {
    let links = layout::links(session.scenario()).into_iter().filter(|link| link.from == *id);
    links
        .map(|link| {
            let to = label(session, &link.to, words);
            match link.kind {
                layout::LinkKind::DeadLetters => (words.routing.spoken_dead_letters)(&to),
                layout::LinkKind::Alternate => (words.routing.spoken_alternate)(&to),
            }
        })
        .collect()
}

fn overlap(one: &Rect, other: &Rect) -> bool {
    const GAP: f64 = 2.0;
    one.origin.x < other.origin.x + other.width + GAP
        && other.origin.x < one.origin.x + one.width + GAP
        && one.origin.y < other.origin.y + other.height + GAP
        && other.origin.y < one.origin.y + one.height + GAP
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::Language;
    use crate::scenario::format;

    fn session() -> Session {
        let bind = |id: &str, to: &str, key: &str| json!({"id": id, "kind": "bind", "from": "x", "to": to, "routing_key": key});
        let text = json!({
            "mq_scenario": 1,
            "nodes": [
                {"id": "x", "kind": "exchange", "at": [0, 100],
                 "settings": {"type": "topic", "alternate_exchange": "nowhere"}},
                {"id": "q", "kind": "queue", "at": [400, 0], "settings": {"dead_letter_exchange": "x"}},
                {"id": "r", "kind": "queue", "at": [400, 200],
                 "settings": {"dead_letter_exchange": "", "dead_letter_routing_key": "q"}},
                {"id": "s", "kind": "queue", "at": [400, 400], "settings": {"dead_letter_exchange": "gone"}}
            ],
            "edges": [
                bind("1", "q", "order.*"), bind("2", "q", "*.paid"), bind("3", "q", "a.very.long.key.that.no.label.can.hold"),
                bind("4", "r", "#"), bind("5", "r", ""), bind("6", "s", "order.#")
            ]
        });
        Session::new(format::from_value(text).expect("a good scenario"))
    }

    #[test]
    fn labels_lie_on_no_other_and_on_no_node() {
        let session = session();
        let labels = all(&session, Words::of(Language::English));
        let texts: Vec<&str> = labels.bindings.values().map(|label| label.text.as_str()).collect();
        assert_eq!(texts.len(), 6);
        assert!(texts[2].ends_with('…'));
        assert_eq!(texts[4], "no key");
        let rects: Vec<Rect> = labels.bindings.values().map(|label| label.rect).collect();
        for (index, rect) in rects.iter().enumerate() {
            assert!(rects[..index].iter().all(|other| !overlap(rect, other)), "{rects:?}");
            assert!(session.scenario().nodes.iter().all(|node| !overlap(rect, &layout::node_rect(node))), "{rect:?}");
        }
    }

    #[test]
    fn settings_draw_lines_where_their_target_exists() {
        let session = session();
        let words = Words::of(Language::English);
        let ends: Vec<_> = layout::links(session.scenario());
        let ends: Vec<(&str, &str)> = ends.iter().map(|link| (link.from.as_str(), link.to.as_str())).collect();
        assert_eq!(ends, [("q", "x"), ("r", "q")]);
        assert_eq!(spoken_links(&session, &Id::from("r"), words), ["dead letters go to q"]);
        assert!(spoken_links(&session, &Id::from("s"), words).is_empty());
    }
}
