//! The messages that wait in a queue, and everything that one of them carries.

use std::rc::Rc;

use yew::prelude::*;

use super::focus;
use super::inspector::order;
use super::number;
use super::store::Store;
use crate::engine::MessageDetails;
use crate::scenario::field::Unit;
use crate::scenario::{Headers, Id};
use crate::session::Command;
use crate::view::{glyph, header};
use crate::words::Words;

/// How many messages are listed.
const LISTED: usize = 20;

/// What is looked at: whether the list is unfolded, and the one message that is opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// Whether the list is unfolded.
    pub listed: bool,
    /// The number of the message that is opened.
    pub opened: Option<u64>,
    /// The list as it stood when the pointer or the focus came to it: it does not move away while it is read.
    pub held: Option<Rc<Vec<MessageDetails>>>,
}

/// The first messages that wait in a queue of so many.
pub fn list(store: &Store, queue: &Id, ready: u64, look: &UseStateHandle<Look>, list: &NodeRef) -> Html {
    let words = store.words();
    let routing = words.routing;
    let listed = look.listed;
    let fold = {
        let look = look.clone();
        Callback::from(move |event: MouseEvent| {
            // The list folds when it is rendered so.
            event.prevent_default();
            look.set(Look { listed: !listed, ..Look::default() });
        })
    };
    let body = if listed { messages(store, queue, ready, look, list) } else { Html::default() };
    html! {
        <details class="panel-part fold messages" open={listed}>
            <summary onclick={fold}>{ routing.messages }</summary>
            { body }
        </details>
    }
}

fn messages(store: &Store, queue: &Id, ready: u64, look: &UseStateHandle<Look>, list: &NodeRef) -> Html {
    let opened = look.opened;
    let words = store.words();
    let routing = words.routing;
    let session = store.session();
    let all = look.held.clone().unwrap_or_else(|| {
        Rc::new((0..LISTED).map_while(|place| session.engine().message_in_queue(queue, place)).collect())
    });
    let hold = {
        let (look, all) = (look.clone(), all.clone());
        move || {
            if look.held.is_none() {
                look.set(Look { held: Some(all.clone()), ..Look::clone(&look) });
            }
        }
    };
    let let_go = {
        let look = look.clone();
        move || look.set(Look { held: None, ..Look::clone(&look) })
    };
    let (onpointerenter, onfocusin) = {
        let (by_pointer, by_focus) = (hold.clone(), hold);
        (Callback::from(move |_: PointerEvent| by_pointer()), Callback::from(move |_: FocusEvent| by_focus()))
    };
    let (onpointerleave, onfocusout) = {
        let (by_pointer, by_focus) = (let_go.clone(), let_go);
        let list = list.clone();
        let leaves = move |event: FocusEvent| {
            if focus::leaves(&list, &event) {
                by_focus();
            }
        };
        (Callback::from(move |_: PointerEvent| by_pointer()), Callback::from(leaves))
    };
    let gone = opened.filter(|opened| all.iter().all(|message| message.copy != *opened));
    let rows = all.iter().map(|message| {
        let is_open = opened == Some(message.copy);
        let onclick = {
            let (look, copy) = (look.clone(), message.copy);
            Callback::from(move |_: MouseEvent| {
                look.set(Look { opened: (!is_open).then_some(copy), ..Look::clone(&look) });
            })
        };
        let key = if message.routing_key.is_empty() { routing.no_key } else { &message.routing_key };
        html! {
            <li key={message.copy.to_string()}>
                <button type="button" class="message-line" aria-expanded={is_open.to_string()} {onclick}>
                    <span class="message-number">{ message.copy.to_string() }</span>
                    <span class={classes!("message-key", message.routing_key.is_empty().then_some("is-empty"))}>
                        { key.to_owned() }
                    </span>
                    if message.redelivered {
                        <span class="message-mark">{ routing.redelivered }</span>
                    }
                    if message.delivery_count > 0 {
                        <span class="message-mark">{ (routing.came_back)(message.delivery_count) }</span>
                    }
                </button>
                if is_open {
                    { details(store, message) }
                }
            </li>
        }
    });
    let more = ready.saturating_sub(all.len() as u64);
    html! {
        <>
            if let Some(gone) = gone {
                <p class="setting-note">{ (routing.message_gone)(gone) }</p>
            }
            if all.is_empty() {
                <p class="setting-note">{ routing.no_messages }</p>
            } else {
                <ol ref={list} class="message-list" {onpointerenter} {onpointerleave} {onfocusin} {onfocusout}>{ for rows }</ol>
            }
            if more > 0 {
                <p class="setting-note">{ (routing.more_messages)(&number::count(more)) }</p>
            }
        </>
    }
}

fn details(store: &Store, message: &MessageDetails) -> Html {
    let words = store.words();
    let routing = words.routing;
    let exchange = if message.exchange.is_empty() {
        routing.default_exchange.to_owned()
    } else {
        glyph::label(&store.session(), &Id::from(message.exchange.as_str()), words)
    };
    let none = || words.shell.none_yet.to_owned();
    let size = format!("{} {}", number::count(message.size_bytes), (words.unit)(Unit::Bytes));
    let figures = [
        (routing.exchange, exchange),
        (routing.routing_key, message.routing_key.clone()),
        (routing.persistent, (if message.persistent { routing.yes } else { routing.no }).to_owned()),
        (routing.redelivered, (if message.redelivered { routing.yes } else { routing.no }).to_owned()),
        (routing.priority, message.priority.map_or_else(none, |priority| priority.to_string())),
        (routing.size, size),
        (routing.ttl, message.ttl_ms.map_or_else(none, number::span)),
        (routing.published_at, number::clock(message.published_at)),
        (routing.enqueued_at, number::clock(message.enqueued_at)),
        (routing.expires_at, message.expires_at.map_or_else(none, number::clock)),
    ];
    let figures = figures.into_iter().map(|(name, value)| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> });
    html! {
        <div class="message-details" role="group" aria-label={(routing.message)(message.copy)}>
            <button type="button" class="button is-small" onclick={order(store, Command::Follow { copy: Some(message.copy) })}>
                { words.journey.follow }
            </button>
            // How it died comes first: it is what one looks for.
            if !message.deaths.is_empty() {
                <h4>{ routing.deaths }</h4>
                <ol class="message-deaths">
                    { for message.deaths.iter().map(|death| html! { <li>{ (routing.death)(death) }</li> }) }
                </ol>
            }
            <dl class="figures">{ for figures }</dl>
            { headers(&message.headers, words) }
        </div>
    }
}

fn headers(headers: &Headers, words: &Words) -> Html {
    if headers.is_empty() {
        return Html::default();
    }
    let rows = headers.iter().map(|(name, value)| {
        html! {
            <tr>
                <th scope="row">{ name.clone() }</th>
                <td>{ header::written(value) }</td>
                <td class="setting-type">{ (words.routing.header_type)(value) }</td>
            </tr>
        }
    });
    html! {
        <table class="message-headers">
            <caption>{ words.routing.headers }</caption>
            <tbody>{ for rows }</tbody>
        </table>
    }
}
