//! What happens by itself: chaos, and the faults and edits of the script.

use serde_json::json;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::fields::{Form, Target};
use super::icon::{Icon, icon};
use super::store::Store;
use crate::base::Micros;
use crate::scenario::{CHAOS_FIELDS, Chaos, FaultPlace};
use crate::session::Command;
use crate::view::incident;

/// How many faults a minute begin where chaos is switched on.
const USUAL_CHAOS: f64 = 12.0;

/// The chaos switch and the script.
pub fn panel(store: &Store, form: &Form) -> Html {
    let (words, session) = (store.words().failing, store.session());
    let scenario = session.scenario();
    let chaos = scenario.chaos.clone();
    let on = chaos.faults_per_min > 0.0;
    let switch = {
        let store = store.clone();
        let chaos = chaos.clone();
        Callback::from(move |event: Event| {
            let on = event.target_dyn_into::<HtmlInputElement>().is_some_and(|input| input.checked());
            let faults_per_min = if on { USUAL_CHAOS } else { 0.0 };
            store.order(Command::SetChaos { chaos: json!(Chaos { faults_per_min, ..chaos }) });
        })
    };
    let chaos_form = Form { target: Target::Chaos, ..form.clone() };
    let seconds = |ms: f64| incident::seconds(Micros::from_ms(ms));
    let faults = scenario.faults.iter().enumerate().map(|(index, timed)| {
        let (FaultPlace::Node(place) | FaultPlace::Edge(place)) = timed.fault.place();
        let place = incident::place_name(&session, place, store.words());
        let what = (words.fault)(&timed.fault);
        let lasts = timed.for_ms.map(seconds);
        let sentence = (words.scripted)(&seconds(timed.at_ms), &place, &what, lasts.as_deref());
        let remove = {
            let store = store.clone();
            Callback::from(move |_: MouseEvent| {
                store.order(Command::RemoveFault { index });
            })
        };
        html! {
            <li class="script-line">
                <span>{ sentence.clone() }</span>
                <button type="button" class="button is-icon is-small" title={words.remove_from_script}
                    aria-label={format!("{}: {sentence}", words.remove_from_script)} onclick={remove}>
                    { icon(Icon::Close) }
                </button>
            </li>
        }
    });
    let faults: Html = faults.collect();
    let made = session.engine().edits_made();
    let edits = made.chain(&scenario.edits).map(|edit| {
        let sentence =
            (words.scripted_edit)(&seconds(edit.at_ms), edit.nodes.len(), edit.edges.len(), edit.remove.len());
        html! { <li class="script-line"><span>{ sentence }</span></li> }
    });
    let edits: Html = edits.collect();
    let made = session.engine().edits_made().next().is_some();
    let empty = scenario.faults.is_empty() && scenario.edits.is_empty() && !made;
    html! {
        <>
            <section class="panel-part">
                <h3>{ words.chaos }</h3>
                <label class="setting-toggle">
                    <input type="checkbox" checked={on} onchange={switch} />
                    <span>{ words.chaos_on }</span>
                </label>
                <p class="setting-note">{ words.chaos_note }</p>
                if on { { chaos_form.record(CHAOS_FIELDS, "", &json!(chaos)) } }
            </section>
            <section class="panel-part">
                <h3>{ words.script }</h3>
                if empty {
                    <p class="setting-note">{ words.script_empty }</p>
                } else {
                    <ul class="script">{ edits }{ faults }</ul>
                }
            </section>
        </>
    }
}
