import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes messages when they are due. */
final class Producer {
    private final JsonObject settings;
    private final JsonObject message;
    /** None: it asks for no confirms. */
    private final JsonObject confirms;
    private final byte[] body;
    private final Publisher publisher;
    private final ScheduledExecutorService later;
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong confirmed = new AtomicLong();
    private final AtomicLong nacked = new AtomicLong();
    private final AtomicLong returned = new AtomicLong();
    private long unconfirmed = 0;

    Producer(JsonObject settings, Connection connection, ScheduledExecutorService later) throws IOException {
        this.settings = settings;
        this.later = later;
        message = settings.getAsJsonObject("message");
        confirms = settings.get("confirms").isJsonNull() ? null : settings.getAsJsonObject("confirms");
        body = Publisher.body(message);
        publisher = new Publisher(connection.createChannel(), confirms != null);
        publisher.channel.addReturnListener(back -> returned.incrementAndGet());
    }

    void run() throws IOException, InterruptedException {
        Timing.Schedule schedule = Timing.schedule(settings.getAsJsonObject("pattern"));
        long begin = System.nanoTime();
        double at;
        while ((at = schedule.next()) < Timing.Schedule.NEVER) {
            Timing.sleepUntil(begin, at);
            awaitRoom();
            String drawn = drawKey(settings.getAsJsonArray("routing_keys"));
            for (JsonElement target : settings.getAsJsonArray("targets")) {
                JsonElement own = target.getAsJsonObject().get("routing_key");
                String exchange = target.getAsJsonObject().get("exchange").getAsString();
                publish(exchange, own.isJsonNull() ? drawn : own.getAsString(), Publisher.properties(message));
            }
        }
    }

    /** What is due while too much is unconfirmed waits here; it is published late, but published. */
    private synchronized void awaitRoom() throws InterruptedException {
        long most = confirms == null ? 0 : confirms.get("max_unconfirmed").getAsLong();
        while (most > 0 && unconfirmed >= most) {
            wait();
        }
    }

    private static String drawKey(JsonArray keys) {
        double sum = 0;
        for (JsonElement key : keys) {
            sum += Timing.number(key, "weight");
        }
        double drawn = ThreadLocalRandom.current().nextDouble() * sum;
        for (JsonElement key : keys) {
            drawn -= Timing.number(key, "weight");
            if (drawn < 0) {
                return key.getAsJsonObject().get("key").getAsString();
            }
        }
        return keys.isEmpty() ? "" : keys.get(0).getAsJsonObject().get("key").getAsString();
    }

    private void publish(String exchange, String routingKey, BasicProperties properties) throws IOException {
        boolean mandatory = message.get("mandatory").getAsBoolean();
        change(1);
        published.incrementAndGet();
        publisher.publish(exchange, routingKey, mandatory, properties, body).thenAccept(taken -> {
            change(-1);
            if (confirms == null) {
                return;
            }
            (taken ? confirmed : nacked).incrementAndGet();
            if (!taken && confirms.get("retry").getAsBoolean()) {
                // A full queue refused it; later there may be room.
                long pause = confirms.get("retry_ms").getAsLong();
                later.schedule(() -> publishAgain(exchange, routingKey, properties), pause, TimeUnit.MILLISECONDS);
            }
        });
    }

    private void publishAgain(String exchange, String routingKey, BasicProperties properties) {
        try {
            publish(exchange, routingKey, properties);
        } catch (IOException | RuntimeException error) {
            Main.fail(error);
        }
    }

    private synchronized void change(long number) {
        unconfirmed += number;
        notifyAll();
    }

    synchronized boolean isWaiting() {
        return unconfirmed > 0;
    }

    JsonObject counts() {
        JsonObject counts = new JsonObject();
        counts.add("name", settings.get("name"));
        counts.addProperty("published", published);
        counts.addProperty("confirmed", confirmed);
        counts.addProperty("nacked", nacked);
        counts.addProperty("returned", returned);
        return counts;
    }
}
