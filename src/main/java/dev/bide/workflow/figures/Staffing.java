package dev.bide.workflow.figures;

import java.util.Map;

/**
 * Who does the cluster's work, and how long there is room for what is finished.
 *
 * @param nodes that were seen in the last 30 s, by role; each role is there
 * @param daysAhead days to come, today not counted, that all histories have their partitions for; below 0 where today's are missing
 */
public record Staffing(Map<String, Integer> nodes, int daysAhead) {
    public Staffing {
        nodes = Map.copyOf(nodes);
    }
}
