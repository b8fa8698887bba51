package dev.bide.loadtest;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command line of {@code sustained.sh}.
 *
 * @param rate new timers a second
 * @param seconds how long
 * @param warmUp seconds before that in which the rate rises from nothing; checked, but not in the figures
 * @param bulk timers in a request; 0 for single ones
 * @param dueIn seconds after a timer is made
 * @param thirdPartyDelayMillis how long the third party takes for each call
 * @param waiting timers stored beforehand that wait for years
 * @param bad timers for a third party that never answers
 * @param consoles consoles that are open beside the load
 * @param anyRate whether a run passes that falls short of the rate
 * @param jvmOptions of the service
 * @param jar the service
 * @param directory where a directory for data and logs is made
 * @param keepData whether the database stays
 */
record SustainedOptions(
        int rate,
        int seconds,
        int warmUp,
        int bulk,
        int dueIn,
        long thirdPartyDelayMillis,
        int waiting,
        int bad,
        int consoles,
        boolean anyRate,
        List<String> jvmOptions,
        Path jar,
        Path directory,
        boolean keepData) {

    static final String USAGE = """
            loadtest/sustained.sh --rate R --seconds S
              --rate R                 new timers a second, and a few seconds later as many due ones
              --seconds S              how long
              --warm-up W              seconds before that in which the rate rises from 0 to R; checked, but not in the figures (60)
              --bulk B                 B timers in each request, by POST /v1/timers/bulk (single ones by POST /v1/timers)
              --due-in D               each timer is due D seconds after it is made (5)
              --third-party-delay T    how long the third party takes for each call: 100ms, 2s (0ms)
              --waiting N              N timers stored beforehand, in bulk, that wait for one to nine years (0)
              --bad N                  N timers beside, for a third party that takes calls and never answers; timeout 5 s (0)
              --consoles N             N consoles open beside the load, each asking as often as its pages do (0)
              --any-rate               pass also when the machine does not keep up: for checks of correctness
              --jvm-options "…"        of the service (-Xms1g -Xmx1g -XX:+UseParallelGC)
              --jar FILE               the service (target/bide.jar)
              --directory DIR          data and logs are put into a new directory in it (the system's for temporary files)
              --keep-data              do not delete the database at the end
            """;

    private static final Pattern DELAY = Pattern.compile("(\\d{1,6})(ms|s)");

    SustainedOptions {
        if (rate < 1 || seconds < 1) {
            throw new IllegalArgumentException("--rate and --seconds must be at least 1");
        }
        if (warmUp < 0 || bulk < 0 || dueIn < 0 || waiting < 0 || bad < 0 || consoles < 0) {
            throw new IllegalArgumentException("no number may be negative");
        }
        if (bulk > 10_000) {
            throw new IllegalArgumentException("--bulk must be at most 10000");
        }
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** @throws IllegalArgumentException that says what is wrong */
    static SustainedOptions parse(String... arguments) {
        int rate = 0;
        int seconds = 0;
        int warmUp = 60;
        int bulk = 0;
        int dueIn = 5;
        long thirdPartyDelay = 0;
        int waiting = 0;
        int bad = 0;
        int consoles = 0;
        boolean anyRate = false;
        String jvmOptions = "-Xms1g -Xmx1g -XX:+UseParallelGC";
        Path jar = Options.JAR;
        Path directory = Options.DIRECTORY;
        boolean keepData = false;
        Options line = new Options(arguments);
        while (line.hasNext()) {
            String word = line.next();
            switch (word) {
                case "--rate" -> rate = line.number();
                case "--seconds" -> seconds = line.number();
                case "--warm-up" -> warmUp = line.number();
                case "--bulk" -> bulk = line.number();
                case "--due-in" -> dueIn = line.number();
                case "--third-party-delay" -> thirdPartyDelay = millis(word, line.value());
                case "--waiting" -> waiting = line.number();
                case "--bad" -> bad = line.number();
                case "--consoles" -> consoles = line.number();
                case "--any-rate" -> anyRate = true;
                case "--jvm-options" -> jvmOptions = line.value();
                case "--jar" -> jar = line.path();
                case "--directory" -> directory = line.path();
                case "--keep-data" -> keepData = true;
                default -> throw line.unknown();
            }
        }
        return new SustainedOptions(
                rate,
                seconds,
                warmUp,
                bulk,
                dueIn,
                thirdPartyDelay,
                waiting,
                bad,
                consoles,
                anyRate,
                Options.words(jvmOptions),
                jar,
                directory,
                keepData);
    }

    /** How many timers the load will make, warm-up and all. */
    long timers() {
        return (long) rate * seconds + (long) rate * warmUp / 2;
    }

    private static long millis(String option, String value) {
        Matcher matcher = DELAY.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(option + " must be like 100ms or 2s, not " + value);
        }
        return Long.parseLong(matcher.group(1)) * (matcher.group(2).equals("s") ? 1000 : 1);
    }
}
