package dev.bide.persistence;

import dev.bide.workflow.OperationKind;
import dev.bide.workflow.TimerFilter;
import dev.bide.workflow.TimerStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table and condition of the timers that an operation changes. */
final class TimerMatch {
    private final String table;
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();

    TimerMatch(OperationKind kind, TimerFilter filter, UUID upTo, @Nullable UUID after) {
        table = kind.from().stream().allMatch(TimerStatus::waiting) ? "timer" : "timer_history";
        String statuses = kind.from().stream()
                .filter(status -> filter.status() == null || filter.status() == status)
                .map(status -> "'" + status + "'")
                .collect(Collectors.joining(", "));
        conditions.add(statuses.isEmpty() ? "false" : "status IN (" + statuses + ")");
        add("workflow_id = :workflow", "workflow", filter.workflowId());
        add("task_id = :task", "task", filter.taskId());
        add("run_id = :run", "run", filter.runId());
        add("due_at >= :dueFrom", "dueFrom", filter.dueFrom());
        add("due_at < :dueTo", "dueTo", filter.dueTo());
        add("id <= :upTo", "upTo", upTo);
        add("id > :after", "after", after);
    }

    private void add(String condition, String name, @Nullable Object value) {
        if (value != null) {
            conditions.add(condition);
            values.put(name, value);
        }
    }

    String text() {
        return table + " WHERE " + String.join(" AND ", conditions);
    }

    Map<String, Object> values() {
        return values;
    }
}
