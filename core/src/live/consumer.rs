//! A consumer of the page's own, at a real broker: its subscription, and what is in its hands.

use std::collections::VecDeque;

use super::stomp::{self, Frame};
use crate::base::Micros;
use crate::engine::Handling;
use crate::scenario::{AckMode, ConsumerSettings, OnFailure};

/// How many messages a consumer shows that are over.
const MOST_RECENT: usize = 40;
/// How much of a body is kept to be shown, in letters.
const SHOWN_BODY: usize = 120;
/// The most of its messages that one holds, whatever its prefetch is: without a prefetch a broker sends all that it has.
pub const MOST_PREFETCH: u32 = 10_000;

/// What a consumer does with its messages.
#[derive(Clone, Debug)]
pub enum Mode {
    /// A person acks them.
    ByHand,
    /// A handler works on them as it does in the simulation, and acks them or not.
    Works(Box<Work>),
}

/// A handler at work.
#[derive(Clone, Debug)]
pub struct Work {
    /// How long it takes, and whether it fails.
    pub handling: Handling,
    /// How many messages it works on at once.
    pub concurrency: u32,
    /// What becomes of a message whose handler failed.
    pub on_failure: OnFailure,
    /// Who says when a message is done.
    pub ack_mode: AckMode,
}

/// Whether a consumer is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is on its way.
    Connecting,
    /// It is subscribed.
    Up,
    /// Its connection was dropped, or ended; in the broker's words where it said something.
    Down(Option<String>),
}

/// What is said of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is done.
    Ack,
    /// It goes back to its queue.
    Requeue,
    /// It is dropped, or goes on as a dead letter.
    Reject,
}

/// A message in a consumer's hands.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Its number among the deliveries of this connection to the broker.
    pub number: u64,
    /// What it is called when it is acked; empty: it was acked automatically.
    ack: String,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// How its body begins.
    pub body: String,
    /// Whether it was delivered before.
    pub redelivered: bool,
    /// When it arrived.
    arrived: Micros,
    /// How far it is.
    pub stage: Stage,
}

/// How far a message in a consumer's hands is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// It waits for a slot, or for the person.
    Waits,
    /// It is worked on until this time, and whether that fails.
    Worked {
        /// When the handler ends.
        until: Micros,
        /// Whether it fails.
        fails: bool,
    },
    /// Its fate was told the broker, which has not yet said that it heard.
    Told {
        /// The receipt that is waited for.
        receipt: u64,
        /// The fate.
        verdict: Verdict,
    },
}

/// What became of a message that is no longer in a consumer's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The broker has heard what was said of it.
    Settled(Verdict),
    /// The connection went, and the broker delivers it again.
    GivenBack,
    /// The connection went before the broker said that it heard: it may be delivered again.
    Uncertain,
    /// It was acked automatically and was not yet dealt with.
    Lost,
}

/// A message that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Over {
    /// The message.
    pub message: Held,
    /// What became of it.
    pub outcome: Outcome,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// Its number, from 1 on.
    pub number: u32,
    /// What it is called, where it has a name.
    pub name: Option<String>,
    /// Its queue.
    pub queue: String,
    /// The most unacked messages that it is given; 0: any number.
    pub prefetch: u32,
    /// Its priority among the consumers of its queue.
    pub priority: i32,
    /// What it does.
    pub mode: Mode,
    /// Whether it is there.
    pub state: State,
    /// What is in its hands, the oldest first.
    pub held: VecDeque<Held>,
    /// What is over, the latest first.
    pub recent: VecDeque<Over>,
    /// Deliveries, redeliveries included.
    pub delivered: u64,
    /// Deliveries of messages that had been delivered before.
    pub redelivered: u64,
    /// Messages that it was done with.
    pub acked: u64,
    /// Handlers that failed.
    pub failed: u64,
}

impl Consumer {
    /// A consumer that is not there yet.
    pub fn new(number: u32, name: Option<String>, queue: String, prefetch: u32, mode: Mode) -> Consumer {
        Consumer {
            number,
            name,
            queue,
            prefetch: prefetch.min(MOST_PREFETCH),
            priority: 0,
            mode,
            state: State::Connecting,
            held: VecDeque::new(),
            recent: VecDeque::new(),
            delivered: 0,
            redelivered: 0,
            acked: 0,
            failed: 0,
        }
    }

    /// The work of a consumer as it is drawn.
    pub fn work(settings: &ConsumerSettings, handling: Handling) -> Work {
        Work {
            handling,
            concurrency: settings.concurrency,
            on_failure: settings.on_failure,
            ack_mode: settings.ack_mode,
        }
    }

    /// Whether the broker takes a message as done as soon as it has sent it.
    pub fn acks_automatically(&self) -> bool {
        matches!(&self.mode, Mode::Works(work) if work.ack_mode == AckMode::Auto)
    }

    /// How many of its messages are worked on.
    pub fn busy(&self) -> usize {
        self.held.iter().filter(|held| matches!(held.stage, Stage::Worked { .. })).count()
    }

    /// The frame that subscribes it.
    pub(super) fn subscription(&self, own: &str) -> Frame {
        let ack = if self.acks_automatically() { "auto" } else { "client-individual" };
        let mut frame = Frame::new("SUBSCRIBE")
            .with("id", format!("{own}{}", self.number))
            .with("destination", format!("/amq/queue/{}", stomp::part(&self.queue)))
            .with("ack", ack)
            .with("receipt", "s");
        if !self.acks_automatically() {
            let prefetch = if self.prefetch == 0 { MOST_PREFETCH } else { self.prefetch };
            frame = frame.with("prefetch-count", prefetch.to_string());
        }
        if self.priority != 0 {
            frame = frame.with("x-priority", self.priority.to_string());
        }
        frame
    }

    /// A message was delivered.
    pub(super) fn take(&mut self, number: u64, now: Micros, frame: &Frame) -> bool {
        let redelivered = frame.header("redelivered") == Some("true");
        let ack = if self.acks_automatically() { "" } else { frame.header("ack").unwrap_or_default() };
        self.held.push_back(Held {
            number,
            ack: ack.to_owned(),
            id: frame.header("amqp-message-id").map(|id| id.chars().take(SHOWN_BODY).collect()),
            body: frame.body.chars().take(SHOWN_BODY).collect(),
            redelivered,
            arrived: now,
            stage: Stage::Waits,
        });
        self.delivered += 1;
        self.redelivered += u64::from(redelivered);
        redelivered
    }

    /// Time has come to `now`: work ends, and other work begins when a slot was free and the message was there, not when somebody looks.
    /// What was decided goes to `decided`.
    pub(super) fn work_until(&mut self, now: Micros, decided: &mut Vec<(u64, Verdict)>) {
        let Mode::Works(work) = &mut self.mode else { return };
        let begun = |held: &Held| matches!(held.stage, Stage::Worked { .. });
        let mut busy = self.held.iter().filter(|held| begun(held)).count();
        // A slot that has not worked before, or not for long, is free at once.
        let mut free_at = Micros::ZERO;
        loop {
            let is_over = |held: &Held| decided.iter().any(|(number, _)| *number == held.number);
            let waits = |held: &Held| held.stage == Stage::Waits && !is_over(held);
            if busy < work.concurrency as usize
                && let Some(place) = self.held.iter().position(waits)
            {
                let (lasts, fails) = work.handling.draw();
                let held = &mut self.held[place];
                held.stage = Stage::Worked { until: held.arrived.max(free_at) + lasts, fails };
                busy += 1;
                continue;
            }
            let ends = self.held.iter().enumerate().filter_map(|(place, held)| match held.stage {
                Stage::Worked { until, fails } if until <= now => Some((until, place, fails)),
                _ => None,
            });
            let Some((until, place, fails)) = ends.min() else { return };
            let held = &mut self.held[place];
            held.stage = Stage::Waits;
            self.failed += u64::from(fails);
            let verdict = match work.on_failure {
                _ if !fails => Verdict::Ack,
                OnFailure::Requeue => Verdict::Requeue,
                OnFailure::Reject | OnFailure::Retry => Verdict::Reject,
            };
            decided.push((held.number, verdict));
            (busy, free_at) = (busy - 1, until);
        }
    }

    /// The frame that tells the broker what becomes of a message; `None` where there is none that can be told so.
    pub(super) fn tell(&mut self, number: u64, verdict: Verdict, receipt: u64) -> Option<Frame> {
        if self.state != State::Up {
            return None;
        }
        let held = self.held.iter_mut().find(|held| held.number == number)?;
        if matches!(held.stage, Stage::Told { .. }) || held.ack.is_empty() {
            return None;
        }
        held.stage = Stage::Told { receipt, verdict };
        let frame = match verdict {
            Verdict::Ack => Frame::new("ACK"),
            Verdict::Requeue => Frame::new("NACK").with("requeue", "true"),
            Verdict::Reject => Frame::new("NACK").with("requeue", "false"),
        };
        Some(frame.with("id", held.ack.clone()).with("receipt", format!("a{receipt}")))
    }

    /// The broker has heard what was said with this receipt.
    pub(super) fn heard(&mut self, receipt: u64) -> Option<Verdict> {
        let place = self
            .held
            .iter()
            .position(|held| matches!(held.stage, Stage::Told { receipt: own, .. } if own == receipt))?;
        let message = self.held.remove(place)?;
        let Stage::Told { verdict, .. } = message.stage else { return None };
        self.acked += u64::from(verdict == Verdict::Ack);
        self.end(message, Outcome::Settled(verdict));
        Some(verdict)
    }

    /// A message that was acked automatically has been dealt with.
    pub(super) fn done_with(&mut self, number: u64) -> bool {
        let Some(place) = self.held.iter().position(|held| held.number == number && held.ack.is_empty()) else {
            return false;
        };
        let Some(message) = self.held.remove(place) else { return false };
        self.acked += 1;
        self.end(message, Outcome::Settled(Verdict::Ack));
        true
    }

    /// The connection is no more: nothing is in its hands any longer. What became of each message goes to `outcomes`.
    pub(super) fn drop_all(&mut self, outcomes: &mut Vec<Outcome>) {
        while let Some(message) = self.held.pop_front() {
            let outcome = match message.stage {
                Stage::Told { .. } => Outcome::Uncertain,
                _ if message.ack.is_empty() => Outcome::Lost,
                _ => Outcome::GivenBack,
            };
            outcomes.push(outcome);
            self.end(message, outcome);
        }
    }

    fn end(&mut self, message: Held, outcome: Outcome) {
        self.recent.push_front(Over { message, outcome });
        self.recent.truncate(MOST_RECENT);
    }
}
