package dev.bide.engine.change;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Which tasks a change of their order has moved. */
final class Moves {
    private Moves() {}

    /** The fewest of those in both orders that must have been moved to make one of the other: where one goes from the first place to the last, it alone. */
    static Set<UUID> of(List<UUID> before, List<UUID> after) {
        List<UUID> kept = after.stream().filter(before::contains).toList();
        Set<UUID> moved = new HashSet<>(kept);
        moved.removeAll(longestInOrder(kept, before));
        return moved;
    }

    /** The longest part of {@code kept} that stands in the order of {@code before}. */
    private static List<UUID> longestInOrder(List<UUID> kept, List<UUID> before) {
        List<List<UUID>> endingAt = new ArrayList<>();
        List<UUID> longest = List.of();
        for (int i = 0; i < kept.size(); i++) {
            List<UUID> best = List.of();
            for (int j = 0; j < i; j++) {
                boolean follows = before.indexOf(kept.get(j)) < before.indexOf(kept.get(i));
                if (follows && endingAt.get(j).size() > best.size()) {
                    best = endingAt.get(j);
                }
            }
            List<UUID> ending = new ArrayList<>(best);
            ending.add(kept.get(i));
            endingAt.add(ending);
            if (ending.size() > longest.size()) {
                longest = ending;
            }
        }
        return longest;
    }
}
