//! The browser's own dialog: it keeps the focus inside, gives it back, and closes on Escape or by a click beside it.

use gloo_events::EventListener;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

use super::icon::{Icon, icon};
use super::store::{Slice, use_store};

#[wasm_bindgen]
extern "C" {
    type DialogElement;

    #[wasm_bindgen(method, js_name = showModal, catch)]
    fn show_modal(this: &DialogElement) -> Result<(), JsValue>;
}

/// The attribute of what has the focus first in a dialog; without it, that is the button that closes.
const FIRST: &str = "data-first";

/// What a dialog needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Its class; its heading has an id made from it.
    pub class: &'static str,
    /// Its heading.
    pub title: AttrValue,
    /// Called when it is closed.
    pub on_close: Callback<()>,
    /// What it holds.
    pub children: Children,
}

/// A dialog, open as long as it is there.
#[component]
pub fn Dialog(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let dialog = use_node_ref();
    {
        let (dialog, on_close) = (dialog.clone(), props.on_close.clone());
        use_effect_with((), move |()| {
            let before = web_sys::window()
                .and_then(|window| window.document())
                .and_then(|document| document.active_element())
                .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
            let listener = dialog.get().map(|element| {
                // A dialog that has just been made is not open yet, so it can be opened.
                let _ = element.unchecked_ref::<DialogElement>().show_modal();
                // By hand: in a frame of another origin browsers block the attribute that is there for it.
                let first = element.unchecked_ref::<web_sys::Element>().query_selector(&format!("[{FIRST}]"));
                if let Some(first) =
                    first.ok().flatten().and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok())
                {
                    let _ = first.focus();
                }
                // Escape closes it by itself.
                EventListener::new(&element, "close", move |_| on_close.emit(()))
            });
            move || {
                drop(listener);
                // The dialog leaves the page while it is open: the browser gives the focus back to no one then.
                if let Some(before) = before {
                    let _ = before.focus();
                }
            }
        });
    }
    let by_button = {
        let on_close = props.on_close.clone();
        Callback::from(move |_: MouseEvent| on_close.emit(()))
    };
    // A click beside it lands on the dialog itself: all that it holds lies in one inner element.
    let by_click = {
        let (on_close, dialog) = (props.on_close.clone(), dialog.clone());
        Callback::from(move |event: MouseEvent| {
            if event.target_dyn_into::<web_sys::Node>().is_some_and(|target| dialog.get() == Some(target)) {
                on_close.emit(());
            }
        })
    };
    let heading = format!("{}-title", props.class);
    let close = store.words().shell.close;
    html! {
        <dialog class={classes!("dialog", props.class)} ref={dialog} aria-labelledby={heading.clone()} onclick={by_click}>
            <div class="dialog-body">
                <div class="dialog-head">
                    <h2 id={heading}>{ props.title.clone() }</h2>
                    <button type="button" class="button is-icon" title={close} aria-label={close} onclick={by_button}>
                        { icon(Icon::Close) }
                    </button>
                </div>
                { props.children.clone() }
            </div>
        </dialog>
    }
}
