//! What can be taken along: a link to this very moment, texts for other pages, pictures, paper. And the way back: opening
//! what somebody else has taken along.

use gloo_events::EventListener;
use qrcodegen::{QrCode, QrCodeEcc};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::dialog::Dialog;
use super::real_brokers::Forms;
use super::store::{Slice, Store, Theme, Ui, use_store};
use super::{header, number};
use crate::base::{Micros, Rect};
use crate::link::snippets::{Place, Shared};
use crate::link::{self, Refused, carry};
use crate::session::{Command, Session};
use crate::view::chart;
use crate::view::svg::{self, Colors, Frame};
use crate::web::{file, picture, surroundings};

/// A QR code with more characters than this is read by no telephone.
const MOST_IN_CODE: usize = 2_048;
/// How long an animation may be, in seconds of simulated time; the one in the middle is usual.
const FILM_S: [u64; 3] = [3, 5, 10];
/// An animation is no wider than this, in points.
const FILM_WIDTH: f64 = 960.0;
/// How many points of a PNG there are to a unit of the stage.
const PNG_SCALE: f64 = 2.0;
/// How high a frame in another page is, in CSS pixels.
const FRAME_HEIGHT: u32 = 480;
/// The same where all of the page is shown.
const WHOLE_HEIGHT: u32 = 720;

// ---- opening ----

/// Opens the run that a link's value tells; where it tells none, it says why, and what was there stays.
pub fn open_link(store: &Store, value: &str) {
    match link::read(value) {
        Ok(record) => {
            let here = record.here.time_us;
            store.open(record);
            if here > Micros::ZERO {
                store.notify((store.words().share.opened)(&number::clock(here)));
            }
        }
        Err(refused) => {
            let words = store.words();
            store.notify_lasting(format!("{}\n{}", refused.describe(words), words.share.stays));
        }
    }
}

/// Opens what comes later: another link in this page's address. Says it when a run has become another one than was told.
pub fn follow_address(store: &Store) {
    let Some(window) = web_sys::window() else { return };
    let opened = store.clone();
    EventListener::new(&window, "hashchange", move |_| {
        let fragment = surroundings::fragment();
        if let Some(value) = link::find(&fragment) {
            open_link(&opened, value);
        }
    })
    .forget();
    let told = store.clone();
    let subscription = store.subscribe(
        &[Slice::Playback],
        Callback::from(move |()| {
            if told.update(Session::take_differs) {
                told.notify_lasting(told.words().share.differs.to_owned());
            }
        }),
    );
    // As long as the page.
    std::mem::forget(subscription);
}

// ---- the dialog ----

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "clipboard"], js_name = writeText, catch)]
    fn write_text(text: &str) -> Result<js_sys::Promise, JsValue>;
}

/// What the dialog needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Called when it is closed.
    pub on_close: Callback<()>,
    /// Called when it is to be printed.
    pub on_print: Callback<()>,
}

/// What an address asks for, as the page is now.
fn query(store: &Store, ui: Ui, plays: bool) -> String {
    let preferences = store.preferences();
    let mut query = format!("lang={}", preferences.language.tag());
    if preferences.theme != Theme::System {
        query += &format!("&theme={}", preferences.theme.name());
    }
    if ui != Ui::Full {
        query += &format!("&ui={}", ui.name());
    }
    if plays {
        query += "&run=1";
    }
    query
}

fn title(store: &Store) -> String {
    store.session().scenario().title.get(store.preferences().language).to_owned()
}

/// Hands a picture to the person, and says so, or that there is none.
fn keep(store: &Store, ending: &str, kind: &str, bytes: Option<Vec<u8>>) {
    let words = store.words().share;
    if let Some(bytes) = &bytes {
        header::save_bytes(store, &title(store), ending, kind, bytes);
    }
    store.notify(if bytes.is_some() { words.saved } else { words.not_painted }.to_owned());
}

/// Which of the choices of a list was made.
fn chosen<T: Copy>(event: &Event, all: &[T]) -> Option<T> {
    let index = event.target_dyn_into::<HtmlSelectElement>()?.selected_index();
    all.get(usize::try_from(index).ok()?).copied()
}

/// What can be taken along.
#[component]
pub fn Share(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let words = store.words().share;
    let place = use_state_eq(|| Place::Link);
    let chosen_ui = use_state_eq(|| None::<Ui>);
    let chosen_plays = use_state_eq(|| None::<bool>);
    let said = use_state_eq(|| None::<&'static str>);
    let filmed = use_state_eq(|| None::<usize>);
    let film_s = use_state_eq(|| FILM_S[1]);
    let field = use_node_ref();
    // The moment at which it was opened: time may go on behind it.
    let value = use_memo((), |()| link::of(&store.session()));
    let moment = use_memo((), |()| number::clock(store.session().now()));
    let page = surroundings::page_address();
    // In another page there is little room; and what has no playback stands still for ever if it does not begin.
    let opens_whole = matches!(*place, Place::Link | Place::Markdown);
    let ui = chosen_ui.unwrap_or(if opens_whole { Ui::Full } else { Ui::Player });
    let plays = chosen_plays.unwrap_or(ui == Ui::Bare);
    let height = if ui == Ui::Full { WHOLE_HEIGHT } else { FRAME_HEIGHT };
    let (query, title) = (query(&store, ui, plays), title(&store));
    let choose_place = {
        let (place, said) = (place.clone(), said.clone());
        Callback::from(move |event: Event| {
            if let Some(chosen) = chosen(&event, &Place::ALL) {
                place.set(chosen);
                said.set(None);
            }
        })
    };
    let choose_ui = {
        Callback::from(move |event: Event| {
            chosen_ui.set(chosen(&event, &Ui::ALL));
        })
    };
    let toggle = {
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                chosen_plays.set(Some(input.checked()));
            }
        })
    };
    let links = match &*value {
        Err(refused) => html! { <p class="share-refused">{ refused.describe(store.words()) }</p> },
        Ok(value) => {
            let shared = Shared { page: &page, query: &query, value, title: &title, height };
            let snippet = shared.snippet(*place);
            let copy = {
                let (field, said, snippet) = (field.clone(), said.clone(), snippet.clone());
                let (copied, by_hand) = (words.copied, words.by_hand);
                Callback::from(move |_: MouseEvent| {
                    let selected = {
                        let (field, said) = (field.clone(), said.clone());
                        move || {
                            if let Some(field) = field.cast::<HtmlTextAreaElement>() {
                                let _ = field.focus();
                                field.select();
                            }
                            said.set(Some(by_hand));
                        }
                    };
                    match write_text(&snippet) {
                        Ok(promise) => {
                            let said = said.clone();
                            let done = Closure::once_into_js(move |_: JsValue| said.set(Some(copied)));
                            // Frames of other pages are often not allowed to: then it is selected, and copied by hand.
                            let refused = Closure::once_into_js(move |_: JsValue| selected());
                            file::settle(&promise, &done, &refused);
                        }
                        Err(_) => selected(),
                    }
                })
            };
            let names = Place::ALL.map(|one| {
                let name = one.name().unwrap_or(words.link);
                html! { <option selected={one == *place}>{ name }</option> }
            });
            let uis = Ui::ALL.map(|one| {
                html! { <option selected={one == ui}>{ words.ui[one as usize] }</option> }
            });
            html! {
                <>
                <div class="share-choices">
                    <label class="share-choice"><span>{ words.place }</span>
                        <select data-first="true" onchange={choose_place}>{ for names }</select></label>
                    <label class="share-choice"><span>{ words.shows }</span>
                        <select onchange={choose_ui}>{ for uis }</select></label>
                    <label class="setting-toggle"><input type="checkbox" checked={plays} onchange={toggle} />
                        <span>{ words.plays }</span></label>
                </div>
                <div class="share-text">
                    <textarea ref={field} readonly=true rows="4" spellcheck="false" aria-label={words.text} value={snippet.clone()} />
                    <div class="share-beside">
                        <button type="button" class="button is-primary share-copy" onclick={copy}>{ words.copy }</button>
                        <p class="share-said" role="status">{ said.unwrap_or_default() }</p>
                        <p class="setting-note">{ (words.characters)(&moment, shared.address().len()) }</p>
                    </div>
                    { code(&shared.address(), words.no_code) }
                </div>
                </>
            }
        }
    };
    let run = value.as_ref().as_ref().ok().cloned();
    let save_svg = {
        let (store, run) = (store.clone(), run.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some((svg, _)) = stage(&store, run.as_deref()) {
                header::save_as(&store, &self::title(&store), "svg", "image/svg+xml", &svg);
                store.notify(store.words().share.saved.to_owned());
            }
        })
    };
    let save_png = {
        let (store, run) = (store.clone(), run.clone());
        Callback::from(move |_: MouseEvent| {
            let saving = store.clone();
            stage_png(&store, run.clone(), move |bytes| keep(&saving, "png", "image/png", bytes));
        })
    };
    let save_gif = {
        let (store, filmed, seconds) = (store.clone(), filmed.clone(), *film_s);
        Callback::from(move |_: MouseEvent| {
            let (told, ended, store) = (filmed.clone(), filmed.clone(), store.clone());
            let Some((size, frames)) = film(&store.session(), &store, seconds) else { return };
            filmed.set(Some(0));
            picture::gif(
                size,
                frames,
                move |made| told.set(Some(made)),
                move |bytes| {
                    ended.set(None);
                    keep(&store, "gif", "image/gif", bytes);
                },
            );
        })
    };
    let choose_film = {
        let film_s = film_s.clone();
        Callback::from(move |event: Event| {
            if let Some(chosen) = chosen(&event, &FILM_S) {
                film_s.set(chosen);
            }
        })
    };
    let save_charts = |points: bool| {
        let (store, run) = (store.clone(), run.clone());
        Callback::from(move |_: MouseEvent| {
            let Some((svg, (width, height))) = charts(&store) else { return };
            let (saving, run) = (store.clone(), run.clone());
            if points {
                let size = ((width * PNG_SCALE) as u32, (height * PNG_SCALE) as u32);
                png(&svg, size, run, move |bytes| keep(&saving, "png", "image/png", bytes));
            } else {
                let svg = run.map_or(svg.clone(), |run| carry::into_svg(&svg, &run));
                keep(&saving, "svg", "image/svg+xml", Some(svg.into_bytes()));
            }
        })
    };
    let no_charts = *use_memo((), |()| chart::of_whole_run(&store.session()).is_none());
    let print = {
        let on_print = props.on_print.clone();
        Callback::from(move |_: MouseEvent| on_print.emit(()))
    };
    let nothing = svg::view(&store.session()).is_none();
    html! {
        <Dialog class="share" title={words.title} on_close={props.on_close.clone()}>
            <p>{ words.about }</p>
            { links }
            <h3>{ words.pictures }</h3>
            <p class="setting-note">{ words.pictures_about }</p>
            <div class="share-pictures">
                <button type="button" class="button" disabled={nothing} onclick={save_svg}>{ words.svg }</button>
                <button type="button" class="button" disabled={nothing} onclick={save_png}>{ words.png }</button>
                <button type="button" class="button" disabled={no_charts} onclick={save_charts(false)}>{ words.charts_svg }</button>
                <button type="button" class="button" disabled={no_charts} onclick={save_charts(true)}>{ words.charts_png }</button>
                <span class="share-film">
                    <button type="button" class="button" disabled={nothing || filmed.is_some()} onclick={save_gif}>
                        { words.gif }
                    </button>
                    <select aria-label={words.film} disabled={filmed.is_some()} onchange={choose_film}>
                        { for FILM_S.map(|seconds| html! { <option selected={seconds == *film_s}>{ (words.last)(seconds) }</option> }) }
                    </select>
                </span>
                <button type="button" class="button" disabled={nothing} onclick={print}>{ words.print }</button>
            </div>
            if let Some(made) = *filmed {
                <progress class="share-progress" aria-label={words.gif} max={(*film_s * FRAMES_PER_S + 1).to_string()} value={made.to_string()} />
            }
            <Forms />
        </Dialog>
    }
}

/// The way from a player to the whole page, at the very moment.
#[component]
pub fn WholePage() -> Html {
    let store = use_store(&[Slice::Preferences]);
    let href = format!("{}?{}", surroundings::page_address(), query(&store, Ui::Full, false));
    let onclick = {
        let (store, href) = (store.clone(), href.clone());
        Callback::from(move |event: MouseEvent| {
            // What is too large for a link begins anew there.
            let Ok(value) = link::of(&store.session()) else { return };
            if let Some(anchor) = event.target_dyn_into::<web_sys::Element>() {
                // An attribute of this name is always taken.
                let _ = anchor.set_attribute("href", &link::address(&href, &value));
            }
        })
    };
    html! { <a class="whole-page" {href} {onclick} target="_blank" rel="noopener">{ store.words().shell.title }{ " ↗" }</a> }
}

/// The address as a QR code, or why there is none.
fn code(address: &str, too_long: &str) -> Html {
    let code = Some(address).filter(|address| address.len() <= MOST_IN_CODE);
    let Some(code) = code.and_then(|address| QrCode::encode_text(address, QrCodeEcc::Low).ok()) else {
        return html! { <p class="setting-note share-code">{ too_long.to_owned() }</p> };
    };
    let size = code.size();
    let mut path = String::new();
    for (y, x) in (0..size).flat_map(|y| (0..size).map(move |x| (y, x))) {
        if code.get_module(x, y) {
            path += &format!("M{x} {y}h1v1h-1z");
        }
    }
    // A quiet border of four modules belongs to it (ISO/IEC 18004).
    let all = size + 8;
    html! {
        <svg class="share-code" viewBox={format!("-4 -4 {all} {all}")} shape-rendering="crispEdges" role="img" aria-label="QR">
            <rect x="-4" y="-4" width={all.to_string()} height={all.to_string()} fill="#fff" />
            <path d={path} fill="#000" />
        </svg>
    }
}

// ---- pictures ----

/// The colours that the page has now.
fn colors(store: &Store) -> Colors {
    let dark = match store.preferences().theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => surroundings::media_query("(prefers-color-scheme: dark)").is_some_and(|query| query.matches()),
    };
    if dark { Colors::DARK } else { Colors::LIGHT }
}

/// The stage as an SVG that carries its run, with the area that it shows.
fn stage(store: &Store, run: Option<&str>) -> Option<(String, Rect)> {
    let session = store.session();
    let frame = Frame { colors: colors(store), captions: true, view: None };
    let svg = svg::stage(&session, store.words(), store.preferences().language, frame)?;
    let area = svg::with_captions(svg::view(&session)?);
    Some((run.map_or(svg.clone(), |run| carry::into_svg(&svg, run)), area))
}

/// The stage as a PNG that carries its run; `done` gets its bytes, or nothing.
pub fn stage_png(store: &Store, run: Option<String>, done: impl FnOnce(Option<Vec<u8>>) + 'static) {
    let Some((svg, area)) = stage(store, None) else { return done(None) };
    // Browsers paint no more than so many points on a canvas.
    let scale = PNG_SCALE.min((MOST_POINTS / (area.width * area.height)).sqrt());
    let size = ((area.width * scale).round() as u32, (area.height * scale).round() as u32);
    png(&svg, size, run, done);
}

/// An SVG as a PNG that carries a run.
fn png(svg: &str, size: (u32, u32), run: Option<String>, done: impl FnOnce(Option<Vec<u8>>) + 'static) {
    picture::png(svg, size, move |bytes| {
        done(bytes.and_then(|bytes| match run {
            Some(run) => carry::into_png(&bytes, &run),
            None => Some(bytes),
        }));
    });
}

/// The charts of the whole run as an SVG, and its size; `None` where nothing was measured yet.
fn charts(store: &Store) -> Option<(String, (f64, f64))> {
    let session = store.session();
    let charts = chart::of_whole_run(&session)?;
    Some((chart::picture(&charts, store.words()), chart::picture_size(&charts)))
}

/// Points of the largest PNG.
const MOST_POINTS: f64 = 16e6;
const FRAMES_PER_S: u64 = 100 / picture::FRAME_HUNDREDTHS as u64;

/// The last seconds, frame by frame, and their size in points.
fn film(session: &Session, store: &Store, seconds: u64) -> Option<((u32, u32), impl Iterator<Item = String> + use<>)> {
    let view = svg::view(session)?;
    let area = svg::with_captions(view);
    let scale = (FILM_WIDTH / area.width).min(1.0);
    let size = ((area.width * scale).round() as u32, (area.height * scale).round() as u32);
    let (words, language, end) = (store.words(), store.preferences().language, session.now());
    let frame = Frame { colors: colors(store), captions: true, view: Some(view) };
    let step = Micros(1_000_000 / FRAMES_PER_S);
    let begin = end.saturating_sub(Micros(seconds * 1_000_000));
    let mut shadow = session.clone();
    let frames = (0..=seconds * FRAMES_PER_S).filter_map(move |number| {
        let at = begin + Micros(step.0 * number);
        if at > end {
            return None;
        }
        // Any time can be looked for, and any speed is taken.
        let _ = shadow.dispatch(Command::SetSpeed { speed: 1.0 });
        let _ = shadow.dispatch(Command::Seek { time_us: at });
        shadow.tick(0.0, &mut || false);
        svg::stage(&shadow, words, language, frame)
    });
    Some((size, frames))
}

// ---- paper ----

/// What a sheet of paper needs.
#[derive(PartialEq, Properties)]
pub struct PaperProps {
    /// Called when it was printed, or not.
    pub on_done: Callback<()>,
}

/// A sheet of paper: the diagram, the charts, and the link to this very moment. It asks for the printer when it is there.
#[component]
pub fn Paper(props: &PaperProps) -> Html {
    let store = use_store(&[]);
    let waiting = use_mut_ref(|| 0_usize);
    let pictures = use_memo((), |()| {
        let session = store.session();
        let language = store.preferences().language;
        // Paper is white.
        let frame = Frame { colors: Colors::LIGHT, captions: false, view: None };
        let stage = svg::stage(&session, store.words(), language, frame);
        drop(session);
        let charts = charts(&store).map(|(svg, _)| svg);
        let pictures: Vec<String> = stage.into_iter().chain(charts).map(|svg| picture::svg_address(&svg)).collect();
        *waiting.borrow_mut() = pictures.len();
        pictures
    });
    let link = use_memo((), |()| link::of(&store.session()));
    {
        let on_done = props.on_done.clone();
        use_effect_with((), move |()| {
            let window = web_sys::window();
            let after = window.map(|window| EventListener::once(&window, "afterprint", move |_| on_done.emit(())));
            move || drop(after)
        });
    }
    // What is not there yet would not be printed.
    let onload = Callback::from(move |_: Event| {
        let left = waiting.borrow().saturating_sub(1);
        *waiting.borrow_mut() = left;
        if left == 0
            && let Some(window) = web_sys::window()
        {
            // Where nothing can be printed, nothing happens.
            let _ = window.print();
        }
    });
    let words = store.words().share;
    let report = store.session().report();
    let address = match &*link {
        Ok(value) => {
            let (page, query, title) = (surroundings::page_address(), query(&store, Ui::Full, false), title(&store));
            let shared = Shared { page: &page, query: &query, value, title: &title, height: FRAME_HEIGHT };
            Ok(shared.address())
        }
        Err(refused) => Err(Refused::describe(refused, store.words())),
    };
    html! {
        <article class="sheet">
            <header>
                <h1>{ title(&store) }</h1>
                <p>{ (words.moment)(report.time_us.0 as f64 / 1e6, report.seed, &report.trace_hash) }</p>
            </header>
            { for pictures.iter().map(|address| html! { <figure><img src={address.clone()} alt="" onload={onload.clone()} /></figure> }) }
            {
                match address {
                    Ok(address) => html! {
                        <footer class="sheet-link">
                            { code(&address, words.no_code) }
                            <p>{ address }</p>
                        </footer>
                    },
                    Err(sentence) => html! { <footer class="sheet-link"><p>{ sentence }</p></footer> },
                }
            }
        </article>
    }
}
