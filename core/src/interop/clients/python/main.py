"""The producers and consumers of a scenario, against a real RabbitMQ.

What they do is in scenario.json. They declare nothing: exchanges, queues and bindings are there already.
"""

import argparse
import asyncio
import collections
import contextlib
import itertools
import json
import math
import os
import pathlib
import random
import struct
import sys
import uuid

import pika
from pika.adapters.asyncio_connection import AsyncioConnection

# How many message ids idempotent consumers remember for each queue.
REMEMBERED = 100_000
# How long confirms are waited for at the end, in seconds.
LAST_CONFIRMS_S = 5.0


# ---- time ----


def due_times(pattern):
    """When messages are due, in seconds after the beginning."""
    (kind, settings), = pattern.items()
    if kind == "constant" and settings["per_s"] > 0:
        for number in itertools.count():
            yield number / settings["per_s"]
    elif kind == "poisson" and settings["per_s"] > 0:
        at = 0.0
        while True:
            at += random.expovariate(settings["per_s"])
            yield at
    elif kind == "burst" and settings["size"] > 0:
        for number in itertools.count():
            yield from itertools.repeat(number * settings["every_ms"] / 1000, settings["size"])
    elif kind == "profile":
        # Pairs of a time and the rate from then on.
        ends = [at_ms for at_ms, _ in settings[1:]] + [math.inf]
        for (begins_ms, per_s), ends_ms in zip(settings, ends):
            times = (begins_ms / 1000 + number / per_s for number in itertools.count()) if per_s > 0 else ()
            yield from itertools.takewhile(lambda at: at < ends_ms / 1000, times)
    elif kind == "once":
        yield from itertools.repeat(0.0, settings["count"])


def drawn_seconds(distribution):
    """How long something takes this time."""
    (kind, of), = distribution.items()
    if kind == "constant":
        ms = of
    elif kind == "exponential":
        ms = random.expovariate(1 / of) if of > 0 else 0
    elif kind == "uniform":
        ms = random.uniform(of["min"], of["max"])
    elif kind == "normal":
        # Truncated at 0: what would be negative is drawn again.
        ms = next((ms for ms in (random.gauss(of["mean"], of["sd"]) for _ in range(1000)) if ms >= 0), 0)
    elif kind == "lognormal":
        # By the mean and the deviation of the durations, not of their logarithms.
        variance = math.log(1 + (of["sd"] / of["mean"]) ** 2) if of["mean"] > 0 else 0
        ms = random.lognormvariate(math.log(of["mean"]) - variance / 2, math.sqrt(variance)) if of["mean"] > 0 else 0
    else:
        ms = random.choice(of)
    return ms / 1000


def pause_ms(backoff, failures):
    """How long a message waits after so many failures."""
    pause = min(backoff["first_ms"] * backoff["factor"] ** (failures - 1), backoff["most_ms"])
    return pause * (1 - backoff["jitter"] * random.random())


# ---- messages ----

encode_other_value = pika.data.encode_value


def encode_value(pieces, value):
    """pika reads doubles in headers, but does not write them."""
    if not isinstance(value, float):
        return encode_other_value(pieces, value)
    pieces.append(b"d" + struct.pack(">d", value))
    return 9


pika.data.encode_value = encode_value


def table(headers):
    return {name: header_value(value) for name, value in headers.items()}


def header_value(value):
    if isinstance(value, dict):
        return float(value["double"]) if "double" in value else table(value["table"])
    if isinstance(value, list):
        return [header_value(item) for item in value]
    return value


def properties_of(message):
    return pika.BasicProperties(
        headers=table(message["headers"]),
        delivery_mode=message["delivery_mode"],
        priority=message["priority"],
        expiration=message["expiration"],
        message_id=str(uuid.uuid4()),
    )


# ---- channels ----


class Broken(Exception):
    """The broker closed a connection or a channel, for example because an exchange is not there."""


async def open_channel(url, broken):
    """A channel on a connection of its own."""
    opened = asyncio.get_running_loop().create_future()

    def fail(_, reason):
        for future in (opened, broken):
            if not future.done():
                future.set_exception(Broken(str(reason) or repr(reason)))

    def connected(connection):
        connection.channel(on_open_callback=lambda channel: opened.done() or opened.set_result(channel))

    AsyncioConnection(
        pika.URLParameters(url), on_open_callback=connected, on_open_error_callback=fail, on_close_callback=fail
    )
    channel = await opened
    channel.add_on_close_callback(fail)
    return channel


class Publisher:
    """A channel to publish on. With confirms, each publish has a future: whether the broker has taken the message."""

    def __init__(self, channel):
        self.channel = channel
        self.last_tag = 0
        self.unconfirmed = collections.OrderedDict()

    async def ask_for_confirms(self):
        selected = asyncio.get_running_loop().create_future()
        self.channel.confirm_delivery(self.on_confirm, callback=lambda _: selected.set_result(None))
        await selected

    def on_confirm(self, frame):
        taken = isinstance(frame.method, pika.spec.Basic.Ack)
        last = frame.method.delivery_tag
        # One confirm may be for all messages up to its own; tags are in the order in which messages were published.
        tags = list(itertools.takewhile(lambda tag: tag <= last, self.unconfirmed)) if frame.method.multiple else [last]
        for tag in tags:
            future = self.unconfirmed.pop(tag, None)
            if future and not future.done():
                future.set_result(taken)

    def publish(self, exchange, routing_key, message, body, properties, confirmed=None):
        self.last_tag += 1
        if confirmed:
            self.unconfirmed[self.last_tag] = confirmed
        self.channel.basic_publish(exchange, routing_key, body, properties, mandatory=message["mandatory"])


# ---- producers ----


class Producer:
    def __init__(self, settings):
        self.settings = settings
        self.message = settings["message"]
        self.confirms = settings["confirms"]
        self.body = b"x" * self.message["size_bytes"]
        self.counts = {"name": settings["name"], "published": 0, "confirmed": 0, "nacked": 0, "returned": 0}
        self.unconfirmed = 0
        self.room = asyncio.Event()

    async def open(self, url, broken):
        self.publisher = Publisher(await open_channel(url, broken))
        self.publisher.channel.add_on_return_callback(self.on_return)
        if self.confirms:
            await self.publisher.ask_for_confirms()

    def on_return(self, *_):
        self.counts["returned"] += 1

    async def run(self):
        clock = asyncio.get_running_loop()
        begin = clock.time()
        for at in due_times(self.settings["pattern"]):
            await asyncio.sleep(max(0.0, begin + at - clock.time()))
            await self.room_in_window()
            self.publish_to_all()

    async def room_in_window(self):
        """What is due while too much is unconfirmed waits here; it is published late, but published."""
        most = self.confirms["max_unconfirmed"] if self.confirms else 0
        while most and self.unconfirmed >= most:
            self.room.clear()
            await self.room.wait()

    def publish_to_all(self):
        keys = self.settings["routing_keys"]
        weights = [key["weight"] for key in keys]
        drawn = random.choices(keys, weights)[0]["key"] if sum(weights) > 0 else keys[0]["key"] if keys else ""
        for target in self.settings["targets"]:
            key = drawn if target["routing_key"] is None else target["routing_key"]
            self.publish(target["exchange"], key, properties_of(self.message))

    def publish(self, exchange, routing_key, properties):
        if self.publisher.channel.is_closing or self.publisher.channel.is_closed:
            return
        confirmed = None
        if self.confirms:
            self.unconfirmed += 1
            confirmed = asyncio.get_running_loop().create_future()
            confirmed.add_done_callback(lambda taken: self.on_confirm(taken, exchange, routing_key, properties))
        self.publisher.publish(exchange, routing_key, self.message, self.body, properties, confirmed)
        self.counts["published"] += 1

    def on_confirm(self, taken, exchange, routing_key, properties):
        self.unconfirmed -= 1
        self.room.set()
        if taken.result():
            self.counts["confirmed"] += 1
            return
        self.counts["nacked"] += 1
        if self.confirms["retry"]:
            # A full queue refused it; later there may be room.
            clock = asyncio.get_running_loop()
            clock.call_later(self.confirms["retry_ms"] / 1000, self.publish, exchange, routing_key, properties)


# ---- consumers ----

Delivery = collections.namedtuple("Delivery", "queue tag redelivered properties body")

# By queue: the ids of the messages that idempotent consumers have dealt with.
remembered = collections.defaultdict(collections.OrderedDict)


class Consumer:
    def __init__(self, settings):
        self.settings = settings
        self.counts = dict.fromkeys(["delivered", "redelivered", "acked", "rejected", "requeued", "published"], 0)
        self.counts = {"name": settings["name"], **self.counts}
        self.waiting = asyncio.Queue()
        self.held = 0

    async def open(self, url, broken):
        self.channel = await open_channel(url, broken)
        publishes = [part["publish"] for step in self.settings["handler"] for part in step if part["publish"]]
        if publishes or self.settings["retry"]:
            # Messages that were published and acks do not wait for each other on channels of their own.
            self.publisher = Publisher(await open_channel(url, broken))
            if any(publish["confirm"] for publish in publishes):
                await self.publisher.ask_for_confirms()

    async def run(self):
        workers = [self.work() for _ in range(self.settings["concurrency"])]
        intake = self.take_batches() if self.settings["batch"] else self.subscribe()
        await asyncio.gather(intake, *workers)

    async def subscribe(self):
        priority = self.settings["priority"]
        # Not "global": the limit is for each subscription.
        self.channel.basic_qos(prefetch_count=self.settings["prefetch_count"], global_qos=False)
        for queue in self.settings["queues"]:
            self.channel.basic_consume(
                queue,
                lambda _, method, properties, body, queue=queue: self.take(queue, method, properties, body),
                auto_ack=self.settings["auto_ack"],
                exclusive=self.settings["exclusive"],
                arguments={"x-priority": priority} if priority else None,
            )

    async def take_batches(self):
        """Takes a batch at each multiple of the interval: as much as it does not hold yet, from its queues in turn."""
        batch = self.settings["batch"]
        clock = asyncio.get_running_loop()
        begin = clock.time()
        answers = asyncio.Queue()
        self.channel.add_callback(lambda _: answers.put_nowait(None), [pika.spec.Basic.GetEmpty], one_shot=False)
        for number in itertools.count(1):
            await asyncio.sleep(max(0.0, begin + number * batch["interval_ms"] / 1000 - clock.time()))
            queues = collections.deque(self.settings["queues"])
            room = batch["size"] - self.held
            while queues and room > 0:
                got = lambda *message: answers.put_nowait(message)
                self.channel.basic_get(queues[0], got, auto_ack=self.settings["auto_ack"])
                message = await answers.get()
                if message is None:
                    queues.popleft()
                else:
                    self.take(queues[0], *message[1:])
                    room -= 1
                    queues.rotate(-1)

    def take(self, queue, method, properties, body):
        self.held += 1
        self.counts["delivered"] += 1
        self.counts["redelivered"] += method.redelivered
        self.waiting.put_nowait(Delivery(queue, method.delivery_tag, method.redelivered, properties, body))

    async def work(self):
        while True:
            delivery = await self.waiting.get()
            known = remembered[delivery.queue] if self.settings["idempotent"] else {}
            if delivery.properties.message_id in known:
                self.ack(delivery)
            elif await self.handle():
                if self.settings["idempotent"] and delivery.properties.message_id:
                    known[delivery.properties.message_id] = None
                    while len(known) > REMEMBERED:
                        known.popitem(last=False)
                self.ack(delivery)
            else:
                self.give_up(delivery)
            self.held -= 1

    async def handle(self):
        """Works on a message; whether that went well."""
        for step in self.settings["handler"]:
            if not all(await asyncio.gather(*(self.do(part) for part in step))):
                return False
        return random.random() >= self.settings["failure_rate"]

    async def do(self, part):
        await asyncio.sleep(drawn_seconds(part["ms"]))
        publish = part["publish"]
        if not publish:
            return True
        confirmed = asyncio.get_running_loop().create_future() if publish["confirm"] else None
        message = publish["message"]
        body = b"x" * message["size_bytes"]
        self.publisher.publish(
            publish["exchange"], publish["routing_key"], message, body, properties_of(message), confirmed
        )
        self.counts["published"] += 1
        return await confirmed if confirmed else True

    def ack(self, delivery):
        if not self.settings["auto_ack"]:
            self.channel.basic_ack(delivery.tag)
        self.counts["acked"] += 1

    def give_up(self, delivery):
        """The handler failed."""
        if self.settings["auto_ack"]:
            # The broker was done with it when it sent it.
            self.counts["acked"] += 1
        elif self.settings["on_failure"] == "requeue":
            self.channel.basic_reject(delivery.tag, requeue=True)
            self.counts["requeued"] += 1
        elif self.settings["on_failure"] == "retry" and self.try_again_later(delivery):
            self.ack(delivery)
        else:
            self.channel.basic_reject(delivery.tag, requeue=False)
            self.counts["rejected"] += 1

    def try_again_later(self, delivery):
        """Publishes a message to the delay queue, which gives it back as a dead letter; not if it was tried enough."""
        retry = self.settings["retry"]
        headers = dict(delivery.properties.headers or {})
        # A header of our own: since RabbitMQ 4.0 the count in x-death begins anew with each publish.
        tried = headers.get("x-tried", 0) + 1
        if tried >= retry["tries"]:
            return False
        properties = delivery.properties
        properties.headers = {**headers, "x-tried": tried}
        properties.expiration = str(round(pause_ms(retry["backoff"], tried)))
        self.publisher.publish("", retry["queue"], {"mandatory": False}, delivery.body, properties)
        self.counts["published"] += 1
        return True


# ---- all together ----


async def play(arguments, data):
    producers = [Producer(settings) for settings in data["producers"] if chosen(settings, arguments)]
    consumers = [Consumer(settings) for settings in data["consumers"] if chosen(settings, arguments)]
    players = producers + consumers
    broken = asyncio.get_running_loop().create_future()
    # Who broke first is told; that nobody asked for it any more is not worth a warning.
    broken.add_done_callback(lambda future: future.cancelled() or future.exception())
    url = os.environ.get("AMQP_URL", "amqp://guest:guest@localhost:5672/%2f")
    await asyncio.gather(*(player.open(url, broken) for player in players))
    runs = asyncio.gather(*(player.run() for player in consumers + producers))
    try:
        # Without consumers the program is over when everything is published, unless it is to go on for longer.
        ends = [broken] if arguments.seconds is not None and not consumers else [broken, runs]
        await asyncio.wait(ends, timeout=arguments.seconds, return_when=asyncio.FIRST_COMPLETED)
        for ended in (broken, runs):
            if ended.done():
                ended.result()
        runs.cancel()
        clock = asyncio.get_running_loop()
        until = clock.time() + LAST_CONFIRMS_S
        while any(producer.unconfirmed for producer in producers) and not broken.done() and clock.time() < until:
            await asyncio.sleep(0.01)
    finally:
        runs.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await runs
        for player in players:
            print(json.dumps(player.counts, ensure_ascii=False), flush=True)


def chosen(settings, arguments):
    return not arguments.only or settings["name"] in arguments.only


def main():
    parser = argparse.ArgumentParser(description="Producers and consumers of a scenario; AMQP_URL says which broker.")
    parser.add_argument("--seconds", type=float, help="stop after so many seconds, and say what was counted")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this one; may be repeated")
    usual = pathlib.Path(__file__).resolve().parent.parent / "scenario.json"
    parser.add_argument("--scenario", default=usual, help="the file that says what they do (default: ../scenario.json)")
    arguments = parser.parse_args()
    with open(arguments.scenario, encoding="utf-8") as file:
        data = json.load(file)
    try:
        asyncio.run(play(arguments, data))
    except KeyboardInterrupt:
        pass
    except Broken as reason:
        sys.exit(f"the broker closed the connection: {reason}")


if __name__ == "__main__":
    main()
