//! The dialog in which a lesson is made of what is on the stage.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::keeper;
use crate::lessons::stage::Rehearsal;
use crate::lessons::{Act, Comparison, Draft, DraftStep, Goal, Lesson};
use crate::session::{Command, Permits};
use crate::ui::dialog::Dialog;
use crate::ui::header::save_as;
use crate::ui::icon::{Icon, icon};
use crate::ui::number;
use crate::ui::store::{Slice, Store, use_store};
use crate::view::study;

thread_local! {
    /// What was put together, also while the dialog is closed: whoever records a solution works on the stage meanwhile.
    static DRAFT: RefCell<Option<Draft>> = const { RefCell::new(None) };
}

/// What the dialog needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Called when it is closed.
    pub on_close: Callback<()>,
    /// Records the solution of a step: the dialog is closed meanwhile.
    pub on_record: Callback<usize>,
}

fn begin(store: &Store) -> Draft {
    let session = store.session();
    let scenario = session.scenario().clone();
    let title = scenario.title.get(store.preferences().language).to_owned();
    Draft { title, scenario, steps: vec![DraftStep::default()], ..Draft::default() }
}

/// While the solution of a step is recorded: what stands above the stage.
#[derive(PartialEq, Properties)]
pub struct RecordingProps {
    /// The step.
    pub place: usize,
    /// Called when it is recorded.
    pub on_done: Callback<()>,
}

/// What the step begins with is put up: the draft's stage, with the solutions of the steps before it done.
fn put_up(store: &Store, place: usize) {
    let draft = DRAFT.with_borrow(|draft| draft.clone().unwrap_or_default());
    let lesson = Lesson::read(draft.to_value(store.preferences().language));
    store.leave_lesson();
    match lesson {
        Ok(lesson) => store.put_up(Rehearsal::at(&Rc::new(lesson), place).first, None),
        // It cannot be read yet: then the stage is all there is.
        Err(_) => store.load(draft.scenario),
    }
    store.update(|session| session.set_permits(Permits::ALL));
    store.order(Command::Play { until_us: None });
}

/// Records what is done as the solution of a step, until it is told to stop.
#[component]
pub fn Recording(props: &RecordingProps) -> Html {
    let store = use_store(&[Slice::Preferences]);
    {
        let place = props.place;
        use_effect_with(store.clone(), move |store| {
            put_up(store, place);
            store.begin_recording();
            let store = store.clone();
            move || {
                let solution = store.end_recording();
                DRAFT.with_borrow_mut(|draft| {
                    if let Some(step) = draft.as_mut().and_then(|draft| draft.steps.get_mut(place)) {
                        step.solution = solution;
                    }
                });
            }
        });
    }
    let making = &store.words().lessons.making;
    let on_done = props.on_done.clone();
    html! {
        <div class="invitation recording" role="status">
            <span>{ (making.step)(props.place + 1) }</span>
            <button type="button" class="button is-danger" onclick={move |_: MouseEvent| on_done.emit(())}>{ making.end_recording }</button>
        </div>
    }
}

/// The dialog.
#[component]
pub fn Making(props: &Props) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let words = store.words().lessons;
    let making = &words.making;
    let render = use_force_update();
    let draft = DRAFT.with_borrow_mut(|draft| draft.get_or_insert_with(|| begin(&store)).clone());
    let change = Rc::new(move |change: &dyn Fn(&mut Draft)| {
        DRAFT.with_borrow_mut(|draft| draft.as_mut().map(change));
        render.force_update();
    });
    let set = |set: fn(&mut Draft, String)| {
        let change = change.clone();
        Callback::from(move |typed: String| change(&|draft| set(draft, typed.clone())))
    };
    let steps = draft.steps.iter().enumerate().map(|(place, step)| {
        html! {
            <StepFields key={place} {place} step={step.clone()} only={draft.steps.len() == 1}
                on_change={{
                    let change = change.clone();
                    Callback::from(move |step: DraftStep| change(&|draft| draft.steps[place] = step.clone()))
                }}
                on_remove={{
                    let change = change.clone();
                    Callback::from(move |()| change(&|draft| drop(draft.steps.remove(place))))
                }}
                on_record={props.on_record.clone()} />
        }
    });
    let add = {
        let change = change.clone();
        Callback::from(move |_: MouseEvent| {
            change(&|draft| draft.steps.push(DraftStep::default()));
        })
    };
    let value = {
        let store = store.clone();
        move || DRAFT.with_borrow(|draft| draft.as_ref().map(|draft| draft.to_value(store.preferences().language)))
    };
    let try_out = {
        let (store, value, on_close) = (store.clone(), value.clone(), props.on_close.clone());
        let name = making.title;
        Callback::from(move |_: MouseEvent| {
            if let Some(value) = value() {
                on_close.emit(());
                keeper::open_value(&store, name, value);
            }
        })
    };
    let save = {
        let (store, title) = (store.clone(), draft.title.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(value) = value() {
                let text = serde_json::to_string_pretty(&value).expect("a lesson is plain data");
                save_as(&store, &title, "lesson.json", "application/json", &text);
            }
        })
    };
    html! {
        <Dialog class="making" title={words.make} on_close={props.on_close.clone()}>
            <p class="panel-note">{ making.note }</p>
            { line(making.title, &draft.title, set(|draft, typed| draft.title = typed)) }
            { area(making.about, &draft.about, set(|draft, typed| draft.about = typed)) }
            { for steps }
            <p><button type="button" class="button" onclick={add}>{ icon(Icon::Add) }{ making.add }</button></p>
            { area(making.learned, &draft.learned, set(|draft, typed| draft.learned = typed)) }
            <p class="making-actions">
                <button type="button" class="button" onclick={try_out}>{ icon(Icon::Play) }{ making.try_out }</button>
                <button type="button" class="button is-primary" onclick={save}>{ icon(Icon::Save) }{ making.save }</button>
            </p>
        </Dialog>
    }
}

#[derive(PartialEq, Properties)]
struct StepProps {
    place: usize,
    step: DraftStep,
    /// Whether there is no other: then it stays.
    only: bool,
    on_change: Callback<DraftStep>,
    on_remove: Callback<()>,
    on_record: Callback<usize>,
}

/// The fields of a step.
#[component]
fn StepFields(props: &StepProps) -> Html {
    let store = use_store(&[Slice::Preferences, Slice::Selection]);
    let making = &store.words().lessons.making;
    let StepProps { place, step, .. } = props;
    let place = *place;
    let set = |set: fn(&mut DraftStep, String)| {
        let (on_change, step) = (props.on_change.clone(), step.clone());
        Callback::from(move |typed: String| {
            let mut step = step.clone();
            set(&mut step, typed);
            on_change.emit(step);
        })
    };
    let take = {
        let (store, step, on_change) = (store.clone(), step.clone(), props.on_change.clone());
        Callback::from(move |_: MouseEvent| {
            let show = store.session().selection().iter().cloned().collect();
            on_change.emit(DraftStep { show, ..step.clone() });
        })
    };
    let shown: Vec<&str> = step.show.iter().map(|id| id.0.as_str()).collect();
    let remove = {
        let on_remove = props.on_remove.clone();
        Callback::from(move |_: MouseEvent| on_remove.emit(()))
    };
    let record = {
        let on_record = props.on_record.clone();
        Callback::from(move |_: MouseEvent| on_record.emit(place))
    };
    html! {
        <fieldset class="making-step">
            <legend>{ (making.step)(place + 1) }</legend>
            { line(making.heading, &step.title, set(|step, typed| step.title = typed)) }
            { area(making.body, &step.body, set(|step, typed| step.body = typed)) }
            { area(making.choices, &step.choices, set(|step, typed| step.choices = typed)) }
            { goal_fields(&store, step, &props.on_change) }
            <p class="making-row">
                <span>{ making.show }</span>
                <code>{ shown.join(", ") }</code>
                <button type="button" class="button is-small" disabled={store.session().selection().is_empty()} onclick={take}>
                    { making.take_selection }
                </button>
            </p>
            { area(making.hint, &step.hint, set(|step, typed| step.hint = typed)) }
            { area(making.done, &step.done, set(|step, typed| step.done = typed)) }
            <p class="making-row">
                <button type="button" class="button is-small" onclick={record}>{ making.record }</button>
                if !step.solution.is_empty() {
                    <span>{ (making.recorded)(step.solution.iter().filter(|act| matches!(act, Act::Do(_))).count()) }</span>
                }
                if !props.only {
                    <button type="button" class="button is-small is-danger-quiet" onclick={remove}>{ making.remove }</button>
                }
            </p>
        </fieldset>
    }
}

/// A field for a line of text.
fn line(label: &'static str, value: &str, typed: Callback<String>) -> Html {
    let oninput =
        Callback::from(move |event: InputEvent| typed.emit(event.target_unchecked_into::<HtmlInputElement>().value()));
    html! { <label class="making-field"><span>{ label }</span><input type="text" value={value.to_owned()} {oninput} /></label> }
}

/// A field for several lines.
fn area(label: &'static str, value: &str, typed: Callback<String>) -> Html {
    let oninput = Callback::from(move |event: InputEvent| {
        typed.emit(event.target_unchecked_into::<HtmlTextAreaElement>().value());
    });
    html! { <label class="making-field"><span>{ label }</span><textarea rows="2" value={value.to_owned()} {oninput} /></label> }
}

/// Which figure is to be how large.
fn goal_fields(store: &Store, step: &DraftStep, on_change: &Callback<DraftStep>) -> Html {
    let making = &store.words().lessons.making;
    let session = store.session();
    let groups = study::figures(session.scenario(), store.words());
    let (of, least, bound) = match &step.goal {
        Some(Goal::Figure(Comparison { of, at_least: Some(bound), .. })) => (of.as_str(), true, *bound),
        Some(Goal::Figure(Comparison { of, at_most: Some(bound), .. })) => (of.as_str(), false, *bound),
        _ => ("", true, 1.0),
    };
    let emit = Rc::new({
        let (on_change, step) = (on_change.clone(), step.clone());
        move |of: String, least: bool, bound: f64| {
            let comparison = Comparison {
                of: of.clone(),
                at_least: least.then_some(bound),
                at_most: (!least).then_some(bound),
                ..Comparison::default()
            };
            let goal = (!of.is_empty()).then_some(Goal::Figure(comparison));
            on_change.emit(DraftStep { goal, ..step.clone() });
        }
    });
    let on_figure = {
        let emit = emit.clone();
        Callback::from(move |event: Event| {
            emit(event.target_unchecked_into::<HtmlSelectElement>().value(), least, bound);
        })
    };
    let on_side = {
        let (emit, of) = (emit.clone(), of.to_owned());
        Callback::from(move |event: Event| {
            emit(of.clone(), event.target_unchecked_into::<HtmlSelectElement>().value() == "least", bound);
        })
    };
    let on_bound = {
        let (emit, of) = (emit, of.to_owned());
        Callback::from(move |event: Event| {
            if let Some(bound) = number::read(&event.target_unchecked_into::<HtmlInputElement>().value()) {
                emit(of.clone(), least, bound);
            }
        })
    };
    let options = groups.into_iter().map(|(name, figures)| {
        let options = figures.into_iter().map(|figure| {
            html! { <option value={figure.name.clone()} selected={figure.name == of}>{ format!("{name}: {}", figure.label) }</option> }
        });
        let options: Html = options.collect();
        html! { <optgroup label={name.clone()}>{ options }</optgroup> }
    });
    html! {
        <p class="making-row">
            <label>{ making.goal }{ " " }
                <select onchange={on_figure}>
                    <option value="" selected={of.is_empty()}>{ making.no_goal }</option>
                    { for options }
                </select>
            </label>
            if !of.is_empty() {
                <select aria-label={making.goal} onchange={on_side}>
                    <option value="least" selected={least}>{ making.at_least }</option>
                    <option value="most" selected={!least}>{ making.at_most }</option>
                </select>
                <input type="text" inputmode="decimal" aria-label={making.goal} value={bound.to_string()} onchange={on_bound} />
            }
        </p>
    }
}
