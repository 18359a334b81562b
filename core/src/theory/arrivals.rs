//! What arrives at each queue and service, and whether it arrives as a Poisson process.
//!
//! Splitting a Poisson process by routing keys, which are drawn independently, and adding up independent ones leaves
//! Poisson processes; a latency only delays them.

use std::collections::{BTreeMap, BTreeSet};

use super::WhyNot;
use super::predict::completion_per_s;
use crate::engine::Engine;
use crate::scenario::{
    ClientSettings, ConsumerSettings, Edge, EdgeKind, Headers, Id, NodeSettings, OnFailure, Pattern, ProducerSettings,
    Publish, QueueKind, QueueSettings, Scenario, Step, handler,
};

/// What one source sends to a node on one edge.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    pub(super) from: Id,
    /// Per second, where that is known.
    pub(super) per_s: Option<f64>,
    pub(super) latency_ms: f64,
    /// What keeps it from being a Poisson process; empty where it is one.
    pub(super) why_not: Vec<WhyNot>,
}

/// The feeds of all queues and services.
pub(super) struct Arrivals<'a> {
    pub(super) scenario: &'a Scenario,
    /// Asked for routes only, so that there is one router.
    router: Engine,
    from_producers: BTreeMap<&'a Id, Vec<Feed>>,
    /// Where each worker's handler publishes: its edge and how many of a handler's messages get to the queue.
    from_handlers: BTreeMap<&'a Id, Vec<(&'a Edge, f64)>>,
}

/// What arrives at a node, all together.
#[derive(Clone, Debug, Default)]
pub(super) struct Arriving {
    pub(super) feeds: Vec<Feed>,
    pub(super) why_not: Vec<WhyNot>,
}

impl Arriving {
    /// Per second, where that is known.
    pub(super) fn per_s(&self) -> Option<f64> {
        // One reason speaks of arrivals whose number nobody knows.
        let unknown = self.why_not.iter().any(|why| matches!(why, WhyNot::DeadLetters { .. }));
        if unknown { None } else { self.feeds.iter().try_fold(0.0, |sum, feed| Some(sum + feed.per_s?)) }
    }

    /// How long they are on their way, on average.
    pub(super) fn mean_latency_ms(&self) -> f64 {
        let weighted = |feed: &Feed| feed.per_s.unwrap_or(0.0) * feed.latency_ms;
        match self.per_s() {
            Some(per_s) if per_s > 0.0 => self.feeds.iter().map(weighted).sum::<f64>() / per_s,
            _ => 0.0,
        }
    }
}

/// The mean rate of a pattern per second, and what keeps it from being a Poisson process.
fn rate(id: &Id, pattern: &Pattern) -> (Option<f64>, Option<WhyNot>) {
    let node = id.clone();
    match *pattern {
        Pattern::Poisson { per_s } => (Some(per_s), None),
        Pattern::Constant { per_s } => (Some(per_s), Some(WhyNot::NotPoisson { node })),
        Pattern::Burst { size, every_ms } => {
            (Some(size as f64 * 1e3 / every_ms.max(1e-3)), Some(WhyNot::NotPoisson { node }))
        }
        Pattern::Profile(_) | Pattern::Once { .. } => (None, Some(WhyNot::RateChanges { node })),
        Pattern::ClosedLoop { .. } => (None, Some(WhyNot::ClosedLoop { node })),
    }
}

/// What is left of a rate at the end of an edge, on average.
fn travelled(edge: &Edge, per_s: Option<f64>, why_not: &mut Vec<WhyNot>) -> Option<f64> {
    if edge.loss > 0.0 || edge.duplicate > 0.0 {
        why_not.push(WhyNot::Lossy { edge: edge.id.clone() });
    }
    per_s.map(|per_s| per_s * (1.0 + edge.duplicate) * (1.0 - edge.loss))
}

impl<'a> Arrivals<'a> {
    pub(super) fn new(scenario: &'a Scenario) -> Arrivals<'a> {
        let mut arrivals = Arrivals {
            scenario,
            router: Engine::new(scenario),
            from_producers: BTreeMap::new(),
            from_handlers: BTreeMap::new(),
        };
        for edge in scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Publish) {
            let Some(from) = scenario.node(&edge.from) else { continue };
            match &from.settings {
                NodeSettings::Producer(producer) => arrivals.add_producer(edge, producer),
                settings => arrivals.add_handler(edge, settings.handler().unwrap_or_default()),
            }
        }
        // What comes on two edges comes in pairs.
        for feeds in arrivals.from_producers.values_mut() {
            let mut seen = BTreeSet::new();
            let twice: Vec<Id> =
                feeds.iter().map(|feed| feed.from.clone()).filter(|from| !seen.insert(from.clone())).collect();
            for feed in feeds.iter_mut().filter(|feed| twice.contains(&feed.from)) {
                feed.why_not.push(WhyNot::ComesTwice { node: feed.from.clone() });
            }
        }
        arrivals
    }

    /// The queues that a message gets to.
    fn route(&self, edge: &'a Edge, key: &str, headers: &Headers) -> Vec<&'a Id> {
        let ids = self.scenario.nodes.iter().map(|node| &node.id);
        match self.router.explain_route(&edge.to, key, headers) {
            Some(route) => ids.filter(|id| route.queues.contains(id)).collect(),
            // Straight to a queue.
            None => vec![&edge.to],
        }
    }

    fn add_producer(&mut self, edge: &'a Edge, producer: &'a ProducerSettings) {
        let template = &producer.message;
        let (per_s, mut why_not) = rate(&edge.from, &producer.pattern);
        let mut reasons: Vec<WhyNot> = why_not.take().into_iter().collect();
        let mut per_s = travelled(edge, per_s, &mut reasons);
        if let Some(confirms) = &producer.confirms
            && confirms.max_unconfirmed > 0
        {
            let round_trip_ms = 2.0 * edge.latency_ms + self.scenario.broker.confirm_ms;
            if round_trip_ms > 0.0 {
                reasons.push(WhyNot::WaitsForConfirms { node: edge.from.clone() });
                // The window lets no more through than this (Little).
                let most_per_s = confirms.max_unconfirmed as f64 / (round_trip_ms / 1e3);
                per_s = per_s.filter(|per_s| *per_s < most_per_s);
            }
        }
        let mut shares: BTreeMap<&'a Id, f64> = BTreeMap::new();
        if template.headers.keys().any(|name| name == "CC" || name == "BCC") {
            reasons.push(WhyNot::FurtherKeys { node: edge.from.clone() });
            per_s = None;
        }
        let total: f64 = template.routing_keys.iter().map(|key| key.weight).sum();
        let last = template.routing_keys.len().saturating_sub(1);
        for (place, key) in template.routing_keys.iter().enumerate() {
            // Without any weight the last one is drawn.
            let share = if total > 0.0 { key.weight / total } else { f64::from(u8::from(place == last)) };
            if share > 0.0 {
                for queue in self.route(edge, &key.key, &template.headers) {
                    *shares.entry(queue).or_default() += share;
                }
            }
        }
        if template.routing_keys.is_empty() {
            for queue in self.route(edge, "", &template.headers) {
                shares.insert(queue, 1.0);
            }
        }
        for (queue, share) in shares {
            let mut why_not = reasons.clone();
            if template.ttl_ms.is_some() {
                why_not.push(WhyNot::TimeToLive);
            }
            self.from_producers.entry(queue).or_default().push(Feed {
                from: edge.from.clone(),
                per_s: per_s.map(|per_s| per_s * share),
                latency_ms: edge.latency_ms,
                why_not,
            });
        }
    }

    fn add_handler(&mut self, edge: &'a Edge, handler: &'a [Step]) {
        let mut counts: BTreeMap<&'a Id, f64> = BTreeMap::new();
        handler::visit(handler, &mut |step, _| {
            if let Step::Publish(Publish { target, routing_key, .. }) = step
                && *target == edge.to
            {
                for queue in self.route(edge, routing_key, &Headers::new()) {
                    *counts.entry(queue).or_default() += 1.0;
                }
            }
        });
        for (queue, count) in counts {
            self.from_handlers.entry(queue).or_default().push((edge, count));
        }
    }

    /// What arrives at a queue. `above` are the nodes whose own arrivals are being asked for: what goes round has no known
    /// rate.
    pub(super) fn at_queue(&self, queue: &'a Id, above: &mut Vec<&'a Id>) -> Arriving {
        let mut arriving = Arriving::default();
        arriving.feeds.extend(self.from_producers.get(queue).into_iter().flatten().cloned());
        for (edge, count) in self.from_handlers.get(queue).into_iter().flatten() {
            arriving.feeds.push(self.worker_feed(edge, *count, above));
        }
        for (consumer, settings) in self.consumers() {
            if settings.on_failure == OnFailure::Retry && settings.retry.queue == *queue {
                arriving.feeds.push(Feed {
                    from: consumer.clone(),
                    per_s: None,
                    latency_ms: 0.0,
                    why_not: vec![WhyNot::FedByHandler { node: consumer.clone() }],
                });
            }
        }
        for (source, settings) in self.queues() {
            if self.makes_dead_letters(source, settings) && self.dead_letters_reach(settings, queue) {
                arriving.why_not.push(WhyNot::DeadLetters { node: source.clone() });
            }
        }
        arriving.finish()
    }

    /// What arrives at a service.
    pub(super) fn at_service(&self, service: &'a Id, above: &mut Vec<&'a Id>) -> Arriving {
        let mut arriving = Arriving::default();
        let calls = self.scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Call && edge.to == *service);
        for edge in calls {
            match self.scenario.node(&edge.from).map(|node| &node.settings) {
                Some(NodeSettings::Client(client)) => arriving.feeds.push(self.client_feed(edge, client)),
                Some(settings) => {
                    let mut count = 0.0;
                    handler::visit(settings.handler().unwrap_or_default(), &mut |step, _| {
                        count += f64::from(u8::from(matches!(step, Step::Call(call) if call.target == *service)));
                    });
                    if count > 0.0 {
                        arriving.feeds.push(self.worker_feed(edge, count, above));
                    }
                }
                None => {}
            }
        }
        arriving.finish()
    }

    fn client_feed(&self, edge: &'a Edge, client: &ClientSettings) -> Feed {
        let (per_s, why_not) = rate(&edge.from, &client.pattern);
        let mut why_not: Vec<WhyNot> = why_not.into_iter().collect();
        let mut per_s = travelled(edge, per_s, &mut why_not);
        let others = self.scenario.edges.iter().filter(|other| other.kind == EdgeKind::Call && other.from == edge.from);
        let turns = others.count();
        if turns > 1 {
            why_not.push(WhyNot::TakesTurns { node: edge.from.clone() });
            per_s = per_s.map(|per_s| per_s / turns as f64);
        }
        if client.retries > 0 && client.timeout_ms.is_some() {
            why_not.push(WhyNot::Retries { node: edge.from.clone() });
        }
        Feed { from: edge.from.clone(), per_s, latency_ms: edge.latency_ms, why_not }
    }

    /// What a worker's handler sends, so many times each time that it runs.
    fn worker_feed(&self, edge: &'a Edge, count: f64, above: &mut Vec<&'a Id>) -> Feed {
        let mut why_not = vec![WhyNot::FedByHandler { node: edge.from.clone() }];
        let per_s = completion_per_s(self, &edge.from, above).map(|per_s| per_s * count);
        let per_s = travelled(edge, per_s, &mut why_not);
        Feed { from: edge.from.clone(), per_s, latency_ms: edge.latency_ms, why_not }
    }

    fn queues(&self) -> impl Iterator<Item = (&'a Id, &'a QueueSettings)> {
        self.scenario.nodes.iter().filter_map(|node| match &node.settings {
            NodeSettings::Queue(settings) => Some((&node.id, settings)),
            _ => None,
        })
    }

    fn consumers(&self) -> impl Iterator<Item = (&'a Id, &'a ConsumerSettings)> {
        self.scenario.nodes.iter().filter_map(|node| match &node.settings {
            NodeSettings::Consumer(settings) => Some((&node.id, settings)),
            _ => None,
        })
    }

    /// Whether messages of a queue can die and go on as dead letters.
    fn makes_dead_letters(&self, queue: &Id, settings: &QueueSettings) -> bool {
        let rejects = |consumer: &Id| {
            self.scenario.edges.iter().any(|edge| edge.from == *queue && edge.to == *consumer)
                && self.consumers().any(|(id, settings)| {
                    id == consumer && settings.failure_rate > 0.0 && settings.on_failure != OnFailure::Requeue
                })
        };
        let expires =
            |(_, feeds): (&&Id, &Vec<Feed>)| feeds.iter().any(|feed| feed.why_not.contains(&WhyNot::TimeToLive));
        settings.dead_letter_exchange.is_some()
            && (settings.ttl_ms.is_some()
                || settings.max_length.is_some()
                || settings.max_length_bytes.is_some()
                || settings.kind == QueueKind::Quorum && settings.delivery_limit.is_some()
                || self.consumers().any(|(id, _)| rejects(id))
                || self.from_producers.iter().any(expires))
    }

    /// Whether dead letters of a queue with these settings may get to `queue`, whatever their keys are.
    fn dead_letters_reach(&self, settings: &QueueSettings, queue: &Id) -> bool {
        match (settings.dead_letter_exchange.as_deref(), settings.dead_letter_routing_key.as_deref()) {
            (None, _) => false,
            // The default exchange takes the key for the name of a queue.
            (Some(""), Some(key)) => key == queue.as_str(),
            (Some(""), None) => true,
            (Some(exchange), _) => {
                let mut reached = vec![exchange];
                let mut next = 0;
                while let Some(&at) = reached.get(next) {
                    next += 1;
                    let bindings = self.scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Bind);
                    let bound = bindings.filter(|edge| edge.from.as_str() == at).map(|edge| edge.to.as_str());
                    let alternate = match self.scenario.nodes.iter().find(|node| node.id.as_str() == at) {
                        Some(node) => match &node.settings {
                            NodeSettings::Exchange(exchange) => exchange.alternate_exchange.as_deref(),
                            _ => None,
                        },
                        None => None,
                    };
                    for further in bound.chain(alternate) {
                        if !reached.contains(&further) {
                            reached.push(further);
                        }
                    }
                }
                reached.contains(&queue.as_str())
            }
        }
    }
}

impl Arriving {
    /// Puts the reasons of all feeds together, each once.
    fn finish(mut self) -> Arriving {
        for feed in &self.feeds {
            for why in &feed.why_not {
                if !self.why_not.contains(why) {
                    self.why_not.push(why.clone());
                }
            }
        }
        if self.feeds.iter().all(|feed| feed.per_s == Some(0.0)) && self.why_not.is_empty() {
            self.why_not.push(WhyNot::NothingArrives);
        }
        self
    }
}
