//! The one place from which the page speaks to people who do not see it: at once what they have done, and every few
//! seconds what has changed while time passed. Where nothing has, it is silent.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Interval;
use yew::prelude::*;

use super::store::{Slice, Store, use_store};
use crate::view::summary::Watch;
use crate::web::visible;

/// Whoever listens has to hear other things too: this is how often the page sums up, in milliseconds of real time.
const SUMS_UP_EVERY_MS: u32 = 5_000;

/// What is spoken.
#[component]
pub fn Live() -> Html {
    let store = use_store(&[Slice::Said]);
    use_summaries(&store);
    let (number, said) = store.said();
    // Another paragraph each time, so that what is said twice is heard twice.
    html! {
        <div class="is-hidden live" role="status" aria-live="polite" aria-atomic="true"><p key={number}>{ said }</p></div>
    }
}

/// Sums up while time passes, and once more when it stops.
#[hook]
fn use_summaries(store: &Store) {
    use_effect_with(store.clone(), |store| {
        let watch = Rc::new(RefCell::new(Watch::begin(&store.session())));
        let sum_up = {
            let (store, watch) = (store.clone(), watch.clone());
            move || {
                let said = watch.borrow_mut().look(&store.session(), store.words());
                if let Some(said) = said {
                    store.say(said);
                }
            }
        };
        let ticking = Rc::new(RefCell::new(None::<Interval>));
        let follow = {
            let (store, ticking) = (store.clone(), ticking.clone());
            move |(): ()| {
                let plays = visible::is() && store.session().playback().playing();
                let mut ticking = ticking.borrow_mut();
                if plays && ticking.is_none() {
                    *ticking = Some(Interval::new(SUMS_UP_EVERY_MS, sum_up.clone()));
                } else if !plays {
                    *ticking = None;
                }
            }
        };
        follow(());
        let sight = {
            let follow = follow.clone();
            visible::listen(move || follow(()))
        };
        // What an action does to nodes is said with the action; what an embedding page does is not.
        let acted = {
            let (store, watch) = (store.clone(), watch.clone());
            Callback::from(move |()| watch.borrow_mut().note_action(&store.session()))
        };
        let subscriptions =
            [store.subscribe(&[Slice::Playback], Callback::from(follow)), store.subscribe(&[Slice::Said], acted)];
        move || {
            drop((subscriptions, sight));
            ticking.borrow_mut().take();
        }
    });
}
