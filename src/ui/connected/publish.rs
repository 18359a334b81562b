//! Publishing by hand.

use yew::prelude::*;

use super::{PartProps, chosen, part, targets, typed, use_connection, use_up, whole};
use crate::live::{Broker, ExchangeState, MOST_AT_ONCE, Message, Target};
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

/// What is meant by a choice. A queue is what somebody wants first who has chosen nothing; what was chosen and has gone is not exchanged
/// for something else behind one's back.
fn meant(all: &[Target], key: &str) -> Option<Target> {
    let usual = all.iter().find(|target| matches!(target, Target::Queue(_))).or(all.first());
    let chosen = all.iter().find(|target| key_of(target) == key);
    chosen.or(usual.filter(|_| key.is_empty())).cloned()
}

/// Whether an exchange compares headers, and no keys.
fn compares_headers(broker: &Broker, target: &Target) -> bool {
    let is_it = |there: &ExchangeState| Target::Exchange(there.declared.name.clone()) == *target;
    broker.known().exchanges.iter().any(|there| there.declared.kind == "headers" && is_it(there))
}

/// The form.
#[component]
pub(super) fn Publish(props: &PartProps) -> Html {
    let store = use_store(&[Slice::Preferences, Slice::Selection]);
    use_connection(&props.connection);
    let live = store.words().live;
    // Hands may be faster than what is drawn: what was typed last counts.
    let latest = use_mut_ref(|| Draft {
        target: String::new(),
        routing_key: String::new(),
        headers: String::new(),
        body: "hello".to_owned(),
        count: "1".to_owned(),
        persistent: true,
    });
    let draft = use_state_eq(|| latest.borrow().clone());
    {
        // What is selected on the stage is meant.
        let (latest, draft) = (latest.clone(), draft.clone());
        let selected = store.session().selection().iter().next().cloned();
        let target = selected.and_then(|id| props.connection.stage(|stage| stage.target(&id)));
        use_effect_with(target, move |target| {
            if let Some(target) = target {
                latest.borrow_mut().target = key_of(target);
                draft.set(latest.borrow().clone());
            }
        });
    }
    let up = use_up(&props.connection);
    let all = props.connection.look(targets);
    let name = |target: &Target| match target {
        Target::Exchange(name) => (live.exchange_named)(name),
        Target::Queue(name) => (live.queue_named)(name),
    };
    let target = meant(&all, &draft.target);
    let mut options: Vec<(String, String)> = all.iter().map(|target| (key_of(target), name(target))).collect();
    if target.is_none() && !draft.target.is_empty() {
        options.insert(0, (String::new(), live.chosen_gone.to_owned()));
    }
    let change = |set: fn(&mut Draft, String)| {
        let (latest, draft) = (latest.clone(), draft.clone());
        Callback::from(move |text: String| {
            set(&mut latest.borrow_mut(), text);
            draft.set(latest.borrow().clone());
        })
    };
    let onpersistent = {
        let (latest, draft) = (latest.clone(), draft.clone());
        Callback::from(move |_: Event| {
            let persistent = latest.borrow().persistent;
            latest.borrow_mut().persistent = !persistent;
            draft.set(latest.borrow().clone());
        })
    };
    let by_headers =
        target.as_ref().is_some_and(|target| props.connection.look(|broker| compares_headers(broker, target)));
    let onsubmit = {
        let (store, connection, latest) = (store.clone(), props.connection.clone(), latest.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let draft = latest.borrow().clone();
            let Some(target) = &connection.look(|broker| meant(&targets(broker), &draft.target)) else { return };
            let by_headers = connection.look(|broker| compares_headers(broker, target));
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
                { typed("publish-count", live.count, &draft.count, "numeric", change(|draft, text| draft.count = text)) }
                <label class="connected-check"><input type="checkbox" checked={draft.persistent} onchange={onpersistent} />{ live.persistent }</label>
                <button type="submit" class="button is-primary" disabled={target.is_none() || !up}>{ live.publish }</button>
            </form>
        },
    )
}
