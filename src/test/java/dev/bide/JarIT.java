package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bide.testing.PostgresExtension;
import dev.bide.testing.TimerJson;
import dev.bide.trace.SpanReceiver;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The jar as users start it. Skipped where it was not built, as when an IDE runs the tests. */
class JarIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = PostgresExtension.unmigrated();

    @TempDir
    Path directory;

    private JarProcess process;

    @BeforeEach
    void needsTheJar() {
        assumeTrue(Files.exists(JarProcess.JAR));
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.close();
        }
    }

    @Test
    void starts_without_arguments_and_stops_when_told() throws Exception {
        JarProcess service = start(Map.of("DATABASE_URL", POSTGRES.jdbcUrl(), "NODE_ID", "jar-it"));
        assertThat(service.awaitLine("Bide is up")).contains("node jar-it", "roles api,scheduler,worker");
        // 128 + SIGTERM: the JVM ran its shutdown hooks.
        assertThat(service.stop()).isEqualTo(143);
    }

    @Test
    void logs_json_when_told() throws Exception {
        JarProcess service = start(Map.of("DATABASE_URL", POSTGRES.jdbcUrl(), "LOG_FORMAT", "json"), "server");
        assertThat(service.awaitLine("Bide is up")).startsWith("{").contains("\"level\":\"INFO\"");
    }

    @Test
    void migrates_when_told() throws Exception {
        JarProcess migration = start(Map.of("DATABASE_URL", POSTGRES.jdbcUrl()), "db", "migrate");
        assertThat(migration.awaitExit()).isZero();
    }

    @Test
    void sends_spans_where_it_is_told_to() throws Exception {
        try (SpanReceiver receiver = new SpanReceiver().open()) {
            JarProcess service = start(Map.of(
                            "DATABASE_URL",
                            POSTGRES.jdbcUrl(),
                            "NODE_ID",
                            "jar-traced",
                            "OTEL_EXPORTER_OTLP_ENDPOINT",
                            receiver.endpoint(),
                            "OTEL_TRACES_SAMPLER",
                            "always_on"))
                    .awaitUp();
            HttpRequest timer = HttpRequest.newBuilder(service.uri("/v1/timers"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(TimerJson.TIMER))
                    .build();
            HttpClient.newHttpClient().send(timer, HttpResponse.BodyHandlers.discarding());
            // What has not gone out yet does when it stops.
            assertThat(service.stop()).isEqualTo(143);
            assertThat(receiver.awaitOne(one -> one.span().getName().equals("accept timer"))
                            .service())
                    .containsEntry("service.name", "bide")
                    .containsEntry("service.instance.id", "jar-traced");
        }
    }

    @Test
    void says_which_variable_of_opentelemetry_is_wrong() throws Exception {
        JarProcess service =
                start(Map.of("DATABASE_URL", POSTGRES.jdbcUrl(), "OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"));
        assertThat(service.awaitLine("cannot start")).contains("OTEL_", "collector:4318");
        assertThat(service.awaitExit()).isEqualTo(1);
    }

    @Test
    void refuses_to_be_reached_by_anybody() throws Exception {
        JarProcess service = start(Map.of("DATABASE_URL", POSTGRES.jdbcUrl(), "BIND_HOST", "0.0.0.0"));
        assertThat(service.awaitLine("cannot start")).contains("BIND_HOST 0.0.0.0", "API_KEYS");
        assertThat(service.awaitExit()).isEqualTo(1);
    }

    @Test
    void listens_as_a_third_party() throws Exception {
        JarProcess thirdParty = start(Map.of(), "third-party", "--port", "0");
        assertThat(thirdParty.awaitLine("listens on")).matches(".*http://127\\.0\\.0\\.1:\\d+");
    }

    private JarProcess start(Map<String, String> environment, String... arguments) throws IOException {
        process = JarProcess.start(directory, List.of("-XX:TieredStopAtLevel=1"), environment, arguments);
        return process;
    }
}
