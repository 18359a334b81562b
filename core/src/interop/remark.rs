//! What does not come along when a scenario goes to a real broker or comes from one. Nothing is left out silently.

use crate::words::Words;

/// Something that does not come along, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remarked {
    /// The name of the exchange, queue, policy or whatever it is; empty if it is about the whole.
    pub name: String,
    /// What it is.
    pub remark: Remark,
}

impl Remarked {
    /// A remark about something by its name.
    pub fn about(name: impl Into<String>, remark: Remark) -> Remarked {
        Remarked { name: name.into(), remark }
    }

    /// Sentences in a language: what is the same of several things is said once.
    pub fn describe(all: &[Remarked], words: &Words) -> Vec<String> {
        let mut same: Vec<(&Remark, Vec<&str>)> = Vec::new();
        for Remarked { name, remark } in all {
            match same.iter_mut().find(|(other, _)| *other == remark) {
                Some((_, names)) => names.push(name),
                None => same.push((remark, vec![name])),
            }
        }
        let sentence = |(remark, names): (&Remark, Vec<&str>)| {
            let sentence = (words.interop.remark)(remark);
            if names == [""] { sentence } else { (words.interop.about)(&names, &sentence) }
        };
        same.into_iter().map(sentence).collect()
    }
}

/// What does not come along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// A stream: it is read again and again, which is not simulated. Its bindings go with it.
    Stream,
    /// A type of exchange that is not simulated. Its bindings go with it.
    ExchangeType(String),
    /// An exchange that delays messages is shown as the type that it routes by, without the delay.
    Delayed,
    /// An exchange that does not outlive a restart, goes with its last binding, or that clients may not publish to: which of them.
    ExchangeTrait(&'static str),
    /// An argument that changes nothing that is simulated, or that is not simulated.
    Argument(String),
    /// A policy's key that is not simulated.
    PolicyKey(String),
    /// A policy whose pattern could not be read; it was not applied.
    Pattern(String),
    /// A policy was put into the settings of what it applies to: so many queues and exchanges.
    PolicyApplied(usize),
    /// A kind of definition that the playground has nothing for, and how many there are: users, permissions and so on.
    Section(&'static str, usize),
    /// A binding from or to something that is not there.
    BindingEnd,
    /// An exchange that is bound to itself.
    BoundToItself,
    /// An argument whose number is higher than the playground's highest, which it has instead.
    Lowered(&'static str, u64),
    /// Other virtual hosts, with their names.
    OtherHosts(Vec<String>),
    /// There is a key that belongs to a value of another type than RabbitMQ's.
    Value(String),
    /// A broker refuses names that begin with `amq.`; it has this one instead.
    Reserved(String),
    /// Another one has this name; it has this one instead.
    SameName(String),
    /// A setting that does not go with the queue's type, and which the broker would refuse.
    NotWithType(&'static str),
    /// A number that a broker takes only whole: it was rounded to this one.
    Rounded(&'static str, u64),
    /// Nodes of a kind that no broker has; they are no part of definitions.
    NotBroker(&'static str, usize),
    /// What goes on on edges (latency, loss, duplicates) is the network's.
    Network,
    /// Faults and edits of the script are the playground's.
    Script,
}
