//! A run's figures, as they are shown, sent and printed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::event::Spot;
use super::histogram::DistributionReport;
use super::incident::{Incident, IncidentReport};
use super::ledger::{Drops, Ledger, Place};
use super::node::slots::{Job, Worker};
use super::world::NodeEntry;
use super::{Engine, Member};
use crate::base::Micros;
use crate::scenario::{BROKER, Id, Step};

/// All figures of a run at one instant: `mqp run --json`, and the `state` message of embeds.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The simulated time.
    pub time_us: Micros,
    /// The seed of the run.
    pub seed: u64,
    /// The fingerprint of everything that happened: 16 hexadecimal digits.
    pub trace_hash: String,
    /// Where all copies are.
    pub ledger: Ledger,
    /// The figures of each node, by id.
    pub nodes: BTreeMap<Id, NodeReport>,
    /// What went wrong, oldest first; the last thousand.
    pub incidents: Vec<IncidentReport>,
}

/// The figures of one node.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NodeReport {
    /// Of a producer.
    Producer(ProducerReport),
    /// Of an exchange.
    Exchange(ExchangeReport),
    /// Of a queue.
    Queue(QueueReport),
    /// Of a consumer.
    Consumer(ConsumerReport),
    /// Of a client.
    Client(ClientReport),
    /// Of a service.
    Service(ServiceReport),
    /// Of a database.
    Database(DatabaseReport),
}

impl NodeReport {
    /// Whether the node is up; of a queue: whether its broker is.
    pub fn up(&self) -> bool {
        match self {
            NodeReport::Producer(report) => report.up,
            NodeReport::Exchange(report) => report.up,
            NodeReport::Queue(report) => report.up,
            NodeReport::Consumer(report) => report.up,
            NodeReport::Client(report) => report.up,
            NodeReport::Service(report) => report.up,
            NodeReport::Database(report) => report.up,
        }
    }

    /// What was dropped here, by reason; nothing, where no messages pass.
    pub fn dropped(&self) -> Drops {
        match self {
            NodeReport::Producer(report) => report.dropped,
            NodeReport::Exchange(report) => report.dropped,
            NodeReport::Queue(report) => report.dropped,
            NodeReport::Consumer(report) => report.dropped,
            NodeReport::Service(report) => report.dropped,
            NodeReport::Client(_) | NodeReport::Database(_) => Drops::default(),
        }
    }
}

/// The figures of a client.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClientReport {
    /// Whether it is up.
    pub up: bool,
    /// Requests it began: `succeeded + failed + open`.
    pub requests: u64,
    /// Requests that were answered well.
    pub succeeded: u64,
    /// Requests that failed in the end.
    pub failed: u64,
    /// Requests that are neither yet.
    pub open: u64,
    /// Attempts after the first.
    pub retried: u64,
    /// From the beginning of a request until its good answer.
    pub response_ms: DistributionReport,
    /// Requests begun per second lately.
    pub requests_per_s: f64,
    /// Requests that succeeded per second lately.
    pub succeeded_per_s: f64,
    /// Requests that failed per second lately.
    pub failed_per_s: f64,
}

impl ClientReport {
    /// The failed part of what was answered lately, 0 to 1.
    pub fn failed_share_lately(&self) -> f64 {
        let answered = self.failed_per_s + self.succeeded_per_s;
        if answered == 0.0 { 0.0 } else { self.failed_per_s / answered }
    }
}

/// The figures of a service.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ServiceReport {
    /// Whether it is up.
    pub up: bool,
    /// Requests whose handler ended well.
    pub handled: u64,
    /// Requests whose handler failed, or that a crash took.
    pub failed: u64,
    /// Requests that were not taken: it was down, or redeployed, or its backlog was full.
    pub refused: u64,
    /// Messages that its handler published.
    pub published: u64,
    /// Messages that were on an edge from here when it was removed.
    pub dropped: Drops,
    /// Slots that are taken.
    pub busy: u64,
    /// Requests that wait for a slot.
    pub waiting: u64,
    /// The busy part of its slots since it is there, or is measured, 0 to 1.
    pub utilisation: f64,
    /// The busy part of its slots in about the last second, 0 to 1.
    pub utilisation_lately: f64,
    /// Handlers that ended well, per second lately.
    pub handles_per_s: f64,
    /// From the arrival of a request until its handler ended well.
    pub handling_ms: DistributionReport,
    /// Until when it refuses requests because new steps are deployed.
    pub redeploying_until_us: Option<Micros>,
}

/// The figures of a database.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DatabaseReport {
    /// Whether it is up.
    pub up: bool,
    /// Calls that reached it while it was up.
    pub calls: u64,
    /// Calls that it answered well.
    pub answered: u64,
    /// Calls that it refused: it was asked more than it can take, or was down.
    pub rejected: u64,
    /// Calls that failed, or that a crash took.
    pub failed: u64,
    /// How often it crashed.
    pub crashes: u64,
    /// Calls that it works on, and calls that wait for room.
    pub open: u64,
    /// Calls of the last second (t − 1 s, t].
    pub rate_per_s: u64,
    /// The most calls that there were within a second.
    pub rate_max_per_s: u64,
    /// From the arrival of a call until its good answer.
    pub answer_ms: DistributionReport,
    /// When it is back from a restart that has begun.
    pub back_at_us: Option<Micros>,
}

/// A change of a service's steps while it ran.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// The steps before.
    pub before: Vec<Step>,
    /// When it began.
    pub began_us: Micros,
    /// Until when new requests are refused.
    pub until_us: Micros,
}

/// What is wrong with a node that is not down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// Whether it stands still.
    pub stalled: bool,
    /// How many times as long its work takes.
    pub slow: f64,
    /// The share of its work that fails for a fault.
    pub error_rate: f64,
}

impl Default for Condition {
    fn default() -> Condition {
        Condition { stalled: false, slow: 1.0, error_rate: 0.0 }
    }
}

/// The figures of an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EdgeReport {
    /// Whether it is cut.
    pub cut: bool,
    /// Whether its traffic is held.
    pub held: bool,
    /// What waits on it because it is held.
    pub waiting: u64,
    /// How long it takes now, with a fault's share, in milliseconds.
    pub latency_ms: f64,
    /// How much of that is a fault's.
    pub fault_latency_ms: f64,
    /// The share that is lost now, 0 to 1.
    pub loss: f64,
    /// The share that arrives twice now, 0 to 1.
    pub duplicate: f64,
    /// Messages, requests and answers that were lost on it.
    pub lost: u64,
    /// Of those, messages that are gone with it: what the ledger counts as lost in the network.
    pub copies_lost: u64,
    /// Those that arrived twice.
    pub duplicated: u64,
}

/// The figures of a producer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProducerReport {
    /// Whether it is up.
    pub up: bool,
    /// Messages it published.
    pub published: u64,
    /// Publishes that the broker confirmed.
    pub confirmed: u64,
    /// Publishes that the broker refused.
    pub nacked: u64,
    /// Messages that came back as unroutable.
    pub returned: u64,
    /// Publishes that wait for their confirm.
    pub unconfirmed: u64,
    /// Messages that are due and wait in the producer: the broker blocks it, or too many are unconfirmed.
    pub held_back: u64,
    /// Messages that were on an edge from here when it was removed.
    pub dropped: Drops,
    /// Whether the broker's memory alarm blocks it.
    pub blocked: bool,
    /// Publishes per second lately.
    pub publishes_per_s: f64,
}

/// The figures of an exchange.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ExchangeReport {
    /// Whether its broker is up.
    pub up: bool,
    /// Messages that reached it: published to it, dead-lettered to it, or from another exchange.
    pub received: u64,
    /// Messages that it gave away, one for each queue or exchange of a binding.
    pub routed: u64,
    /// Messages that no queue took, and that were dropped here.
    pub dropped: Drops,
    /// Of those, the mandatory ones, which came back to their producer.
    pub returned: u64,
    /// Messages that reached it per second lately.
    pub receives_per_s: f64,
}

/// The figures of a queue.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct QueueReport {
    /// Whether its broker is up.
    pub up: bool,
    /// Messages that wait.
    pub ready: u64,
    /// Messages that were delivered and not yet acked.
    pub unacked: u64,
    /// The largest depth (ready and unacked) so far.
    pub depth_max: u64,
    /// The depth on average since the queue is there, or is measured.
    pub depth_mean: f64,
    /// Messages it took in.
    pub enqueued: u64,
    /// Deliveries it made, redeliveries included.
    pub delivered: u64,
    /// Messages that were done with.
    pub acked: u64,
    /// Deliveries of a message that had been delivered before.
    pub redelivered: u64,
    /// Messages that died here and were published to the dead-letter exchange.
    pub dead_lettered: u64,
    /// Consumers that have subscribed.
    pub consumers: u64,
    /// Whether it was deleted, having expired or lost its last consumer; it is declared again when one subscribes.
    pub deleted: bool,
    /// Messages it lost, by reason.
    pub dropped: Drops,
    /// From the time a message was taken in until it was delivered.
    pub wait_ms: DistributionReport,
    /// How long the message at the head has been there.
    pub oldest_ms: Option<f64>,
    /// Messages taken in per second lately.
    pub enqueues_per_s: f64,
    /// Copies that came back to it per second lately.
    pub requeues_per_s: f64,
    /// Deliveries per second lately.
    pub deliveries_per_s: f64,
}

impl QueueReport {
    /// Ready and unacked messages: the backlog.
    pub fn depth(&self) -> u64 {
        self.ready + self.unacked
    }
}

/// The figures of a consumer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ConsumerReport {
    /// Whether it is up.
    pub up: bool,
    /// Deliveries it was sent, redeliveries included.
    pub delivered: u64,
    /// Messages it was done with.
    pub acked: u64,
    /// Handlers that failed.
    pub failed: u64,
    /// Messages that its handler published, and those that it put into its delay queue.
    pub published: u64,
    /// Whether a queue refused it, because another consumer has it for itself.
    pub refused: bool,
    /// Effects it carried out.
    pub processed: u64,
    /// Messages it knew already and left alone.
    pub deduplicated: u64,
    /// Deliveries of a message that had been delivered before.
    pub redelivered: u64,
    /// Messages that were lost in its hands, or on an edge from it that was removed, by reason.
    pub dropped: Drops,
    /// Slots that are taken.
    pub busy: u64,
    /// Messages in its hands that wait for a slot.
    pub waiting: u64,
    /// The busy part of its slots since it is there, or is measured, 0 to 1.
    pub utilisation: f64,
    /// The busy part of its slots in about the last second, 0 to 1.
    pub utilisation_lately: f64,
    /// From the time a message was published until its handler ended.
    pub end_to_end_ms: DistributionReport,
    /// Handlers that ended, per second lately.
    pub processes_per_s: f64,
}

/// A message in a consumer's slot, or a request in a service's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorkReport {
    /// The copy's number, or the request's.
    pub copy: u64,
    /// Which step of the handler it is at, from 0 on.
    pub step: u32,
    /// Whether it waits for another system: nobody knows until when.
    pub waits: bool,
    /// Whether it was delivered before.
    pub redelivered: bool,
    /// When the present step began.
    pub began_at: Micros,
    /// When the present step ends.
    pub ends_at: Micros,
}

/// A message that waits in a queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaitingMessage {
    /// The copy's number.
    pub copy: u64,
    /// Whether it was delivered before.
    pub redelivered: bool,
}

impl Engine {
    /// All figures, now.
    pub fn report(&self) -> Report {
        let nodes = self.node_indices.keys().filter_map(|id| Some((id.clone(), self.node_report(id)?)));
        Report {
            time_us: self.world.now,
            seed: self.seed,
            trace_hash: self.trace_hash(),
            ledger: self.world.ledger,
            nodes: nodes.collect(),
            incidents: self.incidents(),
        }
    }

    /// The figures of one node, now; `None` where there is no such node.
    pub fn node_report(&self, id: &Id) -> Option<NodeReport> {
        let now = self.world.now;
        let NodeEntry { member, dropped, .. } = self.world.nodes[self.node_index_of(id)?.0 as usize];
        Some(match member {
            Member::Producer(index) => {
                let producer = &self.world.producers[index.0 as usize];
                NodeReport::Producer(ProducerReport {
                    up: producer.up,
                    published: producer.published,
                    confirmed: producer.confirmed,
                    nacked: producer.nacked,
                    returned: producer.returned,
                    unconfirmed: producer.unconfirmed,
                    held_back: producer.held_back,
                    dropped,
                    blocked: self.world.memory_alarm,
                    publishes_per_s: producer.publishes.per_second(now),
                })
            }
            Member::Exchange(index) => {
                let state = &self.world.exchanges[index.0 as usize - 1];
                NodeReport::Exchange(ExchangeReport {
                    up: self.broker.is_up(),
                    received: state.received,
                    routed: state.routed,
                    dropped,
                    returned: state.returned,
                    receives_per_s: state.receipts.per_second(now),
                })
            }
            Member::Queue(index) => {
                let state = &self.world.queues[index.0 as usize];
                let queue = self.broker.queue(index);
                NodeReport::Queue(QueueReport {
                    up: self.broker.is_up(),
                    ready: queue.ready(),
                    unacked: queue.unacked(),
                    depth_max: state.depth_most,
                    depth_mean: state.depth_mean(now),
                    enqueued: state.enqueued,
                    delivered: state.delivered,
                    acked: state.acked,
                    redelivered: state.redelivered,
                    dead_lettered: state.dead_lettered,
                    consumers: queue.consumers(),
                    deleted: queue.deleted,
                    dropped,
                    wait_ms: queue.wait().report(),
                    oldest_ms: queue.head().map(|copy| (now - self.world.copies.get(copy).enqueued_at).as_ms()),
                    enqueues_per_s: state.arrivals.per_second(now),
                    requeues_per_s: state.requeues.per_second(now),
                    deliveries_per_s: state.deliveries.per_second(now),
                })
            }
            Member::Consumer(index) => {
                let consumer = &self.world.consumers[index.0 as usize];
                NodeReport::Consumer(ConsumerReport {
                    up: consumer.up,
                    delivered: consumer.delivered,
                    acked: consumer.acked,
                    failed: consumer.failed,
                    published: consumer.published,
                    refused: consumer.refused,
                    processed: consumer.processed,
                    deduplicated: consumer.deduplicated,
                    redelivered: consumer.redelivered,
                    dropped,
                    busy: consumer.slots.working.len() as u64,
                    waiting: consumer.waiting.len() as u64,
                    utilisation: consumer.slots.utilisation(now),
                    utilisation_lately: consumer.slots.utilisation_lately(now),
                    end_to_end_ms: consumer.end_to_end.report(),
                    processes_per_s: consumer.processing.per_second(now),
                })
            }
            Member::Client(index) => {
                let client = &self.world.clients[index.0 as usize];
                NodeReport::Client(ClientReport {
                    up: client.up,
                    requests: client.requests,
                    succeeded: client.succeeded,
                    failed: client.failed,
                    open: client.open(),
                    retried: client.retried,
                    response_ms: client.response.report(),
                    requests_per_s: client.requesting.per_second(now),
                    succeeded_per_s: client.succeeding.per_second(now),
                    failed_per_s: client.failing.per_second(now),
                })
            }
            Member::Service(index) => {
                let service = &self.world.services[index.0 as usize];
                let deployment = service.deployment.as_ref().filter(|_| service.redeploying);
                NodeReport::Service(ServiceReport {
                    up: service.up,
                    handled: service.handled,
                    failed: service.failed,
                    refused: service.refused,
                    published: service.published,
                    dropped,
                    busy: service.slots.working.len() as u64,
                    waiting: service.backlog.len() as u64,
                    utilisation: service.slots.utilisation(now),
                    utilisation_lately: service.slots.utilisation_lately(now),
                    handles_per_s: service.handling.per_second(now),
                    handling_ms: service.handling_time.report(),
                    redeploying_until_us: deployment.map(|deployment| deployment.until_us),
                })
            }
            Member::Database(index) => {
                let database = &self.world.databases[index.0 as usize];
                NodeReport::Database(DatabaseReport {
                    up: database.up,
                    calls: database.calls,
                    answered: database.answered,
                    rejected: database.rejected,
                    failed: database.failed,
                    crashes: database.crashes,
                    open: database.open,
                    rate_per_s: database.arrivals.count(now),
                    rate_max_per_s: database.most_per_s,
                    answer_ms: database.answering.report(),
                    back_at_us: database.back_at,
                })
            }
        })
    }

    /// What is wrong with a node besides being down; of a queue or an exchange, what is wrong with its broker.
    pub fn condition(&self, id: &Id) -> Condition {
        let Ok(member) = self.member(id) else { return Condition::default() };
        match self.health(member) {
            Some(health) => health.condition(),
            None => Condition { stalled: self.world.broker_stalled_at.is_some(), ..Condition::default() },
        }
    }

    /// The last time that other steps were deployed in a service; `None` where that never was.
    pub fn deployment(&self, id: &Id) -> Option<Deployment> {
        let Member::Service(index) = self.member(id).ok()? else { return None };
        self.world.services[index.0 as usize].deployment.clone()
    }

    /// The figures of one edge, now; `None` where there is no such edge.
    pub fn edge_report(&self, id: &Id) -> Option<EdgeReport> {
        let state = &self.world.edges[self.edge_index(id)?.0 as usize];
        let condition = &state.condition;
        Some(EdgeReport {
            cut: condition.cut,
            held: condition.held,
            waiting: condition.waiting.len() as u64,
            latency_ms: state.latency.as_ms(),
            fault_latency_ms: condition.fault_latency.as_ms(),
            loss: condition.loss(),
            duplicate: condition.duplicate(),
            lost: condition.lost,
            copies_lost: condition.copies_lost,
            duplicated: condition.duplicated,
        })
    }

    /// Where the copies are that the ledger counts as in transit: so many on their way to a queue, and of each queue those on
    /// their way to its consumers, or with them, that were acked as they were sent. It looks at every copy.
    pub fn in_transit(&self) -> (u64, Vec<(Id, u64)>) {
        let mut from_queues = vec![0; self.world.queues.len()];
        let mut to_queues = 0;
        for (_, copy) in self.world.copies.iter().filter(|(_, copy)| copy.place == Place::InTransit) {
            match from_queues.get_mut(copy.queue.0 as usize) {
                Some(count) => *count += 1,
                None => to_queues += 1,
            }
        }
        let named = self.world.queues.iter().zip(from_queues).filter(|(_, count)| *count > 0);
        (to_queues, named.map(|(queue, count)| (self.node_id(queue.node).clone(), count)).collect())
    }

    /// What went wrong, oldest first.
    pub fn incidents(&self) -> Vec<IncidentReport> {
        self.world.incidents.iter().map(|incident| self.incident_report(incident)).collect()
    }

    /// What is wrong now at a node or an edge, oldest first; of a queue or an exchange, what is wrong with its broker as
    /// well.
    pub fn open_incidents(&self, id: &Id) -> Vec<IncidentReport> {
        let now = self.world.now;
        let node = self.node_index_of(id);
        let in_broker = id.0 == BROKER || matches!(self.member(id), Ok(Member::Queue(_) | Member::Exchange(_)));
        let is_here = |spot: Spot| match spot {
            Spot::Broker => in_broker,
            Spot::Node(at) => Some(at) == node,
            Spot::Edge(at) => Some(at) == self.edge_index(id),
        };
        let open = self.world.incidents.iter().filter(|incident| incident.ended(now).is_none());
        open.filter(|incident| is_here(incident.spot)).map(|incident| self.incident_report(incident)).collect()
    }

    fn incident_report(&self, incident: &Incident) -> IncidentReport {
        let place = match incident.spot {
            Spot::Node(node) => self.node_id(node).clone(),
            Spot::Edge(edge) => self.edge_id(edge).clone(),
            Spot::Broker => Id::from(BROKER),
        };
        IncidentReport {
            number: incident.number.0,
            place,
            on_edge: matches!(incident.spot, Spot::Edge(_)),
            trouble: incident.trouble,
            began_us: incident.began_at,
            ended_us: incident.ended(self.world.now),
            cost: incident.cost,
        }
    }

    /// What a consumer or a service works on, oldest first, `most` at the most; empty for other nodes.
    pub fn works(&self, id: &Id, most: usize) -> Vec<WorkReport> {
        let worker = match self.member(id) {
            Ok(Member::Consumer(index)) => Worker::Consumer(index),
            Ok(Member::Service(index)) => Worker::Service(index),
            _ => return Vec::new(),
        };
        let works = self.world.slots(worker).working.iter().map(|work| &self.world.works[*work as usize]);
        let mut works: Vec<WorkReport> = works
            .map(|work| {
                let (copy, redelivered) = match work.job {
                    Job::Message(message) => (message.number, message.redelivered),
                    Job::Request(request) => (request.attempt, false),
                };
                WorkReport {
                    copy,
                    step: work.step,
                    waits: !work.timed,
                    redelivered,
                    began_at: work.step_began_at,
                    ends_at: work.step_ends_at,
                }
            })
            .collect();
        works.sort_unstable_by_key(|work| (work.began_at, work.copy));
        works.truncate(most);
        works
    }

    /// What waits in a queue, the next one first, `most` at the most; empty for other nodes.
    pub fn waiting(&self, id: &Id, most: usize) -> Vec<WaitingMessage> {
        let Ok(Member::Queue(index)) = self.member(id) else { return Vec::new() };
        self.broker
            .queue(index)
            .waiting()
            .take(most)
            .map(|copy| self.world.copies.get(copy))
            .map(|copy| WaitingMessage { copy: copy.number, redelivered: copy.redelivered })
            .collect()
    }
}
