package dev.bide.jobstore.internal.fire;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of fired-trigger entries: the instance, a number for the batch, and (added by the statement that takes the batch) the address of the trigger's row. Never
 * used twice in the cluster. Later batches have larger ids, as texts too: until the year 2113 the number has twelve digits.
 */
public final class EntryIds {
    /** Of the 95 characters that Quartz's column has; the rest is for the number and the address. */
    private static final int LONGEST_INSTANCE = 60;

    private static final int NUMBER_BASE = 36;
    private static final int DIGITS = 12;

    /** Said of an id that is not of this form. */
    static final long NO_NUMBER = -1;

    private final String prefix;
    private final InstantSource clock;
    private final AtomicLong batches = new AtomicLong(NO_NUMBER);
    private volatile long first = Long.MAX_VALUE;

    public EntryIds(String instance, InstantSource clock) {
        // A long id gives way to the hash of all of it.
        String name = instance.length() <= LONGEST_INSTANCE
                ? instance
                : instance.substring(0, LONGEST_INSTANCE - 8) + Integer.toHexString(instance.hashCode());
        this.prefix = name + "-";
        this.clock = clock;
    }

    /** What the ids of one batch begin with. */
    public String nextBatch() {
        if (first == Long.MAX_VALUE) {
            begin();
        }
        return text(batches.getAndIncrement());
    }

    /** The first batch of this life is taken when the clock has been measured. */
    private synchronized void begin() {
        if (first == Long.MAX_VALUE) {
            // 20 bits for the batches of a millisecond: a later life of the same instance id starts with a higher
            // number.
            long start = clock.millis() << 20;
            batches.set(start);
            first = start;
        }
    }

    /** The number of the batch that will be next; 0 before the first. */
    public long next() {
        return first == Long.MAX_VALUE ? 0 : batches.get();
    }

    /** The number of the batch of this entry; {@link #NO_NUMBER} where it is another instance's. */
    public long number(String entry) {
        int end = entry.indexOf('(');
        if (!entry.startsWith(prefix) || end < 0) {
            return NO_NUMBER;
        }
        try {
            return Long.parseLong(entry.substring(prefix.length(), end), NUMBER_BASE);
        } catch (NumberFormatException e) {
            return NO_NUMBER;
        }
    }

    /** False for what an earlier life of this instance took, or another node of its name. */
    public boolean isOfThisLife(String entry) {
        return number(entry) >= first;
    }

    /** Ids of this instance from a batch on are not before this, and before {@link #end}. */
    public String from(long number) {
        return text(number);
    }

    public String end() {
        return prefix + "z".repeat(DIGITS + 1);
    }

    private String text(long number) {
        String digits = Long.toString(number, NUMBER_BASE);
        return prefix + "0".repeat(Math.max(0, DIGITS - digits.length())) + digits;
    }
}
