//! The ways past the panels, for people who go through the page with keys: seen when one of them has the focus.

use yew::prelude::*;

use super::focus;
use super::store::Store;

/// The first thing on the page. Buttons and not links: the page's base would lead a fragment away from it.
pub fn links(store: &Store) -> Html {
    let words = store.words();
    let ways: [(&'static str, &'static [&'static str]); 5] = [
        (words.shell.stage, &[".stage .node", ".stage"]),
        (words.access.outline, &[".outline-line[tabindex='0']", ".outline-toggle"]),
        (words.shell.palette, &[".palette-entry"]),
        (
            words.shell.inspector,
            &[".is-inspector :is(input, button, select, summary, [tabindex='0'])", ".is-inspector"],
        ),
        (words.shell.transport, &[".transport-play"]),
    ];
    let ways = ways.map(|(name, selectors)| {
        let onclick = Callback::from(move |_: MouseEvent| focus::after_change(selectors));
        html! { <button type="button" class="button" {onclick}>{ (words.access.skip)(name) }</button> }
    });
    html! { <nav class="skip" aria-label={(words.access.skip)("…")}>{ for ways }</nav> }
}
