package dev.bide.loadtest.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.bide.loadtest.CallConnection;
import dev.bide.loadtest.CallServer;
import dev.bide.loadtest.Latencies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** A third party that takes everything, and sees in which order it came. Its own thread writes; what it says may be read by any. */
final class OrderedThirdParty extends CallServer {
    private static final ByteBuffer ANSWER =
            ByteBuffer.wrap("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(US_ASCII));

    private final Set<UUID> keys = new HashSet<>();
    private final Latencies behind = new Latencies();
    private long newestDueAt;
    private volatile long called;
    private volatile long again;
    private volatile long lateAttempts;
    private volatile long firstAt;
    private volatile long lastAt;

    OrderedThirdParty() throws IOException {
        super(new ArrayDeque<>());
        Thread thread = new Thread(this::run, "ordered third party");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    protected void take(CallConnection connection, long now) {
        long dueAt = Instant.parse(connection.header("bide-due-at")).toEpochMilli();
        if (!keys.add(UUID.fromString(connection.header("idempotency-key")))) {
            again++;
        }
        if (!connection.header("bide-attempt").equals("1")) {
            lateAttempts++;
        }
        newestDueAt = Math.max(newestDueAt, dueAt);
        behind.record(newestDueAt - dueAt);
        firstAt = firstAt == 0 ? now : firstAt;
        lastAt = now;
        called = keys.size();
        connection.write(ANSWER.duplicate());
    }

    /** Timers that were called. */
    long called() {
        return called;
    }

    /** Calls beyond the first of a timer. */
    long again() {
        return again;
    }

    /** Calls that were not a timer's first attempt. */
    long lateAttempts() {
        return lateAttempts;
    }

    /** How much earlier than the newest that had come before it a timer was due, in milliseconds; 0 for one in order. */
    Latencies behind() {
        return behind;
    }

    /** From the first call to the last. */
    long millis() {
        return lastAt - firstAt;
    }
}
