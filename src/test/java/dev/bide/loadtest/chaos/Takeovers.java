package dev.bide.loadtest.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the nodes' logs say of one that took over from another. From one that lives and that nothing happened to, it should not have: that is a note, and no violation. */
final class Takeovers {
    private static final Pattern LINE =
            Pattern.compile("(\\d\\d:\\d\\d:\\d\\d\\.\\d{3}) .*took over from instance chaos-(\\d+):.*");

    /** How long after a fault its node is still taken over from. */
    private static final long AFTER_FAULT_MILLIS = 15_000;

    /** Nodes' clocks are up to five seconds off. */
    private static final long CLOCKS_MILLIS = 6_000;

    private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);

    private Takeovers() {}

    /** A line for people for each of these. */
    static List<String> unexplained(Path logs, List<FaultWindow> faults) throws IOException {
        List<String> notes = new ArrayList<>();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("node-"))
                    .sorted()
                    .toList()) {
                for (String line : Files.readAllLines(file)) {
                    unexplained(line, faults)
                            .ifPresent(node -> notes.add("NOTE: took over a node that nobody touched, node " + node
                                    + ": " + file.getFileName() + ": " + line));
                }
            }
        }
        return notes;
    }

    /** Of a line of a log that says that a node was taken over from, the number of that node, if it had no fault. */
    static Optional<Integer> unexplained(String line, List<FaultWindow> faults) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long timeOfDay =
                TimeUnit.NANOSECONDS.toMillis(LocalTime.parse(matcher.group(1)).toNanoOfDay());
        int node = Integer.parseInt(matcher.group(2));
        return faults.stream().anyMatch(fault -> explains(fault, node, timeOfDay))
                ? Optional.empty()
                : Optional.of(node);
    }

    /** The logs say no day. */
    private static boolean explains(FaultWindow fault, int node, long timeOfDay) {
        boolean itsOwn = fault.node() == node || fault.fault().repeats == Fault.Repeats.ALL_NODES;
        long begun = Math.floorMod(timeOfDay - fault.from() + CLOCKS_MILLIS, DAY_MILLIS);
        return itsOwn && begun <= fault.to() - fault.from() + AFTER_FAULT_MILLIS + 2 * CLOCKS_MILLIS;
    }
}
