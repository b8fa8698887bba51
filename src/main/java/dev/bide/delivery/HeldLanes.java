package dev.bide.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import okhttp3.HttpUrl;

/**
 * The destinations that can't take all that is due for them, by lanes, so that whoever keeps the timers leaves theirs where they are: a million of them then
 * cost nobody anything. A destination's lane becomes held when a call is put off, and is let go once fewer were due than it had room for.
 *
 * <p>To ask reserves nothing: what was {@link #taken} and has not {@link #begun} counts against the room of the next answer. Several destinations may have one lane: the
 * one with the least room counts. Safe for any number of threads.
 */
public final class HeldLanes {

    /** The lane of what has none; never held. It is what Quartz gives to triggers of which nothing is said. */
    public static final int NONE = 5;

    /** Beyond, calls are put off one by one. Each costs half a microsecond at each look for due timers. */
    private static final int MOST = 1_000;

    /** Whoever keeps the timers asks some times a second; if nobody does, nothing is held. */
    private static final long ASKED = 5_000_000_000L;

    /** Who says later what room it has knows better by then. */
    private static final long LONGEST_REST = 50_000_000L;

    private final Threads threads;
    private final Map<Integer, Held> held = new LinkedHashMap<>();

    /** The lanes of what was taken and has not begun. */
    private final Map<String, Held> coming = new HashMap<>();

    private volatile boolean any;
    private volatile boolean asked;
    private volatile long askedAt;
    private int turn;

    private static final class Held {
        private final Set<Destination> destinations = new LinkedHashSet<>();
        private int taken;
        private long notBefore = System.nanoTime();
    }

    HeldLanes(Threads threads) {
        this.threads = threads;
    }

    /** The lane of a url's host and port. {@link #NONE} where it is no url. */
    public static int lane(String url) {
        HttpUrl parsed = HttpUrl.parse(url);
        return parsed == null ? NONE : DestinationName.of(parsed).lane();
    }

    /**
     * Whether the lane is held from now on, so that what waits there may be due at once.
     *
     * @param rest for so long it has no room, but for no more than a moment
     */
    boolean hold(Destination destination, Duration rest) {
        if (!asked || System.nanoTime() - askedAt > ASKED) {
            return false;
        }
        synchronized (this) {
            int lane = destination.name().lane();
            Held known = held.get(lane);
            if (known == null) {
                if (held.size() >= MOST) {
                    return false;
                }
                known = new Held();
                held.put(lane, known);
                any = true;
            }
            // One that was forgotten meanwhile is another by now.
            known.destinations.removeIf(
                    other -> other != destination && other.name().equals(destination.name()));
            known.destinations.add(destination);
            long notBefore = System.nanoTime() + Math.min(LONGEST_REST, rest.toNanos());
            if (notBefore - known.notBefore > 0) {
                known.notBefore = notBefore;
            }
            return true;
        }
    }

    /**
     * A timer was taken; where its lane is held, it counts until it has begun. The same may be told again.
     *
     * @param id of its taking, unlike any other
     */
    public void taken(String id, String url) {
        if (any) {
            int lane = lane(url);
            synchronized (this) {
                Held known = held.get(lane);
                if (known != null && coming.putIfAbsent(id, known) == null) {
                    known.taken++;
                }
            }
        }
    }

    /** What was taken begins, and asks for its place; or it never will. */
    public void begun(String id) {
        if (any) {
            synchronized (this) {
                Held known = coming.remove(id);
                if (known != null) {
                    known.taken--;
                }
            }
        }
    }

    /**
     * The lanes that are held, each with how many of its timers may be taken now. Of the threads that are left, a destination that never answered gets one the
     * sooner the later it came (the others have been tried longer), the slow ones in turn.
     */
    public Map<Integer, Integer> rooms() {
        askedAt = System.nanoTime();
        asked = true;
        if (!any) {
            return Map.of();
        }
        synchronized (this) {
            Map<Integer, Integer> rooms = new HashMap<>();
            List<Map.Entry<Integer, Held>> newestFirst = new ArrayList<>(held.entrySet());
            Collections.reverse(newestFirst);
            List<Map.Entry<Integer, Held>> inTurn = new ArrayList<>(newestFirst);
            Collections.rotate(inTurn, turn++ & 0xffff);
            Threads.Left left = threads.left();
            held.values().forEach(lane -> reserveTaken(lane, left));
            newestFirst.forEach(lane -> {
                if (fresh(lane.getValue())) {
                    rooms.put(lane.getKey(), room(lane.getValue(), left));
                }
            });
            inTurn.forEach(lane -> {
                if (!rooms.containsKey(lane.getKey())) {
                    rooms.put(lane.getKey(), room(lane.getValue(), left));
                }
            });
            return rooms;
        }
    }

    private boolean fresh(Held lane) {
        return lane.destinations.stream()
                .anyMatch(destination -> threads.standing(destination.share()) == Threads.Standing.FRESH);
    }

    private static void reserveTaken(Held lane, Threads.Left left) {
        lane.destinations.stream().findFirst().ifPresent(destination -> left.upTo(lane.taken, destination.share()));
    }

    private static int room(Held lane, Threads.Left left) {
        if (System.nanoTime() - lane.notBefore < 0) {
            return 0;
        }
        int room = Integer.MAX_VALUE;
        for (Destination destination : lane.destinations) {
            room = Math.min(room, destination.room() - lane.taken);
        }
        for (Destination destination : lane.destinations) {
            room = left.upTo(room, destination.share());
        }
        return Math.max(0, room);
    }

    /** Fewer were due than there was room for: they need not be held. */
    public synchronized void emptied(int lane) {
        held.remove(lane);
        any = !held.isEmpty();
        if (!any) {
            coming.clear();
        }
    }

    /** How many lanes are held. */
    public synchronized int size() {
        return held.size();
    }
}
