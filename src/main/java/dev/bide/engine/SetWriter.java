package dev.bide.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes many items in sets, each a transaction of its own, and says of each item what came of it. A set that fails of its data is halved and
 * written again, so that a bad item spoils no other. Thread-safe.
 *
 * @param <I> what is written
 * @param <O> what comes of it
 */
final class SetWriter<I, O> {
    private static final Logger LOG = LoggerFactory.getLogger(SetWriter.class);

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
    record Written<O>(@Nullable O value, @Nullable RefusedException refusal) {}

    /**
     * In the order of the items. Where the database goes away, the rest is not tried, and says so; where it was away before anything was
     * written, that is thrown: the caller may send all again.
     */
    List<Written<O>> writeAll(List<I> items) {
        List<Written<O>> results = new ArrayList<>(items.size());
        try {
            int from = 0;
            while (from < items.size()) {
                int to = end(items, from);
                writeSet(items.subList(from, to), results);
                from = to;
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

    /** Throws only what lies in the circumstances. */
    private void writeSet(List<I> set, List<Written<O>> results) {
        try {
            writeOrAgain(set).forEach(value -> results.add(new Written<>(value, null)));
        } catch (RuntimeException e) {
            if (DatabaseAway.is(e)) {
                throw e;
            }
            if (set.size() == 1) {
                results.add(new Written<>(null, refusal(e)));
                return;
            }
            int half = set.size() / 2;
            writeSet(set.subList(0, half), results);
            writeSet(set.subList(half, set.size()), results);
        }
    }

    private List<O> writeOrAgain(List<I> set) {
        try {
            return write.apply(set);
        } catch (RuntimeException e) {
            if (DatabaseAway.collision(e)) {
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
