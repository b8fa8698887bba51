package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Options;
import java.nio.file.Path;
import java.util.List;

/**
 * The command line of {@code restore.sh}.
 *
 * @param seconds how long the load goes on; the backup is taken after a third of it, the moment to go back to is after two thirds
 */
record RestoreOptions(
        int seconds, int rate, int nodes, long seed, int drain, List<String> jvmOptions, Path jar, Path directory) {
    static final String USAGE = """
            loadtest/restore.sh
              --seconds S        how long the load goes on; the backup is taken after a third, the moment to go back to is after two thirds (60)
              --rate R           new timers a second, over all nodes (100)
              --nodes N          before, and after (2)
              --seed X           of the load (drawn, and printed)
              --drain D          seconds after the restore within which everything must be finished (120)
              --jvm-options "…"  of each node (-Xmx400m -XX:+UseSerialGC)
              --jar FILE         the service (target/bide.jar)
              --directory DIR    data and logs are put into a new directory in it (the system's for temporary files)
            """;

    RestoreOptions {
        if (seconds < 30 || rate < 1 || nodes < 1 || drain < 1) {
            throw new IllegalArgumentException("--seconds must be at least 30, --rate, --nodes and --drain 1");
        }
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** @throws IllegalArgumentException that says what is wrong */
    static RestoreOptions parse(String... arguments) {
        int seconds = 60;
        int rate = 100;
        int nodes = 2;
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
                case "--seed" -> seed = line.number();
                case "--drain" -> drain = line.number();
                case "--jvm-options" -> jvmOptions = line.value();
                case "--jar" -> jar = line.path();
                case "--directory" -> directory = line.path();
                default -> throw line.unknown();
            }
        }
        return new RestoreOptions(seconds, rate, nodes, seed, drain, Options.words(jvmOptions), jar, directory);
    }
}
