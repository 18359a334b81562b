//! What the sentences of the gallery say, measured on the files that it shows.

use std::collections::BTreeMap;
use std::fs;

use mq_playground::base::{Language, Micros};
use mq_playground::engine::{
    ConsumerReport, DropReason, Engine, Event, NodeReport, Observer, ProducerReport, QueueReport,
};
use mq_playground::scenario::{Id, Scenario, format};
use mq_playground::view::gallery as index;
use mq_playground::view::layout::node_rect;
use serde_json::json;

/// Where the files are.
const FOLDER: &str = "static/scenarios/gallery";

/// The groups of the index: each with its folder, its heading, and its scenarios in the order in which they are shown.
const GROUPS: [(&str, [&str; 2], &[&str]); 7] = [
    (
        "gallery",
        ["Basics", "基础"],
        &["basics", "work-queue", "competing-consumers", "slow-consumer", "burst", "at-most-once"],
    ),
    (
        "gallery",
        ["Routing", "路由"],
        &["publish-subscribe", "routing-direct", "routing-topic", "routing-headers", "alternate-exchange"],
    ),
    (
        "gallery",
        ["Patterns", "模式"],
        &[
            "rpc",
            "fan-out-fan-in",
            "saga",
            "outbox",
            "delayed-messages",
            "priority-lanes",
            "ordering-lost",
            "ordering-kept",
        ],
    ),
    (
        "gallery",
        ["When something fails", "出故障时"],
        &[
            "retry-with-delay",
            "dead-letters",
            "poison-message",
            "duplicate-delivery",
            "durable",
            "back-pressure",
            "memory-alarm",
        ],
    ),
    (
        "seed",
        ["Why a queue at all", "为什么需要队列"],
        &["fifo", "direct", "mq", "sync", "async", "peak-direct", "peak-mq"],
    ),
    (
        "seed",
        ["What a failure or one more system costs", "一次故障或多接一个系统的代价"],
        &["direct-inventory-down", "mq-inventory-stalls", "direct-add-system", "mq-add-system"],
    ),
    ("examples", ["More examples", "更多示例"], &["overload", "topic", "dead-letter"]),
];

fn gallery(name: &str) -> Scenario {
    let text = fs::read_to_string(format!("{FOLDER}/{name}.json")).expect("is there");
    format::parse(&text).unwrap_or_else(|problems| panic!("{name}: {problems:?}"))
}

/// What is watched while a scenario runs.
#[derive(Default)]
struct Watch {
    /// When each copy was published, and on which edge.
    published: BTreeMap<u64, (Micros, u32)>,
    /// The waits of the first deliveries by the edge on which the message was published, in milliseconds.
    waits: BTreeMap<u32, Vec<f64>>,
    /// The copies in the order in which their handlers ended.
    processed: Vec<u64>,
}

impl Observer for Watch {
    fn observe(&mut self, now: Micros, event: &Event) {
        match *event {
            Event::Published { edge, copy, .. } => {
                self.published.insert(copy, (now, edge.0));
            }
            Event::Delivered { copy, .. } => {
                if let Some((at, edge)) = self.published.remove(&copy) {
                    self.waits.entry(edge).or_default().push(now.as_ms() - at.as_ms());
                }
            }
            Event::Processed { copy, .. } => self.processed.push(copy),
            _ => {}
        }
    }
}

impl Watch {
    fn in_order(&self) -> bool {
        self.processed.is_sorted()
    }
}

/// A run that can be looked at.
struct Run {
    engine: Engine,
    watch: Watch,
}

impl Run {
    fn of(name: &str) -> Run {
        Run { engine: Engine::new(&gallery(name)), watch: Watch::default() }
    }

    /// A run of all events before `seconds`.
    fn until(name: &str, seconds: f64) -> Run {
        let mut run = Run::of(name);
        run.go(seconds);
        run
    }

    fn go(&mut self, seconds: f64) {
        self.engine.run_until(Micros::from_ms(seconds * 1e3), &mut self.watch);
        self.engine.audit().expect("adds up");
    }

    fn queue(&self, id: &str) -> QueueReport {
        match self.engine.node_report(&Id::from(id)) {
            Some(NodeReport::Queue(report)) => report,
            other => panic!("no queue: {other:?}"),
        }
    }

    fn consumer(&self, id: &str) -> ConsumerReport {
        match self.engine.node_report(&Id::from(id)) {
            Some(NodeReport::Consumer(report)) => report,
            other => panic!("no consumer: {other:?}"),
        }
    }

    fn producer(&self, id: &str) -> ProducerReport {
        match self.engine.node_report(&Id::from(id)) {
            Some(NodeReport::Producer(report)) => report,
            other => panic!("no producer: {other:?}"),
        }
    }

    fn dropped(&self) -> u64 {
        self.engine.ledger().dropped.total()
    }
}

#[test]
fn every_scenario_is_complete_in_both_languages_and_its_instruments_do_not_touch() {
    let mut names = 0;
    for entry in fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let scenario = gallery(&name);
        names += 1;
        let texts = scenario.nodes.iter().map(|node| node.label.clone().expect("has a label"));
        for text in texts.chain([scenario.title.clone(), scenario.about.clone()]) {
            let (english, chinese) = (text.get(Language::English), text.get(Language::SimplifiedChinese));
            assert!(!english.is_empty() && english.is_ascii(), "{name}: {english}");
            assert!(!chinese.is_ascii(), "{name}: {chinese}");
        }
        let later = scenario.edits.iter().flat_map(|edit| &edit.nodes);
        let rects: Vec<_> = scenario.nodes.iter().chain(later).map(|node| node_rect(node).grown(8.0)).collect();
        for (index, one) in rects.iter().enumerate() {
            for other in &rects[index + 1..] {
                let apart = one.origin.x + one.width <= other.origin.x
                    || other.origin.x + other.width <= one.origin.x
                    || one.origin.y + one.height <= other.origin.y
                    || other.origin.y + other.height <= one.origin.y;
                assert!(apart, "{name}: {one:?} {other:?}");
            }
        }
        let again = format::parse(&format::to_text(&scenario)).expect("can be read again");
        assert_eq!(again, scenario, "{name}");
    }
    assert!(names >= 20, "{names}");
}

#[test]
fn the_index_is_the_one_of_the_files() {
    let groups: Vec<_> = GROUPS
        .iter()
        .map(|(folder, [english, chinese], names)| {
            let entry = |name: &&str| {
                let text = fs::read_to_string(format!("static/scenarios/{folder}/{name}.json")).expect("is there");
                let Scenario { title, about, .. } = format::parse(&text).expect("is a scenario");
                for text in [&title, &about] {
                    assert!(Language::ALL.iter().all(|language| !text.get(*language).is_empty()), "{name}");
                }
                json!({"name": name, "file": format!("{folder}/{name}.json"), "title": title, "about": about})
            };
            let scenarios: Vec<_> = names.iter().map(entry).collect();
            json!({"title": {"en": english, "zh-CN": chinese}, "scenarios": scenarios})
        })
        .collect();
    let made = serde_json::to_string_pretty(&json!({"groups": groups})).unwrap() + "\n";
    // `UPDATE_EXPECT=1` writes it anew.
    expect_test::expect_file!["../../static/scenarios-index.json"].assert_eq(&made);
}

#[test]
fn every_file_is_in_one_group() {
    for folder in ["gallery", "seed", "examples"] {
        let groups = GROUPS.iter().filter(|group| group.0 == folder);
        let mut listed: Vec<&str> = groups.flat_map(|group| group.2.iter().copied()).collect();
        listed.sort_unstable();
        let mut files: Vec<String> = fs::read_dir(format!("static/scenarios/{folder}"))
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        files.sort_unstable();
        assert_eq!(listed, files);
    }
}

#[test]
fn the_index_is_read_and_searched() {
    let groups = index::read(&fs::read_to_string("static/scenarios-index.json").unwrap()).expect("is an index");
    let all: Vec<_> = groups.iter().flat_map(|group| &group.entries).collect();
    assert_eq!(all.len(), GROUPS.iter().map(|group| group.2.len()).sum::<usize>());
    for entry in &all {
        // The address names a scenario by its name alone.
        assert_eq!(index::named(&groups, &entry.name), Some(*entry));
    }
    assert_eq!(index::named(&groups, "no-such-scenario"), None);
    let found = |typed: &str| -> Vec<&str> {
        all.iter().filter(|entry| index::fits(entry, typed)).map(|entry| entry.name.as_str()).collect()
    };
    assert_eq!(found("OUTBOX relay"), ["outbox"]);
    assert_eq!(found("毒消息"), ["poison-message"]);
    assert_eq!(found("outbox poison"), [""; 0]);
    assert_eq!(found(" ").len(), all.len());
    for text in ["", "{}", "[]", r#"{"groups": [{}]}"#, r#"{"groups": [{"title": "A", "scenarios": [{"name": 1}]}]}"#] {
        assert_eq!(index::read(text), None, "{text}");
    }
}

#[test]
fn basics_the_producer_does_not_wait() {
    let run = Run::until("basics", 10.0);
    assert!(run.queue("queue").depth_max >= 3);
    assert_eq!(run.producer("orders").held_back, 0);
    assert!(run.consumer("packer").processed >= 50);
}

#[test]
fn work_queue_the_quick_one_gets_more() {
    let run = Run::until("work-queue", 10.0);
    let done = |id| run.consumer(id).processed;
    assert!(done("quick") > done("usual") && done("usual") > done("slow") && done("slow") > 10);
}

#[test]
fn competing_consumers_melt_the_backlog() {
    let mut run = Run::until("competing-consumers", 3.0);
    let before = run.queue("queue").depth();
    run.go(5.0);
    let with_two = run.queue("queue").depth();
    run.go(10.0);
    assert!(before >= 25 && with_two <= before + 5, "{before} {with_two}");
    assert!(run.queue("queue").depth() <= 5, "{}", run.queue("queue").depth());
}

#[test]
fn publish_subscribe_everybody_gets_every_message() {
    let run = Run::until("publish-subscribe", 14.0);
    let published = run.producer("news").published;
    assert!(published > 60);
    for id in ["mail", "app", "archive"] {
        assert_eq!(run.consumer(id).acked, published, "{id}");
    }
    assert!(run.queue("archive-queue").depth_max > 15);
}

#[test]
fn routing_direct_by_equal_keys() {
    let run = Run::until("routing-direct", 10.0);
    let (errors, everything) = (run.queue("errors").enqueued, run.queue("everything").enqueued);
    assert!(errors > 20 && everything > errors);
    // What is not yet at the broker is neither routed nor dropped.
    let dropped = run.dropped();
    assert!(dropped > 3);
    assert!(everything + dropped + 1 >= run.producer("logs").published);
}

#[test]
fn routing_topic_one_key_several_queues() {
    let run = Run::until("routing-topic", 10.0);
    let got: u64 = ["berlin-queue", "heat-queue", "rain-queue"].iter().map(|id| run.queue(id).enqueued).sum();
    assert!(got > run.producer("sensors").published * 5 / 4);
    assert_eq!(run.dropped(), 0);
}

#[test]
fn routing_headers_all_or_any() {
    let run = Run::until("routing-headers", 9.99);
    let published = |id| run.producer(id).published;
    assert_eq!(run.queue("both").enqueued, published("posters"));
    assert_eq!(run.queue("either").enqueued, published("posters") + published("photos") + published("plans"));
}

#[test]
fn alternate_exchange_nothing_is_dropped() {
    let run = Run::until("alternate-exchange", 10.0);
    assert!(run.queue("lost").enqueued > 10);
    assert_eq!(run.dropped(), 0);
}

#[test]
fn rpc_one_answer_for_each_question() {
    let run = Run::until("rpc", 15.0);
    let asked = run.producer("asks").published;
    assert_eq!((asked, run.consumer("reads").processed), (70, asked));
    assert!(run.queue("questions").redelivered >= 1);
}

#[test]
fn retry_with_delay_then_dead() {
    let run = Run::until("retry-with-delay", 20.0);
    assert!(run.queue("later").enqueued > 20);
    let dead = run.queue("dead").enqueued;
    assert!(dead >= 1 && dead * 5 < run.queue("later").enqueued, "{dead}");
}

#[test]
fn dead_letters_of_all_three_causes() {
    let run = Run::until("dead-letters", 10.0);
    let dropped = run.queue("work").dropped;
    for reason in [DropReason::Rejected, DropReason::Expired, DropReason::Maxlen] {
        assert!(dropped.of(reason) > 0, "{reason:?}");
    }
    assert_eq!(run.queue("dead").enqueued, dropped.total());
}

#[test]
fn delayed_messages_wait_two_seconds() {
    let run = Run::until("delayed-messages", 10.0);
    let whole = run.consumer("sender").end_to_end_ms;
    assert!(whole.count > 15);
    assert!(whole.p50.unwrap() >= 2_000.0 && whole.max.unwrap() < 2_500.0, "{whole:?}");
}

#[test]
fn priority_lanes_urgent_hardly_waits() {
    let run = Run::until("priority-lanes", 10.0);
    let mean = |waits: &Vec<f64>| waits.iter().sum::<f64>() / waits.len() as f64;
    let means: Vec<f64> = run.watch.waits.values().map(mean).collect();
    // Edges are in the order of the document: the urgent one first.
    let [urgent, ordinary] = means[..] else { panic!("{means:?}") };
    assert!(urgent < 300.0 && ordinary > 3.0 * urgent, "{urgent} {ordinary}");
}

#[test]
fn back_pressure_bounds_the_queue_and_loses_nothing() {
    let run = Run::until("back-pressure", 10.0);
    let (queue, producer) = (run.queue("queue"), run.producer("orders"));
    // The one being worked on is not among the ready ones that the limit counts.
    assert!((20..=22).contains(&queue.depth_max), "{}", queue.depth_max);
    assert!(producer.nacked > 10 && producer.held_back > 30, "{producer:?}");
    assert!(queue.enqueued >= producer.confirmed && producer.confirmed > 80);
    assert_eq!(queue.enqueued, queue.acked + queue.depth());
}

#[test]
fn ordering_is_lost_and_kept() {
    let lost = Run::until("ordering-lost", 10.0);
    assert!(!lost.watch.in_order() && lost.watch.processed.len() > 100);
    let kept = Run::until("ordering-kept", 10.0);
    assert!(kept.watch.in_order() && kept.watch.processed.len() > 70);
    let crashed = kept.consumer("one").processed;
    let reserve = kept.consumer("two").processed;
    assert!(crashed > 10 && reserve > 20, "{crashed} {reserve}");
}

#[test]
fn duplicate_delivery_is_done_once_by_the_idempotent() {
    let run = Run::until("duplicate-delivery", 12.0);
    let published = run.producer("payments").published;
    assert!(run.consumer("plain").processed > published * 6 / 5);
    let careful = run.consumer("careful");
    assert_eq!(careful.processed, published);
    assert!(careful.deduplicated > 10);
}

#[test]
fn at_most_once_loses_and_at_least_once_does_not() {
    let run = Run::until("at-most-once", 20.0);
    let published = run.producer("orders").published;
    let (auto, manual) = (run.consumer("auto"), run.consumer("manual"));
    assert!(auto.processed + 2 <= published, "{auto:?}");
    assert_eq!(manual.acked, published);
    assert!(manual.redelivered > 0);
}

#[test]
fn slow_consumer_grows_and_shrinks() {
    let mut run = Run::until("slow-consumer", 2.0);
    assert!(run.queue("queue").depth_max <= 2);
    run.go(5.0);
    assert!(run.queue("queue").depth() > 15);
    run.go(12.0);
    assert!(run.queue("queue").depth() <= 2);
}

#[test]
fn poison_message_is_the_only_dead_letter() {
    let run = Run::until("poison-message", 10.0);
    assert_eq!(run.queue("aside").enqueued, 1);
    assert_eq!(run.queue("work").dropped.of(DropReason::DeliveryLimit), 1);
    assert_eq!(run.dropped(), 1);
    assert!(run.consumer("worker").processed > 50);
}

#[test]
fn burst_is_levelled() {
    let run = Run::until("burst", 8.0);
    assert!(run.queue("queue").depth_max >= 55);
    assert_eq!(run.consumer("worker").processed, 120);
    assert_eq!(run.dropped(), 0);
}

#[test]
fn fan_out_fan_in_three_results_each() {
    let run = Run::until("fan-out-fan-in", 12.0);
    let orders = run.producer("orders").published;
    assert_eq!((orders, run.consumer("gather").processed), (35, 3 * orders));
}

#[test]
fn saga_ships_or_refunds_each_payment() {
    let run = Run::until("saga", 15.0);
    let paid = run.consumer("payment").processed;
    let shipping = run.consumer("shipping");
    let refunded = run.consumer("refund").processed;
    assert_eq!(paid, run.producer("orders").published);
    assert_eq!(refunded, shipping.failed);
    assert_eq!(paid, shipping.processed + refunded);
    assert!(refunded > 5);
}

#[test]
fn outbox_loses_nothing_where_direct_does() {
    let run = Run::until("outbox", 15.0);
    let (direct, relay) = (run.producer("direct").published, run.producer("relay"));
    assert_eq!((direct, relay.unconfirmed, relay.held_back), (70, 0, 0), "{relay:?}");
    assert!(run.consumer("one").processed + 15 < direct);
    assert_eq!(run.consumer("two").processed, 70);
}

#[test]
fn memory_alarm_empties_the_queue() {
    let mut run = Run::until("memory-alarm", 4.9);
    assert_eq!(run.queue("queue").depth(), 0);
    assert!(run.producer("orders").held_back > 30);
    run.go(6.0);
    assert!(run.queue("queue").depth_max > 30);
    assert_eq!(run.dropped(), 0);
}

#[test]
fn durable_survives_and_transient_does_not() {
    let mut run = Run::until("durable", 2.99);
    assert!(run.queue("durable").ready > 15 && run.queue("transient").ready > 15);
    run.go(4.5);
    assert!(run.queue("durable").ready > 15);
    assert_eq!(run.queue("transient").depth(), 0);
}
