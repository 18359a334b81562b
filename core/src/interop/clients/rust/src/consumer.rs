//! Consumers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;
use futures_util::future::try_join_all;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, BasicQosOptions, BasicRejectOptions,
    ConfirmSelectOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, Result};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep, sleep_until};

use super::Failures;
use super::scenario::{Batch, ConsumerSettings, OnFailure, Part};
use super::timing::milliseconds;

/// How many message ids idempotent consumers remember for each queue.
const REMEMBERED: usize = 100_000;

/// The ids of the messages that idempotent consumers have dealt with, by queue.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<BTreeMap<String, Known>>>);

#[derive(Default)]
struct Known {
    ids: BTreeSet<String>,
    oldest_first: VecDeque<String>,
}

impl Memory {
    fn knows(&self, queue: &str, id: &str) -> bool {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memory.get(queue).is_some_and(|known| known.ids.contains(id))
    }

    fn remember(&self, queue: &str, id: &str) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = memory.entry(queue.to_owned()).or_default();
        if known.ids.insert(id.to_owned()) {
            known.oldest_first.push_back(id.to_owned());
        }
        if known.ids.len() > REMEMBERED
            && let Some(oldest) = known.oldest_first.pop_front()
        {
            known.ids.remove(&oldest);
        }
    }
}

pub struct Consumer {
    settings: ConsumerSettings,
    _connection: Connection,
    channel: Channel,
    /// Messages that were published and acks do not wait for each other on channels of their own.
    publisher: Channel,
    memory: Memory,
    failures: Failures,
    held: AtomicUsize,
    delivered: AtomicU64,
    redelivered: AtomicU64,
    acked: AtomicU64,
    rejected: AtomicU64,
    requeued: AtomicU64,
    published: AtomicU64,
}

impl Consumer {
    pub async fn open(
        settings: ConsumerSettings,
        url: &str,
        memory: Memory,
        failures: Failures,
    ) -> Result<Arc<Consumer>> {
        let connection = super::connect(url).await?;
        let channel = connection.create_channel().await?;
        let publisher = connection.create_channel().await?;
        if settings.handler.iter().flatten().filter_map(|part| part.publish.as_ref()).any(|publish| publish.confirm) {
            publisher.confirm_select(ConfirmSelectOptions::default()).await?;
        }
        Ok(Arc::new(Consumer {
            settings,
            _connection: connection,
            channel,
            publisher,
            memory,
            failures,
            held: AtomicUsize::default(),
            delivered: AtomicU64::default(),
            redelivered: AtomicU64::default(),
            acked: AtomicU64::default(),
            rejected: AtomicU64::default(),
            requeued: AtomicU64::default(),
            published: AtomicU64::default(),
        }))
    }

    pub async fn run(self: Arc<Consumer>) -> Result<()> {
        let (taken, mut waiting) = mpsc::unbounded_channel();
        if let Some(batch) = self.settings.batch.clone() {
            let consumer = self.clone();
            tokio::spawn(async move {
                if let Err(error) = consumer.take_batches(batch, taken).await {
                    consumer.failures.tell(error);
                }
            });
        } else {
            self.subscribe(taken).await?;
        }
        let free = Arc::new(Semaphore::new(self.settings.concurrency));
        while let Some((queue, delivery)) = waiting.recv().await {
            let slot = free.clone().acquire_owned().await.ok();
            let consumer = self.clone();
            tokio::spawn(async move {
                if let Err(error) = consumer.work(&queue, delivery).await {
                    consumer.failures.tell(error);
                }
                consumer.held.fetch_sub(1, Relaxed);
                drop(slot);
            });
        }
        Ok(())
    }

    async fn subscribe(self: &Arc<Consumer>, taken: mpsc::UnboundedSender<(String, Delivery)>) -> Result<()> {
        let ConsumerSettings { prefetch_count, auto_ack, exclusive, priority, queues, .. } = &self.settings;
        // Not "global": the limit is for each subscription.
        self.channel.basic_qos(*prefetch_count, BasicQosOptions { global: false }).await?;
        for queue in queues.clone() {
            let options = BasicConsumeOptions { no_ack: *auto_ack, exclusive: *exclusive, ..Default::default() };
            let mut arguments = FieldTable::default();
            if *priority != 0 {
                arguments.insert("x-priority".into(), AMQPValue::LongInt(*priority));
            }
            let mut deliveries =
                self.channel.basic_consume(queue.as_str().into(), "".into(), options, arguments).await?;
            let (consumer, taken) = (self.clone(), taken.clone());
            tokio::spawn(async move {
                while let Some(delivery) = deliveries.next().await {
                    match delivery {
                        Ok(delivery) => consumer.take(&queue, delivery, &taken),
                        Err(error) => consumer.failures.tell(error),
                    }
                }
            });
        }
        Ok(())
    }

    /// Takes a batch at each multiple of the interval: as much as it does not hold yet, from its queues in turn.
    async fn take_batches(&self, batch: Batch, taken: mpsc::UnboundedSender<(String, Delivery)>) -> Result<()> {
        let begin = Instant::now();
        for number in 1u64.. {
            sleep_until(begin + milliseconds(number as f64 * batch.interval_ms)).await;
            let mut queues: VecDeque<&String> = self.settings.queues.iter().collect();
            let mut room = batch.size.saturating_sub(self.held.load(Relaxed));
            while room > 0
                && let Some(queue) = queues.pop_front()
            {
                let options = BasicGetOptions { no_ack: self.settings.auto_ack };
                if let Some(message) = self.channel.basic_get(queue.as_str().into(), options).await? {
                    self.take(queue, message.delivery, &taken);
                    queues.push_back(queue);
                    room -= 1;
                }
            }
        }
        Ok(())
    }

    fn take(&self, queue: &str, delivery: Delivery, taken: &mpsc::UnboundedSender<(String, Delivery)>) {
        self.held.fetch_add(1, Relaxed);
        self.delivered.fetch_add(1, Relaxed);
        self.redelivered.fetch_add(u64::from(delivery.redelivered), Relaxed);
        // Nobody takes it any more: the program ends.
        let _ = taken.send((queue.to_owned(), delivery));
    }

    async fn work(&self, queue: &str, delivery: Delivery) -> Result<()> {
        let id = delivery.properties.message_id().as_ref().map(ToString::to_string);
        let id = id.filter(|_| self.settings.idempotent);
        if id.as_ref().is_some_and(|id| self.memory.knows(queue, id)) {
            return self.ack(&delivery).await;
        }
        if !self.handle().await? {
            return self.give_up(delivery).await;
        }
        if let Some(id) = &id {
            self.memory.remember(queue, id);
        }
        self.ack(&delivery).await
    }

    /// Works on a message; whether that went well.
    async fn handle(&self) -> Result<bool> {
        for step in &self.settings.handler {
            if try_join_all(step.iter().map(|part| self.carry_out(part))).await?.contains(&false) {
                return Ok(false);
            }
        }
        Ok(rand::random::<f64>() >= self.settings.failure_rate)
    }

    async fn carry_out(&self, part: &Part) -> Result<bool> {
        sleep(part.ms.draw()).await;
        let Some(publish) = &part.publish else { return Ok(true) };
        let (exchange, routing_key) = (publish.exchange.as_str().into(), publish.routing_key.as_str().into());
        let options = BasicPublishOptions { mandatory: publish.message.mandatory, ..Default::default() };
        let (body, properties) = (publish.message.body(), publish.message.properties());
        self.published.fetch_add(1, Relaxed);
        let confirm = self.publisher.basic_publish(exchange, routing_key, options, &body, properties).await?;
        Ok(!publish.confirm || confirm.await?.is_ack())
    }

    async fn ack(&self, delivery: &Delivery) -> Result<()> {
        if !self.settings.auto_ack {
            delivery.ack(BasicAckOptions::default()).await?;
        }
        self.acked.fetch_add(1, Relaxed);
        Ok(())
    }

    /// The handler failed.
    async fn give_up(&self, delivery: Delivery) -> Result<()> {
        if self.settings.auto_ack {
            // The broker was done with it when it sent it.
            self.acked.fetch_add(1, Relaxed);
        } else if self.settings.on_failure == OnFailure::Requeue {
            delivery.reject(BasicRejectOptions { requeue: true }).await?;
            self.requeued.fetch_add(1, Relaxed);
        } else if self.settings.on_failure == OnFailure::Retry && self.try_again_later(&delivery).await? {
            self.ack(&delivery).await?;
        } else {
            delivery.reject(BasicRejectOptions { requeue: false }).await?;
            self.rejected.fetch_add(1, Relaxed);
        }
        Ok(())
    }

    /// Publishes a message to the delay queue, which gives it back as a dead letter; not if it was tried enough.
    async fn try_again_later(&self, delivery: &Delivery) -> Result<bool> {
        let Some(retry) = &self.settings.retry else { return Ok(false) };
        let mut headers = delivery.properties.headers().clone().unwrap_or_default();
        // A header of our own: since RabbitMQ 4.0 the count in x-death begins anew with each publish.
        let tried = match headers.inner().get("x-tried") {
            Some(AMQPValue::LongLongInt(tried)) => *tried as u32 + 1,
            _ => 1,
        };
        if tried >= retry.tries {
            return Ok(false);
        }
        headers.insert("x-tried".into(), AMQPValue::LongLongInt(i64::from(tried)));
        let pause = retry.backoff.pause_ms(tried).round();
        let properties = delivery.properties.clone().with_headers(headers).with_expiration(pause.to_string().into());
        let options = BasicPublishOptions::default();
        self.published.fetch_add(1, Relaxed);
        let queue = retry.queue.as_str().into();
        self.publisher.basic_publish("".into(), queue, options, &delivery.data, properties).await?;
        Ok(true)
    }

    pub fn counts(&self) -> Value {
        json!({
            "name": self.settings.name,
            "delivered": self.delivered.load(Relaxed),
            "redelivered": self.redelivered.load(Relaxed),
            "acked": self.acked.load(Relaxed),
            "rejected": self.rejected.load(Relaxed),
            "requeued": self.requeued.load(Relaxed),
            "published": self.published.load(Relaxed),
        })
    }
}
