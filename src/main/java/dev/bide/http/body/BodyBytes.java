package dev.bide.http.body;

import dev.bide.http.problem.ProblemType;
import dev.bide.http.problem.RequestException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Bytes of a body as they come: never more than its limit. Grows with them, so that a promise of many costs nothing. */
public final class BodyBytes implements BodyReader.Sink {
    /** Most bodies are smaller. */
    private static final int FIRST = 4_096;

    private final int limit;
    private final long expected;
    private final MemoryBudget.Share memory;
    private byte[] bytes = {};
    private int size;

    /**
     * @param expected as the sender has it; below 0 where it did not say
     * @param limit of the body, also once it is unpacked
     * @throws RequestException if more is expected than that
     */
    public BodyBytes(long expected, int limit, MemoryBudget.Share memory) {
        if (expected > limit) {
            throw tooLarge(limit);
        }
        this.limit = limit;
        this.expected = expected < 0 ? limit : expected;
        this.memory = memory;
    }

    private static RequestException tooLarge(int limit) {
        return new RequestException(ProblemType.TOO_LARGE, "The body must have at most " + limit + " bytes");
    }

    @Override
    public void take(ByteBuffer content) {
        int more = content.remaining();
        makeRoom(more);
        content.get(bytes, size, more);
        size += more;
    }

    private void makeRoom(int more) {
        if (more > limit - size) {
            throw tooLarge(limit);
        }
        int needed = size + more;
        if (needed > bytes.length) {
            long doubled = Math.min(expected, Math.max(FIRST, 2L * bytes.length));
            int capacity = (int) Math.max(needed, doubled);
            memory.take((long) MemoryBudget.BYTE * (capacity - bytes.length));
            bytes = Arrays.copyOf(bytes, capacity);
        }
    }

    public byte[] whole() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    /** Unpacked; refused where it is no gzip to its last byte, its checksum and its length included (RFC 1952). */
    public byte[] unpacked() {
        BodyBytes unpacked = new BodyBytes(-1, limit, memory);
        byte[] part = new byte[8_192];
        try (GzipStream stream = new GzipStream(bytes, size)) {
            for (int read = stream.read(part); read >= 0; read = stream.read(part)) {
                unpacked.take(ByteBuffer.wrap(part, 0, read));
            }
            if (stream.isFollowed()) {
                throw RequestException.malformed("There is something after the gzip of the body");
            }
        } catch (IOException e) {
            throw RequestException.malformed("The body is no gzip that can be unpacked");
        }
        return unpacked.whole();
    }

    /** Java's checks the trailer, but takes what is no further member for the end. */
    private static final class GzipStream extends GZIPInputStream {
        private static final int TRAILER = 8;

        /** One after another. Java reads each by a call within the call for the one before, until the stack is full. */
        private static final int MOST_EMPTY_MEMBERS = 100;

        private final ByteArrayInputStream packed;
        private int depth;

        GzipStream(byte[] bytes, int size) throws IOException {
            this(new ByteArrayInputStream(bytes, 0, size), Math.max(1, size));
        }

        /** The buffer holds all, so that what the inflater has left over is all that there is left. */
        private GzipStream(ByteArrayInputStream packed, int size) throws IOException {
            super(packed, size);
            this.packed = packed;
        }

        @Override
        public int read(byte[] part, int offset, int length) throws IOException {
            if (depth > MOST_EMPTY_MEMBERS) {
                throw new ZipException("too many empty members");
            }
            depth++;
            try {
                return super.read(part, offset, length);
            } finally {
                depth--;
            }
        }

        boolean isFollowed() {
            return inf.getRemaining() > TRAILER || packed.available() > 0;
        }
    }
}
