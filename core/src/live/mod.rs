//! A real broker, live: what it has and how it fares, publishing and consuming there, bringing a sketch to it, and the same system
//! in the simulation and at the broker side by side.
//!
//! Nothing in here opens a connection: [`Broker`] is told what arrives and says what has to be done. The page does it (`web/live.rs`),
//! for a person who asks for it and never for a message from another page.

mod acts;
mod broker;
mod consumer;
mod deploy;
mod ledger;
mod management;
mod stage;
mod stomp;
mod tracing;
mod twin;

pub use broker::{
    Broker, Effect, Known, LONGEST_BODY, Login, MOST_AT_ONCE, MOST_CONSUMERS, Message, News, Port, Progress, Sight,
    Status, Target, TracedLine, Tracing, Trouble, Unsent, Works,
};
pub use consumer::{Consumer, Held, MOST_PREFETCH, Mode, Outcome, Over, Stage as HeldStage, State, Verdict, Work};
pub use deploy::{Fate, Plan, Thing};
pub use ledger::Ledger;
pub use management::{About, ExchangeState, QueueState, Request, TracedEvent};
pub use stage::Stage as LiveStage;
pub use twin::{Twin, Unlike};
