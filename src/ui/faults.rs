//! Faults in the inspector: what can happen to what is selected, now or on the script.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::icon::{Icon, icon};
use super::number;
use super::store::Store;
use crate::scenario::{BROKER, Fault, Id, TimedFault};
use crate::session::Command;
use crate::view::faults;
use crate::words::Words;

/// How long a fault of the script lasts where nothing else is typed, in seconds.
const USUAL_SECONDS: &str = "5";

/// What is typed into one of this part's own fields.
fn typed(id: &str) -> Option<String> {
    let field = web_sys::window()?.document()?.get_element_by_id(id)?;
    Some(field.dyn_into::<HtmlInputElement>().ok()?.value().trim().to_owned())
}

/// The id of the field with a fault's number.
fn field_id(fault: &Fault) -> String {
    format!("fault-{}", fault.name())
}

/// The fault with the number that is typed beside it.
fn as_typed(fault: &Fault) -> Option<Fault> {
    if fault.number().is_none() || faults::mends(fault) {
        return Some(fault.clone());
    }
    typed(&field_id(fault)).as_deref().and_then(number::read).map(|number| faults::with_number(fault, number))
}

fn inject(store: &Store, fault: Option<Fault>) {
    match fault {
        Some(fault) => drop(store.order(Command::Fault(fault))),
        None => store.notify(store.words().shell.not_a_number.to_owned()),
    }
}

/// Adds a fault to the script, at the time and for as long as is typed.
fn add_to_script(store: &Store, fault: Option<Fault>) {
    let ms = |text: Option<String>, otherwise: Option<f64>| match text.as_deref() {
        None | Some("") => Some(otherwise),
        Some(text) => number::read(text).map(|seconds| Some(seconds * 1_000.0)),
    };
    let at = ms(typed("fault-at"), Some(store.session().now().as_ms()));
    let lasts = ms(typed("fault-for"), None);
    let (Some(fault), Some(Some(at_ms)), Some(for_ms)) = (fault, at, lasts) else {
        store.notify(store.words().shell.not_a_number.to_owned());
        return;
    };
    let for_ms = for_ms.filter(|_| fault.opposite().is_some());
    store.order(Command::AddFault { timed: TimedFault { at_ms, for_ms, fault } });
}

/// What a fault is called where it can be chosen. What is done to the broker says so: nothing else on the panel does.
fn label(words: &Words, id: &Id, fault: &Fault) -> String {
    match fault {
        Fault::Crash { .. } if id.as_str() == BROKER => words.shell.crash_broker.to_owned(),
        Fault::Restart { .. } if id.as_str() == BROKER => words.shell.restart_broker.to_owned(),
        _ => (words.failing.fault)(fault),
    }
}

/// What can happen to a node, an edge or the broker.
pub fn section(store: &Store, id: &Id) -> Html {
    let words = store.words();
    let failing = words.failing;
    let possible = faults::possible(&store.session(), id);
    if possible.is_empty() {
        return Html::default();
    }
    let rows = possible.into_iter().map(|fault| {
        let mends = faults::mends(&fault);
        let label = label(words, id, &fault);
        let number = fault.number().filter(|_| !mends);
        let happen = {
            let (store, fault) = (store.clone(), fault.clone());
            Callback::from(move |_: MouseEvent| inject(&store, as_typed(&fault)))
        };
        let script = {
            let (store, fault) = (store.clone(), fault.clone());
            Callback::from(move |_: MouseEvent| add_to_script(&store, as_typed(&fault)))
        };
        let add = (failing.add_to_script)(&label);
        html! {
            <li key={format!("{} {mends}", fault.name())}>
                <button type="button" class={classes!("button", if mends { "is-primary" } else { "is-danger" })}
                    onclick={happen}>{ label }</button>
                if let Some((name, usual, _)) = number {
                    <input type="text" inputmode="decimal" autocomplete="off" id={field_id(&fault)}
                        value={number::plain(usual)} aria-label={(failing.fault_number)(name)}
                        title={(failing.fault_number)(name)} />
                }
                if !mends {
                    <button type="button" class="button is-icon is-small" title={add.clone()} aria-label={add}
                        onclick={script}>{ icon(Icon::Add) }</button>
                }
            </li>
        }
    });
    html! {
        <section class="panel-part faults" key={format!("faults {id}")}>
            <h3>{ failing.faults }</h3>
            <ul>{ for rows }</ul>
            <div class="faults-when">
                <label>{ failing.at_time }
                    <input type="text" inputmode="decimal" id="fault-at" autocomplete="off" placeholder={failing.now} />
                </label>
                <label>{ failing.for_time }
                    <input type="text" inputmode="decimal" id="fault-for" autocomplete="off" value={USUAL_SECONDS}
                        placeholder={failing.for_ever} />
                </label>
            </div>
        </section>
    }
}
