package dev.bide.loadtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** The part of a third party that takes calls and answers them, at once or later, all in one thread. */
public abstract class CallServer implements AutoCloseable {
    /**
     * An answer that is due by {@code System.nanoTime()}.
     *
     * @param given what gives it
     */
    protected record Answer(long at, Runnable given) {}

    private final ServerSocketChannel server;
    private final Selector selector = Selector.open();
    private final Queue<Answer> waiting;

    /** @param waiting for answers in the order in which they are due */
    protected CallServer(Queue<Answer> waiting) throws IOException {
        this.waiting = waiting;
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    public final String url() {
        return "http://127.0.0.1:" + server.socket().getLocalPort();
    }

    /** Until it is closed. */
    public final void run() {
        try {
            while (selector.isOpen()) {
                Answer next = waiting.peek();
                if (next == null) {
                    selector.select(this::proceed);
                } else {
                    long pause = TimeUnit.NANOSECONDS.toMillis(next.at() - System.nanoTime());
                    selector.select(this::proceed, Math.max(1, pause + 1));
                }
                while (!waiting.isEmpty() && waiting.peek().at() - System.nanoTime() <= 0) {
                    waiting.remove().given().run();
                }
            }
        } catch (ClosedSelectorException e) {
            // The run is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
                take(connection, System.currentTimeMillis());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A request that is complete; to be answered now, or {@link #later}. */
    protected abstract void take(CallConnection connection, long now);

    protected final void later(long nanos, Runnable answer) {
        waiting.add(new Answer(System.nanoTime() + nanos, answer));
    }

    @Override
    public final void close() throws IOException {
        selector.close();
        server.close();
    }
}
