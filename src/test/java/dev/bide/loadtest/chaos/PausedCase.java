package dev.bide.loadtest.chaos;

import dev.bide.loadtest.DatabaseFigures;
import dev.bide.loadtest.Latencies;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A great many timers that a paused destination holds, all of them due, beside a steady rate for another; then it is resumed. Before the pause the same rate is watched alone, so
 * that the two can be compared.
 */
final class PausedCase implements Isolation.Case {
    /** So many are due in each second, that the order in which they come can be told. */
    private static final int DUE_EACH_SECOND = 10_000;

    private static final int ALONE_SECONDS = 60;
    private static final int WARM_SECONDS = 45;

    @Override
    public boolean run(Stage stage, IsolationOptions options) throws Exception {
        int count = options.countOr(1_000_000);
        Scene scene = Scene.set(stage, options, 1, "-Xmx1g -XX:+UseParallelGC", Map.of());
        OrderedThirdParty held = stage.opened(new OrderedThirdParty());
        String destination = held.url().substring("http://".length());
        setPaused(scene, destination, true);
        Instant due = Instant.now()
                .plusSeconds(WARM_SECONDS + ALONE_SECONDS + DatedTimers.seconds(count))
                .truncatedTo(ChronoUnit.SECONDS);
        DatedTimers.store(scene, count, stored -> due.plusSeconds(stored / DUE_EACH_SECOND), held.url());
        GoodTimers good = stage.opened(new GoodTimers(scene, scene.firstNode(), options.rateOr(500)));
        TimeUnit.SECONDS.sleep(WARM_SECONDS);
        try (DatabaseFigures database = new DatabaseFigures(scene.database().jdbcUrl())) {
            System.out.println("Alone, before they are due");
            Spent start = Spent.now(scene, database);
            long aloneFrom = System.currentTimeMillis();
            TimeUnit.SECONDS.sleep(ALONE_SECONDS);
            Spent alone = Spent.now(scene, database);
            long aloneTo = System.currentTimeMillis();
            long left = due.toEpochMilli() + 1_000L * (count / DUE_EACH_SECOND) - aloneTo;
            if (due.toEpochMilli() < aloneTo) {
                throw new IOException("storing the timers took until " + (aloneTo - due.toEpochMilli())
                        + " ms after the first was due");
            }
            System.out.println("The last of " + count + " is due in " + left + " ms");
            TimeUnit.MILLISECONDS.sleep(left);
            Spent allDue = Spent.now(scene, database);
            long heldFrom = System.currentTimeMillis();
            TimeUnit.SECONDS.sleep(options.secondsOr(600));
            Spent watched = Spent.now(scene, database);
            long heldTo = System.currentTimeMillis();
            long whilePaused = held.called();
            setPaused(scene, destination, false);
            long resumedAt = System.currentTimeMillis();
            awaitCalled(held, count);
            Spent resumed = Spent.now(scene, database);
            long resumedTo = System.currentTimeMillis();
            good.close();
            long missing = good.awaitCalled(Duration.ofSeconds(120));
            System.out.printf(
                    Locale.ROOT,
                    "RESULT {\"case\":\"paused\",\"held\":%d,\"calledWhilePaused\":%d,\"goodNotCalled\":%d,\"refused\":%d,"
                            + "\"alone\":{\"costs\":%s,\"goodLatenessMs\":%s},\"paused\":{\"costs\":%s,\"goodLatenessMs\":%s},"
                            + "\"resumed\":{\"costs\":%s,\"goodLatenessMs\":%s,\"called\":%d,\"perSecond\":%.0f,\"again\":%d,"
                            + "\"lateAttempts\":%d,\"dueBeforeNewestMs\":%s}}%n",
                    count,
                    whilePaused,
                    missing,
                    good.refused(),
                    alone.since(start),
                    ChaosReport.json(good.lateness(aloneFrom, aloneTo)),
                    watched.since(allDue),
                    ChaosReport.json(good.lateness(heldFrom, heldTo)),
                    resumed.since(watched),
                    ChaosReport.json(good.lateness(resumedAt, resumedTo)),
                    held.called(),
                    held.called() * 1_000.0 / Math.max(1, held.millis()),
                    held.again(),
                    held.lateAttempts(),
                    ChaosReport.json(held.behind()));
            Latencies beside = good.lateness(heldFrom, heldTo);
            return whilePaused == 0
                    && missing == 0
                    && held.called() == count
                    && held.again() == 0
                    && held.lateAttempts() == 0
                    && beside.count() > 0
                    && beside.percentile(95) < 1_000;
        }
    }

    private static void setPaused(Scene scene, String destination, boolean paused) throws IOException {
        String url = scene.firstNode() + "/v1/destinations/" + destination + (paused ? "/pause" : "/resume");
        Api.Answer answer = scene.api().ask("POST", url, "", Duration.ofSeconds(10));
        if (answer.status() != 200) {
            throw new IOException(url + " was answered " + answer.status() + ": " + answer.body());
        }
    }

    /** Until all have come, or none for a minute. */
    private static void awaitCalled(OrderedThirdParty held, int count) throws InterruptedException {
        long before = -1;
        long changedAt = System.nanoTime();
        while (held.called() < count && System.nanoTime() - changedAt < TimeUnit.MINUTES.toNanos(1)) {
            if (held.called() != before) {
                before = held.called();
                changedAt = System.nanoTime();
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }
}
