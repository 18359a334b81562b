//! A service: its slots, its backlog, and the deployment of other steps.

use std::collections::VecDeque;

use super::slots::{Request, Slots};
use crate::base::Micros;
use crate::engine::histogram::Histogram;
use crate::engine::metrics::RateWindow;
use crate::engine::report::Deployment;
use crate::engine::{EdgeIndex, NodeIndex};
use crate::scenario::{Id, ServiceSettings};

/// A service's state.
#[derive(Clone)]
pub(in crate::engine) struct Service {
    pub(in crate::engine) node: NodeIndex,
    pub(in crate::engine) settings: ServiceSettings,
    pub(in crate::engine) up: bool,
    /// How often it was told to restart, or has crashed: the end of an older restart is void.
    pub(in crate::engine) changes: u32,
    pub(in crate::engine) slots: Slots,
    /// Requests that wait for a slot.
    pub(in crate::engine) backlog: VecDeque<Request>,
    /// The edges on which it calls and publishes.
    pub(in crate::engine) edges: Vec<EdgeIndex>,
    pub(in crate::engine) deployment: Option<Deployment>,
    /// Whether the new steps wait for the end of the deployment.
    pub(in crate::engine) redeploying: bool,
    pub(in crate::engine) handled: u64,
    pub(in crate::engine) failed: u64,
    pub(in crate::engine) refused: u64,
    pub(in crate::engine) published: u64,
    /// So many of the next messages that it publishes are poisonous.
    pub(in crate::engine) poison: u32,
    pub(in crate::engine) handling: RateWindow,
    pub(in crate::engine) handling_time: Histogram,
}

impl Service {
    pub(in crate::engine) fn new(
        node: NodeIndex,
        id: &Id,
        seed: u64,
        settings: &ServiceSettings,
        now: Micros,
    ) -> Service {
        let mut slots = Slots::new(seed, id, now);
        slots.set(settings.concurrency, settings.failure_rate, now);
        Service {
            node,
            settings: settings.clone(),
            up: true,
            changes: 0,
            slots,
            backlog: VecDeque::new(),
            edges: Vec::new(),
            deployment: None,
            redeploying: false,
            handled: 0,
            failed: 0,
            refused: 0,
            published: 0,
            poison: 0,
            handling: RateWindow::default(),
            handling_time: Histogram::default(),
        }
    }
}
