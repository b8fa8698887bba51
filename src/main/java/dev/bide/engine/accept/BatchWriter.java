package dev.bide.engine.accept;

import dev.bide.engine.Acceptance;
import dev.bide.jobstore.DatabaseFault;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;

/**
 * Writes new things in batches, each a transaction of its own. What many callers bring one by one is written together: while one batch is being committed the next gathers, so
 * that its size follows the load and a lone caller waits for nobody. What one caller brings together is written on his thread, past all others. {@link Writing} says what a
 * bad item does to its batch: nothing.
 *
 * <p>Items that a lock is in the way of are set apart and tried again for some seconds, while others go on. Bounded: when {@code capacity} items wait, the next is refused as
 * {@link Refusal.Reason#BUSY}. Where the database is away, all that waits is told so. Thread-safe.
 *
 * @param <I> what is brought
 * @param <T> what it is once it is stored
 */
public final class BatchWriter<I, T> implements AutoCloseable {
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

    /**
     * How long a batch gathers when the one before held more than one item. A transaction costs the service and
     * PostgreSQL the same however few it stores; a caller waits this much longer.
     */
    private static final Duration GATHERING = Duration.ofMillis(5);

    /** Between two looks at whether this was closed, ms. */
    private static final long POLL = 100;

    /** Items in one transaction, of those that come one by one. Larger batches cost no less each, and what has been stored before is read for answers, a batch of it at a time. */
    private static final int GATHERED = 250;

    /** Of those that come together: larger batches cost no less each, and hold locks and memory longer. */
    static final int BULK = 1_000;

    /** Characters after which a batch takes up no more items: the driver needs some five times that to send them. */
    static final long CHARACTERS = 2 << 20;

    /** Before an item that a lock was in the way of is tried again, ms; after the last it is given up. Most locks are held for some milliseconds. */
    private static final int[] PAUSES = {10, 30, 100, 300, 800, 1_700};

    /** Items that wait to be tried alone: each takes a writer a tenth of a second where its lock is still held. */
    private static final int MOST_ALONE = 30;

    private final BlockingQueue<Waiting<I, T>> queue;
    private final BlockingQueue<Waiting<I, T>> alone = new ArrayBlockingQueue<>(MOST_ALONE);
    private final BatchTransaction<I, T> transaction;
    private final ToLongFunction<I> size;
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean open = true;

    /**
     * @param size characters of an item
     * @param writers how many batches of single items may be under way at once
     * @param capacity single items that may wait
     */
    public BatchWriter(
            String name, BatchTransaction<I, T> transaction, ToLongFunction<I> size, int writers, int capacity) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.transaction = transaction;
        this.size = size;
        for (int i = 1; i <= writers; i++) {
            Thread thread = new Thread(this::writeBatches, name + "-" + i);
            thread.setDaemon(true);
            thread.start();
            this.writers.add(thread);
        }
    }

    /**
     * Completes once {@code item} is committed, or with what its writing threw: on the thread that wrote it, so that what depends on it
     * must be quick and must not wait. One that is refused has failed at once.
     */
    public CompletableFuture<Acceptance<T>> add(I item) {
        Waiting<I, T> waiting = new Waiting<>(item, new CompletableFuture<>(), 0);
        offer(waiting, queue);
        return waiting.result();
    }

    /**
     * Writes many on the caller's thread. In the order of the items. Where the database goes away, the rest is not tried, and says so; where it was away before
     * anything was written, that is thrown: the caller may send all again.
     */
    public List<Acceptance<T>> addAll(List<I> items) {
        BulkResults<T> results = new BulkResults<>(items.size());
        Writing<I, T> writing = new Writing<>(transaction, true, results);
        Throwable untried = null;
        for (int from = 0; from < items.size() && untried == null; ) {
            int to = end(items, from);
            untried = writing.write(items.subList(from, to), from);
            from = to;
        }
        for (int i = 0; i < PAUSES.length && untried == null && results.hasLocked(); i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSES[i]));
            for (int item : results.takeLocked()) {
                untried = untried != null ? untried : writing.write(items.subList(item, item + 1), item);
            }
        }
        return results.all(untried);
    }

    /** Of the batch that begins there; it holds one item at least. */
    private int end(List<I> items, int from) {
        int end = from;
        long characters = 0;
        while (end < items.size() && end < from + BULK && characters < CHARACTERS) {
            characters += size.applyAsLong(items.get(end));
            end++;
        }
        return end;
    }

    private void offer(Waiting<I, T> waiting, BlockingQueue<Waiting<I, T>> to) {
        if (!open || !to.offer(waiting)) {
            refuse(waiting, "This node has as much to store as it can hold; try again in a moment");
        } else if (!open && to.remove(waiting)) {
            // Closed meanwhile, and the writers may be gone. What they have taken they answer.
            refuse(waiting, "This node is stopping; try again in a moment");
        }
    }

    private void refuse(Waiting<I, T> waiting, String why) {
        waiting.result().completeExceptionally(RefusedException.busy(why));
    }

    /** Single items that wait to be written. */
    public int depth() {
        return queue.size();
    }

    private void writeBatches() {
        List<Waiting<I, T>> batch = new ArrayList<>(GATHERED);
        boolean busy = false;
        while (open || !queue.isEmpty() || !alone.isEmpty()) {
            try {
                Waiting<I, T> first = queue.poll(POLL, TimeUnit.MILLISECONDS);
                if (first != null) {
                    if (busy) {
                        LockSupport.parkNanos(GATHERING.toNanos());
                    }
                    fill(batch, first);
                    busy = batch.size() > 1;
                    write(batch);
                }
                Waiting<I, T> one = alone.poll();
                if (one != null) {
                    write(List.of(one));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                batch.clear();
            }
        }
    }

    private void fill(List<Waiting<I, T>> batch, Waiting<I, T> first) {
        long characters = 0;
        for (Waiting<I, T> next = first; next != null; next = queue.poll()) {
            batch.add(next);
            characters += size.applyAsLong(next.item());
            if (batch.size() == GATHERED || characters >= CHARACTERS) {
                return;
            }
        }
    }

    private void write(List<Waiting<I, T>> batch) {
        try {
            tell(batch);
        } catch (RuntimeException | Error e) {
            // Errors too, such as a full heap: nobody waits for ever, and the thread goes on. Who was told is not told
            // again.
            batch.forEach(waiting -> waiting.result().completeExceptionally(e));
        }
    }

    private void tell(List<Waiting<I, T>> batch) {
        Gathered gathered = new Gathered(batch);
        Throwable untried = new Writing<>(transaction, false, gathered)
                .write(batch.stream().map(Waiting::item).toList(), 0);
        if (untried != null) {
            gathered.rest(untried);
            if (DatabaseFault.of(untried) == DatabaseFault.UNREACHABLE) {
                refuseWaiting(untried);
            }
        }
    }

    /** A batch of single items, whose callers are told. */
    private final class Gathered implements Writing.Told<T> {
        private final List<Waiting<I, T>> batch;
        private final BitSet dealtWith = new BitSet();

        Gathered(List<Waiting<I, T>> batch) {
            this.batch = batch;
        }

        @Override
        public void answered(int item, Acceptance<T> answer) {
            dealtWith.set(item);
            batch.get(item).result().complete(answer);
        }

        @Override
        public void failed(int item, Throwable fault) {
            dealtWith.set(item);
            batch.get(item).result().completeExceptionally(fault);
        }

        @Override
        public void locked(int item, Throwable why, boolean spoils) {
            dealtWith.set(item);
            later(batch.get(item), spoils ? alone : queue, why);
        }

        void rest(Throwable why) {
            for (int i = dealtWith.nextClearBit(0); i < batch.size(); i = dealtWith.nextClearBit(i + 1)) {
                batch.get(i).result().completeExceptionally(why);
            }
        }
    }

    /** Nobody waits meanwhile but its caller. */
    private void later(Waiting<I, T> waiting, BlockingQueue<Waiting<I, T>> to, Throwable why) {
        if (waiting.tries() == PAUSES.length) {
            waiting.result().completeExceptionally(why);
            return;
        }
        Waiting<I, T> again = new Waiting<>(waiting.item(), waiting.result(), waiting.tries() + 1);
        CompletableFuture.delayedExecutor(PAUSES[waiting.tries()], TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> offer(again, to));
    }

    /** What waits has waited as long as the batch that found the database away, and would have to wait for as long again. */
    private void refuseWaiting(Throwable why) {
        List<Waiting<I, T>> rest = new ArrayList<>();
        queue.drainTo(rest);
        alone.drainTo(rest);
        rest.forEach(waiting -> waiting.result().completeExceptionally(why));
    }

    /** Takes nothing more. What waits goes on being written; {@link #close} waits for it. */
    public void stop() {
        open = false;
    }

    /** Takes nothing more, and returns once all that was taken is written, or is told that it won't be: where the database is away, that is after some seconds. */
    @Override
    public void close() {
        stop();
        long end = System.nanoTime() + LONGEST_STOP.toNanos();
        for (Thread writer : writers) {
            try {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                writer.join(Math.max(1, left));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        refuseWaiting(RefusedException.busy("This node is stopping; try again in a moment"));
    }

    /** False where a writer has ended though it should not: what is brought would wait for ever. */
    public boolean alive() {
        return !open || writers.stream().allMatch(Thread::isAlive);
    }

    /** @param tries that a lock was in the way of */
    private record Waiting<I, T>(I item, CompletableFuture<Acceptance<T>> result, int tries) {}
}
