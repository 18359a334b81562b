//! Exchanges: bindings, and which of them take a message.

use std::rc::Rc;

use super::content::Content;
use super::topic::Trie;
use super::{BindingIndex, ExchangeIndex, QueueIndex};
use crate::base::Names;
use crate::scenario::{ExchangeKind, HeaderValue, Headers, HeadersMatch};

/// Where a binding leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Destination {
    Queue(QueueIndex),
    Exchange(ExchangeIndex),
}

/// What a binding asks of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::engine) struct BindingTerms {
    pub(in crate::engine) routing_key: Rc<str>,
    pub(in crate::engine) x_match: HeadersMatch,
    pub(in crate::engine) headers: Headers,
}

/// A binding. Indices are never used again.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Binding {
    pub(in crate::engine) source: ExchangeIndex,
    pub(in crate::engine) destination: Destination,
    pub(in crate::engine) terms: BindingTerms,
    /// Whether it is there still.
    pub(in crate::engine) stands: bool,
}

/// An exchange. Indices are never used again.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Exchange {
    pub(in crate::engine) name: Rc<str>,
    pub(in crate::engine) kind: ExchangeKind,
    pub(in crate::engine) alternate: Option<Rc<str>>,
    /// Whether it is there still.
    pub(in crate::engine) stands: bool,
    table: Table,
    /// The number of the last publish that reached it: each is reached once.
    pub(super) visited: u64,
}

/// The bindings, arranged so that those that take a message are found.
#[derive(Clone, Debug)]
enum Table {
    Direct(Names<Vec<BindingIndex>>),
    Fanout(Vec<BindingIndex>),
    Topic(Trie),
    Headers(Vec<(BindingIndex, HeadersMatch, Headers)>),
}

impl Table {
    fn new(kind: ExchangeKind) -> Table {
        match kind {
            ExchangeKind::Direct => Table::Direct(Names::default()),
            ExchangeKind::Fanout => Table::Fanout(Vec::new()),
            ExchangeKind::Topic => Table::Topic(Trie::default()),
            ExchangeKind::Headers => Table::Headers(Vec::new()),
        }
    }
}

impl Exchange {
    pub(super) fn new(name: Rc<str>, kind: ExchangeKind, alternate: Option<Rc<str>>) -> Exchange {
        Exchange { name, kind, alternate, stands: true, table: Table::new(kind), visited: 0 }
    }

    /// Arranges the bindings anew: after one went, or when the exchange has another type.
    pub(super) fn arrange<'a>(&mut self, bindings: impl Iterator<Item = (BindingIndex, &'a BindingTerms)>) {
        self.table = Table::new(self.kind);
        for (index, terms) in bindings {
            self.add(index, terms);
        }
    }

    pub(super) fn add(&mut self, index: BindingIndex, terms: &BindingTerms) {
        match &mut self.table {
            Table::Direct(keys) => keys.get_or_insert_with(&terms.routing_key, Vec::new).push(index),
            Table::Fanout(bindings) => bindings.push(index),
            Table::Topic(trie) => trie.insert(&terms.routing_key, index),
            Table::Headers(bindings) => bindings.push((index, terms.x_match, terms.headers.clone())),
        }
    }

    /// Finds the bindings that take a message.
    pub(super) fn find(&mut self, content: &Content, found: &mut Vec<BindingIndex>) {
        match &mut self.table {
            Table::Direct(keys) => {
                for key in &content.routing_keys {
                    found.extend(keys.get(key).into_iter().flatten());
                }
            }
            Table::Fanout(bindings) => found.extend_from_slice(bindings),
            Table::Topic(trie) => {
                for key in &content.routing_keys {
                    trie.find(key, found);
                }
            }
            Table::Headers(bindings) => {
                for (index, x_match, wanted) in bindings.iter() {
                    if headers_match(*x_match, wanted, &content.headers) {
                        found.push(*index);
                    }
                }
            }
        }
    }
}

/// Whether a header of a binding counts.
pub(in crate::engine) fn counts(x_match: HeadersMatch, name: &str) -> bool {
    match x_match {
        HeadersMatch::All | HeadersMatch::Any => !name.starts_with("x-"),
        HeadersMatch::AllWithX | HeadersMatch::AnyWithX => name != "x-match",
    }
}

/// Whether a header has the value that a binding wants: void is any value, and values of different types differ.
pub(in crate::engine) fn fits(wanted: &HeaderValue, found: Option<&HeaderValue>) -> bool {
    found.is_some_and(|found| *wanted == HeaderValue::Void(()) || wanted == found)
}

/// Whether a message's headers are what a binding asks for (RabbitMQ, "Headers Exchange"; recordings `headers-*`).
pub(in crate::engine) fn headers_match(x_match: HeadersMatch, wanted: &Headers, found: &Headers) -> bool {
    let mut checks =
        wanted.iter().filter(|(name, _)| counts(x_match, name)).map(|(name, value)| fits(value, found.get(name)));
    match x_match {
        HeadersMatch::All | HeadersMatch::AllWithX => checks.all(|fits| fits),
        HeadersMatch::Any | HeadersMatch::AnyWithX => checks.any(|fits| fits),
    }
}
