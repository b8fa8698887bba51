package dev.bide.engine;

import dev.bide.workflow.Page;
import dev.bide.workflow.PageRequest;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Making and changing workflows. Thread-safe. {@code expectedVersion} is of {@code If-Match}: a stale one is refused, null means any. */
public final class Workflows {
    public Workflow create(WorkflowDraft draft) {
        throw new UnsupportedOperationException();
    }

    public Workflow get(UUID id) {
        throw new UnsupportedOperationException();
    }

    public Page<Workflow> list(PageRequest page) {
        throw new UnsupportedOperationException();
    }

    /** A new version; active runs keep theirs unless {@code applyToActive}. */
    public Workflow replace(UUID id, WorkflowDraft draft, @Nullable Integer expectedVersion, boolean applyToActive) {
        throw new UnsupportedOperationException();
    }

    public void archive(UUID id, @Nullable Integer expectedVersion) {
        throw new UnsupportedOperationException();
    }

    /** @param position from 0; null for the end */
    public Workflow addTask(UUID id, TaskDraft task, @Nullable Integer position, @Nullable Integer expectedVersion) {
        throw new UnsupportedOperationException();
    }

    /** @param position where it moves to; null where it stays */
    public Workflow replaceTask(
            UUID id, UUID taskId, TaskDraft task, @Nullable Integer position, @Nullable Integer expectedVersion) {
        throw new UnsupportedOperationException();
    }

    public Workflow removeTask(UUID id, UUID taskId, @Nullable Integer expectedVersion) {
        throw new UnsupportedOperationException();
    }
}
