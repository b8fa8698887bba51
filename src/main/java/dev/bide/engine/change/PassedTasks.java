package dev.bide.engine.change;

import dev.bide.workflow.Run;
import dev.bide.workflow.Workflow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Which tasks a run has been at, delivered or skipped: none of them comes again, wherever a newer version puts it. As long as a run goes by one
 * version, its order says so. It is written down when a run is moved, and only where the order of the new version would say otherwise.
 */
final class PassedTasks {
    private PassedTasks() {}

    /**
     * The run, going by another version.
     *
     * @param order the tasks of the version that it goes by until now
     * @param next has the task that the run is in. What it does not have is forgotten: a task that was removed never comes back with its id
     */
    static Run moved(Run run, List<UUID> order, Workflow next) {
        UUID at = run.taskId();
        if (at == null) {
            return run.goingBy(next.version(), List.of());
        }
        List<UUID> nextOrder = next.taskIds();
        List<UUID> passed = passed(run.passed(), order, at);
        passed.retainAll(Set.copyOf(nextOrder));
        Set<UUID> saidByOrder = Set.copyOf(upTo(at, nextOrder));
        boolean told = saidByOrder.equals(new HashSet<>(passed));
        return run.goingBy(next.version(), told ? List.of() : passed);
    }

    /** In the order in which the run came to them; the last is {@code at}. */
    private static List<UUID> passed(List<UUID> known, List<UUID> order, UUID at) {
        List<UUID> passed = new ArrayList<>(known);
        List<UUID> way = upTo(at, order);
        // Where the run was when it got this version: of what lies before that it has been at what is known, and
        // nothing else.
        int begun = known.isEmpty() ? 0 : way.indexOf(known.get(known.size() - 1)) + 1;
        for (UUID task : way.subList(begun, way.size())) {
            if (!passed.contains(task)) {
                passed.add(task);
            }
        }
        return passed;
    }

    private static List<UUID> upTo(UUID task, List<UUID> order) {
        return order.subList(0, order.indexOf(task) + 1);
    }
}
