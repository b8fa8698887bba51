package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The command line of {@code failover.sh}.
 *
 * @param faults each in a run of its own, in this order
 * @param seconds how long the load goes on in each
 * @param rate new timers a second, of all nodes
 * @param proxied whether the nodes reach the database through HAProxy, and not by a url that names all
 * @param synchronous whether a commit waits for a standby
 * @param lag seconds for which nothing is sent to the standbys before the fault
 * @param postgres directory of PostgreSQL's programs
 */
record FailoverOptions(
        Set<FailoverFault> faults,
        int seconds,
        int rate,
        int nodes,
        boolean proxied,
        boolean synchronous,
        int lag,
        long seed,
        int drain,
        List<String> jvmOptions,
        Optional<Path> postgres,
        Path jar,
        Path directory) {

    /** When the fault comes. Nodes that have just started are slow. */
    static final int CALM_SECONDS = 25;

    static final String USAGE = """
            loadtest/failover.sh --faults LIST
              --faults LIST      of kill, freeze, cut, switchover, standby, etcd; all; each in a run of its own (kill)
              --seconds S        how long the load goes on; the fault comes after 25 (80)
              --rate R           new timers a second, over all nodes (300)
              --nodes N          of the service (3)
              --through WHAT     multi-host: a url that names all database nodes; haproxy: one that leads to the primary (multi-host)
              --asynchronous     commits wait for no standby: says what is lost then, and passes all the same
              --lag L            seconds for which nothing is sent to the standbys before the fault; with --asynchronous (0)
              --seed X           of the load (drawn, and printed)
              --drain D          seconds after the load within which everything must be finished (120)
              --jvm-options "…"  of each node (-Xmx400m -XX:+UseSerialGC)
              --postgres DIR     PostgreSQL's programs (the newest in /usr/lib/postgresql)
              --jar FILE         the service (target/bide.jar)
              --directory DIR    data and logs are put into a new directory in it (the system's for temporary files)
            """;

    FailoverOptions {
        if (rate < 1 || nodes < 1 || drain < 1 || lag < 0) {
            throw new IllegalArgumentException(
                    "--rate, --nodes and --drain must be at least 1, and --lag not negative");
        }
        if (seconds < 2 * CALM_SECONDS) {
            throw new IllegalArgumentException("--seconds must be at least " + 2 * CALM_SECONDS);
        }
        if (lag > 0 && synchronous) {
            throw new IllegalArgumentException("--lag needs --asynchronous: else commits wait for the standby");
        }
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** @throws IllegalArgumentException that says what is wrong */
    static FailoverOptions parse(String... arguments) {
        Set<FailoverFault> faults = Set.of(FailoverFault.KILL);
        int seconds = 80;
        int rate = 300;
        int nodes = 3;
        boolean proxied = false;
        boolean synchronous = true;
        int lag = 0;
        long seed = System.nanoTime() % 1_000_000;
        int drain = 120;
        String jvmOptions = "-Xmx400m -XX:+UseSerialGC";
        Optional<Path> postgres = Optional.empty();
        Path jar = Options.JAR;
        Path directory = Options.DIRECTORY;
        Options line = new Options(arguments);
        while (line.hasNext()) {
            switch (line.next()) {
                case "--faults" -> faults = FailoverFault.parse(line.value());
                case "--seconds" -> seconds = line.number();
                case "--rate" -> rate = line.number();
                case "--nodes" -> nodes = line.number();
                case "--through" -> proxied = proxied(line.value());
                case "--asynchronous" -> synchronous = false;
                case "--lag" -> lag = line.number();
                case "--seed" -> seed = line.number();
                case "--drain" -> drain = line.number();
                case "--jvm-options" -> jvmOptions = line.value();
                case "--postgres" -> postgres = Optional.of(line.path());
                case "--jar" -> jar = line.path();
                case "--directory" -> directory = line.path();
                default -> throw line.unknown();
            }
        }
        return new FailoverOptions(
                faults,
                seconds,
                rate,
                nodes,
                proxied,
                synchronous,
                lag,
                seed,
                drain,
                Options.words(jvmOptions),
                postgres,
                jar,
                directory);
    }

    private static boolean proxied(String way) {
        return switch (way) {
            case "haproxy" -> true;
            case "multi-host" -> false;
            default -> throw new IllegalArgumentException("--through must be multi-host or haproxy, not " + way);
        };
    }
}
