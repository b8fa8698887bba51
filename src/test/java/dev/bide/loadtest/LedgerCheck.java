package dev.bide.loadtest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/** Holds a ledger, as CSV {@code key,firstReceivedAt,dueAt,count}, against the timers that were accepted. */
final class LedgerCheck {
    private final AcceptedTimers timers;
    private final int firstMeasured;
    private final long dueInMillis;
    private final long end;

    /** Index of a timer plus one, at its hash or the next free place after it; 0 is free. */
    private final int[] table;

    /**
     * @param firstMeasured where the timers begin whose lateness counts
     * @param dueInMillis the delay each timer asked for
     * @param end when the last timer was due, in milliseconds since 1970
     */
    LedgerCheck(AcceptedTimers timers, int firstMeasured, long dueInMillis, long end) {
        this.timers = timers;
        this.firstMeasured = firstMeasured;
        this.dueInMillis = dueInMillis;
        this.end = end;
        this.table = new int[Math.max(16, Integer.highestOneBit(Math.max(1, timers.size())) << 2)];
        for (int index = 0; index < timers.size(); index++) {
            int place = find(timers.mostSignificant(index), timers.leastSignificant(index));
            if (table[place] == 0) {
                table[place] = index + 1;
            }
        }
    }

    Verdict check(Reader ledger) throws IOException {
        BitSet received = new BitSet(timers.size());
        Latencies lateness = new Latencies();
        long duplicates = 0;
        long early = 0;
        long misdated = 0;
        long unknown = 0;
        long inTime = 0;
        BufferedReader lines = new BufferedReader(ledger, 1 << 16);
        if (!"key,firstReceivedAt,dueAt,count".equals(lines.readLine())) {
            throw new IOException("the ledger does not begin with its header");
        }
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] fields = line.split(",", -1);
            int index = index(fields[0]);
            if (index < 0) {
                unknown++;
                continue;
            }
            received.set(index);
            long receivedAt = Long.parseLong(fields[1]);
            long dueAt = fields[2].isEmpty() ? 0 : Long.parseLong(fields[2]);
            duplicates += Long.parseLong(fields[3]) - 1;
            if (receivedAt < dueAt || receivedAt < timers.sentAt(index) + dueInMillis) {
                early++;
            }
            if (dueAt < timers.sentAt(index) + dueInMillis || dueAt > timers.answeredAt(index) + dueInMillis) {
                misdated++;
            }
            if (index >= firstMeasured) {
                lateness.record(receivedAt - dueAt);
                if (receivedAt <= end) {
                    inTime++;
                }
            }
        }
        // An id given to two timers is one of them lost.
        long lost = timers.size() - received.cardinality();
        return new Verdict(lost, duplicates, early, misdated, unknown, inTime, lateness);
    }

    private int index(String key) {
        if (key.length() != TimerId.LENGTH) {
            return -1;
        }
        byte[] text = key.getBytes(StandardCharsets.ISO_8859_1);
        return table[find(TimerId.mostSignificant(text, 0), TimerId.leastSignificant(text, 0))] - 1;
    }

    /** Where the id is, or where it belongs. */
    private int find(long most, long least) {
        int mask = table.length - 1;
        int place = Long.hashCode((most ^ Long.rotateLeft(least, 32)) * 0x9E3779B97F4A7C15L) & mask;
        while (table[place] != 0) {
            int index = table[place] - 1;
            if (timers.mostSignificant(index) == most && timers.leastSignificant(index) == least) {
                return place;
            }
            place = (place + 1) & mask;
        }
        return place;
    }
}
