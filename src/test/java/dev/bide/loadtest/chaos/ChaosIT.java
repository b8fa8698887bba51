package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Small runs of the scripts themselves, on the jar that was just built ({@code -Dchaos.jar=} runs them on another): kills, freezes, aimed ones among them, and locked rows. */
@Tag("chaos")
@EnabledOnOs(OS.LINUX)
class ChaosIT {
    private static final int FROZEN_SECONDS = 45;

    @TempDir
    Path directory;

    @Test
    void no_promise_is_broken_by_kills_freezes_and_locks() throws Exception {
        JsonNode result = run(
                "loadtest/chaos.sh",
                "--seconds",
                "40",
                "--rate",
                "50",
                "--nodes",
                "2",
                "--faults",
                "kill,freeze,lock",
                "--seed",
                "2");
        assertThat(result.path("accepted").asInt()).isPositive();
        for (String promise : List.of("lost", "early", "afterCancel", "unexplained", "stuck", "outOfOrder")) {
            assertThat(result.path(promise).asInt(-1)).as(promise).isZero();
        }
    }

    /** While it held what others need, a new node waited for as long as it was frozen, and so did changes to what it had in hand. */
    @Test
    void nobody_waits_for_a_node_that_is_frozen_inside_a_transaction() throws Exception {
        JsonNode result = run(
                "loadtest/isolation.sh",
                "--case",
                "frozen",
                "--seconds",
                Integer.toString(FROZEN_SECONDS),
                "--rate",
                "50");
        assertThat(result.path("others").asInt()).isPositive();
        assertThat(result.path("notCalled").asInt(-1)).isZero();
        assertThat(result.path("thirdNodeMs").asInt(-1)).isBetween(0, FROZEN_SECONDS * 1000);
        assertThat(result.path("changesMs").path("max").asInt(Integer.MAX_VALUE))
                .isLessThan(FROZEN_SECONDS * 500);
    }

    private JsonNode run(String script, String... options) throws IOException, InterruptedException {
        // PostgreSQL, which runs as nobody where this is root's, has to get at its programs.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path output = directory.resolve("output");
        List<String> command = new ArrayList<>(List.of(script, "--directory", directory.toString()));
        command.addAll(List.of("--jvm-options", "-Xmx300m -XX:+UseSerialGC"));
        command.addAll(List.of("--jar", System.getProperty("chaos.jar", "target/bide.jar")));
        command.addAll(List.of(options));
        Process run = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            run.waitFor();
        } finally {
            run.destroy();
            run.waitFor();
        }
        List<String> lines = Files.readAllLines(output);
        lines.forEach(System.out::println);
        assertThat(lines).last().asString().startsWith("RESULT ");
        return new ObjectMapper().readTree(lines.get(lines.size() - 1).replaceFirst("^RESULT ", ""));
    }
}
