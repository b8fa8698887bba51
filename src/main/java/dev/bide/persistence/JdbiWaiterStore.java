package dev.bide.persistence;

import dev.bide.workflow.figures.WaiterStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Reads who waits at tasks. How far is counted stands in the text: as a parameter, a generic plan would take a tenth of all for it. */
final class JdbiWaiterStore implements WaiterStore {
    private static final String COUNT = Sql.of(JdbiWaiterStore.class, "count");
    private static final String PICK = Sql.of(JdbiWaiterStore.class, "pick");

    private final Handle handle;

    JdbiWaiterStore(Handle handle) {
        this.handle = handle;
    }

    @Override
    public List<Queue> count(Collection<UUID> tasks, int most) {
        return handle
                .createQuery(COUNT)
                .define("beyond", most + 1)
                .bindArray("tasks", UUID.class, List.copyOf(tasks))
                .map((row, context) -> row.getInt("waiting") == 0
                        ? null
                        : new Queue(
                                Rows.uuid(row, "task_id"),
                                row.getInt("waiting"),
                                Rows.instant(row, "earliest"),
                                Rows.instant(row, "latest")))
                .stream()
                .filter(Objects::nonNull)
                .toList();
    }

    /** By ids that were picked before: together, the planner would take a guess at how many those are, and might read the whole table for them. */
    @Override
    public List<Waiter> read(Map<UUID, Integer> everyNth, int most) {
        if (everyNth.isEmpty()) {
            return List.of();
        }
        List<UUID> tasks = List.copyOf(everyNth.keySet());
        List<UUID> picked = handle.createQuery(PICK)
                .define("most", most)
                .bindArray("tasks", UUID.class, tasks)
                .bindArray(
                        "steps",
                        Integer.class,
                        tasks.stream().map(everyNth::get).toList())
                .mapTo(UUID.class)
                .list();
        // Indexes timer_pkey, run_pkey.
        return handle.createQuery("""
                        SELECT t.task_id, t.status = 'paused' AS paused, t.due_at, t.created_at, t.attempts_spent, r.timezone
                        FROM timer AS t
                        JOIN run AS r ON r.id = t.run_id
                        WHERE t.id = ANY(:ids)""")
                .bindArray("ids", UUID.class, picked)
                .map((row, context) -> new Waiter(
                        Rows.uuid(row, "task_id"),
                        row.getBoolean("paused"),
                        Rows.instant(row, "due_at"),
                        Rows.instant(row, "created_at"),
                        row.getInt("attempts_spent"),
                        Rows.optionalZone(row, "timezone")))
                .list();
    }
}
