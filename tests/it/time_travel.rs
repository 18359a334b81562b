//! Going back and forth in a run: any instant can be had again, exactly, in any branch.

use mq_playground::base::Micros;
use mq_playground::scenario::{Fault, Id, Scenario, format};
use mq_playground::session::{Command, MOST_BRANCHES, Session};
use mq_playground::timeline::BUDGET_BYTES;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use crate::session::{any_order, carry_out, play_out};
use crate::support::any_scenario;

/// A producer that is faster than its two consumers together, once one of them is down.
fn two_consumers() -> Session {
    let text = r#"{"mq_scenario": 1, "seed": 7, "nodes": [
      {"id": "p", "kind": "producer", "settings": {"pattern": {"poisson": {"per_s": 100}}}},
      {"id": "q", "kind": "queue"},
      {"id": "a", "kind": "consumer", "settings": {"handler": [{"work": {"ms": {"exponential": 15}}}]}},
      {"id": "b", "kind": "consumer", "settings": {"handler": [{"work": {"ms": {"exponential": 15}}}]}}],
     "edges": [
      {"id": "1", "kind": "publish", "from": "p", "to": "q"},
      {"id": "2", "kind": "subscribe", "from": "q", "to": "a"},
      {"id": "3", "kind": "subscribe", "from": "q", "to": "b"}]}"#;
    Session::new(format::parse(text).unwrap())
}

fn go_to(session: &mut Session, time: Micros) {
    session.dispatch(Command::Seek { time_us: time }).unwrap();
    play_out(session, 0.0);
    assert_eq!(session.now(), time);
}

fn seconds(count: u64) -> Micros {
    Micros(count * 1_000_000)
}

fn hash(session: &Session) -> String {
    session.engine().trace_hash()
}

fn crash(node: &str) -> Command {
    Command::Fault(Fault::Crash { node: Id::from(node) })
}

#[test]
fn an_hour_can_be_gone_through_by_few_events() {
    let mut session = two_consumers();
    let mut straight = two_consumers();
    go_to(&mut session, seconds(3_600));
    let (count, bytes) = session.run().checkpoints();
    assert!((30..=256).contains(&count), "{count} states are kept");
    assert!(bytes <= BUDGET_BYTES, "{bytes} bytes");
    let events = session.engine().events();
    for second in [1_800, 3_599, 7, 2_500, 60, 3_000] {
        session.dispatch(Command::Seek { time_us: seconds(second) }).unwrap();
        // Where the seek begins: not far from where it leads.
        let missing = {
            go_to(&mut straight, seconds(second));
            straight.engine().events() - session.engine().events()
        };
        assert!(missing < events / 50, "{missing} of {events} events to {second} s");
        play_out(&mut session, 0.0);
        assert_eq!(hash(&session), hash(&straight), "at {second} s");
    }
}

#[test]
fn memory_stays_within_its_bounds_where_the_backlog_is_large() {
    let mut session = two_consumers();
    session.dispatch(crash("a")).unwrap();
    session.dispatch(crash("b")).unwrap();
    session.keep_checkpoints_apart(1_000);
    for hour in 1..=3 {
        go_to(&mut session, seconds(hour * 3_600));
        let (count, bytes) = session.run().checkpoints();
        assert!(bytes <= BUDGET_BYTES, "{count} states with {bytes} bytes after {hour} h");
        assert!(count > 3);
    }
}

#[test]
fn events_are_stepped_over_forth_and_back() {
    let mut session = two_consumers();
    go_to(&mut session, seconds(2));
    let mut seen = vec![];
    for step in 0..40 {
        if step == 20 {
            session.dispatch(crash("a")).unwrap();
        }
        seen.push((hash(&session), session.engine().events(), session.run().log().len()));
        session.dispatch(Command::Step { events: 1 }).unwrap();
    }
    for (hash_then, events, entries) in seen.iter().rev() {
        // The crash is a step of its own.
        session.dispatch(Command::StepBack { events: 1 }).unwrap();
        if *entries == 0 && session.engine().events() > *events {
            session.dispatch(Command::StepBack { events: 1 }).unwrap();
        }
        assert_eq!((&hash(&session), session.engine().events()), (hash_then, *events));
    }
    session.dispatch(Command::StepBack { events: u64::MAX }).unwrap();
    assert_eq!((session.engine().events(), session.now()), (0, Micros::ZERO));
    session.dispatch(Command::StepBack { events: 1 }).unwrap();
    assert_eq!(session.engine().events(), 0);
}

#[test]
fn a_crash_that_never_happened_is_another_branch() {
    let mut session = two_consumers();
    go_to(&mut session, seconds(10));
    session.dispatch(crash("a")).unwrap();
    go_to(&mut session, seconds(20));
    let (with_crash, backlog) = (hash(&session), session.engine().ledger().ready);
    go_to(&mut session, seconds(9));
    // Going back alone is no other branch.
    assert_eq!((session.branch(), session.branches().count()), (0, 0));
    session.dispatch(crash("b")).unwrap();
    session.dispatch(Command::Fault(Fault::Restart { node: Id::from("b") })).unwrap();
    go_to(&mut session, seconds(20));
    let without_crash = hash(&session);
    assert_ne!(without_crash, with_crash);
    assert!(session.engine().ledger().ready < backlog);
    assert_eq!(session.branch(), 1);
    let left: Vec<_> =
        session.branches().map(|(number, branch)| (number, branch.log().len(), branch.reached())).collect();
    assert_eq!(left, [(0, 1, seconds(20))]);
    session.dispatch(Command::EnterBranch { branch: 0 }).unwrap();
    play_out(&mut session, 0.0);
    assert_eq!((session.branch(), session.now()), (0, seconds(20)));
    assert_eq!(hash(&session), with_crash);
    session.dispatch(Command::EnterBranch { branch: 1 }).unwrap();
    play_out(&mut session, 0.0);
    assert_eq!(hash(&session), without_crash);
    assert!(session.dispatch(Command::EnterBranch { branch: 1 }).is_err(), "one is there already");
    assert!(session.dispatch(Command::EnterBranch { branch: 7 }).is_err());
    // So many, and no more.
    for second in (1..=12).rev() {
        go_to(&mut session, seconds(second));
        session.dispatch(crash("a")).unwrap();
    }
    assert_eq!(session.branches().count(), MOST_BRANCHES);
    session.dispatch(Command::Reset).unwrap();
    assert_eq!((session.branch(), session.branches().count()), (0, 0));
}

#[test]
fn what_is_undone_at_the_instant_at_which_it_was_done_never_happened() {
    let mut session = two_consumers();
    session.dispatch(crash("a")).unwrap();
    session.dispatch(crash("b")).unwrap();
    go_to(&mut session, seconds(3));
    session
        .dispatch(Command::Move { places: vec![(Id::from("q"), mq_playground::base::Point::new(700.0, 80.0))] })
        .unwrap();
    let (before, document, ready) = (hash(&session), session.scenario().clone(), session.engine().ledger().ready);
    assert!(ready > 200);
    let moment = session.engine().moment();
    let applied = session.dispatch(Command::Remove { ids: vec![Id::from("q")] }).unwrap();
    assert_eq!(applied.fates.len(), 1, "all its messages go with it");
    assert_ne!(hash(&session), before);
    let applied = session.dispatch(Command::Undo).unwrap();
    assert!(applied.fates.is_empty());
    assert_eq!((hash(&session), session.scenario(), session.engine().moment()), (before.clone(), &document, moment));
    assert_eq!(session.engine().ledger().ready, ready);
    assert!(session.run().log().len() == 2 && session.branches().count() == 0);
    // It can be made again, and then, later, only the parts come back.
    session.dispatch(Command::Redo).unwrap();
    go_to(&mut session, seconds(4));
    session.dispatch(Command::Undo).unwrap();
    assert_eq!(session.scenario(), &document);
    assert_eq!(session.engine().ledger().ready, 0);
    // Back there, it is as it was.
    go_to(&mut session, seconds(3));
    session.dispatch(Command::StepBack { events: 1 }).unwrap();
    assert_eq!(session.engine().ledger().ready, ready);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// The states that were kept, seeks, steps back and branches change nothing: where a session stands, it stands as
    /// one does that went there straight.
    #[test]
    fn wherever_one_goes_the_run_is_the_same(
        scenario in any_scenario(),
        orders in proptest::collection::vec(any_order(), 0..24),
        jumps in proptest::collection::vec((any::<Index>(), any::<Index>(), 0..4), 0..24),
        apart in 1u64..200,
    ) {
        // At the very instant of an edit of the script, the clock may stand before it or behind it.
        let scenario = Scenario { edits: Vec::new(), ..scenario };
        let mut session = Session::new(scenario);
        session.keep_checkpoints_apart(apart);
        for (place, order) in orders.iter().enumerate() {
            carry_out(&mut session, order);
            let Some((at, branch, way)) = jumps.get(place) else { continue };
            match way {
                0 => {
                    let end = session.run().reached().0 as usize;
                    go_to(&mut session, Micros(at.index(end + 1) as u64));
                }
                1 => drop(session.dispatch(Command::StepBack { events: at.index(40) as u64 })),
                2 => {
                    let numbers: Vec<u32> = session.branches().map(|(number, _)| number).collect();
                    if !numbers.is_empty() {
                        session.dispatch(Command::EnterBranch { branch: *branch.get(&numbers) }).unwrap();
                        play_out(&mut session, 0.0);
                    }
                }
                _ => {}
            }
            session.engine().audit().map_err(TestCaseError::fail)?;
        }
        // Straight: the same log, from the start, without anything kept.
        let (end, hash_then) = (session.now(), hash(&session));
        let events = session.engine().events();
        let document = session.scenario().clone();
        let mut straight = session.clone();
        straight.keep_checkpoints_apart(u64::MAX);
        go_to(&mut straight, Micros::ZERO);
        prop_assert_eq!(straight.run().checkpoints().0, 0);
        go_to(&mut straight, end);
        let behind = straight.engine().events().saturating_sub(events);
        if behind > 0 || straight.run().log().len() > session.run().log().len() {
            // A step back may end between two events of one instant.
            straight.dispatch(Command::StepBack { events: 0 }).unwrap();
            while straight.engine().events() > events || straight.run().log().len() > session.run().log().len() {
                straight.dispatch(Command::StepBack { events: 1 }).unwrap();
            }
        }
        while straight.engine().events() < events || straight.run().log().len() < session.run().log().len() {
            straight.dispatch(Command::Step { events: 1 }).unwrap();
        }
        prop_assert_eq!(hash(&straight), hash_then);
        prop_assert_eq!(straight.scenario(), &document);
    }
}

#[test]
fn what_was_measured_adds_up_and_is_measured_again_in_another_branch() {
    let mut session = two_consumers();
    go_to(&mut session, seconds(700));
    let series = session.run().series();
    assert_eq!(series.interval(), Micros(1_000_000), "twice as wide after so many samples");
    let ledger = *session.engine().ledger();
    let last = series.overall().last().unwrap();
    assert_eq!((last.made, last.acked, last.backlog[2]), (ledger.made, ledger.acked, ledger.ready + ledger.unacked));
    assert!(
        series
            .overall()
            .windows(2)
            .all(|pair| pair[0].made <= pair[1].made && pair[1].backlog[0] <= pair[1].backlog[1])
    );
    let consumer = session.engine().node_index_of(&Id::from("a")).unwrap();
    let (since, intervals) = series.of(consumer);
    assert_eq!((since, intervals.len()), (0, series.overall().len()));
    // Its percentiles are in order, and it is busy for about three quarters of the time.
    let measured = intervals.iter().filter(|interval| interval.percentiles[0].is_finite());
    assert!(measured.clone().count() > 600);
    assert!(measured.clone().all(|interval| interval.percentiles.is_sorted()));
    let (busy, offered) = (intervals[600].tally.busy_us - intervals[100].tally.busy_us, 500_000_000);
    assert_eq!(intervals[600].tally.offered_us - intervals[100].tally.offered_us, offered);
    assert!((0.7..0.8).contains(&(busy as f64 / offered as f64)), "{busy}");
    // Back, in the middle of an interval; what comes is measured in the new branch, what came stays with the old one.
    let whole = format!("{series:?}");
    go_to(&mut session, Micros(300_700_000));
    assert_eq!(format!("{:?}", session.run().series()), whole, "going back forgets nothing");
    session.dispatch(crash("a")).unwrap();
    assert_eq!(format!("{:?}", session.branches().next().unwrap().1.series()), whole);
    go_to(&mut session, seconds(600));
    let mut straight = two_consumers();
    go_to(&mut straight, Micros(300_700_000));
    straight.dispatch(crash("a")).unwrap();
    go_to(&mut straight, seconds(600));
    assert_eq!(hash(&session), hash(&straight));
    assert_eq!(format!("{:?}", session.run().series()), format!("{:?}", straight.run().series()));
    // Hours stay small.
    go_to(&mut session, seconds(4 * 3_600));
    let series = session.run().series();
    assert!(series.overall().len() <= 1_024 && series.end() == seconds(4 * 3_600));
    session.dispatch(Command::EnterBranch { branch: 0 }).unwrap();
    play_out(&mut session, 0.0);
    assert_eq!(format!("{:?}", session.run().series()), whole);
}

#[test]
fn what_was_undone_later_is_not_undone_yet() {
    let mut session = two_consumers();
    let add = |id: &str| Command::AddNode { node: serde_json::json!({"id": id, "kind": "queue"}) };
    let nodes = |session: &Session| session.scenario().nodes.len();
    go_to(&mut session, seconds(1));
    session.dispatch(add("x")).unwrap();
    go_to(&mut session, seconds(2));
    session.dispatch(Command::Undo).unwrap();
    go_to(&mut session, seconds(3));
    assert_eq!((nodes(&session), session.can_redo()), (4, true));
    // In between it stands, and doing it again would do it twice.
    go_to(&mut session, Micros(1_500_000));
    assert_eq!(nodes(&session), 5);
    session.dispatch(Command::Redo).unwrap();
    assert_eq!((nodes(&session), session.can_undo(), session.can_redo()), (5, true, false));
    session.dispatch(Command::Undo).unwrap();
    assert_eq!((nodes(&session), session.can_undo(), session.can_redo()), (4, false, true));
    // A new run keeps the steps, also when it forks itself.
    session.dispatch(Command::Redo).unwrap();
    session.dispatch(Command::Reset).unwrap();
    go_to(&mut session, seconds(5));
    session.dispatch(add("y")).unwrap();
    go_to(&mut session, seconds(4));
    session.dispatch(add("z")).unwrap();
    session.dispatch(Command::Undo).unwrap();
    session.dispatch(Command::Undo).unwrap();
    assert_eq!((nodes(&session), session.can_undo()), (4, false));
}

#[test]
fn going_back_takes_nothing_away_from_what_is_kept() {
    let mut session = two_consumers();
    let put = |id: &str| Command::AddNode { node: serde_json::json!({"id": id, "kind": "queue", "at": [0, 400]}) };
    go_to(&mut session, seconds(2));
    session.dispatch(put("x")).unwrap();
    let places = vec![(Id::from("x"), mq_playground::base::Point::new(640.0, 400.0))];
    session.dispatch(Command::Move { places }).unwrap();
    go_to(&mut session, seconds(4));
    session.dispatch(Command::Remove { ids: vec![Id::from("b")] }).unwrap();
    let latest = session.scenario().clone();
    assert_eq!(session.latest_scenario(), latest);
    for second in [3, 1, 0] {
        go_to(&mut session, seconds(second));
        assert_ne!(session.scenario(), &latest);
        assert_eq!(session.latest_scenario(), latest, "at {second} s");
    }
    // What is done there takes the place of what came later.
    session.dispatch(put("y")).unwrap();
    assert_eq!(session.latest_scenario(), *session.scenario());
}

#[test]
fn what_was_selected_is_selected_when_it_is_there_again() {
    let mut session = two_consumers();
    go_to(&mut session, seconds(5));
    let node = json!({"id": "late", "kind": "queue", "at": [0, 600]});
    session.dispatch(Command::AddNode { node }).expect("fits");
    session.dispatch(Command::Select { ids: vec![Id::from("late")] }).expect("is there");
    go_to(&mut session, seconds(6));
    go_to(&mut session, seconds(2));
    assert!(session.selection().is_empty(), "it is not there yet");
    go_to(&mut session, seconds(6));
    assert!(session.selection().contains(&Id::from("late")));
    session.dispatch(Command::Select { ids: Vec::new() }).expect("always");
    go_to(&mut session, seconds(2));
    go_to(&mut session, seconds(6));
    assert!(session.selection().is_empty(), "nothing was chosen any more");
}

#[test]
fn two_lanes_go_by_one_clock_and_can_be_traded() {
    let mut alone = two_consumers();
    let mut lane = alone.clone();
    let mut changed = alone.clone();
    changed.dispatch(crash("a")).unwrap();
    for time in [3, 7, 2, 5] {
        for session in [&mut alone, &mut changed] {
            go_to(session, seconds(time));
        }
        // A little at a time, as frames do.
        for _ in 0..10_000 {
            lane.keep_up_with(&changed, &mut || true);
        }
        assert_eq!((lane.now(), hash(&lane)), (seconds(time), hash(&alone)));
    }
    changed.dispatch(Command::SetSpeed { speed: 5.0 }).unwrap();
    let (was, is) = (hash(&lane), hash(&changed));
    let seen = changed.revisions();
    changed.trade(&mut lane);
    assert_eq!((hash(&changed), hash(&lane)), (was, is));
    assert_eq!(changed.playback().speed(), 5.0, "time passes as before");
    assert!(changed.revisions().document > seen.document && changed.revisions().loaded > seen.loaded);
}
