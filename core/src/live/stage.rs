//! What a real broker has, as a drawing with its figures: the stage shows it as it shows a simulation, and what is told of it stands
//! where else the engine's figures stand.

use std::collections::{BTreeMap, BTreeSet};

use super::broker::{Broker, Sight, Target};
use super::consumer::{Consumer, Mode, State};
use super::management::{ExchangeState, QueueState};
use crate::base::{Language, Micros, Point, Text};
use crate::engine::{ConsumerReport, ExchangeReport, NodeReport, ProducerReport, QueueReport};
use crate::interop::{Topology, Users, draw};
use crate::scenario::{
    ConsumerSettings, Edge, EdgeKind, Id, Node, NodeKind, NodeSettings, Pattern, ProducerSettings, Scenario,
};
use crate::view::arrange::arranged;
use crate::view::layout;
use crate::words::Words;

/// A consumer of the page's own, as far as the drawing hangs on it.
#[derive(Clone, Debug, PartialEq)]
struct Own {
    number: u32,
    name: Option<String>,
    queue: String,
    prefetch: u32,
    concurrency: u32,
}

impl Own {
    fn of(consumer: &Consumer) -> Own {
        let concurrency = match &consumer.mode {
            Mode::ByHand => 1,
            Mode::Works(work) => work.concurrency,
        };
        Own {
            number: consumer.number,
            name: consumer.name.clone(),
            queue: consumer.queue.clone(),
            prefetch: consumer.prefetch,
            concurrency,
        }
    }
}

/// What the drawing hangs on. While it is the same, only figures change.
#[derive(Clone, Debug, Default, PartialEq)]
struct Basis {
    topology: Topology,
    targets: BTreeSet<Target>,
    own: Vec<Own>,
    /// The queues from which somebody else consumes.
    others: BTreeSet<String>,
}

impl Basis {
    fn of(broker: &Broker, before: &Basis) -> Basis {
        let known = broker.known();
        let mut targets: BTreeSet<Target> = broker.published_to().keys().cloned().collect();
        let busy = known
            .exchanges
            .iter()
            .filter(|exchange| exchange.receives_per_s > 0.0 && !exchange.declared.name.is_empty());
        targets.extend(busy.map(|exchange| Target::Exchange(exchange.declared.name.clone())));
        // Who has been seen stays: a drawing that changes with every pause cannot be read.
        targets.extend(before.targets.iter().cloned());
        let is_there = |target: &Target| match target {
            Target::Queue(name) => known.queue(name).is_some(),
            Target::Exchange(name) => known.exchanges.iter().any(|exchange| exchange.declared.name == *name),
        };
        targets.retain(is_there);
        let own: Vec<Own> =
            broker.consumers().iter().filter(|own| known.queue(&own.queue).is_some()).map(Own::of).collect();
        let others = known.others.keys().filter(|queue| known.queue(queue).is_some()).cloned().collect();
        Basis { topology: known.topology(true), targets, own, others }
    }
}

/// A count as a rate.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    /// Since when it is counted; none: nobody has looked yet.
    since: Option<Micros>,
    count: u64,
    per_s: f64,
}

impl Pace {
    fn per_s(&mut self, now: Micros, count: u64) -> f64 {
        let passed = self.since.map_or(Micros::SECOND, |since| now.saturating_sub(since));
        if passed >= Micros::SECOND {
            if self.since.is_some() {
                self.per_s = count.saturating_sub(self.count) as f64 / (passed.0 as f64 / 1e6);
            }
            (self.since, self.count) = (Some(now), count);
        }
        self.per_s
    }
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Stage {
    basis: Basis,
    scenario: Scenario,
    exchanges: BTreeMap<String, Id>,
    queues: BTreeMap<String, Id>,
    /// Publishers by where they publish: the node and its edge.
    publishers: BTreeMap<Target, (Id, Id)>,
    /// Consumers of the page's own.
    own: BTreeMap<u32, (Id, Id)>,
    /// Others, one node for each queue.
    others: BTreeMap<String, (Id, Id)>,
    paces: BTreeMap<Id, Pace>,
    /// The largest depths that were seen, by queue.
    peaks: BTreeMap<String, u64>,
}

impl Stage {
    /// The drawing.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Draws anew where something is there that was not, or is gone; true then. Where a `sketch` has all of it, by its names in the
    /// language `named`, everything stands where it stands there.
    pub fn follow(&mut self, broker: &Broker, sketch: &Scenario, named: Language, words: &Words) -> bool {
        let basis = Basis::of(broker, &self.basis);
        if basis == self.basis {
            return false;
        }
        let (paces, peaks) = (std::mem::take(&mut self.paces), std::mem::take(&mut self.peaks));
        *self = Stage { paces, peaks, ..Stage::draw(basis, sketch, named, words) };
        true
    }

    fn draw(basis: Basis, sketch: &Scenario, named: Language, words: &Words) -> Stage {
        let (scenario, _) = draw(&basis.topology, &Users::Nobody, "", words);
        let (mut exchanges, mut queues) = (BTreeMap::new(), BTreeMap::new());
        for node in &scenario.nodes {
            let name = node.name(words.language).to_owned();
            match node.kind() {
                NodeKind::Exchange => drop(exchanges.insert(name, node.id.clone())),
                NodeKind::Queue => drop(queues.insert(name, node.id.clone())),
                _ => {}
            }
        }
        let mut stage = Stage { scenario, exchanges, queues, ..Stage::default() };
        let mut sketched = stage.stand_as_in(sketch, named, words).then(|| Places::of(sketch));
        for target in &basis.targets {
            let to = match target {
                Target::Exchange(name) => stage.exchanges.get(name),
                Target::Queue(name) => stage.queues.get(name),
            };
            let Some(to) = to.cloned() else { continue };
            let settings = ProducerSettings { pattern: Pattern::Once { count: 0 }, ..ProducerSettings::default() };
            let added = stage.add(
                NodeSettings::Producer(settings),
                words.live.publishers.to_owned(),
                EdgeKind::Publish,
                &to,
                &mut sketched,
            );
            stage.publishers.insert(target.clone(), added);
        }
        for own in &basis.own {
            let Some(from) = stage.queues.get(&own.queue).cloned() else { continue };
            let settings = ConsumerSettings {
                prefetch_count: own.prefetch,
                concurrency: own.concurrency,
                handler: Vec::new(),
                ..ConsumerSettings::default()
            };
            let label = own.name.clone().unwrap_or_else(|| (words.live.own_consumer)(own.number));
            let added = stage.add(NodeSettings::Consumer(settings), label, EdgeKind::Subscribe, &from, &mut sketched);
            stage.own.insert(own.number, added);
        }
        for queue in &basis.others {
            let Some(from) = stage.queues.get(queue).cloned() else { continue };
            let settings = ConsumerSettings { handler: Vec::new(), ..ConsumerSettings::default() };
            let label = words.live.other_consumers.to_owned();
            let added = stage.add(NodeSettings::Consumer(settings), label, EdgeKind::Subscribe, &from, &mut sketched);
            stage.others.insert(queue.clone(), added);
        }
        if sketched.is_none() {
            let places = arranged(&stage.scenario);
            for (node, (_, place)) in stage.scenario.nodes.iter_mut().zip(places) {
                node.at = place;
            }
        }
        stage.basis = basis;
        stage
    }

    /// Puts everything where it stands in a sketch; false where the sketch does not have all of it.
    fn stand_as_in(&mut self, sketch: &Scenario, language: Language, words: &Words) -> bool {
        let (named, _) = Topology::of(sketch, language);
        let place = |kind: NodeKind, name: &str| {
            let mut nodes = sketch.nodes.iter().filter(|node| node.kind() == kind);
            nodes.find(|node| named.name(&node.id) == name).map(|node| node.at)
        };
        let places: Option<Vec<Point>> =
            self.scenario.nodes.iter().map(|node| place(node.kind(), node.name(words.language))).collect();
        let Some(places) = places.filter(|places| !places.is_empty()) else { return false };
        for (node, place) in self.scenario.nodes.iter_mut().zip(places) {
            node.at = place;
        }
        true
    }

    /// Adds whoever publishes or consumes, beside what it belongs to.
    fn add(
        &mut self,
        settings: NodeSettings,
        label: String,
        kind: EdgeKind,
        other: &Id,
        sketched: &mut Option<Places>,
    ) -> (Id, Id) {
        const BESIDE: f64 = 320.0;
        // The ids of what is at the broker are its names; these have a letter before them that no other kind has.
        let id = |prefix: char| {
            (1..)
                .map(|number| Id(format!("{prefix}\u{b7}{number}")))
                .find(|id| self.scenario.node(id).is_none())
                .unwrap_or_default()
        };
        let node = id(if kind == EdgeKind::Publish { 'p' } else { 'c' });
        let edge = Id(format!("{node}\u{b7}"));
        let at = self.scenario.node(other).map(|node| node.at).unwrap_or_default();
        let wanted = at.moved(if kind == EdgeKind::Publish { -BESIDE } else { BESIDE }, 0.0);
        let at = match sketched {
            Some(places) => {
                let wanted = places.take(kind, self.scenario.node(other), &label).unwrap_or(wanted);
                layout::free_place(&self.scenario, settings.kind(), wanted)
            }
            None => wanted,
        };
        let (from, to) =
            if kind == EdgeKind::Publish { (node.clone(), other.clone()) } else { (other.clone(), node.clone()) };
        self.scenario.nodes.push(Node { id: node.clone(), label: Some(Text::Plain(label)), at, color: None, settings });
        self.scenario.edges.push(Edge::new(edge.clone(), kind, from, to));
        (node, edge)
    }

    /// The figures of everything that is drawn.
    pub fn figures(&mut self, broker: &Broker, now: Micros) -> BTreeMap<Id, NodeReport> {
        let known = broker.known();
        let mut reports = BTreeMap::new();
        for exchange in &known.exchanges {
            if let Some(id) = self.exchanges.get(&exchange.declared.name) {
                reports.insert(id.clone(), NodeReport::Exchange(of_exchange(exchange)));
            }
        }
        for queue in &known.queues {
            if let Some(id) = self.queues.get(&queue.declared.name) {
                let peak = self.peaks.entry(queue.declared.name.clone()).or_default();
                *peak = (*peak).max(queue.ready + queue.unacked);
                reports
                    .insert(id.clone(), NodeReport::Queue(QueueReport { depth_max: *peak, ..of_queue(queue, broker) }));
            }
        }
        for (target, (id, _)) in &self.publishers {
            let published = broker.published_to().get(target).copied().unwrap_or(0);
            let own = self.paces.entry(id.clone()).or_default().per_s(now, published);
            // What others have published is counted by the exchange.
            let told = match target {
                Target::Exchange(name) => known.exchanges.iter().find(|exchange| exchange.declared.name == *name),
                Target::Queue(_) => None,
            };
            let publishes_per_s = told.map_or(own, |exchange| exchange.receives_per_s.max(own));
            let published = told.map_or(published, |exchange| exchange.received.max(published));
            let report = ProducerReport { up: true, published, publishes_per_s, ..ProducerReport::default() };
            reports.insert(id.clone(), NodeReport::Producer(report));
        }
        for consumer in broker.consumers() {
            let Some((id, _)) = self.own.get(&consumer.number) else { continue };
            let processes_per_s = self.paces.entry(id.clone()).or_default().per_s(now, consumer.acked);
            let busy = if matches!(consumer.mode, Mode::ByHand) { consumer.held.len() } else { consumer.busy() } as u64;
            let report = ConsumerReport {
                up: consumer.state == State::Up,
                delivered: consumer.delivered,
                acked: consumer.acked,
                failed: consumer.failed,
                processed: consumer.acked,
                redelivered: consumer.redelivered,
                busy,
                waiting: consumer.held.len() as u64 - busy,
                utilisation_lately: if busy > 0 { 1.0 } else { 0.0 },
                processes_per_s,
                ..ConsumerReport::default()
            };
            reports.insert(id.clone(), NodeReport::Consumer(report));
        }
        for (queue, (id, _)) in &self.others {
            let Some(queue) = known.queue(queue) else { continue };
            let own: f64 =
                broker.consumers().iter().filter(|own| own.queue == queue.declared.name).fold(0.0, |sum, own| {
                    sum + self
                        .own
                        .get(&own.number)
                        .and_then(|(id, _)| self.paces.get(id))
                        .map_or(0.0, |pace| pace.per_s)
                });
            let report = ConsumerReport {
                up: true,
                processes_per_s: (queue.deliveries_per_s - own).max(0.0),
                ..ConsumerReport::default()
            };
            reports.insert(id.clone(), NodeReport::Consumer(report));
        }
        reports
    }

    /// The edges on which something was seen to move, and whether it had been delivered before.
    pub fn ways(&self, sight: &Sight) -> Vec<(Id, bool)> {
        match sight {
            Sight::Published { target, queues } => {
                let mut ways: Vec<Id> = self.publishers.get(target).map(|(_, edge)| edge.clone()).into_iter().collect();
                if let Target::Exchange(name) = target
                    && let Some(from) = self.exchanges.get(name)
                {
                    let ids: BTreeSet<&Id> = queues.iter().filter_map(|queue| self.queues.get(queue)).collect();
                    let bound =
                        self.scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Bind && edge.from == *from);
                    // Of several bindings to one queue, one has brought it there; which one is not told.
                    let mut reached = BTreeSet::new();
                    ways.extend(
                        bound
                            .filter(|edge| ids.contains(&edge.to) && reached.insert(edge.to.clone()))
                            .map(|edge| edge.id.clone()),
                    );
                }
                ways.into_iter().map(|edge| (edge, false)).collect()
            }
            Sight::Delivered { queue, consumer, redelivered } => {
                let to = match consumer {
                    Some(number) => self.own.get(number),
                    None => self.others.get(queue),
                };
                to.map(|(_, edge)| (edge.clone(), *redelivered)).into_iter().collect()
            }
        }
    }

    /// What a node of the drawing is at the broker.
    pub fn target(&self, id: &Id) -> Option<Target> {
        let find = |all: &BTreeMap<String, Id>| all.iter().find(|(_, own)| *own == id).map(|(name, _)| name.clone());
        find(&self.exchanges).map(Target::Exchange).or_else(|| find(&self.queues).map(Target::Queue))
    }

    /// The consumer of the page's own that a node is.
    pub fn consumer(&self, id: &Id) -> Option<u32> {
        self.own.iter().find(|(_, (node, _))| node == id).map(|(number, _)| *number)
    }
}

/// Where producers and consumers stand in a sketch, beside exchanges and queues by their places.
struct Places(Vec<(EdgeKind, Point, String, Point)>);

impl Places {
    fn of(sketch: &Scenario) -> Places {
        let edges = sketch.edges.iter().filter_map(|edge| {
            let (outside, inside) = match edge.kind {
                EdgeKind::Publish => (&edge.from, &edge.to),
                EdgeKind::Subscribe => (&edge.to, &edge.from),
                _ => return None,
            };
            let (outside, inside) = (sketch.node(outside)?, sketch.node(inside)?);
            let names = Language::ALL.map(|language| outside.name(language)).join("\n");
            Some((edge.kind, inside.at, names, outside.at))
        });
        Places(edges.collect())
    }

    /// The place for one more at something: that of who is called the same, or the next one.
    fn take(&mut self, kind: EdgeKind, inside: Option<&Node>, label: &str) -> Option<Point> {
        let at = inside?.at;
        let fits = |(own, place, _, _): &&(EdgeKind, Point, String, Point)| *own == kind && *place == at;
        let named = self.0.iter().position(|line| fits(&line) && line.2.lines().any(|name| name == label));
        let place = named.or_else(|| self.0.iter().position(|line| fits(&line)))?;
        Some(self.0.remove(place).3)
    }
}

fn of_exchange(exchange: &ExchangeState) -> ExchangeReport {
    ExchangeReport {
        up: true,
        received: exchange.received,
        routed: exchange.routed,
        receives_per_s: exchange.receives_per_s,
        ..ExchangeReport::default()
    }
}

fn of_queue(queue: &QueueState, broker: &Broker) -> QueueReport {
    QueueReport {
        up: true,
        ready: queue.ready,
        unacked: queue.unacked,
        enqueued: queue.published,
        delivered: queue.delivered,
        acked: queue.acked,
        redelivered: queue.redelivered,
        consumers: broker.consumers_of(&queue.declared.name),
        enqueues_per_s: queue.publishes_per_s,
        deliveries_per_s: queue.deliveries_per_s,
        ..QueueReport::default()
    }
}
