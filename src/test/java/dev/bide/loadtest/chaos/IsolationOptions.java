package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Options;
import java.nio.file.Path;
import java.util.List;

/**
 * The command line of {@code isolation.sh}.
 *
 * @param kind which case
 * @param seconds how long it is watched; 0 for what the case takes
 * @param count how many misbehave; 0 for what the case takes
 * @param rate of good timers a second; 0 for what the case takes
 * @param redis whether the workers lease limits
 * @param jvmOptions of each node; empty for what the case takes
 * @param jar the service
 * @param directory where a directory for data and logs is made
 */
record IsolationOptions(
        String kind,
        int seconds,
        int count,
        int rate,
        boolean redis,
        List<String> jvmOptions,
        Path jar,
        Path directory) {

    static final String USAGE = """
            loadtest/isolation.sh --case CASE
              --case CASE        hung: 600 destinations that never answer, beside 10 good timers a second
                                 burst: 200,000 timers due at once for one slow host, beside 50 a second for another
                                 slow-senders: 140 clients that send a byte now and then, with a wrong key and with a right one
                                 large-inputs: 500 runs with inputs of 255 KiB due at once on a heap of 256 MB, and a list of them all
                                 frozen: a node frozen inside a transaction at 300 timers a second
                                 paused: a million timers held by a paused destination, beside 500 a second for another
                                 limits: 1, 2 and 3 workers of unequal load, one killed, and a limit of 50 calls a second
              --seconds S        how long it is watched (as the case has it)
              --count N          how many misbehave: destinations, timers, clients, runs (as the case has it)
              --rate R           good timers a second, or the limit (as the case has it)
              --redis            limits: with a Redis Cluster of six processes, one of which is killed
              --jvm-options "…"  of each node (as the case has it)
              --jar FILE         the service (target/bide.jar)
              --directory DIR    data and logs are put into a new directory in it (the system's for temporary files)
            """;

    /** @throws IllegalArgumentException that says what is wrong */
    static IsolationOptions parse(String... arguments) {
        String kind = "";
        int seconds = 0;
        int count = 0;
        int rate = 0;
        boolean redis = false;
        String jvmOptions = "";
        Path jar = Options.JAR;
        Path directory = Options.DIRECTORY;
        Options line = new Options(arguments);
        while (line.hasNext()) {
            switch (line.next()) {
                case "--case" -> kind = line.value();
                case "--seconds" -> seconds = line.number();
                case "--count" -> count = line.number();
                case "--rate" -> rate = line.number();
                case "--redis" -> redis = true;
                case "--jvm-options" -> jvmOptions = line.value();
                case "--jar" -> jar = line.path();
                case "--directory" -> directory = line.path();
                default -> throw line.unknown();
            }
        }
        return new IsolationOptions(kind, seconds, count, rate, redis, Options.words(jvmOptions), jar, directory);
    }

    int secondsOr(int usual) {
        return seconds == 0 ? usual : seconds;
    }

    int countOr(int usual) {
        return count == 0 ? usual : count;
    }

    int rateOr(int usual) {
        return rate == 0 ? usual : rate;
    }
}
