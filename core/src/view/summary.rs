//! What is said to people who do not see the stage: from time to time what has changed while time passed, and at once
//! what an action has done.

use std::collections::{BTreeMap, BTreeSet};

use super::glyph::{self, count};
use super::{incident, spoken};
use crate::base::Micros;
use crate::engine::{DropReason, IncidentReport, NodeReport, Trouble};
use crate::scenario::{Fault, FaultPlace, Id, NodeKind};
use crate::session::{Applied, Command, Session};
use crate::words::Words;

/// How many queues, and how many incidents, a summary names.
const MOST_NAMED: usize = 2;

/// A queue's depth is worth a word when it has changed by so many messages at least, and by half of what was said.
const LEAST_CHANGE: u64 = 10;

/// What has been said so far of what goes on, so that only what is new is said.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    loaded: u64,
    now: Micros,
    depths: BTreeMap<Id, u64>,
    /// The number of the newest incident that is known.
    newest: u32,
    /// Known incidents that were not over yet.
    open: BTreeSet<u32>,
    /// Newer ones that an action has made, and said.
    own: BTreeSet<u32>,
    lost: u64,
    dropped: u64,
    failed: u64,
}

/// What is counted of everything together: messages lost, messages dropped for other reasons, requests that failed.
fn totals(session: &Session) -> [u64; 3] {
    let drops = session.engine().ledger().dropped;
    let lost = drops.of(DropReason::LostInCrash) + drops.of(DropReason::LostInNetwork);
    // What was taken off the stage is no news to who did it.
    let taken = [DropReason::Purged, DropReason::QueueDeleted, DropReason::NodeRemoved, DropReason::EdgeRemoved];
    let taken: u64 = taken.into_iter().map(|reason| drops.of(reason)).sum();
    let failed = nodes(session, NodeKind::Client).map(|(_, report)| match report {
        NodeReport::Client(report) => report.failed,
        _ => 0,
    });
    [lost, drops.total() - lost - taken, failed.sum()]
}

fn nodes(session: &Session, kind: NodeKind) -> impl Iterator<Item = (&Id, NodeReport)> {
    let nodes = session.scenario().nodes.iter().filter(move |node| node.kind() == kind);
    nodes.filter_map(|node| Some((&node.id, session.node_report(&node.id)?)))
}

/// A node's kind and name, or what an edge or the broker is called.
fn name(session: &Session, id: &Id, words: &Words) -> String {
    match session.scenario().node(id) {
        Some(node) => (words.stage.kind_and_name)(spoken::kind(node.kind(), words), &glyph::label(session, id, words)),
        None => incident::place_name(session, id, words),
    }
}

/// Whether a thing that is in this trouble is down.
fn is_down(trouble: Trouble) -> bool {
    matches!(trouble, Trouble::Crashed | Trouble::Overloaded)
}

impl Watch {
    /// Takes everything as said that is to be seen now.
    pub fn begin(session: &Session) -> Watch {
        let [lost, dropped, failed] = totals(session);
        let mut watch = Watch {
            loaded: session.revisions().loaded,
            now: session.now(),
            depths: depths(session).collect(),
            lost,
            dropped,
            failed,
            ..Watch::default()
        };
        watch.note_incidents(session);
        watch
    }

    /// Takes all incidents as said that there are.
    fn note_incidents(&mut self, session: &Session) {
        self.own.clear();
        for incident in session.engine().incidents() {
            self.newest = self.newest.max(incident.number);
            if incident.ended_us.is_none() {
                self.open.insert(incident.number);
            } else {
                self.open.remove(&incident.number);
            }
        }
    }

    /// An action has just been carried out, and said: what began or ended with it is no news any more. What happened
    /// before it, by a script, still is.
    pub fn note_action(&mut self, session: &Session) {
        let now = session.now();
        for incident in session.engine().incidents() {
            match incident.ended_us {
                None if incident.began_us == now => self.open.insert(incident.number),
                Some(ended_us) if ended_us == now => self.open.remove(&incident.number),
                _ => continue,
            };
            self.own.insert(incident.number);
        }
    }

    /// What has changed since the last time that something was said; `None` where that is not worth a word.
    pub fn look(&mut self, session: &Session, words: &Words) -> Option<String> {
        if session.revisions().loaded != self.loaded || session.now() < self.now {
            // Another run, or back in time: nothing has happened, one looks from elsewhere.
            *self = Watch::begin(session);
            return None;
        }
        self.now = session.now();
        let mut parts = self.queues(session, words);
        parts.extend(self.incidents(session, words));
        parts.extend(self.counts(session, words));
        let access = words.access;
        let said = spoken::sentence(&parts.join(access.between));
        (!parts.is_empty()).then(|| said + access.stop)
    }

    fn queues(&mut self, session: &Session, words: &Words) -> Vec<String> {
        let access = words.access;
        let mut changed: Vec<(u64, Id, u64, bool)> = Vec::new();
        let now: BTreeMap<Id, u64> = depths(session).collect();
        for (id, depth) in &now {
            let said = self.depths.get(id).copied().unwrap_or(0);
            let difference = depth.abs_diff(said);
            if difference >= LEAST_CHANGE.max(said / 2) {
                changed.push((difference, id.clone(), *depth, *depth > said));
            }
        }
        // A queue that is gone is forgotten; one that has hardly changed is still as it was said.
        self.depths.retain(|id, _| now.contains_key(id));
        for (_, id, depth, _) in &changed {
            self.depths.insert(id.clone(), *depth);
        }
        changed.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        let more = changed.len().saturating_sub(MOST_NAMED);
        let named = changed.iter().take(MOST_NAMED).map(|(_, id, depth, rises)| {
            let name = name(session, id, words);
            let direction = if *rises { words.stage.rising } else { words.stage.falling };
            match depth {
                0 => (access.drained)(&name),
                _ => (access.depth)(&name, &count(*depth, words.language), direction),
            }
        });
        named.chain((more > 0).then(|| (access.more_queues)(more))).collect()
    }

    fn incidents(&mut self, session: &Session, words: &Words) -> Vec<String> {
        let access = words.access;
        let incidents = session.engine().incidents();
        let say = |incident: &IncidentReport| {
            let place = name(session, &incident.place, words);
            let what = incident::what(session, incident, words);
            let began = incident::seconds(incident.began_us);
            match incident.ended_us {
                Some(ended) if is_down(incident.trouble) => (access.back_at)(&place, &incident::seconds(ended)),
                Some(_) => (access.over)(&place, &what),
                None if incident.trouble == Trouble::Crashed => (access.crashed_at)(&place, &began),
                None => (access.trouble)(&place, &(words.failing.since)(&what, &began)),
            }
        };
        let news: Vec<&IncidentReport> = incidents
            .iter()
            .filter(|incident| {
                let known = incident.number <= self.newest || self.own.contains(&incident.number);
                // What is found in passing comes and goes; it is the beginning that says something.
                let over = incident.ended_us.is_some() && !incident.trouble.is_found_in_passing();
                if known { over && self.open.contains(&incident.number) } else { true }
            })
            .collect();
        let more = news.len().saturating_sub(MOST_NAMED);
        let said = news.iter().take(MOST_NAMED).map(|incident| say(incident));
        let said: Vec<String> = said.chain((more > 0).then(|| (access.more_incidents)(more))).collect();
        self.note_incidents(session);
        said
    }

    fn counts(&mut self, session: &Session, words: &Words) -> Vec<String> {
        let access = words.access;
        let [lost, dropped, failed] = totals(session);
        let known = [&mut self.lost, &mut self.dropped, &mut self.failed];
        let say = [access.lost, access.dropped, access.requests_failed];
        let counts = known.into_iter().zip([lost, dropped, failed]).zip(say);
        // The first one is news; after that, a quarter more than was said.
        let news = counts.filter(|((known, now), _)| *now > **known && *now - **known > **known / 4);
        news.map(|((known, now), say)| {
            *known = now;
            say(&count(now, words.language))
        })
        .collect()
    }
}

fn depths(session: &Session) -> impl Iterator<Item = (Id, u64)> + '_ {
    nodes(session, NodeKind::Queue).map(|(id, report)| match report {
        NodeReport::Queue(report) => (id.clone(), report.depth()),
        _ => (id.clone(), 0),
    })
}

/// What has to be known before an action, to say afterwards what it has done.
pub struct Before {
    command: Command,
    /// What is removed, by its name.
    removed: Option<String>,
    nodes: BTreeSet<Id>,
    edges: BTreeSet<Id>,
}

impl Before {
    /// To be asked before the command is carried out; `None` where there will be nothing to say.
    pub fn of(session: &Session, command: &Command, words: &Words) -> Option<Before> {
        let mut before =
            Before { command: command.clone(), removed: None, nodes: BTreeSet::new(), edges: BTreeSet::new() };
        match command {
            Command::Remove { ids } => {
                if let [id] = &ids[..] {
                    before.removed = Some(name(session, id, words));
                }
            }
            Command::Undo | Command::Redo => {
                before.nodes = session.scenario().nodes.iter().map(|node| node.id.clone()).collect();
                before.edges = session.scenario().edges.iter().map(|edge| edge.id.clone()).collect();
            }
            Command::AddNode { .. }
            | Command::Connect { .. }
            | Command::Fault(_)
            | Command::Select { .. }
            | Command::Play { .. }
            | Command::Pause
            | Command::Reset => {}
            // A form says itself what stands in it, and a slider what it is at.
            _ => return None,
        }
        Some(before)
    }

    /// What the command has done.
    pub fn done(self, session: &Session, applied: &Applied, words: &Words) -> Option<String> {
        let access = words.access;
        Some(match &self.command {
            Command::Remove { ids } => match self.removed {
                Some(name) => (access.removed)(&name),
                None => (access.removed_many)(ids.len()),
            },
            Command::Undo => (access.undone)(&self.difference(session, words)),
            Command::Redo => (access.redone)(&self.difference(session, words)),
            Command::AddNode { .. } => (access.added)(&name(session, applied.made.as_ref()?, words)),
            Command::Connect { from, to, .. } => {
                (words.stage.connected)(&glyph::label(session, from, words), &glyph::label(session, to, words))
            }
            Command::Fault(Fault::Crash { node }) => (access.crashed)(&name(session, node, words)),
            Command::Fault(Fault::Restart { node }) => (access.restarted)(&name(session, node, words)),
            Command::Fault(fault) => {
                let (FaultPlace::Node(place) | FaultPlace::Edge(place)) = fault.place();
                (access.faulted)(&name(session, place, words), &(words.failing.fault)(fault))
            }
            Command::Select { .. } => {
                let mut selected = session.selection().iter();
                match (selected.next(), selected.len()) {
                    (None, _) => access.nothing_selected.to_owned(),
                    (Some(id), 0) => (access.selected)(&name(session, id, words)),
                    (Some(_), more) => (access.selected_many)(more + 1),
                }
            }
            Command::Play { .. } => access.playing.to_owned(),
            Command::Pause => (access.paused)(&incident::seconds(session.now())),
            Command::Reset => access.reset.to_owned(),
            _ => return None,
        })
    }

    /// What came and what went, counted.
    fn difference(&self, session: &Session, words: &Words) -> String {
        let access = words.access;
        let nodes: BTreeSet<Id> = session.scenario().nodes.iter().map(|node| node.id.clone()).collect();
        let edges: BTreeSet<Id> = session.scenario().edges.iter().map(|edge| edge.id.clone()).collect();
        let back = (nodes.difference(&self.nodes).count(), edges.difference(&self.edges).count());
        let gone = (self.nodes.difference(&nodes).count(), self.edges.difference(&edges).count());
        let say = |(nodes, edges): (usize, usize), say: fn(usize, usize) -> String| {
            (nodes + edges > 0).then(|| say(nodes, edges))
        };
        let said = say(back, access.back).into_iter().chain(say(gone, access.gone));
        said.collect::<Vec<_>>().join(words.stage.comma)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::Language;
    use crate::scenario::format;

    /// Ten messages a second; the one consumer keeps up.
    fn session() -> Session {
        let text = json!({
            "mq_scenario": 1, "seed": 1,
            "nodes": [
                {"id": "p", "kind": "producer", "at": [0, 0], "settings": {"pattern": {"constant": {"per_s": 10}}}},
                {"id": "orders", "kind": "queue", "at": [300, 0], "settings": {"durable": false}},
                {"id": "worker", "kind": "consumer", "at": [600, 0],
                 "settings": {"handler": [{"work": {"ms": {"constant": 5}}}]}}
            ],
            "edges": [
                {"id": "1", "kind": "publish", "from": "p", "to": "orders"},
                {"id": "2", "kind": "subscribe", "from": "orders", "to": "worker"}
            ]
        });
        Session::new(format::from_value(text).expect("a good scenario"))
    }

    fn go(session: &mut Session, seconds: f64) {
        session.dispatch(Command::Seek { time_us: Micros::from_ms(seconds * 1_000.0) }).expect("goes");
        while session.playback().seeking().is_some() {
            session.tick(0.0, &mut || false);
        }
    }

    fn act(session: &mut Session, command: Command, language: Language) -> Option<String> {
        let words = Words::of(language);
        let before = Before::of(session, &command, words);
        let applied = session.dispatch(command).expect("is possible");
        before.and_then(|before| before.done(session, &applied, words))
    }

    fn node(id: &str) -> Id {
        Id::from(id)
    }

    #[test]
    fn nothing_is_said_while_nothing_changes() {
        let mut session = session();
        let words = Words::of(Language::English);
        let mut watch = Watch::begin(&session);
        for second in 1..8 {
            go(&mut session, f64::from(second) * 5.0);
            assert_eq!(watch.look(&session, words), None, "at {second}");
        }
    }

    #[test]
    fn a_crash_a_backlog_and_its_end_are_summed_up() {
        let told = |language: Language| {
            let mut session = session();
            let words = Words::of(language);
            go(&mut session, 3.25);
            let mut watch = Watch::begin(&session);
            let mut told = Vec::new();
            session.dispatch(Command::Fault(Fault::Crash { node: node("worker") })).expect("is there");
            for second in [15.0, 16.0, 17.0, 30.0] {
                go(&mut session, second);
                told.push(watch.look(&session, words).unwrap_or_default());
            }
            session.dispatch(Command::Fault(Fault::Restart { node: node("worker") })).expect("is there");
            for second in [40.0, 50.0] {
                go(&mut session, second);
                told.push(watch.look(&session, words).unwrap_or_default());
            }
            told
        };
        assert_eq!(
            told(Language::English),
            [
                "Queue orders 117, rising; Consumer worker crashed at 3.2 s.",
                "",
                "",
                "Queue orders 267, rising.",
                "Queue orders is empty again; Consumer worker is back since 30.0 s.",
                "",
            ]
        );
        assert_eq!(
            told(Language::SimplifiedChinese),
            [
                "队列“orders” 117 条，积压上升；消费者“worker” 在 3.2 秒崩溃。",
                "",
                "",
                "队列“orders” 267 条，积压上升。",
                "队列“orders” 已清空；消费者“worker” 在 30.0 秒恢复。",
                "",
            ]
        );
    }

    #[test]
    fn an_action_does_not_swallow_what_happened_before_it() {
        let mut session = session();
        let words = Words::of(Language::English);
        let mut watch = Watch::begin(&session);
        // Nobody's action: a script's, or an embedding page's.
        go(&mut session, 1.0);
        session.dispatch(Command::Fault(Fault::Crash { node: node("worker") })).expect("is there");
        go(&mut session, 2.0);
        session.dispatch(Command::Fault(Fault::Crash { node: node("p") })).expect("is there");
        watch.note_action(&session);
        go(&mut session, 2.5);
        let said = watch.look(&session, words).expect("something happened");
        assert!(said.contains("Consumer worker crashed at 1.0 s"), "{said}");
        assert!(!said.contains("Producer"), "what the action did was said with it: {said}");
        session.dispatch(Command::Fault(Fault::Restart { node: node("p") })).expect("is there");
        watch.note_action(&session);
        session.dispatch(Command::Fault(Fault::Restart { node: node("worker") })).expect("is there");
        go(&mut session, 3.0);
        let said = watch.look(&session, words).expect("it is back");
        assert!(said.contains("Consumer worker is back") && !said.contains("Producer"), "{said}");
    }

    #[test]
    fn losses_are_summed_up_at_growing_intervals() {
        let mut session = session();
        let words = Words::of(Language::English);
        session.dispatch(Command::Fault(Fault::Crash { node: node("worker") })).expect("is there");
        go(&mut session, 2.0);
        let mut watch = Watch::begin(&session);
        // What is in a queue that is not durable is lost with the broker.
        session.dispatch(Command::Fault(Fault::Crash { node: node("broker") })).expect("is there");
        go(&mut session, 2.5);
        let said = watch.look(&session, words).expect("something happened");
        assert!(said.contains("messages lost in all") && said.contains("Broker"), "{said}");
        let mut times = 0;
        for second in 3..40 {
            go(&mut session, f64::from(second));
            times += u32::from(watch.look(&session, words).is_some());
        }
        assert!((2..16).contains(&times), "said {times} times");
    }

    #[test]
    fn going_back_and_another_document_are_no_news() {
        let mut session = session();
        let words = Words::of(Language::English);
        session.dispatch(Command::Fault(Fault::Crash { node: node("worker") })).expect("is there");
        go(&mut session, 20.0);
        let mut watch = Watch::begin(&session);
        go(&mut session, 1.0);
        assert_eq!(watch.look(&session, words), None);
        let other = super::tests::session().scenario().clone();
        session.load(other);
        assert_eq!(watch.look(&session, words), None);
    }

    #[test]
    fn actions_say_what_they_have_done() {
        let mut session = session();
        let mut said = |command: Command| {
            let english = act(&mut session, command, Language::English);
            english.unwrap_or_default()
        };
        assert_eq!(said(Command::Remove { ids: vec![node("orders")] }), "Queue orders removed.");
        assert_eq!(said(Command::Undo), "Undone: 1 node and 2 connections back.");
        assert_eq!(said(Command::Redo), "Redone: 1 node and 2 connections gone.");
        assert_eq!(said(Command::Undo), "Undone: 1 node and 2 connections back.");
        assert_eq!(said(Command::Select { ids: vec![node("p")] }), "Producer p selected.");
        assert_eq!(said(Command::Select { ids: vec![node("p"), node("worker")] }), "2 selected.");
        assert_eq!(said(Command::Fault(Fault::Crash { node: node("worker") })), "Consumer worker crashed.");
        assert_eq!(said(Command::Fault(Fault::Restart { node: node("worker") })), "Consumer worker restarted.");
        assert_eq!(said(Command::AddNode { node: json!({"kind": "queue", "at": [0, 300]}) }), "Queue queue added.");
        let connect = Command::Connect { from: node("p"), to: node("queue"), latency_ms: None, routing_key: None };
        assert!(said(connect).ends_with("connected to queue."));
        assert_eq!(said(Command::Play { until_us: None }), "Running.");
        assert_eq!(said(Command::Pause), "Paused at 0.0 s.");
        let move_one = Command::Move { places: vec![(node("p"), crate::base::Point::default())] };
        assert_eq!(said(move_one), "", "a drag would say it a hundred times");
    }

    #[test]
    fn actions_speak_chinese_too() {
        let mut session = session();
        let mut said = |command: Command| act(&mut session, command, Language::SimplifiedChinese).unwrap_or_default();
        assert_eq!(said(Command::Remove { ids: vec![node("orders")] }), "已删除队列“orders”。");
        assert_eq!(said(Command::Undo), "已撤销：恢复 1 个节点、2 条连接。");
        assert_eq!(said(Command::Fault(Fault::Crash { node: node("worker") })), "消费者“worker” 已崩溃。");
        assert_eq!(said(Command::Select { ids: Vec::new() }), "未选中任何内容。");
    }
}
