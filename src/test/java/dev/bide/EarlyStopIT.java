package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar with its own database, stopped at every stage of its start: the database goes with it. */
class EarlyStopIT {
    @TempDir
    Path directory;

    private JarProcess service;

    @BeforeEach
    void needsTheJar() {
        assumeTrue(Files.exists(JarProcess.JAR));
    }

    @AfterEach
    void end() {
        if (service != null) {
            service.close();
        }
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
            service.awaitLine(stage);
            int before = service.said().indexOf(stage);
            assertThat(service.stop()).as(stage).isEqualTo(143);
            assertThat(service.said()
                            .substring(before)
                            .lines()
                            .filter(line -> line.contains("ERROR") || line.contains("FATAL")))
                    .as("said after a stop at: " + stage)
                    .isEmpty();
            assertThat(databaseProcesses()).as("left after a stop at: " + stage).isEmpty();
        }
    }

    @Test
    void so_does_a_start_that_fails_after_the_database_is_up() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            start(String.valueOf(taken.getLocalPort()));
            service.awaitLine("Bide cannot start");
            assertThat(service.awaitExit()).isEqualTo(1);
            assertThat(service.said())
                    .contains(String.valueOf(taken.getLocalPort()), "HTTP_PORT")
                    .doesNotContain("\tat ");
            assertThat(databaseProcesses()).isEmpty();
        }
    }

    private void start(String port) throws IOException {
        service = JarProcess.start(directory, List.of("-XX:TieredStopAtLevel=1"), Map.of("HTTP_PORT", port));
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
