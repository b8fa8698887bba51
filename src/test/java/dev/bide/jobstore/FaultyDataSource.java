package dev.bide.jobstore;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Fails a share of its connections, and of their commits: half of those before the commit reaches the database, half after it has. Can be cut off altogether, as a node
 * that is dead or alone is: the database learns of it. Or freeze, as a process that is stopped: whoever uses a connection stops there, and the database waits
 * for it with the transaction open.
 */
public final class FaultyDataSource implements DataSource {
    private final DataSource real;
    private final Random random;
    private volatile double share;
    private volatile boolean cutOff;
    private volatile CountDownLatch thaw = new CountDownLatch(0);
    private volatile String freezesAtCommitOf = "";
    final AtomicInteger faults = new AtomicInteger();

    public FaultyDataSource(DataSource real, long seed, double share) {
        this.real = real;
        this.random = new Random(seed);
        this.share = share;
    }

    void share(double faulty) {
        share = faulty;
    }

    public void cutOff(boolean isCutOff) {
        cutOff = isCutOff;
    }

    void freeze() {
        thaw = new CountDownLatch(1);
    }

    void thaw() {
        freezesAtCommitOf = "";
        thaw.countDown();
    }

    boolean isFrozen() {
        return thaw.getCount() > 0;
    }

    /** Freezes when a transaction with such a statement is about to be committed. */
    void freezeAtCommitOf(String partOfStatement) {
        freezesAtCommitOf = partOfStatement;
    }

    private void awaitThaw() {
        try {
            thaw.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private boolean fails(double chance) {
        boolean fails;
        synchronized (random) {
            fails = random.nextDouble() < chance;
        }
        if (fails) {
            faults.incrementAndGet();
        }
        return fails;
    }

    @Override
    public Connection getConnection() throws SQLException {
        awaitThaw();
        if (cutOff || fails(share)) {
            throw new SQLTransientConnectionException("injected: no connection", "08001");
        }
        Connection connection = real.getConnection();
        AtomicBoolean freezes = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        String freezing = freezesAtCommitOf;
                        if (!freezing.isEmpty()
                                && method.getName().equals("prepareStatement")
                                && arguments[0].toString().contains(freezing)) {
                            freezes.set(true);
                        }
                        if (method.getName().equals("commit") && freezes.getAndSet(false) && !isFrozen()) {
                            freeze();
                        }
                        awaitThaw();
                        if (cutOff
                                && !method.getName().equals("close")
                                && !method.getName().equals("rollback")) {
                            throw new SQLTransientConnectionException("injected: connection lost", "08006");
                        }
                        if (!method.getName().equals("commit")) {
                            return method.invoke(connection, arguments);
                        }
                        if (fails(share / 2)) {
                            connection.rollback();
                            throw new SQLTransientConnectionException("injected: lost before the commit", "08006");
                        }
                        Object result = method.invoke(connection, arguments);
                        if (fails(share / 2)) {
                            throw new SQLTransientConnectionException("injected: lost after the commit", "08006");
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return real.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter writer) throws SQLException {
        real.setLogWriter(writer);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        real.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return real.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return real.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return real.isWrapperFor(type);
    }
}
