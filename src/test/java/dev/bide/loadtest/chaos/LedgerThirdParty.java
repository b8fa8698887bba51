package dev.bide.loadtest.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bide.loadtest.CallConnection;
import dev.bide.loadtest.CallServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A third party that keeps each call: who asked, when, and what it was answered. One thread. {@code /ok} takes everything, {@code /flaky} refuses the first attempt with
 * 503, {@code /step/N} is step N of a run; {@code ?ms=200} in front of the answer takes so long. The body names the subject.
 */
final class LedgerThirdParty extends CallServer {
    private static final Pattern SUBJECT = Pattern.compile("\"subject\":\"([^\"]+)\"");
    private static final Pattern STEP = Pattern.compile("^/step/(\\d+)");
    private static final Pattern MILLIS = Pattern.compile("[?&]ms=(\\d+)");

    private final IntSupplier nodes;
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final AtomicLong taken = new AtomicLong();

    /** @param nodes how many nodes there have been */
    LedgerThirdParty(IntSupplier nodes) throws IOException {
        super(new PriorityQueue<>(Comparator.comparingLong(Answer::at)));
        this.nodes = nodes;
        Thread thread = new Thread(this::run, "third party");
        thread.setDaemon(true);
        thread.start();
    }

    Collection<Call> calls() {
        return calls;
    }

    /** Calls that were answered with 2xx. */
    long taken() {
        return taken.get();
    }

    @Override
    protected void take(CallConnection connection, long now) {
        String target = connection.target();
        byte[] body = connection.body();
        int attempt = number(connection.header("bide-attempt"));
        int status = target.startsWith("/flaky") && attempt == 1 ? 503 : 200;
        String id = connection.header("idempotency-key");
        Matcher step = STEP.matcher(target);
        Matcher subject = SUBJECT.matcher(new String(body, UTF_8));
        calls.add(new Call(
                subject.find() ? subject.group(1) : "",
                step.find() ? number(step.group(1)) : 0,
                UUID.fromString(id),
                attempt,
                now,
                Instant.parse(connection.header("bide-due-at")).toEpochMilli(),
                status,
                NodeSecret.signer(
                        nodes.getAsInt(),
                        id,
                        connection.header("webhook-timestamp"),
                        body,
                        connection.header("webhook-signature"))));
        if (status == 200) {
            taken.incrementAndGet();
        }
        Matcher millis = MILLIS.matcher(target);
        if (millis.find()) {
            later(TimeUnit.MILLISECONDS.toNanos(number(millis.group(1))), () -> answer(connection, status));
        } else {
            answer(connection, status);
        }
    }

    private static int number(String digits) {
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    private static void answer(CallConnection connection, int status) {
        String text = "HTTP/1.1 " + status + (status == 200 ? " OK" : " Service Unavailable")
                + "\r\nContent-Length: 2\r\n\r\n{}";
        connection.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
    }
}
