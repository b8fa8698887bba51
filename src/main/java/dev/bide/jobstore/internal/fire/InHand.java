package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.internal.complete.Completion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is in this node's hands, by fire instance id, and under which of its leases it came there. The database's fired-trigger entries of this instance are the same
 * set, but for the moments around a commit. Thread-safe.
 */
public final class InHand {
    private final EntryIds entryIds;
    private final Lease lease;
    private final Map<String, Taken> entries = new ConcurrentHashMap<>();

    /** Held while a batch is on its way from the database to here. */
    final ReentrantLock arriving = new ReentrantLock();

    public InHand(EntryIds entryIds, Lease lease) {
        this.entryIds = entryIds;
        this.lease = lease;
    }

    /** Which lease this node holds now; {@link Lease#NONE} for none. */
    long lease() {
        return lease.number();
    }

    /** Whether that lease has been held without a gap until now. */
    boolean isHeld(long leaseNumber) {
        return lease.isHeld(leaseNumber);
    }

    /** Whether nobody else can have taken it over. */
    boolean isHeld(Taken taken) {
        return lease.isHeld(taken.lease());
    }

    void add(List<Taken> taken, long leaseNumber) {
        for (Taken one : taken) {
            one.takenUnder(leaseNumber);
            entries.put(one.entryId, one);
        }
    }

    @Nullable
    Taken get(String entry) {
        return entries.get(entry);
    }

    @Nullable
    Taken remove(String entry) {
        return entries.remove(entry);
    }

    /** After its completion is written, or found to be another node's. */
    public void forget(Completion completion) {
        entries.remove(completion.entryId());
    }

    boolean has(String entry) {
        return entries.containsKey(entry);
    }

    /** Those whose jobs Quartz has not been given, and is not given any more. */
    List<String> notHandedOut() {
        return entries.values().stream()
                .filter(taken -> !taken.isHandedOut())
                .map(taken -> taken.entryId)
                .toList();
    }

    /** Whether the job of this execution may still begin. */
    boolean mayBegin(String entry) {
        Taken taken = entries.get(entry);
        return taken != null && isHeld(taken);
    }

    /** The number of the oldest batch of which something is here; Long.MAX_VALUE for none. */
    long oldest() {
        return entries.keySet().stream().mapToLong(entryIds::number).min().orElse(Long.MAX_VALUE);
    }

    int size() {
        return entries.size();
    }
}
