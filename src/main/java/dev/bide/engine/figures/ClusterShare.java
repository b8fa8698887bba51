package dev.bide.engine.figures;

import java.util.List;

/**
 * One node's part of what is allowed to the whole cluster: evenly divided, and what can't be divided to those first in order of name. The parts of all members come to
 * the whole, as long as all see the same members. A node that is not one of them knows of none, and calls only to try something: it has the whole.
 *
 * @param rank of the node among the members, from 0
 */
public record ClusterShare(int rank, int members) {
    /** @param members in order of name */
    public static ClusterShare of(String nodeId, List<String> members) {
        int rank = members.indexOf(nodeId);
        return rank < 0 ? new ClusterShare(0, Math.max(1, members.size())) : new ClusterShare(rank, members.size());
    }

    /** None where there is less than one for each, and others come first. */
    public int of(int whole) {
        return whole / members + (rank < whole % members ? 1 : 0);
    }
}
