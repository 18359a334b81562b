//! One line that invites to break something. It goes when that is done, or when it is waved away.

use yew::prelude::*;

use super::icon::{Icon, icon};
use super::store::{Slice, Store, use_store};
use crate::scenario::NodeKind;
use crate::web::storage::{self, Key};

/// Whether a consumer is there, and whether one is down.
fn consumers(store: &Store) -> (bool, bool) {
    let session = store.session();
    let mut consumers = session
        .scenario()
        .nodes
        .iter()
        .filter(|node| node.kind() == NodeKind::Consumer)
        .filter_map(|node| session.engine().node_report(&node.id))
        .peekable();
    (consumers.peek().is_some(), consumers.any(|report| !report.up()))
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
    let (some, down) = if *done { (false, false) } else { consumers(&store) };
    {
        let finish = finish.clone();
        use_effect_with(down, move |down| {
            if *down {
                finish();
            }
        });
    }
    if *done || down || !some {
        return Html::default();
    }
    let shell = store.words().shell;
    html! {
        <div class="invitation">
            { icon(Icon::Crash) }
            <p>{ shell.invitation }</p>
            <button type="button" class="button is-icon is-small" title={shell.dismiss_invitation}
                aria-label={shell.dismiss_invitation} onclick={move |_| finish()}>{ icon(Icon::Close) }</button>
        </div>
    }
}
