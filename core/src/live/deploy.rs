//! Bringing a sketch to a broker: first a plan of what would be created, then one step after the other. What is there already and
//! is the same is left as it is, and so is what is there and is different: nothing is overwritten, and only what was created here is
//! ever taken away again.

use std::collections::{BTreeMap, BTreeSet};

use super::broker::Known;
use super::management::{self, Asking};
use crate::interop::{Binding, DestinationKind, Exchange, Queue, Topology};
use crate::scenario::{HeaderValue, Headers};

/// Something that a broker can have.
#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    /// An exchange.
    Exchange(Exchange),
    /// A queue.
    Queue(Queue),
    /// A binding.
    Binding(Binding),
}

impl Thing {
    /// What creates it.
    pub fn create(&self, host: &str) -> Asking {
        match self {
            Thing::Exchange(exchange) => management::declare_exchange(host, exchange),
            Thing::Queue(queue) => management::declare_queue(host, queue),
            Thing::Binding(binding) => management::bind(host, binding),
        }
    }

    /// What takes it away.
    ///
    /// # Errors
    /// Why it is not asked for.
    pub fn remove(&self, host: &str, known: &Known, consumers: impl Fn(&str) -> u64) -> Result<Asking, Stays> {
        Ok(match self {
            Thing::Exchange(exchange) => management::delete_exchange(host, &exchange.name),
            Thing::Queue(queue) => {
                // Quorum queues do not know the broker's own conditions (RabbitMQ answers "not implemented"): what was last told
                // has to do.
                let is_quorum = queue.arguments.get("x-queue-type").and_then(HeaderValue::as_text) == Some("quorum");
                let there = known.queue(&queue.name).ok_or(Stays::Gone)?;
                if is_quorum && there.ready + there.unacked + consumers(&queue.name) > 0 {
                    return Err(Stays::InUse);
                }
                management::delete_queue(host, &queue.name, !is_quorum)
            }
            Thing::Binding(binding) => {
                let (_, key) = known.bindings.iter().find(|(there, _)| there == binding).ok_or(Stays::Gone)?;
                management::unbind(host, binding, key)
            }
        })
    }
}

/// Why something is not taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    /// It has gone already, with one of its ends for instance.
    Gone,
    /// Somebody uses it, or something is in it.
    InUse,
}

/// What would become of a part of a sketch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It would be created.
    Create,
    /// It is there.
    Same,
    /// Another one of this name is there, with other settings, and stays.
    Different,
    /// It would lead to or from something that is different, and is left out.
    EndDiffers,
}

/// What would become of a sketch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// All its parts, exchanges first, then queues, then bindings.
    pub parts: Vec<(Thing, Fate)>,
}

/// Arguments without those that say what is so anyway: newer brokers write the type of every queue.
fn essential(arguments: &Headers) -> Headers {
    let usual = HeaderValue::from("classic");
    arguments
        .iter()
        .filter(|(key, value)| *key != "x-queue-type" || **value != usual)
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

impl Plan {
    /// What would become of a sketch where this is.
    pub fn of(sketch: &Topology, there: &Topology) -> Plan {
        let mut parts = Vec::new();
        let exchanges: BTreeMap<&str, &Exchange> =
            there.exchanges.iter().map(|exchange| (exchange.name.as_str(), exchange)).collect();
        let queues: BTreeMap<&str, &Queue> = there.queues.iter().map(|queue| (queue.name.as_str(), queue)).collect();
        let mut bindings: BTreeMap<(&str, &str), Vec<&Binding>> = BTreeMap::new();
        for binding in &there.bindings {
            bindings.entry((&binding.source, &binding.destination)).or_default().push(binding);
        }
        let mut different: BTreeSet<(DestinationKind, &str)> = BTreeSet::new();
        for exchange in &sketch.exchanges {
            let fate = match exchanges.get(exchange.name.as_str()) {
                None => Fate::Create,
                Some(other) if *other == exchange => Fate::Same,
                Some(_) => Fate::Different,
            };
            if fate == Fate::Different {
                different.insert((DestinationKind::Exchange, &exchange.name));
            }
            parts.push((Thing::Exchange(exchange.clone()), fate));
        }
        for queue in &sketch.queues {
            let same = |other: &Queue| {
                (other.durable, other.auto_delete) == (queue.durable, queue.auto_delete)
                    && essential(&other.arguments) == essential(&queue.arguments)
            };
            let fate = match queues.get(queue.name.as_str()) {
                None => Fate::Create,
                Some(other) if same(other) => Fate::Same,
                Some(_) => Fate::Different,
            };
            if fate == Fate::Different {
                different.insert((DestinationKind::Queue, &queue.name));
            }
            parts.push((Thing::Queue(queue.clone()), fate));
        }
        for binding in &sketch.bindings {
            let ends = [
                (DestinationKind::Exchange, binding.source.as_str()),
                (binding.destination_type, &binding.destination),
            ];
            let fate = if ends.iter().any(|end| different.contains(end)) {
                Fate::EndDiffers
            } else if bindings
                .get(&(binding.source.as_str(), binding.destination.as_str()))
                .is_some_and(|between| between.contains(&binding))
            {
                Fate::Same
            } else {
                Fate::Create
            };
            parts.push((Thing::Binding(binding.clone()), fate));
        }
        Plan { parts }
    }

    /// How many parts have this fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.parts.iter().filter(|(_, own)| *own == fate).count()
    }

    /// Whether everything is there as it is drawn.
    pub fn is_done(&self) -> bool {
        self.count(Fate::Same) == self.parts.len()
    }

    /// What is to be created, in this order.
    pub fn creations(&self) -> impl Iterator<Item = &Thing> {
        self.parts.iter().filter(|(_, fate)| *fate == Fate::Create).map(|(thing, _)| thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(name: &str, durable: bool) -> Queue {
        Queue { name: name.to_owned(), durable, auto_delete: false, arguments: Headers::new() }
    }

    fn exchange(name: &str, kind: &str) -> Exchange {
        let (name, kind) = (name.to_owned(), kind.to_owned());
        Exchange { name, kind, durable: true, auto_delete: false, internal: false, arguments: Headers::new() }
    }

    fn binding(source: &str, destination: &str) -> Binding {
        Binding {
            source: source.to_owned(),
            destination: destination.to_owned(),
            destination_type: DestinationKind::Queue,
            routing_key: String::new(),
            arguments: Headers::new(),
        }
    }

    #[test]
    fn only_what_is_missing_would_be_created() {
        let sketch = Topology {
            exchanges: vec![exchange("new", "topic"), exchange("other", "topic")],
            queues: vec![queue("same", true), queue("different", true), queue("new", true)],
            bindings: vec![
                binding("new", "same"),
                binding("new", "different"),
                binding("other", "new"),
                binding("amq.topic", "same"),
            ],
            ..Topology::default()
        };
        let mut same = queue("same", true);
        same.arguments.insert("x-queue-type".to_owned(), "classic".into());
        let there = Topology {
            exchanges: vec![exchange("other", "fanout")],
            queues: vec![same, queue("different", false), queue("somebody's", true)],
            bindings: vec![binding("amq.topic", "same")],
            ..Topology::default()
        };
        let plan = Plan::of(&sketch, &there);
        let fates: Vec<Fate> = plan.parts.iter().map(|(_, fate)| *fate).collect();
        use Fate::{Create, Different, EndDiffers, Same};
        assert_eq!(fates, [Create, Different, Same, Different, Create, Create, EndDiffers, EndDiffers, Same]);
        assert_eq!(plan.creations().count(), 3);
        assert!(!plan.is_done());
        assert!(Plan::of(&there, &there).is_done());
    }
}
