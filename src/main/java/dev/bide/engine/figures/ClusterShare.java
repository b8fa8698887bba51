package dev.bide.engine.figures;

import java.util.List;

/**
 * One node's part of what is allowed to the whole cluster: evenly divided, and what can't be divided to some of them, of each lane to others, so that many small limits
 * spread over all. The parts of all members come to the whole, as long as all see the same members. A node that is not one of them, since it starts or was given up, has
 * the part of the first; where it knows of none, it calls only to try something, and has the whole.
 *
 * @param rank of the node among the members, from 0
 */
public record ClusterShare(int rank, int members) {
    /** @param members in order of name */
    public static ClusterShare of(String nodeId, List<String> members) {
        return new ClusterShare(Math.max(0, members.indexOf(nodeId)), Math.max(1, members.size()));
    }

    /** None where there is less than one for each, and it is others' turn. @param lane of the destination that it is allowed for */
    public int of(int whole, int lane) {
        return whole / members + ((rank + Math.floorMod(lane, members)) % members < whole % members ? 1 : 0);
    }
}
