//! Scenarios that come with the page, to be opened from the bar or by the address: `?scenario=mq`.

use std::cell::OnceCell;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::header::open_text;
use super::store::Store;
use crate::base::Text;
use crate::scenario::{Scenario, format};

macro_rules! scenarios {
    ($($folder:literal / $name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../static/scenarios/", $folder, "/", $name, ".json")))),*]
    };
}

/// Each with the name of its file, in the order in which they are offered.
static SCENARIOS: &[(&str, &str)] = scenarios![
    "seed" / "fifo",
    "seed" / "direct",
    "seed" / "direct-inventory-down",
    "seed" / "direct-add-system",
    "seed" / "mq",
    "seed" / "mq-inventory-stalls",
    "seed" / "mq-add-system",
    "seed" / "sync",
    "seed" / "async",
    "seed" / "peak-direct",
    "seed" / "peak-mq",
    "examples" / "overload",
    "examples" / "topic",
    "examples" / "dead-letter",
];

thread_local! {
    static TITLES: OnceCell<Vec<Text>> = const { OnceCell::new() };
}

/// The scenario of this name.
pub fn named(name: &str) -> Option<Scenario> {
    let (_, text) = SCENARIOS.iter().find(|(known, _)| *known == name)?;
    // They are part of the program, and tests read them.
    format::parse(text).ok()
}

/// Opens one of them.
pub fn menu(store: &Store) -> Html {
    let language = store.preferences().language;
    let title = |index: usize| {
        TITLES.with(|titles| {
            let read =
                || SCENARIOS.iter().map(|(name, _)| named(name).map(|it| it.title).unwrap_or_default()).collect();
            titles.get_or_init(read)[index].get(language).to_owned()
        })
    };
    let onchange = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
            if let Some((name, text)) = SCENARIOS.iter().find(|(name, _)| *name == select.value()) {
                open_text(&store, name, Some(text));
            }
            // It stands for what can be opened, not for what is open.
            select.set_value("");
        })
    };
    let options = SCENARIOS.iter().enumerate().map(|(index, (name, _))| {
        html! { <option value={*name}>{ title(index) }</option> }
    });
    let label = store.words().shell.examples;
    html! {
        <select class="header-examples" aria-label={label} {onchange}>
            <option value="" selected=true>{ label }</option>
            { for options }
        </select>
    }
}
