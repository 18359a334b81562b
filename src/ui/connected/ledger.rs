//! What the page has done at the broker, counted.

use yew::prelude::*;

use super::{PartProps, use_connection};
use crate::ui::number;
use crate::ui::store::{Slice, use_store};

/// The ledger.
#[component]
pub(super) fn LedgerPart(props: &PartProps) -> Html {
    let store = use_store(&[Slice::Preferences]);
    use_connection(&props.connection);
    let live = store.words().live;
    let ledger = props.connection.look(|broker| *broker.ledger());
    let sums = [(live.sent, "sent", ledger.sent), (live.delivered, "delivered", ledger.delivered)];
    let first = [
        (live.confirmed, "confirmed", ledger.confirmed, true),
        (live.unconfirmed, "unconfirmed", ledger.unconfirmed, true),
        (live.unknown, "unknown", ledger.unknown, false),
    ];
    let second = [
        (live.acked, "acked", ledger.acked, true),
        (live.held, "held", ledger.held, true),
        (live.requeued, "requeued", ledger.requeued, false),
        (live.rejected, "rejected", ledger.rejected, false),
        (live.given_back, "given_back", ledger.given_back, false),
        (live.uncertain, "uncertain", ledger.uncertain, false),
        (live.lost_count, "lost", ledger.lost, false),
    ];
    let line = |label: &'static str, key: &'static str, count: u64, class: &'static str| {
        html! { <div {class} data-count={key}><dt>{ label }</dt><dd>{ number::count(count) }</dd></div> }
    };
    // What is usually nothing is shown when it is something.
    let shown = |parts: &[(&'static str, &'static str, u64, bool)]| -> Vec<Html> {
        let shown = parts.iter().filter(|(_, _, count, always)| *always || *count > 0);
        shown.map(|(label, key, count, _)| line(label, key, *count, "")).collect()
    };
    html! {
        <section class="connected-ledger" aria-label={live.ledger}>
            <h2>{ live.ledger }</h2>
            <dl>
                { line(sums[0].0, sums[0].1, sums[0].2, "is-sum") }
                { for shown(&first) }
            </dl>
            <dl>
                { line(sums[1].0, sums[1].1, sums[1].2, "is-sum") }
                { for shown(&second) }
                { line(live.redelivered, "redelivered", ledger.redelivered, "is-beside") }
            </dl>
            <p class="setting-note">{ live.ledger_about }</p>
        </section>
    }
}
