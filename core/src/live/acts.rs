//! What a person does at a real broker.

use super::broker::{
    Asked, Broker, Effect, Message, News, Port, Progress, Sight, Status, Target, Tracing, Trouble, Unsent, Works,
};
use super::consumer::{Consumer, Mode, Outcome, State, Verdict};
use super::deploy::{Plan, Stays, Thing};
use super::stomp::{self, Frame};
use super::{LONGEST_BODY, MOST_CONSUMERS};

/// So many publishes are waited for at the most.
const MOST_UNCONFIRMED: usize = 100_000;

impl Broker {
    /// Publishes a message.
    ///
    /// # Errors
    /// Why it cannot be sent: a broker ends the connection over an exchange that it does not have.
    pub fn publish(&mut self, target: &Target, message: &Message) -> Result<(), Unsent> {
        let (destination, is_there, names) = match target {
            Target::Exchange(name) => (
                format!("/exchange/{}/{}", stomp::part(name), stomp::part(&message.routing_key)),
                self.known.exchanges.iter().any(|there| there.declared.name == *name && !there.declared.internal),
                [name, &message.routing_key],
            ),
            Target::Queue(name) => {
                (format!("/amq/queue/{}", stomp::part(name)), self.known.queue(name).is_some(), [name, name])
            }
        };
        if self.status != Status::Up {
            return Err(Unsent::NotConnected);
        }
        if !is_there {
            return Err(Unsent::NotThere);
        }
        if let Some(name) = names.into_iter().find(|name| !stomp::can_say(name)) {
            return Err(Unsent::NotInStomp(name.clone()));
        }
        if message.body.len() > LONGEST_BODY {
            return Err(Unsent::TooLong);
        }
        self.counter += 1;
        let number = self.counter;
        let mut frame = Frame::new("SEND").with("destination", destination).with("receipt", format!("p{number}"));
        self.messages += 1;
        frame = frame.with("amqp-message-id", self.messages.to_string()).with("content-type", "text/plain");
        if message.persistent {
            frame = frame.with("persistent", "true");
        }
        if let Some(priority) = message.priority {
            frame = frame.with("priority", priority.to_string());
        }
        if let Some(ms) = message.expiration_ms {
            frame = frame.with("expiration", ms.to_string());
        }
        for (name, value) in &message.headers {
            // What STOMP has a meaning for is not a header of the message.
            if frame.header(name).is_none()
                && !matches!(name.as_str(), "transaction" | "content-length" | "" | "ack" | "id")
            {
                frame = frame.with(name, value.clone());
            }
        }
        frame.body.clone_from(&message.body);
        self.send(Port::HAND, &frame);
        self.unconfirmed.insert(number);
        self.ledger.sent += 1;
        self.ledger.unconfirmed += 1;
        // A refused one is never heard of: it is not waited for without end.
        if self.unconfirmed.len() > MOST_UNCONFIRMED && self.unconfirmed.pop_first().is_some() {
            self.ledger.unconfirmed -= 1;
            self.ledger.unknown += 1;
        }
        *self.published_to.entry(target.clone()).or_default() += 1;
        // What is traced is told with the queues that it got into.
        if self.tracing != Tracing::On {
            let queues = match target {
                Target::Queue(name) => vec![name.clone()],
                Target::Exchange(_) => Vec::new(),
            };
            self.see(Sight::Published { target: target.clone(), queues });
        }
        self.revision += 1;
        Ok(())
    }

    /// Begins to consume; the number of the consumer.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn consume(
        &mut self,
        queue: &str,
        name: Option<String>,
        prefetch: u32,
        priority: i32,
        mode: Mode,
    ) -> Result<u32, Unsent> {
        if self.status != Status::Up {
            return Err(Unsent::NotConnected);
        }
        if self.known.queue(queue).is_none() {
            return Err(Unsent::NotThere);
        }
        if !stomp::can_say(queue) {
            return Err(Unsent::NotInStomp(queue.to_owned()));
        }
        if self.consumers.len() >= MOST_CONSUMERS {
            return Err(Unsent::TooMany);
        }
        self.consumers_made += 1;
        let number = self.consumers_made;
        let mut consumer = Consumer::new(number, name, queue.to_owned(), prefetch, mode);
        consumer.priority = priority;
        self.consumers.push(consumer);
        self.effects.push(Effect::Open(Port(number)));
        self.revision += 1;
        Ok(number)
    }

    /// Says what becomes of a message in a consumer's hands.
    pub fn settle(&mut self, consumer: u32, number: u64, verdict: Verdict) {
        self.counter += 1;
        let receipt = self.counter;
        let Some(found) = self.consumers.iter_mut().find(|found| found.number == consumer) else { return };
        if found.done_with(number) {
            self.ledger.count(Outcome::Settled(Verdict::Ack));
        } else if let Some(frame) = found.tell(number, verdict, receipt) {
            self.send(Port(consumer), &frame);
        }
        self.revision += 1;
    }

    /// Drops a consumer's connection, as a crash does: without a word. What it had not acked, the broker delivers again.
    pub fn crash(&mut self, consumer: u32) {
        if self.consumer(consumer).is_some_and(|consumer| !matches!(consumer.state, State::Down(_))) {
            self.effects.push(Effect::Close(Port(consumer)));
            self.readers.remove(&Port(consumer));
            self.end_consumer(consumer, None);
        }
    }

    /// Lets a consumer come back that has gone.
    pub fn restart(&mut self, consumer: u32) {
        if self.status != Status::Up {
            return;
        }
        let Some(found) = self.consumers.iter_mut().find(|found| found.number == consumer) else { return };
        if matches!(found.state, State::Down(_)) {
            found.state = State::Connecting;
            self.effects.push(Effect::Open(Port(consumer)));
            self.revision += 1;
        }
    }

    /// Takes a consumer away.
    pub fn dismiss(&mut self, consumer: u32) {
        let quiet = self.consumer(consumer).is_some_and(|consumer| consumer.held.is_empty());
        let news = self.news_made;
        self.crash(consumer);
        // Nothing has happened to any message: that is no news.
        if quiet && self.news_made > news {
            self.news.pop_front();
        }
        self.consumers.retain(|found| found.number != consumer);
        self.revision += 1;
    }

    pub(super) fn end_consumer(&mut self, number: u32, said: Option<String>) {
        self.revision += 1;
        let Some(consumer) = self.consumers.iter_mut().find(|consumer| consumer.number == number) else { return };
        if matches!(consumer.state, State::Down(_)) {
            return;
        }
        consumer.state = State::Down(said);
        let name = consumer.name.clone();
        let mut outcomes = Vec::new();
        consumer.drop_all(&mut outcomes);
        for outcome in &outcomes {
            self.ledger.count(*outcome);
        }
        let count = |wanted: Outcome| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        let (given_back, uncertain, lost) =
            (count(Outcome::GivenBack), count(Outcome::Uncertain), count(Outcome::Lost));
        self.tell(News::Dropped { consumer: number, name, given_back, uncertain, lost });
        self.look_again();
    }

    /// Creates what is missing of a sketch.
    pub fn deploy(&mut self, plan: &Plan) {
        self.begin(true, plan.creations().cloned().collect());
    }

    /// Takes away again what was created here, as far as nobody uses it and nothing is in it.
    pub fn take_away(&mut self) {
        self.begin(false, self.created.iter().rev().cloned().collect());
    }

    fn begin(&mut self, creates: bool, things: Vec<Thing>) {
        if self.status != Status::Up || self.works.as_ref().is_some_and(|works| !works.is_over()) {
            return;
        }
        self.works = Some(Works { creates, steps: things.into_iter().map(|thing| (thing, Progress::Waits)).collect() });
        self.revision += 1;
        self.go_on();
    }

    /// Asks for the next step, one at a time: a binding needs its ends.
    fn go_on(&mut self) {
        loop {
            let Some(works) = &self.works else { return };
            let Some(step) = works.steps.iter().position(|(_, progress)| *progress == Progress::Waits) else {
                self.look_again();
                return;
            };
            let thing = &works.steps[step].0;
            if works.creates {
                let asking = thing.create(&self.host);
                return self.ask(Asked::Create(step), asking);
            }
            let progress = match thing.remove(&self.host, &self.known, |queue| self.consumers_of(queue)) {
                Ok(asking) => return self.ask(Asked::Remove(step), asking),
                Err(Stays::InUse) => Progress::InUse,
                Err(Stays::Gone) => Progress::WasThere,
            };
            if progress == Progress::WasThere {
                let gone = thing.clone();
                self.created.retain(|thing| *thing != gone);
            }
            if let Some(works) = &mut self.works {
                works.steps[step].1 = progress;
            }
        }
    }

    pub(super) fn step_ended(&mut self, step: usize, progress: Progress) {
        let Some(works) = &mut self.works else { return };
        let creates = works.creates;
        let Some((thing, own)) = works.steps.get_mut(step) else { return };
        match &progress {
            // Somebody else may have been faster: then it is theirs.
            Progress::Done if creates => self.created.push(thing.clone()),
            Progress::Done | Progress::WasThere if !creates => {
                let gone = thing.clone();
                self.created.retain(|thing| *thing != gone);
            }
            _ => {}
        }
        *own = progress;
        self.go_on();
    }

    /// Ends everything: tracing is switched off, if it was switched on here, and the connections are closed.
    pub fn disconnect(&mut self) {
        let numbers: Vec<u32> = self.consumers.iter().map(|consumer| consumer.number).collect();
        for number in numbers {
            self.dismiss(number);
        }
        self.fail(Trouble::Lost(None));
    }
}
