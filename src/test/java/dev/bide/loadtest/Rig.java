package dev.bide.loadtest;

import dev.bide.testing.Part;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The processes of a run: the service with its database, the third party, and one that never answers. Closing it ends them all. */
final class Rig implements AutoCloseable {
    private static final Pattern THIRD_PARTY = Pattern.compile("listens on (http://\\S+)");
    private static final Pattern API = Pattern.compile("Bide is up:.* application (http://[\\w.:\\[\\]]+)");
    private static final Pattern ADMIN = Pattern.compile("Bide is up:.* admin (http://[\\w.:\\[\\]]+)");
    private static final Pattern JDBC_URL = Pattern.compile("(jdbc:postgresql:[^\\s']+user=[^\\s']+)");
    private static final Pattern CALLS = Pattern.compile("\"keys\":(\\d+)");

    final Part service;
    final Part thirdParty;
    final DatabaseFigures database;

    private final String thirdPartyUrl;
    private final String apiUrl;
    private final String adminUrl;
    private final ServerSocket hung;
    private final Parts parts = new Parts();

    /** @param directory where logs and data go */
    Rig(SustainedOptions options, Path directory) throws IOException, InterruptedException, SQLException {
        Path logs = Files.createDirectories(directory.resolve("logs"));
        Path data = directory.resolve("data");
        try {
            if (!options.keepData()) {
                parts.deletes(data);
            }
            // Takes connections up to its backlog, and nothing else.
            hung = parts.opened(new ServerSocket(0, 1024, InetAddress.getLoopbackAddress()));
            long capacity = options.timers() * 2 + 1000;
            thirdParty = parts.opened(Part.start(
                    "The third party",
                    logs.resolve("third-party.log"),
                    Map.of(),
                    List.of(
                            Part.java(),
                            "-XX:+UseSerialGC",
                            "-Xmx" + (256 + capacity * 80 / 1_000_000) + "m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LeanThirdParty.class.getName(),
                            Long.toString(capacity),
                            Long.toString(options.thirdPartyDelayMillis()))));
            thirdPartyUrl = thirdParty.awaitLine(THIRD_PARTY);
            parts.opened(() -> endDatabase(data.toAbsolutePath()));
            List<String> command = new ArrayList<>(List.of(Part.java()));
            command.addAll(options.jvmOptions());
            command.addAll(List.of("-jar", options.jar().toString(), "server"));
            service = parts.opened(Part.start(
                    "The service",
                    logs.resolve("service.log"),
                    Map.of(
                            "HTTP_PORT", "0",
                            "ADMIN_PORT", "0",
                            "BIND_HOST", "127.0.0.1",
                            "DATA_DIR", data.toString(),
                            "DATABASE_URL", "",
                            "API_KEYS", "",
                            "ROLES", ""),
                    command));
            apiUrl = service.awaitLine(API);
            adminUrl = service.awaitLine(ADMIN);
            database = parts.opened(new DatabaseFigures(service.awaitLine(JDBC_URL)));
        } catch (IOException | InterruptedException | SQLException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The service stops its database; one that was killed, or ended while it started, leaves it running. */
    private static void endDatabase(Path data) throws InterruptedException {
        List<ProcessHandle> left = ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").startsWith(data.toString()))
                .toList();
        Set<Long> pids = left.stream().map(ProcessHandle::pid).collect(Collectors.toSet());
        // The first of them ends the others.
        left.stream()
                .filter(process -> process.parent()
                        .filter(parent -> pids.contains(parent.pid()))
                        .isEmpty())
                .forEach(ProcessHandle::destroy);
        for (ProcessHandle process : left) {
            try {
                process.onExit().get(30, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                process.destroyForcibly();
            }
        }
    }

    InetSocketAddress api() {
        URI uri = URI.create(apiUrl);
        return new InetSocketAddress(uri.getHost(), uri.getPort());
    }

    /** Without a path. */
    String apiUrl() {
        return apiUrl;
    }

    /** As a Host header has it. */
    String apiHost() {
        return URI.create(apiUrl).getAuthority();
    }

    /** What timers call. */
    String thirdPartyUrl() {
        return thirdPartyUrl + "/reminders";
    }

    String hungUrl() {
        return "http://127.0.0.1:" + hung.getLocalPort() + "/reminders";
    }

    /** Timers that were called at least once. */
    long delivered() throws IOException {
        Matcher matcher = CALLS.matcher(Http.get(thirdPartyUrl + "/_calls/count"));
        if (!matcher.find()) {
            throw new IOException("the third party does not say how many calls it got");
        }
        return Long.parseLong(matcher.group(1));
    }

    String ledgerUrl() {
        return thirdPartyUrl + "/_ledger";
    }

    LatenessHistogram lateness() throws IOException {
        return LatenessHistogram.parse(Http.get(adminUrl + "/metrics"));
    }

    @Override
    public void close() {
        parts.close();
    }
}
