package dev.bide.delivery.destination;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.delivery.address.DestinationName;
import dev.bide.delivery.lease.Lease;
import dev.bide.delivery.lease.Leases;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * One host and port: what it may be asked to carry, and its connections. Every {@link #admit} that gives a place is
 * followed by exactly one {@link #release}. Safe for any number of threads.
 */
public final class Destination {

    private static final long MILLISECOND = 1_000_000L;

    /** Nobody comes back sooner: the database would feel it. */
    private static final long SOONEST_NANOS = 50 * MILLISECOND;

    /** While nothing is known of how fast the destination answers. */
    private static final long FIRST_GUESS_NANOS = 20 * MILLISECOND;

    /** One that comes to a paused destination, where its lane can't be held, or where it is in another. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** How many a second come to ask whether an open breaker has closed, at most. */
    private static final long BREAKER_PACE_NANOS = 2 * MILLISECOND;

    /**
     * How long anything is waited for, at most, and by which clock.
     *
     * @param pause that a destination may ask for
     * @param forPlace who is likely to have a place by then waits for it; short, since it waits on one of the threads that serve all destinations
     * @param nanos as {@link System#nanoTime} counts them
     */
    record Waits(Duration pause, Duration forPlace, LongSupplier nanos) {
        Waits(Duration pause) {
            this(pause, Duration.ofMillis(20), System::nanoTime);
        }
    }

    /** What {@link #admit} says: one of the two. */
    public record Admission(@Nullable Deferred deferred, Threads.@Nullable Place place) {}

    private final DestinationName name;
    private final IntSupplier lane;
    private final OkHttpClient client;
    private final DestinationLimits limits;
    private final Threads threads;
    private final Threads.Share share = new Threads.Share();
    private final Places places;
    private final DestinationTally tally;
    private final DestinationBreaker breaker;
    private final AskedPause pause;
    private final AtomicInteger waiting = new AtomicInteger();
    private final long longestWait;
    private final LongSupplier nanos;
    private final Slots fullSlots;
    private final Slots rateSlots;
    private final Slots breakerSlots;
    private final ThreadDenials denials;

    /** A moving average, written without a lock: a lost update does no harm. */
    private volatile long usualNanos = FIRST_GUESS_NANOS;

    /** When a call ended last, or one began while there was none. */
    private volatile long progressAt;

    private final @Nullable Lease lease;

    /** Guarded by this. */
    private boolean sharesPlaces;

    private int placesByShare;

    /** This node's share. */
    private volatile @Nullable Rate rate;

    private volatile boolean paused;
    private volatile boolean forgotten;
    private volatile Directives obeyed = Directives.NONE;

    /** When there was a place last: however long nothing has ended by then, it was not for want of places. */
    private volatile long roomAt;

    /**
     * @param lane of this destination, as it is when that is asked
     * @param leases null where limits are shared out by who lives
     */
    Destination(
            DestinationName name,
            DestinationLimits limits,
            Waits waits,
            Threads threads,
            OkHttpClient client,
            IntSupplier lane,
            @Nullable Leases leases) {
        this.name = name;
        this.lane = lane;
        this.limits = limits;
        this.threads = threads;
        this.client = client;
        this.longestWait = waits.forPlace().toNanos();
        this.nanos = waits.nanos();
        this.progressAt = nanos.getAsLong();
        this.roomAt = progressAt;
        this.fullSlots = new Slots(nanos);
        this.rateSlots = new Slots(nanos);
        this.breakerSlots = new Slots(nanos);
        this.denials = new ThreadDenials(nanos);
        String text = name.toString();
        this.places = new Places(limits.maxConcurrentCalls(), waits.forPlace());
        this.tally = new DestinationTally(nanos);
        this.breaker = new DestinationBreaker(text, limits.breaker, breakerSlots::clear, nanos);
        this.pause = new AskedPause(waits.pause(), nanos);
        this.rate = limits.callsPerSecond == 0 ? null : new Rate(limits.callsPerSecond, nanos);
        this.placesByShare = limits.maxConcurrentCalls();
        this.lease = leases == null ? null : leases.of(name, lane, this::underWay, this::hold);
    }

    /** Holds its share of what is set for it from now on, or else of what is configured. Waits for no call. */
    synchronized void obey(Directives directives) {
        Directive own = directives.of(name);
        Integer most = own == null ? null : own.maxConcurrentCalls();
        int all = most == null ? limits.maxConcurrentCalls() : most;
        sharesPlaces = most != null || limits.sharesPlaces();
        placesByShare = sharesPlaces ? directives.share().of(all, lane.getAsInt()) : all;
        Integer perSecond = own == null ? null : own.callsPerSecond();
        if (perSecond == null && limits.callsPerSecond != 0) {
            perSecond = limits.callsPerSecond;
        }
        if (lease != null) {
            lease.limit(perSecond, sharesPlaces ? all : null);
        }
        hold();
        if (perSecond == null) {
            rate = null;
        } else {
            int calls = directives.share().of(perSecond, lane.getAsInt());
            Rate now = rate;
            if (now == null) {
                now = new Rate(calls, nanos);
                now.change(calls, perSecond);
                rate = now;
            } else if (now.change(calls, perSecond)) {
                rateSlots.clear();
            }
        }
        paused = own != null && own.paused();
        obeyed = directives;
    }

    /** Has as many places as are leased, or else as this node's share of them. */
    private synchronized void hold() {
        places.change(sharesPlaces && leased() ? Objects.requireNonNull(lease).places() : placesByShare);
    }

    private boolean leased() {
        return lease != null && lease.holds();
    }

    /** Whether it holds what these say; cheap. */
    boolean obeys(Directives directives) {
        return obeyed == directives;
    }

    public DestinationName name() {
        return name;
    }

    public OkHttpClient client() {
        return client;
    }

    boolean open() {
        return breaker.open();
    }

    /** Whether it has ever answered. */
    public boolean known() {
        return threads.answered(share);
    }

    /** A place where the call may go now. Waits for no more than 20 ms, and only where one is likely by then. */
    public Admission admit() {
        if (paused) {
            return deferred(Reason.PAUSED, PAUSE);
        }
        long left = pause.left();
        if (left > 0) {
            return deferred(Reason.ASKED_TO_WAIT, fullSlots.next(left, pace()));
        }
        if (lease != null) {
            lease.need();
        }
        if (!enter()) {
            return deferred(Reason.DESTINATION_FULL, fullSlots.next(SOONEST_NANOS, paceWhenFull()));
        }
        if (pause.room(underWay() - 1) == 0) {
            places.leave();
            return deferred(Reason.ASKED_TO_WAIT, fullSlots.next(SOONEST_NANOS, pace()));
        }
        if (!breaker.admit(underWay())) {
            places.leave();
            long wait = Math.max(SOONEST_NANOS, breaker.leftAlone());
            return deferred(Reason.BREAKER_OPEN, breakerSlots.next(wait, Math.max(BREAKER_PACE_NANOS, pace())));
        }
        Threads.Place place = threads.enter(share);
        if (place == null) {
            breaker.giveBack();
            places.leave();
            return deferred(Reason.NO_THREAD, denials.next());
        }
        // The last of all, because what it has given it can't take back.
        Rate limited = rate;
        if (limited != null && !(leased() ? Objects.requireNonNull(lease).take() : limited.acquire())) {
            threads.leave(place, false);
            breaker.giveBack();
            places.leave();
            return deferred(Reason.RATE_LIMITED, rateSlots.next(SOONEST_NANOS, limited.pace()));
        }
        denials.over();
        if (underWay() == 1) {
            progressAt = nanos.getAsLong();
        }
        return new Admission(null, place);
    }

    /**
     * How many calls could begin now, or have a place soon enough to wait for it, as far as it is for this destination to say: what of the threads is left is
     * asked of {@link #threads}.
     */
    int room() {
        long underWay = underWay();
        long room = Math.min(pause.room((int) underWay), breaker.room((int) underWay));
        if (paused || room <= 0) {
            return 0;
        }
        if (lease != null) {
            lease.need();
        }
        if (places.most() == 0) {
            return 0;
        }
        long soon = longestWait / Math.max(1, paceWhenFull());
        room = Math.min(room, places.most() - underWay - waiting.get() + soon);
        Rate limited = rate;
        if (limited != null) {
            room = Math.min(room, leased() ? Objects.requireNonNull(lease).room() : limited.room());
        }
        return (int) Math.max(0, room);
    }

    Threads.Share share() {
        return share;
    }

    /**
     * Takes a place. A burst finds a destination full that answers within a few milliseconds: to wait for it here is quicker than by way of the
     * database, and at the limit of the machine those ways are what keeps it there (one in twenty went it at 5,556 timers a second on two cores).
     */
    private boolean enter() {
        int turn = waiting.incrementAndGet();
        try {
            boolean room = underWay() < places.most();
            if (room) {
                roomAt = nanos.getAsLong();
            }
            boolean soon = places.most() > 0 && turn * paceWhenFull() < longestWait;
            return (room || soon) && places.enter();
        } finally {
            waiting.decrementAndGet();
        }
    }

    /**
     * Nanoseconds from one call's end to the next. While none ends, a call takes at least as long as nothing has ended: a destination that begins to hang is
     * asked ever more seldom, and not at the pace of its better days until the first call times out.
     */
    private long pace() {
        return paceSince(progressAt);
    }

    private long paceWhenFull() {
        long progress = progressAt;
        long room = roomAt;
        return paceSince(room - progress > 0 ? room : progress);
    }

    private long paceSince(long progress) {
        return Math.max(usualNanos, nanos.getAsLong() - progress) / Math.max(1, places.most());
    }

    private int underWay() {
        return places.underWay();
    }

    /**
     * @param answered whether anything came back
     * @param asked for how long it wants to be left alone; null where it did not ask
     * @param tookNanos of the call
     */
    public void release(
            Threads.Place place, Verdict verdict, boolean answered, @Nullable Duration asked, long tookNanos) {
        threads.leave(place, answered);
        if (asked != null) {
            pause.ask(asked);
        } else if (verdict == Verdict.WELL) {
            pause.answered();
        }
        places.leave();
        progressAt = nanos.getAsLong();
        if (verdict == Verdict.UNKNOWN) {
            breaker.giveBack();
            return;
        }
        long usual = usualNanos;
        usualNanos = usual + (tookNanos - usual) / 8;
        breaker.ended(verdict, tookNanos);
        if (underWay() < places.most() - places.most() / 2) {
            fullSlots.clear();
        }
    }

    /** A call to it ended so, or was put off. */
    public void count(DeliveryOutcome outcome, long tookNanos) {
        tally.count(outcome, tookNanos);
    }

    /**
     * @param since when this node began to call anybody
     * @param held whether its lane is
     */
    DestinationFigures figures(long since, boolean held) {
        DestinationTally.Minute minute = tally.minute(since);
        return new DestinationFigures(
                name.host(),
                name.port(),
                minute.over(),
                minute.delivered(),
                minute.retryable(),
                minute.refused(),
                minute.deferred(),
                underWay(),
                breaker.state(),
                held,
                minute.latency());
    }

    /** Whether nobody tells it any more what is set, and what its share is. */
    boolean isForgotten() {
        return forgotten;
    }

    void close() {
        forgotten = true;
        if (lease != null) {
            lease.close();
        }
        client.connectionPool().evictAll();
    }

    private static Admission deferred(Reason reason, Duration wait) {
        return new Admission(new Deferred(Duration.ofMillis(wait.toMillis() + 1), reason), null);
    }
}
