package dev.bide.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketOption;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Sockets to the database whose keep-alives find within some 15 s that the server is gone without a word; by the system's defaults that takes two hours. For statements
 * that may be silent for minutes: all others have a socket timeout besides. Named to the JDBC driver.
 */
public final class KeptAliveSockets extends SocketFactory {
    /** Seconds, but the last. */
    private static final int IDLE_SECONDS = 9;

    private static final int INTERVAL_SECONDS = 2;
    private static final int COUNT = 3;

    private final @Nullable String keeper;

    public KeptAliveSockets() {
        this(null);
    }

    /** @param keeper the name of the {@link OpenSockets} that are told of each; the driver's {@code socketFactoryArg} */
    public KeptAliveSockets(@Nullable String keeper) {
        this.keeper = keeper;
    }

    @Override
    public Socket createSocket() throws IOException {
        return keptAlive(SocketFactory.getDefault().createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return keptAlive(SocketFactory.getDefault().createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return keptAlive(SocketFactory.getDefault().createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return keptAlive(SocketFactory.getDefault().createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return keptAlive(SocketFactory.getDefault().createSocket(host, port, localHost, localPort));
    }

    private Socket keptAlive(Socket socket) throws IOException {
        OpenSockets.made(keeper, socket);
        socket.setKeepAlive(true);
        set(socket, ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS);
        set(socket, ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS);
        set(socket, ExtendedSocketOptions.TCP_KEEPCOUNT, COUNT);
        return socket;
    }

    /** Not every system can. */
    private static void set(Socket socket, SocketOption<Integer> option, int value) throws IOException {
        if (socket.supportedOptions().contains(option)) {
            socket.setOption(option, value);
        }
    }
}
