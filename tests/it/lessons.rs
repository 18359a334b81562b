//! Lessons: those that are shipped can be finished and say what the engine says; courses, goals and mistakes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use expect_test::{Expect, expect};
use mq_playground::base::{Language, Micros, Text};
use mq_playground::embed::{Conversation, WantedLesson};
use mq_playground::lessons::stage::Rehearsal;
use mq_playground::lessons::{
    self, Act, Comparison, Course, Draft, DraftStep, Goal, Lesson, Progress, Recording, Within,
};
use mq_playground::scenario::{Fault, Id, Reason, format};
use mq_playground::session::{Command, Session};
use mq_playground::words::Words;
use proptest::prelude::*;
use serde_json::{Value, json};

const FOLDER: &str = "static/lessons";

fn all() -> BTreeMap<String, Rc<Lesson>> {
    let (_, bundled) = lesson_text::catalogue(Path::new(FOLDER)).expect("the lessons are there");
    let read = |(id, bundled): (String, lesson_text::Bundled)| {
        assert!(bundled.mistakes.is_empty(), "{:?}", bundled.mistakes);
        let lesson = Lesson::read(bundled.lesson).unwrap_or_else(|problems| panic!("{id}: {problems:?}"));
        (id, Rc::new(lesson))
    };
    bundled.into_iter().map(read).collect()
}

fn lesson(id: &str) -> Rc<Lesson> {
    all().remove(id).unwrap_or_else(|| panic!("no lesson {id}"))
}

/// A lesson of one step on a small system.
fn small(step: Value) -> Value {
    json!({
        "mq_lesson": 1, "id": "small", "minutes": 1,
        "scenarios": {"line": {"mq_scenario": 1, "seed": 1, "nodes": [
            {"id": "p", "kind": "producer", "settings": {"pattern": {"constant": {"per_s": 10}}}},
            {"id": "q", "kind": "queue"},
            {"id": "c", "kind": "consumer", "settings": {"handler": [{"work": {"ms": {"constant": 50}}}]}}],
          "edges": [{"id": "1", "kind": "publish", "from": "p", "to": "q"}, {"id": "2", "kind": "subscribe", "from": "q", "to": "c"}]}},
        "steps": [step],
        "text": {"en": "# Small\n\nAbout.\n\n## One {#one}\n\nDo it.\n\n### {.choices}\n\n1. a\n2. b\n\n### {.hint}\n\nH.\n\n### {.solution}\n\nS.\n\n### {.when #full}\n\nFull: {{nodes.q.depth}} at {{moment.full|s}} s.\n\n### {.done}\n\nDone at {{nodes.q.depth}}.\n\n## {#learned}\n\nL.\n\n## {#next}\n\nN.\n"},
    })
}

fn step(goal: Value, solution: Value) -> Value {
    json!({"id": "one", "stage": {"scenario": "line"}, "goal": goal, "solution": solution,
        "when": {"full": {"figure": {"of": "nodes.q.depth", "at_least": 20}}}})
}

fn read(value: Value) -> Rc<Lesson> {
    Rc::new(Lesson::read(value).unwrap_or_else(|problems| panic!("{problems:?}")))
}

#[test]
fn every_lesson_can_be_finished_in_both_languages() {
    let lessons = all();
    assert!(lessons.len() >= 14, "{} lessons", lessons.len());
    for (id, lesson) in &lessons {
        let words = Words::of(Language::English);
        let problems: Vec<String> = lessons::check(lesson)
            .into_iter()
            .map(|problem| format!("{:?}: {}", problem.place, problem.describe(words)))
            .collect();
        assert!(problems.is_empty(), "{id}: {problems:#?}");
        assert_eq!(&lesson.id, id);
        for language in Language::ALL {
            let text = lesson.texts.get(&language).unwrap_or_else(|| panic!("{id} has no {}", language.tag()));
            assert!(!text.title.is_empty());
        }
        // Labels that a learner reads are there in both languages, too.
        for (name, scenario) in &lesson.scenarios {
            for node in &scenario.nodes {
                let both = matches!(&node.label, Some(Text::ByLanguage(texts)) if texts.len() == 2);
                assert!(both, "{id}/{name}: {}", node.id);
            }
        }
        let known = lessons.keys().cloned().collect();
        assert_eq!(lessons::unknown_lessons(lesson, &known), Vec::<String>::new(), "{id}");
        assert!(!lesson.next.is_empty(), "{id} leads nowhere");
    }
}

#[test]
fn each_lesson_makes_people_guess_and_break() {
    for (id, lesson) in all() {
        assert!(lesson.steps.iter().any(|step| step.ask.is_some()), "{id} asks nothing");
        let does = |act: &Act| matches!(act, Act::Do(_) | Act::DoBeside(_));
        assert!(lesson.steps.iter().any(|step| step.solution.iter().any(does)), "{id} lets nobody do anything");
    }
}

/// A figure as a lesson's text shows it when a step's solution is done.
fn shown_after(lesson: &Rc<Lesson>, step: &str, figure: &str) -> Option<String> {
    let place = lesson.place_of(step).unwrap_or_else(|| panic!("no step {step}"));
    let mut rehearsal = Rehearsal::at(lesson, place);
    let refused = rehearsal.solve(&|_| true);
    assert!(refused.is_empty(), "{refused:?}");
    rehearsal.course.figure(figure, Within::Done, &rehearsal.lanes(), Language::English)
}

#[test]
fn the_seeds_figures_are_the_engines() {
    let lesson = lesson("async");
    let shown = |step: &str, figure: &str| shown_after(&lesson, step, figure);
    assert_eq!(shown("measure", "nodes.client.response_ms.mean").as_deref(), Some("920"));
    assert_eq!(shown("both", "nodes.client.response_ms.mean").as_deref(), Some("920"));
    assert_eq!(shown("both", "beside.nodes.client.response_ms.mean").as_deref(), Some("25"));
}

fn trace(lesson: &Rc<Lesson>, seconds: u64, commands: &[(u64, Command)], expected: Expect) {
    let mut rehearsal = Rehearsal::at(lesson, 0);
    let mut told = String::new();
    let mut before = (0, false);
    for tick in 0..=seconds * 10 {
        for (_, command) in commands.iter().filter(|(at, _)| *at == tick) {
            rehearsal.first.dispatch(command.clone()).expect("it can be done");
            rehearsal.course.hear(command);
        }
        rehearsal.run_until(Micros(tick * 100_000));
        let now = (rehearsal.course.happened().len(), rehearsal.course.done_now());
        if now != before {
            let figure = |name: &str, within| {
                rehearsal.course.figure(name, within, &rehearsal.lanes(), Language::English).unwrap_or_default()
            };
            told += &format!(
                "{}: happened {:?}, full at {} s with {}, done {} with {}, now {}\n",
                rehearsal.first.now(),
                rehearsal.course.happened(),
                figure("moment.full|s", Within::Now),
                figure("nodes.q.depth", Within::When("full")),
                now.1,
                figure("nodes.q.depth", Within::Done),
                figure("nodes.q.depth", Within::Now),
            );
            before = now;
        }
    }
    expected.assert_eq(&told);
}

#[test]
fn goals_are_reached_when_what_they_say_is_so() {
    let crash = Command::Fault(Fault::Crash { node: Id::from("c") });
    let restart = Command::Fault(Fault::Restart { node: Id::from("c") });
    // A backlog that was there and is gone for a second, after a crash by hand.
    let goal = json!({"all": [
        {"done": {"type": "crash"}},
        {"seen": {"event": "crashed", "at": "c"}},
        {"figure": {"of": "nodes.q.depth_max", "at_least": 20}},
        {"figure": {"of": "nodes.q.depth", "at_most": 1, "for_ms": 1000}}]});
    let solution = json!([{"do": {"type": "crash", "node": "c"}}, {"run_ms": 3000}, {"do": {"type": "restart", "node": "c"}}, {"run_ms": 9000}]);
    let lesson = read(small(step(goal, solution)));
    assert_eq!(lessons::check(&lesson).len(), 0, "{:?}", lessons::check(&lesson));
    trace(
        &lesson,
        12,
        &[(20, crash), (50, restart)],
        expect![[r#"
            3.900000 s: happened ["full"], full at 3.8 s with 20, done false with 20, now 20
            8.900000 s: happened ["full"], full at 3.8 s with 20, done true with 0, now 0
        "#]],
    );
    // By how much it grows, and settings.
    let goal = json!({"all": [
        {"figure": {"of": "nodes.c.processed", "over_ms": 2000, "at_least": 20}},
        {"figure": {"of": "nodes.c.processed", "since_step": true, "at_least": 40}},
        {"setting": {"of": "c.handler.0.work.ms.constant", "at_most": 50}},
        {"setting": {"of": "q.max_length", "equals": null}},
        {"count": {"kind": "consumer", "at_least": 1, "at_most": 1}},
        {"any": [{"figure": {"of": "step_ms", "at_least": 3000}}, "answered"]},
        {"not": {"seen": {"event": "dropped"}}}]});
    trace(
        &read(small(step(goal, json!([{"run_ms": 6000}])))),
        8,
        &[],
        expect![[r#"
        4.000000 s: happened [], full at  s with 0, done true with 0, now 0
    "#]],
    );
}

#[test]
fn going_back_in_time_begins_the_step_again() {
    let goal = json!({"figure": {"of": "step_ms", "at_least": 5000}});
    let mut rehearsal = Rehearsal::at(&read(small(step(goal, json!([{"run_ms": 5000}])))), 0);
    rehearsal.run_until(Micros::from_ms(4_000.0));
    rehearsal.first.dispatch(Command::Reset).expect("any time");
    assert_eq!(rehearsal.first.now(), Micros::ZERO);
    rehearsal.run_until(Micros::from_ms(4_990.0));
    assert!(!rehearsal.course.done_now());
    rehearsal.run_until(Micros::from_ms(5_010.0));
    assert!(rehearsal.course.done_now());
}

#[test]
fn answers_count_and_are_kept() {
    let ask = |guess: bool| {
        read(small(json!({"id": "one", "stage": {"scenario": "line"}, "ask": {"choice": {"right": 2, "guess": guess}},
            "when": {"full": {"figure": {"of": "nodes.q.depth", "at_least": 20}}}, "solution": [{"answer": 2}]})))
    };
    let answered = |lesson: &Rc<Lesson>, answers: &[f64]| {
        let mut rehearsal = Rehearsal::at(lesson, 0);
        let mut passed = Vec::new();
        for answer in answers {
            rehearsal.course.answer(*answer);
            let Rehearsal { first, course, .. } = &mut rehearsal;
            course.look(&lessons::Lanes { first, second: None });
            passed.push(course.passed());
        }
        (passed, rehearsal.course)
    };
    let lesson = ask(false);
    let (passed, mut course) = answered(&lesson, &[1.0, 2.0]);
    assert_eq!(passed, [false, true]);
    assert_eq!(course.score(), 0, "only the first answer counts");
    course.go(1);
    let kept = serde_json::to_string(&course.progress()).expect("plain data");
    assert_eq!(kept, r#"{"at":null,"finished":true,"steps":{"one":{"passed":true,"answer":2.0,"first_right":false}}}"#);
    let again = Course::new(lesson, &serde_json::from_str::<Progress>(&kept).expect("it was written so"));
    assert!(again.steps()[0].passed && again.finished());
    // A guess is taken as it is.
    let (passed, course) = answered(&ask(true), &[1.0]);
    assert_eq!((passed, course.score()), (vec![true], 100));
    // What is kept may be anything.
    assert!(serde_json::from_str::<Progress>(r#"{"steps": 1}"#).is_err());
}

#[test]
fn what_a_step_does_not_allow_is_refused() {
    let mut value = small(step(json!({"figure": {"of": "step_ms", "at_least": 1000}}), json!([{"run_ms": 1000}])));
    value["steps"][0]["allow"] = json!(["faults"]);
    let mut rehearsal = Rehearsal::at(&read(value), 0);
    let mut refused = |command: Value| {
        let command = serde_json::from_value(command).expect("a command");
        match rehearsal.first.dispatch(command) {
            Ok(_) => false,
            Err(rejected) => matches!(rejected.0[0].reason, Reason::NotPermitted),
        }
    };
    assert!(refused(json!({"type": "remove", "ids": ["c"]})));
    assert!(refused(json!({"type": "set", "node": "c", "path": "prefetch_count", "value": 1})));
    assert!(refused(json!({"type": "undo"})));
    assert!(!refused(json!({"type": "crash", "node": "c"})));
    assert!(!refused(json!({"type": "move", "places": [["c", [10, 10]]]})));
    assert!(!refused(json!({"type": "seek", "time_us": 1000})));
}

#[test]
fn every_mistake_is_found() {
    let problems = |change: &dyn Fn(&mut Value)| {
        let goal = json!({"figure": {"of": "nodes.q.depth", "at_least": 5}});
        let mut value = small(step(goal, json!([{"do": {"type": "crash", "node": "c"}}, {"run_ms": 3000}])));
        change(&mut value);
        let found = Lesson::read(value).map(|lesson| lessons::check(&Rc::new(lesson))).unwrap_or_else(|found| found);
        let told = |language| {
            let words = Words::of(language);
            found.iter().map(|problem| format!("{:?} {}", problem.place, problem.describe(words))).collect::<Vec<_>>()
        };
        // In every language there is something to be read.
        assert!(told(Language::SimplifiedChinese).iter().all(|line| !line.ends_with(' ')));
        told(Language::English).join("\n")
    };
    assert_eq!(problems(&|_| ()), "");
    let set = |pointer: &'static str, to: Value| {
        move |value: &mut Value| *value.pointer_mut(pointer).expect("it is there") = to.clone()
    };
    let goal = |goal: Value| set("/steps/0/goal", goal);
    let mut told = String::new();
    type Change = Box<dyn Fn(&mut Value)>;
    let changes: Vec<Change> = vec![
        Box::new(set("/mq_lesson", json!(2))),
        Box::new(set("/id", json!("Not This"))),
        Box::new(set("/steps", json!([]))),
        Box::new(set("/steps/0/stage/scenario", json!("nowhere"))),
        Box::new(set("/steps/0/stage", json!({"scenario": "line", "color": 1}))),
        Box::new(set("/scenarios/line/nodes/1/kind", json!("pipe"))),
        Box::new(set("/text", json!({"fr": "# T"}))),
        Box::new(set("/text", json!({}))),
        Box::new(set("/text/en", json!("# T\n\n<b>x</b>\n\n## Two {#two}\n\nBody"))),
        Box::new(set("/steps/0/show", json!(["nobody"]))),
        Box::new(goal(json!({"figure": {"of": "nodes.q.length", "at_least": 5}}))),
        Box::new(goal(json!({"figure": {"of": "nodes.q.depth"}}))),
        Box::new(goal(json!({"figure": {"of": "nodes.q.depth", "at_least": 0}}))),
        Box::new(goal(json!({"figure": {"of": "nodes.q.depth", "at_least": 500}}))),
        Box::new(goal(json!({"figure": {"of": "step_ms", "at_least": 2000}}))),
        Box::new(goal(json!({"seen": {"event": "explosion"}}))),
        Box::new(goal(json!({"seen": {"event": "crashed", "at": "x"}}))),
        Box::new(set("/steps/0/solution", json!([]))),
        Box::new(set("/steps/0/solution", json!([{"do": {"type": "crash", "node": "x"}}]))),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut place = |value: &mut Value| {
            if let Some(step) = value.pointer_mut("/steps/0").and_then(Value::as_object_mut) {
                step.entry("show").or_insert_with(|| json!([]));
            }
            change(value);
        };
        let cell = std::cell::RefCell::new(&mut place);
        told += &format!("{number}: {}\n", problems(&|value| (cell.borrow_mut())(value)));
    }
    expect![[r#"
        0: Pointer("/mq_lesson") this version of the format is not known: it must be 1
        1: Pointer("/id") "Not This" is no name: small letters, digits and - make one
        2: Pointer("/steps") a lesson has at least one step
        Text { language: English, line: 5, column: 1 } the lesson has no step "one"
        3: Pointer("/steps/0/stage/scenario") the lesson has no scenario "nowhere"
        4: Pointer("/steps/0/stage/color") unknown field `color`, expected one of `scenario`, `beside`, `at_ms`, `play`, `speed`
        5: Pointer("/scenarios/line/nodes/1/kind") there is no kind of node called “pipe”; there are producer, exchange, queue, consumer, client, service, database
        6: Pointer("/text/fr") there is no language "fr": en and zh-CN are known
        7: Pointer("/text") there is no text: write en.md or zh-CN.md, or "text"
        8: Text { language: English, line: 3, column: 1 } HTML is not shown: write Markdown
        Text { language: English, line: 3, column: 5 } HTML is not shown: write Markdown
        9: Pointer("/steps/0/show") there is no "nobody" on the stage
        10: Pointer("/steps/0/goal") there is no figure, setting or answer "nodes.q.length" here
        Pointer("/steps/0") the goal does not hold after the solution
        11: Pointer("/steps/0/goal") say with what it is compared: at_least, at_most, above, below or equals
        Pointer("/steps/0") the goal holds before anything is done
        12: Pointer("/steps/0") the goal holds before anything is done
        13: Pointer("/steps/0") the goal does not hold after the solution
        14: Pointer("/steps/0") the goal holds when only time passes, without what the solution does
        15: Pointer("/steps/0/goal/seen/event") unknown variant `explosion`, expected one of `crashed`, `overloaded`, `stalled`, `cut`, `redeploying`, `timed_out`, `poison`, `memory_alarm`, `redelivered`, `dropped`, `dead_lettered`, `returned`, `nacked`, `deduplicated`, `request_failed`
        16: Pointer("/steps/0/goal") there is no "x" on the stage
        Pointer("/steps/0") the goal does not hold after the solution
        17: Pointer("/steps/0") a step with a goal has a solution
        18: Pointer("/steps/0/solution") this was refused: {"node":"x","type":"crash"}: there is no node “x”
        Pointer("/steps/0") the goal does not hold after the solution
    "#]].assert_eq(&told);
}

#[test]
fn a_lesson_that_is_made_in_the_page_is_a_good_one() {
    let scenario = read(small(step(json!("answered"), json!([])))).scenarios["line"].clone();
    let mut session = Session::new(scenario.clone());
    let mut recording = Recording::begin(session.now());
    for (at_ms, command) in [
        (1_000.0, json!({"type": "select", "ids": ["c"]})),
        (2_000.0, json!({"type": "crash", "node": "c"})),
        (6_000.0, json!({"type": "restart", "node": "c"})),
    ] {
        lessons::stage::advance(&mut session, Micros::from_ms(at_ms));
        let command: Command = serde_json::from_value(command).expect("a command");
        session.dispatch(command.clone()).expect("it can be done");
        recording.hear(&command, session.now());
    }
    lessons::stage::advance(&mut session, Micros::from_ms(7_000.0));
    let draft = Draft {
        title: "Mine\nand mine".to_owned(),
        about: "About it.".to_owned(),
        scenario,
        steps: vec![
            DraftStep {
                title: "Crash".to_owned(),
                body: "Crash [it](#c). <b>No markup</b>".replace("<b>No markup</b>", "Now."),
                show: vec![Id::from("c")],
                goal: Some(Goal::Figure(Comparison {
                    of: "nodes.q.depth_max".to_owned(),
                    at_least: Some(30.0),
                    ..Comparison::default()
                })),
                hint: "Press it.".to_owned(),
                done: "{{nodes.q.depth_max}}".to_owned(),
                solution: recording.end(session.now()),
                ..DraftStep::default()
            },
            DraftStep {
                title: "Which?".to_owned(),
                body: "Say it.".to_owned(),
                choices: "a\n\n*b\n".to_owned(),
                hint: "The second.".to_owned(),
                done: "Yes.".to_owned(),
                ..DraftStep::default()
            },
        ],
        learned: "- All.".to_owned(),
    };
    let text = serde_json::to_string_pretty(&draft.to_value(Language::English)).expect("plain data");
    let lesson = Rc::new(Lesson::parse(&text).unwrap_or_else(|problems| panic!("{problems:?}")));
    assert_eq!(lesson.texts[&Language::English].title, "Mine and mine");
    assert_eq!(
        serde_json::to_string(&lesson.steps[0].solution).expect("plain data"),
        r#"[{"run_ms":2000.0},{"do":{"node":"c","type":"crash"}},{"run_ms":4000.0},{"do":{"node":"c","type":"restart"}},{"run_ms":1000.0}]"#
    );
    let words = Words::of(Language::English);
    let problems: Vec<String> = lessons::check(&lesson).iter().map(|problem| problem.describe(words)).collect();
    // What the page does not ask for is what a person can add.
    assert_eq!(problems, ["this part is missing: solution", "this part is missing: next"]);
}

#[test]
fn an_embedding_page_is_told_of_goals_once() {
    let message = json!({"mq": 1, "type": "load", "lesson": "async", "step": 2, "id": "x"});
    let wanted = WantedLesson::of(&message).expect("it wants one");
    assert_eq!((wanted.lesson.as_str(), wanted.step.as_deref()), ("async", Some("2")));
    assert_eq!(wanted.clone().opened(), json!({"mq": 1, "type": "ok", "id": "x"}));
    assert_eq!(wanted.missing(false)["code"], "unknown_lesson");
    for other in [json!({"mq": 1, "type": "load", "scenario": {}}), json!({"type": "load", "lesson": "x"}), json!([])] {
        assert_eq!(WantedLesson::of(&other), None);
    }
    let lesson = lesson("async");
    let mut conversation = Conversation::default();
    let mut told = Vec::new();
    let mut rehearsal = Rehearsal::at(&lesson, 0);
    told.extend(conversation.lesson_news(&rehearsal.course));
    rehearsal.solve(&|_| true);
    told.extend(conversation.lesson_news(&rehearsal.course));
    told.extend(conversation.lesson_news(&rehearsal.course));
    rehearsal.course.go(lesson.steps.len());
    told.extend(conversation.lesson_news(&rehearsal.course));
    let told: Vec<String> = told.iter().map(Value::to_string).collect();
    assert_eq!(
        told,
        [
            r#"{"lesson":"async","mq":1,"passed":true,"step":"predict","type":"goal"}"#,
            r#"{"lesson":"async","mq":1,"score":20,"type":"completed"}"#,
        ]
    );
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let published = fs::read_to_string("static/schema/lesson-1.json").expect("it is published");
    let made = serde_json::to_string_pretty(&lessons::schema::lesson_schema()).expect("plain data") + "\n";
    assert!(published == made, "write it anew: cargo run --release -- schema --lesson > static/schema/lesson-1.json");
}

/// What stands in the guide between a fence that begins like this and its end.
fn fenced<'a>(guide: &'a str, fence: &str) -> &'a str {
    let (_, rest) = guide.split_once(fence).unwrap_or_else(|| panic!("no {fence}"));
    rest.split_once("\n```").expect("it ends").0
}

#[test]
fn the_guides_example_is_a_good_lesson() {
    let guide = fs::read_to_string("docs/writing-lessons.md").expect("it is there");
    let mut value: Value = serde_json::from_str(fenced(&guide, "```json lesson\n")).expect("JSON");
    value["text"] = json!({ "en": fenced(&guide, "```markdown lesson\n") });
    let lesson = read(value);
    let words = Words::of(Language::English);
    let problems: Vec<String> = lessons::check(&lesson).iter().map(|problem| problem.describe(words)).collect();
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn settings_that_are_as_usual_can_be_set_in_part() {
    // What is as usual is left out of a file; its parts are there all the same.
    let scenario = format::from_value(json!({"mq_scenario": 1, "nodes": [
        {"id": "a", "kind": "client", "settings": {"retries": 3}}, {"id": "s", "kind": "service"}],
        "edges": [{"id": "1", "kind": "call", "from": "a", "to": "s"}]}));
    let mut session = Session::new(scenario.expect("a good scenario"));
    let mut set = |path: &str| {
        let command = json!({"type": "set", "node": "a", "path": path, "value": 200});
        session.dispatch(serde_json::from_value(command).expect("a command"))
    };
    assert!(set("backoff.first_ms").is_ok());
    let rejected = set("pattern.poisson.per_s").expect_err("it is constant");
    assert!(matches!(rejected.0[0].reason, Reason::NoSuchSetting { .. }), "{rejected:?}");
    assert!(set("nothing.at.all").is_err());
}

#[test]
fn a_second_copy_can_be_asked_for_by_its_name() {
    let copies: Command =
        serde_json::from_value(json!({"type": "duplicate", "ids": ["c"], "by": [0, 120], "alike": true}))
            .expect("nodes");
    assert!(matches!(copies, Command::Duplicate { .. }));
    let twice: Command =
        serde_json::from_value(json!({"type": "duplicate", "edge": "1", "rate": 0.5})).expect("a fault");
    assert!(matches!(twice, Command::Fault(Fault::Duplicate { .. })));
}

/// Changes a JSON value somewhere: what is written by hand is wrong in many ways.
fn damage(value: &mut Value, at: usize, with: &Value) -> bool {
    fn visit(value: &mut Value, left: &mut usize, with: &Value) -> bool {
        if *left == 0 {
            *value = with.clone();
            return true;
        }
        *left -= 1;
        match value {
            Value::Object(fields) => fields.values_mut().any(|inner| visit(inner, left, with)),
            Value::Array(items) => items.iter_mut().any(|inner| visit(inner, left, with)),
            _ => false,
        }
    }
    visit(value, &mut { at }, with)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever stands in a lesson, it is read or refused with a sentence.
    #[test]
    fn no_lesson_panics(which in 0usize..4, at in 0usize..600, with in prop_oneof![
        Just(json!(null)), Just(json!(-1)), Just(json!(1e300)), Just(json!("x")), Just(json!([])), Just(json!({})),
        Just(json!({"figure": {"of": "nodes.q.ready"}})), "\\PC{0,60}".prop_map(|text| json!(text)),
    ]) {
        let ids = ["async", "retry-storm", "prefetch", "durability"];
        let mut value = lesson_text::bundle(&Path::new(FOLDER).join(ids[which])).expect("it is there").lesson;
        damage(&mut value, at, &with);
        match Lesson::read(value) {
            Ok(lesson) => {
                let words = Words::of(Language::English);
                for step in &lesson.steps {
                    let _ = step.permits();
                }
                let lesson = Rc::new(lesson);
                // What is changed may take long to do; that it can be begun is enough.
                if !lesson.steps.is_empty() && lesson.steps.iter().all(|step| step.stage.as_ref().is_none_or(|stage| stage.at_ms < 60_000.0)) {
                    let rehearsal = Rehearsal::at(&lesson, 0);
                    for text in lesson.texts.values() {
                        for blocks in text.steps.values().flat_map(|step| step.blocks()) {
                            lesson_text::Block::walk(blocks, &mut |inline| {
                                if let lesson_text::Inline::Figure(name) = inline {
                                    let _ = rehearsal.course.figure(name, Within::Now, &rehearsal.lanes(), words.language);
                                }
                            });
                        }
                    }
                }
            }
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }

    /// Whatever stands in a text, it becomes paragraphs, and never anything else.
    #[test]
    fn no_text_panics(text in "(\\PC|[\n#{}<>*_`|\\-\\[\\]()!.]){0,400}") {
        let (read, _) = lesson_text::LessonText::read(&text);
        let value = serde_json::to_value(&read).expect("plain data");
        let back: lesson_text::LessonText = serde_json::from_value(value).expect("it was written so");
        prop_assert_eq!(back.title, read.title);
    }
}
