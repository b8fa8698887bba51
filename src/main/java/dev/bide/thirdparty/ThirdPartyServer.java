package dev.bide.thirdparty;

import java.io.PrintStream;
import java.time.InstantSource;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** A running receiver. */
public final class ThirdPartyServer implements AutoCloseable {
    private final Server server;
    private final ServerConnector connector;

    private ThirdPartyServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts one.
     *
     * @param port 0 for any that is free
     * @param remembered how many calls are kept whole, with headers and body; the ledger counts all
     * @param printer gets a line for each call; null for none
     */
    public static ThirdPartyServer start(
            String host, int port, int remembered, InstantSource clock, @Nullable PrintStream printer)
            throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(64, 4);
        threads.setName("third-party");
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, 1, 2, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setAcceptQueueSize(1024);
        connector.setIdleTimeout(60_000);
        server.addConnector(connector);
        Ledger ledger = new Ledger();
        RecentCalls recent = new RecentCalls(remembered);
        server.setHandler(
                new Handler.Sequence(new BookHandler(ledger, recent), new CallHandler(ledger, recent, clock, printer)));
        server.setStopAtShutdown(true);
        server.start();
        return new ThirdPartyServer(server, connector);
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Waits until it is stopped. */
    void join() throws InterruptedException {
        server.join();
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }
}
