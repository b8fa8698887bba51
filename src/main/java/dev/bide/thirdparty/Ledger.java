package dev.bide.thirdparty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often each key was received, and first when; about 100 bytes a key, so that ten million fit into 1 GB. Thread-safe. Times are milliseconds since 1970; 0
 * where there is none.
 */
final class Ledger {
    static final String HEADER = "key,firstReceivedAt,dueAt,count\n";

    private final ConcurrentMap<Object, Line> lines = new ConcurrentHashMap<>();
    private final LongAdder calls = new LongAdder();

    private static final class Line {
        final long firstReceivedAt;
        final long dueAt;
        int count;

        Line(long firstReceivedAt, long dueAt) {
            this.firstReceivedAt = firstReceivedAt;
            this.dueAt = dueAt;
        }

        synchronized int increment() {
            return ++count;
        }

        synchronized int count() {
            return count;
        }
    }

    /** Notes a call; gives how many there were with this key, this one included. */
    int note(String key, long receivedAt, long dueAt) {
        calls.increment();
        return lines.computeIfAbsent(compact(key), absent -> new Line(receivedAt, dueAt))
                .increment();
    }

    /** Half the bytes of the text. */
    private static Object compact(String key) {
        if (key.length() == 36) {
            try {
                UUID id = UUID.fromString(key);
                return id.toString().equals(key) ? id : key;
            } catch (IllegalArgumentException e) {
                return key;
            }
        }
        return key;
    }

    long calls() {
        return calls.sum();
    }

    int keys() {
        return lines.size();
    }

    void clear() {
        lines.clear();
        calls.reset();
    }

    /** As CSV, in no order; what arrives meanwhile may be in it or not. */
    void write(Writer writer) throws IOException {
        writer.write(HEADER);
        try {
            lines.forEach((key, line) -> write(writer, key, line));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void write(Writer writer, Object key, Line line) {
        try {
            String text = key.toString();
            boolean plain =
                    text.chars().noneMatch(character -> character == ',' || character == '"' || character < ' ');
            writer.write(plain ? text : "\"" + text.replace("\"", "\"\"") + "\"");
            writer.write(
                    "," + line.firstReceivedAt + "," + (line.dueAt == 0 ? "" : line.dueAt) + "," + line.count() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
