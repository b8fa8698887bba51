package dev.bide.delivery.lease;

import dev.bide.delivery.address.DestinationName;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one destination may be asked by this node now, of what all workers may ask of it: some calls and places, leased ahead of need and used up here, so that nobody waits
 * for Redis. Where Redis does not answer it does not {@linkplain #holds hold}: then the node's share does. Thread-safe.
 *
 * <p>No lock of somebody else's is taken under its own.
 */
public final class Lease implements Lessor.Tenant {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    /** Between two asks. Half the time that a lease of calls is for, so that what comes in meanwhile is not lost. */
    private static final long EVERY = 50 * MILLISECOND;

    /** The same while Redis does not answer. */
    private static final long TRIED_EVERY = 250 * MILLISECOND;

    /** An answer that takes longer is as good as none. */
    static final long PATIENCE = 200 * MILLISECOND;

    /** Who has asked for nothing for so long wants nothing. */
    private static final long NEEDED = 300 * MILLISECOND;

    /** What is not used for so long goes back, and others have it for a while: threads, a breaker or a pause may keep this node from calling. */
    private static final long UNUSED = 500 * MILLISECOND;

    private static final long REST = 250 * MILLISECOND;

    /** Places are told again that they are in use. */
    private static final long RENEWED_EVERY = 500 * MILLISECOND;

    private static final long PLACES_HELD = 3_000;

    private static final long FORGOTTEN = 1_000 * MILLISECOND;

    private static final int NONE = -1;

    /** A question on its way: by its identity it is known whether it is still waited for. */
    private static final class Ask {
        private final String[] arguments;

        Ask(String... arguments) {
            this.arguments = arguments;
        }
    }

    private final DestinationName name;
    private final Lessor leases;
    private final IntSupplier lane;
    private final IntSupplier underWay;
    private final Runnable changed;
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean holds;
    private volatile boolean active;
    private volatile int places;
    private volatile int perSecond = NONE;
    private volatile int most = NONE;
    private volatile long neededAt;
    private volatile long usedAt;

    /** So many calls may be made before the first answer, and are paid for by it. */
    private volatile int ahead;

    /** Guarded by this. */
    private @Nullable Ask asked;

    private long askedAt;
    private long placesAt;
    private long restUntil;
    private volatile boolean closed;

    /** Made by {@code Leases.of}, which explains each. */
    Lease(DestinationName name, Lessor leases, IntSupplier lane, IntSupplier underWay, Runnable changed) {
        this.name = name;
        this.leases = leases;
        this.lane = lane;
        this.underWay = underWay;
        this.changed = changed;
        long now = leases.now();
        this.neededAt = now - FORGOTTEN;
        this.usedAt = now;
        this.askedAt = now - TRIED_EVERY;
        this.placesAt = now;
        this.restUntil = now;
    }

    /** What all workers may ask; null where there is no such limit. */
    public void limit(@Nullable Integer callsPerSecond, @Nullable Integer maxConcurrentCalls) {
        perSecond = callsPerSecond == null ? NONE : callsPerSecond;
        most = maxConcurrentCalls == null ? NONE : maxConcurrentCalls;
    }

    /** There is something to call, and nothing else that keeps this node from it. */
    public void need() {
        if (perSecond == NONE && most == NONE || !leases.isOn()) {
            return;
        }
        neededAt = leases.now();
        if (!active && begin()) {
            changed.run();
        }
    }

    private synchronized boolean begin() {
        if (active || closed) {
            return false;
        }
        active = true;
        holds = leases.up();
        calls.set(0);
        usedAt = neededAt;
        ahead = perSecond == NONE ? 0 : ahead(perSecond);
        places = most == NONE ? 0 : ahead(most);
        leases.add(this);
        return true;
    }

    /** A tenth of this node's share; nothing of what is too little for that. */
    private int ahead(int whole) {
        return whole < 10 ? 0 : leases.share(whole, lane.getAsInt()) / 10;
    }

    /** Whether calls go by it. What {@link #take}, {@link #room} and {@link #places} say counts only then. */
    public boolean holds() {
        return holds;
    }

    /** A call begins. */
    public boolean take() {
        int before = calls.getAndUpdate(left -> left > -ahead ? left - 1 : left);
        if (before > -ahead) {
            usedAt = leases.now();
            return true;
        }
        return false;
    }

    /** How many could begin now. */
    public int room() {
        return Math.max(0, calls.get() + ahead);
    }

    /** How many calls may be under way. */
    public int places() {
        return places;
    }

    /** It is forgotten; what it holds runs out. */
    public synchronized void close() {
        closed = true;
        holds = false;
    }

    @Override
    public boolean isAway() {
        return active && !holds && !closed;
    }

    @Override
    public void turn() {
        long now = leases.now();
        Ask next = null;
        boolean lost = false;
        synchronized (this) {
            if (closed) {
                end();
                return;
            }
            if (asked != null) {
                if (now - askedAt < PATIENCE) {
                    return;
                }
                asked = null;
                lost = lose();
                leases.failed(null);
            }
            if (now - askedAt >= (holds ? EVERY : TRIED_EVERY)) {
                next = next(now);
                if (next == null && now - neededAt > FORGOTTEN && calls.get() <= 0 && places == 0) {
                    end();
                }
                asked = next;
                askedAt = next == null ? askedAt : now;
            }
        }
        if (lost) {
            changed.run();
        }
        if (next != null) {
            Ask sent = next;
            leases.ask(name, sent.arguments).whenComplete((answer, fault) -> answered(sent, answer, fault));
        }
    }

    /** Under the lock, as {@link #begin}: one that is needed again meanwhile must not be left out. */
    private void end() {
        active = false;
        leases.remove(this);
    }

    private boolean lose() {
        boolean held = holds;
        holds = false;
        calls.set(0);
        ahead = 0;
        places = 0;
        return held;
    }

    /** Null where there is nothing to ask. */
    private @Nullable Ask next(long now) {
        int under = underWay.getAsInt();
        if (perSecond == NONE) {
            calls.set(0);
        }
        if (most == NONE) {
            places = 0;
        }
        if (most != NONE && under > 0) {
            usedAt = now;
        }
        boolean needed = now - neededAt < NEEDED && now - restUntil >= 0;
        if (needed && holds && (calls.get() > 0 || places > under) && now - usedAt > UNUSED) {
            restUntil = now + REST;
            usedAt = restUntil;
            needed = false;
        }
        int wantedCalls = perSecond == NONE ? 0 : wantedCalls(needed);
        int wantedPlaces = most == NONE ? 0 : under + (needed ? (most + 9) / 10 : 0);
        boolean renew = most != NONE && (wantedPlaces > 0 || places > 0) && now - placesAt >= RENEWED_EVERY;
        boolean change = most != NONE && wantedPlaces != places;
        if (wantedCalls == 0 && !renew && !change && !(needed && !holds)) {
            return null;
        }
        return new Ask(
                leases.nodeId(),
                Integer.toString(perSecond == NONE ? NONE : leases.pool(perSecond, lane.getAsInt())),
                Integer.toString(leaseOfCalls()),
                Integer.toString(wantedCalls),
                Integer.toString(most == NONE ? NONE : leases.pool(most, lane.getAsInt())),
                Integer.toString(wantedPlaces),
                Integer.toString(most == NONE ? 0 : under),
                Long.toString(PLACES_HELD));
    }

    private int wantedCalls(boolean needed) {
        if (needed) {
            return Math.max(0, leaseOfCalls() - calls.get());
        }
        return -Math.max(0, calls.getAndUpdate(left -> Math.min(0, left)));
    }

    /** Those of a tenth of a second, and one at least. */
    private int leaseOfCalls() {
        return perSecond == NONE ? 0 : (perSecond + 9) / 10;
    }

    private void answered(Ask ask, @Nullable List<Object> answer, @Nullable Throwable fault) {
        boolean change;
        synchronized (this) {
            if (asked != ask) {
                return; // Too late: what it gives is lost.
            }
            asked = null;
            if (fault != null || answer == null || answer.size() != 2) {
                change = lose();
            } else {
                int given = ((Number) answer.get(0)).intValue();
                int held = ((Number) answer.get(1)).intValue();
                change = !holds || held != places;
                if (!holds) {
                    calls.set(0);
                    usedAt = leases.now();
                }
                if (calls.get() <= 0 && given > 0 || held > 0 && places == 0) {
                    usedAt = leases.now();
                }
                ahead = 0;
                calls.addAndGet(given);
                places = held;
                placesAt = leases.now();
                holds = true;
            }
        }
        if (fault == null) {
            leases.answered();
        } else {
            leases.failed(fault);
        }
        if (change) {
            changed.run();
        }
    }

    @Override
    public String toString() {
        return name + ": " + calls + " calls, " + places + " places" + (holds ? "" : ", away");
    }
}
