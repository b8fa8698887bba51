package dev.bide.delivery.connection;

import dev.bide.delivery.address.AddressGuard;
import dev.bide.delivery.address.BlockedAddressException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Optional;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that look at the address once more as they connect. Nothing gets around them: OkHttp asks no {@code Dns} for
 * hosts that look like addresses, but every connection is made by a socket. They use no SOCKS proxy of the JVM's either.
 */
public final class GuardedSocketFactory extends SocketFactory {

    private final AddressGuard guard;

    public GuardedSocketFactory(AddressGuard guard) {
        this.guard = guard;
    }

    @Override
    public Socket createSocket() throws IOException {
        return new GuardedSocket(guard);
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("only unconnected sockets");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException("only unconnected sockets");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("only unconnected sockets");
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException("only unconnected sockets");
    }

    private static final class GuardedSocket extends Socket implements CallTrace.Counting {
        private final AddressGuard guard;
        private @Nullable CountingStream in;

        GuardedSocket(AddressGuard guard) throws IOException {
            super(Proxy.NO_PROXY);
            this.guard = guard;
            setTcpNoDelay(true);
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            InetAddress address = endpoint instanceof InetSocketAddress inet ? inet.getAddress() : null;
            if (address == null) {
                throw new BlockedAddressException("no address to connect to");
            }
            Optional<String> refusal = guard.refusal(address);
            if (refusal.isPresent()) {
                throw new BlockedAddressException(refusal.get());
            }
            super.connect(endpoint, timeout);
        }

        @Override
        public synchronized InputStream getInputStream() throws IOException {
            if (in == null) {
                in = new CountingStream(super.getInputStream());
            }
            return in;
        }

        @Override
        public synchronized long received() {
            return in == null ? 0 : in.count();
        }
    }
}
