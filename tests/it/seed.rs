//! What the seed's lessons say, measured on the scenario files that the page and `mqp run` open.

use std::fs;

use mq_playground::base::Micros;
use mq_playground::engine::{
    Action, ClientReport, ConsumerReport, DatabaseReport, Engine, NodeReport, QueueReport, ServiceReport, Trouble,
    Unobserved,
};
use mq_playground::scenario::{
    Backoff, Distribution, EdgeKind, Fault, Id, NodeSettings, Pattern, Scenario, Step, format,
};

use super::support::{edge, queue};

/// A scenario of the seed.
fn seed(name: &str) -> Scenario {
    let text = fs::read_to_string(format!("static/scenarios/seed/{name}.json")).expect("is there");
    format::parse(&text).unwrap_or_else(|problems| panic!("{name}: {problems:?}"))
}

/// A run of a scenario, all events before `seconds`.
fn run(scenario: &Scenario, seconds: f64) -> Engine {
    let mut engine = Engine::new(scenario);
    engine.run_until(Micros::from_ms(seconds * 1e3), &mut Unobserved);
    engine.audit().expect("adds up");
    engine
}

fn client(engine: &Engine) -> ClientReport {
    match engine.node_report(&Id::from("client")) {
        Some(NodeReport::Client(report)) => report,
        other => panic!("no client: {other:?}"),
    }
}

fn service(engine: &Engine, id: &str) -> ServiceReport {
    match engine.node_report(&Id::from(id)) {
        Some(NodeReport::Service(report)) => report,
        other => panic!("no service: {other:?}"),
    }
}

fn database(engine: &Engine) -> DatabaseReport {
    match engine.node_report(&Id::from("database")) {
        Some(NodeReport::Database(report)) => report,
        other => panic!("no database: {other:?}"),
    }
}

fn queue_of(engine: &Engine, id: &str) -> QueueReport {
    match engine.node_report(&Id::from(id)) {
        Some(NodeReport::Queue(report)) => report,
        other => panic!("no queue: {other:?}"),
    }
}

fn consumer(engine: &Engine, id: &str) -> ConsumerReport {
    match engine.node_report(&Id::from(id)) {
        Some(NodeReport::Consumer(report)) => report,
        other => panic!("no consumer: {other:?}"),
    }
}

/// Every response took exactly this long.
fn responds_in(engine: &Engine, ms: f64) {
    let response = client(engine).response_ms;
    assert!(response.count > 0);
    assert_eq!((response.mean, response.p50, response.max), (Some(ms), Some(ms), Some(ms)));
}

#[test]
fn s1_first_in_first_out() {
    struct Order(Vec<u64>);
    impl mq_playground::engine::Observer for Order {
        fn observe(&mut self, _: Micros, event: &mq_playground::engine::Event) {
            if let mq_playground::engine::Event::Processed { copy, .. } = event {
                self.0.push(*copy);
            }
        }
    }
    let mut engine = Engine::new(&seed("fifo"));
    let mut order = Order(Vec::new());
    engine.run_until(Micros::from_ms(60e3), &mut order);
    assert!(order.0.len() > 50);
    assert!(order.0.iter().copied().eq(1..=order.0.len() as u64));
}

#[test]
fn s7_a_synchronous_order_takes_920_ms() {
    for name in ["sync", "direct"] {
        let engine = run(&seed(name), 30.0);
        responds_in(&engine, 920.0);
        assert_eq!(client(&engine).failed, 0);
    }
}

#[test]
fn s8_an_asynchronous_order_takes_25_ms_and_the_work_is_done_later() {
    for name in ["async", "mq"] {
        let engine = run(&seed(name), 30.0);
        responds_in(&engine, 25.0);
        let client = client(&engine);
        assert_eq!(client.failed, 0);
        for system in ["inventory", "payment", "logistics"] {
            let consumer = consumer(&engine, system);
            // Published at 25 ms, and then the work of 300 ms.
            assert_eq!(consumer.end_to_end_ms.max, Some(300.0));
            assert!(consumer.processed + consumer.busy >= client.succeeded);
        }
    }
}

#[test]
fn network_latency_adds_exactly_itself() {
    let with_latency = |name: &str| {
        let mut scenario = seed(name);
        let edges = scenario.edges.iter_mut().filter(|edge| edge.kind != EdgeKind::Bind);
        edges.enumerate().for_each(|(index, edge)| edge.latency_ms = f64::from(1 << index));
        scenario
    };
    // Each call costs the latency of its edge twice: client to orders, and orders to four others.
    let sync = with_latency("sync");
    let calls: f64 = sync.edges.iter().map(|edge| 2.0 * edge.latency_ms).sum();
    assert_eq!(calls, 62.0);
    responds_in(&run(&sync, 30.0), 920.0 + calls);
    // An unconfirmed publish adds nothing to it: client to orders, and orders to the database.
    let scenario = with_latency("async");
    let calls: f64 =
        scenario.edges.iter().filter(|edge| edge.kind == EdgeKind::Call).map(|edge| 2.0 * edge.latency_ms).sum();
    let engine = run(&scenario, 30.0);
    responds_in(&engine, 25.0 + calls);
    // The work is done by so much later: publish, and the subscription of each.
    let latency = |from: &str, to: &str| {
        let is_it = |edge: &&mq_playground::scenario::Edge| edge.from.as_str() == from && edge.to.as_str() == to;
        scenario.edges.iter().find(is_it).expect("is there").latency_ms
    };
    for system in ["inventory", "payment", "logistics"] {
        let later = latency("orders", "exchange") + latency(&format!("{system}-queue"), system);
        assert_eq!(consumer(&engine, system).end_to_end_ms.max, Some(300.0 + later));
    }
}

#[test]
fn a_confirmed_publish_waits_for_its_confirm() {
    let mut scenario = seed("async");
    scenario.broker.confirm_ms = 7.0;
    for edge in &mut scenario.edges {
        edge.latency_ms = if edge.kind == EdgeKind::Publish { 10.0 } else { 0.0 };
    }
    for node in &mut scenario.nodes {
        for step in node.settings.handler_mut().into_iter().flatten() {
            if let Step::Publish(publish) = step {
                publish.confirm = true;
            }
        }
    }
    responds_in(&run(&scenario, 30.0), 25.0 + 10.0 + 7.0 + 10.0);
}

#[test]
fn s2_with_inventory_down_all_direct_orders_fail_and_none_with_a_queue() {
    let engine = run(&seed("direct-inventory-down"), 30.0);
    let direct = client(&engine);
    assert_eq!((direct.requests, direct.failed, direct.succeeded), (300, 300, 0));
    // And it says why, and what it cost.
    let incidents = engine.incidents();
    let [incident] = &incidents[..] else { panic!("one incident, not {incidents:?}") };
    assert_eq!((incident.place.as_str(), incident.trouble), ("inventory", Trouble::Crashed));
    assert_eq!((incident.cost.requests_failed, incident.ended_us), (300, None));

    let mut mq = Engine::new(&seed("mq"));
    mq.apply(&Action::Fault(Fault::Crash { node: Id::from("inventory") }), &mut Unobserved).unwrap();
    mq.run_until(Micros::from_ms(30e3), &mut Unobserved);
    let orders = client(&mq);
    assert_eq!((orders.requests, orders.failed, orders.succeeded), (300, 0, 300));
    assert_eq!(queue_of(&mq, "inventory-queue").ready, 300);
    mq.apply(&Action::Fault(Fault::Restart { node: Id::from("inventory") }), &mut Unobserved).unwrap();
    mq.run_until(Micros::from_ms(60e3), &mut Unobserved);
    assert!(queue_of(&mq, "inventory-queue").ready == 0 && mq.ledger().dropped.total() == 0);
}

#[test]
fn s3_a_fourth_system_makes_direct_orders_fail_while_the_order_service_is_redeployed() {
    let engine = run(&seed("direct-add-system"), 40.0);
    let orders = client(&engine);
    // Ten a second, from 10 s until 12 s.
    assert_eq!(orders.failed, 20);
    assert_eq!(service(&engine, "orders").refused, 20);
    assert_eq!(orders.response_ms.max, Some(1220.0));
    // Those from 12 s on go to it as well, 920 ms after they have come: the last is that of 39 s.
    let points = service(&engine, "points");
    assert_eq!(points.handled + points.busy, 390 - 120 + 1);
    let deployment = engine.deployment(&Id::from("orders")).expect("there was one");
    assert_eq!((deployment.began_us, deployment.until_us), (Micros(10_000_000), Micros(12_000_000)));
    assert_eq!(deployment.before.len(), 4);
}

#[test]
fn s6_a_fourth_system_that_subscribes_makes_no_order_fail() {
    let engine = run(&seed("mq-add-system"), 40.0);
    let orders = client(&engine);
    assert_eq!((orders.failed, service(&engine, "orders").refused), (0, 0));
    responds_in(&engine, 25.0);
    // It gets what is published from 10 s on: the order of 9.9 s was published at 9.925 s.
    assert_eq!(queue_of(&engine, "points-queue").enqueued, orders.succeeded - 100);
    assert_eq!(queue_of(&engine, "inventory-queue").enqueued, orders.succeeded);
}

#[test]
fn s4_one_publish_makes_three_copies() {
    let engine = run(&seed("mq"), 30.0);
    let published = service(&engine, "orders").published;
    assert_eq!(published, client(&engine).succeeded);
    assert_eq!(engine.ledger().made, 3 * published);
    for system in ["inventory", "payment", "logistics"] {
        assert_eq!(queue_of(&engine, &format!("{system}-queue")).enqueued, published);
    }
}

#[test]
fn s5_inventory_stalls_and_catches_up_and_nothing_is_lost() {
    let scenario = seed("mq-inventory-stalls");
    let depth = |seconds| queue_of(&run(&scenario, seconds), "inventory-queue").depth();
    // 100 a second of 300 ms each: about 30 are in service at any time.
    let (before, after) = (depth(5.0), depth(10.0));
    assert!(before <= 31, "{before}");
    assert!((500 - 31..=500 + 31).contains(&(after - before)), "{before} {after}");
    let engine = run(&scenario, 40.0);
    assert_eq!(queue_of(&engine, "inventory-queue").ready, 0);
    assert!(queue_of(&engine, "inventory-queue").depth() <= 31);
    assert_eq!((engine.ledger().dropped.total(), client(&engine).failed), (0, 0));
    responds_in(&engine, 25.0);
    let incidents = engine.incidents();
    let [stall] = &incidents[..] else { panic!("one incident, not {incidents:?}") };
    assert_eq!((stall.trouble, stall.ended_us), (Trouble::Stalled, Some(Micros(10_000_000))));
}

#[test]
fn s9_a_peak_crashes_the_database_again_and_again() {
    let scenario = seed("peak-direct");
    let engine = run(&scenario, 10.0);
    let overloaded = database(&engine);
    // Call 1001 comes 0.2 s after the first, and 0.2 s after each restart of 5 s, which comes back into the same load.
    assert_eq!((overloaded.crashes, overloaded.rate_max_per_s), (2, 1001));
    assert!(client(&engine).failed > 47_000);
    let crashes: Vec<_> =
        engine.incidents().into_iter().filter(|incident| incident.trouble == Trouble::Overloaded).collect();
    assert_eq!(crashes.iter().map(|crash| crash.began_us).collect::<Vec<_>>(), [Micros(200_000), Micros(5_400_000)]);
    assert_eq!(crashes.iter().map(|crash| crash.cost.requests_failed).sum::<u64>(), client(&engine).failed);
    // With 200 a second it stays up.
    let later = run(&scenario, 60.0);
    assert_eq!((database(&later).crashes, database(&later).up), (2, true));
}

#[test]
fn s10_s11_with_a_queue_the_database_never_sees_more_than_it_can_take() {
    let scenario = seed("peak-mq");
    let mut engine = Engine::new(&scenario);
    let mut empty_at = None;
    for tenth in 1..=650u64 {
        engine.run_until(Micros(tenth * 100_000), &mut Unobserved);
        let waiting = queue_of(&engine, "database-queue");
        if tenth > 100 && waiting.depth() <= 1_000 && empty_at.is_none() {
            empty_at = Some(tenth as f64 / 10.0);
        }
    }
    let database = database(&engine);
    assert_eq!((database.crashes, database.rate_max_per_s), (0, 1_000));
    // (5000 − 1000) · 10 s = 40,000 wait, and go at 1000 − 200 a second in 50 s.
    let most = queue_of(&engine, "database-queue").depth_max;
    assert!((39_000..=41_000).contains(&most), "{most}");
    let empty_at = empty_at.expect("it is empty in the end");
    assert!((59.0..=61.0).contains(&empty_at), "{empty_at}");
    assert_eq!((client(&engine).failed, engine.ledger().dropped.total()), (0, 0));
}

/// Clients who try again, a service, and a database that can take 100 calls a second and is stalled for two seconds; or a
/// queue between the service and the database.
fn retry_storm(seed: u64, backoff: Backoff, with_queue: bool) -> Scenario {
    let text = serde_json::json!({
        "mq_scenario": 1,
        "seed": seed,
        "nodes": [
            {"id": "client", "kind": "client", "settings": {
                "pattern": {"poisson": {"per_s": 40}}, "timeout_ms": 300, "retries": 4}},
            {"id": "orders", "kind": "service", "settings": {
                "handler": [{"call": {"target": "database"}}], "concurrency": 10_000, "backlog_limit": 0}},
            {"id": "database", "kind": "database", "settings": {
                "latency_ms": 10, "capacity_per_s": 100, "overload": "slow_down"}},
        ],
        "edges": [
            {"id": "a", "kind": "call", "from": "client", "to": "orders"},
            {"id": "b", "kind": "call", "from": "orders", "to": "database"},
        ],
        "faults": [{"at_ms": 10_000, "for_ms": 2_000, "fault": {"stall": {"node": "database"}}}],
    });
    let mut scenario = format::from_value(text).expect("a good scenario");
    if let NodeSettings::Client(settings) = &mut scenario.nodes[0].settings {
        settings.backoff = backoff;
    }
    if with_queue {
        if let Some(handler) = scenario.nodes[1].settings.handler_mut() {
            *handler = vec![Step::Publish(mq_playground::scenario::Publish {
                target: Id::from("queue"),
                ms: Distribution::Constant(5.0),
                ..Default::default()
            })];
        }
        let mut worker = super::support::consumer("worker", 50, 50, Distribution::Constant(0.0));
        if let Some(handler) = worker.settings.handler_mut() {
            *handler =
                vec![Step::Call(mq_playground::scenario::Call { target: Id::from("database"), ..Default::default() })];
        }
        scenario.nodes.extend([queue("queue"), worker]);
        scenario.edges.remove(1);
        scenario.edges.extend([
            edge("orders", "queue", EdgeKind::Publish, 0.0),
            edge("queue", "worker", EdgeKind::Subscribe, 0.0),
            edge("worker", "database", EdgeKind::Call, 0.0),
        ]);
        assert!(format::check(&scenario).is_empty());
    }
    scenario
}

/// The failed share of the requests in the last ten of 70 seconds, long after the fault is gone.
fn failed_long_after(scenario: &Scenario) -> f64 {
    let mut engine = Engine::new(scenario);
    engine.run_until(Micros::from_ms(60e3), &mut Unobserved);
    let before = client(&engine);
    engine.run_until(Micros::from_ms(70e3), &mut Unobserved);
    let after = client(&engine);
    let (failed, succeeded) = (after.failed - before.failed, after.succeeded - before.succeeded);
    failed as f64 / (failed + succeeded).max(1) as f64
}

#[test]
fn a_retry_storm_outlives_its_fault_unless_there_is_backoff_or_a_queue() {
    // A metastable failure (Bronson and others, HotOS 2021): what keeps the database too busy is the work for those who
    // have given up waiting.
    let at_once = Backoff::default();
    let patient = Backoff { first_ms: 2_000.0, factor: 3.0, most_ms: 60_000.0, jitter: 0.5 };
    for seed in 1..=20 {
        let storm = failed_long_after(&retry_storm(seed, at_once.clone(), false));
        assert!(storm > 0.9, "seed {seed}: without backoff {storm} fail");
        let calm = failed_long_after(&retry_storm(seed, patient.clone(), false));
        assert!(calm < 0.01, "seed {seed}: with backoff {calm} fail");
        let queued = failed_long_after(&retry_storm(seed, at_once.clone(), true));
        assert!(queued == 0.0, "seed {seed}: with a queue {queued} fail");
    }
}

/// A producer and a consumer that crashes in the middle of its work, with one of the three guarantees.
fn guarantee(ack_mode: &str, idempotent: bool) -> (u64, ConsumerReport) {
    let text = serde_json::json!({
        "mq_scenario": 1,
        "nodes": [
            {"id": "producer", "kind": "producer", "settings": {"pattern": {"profile": [[0, 100], [20_000, 0]]}}},
            {"id": "queue", "kind": "queue"},
            {"id": "consumer", "kind": "consumer", "settings": {
                "ack_mode": ack_mode, "idempotent": idempotent, "prefetch_count": 5,
                "handler": [{"work": {"ms": 5}}]}},
        ],
        "edges": [
            {"id": "p", "kind": "publish", "from": "producer", "to": "queue"},
            // An ack is on its way for so long that a crash often comes in between.
            {"id": "s", "kind": "subscribe", "from": "queue", "to": "consumer", "latency_ms": 30},
        ],
        "faults": (1..=8).map(|second| serde_json::json!(
            {"at_ms": second * 2_000 + 3, "for_ms": 500, "fault": {"crash": {"node": "consumer"}}}
        )).collect::<Vec<_>>(),
    });
    let engine = run(&format::from_value(text).expect("a good scenario"), 60.0);
    let published = match engine.node_report(&Id::from("producer")) {
        Some(NodeReport::Producer(report)) => report.published,
        other => panic!("no producer: {other:?}"),
    };
    (published, consumer(&engine, "consumer"))
}

#[test]
fn guarantees_are_told_apart_by_their_counts() {
    let (published, at_most_once) = guarantee("auto", false);
    assert!(at_most_once.processed < published && at_most_once.dropped.total() == published - at_most_once.processed);
    let (published, at_least_once) = guarantee("manual", false);
    assert!(at_least_once.processed > published && at_least_once.dropped.total() == 0);
    let (published, effectively_once) = guarantee("manual", true);
    assert!(effectively_once.processed == published && effectively_once.deduplicated > 0);
}

#[test]
fn every_scenario_of_the_seed_is_good_and_has_a_title_in_both_languages() {
    let mut names: Vec<String> = fs::read_dir("static/scenarios/seed")
        .expect("is there")
        .map(|entry| entry.expect("is readable").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "async.json",
            "direct-add-system.json",
            "direct-inventory-down.json",
            "direct.json",
            "fifo.json",
            "mq-add-system.json",
            "mq-inventory-stalls.json",
            "mq.json",
            "peak-direct.json",
            "peak-mq.json",
            "sync.json",
        ]
    );
    for name in names {
        let scenario = seed(name.trim_end_matches(".json"));
        let titles = mq_playground::base::Language::ALL.map(|language| scenario.title.get(language).to_owned());
        assert!(titles.iter().all(|title| !title.is_empty()) && titles[0] != titles[1], "{name}");
    }
}

#[test]
fn a_closed_loop_asks_no_faster_than_it_is_answered() {
    let mut scenario = seed("sync");
    if let NodeSettings::Client(settings) = &mut scenario.nodes[0].settings {
        settings.pattern = Pattern::ClosedLoop { users: 5, think_ms: 80.0 };
    }
    let engine = run(&scenario, 100.0);
    let client = client(&engine);
    // Each user asks once a second: 920 ms for the answer, 80 ms to think.
    assert_eq!((client.requests, client.open), (500, 0));
    responds_in(&engine, 920.0);
}
