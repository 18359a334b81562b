//! A lesson's text on the page. It is data without markup, and what comes of it is made here: whatever a text says, it can be no more
//! than these elements.

use lesson_text::{Block, Inline};
use yew::prelude::*;

use super::keeper;
use crate::lessons::Within;
use crate::scenario::Id;
use crate::ui::store::{Slice, Store, use_store};

/// Where a text stands; see [`Within`].
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// Where its figures are always up to date.
    Now,
    /// In what is said when the step is done.
    Done,
    /// In what is said when something of this name has happened.
    When(String),
    /// On paper: figures are left to be written in.
    Paper,
}

/// Paragraphs, lists, tables.
pub fn blocks(store: &Store, blocks: &[Block], place: &Place) -> Html {
    blocks.iter().map(|block| one(store, block, place)).collect()
}

fn one(store: &Store, block: &Block, place: &Place) -> Html {
    let items = |items: &[Vec<Block>]| -> Html {
        items.iter().map(|item| html! { <li>{ tight(store, item, place) }</li> }).collect()
    };
    match block {
        Block::Paragraph(words) => html! { <p>{ inlines(store, words, place) }</p> },
        Block::List(all) => html! { <ul>{ items(all) }</ul> },
        Block::Numbered(all) => html! { <ol>{ items(all) }</ol> },
        Block::Quote(inner) => html! { <blockquote>{ blocks(store, inner, place) }</blockquote> },
        Block::Code(code) => html! { <pre><code>{ code.clone() }</code></pre> },
        Block::Table(rows) => {
            let cells = |row: &[Vec<Inline>], head: bool| -> Html {
                let cells = row.iter().map(|cell| {
                    let words = inlines(store, cell, place);
                    if head {
                        html! { <th scope="col">{ words }</th> }
                    } else {
                        html! { <td>{ words }</td> }
                    }
                });
                html! { <tr>{ for cells }</tr> }
            };
            let (head, body) = rows.split_first().map_or((None, &[][..]), |(head, body)| (Some(head), body));
            html! {
                <table>
                    if let Some(head) = head { <thead>{ cells(head, true) }</thead> }
                    <tbody>{ for body.iter().map(|row| cells(row, false)) }</tbody>
                </table>
            }
        }
    }
}

/// An item with one paragraph needs no paragraph.
pub fn tight(store: &Store, item: &[Block], place: &Place) -> Html {
    match item {
        [Block::Paragraph(words)] => inlines(store, words, place),
        all => blocks(store, all, place),
    }
}

/// Words.
pub fn inlines(store: &Store, inlines_: &[Inline], place: &Place) -> Html {
    inlines_
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) => html! { { text.clone() } },
            Inline::Code(code) => html! { <code>{ code.clone() }</code> },
            Inline::Strong(inner) => html! { <strong>{ inlines(store, inner, place) }</strong> },
            Inline::Emphasis(inner) => html! { <em>{ inlines(store, inner, place) }</em> },
            Inline::Break => html! { <br /> },
            Inline::Figure(_) if *place == Place::Paper => html! { <span class="sheet-blank" /> },
            Inline::Figure(name) => html! { <Figure name={name.clone()} place={place.clone()} /> },
            Inline::Node(_, inner) | Inline::Lesson(_, inner) if *place == Place::Paper => {
                html! { <strong>{ inlines(store, inner, place) }</strong> }
            }
            Inline::Node(id, inner) => {
                let (store, id) = (store.clone(), Id::from(id.as_str()));
                let words = inlines(&store, inner, place);
                let go = Callback::from(move |_: MouseEvent| {
                    if let Some(stage) = store.stage() {
                        stage.go_to(&id);
                    }
                });
                html! { <button type="button" class="lesson-node" onclick={go}>{ words }</button> }
            }
            Inline::Lesson(id, inner) => {
                let words = inlines(store, inner, place);
                let (store, id) = (store.clone(), id.clone());
                let go = Callback::from(move |_: MouseEvent| keeper::open(&store, &id, None));
                html! { <button type="button" class="lesson-node is-lesson" onclick={go}>{ words }</button> }
            }
            Inline::Link(to, inner) => html! {
                <a href={to.clone()} target="_blank" rel="noopener noreferrer">{ inlines(store, inner, place) }</a>
            },
        })
        .collect()
}

#[derive(PartialEq, Properties)]
struct FigureProps {
    name: String,
    place: Place,
}

/// A figure of the run; it alone is rendered again while time passes.
#[component]
fn Figure(props: &FigureProps) -> Html {
    let store = use_store(&[Slice::Figures, Slice::Lesson, Slice::Preferences]);
    let within = match &props.place {
        Place::Now | Place::Paper => Within::Now,
        Place::Done => Within::Done,
        Place::When(name) => Within::When(name),
    };
    let course = store.course();
    let shown = course.as_ref().and_then(|course| {
        store.with_lanes(|lanes| course.figure(&props.name, within, lanes, store.preferences().language))
    });
    html! { <b class="lesson-figure" data-figure={props.name.clone()}>{ shown.unwrap_or_else(|| "–".to_owned()) }</b> }
}
