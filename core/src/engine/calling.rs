//! Calls: requests that wait for their answers, time-outs, retries; clients, services and databases.
//!
//! A call is one request with all its attempts. What it waits for knows it by its place and by the number of the
//! attempt, so that an answer that comes too late finds nobody, whatever has taken the place since. A caller's slot
//! stays taken while it waits, and a callee goes on with what nobody waits for any more: time-outs, retry storms and
//! cascades come of that.

use super::alarm::Alarm;
use super::calendar::Due;
use super::event::{Event, Observer, Spot};
use super::incident::{IncidentNumber, Trouble};
use super::node::database::Query;
use super::node::program::{CallTerms, Part};
use super::node::slots::{self, Failure, Job, Request, Worker};
use super::world::{Cargo, EdgeState, Ends, World};
use super::{ClientIndex, DatabaseIndex, EdgeIndex, Engine, Member, NodeIndex, ServiceIndex};
use crate::base::Micros;
use crate::scenario::{Id, Overload};

/// A request that is not over.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) caller: Caller,
    pub(super) edge: EdgeIndex,
    /// The present attempt; what belongs to another one is void.
    pub(super) attempt: u64,
    /// How often it has failed.
    pub(super) failures: u32,
    /// Whether it waits for the time of its next attempt.
    pub(super) pauses: bool,
    pub(super) began_at: Micros,
}

/// Who waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// A client; one of the users of a closed loop, or not.
    Client { client: ClientIndex, user: bool },
    /// A part of a step of a handler.
    Work { work: u32, part: u32 },
}

/// What came for a caller that stands still.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deferred {
    Answer { call: u32, attempt: u64, failure: Option<Failure> },
    TimedOut { call: u32, attempt: u64 },
}

impl Deferred {
    fn call(&self) -> (u32, u64) {
        match *self {
            Deferred::Answer { call, attempt, .. } | Deferred::TimedOut { call, attempt } => (call, attempt),
        }
    }
}

impl World {
    /// An alarm goes off at this time.
    pub(super) fn set_alarm(&mut self, time: Micros, alarm: Alarm) {
        let index = self.alarms.insert(alarm) as u32;
        self.calendar.schedule(time, Due::Alarm(index));
    }

    // ---- who calls ----

    /// A request begins.
    pub(super) fn begin_call<O: Observer>(&mut self, caller: Caller, edge: Option<EdgeIndex>, observer: &mut O) {
        let edge = edge.unwrap_or(EdgeIndex::NONE);
        let call = Call { caller, edge, attempt: 0, failures: 0, pauses: false, began_at: self.now };
        let index = self.calls.insert(call) as u32;
        self.attempt(index, observer);
    }

    /// What a call is made with.
    fn terms(&self, caller: Caller) -> Option<&CallTerms> {
        match caller {
            Caller::Client { client, .. } => Some(&self.clients[client.0 as usize].terms),
            Caller::Work { work, part } => {
                let work = &self.works[work as usize];
                match work.program.part(work.step, part)? {
                    Part::Call { terms, .. } => Some(terms),
                    Part::Work(_) | Part::Publish { .. } => None,
                }
            }
        }
    }

    /// Sends the next attempt of a call.
    pub(super) fn attempt<O: Observer>(&mut self, index: u32, observer: &mut O) {
        self.attempts += 1;
        let attempt = self.attempts;
        let Call { caller, edge, .. } = self.calls[index as usize];
        let edge = self.standing(edge);
        let call = &mut self.calls[index as usize];
        (call.attempt, call.pauses, call.edge) = (attempt, false, edge);
        let now = self.now;
        let failure = match self.edges.get(edge.0 as usize) {
            Some(state) if state.condition.cut => {
                let cut = self.incidents.find(now, Spot::Edge(edge), |trouble| trouble == Trouble::Cut);
                Some(cut.unwrap_or_default())
            }
            Some(state) if !state.removed => None,
            _ => {
                let spot = Spot::Node(self.node_of(caller));
                Some(self.incidents.note(now, spot, Trouble::NotConnected, |_| {}))
            }
        };
        if let Some(incident) = failure {
            self.incidents.charge(incident, |cost| cost.calls_failed += 1);
            let cargo = Cargo::Answer { call: index, attempt, failure: Some(Failure { incident }) };
            self.fly(EdgeIndex::NONE, cargo, now);
            return;
        }
        let arrives_at = self.edges[edge.0 as usize].send(now);
        self.tell(Event::Requested { edge, request: attempt, arrives_at }, observer);
        self.fly(edge, Cargo::Request { call: index, attempt }, arrives_at);
        if self.draws_duplicate(edge) {
            self.edges[edge.0 as usize].condition.duplicated += 1;
            self.fly(edge, Cargo::Request { call: index, attempt }, arrives_at);
        }
        if let Some(timeout) = self.terms(caller).and_then(|terms| terms.timeout) {
            self.set_alarm(now + timeout, Alarm::TimedOut { call: index, attempt });
        }
    }

    /// The edge on which an attempt is made: where it was removed, the one that connects the same two nodes now, if there is
    /// one.
    fn standing(&self, edge: EdgeIndex) -> EdgeIndex {
        let Some(gone) = self.edges.get(edge.0 as usize).filter(|state| state.removed) else { return edge };
        let leads_there = |state: &EdgeState| {
            matches!(state.ends, Ends::Call)
                && state.from == gone.from
                && self.node_id(state.to) == self.node_id(gone.to)
        };
        let here = &self.nodes[gone.from.0 as usize].edges;
        here.iter().copied().find(|other| leads_there(&self.edges[other.0 as usize])).unwrap_or(edge)
    }

    fn node_id(&self, node: NodeIndex) -> &Id {
        &self.nodes[node.0 as usize].id
    }

    fn node_of(&self, caller: Caller) -> NodeIndex {
        match caller {
            Caller::Client { client, .. } => self.clients[client.0 as usize].node,
            Caller::Work { work, .. } => self.node_of_worker(self.works[work as usize].worker),
        }
    }

    pub(super) fn node_of_worker(&self, worker: Worker) -> NodeIndex {
        match worker {
            Worker::Consumer(index) => self.consumers[index.0 as usize].node,
            Worker::Service(index) => self.services[index.0 as usize].node,
        }
    }

    /// Whether the present attempt of a call is this one.
    fn awaits(&self, call: u32, attempt: u64) -> bool {
        self.calls.get(call as usize).is_some_and(|call| call.attempt == attempt)
    }

    fn stands_still(&self, caller: Caller) -> bool {
        match caller {
            Caller::Client { client, .. } => self.clients[client.0 as usize].health.is_stalled(),
            Caller::Work { work, .. } => self.slots(self.works[work as usize].worker).health.is_stalled(),
        }
    }

    /// An attempt has failed: again, or not. Says who has to be told that the call is over.
    fn attempt_failed(&mut self, index: u32, failure: Failure) -> Option<(Call, Failure)> {
        let call = &mut self.calls[index as usize];
        call.failures += 1;
        let Call { caller, failures, .. } = *call;
        let terms = self.terms(caller).cloned().unwrap_or_default();
        if failures > terms.retries {
            return Some((self.calls.remove(index as usize), failure));
        }
        let pause = match caller {
            Caller::Client { client, .. } => {
                let client = &mut self.clients[client.0 as usize];
                client.retried += 1;
                slots::pause(&terms.backoff, failures, &mut client.pauses)
            }
            Caller::Work { work, .. } => {
                let worker = self.works[work as usize].worker;
                self.slots_mut(worker).pause(&terms.backoff, failures)
            }
        };
        self.attempts += 1;
        let attempt = self.attempts;
        let call = &mut self.calls[index as usize];
        (call.attempt, call.pauses) = (attempt, true);
        self.set_alarm(self.now + pause, Alarm::Again { call: index, attempt });
        None
    }

    /// Why no answer came: what is wrong on the way, as far as calls lead; if nothing else is, that it took too long.
    fn cause_of_silence(&mut self, edge: EdgeIndex) -> IncidentNumber {
        let now = self.now;
        let callee = self.edges[edge.0 as usize].to;
        let mut edges = vec![edge];
        let mut next = 0;
        while let Some(&edge) = edges.get(next) {
            next += 1;
            let state = &self.edges[edge.0 as usize];
            let target = state.to;
            let broker = matches!(self.nodes[target.0 as usize].member, Member::Queue(_) | Member::Exchange(_));
            let spots = [Spot::Edge(edge), if broker { Spot::Broker } else { Spot::Node(target) }];
            let causes = |trouble| trouble != Trouble::TimedOut && trouble != Trouble::Dropping;
            if let Some(found) = spots.into_iter().find_map(|spot| self.incidents.find(now, spot, causes)) {
                return found;
            }
            if let Member::Service(service) = self.nodes[target.0 as usize].member {
                for &further in &self.services[service.0 as usize].edges {
                    if !edges.contains(&further) {
                        edges.push(further);
                    }
                }
            }
        }
        self.incidents.begin(now, Spot::Node(callee), Trouble::TimedOut)
    }

    // ---- who is called ----

    /// A request reaches the end of its edge.
    pub(super) fn request_arrives<O: Observer>(&mut self, edge: EdgeIndex, call: u32, attempt: u64, observer: &mut O) {
        let to = self.edges[edge.0 as usize].to;
        match self.nodes[to.0 as usize].member {
            Member::Service(service) => {
                let request = Request { edge, call, attempt, arrived_at: self.now };
                self.service_asked(service, request, observer);
            }
            Member::Database(database) => self.database_asked(database, edge, call, attempt, observer),
            _ => {}
        }
    }

    /// An answer sets off; a failure with what it failed for.
    pub(super) fn answer<O: Observer>(
        &mut self,
        edge: EdgeIndex,
        call: u32,
        attempt: u64,
        failure: Option<Failure>,
        observer: &mut O,
    ) {
        let state = &mut self.edges[edge.0 as usize];
        // Who asked has noticed that the connection is gone.
        if state.removed || state.condition.cut {
            return;
        }
        let arrives_at = state.send_back(self.now);
        self.tell(Event::Answered { edge, request: attempt, arrives_at, well: failure.is_none() }, observer);
        self.fly(edge, Cargo::Answer { call, attempt, failure }, arrives_at);
    }

    /// The request is not taken, or fails where it is.
    fn fail<O: Observer>(
        &mut self,
        edge: EdgeIndex,
        call: u32,
        attempt: u64,
        incident: IncidentNumber,
        observer: &mut O,
    ) {
        self.incidents.charge(incident, |cost| cost.calls_failed += 1);
        self.answer(edge, call, attempt, Some(Failure { incident }), observer);
    }

    /// Why a node that is down, or refuses, does so.
    pub(super) fn cause_at(&self, node: NodeIndex) -> IncidentNumber {
        let states = |trouble: Trouble| !trouble.is_found_in_passing();
        self.incidents.find(self.now, Spot::Node(node), states).unwrap_or_default()
    }

    fn service_asked<O: Observer>(&mut self, index: ServiceIndex, request: Request, observer: &mut O) {
        let service = &mut self.services[index.0 as usize];
        let Request { edge, call, attempt, .. } = request;
        let node = service.node;
        if !service.up || service.redeploying {
            service.refused += 1;
            let incident = self.cause_at(node);
            self.fail(edge, call, attempt, incident, observer);
        } else if service.backlog.is_empty() && service.slots.has_slot() {
            self.begin_work(Worker::Service(index), Job::Request(request), false, observer);
        } else if (service.backlog.len() as u64) < service.settings.backlog_limit {
            service.backlog.push_back(request);
        } else {
            service.refused += 1;
            let incident = self.incidents.begin(self.now, Spot::Node(node), Trouble::BacklogFull);
            self.fail(edge, call, attempt, incident, observer);
        }
    }

    /// Gives free slots to what waits.
    pub(super) fn begin_backlog<O: Observer>(&mut self, index: ServiceIndex, observer: &mut O) {
        while self.services[index.0 as usize].slots.has_slot() {
            let Some(request) = self.services[index.0 as usize].backlog.pop_front() else { return };
            self.begin_work(Worker::Service(index), Job::Request(request), false, observer);
        }
    }

    fn database_asked<O: Observer>(
        &mut self,
        index: DatabaseIndex,
        edge: EdgeIndex,
        call: u32,
        attempt: u64,
        observer: &mut O,
    ) {
        let now = self.now;
        let database = &mut self.databases[index.0 as usize];
        let node = database.node;
        if !database.up {
            database.rejected += 1;
            let incident = self.cause_at(node);
            self.fail(edge, call, attempt, incident, observer);
            return;
        }
        database.calls += 1;
        let rate = database.arrivals.add(now);
        database.most_per_s = database.most_per_s.max(rate);
        let capacity = database.settings.capacity_per_s;
        let begins_at = match database.settings.overload {
            Overload::Crash if rate > capacity => {
                database.failed += 1;
                self.crash_database(index, Trouble::Overloaded, observer);
                let incident = self.cause_at(node);
                self.fail(edge, call, attempt, incident, observer);
                return;
            }
            Overload::Reject if database.begun.count(now) >= capacity => {
                database.rejected += 1;
                let incident = self.incidents.begin(now, Spot::Node(node), Trouble::OverCapacity);
                self.fail(edge, call, attempt, incident, observer);
                return;
            }
            Overload::SlowDown => database.begun.room_at(now, capacity),
            Overload::Crash | Overload::Reject => now,
        };
        database.begun.add(begins_at);
        if begins_at > now {
            self.incidents.begin(now, Spot::Node(node), Trouble::OverCapacity);
        }
        let database = &mut self.databases[index.0 as usize];
        database.open += 1;
        let ends_at = begins_at + database.draw();
        let query = Query { edge, call, attempt, arrived_at: now, ends_at, scheduled: true };
        let changes = database.changes;
        self.set_alarm(ends_at, Alarm::Query { database: index, changes, query });
    }

    /// A database has an answer; or it is not yet time, because it stood still meanwhile. Gives the query back where it
    /// has to wait.
    pub(super) fn query_ends<O: Observer>(
        &mut self,
        index: DatabaseIndex,
        changes: u32,
        query: Query,
        observer: &mut O,
    ) {
        let now = self.now;
        let database = &mut self.databases[index.0 as usize];
        if database.changes != changes {
            return;
        }
        if database.health.is_stalled() {
            let query = Query { scheduled: false, ..query };
            self.alarms.insert(Alarm::Query { database: index, changes, query });
            return;
        }
        if query.ends_at > now {
            self.set_alarm(query.ends_at, Alarm::Query { database: index, changes, query });
            return;
        }
        let Query { edge, call, attempt, arrived_at, .. } = query;
        database.open -= 1;
        if database.draw_failure() {
            database.failed += 1;
            let spot = Spot::Node(database.node);
            let incident = self.incidents.find(now, spot, |trouble| trouble == Trouble::Errors).unwrap_or_default();
            self.fail(edge, call, attempt, incident, observer);
        } else {
            database.answered += 1;
            database.answering.record(now - arrived_at);
            self.answer(edge, call, attempt, None, observer);
        }
    }

    /// What a database works on, oldest first.
    fn queries_of(&mut self, index: DatabaseIndex) -> Vec<(u32, Query)> {
        let changes = self.databases[index.0 as usize].changes;
        let of_database = |(place, alarm): (usize, &Alarm)| match alarm {
            Alarm::Query { database, changes: then, query } if *database == index && *then == changes => {
                Some((place as u32, *query))
            }
            _ => None,
        };
        let mut queries: Vec<(u32, Query)> = self.alarms.iter().filter_map(of_database).collect();
        queries.sort_unstable_by_key(|(place, query)| (query.attempt, *place));
        queries
    }

    /// A database does no more; hands out what it worked on, oldest first.
    pub(super) fn stop_database(&mut self, index: DatabaseIndex) -> Vec<Query> {
        let queries = self.queries_of(index);
        let database = &mut self.databases[index.0 as usize];
        database.up = false;
        database.changes += 1;
        database.failed += queries.len() as u64;
        database.open = 0;
        database.begun.clear();
        database.health.stalled_at = None;
        let stopped = queries.into_iter().map(|(place, query)| {
            // One that is in the calendar is void when its time has come.
            if !query.scheduled {
                self.alarms.free(place as usize);
            }
            query
        });
        stopped.collect()
    }

    /// A database goes down, with all that it works on.
    pub(super) fn crash_database<O: Observer>(&mut self, index: DatabaseIndex, trouble: Trouble, observer: &mut O) {
        let queries = self.stop_database(index);
        let database = &mut self.databases[index.0 as usize];
        database.crashes += 1;
        let node = database.node;
        if trouble == Trouble::Overloaded {
            self.restart_database(index);
        }
        self.incidents.end(self.now, Spot::Node(node), |open| open == Trouble::Stalled);
        let incident = self.incidents.begin(self.now, Spot::Node(node), trouble);
        self.tell(Event::Crashed { node: Some(node) }, observer);
        for query in queries {
            self.fail(query.edge, query.call, query.attempt, incident, observer);
        }
    }

    /// A restart of a database begins.
    pub(super) fn restart_database(&mut self, index: DatabaseIndex) {
        let database = &mut self.databases[index.0 as usize];
        let back_at = self.now + Micros::from_ms(database.settings.restart_ms);
        database.changes += 1;
        database.back_at = Some(back_at);
        let (node, changes) = (database.node, database.changes);
        self.set_alarm(back_at, Alarm::Back { node, changes });
    }

    /// A database goes on where it stood.
    pub(super) fn resume_database(&mut self, index: DatabaseIndex, stood: Micros) {
        for (place, query) in self.queries_of(index) {
            let Alarm::Query { query: state, .. } = &mut self.alarms[place as usize] else { continue };
            state.ends_at += stood;
            if !query.scheduled {
                state.scheduled = true;
                let ends_at = state.ends_at;
                self.calendar.schedule(ends_at, Due::Alarm(place));
            }
        }
    }

    // ---- clients ----

    /// A client sends a request; nothing, where it is connected with nobody.
    pub(super) fn begin_request<O: Observer>(&mut self, index: ClientIndex, user: bool, observer: &mut O) {
        let now = self.now;
        let client = &mut self.clients[index.0 as usize];
        if client.edges.is_empty() {
            // A user waits until there is somebody to ask.
            client.users -= u32::from(user);
            return;
        }
        let edge = client.edges[client.turn % client.edges.len()];
        client.turn += 1;
        client.requests += 1;
        client.requesting.count(now);
        self.begin_call(Caller::Client { client: index, user }, Some(edge), observer);
    }

    /// It is time for the next request of an open loop.
    pub(super) fn request_due<O: Observer>(&mut self, index: ClientIndex, observer: &mut O) {
        let client = &mut self.clients[index.0 as usize];
        if client.timetable.due != Some(self.now) {
            return;
        }
        client.timetable.done_one(self.now);
        if let Some(next) = client.timetable.due {
            self.calendar.schedule(next, Due::Request(index));
        }
        if self.clients[index.0 as usize].health.is_stalled() {
            self.clients[index.0 as usize].held_back += 1;
        } else {
            self.begin_request(index, false, observer);
        }
    }

    /// Lets as many users begin as there are to be and have not.
    pub(super) fn begin_users<O: Observer>(&mut self, index: ClientIndex, observer: &mut O) {
        loop {
            let client = &mut self.clients[index.0 as usize];
            let Some((users, _)) = client.closed_loop() else { return };
            if !client.up || client.health.is_stalled() || client.edges.is_empty() || client.users >= users {
                return;
            }
            client.users += 1;
            self.begin_request(index, true, observer);
        }
    }

    /// A user has thought.
    pub(super) fn user_has_thought<O: Observer>(&mut self, index: ClientIndex, begun: u32, observer: &mut O) {
        let client = &mut self.clients[index.0 as usize];
        if client.begun != begun {
            return;
        }
        if client.closed_loop().is_none_or(|(users, _)| client.users > users) {
            client.users -= 1;
        } else if client.health.is_stalled() {
            client.users_held_back += 1;
        } else {
            self.begin_request(index, true, observer);
        }
    }

    /// A client's request is over.
    fn request_over<O: Observer>(
        &mut self,
        index: ClientIndex,
        user: bool,
        call: &Call,
        failure: Option<Failure>,
        observer: &mut O,
    ) {
        /// Users whose requests fail at once come back no sooner, so that time passes; others after a microsecond.
        const LEAST: [Micros; 2] = [Micros(1), Micros(1_000)];
        let now = self.now;
        let client = &mut self.clients[index.0 as usize];
        match failure {
            None => {
                client.succeeded += 1;
                client.succeeding.count(now);
                client.response.record(now - call.began_at);
            }
            Some(Failure { incident }) => {
                client.failed += 1;
                client.failing.count(now);
                self.incidents.charge(incident, |cost| cost.requests_failed += 1);
            }
        }
        let client = &self.clients[index.0 as usize];
        let event = Event::RequestEnded { client: client.node, request: call.attempt, well: failure.is_none() };
        if user {
            let think = client.closed_loop().map_or(Micros::ZERO, |(_, think)| think);
            let least = LEAST[usize::from(failure.is_some())];
            let again_at = (now + think).max(call.began_at + least);
            let begun = client.begun;
            self.set_alarm(again_at, Alarm::Thought { client: index, begun });
        }
        self.tell(event, observer);
    }

    /// A client is gone: what it waited for has failed.
    pub(super) fn stop_client<O: Observer>(&mut self, index: ClientIndex, observer: &mut O) {
        let client = &mut self.clients[index.0 as usize];
        client.up = false;
        client.begun += 1;
        client.users = 0;
        client.held_back = 0;
        client.users_held_back = 0;
        client.timetable.stop();
        client.health.stalled_at = None;
        let node = client.node;
        let own = |caller| matches!(caller, Caller::Client { client, .. } if client == index);
        let incident = self.cause_at(node);
        for call in self.forget_calls(own) {
            self.request_over(index, false, &call, Some(Failure { incident }), observer);
        }
    }

    /// Calls whose caller is gone are forgotten, in the order of their attempts.
    pub(super) fn forget_calls(&mut self, forgotten: impl Fn(Caller) -> bool) -> Vec<Call> {
        let places: Vec<usize> =
            self.calls.iter().filter(|(_, call)| forgotten(call.caller)).map(|(place, _)| place).collect();
        let mut calls: Vec<Call> = places.into_iter().map(|place| self.calls.remove(place)).collect();
        calls.sort_unstable_by_key(|call| call.attempt);
        calls
    }
}

impl Engine {
    /// An answer is back, or it is known that none will come.
    pub(super) fn answered<O: Observer>(
        &mut self,
        index: u32,
        attempt: u64,
        failure: Option<Failure>,
        observer: &mut O,
    ) {
        if !self.world.awaits(index, attempt) {
            return;
        }
        if self.world.stands_still(self.world.calls[index as usize].caller) {
            self.world.deferred.push(Deferred::Answer { call: index, attempt, failure });
            return;
        }
        match failure {
            None => {
                let call = self.world.calls.remove(index as usize);
                self.call_over(call, None, observer);
            }
            Some(failure) => self.attempt_failed(index, failure, observer),
        }
    }

    /// An attempt has waited long enough.
    pub(super) fn timed_out<O: Observer>(&mut self, index: u32, attempt: u64, observer: &mut O) {
        if !self.world.awaits(index, attempt) {
            return;
        }
        let Call { caller, edge, .. } = self.world.calls[index as usize];
        if self.world.stands_still(caller) {
            self.world.deferred.push(Deferred::TimedOut { call: index, attempt });
            return;
        }
        self.world.tell(Event::TimedOut { edge, request: attempt }, observer);
        let incident = self.world.cause_of_silence(edge);
        self.world.incidents.charge(incident, |cost| cost.calls_failed += 1);
        self.attempt_failed(index, Failure { incident }, observer);
    }

    fn attempt_failed<O: Observer>(&mut self, index: u32, failure: Failure, observer: &mut O) {
        if let Some((call, failure)) = self.world.attempt_failed(index, failure) {
            self.call_over(call, Some(failure), observer);
        }
    }

    fn call_over<O: Observer>(&mut self, call: Call, failure: Option<Failure>, observer: &mut O) {
        match call.caller {
            Caller::Client { client, user } => self.world.request_over(client, user, &call, failure, observer),
            Caller::Work { work, .. } => self.part_ended(work, failure, observer),
        }
    }

    /// A pause is over.
    pub(super) fn call_again<O: Observer>(&mut self, index: u32, attempt: u64, observer: &mut O) {
        if self.world.awaits(index, attempt) {
            self.world.attempt(index, observer);
        }
    }

    /// What came for callers while they stood still comes now.
    pub(super) fn take_deferred<O: Observer>(&mut self, observer: &mut O) {
        for deferred in std::mem::take(&mut self.world.deferred) {
            let (call, attempt) = deferred.call();
            if !self.world.awaits(call, attempt) {
                continue;
            }
            // Those of others who still stand still are deferred again.
            match deferred {
                Deferred::Answer { failure, .. } => self.answered(call, attempt, failure, observer),
                Deferred::TimedOut { .. } => self.timed_out(call, attempt, observer),
            }
        }
    }

    /// A call edge breaks: whoever waits for an answer over it notices.
    pub(super) fn break_calls<O: Observer>(&mut self, edge: EdgeIndex, incident: IncidentNumber, observer: &mut O) {
        // A call that pauses is not on its way.
        let own = |(_, call): &(usize, &Call)| call.edge == edge && !call.pauses;
        let mut broken: Vec<(u64, u32)> =
            self.world.calls.iter().filter(own).map(|(place, call)| (call.attempt, place as u32)).collect();
        broken.sort_unstable();
        for (attempt, place) in broken {
            self.world.incidents.charge(incident, |cost| cost.calls_failed += 1);
            self.answered(place, attempt, Some(Failure { incident }), observer);
        }
    }
}
