//! A sheet of paper for a lesson: its diagrams, its questions, and room for answers. It is there only while it is printed.

use std::rc::Rc;

use gloo_events::EventListener;
use lesson_text::StepText;
use yew::prelude::*;

use super::text::{self, Place};
use crate::lessons::{Ask, Lesson};
use crate::session::Session;
use crate::ui::gallery::Picture;
use crate::ui::store::{Store, use_store};
use crate::view::picture::{self, Drawing};
use crate::words::Words;

/// What the sheet needs.
#[derive(PartialEq, Properties)]
pub struct Props {
    /// Called when it was printed, or not.
    pub on_done: Callback<()>,
}

/// The sheet. It asks for the printer when it is there.
#[component]
pub fn Sheet(props: &Props) -> Html {
    let store = use_store(&[]);
    let lesson = store.course().as_ref().map(|course| course.lesson().clone());
    let drawings =
        use_memo((), |()| lesson.as_deref().map(|lesson| drawings(lesson, store.words())).unwrap_or_default());
    {
        let on_done = props.on_done.clone();
        use_effect_with((), move |()| {
            let window = web_sys::window();
            let after =
                window.as_ref().map(|window| EventListener::once(window, "afterprint", move |_| on_done.emit(())));
            if let Some(window) = window {
                // Where nothing can be printed, nothing happens.
                let _ = window.print();
            }
            move || drop(after)
        });
    }
    let Some(lesson) = lesson else { return Html::default() };
    let words = store.words().lessons;
    let Some(said) = lesson.text(store.preferences().language) else { return Html::default() };
    let steps = lesson.steps.iter().enumerate().filter_map(|(place, step)| {
        let said = said.steps.get(&step.id)?;
        Some(step_view(&store, place + 1, said, step.ask.as_ref()))
    });
    html! {
        <article class="sheet">
            <header>
                <h1>{ said.title.clone() }</h1>
                <p class="sheet-name">{ words.sheet_name }<span class="sheet-line" /></p>
            </header>
            { text::blocks(&store, &said.about, &Place::Paper) }
            { for drawings.iter().map(|drawing| html! { <figure><Picture drawing={Some(drawing.clone())} /></figure> }) }
            <ol class="sheet-steps">{ for steps }</ol>
        </article>
    }
}

/// A picture of each scenario, in the order in which they are put up. Titles may say what is asked, and so they have none.
fn drawings(lesson: &Lesson, words: &Words) -> Vec<Rc<Drawing>> {
    let mut names: Vec<&str> = Vec::new();
    for stage in lesson.steps.iter().filter_map(|step| step.stage.as_ref()) {
        for name in std::iter::once(&stage.scenario).chain(&stage.beside) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    let pictures = names.into_iter().filter_map(|name| lesson.scenarios.get(name)).filter_map(|scenario| {
        let drawing = picture::take(&Session::new(scenario.clone()), words)?;
        Some(Rc::new(drawing))
    });
    pictures.collect()
}

fn step_view(store: &Store, number: usize, said: &StepText, ask: Option<&Ask>) -> Html {
    let words = store.words().lessons;
    html! {
        <li>
            <h2>{ format!("{number}. ") }{ text::inlines(store, &said.title, &Place::Paper) }</h2>
            { text::blocks(store, &said.body, &Place::Paper) }
            if let Some(Ask::Choice { .. }) = ask {
                <ul class="sheet-choices">
                    { for said.choices.iter().map(|choice| html! { <li>{ text::tight(store, choice, &Place::Paper) }</li> }) }
                </ul>
            }
            if let Some(Ask::Number(ask)) = ask {
                <p class="sheet-number">{ words.sheet_answer }<span class="sheet-line" />{ ask.unit.get(store.preferences().language).to_owned() }</p>
            }
            if ask.is_none() {
                <p class="sheet-label">{ words.sheet_seen }</p>
                <div class="sheet-lines"><span class="sheet-line" /><span class="sheet-line" /></div>
            }
        </li>
    }
}
