package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar with its own database, stopped at every stage of its start: the database goes with it. */
class EarlyStopIT {
    private static final Path JAR = Path.of("target/bide.jar").toAbsolutePath();

    @TempDir
    Path directory;

    private Process service;

    @BeforeEach
    void needsTheJar() {
        assumeTrue(Files.exists(JAR));
    }

    @AfterEach
    void end() {
        service.destroyForcibly();
    }

    @Test
    void a_stop_at_any_stage_of_the_start_leaves_no_database_behind() throws Exception {
        for (String stage : List.of(
                "Unpacking PostgreSQL",
                "Unpacking PostgreSQL",
                "Creating the database",
                "takes connections",
                "Bide is up")) {
            start("0");
            readUntil(stage);
            // Not the process's own destroy(), which closes the stream of what it still says.
            service.toHandle().destroy();
            assertThat(service.waitFor(60, TimeUnit.SECONDS)).as(stage).isTrue();
            assertThat(service.exitValue()).as(stage).isEqualTo(143);
            assertThat(service.inputReader().lines().filter(line -> line.contains("ERROR") || line.contains("FATAL")))
                    .as("said after a stop at: " + stage)
                    .isEmpty();
            assertThat(databaseProcesses()).as("left after a stop at: " + stage).isEmpty();
        }
    }

    @Test
    void so_does_a_start_that_fails_after_the_database_is_up() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            start(String.valueOf(taken.getLocalPort()));
            String said = readUntil("Bide cannot start");
            assertThat(said)
                    .contains(String.valueOf(taken.getLocalPort()), "HTTP_PORT")
                    .doesNotContain("\tat ");
            assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(service.exitValue()).isEqualTo(1);
            assertThat(databaseProcesses()).isEmpty();
        }
    }

    private void start(String port) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        JAR.toString())
                .redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("DATABASE_URL", "API_KEYS", "ROLES", "NODE_ID", "BIND_HOST"));
        builder.environment().put("HTTP_PORT", port);
        builder.environment().put("ADMIN_PORT", "0");
        builder.environment().put("DATA_DIR", directory.toString());
        service = builder.start();
    }

    /** All lines from the one with the text to the next that may follow at once. */
    private String readUntil(String text) throws IOException {
        BufferedReader reader = service.inputReader();
        StringBuilder all = new StringBuilder();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            all.append(line).append('\n');
            if (line.contains(text)) {
                return all.toString();
            }
        }
        throw new AssertionError("no \"" + text + "\" in:\n" + all);
    }

    /** PostgreSQL's processes have their data directory in their command line or as their working directory. */
    private List<String> databaseProcesses() throws IOException {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(ProcessHandle::isAlive)
                    .filter(process -> process.info()
                            .commandLine()
                            .filter(line -> line.contains("/bin/postgres ") && line.contains(directory.toString()))
                            .isPresent())
                    .map(process ->
                            process.pid() + " " + process.info().commandLine().orElse(""))
                    .toList();
        }
    }
}
