//! A connection to a real broker as a state machine: what arrives goes in, what has to be done comes out. It opens no socket, asks
//! nobody and has no clock.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::consumer::{Consumer, Mode, Outcome, State, Verdict};
use super::deploy::{Plan, Stays, Thing};
use super::ledger::Ledger;
use super::management::{self, About, Asking, ExchangeState, QueueState, Request, Traced, TracedEvent};
use super::stomp::{self, Frame, Reader};
use crate::base::Micros;
use crate::interop::{Binding, Topology};
use crate::scenario::{HeaderValue, SYSTEM_EXCHANGES};

/// How often depths are asked for.
const TOTALS_EVERY: Micros = Micros(500_000);
/// How often everything is asked for.
const ALL_EVERY: Micros = Micros(2_000_000);
/// How often traced messages are taken.
const TRACED_EVERY: Micros = Micros(250_000);
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
enum Asked {
    Overview,
    Hosts,
    Queues,
    Totals,
    Exchanges,
    Bindings,
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
    /// A consumer's connection went with messages in its hands.
    Dropped {
        /// The consumer.
        consumer: u32,
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
    /// What has arrived of queues, exchanges and bindings.
    arrived: [bool; 3],
}

impl Known {
    /// Whether everything has been told once.
    pub fn is_whole(&self) -> bool {
        self.arrived == [true; 3]
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
const TRACE_EXCHANGE: &str = "amq.rabbitmq.trace";
/// How the page's queue for that is called; a number follows.
const TRACE_QUEUE: &str = "mq-playground.trace.";

/// See the module.
pub struct Broker {
    login: Login,
    host: String,
    status: Status,
    has_api: bool,
    has_hand: bool,
    known: Known,
    consumers: Vec<Consumer>,
    consumers_made: u32,
    readers: BTreeMap<Port, Reader>,
    ledger: Ledger,
    unconfirmed: BTreeSet<u64>,
    counter: u64,
    deliveries: u64,
    asked: BTreeMap<u64, Asked>,
    next_totals: Micros,
    next_all: Micros,
    next_traced: Micros,
    now: Micros,
    works: Option<Works>,
    created: Vec<Thing>,
    tracing: Tracing,
    /// Whether it was switched on here, and what is set for the virtual host besides.
    trace_settings: Option<Value>,
    trace_queue: String,
    /// What was delivered to consumers of the page's own and not yet traced, by queue.
    own_deliveries: BTreeMap<String, u64>,
    published_to: BTreeMap<Target, u64>,
    sights: VecDeque<Sight>,
    news: VecDeque<(u64, News)>,
    news_made: u64,
    effects: Vec<Effect>,
    revision: u64,
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

    fn ask(&mut self, asked: Asked, (method, path, body): Asking) {
        self.counter += 1;
        let number = self.counter;
        self.asked.insert(number, asked);
        let body = body.map(|body| body.to_string());
        self.effects.push(Effect::Ask(Request { number, method, path, body }));
    }

    fn send(&mut self, port: Port, frame: &Frame) {
        self.effects.push(Effect::Send(port, frame.text()));
    }

    fn see(&mut self, sight: Sight) {
        if self.sights.len() == MOST_SIGHTS {
            self.sights.pop_front();
        }
        self.sights.push_back(sight);
    }

    fn tell(&mut self, news: News) {
        self.news_made += 1;
        self.news.push_front((self.news_made, news));
        self.news.truncate(MOST_NEWS);
    }

    fn fail(&mut self, trouble: Trouble) {
        if matches!(self.status, Status::Down(_)) {
            return;
        }
        self.status = Status::Down(trouble);
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

    fn is_asking(&self, what: impl Fn(&Asked) -> bool) -> bool {
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
            .with("heart-beat", "0,0");
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
                    let subscription = consumer.subscription();
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
        let redelivered = consumer.take(delivery, frame);
        let queue = consumer.queue.clone();
        let said = consumer.held.back().map(|held| held.id.clone().unwrap_or_else(|| held.body.clone()));
        self.ledger.delivered += 1;
        self.ledger.redelivered += u64::from(redelivered);
        self.ledger.held += 1;
        if self.tracing == Tracing::On {
            *self.own_deliveries.entry(queue.clone()).or_default() += 1;
        }
        self.see(Sight::Delivered { queue, consumer: Some(number), redelivered });
        if redelivered {
            self.tell(News::Redelivered { consumer: number, message: said.unwrap_or_default() });
        }
        // A free slot takes it at once.
        self.tick(self.now);
    }

    fn receipt(&mut self, port: Port, receipt: &str) {
        let (kind, number) = receipt.split_at(receipt.len().min(1));
        let number = number.parse::<u64>().ok();
        match (kind, number) {
            ("p", Some(number)) if port == Port::HAND => {
                if self.unconfirmed.remove(&number) {
                    self.ledger.unconfirmed -= 1;
                    self.ledger.confirmed += 1;
                }
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
                // A person may be let in and yet not be let trace.
                self.tell(News::Refused(management::reason(text)));
                return self.stop_tracing();
            }
            _ => {}
        }
        let is_look = matches!(asked, Asked::Queues | Asked::Totals | Asked::Exchanges | Asked::Bindings);
        if status >= 500 && is_look {
            // RabbitMQ 3.10 cannot list a binding with arguments and a `~` in its key: all the rest can still be seen.
            let refused = News::Refused(management::reason(text));
            if self.news.iter().all(|(_, news)| *news != refused) {
                self.tell(refused);
            }
            match asked {
                Asked::Exchanges => self.known.arrived[1] = true,
                Asked::Bindings => self.known.arrived[2] = true,
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
                for queue in &mut self.known.queues {
                    if let Some(known) = before.iter().find(|known| known.declared.name == queue.declared.name) {
                        (queue.ready, queue.unacked) = (known.ready, known.unacked);
                    }
                }
                self.known.arrived[0] = true;
                self.next_totals = Micros::ZERO;
            }
            Asked::Totals => {
                for (name, ready, unacked) in management::read_totals(value)? {
                    if let Some(queue) = self.known.queues.iter_mut().find(|queue| queue.declared.name == name) {
                        (queue.ready, queue.unacked) = (ready, unacked);
                    }
                }
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
            Asked::TraceQueue => {
                let binding = Binding {
                    source: TRACE_EXCHANGE.to_owned(),
                    destination: self.trace_queue.clone(),
                    destination_type: Default::default(),
                    routing_key: "#".to_owned(),
                    arguments: Default::default(),
                };
                let asking = management::bind(&self.host, &binding);
                self.ask(Asked::TraceBinding, asking);
            }
            Asked::TraceBinding => {
                if self.tracing == Tracing::Switching {
                    self.tracing = Tracing::On;
                    self.own_deliveries.clear();
                }
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

    // ---- tracing ----

    /// Switches tracing on or off. It costs the broker two more messages for each: RabbitMQ says so, and so does the page.
    pub fn set_tracing(&mut self, on: bool) {
        match (on, &self.tracing) {
            (true, Tracing::Off) if self.status == Status::Up => {
                self.tracing = Tracing::Switching;
                let asking = management::host(&self.host);
                self.ask(Asked::TraceHost, asking);
            }
            (false, Tracing::On | Tracing::Switching) => self.stop_tracing(),
            _ => {}
        }
        self.revision += 1;
    }

    fn declare_trace_queue(&mut self) {
        let short: BTreeMap<String, HeaderValue> = [
            // It goes by itself when this page is no more.
            ("x-expires".to_owned(), HeaderValue::Integer(10_000)),
            ("x-max-length".to_owned(), HeaderValue::Integer(2_000)),
        ]
        .into_iter()
        .collect();
        let arguments = short.into_iter().collect();
        let queue =
            crate::interop::Queue { name: self.trace_queue.clone(), durable: false, auto_delete: false, arguments };
        let asking = management::declare_queue(&self.host, &queue);
        self.ask(Asked::TraceQueue, asking);
    }

    fn stop_tracing(&mut self) {
        if self.tracing == Tracing::Off {
            return;
        }
        self.tracing = Tracing::Off;
        let host = self.host.clone();
        if let Some(settings) = self.trace_settings.take() {
            self.ask(Asked::Nothing, management::trace(&host, &settings, false));
        }
        // Whatever is still in it is the page's own.
        let asking = management::delete_queue(&host, &self.trace_queue, false);
        self.ask(Asked::Nothing, asking);
    }

    fn traced(&mut self, traced: Traced) {
        let Traced { event, exchange, routing_keys, deaths, .. } = traced;
        match &event {
            TracedEvent::Published { queues } => {
                let target = match (exchange.as_str(), queues.first()) {
                    ("", Some(queue)) => Some(Target::Queue(queue.clone())),
                    ("", None) => None,
                    _ => Some(Target::Exchange(exchange.clone())),
                };
                if let Some(target) = target {
                    self.published_to.entry(target.clone()).or_default();
                    self.see(Sight::Published { target, queues: queues.clone() });
                }
            }
            TracedEvent::Delivered { queue, redelivered } => {
                match self.own_deliveries.get_mut(queue).filter(|own| **own > 0) {
                    // It was seen when it arrived.
                    Some(own) => *own -= 1,
                    None => {
                        self.see(Sight::Delivered { queue: queue.clone(), consumer: None, redelivered: *redelivered })
                    }
                }
            }
        }
        let routing_key = routing_keys.into_iter().next().unwrap_or_default();
        self.tell(News::Traced(TracedLine { event, exchange, routing_key, deaths }));
    }

    // ---- what a person does ----

    /// Publishes a message. False where it cannot be: there is no connection, nothing of that name, or it is too long.
    pub fn publish(&mut self, target: &Target, message: &Message) -> bool {
        // A broker ends the connection over an exchange that it does not have.
        let (destination, is_there) = match target {
            Target::Exchange(name) => (
                format!("/exchange/{}/{}", stomp::part(name), stomp::part(&message.routing_key)),
                self.known
                    .exchanges
                    .iter()
                    .any(|exchange| exchange.declared.name == *name && !exchange.declared.internal)
                    && stomp::can_say(name)
                    && stomp::can_say(&message.routing_key),
            ),
            Target::Queue(name) => {
                (format!("/amq/queue/{}", stomp::part(name)), self.known.queue(name).is_some() && stomp::can_say(name))
            }
        };
        if !is_there || self.status != Status::Up || message.body.len() > LONGEST_BODY {
            return false;
        }
        self.counter += 1;
        let number = self.counter;
        let mut frame = Frame::new("SEND").with("destination", destination).with("receipt", format!("p{number}"));
        frame = frame.with("amqp-message-id", number.to_string()).with("content-type", "text/plain");
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
        true
    }

    /// Begins to consume; the number of the consumer, or `None` where that cannot be.
    pub fn consume(
        &mut self,
        queue: &str,
        name: Option<String>,
        prefetch: u32,
        priority: i32,
        mode: Mode,
    ) -> Option<u32> {
        let possible = self.status == Status::Up && self.known.queue(queue).is_some() && stomp::can_say(queue);
        if !possible || self.consumers.len() >= MOST_CONSUMERS {
            return None;
        }
        self.consumers_made += 1;
        let number = self.consumers_made;
        let mut consumer = Consumer::new(number, name, queue.to_owned(), prefetch, mode);
        consumer.priority = priority;
        self.consumers.push(consumer);
        self.effects.push(Effect::Open(Port(number)));
        self.revision += 1;
        Some(number)
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
        self.crash(consumer);
        self.consumers.retain(|found| found.number != consumer);
        self.revision += 1;
    }

    fn end_consumer(&mut self, number: u32, said: Option<String>) {
        self.revision += 1;
        let Some(consumer) = self.consumers.iter_mut().find(|consumer| consumer.number == number) else { return };
        if matches!(consumer.state, State::Down(_)) {
            return;
        }
        consumer.state = State::Down(said);
        let mut outcomes = Vec::new();
        consumer.drop_all(&mut outcomes);
        for outcome in &outcomes {
            self.ledger.count(*outcome);
        }
        let count = |wanted: Outcome| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        let (given_back, uncertain, lost) =
            (count(Outcome::GivenBack), count(Outcome::Uncertain), count(Outcome::Lost));
        self.tell(News::Dropped { consumer: number, given_back, uncertain, lost });
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
            let Some(works) = &mut self.works else { return };
            let Some(step) = works.steps.iter().position(|(_, progress)| *progress == Progress::Waits) else {
                self.look_again();
                return;
            };
            let thing = &works.steps[step].0;
            if works.creates {
                let asking = thing.create(&self.host);
                return self.ask(Asked::Create(step), asking);
            }
            match thing.remove(&self.host, &self.known) {
                Ok(asking) => return self.ask(Asked::Remove(step), asking),
                Err(Stays::InUse) => works.steps[step].1 = Progress::InUse,
                Err(Stays::Gone) => {
                    works.steps[step].1 = Progress::WasThere;
                    let gone = works.steps[step].0.clone();
                    self.created.retain(|thing| *thing != gone);
                }
            }
        }
    }

    fn step_ended(&mut self, step: usize, progress: Progress) {
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
        self.stop_tracing();
        let numbers: Vec<u32> = self.consumers.iter().map(|consumer| consumer.number).collect();
        for number in numbers {
            self.dismiss(number);
        }
        self.fail(Trouble::Lost(None));
    }
}
