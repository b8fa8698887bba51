package dev.bide.persistence;

import dev.bide.workflow.RunStatus;
import dev.bide.workflow.figures.Matching;
import dev.bide.workflow.store.RunFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The next runs that go on and that an operation might change, and which of them match: as {@link TimerMatch} has it of timers. Indexes run_key, run_workflow,
 * run_unusual or the primary key, and the primary key of timer.
 */
final class RunMatch {
    private final List<String> chosen = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();

    /** @param from only those in one of these states */
    RunMatch(RunFilter filter, Collection<RunStatus> from, UUID upTo, @Nullable UUID after) {
        List<RunStatus> statuses = from.stream().filter(filter::admits).toList();
        String ofStatus = statuses.isEmpty()
                ? "false"
                : "status IN ("
                        + statuses.stream().map(status -> "'" + status + "'").collect(Collectors.joining(", ")) + ")";
        if (statuses.isEmpty()) {
            chosen.add("false");
        } else if (filter.key() != null) {
            chosen.add("key = :key");
        } else if (filter.workflowId() != null) {
            chosen.add("workflow_id = :workflow");
        } else if (statuses.equals(List.of(RunStatus.PAUSED))) {
            chosen.add("status = 'paused'");
        }
        asked.add(ofStatus);
        if (filter.key() != null) {
            asked.add("key = :key");
            values.put("key", filter.key());
        }
        if (filter.workflowId() != null) {
            asked.add("workflow_id = :workflow");
            values.put("workflow", filter.workflowId());
        }
        chosen.add("id <= :upTo");
        values.put("upTo", upTo);
        if (after != null) {
            chosen.add("id > :after");
            values.put("after", after);
        }
    }

    private String looked(int most) {
        return "WITH looked AS MATERIALIZED (SELECT id, timer_id, coalesce(" + String.join(" AND ", asked)
                + ", false) AS matches FROM run WHERE " + String.join(" AND ", chosen) + " ORDER BY id LIMIT " + most
                + ")";
    }

    /** As {@link TimerMatch#look}; bytes are those of the timer. */
    String look(int most, int limit) {
        return looked(most)
                + " SELECT id, timer_id, matches, seen,"
                + " CASE WHEN matches THEN (SELECT octet_length(t.spec::text) FROM timer AS t WHERE t.id = found.timer_id) ELSE 0 END AS bytes FROM ("
                + "SELECT id, timer_id, matches, (SELECT count(*) FROM looked) AS seen FROM looked"
                + " WHERE matches OR id = (SELECT id FROM looked ORDER BY id DESC LIMIT 1) ORDER BY id LIMIT "
                + (limit + 1) + ") AS found ORDER BY id";
    }

    /** The first {@code limit} that match, with when their timers are due. */
    String count(int most, int limit) {
        return looked(most)
                + ", found AS MATERIALIZED (SELECT id, (SELECT t.due_at FROM timer AS t WHERE t.id = looked.timer_id) AS due_at"
                + " FROM looked WHERE matches ORDER BY id LIMIT " + limit + ")"
                + " SELECT count(*) AS matching, min(due_at) AS earliest, max(due_at) AS latest,"
                + " ARRAY(SELECT id FROM found ORDER BY id LIMIT " + Matching.SAMPLES + ") AS sample,"
                + " ARRAY(SELECT due_at FROM found ORDER BY id LIMIT " + Matching.SAMPLES + ") AS sample_due,"
                + " (SELECT count(*) FROM looked) AS seen,"
                + " (SELECT id FROM looked ORDER BY id DESC LIMIT 1) AS last FROM found";
    }

    Map<String, Object> values() {
        return values;
    }
}
