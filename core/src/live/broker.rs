//! A connection to a real broker as a state machine: what arrives goes in, what has to be done comes out. It opens no socket, asks
//! nobody and has no clock.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::consumer::{Consumer, Outcome, State};
use super::deploy::{Plan, Thing};
use super::ledger::Ledger;
use super::management::{self, About, Asking, ExchangeState, QueueState, Request, TracedEvent};
use super::stomp::{Frame, Reader};
use crate::base::Micros;
use crate::interop::{Binding, Topology};
use crate::scenario::SYSTEM_EXCHANGES;

/// How often depths are asked for.
const TOTALS_EVERY: Micros = Micros(500_000);
/// How often everything is asked for.
const ALL_EVERY: Micros = Micros(2_000_000);
/// How often traced messages are taken.
const TRACED_EVERY: Micros = Micros(250_000);
/// How often the broker is to show that it is there, in milliseconds.
const BEAT_MS: u32 = 10_000;
/// The most that was seen to move and was not yet drawn.
const MOST_SIGHTS: usize = 4_000;
/// How many events are kept to be read.
const MOST_NEWS: usize = 200;
/// The most messages that are published by one command.
pub const MOST_AT_ONCE: u64 = 10_000;
/// The longest body, in bytes.
pub const LONGEST_BODY: usize = 1 << 20;
/// The most consumers of the page's own.
pub const MOST_CONSUMERS: usize = 200;

/// Who a person is to the broker. It is in memory only, and is not printed.
#[derive(Clone)]
pub struct Login {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: String,
}

/// One of the connections over which STOMP is spoken: 0 publishes, any other one is the consumer's of this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(pub u32);

impl Port {
    /// The one that publishes.
    pub const HAND: Port = Port(0);
}

/// What has to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A connection is to be opened; one that is open at this port goes first.
    Open(Port),
    /// This is to be sent.
    Send(Port, String),
    /// The connection is to be closed.
    Close(Port),
    /// The management API is to be asked.
    Ask(Request),
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The management API does not answer, or not to this page.
    ApiSilent,
    /// It does not know the user, or the password is another one.
    Login,
    /// The user may not do that; in the broker's words.
    NotAllowed(String),
    /// There is no such virtual host.
    NoSuchHost,
    /// What answers is no management API.
    NotAnApi,
    /// It answered with an error.
    ApiFails(u16, String),
    /// Nobody speaks STOMP there.
    StompSilent,
    /// The connection was refused; in the broker's words.
    StompRefused(String),
    /// The connection was there and has gone.
    Lost(Option<String>),
}

/// How far a connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// On its way.
    Connecting,
    /// There.
    Up,
    /// There is none.
    Down(Trouble),
}

/// What is asked of the management API, so that the answer is understood.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    Overview,
    Hosts,
    Queues,
    Totals,
    Exchanges,
    Bindings,
    Consumers,
    Create(usize),
    Remove(usize),
    TraceHost,
    Trace(bool),
    TraceQueue,
    TraceBinding,
    Traced,
    Nothing,
}

/// Whether messages are traced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Tracing {
    /// No.
    #[default]
    Off,
    /// It is being switched on or off.
    Switching,
    /// Yes.
    On,
}

/// How far a step of creating or taking away is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It has not begun.
    Waits,
    /// It is done.
    Done,
    /// It was there already when it came to that, or was gone.
    WasThere,
    /// Somebody uses it, or something is in it.
    InUse,
    /// It was refused; in the broker's words.
    Refused(String),
}

/// Things that are created, or taken away, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Works {
    /// Whether they are created.
    pub creates: bool,
    /// The things, and how far each is.
    pub steps: Vec<(Thing, Progress)>,
}

impl Works {
    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.steps.iter().all(|(_, progress)| *progress != Progress::Waits)
    }
}

/// Where something is published.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// To an exchange.
    Exchange(String),
    /// Straight to a queue: to the default exchange, with the queue's name as the key (AMQP 0-9-1, 3.1.3.1).
    Queue(String),
}

/// Why something cannot be published, or consumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// There is no connection.
    NotConnected,
    /// There is nothing of that name, or clients may not publish to it.
    NotThere,
    /// This name cannot be said in a STOMP destination.
    NotInStomp(String),
    /// The body is too long.
    TooLong,
    /// There are too many consumers.
    TooMany,
}

/// A message as it is published.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// Its routing key; without meaning where it goes straight to a queue.
    pub routing_key: String,
    /// Its headers. STOMP knows texts only.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
    /// Whether a durable queue keeps it through a restart.
    pub persistent: bool,
    /// Its priority.
    pub priority: Option<u8>,
    /// How long it may wait in a queue, in milliseconds.
    pub expiration_ms: Option<u64>,
}

/// Something that was seen to move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// A message was published, and got into these queues, as far as is known.
    Published {
        /// Where to.
        target: Target,
        /// The queues.
        queues: Vec<String>,
    },
    /// A message was delivered.
    Delivered {
        /// By this queue.
        queue: String,
        /// To this consumer of the page's own; `None`: to another one.
        consumer: Option<u32>,
        /// Whether it had been delivered before.
        redelivered: bool,
    },
}

/// Something to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A message was traced.
    Traced(TracedLine),
    /// A consumer's connection went.
    Dropped {
        /// The consumer.
        consumer: u32,
        /// What it is called, where it has a name.
        name: Option<String>,
        /// How many go back.
        given_back: usize,
        /// Of how many nobody knows.
        uncertain: usize,
        /// How many are lost.
        lost: usize,
    },
    /// A message that had been delivered before was delivered.
    Redelivered {
        /// The consumer.
        consumer: u32,
        /// What it is called, where it has a name.
        name: Option<String>,
        /// The message's id, or the beginning of its body.
        message: String,
    },
    /// The broker has refused something, in its own words.
    Refused(String),
}

/// A traced message, to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedLine {
    /// The message as it was told.
    pub event: TracedEvent,
    /// Its exchange.
    pub exchange: String,
    /// Its key.
    pub routing_key: String,
    /// Where it died.
    pub deaths: Vec<(String, String, u64)>,
}

/// What is known of a broker.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What it is.
    pub about: About,
    /// Its queues, without the page's own for traced messages.
    pub queues: Vec<QueueState>,
    /// Its exchanges.
    pub exchanges: Vec<ExchangeState>,
    /// Its bindings, and what the API calls them.
    pub bindings: Vec<(Binding, String)>,
    /// How many consume from each queue beside the page's own consumers.
    pub others: BTreeMap<String, u64>,
    /// What has arrived of queues, exchanges and bindings.
    arrived: [bool; 3],
}

impl Known {
    /// Whether everything has been told once.
    pub fn is_whole(&self) -> bool {
        self.arrived == [true; 3]
    }

    /// So many messages wait in queues, and are unacked, by their names.
    fn count(&mut self, counts: &BTreeMap<&str, (u64, u64)>) {
        for queue in &mut self.queues {
            if let Some(count) = counts.get(queue.declared.name.as_str()) {
                (queue.ready, queue.unacked) = *count;
            }
        }
    }

    /// A queue by its name.
    pub fn queue(&self, name: &str) -> Option<&QueueState> {
        self.queues.iter().find(|queue| queue.declared.name == name)
    }

    /// Exchanges, queues and bindings as they were declared, or as they work where `effective`.
    pub fn topology(&self, effective: bool) -> Topology {
        let system = |name: &str| name.is_empty() || SYSTEM_EXCHANGES.iter().any(|(system, _)| *system == name);
        let all = self.exchanges.iter().map(|exchange| &exchange.declared);
        let queue = |queue: &QueueState| if effective { queue.effective.clone() } else { queue.declared.clone() };
        Topology {
            exchanges: all
                .filter(|exchange| !system(&exchange.name) && exchange.name != TRACE_EXCHANGE)
                .cloned()
                .collect(),
            queues: self.queues.iter().map(queue).collect(),
            bindings: self.bindings.iter().map(|(binding, _)| binding.clone()).collect(),
            ..Topology::default()
        }
    }
}

/// Where a broker puts what it traces (RabbitMQ, "Firehose Tracer").
pub(super) const TRACE_EXCHANGE: &str = "amq.rabbitmq.trace";
/// How the page's queue for that is called; a number follows.
const TRACE_QUEUE: &str = "mq-playground.trace.";

/// See the module.
pub struct Broker {
    pub(super) login: Login,
    pub(super) host: String,
    pub(super) status: Status,
    pub(super) has_api: bool,
    pub(super) has_hand: bool,
    pub(super) known: Known,
    pub(super) consumers: Vec<Consumer>,
    pub(super) consumers_made: u32,
    pub(super) readers: BTreeMap<Port, Reader>,
    pub(super) ledger: Ledger,
    pub(super) unconfirmed: BTreeSet<u64>,
    pub(super) counter: u64,
    pub(super) messages: u64,
    pub(super) deliveries: u64,
    pub(super) asked: BTreeMap<u64, Asked>,
    pub(super) next_totals: Micros,
    pub(super) next_all: Micros,
    pub(super) next_traced: Micros,
    pub(super) now: Micros,
    pub(super) works: Option<Works>,
    pub(super) created: Vec<Thing>,
    pub(super) tracing: Tracing,
    /// Whether it was switched on here, and what is set for the virtual host besides.
    pub(super) trace_settings: Option<Value>,
    pub(super) trace_queue: String,
    /// How the subscriptions of the page's own consumers begin, by which they are told from others.
    pub(super) subscription: String,
    /// What was delivered to consumers of the page's own and not yet traced, by queue.
    pub(super) own_deliveries: BTreeMap<String, u64>,
    pub(super) published_to: BTreeMap<Target, u64>,
    pub(super) sights: VecDeque<Sight>,
    pub(super) news: VecDeque<(u64, News)>,
    pub(super) news_made: u64,
    pub(super) effects: Vec<Effect>,
    pub(super) revision: u64,
}

impl Broker {
    /// A connection that is to be made. `nonce` tells this page's queue for traced messages from another page's.
    pub fn new(login: Login, host: String, nonce: u64) -> Broker {
        let mut broker = Broker {
            login,
            host,
            status: Status::Connecting,
            has_api: false,
            has_hand: false,
            known: Known::default(),
            consumers: Vec::new(),
            consumers_made: 0,
            readers: BTreeMap::new(),
            ledger: Ledger::default(),
            unconfirmed: BTreeSet::new(),
            counter: 0,
            messages: 0,
            deliveries: 0,
            asked: BTreeMap::new(),
            next_totals: Micros::ZERO,
            next_all: Micros::ZERO,
            next_traced: Micros::ZERO,
            now: Micros::ZERO,
            works: None,
            created: Vec::new(),
            tracing: Tracing::Off,
            trace_settings: None,
            trace_queue: format!("{TRACE_QUEUE}{nonce}"),
            subscription: format!("mq-playground-{nonce}-"),
            own_deliveries: BTreeMap::new(),
            published_to: BTreeMap::new(),
            sights: VecDeque::new(),
            news: VecDeque::new(),
            news_made: 0,
            effects: Vec::new(),
            revision: 0,
        };
        broker.ask(Asked::Overview, management::overview());
        broker
    }

    // ---- to be looked at ----

    /// The virtual host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// How far the connection is.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// What is known of the broker.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// The consumers of the page's own.
    pub fn consumers(&self) -> &[Consumer] {
        &self.consumers
    }

    /// One of them.
    pub fn consumer(&self, number: u32) -> Option<&Consumer> {
        self.consumers.iter().find(|consumer| consumer.number == number)
    }

    /// How many consume from a queue, the page's own and others.
    pub fn consumers_of(&self, queue: &str) -> u64 {
        let own = self.consumers.iter().filter(|own| own.queue == queue && own.state == State::Up).count() as u64;
        own + self.known.others.get(queue).copied().unwrap_or(0)
    }

    /// What the page has done.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Whether messages are traced.
    pub fn tracing(&self) -> &Tracing {
        &self.tracing
    }

    /// What is being created or taken away, or was last.
    pub fn works(&self) -> Option<&Works> {
        self.works.as_ref()
    }

    /// What was created here and not taken away again.
    pub fn created(&self) -> &[Thing] {
        &self.created
    }

    /// Where the page has published, and how much.
    pub fn published_to(&self) -> &BTreeMap<Target, u64> {
        &self.published_to
    }

    /// What there is to be read, the latest first, with numbers that rise.
    pub fn news(&self) -> impl Iterator<Item = &(u64, News)> {
        self.news.iter()
    }

    /// Rises whenever something has changed that a person can see.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What would become of a sketch.
    pub fn plan(&self, sketch: &Topology) -> Plan {
        Plan::of(sketch, &self.known.topology(false))
    }

    // ---- what has to be done ----

    /// What has to be done, in this order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// What was seen to move since it was asked last.
    pub fn take_sights(&mut self) -> VecDeque<Sight> {
        std::mem::take(&mut self.sights)
    }

    pub(super) fn ask(&mut self, asked: Asked, (method, path, body): Asking) {
        self.counter += 1;
        let number = self.counter;
        self.asked.insert(number, asked);
        let body = body.map(|body| body.to_string());
        self.effects.push(Effect::Ask(Request { number, method, path, body }));
    }

    pub(super) fn send(&mut self, port: Port, frame: &Frame) {
        self.effects.push(Effect::Send(port, frame.text()));
    }

    pub(super) fn see(&mut self, sight: Sight) {
        if self.sights.len() == MOST_SIGHTS {
            self.sights.pop_front();
        }
        self.sights.push_back(sight);
    }

    pub(super) fn tell(&mut self, news: News) {
        self.news_made += 1;
        self.news.push_front((self.news_made, news));
        self.news.truncate(MOST_NEWS);
    }

    pub(super) fn fail(&mut self, trouble: Trouble) {
        if matches!(self.status, Status::Down(_)) {
            return;
        }
        self.status = Status::Down(trouble);
        self.stop_tracing();
        self.readers.clear();
        self.revision += 1;
        let numbers: Vec<u32> = self.consumers.iter().map(|consumer| consumer.number).collect();
        for number in numbers {
            self.end_consumer(number, None);
            self.effects.push(Effect::Close(Port(number)));
        }
        self.end_hand();
        self.effects.push(Effect::Close(Port::HAND));
    }

    fn end_hand(&mut self) {
        self.has_hand = false;
        let unconfirmed = std::mem::take(&mut self.unconfirmed).len() as u64;
        self.ledger.unconfirmed -= unconfirmed;
        self.ledger.unknown += unconfirmed;
    }

    // ---- the clock ----

    /// Connects again where the connection has gone. What was done and created is still known; consumers come back when they are restarted.
    pub fn reconnect(&mut self) {
        if !matches!(self.status, Status::Down(_)) {
            return;
        }
        self.status = Status::Connecting;
        self.has_api = false;
        self.asked.clear();
        self.works = None;
        self.revision += 1;
        self.ask(Asked::Overview, management::overview());
    }

    /// Time has come to `now`, counted from wherever, but never back.
    pub fn tick(&mut self, now: Micros) {
        self.now = now.max(self.now);
        let now = self.now;
        let mut all = Vec::new();
        for consumer in &mut self.consumers {
            let mut decided = Vec::new();
            consumer.work_until(now, &mut decided);
            all.extend(decided.into_iter().map(|(number, verdict)| (consumer.number, number, verdict)));
        }
        for (consumer, number, verdict) in all {
            self.settle(consumer, number, verdict);
        }
        if self.status != Status::Up {
            return;
        }
        let host = self.host.clone();
        if now >= self.next_all
            && !self.is_asking(|asked| matches!(asked, Asked::Queues | Asked::Exchanges | Asked::Bindings))
        {
            self.next_all = now + ALL_EVERY;
            self.ask(Asked::Exchanges, management::exchanges(&host));
            self.ask(Asked::Bindings, management::bindings(&host));
            self.ask(Asked::Consumers, management::consumers(&host));
            self.ask(Asked::Queues, management::queues(&host));
        }
        if now >= self.next_totals && !self.is_asking(|asked| matches!(asked, Asked::Totals | Asked::Queues)) {
            self.next_totals = now + TOTALS_EVERY;
            self.ask(Asked::Totals, management::totals(&host));
        }
        if self.tracing == Tracing::On
            && now >= self.next_traced
            && !self.is_asking(|asked| matches!(asked, Asked::Traced))
        {
            self.next_traced = now + TRACED_EVERY;
            let taking = management::take(&host, &self.trace_queue);
            self.ask(Asked::Traced, taking);
        }
    }

    pub(super) fn is_asking(&self, what: impl Fn(&Asked) -> bool) -> bool {
        self.asked.values().any(what)
    }

    /// Everything is asked for as soon as may be.
    pub fn look_again(&mut self) {
        self.next_all = Micros::ZERO;
    }

    // ---- what arrives ----

    /// A connection is open.
    pub fn opened(&mut self, port: Port) {
        let awaited = match port {
            Port::HAND => !matches!(self.status, Status::Down(_)),
            Port(number) => self.consumer(number).is_some_and(|consumer| consumer.state == State::Connecting),
        };
        if !awaited {
            return;
        }
        self.readers.insert(port, Reader::default());
        let connect = Frame::new("CONNECT")
            .with("accept-version", "1.2")
            .with("host", self.host.clone())
            .with("login", self.login.user.clone())
            .with("passcode", self.login.password.clone())
            // The broker sends a line end now and then, and gets one back: a socket on which nobody says anything is closed after a
            // minute (Cowboy's `idle_timeout`). Clocks in a browser's background are too slow to do it from here.
            .with("heart-beat", format!("0,{BEAT_MS}"));
        self.send(port, &connect);
    }

    /// A connection has gone, or was never there.
    pub fn closed(&mut self, port: Port) {
        self.readers.remove(&port);
        self.revision += 1;
        if port == Port::HAND {
            match self.status {
                Status::Up => self.fail(Trouble::Lost(None)),
                Status::Connecting => self.fail(Trouble::StompSilent),
                Status::Down(_) => {}
            }
        } else {
            self.end_consumer(port.0, None);
        }
    }

    /// A piece of text arrived.
    pub fn received(&mut self, port: Port, text: &str) {
        let Some(reader) = self.readers.get_mut(&port) else { return };
        if text.bytes().all(|byte| matches!(byte, b'\n' | b'\r')) {
            self.effects.push(Effect::Send(port, "\n".to_owned()));
            return;
        }
        let Ok(frames) = reader.read(text) else {
            self.effects.push(Effect::Close(port));
            self.closed(port);
            return;
        };
        for frame in frames {
            self.frame(port, &frame);
        }
    }

    fn frame(&mut self, port: Port, frame: &Frame) {
        self.revision += 1;
        match frame.command.as_str() {
            "CONNECTED" if port == Port::HAND => {
                self.has_hand = true;
                self.come_up();
            }
            "CONNECTED" => {
                if let Some(consumer) = self.consumer(port.0) {
                    let subscription = consumer.subscription(&self.subscription);
                    self.send(port, &subscription);
                }
            }
            "MESSAGE" => self.delivered(port.0, frame),
            "RECEIPT" => self.receipt(port, frame.header("receipt-id").unwrap_or_default()),
            "ERROR" => {
                let message = frame.header("message").unwrap_or_default();
                let said = format!("{message} {}", frame.body.trim()).trim().chars().take(300).collect::<String>();
                if port == Port::HAND {
                    let trouble = match self.status {
                        Status::Connecting => Trouble::StompRefused(said),
                        _ => Trouble::Lost(Some(said)),
                    };
                    self.fail(trouble);
                } else {
                    self.end_consumer(port.0, Some(said));
                    self.effects.push(Effect::Close(port));
                }
            }
            _ => {}
        }
    }

    fn come_up(&mut self) {
        if self.has_hand && self.has_api && self.status == Status::Connecting {
            self.status = Status::Up;
            self.look_again();
        }
    }

    fn delivered(&mut self, number: u32, frame: &Frame) {
        self.deliveries += 1;
        let delivery = self.deliveries;
        let found = self.consumers.iter_mut().find(|consumer| consumer.number == number);
        let Some(consumer) = found.filter(|consumer| !matches!(consumer.state, State::Down(_))) else { return };
        let redelivered = consumer.take(delivery, self.now, frame);
        let (queue, name) = (consumer.queue.clone(), consumer.name.clone());
        let said = consumer.held.back().map(|held| held.id.clone().unwrap_or_else(|| held.body.clone()));
        self.ledger.delivered += 1;
        self.ledger.redelivered += u64::from(redelivered);
        self.ledger.held += 1;
        if self.tracing == Tracing::On {
            *self.own_deliveries.entry(queue.clone()).or_default() += 1;
        }
        self.see(Sight::Delivered { queue, consumer: Some(number), redelivered });
        if redelivered {
            self.tell(News::Redelivered { consumer: number, name, message: said.unwrap_or_default() });
        }
        // A free slot takes it at once.
        self.tick(self.now);
    }

    fn receipt(&mut self, port: Port, receipt: &str) {
        let (kind, number) = receipt.split_at(receipt.len().min(1));
        let number = number.parse::<u64>().ok();
        match (kind, number) {
            ("p", Some(number)) if port == Port::HAND => {
                let confirmed = u64::from(self.unconfirmed.remove(&number));
                self.ledger.unconfirmed -= confirmed;
                self.ledger.confirmed += confirmed;
            }
            ("a", Some(number)) => {
                let consumer = self.consumers.iter_mut().find(|consumer| consumer.number == port.0);
                if let Some(verdict) = consumer.and_then(|consumer| consumer.heard(number)) {
                    self.ledger.count(Outcome::Settled(verdict));
                }
            }
            ("s", _) => {
                let found = self.consumers.iter_mut().find(|consumer| consumer.number == port.0);
                if let Some(consumer) = found.filter(|consumer| consumer.state == State::Connecting) {
                    consumer.state = State::Up;
                }
                self.look_again();
            }
            _ => {}
        }
    }

    // ---- answers of the management API ----

    /// The answer to a request: the status and the text, or nothing where there is none.
    pub fn answered(&mut self, number: u64, answer: Option<(u16, &str)>) {
        let Some(asked) = self.asked.remove(&number) else { return };
        self.revision += 1;
        let Some((status, text)) = answer else {
            return match asked {
                Asked::Create(step) | Asked::Remove(step) => self.step_ended(step, Progress::Refused(String::new())),
                Asked::Nothing => {}
                _ => self.fail(Trouble::ApiSilent),
            };
        };
        match asked {
            Asked::Create(step) => {
                let progress = match status {
                    201 => Progress::Done,
                    200..=299 => Progress::WasThere,
                    _ => Progress::Refused(management::reason(text)),
                };
                return self.step_ended(step, progress);
            }
            Asked::Remove(step) => {
                let progress = match status {
                    200..=299 => Progress::Done,
                    404 => Progress::WasThere,
                    _ => Progress::Refused(management::reason(text)),
                };
                return self.step_ended(step, progress);
            }
            Asked::Nothing => return,
            Asked::TraceHost | Asked::Trace(_) | Asked::TraceQueue | Asked::TraceBinding | Asked::Traced
                if status >= 300 =>
            {
                if self.tracing == Tracing::Off {
                    // It was switched off while this was under way, and its queue has gone.
                    return;
                }
                // A person may be let in and yet not be let trace.
                self.tell(News::Refused(management::reason(text)));
                return self.stop_tracing();
            }
            _ => {}
        }
        let is_look =
            matches!(asked, Asked::Queues | Asked::Totals | Asked::Exchanges | Asked::Bindings | Asked::Consumers);
        if status >= 500 && is_look {
            // RabbitMQ 3.10 cannot list a binding with arguments and a `~` in its key: all the rest can still be seen.
            let refused = News::Refused(management::reason(text));
            if self.news.iter().all(|(_, news)| *news != refused) {
                self.tell(refused);
            }
            match asked {
                Asked::Exchanges => self.known.arrived[1] = true,
                Asked::Bindings => self.known.arrived[2] = true,
                Asked::Consumers => {}
                _ => self.known.arrived[0] = true,
            }
            return;
        }
        if !(200..300).contains(&status) {
            return self.fail(match (status, &asked) {
                (401, Asked::Overview) => Trouble::Login,
                (404, Asked::Overview) => Trouble::NotAnApi,
                (404, _) => Trouble::NoSuchHost,
                (401 | 403, _) => Trouble::NotAllowed(management::reason(text)),
                _ => Trouble::ApiFails(status, management::reason(text)),
            });
        }
        let value = serde_json::from_str::<Value>(text).unwrap_or_default();
        if self.understand(&asked, &value).is_none() {
            self.fail(Trouble::NotAnApi);
        }
    }

    /// Takes in what was answered; `None` where it is something else.
    fn understand(&mut self, asked: &Asked, value: &Value) -> Option<()> {
        let is_tracing = matches!(asked, Asked::TraceHost | Asked::Trace(_) | Asked::TraceQueue | Asked::TraceBinding);
        if is_tracing && self.tracing != Tracing::Switching {
            // The connection has gone meanwhile.
            return Some(());
        }
        match asked {
            Asked::Overview => {
                self.known.about = About::read(value)?;
                self.ask(Asked::Hosts, management::hosts());
            }
            Asked::Hosts => {
                let is_it = |host: &Value| host.get("name").and_then(Value::as_str) == Some(&self.host);
                if !value.as_array()?.iter().any(is_it) {
                    self.fail(Trouble::NoSuchHost);
                    return Some(());
                }
                self.has_api = true;
                self.effects.push(Effect::Open(Port::HAND));
                self.come_up();
            }
            Asked::Queues => {
                let own = |queue: &QueueState| queue.declared.name.starts_with(TRACE_QUEUE);
                let queues = management::read_queues(value)?;
                let before = std::mem::take(&mut self.known.queues);
                self.known.queues = queues.into_iter().filter(|queue| !own(queue)).collect();
                // What was counted at this moment is newer than what was last measured.
                let before = before.iter().map(|queue| (queue.declared.name.as_str(), (queue.ready, queue.unacked)));
                self.known.count(&before.collect());
                self.known.arrived[0] = true;
                self.next_totals = Micros::ZERO;
            }
            Asked::Totals => {
                let totals = management::read_totals(value)?;
                let totals = totals.iter().map(|(name, ready, unacked)| (name.as_str(), (*ready, *unacked)));
                self.known.count(&totals.collect());
            }
            Asked::Exchanges => {
                self.known.exchanges = management::read_exchanges(value)?;
                self.known.arrived[1] = true;
            }
            Asked::Bindings => {
                let bindings = management::read_bindings(value)?;
                self.known.bindings =
                    bindings.into_iter().filter(|(binding, _)| binding.source != TRACE_EXCHANGE).collect();
                self.known.arrived[2] = true;
            }
            Asked::Consumers => {
                let own = format!("T_{}", self.subscription);
                self.known.others = management::read_consumers(value, &own)?;
            }
            Asked::TraceHost => {
                let is_on = value.get("tracing").and_then(Value::as_bool)?;
                let host = self.host.clone();
                if is_on {
                    // Somebody else has switched it on, and will want it to stay.
                    self.declare_trace_queue();
                } else {
                    self.trace_settings = Some(value.clone());
                    self.ask(Asked::Trace(true), management::trace(&host, value, true));
                }
            }
            Asked::Trace(true) => self.declare_trace_queue(),
            Asked::TraceQueue => self.bind_trace_queue(),
            Asked::TraceBinding => {
                self.tracing = Tracing::On;
                self.own_deliveries.clear();
            }
            Asked::Traced => {
                for traced in management::read_traced(value)? {
                    self.traced(traced);
                }
            }
            Asked::Trace(false) | Asked::Nothing | Asked::Create(_) | Asked::Remove(_) => {}
        }
        Some(())
    }
}
