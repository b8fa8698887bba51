package dev.bide.loadtest;

import java.util.ArrayList;
import java.util.List;

/**
 * Every id that was accepted, with the time its request was sent and the time its answer came: 24 bytes a timer, and never copied while the load runs. One thread
 * adds; others read after that thread has ended. Times are milliseconds since 1970.
 */
final class AcceptedTimers {
    private static final int CHUNK = 1 << 16;

    private static final class Chunk {
        final long[] ids = new long[2 * CHUNK];
        final int[] times = new int[2 * CHUNK];
    }

    private final List<Chunk> chunks = new ArrayList<>();
    private final long epoch;
    private int size;

    /** @param epoch a time before all others here, by less than 24 days */
    AcceptedTimers(long epoch) {
        this.epoch = epoch;
    }

    void add(long mostSignificant, long leastSignificant, long sentAt, long answeredAt) {
        int offset = 2 * (size % CHUNK);
        if (offset == 0) {
            chunks.add(new Chunk());
        }
        Chunk chunk = chunks.get(size / CHUNK);
        chunk.ids[offset] = mostSignificant;
        chunk.ids[offset + 1] = leastSignificant;
        chunk.times[offset] = Math.toIntExact(sentAt - epoch);
        chunk.times[offset + 1] = Math.toIntExact(answeredAt - epoch);
        size++;
    }

    int size() {
        return size;
    }

    long mostSignificant(int index) {
        return chunks.get(index / CHUNK).ids[2 * (index % CHUNK)];
    }

    long leastSignificant(int index) {
        return chunks.get(index / CHUNK).ids[2 * (index % CHUNK) + 1];
    }

    long sentAt(int index) {
        return epoch + chunks.get(index / CHUNK).times[2 * (index % CHUNK)];
    }

    long answeredAt(int index) {
        return epoch + chunks.get(index / CHUNK).times[2 * (index % CHUNK) + 1];
    }
}
