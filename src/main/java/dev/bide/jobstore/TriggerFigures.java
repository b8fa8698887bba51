package dev.bide.jobstore;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * What waits, by lane: all reads of Quartz's tables that are for people. On a connection, and in a transaction, of somebody else's; without locks. Only triggers that wait
 * are counted, neither paused ones nor those in a node's hands. Each stops by itself at {@code most}, and reads no more of an index than that. Thread-safe.
 */
public interface TriggerFigures {
    /** How many of these lanes fire from {@code from} up to but not at {@code to}, at most {@code most}. */
    long count(Connection connection, Collection<Integer> lanes, Instant from, Instant to, int most)
            throws SQLException;

    /** When they do, earliest first. */
    List<Instant> times(Connection connection, Collection<Integer> lanes, Instant from, Instant to, int most)
            throws SQLException;

    /** @param name of the trigger, in its group */
    record Waiting(String name, Instant at) {}

    /**
     * Which fire at {@code from} or later, earliest first; of those of one moment in no order that can be told.
     *
     * @param skip so many from {@code from} on were seen before
     */
    List<Waiting> names(
            Connection connection, String group, Collection<Integer> lanes, Instant from, int skip, int most)
            throws SQLException;

    /** How far all nodes are behind, but for the triggers of these lanes. */
    Backlog backlog(Connection connection, Collection<Integer> butLanes) throws SQLException;

    /** The instances of the cluster as of this node's last check-in, in order of name. Reads nothing, never waits. */
    List<String> members();
}
