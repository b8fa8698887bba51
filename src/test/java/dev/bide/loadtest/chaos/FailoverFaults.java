package dev.bide.loadtest.chaos;

import dev.bide.loadtest.patroni.PatroniCluster;
import dev.bide.loadtest.patroni.PatroniNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Does to a database that fails over what is to be done to it. */
final class FailoverFaults {
    /** Long after the lease is over, and others have long gone on. */
    private static final Duration LENGTH = Duration.ofSeconds(25);

    private static final Duration ETCD_AWAY = Duration.ofSeconds(10);

    /** For how long two believe that they are primary: the server has woken, and its Patroni has not. */
    private static final Duration TWO_PRIMARIES = Duration.ofSeconds(8);

    private final PatroniCluster database;
    private final FaultLog log;

    FailoverFaults(PatroniCluster database, FaultLog log) {
        this.database = database;
        this.log = log;
    }

    /**
     * Returns once it is over.
     *
     * @param lag for how long nothing is sent to the standbys before
     */
    OldPrimary inject(FailoverFault fault, Duration lag) throws IOException, InterruptedException, SQLException {
        PatroniNode primary = database.primary().orElseThrow(() -> new IOException("there is no primary"));
        if (!lag.isZero()) {
            primary.signalSenders("STOP");
            TimeUnit.MILLISECONDS.sleep(lag.toMillis());
        }
        PatroniNode node = fault == FailoverFault.STANDBY ? database.standby().orElseThrow() : primary;
        // Explains calls that are repeated as a fault of the database does.
        try (FaultLog.Open open = log.begin(Fault.DATABASE, 0, fault + " of " + node.name())) {
            switch (fault) {
                case KILL, STANDBY -> {
                    node.kill();
                    TimeUnit.MILLISECONDS.sleep(LENGTH.toMillis());
                    node.startAgain();
                }
                case FREEZE -> {
                    node.freeze();
                    TimeUnit.MILLISECONDS.sleep(LENGTH.toMillis());
                    log.say(node.name() + "'s server wakes; primary is "
                            + database.primary().map(PatroniNode::name).orElse("none"));
                    node.thawServer();
                    try (Connection connection = database.connect(node)) {
                        return OldPrimary.watch(connection, TWO_PRIMARIES);
                    } finally {
                        node.thawPatroni();
                    }
                }
                case CUT -> {
                    database.network().cutOff(node.number());
                    TimeUnit.MILLISECONDS.sleep(LENGTH.toMillis());
                    database.network().plugIn(node.number());
                }
                case SWITCHOVER -> database.switchOver(node);
                case ETCD -> database.restartEtcd(ETCD_AWAY);
            }
        }
        return OldPrimary.NONE;
    }
}
