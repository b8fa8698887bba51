package dev.bide.jobstore.internal.complete;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.jobstore.internal.sql.Pause;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quartz.JobPersistenceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completions between the job threads, which only put them here, and the threads that write them in batches. While the database is away they are kept and tried
 * again; {@link #isFull} then stops the node from taking more.
 *
 * <p>One that can't be written holds up no other. A batch that fails, but for a database that is away, is put <em>behind</em> in two halves, and each of these again, until
 * the one that is to blame is alone. Batches of what has just ended and sets from behind take turns, so that the former wait for one attempt of the latter at most; and
 * those attempts don't wait long. One that is alone and fails is tried again after a pause that grows.
 */
public final class CompletionBuffer {
    private static final Logger LOG = LoggerFactory.getLogger(CompletionBuffer.class);
    private static final long FIRST_RETRY_MILLIS = 20;
    private static final long LAST_RETRY_MILLIS = 2_000;
    private static final long FIRST_PAUSE_MILLIS = 100;
    /** Behind a row that is locked for long: what is written later than it could be is repeated if this node dies. */
    private static final long LONGEST_WAIT_MILLIS = 1_000;

    /** Where nothing but a person may help. */
    private static final long LONGEST_PAUSE_MILLIS = 60_000;

    /** At a stop, which waits for all of them for some seconds. */
    private static final long LAST_PAUSE_MILLIS = 500;

    /** After a batch for which there was no memory, for so long they are half as large; then twice as large again, and so on. */
    private static final long SMALL_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * @param batch most completions in one transaction
     * @param batchBytes weight at which a transaction takes up no more
     * @param lingerMillis how long the first of a small batch waits for more
     * @param limit completions in the buffer from which on the node takes no more triggers
     * @param bytesLimit weight of all of them from which on it does not either
     * @param threads that write
     */
    public record Settings(int batch, long batchBytes, long lingerMillis, int limit, long bytesLimit, int threads) {}

    public interface Writer {
        /**
         * Returns when all are written.
         *
         * @param again some of them could not be written before: waits for nothing
         * @param ended is told of each that needs no more writing, also where this throws later
         */
        void write(List<Completion> batch, boolean again, Consumer<Completion> ended)
                throws SQLException, JobPersistenceException;
    }

    private record Waiting(Completion completion, long weight, long since) {}

    /**
     * Some that are written together.
     *
     * @param failures of these alone
     * @param notBefore by the monotonic clock
     * @param heldUp it is known to be one that waits for a row
     */
    private record Batch(List<Waiting> waiting, boolean again, int failures, long notBefore, boolean heldUp) {
        List<Completion> completions() {
            return waiting.stream().map(Waiting::completion).toList();
        }

        /** It waits no longer than until then. */
        Batch by(long latest) {
            return notBefore - latest > 0 ? new Batch(waiting, again, failures, latest, heldUp) : this;
        }
    }

    private final Settings settings;
    private final Writer writer;
    private final Consumer<Completion> written;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    /** By how long they have to wait still: values of the monotonic clock compare by their difference. */
    private final PriorityQueue<Batch> behind =
            new PriorityQueue<>((one, other) -> Long.signum(one.notBefore() - other.notBefore()));

    private final List<Thread> threads = new ArrayList<>();
    private final Set<Batch> beingWritten = Collections.newSetFromMap(new IdentityHashMap<>());
    private int size;
    private long bytes;
    private int most;
    private long smallUntil;
    private boolean closed;

    public CompletionBuffer(Settings settings, Writer writer, Consumer<Completion> written) {
        this.settings = settings;
        this.writer = writer;
        this.written = written;
        this.most = settings.batch();
    }

    public void start(String name, boolean daemon) {
        for (int i = 1; i <= settings.threads(); i++) {
            Thread thread = new Thread(this::run, name + "_Completions-" + i);
            thread.setDaemon(daemon);
            threads.add(thread);
            thread.start();
        }
    }

    /**
     * After {@link #close} it is written by the calling thread, once.
     *
     * @param weight in bytes
     */
    public void add(Completion completion, long weight) {
        lock.lock();
        try {
            if (!closed) {
                waiting.add(new Waiting(completion, weight, System.nanoTime()));
                size++;
                bytes += weight;
                // One alone starts the linger, a full batch ends it.
                if (waiting.size() == 1 || waiting.size() == most) {
                    changed.signal();
                }
                return;
            }
        } finally {
            lock.unlock();
        }
        try {
            writer.write(List.of(completion), false, ended -> {});
            written.accept(completion);
        } catch (SQLException | JobPersistenceException | RuntimeException e) {
            LOG.error(
                    "trigger {} ended after the shutdown and could not be written; it will be recovered",
                    completion.key(),
                    e);
        }
    }

    public int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    public boolean isFull() {
        lock.lock();
        try {
            return size >= settings.limit() || bytes >= settings.bytesLimit();
        } finally {
            lock.unlock();
        }
    }

    /** How long the oldest has waited, in milliseconds; 0 where there is none. One that is known to wait for a row that somebody holds does not count. */
    public long oldestMillis() {
        lock.lock();
        try {
            long now = System.nanoTime();
            long oldest = waiting.isEmpty() ? 0 : now - waiting.element().since();
            for (Batch batch : behind) {
                oldest = Math.max(oldest, age(batch, now));
            }
            for (Batch batch : beingWritten) {
                oldest = Math.max(oldest, age(batch, now));
            }
            return TimeUnit.NANOSECONDS.toMillis(oldest);
        } finally {
            lock.unlock();
        }
    }

    private static long age(Batch batch, long now) {
        return batch.heldUp() ? 0 : now - batch.waiting().get(0).since();
    }

    /** Writes what is here, trying for so long and without the long pauses, and stops the threads. What is left then will be recovered by another node. */
    public void close(long patienceMillis) {
        lock.lock();
        try {
            closed = true;
            List<Batch> sooner = soonerWhereClosed(List.copyOf(behind));
            behind.clear();
            behind.addAll(sooner);
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
        Set<String> ended = new HashSet<>();
        long retry = FIRST_RETRY_MILLIS;
        boolean behindFirst = false;
        while (true) {
            Batch batch = null;
            try {
                batch = take(behindFirst);
                if (batch == null) {
                    return;
                }
                behindFirst = !batch.again();
                writer.write(batch.completions(), batch.again(), completion -> ended.add(completion.entryId()));
                finish(batch, batch.waiting());
                retry = FIRST_RETRY_MILLIS;
            } catch (InterruptedException e) {
                return;
            } catch (SQLException | JobPersistenceException | RuntimeException | Error e) {
                // An error too: without this thread nothing would be written any more, and nobody would notice.
                if (!ended.isEmpty()) {
                    retry = FIRST_RETRY_MILLIS;
                }
                if (batch == null || failed(batch, ended, e, retry)) {
                    if (!Pause.millis(retry)) {
                        return;
                    }
                    retry = Math.min(2 * retry, LAST_RETRY_MILLIS);
                }
            } finally {
                ended.clear();
            }
        }
    }

    /** Whether to pause before anything is written. Without memory for this too it tries again: what it has in hand is nowhere else. */
    private boolean failed(Batch batch, Set<String> ended, Throwable failure, long retry) {
        while (true) {
            try {
                return sortOut(batch, ended, failure, retry);
            } catch (RuntimeException | Error e) {
                if (!Pause.millis(LAST_RETRY_MILLIS)) {
                    return true;
                }
            }
        }
    }

    /** Changes all, or where it throws nothing. */
    private boolean sortOut(Batch batch, Set<String> ended, Throwable failure, long retry) {
        List<Waiting> over = new ArrayList<>();
        List<Waiting> rest = new ArrayList<>();
        for (Waiting one : batch.waiting()) {
            (ended.contains(one.completion().entryId()) ? over : rest).add(one);
        }
        if (rest.isEmpty()) {
            finish(batch, over);
            return false;
        }
        DatabaseFault fault = DatabaseFault.of(failure);
        if (fault.isAway()) {
            LOG.warn(
                    "{} executions could not be written, trying again in {} ms: {}",
                    rest.size(),
                    retry,
                    failure.toString());
            if (batch.again()) {
                Batch same = new Batch(rest, true, batch.failures(), System.nanoTime(), batch.heldUp());
                replace(batch, over, List.of(same), List.of());
            } else {
                replace(batch, over, List.of(), rest);
            }
            return true;
        }
        if (rest.size() == 1) {
            replace(batch, over, List.of(alone(batch, rest, fault, failure)), List.of());
        } else {
            LOG.warn(
                    "{} executions could not be written together, trying again in halves: {}",
                    rest.size(),
                    failure.toString());
            int half = rest.size() / 2;
            long now = System.nanoTime();
            Batch one = new Batch(List.copyOf(rest.subList(0, half)), true, 0, now, false);
            Batch other = new Batch(List.copyOf(rest.subList(half, rest.size())), true, 0, now, false);
            replace(batch, over, List.of(one, other), List.of());
        }
        // One alone, and of a set from behind one, may be to blame for which memory never suffices: no reason to write
        // all others one by one.
        if (fault.isTooLarge() && !batch.again() && rest.size() > 1) {
            shrink(rest.size());
        }
        return false;
    }

    private static Batch alone(Batch batch, List<Waiting> one, DatabaseFault fault, Throwable failure) {
        boolean heldUp = fault.isHeldUp();
        long pause = Math.min(
                FIRST_PAUSE_MILLIS << Math.min(batch.failures(), 10),
                heldUp ? LONGEST_WAIT_MILLIS : LONGEST_PAUSE_MILLIS);
        LOG.warn(
                "the execution of trigger {} could not be written for the {}. time, trying again in {} ms: {}",
                one.get(0).completion().key(),
                batch.failures() + 1,
                pause,
                failure.toString());
        long notBefore = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause);
        return new Batch(one, true, batch.failures() + 1, notBefore, heldUp);
    }

    /** Null where the buffer is closed and empty. */
    private @Nullable Batch take(boolean behindFirst) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Batch batch = null;
            while (batch == null) {
                long untilBehind =
                        behind.isEmpty() ? Long.MAX_VALUE : behind.element().notBefore() - System.nanoTime();
                if (untilBehind <= 0 && (behindFirst || waiting.isEmpty())) {
                    batch = behind.element();
                } else if (!waiting.isEmpty()) {
                    batch = takeNew();
                } else if (untilBehind < Long.MAX_VALUE) {
                    changed.awaitNanos(untilBehind);
                } else if (closed) {
                    return null;
                } else {
                    changed.await();
                }
            }
            // In this order: where there is no memory for it, it is still where it was.
            beingWritten.add(batch);
            if (batch.again()) {
                behind.remove();
            } else {
                for (int i = batch.waiting().size(); i > 0; i--) {
                    waiting.remove();
                }
            }
            if (!waiting.isEmpty()) {
                changed.signal();
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** The next of those that wait, which wait still. */
    private @Nullable Batch takeNew() throws InterruptedException {
        long linger = TimeUnit.MILLISECONDS.toNanos(settings.lingerMillis());
        while (linger > 0 && !closed && !waiting.isEmpty() && waiting.size() < most && bytes < settings.batchBytes()) {
            linger = changed.awaitNanos(linger);
        }
        if (most < settings.batch() && System.nanoTime() - smallUntil > 0) {
            most = Math.min(2 * most, settings.batch());
            smallUntil = System.nanoTime() + SMALL_NANOS;
        }
        List<Waiting> taken = new ArrayList<>();
        long weight = 0;
        for (Waiting one : waiting) {
            weight += one.weight();
            if (taken.size() == most || (!taken.isEmpty() && weight > settings.batchBytes())) {
                break;
            }
            taken.add(one);
        }
        return taken.isEmpty() ? null : new Batch(List.copyOf(taken), false, 0, 0, false);
    }

    private void finish(Batch batch, List<Waiting> over) {
        replace(batch, over, List.of(), List.of());
    }

    /**
     * What is over goes; the rest waits in these sets behind, or is the first of what waits. All of it, or where it throws nothing: it may be done again.
     *
     * @param over of the batch
     */
    private void replace(Batch batch, List<Waiting> over, List<Batch> sets, List<Waiting> first) {
        long weight = 0;
        for (Waiting one : over) {
            weight += one.weight();
        }
        lock.lock();
        try {
            put(sets, first);
            beingWritten.remove(batch);
            size -= over.size();
            bytes -= weight;
            if (!sets.isEmpty()) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
        for (Waiting one : over) {
            try {
                written.accept(one.completion());
            } catch (RuntimeException | Error e) {
                LOG.error(
                        "trigger {} is written, which could not be told",
                        one.completion().key(),
                        e);
            }
        }
    }

    private List<Batch> soonerWhereClosed(List<Batch> sets) {
        if (!closed) {
            return sets;
        }
        long latest = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_PAUSE_MILLIS);
        return sets.stream().map(batch -> batch.by(latest)).toList();
    }

    private void put(List<Batch> waits, List<Waiting> first) {
        List<Batch> sets = soonerWhereClosed(waits);
        int put = 0;
        try {
            behind.addAll(sets);
            for (int i = first.size() - 1; i >= 0; i--) {
                waiting.addFirst(first.get(i));
                put++;
            }
        } catch (RuntimeException | Error e) {
            behind.removeAll(sets);
            for (; put > 0; put--) {
                waiting.removeFirst();
            }
            throw e;
        }
    }

    private void shrink(int failed) {
        lock.lock();
        try {
            most = Math.max(1, Math.min(most, failed) / 2);
            smallUntil = System.nanoTime() + SMALL_NANOS;
        } finally {
            lock.unlock();
        }
    }
}
