package dev.bide.persistence;

import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.TimerFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The next timers that an operation might change, and which of them match. One condition chooses an index that has them in order of id; the others
 * are asked of each row that is looked at. So a statement reads a bounded number of rows, however few of them match.
 *
 * <p>Indexes timer_run, timer_workflow, timer_unusual or the primary key; timer_history_unusual. Not timer_task, which has them in order of due time: the timers of a
 * task are looked for among those of its workflow.
 */
final class TimerMatch {
    private final String table;
    private final List<String> chosen = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();

    TimerMatch(OperationKind kind, TimerFilter filter, UUID upTo, @Nullable UUID after) {
        refuseUnserved(filter);
        boolean waiting = kind.from().stream().allMatch(TimerStatus::waiting);
        table = waiting ? "timer" : "timer_history";
        List<TimerStatus> statuses = kind.from().stream().filter(filter::admits).toList();
        String ofStatus = statuses.isEmpty()
                ? "false"
                : "status IN ("
                        + statuses.stream().map(status -> "'" + status + "'").collect(Collectors.joining(", ")) + ")";
        boolean rare = statuses.size() == 1 && statuses.get(0) != TimerStatus.SCHEDULED;
        if (!waiting || statuses.isEmpty()) {
            chosen.add(ofStatus);
        } else if (filter.runId() != null) {
            chosen.add("run_id = :run");
        } else if (filter.taskId() != null) {
            chosen.add("workflow_id = (SELECT k.workflow_id FROM workflow_task AS k WHERE k.task_id = :task)");
        } else if (filter.workflowId() != null) {
            chosen.add("workflow_id = :workflow");
        } else if (rare) {
            chosen.add(ofStatus);
        }
        asked.add(ofStatus);
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

    /** What no statement asks of yet must not widen what is listed or changed. */
    static void refuseUnserved(TimerFilter filter) {
        if (filter.key() != null || filter.host() != null || filter.problem() != null) {
            throw new IllegalStateException("no statement asks for key, host or problem yet");
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
        return "WITH looked AS MATERIALIZED (SELECT id, finished_at, coalesce(" + String.join(" AND ", asked)
                + ", false) AS matches FROM " + table + where + " ORDER BY id LIMIT " + most + ") ";
    }

    /**
     * The rows that match, and the last one whether it does or not; one more than {@code limit}, where there are as many. How large they are is
     * asked of these alone, by the primary key or timer_history_id of their day, since each has to be unpacked for it.
     */
    String look(int most, int limit) {
        String same = "t.id = found.id" + (table.equals("timer") ? "" : " AND t.finished_at = found.finished_at");
        return looked(most)
                + "SELECT id, finished_at, matches, seen,"
                + " CASE WHEN matches THEN (SELECT octet_length(t.spec::text) FROM " + table + " AS t WHERE " + same
                + ") ELSE 0 END AS bytes FROM ("
                + "SELECT id, finished_at, matches, (SELECT count(*) FROM looked) AS seen FROM looked"
                + " WHERE matches OR id = (SELECT id FROM looked ORDER BY id DESC LIMIT 1) ORDER BY id LIMIT "
                + (limit + 1) + ") AS found ORDER BY id";
    }

    String count(int most) {
        return looked(most)
                + "SELECT count(*) FILTER (WHERE matches) AS matching, count(*) AS seen,"
                + " (SELECT id FROM looked ORDER BY id DESC LIMIT 1) AS last FROM looked";
    }

    Map<String, Object> values() {
        return values;
    }
}
