//! What is seen and heard of a part of the stage, taken as often as its figures are refreshed. Only another picture or
//! another sentence is rendered.

use std::cell::RefCell;
use std::rc::Rc;

use yew::prelude::*;

use super::desk::Desk;
use super::refresh::Look;
use crate::base::{Language, Rect};
use crate::scenario::Id;
use crate::ui::store::Store;

/// A sentence that is spoken is not changed more often than this, in milliseconds, while only figures change:
/// a screen reader would say it again and again.
const SPOKEN_EVERY_MS: f64 = 5_000.0;

/// What there is of a part at one instant.
pub(super) trait Shown: Clone + PartialEq + 'static {
    /// What there is now; `before` is the sentence that stands.
    fn of(store: &Store, id: &Id, look: Look, before: Option<&Rc<Sentence>>) -> Self;

    /// What is spoken of it.
    fn sentence(&self) -> &Rc<Sentence>;
}

/// What is spoken of a part.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sentence {
    pub(super) text: AttrValue,
    language: Language,
    /// What is not to be said late, as far as the part is drawn: whether it is up, say, and whether something is wrong.
    state: Option<[bool; 3]>,
    said_at_ms: f64,
}

impl Sentence {
    /// The sentence that stands, as long as nothing new has to be said.
    pub(super) fn standing(
        before: Option<&Rc<Sentence>>,
        language: Language,
        state: Option<[bool; 3]>,
        text: impl FnOnce() -> String,
    ) -> Rc<Sentence> {
        let now_ms = js_sys::Date::now();
        let stands = before.filter(|before| {
            before.language == language && before.state == state && now_ms - before.said_at_ms < SPOKEN_EVERY_MS
        });
        stands
            .cloned()
            .unwrap_or_else(|| Rc::new(Sentence { text: AttrValue::from(text()), language, state, said_at_ms: now_ms }))
    }
}

/// What there is of the part with this id at this place; it is said anew when it is selected or let go.
#[hook]
pub(super) fn use_shown<S: Shown>(desk: &Rc<Desk>, id: &Id, place: Rect, selected: bool) -> UseStateHandle<S> {
    let shown = use_state_eq(|| S::of(&desk.store, id, desk.refresher.first_look(place), None));
    {
        let (shown, desk) = (shown.setter(), desk.clone());
        use_effect_with((id.clone(), selected, place), move |(id, _, place)| {
            let sentence = RefCell::new(None);
            let (id, store) = (id.clone(), desk.store.clone());
            let tell = Callback::from(move |look: Look| {
                let now = S::of(&store, &id, look, sentence.borrow().as_ref());
                *sentence.borrow_mut() = Some(now.sentence().clone());
                shown.set(now);
            });
            let membership = desk.refresher.join(*place, tell);
            move || drop(membership)
        });
    }
    shown
}
