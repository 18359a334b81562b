//! One line that invites to break something, and shows where. It goes when that is done, or when it is waved away.

use yew::prelude::*;

use super::icon::{Icon, icon};
use super::stage;
use super::store::{Slice, Store, use_store};
use crate::scenario::{EdgeKind, Id};
use crate::web::storage::{self, Key};

/// The first consumer that gets messages from somewhere, and whether one of them is down: where nothing is fed by anything
/// there is no backlog to be watched.
fn consumers(store: &Store) -> (Option<Id>, bool) {
    let session = store.session();
    let scenario = session.scenario();
    let fed = |queue: &Id| scenario.edges.iter().any(|edge| edge.to == *queue);
    let subscriptions = scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Subscribe && fed(&edge.from));
    let consumers: Vec<&Id> = subscriptions.map(|edge| &edge.to).collect();
    let down = consumers.iter().filter_map(|id| session.engine().node_report(id)).any(|report| !report.up());
    (consumers.first().map(|id| (*id).clone()), down)
}

/// The line that invites.
#[component]
pub fn Invitation() -> Html {
    let store = use_store(&[Slice::Faults, Slice::Document, Slice::Preferences]);
    let done = use_state_eq(|| storage::read(Key::Invitation).is_some());
    let finish = {
        let done = done.clone();
        move || {
            done.set(true);
            // Where it is not kept, the line is there again next time: no harm.
            let _ = storage::write(Key::Invitation, "done");
        }
    };
    let (consumer, down) = if *done { (None, false) } else { consumers(&store) };
    {
        let finish = finish.clone();
        use_effect_with(down, move |down| {
            if *down {
                finish();
            }
        });
    }
    let Some(consumer) = consumer.filter(|_| !down) else { return Html::default() };
    let show = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| stage::point_at_fault(&store, &consumer))
    };
    let shell = store.words().shell;
    html! {
        <div class="invitation">
            <button type="button" class="invitation-text" title={shell.invitation_shows} onclick={show}>
                { icon(Icon::Crash) }<span>{ shell.invitation }</span>
            </button>
            <button type="button" class="button is-icon is-small" title={shell.dismiss_invitation}
                aria-label={shell.dismiss_invitation} onclick={move |_| finish()}>{ icon(Icon::Close) }</button>
        </div>
    }
}
