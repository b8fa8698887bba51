package dev.bide.engine;

import dev.bide.workflow.figures.FigureStore.Node.Use;
import java.time.Instant;
import java.util.Set;

/**
 * What a node is and how it stands, for people.
 *
 * @param clockOffsetMillis how far its own clock is ahead of the database's
 * @param connections to the database
 * @param heap in bytes
 * @param heapLive in bytes, after the last collection: what is really in use
 */
public record NodeFacts(
        Set<String> roles,
        String version,
        Instant startedAt,
        long clockOffsetMillis,
        Use connections,
        Use heap,
        long heapLive) {
    public NodeFacts {
        roles = Set.copyOf(roles);
    }
}
