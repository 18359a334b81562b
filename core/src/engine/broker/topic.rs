//! Topic patterns: words between dots, `*` for one word and `#` for any number of words (AMQP 0-9-1, 3.1.3.3).

use super::BindingIndex;
use crate::base::Names;
use crate::engine::PatternWord;

/// The words of a key or a pattern. The empty text has none; otherwise words lie between dots, and may be empty
/// (recordings `topic-empty-key` and `topic-empty-words`).
pub(in crate::engine) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split('.').take(if text.is_empty() { 0 } else { usize::MAX })
}

/// The patterns of an exchange as a trie of words. A key is followed along all ways at once, word by word: the work
/// grows with the key's length and with the patterns that fit so far, and no way is gone twice, so that patterns full
/// of `#` are no worse than others.
#[derive(Clone, Debug)]
pub(super) struct Trie {
    nodes: Vec<TrieNode>,
    /// The nodes reached so far, and those reached with the next word.
    here: Vec<u32>,
    next: Vec<u32>,
    /// Counts the words that were followed, so that a node knows whether it was reached with this one.
    round: u64,
}

#[derive(Clone, Debug, Default)]
struct TrieNode {
    children: Names<u32>,
    /// After `*`.
    star: Option<u32>,
    /// After `#`.
    hash: Option<u32>,
    /// Whether it stands behind a `#`: any word leads back to it.
    keeps: bool,
    /// The bindings whose pattern ends here.
    bindings: Vec<BindingIndex>,
    reached: u64,
}

impl Default for Trie {
    fn default() -> Trie {
        Trie { nodes: vec![TrieNode::default()], here: Vec::new(), next: Vec::new(), round: 0 }
    }
}

impl Trie {
    pub(super) fn insert(&mut self, pattern: &str, binding: BindingIndex) {
        let mut at = 0;
        for word in words(pattern) {
            let known = match word {
                "*" => self.nodes[at].star,
                "#" => self.nodes[at].hash,
                _ => self.nodes[at].children.get(word).copied(),
            };
            at = known.unwrap_or_else(|| {
                let child = self.nodes.len() as u32;
                self.nodes.push(TrieNode { keeps: word == "#", ..TrieNode::default() });
                match word {
                    "*" => self.nodes[at].star = Some(child),
                    "#" => self.nodes[at].hash = Some(child),
                    _ => self.nodes[at].children.insert(word.into(), child),
                }
                child
            }) as usize;
        }
        self.nodes[at].bindings.push(binding);
    }

    /// Finds the bindings whose patterns fit a key.
    pub(super) fn find(&mut self, key: &str, found: &mut Vec<BindingIndex>) {
        let Trie { nodes, here, next, round } = self;
        here.clear();
        *round += 1;
        reach(nodes, here, *round, 0);
        for word in words(key) {
            next.clear();
            *round += 1;
            for &node in here.iter() {
                let TrieNode { ref children, star, keeps, .. } = nodes[node as usize];
                let child = children.get(word).copied();
                for onward in [child, star, keeps.then_some(node)].into_iter().flatten() {
                    reach(nodes, next, *round, onward);
                }
            }
            std::mem::swap(here, next);
        }
        for &node in here.iter() {
            found.extend_from_slice(&nodes[node as usize].bindings);
        }
    }
}

/// Arrives at a node, and by `#` as no word at all at the node behind that.
fn reach(nodes: &mut [TrieNode], reached: &mut Vec<u32>, round: u64, node: u32) {
    let mut at = Some(node);
    while let Some(node) = at {
        let state = &mut nodes[node as usize];
        if std::mem::replace(&mut state.reached, round) == round {
            return;
        }
        reached.push(node);
        at = state.hash;
    }
}

/// How a pattern takes a key, word by word; and whether it takes it. A pattern that does not fit is shown as far as it
/// goes: the first word that finds nothing is the last that is tried. What is left of the key stands behind.
pub(in crate::engine) fn explain(pattern: &str, key: &str) -> (bool, Vec<PatternWord>, Vec<String>) {
    let (pattern, key): (Vec<&str>, Vec<&str>) = (words(pattern).collect(), words(key).collect());
    // ends[p][k]: the first p words of the pattern can take the first k words of the key.
    let mut ends = vec![vec![false; key.len() + 1]; pattern.len() + 1];
    ends[0][0] = true;
    for (p, word) in pattern.iter().enumerate() {
        for k in 0..=key.len() {
            ends[p + 1][k] = match *word {
                "#" => ends[p][k] || k > 0 && ends[p + 1][k - 1],
                "*" => k > 0 && ends[p][k - 1],
                word => k > 0 && ends[p][k - 1] && word == key[k - 1],
            };
        }
    }
    let matches = ends[pattern.len()][key.len()];
    let fitting = (0..=pattern.len()).rev().find(|p| ends[*p].contains(&true)).unwrap_or(0);
    // Back from the end, or from the farthest word that was taken.
    let mut k = if matches { key.len() } else { ends[fitting].iter().rposition(|end| *end).unwrap_or(0) };
    let left = key[k..].iter().map(|word| (*word).to_owned()).collect();
    let mut takes = vec![None; pattern.len()];
    for p in (0..fitting).rev() {
        let end = k;
        if pattern[p] == "#" {
            while !ends[p][k] {
                k -= 1;
            }
        } else {
            k -= 1;
        }
        takes[p] = Some(key[k..end].iter().map(|word| (*word).to_owned()).collect());
    }
    let words = pattern.into_iter().zip(takes).map(|(word, takes)| PatternWord { word: word.to_owned(), takes });
    (matches, words.collect(), left)
}
