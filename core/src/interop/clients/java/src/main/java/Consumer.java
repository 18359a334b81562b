import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Takes messages, and runs its handler on each. */
final class Consumer {
    /** How many message ids idempotent consumers remember for each queue. */
    private static final int REMEMBERED = 100_000;

    /** By queue: the ids of the messages that idempotent consumers have dealt with. */
    private static final Map<String, Set<String>> KNOWN = new ConcurrentHashMap<>();

    private final JsonObject settings;
    private final boolean autoAck;
    private final Channel channel;
    /** Messages that were published and acks do not wait for each other on channels of their own. */
    private final Publisher publisher;
    /** As many threads as messages are worked on at once; what waits for one waits in its queue. */
    private final ExecutorService workers;
    /** For the parts of a step that begin together. */
    private final ExecutorService parts = Executors.newCachedThreadPool(Main::daemon);
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong redelivered = new AtomicLong();
    private final AtomicLong acked = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong requeued = new AtomicLong();
    private final AtomicLong published = new AtomicLong();

    Consumer(JsonObject settings, Connection connection) throws IOException {
        this.settings = settings;
        autoAck = settings.get("auto_ack").getAsBoolean();
        channel = connection.createChannel();
        boolean confirm = false;
        for (JsonElement step : settings.getAsJsonArray("handler")) {
            for (JsonElement part : step.getAsJsonArray()) {
                JsonElement publish = part.getAsJsonObject().get("publish");
                confirm |= publish.isJsonObject() && publish.getAsJsonObject().get("confirm").getAsBoolean();
            }
        }
        publisher = new Publisher(connection.createChannel(), confirm);
        workers = Executors.newFixedThreadPool(Math.max(1, settings.get("concurrency").getAsInt()), Main::daemon);
    }

    void run() throws IOException, InterruptedException {
        if (settings.get("batch").isJsonObject()) {
            takeBatches(settings.getAsJsonObject("batch"));
            return;
        }
        // Not "global": the limit is for each subscription.
        channel.basicQos(settings.get("prefetch_count").getAsInt(), false);
        int priority = settings.get("priority").getAsInt();
        Map<String, Object> arguments = priority == 0 ? Map.of() : Map.of("x-priority", priority);
        boolean exclusive = settings.get("exclusive").getAsBoolean();
        for (JsonElement name : settings.getAsJsonArray("queues")) {
            String queue = name.getAsString();
            channel.basicConsume(
                queue, autoAck, "", false, exclusive, arguments, (tag, delivery) -> take(queue, delivery), tag -> {});
        }
    }

    /** Takes a batch at each multiple of the interval: as much as it does not hold yet, from its queues in turn. */
    private void takeBatches(JsonObject batch) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        for (long number = 1; ; number++) {
            Timing.sleepUntil(begin, number * Timing.number(batch, "interval_ms"));
            Deque<String> queues = new ArrayDeque<>();
            settings.getAsJsonArray("queues").forEach(queue -> queues.add(queue.getAsString()));
            long room = batch.get("size").getAsLong() - held.get();
            while (!queues.isEmpty() && room > 0) {
                String queue = queues.remove();
                GetResponse got;
                synchronized (channel) {
                    got = channel.basicGet(queue, autoAck);
                }
                if (got != null) {
                    take(queue, new Delivery(got.getEnvelope(), got.getProps(), got.getBody()));
                    queues.add(queue);
                    room--;
                }
            }
        }
    }

    private void take(String queue, Delivery delivery) {
        held.incrementAndGet();
        delivered.incrementAndGet();
        if (delivery.getEnvelope().isRedeliver()) {
            redelivered.incrementAndGet();
        }
        workers.execute(() -> {
            try {
                work(queue, delivery);
            } catch (Exception error) {
                Main.fail(error);
            }
            held.decrementAndGet();
        });
    }

    private void work(String queue, Delivery delivery) throws Exception {
        String id = settings.get("idempotent").getAsBoolean() ? delivery.getProperties().getMessageId() : null;
        Set<String> known =
            KNOWN.computeIfAbsent(queue, name -> Collections.synchronizedSet(new LinkedHashSet<>()));
        if (id != null && known.contains(id)) {
            ack(delivery);
        } else if (handle()) {
            if (id != null) {
                remember(known, id);
            }
            ack(delivery);
        } else {
            giveUp(delivery);
        }
    }

    private static void remember(Set<String> known, String id) {
        synchronized (known) {
            known.add(id);
            if (known.size() > REMEMBERED) {
                // A linked set keeps the order in which things came into it.
                known.remove(known.iterator().next());
            }
        }
    }

    /** Works on a message; whether that went well. */
    private boolean handle() throws Exception {
        for (JsonElement step : settings.getAsJsonArray("handler")) {
            JsonArray together = step.getAsJsonArray();
            boolean done = true;
            if (together.size() == 1) {
                done = carryOut(together.get(0).getAsJsonObject());
            } else {
                List<Callable<Boolean>> calls = new ArrayList<>();
                together.forEach(part -> calls.add(() -> carryOut(part.getAsJsonObject())));
                for (Future<Boolean> part : parts.invokeAll(calls)) {
                    done &= part.get();
                }
            }
            if (!done) {
                return false;
            }
        }
        return ThreadLocalRandom.current().nextDouble() >= settings.get("failure_rate").getAsDouble();
    }

    private boolean carryOut(JsonObject part) throws Exception {
        Timing.sleep(Timing.draw(part.getAsJsonObject("ms")));
        if (!part.get("publish").isJsonObject()) {
            return true;
        }
        JsonObject publish = part.getAsJsonObject("publish");
        JsonObject message = publish.getAsJsonObject("message");
        published.incrementAndGet();
        Future<Boolean> confirmed = publisher.publish(
            publish.get("exchange").getAsString(),
            publish.get("routing_key").getAsString(),
            message.get("mandatory").getAsBoolean(),
            Publisher.properties(message),
            Publisher.body(message));
        return !publish.get("confirm").getAsBoolean() || confirmed.get();
    }

    private void ack(Delivery delivery) throws IOException {
        if (!autoAck) {
            // A channel is for one thread at a time.
            synchronized (channel) {
                channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
            }
        }
        acked.incrementAndGet();
    }

    private void reject(Delivery delivery, boolean requeue) throws IOException {
        synchronized (channel) {
            channel.basicReject(delivery.getEnvelope().getDeliveryTag(), requeue);
        }
        (requeue ? requeued : rejected).incrementAndGet();
    }

    /** The handler failed. */
    private void giveUp(Delivery delivery) throws IOException {
        String onFailure = settings.get("on_failure").getAsString();
        if (autoAck) {
            // The broker was done with it when it sent it.
            acked.incrementAndGet();
        } else if (onFailure.equals("requeue")) {
            reject(delivery, true);
        } else if (onFailure.equals("retry") && tryAgainLater(delivery)) {
            ack(delivery);
        } else {
            reject(delivery, false);
        }
    }

    /** Publishes a message to the delay queue, which gives it back as a dead letter; not if it was tried enough. */
    private boolean tryAgainLater(Delivery delivery) throws IOException {
        JsonObject retry = settings.getAsJsonObject("retry");
        Map<String, Object> headers = new HashMap<>();
        if (delivery.getProperties().getHeaders() != null) {
            headers.putAll(delivery.getProperties().getHeaders());
        }
        // A header of our own: since RabbitMQ 4.0 the count in x-death begins anew with each publish.
        int tried = headers.get("x-tried") instanceof Number number ? number.intValue() + 1 : 1;
        if (tried >= retry.get("tries").getAsInt()) {
            return false;
        }
        headers.put("x-tried", (long) tried);
        long pause = Math.round(Timing.pause(retry.getAsJsonObject("backoff"), tried));
        BasicProperties properties =
            delivery.getProperties().builder().headers(headers).expiration(Long.toString(pause)).build();
        published.incrementAndGet();
        publisher.publish("", retry.get("queue").getAsString(), false, properties, delivery.getBody());
        return true;
    }

    JsonObject counts() {
        JsonObject counts = new JsonObject();
        counts.add("name", settings.get("name"));
        counts.addProperty("delivered", delivered);
        counts.addProperty("redelivered", redelivered);
        counts.addProperty("acked", acked);
        counts.addProperty("rejected", rejected);
        counts.addProperty("requeued", requeued);
        counts.addProperty("published", published);
        return counts;
    }
}
