package dev.bide.loadtest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * A third party with a ledger that costs a quarter of {@code bide.jar third-party}, for it shares the processors with what is measured. One thread. It knows of
 * HTTP what Bide sends: a request at a time on each connection, with a length.
 */
public final class LeanThirdParty extends CallServer {
    private static final ByteBuffer ANSWER = ByteBuffer.wrap(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{\"received\":true}\n"
                    .getBytes(StandardCharsets.US_ASCII));
    private static final int LEDGER_PART = 1 << 16;

    private final CallLedger ledger;
    private final long delayNanos;

    public LeanThirdParty(int capacity, long delayMillis) throws IOException {
        super(new ArrayDeque<>()); // all take the same time
        ledger = new CallLedger(capacity);
        delayNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
    }

    /** Arguments: for how many keys there must be room, and how many milliseconds each call takes. */
    public static void main(String[] arguments) throws IOException {
        try (LeanThirdParty thirdParty =
                new LeanThirdParty(Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]))) {
            System.out.println("Third party listens on " + thirdParty.url());
            thirdParty.run();
        }
    }

    @Override
    protected void take(CallConnection connection, long now) {
        if (connection.asksFor("GET /_calls/count ")) {
            connection.writeText("{\"keys\":" + ledger.keys() + "}");
        } else if (connection.asksFor("GET /_ledger ")) {
            writeLedger(connection);
        } else {
            connection.note(ledger, now);
            if (delayNanos == 0) {
                connection.write(ANSWER.duplicate());
            } else {
                later(delayNanos, () -> connection.write(ANSWER.duplicate()));
            }
        }
    }

    /** Nothing else happens meanwhile: it is asked for at the end. */
    private void writeLedger(CallConnection connection) {
        connection.write(
                ascii("HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nConnection: close\r\n\r\n" + CallLedger.HEADER));
        for (int place = 0; place < ledger.places(); place += LEDGER_PART) {
            connection.write(ByteBuffer.wrap(ledger.lines(place, place + LEDGER_PART)));
        }
        connection.close();
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
