package dev.bide.engine;

import dev.bide.workflow.Page;
import dev.bide.workflow.PageRequest;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.RunFilter;
import java.util.List;
import java.util.UUID;

/** Starting, watching and changing runs. Thread-safe. */
public final class Runs {
    public Accepted<RunView> start(UUID workflowId, RunDraft draft) {
        throw new UnsupportedOperationException();
    }

    /** Results in the order of the drafts. */
    public List<BulkResult> startAll(UUID workflowId, List<RunDraft> drafts) {
        throw new UnsupportedOperationException();
    }

    public RunView get(UUID id) {
        throw new UnsupportedOperationException();
    }

    public Page<Run> list(RunFilter filter, PageRequest page) {
        throw new UnsupportedOperationException();
    }

    public RunView cancel(UUID id) {
        throw new UnsupportedOperationException();
    }

    public RunView pause(UUID id) {
        throw new UnsupportedOperationException();
    }

    public RunView resume(UUID id) {
        throw new UnsupportedOperationException();
    }
}
