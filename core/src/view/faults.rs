//! What can happen to a node or an edge now: what goes wrong, and what puts it right again.

use crate::scenario::{BROKER, Fault, Id};
use crate::session::Session;

/// How much a fault is that nobody has given a number.
const USUAL_FACTOR: f64 = 5.0;
const USUAL_ERROR_RATE: f64 = 0.5;
const USUAL_SHARE: f64 = 0.2;
const USUAL_LATENCY_MS: f64 = 200.0;

/// What can happen now to a node, an edge, or `broker`. Of a fault and its end there is the one that makes sense.
pub fn possible(session: &Session, id: &Id) -> Vec<Fault> {
    let scenario = session.scenario();
    let engine = session.engine();
    let one = |wrong: bool, fault: Fault| if wrong { fault.opposite() } else { Some(fault) };
    let edge = scenario.edge(id);
    let faults = if let (Some(known), Some(report)) = (edge, engine.edge_report(id)) {
        let edge = id.clone();
        vec![
            one(report.cut, Fault::Cut { edge: edge.clone() }),
            one(report.held, Fault::Hold { edge: edge.clone() }),
            one(report.fault_latency_ms > 0.0, Fault::Latency { edge: edge.clone(), latency_ms: USUAL_LATENCY_MS }),
            one(report.loss > known.loss, Fault::Loss { edge: edge.clone(), rate: USUAL_SHARE }),
            one(report.duplicate > known.duplicate, Fault::Duplicate { edge, rate: USUAL_SHARE }),
        ]
    } else {
        let node = id.clone();
        let up = if id.0 == BROKER {
            engine.broker_is_up()
        } else {
            engine.node_report(id).is_some_and(|report| report.up())
        };
        let condition = engine.condition(id);
        let mut faults = vec![one(!up, Fault::Crash { node: node.clone() })];
        // What is down cannot be slow.
        if up {
            let slow = Fault::Slow { node: node.clone(), factor: USUAL_FACTOR };
            let errors = Fault::ErrorRate { node: node.clone(), rate: USUAL_ERROR_RATE };
            faults.extend([
                one(condition.stalled, Fault::Stall { node: node.clone() }),
                one(condition.slow > 1.0, slow),
                one(condition.error_rate > 0.0, errors),
                Some(Fault::PoisonMessage { node: node.clone() }),
                one(engine.memory_alarm(), Fault::MemoryAlarm { node: node.clone() }),
                Some(Fault::DiskLoss { node }),
            ]);
        }
        faults
    };
    faults.into_iter().flatten().filter(|fault| fault.fits(scenario)).collect()
}

/// Whether it puts something right.
pub fn mends(fault: &Fault) -> bool {
    match fault {
        Fault::Restart { .. }
        | Fault::Resume { .. }
        | Fault::MemoryAlarmCleared { .. }
        | Fault::Repair { .. }
        | Fault::Release { .. } => true,
        Fault::Slow { factor, .. } => *factor <= 1.0,
        Fault::ErrorRate { rate, .. } | Fault::Loss { rate, .. } | Fault::Duplicate { rate, .. } => *rate == 0.0,
        Fault::Latency { latency_ms, .. } => *latency_ms == 0.0,
        _ => false,
    }
}

/// The same fault with another number.
pub fn with_number(fault: &Fault, number: f64) -> Fault {
    let mut fault = fault.clone();
    match &mut fault {
        Fault::Slow { factor, .. } => *factor = number,
        Fault::ErrorRate { rate, .. } | Fault::Loss { rate, .. } | Fault::Duplicate { rate, .. } => *rate = number,
        Fault::Latency { latency_ms, .. } => *latency_ms = number,
        _ => {}
    }
    fault
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scenario::format;
    use crate::session::Command;

    fn session() -> Session {
        let text = json!({
            "mq_scenario": 1,
            "nodes": [
                {"id": "c", "kind": "client", "at": [0, 0]},
                {"id": "s", "kind": "service", "at": [300, 0]},
                {"id": "q", "kind": "queue", "at": [600, 0]},
                {"id": "x", "kind": "exchange", "at": [600, 300]}
            ],
            "edges": [
                {"id": "call", "kind": "call", "from": "c", "to": "s"},
                {"id": "bind", "kind": "bind", "from": "x", "to": "q"}
            ]
        });
        Session::new(format::from_value(text).expect("a good scenario"))
    }

    fn names(session: &Session, id: &str) -> Vec<&'static str> {
        possible(session, &Id::from(id)).iter().map(Fault::name).collect()
    }

    #[test]
    fn what_can_happen_depends_on_the_kind() {
        let session = session();
        assert_eq!(names(&session, "c"), ["crash", "stall"]);
        assert_eq!(names(&session, "s"), ["crash", "stall", "slow", "error_rate", "poison_message"]);
        assert_eq!(names(&session, "q"), ["crash", "stall", "poison_message", "memory_alarm", "disk_loss"]);
        assert_eq!(names(&session, "call"), ["cut", "hold", "latency", "loss", "duplicate"]);
        assert!(names(&session, "bind").is_empty());
        assert!(names(&session, "nothing").is_empty() || names(&session, "nothing") == ["restart"]);
    }

    #[test]
    fn what_is_wrong_can_be_put_right() {
        let mut session = session();
        for id in ["s", "call"] {
            for fault in possible(&session, &Id::from(id)).into_iter().skip(1).filter(|fault| fault.number().is_some())
            {
                session.dispatch(Command::Fault(fault.clone())).expect("fits");
                let mended = possible(&session, &Id::from(id)).into_iter().find(|now| now.name() == fault.name());
                assert!(mends(&mended.expect("is listed")), "{}", fault.name());
            }
        }
        session.dispatch(Command::Fault(Fault::Crash { node: Id::from("s") })).expect("fits");
        assert_eq!(names(&session, "s"), ["restart"]);
    }
}
