//! Which model a queue or a service is, and what follows.

use super::arrivals::{Arrivals, Arriving};
use super::formulas::{self, Steady};
use super::service::{ServiceTime, Shape};
use super::{Comparison, Model, Prediction, Quantity, WhyNot};
use crate::scenario::{
    AckMode, ConsumerSettings, Edge, EdgeKind, Id, NodeSettings, OnFailure, QueueKind, QueueSettings, Scenario,
    ServiceSettings,
};

/// A limit that is reached less often than this is none.
const NEVER: f64 = 1e-9;

/// What theory predicts of each queue and each service, in the order of the document.
pub fn of(scenario: &Scenario) -> Vec<Prediction> {
    let arrivals = Arrivals::new(scenario);
    let predicted = scenario.nodes.iter().filter_map(|node| match &node.settings {
        NodeSettings::Queue(settings) => Some(of_queue(&arrivals, &node.id, settings)),
        NodeSettings::Service(settings) => Some(of_service(&arrivals, &node.id, settings)),
        _ => None,
    });
    predicted.collect()
}

/// One or more servers that are alike.
#[derive(Clone, Copy, Debug)]
struct Servers {
    count: u32,
    /// How long each is taken by one message; `None`: nobody knows.
    time: Option<ServiceTime>,
    /// What they get done per second.
    capacity_per_s: Option<f64>,
}

/// A consumer of a queue.
struct Serving<'a> {
    edge: &'a Edge,
    settings: &'a ConsumerSettings,
    servers: Servers,
    /// Whether all that waits, waits in the queue, and not in the consumer's hands.
    waits_in_queue: bool,
}

/// What a node is before anything is computed.
struct Station {
    node: Id,
    arriving: Arriving,
    groups: Vec<Servers>,
    /// Whether its backlog may grow for ever.
    unlimited: bool,
    why_not: Vec<WhyNot>,
}

fn of_queue(arrivals: &Arrivals<'_>, id: &Id, settings: &QueueSettings) -> Prediction {
    let scenario = arrivals.scenario;
    let arriving = arrivals.at_queue(id, &mut vec![id]);
    let mut why_not = disturbances(scenario);
    why_not.extend(arriving.why_not.iter().cloned());
    let consumers: Vec<Serving<'_>> = subscriptions_to(scenario, id)
        .filter_map(|edge| consumer_of(scenario, &edge.to).map(|consumer| serving(edge, consumer)))
        .collect();
    let several = consumers.len() > 1;
    let classic = settings.kind == QueueKind::Classic;
    let alone = |serving: &Serving<'_>| serving.settings.exclusive;
    if settings.single_active_consumer || classic && settings.exclusive || consumers.iter().any(alone) {
        why_not.extend(several.then_some(WhyNot::OneConsumerOnly));
    }
    why_not.extend(settings.ttl_ms.map(|_| WhyNot::TimeToLive));
    why_not.extend(settings.max_priority.filter(|_| classic).map(|_| WhyNot::Priorities));
    why_not.extend(consumers.is_empty().then_some(WhyNot::NoConsumers));
    for Serving { edge, settings, servers, waits_in_queue } in &consumers {
        let node = edge.to.clone();
        let hoards = several && !waits_in_queue && settings.batch_size.is_none();
        let waits_for_delivery =
            edge.latency_ms > 0.0 && has_window(settings) && (several || servers.count > 1 || !waits_in_queue);
        let shared =
            scenario.edges.iter().filter(|other| other.kind == EdgeKind::Subscribe && other.to == node).count() > 1;
        why_not.extend(shared.then(|| WhyNot::SharedConsumer { node: node.clone() }));
        why_not.extend(settings.batch_size.map(|_| WhyNot::TakesBatches { node: node.clone() }));
        why_not.extend(hoards.then(|| WhyNot::Hoarding { node: node.clone() }));
        why_not.extend((settings.failure_rate > 0.0).then(|| WhyNot::Failures { node: node.clone() }));
        why_not.extend(waits_for_delivery.then(|| WhyNot::DeliveryLatency { edge: edge.id.clone() }));
        let lossy = edge.loss > 0.0 || edge.duplicate > 0.0;
        why_not.extend(lossy.then(|| WhyNot::Lossy { edge: edge.id.clone() }));
        why_not.extend(unknown_time(&node, servers));
    }
    // Of a consumer that takes from several queues nobody knows what is left for this one.
    let shared = why_not.iter().any(|why| matches!(why, WhyNot::SharedConsumer { .. } | WhyNot::OneConsumerOnly));
    let groups = consumers.iter().map(|serving| {
        let capacity_per_s = serving.servers.capacity_per_s.filter(|_| !shared);
        Servers { capacity_per_s, ..serving.servers }
    });
    let station = Station {
        node: id.clone(),
        arriving,
        groups: groups.collect(),
        unlimited: settings.ttl_ms.is_none() && settings.max_length.is_none() && settings.max_length_bytes.is_none(),
        why_not,
    };
    // A limit in bytes says nothing of how many messages there may be.
    let room = match (settings.max_length, settings.max_length_bytes) {
        (_, Some(_)) => Some(0),
        (length, None) => length,
    };
    let mut prediction = station.predict(room);
    compare_queue(&mut prediction, &consumers, station.arriving.mean_latency_ms());
    prediction
}

fn of_service(arrivals: &Arrivals<'_>, id: &Id, settings: &ServiceSettings) -> Prediction {
    let arriving = arrivals.at_service(id, &mut vec![id]);
    let mut why_not = disturbances(arrivals.scenario);
    why_not.extend(arriving.why_not.iter().cloned());
    why_not.extend((settings.failure_rate > 0.0).then(|| WhyNot::Failures { node: id.clone() }));
    let servers = service_servers(settings);
    why_not.extend(unknown_time(id, &servers));
    let station = Station { node: id.clone(), arriving, groups: vec![servers], unlimited: false, why_not };
    let mut prediction = station.predict(Some(settings.backlog_limit));
    compare_service(&mut prediction, arrivals.scenario);
    prediction
}

impl Station {
    /// Which model it is, and what follows; `room` is how many may wait, where there is a limit.
    fn predict(&self, room: Option<u64>) -> Prediction {
        let mut why_not = self.why_not.clone();
        let arrival_per_s = self.arriving.per_s();
        let servers = self.groups.iter().map(|group| group.count).fold(0, u32::saturating_add);
        // Where nobody takes anything out, nothing gets done, and that is known.
        let capacity_per_s = self.groups.iter().try_fold(0.0, |sum, group| Some(sum + group.capacity_per_s?));
        let utilisation = match (arrival_per_s, capacity_per_s) {
            (Some(arrivals), Some(capacity)) if capacity > 0.0 => Some(arrivals / capacity),
            _ => None,
        };
        let stable =
            arrival_per_s.zip(capacity_per_s).map(|(arrivals, capacity)| arrivals < capacity || arrivals == 0.0);
        let time = self.groups.first().and_then(|group| group.time);
        let alike = self.groups.iter().all(|group| group.time == time);
        if !alike {
            why_not.push(WhyNot::DifferentServers);
        }
        if servers > 1 && time.is_some_and(|time| time.shape != Shape::Exponential) && alike {
            why_not.push(WhyNot::SeveralServers);
        }
        // What is unstable reaches any limit; of what is not known there is another reason already.
        if let (Some(room), Some(time), Some(utilisation)) = (room, time, utilisation)
            && formulas::overflow_probability(utilisation, time.variation_squared(), room as f64) > NEVER
        {
            why_not.push(WhyNot::Limited);
        }
        let service_per_s = time.filter(|time| alike && time.mean_ms > 0.0).map(|time| 1e3 / time.mean_ms);
        let mut prediction = Prediction {
            node: self.node.clone(),
            model: if utilisation.is_some() || stable.is_some() { Model::Rates } else { Model::Unknown },
            arrival_per_s,
            service_per_s,
            servers,
            capacity_per_s,
            utilisation,
            stable,
            growth_per_s: None,
            steady: None,
            comparisons: Vec::new(),
            why_not,
        };
        if let (Some(arrivals), Some(capacity), Some(false)) = (arrival_per_s, capacity_per_s, stable)
            && self.unlimited
        {
            prediction.growth_per_s = Some(arrivals - capacity);
        }
        if let (true, Some(arrivals), Some(service), Some(time)) =
            (prediction.why_not.is_empty(), arrival_per_s, service_per_s, time)
        {
            let seconds = (time.mean_ms / 1e3, time.variance_ms2 / 1e6);
            let (model, steady) = match (time.shape, servers) {
                (Shape::Exponential, 1) => (Model::MM1, formulas::m_m_c(arrivals, service, 1)),
                (Shape::Exponential, _) => (Model::MMC, formulas::m_m_c(arrivals, service, servers)),
                (Shape::Constant, _) => (Model::MD1, formulas::m_g_1(arrivals, seconds.0, 0.0)),
                (Shape::General, _) => (Model::MG1, formulas::m_g_1(arrivals, seconds.0, seconds.1)),
            };
            (prediction.model, prediction.steady) = (model, steady);
        }
        prediction
    }
}

impl Prediction {
    fn compare(&mut self, quantity: Quantity, node: &Id, figure: &str, predicted: f64) {
        self.comparisons.push(Comparison { quantity, measure: format!("nodes.{node}.{figure}"), predicted });
    }
}

/// What of a queue's figures, and of its consumer's, is predicted.
fn compare_queue(prediction: &mut Prediction, consumers: &[Serving<'_>], arrival_latency_ms: f64) {
    let Some(Steady { wait_ms, sojourn_ms, inside, .. }) = prediction.steady else { return };
    let queue = prediction.node.clone();
    if consumers.iter().all(|serving| serving.waits_in_queue) {
        prediction.compare(Quantity::Wait, &queue, "wait_ms.mean", wait_ms);
        let percentiles =
            [(Quantity::WaitP50, "p50", 0.50), (Quantity::WaitP95, "p95", 0.95), (Quantity::WaitP99, "p99", 0.99)];
        for (quantity, name, part) in percentiles {
            if let Some(predicted) = prediction.wait_percentile_ms(part) {
                prediction.compare(quantity, &queue, &format!("wait_ms.{name}"), predicted);
            }
        }
    }
    // What is acked automatically is gone when it is sent.
    if consumers.iter().all(|serving| serving.settings.ack_mode == AckMode::Manual) {
        // Sent at once and held in the consumer's hands, a message is unacked on its way there and back as well.
        let travelling_s = match consumers {
            [serving] if !has_window(serving.settings) => 2.0 * serving.edge.latency_ms / 1e3,
            _ => 0.0,
        };
        let travelling = prediction.arrival_per_s.unwrap_or(0.0) * travelling_s;
        prediction.compare(Quantity::Inside, &queue, "depth_mean", inside + travelling);
    }
    // Of several consumers each may have another share.
    if let [serving] = consumers {
        let Serving { edge, settings, servers, .. } = serving;
        // The time of the ack is part of the service where a server waits for it, but of nothing that a message sees.
        let latency_ms = if has_window(settings) { -edge.latency_ms } else { edge.latency_ms };
        let end_to_end_ms = arrival_latency_ms + sojourn_ms + latency_ms;
        prediction.compare(Quantity::Sojourn, &edge.to, "end_to_end_ms.mean", end_to_end_ms);
        if let (Some(arrivals), Some(time)) = (prediction.arrival_per_s, servers.time) {
            let held_ms = if has_window(settings) { 2.0 * edge.latency_ms } else { 0.0 };
            let busy = arrivals * (time.mean_ms - held_ms) / 1e3 / f64::from(settings.concurrency.max(1));
            prediction.compare(Quantity::Utilisation, &edge.to, "utilisation", busy);
        }
    }
}

/// What of a service's figures, and of its client's, is predicted.
fn compare_service(prediction: &mut Prediction, scenario: &Scenario) {
    let (Some(steady), Some(utilisation)) = (prediction.steady, prediction.utilisation) else { return };
    let service = prediction.node.clone();
    prediction.compare(Quantity::Sojourn, &service, "handling_ms.mean", steady.sojourn_ms);
    prediction.compare(Quantity::Utilisation, &service, "utilisation", utilisation);
    let calls = scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Call && edge.to == service);
    for edge in calls {
        // Of those who wait no longer than their time-out only the lucky ones are measured.
        if let Some(NodeSettings::Client(client)) = scenario.node(&edge.from).map(|node| &node.settings)
            && client.timeout_ms.is_none()
        {
            let response_ms = steady.sojourn_ms + 2.0 * edge.latency_ms;
            prediction.compare(Quantity::Sojourn, &edge.from, "response_ms.mean", response_ms);
        }
    }
}

/// What keeps a run from ever being steady.
fn disturbances(scenario: &Scenario) -> Vec<WhyNot> {
    let faults = !scenario.faults.is_empty() || scenario.chaos.faults_per_min > 0.0;
    let edits = !scenario.edits.is_empty();
    faults.then_some(WhyNot::Faults).into_iter().chain(edits.then_some(WhyNot::Edits)).collect()
}

fn subscriptions_to<'a>(scenario: &'a Scenario, queue: &'a Id) -> impl Iterator<Item = &'a Edge> {
    scenario.edges.iter().filter(move |edge| edge.kind == EdgeKind::Subscribe && edge.from == *queue)
}

fn consumer_of<'a>(scenario: &'a Scenario, id: &Id) -> Option<&'a ConsumerSettings> {
    match &scenario.node(id)?.settings {
        NodeSettings::Consumer(settings) => Some(settings),
        _ => None,
    }
}

/// Why a service time is not known, or of no use.
fn unknown_time(node: &Id, servers: &Servers) -> Option<WhyNot> {
    match servers.time {
        None => Some(WhyNot::ServiceTimeUnknown { node: node.clone() }),
        Some(time) if time.mean_ms <= 0.0 => Some(WhyNot::NoServiceTime { node: node.clone() }),
        Some(_) => None,
    }
}

/// Whether a consumer may hold so many messages and no more.
fn has_window(settings: &ConsumerSettings) -> bool {
    settings.ack_mode == AckMode::Manual && settings.prefetch_count > 0 && settings.batch_size.is_none()
}

fn serving<'a>(edge: &'a Edge, settings: &'a ConsumerSettings) -> Serving<'a> {
    let window = settings.prefetch_count;
    let waits_in_queue = has_window(settings) && window <= settings.concurrency;
    let count = if waits_in_queue { window } else { settings.concurrency };
    // A server that may hold one message waits while the ack is on its way, and then for the next delivery.
    let held = ServiceTime::constant(if has_window(settings) { 2.0 * edge.latency_ms } else { 0.0 });
    let work = ServiceTime::of(&settings.handler);
    let time = work.map(|time| time.then(held));
    Serving {
        edge,
        settings,
        servers: Servers { count, time, capacity_per_s: capacity(edge, settings, work) },
        waits_in_queue,
    }
}

/// What a consumer gets done per second.
fn capacity(edge: &Edge, settings: &ConsumerSettings, work: Option<ServiceTime>) -> Option<f64> {
    let work_ms = work?.mean_ms;
    if work_ms <= 0.0 {
        return None;
    }
    let by_slots = f64::from(settings.concurrency) / work_ms;
    let by_window = if has_window(settings) {
        f64::from(settings.prefetch_count) / (work_ms + 2.0 * edge.latency_ms)
    } else {
        f64::INFINITY
    };
    let by_batches = settings.batch_size.map_or(f64::INFINITY, |size| f64::from(size) / settings.interval_ms);
    // What fails and comes back is worked on again.
    let done = if settings.on_failure == OnFailure::Requeue { 1.0 - settings.failure_rate } else { 1.0 };
    Some(by_slots.min(by_window).min(by_batches) * 1e3 * done)
}

fn service_servers(settings: &ServiceSettings) -> Servers {
    let time = ServiceTime::of(&settings.handler);
    let known = time.filter(|time| time.mean_ms > 0.0);
    let capacity_per_s = known.map(|time| f64::from(settings.concurrency) * 1e3 / time.mean_ms);
    Servers { count: settings.concurrency, time, capacity_per_s }
}

/// How often per second a worker's handler comes to its end, in the long run; `None` where nobody knows, as where
/// something goes round.
pub(super) fn completion_per_s<'a>(arrivals: &Arrivals<'a>, worker: &Id, above: &mut Vec<&'a Id>) -> Option<f64> {
    let scenario = arrivals.scenario;
    let node = scenario.node(worker)?;
    if above.contains(&&node.id) {
        return None;
    }
    above.push(&node.id);
    let per_s = match &node.settings {
        NodeSettings::Service(settings) if settings.failure_rate == 0.0 => {
            let (coming, capacity) =
                (arrivals.at_service(&node.id, above).per_s(), service_servers(settings).capacity_per_s);
            coming.zip(capacity).map(|(coming, capacity)| coming.min(capacity))
        }
        NodeSettings::Consumer(settings) if settings.failure_rate == 0.0 => {
            let edges = scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Subscribe && edge.to == node.id);
            let edges: Vec<&Edge> = edges.collect();
            match edges[..] {
                // Where others take from the same queue, nobody knows who gets how much.
                [edge] if subscriptions_to(scenario, &edge.from).count() == 1 && !above.contains(&&edge.from) => {
                    above.push(&edge.from);
                    let coming = arrivals.at_queue(&edge.from, above).per_s();
                    above.pop();
                    let capacity = serving(edge, settings).servers.capacity_per_s;
                    coming.zip(capacity).map(|(coming, capacity)| coming.min(capacity))
                }
                _ => None,
            }
        }
        _ => None,
    };
    above.pop();
    per_s
}
