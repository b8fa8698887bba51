package dev.bide.persistence;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that a batch of an operation may hold.
 *
 * @param bytes of its delay and action, which are read, changed and written back
 */
record Sized<T>(T value, long bytes) {
    /** Bytes in a batch. */
    static final long LARGEST_BATCH = 4 << 20;

    /** The first of {@code found} that a batch holds: one at least, where there is one. */
    static <T> List<T> batch(List<Sized<T>> found) {
        List<T> batch = new ArrayList<>();
        long bytes = 0;
        for (Sized<T> one : found) {
            bytes += one.bytes();
            if (bytes > LARGEST_BATCH && !batch.isEmpty()) {
                break;
            }
            batch.add(one.value());
        }
        return batch;
    }
}
