package dev.bide.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A third party that behaves as no HTTP library would let it: each connection is given to a script. */
public final class RawServer implements AutoCloseable {

    public interface Script {
        void serve(Connection connection) throws Exception;
    }

    private final ServerSocket listening;
    private final Script script;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requests = new AtomicInteger();

    public RawServer(Script script) throws IOException {
        this.script = script;
        this.listening = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start("raw-server", this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + listening.getLocalPort() + "/";
    }

    public int port() {
        return listening.getLocalPort();
    }

    int connections() {
        return sockets.size();
    }

    int requests() {
        return requests.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                int number = sockets.size() + 1;
                sockets.add(socket);
                start("raw-connection", () -> {
                    try (socket) {
                        script.serve(new Connection(number, socket));
                    } catch (Exception e) {
                        // The client went away, or the test ended.
                    }
                });
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : List.copyOf(sockets)) {
            socket.close();
        }
    }

    public final class Connection {
        final int number;
        final Socket socket;
        private final InputStream in;

        Connection(int number, Socket socket) throws IOException {
            this.number = number;
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        /** Reads one request with its body; the header lines. */
        public String request() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("closed");
                }
                head.append((char) next);
            }
            for (String line : head.toString().split("\r\n")) {
                if (line.startsWith("Content-Length: ")) {
                    in.readNBytes(Integer.parseInt(line.substring("Content-Length: ".length())));
                }
            }
            requests.incrementAndGet();
            return head.toString();
        }

        public void answer(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Until the other side closes. */
        void hang() throws IOException {
            while (in.read() >= 0) {
                // Whatever it says.
            }
        }
    }
}
