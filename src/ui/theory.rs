//! Theory beside practice, under the live figures of a queue or a service.

use yew::prelude::*;

use super::store::{Slice, use_store};
use crate::scenario::Id;
use crate::view::theory;

/// Whose.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The node.
    pub node: Id,
}

/// What theory predicts of a queue or a service, beside what was measured; nothing for other nodes.
#[component]
pub fn Theory(props: &Props) -> Html {
    let store = use_store(&[Slice::Figures, Slice::Document, Slice::Preferences]);
    let chosen = use_state_eq(|| None::<bool>);
    let document = store.session().revisions().document;
    let expected = {
        let store = store.clone();
        use_memo((document, props.node.clone()), move |(_, node)| theory::expected(store.session().scenario(), node))
    };
    let Some(expected) = &*expected else { return Html::default() };
    // What is never said aloud is folded away; what is going to fail is not.
    let open = chosen.unwrap_or_else(|| expected.unstable());
    let words = store.words();
    let beside = expected.beside(&store.session(), words);
    let onclick = {
        let chosen = chosen.clone();
        Callback::from(move |event: MouseEvent| {
            // The browser would fold it by itself, and the next rendering would not know.
            event.prevent_default();
            chosen.set(Some(!open));
        })
    };
    let theory = words.theory;
    html! {
        <section class="panel-part theory">
            if let Some(unstable) = &beside.unstable {
                <p class="theory-unstable" role="status">{ "⚠ " }{ unstable }</p>
            }
            <details class="fold" {open}>
                <summary {onclick}><h3>{ theory.title }</h3><span class="theory-model">{ &beside.model }</span></summary>
                if open {
                    <dl class="figures">
                        { for beside.parameters.iter().map(|(name, value)| html! {
                            <div><dt>{ *name }</dt><dd>{ value }</dd></div>
                        }) }
                    </dl>
                    if !beside.rows.is_empty() {
                        <table class="theory-table">
                            <thead><tr>{ for theory.heads.iter().map(|head| html! { <th scope="col">{ *head }</th> }) }</tr></thead>
                            <tbody>
                                { for beside.rows.iter().map(|row| html! {
                                    <tr>
                                        <th scope="row">{ &row.name }</th>
                                        <td>{ &row.predicted }</td><td>{ &row.measured }</td><td>{ &row.difference }</td>
                                    </tr>
                                }) }
                            </tbody>
                        </table>
                        <p class="setting-note">{ theory.note }</p>
                    }
                    if !beside.formulas.is_empty() {
                        <p class="theory-formulas">
                            { for beside.formulas.iter().map(|formula| html! { <code>{ *formula }</code> }) }
                        </p>
                        { for beside.notes.iter().map(|note| html! { <p class="setting-note">{ *note }</p> }) }
                    }
                    if !beside.why_not.is_empty() {
                        <p class="theory-why">{ theory.why_not }</p>
                        <ul class="theory-list">{ for beside.why_not.iter().map(|why| html! { <li>{ why }</li> }) }</ul>
                    }
                    if !beside.remedies.is_empty() {
                        <p class="theory-why">{ theory.remedy }</p>
                        <ul class="theory-list">{ for beside.remedies.iter().map(|remedy| html! { <li>{ remedy }</li> }) }</ul>
                    }
                    { for beside.drains.iter().chain(&beside.little).map(|line| html! { <p class="theory-line">{ line }</p> }) }
                }
            </details>
        </section>
    }
}
