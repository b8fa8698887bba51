package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.LogSettings;
import dev.bide.testing.PostgresExtension;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** No kind of work on the database waits behind another. */
class IsolationIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final String TIMER =
            "{\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"days\"},\"action\":{\"url\":\"http://127.0.0.1:9/\"}}";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static DropwizardTestSupport<BideConfiguration> service;

    @BeforeAll
    static void start() throws Exception {
        service = new DropwizardTestSupport<>(
                BideApplication.class,
                (String) null,
                ConfigOverride.config("database.url", POSTGRES.jdbcUrl()),
                ConfigOverride.config("server.applicationConnectors[0].port", "0"),
                ConfigOverride.config("server.adminConnectors[0].port", "0"));
        service.before();
    }

    @AfterAll
    static void stop() {
        service.after();
        LogSettings.restore();
    }

    @Test
    void readsThatHangHoldUpNoNewTimer() throws Exception {
        try (Connection holder = POSTGRES.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE run_history IN ACCESS EXCLUSIVE MODE");
            List<CompletableFuture<HttpResponse<String>>> reads = IntStream.range(0, 40)
                    .mapToObj(i -> CLIENT.sendAsync(
                            request("/v1/runs/" + unknown()).build(), HttpResponse.BodyHandlers.ofString()))
                    .toList();
            Awaitility.await().until(() -> waiting() >= 8);
            String id = "";
            for (int i = 0; i < 40; i++) {
                HttpResponse<String> answer = CLIENT.send(
                        request("/v1/timers")
                                .POST(HttpRequest.BodyPublishers.ofString(TIMER))
                                .header("Content-Type", "application/json")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
                id = answer.headers().firstValue("Location").orElseThrow().replaceFirst(".*/", "");
            }
            // And none of those is held up that have to stop something.
            assertThat(CLIENT.send(
                                    request("/v1/timers/" + id + "/cancel")
                                            .POST(HttpRequest.BodyPublishers.noBody())
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
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
        HttpResponse<String> answer =
                CLIENT.send(request("/v1/runs/" + unknown()).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(404);
    }

    /** As if it was made now, and has been finished since: it is looked for in the history. */
    private static UUID unknown() {
        long random = ThreadLocalRandom.current().nextLong();
        return new UUID(System.currentTimeMillis() << 16 | 0x7000, random >>> 2 | Long.MIN_VALUE);
    }

    private static long waiting() throws Exception {
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'run_history'::regclass")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.getLocalPort() + path));
    }
}
