package dev.bide.loadtest.chaos;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.function.IntFunction;

/** A great many timers for one third party, each due at a second of its own choice, stored a thousand in a request. */
final class DatedTimers {
    private static final int BULK = 1_000;
    /** For storing a thousand, at least. */
    private static final double STORED_PER_SECOND = 2_500;

    private DatedTimers() {}

    /** How long storing so many takes at most, in seconds. */
    static long seconds(int count) {
        return (long) (count / STORED_PER_SECOND);
    }

    /**
     * Stores them by the first node.
     *
     * @param due of a thousand, by how many were stored before; whole seconds
     */
    static void store(Scene scene, int count, IntFunction<Instant> due, String url) throws IOException {
        for (int stored = 0; stored < count; stored += BULK) {
            int size = Math.min(BULK, count - stored);
            ZonedDateTime local = due.apply(stored).atZone(ZoneOffset.UTC);
            String timer = """
                    {"delay":{"type":"date","date":"%s","at":"%s"},"action":{"url":"%s/"}}""".formatted(
                    local.toLocalDate(), DateTimeFormatter.ofPattern("HH:mm:ss").format(local), url);
            String body = "{\"timers\":[" + (timer + ",").repeat(size - 1) + timer + "]}";
            Api.Answer answer =
                    scene.api().ask("POST", scene.firstNode() + "/v1/timers/bulk", body, Duration.ofSeconds(30));
            if (answer.json().path("accepted").asInt() != size) {
                throw new IOException("a bulk of timers was answered " + answer.status() + ": " + answer.body());
            }
        }
    }
}
