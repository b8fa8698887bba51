package dev.bide.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Redis in processes of its own, on this machine's loopback: one, or a Cluster of three masters with a replica each. The programs are Debian's (packages redis-server and
 * redis-tools).
 */
public final class RedisServers implements AutoCloseable {
    private static final int BUS = 10_000;

    /** A master that is silent for so long is replaced by its replica. */
    private static final int NODE_TIMEOUT_MILLIS = 1_500;

    private static final int PATIENCE_SECONDS = 60;

    private final int count;
    private final List<Integer> ports = new ArrayList<>();
    private final List<Process> servers = new ArrayList<>();
    private final Path directory;

    /** @param count 1, or 6 for a Cluster */
    public RedisServers(int count) throws IOException {
        this.count = count;
        this.directory = Files.createTempDirectory("bide-redis");
    }

    /** What is missing; empty where all is there. */
    public static String missing() {
        return isThere("redis-server") && isThere("redis-cli")
                ? ""
                : "needs redis-server and redis-cli (Debian's packages redis-server and redis-tools)";
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }

    /** Returns once they answer, and all slots are answered for. */
    public void start() throws IOException {
        for (int i = 0; i < count; i++) {
            ports.add(freePort());
            servers.add(launch(i));
        }
        for (int i = 0; i < count; i++) {
            int port = ports.get(i);
            await("an answer of " + port, () -> command(port, "ping").contains("PONG"));
        }
        if (count > 1) {
            List<String> create = new ArrayList<>(List.of("redis-cli", "--cluster", "create"));
            ports.forEach(port -> create.add("127.0.0.1:" + port));
            create.addAll(List.of("--cluster-replicas", "1", "--cluster-yes"));
            String answer = run(create);
            if (!answer.contains("All 16384 slots covered")) {
                throw new IllegalStateException(answer);
            }
            awaitWhole();
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("no " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    /** Two ports, of which the second is this much higher. */
    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                int port = socket.getLocalPort();
                if (port + BUS < 65_536) {
                    try (ServerSocket bus = new ServerSocket(port + BUS, 1, InetAddress.getLoopbackAddress())) {
                        return bus.getLocalPort() - BUS;
                    } catch (IOException e) {
                        continue;
                    }
                }
            }
        }
    }

    private Process launch(int number) throws IOException {
        Path own = Files.createDirectories(directory.resolve("node-" + number));
        List<String> command = new ArrayList<>(List.of(
                "redis-server",
                "--port",
                String.valueOf(ports.get(number)),
                "--bind",
                "127.0.0.1",
                "--dir",
                own.toString(),
                "--save",
                "",
                "--appendonly",
                "no"));
        if (count > 1) {
            command.addAll(
                    List.of("--cluster-enabled", "yes", "--cluster-node-timeout", String.valueOf(NODE_TIMEOUT_MILLIS)));
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(own.resolve("log").toFile())
                .start();
    }

    /** As {@code redis.url} has it. */
    public String url() {
        return "redis://" + ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /** The number of the node that answers for this key. */
    public int masterOf(String key) {
        return IntStream.range(0, count)
                .filter(node -> command(ports.get(node), "exists", key).trim().matches("[01]"))
                .findFirst()
                .orElseThrow();
    }

    /** Whether all slots are answered for, as all see it. */
    public boolean isWhole() {
        return IntStream.range(0, count)
                .allMatch(node -> command(ports.get(node), "cluster", "info").contains("cluster_state:ok"));
    }

    public void awaitWhole() {
        await("Cluster that is whole", this::isWhole);
    }

    private static String command(int port, String... command) {
        List<String> all = new ArrayList<>(List.of("timeout", "2", "redis-cli", "-p", String.valueOf(port)));
        all.addAll(List.of(command));
        return run(all);
    }

    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String answer = new String(process.getInputStream().readAllBytes(), UTF_8);
            process.waitFor(30, TimeUnit.SECONDS);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public void kill(int node) throws InterruptedException {
        servers.get(node).destroyForcibly().waitFor();
    }

    /** Starts it again where it was. */
    public void revive(int node) throws IOException {
        servers.set(node, launch(node));
    }

    /** It holds its connections, and says nothing. */
    public void freeze(int node) {
        signal(node, "STOP");
    }

    public void thaw(int node) {
        signal(node, "CONT");
    }

    private void signal(int node, String signal) {
        run(List.of("kill", "-" + signal, String.valueOf(servers.get(node).pid())));
    }

    public void freezeAll() {
        IntStream.range(0, count).forEach(this::freeze);
    }

    public void thawAll() {
        IntStream.range(0, count).forEach(this::thaw);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (Process server : servers) {
            server.destroyForcibly().waitFor();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
