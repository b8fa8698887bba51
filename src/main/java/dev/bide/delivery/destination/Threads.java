package dev.bide.delivery.destination;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How the node's threads are shared between destinations that answer promptly and those that don't. A call holds a thread for as long as it takes, so calls to
 * what does not answer would come to hold all of them: 600 hung destinations need but one call each.
 *
 * <p>OkHttp's asynchronous calls would change nothing: each holds a thread too, of OkHttp's own. So it is threads that are shared out:
 *
 * <ul>
 *   <li>a destination that answered its newest call within a second, and has none under way that is older, finds a thread as long as there is one;
 *   <li>slow ones get half of the threads together, and each no more than twice what is left of that: so there is always something left for one more;
 *   <li>those that never answered get an eighth at once; with the slow ones they may go beyond the half by as much, but ever more slowly: so a good one that is
 *       called for the first time while hundreds hang finds a place soon, and then is a prompt one;
 *   <li>those that cease to answer all of a sudden, as far as they hold more than 8, a quarter; a second later they are known to be slow.
 * </ul>
 *
 * So at least an eighth is left to those that answer, whatever the others do. Who finds no place is put off and spends no attempt.
 *
 * <p>One lock for all of it, held for some additions. Safe for any number of threads.
 */
public final class Threads {

    /** Within which a prompt destination answers. */
    static final long PROMPT_NANOS = 1_000_000_000L;

    /** Calls of a prompt destination since whose beginning it has answered nothing, that say nothing yet. */
    private static final int UNSUSPICIOUS = 8;

    /** Beyond the half one that never answered may begin each time that this, divided by the places left, has passed; one that is new, a quarter. */
    private static final long CROWDED_PACE_NANOS = 16_000_000_000L;

    /** So long one that never answered is new. */
    private static final long NEW_NANOS = 3_000_000_000L;

    /** How a destination has answered lately. */
    enum Standing {
        /** Never yet. */
        FRESH,
        PROMPT,
        SLOW
    }

    /** What one destination holds; guarded by the lock. */
    static final class Share {
        private Standing standing = Standing.FRESH;
        private boolean answered;
        private boolean turnedAway;
        private long turnedAwayAt;
        private boolean lastWasPrompt;
        private int calls;

        /** Of the calls, those that are older than a second. */
        private int overdue;

        /** Counts answers, and changes of standing: what was begun before says nothing of what is now. */
        private long epoch;

        /** Of the calls, those begun in this epoch. */
        private int unanswered;

        /** Of these, those that are counted in {@link Threads#doubtful}. */
        private int doubtful;
    }

    /** A call under way. */
    public static final class Place {
        private final Share share;
        private final long begun;
        private final long epoch;
        private final boolean doubtful;
        private boolean overdue;
        private boolean ended;

        private Place(Share share, long begun, boolean doubtful) {
            this.share = share;
            this.begun = begun;
            this.epoch = share.epoch;
            this.doubtful = doubtful;
        }
    }

    private final int forSlow;
    private final int forFresh;
    private final int forDoubtful;
    private final LongSupplier nanos;

    /** Begun less than a second ago, or not looked at since; in that order. */
    private final Deque<Place> young = new ArrayDeque<>();

    private int slow;
    private int fresh;
    private int doubtful;
    private long crowdedAt;

    /** @param threads calls under way at once on this node, at most */
    public Threads(int threads) {
        this(threads, System::nanoTime);
    }

    Threads(int threads, LongSupplier nanos) {
        this.forSlow = Math.max(1, threads / 2);
        this.forFresh = Math.max(1, threads / 8);
        this.forDoubtful = Math.max(1, threads / 4);
        this.nanos = nanos;
        this.crowdedAt = nanos.getAsLong() - CROWDED_PACE_NANOS;
    }

    /** A place for a call, to be given back by {@link #leave}; null where there is none. */
    synchronized @Nullable Place enter(Share share) {
        lookForOverdue();
        if (room(share) <= 0) {
            share.turnedAwayAt = share.turnedAway ? share.turnedAwayAt : nanos.getAsLong();
            share.turnedAway = true;
            return null;
        }
        share.turnedAway = false;
        boolean counts = share.standing == Standing.PROMPT && share.unanswered >= UNSUSPICIOUS;
        Place place = new Place(share, nanos.getAsLong(), counts);
        add(share, 1);
        if (share.standing == Standing.FRESH && crowded()) {
            crowdedAt = place.begun;
        }
        share.unanswered++;
        if (counts) {
            share.doubtful++;
            doubtful++;
        }
        young.add(place);
        return place;
    }

    /** @param answered whether anything came back, whatever it was */
    synchronized void leave(Place place, boolean answered) {
        lookForOverdue();
        Share share = place.share;
        place.ended = true;
        add(share, -1);
        if (place.overdue) {
            share.overdue--;
        }
        if (answered) {
            share.answered = true;
            share.lastWasPrompt = !place.overdue;
            newEpoch(share);
        } else if (place.epoch == share.epoch) {
            share.unanswered--;
            if (place.doubtful) {
                share.doubtful--;
                doubtful--;
            }
        }
        judge(share);
    }

    /** What is left now, to be given out piece by piece to calls that will soon enter. */
    synchronized Left left() {
        lookForOverdue();
        return new Left(forSlow - slow, Math.max(0, forDoubtful - doubtful));
    }

    /** For one thread. */
    final class Left {
        private int given;
        private int slow;
        private int doubtful;

        private Left(int slow, int doubtful) {
            this.slow = slow;
            this.doubtful = doubtful;
        }

        /** As many of the wanted as there is a thread for; they are taken off. */
        int upTo(int wanted, Share share) {
            synchronized (Threads.this) {
                int unsuspicious = Math.max(0, UNSUSPICIOUS - share.unanswered);
                int most =
                        switch (share.standing) {
                            case FRESH -> roomForFresh(share) - given;
                            case PROMPT -> unsuspicious + doubtful;
                            case SLOW -> Math.min(slow, 2 * slow - share.calls);
                        };
                int now = Math.max(0, Math.min(wanted, most));
                switch (share.standing) {
                    case FRESH -> given += now;
                    case PROMPT -> doubtful -= Math.max(0, now - unsuspicious);
                    case SLOW -> slow -= now;
                }
                return now;
            }
        }
    }

    synchronized Standing standing(Share share) {
        lookForOverdue();
        return share.standing;
    }

    synchronized boolean answered(Share share) {
        return share.answered;
    }

    private int room(Share share) {
        return switch (share.standing) {
            case FRESH -> roomForFresh(share);
            case PROMPT -> Math.max(0, UNSUSPICIOUS - share.unanswered) + Math.max(0, forDoubtful - doubtful);
            case SLOW -> Math.min(forSlow - slow, 2 * (forSlow - slow) - share.calls);
        };
    }

    /** Who has been turned away for long gets less than one that has just come: it is the likelier to hang. */
    private int roomForFresh(Share share) {
        boolean again = share.turnedAway && nanos.getAsLong() - share.turnedAwayAt > NEW_NANOS;
        int left =
                Math.min(again ? forFresh - forFresh / 4 - fresh : forFresh - fresh, forSlow + forFresh - slow - fresh);
        if (left <= 0 || !crowded()) {
            return left;
        }
        long pace = (again ? CROWDED_PACE_NANOS : CROWDED_PACE_NANOS / 4) / left;
        return nanos.getAsLong() - crowdedAt >= pace ? 1 : 0;
    }

    private boolean crowded() {
        return slow + fresh >= forSlow;
    }

    private void lookForOverdue() {
        long now = nanos.getAsLong();
        Place oldest = young.peek();
        while (oldest != null && (oldest.ended || now - oldest.begun > PROMPT_NANOS)) {
            young.remove();
            if (!oldest.ended) {
                oldest.overdue = true;
                oldest.share.overdue++;
                judge(oldest.share);
            }
            oldest = young.peek();
        }
    }

    private void judge(Share share) {
        Standing standing = share.overdue > 0
                ? Standing.SLOW
                : !share.answered ? Standing.FRESH : share.lastWasPrompt ? Standing.PROMPT : Standing.SLOW;
        if (standing != share.standing) {
            int calls = share.calls;
            add(share, -calls);
            share.standing = standing;
            add(share, calls);
            newEpoch(share);
        }
    }

    private void newEpoch(Share share) {
        doubtful -= share.doubtful;
        share.doubtful = 0;
        share.unanswered = 0;
        share.epoch++;
    }

    private void add(Share share, int count) {
        share.calls += count;
        switch (share.standing) {
            case FRESH -> fresh += count;
            case SLOW -> slow += count;
            case PROMPT -> {}
        }
    }
}
