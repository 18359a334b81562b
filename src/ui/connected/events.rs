//! What has happened at the broker, to be read.

use yew::prelude::*;

use super::{PartProps, called, part, use_connection};
use crate::live::{News, TracedEvent};
use crate::ui::store::{Slice, use_store};
use crate::words::LiveWords;

/// How many are listed.
const LISTED: usize = 60;

fn sentence(news: &News, live: &LiveWords) -> String {
    match news {
        News::Traced(line) => {
            let exchange = if line.exchange.is_empty() { live.default_exchange } else { &line.exchange };
            let told = match &line.event {
                TracedEvent::Published { queues } => (live.traced_published)(exchange, &line.routing_key, queues),
                TracedEvent::Delivered { queue, redelivered } => (live.traced_delivered)(queue, *redelivered),
            };
            let deaths = line.deaths.iter().map(|(queue, reason, count)| (live.died)(queue, reason, *count));
            std::iter::once(told).chain(deaths).collect::<Vec<_>>().join(" · ")
        }
        News::Dropped { consumer, name, given_back, uncertain, lost } => {
            (live.dropped)(&called(*consumer, name.as_deref(), live), *given_back, *uncertain, *lost)
        }
        News::Redelivered { consumer, name, message } => {
            (live.delivered_again)(&called(*consumer, name.as_deref(), live), message)
        }
        News::Refused(said) => (live.refused)(said),
    }
}

/// The list.
#[component]
pub(super) fn Events(props: &PartProps) -> Html {
    let store = use_store(&[Slice::Preferences]);
    use_connection(&props.connection);
    let live = store.words().live;
    let lines: Vec<(u64, String)> = props
        .connection
        .look(|broker| broker.news().take(LISTED).map(|(number, news)| (*number, sentence(news, live))).collect());
    part(
        live.events,
        true,
        html! {
            if lines.is_empty() {
                <p class="setting-note">{ live.no_events }</p>
            } else {
                <ol class="connected-events">{ for lines.into_iter().map(|(number, line)| html! { <li key={number}>{ line }</li> }) }</ol>
            }
        },
    )
}
