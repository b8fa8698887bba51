package dev.bide.loadtest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Sends by the clock, on one thread: what an hour of requests costs is a few system calls each. Requests that are due while all connections are busy wait as a
 * number, not as objects; the time they wait counts as the service's (no coordinated omission).
 */
final class Generator implements AutoCloseable {
    private static final int SHOWN_ERRORS = 5;

    private final InetSocketAddress service;
    private final Selector selector;
    private final Deque<ServiceConnection> idle = new ArrayDeque<>();
    private final Set<ServiceConnection> open = new HashSet<>();
    private int shownErrors;

    private Load load;
    private LoadFigures figures;
    private long end;

    Generator(InetSocketAddress service) throws IOException {
        this.service = service;
        this.selector = Selector.open();
    }

    /** Returns when each request was answered, or given up. */
    void run(Load load, LoadFigures figures) throws IOException {
        this.load = load;
        this.figures = figures;
        closeConnections(); // they are as large as the requests of the load before
        Arrivals arrivals = load.arrivals();
        figures.startedAt.set(System.currentTimeMillis());
        long start = System.nanoTime();
        end = start + arrivals.nanos(arrivals.count());
        long next = 0;
        while (next < arrivals.count() || idle.size() < open.size()) {
            long now = System.nanoTime();
            if (now - end > load.patience().toNanos()) {
                break;
            }
            next = sendWhatIsDue(start, next, now);
            boolean waitsForAnswers =
                    next == arrivals.count() || idle.isEmpty() && open.size() >= load.maxConnections();
            long pause = waitsForAnswers
                    ? 100
                    : TimeUnit.NANOSECONDS.toMillis(start + arrivals.nanos(next) - System.nanoTime());
            selector.select(this::proceed, Math.max(1, pause));
        }
        figures.unsent.addAndGet((arrivals.count() - next) * load.template().timers());
        open.stream()
                .filter(ServiceConnection::busy)
                .forEach(connection ->
                        figures.unanswered.addAndGet(load.template().timers()));
        closeConnections();
    }

    /** Returns the number of the next request. */
    private long sendWhatIsDue(long start, long first, long now) throws IOException {
        long next = first;
        long nowMillis = System.currentTimeMillis();
        Arrivals arrivals = load.arrivals();
        while (next < arrivals.count() && start + arrivals.nanos(next) - now <= 0) {
            ServiceConnection connection = idleConnection();
            if (connection == null) {
                break;
            }
            try {
                connection.send(
                        load.template(), next * load.template().timers(), start + arrivals.nanos(next), nowMillis);
            } catch (IOException e) {
                giveUp(connection, e);
            }
            next++;
        }
        figures.sent.addAndGet(next - first);
        return next;
    }

    /** The one used last, so that few are in use while the service is quick; null while all are busy. */
    private ServiceConnection idleConnection() throws IOException {
        ServiceConnection connection = idle.pollLast();
        if (connection == null && open.size() < load.maxConnections()) {
            connection =
                    ServiceConnection.open(service, selector, load.template().length());
            open.add(connection);
            figures.connections.accumulateAndGet(open.size(), Math::max);
        }
        return connection;
    }

    private void proceed(SelectionKey key) {
        ServiceConnection connection = (ServiceConnection) key.attachment();
        try {
            if (connection.proceed()) {
                count(connection);
                if (connection.answer.keepsAlive()) {
                    idle.addLast(connection);
                } else {
                    open.remove(connection);
                    connection.close();
                }
            }
        } catch (IOException e) {
            giveUp(connection, e);
        }
    }

    private void count(ServiceConnection connection) {
        int timers = load.template().timers();
        int status = connection.answer.status();
        if (status == 200 || status == 201) {
            long now = System.nanoTime();
            long nowMillis = System.currentTimeMillis();
            int accepted = connection.answer.ids(
                    timers, (most, least) -> load.acceptance().accept(most, least, connection.sentAt(), nowMillis));
            figures.acceptMicros.record(TimeUnit.NANOSECONDS.toMicros(now - connection.intendedAt()));
            figures.accepted.addAndGet(accepted);
            if (now - end <= 0) {
                figures.acceptedInTime.addAndGet(accepted);
            }
            if (accepted < timers) {
                figures.refused.addAndGet(timers - accepted);
                show("of " + timers + " timers " + accepted + " were accepted: " + connection.answer.body());
            }
        } else if (status == 429 || status == 503) {
            figures.refused.addAndGet(timers);
            show(status + " " + connection.answer.body());
        } else {
            figures.wrong.addAndGet(timers);
            show(status + " " + connection.answer.body());
        }
    }

    private void giveUp(ServiceConnection connection, IOException e) {
        if (connection.busy()) {
            figures.unanswered.addAndGet(load.template().timers());
            show(e.toString());
        }
        idle.remove(connection);
        open.remove(connection);
        connection.close();
    }

    private void show(String error) {
        if (shownErrors++ < SHOWN_ERRORS) {
            System.err.println("Not accepted: " + error.substring(0, Math.min(500, error.length())));
        }
    }

    private void closeConnections() {
        open.forEach(ServiceConnection::close);
        open.clear();
        idle.clear();
    }

    @Override
    public void close() throws IOException {
        closeConnections();
        selector.close();
    }
}
