package dev.bide.loadtest.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Third parties that misbehave until they are told to get well, each on a port of its own: one hangs, one drips a byte a second, one resets, one answers 429. */
final class SlowThirdParties implements AutoCloseable {
    private static final byte[] BUSY =
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(US_ASCII);
    private static final byte[] WELL =
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".getBytes(US_ASCII);
    private static final byte[] BEGINNING = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".getBytes(US_ASCII);
    private static final int BACKLOG = 1024;
    private static final int MOST_KEPT = 4 * BACKLOG;

    private interface Manner {
        void answer(Socket socket) throws IOException;
    }

    private final List<ServerSocket> servers = new ArrayList<>();
    private final Queue<Socket> kept = new ConcurrentLinkedQueue<>();
    private volatile boolean well;
    private final Queue<Socket> dripping = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "drops");
        thread.setDaemon(true);
        return thread;
    });

    SlowThirdParties() throws IOException {
        serve(socket -> {}, "hangs");
        serve(
                socket -> {
                    socket.getOutputStream().write(BEGINNING);
                    dripping.add(socket);
                },
                "drips");
        serve(
                socket -> {
                    socket.setSoLinger(true, 0);
                    socket.close();
                },
                "resets");
        serve(socket -> answer(socket, BUSY), "is busy");
        clock.scheduleWithFixedDelay(this::drip, 1, 1, TimeUnit.SECONDS);
    }

    private void serve(Manner manner, String name) throws IOException {
        ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        servers.add(server);
        Thread thread = new Thread(() -> accept(server, manner), "third party that " + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Reads what is there, so that closing does not reset before the answer is read. */
    private static void answer(Socket socket, byte[] answer) throws IOException {
        socket.setSoTimeout(1_000);
        socket.getInputStream().read(new byte[8192]);
        socket.getOutputStream().write(answer);
        socket.close();
    }

    private void accept(ServerSocket server, Manner manner) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                if (well) {
                    answer(socket, WELL);
                    continue;
                }
                kept.add(socket);
                if (kept.size() > MOST_KEPT) {
                    kept.remove().close();
                }
                manner.answer(socket);
            } catch (SocketException e) {
                // Its caller is gone, or the run is over.
            } catch (IOException e) {
                System.err.println("A slow third party: " + e);
            }
        }
        hangUp();
    }

    /** From now on all of them take what they get. */
    void getWell() {
        well = true;
        hangUp();
    }

    private void hangUp() {
        for (Socket socket = kept.poll(); socket != null; socket = kept.poll()) {
            close(socket);
        }
    }

    private void drip() {
        dripping.removeIf(socket -> {
            try {
                socket.getOutputStream().write('.');
                return false;
            } catch (IOException e) {
                close(socket);
                return true;
            }
        });
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            System.err.println("Cannot close a connection: " + e);
        }
    }

    /** One url for each manner. */
    List<String> urls() {
        return servers.stream()
                .map(server -> "http://127.0.0.1:" + server.getLocalPort() + "/slow")
                .toList();
    }

    @Override
    public void close() throws IOException {
        clock.shutdownNow();
        for (ServerSocket server : servers) {
            server.close();
        }
    }
}
