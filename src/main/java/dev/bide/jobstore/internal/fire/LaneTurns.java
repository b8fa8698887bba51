package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.Lanes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which lanes the statement that takes all that is due must leave out, and how many of each are taken apart instead.
 *
 * <p>A lane is left out while it is held, and after that until one look has taken all of it that was due: its triggers are below the floor by then, where nobody else
 * looks. Until then it is <em>behind</em>, and is taken as one that is held and has room for all. So nothing must be read again because a lane is not held any more.
 */
final class LaneTurns {
    /** Of a take, what is kept for lanes however much else is due; and what is left of it otherwise. */
    private static final int SHARE = 4;

    /**
     * @param held as the caller's rules have it
     * @param leftOut by the statement for all: those that are held or behind
     * @param open lanes that have room, with how many may be taken at most
     */
    record Turn(Set<Integer> held, Set<Integer> leftOut, Map<Integer, Integer> open) {
        static final Turn NONE = new Turn(Set.of(), Set.of(), Map.of());

        boolean isOpen() {
            return !open.isEmpty();
        }
    }

    private final Lanes lanes;
    private final Set<Integer> behind = new HashSet<>();
    private final Map<Integer, Floor> floors = new HashMap<>();
    /** Of those behind, where something was stored of which the last look may not know. */
    private final Set<Integer> lowered = new HashSet<>();

    private int turns;

    LaneTurns(Lanes lanes) {
        this.lanes = lanes;
    }

    /** @param most that a lane without a limit of its own may get */
    synchronized Turn look(int most) {
        Map<Integer, Integer> held = lanes.held();
        if (held.isEmpty() && behind.isEmpty()) {
            floors.clear();
            return Turn.NONE;
        }
        Set<Integer> leftOut = new TreeSet<>(held.keySet());
        leftOut.addAll(behind);
        Map<Integer, Integer> open = new LinkedHashMap<>();
        for (int lane : leftOut) {
            int room = Math.min(held.getOrDefault(lane, most), most);
            if (room > 0) {
                open.put(lane, room);
            }
        }
        floors.keySet().retainAll(leftOut);
        return new Turn(Set.copyOf(held.keySet()), leftOut, open);
    }

    /** How many of a take of so many are kept for lanes that have room. A take of a few is theirs every so often. */
    synchronized int reserved(Turn turn, int limit) {
        if (!turn.isOpen()) {
            return 0;
        }
        int share = limit >= SHARE ? limit / SHARE : turns % SHARE == 0 ? 1 : 0;
        long room = turn.open().values().stream().mapToLong(Integer::longValue).sum();
        return (int) Math.min(share, room);
    }

    /** So many divided among the lanes that have room, as evenly as their room allows. Who comes first, and gets what can't be divided, changes with each turn. */
    synchronized Map<Integer, Integer> divide(Turn turn, int most) {
        List<Integer> wanting = new ArrayList<>(turn.open().keySet());
        if (!wanting.isEmpty()) {
            Collections.rotate(wanting, -(turns++ % wanting.size()));
        }
        Map<Integer, Integer> given = new LinkedHashMap<>();
        int left = most;
        while (left > 0 && !wanting.isEmpty()) {
            int each = Math.max(1, left / wanting.size());
            List<Integer> unsatisfied = new ArrayList<>();
            for (int lane : wanting) {
                int had = given.getOrDefault(lane, 0);
                int gets = Math.min(Math.min(each, left), turn.open().getOrDefault(lane, 0) - had);
                if (gets > 0) {
                    given.put(lane, had + gets);
                    left -= gets;
                }
                if (had + gets < turn.open().getOrDefault(lane, 0)) {
                    unsatisfied.add(lane);
                }
            }
            wanting = unsatisfied;
        }
        return given;
    }

    synchronized Floor floor(int lane) {
        return floors.computeIfAbsent(lane, any -> new Floor());
    }

    /** The same for a look that begins: it sees what was told of until now. */
    synchronized Floor floorToScan(int lane) {
        lowered.remove(lane);
        return floor(lane);
    }

    /**
     * A trigger of this lane may have come in. False where it may go out with the others: their floor has to know of it. Otherwise the lane stays behind until a look
     * that began later has taken all of it.
     */
    synchronized boolean lower(int lane, long fireTime) {
        if (!behind.contains(lane)) {
            return false;
        }
        floor(lane).lower(fireTime);
        lowered.add(lane);
        return true;
    }

    synchronized void lower(long fireTime) {
        floors.values().forEach(floor -> floor.lower(fireTime));
    }

    /** A take is committed: of these lanes fewer were due than were asked for. */
    void committed(Turn turn, Set<Integer> fewer) {
        Set<Integer> emptied = new HashSet<>(fewer);
        synchronized (this) {
            emptied.removeAll(lowered);
            behind.addAll(turn.leftOut());
            behind.removeAll(emptied);
        }
        emptied.stream().filter(turn.held()::contains).forEach(lanes::emptied);
    }

    /** Nothing is known of what it took. */
    synchronized void failed(Turn turn) {
        behind.addAll(turn.leftOut());
    }
}
