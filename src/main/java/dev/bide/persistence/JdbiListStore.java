package dev.bide.persistence;

import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.ListStore;
import dev.bide.workflow.store.ListStore.Looked;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.TimerFilter;
import dev.bide.workflow.store.TimerFilter.Order;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Looks along the indexes of timers and runs. Reads only, no locks. What chooses an index is said at each; the rest of the filter is asked of each row. */
final class JdbiListStore implements ListStore {
    /** Beyond, the tasks of a workflow are not gone through one by one. */
    private static final int MOST_TASKS = 200;

    private static final String TIMERS = "timer AS t WHERE true";
    private static final String RUNS = "run AS t WHERE true";

    /** Those whose timers are gone with their day are none, though their month is still there. */
    private static final String DEAD =
            "timer_dead AS t WHERE t.finished_at >= (SELECT kept_from FROM history_edge WHERE history = 'timer_history')";

    private static final String FINISHED_RUN_KEYS =
            "run_key_history AS t WHERE t.finished_at >= (SELECT kept_from FROM history_edge WHERE history = 'run_history')";

    private static final Set<TimerStatus> WAITING =
            EnumSet.of(TimerStatus.SCHEDULED, TimerStatus.RETRYING, TimerStatus.PAUSED);
    private static final Set<TimerStatus> FINISHED = EnumSet.complementOf(EnumSet.copyOf(WAITING));
    private static final Set<RunStatus> GOING_ON = EnumSet.of(RunStatus.ACTIVE, RunStatus.PAUSED);
    private static final Set<RunStatus> OVER = EnumSet.complementOf(EnumSet.copyOf(GOING_ON));

    private final Handle handle;

    JdbiListStore(Handle handle) {
        this.handle = handle;
    }

    /**
     * Newest first by timer_run, timer_unusual_lane, timer_unusual, timer_workflow or the primary key. By due time by timer_run, timer_task (one task, or each of a
     * workflow's) or timer_due; those in rare states, where they are few, by timer_unusual or timer_task_unusual, and sorted.
     */
    @Override
    public List<Looked> waitingTimers(TimerFilter filter, Set<Integer> lanes, PageRequest page) {
        Set<TimerStatus> states = states(filter, TimerStatus::waiting);
        if (states.isEmpty()) {
            return List.of();
        }
        Order order = filter.order();
        Supplier<PlaceQuery> query = () -> new PlaceQuery(TIMERS, order, page);
        boolean rare = !states.contains(TimerStatus.SCHEDULED);
        if (filter.runId() != null) {
            return List.of(look(where(query.get(), filter, "run_id"), states, WAITING));
        }
        if (!lanes.isEmpty()) {
            return lanes.stream()
                    .map(lane -> look(
                            where(query.get(), filter)
                                    .choose("t.status <> 'scheduled'")
                                    .where("lane", "=", lane, true),
                            states,
                            WAITING))
                    .toList();
        }
        if (rare && (order == Order.NEWEST || few(states, filter.taskId()))) {
            return states.stream()
                    .map(state -> where(query.get(), filter, "task_id")
                            .choose("t.status = '" + state + "'")
                            .look(handle, LOOKED_AT))
                    .toList();
        }
        if (order == Order.NEWEST) {
            return List.of(look(where(query.get(), filter, "workflow_id"), states, WAITING));
        }
        List<UUID> tasks = filter.taskId() == null ? tasks(filter.workflowId()) : List.of();
        if (!tasks.isEmpty()) {
            return ofStates(where(query.get(), filter, "due_at"), states, WAITING)
                    .lookInEach(handle, "task_id", tasks, LOOKED_AT);
        }
        return List.of(look(where(query.get(), filter, "task_id", "due_at"), states, WAITING));
    }

    /** Index workflow_task_workflow. None where there are too many. */
    private List<UUID> tasks(@Nullable UUID workflow) {
        if (workflow == null) {
            return List.of();
        }
        List<UUID> tasks = handle.createQuery(
                        "SELECT task_id FROM workflow_task WHERE workflow_id = :workflow LIMIT " + (MOST_TASKS + 1))
                .bind("workflow", workflow)
                .mapTo(UUID.class)
                .list();
        return tasks.size() > MOST_TASKS ? List.of() : tasks;
    }

    /** Whether no more than are looked at anyway are in each of these states. Indexes timer_unusual, timer_task_unusual. */
    private boolean few(Set<TimerStatus> rare, @Nullable UUID task) {
        Map<String, UUID> values = task == null ? Map.of() : Map.of("task", task);
        return rare.stream().allMatch(state -> {
            String counted = "SELECT FROM timer WHERE status = '" + state + "'"
                    + (task == null ? "" : " AND task_id = :task") + " LIMIT " + (LOOKED_AT + 1);
            return handle.createQuery("SELECT count(*) FROM (" + counted + ") AS counted")
                            .bindMap(values)
                            .mapTo(Integer.class)
                            .one()
                    <= LOOKED_AT;
        });
    }

    /**
     * Of these days, newest first by timer_history_run, timer_history_unusual, timer_history_workflow or timer_history_id; by due time by timer_history_run,
     * timer_history_task or timer_history_due.
     */
    @Override
    public List<Looked> finishedTimers(TimerFilter filter, PageRequest page, @Nullable Days days, int most) {
        Set<TimerStatus> states = states(filter, state -> !state.waiting());
        if (states.isEmpty()) {
            return List.of();
        }
        Order order = filter.order();
        Supplier<PlaceQuery> query = () -> new PlaceQuery(Partitions.of(History.TIMER, "t", days), order, page);
        if (filter.runId() != null) {
            return List.of(ofStates(where(query.get(), filter, "run_id"), states, FINISHED)
                    .look(handle, most));
        }
        if (order == Order.DUE) {
            return List.of(ofStates(where(query.get(), filter, "task_id", "due_at"), states, FINISHED)
                    .look(handle, most));
        }
        if (!states.contains(TimerStatus.DELIVERED)) {
            return states.stream()
                    .map(state -> where(query.get(), filter)
                            .choose("t.status = '" + state + "'")
                            .look(handle, most))
                    .toList();
        }
        return List.of(ofStates(where(query.get(), filter, "workflow_id"), states, FINISHED)
                .look(handle, most));
    }

    /** Index timer_dead_problem, timer_dead_lane, timer_dead_task, timer_dead_workflow or timer_dead_finished, of some five months. */
    @Override
    public List<Looked> deadTimers(TimerFilter filter, Set<Integer> lanes, PageRequest page) {
        Supplier<PlaceQuery> query = () -> new PlaceQuery(DEAD, Order.DEATH, page);
        if (filter.problem() != null) {
            PlaceQuery ofProblem = where(query.get(), filter).where("problem", "=", filter.problem(), true);
            return List.of((lanes.isEmpty() ? ofProblem : ofProblem.ask("t.lane IN (" + numbers(lanes) + ")"))
                    .look(handle, LOOKED_AT));
        }
        if (!lanes.isEmpty()) {
            return lanes.stream()
                    .map(lane -> where(query.get(), filter)
                            .where("lane", "=", lane, true)
                            .look(handle, LOOKED_AT))
                    .toList();
        }
        String column = filter.taskId() != null ? "task_id" : "workflow_id";
        return List.of(where(query.get(), filter, column).look(handle, LOOKED_AT));
    }

    private static String numbers(Collection<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** Primary key. */
    @Override
    public Set<UUID> matching(TimerFilter filter, Collection<UUID> ids) {
        return ofStates(
                        where(new PlaceQuery(TIMERS, Order.NEWEST, new PageRequest(1, null)), filter),
                        states(filter, TimerStatus::waiting),
                        WAITING)
                .matching(handle, ids);
    }

    /** Index run_workflow, run_unusual or the primary key. */
    @Override
    public List<Looked> activeRuns(RunFilter filter, PageRequest page) {
        Set<RunStatus> states = EnumSet.allOf(RunStatus.class);
        states.removeIf(state -> state.finished() || !filter.admits(state));
        if (states.isEmpty()) {
            return List.of();
        }
        PlaceQuery query = new PlaceQuery(RUNS, Order.NEWEST, page);
        boolean rare = !states.contains(RunStatus.ACTIVE);
        query.where("workflow_id", "=", filter.workflowId(), !rare);
        return List.of(
                (rare ? query.choose("t.status = '" + RunStatus.PAUSED + "'") : ofStates(query, states, GOING_ON))
                        .look(handle, LOOKED_AT));
    }

    /** Index run_history_workflow, run_history_unusual or run_history_id, of these days. */
    @Override
    public List<Looked> finishedRuns(RunFilter filter, PageRequest page, @Nullable Days days, int most) {
        Set<RunStatus> states = EnumSet.allOf(RunStatus.class);
        states.removeIf(state -> !state.finished() || !filter.admits(state));
        Supplier<PlaceQuery> query = () -> new PlaceQuery(Partitions.of(History.RUN, "t", days), Order.NEWEST, page);
        if (states.contains(RunStatus.COMPLETED)) {
            return List.of(ofStates(query.get().where("workflow_id", "=", filter.workflowId(), true), states, OVER)
                    .look(handle, most));
        }
        return states.stream()
                .map(state -> query.get()
                        .choose("t.status = '" + state + "'")
                        .where("workflow_id", "=", filter.workflowId(), false)
                        .look(handle, most))
                .toList();
    }

    /** Indexes run_key and run_key_history_key, of some five months; one run of each workflow at most, which are sorted. The states are asked of the rows, once they are read. */
    @Override
    public List<Looked> runsOfKey(RunFilter filter, PageRequest page) {
        return Stream.of(RUNS, FINISHED_RUN_KEYS)
                .map(from -> new PlaceQuery(from, Order.NEWEST, page)
                        .where("key", "=", filter.key(), true)
                        .where("workflow_id", "=", filter.workflowId(), true)
                        .look(handle, LOOKED_AT))
                .toList();
    }

    private Looked look(PlaceQuery query, Set<TimerStatus> states, Set<TimerStatus> all) {
        return ofStates(query, states, all).look(handle, LOOKED_AT);
    }

    private static Set<TimerStatus> states(TimerFilter filter, Predicate<TimerStatus> side) {
        EnumSet<TimerStatus> states = EnumSet.copyOf(filter.listed());
        states.removeIf(side.negate());
        return states;
    }

    /** @param all there are on this side: then nothing is asked */
    private static PlaceQuery ofStates(PlaceQuery query, Set<?> states, Set<?> all) {
        return states.equals(all)
                ? query
                : query.ask(states.stream()
                        .map(state -> "'" + state + "'")
                        .collect(Collectors.joining(", ", "t.status IN (", ")")));
    }

    /** All that the filter says of owners and due times. @param indexed the columns by which the index is chosen; each row is asked the others */
    private static PlaceQuery where(PlaceQuery query, TimerFilter filter, String... indexed) {
        Set<String> columns = Set.of(indexed);
        return query.where("run_id", "=", filter.runId(), columns.contains("run_id"))
                .where("task_id", "=", filter.taskId(), columns.contains("task_id"))
                .where("workflow_id", "=", filter.workflowId(), columns.contains("workflow_id"))
                .where("due_at", ">=", filter.dueFrom(), columns.contains("due_at"))
                .where("due_at", "<", filter.dueTo(), columns.contains("due_at"));
    }
}
