//! The producers and consumers of a scenario, against a real RabbitMQ.
//!
//! What they do is in scenario.json. They declare nothing: exchanges, queues and bindings are there already.

mod consumer;
mod producer;
mod scenario;
mod timing;

use std::error::Error;
use std::future::pending;
use std::process::ExitCode;
use std::time::Duration;

use lapin::{Connection, ConnectionProperties};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use consumer::{Consumer, Memory};
use producer::Producer;
use scenario::Scenario;

/// How long confirms are waited for at the end.
const LAST_CONFIRMS: Duration = Duration::from_secs(5);

/// Where everybody tells what has broken.
#[derive(Clone)]
pub struct Failures(mpsc::UnboundedSender<lapin::Error>);

impl Failures {
    pub fn tell(&self, error: lapin::Error) {
        // Nobody listens any more: the program ends.
        let _ = self.0.send(error);
    }
}

pub async fn connect(url: &str) -> lapin::Result<Connection> {
    Connection::connect(url, ConnectionProperties::default()).await
}

struct Arguments {
    seconds: Option<f64>,
    only: Vec<String>,
    scenario: String,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut arguments = Arguments { seconds: None, only: Vec::new(), scenario: "../scenario.json".to_owned() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().ok_or(format!("a value is missing behind {word}"))?;
        match word.as_str() {
            "--seconds" => arguments.seconds = Some(value.parse()?),
            "--only" => arguments.only.push(value),
            "--scenario" => arguments.scenario = value,
            _ => return Err(format!("there is no option {word}").into()),
        }
    }
    Ok(arguments)
}

#[tokio::main]
async fn main() -> ExitCode {
    match play().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn play() -> Result<(), Box<dyn Error>> {
    let Arguments { seconds, only, scenario } = arguments()?;
    let scenario: Scenario = serde_json::from_str(&std::fs::read_to_string(scenario)?)?;
    let url = std::env::var("AMQP_URL").unwrap_or_else(|_| "amqp://guest:guest@localhost:5672/%2f".to_owned());
    let chosen = |name: &String| only.is_empty() || only.contains(name);
    let (tell, mut failed) = mpsc::unbounded_channel();
    let (failures, memory) = (Failures(tell), Memory::default());

    let (mut producers, mut consumers) = (Vec::new(), Vec::new());
    for settings in scenario.producers.into_iter().filter(|settings| chosen(&settings.name)) {
        producers.push(Producer::open(settings, &url, failures.clone()).await?);
    }
    for settings in scenario.consumers.into_iter().filter(|settings| chosen(&settings.name)) {
        consumers.push(Consumer::open(settings, &url, memory.clone(), failures.clone()).await?);
    }
    let mut runs = JoinSet::new();
    consumers.iter().for_each(|consumer| drop(runs.spawn(consumer.clone().run())));
    producers.iter().for_each(|producer| drop(runs.spawn(producer.clone().run())));

    let end = async {
        match seconds {
            Some(seconds) => sleep(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)).await,
            None => pending().await,
        }
    };
    let over = async {
        while let Some(run) = runs.join_next().await {
            run??;
        }
        // Without consumers the program is over when everything is published, unless it is to go on for longer.
        if !consumers.is_empty() || seconds.is_some() {
            pending::<()>().await;
        }
        Ok(())
    };
    let result: Result<(), Box<dyn Error>> = tokio::select! {
        () = end => Ok(()),
        result = over => result,
        Some(error) = failed.recv() => Err(error.into()),
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    runs.abort_all();
    let until = Instant::now() + LAST_CONFIRMS;
    while result.is_ok() && producers.iter().any(|producer| producer.is_waiting()) && Instant::now() < until {
        sleep(Duration::from_millis(10)).await;
    }
    producers.iter().for_each(|producer| println!("{}", producer.counts()));
    consumers.iter().for_each(|consumer| println!("{}", consumer.counts()));
    result
}
