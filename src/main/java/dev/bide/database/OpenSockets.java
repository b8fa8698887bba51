package dev.bide.database;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The sockets to one database, so that those to a server that is no longer it can be closed. A server that was frozen or cut off says nothing: who waits for its answer waits
 * out the socket's timeout, and whoever takes the next idle connection from the pool does the same, while another server is primary long since. Thread-safe.
 */
final class OpenSockets implements AutoCloseable {
    /** By the name that the JDBC driver hands to our {@link KeptAliveSockets}, which it makes itself. */
    private static final Map<String, OpenSockets> ALL = new ConcurrentHashMap<>();

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final String name = "database-" + NUMBERS.incrementAndGet();

    /** When each was made, by the JVM's own clock. One that nobody holds any more is none. */
    private final Map<Socket, Long> madeAt = new WeakHashMap<>();

    private OpenSockets() {}

    static OpenSockets create() {
        OpenSockets sockets = new OpenSockets();
        ALL.put(sockets.name, sockets);
        return sockets;
    }

    String name() {
        return name;
    }

    /** Notes a new one; does nothing where nobody keeps those of that name. */
    static void made(@Nullable String name, Socket socket) {
        OpenSockets sockets = name == null ? null : ALL.get(name);
        if (sockets != null) {
            synchronized (sockets.madeAt) {
                sockets.madeAt.put(socket, System.nanoTime());
            }
        }
    }

    /**
     * Closes those that were made before: who waits for an answer on one gets an error at once.
     *
     * @param nanos as {@link System#nanoTime} gives them
     * @return how many
     */
    int closeMadeBefore(long nanos) {
        List<Socket> old = new ArrayList<>();
        synchronized (madeAt) {
            madeAt.forEach((socket, at) -> {
                if (at - nanos < 0 && !socket.isClosed()) {
                    old.add(socket);
                }
            });
            madeAt.keySet().removeIf(Socket::isClosed);
        }
        old.forEach(OpenSockets::close);
        return old.size();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use to anybody any more.
        }
    }

    @Override
    public void close() {
        ALL.remove(name);
    }
}
