//! The message protocol, spoken to a session without a browser.

use expect_test::{Expect, expect};
use mq_playground::embed::{Conversation, WantedLesson, WantedPicture};
use mq_playground::scenario::{Fault, Id, Scenario};
use mq_playground::session::{Command, Permits, Session};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{any_scenario, chain, consumer};
use mq_playground::scenario::{Distribution, Pattern};

struct Page {
    session: Session,
    conversation: Conversation,
}

impl Page {
    fn new() -> Page {
        let work = Distribution::Constant(20.0);
        let scenario = chain(7, Pattern::Constant { per_s: 100.0 }, consumer("c", 1, 10, work));
        Page { session: Session::new(scenario), conversation: Conversation::default() }
    }

    fn say(&mut self, message: &Value) -> Vec<Value> {
        self.conversation.hear(&mut self.session, message)
    }

    /// Lets frames pass until a seek or a play-until is over.
    fn play_out(&mut self) -> Vec<Value> {
        let mut replies = Vec::new();
        while self.session.playback().playing() || self.session.playback().seeking().is_some() {
            self.session.tick(16_667.0, &mut || false);
            replies.extend(self.conversation.seek_ended(&self.session, false));
        }
        replies
    }
}

fn check(messages: &[Value], expected: Expect) {
    let mut page = Page::new();
    let mut text = String::new();
    for message in messages {
        for reply in page.say(message) {
            text += &format!("{reply}\n");
        }
        for reply in page.play_out() {
            text += &format!("{reply}\n");
        }
    }
    expected.assert_eq(&text);
}

#[test]
fn a_run_is_driven_from_outside() {
    let mut page = Page::new();
    assert_eq!(
        page.say(&json!({"mq": 1, "type": "setSpeed", "speed": 100, "id": "s"})),
        [json!({"mq": 1, "type": "ok", "id": "s"})]
    );
    assert_eq!(page.say(&json!({"mq": 1, "type": "play", "until_us": 20000000})), [json!({"mq": 1, "type": "ok"})]);
    page.play_out();
    let state = page.say(&json!({"mq": 1, "type": "getState", "id": 9})).remove(0);
    assert_eq!(state["type"], "state");
    assert_eq!(state["id"], 9);
    assert_eq!(state["time_us"], 20_000_000);
    assert_eq!(state["playing"], false);
    assert_eq!(state["speed"], 100.0);
    assert_eq!(state["ledger"]["made"], 2_000);
    assert_eq!(state["nodes"]["c"]["acked"], 999);
    let at_20 = state["trace_hash"].clone();

    assert_eq!(page.say(&json!({"mq": 1, "type": "seek", "time_us": 5000000, "id": "back"})), [] as [Value; 0]);
    assert_eq!(page.play_out(), [json!({"mq": 1, "type": "ok", "id": "back"})]);
    let state = page.say(&json!({"mq": 1, "type": "getState"})).remove(0);
    assert_eq!(state["time_us"], 5_000_000);
    assert_ne!(state["trace_hash"], at_20);
    page.say(&json!({"mq": 1, "type": "seek", "time_us": 20000000, "id": "forward"}));
    assert_eq!(page.play_out(), [json!({"mq": 1, "type": "ok", "id": "forward"})]);
    assert_eq!(page.say(&json!({"mq": 1, "type": "getState"}))[0]["trace_hash"], at_20);
}

#[test]
fn messages_are_answered() {
    check(
        &[
            json!({"mq": 1, "type": "command", "id": 1, "command": {"type": "crash", "node": "c"}}),
            json!({"mq": 1, "type": "command", "id": 2, "command": {"type": "addNode", "node": {"kind": "consumer", "at": [5, 5]}}}),
            json!({"mq": 1, "type": "command", "id": 3, "command": {"type": "connect", "from": "q", "to": "consumer"}}),
            json!({"mq": 1, "type": "command", "id": 4, "command": {"type": "set", "node": "p", "path": "pattern.constant.per_s", "value": 200}}),
            json!({"mq": 1, "type": "step", "id": 5}),
            json!({"mq": 1, "type": "step", "events": 10, "id": 6}),
            json!({"mq": 1, "type": "reset", "id": 7}),
            json!({"mq": 1, "type": "pause", "id": 8}),
            json!({"mq": 1, "type": "load", "id": 9, "scenario": {"mq_scenario": 1, "nodes": [{"id": "a", "kind": "queue"}]}}),
        ],
        expect![[r#"
            {"id":1,"mq":1,"type":"ok"}
            {"id":2,"made":"consumer","mq":1,"type":"ok"}
            {"id":3,"made":"edge","mq":1,"type":"ok"}
            {"id":4,"mq":1,"type":"ok"}
            {"id":5,"mq":1,"type":"ok"}
            {"id":6,"mq":1,"type":"ok"}
            {"id":7,"mq":1,"type":"ok"}
            {"id":8,"mq":1,"type":"ok"}
            {"id":9,"mq":1,"type":"ok"}
        "#]],
    );
}

#[test]
fn what_is_wrong_is_said_and_changes_nothing() {
    check(
        &[
            json!({"mq": 2, "type": "play", "id": 1}),
            json!({"mq": 1, "type": "dance", "id": 2}),
            json!({"mq": 1, "id": 3}),
            json!({"mq": 1, "type": "seek", "time_us": -5, "id": 4}),
            json!({"mq": 1, "type": "seek", "id": 5}),
            json!({"mq": 1, "type": "seek", "time_us": 9007199254740991u64, "id": 6}),
            json!({"mq": 1, "type": "setSpeed", "speed": 0, "id": 7}),
            json!({"mq": 1, "type": "setSpeed", "speed": "fast", "id": 8}),
            json!({"mq": 1, "type": "command", "command": {"type": "crash", "node": "nobody"}, "id": 9}),
            json!({"mq": 1, "type": "command", "command": {"type": "explode"}, "id": 10}),
            json!({"mq": 1, "type": "load", "scenario": {"mq_scenario": 1, "nodes": [{"id": "a", "kind": "queue", "settings": {"size": 1}}]}, "id": 11}),
            json!({"mq": 1, "type": "load", "link": "#s=1", "id": 12}),
            json!({"mq": 1, "type": "load", "link": {"s": 1}, "id": 13}),
            json!({"mq": 1, "type": "load", "id": 14}),
            json!({"mq": 1, "type": "export", "format": "pdf", "id": 15}),
            json!({"mq": 1, "type": "export", "id": 16}),
            json!({"mq": 1, "type": "export", "format": "csv", "id": 17}),
        ],
        expect![[r##"
            {"code":"unknown_protocol","id":1,"message":"\"mq\" is the version of the protocol and must be 1","mq":1,"type":"error"}
            {"code":"unknown_type","id":2,"message":"there is no message type \"dance\"; there are load, play, pause, reset, step, seek, setSpeed, command, getState, export","mq":1,"type":"error"}
            {"code":"unknown_type","id":3,"message":"there is no message type \"\"; there are load, play, pause, reset, step, seek, setSpeed, command, getState, export","mq":1,"type":"error"}
            {"code":"bad_value","id":4,"message":"time_us: invalid value: integer `-5`, expected u64","mq":1,"type":"error"}
            {"code":"bad_value","id":5,"message":"seek takes \"time_us\"","mq":1,"type":"error"}
            {"code":"bad_value","id":6,"message":"time_us must be at most 4503599627370495","mq":1,"type":"error"}
            {"code":"bad_value","id":7,"message":"speed must be from 0.1 to 1000","mq":1,"type":"error"}
            {"code":"bad_value","id":8,"message":"speed: invalid type: string \"fast\", expected f64","mq":1,"type":"error"}
            {"code":"rejected","id":9,"message":"there is no node “nobody”","mq":1,"type":"error"}
            {"code":"bad_value","id":10,"message":"command: unknown variant `explode`, expected one of `addNode`, `addNote`, `remove`, `connect`, `reconnect`, `paste`, `duplicate`, `set`, `setEach`, `setColor`, `setTitle`, `setSeed`, `move`, `rename`, `beginGesture`, `endGesture`, `cancelGesture`, `undo`, `redo`, `addFault`, `removeFault`, `setChaos`, `addDelayQueue`, `play`, `pause`, `reset`, `step`, `stepBack`, `fork`, `enterBranch`, `seek`, `setSpeed`, `load`, `follow`, `select`, or a fault: `crash`, `restart`, `stall`, `resume`, `slow`, `errorRate`, `poisonMessage`, `memoryAlarm`, `memoryAlarmCleared`, `diskLoss`, `cut`, `repair`, `hold`, `release`, `latency`, `loss`, `duplicate`","mq":1,"type":"error"}
            {"code":"rejected","id":11,"message":"/nodes/0/settings/size: unknown field `size`, expected one of `type`, `durable`, `ttl_ms`, `expires_ms`, `max_length`, `max_length_bytes`, `overflow`, `dead_letter_exchange`, `dead_letter_routing_key`, `max_priority`, `single_active_consumer`, `delivery_limit`, `auto_delete`, `exclusive`","mq":1,"type":"error"}
            {"code":"bad_link","id":12,"message":"This link is damaged: some of it is missing or has been changed.","mq":1,"type":"error"}
            {"code":"bad_value","id":13,"message":"link is an address with \"#s=\", or what stands behind it","mq":1,"type":"error"}
            {"code":"bad_value","id":14,"message":"load takes \"scenario\", \"lesson\" or \"link\"","mq":1,"type":"error"}
            {"code":"bad_value","id":15,"message":"format is one of scenario, link, svg, png, csv, rabbitmq","mq":1,"type":"error"}
            {"code":"bad_value","id":16,"message":"format is one of scenario, link, svg, png, csv, rabbitmq","mq":1,"type":"error"}
            {"code":"nothing_to_export","id":17,"message":"nothing was measured yet: half a second has to pass","mq":1,"type":"error"}
        "##]],
    );
}

#[test]
fn a_run_is_taken_out_and_put_in_again_as_a_link() {
    let mut page = Page::new();
    page.conversation = Conversation::at("https://example.org/mq/");
    page.say(&json!({"mq": 1, "type": "command", "command": {"type": "crash", "node": "c"}}));
    page.say(&json!({"mq": 1, "type": "play", "until_us": 2_000_000}));
    page.play_out();
    let mut exported = |format: &str| {
        let replies = page.say(&json!({"mq": 1, "type": "export", "format": format, "id": format}));
        assert_eq!((&replies[0]["type"], &replies[0]["id"], replies.len()), (&json!("exported"), &json!(format), 1));
        replies[0]["data"].clone()
    };
    let (link, scenario, svg, csv) = (exported("link"), exported("scenario"), exported("svg"), exported("csv"));
    assert!(link.as_str().unwrap().starts_with("https://example.org/mq/#s=1"));
    assert_eq!(scenario["nodes"].as_array().unwrap().len(), 3);
    assert!(csv.as_str().unwrap().starts_with("time_s,"));
    // Text, as a broker takes it.
    let definitions: Value = serde_json::from_str(exported("rabbitmq").as_str().unwrap()).unwrap();
    assert_eq!(definitions["queues"][0]["name"], "q");
    let hash = page.session.engine().trace_hash();
    // The picture tells the run, too.
    let carried = mq_playground::link::carry::from_svg(svg.as_str().unwrap()).unwrap().to_owned();
    for told in [link.as_str().unwrap().to_owned(), carried] {
        let mut other = Page::new();
        let replies = other.say(&json!({"mq": 1, "type": "load", "link": told, "id": "l"}));
        assert!(replies.is_empty(), "the answer comes when it is there: {replies:?}");
        assert_eq!(other.play_out(), [json!({"mq": 1, "type": "ok", "id": "l"})]);
        assert_eq!(other.session.engine().trace_hash(), hash);
    }
}

#[test]
fn a_host_may_do_what_it_keeps_from_others() {
    let mut page = Page::new();
    page.session.set_limit(Permits::NOTHING);
    let crash = || Command::Fault(Fault::Crash { node: Id::from("c") });
    assert!(page.session.dispatch(crash()).is_err());
    let replies = page.say(&json!({"mq": 1, "type": "command", "command": {"type": "crash", "node": "c"}}));
    assert_eq!(replies[0]["type"], "ok");
    // The limit is the page's: another document changes nothing about it, nor does another lesson.
    page.say(&json!({"mq": 1, "type": "load", "scenario": {"mq_scenario": 1}}));
    let mut lesson = Session::new(Scenario::default());
    lesson.set_permits(Permits::ALL);
    page.session.put_up(&mut lesson);
    assert!(page.session.dispatch(Command::Undo).is_err());
    assert_eq!(page.session.permits(), Permits::NOTHING);
    // What a lesson forbids, its host does not do either.
    page.session.set_permits(Permits::NOTHING);
    let replies =
        page.say(&json!({"mq": 1, "type": "command", "command": {"type": "addNode", "node": {"kind": "queue"}}}));
    assert_eq!(replies[0]["code"], "rejected");
}

#[test]
fn a_height_is_told_when_it_changes() {
    let mut page = Page::new();
    let told = page.conversation.wanted_height(420);
    assert_eq!(told[0], json!({"mq": 1, "type": "resize", "height": 420}));
    assert_eq!(told[1], json!({"subject": "lti.frameResize", "height": 420}));
    assert!(page.conversation.wanted_height(420).is_empty());
    assert_eq!(page.conversation.wanted_height(500).len(), 2);
}

#[test]
fn what_is_not_of_the_protocol_is_left_alone() {
    check(
        &[
            json!(5),
            json!("play"),
            json!(null),
            json!({"type": "play"}),
            json!({"mq": 1, "type": "ok"}),
            json!({"mq": 1, "type": "error"}),
        ],
        expect![[""]],
    );
}

#[test]
fn a_seek_that_is_overtaken_is_answered_too() {
    let mut page = Page::new();
    assert!(page.say(&json!({"mq": 1, "type": "seek", "time_us": 1000, "id": "first"})).is_empty());
    let replies = page.say(&json!({"mq": 1, "type": "seek", "time_us": 2000, "id": "second"}));
    assert_eq!((replies[0]["id"].clone(), replies[0]["code"].clone()), (json!("first"), json!("interrupted")));
    let replies = page.say(&json!({"mq": 1, "type": "pause", "id": "third"}));
    assert_eq!(replies[0]["code"], "interrupted");
    assert_eq!(replies[1], json!({"mq": 1, "type": "ok", "id": "third"}));
}

#[test]
fn changes_are_told_once() {
    let mut page = Page::new();
    assert!(page.conversation.changes(&page.session).is_empty());
    page.say(&json!({"mq": 1, "type": "command", "command": {"type": "crash", "node": "c"}}));
    page.say(&json!({"mq": 1, "type": "play", "until_us": 1000}));
    page.play_out();
    let what: Vec<Value> =
        page.conversation.changes(&page.session).iter().map(|change| change["what"].clone()).collect();
    assert_eq!(what, ["run", "time"]);
    assert!(page.conversation.changes(&page.session).is_empty());
}

/// Any JSON value that is not too deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-zA-Z._]{0,8}".prop_map(Value::from),
        prop::sample::select(vec![
            "p", "q", "c", "broker", "crash", "set", "addNode", "connect", "pattern", "svg", "png", "link"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let key = prop_oneof![
            prop::sample::select(vec![
                "type", "node", "path", "value", "from", "to", "ids", "scenario", "nodes", "settings"
            ])
            .prop_map(str::to_owned),
            "[a-z]{0,4}",
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(key, inner, 0..5).prop_map(|members| json!(members)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn no_message_makes_it_panic_and_every_request_is_answered(
        kind in prop::sample::select(vec!["load", "play", "pause", "step", "seek", "setSpeed", "command", "getState", "export", "x"]),
        fields in proptest::collection::btree_map(
            prop::sample::select(vec!["scenario", "until_us", "events", "time_us", "speed", "command", "format", "link"]),
            any_json(),
            0..4,
        ),
    ) {
        let mut page = Page::new();
        let mut message = json!({"mq": 1, "type": kind, "id": "i"});
        for (name, value) in fields {
            // A seek of a century is no mistake, only a long wait.
            let far = matches!(name, "time_us" | "until_us") && value.as_u64().is_some_and(|time| time > 10_000_000);
            if !far {
                message[name] = value;
            }
        }
        // Pictures in points and lessons are for whoever can paint and fetch.
        prop_assert!(WantedLesson::of(&message).is_none());
        let mut replies = match WantedPicture::of(&message) {
            Some(wanted) => vec![wanted.painted(None)],
            None => page.say(&message),
        };
        if !page.session.playback().playing() {
            replies.extend(page.play_out());
        }
        prop_assert_eq!(replies.iter().filter(|reply| reply["id"] == "i").count(), 1, "{:?}", replies);
    }

    #[test]
    fn any_scenario_can_be_loaded(scenario in any_scenario()) {
        let mut page = Page::new();
        let replies = page.say(&json!({"mq": 1, "type": "load", "scenario": scenario, "id": 1}));
        prop_assert_eq!(replies, [json!({"mq": 1, "type": "ok", "id": 1})]);
        let loaded: &Scenario = page.session.scenario();
        prop_assert_eq!(loaded, &scenario);
    }
}
