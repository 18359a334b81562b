//! What is said of parts that went with their messages, or that are back without them.

use super::{glyph, spoken};
use crate::session::Fate;
use crate::words::{Gone, Words};

/// A fate in one sentence.
pub fn sentence(fate: &Fate, words: &Words) -> String {
    let gone = match (&fate.nodes[..], &fate.edges[..]) {
        ([node], _) => Gone::Node(spoken::kind(node.kind(), words), node.name(words.language)),
        ([], [_]) => Gone::Connection,
        ([], edges) => Gone::Connections(edges.len()),
        (nodes, _) => Gone::Nodes(nodes.len()),
    };
    let said = if fate.back { words.document.back } else { words.document.gone };
    said(gone, fate.lost, &glyph::count(fate.lost, words.language))
}
