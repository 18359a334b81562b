import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The producers and consumers of a scenario, against a real RabbitMQ.
 *
 * <p>What they do is in scenario.json. They declare nothing: exchanges, queues and bindings are there already.
 */
public final class Main {
    /** How long confirms are waited for at the end. */
    private static final long LAST_CONFIRMS_MS = 5_000;

    private static final CountDownLatch END = new CountDownLatch(1);
    private static final AtomicReference<Throwable> FAILURE = new AtomicReference<>();

    private final List<Producer> producers = new ArrayList<>();
    private final List<Consumer> consumers = new ArrayList<>();
    private boolean told = false;

    /** What somebody does, and what may go wrong with it. */
    private interface Run {
        void run() throws Exception;
    }

    private Main() {}

    /** Something broke, and the program ends. */
    static void fail(Throwable error) {
        FAILURE.compareAndSet(null, error);
        END.countDown();
    }

    static Thread daemon(Runnable runnable) {
        Thread thread = new Thread(runnable);
        thread.setDaemon(true);
        return thread;
    }

    public static void main(String[] words) throws Exception {
        double seconds = Double.NaN;
        List<String> only = new ArrayList<>();
        String scenario = "../scenario.json";
        for (int index = 0; index + 1 < words.length; index += 2) {
            switch (words[index]) {
                case "--seconds" -> seconds = Double.parseDouble(words[index + 1]);
                case "--only" -> only.add(words[index + 1]);
                case "--scenario" -> scenario = words[index + 1];
                default -> throw new IllegalArgumentException("there is no option " + words[index]);
            }
        }
        JsonObject data = JsonParser.parseString(Files.readString(Path.of(scenario))).getAsJsonObject();
        new Main().play(data, only, seconds);
    }

    private void play(JsonObject data, List<String> only, double seconds) throws Exception {
        String url = System.getenv().getOrDefault("AMQP_URL", "amqp://guest:guest@localhost:5672/%2f");
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(url);
        // What breaks is told, not mended.
        factory.setAutomaticRecoveryEnabled(false);
        factory.setThreadFactory(Main::daemon);
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(Main::daemon);

        for (JsonElement settings : data.getAsJsonArray("producers")) {
            if (isChosen(settings, only)) {
                producers.add(new Producer(settings.getAsJsonObject(), connect(factory), later));
            }
        }
        for (JsonElement settings : data.getAsJsonArray("consumers")) {
            if (isChosen(settings, only)) {
                consumers.add(new Consumer(settings.getAsJsonObject(), connect(factory)));
            }
        }
        // What was counted is told when somebody ends the program, too.
        Runtime.getRuntime().addShutdownHook(new Thread(this::tell));

        List<Thread> runs = new ArrayList<>();
        consumers.forEach(consumer -> runs.add(start(consumer::run)));
        producers.forEach(producer -> runs.add(start(producer::run)));
        if (!Double.isNaN(seconds)) {
            END.await((long) (seconds * 1000), TimeUnit.MILLISECONDS);
        } else if (consumers.isEmpty()) {
            // Without consumers the program is over when everything is published.
            start(() -> {
                for (Thread run : runs) {
                    run.join();
                }
                END.countDown();
            });
            END.await();
        } else {
            END.await();
        }
        runs.forEach(Thread::interrupt);
        long until = System.currentTimeMillis() + LAST_CONFIRMS_MS;
        while (FAILURE.get() == null
            && producers.stream().anyMatch(Producer::isWaiting)
            && System.currentTimeMillis() < until) {
            Thread.sleep(10);
        }
        tell();
        if (FAILURE.get() != null) {
            Throwable cause = FAILURE.get();
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            System.err.println(cause.getMessage());
        }
        System.exit(FAILURE.get() == null ? 0 : 1);
    }

    private static boolean isChosen(JsonElement settings, List<String> only) {
        return only.isEmpty() || only.contains(settings.getAsJsonObject().get("name").getAsString());
    }

    private static Connection connect(ConnectionFactory factory) throws Exception {
        Connection connection = factory.newConnection();
        connection.addShutdownListener(Main::fail);
        return connection;
    }

    private static Thread start(Run run) {
        Thread thread = daemon(() -> {
            try {
                run.run();
            } catch (InterruptedException stopped) {
                // It is over.
            } catch (Exception error) {
                fail(error);
            }
        });
        thread.start();
        return thread;
    }

    private synchronized void tell() {
        if (told) {
            return;
        }
        told = true;
        Gson gson = new GsonBuilder().disableHtmlEscaping().create();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        producers.forEach(producer -> out.println(gson.toJson(producer.counts())));
        consumers.forEach(consumer -> out.println(gson.toJson(consumer.counts())));
    }
}
