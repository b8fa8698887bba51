package dev.bide.loadtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * A third party with a ledger that costs a quarter of {@code bide.jar third-party}, for it shares the processors with what is measured. One thread. It knows of
 * HTTP what Bide sends: a request at a time on each connection, with a length.
 */
public final class LeanThirdParty implements AutoCloseable {
    private static final ByteBuffer ANSWER = ByteBuffer.wrap(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{\"received\":true}\n"
                    .getBytes(StandardCharsets.US_ASCII));
    private static final int LEDGER_PART = 1 << 16;

    private record Waiting(CallConnection connection, long answerAt) {}

    private final ServerSocketChannel server;
    private final Selector selector = Selector.open();
    private final CallLedger ledger;
    private final long delayNanos;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    public LeanThirdParty(int capacity, long delayMillis) throws IOException {
        ledger = new CallLedger(capacity);
        delayNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Arguments: for how many keys there must be room, and how many milliseconds each call takes. */
    public static void main(String[] arguments) throws IOException {
        try (LeanThirdParty thirdParty =
                new LeanThirdParty(Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]))) {
            System.out.println("Third party listens on " + thirdParty.url());
            thirdParty.run();
        }
    }

    public String url() {
        return "http://127.0.0.1:" + server.socket().getLocalPort();
    }

    /** Until it is closed. */
    public void run() throws IOException {
        while (selector.isOpen()) {
            if (waiting.isEmpty()) {
                selector.select(this::proceed);
            } else {
                long pause = waiting.peekFirst().answerAt() - System.nanoTime();
                selector.select(this::proceed, Math.max(1, TimeUnit.NANOSECONDS.toMillis(pause) + 1));
            }
            while (!waiting.isEmpty() && waiting.peekFirst().answerAt() - System.nanoTime() <= 0) {
                waiting.pollFirst().connection().write(ANSWER.duplicate());
            }
        }
    }

    private void proceed(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                SocketChannel channel = server.accept();
                if (channel != null) {
                    channel.configureBlocking(false);
                    channel.register(selector, SelectionKey.OP_READ, new CallConnection(channel));
                }
                return;
            }
            CallConnection connection = (CallConnection) key.attachment();
            if (connection.read()) {
                answer(connection);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(CallConnection connection) {
        long now = System.currentTimeMillis();
        if (connection.asksFor("GET /_calls/count ")) {
            connection.writeText("{\"keys\":" + ledger.keys() + "}");
        } else if (connection.asksFor("GET /_ledger ")) {
            writeLedger(connection);
        } else {
            connection.note(ledger, now);
            if (delayNanos == 0) {
                connection.write(ANSWER.duplicate());
            } else {
                waiting.addLast(new Waiting(connection, System.nanoTime() + delayNanos));
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

    @Override
    public void close() throws IOException {
        selector.close();
        server.close();
    }
}
