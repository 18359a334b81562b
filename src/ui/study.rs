//! Studies: a dialog that asks how a scenario would fare with other values, and shows what many runs of it have found.
//! They go on while the dialog is closed.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::dialog::Dialog;
use super::header::save_as;
use super::number;
use super::store::{Slice, Store, use_store};
use crate::scenario::{NodeKind, Scenario};
use crate::study::{Findings, News, Study as Asked};
use crate::view::study::{self, Group, Line, Plot, Tunable, Wish};
use crate::web::study::Job;
use crate::words::Words;

/// How often what was found so far is drawn anew, in milliseconds.
const DRAWN_EVERY_MS: f64 = 150.0;

/// What the dialog needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Whether it is open.
    pub open: bool,
    /// Called when it is closed.
    pub on_close: Callback<()>,
}

/// What was typed and chosen.
#[derive(Clone, Debug, PartialEq)]
struct Draft {
    measure: String,
    /// The key of what is varied; empty: nothing.
    varied: String,
    range: [String; 3],
    seconds: String,
    warm_up: String,
    replications: String,
}

impl Draft {
    /// What is asked where nobody has asked yet: about what is selected, or the first queue.
    fn new(store: &Store) -> Draft {
        let session = store.session();
        let scenario = session.scenario();
        let queue = scenario.nodes.iter().find(|node| node.kind() == NodeKind::Queue).map(|node| &node.id);
        let node = session.selection().iter().find(|id| scenario.node(id).is_some()).or(queue);
        let figures = study::figures(scenario, store.words());
        let mut figures = figures.into_iter().flat_map(|(_, figures)| figures).map(|figure| figure.name);
        let first = figures.next().unwrap_or_default();
        let about_node = node.and_then(|node| {
            let prefix = format!("nodes.{node}.");
            std::iter::once(first.clone()).chain(figures).find(|name| name.starts_with(&prefix))
        });
        Draft {
            measure: about_node.unwrap_or(first),
            varied: String::new(),
            range: Default::default(),
            seconds: "120".to_owned(),
            warm_up: "20".to_owned(),
            replications: "10".to_owned(),
        }
    }

    /// What is asked for; `None` where something is no number.
    fn wish(&self, tunables: &[Group<Tunable>]) -> Option<Wish> {
        let varied = match tunables.iter().flat_map(|(_, all)| all).find(|tunable| tunable.key == self.varied) {
            _ if self.varied.is_empty() => None,
            Some(tunable) => {
                let [from, to, step] = &self.range;
                Some((tunable.settings.clone(), [number::read(from)?, number::read(to)?, number::read(step)?]))
            }
            None => Some((Vec::new(), [0.0, 0.0, 1.0])),
        };
        Some(Wish {
            measure: self.measure.clone(),
            varied,
            seconds: number::read(&self.seconds)?,
            warm_up_s: number::read(&self.warm_up)?,
            replications: number::read(&self.replications)?,
        })
    }
}

/// A study that was begun.
struct Begun {
    study: Asked,
    findings: Findings,
    predicted: Vec<Option<f64>>,
    /// `None`: it is over, or was given up.
    job: Option<Job>,
    progress: f64,
    drawn_at_ms: f64,
}

/// What stays while the dialog is closed.
#[derive(Default)]
struct Desk {
    begun: RefCell<Option<Begun>>,
    /// What was asked last, and of which document.
    draft: RefCell<Option<(String, Draft)>>,
}

/// The dialog, and what goes on while it is closed.
#[component]
pub fn Study(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let desk = use_memo((), |()| Desk::default());
    let render = use_force_update();
    let open = use_mut_ref(|| false);
    *open.borrow_mut() = props.open;
    let heard = {
        let (store, desk) = (store.clone(), desk.clone());
        Callback::from(move |news: News| {
            if hear(&desk, news) {
                render.force_update();
            }
            if let Some(label) = finished(&desk, store.words()) {
                let sentence = (store.words().study.done)(&label);
                if *open.borrow() {
                    store.say(sentence);
                } else {
                    store.notify(sentence);
                }
            }
        })
    };
    if !props.open {
        return Html::default();
    }
    html! { <Window on_close={props.on_close.clone()} desk={SharedDesk(desk)} {heard} /> }
}

/// Takes over what was heard; whether it is to be drawn.
fn hear(desk: &Desk, news: News) -> bool {
    let mut begun = desk.begun.borrow_mut();
    let Some(begun) = begun.as_mut() else { return false };
    let over = news == News::Over;
    match news {
        News::Progress(progress) => begun.progress = progress,
        News::Result(result) => begun.findings.add(result),
        News::Over => begun.progress = 1.0,
    }
    let now = js_sys::Date::now();
    let due = over || now - begun.drawn_at_ms > DRAWN_EVERY_MS;
    if due {
        begun.drawn_at_ms = now;
    }
    due
}

/// What was measured, at the moment in which all of it was.
fn finished(desk: &Desk, words: &Words) -> Option<String> {
    let mut begun = desk.begun.borrow_mut();
    let begun = begun.as_mut().filter(|begun| begun.progress >= 1.0 && begun.job.is_some())?;
    begun.job = None;
    study::measured(&begun.study, words).map(|(label, _)| label)
}

/// What is shared, equal only to itself.
#[derive(Clone)]
struct SharedDesk(Rc<Desk>);

impl PartialEq for SharedDesk {
    // What is in it changes while it stays the same: it is always worth another look.
    fn eq(&self, _: &SharedDesk) -> bool {
        false
    }
}

#[derive(PartialEq, Properties)]
struct WindowProps {
    on_close: Callback<()>,
    desk: SharedDesk,
    heard: Callback<News>,
}

/// What tells one document from another: a draft names its parts.
fn known_by(scenario: &Scenario) -> String {
    scenario.nodes.iter().map(|node| node.id.as_str()).collect::<Vec<_>>().join("\n")
}

#[component]
fn Window(props: &WindowProps) -> Html {
    let store = use_store(&[Slice::Preferences, Slice::Document]);
    let render = use_force_update();
    let problems = use_state_eq(Vec::<String>::new);
    let SharedDesk(desk) = props.desk.clone();
    let draft = {
        let (store, desk) = (store.clone(), desk.clone());
        use_state_eq(move || {
            let known = known_by(store.session().scenario());
            let last = desk.draft.borrow().clone().filter(|(before, _)| *before == known);
            last.map_or_else(|| Draft::new(&store), |(_, draft)| draft)
        })
    };
    {
        let (store, desk) = (store.clone(), desk.clone());
        use_effect_with((*draft).clone(), move |draft| {
            let known = known_by(store.session().scenario());
            *desk.draft.borrow_mut() = Some((known, draft.clone()));
        });
    }
    let words = store.words();
    let study = words.study;
    let session = store.session();
    let figures = study::figures(session.scenario(), words);
    let tunables = Rc::new(study::tunables(session.scenario(), words));
    drop(session);
    let running = desk.begun.borrow().as_ref().is_some_and(|begun| begun.job.is_some());

    let start = {
        let (store, draft, tunables, problems) = (store.clone(), draft.clone(), tunables.clone(), problems.clone());
        let (desk, heard, render) = (desk.clone(), props.heard.clone(), render.clone());
        Callback::from(move |_: MouseEvent| {
            let words = store.words();
            let Some(wish) = draft.wish(&tunables) else {
                problems.set(vec![words.shell.not_a_number.to_owned()]);
                return;
            };
            let study = wish.study(store.session().scenario());
            match Findings::new(&study) {
                Err(found) => problems.set(found.iter().map(|problem| study::problem(problem, words)).collect()),
                Ok(findings) => {
                    problems.set(Vec::new());
                    *desk.begun.borrow_mut() = Some(Begun {
                        predicted: study::predictions(&study),
                        job: Some(Job::begin(study.clone(), heard.clone())),
                        study,
                        findings,
                        progress: 0.0,
                        drawn_at_ms: 0.0,
                    });
                    render.force_update();
                }
            }
        })
    };
    let cancel = {
        let (desk, render) = (desk.clone(), render.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(begun) = desk.begun.borrow_mut().as_mut() {
                begun.job = None;
            }
            render.force_update();
        })
    };
    html! {
        <Dialog class="study" title={study.title} on_close={props.on_close.clone()}>
            <p class="setting-note">{ study.note }</p>
            { form(&draft, &figures, &tunables, words) }
            { for problems.iter().map(|problem| html! { <p class="setting-problem" role="alert">{ problem }</p> }) }
            <div class="study-actions">
                if running {
                    <button type="button" class="button" onclick={cancel}>{ study.cancel }</button>
                } else {
                    <button type="button" class="button is-primary" onclick={start}>{ study.start }</button>
                }
                { progress(&desk, words) }
            </div>
            { found(&store, &desk, words) }
        </Dialog>
    }
}

/// A field for a number.
fn typed(
    draft: &UseStateHandle<Draft>,
    id: &'static str,
    label: &'static str,
    field: fn(&mut Draft) -> &mut String,
) -> Html {
    let value = field(&mut (**draft).clone()).clone();
    let oninput = {
        let draft = draft.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                let mut now = (*draft).clone();
                *field(&mut now) = input.value();
                draft.set(now);
            }
        })
    };
    html! {
        <span class="study-number">
            <label for={id}>{ label }</label>
            <input {id} type="text" inputmode="decimal" autocomplete="off" {value} {oninput} />
        </span>
    }
}

/// A choice from groups.
fn choice(
    id: &'static str,
    first: bool,
    chosen: &str,
    none: Option<&'static str>,
    groups: &[(String, Vec<(String, String)>)],
    choose: Callback<String>,
    words: &Words,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            choose.emit(select.value());
        }
    });
    // What is chosen is shown without its group: whose it is stands in each entry.
    let option = |group: &str, (value, label): &(String, String)| {
        html! { <option value={value.clone()} selected={value == chosen}>{ (words.study.of)(group, label) }</option> }
    };
    html! {
        <select {id} {onchange} data-first={first.then_some("")}>
            if let Some(none) = none { <option value="" selected={chosen.is_empty()}>{ none }</option> }
            { for groups.iter().map(|(name, options)| html! {
                <optgroup label={name.clone()}>{ for options.iter().map(|entry| option(name, entry)) }</optgroup>
            }) }
        </select>
    }
}

fn form(
    draft: &UseStateHandle<Draft>,
    figures: &[Group<study::Figure>],
    tunables: &Rc<Vec<Group<Tunable>>>,
    words: &Words,
) -> Html {
    let study = words.study;
    let measures: Vec<_> = figures
        .iter()
        .map(|(name, figures)| {
            (name.clone(), figures.iter().map(|figure| (figure.name.clone(), figure.label.clone())).collect())
        })
        .collect();
    let settings: Vec<_> = tunables
        .iter()
        .map(|(name, all)| {
            (name.clone(), all.iter().map(|tunable| (tunable.key.clone(), tunable.label.clone())).collect())
        })
        .collect();
    let choose_measure = {
        let draft = draft.clone();
        Callback::from(move |measure: String| draft.set(Draft { measure, ..(*draft).clone() }))
    };
    let choose_varied = {
        let (draft, tunables) = (draft.clone(), tunables.clone());
        Callback::from(move |varied: String| {
            let tunable = tunables.iter().flat_map(|(_, all)| all).find(|tunable| tunable.key == varied);
            let range = tunable.map(|tunable| tunable.usual().map(number::plain)).unwrap_or_default();
            draft.set(Draft { varied, range, ..(*draft).clone() });
        })
    };
    html! {
        <div class="study-form">
            <label for="study-measure">{ study.measured }</label>
            { choice("study-measure", true, &draft.measure, None, &measures, choose_measure, words) }
            <label for="study-varied">{ study.varied }</label>
            { choice("study-varied", false, &draft.varied, Some(study.nothing_varied), &settings, choose_varied, words) }
            if !draft.varied.is_empty() {
                <div class="study-numbers">
                    { typed(draft, "study-from", study.from, |draft| &mut draft.range[0]) }
                    { typed(draft, "study-to", study.to, |draft| &mut draft.range[1]) }
                    { typed(draft, "study-step", study.step, |draft| &mut draft.range[2]) }
                </div>
            }
            <div class="study-numbers">
                { typed(draft, "study-seconds", study.seconds, |draft| &mut draft.seconds) }
                { typed(draft, "study-warm-up", study.warm_up, |draft| &mut draft.warm_up) }
                { typed(draft, "study-replications", study.replications, |draft| &mut draft.replications) }
            </div>
        </div>
    }
}

/// How far it is, or that it was given up.
fn progress(desk: &Desk, words: &Words) -> Html {
    let begun = desk.begun.borrow();
    let Some(begun) = begun.as_ref() else { return Html::default() };
    let (done, all) = begun.findings.progress();
    match &begun.job {
        Some(job) => {
            let sentence = (words.study.progress)(done, all);
            let by = if job.by_worker() { "worker" } else { "timer" };
            html! {
                <>
                    <progress max="1" value={begun.progress.to_string()} aria-label={sentence.clone()} data-by={by} />
                    <span class="study-state">{ sentence }</span>
                </>
            }
        }
        None if done < all => html! { <span class="study-state">{ (words.study.stopped)(done, all) }</span> },
        None => Html::default(),
    }
}

/// What was found so far.
fn found(store: &Store, desk: &Rc<Desk>, words: &Words) -> Html {
    let begun = desk.begun.borrow();
    let Some(begun) = begun.as_ref() else { return Html::default() };
    let study = words.study;
    // A study's own document has all that it measures.
    let Some((label, unit)) = study::measured(&begun.study, words) else { return Html::default() };
    let lines = study::lines(&begun.findings, &begun.predicted, unit, words);
    let varied = study::varied(&begun.study, words);
    let with_theory = begun.predicted.iter().any(Option::is_some);
    let save = {
        let (store, desk) = (store.clone(), desk.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(begun) = desk.begun.borrow().as_ref() {
                let title = begun.study.scenario.title.get(store.preferences().language).to_owned();
                save_as(
                    &store,
                    &title,
                    "csv",
                    "text/csv",
                    &study::table(&begun.study, &begun.findings, &begun.predicted),
                );
            }
        })
    };
    let plot = study::plot(&begun.findings, &begun.predicted);
    html! {
        <section class="study-found" aria-label={label.clone()}>
            <h3>{ &label }</h3>
            { for plot.map(|plot| picture(&plot, &lines, &label, varied.as_deref(), unit, with_theory, words)) }
            <div class="study-rows">{ rows(&lines, varied.as_deref(), with_theory, words) }</div>
            <button type="button" class="button is-quiet" onclick={save}>{ study.save_table }</button>
        </section>
    }
}

fn picture(
    plot: &Plot,
    lines: &[Line],
    label: &str,
    varied: Option<&str>,
    unit: crate::study::Unit,
    with_theory: bool,
    words: &Words,
) -> Html {
    let study = words.study;
    let top = study::border(plot.top, unit);
    let values = lines.iter().map(|line| match varied {
        Some(_) => (study.of)(&line.value, &line.mean),
        None => (study.plus_minus)(&line.mean, line.half_width.trim_start_matches("± ")),
    });
    let spoken = (study.of)(label, &values.collect::<Vec<_>>().join(", "));
    html! {
        <figure class={classes!("study-figure", varied.is_none().then_some("is-strip"))}>
            <div class="study-plot" role="img" aria-label={spoken}>
                <svg viewBox={format!("0 0 {} {}", study::WIDTH, study::HEIGHT)} preserveAspectRatio="none" aria-hidden="true">
                    if varied.is_some() {
                        { for [0.0, 0.5, 1.0].map(|part| html! {
                            <path class="chart-grid" d={format!("M0 {:.1}H{}", part * study::HEIGHT, study::WIDTH)} />
                        }) }
                    }
                    <path class="study-theory" d={plot.theory.clone()} />
                    <path class="study-bars" d={plot.bars.clone()} />
                    <path class="study-line" d={plot.line.clone()} />
                    <path class="study-dots" d={plot.dots.clone()} />
                </svg>
            </div>
            if varied.is_some() {
                <span class="study-top">{ top }</span>
                <div class="study-labels" aria-hidden="true">
                    { for plot.labels.iter().map(|(at, text)| html! {
                        <span style={format!("left:{:.2}%", at * 100.0)}>{ text }</span>
                    }) }
                </div>
            } else {
                <div class="study-ends" aria-hidden="true"><span>{ "0" }</span><span>{ top }</span></div>
            }
            <figcaption>
                if let Some(varied) = varied { <span>{ varied.to_owned() }</span> }
                <span class="study-key is-mean">{ study.legend }</span>
                if with_theory { <span class="study-key is-theory">{ study.theory }</span> }
            </figcaption>
        </figure>
    }
}

fn rows(lines: &[Line], varied: Option<&str>, with_theory: bool, words: &Words) -> Html {
    let study = words.study;
    let mut heads = vec![study.runs, study.mean, study.interval, study.min, study.max];
    heads.extend(with_theory.then_some(study.theory));
    html! {
        <table class="study-table">
            <thead><tr>
                if varied.is_some() { <th scope="col">{ study.value }</th> }
                { for heads.iter().map(|head| html! { <th scope="col">{ *head }</th> }) }
            </tr></thead>
            <tbody>
                { for lines.iter().map(|line| html! {
                    <tr>
                        if varied.is_some() { <th scope="row">{ &line.value }</th> }
                        if let Some(remark) = line.remark.as_ref().filter(|_| line.runs == 0) {
                            <td colspan={heads.len().to_string()} class="study-remark">{ remark }</td>
                        } else {
                            <td>{ line.runs }</td><td>{ &line.mean }</td><td>{ &line.half_width }</td>
                            <td>{ &line.min }</td><td>{ &line.max }</td>
                            if with_theory { <td>{ &line.theory }</td> }
                        }
                    </tr>
                }) }
            </tbody>
        </table>
    }
}
