//! Where the broker is, and who asks.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::typed;
use crate::live::{Login, Status};
use crate::ui::dialog::Dialog;
use crate::ui::store::{Slice, use_store};
use crate::web::broker::{Access, Connection};
use crate::web::surroundings;
use crate::words::LiveWords;

/// What was typed. The password is not kept: it is asked for again.
pub struct Draft {
    stomp: String,
    api: String,
    user: String,
    host: String,
}

impl Draft {
    /// Where a broker on this computer usually is.
    pub fn usual() -> Draft {
        Draft {
            stomp: "ws://localhost:15674/ws".to_owned(),
            api: "http://localhost:15672".to_owned(),
            user: "guest".to_owned(),
            host: "/".to_owned(),
        }
    }

    /// Where it is, as it was typed.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    fn access(&self, password: String, live: &LiveWords) -> Result<Access, String> {
        for (address, schemes) in [(&self.stomp, ["ws:", "wss:"]), (&self.api, ["http:", "https:"])] {
            let read = web_sys::Url::new(address.trim()).map_err(|_| (live.bad_address)(address))?;
            if !schemes.contains(&read.protocol().as_str())
                || !read.username().is_empty()
                || !read.password().is_empty()
            {
                return Err((live.bad_address)(address));
            }
            let here = matches!(read.hostname().as_str(), "localhost" | "127.0.0.1" | "[::1]");
            if surroundings::is_secure() && read.protocol() == schemes[0] && !here {
                return Err(live.needs_secure.to_owned());
            }
        }
        // As it stands in the browser where the broker's own pages are open.
        let api = self.api.split(['?', '#']).next().unwrap_or_default().trim().trim_end_matches('/');
        Ok(Access {
            stomp: self.stomp.trim().to_owned(),
            api: api.strip_suffix("/api").unwrap_or(api).to_owned(),
            host: self.host.clone(),
            login: Login { user: self.user.clone(), password },
        })
    }
}

/// What the form needs.
#[derive(Properties)]
pub struct Props {
    /// What was typed before.
    pub draft: Rc<RefCell<Draft>>,
    /// Called when there is a connection.
    pub on_connected: Callback<Connection>,
    /// Called when it is left.
    pub on_close: Callback<()>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Props) -> bool {
        Rc::ptr_eq(&self.draft, &other.draft)
    }
}

/// The form. It stays until there is a connection.
#[component]
pub fn Form(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let live = store.words().live;
    let password = use_node_ref();
    let problem = use_state_eq(|| None::<String>);
    let trying = use_state_eq(|| None::<Connection>);
    {
        let (problem, trying, on_connected) = (problem.setter(), trying.clone(), props.on_connected.clone());
        use_effect_with((*trying).clone(), move |connection| {
            let following = connection.as_ref().map(|connection| {
                let looked = connection.clone();
                connection.follow(Callback::from(move |()| match looked.look(|broker| broker.status().clone()) {
                    // All of it is there to be shown.
                    Status::Up if looked.look(|broker| broker.known().is_whole()) => on_connected.emit(looked.clone()),
                    Status::Up | Status::Connecting => {}
                    Status::Down(trouble) => {
                        problem.set(Some((live.trouble)(&trouble, &surroundings::origin())));
                        trying.set(None);
                    }
                }))
            });
            move || drop(following)
        });
    }
    let field = |id: &'static str, label: &str, value: fn(&mut Draft) -> &mut String| {
        let now = value(&mut props.draft.borrow_mut()).clone();
        let draft = props.draft.clone();
        typed(id, label, &now, "text", Callback::from(move |text| *value(&mut draft.borrow_mut()) = text))
    };
    let onsubmit = {
        let (store, draft, password) = (store.clone(), props.draft.clone(), password.clone());
        let (problem, trying) = (problem.clone(), trying.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(password) = password.cast::<HtmlInputElement>() else { return };
            let access = draft.borrow().access(password.value(), live);
            match access {
                Ok(access) => {
                    problem.set(None);
                    trying.set(Some(Connection::begin(access, store.clone())));
                }
                Err(sentence) => problem.set(Some(sentence)),
            }
        })
    };
    let lines = format!(
        "rabbitmq-plugins enable rabbitmq_management rabbitmq_web_stomp\n\n# rabbitmq.conf\nmanagement.cors.allow_origins.1 = {}",
        surroundings::origin()
    );
    let busy = trying.is_some();
    html! {
        <Dialog class="connect" title={live.title} on_close={props.on_close.clone()}>
            <p class="setting-note">{ live.about }</p>
            <form class="connect-form" {onsubmit}>
                { field("connect-api", live.api_address, |draft| &mut draft.api) }
                { field("connect-stomp", live.stomp_address, |draft| &mut draft.stomp) }
                { field("connect-host", live.host, |draft| &mut draft.host) }
                { field("connect-user", live.user, |draft| &mut draft.user) }
                <label for="connect-password">{ live.password }</label>
                <input id="connect-password" ref={password} type="password" autocomplete="off" data-first="" />
                if let Some(problem) = &*problem { <p class="setting-problem" role="alert">{ problem }</p> }
                <p class="setting-note connect-memory">{ live.in_memory }</p>
                <button type="submit" class="button is-primary" disabled={busy}>
                    { if busy { live.connecting } else { live.connect } }
                </button>
            </form>
            <details class="connect-set-up">
                <summary>{ live.set_up }</summary>
                <pre tabindex="0">{ lines }</pre>
            </details>
        </Dialog>
    }
}
