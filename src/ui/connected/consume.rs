//! Consumers of the page's own: each has a connection to itself, which can be dropped.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::{PartProps, called, chosen, part, queues, state_of, typed, use_connection, use_up, whole};
use crate::engine::Handling;
use crate::live::{Consumer, Held, HeldStage, MOST_PREFETCH, Mode, State, Target, Verdict, Work};
use crate::scenario::{AckMode, Distribution, Id, OnFailure};
use crate::ui::number;
use crate::ui::store::{Slice, use_store};
use crate::web::broker::Connection;
use crate::words::{LiveWords, Words};

/// How many messages in a consumer's hands are listed.
const LISTED: usize = 8;
/// How many that are over.
const LISTED_OVER: usize = 3;
/// The longest time after which a message is acked, in milliseconds.
const LONGEST_MS: u64 = 3_600_000;

#[derive(Clone, PartialEq)]
struct Draft {
    queue: String,
    prefetch: String,
    by_hand: bool,
    ms: String,
}

/// The queue that is meant by a choice: the first one where nothing was chosen, and none where what was chosen has gone.
fn meant(all: &[String], name: &str) -> Option<String> {
    let usual = all.first().filter(|_| name.is_empty());
    all.iter().find(|queue| *queue == name).or(usual).cloned()
}

/// The form, and a line for each consumer.
#[component]
pub(super) fn Consume(props: &PartProps) -> Html {
    let store = use_store(&[Slice::Preferences, Slice::Selection]);
    use_connection(&props.connection);
    let words = store.words();
    let live = words.live;
    // Hands may be faster than what is drawn: what was typed last counts.
    let latest =
        use_mut_ref(|| Draft { queue: String::new(), prefetch: "10".to_owned(), by_hand: true, ms: "100".to_owned() });
    let draft = use_state_eq(|| latest.borrow().clone());
    {
        let (latest, draft) = (latest.clone(), draft.clone());
        let selected = store.session().selection().iter().next().cloned();
        let target = selected.and_then(|id| props.connection.stage(|stage| stage.target(&id)));
        use_effect_with(target, move |target| {
            if let Some(Target::Queue(queue)) = target {
                latest.borrow_mut().queue.clone_from(queue);
                draft.set(latest.borrow().clone());
            }
        });
    }
    let up = use_up(&props.connection);
    let all = props.connection.look(queues);
    let queue = meant(&all, &draft.queue);
    let change = |set: fn(&mut Draft, String)| {
        let (latest, draft) = (latest.clone(), draft.clone());
        Callback::from(move |text: String| {
            set(&mut latest.borrow_mut(), text);
            draft.set(latest.borrow().clone());
        })
    };
    let onsubmit = {
        let (store, connection, latest) = (store.clone(), props.connection.clone(), latest.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let draft = latest.borrow().clone();
            let Some(queue) = &connection.look(|broker| meant(&queues(broker), &draft.queue)) else { return };
            let Some(prefetch) = whole(&draft.prefetch, MOST_PREFETCH.into()) else {
                return store.notify((live.bad_number)(live.prefetch, MOST_PREFETCH.into()));
            };
            let mode = if draft.by_hand {
                Mode::ByHand
            } else {
                let Some(ms) = whole(&draft.ms, LONGEST_MS) else {
                    return store.notify((live.bad_number)(live.after_ms, LONGEST_MS));
                };
                let handling = Handling::new(&[vec![Distribution::Constant(ms as f64)]], 0.0, 0, &Id::default());
                let (on_failure, ack_mode) = (OnFailure::Requeue, AckMode::Manual);
                Mode::Works(Box::new(Work { handling, concurrency: 1, on_failure, ack_mode }))
            };
            // No more than MOST_PREFETCH, which fits.
            let begun = connection.act(|broker| broker.consume(queue, None, prefetch as u32, 0, mode));
            if let Err(unsent) = begun {
                store.notify((live.unsent)(&unsent));
            }
        })
    };
    let numbers: Vec<u32> =
        props.connection.look(|broker| broker.consumers().iter().map(|consumer| consumer.number).collect());
    let modes = vec![("hand".to_owned(), live.by_hand.to_owned()), ("after".to_owned(), live.after.to_owned())];
    let mode = if draft.by_hand { "hand" } else { "after" };
    let mut options: Vec<(String, String)> = all.iter().map(|queue| (queue.clone(), queue.clone())).collect();
    if queue.is_none() && !draft.queue.is_empty() {
        options.insert(0, (String::new(), live.chosen_gone.to_owned()));
    }
    part(
        live.consume,
        true,
        html! {
            <>
            <form class="connected-form" {onsubmit}>
                { chosen("consume-queue", live.queue, options, queue.as_deref().unwrap_or_default(), change(|draft, text| draft.queue = text)) }
                { typed("consume-prefetch", live.prefetch, &draft.prefetch, "numeric", change(|draft, text| draft.prefetch = text)) }
                { chosen("consume-acks", live.acks, modes, mode, change(|draft, text| draft.by_hand = text == "hand")) }
                if !draft.by_hand {
                    { typed("consume-ms", live.after_ms, &draft.ms, "numeric", change(|draft, text| draft.ms = text)) }
                }
                <button type="submit" class="button is-primary" disabled={queue.is_none() || !up}>{ live.begin_consuming }</button>
            </form>
            { for numbers.into_iter().map(|number| html! {
                <section class="connected-consumer" key={number} data-consumer={number.to_string()}>{ line(&props.connection, number, live, words) }</section>
            }) }
            </>
        },
    )
}

/// A consumer: what it is doing, what is in its hands, and what can be done to it.
pub(super) fn line(connection: &Connection, number: u32, live: &'static LiveWords, words: &'static Words) -> Html {
    let Some(consumer) = connection.look(|broker| broker.consumer(number).cloned()) else { return Html::default() };
    let name = called(number, consumer.name.as_deref(), live);
    let (state, said) = state_of(&consumer.state, live);
    let act = |act: fn(&mut crate::live::Broker, u32)| {
        let connection = connection.clone();
        Callback::from(move |_: MouseEvent| connection.act(|broker| act(broker, number)))
    };
    let down = matches!(consumer.state, State::Down(_));
    let figures = (live.consumer_figures)(
        &number::count(consumer.held.len() as u64),
        &number::count(consumer.acked),
        &number::count(consumer.redelivered),
    );
    html! {
        <>
        <h3>{ &name }<span class={classes!("connected-state", down.then_some("is-down"))}>{ state }</span></h3>
        <p class="connected-figures">{ &consumer.queue }{ " · " }{ figures }</p>
        if !said.is_empty() { <p class="setting-problem">{ said.to_owned() }</p> }
        <div class="connected-actions">
            if down {
                <button type="button" class="button is-small" onclick={act(crate::live::Broker::restart)}>{ live.restart }</button>
            } else {
                <button type="button" class="button is-small is-danger" onclick={act(crate::live::Broker::crash)}>{ live.crash }</button>
            }
            if matches!(consumer.mode, Mode::ByHand) && consumer.held.len() > 1 {
                <button type="button" class="button is-small" onclick={ack_all(connection, &consumer)}>{ live.ack_all }</button>
            }
            <button type="button" class="button is-small is-quiet connected-dismiss" onclick={act(crate::live::Broker::dismiss)}>{ live.dismiss }</button>
        </div>
        { messages(connection, &consumer, live, words) }
        </>
    }
}

/// The row of what was pressed goes: the focus goes on to the same button of the next one, or of the one before.
fn go_on_beside(event: &MouseEvent) {
    let Some(pressed) = event.target_dyn_into::<Element>() else { return };
    let Ok(Some(row)) = pressed.closest("li") else { return };
    let same = |row: Element| {
        // A selector that is part of the program is valid.
        let buttons = row.query_selector_all("button").ok()?;
        let name = pressed.text_content();
        (0..buttons.length()).filter_map(|place| buttons.get(place)).find(|button| button.text_content() == name)
    };
    let beside = row.next_element_sibling().and_then(same).or_else(|| row.previous_element_sibling().and_then(same));
    if let Some(beside) = beside.and_then(|beside| beside.dyn_into::<HtmlElement>().ok()) {
        let _ = beside.focus();
    }
}

fn ack_all(connection: &Connection, consumer: &Consumer) -> Callback<MouseEvent> {
    let (connection, number) = (connection.clone(), consumer.number);
    let held: Vec<u64> = consumer.held.iter().map(|held| held.number).collect();
    Callback::from(move |_: MouseEvent| {
        connection.act(|broker| held.iter().for_each(|message| broker.settle(number, *message, Verdict::Ack)));
    })
}

fn messages(connection: &Connection, consumer: &Consumer, live: &'static LiveWords, words: &'static Words) -> Html {
    let by_hand = matches!(consumer.mode, Mode::ByHand);
    let row = |message: &Held, told: Html| {
        let id = message.id.clone().map(|id| format!("#{id} ")).unwrap_or_default();
        html! {
            <li class={classes!(message.redelivered.then_some("is-redelivered"))}>
                <span class="connected-body">{ id }{ &message.body }</span>
                if message.redelivered { <span class="connected-flag">{ words.routing.redelivered }</span> }
                { told }
            </li>
        }
    };
    let held = consumer.held.iter().take(LISTED).map(|message| {
        let told = match message.stage {
            HeldStage::Told { .. } => html! { <span class="connected-told">{ live.told }</span> },
            _ if by_hand => html! {
                <span class="connected-actions">
                    { for [Verdict::Ack, Verdict::Requeue, Verdict::Reject].map(|verdict| {
                        let (connection, consumer, message) = (connection.clone(), consumer.number, message.number);
                        let onclick = Callback::from(move |event: MouseEvent| {
                            go_on_beside(&event);
                            connection.act(|broker| broker.settle(consumer, message, verdict));
                        });
                        html! { <button type="button" class="button is-small" title={(live.verdict_means)(verdict)} {onclick}>{ (live.verdict)(verdict) }</button> }
                    }) }
                </span>
            },
            _ => Html::default(),
        };
        row(message, told)
    });
    let over = consumer.recent.iter().take(LISTED_OVER);
    let over = over
        .map(|over| row(&over.message, html! { <span class="connected-told">{ (live.outcome)(over.outcome) }</span> }));
    let more = consumer.held.len().saturating_sub(LISTED);
    html! {
        <>
        if !consumer.held.is_empty() {
            <ul class="connected-messages is-held">{ for held }</ul>
            if more > 0 { <p class="setting-note">{ (live.more)(more) }</p> }
        }
        if !consumer.recent.is_empty() { <ul class="connected-messages">{ for over }</ul> }
        </>
    }
}
