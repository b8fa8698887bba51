package dev.bide.delivery.destination;

import dev.bide.delivery.address.DestinationName;
import dev.bide.delivery.address.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The destinations that can't take all that is due for them, by lanes, so that whoever keeps the timers leaves theirs where they are: a million of them then
 * cost nobody anything. A destination's lane becomes held when a call is put off, and is let go once fewer were due than it had room for.
 *
 * <p>To ask reserves nothing: what was {@link #taken} and has not {@link Coming#begun begun} counts against the room of the next answer. A lane that several known destinations
 * have is never held: one of them that can't be called would stop the others.
 *
 * <p>A destination that somebody has paused is held too, without room, from the moment this node knows of it until it is resumed, whether it was ever called or not; what
 * was put off before keeps its place behind that. Safe for any number of threads.
 */
public final class HeldLanes {

    /** The lane of what has none; never held. */
    public static final int NONE = LaneNumbers.NONE;

    /** No url has this host. */
    private static final DestinationName CLUSTER = new DestinationName("", 1);

    /** Beyond, calls are put off one by one. Each costs half a microsecond at each look for due timers. */
    private static final int MOST = 1_000;

    /** Whoever keeps the timers asks some times a second; if nobody does, nothing is held. */
    private static final long ASKED_NANOS = 5_000_000_000L;

    /** Who says later what room it has knows better by then. */
    private static final long LONGEST_REST_NANOS = 50_000_000L;

    private final Threads threads;
    private final Map<Integer, Held> held = new LinkedHashMap<>();

    /** Of all destinations that are remembered, those of each lane. */
    private final Map<Integer, Set<DestinationName>> known = new HashMap<>();

    /** By lane. */
    private volatile Map<Integer, DestinationName> paused = Map.of();

    private volatile LaneNumbers numbers = LaneNumbers.random();
    private volatile boolean any;
    private volatile boolean asked;
    private volatile long askedAt;
    private int turn;

    private static final class Held {
        private Destination destination;
        private int taken;
        private long notBefore = System.nanoTime();

        Held(Destination destination) {
            this.destination = destination;
        }
    }

    public HeldLanes(Threads threads) {
        this.threads = threads;
    }

    /**
     * Lanes are stored, so all nodes must make the same of a destination. To be called before anything is stored, taken or called.
     *
     * @param secret that the cluster shares
     */
    public synchronized void useSecret(byte[] secret) {
        numbers = new LaneNumbers(secret);
        known.clear();
    }

    /** The lane of a url's host and port. {@link #NONE} where it is no url. */
    public int lane(String url) {
        Target target = Target.of(url);
        return target == null ? NONE : lane(target.name());
    }

    public int lane(DestinationName name) {
        return numbers.of(name);
    }

    /** What tells this cluster from others that go by the same Redis, once there is a secret: a number that it gives to no destination's lane alone. */
    public String cluster() {
        return Integer.toHexString(numbers.of(CLUSTER));
    }

    /** The host and port of a url, as calls go by them; null where it is no url. */
    public static @Nullable String destination(String url) {
        Target target = Target.of(url);
        return target == null ? null : target.name().toString();
    }

    /** A destination is remembered from now on. */
    void remembered(DestinationName name) {
        int lane = lane(name);
        synchronized (this) {
            known.computeIfAbsent(lane, any -> new HashSet<>()).add(name);
            Held there = held.get(lane);
            if (there != null && isShared(lane, there.destination.name())) {
                emptied(lane);
            }
        }
    }

    /** A destination that is {@link Destination#isForgotten forgotten}: who is told of nothing any more must not say what room there is. */
    void forgotten(DestinationName name) {
        int lane = lane(name);
        synchronized (this) {
            Held there = held.get(lane);
            if (there != null && there.destination.name().equals(name)) {
                emptied(lane);
            }
            known.computeIfPresent(lane, (any, names) -> names.remove(name) && names.isEmpty() ? null : names);
        }
    }

    /**
     * These are paused, and no others.
     *
     * @param resumed are held from now on as those are that can't take all: nobody knows how much waits for them, and what is taken beyond their room would only be put off
     */
    public synchronized void obey(Collection<DestinationName> destinations, Collection<Destination> resumed) {
        Map<Integer, DestinationName> lanes = new HashMap<>();
        destinations.forEach(name -> lanes.putIfAbsent(lane(name), name));
        paused = lanes;
        resumed.forEach(destination -> hold(destination, Duration.ZERO));
    }

    private boolean isPaused(int lane) {
        DestinationName name = paused.get(lane);
        return name != null && !isShared(lane, name);
    }

    /** Whether its timers are left where they are. */
    synchronized boolean holds(DestinationName name) {
        int lane = lane(name);
        return held.containsKey(lane) || isPaused(lane);
    }

    private boolean isShared(int lane, DestinationName name) {
        return known.getOrDefault(lane, Set.of()).stream().anyMatch(other -> !other.equals(name));
    }

    /**
     * Whether the lane is held from now on, so that what waits there may be due at once.
     *
     * @param rest for so long it has no room, but for no more than a moment
     */
    boolean hold(Destination destination, Duration rest) {
        if (!asked || System.nanoTime() - askedAt > ASKED_NANOS) {
            return false;
        }
        int lane = lane(destination.name());
        synchronized (this) {
            if (destination.isForgotten() || isShared(lane, destination.name())) {
                return false;
            }
            if (isPaused(lane)) {
                return true;
            }
            Held there = held.get(lane);
            if (there == null) {
                if (held.size() >= MOST) {
                    return false;
                }
                there = new Held(destination);
                held.put(lane, there);
                any = true;
            }
            // One that was forgotten meanwhile is another by now.
            there.destination = destination;
            long notBefore = System.nanoTime() + Math.min(LONGEST_REST_NANOS, rest.toNanos());
            if (notBefore - there.notBefore > 0) {
                there.notBefore = notBefore;
            }
            return true;
        }
    }

    /** A timer was taken; where its lane is held, it counts until it has begun. Null where it is not. */
    public @Nullable Coming taken(String url) {
        if (any) {
            int lane = lane(url);
            synchronized (this) {
                Held there = held.get(lane);
                if (there != null) {
                    there.taken++;
                    return new Coming(there);
                }
            }
        }
        return null;
    }

    /** Of a lane that is held, one that was taken and has not begun. */
    public final class Coming {
        private final Held lane;
        private boolean begun;

        private Coming(Held lane) {
            this.lane = lane;
        }

        /** It begins, and asks for its place; or it never will. The same may be told again. */
        public void begun() {
            synchronized (HeldLanes.this) {
                if (!begun) {
                    lane.taken--;
                    begun = true;
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
        if (!any && paused.isEmpty()) {
            return Map.of();
        }
        synchronized (this) {
            Map<Integer, Integer> rooms = new HashMap<>();
            List<Map.Entry<Integer, Held>> newestFirst = new ArrayList<>(held.entrySet());
            Collections.reverse(newestFirst);
            List<Map.Entry<Integer, Held>> inTurn = new ArrayList<>(newestFirst);
            Collections.rotate(inTurn, turn++ & 0xffff);
            Threads.Left left = threads.left();
            held.values().forEach(lane -> left.upTo(lane.taken, lane.destination.share()));
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
            paused.keySet().stream().filter(this::isPaused).forEach(lane -> rooms.put(lane, 0));
            return rooms;
        }
    }

    private boolean fresh(Held lane) {
        return threads.standing(lane.destination.share()) == Threads.Standing.FRESH;
    }

    private static int room(Held lane, Threads.Left left) {
        if (System.nanoTime() - lane.notBefore < 0) {
            return 0;
        }
        return Math.max(0, left.upTo(lane.destination.room() - lane.taken, lane.destination.share()));
    }

    /** Fewer were due than there was room for: they need not be held. */
    public synchronized void emptied(int lane) {
        held.remove(lane);
        any = !held.isEmpty();
    }

    /** How many lanes are held. */
    public synchronized int size() {
        Set<Integer> all = new HashSet<>(held.keySet());
        paused.keySet().stream().filter(this::isPaused).forEach(all::add);
        return all.size();
    }
}
