package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Latencies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/** Many destinations that take a call and never answer, each with one timer: what an outage of one provider looks like to the hosts of all its customers. */
final class HungCase implements Isolation.Case {
    private static final int DUE_SECONDS = 8;

    @Override
    public boolean run(Stage stage, IsolationOptions options) throws Exception {
        int count = options.countOr(600);
        Scene scene = Scene.set(stage, options, 1, "-Xmx600m -XX:+UseSerialGC", Map.of());
        StringJoiner timers = new StringJoiner(",", "{\"timers\":[", "]}");
        for (int number = 0; number < count; number++) {
            timers.add("""
                    {"delay":{"type":"period","amount":%d,"unit":"seconds"},"action":{"url":"http://%s/"},"timeout":"PT40S","retry":{"maxRetries":0}}""".formatted(DUE_SECONDS, hungAddress(stage, number)));
        }
        GoodTimers good = stage.opened(new GoodTimers(scene, scene.firstNode(), options.rateOr(10)));
        TimeUnit.SECONDS.sleep(10); // warm
        Api.Answer answer = scene.api()
                .ask("POST", scene.firstNode() + "/v1/timers/bulk", timers.toString(), Duration.ofSeconds(30));
        if (answer.json().path("accepted").asInt() != count) {
            throw new IOException("the timers for hung destinations were answered " + answer);
        }
        long due = answer.answeredAt() + 1000 * DUE_SECONDS;
        TimeUnit.SECONDS.sleep(DUE_SECONDS + options.secondsOr(50));
        good.close();
        long end = System.currentTimeMillis();
        long missing = good.awaitCalled(Duration.ofSeconds(60));
        Latencies lateness = good.lateness(due, end);
        System.out.printf(
                Locale.ROOT,
                "RESULT {\"case\":\"hung\",\"hung\":%d,\"good\":%d,\"notCalled\":%d,\"refused\":%d,\"goodLatenessMs\":%s}%n",
                count,
                lateness.count(),
                missing,
                good.refused(),
                ChaosReport.json(lateness));
        return missing == 0 && lateness.count() > 0 && lateness.percentile(95) < 1_000;
    }

    /** Takes connections up to its backlog, and nothing else. */
    private static String hungAddress(Stage stage, int number) throws IOException {
        ServerSocket hung =
                stage.opened(new ServerSocket(0, 10, InetAddress.getByName("127.0.0." + (2 + number % 200))));
        return hung.getInetAddress().getHostAddress() + ":" + hung.getLocalPort();
    }
}
