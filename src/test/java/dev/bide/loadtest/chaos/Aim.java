package dev.bide.loadtest.chaos;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Freezes a node while it is inside a transaction that has written or locked rows: stop, look, and if it is not, let it go and try again. */
final class Aim {
    private static final String HOLDS = """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name LIKE ? AND state = 'idle in transaction' AND backend_xid IS NOT NULL""";

    private static final int SETTLING_MILLIS = 30;

    private final DatabaseProcess database;
    private final Random random;

    Aim(DatabaseProcess database, Random random) {
        this.database = database;
        this.random = random;
    }

    /** Returns how often it had to try, and leaves the node frozen; 0 if it was never met inside a transaction, and then it runs. */
    int freeze(BideNode node, Duration patience) throws SQLException, IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        try (Connection connection = database.connect()) {
            for (int tries = 1; System.nanoTime() < end; tries++) {
                node.freeze();
                boolean hit = false;
                try {
                    // What the server was about to answer has become "idle in transaction" by then.
                    TimeUnit.MILLISECONDS.sleep(SETTLING_MILLIS);
                    hit = inTransaction(connection, node);
                } finally {
                    if (!hit) {
                        node.thaw();
                    }
                }
                if (hit) {
                    return tries;
                }
                TimeUnit.MILLISECONDS.sleep(10 + random.nextInt(60));
            }
        }
        return 0;
    }

    static boolean inTransaction(Connection connection, BideNode node) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HOLDS)) {
            statement.setString(1, node.session() + "%");
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getInt(1) > 0;
            }
        }
    }
}
