package dev.bide.loadtest.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Clients that promise a large body and send a byte of it now and then; every other one to the bulk call. One that is hung up on comes again. */
final class SlowSenders implements AutoCloseable {
    private final URI node;
    private final String key;
    private final List<Socket> sockets = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "slow senders");
        thread.setDaemon(true);
        return thread;
    });

    SlowSenders(String node, String key, int count, Duration pause) throws IOException {
        this.node = URI.create(node);
        this.key = key;
        for (int number = 0; number < count; number++) {
            sockets.add(open(number));
        }
        clock.scheduleWithFixedDelay(this::sendByte, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Socket open(int number) throws IOException {
        Socket socket = new Socket(node.getHost(), node.getPort());
        String head = "POST /v1/timers" + (number % 2 == 0 ? "" : "/bulk") + " HTTP/1.1\r\nHost: " + node.getAuthority()
                + "\r\nAuthorization: Bearer " + key
                + "\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{";
        socket.getOutputStream().write(head.getBytes(US_ASCII));
        return socket;
    }

    private void sendByte() {
        for (int number = 0; number < sockets.size(); number++) {
            try {
                sockets.get(number).getOutputStream().write(' ');
            } catch (IOException e) {
                comeAgain(number);
            }
        }
    }

    private void comeAgain(int number) {
        try {
            sockets.get(number).close();
            sockets.set(number, open(number));
        } catch (IOException e) {
            // Refused; at the next turn.
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        clock.shutdownNow();
        clock.awaitTermination(10, TimeUnit.SECONDS);
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
