package dev.bide.loadtest.chaos;

import dev.bide.testing.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A node as a process. Its number is never given again: a node that takes its place has another. */
final class BideNode implements AutoCloseable {
    private static final Pattern API = Pattern.compile("Bide is up:.* application (http://[\\w.:\\[\\]]+)");
    private static final Path FAKETIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
    /** One that starts beside others under load has few of this machine's processors. */
    private static final Duration START_PATIENCE = Duration.ofMinutes(3);

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    /**
     * What all nodes of a run have in common.
     *
     * @param logs a directory
     * @param environment what else they get
     */
    record Settings(Path jar, List<String> jvmOptions, String jdbcUrl, Path logs, Map<String, String> environment) {}

    private final int number;
    private final Part part;
    private volatile String url = "";
    private volatile boolean frozen;
    private volatile long avoidedUntil = System.nanoTime();

    private BideNode(int number, Part part) {
        this.number = number;
        this.part = part;
    }

    /**
     * Starts its process.
     *
     * @param clockSeconds how far its clock is off
     */
    static BideNode start(Settings settings, int number, int clockSeconds) throws IOException {
        Map<String, String> environment = new HashMap<>(Map.of(
                "HTTP_PORT", "0",
                "ADMIN_PORT", "0",
                "BIND_HOST", "127.0.0.1",
                "DATABASE_URL", settings.jdbcUrl() + "&ApplicationName=" + session(number),
                "NODE_ID", "chaos-" + number,
                "SIGNING_SECRET", NodeSecret.of(number),
                "API_KEYS", "",
                "ROLES", ""));
        if (clockSeconds != 0) {
            environment.put("LD_PRELOAD", FAKETIME.toString());
            environment.put("FAKETIME", String.format("%+ds", clockSeconds));
            environment.put("DONT_FAKE_MONOTONIC", "1");
            // Else waits by the monotonic clock return at once, and the JVM does nothing but wait.
            environment.put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
        }
        environment.putAll(settings.environment());
        List<String> command = new ArrayList<>(List.of(Part.java()));
        command.addAll(settings.jvmOptions());
        command.addAll(List.of("-jar", settings.jar().toString(), "server"));
        return new BideNode(
                number,
                Part.start("node " + number, settings.logs().resolve("node-" + number + ".log"), environment, command));
    }

    /** Returns once it takes requests. */
    void awaitUp() throws IOException, InterruptedException {
        url = part.awaitLine(API, START_PATIENCE);
    }

    static boolean clocksCanBeShifted() {
        return FAKETIME.toFile().exists();
    }

    private static String session(int number) {
        return "chaos-" + number + "-";
    }

    int number() {
        return number;
    }

    /** How its database sessions' names begin. */
    String session() {
        return session(number);
    }

    String url() {
        return url;
    }

    boolean alive() {
        return part.alive();
    }

    /** Whether requests should go elsewhere for now, as a load balancer would see to. */
    boolean avoided() {
        return avoidedNanos() > 0;
    }

    /** For how much longer. */
    long avoidedNanos() {
        return avoidedUntil - System.nanoTime();
    }

    /** As long as there are others; for as long as anybody has said. */
    synchronized void avoid(Duration length) {
        long until = System.nanoTime() + length.toNanos();
        if (until - avoidedUntil > 0) {
            avoidedUntil = until;
        }
    }

    void freeze() throws IOException, InterruptedException {
        frozen = true;
        part.signal("STOP");
    }

    void thaw() throws IOException, InterruptedException {
        part.signal("CONT");
        frozen = false;
    }

    void kill() throws IOException, InterruptedException {
        part.signal("KILL");
        part.awaitEnd(STOP_PATIENCE);
    }

    /** Returns whether it ended within what it is granted. */
    boolean stop() throws IOException, InterruptedException {
        part.signal("TERM");
        return part.awaitEnd(STOP_PATIENCE);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (frozen) {
            part.signal("KILL"); // it would not hear anything else
        }
        part.close();
    }
}
