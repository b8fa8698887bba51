package dev.bide.jobstore;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of fired-trigger entries: the instance, a number for the batch, and (added by the statement that takes the batch) the address of the trigger's row. Never
 * used twice in the cluster.
 */
final class EntryIds {
    /** Of the 95 characters that Quartz's column has; the rest is for the number and the address. */
    private static final int LONGEST_INSTANCE = 60;

    private static final int NUMBER_BASE = 36;

    private final String instance;
    // 20 bits for the batches of a millisecond: a later life of the same instance id starts with a higher number.
    private final AtomicLong batches = new AtomicLong(System.currentTimeMillis() << 20);

    EntryIds(String instance) {
        // A long id gives way to the hash of all of it.
        this.instance = instance.length() <= LONGEST_INSTANCE
                ? instance
                : instance.substring(0, LONGEST_INSTANCE - 8) + Integer.toHexString(instance.hashCode());
    }

    /** What the ids of one batch begin with. */
    String nextBatch() {
        return instance + "-" + Long.toString(batches.getAndIncrement(), NUMBER_BASE);
    }
}
