package dev.bide.loadtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A kept-alive connection with at most one request under way. */
final class ServiceConnection {
    final AnswerReader answer = new AnswerReader();

    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer request;
    private long intendedAt;
    private long sentAt;
    private boolean busy;

    private ServiceConnection(SocketChannel channel, Selector selector, int requestLength) throws IOException {
        this.channel = channel;
        this.key = channel.register(selector, SelectionKey.OP_READ, this);
        this.request = ByteBuffer.allocateDirect(requestLength);
    }

    static ServiceConnection open(InetSocketAddress address, Selector selector, int requestLength) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            return new ServiceConnection(channel, selector, requestLength);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Sends a request.
     *
     * @param intendedNanos when it should have been sent, by the nanosecond clock
     * @param nowMillis the time, by the wall clock
     */
    void send(RequestTemplate template, long number, long intendedNanos, long nowMillis) throws IOException {
        intendedAt = intendedNanos;
        sentAt = nowMillis;
        busy = true;
        answer.next();
        request.clear();
        template.write(number, request);
        request.flip();
        write();
    }

    /** Goes on with what is under way; true when an answer is complete. */
    boolean proceed() throws IOException {
        if (request.hasRemaining() && key.isWritable()) {
            write();
        }
        if (!key.isReadable() || !answer.read(channel)) {
            return false;
        }
        busy = false;
        return true;
    }

    private void write() throws IOException {
        channel.write(request);
        int interest = request.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    /** Whether an answer is due. */
    boolean busy() {
        return busy;
    }

    /** When the request under way should have been sent, by the nanosecond clock. */
    long intendedAt() {
        return intendedAt;
    }

    /** When the request under way was sent, in milliseconds since 1970. */
    long sentAt() {
        return sentAt;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
