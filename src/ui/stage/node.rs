//! A node: its instrument, its handles, and the button that breaks it.

use std::rc::Rc;

use yew::prelude::*;

use super::desk::Desk;
use super::refresh::Look;
use super::shown::{Sentence, Shown, use_shown};
use crate::base::{Point, Rect};
use crate::editor::tool::{Side, Wish};
use crate::scenario::{Color, Id, NodeKind};
use crate::ui::store::Store;
use crate::view::glyph::{self, Anchor, Detail, FAULT_BUTTON, Mark, Picture, Shape, icon};
use crate::view::{layout, spoken};

/// How a node is lit while a wire is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Light {
    /// No wire is drawn.
    Plain,
    /// The wire begins here.
    Source,
    /// The wire could lead here.
    Fits,
    /// The wire leads here.
    Target,
    /// The wire must not lead here.
    Unfit,
}

impl Light {
    fn name(self) -> &'static str {
        match self {
            Light::Plain => "plain",
            Light::Source => "source",
            Light::Fits => "fits",
            Light::Target => "target",
            Light::Unfit => "unfit",
        }
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) desk: Rc<Desk>,
    pub(super) id: Id,
    pub(super) kind: NodeKind,
    pub(super) at: Point,
    pub(super) selected: bool,
    /// Whether it stands in the right half of what there is: what hangs on it hangs to the left then.
    pub(super) right: bool,
    pub(super) color: Option<Color>,
    pub(super) light: Light,
}

/// What is seen and heard of a node at one instant.
#[derive(Clone, Debug, PartialEq)]
struct NodeShown {
    /// Its instrument; `None`: it is too far away to be seen, or it is gone.
    picture: Option<Picture>,
    detail: Detail,
    sentence: Rc<Sentence>,
}

impl Shown for NodeShown {
    fn of(store: &Store, id: &Id, look: Look, before: Option<&Rc<Sentence>>) -> NodeShown {
        let (session, words) = (store.session(), store.words());
        let detail = look.unwrap_or(Detail::Far);
        let picture = look.and_then(|detail| glyph::picture(&session, id, words, detail));
        let state = picture.as_ref().map(|picture| [picture.up, picture.callout.is_some(), false]);
        let sentence = Sentence::standing(before, words.language, state, || spoken::node(&session, id, words));
        NodeShown { picture, detail, sentence }
    }

    fn sentence(&self) -> &Rc<Sentence> {
        &self.sentence
    }
}

/// One node.
#[component]
pub(super) fn NodeView(props: &Props) -> Html {
    let Props { desk, id, kind, at, selected, right, color, light } = props;
    let words = desk.store.words();
    let (width, height) = layout::node_size(*kind);
    let place = Rect::new(*at, width, height);
    let shown = use_shown::<NodeShown>(desk, id, place, *selected);
    let sentence = shown.sentence.text.clone();
    let detail = shown.detail;
    let style = format!("transform:translate({}px,{}px);width:{width}px;height:{height}px", at.x, at.y);
    let Some(picture) = &shown.picture else {
        // It keeps its place among what can be reached and read.
        return html! {
            <div class="node is-away" data-node={id.0.clone()} {style} tabindex="0" role="group" aria-label={sentence} />
        };
    };
    let name = desk.name(id);
    // Of something real nothing can be broken or connected by pressing its picture.
    let observed = desk.store.session().is_observed();
    let stage = words.stage;
    let press = {
        let (desk, id) = (desk.clone(), id.clone());
        Callback::from(move |_: MouseEvent| desk.fulfil(vec![Wish::CrashOrRestart(id.clone())]))
    };
    let lies_in_broker = glyph::lies_in_broker(*kind);
    let fault = match (picture.up, lies_in_broker) {
        (true, true) => stage.crash_broker.to_owned(),
        (true, false) => (stage.crash)(&name),
        (false, true) => stage.restart_broker.to_owned(),
        (false, false) => (stage.restart)(&name),
    };
    let handle = |side: Side| {
        let (class, value, label, tab) = match side {
            Side::Out => ("handle handle-out", "out", (stage.connect_from)(&name), "0"),
            // One way to connect with keys is enough: fewer stops on the way through the page.
            Side::In => ("handle handle-in", "in", (stage.connect_to)(&name), "-1"),
        };
        html! {
            <button type="button" {class} data-handle={value} aria-label={label.clone()} title={label} tabindex={tab} />
        }
    };
    let classes = classes!(
        "node",
        format!("node-{}", kind.name()),
        selected.then_some("is-selected"),
        right.then_some("is-right"),
        color.map(|color| format!("group-{}", color.name())),
        (!picture.up).then_some("is-down"),
        picture.callout.is_some().then_some("is-troubled"),
        (detail == Detail::Far).then_some("is-far"),
    );
    let (button_width, button_height) = FAULT_BUTTON;
    html! {
        <div
            class={classes}
            data-node={id.0.clone()}
            data-light={light.name()}
            {style}
            tabindex="0"
            role="group"
            aria-label={sentence}
        >
            <svg class="instrument" viewBox={format!("0 0 {width} {height}")} aria-hidden="true">
                { picture.marks.iter().enumerate().map(|(index, mark)| mark_view(index, mark)).collect::<Html>() }
            </svg>
            if !observed {
                <button
                    type="button"
                    class="node-fault"
                    style={format!("width:{button_width}px;height:{button_height}px")}
                    aria-label={fault.clone()}
                    title={fault}
                    onclick={press}
                >
                    <svg viewBox="0 0 16 16" aria-hidden="true">
                        <path d={if picture.up { icon::CRASH } else { icon::RESTART }} />
                    </svg>
                </button>
            }
            if let Some(callout) = &picture.callout {
                <p class="callout" aria-hidden="true" title={callout.clone()}>{ callout.clone() }</p>
            }
            if !observed && !matches!(*kind, NodeKind::Producer | NodeKind::Client) { { handle(Side::In) } }
            if !observed && *kind != NodeKind::Database { { handle(Side::Out) } }
        </div>
    }
}

/// A mark as SVG. What stands for something else than before is another element, so that it does not glide there.
pub fn mark_view(index: usize, mark: &Mark) -> Html {
    let key = format!("{index}-{}", mark.of);
    let fill = mark.fill.map(|ink| format!("fill-{}", ink.name()));
    let line = mark.line.map(|(ink, _)| format!("line-{}", ink.name()));
    let class = classes!(fill, line, mark.glides.then_some("glides"), mark.faint.then_some("faint"));
    let width = mark.line.map(|(_, width)| AttrValue::from(width.to_string()));
    match &mark.shape {
        Shape::Rect { rect, corner } => html! {
            <rect
                {key} {class} stroke-width={width}
                x={format!("{:.2}", rect.origin.x)} y={format!("{:.2}", rect.origin.y)}
                width={format!("{:.2}", rect.width.max(0.0))} height={format!("{:.2}", rect.height.max(0.0))}
                rx={format!("{:.2}", corner.max(0.0))}
            />
        },
        Shape::Path(path) => html! { <path {key} {class} stroke-width={width} d={path.clone()} /> },
        Shape::Gauge { path, part } => html! {
            <path
                {key} {class} stroke-width={width} d={path.clone()} pathLength="100"
                style={format!("stroke-dasharray:{:.2} 200", part.clamp(0.0, 1.0) * 100.0)}
            />
        },
        Shape::Icon { at, path, scale } => html! {
            <path
                {key} class={classes!(class, "icon")} stroke-width={width} d={*path}
                transform={format!("translate({:.2} {:.2}) scale({scale})", at.x, at.y)}
            />
        },
        Shape::Text { at, anchor, text, size, bold } => html! {
            <text
                {key} class={classes!(class, bold.then_some("bold"))}
                x={format!("{:.2}", at.x)} y={format!("{:.2}", at.y)} font-size={size.to_string()}
                text-anchor={match anchor { Anchor::Start => "start", Anchor::Middle => "middle", Anchor::End => "end" }}
            >
                { text.clone() }
            </text>
        },
    }
}
