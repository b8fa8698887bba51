package dev.bide.loadtest.chaos;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * The command line of {@code chaos.sh}.
 *
 * @param seconds how long faults and load go on
 * @param rate new timers a second, of all nodes
 * @param seed of the load and the faults
 * @param drain seconds after the last fault within which everything must be finished
 * @param jvmOptions of each node
 * @param jar the service
 * @param directory where a directory for data and logs is made
 */
record ChaosOptions(
        int seconds,
        int rate,
        int nodes,
        Set<Fault> faults,
        long seed,
        int drain,
        List<String> jvmOptions,
        Path jar,
        Path directory) {

    static final String USAGE = """
            loadtest/chaos.sh --seconds S --rate R --nodes N --faults LIST --seed X
              --seconds S        how long (60)
              --rate R           new timers a second, over all nodes (100)
              --nodes N          (2)
              --faults LIST      of kill, freeze, stop, database, backends, lock, snapshot, clock, disk, slow; all; none (kill,freeze,lock)
              --seed X           of the load and the faults (drawn, and printed)
              --drain D          seconds after the last fault within which everything must be finished (120)
              --jvm-options "…"  of each node (-Xmx400m -XX:+UseSerialGC)
              --jar FILE         the service (target/bide.jar)
              --directory DIR    data and logs are put into a new directory in it (the system's for temporary files)
            """;

    ChaosOptions {
        if (seconds < 1 || rate < 1 || nodes < 1 || drain < 1) {
            throw new IllegalArgumentException("--seconds, --rate, --nodes and --drain must be at least 1");
        }
        jvmOptions = List.copyOf(jvmOptions);
        faults = Set.copyOf(faults);
    }

    /** @throws IllegalArgumentException that says what is wrong */
    static ChaosOptions parse(String... arguments) {
        int seconds = 60;
        int rate = 100;
        int nodes = 2;
        Set<Fault> faults = Set.of(Fault.KILL, Fault.FREEZE, Fault.LOCK);
        long seed = System.nanoTime() % 1_000_000;
        int drain = 120;
        String jvmOptions = "-Xmx400m -XX:+UseSerialGC";
        Path jar = Path.of("target", "bide.jar");
        Path directory = Path.of(System.getProperty("java.io.tmpdir"));
        Deque<String> words = new ArrayDeque<>(List.of(arguments));
        while (!words.isEmpty()) {
            String word = words.pop();
            if (words.isEmpty()) {
                throw new IllegalArgumentException(word + " needs a value");
            }
            String value = words.pop();
            switch (word) {
                case "--seconds" -> seconds = number(word, value);
                case "--rate" -> rate = number(word, value);
                case "--nodes" -> nodes = number(word, value);
                case "--faults" -> faults = Fault.parse(value);
                case "--seed" -> seed = number(word, value);
                case "--drain" -> drain = number(word, value);
                case "--jvm-options" -> jvmOptions = value;
                case "--jar" -> jar = Path.of(value);
                case "--directory" -> directory = Path.of(value);
                default -> throw new IllegalArgumentException("unknown option " + word);
            }
        }
        List<String> options =
                jvmOptions.isBlank() ? List.of() : List.of(jvmOptions.strip().split("\\s+"));
        return new ChaosOptions(seconds, rate, nodes, faults, seed, drain, options, jar, directory);
    }

    static int number(String option, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " must be a whole number, not " + value, e);
        }
    }
}
