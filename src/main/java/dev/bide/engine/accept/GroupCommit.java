package dev.bide.engine.accept;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes what many callers bring in sets: while one set is being committed the next gathers, so that its size follows the load and a lone
 * caller waits for nobody. Each item's future completes once the item is on disk.
 *
 * <p>Bounded: when {@code capacity} items wait, the next is refused as {@link Refusal.Reason#BUSY}. A set that fails of its data is
 * written again one by one, so that a bad item spoils no other; one that fails of the circumstances is not, since all would fare the same. Of one that
 * a lock is in the way of, the items that need it are set apart and tried again for some seconds, while others go on. Where
 * the database is away, all that waits is told so. Where the answer to a commit is lost, the caller is told that it failed, though it may be done:
 * never the other way round.
 *
 * @param <I> what is brought
 * @param <O> what came of it
 */
final class GroupCommit<I, O> implements AutoCloseable {
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

    /**
     * How long a set gathers when the one before held more than one item. A transaction costs the service and
     * PostgreSQL the same however few it stores; a caller waits this much longer.
     */
    private static final Duration GATHERING = Duration.ofMillis(5);

    /** Items in one transaction. Larger sets cost no less each, and what has been stored before is read for answers, a set of it at a time. */
    private static final int LARGEST_SET = 250;

    /** Characters after which a set takes up no more items: the driver needs some five times that to send them. */
    static final long ENOUGH = 2 << 20;

    /**
     * Attempts of one set that may fail because of locks: three seconds, since a session waits for none longer than a tenth of one. More fail where all of
     * the set needs the same lock, as that of a table is.
     */
    static final int MOST_LOCKED = 30;

    /** Before an item that a lock was in the way of is tried again, ms; after the last it is given up. Most locks are held for some milliseconds. */
    private static final int[] PAUSES = {10, 30, 100, 300, 800, 1_700};

    /** Items that wait to be tried alone: each takes a writer a tenth of a second where its lock is still held. */
    private static final int MOST_ALONE = 30;

    private final BlockingQueue<Waiting<I, O>> queue;
    private final BlockingQueue<Waiting<I, O>> alone = new ArrayBlockingQueue<>(MOST_ALONE);
    private final Function<List<I>, List<@Nullable O>> write;
    private final ToLongFunction<I> size;
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean open = true;

    /**
     * @param write one transaction that writes a set; its answers are in the set's order. Null is for one that needs a lock that others have: nothing of it is
     *     written
     * @param size characters of an item
     * @param writers how many sets may be under way at once
     * @param capacity items that may wait
     */
    GroupCommit(
            String name,
            Function<List<I>, List<@Nullable O>> write,
            ToLongFunction<I> size,
            int writers,
            int capacity) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.write = write;
        this.size = size;
        for (int i = 1; i <= writers; i++) {
            Thread thread = new Thread(this::writeSets, name + "-" + i);
            thread.setDaemon(true);
            thread.start();
            this.writers.add(thread);
        }
    }

    /**
     * Completes once {@code item} is committed, or with what its writing threw: on the thread that wrote it, so that what depends on it
     * must be quick and must not wait. One that is refused has failed at once.
     */
    CompletableFuture<O> add(I item) {
        Waiting<I, O> waiting = new Waiting<>(item, new CompletableFuture<>(), 0);
        offer(waiting, queue);
        return waiting.result();
    }

    private void offer(Waiting<I, O> waiting, BlockingQueue<Waiting<I, O>> to) {
        if (!open || !to.offer(waiting)) {
            refuse(waiting, "This node has as much to store as it can hold; try again in a moment");
        } else if (!open && to.remove(waiting)) {
            // Closed meanwhile, and the writers may be gone. What they have taken they answer.
            refuse(waiting, "This node is stopping; try again in a moment");
        }
    }

    private void refuse(Waiting<I, O> waiting, String why) {
        waiting.result().completeExceptionally(RefusedException.busy(why));
    }

    /** Items that wait to be written. */
    int depth() {
        return queue.size();
    }

    private void writeSets() {
        List<Waiting<I, O>> set = new ArrayList<>(LARGEST_SET);
        boolean busy = false;
        while (open || !queue.isEmpty() || !alone.isEmpty()) {
            try {
                Waiting<I, O> first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    if (busy) {
                        LockSupport.parkNanos(GATHERING.toNanos());
                    }
                    fill(set, first);
                    busy = set.size() > 1;
                    write(set);
                }
                Waiting<I, O> one = alone.poll();
                if (one != null) {
                    write(List.of(one));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                set.clear();
            }
        }
    }

    private void fill(List<Waiting<I, O>> set, Waiting<I, O> first) {
        long characters = 0;
        for (Waiting<I, O> next = first; next != null; next = queue.poll()) {
            set.add(next);
            characters += size.applyAsLong(next.item());
            if (set.size() == LARGEST_SET || characters >= ENOUGH) {
                return;
            }
        }
    }

    private void write(List<Waiting<I, O>> set) {
        write(set, true, new AtomicInteger());
    }

    /** @param locked attempts of the whole set that have failed because of locks */
    private void write(List<Waiting<I, O>> set, boolean again, AtomicInteger locked) {
        try {
            List<@Nullable O> results =
                    write.apply(set.stream().map(Waiting::item).toList());
            for (int i = 0; i < set.size(); i++) {
                O result = results.get(i);
                if (result == null) {
                    later(set.get(i), queue, RefusedException.away());
                } else {
                    set.get(i).result().complete(result);
                }
            }
        } catch (RuntimeException | Error e) {
            DatabaseFault fault = DatabaseFault.of(e);
            if (again && fault == DatabaseFault.COLLISION) {
                write(set, false, locked);
            } else if (fault == DatabaseFault.LOCKED && locked.incrementAndGet() < MOST_LOCKED) {
                setApart(set, e, locked);
            } else if (fault.isOfTheCircumstances()) {
                set.forEach(waiting -> waiting.result().completeExceptionally(e));
                if (fault == DatabaseFault.UNREACHABLE) {
                    refuseWaiting(e);
                }
            } else if (set.size() == 1) {
                set.get(0).result().completeExceptionally(e);
            } else {
                set.forEach(waiting -> write(List.of(waiting), true, locked));
            }
        }
    }

    /** Which item needs the lock is not known, and most don't. One that would spoil each set that it comes into is tried again alone. */
    private void setApart(List<Waiting<I, O>> set, Throwable why, AtomicInteger locked) {
        if (set.size() == 1) {
            later(set.get(0), alone, why);
            return;
        }
        int half = set.size() / 2;
        for (List<Waiting<I, O>> part : List.of(set.subList(0, half), set.subList(half, set.size()))) {
            if (locked.get() < MOST_LOCKED) {
                write(part, true, locked);
            } else {
                part.forEach(waiting -> waiting.result().completeExceptionally(why));
            }
        }
    }

    /** Nobody waits meanwhile but its caller. */
    private void later(Waiting<I, O> waiting, BlockingQueue<Waiting<I, O>> to, Throwable why) {
        if (waiting.tries() == PAUSES.length) {
            waiting.result().completeExceptionally(why);
            return;
        }
        Waiting<I, O> again = new Waiting<>(waiting.item(), waiting.result(), waiting.tries() + 1);
        CompletableFuture.delayedExecutor(PAUSES[waiting.tries()], TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> offer(again, to));
    }

    /** What waits has waited as long as the set that found the database away, and would have to wait for as long again. */
    private void refuseWaiting(Throwable why) {
        List<Waiting<I, O>> rest = new ArrayList<>();
        queue.drainTo(rest);
        alone.drainTo(rest);
        rest.forEach(waiting -> waiting.result().completeExceptionally(why));
    }

    /** Takes nothing more. What waits goes on being written; {@link #close} waits for it. */
    void stop() {
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
    boolean alive() {
        return !open || writers.stream().allMatch(Thread::isAlive);
    }

    /** @param tries that a lock was in the way of */
    private record Waiting<I, O>(I item, CompletableFuture<O> result, int tries) {}
}
