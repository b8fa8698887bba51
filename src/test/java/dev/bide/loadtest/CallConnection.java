package dev.bide.loadtest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** A connection of one that calls the {@link LeanThirdParty}. A caller that is gone is no fault of ours. */
public final class CallConnection {
    private final SocketChannel channel;
    private byte[] bytes = new byte[2048];
    private int length;
    private String head = "";
    private int bodyEnd;

    public CallConnection(SocketChannel channel) {
        this.channel = channel;
    }

    /** Takes what has come; true once the request is complete. */
    public boolean read() {
        try {
            int count = channel.read(ByteBuffer.wrap(bytes, length, bytes.length - length));
            if (count < 0) {
                close();
                return false;
            }
            length += count;
        } catch (IOException e) {
            close();
            return false;
        }
        int headEnd = headEnd();
        if (headEnd >= 0) {
            head = new String(bytes, 0, headEnd, StandardCharsets.ISO_8859_1);
            String contentLength = header("content-length");
            if (length >= headEnd + 4 + (contentLength.isEmpty() ? 0 : Integer.parseInt(contentLength))) {
                bodyEnd = length;
                length = 0;
                return true;
            }
        }
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * length);
        }
        return false;
    }

    private int headEnd() {
        for (int index = 3; index < length; index++) {
            if (bytes[index] == '\n' && bytes[index - 1] == '\r' && bytes[index - 2] == '\n') {
                return index - 3;
            }
        }
        return -1;
    }

    /** The request's path and query. */
    public String target() {
        int start = head.indexOf(' ') + 1;
        return head.substring(start, Math.max(start, head.indexOf(' ', start)));
    }

    /** The request's body, until more is read. */
    public byte[] body() {
        return Arrays.copyOfRange(bytes, head.length() + 4, bodyEnd);
    }

    /** @param start method and path, and the space after it */
    boolean asksFor(String start) {
        return head.startsWith(start);
    }

    void note(CallLedger ledger, long receivedAt) {
        byte[] key = header("idempotency-key").getBytes(StandardCharsets.ISO_8859_1);
        String dueAt = header("bide-due-at");
        ledger.note(
                TimerId.mostSignificant(key, 0),
                TimerId.leastSignificant(key, 0),
                receivedAt,
                dueAt.isEmpty() ? receivedAt : Instant.parse(dueAt).toEpochMilli());
    }

    /** Empty where there is none. */
    public String header(String name) {
        int from = head.indexOf("\r\n");
        while (from >= 0) {
            int start = from + 2;
            int end = head.indexOf("\r\n", start);
            if (head.regionMatches(true, start, name, 0, name.length()) && head.charAt(start + name.length()) == ':') {
                return head.substring(start + name.length() + 1, end < 0 ? head.length() : end)
                        .strip();
            }
            from = end;
        }
        return "";
    }

    void writeText(String text) {
        write(ByteBuffer.wrap(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + text.length()
                        + "\r\n\r\n" + text)
                .getBytes(StandardCharsets.US_ASCII)));
    }

    /** Waits where the caller is slow to read, which only a ledger's reader can be. */
    public void write(ByteBuffer buffer) {
        try {
            while (buffer.hasRemaining()) {
                if (channel.write(buffer) == 0) {
                    Thread.onSpinWait();
                }
            }
        } catch (IOException e) {
            close();
        }
    }

    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            System.err.println("Cannot close a connection: " + e);
        }
    }
}
