package dev.bide.persistence;

import dev.bide.workflow.figures.DeadStore.DeadFilter;
import dev.bide.workflow.figures.DeadStore.DeadTimer;
import dev.bide.workflow.figures.Matching;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code timer_dead} in the order in which they died. One condition chooses an index that has them in that order; the others are asked of each row that is
 * looked at, so that a statement reads a bounded number of rows, however few match. Limits are written into the text: as a parameter one would have the plan read a tenth.
 *
 * <p>Indexes timer_dead_problem, timer_dead_task, timer_dead_lane, timer_dead_workflow or timer_dead_finished, of each month.
 */
final class DeadQuery {
    /** Those whose day is gone are gone, though their month is still there. */
    private static final String KEPT =
            "finished_at >= (SELECT kept_from FROM history_edge WHERE history = 'timer_history')";

    /** Rows of each of these are read in order, and merged: two lanes together have none. */
    private final List<String> chosen = new ArrayList<>();

    private final List<String> asked = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();
    private final boolean newestFirst;
    private String bounds = KEPT;

    DeadQuery(DeadFilter filter, boolean newestFirst) {
        this.newestFirst = newestFirst;
        List<Integer> lanes = filter.lanes().stream().sorted().toList();
        if (filter.problem() != null) {
            chosen.add("problem = :problem");
        } else if (filter.taskId() != null) {
            chosen.add("task_id = :task");
        } else if (!lanes.isEmpty()) {
            lanes.forEach(lane -> chosen.add("lane = " + lane));
        } else if (filter.workflowId() != null) {
            chosen.add("workflow_id = :workflow");
        } else {
            chosen.add("true");
        }
        if (!lanes.isEmpty()) {
            asked.add("lane IN (" + lanes.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ")");
        }
        ask("problem = :problem", "problem", filter.problem());
        ask("workflow_id = :workflow", "workflow", filter.workflowId());
        ask("task_id = :task", "task", filter.taskId());
        ask("run_id = :run", "run", filter.runId());
        ask("due_at >= :dueFrom", "dueFrom", filter.dueFrom());
        ask("due_at < :dueTo", "dueTo", filter.dueTo());
    }

    private void ask(String condition, String name, @Nullable Object value) {
        if (value != null) {
            asked.add(condition);
            values.put(name, value);
        }
    }

    void upTo(Instant last) {
        bounds += " AND finished_at <= :upTo";
        values.put("upTo", last);
    }

    /** Those that follow {@code last} in this order. */
    void beyond(@Nullable DeadTimer last) {
        if (last != null) {
            bounds += " AND (finished_at, id) " + (newestFirst ? "<" : ">") + " (:lastTime, :lastId)";
            values.put("lastTime", last.finishedAt());
            values.put("lastId", last.id());
        }
    }

    private String order() {
        return newestFirst ? "finished_at DESC, id DESC" : "finished_at, id";
    }

    private String matches() {
        return asked.isEmpty() ? "true" : "coalesce(" + String.join(" AND ", asked) + ", false)";
    }

    /** The next {@code most}, with whether each matches. */
    private String looked(String columns, int most) {
        String end = " ORDER BY " + order() + " LIMIT " + most;
        List<String> sides = chosen.stream()
                .map(condition -> "SELECT " + columns + ", " + matches() + " AS matches FROM timer_dead WHERE "
                        + condition + " AND " + bounds + end)
                .toList();
        return sides.size() == 1
                ? sides.get(0)
                : "SELECT * FROM ((" + String.join(") UNION ALL (", sides) + ")) AS sides" + end;
    }

    /** Those that match, one more than {@code limit} where there are as many, and the last one that was looked at. */
    String look(int most, int limit) {
        return "WITH looked AS MATERIALIZED (" + looked("id, finished_at", most) + ")"
                + " SELECT id, finished_at, matches, (SELECT count(*) FROM looked) AS seen FROM looked"
                + " WHERE matches OR id = (SELECT id FROM looked ORDER BY "
                + (newestFirst ? "finished_at, id" : "finished_at DESC, id DESC") + " LIMIT 1) ORDER BY " + order()
                + " LIMIT " + (limit + 1);
    }

    /** What groups are made of: the next {@code most}, with whether each matches. */
    String deaths(int most) {
        return looked("id, finished_at, problem, lane, host, outcome, http_status, text, workflow_id", most);
    }

    /** Of those that match among the next {@code most} the first {@code limit}; how many were looked at, and the last of these. Oldest first. */
    String count(int most, int limit) {
        String samples = " FROM found ORDER BY finished_at, id LIMIT " + Matching.SAMPLES + ")";
        String last = " FROM looked ORDER BY finished_at DESC, id DESC LIMIT 1)";
        return "WITH looked AS MATERIALIZED (" + looked("id, finished_at, due_at", most) + "),"
                + " found AS MATERIALIZED (SELECT * FROM looked WHERE matches ORDER BY finished_at, id LIMIT " + limit
                + ") SELECT count(*) AS matching, min(due_at) AS earliest, max(due_at) AS latest,"
                + " ARRAY(SELECT id" + samples + " AS sample, ARRAY(SELECT due_at" + samples + " AS sample_due,"
                + " (SELECT count(*) FROM looked) AS seen,"
                + " (SELECT id" + last + " AS last_id, (SELECT finished_at" + last + " AS last_at FROM found";
    }

    Map<String, Object> values() {
        return values;
    }
}
