package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Latencies;
import dev.bide.loadtest.LeanThirdParty;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A great many timers due at once for one slow host, beside a few for another. */
final class BurstCase implements Isolation.Case {
    private static final int BULK = 1_000;
    private static final int ANSWER_MILLIS = 100;
    /** For storing a thousand, at least. */
    private static final double STORED_PER_SECOND = 2_500;

    @Override
    public boolean run(Stage stage, IsolationOptions options) throws Exception {
        int count = options.countOr(200_000);
        Scene scene = Scene.set(stage, options, 1, "-Xmx1g -XX:+UseParallelGC", Map.of());
        LeanThirdParty slow = stage.opened(new LeanThirdParty(count, ANSWER_MILLIS));
        Thread thread = new Thread(() -> serve(slow), "slow third party");
        thread.setDaemon(true);
        thread.start();
        GoodTimers good = stage.opened(new GoodTimers(scene, scene.firstNode(), options.rateOr(50)));
        TimeUnit.SECONDS.sleep(10); // warm
        Instant due = Instant.now()
                .plusSeconds(15 + (long) (count / STORED_PER_SECOND))
                .truncatedTo(ChronoUnit.SECONDS);
        store(scene, count, due, slow.url());
        long left = due.toEpochMilli() - System.currentTimeMillis();
        if (left < 0) {
            throw new IOException("storing the timers took until " + -left + " ms after they were due");
        }
        System.out.println(count + " timers are stored, due in " + left + " ms");
        TimeUnit.MILLISECONDS.sleep(left);
        TimeUnit.SECONDS.sleep(options.secondsOr(60));
        good.close();
        long end = System.currentTimeMillis();
        long missing = good.awaitCalled(Duration.ofSeconds(120));
        Latencies lateness = good.lateness(due.toEpochMilli(), end);
        System.out.printf(
                Locale.ROOT,
                "RESULT {\"case\":\"burst\",\"burst\":%d,\"good\":%d,\"notCalled\":%d,\"refused\":%d,\"goodLatenessMs\":%s}%n",
                count,
                lateness.count(),
                missing,
                good.refused(),
                ChaosReport.json(lateness));
        return missing == 0 && lateness.count() > 0 && lateness.percentile(95) < 2_000;
    }

    private static void serve(LeanThirdParty slow) {
        try {
            slow.run();
        } catch (RuntimeException e) {
            System.err.println("The slow third party ended: " + e);
        }
    }

    private static void store(Scene scene, int count, Instant due, String url) throws IOException {
        ZonedDateTime local = due.atZone(ZoneOffset.UTC);
        String timer = """
                {"delay":{"type":"date","date":"%s","at":"%s"},"action":{"url":"%s/"}}""".formatted(
                local.toLocalDate(), DateTimeFormatter.ofPattern("HH:mm:ss").format(local), url);
        for (int stored = 0; stored < count; stored += BULK) {
            int size = Math.min(BULK, count - stored);
            String body = "{\"timers\":[" + (timer + ",").repeat(size - 1) + timer + "]}";
            Api.Answer answer =
                    scene.api().ask("POST", scene.firstNode() + "/v1/timers/bulk", body, Duration.ofSeconds(30));
            if (answer.json().path("accepted").asInt() != size) {
                throw new IOException("a bulk of timers was answered " + answer.status());
            }
        }
    }
}
