//! Publishing by hand.

use yew::prelude::*;

use super::{PartProps, chosen, part, targets, typed, use_connection, whole};
use crate::live::{MOST_AT_ONCE, Message, Target};
use crate::ui::store::{Slice, use_store};

#[derive(Clone, PartialEq)]
struct Draft {
    target: String,
    routing_key: String,
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

/// The form.
#[component]
pub(super) fn Publish(props: &PartProps) -> Html {
    let store = use_store(&[Slice::Preferences, Slice::Selection]);
    use_connection(&props.connection);
    let live = store.words().live;
    let draft = use_state_eq(|| Draft {
        target: String::new(),
        routing_key: String::new(),
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
    let all = props.connection.look(targets);
    let name = |target: &Target| match target {
        Target::Exchange(name) => (live.exchange_named)(name),
        Target::Queue(name) => (live.queue_named)(name),
    };
    // A queue is what somebody wants first who has chosen nothing.
    let usual = all.iter().find(|target| matches!(target, Target::Queue(_))).or(all.first());
    let target = all.iter().find(|target| key_of(target) == draft.target).or(usual).cloned();
    let options: Vec<(String, String)> = all.iter().map(|target| (key_of(target), name(target))).collect();
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
    let onsubmit = {
        let (store, connection, draft, target) =
            (store.clone(), props.connection.clone(), draft.clone(), target.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(target) = &target else { return };
            let Some(count) = whole(&draft.count, MOST_AT_ONCE) else {
                return store.notify((live.bad_number)(live.count, MOST_AT_ONCE));
            };
            let message = Message {
                routing_key: draft.routing_key.clone(),
                body: draft.body.clone(),
                persistent: draft.persistent,
                ..Message::default()
            };
            let sent =
                connection.act(|broker| (0..count).take_while(|_| broker.publish(target, &message)).count() as u64);
            store.say((live.published_count)(sent));
            if sent < count {
                store.notify(live.not_published.to_owned());
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
                if is_exchange {
                    { typed("publish-key", live.routing_key, &draft.routing_key, "text", change(|draft, text| draft.routing_key = text)) }
                }
                { typed("publish-body", live.body, &draft.body, "text", change(|draft, text| draft.body = text)) }
                { typed("publish-count", live.count, &draft.count, "number", change(|draft, text| draft.count = text)) }
                <label class="connected-check"><input type="checkbox" checked={draft.persistent} onchange={onpersistent} />{ live.persistent }</label>
                <button type="submit" class="button is-primary" disabled={target.is_none()}>{ live.publish }</button>
            </form>
        },
    )
}
