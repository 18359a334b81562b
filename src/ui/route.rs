//! The explained route: where a message with a key would go from an exchange, and why.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::fields::{Form, Target};
use super::store::{Question, Store};
use crate::engine::{BindingExplanation, BindingReason, HeaderCheck, PatternWord, RouteExplanation};
use crate::scenario::field::{Field, Shape};
use crate::scenario::{EdgeKind, ExchangeKind, HeaderValue, Id, NodeSettings, Scenario};
use crate::view::{glyph, header};
use crate::words::{RoutingWords, Words};

/// The headers of the message that is asked for.
static HEADERS: &[Field] = &[Field::usual("headers", |words| &words.fields.message_headers, Shape::Headers)];

/// What is asked first: what a producer that publishes here would send.
fn first_question(scenario: &Scenario, exchange: &Id) -> Question {
    let mut edges = scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Publish && edge.to == *exchange);
    let message = edges.find_map(|edge| match &scenario.node(&edge.from)?.settings {
        NodeSettings::Producer(producer) => Some(&producer.message),
        _ => None,
    });
    Question {
        exchange: exchange.clone(),
        routing_key: message
            .and_then(|message| message.routing_keys.first())
            .map(|weighted| weighted.key.clone())
            .unwrap_or_default(),
        headers: message.map(|message| message.headers.clone()).unwrap_or_default(),
    }
}

/// The part of the inspector in which a route is asked for and explained.
pub fn explained(store: &Store, form: &Form, exchange: &Id) -> Html {
    let words = store.words();
    let routing = words.routing;
    let question = store.question();
    let fold = {
        let (store, exchange, open) = (store.clone(), exchange.clone(), question.is_some());
        Callback::from(move |event: MouseEvent| {
            // It folds when it is rendered so.
            event.prevent_default();
            let first = (!open).then(|| first_question(store.session().scenario(), &exchange));
            store.ask(first);
        })
    };
    html! {
        <details class="panel-part fold route" open={question.is_some()}>
            <summary onclick={fold}>{ routing.explain }</summary>
            if let Some(question) = question {
                { asked(store, form, question) }
            }
        </details>
    }
}

fn asked(store: &Store, form: &Form, question: Question) -> Html {
    let words = store.words();
    let routing = words.routing;
    let oninput = {
        let (store, question) = (store.clone(), question.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                store.ask(Some(Question { routing_key: input.value(), ..question.clone() }));
            }
        })
    };
    let session = store.session();
    let Question { exchange, routing_key, headers } = &question;
    let explanation = session.engine().explain_route(exchange, routing_key, headers);
    let compares_headers = |id: &Id| match session.scenario().node(id).map(|node| &node.settings) {
        Some(NodeSettings::Exchange(exchange)) => exchange.kind == ExchangeKind::Headers,
        _ => false,
    };
    let has_headers = explanation.iter().flat_map(|explanation| &explanation.exchanges).any(compares_headers);
    let headers = has_headers.then(|| {
        let form = Form { target: Target::Question, ..form.clone() };
        form.record(HEADERS, "", &serde_json::json!({ "headers": headers }))
    });
    html! {
        <>
            <p class="setting-note">{ routing.explain_note }</p>
            <div class="setting-line">
                <label for="route-key">{ routing.routing_key }</label>
                <span class="setting-number is-text">
                    <input type="text" id="route-key" autocomplete="off" autocapitalize="off" spellcheck="false"
                        value={routing_key.clone()} {oninput} />
                </span>
            </div>
            { headers }
            if let Some(explanation) = &explanation {
                <div class="route-answer" aria-live="polite">{ answer(store, &question, explanation) }</div>
            }
        </>
    }
}

fn answer(store: &Store, question: &Question, explanation: &RouteExplanation) -> Html {
    let words = store.words();
    let routing = words.routing;
    let session = store.session();
    let name = |id: &Id| glyph::label(&session, id, words);
    let exchanges = explanation.exchanges.iter().map(|exchange| {
        let bindings = explanation.bindings.iter().filter_map(|binding| {
            let edge = session.scenario().edge(&binding.edge).filter(|edge| edge.from == *exchange)?;
            Some((binding, name(&edge.to)))
        });
        let bindings: Vec<Html> =
            bindings.map(|(binding, to)| binding_view(&question.routing_key, binding, &to, words)).collect();
        html! {
            <>
                <h4>{ (routing.bindings_of)(&name(exchange)) }</h4>
                if bindings.is_empty() {
                    <p class="setting-note">{ routing.no_bindings }</p>
                } else {
                    <ul class="route-bindings">{ bindings }</ul>
                }
            </>
        }
    });
    let exchanges: Html = exchanges.collect();
    let alternates = explanation.alternates.iter().map(|(from, to)| {
        let sentence = match to {
            Some(to) => (routing.goes_to_alternate)(&name(from), &name(&Id::from(to.as_str()))),
            None => (routing.nothing_takes)(&name(from)),
        };
        html! { <p class="route-sentence">{ sentence }</p> }
    });
    html! {
        <>
            { exchanges }
            { for alternates }
            if explanation.queues.is_empty() {
                <p class="route-sentence is-nobody">{ routing.nobody_gets_it }</p>
            } else {
                <h4>{ routing.gets_it }</h4>
                <ul class="route-queues">
                    { for explanation.queues.iter().map(|queue| html! { <li>{ name(queue) }</li> }) }
                </ul>
            }
        </>
    }
}

fn binding_view(key: &str, binding: &BindingExplanation, to: &str, words: &Words) -> Html {
    let routing = words.routing;
    let (class, sign, said) =
        if binding.matches { ("is-match", "✓", routing.fits) } else { ("is-miss", "✗", routing.fits_not) };
    let why = match &binding.why {
        BindingReason::Fanout => html! { <p class="setting-note">{ routing.asks_nothing }</p> },
        BindingReason::Direct { wanted } => {
            html! { <p class="setting-note">{ (routing.same_key)(wanted, key, binding.matches) }</p> }
        }
        BindingReason::Topic { pattern, left } => topic(pattern, left, binding.matches, routing),
        BindingReason::Headers { x_match, checks } => html! {
            <>
                <p class="setting-note">{ (routing.headers_match)(*x_match) }</p>
                <ul class="route-checks">{ for checks.iter().map(|check| header_check(check, routing)) }</ul>
            </>
        },
    };
    html! {
        <li class={class} key={binding.edge.0.clone()}>
            <p class="route-binding">
                <span class="route-sign" aria-hidden="true">{ sign }</span>
                <span>{ "→ " }{ to.to_owned() }<span class="is-hidden">{ ": " }{ said }</span></span>
            </p>
            { why }
        </li>
    }
}

/// The pattern, word by word, each with the words of the key that it takes.
fn topic(pattern: &[PatternWord], left: &[String], matches: bool, routing: &'static RoutingWords) -> Html {
    let shown = |word: &str| if word.is_empty() { routing.empty_word.to_owned() } else { word.to_owned() };
    let stuck = pattern.iter().position(|word| word.takes.is_none());
    let words = pattern.iter().enumerate().map(|(index, word)| {
        let takes = match &word.takes {
            Some(takes) if takes.is_empty() => routing.takes_none.to_owned(),
            Some(takes) => takes.iter().map(|word| shown(word)).collect::<Vec<_>>().join("."),
            None if stuck == Some(index) => routing.finds_nothing.to_owned(),
            None => String::new(),
        };
        let class = match &word.takes {
            Some(_) => "route-word",
            None if stuck == Some(index) => "route-word is-stuck",
            None => "route-word is-behind",
        };
        html! { <li {class}><b>{ shown(&word.word) }</b><span>{ takes }</span></li> }
    });
    html! {
        <>
            <ol class="route-words">
                { for words }
                if !matches && stuck.is_none() {
                    <li class="route-word is-stuck">
                        <b aria-hidden="true">{ "–" }</b>
                        <span>{ left.iter().map(|word| shown(word)).collect::<Vec<_>>().join(".") }</span>
                    </li>
                }
            </ol>
            if !matches && stuck.is_none() {
                <p class="setting-note">{ routing.words_left }</p>
            }
        </>
    }
}

fn header_check(check: &HeaderCheck, routing: &RoutingWords) -> Html {
    let (class, sign) = match check.fits {
        Some(true) => ("is-match", "✓"),
        Some(false) => ("is-miss", "✗"),
        None => ("is-ignored", "–"),
    };
    let said = match (&check.found, check.fits) {
        (_, None) => routing.header_ignored.to_owned(),
        (None, _) => routing.header_missing.to_owned(),
        (Some(_), Some(true)) if check.wanted == HeaderValue::Void(()) => routing.any_value.to_owned(),
        (Some(found), Some(true)) => (routing.header_fits)(&header::written(found)),
        (Some(found), Some(false)) => {
            (routing.header_differs)(&header::written(&check.wanted), &header::written(found))
        }
    };
    html! {
        <li class={class}>
            <span class="route-sign" aria-hidden="true">{ sign }</span>
            <span><b>{ check.name.clone() }</b>{ " " }{ said }</span>
        </li>
    }
}
