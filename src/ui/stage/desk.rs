//! What the parts of one stage share: the store, the hand, and the element that is the view.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::clipboard;
use super::listen::target_of;
use super::menu::{About, Open};
use super::place::{self, MARGIN};
use super::refresh::Refresher;
use crate::base::{Point, Rect};
use crate::editor::Camera;
use crate::editor::action::Action;
use crate::editor::tool::{End, Hand, Target, Wish, snapped};
use crate::scenario::{Id, NodeKind};
use crate::session::Command;
use crate::ui::store::{StagePort, Store};
use crate::view::dots::DisplayList;
use crate::view::ground::Seen;
use crate::view::{beside, glyph, ground, layout, making};

/// Above this zoom nothing is shown larger only because there is room.
const MOST_ZOOM_OF_FIT: f64 = 1.2;

/// How far beside a message one may press that is meant, in CSS pixels.
const REACH: f64 = 9.0;
/// The same for a finger.
const REACH_TOUCH: f64 = 18.0;

/// See the module.
pub(super) struct Desk {
    pub(super) store: Store,
    pub(super) hand: RefCell<Hand>,
    /// When the stage's parts are drawn and looked at again.
    pub(super) refresher: Refresher,
    host: NodeRef,
    /// Whether the camera stands where showing everything has put it: it follows the view's size then.
    fitted: Cell<bool>,
    /// Who is told when the wire has changed.
    wire_listeners: RefCell<Vec<Callback<()>>>,
    /// Where a pointer was last, in the view; `None`: not over the stage.
    pub(super) hover: Cell<Option<Point>>,
    /// What was copied last, for browsers that do not let a page read their clipboard.
    pub(super) copied: RefCell<String>,
    /// The menu, where it is open.
    pub(super) menu: RefCell<Option<Open>>,
    /// The note that is written in.
    pub(super) writing: RefCell<Option<Id>>,
    /// A finger that stays where it is asks for the menu.
    pub(super) long_press: RefCell<Option<Timeout>>,
}

impl PartialEq for Desk {
    fn eq(&self, other: &Desk) -> bool {
        self.host == other.host && self.store == other.store
    }
}

impl Desk {
    pub(super) fn new(store: Store, host: NodeRef) -> Desk {
        Desk {
            refresher: Refresher::new(&store),
            store,
            hand: RefCell::default(),
            host,
            fitted: Cell::new(true),
            wire_listeners: RefCell::default(),
            hover: Cell::default(),
            copied: RefCell::default(),
            menu: RefCell::default(),
            writing: RefCell::default(),
            long_press: RefCell::default(),
        }
    }

    /// Whether something that is asked for by name means anything here and now.
    pub(super) fn can(&self, action: Action) -> bool {
        let session = self.store.session();
        match action {
            Action::Undo => session.can_undo(),
            Action::Redo => session.can_redo(),
            Action::Copy | Action::Cut => session.selection().iter().any(|id| session.scenario().node(id).is_some()),
            Action::Paste | Action::Commands | Action::Help => true,
            _ => self.hand.borrow().clone().act(action, self.focused().as_ref(), &Seen(&session)).is_some(),
        }
    }

    /// The element that is the view.
    pub(super) fn host(&self) -> Option<HtmlElement> {
        self.host.cast()
    }

    /// Calls `listener` whenever the wire has changed.
    pub(super) fn tell_wires(&self, listener: Callback<()>) {
        self.wire_listeners.borrow_mut().push(listener);
    }

    /// Calls nobody any more.
    pub(super) fn forget_listeners(&self) {
        self.wire_listeners.borrow_mut().clear();
    }

    /// The wire may have changed.
    pub(super) fn wire_changed(&self) {
        let listeners = self.wire_listeners.borrow().clone();
        for listener in listeners {
            listener.emit(());
        }
    }

    /// The size of the view.
    pub(super) fn size(&self) -> (f64, f64) {
        self.host().map_or((0.0, 0.0), |host| (f64::from(host.client_width()), f64::from(host.client_height())))
    }

    /// The place in the view of a place in the window.
    pub(super) fn in_view(&self, client_x: f64, client_y: f64) -> Point {
        let corner = self.host().map_or(Point::default(), |host| {
            let rect = host.get_bounding_client_rect();
            Point::new(rect.left(), rect.top())
        });
        Point::new(client_x - corner.x, client_y - corner.y)
    }

    /// Whether the keyboard's focus is on the stage.
    pub(super) fn has_focus(&self) -> bool {
        let active = self.host().and_then(|host| host.owner_document()).and_then(|document| document.active_element());
        match (self.host(), active) {
            (Some(host), Some(active)) => host.contains(Some(&active)),
            _ => false,
        }
    }

    /// Whether what is done with hands is meant for the stage: it has the focus, and its page has it.
    pub(super) fn is_meant(&self) -> bool {
        let document = self.host().and_then(|host| host.owner_document());
        self.has_focus() && document.is_some_and(|document| document.has_focus().unwrap_or_default())
    }

    /// Shows everything, and goes on doing so when the view's size changes.
    pub(super) fn fit(&self) {
        self.fitted.set(true);
        let (width, height) = self.size();
        self.refresher.resize((width, height));
        if width < 1.0 || height < 1.0 {
            return;
        }
        let content = layout::content(self.store.session().scenario());
        let margin = (width.min(height) * 0.08).clamp(16.0, 56.0);
        let camera = match content {
            Some(content) => Camera::showing(content, width, height, margin, MOST_ZOOM_OF_FIT),
            None => Camera::default(),
        };
        self.store.set_camera(camera);
    }

    /// The view has another size.
    pub(super) fn resized(&self) {
        self.refresher.resize(self.size());
        if self.fitted.get() {
            self.fit();
        }
        self.refresher.look_from(self.store.session().camera());
    }

    /// The person looks from here now.
    pub(super) fn look(&self, camera: Camera) {
        self.fitted.set(false);
        self.store.set_camera(camera);
    }

    fn zoom_to(&self, zoom: impl FnOnce(f64) -> f64) {
        let (width, height) = self.size();
        let camera = self.store.session().camera();
        self.look(camera.zoomed(zoom(camera.zoom) / camera.zoom, Point::new(width / 2.0, height / 2.0)));
    }

    /// Moves the camera as little as is needed to see a rectangle of the stage.
    pub(super) fn bring_into_view(&self, rect: Rect) {
        let (width, height) = self.size();
        let camera = self.store.session().camera().revealing(rect, width, height, MARGIN);
        if let Some(camera) = camera {
            self.look(camera);
        }
    }

    /// Opens a menu at a place in the view.
    pub(super) fn open_menu(&self, about: About, at: Point, faults: bool) {
        if self.store.session().is_observed() {
            return;
        }
        if let About::Part(id) = &about
            && !self.store.session().selection().contains(id)
        {
            self.store.order(Command::Select { ids: vec![id.clone()] });
        }
        *self.menu.borrow_mut() = Some(Open { about, at, faults });
        self.wire_changed();
    }

    /// What a menu is about that is asked for at a part of the stage: at one of several selected things, all of them.
    pub(super) fn about(&self, id: Option<Id>) -> About {
        let session = self.store.session();
        match id {
            Some(id) if session.selection().len() > 1 && session.selection().contains(&id) => About::Selection,
            Some(id) => About::Part(id),
            None if session.selection().len() > 1 => About::Selection,
            None => About::Stage,
        }
    }

    /// Where a menu stands that no pointer has asked for, in the view.
    fn place_of(&self, about: &About) -> Point {
        let session = self.store.session();
        let (scenario, camera) = (session.scenario(), session.camera());
        let middle = |id: &Id| match scenario.node(id) {
            Some(node) => Some(layout::node_rect(node).centre()),
            None => Some(layout::edge_curve(scenario, scenario.edge(id)?)?.at(0.5)),
        };
        let place = match about {
            About::Part(id) => middle(id),
            About::Selection => session.selection().first().and_then(middle),
            About::New { place, .. } => Some(*place),
            About::Stage => None,
        };
        let (width, height) = self.size();
        place.map_or(Point::new(width / 2.0 - 120.0, height / 4.0), |place| camera.to_view(place))
    }

    /// Closes it; the focus goes back to what it was about.
    pub(super) fn close_menu(&self, refocus: bool) {
        let Some(Open { about, .. }) = self.menu.borrow_mut().take() else { return };
        if refocus {
            match about {
                About::Part(id) | About::New { end: Some(End { node: id, .. }), .. } => self.focus(&id),
                _ => self.focus_stage(),
            }
        }
        self.wire_changed();
    }

    fn focus_stage(&self) {
        if let Some(host) = self.host() {
            // Without the focus the stage's keys would mean nothing.
            let _ = host.focus();
        }
    }

    /// Puts a node onto the stage: with its middle at a place, or with its handle there and connected; beside it where
    /// other nodes are in the way. One step back.
    pub(super) fn add(&self, kind: NodeKind, place: Point, end: Option<&End>) {
        let corner = match end {
            Some(end) => making::corner_at_end(kind, end.side, place),
            None => making::corner(kind, place),
        };
        let corner = layout::free_place(self.store.session().scenario(), kind, snapped(corner));
        self.add_at(kind, corner, end);
    }

    fn add_at(&self, kind: NodeKind, corner: Point, end: Option<&End>) {
        self.store.order(Command::BeginGesture);
        let command = making::add(kind, corner);
        let made = self.store.order(command).and_then(|applied| applied.made);
        let connected = match (&made, end) {
            (Some(made), Some(end)) => {
                let (from, to) = end.joined(made);
                self.store.order(Command::Connect { from, to, latency_ms: None, routing_key: None }).is_some()
            }
            _ => true,
        };
        let Some(made) = made.filter(|_| connected) else {
            self.store.order(Command::CancelGesture);
            return;
        };
        self.store.order(Command::EndGesture);
        // Silently: what is said is that it was added.
        drop(self.store.dispatch(Command::Select { ids: vec![made.clone()] }));
        if let Some(end) = end {
            let words = self.store.words().editing;
            self.say((words.added_to)(&self.name(&made), &self.name(&end.node)));
        }
        let (width, height) = layout::node_size(kind);
        self.bring_into_view(Rect::new(corner, width, height));
        self.focus_soon(made);
    }

    /// The place on the stage where the pointer is, or else the middle of what is seen.
    fn pointed_at(&self) -> Point {
        let (width, height) = self.size();
        let at = self.hover.get().unwrap_or(Point::new(width / 2.0, height / 2.0));
        self.store.session().camera().to_stage(at)
    }

    /// Gives the focus to something that the page is about to draw.
    fn focus_soon(&self, id: Id) {
        Timeout::new(0, move || place::focus(&id)).forget();
    }

    /// Says what was done, for people who do not see it.
    pub(super) fn say(&self, sentence: String) {
        self.store.say(sentence);
    }

    /// The message that is painted at a place in the view: a few pixels beside it do.
    pub(super) fn message_at(&self, at: Point, touch: bool) -> Option<u64> {
        let session = self.store.session();
        let camera = session.camera();
        let mut list = DisplayList::default();
        list.show(&session);
        let reach = if touch { REACH_TOUCH } else { REACH };
        list.message_at(camera.to_stage(at), reach / camera.zoom)
    }

    /// What has the focus, if that is on the stage.
    pub(super) fn focused(&self) -> Option<Target> {
        let active = self.host()?.owner_document()?.active_element()?;
        self.has_focus().then(|| target_of(&active))
    }

    /// Begins to write in a note.
    pub(super) fn write_in(&self, note: Id) {
        *self.writing.borrow_mut() = Some(note);
        self.wire_changed();
    }

    /// Ends it; the focus goes back to the note where it is not elsewhere already.
    pub(super) fn stop_writing(&self, refocus: bool) {
        let Some(note) = self.writing.borrow_mut().take() else { return };
        if refocus {
            self.focus(&note);
        }
        self.wire_changed();
    }

    /// Does what a hand wishes, and tells whoever shows its wire.
    pub(super) fn fulfil(&self, wishes: Vec<Wish>) {
        for wish in wishes {
            self.fulfil_one(&wish);
        }
        self.wire_changed();
    }

    fn fulfil_one(&self, wish: &Wish) {
        match wish {
            Wish::Look(camera) => self.look(*camera),
            Wish::ZoomBy(factor) => self.zoom_to(|zoom| zoom * factor),
            Wish::ZoomToOne => self.zoom_to(|_| 1.0),
            Wish::Fit => self.fit(),
            Wish::FitSelection => self.fit_selection(),
            Wish::Focus(id) => self.focus(id),
            Wish::Menu { id, faults } => {
                let about = self.about(id.clone());
                self.open_menu(about.clone(), self.place_of(&about), *faults);
            }
            Wish::Pick { at, end } => {
                let about = About::New { place: at.unwrap_or_else(|| self.pointed_at()), end: end.clone() };
                self.open_menu(about.clone(), self.place_of(&about), false);
            }
            Wish::Add { kind, at } => self.add_at(*kind, making::corner(*kind, *at), None),
            Wish::AddConnected(end) => self.add_connected(end),
            Wish::Rename(id) => self.rename(id),
            Wish::NothingFits(id) => self.nothing_fits(id),
            _ => {}
        }
        if let Wish::Remove(ids) = wish
            && self.has_focus()
        {
            // The focus would fall off the page together with what had it.
            let next = beside::after_removal(self.store.session().scenario(), ids);
            next.map_or_else(|| self.focus_stage(), |next| self.focus(&next));
        }
        let command = ground::command(&self.store.session(), wish);
        let Some(command) = command else { return };
        if matches!(command, Command::Move { .. }) && !matches!(wish, Wish::Arrange) {
            // A drag sends many of these, and a node that is gone meanwhile is no news.
            drop(self.store.dispatch(command));
            return;
        }
        let Some(applied) = self.store.order(command) else { return };
        let words = self.store.words();
        match wish {
            Wish::Reconnect { .. } => self.say(words.editing.reconnected.to_owned()),
            Wish::Arrange => {
                self.fit();
                self.say(words.editing.arranged.to_owned());
            }
            Wish::Duplicate { alike: true, .. } => {
                if let Some(made) = applied.made {
                    self.focus_soon(made);
                }
            }
            _ => {}
        }
    }

    fn nothing_fits(&self, id: &Id) {
        let name = self.name(id);
        self.store.notify((self.store.words().stage.nothing_fits)(&name));
    }

    /// A node that usually comes next, connected.
    fn add_connected(&self, end: &End) {
        let kind = making::fitting(&self.store.session(), end).first().copied();
        let place = kind.and_then(|kind| making::place_beside(&self.store.session(), end, kind));
        match kind.zip(place) {
            Some((kind, place)) => self.add_at(kind, place, Some(end)),
            None => self.nothing_fits(&end.node),
        }
    }

    /// A note is written in where it stands; the label of a node is a field of the inspector.
    fn rename(&self, id: &Id) {
        if self.store.session().scenario().note(id).is_some() {
            self.write_in(id.clone());
            return;
        }
        self.store.order(Command::Select { ids: vec![id.clone()] });
        Timeout::new(0, || {
            let document = web_sys::window().and_then(|window| window.document());
            let field = document.and_then(|document| document.get_element_by_id("setting-label"));
            if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
                let _ = field.focus();
                field.select();
            }
        })
        .forget();
    }

    fn fit_selection(&self) {
        let content = {
            let session = self.store.session();
            let scenario = session.scenario();
            let rects = session.selection().iter().flat_map(|id| {
                let edge = scenario.edge(id);
                let ends = edge.into_iter().flat_map(|edge| [scenario.node(&edge.from), scenario.node(&edge.to)]);
                ends.chain([scenario.node(id)]).flatten().map(layout::node_rect).collect::<Vec<_>>()
            });
            rects.reduce(|all, rect| all.union(&rect))
        };
        if let Some(content) = content {
            let (width, height) = self.size();
            self.look(Camera::showing(content, width, height, 64.0, MOST_ZOOM_OF_FIT));
        }
    }

    /// What a node is called.
    pub(super) fn name(&self, id: &Id) -> String {
        glyph::label(&self.store.session(), id, self.store.words())
    }

    /// Gives a node or an edge the keyboard's focus.
    pub(super) fn focus(&self, id: &Id) {
        place::focus(id);
    }
}

impl StagePort for Desk {
    fn act(&self, action: Action) -> bool {
        match action {
            Action::Copy => clipboard::ask(self, "copy"),
            Action::Cut => clipboard::ask(self, "cut"),
            Action::Paste => clipboard::ask(self, "paste"),
            _ => {
                let focus = self.focused();
                let wishes = {
                    let session = self.store.session();
                    self.hand.borrow_mut().act(action, focus.as_ref(), &Seen(&session))
                };
                let Some(wishes) = wishes else { return false };
                self.fulfil(wishes);
            }
        }
        true
    }

    fn place(&self, kind: Option<NodeKind>) {
        self.hand.borrow_mut().place(kind);
        self.show_doing();
        self.wire_changed();
    }

    fn placing(&self) -> Option<NodeKind> {
        self.hand.borrow().placing()
    }

    fn go_to(&self, id: &Id) {
        self.store.order(Command::Select { ids: vec![id.clone()] });
        place::show(&self.store, id);
        self.focus(id);
    }
}
