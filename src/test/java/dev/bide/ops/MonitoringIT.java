package dev.bide.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bide.ServiceExtension;
import dev.bide.testing.PostgresExtension;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The component {@code monitoring} against a node that works: its metrics are good ones, and what the dashboard and the alerts ask for is among them. Prometheus' own tool
 * is Debian's (package prometheus); where there is none what needs it is skipped, but in CI it fails.
 */
class MonitoringIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

    /** What Prometheus adds to each series of a target. */
    private static final Set<String> OF_THE_TARGET = Set.of("namespace", "pod", "instance");

    @RegisterExtension
    static final ServiceExtension SERVICE = new ServiceExtension(PostgresExtension.unmigrated())
            .with("delivery.defaultDestination.breaker.window", "5")
            .with("delivery.defaultDestination.breaker.minimumCalls", "5");

    private static final MockWebServer WELL = new MockWebServer();
    private static final MockWebServer AWAY = new MockWebServer();

    private static String metrics;

    @TempDir
    Path directory;

    /** Timers that are delivered, that are refused, and those of a destination that is away. */
    @BeforeAll
    static void load() throws Exception {
        WELL.setDispatcher(new Answers(Map.of("/well", 200, "/refused", 400)));
        AWAY.setDispatcher(new Answers(Map.of("/away", 503)));
        WELL.start();
        AWAY.start();
        store(WELL, "/well", 200);
        store(WELL, "/refused", 20);
        store(AWAY, "/away", 20);
        await().atMost(PATIENCE).untilAsserted(() -> {
            metrics = SERVICE.admin("/metrics").body();
            Exposition now = Exposition.of(metrics);
            assertThat(now.sum("bide_ended_total", Map.of("status", "delivered")))
                    .isEqualTo(200);
            assertThat(now.sum("bide_ended_total", Map.of("status", "dead"))).isGreaterThanOrEqualTo(20);
            assertThat(now.sum("bide_breaker_open", Map.of("destination", "127.0.0.1:" + AWAY.getPort())))
                    .isEqualTo(1);
        });
    }

    @AfterAll
    static void close() {
        WELL.close();
        AWAY.close();
    }

    private static void store(MockWebServer server, String path, int count) throws Exception {
        String timer =
                "{\"delay\":{\"type\":\"period\",\"amount\":0,\"unit\":\"seconds\"},\"action\":{\"url\":\"http://127.0.0.1:"
                        + server.getPort() + path + "\"}}";
        String body =
                IntStream.range(0, count).mapToObj(i -> timer).collect(Collectors.joining(",", "{\"timers\":[", "]}"));
        assertThat(SERVICE.send(SERVICE.request("/v1/timers/bulk")
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body)))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void promtool_finds_nothing_to_say_of_the_metrics() throws Exception {
        Path page = directory.resolve("metrics.txt");
        Files.writeString(page, metrics);
        assertThat(promtool(page, "check", "metrics")).isEmpty();
    }

    @Test
    void each_series_that_the_dashboard_and_the_alerts_ask_for_is_there() {
        Exposition now = Exposition.of(metrics);
        Set<String> recorded = Monitoring.rules().stream()
                .filter(rule -> rule.has("record"))
                .map(rule -> rule.get("record").textValue())
                .collect(Collectors.toSet());
        List<String> expressions = Stream.concat(
                        Monitoring.rules().stream().map(rule -> rule.get("expr").textValue()),
                        Monitoring.shown().stream())
                .toList();
        assertThat(expressions).hasSizeGreaterThan(50);
        List<String> faults = new ArrayList<>();
        for (String expression : expressions) {
            PromQl asked = PromQl.of(expression);
            Set<String> labels = asked.selectors().stream()
                    .flatMap(selector -> now.labelsOf(selector.metric()).stream())
                    .collect(Collectors.toSet());
            asked.groupedBy().stream()
                    .filter(label -> !OF_THE_TARGET.contains(label) && !labels.contains(label))
                    .filter(label -> !asked.selectors().stream().allMatch(s -> recorded.contains(s.metric())))
                    .forEach(label -> faults.add(label + " is no label of " + expression));
            asked.selectors().stream()
                    .filter(selector -> !recorded.contains(selector.metric()) && !isThere(now, selector))
                    .forEach(selector -> faults.add("no such series: " + selector));
        }
        assertThat(faults).isEmpty();
    }

    private static boolean isThere(Exposition now, PromQl.Selector selector) {
        return now.named(selector.metric()).anyMatch(series -> selector.conditions().stream()
                .filter(condition -> !OF_THE_TARGET.contains(condition.label()))
                .allMatch(series::fits));
    }

    @Test
    void figures_of_the_cluster_and_of_the_server_are_shown() {
        Exposition now = Exposition.of(metrics);
        assertThat(now.sum("bide_nodes", Map.of("role", "worker"))).isEqualTo(1);
        // 6 where a day ended meanwhile.
        assertThat(now.sum("bide_partitions_ahead", Map.of())).isBetween(6.0, 7.0);
        assertThat(now.sum("bide_accepted_total", Map.of())).isEqualTo(240);
        // The three that stored them, whichever handler took them.
        assertThat(now.sum("bide_http_responses_total", Map.of("status", "2xx")))
                .isGreaterThanOrEqualTo(3);
        assertThat(now.sum("bide_http_request_seconds_count", Map.of())).isGreaterThanOrEqualTo(3);
        assertThat(now.sum("bide_database_connections", Map.of("share", "reads")))
                .isPositive();
        assertThat(now.sum("bide_log_lines_total", Map.of("level", "info"))).isPositive();
        assertThat(now.sum("jvm_memory_used_bytes", Map.of("area", "heap"))).isPositive();
    }

    @Test
    void the_rules_are_valid_and_fire_and_are_quiet_as_their_cases_say() throws Exception {
        Monitoring.write(directory);
        assertThat(promtool(
                        null, "check", "rules", directory.resolve("rules.yaml").toString()))
                .contains("SUCCESS");
        for (Path file : Monitoring.cases()) {
            assertThat(promtool(
                            null,
                            "test",
                            "rules",
                            directory.resolve(file.getFileName()).toString()))
                    .contains("SUCCESS")
                    .doesNotContain("FAILED");
        }
    }

    /** What it says; it must be content. */
    private static String promtool(Path input, String... arguments) throws IOException, InterruptedException {
        if (System.getenv("CI") == null) {
            assumeTrue(Files.exists(PROMTOOL), "needs promtool, of Debian's prometheus");
        }
        assertThat(PROMTOOL).exists();
        List<String> command = new ArrayList<>(List.of(PROMTOOL.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (input != null) {
            builder.redirectInput(input.toFile());
        }
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private static final class Answers extends Dispatcher {
        private final Map<String, Integer> byPath;

        Answers(Map<String, Integer> byPath) {
            this.byPath = byPath;
        }

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder()
                    .code(byPath.getOrDefault(request.getUrl().encodedPath(), 404))
                    .build();
        }
    }
}
