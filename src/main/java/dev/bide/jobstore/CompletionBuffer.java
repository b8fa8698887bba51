package dev.bide.jobstore;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.quartz.JobPersistenceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completions between the job threads, which only put them here, and the threads that write them in batches. While the database is away they are kept and tried
 * again; {@link #isFull} then stops the node from taking more.
 */
final class CompletionBuffer {
    private static final Logger LOG = LoggerFactory.getLogger(CompletionBuffer.class);
    private static final long FIRST_RETRY_MILLIS = 20;
    private static final long LAST_RETRY_MILLIS = 2_000;

    /**
     * @param batch most completions in one transaction
     * @param lingerMillis how long the first of a small batch waits for more
     * @param limit completions in the buffer from which on the node takes no more triggers
     * @param threads that write
     */
    record Settings(int batch, long lingerMillis, int limit, int threads) {}

    interface Writer {
        /**
         * Returns when all are written.
         *
         * @param ended is told of each that needs no more writing, also where this throws later
         */
        void write(List<Completion> batch, Consumer<Completion> ended) throws SQLException, JobPersistenceException;
    }

    private final Settings settings;
    private final Writer writer;
    private final Consumer<Completion> written;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Completion> waiting = new ArrayDeque<>();
    private final List<Thread> threads = new ArrayList<>();
    private int beingWritten;
    private boolean closed;

    CompletionBuffer(Settings settings, Writer writer, Consumer<Completion> written) {
        this.settings = settings;
        this.writer = writer;
        this.written = written;
    }

    void start(String name, boolean daemon) {
        for (int i = 1; i <= settings.threads(); i++) {
            Thread thread = new Thread(this::run, name + "_Completions-" + i);
            thread.setDaemon(daemon);
            threads.add(thread);
            thread.start();
        }
    }

    /** After {@link #close} it is written by the calling thread, once. */
    void add(Completion completion) {
        lock.lock();
        try {
            if (!closed) {
                waiting.add(completion);
                // One alone starts the linger, a full batch ends it.
                if (waiting.size() == 1 || waiting.size() == settings.batch()) {
                    changed.signal();
                }
                return;
            }
        } finally {
            lock.unlock();
        }
        try {
            writer.write(List.of(completion), ended -> {});
            written.accept(completion);
        } catch (SQLException | JobPersistenceException | RuntimeException e) {
            LOG.error(
                    "trigger {} ended after the shutdown and could not be written; it will be recovered",
                    completion.key(),
                    e);
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size() + beingWritten;
        } finally {
            lock.unlock();
        }
    }

    boolean isFull() {
        return size() >= settings.limit();
    }

    /** Writes what is here, trying for so long, and stops the threads. What is left then will be recovered by another node. */
    void close(long patienceMillis) {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (thread.isAlive()) {
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (size() > 0) {
            LOG.warn("{} executions could not be written before the shutdown; they will be recovered", size());
        }
    }

    private void run() {
        List<Completion> batch = new ArrayList<>();
        Set<String> ended = new HashSet<>();
        long retry = FIRST_RETRY_MILLIS;
        while (true) {
            try {
                if (!take(batch)) {
                    return;
                }
                writer.write(batch, completion -> ended.add(completion.entryId()));
                finish(batch);
                retry = FIRST_RETRY_MILLIS;
            } catch (InterruptedException e) {
                return;
            } catch (SQLException | JobPersistenceException | RuntimeException | Error e) {
                // An error too: without this thread nothing would be written any more, and nobody would notice.
                Map<Boolean, List<Completion>> byEnd = batch.stream()
                        .collect(Collectors.partitioningBy(completion -> ended.contains(completion.entryId())));
                finish(byEnd.getOrDefault(true, List.of()));
                List<Completion> rest = byEnd.getOrDefault(false, List.of());
                LOG.warn(
                        "{} executions could not be written, trying again in {} ms: {}",
                        rest.size(),
                        retry,
                        e.toString());
                giveBack(rest);
                if (!Pause.millis(retry)) {
                    return;
                }
                retry = Math.min(2 * retry, LAST_RETRY_MILLIS);
            } finally {
                batch.clear();
                ended.clear();
            }
        }
    }

    /** False where the buffer is closed and empty. */
    private boolean take(List<Completion> batch) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty()) {
                if (closed) {
                    return false;
                }
                changed.await();
            }
            long linger = TimeUnit.MILLISECONDS.toNanos(settings.lingerMillis());
            while (linger > 0 && !closed && !waiting.isEmpty() && waiting.size() < settings.batch()) {
                linger = changed.awaitNanos(linger);
            }
            while (!waiting.isEmpty() && batch.size() < settings.batch()) {
                batch.add(waiting.remove());
            }
            beingWritten += batch.size();
            if (!waiting.isEmpty()) {
                changed.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void finish(List<Completion> batch) {
        lock.lock();
        try {
            beingWritten -= batch.size();
        } finally {
            lock.unlock();
        }
        batch.forEach(written);
    }

    private void giveBack(List<Completion> batch) {
        lock.lock();
        try {
            beingWritten -= batch.size();
            for (int i = batch.size() - 1; i >= 0; i--) {
                waiting.addFirst(batch.get(i));
            }
        } finally {
            lock.unlock();
        }
    }
}
