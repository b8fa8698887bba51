package dev.bide.loadtest.chaos;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What may go wrong, and whose calls it may repeat. */
enum Fault {
    /** SIGKILL, and a new node in its place. */
    KILL(Repeats.ITS_NODE),
    /** SIGSTOP for longer than the failover, then SIGCONT. */
    FREEZE(Repeats.ITS_NODE),
    /** SIGTERM, and a new node in its place. */
    STOP(Repeats.ITS_NODE),
    /** The database server ends at once and starts again. */
    DATABASE(Repeats.ALL_NODES),
    /** Sessions of the nodes are ended, two a second. */
    BACKENDS(Repeats.ALL_NODES),
    /** A row is locked for a while. */
    LOCK(Repeats.NOTHING),
    /** A transaction that keeps its snapshot. */
    SNAPSHOT(Repeats.NOTHING),
    /** Nodes whose clocks are some seconds off; a node is stopped, and its successor has another clock. */
    CLOCK(Repeats.ITS_NODE),
    /** No space is left where the database is. */
    DISK(Repeats.ALL_NODES),
    /** Third parties that hang, drip, reset, or answer 429. */
    SLOW(Repeats.NOTHING);

    /** The calls that a fault may repeat. */
    enum Repeats {
        NOTHING,
        ITS_NODE,
        ALL_NODES
    }

    static final Set<Fault> OF_NODES = EnumSet.of(KILL, FREEZE, STOP, CLOCK);
    static final Set<Fault> OF_DATABASE = EnumSet.of(DATABASE, BACKENDS, LOCK, SNAPSHOT, DISK);

    final Repeats repeats;

    Fault(Repeats repeats) {
        this.repeats = repeats;
    }

    /** @throws IllegalArgumentException for a name that is none */
    static Set<Fault> parse(String list) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        for (String name : list.split(",")) {
            faults.addAll(
                    switch (name.strip()) {
                        case "all" -> EnumSet.allOf(Fault.class);
                        case "none", "" -> Set.<Fault>of();
                        default -> Set.of(named(name.strip()));
                    });
        }
        return faults;
    }

    private static Fault named(String name) {
        return Arrays.stream(values())
                .filter(fault -> fault.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no fault " + name + "; there are "
                        + Arrays.stream(values()).map(Fault::toString).collect(Collectors.joining(", "))
                        + ", all, none"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
