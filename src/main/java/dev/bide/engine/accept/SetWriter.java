package dev.bide.engine.accept;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.workflow.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes many items in sets, each a transaction of its own, and says of each item what came of it. A set that fails of its data is halved and
 * written again, so that a bad item spoils no other; so is one that a lock is in the way of, for some seconds in all. Thread-safe.
 *
 * @param <I> what is written
 * @param <O> what comes of it
 */
public final class SetWriter<I, O> {
    private static final Logger LOG = LoggerFactory.getLogger(SetWriter.class);

    /** Of one item. */
    private static final int MOST_LOCKED_ALONE = 10;

    private final Function<List<I>, List<O>> write;
    private final ToLongFunction<I> size;
    private final int largestSet;

    /**
     * @param write one transaction that writes a set; its answers are in the set's order
     * @param size characters of an item
     * @param largestSet items in a set, which ends earlier where they are large
     */
    SetWriter(Function<List<I>, List<O>> write, ToLongFunction<I> size, int largestSet) {
        this.write = write;
        this.size = size;
        this.largestSet = largestSet;
    }

    /** One of the two is there. */
    public record Written<O>(@Nullable O value, @Nullable RefusedException refusal) {}

    /**
     * In the order of the items. Where the database goes away, the rest is not tried, and says so; where it was away before anything was
     * written, that is thrown: the caller may send all again.
     */
    List<Written<O>> writeAll(List<I> items) {
        List<Written<O>> results = new ArrayList<>(items.size());
        AtomicInteger locked = new AtomicInteger();
        try {
            int from = 0;
            while (from < items.size()) {
                int to = end(items, from);
                writeSet(items.subList(from, to), results, locked, 0);
                from = to;
            }
            if (!results.isEmpty() && results.stream().allMatch(SetWriter::isAway)) {
                throw RefusedException.away();
            }
        } catch (RuntimeException e) {
            if (results.stream().allMatch(result -> result.value() == null)) {
                throw e;
            }
            LOG.warn("The database is away; {} items of a bulk call are not stored", items.size() - results.size());
            while (results.size() < items.size()) {
                results.add(new Written<>(null, RefusedException.away()));
            }
        }
        return results;
    }

    private static boolean isAway(Written<?> written) {
        RefusedException refusal = written.refusal();
        return refusal != null && refusal.reason() == RefusedException.Reason.AWAY;
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
    private void writeSet(List<I> set, List<Written<O>> results, AtomicInteger locked, int lockedAlone) {
        try {
            writeOrAgain(set).forEach(value -> results.add(new Written<>(value, null)));
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
                results.add(new Written<>(null, lock ? RefusedException.away() : refusal(e)));
            }
        }
    }

    private List<O> writeOrAgain(List<I> set) {
        try {
            return write.apply(set);
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e) == DatabaseFault.COLLISION) {
                return write.apply(set);
            }
            throw e;
        }
    }

    private static RefusedException refusal(RuntimeException fault) {
        if (fault instanceof RefusedException refused) {
            return refused;
        }
        UUID id = UUID.randomUUID();
        LOG.error("An item of a bulk call could not be stored; it was answered with the id {}", id, fault);
        return RefusedException.fault(id);
    }
}
