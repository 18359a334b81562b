//! The small controls of the camera.

use std::rc::Rc;

use yew::prelude::*;

use super::desk::Desk;
use crate::editor::tool::Wish;
use crate::ui::store::{Slice, Store, use_store};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) desk: Rc<Desk>,
}

fn percent_of(store: &Store) -> String {
    format!("{:.0}%", store.session().camera().zoom * 100.0)
}

/// Zoom out, the zoom, zoom in, show everything.
#[component]
pub(super) fn Controls(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let words = store.words().stage;
    // Pushing the stage about renders nothing.
    let percent = use_state_eq(|| percent_of(&store));
    {
        let percent = percent.setter();
        use_effect_with(store.clone(), move |store| {
            let look = {
                let store = store.clone();
                move |()| percent.set(percent_of(&store))
            };
            let subscription = store.subscribe(&[Slice::Camera], Callback::from(look));
            move || drop(subscription)
        });
    }
    let button = |wish: Wish, label: &'static str, path: &'static str| {
        let desk = props.desk.clone();
        let onclick = Callback::from(move |_: MouseEvent| desk.fulfil(vec![wish.clone()]));
        html! {
            <button type="button" class="stage-control" aria-label={label} title={label} {onclick}>
                <svg viewBox="0 0 16 16" aria-hidden="true"><path d={path} /></svg>
            </button>
        }
    };
    let to_one = {
        let desk = props.desk.clone();
        Callback::from(move |_: MouseEvent| desk.fulfil(vec![Wish::ZoomToOne]))
    };
    html! {
        <div class="stage-controls" role="group" aria-label={words.camera}>
            { button(Wish::ZoomBy(0.8), words.zoom_out, "M3.5 8h9") }
            <button
                type="button"
                class="stage-control stage-zoom"
                aria-label={format!("{}: {}", *percent, words.zoom_to_one)}
                title={words.zoom_to_one}
                onclick={to_one}
            >
                { (*percent).clone() }
            </button>
            { button(Wish::ZoomBy(1.25), words.zoom_in, "M3.5 8h9M8 3.5v9") }
            { button(Wish::Fit, words.fit, "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10M6 6h4v4H6z") }
        </div>
    }
}
