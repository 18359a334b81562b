//! What only a browser can show: components, storage, the address.

#![cfg(target_arch = "wasm32")]

mod painter;
mod shell;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
