package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.DatabaseClock;
import dev.bide.jobstore.Lanes;
import dev.bide.jobstore.internal.complete.CompletionBuffer;
import dev.bide.jobstore.internal.sql.TransactionLimits;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What the store's properties set. Times in milliseconds. Written before the store is initialised. */
public final class StoreSettings {
    /** For a transaction of ours to idle, ms. What a longer pause costs is the transaction, which is done again; Quartz's operations wait longer than this for a lock. */
    private static final long LONGEST_IDLE = 5_000;

    public long failoverMargin = 2_000;
    public long acquireInterval = 20;
    public long watchInterval = 50;
    public boolean acquireAhead;
    public int completionBatch = 1_000;
    public long completionLinger = 5;
    public int completionLimit = 20_000;
    public long completionBytes = 16 << 20;
    public long completionBytesLimit = 64 << 20;
    public int completionThreads = 1;
    public long shutdownPatience = 30_000;
    public long lockTimeout = 2_000;
    /** Measured by the store at its check-ins, where nobody gave it another. */
    public final DatabaseClock measured = new DatabaseClock();

    public InstantSource clock = measured;
    public LongSupplier nanoTime = System::nanoTime;

    /** Taken from Quartz's own properties when the store is initialised. */
    public Beat beat = new Beat(1_000, 500);

    public Lanes lanes = Lanes.NONE;

    /** Null where check-ins take their connection from where all do. */
    public @Nullable DataSource checkIns;

    /**
     * How often a node says that it lives.
     *
     * @param retryMillis pause after a check-in that failed
     */
    public record Beat(long intervalMillis, long retryMillis) {
        public Beat {
            retryMillis = Math.min(intervalMillis, retryMillis);
        }
    }

    public TransactionLimits limits() {
        return new TransactionLimits(Math.min(LONGEST_IDLE, beat.intervalMillis() + failoverMargin), lockTimeout);
    }

    public CompletionBuffer.Settings buffer() {
        return new CompletionBuffer.Settings(
                completionBatch,
                completionBytes,
                completionLinger,
                completionLimit,
                completionBytesLimit,
                completionThreads);
    }

    public static long notNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
        return value;
    }

    public static long atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
        }
        return value;
    }

    public static long positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
        return value;
    }

    public static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
        return value;
    }
}
