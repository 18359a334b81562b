import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/** When messages are due, and how long things take. All in milliseconds. */
final class Timing {
    private Timing() {}

    /** A pattern: when each message is due, after the beginning. */
    interface Schedule {
        double NEVER = Double.POSITIVE_INFINITY;

        /** When the next one is due; {@link #NEVER}: there is none. */
        double next();
    }

    static Schedule schedule(JsonObject pattern) {
        Map.Entry<String, JsonElement> entry = pattern.entrySet().iterator().next();
        JsonElement settings = entry.getValue();
        switch (entry.getKey()) {
            case "constant":
                return constant(0, number(settings, "per_s"));
            case "poisson":
                return new Schedule() {
                    private double at = 0;

                    @Override
                    public double next() {
                        double perSecond = number(settings, "per_s");
                        return perSecond > 0 ? at += exponential(1000 / perSecond) : NEVER;
                    }
                };
            case "burst":
                return new Schedule() {
                    private final double size = number(settings, "size");
                    private long published = 0;

                    @Override
                    public double next() {
                        return size > 0 ? Math.floor(published++ / size) * number(settings, "every_ms") : NEVER;
                    }
                };
            case "profile":
                return profile(settings.getAsJsonArray());
            case "once":
                return new Schedule() {
                    private long left = (long) number(settings, "count");

                    @Override
                    public double next() {
                        return left-- > 0 ? 0 : NEVER;
                    }
                };
            default:
                return () -> Schedule.NEVER;
        }
    }

    private static Schedule constant(double begin, double perSecond) {
        return new Schedule() {
            private long published = 0;

            @Override
            public double next() {
                return perSecond > 0 ? begin + published++ * 1000 / perSecond : NEVER;
            }
        };
    }

    /** Pairs of a time and the rate from then on. */
    private static Schedule profile(JsonArray steps) {
        List<Schedule> schedules = new ArrayList<>();
        List<Double> ends = new ArrayList<>();
        for (JsonElement step : steps) {
            double begin = step.getAsJsonArray().get(0).getAsDouble();
            if (!schedules.isEmpty()) {
                ends.add(begin);
            }
            schedules.add(constant(begin, step.getAsJsonArray().get(1).getAsDouble()));
        }
        ends.add(Schedule.NEVER);
        return new Schedule() {
            private int step = 0;

            @Override
            public double next() {
                for (; step < schedules.size(); step++) {
                    double at = schedules.get(step).next();
                    if (at < ends.get(step)) {
                        return at;
                    }
                }
                return NEVER;
            }
        };
    }

    /** How long something takes this time. */
    static double draw(JsonObject distribution) {
        Random random = ThreadLocalRandom.current();
        Map.Entry<String, JsonElement> entry = distribution.entrySet().iterator().next();
        JsonElement of = entry.getValue();
        switch (entry.getKey()) {
            case "constant":
                return of.getAsDouble();
            case "exponential":
                return exponential(of.getAsDouble());
            case "uniform":
                return number(of, "min") + random.nextDouble() * (number(of, "max") - number(of, "min"));
            case "normal":
                // Truncated at 0: what would be negative is drawn again.
                for (int attempt = 0; attempt < 1000; attempt++) {
                    double ms = number(of, "mean") + number(of, "sd") * random.nextGaussian();
                    if (ms >= 0) {
                        return ms;
                    }
                }
                return 0;
            case "lognormal":
                // By the mean and the deviation of the durations, not of their logarithms.
                double mean = number(of, "mean");
                if (mean <= 0) {
                    return 0;
                }
                double variance = Math.log(1 + Math.pow(number(of, "sd") / mean, 2));
                return Math.exp(Math.log(mean) - variance / 2 + Math.sqrt(variance) * random.nextGaussian());
            default:
                JsonArray samples = of.getAsJsonArray();
                return samples.get(random.nextInt(samples.size())).getAsDouble();
        }
    }

    /** How long a message waits after so many failures. */
    static double pause(JsonObject backoff, int failures) {
        double grown = number(backoff, "first_ms") * Math.pow(number(backoff, "factor"), failures - 1);
        double jitter = number(backoff, "jitter") * ThreadLocalRandom.current().nextDouble();
        return Math.min(grown, number(backoff, "most_ms")) * (1 - jitter);
    }

    static void sleep(double ms) throws InterruptedException {
        if (ms > 0) {
            long whole = (long) ms;
            Thread.sleep(whole, (int) ((ms - whole) * 999_999));
        }
    }

    /** Sleeps until so long after {@code beginNanos} of {@link System#nanoTime()}. */
    static void sleepUntil(long beginNanos, double ms) throws InterruptedException {
        sleep(ms - (System.nanoTime() - beginNanos) / 1e6);
    }

    static double number(JsonElement settings, String name) {
        return settings.getAsJsonObject().get(name).getAsDouble();
    }

    private static double exponential(double mean) {
        return -Math.log(1 - ThreadLocalRandom.current().nextDouble()) * mean;
    }
}
