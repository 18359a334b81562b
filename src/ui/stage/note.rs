//! A note on the stage: read, carried about, and written in.

use std::rc::Rc;

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::desk::Desk;
use crate::scenario::{Note, NoteSize};
use crate::ui::document;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) desk: Rc<Desk>,
    pub(super) note: Note,
    pub(super) selected: bool,
}

/// One note.
#[component]
pub(super) fn NoteView(props: &Props) -> Html {
    let Props { desk, note, selected } = props;
    super::wire::use_wire(desk);
    let store = &desk.store;
    let words = store.words().document;
    let text = note.text.get(store.preferences().language).to_owned();
    let writing = desk.writing.borrow().as_ref() == Some(&note.id);
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with(writing, move |writing| {
            if let (true, Some(field)) = (*writing, field.cast::<HtmlTextAreaElement>()) {
                // A field that has just come can be focused; what it holds is usually replaced or added to.
                let _ = field.focus();
                field.select();
            }
        });
    }
    let keep = {
        let (desk, field, apply) = (desk.clone(), field.clone(), document::note_text(store, note));
        move |refocus: bool| {
            let Some(field) = field.cast::<HtmlTextAreaElement>() else { return };
            match apply.emit(field.value()) {
                Ok(()) => desk.stop_writing(refocus),
                // What was written stays, so that it can be shortened.
                Err(reason) => desk.store.notify(reason),
            }
        }
    };
    let onkeydown = {
        let (desk, id, keep) = (desk.clone(), note.id.clone(), keep.clone());
        Callback::from(move |event: KeyboardEvent| {
            // Keys that are part of writing a word belong to the input method.
            if event.is_composing() {
                return;
            }
            match (writing, event.key().as_str()) {
                (false, "Enter" | "F2") => desk.write_in(id.clone()),
                (true, "Escape") => desk.stop_writing(true),
                (true, "Enter") if event.ctrl_key() || event.meta_key() => keep(true),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    // Escape has ended the writing before the field loses the focus: then there is nothing to keep.
    let onblur = {
        let (desk, id) = (desk.clone(), note.id.clone());
        Callback::from(move |_: FocusEvent| {
            if desk.writing.borrow().as_ref() == Some(&id) {
                keep(false);
            }
        })
    };
    let size = match note.size {
        NoteSize::Small => "is-small",
        NoteSize::Medium => "is-medium",
        NoteSize::Large => "is-large",
    };
    let classes = classes!(
        "note",
        size,
        selected.then_some("is-selected"),
        note.color.map(|color| format!("group-{}", color.name()))
    );
    let width = crate::view::layout::note_width(note.size);
    html! {
        <div class={classes} data-note={note.id.0.clone()} tabindex="0" role="group"
            style={format!("transform:translate({}px,{}px);width:{width}px", note.at.x, note.at.y)}
            aria-label={(words.spoken_note)(if text.is_empty() { words.empty_note } else { &text })} {onkeydown}>
            if writing {
                <textarea ref={field} rows="4" aria-label={words.note_text} value={text} {onblur} />
            } else if text.is_empty() {
                <p class="note-empty">{ words.empty_note }</p>
            } else {
                <p>{ text }</p>
            }
        </div>
    }
}
