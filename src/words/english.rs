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
    routing: &super::routing::ENGLISH,
    failing: &super::failing::ENGLISH,
    access: &super::access::ENGLISH,
    time: &super::time::ENGLISH,
    study: &super::study::ENGLISH,
    theory: &super::theory::ENGLISH,
    editing: &super::editing::ENGLISH,
    gallery: &super::gallery::ENGLISH,
    shell: &super::shell::ENGLISH,
    document: &super::document::ENGLISH,
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
        routing_key: field("Routing key", "The word or words by which an exchange decides where a message goes."),
        routing_keys: field(
            "Routing keys",
            "Each message gets one of these, drawn by weight; an exchange routes by it.",
        ),
        weight: field("Weight", "How often this key is drawn, compared with the others."),
        message_headers: field(
            "Headers",
            "Named values that travel with the message; a headers exchange routes by them.",
        ),
        message_priority: field("Priority", "In a queue with priorities, higher ones go first."),
        message_ttl_ms: field(
            "Lives for",
            "How long the message may wait in a queue; it expires when it reaches the head too late.",
        ),
        size_bytes: field("Size", "How long the message’s body is."),
        mandatory: field(
            "Mandatory",
            "A message that no queue takes comes back to the producer instead of being dropped silently.",
        ),
        confirms: field("Confirms", "The broker tells the producer of each message that it has taken, or refused."),
        max_unconfirmed: field(
            "Unconfirmed at most",
            "How many messages may wait for a confirm; more wait in the producer. 0 means any number.",
        ),
        retry: field(
            "Publish again",
            "What was refused, or unconfirmed when the connection broke, is published again.",
        ),
        retry_ms: field("Again after", "How long the producer waits before it publishes a refused message again."),
        exchange_type: field("Type", "How the exchange compares a message with its bindings."),
        direct: field("Direct", "The routing key must be the binding’s key."),
        fanout: field("Fanout", "Every binding takes every message."),
        topic: field("Topic", "The binding’s key is a pattern: * is one word, # any number of words."),
        headers_type: field("Headers", "The message’s headers are compared with the binding’s."),
        alternate_exchange: field("Alternate exchange", "The exchange that gets what no binding of this one takes."),
        binding_key: field(
            "Binding key",
            "The key that must be equal (direct), or a pattern of words such as order.*.paid (topic).",
        ),
        x_match: field("Match", "How many of the headers below have to fit; for headers exchanges."),
        match_all: field("All", "All must fit; names with x- do not count."),
        match_any: field("Any", "One must fit; names with x- do not count."),
        match_all_with_x: field("All, x- too", "All must fit, names with x- as well."),
        match_any_with_x: field("Any, x- too", "One must fit, names with x- count as well."),
        binding_headers: field(
            "Headers",
            "What a headers exchange looks for; an empty value means that the header is there at all.",
        ),
        queue_type: field("Type", "How the queue keeps its messages."),
        classic: field("Classic", "On one node of the broker: fast, and a requeued message returns to its old place."),
        quorum: field("Quorum", "Replicated and always on disk; counts how often each message was delivered."),
        ttl_ms: field("Messages live for", "How long a message may wait here until it expires."),
        expires_ms: field("Unused for at most", "The queue is deleted when it has had no consumer for so long."),
        max_length_bytes: field("Most bytes", "How many bytes of waiting messages the queue holds at the most."),
        reject_publish_dlx: field(
            "Refuse and dead-letter",
            "The new message does not get in; a copy goes to the dead-letter exchange.",
        ),
        dead_letter_exchange: field(
            "Dead-letter exchange",
            "Where rejected, expired and dropped messages go; without one they are gone.",
        ),
        dead_letter_routing_key: field(
            "Dead-letter key",
            "The routing key of what dies here; for the default exchange the id of a queue.",
        ),
        max_priority: field(
            "Priorities up to",
            "Messages with higher priority go first; without it priorities do not count.",
        ),
        single_active_consumer: field(
            "Single active consumer",
            "Only one consumer is given messages; the next takes over when it goes.",
        ),
        delivery_limit: field(
            "Returns at most",
            "How often a message may come back to a quorum queue; once more and it is dead-lettered.",
        ),
        auto_delete: field("Delete when unused", "The queue goes with its last consumer."),
        exclusive_queue: field(
            "Exclusive",
            "The queue belongs to the first consumer that subscribes, and goes with it.",
        ),
        consumer_priority: field("Priority", "Consumers with higher priority are served first while they have room."),
        exclusive_consumer: field("Exclusive", "No other consumer may subscribe to the same queue."),
        failure_rate: field("Fails", "The share of messages whose handler fails, from 0 to 1."),
        on_failure: field("After a failure", "What becomes of a message whose handler failed."),
        requeue: field("Requeue", "It goes back to its queue and is delivered again, flagged as redelivered."),
        reject: field("Reject", "It is dead-lettered, or dropped where there is no dead-letter exchange."),
        loss: field("Loss", "The share of what travels here that is lost, from 0 to 1; each way by itself."),
        duplicate: field("Duplicates", "The share of what travels here that arrives twice, from 0 to 1."),
        target: field("To", "The node that this step leads to; a connection is drawn with it."),
        call: field("Call", "Asking a service or a database, and waiting for the answer."),
        publish: field("Publish", "Sending a message to an exchange or a queue."),
        publish_ms: field("Takes", "How long sending occupies the handler; the message leaves at the end."),
        confirm: field(
            "Wait for confirm",
            "The step waits until the broker has taken the message, and fails if it has not.",
        ),
        parallel: field("In parallel", "Several steps at once; it ends when all have ended."),
        timeout_ms: field("Time-out", "How long each attempt waits for the answer; without one it waits for ever."),
        retries: field("Retries", "How often it tries again after a failure."),
        backoff: field("Backoff", "How long it waits before it tries again."),
        first_ms: field("First pause", "The pause before the first retry; 0 means none."),
        factor: field("Times", "How many times as long each further pause is."),
        most_ms: field("Longest pause", "No pause is longer than this."),
        jitter: field("Jitter", "The share of each pause that is left to chance, so that not all come back together."),
        request_pattern: field("Requests", "When requests are sent."),
        requests_per_s: field("Rate", "Requests per second."),
        request_count: field("Requests", "How many requests."),
        request_once: field("Once", "A number of requests at once, and no more."),
        closed_loop: field("Closed loop", "Users who wait for their answer before they ask again."),
        users: field("Users", "How many there are."),
        think_ms: field("Thinks for", "How long each user waits after an answer."),
        service_handler: field("Handler", "What is done with each request, step by step."),
        service_concurrency: field(
            "Concurrency",
            "How many requests it works on at once; a request that waits for another system keeps its slot.",
        ),
        backlog_limit: field("Backlog", "How many requests may wait for a slot; more are refused."),
        service_failure_rate: field("Fails", "The share of requests whose handler fails, from 0 to 1."),
        node_restart_ms: field("Restart takes", "How long a restart takes until it serves again."),
        redeploy_ms: field("Redeploy takes", "How long new requests are refused after the steps have changed."),
        answer_ms: field("Answers in", "How long it takes to answer a call."),
        capacity_per_s: field("Capacity", "How many calls it can take within any second; more is overload."),
        overload: field("When overloaded", "What becomes of more calls than it can take."),
        slow_down: field("Slows down", "Calls wait for room, and answers come later and later."),
        overload_reject: field("Refuses", "What is too much is refused at once."),
        overload_crash: field("Crashes", "It goes down, and restarts."),
        retry_later: field("Retry later", "It goes to a delay queue and comes back; after some tries it is rejected."),
        retry_settings: field("Retry", "How a failed message is tried again."),
        delay_queue: field(
            "Delay queue",
            "A queue without consumers that dead-letters back to where the message came from.",
        ),
        tries: field("Tries", "How often a message is tried, the first time included."),
        idempotent: field("Idempotent", "A message that was dealt with before is left alone: its effect happens once."),
        batch_size: field("Pulls at once", "Instead of being sent messages, it takes so many at a time."),
        interval_ms: field("Pulls every", "The time from one batch to the next."),
        faults_per_min: field("Faults per minute", "How many faults begin in a minute, on average."),
        chaos_mean_ms: field("Each lasts", "How long a fault lasts, on average."),
    },
    unit: |unit| match unit {
        Unit::None => "",
        Unit::Messages => "messages",
        Unit::Bytes => "bytes",
        Unit::Requests => "requests",
        Unit::Users => "users",
        Unit::MessagesPerSecond => "msg/s",
        Unit::RequestsPerSecond => "requests/s",
        Unit::CallsPerSecond => "calls/s",
        Unit::Milliseconds => "ms",
    },
    problem,
};

fn kind(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Producer => "a producer",
        NodeKind::Exchange => "an exchange",
        NodeKind::Queue => "a queue",
        NodeKind::Consumer => "a consumer",
        NodeKind::Client => "a client",
        NodeKind::Service => "a service",
        NodeKind::Database => "a database",
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
        Reason::TooLong { most } => format!("must have at most {most} bytes, and a name at least one"),
        Reason::NotInOrder => "must begin later than the entry before it".into(),
        Reason::EmptyRange => "min must not be above max".into(),
        Reason::UnknownKind(name) => {
            let known: Vec<&str> = NodeKind::ALL.into_iter().map(NodeKind::name).collect();
            format!("there is no kind of node called “{name}”; there are {}", known.join(", "))
        }
        Reason::DuplicateId(id) => format!("the id “{id}” stands twice; every node and edge needs its own"),
        Reason::BadId(id) => format!("“{id}” cannot be an id: 1 to 128 characters, and not the reserved word broker"),
        Reason::NoSuchMessage(number) => format!("there is no message {number} yet"),
        Reason::NoSuchBranch(number) => format!("there is no branch {number} of this run"),
        Reason::NoSuchNode(id) => format!("there is no node “{id}”"),
        Reason::NoSuchEdge(id) => format!("there is no connection “{id}”"),
        Reason::NoSuchSetting { path } => format!("there is no setting “{path}” here"),
        Reason::Connection(refusal) => match refusal {
            Refusal::Itself => "a node cannot be connected to itself",
            Refusal::ProducerToConsumer => "a producer publishes to an exchange or a queue, and a consumer takes from one: put a queue between them",
            Refusal::IntoProducer => "nothing flows into a producer: it is where messages begin",
            Refusal::QueueToExchange => "a queue publishes nothing; where its rejected and expired messages go is its setting “Dead-letter exchange”",
            Refusal::ExchangeToConsumer => "a consumer takes from a queue: put one between the exchange and the consumer",
            Refusal::QueueToQueue => "a queue hands its messages to consumers, not to another queue",
            Refusal::FromClient => "a client waits for an answer, and only a service or a database gives one: let a service publish the message",
            Refusal::IntoClient => "nothing asks a client: it is where requests begin",
            Refusal::FromDatabase => "a database answers and asks nobody: connect the other way round",
            Refusal::ProducerCalls => "a producer waits for no answer: use a client to send requests",
            Refusal::BrokerCalls => "exchanges and queues hand messages on and ask nobody: put a consumer behind the queue and let it call",
            Refusal::IntoConsumer => "a consumer takes from a queue only: publish to an exchange or a queue",
            Refusal::Note => "a note is only read: nothing can be connected with it",
        }
        .into(),
        Reason::WrongEdgeKind { from, to } => {
            let fitting = crate::scenario::edge_kind_between(*from, *to).map_or("", |kind| kind.name());
            format!("an edge from {} to {} is of kind {fitting}", kind(*from), kind(*to))
        }
        Reason::DuplicateEdge(_) => "these two are connected already".into(),
        Reason::ClosedLoop => "a closed loop waits for answers, which a producer does not get: use a client".into(),
        Reason::NoQueueFor(id) => format!("“{id}” takes from no queue: connect one with it first"),
        Reason::NoEdgeFor(id) => format!("a step leads to “{id}”, but no connection does"),
        Reason::InThePast => "that time has passed: choose a later one, or go back to before it".into(),
        Reason::FaultDoesNotFit { fault, place } => format!("the fault {fault} cannot happen to “{place}”"),
        Reason::NameTaken(name) => format!("another node is called “{name}” already: choose another name"),
        Reason::TooMany => "at most 5000 nodes, 5000 edges and 5000 notes fit".into(),
    }
}
