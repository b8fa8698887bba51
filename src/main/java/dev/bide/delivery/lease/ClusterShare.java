package dev.bide.delivery.lease;

import java.util.List;

/**
 * One node's part of what is allowed to the whole cluster: evenly divided, and what can't be divided to some of them, of each lane to others, so that many small limits
 * spread over all. The parts of all members come to the whole, as long as all see the same members.
 *
 * @param views the part is the least of all of them: those that this node has had lately, while others may have others
 */
public record ClusterShare(List<View> views) {
    /** Of one who knows of no other. */
    public static final ClusterShare WHOLE = new ClusterShare(List.of(new View(0, 1)));

    public ClusterShare {
        if (views.isEmpty()) {
            throw new IllegalArgumentException("views must not be empty");
        }
        views = List.copyOf(views);
    }

    /** None where there is less than one for each, and it is others' turn. @param lane of the destination that it is allowed for */
    public int of(int whole, int lane) {
        return views.stream().mapToInt(view -> view.of(whole, lane)).min().orElse(0);
    }

    /**
     * Who shares, as one saw it at one time. A node that is not one of the members, since it starts or was given up, has the part of the first; where it knows of none, it
     * calls only to try something, and has the whole.
     *
     * @param rank of the node among the members, from 0
     * @param members 0 for a part of nothing
     */
    public record View(int rank, int members) {
        /** Has nothing yet. */
        static final View NOTHING = new View(0, 0);

        /** @param members in order of name */
        static View of(String nodeId, List<String> members) {
            return new View(Math.max(0, members.indexOf(nodeId)), Math.max(1, members.size()));
        }

        int of(int whole, int lane) {
            return members == 0
                    ? 0
                    : whole / members + ((rank + Math.floorMod(lane, members)) % members < whole % members ? 1 : 0);
        }
    }
}
