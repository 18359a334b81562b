//! Something that is done once in the next frame of the screen, however often it is asked for.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

/// What is done then. Dropping it calls it off.
pub struct NextFrame {
    callback: Closure<dyn FnMut()>,
    request: Rc<Cell<Option<i32>>>,
}

impl NextFrame {
    /// Will do `work` whenever it is asked for.
    pub fn new(work: impl Fn() + 'static) -> NextFrame {
        let request = Rc::new(Cell::new(None));
        let callback = {
            let request = request.clone();
            Closure::new(move || {
                request.set(None);
                work();
            })
        };
        NextFrame { callback, request }
    }

    /// Asks for it.
    pub fn ask(&self) {
        if self.request.get().is_none()
            && let Some(window) = web_sys::window()
        {
            self.request.set(window.request_animation_frame(self.callback.as_ref().unchecked_ref()).ok());
        }
    }
}

impl Drop for NextFrame {
    fn drop(&mut self) {
        if let (Some(request), Some(window)) = (self.request.take(), web_sys::window()) {
            // Cancelling fails for no request.
            let _ = window.cancel_animation_frame(request);
        }
    }
}
