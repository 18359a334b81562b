//! English.

use super::{FieldNames, FieldWords, Words, range};
use crate::base::Language;
use crate::scenario::{NodeKind, Reason, Refusal, field::Unit};

const fn field(name: &'static str, explanation: &'static str) -> FieldWords {
    FieldWords { name, explanation }
}

pub(super) static WORDS: Words = Words {
    language: Language::English,
    stage: &super::stage::ENGLISH,
    shell: &super::shell::ENGLISH,
    fields: FieldNames {
        latency_ms: field("Latency", "How long a message travels on this connection; an ack takes as long back."),
        min: field("Least", "The lower bound."),
        max: field("Most", "The upper bound."),
        mean: field("Mean", "The average."),
        sd: field("Standard deviation", "How far values usually lie from the mean."),
        constant: field("Constant", "Always the same."),
        exponential: field("Exponential", "Many short ones and a few long ones; by its mean."),
        uniform: field("Uniform", "Anything between two bounds, equally likely."),
        normal: field("Normal", "Around a mean, never below zero."),
        lognormal: field("Lognormal", "Around a mean with a long tail of slow ones."),
        empirical: field("Measured values", "One of these values, equally likely."),
        work: field("Work", "Being busy for a while."),
        work_ms: field("Takes", "How long the work takes."),
        handler: field("Handler", "What is done with each message, step by step."),
        pattern: field("Publishes", "When messages are published."),
        poisson: field("Poisson", "Independent arrivals at a mean rate, as from many people."),
        burst: field("Bursts", "Many messages at once, again and again."),
        profile: field("Profile", "A rate that changes in steps at given times."),
        once: field("Once", "A number of messages at once, and no more."),
        per_s: field("Rate", "Messages per second."),
        burst_size: field("Burst size", "Messages in one burst."),
        every_ms: field("Every", "The time from one burst to the next."),
        count: field("Messages", "How many messages."),
        at_ms: field("From", "The time at which this rate begins."),
        message: field("Message", "What every message is like."),
        persistent: field("Persistent", "A durable queue keeps it through a restart of the broker."),
        durable: field("Durable", "The queue and its persistent messages outlive a restart of the broker."),
        max_length: field("Longest", "How many waiting messages the queue holds at the most."),
        overflow: field("When full", "What happens to one message more."),
        drop_head: field("Drop the oldest", "The message that has waited longest is dropped."),
        reject_publish: field("Refuse the new one", "The new message does not get in."),
        ack_mode: field("Acknowledgement", "Who says when a message is done."),
        manual: field("Manual", "The consumer acks after its work: a crash loses nothing."),
        auto: field("Automatic", "Done as soon as it is sent: a crash loses what the consumer held."),
        prefetch_count: field("Prefetch", "How many unacked messages the consumer may hold; 0 means any number."),
        concurrency: field("Concurrency", "How many messages it works on at once."),
    },
    unit: |unit| match unit {
        Unit::None => "",
        Unit::Messages => "messages",
        Unit::MessagesPerSecond => "msg/s",
        Unit::Milliseconds => "ms",
    },
    problem,
};

fn kind(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Producer => "producer",
        NodeKind::Queue => "queue",
        NodeKind::Consumer => "consumer",
    }
}

fn problem(reason: &Reason) -> String {
    match reason {
        Reason::NotJson { message, .. } => format!("this is not JSON: {message}"),
        Reason::Refused(message) => message.clone(),
        Reason::NoObject => "must be an object with named members, not a list".into(),
        Reason::UnknownVersion => "mq_scenario is the version of the format and must be 1; a file with another number comes from another version of the playground".into(),
        Reason::OutOfRange(numbers) => {
            let whole = if numbers.whole { "a whole number " } else { "" };
            format!("must be {whole}from {} {}", range(numbers, " to "), (WORDS.unit)(numbers.unit)).trim_end().into()
        }
        Reason::WrongLength { least, most } => format!("must have {least} to {most} entries"),
        Reason::NotInOrder => "must begin later than the entry before it".into(),
        Reason::EmptyRange => "min must not be above max".into(),
        Reason::UnknownKind(name) => {
            let known: Vec<&str> = NodeKind::ALL.into_iter().map(NodeKind::name).collect();
            format!("there is no kind of node called “{name}”; there are {}", known.join(", "))
        }
        Reason::DuplicateId(id) => format!("the id “{id}” stands twice; every node and edge needs its own"),
        Reason::BadId(id) => format!("“{id}” cannot be an id: 1 to 128 characters, and not the reserved word broker"),
        Reason::NoSuchNode(id) => format!("there is no node “{id}”"),
        Reason::NoSuchEdge(id) => format!("there is no connection “{id}”"),
        Reason::NoSuchSetting { path } => format!("there is no setting “{path}” here"),
        Reason::Connection(refusal) => match refusal {
            Refusal::Itself => "a node cannot be connected to itself",
            Refusal::ProducerToConsumer => "a producer publishes to a queue, and a consumer takes from one: put a queue between them",
            Refusal::IntoProducer => "nothing flows into a producer: it is where messages begin",
            Refusal::FromConsumer => "a consumer is where a message's way ends: connect a queue to it",
            Refusal::QueueToQueue => "a queue hands its messages to consumers, not to another queue",
        }
        .into(),
        Reason::WrongEdgeKind { from, to } => {
            let fitting = crate::scenario::edge_kind_between(*from, *to).map_or("", |kind| kind.name());
            format!("an edge from a {} to a {} is of kind {fitting}", kind(*from), kind(*to))
        }
        Reason::DuplicateEdge(_) => "these two are connected already".into(),
        Reason::TooMany => "at most 5000 nodes and 5000 edges fit".into(),
    }
}
