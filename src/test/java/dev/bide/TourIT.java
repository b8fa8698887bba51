package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bide.testing.PostgresExtension;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** README's tour, pasted whole into a shell. Skipped where the jar was not built, as when an IDE runs the tests. */
@EnabledOnOs(OS.LINUX)
class TourIT {
    private static final Path JAR = Path.of("target/bide.jar");
    private static final Pattern TOUR = Pattern.compile("(?s)## A tour\n.*?\n```sh\n(.*?)\n```\n");

    private static final Pattern PORT = Pattern.compile("application http://[^ :]+:(\\d+)");

    @RegisterExtension
    static final PostgresExtension POSTGRES = PostgresExtension.unmigrated();

    @TempDir
    Path directory;

    @Test
    void the_tour_shows_what_readme_says() throws Exception {
        assumeTrue(Files.exists(JAR));
        Process service = start(
                Map.of("DATABASE_URL", POSTGRES.jdbcUrl(), "HTTP_PORT", "0", "ADMIN_PORT", "0"),
                "service",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx300m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString());
        Process shell = null;
        try {
            await().atMost(Duration.ofMinutes(1)).until(() -> said("service").contains("Bide is up"));
            String port = find(PORT, said("service"));
            String tour = find(TOUR, Files.readString(Path.of("README.md")))
                    // Other tests run beside it.
                    .replaceAll("sleep (\\d);", "sleep $1; sleep $1;")
                    .replace("8088", port)
                    .replace("9090", String.valueOf(freePort()));
            shell = start(Map.of("JDK_JAVA_OPTIONS", "-Xmx100m"), "tour", "bash", "-c", tour);
            assertThat(shell.waitFor(180, TimeUnit.SECONDS)).isTrue();
            String shown = said("tour");
            assertThat(shown.split("\n== ")).hasSize(7);
            assertThat(part(shown, "a run of it"))
                    .contains("call=1 -> 200", "\"status\":\"active\"", "\"name\":\"christmas\"");
            assertThat(part(shown, "its wait is changed")).contains("\"status\":\"completed\"");
            assertThat(part(shown, "a timer of its own")).contains("\"status\":\"cancelled\"");
            assertThat(part(shown, "one that fails"))
                    .contains("call=4 -> 503", "\"status\":\"dead\"", "call=5 -> 200", "\"status\":\"delivered\"");
            assertThat(part(shown, "two at once"))
                    .contains("\"accepted\":2", "\"matched\":2", "\"status\":\"completed\"", "\"done\":2");
            assertThat(shown).doesNotContain("urn:bide:problem");
        } finally {
            service.destroyForcibly();
            if (shell != null) {
                shell.descendants().forEach(ProcessHandle::destroyForcibly);
                shell.destroyForcibly();
            }
        }
    }

    private String said(String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }

    private static String find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as(pattern.pattern()).isTrue();
        return matcher.group(1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String part(String shown, String heading) {
        String from = shown.substring(shown.indexOf("== " + heading));
        int next = from.indexOf("\n== ");
        return next < 0 ? from : from.substring(0, next);
    }

    private Process start(Map<String, String> environment, String name, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name).toFile());
        builder.environment().keySet().removeAll(List.of("API_KEYS", "ROLES", "NODE_ID"));
        builder.environment().putAll(environment);
        return builder.start();
    }
}
