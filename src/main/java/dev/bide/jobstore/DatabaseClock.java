package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The database's time, as one clock for all nodes: what decides (what is due, who is dead, what is old) must not depend on how well each node's own clock is set.
 * Between two measurements it goes by this machine's monotonic clock, so that a node whose clock is set forward or back notices nothing. Before the first one, and
 * wherever the two are as good as the same, it is the node's own clock: a measurement is some milliseconds wrong where the answer took long, and nodes whose clocks
 * are kept need not differ by that. Thread-safe.
 */
public final class DatabaseClock implements InstantSource {
    /** How far two machines' monotonic clocks part at most: 500 millionths, 50 times what quartzes do. */
    private static final long DRIFT = 2_000;

    /** Clocks this near to one another count as the same: the order of what a measurement on a busy machine is wrong by. */
    private static final Duration ALIKE = Duration.ofMillis(20);

    /** @param error by how much {@code time} may be wrong, ns */
    private record Measured(Instant time, long nanos, long error) {
        Instant at(long now) {
            return time.plusNanos(now - nanos);
        }

        long errorAt(long now) {
            return error + (now - nanos) / DRIFT;
        }

        /** Or the database's clock was set, or it is another database. */
        boolean agreesWith(Measured other) {
            Duration apart = Duration.between(at(other.nanos), other.time).abs();
            return apart.compareTo(Duration.ofNanos(errorAt(other.nanos) + other.error)) <= 0;
        }
    }

    private final InstantSource own;
    private volatile @Nullable Measured measured;

    public DatabaseClock() {
        this(InstantSource.system());
    }

    /** @param own this node's clock */
    public DatabaseClock(InstantSource own) {
        this.own = own;
    }

    @Override
    public Instant instant() {
        Instant ours = own.instant();
        Measured last = measured;
        if (last == null) {
            return ours;
        }
        Instant theirs = last.at(System.nanoTime());
        return Duration.between(theirs, ours).abs().compareTo(ALIKE) <= 0 ? ours : theirs;
    }

    /** How far this node's own clock is ahead of the database's; negative where it is behind, zero before the first measurement. */
    public Duration offset() {
        Measured last = measured;
        return last == null ? Duration.ZERO : Duration.between(last.at(System.nanoTime()), own.instant());
    }

    /**
     * Asks the database. Half of the way there and back counts as the way there; an answer that took long says less than one before it that was quick, and is dropped
     * while that is better.
     */
    public void measure(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            measure(connection);
        }
    }

    /** The same on a connection of the caller's. */
    public void measure(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            long asked = System.nanoTime();
            try (ResultSet row = statement.executeQuery("SELECT extract(epoch FROM clock_timestamp()) * 1000000")) {
                row.next();
                long micros = row.getLong(1);
                long answered = System.nanoTime();
                long half = (answered - asked) / 2;
                Measured now = new Measured(
                        Instant.EPOCH.plusSeconds(micros / 1_000_000).plusNanos(micros % 1_000_000 * 1_000),
                        asked + half,
                        half);
                Measured last = measured;
                if (last == null || now.error() <= last.errorAt(now.nanos()) || !last.agreesWith(now)) {
                    measured = now;
                }
            }
        }
    }
}
