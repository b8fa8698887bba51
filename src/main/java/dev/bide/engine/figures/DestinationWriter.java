package dev.bide.engine.figures;

import dev.bide.delivery.Delivery;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.delivery.destination.DestinationFigures;
import dev.bide.workflow.figures.DestinationStore.Figures;
import dev.bide.workflow.figures.HostPort;
import dev.bide.workflow.store.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes what this node's calls to each destination came to in the last minute: in one transaction, that waits for nobody, and touches rows of this node alone. */
public final class DestinationWriter {
    /** The busiest: 0.2 kB of WAL for each. */
    public static final int MOST = 500;

    private final Database database;
    private final Delivery delivery;
    private final String nodeId;

    /** @param database whose connections wait for no request */
    public DestinationWriter(Database database, Delivery delivery, String nodeId) {
        this.database = database;
        this.delivery = delivery;
        this.nodeId = nodeId;
    }

    /** One at a time, or an older minute might be written over a newer one. */
    public synchronized void write() {
        List<Figures> figures =
                delivery.destinations(MOST).stream().map(this::figures).toList();
        database.inTransaction(session -> {
            session.hardlyWait();
            session.giveUpAfter(NodeFigures.PATIENCE);
            session.destinations().write(nodeId, figures);
            return figures;
        });
    }

    private Figures figures(DestinationFigures now) {
        Map<String, Integer> deferred = new HashMap<>();
        now.deferred().forEach((reason, count) -> deferred.put(word(reason), count));
        return new Figures(
                nodeId,
                new HostPort(now.host(), now.port()),
                now.over(),
                now.delivered(),
                now.retryable(),
                now.refused(),
                deferred,
                now.inFlight(),
                now.breaker().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                now.held(),
                now.latency());
    }

    /** As the contract has it. */
    static String word(Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
