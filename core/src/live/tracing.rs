//! Showing every message: the broker's own tracing, by way of a queue of the page's own.

use super::broker::{Asked, Broker, News, Sight, Status, TRACE_EXCHANGE, Target, TracedLine, Tracing};
use super::management::{self, Traced, TracedEvent};
use crate::interop::{Binding, DestinationKind, Queue};
use crate::scenario::{HeaderValue, Headers};

impl Broker {
    /// Switches tracing on or off. It costs the broker two more messages for each: RabbitMQ says so, and so does the page.
    pub fn set_tracing(&mut self, on: bool) {
        match (on, &self.tracing) {
            (true, Tracing::Off) if self.status == Status::Up => {
                self.tracing = Tracing::Switching;
                let asking = management::host(&self.host);
                self.ask(Asked::TraceHost, asking);
            }
            // While it is being switched on, its end is awaited: two requests could overtake each other.
            (false, Tracing::On) => self.stop_tracing(),
            _ => {}
        }
        self.revision += 1;
    }

    pub(super) fn declare_trace_queue(&mut self) {
        let arguments = [
            // It goes by itself when this page is no more.
            ("x-expires".to_owned(), HeaderValue::Integer(10_000)),
            ("x-max-length".to_owned(), HeaderValue::Integer(2_000)),
        ];
        let arguments = arguments.into_iter().collect();
        let queue = Queue { name: self.trace_queue.clone(), durable: false, auto_delete: false, arguments };
        let asking = management::declare_queue(&self.host, &queue);
        self.ask(Asked::TraceQueue, asking);
    }

    /// Leads everything that is traced into the queue.
    pub(super) fn bind_trace_queue(&mut self) {
        let binding = Binding {
            source: TRACE_EXCHANGE.to_owned(),
            destination: self.trace_queue.clone(),
            destination_type: DestinationKind::Queue,
            routing_key: "#".to_owned(),
            arguments: Headers::new(),
        };
        let asking = management::bind(&self.host, &binding);
        self.ask(Asked::TraceBinding, asking);
    }

    pub(super) fn stop_tracing(&mut self) {
        if self.tracing == Tracing::Off {
            return;
        }
        self.tracing = Tracing::Off;
        let host = self.host.clone();
        if let Some(settings) = self.trace_settings.take() {
            self.ask(Asked::Nothing, management::trace(&host, &settings, false));
        }
        // Whatever is still in it is the page's own.
        let asking = management::delete_queue(&host, &self.trace_queue, false);
        self.ask(Asked::Nothing, asking);
    }

    pub(super) fn traced(&mut self, traced: Traced) {
        let Traced { event, exchange, routing_keys, deaths, .. } = traced;
        match &event {
            TracedEvent::Published { queues } => {
                let target = match (exchange.as_str(), queues.first()) {
                    ("", Some(queue)) => Some(Target::Queue(queue.clone())),
                    ("", None) => None,
                    _ => Some(Target::Exchange(exchange.clone())),
                };
                if let Some(target) = target {
                    self.published_to.entry(target.clone()).or_default();
                    self.see(Sight::Published { target, queues: queues.clone() });
                }
            }
            TracedEvent::Delivered { queue, redelivered } => {
                match self.own_deliveries.get_mut(queue).filter(|own| **own > 0) {
                    // It was seen when it arrived.
                    Some(own) => *own -= 1,
                    None => {
                        self.see(Sight::Delivered { queue: queue.clone(), consumer: None, redelivered: *redelivered })
                    }
                }
            }
        }
        let routing_key = routing_keys.into_iter().next().unwrap_or_default();
        self.tell(News::Traced(TracedLine { event, exchange, routing_key, deaths }));
    }
}
