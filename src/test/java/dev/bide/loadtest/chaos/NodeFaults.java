package dev.bide.loadtest.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What befalls nodes: one at a time. */
final class NodeFaults extends Injector {
    private static final Duration AIM_PATIENCE = Duration.ofSeconds(30);

    private final Cluster cluster;
    private final Aim aim;
    private int freezes;

    NodeFaults(Set<Fault> faults, Cluster cluster, DatabaseProcess database, FaultLog log, Moment end, long seed) {
        super("faults of nodes", faults, log, end, seed);
        this.cluster = cluster;
        this.aim = new Aim(database, random);
    }

    @Override
    void inject(Fault fault) throws Exception {
        replaceEnded();
        List<BideNode> nodes = cluster.nodes();
        BideNode node = nodes.get(random.nextInt(nodes.size()));
        switch (fault) {
            case KILL -> {
                try (FaultLog.Open open = log.begin(fault, node.number(), "node " + node.number() + " is killed")) {
                    node.kill();
                }
                replace(node);
            }
            case STOP, CLOCK -> {
                try (FaultLog.Open open =
                        log.begin(fault, node.number(), "node " + node.number() + " is told to stop")) {
                    node.avoid(Duration.ofMinutes(2));
                    if (!node.stop()) {
                        log.say("node " + node.number() + " did not stop within a minute; killed");
                        node.kill();
                    }
                }
                replace(node);
            }
            case FREEZE -> freeze(node);
            case DATABASE, BACKENDS, LOCK, SNAPSHOT, DISK, SLOW ->
                throw new IllegalArgumentException(fault + " is no fault of a node");
        }
    }

    /** Those whose successor did not come up, and those that ended by themselves. */
    private void replaceEnded() throws Exception {
        for (BideNode node : cluster.nodes()) {
            if (!node.alive()) {
                log.say("node " + node.number() + " is gone");
                replace(node);
            }
        }
    }

    /** It stays among the nodes until its successor is up: who asks it is refused. */
    private void replace(BideNode node) throws Exception {
        BideNode successor = cluster.add();
        cluster.remove(node);
        log.say("node " + successor.number() + " takes the place of node " + node.number());
    }

    /** Every other one is aimed, the first among them. */
    private void freeze(BideNode node) throws Exception {
        boolean aimed = freezes++ % 2 == 0;
        String what = "node " + node.number() + " is " + (aimed ? "aimed at" : "frozen");
        // Each try of the aim freezes it too, for a moment.
        try (FaultLog.Open open = log.begin(Fault.FREEZE, node.number(), what)) {
            int tries = aimed ? aim.freeze(node, AIM_PATIENCE) : 0;
            if (tries == 0) {
                node.freeze();
            }
            if (aimed) {
                log.say("node " + node.number() + " is frozen "
                        + (tries > 0
                                ? "inside a transaction (met at the " + tries + ". try)"
                                : "(never met inside a transaction)"));
            }
            end.waitFor(aimed ? seconds(15, 10) : seconds(8, 7));
            node.thaw();
        } finally {
            node.thaw();
        }
    }
}
