package dev.bide;

import static dev.bide.testing.TimerJson.TIMER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** No kind of work on the database waits behind another. */
class IsolationIT {
    @RegisterExtension
    static final ServiceExtension SERVICE = new ServiceExtension(new PostgresExtension());

    @Test
    void reads_that_hang_hold_up_no_new_timer() throws Exception {
        try (Connection holder = SERVICE.postgres().dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE run_history IN ACCESS EXCLUSIVE MODE");
            List<CompletableFuture<HttpResponse<String>>> reads = IntStream.range(0, 40)
                    .mapToObj(i -> SERVICE.begin(SERVICE.request("/v1/runs/" + unknown())))
                    .toList();
            Awaitility.await().until(() -> SERVICE.postgres().waitingForALock() >= 8);
            String id = "";
            for (int i = 0; i < 40; i++) {
                HttpResponse<String> answer = SERVICE.send(SERVICE.request("/v1/timers")
                        .POST(HttpRequest.BodyPublishers.ofString(TIMER))
                        .header("Content-Type", "application/json"));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
                id = answer.headers().firstValue("Location").orElseThrow().replaceFirst(".*/", "");
            }
            // And none of those is held up that have to stop something.
            assertThat(SERVICE.send(SERVICE.request("/v1/timers/" + id + "/cancel")
                                    .POST(HttpRequest.BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(200);
            // They are given up one after the other, while the lock is still held.
            for (CompletableFuture<HttpResponse<String>> read : reads) {
                HttpResponse<String> answer = read.join();
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            }
            holder.rollback();
        }
        HttpResponse<String> answer = SERVICE.get("/v1/runs/" + unknown());
        assertThat(answer.statusCode()).isEqualTo(404);
    }

    /** As if it was made now, and has been finished since: it is looked for in the history. */
    private static UUID unknown() {
        long random = ThreadLocalRandom.current().nextLong();
        return new UUID(System.currentTimeMillis() << 16 | 0x7000, random >>> 2 | Long.MIN_VALUE);
    }
}
