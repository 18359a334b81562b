// The producers and consumers of a scenario, against a real RabbitMQ.
//
// What they do is in scenario.json. They declare nothing: exchanges, queues and bindings are there already.

"use strict";

const amqp = require("amqplib");
const { randomUUID } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { setImmediate: nextTurn, setTimeout: sleep } = require("node:timers/promises");
const { parseArgs } = require("node:util");

// How many message ids idempotent consumers remember for each queue.
const REMEMBERED = 100_000;
// How long confirms are waited for at the end, in milliseconds.
const LAST_CONFIRMS_MS = 5_000;
// A timer that is to wait longer than this would not wait at all.
const LONGEST_SLEEP_MS = 2_147_483_647;

// ---- time ----

/** When messages are due, in milliseconds after the beginning. */
function* dueTimes(pattern) {
  const [kind, settings] = Object.entries(pattern)[0];
  if (kind === "constant" && settings.per_s > 0) {
    for (let number = 0; ; number++) yield (number * 1000) / settings.per_s;
  } else if (kind === "poisson" && settings.per_s > 0) {
    for (let at = drawnExponential(1000 / settings.per_s); ; at += drawnExponential(1000 / settings.per_s)) yield at;
  } else if (kind === "burst" && settings.size > 0) {
    for (let number = 0; ; number++) {
      for (let index = 0; index < settings.size; index++) yield number * settings.every_ms;
    }
  } else if (kind === "profile") {
    // Pairs of a time and the rate from then on.
    for (const [index, [begins, perSecond]] of settings.entries()) {
      const ends = index + 1 < settings.length ? settings[index + 1][0] : Infinity;
      for (let at = begins, number = 1; perSecond > 0 && at < ends; number++) {
        yield at;
        at = begins + (number * 1000) / perSecond;
      }
    }
  } else if (kind === "once") {
    for (let index = 0; index < settings.count; index++) yield 0;
  }
}

function drawnExponential(mean) {
  return -Math.log(1 - Math.random()) * mean;
}

function drawnStandardNormal() {
  // Box and Muller's method.
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

/** How long something takes this time, in milliseconds. */
function drawnMs(distribution) {
  const [kind, of] = Object.entries(distribution)[0];
  switch (kind) {
    case "constant":
      return of;
    case "exponential":
      return drawnExponential(of);
    case "uniform":
      return of.min + Math.random() * (of.max - of.min);
    case "normal":
      // Truncated at 0: what would be negative is drawn again.
      for (let attempt = 0; attempt < 1000; attempt++) {
        const ms = of.mean + of.sd * drawnStandardNormal();
        if (ms >= 0) return ms;
      }
      return 0;
    case "lognormal": {
      // By the mean and the deviation of the durations, not of their logarithms.
      if (of.mean <= 0) return 0;
      const variance = Math.log(1 + (of.sd / of.mean) ** 2);
      return Math.exp(Math.log(of.mean) - variance / 2 + Math.sqrt(variance) * drawnStandardNormal());
    }
    default:
      return of[Math.floor(Math.random() * of.length)];
  }
}

/** How long a message waits after so many failures, in milliseconds. */
function pauseMs(backoff, failures) {
  const pause = Math.min(backoff.first_ms * backoff.factor ** (failures - 1), backoff.most_ms);
  return pause * (1 - backoff.jitter * Math.random());
}

async function sleepUntil(at) {
  let left = at - performance.now();
  // What is late does not sleep, which would take a millisecond; but answers of the broker have to come in between.
  if (left <= 0) return nextTurn();
  for (; left > 0; left = at - performance.now()) await sleep(Math.min(left, LONGEST_SLEEP_MS));
}

// ---- messages ----

function table(headers) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerValue(value)]));
}

function headerValue(value) {
  if (Array.isArray(value)) return value.map(headerValue);
  if (value === null || typeof value !== "object") return value;
  // JavaScript has one kind of numbers; AMQP tells doubles from integers.
  return "double" in value ? { "!": "double", value: value.double } : table(value.table);
}

function propertiesOf(message) {
  return {
    headers: table(message.headers),
    deliveryMode: message.delivery_mode,
    priority: message.priority ?? undefined,
    expiration: message.expiration ?? undefined,
    mandatory: message.mandatory,
    messageId: randomUUID(),
  };
}

function drawnKey(keys) {
  let drawn = Math.random() * keys.reduce((sum, { weight }) => sum + weight, 0);
  return (keys.find(({ weight }) => (drawn -= weight) < 0) ?? keys[0])?.key ?? "";
}

// ---- channels ----

/** A channel on a connection of its own; `broken` is called when the broker closes one of them. */
async function openChannel(url, broken, withConfirms) {
  const connection = await amqp.connect(url);
  const channel = withConfirms ? await connection.createConfirmChannel() : await connection.createChannel();
  for (const end of [connection, channel]) {
    end.on("error", broken);
    end.on("close", () => broken(new Error("the broker closed the connection")));
  }
  return channel;
}

// ---- producers ----

class Producer {
  constructor(settings) {
    this.settings = settings;
    this.confirms = settings.confirms;
    this.body = Buffer.alloc(settings.message.size_bytes, "x");
    this.counts = { name: settings.name, published: 0, confirmed: 0, nacked: 0, returned: 0 };
    this.unconfirmed = 0;
    this.stopped = false;
  }

  async open(url, broken) {
    this.channel = await openChannel(url, broken, this.confirms !== null);
    this.channel.on("return", () => this.counts.returned++);
  }

  async run() {
    const begin = performance.now();
    for (const at of dueTimes(this.settings.pattern)) {
      await sleepUntil(begin + at);
      // What is due while too much is unconfirmed waits here; it is published late, but published.
      while (!this.stopped && this.windowIsFull()) await new Promise((resolve) => (this.resume = resolve));
      if (this.stopped) return;
      this.publishToAll();
      if (this.isFull) await new Promise((resolve) => this.channel.once("drain", resolve));
    }
  }

  windowIsFull() {
    const most = this.confirms?.max_unconfirmed ?? 0;
    return most > 0 && this.unconfirmed >= most;
  }

  publishToAll() {
    const drawn = drawnKey(this.settings.routing_keys);
    for (const target of this.settings.targets) {
      this.publish(target.exchange, target.routing_key ?? drawn, propertiesOf(this.settings.message));
    }
  }

  publish(exchange, routingKey, properties) {
    if (this.stopped) return;
    this.counts.published++;
    if (this.confirms === null) {
      this.isFull = !this.channel.publish(exchange, routingKey, this.body, properties);
      return;
    }
    this.unconfirmed++;
    this.isFull = !this.channel.publish(exchange, routingKey, this.body, properties, (refused) => {
      this.unconfirmed--;
      this.resume?.();
      if (!refused) {
        this.counts.confirmed++;
        return;
      }
      this.counts.nacked++;
      if (this.confirms.retry) {
        // A full queue refused it; later there may be room.
        setTimeout(() => this.publish(exchange, routingKey, properties), this.confirms.retry_ms).unref();
      }
    });
  }

  stop() {
    this.stopped = true;
    this.resume?.();
  }
}

// ---- consumers ----

// By queue: the ids of the messages that idempotent consumers have dealt with.
const remembered = new Map();

class Consumer {
  constructor(settings) {
    this.settings = settings;
    this.counts = {
      name: settings.name,
      delivered: 0,
      redelivered: 0,
      acked: 0,
      rejected: 0,
      requeued: 0,
      published: 0,
    };
    this.waiting = [];
    this.free = settings.concurrency;
    this.held = 0;
    this.stopped = false;
  }

  async open(url, broken) {
    this.channel = await openChannel(url, broken, false);
    const publishes = this.settings.handler.flat().filter((part) => part.publish !== null);
    if (publishes.length > 0 || this.settings.retry !== null) {
      // Messages that were published and acks do not wait for each other on channels of their own.
      this.publisher = await openChannel(url, broken, publishes.some((part) => part.publish.confirm));
    }
  }

  async run() {
    if (this.settings.batch !== null) return this.takeBatches();
    const { prefetch_count, auto_ack, priority, exclusive, queues } = this.settings;
    // Not "global": the limit is for each subscription.
    await this.channel.prefetch(prefetch_count, false);
    const options = { noAck: auto_ack, exclusive, priority: priority || undefined };
    for (const queue of queues) {
      // null: the queue is gone.
      await this.channel.consume(queue, (message) => message !== null && this.take(queue, message), options);
    }
  }

  /** Takes a batch at each multiple of the interval: as much as it does not hold yet, from its queues in turn. */
  async takeBatches() {
    const { size, interval_ms } = this.settings.batch;
    const begin = performance.now();
    for (let number = 1; ; number++) {
      await sleepUntil(begin + number * interval_ms);
      const queues = [...this.settings.queues];
      let room = size - this.held;
      while (!this.stopped && queues.length > 0 && room > 0) {
        const queue = queues.shift();
        const message = await this.channel.get(queue, { noAck: this.settings.auto_ack });
        if (message !== false) {
          this.take(queue, message);
          queues.push(queue);
          room--;
        }
      }
      if (this.stopped) return;
    }
  }

  take(queue, message) {
    // What comes after the end goes back to its queue with the connection.
    if (this.stopped) return;
    this.held++;
    this.counts.delivered++;
    if (message.fields.redelivered) this.counts.redelivered++;
    this.waiting.push([queue, message]);
    this.begin();
  }

  /** Begins to work on messages that wait, as many as may be worked on at once. */
  begin() {
    while (this.free > 0 && this.waiting.length > 0) {
      this.free--;
      this.work(...this.waiting.shift()).finally(() => {
        this.free++;
        this.held--;
        this.begin();
      });
    }
  }

  async work(queue, message) {
    const { idempotent } = this.settings;
    if (idempotent && !remembered.has(queue)) remembered.set(queue, new Set());
    const known = idempotent ? remembered.get(queue) : new Set();
    const id = message.properties.messageId;
    if (known.has(id)) return this.ack(message);
    const done = await this.handle();
    if (this.stopped) return;
    if (!done) return this.giveUp(message);
    if (id !== undefined) known.add(id);
    // A set keeps the order in which things came into it.
    if (known.size > REMEMBERED) known.delete(known.values().next().value);
    this.ack(message);
  }

  /** Works on a message; whether that went well. */
  async handle() {
    for (const step of this.settings.handler) {
      const done = await Promise.all(step.map((part) => this.do(part)));
      if (this.stopped || done.includes(false)) return false;
    }
    return Math.random() >= this.settings.failure_rate;
  }

  async do({ ms, publish }) {
    await sleep(Math.min(drawnMs(ms), LONGEST_SLEEP_MS));
    if (publish === null || this.stopped) return true;
    const { exchange, routing_key, message, confirm } = publish;
    const body = Buffer.alloc(message.size_bytes, "x");
    this.counts.published++;
    return new Promise((resolve) => {
      const confirmed = confirm ? (refused) => resolve(!refused) : undefined;
      this.publisher.publish(exchange, routing_key, body, propertiesOf(message), confirmed);
      if (!confirm) resolve(true);
    });
  }

  ack(message) {
    if (this.stopped) return;
    if (!this.settings.auto_ack) this.channel.ack(message);
    this.counts.acked++;
  }

  /** The handler failed. */
  giveUp(message) {
    if (this.settings.auto_ack) {
      // The broker was done with it when it sent it.
      this.counts.acked++;
    } else if (this.settings.on_failure === "requeue") {
      this.channel.reject(message, true);
      this.counts.requeued++;
    } else if (this.settings.on_failure === "retry" && this.tryAgainLater(message)) {
      this.ack(message);
    } else {
      this.channel.reject(message, false);
      this.counts.rejected++;
    }
  }

  /** Publishes a message to the delay queue, which gives it back as a dead letter; not if it was tried enough. */
  tryAgainLater({ content, properties }) {
    const { queue, tries, backoff } = this.settings.retry;
    // A header of our own: since RabbitMQ 4.0 the count in x-death begins anew with each publish.
    const tried = (properties.headers["x-tried"] ?? 0) + 1;
    if (tried >= tries) return false;
    this.publisher.publish("", queue, content, {
      ...properties,
      headers: { ...properties.headers, "x-tried": tried },
      expiration: String(Math.round(pauseMs(backoff, tried))),
    });
    this.counts.published++;
    return true;
  }

  stop() {
    this.stopped = true;
  }
}

// ---- all together ----

async function main() {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string" },
      only: { type: "string", multiple: true },
      scenario: { type: "string", default: path.join(__dirname, "..", "scenario.json") },
    },
  });
  const data = JSON.parse(fs.readFileSync(values.scenario, "utf8"));
  const chosen = ({ name }) => values.only === undefined || values.only.includes(name);
  const producers = data.producers.filter(chosen).map((settings) => new Producer(settings));
  const consumers = data.consumers.filter(chosen).map((settings) => new Consumer(settings));
  const players = [...producers, ...consumers];
  const url = process.env.AMQP_URL ?? "amqp://guest:guest@localhost:5672/%2f";

  let stopping = false;
  let end;
  const ended = new Promise((resolve) => (end = resolve));
  const broken = (error) => {
    if (stopping) return;
    console.error(error.message);
    process.exitCode = 1;
    end();
  };
  await Promise.all(players.map((player) => player.open(url, broken)));
  process.once("SIGINT", end);
  if (values.seconds !== undefined) setTimeout(end, Number(values.seconds) * 1000);
  const runs = [...consumers, ...producers].map((player) => player.run().catch(broken));
  // Without consumers the program is over when everything is published, unless it is to go on for longer.
  if (consumers.length === 0 && values.seconds === undefined) Promise.all(runs).then(end);
  await ended;

  for (const player of players) player.stop();
  const until = performance.now() + LAST_CONFIRMS_MS;
  while (process.exitCode !== 1 && producers.some(({ unconfirmed }) => unconfirmed > 0) && performance.now() < until) {
    await sleep(10);
  }
  stopping = true;
  for (const player of players) console.log(JSON.stringify(player.counts));
  process.exit();
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
