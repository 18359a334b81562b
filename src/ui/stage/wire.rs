//! What is being drawn: a wire, a box, guides, a node that is about to stand somewhere; and what is said about it.

use std::rc::Rc;

use yew::prelude::*;

use super::desk::Desk;
use crate::base::Rect;
use crate::editor::tool::{Guide, snapped};
use crate::ui::store::{Slice, use_store};
use crate::view::ground::Seen;
use crate::view::{layout, making, spoken};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) desk: Rc<Desk>,
}

/// Renders the component again when the wire has changed.
#[hook]
pub(super) fn use_wire(desk: &Rc<Desk>) {
    let render = use_force_update();
    use_effect_with(desk.clone(), move |desk| {
        desk.tell_wires(Callback::from(move |()| render.force_update()));
    });
}

/// The wire itself.
#[component]
pub(super) fn WireView(props: &Props) -> Html {
    let desk = &props.desk;
    use_wire(desk);
    let hand = desk.hand.borrow();
    let session = desk.store.session();
    let Some(wire) = hand.wire() else {
        let upright = |rect: Rect, class: &'static str| {
            html! {
                <rect {class} x={format!("{:.1}", rect.origin.x)} y={format!("{:.1}", rect.origin.y)}
                    width={format!("{:.1}", rect.width)} height={format!("{:.1}", rect.height)} rx="8" />
            }
        };
        let boxed = hand.selection_box().map(|rect| upright(rect, "selection-box"));
        let ghost = hand.placing().zip(desk.hover.get()).map(|(kind, hover)| {
            let (width, height) = layout::node_size(kind);
            let corner = snapped(making::corner(kind, session.camera().to_stage(hover)));
            upright(Rect::new(corner, width, height), "placing-ghost")
        });
        let guides = hand.guides().iter().map(|Guide { from, to }| {
            html! { <path class="guide" d={format!("M{:.1} {:.1}L{:.1} {:.1}", from.x, from.y, to.x, to.y)} /> }
        });
        let drawn: Vec<Html> = boxed.into_iter().chain(ghost).chain(guides).collect();
        if drawn.is_empty() {
            return Html::default();
        }
        return html! { <svg class="drawing" width="1" height="1" aria-hidden="true">{ for drawn }</svg> };
    };
    let Some(curve) = wire.curve(&Seen(&session)) else { return Html::default() };
    let state = match &wire.over {
        None => "wire",
        Some(over) if over.refused.is_none() => "wire wire-fits",
        Some(_) => "wire wire-refused",
    };
    let [from, .., to] = curve.points;
    html! {
        <svg class={state} width="1" height="1" aria-hidden="true">
            <path class="wire-line" d={curve.svg_path()} />
            <circle class="wire-end" cx={format!("{:.1}", from.x)} cy={format!("{:.1}", from.y)} r="5" />
            <circle class="wire-end" cx={format!("{:.1}", to.x)} cy={format!("{:.1}", to.y)} r="5" />
        </svg>
    }
}

/// What is said about the wire: beside the pointer why it is refused, and below, and spoken, what the keys do.
#[component]
pub(super) fn Hint(props: &Props) -> Html {
    let desk = &props.desk;
    use_store(&[Slice::Preferences]);
    use_wire(desk);
    let words = desk.store.words();
    let hand = desk.hand.borrow();
    let wire = hand.wire();
    let hint = match wire {
        Some(wire) if wire.by_keys => wire
            .over
            .as_ref()
            .map(|over| (words.stage.connecting)(&desk.name(&wire.end.node), &desk.name(&over.node)))
            .unwrap_or_default(),
        Some(_) if hand.is_waiting_for_click() => words.stage.choose_target.to_owned(),
        _ => hand.placing().map(|kind| (words.editing.placing)(spoken::kind(kind, words))).unwrap_or_default(),
    };
    let refusal = wire.and_then(|wire| {
        let reason = wire.over.as_ref()?.refused.as_ref()?;
        let place = desk.store.session().camera().to_view(wire.loose?);
        let (width, _) = desk.size();
        // Wide enough for a sentence, and never beyond the right border.
        let left = (place.x + 18.0).min(width - 272.0).max(8.0);
        let style = format!("left:{left:.0}px;top:{:.0}px", place.y + 20.0);
        Some(html! { <p class="stage-refusal" {style}>{ spoken::sentence(&(words.problem)(reason)) }</p> })
    });
    {
        let store = desk.store.clone();
        use_effect_with(hint.clone(), move |hint| {
            if !hint.is_empty() {
                store.say(hint.clone());
            }
        });
    }
    html! {
        <>
            { refusal }
            if !hint.is_empty() {
                <p class="stage-hint">{ hint }</p>
            }
        </>
    }
}
