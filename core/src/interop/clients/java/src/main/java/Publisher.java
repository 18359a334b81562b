import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;

/** A channel to publish on. With confirms, each publish has a future: whether the broker has taken the message. */
final class Publisher {
    final Channel channel;
    /** What has no confirm yet, by its number on the channel. */
    private final ConcurrentSkipListMap<Long, CompletableFuture<Boolean>> unconfirmed = new ConcurrentSkipListMap<>();
    private final boolean withConfirms;

    Publisher(Channel channel, boolean withConfirms) throws IOException {
        this.channel = channel;
        this.withConfirms = withConfirms;
        if (withConfirms) {
            channel.confirmSelect();
            channel.addConfirmListener(
                (tag, multiple) -> confirmed(tag, multiple, true), (tag, multiple) -> confirmed(tag, multiple, false));
        }
    }

    /** One confirm may be for all messages up to its own. */
    private void confirmed(long tag, boolean multiple, boolean taken) {
        if (!multiple) {
            complete(unconfirmed.remove(tag), taken);
            return;
        }
        Map.Entry<Long, CompletableFuture<Boolean>> first;
        while ((first = unconfirmed.firstEntry()) != null && first.getKey() <= tag) {
            complete(unconfirmed.remove(first.getKey()), taken);
        }
    }

    private static void complete(CompletableFuture<Boolean> future, boolean taken) {
        if (future != null) {
            future.complete(taken);
        }
    }

    /** A channel is for one thread at a time. */
    synchronized CompletableFuture<Boolean> publish(
        String exchange, String routingKey, boolean mandatory, BasicProperties properties, byte[] body)
        throws IOException {
        CompletableFuture<Boolean> future = new CompletableFuture<>();
        if (withConfirms) {
            unconfirmed.put(channel.getNextPublishSeqNo(), future);
        } else {
            future.complete(true);
        }
        channel.basicPublish(exchange, routingKey, mandatory, properties, body);
        return future;
    }

    static byte[] body(JsonObject message) {
        byte[] body = new byte[message.get("size_bytes").getAsInt()];
        Arrays.fill(body, (byte) 'x');
        return body;
    }

    static BasicProperties properties(JsonObject message) {
        JsonElement priority = message.get("priority");
        JsonElement expiration = message.get("expiration");
        return new BasicProperties.Builder()
            .headers(table(message.getAsJsonObject("headers")))
            .deliveryMode(message.get("delivery_mode").getAsInt())
            .priority(priority.isJsonNull() ? null : priority.getAsInt())
            .expiration(expiration.isJsonNull() ? null : expiration.getAsString())
            .messageId(UUID.randomUUID().toString())
            .build();
    }

    private static Map<String, Object> table(JsonObject headers) {
        Map<String, Object> table = new LinkedHashMap<>();
        headers.entrySet().forEach(entry -> table.put(entry.getKey(), headerValue(entry.getValue())));
        return table;
    }

    private static Object headerValue(JsonElement value) {
        if (value.isJsonNull()) {
            return null;
        }
        if (value.isJsonArray()) {
            List<Object> items = new ArrayList<>();
            value.getAsJsonArray().forEach(item -> items.add(headerValue(item)));
            return items;
        }
        if (value.isJsonObject()) {
            JsonElement number = value.getAsJsonObject().get("double");
            return number != null ? number.getAsDouble() : table(value.getAsJsonObject().getAsJsonObject("table"));
        }
        if (value.getAsJsonPrimitive().isBoolean()) {
            return value.getAsBoolean();
        }
        return value.getAsJsonPrimitive().isNumber() ? (Object) value.getAsLong() : value.getAsString();
    }
}
