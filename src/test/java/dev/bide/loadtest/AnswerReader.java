package dev.bide.loadtest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Collects one HTTP/1.1 answer at a time from a connection that sends one request at a time, and finds the ids in it. Knows as much of HTTP as Jetty uses: a
 * length, or chunks.
 */
final class AnswerReader {
    private static final byte[] ID = "\"id\":\"".getBytes(StandardCharsets.US_ASCII);

    /** Gets each id of an answer. */
    interface IdConsumer {
        void accept(long mostSignificant, long leastSignificant);
    }

    private byte[] bytes = new byte[8 * 1024];
    private int length;
    private int bodyStart;
    private int bodyEnd;
    private int chunkStart;
    private int status;
    private long contentLength;
    private boolean chunked;
    private boolean keepsAlive;

    AnswerReader() {
        next();
    }

    /** Forgets the answer, to read the one after it. */
    void next() {
        length = 0;
        bodyStart = -1;
        contentLength = 0;
        chunked = false;
        keepsAlive = true;
    }

    /** Takes what has come; true once the answer is complete. */
    boolean read(SocketChannel channel) throws IOException {
        while (true) {
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, bytes.length * 2);
            }
            int room = bytes.length - length;
            int count = channel.read(ByteBuffer.wrap(bytes, length, room));
            if (count < 0) {
                throw new IOException("the service closed the connection");
            }
            length += count;
            if (count < room) {
                return complete();
            }
        }
    }

    /** As {@link #read}, of bytes at hand. */
    boolean take(byte[] more) {
        while (bytes.length - length < more.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
        return complete();
    }

    int status() {
        return status;
    }

    /** Whether the service takes another request on this connection. */
    boolean keepsAlive() {
        return keepsAlive;
    }

    String body() {
        return new String(bytes, bodyStart, bodyEnd - bodyStart, StandardCharsets.UTF_8);
    }

    /** Hands over the first {@code limit} ids of the body; returns how many there were. */
    int ids(int limit, IdConsumer consumer) {
        int found = 0;
        int last = bodyEnd - ID.length - TimerId.LENGTH;
        for (int index = bodyStart; index <= last && found < limit; index++) {
            if (bytes[index] == '"' && Arrays.equals(bytes, index, index + ID.length, ID, 0, ID.length)) {
                int start = index + ID.length;
                consumer.accept(TimerId.mostSignificant(bytes, start), TimerId.leastSignificant(bytes, start));
                found++;
                index = start + TimerId.LENGTH;
            }
        }
        return found;
    }

    private boolean complete() {
        if (bodyStart < 0 && !readHead()) {
            return false;
        }
        if (chunked) {
            return joinChunks();
        }
        bodyEnd = (int) (bodyStart + contentLength);
        return length >= bodyEnd;
    }

    private boolean readHead() {
        int end = find(0, (byte) '\r', (byte) '\n', (byte) '\r', (byte) '\n');
        if (end < 0) {
            return false;
        }
        status = (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
        int start = find(0, (byte) '\r', (byte) '\n') + 2;
        while (start < end) {
            int lineEnd = find(start, (byte) '\r', (byte) '\n');
            // Two letters tell the three headers we need from nearly all others.
            byte first = (byte) (bytes[start] | 0x20);
            if (first == 'c' || first == 't') {
                readHeader(new String(bytes, start, lineEnd - start, StandardCharsets.ISO_8859_1)
                        .toLowerCase(Locale.ROOT));
            }
            start = lineEnd + 2;
        }
        bodyStart = end + 4;
        bodyEnd = bodyStart;
        chunkStart = bodyStart;
        return true;
    }

    private void readHeader(String line) {
        if (line.startsWith("content-length:")) {
            contentLength =
                    Long.parseLong(line.substring("content-length:".length()).strip());
        } else if (line.startsWith("transfer-encoding:")) {
            chunked = line.endsWith("chunked");
        } else if (line.startsWith("connection:")) {
            keepsAlive = !line.endsWith("close");
        }
    }

    /** Moves the bodies of the chunks that are complete together, from {@code bodyStart} to {@code bodyEnd}. */
    private boolean joinChunks() {
        while (true) {
            int lineEnd = find(chunkStart, (byte) '\r', (byte) '\n');
            if (lineEnd < 0) {
                return false;
            }
            int size = Integer.parseInt(
                    new String(bytes, chunkStart, lineEnd - chunkStart, StandardCharsets.ISO_8859_1), 16);
            int data = lineEnd + 2;
            if (length < data + size + 2) {
                return false;
            }
            System.arraycopy(bytes, data, bytes, bodyEnd, size);
            bodyEnd += size;
            chunkStart = data + size + 2;
            if (size == 0) {
                return true;
            }
        }
    }

    private int find(int from, byte... wanted) {
        for (int index = from; index <= length - wanted.length; index++) {
            if (bytes[index] == wanted[0]
                    && Arrays.equals(bytes, index, index + wanted.length, wanted, 0, wanted.length)) {
                return index;
            }
        }
        return -1;
    }
}
