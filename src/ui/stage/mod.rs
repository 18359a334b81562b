//! The stage: nodes as instruments, edges between them, and everything that a pointer or a key does there.
//!
//! Nodes and edges are real elements that can be focused. They live in one world whose transform is the camera;
//! moving the camera moves that one element and renders nothing.

mod clipboard;
mod controls;
mod desk;
mod edge;
mod listen;
mod menu;
mod minimap;
mod node;
mod note;
mod place;
mod refresh;
mod shown;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use web_sys::{HtmlCanvasElement, HtmlElement};
use yew::prelude::*;

use crate::base::{Point, Rect};
use crate::editor::Camera;
use crate::editor::tool::GRID;
use crate::scenario::Id;
use crate::session::Session;
use crate::ui::store::{Slice, StagePort, Store, use_store};
use crate::view::glyph::Detail;
use crate::view::ground::Seen;
use crate::view::{journey, labels, layout};
use crate::web::frame::FrameLoop;

use controls::Controls;
use desk::Desk;
use edge::EdgeView;
use menu::Menu;
use minimap::MiniMap;
use node::{Light, NodeView};
use note::NoteView;
use wire::WireView;

pub use menu::shortcut;
pub use node::mark_view;
pub use place::{add_in_view, add_note, drop_at, focus, point_at_fault, show};

/// Which nodes are lit while a wire is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
struct Lit {
    /// Where the wire begins.
    source: Option<Id>,
    /// The nodes that fit.
    fitting: BTreeSet<Id>,
    /// The node to which it leads.
    over: Option<Id>,
}

impl Lit {
    fn of(desk: &Desk) -> Lit {
        let hand = desk.hand.borrow();
        let Some(wire) = hand.wire() else { return Lit::default() };
        let session = desk.store.session();
        Lit {
            source: Some(wire.end.node.clone()),
            fitting: wire.fitting(&Seen(&session)).into_iter().collect(),
            over: wire.over.as_ref().map(|over| over.node.clone()),
        }
    }

    fn light(&self, id: &Id) -> Light {
        match &self.source {
            None => Light::Plain,
            Some(source) if source == id => Light::Source,
            Some(_) if self.over.as_ref() == Some(id) && self.fitting.contains(id) => Light::Target,
            Some(_) if self.fitting.contains(id) => Light::Fits,
            Some(_) => Light::Unfit,
        }
    }
}

/// What the stage needs.
#[derive(PartialEq, Properties)]
pub struct StageProps {
    /// Whether it is only looked at: beside the one that is worked on.
    #[prop_or_default]
    pub beside: bool,
}

/// The stage. It fills the element around it.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let beside = props.beside;
    let store = use_store(&[Slice::Document, Slice::Selection, Slice::Route, Slice::Preferences]);
    let host = use_node_ref();
    let world = use_node_ref();
    let canvas = use_node_ref();
    let desk = {
        let host = host.clone();
        use_memo(store.clone(), move |store| Desk::new(store.clone(), host))
    };
    let lit = use_state_eq(Lit::default);

    {
        let lit = lit.setter();
        use_effect_with(desk.clone(), move |desk| {
            if beside {
                let size = listen::to_size(desk);
                return Box::new(move || drop(size)) as Box<dyn FnOnce()>;
            }
            let weak = Rc::downgrade(desk);
            desk.tell_wires(Callback::from(move |()| {
                if let Some(desk) = weak.upgrade() {
                    lit.set(Lit::of(&desk));
                }
            }));
            let listeners = listen::to_everything(desk);
            let desk = desk.clone();
            let port: Rc<dyn StagePort> = desk.clone();
            desk.store.set_stage(Some(Rc::downgrade(&port)));
            Box::new(move || {
                drop(listeners);
                desk.store.set_stage(None);
                desk.forget_listeners();
            })
        });
    }
    {
        let (host, world) = (host.clone(), world.clone());
        use_effect_with(desk.clone(), move |desk| {
            let store = desk.store.clone();
            let look = {
                let desk = desk.clone();
                move |()| {
                    let camera = desk.store.session().camera();
                    place_world(&host, &world, camera);
                    desk.refresher.look_from(camera);
                }
            };
            look(());
            let subscription = store.subscribe(&[Slice::Camera], Callback::from(look));
            move || drop(subscription)
        });
    }
    {
        // Another document is shown whole.
        let desk = desk.clone();
        use_effect_with(store.session().revisions().loaded, move |_| desk.fit());
    }
    {
        let canvas = canvas.clone();
        use_effect_with(store.clone(), move |store| {
            let frames = canvas.cast::<HtmlCanvasElement>().map(|canvas| FrameLoop::start(store.clone(), canvas));
            move || drop(frames)
        });
    }

    let words = store.words().stage;
    let session = store.session();
    let empty = session.scenario().nodes.is_empty() && !session.is_observed();
    html! {
        <div class="stage" ref={host} tabindex="-1" role="group" aria-label={words.stage} inert={beside}>
            <div class="stage-world" ref={world}>
                { parts(&desk, &store, &lit) }
                <LessonShows />
                <JourneyPath />
                <WireView desk={desk.clone()} />
            </div>
            <canvas class="message-canvas" id="messages" ref={canvas} aria-hidden="true"></canvas>
            if empty {
                <div class="stage-empty">
                    <p class="stage-empty-title">{ words.empty_title }</p>
                    <p>{ words.empty_text }</p>
                </div>
            }
            if !beside {
                <wire::Hint desk={desk.clone()} />
                <Menu desk={desk.clone()} />
                <MiniMap desk={desk.clone()} />
                <Controls desk={desk} />
            }
        </div>
    }
}

/// Where the step of a lesson wants somebody to look.
#[component]
fn LessonShows() -> Html {
    let store = use_store(&[Slice::Lesson, Slice::Document]);
    // Both lanes are shown by the one lesson.
    let teacher = store.leader().unwrap_or_else(|| store.clone());
    {
        let store = store.clone();
        let render = use_force_update();
        use_effect_with(teacher.clone(), move |teacher| {
            let subscription = (*teacher != store)
                .then(|| teacher.subscribe(&[Slice::Lesson], Callback::from(move |()| render.force_update())));
            move || drop(subscription)
        });
    }
    let course = teacher.course();
    let Some(course) = course.as_ref() else { return Html::default() };
    let Some(step) = course.step().filter(|_| !course.done_now()) else { return Html::default() };
    outline(&store.session(), step.show.iter(), "lesson-shows")
}

/// Lines around nodes and along edges.
fn outline<'a>(session: &Session, places: impl Iterator<Item = &'a Id>, class: &'static str) -> Html {
    let scenario = session.scenario();
    let marks = places.filter_map(|place| {
        if let Some(node) = scenario.node(place) {
            let Rect { origin, width, height } = layout::node_rect(node).grown(5.0);
            return Some(html! {
                <rect x={origin.x.to_string()} y={origin.y.to_string()} width={width.to_string()}
                    height={height.to_string()} rx="14" />
            });
        }
        let curve = layout::edge_curve(scenario, scenario.edge(place)?)?;
        Some(html! { <path d={curve.svg_path()} /> })
    });
    html! { <svg {class} width="1" height="1" aria-hidden="true">{ for marks }</svg> }
}

/// Where the message has been that is followed.
#[component]
fn JourneyPath() -> Html {
    let store = use_store(&[Slice::Followed, Slice::Figures, Slice::Document]);
    let session = store.session();
    let Some(journey) = session.run().journey().filter(|journey| !journey.stops().is_empty()) else {
        return Html::default();
    };
    outline(&session, journey::places(&session, journey).iter(), "journey-path")
}

/// All nodes and edges in the order in which messages flow, so that Tab follows them: each node, and then the edges
/// that leave it.
fn parts(desk: &Rc<Desk>, store: &Store, lit: &Lit) -> Html {
    let session = store.session();
    let scenario = session.scenario();
    let selection = session.selection();
    let words = store.words();
    let labels = labels::all(&session, words);
    let asked = asked(store, &session);
    let middle = layout::content(scenario).map_or(0.0, |content| content.origin.x + content.width / 2.0);
    let mut parts: Vec<Html> = Vec::with_capacity(scenario.nodes.len() + scenario.edges.len());
    for index in layout::flow_order(scenario) {
        let node = &scenario.nodes[index];
        parts.push(html! {
            <NodeView
                key={format!("node {}", node.id)}
                desk={desk.clone()}
                id={node.id.clone()}
                kind={node.kind()}
                at={node.at}
                selected={selection.contains(&node.id)}
                right={layout::node_rect(node).origin.x > middle}
                light={lit.light(&node.id)}
                color={node.color}
            />
        });
        for edge in scenario.edges.iter().filter(|edge| edge.from == node.id) {
            let Some(curve) = layout::edge_curve(scenario, edge) else { continue };
            parts.push(html! {
                <EdgeView
                    key={format!("edge {}", edge.id)}
                    desk={desk.clone()}
                    id={edge.id.clone()}
                    kind={edge.kind}
                    {curve}
                    selected={selection.contains(&edge.id)}
                    takes={asked.get(&edge.id).copied()}
                />
            });
        }
    }
    parts.extend(scenario.notes.iter().map(|note| {
        let selected = selection.contains(&note.id);
        html! { <NoteView key={format!("note {}", note.id)} desk={desk.clone()} note={note.clone()} {selected} /> }
    }));
    parts.extend(labels.links.iter().map(edge::link_view));
    parts.extend(
        labels
            .bindings
            .iter()
            .map(|(id, label)| edge::binding_label(id, label, selection.contains(id), asked.get(id).copied())),
    );
    parts.into_iter().collect()
}

/// Which bindings take the message whose route is asked for, and which do not.
fn asked(store: &Store, session: &Session) -> BTreeMap<Id, bool> {
    let explanation = store.question().and_then(|question| {
        session.engine().explain_route(&question.exchange, &question.routing_key, &question.headers)
    });
    let bindings = explanation.into_iter().flat_map(|explanation| explanation.bindings);
    bindings.map(|binding| (binding.edge, binding.matches)).collect()
}

/// The camera, as the transform of the world and the pitch of the grid behind it.
fn place_world(host: &NodeRef, world: &NodeRef, camera: Camera) {
    let (Some(host), Some(world)) = (host.cast::<HtmlElement>(), world.cast::<HtmlElement>()) else { return };
    let Point { x, y } = camera.offset;
    let zoom = camera.zoom;
    let set = |element: &HtmlElement, name: &str, value: &str| {
        // A style that the browser does not know is left out, and nothing else depends on it.
        let _ = element.style().set_property(name, value);
    };
    set(&world, "transform", &format!("translate({x:.2}px, {y:.2}px) scale({zoom:.5})"));
    // The dots of the grid are never crowded: from afar only every second one is there, or every fourth. Not by
    // properties that are inherited: the browser would look through everything on the stage in every frame.
    let pitch = 3.0 * GRID * zoom * 2f64.powf((-zoom.log2() - 0.4).ceil().max(0.0));
    set(&host, "background-size", &format!("{pitch:.3}px {pitch:.3}px"));
    set(&host, "background-position", &format!("{x:.2}px {y:.2}px"));
    // The zoom by which handles keep their size on the screen, for the same reason in steps, and rather too large.
    let stepped = format!("{:.4}", 2f64.powf((zoom.log2() * 8.0).floor() / 8.0));
    if host.style().get_property_value("--zoom").ok().as_deref() != Some(&*stepped) {
        set(&host, "--zoom", &stepped);
    }
    // A class of this name is always taken.
    let _ = host.class_list().toggle_with_force("is-far", Detail::at_zoom(zoom) == Detail::Far);
}
