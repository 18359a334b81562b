//! Faults as they act on a run: what crashes, stands still, is slow, fails, breaks, and how it comes back.

use super::alarm::Alarm;
use super::broker::{Effects, SubscriptionIndex};
use super::calendar::Due;
use super::event::{Event, Observer, Spot};
use super::incident::{IncidentNumber, Trouble};
use super::ledger::{DropReason, Place};
use super::node::slots::{Failure, Health, Job, Request, Worker};
use super::publishing::{By, Publish};
use super::world::{Cargo, EdgeState, Ends, Publisher};
use super::{ConsumerIndex, EdgeIndex, Engine, Member, NodeIndex, ProducerIndex, ServiceIndex};
use crate::base::Micros;
use crate::scenario::{BROKER, Fault, FaultPlace, Id, Reason};

impl Engine {
    pub(super) fn apply_fault<O: Observer>(&mut self, fault: &Fault, observer: &mut O) -> Result<(), Reason> {
        match fault.place() {
            FaultPlace::Node(id) if id.0 == BROKER => self.fault_in_broker(fault, observer),
            FaultPlace::Node(id) => {
                let node = self.node_index(id)?;
                match self.world.nodes[node.0 as usize].member {
                    // Queues live and die with their broker; but a message can be poisonous in one of them.
                    Member::Queue(queue) if matches!(fault, Fault::PoisonMessage { .. }) => {
                        self.world.queues[queue.0 as usize].poison += 1;
                        self.world.incidents.begin(self.world.now, Spot::Node(node), Trouble::Poison);
                    }
                    Member::Queue(_) | Member::Exchange(_) => self.fault_in_broker(fault, observer),
                    member => self.fault_at_node(fault, node, member, observer),
                }
            }
            FaultPlace::Edge(id) => {
                let index = self.edge_index(id).ok_or_else(|| Reason::NoSuchEdge(Id::clone(id)))?;
                self.fault_on_edge(fault, index, observer);
            }
        }
        Ok(())
    }

    /// Trouble begins or ends at a place, and everybody hears of it.
    fn turn<O: Observer>(&mut self, spot: Spot, trouble: Trouble, begins: bool, observer: &mut O) {
        let now = self.world.now;
        if begins {
            self.world.incidents.begin(now, spot, trouble);
        } else {
            self.world.incidents.end(now, spot, |open| open == trouble);
        }
        self.world.tell(Event::Faulted { spot, trouble, begins }, observer);
    }

    // ---- nodes ----

    fn fault_at_node<O: Observer>(&mut self, fault: &Fault, node: NodeIndex, member: Member, observer: &mut O) {
        match *fault {
            Fault::Crash { .. } => self.crash_node(node, member, observer),
            Fault::Restart { .. } => self.restart_node(node, member, observer),
            Fault::Stall { .. } => self.stall_node(node, member, observer),
            Fault::Resume { .. } => self.resume_node(node, member, observer),
            Fault::Slow { factor, .. } => {
                let Some(health) = self.health_mut(member) else { return };
                let before = std::mem::replace(&mut health.slow, factor);
                if before != factor {
                    self.turn(Spot::Node(node), Trouble::Slow, factor != 1.0, observer);
                }
            }
            Fault::ErrorRate { rate, .. } => {
                let Some(health) = self.health_mut(member) else { return };
                let before = std::mem::replace(&mut health.error_rate, rate);
                if before != rate {
                    self.turn(Spot::Node(node), Trouble::Errors, rate != 0.0, observer);
                }
            }
            Fault::PoisonMessage { .. } => match member {
                Member::Producer(index) => self.world.producers[index.0 as usize].poison += 1,
                Member::Service(index) => self.world.services[index.0 as usize].poison += 1,
                _ => {}
            },
            _ => {}
        }
    }

    fn health_mut(&mut self, member: Member) -> Option<&mut Health> {
        let world = &mut self.world;
        Some(match member {
            Member::Consumer(index) => &mut world.consumers[index.0 as usize].slots.health,
            Member::Service(index) => &mut world.services[index.0 as usize].slots.health,
            Member::Database(index) => &mut world.databases[index.0 as usize].health,
            Member::Client(index) => &mut world.clients[index.0 as usize].health,
            Member::Producer(index) => &mut world.producers[index.0 as usize].health,
            Member::Queue(_) | Member::Exchange(_) => return None,
        })
    }

    pub(super) fn health(&self, member: Member) -> Option<&Health> {
        let world = &self.world;
        Some(match member {
            Member::Consumer(index) => &world.consumers[index.0 as usize].slots.health,
            Member::Service(index) => &world.services[index.0 as usize].slots.health,
            Member::Database(index) => &world.databases[index.0 as usize].health,
            Member::Client(index) => &world.clients[index.0 as usize].health,
            Member::Producer(index) => &world.producers[index.0 as usize].health,
            Member::Queue(_) | Member::Exchange(_) => return None,
        })
    }

    /// Whether a node is up; of what lies in the broker, whether that is.
    pub(super) fn is_up(&self, member: Member) -> bool {
        let world = &self.world;
        match member {
            Member::Consumer(index) => world.consumers[index.0 as usize].up,
            Member::Service(index) => world.services[index.0 as usize].up,
            Member::Database(index) => world.databases[index.0 as usize].up,
            Member::Client(index) => world.clients[index.0 as usize].up,
            Member::Producer(index) => world.producers[index.0 as usize].up,
            Member::Queue(_) | Member::Exchange(_) => self.broker.is_up(),
        }
    }

    fn crash_node<O: Observer>(&mut self, node: NodeIndex, member: Member, observer: &mut O) {
        if !self.is_up(member) {
            return;
        }
        if let Member::Database(index) = member {
            return self.world.crash_database(index, Trouble::Crashed, observer);
        }
        if let Some(health) = self.health_mut(member) {
            health.stalled_at = None;
        }
        let now = self.world.now;
        self.world
            .incidents
            .end(now, Spot::Node(node), |trouble| matches!(trouble, Trouble::Stalled | Trouble::Redeploying));
        self.world.incidents.begin(now, Spot::Node(node), Trouble::Crashed);
        self.world.tell(Event::Crashed { node: Some(node) }, observer);
        match member {
            Member::Producer(index) => {
                self.world.producers[index.0 as usize].crash();
                self.forget_publishes(|_, publish| publish.by == By::Producer(index));
            }
            Member::Consumer(index) => self.stop_consumer(index, DropReason::LostInCrash, observer),
            Member::Client(index) => self.world.stop_client(index, observer),
            Member::Service(index) => self.stop_service(index, observer),
            Member::Database(_) | Member::Queue(_) | Member::Exchange(_) => {}
        }
    }

    fn restart_node<O: Observer>(&mut self, node: NodeIndex, member: Member, observer: &mut O) {
        if self.is_up(member) {
            return;
        }
        match member {
            Member::Service(index) => {
                let service = &mut self.world.services[index.0 as usize];
                service.changes += 1;
                let (changes, takes) = (service.changes, Micros::from_ms(service.settings.restart_ms));
                if takes == Micros::ZERO {
                    self.back(node, changes, observer);
                } else {
                    self.world.set_alarm(self.world.now + takes, Alarm::Back { node, changes });
                }
            }
            Member::Database(index) => {
                // One that restarts already needs no second one.
                if self.world.databases[index.0 as usize].back_at.is_none() {
                    self.world.restart_database(index);
                }
            }
            _ => {
                self.is_back(node, observer);
                match member {
                    Member::Producer(index) => {
                        self.world.producers[index.0 as usize].restart(self.world.now);
                        self.schedule_publish(index);
                    }
                    Member::Consumer(index) => {
                        self.world.consumers[index.0 as usize].up = true;
                        self.subscribe(index, observer);
                        self.await_pull(index);
                    }
                    Member::Client(index) => {
                        let client = &mut self.world.clients[index.0 as usize];
                        client.up = true;
                        client.timetable.restart(self.world.now);
                        self.schedule_request(index);
                        self.world.begin_users(index, observer);
                    }
                    _ => {}
                }
            }
        }
    }

    fn is_back<O: Observer>(&mut self, node: NodeIndex, observer: &mut O) {
        let down = |trouble| matches!(trouble, Trouble::Crashed | Trouble::Overloaded);
        self.world.incidents.end(self.world.now, Spot::Node(node), down);
        self.world.tell(Event::Restarted { node: Some(node) }, observer);
    }

    /// A service or a database has come back from a restart.
    pub(super) fn back<O: Observer>(&mut self, node: NodeIndex, changes: u32, observer: &mut O) {
        match self.world.nodes[node.0 as usize].member {
            Member::Service(index) => {
                let service = &mut self.world.services[index.0 as usize];
                if service.changes != changes || service.up {
                    return;
                }
                service.up = true;
            }
            Member::Database(index) => {
                let database = &mut self.world.databases[index.0 as usize];
                if database.changes != changes || database.up {
                    return;
                }
                database.up = true;
                database.back_at = None;
            }
            _ => return,
        }
        self.is_back(node, observer);
    }

    fn stall_node<O: Observer>(&mut self, node: NodeIndex, member: Member, observer: &mut O) {
        let (up, now) = (self.is_up(member), self.world.now);
        let Some(health) = self.health_mut(member).filter(|health| up && !health.is_stalled()) else { return };
        health.stalled_at = Some(now);
        self.turn(Spot::Node(node), Trouble::Stalled, true, observer);
    }

    fn resume_node<O: Observer>(&mut self, node: NodeIndex, member: Member, observer: &mut O) {
        let now = self.world.now;
        let Some(stalled_at) = self.health_mut(member).and_then(|health| health.stalled_at.take()) else { return };
        let stood = now - stalled_at;
        self.turn(Spot::Node(node), Trouble::Stalled, false, observer);
        match member {
            Member::Consumer(index) => {
                self.world.resume_slots(Worker::Consumer(index), stood);
                self.take_deferred(observer);
                self.world.begin_waiting_work(index, observer);
            }
            Member::Service(index) => {
                self.world.resume_slots(Worker::Service(index), stood);
                self.take_deferred(observer);
                self.world.begin_backlog(index, observer);
            }
            Member::Database(index) => self.world.resume_database(index, stood),
            Member::Client(index) => {
                self.take_deferred(observer);
                let client = &mut self.world.clients[index.0 as usize];
                let held = (std::mem::take(&mut client.held_back), std::mem::take(&mut client.users_held_back));
                for _ in 0..held.0 {
                    self.world.begin_request(index, false, observer);
                }
                for _ in 0..held.1 {
                    self.world.begin_request(index, true, observer);
                }
                self.world.begin_users(index, observer);
            }
            Member::Producer(index) => self.release(index),
            Member::Queue(_) | Member::Exchange(_) => {}
        }
    }

    /// A service is gone: all that it works on, and all that waits, fails.
    pub(super) fn stop_service<O: Observer>(&mut self, index: ServiceIndex, observer: &mut O) {
        let worker = Worker::Service(index);
        let service = &mut self.world.services[index.0 as usize];
        service.up = false;
        service.changes += 1;
        if std::mem::take(&mut service.redeploying) {
            // It comes back with the new steps.
            self.write_program(worker);
        }
        let jobs = self.stop_works(worker);
        let service = &mut self.world.services[index.0 as usize];
        let node = service.node;
        let waiting = std::mem::take(&mut service.backlog);
        let taken = jobs.into_iter().filter_map(|job| match job {
            Job::Request(request) => Some(request),
            Job::Message(_) => None,
        });
        let lost: Vec<Request> = taken.chain(waiting).collect();
        service.failed += lost.len() as u64;
        let incident = self.world.cause_at(node);
        for Request { edge, call, attempt, .. } in lost {
            self.world.incidents.charge(incident, |cost| cost.calls_failed += 1);
            self.world.answer(edge, call, attempt, Some(Failure { incident }), observer);
        }
    }

    fn stop_works(&mut self, worker: Worker) -> Vec<Job> {
        let working = self.world.slots(worker).working.clone();
        self.forget_publishes(|_, publish| matches!(publish.by, By::Work { work, .. } if working.contains(&work)));
        self.world.stop_works(worker)
    }

    // ---- edges ----

    fn fault_on_edge<O: Observer>(&mut self, fault: &Fault, index: EdgeIndex, observer: &mut O) {
        let state = &mut self.world.edges[index.0 as usize];
        let condition = &mut state.condition;
        let turned = match *fault {
            Fault::Cut { .. } => (!std::mem::replace(&mut condition.cut, true)).then_some((Trouble::Cut, true)),
            Fault::Repair { .. } => std::mem::take(&mut condition.cut).then_some((Trouble::Cut, false)),
            Fault::Hold { .. } => (!std::mem::replace(&mut condition.held, true)).then_some((Trouble::Held, true)),
            Fault::Release { .. } => std::mem::take(&mut condition.held).then_some((Trouble::Held, false)),
            Fault::Latency { latency_ms, .. } => {
                let latency = Micros::from_ms(latency_ms);
                let before = std::mem::replace(&mut condition.fault_latency, latency);
                (before != latency).then_some((Trouble::Latency, latency != Micros::ZERO))
            }
            Fault::Loss { rate, .. } => {
                let before = std::mem::replace(&mut condition.fault_loss, rate);
                (before != rate).then_some((Trouble::Loss, rate != 0.0))
            }
            Fault::Duplicate { rate, .. } => {
                let before = std::mem::replace(&mut condition.fault_duplicate, rate);
                (before != rate).then_some((Trouble::Duplicates, rate != 0.0))
            }
            _ => None,
        };
        let Some((trouble, begins)) = turned else { return };
        state.look_at_condition(self.world.broker_stalled_at.is_some());
        let waiting = if state.condition.held { Vec::new() } else { std::mem::take(&mut state.condition.waiting) };
        self.turn(Spot::Edge(index), trouble, begins, observer);
        // They arrive one by one, as what comes of the first may be the end of the others.
        for flight in waiting {
            self.world.fly(flight.edge, flight.cargo, self.world.now);
        }
        match (trouble, begins) {
            (Trouble::Cut, true) => self.break_edge(index, observer),
            (Trouble::Cut, false) => self.mend_edge(index, observer),
            _ => {}
        }
    }

    /// A connection breaks: what is on it is lost, and both ends notice.
    fn break_edge<O: Observer>(&mut self, edge: EdgeIndex, observer: &mut O) {
        let ends = self.world.edges[edge.0 as usize].ends;
        let cut = |trouble| trouble == Trouble::Cut;
        let incident = self.world.incidents.find(self.world.now, Spot::Edge(edge), cut).unwrap_or_default();
        let called_back = self.world.call_back(edge);
        for cargo in called_back {
            if let Cargo::Publish(copy, _) | Cargo::DeliveryForGood(copy) = cargo {
                self.world.end_lost(edge, copy, observer);
            }
        }
        match ends {
            Ends::Publish { .. } => self.fail_confirms(|publish| publish.edge == edge, incident, observer),
            Ends::Subscribe(end) => {
                let subscription = end.subscription;
                let own = |copy: &super::copies::MessageCopy| {
                    copy.place == Place::Unacked && copy.subscription == subscription
                };
                self.world.let_go(own);
                let held = self.broker.unacked(&self.world.copies, own);
                self.broker.disconnect(&mut self.world.outside(observer), &[subscription], &held);
                self.subscribe_refused(observer);
            }
            Ends::Call => self.break_calls(edge, incident, observer),
            Ends::Bind(_) => {}
        }
    }

    /// A connection is there again.
    fn mend_edge<O: Observer>(&mut self, edge: EdgeIndex, observer: &mut O) {
        match self.world.edges[edge.0 as usize].ends {
            Ends::Publish { publisher: Publisher::Producer(_), .. } if self.broker.is_up() => {
                self.publish_unconfirmed(|publish| publish.edge == edge, observer);
            }
            Ends::Subscribe(end) => self.subscribe(end.consumer, observer),
            _ => {}
        }
    }

    /// Takes into account whether the broker stands still.
    fn look_at_edges(&mut self) {
        let stalls = self.world.broker_stalled_at.is_some();
        for edge in &mut self.world.edges {
            edge.look_at_condition(stalls);
        }
    }

    // ---- the broker ----

    fn fault_in_broker<O: Observer>(&mut self, fault: &Fault, observer: &mut O) {
        match fault {
            Fault::MemoryAlarm { .. } => self.set_memory_alarm(true, observer),
            Fault::MemoryAlarmCleared { .. } => self.set_memory_alarm(false, observer),
            Fault::Crash { .. } => self.crash_broker(observer),
            Fault::Restart { .. } => self.restart_broker(observer),
            Fault::DiskLoss { .. } => {
                self.crash_broker(observer);
                self.turn(Spot::Broker, Trouble::DiskLost, true, observer);
                self.broker.lose_disk(&mut self.world.outside(observer));
            }
            Fault::Stall { .. } => self.stall_broker(observer),
            Fault::Resume { .. } => self.resume_broker(observer),
            _ => {}
        }
    }

    fn stall_broker<O: Observer>(&mut self, observer: &mut O) {
        if self.broker.is_up() && self.world.broker_stalled_at.is_none() {
            self.world.broker_stalled_at = Some(self.world.now);
            self.look_at_edges();
            self.turn(Spot::Broker, Trouble::Stalled, true, observer);
        }
    }

    /// What has come while the broker stood still comes now, and its clocks are looked at.
    fn resume_broker<O: Observer>(&mut self, observer: &mut O) {
        if self.world.broker_stalled_at.take().is_none() {
            return;
        }
        self.look_at_edges();
        self.turn(Spot::Broker, Trouble::Stalled, false, observer);
        for flight in std::mem::take(&mut self.world.broker_inbox) {
            self.world.fly(flight.edge, flight.cargo, self.world.now);
        }
        for queue in std::mem::take(&mut self.world.woken) {
            self.world.calendar.schedule(self.world.now, Due::Wake(queue));
        }
        for consumer in 0..self.world.consumers.len() as u32 {
            self.subscribe(ConsumerIndex(consumer), observer);
        }
    }

    /// A consumer is gone: work ends unfinished, what it had not acked goes back to its queues, what was acked
    /// automatically is lost, and so is what is on its edges.
    pub(super) fn stop_consumer<O: Observer>(&mut self, index: ConsumerIndex, reason: DropReason, observer: &mut O) {
        let mut held = Vec::new();
        for job in self.stop_works(Worker::Consumer(index)) {
            if let Job::Message(message) = job {
                held.push(message.copy);
            }
        }
        let consumer = &mut self.world.consumers[index.0 as usize];
        consumer.up = false;
        consumer.pulls_begun += 1;
        let node = consumer.node;
        held.extend(std::mem::take(&mut consumer.waiting));
        for edge in consumer.edges.clone() {
            for cargo in self.world.call_back(edge) {
                if let Cargo::DeliveryForGood(copy) = cargo {
                    held.push(copy);
                }
            }
        }
        // What came in over edges that are gone was never called back with them: it is held without a subscription
        // edge of this consumer, so that its own subscription has to be closed as well.
        let mut subscriptions: Vec<SubscriptionIndex> = Vec::new();
        for edge in &self.world.consumers[index.0 as usize].edges {
            if let Ends::Subscribe(end) = self.world.edges[edge.0 as usize].ends {
                subscriptions.push(end.subscription);
            }
        }
        for copy in held.into_iter().filter(|copy| copy.exists()) {
            let message = self.world.copies.get(copy);
            match message.place {
                Place::InTransit => {
                    self.world.end_dropped(node, copy, Place::InTransit, reason, observer);
                }
                Place::Unacked if !subscriptions.contains(&message.subscription) => {
                    subscriptions.push(message.subscription);
                }
                Place::Unacked | Place::Ready => {}
            }
        }
        let held = self.broker.unacked(&self.world.copies, |copy| subscriptions.contains(&copy.subscription));
        self.broker.disconnect(&mut self.world.outside(observer), &subscriptions, &held);
        self.subscribe_refused(observer);
    }

    /// The broker is short of memory, or is so no more (RabbitMQ, "Memory and Disk Alarms").
    fn set_memory_alarm<O: Observer>(&mut self, set: bool, observer: &mut O) {
        if std::mem::replace(&mut self.world.memory_alarm, set) == set {
            return;
        }
        self.world.tell(Event::MemoryAlarm { set }, observer);
        let (incidents, now) = (&mut self.world.incidents, self.world.now);
        if set {
            incidents.begin(now, Spot::Broker, Trouble::MemoryAlarm);
        } else {
            incidents.end(now, Spot::Broker, |trouble| trouble == Trouble::MemoryAlarm);
            self.publish_blocked(observer);
        }
        for producer in 0..self.world.producers.len() as u32 {
            self.release(ProducerIndex(producer));
        }
    }

    fn crash_broker<O: Observer>(&mut self, observer: &mut O) {
        self.broker_changes += 1;
        if !self.broker.is_up() {
            return;
        }
        self.world.tell(Event::Crashed { node: None }, observer);
        let now = self.world.now;
        // What stands still dies as well as what runs; what has arrived meanwhile is lost with the connections.
        self.world.broker_stalled_at = None;
        self.look_at_edges();
        self.world.incidents.end(now, Spot::Broker, |trouble| trouble == Trouble::Stalled);
        let incident = self.world.incidents.begin(now, Spot::Broker, Trouble::Crashed);
        self.world.let_go(|copy| copy.place == Place::Unacked);
        // All connections break: what is on them is lost.
        for edge in 0..self.world.edges.len() as u32 {
            let edge = EdgeIndex(edge);
            let EdgeState { to, ends, .. } = self.world.edges[edge.0 as usize];
            if matches!(ends, Ends::Call) {
                continue;
            }
            for cargo in self.world.call_back(edge) {
                let (Cargo::Publish(copy, _) | Cargo::DeliveryForGood(copy)) = cargo else { continue };
                // Each loss is shown at the node where it would have arrived.
                match ends {
                    Ends::Publish { target, .. } => {
                        let outside = &mut self.world.outside(observer);
                        outside.dropped(target.at(), copy, Place::InTransit, DropReason::LostInCrash);
                    }
                    Ends::Subscribe(_) => {
                        self.world.end_dropped(to, copy, Place::InTransit, DropReason::LostInCrash, observer);
                    }
                    Ends::Bind(_) | Ends::Call => {}
                }
            }
        }
        self.world.broker_inbox.clear();
        self.world.woken.clear();
        let unacked = self.broker.unacked(&self.world.copies, |_| true);
        self.broker.crash(&mut self.world.outside(observer), unacked);
        self.fail_confirms(|_| true, incident, observer);
    }

    /// Steps that wait for a confirm fail, since it will not come.
    pub(super) fn fail_confirms<O: Observer>(
        &mut self,
        gone: impl Fn(&Publish) -> bool,
        incident: IncidentNumber,
        observer: &mut O,
    ) {
        let by_work = |publish: &Publish| matches!(publish.by, By::Work { .. }) && gone(publish);
        for publish in self.forget_publishes(|_, publish| by_work(publish)) {
            if let By::Work { work, .. } = publish.by {
                self.world.incidents.charge(incident, |cost| cost.calls_failed += 1);
                self.part_ended(work, Some(Failure { incident }), observer);
            }
        }
    }

    fn restart_broker<O: Observer>(&mut self, observer: &mut O) {
        if self.broker.is_up() {
            return;
        }
        self.broker_changes += 1;
        let takes = Micros::from_ms(self.broker_settings.restart_ms);
        if takes == Micros::ZERO {
            self.broker_is_back(observer);
        } else {
            self.world.calendar.schedule(self.world.now + takes, Due::BrokerRestarted(self.broker_changes));
        }
    }

    pub(super) fn broker_is_back<O: Observer>(&mut self, observer: &mut O) {
        self.world.tell(Event::Restarted { node: None }, observer);
        let down = |trouble| matches!(trouble, Trouble::Crashed | Trouble::DiskLost);
        self.world.incidents.end(self.world.now, Spot::Broker, down);
        self.broker.restart(&mut self.world.outside(observer));
        // First what was sent before the crash, then what the alarm has held back: that is on its way for the first time.
        self.publish_unconfirmed(|_| true, observer);
        self.set_memory_alarm(false, observer);
        for consumer in 0..self.world.consumers.len() as u32 {
            self.subscribe(ConsumerIndex(consumer), observer);
        }
    }
}
