//! The panel in which a lesson is done: one step at a time.

use lesson_text::{Inline, StepText};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use super::keeper;
use super::presentation::Presenting;
use super::text::{self, Place};
use crate::lessons::{Ask, Course, NumberAsk, Step, Verdict};
use crate::ui::focus::on_enter;
use crate::ui::icon::{Icon, icon};
use crate::ui::number;
use crate::ui::store::{Slice, Store, use_store};
use crate::words::LessonWords;

/// What the panel needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Whether it is shown to a class, and how much of the step.
    pub presenting: Option<Presenting>,
    /// Shows it to a class, or ends that.
    pub on_present: Callback<bool>,
    /// Shows the answer to the class.
    pub on_reveal: Callback<()>,
    /// Prints a sheet.
    pub on_sheet: Callback<()>,
}

/// The lesson; nothing where there is none.
#[component]
pub fn LessonPanel(props: &Props) -> Html {
    let store = use_store(&[Slice::Lesson, Slice::Preferences, Slice::Lanes]);
    let folded = use_state_eq(|| false);
    let section = use_node_ref();
    use_watch(&store);
    let at = store.course().as_ref().map(Course::at);
    use_scroll_to_news(&store, &section);
    {
        let (section, folded) = (section.clone(), folded.clone());
        // A new step is read from its beginning.
        use_effect_with(at, move |_| {
            folded.set(false);
            let Some(section) = section.cast::<Element>() else { return };
            section.set_scroll_top(0);
            let mark =
                section.parent_element().and_then(|lesson| lesson.query_selector("[aria-current=step]").ok().flatten());
            if let Some(mark) = mark {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                mark.scroll_into_view_with_scroll_into_view_options(&options);
            }
            // Who reads by ear goes on there; and the space bar plays again, which on a button would press it.
            let heading = section.query_selector(".lesson-heading").ok().flatten();
            if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok()) {
                // What can have the focus takes it.
                let _ = heading.focus();
            }
        });
    }
    let course = store.course();
    let Some(course) = course.as_ref() else { return Html::default() };
    let words = store.words().lessons;
    let language = store.preferences().language;
    let Some(lesson_text) = course.lesson().text(language) else { return Html::default() };
    let presenting = props.presenting;
    let button = |picture: Icon, label: &'static str, onclick: Callback<MouseEvent>| {
        html! {
            <button type="button" class="button is-icon is-small" title={label} aria-label={label} {onclick}>
                { icon(picture) }
            </button>
        }
    };
    let present = {
        let on_present = props.on_present.clone();
        Callback::from(move |_: MouseEvent| on_present.emit(presenting.is_none()))
    };
    let sheet = {
        let on_sheet = props.on_sheet.clone();
        Callback::from(move |_: MouseEvent| on_sheet.emit(()))
    };
    let fold = {
        let folded = folded.clone();
        Callback::from(move |_: MouseEvent| folded.set(!*folded))
    };
    let leave = {
        let (store, on_present) = (store.clone(), props.on_present.clone());
        Callback::from(move |_: MouseEvent| {
            on_present.emit(false);
            keeper::leave(&store);
        })
    };
    let present_label = if presenting.is_some() { words.end_presentation } else { words.present };
    let body = match course.step() {
        Some(step) => lesson_text
            .steps
            .get(&step.id)
            .map(|said| step_view(&store, course, step, said, presenting, &props.on_reveal))
            .unwrap_or_default(),
        None => end_view(&store, course),
    };
    html! {
        <section class={classes!("lesson", folded.then_some("is-folded"))} aria-label={words.panel}>
            <header class="lesson-head">
                <h2 class="lesson-title">{ lesson_text.title.clone() }</h2>
                <span class="lesson-tools">
                    { button(Icon::Present, present_label, present) }
                    if presenting.is_none() {
                        <span class="lesson-print">{ button(Icon::Print, words.sheet, sheet) }</span>
                        <span class="lesson-fold">
                            { button(if *folded { Icon::Up } else { Icon::Down }, if *folded { words.unfold } else { words.fold }, fold) }
                        </span>
                    }
                    { button(Icon::Close, words.close, leave) }
                </span>
            </header>
            { progress_view(&store, course, lesson_text) }
            <div class="lesson-scroll" ref={section}>{ body }</div>
            if presenting.is_some() {
                <p class="lesson-clicker">{ words.clicker }</p>
            }
            { foot_view(&store, course) }
        </section>
    }
}

/// What is new in the step is scrolled to: what was said, a verdict, a hint.
#[hook]
fn use_scroll_to_news(store: &Store, section: &NodeRef) {
    let news = store.course().as_ref().map(|course| {
        let hint = course.state().is_some_and(|state| state.hint);
        (course.at(), course.happened().len(), course.verdict_now(), hint, course.is_demonstrating(), course.done_now())
    });
    let before = use_mut_ref(|| news);
    let section = section.clone();
    use_effect_with(news, move |news| {
        let earlier = before.replace(*news);
        if earlier.map(|(at, ..)| at) != news.map(|(at, ..)| at) || earlier == *news {
            return;
        }
        let Some(section) = section.cast::<Element>() else { return };
        // What is last is newest; where it is done, that is what counts.
        let newest = "[data-done], .lesson-showing, .lesson-hint, .lesson-reactions > :last-child, .lesson-verdict";
        if let Ok(found) = section.query_selector_all(newest)
            && let Some(last) =
                found.get(found.length().saturating_sub(1)).and_then(|last| last.dyn_into::<Element>().ok())
        {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            last.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

/// Goes on with a solution that is being done, and keeps what was passed.
#[hook]
fn use_watch(store: &Store) {
    use_effect_with(store.clone(), |store| {
        let passed = std::cell::Cell::new((0, false));
        let watch = {
            let store = store.clone();
            move |()| {
                let now = store.course().as_ref().map_or((0, false), |course| (course.at(), course.done_now()));
                if passed.replace(now) != now && now.1 {
                    keeper::note_passed(&store);
                }
            }
        };
        let lesson = store.subscribe(&[Slice::Lesson], Callback::from(watch));
        let carry_on = {
            let store = store.clone();
            Callback::from(move |()| keeper::carry_on(&store))
        };
        let figures = store.subscribe(&[Slice::Figures, Slice::Playback], carry_on);
        move || drop((lesson, figures))
    });
}

/// The steps as a row of marks; each leads to its step.
fn progress_view(store: &Store, course: &Course, text: &lesson_text::LessonText) -> Html {
    let words = store.words().lessons;
    let steps = course.lesson().steps.iter().enumerate().map(|(place, step)| {
        let state = &course.steps()[place];
        let is_here = place == course.at();
        let title = text.steps.get(&step.id).map(|said| Inline::plain(&said.title)).unwrap_or_default();
        let label = format!("{}: {title}", (words.step_of)(place + 1, course.steps().len()));
        let go = {
            let store = store.clone();
            Callback::from(move |_: MouseEvent| keeper::enter(&store, place, true))
        };
        html! {
            <li>
                <button type="button" class={classes!("lesson-mark", state.passed.then_some("is-passed"))} title={label.clone()}
                    aria-label={if state.passed { format!("{label} · {}", words.done) } else { label }}
                    aria-current={is_here.then_some("step")} onclick={go}>
                    if state.passed { { icon(Icon::Done) } } else { { place + 1 } }
                </button>
            </li>
        }
    });
    html! { <ol class="lesson-progress">{ for steps }</ol> }
}

fn step_view(
    store: &Store,
    course: &Course,
    step: &Step,
    said: &StepText,
    presenting: Option<Presenting>,
    on_reveal: &Callback<()>,
) -> Html {
    let words = store.words().lessons;
    let shown = presenting.unwrap_or(Presenting::ALL);
    let state = course.state().cloned().unwrap_or_default();
    let reactions = course.happened().into_iter().filter_map(|name| {
        let blocks = said.when.get(name)?;
        let place = Place::When(name.to_owned());
        Some(html! {
            <div key={name.to_owned()} class="lesson-when" data-when={name.to_owned()}>{ text::blocks(store, blocks, &place) }</div>
        })
    });
    // A class sees an answer when it is asked for.
    let done = course.done_now() && shown.body && (presenting.is_none() || step.ask.is_none() || shown.answer);
    html! {
        <div key={step.id.clone()} class="lesson-step" data-step={step.id.clone()}>
            <p class="lesson-count">{ (words.step_of)(course.at() + 1, course.steps().len()) }</p>
            <h3 class="lesson-heading" tabindex="-1">{ text::inlines(store, &said.title, &Place::Now) }</h3>
            if shown.body {
                <div class="lesson-body">{ text::blocks(store, &said.body, &Place::Now) }</div>
            }
            if let (Some(ask), true) = (&step.ask, shown.question) {
                <Question key={format!("{} {}", step.id, course.is_demonstrating())} ask={ask.clone()} choices={said.choices.clone()}
                    verdict={course.verdict_now()} answer={course.verdict_now().and(state.answer)}
                    revealed={presenting.is_some() && shown.answer} presented={presenting.is_some()} on_reveal={on_reveal.clone()} />
            }
            <div class="lesson-reactions" aria-live="polite">{ for reactions }</div>
            if state.hint && !said.hint.is_empty() && !done {
                <div class="lesson-hint">
                    <h4>{ words.hint }</h4>
                    { text::blocks(store, &said.hint, &Place::Now) }
                </div>
            }
            if course.is_demonstrating() {
                <div class="lesson-showing">
                    <p>{ words.showing }</p>
                    { text::blocks(store, &said.solution, &Place::Now) }
                </div>
            }
            if done {
                <div class="lesson-done" data-done="">
                    <h4>{ icon(Icon::Done) }{ words.done }</h4>
                    { text::blocks(store, &said.done, &Place::Done) }
                </div>
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct QuestionProps {
    ask: Ask,
    choices: Vec<Vec<lesson_text::Block>>,
    verdict: Option<Verdict>,
    answer: Option<f64>,
    /// Whether the right answer is told.
    revealed: bool,
    /// Whether it is put to a class, which answers aloud.
    presented: bool,
    on_reveal: Callback<()>,
}

/// A question with its choices, or with a field for a number.
#[component]
fn Question(props: &QuestionProps) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let words = store.words().lessons;
    let chosen = use_state_eq(|| props.answer);
    let field = use_node_ref();
    let bad = use_state_eq(|| false);
    let guess = props.ask.is_guess();
    // A guess stands; what has to be right can be tried again.
    let closed = props.verdict.is_some_and(|verdict| guess || verdict == Verdict::Right);
    // No form: in a frame that may not send forms (`sandbox` without `allow-forms`) none is ever submitted.
    let answer = {
        let (store, chosen, field, bad) = (store.clone(), chosen.clone(), field.clone(), bad.clone());
        let is_number = matches!(props.ask, Ask::Number(_));
        let shut = closed || props.presented;
        Callback::from(move |()| {
            if shut {
                return;
            }
            let given = if is_number {
                field.cast::<HtmlInputElement>().and_then(|field| number::read(&field.value()))
            } else {
                *chosen
            };
            bad.set(given.is_none());
            if let Some(given) = given {
                keeper::answer(&store, given);
            }
        })
    };
    let right = match &props.ask {
        Ask::Choice { right, .. } => *right as f64,
        Ask::Number(NumberAsk { right, .. }) => *right,
    };
    let reveal = {
        let on_reveal = props.on_reveal.clone();
        Callback::from(move |_: MouseEvent| on_reveal.emit(()))
    };
    let inputs = match &props.ask {
        Ask::Choice { .. } => {
            let choices = props.choices.iter().enumerate().map(|(place, choice)| {
                let value = (place + 1) as f64;
                let on = chosen.clone();
                let is_told = props.revealed || closed && !guess;
                let class = classes!(
                    "lesson-choice",
                    (*chosen == Some(value)).then_some("is-chosen"),
                    (is_told && value == right).then_some("is-right"),
                );
                html! {
                    <label {class}>
                        <input type="radio" name="lesson-choice" checked={*chosen == Some(value)} disabled={closed}
                            onchange={move |_: Event| on.set(Some(value))} />
                        <span>{ text::tight(&store, choice, &Place::Now) }</span>
                    </label>
                }
            });
            html! { <div class="lesson-choices" role="radiogroup" aria-label={words.your_answer}>{ for choices }</div> }
        }
        Ask::Number(NumberAsk { unit, .. }) => {
            let unit = unit.get(store.preferences().language).to_owned();
            let value = props.answer.map(|answer| answer.to_string());
            html! {
                <p class="lesson-number">
                    <input ref={field} type="text" inputmode="decimal" autocomplete="off" aria-label={words.your_answer}
                        placeholder={words.your_answer} disabled={closed} {value} aria-invalid={bad.then_some("true")} />
                    <span>{ unit }</span>
                </p>
            }
        }
    };
    let ready = match props.ask {
        Ask::Choice { .. } => chosen.is_some(),
        Ask::Number(_) => true,
    };
    html! {
        <div class="lesson-question" onkeydown={on_enter(&answer)}>
            { inputs }
            if *bad && matches!(props.ask, Ask::Number(_)) {
                <p class="lesson-verdict is-wrong" role="alert">{ words.no_number }</p>
            }
            if props.presented {
                if props.revealed {
                    if let Ask::Number(ask) = &props.ask {
                        <p class="lesson-verdict is-right">
                            { (words.it_is)(&format!("{} {}", number_text(right), ask.unit.get(store.preferences().language))) }
                        </p>
                    }
                } else {
                    <button type="button" class="button" onclick={reveal}>{ words.reveal }</button>
                }
            } else if !closed {
                <button type="button" class="button is-primary lesson-answer" disabled={!ready} onclick={move |_| answer.emit(())}>{ if guess { words.guess } else { words.answer } }</button>
            }
            { verdict_view(words, props.verdict, guess) }
        </div>
    }
}

fn number_text(number: f64) -> String {
    crate::lessons::shown(number, crate::lessons::Format::Plain)
}

fn verdict_view(words: &LessonWords, verdict: Option<Verdict>, guess: bool) -> Html {
    let (class, said) = match verdict {
        None => return Html::default(),
        Some(_) if guess => ("lesson-verdict", words.noted),
        Some(Verdict::Right) => ("lesson-verdict is-right", words.right),
        Some(Verdict::Wrong) => ("lesson-verdict is-wrong", words.wrong),
    };
    html! { <p {class} role="status">{ said }</p> }
}

/// What was learned, and what to go on with.
fn end_view(store: &Store, course: &Course) -> Html {
    let words = store.words().lessons;
    let Some(text) = course.lesson().text(store.preferences().language) else { return Html::default() };
    let passed = course.steps().iter().filter(|state| state.passed).count();
    let asks = course.lesson().steps.iter().any(|step| step.ask.as_ref().is_some_and(|ask| !ask.is_guess()));
    html! {
        <div key="end" class="lesson-step lesson-end" data-step="end">
            <h3 class="lesson-heading" tabindex="-1">{ words.learned }</h3>
            <div class="lesson-body">{ text::blocks(store, &text.learned, &Place::Now) }</div>
            <p class="lesson-score">
                { (words.passed_of)(passed, course.steps().len()) }
                if asks { { " · " }{ (words.score)(course.score()) } }
            </p>
            <NextLessons ids={course.lesson().next.clone()} />
            if !text.next.is_empty() {
                <h4>{ words.try_next }</h4>
                <div class="lesson-body">{ text::blocks(store, &text.next, &Place::Now) }</div>
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct NextProps {
    ids: Vec<String>,
}

/// The lessons to go on with.
#[component]
fn NextLessons(props: &NextProps) -> Html {
    let store = use_store(&[Slice::Preferences]);
    let index = use_state(|| None);
    {
        let index = index.setter();
        use_effect_with((), move |()| keeper::fetch_index(move |fetched| index.set(fetched)));
    }
    let words = store.words().lessons;
    let language = store.preferences().language;
    let known = index.as_ref().map_or(&[][..], |index| &index[..]);
    let entries: Vec<Html> = props
        .ids
        .iter()
        .filter_map(|id| crate::view::lessons::named(known, id))
        .map(|entry| {
            let (store, id) = (store.clone(), entry.id.clone());
            let go = Callback::from(move |_: MouseEvent| keeper::open(&store, &id, None));
            html! {
                <li>
                    <button type="button" class="button lesson-next" onclick={go}>
                        { entry.title.get(language).to_owned() }
                        <span class="panel-note">{ (words.minutes)(entry.minutes) }</span>
                    </button>
                </li>
            }
        })
        .collect();
    if entries.is_empty() {
        return Html::default();
    }
    html! { <><h4>{ words.lessons_next }</h4><ul class="lesson-nexts">{ for entries }</ul></> }
}

/// Back, help, on.
fn foot_view(store: &Store, course: &Course) -> Html {
    let words = store.words().lessons;
    let on = |act: fn(&Store)| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| act(&store))
    };
    let Some(step) = course.step() else {
        return html! {
            <footer class="lesson-foot">
                <button type="button" class="button" onclick={on(|store| {
                    let last = store.course().as_ref().map_or(0, |course| course.lesson().steps.len() - 1);
                    keeper::enter(store, last, true);
                })}>{ words.back }</button>
                <button type="button" class="button lesson-on" onclick={on(keeper::leave)}>{ words.free }</button>
            </footer>
        };
    };
    let state = course.state().cloned().unwrap_or_default();
    let wants = step.goal().is_some();
    // Nobody can be shown what to guess.
    let is_guess = step.goal.is_none() && step.ask.as_ref().is_some_and(Ask::is_guess);
    let open = wants && !course.done_now();
    let text = course.lesson().text(store.preferences().language).and_then(|text| text.steps.get(&step.id));
    let has_hint = text.is_some_and(|said| !said.hint.is_empty());
    let last = course.at() + 1 == course.steps().len();
    let next = match (open && !state.passed, last) {
        (true, _) => words.skip,
        (false, true) => words.finish,
        (false, false) => words.next,
    };
    let go_on = {
        let store = store.clone();
        // The button is another one after the first press: who presses twice means one step.
        Callback::from(move |event: MouseEvent| {
            if event.detail() < 2 {
                keeper::go_on(&store, false);
            }
        })
    };
    html! {
        <footer class="lesson-foot">
            <button type="button" class="button is-icon" title={words.back} aria-label={words.back} disabled={course.at() == 0}
                onclick={on(|store| keeper::go_on(store, true))}>{ icon(Icon::Back) }</button>
            <button type="button" class="button is-icon" title={words.repeat} aria-label={words.repeat}
                onclick={on(|store| {
                    let at = store.course().as_ref().map_or(0, Course::at);
                    keeper::enter(store, at, true);
                })}>{ icon(Icon::Reset) }</button>
            if open && has_hint && !state.hint {
                <button type="button" class="button" onclick={on(keeper::hint)}>
                    { words.hint }
                </button>
            }
            if course.is_demonstrating() {
                <button type="button" class="button" onclick={on(keeper::stop_demonstrating)}>
                    { words.stop_showing }
                </button>
            } else if open && !is_guess && (state.hint || !has_hint) && !step.solution.is_empty() {
                <button type="button" class="button" onclick={on(keeper::demonstrate)}>{ words.show_me }</button>
            }
            <button type="button" data-next="" class={classes!("button", "lesson-on", (!open).then_some("is-primary"))}
                onclick={go_on}>{ next }</button>
        </footer>
    }
}
