//! An edge: its curve, its arrow head, and what is written beside it.

use std::rc::Rc;

use yew::prelude::*;

use super::desk::Desk;
use super::refresh::Look;
use super::shown::{Sentence, Shown, use_shown};
use crate::base::Curve;
use crate::editor::tool::Side;
use crate::scenario::{EdgeKind, Id};
use crate::ui::store::Store;
use crate::view::labels::{LETTERS, Label, Link};
use crate::view::layout::LinkKind;
use crate::view::{arrow, incident, spoken};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) desk: Rc<Desk>,
    pub(super) id: Id,
    pub(super) kind: EdgeKind,
    pub(super) curve: Curve,
    pub(super) selected: bool,
    /// Whether it takes the message whose route is asked for; `None`: it is not asked.
    pub(super) takes: Option<bool>,
}

/// What is seen and heard of an edge at one instant.
#[derive(Clone, Debug, PartialEq)]
struct EdgeShown {
    /// How it is drawn; `None`: it is too far away to be seen, or it is gone.
    state: Option<State>,
    sentence: Rc<Sentence>,
}

/// How an edge is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
struct State {
    cut: bool,
    held: bool,
    /// What stands above the line's middle.
    said: String,
    /// What is wrong, and what it cost.
    callout: Option<String>,
}

impl Shown for EdgeShown {
    fn of(store: &Store, id: &Id, look: Look, before: Option<&Rc<Sentence>>) -> EdgeShown {
        let (session, words) = (store.session(), store.words());
        let report = look.and_then(|_| session.engine().edge_report(id));
        let state = report.map(|report| State {
            cut: report.cut,
            held: report.held,
            said: spoken::edge_state(&session, id, words).join(" · "),
            callout: incident::callout(&session, id, words),
        });
        let brief = state.as_ref().map(|state| [state.cut, state.held, state.callout.is_some()]);
        let sentence = Sentence::standing(before, words.language, brief, || {
            session.scenario().edge(id).map(|edge| spoken::edge(&session, edge, words)).unwrap_or_default()
        });
        EdgeShown { state, sentence }
    }

    fn sentence(&self) -> &Rc<Sentence> {
        &self.sentence
    }
}

/// How far beside its curve something of an edge may be written, in stage units.
const BESIDE: f64 = 60.0;

/// One edge.
#[component]
pub(super) fn EdgeView(props: &Props) -> Html {
    let Props { desk, id, kind, curve, selected, takes } = props;
    let place = curve.bounds().grown(BESIDE);
    let shown = use_shown::<EdgeShown>(desk, id, place, *selected);
    let sentence = shown.sentence.text.clone();
    let Some(State { cut, held, said, callout }) = &shown.state else {
        // It keeps its place among what can be reached and read.
        return html! {
            <svg class="edge is-away" data-edge={id.0.clone()} width="1" height="1" tabindex="0" role="button"
                style={format!("transform:translate({:.0}px,{:.0}px)", place.centre().x, place.centre().y)}
                aria-pressed={selected.to_string()} aria-label={sentence} />
        };
    };
    let path = curve.svg_path();
    let (head, tail) = (arrow::head(curve), arrow::tail(curve));
    // Beside the middle of the curve, on its upper side.
    let (before, middle, behind) = (curve.at(0.45), curve.at(0.5), curve.at(0.55));
    let (x, y) = (behind.x - before.x, behind.y - before.y);
    let length = (x * x + y * y).sqrt().max(1e-6);
    let side = if x < 0.0 { -1.0 } else { 1.0 };
    let away = if *cut || *held { 19.0 } else { 13.0 };
    let beside = middle.moved(side * y / length * away, -side * x / length * away);
    let anchor = match side * y / length {
        rightwards if rightwards > 0.4 => "start",
        rightwards if rightwards < -0.4 => "end",
        _ => "middle",
    };
    let mark = match (cut, held) {
        (true, _) => Some(("is-cut", "m-5 -5 10 10m0 -10-10 10")),
        (false, true) => Some(("is-held", "m-3.5 -5v10m7 -10v10")),
        (false, false) => None,
    };
    html! {
        <svg
            class={classes!(
                "edge", format!("edge-{}", kind.name()), selected.then_some("is-selected"), takes.map(light),
                mark.map(|(class, _)| class), callout.is_some().then_some("is-troubled"),
            )}
            data-edge={id.0.clone()}
            width="1"
            height="1"
            tabindex="0"
            role="button"
            aria-pressed={selected.to_string()}
            aria-label={sentence}
        >
            <path class="edge-reach" d={path.clone()} />
            <path class="edge-line" d={path} />
            <path class="edge-head" d={head} />
            if *kind == EdgeKind::Call {
                <path class="edge-tail" d={tail} />
            }
            { grip(curve, Side::Out) }
            { grip(curve, Side::In) }
            if let Some((_, sign)) = mark {
                <g class="edge-mark" transform={format!("translate({:.1} {:.1})", middle.x, middle.y)}>
                    <circle r="11" />
                    <path d={format!("M0 0{sign}")} />
                </g>
            }
            if !said.is_empty() {
                <text
                    class="edge-latency"
                    x={format!("{:.1}", beside.x)}
                    y={format!("{:.1}", beside.y + 4.0)}
                    text-anchor={anchor}
                >
                    { said.clone() }
                </text>
            }
            if let Some(callout) = callout {
                <text class="edge-callout" y={format!("{:.1}", middle.y + 13.0)} text-anchor="middle">
                    // Lines have little room beside them: each part has a row of its own.
                    { for callout.split(" · ").map(|part| html! {
                        <tspan x={format!("{:.1}", middle.x)} dy="14">{ part.to_owned() }</tspan>
                    }) }
                </text>
            }
        </svg>
    }
}

/// An end of an edge, to be taken elsewhere; a little away from the node, whose own handle is there.
fn grip(curve: &Curve, side: Side) -> Html {
    /// How far from the end, in stage units.
    const AWAY: f64 = 44.0;
    let (end, name, parts) = match side {
        Side::Out => (curve.points[0], "from", [0.0, 0.5]),
        Side::In => (curve.points[3], "to", [1.0, 0.5]),
    };
    // Halving finds the place: from the end to the middle a curve only goes away.
    let [mut near, mut far] = parts;
    for _ in 0..12 {
        let middle = (near + far) / 2.0;
        if curve.at(middle).distance(end) < AWAY { near = middle } else { far = middle }
    }
    let at = curve.at(near);
    let (x, y) = (format!("{:.1}", at.x), format!("{:.1}", at.y));
    html! {
        <g class="edge-grip" data-edge-end={name}>
            <circle class="edge-grip-reach" cx={x.clone()} cy={y.clone()} r="14" />
            <circle class="edge-grip-dot" cx={x} cy={y} r="6" />
        </g>
    }
}

/// How a binding is lit while a route is explained.
fn light(takes: bool) -> &'static str {
    if takes { "is-taking" } else { "is-refusing" }
}

/// What stands on a binding, above all lines: pressing it is pressing the binding.
pub(super) fn binding_label(id: &Id, label: &Label, selected: bool, takes: Option<bool>) -> Html {
    html! {
        <svg key={format!("label {id}")} class={classes!("tag", selected.then_some("is-selected"), takes.map(light))}
            data-edge={id.0.clone()} width="1" height="1" aria-hidden="true">
            { label_view(label) }
        </svg>
    }
}

/// A text on a line, on a plate of its own.
fn label_view(Label { text, rect }: &Label) -> Html {
    let middle = rect.centre();
    html! {
        <g class="edge-label">
            <rect x={format!("{:.1}", rect.origin.x)} y={format!("{:.1}", rect.origin.y)}
                width={format!("{:.1}", rect.width)} height={format!("{:.1}", rect.height)} rx="6" />
            <text x={format!("{:.1}", middle.x)} y={format!("{:.1}", middle.y + LETTERS * 0.36)} text-anchor="middle"
                font-size={LETTERS.to_string()}>
                { text.clone() }
            </text>
        </g>
    }
}

/// A line that a setting draws: it is looked at, and changed where the setting is.
pub(super) fn link_view(Link { link, label }: &Link) -> Html {
    let kind = match link.kind {
        LinkKind::DeadLetters => "link-dead-letters",
        LinkKind::Alternate => "link-alternate",
    };
    html! {
        <svg key={format!("link {} {}", link.from, link.to)} class={classes!("link", kind)} width="1" height="1"
            aria-hidden="true">
            <path class="link-line" d={link.curve.svg_path()} />
            <path class="link-head" d={arrow::of_link(link)} />
            { label_view(label) }
        </svg>
    }
}
