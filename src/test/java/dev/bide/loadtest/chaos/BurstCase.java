package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Latencies;
import dev.bide.loadtest.LeanThirdParty;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A great many timers due at once for one slow host, beside a few for another. */
final class BurstCase implements Isolation.Case {
    private static final int ANSWER_MILLIS = 100;

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
        Instant due = Instant.now().plusSeconds(15 + DatedTimers.seconds(count)).truncatedTo(ChronoUnit.SECONDS);
        DatedTimers.store(scene, count, stored -> due, slow.url());
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
}
