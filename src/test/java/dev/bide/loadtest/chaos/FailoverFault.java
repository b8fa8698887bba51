package dev.bide.loadtest.chaos;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What may befall a database that fails over. */
enum FailoverFault {
    /** The primary's server and its Patroni end at once (SIGKILL), and start again later. */
    KILL,
    /** Both stand still (SIGSTOP) until long after the lease is over; then the server wakes, and its Patroni some seconds later. */
    FREEZE,
    /** Nothing reaches the primary, and nothing comes from it. */
    CUT,
    /** Another node is made primary on purpose. */
    SWITCHOVER,
    /** The standby that commits wait for ends at once. */
    STANDBY,
    /** The etcd that says who is primary is away for ten seconds. */
    ETCD;

    /** @throws IllegalArgumentException for a name that is none */
    static Set<FailoverFault> parse(String list) {
        if (list.equals("all")) {
            return new LinkedHashSet<>(Arrays.asList(values()));
        }
        return Arrays.stream(list.split(","))
                .map(name -> named(name.strip()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static FailoverFault named(String name) {
        return Arrays.stream(values())
                .filter(fault -> fault.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no fault " + name + "; there are "
                        + Arrays.stream(values()).map(FailoverFault::toString).collect(Collectors.joining(", "))
                        + ", all"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
