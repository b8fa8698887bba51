package dev.bide.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A small run of the script itself, on the jar that was just built. Whether it is quick enough is not asked here. */
@EnabledOnOs(OS.LINUX)
class SustainedIT {

    @TempDir
    Path directory;

    @Test
    void delivers_each_timer_once_and_not_before_it_is_due() throws Exception {
        List<String> lines =
                run("--rate", "200", "--seconds", "20", "--warm-up", "4", "--any-rate", "--waiting", "2000");
        JsonNode result =
                new ObjectMapper().readTree(lines.get(lines.size() - 1).replaceFirst("^RESULT ", ""));
        assertThat(result.path("lost").asInt(-1)).isZero();
        assertThat(result.path("duplicates").asInt(-1)).isZero();
        assertThat(result.path("early").asInt(-1)).isZero();
        assertThat(result.path("acceptedPerSecond").asDouble()).isPositive();
        assertThat(result.path("deliveredPerSecond").asDouble()).isPositive();
        assertThat(result.path("cpuMsPerTimer").path("database").asDouble()).isPositive();
        assertThat(result.path("walBytesPerTimer").asInt()).isPositive();
        assertThat(result.path("diskBytesPerTimer").asInt()).isPositive();
    }

    private List<String> run(String... options) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        List<String> command = new ArrayList<>(List.of("loadtest/sustained.sh", "--directory", directory.toString()));
        command.addAll(List.of("--jvm-options", "-Xmx512m"));
        command.addAll(List.of(options));
        Process run = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(run.waitFor()).as(() -> read(output)).isZero();
        } finally {
            run.destroy();
            run.waitFor();
        }
        return Files.readAllLines(output);
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
