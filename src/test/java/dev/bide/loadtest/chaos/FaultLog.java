package dev.bide.loadtest.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** The faults of a run: those that are over, and those that go on. Prints each. Safe for several threads. */
final class FaultLog {
    private final List<FaultWindow> windows = new CopyOnWriteArrayList<>();
    private final Set<Open> open = ConcurrentHashMap.newKeySet();
    private final long start = System.currentTimeMillis();

    /** A fault that goes on; closing it ends it. */
    final class Open implements AutoCloseable {
        private final Fault fault;
        private final int node;
        private final String held;
        private final long from = System.currentTimeMillis();

        private Open(Fault fault, int node, String held) {
            this.fault = fault;
            this.node = node;
            this.held = held;
        }

        @Override
        public void close() {
            if (open.remove(this)) {
                windows.add(new FaultWindow(fault, node, held, from, System.currentTimeMillis()));
                say(fault + " is over");
            }
        }

        @Override
        public String toString() {
            return fault + (node == 0 ? "" : " of node " + node);
        }
    }

    /** @param node 0 for a fault of all */
    Open begin(Fault fault, int node, String what) {
        return begin(fault, node, "", what);
    }

    /** @param held whose row is locked, as in {@link FaultWindow} */
    Open begin(Fault fault, int node, String held, String what) {
        Open begun = new Open(fault, node, held);
        open.add(begun);
        say(fault + ": " + what);
        return begun;
    }

    /** With the time since 1970 too, by which it is found among calls. */
    void say(String what) {
        long now = System.currentTimeMillis();
        System.out.printf(Locale.ROOT, "%7.1f s  ! %s (%d)%n", (now - start) / 1000.0, what, now);
    }

    /** What goes on, for people. */
    String now() {
        return open.isEmpty() ? "-" : open.stream().map(Open::toString).sorted().collect(Collectors.joining(" + "));
    }

    /** All there were, with those that go on, which count as ending now. */
    List<FaultWindow> all() {
        List<FaultWindow> all = new ArrayList<>(windows);
        long now = System.currentTimeMillis();
        open.forEach(fault -> all.add(new FaultWindow(fault.fault, fault.node, fault.held, fault.from, now)));
        return all;
    }

    long count(Fault fault) {
        return all().stream().filter(window -> window.fault() == fault).count();
    }
}
