//! The page connected to a real broker: it says so all the time, shows what is there on the stage, and lets the person at the page
//! publish, consume, drop connections, bring the sketch there, and run it in both places at once. Nobody else: no command of another
//! page comes here, and in a frame there is no way in.

mod consume;
mod deploy;
mod events;
mod form;
mod ledger;
mod publish;
mod twin;

use yew::prelude::*;

use super::app::next;
use super::icon::{Icon, icon};
use super::live::Live;
use super::notices::Notices;
use super::number;
use super::stage::Stage;
use super::store::{Preferences, Slice, Store, Theme, use_store};
use crate::base::Language;
use crate::live::{Broker, State, Status, Target, Tracing};
use crate::web::broker::Connection;
use crate::web::surroundings;

pub use form::{Draft, Form};

/// Renders again whenever something has changed at the broker.
#[hook]
fn use_connection(connection: &Connection) {
    let render = use_force_update();
    use_effect_with(connection.clone(), move |connection| {
        let following = connection.follow(Callback::from(move |()| render.force_update()));
        move || drop(following)
    });
}

/// What it needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// The connection, which is there.
    pub connection: Connection,
    /// Called when it is left.
    pub on_close: Callback<()>,
}

/// The page while it shows a real broker.
#[component]
pub fn Connected(props: &Props) -> Html {
    let sketch = use_store(&[Slice::Preferences]);
    let shown = props.connection.shown();
    {
        // What shows the broker has the page's language and theme.
        let shown = shown.clone();
        use_effect_with(sketch.preferences(), move |preferences| shown.set_preferences(*preferences));
    }
    html! {
        <ContextProvider<Store> context={shown}>
            <Whole connection={props.connection.clone()} on_close={props.on_close.clone()} />
        </ContextProvider<Store>>
    }
}

/// Whether the connection is there; renders again when that changes.
#[hook]
fn use_up(connection: &Connection) -> bool {
    let is_up = |connection: &Connection| connection.look(|broker| *broker.status() == Status::Up);
    let up = use_state_eq(|| is_up(connection));
    let setter = up.setter();
    use_effect_with(connection.clone(), move |connection| {
        let looked = connection.clone();
        let following = connection.follow(Callback::from(move |()| setter.set(is_up(&looked))));
        move || drop(following)
    });
    *up
}

#[component]
fn Whole(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let words = store.words();
    let connection = &props.connection;
    let up = use_up(connection);
    let panel = use_node_ref();
    {
        // What had the focus has gone: whoever uses keys goes on where things are done.
        let panel = panel.clone();
        use_effect_with((), move |()| {
            if let Some(panel) = panel.cast::<web_sys::HtmlElement>() {
                let _ = panel.focus();
            }
        });
    }
    html! {
        <div class={classes!("shell", "connected", (!up).then_some("is-down"))}>
            <Head connection={connection.clone()} on_close={props.on_close.clone()} />
            <main class="stage-host" aria-label={words.shell.stage}>
                <Stage />
                <Nothing connection={connection.clone()} />
            </main>
            <aside class="panel connected-panel" ref={panel} tabindex="-1" aria-label={words.live.panel}>
                <Gone connection={connection.clone()} />
                <Selected connection={connection.clone()} />
                <ledger::LedgerPart connection={connection.clone()} />
                <deploy::Deploy connection={connection.clone()} />
                <publish::Publish connection={connection.clone()} />
                <consume::Consume connection={connection.clone()} />
                <twin::TwinPart connection={connection.clone()} />
                <events::Events connection={connection.clone()} />
            </aside>
            <Notices />
            <Live />
        </div>
    }
}

/// That the connection has gone, and why; what was there can still be read.
#[component]
fn Gone(props: &PartProps) -> Html {
    let store = use_store(&[Slice::Preferences]);
    use_connection(&props.connection);
    let live = store.words().live;
    let trouble = match props.connection.look(|broker| broker.status().clone()) {
        Status::Up => return Html::default(),
        Status::Connecting => {
            return html! { <div class="connected-trouble" role="status"><p>{ live.connecting }</p></div> };
        }
        Status::Down(trouble) => trouble,
    };
    let again = {
        let connection = props.connection.clone();
        Callback::from(move |_: MouseEvent| connection.act(|broker| broker.reconnect()))
    };
    html! {
        <div class="connected-trouble" role="alert">
            <p>{ (live.trouble)(&trouble, &surroundings::origin()) }</p>
            <button type="button" class="button is-primary" onclick={again}>{ live.again }</button>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct HeadProps {
    connection: Connection,
    on_close: Callback<()>,
}

/// The bar at the top: that this is a real broker, which one, and the way out.
#[component]
fn Head(props: &HeadProps) -> Html {
    let store = use_store(&[Slice::Preferences]);
    use_connection(&props.connection);
    let words = store.words();
    let live = words.live;
    let sketch = props.connection.sketch();
    let preferences = store.preferences();
    let (about, host, up, tracing) = props.connection.look(|broker| {
        (
            broker.known().about.clone(),
            broker.host().to_owned(),
            *broker.status() == Status::Up,
            broker.tracing().clone(),
        )
    });
    let set = {
        let sketch = sketch.clone();
        move |change: fn(Preferences) -> Preferences| {
            let sketch = sketch.clone();
            Callback::from(move |_: MouseEvent| sketch.set_preferences(change(sketch.preferences())))
        }
    };
    let onlanguage = set(|now| Preferences { language: next(&Language::ALL, now.language), ..now });
    let ontheme = set(|now| Preferences { theme: next(&Theme::ALL, now.theme), ..now });
    let trace = {
        let connection = props.connection.clone();
        let on = tracing == Tracing::Off;
        Callback::from(move |_: MouseEvent| connection.act(|broker| broker.set_tracing(on)))
    };
    let (picture, label) = super::header::theme_button(preferences.theme, words.shell);
    let switch_language = super::header::other_language(preferences.language);
    html! {
        <header class="header connected-head">
            <span class={classes!("connected-badge", (!up).then_some("is-down"))} title={live.is_live_about}>
                { if up { live.is_live } else { live.lost } }
            </span>
            <h1 class="header-title">{ format!("RabbitMQ {}", about.version) }</h1>
            <p class="header-scenario">{ format!("{} · {}", about.cluster, host) }</p>
            <div class="header-buttons">
                <button type="button" class="button connected-trace" role="switch" disabled={!up}
                    aria-checked={(tracing == Tracing::On).to_string()} title={live.trace_about} onclick={trace}>
                    { live.trace }{ ": " }{ (live.tracing)(&tracing) }
                </button>
                <button type="button" class="button is-icon" title={switch_language.0} aria-label={switch_language.0} onclick={onlanguage}>
                    { icon(Icon::Language) }
                </button>
                <button type="button" class="button is-icon" title={label} aria-label={label} onclick={ontheme}>{ icon(picture) }</button>
                <button type="button" class="button is-danger" onclick={props.on_close.reform(|_: MouseEvent| ())}>{ live.disconnect }</button>
            </div>
            <p class="connected-about">{ live.is_live_about }</p>
        </header>
    }
}

#[derive(PartialEq, Properties)]
struct PartProps {
    connection: Connection,
}

/// What is said where there is nothing to be seen.
#[component]
fn Nothing(props: &PartProps) -> Html {
    let store = use_store(&[Slice::Document, Slice::Preferences]);
    let empty =
        store.session().scenario().nodes.is_empty() && props.connection.look(|broker| broker.known().is_whole());
    if !empty {
        return Html::default();
    }
    html! { <p class="connected-nothing">{ store.words().live.nothing_there }</p> }
}

/// A part of the panel, which can be folded.
fn part(title: &str, open: bool, content: Html) -> Html {
    html! { <details class="connected-part" {open}><summary>{ title.to_owned() }</summary><div>{ content }</div></details> }
}

/// What is selected on the stage, in figures, with what can be done about it.
#[component]
fn Selected(props: &PartProps) -> Html {
    let store = use_store(&[Slice::Selection, Slice::Document, Slice::Preferences]);
    use_connection(&props.connection);
    let live = store.words().live;
    let selected = store.session().selection().iter().next().cloned();
    let section = use_node_ref();
    {
        let section = section.clone();
        use_effect_with(selected.clone(), move |_| {
            if let Some(section) = section.cast::<web_sys::Element>() {
                section.scroll_into_view();
            }
        });
    }
    let Some(id) = selected else { return Html::default() };
    let (target, consumer) = props.connection.stage(|stage| (stage.target(&id), stage.consumer(&id)));
    if let Some(number) = consumer {
        let line = consume::line(&props.connection, number, live, store.words());
        return html! { <section class="connected-selected" ref={section} aria-label={live.selected}>{ line }</section> };
    }
    let described = props.connection.look(|broker| describe(broker, target.as_ref()?, live));
    let Some((name, figures, arguments)) = described else { return Html::default() };
    html! {
        <section class="connected-selected" ref={section} aria-label={live.selected}>
            <h2>{ name }</h2>
            <p>{ figures }</p>
            if !arguments.is_empty() { <p class="setting-note">{ arguments }</p> }
        </section>
    }
}

/// A target's name, figures and arguments.
fn describe(broker: &Broker, target: &Target, live: &crate::words::LiveWords) -> Option<(String, String, String)> {
    let known = broker.known();
    let (name, figures, arguments) = match target {
        Target::Queue(name) => {
            let queue = known.queue(name)?;
            let figures = (live.queue_figures)(queue.ready, queue.unacked, broker.consumers_of(name));
            ((live.queue_named)(name), figures, &queue.effective.arguments)
        }
        Target::Exchange(name) => {
            let exchange = known.exchanges.iter().find(|exchange| exchange.declared.name == *name)?;
            let figures = (live.exchange_figures)(&number::measure(exchange.receives_per_s));
            (
                format!("{} ({})", (live.exchange_named)(name), exchange.declared.kind),
                figures,
                &exchange.declared.arguments,
            )
        }
    };
    let arguments = if arguments.is_empty() { String::new() } else { serde_json::to_string(arguments).ok()? };
    Some((name, figures, arguments))
}

/// All that can be published to, as it is called: exchanges that clients may use, then queues.
fn targets(broker: &Broker) -> Vec<Target> {
    let known = broker.known();
    let exchanges = known.exchanges.iter().map(|exchange| &exchange.declared);
    let exchanges = exchanges.filter(|exchange| !exchange.internal && !exchange.name.is_empty());
    let exchanges = exchanges.map(|exchange| Target::Exchange(exchange.name.clone()));
    exchanges.chain(queues(broker).into_iter().map(Target::Queue)).collect()
}

/// The names of all queues.
fn queues(broker: &Broker) -> Vec<String> {
    broker.known().queues.iter().map(|queue| queue.declared.name.clone()).collect()
}

/// What a consumer of the page's own is called.
fn called(number: u32, name: Option<&str>, live: &crate::words::LiveWords) -> String {
    name.map_or_else(|| (live.own_consumer)(number), str::to_owned)
}

/// Whether a consumer is there.
fn state_of<'a>(state: &'a State, live: &crate::words::LiveWords) -> (&'static str, &'a str) {
    match state {
        State::Connecting => (live.subscribing, ""),
        State::Up => (live.subscribed, ""),
        State::Down(said) => (live.gone, said.as_deref().unwrap_or_default()),
    }
}

/// A whole number from 1 to `most` that was typed.
fn whole(text: &str, most: u64) -> Option<u64> {
    text.trim().parse().ok().filter(|number| (1..=most).contains(number))
}

/// A field with a label; `inputmode` says which keys a phone shows.
fn typed(id: &'static str, label: &str, value: &str, inputmode: &'static str, change: Callback<String>) -> Html {
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
            change.emit(input.value());
        }
    });
    html! {
        <>
        <label for={id}>{ label.to_owned() }</label>
        <input {id} type="text" {inputmode} autocomplete="off" spellcheck="false" value={value.to_owned()} {oninput} />
        </>
    }
}

/// A choice with a label.
fn chosen(
    id: &'static str,
    label: &str,
    options: Vec<(String, String)>,
    value: &str,
    change: Callback<String>,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() {
            change.emit(select.value());
        }
    });
    html! {
        <>
        <label for={id}>{ label.to_owned() }</label>
        <select {id} {onchange}>
            { for options.into_iter().map(|(key, name)| {
                let selected = key == value;
                html! { <option {selected} value={key}>{ name }</option> }
            }) }
        </select>
        </>
    }
}
