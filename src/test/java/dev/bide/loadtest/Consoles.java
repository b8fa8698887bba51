package dev.bide.loadtest;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * So many consoles, open beside the load: each asks what the first page asks, and now and then what lists ask, as often as the pages do (CONSOLE's polling: the next two
 * seconds after the answer).
 */
final class Consoles implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** A call, and the seconds between the answer and the next. */
    private record Poll(String path, int seconds) {
        /** What the call is, without what it was asked about. */
        String name() {
            return path.replaceAll("\\?.*&", "?…&");
        }
    }

    private final String api;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final ScheduledExecutorService pollers;
    private final Map<String, Latencies> answers = new ConcurrentHashMap<>();
    private final AtomicLong failed = new AtomicLong();

    Consoles(String api, int count) {
        this.api = api;
        this.pollers = Executors.newScheduledThreadPool(Math.max(1, count), task -> {
            Thread thread = new Thread(task, "console");
            thread.setDaemon(true);
            return thread;
        });
        List<Poll> polls = polls();
        for (int console = 0; console < count; console++) {
            for (Poll poll : polls) {
                // They were not all opened at once.
                long first = (long) (console * 1000.0 * poll.seconds() / count);
                pollers.scheduleWithFixedDelay(
                        () -> ask(poll), first, TimeUnit.SECONDS.toMillis(poll.seconds()), TimeUnit.MILLISECONDS);
            }
        }
    }

    private static List<Poll> polls() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MINUTES);
        List<Poll> polls = new ArrayList<>();
        polls.add(new Poll("/v1/stats", 2));
        polls.add(new Poll("/v1/stats/series?step=10", 10));
        polls.add(new Poll("/v1/nodes", 5));
        polls.add(new Poll("/v1/operations?limit=5", 5));
        polls.add(new Poll("/v1/destinations?troubled=true", 5));
        polls.add(new Poll("/v1/problems", 10));
        polls.add(new Poll(
                "/v1/timers/density?from=%s&to=%s&buckets=60".formatted(now, now.plus(Duration.ofHours(1))), 10));
        polls.add(new Poll(
                "/v1/timers/density?from=%s&to=%s&buckets=168".formatted(now, now.plus(Duration.ofDays(7))), 30));
        polls.add(new Poll(
                "/v1/timers/density?from=%s&to=%s&buckets=396".formatted(now, now.plus(Duration.ofDays(396))), 60));
        polls.add(new Poll("/v1/timers?limit=50", 2));
        polls.add(new Poll("/v1/timers?dueFrom=0001-01-01T00:00:00Z&limit=50", 2));
        polls.add(new Poll("/v1/timers?status=dead&limit=50", 2));
        polls.add(new Poll("/v1/runs?limit=50", 2));
        polls.add(new Poll("/v1/destinations?limit=50", 2));
        return polls;
    }

    private void ask(Poll poll) {
        long begun = System.nanoTime();
        try {
            HttpResponse<byte[]> answer = client.send(
                    HttpRequest.newBuilder(URI.create(api + poll.path()))
                            .timeout(PATIENCE)
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            answers.computeIfAbsent(poll.name(), name -> new Latencies())
                    .record(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun));
            if (answer.statusCode() != 200) {
                failed.incrementAndGet();
            }
        } catch (IOException e) {
            failed.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How long each call took, from the client's side. */
    String table() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(answers)
                .forEach((call, times) -> text.append(String.format(
                        Locale.ROOT,
                        "  %-60s %6d calls  p50 %7.1f  p95 %7.1f  max %7.1f ms%n",
                        call,
                        times.count(),
                        times.percentile(50) / 1000.0,
                        times.percentile(95) / 1000.0,
                        times.max() / 1000.0)));
        return text.append(String.format(Locale.ROOT, "  %d not answered 200%n", failed.get()))
                .toString();
    }

    @Override
    public void close() {
        pollers.shutdownNow();
    }
}
