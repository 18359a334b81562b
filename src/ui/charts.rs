//! The charts of the run, and its branches.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::header::save_as;
use super::icon::{Icon, icon};
use super::number;
use super::store::{Slice, Store, use_store};
use crate::base::Micros;
use crate::editor::action::Action;
use crate::scenario::Id;
use crate::session::Command;
use crate::timeline::Series;
use crate::view::chart::{self, Area, Chart, Quantity, Scale};
use crate::view::incident;
use crate::view::marks::Kind;
use crate::words::Words;

/// How often they are drawn anew while time passes, in milliseconds of real time.
const DRAWN_EVERY_MS: f64 = 240.0;
/// The last minute.
const MINUTE: Micros = Micros(60_000_000);
/// A pointer that moves less between press and release has clicked, in CSS pixels.
const CLICK: i32 = 5;

/// The charts, where they are wanted.
#[component]
pub fn Charts() -> Html {
    let store = use_store(&[Slice::Preferences]);
    if store.preferences().charts {
        html! { <Panel /> }
    } else {
        Html::default()
    }
}

/// Which stretch of time is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Range {
    Whole,
    Last,
    Chosen(Micros, Micros),
}

/// What the charts hang on, beside the time that passes.
#[derive(Clone, PartialEq)]
struct About {
    node: Option<Id>,
    range: Range,
    other: Option<u32>,
    branch: u32,
    /// Where there are two lanes: whether the first one is worked on.
    lanes: Option<bool>,
    document: u64,
    playback: u64,
}

struct Drawn {
    about: About,
    at_ms: f64,
    charts: Option<Rc<chart::Charts>>,
}

#[component]
fn Panel() -> Html {
    let store = use_store(&[
        Slice::Figures,
        Slice::Playback,
        Slice::Selection,
        Slice::Document,
        Slice::Lanes,
        Slice::Preferences,
    ]);
    let words = store.words();
    let time = words.time;
    let range = use_state_eq(|| Range::Whole);
    let other = use_state_eq(|| None::<u32>);
    let hover = use_state_eq(|| None::<f64>);
    let pressed = use_mut_ref(|| None::<(i32, f64)>);
    let drawn = use_mut_ref(|| None::<Drawn>);

    let session = store.session();
    let selection = session.selection();
    let node = (selection.len() == 1).then(|| selection.first().cloned()).flatten();
    let node = node.filter(|id| session.scenario().node(id).is_some());
    let beside = store.beside();
    let lane = beside.as_ref().map(Store::session);
    let other_series = other
        .and_then(|number| session.branches().find(|(known, _)| *known == number).map(|(_, branch)| branch.series()))
        .or_else(|| lane.as_ref().map(|lane| lane.run().series()));
    let reached = session.run().reached();
    let revisions = session.revisions();
    let about = About {
        node: node.clone(),
        range: *range,
        other: other_series.and(*other),
        branch: session.branch(),
        lanes: beside.as_ref().map(|_| store.is_on_first_lane()),
        document: revisions.document,
        playback: revisions.playback,
    };
    let now_ms = js_sys::Date::now();
    let charts = {
        let mut drawn = drawn.borrow_mut();
        let stands = drawn.as_ref().filter(|drawn| drawn.about == about && now_ms - drawn.at_ms < DRAWN_EVERY_MS);
        match stands {
            Some(drawn) => drawn.charts.clone(),
            None => {
                let end = other_series.map_or(reached, |series| reached.max(series.end()));
                let stretch = match *range {
                    Range::Whole => (Micros::ZERO, end),
                    Range::Last => (reached.saturating_sub(MINUTE), reached),
                    Range::Chosen(from, to) => (from, to),
                };
                let charts = chart::charts(&session, node.as_ref(), stretch, other_series).map(Rc::new);
                *drawn = Some(Drawn { about, at_ms: now_ms, charts: charts.clone() });
                charts
            }
        }
    };
    let heading = node.as_ref().map_or(time.everything.to_owned(), |id| incident::place_name(&session, id, words));
    let now = session.now();
    let title = session.scenario().title.get(words.language).to_owned();
    drop((session, lane));
    let marks = store.marks();

    let choose = |to: Range| {
        let range = range.clone();
        Callback::from(move |_: MouseEvent| range.set(to))
    };
    let perform = |action: Action| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            store.perform(action);
        })
    };
    let tab = |to: Range, name: &'static str| {
        html! {
            <button type="button" class="button is-quiet" aria-pressed={(*range == to).to_string()} onclick={choose(to)}>
                { name }
            </button>
        }
    };
    let save = |ending: &'static str, kind: &'static str, text: fn(&chart::Charts, &Words) -> String| {
        let (store, charts, title) = (store.clone(), charts.clone(), title.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(charts) = &charts {
                save_as(&store, &title, ending, kind, &text(charts, store.words()));
            }
        })
    };
    let body = match &charts {
        None => html! { <p class="charts-none">{ time.no_charts }</p> },
        Some(charts) => {
            let at = |event: &PointerEvent| {
                let plot = event.target().and_then(|target| target.dyn_into::<Element>().ok())?;
                let rect = plot.closest(".chart-plot").ok().flatten()?.get_bounding_client_rect();
                let share = (f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0);
                Some(share.clamp(0.0, 1.0) * chart::WIDTH)
            };
            let onpointermove = {
                let hover = hover.clone();
                Callback::from(move |event: PointerEvent| {
                    if let Some(x) = at(&event) {
                        hover.set(Some(x));
                    }
                })
            };
            let onpointerleave = {
                let hover = hover.clone();
                Callback::from(move |_: PointerEvent| hover.set(None))
            };
            let onpointerdown = {
                let pressed = pressed.clone();
                Callback::from(move |event: PointerEvent| {
                    *pressed.borrow_mut() = at(&event).map(|x| (event.client_x(), x));
                })
            };
            let onpointerup = {
                let (store, charts, range, pressed) = (store.clone(), charts.clone(), range.clone(), pressed.clone());
                Callback::from(move |event: PointerEvent| {
                    let Some(((began, from), to)) = pressed.borrow_mut().take().zip(at(&event)) else { return };
                    if (event.client_x() - began).abs() <= CLICK {
                        store.order(Command::Pause);
                        store.order(Command::Seek { time_us: charts.time(to) });
                    } else {
                        let (from, to) = (charts.time(from.min(to)), charts.time(from.max(to)));
                        // Less than this has nothing to be drawn.
                        if to.saturating_sub(from) >= Micros(3_000_000) {
                            range.set(Range::Chosen(from, to));
                        }
                    }
                })
            };
            let read = hover.and_then(|x| charts.nearest(x));
            let instant = read.map(|index| charts.instants[index]);
            let (from, to) = charts.range;
            let lines: Html = marks
                .iter()
                .filter(|mark| mark.at >= from && mark.at <= to)
                .filter(|mark| matches!(mark.kind, Kind::Fault | Kind::Mended))
                .map(|mark| {
                    let class = if mark.kind == Kind::Fault { "chart-mark is-fault" } else { "chart-mark is-mended" };
                    upright(class, charts.x(mark.at))
                })
                .collect();
            let one = |chart: &Chart| {
                let figures = chart.curves.iter().map(|curve| {
                    let index = read.unwrap_or(curve.values.len().saturating_sub(1));
                    let value = curve.values.get(index).copied().filter(|value| value.is_finite());
                    (
                        curve.quantity,
                        value.map_or_else(|| "–".to_owned(), |value| written(chart.measure.scale(), value)),
                    )
                });
                let figures: Vec<(Quantity, String)> = figures.collect();
                let spoken: Vec<String> =
                    figures.iter().map(|(quantity, value)| format!("{} {value}", quantity.name(words))).collect();
                let label = (time.spoken_chart)(chart.measure.name(words), &spoken.join(", "));
                html! {
                    <figure class="chart" key={chart.measure.name(words)}>
                        <figcaption>
                            <span class="chart-name">{ chart.measure.name(words) }</span>
                            <span class="chart-top">{ written(chart.measure.scale(), chart.top) }</span>
                        </figcaption>
                        <div class="chart-plot" role="img" aria-label={label}>
                            <svg viewBox={format!("0 0 {} {}", chart::WIDTH, chart::HEIGHT)} preserveAspectRatio="none" aria-hidden="true">
                                { for [0.0, 0.5, 1.0].map(|part| level(part * chart::HEIGHT)) }
                                { for chart.areas.iter().map(|(area, path)| html! { <path class={area_class(*area)} d={path.clone()} /> }) }
                                { lines.clone() }
                                { for chart.curves.iter().map(|curve| html! {
                                    <path class={classes!("chart-curve", curve_class(curve.quantity))} d={curve.path.clone()} />
                                }) }
                                if now < to && now >= from { { upright("chart-now", charts.x(now)) } }
                                if let Some(instant) = instant { { upright("chart-read", charts.x(instant)) } }
                            </svg>
                        </div>
                        <div class="chart-legend">
                            { for figures.into_iter().map(|(quantity, value)| html! {
                                <span class={classes!("chart-key", curve_class(quantity))}>
                                    { quantity.name(words) }{ " " }<b>{ value }</b>
                                </span>
                            }) }
                        </div>
                    </figure>
                }
            };
            html! {
                <div class="charts-plots" {onpointermove} {onpointerleave} {onpointerdown} {onpointerup}>
                    { for charts.charts.iter().map(one) }
                </div>
            }
        }
    };
    let frozen = matches!(*range, Range::Chosen(..));
    let freeze = {
        let (range, charts) = (range.clone(), charts.clone());
        Callback::from(move |_: MouseEvent| {
            range.set(match (&charts, frozen) {
                (Some(charts), false) => Range::Chosen(charts.range.0, charts.range.1),
                _ => Range::Whole,
            });
        })
    };
    let instant = charts.as_ref().zip(*hover).and_then(|(charts, x)| Some(charts.instants[charts.nearest(x)?]));
    html! {
        <section class="charts" id="charts" aria-label={time.charts}>
            <header class="charts-head">
                <h2>{ heading }</h2>
                <div class="charts-range" role="group" aria-label={time.charts}>
                    { tab(Range::Whole, time.whole_run) }
                    { tab(Range::Last, time.last_minute) }
                    if let Range::Chosen(..) = *range { { tab(*range, time.chosen_stretch) } }
                    <button type="button" class="button is-quiet" onclick={freeze}>
                        { if frozen { time.follow } else { time.freeze } }
                    </button>
                </div>
                <span class="charts-instant">
                    { instant.map_or_else(|| time.chart_hint.to_owned(), number::clock) }
                </span>
                <button type="button" class="button is-quiet" aria-pressed={beside.is_some().to_string()} onclick={perform(Action::Compare)}>
                    { store.words().editing.compare }
                </button>
                <button type="button" class="button is-quiet" aria-haspopup="dialog" onclick={perform(Action::Study)}>{ words.study.title }</button>
                <button type="button" class="button is-quiet" disabled={charts.is_none()}
                    onclick={save("csv", "text/csv", chart::table)}>{ time.save_table }</button>
                <button type="button" class="button is-quiet" disabled={charts.is_none()}
                    onclick={save("svg", "image/svg+xml", chart::picture)}>{ time.save_picture }</button>
                <button type="button" class="button is-icon" title={time.hide_charts} aria-label={time.hide_charts} onclick={perform(Action::Charts)}>
                    { icon(Icon::Close) }
                </button>
            </header>
            { body }
            { lanes(&store) }
            { branches(&store, &other) }
        </section>
    }
}

fn upright(class: &'static str, x: f64) -> Html {
    html! { <path {class} d={format!("M{x:.1} 0V{}", chart::HEIGHT)} /> }
}

fn level(y: f64) -> Html {
    html! { <path class="chart-grid" d={format!("M0 {y:.1}H{}", chart::WIDTH)} /> }
}

fn area_class(area: Area) -> &'static str {
    match area {
        Area::Peak => "chart-area is-peak",
        Area::Valley => "chart-area is-valley",
        Area::Band => "chart-area is-band",
    }
}

fn curve_class(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Arrivals => "is-arrivals",
        Quantity::Consumption | Quantity::Utilisation => "is-consumption",
        Quantity::Backlog => "is-backlog",
        Quantity::P50 => "is-p50",
        Quantity::P95 => "is-p95",
        Quantity::P99 => "is-p99",
        Quantity::Lost | Quantity::Dropped(_) => "is-lost",
        Quantity::Other => "is-other",
    }
}

fn written(scale: Scale, value: f64) -> String {
    match scale {
        Scale::PerSecond => number::measure(value),
        Scale::Count => number::count(value as u64),
        Scale::Milliseconds => number::span(value),
        Scale::Share => number::percent(value),
    }
}

/// What is different in two runs, as far as both have gone.
fn difference([name_here, name_there]: [String; 2], [here, there]: [&Series; 2], words: &Words) -> Option<Html> {
    let (at, rows) = chart::difference(here, there, words)?;
    let names = rows.iter().map(|(name, ..)| html! { <th scope="col">{ *name }</th> });
    let figures = |name: String, figures: Vec<u64>| {
        html! {
            <tr>
                <th scope="row">{ name }</th>
                { for figures.into_iter().map(|figure| html! { <td>{ number::count(figure) }</td> }) }
            </tr>
        }
    };
    let (here, there) = rows.iter().map(|(_, here, there)| (*here, *there)).unzip();
    Some(html! {
        <table class="branches-table">
            <thead><tr><th scope="col">{ (words.time.difference)(&number::clock(at)) }</th>{ for names }</tr></thead>
            <tbody>{ figures(name_here, here) }{ figures(name_there, there) }</tbody>
        </table>
    })
}

/// What is different in the two lanes, where there are two.
fn lanes(store: &Store) -> Html {
    let Some(beside) = store.beside() else { return Html::default() };
    let words = store.words();
    let mut names = [words.time.second_lane, words.time.first_lane].map(str::to_owned);
    if store.is_on_first_lane() {
        names.reverse();
    }
    let (session, beside) = (store.session(), beside.session());
    let table = difference(names, [session.run().series(), beside.run().series()], words);
    html! { <div class="branches">{ table.unwrap_or_default() }</div> }
}

/// The branches of the run, where there is more than one, and what is different in the one that is compared.
fn branches(store: &Store, other: &UseStateHandle<Option<u32>>) -> Html {
    let words = store.words();
    let time = words.time;
    let session = store.session();
    if session.branches().next().is_none() {
        return Html::default();
    }
    let mut numbers: Vec<u32> = session.branches().map(|(number, _)| number).chain([session.branch()]).collect();
    numbers.sort_unstable();
    let rows = numbers.into_iter().map(|number| {
        let here = number == session.branch();
        let compared = **other == Some(number);
        let enter = {
            let store = store.clone();
            Callback::from(move |_: MouseEvent| {
                store.order(Command::EnterBranch { branch: number });
            })
        };
        let compare = {
            let other = other.clone();
            Callback::from(move |_: Event| other.set((!compared).then_some(number)))
        };
        html! {
            <li key={number} class={here.then_some("is-here")}>
                <b>{ (time.branch)(number) }</b>
                if here {
                    <span>{ time.branch_here }</span>
                } else {
                    <button type="button" class="button is-quiet" onclick={enter}>{ time.branch_enter }</button>
                    <label>
                        <input type="checkbox" checked={compared} onchange={compare} />{ " " }{ time.branch_compare }
                    </label>
                }
            </li>
        }
    });
    let rows: Vec<Html> = rows.collect();
    let compared = other.and_then(|number| session.branches().find(|(known, _)| *known == number));
    let table = compared.and_then(|(number, branch)| {
        let names = [session.branch(), number].map(time.branch);
        difference(names, [session.run().series(), branch.series()], words)
    });
    html! {
        <div class="branches">
            <h3 title={time.branches_explained}>{ time.branches }</h3>
            <ul>{ rows }</ul>
            { table.unwrap_or_default() }
        </div>
    }
}
