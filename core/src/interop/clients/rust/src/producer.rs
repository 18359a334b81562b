//! Producers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Connection, PublisherConfirm, Result};
use rand::seq::IndexedRandom;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, sleep_until};

use super::Failures;
use super::scenario::{Confirms, ProducerSettings};
use super::timing::{due_times, milliseconds};

pub struct Producer {
    settings: ProducerSettings,
    _connection: Connection,
    channel: Channel,
    body: Vec<u8>,
    /// One permit for each message that may be without a confirm.
    window: Option<Arc<Semaphore>>,
    failures: Failures,
    published: AtomicU64,
    confirmed: AtomicU64,
    nacked: AtomicU64,
    returned: AtomicU64,
    unconfirmed: AtomicU64,
}

impl Producer {
    pub async fn open(settings: ProducerSettings, url: &str, failures: Failures) -> Result<Arc<Producer>> {
        let connection = super::connect(url).await?;
        let channel = connection.create_channel().await?;
        // lapin tells of messages that came back with their confirms.
        if settings.confirms.is_some() || settings.message.mandatory {
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
        }
        let most = settings.confirms.as_ref().map_or(0, |confirms| confirms.max_unconfirmed as usize);
        Ok(Arc::new(Producer {
            body: settings.message.body(),
            window: (most > 0).then(|| Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)))),
            settings,
            _connection: connection,
            channel,
            failures,
            published: AtomicU64::default(),
            confirmed: AtomicU64::default(),
            nacked: AtomicU64::default(),
            returned: AtomicU64::default(),
            unconfirmed: AtomicU64::default(),
        }))
    }

    pub async fn run(self: Arc<Producer>) -> Result<()> {
        let begin = Instant::now();
        for at in due_times(self.settings.pattern.clone()) {
            let Ok(after) = Duration::try_from_secs_f64(at) else { break };
            sleep_until(begin + after).await;
            let routing_key = self.draw_key();
            for target in &self.settings.targets {
                // What is due while too much is unconfirmed waits here; it is published late, but published.
                let permit = match &self.window {
                    Some(window) => window.clone().acquire_owned().await.ok(),
                    None => None,
                };
                let routing_key = target.routing_key.as_deref().unwrap_or(&routing_key);
                self.publish(&target.exchange, routing_key, permit).await?;
            }
        }
        Ok(())
    }

    fn draw_key(&self) -> String {
        let keys = &self.settings.routing_keys;
        let drawn = keys.choose_weighted(&mut rand::rng(), |key| key.weight).ok().or(keys.first());
        drawn.map(|key| key.key.clone()).unwrap_or_default()
    }

    async fn publish(
        self: &Arc<Producer>,
        exchange: &str,
        routing_key: &str,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Result<()> {
        let properties = self.settings.message.properties();
        let confirm = self.send(exchange, routing_key, &properties).await?;
        let (producer, exchange, routing_key) = (self.clone(), exchange.to_owned(), routing_key.to_owned());
        tokio::spawn(async move {
            if let Err(error) = producer.follow(confirm, permit, &exchange, &routing_key, &properties).await {
                producer.failures.tell(error);
            }
        });
        Ok(())
    }

    async fn send(&self, exchange: &str, routing_key: &str, properties: &BasicProperties) -> Result<PublisherConfirm> {
        let options = BasicPublishOptions { mandatory: self.settings.message.mandatory, ..Default::default() };
        self.published.fetch_add(1, Relaxed);
        self.unconfirmed.fetch_add(1, Relaxed);
        self.channel.basic_publish(exchange.into(), routing_key.into(), options, &self.body, properties.clone()).await
    }

    /// Waits for a message's confirm; where it is refused, it is published again.
    async fn follow(
        &self,
        mut confirm: PublisherConfirm,
        permit: Option<OwnedSemaphorePermit>,
        exchange: &str,
        routing_key: &str,
        properties: &BasicProperties,
    ) -> Result<()> {
        let mut permit = permit;
        loop {
            let confirmation = confirm.await?;
            self.unconfirmed.fetch_sub(1, Relaxed);
            permit.take();
            let nacked = confirmation.is_nack();
            let acked = confirmation.is_ack();
            self.returned.fetch_add(u64::from(confirmation.take_message().is_some()), Relaxed);
            let Some(Confirms { retry, retry_ms, .. }) = self.settings.confirms else { return Ok(()) };
            self.confirmed.fetch_add(u64::from(acked), Relaxed);
            self.nacked.fetch_add(u64::from(nacked), Relaxed);
            if !nacked || !retry {
                return Ok(());
            }
            // A full queue refused it; later there may be room.
            sleep(milliseconds(retry_ms)).await;
            confirm = self.send(exchange, routing_key, properties).await?;
        }
    }

    pub fn is_waiting(&self) -> bool {
        self.unconfirmed.load(Relaxed) > 0
    }

    pub fn counts(&self) -> Value {
        json!({
            "name": self.settings.name,
            "published": self.published.load(Relaxed),
            "confirmed": self.confirmed.load(Relaxed),
            "nacked": self.nacked.load(Relaxed),
            "returned": self.returned.load(Relaxed),
        })
    }
}
