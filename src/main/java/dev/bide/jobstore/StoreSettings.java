package dev.bide.jobstore;

import java.time.InstantSource;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What the store's properties set. Times in milliseconds. Written before the store is initialised. */
final class StoreSettings {
    long failoverMargin = 2_000;
    long acquireInterval = 20;
    long watchInterval = 50;
    boolean acquireAhead;
    int completionBatch = 1_000;
    long completionLinger = 5;
    int completionLimit = 20_000;
    long completionBytes = 16 << 20;
    long completionBytesLimit = 64 << 20;
    int completionThreads = 1;
    long shutdownPatience = 30_000;
    long lockTimeout = 2_000;
    /** Measured by the store at its check-ins, where nobody gave it another. */
    final DatabaseClock measured = new DatabaseClock();

    InstantSource clock = measured;
    LongSupplier nanoTime = System::nanoTime;
    Lanes lanes = Lanes.NONE;

    /** Null where check-ins take their connection from where all do. */
    @Nullable
    DataSource checkIns;

    CompletionBuffer.Settings buffer() {
        return new CompletionBuffer.Settings(
                completionBatch,
                completionBytes,
                completionLinger,
                completionLimit,
                completionBytesLimit,
                completionThreads);
    }

    static long notNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
        return value;
    }

    static long atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
        }
        return value;
    }

    static long positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
        return value;
    }

    static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
        return value;
    }
}
