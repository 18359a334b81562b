//! A WebSocket that speaks STOMP.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{MessageEvent, WebSocket};

/// What a socket tells.
pub enum Heard {
    /// It is open.
    Opened,
    /// A text arrived.
    Received(String),
    /// It is closed, or never was open.
    Closed,
}

/// A socket. Once it is dropped, nothing is heard of it any more.
pub struct Socket {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

/// What STOMP 1.2 is called when a WebSocket is opened.
const PROTOCOL: &str = "v12.stomp";

impl Socket {
    /// Opens one; `None` where the browser refuses the address. `heard` is called with whatever happens.
    pub fn open(address: &str, heard: impl Fn(Heard) + Clone + 'static) -> Option<Socket> {
        let socket = WebSocket::new_with_str(address, PROTOCOL).ok()?;
        let opened = heard.clone();
        let closed = heard.clone();
        let listeners = [
            EventListener::new(&socket, "open", move |_| opened(Heard::Opened)),
            EventListener::new(&socket, "message", move |event| {
                // RabbitMQ sends texts, unless it is set up otherwise (`web_stomp.ws_frame`).
                let data = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
                heard(data.map_or(Heard::Closed, Heard::Received));
            }),
            // An error is always followed by it.
            EventListener::new(&socket, "close", move |_| closed(Heard::Closed)),
        ];
        Some(Socket { socket, _listeners: listeners })
    }

    /// Sends a text; nothing is sent where it is not open.
    pub fn send(&self, text: &str) {
        // What cannot be sent is told by the closing that follows.
        let _ = self.socket.send_with_str(text);
    }

    /// Closes it, without a word of STOMP.
    pub fn close(&self) {
        // One that is closing already goes on doing so.
        let _ = self.socket.close();
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.close();
    }
}
