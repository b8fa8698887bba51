package dev.bide.http.answer;

import dev.bide.workflow.figures.FigureStore.Node;
import java.time.Instant;
import java.util.List;

/** A node as the contract shows it. */
public record NodeAnswer(
        String nodeId,
        List<String> roles,
        String version,
        Instant startedAt,
        Instant lastSeenAt,
        long clockOffsetMs,
        int inFlight,
        Use connections,
        Use heap) {
    public record Use(long used, long max) {
        static Use of(Node.Use use) {
            return new Use(use.used(), use.most());
        }
    }

    public static NodeAnswer of(Node node) {
        return new NodeAnswer(
                node.nodeId(),
                node.roles().stream().sorted().toList(),
                node.version(),
                node.startedAt(),
                node.seenAt(),
                node.clockOffsetMillis(),
                node.inFlight(),
                Use.of(node.connections()),
                Use.of(node.heap()));
    }
}
