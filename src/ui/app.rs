//! The page as a whole: it begins, it has a layout, it listens to keys, and it looks at the clock ten times a second
//! while time passes.

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::autosave::{self, use_autosave};
use super::charts::Charts;
use super::commands::Commands;
use super::connected::{self, Connected};
use super::focus;
use super::gallery::{self, Gallery};
use super::header::{self, Header};
use super::help::Help;
use super::icon::{Icon, icon};
use super::inspector::Inspector;
use super::invitation::Invitation;
use super::lanes::Lanes;
use super::ledger::LedgerLine;
use super::lesson::{self, LessonList, LessonPanel, Making, Presenting, Recording, Sheet, keeper, use_clicker};
use super::live::Live;
use super::notices::Notices;
use super::outline::Outline;
use super::palette::Palette;
use super::real_brokers::OpenDefinitions;
use super::share::{self, Paper, Share};
use super::skip;
use super::store::{Preferences, Slice, Store, Ui, Wheel, use_store};
use super::study::Study;
use super::transport::{Transport, go_to_mark};
use crate::base::Language;
use crate::editor::action::{self, Action, SPEEDS, Scope};
use crate::editor::tool::{Key as Pressed, Modifiers};
use crate::lessons::Course;
use crate::scenario::{Scenario, format};
use crate::session::{Command, Session};
use crate::web::broker::Connection;
use crate::web::fetch::Missing;
use crate::web::preferences::{self, Beginning};
use crate::web::{embedding, file, panic, surroundings, visible};

/// The scenario that opens for someone who comes for the first time.
const FIRST_SCENARIO: &str = include_str!("../../static/scenarios/first.json");

/// How often live figures are looked at while time passes, in milliseconds.
const FIGURES_EVERY_MS: u32 = 100;

/// Puts the page into the document and lets it begin.
pub fn mount() {
    panic::install();
    let beginning = Beginning::find();
    visible::watch();
    // The page that loads stays until what is asked for is there. What a link tells comes before all else.
    if beginning.link.is_some() {
        show(&begin(&beginning, None), &beginning);
        return;
    }
    if let Some(id) = beginning.lesson.clone() {
        let name = id.clone();
        keeper::fetch_lesson(&name, move |fetched| {
            let store = begin(&beginning, None);
            match fetched {
                Ok(lesson) => keeper::begin(&store, lesson, beginning.step.as_deref(), keeper::Kept::Here),
                Err(missing) => store.notify_lasting(keeper::sentence(&store, missing, &id)),
            }
            show(&store, &beginning);
        });
        return;
    }
    match beginning.scenario.clone() {
        Some(name) => gallery::fetch_named(&name, move |fetched| {
            show(&begin(&beginning, Some(fetched)), &beginning);
        }),
        None => show(&begin(&beginning, None), &beginning),
    }
}

fn show(store: &Store, beginning: &Beginning) {
    let store = store.clone();
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    panic::watch(&store);
    // The port stays open as long as the page.
    std::mem::forget(embedding::start(store.clone(), beginning.run_asked));
    share::follow_address(&store);
    match document.get_element_by_id("app") {
        Some(root) => yew::Renderer::<App>::with_root_and_props(root, AppProps { store }).render(),
        None => yew::Renderer::<App>::with_props(AppProps { store }).render(),
    };
    if let Some(loading) = document.get_element_by_id("loading") {
        loading.remove();
    }
}

/// The first scenario.
pub fn first_scenario() -> Scenario {
    // It is part of the program, and a test reads it.
    format::parse(FIRST_SCENARIO).unwrap_or_default()
}

/// A store with what the page begins with: what the address names and has been `asked` for, what was kept last time, or
/// the first scenario.
pub fn begin(beginning: &Beginning, asked: Option<Result<Scenario, Missing>>) -> Store {
    let autosave::Last { text, own } = autosave::find_last(&first_scenario());
    let read = text.as_deref().map(format::parse);
    let (asked, missing) = match asked {
        Some(Ok(scenario)) => (Some(scenario), None),
        Some(Err(missing)) => (None, Some(missing)),
        None => (None, None),
    };
    let own = own.filter(|_| asked.is_none() && matches!(read, Some(Ok(_))));
    let mut scenario = match (asked, &read) {
        (Some(scenario), _) => scenario,
        (None, Some(Ok(scenario))) => scenario.clone(),
        (None, _) => first_scenario(),
    };
    if let Some(seed) = beginning.seed {
        scenario.seed = seed;
    }
    let seed = scenario.seed;
    let store = Store::new(Session::new(scenario), beginning.preferences);
    store.set_own(own);
    let shell = store.words().shell;
    preferences::apply(beginning.preferences, shell.title);
    for bad in &beginning.bad {
        let used = if bad.name == "seed" { seed.to_string() } else { bad.used.clone() };
        store.notify_lasting((shell.bad_parameter)(bad.name, &bad.value, &used));
    }
    if let (Some(missing), Some(name)) = (missing, &beginning.scenario) {
        store.notify_lasting(gallery::sentence(missing, name, store.words()));
    }
    if let Some(Err(_)) = read {
        store.notify_lasting(store.words().gallery.bad_last.to_owned());
    }
    store.update(|session| session.set_limit(beginning.limit));
    store.order(Command::SetSpeed { speed: beginning.speed });
    if let Some(value) = &beginning.link {
        share::open_link(&store, value);
    }
    if let Some(time_us) = beginning.time {
        store.order(Command::Seek { time_us });
    }
    if beginning.run {
        store.order(Command::Play { until_us: None });
    }
    store
}

/// What the page needs.
#[derive(PartialEq, Properties)]
pub struct AppProps {
    /// Its store.
    pub store: Store,
}

/// The page.
#[component]
pub fn App(props: &AppProps) -> Html {
    html! {
        <ContextProvider<Store> context={props.store.clone()}>
            <Page />
        </ContextProvider<Store>>
    }
}

/// What lies over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    Scenarios,
    Help,
    Commands,
    Study,
    Lessons,
    Making,
    Share,
    Connect,
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Printed {
    Lesson,
    Stage,
}

/// Which panel lies over the stage on a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Palette,
    Inspector,
}

#[component]
fn Page() -> Html {
    let store = use_store(&[Slice::Preferences, Slice::Lesson]);
    let shell = store.words().shell;
    let open = use_state_eq(|| None::<Over>);
    let sheet = use_state_eq(|| None::<Side>);
    let presenting = use_state_eq(|| None::<Presenting>);
    let printing = use_state_eq(|| None::<Printed>);
    let recording = use_state_eq(|| None::<usize>);
    let connection = use_state_eq(|| None::<Connection>);
    let address = use_mut_ref(connected::Draft::usual);
    use_clicker(&store, &presenting);
    {
        // Who goes on to another step wants to see the stage of it.
        let sheet = sheet.setter();
        let at = store.course().as_ref().map(Course::at);
        use_effect_with(at, move |_| sheet.set(None));
    }
    use_autosave(&store);
    use_figures(&store);
    use_preferences(&store);
    use_actions(&store, open.setter());
    // What is pressed or dropped there is not meant for the scenario.
    let here = connection.is_none();
    use_keys(&store, here);
    use_drops(&store, here);
    use_full_notice(&store);

    let close = {
        let open = open.clone();
        Callback::from(move |()| open.set(None))
    };
    let connect = {
        let (connection, open) = (connection.clone(), open.clone());
        Callback::from(move |made: Connection| {
            open.set(None);
            connection.set(Some(made));
        })
    };
    let disconnect = {
        let connection = connection.clone();
        Callback::from(move |()| connection.set(None))
    };
    let close_sheet = {
        let sheet = sheet.clone();
        Callback::from(move |()| sheet.set(None))
    };
    let close_button = || {
        let close_sheet = close_sheet.clone();
        html! {
            <button type="button" class="button is-icon is-quiet sheet-close" title={shell.close} aria-label={shell.close}
                onclick={move |_| close_sheet.emit(())}>{ icon(Icon::Close) }</button>
        }
    };
    // What is pressed on the stage beside a sheet is meant; its details go on to be shown where a part is pressed.
    let onpointerdown = {
        let sheet = sheet.clone();
        Callback::from(move |event: PointerEvent| {
            let pressed = event.target_dyn_into::<Element>();
            let on_part = pressed.is_some_and(|pressed| {
                pressed.closest("[data-node], [data-edge], [data-note]").is_ok_and(|part| part.is_some())
            });
            if *sheet == Some(Side::Palette) || !on_part {
                sheet.set(None);
            }
        })
    };
    let tab = |which: Side, picture: Icon, label: &'static str| {
        let sheet = sheet.clone();
        let open = *sheet == Some(which);
        html! {
            <button type="button" class={classes!("button", "tab", open.then_some("is-on"))} aria-expanded={open.to_string()}
                onclick={move |_| sheet.set((!open).then_some(which))}>
                { icon(picture) }{ label }
            </button>
        }
    };
    let panel = |which: Side, name: &'static str| classes!("panel", name, (*sheet == Some(which)).then_some("is-open"));
    let in_lesson = store.in_lesson();
    // Parts are at hand where a step is about adding some; elsewhere the lesson has the room.
    let may_edit = store.course().as_ref().is_none_or(Course::is_about_parts) && store.session().limit().edit;
    let present = {
        let presenting = presenting.clone();
        Callback::from(move |on: bool| {
            if on != presenting.is_some() {
                lesson::full_screen(on);
            }
            presenting.set(on.then_some(Presenting::HEADING));
        })
    };
    let reveal = {
        let presenting = presenting.clone();
        Callback::from(move |()| presenting.set(Some(Presenting::ALL)))
    };
    let print = {
        let printing = printing.clone();
        Callback::from(move |()| printing.set(Some(Printed::Lesson)))
    };
    let print_stage = {
        let (printing, open) = (printing.clone(), open.clone());
        Callback::from(move |()| {
            open.set(None);
            printing.set(Some(Printed::Stage));
        })
    };
    let printed = {
        let printing = printing.clone();
        Callback::from(move |()| printing.set(None))
    };
    let make = {
        let open = open.clone();
        Callback::from(move |()| open.set(Some(Over::Making)))
    };
    let share = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(Some(Over::Share)))
    };
    let record = {
        let (open, recording) = (open.clone(), recording.clone());
        Callback::from(move |place: usize| {
            open.set(None);
            recording.set(Some(place));
        })
    };
    let recorded = {
        let (open, recording) = (open.clone(), recording.clone());
        Callback::from(move |()| {
            recording.set(None);
            open.set(Some(Over::Making));
        })
    };
    match store.preferences().ui {
        Ui::Full => {}
        Ui::Player => {
            return html! {
                <div class="shell is-player">
                    <main class="stage-host" aria-label={shell.stage}><Outline /><Lanes /></main>
                    <footer class="bottom"><Transport /><share::WholePage /></footer>
                    <Notices />
                    <OpenDefinitions />
                    <Live />
                </div>
            };
        }
        Ui::Bare => {
            return html! {
                <div class="shell is-bare">
                    <main class="stage-host" aria-label={shell.stage}><Outline /><Lanes /></main>
                    <Notices />
                    <OpenDefinitions />
                    <Live />
                </div>
            };
        }
    }
    if let Some(connection) = &*connection {
        return html! { <Connected connection={connection.clone()} on_close={disconnect} /> };
    }
    let may_break = store.session().limit().faults;
    let class = classes!(
        "shell",
        in_lesson.then_some("has-lesson"),
        (!may_edit).then_some("has-no-parts"),
        (in_lesson && presenting.is_some()).then_some("is-presenting"),
    );
    html! {
        <>
        <div {class}>
            { skip::links(&store) }
            <Header />
            if in_lesson {
                <aside class="panel is-lesson" aria-label={store.words().lessons.panel}>
                    <LessonPanel presenting={*presenting} on_present={present} on_reveal={reveal} on_sheet={print} />
                </aside>
            }
            <aside class={panel(Side::Palette, "is-palette")} aria-label={shell.palette}>
                { close_button() }
                <Palette on_added={close_sheet.clone()} />
            </aside>
            <main class="stage-host" aria-label={shell.stage} {onpointerdown}>
                <Outline />
                <Lanes />
                if let Some(place) = *recording {
                    <Recording {place} on_done={recorded} />
                } else if !in_lesson && may_break {
                    <Invitation />
                }
            </main>
            <aside class={panel(Side::Inspector, "is-inspector")} aria-label={shell.inspector}>
                { close_button() }
                <Inspector />
            </aside>
            <nav class="tabs" aria-label={store.words().access.panels}>
                { tab(Side::Palette, Icon::Add, shell.palette) }
                { tab(Side::Inspector, Icon::Details, shell.inspector) }
                // There is no room for it in the header of a phone.
                <button type="button" class="button tab" aria-haspopup="dialog" onclick={share}>
                    { icon(Icon::Share) }{ store.words().share.title }
                </button>
            </nav>
            <footer class="bottom">
                <Charts />
                <Transport />
                <LedgerLine />
            </footer>
            <Notices />
            <OpenDefinitions />
            <Live />
            if *open == Some(Over::Scenarios) {
                <Gallery on_close={close.clone()} />
            }
            if *open == Some(Over::Help) {
                <Help on_close={close.clone()} />
            }
            <Study open={*open == Some(Over::Study)} on_close={close.clone()} />
            if *open == Some(Over::Lessons) {
                <LessonList on_close={close.clone()} on_make={make} />
            }
            if *open == Some(Over::Making) {
                <Making on_close={close.clone()} on_record={record} />
            }
            if *open == Some(Over::Share) {
                <Share on_close={close.clone()} on_print={print_stage} />
            }
            if *open == Some(Over::Connect) {
                <connected::Form draft={address} on_connected={connect} on_close={close.clone()} />
            }
            if *open == Some(Over::Commands) {
                <Commands on_close={close} />
            }
        </div>
        if *printing == Some(Printed::Lesson) {
            <Sheet on_done={printed} />
        } else if *printing == Some(Printed::Stage) {
            <Paper on_done={printed} />
        }
        </>
    }
}

/// Wakes whoever shows live figures, ten times a second while time passes and not otherwise.
#[hook]
fn use_figures(store: &Store) {
    let store = store.clone();
    use_effect_with(store, |store| {
        let ticking = std::rc::Rc::new(std::cell::RefCell::new(None::<Interval>));
        let follow = {
            let (store, ticking) = (store.clone(), ticking.clone());
            move |(): ()| {
                let passes = visible::is() && {
                    let session = store.session();
                    session.playback().playing() || session.playback().seeking().is_some()
                };
                let mut ticking = ticking.borrow_mut();
                if passes && ticking.is_none() {
                    let store = store.clone();
                    *ticking = Some(Interval::new(FIGURES_EVERY_MS, move || store.refresh_figures()));
                } else if !passes {
                    *ticking = None;
                }
            }
        };
        follow(());
        let sight = {
            let follow = follow.clone();
            visible::listen(move || follow(()))
        };
        let subscription = store.subscribe(&[Slice::Playback], Callback::from(follow));
        move || {
            drop((subscription, sight));
            ticking.borrow_mut().take();
        }
    });
}

/// Applies and keeps language and theme when they change.
#[hook]
fn use_preferences(store: &Store) {
    let chosen = store.preferences();
    let first = use_mut_ref(|| true);
    let store = store.clone();
    use_effect_with(chosen, move |chosen| {
        preferences::apply(*chosen, store.words().shell.title);
        // What the page begins with has not been chosen here: a link's language is not kept for other visits.
        if !first.replace(false) && preferences::keep(*chosen) {
            store.notify_lasting(store.words().shell.no_storage.to_owned());
        }
    });
}

/// Opens a file that is dropped onto the page, wherever on it.
#[hook]
fn use_drops(store: &Store, here: bool) {
    use_effect_with((store.clone(), here), |(store, here)| {
        let here = *here;
        let listen = |name: &'static str, store: Option<Store>| {
            let options = EventListenerOptions::enable_prevent_default();
            web_sys::window().map(|window| {
                EventListener::new_with_options(&window, name, options, move |event| {
                    if !file::carries_files(event) {
                        return;
                    }
                    // The browser would leave the page for the file.
                    event.prevent_default();
                    if let Some(store) = store.clone().filter(|_| here) {
                        let folder = store.clone();
                        let is_folder = file::read_dropped_folder(event, move |name, files| {
                            lesson::open_folder(&folder, &name, files);
                        });
                        if !is_folder {
                            file::read_dropped(event, move |name, text| {
                                header::open_text(&store, &name, text.as_deref());
                            });
                        }
                    }
                })
            })
        };
        let listeners = (listen("dragover", None), listen("drop", Some(store.clone())));
        move || drop(listeners)
    });
}

/// Says it when a run has stopped because it is full.
#[hook]
fn use_full_notice(store: &Store) {
    let store = store.clone();
    use_effect_with(store, |store| {
        let told = std::cell::Cell::new(false);
        let subscription = {
            let store = store.clone();
            store.clone().subscribe(
                &[Slice::Playback],
                Callback::from(move |()| {
                    let full = store.session().playback().full();
                    if full && !told.replace(full) {
                        store.notify_lasting(store.words().shell.full.to_owned());
                    }
                    told.set(full);
                }),
            )
        };
        move || drop(subscription)
    });
}

/// Does what is asked of the page by name.
#[hook]
fn use_actions(store: &Store, open: UseStateSetter<Option<Over>>) {
    use_effect_with(store.clone(), move |store| {
        let act = {
            let store = store.clone();
            Callback::from(move |action: Action| {
                let preferences = store.preferences();
                match action {
                    Action::Play => {
                        let playing = store.session().playback().playing();
                        store.order(if playing { Command::Pause } else { Command::Play { until_us: None } });
                    }
                    Action::Step => drop(store.order(Command::Step { events: 1 })),
                    Action::StepBack => drop(store.order(Command::StepBack { events: 1 })),
                    Action::PreviousMark => go_to_mark(&store, false),
                    Action::NextMark => go_to_mark(&store, true),
                    Action::Fork => drop(store.order(Command::Fork)),
                    Action::Charts => {
                        store.set_preferences(Preferences { charts: !preferences.charts, ..preferences });
                    }
                    Action::Compare => super::lanes::toggle(&store),
                    Action::Restart => drop(store.order(Command::Reset)),
                    Action::Undo => drop(store.order(Command::Undo)),
                    Action::Redo => drop(store.order(Command::Redo)),
                    Action::New => header::begin_empty(&store),
                    Action::Scenarios => open.set(Some(Over::Scenarios)),
                    Action::Lessons => open.set(Some(Over::Lessons)),
                    Action::MakeLesson => open.set(Some(Over::Making)),
                    Action::Open => header::choose_file(),
                    Action::Save => header::save(&store),
                    Action::Share => open.set(Some(Over::Share)),
                    Action::RealBroker => {
                        // Somebody else's page around this one has no business there.
                        let live = store.words().live;
                        if surroundings::embedded() || preferences.ui != Ui::Full {
                            store.notify_lasting(live.not_embedded.to_owned());
                        } else if !surroundings::is_served() {
                            store.notify_lasting(live.not_from_file.to_owned());
                        } else {
                            store.order(Command::Pause);
                            open.set(Some(Over::Connect));
                        }
                    }
                    Action::Commands => open.set(Some(Over::Commands)),
                    Action::Study => open.set(Some(Over::Study)),
                    Action::Help => open.set(Some(Over::Help)),
                    Action::Theme => {
                        let theme = next(&super::store::Theme::ALL, preferences.theme);
                        store.set_preferences(Preferences { theme, ..preferences });
                    }
                    Action::Language => {
                        let language = next(&Language::ALL, preferences.language);
                        store.set_preferences(Preferences { language, ..preferences });
                    }
                    Action::Wheel => {
                        let wheel = next(&Wheel::ALL, preferences.wheel);
                        store.set_preferences(Preferences { wheel, ..preferences });
                        let editing = store.words().editing;
                        store.notify(format!("{}: {}", editing.wheel, editing.wheel_does[wheel as usize]));
                    }
                    Action::Letters => {
                        let letters = !preferences.letters;
                        store.set_preferences(Preferences { letters, ..preferences });
                        let editing = store.words().editing;
                        store.notify(format!("{}: {}", editing.letters, editing.letters_are[usize::from(letters)]));
                    }
                    _ => return false,
                }
                true
            })
        };
        store.set_page(Some(act));
        let store = store.clone();
        move || store.set_page(None)
    });
}

/// The one behind `current` in a list, the first one behind the last.
pub fn next<T: Copy + PartialEq>(all: &[T], current: T) -> T {
    let place = all.iter().position(|one| *one == current).unwrap_or_default();
    all[(place + 1) % all.len()]
}

/// Whether a key belongs to what has the focus: something is typed there, or pressed with it.
fn is_taken(event: &KeyboardEvent, action: Action) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    let typing = "input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]";
    // A selector that is part of the program is valid; what cannot be told is left alone.
    let matches = |selector: &str| target.closest(selector).is_ok_and(|found| found.is_some());
    match action {
        // No text has a use for these.
        Action::Save | Action::Open | Action::Commands => false,
        _ if focus::behind_dialog() => true,
        Action::Play => matches("input, textarea, select, button, a, summary, [contenteditable], [tabindex='0']"),
        _ => matches(typing),
    }
}

/// The keys that work wherever the focus is, and those that the stage leaves to the page.
#[hook]
fn use_keys(store: &Store, here: bool) {
    use_effect_with((store.clone(), here), move |(store, here)| {
        let here = *here;
        let window = web_sys::window();
        let options = EventListenerOptions::enable_prevent_default();
        let listen = |name: &'static str, act: fn(&Store, &Pressed<'_>, &KeyboardEvent) -> bool| {
            let store = store.clone();
            window.as_ref().map(|window| {
                EventListener::new_with_options(window, name, options, move |event| {
                    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                    // Keys that are part of writing a word, or that the stage has used, are none of ours.
                    if !here || event.is_composing() || event.default_prevented() {
                        return;
                    }
                    let (key, code) = (event.key(), event.code());
                    let modifiers = Modifiers {
                        shift: event.shift_key(),
                        control: event.ctrl_key() || event.meta_key(),
                        alt: event.alt_key(),
                        space: false,
                    };
                    if act(&store, &Pressed { key: &key, code: &code, modifiers }, event) {
                        event.prevent_default();
                    }
                })
            })
        };
        let on_down = |store: &Store, key: &Pressed<'_>, event: &KeyboardEvent| {
            let letters = store.preferences().letters;
            let Some(line) = action::of_key(key, letters).filter(|line| !is_taken(event, line.action)) else {
                return false;
            };
            match line.action {
                // The page would scroll; it plays when the key is let go.
                Action::Play => true,
                Action::Speed => action::speed(key)
                    .is_some_and(|place| store.order(Command::SetSpeed { speed: SPEEDS[place] }).is_some()),
                // What belongs to the stage, it has had already.
                action if line.scope == Scope::Page => store.perform(action),
                _ => false,
            }
        };
        // On release, because the stage is dragged with the key held down.
        let on_up = |store: &Store, key: &Pressed<'_>, event: &KeyboardEvent| {
            let plays = action::of_key(key, true).is_some_and(|line| line.action == Action::Play);
            plays && !is_taken(event, Action::Play) && store.perform(Action::Play)
        };
        let listeners = (listen("keydown", on_down), listen("keyup", on_up));
        move || drop(listeners)
    });
}
