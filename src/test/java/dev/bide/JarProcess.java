package dev.bide;

import static org.awaitility.Awaitility.await;

import dev.bide.testing.Part;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The jar in a process of its own, on free ports, with what it says in a file. */
final class JarProcess implements AutoCloseable {
    static final Path JAR = Path.of("target/bide.jar").toAbsolutePath();

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern UP = Pattern.compile("Bide is up:.* application (http://[\\w.:]+)");

    private final Part part;
    private String url = "";

    private JarProcess(Part part) {
        this.part = part;
    }

    /**
     * Starts it.
     *
     * @param directory for what it says, and for its own database unless the environment names another
     * @param environment beside free ports; the machine's counts for nothing
     */
    static JarProcess start(Path directory, List<String> jvm, Map<String, String> environment, String... arguments)
            throws IOException {
        Map<String, String> all = new HashMap<>(Map.of(
                "HTTP_PORT", "0",
                "ADMIN_PORT", "0",
                "BIND_HOST", "",
                "DATA_DIR", directory.resolve("data").toString(),
                "DATABASE_URL", "",
                "API_KEYS", "",
                "ROLES", "",
                "NODE_ID", ""));
        all.putAll(environment);
        List<String> command = new ArrayList<>(List.of(Part.java()));
        command.addAll(jvm);
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        return new JarProcess(
                Part.start("the jar", Files.createTempFile(directory, "jar", ".log"), Map.copyOf(all), command));
    }

    /** Waits until it takes requests and is well. */
    JarProcess awaitUp() throws IOException, InterruptedException {
        url = part.awaitLine(UP, PATIENCE);
        HttpRequest health = HttpRequest.newBuilder(uri("/v1/health")).build();
        HttpClient client = HttpClient.newHttpClient();
        await().atMost(PATIENCE)
                .until(() -> client.send(health, BodyHandlers.discarding()).statusCode() == 200);
        return this;
    }

    /** Of one that is up. */
    URI uri(String path) {
        return URI.create(url + path);
    }

    boolean alive() {
        return part.alive();
    }

    /** All that it has said so far. */
    String said() throws IOException {
        return part.said();
    }

    /** Waits until it says this; gives the whole line. */
    String awaitLine(String text) throws IOException, InterruptedException {
        return part.awaitLine(Pattern.compile("(.*" + Pattern.quote(text) + ".*)"), PATIENCE);
    }

    /** Asks it to stop; gives the status it ends with. */
    int stop() throws IOException, InterruptedException {
        part.signal("TERM");
        return awaitExit();
    }

    /** Waits for its end. */
    int awaitExit() throws IOException, InterruptedException {
        if (!part.awaitEnd(PATIENCE)) {
            throw new IOException("the jar still runs; it said:\n" + said());
        }
        return part.exitValue();
    }

    void kill() throws IOException, InterruptedException {
        part.signal("KILL");
        awaitExit();
    }

    @Override
    public void close() {
        part.close();
    }
}
