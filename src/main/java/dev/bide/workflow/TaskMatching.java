package dev.bide.workflow;

import dev.bide.json.FieldPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Which tasks of a workflow stay who they are when it is written anew. */
public final class TaskMatching {
    private TaskMatching() {}

    /**
     * The drafts as tasks: each stands for the task that has its id, else for the first of {@code before} that has its name and is not
     * spoken for, else it is new.
     */
    public static List<Task> tasks(List<Task> before, List<TaskDraft> drafts) {
        Set<UUID> taken = new HashSet<>();
        for (int i = 0; i < drafts.size(); i++) {
            UUID id = drafts.get(i).id();
            if (id == null) {
                continue;
            }
            if (before.stream().noneMatch(task -> task.id().equals(id))) {
                throw invalid(i, "is not of a task of this workflow");
            }
            if (!taken.add(id)) {
                throw invalid(i, "stands twice");
            }
        }
        List<Task> tasks = new ArrayList<>();
        for (TaskDraft draft : drafts) {
            UUID id = draft.id();
            if (id == null) {
                Optional<UUID> known = before.stream()
                        .filter(task -> task.name().equals(draft.name()))
                        .map(Task::id)
                        .filter(one -> !taken.contains(one))
                        .findFirst();
                id = known.orElseGet(Ids::next);
                taken.add(id);
            }
            tasks.add(draft.as(id));
        }
        return tasks;
    }

    private static RefusedException invalid(int draft, String rule) {
        return RefusedException.invalid(
                List.of(FieldPath.ROOT.field("tasks").element(draft).field("id").error(rule)));
    }
}
