package dev.bide.persistence;

import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.Matching;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.TimerFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The next waiting timers that an operation might change, and which of them match. One condition chooses an index that has them in order of id; the others
 * are asked of each row that is looked at. So a statement reads a bounded number of rows, however few of them match.
 *
 * <p>Indexes timer_key, timer_run, timer_workflow, timer_unusual_lane, timer_unusual or the primary key. Not timer_task, which has them in order of due time: the timers of a
 * task are looked for among those of its workflow.
 */
final class TimerMatch {
    private final List<String> chosen = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();

    /** @param lanes of the filter's host */
    TimerMatch(OperationKind kind, TimerFilter filter, Set<Integer> lanes, UUID upTo, @Nullable UUID after) {
        if (filter.problem() != null) {
            throw new IllegalStateException("no timer that waits has a problem");
        }
        List<TimerStatus> statuses = kind.from().stream().filter(filter::admits).toList();
        String ofStatus = statuses.isEmpty()
                ? "false"
                : "status IN ("
                        + statuses.stream().map(status -> "'" + status + "'").collect(Collectors.joining(", ")) + ")";
        boolean rare = statuses.size() == 1 && statuses.get(0) != TimerStatus.SCHEDULED;
        if (statuses.isEmpty() || filter.host() != null && lanes.isEmpty()) {
            chosen.add("false");
        } else if (filter.key() != null) {
            chosen.add("key = :key");
        } else if (filter.runId() != null) {
            chosen.add("run_id = :run");
        } else if (filter.taskId() != null) {
            chosen.add("workflow_id = (SELECT k.workflow_id FROM workflow_task AS k WHERE k.task_id = :task)");
        } else if (filter.workflowId() != null) {
            chosen.add("workflow_id = :workflow");
        } else if (rare) {
            chosen.add(ofStatus);
            if (lanes.size() == 1) {
                chosen.add("lane = " + lanes.iterator().next());
            }
        }
        asked.add(ofStatus);
        if (!lanes.isEmpty()) {
            asked.add(
                    "lane IN (" + lanes.stream().sorted().map(String::valueOf).collect(Collectors.joining(", ")) + ")");
        }
        ask("key = :key", "key", filter.key());
        ask("workflow_id = :workflow", "workflow", filter.workflowId());
        ask("task_id = :task", "task", filter.taskId());
        ask("run_id = :run", "run", filter.runId());
        ask("due_at >= :dueFrom", "dueFrom", filter.dueFrom());
        ask("due_at < :dueTo", "dueTo", filter.dueTo());
        values.put("upTo", upTo);
        if (kind == OperationKind.CANCEL) {
            // A run that was there goes on from timer to timer while it is being cancelled.
            asked.add("(id <= :upTo OR run_id <= :upTo)");
        } else {
            chosen.add("id <= :upTo");
        }
        if (after != null) {
            chosen.add("id > :after");
            values.put("after", after);
        }
    }

    private void ask(String condition, String name, @Nullable Object value) {
        if (value != null) {
            asked.add(condition);
            values.put(name, value);
        }
    }

    /** Common table {@code looked}, of {@code most} rows at most. */
    private String looked(int most) {
        String where = chosen.isEmpty() ? "" : " WHERE " + String.join(" AND ", chosen);
        return "WITH looked AS MATERIALIZED (SELECT id, due_at, coalesce(" + String.join(" AND ", asked)
                + ", false) AS matches FROM timer" + where + " ORDER BY id LIMIT " + most + ")";
    }

    /**
     * The rows that match, and the last one whether it does or not; one more than {@code limit}, where there are as many. How large they are is
     * asked of these alone, by the primary key, since each has to be unpacked for it.
     */
    String look(int most, int limit) {
        return looked(most)
                + " SELECT id, matches, seen,"
                + " CASE WHEN matches THEN (SELECT octet_length(t.spec::text) FROM timer AS t WHERE t.id = found.id) ELSE 0 END AS bytes FROM ("
                + "SELECT id, matches, (SELECT count(*) FROM looked) AS seen FROM looked"
                + " WHERE matches OR id = (SELECT id FROM looked ORDER BY id DESC LIMIT 1) ORDER BY id LIMIT "
                + (limit + 1) + ") AS found ORDER BY id";
    }

    /** The first {@code limit} that match. */
    String count(int most, int limit) {
        return looked(most)
                + ", found AS MATERIALIZED (SELECT id, due_at FROM looked WHERE matches ORDER BY id LIMIT " + limit
                + ")"
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
