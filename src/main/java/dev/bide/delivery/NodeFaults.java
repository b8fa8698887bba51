package dev.bide.delivery;

import dev.bide.delivery.address.HostResolver;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells faults of this node (no network, no file descriptors, no DNS) from those of third parties: for the first nobody's timer spends an attempt.
 *
 * <ul>
 *   <li>No file descriptors: always the node's.
 *   <li>No network to a destination that has answered before: the node's, for a timer that is no more than an hour late.
 *   <li>Three destinations that answered before can't be reached, or three names can't be looked up because the resolver doesn't answer, and nobody was reached in
 *       between: the node's, until somebody is reached, for an hour at most. Meanwhile only a few calls are made, to find that out.
 * </ul>
 *
 * A connection that is refused is never the node's fault: the packets went there and back. Destinations that never answered prove nothing: they may not exist. Safe for any number of threads.
 */
final class NodeFaults {

    private static final Logger LOG = LoggerFactory.getLogger(NodeFaults.class);

    private static final int DESTINATIONS = 3;
    private static final int TRIALS = 8;
    private static final int COUNTED = 100;
    private static final long SECOND = 1_000_000_000L;

    /** No timer waits for ever: it may be that all third parties of this node are gone. */
    static final Duration LONGEST = Duration.ofHours(1);

    /** With no file descriptor left there is no sense in another call right away. */
    private static final long WITHOUT_DESCRIPTORS_NANOS = SECOND / 2;

    /** What {@link #admit} says. */
    enum Permit {
        GO,
        /** To find out whether the fault is over. */
        TRY,
        WAIT
    }

    private final LongSupplier nanos;
    private final Set<String> unreached = new HashSet<>();
    private volatile boolean any;
    private volatile boolean atFault;
    private volatile boolean withoutDescriptors;
    private long since;
    private long descriptorsAt;
    private int trials;

    NodeFaults(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Somebody was reached. */
    void reached() {
        if (any) {
            synchronized (this) {
                unreached.clear();
                any = false;
                if (atFault) {
                    LOG.info("Third parties are reached again");
                }
                atFault = false;
            }
        }
    }

    /**
     * A call came to nothing before its connection stood.
     *
     * @param name of the destination
     * @param known whether it has answered before
     * @param late whether the timer has waited {@link #LONGEST} since it was due
     * @return whether this node is to blame
     */
    synchronized boolean failed(String name, boolean known, boolean late, IOException fault) {
        if (says(fault, "too many open files")) {
            if (!withoutDescriptors) {
                LOG.error("This node has no file descriptors left for calls; raise its limit, or lower engine.threads");
            }
            withoutDescriptors = true;
            descriptorsAt = nanos.getAsLong();
            return true;
        }
        if (says(fault, "connection refused")) {
            return false;
        }
        boolean resolver = says(fault, HostResolver.NO_RESOLVER);
        if ((known || resolver) && unreached.size() < COUNTED) {
            if (unreached.isEmpty()) {
                since = nanos.getAsLong();
            }
            unreached.add(name);
            any = true;
            if (!atFault && unreached.size() >= DESTINATIONS) {
                atFault = true;
                LOG.warn(
                        "No third party can be reached any more ({}); no timer spends an attempt on it",
                        fault.getMessage());
            }
        }
        return atFault() || (known && !late && says(fault, "network is unreachable"));
    }

    /** Whether a call may be made now; {@link Permit#TRY} is followed by one {@link #tried}. */
    Permit admit() {
        if (!atFault && !withoutDescriptors) {
            return Permit.GO;
        }
        synchronized (this) {
            if (withoutDescriptors) {
                if (nanos.getAsLong() - descriptorsAt < WITHOUT_DESCRIPTORS_NANOS) {
                    return Permit.WAIT;
                }
                withoutDescriptors = false;
            }
            if (!atFault()) {
                return Permit.GO;
            }
            if (trials == TRIALS) {
                return Permit.WAIT;
            }
            trials++;
            return Permit.TRY;
        }
    }

    synchronized void tried() {
        trials--;
    }

    private boolean atFault() {
        return atFault && nanos.getAsLong() - since < LONGEST.toNanos();
    }

    private static boolean says(Throwable fault, String words) {
        Throwable next = fault;
        for (int depth = 0; next != null && depth < 10; depth++) {
            String message = next.getMessage();
            if (message != null && message.toLowerCase(Locale.ROOT).contains(words)) {
                return true;
            }
            next = next.getCause();
        }
        return false;
    }
}
