package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Options;
import java.nio.file.Path;
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
        Path jar = Options.JAR;
        Path directory = Options.DIRECTORY;
        Options line = new Options(arguments);
        while (line.hasNext()) {
            switch (line.next()) {
                case "--seconds" -> seconds = line.number();
                case "--rate" -> rate = line.number();
                case "--nodes" -> nodes = line.number();
                case "--faults" -> faults = Fault.parse(line.value());
                case "--seed" -> seed = line.number();
                case "--drain" -> drain = line.number();
                case "--jvm-options" -> jvmOptions = line.value();
                case "--jar" -> jar = line.path();
                case "--directory" -> directory = line.path();
                default -> throw line.unknown();
            }
        }
        return new ChaosOptions(seconds, rate, nodes, faults, seed, drain, Options.words(jvmOptions), jar, directory);
    }
}
