package dev.bide.engine.change;

import dev.bide.workflow.Task;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.TaskChange;
import dev.bide.workflow.figures.WaiterStore;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a new version of a workflow would make of those who wait, were it applied to them now ({@link VersionMove}). Where many wait, of a sample: every n-th of each task in
 * the order in which they are due.
 */
public final class VersionPreview {
    /** Timers that are read, of all tasks together. */
    static final int MOST_READ = 10_000;

    /** Of one task at least so many, or a small one would hardly be seen beside many others. */
    private static final int LEAST_READ = 50;

    /** Entries of the index that are looked at, of all tasks together; those that are due later are told by nobody, and the counts say so. */
    static final int MOST_COUNTED = 200_000;

    private static final Counted NOBODY = new Counted(0, true);

    private final Workflow before;
    private final Workflow after;
    private final Instant now;

    private VersionPreview(Workflow before, Workflow after, Instant now) {
        this.before = before;
        this.after = after;
        this.now = now;
    }

    /** The tasks of {@code after} in its order, then those of {@code before} that it doesn't have. */
    public static List<TaskChange> of(Session session, Workflow before, Workflow after, Instant now) {
        return new VersionPreview(before, after, now).read(session);
    }

    private List<TaskChange> read(Session session) {
        Set<UUID> tasks = new HashSet<>(before.taskIds());
        int most = MOST_COUNTED / Math.max(1, tasks.size());
        Map<UUID, WaiterStore.Queue> queues = session.waiters().count(tasks, most).stream()
                .collect(Collectors.toMap(WaiterStore.Queue::taskId, Function.identity()));
        Map<UUID, Integer> steps = steps(queues.values().stream()
                .filter(queue -> after.task(queue.taskId()).isPresent())
                .toList());
        Map<UUID, List<WaiterStore.Waiter>> waiters =
                session.waiters().read(steps, most).stream().collect(Collectors.groupingBy(WaiterStore.Waiter::taskId));
        Set<UUID> moved = Moves.of(before.taskIds(), after.taskIds());
        Stream<TaskChange> kept = after.tasks().stream().map(task -> {
            WaiterStore.Queue queue = queues.get(task.id());
            TaskChange.Kind kind = kind(task, moved);
            return queue == null
                    ? nobody(task, kind)
                    : kept(task, kind, queue, most, waiters.getOrDefault(task.id(), List.of()));
        });
        Stream<TaskChange> removed = before.tasks().stream()
                .filter(task -> after.task(task.id()).isEmpty())
                .map(task -> removed(task, queues.get(task.id()), most));
        return Stream.concat(kept, removed).toList();
    }

    private Map<UUID, Integer> steps(Collection<WaiterStore.Queue> queues) {
        int all = queues.stream().mapToInt(WaiterStore.Queue::count).sum();
        int each = all <= MOST_READ ? MOST_READ : Math.max(LEAST_READ, MOST_READ / queues.size());
        return queues.stream()
                .collect(Collectors.toMap(WaiterStore.Queue::taskId, queue -> (queue.count() + each - 1) / each));
    }

    private TaskChange.Kind kind(Task task, Set<UUID> moved) {
        Task old = before.task(task.id()).orElse(null);
        if (old == null) {
            return TaskChange.Kind.ADDED;
        }
        if (!old.equals(task)) {
            return TaskChange.Kind.CHANGED;
        }
        return moved.contains(task.id()) ? TaskChange.Kind.MOVED : TaskChange.Kind.SAME;
    }

    private static TaskChange nobody(Task task, TaskChange.Kind kind) {
        // Who adds a task gets its id only once it is there.
        UUID id = kind == TaskChange.Kind.ADDED ? null : task.id();
        return new TaskChange(id, task.name(), kind, NOBODY, NOBODY, null, null);
    }

    /** Its runs keep their version. */
    private static TaskChange removed(Task task, WaiterStore.@Nullable Queue queue, int most) {
        return queue == null
                ? nobody(task, TaskChange.Kind.REMOVED)
                : new TaskChange(
                        task.id(),
                        task.name(),
                        TaskChange.Kind.REMOVED,
                        Counted.upTo(most, queue.count()),
                        NOBODY,
                        queue.earliestDueAt(),
                        queue.latestDueAt());
    }

    /** @param waiters all of the queue, or a sample */
    private TaskChange kept(
            Task task, TaskChange.Kind kind, WaiterStore.Queue queue, int most, List<WaiterStore.Waiter> waiters) {
        Counted waiting = Counted.upTo(most, queue.count());
        List<Instant> due = waiters.stream().map(waiter -> dueAt(task, waiter)).toList();
        long atOnce = IntStream.range(0, due.size())
                .filter(i -> isAtOnce(waiters.get(i), due.get(i)))
                .count();
        boolean all = waiting.exact() && waiters.size() == waiting.count();
        long estimated = waiters.isEmpty() ? 0 : Math.round((double) atOnce * waiting.count() / waiters.size());
        return new TaskChange(
                task.id(),
                task.name(),
                kind,
                waiting,
                new Counted(all ? atOnce : estimated, all),
                due.stream().min(Comparator.naturalOrder()).orElse(null),
                due.stream().max(Comparator.naturalOrder()).orElse(null));
    }

    private Instant dueAt(Task task, WaiterStore.Waiter waiter) {
        return Rewait.of(waiter.createdAt(), waiter.attemptsSpent(), task, after.zoneOf(waiter.runTimezone()), now)
                .orElse(waiter.dueAt());
    }

    /** One that is paused waits all the same, and one that is tried again waits for that. */
    private boolean isAtOnce(WaiterStore.Waiter waiter, Instant due) {
        return !waiter.paused() && waiter.attemptsSpent() == 0 && !due.isAfter(now);
    }
}
