package dev.bide.http.body;

import dev.bide.http.problem.ProblemType;
import dev.bide.http.problem.RequestException;
import dev.bide.json.ValueMemory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all requests under way may hold in memory. Each takes its share as its body comes and is read, and gives it back when it is
 * answered, so that many large ones at a time are told to come again rather than fill the heap. Thread-safe.
 */
public final class MemoryBudget {
    /** A byte of a body, and its text once it is read: twice as long where one character is beyond Latin-1. */
    static final int BYTE = 3;

    /** A value of a body: measured on {@code [{},{},…]}, 29 times 3 bytes, and a member of an object with its entry. */
    private static final int NODE = 120;

    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    /** @param limit in bytes */
    public MemoryBudget(long limit) {
        this.limit = limit;
    }

    public Share open() {
        return new Share();
    }

    /** Bytes. */
    public long taken() {
        return taken.get();
    }

    /** One request's part. Used by one thread at a time, and closed by any. */
    public final class Share implements AutoCloseable {
        private final AtomicLong mine = new AtomicLong();

        private Share() {}

        /** @throws RequestException if there is no room: 413 where there never will be, else 429 */
        public void take(long bytes) {
            if (mine.get() + bytes > limit) {
                throw new RequestException(
                        ProblemType.TOO_LARGE,
                        "The body takes more memory than this node has for requests (api.maxBytesUnderWay); send it in parts");
            }
            if (!tryTake(bytes)) {
                throw new RequestException(
                        ProblemType.BUSY, "The requests under way fill this node's memory; try again in a moment");
            }
        }

        /** The part of it for the values that are read of the body. */
        ValueMemory ofValues() {
            return new ValueMemory() {
                @Override
                public void take(int values) {
                    Share.this.take((long) NODE * values);
                }

                @Override
                public void giveBack(int values) {
                    Share.this.giveBack((long) NODE * values);
                }
            };
        }

        /** Takes nothing where there is no room. */
        public boolean tryTake(long bytes) {
            if (taken.addAndGet(bytes) > limit) {
                taken.addAndGet(-bytes);
                return false;
            }
            mine.addAndGet(bytes);
            return true;
        }

        /** Some of what was taken. */
        void giveBack(long bytes) {
            mine.addAndGet(-bytes);
            taken.addAndGet(-bytes);
        }

        @Override
        public void close() {
            taken.addAndGet(-mine.getAndSet(0));
        }
    }
}
