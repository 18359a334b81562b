//! What the parts of one stage share: the store, the hand, and the element that is the view.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::menu::Open;
use super::place;
use super::refresh::Refresher;
use crate::base::{Point, Rect};
use crate::editor::Camera;
use crate::editor::tool::{Hand, Wish};
use crate::scenario::Id;
use crate::session::Command;
use crate::ui::store::Store;
use crate::view::{beside, faults, glyph, ground, layout};

/// Above this zoom nothing is shown larger only because there is room.
const MOST_ZOOM_OF_FIT: f64 = 1.2;

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
    /// The menu of faults, where it is open.
    pub(super) menu: RefCell<Option<Open>>,
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
            menu: RefCell::default(),
            long_press: RefCell::default(),
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
        /// What is left free between the rectangle and the border of the view.
        const MARGIN: f64 = 16.0;
        let (width, height) = self.size();
        let camera = self.store.session().camera();
        let corner = camera.to_view(rect.origin);
        let shift = |from: f64, length: f64, view: f64| {
            let (before, behind) = (MARGIN - from, view - MARGIN - (from + length));
            if before > 0.0 {
                before
            } else if behind < 0.0 {
                // What is larger than the view shows its beginning.
                behind.max(before)
            } else {
                0.0
            }
        };
        let x = shift(corner.x, rect.width * camera.zoom, width);
        let y = shift(corner.y, rect.height * camera.zoom, height);
        if x != 0.0 || y != 0.0 {
            self.look(camera.panned(x, y));
        }
    }

    /// Opens the menu of what can happen to a node or an edge, at a place in the view; by default beside it.
    pub(super) fn open_menu(&self, id: Id, at: Option<Point>) {
        if faults::possible(&self.store.session(), &id).is_empty() {
            return;
        }
        let at = at.unwrap_or_else(|| {
            let session = self.store.session();
            let (scenario, camera) = (session.scenario(), session.camera());
            let middle = match scenario.node(&id) {
                Some(node) => layout::node_rect(node).centre(),
                None => scenario
                    .edge(&id)
                    .and_then(|edge| layout::edge_curve(scenario, edge))
                    .map_or(Point::default(), |curve| curve.at(0.5)),
            };
            camera.to_view(middle)
        });
        self.store.order(Command::Select { ids: vec![id.clone()] });
        *self.menu.borrow_mut() = Some(Open { id, at });
        self.wire_changed();
    }

    /// Closes it; the focus goes back to what it was about.
    pub(super) fn close_menu(&self, refocus: bool) {
        let Some(Open { id, .. }) = self.menu.borrow_mut().take() else { return };
        if refocus {
            self.focus(&id);
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
            Wish::Focus(id) => self.focus(id),
            Wish::FaultMenu(id) => self.open_menu(id.clone(), None),
            Wish::NothingFits(id) => {
                let name = self.name(id);
                self.store.notify((self.store.words().stage.nothing_fits)(&name));
            }
            _ => {}
        }
        if matches!(wish, Wish::Remove(_))
            && self.has_focus()
            && let Some(host) = self.host()
        {
            // The focus would fall off the page together with what had it.
            let next = match wish {
                Wish::Remove(ids) => beside::after_removal(self.store.session().scenario(), ids),
                _ => None,
            };
            match next {
                Some(next) => place::focus(&next),
                None => drop(host.focus()),
            }
        }
        let command = ground::command(&self.store.session(), wish);
        match command {
            // A drag sends many of these, and a node that is gone meanwhile is no news.
            Some(command @ Command::Move { .. }) => drop(self.store.dispatch(command)),
            Some(command) => drop(self.store.order(command)),
            None => {}
        }
    }

    /// What a node is called.
    pub(super) fn name(&self, id: &Id) -> String {
        glyph::label(&self.store.session(), id, self.store.words())
    }

    /// Gives a node or an edge the keyboard's focus.
    fn focus(&self, id: &Id) {
        place::focus(id);
    }
}
