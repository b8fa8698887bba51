package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bide.testing.PostgresExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The jar as users start it. Skipped where it was not built, as when an IDE runs the tests. */
class JarIT {
    private static final Path JAR = Path.of("target/bide.jar").toAbsolutePath();

    @RegisterExtension
    static final PostgresExtension POSTGRES = PostgresExtension.unmigrated();

    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void needsTheJar() {
        assumeTrue(Files.exists(JAR));
    }

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void startsWithoutArgumentsAndStopsWhenTold() throws Exception {
        Process service = start(
                Map.of("DATABASE_URL", POSTGRES.jdbcUrl(), "HTTP_PORT", "0", "ADMIN_PORT", "0", "NODE_ID", "jar-it"));
        assertThat(lineWith(service, "Bide is up")).contains("node jar-it", "roles api,scheduler,worker");
        service.destroy();
        assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();
        // 128 + SIGTERM: the JVM ran its shutdown hooks.
        assertThat(service.exitValue()).isEqualTo(143);
    }

    @Test
    void logsJsonWhenTold() throws Exception {
        Process service = start(
                Map.of("DATABASE_URL", POSTGRES.jdbcUrl(), "HTTP_PORT", "0", "ADMIN_PORT", "0", "LOG_FORMAT", "json"),
                "server");
        assertThat(lineWith(service, "Bide is up")).startsWith("{").contains("\"level\":\"INFO\"");
    }

    @Test
    void migratesWhenTold() throws Exception {
        Process migration = start(Map.of("DATABASE_URL", POSTGRES.jdbcUrl()), "db", "migrate");
        assertThat(migration.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(migration.exitValue()).isZero();
    }

    @Test
    void refusesToBeReachedByAnybody() throws Exception {
        Process service = start(Map.of("DATABASE_URL", POSTGRES.jdbcUrl(), "BIND_HOST", "0.0.0.0"));
        assertThat(lineWith(service, "cannot start")).contains("BIND_HOST 0.0.0.0", "API_KEYS");
        assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(service.exitValue()).isEqualTo(1);
    }

    @Test
    void listensAsAThirdParty() throws Exception {
        Process thirdParty = start(Map.of(), "third-party", "--port", "0");
        assertThat(lineWith(thirdParty, "listens on")).matches(".*http://127\\.0\\.0\\.1:\\d+");
    }

    private Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private static String lineWith(Process process, String text) {
        StringBuilder all = new StringBuilder();
        try {
            var reader = process.inputReader(StandardCharsets.UTF_8);
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                all.append(line).append('\n');
                if (line.contains(text)) {
                    return line;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("no \"" + text + "\" in:\n" + all);
    }
}
