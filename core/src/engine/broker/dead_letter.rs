//! Dead letters: what a message becomes when it dies (RabbitMQ, "Dead Letter Exchanges"; recordings `dlx-*`).

use std::rc::Rc;

use super::content::{Content, DeathRecord};
use crate::engine::ledger::DropReason;
use crate::scenario::HeaderValue;

/// The content of a dead letter.
///
/// In `x-death` the new or updated entry goes first, and the order of the others is reversed: so does RabbitMQ 3.10
/// (recording `dlx-x-death-order-three`). An entry that is there already keeps what it says and counts one more.
pub(super) fn content(
    dead: &Content,
    queue: &Rc<str>,
    reason: DropReason,
    exchange: Rc<str>,
    routing_key: Option<&Rc<str>>,
) -> Content {
    let mut headers = dead.headers.clone();
    if dead.deaths.is_empty() {
        for (name, value) in [
            ("x-first-death-exchange", &*dead.exchange),
            ("x-first-death-queue", queue),
            ("x-first-death-reason", reason.name()),
        ] {
            headers.insert(name.to_owned(), HeaderValue::from(value));
        }
    }
    let known = dead.deaths.iter().find(|death| death.queue == *queue && &*death.reason == reason.name());
    let newest = match known {
        Some(known) => DeathRecord { count: known.count + 1, ..known.clone() },
        None => {
            // The keys of CC, but not those of BCC, which nobody is to see.
            let copied = dead.headers.get("CC").into_iter().flat_map(HeaderValue::texts).map(Rc::from);
            DeathRecord {
                queue: queue.clone(),
                reason: reason.name().into(),
                count: 1,
                exchange: dead.exchange.clone(),
                routing_keys: std::iter::once(dead.routing_key().clone()).chain(copied).collect(),
                original_ttl: dead.ttl,
            }
        }
    };
    let others = dead.deaths.iter().rev().filter(|death| death.queue != newest.queue || death.reason != newest.reason);
    let deaths = std::iter::once(newest.clone()).chain(others.cloned()).collect();
    let routing_keys = match routing_key {
        None => dead.routing_keys.clone(),
        Some(key) => {
            headers.remove("CC");
            vec![key.clone()]
        }
    };
    Content { exchange, routing_keys, headers, ttl: None, deaths, ..dead.clone() }
}

/// Whether a dead letter would go round without anybody having rejected it: it is dropped then instead of reaching
/// the queue again.
pub(super) fn is_cycle(letter: &Content, queue: &str) -> bool {
    let Some(last) = letter.deaths.iter().position(|death| &*death.queue == queue) else { return false };
    letter.deaths[..=last].iter().all(|death| &*death.reason != DropReason::Rejected.name())
}
