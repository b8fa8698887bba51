package dev.bide.loadtest;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** How often each key was received, and first when: 32 bytes a key, of which room is made beforehand, so that nothing is ever copied. For one thread. */
final class CallLedger {
    static final String HEADER = "key,firstReceivedAt,dueAt,count\n";

    private final long[] ids;
    private final long[] firstReceivedAt;
    private final int[] dueAfter;
    private final int[] counts;
    private int size;

    /** @param capacity how many keys it takes at least */
    CallLedger(int capacity) {
        int places = Integer.highestOneBit(Math.max(16, capacity)) << 1;
        ids = new long[2 * places];
        firstReceivedAt = new long[places];
        dueAfter = new int[places];
        counts = new int[places];
    }

    /** Notes a call; times are milliseconds since 1970. */
    void note(long mostSignificant, long leastSignificant, long receivedAt, long dueAt) {
        int mask = counts.length - 1;
        int place =
                Long.hashCode((mostSignificant ^ Long.rotateLeft(leastSignificant, 32)) * 0x9E3779B97F4A7C15L) & mask;
        while (counts[place] > 0 && (ids[2 * place] != mostSignificant || ids[2 * place + 1] != leastSignificant)) {
            place = (place + 1) & mask;
        }
        if (counts[place]++ > 0) {
            return;
        }
        if (++size == counts.length) {
            throw new IllegalStateException("more keys than the " + size + " there is room for");
        }
        ids[2 * place] = mostSignificant;
        ids[2 * place + 1] = leastSignificant;
        firstReceivedAt[place] = receivedAt;
        dueAfter[place] = Math.toIntExact(dueAt - receivedAt);
    }

    int keys() {
        return size;
    }

    /** How many places there are, taken or free. */
    int places() {
        return counts.length;
    }

    /** The lines of these places as CSV; in no order. */
    byte[] lines(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int place = from; place < Math.min(to, counts.length); place++) {
            if (counts[place] > 0) {
                text.append(new UUID(ids[2 * place], ids[2 * place + 1]))
                        .append(',')
                        .append(firstReceivedAt[place])
                        .append(',')
                        .append(firstReceivedAt[place] + dueAfter[place])
                        .append(',')
                        .append(counts[place])
                        .append('\n');
            }
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
