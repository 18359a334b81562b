//! The help: what this is, and its keys.

use gloo_events::EventListener;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

use super::icon::{Icon, icon};
use super::keys::KEYS;
use super::store::{Slice, use_store};

#[wasm_bindgen]
extern "C" {
    /// The browser's own dialog: it keeps the focus inside, gives it back, and closes on Escape.
    type DialogElement;

    #[wasm_bindgen(method, js_name = showModal, catch)]
    fn show_modal(this: &DialogElement) -> Result<(), JsValue>;
}

/// What the help needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Called when it is closed.
    pub on_close: Callback<()>,
}

/// The help, open as long as it is there.
#[component]
pub fn Help(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let shell = store.words().shell;
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
    let close = |on_close: &Callback<()>| {
        let on_close = on_close.clone();
        move || on_close.emit(())
    };
    let by_button = close(&props.on_close);
    // A click beside it lands on the dialog itself: all that it holds lies in one inner element.
    let by_click = {
        let (close, dialog) = (close(&props.on_close), dialog.clone());
        move |event: MouseEvent| {
            if event.target_dyn_into::<web_sys::Node>().is_some_and(|target| dialog.get() == Some(target)) {
                close();
            }
        }
    };
    let lines = KEYS.iter().map(|line| {
        let ways = line.ways.iter().map(|way| {
            let keys = way.iter().map(|key| html! { <kbd>{ *key }</kbd> });
            html! { <span class="help-way">{ for keys }</span> }
        });
        html! { <div><dt>{ (line.words)(shell) }</dt><dd>{ for ways }</dd></div> }
    });
    html! {
        <dialog class="help" ref={dialog} aria-labelledby="help-title" onclick={by_click}>
            <div class="help-body">
                <div class="help-head">
                    <h2 id="help-title">{ shell.help }</h2>
                    <button type="button" class="button is-icon" title={shell.close} aria-label={shell.close}
                        onclick={move |_| by_button()}>{ icon(Icon::Close) }</button>
                </div>
                { for shell.about.iter().map(|line| html! { <p>{ *line }</p> }) }
                <h3>{ shell.keys }</h3>
                <dl class="help-keys">{ for lines }</dl>
            </div>
        </dialog>
    }
}
