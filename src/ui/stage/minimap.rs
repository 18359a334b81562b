//! The map: everything on the stage, small, in a corner, with a frame around what is seen. A press there moves the
//! camera. It is nothing for screen readers: the outline and "show everything" say and do the same.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::desk::Desk;
use crate::base::{Point, Rect};
use crate::scenario::{NodeKind, Scenario};
use crate::ui::store::{Slice, use_store};
use crate::view::layout;
use crate::web::storage::{self, Key};

/// The most room that it takes, in CSS pixels.
const WIDTH: f64 = 168.0;
const HEIGHT: f64 = 116.0;

/// A stage narrower or lower than this has no room for a map.
const LEAST_STAGE: (f64, f64) = (560.0, 360.0);

/// What is left free around everything, in stage units.
const MARGIN: f64 = 80.0;

/// The part of the stage that the map shows, and its scale.
#[derive(Clone, Copy, PartialEq)]
struct Sheet {
    content: Rect,
    scale: f64,
}

impl Sheet {
    fn of(scenario: &Scenario) -> Option<Sheet> {
        let content = layout::content(scenario)?.grown(MARGIN);
        Some(Sheet { content, scale: (WIDTH / content.width).min(HEIGHT / content.height) })
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) desk: Rc<Desk>,
}

/// The map, and the button that shows and hides it.
#[component]
pub(super) fn MiniMap(props: &Props) -> Html {
    let desk = &props.desk;
    let store = use_store(&[Slice::Document, Slice::Preferences]);
    let words = store.words().access;
    let wanted = use_state_eq(|| storage::read(Key::Map).as_deref() != Some("hidden"));
    let host = use_node_ref();
    let sheet = Sheet::of(store.session().scenario());
    {
        // The frame follows the camera by style: pushing the stage about renders nothing.
        let (desk, host) = (desk.clone(), host.clone());
        use_effect_with((desk.clone(), sheet, *wanted), move |(_, sheet, _)| {
            let sheet = *sheet;
            let follow = {
                let desk = desk.clone();
                move |()| place_frame(&desk, &host, sheet)
            };
            follow(());
            let subscription = desk.store.subscribe(&[Slice::Camera], Callback::from(follow));
            move || drop(subscription)
        });
    }
    let Some(Sheet { content, scale }) = sheet else { return Html::default() };
    let toggle = {
        let wanted = wanted.clone();
        Callback::from(move |_: MouseEvent| {
            // Where it is not kept, the map is there again next time: no harm.
            let _ = storage::write(Key::Map, if *wanted { "hidden" } else { "shown" });
            wanted.set(!*wanted);
        })
    };
    let look = {
        let (desk, host) = (desk.clone(), host.clone());
        Callback::from(move |event: PointerEvent| {
            if event.type_() == "pointerdown" {
                let picture = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                // A pointer that is gone already cannot be captured, and presses nothing either.
                let _ = picture.map(|picture| picture.set_pointer_capture(event.pointer_id()));
            } else if event.buttons() == 0 {
                return;
            }
            let Some(map) = host.cast::<Element>().and_then(|host| host.query_selector("svg").ok().flatten()) else {
                return;
            };
            let corner = map.get_bounding_client_rect();
            let at = content.origin.moved(
                (f64::from(event.client_x()) - corner.left()) / scale,
                (f64::from(event.client_y()) - corner.top()) / scale,
            );
            let camera = desk.store.session().camera();
            let (width, height) = desk.size();
            let seen = camera.to_view(at);
            desk.look(camera.panned(width / 2.0 - seen.x, height / 2.0 - seen.y));
        })
    };
    let label = if *wanted { words.hide_map } else { words.show_map };
    html! {
        <div class="minimap" ref={host}>
            if *wanted {
                <div class="minimap-sheet" aria-hidden="true" title={words.map}>
                    <svg width={format!("{:.0}", content.width * scale)} height={format!("{:.0}", content.height * scale)}
                        viewBox={format!("{:.0} {:.0} {:.0} {:.0}", content.origin.x, content.origin.y, content.width, content.height)}
                        onpointerdown={look.clone()} onpointermove={look}>
                        { picture(store.session().scenario()) }
                    </svg>
                    <div class="minimap-frame"></div>
                </div>
            }
            <button type="button" class="stage-control" aria-label={label} title={label}
                aria-pressed={wanted.to_string()} onclick={toggle}>
                <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 4.2 6 2.8l4 1.4 3.5-1.4v9L10 13.2l-4-1.4-3.5 1.4zM6 2.8v9M10 4.2v9" /></svg>
            </button>
        </div>
    }
}

/// All edges as one path, and the nodes of each kind as one.
fn picture(scenario: &Scenario) -> Html {
    let mut edges = String::new();
    let middle = |id| scenario.node(id).map(|node| layout::node_rect(node).centre());
    for edge in &scenario.edges {
        if let (Some(from), Some(to)) = (middle(&edge.from), middle(&edge.to)) {
            edges.push_str(&format!("M{:.0} {:.0}L{:.0} {:.0}", from.x, from.y, to.x, to.y));
        }
    }
    let nodes = NodeKind::ALL.into_iter().map(|kind| {
        let rects = scenario.nodes.iter().filter(|node| node.kind() == kind).map(layout::node_rect);
        let path: String = rects
            .map(|rect| {
                let Point { x, y } = rect.origin;
                format!("M{x:.0} {y:.0}h{:.0}v{:.0}h{:.0}z", rect.width, rect.height, -rect.width)
            })
            .collect();
        html! { <path class={format!("fill-{}", kind.name())} d={path} /> }
    });
    html! {
        <>
            <path class="minimap-edges" d={edges} vector-effect="non-scaling-stroke" />
            { for nodes }
        </>
    }
}

/// Puts the frame around what is seen. While everything is in view there is nothing to find: the map is away then.
fn place_frame(desk: &Desk, host: &NodeRef, sheet: Option<Sheet>) {
    let (Some(host), Some(Sheet { content, scale })) = (host.cast::<HtmlElement>(), sheet) else { return };
    let Some((width, height)) = desk.refresher.size() else { return };
    let camera = desk.store.session().camera();
    let view = Rect::new(camera.to_stage(Point::default()), width / camera.zoom, height / camera.zoom);
    let roomy = width >= LEAST_STAGE.0 && height >= LEAST_STAGE.1;
    let useful = roomy && !view.holds(&content.grown(-MARGIN));
    // A class of this name is always taken.
    let _ = host.class_list().toggle_with_force("is-useful", useful);
    let frame = host.query_selector(".minimap-frame").ok().flatten();
    let Some(frame) = frame.and_then(|frame| frame.dyn_into::<HtmlElement>().ok()).filter(|_| useful) else { return };
    // Cut off at the map's borders, so that it is seen where the view reaches beyond them.
    let part = |from: f64, length: f64, least: f64, most: f64| {
        let (begin, end) = (from.clamp(least, most), (from + length).clamp(least, most));
        ((begin - least) * scale, (end - begin) * scale)
    };
    let (left, broad) = part(view.origin.x, view.width, content.origin.x, content.origin.x + content.width);
    let (top, tall) = part(view.origin.y, view.height, content.origin.y, content.origin.y + content.height);
    for (name, value) in [
        ("transform", format!("translate({left:.1}px, {top:.1}px)")),
        ("width", format!("{:.1}px", broad.max(4.0))),
        ("height", format!("{:.1}px", tall.max(4.0))),
    ] {
        // A style that the browser does not know is left out, and nothing else depends on it.
        let _ = frame.style().set_property(name, &value);
    }
}
