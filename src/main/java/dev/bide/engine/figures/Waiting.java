package dev.bide.engine.figures;

import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.figures.WaitingTask;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Who waits at the tasks of workflows. Thread-safe. */
public final class Waiting {
    private static final Duration KEPT = Duration.ofSeconds(5);
    private static final int MOST_ANSWERS = 100;

    private final Database reads;
    private final Recent<UUID, List<WaitingTask>> answers = new Recent<>(KEPT, MOST_ANSWERS);

    public Waiting(Database reads) {
        this.reads = reads;
    }

    /** The tasks of the newest version in its order, then older ones where somebody is, newest first. */
    public List<WaitingTask> of(UUID workflow) {
        return answers.answer(workflow, id -> reads.inTransaction(session -> read(session, id)));
    }

    private static List<WaitingTask> read(Session session, UUID id) {
        Workflow workflow = session.workflows().find(id).orElseThrow(() -> RefusedException.notFound("workflow", id));
        session.readBriefly();
        Map<UUID, WaitingTask> known = session.workflows().waiting(id).stream()
                .collect(Collectors.toMap(
                        WaitingTask::taskId, Function.identity(), (one, other) -> one, LinkedHashMap::new));
        List<WaitingTask> tasks = new ArrayList<>();
        for (UUID task : workflow.taskIds()) {
            WaitingTask found = known.remove(task);
            if (found != null) {
                tasks.add(found);
            }
        }
        known.values().stream().filter(task -> !task.empty()).forEach(tasks::add);
        return List.copyOf(tasks);
    }
}
