package dev.bide.engine.accept;

import dev.bide.engine.Acceptance;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What came of the items of one bulk call, as it comes. */
final class BulkResults<T> implements Writing.Told<T> {
    private static final Logger LOG = LoggerFactory.getLogger(BulkResults.class);

    private final List<@Nullable Acceptance<T>> results;
    private List<Integer> locked = new ArrayList<>();
    private boolean committed;

    BulkResults(int size) {
        this.results = new ArrayList<>(Collections.nCopies(size, null));
    }

    @Override
    public void answered(int item, Acceptance<T> answer) {
        results.set(item, answer);
        committed = true;
    }

    @Override
    public void failed(int item, Throwable fault) {
        results.set(item, new Acceptance.Refused<>(refusal(fault)));
    }

    private static Refusal refusal(Throwable fault) {
        if (fault instanceof RefusedException refused) {
            return refused.refusal();
        }
        UUID id = UUID.randomUUID();
        LOG.atError()
                .addKeyValue("fault", id)
                .setCause(fault)
                .log("An item of a bulk call could not be stored; it was answered with the id {}", id);
        return Refusal.fault(id);
    }

    @Override
    public void locked(int item, Throwable why, boolean spoils) {
        locked.add(item);
    }

    /** Those that a lock was in the way of, to be tried again. */
    List<Integer> takeLocked() {
        List<Integer> taken = locked;
        locked = new ArrayList<>();
        return taken;
    }

    boolean hasLocked() {
        return !locked.isEmpty();
    }

    /**
     * All, in their order; what was not written says that it may be sent again. Where nothing was written at all because of the circumstances, that is thrown: the caller may
     * send all again.
     *
     * @param why the rest was not tried; null where all was
     */
    List<Acceptance<T>> all(@Nullable Throwable why) {
        long missing = results.stream().filter(Objects::isNull).count();
        if (!committed && why != null) {
            throw thrown(why);
        }
        if (missing > 0 && missing == results.size()) {
            throw RefusedException.away();
        }
        if (why != null) {
            LOG.warn("The rest of a bulk call was not tried; {} items are not stored: {}", missing, why.toString());
        }
        return results.stream()
                .<Acceptance<T>>map(result -> result == null ? new Acceptance.Refused<>(Refusal.away()) : result)
                .toList();
    }

    private static RuntimeException thrown(Throwable why) {
        if (why instanceof Error e) {
            throw e;
        }
        return (RuntimeException) why;
    }
}
