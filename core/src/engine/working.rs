//! Handlers at work: steps, what they publish, how they end; in consumers and in services alike.

use std::rc::Rc;

use super::alarm::Alarm;
use super::broker::SubscriptionIndex;
use super::broker::content::Content;
use super::calendar::Due;
use super::calling::Caller;
use super::copies::{CopyIndex, HeldMessage, Origin};
use super::event::{Event, Observer, Spot};
use super::incident::Trouble;
use super::ledger::{DropReason, Place};
use super::node::program::{Part, Program, Surroundings};
use super::node::slots::{EndsBadly, Failure, Job, Request, SOONEST_PUBLISH, Slots, Work, Worker};
use super::publishing::By;
use super::world::{Cargo, Ends, Subscriber, World};
use super::{ConsumerIndex, EdgeIndex, Engine, Member, NodeIndex};
use crate::base::Micros;
use crate::scenario::{Call, MessageTemplate, OnFailure, Publish, Retry, Step};

/// A handler that takes no time takes this long when it fails.
const SOONEST_FAILURE: Micros = Micros(1_000);

/// A part of a `parallel` step that has a known end.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartTimer {
    pub(super) work: u32,
    pub(super) part: u32,
    pub(super) ends_at: Micros,
    /// Whether its event is in the calendar.
    pub(super) scheduled: bool,
}

impl World {
    #[inline]
    pub(super) fn slots(&self, worker: Worker) -> &Slots {
        match worker {
            Worker::Consumer(index) => &self.consumers[index.0 as usize].slots,
            Worker::Service(index) => &self.services[index.0 as usize].slots,
        }
    }

    #[inline]
    pub(super) fn slots_mut(&mut self, worker: Worker) -> &mut Slots {
        match worker {
            Worker::Consumer(index) => &mut self.consumers[index.0 as usize].slots,
            Worker::Service(index) => &mut self.services[index.0 as usize].slots,
        }
    }

    /// A consumer begins to work on a message; one that was dealt with before is only taken note of.
    #[inline(always)]
    pub(super) fn begin_message<O: Observer>(
        &mut self,
        consumer: ConsumerIndex,
        message: HeldMessage,
        observer: &mut O,
    ) {
        let known = self.consumers[consumer.0 as usize].settings.idempotent
            && self.queues[message.queue.0 as usize].dealt_with.contains(message.origin.message);
        self.begin_work(Worker::Consumer(consumer), Job::Message(message), known, observer);
    }

    #[inline(always)]
    pub(super) fn begin_work<O: Observer>(&mut self, worker: Worker, job: Job, known: bool, observer: &mut O) {
        let now = self.now;
        let slots = match worker {
            Worker::Consumer(index) => &mut self.consumers[index.0 as usize].slots,
            Worker::Service(index) => &mut self.services[index.0 as usize].slots,
        };
        let program = if known { self.nothing.clone() } else { slots.program.clone() };
        let drawn = slots.draw_step(&program, 0);
        let (duration, publishes) = drawn.unwrap_or_default();
        let step_ends_at = now + duration;
        let work = self.works.insert(Work {
            worker,
            slot: Some(slots.working.len() as u32),
            events: u32::from(drawn.is_some()),
            job,
            program,
            step: 0,
            left: 1,
            timed: true,
            publishes,
            known,
            failure: None,
            began_at: now,
            step_began_at: now,
            step_ends_at,
        }) as u32;
        slots.working.push(work);
        slots.busy.set(now, slots.working.len() as u64);
        if drawn.is_some() {
            self.calendar.schedule(step_ends_at, Due::StepEnd(work));
        } else {
            self.begin_waiting_step(work, observer);
        }
    }

    /// Begins the next step of a work.
    #[inline(never)]
    fn begin_step<O: Observer>(&mut self, index: u32, observer: &mut O) {
        let now = self.now;
        let work = &mut self.works[index as usize];
        let slots = match work.worker {
            Worker::Consumer(index) => &mut self.consumers[index.0 as usize].slots,
            Worker::Service(index) => &mut self.services[index.0 as usize].slots,
        };
        let Some((duration, publishes)) = slots.draw_step(&work.program, work.step) else {
            return self.begin_waiting_step(index, observer);
        };
        work.left = 1;
        work.timed = true;
        work.publishes = publishes;
        work.events += 1;
        work.step_began_at = now;
        work.step_ends_at = now + duration;
        self.calendar.schedule(work.step_ends_at, Due::StepEnd(index));
    }

    /// Begins a step that calls, or that has several parts.
    #[inline(never)]
    fn begin_waiting_step<O: Observer>(&mut self, index: u32, observer: &mut O) {
        let now = self.now;
        let work = &mut self.works[index as usize];
        let (program, step, worker) = (work.program.clone(), work.step, work.worker);
        let parts = program.steps[step as usize].all();
        work.left = parts.len() as u32;
        work.timed = false;
        work.step_began_at = now;
        work.step_ends_at = now;
        for (number, part) in (0u32..).zip(parts) {
            if let Some(ms) = part.duration() {
                let ends_at = now + self.slots_mut(worker).draw(ms).max(SOONEST_PUBLISH);
                self.works[index as usize].events += 1;
                let timer = PartTimer { work: index, part: number, ends_at, scheduled: true };
                let timer = self.parts.insert(timer) as u32;
                self.calendar.schedule(ends_at, Due::PartEnd(timer));
            } else if let Part::Call { edge, .. } = part {
                self.begin_call(Caller::Work { work: index, part: number }, *edge, observer);
            }
        }
    }

    /// Gives free slots to what waits in a consumer's hands.
    #[inline(never)]
    pub(super) fn begin_waiting_work<O: Observer>(&mut self, index: ConsumerIndex, observer: &mut O) {
        while self.consumers[index.0 as usize].slots.has_slot() {
            let Some(copy) = self.consumers[index.0 as usize].waiting.pop_front() else { return };
            self.begin_message(index, self.copies.held(copy), observer);
        }
    }

    /// A worker goes on where it stood: what has a known end ends so much later.
    pub(super) fn resume_slots(&mut self, worker: Worker, stood: Micros) {
        for place in 0..self.slots(worker).working.len() {
            let index = self.slots(worker).working[place];
            let work = &mut self.works[index as usize];
            if !work.timed {
                continue;
            }
            work.step_ends_at += stood;
            if work.events == 0 {
                work.events = 1;
                let ends_at = work.step_ends_at;
                self.calendar.schedule(ends_at, Due::StepEnd(index));
            }
        }
        let World { parts, works, calendar, .. } = self;
        for (index, timer) in parts.iter_mut() {
            let work = &mut works[timer.work as usize];
            if work.worker == worker && work.slot.is_some() {
                timer.ends_at += stood;
                if !timer.scheduled {
                    timer.scheduled = true;
                    calendar.schedule(timer.ends_at, Due::PartEnd(index as u32));
                }
            }
        }
    }

    /// All work of a worker ends unfinished; hands out what it was about, slot by slot.
    pub(super) fn stop_works(&mut self, worker: Worker) -> Vec<Job> {
        let now = self.now;
        let slots = self.slots_mut(worker);
        let working = std::mem::take(&mut slots.working);
        slots.busy.set(now, 0);
        slots.health.stalled_at = None;
        let own = |work: u32| working.contains(&work);
        self.forget_calls(|caller| matches!(caller, Caller::Work { work, .. } if own(work)));
        self.blocked.retain(|(work, _)| !own(*work));
        // Timers that wait for the end of a stall have no events.
        let unscheduled = self.parts.iter().filter(|(_, timer)| own(timer.work) && !timer.scheduled);
        for place in unscheduled.map(|(place, _)| place).collect::<Vec<_>>() {
            let timer = self.parts.remove(place);
            self.works[timer.work as usize].events -= 1;
        }
        let mut jobs = Vec::with_capacity(working.len());
        for index in working {
            let work = &mut self.works[index as usize];
            jobs.push(work.job);
            work.slot = None;
            if let Job::Message(message) = &mut work.job {
                message.copy = CopyIndex::NONE;
            }
            if work.events == 0 {
                self.works.free(index as usize);
            }
        }
        jobs
    }
}

impl Engine {
    /// The end of a step that is one part.
    #[inline(always)]
    pub(super) fn end_step<O: Observer>(&mut self, index: u32, observer: &mut O) {
        let world = &mut self.world;
        let work = &mut world.works[index as usize];
        work.events -= 1;
        let slots = match work.worker {
            Worker::Consumer(index) => &world.consumers[index.0 as usize].slots,
            Worker::Service(index) => &world.services[index.0 as usize].slots,
        };
        if work.slot.is_none() || slots.health.is_stalled() || work.step_ends_at > world.now {
            world.pass_step_end(index);
        } else if work.publishes {
            self.publish_part(index, 0, observer);
        } else {
            self.step_ended(index, observer);
        }
    }

    /// The end of one of several parts.
    pub(super) fn end_part<O: Observer>(&mut self, index: u32, observer: &mut O) {
        let world = &mut self.world;
        let PartTimer { work: work_index, part, ends_at, .. } = world.parts[index as usize];
        let work = &mut world.works[work_index as usize];
        if work.slot.is_none() {
            world.parts.free(index as usize);
            work.events -= 1;
            if work.events == 0 {
                world.works.free(work_index as usize);
            }
            return;
        }
        let worker = work.worker;
        if world.slots(worker).health.is_stalled() {
            world.parts[index as usize].scheduled = false;
            return;
        }
        if ends_at > world.now {
            world.calendar.schedule(ends_at, Due::PartEnd(index));
            return;
        }
        world.parts.free(index as usize);
        let work = &mut world.works[work_index as usize];
        work.events -= 1;
        if let Some(Part::Publish { .. }) = work.program.part(work.step, part) {
            self.publish_part(work_index, part, observer);
        } else {
            self.part_ended(work_index, None, observer);
        }
    }

    /// A part of a work's step is over, and when it was the last, the step.
    #[inline(never)]
    pub(super) fn part_ended<O: Observer>(&mut self, index: u32, failure: Option<Failure>, observer: &mut O) {
        let work = &mut self.world.works[index as usize];
        work.left -= 1;
        work.failure = work.failure.or(failure);
        if work.left == 0 {
            self.step_ended(index, observer);
        }
    }

    /// A work's step is over: the next one begins, or the work ends.
    #[inline(always)]
    fn step_ended<O: Observer>(&mut self, index: u32, observer: &mut O) {
        let work = &mut self.world.works[index as usize];
        if work.failure.is_none() {
            work.step += 1;
            if (work.step as usize) < work.program.steps.len() {
                self.world.begin_step(index, observer);
                return;
            }
        }
        self.end_work(index, observer);
    }

    // ---- publishing ----

    /// A step publishes, as soon as the broker lets it; it waits for the confirm if it is to.
    fn publish_part<O: Observer>(&mut self, index: u32, part: u32, observer: &mut O) {
        if self.world.memory_alarm {
            self.world.blocked.push((index, part));
            self.world.works[index as usize].timed = false;
            return;
        }
        let work = &mut self.world.works[index as usize];
        work.timed = false;
        let program = work.program.clone();
        let Some(Part::Publish { edge, content, confirm, .. }) = program.part(work.step, part) else { return };
        let worker = work.worker;
        let now = self.world.now;
        let stands = |edge: &EdgeIndex| !self.world.edges[edge.0 as usize].removed;
        let Some(edge) = edge.filter(stands) else {
            let spot = Spot::Node(self.world.node_of_worker(worker));
            let incident = self.world.incidents.note(now, spot, Trouble::NotConnected, |cost| cost.calls_failed += 1);
            self.part_ended(index, Some(Failure { incident }), observer);
            return;
        };
        // Who waits for a confirm notices that the connection is not there.
        if *confirm && (self.world.edges[edge.0 as usize].condition.cut || !self.broker.is_up()) {
            let failure = self.publishing_fails(edge);
            self.part_ended(index, Some(failure), observer);
            return;
        }
        let mut content = content.clone();
        match worker {
            Worker::Consumer(index) => self.world.consumers[index.0 as usize].published += 1,
            Worker::Service(index) => {
                let service = &mut self.world.services[index.0 as usize];
                service.published += 1;
                if service.poison > 0 {
                    service.poison -= 1;
                    content = Rc::new(Content { poisonous: true, ..(*content).clone() });
                }
            }
        }
        let by = if *confirm { Some(By::Work { work: index, part }) } else { None };
        self.publish_content(edge, content, Origin::now(now), by, observer);
        if !confirm {
            self.part_ended(index, None, observer);
        }
    }

    /// Why nothing can be published on an edge.
    pub(super) fn publishing_fails(&mut self, edge: EdgeIndex) -> Failure {
        let now = self.world.now;
        let incidents = &mut self.world.incidents;
        let cut = incidents.find(now, Spot::Edge(edge), |trouble| matches!(trouble, Trouble::Cut | Trouble::Loss));
        let down = |trouble| matches!(trouble, Trouble::Crashed | Trouble::Overloaded);
        let incident = cut.or_else(|| incidents.find(now, Spot::Broker, down)).unwrap_or_default();
        incidents.charge(incident, |cost| cost.calls_failed += 1);
        Failure { incident }
    }

    /// The broker has memory again: steps go on that waited to publish.
    pub(super) fn publish_blocked<O: Observer>(&mut self, observer: &mut O) {
        for (work, part) in std::mem::take(&mut self.world.blocked) {
            // None of them is gone: works that stop are taken from the list. But another alarm may come in between.
            self.publish_part(work, part, observer);
        }
    }

    // ---- the end ----

    /// A handler has come to its end, or failed on the way.
    #[inline(always)]
    fn end_work<O: Observer>(&mut self, index: u32, observer: &mut O) {
        let world = &mut self.world;
        let now = world.now;
        let work = &mut world.works[index as usize];
        let worker = work.worker;
        let slots = match worker {
            Worker::Consumer(index) => &mut world.consumers[index.0 as usize].slots,
            Worker::Service(index) => &mut world.services[index.0 as usize].slots,
        };
        let poisoned = matches!(work.job, Job::Message(message) if message.poisonous);
        if (poisoned || slots.may_fail()) && work.failure.is_none() && !work.known {
            let failure = world.draw_failure(worker, poisoned);
            world.works[index as usize].failure = failure;
        }
        let work = &world.works[index as usize];
        if work.failure.is_some() && work.began_at == now && matches!(work.job, Job::Message(_)) {
            return world.put_failure_off(index);
        }
        let &Work { job, known, failure, slot: Some(slot), .. } = work else { return };
        world.works.free(index as usize);
        let slots = match worker {
            Worker::Consumer(index) => &mut world.consumers[index.0 as usize].slots,
            Worker::Service(index) => &mut world.services[index.0 as usize].slots,
        };
        slots.working.swap_remove(slot as usize);
        slots.busy.set(now, slots.working.len() as u64);
        // The last of the works has moved to the free place.
        if let Some(&moved) = slots.working.get(slot as usize) {
            world.works[moved as usize].slot = Some(slot);
        }
        match (worker, job) {
            (Worker::Consumer(consumer), Job::Message(message)) => {
                self.message_ends(consumer, message, known, failure, observer);
            }
            (Worker::Service(_), Job::Request(request)) => self.request_ends(worker, request, failure, observer),
            _ => {}
        }
    }

    #[inline(always)]
    fn message_ends<O: Observer>(
        &mut self,
        index: ConsumerIndex,
        message: HeldMessage,
        known: bool,
        failure: Option<Failure>,
        observer: &mut O,
    ) {
        let world = &mut self.world;
        let HeldMessage { copy, queue, number, origin, .. } = message;
        let consumer = &mut world.consumers[index.0 as usize];
        let node = consumer.node;
        let waits = !consumer.waiting.is_empty();
        let event = if let Some(Failure { incident }) = failure {
            consumer.failed += 1;
            world.incidents.charge(incident, |cost| cost.messages_failed += 1);
            Event::Failed { consumer: node, copy: number }
        } else if known
            || consumer.settings.idempotent && !world.queues[queue.0 as usize].dealt_with.insert(origin.message)
        {
            consumer.deduplicated += 1;
            Event::Deduplicated { consumer: node, copy: number }
        } else {
            consumer.processed += 1;
            consumer.processing.count(world.now);
            consumer.end_to_end.record(world.now - origin.published_at);
            Event::Processed { consumer: node, copy: number }
        };
        // The slot goes to the next message in hand before the ack brings another one.
        if waits {
            world.begin_waiting_work(index, observer);
        }
        world.tell_here(event, observer);
        if !copy.exists() {
            return;
        }
        if failure.is_some() {
            self.give_up(index, copy, observer);
        } else {
            self.settle(index, copy, None, observer);
        }
    }

    fn request_ends<O: Observer>(
        &mut self,
        worker: Worker,
        request: Request,
        failure: Option<Failure>,
        observer: &mut O,
    ) {
        let Worker::Service(index) = worker else { return };
        let world = &mut self.world;
        let now = world.now;
        let service = &mut world.services[index.0 as usize];
        if failure.is_some() {
            service.failed += 1;
        } else {
            service.handled += 1;
            service.handling.count(now);
            service.handling_time.record(now - request.arrived_at);
        }
        world.begin_backlog(index, observer);
        world.answer(request.edge, request.call, request.attempt, failure, observer);
    }

    /// A consumer's handler has failed.
    #[cold]
    fn give_up<O: Observer>(&mut self, consumer: ConsumerIndex, copy: CopyIndex, observer: &mut O) {
        match self.world.consumers[consumer.0 as usize].settings.on_failure {
            OnFailure::Retry => self.retry_or_reject(consumer, copy, observer),
            OnFailure::Requeue => self.settle(consumer, copy, Some(true), observer),
            OnFailure::Reject => self.settle(consumer, copy, Some(false), observer),
        }
    }

    /// Tells the broker that a copy is done with; or that it is rejected, with or without requeue.
    #[inline]
    fn settle<O: Observer>(
        &mut self,
        consumer: ConsumerIndex,
        copy: CopyIndex,
        rejected: Option<bool>,
        observer: &mut O,
    ) {
        let message = self.world.copies.get(copy);
        if message.place == Place::InTransit {
            // The broker was done with it when it sent it; now the consumer is done with it too.
            self.world.ledger.in_transit -= 1;
            // What arrived twice was in its queue once.
            if message.subscription != SubscriptionIndex::NONE {
                let queue = message.queue;
                self.world.queues[queue.0 as usize].acked += 1;
            }
            self.world.end_acked(consumer, copy, observer);
            return;
        }
        let Subscriber { edge, .. } = self.world.subscribers[message.subscription.0 as usize];
        let state = &mut self.world.edges[edge.0 as usize];
        let arrives_at = state.send_back(self.world.now);
        let here = arrives_at == self.world.now && state.plain || state.removed;
        match (rejected, here) {
            (None, true) => self.broker.ack(&mut self.world.outside(observer), copy),
            (Some(requeue), true) => self.rejected(copy, requeue, observer),
            (None, false) => self.world.fly(edge, Cargo::Ack(copy), arrives_at),
            (Some(requeue), false) => self.world.fly(edge, Cargo::Reject(copy, requeue), arrives_at),
        }
    }

    /// A consumer tries a message again later: it publishes it to its delay queue and acks it. After so many tries it
    /// rejects it; and where nothing can be published now, it gives it back.
    #[cold]
    fn retry_or_reject<O: Observer>(&mut self, index: ConsumerIndex, copy: CopyIndex, observer: &mut O) {
        let consumer = &self.world.consumers[index.0 as usize];
        let Retry { queue: delay, tries, backoff } = &consumer.settings.retry;
        let message = self.world.copies.get(copy);
        // An entry of `x-death` for the delay queue counts how often it has waited there.
        let waited = message
            .content
            .deaths
            .iter()
            .find(|death| *death.queue == *delay.0 && &*death.reason == DropReason::Expired.name())
            .map_or(0, |death| death.count);
        let tried = waited.saturating_add(1);
        if tried >= u64::from(*tries) {
            return self.settle(index, copy, Some(false), observer);
        }
        let leads = |edge: &&EdgeIndex| self.world.nodes[self.world.edges[edge.0 as usize].to.0 as usize].id == *delay;
        let edge = consumer.outward.iter().find(leads).copied();
        let usable = edge.filter(|edge| !self.world.edges[edge.0 as usize].condition.cut);
        let Some(edge) = usable.filter(|_| self.broker.is_up() && !self.world.memory_alarm) else {
            return self.settle(index, copy, Some(true), observer);
        };
        let (name, backoff) = (Rc::<str>::from(delay.as_str()), backoff.clone());
        let origin = message.origin;
        let content = message.content.clone();
        let pause = self.world.consumers[index.0 as usize].slots.pause(&backoff, tried as u32);
        let content = Content { exchange: "".into(), routing_keys: vec![name], ttl: Some(pause), ..(*content).clone() };
        self.world.consumers[index.0 as usize].published += 1;
        self.publish_content(edge, Rc::new(content), origin, None, observer);
        self.settle(index, copy, None, observer);
    }

    /// A rejection reaches the broker.
    pub(super) fn rejected<O: Observer>(&mut self, copy: CopyIndex, requeue: bool, observer: &mut O) {
        let queue = self.world.copies.get(copy).queue;
        let outside = &mut self.world.outside(observer);
        if requeue {
            self.broker.requeue(outside, queue, &[copy]);
        } else {
            self.broker.reject(outside, queue, &[copy]);
        }
    }

    // ---- batches ----

    /// A consumer that takes batches waits for the next one, at a multiple of its interval.
    pub(super) fn await_pull(&mut self, index: ConsumerIndex) {
        let now = self.world.now;
        let consumer = &mut self.world.consumers[index.0 as usize];
        if !consumer.up || consumer.settings.batch_size.is_none() {
            return;
        }
        let interval_ms = consumer.settings.interval_ms;
        let mut k = (now.as_ms() / interval_ms).floor().max(0.0);
        let mut next = Micros::from_ms(k * interval_ms);
        while next <= now {
            k += 1.0;
            next = Micros::from_ms(k * interval_ms);
        }
        consumer.pulls_begun += 1;
        let begun = consumer.pulls_begun;
        self.world.set_alarm(next, Alarm::Pull { consumer: index, begun });
    }

    /// A consumer takes a batch: as much as it does not hold yet, from its queues in turn.
    pub(super) fn pull<O: Observer>(&mut self, index: ConsumerIndex, begun: u32, observer: &mut O) {
        if self.world.consumers[index.0 as usize].pulls_begun != begun {
            return;
        }
        self.await_pull(index);
        let consumer = &self.world.consumers[index.0 as usize];
        let Some(batch) = consumer.settings.batch_size.filter(|_| !consumer.slots.health.is_stalled()) else { return };
        let edges = consumer.edges.clone();
        if self.world.broker_stalled_at.is_some() || !self.broker.is_up() {
            return;
        }
        // What is under way to it is its own already.
        let under_way = self.world.all_flights();
        let under_way = under_way.filter(|flight| {
            edges.contains(&flight.edge) && matches!(flight.cargo, Cargo::Delivery(_) | Cargo::DeliveryForGood(_))
        });
        let under_way = under_way.count();
        let mut room = (batch as usize).saturating_sub(self.world.consumers[index.0 as usize].holds() + under_way);
        for edge in edges {
            let state = &self.world.edges[edge.0 as usize];
            let Ends::Subscribe(end) = state.ends else { continue };
            if state.condition.cut {
                continue;
            }
            let ack_mode = self.world.consumers[index.0 as usize].settings.ack_mode;
            let taken = self.broker.pull(&mut self.world.outside(observer), end.subscription, room, ack_mode);
            room -= taken;
        }
    }

    // ---- programs ----

    /// Makes a worker's handler ready, with the edges that there are now.
    pub(super) fn write_program(&mut self, worker: Worker) {
        let (handler, outward) = match worker {
            Worker::Consumer(index) => {
                let consumer = &self.world.consumers[index.0 as usize];
                (&consumer.settings.handler, &consumer.outward)
            }
            Worker::Service(index) => {
                let service = &self.world.services[index.0 as usize];
                (&service.settings.handler, &service.edges)
            }
        };
        let program = self.program(handler, outward);
        self.world.slots_mut(worker).program = Rc::new(program);
    }

    fn program(&self, handler: &[Step], outward: &[EdgeIndex]) -> Program {
        let world = &self.world;
        let leads = |edge: EdgeIndex, target: &crate::scenario::Id, calls: bool| {
            let state = &world.edges[edge.0 as usize];
            matches!(state.ends, Ends::Call) == calls && world.nodes[state.to.0 as usize].id == *target
        };
        let find = |target: &crate::scenario::Id, calls: bool| {
            outward.iter().copied().find(|edge| leads(*edge, target, calls))
        };
        let call_edge = |call: &Call| find(&call.target, true);
        let publish_edge = |publish: &Publish| {
            let edge = find(&publish.target, false);
            let to_exchange = edge.is_some_and(|edge| {
                let to: NodeIndex = world.edges[edge.0 as usize].to;
                matches!(world.nodes[to.0 as usize].member, Member::Exchange(_))
            });
            let template = MessageTemplate::default();
            let target = publish.target.as_str();
            // The default exchange routes to the queue whose name is the key.
            let (exchange, key) = if to_exchange { (target, publish.routing_key.as_str()) } else { ("", target) };
            (edge, Rc::new(Content::of_template(&template, exchange.into(), key)))
        };
        Program::new(handler, &Surroundings { call_edge: &call_edge, publish_edge: &publish_edge })
    }
}

impl World {
    /// The end of a step passes without effect.
    #[cold]
    fn pass_step_end(&mut self, index: u32) {
        let stalled = self.slots(self.works[index as usize].worker).health.is_stalled();
        let work = &mut self.works[index as usize];
        if work.slot.is_none() {
            // Its worker crashed.
            if work.events == 0 {
                self.works.free(index as usize);
            }
        } else if !stalled {
            // It stood still meanwhile.
            work.events = 1;
            self.calendar.schedule(work.step_ends_at, Due::StepEnd(index));
        }
    }

    /// A message that fails without taking time, and is given back, would fail again and again within an instant: it
    /// takes a while.
    #[cold]
    fn put_failure_off(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        work.left = 1;
        work.timed = true;
        work.publishes = false;
        work.events += 1;
        work.step_ends_at = self.now + SOONEST_FAILURE;
        self.calendar.schedule(work.step_ends_at, Due::StepEnd(index));
    }

    /// Whether a handler fails that has come to its end, and for what.
    #[cold]
    fn draw_failure(&mut self, worker: Worker, poisoned: bool) -> Option<Failure> {
        let ends_badly = self.slots_mut(worker).draw_failure();
        (poisoned || ends_badly.is_some()).then(|| self.failure_of(worker, poisoned, ends_badly))
    }

    /// For what a handler fails that has come to its end.
    fn failure_of(&mut self, worker: Worker, poisoned: bool, ends_badly: Option<EndsBadly>) -> Failure {
        let now = self.now;
        let spot = Spot::Node(self.node_of_worker(worker));
        let incident = match ends_badly {
            _ if poisoned => self.incidents.begin(now, spot, Trouble::Poison),
            Some(EndsBadly::Errors) => {
                self.incidents.find(now, spot, |trouble| trouble == Trouble::Errors).unwrap_or_default()
            }
            _ => self.incidents.begin(now, spot, Trouble::Failing),
        };
        Failure { incident }
    }

    /// A message becomes one that no handler can deal with.
    pub(super) fn poison(&mut self, copy: CopyIndex) {
        let message = self.copies.get_mut(copy);
        message.content = Rc::new(Content { poisonous: true, ..(*message.content).clone() });
    }
}
