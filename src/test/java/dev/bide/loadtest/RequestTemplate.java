package dev.bide.loadtest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A request whose bytes are made once; only the number in each timer's body differs from one to the next. */
final class RequestTemplate {
    private static final int DIGITS = 10;
    private static final String NUMBER = "0".repeat(DIGITS);

    private final byte[] bytes;
    private final int firstNumber;
    private final int timerLength;
    private final int timers;

    private RequestTemplate(byte[] bytes, int firstNumber, int timerLength, int timers) {
        this.bytes = bytes;
        this.firstNumber = firstNumber;
        this.timerLength = timerLength;
        this.timers = timers;
    }

    /**
     * One timer by {@code POST /v1/timers}, several by {@code POST /v1/timers/bulk}.
     *
     * @param timers how many in a request; 0 for a single one outside of a bulk call
     */
    static RequestTemplate of(String host, TimerOrder order, int timers) {
        String timer = order.json(NUMBER);
        int count = Math.max(1, timers);
        String body = timers == 0 ? timer : "{\"timers\":[" + (timer + ",").repeat(count - 1) + timer + "]}";
        String head = "POST /v1/timers" + (timers == 0 ? "" : "/bulk") + " HTTP/1.1\r\nHost: " + host
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n";
        String request = head + body;
        byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
        return new RequestTemplate(bytes, request.indexOf(NUMBER, head.length()), timer.length() + 1, count);
    }

    int length() {
        return bytes.length;
    }

    /** How many timers one request makes. */
    int timers() {
        return timers;
    }

    /** Writes the request whose first timer has this number into an empty buffer. */
    void write(long number, ByteBuffer buffer) {
        buffer.put(bytes);
        for (int timer = 0; timer < timers; timer++) {
            int end = firstNumber + timer * timerLength + DIGITS;
            long rest = number + timer;
            for (int digit = 1; digit <= DIGITS; digit++) {
                buffer.put(end - digit, (byte) ('0' + rest % 10));
                rest /= 10;
            }
        }
    }
}
