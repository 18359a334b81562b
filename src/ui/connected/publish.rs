//! Publishing by hand.

use yew::prelude::*;

use super::{PartProps, chosen, part, targets, typed, use_connection, use_up, whole};
use crate::live::{MOST_AT_ONCE, Message, Target};
use crate::ui::store::{Slice, use_store};

#[derive(Clone, PartialEq)]
struct Draft {
    target: String,
    routing_key: String,
    headers: String,
    body: String,
    count: String,
    persistent: bool,
}

/// A target as the value of an option, and back.
fn key_of(target: &Target) -> String {
    match target {
        Target::Exchange(name) => format!("e{name}"),
        Target::Queue(name) => format!("q{name}"),
    }
}

/// Headers as they are typed; `None` where they cannot be read.
fn read_headers(text: &str) -> Option<Vec<(String, String)>> {
    let parts = text.split([',', '，']).map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| part.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())))
        .collect()
}

/// The form.
#[component]
pub(super) fn Publish(props: &PartProps) -> Html {
    let store = use_store(&[Slice::Preferences, Slice::Selection]);
    use_connection(&props.connection);
    let live = store.words().live;
    let draft = use_state_eq(|| Draft {
        target: String::new(),
        routing_key: String::new(),
        headers: String::new(),
        body: "hello".to_owned(),
        count: "1".to_owned(),
        persistent: true,
    });
    {
        // What is selected on the stage is meant.
        let draft = draft.clone();
        let selected = store.session().selection().iter().next().cloned();
        let target = selected.and_then(|id| props.connection.stage(|stage| stage.target(&id)));
        use_effect_with(target, move |target| {
            if let Some(target) = target {
                draft.set(Draft { target: key_of(target), ..(*draft).clone() });
            }
        });
    }
    let up = use_up(&props.connection);
    let all = props.connection.look(targets);
    let name = |target: &Target| match target {
        Target::Exchange(name) => (live.exchange_named)(name),
        Target::Queue(name) => (live.queue_named)(name),
    };
    // A queue is what somebody wants first who has chosen nothing.
    let usual = all
        .iter()
        .find(|target| matches!(target, Target::Queue(_)))
        .or(all.first())
        .filter(|_| draft.target.is_empty());
    // What was chosen and has gone is not exchanged for something else behind one's back.
    let target = all.iter().find(|target| key_of(target) == draft.target).or(usual).cloned();
    let mut options: Vec<(String, String)> = all.iter().map(|target| (key_of(target), name(target))).collect();
    if target.is_none() && !draft.target.is_empty() {
        options.insert(0, (String::new(), live.chosen_gone.to_owned()));
    }
    let change = |set: fn(&mut Draft, String)| {
        let draft = draft.clone();
        Callback::from(move |text: String| {
            let mut now = (*draft).clone();
            set(&mut now, text);
            draft.set(now);
        })
    };
    let onpersistent = {
        let draft = draft.clone();
        Callback::from(move |_: Event| draft.set(Draft { persistent: !draft.persistent, ..(*draft).clone() }))
    };
    let by_headers = match &target {
        Some(Target::Exchange(name)) => props.connection.look(|broker| {
            broker
                .known()
                .exchanges
                .iter()
                .any(|there| there.declared.name == *name && there.declared.kind == "headers")
        }),
        _ => false,
    };
    let onsubmit = {
        let (store, connection, draft, target) =
            (store.clone(), props.connection.clone(), draft.clone(), target.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(target) = &target else { return };
            let Some(count) = whole(&draft.count, MOST_AT_ONCE) else {
                return store.notify((live.bad_number)(live.count, MOST_AT_ONCE));
            };
            let Some(headers) = read_headers(if by_headers { &draft.headers } else { "" }) else {
                return store.notify(live.bad_headers.to_owned());
            };
            let message = Message {
                routing_key: draft.routing_key.clone(),
                headers,
                body: draft.body.clone(),
                persistent: draft.persistent,
                ..Message::default()
            };
            let (sent, unsent) = connection.act(|broker| {
                for sent in 0..count {
                    if let Err(unsent) = broker.publish(target, &message) {
                        return (sent, Some(unsent));
                    }
                }
                (count, None)
            });
            store.say((live.published_count)(sent));
            if let Some(unsent) = unsent {
                store.notify((live.unsent)(&unsent));
            }
        })
    };
    let is_exchange = matches!(target, Some(Target::Exchange(_)));
    let value = target.as_ref().map(key_of).unwrap_or_default();
    part(
        live.publish,
        true,
        html! {
            <form class="connected-form" {onsubmit}>
                { chosen("publish-target", live.target, options, &value, change(|draft, text| draft.target = text)) }
                if by_headers {
                    { typed("publish-headers", live.headers, &draft.headers, "text", change(|draft, text| draft.headers = text)) }
                } else if is_exchange {
                    { typed("publish-key", live.routing_key, &draft.routing_key, "text", change(|draft, text| draft.routing_key = text)) }
                }
                { typed("publish-body", live.body, &draft.body, "text", change(|draft, text| draft.body = text)) }
                { typed("publish-count", live.count, &draft.count, "number", change(|draft, text| draft.count = text)) }
                <label class="connected-check"><input type="checkbox" checked={draft.persistent} onchange={onpersistent} />{ live.persistent }</label>
                <button type="submit" class="button is-primary" disabled={target.is_none() || !up}>{ live.publish }</button>
            </form>
        },
    )
}
