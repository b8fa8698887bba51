package dev.bide.loadtest.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The nodes that run. Safe for several threads. */
final class Cluster implements AutoCloseable {
    private static final int MOST_CLOCK_SECONDS = 5;

    private final BideNode.Settings settings;
    private final boolean clocksDiffer;
    private final Random clocks;
    private final FaultLog log;
    private final List<BideNode> nodes = new CopyOnWriteArrayList<>();
    private final List<BideNode> starting = new CopyOnWriteArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private boolean closed;

    /** @param clocksDiffer whether each node has a clock of its own */
    Cluster(BideNode.Settings settings, boolean clocksDiffer, long seed, FaultLog log) {
        this.settings = settings;
        this.clocksDiffer = clocksDiffer;
        this.log = log;
        this.clocks = new Random(seed);
    }

    /** Starts one more node; returns once it is up. */
    BideNode add() throws IOException, InterruptedException {
        int number = numbers.incrementAndGet();
        int clock = clocksDiffer ? clocks.nextInt(2 * MOST_CLOCK_SECONDS + 1) - MOST_CLOCK_SECONDS : 0;
        BideNode node;
        synchronized (this) {
            if (closed) {
                throw new IOException("the run is over");
            }
            node = BideNode.start(settings, number, clock);
            starting.add(node);
        }
        try {
            node.awaitUp();
            nodes.add(node);
        } catch (IOException e) {
            // It may have begun to call long before it says that it is up.
            try (FaultLog.Open open =
                    log.begin(Fault.KILL, number, "node " + number + " did not come up, and is killed")) {
                node.kill();
            }
            throw e;
        } finally {
            starting.remove(node);
        }
        if (clocksDiffer) {
            System.out.println("            node " + number + "'s clock is off by " + clock + " s");
        }
        return node;
    }

    void remove(BideNode node) {
        nodes.remove(node);
    }

    List<BideNode> nodes() {
        return List.copyOf(nodes);
    }

    /** The directory of the nodes' logs. */
    Path logs() {
        return settings.logs();
    }

    /** How many there have been: their numbers go from 1 to this. */
    int everStarted() {
        return numbers.get();
    }

    /** One that takes requests, as far as is known; where all are avoided, the one for the shortest time. */
    BideNode any(Random random) {
        List<BideNode> all = new ArrayList<>(nodes);
        List<BideNode> good = all.stream().filter(node -> !node.avoided()).toList();
        if (!good.isEmpty()) {
            return good.get(random.nextInt(good.size()));
        }
        return all.stream()
                .min(Comparator.comparingLong(BideNode::avoidedNanos))
                .orElseThrow(() -> new IllegalStateException("there is no node left"));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        synchronized (this) {
            closed = true;
        }
        List<Thread> ends = new ArrayList<>();
        for (BideNode node :
                Stream.concat(nodes.stream(), starting.stream()).distinct().toList()) {
            Thread end = new Thread(() -> end(node), "end of node " + node.number());
            end.start();
            ends.add(end);
        }
        for (Thread end : ends) {
            end.join();
        }
        nodes.clear();
    }

    private static void end(BideNode node) {
        try {
            node.close();
        } catch (IOException | InterruptedException e) {
            System.err.println("Cannot stop node " + node.number() + ": " + e);
        }
    }
}
