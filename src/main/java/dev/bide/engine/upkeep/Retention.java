package dev.bide.engine.upkeep;

import dev.bide.workflow.store.Database;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long the cluster keeps what is finished. It stands in the database, once for all nodes: a node with another file, be it an old one or that of
 * another cluster, must not drop what the others keep.
 */
public final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private Retention() {}

    /**
     * At the start of a node.
     *
     * @param days what its configuration says
     * @param scheduler its configuration holds for the cluster, where nobody has said anything yet
     */
    public static void agree(Database database, int days, boolean scheduler) {
        OptionalInt before = database.inTransaction(session -> session.history().daysKept());
        if (before.isEmpty()) {
            if (!scheduler) {
                return;
            }
            int kept = database.inTransaction(session -> session.history().keepUnlessKept(days));
            LOG.info(
                    "The cluster keeps its history for {} days from now on, whatever other nodes are configured to",
                    kept);
            tell(days, kept);
        } else {
            tell(days, before.getAsInt());
        }
    }

    private static void tell(int days, int kept) {
        if (days != kept) {
            LOG.warn(
                    "engine.retention is {} days on this node, but the cluster keeps its history for {} days, and that is what holds."
                            + " Set engine.retention to {}d here; or, to change what the cluster keeps, run: java -jar bide.jar retention --days {}",
                    days,
                    kept,
                    kept,
                    days);
        }
    }
}
