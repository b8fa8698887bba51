package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakeoversTest {
    private static final String LINE =
            "00:00:05.250 INFO  [bide_Takeover] Recovery: took over from instance chaos-3: 2 executions to repeat, 0 triggers it had acquired";

    private static FaultWindow kill(int node, String at) {
        long millis = Instant.parse(at).toEpochMilli();
        return new FaultWindow(Fault.KILL, node, "", millis, millis + 10);
    }

    @Test
    void one_is_explained_by_a_fault_of_its_node_shortly_before() {
        assertThat(Takeovers.unexplained(LINE, List.of())).contains(3);
        assertThat(Takeovers.unexplained(LINE, List.of(kill(3, "2026-03-02T00:00:00Z"))))
                .isEmpty();
        assertThat(Takeovers.unexplained(LINE, List.of(kill(3, "2026-03-01T23:59:58Z"))))
                .as("the day before")
                .isEmpty();
        assertThat(Takeovers.unexplained(LINE, List.of(kill(2, "2026-03-02T00:00:00Z"))))
                .as("another's")
                .contains(3);
        assertThat(Takeovers.unexplained(LINE, List.of(kill(3, "2026-03-01T23:59:00Z"))))
                .as("long before")
                .contains(3);
        assertThat(Takeovers.unexplained(LINE, List.of(kill(3, "2026-03-02T00:01:00Z"))))
                .as("later")
                .contains(3);
        assertThat(Takeovers.unexplained("00:00:05.250 INFO  [main] BideApplication: Bide is up", List.of()))
                .isEmpty();
    }

    @Test
    void all_logs_of_nodes_are_read(@TempDir Path logs) throws Exception {
        Files.writeString(logs.resolve("node-1.log"), "Bide\n" + LINE + "\n");
        Files.writeString(logs.resolve("database.log"), LINE + "\n");
        assertThat(Takeovers.unexplained(logs, List.of()))
                .singleElement()
                .asString()
                .contains("nobody touched", "node 3", "node-1.log");
    }
}
