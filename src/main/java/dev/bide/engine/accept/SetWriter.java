package dev.bide.engine.accept;

import dev.bide.engine.Acceptance;
import dev.bide.jobstore.DatabaseFault;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes many items in sets, each a transaction of its own, and says of each item what came of it. A set that fails of its data is halved and
 * written again, so that a bad item spoils no other; so is one that a lock is in the way of, for some seconds in all. Thread-safe.
 *
 * @param <I> what is written
 * @param <T> what comes of it
 */
final class SetWriter<I, T> {
    private static final Logger LOG = LoggerFactory.getLogger(SetWriter.class);

    /** Of one item. */
    private static final int MOST_LOCKED_ALONE = 10;

    private final Function<List<I>, List<Acceptance<T>>> write;
    private final ToLongFunction<I> size;
    private final int largestSet;

    /**
     * @param write one transaction that writes a set; its answers are in the set's order
     * @param size characters of an item
     * @param largestSet items in a set, which ends earlier where they are large
     */
    SetWriter(Function<List<I>, List<Acceptance<T>>> write, ToLongFunction<I> size, int largestSet) {
        this.write = write;
        this.size = size;
        this.largestSet = largestSet;
    }

    /**
     * In the order of the items. Where the database goes away, the rest is not tried, and says so; where it was away before anything was
     * written, that is thrown: the caller may send all again.
     */
    List<Acceptance<T>> writeAll(List<I> items) {
        Results<T> results = new Results<>(items.size());
        AtomicInteger locked = new AtomicInteger();
        try {
            int from = 0;
            while (from < items.size()) {
                int to = end(items, from);
                writeSet(items.subList(from, to), results, locked, 0);
                from = to;
            }
            if (!results.all.isEmpty() && results.all.stream().allMatch(SetWriter::isAway)) {
                throw RefusedException.away();
            }
        } catch (RuntimeException e) {
            if (!results.committed) {
                throw e;
            }
            int missing = items.size() - results.all.size();
            LOG.warn("The database is away; {} items of a bulk call are not stored", missing);
            while (results.all.size() < items.size()) {
                results.refuse(Refusal.away());
            }
        }
        return results.all;
    }

    private static boolean isAway(Acceptance<?> result) {
        return result instanceof Acceptance.Refused<?> refused && refused.why().reason() == Refusal.Reason.AWAY;
    }

    /** Of one call, as they come. */
    private static final class Results<T> {
        private final List<Acceptance<T>> all;
        private boolean committed;

        Results(int size) {
            this.all = new ArrayList<>(size);
        }

        void add(List<Acceptance<T>> written) {
            all.addAll(written);
            committed = true;
        }

        void refuse(Refusal why) {
            all.add(new Acceptance.Refused<>(why));
        }
    }

    /** Of the set that begins there; it holds one item at least. */
    private int end(List<I> items, int from) {
        int end = from;
        long characters = 0;
        while (end < items.size() && end < from + largestSet && characters < GroupCommit.ENOUGH) {
            characters += size.applyAsLong(items.get(end));
            end++;
        }
        return end;
    }

    /**
     * Throws only what lies in the circumstances.
     *
     * @param locked attempts of the whole call that have failed because of locks
     * @param lockedAlone those of this set, where it is one item
     */
    private void writeSet(List<I> set, Results<T> results, AtomicInteger locked, int lockedAlone) {
        try {
            results.add(writeOrAgain(set));
        } catch (RuntimeException e) {
            DatabaseFault fault = DatabaseFault.of(e);
            boolean lock = fault == DatabaseFault.LOCKED;
            if (fault.isOfTheCircumstances() && !(lock && locked.incrementAndGet() < GroupCommit.MOST_LOCKED)) {
                throw e;
            }
            if (set.size() > 1) {
                int half = set.size() / 2;
                writeSet(set.subList(0, half), results, locked, 0);
                writeSet(set.subList(half, set.size()), results, locked, 0);
            } else if (lock && lockedAlone < MOST_LOCKED_ALONE) {
                writeSet(set, results, locked, lockedAlone + 1);
            } else {
                results.refuse(lock ? Refusal.away() : refusal(e));
            }
        }
    }

    private List<Acceptance<T>> writeOrAgain(List<I> set) {
        try {
            return write.apply(set);
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e) == DatabaseFault.COLLISION) {
                return write.apply(set);
            }
            throw e;
        }
    }

    private static Refusal refusal(RuntimeException fault) {
        if (fault instanceof RefusedException refused) {
            return refused.refusal();
        }
        UUID id = UUID.randomUUID();
        LOG.error("An item of a bulk call could not be stored; it was answered with the id {}", id, fault);
        return Refusal.fault(id);
    }
}
